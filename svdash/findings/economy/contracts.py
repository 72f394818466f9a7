"""Contracts with scored social value: how many, with what weighting, and whether the published figure agrees."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.finding import Finding, least_official, records, rests_on
from svdash.findings.indicators import gated_observations, indicator_trends
from svdash.findings.indicators.indicator_series import PERIOD_NAMES
from svdash.findings.reach import area_cells
from svdash.findings.spec import of_view
from svdash.measures import intervals, trend
from svdash.measures.assessment import Assessment
from svdash.register import ALL, Framework, View
from svdash.tables.authority import authority
from svdash.wording import assessments
from svdash.years import first_of, period_end, year_of

TABLE: Final = "contracts"
# Concepts of the register's indicators of contracts with scored social value, and of the weighting it must have.
SCORED: Final = "contracts-with-scored-social-value"
WEIGHTING: Final = "social-value-weighting"
CONTRACTS: Final = {
    "year": "Year of start",
    "scored": "With scored social value",
    "contracts": "Contracts",
    "unknown": "Beside them: not known whether scored",
    "share": "Share (%)",
    "lower": "95% from",
    "upper": "95% to",
    "least": "Were none of the unknown scored (%)",
    "most": "Were all of them (%)",
    "published": "Published elsewhere (%)",
    "agrees": "Agrees with it",
    "weighting": "Average weighting, none counted as 0 (points)",
    "weighting_scored": "Average weighting where scored (points)",
    "below": "Below the minimum weighting",
    "verdict": "What can be said",
    "status": "Status",
}
DECIMALS: Final = dict.fromkeys(
    ("share", "lower", "upper", "least", "most", "published", "weighting", "weighting_scored"), 1
)
METHOD: Final = (
    "{Contracts} with a scored social value section / {contracts}, by the financial year in "
    "which they start, × 100; those of which nobody knows whether it was scored are counted beside them, with what the share would be were none or all of them "
    "scored; a year is called different only where it is different either way. "
    "Interval: Wilson, 95%: every contract is counted, so it shows how much could be chance. "
    "Average weighting: points out of 100 that social value carried, each contract once, those without a score as 0."
)
OLD: Final = (
    "A contract is known where payments were made under it since April 2022: of years before that only those are there "
    "that still ran. A scored promise is not yet a delivered one."
)


@kept
def contracts(edition: Edition, view: View) -> Finding:
    """Return contracts above the threshold by year of start: those with scored social value, their share and weighting."""
    year = supplier_payments.year_of_money(edition, view)
    every = _rows(edition, view, year)
    # Of a contract whose notice gives no criteria nobody knows whether it was scored: it is on neither side.
    unknown = every["social_value_scored"].isna()
    rows = every[~unknown]
    about = supplier_payments.about(edition, TABLE)
    empty = _nothing(edition, view, rows, year)
    frame = pd.DataFrame(columns=[*CONTRACTS, "part", "marker"])
    if not empty:
        frame = _by_year(edition, view, rows, every.loc[unknown, "year"].value_counts()).assign(
            status=least_official(about["statuses"])
        )
    assessment = None if empty else assessed(edition, rows)
    published = not frame.empty and frame["published"].notna().any()
    return Finding(
        name="economy-contracts",
        row_key=("year",),
        headline=_headline(frame, year, int((every.loc[unknown, "year"] == year).sum())),
        subtitle=f"{wording.sentence(called(edition))} with scored social value, by year of start, per cent, {supplier_payments.region(edition)}, "
        f"up to {supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns={**CONTRACTS, "contracts": wording.sentence(called(edition))},
        decimals=DECIMALS,
        sentence="" if assessment is None else _sentence(edition, frame, year, about, assessment),
        verdict="" if assessment is None else assessment.verdict,
        alt=" ".join(_spoken(row) for row in records(frame)),
        legend="Dot and bar: share with 95% interval."
        + (" Orange line: figure published elsewhere." if published else ""),
        chart=_dots(frame, year),
        method=METHOD.format(Contracts=wording.sentence(called(edition)), contracts=called(edition)),
        caveats=(OLD,),
        view=view,
        about=supplier_payments.row_context(edition, view),
        empty=empty,
        **rests_on(
            [*about["sources"].items(), *([("published", "figure published elsewhere")] if published else [])]
        ),
        updated=about["updated"],
    )


def called(edition: Edition, noun: str = "contracts") -> str:
    """Return what is counted: contracts above the authority's threshold, or all where it has none."""
    threshold = authority(edition).threshold_pence
    return noun if threshold is None else f"{noun} above {wording.money(threshold / 100)}"


