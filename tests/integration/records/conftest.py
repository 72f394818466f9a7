"""The databases that the tests of records run on: SQLite in a file, and a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from svdash.records import Database, History, connect
from tests import postgres

_numbers = count(1)
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: its programs (initdb, pg_ctl) were not found")
    with postgres.server() as address:
        yield address


@pytest.fixture
def new_url(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Return the address of a new empty database of a kind."""

    def new(kind: str) -> str:
        number = next(_numbers)
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'records{number}.sqlite3'}"
        server = request.getfixturevalue("postgres_server")
        driver = server.replace("postgresql://", "postgresql+pg8000://")
        engine = create_engine(f"{driver}postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE records{number}"))
        engine.dispose()
        return f"{server}records{number}"

    return new


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    """The address of a new empty database, once of each kind."""
    return new_url(request.param)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = connect(url)
    yield opened
    opened.close()


@pytest.fixture
def history(database: Database) -> History:
    return History(database)
