"""Confidence intervals for a proportion, a count, and the difference of two proportions.

These are the intervals that public health indicators in England are published with (OHID,
PHEindicatormethods), so a figure here can be laid beside one from Fingertips. Scalars give floats, anything
array-like gives arrays of the broadcast shape. A missing number (NaN) gives missing limits; a number that
cannot be right is refused with its row, counted from 1.

Counts need not be whole: weighted and apportioned counts are common, and the formulas hold for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, lgamma, log
from statistics import NormalDist
from typing import Any, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray


class Column(Protocol):
    """A column of a data frame, known by what it does so that pandas need not be imported."""

    def to_numpy(self, *args: Any, **kwargs: Any) -> NDArray[Any]:
        """Give the column as an array."""


Floats: TypeAlias = NDArray[np.float64]
Scalar: TypeAlias = float | np.integer[Any] | np.floating[Any]
Array: TypeAlias = Sequence[float] | NDArray[Any] | Column
Numbers: TypeAlias = Scalar | Array

# Byar's approximation is within 0.2% of the exact limits from ten events on (PHE, Technical Guide: Confidence
# Intervals, 2018); below ten the exact limits are used.
BYAR_FROM = 10


@overload
def wilson(x: Scalar, n: Scalar, confidence: float = ...) -> tuple[float, float]: ...
@overload
def wilson(x: Array, n: Numbers, confidence: float = ...) -> tuple[Floats, Floats]: ...
def wilson(x: Numbers, n: Numbers, confidence: float = 0.95) -> tuple[Any, ...]:
    """Wilson score interval of a proportion x/n.

    x is the numerator, n the denominator; the limits are proportions between 0 and 1.
    Raises ValueError for a denominator of zero or less, a negative numerator, or one above its denominator.

    Source: Wilson EB (1927), J Am Stat Assoc 22: 209 to 212, as in OHID's PHEindicatormethods. The lower
    limit is worked out from the product of the two roots, which keeps its digits where x is small beside n.
    """
    z = _z(confidence)
    numerator, denominator = _share(x, n)
    spread = z * np.sqrt(z * z + 4 * numerator * (1 - numerator / denominator))
    outer = 2 * numerator + z * z + spread
    lower = 2 * numerator * (numerator / denominator) / outer
    upper = np.where(numerator == denominator, 1.0, outer / (2 * (denominator + z * z)))
    return _like_input(lower, np.minimum(upper, 1.0))


@overload
def byar(x: Scalar, confidence: float = ...) -> tuple[float, float]: ...
@overload
def byar(x: Array, confidence: float = ...) -> tuple[Floats, Floats]: ...
def byar(x: Numbers, confidence: float = 0.95) -> tuple[Any, ...]:
    """Interval of a count: Byar's approximation from ten events on, exact (chi-square) limits below.

    x is the number of events; the limits are numbers of events.
    Raises ValueError for a negative count.

    Source: Breslow NE, Day NE (1987), Statistical Methods in Cancer Research, volume II; the exact limits
    are Garwood's (1936), Biometrika 28: 437 to 442; the change at ten is OHID's practice.
    """
    z = _z(confidence)
    count = _floats(x, "count")
    _refuse(count < 0, "count {} is negative: a count starts at 0", count)
    few = count < BYAR_FROM
    large = np.where(few, float(BYAR_FROM), count)
    byar_lower = large * (1 - 1 / (9 * large) - z / (3 * np.sqrt(large))) ** 3
    byar_upper = (large + 1) * (1 - 1 / (9 * (large + 1)) + z / (3 * np.sqrt(large + 1))) ** 3
    if not few.any():
        return _like_input(byar_lower, byar_upper)
    exact_lower, exact_upper = _exact(np.where(few, count, 0.0), (1 - confidence) / 2)
    return _like_input(np.where(few, exact_lower, byar_lower), np.where(few, exact_upper, byar_upper))


def _exact(count: Floats, tail: float) -> tuple[Floats, Floats]:
    """Garwood's exact limits. Whole counts below ten need no library; apportioned ones ask scipy, which is slow to import."""
    if np.isin(count[~np.isnan(count)], range(BYAR_FROM)).all():
        limits = np.array([_whole(n, tail) for n in range(BYAR_FROM)])
        place = np.where(np.isnan(count), 0, count).astype(int)
        lower, upper = np.where(np.isnan(count), np.nan, limits[place].T)
        return lower, upper
    from scipy.special import gammaincinv

    # A count of nearly nothing stands for 0, where the inverse gamma function is not defined; both give 0.
    lower = np.asarray(gammaincinv(np.maximum(count, 1e-9), tail), dtype=np.float64)
    return lower, np.asarray(gammaincinv(count + 1, 1 - tail), dtype=np.float64)


