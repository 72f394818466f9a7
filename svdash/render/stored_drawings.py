"""Whether a finding that was stored earlier can be drawn as findings are drawn today."""

from __future__ import annotations

from svdash import wording
from svdash.caching.memory import remembered
from svdash.findings.finding import Finding
from svdash.render import charts, small_multiples
from svdash.render.drawn_columns import read_columns


@remembered
def drawable(found: Finding) -> bool:
    """Return whether a finding's chart has all that its drawing reads today; if not, its table is what there is to see."""
    if found.chart is None or found.chart.empty:
        return False
    there = set(map(str, found.chart.columns))
    if found.name in small_multiples.NAMES and "order" in there and small_multiples.drawn(found):
        known = set(wording.VERDICT.values())
        return there >= small_multiples.READ and set(map(str, found.chart["verdict"])) <= known
    structure = charts.structure_of(found)
    return structure is not None and read_columns(structure) <= there
