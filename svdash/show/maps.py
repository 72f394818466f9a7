"""Maps of findings. Shapes are served by address and cached; the page's message carries only where to fetch them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pydeck as pdk
from pydeck.types import String

from svdash.findings import places
from svdash.findings.areas import AreaMap
from svdash.findings.base import records
from svdash.pack import Pack, geography
from svdash.show.theme import ACCENT, ATTENTION, INK

PALE: Final = (226, 233, 240)
HIDDEN: Final = "#FFFFFF"
CIRCLE: Final = "#F46A25"
# The largest circle's radius in metres.
LARGEST: Final = 1000.0
# Names of small places are drawn only once the map is turned to a district.
SMALL: Final = 3
REGION: Final = "Whole city region"


def shades(classes: int) -> list[str]:
    """Return colours from pale to the accent, one a class, evenly spaced."""
    dark = tuple(int(ACCENT[i : i + 2], 16) for i in (1, 3, 5))
    steps = [1.0] if classes == 1 else [n / (classes - 1) for n in range(classes)]
    mixed = [[round(p + (d - p) * step) for p, d in zip(PALE, dark, strict=True)] for step in steps]
    return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in mixed]


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def area_features(pack: Pack, found: AreaMap) -> bytes:
    """Return the map's areas as GeoJSON with class, colour, label and hover text in the properties."""
    colours = shades(max(len(found.limits), 1))
    shapes = geography.shapes(pack)
    parts = []
    for row in records(found.drawn):
        if row["code"] not in shapes:
            continue
        klass = int(row["klass"])
        properties = {
            "code": row["code"],
            "class": klass,
            "label": found.limits[klass]
            if 0 <= klass < len(found.limits)
            else "too small to show, or not available",
            "colour": colours[klass] if klass >= 0 else HIDDEN,
            "fill": [*_rgb(colours[klass] if klass >= 0 else HIDDEN), 230],
            "tip": row["tip"],
        }
        parts.append(
            f'{{"type":"Feature","properties":{_json(properties)},"geometry":{shapes[row["code"]]}}}'
        )
    return _collection(parts, found)


def circle_features(pack: Pack, found: AreaMap) -> bytes:
    """Return one circle a place as GeoJSON points; its area stands for the count."""
    points = geography.points(pack)
    rows = [
        row
        for row in records(found.drawn)
        if row.get("first", True) and row["size"] > 0 and row["code"] in points
    ]
    most = max((row["size"] for row in rows), default=1.0)
    parts = []
    for row in rows:
        properties = {
            "code": row["code"],
            "tip": row["tip"],
            "radius": round(LARGEST * math.sqrt(row["size"] / most)),
        }
        point = _json({"type": "Point", "coordinates": points[row["code"]]})
        parts.append(f'{{"type":"Feature","properties":{_json(properties)},"geometry":{point}}}')
    return _collection(parts, found)


def district_features(pack: Pack) -> bytes:
    """Return the outlines of the districts as GeoJSON."""
    rows = places.areas(pack)
    outlines = geography.outlines(pack, dict(zip(rows["code"], rows["district_name"], strict=True)))
    parts = [
        f'{{"type":"Feature","properties":{_json({"name": name})},"geometry":{shape}}}'
        for name, shape in outlines.items()
    ]
    return ('{"type":"FeatureCollection","features":[' + ",".join(parts) + "]}").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _collection(parts: list[str], found: AreaMap) -> bytes:
    about = {
        "title": found.headline,
        "measure": found.subtitle,
        "statuses": list(found.statuses),
        "vintage": found.vintage,
        "classes": [
            {"class": n, "label": label, "colour": colour}
            for n, (label, colour) in enumerate(
                zip(found.limits, shades(max(len(found.limits), 1)), strict=False)
            )
        ],
    }
    return f'{{"type":"FeatureCollection","about":{_json(about)},"features":[{",".join(parts)}]}}'.encode()


def address(found: AreaMap, shape: str) -> str:
    """Return where the map's shapes are fetched from, relative to the page."""
    return f"api/v1/areas.geojson?{urlencode({**found.view.params(), **found.params, 'shape': shape})}"


def windows(pack: Pack) -> dict[str, tuple[float, float, float, float]]:
    """Return what the map can be turned to: the region and each district → (west, south, east, north)."""
    return pack.remember("maps.windows", lambda: _windows(pack))


def _windows(pack: Pack) -> dict[str, tuple[float, float, float, float]]:
    boxes = geography.bounds(pack)
    rows = places.areas(pack)
    named = [(REGION, box) for box in boxes.values()]
    named += [(str(rows["district_name"][code]), box) for code, box in boxes.items() if code in rows.index]
    found: dict[str, tuple[float, float, float, float]] = {}
    for name, (west, south, east, north) in named:
        old = found.get(name, (west, south, east, north))
        found[name] = (min(old[0], west), min(old[1], south), max(old[2], east), max(old[3], north))
    return found


