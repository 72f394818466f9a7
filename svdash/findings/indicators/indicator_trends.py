"""Is it getting better, and is the change real? Indicators side by side, and one in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, by_office, kept_by, statuses_of, updated_of
from svdash.findings.indicators import gated_observations, outcome_tables
from svdash.findings.indicators.indicator_series import (
    PERIOD_NAMES,
    Trend,
    assess,
    compared,
    keys_of,
    lead,
    lead_key,
)
from svdash.findings.spec import Parameter, Spec, of_view
from svdash.measures.assessment import Assessment
from svdash.measures.many_tests import many_tests
from svdash.register import ALL, NOT_STATED, Framework, View, figure_tables
from svdash.wording import assessments

TABLE = {
    "indicator": "Indicator",
    "title": "What is counted",
    "organisation_label": "Organisation",
    "group_label": "Group",
    "period": "Period",
    "value": "Value",
    "unit": "Unit",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "lower": "95% from",
    "upper": "95% to",
    "status": "Status",
    "note": "Note",
}
ONE = {name: label for name, label in TABLE.items() if name not in ("indicator", "title")} | {
    "source": "Source"
}
SUMMARY = {
    "indicator": "Indicator",
    "title": "What is counted",
    "series": "Series",
    "latest": "Latest",
    "compared": "Compared",
    "target": "Target",
    "points": "Points",
    "verdict_label": "Verdict",
    "together": "Among all tests",
    "said": "What can be said",
    "detectable": "Would show as a change",
    "status": "Status",
}
DECIMALS = {"value": 1, "lower": 1, "upper": 1}
_BEYOND = ", beyond chance"
# What a verdict counts as that holds taken alone only: it is neither better nor worse on a page with many tests.
ALONE = "taken-alone"
ALONE_ONLY = "taken alone only"
WORSE = frozenset({"worsening", "worse-than-baseline"})
# Verdicts that say neither better nor worse, and of which time or data may tell it yet.
UNTOLD = frozenset({"too-early", "no-data", "no-agreed-measure"})
# What a register may say of a target: the year by which it is to be met, and from when on it holds.
_OF_TARGET = ("target_year", "target_condition")
# Two groups that add up to the whole, 100%, are one test.
_PAIR, _WHOLE = 2, 100.0
# What of a series is drawn upwards: its figures and levels.
_DRAWN: Final = ("value", "lower", "upper", "target", "baseline", "control_lower", "control_upper")
PANEL = ["period", "as_at", "value", "lower", "upper", "part", "status", "unit"]
LEGEND = (
    "Line: value at the end of each period, open point: part year. Band: 95% limits. Dotted: baseline. "
    "Orange dashes: target. Grey dashes: limits of an XmR chart, from twelve points on, where a figure could lie beyond."
)
LADDER = (
    "One ladder decides what may be said, by one test against one baseline. One point: too early. Two to four: the latest "
    "against the baseline by Newcombe's interval, never a trend; a headcount of all staff against turnover, where that is "
    "published. Five to eleven: a weighted regression over the last five. Twelve or more: an XmR chart and its rules of "
    "special cause; stocks, and series most of whose points leave their limits, get the change in words, and so do stocks that are "
    "counts from two points on. A change too small "
    "to matter is practically even. A target is met or not by the figure itself. Part years are marked and never tested, and of a "
    "series that has two bases (everybody asked, or those who answered) only the years with the latest one are drawn and tested. "
    "Would show as a change from the baseline: the nearest share, out of as many as now, whose interval leaves out no change; a true "
    "change of that size is seen every other time, and the one named after it four times in five (80% power). Many tests "
    "at once: Benjamini and Hochberg at 5%, charts left aside. Limits are 95% (Wilson for shares, Byar for counts); "
    "counts of people are written rounded to 5, and everything is worked out from the exact ones."
)


def _cut(edition: Edition, view: View) -> pd.DataFrame:
    """Observations up to the end of the chosen year."""
    rows = gated_observations.gated(edition)
    return rows[rows["year"] <= view.year] if view.year != ALL else rows


def _frame(framework: Framework, trends: list[Trend]) -> pd.DataFrame:
    """Return the rows of several series as one table, newest first within each."""
    parts = [
        t.rows.assign(
            title=t.indicator["title"],
            short=t.indicator["short"],
            organisation_label=framework.vocabulary.label("organisation", t.organisation),
            group_label=t.label if t.group != ALL else "Everybody",
            verdict=t.verdict,
            note=t.rows["note"].fillna("none"),
        ).iloc[::-1]
        for t in trends
        if len(t.rows)
    ]
    columns = list(gated_observations.gated(framework.edition).columns)
    empty = pd.DataFrame(columns=[*columns, "title", "short", "organisation_label", "group_label", "verdict"])
    return disclosure.as_written(pd.concat(parts, ignore_index=True) if parts else empty)


def panels(trends: list[Trend], head: str) -> pd.DataFrame:
    """Return chart rows: one panel a series, with target, baseline and limits of an XmR chart where there are.

    A series without a figure has one row. ``head`` says by what series differ: ``indicator`` or, of one, ``series``.
    """
    if not trends:
        return pd.DataFrame()
    rows = pd.concat([t.comparable[PANEL] for t in trends], ignore_index=True)
    sizes = [len(t.comparable) for t in trends]

    def each(values: list[Any]) -> np.ndarray:
        return np.repeat(np.array(values), sizes)

    controls = [_control(t) for t in trends]
    rows = rows.assign(
        order=each(list(range(len(trends)))),
        target=each([float(t.indicator["target"]) for t in trends]),
        baseline=each([t.baseline for t in trends]),
        control_lower=each([lower for lower, _ in controls]),
        control_upper=each([upper for _, upper in controls]),
    )
    # A series without a figure has a card too.
    found = _cards(trends, head).join(rows[rows["value"].notna()].set_index("order"), how="left")
    return found.rename_axis("order").reset_index().assign(part=lambda row: row["part"].eq(True))


def on_one_axis(rows: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return chart rows of series in one unit that are drawn from the lowest to the highest of all their figures and levels."""
    if rows is None or rows.empty:
        return rows
    drawn = rows[list(_DRAWN)].astype("float64")
    return rows.assign(axis_low=drawn.min(axis=None), axis_high=drawn.max(axis=None))


