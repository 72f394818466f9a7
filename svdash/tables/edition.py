"""The protocol of an edition: one state of the data, which does not change while it is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pandas as pd

from svdash.tables.faults import Fault

T = TypeVar("T")


class Edition(Protocol):
    """One immutable state of the data: its tables and files with their descriptions.

    A data pack with its present files is one (:class:`svdash.tables.Pack`). Register, findings and maps get their data
    only from an edition; :func:`svdash.editions.current` returns the present one.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all resources, in the order of the descriptor."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the resources that are tables; the others are files, such as boundaries."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the tables of lines, which only the query engine reads."""
        ...

    @property
    def head(self) -> Mapping[str, Any]:
        """The descriptor without its resources: title, authority, attribution."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the whole edition, in hexadecimal."""
        ...

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults of its tables, by row and column."""
        ...

    @property
    def contradictions(self) -> tuple[Fault, ...]:
        """What can't be though every cell can be read; figures that can't be are withheld."""
        ...

    @property
    def lacking(self) -> tuple[Fault, ...]:
        """What the dashboard needs and the edition lacks: tables, columns, types, descriptions of tables."""
        ...

    @property
    def notice(self) -> str:
        """What readers of the edition have to know of it, as a sentence; empty if there is nothing."""
        ...

    def resource(self, name: str) -> dict[str, Any]:
        """Return the descriptor of a resource. Raises ``UnknownTableError`` if the name is unknown."""
        ...

    def file(self, name: str) -> Path:
        """Return the file of a resource, which may not exist. Raises as ``resource``, and ``PackError`` for a refused path."""
        ...

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table without faults; the caller may change the frame. Raises ``UnknownTableError``, ``PackError``."""
        ...

    def withheld(self, name: str) -> int:
        """Return how many rows of a table are withheld because of faults. Raises as ``table``."""
        ...

    def count(self, name: str) -> int:
        """Return how many rows a table has. Raises as ``table``."""
        ...

    def fingerprint_of(self, names: Iterable[str]) -> str:
        """Return SHA-256 of these resources and all that they refer to: their descriptors and their bytes."""
        ...

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return the value of ``build()``, worked out once for this edition."""
        ...

    def keep(self) -> None:
        """Write the checked tables to disk for later starts. Raises ``OSError`` if that fails."""
        ...