def _rows(edition: Edition, view: View, year: str) -> pd.DataFrame:
    """Return the view's contracts above the threshold that start up to the end of the year, with their year."""
    if TABLE not in edition.tables:
        return pd.DataFrame(
            columns=["year", "programme", "social_value_scored", "weighting_percent"], dtype="str"
        )
    rows = supplier_payments.of_view(edition, view, edition.table(TABLE))
    threshold = authority(edition).threshold_pence
    above = True if threshold is None else rows["value_pence"] > threshold
    rows = rows[above & rows["start"].notna()]
    rows = rows.assign(year=rows["start"].map(lambda start: year_of(start.date())).astype("str"))
    return rows[rows["year"] <= year]


def _nothing(edition: Edition, view: View, rows: pd.DataFrame, year: str) -> str:
    if TABLE not in edition.tables or edition.table(TABLE).empty:
        return "The data pack has no register of contracts: add the table contracts."
    if rows.empty:
        what = "for this role and commitment " if supplier_payments.filtered(view) else ""
        return (
            f"No {called(edition, 'contract')} of which it is known whether social value was scored {what}starts up to {year}. "
            "Grants and payments to public bodies have none."
        )
    return ""


def _by_year(edition: Edition, view: View, rows: pd.DataFrame, unknown: pd.Series) -> pd.DataFrame:
    """Return a row a year of the contracts that are known; ``unknown`` is by year how many are not."""
    framework = Framework.of(edition)
    scored = rows["social_value_scored"].astype(bool)
    known = rows["weighting_percent"].astype("float64").where(scored)
    # A contract without a score has a weighting of nothing; one whose weighting nobody wrote down is left out.
    points = known.where(scored, 0.0)
    least = minimum(edition)
    years = pd.DataFrame(
        {"scored": scored, "all": True, "points": points, "known": known, "year": rows["year"]}
    ).groupby("year")
    frame = years.agg(
        scored=("scored", "sum"),
        contracts=("all", "size"),
        weighting=("points", "mean"),
        weighting_scored=("known", "mean"),
    ).reset_index()
    lower, upper = intervals.wilson(frame["scored"].astype("float64"), frame["contracts"].astype("float64"))
    frame = frame.assign(
        share=100 * frame["scored"] / frame["contracts"], lower=100 * lower, upper=100 * upper, marker="[x]"
    )
    not_known = frame["year"].map(unknown).fillna(0).astype("Int64")
    there = (frame["contracts"] + not_known).astype("float64")
    frame = frame.assign(
        unknown=not_known,
        least=100 * frame["scored"] / there,
        most=100 * (frame["scored"] + not_known).astype("float64") / there,
    )
    # Without a minimum there is no number of contracts below it, not even none.
    below = pd.Series(dtype="Int64") if least is None else (points < least).groupby(rows["year"]).sum()
    frame["below"] = frame["year"].map(below).astype("Int64")
    # The published figure is of all contracts, so it says nothing of those of some programmes.
    figures = {} if supplier_payments.filtered(view) else published(edition)
    frame["published"] = frame["year"].map(figures).astype("float64")
    frame["agrees"] = [_agrees(row) for row in records(frame)]
    frame["part"] = [framework.calendar.is_part(str(year)) for year in frame["year"]]
    frame["verdict"] = verdicts(frame)
    return frame


def minimum(edition: Edition) -> float | None:
    """Return the minimum weighting in points that the register gives as a target; ``None`` where it gives none."""
    rows = Framework.of(edition).indicators
    target = rows["target"].get(Framework.of(edition).concept(WEIGHTING))
    return None if target is None or pd.isna(target) else float(target)


