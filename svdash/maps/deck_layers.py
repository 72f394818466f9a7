"""Layers for maps of findings. A page only sends the addresses of the shapes, so a change of filter sends little."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final

import pydeck as pdk
from pydeck.types import String

from svdash.editions import Edition, kept
from svdash.findings.finding import records
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import AreaMap
from svdash.maps import map_features, tiles
from svdash.maps.map_features import address, rgb
from svdash.register import ALL
from svdash.tables import boundary_shapes
from svdash.theme import ATTENTION, INK

CIRCLE: Final = "#F46A25"
MARGIN: Final = 0.12


@kept
def windows(edition: Edition) -> dict[str, tuple[float, float, float, float]]:
    """Return the extents that the map can show, ``all`` and each district: code → (west, south, east, north)."""
    boxes = boundary_shapes.bounds(edition)
    rows = area_cells.areas(edition)
    named = [(ALL, box) for box in boxes.values()]
    named += [(str(rows["district"][code]), box) for code, box in boxes.items() if code in rows.index]
    found: dict[str, tuple[float, float, float, float]] = {}
    for name, (west, south, east, north) in named:
        old = found.get(name, (west, south, east, north))
        found[name] = (min(old[0], west), min(old[1], south), max(old[2], east), max(old[3], north))
    return found


# Pixels that a map is wide at least, and on a phone.
WIDE: Final = 660
PHONE: Final = 340
# Pixels that it is high: all of it, its legend and what turns it are on the first screen of a small laptop.
TALL: Final = 400


@dataclass(frozen=True)
class Turned:
    """The view of the map: extent, zoom, size in pixels, base map and marked areas."""

    district: str = ALL
    closer: int = 0
    wide: int = WIDE
    basemap: bool = False
    sites: bool = False
    chosen: str = ""
    # Radius in kilometres of the rings around places of the chosen programme; 0 for none.
    ring: int = 0
    tall: int = TALL

    @property
    def closer_look(self) -> bool:
        """Whether less than the whole is in sight, so that small places have names too."""
        return self.district != ALL or self.closer > 0


def view_state(edition: Edition, turned: Turned) -> pdk.ViewState:
    """Return the middle and the zoom of a view, in which what it shows fills about its width and its height."""
    west, south, east, north = windows(edition).get(turned.district) or (-3.23, 53.29, -2.57, 53.7)
    # The zoom at which the window fills so many pixels of a Web Mercator map.
    across = math.log2(360 * turned.wide / 512 / max(east - west, 1e-6))
    middle = math.cos(math.radians((south + north) / 2))
    up = math.log2(360 * turned.tall / 512 / max(north - south, 1e-6) * middle)
    # Zoom out a little, so that a district does not touch the frame.
    zoom = round(min(across, up) - MARGIN, 2) + turned.closer
    return pdk.ViewState(
        longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=zoom, pitch=0, bearing=0
    )


def deck(edition: Edition, found: AreaMap, under: AreaMap | None, turned: Turned) -> pdk.Deck:
    """Return the map: areas (or circles over ``under``), outlines, names, service places. Nothing is fetched from
    elsewhere unless ``basemap`` is asked for.
    """  # noqa: D205
    return _deck(edition, found, under, turned, tiled=map_features.tiled(edition))


@kept
def _deck(
    edition: Edition, found: AreaMap, under: AreaMap | None, turned: Turned, *, tiled: bool
) -> pdk.Deck:
    layers = [_areas(under or found, basemap=turned.basemap, tiled=tiled), _districts(tiled=tiled)]
    if under is not None:
        layers.append(_circles(found, tiled=tiled))
    if turned.chosen:
        layers.append(_chosen(edition, turned.chosen))
    if turned.sites and turned.ring and ringed(edition, found):
        layers.append(_rings(edition, found, turned.ring))
    if turned.sites:
        layers.append(_sites(edition, found))
    layers.append(_towns(small=turned.closer_look))
    options: dict[str, Any] = (
        {"map_provider": "carto", "map_style": "light"} if turned.basemap else {"map_provider": None}
    )
    tip = {
        "text": "{tip}",
        "style": {
            "backgroundColor": "white",
            "color": INK,
            "border": f"1px solid {INK}",
            "maxWidth": "320px",
        },
    }
    return pdk.Deck(layers=layers, initial_view_state=view_state(edition, turned), tooltip=tip, **options)


def _source(shapes: str, *, tiled: bool) -> tuple[str, dict[str, Any]]:
    """Return the kind of a layer, and where and how it fetches its shapes: in one piece, or in tiles."""
    if not tiled:
        return "GeoJsonLayer", {"data": shapes}
    # A list of one address: Streamlit then forgets which shape of a tile was chosen once the map is drawn anew. It
    # knows shapes by their number within their tile, and takes the same number in another tile for a second click,
    # which would clear the choice.
    return "TileLayer", {"data": [shapes], "max_zoom": tiles.CLOSEST, "tile_size": tiles.SIZE}


def _areas(found: AreaMap, *, basemap: bool, tiled: bool) -> pdk.Layer:
    shapes = map_features.tile_address(found, found.shape) if tiled else address(found, found.shape)
    kind, more = _source(shapes, tiled=tiled)
    # Draw no lines on tiles: they would show the edges of the tiles.
    return pdk.Layer(
        kind, id="areas", filled=True, stroked=not tiled,
        get_fill_color="properties.fill", get_line_color=[138, 145, 153] if basemap else [255, 255, 255],
        line_width_min_pixels=0.5, opacity=0.7 if basemap else 1, pickable=True, auto_highlight=True,
        highlight_color=[*rgb(ATTENTION), 160], **more,
    )  # fmt: skip


def _districts(*, tiled: bool) -> pdk.Layer:
    shapes = f"{map_features.TILES}?shape=districts" if tiled else "api/v1/districts.geojson"
    kind, more = _source(shapes, tiled=tiled)
    return pdk.Layer(
        kind, id="districts", filled=False, stroked=True, get_line_color=rgb(INK),
        line_width_min_pixels=1.4, pickable=False, **more,
    )  # fmt: skip


def _chosen(edition: Edition, code: str) -> pdk.Layer:
    """Draw a strong line around the chosen area."""
    shape = boundary_shapes.shape(edition, code)
    data = [{"type": "Feature", "properties": {}, "geometry": json.loads(shape)}] if shape else []
    return pdk.Layer(
        "GeoJsonLayer", id="chosen", data=data, filled=False, stroked=True, get_line_color=rgb(ATTENTION),
        line_width_min_pixels=3, pickable=False,
    )  # fmt: skip


def _circles(found: AreaMap, *, tiled: bool) -> pdk.Layer:
    shapes = (
        map_features.tile_address(found, map_features.CIRCLES)
        if tiled
        else address(found, map_features.CIRCLES)
    )
    kind, more = _source(shapes, tiled=tiled)
    return pdk.Layer(
        kind, id="circles", point_type=String("circle"), filled=True, stroked=True,
        get_point_radius="properties.radius", get_fill_color=[*rgb(CIRCLE), 120], get_line_color=[*rgb(INK), 220],
        line_width_min_pixels=1, point_radius_min_pixels=2, pickable=True, **more,
    )  # fmt: skip


def ringed(edition: Edition, found: AreaMap) -> bool:
    """Return whether rings can be drawn: those of all programmes at once would overlap too much to read."""
    return found.choice.programme in set(area_cells.table(edition, "places")["programme"])


def _stand(edition: Edition, found: AreaMap) -> list[dict[str, Any]]:
    """Return the places of the chosen programme, or of all, that have coordinates."""
    rows = area_cells.table(edition, "places")
    if ringed(edition, found):
        rows = rows[rows["programme"] == found.choice.programme]
    return records(rows[rows["latitude"].notna() & rows["longitude"].notna()])


def _rings(edition: Edition, found: AreaMap, kilometres: int) -> pdk.Layer:
    data = [{"position": [r["longitude"], r["latitude"]]} for r in _stand(edition, found)]
    return pdk.Layer(
        "ScatterplotLayer", id="rings", data=data, get_position="position", get_radius=1000 * kilometres, filled=False,
        stroked=True, get_line_color=rgb(INK), line_width_min_pixels=1.5, pickable=False,
    )  # fmt: skip


def _sites(edition: Edition, found: AreaMap) -> pdk.Layer:
    data = [
        {
            "position": [r["longitude"], r["latitude"]],
            "tip": f"{r['name']}\n{r['kind'].replace('-', ' ')}{_made_up(edition)}",
        }
        for r in _stand(edition, found)
    ]
    return pdk.Layer(
        "ScatterplotLayer", id="places", data=data, get_position="position", get_radius=120, radius_min_pixels=5,
        radius_max_pixels=9, get_fill_color=[255, 255, 255], get_line_color=rgb(INK), stroked=True,
        line_width_min_pixels=2, pickable=True,
    )  # fmt: skip


def _made_up(edition: Edition) -> str:
    return f"\n{edition.resource('places')['status']}"


def _towns(*, small: bool) -> pdk.Layer:
    return pdk.Layer(
        "TextLayer", id="towns", data=f"api/v1/towns.json?small={'yes' if small else 'no'}", get_position="position", get_text="name", get_size="size",
        get_color=rgb(INK), font_family=String("Arial, sans-serif"), font_weight=600, font_settings={"sdf": True, "fontSize": 64}, outline_width=4, outline_color=[255, 255, 255], pickable=False,
    )  # fmt: skip
