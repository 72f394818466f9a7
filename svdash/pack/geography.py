"""Boundaries of a pack: shapes by area code, their inner points, and the outlines of districts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from shapely import STRtree, union_all
from shapely.geometry import Point, mapping, shape

from svdash.pack.faults import Fault
from svdash.pack.package import Pack

BOUNDARIES: Final = "boundaries"
MOST_NAMED: Final = 100
# Four decimals are about 10 m: finer than generalised boundaries are, and a fifth smaller to send.
DECIMALS: Final = 4


def shapes(pack: Pack) -> dict[str, str]:
    """Return area code → geometry as GeoJSON text, coordinates WGS 84; empty where the pack has no boundaries."""
    return pack.remember(
        "geography.shapes", lambda: {code: _text(shape) for code, shape in _features(pack).items()}
    )


def points(pack: Pack) -> dict[str, tuple[float, float]]:
    """Return area code → (longitude, latitude) of a point inside the area."""
    return pack.remember("geography.points", lambda: _points(_features(pack)))


def outlines(pack: Pack, groups: dict[str, str]) -> dict[str, str]:
    """Return group → outline of all its areas together, as GeoJSON text. ``groups`` maps area codes to groups."""
    return pack.remember("geography.outlines", lambda: _outlines(_features(pack), groups))


def bounds(pack: Pack) -> dict[str, tuple[float, float, float, float]]:
    """Return area code → (west, south, east, north)."""
    return pack.remember(
        "geography.bounds", lambda: {code: _bounds(shape) for code, shape in _features(pack).items()}
    )


def faults(pack: Pack) -> tuple[Fault, ...]:
    """What is wrong with boundaries and places: areas without a boundary, shapes without an area, broken shapes,
    places outside every area. At most ``MOST_NAMED`` of a kind are named, the rest is counted in one more.
    """  # noqa: D205
    return pack.remember("geography.faults", lambda: tuple(_faults(pack)))


def _faults(pack: Pack) -> Iterator[Fault]:
    if BOUNDARIES not in pack.names or "areas" not in pack.tables:
        return
    shapes_of, problem = _read(pack.file(BOUNDARIES), pack.fingerprint)
    if problem:
        yield Fault(
            BOUNDARIES, None, None, None, problem, "Export it as GeoJSON in WGS 84, with the property code."
        )
        return
    codes = list(pack.table("areas")["code"])
    bare = [code for code in codes if code not in shapes_of]
    yield from _named(
        bare,
        "areas",
        "code",
        "is an area without a boundary, so no map shows it",
        f"Add its shape to {BOUNDARIES}, or take the area out.",
    )
    known = set(codes)
    strange = [code for code in shapes_of if code not in known]
    yield from _named(
        strange,
        BOUNDARIES,
        "code",
        "is a shape that belongs to no area of this pack",
        "Add the area to areas, or take the shape out.",
    )
    solid = {code: shape(geometry) for code, geometry in shapes_of.items()}
    broken = [code for code, form in solid.items() if not form.is_valid]
    yield from _named(
        broken,
        BOUNDARIES,
        "code",
        "has a shape that crosses itself",
        "Repair it, for example with the tool “Fix geometries” of QGIS.",
    )
    abroad = [code for code, form in solid.items() if not _in_britain(form.bounds)]
    yield from _named(
        abroad,
        BOUNDARIES,
        "code",
        "has a shape outside Great Britain",
        "Use longitude and latitude (WGS 84), not British National Grid metres.",
    )
    if "places" in pack.tables and not broken and not abroad:
        yield from _named(
            _outside(pack, list(solid.values())),
            "places",
            "id",
            "lies outside every area",
            "Check its latitude and longitude.",
        )


def _named(values: list[str], table: str, column: str, problem: str, remedy: str) -> Iterator[Fault]:
    for value in values[:MOST_NAMED]:
        yield Fault(table, None, column, value, problem, remedy)
    if len(values) > MOST_NAMED:
        yield Fault(
            table, None, column, None, f"and {len(values) - MOST_NAMED} more like these: {problem}", remedy
        )


def _in_britain(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west >= -9 and east <= 2 and south >= 49 and north <= 61


def _outside(pack: Pack, forms: list[Any]) -> list[str]:
    rows = pack.table("places")
    if rows.empty or not forms:
        return []
    tree = STRtree(forms)
    spots = [Point(x, y) for x, y in zip(rows["longitude"], rows["latitude"], strict=True)]
    inside = set(tree.query(spots, predicate="intersects")[0].tolist())
    return [str(name) for number, name in enumerate(rows["id"]) if number not in inside]


def _features(pack: Pack) -> dict[str, dict[str, Any]]:
    return _read(pack.file(BOUNDARIES), pack.fingerprint)[0] if BOUNDARIES in pack.names else {}


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


def _text(shape: dict[str, Any]) -> str:
    return json.dumps(
        {"type": shape["type"], "coordinates": _rounded(shape["coordinates"])}, separators=(",", ":")
    )


def _rounded(part: Any) -> Any:
    if isinstance(part[0], int | float):
        return [round(float(number), DECIMALS) for number in part[:2]]
    return [_rounded(each) for each in part]


def _points(features: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float]]:
    inner = {code: shape(geometry).representative_point() for code, geometry in features.items()}
    return {code: (round(point.x, DECIMALS), round(point.y, DECIMALS)) for code, point in inner.items()}


def _outlines(features: dict[str, dict[str, Any]], groups: dict[str, str]) -> dict[str, str]:
    parts: dict[str, list[Any]] = {}
    for code, geometry in features.items():
        if code in groups:
            parts.setdefault(groups[code], []).append(shape(geometry))
    # Areas meet exactly; the smallest widening closes what rounding of coordinates left open.
    return {name: _text(mapping(union_all(group, grid_size=1e-5))) for name, group in parts.items()}


def _bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    def flat(part: Any) -> list[tuple[float, float]]:
        if isinstance(part[0], int | float):
            return [(float(part[0]), float(part[1]))]
        return [pair for each in part for pair in flat(each)]

    pairs = flat(geometry["coordinates"])
    longitudes, latitudes = [p[0] for p in pairs], [p[1] for p in pairs]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