def _control(series: Trend) -> tuple[float, float]:
    """Return the limits of an XmR chart, of people no finer than their figures; NaN where there is none.

    Nor is there one where no figure could lie beyond it: a dashed line at 0% or at 100% would say nothing.
    """
    control = series.assessment.control
    if control is None:
        return float("nan"), float("nan")
    limits, rows = pd.Series([control.lower, control.upper]), series.comparable
    if rows["people"].any():
        least = rows["exact_denominator"].min()
        if series.indicator["unit"] == "percent":
            limits = disclosure.percents(limits, pd.Series([least, least]))
        elif pd.isna(least):
            limits = disclosure.rounded(limits).astype("float64")
    limits = limits.where(limits.between(*series.assessment.bounds, inclusive="neither"))
    return float(limits[0]), float(limits[1])


def _cards(trends: list[Trend], head: str) -> pd.DataFrame:
    """Return what stands on each series' card: what it leads to, its name, newest figure and verdict, and all in words."""
    # Whose they are is said once below, where they are all of one organisation.
    one = len({t.organisation for t in trends}) == 1
    cards = [_card(t, head, (t.group_label if one else t.label) or "Everybody") for t in trends]
    return pd.DataFrame(cards).assign(alone=taken_alone(trends))


def _card(series: Trend, head: str, name: str) -> dict[str, str]:
    about, latest = series.indicator, series.latest
    if head == "indicator":
        name = f"{about['short']}, {series.group_label}" if series.group_label else str(about["short"])
    told = (
        f"{wording.value(latest['value'], latest['unit'], series.assessment.decimals)} in {latest['period']}"
        if latest
        else "no figure"
    )
    named = f"{about['id']} {about['title']}" + (f" ({series.label})" if series.label else "")
    return {
        "indicator": str(about["id"]) if head == "indicator" else "",
        "name": name,
        "latest": told,
        "verdict": wording.VERDICT[_verdict_shown(series)],
        "alt": f"{named}: {assessments.sentence(series.assessment)}",
    }


def _verdict_shown(series: Trend) -> str:
    """Return the verdict as it is told: a proposal without a figure lacks an agreed measure, not only data."""
    unmeasured = series.indicator["proposed"] and series.verdict == "no-data"
    return "no-agreed-measure" if unmeasured else series.verdict


