"""One series of an indicator, put through the ladder: what was observed and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import records
from svdash.findings.indicators import gated_observations
from svdash.measures import trend
from svdash.measures.detectable_change import POWER
from svdash.register import ALL, NONE, NOT_STATED, Framework, View, narrowed
from svdash.tables.gap_sizes import smallest_gap
from svdash.wording.assessments import WrittenAssessment, written

_KINDS: dict[str, trend.Kind] = {"wilson": "proportion", "byar": "count", "none": "none"}
# Concepts of indicators whose shares are of everybody on the staff.
HEADCOUNTS: Final = ("workforce-by-group", "workforce-target")
# The vocabulary's list of indicators that count who is there, not who came.
STOCK: Final = "stock"
_YEARS_APART: Final = {"year": 1.0, "half-year": 0.5, "quarter": 0.25}
PERIOD_NAMES = {"annual": "year", "half-yearly": "half-year", "quarterly": "quarter"}


@dataclass(frozen=True, eq=False)
class Trend:
    """One series with what may be said of it. ``rows`` are gated observations, oldest first.

    ``label`` tells it from others of its indicator: its organisation, where that is not the authority, and its group,
    which ``group_label`` names alone; both are empty where they are everybody.
    """

    indicator: dict[str, Any]
    organisation: str
    characteristic: str
    group: str
    label: str
    group_label: str
    rows: pd.DataFrame
    assessment: WrittenAssessment

    @property
    def verdict(self) -> str:
        """The verdict's code; ``no-data`` where nothing was observed."""
        return self.assessment.verdict

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """Those of its rows that have one base: what is drawn on one line and put into one test."""
        return gated_observations.of_one_base(self.rows)

    @cached_property
    def whole(self) -> list[dict[str, Any]]:
        """The observations that are not a part year, not missing and of the indicator's cadence, oldest first."""
        rows = _of_cadence(self.comparable, PERIOD_NAMES[str(self.indicator["cadence"])])
        return [row for row in records(rows) if not row["part"] and not pd.isna(row["value"])]

    @property
    def latest(self) -> dict[str, Any] | None:
        """The newest of them."""
        return self.whole[-1] if self.whole else None

    @property
    def baseline(self) -> float:
        """The value the series is compared with; NaN where it is compared with none."""
        then = self._base
        return float("nan") if then is None else float(then["value"])

    @property
    def _base(self) -> dict[str, Any] | None:
        """The observation of the one baseline: that of the assessment, or the only point there is."""
        told = self.assessment.baseline
        period = (
            told.period if told else (self.assessment.periods[0] if self.assessment.points == 1 else None)
        )
        return next((row for row in self.whole if row["period"] == period), None)

    @cached_property
    def detectable(self) -> str:
        """Say from what value on a change from the baseline could be told, and which would be seen four times in five.

        Both are the nearest share, out of as many as in the latest period, whose difference from the baseline has an
        interval that leaves out no change: at 95%, where a true change of that size is seen every other time, and
        with 80% power. Empty where no interval is possible, and where the verdict is that nothing clear changed while this
        comparison would tell a change: a second test that disagrees is not said beside the first.
        """
        base, now = self._base, self.latest
        if self.indicator["interval"] != "wilson" or base is None or now is None or self._disagrees:
            return ""
        if any(pd.isna(row[name]) for row in (base, now) for name in ("exact_value", "exact_denominator")):
            return ""
        told, seen = (self._nearest(base, int(now["exact_denominator"]), power) for power in (None, POWER))
        if not told:
            return f"none, against {base['period']}: the base is too small"
        more = f"; four times in five: {wording.every(seen, 'or')}" if seen else ""
        return f"{', '.join(told)}, against {base['period']}{more}"

    @property
    def _disagrees(self) -> bool:
        """Tell whether the comparison with the baseline would stand beside a verdict that is another."""
        told = self.assessment.baseline
        undecided = self.assessment.verdict in ("no-clear-change", "practically-even", "no-test")
        return undecided and told is not None and told.different is True

    def _nearest(self, base: dict[str, Any], size: int, power: float | None) -> list[str]:
        """Write the nearest share above and below the baseline that could be told, or be seen with that power."""
        told, turnover = self.assessment.baseline, self.assessment.turnover
        years = _YEARS_APART[self.assessment.period_name] * (told.periods_between if told else 1.0)
        found = []
        for direction, word in ((1, "more"), (-1, "less")):
            nearest = trend.minimum_detectable_change(
                float(base["exact_numerator"]),
                float(base["exact_denominator"]),
                size,
                1 if direction > 0 else -1,
                power=power or 0.5,
                turnover=turnover,
                years=years,
            )
            if nearest is not None:
                found.append(
                    f"{wording.value(100 * nearest / size, 'percent', self.assessment.decimals)}{'' if power else f' or {word}'}"
                )
        return found


