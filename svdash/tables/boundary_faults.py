"""Faults of boundaries and places: areas without a shape, shapes without an area, broken shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from svdash.tables.boundary_shapes import BOUNDARIES, read
from svdash.tables.dependencies import kept
from svdash.tables.edition import Edition
from svdash.tables.faults import Fault

MOST_NAMED: Final = 100


@kept
def faults(edition: Edition) -> tuple[Fault, ...]:
    """Return every fault of boundaries and places. At most ``MOST_NAMED`` of a kind are named, one more counts the rest."""
    return tuple(_faults(edition))


def _faults(edition: Edition) -> Iterator[Fault]:
    if BOUNDARIES not in edition.names or "areas" not in edition.tables:
        return
    drawn = read(edition)
    if drawn.problem:
        remedy = "Export it as GeoJSON in WGS 84, with the property code."
        yield Fault(BOUNDARIES, None, None, None, drawn.problem, remedy)
        return
    import shapely

    yield from _unmatched(edition, {*drawn.features, *drawn.unusable})
    yield from _named(
        list(drawn.unusable),
        BOUNDARIES,
        "code",
        "has a shape that is not a polygon of finite coordinates, so no map shows it",
        "Export it again as Polygon or MultiPolygon in longitude and latitude (WGS 84).",
    )
    solid = {code: shapely.geometry.shape(geometry) for code, geometry in drawn.features.items()}
    unusable = list(_unusable(solid))
    yield from unusable
    if "places" in edition.tables and not unusable:
        yield from _named(
            _outside(edition, list(solid.values())),
            "places",
            "id",
            "lies outside every area",
            "Check its latitude and longitude.",
        )


def _unmatched(edition: Edition, drawn: set[str]) -> Iterator[Fault]:
    """Report areas without a shape and shapes without an area."""
    codes = list(edition.table("areas")["code"])
    yield from _named(
        [code for code in codes if code not in drawn],
        "areas",
        "code",
        "is an area without a boundary, so no map shows it",
        f"Add its shape to {BOUNDARIES}, or take the area out.",
    )
    yield from _named(
        sorted(drawn - set(codes)),
        BOUNDARIES,
        "code",
        "is a shape that belongs to no area of this pack",
        "Add the area to areas, or take the shape out.",
    )


def _unusable(solid: dict[str, Any]) -> Iterator[Fault]:
    """Report shapes that cross themselves or lie elsewhere."""
    yield from _named(
        [code for code, form in solid.items() if not form.is_valid],
        BOUNDARIES,
        "code",
        "has a shape that crosses itself",
        "Repair it, for example with the tool “Fix geometries” of QGIS.",
    )
    yield from _named(
        [code for code, form in solid.items() if not _in_britain(form.bounds)],
        BOUNDARIES,
        "code",
        "has a shape outside Great Britain",
        "Use longitude and latitude (WGS 84), not British National Grid metres.",
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


def _outside(edition: Edition, forms: list[Any]) -> list[str]:
    import shapely

    rows = edition.table("places")
    if rows.empty or not forms:
        return []
    tree = shapely.STRtree(forms)
    spots = [shapely.Point(x, y) for x, y in zip(rows["longitude"], rows["latitude"], strict=True)]
    inside = set(tree.query(spots, predicate="intersects")[0].tolist())
    return [str(name) for number, name in enumerate(rows["id"]) if number not in inside]