def statuses(trends: list[Trend]) -> tuple[str, ...]:
    """Return the official statuses of several series."""
    return by_office({str(s) for t in trends for s in t.rows["status"].unique()})


def alt(trends: list[Trend]) -> str:
    """Say in words what a facet of small multiples shows."""
    told = [
        f"{t.indicator['short']}{f' ({t.label})' if t.label else ''}: {assessments.sentence(t.assessment)}"
        for t in trends
    ]
    return " ".join(told)


def tally(verdicts: list[str], alone: Sequence[bool] = ()) -> str:
    """Say how many series carry each verdict, those apart that stand out taken alone only, where ``alone`` says which."""
    apart = list(alone) or [False] * len(verdicts)
    told = []
    for code, label in wording.VERDICT.items():
        words = label.lower()
        for only, said in ((False, words), (True, f"{words.removesuffix(_BEYOND)}{_BEYOND} taken alone")):
            number = list(zip(verdicts, apart, strict=True)).count((code, only))
            told += [f"{number} {said}"] if number else []
    return "; ".join(told)


def tests_made(trends: list[Trend]) -> str:
    """Say how many of these were tested at once, how many would stand out by chance, and lead with those that hold.

    Charts are read by rules, which have no p-value, so they are not among them. Empty where fewer than two are tested.
    """
    again = said_again(trends)
    tested = [t for t, told in zip(trends, again, strict=True) if t.assessment.p is not None and not told]
    if len(tested) <= 1:
        return ""
    found = many_tests([float(t.assessment.p or 0) for t in tested])
    out = [stands_out(t) for t in tested]
    holding = [t for t, holds, stands in zip(tested, found.holds, out, strict=True) if holds and stands]
    said = wording.many_tests(len(tested), sum(t.assessment.level for t in tested), sum(out), len(holding))
    names = [f"{t.indicator['id']}{f' ({t.label})' if t.label else ''}" for t in holding]
    return f"{said} {f'Those that hold: {wording.listing(names, 6)}.' if names else ''}".rstrip()


def taken_alone(trends: Sequence[Trend | None]) -> list[bool]:
    """Tell of each series whether it stands out by its own test but not among all of these (Benjamini and Hochberg, 5%).

    Charts are read by rules, which have no p-value, and are left as they are; None is no test. A series that says again
    what another one does holds where that one does.
    """
    again = said_again(trends)
    found = many_tests(
        [
            np.nan if t is None or t.assessment.p is None or told else float(t.assessment.p)
            for t, told in zip(trends, again, strict=True)
        ]
    )
    held = {_whole_of(t) for t, holds in zip(trends, found.holds, strict=True) if t is not None and holds}
    return [
        t is not None
        and t.assessment.p is not None
        and stands_out(t)
        and not (holds or (told and _whole_of(t) in held))
        for t, holds, told in zip(trends, found.holds, again, strict=True)
    ]


def _whole_of(series: Trend) -> tuple[str, str, str]:
    """Return what a series is a part of: everybody that an indicator counts of an organisation, by one characteristic."""
    return str(series.indicator["id"]), series.organisation, series.characteristic


def said_again(trends: Sequence[Trend | None]) -> list[bool]:
    """Tell which series say what another one does: of two groups of one whole, one rises by as much as the other falls."""
    pairs: dict[tuple[str, str, str], list[int]] = {}
    for place, t in enumerate(trends):
        if t is not None and t.assessment.p is not None and t.group != NOT_STATED:
            pairs.setdefault(_whole_of(t), []).append(place)
    found = [False] * len(trends)
    for places in pairs.values():
        if len(places) == _PAIR:
            told = [each.assessment for place in places if (each := trends[place]) is not None]
            shares = sum(each.latest or 0 for each in told)
            changes = sum(each.baseline.change if each.baseline else np.nan for each in told)
            found[places[-1]] = bool(np.isclose(shares, _WHOLE) and np.isclose(changes, 0, atol=1e-9))
    return found


def counted(verdicts: list[str], alone: Sequence[bool]) -> list[str]:
    """Return verdicts as a page counts them: those that stand out taken alone only count as that."""
    return [ALONE if only else verdict for verdict, only in zip(verdicts, alone, strict=True)]


def among_all(trends: Sequence[Trend | None]) -> list[str]:
    """Say of each series whether its test holds among all of these."""
    return [
        "not tested"
        if t is None or t.assessment.p is None
        else ALONE_ONLY
        if only
        else "holds"
        if stands_out(t)
        else "does not stand out"
        for t, only in zip(trends, taken_alone(trends), strict=True)
    ]


