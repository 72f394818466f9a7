"""Many tests at once: how many of them would stand out by chance, and which hold all the same.

With no gap anywhere one test in twenty stands out at 5%. A page that makes thirty says so, and leads with
those that hold when the share of false ones among them is kept at 5% (Benjamini and Hochberg). The p-values
here belong to the intervals of this package: a p-value is below 5% exactly where the 95% interval leaves out
no difference, so the two never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, isnan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from svdash.measures.intervals import Array, Floats, _floats, _refuse, _share, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

FALSE_SHARE = 0.05
# Halvings of the range of z: 40 wide, to 14 digits.
_HALVINGS = 50
_FAR = 40.0


@dataclass(frozen=True)
class ManyTests:
    """The tests of one page: how many were made, how many stand out, and how many would by chance alone.

    `by_chance` is the number expected where no gap is anywhere. `holds` tells of each p-value given, in its
    order, whether it holds after Benjamini and Hochberg; one that is missing was no test and does not.
    """

    made: int
    stand_out: int
    by_chance: float
    holds: tuple[bool, ...]

    @property
    def hold(self) -> int:
        """How many hold."""
        return sum(self.holds)


def many_tests(p_values: Array, level: float = 0.05, false_share: float = FALSE_SHARE) -> ManyTests:
    """Count the tests of a page, those that stand out at a level, and those that hold taken together.

    `p_values` are between 0 and 1, missing (NaN, None) where nothing was tested. Raises ValueError as
    `benjamini_hochberg` does.
    """
    _between("level", level)
    p = _p_values(p_values)
    made = int(np.count_nonzero(~np.isnan(p)))
    holds = benjamini_hochberg(p, false_share)
    return ManyTests(
        made, int(np.count_nonzero(p < level)), made * level, tuple(bool(each) for each in holds)
    )


def benjamini_hochberg(p_values: Array, false_share: float = FALSE_SHARE) -> NDArray[np.bool_]:
    """Tell which of many tests hold where the expected share of false ones among them is to be `false_share`.

    `p_values` are between 0 and 1; missing ones (NaN, None) were no tests: they do not count and do not hold.
    With m tests in order of size all hold up to the largest p that is at most its rank/m x `false_share`.

    Raises ValueError, with the row, for a p-value outside 0 to 1, and for a share that is not between 0 and 1.

    Source: Benjamini Y, Hochberg Y (1995), J R Stat Soc B 57: 289 to 300.
    """
    _between("share of false ones", false_share)
    p = _p_values(p_values)
    tested = np.sort(p[~np.isnan(p)])
    if not len(tested):
        return np.zeros(len(p), dtype=bool)
    allowed = false_share * np.arange(1, len(tested) + 1) / len(tested)
    # The last digit of a division is no reason for a test to fall.
    holding = tested[tested <= allowed * (1 + 1e-12)]
    return np.asarray(p <= (holding[-1] if len(holding) else -1.0), dtype=bool)


def p_of_share(x: Array, n: Array, expected: Array) -> Floats:
    """Work out the p-value of each share of n beside an expected share without sampling error, by Wilson's interval.

    That is the score test: z = (x/n - expected)/sqrt(expected(1 - expected)/n). `expected` lies between 0 and 1; the
    p-value is missing where a count or the expected share is, or where that is 0 or 1. Raises ValueError as
    `intervals.wilson` does, and for an expected share outside 0 to 1.
    """
    count, base = _share(x, n)
    share = _floats(expected, "expected share")
    _refuse((share < 0) | (share > 1), "expected share {} is not between 0 and 1", share)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.atleast_1d(np.abs(count / base - share) / np.sqrt(share * (1 - share) / base))
    return np.array([erfc(each / sqrt(2)) if np.isfinite(each) else float("nan") for each in z])


def p_of_difference(x1: Array, n1: Array, x2: Array, n2: Array) -> Floats:
    """Work out the p-value of each difference of two proportions by Newcombe's interval.

    It is one minus the largest confidence at which the interval of `intervals.difference` leaves out no
    difference; 1 where the shares are equal, missing where a count is. Raises ValueError as `difference` does.
    """
    count1, base1 = _share(x1, n1, "first ")
    count2, base2 = _share(x2, n2, "second ")
    counts = np.broadcast_arrays(count1, base1, count2, base2)
    first, n_first, second, n_second = (np.atleast_1d(each).astype(float) for each in counts)
    gap = first / n_first - second / n_second
    low, high = np.zeros(len(gap)), np.full(len(gap), _FAR)
    for _ in range(_HALVINGS):
        z = (low + high) / 2
        leaves_out_none = _leaves_out_none(first, n_first, second, n_second, gap, z)
        low, high = np.where(leaves_out_none, z, low), np.where(leaves_out_none, high, z)
    p = np.array([erfc(z / sqrt(2)) for z in low])
    return np.where(np.isnan(gap), np.nan, np.where(gap == 0, 1.0, p))


def p_of_ratio(ratio: Array, lower: Array, upper: Array, confidence: float = 0.95) -> Floats:
    """Work out the p-value of each ratio from its interval on the log scale, such as a relative likelihood's.

    Missing where a limit is. Raises ValueError for a ratio or limit that is negative.
    """
    from statistics import NormalDist

    _between("confidence", confidence)
    middle, least, most = (
        _floats(each, name) for each, name in ((ratio, "ratio"), (lower, "lower"), (upper, "upper"))
    )
    for numbers in (middle, least, most):
        _refuse(numbers < 0, "{} is negative: a ratio starts at 0", numbers)
    width = 2 * NormalDist().inv_cdf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.log(most / least) / width
        z = np.abs(np.log(middle)) / error
    return np.array([float("nan") if isnan(each) else erfc(each / sqrt(2)) for each in np.atleast_1d(z)])


def p_of_interval(value: float, lower: float, upper: float, nothing: float = 0.0) -> float:
    """Work out the p-value of a figure from its 95% limits, taken as 1.96 standard errors to the side of `nothing`.

    It is below 5% exactly where the limits leave out `nothing`. NaN where a limit is missing, 1 where the
    figure is `nothing` itself.
    """
    if any(isnan(each) for each in (value, lower, upper)):
        return float("nan")
    far = value - nothing
    half = value - lower if far > 0 else upper - value
    if far == 0:
        return 1.0
    return erfc(1.959963984540054 * abs(far) / half / sqrt(2)) if half > 0 else 0.0


def _leaves_out_none(
    x1: Floats, n1: Floats, x2: Floats, n2: Floats, gap: Floats, z: Floats
) -> NDArray[np.bool_]:
    """Tell where the interval at each z leaves out no difference."""

    def score(x: Floats, n: Floats) -> tuple[Floats, Floats]:
        spread = z * np.sqrt(z * z + 4 * x * (1 - x / n))
        return (2 * x + z * z - spread) / (2 * (n + z * z)), (2 * x + z * z + spread) / (2 * (n + z * z))

    (lower1, upper1), (lower2, upper2) = score(x1, n1), score(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    far = np.where(gap > 0, np.hypot(p1 - lower1, upper2 - p2), np.hypot(upper1 - p1, p2 - lower2))
    return np.asarray(np.abs(gap) > far, dtype=bool)


def p_of_counts(later: float, earlier: float) -> float:
    """Work out the p-value of two counts given their total, by the Wilson interval of the later one's share.

    Wilson's interval is that of the score test, so z = (later - earlier)/sqrt(later + earlier). 1 for two
    counts of nothing. Raises ValueError for a negative count.
    """
    total = later + earlier
    if total == 0:
        return 1.0
    wilson(later, total)  # refuses what cannot be a count
    return erfc(abs(later - earlier) / sqrt(total) / sqrt(2))


def _p_values(p_values: Array) -> Floats:
    p = np.atleast_1d(_floats(p_values, "p"))
    _refuse((p < 0) | (p > 1), "p {} is not between 0 and 1", p)
    return p


def _between(name: str, number: float) -> None:
    if not 0 < number < 1:
        raise ValueError(f"{name} {number:g} must lie between 0 and 1: write 5% as 0.05")
