"""Runs a function in a process of its own, which can do little harm and is gone afterwards.

What is worked on may be made to break what works on it. So the process has limits of memory, time and files, no variable
of the server's but those it needs, no network where the system can take it away, and what it sends back is made of known
classes only. Work also takes its share of the interpreter lock, and memory once taken seldom goes back; a process that
ends gives back both, and one that runs out of memory takes nobody with it.
"""

from __future__ import annotations

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
from pathlib import Path
from typing import IO, Any, Final, TypeVar, cast

from svdash.jobs import replies
from svdash.jobs.limits import USUAL, Limits, cut_off, limit
from svdash.settings import job_environment

T = TypeVar("T")
OnProgress = Callable[[int], None]
Errors = tuple[type[Exception], ...]
Messages = queue.SimpleQueue[tuple[str, Any] | None]

# Nobody waits longer than this to hear that it goes on, or to have it ended.
PULSE_SECONDS: Final = 0.5
# A process that has said what came of its work has nothing left to do.
LEAVE_SECONDS: Final = 10.0
# Told in the place of a per cent by who waits until one of the others is done.
WAITS: Final = -1
# More than one for each core are no sooner done, and each may take 600 MB; whoever comes next waits.
_PLACES: Final = threading.BoundedSemaphore(os.cpu_count() or 1)
# Not by -m: what is sent back is of this module, which would be another one under the name __main__. Nor by
# multiprocessing, which begins with running __main__ again: under Streamlit that is the page.
_PROGRAM: Final = "import sys; from svdash.jobs.runner import serve; serve(sys.argv[1])"
_AT, _DONE = "at", "done"
_log = logging.getLogger(__name__)


class JobEndedError(Exception):
    """The process ended before its work was done: it was killed, reached a limit, or has a fault."""


def run(
    function: Callable[..., T],
    *args: object,
    on_progress: OnProgress,
    on_late: Callable[[T | Exception], None] | None = None,
    limits: Limits = USUAL,
    errors: Errors = (),
) -> T:
    """Return what a function of a module returns, run in a process of its own that is gone when this returns or raises.

    Args:
        function: found by its name in its module; may call :func:`progress`.
        args: of it; they are copied.
        on_progress: is told how far it is, in per cent, or ``WAITS``; each half second at least. What it raises is
            passed on.
        on_late: if given, the work once begun is finished before that is passed on, and this gets what came of it; else
            the process is ended. It is also where this program is to end (``KeyboardInterrupt``, ``SystemExit``).
        limits: what the process may take.
        errors: what the function may raise. Beside plain values, only dataclasses and errors of the packages that these
            are of may come back.

    Raises:
        JobEndedError: the process ended before its work was done, or can't be started.
        Exception: one of ``errors``, as the function does.
    """
    # What a process leaves behind that is killed goes with this folder.
    with (
        _turn(on_progress),
        tempfile.TemporaryDirectory(prefix="svdash-", ignore_cleanup_errors=True) as folder,
    ):
        process = _started(Path(folder), limits, (function, args, errors))
        with _heard(process, _packages(errors)) as messages:
            until = time.monotonic() + limits.clock_seconds
            try:
                last = _followed(messages, on_progress, until)
            except (JobEndedError, KeyboardInterrupt, SystemExit):
                _kill(process)
                raise
            except BaseException:
                if on_late is None:
                    _kill(process)
                else:
                    on_late(_finished(messages, process, until))
                raise
    came = _came(last, process)
    if isinstance(came, Exception):
        raise came
    return cast("T", came)


@contextmanager
def _turn(on_progress: OnProgress) -> Iterator[None]:
    """Hold one of the places; wait for one as long as somebody wants to."""
    while not _PLACES.acquire(timeout=PULSE_SECONDS):
        on_progress(WAITS)
    try:
        yield
    finally:
        _PLACES.release()


@contextmanager
def _heard(process: subprocess.Popen[bytes], packages: tuple[str, ...]) -> Iterator[Messages]:
    """Give what a process says, as it comes; wait for its end afterwards."""
    messages: Messages = queue.SimpleQueue()
    reader = threading.Thread(target=_receive, args=(process.stdout, messages, packages), daemon=True)
    reader.start()
    try:
        yield messages
    finally:
        _leave(process)
        reader.join()


