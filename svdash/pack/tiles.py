"""Areas and outlines cut into the tiles of a Web Mercator map, for packs with more areas than one file can carry.

What is too small to be seen at a zoom is put together with its like, so that a tile stays small however many
areas lie in it. At the closest zoom every area stands alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from svdash.pack import geography
from svdash.pack.package import Pack

# A tile is drawn 512 pixels wide.
SIZE: Final = 512
# Generalised boundaries have nothing more to show beyond this zoom: a pixel is 12 m there.
CLOSEST: Final = 12
# Areas narrower than so many pixels are put together, within squares of so many pixels.
SEEN: Final = 6
SQUARE: Final = 32


@dataclass(frozen=True)
class Tile:
    """One tile: the world is 2^z tiles wide and high, x counts from the west, y from the north."""

    z: int
    x: int
    y: int

    @property
    def across(self) -> int:
        """How many tiles the world is wide, and high."""
        return 1 << self.z

    @property
    def pixel(self) -> float:
        """Width of a pixel in degrees of longitude."""
        return 360 / (SIZE * self.across)

    @property
    def decimals(self) -> int:
        """Decimals of a degree that a quarter of a pixel needs."""
        return math.ceil(-math.log10(self.pixel / 4))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north, in degrees."""
        return self._west(self.x), self._north(self.y + 1), self._west(self.x + 1), self._north(self.y)

    def _west(self, x: int) -> float:
        return x / self.across * 360 - 180

    def _north(self, y: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / self.across))))


@dataclass(frozen=True)
class Piece:
    """What a tile has of one area, or of several of one class: their codes and the geometry as GeoJSON text."""

    codes: tuple[str, ...]
    shape: str


@dataclass(frozen=True, eq=False)
class _Index:
    """All areas of a pack: codes, shapes, a tree of them; place (world 0 to 1) and width (degrees) of each."""

    codes: list[str]
    forms: Any
    tree: Any
    place: np.ndarray[Any, np.dtype[np.float64]]
    width: np.ndarray[Any, np.dtype[np.float64]]


def cut(pack: Pack, tile: Tile, classes: Mapping[str, int]) -> list[Piece]:
    """Return what a tile shows of the areas in ``classes``; what is put together is of one class.

    An area that stands alone is in every tile that it touches, cut at the edges. What is put together is whole, in
    the tile of its square.
    """
    index = pack.remember("tiles.index", lambda: _index(pack))
    small = _small(index, tile)
    alone = [int(i) for i in index.tree.query(_rectangle(tile), "intersects") if not small[i]]
    pieces = [
        Piece((index.codes[i],), shape)
        for i in alone
        if index.codes[i] in classes and (shape := _cut(index.forms[i], tile))
    ]
    return pieces + [
        Piece(tuple(index.codes[i] for i in members), _together(index.forms[members], tile))
        for members in _groups(index, tile, small, classes)
    ]


def outlines(pack: Pack, tile: Tile, groups: dict[str, str]) -> dict[str, str]:
    """Return group → the lines around it as far as they are in the tile, as GeoJSON text."""
    import shapely

    found: dict[str, Any] = pack.remember(
        "tiles.outlines",
        lambda: {
            name: shapely.boundary(shapely.from_geojson(text))
            for name, text in geography.outlines(pack, groups).items()
        },
    )
    rectangle = _rectangle(tile)
    parts = {
        name: shapely.clip_by_rect(shapely.simplify(line, tile.pixel / 2), *tile.box)
        for name, line in found.items()
        if rectangle.intersects(line)
    }
    return {name: _text(line, tile) for name, line in parts.items() if not line.is_empty}


def _index(pack: Pack) -> _Index:
    import shapely

    features = geography.read(pack)[0]
    forms = shapely.make_valid(shapely.from_geojson([json.dumps(form) for form in features.values()]))
    inner = shapely.point_on_surface(forms)
    place = np.column_stack([_across(shapely.get_x(inner)), _down(shapely.get_y(inner))])
    west, south, east, north = shapely.bounds(forms).T
    # What is as high as it is wide on the map spans more degrees of longitude than of latitude.
    width = np.maximum(east - west, (_down(south) - _down(north)) * 360)
    return _Index(list(features), forms, shapely.STRtree(forms), place, width)


def _across(longitude: Any) -> Any:
    return (longitude + 180) / 360


def _down(latitude: Any) -> Any:
    return (1 - np.arcsinh(np.tan(np.radians(latitude))) / math.pi) / 2


def _small(index: _Index, tile: Tile) -> Any:
    """Which areas can't be told apart at the tile's zoom."""
    if tile.z >= CLOSEST:
        return np.zeros(len(index.codes), dtype=bool)
    return index.width < SEEN * tile.pixel


def _groups(index: _Index, tile: Tile, small: Any, classes: Mapping[str, int]) -> list[list[int]]:
    """Return positions of the tile's small areas that belong together: one class, one square."""
    on_tile = index.place * tile.across - (tile.x, tile.y)
    here = small & (on_tile >= 0).all(axis=1) & (on_tile < 1).all(axis=1)
    squares = np.floor(on_tile * (SIZE // SQUARE)).astype(int).tolist()
    found: dict[tuple[int, int, int], list[int]] = {}
    for i in np.flatnonzero(here):
        if index.codes[i] in classes:
            across, down = squares[i]
            found.setdefault((across, down, classes[index.codes[i]]), []).append(int(i))
    return list(found.values())


def _rectangle(tile: Tile) -> Any:
    import shapely

    return shapely.box(*tile.box)


def _cut(form: Any, tile: Tile) -> str:
    """Return an area within the tile; empty where it only touches."""
    import shapely

    within = shapely.clip_by_rect(shapely.simplify(form, tile.pixel / 4), *tile.box)
    parts = [part for part in shapely.get_parts(within) if part.geom_type == "Polygon" and part.area > 0]
    return _text(shapely.multipolygons(parts) if len(parts) > 1 else parts[0], tile) if parts else ""


def _together(forms: Any, tile: Tile) -> str:
    """Return areas as one, on a grid of half a pixel."""
    import shapely

    united = shapely.union_all(forms, grid_size=tile.pixel / 2)
    if united.is_empty:  # all of it within a pixel: it is drawn as one
        west, south, east, north = shapely.total_bounds(forms)
        half = tile.pixel / 2
        x, y = (west + east) / 2, (south + north) / 2
        united = shapely.box(x - half, y - half / 2, x + half, y + half / 2)
    return _text(shapely.simplify(united, tile.pixel / 2), tile)


def _text(form: Any, tile: Tile) -> str:
    import shapely

    return geography.text(shapely.geometry.mapping(form), tile.decimals)
