"""Areas and outlines cut into the tiles of a Web Mercator map, for packs with more areas than one file can carry.

Areas too small to see at a zoom are merged with others of their class, so that a tile stays small however many
areas it has. At the closest zoom no areas are merged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash.tables import boundary_shapes
from svdash.tables.dependencies import kept
from svdash.tables.edition import Edition

# A tile is drawn 512 pixels wide.
SIZE: Final = 512
# Generalised boundaries have nothing more to show beyond this zoom: a pixel is 12 m there.
CLOSEST: Final = 12
# Points within a square of this many pixels would overlap.
TOUCH: Final = 8
# Areas narrower than this many pixels are merged, within squares of so many pixels.
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
    """What a tile has of one area, or of several of one class: their rows and the geometry as GeoJSON text."""

    rows: tuple[int, ...]
    shape: str


@dataclass(frozen=True, eq=False)
class _Index:
    """All areas of a pack: their forms, a tree of them; place (world 0 to 1) and width (degrees) of each."""

    forms: boundary_shapes.Forms
    tree: Any
    place: NDArray[np.float64]
    width: NDArray[np.float64]


def cut(edition: Edition, tile: Tile, codes: pd.Series, classes: pd.Series) -> list[Piece]:
    """Return what a tile shows of the areas in ``codes``; what is put together is of one of the ``classes``.

    An area that stands alone is in every tile that it touches, cut at the edges. What is put together is whole, in
    the tile of its square. ``rows`` of a piece count from 0 in ``codes``.
    """
    if codes.empty:
        return []
    index = _indexed(edition)
    rows = pd.Index(codes).get_indexer(pd.Index(index.forms.codes))
    small = _small(index, tile)
    touched = index.tree.query(_rectangle(tile), "intersects")
    alone = np.sort(touched[~small[touched] & (rows[touched] >= 0)])
    classed = np.where(rows >= 0, classes.to_numpy(dtype=np.int64)[rows], -1)
    groups = _groups(index, tile, small & (rows >= 0), classed)
    parts = _cut(index.forms.shapes[alone], tile)
    shown = [(int(rows[alone[i]]),) for i in parts] + [tuple(rows[members].tolist()) for members in groups]
    texts = [*parts.values(), *_together(index.forms, groups, tile)]
    return [Piece(*piece) for piece in zip(shown, texts, strict=True)]


def clusters(tile: Tile, points: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the points (rows of longitude and latitude) of a tile: by number, those too close to be seen apart together.

    At the closest zoom each stands alone. Every point is in one tile of a zoom.
    """
    here, square = squares(tile, places(points[:, 0], points[:, 1]), TOUCH)
    if tile.z >= CLOSEST:
        return [here[i : i + 1] for i in range(len(here))]
    return [here[members] for members in grouped(square)]


def outlines(edition: Edition, tile: Tile, grouping: boundary_shapes.Grouping) -> dict[str, str]:
    """Return group → the lines around it as far as they are in the tile, as GeoJSON text."""
    import shapely

    names, lines = _lines(edition, grouping)
    touched = shapely.intersects(lines, _rectangle(tile))
    parts = shapely.clip_by_rect(shapely.simplify(lines[touched], tile.pixel / 2), *tile.box)
    there = ~shapely.is_empty(parts)
    return dict(zip(names[touched][there].tolist(), _texts(parts[there], tile), strict=True))


def ahead(edition: Edition, grouping: boundary_shapes.Grouping) -> None:
    """Prepare the shapes that tiles are cut from."""
    _indexed(edition)
    _lines(edition, grouping)


@kept
def _lines(edition: Edition, grouping: boundary_shapes.Grouping) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the groups and, of each, the lines around it."""
    import shapely

    found = boundary_shapes.dissolved(edition, grouping)
    return np.array(list(found), dtype=object), shapely.boundary(np.array(list(found.values()), dtype=object))


@kept
def _indexed(edition: Edition) -> _Index:
    return _index(boundary_shapes.forms(edition))


def _index(forms: boundary_shapes.Forms) -> _Index:
    import shapely

    inner = shapely.point_on_surface(forms.shapes)
    west, south, east, north = shapely.bounds(forms.shapes).T
    # What is as high as it is wide on the map spans more degrees of longitude than of latitude.
    width = np.maximum(east - west, (_down(south) - _down(north)) * 360)
    return _Index(
        forms, shapely.STRtree(forms.shapes), places(shapely.get_x(inner), shapely.get_y(inner)), width
    )


def places(longitude: Any, latitude: Any) -> NDArray[np.float64]:
    """Return where points are in the world, 0 to 1 from the west and from the north: one row a point."""
    return np.column_stack([(np.asarray(longitude, dtype=np.float64) + 180) / 360, _down(latitude)])


def _down(latitude: Any) -> Any:
    return (1 - np.arcsinh(np.tan(np.radians(latitude))) / math.pi) / 2


def _small(index: _Index, tile: Tile) -> Any:
    """Return which areas are too small to tell apart at the tile's zoom."""
    if tile.z >= CLOSEST:
        return np.zeros(len(index.width), dtype=bool)
    return index.width < SEEN * tile.pixel


