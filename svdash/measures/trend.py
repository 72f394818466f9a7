"""Is the change real? One ladder of tests, chosen by how many points there are.

| points | test |
|---|---|
| 0, 1 | none: too early |
| 2 to 4 | the latest point against the baseline; the change since the previous one beside it |
| 5 to 11 | recent trend over the last five points, as Fingertips marks it |
| 12 or more | XmR chart, as NHS Making Data Count reads it |

Up to eleven points the tests need an interval around each point, so figures without one (money, pay gaps)
show the change itself and are marked as not tested. An XmR chart takes its limits from the series, so
from twelve points on it serves them too; but not a stock, which moves slowly by nature, and not a series most
of whose points leave the limits: these get the change in words. So does a stock that is a count, however few its
points: most of those in it were counted before. A missing period is a gap in a chart.

A headcount of all staff is tested against turnover where that is known. A change beyond chance that is too
small to matter is practically even. One test makes the verdict, and no second one is said beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from svdash.measures.assessment import (
    LARGE_CHI_SQUARE,
    RECENT_POINTS,
    Assessment,
    Comparison,
    Kind,
    Limit,
    LimitCode,
    Nature,
    Polarity,
    RecentTrend,
    Verdict,
)
from svdash.measures.detectable_change import minimum_detectable_change
from svdash.measures.intervals import Floats, _refuse, byar, difference, turnover_difference, wilson
from svdash.measures.many_tests import p_of_counts, p_of_difference, p_of_interval
from svdash.measures.series import Series, interval_frame, read
from svdash.measures.xmr import (
    ControlLimits,
    SpecialCause,
    control_limits,
    outside_limits,
    special_causes,
)

__all__ = [
    "LARGE_CHI_SQUARE",
    "Assessment",
    "Comparison",
    "ControlLimits",
    "Kind",
    "Limit",
    "Nature",
    "Polarity",
    "RecentTrend",
    "SpecialCause",
    "Verdict",
    "assess",
    "control_limits",
    "interval_frame",
    "minimum_detectable_change",
    "outside_limits",
    "recent_trend",
    "special_causes",
]

WIDTH_IN_SE = 3.92  # a 95% interval is 2 x 1.96 standard errors wide
XMR_POINTS = 12
_PLAIN = Nature()
_LEAST_FOR_A_SLOPE = 3


def assess(  # noqa: PLR0913  (a frame, and what is known of it)
    frame: pd.DataFrame,
    polarity: Polarity = "none",
    kind: Kind | None = None,
    *,
    target: float | None = None,
    baseline: str | None = None,
    period_name: str = "year",
    unit: str | None = None,
    nature: Nature = _PLAIN,
) -> Assessment:
    """Test whether the latest figures of a series are a real change, by the test that its length allows.

    `frame` has one row a period, oldest first: `period` (text), `value` (in percent for proportions; may be
    empty where the counts give it), `numerator` and `denominator` for proportions, `numerator` (or `value`)
    for counts, and optionally `part` (true for a part year or a provisional figure: mentioned, never
    tested). A row without a value is a gap. Where `kind` is not given the filled columns and the unit
    decide: numerator and denominator make a proportion, a numerator alone a count. `baseline` is a period
    (default: the first point), `target` is in the value's unit, `unit` is percent, people, organisations,
    GBP, hours or index, `period_name` is what one row covers, `nature` says whether it is a stock or a headcount
    of all staff, and from what size on a change matters. Frames with counts of people come from behind the
    disclosure gate.

    A value that is what its counts give, rounded, is taken unrounded from them.

    Raises ValueError for periods that repeat or run backwards, for what is not a number, for counts that
    cannot be right and for words that are not on these lists, with the row and the value.

    Source: OHID Fingertips (recent trends); NHS England, Making Data Count; Newcombe RG (1998).
    """
    series, left_out = read(frame, polarity, kind, unit, period_name)
    series = replace(series, nature=nature)
    against, no_baseline = _against_baseline(series, baseline, frame)
    facts = replace(_facts(series, target), baseline=against)
    with_interval, without = next(tests for least, *tests in _LADDER if series.points >= least)
    judged = (with_interval if _tested(series) else without)(series, facts)
    of_counts = [Limit("counts")] if series.kind == "count" else []
    return replace(judged, limits=(*judged.limits, *of_counts, *no_baseline, *left_out))


def _tested(series: Series) -> bool:
    """Tell whether chance can be judged at all.

    Most of those in a stock were counted before, so its counts are no two independent ones, as a test would take them.
    """
    return series.kind != "none" and not (series.kind == "count" and series.nature.stock)


def _no_points(_: Series, facts: Assessment) -> Assessment:
    return facts


def _one_point(series: Series, facts: Assessment) -> Assessment:
    untested = series.kind != "none" and not _tested(series)
    limits = (Limit("stock"),) if untested else ()
    return replace(facts, verdict="too-early", test="one-point", limits=limits)


def _differences(series: Series, facts: Assessment) -> Assessment:
    """Judge by the baseline alone: beyond chance and large enough to matter, or too early to tell."""
    baseline = facts.baseline
    verdict: Verdict = "too-early"
    if baseline is not None and baseline.different:
        verdict = "practically-even" if baseline.even else _beside_baseline(baseline.change, series.polarity)
    return replace(
        facts, verdict=verdict, test="differences", limits=_cautious(series, tested=_turnover(series))
    )


def _beside_baseline(change: float, polarity: Polarity) -> Verdict:
    if polarity == "none":
        return "above-baseline" if change > 0 else "below-baseline"
    return "better-than-baseline" if (change > 0) == (polarity == "higher") else "worse-than-baseline"


def _cautious(series: Series, *, tested: float | None) -> tuple[Limit, ...]:
    """Say that an interval is cautious where most people of a headcount are the same and that is not reckoned with."""
    return (Limit("cautious"),) if series.nature.headcount and tested is None else ()


def _turnover(series: Series) -> float | None:
    """Return the yearly turnover that a change is tested against; None where there is none to reckon with."""
    return series.nature.turnover if series.nature.headcount and series.kind == "proportion" else None


def _change_only(series: Series, facts: Assessment) -> Assessment:
    """Leave the change to words, and say why it is not tested."""
    code: LimitCode = "full-count" if series.full_count else "no-interval"
    if series.kind == "count":
        code = "stock"
    return replace(facts, verdict="no-test", test="change-only", limits=(Limit(code),))


def _recent_points(series: Series, facts: Assessment) -> Assessment:
    value, lower, upper, time = (
        column[-RECENT_POINTS:] for column in (series.value, series.lower, series.upper, series.time)
    )
    trend = recent_trend(value, lower, upper, time)
    verdict = _verdict(int(np.sign(trend.slope)) if trend.real else 0, series.polarity)
    change = trend.slope * float(time[-1] - time[0])
    if trend.real and _even(series, change, float(value[0])):
        verdict = "practically-even"
    limits = []
    if trend.statistic > LARGE_CHI_SQUARE and not trend.one_sign:
        limits.append(Limit("one-point-decides"))
    if series.period_name != "year":
        limits.append(Limit("not-yearly"))
    limits += _cautious(series, tested=None)
    return replace(facts, verdict=verdict, test="recent-trend", trend=trend, limits=tuple(limits))


def _even(series: Series, change: float, before: float) -> bool:
    """Tell whether a change is too small to matter: in points where the figure is in percent, and as a ratio."""
    points = change if series.unit == "percent" else None
    ratio = (before + change) / before if before > 0 else None
    return series.nature.smallest.is_even(points, ratio)


def _control_chart(series: Series, facts: Assessment) -> Assessment:
    if series.nature.stock:
        return replace(facts, verdict="no-test", test="change-only", limits=(Limit("stock"),))
    value, places = _with_gaps(series)
    control = control_limits(value) if _has_neighbours(value) else None
    if control is None or 2 * outside_limits(value, control) > series.points:
        return replace(facts, verdict="no-test", test="change-only", limits=(Limit("limits-left"),))
    causes = tuple(
        replace(cause, points=tuple(places[point] for point in cause.points))
        for cause in special_causes(value, control)
    )
    charted = replace(facts, test="control-chart", control=control, signals=causes)
    directions = {cause.direction for cause in charted.current_signals}
    last = max((point for cause in causes for point in cause.points), default=None)
    limits: tuple[Limit, ...] = ()
    if len(directions) > 1:
        limits = (Limit("signals-both-ways"),)
    elif not directions and last is not None:
        limits = (Limit("cause-ended", (series.periods[last],)),)
    verdict = _verdict(next(iter(directions)) if len(directions) == 1 else 0, series.polarity)
    if len(directions) == 1 and _even(series, float(series.value[-1]) - control.centre, control.centre):
        verdict = "practically-even"
    return replace(charted, verdict=verdict, limits=limits)


def _has_neighbours(value: Floats) -> bool:
    """Tell whether any two values stand beside each other."""
    return bool(np.any(~np.isnan(value[1:]) & ~np.isnan(value[:-1])))


def _with_gaps(series: Series) -> tuple[Floats, dict[int, int]]:
    """Lay the points out in time, NaN in every missing period; and say at which point each place stands."""
    steps = np.round(series.time - series.time[0]).astype(int)
    value = np.full(int(steps[-1]) + 1, np.nan)
    value[steps] = series.value
    return value, {int(step): point for point, step in enumerate(steps)}


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
        turnover=_turnover(series),
    )
    if not series.points:
        return facts
    latest = float(series.value[-1])
    previous = _compare(series, series.points - 2) if series.points > 1 else None
    facts = replace(facts, latest=latest, previous=previous)
    if target is None:
        return facts
    gap = _gap(latest, target)
    met = None if series.polarity == "none" else gap == 0 or (gap > 0) == (series.polarity == "higher")
    return replace(facts, target_gap=gap, target_met=met)


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
    before = float(series.value[earlier])
    change = _gap(float(series.value[-1]), before)
    plain = Comparison(
        series.periods[earlier],
        change,
        periods_between=float(series.time[-1] - series.time[earlier]),
        even=_even(series, change, before),
    )
    if not _tested(series):
        return plain
    x1, x0 = float(series.numerator[-1]), float(series.numerator[earlier])
    if series.kind == "proportion":
        bases = float(series.denominator[-1]), float(series.denominator[earlier])
        lower, upper, p = _of_shares(series, earlier, (x1, bases[0]), (x0, bases[1]))
        return replace(plain, lower=100 * lower, upper=100 * upper, p=p)
    if x1 + x0 == 0:
        most = byar(0.0)[1]
        return replace(plain, lower=-most, upper=most, p=1.0)
    lower, upper = wilson(x1, x1 + x0)
    total = x1 + x0
    return replace(plain, lower=total * (2 * lower - 1), upper=total * (2 * upper - 1), p=p_of_counts(x1, x0))


def _of_shares(
    series: Series, earlier: int, now: tuple[float, float], then: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the limits and the p-value of the difference of two shares; of a headcount against turnover."""
    turnover = _turnover(series)
    if turnover is None:
        _, lower, upper = difference(*now, *then)
        return lower, upper, float(p_of_difference(*((each,) for each in (*now, *then)))[0])
    gap, lower, upper = turnover_difference(*now, *then, turnover, series.years_since(earlier))
    return lower, upper, p_of_interval(gap, lower, upper)