def published(edition: Edition) -> dict[str, float]:
    """Return year → the share of contracts that was published elsewhere, for the authority as a whole."""
    rows = gated_observations.gated(edition)
    rows = rows[
        (rows["indicator"] == Framework.of(edition).concept(SCORED))
        & (rows["status"] != "illustrative")
        & (rows["characteristic"] == ALL)
        & (rows["period"] == rows["year"])
        & rows["value"].notna()
    ]
    return {str(row["year"]): float(row["value"]) for row in records(rows)}


def _agrees(row: dict[str, Any]) -> str:
    if pd.isna(row["published"]):
        return "nothing published"
    return "yes, within the limits" if row["lower"] <= row["published"] <= row["upper"] else "no"


def verdicts(frame: pd.DataFrame) -> list[str]:
    """Say of each year whether it differs from the year before beyond chance, whatever is not known; part years are not tested."""
    verdicts_in_words = []
    rows = records(frame)
    for number, row in enumerate(rows):
        before = rows[number - 1] if number else None
        if row["part"]:
            verdicts_in_words.append("part year, not tested")
        elif before is None or first_of(row["year"]) - first_of(before["year"]) != 1:
            verdicts_in_words.append("nothing to compare")
        else:
            low, high = _difference(row, before)
            verdicts_in_words.append(
                "above the year before"
                if low > 0
                else "below the year before"
                if high < 0
                else "no clear change"
            )
    return verdicts_in_words


def _difference(row: dict[str, Any], before: dict[str, Any]) -> tuple[float, float]:
    """Return the 95% limits of the difference of two years, the lowest and highest of all that is not known may make them."""
    limits = []
    for now, then in ((0, 1), (1, 0)):
        counts = [
            (float(each["scored"] + all_ * each["unknown"]), float(each["contracts"] + each["unknown"]))
            for each, all_ in ((row, now), (before, then))
        ]
        limits.append(intervals.difference(*counts[0], *counts[1])[1:])
    known = intervals.difference(
        float(row["scored"]), float(row["contracts"]), float(before["scored"]), float(before["contracts"])
    )[1:]
    return min(float(low) for low, _ in (*limits, known)), max(float(high) for _, high in (*limits, known))


def period_of(day: date, cadence: str) -> str:
    """Return the financial year that holds a day, or its half or quarter where an indicator is due that often."""
    parts = {"quarterly": ("Q", 3), "half-yearly": ("H", 6)}
    if cadence not in parts:
        return year_of(day)
    letter, months = parts[cadence]
    return f"{year_of(day)} {letter}{(day.month - 4) % 12 // months + 1}"


def assessed(edition: Edition, rows: pd.DataFrame) -> Assessment:
    """Put the share through the ladder, as often as its indicator is due, from the first year that payments are known for.

    Whatever the page Indicators says of the same contracts, this says too. Of contracts that began earlier only those
    are known that were still paid, so they are no part of a trend.
    """
    framework = Framework.of(edition)
    code = framework.concept(SCORED)
    about: dict[str, Any] = framework.indicator(code) if code else {"cadence": "annual", "target": None}
    first = _first_paid(edition)
    rows = rows if pd.isna(first) else rows[rows["year"] >= first]
    periods = rows["start"].map(lambda start: period_of(start.date(), str(about["cadence"]))).astype("str")
    sums = (
        pd.DataFrame({"numerator": rows["social_value_scored"].astype(bool), "denominator": 1})
        .groupby(periods.rename("period"))
        .sum()
        .astype("float64")
        .reset_index()
    )
    baseline = sums.loc[sums["period"].str[:7] == str(about.get("baseline_year")), "period"]
    return trend.assess(
        sums.assign(
            value=(100 * sums["numerator"] / sums["denominator"]).round(1),
            part=[period_end(each) > framework.calendar.until for each in sums["period"]],
        ),
        "higher",
        kind="proportion",
        unit="percent",
        target=None if pd.isna(about["target"]) else float(about["target"]),
        baseline=str(baseline.iloc[0]) if len(baseline) else None,
        period_name=PERIOD_NAMES[str(about["cadence"])],
    )


