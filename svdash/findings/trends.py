"""Is it getting better, and is the change real? Indicators and success measures by one ladder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from svdash.findings import observed
from svdash.findings.base import Finding, by_office, statuses_of, updated_of
from svdash.framework import ALL, NONE, OBSERVATIONS, Framework, View
from svdash.measures import intervals, trend
from svdash.pack import Pack
from svdash.show import wording

PERIOD_NAMES = {"annual": "year", "half-yearly": "half-year", "quarterly": "quarter"}
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
ONE = {name: label for name, label in TABLE.items() if name not in ("indicator", "title")} | {"source": "Source"}
SUMMARY = {
    "indicator": "Indicator",
    "title": "What is counted",
    "series": "Series",
    "latest": "Latest",
    "compared": "Compared",
    "target": "Target",
    "points": "Points",
    "verdict_label": "Verdict",
    "said": "What can be said",
    "status": "Status",
}
LEGEND = (
    "Line: value at the end of each period, open point: part year. Band: 95% limits. Dotted: baseline. "
    "Orange dashes: target. Grey dashes: limits of an XmR chart, from twelve points on."
)
PANEL = ["period", "as_at", "value", "lower", "upper", "part", "status", "unit"]
LADDER = (
    "One ladder decides what may be said. One point: too early. Two to four: the latest against the one before "
    "and against the baseline by Newcombe's interval, never a trend. Five to eleven: a weighted regression over "
    "the last five. Twelve or more: an XmR chart and its rules of special cause. Part years are marked and "
    "never tested. Limits are 95% (Wilson for shares, Byar for counts); counts of people are rounded to 5."
)


@dataclass(frozen=True, eq=False)
class Trend:
    """One series with what may be said of it. ``rows`` are gated observations, oldest first."""

    indicator: pd.Series
    organisation: str
    characteristic: str
    group: str
    label: str
    rows: pd.DataFrame
    assessment: trend.Assessment

    @property
    def verdict(self) -> str:
        """The verdict's code; ``no-data`` where nothing was observed."""
        return self.assessment.verdict

    @cached_property
    def whole(self) -> list[dict[str, Any]]:
        """The observations that are not a part year and not missing, oldest first."""
        return [row for row in self.rows.to_dict("records") if not row["part"] and not pd.isna(row["value"])]

    @property
    def latest(self) -> dict[str, Any] | None:
        """The newest of them."""
        return self.whole[-1] if self.whole else None

    @property
    def baseline(self) -> float:
        """The value the series is compared with: its baseline year's, else its first."""
        named = [row for row in self.whole if row["year"] == self.indicator["baseline_year"]] or self.whole
        return float(named[0]["value"]) if named else float("nan")


def _cut(pack: Pack, view: View) -> pd.DataFrame:
    """Observations up to the end of the chosen year."""
    rows = observed.gated(pack)
    return rows[rows["year"] <= view.year] if view.year != ALL else rows


def _rows(pack: Pack, view: View, key: observed.Key) -> pd.DataFrame:
    """One series up to the end of the chosen year; its years are in order, so that is a slice."""
    rows = observed.series(pack).get(key, observed.gated(pack).iloc[:0])
    return rows if view.year == ALL else rows.iloc[: int((rows["year"] <= view.year).sum())]


def lead_key(framework: Framework, indicator: str) -> tuple[str, str]:
    """Return the characteristic and group that lead an indicator: everybody, unless the register says otherwise."""
    given = framework.indicators.at[indicator, "lead_group"]
    if pd.isna(given):
        return (ALL, ALL)
    characteristic, _, group = str(given).partition("=")
    return characteristic, group


def assess(pack: Pack, view: View, indicator: str, organisation: str, characteristic: str, group: str) -> Trend:
    """Put one series through the ladder of METHODS, with the observations up to the chosen year."""
    framework = Framework.of(pack)
    about = framework.indicators.loc[indicator]
    rows = _rows(pack, view, (indicator, organisation, characteristic, group))
    kind = {"wilson": "proportion", "byar": "count", "none": "none"}[about["interval"]]
    tested = {"period": rows["period"], "value": rows["value"], "part": rows["part"]}
    if kind != "none":
        tested["numerator"] = rows["weight"]
    if kind == "proportion":
        tested["denominator"] = rows["denominator"]
    baseline = rows.loc[rows["year"] == about["baseline_year"], "period"]
    assessment = trend.assess(
        pd.DataFrame(tested),
        about["polarity"],
        kind=kind,  # type: ignore[arg-type]
        unit=str(about["unit"]),
        target=None if pd.isna(about["target"]) else float(about["target"]),
        baseline=str(baseline.iloc[0]) if len(baseline) else None,
        period_name=PERIOD_NAMES[str(about["cadence"])],
    )
    label = _label(framework, organisation, characteristic, group)
    return Trend(about, organisation, characteristic, group, label, rows, assessment)


