"""Limits on what a process may use. The process sets them itself before it starts work."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Final

_MEGABYTE: Final = 1024**2
# Linux: a process in its own network namespace has no working interface. The second flag allows this without root.
_NEW_NETWORK: Final = 0x4000_0000
_NEW_USER: Final = 0x1000_0000
# Twice the time measured for a workbook of payments: 1.4 s for each megabyte of its zip; text took 0.3 s.
SECONDS_A_MEGABYTE: Final = 3


@dataclass(frozen=True)
class Limits:
    """Limits at which the system ends a process.

    Attributes:
        memory_bytes: private memory, without what the process shares with others.
        processor_seconds: processor time.
        clock_seconds: time from start to end.
        open_files: files open at the same time.
        file_bytes: size of the largest file that it may write.
    """

    memory_bytes: int = 1024 * _MEGABYTE
    processor_seconds: int = 60
    clock_seconds: int = 240
    open_files: int = 256
    file_bytes: int = 4096 * _MEGABYTE

    @classmethod
    def of(cls, size: int) -> Limits:
        """Return the limits for a file of this size in bytes: a large file gets more time in proportion."""
        seconds = 60 + SECONDS_A_MEGABYTE * size // _MEGABYTE
        return cls(processor_seconds=seconds, clock_seconds=4 * seconds)


USUAL: Final = Limits()


def limit(limits: Limits) -> None:
    """Make the system end this process when it exceeds these limits, as far as the system supports that."""
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
        # A process cannot raise a limit that its parent has: keep the lower one.
        if hard != resource.RLIM_INFINITY:
            soft, full = min(soft, hard), min(full, hard)
        resource.setrlimit(kind, (soft, full))


def cut_off() -> None:
    """Cut this process off from the network, where the system allows that. Reading files needs no network."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None) if sys.platform == "linux" else None
    if unshare is not None and unshare(_NEW_NETWORK) != 0:
        unshare(_NEW_USER | _NEW_NETWORK)
