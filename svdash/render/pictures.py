"""A finding as a picture that needs no browser: SVG or PNG, for whoever takes it away and for documents."""

from __future__ import annotations

import hashlib
import json

from svdash.caching import memory
from svdash.findings.finding import Finding
from svdash.render import charts, small_multiples
from svdash.render.chart_structures import Spec

# Pixels of a PNG for each of the drawing's.
_SCALE = 2


def of(
    found: Finding,
    *,
    titled: bool = True,
    wide: int = charts.TAKEN_AWAY,
    across: int = small_multiples.ACROSS,
) -> Spec | str | None:
    """Return what a finding's picture is drawn from, as Vega-Lite or SVG; ``None`` where it has none.

    Args:
        found: the finding.
        titled: whether headline, measure and status are written on it.
        wide: how many pixels wide it is, where its drawing leaves that open.
        across: how many series stand side by side at most, where there are several.
    """
    if small_multiples.drawn(found):
        return small_multiples.picture(found, titled=titled, across=across)
    return charts.picture(found, titled=titled, wide=wide)


def drawn(picture: Spec | str, kind: str) -> bytes:
    """Return a chart, or a picture in SVG, as it is asked for. Kept by what it is drawn from, so it is drawn once."""

    def draw() -> bytes:
        import vl_convert  # slow to import and not needed by pages

        svg = picture if isinstance(picture, str) else str(vl_convert.vegalite_to_svg(picture))
        return bytes(vl_convert.svg_to_png(svg, scale=_SCALE)) if kind == "png" else svg.encode()

    drawn_from = hashlib.sha256(json.dumps(picture, sort_keys=True).encode()).digest()
    return bytes(memory.shared.get(("picture", kind, drawn_from), draw))
