"""What change could be distinguished from a baseline, and what change would be found four times in five."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash.measures.intervals import difference, turnover_difference, wilson

# The power that a study is planned with: a true change of that size is seen four times in five.
POWER: Final = 0.8
_EVERY_OTHER_TIME: Final = 0.5
# Numerators that are tried at once.
_AT_ONCE: Final = 64


def minimum_detectable_change(  # noqa: PLR0913  (two counts, and how sure to be)
    x0: float,
    n0: float,
    n1: int,
    direction: Literal[1, -1] = 1,
    confidence: float = 0.95,
    *,
    power: float = _EVERY_OTHER_TIME,
    turnover: float | None = None,
    years: float = 1.0,
) -> int | None:
    """Find the nearest numerator, out of n1, that could be distinguished from the baseline x0/n0 in that direction.

    With `power` 0.5 it is the first whole number whose interval against the baseline excludes zero: "you would
    need 69, not 57, before this can be called a rise". A true change of that size is seen only every other
    time, for chance takes as often from it as it adds. With `power` 0.8 it is the change that is seen four
    times in five, the **minimum detectable change** of a study's design: the interval is the one that is wider
    by as many standard errors as that power is above a half (1.96 + 0.84 = 2.80 of them at 95% and 80%).
    The interval is Newcombe's; for a headcount of all staff with its yearly `turnover`, and `years` between the
    two, that of `intervals.turnover_difference`. None where even everybody (or nobody) would not be enough.

    Raises ValueError for counts that are missing, negative or cannot be right otherwise, for a direction that is
    neither 1 nor -1 and for a power that is not from 0.5 to below 1.

    Source: Newcombe RG (1998), Stat Med 17: 873 to 890, solved for the numerator: the limits rise with it, so
    narrowing the range finds it.
    """
    if direction not in (1, -1):
        message = f"direction {direction} is neither 1 (a rise) nor -1 (a fall)"
        raise ValueError(message)
    base = _whole_base(x0, n0, n1)
    sure = _confidence_with(confidence, power)

    def told_apart(steps: NDArray[np.int64]) -> NDArray[np.bool_]:
        now = (steps if direction > 0 else base - steps).astype("float64")
        if turnover is None:
            _, lower, upper = difference(now, base, x0, n0, sure)
        else:
            _, lower, upper = turnover_difference(now, base, x0, n0, turnover, years, sure)
        return lower > 0 if direction > 0 else upper < 0

    steps = _first(base, told_apart)
    if steps is None:
        return None
    return steps if direction > 0 else base - steps


def _first(last: int, holds: Callable[[NDArray[np.int64]], NDArray[np.bool_]]) -> int | None:
    """Return the first number from 0 to last that holds, as all after it do; None where the last one does not.

    Many are asked at once, since one costs as much as a hundred.
    """
    low, high = 0, last
    if not holds(np.array([last]))[0]:
        return None
    while low < high:
        asked = np.unique(np.linspace(low, high, _AT_ONCE).astype("int64"))
        place = int(np.argmax(holds(asked)))
        low, high = (int(asked[place - 1]) + 1 if place else low), int(asked[place])
    return high


def _whole_base(x0: float, n0: float, n1: int) -> int:
    """Return how many the numerator looked for is out of; refuse counts that cannot be right."""
    for name, given in (("baseline numerator", x0), ("baseline denominator", n0), ("denominator", n1)):
        if pd.isna(given):
            raise ValueError(f"the {name} is missing: without it nothing can be compared with the baseline")
    if n1 <= 0 or n1 != math.floor(n1):
        kind = "is not above 0" if n1 <= 0 else "is not a whole number"
        raise ValueError(f"denominator {n1} {kind}: the numerator looked for is counted out of it")
    wilson(float(x0), float(n0))  # refuses a baseline that cannot be
    return int(n1)


def _confidence_with(confidence: float, power: float) -> float:
    """Return the confidence at which an interval that excludes no change means that it is seen with that power."""
    if not _EVERY_OTHER_TIME <= power < 1:
        raise ValueError(f"power {power:g} must lie from 0.5 to below 1: write four times in five as 0.8")
    if power == _EVERY_OTHER_TIME:
        return confidence
    normal = NormalDist()
    z = normal.inv_cdf(0.5 + confidence / 2) + normal.inv_cdf(power)
    return 2 * normal.cdf(z) - 1
