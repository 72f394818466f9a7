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
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from svdash.measures.intervals import Floats, byar, difference, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

Verdict = Literal[
    "no-data", "too-early", "no-clear-change", "improving", "worsening", "rising", "falling", "no-test"
]
Polarity = Literal["higher", "lower", "none"]
Kind = Literal["proportion", "count", "none"]
Rule = Literal["outside", "run", "trend", "two-of-three"]

RECENT_POINTS = 5
LARGE_CHI_SQUARE = 9.5495  # 99.8th percentile of chi-square with one degree of freedom
WIDTH_IN_SE = 3.92  # a 95% interval is 2 x 1.96 standard errors wide
XMR_POINTS = 12
LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
RUN_LENGTH = 7

# Nothing is counted here that chance could be judged by, whatever columns come along.
_NO_INTERVAL = frozenset({"GBP", "hours", "index"})
# Counts shown beside a figure may be rounded to the nearest five, so they need not agree with it exactly.
_ROUNDED_TO = 5.0
_YEAR = re.compile(r"(\d{4})(/\d{2}|/\d{4})?")


@dataclass(frozen=True)
class Comparison:
    """The latest point against an earlier one.

    `change` is latest minus earlier, `lower` and `upper` its 95% interval, all in the value's unit (points
    where the value is in percent). Without an interval the limits are None.
    """

    period: str
    change: float
    lower: float | None = None
    upper: float | None = None

    @property
    def different(self) -> bool | None:
        """Whether the interval excludes no change; None where there is no interval."""
        if self.lower is None or self.upper is None:
            return None
        return not self.lower <= 0 <= self.upper


@dataclass(frozen=True)
class RecentTrend:
    """A weighted regression of the last five points.

    `slope` and `standard_error` are in the value's unit a period, `statistic` is (slope/standard error)
    squared, `one_sign` tells whether the slope keeps its sign whichever point is left out.
    """

    slope: float
    standard_error: float
    statistic: float
    one_sign: bool

    @property
    def real(self) -> bool:
        """Whether the slope is large for its error and no single point decides its sign."""
        return self.statistic > LARGE_CHI_SQUARE and self.one_sign


@dataclass(frozen=True)
class ControlLimits:
    """Centre line and limits of an XmR chart in the value's unit, and the mean moving range behind them."""

    centre: float
    lower: float
    upper: float
    moving_range: float


@dataclass(frozen=True)
class SpecialCause:
    """Points that chance alone would rarely give: the rule, their positions from 0, up (1) or down (-1)."""

    rule: Rule
    points: tuple[int, ...]
    direction: int


@dataclass(frozen=True)
class Assessment:
    """What can be said of a series, how it was tested, and what limits the statement.

    `periods` are those that were tested. `latest`, `target` and every change are in the value's unit.
    `trend` is there from five points, `control` from twelve. `signals` are all special causes of the chart,
    with positions in `periods`; only those that include the latest point make a verdict.
    """

    verdict: Verdict
    method: str
    sentence: str
    limits: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    latest: float | None = None
    previous: Comparison | None = None
    baseline: Comparison | None = None
    trend: RecentTrend | None = None
    control: ControlLimits | None = None
    signals: tuple[SpecialCause, ...] = ()
    target: float | None = None
    target_gap: float | None = None
    target_sentence: str = ""

    @property
    def points(self) -> int:
        """How many points were tested."""
        return len(self.periods)

    @property
    def periods_needed(self) -> int:
        """How many more points a trend test takes."""
        return max(0, RECENT_POINTS - self.points)

    @property
    def change(self) -> float | None:
        """Latest minus previous point."""
        return self.previous.change if self.previous else None

    @property
    def lower(self) -> float | None:
        """Lower 95% limit of the change since the previous point."""
        return self.previous.lower if self.previous else None

    @property
    def upper(self) -> float | None:
        """Upper 95% limit of the change since the previous point."""
        return self.previous.upper if self.previous else None

    @property
    def slope(self) -> float | None:
        """Change a period over the last five points."""
        return self.trend.slope if self.trend else None

    @property
    def different_from_previous(self) -> bool | None:
        """Whether the latest point differs from the previous one by more than chance; None: not tested."""
        return self.previous.different if self.previous else None

    @property
    def different_from_baseline(self) -> bool | None:
        """Whether the latest point differs from the baseline by more than chance; None: not tested."""
        return self.baseline.different if self.baseline else None


