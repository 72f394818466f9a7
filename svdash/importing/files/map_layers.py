"""A layer of a map file: columns, rows, shapes and coordinate system, each read when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final


class LayerError(Exception):
    """A file can't be read as layers of shapes; the message says why, without its stop."""


class _Broken:
    """A shape that is there and can't be read."""


BROKEN: Final = _Broken()


@dataclass(frozen=True)
class Layer:
    """One layer of a file.

    Attributes:
        headings: names of its columns.
        rows: gives the cells of each shape as text, by the shape's number.
        crs: gives the name or the description of the coordinate system; None where the file has none.
        shapes: gives shapes by their number: shapely's, None where there is none, ``BROKEN`` where it can't be read.
        wrong: why the layer can't be read, if so: it has nothing then, and others of its file may be read.
    """

    headings: Sequence[str]
    rows: Callable[[], dict[int, list[str]]]
    crs: Callable[[], str | None]
    shapes: Callable[[Sequence[int]], dict[int, Any]]
    wrong: str = ""


def unreadable(why: str) -> Layer:
    """Return a layer that can't be read."""
    return Layer((), dict, lambda: None, lambda _: {}, why)