def _rows(edition: Edition, view: View, key: gated_observations.Key) -> pd.DataFrame:
    """One series up to the end of the chosen year; its years are in order, so that is a slice."""
    rows = gated_observations.series(edition).get(key, gated_observations.gated(edition).iloc[:0])
    return rows if view.year == ALL else rows.iloc[: int((rows["year"] <= view.year).sum())]


def lead_key(framework: Framework, indicator: str) -> tuple[str, str]:
    """Return the characteristic and group that lead an indicator: everybody, unless the register says otherwise."""
    given = framework.indicator(indicator)["lead_group"]
    if pd.isna(given):
        return (ALL, ALL)
    characteristic, _, group = str(given).partition("=")
    return characteristic, group


def assess(
    edition: Edition, view: View, indicator: str, organisation: str, characteristic: str, group: str
) -> Trend:
    """Put one series through the ladder of METHODS, with the observations up to the chosen year."""
    framework = Framework.of(edition)
    about = framework.indicator(indicator)
    rows = _rows(edition, view, (indicator, organisation, characteristic, group))
    kind: trend.Kind = _KINDS[about["interval"]]
    points = _of_cadence(gated_observations.of_one_base(rows), PERIOD_NAMES[str(about["cadence"])])
    baseline = points.loc[points["year"] == about["baseline_year"], "period"]
    found = trend.assess(
        _tested(points, kind),
        _polarity(framework, about, characteristic, group),
        kind=kind,
        unit=str(about["unit"]),
        target=None if pd.isna(about["target"]) or group == NOT_STATED else float(about["target"]),
        baseline=str(baseline.iloc[0]) if len(baseline) else None,
        period_name=PERIOD_NAMES[str(about["cadence"])],
        nature=nature(edition, indicator, organisation),
    )
    assessment = written(found, _decimals(points))
    who = "" if group == ALL else framework.vocabulary.label("group", f"{characteristic}={group}")
    label = _label(framework, organisation, who)
    return Trend(about, organisation, characteristic, group, label, who, rows, assessment)


def _decimals(rows: pd.DataFrame) -> int:
    """Return how many decimals a percentage of people may have in words: none where it is of fewer than a hundred."""
    least = rows.loc[rows["people"].astype("bool"), "exact_denominator"].astype("float64").min()
    return 0 if least < disclosure.FINE_BASE else 1


def _polarity(framework: Framework, about: dict[str, Any], characteristic: str, group: str) -> trend.Polarity:
    """Return which way is better for a group, if either is.

    More or fewer people who do not answer is neither. Nor is the share of the comparison group in one whole, which falls
    where those of the others rise.
    """
    compared_with = f"{characteristic}={group}" in framework.vocabulary.labels("reference_group")
    of_one_whole = about["concept"] in HEADCOUNTS or not pd.isna(about.get("stage"))
    neither = group == NOT_STATED or (compared_with and of_one_whole)
    polarity: trend.Polarity = "none" if neither else about["polarity"]
    return polarity


def _of_cadence(rows: pd.DataFrame, period_name: str) -> pd.DataFrame:
    """Leave out a year's figure that stands among its quarters or halves: as a point it would count them twice."""
    letter = {"quarter": "Q", "half-year": "H"}.get(period_name, "")
    kept = rows["period"].str[8:9] == letter
    return rows[kept] if kept.any() else rows


