"""Answers that are worked out once and kept up to so many bytes, beside what a pack remembers without a limit of size."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

# What an answer takes beside its own bytes, about: its key and the places it stands in.
BESIDE: Final = 500


class ByteCache:
    """Keeps the bytes that were asked for last; safe to share between threads.

    Kept by :meth:`svdash.tables.Pack.remember`, it goes when its pack is replaced. Whoever asks for everything there is
    pushes out what stands here, and nothing else that the pack remembers.

    Attributes:
        most: how many bytes are kept at most. An answer that is larger alone is given and not kept.
    """

    most: int

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()
        self._building: dict[Hashable, threading.Lock] = {}

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """How many bytes are kept, with what they take beside."""
        return self._size

    def get(self, key: Hashable, build: Callable[[], bytes]) -> bytes:
        """Return what ``build()`` gives, worked out once while it is kept.

        Threads that ask for the same key wait for one ``build``. What it raises is passed on and not kept.
        """
        with self._guard:
            found = self._found(key)
            if found is not None:
                return found
            turn = self._building.setdefault(key, threading.Lock())
        with turn:
            with self._guard:
                found = self._found(key)
            if found is not None:
                return found
            made: bytes | None = None
            try:
                made = build()
            finally:
                # Both at once: between them somebody else would build it again.
                with self._guard:
                    self._building.pop(key, None)
                    if made is not None:
                        self._put(key, made)
            return made

    def _found(self, key: Hashable) -> bytes | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def _put(self, key: Hashable, made: bytes) -> None:
        if len(made) + BESIDE > self.most:
            # It would push out all else and not stay itself.
            return
        self._kept[key] = made
        self._size += len(made) + BESIDE
        while self._size > self.most:
            self._size -= len(self._kept.popitem(last=False)[1]) + BESIDE