def _view_state(window: tuple[float, float, float, float], closer: int) -> pdk.ViewState:
    west, south, east, north = window
    # The zoom at which the window fills about 760 by 540 pixels of a Web Mercator map.
    across = math.log2(360 * 760 / 512 / max(east - west, 1e-6))
    up = math.log2(
        170 * 540 / 512 / max(north - south, 1e-6) * math.cos(math.radians((south + north) / 2)) * 2.2
    )
    zoom = round(min(across, up), 2) + closer
    return pdk.ViewState(
        longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=zoom, pitch=0, bearing=0
    )


@dataclass(frozen=True)
class Turned:
    """Where the map looks, how close, on what, and what stands out on it."""

    window: str = REGION
    closer: int = 0
    basemap: bool = False
    sites: bool = False
    chosen: str = ""


def deck(pack: Pack, found: AreaMap, under: AreaMap | None, turned: Turned) -> pdk.Deck:
    """Return the map: areas (or circles over ``under``), outlines, names, service places. Nothing is fetched from
    elsewhere unless ``basemap`` is asked for.
    """  # noqa: D205
    layers = [_areas(under or found, basemap=turned.basemap)]
    layers.append(
        pdk.Layer(
            "GeoJsonLayer", id="districts", data="api/v1/districts.geojson", filled=False, stroked=True,
            get_line_color=_rgb(INK), line_width_min_pixels=1.4, pickable=False,
        )
    )  # fmt: skip
    if under is not None:
        layers.append(_circles(found))
    if turned.chosen:
        layers.append(_chosen(pack, turned.chosen))
    if turned.sites:
        layers.append(_sites(pack, found))
    layers.append(_towns(small=turned.window != REGION or turned.closer > 0))
    options: dict[str, Any] = (
        {"map_provider": "carto", "map_style": "light"} if turned.basemap else {"map_provider": None}
    )
    box = windows(pack).get(turned.window) or (-3.23, 53.29, -2.57, 53.7)
    tip = {
        "text": "{tip}",
        "style": {
            "backgroundColor": "white",
            "color": INK,
            "border": f"1px solid {INK}",
            "maxWidth": "320px",
        },
    }
    return pdk.Deck(layers=layers, initial_view_state=_view_state(box, turned.closer), tooltip=tip, **options)


def _areas(found: AreaMap, *, basemap: bool) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer", id="areas", data=address(found, "areas"), filled=True, stroked=True,
        get_fill_color="properties.fill", get_line_color=[138, 145, 153] if basemap else [255, 255, 255],
        line_width_min_pixels=0.5, opacity=0.7 if basemap else 1, pickable=True, auto_highlight=True,
        highlight_color=[*_rgb(ATTENTION), 160],
    )  # fmt: skip


def _chosen(pack: Pack, code: str) -> pdk.Layer:
    """Draw a strong line around the area that is looked at."""
    shape = json.loads(geography.shapes(pack).get(code, "null"))
    data = [] if shape is None else [{"type": "Feature", "properties": {}, "geometry": shape}]
    return pdk.Layer(
        "GeoJsonLayer", id="chosen", data=data, filled=False, stroked=True, get_line_color=_rgb(ATTENTION),
        line_width_min_pixels=3, pickable=False,
    )  # fmt: skip


def _circles(found: AreaMap) -> pdk.Layer:
    return pdk.Layer(
        "GeoJsonLayer", id="circles", data=address(found, "circles"), point_type=String("circle"), filled=True, stroked=True,
        get_point_radius="properties.radius", get_fill_color=[*_rgb(CIRCLE), 120], get_line_color=[*_rgb(INK), 220],
        line_width_min_pixels=1, point_radius_min_pixels=2, pickable=True,
    )  # fmt: skip


def _sites(pack: Pack, found: AreaMap) -> pdk.Layer:
    rows = places.table(pack, "places")
    if found.asked.programme in set(rows["programme"]):
        rows = rows[rows["programme"] == found.asked.programme]
    data = [
        {
            "position": [r["longitude"], r["latitude"]],
            "tip": f"{r['name']}\n{r['kind'].replace('-', ' ')}{_made_up(pack)}",
        }
        for r in records(rows)
    ]
    return pdk.Layer(
        "ScatterplotLayer", id="places", data=data, get_position="position", get_radius=120, radius_min_pixels=5,
        radius_max_pixels=9, get_fill_color=[255, 255, 255], get_line_color=_rgb(INK), stroked=True,
        line_width_min_pixels=2, pickable=True,
    )  # fmt: skip


def _made_up(pack: Pack) -> str:
    return f"\n{pack.resource('places')['status']}"


def towns(pack: Pack, *, small: bool) -> list[dict[str, Any]]:
    """Return the names drawn on the map, with place and size of type."""
    return [
        {
            "position": [r["longitude"], r["latitude"]],
            "name": r["name"],
            "size": {1: 17, 2: 14}.get(int(r["size"]), 12),
        }
        for r in records(places.table(pack, "towns"))
        if small or int(r["size"]) < SMALL
    ]


def _towns(*, small: bool) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer", id="towns", data=f"api/v1/towns.json?small={'yes' if small else 'no'}", get_position="position", get_text="name", get_size="size",
        get_color=_rgb(INK), font_family=String("Arial, sans-serif"), font_weight=600, font_settings={"sdf": True, "fontSize": 64}, outline_width=4, outline_color=[255, 255, 255], pickable=False,
    )  # fmt: skip
