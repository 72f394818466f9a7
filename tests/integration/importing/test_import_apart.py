"""Heavy files are read in a process of its own: the same comes of them, and no end of it harms server or pack."""

from __future__ import annotations

import fcntl
import io
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from svdash.importing import format_guess, import_jobs, importer
from svdash.importing.columns.published_tables import HeadingsError
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.jobs import replies, runner
from svdash.jobs.limits import Limits
from svdash.tables import PackError
from tests.copies import ROOT
from tests.integration.importing import tasks
from tests.integration.importing.made import TODAY, Imports, table
from tests.integration.importing.workbooks import misnamed, sheet, workbook

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


def many(lines: int) -> str:
    return table(*(f"01/04/2024,Foo {number},{number}.00,x" for number in range(1, lines + 1)))


def imported(
    imports: Imports, path: Path, options: Options = MINE, on_progress: runner.OnProgress = print
) -> Any:
    """What comes of a file: a reconciliation, or the error."""
    try:
        return import_jobs.run_import("spend", open_source(path), imports.pack, options, on_progress)
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
        (table("no,amount,here,x", header="A,B,C,D"), MINE, HeadingsError),
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
    with monkeypatch.context() as patch:
        patch.setattr(runner, "run", lambda function, *args, **_: function(*args))
        here = imported(imports, path, options)
    lines = refused.read_bytes() if refused.is_file() else b""
    refused.unlink(missing_ok=True)
    there = imported(imports, path, options)
    assert type(here) is wanted
    assert essence(there) == essence(here)
    assert (refused.read_bytes() if refused.is_file() else b"") == lines


def test_a_process_of_its_own_tells_how_far_it_is_and_writes_into_the_pack(
    imports: Imports, room: Path
) -> None:
    seen: list[int] = []
    found = imported(imports, imports.file(many(25_000)), on_progress=seen.append)
    assert found.changed
    assert len(imports.lines()) == 25_000
    assert seen == sorted(seen)
    assert len({percent for percent in seen if percent}) >= 2


@pytest.mark.parametrize(
    "content", [USED, b"PK\3\4 and no more", '{"grants": []}'], ids=["text", "zip", "json"]
)
def test_even_a_small_file_is_read_in_a_process_of_its_own(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, room: Path, content: str | bytes
) -> None:
    monkeypatch.setattr(runner, "_started", lambda *_: pytest.fail("a process was started"))
    source = open_source(imports.file(content, "a"))
    with pytest.raises(pytest.fail.Exception, match="a process was started"):
        import_jobs.run_import("spend", source, imports.pack, MINE, print)
    with pytest.raises(pytest.fail.Exception, match="a process was started"):
        import_jobs.inspect(format_guess.guess, source, source=source, on_progress=print)


@pytest.mark.parametrize("when", [tasks.killed_while_reading, tasks.killed_while_writing])
def test_a_process_that_is_killed_is_told_and_leaves_the_pack_as_it_was(
    imports: Imports, room: Path, monkeypatch: pytest.MonkeyPatch, when: Any
) -> None:
    before = imports.bytes()
    path = imports.file(many(10_500))
    with monkeypatch.context() as patch:
        patch.setattr(import_jobs, "import_into", when)
        error = imported(imports, path)
    assert isinstance(error, import_jobs.EndedError)
    assert str(error) == (
        f"{path}: the process that worked on it ended before it was done (killed, SIGKILL). The pack is as it was. If it ran "
        "out of memory or time, save a sheet as CSV, or import the file in parts, such as month by month."
    )
    now = imports.bytes()
    assert {name: now[name] for name in before} == before
    assert set(now) - set(before) <= {".import.json", "payments.v2.parquet"}
    assert imports.first(USED).changed  # and clears away what was left there
    assert set(imports.bytes()) - set(before) == {"payments.v2.parquet"}


def test_a_pack_that_changed_meanwhile_is_not_written(imports: Imports, room: Path) -> None:
    old = imports.pack
    imports.descriptor(lambda found: found.update(title="Another"))
    before = imports.bytes()
    with pytest.raises(ImportFileError, match=r"the pack was changed meanwhile\. Nothing was written"):
        import_jobs.run_import("spend", open_source(imports.file(USED)), old, MINE, print)
    assert imports.bytes() == before


def test_looking_takes_the_pack_as_it_is_now(imports: Imports, room: Path) -> None:
    old = imports.pack
    imports.descriptor(lambda found: found.update(title="Another"))
    options = replace(MINE, dry_run=True)
    found = import_jobs.run_import("spend", open_source(imports.file(USED)), old, options, print)
    assert found.used.rows == 1


