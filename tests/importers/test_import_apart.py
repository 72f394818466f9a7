"""Heavy files are read in a process of its own: the same comes of them, and no end of it harms server or pack."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from svdash.pack import PackError
from svdash.pack.importers import apart, guess
from svdash.pack.importers.base import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.pack.importers.files import open_source
from tests.copies import ROOT
from tests.importers import tasks
from tests.importers.made import TODAY, Imports, table
from tests.importers.workbooks import sheet, workbook

USED = table("01/04/2024,Foo Ltd,1000.00,Chairs", "soon,Bar,-30.00,Desks")
MINE = Options(today=TODAY, replace=True, programme="corporate")


class GoneError(BaseException):
    """As Streamlit stops the script of a reader who has gone: no Exception."""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, in which nothing may stay."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def never_small(monkeypatch: pytest.MonkeyPatch, room: Path) -> None:
    monkeypatch.setattr(apart, "SMALL", 0)


def many(lines: int) -> str:
    return table(*(f"01/04/2024,Foo {number},{number}.00,x" for number in range(1, lines + 1)))


def imported(imports: Imports, path: Path, options: Options = MINE, told: apart.Told = print) -> Any:
    """What comes of a file: a reconciliation, or the error."""
    try:
        return apart.imported("spend", open_source(path), imports.pack, options, told)
    except (ImportFileError, ImportRefusedError, PackError) as error:
        return error


def essence(came: Any) -> tuple[object, ...]:
    found = came if isinstance(came, Reconciliation) else getattr(came, "reconciliation", None)
    return (type(came), "" if found is came else str(came), None if found is None else found.as_dict())


@pytest.mark.parametrize(
    ("content", "options", "wanted"),
    [
        (USED, MINE, Reconciliation),
        (USED, replace(MINE, replace=False), ImportRefusedError),
        (table("no,amount,here,x", header="A,B,C,D"), MINE, ImportFileError),
    ],
    ids=["used", "refused", "unreadable"],
)
def test_a_process_of_its_own_makes_the_same_of_a_file(
    imports: Imports,
    content: str,
    options: Options,
    wanted: type,
    monkeypatch: pytest.MonkeyPatch,
    room: Path,
) -> None:
    path, refused = imports.file(content), imports.files / "refused.csv"
    options = replace(options, refused=refused, dry_run=True)
    here = imported(imports, path, options)
    lines = refused.read_bytes() if refused.is_file() else b""
    refused.unlink(missing_ok=True)
    monkeypatch.setattr(apart, "SMALL", 0)
    there = imported(imports, path, options)
    assert type(here) is wanted
    assert essence(there) == essence(here)
    assert (refused.read_bytes() if refused.is_file() else b"") == lines


def test_a_process_of_its_own_tells_how_far_it_is_and_writes_into_the_pack(
    imports: Imports, never_small: None
) -> None:
    seen: list[int] = []
    found = imported(imports, imports.file(many(25_000)), told=seen.append)
    assert found.changed
    assert len(imports.lines()) == 25_000
    assert seen == sorted(seen)
    assert len({percent for percent in seen if percent}) >= 2


def test_a_small_file_waits_for_no_process(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    assert imported(imports, imports.file(USED)).changed


@pytest.mark.parametrize("when", [tasks.killed_while_reading, tasks.killed_while_writing])
def test_a_process_that_is_killed_is_told_and_leaves_the_pack_as_it_was(
    imports: Imports, never_small: None, monkeypatch: pytest.MonkeyPatch, when: Any
) -> None:
    before = imports.bytes()
    path = imports.file(many(10_500))
    with monkeypatch.context() as patch:
        patch.setattr(apart, "read_in", when)
        error = imported(imports, path)
    assert isinstance(error, apart.EndedError)
    assert str(error) == (
        f"{path}: the process that read it ended before it was done (killed, SIGKILL). The pack is as it was. If "
        "memory ran out, import the file in parts, such as month by month."
    )
    now = imports.bytes()
    assert {name: now[name] for name in before} == before
    assert all(name.startswith(".import-") for name in set(now) - set(before))
    assert imports.first(USED).changed  # and clears away what was left there
    assert set(imports.bytes()) == set(before)


def test_a_pack_that_changed_meanwhile_is_not_written(imports: Imports, never_small: None) -> None:
    old = imports.pack
    imports.descriptor(lambda found: found.update(title="Another"))
    before = imports.bytes()
    with pytest.raises(ImportFileError, match=r"the pack was changed meanwhile\. Nothing was written"):
        apart.imported("spend", open_source(imports.file(USED)), old, MINE, print)
    assert imports.bytes() == before


def test_a_workbook_is_looked_at_in_a_process_of_its_own(imports: Imports, never_small: None) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    source = open_source(imports.file(workbook({"April": rows, "May": rows}), "a.xlsx"))
    assert apart.looked(guess.sheets, source, source=source, told=print) == ["April", "May"]
    with pytest.raises(ImportFileError, match="2 sheets have headings of spend"):
        apart.looked(guess.proposal, "spend", source, Options(), source=source, told=print)


def test_text_is_looked_at_here_however_large_it_is(imports: Imports, never_small: None) -> None:
    source = open_source(imports.file(USED))
    assert apart.looked(os.getpid, source=source, told=print) == os.getpid()


def test_what_is_packed_counts_as_what_it_unpacks_to(imports: Imports) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], *(["1/4/2024", "Foo", 1] for _ in range(2_000))])
    packed = open_source(imports.file(workbook({"April": rows}), "a.xlsx"))
    assert apart.unpacked(packed) > 5 * packed.size
    damaged = open_source(imports.file(b"PK\3\4 and no more", "b.xlsx"))
    assert apart.unpacked(damaged) == damaged.size


# -- the process --------------------------------------------------------------------------------------


def test_what_is_printed_does_not_get_among_what_is_returned(room: Path) -> None:
    assert apart.apart(tasks.twice, "ab", told=print) == "abab"


def test_a_process_that_fails_is_told_with_its_exit_status(room: Path) -> None:
    with pytest.raises(apart.EndedError, match=r"ended before it was done \(exit status 3; the server's log"):
        apart.apart(tasks.fails, told=print)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def leaves(percent: int) -> None:
    if percent > 0:
        raise GoneError


def test_a_dry_run_whose_reader_has_gone_is_ended(tmp_path: Path, room: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(GoneError):
        apart.apart(tasks.goes_on, note, 60.0, told=leaves)
    assert not is_there(int(note.read_text()))


def test_an_import_whose_reader_has_gone_is_finished(imports: Imports, never_small: None) -> None:
    with pytest.raises(GoneError):
        imported(imports, imports.file(many(25_000)), told=leaves)
    assert len(imports.lines()) == 25_000
    assert not list(imports.folder.glob(".import-*"))


def test_somebody_who_waits_is_asked_each_half_second_whether_they_still_do(
    room: Path, tmp_path: Path
) -> None:
    asked: list[float] = []

    def told(_: int) -> None:
        asked.append(time.monotonic())

    apart.apart(time.sleep, 0.8, told=told)
    assert len(asked) >= 2
    assert max(after - before for before, after in pairwise(asked)) < 2 * apart.PULSE_SECONDS


@pytest.mark.parametrize("finish", [False, True])
def test_without_its_server_a_dry_run_ends_and_an_import_goes_on(tmp_path: Path, *, finish: bool) -> None:
    note, job = tmp_path / "note", tmp_path / "job"
    job.write_bytes(pickle.dumps((tasks.goes_on, (note, 1.0), finish)))
    command = [sys.executable, "-c", apart._PROGRAM, str(job)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        status = process.wait(timeout=60)
    assert (status == 0) is finish
    assert (note.read_text() == "finished") is finish


def test_a_refusal_survives_the_way_from_another_process(imports: Imports) -> None:
    error = imports.refusal(USED)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert essence(again) == essence(error)
    assert again.reconciliation.refusal == str(error)
