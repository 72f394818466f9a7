"""Shapes for maps with class, colour and text, cached and served by address."""

from __future__ import annotations

import json
import math
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import records
from svdash.findings.reach import area_cells, area_change, area_figures, bivariate_map, cold_spot_map
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.maps import tiles
from svdash.register import View
from svdash.tables import boundary_shapes
from svdash.theme import ACCENT, ATTENTION

PALE: Final = (226, 233, 240)
HIDDEN: Final = "#FFFFFF"
CIRCLES: Final = "circles"
BIVARIATE: Final = "together"
CHANGE: Final = "change"
COLD: Final = cold_spot_map.NAME
# The largest circle's radius in metres.
LARGEST: Final = 1000.0
# With more areas than this the map is sent in tiles: only the visible ones, and only as fine as is visible.
MOST_AT_ONCE: Final = 3000
TILES: Final = "api/v1/tiles/{z}/{x}/{y}.geojson"
# Decimals of a rate in the open data of a map, as in its table.
DIGITS: Final = 3
# The columns of tables that a map draws.
_FIGURES: Final = ("rate", "difference")
# Names of small places are drawn only once the map is turned to a district.
SMALL: Final = 3


def shades(classes: int) -> list[str]:
    """Return colours from pale to the accent, one a class, evenly spaced."""
    dark = tuple(int(ACCENT[i : i + 2], 16) for i in (1, 3, 5))
    steps = [1.0] if classes == 1 else [n / (classes - 1) for n in range(classes)]
    mixed = [[round(p + (d - p) * step) for p, d in zip(PALE, dark, strict=True)] for step in steps]
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in mixed]


# Colours of the map of two measures: a row a third of need, least first, and in it from least to most reach.
# Much need with little reach has the colour of attention.
CROSSED: Final = (
    ("#ECEFF2", "#C9DDEE", "#7AB2D6"),
    ("#F6C9B0", "#B9BCC4", "#5B8FB9"),
    (ATTENTION, "#7A6F9B", ACCENT),
)


def crossed(levels: int) -> list[str]:
    """Return colours of a map of two measures, three thirds of need by two or three levels of reach."""
    kept = slice(None) if levels == len(CROSSED[0]) else slice(None, None, 2)
    return [colour for row in CROSSED for colour in row[kept]]


# Colours of cold spots: not deprived, deprived, cold.
COLDNESS: Final = ("#ECEFF2", "#7AB2D6", ATTENTION)
# Colours of a change, by how many classes there are: orange for less, grey for no change, blue for more.
NO_CHANGE: Final = "#D8DCE1"
CHANGES: Final = {
    1: (NO_CHANGE,),
    3: (ATTENTION, NO_CHANGE, ACCENT),
    5: (ATTENTION, "#F9BC98", NO_CHANGE, "#8DB4D6", ACCENT),
}


def build(edition: Edition, view: View, choice: MapChoice, shape: str) -> AreaMap:
    """Return the requested map in the shape that the address names."""
    builds = {BIVARIATE: bivariate_map.bivariate, CHANGE: area_change.change, COLD: cold_spot_map.coldmap}
    return builds.get(shape, area_figures.area_map)(edition, view, choice)


