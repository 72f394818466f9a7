"""Which tables of a pack are read for what is worked out from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from svdash.tables import Pack
from svdash.tables.links import reach


class Reads:
    """Notes the tables that are read of one pack, also those that what is remembered was worked out from.

    The pack is a fresh one: what it remembers from before was not seen to be read. ``aside`` are keys of what is
    remembered whose tables are not noted.
    """

    def __init__(self, pack: Pack, patch: pytest.MonkeyPatch, aside: frozenset[str] = frozenset()) -> None:
        self._pack, self._aside = pack, aside
        self._open: list[set[str]] = []
        self._remembered: dict[Hashable, set[str]] = {}
        for name in ("table", "file", "withheld", "count", "_own_fingerprint"):
            patch.setattr(Pack, name, self._noting(getattr(Pack, name)))
        patch.setattr(Pack, "remember", self._following(Pack.remember))

    @contextmanager
    def noted(self) -> Iterator[set[str]]:
        """Note what is read in this context, with what those tables refer to: of that their rows depend as well."""
        with self._noted() as found:
            yield found
        found |= {other for name in found for other in reach(name, self._pack._tables)}

    @contextmanager
    def _noted(self) -> Iterator[set[str]]:
        found: set[str] = set()
        self._open.append(found)
        try:
            yield found
        finally:
            self._open.pop()

    def _note(self, names: set[str]) -> None:
        if self._open:
            self._open[-1] |= names

    def _noting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def noting(pack: Pack, name: str) -> Any:
            self._note({name} if pack is self._pack else set())
            return method(pack, name)

        return noting

    def _following(self, remember: Callable[..., Any]) -> Callable[..., Any]:
        def following(pack: Pack, key: Hashable, build: Callable[[], Any]) -> Any:
            if pack is not self._pack:
                return remember(pack, key, build)

            def noted_build() -> Any:
                with self._noted() as found:
                    value = build()
                self._remembered[key] = found
                return value

            value = remember(pack, key, noted_build)
            if key not in self._aside:
                self._note(self._remembered.get(key, set()))
            return value

        return following
