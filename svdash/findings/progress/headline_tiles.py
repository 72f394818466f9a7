"""The few numbers a meeting starts from; each leads to the page and the filter behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import by_office
from svdash.findings.indicators import indicator_trends, success_measures
from svdash.findings.progress import commitment_status
from svdash.register import Framework, View

# In place of a number, where nothing was reported yet: that is not none.
NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True)
class Tile:
    """One number with its noun, what stands behind it, and where it leads (``leads`` is the link's text)."""

    number: str
    label: str
    detail: str
    status: str
    leads: str
    page: str
    params: Mapping[str, str] = field(default_factory=dict)


@kept
def tiles(edition: Edition, view: View) -> list[Tile]:
    """Return the overview's numbers for a view."""
    return [*_of_commitments(edition, view), *_of_measures(edition, view)]


def _of_commitments(edition: Edition, view: View) -> list[Tile]:
    rows = commitment_status.select(edition, view)
    late = rows[rows["overdue"]]
    owners = (
        f"with {wording.count(late['lead'].nunique(), 'owner')}" if len(late) else "nothing is past its date"
    )
    done, course = (int((rows["delivery"] == delivery).sum()) for delivery in ("complete", "substantial"))
    unproved = int((rows["missing"] != "").sum())
    total = f"of {wording.count(len(rows), 'commitment')}"
    status = commitment_status.status(Framework.of(edition))
    return [
        Tile(
            str(number) if len(rows) else NOTHING,
            label,
            detail,
            status,
            "Show them",
            "commitments",
            {"delivery": delivery},
        )
        for number, label, detail, delivery in (
            (len(late), "Overdue", f"{total}, {owners}", "overdue"),
            (done, "Complete, evidenced", f"{total}; {course} substantial", "complete"),
            (unproved, "Cannot be verified", "no owner, test, date or evidence", "unverified"),
        )
    ]


def _of_measures(edition: Edition, view: View) -> list[Tile]:
    found = success_measures.fronts(edition, view)
    verdicts = success_measures.counts(found)
    seen = by_office(
        {str(s) for _, front, _ in found if front is not None for s in front.rows["status"].unique()}
    )
    figures = wording.every(seen) if seen else "no figure"
    better = verdicts.count("improving") + verdicts.count("better-than-baseline")
    agreed, data = verdicts.count("no-agreed-measure"), verdicts.count("no-data")
    silent = f"{agreed} without an agreed measure, {data} without data"
    return [
        Tile(str(better), "Measures really better", _better(verdicts), figures, "Indicators", "indicators"),
        Tile(
            str(agreed + data),
            "Measures not measured",
            silent,
            figures,
            "Definitions",
            "data_and_methods",
            {"part": "methods"},
        ),
    ]


def _better(verdicts: list[str]) -> str:
    """Say of the success measures that are better by which test, and how many are worse or too early to say.

    All of them hold when all tests are taken together; those that don't are named apart.
    """
    worse = verdicts.count("worsening") + verdicts.count("worse-than-baseline")
    than, alone = verdicts.count("better-than-baseline"), verdicts.count(indicator_trends.ALONE)
    by = f" ({verdicts.count('improving')} by a trend, {than} than the baseline)" if than else ""
    taken_alone = f", {alone} beyond chance taken alone only" if alone else ""
    return (
        f"of {len(verdicts)}{by}; {worse} worse{taken_alone}, {verdicts.count('too-early')} too early to say"
    )