def test_a_workbook_is_looked_at_in_a_process_of_its_own(imports: Imports, room: Path) -> None:
    rows = sheet([["Date", "Supplier", "Amount"], ["1/4/2024", "Foo", 1]])
    source = open_source(imports.file(workbook({"April": rows, "May": rows}), "a.xlsx"))
    assert import_jobs.inspect(format_guess.sheets, source, source=source, on_progress=print) == [
        "April",
        "May",
    ]
    with pytest.raises(ImportFileError, match="2 sheets have headings of spend"):
        import_jobs.inspect(
            format_guess.proposal, "spend", source, Options(), source=source, on_progress=print
        )


def test_a_zip_with_a_name_that_is_not_in_its_encoding_is_told_as_damaged(imports: Imports) -> None:
    source = open_source(imports.file(misnamed(), "a.zip"))
    with pytest.raises(ImportFileError, match=r"a\.zip: the file is damaged \(.*\)\. Fetch it again"):
        format_guess.guess(source)
    for name in ("boundaries", "postcodes", "spend"):
        with pytest.raises(ImportFileError, match=r"a\.zip: the (zip|workbook) is damaged or locked"):
            importer(name)(source, imports.pack, Options(dry_run=True))


# -- the process --------------------------------------------------------------------------------------


def test_what_is_printed_does_not_get_among_what_is_returned(room: Path) -> None:
    assert runner.run(tasks.twice, "ab", on_progress=print) == "abab"


