"""Reads every file that somebody brings in a process of its own, which can do little harm and is gone afterwards.

A file may be made to break what reads it. So the process that reads it has limits of memory, time and files, no variable
of the server's but those it needs, no network where the system can take it away, and what it sends back is made of known
classes only. Reading also takes its share of the interpreter lock, and memory once taken seldom goes back; a process that
ends gives back both, and one that runs out of memory takes nobody with it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path, PosixPath, WindowsPath
from typing import IO, Any, Final, TypeVar, cast

from svdash.importing import importer
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.importing.source_files import Source
from svdash.settings import job_environment
from svdash.tables.faults import PackError
from svdash.tables.package import Pack, open_pack

T = TypeVar("T")
Told = Callable[[int], None]
Late = Callable[[Reconciliation | Exception], None]

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
# Where the classes are that a process may send back.
_ROOMS: Final = (f"{__package__}.", f"{PackError.__module__.rpartition('.')[0]}.")
_SMALLER: Final = "If it ran out of memory or time, save a sheet as CSV, or import the file in parts, such as month by month."
_log = logging.getLogger(__name__)


_MEGABYTE: Final = 1024**2
# Linux: a process with a network of its own has only a loopback that is down. The second lets those do it who are not root.
_NEW_NETWORK: Final = 0x4000_0000
_NEW_USER: Final = 0x1000_0000
# Twice what a workbook of payments took where this was set: 1.4 s a megabyte of its zip; text took 0.3 s.
SECONDS_A_MEGABYTE: Final = 3


@dataclass(frozen=True)
class Limits:
    """What a process may take before the system ends it.

    Attributes:
        memory_bytes: of its own, not counting what it shares with others.
        processor_seconds: of work.
        clock_seconds: from its start to its end; not for imports, which are not ended by the clock.
        open_files: at a time.
        file_bytes: of the largest file that it may write.
    """

    memory_bytes: int = 1024 * _MEGABYTE
    processor_seconds: int = 60
    clock_seconds: int = 240
    open_files: int = 256
    file_bytes: int = 4096 * _MEGABYTE

    @classmethod
    def of(cls, size: int) -> Limits:
        """Return the limits for a file of so many bytes: a large one is given time in proportion."""
        seconds = 60 + SECONDS_A_MEGABYTE * size // _MEGABYTE
        return cls(processor_seconds=seconds, clock_seconds=4 * seconds)


class EndedError(ImportFileError):
    """The process ended before its work was done: it was killed, reached a limit, or has a fault."""


def imported(
    name: str, source: Source, pack: Pack, options: Options, told: Told, late: Late = lambda _: None
) -> Reconciliation:
    """Import a file, in a process of its own.

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

    def at_last(came: Reconciliation | Exception) -> None:
        late(_ended(came, source, pack, options) if isinstance(came, EndedError) else came)

    try:
        late_one = None if options.dry_run else at_last
        return apart(read_in, *given, told=told, late=late_one, limits=Limits.of(source.size))
    except EndedError as error:
        raise _ended(error, source, pack, options) from error


