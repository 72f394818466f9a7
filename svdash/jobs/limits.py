"""What a process may take of the machine, set by the process itself before it begins its work."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Final

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
        clock_seconds: from its start to its end.
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


USUAL: Final = Limits()


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