def stands_out(series: Trend) -> bool:
    """Tell whether the test that makes a series' verdict finds a change beyond chance, however small."""
    assessment = series.assessment
    if assessment.test == "recent-trend":
        return assessment.trend is not None and assessment.trend.real
    return assessment.test == "differences" and assessment.different_from_baseline is True


def target_of(about: dict[str, Any]) -> str:
    """Say an indicator's target with its unit and year."""
    if pd.isna(about["target"]):
        return "none agreed"
    by, condition = (str(about[name]) if pd.notna(about[name]) else "" for name in _OF_TARGET)
    when = "".join((f" by {by}" if by else "", f" {condition}" if condition else ""))
    return f"{wording.value(float(about['target']), str(about['unit']))}{when}"


def said_of_target(about: dict[str, Any], assessment: Assessment) -> str:
    """Say whether an indicator's latest figure meets its target, from when on that holds, and how far it is."""
    by, condition = (str(about[name]) if pd.notna(about[name]) else "" for name in _OF_TARGET)
    return assessments.target(assessment, by, condition)


def summary(view: View, front: Trend) -> dict[str, Any]:
    """One line an indicator: where its leading series stands and what may be said of it."""
    about, latest = front.indicator, front.latest
    return {
        "indicator": about["id"],
        "title": about["title"] + (" (proposal)" if about["proposed"] else ""),
        "series": front.label or "Everybody",
        "latest": "no figure"
        if latest is None
        else f"{wording.value(latest['value'], latest['unit'], front.assessment.decimals)} in {latest['period']}",
        "compared": compared(front, view),
        "target": target_of(about),
        "points": front.assessment.points,
        "verdict_label": wording.VERDICT[_verdict_shown(front)],
        "said": f"{_retired(about)}{assessments.sentence(front.assessment)}",
        "detectable": front.detectable or "not worked out",
        "status": "none" if latest is None else latest["status"],
    }


@kept
def board(edition: Edition, view: View) -> Finding:
    """Every indicator of the view as small multiples, by its leading series."""
    ids = list(Framework.of(edition).indicators_of(view).index)
    return board_of(edition, view, [lead(edition, view, i) for i in ids])


def board_of(edition: Edition, view: View, trends: list[Trend]) -> Finding:
    """Some series as small multiples, each for its indicator."""
    framework = Framework.of(edition)
    seen = [t for t in trends if len(t.rows)]
    verdicts, alone = [_verdict_shown(t) for t in trends], taken_alone(trends)
    missing = [str(t.indicator["id"]) for t in trends if not len(t.rows)]
    return Finding(
        name="indicators",
        row_key=("indicator",),
        headline=headline(counted(verdicts, alone), "indicator"),
        subtitle=f"Leading series of each indicator, {span(framework, view)}; {scope(framework, view)}",
        frame=pd.DataFrame([summary(view, t) for t in trends], columns=list(SUMMARY)).assign(
            together=among_all(trends)
        ),
        columns=SUMMARY,
        leads={"indicator": ("indicators", "indicator={indicator}")},
        sentence=" ".join(
            filter(
                None,
                (
                    f"{wording.sentence(tally(verdicts, alone))}.",
                    tests_made(trends),
                    f"Without any figure: {wording.listing(missing, 12)}." if missing else "",
                ),
            )
        ),
        alt=alt(seen),
        statuses=statuses(seen),
        legend=LEGEND,
        updated=updated_of(edition, *figure_tables(edition)),
        method=LADDER,
        view=view,
        chart=panels(trends, "indicator") if seen else pd.DataFrame(),
        empty="" if seen else why_empty(framework, view),
    )


def worse(edition: Edition, view: View) -> tuple[Trend, ...]:
    """Return the leading series of the view's indicators that are worse beyond chance, all tests taken together.

    Of what is retired nothing is asked any more.
    """
    indicators = Framework.of(edition).indicators_of(view)
    trends = [lead(edition, view, indicator) for indicator in indicators.index[indicators["retired"].isna()]]
    verdicts = counted([each.verdict for each in trends], taken_alone(trends))
    return tuple(each for each, verdict in zip(trends, verdicts, strict=True) if verdict in WORSE)


