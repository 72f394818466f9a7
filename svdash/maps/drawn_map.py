"""The map as a picture that needs no script: for print, and in the map's place until the browser has drawn it.

The same classes, colours and circles as the map's own layers have, in one SVG a view.
"""

from __future__ import annotations

import json
import math
from html import escape
from typing import Any, Final

import numpy as np

from svdash.editions import Edition, kept
from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import AreaMap
from svdash.maps import deck_layers, map_features
from svdash.maps.small_map import LAND, Frame
from svdash.tables import boundary_shapes
from svdash.theme import INK

# Pixels across: no column is wider.
WIDEST: Final = 1100
# Pixels that a map is high in a document.
PAPER_TALL: Final = 640
# Metres of a degree of latitude.
_DEGREE: Final = 111_320.0


def drawn(edition: Edition, found: AreaMap, under: AreaMap | None, turned: deck_layers.Turned) -> str:
    """Return a map as an SVG, empty where the pack has no boundaries.

    It has the scale in pixels and the middle that the map has at first, so that the map covers it line by line.

    Args:
        edition: the one that the map is of.
        found: the map.
        under: the map that circles of ``found`` stand on; ``None`` where areas themselves are coloured.
        turned: the view of the map.
    """
    if not boundary_shapes.bounds(edition):
        return ""
    found = area_figures.source(edition, found)
    if under is not None:
        under = area_figures.source(edition, under)
    return _drawn(edition, found, under, turned)


@kept
def _drawn(edition: Edition, found: AreaMap, under: AreaMap | None, turned: deck_layers.Turned) -> str:
    frame = _frame(edition, turned)
    outlines = "".join(
        f'<path d="{frame.path(shape)}"/>'
        for shape in boundary_shapes.dissolved(edition, map_features.district_names).values()
    )
    parts = [
        f'<g fill="{LAND}">{outlines}</g>',
        *_classes(edition, under or found, frame),
        f'<g fill="none" stroke="{INK}" stroke-width="1.4">{outlines}</g>',
    ]
    if under is not None:
        parts.append(_circles(edition, found, frame))
    parts.append(_names(edition, frame, small=turned.closer_look))
    across, down = frame.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" '
        f'viewBox="0 0 {across} {down}">{"".join(parts)}</svg>'
    )


def with_legend(edition: Edition, found: AreaMap) -> str:
    """Return the whole map with its legend beside it, for a document that has no page around it.

    A snapshot keeps the classes of its areas and no boundaries: it is drawn in those of the edition. Empty where these lack an
    area of it, and where its classes are of two measures, whose legend is a table.
    """
    shapes = set(boundary_shapes.forms(edition).codes) if boundary_shapes.bounds(edition) else set[str]()
    if not shapes or not set(found.drawn["code"]) <= shapes or found.shape == map_features.BIVARIATE:
        return ""
    whole = drawn(edition, found, None, deck_layers.Turned(tall=PAPER_TALL))
    pairs = list(zip(found.limits, map_features.palette(found), strict=False))
    if (found.drawn["klass"] < 0).any():
        pairs.append(("not shown, or not available", map_features.HIDDEN))
    rows = "".join(
        f'<rect x="8" y="{top}" width="24" height="24" fill="{colour}" stroke="{INK}"/><text x="42" y="{top + 18}">{escape(label)}</text>'
        for top, (label, colour) in zip(range(8, 8 + 34 * len(pairs), 34), pairs, strict=True)
    )
    legend = f'<g font-family="Arial, sans-serif" font-size="17" fill="{INK}">{rows}</g>'
    return f"{whole.removesuffix('</svg>')}{legend}</svg>"


def _frame(edition: Edition, turned: deck_layers.Turned) -> Frame:
    """Return the frame of a view of the map: as many pixels as the widest screen shows of it."""
    state = deck_layers.view_state(edition, turned)
    narrow = math.cos(math.radians(state.latitude))
    # Degrees of latitude a pixel of a Web Mercator map, in its middle.
    unit = 360 * narrow / (512 * 2**state.zoom)
    west = state.longitude - WIDEST / 2 * unit / narrow
    return Frame(west, state.latitude + turned.tall / 2 * unit, unit, narrow, (WIDEST, turned.tall))


def _classes(edition: Edition, found: AreaMap, frame: Frame) -> list[str]:
    """Return a path for each class that is in sight, all its areas as one."""
    forms, places = boundary_shapes.forms(edition), _in_sight(edition, frame)
    drawn, members = found.drawn, dict[int, list[int]]()
    for klass, code in zip(drawn["klass"].tolist(), drawn["code"].tolist(), strict=True):
        if code in places:
            members.setdefault(klass, []).append(places[code])
    colours, parts = map_features.palette(found), []
    for klass in sorted(members):
        colour = colours[klass] if klass >= 0 else map_features.HIDDEN
        whole = forms.united(np.array(members[klass], dtype=np.intp))
        parts.append(f'<path fill="{colour}" d="{frame.path(whole)}"/>')
    return parts


@kept
def _in_sight(edition: Edition, frame: Frame) -> dict[str, int]:
    """Return the areas in sight with their place among the shapes."""
    boxes = boundary_shapes.bounds(edition)
    return {
        code: place
        for place, code in enumerate(boundary_shapes.forms(edition).codes)
        if frame.shows(boxes[code])
    }


def _circles(edition: Edition, found: AreaMap, frame: Frame) -> str:
    features: list[dict[str, Any]] = json.loads(map_features.circle_features(edition, found))["features"]
    drawn = []
    for each in features:
        x, y = frame.place(*each["geometry"]["coordinates"])
        radius = max(each["properties"]["radius"] / _DEGREE / frame.unit, 1)
        drawn.append(f'<circle cx="{round(x)}" cy="{round(y)}" r="{round(radius, 1)}"/>')
    return f'<g fill="{deck_layers.CIRCLE}" fill-opacity="0.5" stroke="{INK}">{"".join(drawn)}</g>'


def _names(edition: Edition, frame: Frame, *, small: bool) -> str:
    drawn = []
    for each in map_features.towns(edition, small=small):
        x, y = frame.place(*each["position"])
        if 0 <= x <= frame.size[0] and 0 <= y <= frame.size[1]:
            drawn.append(
                f'<text x="{round(x)}" y="{round(y)}" font-size="{each["size"]}">{escape(each["name"])}</text>'
            )
    return (
        '<g font-family="Arial, sans-serif" font-weight="600" text-anchor="middle" dominant-baseline="central" paint-order="stroke" stroke="#fff" '
        f'stroke-width="3" stroke-linejoin="round" fill="{INK}">{"".join(drawn)}</g>'
    )