@dataclass(frozen=True)
class _Series:
    """The points that may be tested, oldest first, and how to speak of them."""

    periods: tuple[str, ...]
    time: Floats
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    kind: Kind
    unit: str
    polarity: Polarity
    period_name: str

    @property
    def points(self) -> int:
        return len(self.periods)

    @property
    def opening(self) -> str:
        return f"{_value(float(self.value[-1]), self.unit)} in {self.periods[-1]}"


# --- the ladder -------------------------------------------------------------------------------------------


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
    _known("polarity", polarity, get_args(Polarity))
    series, remarks = _read(frame, polarity, kind, unit, period_name)
    against, no_baseline = _against_baseline(series, baseline, frame)
    facts = replace(_facts(series, target), baseline=against)
    with_interval, without = next(tests for least, *tests in _LADDER if series.points >= least)
    judged = (with_interval if series.kind != "none" else without)(series, facts)
    return replace(judged, limits=(*judged.limits, *_BASE[series.kind], *no_baseline, *remarks))


def _no_points(series: _Series, facts: Assessment) -> Assessment:
    sentence = f"No figures for a complete {series.period_name} yet."
    return replace(facts, verdict="no-data", method="None: no points", sentence=sentence)


def _one_point(series: _Series, facts: Assessment) -> Assessment:
    tested = series.kind != "none"
    needed, purpose = (facts.periods_needed, "for a trend") if tested else (1, "to show a change")
    more = f"{needed} more {_plural(needed, series.period_name)} {'is' if needed == 1 else 'are'} needed"
    sentence = f"{series.opening}. Too early: {more} {purpose}."
    return replace(facts, verdict="too-early", method="None: one point", sentence=sentence)


def _differences(series: _Series, facts: Assessment) -> Assessment:
    progress = f"{series.points} of {RECENT_POINTS} {_plural(RECENT_POINTS, series.period_name)}"
    sentence = f"{series.opening}, {_changes(facts, series.unit)}. Too early for a trend: {progress}."
    return replace(facts, verdict="too-early", method=_COMPARED[series.kind], sentence=sentence)


def _change_only(series: _Series, facts: Assessment) -> Assessment:
    return replace(
        facts,
        verdict="no-test",
        method="None: no interval possible",
        sentence=f"{series.opening}, {_changes(facts, series.unit)}. No test possible.",
        limits=("No interval can be worked out for this figure, so nobody can say how much is chance.",),
    )


def _recent_points(series: _Series, facts: Assessment) -> Assessment:
    value, lower, upper, time = (
        column[-RECENT_POINTS:] for column in (series.value, series.lower, series.upper, series.time)
    )
    trend = recent_trend(value, lower, upper, time)
    verdict = _verdict(int(np.sign(trend.slope)) if trend.real else 0, series.polarity)
    since = series.periods[-RECENT_POINTS]
    if trend.real:
        pace = f"{_amount(trend.slope, series.unit)} a {series.period_name} since {since}"
        sentence = f"{_WORDS[verdict]}: {series.opening}, {'up' if trend.slope > 0 else 'down'} about {pace}."
    else:
        sentence = f"{_WORDS[verdict]} since {since}: {series.opening}, {_step(facts.previous, series.unit)}."
    return replace(
        facts,
        verdict=verdict,
        method="Fingertips recent trend: weighted regression of the last 5 points",
        sentence=sentence,
        trend=trend,
        limits=_trend_limits(series, facts, trend),
    )


def _control_chart(series: _Series, facts: Assessment) -> Assessment:
    control = control_limits(series.value)
    causes = special_causes(series.value, control)
    current = [cause for cause in causes if series.points - 1 in cause.points]
    directions = {cause.direction for cause in current}
    verdict = _verdict(current[0].direction if len(directions) == 1 else 0, series.polarity)
    limits: tuple[str, ...] = ()
    if len(directions) > 1:
        limits = ("Signals point both ways: the level is on one side, the latest points move to the other.",)
    elif causes and not current:
        last = series.periods[max(point for cause in causes for point in cause.points)]
        limits = (f"An earlier special cause ended in {last}; the latest {series.period_name} shows none.",)
    return replace(
        facts,
        verdict=verdict,
        method="XmR chart (NHS Making Data Count)",
        sentence=_chart_sentence(series, control, verdict, current),
        limits=limits,
        control=control,
        signals=causes,
    )