def palette(found: AreaMap) -> list[str]:
    """Return the colours of a map's classes."""
    if found.shape == CHANGE:
        return list(CHANGES[max(len(found.limits), 1)])
    if found.shape == COLD:
        return list(COLDNESS)
    if found.shape == BIVARIATE:
        return crossed(len(found.limits) // len(CROSSED))
    return shades(max(len(found.limits), 1))


def rgb(colour: str) -> list[int]:
    """Return red, green and blue of ``#RRGGBB``, as deck.gl reads them."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def area_features(edition: Edition, found: AreaMap) -> bytes:
    """Return the map's areas as GeoJSON: place (a row of the table), value, class, colour, label and hover text."""
    shapes = boundary_shapes.shapes(edition)
    parts = [
        _feature(_properties(found, row), shapes[row["code"]])
        for row in records(found.drawn)
        if row["code"] in shapes
    ]
    return _collection(parts, found)


def tile_features(edition: Edition, found: AreaMap, tile: tiles.Tile) -> bytes:
    """Return a tile of the map's areas as GeoJSON.

    An area has the properties that it has among all areas. Several of one class, put together because they are
    too small to be seen apart, have class, colour, label and hover text, and ``areas``: how many they are.
    """
    drawn = found.drawn
    if drawn.empty:
        return _collection([], found)
    pieces = tiles.cut(edition, tile, drawn["code"], drawn["klass"])
    rows = records(drawn.iloc[[piece.rows[0] for piece in pieces]])
    parts = [
        _feature(
            _put_together(found, row, len(piece.rows)) if len(piece.rows) > 1 else _properties(found, row),
            piece.shape,
        )
        for piece, row in zip(pieces, rows, strict=True)
    ]
    return _collection(parts, found)


def _properties(found: AreaMap, row: dict[str, Any]) -> dict[str, Any]:
    # As the table that is taken away writes it: the same figure is the same on the map.
    decimals = next((found.decimals[name] for name in _FIGURES if name in found.decimals), DIGITS)
    value = None if math.isnan(row["value"]) else wording.halves_up([row["value"]], decimals)[0]
    about = {"code": row["code"], "place": row["place"], "value": value}
    return about | _classed(found, int(row["klass"])) | {"tip": row["tip"]}


def _put_together(found: AreaMap, row: dict[str, Any], count: int) -> dict[str, Any]:
    classed = _classed(found, int(row["klass"]))
    return {"areas": count, **classed, "tip": f"{count} areas: {classed['label']}\nZoom in to see each."}


def _classed(found: AreaMap, klass: int) -> dict[str, Any]:
    colour = palette(found)[klass] if klass >= 0 else HIDDEN
    there = 0 <= klass < len(found.limits)
    label = found.limits[klass] if there else "too small to show, or not available"
    return {"class": klass, "label": label, "colour": colour, "fill": [*rgb(colour), 230]}


def _feature(properties: dict[str, Any], shape: str) -> str:
    return f'{{"type":"Feature","properties":{_json(properties)},"geometry":{shape}}}'


def circle_features(edition: Edition, found: AreaMap) -> bytes:
    """Return one circle a place as GeoJSON points; its area stands for the count."""
    if found.drawn.empty:
        return _collection([], found)
    rows, places = _circled(edition, found)
    most = found.drawn["size"].max()
    parts = [_circle(row, place, most) for row, place in zip(records(rows), places.tolist(), strict=True)]
    return _collection(parts, found)


def tile_circles(edition: Edition, found: AreaMap, tile: tiles.Tile) -> bytes:
    """Return a tile's circles as GeoJSON points.

    Circles that would touch from so far away are put into one: its size is the sum of the figures shown for each, it
    stands in their middle, weighted by size, and ``areas`` says how many it stands for.
    """
    if found.drawn.empty:
        return _collection([], found)
    rows, places = _circled(edition, found)
    most, parts = found.drawn["size"].max(), []
    for members in tiles.clusters(tile, places):
        own = records(rows.iloc[members])
        if len(own) == 1:
            parts.append(_circle(own[0], places[members[0]].tolist(), most))
        else:
            middle = np.average(places[members], axis=0, weights=rows["size"].iloc[members])
            parts.append(_circle_of_several(found, own, np.round(middle, tile.decimals + 1).tolist(), most))
    return _collection(parts, found)


def _circled(edition: Edition, found: AreaMap) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the rows that have a circle, and the longitude and latitude of each."""
    points, rows = boundary_shapes.points(edition), found.drawn
    shown = (rows["size"] > 0) & rows["code"].isin(points.keys())
    rows = rows[shown & rows["first"].astype(bool)] if "first" in rows else rows[shown]
    return rows, np.array([points[code] for code in rows["code"]], dtype=np.float64).reshape(-1, 2)


def _circle(row: dict[str, Any], place: list[float], most: float) -> str:
    about = {"code": row["code"], "place": row["place"], "value": row["size"], "tip": row["tip"]}
    return _point({**about, "radius": _radius(row["size"], most)}, place)


def _circle_of_several(found: AreaMap, rows: list[dict[str, Any]], place: list[float], most: float) -> str:
    total = sum(row["size"] for row in rows)
    whole = wording.money(total) if found.choice.show == "spend" else f"{wording.number(total)} people"
    # The last line of each hover text has programme, year and status.
    last_line = rows[0]["tip"].rsplit("\n", maxsplit=1)[-1]
    tip = f"{len(rows)} places together: {whole}, the sum of the figures shown for each\n{last_line}\nZoom in to see each."
    return _point({"areas": len(rows), "value": total, "tip": tip, "radius": _radius(total, most)}, place)


def _radius(size: float, most: float) -> int:
    """Return metres: the largest place's circle is the same at every zoom, whatever is put together."""
    return round(LARGEST * math.sqrt(size / most))


def _point(properties: dict[str, Any], place: list[float]) -> str:
    return _feature(properties, _json({"type": "Point", "coordinates": place}))


def district_features(edition: Edition) -> bytes:
    """Return the outlines of the districts as GeoJSON."""
    return _outlined(boundary_shapes.outlines(edition, district_names))


def ahead(edition: Edition) -> None:
    """Prepare the shapes that tiles are cut from, if the map is sent in tiles."""
    if tiled(edition):
        tiles.ahead(edition, district_names)


def tile_districts(edition: Edition, tile: tiles.Tile) -> bytes:
    """Return the lines around the districts within a tile as GeoJSON."""
    return _outlined(tiles.outlines(edition, tile, district_names))


@kept
def district_names(edition: Edition) -> dict[str, str]:
    """Return area code → name of its district."""
    rows = area_cells.areas(edition)
    return dict(zip(rows["code"], rows["district_name"], strict=True))


def _outlined(outlines: dict[str, str]) -> bytes:
    parts = [_feature({"name": name}, shape) for name, shape in outlines.items()]
    return ('{"type":"FeatureCollection","features":[' + ",".join(parts) + "]}").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _collection(parts: list[str], found: AreaMap) -> bytes:
    about = {
        "title": found.headline,
        "measure": found.subtitle,
        "statuses": list(found.statuses),
        "impossible": list(found.at_fault),
        "vintage": found.vintage,
        "classes": [
            {"class": n, "label": label, "colour": colour}
            for n, (label, colour) in enumerate(zip(found.limits, palette(found), strict=False))
        ],
    }
    return f'{{"type":"FeatureCollection","about":{_json(about)},"features":[{",".join(parts)}]}}'.encode()


def address(found: AreaMap, shape: str) -> str:
    """Return the address of the map's shapes, relative to the page."""
    return f"api/v1/areas.geojson?{urlencode({**found.view.params(), **found.params, 'shape': shape})}"


def tiled(edition: Edition) -> bool:
    """Return whether the pack has more areas than are sent at once."""
    return len(boundary_shapes.read(edition).features) > MOST_AT_ONCE


def tile_address(found: AreaMap, shape: str) -> str:
    """Return the address of the map's tiles, relative to the page."""
    return f"{TILES}?{urlencode({**found.view.params(), **found.params, 'shape': shape})}"


def towns(edition: Edition, *, small: bool) -> list[dict[str, Any]]:
    """Return the names drawn on the map, with place and size of type."""
    return [
        {
            "position": [r["longitude"], r["latitude"]],
            "name": r["name"],
            "size": {1: 17, 2: 14}.get(int(r["size"]), 12),
        }
        for r in records(area_cells.table(edition, "towns"))
        if small or int(r["size"]) < SMALL
    ]
