"""Runs a function in a separate process that can do little harm and ends afterwards.

The input may be built to break the code that reads it. So the process has limits on memory, time and files, gets only the
environment variables it needs, has no network where the system allows that, and may reply with known classes only. A
separate process also leaves the server's interpreter lock alone, returns all its memory when it ends, and does not take
the server with it when it runs out of memory.
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
from svdash.jobs.fence import Reach, fence_in
from svdash.jobs.limits import USUAL, Limits, cut_off, limit
from svdash.settings import job_environment

T = TypeVar("T")
OnProgress = Callable[[int], None]
Errors = tuple[type[Exception], ...]
Messages = queue.SimpleQueue[tuple[str, Any] | None]

# Longest time between two reports of progress, and longest wait after a request to stop.
PULSE_SECONDS: Final = 0.5
# Time a process has to end after it has sent its result.
LEAVE_SECONDS: Final = 10.0
# Reported instead of a percentage while the job waits for another one to finish.
WAITS: Final = -1
# One job for each core: more would not finish sooner, and each may use 600 MB. Further jobs wait.
_PLACES: Final = threading.BoundedSemaphore(os.cpu_count() or 1)
# Not with -m: replies name classes of this module, which would then be a second module called __main__. Not with
# multiprocessing: it runs __main__ again, which under Streamlit is the page.
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
    reach: Reach | None = None,
) -> T:
    """Run a function of a module in a separate process and return its result. The process has ended when this returns or raises.

    Args:
        function: a function at the top level of its module; it may call :func:`progress`.
        args: its arguments, which are copied.
        on_progress: called at least each half second with the progress in per cent, or ``WAITS``. Its errors are
            passed on.
        on_late: what to do when ``on_progress`` raises. If given, the job finishes first and this gets its result; if not,
            the process is ended. ``KeyboardInterrupt`` and ``SystemExit`` always end the process.
        limits: limits of the process.
        errors: what the function may raise. The reply may hold plain values, and dataclasses and errors of the packages
            of these errors.
        reach: the files that it may open, where the system can see to that; ``None`` for whatever its user may.

    Raises:
        JobEndedError: the process ended before it had finished, or cannot be started.
        Exception: one of ``errors``, as the function raised it.
    """
    # Files that a killed process leaves behind are deleted with this folder.
    with (
        _turn(on_progress),
        tempfile.TemporaryDirectory(prefix="svdash-", ignore_cleanup_errors=True) as folder,
    ):
        process = _started(Path(folder), (limits, reach), (function, args, errors))
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
    """Hold one of the places for jobs; wait until one is free, or until ``on_progress`` raises."""
    while not _PLACES.acquire(timeout=PULSE_SECONDS):
        on_progress(WAITS)
    try:
        yield
    finally:
        _PLACES.release()


@contextmanager
def _heard(process: subprocess.Popen[bytes], packages: tuple[str, ...]) -> Iterator[Messages]:
    """Give the messages of a process as they arrive; wait for its end afterwards."""
    messages: Messages = queue.SimpleQueue()
    reader = threading.Thread(target=_receive, args=(process.stdout, messages, packages), daemon=True)
    reader.start()
    try:
        yield messages
    finally:
        _leave(process)
        reader.join()


def _finished(messages: Messages, process: subprocess.Popen[bytes], until: float) -> Any:
    """Return the result of a job that nobody waits for any more, or the error that it ended with."""
    try:
        return _came(_followed(messages, lambda _: None, until), process)
    except JobEndedError as error:
        _kill(process)
        return error


def _came(last: tuple[str, Any] | None, process: subprocess.Popen[bytes]) -> Any:
    """Return the result that the process sent, or an error if it sent none."""
    status = process.wait()
    if last is None or last[0] != _DONE:
        return JobEndedError(f"the process that worked on it ended before it was done ({_how(status)}).")
    return last[1]


def _started(
    folder: Path, bounds: tuple[Limits, Reach | None], job: tuple[object, ...]
) -> subprocess.Popen[bytes]:
    (folder / "bounds").write_bytes(pickle.dumps(bounds))
    (folder / "job").write_bytes(pickle.dumps(job))
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(folder / "job")],
            stdin=subprocess.PIPE,  # never written to: it closes when this program ends
            stdout=subprocess.PIPE,
            env=job_environment(folder),
            start_new_session=True,  # Ctrl-C goes to the server only, which ends this process itself
        )
    except OSError as error:
        raise JobEndedError(f"no process can be started to work on it ({error.strerror}).") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _leave(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process to end after its last message; end it if it does not."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(LEAVE_SECONDS)
    _kill(process)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _packages(errors: Errors) -> tuple[str, ...]:
    """Return the packages whose classes are accepted: those of the errors, and this one."""
    modules = {JobEndedError.__module__, *(error.__module__ for error in errors)}
    return tuple(f"{module.rpartition('.')[0]}." for module in sorted(modules))


def _receive(stream: IO[bytes], messages: Messages, packages: tuple[str, ...]) -> None:
    """Pass on the messages of the process, and None at its end. Reading to the end keeps the process from blocking."""
    with stream:
        try:
            while True:
                messages.put(_message(replies.read(stream, packages)))
        except EOFError:
            pass  # it has ended, perhaps within a message; its exit status says how
        except replies.ReplyError as error:
            _log.error("A process sent back what it must not: %s", error)
        finally:
            messages.put(None)


def _message(found: Any) -> tuple[str, Any]:
    """Return progress in per cent, or the result; raise ReplyError for any other message."""
    if isinstance(found, tuple) and len(found) == 2:
        kind, value = found
        if kind == _DONE or (kind == _AT and type(value) is int):
            return kind, value
    raise replies.ReplyError("no message")


def _followed(messages: Messages, on_progress: OnProgress, until: float) -> tuple[str, Any] | None:
    """Report progress until the last message arrives; return it, or None if there is none.

    Raises:
        JobEndedError: it has not arrived by ``until``, a time of the monotonic clock.
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
    """Say in words how a process ended."""
    if status >= 0:
        return f"exit status {status}; the server's log says more"
    if status == -signal.SIGXCPU:
        return "it took too long"
    known = {each.value: each.name for each in signal.Signals}
    return f"killed, {known.get(-status, f'signal {-status}')}"


