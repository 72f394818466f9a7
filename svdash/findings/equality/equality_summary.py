"""In one look: what each part of the page says of each characteristic, real gaps first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality import owners, recruitment, services, workforce
from svdash.findings.equality.comparison_groups import (
    QUESTION,
    Chosen,
    characteristics,
    panels,
)
from svdash.findings.equality.gap_cells import GapCell, beside_residents, of_recruitment, widest
from svdash.findings.equality.gap_verdicts import ALONE, CHANCE, ORDER, REAL, UNKNOWN
from svdash.findings.finding import Finding, by_office, records
from svdash.findings.reach.area_figures import chosen
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, Framework, View

# Parts that compare groups with a test; pay has none, so it speaks for itself on its own part.
TESTED: Final[dict[str, tuple[str, Callable[[Edition, View, Chosen], Finding]]]] = {
    "workforce": ("Staff", workforce.shares),
    "recruitment": ("Recruitment", recruitment.funnel),
    "owners": ("Suppliers and investees", owners.owners),
    "services": ("Services", services.groups),
}
# What each part looks at of a view; services follow role and commitment.
LOOKED_AT: Final = dict.fromkeys(TESTED, ("year",)) | {"services": ("role", "commitment", "year")}
COLUMNS = {
    "characteristic_label": "Characteristic",
    "part_label": "Where",
    "said": "What is seen",
    "much": "How much",
    "verdict": "What can be said",
    "times": "Widest gap (times)",
    "status": "Status",
}


DECIMALS: Final = {"times": 2}
METHOD: Final = (
    "Each line is the headline of one comparison, worked out on its own part of the page. A gap beyond chance: some group "
    "is below its share of residents, or differs at a step of recruitment, with a 95% interval that leaves out no "
    "difference, by enough to matter, and holds when all tests of the comparison are taken together (Benjamini and "
    "Hochberg, 5%); with so many tests one in twenty would look real by chance alone. Widest gap: the group's share / the "
    "residents', or how many times as likely as the comparison group; not told where fewer than ten people make it. Staff "
    "and leaders of organisations beside residents of all ages, and users beside those who may not use a programme, are no "
    "fair comparison: shown, and neither counted nor measured."
)
NONE_HOLDS: Final = "No fair comparison shows a gap that holds when all its tests are taken together."
# What the pack would have to bring for a comparison that is not fair.
LACKING: Final = (
    "this data pack has no residents of working age, or of those who may use a programme, to compare with"
)
LEGEND: Final = (
    "Filled: a gap beyond chance, with its size as a ratio. Outlined with a figure: beyond chance taken alone, not among all "
    f"tests. Outlined: no gap beyond chance. \N{NOT EQUAL TO}: not a fair comparison: {LACKING}. "
    "\N{EN DASH}: no residents' share in this data pack. \N{RIGHTWARDS ARROW}: on another page. ?: not known."
)


@kept
def summary(edition: Edition, view: View, panel: str = ALL) -> Finding:
    """Return what is seen by every characteristic that a panel looks at, of all four comparisons that are tested."""
    found = [
        _compared(edition, view.only(*LOOKED_AT[part]), code, part)
        for code in characteristics(edition, panel)
        for part in TESTED
    ]
    rows = sorted(
        ({**each.row, "place": n} for n, each in enumerate(found)), key=lambda row: ORDER[row["verdict"]]
    )
    frame = pd.DataFrame(
        rows, columns=["characteristic", "part", *COLUMNS, "told", "group_label", "marker", "place"]
    )
    frame["times"] = frame["times"].astype("float64")
    counts = {verdict: int(frame["verdict"].eq(verdict).sum()) for verdict in ORDER}
    real, tested = counts[REAL], counts[REAL] + counts[ALONE] + counts[CHANCE]
    framework = Framework.of(edition)
    whose = "every characteristic" if panel == ALL else f"the {_panel(edition, panel)} panel"
    return Finding(
        name="equality",
        row_key=("characteristic_label", "part_label"),
        params={"panel": panel},
        headline=_headline(real, tested, counts[UNKNOWN]),
        subtitle=f"Staff, recruitment, suppliers and investees, and services, by {whose}, newest figures up to {view.year if view.year != ALL else wording.day(framework.calendar.until)}",
        frame=frame,
        columns=COLUMNS,
        decimals=DECIMALS,
        formats=wording.of_people(DECIMALS),
        leads={"part_label": ("equality_gaps", "part={part}&characteristic={characteristic}")},
        sentence=" ".join(f"{each}." for each in widest([each.cell for each in found])),
        alt=" ".join(
            f"{r['characteristic_label']}, {r['part_label']}: {r['verdict']}." for r in records(frame)
        ),
        statuses=by_office({status for each in found for status in each.statuses}),
        updated=max((each.updated for each in found if each.updated is not None), default=None),
        method=METHOD,
        legend=LEGEND,
        caveats=(QUESTION,),
        view=view,
        # The parts are of different years: each tells its newest up to this one.
        about={
            "up_to": view.year if view.year != ALL else framework.calendar.until.isoformat(),
            "panel": "" if panel == ALL else _panel(edition, panel),
            **chosen(view),
        },
        empty="" if len(frame) else "No characteristic belongs to this panel.",
    )


def ahead(edition: Edition, year: str) -> None:
    """Work out what the comparisons of each role show in a year, before anybody asks."""
    for role in Framework.of(edition).vocabulary.labels("role"):
        summary(edition, View(role=role, year=year))


@dataclass(frozen=True)
class _Comparison:
    """What is told of one comparison: its row, its statuses, and when its tables were updated."""

    row: dict[str, Any]
    cell: GapCell
    statuses: tuple[str, ...]
    updated: date | None


def _headline(real: int, tested: int, unknown: int) -> str:
    """Say how many comparisons show a gap; where none can be made, that."""
    if not tested:
        return f"No fair comparison can be made yet; {unknown} not known"
    shown = (
        f"{real or 'None'} of {wording.count(tested, 'fair comparison')} {'show' if real != 1 else 'shows'}"
    )
    return f"{shown} a gap beyond chance; {unknown} not known"


@kept
def _compared(edition: Edition, view: View, code: str, part: str) -> _Comparison:
    place, build = TESTED[part]
    finding = build(edition, view, Chosen(code))
    cell = _cell(finding, part)
    row = {
        "characteristic": code,
        "part": part,
        "characteristic_label": characteristics(edition)[code],
        "part_label": place,
        "said": finding.empty or finding.headline,
        "much": "" if finding.empty else _much(finding),
        "verdict": cell.verdict,
        "times": cell.times,
        "told": cell.sentence,
        "group_label": cell.group,
        "status": wording.every(finding.statuses),
        "marker": "" if cell.times > 0 else "[z]",
    }
    return _Comparison(row, cell, finding.statuses, finding.updated)


def _cell(finding: Finding, part: str) -> GapCell:
    """Say what can be said of a comparison, and how large its widest gap is."""
    if part == "recruitment":
        return of_recruitment(finding)
    return beside_residents(part, finding)


def _much(finding: Finding) -> str:
    """Return the first thing that the comparison's sentence says: the widest gap, in points and as a ratio."""
    parts = re.split(r"; |\. (?=[A-Z0-9])", finding.sentence)
    # What is not known has a column of its own in the data-gap register.
    return next((p for p in parts if not p.startswith("We don't know")), parts[0]).rstrip(".")


def _panel(edition: Edition, panel: str) -> str:
    return panels(edition).get(panel, panel)


def _panels(edition: Edition) -> tuple[str, ...]:
    return (ALL, *panels(edition))


SPECS: Final = (
    Spec(
        "equality",
        "In one look: gaps beyond chance by characteristic",
        lambda edition, view, given: summary(edition, view, given["panel"]),
        parameters={"panel": Parameter("Equality Panel, or all", _panels, ALL)},
    ),
)