def _ended(error: EndedError, source: Source, pack: Pack, options: Options) -> EndedError:
    """The same with the file, and with what is known of the pack."""
    same = options.dry_run or _is_as_it_was(pack)
    return EndedError(
        f"{source.path}: {error} "
        + (
            f"The pack is as it was. {_SMALLER}"
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
    """What a function of ``guess`` tells of a file, in a process of its own.

    Args:
        function: to be called.
        args: of it.
        source: the file that it looks at.
        told: as for :func:`apart`.

    Raises:
        ImportFileError: as the function does; or the process ended early.
    """
    try:
        return apart(function, *args, told=told, limits=Limits.of(source.size))
    except EndedError as error:
        raise EndedError(f"{source.path}: {error} {_SMALLER}") from error


def apart(
    function: Callable[..., T],
    *args: object,
    told: Told,
    late: Callable[[T | Exception], None] | None = None,
    limits: Limits = Limits(),
) -> T:
    """What a function of a module returns, run in a process of its own that is gone when this returns or raises.

    Args:
        function: found by its name in its module; may call :func:`progress`.
        args: of it; they are copied.
        told: how far it is, in per cent, or ``WAITS``; each half second at least. What it raises is passed on.
        late: if given, the work once begun is finished before that is passed on, and this gets what came of it; else
            the process is ended.
        limits: what the process may take.

    Raises:
        EndedError: the process ended before its work was done, or can't be started.
        ImportFileError, ImportRefusedError, PackError: as the function does.
    """
    # What a process leaves behind that is killed goes with this folder.
    with _turn(told), tempfile.TemporaryDirectory(prefix="svdash-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        (room / "limits").write_bytes(pickle.dumps(limits))
        (room / "job").write_bytes(pickle.dumps((function, args, late is not None)))
        process = _started(room)
        messages: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        reader = threading.Thread(target=_receive, args=(process.stdout, messages), daemon=True)
        reader.start()
        until = None if late is not None else time.monotonic() + limits.clock_seconds
        try:
            last = _followed(messages, told, until)
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
            env=job_environment(room),
            start_new_session=True,  # Ctrl-C is for the server, which sees to this process and its own itself
        )
    except OSError as error:
        raise EndedError(f"no process can be started to read it ({error.strerror}).") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _KnownOnly(pickle.Unpickler):
    """Reads what a process sends back: plain values, paths, and classes of ours that only hold values.

    The process has read a file that may be hostile; if that took it over, it must not have this one run anything.
    """

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may be made; raise UnpicklingError for any other."""
        if module.startswith("pathlib") and name in (PosixPath.__name__, WindowsPath.__name__):
            return PosixPath if name == PosixPath.__name__ else WindowsPath
        if module.startswith(_ROOMS) and name.isidentifier():
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Exception)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that is sent back")


def _receive(stream: IO[bytes], messages: queue.SimpleQueue[tuple[str, Any] | None]) -> None:
    """Pass on what the process says, and None at its end. It is read to the end, so that the process never waits."""
    with stream:
        try:
            while True:
                messages.put(_KnownOnly(stream).load())
        except (EOFError, pickle.UnpicklingError) as error:
            # It has ended, perhaps amid a message, and its exit status tells how; or it sends what it must not.
            if str(error).endswith("is nothing that is sent back"):
                _log.error("The process that read a file sent back what it must not: %s", error)
        finally:
            messages.put(None)


def _followed(
    messages: queue.SimpleQueue[tuple[str, Any] | None], told: Told, until: float | None = None
) -> tuple[str, Any] | None:
    """The last message, or None where there is none; tells how far the work is until it comes.

    Raises:
        EndedError: it hasn't come at a time of the monotonic clock.
    """
    percent = 0
    while True:
        if until is not None and time.monotonic() > until:
            raise EndedError("the process that read it was ended, because it took too long.")
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
    if status == -signal.SIGXCPU:
        return "it took too long"
    known = {each.value: each.name for each in signal.Signals}
    return f"killed, {known.get(-status, f'signal {-status}')}"


# -- in the process of its own ------------------------------------------------------------------------


class _Line:
    """The way back to whoever started this process; none in any other process."""

    out: IO[bytes] | None = None
    finish = False


def limit(limits: Limits) -> None:
    """Have the system end this process where it takes more than this, as far as the system can."""
    if sys.platform == "win32":
        return
    import resource

    for name, most, grace in (
        ("RLIMIT_DATA", limits.memory_bytes, 0),
        ("RLIMIT_CPU", limits.processor_seconds, 5),
        ("RLIMIT_NOFILE", limits.open_files, 0),
        ("RLIMIT_FSIZE", limits.file_bytes, 0),
        ("RLIMIT_CORE", 0, 0),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        soft, full = most, most + grace
        # What whoever started this process may not have either stays so.
        if hard != resource.RLIM_INFINITY:
            soft, full = min(soft, hard), min(full, hard)
        resource.setrlimit(kind, (soft, full))


def cut_off() -> None:
    """Leave the network, where the system lets a process do that. Readers of files don't use it; this makes sure."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None) if sys.platform == "linux" else None
    if unshare is not None and unshare(_NEW_NETWORK) != 0:
        unshare(_NEW_USER | _NEW_NETWORK)


def serve(job: str) -> None:
    """Do what is asked for in a file, and say on standard output how it goes and what came of it."""
    limits = Path(job).with_name("limits")
    limit(pickle.loads(limits.read_bytes()) if limits.is_file() else Limits())  # noqa: S301  written by our own server
    cut_off()
    _Line.out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What else is printed must not come between.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, args, _Line.finish = pickle.loads(Path(job).read_bytes())  # noqa: S301  written by our own server
    try:
        _send(_DONE, function(*args))
    except (ImportFileError, ImportRefusedError, PackError) as error:
        _send(_DONE, error)
    except MemoryError:
        _send(_DONE, EndedError("the process that read it ran out of memory."))


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