_Test: TypeAlias = Callable[[_Series, Assessment], Assessment]
_LADDER: tuple[tuple[int, _Test, _Test], ...] = (
    # points from, with an interval, without one
    (XMR_POINTS, _control_chart, _control_chart),
    (RECENT_POINTS, _recent_points, _change_only),
    (2, _differences, _change_only),
    (1, _one_point, _one_point),
    (0, _no_points, _no_points),
)
_COMPARED: dict[Kind, str] = {
    "proportion": "Newcombe's interval for the difference of two proportions",
    "count": "Comparison of two counts given their total: Wilson interval of the latest one's share",
}
_BASE: dict[Kind, tuple[str, ...]] = {
    "proportion": (),
    "count": ("These are counts: a larger or smaller base would change them too.",),
    "none": (),
}
_WORDS: dict[Verdict, str] = {
    "no-clear-change": "No clear change",
    "improving": "Improving",
    "worsening": "Worsening",
    "rising": "Rising",
    "falling": "Falling",
}


def _verdict(direction: int, polarity: Polarity) -> Verdict:
    if direction == 0:
        return "no-clear-change"
    if polarity == "none":
        return "rising" if direction > 0 else "falling"
    return "improving" if (direction > 0) == (polarity == "higher") else "worsening"


# --- the tests --------------------------------------------------------------------------------------------