def _label(framework: Framework, organisation: str, characteristic: str, group: str) -> str:
    parts = []
    if organisation != next(iter(framework.labels("organisation")), organisation):
        parts.append(framework.label("organisation", organisation))
    if group != ALL:
        parts.append(framework.label("group", f"{characteristic}={group}"))
    return ", ".join(parts)


def keys_of(pack: Pack, view: View, indicator: str) -> list[tuple[str, str, str]]:
    """Return (organisation, characteristic, group) of every series of an indicator, in the vocabulary's order."""
    framework = Framework.of(pack)
    found = [
        key[1:]
        for key, rows in observed.series(pack).items()
        if key[0] == indicator and (view.year == ALL or rows["year"].iat[0] <= view.year)
    ]
    order = {
        name: {code: n for n, code in enumerate(framework.labels(name))}
        for name in ("organisation", "characteristic", "group")
    }
    last = len(observed.series(pack)) + 1

    def place(key: tuple[str, str, str]) -> tuple[int, int, int]:
        codes = (key[0], key[1], f"{key[1]}={key[2]}")
        first, second, third = (ranks.get(c, last) for ranks, c in zip(order.values(), codes, strict=True))
        return first, second, third

    return sorted(found, key=place)


def lead(pack: Pack, view: View, indicator: str) -> Trend:
    """Return the series that stands for an indicator."""
    return pack.remember(("trends.lead", view.year, indicator), lambda: _lead(pack, view, indicator))


def _lead(pack: Pack, view: View, indicator: str) -> Trend:
    framework = Framework.of(pack)
    characteristic, group = lead_key(framework, indicator)
    keys = [k for k in keys_of(pack, view, indicator) if k[1:] == (characteristic, group)]
    organisation = keys[0][0] if keys else next(iter(framework.labels("organisation")), ALL)
    return assess(pack, view, indicator, organisation, characteristic, group)