def headline(verdicts: list[str], noun: str) -> str:
    """Say how many of a noun moved by a trend or a chart, and how many differ from their baseline beyond chance.

    It is a page's title and has to fit on one line of a small screen: a side of the baseline with nobody is left out.
    """
    if verdicts and set(verdicts) <= UNTOLD:
        return f"No {noun} can be called better or worse yet"
    better, worse = verdicts.count("improving"), verdicts.count("worsening")
    sides = {"better": "better-than-baseline", "worse": "worse-than-baseline"}
    beyond = [f"{verdicts.count(told)} {word}" for word, told in sides.items() if told in verdicts]
    moved = (
        f"{better or 'None'} of {wording.count(len(verdicts), noun)} improving, {worse or 'none'} worsening"
    )
    return f"{moved}; {wording.every(beyond)} than the baseline" if beyond else moved


@kept_by("year")
def one(edition: Edition, view: View, indicator: str, characteristic: str = "") -> Finding:
    """One indicator: its series by organisation, or by the groups of one characteristic."""
    framework = Framework.of(edition)
    about = framework.indicator(indicator)
    characteristic = characteristic or lead_key(framework, indicator)[0]
    front = lead(edition, view, indicator)
    leads = (front.organisation, front.characteristic, front.group)
    trends = [
        front if k == leads else assess(edition, view, indicator, *k)
        for k in keys_of(edition, view, indicator)
        if k[1] == characteristic
    ]
    first = next((t for t in trends if t.group == front.group and t.organisation == front.organisation), None)
    first = first or (trends[0] if trends else front)
    return Finding(
        name="indicator",
        row_key=("organisation_label", "group_label", "period"),
        params={"indicator": indicator, "characteristic": characteristic},
        headline=f"{about['title']}: {wording.VERDICT[_verdict_shown(first)].lower()}",
        subtitle=f"{_retired(about)}{_unit(about)}, {span(framework, view)}; "
        + (
            f"by {wording.within(framework.vocabulary.label('characteristic', characteristic))}"
            if characteristic != ALL
            else "everybody"
        ),
        frame=_frame(framework, trends),
        columns=ONE,
        decimals=DECIMALS,
        formats=wording.of_people(DECIMALS),
        sentence=_about_all(trends, first) if trends else "",
        alt=alt(trends),
        verdict=first.verdict,
        statuses=statuses(trends),
        legend=LEGEND,
        updated=updated_of(edition, *figure_tables(edition)),
        method=f"{about['method']} Numerator: {about['numerator']}."
        + ("" if pd.isna(about["denominator"]) else f" Denominator: {about['denominator']}.")
        + f" {assessments.method(first.assessment)}",
        caveats=((str(about["caveat"]),) if not pd.isna(about["caveat"]) else ())
        + assessments.limits(first.assessment),
        view=view,
        chart=panels(trends, "series"),
        empty=""
        if trends
        else f"No figure up to {_upto(framework, view)}. Owner: {'none' if pd.isna(about['owner']) else about['owner']}; due every {PERIOD_NAMES[str(about['cadence'])]}.",
    )


def _retired(about: Mapping[str, Any]) -> str:
    """Say when and why an indicator was retired, where what it shows stands; empty for one that is kept up."""
    return "" if pd.isna(about["retired"]) else f"{about['retired']} "


def _about_all(trends: list[Trend], first: Trend) -> str:
    """Return the sentence of the leading series, its target and the change it would show, and a count of all verdicts."""
    parts = [assessments.sentence(first.assessment), said_of_target(first.indicator, first.assessment)]
    if first.detectable:
        parts.append(f"With as large a base as now, this would show as a change: {first.detectable}.")
    leading = " ".join(filter(None, parts))
    if len(trends) == 1:
        return leading
    verdicts = f"All {len(trends)} series: {tally([trend.verdict for trend in trends])}."
    return " ".join(filter(None, (f"{first.label or 'Everybody'}: {leading}", verdicts, tests_made(trends))))