def interval_frame(frame: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Copy the frame with `lower` and `upper`, the 95% interval of each row's value in the value's unit.

    Proportions: Wilson, in percent, from `numerator` and `denominator`. Counts: Byar (exact below 10), from
    `numerator`, or `value` where there is none. Kind "none": missing limits, and the value must be given;
    for the other kinds an empty `value` is filled from the counts. A headcount of everybody has no sampling
    error: call its interval "how much could be chance turnover".

    Raises ValueError, with the row, where counts cannot be right or a value cannot belong to the counts
    beside it.
    """
    _known("kind", kind, get_args(Kind))
    absent = {"numerator", "denominator"} - set(frame) if kind == "proportion" else set()
    if absent and len(frame):
        message = f"a proportion needs a column {' and '.join(sorted(absent))}; there is {_listed(frame)}"
        raise ValueError(message)
    value, numerator, denominator = (_column(frame, name) for name in ("value", "numerator", "denominator"))
    lower = upper = np.full(len(frame), np.nan)
    if kind == "proportion":
        lower, upper = (100 * limit for limit in wilson(numerator, denominator))
        value = _filled(value, 100 * numerator / denominator, 100 * _ROUNDED_TO / denominator)
    elif kind == "count":
        value = _filled(value, numerator, np.full(len(frame), _ROUNDED_TO))
        lower, upper = byar(np.where(np.isnan(numerator), value, numerator))
    return frame.assign(value=value, lower=lower, upper=upper)


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


def control_limits(value: Sequence[float] | Floats) -> ControlLimits:
    """Draw the limits of an XmR chart: mean +- 2.66 x mean moving range, freak moving ranges screened out.

    Moving ranges above 3.267 x their mean are left out and the mean is taken again, once. Where that would
    leave no variation at all (one step in a flat series) they stay: limits of no width would make every
    point special.

    Source: NHS England, Making Data Count; Nelson LS (1982), J Qual Technol 14: 172 to 173, on screening.
    """
    series = np.asarray(value, dtype=float)
    ranges = np.abs(np.diff(series))
    mean_range = float(ranges.mean())
    screened = float(ranges[ranges <= SCREEN_FACTOR * mean_range].mean())
    width = screened if screened > 0 else mean_range
    centre = math.fsum(series) / len(series)
    return ControlLimits(centre, centre - LIMIT_FACTOR * width, centre + LIMIT_FACTOR * width, width)


def special_causes(value: Sequence[float] | Floats, control: ControlLimits) -> tuple[SpecialCause, ...]:
    """Find the special causes in a series by the four rules of an XmR chart, the strongest rule first.

    A point outside a limit; 7 or more in a row on one side of the centre; 7 or more in a row rising or
    falling; 2 of 3 in a row beyond two thirds of the way to a limit, on the same side.

    Source: NHS England, Making Data Count.
    """
    series = np.asarray(value, dtype=float)
    distance, width = series - control.centre, control.upper - control.centre
    side = _signs(distance, series)
    outside = side * (_signs(np.abs(distance) - width, series) > 0)
    beyond = side * (_signs(np.abs(distance) - width * 2 / 3, series) > 0)
    found = [SpecialCause("outside", span, sign) for span, sign in _spans(outside)]
    found += [SpecialCause("run", span, sign) for span, sign in _spans(side) if len(span) >= RUN_LENGTH]
    found += [
        SpecialCause("trend", (*steps, steps[-1] + 1), sign)
        for steps, sign in _spans(_signs(np.diff(series), series))
        if len(steps) >= RUN_LENGTH - 1
    ]
    near = ((_two_of_three(beyond == sign), sign) for sign in (1, -1))
    found += [SpecialCause("two-of-three", points, sign) for points, sign in near if points]
    return tuple(found)


def _two_of_three(beyond: NDArray[np.bool_]) -> tuple[int, ...]:
    """List the positions that are beyond in some window of three with at least two beyond."""
    most = 1
    windows = [range(start, start + 3) for start in range(len(beyond) - 2)]
    return tuple(sorted({i for window in windows if sum(beyond[window]) > most for i in window if beyond[i]}))


def _spans(signs: NDArray[np.int_]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Walk through the stretches of one non-zero sign: their positions and the sign."""
    for sign, stretch in groupby(enumerate(signs), key=lambda pair: int(pair[1])):
        if sign:
            yield tuple(position for position, _ in stretch), sign


def _signs(numbers: Floats, scale: Floats) -> NDArray[np.int_]:
    """Take signs, where a difference within rounding error of the series counts as none."""
    noise = 1e-12 * float(np.max(np.abs(scale)))
    return np.where(np.abs(numbers) <= noise, 0, np.sign(numbers)).astype(int)


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


# --- reading the frame ------------------------------------------------------------------------------------


def _read(
    frame: pd.DataFrame, polarity: Polarity, kind: Kind | None, unit: str | None, period_name: str
) -> tuple[_Series, list[str]]:
    """Pick the testable points of a frame, with a remark on the rows and gaps that are not among them."""
    periods, time = _periods(frame)
    kind = kind or _kind(frame, unit)
    unit = unit if unit is not None else ("percent" if kind == "proportion" else "")
    full = interval_frame(frame, kind)
    value, lower, upper = (full[name].to_numpy(dtype=float) for name in ("value", "lower", "upper"))
    numerator, denominator = _column(frame, "numerator"), _column(frame, "denominator")
    if kind == "count":
        numerator = np.where(np.isnan(numerator), value, numerator)
    shown, counted, part = ~np.isnan(value), ~np.isnan(lower), _part(frame)
    if not counted.any():
        # Figures published without the counts behind them can be shown, not tested, whatever they measure.
        kind, counted = "none", shown
    kept = shown & counted & ~part
    series = _Series(
        periods=tuple(np.array(periods, dtype=object)[kept]),
        time=time[kept],
        value=value[kept],
        lower=lower[kept],
        upper=upper[kept],
        numerator=numerator[kept],
        denominator=denominator[kept],
        kind=kind,
        unit=unit,
        polarity=polarity,
        period_name=period_name,
    )
    labels = [f"{period} ({_value(float(v), unit)})" for period, v in zip(periods, value, strict=True)]
    remarks = [
        *_remark("No figure for", periods, ~shown),
        *_breaks(periods, time),
        *_remark("Part-year or provisional, shown but not tested:", labels, shown & part),
        *_remark("Published without counts, shown but not tested:", labels, shown & ~counted & ~part),
    ]
    return series, remarks


def _remark(opening: str, labels: list[str], rows: NDArray[np.bool_], most: int = 4) -> list[str]:
    """Say something of the rows marked, if there are any, naming the first few."""
    names = [label for label, marked in zip(labels, rows, strict=True) if marked]
    if not names:
        return []
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return [f"{opening} {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}."]


def _breaks(periods: list[str], time: Floats) -> list[str]:
    """Name the neighbours of the years that have no row at all."""
    steps = np.flatnonzero(np.diff(time) > 1)
    return [f"Nothing between {periods[i]} and {periods[i + 1]}." for i in steps]


def _facts(series: _Series, target: float | None) -> Assessment:
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
    return replace(facts, target_gap=gap, target_sentence=_target_sentence(series, target, gap))


def _against_baseline(
    series: _Series, baseline: str | None, frame: pd.DataFrame
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


def _compare(series: _Series, earlier: int) -> Comparison:
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


def _periods(frame: pd.DataFrame) -> tuple[list[str], Floats]:
    """Read period labels and their places in time: the year where every label is one, else the row."""
    rows = np.arange(len(frame), dtype=float)
    if not len(frame):
        return [], rows
    if "period" not in frame:
        message = f"the frame needs a column period; there is {_listed(frame)}"
        raise ValueError(message)
    periods: list[str] = []
    for row, raw in enumerate(frame["period"], start=1):
        if pd.isna(raw) or not str(raw).strip():
            message = f"row {row}: the period is empty"
            raise ValueError(message)
        if str(raw) in periods:
            message = f"row {row}: period {raw} is there twice: keep one row a period"
            raise ValueError(message)
        periods.append(str(raw))
    years = np.array([float(match[1]) for match in map(_YEAR.fullmatch, periods) if match])
    if len(years) < len(rows):
        return periods, rows
    steps = np.diff(years)
    if np.any(steps < 0):
        row = int(np.argmax(steps < 0)) + 1
        message = f"row {row + 1}: {periods[row]} comes after {periods[row - 1]}: put the oldest row first"
        raise ValueError(message)
    return periods, years if np.all(steps > 0) else rows


def _kind(frame: pd.DataFrame, unit: str | None) -> Kind:
    """Tell from the filled columns and the unit what kind of figure this is."""
    counts, bases = (not np.isnan(_column(frame, name)).all() for name in ("numerator", "denominator"))
    if not counts or unit in _NO_INTERVAL:
        return "none"
    if unit in (None, "percent"):
        return "proportion" if bases else ("count" if unit is None else "none")
    return "count"


def _column(frame: pd.DataFrame, name: str) -> Floats:
    """Read a column as floats, missing where the frame has no such column."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    if pd.api.types.is_numeric_dtype(frame[name]):
        return frame[name].to_numpy(dtype=float, na_value=np.nan)
    numbers = pd.to_numeric(frame[name], errors="coerce")
    wrong = (numbers.isna() & frame[name].notna()).to_numpy(dtype=bool)
    if wrong.any():
        row = int(np.argmax(wrong))
        found = frame[name].iloc[row]
        message = f"row {row + 1}: {name} {found!r} is not a number: leave a missing figure empty"
        raise ValueError(message)
    return numbers.to_numpy(dtype=float, na_value=np.nan)


def _part(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Read which rows are part-year or provisional; a missing mark means that they are not."""
    flags = list(frame["part"]) if "part" in frame else [False] * len(frame)
    for row, flag in enumerate(flags, start=1):
        if not (pd.isna(flag) or flag in (True, False)):
            message = f"row {row}: part {flag!r} is neither true nor false"
            raise ValueError(message)
    return np.array([not pd.isna(flag) and bool(flag) for flag in flags], dtype=bool)


def _filled(value: Floats, counted: Floats, allowance: Floats) -> Floats:
    """Fill empty values from the counts; refuse a value that is on another scale than its counts."""
    larger = np.maximum(np.abs(value), np.abs(counted))
    wrong = np.abs(value - counted) > larger / 2 + allowance
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"row {row + 1}: value {value[row]:g} does not belong to the counts beside it, which give "
            f"{counted[row]:g}: correct one of them (proportions are in percent), or leave the value empty"
        )
        raise ValueError(message)
    return np.where(np.isnan(value), counted, value)


def _known(name: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        message = f"{name} {word!r} is not known: choose one of {', '.join(words)}"
        raise ValueError(message)


def _listed(frame: pd.DataFrame) -> str:
    return ", ".join(str(column) for column in frame.columns) or "no column at all"


# --- words ------------------------------------------------------------------------------------------------

_MINUS = "\N{MINUS SIGN}"
_SINGULAR = {"people": "person", "organisations": "organisation", "hours": "hour"}
_SMALLEST = {"percent": 0.1, "GBP": 1.0, "people": 1.0, "organisations": 1.0, "hours": 1.0}


def _changes(facts: Assessment, unit: str) -> str:
    """Put the changes since the previous point and the baseline in words, and what may be chance."""
    said = [comparison for comparison in (facts.previous, facts.baseline) if comparison]
    if len({comparison.period for comparison in said}) == 1:
        said = said[:1]
    steps = [_step(comparison, unit) for comparison in said]
    chances = {comparison.different for comparison in said}
    if None in chances or all(comparison.change == 0 for comparison in said):
        return " and ".join(steps)
    if len(chances) > 1:
        marks = ("more than chance" if comparison.different else "could be chance" for comparison in said)
        return " and ".join(f"{step} ({mark})" for step, mark in zip(steps, marks, strict=True))
    subject, verb = ("both", "are") if len(said) > 1 else ("that", "is")
    return f"{' and '.join(steps)}: {subject} {f'{verb} more than' if True in chances else 'could be'} chance"


def _step(comparison: Comparison | None, unit: str) -> str:
    if comparison is None or comparison.change == 0:
        return f"the same as {comparison.period}" if comparison else ""
    way = "above" if comparison.change > 0 else "below"
    return f"{_amount(comparison.change, unit)} {way} {comparison.period}"


def _target_sentence(series: _Series, target: float, gap: float) -> str:
    goal = f"the target of {_value(target, series.unit)}"
    if gap == 0:
        return f"On {goal}."
    sentence = f"{_amount(gap, series.unit)} {'above' if gap > 0 else 'below'} {goal}"
    if series.kind == "none":
        return f"{sentence}."
    chance = series.lower[-1] <= target <= series.upper[-1]
    return f"{sentence}: that {'could be' if chance else 'is more than'} chance."


def _trend_limits(series: _Series, facts: Assessment, trend: RecentTrend) -> tuple[str, ...]:
    limits = []
    if trend.statistic > LARGE_CHI_SQUARE and not trend.one_sign:
        limits.append(f"One {series.period_name} decides the slope: without it the direction changes.")
    if not trend.real and facts.different_from_previous:
        limits.append(f"The step since {series.periods[-2]} is more than chance, but one step is no trend.")
    if series.period_name != "year":
        limits.append("The recent trend test is meant for yearly figures.")
    return tuple(limits)


def _chart_sentence(
    series: _Series, control: ControlLimits, verdict: Verdict, current: list[SpecialCause]
) -> str:
    # A limit past what the figure can be (a share below 0%) would only puzzle the reader.
    floor = 0.0 if series.kind != "none" else -math.inf
    ceiling = 100.0 if series.kind == "proportion" else math.inf
    low, high = (_value(min(max(x, floor), ceiling), series.unit) for x in (control.lower, control.upper))
    centre, lead = _value(control.centre, series.unit), f"{_WORDS[verdict]}: {series.opening}"
    if not current:
        return f"{lead}, within the expected range of {low} to {high}."
    if verdict == "no-clear-change":
        return f"{lead}, with signals that point both ways."
    cause = current[0]
    above, higher = ("above", "higher") if cause.direction > 0 else ("below", "lower")
    last = f"the last {len(cause.points)} {_plural(len(cause.points), series.period_name)}"
    reasons: dict[Rule, str] = {
        "outside": f"{above} the expected range of {low} to {high}",
        "run": f"{last} all {above} the average of {centre}",
        "trend": f"{last} each {higher} than the one before",
        "two-of-three": f"2 of the last 3 {series.period_name}s far {above} the average of {centre}",
    }
    return f"{lead}, {reasons[cause.rule]}."


def _plural(number: int, name: str) -> str:
    return name if number == 1 else f"{name}s"


def _value(number: float, unit: str) -> str:
    """Write a number in its unit: 6.0%, 1,234 people, £1.2m."""
    size, ten, million = abs(number), 10, 1_000_000
    if unit == "percent":
        text = f"{size:.1f}%"
    elif unit == "GBP":
        text = f"£{size / million:,.1f}m" if size >= million else f"£{size:,.0f}"
    elif unit in _SINGULAR:
        text = f"{size:,.0f}" if size >= ten or size == round(size) else f"{size:.1f}"
        text = f"{text} {_SINGULAR[unit] if size == 1 else unit}"
    else:
        text = f"{size:,.2f}".rstrip("0").rstrip(".")
    return (_MINUS if number < 0 and re.search("[1-9]", text) else "") + text


def _amount(change: float, unit: str) -> str:
    """Write the size of a change: 0.6 points, 12 people, £0.3m."""
    smallest = _SMALLEST.get(unit, 0.01)
    if 0 < abs(change) < smallest / 2:
        return f"less than {_amount(smallest, unit)}"
    return f"{abs(change):.1f} points" if unit == "percent" else _value(abs(change), unit)
