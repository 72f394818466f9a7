"""XmR charts (individual values and moving ranges): the limits of a series and its special causes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

from svdash.measures.intervals import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rule = Literal["outside", "run", "trend", "two-of-three"]

LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
RUN_LENGTH = 7


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
