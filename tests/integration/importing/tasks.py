"""What the tests have done in a process of its own. Nothing large is imported here: each process waits for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from svdash import settings
from svdash.jobs import runner


def twice(text: str) -> str:
    print("said to nobody")  # noqa: T201  what is printed must not get among what is sent back
    return text * 2


def fails(*_: Any) -> None:
    sys.stderr.write("as a fault of the program would\n")
    sys.exit(3)


def goes_on(note: Path, seconds: float) -> None:
    """Leaves its number, works for a while, and says how far it is; at its end it says so in the note."""
    fresh = note.with_suffix(".new")
    fresh.write_text(str(os.getpid()))
    fresh.replace(note)  # whoever finds it, finds it whole
    begin = time.monotonic()
    while (gone := time.monotonic() - begin) < seconds:
        runner.progress(int(gone * 100), int(seconds * 100))
        time.sleep(0.02)
    note.write_text("finished")


def starts_another(note: Path) -> None:
    """Start a process that locks the note, and say so once it does."""
    begun = note.with_suffix(".begun")
    program = (
        "import fcntl, pathlib, sys, time; stream = open(sys.argv[1], 'w');"
        "fcntl.flock(stream, fcntl.LOCK_EX); pathlib.Path(sys.argv[2]).touch(); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(note), str(begun)]) as other:
        while not begun.exists():
            time.sleep(0.01)
        runner.progress(1, 2)
        other.wait()


def waits_for(note: Path) -> str:
    """Say nothing until there is such a file."""
    end = time.monotonic() + 60
    while not note.is_file():
        if time.monotonic() > end:
            return "waited in vain"
        time.sleep(0.01)
    return "found"


def killed_while_looking(*_: Any) -> None:
    """Be killed as soon as a file is looked at."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_while_reading(*args: Any) -> Any:
    """Import, and be killed as soon as part of the file is read."""
    from svdash.importing import import_jobs

    runner.progress = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    return import_jobs.import_into(*args)


def killed_while_writing(*args: Any) -> Any:
    """Import, and be killed when the first new file of the pack has been written, beside the old one."""
    from svdash.importing import import_jobs
    from svdash.importing.writing import pack_writer

    pack_writer._settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    return import_jobs.import_into(*args)


def goes_on_reading(*_: Any) -> None:
    """Read without an end, having left its number in a file "note" in the folder of the product."""
    goes_on(settings.var_folder() / "note", 60.0)


def environment() -> dict[str, str]:
    """Return the variables that there are."""
    return dict(os.environ)


def takes_memory(megabytes: int) -> int:
    """Take so much memory, and return how much that was."""
    return len(bytearray(megabytes * 1024**2))


def works(seconds: float) -> str:
    """Keep a processor busy."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


def sleeps(seconds: float) -> None:
    """Do nothing for a while."""
    time.sleep(seconds)


def opens(number: int) -> int:
    """Open so many files at a time."""
    return len([os.open(os.devnull, os.O_RDONLY) for _ in range(number)])


def writes(path: Path, size: int) -> str:
    """Write a file of a size, and return what the system says to it."""
    try:
        path.write_bytes(bytes(size))
    except OSError as error:
        return str(error.strerror)
    return ""


def connects(port: int) -> str:
    """Connect to this machine, and return what the system says to it."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError as error:
        return str(error.strerror)
    return ""


def says(line: bytes) -> str:
    """Say something else than a job does, and then what came of it."""
    assert runner._Line.out is not None
    runner._Line.out.write(line)
    runner._Line.out.flush()
    return "done"


def stays_behind(note: Path) -> str:
    """Say what came of it, and don't end."""
    note.write_text(str(os.getpid()))
    threading.Thread(target=time.sleep, args=(600.0,)).start()
    return "done"


def opened(path: Path, mode: str) -> str:
    """Open a file; return "opened", or the system's word for why not."""
    try:
        with path.open(mode):
            return "opened"
    except OSError as error:
        return type(error).__name__
