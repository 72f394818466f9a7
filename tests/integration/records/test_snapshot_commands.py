"""Snapshots by command: taken, listed, compared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from svdash.cli.commands import main
from svdash.findings import snapshot_taking
from svdash.records import connect
from tests.copies import SMALL


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    monkeypatch.setattr(
        snapshot_taking, "worked_out", partial(snapshot_taking.worked_out, pages=("local-economy",))
    )
    yield
    connect().close()


def _run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, ["snapshot", *arguments])
    assert result.exit_code == status, result.output
    return result.output


def test_a_snapshot_is_taken_listed_and_compared() -> None:
    assert "No snapshot was taken yet" in _run("list")
    first = _run("--name", "Board, 14 January").splitlines()
    assert first[0].startswith("Taken: Board, 14 January, 8 findings")
    assert (
        _run("--name", "Board, 14 January")
        .splitlines()[0]
        .startswith("It was taken before: Board, 14 January")
    )
    second = _run("--name", "Year before", "--year", "2024/25").splitlines()
    listed = _run("list").splitlines()
    assert [line[:8] for line in listed] == [second[1][:8], first[1][:8]]
    told = _run("compare", first[1][:8], second[1], status=1)
    assert "changed" in told.splitlines()[0]
    assert "; of two years: before 2025/26, now 2024/25" in told
    assert _run("compare", first[1], first[1]) == "Nothing changed in 8 findings.\n"


def test_what_can_not_be_taken_or_compared_is_said() -> None:
    assert "year=1999/00: known values are" in _run("--year", "1999/00", status=2)
    assert "no file of a snapshot" in _run("compare", "deadbeef", "deadbeef", status=2)


def test_without_a_pack_no_database_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(tmp_path / "nowhere"))
    assert "there is no such folder" in _run(status=2)
    assert not (tmp_path / "records.sqlite3").exists()
