"""XmR charts (individual values and moving ranges): the limits of a series and its special causes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

from svdash.measures.intervals import Floats, _refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rule = Literal["outside", "run", "trend", "two-of-three"]

LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
RUN_LENGTH = 7
_LEAST_POINTS = 2


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


def control_limits(value: Sequence[float] | Floats) -> ControlLimits:
    """Draw the limits of an XmR chart: mean +- 2.66 x mean moving range, freak moving ranges screened out.

    Moving ranges above 3.267 x their mean are left out and the mean is taken again, once. Where that would
    leave no variation at all (one step in a flat series) they stay: limits of no width would make every
    point special. A missing value (NaN) is a gap: the values on its two sides are no neighbours, so there is
    no moving range between them. A series that never changes has limits of no width.

    Raises ValueError where no two neighbours have a value, and for a value that is not finite, with its row.

    Source: NHS England, Making Data Count; Nelson LS (1982), J Qual Technol 14: 172 to 173, on screening, as
    the R package NHSRplotthedots does by default and Making Data Count's own workbook does not.
    """
    series = _series(value)
    ranges = np.abs(np.diff(series))
    ranges = ranges[~np.isnan(ranges)]
    if not len(ranges):
        given = int(np.count_nonzero(~np.isnan(series)))
        raise ValueError(
            f"the limits of an XmR chart need {_LEAST_POINTS} or more values beside each other: there "
            f"{'is' if given == 1 else 'are'} {given} value{'' if given == 1 else 's'}, and no two are neighbours"
        )
    mean_range = float(ranges.mean())
    screened = float(ranges[ranges <= SCREEN_FACTOR * mean_range].mean())
    width = screened if screened > 0 else mean_range
    there = series[~np.isnan(series)]
    centre = math.fsum(there) / len(there)
    return ControlLimits(centre, centre - LIMIT_FACTOR * width, centre + LIMIT_FACTOR * width, width)


def special_causes(value: Sequence[float] | Floats, control: ControlLimits) -> tuple[SpecialCause, ...]:
    """Find the special causes in a series by the four rules of an XmR chart, the strongest rule first.

    A point outside a limit; 7 or more in a row on one side of the centre; 7 or more in a row rising or
    falling; 2 of 3 in a row beyond two thirds of the way to a limit but not outside it, where all three are on
    that side of the centre. A missing value (NaN) is a gap that no row of points crosses; positions still
    count it. Of no values there is no special cause.

    Raises ValueError for a value or a limit that is not finite.

    Source: NHS England, Making Data Count; 2 of 3 as in the R package NHSRplotthedots.
    """
    series = _series(value)
    if not np.isfinite([control.centre, control.lower, control.upper]).all():
        raise ValueError(f"the limits of the chart, {control.lower:g} to {control.upper:g}, are not finite")
    distance, width = series - control.centre, control.upper - control.centre
    side = _signs(distance, series)
    outside = side * (_signs(np.abs(distance) - width, series) > 0)
    near = side * (_signs(np.abs(distance) - width * 2 / 3, series) > 0) * (outside == 0)
    found = [SpecialCause("outside", span, sign) for span, sign in _spans(outside)]
    found += [SpecialCause("run", span, sign) for span, sign in _spans(side) if len(span) >= RUN_LENGTH]
    found += [
        SpecialCause("trend", (*steps, steps[-1] + 1), sign)
        for steps, sign in _spans(_signs(np.diff(series), series))
        if len(steps) >= RUN_LENGTH - 1
    ]
    pairs = ((_two_of_three(near == sign, side == sign), sign) for sign in (1, -1))
    found += [SpecialCause("two-of-three", points, sign) for points, sign in pairs if points]
    return tuple(found)


def outside_limits(value: Sequence[float] | Floats, control: ControlLimits) -> int:
    """Count the points outside the limits of a chart. Limits that most points leave are not what to expect."""
    return sum(len(cause.points) for cause in special_causes(value, control) if cause.rule == "outside")


def _series(value: Sequence[float] | Floats) -> Floats:
    """Read values, NaN where one is missing; what is not finite otherwise is refused."""
    series = np.asarray(value, dtype=float)
    _refuse(np.isinf(series), "value {} is not a finite number", series)
    return series


def _two_of_three(near: NDArray[np.bool_], side: NDArray[np.bool_]) -> tuple[int, ...]:
    """List the positions near a limit in some window of three, all on its side, with at least two near."""
    most = 1
    windows = [range(start, start + 3) for start in range(len(near) - 2)]
    return tuple(
        sorted(
            {
                i
                for window in windows
                if all(side[window]) and sum(near[window]) > most
                for i in window
                if near[i]
            }
        )
    )


def _spans(signs: NDArray[np.int_]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Walk through the stretches of one non-zero sign: their positions and the sign."""
    for sign, stretch in groupby(enumerate(signs), key=lambda pair: int(pair[1])):
        if sign:
            yield tuple(position for position, _ in stretch), sign


def _signs(numbers: Floats, scale: Floats) -> NDArray[np.int_]:
    """Take signs, 0 where a number is missing; a difference within rounding error of the series counts as none."""
    known = np.abs(scale[~np.isnan(scale)])
    noise = 1e-12 * float(known.max()) if len(known) else 0.0
    return np.where(np.isnan(numbers) | (np.abs(numbers) <= noise), 0, np.sign(numbers)).astype(int)