def _finished(messages: Messages, process: subprocess.Popen[bytes], until: float) -> Any:
    """What came of work that nobody waits for any more, or the error that it ended without."""
    try:
        return _came(_followed(messages, lambda _: None, until), process)
    except JobEndedError as error:
        _kill(process)
        return error


def _came(last: tuple[str, Any] | None, process: subprocess.Popen[bytes]) -> Any:
    """What the process sent back, or the error that it ended without."""
    status = process.wait()
    if last is None or last[0] != _DONE:
        return JobEndedError(f"the process that worked on it ended before it was done ({_how(status)}).")
    return last[1]


def _started(folder: Path, limits: Limits, job: tuple[object, ...]) -> subprocess.Popen[bytes]:
    (folder / "limits").write_bytes(pickle.dumps(limits))
    (folder / "job").write_bytes(pickle.dumps(job))
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(folder / "job")],
            stdin=subprocess.PIPE,  # nothing comes by it but its end, which is that of this program
            stdout=subprocess.PIPE,
            env=job_environment(folder),
            start_new_session=True,  # Ctrl-C is for the server, which sees to this process and its own itself
        )
    except OSError as error:
        raise JobEndedError(f"no process can be started to work on it ({error.strerror}).") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process that has said its last; end it where it stays."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(LEAVE_SECONDS)
    _kill(process)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _packages(errors: Errors) -> tuple[str, ...]:
    """The packages whose classes may come back: those of the errors, and this one."""
    modules = {JobEndedError.__module__, *(error.__module__ for error in errors)}
    return tuple(f"{module.rpartition('.')[0]}." for module in sorted(modules))


def _receive(stream: IO[bytes], messages: Messages, packages: tuple[str, ...]) -> None:
    """Pass on what the process says, and None at its end. It is read to the end, so that the process never waits."""
    with stream:
        try:
            while True:
                messages.put(_message(replies.read(stream, packages)))
        except EOFError:
            pass  # it has ended, perhaps amid a message, and its exit status tells how
        except replies.ReplyError as error:
            _log.error("A process sent back what it must not: %s", error)
        finally:
            messages.put(None)


def _message(found: Any) -> tuple[str, Any]:
    """How far a job is, in per cent, or what came of it; raise ReplyError for anything else."""
    if isinstance(found, tuple) and len(found) == 2:
        kind, value = found
        if kind == _DONE or (kind == _AT and type(value) is int):
            return kind, value
    raise replies.ReplyError("no message")


def _followed(messages: Messages, on_progress: OnProgress, until: float) -> tuple[str, Any] | None:
    """The last message, or None where there is none; tells how far the work is until it comes.

    Raises:
        JobEndedError: it hasn't come at a time of the monotonic clock.
    """
    percent = 0
    while True:
        if time.monotonic() > until:
            raise JobEndedError("the process that worked on it was ended, because it took too long.")
        try:
            message = messages.get(timeout=PULSE_SECONDS)
        except queue.Empty:
            on_progress(percent)
            continue
        if message is None or message[0] != _AT:
            return message
        percent = message[1]
        on_progress(percent)


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


def serve(job: str) -> None:
    """Do what is asked for in a file, and say on standard output how it goes and what came of it."""
    limits = Path(job).with_name("limits")
    limit(pickle.loads(limits.read_bytes()) if limits.is_file() else USUAL)  # noqa: S301  written by our own server
    cut_off()
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    _Line.out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What else is printed must not come between.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, args, errors = pickle.loads(Path(job).read_bytes())  # noqa: S301  written by our own server
    try:
        _send(_DONE, function(*args))
    except errors as error:
        _send(_DONE, error)
    except MemoryError:
        _send(_DONE, JobEndedError("the process that worked on it ran out of memory."))


def _end_with_who_asked() -> None:
    """End this process and those that it has started as soon as the program that asked for its work has ended, however it did.

    A pack changes at one moment (:mod:`svdash.importing.writing.pack_writer`), so no moment is a bad one to end.
    """
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


def progress(done: int, of: int) -> None:
    """Say how much is done, of how much. Does nothing but in a process that another waits for."""
    _send(_AT, min(100, 100 * done // max(of, 1)))


def _send(kind: str, value: object) -> None:
    if _Line.out is None:
        return
    try:
        _Line.out.write(replies.written((kind, value)))
        _Line.out.flush()
    except BrokenPipeError:
        sys.exit("The program that asked for this has gone.")
