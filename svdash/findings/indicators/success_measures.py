"""The success measures of the Framework, each by its leading indicator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, kept_by, records, updated_of
from svdash.findings.indicators import indicator_trends
from svdash.findings.indicators.indicator_series import Trend, compared, lead
from svdash.findings.spec import of_view
from svdash.register import Framework, View, figure_tables, narrowed

MEASURES = {
    "measure": "Measure",
    "role": "Role",
    "title": "What the Framework wants to see",
    "indicator": "Leading indicator",
    "latest": "Latest",
    "compared": "Compared",
    "verdict_label": "Verdict",
    "together": "Among all tests",
    "detectable": "Would show as a change",
    "status": "Status",
}


@kept_by("role", "commitment", "year", "compare")
def measures(edition: Edition, view: View) -> Finding:
    """The success measures, each by its leading indicator, with the chart of its series."""
    found = fronts(edition, view)
    return replace(listed(edition, view), chart=_pictures(found, _with_rows(found)))


@kept_by("role", "commitment", "year", "compare")
def listed(edition: Edition, view: View) -> Finding:
    """The same without the chart, for a card that has no room for it: most of the time goes into its rows."""
    framework = Framework.of(edition)
    found = fronts(edition, view)
    rows = [_measure_row(framework, view, *row) for row in found]
    verdicts, alone = [verdict for _, _, verdict in found], indicator_trends.taken_alone(_judged(found))
    seen = _with_rows(found)
    frame = pd.DataFrame(rows, columns=[*MEASURES, "verdict", "value", "leading", "marker"])
    frame = frame.assign(together=indicator_trends.among_all(_judged(found)))
    return Finding(
        name="measures",
        row_key=("measure",),
        headline=indicator_trends.headline(counts(found), "success measure")
        if rows
        else "No success measure here",
        subtitle=f"Leading indicator of each success measure, {indicator_trends.span(framework, view)}; {indicator_trends.scope(framework, view)}",
        frame=frame,
        columns=MEASURES,
        sentence=f"{wording.sentence(indicator_trends.tally(verdicts, alone))}. {indicator_trends.tests_made([t for t in _judged(found) if t is not None])}".rstrip()
        if verdicts
        else "",
        alt=indicator_trends.alt(seen),
        statuses=indicator_trends.statuses(seen),
        legend=indicator_trends.LEGEND,
        updated=updated_of(edition, *figure_tables(edition)),
        method=indicator_trends.LADDER,
        view=view,
        empty="" if rows else indicator_trends.why_empty(framework, view),
    )


def _with_rows(found: list[tuple[dict[str, Any], Trend | None, str]]) -> list[Trend]:
    return [front for _, front, _ in found if front is not None and len(front.rows)]


def _pictures(found: list[tuple[dict[str, Any], Trend | None, str]], seen: list[Trend]) -> pd.DataFrame:
    """Return the chart's rows with the verdicts of the measures, as the title and the table count them.

    A series may improve that the Framework has not agreed on: then its measure has no verdict.
    """
    chart = indicator_trends.panels(seen, "indicator")
    if chart.empty:
        return chart
    alone = indicator_trends.taken_alone(_judged(found))
    told = {
        str(front.indicator["id"]): (wording.VERDICT[verdict], only)
        for (_, front, verdict), only in zip(found, alone, strict=True)
        if front is not None
    }
    own = chart["indicator"].map(told)
    return chart.assign(verdict=own.str[0], alone=own.str[1].astype("bool"))


def verdict_of(measure: dict[str, Any], front: Trend | None) -> str:
    """Return a success measure's verdict: none where the Framework has not agreed what to count."""
    if not measure["agreed"]:
        return "no-agreed-measure"
    return front.verdict if front is not None else "no-data"


@narrowed("role", "commitment", "year")
@kept
def fronts(edition: Edition, view: View) -> list[tuple[dict[str, Any], Trend | None, str]]:
    """Return each success measure of the view with its leading series and its verdict."""
    framework = Framework.of(edition)
    leads = (
        framework.indicators[framework.indicators["lead"]]
        .drop_duplicates("measure")
        .set_index("measure")["id"]
    )
    found = []
    for measure in records(framework.measures_of(view)):
        front = lead(edition, view, str(leads[measure["id"]])) if measure["id"] in leads.index else None
        found.append((measure, front, verdict_of(measure, front)))
    return found


def counts(found: list[tuple[dict[str, Any], Trend | None, str]]) -> list[str]:
    """Return the verdicts of success measures as every title and tile counts them.

    Those that stand out by their own test and not among all of these count as ``indicator_trends.ALONE``.
    """
    verdicts = [verdict for _, _, verdict in found]
    return indicator_trends.counted(verdicts, indicator_trends.taken_alone(_judged(found)))


def _judged(found: list[tuple[dict[str, Any], Trend | None, str]]) -> list[Trend | None]:
    """Return of each success measure the series whose test makes its verdict; None without an agreed measure."""
    return [front if front is not None and verdict == front.verdict else None for _, front, verdict in found]


def _measure_row(
    framework: Framework, view: View, measure: dict[str, Any], front: Trend | None, verdict: str
) -> dict[str, object]:
    latest = front.latest if front is not None else None
    name = "none" if front is None else f"{front.indicator['id']} {front.indicator['title']}"
    if front is not None and front.label:
        name += f" ({front.label})"
    if front is not None and front.indicator["proposed"]:
        name += " (proposal)"
    told, short = "no figure", "no figure"
    if front is not None and latest is not None:
        short = wording.value(latest["value"], latest["unit"], front.assessment.decimals)
        told = f"{short} in {latest['period']}"
    return {
        "measure": measure["id"],
        "role": framework.vocabulary.label("role", measure["role"]),
        "title": measure["title"],
        "indicator": name,
        "latest": told,
        "compared": compared(front, view) if front is not None else "not compared",
        "verdict_label": wording.VERDICT[verdict],
        "detectable": (front.detectable if front is not None else "") or "not worked out",
        "status": latest["status"] if latest is not None else "none",
        "verdict": verdict,
        "value": short,
        "leading": "" if front is None else str(front.indicator["id"]),
        "marker": "",
    }


SPECS: Final = (of_view("measures", "Success measures with their verdict", measures),)
