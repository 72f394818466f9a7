"""Fences the files that a process can reach, where Linux has Landlock: a second wall around reading somebody else's file.

Nothing that a file makes its reader do can then open the server's other files: neither its settings nor what other
processes were started with. See landlock(7).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from svdash.settings import house_folder, var_folder

# The numbers of the calls are the same on every architecture of Linux.
_CREATE, _ADD, _RESTRICT, _NO_NEW_PRIVILEGES, _VERSION, _BELOW = 444, 445, 446, 38, 1, 1
# From the third version on a file may be moved between folders and cut off inside the fence, as packs are written.
_LEAST: Final = 3
_RUN, _WRITE, _READ, _LIST, _CUT = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_EVERYTHING: Final = (1 << 15) - 1
_READING: Final = _RUN | _READ | _LIST
_OF_A_FILE: Final = _RUN | _WRITE | _READ | _CUT
# What Python and its libraries read of the system: no other process, and of its settings none that may hold a secret.
_SYSTEM: Final = (
    *("/usr", "/lib", "/lib64", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"),
    *("/proc/filesystems", "/proc/sys", "/sys/devices/system", "/sys/fs/cgroup"),
    *(
        f"/etc/{name}"
        for name in ("ld.so.cache", "localtime", "timezone", "mime.types", "passwd", "nsswitch.conf")
    ),
)


@dataclass(frozen=True)
class Reach:
    """What a process may open beside the program itself and its own temporary folder.

    Attributes:
        reads: files and folders that it may read.
        writes: files and folders in which it may do anything.
    """

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()


def fence_in(reach: Reach, temporary: Path) -> bool:
    """Let this process open nothing else from now on, for good; return whether the system can do that.

    Raises:
        OSError: the system has Landlock and does not take the fence.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    with suppress(OSError):
        var_folder().mkdir(parents=True, exist_ok=True)  # from within the fence it can't be made
    if libc.syscall(_CREATE, None, 0, _VERSION) < _LEAST:
        return False
    asked = struct.pack("Q", _EVERYTHING)
    ruleset = libc.syscall(_CREATE, asked, len(asked), 0)
    _check(ruleset)
    own = {*sys.path, sys.prefix, sys.base_prefix, str(house_folder())} - {""}
    _allow(libc, ruleset, (*map(Path, (*_SYSTEM, *own)), *reach.reads), _READING)
    _allow(libc, ruleset, (temporary, var_folder(), Path(os.devnull), *reach.writes), _EVERYTHING)
    _check(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _check(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)
    return True


def _allow(libc: ctypes.CDLL, ruleset: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        # What is not there can't be opened either.
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            place = os.open(path, os.O_PATH)
            own = rights if path.is_dir() else rights & _OF_A_FILE
            _check(libc.syscall(_ADD, ruleset, _BELOW, struct.pack("=Qi", own, place), 0))
            os.close(place)


def _check(result: int) -> None:
    """Raise OSError where a call of the system failed."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