def _gap(later: float, earlier: float) -> float:
    """Subtract, where rounding error counts as no difference."""
    return 0.0 if math.isclose(later, earlier, rel_tol=1e-12, abs_tol=1e-12) else later - earlier


def recent_trend(value: Floats, lower: Floats, upper: Floats, time: Floats) -> RecentTrend:
    """Fit Fingertips' recent trend: least squares weighted by 1/se squared, se = (upper - lower)/3.92.

    All four are arrays of one length, three or more; value and its 95% limits in one unit, time in periods.
    The change is real where (slope/se of the slope) squared is above 9.5495 and the slope keeps its sign
    whichever point is left out.

    Raises ValueError for fewer than three points or arrays of different lengths; with the row, for a number
    that is missing or not finite, for limits of no width, which would make a point certain, and for a time
    that does not come after the one before.

    Source: OHID Fingertips, recent trends, in the weighted form of PHEindicatormethods. (Fingertips itself
    tests proportions with a chi-square test for trend on the counts; here one form serves every kind.)
    """
    value, lower, upper, time = _points(value, lower, upper, time)
    weight = (WIDTH_IN_SE / (upper - lower)) ** 2
    slope, variance = _weighted_slope(value, weight, time)
    others = (
        _weighted_slope(np.delete(value, i), np.delete(weight, i), np.delete(time, i))[0]
        for i in range(len(value))
    )
    # A slope of nothing but rounding error has no sign: four equal points and a jump are no trend.
    one_sign = all(other * np.sign(slope) > 1e-9 * abs(slope) for other in others)
    return RecentTrend(slope, math.sqrt(variance), slope**2 / variance, one_sign)


