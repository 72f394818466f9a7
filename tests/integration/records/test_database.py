"""The database of records: how it is reached, brought up to date, and what is said where it can't be."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from svdash.records import Database, Draft, History, RecordsError, connect, is_there
from svdash.records import database as databases
from svdash.records.record_tables import metadata
from tests import postgres
from tests.copies import ROOT

WRITER = """
import sys
from svdash.records import Draft, History, connect
history = History(connect(sys.argv[1]))
for each in range(1000):
    history.add([Draft(f"update:{sys.argv[2]}-{each}", "update", {"n": each})], by="ann", view="/")
    print(each, flush=True)
"""


def test_sqlite_keeps_what_it_confirmed_through_a_power_cut(tmp_path: Path) -> None:
    opened = connect(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with opened.reading() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_writer_killed_in_the_middle_loses_nothing_that_was_confirmed(url: str) -> None:
    history = History(connect(url))
    for round_ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(round_)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            confirmed = [int(writer.stdout.readline()) for _ in range(40 + 30 * round_)]
            writer.send_signal(signal.SIGKILL)
            confirmed += [int(line) for line in writer.stdout if line.endswith("\n")]
        kept = {revision.item for revision in history.newest("update")}
        assert {f"update:{round_}-{each}" for each in confirmed} <= kept
        assert len(confirmed) < 1000
        assert history.faults() == ()
    history.add([Draft("update:after", "update", {})], by="ann", view="/")


def test_the_tables_are_as_the_program_describes_them(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_same_address_gives_the_same_database(url: str) -> None:
    assert connect(url) is connect(url)


def test_a_migration_that_was_interrupted_leaves_nothing_and_is_done_at_the_next_start(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", killed)  # by then the first table is made
        with pytest.raises(KeyboardInterrupt):
            connect(url)
    plain = create_engine(databases._url(url))
    assert inspect(plain).get_table_names() == []
    plain.dispose()
    assert History(connect(url)).last()[0] == 0


def test_a_database_newer_than_the_program_is_left_alone(url: str) -> None:
    opened = connect(url)
    History(opened).add([Draft("a", "update", {})], by="ann", view="/")
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordsError, match=r"a newer version of svdash made this database .*9999"):
        databases.migrate(opened)
    assert History(opened).last()[0] == 1


def test_a_database_of_somebody_else_is_left_alone(url: str) -> None:
    plain = create_engine(databases._url(url))
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE revisions (page integer)"))
    plain.dispose()
    with pytest.raises(RecordsError, match="a table named revisions that is not of svdash"):
        connect(url)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nothing", "is not the address of a database"),
        ("mysql://u:secret@127.0.0.1/x", "'mysql' is not a kind of database that is known"),
        ("sqlite://", "names no file"),
        ("postgresql://u:secret@127.0.0.1:1/x", "127.0.0.1:1/x: "),
    ],
)
def test_an_address_that_leads_nowhere_is_named_without_its_password(address: str, said: str) -> None:
    with pytest.raises(RecordsError, match=said) as caught:
        connect(address)
    assert "secret" not in str(caught.value)


def test_a_damaged_file_is_named_with_the_way_back(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(RecordsError, match=r"not a database.*restore a backup"):
        connect(f"sqlite:///{file}")
    assert file.read_bytes() == b"no database at all" * 1000


def test_looking_whether_records_are_there_creates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"sqlite:///{tmp_path / 'var' / 'a.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    assert not is_there()
    assert list(tmp_path.iterdir()) == []
    connect(address)
    assert is_there()
    monkeypatch.setenv("SVDASH_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    assert is_there()


def test_a_full_disk_is_named_and_what_was_confirmed_stays(tmp_path: Path) -> None:
    opened = connect(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    history = History(opened)
    history.add([Draft("a", "update", {})], by="ann", view="/")
    with opened.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(RecordsError, match=r"full\. Make room on its disk and save again"):
        history.add([Draft("b", "update", {"note": "x" * 100_000})], by="ann", view="/")
    assert [revision.item for revision in history.all()] == ["a"]


@pytest.mark.postgresql
def test_a_server_that_stops_in_mid_session_is_named_and_used_again_when_it_is_back(
    postgres_server: str, new_url: Callable[[str], str]
) -> None:
    url = new_url("postgresql")
    history = History(connect(url))
    history.add([Draft("a", "update", {})], by="ann", view="/")
    name = url.rpartition("/")[2]
    other = create_engine(databases._url(f"{postgres_server}postgres"), isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
    with pytest.raises(RecordsError, match="Reading goes on without it") as caught:
        history.add([Draft("b", "update", {})], by="ann", view="/")
    assert postgres.PASSWORD not in str(caught.value)
    with other.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    other.dispose()
    assert [each.item for each in history.add([Draft("b", "update", {})], by="ann", view="/")] == ["b"]


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(RecordsError, match=r"folder of the database can't be made: .*Name another"):
        connect(f"sqlite:///{tmp_path / 'var' / 'a.sqlite3'}")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").mkdir()
    with pytest.raises(RecordsError, match="may write in the folder"):
        connect(f"sqlite:///{tmp_path / 'a.sqlite3'}")
