"""In one look: what each part of the page says of each characteristic, real gaps first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality import owners, recruitment, services, workforce
from svdash.findings.equality.comparison_groups import QUESTION, Chosen, characteristics, panels
from svdash.findings.equality.gap_verdicts import CHANCE, ORDER, REAL, UNKNOWN
from svdash.findings.equality.group_wording import within_sentence
from svdash.findings.finding import Finding, by_office, records
from svdash.findings.reach.area_figures import chosen
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, NOT_STATED, Framework, View

# Parts that compare groups with a test; pay has none, so it speaks for itself on its own part.
TESTED: Final[dict[str, tuple[str, Callable[[Edition, View, Chosen], Finding]]]] = {
    "workforce": ("Staff", workforce.shares),
    "recruitment": ("Recruitment", recruitment.funnel),
    "owners": ("Suppliers and investees", owners.owners),
    "services": ("Services", services.groups),
}
# What each part looks at of a view; services follow role and commitment.
LOOKED_AT: Final = dict.fromkeys(TESTED, ("year",)) | {"services": ("role", "commitment", "year")}
# What the parts call a group that is short of its share by more than chance.
SHORT: Final = frozenset({"below residents"})
COLUMNS = {
    "characteristic_label": "Characteristic",
    "part_label": "Where",
    "said": "What is seen",
    "much": "How much",
    "verdict": "What can be said",
    "status": "Status",
}


@kept
def summary(edition: Edition, view: View, panel: str = ALL) -> Finding:
    """Return what is seen by every characteristic that a panel looks at, of all four comparisons that are tested."""
    found = [
        _told(edition, view.only(*LOOKED_AT[part]), code, part)
        for code in characteristics(edition, panel)
        for part in TESTED
    ]
    rows = sorted((told.row for told in found), key=lambda row: ORDER[row["verdict"]])
    frame = pd.DataFrame(rows, columns=["characteristic", "part", *COLUMNS])
    real, tested = int(frame["verdict"].eq(REAL).sum()), int(frame["verdict"].ne(UNKNOWN).sum())
    unknown = len(frame) - tested
    framework = Framework.of(edition)
    whose = "every characteristic" if panel == ALL else f"the {_panel(edition, panel)} panel"
    return Finding(
        name="equality",
        row_key=("characteristic_label", "part_label"),
        params={"panel": panel},
        headline=f"{real or 'None'} of {wording.count(tested, 'comparison')} {'show' if real != 1 else 'shows'} a gap beyond chance; {unknown} not known",
        subtitle=f"Staff, recruitment, suppliers and investees, and services, by {whose}, newest figures up to {view.year if view.year != ALL else wording.day(framework.calendar.until)}",
        frame=frame,
        columns=COLUMNS,
        leads={"part_label": ("equality_gaps", "part={part}&characteristic={characteristic}")},
        sentence=_sentence(frame),
        alt=" ".join(
            f"{r['characteristic_label']}, {r['part_label']}: {r['verdict']}." for r in records(frame)
        ),
        statuses=by_office({status for told in found for status in told.statuses}),
        updated=max((told.updated for told in found if told.updated is not None), default=None),
        method="Each line is the headline of one comparison, worked out on its own part of the page. A gap beyond chance: some group is below its share of residents, or less likely to be appointed, with a 95% interval that leaves out no difference. With so many comparisons one in twenty would look real by chance alone.",
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


@dataclass(frozen=True)
class _Told:
    """What is told of one comparison: its row, its statuses, and when its tables were updated."""

    row: dict[str, str]
    statuses: tuple[str, ...]
    updated: date | None


@kept
def _told(edition: Edition, view: View, code: str, part: str) -> _Told:
    place, build = TESTED[part]
    finding = build(edition, view, Chosen(code))
    row = {
        "characteristic": code,
        "part": part,
        "characteristic_label": characteristics(edition)[code],
        "part_label": place,
        "said": finding.empty or finding.headline,
        "much": "" if finding.empty else _much(finding),
        "verdict": _verdict(finding),
        "status": wording.every(finding.statuses),
    }
    return _Told(row, finding.statuses, finding.updated)


def _much(finding: Finding) -> str:
    """Return the first thing that the comparison's sentence says: the widest gap, in points and as a ratio."""
    parts = re.split(r"; |\. (?=[A-Z0-9])", finding.sentence)
    # What is not known has a column of its own in the data-gap register.
    return next((p for p in parts if not p.startswith("We don't know")), parts[0]).rstrip(".")


def _verdict(finding: Finding) -> str:
    """Say whether some group is short beyond chance, none is, or nothing can be tested."""
    frame = finding.frame
    if finding.empty or "verdict" not in frame:
        return UNKNOWN
    if finding.verdict:
        return finding.verdict
    frame = frame[frame["group"] != NOT_STATED] if "group" in frame else frame
    verdicts = set(frame["verdict"])
    if verdicts & SHORT:
        return REAL
    return CHANCE if verdicts & {"could be chance", "above residents"} else UNKNOWN


def _panel(edition: Edition, panel: str) -> str:
    return panels(edition).get(panel, panel)


def _sentence(frame: pd.DataFrame) -> str:
    """Name where gaps are, by place, and the characteristics of which nothing at all is known."""
    real = frame[frame["verdict"] == REAL]
    parts = [
        f"{place}: {wording.listing([within_sentence(label) for label in rows['characteristic_label']], 6)}."
        for place, rows in real.groupby("part_label", sort=False)
    ]
    known = set(frame.loc[frame["verdict"] != UNKNOWN, "characteristic_label"])
    dark = [label for label in dict.fromkeys(frame["characteristic_label"]) if label not in known]
    if dark:
        parts.append(
            f"Nothing can be tested by {wording.listing([within_sentence(label) for label in dark], 6)}."
        )
    return " ".join(parts)


def _panels(edition: Edition) -> tuple[str, ...]:
    return (ALL, *panels(edition))


SPECS: Final = (
    Spec(
        "equality",
        "In one look: gaps beyond chance by characteristic",
        lambda edition, view, asked: summary(edition, view, asked["panel"]),
        parameters={"panel": Parameter("Equality Panel, or all", _panels, ALL)},
    ),
)
