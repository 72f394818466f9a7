"""Connects to the database of records: SQLite beside the dashboard, or a PostgreSQL server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pg8000.exceptions import DatabaseError, InterfaceError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy import text as sql
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DisconnectionError

from svdash import settings
from svdash.records.record_errors import RecordsError, explained

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Whoever adds a row holds this lock of PostgreSQL until the transaction ends, since each row's hash covers the row before.
# Any number will do that no other program of the same database uses.
_LOCK: Final = 7_305_844_101
_WAIT_SECONDS: Final = 10
_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgres": "postgresql+pg8000",
    "postgresql": "postgresql+pg8000",
}
_open: Final[dict[str, Database]] = {}
_opening: Final = threading.Lock()


class Database:
    """A database of records with the tables of this version. Made by :func:`connect`; safe to share between threads.

    Attributes:
        address: its address without the password, for messages.
    """

    address: str

    def __init__(self, url: URL) -> None:
        self.address = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
        self._engine = _engine(url)

    def __repr__(self) -> str:
        """Return the address, without the password."""
        return f"Database({self.address!r})"

    @property
    def engine(self) -> Engine:
        """The engine of SQLAlchemy."""
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that reads one state of the database. Raises ``RecordsError`` if it can't be reached."""
        with explained(self.address), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that nobody else adds rows beside; its rows are kept together or not at all.

        When this returns, the rows are on the disk. Raises ``RecordsError`` if the database can't be reached or refuses.
        """
        with explained(self.address), self._engine.execution_options(adds_rows=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    def leave_no_copies(self) -> bool:
        """Empty the log in which SQLite keeps what was written last, so that no copy of erased text stays in it.

        Returns:
            Whether the log is empty; not where somebody went on reading an older state for longer than ten seconds. A
            PostgreSQL server looks after its own log.

        Raises:
            RecordsError: the database can't be reached.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        # Inside a transaction SQLite refuses to do so.
        alone = self._engine.execution_options(transactions=False)
        with explained(self.address), alone.connect() as connection:
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            return not busy

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._engine.dispose()


def connect(url: str | None = None) -> Database:
    """Return the database of an address, after its tables are those of this version. The same address gives the same object.

    A database that is not there yet is created if it is SQLite; the tables are created or brought up to date.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``; by default as in the settings.

    Raises:
        RecordsError: the address is wrong, the database can't be reached, or a newer version of svdash made it.
    """
    given = _url(url or settings.database_url())
    key = given.render_as_string(hide_password=False)
    with _opening:
        if key not in _open:
            if given.database and given.get_backend_name() == "sqlite":
                _make_folder(Path(given.database).parent)
            opened = Database(given)
            try:
                migrate(opened)
            except BaseException:
                opened.close()
                raise
            _open[key] = opened
        return _open[key]


def is_there() -> bool:
    """Return whether the settings name records that may exist: a file of SQLite that is there, or a server. Creates nothing."""
    file = settings.database_file()
    return file is None or file.is_file()


def migrate(database: Database) -> None:
    """Create the tables, or bring them up to date; wholly or, if it is interrupted, not at all.

    Raises:
        RecordsError: a newer version of svdash made the tables, or other tables of these names are there.
    """
    scripts = ScriptDirectory(str(_MIGRATIONS))
    newest = scripts.get_current_head()
    with database.reading() as connection:
        if _version(connection) == newest:
            return
    with database.writing() as connection:
        found = _version(connection)
        if found is not None and found not in {each.revision for each in scripts.walk_revisions()}:
            raise RecordsError(
                f"{database.address}: a newer version of svdash made this database (its tables are of version {found}, this "
                f"program knows {newest}). Start that version, or restore a backup into another database."
            )
        if found is None and inspect(connection).has_table("revisions"):
            raise RecordsError(
                f"{database.address}: it has a table named revisions that is not of svdash. Name a database of its own."
            )
        from alembic import command

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_MIGRATIONS))
        command.upgrade(config, "head")


def version(database: Database) -> str:
    """Return which version of the tables the database has. Raises ``RecordsError`` if it can't be reached."""
    with database.reading() as connection:
        return _version(connection) or "none"


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _url(given: str) -> URL:
    """Return an address with the driver that svdash brings. Raises ``RecordsError`` if it is not one of a known kind."""
    remedy = "Write sqlite:///var/svdash.sqlite3 or postgresql://USER:PASSWORD@HOST/NAME."
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise RecordsError(f"SVDASH_DATABASE_URL is not the address of a database. {remedy}") from error
    kind = url.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise RecordsError(f"SVDASH_DATABASE_URL: {kind!r} is not a kind of database that is known. {remedy}")
    if kind == "sqlite" and not url.database:
        raise RecordsError(f"SVDASH_DATABASE_URL names no file, so nothing would be kept. {remedy}")
    return url.set(drivername=_DRIVERS[kind])


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordsError(
            f"The folder of the database can't be made: {error.strerror}. Name another in SVDASH_DATABASE_URL."
        ) from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        server = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
        event.listen(server, "checkout", _still_answers)
        return server
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _still_answers(connection: Any, *_: Any) -> None:
    """Have a connection that broke off while nobody used it replaced by a new one.

    SQLAlchemy's own check does not know the errors of the network that the driver passes on.
    """
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.rollback()
    except (OSError, DatabaseError, InterfaceError) as error:
        raise DisconnectionError(str(error)) from error


def _prepare(connection: Any, _: Any) -> None:
    """Have SQLite keep what it confirmed in a power cut, check references, overwrite what goes, leave transactions to us."""
    connection.isolation_level = (
        None  # else Python's module begins transactions, and not before a change of tables
    )
    # SQLite's own knows the letters A to Z only: who seeks "élan" would not find "Élan".
    connection.create_function("lower", 1, _lower, deterministic=True)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}")


def _lower(given: object) -> str | None:
    """Return text in small letters of every script; NULL as it is, and numbers as text, as SQL has it."""
    return None if given is None else str(given).lower()


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that adds rows takes the lock at once, so that it never fails half way for want of it."""
    options = connection.get_execution_options()
    if not options.get("transactions", True):
        return
    adds = options.get("adds_rows", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if adds else "BEGIN")