@lru_cache(maxsize=256)
def _whole(count: int, tail: float) -> tuple[float, float]:
    """Limits of a whole count: the means with which as many events, or as few, have probability ``tail``."""

    def up_to(events: int, mean: float) -> float:
        return sum(exp(events_ * log(mean) - mean - lgamma(events_ + 1)) for events_ in range(events + 1))

    def solve(events: int, probability: float) -> float:
        low, high = 1e-12, 200.0
        for _ in range(200):
            mean = (low + high) / 2
            low, high = (mean, high) if up_to(events, mean) > probability else (low, mean)
        return (low + high) / 2

    return (solve(count - 1, 1 - tail) if count else 0.0), solve(count, tail)


@overload
def difference(
    x1: Scalar, n1: Scalar, x2: Scalar, n2: Scalar, confidence: float = ...
) -> tuple[float, float, float]: ...
@overload
def difference(
    x1: Array, n1: Numbers, x2: Numbers, n2: Numbers, confidence: float = ...
) -> tuple[Floats, Floats, Floats]: ...
def difference(
    x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, confidence: float = 0.95
) -> tuple[Any, ...]:
    """Difference of two independent proportions, x1/n1 - x2/n2, with Newcombe's hybrid score interval.

    Gives difference, lower and upper limit as proportions between -1 and 1 (times 100: points).
    Raises ValueError as `wilson` does, naming the group.

    Source: Newcombe RG (1998), Stat Med 17: 873 to 890, method 10 (no continuity correction).
    """
    first, second = _share(x1, n1, "first "), _share(x2, n2, "second ")
    _same_shape(first[0], second[0], "the first group", "the second group")
    lower1, upper1 = wilson(*first, confidence)
    lower2, upper2 = wilson(*second, confidence)
    p1, p2 = first[0] / first[1], second[0] / second[1]
    gap = np.asarray(p1 - p2)
    lower = gap - np.hypot(p1 - lower1, upper2 - p2)
    upper = gap + np.hypot(upper1 - p1, p2 - lower2)
    return _like_input(gap, np.maximum(lower, -1.0), np.minimum(upper, 1.0))


@overload
def turnover_difference(
    x1: Scalar, n1: Scalar, x2: Scalar, n2: Scalar, turnover: float, years: float, confidence: float = ...
) -> tuple[float, float, float]: ...
@overload
def turnover_difference(
    x1: Array, n1: Numbers, x2: Numbers, n2: Numbers, turnover: float, years: float, confidence: float = ...
) -> tuple[Floats, Floats, Floats]: ...
def turnover_difference(
    x1: Numbers,
    n1: Numbers,
    x2: Numbers,
    n2: Numbers,
    turnover: float,
    years: float,
    confidence: float = 0.95,
) -> tuple[Any, ...]:
    """Difference of the shares of a group in two headcounts of all staff, x1/n1 - x2/n2, against turnover.

    A headcount has no sampling error, and most of the people are the same in both: by chance the share changes
    only as people leave and others come. `turnover` is the share of staff that leaves in a year, above 0 and
    at most 1; `years` is the time between the headcounts, above 0. With as many people n at both ends and
    the share p of both together, the standard deviation of the difference in people is
    sqrt(2 n p (1 - p) (1 - (1 - turnover)^years)); in shares, of unequal headcounts,
    sqrt(p (1 - p) (1/n1 + 1/n2) (1 - (1 - turnover)^years)), which is the same where they are equal.

    Gives difference, lower and upper limit as proportions between -1 and 1 (times 100: points).
    Raises ValueError as `wilson` does, naming the group, and for a turnover or time that cannot be.

    Source: two samples of a binomial share that have (1 - turnover)^years of their people in common.
    """
    if not 0 < turnover <= 1:
        raise ValueError(f"turnover {turnover:g} must be above 0 and at most 1: write 12% a year as 0.12")
    if not 0 < years < np.inf:
        raise ValueError(f"the time between the headcounts, {years:g} years, must be above 0")
    z = _z(confidence)
    first, second = _share(x1, n1, "first "), _share(x2, n2, "second ")
    _same_shape(first[0], second[0], "the first group", "the second group")
    together = (first[0] + second[0]) / (first[1] + second[1])
    came_and_went = 1 - (1 - turnover) ** years
    spread = np.sqrt(together * (1 - together) * (1 / first[1] + 1 / second[1]) * came_and_went)
    gap = np.asarray(first[0] / first[1] - second[0] / second[1])
    return _like_input(gap, np.maximum(gap - z * spread, -1.0), np.minimum(gap + z * spread, 1.0))