def squares(tile: Tile, place: NDArray[np.float64], wide: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return which of the places lie in a tile, and the number of the square, ``wide`` pixels, that each lies in."""
    on_tile = place * tile.across - (tile.x, tile.y)
    here = np.flatnonzero((on_tile >= 0).all(axis=1) & (on_tile < 1).all(axis=1))
    across, down = np.floor(on_tile[here] * (SIZE // wide)).astype(np.int64).T
    return here, down * (SIZE // wide) + across


def _groups(
    index: _Index, tile: Tile, among: NDArray[np.bool_], classes: NDArray[np.int64]
) -> list[NDArray[np.intp]]:
    """Return positions of the tile's small areas that belong together: one class, one square."""
    here, square = squares(tile, index.place, SQUARE)
    there = among[here]
    here, square = here[there], square[there]
    return [here[of] for of in grouped(square, classes[here])]


def grouped(*keys: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    """Return the positions at which all keys are the same, group by group."""
    if not len(keys[0]):
        return []
    order = np.lexsort(keys)
    new = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    return np.split(order, np.flatnonzero(new) + 1)


def _rectangle(tile: Tile) -> Any:
    import shapely

    return shapely.box(*tile.box)


def _cut(shapes: NDArray[Any], tile: Tile) -> dict[int, str]:
    """Return position → area within the tile; without those that only touch it."""
    import shapely

    within = shapely.clip_by_rect(shapely.simplify(shapes, tile.pixel / 4), *tile.box)
    parts, owner = shapely.get_parts(within, return_index=True)
    solid = shapely.area(parts) > 0
    parts, owner = parts[solid], owner[solid]
    kept, first, count = np.unique(owner, return_index=True, return_counts=True)
    # A polygon alone is shorter to write than a collection of one.
    whole = parts[first]
    several = count > 1
    if several.any():
        number = np.cumsum(several) - 1
        of = np.isin(owner, kept[several])
        whole[several] = shapely.multipolygons(parts[of], indices=number[np.searchsorted(kept, owner[of])])
    return dict(zip(kept.tolist(), _texts(whole, tile), strict=True))


def _together(forms: boundary_shapes.Forms, groups: list[NDArray[np.intp]], tile: Tile) -> list[str]:
    """Return the areas of each group as one, on a grid of half a pixel."""
    import shapely

    half = tile.pixel / 2
    united = _united(forms, groups, half)
    for i in np.flatnonzero(shapely.is_empty(united)):  # all of it lies within a pixel, so draw one pixel
        west, south, east, north = shapely.total_bounds(forms.shapes[groups[i]])
        x, y = (west + east) / 2, (south + north) / 2
        united[i] = shapely.box(x - half, y - half / 2, x + half, y + half / 2)
    return _texts(shapely.simplify(united, half), tile)


def _united(forms: boundary_shapes.Forms, groups: list[NDArray[np.intp]], grid: float) -> NDArray[Any]:
    """Return the areas of each group as one on a grid.

    Areas that meet exactly are dissolved and simplified first: the grid is slow, and then has little left to do.
    """
    import shapely

    exact = [members[forms.exact[members]] for members in groups]
    whole = np.array([shapely.coverage_union_all(forms.shapes[members]) for members in exact], dtype=object)
    simple = shapely.simplify(whole, grid / 2, preserve_topology=False)
    united = shapely.set_precision(shapely.make_valid(simple, method="structure", keep_collapsed=False), grid)
    for i, members in enumerate(groups):
        if len(rest := members[~forms.exact[members]]):
            united[i] = shapely.union(united[i], shapely.union_all(forms.shapes[rest], grid_size=grid))
    return united


def _texts(shapes: NDArray[Any], tile: Tile) -> list[str]:
    """Return shapes as GeoJSON text, with the decimals that can be seen."""
    import shapely

    return list(shapely.to_geojson(shapely.transform(shapes, lambda each: np.round(each, tile.decimals))))