def _points(value: Floats, lower: Floats, upper: Floats, time: Floats) -> tuple[Floats, ...]:
    """Refuse points that no slope can be fitted through."""
    given = {"value": value, "lower": lower, "upper": upper, "time": time}
    columns = {name: np.asarray(column, dtype=float) for name, column in given.items()}
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{len(column)} of {name}" for name, column in columns.items())
        raise ValueError(f"a trend needs as many values as limits and times: there are {lengths}")
    number = len(columns["value"])
    if number < _LEAST_FOR_A_SLOPE:
        raise ValueError(f"a trend needs {_LEAST_FOR_A_SLOPE} or more points: there are {number}")
    for name, column in columns.items():
        _refuse(~np.isfinite(column), f"{name} {{}} is missing or not finite: leave the point out", column)
    _refuse(
        columns["upper"] <= columns["lower"],
        "the limits {} to {} have no width: nothing that is measured is certain",
        columns["lower"],
        columns["upper"],
    )
    late = np.concatenate([[False], np.diff(columns["time"]) <= 0])
    _refuse(late, "time {} does not come after the one before: put the oldest point first", columns["time"])
    return tuple(columns.values())


def _weighted_slope(value: Floats, weight: Floats, time: Floats) -> tuple[float, float]:
    """Fit slope and its variance where the weights are known inverse variances."""
    centred = time - np.average(time, weights=weight)
    spread = float(np.sum(weight * centred**2))
    # Values near 100 beside a spread of thousandths would leave a slope of nothing but rounding error.
    off = value - np.average(value, weights=weight)
    return float(np.sum(weight * centred * off)) / spread, 1 / spread
