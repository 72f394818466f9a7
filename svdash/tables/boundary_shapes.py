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
from svdash.tables.faults import PackError

BOUNDARIES: Final = "boundaries"
# Four decimals are about 10 m: finer than generalised boundaries are, and a fifth smaller to send.
DECIMALS: Final = 4
# Degrees. Areas meet exactly; the smallest widening closes what rounding of coordinates left open.
GAP: Final = 1e-5
# No grid in metres goes farther, and none can be mapped that does. What is no number or endless is beyond it too.
_FARTHEST: Final = 1e8
# Positions of a ring: a triangle, and its first corner again.
_LEAST_OF_RING: Final = 4

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


@dataclass(frozen=True)
class Drawn:
    """A file of boundaries as it was read.

    Attributes:
        features: area code → geometry as it stands in the file: polygons of finite coordinates, nothing else.
        unusable: codes of the features that have another geometry.
        problem: what kept the file from being read; empty for nothing.
    """

    features: dict[str, dict[str, Any]]
    unusable: tuple[str, ...] = ()
    problem: str = ""


def read(edition: Edition) -> Drawn:
    """Return the boundaries as they stand in the file; none where the pack has no file, which is a fault of its own."""
    if BOUNDARIES not in edition.names:
        return Drawn({})
    try:
        path = edition.file(BOUNDARIES)
    except PackError:
        return Drawn({})  # the path was refused, and the faults of the pack say so
    return _read(path, edition.fingerprint_of((BOUNDARIES,)))


def _features(edition: Edition) -> dict[str, dict[str, Any]]:
    return read(edition).features


@lru_cache(maxsize=2)
def _read(path: Path, version: str) -> Drawn:
    """Read the boundary file once a version of the pack."""
    del version  # it only tells the cache that the file is another one
    if not path.is_file():
        return Drawn({})  # a file that is missing is a fault of the pack itself
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        given = {str(f["properties"]["code"]): f["geometry"] for f in found["features"] if f["geometry"]}
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        why = f"it cannot be read as GeoJSON with a property code ({type(problem).__name__}: {problem})"
        return Drawn({}, problem=why)
    unusable = tuple(code for code, geometry in given.items() if not _is_drawable(geometry))
    return Drawn({code: form for code, form in given.items() if code not in set(unusable)}, unusable)


def _is_drawable(geometry: object) -> bool:
    """Return whether a geometry is made of rings of finite longitudes and latitudes (RFC 7946, 3.1.6)."""
    if not isinstance(geometry, dict):
        return False
    parts = geometry.get("coordinates")
    several = [parts] if geometry.get("type") == "Polygon" else parts
    if (
        geometry.get("type") not in ("Polygon", "MultiPolygon")
        or not isinstance(several, list)
        or not several
    ):
        return False
    return all(isinstance(part, list) and part and all(map(_is_ring, part)) for part in several)


def _is_ring(ring: object) -> bool:
    return isinstance(ring, list) and len(ring) >= _LEAST_OF_RING and all(map(_is_position, ring))


def _is_position(spot: object) -> bool:
    return (
        isinstance(spot, list)
        and len(spot) >= len(("longitude", "latitude"))
        and all(type(number) in (int, float) and abs(number) <= _FARTHEST for number in spot[:2])
    )


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