def _frame(framework: Framework, trends: list[Trend]) -> pd.DataFrame:
    """Return the rows of several series as one table, newest first within each."""
    parts = [
        t.rows.assign(
            title=t.indicator["title"],
            short=t.indicator["short"],
            organisation_label=framework.label("organisation", t.organisation),
            group_label=t.label if t.group != ALL else "Everybody",
            verdict=t.verdict,
            note=t.rows["note"].fillna("none"),
        ).iloc[::-1]
        for t in trends
        if len(t.rows)
    ]
    columns = list(observed.gated(framework.pack).columns)
    empty = pd.DataFrame(columns=[*columns, "title", "short", "organisation_label", "group_label", "verdict"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _panels(trends: list[Trend], head: str) -> pd.DataFrame:
    """Return chart rows: one panel a series, with target, baseline and limits of an XmR chart where there are."""
    if not trends:
        return pd.DataFrame()
    rows = pd.concat([t.rows[PANEL] for t in trends], ignore_index=True)
    sizes = [len(t.rows) for t in trends]

    def each(values: list[Any]) -> np.ndarray:
        return np.repeat(np.array(values), sizes)

    controls = [t.assessment.control for t in trends]
    nan = float("nan")
    rows = rows.assign(
        order=each(list(range(len(trends)))),
        panel=each([_panel_title(t, head) for t in trends]),
        target=each([float(t.indicator["target"]) for t in trends]),
        baseline=each([t.baseline for t in trends]),
        control_lower=each([nan if c is None else c.lower for c in controls]),
        control_upper=each([nan if c is None else c.upper for c in controls]),
    )
    return rows[rows["value"].notna()]


def _panel_title(series: Trend, head: str) -> str:
    """Return the three parts of a panel's head: identifier, what it is, verdict and unit."""
    title = str(series.indicator["short"]) if head == "indicator" else (series.label or "Everybody")
    return f"{series.indicator['id']}|{title}|{wording.VERDICT[series.verdict]} · {_unit(series.indicator).lower()}"


def _statuses(trends: list[Trend]) -> tuple[str, ...]:
    return by_office({str(s) for t in trends for s in t.rows["status"].unique()})


def _alt(trends: list[Trend]) -> str:
    """Say in words what a facet of small multiples shows."""
    told = [f"{t.indicator['short']}{f' ({t.label})' if t.label else ''}: {t.assessment.sentence}" for t in trends]
    return " ".join(told)


def tally(verdicts: list[str]) -> str:
    """Say how many series carry each verdict."""
    codes = [code for code in wording.VERDICT if code in verdicts]
    return "; ".join(f"{verdicts.count(code)} {wording.VERDICT[code].lower()}" for code in codes)


def target_of(about: pd.Series) -> str:
    """Say an indicator's target with its unit and year."""
    if pd.isna(about["target"]):
        return "none agreed"
    by = "" if pd.isna(about["target_year"]) else f" by {about['target_year']}"
    return f"{wording.value(float(about['target']), str(about['unit']))}{by}"


def _summary(framework: Framework, view: View, front: Trend) -> dict[str, object]:
    """One line an indicator: where its leading series stands and what may be said of it."""
    about, latest = front.indicator, front.latest
    return {
        "indicator": about["id"],
        "title": about["title"] + (" (proposal)" if about["proposed"] else ""),
        "series": front.label or "Everybody",
        "latest": "no figure"
        if latest is None
        else f"{wording.value(latest['value'], latest['unit'])} in {latest['period']}",
        "compared": compared(front, view),
        "target": target_of(about),
        "points": front.assessment.points,
        "verdict_label": wording.VERDICT[front.verdict],
        "said": front.assessment.sentence,
        "status": "none" if latest is None else latest["status"],
    }


def board(pack: Pack, view: View) -> Finding:
    """Every indicator of the view as small multiples, by its leading series."""
    key = ("trends.board", view)
    return pack.remember(key, lambda: _board(pack, view))


def _board(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    ids = list(framework.indicators_of(view).index)
    trends = [lead(pack, view, i) for i in ids]
    seen = [t for t in trends if len(t.rows)]
    verdicts = [t.verdict for t in trends]
    better, worse = verdicts.count("improving"), verdicts.count("worsening")
    missing = [str(t.indicator["id"]) for t in trends if not len(t.rows)]
    headline = (
        f"{better or 'None'} of {wording.count(len(trends), 'indicator')} really improved, "
        f"{worse or 'none'} really worsened"
    )
    return Finding(
        name="indicators",
        headline=headline,
        subtitle=f"Leading series of each indicator, {span(framework, view)}; {_scope(framework, view)}",
        frame=pd.DataFrame([_summary(framework, view, t) for t in trends], columns=list(SUMMARY)),
        columns=SUMMARY,
        sentence=f"{wording.sentence(tally(verdicts))}."
        + (f" Without any figure: {wording.listing(missing, 12)}." if missing else ""),
        alt=_alt(seen),
        statuses=_statuses(seen),
        legend=LEGEND,
        updated=updated_of(pack, *OBSERVATIONS),
        method=LADDER,
        view=view,
        chart=_panels(seen, "indicator"),
        empty="" if seen else _why_empty(framework, view),
    )


def one(pack: Pack, view: View, indicator: str, characteristic: str = "") -> Finding:
    """One indicator: its series by organisation, or by the groups of one characteristic."""
    key = ("trends.one", view.year, indicator, characteristic)
    return pack.remember(key, lambda: _one(pack, view, indicator, characteristic))


def _one(pack: Pack, view: View, indicator: str, characteristic: str) -> Finding:
    framework = Framework.of(pack)
    about = framework.indicators.loc[indicator]
    characteristic = characteristic or lead_key(framework, indicator)[0]
    trends = [assess(pack, view, indicator, *k) for k in keys_of(pack, view, indicator) if k[1] == characteristic]
    front = lead(pack, view, indicator)
    first = next((t for t in trends if t.group == front.group and t.organisation == front.organisation), None)
    first = first or (trends[0] if trends else front)
    told = first.assessment.sentence if trends else ""
    if len(trends) > 1:
        told = f"{first.label or 'Everybody'}: {told} All {len(trends)} series: {tally([t.verdict for t in trends])}."
    return Finding(
        name="indicator",
        params={"indicator": indicator, "characteristic": characteristic},
        headline=f"{about['title']}: {wording.VERDICT[first.verdict].lower()}",
        subtitle=f"{_unit(about)}, {span(framework, view)}; "
        + (f"by {framework.label('characteristic', characteristic).lower()}" if characteristic != ALL else "everybody"),
        frame=_frame(framework, trends),
        columns=ONE,
        decimals={"value": 1, "lower": 1, "upper": 1},
        sentence=told,
        alt=_alt(trends),
        verdict=first.verdict,
        statuses=_statuses(trends),
        legend=LEGEND,
        updated=updated_of(pack, *OBSERVATIONS),
        method=f"{about['method']} Numerator: {about['numerator']}."
        + ("" if pd.isna(about["denominator"]) else f" Denominator: {about['denominator']}.")
        + f" {first.assessment.method}",
        caveats=tuple([*([str(about["caveat"])] if not pd.isna(about["caveat"]) else []), *first.assessment.limits]),
        view=view,
        chart=_panels(trends, "series"),
        empty="" if trends else f"No figure up to {_upto(framework, view)}. Owner: {about['owner']}; due {about['cadence']}.",
    )


def about(pack: Pack, indicator: str) -> list[tuple[str, str]]:
    """Return what the register says of an indicator, as pairs for a person to read."""
    framework = Framework.of(pack)
    row = framework.indicators.loc[indicator]
    measure = framework.measures.set_index("id")["title"].get(row["measure"], "")
    linked = list(framework.links.loc[framework.links["indicator"] == indicator, "commitment"])
    return [
        ("Success measure", f"{row['measure']} {measure}" + (" (proposal: no agreed measure)" if row["proposed"] else "")),
        ("Level and sphere", f"{row['level']}; the authority's {row['sphere']}"),
        ("Better is", {"higher": "higher", "lower": "lower", "none": "neither"}[row["polarity"]]),
        ("Target", target_of(row)),
        ("Cadence", str(row["cadence"])),
        ("Breakdowns needed", framework.spell("characteristic", row["breakdowns"]) or "none"),
        (f"Owner{framework.mark('indicators', 'owner')}", "none" if pd.isna(row["owner"]) else str(row["owner"])),
        ("Linked commitments", ", ".join(linked) or "none"),
    ]


def characteristics(pack: Pack, view: View, indicator: str) -> list[str]:
    """Return the characteristics an indicator has figures by, the leading one first."""
    first = lead_key(Framework.of(pack), indicator)[0]
    found = list(dict.fromkeys(k[1] for k in keys_of(pack, view, indicator)))
    return sorted(found, key=lambda c: c != first)


def measures(pack: Pack, view: View) -> Finding:
    """The success measures, each by its leading indicator."""
    key = ("trends.measures", view.role, view.commitment, view.year, view.compare)
    return pack.remember(key, lambda: _measures(pack, view))


def verdict_of(measure: pd.Series, front: Trend | None) -> str:
    """Return a success measure's verdict: none where the Framework has not agreed what to count."""
    if not measure["agreed"]:
        return "no-agreed-measure"
    return front.verdict if front is not None else "no-data"


def fronts(pack: Pack, view: View) -> list[tuple[pd.Series, Trend | None, str]]:
    """Return each success measure of the view with its leading series and its verdict."""
    framework = Framework.of(pack)
    leads = framework.indicators[framework.indicators["lead"]].drop_duplicates("measure").set_index("measure")["id"]
    found = []
    for _, measure in framework.measures_of(view).iterrows():
        front = lead(pack, view, str(leads[measure["id"]])) if measure["id"] in leads.index else None
        found.append((measure, front, verdict_of(measure, front)))
    return found


def observations(pack: Pack, view: View) -> Finding:
    """Every gated observation of the view's indicators, as open data."""
    framework = Framework.of(pack)
    rows = _cut(pack, view)
    rows = rows[rows["indicator"].isin(framework.indicators_of(view).index)]
    frame = rows.assign(
        title=rows["indicator"].map(framework.indicators["title"]),
        organisation_label=rows["organisation"].map(framework.labels("organisation")),
        group_label=[framework.label("group", f"{c}={g}") for c, g in zip(rows["characteristic"], rows["group"], strict=True)],
    )
    extra = {"year": "Year", "organisation": "Organisation code", "characteristic": "Characteristic", "group": "Group code"}
    return Finding(
        name="observations",
        headline=f"{wording.sentence(wording.count(len(frame), 'observation'))}",
        subtitle=f"Counts of people rounded to 5, small ones suppressed; {span(framework, view)}",
        frame=frame,
        columns={**TABLE, **extra, "source": "Source"},
        decimals={"value": 1, "lower": 1, "upper": 1},
        statuses=statuses_of(pack, *OBSERVATIONS),
        view=view,
    )


def _measures(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    found = fronts(pack, view)
    rows = [_measure_row(framework, view, *row) for row in found]
    verdicts = [row["verdict"] for row in rows]
    better = verdicts.count("improving")
    seen = [t for _, t, _ in found if t is not None and len(t.rows)]
    frame = pd.DataFrame(rows, columns=[*MEASURES, "verdict", "marker"])
    return Finding(
        name="measures",
        headline=f"{better if better else 'None'} of {wording.count(len(rows), 'success measure')} "
        "really moved the right way",
        subtitle=f"Leading indicator of each success measure, {span(framework, view)}; {_scope(framework, view)}",
        frame=frame,
        columns=MEASURES,
        sentence=f"{wording.sentence(tally(verdicts))}.",
        alt=_alt(seen),
        statuses=_statuses(seen),
        legend=LEGEND,
        updated=updated_of(pack, *OBSERVATIONS),
        method=LADDER,
        view=view,
        chart=_panels(seen, "indicator"),
        empty="" if rows else _why_empty(framework, view),
    )


MEASURES = {
    "measure": "Measure",
    "role": "Role",
    "title": "What the Framework wants to see",
    "indicator": "Leading indicator",
    "latest": "Latest",
    "compared": "Compared",
    "verdict_label": "Verdict",
    "status": "Status",
}


def _measure_row(framework: Framework, view: View, measure: pd.Series, front: Trend | None, verdict: str) -> dict[str, object]:
    latest = front.latest if front is not None else None
    name = "none" if front is None else f"{front.indicator['id']} {front.indicator['title']}"
    if front is not None and front.label:
        name += f" ({front.label})"
    if front is not None and front.indicator["proposed"]:
        name += " (proposal)"
    told = "no figure"
    if front is not None and latest is not None:
        told = f"{wording.value(latest['value'], latest['unit'])} in {latest['period']}"
    return {
        "measure": measure["id"],
        "role": framework.label("role", measure["role"]),
        "title": measure["title"],
        "indicator": name,
        "latest": told,
        "compared": compared(front, view) if front is not None else "not compared",
        "verdict_label": wording.VERDICT[verdict],
        "status": latest["status"] if latest is not None else "none",
        "verdict": verdict,
        "marker": "",
    }


def compared(series: Trend, view: View) -> str:
    """Say how the latest figure differs from the same time in the compared year, and whether that is real."""
    latest = series.latest
    if latest is None or view.compare == NONE:
        return "not compared"
    wanted = f"{view.compare}{str(latest['period'])[7:]}"
    then = next((row for row in series.whole if row["period"] == wanted), None)
    if then is None or latest["year"] <= view.compare:
        return f"no figure to compare in {view.compare}"
    told = wording.change(latest["value"] - then["value"], str(latest["unit"]))
    if latest["kind"] != "proportion" or pd.isna(then["denominator"]) or pd.isna(latest["denominator"]):
        return f"{told} on {wanted} (no test possible)"
    _, low, high = intervals.difference(
        float(latest["weight"]), float(latest["denominator"]), float(then["weight"]), float(then["denominator"])
    )
    real = "more than chance" if low > 0 or high < 0 else "could be chance"
    return f"{told} on {wanted} ({real})"


def _unit(about: pd.Series) -> str:
    return {"percent": "Per cent", "GBP": "Pounds, nominal"}.get(about["unit"], wording.sentence(str(about["unit"])))


def _upto(framework: Framework, view: View) -> str:
    return wording.day(framework.as_at(view.year))


def span(framework: Framework, view: View) -> str:
    """Say which periods are looked at."""
    return f"up to {_upto(framework, view)}"


def _scope(framework: Framework, view: View) -> str:
    if view.commitment != ALL:
        return f"linked to {view.commitment}"
    return "all roles" if view.role == ALL else framework.label("role", view.role)


def _why_empty(framework: Framework, view: View) -> str:
    if view.commitment != ALL:
        return f"No indicator is linked to {view.commitment}. Choose all commitments to see the others."
    return f"No figure for {_scope(framework, view)} up to {_upto(framework, view)}."


__all__ = ["Trend", "about", "assess", "characteristics", "board", "compared", "fronts", "lead", "measures", "one", "observations", "tally", "target_of"]