def _tested(rows: pd.DataFrame, kind: trend.Kind) -> pd.DataFrame:
    """Return what the ladder reads of observations."""
    tested = {"period": rows["period"], "value": rows["exact_value"], "part": rows["part"]}
    if kind != "none":
        tested["numerator"] = rows["exact_numerator"].where(rows["exact_value"].notna())
    if kind == "proportion":
        tested["denominator"] = rows["exact_denominator"].where(rows["exact_value"].notna())
    return pd.DataFrame(tested)


def nature(edition: Edition, indicator: str, organisation: str) -> trend.Nature:
    """Return what is known of an indicator beside its figures: a stock, a headcount and its turnover, what matters.

    The turnover that a pack gives is that of the staff it tells of first, so other organisations have none.
    """
    framework = Framework.of(edition)
    headcount = framework.indicator(indicator)["concept"] in HEADCOUNTS
    return trend.Nature(
        stock=indicator in framework.vocabulary.labels(STOCK),
        headcount=headcount,
        turnover=framework.authority.turnover
        if headcount and organisation == _first(edition, indicator)
        else None,
        smallest=smallest_gap(edition),
    )


@kept
def _first(edition: Edition, indicator: str) -> str:
    """Return the organisation that an indicator is told of first; empty where it has no figures."""
    return next((organisation for organisation, _, _ in keys_of(edition, View(), indicator)), "")


def _label(framework: Framework, organisation: str, who: str) -> str:
    parts = []
    if organisation != next(iter(framework.vocabulary.labels("organisation")), organisation):
        parts.append(framework.vocabulary.label("organisation", organisation))
    return ", ".join([*parts, *([who] if who else [])])


def keys_of(edition: Edition, view: View, indicator: str) -> list[tuple[str, str, str]]:
    """Return (organisation, characteristic, group) of every series of an indicator, in the vocabulary's order."""
    framework = Framework.of(edition)
    found = [
        key[1:]
        for key, rows in gated_observations.series(edition).items()
        if key[0] == indicator and (view.year == ALL or str(rows["year"].iloc[0]) <= view.year)
    ]
    order = {
        name: {code: n for n, code in enumerate(framework.vocabulary.labels(name))}
        for name in ("organisation", "characteristic", "group")
    }
    last = len(gated_observations.series(edition)) + 1

    def place(key: tuple[str, str, str]) -> tuple[int, int, int]:
        codes = (key[0], key[1], f"{key[1]}={key[2]}")
        first, second, third = (ranks.get(c, last) for ranks, c in zip(order.values(), codes, strict=True))
        return first, second, third

    return sorted(found, key=place)


@narrowed("year")
@kept
def lead(edition: Edition, view: View, indicator: str) -> Trend:
    """Return the series that stands for an indicator."""
    framework = Framework.of(edition)
    characteristic, group = lead_key(framework, indicator)
    keys = [k for k in keys_of(edition, view, indicator) if k[1:] == (characteristic, group)]
    organisation = keys[0][0] if keys else next(iter(framework.vocabulary.labels("organisation")), ALL)
    return assess(edition, view, indicator, organisation, characteristic, group)


def compared(series: Trend, view: View) -> str:
    """Say how the latest figure differs from the same time in the compared year.

    Whether it could be chance is said where that year is the baseline that makes the verdict: one test an indicator.
    """
    latest = series.latest
    if latest is None or view.compare == NONE:
        return "not compared"
    wanted = f"{view.compare}{str(latest['period'])[7:]}"
    then = next((row for row in series.whole if row["period"] == wanted), None)
    if then is None or latest["year"] <= view.compare:
        return f"no figure to compare in {view.compare}"
    change = _exact(latest) - _exact(then)
    told = f"{wording.change(change, str(latest['unit']), series.assessment.decimals)} on {wanted}"
    base = series.assessment.baseline
    if series.assessment.test != "differences" or base is None or base.period != wanted:
        return told
    return f"{told} ({'more than chance' if base.different else 'could be chance'})"


def _exact(row: dict[str, Any]) -> float:
    """Return the share that an observation's counts give, where it has them; differences are of unrounded figures."""
    return float(row["exact_value"])
