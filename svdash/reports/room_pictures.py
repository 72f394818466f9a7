"""Pictures of findings for a room and for documents: with large letters, and only where they stay readable."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from svdash import editions
from svdash.findings.finding import Finding, least_official
from svdash.findings.reach.area_figures import AreaMap
from svdash.maps import drawn_map
from svdash.render import pictures
from svdash.render.chart_structures import Spec

# Pixels that a picture is wide where its drawing leaves that open: enlarged to the width of a screen, its words are twice as large.
WIDE: Final = 640
# Series side by side: four of them would make words too small on a page.
_ACROSS: Final = 3
# The room that a picture has on a screen of 1920 by 1080 beside its words, in the screen's pixels.
ROOM: Final = (1840, 660)
# By how much a picture has to be enlarged there at least, so that its words of 14 pixels can be read from a distance.
_ENLARGED: Final = 1.45
_SIZE: Final = re.compile(r"<svg[^>]*?\bwidth=\"([\d.]+)\"[^>]*?\bheight=\"([\d.]+)\"")


@dataclass(frozen=True)
class Picture:
    """A finding's picture.

    Attributes:
        svg: the drawing. ``wide``, ``high``: in its own pixels.
        alt: what it shows, in words.
        is_map: whether it is one: what is seen of it are its shapes, and its legend is large.
    """

    svg: bytes
    wide: float
    high: float
    alt: str
    is_map: bool = False

    @property
    def address(self) -> str:
        """The drawing as an address of its own, for a document that needs no network."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg).decode()}"

    @property
    def is_large(self) -> bool:
        """Whether its words can be read from the end of a room once it fills a screen."""
        return self.is_map or min(ROOM[0] / self.wide, ROOM[1] / self.high) >= _ENLARGED


def picture(found: Finding) -> Picture | None:
    """Return a finding's picture, without headline and status, which stand beside it as text; ``None`` where it has none."""
    source = _source(found)
    if source is None:
        return None
    svg = pictures.drawn(source, "svg")
    size = _SIZE.search(svg[:2000].decode(errors="replace"))
    if size is None:
        raise ValueError(f"the drawing of {found.name} does not say how large it is")
    return Picture(svg, float(size[1]), float(size[2]), alternative(found), isinstance(found, AreaMap))


def png(found: Finding) -> bytes:
    """Return the same picture as PNG. Raises ``ValueError`` where the finding has none."""
    source = _source(found)
    if source is None:
        raise ValueError(f"{found.name} has no picture")
    return pictures.drawn(source, "png")


def _source(found: Finding) -> Spec | str | None:
    """Return what a finding's picture is drawn from: a map from the boundaries of the present pack, where these have its areas."""
    if isinstance(found, AreaMap):
        return drawn_map.with_legend(editions.current(), found) or None
    return pictures.of(found, titled=False, wide=WIDE, across=_ACROSS)


def alternative(found: Finding) -> str:
    """Return what a finding's picture shows, in words; what is made up says so."""
    said = found.alt or f"{found.headline}. {found.subtitle}"
    status = least_official(found.statuses)
    return f"{said} ({status})" if status == "illustrative" and status not in said.casefold() else said
