"""Works out answers in threads, a few at a time, so that many requests do not stop the server's event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

# How long a request waits for a place: longer than one answer takes, shorter than the timeout of a proxy.
PATIENCE_SECONDS: Final = 10.0
# Seconds after which a refused client should try again.
RETRY_SECONDS: Final = 5


class BusyError(Exception):
    """No place became free in the time that a request waits."""


class Builds:
    """Places for slow work. If all are taken a request waits a little and is then refused.

    Attributes:
        at_once: number of places.
    """

    def __init__(self, at_once: int, patience: float = PATIENCE_SECONDS) -> None:
        self.at_once, self._patience = at_once, patience
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="svdash-build")

    async def run(self, build: Callable[[], T]) -> T:
        """Return the result of ``build()``. Once it has begun this waits for its end, however long it takes.

        Raises:
            BusyError: no place became free in time.
        """
        begun = self._pool.submit(build)
        awaited = asyncio.wrap_future(begun)
        await asyncio.wait({awaited}, timeout=self._patience)
        if not awaited.done() and begun.cancel():
            raise BusyError
        return await awaited


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
