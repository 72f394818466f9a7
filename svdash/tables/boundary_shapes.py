"""Boundaries of a pack: shapes by area code, their inner points, and the outlines of districts.

shapely is imported where it is needed: pages without a map do not wait for it. Always by its own name first: it and
its parts import each other, and two threads that begin at different ends find it half made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from svdash.tables.dependencies import kept
from svdash.tables.edition import Edition

BOUNDARIES: Final = "boundaries"
# Four decimals are about 10 m: finer than generalised boundaries are, and a fifth smaller to send.
DECIMALS: Final = 4
# Degrees. Areas meet exactly; the smallest widening closes what rounding of coordinates left open.
GAP: Final = 1e-5

# Tells area code → group. A function, so that what is made of it is kept for as long as what that reads is unchanged.
Grouping = Callable[[Edition], Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class Forms:
    """All areas of a pack, in one order: codes, shapes as shapely has them, and which have only exact neighbours.

    A shape that crossed itself is repaired. Areas that meet their neighbours point by point can be dissolved by
    leaving out the edges that two of them share, which is far faster than working out where lines cross.
    """

    codes: list[str]
    shapes: NDArray[Any]
    exact: NDArray[np.bool_]

    def united(self, members: NDArray[np.intp]) -> Any:
        """Return areas as one shape; ``members`` are their positions."""
        import shapely

        exact = self.exact[members]
        whole = shapely.coverage_union_all(self.shapes[members[exact]])
        rest = self.shapes[members[~exact]]
        return shapely.union_all([whole, *rest], grid_size=GAP) if len(rest) else whole


@kept
def forms(edition: Edition) -> Forms:
    """Return the shapes of all areas, read once; those that are no polygons are left to the faults of the pack."""
    return _forms(_features(edition))


@kept
def shapes(edition: Edition) -> dict[str, str]:
    """Return area code → geometry as GeoJSON text, coordinates WGS 84; empty where the pack has no boundaries."""
    return {code: text(form) for code, form in _features(edition).items()}


def shape(edition: Edition, code: str) -> str:
    """Return the geometry of one area as GeoJSON text; empty where it has none."""
    form = _features(edition).get(code)
    return text(form) if form else ""


@kept
def points(edition: Edition) -> dict[str, tuple[float, float]]:
    """Return area code → (longitude, latitude) of a point inside the area."""
    return _points(forms(edition))


@kept
def outlines(edition: Edition, grouping: Grouping) -> dict[str, str]:
    """Return group → outline of all its areas together, as GeoJSON text."""
    return {name: _text_of(shape) for name, shape in dissolved(edition, grouping).items()}


@kept
def dissolved(edition: Edition, grouping: Grouping) -> dict[str, Any]:
    """Return group → all its areas together as one shapely shape."""
    return _dissolved(forms(edition), grouping(edition))


@kept
def bounds(edition: Edition) -> dict[str, tuple[float, float, float, float]]:
    """Return area code → (west, south, east, north)."""
    return _bounds(forms(edition))


def read(edition: Edition) -> tuple[dict[str, dict[str, Any]], str]:
    """Return area code → geometry as it stands in the file, and what kept the file from being read."""
    return (
        _read(edition.file(BOUNDARIES), edition.fingerprint_of((BOUNDARIES,)))
        if BOUNDARIES in edition.names
        else ({}, "")
    )


def _features(edition: Edition) -> dict[str, dict[str, Any]]:
    return read(edition)[0]


@lru_cache(maxsize=2)
def _read(path: Path, version: str) -> tuple[dict[str, dict[str, Any]], str]:
    """Read the boundary file once a version of the pack: shapes by code, and what kept it from being read."""
    del version  # it only tells the cache that the file is another one
    if not path.is_file():
        return {}, ""  # a file that is missing is a fault of the pack itself
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(f["properties"]["code"]): f["geometry"] for f in found["features"] if f["geometry"]}, ""
    except (ValueError, KeyError, TypeError) as problem:
        return {}, f"it cannot be read as GeoJSON with a property code ({type(problem).__name__}: {problem})"


def text(shape: dict[str, Any], decimals: int = DECIMALS) -> str:
    """Return a geometry as GeoJSON text, its coordinates rounded."""
    rounded = {"type": shape["type"], "coordinates": _rounded(shape["coordinates"], decimals)}
    return json.dumps(rounded, separators=(",", ":"))


def _rounded(part: Any, decimals: int) -> Any:
    if isinstance(part[0], int | float):
        return [round(float(number), decimals) for number in part[:2]]
    return [_rounded(each, decimals) for each in part]


def _forms(features: dict[str, dict[str, Any]]) -> Forms:
    import shapely

    made = shapely.from_geojson([json.dumps(form) for form in features.values()], on_invalid="ignore")
    crossed = ~shapely.is_valid(made) & ~shapely.is_missing(made)
    made[crossed] = shapely.make_valid(made[crossed], method="structure", keep_collapsed=False)
    # Neither is what could not be read (missing), nor lines and points, nor what is empty.
    drawn = (shapely.get_dimensions(made) == 2) & ~shapely.is_empty(made)
    codes, shapes = [code for code, there in zip(features, drawn, strict=True) if there], made[drawn]
    return Forms(codes, shapes, shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=GAP)))


def _points(found: Forms) -> dict[str, tuple[float, float]]:
    import shapely

    inner = np.round(shapely.get_coordinates(shapely.point_on_surface(found.shapes)), DECIMALS).tolist()
    return {code: (x, y) for code, (x, y) in zip(found.codes, inner, strict=True)}


def _dissolved(found: Forms, groups: Mapping[str, str]) -> dict[str, Any]:
    parts: dict[str, list[int]] = {}
    for position, code in enumerate(found.codes):
        if code in groups:
            parts.setdefault(groups[code], []).append(position)
    return {name: found.united(np.array(members)) for name, members in parts.items()}


def _text_of(shape: Any) -> str:
    import shapely

    return text(shapely.geometry.mapping(shape))


def _bounds(found: Forms) -> dict[str, tuple[float, float, float, float]]:
    import shapely

    boxes = shapely.bounds(found.shapes).tolist()
    return {code: (w, s, e, n) for code, (w, s, e, n) in zip(found.codes, boxes, strict=True)}
