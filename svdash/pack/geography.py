"""Boundaries of a pack: shapes by area code, their inner points, and the outlines of districts.

shapely is imported where it is needed: pages without a map do not wait for it. Always by its own name first: it and
its parts import each other, and two threads that begin at different ends find it half made.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from svdash.pack.package import Pack

BOUNDARIES: Final = "boundaries"
# Four decimals are about 10 m: finer than generalised boundaries are, and a fifth smaller to send.
DECIMALS: Final = 4


def shapes(pack: Pack) -> dict[str, str]:
    """Return area code → geometry as GeoJSON text, coordinates WGS 84; empty where the pack has no boundaries."""
    return pack.remember(
        "geography.shapes", lambda: {code: text(form) for code, form in _features(pack).items()}
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
        "geography.bounds", lambda: {code: _bounds(form) for code, form in _features(pack).items()}
    )


def read(pack: Pack) -> tuple[dict[str, dict[str, Any]], str]:
    """Return area code → geometry as it stands in the file, and what kept the file from being read."""
    return _read(pack.file(BOUNDARIES), pack.fingerprint) if BOUNDARIES in pack.names else ({}, "")


def _features(pack: Pack) -> dict[str, dict[str, Any]]:
    return read(pack)[0]


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


def _points(features: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float]]:
    import shapely

    shape = shapely.geometry.shape
    inner = {code: shape(geometry).representative_point() for code, geometry in features.items()}
    return {code: (round(point.x, DECIMALS), round(point.y, DECIMALS)) for code, point in inner.items()}


def _outlines(features: dict[str, dict[str, Any]], groups: dict[str, str]) -> dict[str, str]:
    import shapely

    shape, mapping = shapely.geometry.shape, shapely.geometry.mapping
    parts: dict[str, list[Any]] = {}
    for code, geometry in features.items():
        if code in groups:
            parts.setdefault(groups[code], []).append(shape(geometry))
    # Areas meet exactly; the smallest widening closes what rounding of coordinates left open.
    return {name: text(mapping(shapely.union_all(group, grid_size=1e-5))) for name, group in parts.items()}


def _bounds(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    def flat(part: Any) -> list[tuple[float, float]]:
        if isinstance(part[0], int | float):
            return [(float(part[0]), float(part[1]))]
        return [pair for each in part for pair in flat(each)]

    pairs = flat(geometry["coordinates"])
    longitudes, latitudes = [p[0] for p in pairs], [p[1] for p in pairs]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)
