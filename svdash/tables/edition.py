"""What everything that looks at data asks for: one edition of it, which does not change while it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pandas as pd

from svdash.tables.faults import Fault

T = TypeVar("T")


class Edition(Protocol):
    """One immutable state of the data: its tables, files and what is said of them.

    A data pack as its files stand is one (:class:`svdash.tables.Pack`). Register, findings and maps know nothing else of
    where data comes from; :func:`svdash.editions.current` says which edition is looked at.
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
        """Names of the tables of lines, which the query engine reads and nothing else."""
        ...

    @property
    def head(self) -> Mapping[str, Any]:
        """What the descriptor says of the whole: title, authority, attribution; all but its resources."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything in it, in hexadecimal."""
        ...

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong with its tables, by row and column."""
        ...

    @property
    def lacking(self) -> tuple[Fault, ...]:
        """What the dashboard needs and the edition lacks: tables, columns, types, and what is said of each table."""
        ...

    def resource(self, name: str) -> dict[str, Any]:
        """Return the descriptor of a resource. Raises ``UnknownTableError`` where there is none of that name."""
        ...

    def file(self, name: str) -> Path:
        """Return the file of a resource, which may not exist. Raises as ``resource``, and ``PackError`` for a refused path."""
        ...

    def table(self, name: str) -> pd.DataFrame:
        """Return the sound rows of a table; the frame is the caller's own. Raises ``UnknownTableError``, ``PackError``."""
        ...

    def withheld(self, name: str) -> int:
        """Return how many rows of a table are not given out, for their faults. Raises as ``table``."""
        ...

    def count(self, name: str) -> int:
        """Return how many rows a table has. Raises as ``table``."""
        ...

    def fingerprint_of(self, names: Iterable[str]) -> str:
        """Return SHA-256 over these resources and all that they refer to: what is said of them, and their bytes."""
        ...

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return the value of ``build()``, worked out once for this edition."""
        ...

    def keep(self) -> None:
        """Keep what was checked for later starts. Raises ``OSError`` where it can't be written."""
        ...
