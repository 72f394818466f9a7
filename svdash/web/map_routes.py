"""Routes of the map: areas, tiles, outlines and names of places, for the page, QGIS and Power BI."""

from __future__ import annotations

import gzip
import re
from typing import Final

from starlette.requests import Request

from svdash import editions
from svdash.editions import Edition, kept
from svdash.findings.open_data import open_tables
from svdash.findings.open_data.request_parameters import shortened
from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import AreaMap
from svdash.findings.spec import Parameter
from svdash.maps import map_features, tiles
from svdash.register import View
from svdash.web import parameters
from svdash.web.answers import Answer, RefusedError, json_answer
from svdash.web.media import GEOJSON

SHAPES: Final = (
    "areas",
    map_features.CIRCLES,
    map_features.BIVARIATE,
    map_features.CHANGE,
    map_features.COLD,
)
# Parameters of the routes beside those of the table of areas.
SHAPED: Final = {
    "shape": Parameter(
        "Areas, circles by count, areas by deprivation and rate together, by change since the compared year, or cold spots",
        lambda _: SHAPES,
        "areas",
    )
}
TILED: Final = {
    "shape": Parameter(
        "Areas, circles by count, areas by deprivation and rate together, by change since the compared year, cold spots, "
        "or the lines around districts",
        lambda _: (*SHAPES, "districts"),
        "areas",
    )
}
OF_TOWNS: Final = {"small": Parameter("Small places too", lambda _: ("no", "yes"), "no")}


def areas(request: Request) -> Answer:
    """The map's shapes with class, colour, label and hover text."""
    edition = editions.current()
    view, own = parameters.read(request, edition, open_tables.area_table(), SHAPED)
    found = map_features.build(edition, view, area_figures.choice_of(own), own["shape"])
    return Answer(_area_shapes(edition, found, own["shape"]), GEOJSON, zipped=True)


@kept
def _area_shapes(edition: Edition, found: AreaMap, shape: str) -> bytes:
    """Return the shapes of a map, gzipped."""
    draw = map_features.circle_features if shape == map_features.CIRCLES else map_features.area_features
    return gzip.compress(draw(edition, found), 6, mtime=0)


def tile(request: Request) -> Answer:
    """A tile of the map: its areas as in ``areas.geojson``, or the lines around the districts."""
    edition = editions.current()
    wanted_tile = _tile(request)
    view, own = parameters.read(request, edition, open_tables.area_table(), TILED)
    shape, choice = own["shape"], area_figures.choice_of(own)
    if shape == "districts":  # the same in every view
        return Answer(_district_tile(edition, wanted_tile), GEOJSON, zipped=True)
    return Answer(_area_tile(edition, wanted_tile, view, choice, shape), GEOJSON, zipped=True)


@kept
def _district_tile(edition: Edition, tile: tiles.Tile) -> bytes:
    """Return the lines around districts within a tile, gzipped."""
    return gzip.compress(map_features.tile_districts(edition, tile), 6, mtime=0)


@kept
def _area_tile(
    edition: Edition, tile: tiles.Tile, view: View, choice: area_figures.MapChoice, shape: str
) -> bytes:
    """Return a tile's features, gzipped."""
    found = map_features.build(edition, view, choice, shape)
    draw = map_features.tile_circles if shape == map_features.CIRCLES else map_features.tile_features
    return gzip.compress(draw(edition, found, tile), 6, mtime=0)


def _tile(request: Request) -> tiles.Tile:
    """Read the tile of a request; refuse values that are not numbers or lie outside the world."""
    found: dict[str, int] = {}
    for name in ("z", "x", "y"):
        most = tiles.CLOSEST if name == "z" else 2 ** found["z"] - 1
        given = request.path_params[name]
        if not (re.fullmatch("[0-9]{1,9}", given) and int(given) <= most):
            raise RefusedError(
                422,
                error=f"'{shortened(given)}' is not a value of '{name}'",
                parameter=name,
                value=shortened(given),
                allowed=[f"0 to {most}"],
            )
        found[name] = int(given)
    return tiles.Tile(**found)


def districts(request: Request) -> Answer:
    """The outlines of the districts."""
    parameters.none(request)
    edition = editions.current()
    return Answer(_district_shapes(edition), GEOJSON, zipped=True)


@kept
def _district_shapes(edition: Edition) -> bytes:
    """Return the outlines of the districts, gzipped."""
    return gzip.compress(map_features.district_features(edition), 6, mtime=0)


def towns(request: Request) -> Answer:
    """Names of places for the map; small places if the request asks for them."""
    edition = editions.current()
    values = parameters.checked(request, edition, OF_TOWNS)
    return json_answer(map_features.towns(edition, small=values.get("small") == "yes"))
