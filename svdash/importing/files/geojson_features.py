"""Reads GeoJSON with the JSON parser only, so that a file cannot make a reader of many formats open other files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from svdash import wording
from svdash.importing.files.source_files import printable
from svdash.importing.reconciliation import ImportFileError, Problem

MOST_BYTES: Final = 256 * 1024**2
# WGS 84, longitude first: what GeoJSON is in where it says nothing else.
USUAL: Final = "OGC:CRS84"
_FORMS: Final = ("Polygon", "MultiPolygon")

OPEN: Final = Problem(
    "open",
    "the outline is not closed, or has fewer than four points",
    "End each ring where it begins, or fetch the file again.",
)
NOT_NUMBERS: Final = Problem(
    "coordinates", "its coordinates are not all numbers that can be placed", "Export the shape again."
)


@dataclass
class Collection:
    """The features of a GeoJSON file.

    Attributes:
        crs: name of the coordinate system.
        headings: names of the properties, in the order in which they first come.
        rows: cells as text by the number of the feature, from 0.
        shapes: shapely's shape, or what is wrong with it, by the number of the feature; None where there is no area.
    """

    crs: str
    headings: list[str] = field(default_factory=list)
    rows: dict[int, list[str]] = field(default_factory=dict)
    shapes: dict[int, Any | Problem | None] = field(default_factory=dict)


class _Shape:
    """A geometry that was made as soon as it was read: so its numbers need not be kept."""

    def __init__(self, form: Any | Problem | None) -> None:
        self.form = form


def read_geojson(path: Path, where: Path) -> Collection:
    """Read the features of a GeoJSON file.

    Args:
        path: of the file.
        where: what messages call it.

    Raises:
        ImportFileError: it is not a FeatureCollection, too large, or names its coordinate system by a link.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ImportFileError(
            f"{where}: the GeoJSON has {wording.number(size)} bytes, and at most {wording.number(MOST_BYTES)} are read. Import the GeoPackage, or a more "
            "generalised edition."
        )
    whole = _parsed(path, where)
    if not isinstance(whole, Mapping) or whole.get("type") != "FeatureCollection":
        kind = whole.get("type") if isinstance(whole, Mapping) else type(whole).__name__
        raise ImportFileError(
            f"{where}: it can't be read as boundaries: it is JSON, but not a FeatureCollection of GeoJSON ({str(kind)[:60]!r}). "
            "Export it as GeoJSON, with one feature an area."
        )
    features = whole.get("features")
    if not isinstance(features, list):
        raise ImportFileError(
            f"{where}: it can't be read as boundaries: it has no list of features. Fetch it again."
        )
    return _collected(features, _named_crs(whole, where), where)


def _parsed(path: Path, where: Path) -> Any:
    data = path.read_bytes()
    try:
        text = data.decode(_encoding(data))
        del data
        found = json.loads(text.lstrip("\ufeff"), object_hook=_made, parse_constant=_refuse)
        return printable(found, text)
    except json.JSONDecodeError as error:
        raise ImportFileError(
            f"{where}, line {error.lineno}, column {error.colno}: it can't be read as boundaries: it is not valid JSON "
            f"({error.msg}). Fetch the file again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ImportFileError(
            f"{where}: it can't be read as boundaries: it is not JSON that can be read ({error}). Fetch the file again."
        ) from error


def _encoding(data: bytes) -> str:
    return json.detect_encoding(data) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON value")


def _made(found: dict[str, Any]) -> dict[str, Any] | _Shape:
    """A geometry as a shape at once; anything else as it is."""
    kind = found.get("type")
    if kind == "GeometryCollection" and "geometries" in found:
        return _Shape(_together(found["geometries"]))
    if kind is None or "coordinates" not in found:
        return found
    return _Shape(shaped(kind, found["coordinates"]) if kind in _FORMS else None)


def _together(parts: Any) -> Any | Problem | None:
    """The areas of a collection as one shape, or the first thing that is wrong with them."""
    import shapely

    forms = [part.form for part in parts if isinstance(part, _Shape)] if isinstance(parts, list) else []
    wrong = next((form for form in forms if isinstance(form, Problem)), None)
    areas: Any = [form for form in forms if form is not None]
    return wrong or (shapely.MultiPolygon(shapely.get_parts(areas).tolist()) if areas else None)


def shaped(kind: str, coordinates: Any) -> Any | Problem | None:
    """Make shapely's shape of the outlines of a Polygon or MultiPolygon, or say what is wrong with them; None for none."""
    import numpy as np
    import shapely

    parts = coordinates if kind == "MultiPolygon" else [coordinates]
    polygons = []
    try:
        for part in parts:
            rings = [np.array([point[:2] for point in ring], dtype="float64") for ring in part]
            if not all(ring.ndim == 2 and ring.shape[1] == 2 and np.isfinite(ring).all() for ring in rings):
                return NOT_NUMBERS
            if any(len(ring) < 4 or (ring[0] != ring[-1]).any() for ring in rings):
                return OPEN
            if rings:
                polygons.append(shapely.Polygon(rings[0], rings[1:]))
    except (TypeError, ValueError, KeyError, OverflowError):
        return NOT_NUMBERS
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _named_crs(whole: Mapping[str, Any], where: Path) -> str:
    """The name of the coordinate system; a link to one is not followed."""
    if "crs" not in whole:
        return USUAL
    crs = whole["crs"]
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(crs, Mapping) or crs.get("type") != "name" or not isinstance(name, str):
        what = (
            "a link, which is not followed"
            if isinstance(crs, Mapping) and crs.get("type") == "link"
            else "no name"
        )
        raise ImportFileError(
            f"{where}: its coordinate system is given by {what}. Export it as GeoJSON in WGS 84, or with the name of its "
            "coordinate system, such as urn:ogc:def:crs:EPSG::27700."
        )
    return name


def _collected(features: list[Any], crs: str, where: Path) -> Collection:
    found = Collection(crs)
    at: dict[str, int] = {}
    rows: list[Mapping[str, Any]] = []
    for number, feature in enumerate(features):
        if not isinstance(feature, Mapping):
            raise ImportFileError(f"{where}: feature {number + 1} is not an object. Fetch the file again.")
        properties = feature.get("properties")
        rows.append(properties if isinstance(properties, Mapping) else {})
        at |= {str(name): len(at) + n for n, name in enumerate(each for each in rows[-1] if each not in at)}
        geometry = feature.get("geometry")
        found.shapes[number] = geometry.form if isinstance(geometry, _Shape) else None
    found.headings = list(at)
    for number, properties in enumerate(rows):
        found.rows[number] = [_text(properties.get(name)) for name in found.headings]
    return found


def _text(value: Any) -> str:
    if value is None or isinstance(value, _Shape):
        return ""
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    )
