"""Is the change real? One ladder of tests, chosen by how many points there are.

| points | test |
|---|---|
| 0, 1 | none: too early |
| 2 to 4 | the latest point against the previous one and against the baseline |
| 5 to 11 | recent trend over the last five points, as Fingertips marks it |
| 12 or more | XmR chart, as NHS Making Data Count reads it |

Up to eleven points the tests need an interval around each point, so figures without one (money, pay gaps)
show the change itself and say that no test is possible. An XmR chart takes its limits from the series, so
from twelve points on it serves them too.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from svdash.measures import sentences
from svdash.measures.assessment import (
    LARGE_CHI_SQUARE,
    RECENT_POINTS,
    Assessment,
    Comparison,
    Kind,
    Polarity,
    RecentTrend,
    Verdict,
)
from svdash.measures.intervals import Floats, byar, difference, wilson
from svdash.measures.series import Series, interval_frame, read
from svdash.measures.xmr import ControlLimits, SpecialCause, control_limits, special_causes

__all__ = [
    "LARGE_CHI_SQUARE",
    "Assessment",
    "Comparison",
    "ControlLimits",
    "Kind",
    "Polarity",
    "RecentTrend",
    "SpecialCause",
    "Verdict",
    "assess",
    "control_limits",
    "interval_frame",
    "minimum_detectable_change",
    "recent_trend",
    "special_causes",
]

WIDTH_IN_SE = 3.92  # a 95% interval is 2 x 1.96 standard errors wide
XMR_POINTS = 12


def assess(
    frame: pd.DataFrame,
    polarity: Polarity = "none",
    kind: Kind | None = None,
    *,
    target: float | None = None,
    baseline: str | None = None,
    period_name: str = "year",
    unit: str | None = None,
) -> Assessment:
    """Say whether the latest figures of a series are a real change, by the test that its length allows.

    `frame` has one row a period, oldest first: `period` (text), `value` (in percent for proportions; may be
    empty where the counts give it), `numerator` and `denominator` for proportions, `numerator` (or `value`)
    for counts, and optionally `part` (true for a part year or a provisional figure: mentioned, never
    tested). A row without a value is a gap. Where `kind` is not given the filled columns and the unit
    decide: numerator and denominator make a proportion, a numerator alone a count. `baseline` is a period
    (default: the first point), `target` is in the value's unit, `unit` is percent, people, organisations,
    GBP, hours or index, `period_name` is what one row covers. Frames with counts of people come from behind
    the disclosure gate.

    Raises ValueError for periods that repeat or run backwards, for what is not a number, for counts that
    cannot be right and for words that are not on these lists, with the row and the value.

    Source: OHID Fingertips (recent trends); NHS England, Making Data Count; Newcombe RG (1998).
    """
    series, remarks = read(frame, polarity, kind, unit, period_name)
    against, no_baseline = _against_baseline(series, baseline, frame)
    facts = replace(_facts(series, target), baseline=against)
    with_interval, without = next(tests for least, *tests in _LADDER if series.points >= least)
    judged = (with_interval if series.kind != "none" else without)(series, facts)
    return replace(
        judged, limits=(*judged.limits, *sentences.KIND_LIMITS[series.kind], *no_baseline, *remarks)
    )


def _no_points(series: Series, facts: Assessment) -> Assessment:
    sentence = f"No figures for a complete {series.period_name} yet."
    return replace(facts, verdict="no-data", method="None: no points", sentence=sentence)


def _one_point(series: Series, facts: Assessment) -> Assessment:
    tested = series.kind != "none"
    needed = facts.periods_needed if tested else 1
    sentence = f"{series.opening}. {sentences.too_early(needed, series.period_name, trend=tested)}"
    return replace(facts, verdict="too-early", method="None: one point", sentence=sentence)


def _differences(series: Series, facts: Assessment) -> Assessment:
    progress = f"{series.points} of {RECENT_POINTS} {sentences.plural(RECENT_POINTS, series.period_name)}"
    changes = sentences.changes(facts.previous, facts.baseline, series.unit)
    sentence = f"{series.opening}, {changes}. Too early for a trend: {progress}."
    return replace(facts, verdict="too-early", method=sentences.COMPARED[series.kind], sentence=sentence)


def _change_only(series: Series, facts: Assessment) -> Assessment:
    changes = sentences.changes(facts.previous, facts.baseline, series.unit)
    return replace(
        facts,
        verdict="no-test",
        method="None: no interval possible",
        sentence=f"{series.opening}, {changes}. No test possible.",
        limits=("No interval can be worked out for this figure, so nobody can say how much is chance.",),
    )


def _recent_points(series: Series, facts: Assessment) -> Assessment:
    value, lower, upper, time = (
        column[-RECENT_POINTS:] for column in (series.value, series.lower, series.upper, series.time)
    )
    trend = recent_trend(value, lower, upper, time)
    verdict = _verdict(int(np.sign(trend.slope)) if trend.real else 0, series.polarity)
    since = series.periods[-RECENT_POINTS]
    word = sentences.VERDICTS[verdict]
    if trend.real:
        pace = f"{sentences.amount(trend.slope, series.unit)} a {series.period_name} since {since}"
        sentence = f"{word}: {series.opening}, {'up' if trend.slope > 0 else 'down'} about {pace}."
    else:
        sentence = f"{word} since {since}: {series.opening}, {sentences.step(facts.previous, series.unit)}."
    return replace(
        facts,
        verdict=verdict,
        method=sentences.REGRESSED[series.kind],
        sentence=sentence,
        trend=trend,
        limits=sentences.trend_limits(trend, facts.previous, series.period_name),
    )


def _control_chart(series: Series, facts: Assessment) -> Assessment:
    control = control_limits(series.value)
    causes = special_causes(series.value, control)
    current = [cause for cause in causes if series.points - 1 in cause.points]
    directions = {cause.direction for cause in current}
    verdict = _verdict(current[0].direction if len(directions) == 1 else 0, series.polarity)
    within = sentences.expected(control, series.bounds, series.unit)
    if not current:
        reason = f"within {within}"
    elif len(directions) > 1:
        reason = "with signals that point both ways"
    else:
        average = sentences.value(control.centre, series.unit)
        reason = sentences.signal(current[0], within, average, series.period_name)
    last = max((point for cause in causes for point in cause.points), default=None)
    ended = None if current or last is None else series.periods[last]
    return replace(
        facts,
        verdict=verdict,
        method="XmR chart (NHS Making Data Count)",
        sentence=f"{sentences.VERDICTS[verdict]}: {series.opening}, {reason}.",
        limits=sentences.chart_limits(
            both_ways=len(directions) > 1, ended=ended, period_name=series.period_name
        ),
        control=control,
        signals=causes,
    )


_Test: TypeAlias = Callable[[Series, Assessment], Assessment]
_LADDER: tuple[tuple[int, _Test, _Test], ...] = (
    # points from, with an interval, without one
    (XMR_POINTS, _control_chart, _control_chart),
    (RECENT_POINTS, _recent_points, _change_only),
    (2, _differences, _change_only),
    (1, _one_point, _one_point),
    (0, _no_points, _no_points),
)


def _verdict(direction: int, polarity: Polarity) -> Verdict:
    if direction == 0:
        return "no-clear-change"
    if polarity == "none":
        return "rising" if direction > 0 else "falling"
    return "improving" if (direction > 0) == (polarity == "higher") else "worsening"


def _facts(series: Series, target: float | None) -> Assessment:
    """Gather what holds whichever test applies: the latest point, the one before, the target."""
    facts = Assessment("no-data", "", "", periods=series.periods, target=target)
    if not series.points:
        return facts
    latest = float(series.value[-1])
    previous = _compare(series, series.points - 2) if series.points > 1 else None
    facts = replace(facts, latest=latest, previous=previous)
    if target is None:
        return facts
    gap = _gap(latest, target)
    chance = None if series.kind == "none" else bool(series.lower[-1] <= target <= series.upper[-1])
    return replace(
        facts, target_gap=gap, target_sentence=sentences.target(target, gap, series.unit, chance=chance)
    )


def _against_baseline(
    series: Series, baseline: str | None, frame: pd.DataFrame
) -> tuple[Comparison | None, list[str]]:
    """Compare the latest point with the baseline, or say why that is not possible."""
    if not series.points or baseline is None:
        return (_compare(series, 0) if series.points > 1 else None), []
    known = [str(period) for period in frame["period"]]
    if baseline not in known:
        message = f"baseline {baseline!r} is not a period of this series: choose one of {', '.join(known)}"
        raise ValueError(message)
    if baseline not in series.periods:
        return None, [f"The baseline, {baseline}, has no figure that can be tested."]
    if baseline == series.periods[-1]:
        return None, [f"The baseline, {baseline}, is the latest {series.period_name} itself."]
    return _compare(series, series.periods.index(baseline)), []


def _compare(series: Series, earlier: int) -> Comparison:
    """Compare the latest point with an earlier one, with the interval that its kind allows.

    Two counts are compared given their total: if nothing changed, the later one is half of it, so the Wilson
    interval of its share says whether it is more (Przyborowski J, Wilenski H (1940), Biometrika 31: 313 to
    323, with Wilson's interval for theirs). The limits of the share are written as a change at that total.
    """
    period = series.periods[earlier]
    change = _gap(float(series.value[-1]), float(series.value[earlier]))
    if series.kind == "none":
        return Comparison(period, change)
    x1, x0 = float(series.numerator[-1]), float(series.numerator[earlier])
    if series.kind == "proportion":
        _, lower, upper = difference(
            x1, float(series.denominator[-1]), x0, float(series.denominator[earlier])
        )
        return Comparison(period, change, 100 * lower, 100 * upper)
    if x1 + x0 == 0:
        most = byar(0.0)[1]
        return Comparison(period, change, -most, most)
    lower, upper = wilson(x1, x1 + x0)
    return Comparison(period, change, (x1 + x0) * (2 * lower - 1), (x1 + x0) * (2 * upper - 1))


def _gap(later: float, earlier: float) -> float:
    """Subtract, where rounding error counts as no difference."""
    return 0.0 if math.isclose(later, earlier, rel_tol=1e-12, abs_tol=1e-12) else later - earlier


def recent_trend(value: Floats, lower: Floats, upper: Floats, time: Floats) -> RecentTrend:
    """Fit Fingertips' recent trend: least squares weighted by 1/se squared, se = (upper - lower)/3.92.

    All four are arrays of one length, three or more; value and its 95% limits in one unit, time in periods.
    The change is real where (slope/se of the slope) squared is above 9.5495 and the slope keeps its sign
    whichever point is left out.

    Source: OHID Fingertips, recent trends, in the weighted form of PHEindicatormethods. (Fingertips itself
    tests proportions with a chi-square test for trend on the counts; here one form serves every kind.)
    """
    weight = (WIDTH_IN_SE / (upper - lower)) ** 2
    slope, variance = _weighted_slope(value, weight, time)
    others = (
        _weighted_slope(np.delete(value, i), np.delete(weight, i), np.delete(time, i))[0]
        for i in range(len(value))
    )
    # A slope of nothing but rounding error has no sign: four equal points and a jump are no trend.
    one_sign = all(other * np.sign(slope) > 1e-9 * abs(slope) for other in others)
    return RecentTrend(slope, math.sqrt(variance), slope**2 / variance, one_sign)


def _weighted_slope(value: Floats, weight: Floats, time: Floats) -> tuple[float, float]:
    """Fit slope and its variance where the weights are known inverse variances."""
    centred = time - np.average(time, weights=weight)
    spread = float(np.sum(weight * centred**2))
    return float(np.sum(weight * centred * value)) / spread, 1 / spread


def minimum_detectable_change(
    x0: float, n0: float, n1: int, direction: Literal[1, -1] = 1, confidence: float = 0.95
) -> int | None:
    """Find the nearest numerator, out of n1, that could be told from the baseline x0/n0 in that direction.

    It is the first whole number whose Newcombe interval against the baseline excludes zero: "you would need
    69, not 57, before this can be called a rise". None where even everybody (or nobody) would not be enough.
    Raises ValueError for counts that cannot be right and for a direction that is neither 1 nor -1.

    Source: Newcombe RG (1998), Stat Med 17: 873 to 890, solved for the numerator: the limits rise with it, so
    halving the range finds it.
    """
    if direction not in (1, -1):
        message = f"direction {direction} is neither 1 (a rise) nor -1 (a fall)"
        raise ValueError(message)
    if n1 != int(n1):
        message = f"denominator {n1} is not a whole number: the numerator looked for is counted out of it"
        raise ValueError(message)
    base = int(n1)

    def told_apart(steps: int) -> bool:
        _, lower, upper = difference(steps if direction > 0 else base - steps, base, x0, n0, confidence)
        return lower > 0 if direction > 0 else upper < 0

    steps = bisect_left(range(base + 1), 1, key=told_apart)
    if steps > base:
        return None
    return steps if direction > 0 else base - steps