def test_a_process_that_fails_is_told_with_its_exit_status(room: Path) -> None:
    with pytest.raises(
        runner.JobEndedError, match=r"ended before it was done \(exit status 3; the server's log"
    ):
        runner.run(tasks.fails, on_progress=print)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def is_free(stream: IO[str]) -> bool:
    """Whether nobody else has the file locked; waits a little where somebody has."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)
        return False
    return True


def leaves(percent: int) -> None:
    if percent > 0:
        raise GoneError


def test_a_dry_run_whose_reader_has_gone_is_ended(tmp_path: Path, room: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(GoneError):
        runner.run(tasks.goes_on, note, 60.0, on_progress=leaves)
    assert not is_there(int(note.read_text()))


def test_what_a_process_has_started_ends_with_it(tmp_path: Path, room: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(GoneError):
        runner.run(tasks.starts_another, note, on_progress=leaves)
    with note.open() as stream:
        assert any(is_free(stream) for _ in range(1200))


def test_an_import_whose_reader_has_gone_is_finished_and_told(imports: Imports, room: Path) -> None:
    came: list[Any] = []
    source = open_source(imports.file(many(25_000)))
    with pytest.raises(GoneError):
        import_jobs.run_import("spend", source, imports.pack, MINE, leaves, came.append)
    assert len(imports.lines()) == 25_000
    assert not list(imports.folder.glob(".import-*"))
    assert [found.used.rows for found in came] == [25_000]


@pytest.mark.parametrize(
    ("task", "options", "wanted"),
    [
        (import_jobs.import_into, replace(MINE, replace=False), (ImportRefusedError, "is illustrative")),
        (tasks.fails, MINE, (import_jobs.EndedError, "exit status 3.*The pack is as it was")),
    ],
    ids=["refused", "ended"],
)
def test_of_an_import_that_fails_after_its_reader_has_gone_the_error_is_told(
    imports: Imports,
    room: Path,
    monkeypatch: pytest.MonkeyPatch,
    task: Any,
    options: Options,
    wanted: tuple[type, str],
) -> None:
    monkeypatch.setattr(import_jobs, "import_into", task)
    monkeypatch.setattr(runner, "PULSE_SECONDS", 0.001)
    came: list[Any] = []

    def gone(_: int) -> None:
        raise GoneError

    with pytest.raises(GoneError):
        import_jobs.run_import(
            "spend", open_source(imports.file(USED)), imports.pack, options, gone, came.append
        )
    (error,) = came
    assert type(error) is wanted[0]
    assert re.search(wanted[1], str(error))


def test_somebody_who_waits_is_asked_again_and_again_whether_they_still_do(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PULSE_SECONDS", 0.01)
    note = tmp_path / "note"
    asked: list[int] = []

    def told(percent: int) -> None:
        asked.append(percent)
        if len(asked) == 3:
            note.touch()

    assert runner.run(tasks.waits_for, note, on_progress=told) == "found"
    assert len(asked) >= 3
    assert set(asked) == {0}


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> threading.BoundedSemaphore:
    """One place for processes."""
    one = threading.BoundedSemaphore(1)
    monkeypatch.setattr(runner, "_PLACES", one)
    monkeypatch.setattr(runner, "PULSE_SECONDS", 0.01)
    return one


def test_who_finds_no_place_waits_and_is_told_so_until_another_is_done(
    room: Path, places: threading.BoundedSemaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.acquire()
    said: list[int] = []
    started = runner._started

    def told(percent: int) -> None:
        said.append(percent)
        if len(said) == 3:
            places.release()

    def only_then(*given: Any) -> Any:
        assert said == [runner.WAITS] * 3
        return started(*given)

    monkeypatch.setattr(runner, "_started", only_then)
    assert runner.run(tasks.twice, "ab", on_progress=told) == "abab"
    assert said[:3] == [runner.WAITS] * 3
    assert set(said[3:]) <= {0}


def test_who_leaves_before_a_place_is_free_has_nothing_begun(
    imports: Imports,
    room: Path,
    places: threading.BoundedSemaphore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places.acquire()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    before = imports.bytes()
    came: list[Any] = []

    def gone(percent: int) -> None:
        assert percent == runner.WAITS
        raise GoneError

    with pytest.raises(GoneError):
        import_jobs.run_import(
            "spend", open_source(imports.file(USED)), imports.pack, MINE, gone, came.append
        )
    assert came == []
    assert imports.bytes() == before


def test_a_place_is_given_back_however_a_process_ends(
    room: Path, tmp_path: Path, places: threading.BoundedSemaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_free() -> bool:
        found = places.acquire(blocking=False)
        if found:
            places.release()
        return found

    runner.run(tasks.twice, "a", on_progress=lambda _: None)
    assert is_free()
    with pytest.raises(runner.JobEndedError):
        runner.run(tasks.fails, on_progress=lambda _: None)
    assert is_free()
    with pytest.raises(GoneError):
        runner.run(tasks.goes_on, tmp_path / "note", 60.0, on_progress=leaves)
    assert is_free()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(runner.JobEndedError, match="no process can be started"):
        runner.run(tasks.twice, "a", on_progress=lambda _: None)
    assert is_free()


def test_a_job_ends_with_the_program_that_asked_for_it_however_that_ended(tmp_path: Path) -> None:
    note = tmp_path / "note"
    program = (
        "import sys; from pathlib import Path; from svdash.jobs import runner; from tests.integration.importing import tasks;"
        "runner.run(tasks.goes_on, Path(sys.argv[1]), 600.0, on_progress=lambda _: None, on_late=print)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(note)], cwd=ROOT) as asking:
        assert any(note.is_file() or time.sleep(0.05) for _ in range(1200))
        job = int(note.read_text())
        assert is_there(job)
        asking.kill()
    assert any(not is_there(job) or time.sleep(0.05) for _ in range(1200))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("options", [["--dry-run"], []], ids=["dry run", "import"])
def test_a_command_that_is_told_to_end_ends_its_job_and_leaves_nothing(
    imports: Imports, tmp_path: Path, number: signal.Signals, options: list[str]
) -> None:
    before, temporary = imports.bytes(), tmp_path / "temporary"
    temporary.mkdir()
    path = imports.file(many(150_000))
    command = [
        "-m",
        "svdash",
        "import",
        "spend",
        str(path),
        "--pack",
        str(imports.folder),
        "--replace",
        *options,
    ]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    ) as process:
        jobs = next(found for _ in range(1200) if (found := _jobs(process.pid)) or time.sleep(0.05))
        time.sleep(0.3)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said == b"Ended before it was done.\n"
    assert any(not any(map(is_there, jobs)) or time.sleep(0.05) for _ in range(1200))
    assert imports.bytes() == before
    assert list(temporary.iterdir()) == []


def _jobs(process: int) -> list[int]:
    """Processes that a process has started."""
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(each) for each in found.read_text().split()] if found.is_file() else []


def test_an_import_has_a_limit_of_time_too(tmp_path: Path, room: Path) -> None:
    note = tmp_path / "note"
    limits = replace(Limits(), clock_seconds=3)
    with pytest.raises(runner.JobEndedError, match="took too long"):
        runner.run(tasks.goes_on, note, 60.0, on_progress=lambda _: None, on_late=print, limits=limits)
    assert not is_there(int(note.read_text()))


def test_work_that_goes_on_for_a_reader_who_has_gone_has_that_limit_too(tmp_path: Path, room: Path) -> None:
    came: list[Any] = []
    limits = replace(Limits(), clock_seconds=3)
    with pytest.raises(GoneError):
        runner.run(
            tasks.goes_on, tmp_path / "note", 60.0, on_progress=leaves, on_late=came.append, limits=limits
        )
    assert isinstance(came[0], runner.JobEndedError)


def test_a_refusal_survives_the_way_from_another_process(imports: Imports) -> None:
    error = imports.refusal(USED)
    again = replies.read(io.BytesIO(replies.written(error)), ("svdash.importing.",))
    assert essence(again) == essence(error)
    assert again.reconciliation.refusal == str(error)


# -- its limits ---------------------------------------------------------------------------------------


def test_a_process_has_no_variable_of_the_servers_but_what_it_needs(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "SVDASH_DATABASE_URL",
        "AWS_SECRET_ACCESS_KEY",
        "STREAMLIT_SERVER_COOKIE_SECRET",
        "ANYTHING",
    ):
        monkeypatch.setenv(name, "secret")
    seen = runner.run(tasks.environment, on_progress=print)
    assert "secret" not in seen.values()
    assert {"PATH", "SVDASH_VAR", "TMPDIR"} <= set(seen)


def test_a_process_that_takes_too_much_memory_is_told_so(room: Path) -> None:
    assert runner.run(tasks.takes_memory, 100, on_progress=print) == 100 * 1024**2
    with pytest.raises(runner.JobEndedError, match="ran out of memory"):
        runner.run(tasks.takes_memory, 1100, on_progress=print)


def test_a_process_that_works_too_long_is_ended(room: Path) -> None:
    with pytest.raises(runner.JobEndedError, match=r"ended before it was done \(it took too long\)"):
        runner.run(tasks.works, 600.0, on_progress=print, limits=Limits(processor_seconds=1))


def test_a_process_that_does_nothing_for_too_long_is_ended(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PULSE_SECONDS", 0.01)
    with pytest.raises(runner.JobEndedError, match="took too long"):
        runner.run(tasks.sleeps, 600.0, on_progress=print, limits=Limits(clock_seconds=1))


def test_a_process_opens_and_writes_no_more_than_its_limits(room: Path, tmp_path: Path) -> None:
    most = 4 * 1024**2  # less would also cut off what Python keeps of its modules
    small = Limits(open_files=32, file_bytes=most)
    assert runner.run(tasks.writes, tmp_path / "a", most, on_progress=print, limits=small) == ""
    assert (
        runner.run(tasks.writes, tmp_path / "b", most + 1, on_progress=print, limits=small)
        == "File too large"
    )
    with pytest.raises(runner.JobEndedError, match="exit status 1"):
        runner.run(tasks.opens, 33, on_progress=print, limits=small)


def test_a_large_file_is_given_more_time_and_no_more_memory() -> None:
    small, large = Limits.of(1), Limits.of(100 * 1024**2)
    assert large.processor_seconds > small.processor_seconds >= 60
    assert large.memory_bytes == small.memory_bytes == 1024**3


def test_a_process_has_no_network_where_the_system_can_take_it_away(room: Path) -> None:
    alone = "import os, ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x40000000) and ctypes.CDLL(None).unshare(0x50000000))"
    if sys.platform != "linux" or subprocess.run([sys.executable, "-c", alone], check=False).returncode:
        pytest.skip("this system gives no process a network of its own")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert (
            runner.run(tasks.connects, listener.getsockname()[1], on_progress=print)
            == "Network is unreachable"
        )


HOSTILE = {
    "a pickle": pickle.dumps(("done", 1)) + b"\n",
    "no message": b"5\n",
    "a part that is no number": b'{"tuple": ["at", "zzz"]}\n',
    "a class of another package": b'{"tuple": ["done", {"class": "pathlib:Path", "with": {}}]}\n',
    "a function": b'{"tuple": ["done", {"class": "svdash.importing:importer", "with": {}}]}\n',
    "a class that a module only imports": (
        b'{"tuple": ["done", {"class": "svdash.importing.import_jobs:Pack", "with": {}}]}\n'
    ),
    "a module that is not there": b'{"tuple": ["done", {"class": "svdash.importing.nothing:A", "with": {}}]}\n',
    "a field that is not there": (
        b'{"tuple": ["done", {"class": "svdash.importing.reconciliation:Tally", "with": {"add": 1}}]}\n'
    ),
    "a value that is refused": (
        b'{"tuple": ["done", {"class": "svdash.importing.reconciliation:Options", "with": {"source": "x"}}]}\n'
    ),
    "a line too long": b'"' + b"x" * replies.MOST_BYTES + b'"\n',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_what_a_process_must_not_send_back_is_told_in_the_log_and_made_nothing_of(
    room: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    # Here the reply may hold what that of an import may; the process need not load what an import does.
    taken = runner._packages((ImportFileError,))
    monkeypatch.setattr(runner, "_packages", lambda _: taken)
    with pytest.raises(runner.JobEndedError):
        runner.run(tasks.says, line, on_progress=print)
    assert "sent back what it must not" in caplog.text


def test_a_process_that_stays_after_its_last_word_is_ended(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LEAVE_SECONDS", 0.05)
    note = tmp_path / "note"
    assert runner.run(tasks.stays_behind, note, on_progress=print) == "done"
    assert not is_there(int(note.read_text()))