# -- in the separate process --------------------------------------------------------------------------


class _Line:
    """The stream for replies; None in any process that was not started by :func:`run`."""

    out: IO[bytes] | None = None


def serve(job: str) -> None:
    """Run the job in a file; write its progress and its result to standard output."""
    limits, reach = pickle.loads(Path(job).with_name("bounds").read_bytes())  # noqa: S301  written by our own server
    limit(limits)
    cut_off()
    if reach is not None:
        # Before any other thread begins: the fence is around this one and those that it starts.
        fence_in(reach, Path(job).parent)
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    _Line.out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Anything else that is printed must not get between the replies.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, args, errors = pickle.loads(Path(job).read_bytes())  # noqa: S301  written by our own server
    try:
        _send(_DONE, function(*args))
    except errors as error:
        _send(_DONE, error)
    except MemoryError:
        _send(_DONE, JobEndedError("the process that worked on it ran out of memory."))


def _end_with_who_asked() -> None:
    """End this process and its children as soon as the program that started it ends, in whatever way.

    A pack changes at one moment (:mod:`svdash.importing.writing.pack_writer`), so ending at any time is safe.
    """
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


def progress(done: int, of: int) -> None:
    """Report how much is done, of how much. Does nothing outside a process started by :func:`run`."""
    _send(_AT, min(100, 100 * done // max(of, 1)))


def _send(kind: str, value: object) -> None:
    if _Line.out is None:
        return
    try:
        _Line.out.write(replies.written((kind, value)))
        _Line.out.flush()
    except BrokenPipeError:
        sys.exit("The program that started this has ended.")
