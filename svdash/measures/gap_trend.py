"""Is a gap between two groups getting smaller? The ladder of trends, put to a gap in points over the years."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from svdash.measures.assessment import RECENT_POINTS, Nature
from svdash.measures.intervals import Floats
from svdash.measures.many_tests import p_of_interval
from svdash.measures.series import _column, places_in_time
from svdash.measures.smallest_gap import SmallestGap
from svdash.measures.trend import XMR_POINTS, assess, recent_trend

GapVerdict = Literal[
    # no point, one point
    "no-data", "too-early",
    # from the first point to the latest, beyond chance; or without a test
    "narrower", "wider", "narrower-untested", "wider-untested", "practically-even-untested", "the-same",
    # over the last five points, or by a chart
    "narrowing", "widening",
    # no change beyond chance; a change too small to matter
    "could-be-chance", "practically-even",
]  # fmt: skip

_PLAIN = Nature()


@dataclass(frozen=True)
class GapChange:
    """A gap in points, then and now, and which way it goes, as far as the figures allow.

    `change` is now minus then, `lower` and `upper` its 95% limits where they make the verdict, else NaN; `p` is the
    p-value of the test that does, NaN where there is none. `then` is the first point; of a chart it is the average
    (`averaged`), which its rules hold the latest against. A gap has a sign (below or above what it is compared with); it
    is narrower where its size is less, whatever the sign.
    """

    verdict: GapVerdict
    points: int
    then_period: str = ""
    now_period: str = ""
    then: float = math.nan
    now: float = math.nan
    change: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    p: float = math.nan
    averaged: bool = False


def gap_over_time(
    frame: pd.DataFrame,
    *,
    limits: tuple[float, float] | None = None,
    period_name: str = "year",
    nature: Nature = _PLAIN,
) -> GapChange:
    """Tell whether a gap is getting narrower or wider, by the test that its length allows.

    `frame` has one row a period, oldest first: `period`, `gap` in points, and `lower` and `upper`, its 95% limits,
    missing where it has none; a row without a gap is left out. Two to four points: the latest against the first, by
    the square-and-add interval of two independent figures, or by the `limits` of the change where these are given (of
    a headcount against turnover). Five to eleven: the recent trend of `svdash.measures.trend`. Twelve or more: an XmR
    chart, unless it is of a stock. Without limits the change is given and not tested. A change smaller than the smallest
    that matters is practically even. `nature` says what of this applies.

    Raises ValueError as `svdash.measures.trend.assess` does.

    Source: Zou GY, Donner A (2008), Stat Med 27: 1693 to 1702, for the interval of a difference from the limits of both.
    """
    rows = frame[~np.isnan(_column(frame, "gap"))] if "gap" in frame else frame.iloc[:0]
    gap = _column(rows, "gap")
    if len(rows) <= 1:
        return _alone(rows, gap)
    compared = _between(rows, gap, limits)
    if len(rows) >= XMR_POINTS:
        return _by_chart(rows, gap, compared, period_name, nature)
    limits_of_all = np.concatenate(
        [_column(rows, "lower"), _column(rows, "upper"), [compared.lower, compared.upper]]
    )
    if np.isnan(limits_of_all).any():
        return _untested(compared, nature.smallest)
    if len(rows) < RECENT_POINTS:
        return _judged(compared, nature.smallest)
    return _by_slope(rows, gap, compared, nature.smallest)


def _by_chart(
    rows: pd.DataFrame, gap: Floats, compared: GapChange, period_name: str, nature: Nature
) -> GapChange:
    """Judge twelve points or more by an XmR chart, whose rules hold the latest against the average."""
    series = pd.DataFrame({"period": rows["period"], "value": gap})
    found = assess(series, kind="none", unit="percent", period_name=period_name, nature=nature)
    if found.control is None:
        return _untested(compared, nature.smallest)
    centre = found.control.centre
    against = replace(_without_limits(compared), then=centre, change=compared.now - centre, averaged=True)
    if found.verdict == "practically-even":
        return replace(against, verdict="practically-even")
    if found.verdict not in ("rising", "falling"):
        return replace(against, verdict="could-be-chance")
    return replace(against, verdict="narrower" if abs(compared.now) < abs(centre) else "wider")


def _by_slope(rows: pd.DataFrame, gap: Floats, compared: GapChange, smallest: SmallestGap) -> GapChange:
    """Judge the last five points by their weighted slope."""
    last = slice(-RECENT_POINTS, None)
    time = places_in_time([str(period) for period in rows["period"]])[last]
    slope = recent_trend(gap[last], _column(rows, "lower")[last], _column(rows, "upper")[last], time)
    plain = replace(_without_limits(compared), p=slope.p)
    if not slope.real:
        return replace(plain, verdict="could-be-chance")
    if smallest.is_even(points=slope.slope * float(time[-1] - time[0])):
        return replace(plain, verdict="practically-even")
    return replace(plain, verdict="widening" if slope.slope * compared.now > 0 else "narrowing")


def _alone(rows: pd.DataFrame, gap: Floats) -> GapChange:
    """Tell of no point, or of one."""
    if not len(rows):
        return GapChange("no-data", 0)
    return GapChange("too-early", 1, now_period=str(rows["period"].iloc[0]), now=float(gap[0]))


def _between(rows: pd.DataFrame, gap: Floats, limits: tuple[float, float] | None) -> GapChange:
    """Take the change from the first point to the latest, with its limits where both have theirs."""
    then, now = float(gap[0]), float(gap[-1])
    change = now - then
    if limits is None:
        (then_low, then_high), (now_low, now_high) = (
            (float(_column(rows, "lower")[at]), float(_column(rows, "upper")[at])) for at in (0, -1)
        )
        limits = (
            change - math.hypot(now - now_low, then_high - then),
            change + math.hypot(now_high - now, then - then_low),
        )
    periods = str(rows["period"].iloc[0]), str(rows["period"].iloc[-1])
    return GapChange("the-same", len(rows), *periods, then, now, change, *limits)


def _judged(compared: GapChange, smallest: SmallestGap) -> GapChange:
    """Judge the change from the first point by its limits."""
    tested = replace(compared, p=p_of_interval(compared.change, compared.lower, compared.upper))
    if compared.lower <= 0 <= compared.upper:
        return replace(tested, verdict="could-be-chance")
    if smallest.is_even(points=compared.change):
        return replace(tested, verdict="practically-even")
    return replace(tested, verdict="narrower" if abs(compared.now) < abs(compared.then) else "wider")


def _untested(compared: GapChange, smallest: SmallestGap) -> GapChange:
    """Say the change without a test."""
    sizes = abs(compared.now), abs(compared.then)
    verdict: GapVerdict = "narrower-untested" if sizes[0] < sizes[1] else "wider-untested"
    if smallest.is_even(points=compared.change):
        verdict = "practically-even-untested"
    elif math.isclose(*sizes, rel_tol=1e-12, abs_tol=1e-12):
        verdict = "the-same"
    return replace(_without_limits(compared), verdict=verdict)


def _without_limits(compared: GapChange) -> GapChange:
    """Leave limits out that the test which makes the verdict would disagree with."""
    return replace(compared, lower=math.nan, upper=math.nan)