def about(edition: Edition, indicator: str) -> list[tuple[str, str]]:
    """Return what the register says of an indicator, as pairs for a person to read."""
    framework = Framework.of(edition)
    row = framework.indicator(indicator)
    measure = framework.measures.set_index("id")["title"].get(row["measure"], "")
    linked = list(framework.links.loc[framework.links["indicator"] == indicator, "commitment"])
    serves = outcome_tables.served_by(edition, indicator)
    return [
        *([] if pd.isna(row["retired"]) else [("Retired", str(row["retired"]).partition(" ")[2])]),
        (
            "Success measure",
            f"{row['measure']} {measure}" + (" (proposal: no agreed measure)" if row["proposed"] else ""),
        ),
        ("Level and sphere", f"{row['level']}; the authority's {row['sphere']}"),
        ("Better is", {"higher": "higher", "lower": "lower", "none": "neither"}[row["polarity"]]),
        ("Target", target_of(row)),
        ("Cadence", str(row["cadence"])),
        ("Breakdowns needed", framework.vocabulary.spell("characteristic", row["breakdowns"]) or "none"),
        (
            f"Owner{framework.mark('indicators', 'owner')}",
            "none" if pd.isna(row["owner"]) else str(row["owner"]),
        ),
        ("Linked commitments", ", ".join(linked) or "none"),
        *([("Serves in other frameworks", "; ".join(serves))] if serves else []),
    ]


def characteristics(edition: Edition, view: View, indicator: str) -> list[str]:
    """Return the characteristics an indicator has figures by, the leading one first."""
    first = lead_key(Framework.of(edition), indicator)[0]
    found = list(dict.fromkeys(k[1] for k in keys_of(edition, view, indicator)))
    return sorted(found, key=lambda c: c != first)


@kept
def observations(edition: Edition, view: View) -> Finding:
    """Every gated observation of the view's indicators, as open data."""
    framework = Framework.of(edition)
    rows = _cut(edition, view)
    rows = rows[rows["indicator"].isin(framework.indicators_of(view).index)]
    frame = disclosure.as_written(rows).assign(
        title=rows["indicator"].map(framework.indicators["title"]),
        organisation_label=rows["organisation"].map(framework.vocabulary.labels("organisation")),
        group_label=[
            framework.vocabulary.label("group", f"{c}={g}")
            for c, g in zip(rows["characteristic"], rows["group"], strict=True)
        ],
    )
    extra = {
        "year": "Year",
        "organisation": "Organisation code",
        "characteristic": "Characteristic",
        "group": "Group code",
    }
    return Finding(
        name="observations",
        row_key=("indicator", "organisation", "characteristic", "group", "period"),
        headline=wording.sentence(wording.count(len(frame), "observation")),
        subtitle=f"Counts of people written rounded to 5, small ones suppressed; {span(framework, view)}",
        frame=frame,
        columns={**TABLE, **extra, "source": "Source"},
        decimals=DECIMALS,
        formats=wording.of_people(DECIMALS),
        statuses=statuses_of(edition, *figure_tables(edition)),
        view=view,
    )


def _unit(about: dict[str, Any]) -> str:
    return {"percent": "Per cent", "GBP": "Pounds, nominal"}.get(
        about["unit"], wording.sentence(str(about["unit"]))
    )


def _upto(framework: Framework, view: View) -> str:
    return wording.day(framework.calendar.as_at(view.year))


def span(framework: Framework, view: View) -> str:
    """Say which periods are looked at."""
    return f"up to {_upto(framework, view)}"


def scope(framework: Framework, view: View) -> str:
    """Say whose figures are looked at."""
    if view.commitment != ALL:
        return f"linked to {view.commitment}"
    return "all roles" if view.role == ALL else framework.vocabulary.label("role", view.role)


def why_empty(framework: Framework, view: View) -> str:
    """Say why a view has no figure, and what to do."""
    if view.commitment != ALL:
        return f"No indicator is linked to {view.commitment}. Choose all commitments to see the others."
    return f"No figure for {scope(framework, view)} up to {_upto(framework, view)}."


def _indicators(edition: Edition) -> tuple[str, ...]:
    return tuple(Framework.of(edition).indicators.index)


def _characteristics(edition: Edition) -> tuple[str, ...]:
    return ("", *Framework.of(edition).vocabulary.labels("characteristic"))


SPECS: Final = (
    of_view("indicators", "Indicators with their verdict", board),
    of_view("observations", "Observations behind the indicators", observations),
    Spec(
        "indicator",
        "One indicator in full",
        lambda edition, view, given: one(edition, view, given["indicator"], given["characteristic"]),
        parameters={
            "indicator": Parameter("Identifier of the indicator", _indicators),
            "characteristic": Parameter("What it is broken down by", _characteristics, ""),
        },
    ),
)
