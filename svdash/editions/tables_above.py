"""An edition with tables of its own above those of another: what is not replaced is as the other has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd

from svdash.tables import Edition, Fault
from svdash.tables.dependencies import Part, Parts, Remembering

# The name by which what stands above an edition as a whole is told apart.
WHOLE: Final = "all"


class Below(Edition, Protocol):
    """An edition that others may stand on: it says which state each part of it is in."""

    def state(self, part: Part) -> str:
        """Return the fingerprint of a part."""
        ...

    def impossible_in(self, parts: Parts) -> tuple[Fault, ...]:
        """Return the figures that can't be in these parts."""
        ...


class TablesAbove(Remembering):
    """An edition and some tables that stand instead of its own. Implements ``Edition``; safe to share."""

    def __init__(
        self,
        below: Below,
        above: Mapping[str, pd.DataFrame],
        digests: Mapping[str, str],
        notice: str = "",
    ) -> None:
        """Put tables above an edition.

        Args:
            below: the edition.
            above: whole tables by their names, in its columns and types; nobody may change them.
            digests: SHA-256 of what stands above, by the table's name, and of all of it as :data:`WHOLE`.
            notice: what readers have to know of it; that of the edition below is told with it.
        """
        super().__init__()
        self._below, self._above, self._digests = below, dict(above), dict(digests)
        self._notice = notice

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all resources, in the order of the descriptor."""
        return self._below.names

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the resources that are tables."""
        return self._below.tables

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the tables of lines."""
        return self._below.lines

    @property
    def head(self) -> Mapping[str, Any]:
        """The descriptor without its resources."""
        return self._below.head

    @property
    def notice(self) -> str:
        """What readers have to know, as sentences; empty if there is nothing."""
        return f"{self._below.notice} {self._notice}".strip()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the edition below and of what stands above it."""
        return self._with_above(self._below.fingerprint, WHOLE)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults of the tables of the edition below."""
        return self._below.faults

    @property
    def contradictions(self) -> tuple[Fault, ...]:
        """What can't be in the edition below though every cell can be read."""
        return self._below.contradictions

    def impossible_in(self, parts: Parts) -> tuple[Fault, ...]:
        """Return what can't be in these parts of the edition below."""
        return self._below.impossible_in(parts)

    @property
    def lacking(self) -> tuple[Fault, ...]:
        """What the dashboard needs and the edition below lacks."""
        return self._below.lacking

    def resource(self, name: str) -> dict[str, Any]:
        """Return the descriptor of a resource. Raises as that of the edition below."""
        return self._below.resource(name)

    def file(self, name: str) -> Path:
        """Return the file of a resource. Raises as that of the edition below."""
        return self._below.file(name)

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table, those above instead of those below. Raises as that of the edition below."""
        own = self._below.table(name)
        return self._above[name].copy(deep=False) if name in self._above else own

    def withheld(self, name: str) -> int:
        """Return how many rows of a table of the edition below are withheld. Raises as that does."""
        return self._below.withheld(name)

    def count(self, name: str) -> int:
        """Return how many rows a table has. Raises as that of the edition below."""
        return len(self._above[name]) if name in self._above else self._below.count(name)

    def fingerprint_of(self, names: Iterable[str]) -> str:
        """Return SHA-256 of resources and of what stands above them. Raises as that of the edition below."""
        wanted = tuple(names)
        own = self._below.fingerprint_of(wanted)
        for name in sorted(set(wanted) & set(self._above)):
            own = self._with_above(own, name)
        return own

    def keep(self) -> None:
        """Write the checked tables of the edition below to disk. Raises ``OSError`` if that fails."""
        self._below.keep()

    def state(self, part: Part) -> str:
        """Return the fingerprint of a part: that of the edition below, unless a table stands above it."""
        own = self._below.state(part)
        if part.kind == "all":
            return self._with_above(own, WHOLE)
        name = str(part.name)
        return self._with_above(own, name) if part.kind == "table" and name in self._above else own

    def _with_above(self, own: str, name: str) -> str:
        return hashlib.sha256(f"{own}\n{self._digests[name]}".encode()).hexdigest()
