"""Is the change real? One ladder of tests, chosen by how many points there are.

| points | test |
|---|---|
| 0, 1 | none: too early |
| 2 to 4 | the latest point against the previous one and against the baseline |
| 5 to 11 | recent trend over the last five points, as Fingertips marks it |
| 12 or more | XmR chart, as NHS Making Data Count reads it |

Up to eleven points the tests need an interval around each point, so figures without one (money, pay gaps)
show the change itself and are marked as not tested. An XmR chart takes its limits from the series, so
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

from svdash.measures.assessment import (
    LARGE_CHI_SQUARE,
    RECENT_POINTS,
    Assessment,
    Comparison,
    Kind,
    Limit,
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
    "Limit",
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
    """Test whether the latest figures of a series are a real change, by the test that its length allows.

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
    series, left_out = read(frame, polarity, kind, unit, period_name)
    against, no_baseline = _against_baseline(series, baseline, frame)
    facts = replace(_facts(series, target), baseline=against)
    with_interval, without = next(tests for least, *tests in _LADDER if series.points >= least)
    judged = (with_interval if series.kind != "none" else without)(series, facts)
    of_counts = [Limit("counts")] if series.kind == "count" else []
    return replace(judged, limits=(*judged.limits, *of_counts, *no_baseline, *left_out))


def _no_points(_: Series, facts: Assessment) -> Assessment:
    return facts


def _one_point(_: Series, facts: Assessment) -> Assessment:
    return replace(facts, verdict="too-early", test="one-point")


def _differences(_: Series, facts: Assessment) -> Assessment:
    return replace(facts, verdict="too-early", test="differences")


def _change_only(_: Series, facts: Assessment) -> Assessment:
    return replace(facts, verdict="no-test", test="change-only", limits=(Limit("no-interval"),))


def _recent_points(series: Series, facts: Assessment) -> Assessment:
    value, lower, upper, time = (
        column[-RECENT_POINTS:] for column in (series.value, series.lower, series.upper, series.time)
    )
    trend = recent_trend(value, lower, upper, time)
    verdict = _verdict(int(np.sign(trend.slope)) if trend.real else 0, series.polarity)
    limits = []
    if trend.statistic > LARGE_CHI_SQUARE and not trend.one_sign:
        limits.append(Limit("one-point-decides"))
    if not trend.real and facts.previous and facts.previous.different:
        limits.append(Limit("one-step", (facts.previous.period,)))
    if series.period_name != "year":
        limits.append(Limit("not-yearly"))
    return replace(facts, verdict=verdict, test="recent-trend", trend=trend, limits=tuple(limits))


def _control_chart(series: Series, facts: Assessment) -> Assessment:
    control = control_limits(series.value)
    causes = special_causes(series.value, control)
    charted = replace(facts, test="control-chart", control=control, signals=causes)
    directions = {cause.direction for cause in charted.current_signals}
    last = max((point for cause in causes for point in cause.points), default=None)
    limits: tuple[Limit, ...] = ()
    if len(directions) > 1:
        limits = (Limit("signals-both-ways"),)
    elif not directions and last is not None:
        limits = (Limit("cause-ended", (series.periods[last],)),)
    verdict = _verdict(next(iter(directions)) if len(directions) == 1 else 0, series.polarity)
    return replace(charted, verdict=verdict, limits=limits)


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
    facts = Assessment(
        "no-data",
        "no-points",
        series.kind,
        series.unit,
        series.period_name,
        periods=series.periods,
        target=target,
    )
    if not series.points:
        return facts
    latest = float(series.value[-1])
    previous = _compare(series, series.points - 2) if series.points > 1 else None
    facts = replace(facts, latest=latest, previous=previous)
    if target is None:
        return facts
    gap = _gap(latest, target)
    chance = None if series.kind == "none" else bool(series.lower[-1] <= target <= series.upper[-1])
    return replace(facts, target_gap=gap, target_different=None if chance is None else not chance)


def _against_baseline(
    series: Series, baseline: str | None, frame: pd.DataFrame
) -> tuple[Comparison | None, list[Limit]]:
    """Compare the latest point with the baseline, or name what makes that impossible."""
    if not series.points or baseline is None:
        return (_compare(series, 0) if series.points > 1 else None), []
    known = [str(period) for period in frame["period"]]
    if baseline not in known:
        message = f"baseline {baseline!r} is not a period of this series: choose one of {', '.join(known)}"
        raise ValueError(message)
    if baseline not in series.periods:
        return None, [Limit("baseline-untested", (baseline,))]
    if baseline == series.periods[-1]:
        return None, [Limit("baseline-is-latest", (baseline,))]
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