def _first_paid(edition: Edition) -> Any:
    """Return the first year with payments; missing where there are none, or they can't be summed."""
    if area_cells.problem(edition, area_cells.PAYMENTS):
        return pd.NA
    return area_cells.cells(edition, area_cells.PAYMENTS).suppliers["year"].min()


def _headline(frame: pd.DataFrame, year: str, unknown: int) -> str:
    rows = frame[frame["year"] == year]
    if rows.empty and unknown:
        return f"Of none of {wording.count(unknown, 'contract')} starting in {year} it is known if social value was scored"
    if rows.empty:
        return f"Contracts with scored social value: none known to start in {year}"
    row = rows.iloc[0]
    return (
        f"{row['scored']} of {wording.count(int(row['contracts']), 'contract')} starting in {year} had "
        f"social value scored: {wording.percent(row['share'], 0)}"
    )


def _sentence(
    edition: Edition, frame: pd.DataFrame, year: str, about: dict[str, Any], assessment: Assessment
) -> str:
    text = []
    rows = frame[frame["year"] == year]
    if len(rows):
        row = rows.iloc[0]
        missing = wording.count(int(row["contracts"] - row["scored"]), "contract")
        text.append(
            f"95% limits {wording.span(row['lower'], row['upper'], unit='%')}; {missing} without a score. {assessments.sentence(assessment)}"
        )
        if row["unknown"]:
            text.append(
                f"Of {wording.count(int(row['unknown']), 'contract')} more it is not known whether it was scored: with them the "
                f"share is between {wording.percent(row['least'])} and {wording.percent(row['most'])}."
            )
        code = Framework.of(edition).concept(SCORED)
        goal = (
            indicator_trends.said_of_target(Framework.of(edition).indicator(code), assessment) if code else ""
        )
        text += filter(None, [goal])
        scored = (
            ""
            if pd.isna(row["weighting_scored"])
            else f", {wording.number(row['weighting_scored'], 1)} where it was scored"
        )
        text.append(f"Average weighting {wording.number(row['weighting'], 1)} points of 100{scored}.")
        text.append(_below(edition, row))
    text += [_beside(each, about) for each in records(frame[frame["published"].notna()])]
    return " ".join(text)


def _below(edition: Edition, row: pd.Series) -> str:
    least = minimum(edition)
    if not Framework.of(edition).concept(WEIGHTING):
        return (
            f"The table indicators marks none with the concept {WEIGHTING}, so no minimum weighting is known."
        )
    if least is None:
        return "The minimum weighting was promised without a number, so nobody can say how many are below it."
    return f"{wording.sentence(wording.count(int(row['below']), 'contract'))} below the minimum of {wording.trimmed(least)} points."


def _beside(row: dict[str, Any], about: dict[str, Any]) -> str:
    """Put the published figure beside the register's, and say whether the two agree and what that is worth."""
    inside = "agrees with" if row["agrees"] != "no" else "does not agree with"
    made_up = (
        " That is not a check: the contracts here are illustrative."
        if least_official(about["statuses"]) == "illustrative"
        else ""
    )
    return (
        f"Published elsewhere for {row['year']}: {wording.trimmed(row['published'])}%; the register has {wording.percent(row['share'])} "
        f"({wording.span(row['lower'], row['upper'], unit='%')}), which {inside} it.{made_up}"
    )


def _spoken(row: dict[str, Any]) -> str:
    beside = (
        "" if pd.isna(row["published"]) else f", published elsewhere {wording.trimmed(row['published'])}%"
    )
    return (
        f"{row['year']}: {row['scored']} of {row['contracts']}, {wording.percent(row['share'])} "
        f"({wording.span(row['lower'], row['upper'])}){beside}."
    )


def _dots(frame: pd.DataFrame, year: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [f"{row['year']}{' (part year)' if row['part'] else ''}" for row in records(frame)],
            "value": frame["share"],
            "lower": frame["lower"],
            "upper": frame["upper"],
            "mark": frame["published"],
            "stands_out": frame["year"] == year,
            "said": frame["verdict"],
        }
    )


SPECS: Final = (
    of_view("economy-contracts", "Contracts with scored social value, by year", contracts, drawing="dots"),
)
