"""Answers are worked out beside the server's own loop, a few at once: many who ask must not stop everything else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

# How long somebody waits for a place: longer than any one answer takes, shorter than a proxy waits.
PATIENCE_SECONDS: Final = 10.0
# When to come again who got no place.
RETRY_SECONDS: Final = 5


class BusyError(Exception):
    """All places are taken, and were for as long as anybody waits."""


class Builds:
    """Places for work that takes a while; who comes when all are taken waits a little and is then sent away.

    Attributes:
        at_once: how many places there are.
    """

    def __init__(self, at_once: int, patience: float = PATIENCE_SECONDS) -> None:
        self.at_once, self._patience = at_once, patience
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="svdash-build")

    async def run(self, build: Callable[[], T]) -> T:
        """Return what ``build()`` gives. Once it has begun it is waited for, however long it takes.

        Raises:
            BusyError: it could not begin in time.
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