def widened(
    value: Numbers, lower: Numbers, upper: Numbers, variance: Numbers, confidence: float = 0.95
) -> tuple[Any, ...]:
    """Widen the limits of a figure by an error of its own beside chance, such as rounding, of a known variance.

    All in the figure's unit, the variance in its square. The distances to the limits and the error's are squared and
    added, as for the difference of two independent figures; with a variance of 0 the limits stay.

    Source: Zou GY, Donner A (2008), Stat Med 27: 1693 to 1702 (variance recovered from limits).
    """
    z = _z(confidence)
    middle, low, high = (np.asarray(each, dtype="float64") for each in (value, lower, upper))
    error = z * z * np.asarray(variance, dtype="float64")
    return _like_input(
        middle - np.sqrt((middle - low) ** 2 + error), middle + np.sqrt((high - middle) ** 2 + error)
    )


def _z(confidence: float) -> float:
    """Two-sided normal quantile: 1.959964 for 0.95."""
    if not 0 < confidence < 1:
        message = f"confidence {confidence:g} must lie between 0 and 1: write 95% as 0.95"
        raise ValueError(message)
    return _quantile(0.5 + confidence / 2)


@lru_cache(maxsize=64)
def _quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _share(x: Numbers, n: Numbers, group: str = "") -> tuple[Floats, Floats]:
    """Numerator and denominator as arrays of one shape, refused where they cannot make a proportion."""
    numerator, denominator = _floats(x, f"{group}numerator"), _floats(n, f"{group}denominator")
    _same_shape(numerator, denominator, f"the {group}numerator", f"the {group}denominator")
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    _refuse(
        denominator <= 0,
        f"{group}denominator {{}} is not above 0: leave the row empty where there is nobody to count",
        denominator,
    )
    _refuse(numerator < 0, f"{group}numerator {{}} is negative: a count starts at 0", numerator)
    _refuse(
        numerator > denominator,
        f"{group}numerator {{}} is greater than {group}denominator {{}}: check both counts",
        numerator,
        denominator,
    )
    return numerator, denominator


def _floats(numbers: Any, name: str) -> Floats:
    """Numbers as a float array; None and pandas' own missing value become NaN, infinity and words are refused."""
    if hasattr(numbers, "to_numpy"):
        array = numbers.to_numpy(dtype=float, na_value=np.nan)
    else:
        try:
            array = np.asarray(numbers, dtype=float)
        except (TypeError, ValueError):
            array = _each_float(numbers, name)
    _refuse(np.isinf(array), f"{name} {{}} is not a finite number", array)
    return np.asarray(array, dtype=float)


def _each_float(numbers: Any, name: str) -> Floats:
    """Read numbers one by one; numpy itself has no word for pandas' missing value among them."""
    cells = np.asarray(numbers, dtype=object)
    found = np.full(cells.shape, np.nan)
    for place, cell in enumerate(cells.flat):
        if cell is None or type(cell).__name__ == "NAType":
            continue
        try:
            found.flat[place] = float(cell)
        except (TypeError, ValueError) as error:
            row = f"row {place + 1}: " if cells.ndim else ""
            raise ValueError(f"{row}{name} {cell!r} is not a number: leave a missing figure empty") from error
    return found


def _same_shape(first: Floats, second: Floats, first_name: str, second_name: str) -> None:
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError as error:
        message = (
            f"{first_name} has {first.size} values and {second_name} {second.size}: give as many of each, "
            "or a single one for all"
        )
        raise ValueError(message) from error


def _refuse(wrong: NDArray[np.bool_], message: str, *numbers: Floats) -> None:
    """Raise ValueError for the first wrong row; `message` has a place for the number of each array."""
    places = np.flatnonzero(wrong)
    if places.size:
        first = int(places[0])
        row = f"row {first + 1}: " if np.ndim(wrong) else ""
        raise ValueError(row + message.format(*(f"{array.flat[first]:.12g}" for array in numbers)))


def _like_input(*results: Floats) -> tuple[Any, ...]:
    """Floats where the input was scalar, arrays otherwise; the callers' overloads tell which."""
    if np.ndim(results[0]) == 0:
        return tuple(float(result) for result in results)
    return tuple(np.asarray(result, dtype=float) for result in results)
