"""A small map that needs no pointer: districts, and in them the areas of the most deprived tenth, as one SVG of a few kilobytes.

Drawn once an edition, at any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from svdash.editions import Edition, kept
from svdash.findings.reach import deprived_areas
from svdash.maps.map_features import district_names
from svdash.tables import boundary_shapes
from svdash.theme import ACCENT, QUIET

# Units of the drawing's longer side; shapes are drawn to whole units, and what is smaller than this is left out.
ACROSS: Final = 360
SMALLEST: Final = 1.2
LAND: Final = "#E2E9F0"


@dataclass(frozen=True)
class Frame:
    """Where a place stands in a drawing: ``unit`` is degrees of latitude a unit, ``narrow`` what a degree of longitude is of one."""

    west: float
    north: float
    unit: float
    narrow: float
    size: tuple[int, int]

    @classmethod
    def of(cls, box: tuple[float, float, float, float], across: int) -> Frame:
        """Return the frame of (west, south, east, north) in degrees, its longer side ``across`` units."""
        west, south, east, north = box
        narrow = math.cos(math.radians((south + north) / 2))
        unit = max((east - west) * narrow, north - south) / across
        size = math.ceil((east - west) * narrow / unit), math.ceil((north - south) / unit)
        return cls(west, north, unit, narrow, size)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a place stands, in units from the upper left corner."""
        return (longitude - self.west) * self.narrow / self.unit, (self.north - latitude) / self.unit

    def shows(self, box: tuple[float, float, float, float]) -> bool:
        """Return whether (west, south, east, north) lies in the frame, at least in part."""
        (left, lower), (right, upper) = self.place(*box[:2]), self.place(*box[2:])
        return right >= 0 and left <= self.size[0] and lower >= 0 and upper <= self.size[1]

    def path(self, shape: Any) -> str:
        """Return a shape as the commands of a path, in whole units; empty for none."""
        import shapely

        if shape is None:
            return ""
        placed = shapely.transform(
            shape,
            lambda points: (points - [self.west, self.north]) * [self.narrow / self.unit, -1 / self.unit],
        )
        parts = shapely.get_parts(shapely.simplify(placed, SMALLEST / 2))
        rings = shapely.get_rings(parts[shapely.area(parts) >= SMALLEST * SMALLEST])
        places, of = shapely.get_coordinates(rings, return_index=True)
        # All places of all rings at once: to round each by itself took longer than all else.
        whole = np.rint(places).astype(np.int64).tolist()
        begins = np.searchsorted(of, np.arange(len(rings) + 1)).tolist()
        drawn = (list(dict.fromkeys(map(tuple, whole[a:b]))) for a, b in pairwise(begins))
        return "".join(_ring(corners) for corners in drawn if len(corners) > len(("a", "line")))


@kept
def paths(edition: Edition) -> tuple[tuple[int, int], dict[str, str], str]:
    """Return width and height, district name → its outline, and the areas of the most deprived tenth; as paths of SVG.

    Empty where the pack has no boundaries.
    """
    import shapely

    outlines = boundary_shapes.dissolved(edition, district_names)
    if not outlines:
        return (0, 0), {}, ""
    dark = boundary_shapes.dissolved(edition, deprived_areas.in_most_deprived_tenth).get(deprived_areas.IN)
    west, south, east, north = shapely.total_bounds(list(outlines.values())).tolist()
    frame = Frame.of((west, south, east, north), ACROSS)
    return frame.size, {name: frame.path(shape) for name, shape in outlines.items()}, frame.path(dark)


def _ring(corners: list[tuple[int, int]]) -> str:
    """Write a ring: its first corner, then the way to each next, which takes fewer letters than places."""
    (x, y), steps = corners[0], []
    for to_x, to_y in corners[1:]:
        steps.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return f"M{corners[0][0]} {corners[0][1]}l{' '.join(steps)}z"


@dataclass(frozen=True)
class SmallMap:
    """The map as an SVG, its width and height in its own units, and what it shows of each district in words."""

    svg: str
    width: int
    height: int
    description: str


@kept
def drawn(edition: Edition) -> SmallMap | None:
    """Return the map; ``None`` where the pack has no boundaries."""
    (across, down), outlines, dark = paths(edition)
    if not outlines:
        return None
    land = "".join(f'<path d="{path}"/>' for path in outlines.values())
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {across + 4} {down + 4}">'
        f'<g fill="{LAND}" stroke="{QUIET}" stroke-width="1">{land}</g><path d="{dark}" fill="{ACCENT}"/></svg>'
    )
    description = "; ".join(f"{each.name}: {each.description}" for each in deprived_areas.districts(edition))
    return SmallMap(svg, across + 4, down + 4, description)
