"""Reads heavy files in a process of its own, so that whoever serves pages meanwhile goes on serving them.

Reading takes its share of the interpreter lock, and memory once taken seldom goes back; a process that ends gives back
both, and one that runs out of memory takes nobody with it.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

from svdash.importing import importer
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.importing.source_files import DAMAGED, Source
from svdash.settings import handed_on
from svdash.tables.faults import PackError
from svdash.tables.package import Pack, open_pack

T = TypeVar("T")
Told = Callable[[int], None]
Late = Callable[[Reconciliation | Exception], None]

# To start a process takes 1 to 2 s, to read so much in this one less than 1 s.
SMALL: Final = 1024**2
# Nobody waits longer than this to hear that it goes on, or to have it ended.
PULSE_SECONDS: Final = 0.5
# Told in the place of a per cent by who waits until one of the others is done.
WAITS: Final = -1
# More than one for each core are no sooner done, and each may take 600 MB; whoever comes next waits.
_PLACES: Final = threading.BoundedSemaphore(os.cpu_count() or 1)
# Not by -m: what is sent back is of this module, which would be another one under the name __main__. Nor by
# multiprocessing, which begins with running __main__ again: under Streamlit that is the page.
_PROGRAM: Final = "import sys; from svdash.importing.import_jobs import serve; serve(sys.argv[1])"
_AT, _DONE = "at", "done"


class EndedError(ImportFileError):
    """The process ended before its work was done: it was killed, ran out of memory, or has a fault."""


def imported(
    name: str, source: Source, pack: Pack, options: Options, told: Told, late: Late = lambda _: None
) -> Reconciliation:
    """Import a file: in a process of its own, unless the file is small.

    Where ``told`` raises, for example since the reader has gone, a dry run is ended. An import goes on to its end first:
    between the files of a pack there is no good moment to stop. If it still waits for its turn, it isn't begun.

    Args:
        name: of the format.
        source: to be imported.
        pack: as it was read. For an import it must not have changed since; a dry run takes it as it is now.
        options: what was asked for, without progress.
        told: how much of the file is read, in per cent, or ``WAITS``; each half second at least.
        late: what came of an import, or its error, if ``told`` raised; that goes on only afterwards.

    Raises:
        ImportFileError: as the importer does; or the process ended early, or the pack was changed.
        ImportRefusedError: as the importer does.
        PackError: the pack can't be opened.
    """
    given = (name, source, pack.path, None if options.dry_run else pack.fingerprint, options)
    if unpacked(source) <= SMALL:
        return read_in(*given)

    def at_last(came: Reconciliation | Exception) -> None:
        late(_ended(came, source, pack, options) if isinstance(came, EndedError) else came)

    try:
        return apart(read_in, *given, told=told, late=None if options.dry_run else at_last)
    except EndedError as error:
        raise _ended(error, source, pack, options) from error


def _ended(error: EndedError, source: Source, pack: Pack, options: Options) -> EndedError:
    """The same with the file, and with what is known of the pack."""
    same = options.dry_run or _is_as_it_was(pack)
    return EndedError(
        f"{source.path}: {error} "
        + (
            "The pack is as it was. If memory ran out, import the file in parts, such as month by month."
            if same
            else "The pack has changed: run python -m svdash check, and import the file again."
        )
    )


def _is_as_it_was(pack: Pack) -> bool:
    try:
        return open_pack(pack.path).fingerprint == pack.fingerprint
    except PackError:
        return False  # what is wrong with it, the check says


def looked(function: Callable[..., T], *args: object, source: Source, told: Told) -> T:
    """What a function of ``guess`` tells of a file: in a process of its own only for what has much to unpack.

    Of text it reads a sample, however large the file; a workbook has to be unpacked and measured as a whole.

    Args:
        function: to be called.
        args: of it.
        source: the file that it looks at.
        told: as for :func:`apart`.

    Raises:
        ImportFileError: as the function does; or the process ended early.
    """
    if source.kind != "xlsx" or unpacked(source) <= SMALL:
        return function(*args)
    try:
        return apart(function, *args, told=told)
    except EndedError as error:
        raise EndedError(
            f"{source.path}: {error} If memory ran out, save the sheet as CSV, and bring that."
        ) from error


def unpacked(source: Source) -> int:
    """The bytes of a file; of what is packed, those that it says it unpacks to."""
    if source.kind != "xlsx":
        return source.size
    try:
        with zipfile.ZipFile(source.path) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (*DAMAGED, OSError):
        return source.size  # whoever reads it says what is wrong with it


def apart(
    function: Callable[..., T],
    *args: object,
    told: Told,
    late: Callable[[T | Exception], None] | None = None,
) -> T:
    """What a function of a module returns, run in a process of its own that is gone when this returns or raises.

    Args:
        function: found by its name in its module; may call :func:`progress`.
        args: of it; they are copied.
        told: how far it is, in per cent, or ``WAITS``; each half second at least. What it raises is passed on.
        late: if given, the work once begun is finished before that is passed on, and this gets what came of it; else
            the process is ended.

    Raises:
        EndedError: the process ended before its work was done, or can't be started.
        ImportFileError, ImportRefusedError, PackError: as the function does.
    """
    # What a process leaves behind that is killed goes with this folder.
    with _turn(told), tempfile.TemporaryDirectory(prefix="svdash-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        (room / "job").write_bytes(pickle.dumps((function, args, late is not None)))
        process = _started(room)
        messages: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_receive, args=(process.stdout, messages), daemon=True)
        reader.start()
        try:
            last = _followed(messages, told)
        except BaseException:
            if late is None:
                process.kill()
            else:
                late(_came(_followed(messages, lambda _: None), process))
            raise
        finally:
            process.wait()
            reader.join()
    came = _came(last, process)
    if isinstance(came, Exception):
        raise came
    return cast("T", came)


@contextmanager
def _turn(told: Told) -> Iterator[None]:
    """Hold one of the places; wait for one as long as somebody wants to."""
    while not _PLACES.acquire(timeout=PULSE_SECONDS):
        told(WAITS)
    try:
        yield
    finally:
        _PLACES.release()


def _came(last: tuple[str, Any] | None, process: subprocess.Popen[bytes]) -> Any:
    """What the process sent back, or the error that it ended without."""
    status = process.wait()
    if last is None or last[0] != _DONE:
        return EndedError(f"the process that read it ended before it was done ({_how(status)}).")
    return last[1]


def _started(room: Path) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(room / "job")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=handed_on(room),
            start_new_session=True,  # Ctrl-C is for the server, which sees to this process itself
        )
    except OSError as error:
        raise EndedError(f"no process can be started to read it ({error.strerror}).") from error


def _receive(stream: IO[bytes], messages: queue.SimpleQueue[tuple[str, Any] | None]) -> None:
    """Pass on what the process says, and None at its end. It is read to the end, so that the process never waits."""
    with stream:
        try:
            while True:
                messages.put(pickle.load(stream))  # noqa: S301  written by our own process
        except (EOFError, pickle.UnpicklingError):
            pass  # it has ended, perhaps amid a message; its exit status tells how
        finally:
            messages.put(None)


def _followed(messages: queue.SimpleQueue[tuple[str, Any] | None], told: Told) -> tuple[str, Any] | None:
    """The last message, or None where there is none; tells how far the work is until it comes."""
    percent = 0
    while True:
        try:
            message = messages.get(timeout=PULSE_SECONDS)
        except queue.Empty:
            told(percent)
            continue
        if message is None or message[0] != _AT:
            return message
        percent = message[1]
        told(percent)


def _how(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"exit status {status}; the server's log says more"
    known = {each.value: each.name for each in signal.Signals}
    return f"killed, {known.get(-status, f'signal {-status}')}"


# -- in the process of its own ------------------------------------------------------------------------


class _Line:
    """The way back to whoever started this process; none in any other process."""

    out: IO[bytes] | None = None
    finish = False


def serve(job: str) -> None:
    """Do what is asked for in a file, and say on standard output how it goes and what came of it."""
    _Line.out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What else is printed must not come between.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, args, _Line.finish = pickle.loads(Path(job).read_bytes())  # noqa: S301  written by our own server
    try:
        _send(_DONE, function(*args))
    except (ImportFileError, ImportRefusedError, PackError) as error:
        _send(_DONE, error)


def progress(done: int, of: int) -> None:
    """Say how much is done, of how much. Does nothing but in a process that another waits for."""
    _send(_AT, min(100, 100 * done // max(of, 1)))


def _send(kind: str, value: object) -> None:
    if _Line.out is None:
        return
    try:
        _Line.out.write(pickle.dumps((kind, value)))
        _Line.out.flush()
    except BrokenPipeError:
        # The server has gone. An import is finished all the same, and its end is in the pack.
        if not _Line.finish:
            sys.exit("The server that asked for this has gone.")


def read_in(
    name: str, source: Source, folder: Path, fingerprint: str | None, options: Options
) -> Reconciliation:
    """Import a file into the pack in a folder, of that fingerprint if one is given. Raises as :func:`imported`."""
    pack = open_pack(folder)
    if fingerprint not in (None, pack.fingerprint):
        raise ImportFileError(f"{folder}: the pack was changed meanwhile. Nothing was written. Import again.")
    return importer(name)(source, pack, replace(options, progress=progress))
