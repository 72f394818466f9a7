"""Gradients over deprivation: how a figure, or money, is spread from the most to the least deprived.

All frames have one row a quantile or area, ordered from the most to the least deprived; the population is
that of one vintage of the Indices of Deprivation. Intervals are simulated with a fixed seed, so the same
figures always have the same limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from svdash.measures.gaps import _needs
from svdash.measures.intervals import Floats, _refuse
from svdash.measures.series import _column

Transform: TypeAlias = Literal["log", "logit"]
Function: TypeAlias = Callable[[Floats], Floats]

SEED = 20190926
REPETITIONS = 10_000
LEAST_QUANTILES, MOST_QUANTILES = 5, 100
_DRAWN_AT_ONCE = 1_000_000  # numbers: simulating all areas of a region must not fill the memory
_NO_QUANTILE = "a gradient needs every quantile and area, none left out"


@dataclass(frozen=True)
class SlopeIndex:
    """Slope index (SII) and relative index (RII) of inequality with their limits, NaN where there are none.

    `sii` is in the value's unit: the fitted line at the least deprived end minus that at the most deprived
    end, so it is negative where the value falls with affluence. `rii` is the ratio of the two ends in the
    same order. `most_deprived` and `least_deprived` are the ends themselves, in the value's unit; between
    them the line is straight on the scale it was fitted on.

    `misfit` is how far the values are from the line, in the value's unit: the root of the mean squared distance,
    each quantile by its population. `misfit_p` is the p-value of the line being straight (chi-square, as
    many degrees of freedom as quantiles less two), missing without standard errors: where it is small the
    gradient bends, and the SII says less than a picture does.
    """

    sii: float
    rii: float
    most_deprived: float
    least_deprived: float
    sii_lower: float = np.nan
    sii_upper: float = np.nan
    rii_lower: float = np.nan
    rii_upper: float = np.nan
    misfit: float = np.nan
    misfit_p: float = np.nan


@dataclass(frozen=True)
class ConcentrationIndex:
    """Concentration index between -1 and 1, negative where the most deprived have more; NaN limits: none."""

    index: float
    lower: float = np.nan
    upper: float = np.nan


@dataclass(frozen=True, eq=False)
class ResourceGap:
    """Resource against population: `rows` as `resource_gap` says, and what parity would take in all.

    `moved` is the amount that would have to move, in the resource's unit, `moved_percent` its share of all.
    """

    rows: pd.DataFrame
    moved: float
    moved_percent: float


def slope_index(  # noqa: PLR0913  (three columns, and how to simulate)
    frame: pd.DataFrame,
    population: str,
    value: str,
    se: str | None = None,
    transform: Transform | None = None,
    *,
    repetitions: int = REPETITIONS,
    confidence: float = 0.95,
    seed: int = SEED,
) -> SlopeIndex:
    """Fit the slope and relative index of inequality over 5 to 100 quantiles.

    `population`, `value` and `se` (its standard error, in its unit) are columns. With a = share of the
    population and b = cumulative share - a/2, value x sqrt(a) is regressed on sqrt(a) and b x sqrt(a) without
    intercept; SII is the coefficient of b and RII = (b0 + SII)/b0. `transform` "log" (rates) or "logit"
    (proportions between 0 and 1) fits the line on that scale, and SII and RII are the difference and the
    ratio of its ends on the value's own scale.

    Limits are percentiles over `repetitions` (10,000 or more) lines, each fitted to values drawn from normal
    distributions on the scale of the fit, where the standard error is se/value (log) or se/(value(1 - value))
    (logit). With a transform they are those of the slope, put on the value's scale with the middle of the
    line held, as phe_sii does. Without `se` they are missing. The RII is missing where the line is not above
    0 at both ends, and its limits where the draws leave one unbounded.

    Raises ValueError, with the row, for a quantile that is missing, a population not above 0, a negative
    standard error and a value outside its scale; and for fewer than 5 or more than 100 quantiles or fewer
    than 10,000 repetitions; and where the values are so far apart that an end of the line is too large for
    a number.

    Source: Low A, Low A (2004), J Public Health 26: 388 to 395, as in OHID's PHEindicatormethods (phe_sii).
    """
    forward, back, slope_of = _scale(transform)
    people, values, error = _quantiles(frame, population, value, se)
    _on_scale(values, value, transform)
    fitted = forward(values)
    weights = _line_weights(people)
    with np.errstate(over="ignore", invalid="ignore"):
        middle, slope = fitted @ weights
        most, least = float(back(middle - slope / 2)), float(back(middle + slope / 2))
        line = middle + slope * (_ranks(people)[1] - 0.5)
        misfit = _distance(values, back(line), people)
    _check_ends(most, least, values, value)
    index = SlopeIndex(least - most, _ratio(least, most), most, least, misfit=misfit)
    if error is None:
        return index
    index = replace(index, misfit_p=_bends(fitted - line, error * slope_of(values)))
    draws = _simulated(fitted, error * slope_of(values), weights, repetitions, seed)
    middles = np.full(repetitions, middle) if transform else draws[:, 0]
    return _with_limits(index, *_ends(middles, draws[:, 1], back), confidence)


def concentration_index(
    frame: pd.DataFrame,
    population: str,
    value: str,
    se: str | None = None,
    *,
    repetitions: int = REPETITIONS,
    confidence: float = 0.95,
    seed: int = SEED,
) -> ConcentrationIndex:
    """Work out the concentration index of a rate per person: C = (2/mu) x sum of f x value x R - 1.

    `population`, `value` (a rate per person, or per thousand) and `se` (its standard error) are columns; f is
    the share of the population, R its cumulative share up to the row's middle, mu the mean over all people.
    0 is an equal spread, negative more for the most deprived, positive more for the least. Limits are
    percentiles over `repetitions` (10,000 or more) draws of the values; they are missing without `se`, and
    where errors are so large that a draw adds up to nothing.

    Raises ValueError, with the row, for a missing number, a population not above 0, a negative value or
    standard error; for fewer than two rows, values that are all 0 and fewer than 10,000 repetitions.

    Source: Kakwani N, Wagstaff A, van Doorslaer E (1997), J Econometrics 77: 87 to 103; World Bank,
    Quantitative Techniques for Health Equity Analysis, note 7.
    """
    people, values, error = _quantiles(frame, population, value, se)
    _refuse(values < 0, f"{value} {{}} is negative: a concentration index needs values from 0 on", values)
    _something(values, value)
    share, rank = _ranks(people)
    weights = np.column_stack([share, share * rank])
    mean, ranked = values @ weights
    index = float(2 * ranked / mean - 1)
    if error is None:
        return ConcentrationIndex(index)
    draws = _simulated(values, error, weights, repetitions, seed)
    # Draws whose mean is nothing or less have no index; then nothing can be said of the limits.
    indices = np.divide(2 * draws[:, 1], draws[:, 0], out=np.full(repetitions, np.nan), where=draws[:, 0] > 0)
    return ConcentrationIndex(index, *_limits(indices - 1, confidence))


def concentration_curve(frame: pd.DataFrame, population: str, amount: str) -> pd.DataFrame:
    """Draw the concentration curve: how much of an amount the most deprived share of the population has.

    `population` and `amount` (a total a row, not a rate) are columns. Gives `population_share` and
    `amount_share`, both cumulative from (0, 0) to (1, 1), a row more than the frame has. On the diagonal
    everybody has the same; above it the most deprived have more than their share.

    Raises ValueError, with the row, for a number that is missing or negative, and where all add up to 0.

    Source: Kakwani N, Wagstaff A, van Doorslaer E (1997), J Econometrics 77: 87 to 103.
    """
    people, amounts = _totals(frame, population, amount)
    return _curve(people, amounts)


def lorenz(frame: pd.DataFrame, population: str, amount: str) -> pd.DataFrame:
    """Draw the Lorenz curve: the rows ranked by their own amount per person, the least first.

    Columns, shapes and errors are those of `concentration_curve`; the population must be above 0 in each row.

    Source: Lorenz MO (1905), Publ Am Stat Assoc 9: 209 to 219.
    """
    people, amounts = _totals(frame, population, amount)
    _refuse(people <= 0, f"{population} {{}} is not above 0: an amount per person needs people", people)
    order = np.argsort(amounts / people, kind="stable")
    return _curve(people[order], amounts[order])


def gini(frame: pd.DataFrame, population: str, amount: str) -> float:
    """Work out the Gini coefficient between rows: 0 where all have the same per person, towards 1 the less.

    It takes everybody in a row to have the same, so it is a lower bound. Errors are those of `lorenz`.

    Source: Gini C (1914), as one minus twice the area under the Lorenz curve.
    """
    curve = lorenz(frame, population, amount).to_numpy()
    return float(1 - np.diff(curve[:, 0]) @ (curve[1:, 1] + curve[:-1, 1]))


def resource_gap(frame: pd.DataFrame, population: str, resource: str) -> ResourceGap:
    """Set each row's share of a resource (money, or people reached) against its share of a population.

    `population` is the baseline (all residents, or those the resource is for) and `resource` an amount a row.
    `rows` is a copy of the frame with `population_share` and `resource_share` in percent, `gap` in points
    (positive: more than its share) and `to_parity`, the amount that would come (positive) or go for both
    shares to be equal, in the resource's unit. `moved` is what would have to move in all, half the sum of
    those amounts whatever their sign.

    Raises ValueError, with the row, for a number that is missing or negative, and where all add up to 0.

    Source: Urban Institute (2020), Spatial Equity Data Tool; half the sum of differences is the index of
    dissimilarity of Duncan OD, Duncan B (1955), Am Sociol Rev 20: 210 to 217.
    """
    people, amounts = _totals(frame, population, resource)
    population_share, resource_share = people / people.sum(), amounts / amounts.sum()
    gap = resource_share - population_share
    rows = frame.assign(
        population_share=100 * population_share,
        resource_share=100 * resource_share,
        gap=100 * gap,
        to_parity=-gap * amounts.sum(),
    )
    moved = float(np.abs(gap).sum() / 2)
    return ResourceGap(rows, moved * float(amounts.sum()), 100 * moved)


def _scale(transform: str | None) -> tuple[Function, Function, Function]:
    """Give a transform, its inverse and its slope, by which a standard error is multiplied."""
    if transform is None:
        return np.asarray, np.asarray, np.ones_like
    if transform == "log":
        return np.log, np.exp, np.reciprocal
    if transform == "logit":
        return (
            lambda p: np.log(p) - np.log1p(-p),
            lambda x: 0.5 * (1 + np.tanh(x / 2)),  # the logistic function, without overflow
            lambda p: 1 / (p * (1 - p)),
        )
    raise ValueError(f"transform {transform!r} is not known: choose log, logit or none")


def _on_scale(values: Floats, name: str, transform: str | None) -> None:
    """Refuse too few or too many quantiles, and values that the transform has no place for."""
    number = len(values)
    if not LEAST_QUANTILES <= number <= MOST_QUANTILES:
        raise ValueError(f"there are {number} quantiles: a slope needs {LEAST_QUANTILES} to {MOST_QUANTILES}")
    if transform == "log":
        _refuse(
            values <= 0, f"{name} {{}} has no logarithm: rates must be above 0, or use no transform", values
        )
    if transform == "logit":
        outside = (values <= 0) | (values >= 1)
        _refuse(
            outside, f"{name} {{}} has no logit: proportions must lie between 0 and 1, not in percent", values
        )


def _quantiles(
    frame: pd.DataFrame, population: str, value: str, se: str | None
) -> tuple[Floats, Floats, Floats | None]:
    """Read population, value and standard error of each row."""
    _needs(frame, population, value, *([] if se is None else [se]))
    people, values = _given(frame, population), _given(frame, value)
    _refuse(people <= 0, f"{population} {{}} is not above 0: every quantile needs people", people)
    if len(people) < 2:
        raise ValueError(f"there are {len(people)} rows: a gradient needs two or more")
    if se is None:
        return people, values, None
    error = _given(frame, se)
    _refuse(error < 0, f"{se} {{}} is negative: a standard error starts at 0", error)
    return people, values, error


def _totals(frame: pd.DataFrame, population: str, amount: str) -> tuple[Floats, Floats]:
    """Read population and amount of each row."""
    _needs(frame, population, amount)
    people, amounts = _given(frame, population), _given(frame, amount)
    for numbers, name in ((people, population), (amounts, amount)):
        _refuse(numbers < 0, f"{name} {{}} is negative: set it off against the row it belongs to", numbers)
        _something(numbers, name)
    return people, amounts


def _curve(people: Floats, amounts: Floats) -> pd.DataFrame:
    """Cumulate both shares from (0, 0) to (1, 1)."""
    shares = [np.concatenate([[0.0], np.cumsum(numbers) / numbers.sum()]) for numbers in (people, amounts)]
    for share in shares:
        share[-1] = 1.0  # not a rounding error more or less
    return pd.DataFrame({"population_share": shares[0], "amount_share": shares[1]})


def _given(frame: pd.DataFrame, name: str) -> Floats:
    """Read a column that may not have missing numbers."""
    numbers = _column(frame, name)
    _refuse(np.isnan(numbers), f"{name} is missing: {_NO_QUANTILE}", numbers)
    _refuse(np.isinf(numbers), f"{name} {{}} is not a finite number", numbers)
    return numbers


def _something(numbers: Floats, name: str) -> None:
    """Refuse numbers that add up to nothing: there is nothing to share out."""
    if numbers.sum() <= 0:
        raise ValueError(
            f"{name} adds up to {numbers.sum():g} over {len(numbers)} rows: there is nothing to share"
        )


def _ranks(people: Floats) -> tuple[Floats, Floats]:
    """Share of the population, and cumulative share up to the middle of each row."""
    share = people / people.sum()
    return share, np.cumsum(share) - share / 2


def _line_weights(people: Floats) -> Floats:
    """Give the weights, a column each, that make the middle of the fitted line and its slope from the values.

    The regression on square roots is one weighted by the shares. Their mean rank is always a half, so the
    middle of the line is the mean over all people.
    """
    share, rank = _ranks(people)
    centred = rank - share @ rank
    return np.column_stack([share, share * centred / (share @ centred**2)])


def _distance(values: Floats, line: Floats, people: Floats) -> float:
    """Give the root of the mean squared distance of values from a line, over all people."""
    return float(np.sqrt(np.average((values - line) ** 2, weights=people)))


def _bends(distance: Floats, error: Floats) -> float:
    """Give the p-value of a straight line: chi-square of the distances in standard errors; NaN where one has none."""
    if np.any(error <= 0):
        return float("nan")
    from scipy.special import gammaincc

    with np.errstate(over="ignore"):
        statistic = float(np.sum((distance / error) ** 2))
    return float(gammaincc((len(distance) - 2) / 2, statistic / 2))


def _check_ends(most: float, least: float, values: Floats, name: str) -> None:
    if not np.isfinite([most, least, least - most]).all():
        raise ValueError(
            f"{name} runs from {values.min():g} to {values.max():g}: an end of the line through it is too large "
            "for a number, so there is no slope index"
        )


def _ends(middles: Floats, slopes: Floats, back: Function) -> tuple[Floats, Floats]:
    """Return where lines start and where they end, on the value's own scale."""
    with np.errstate(over="ignore", invalid="ignore"):
        return back(middles - slopes / 2), back(middles + slopes / 2)


def _with_limits(index: SlopeIndex, starts: Floats, ends: Floats, confidence: float) -> SlopeIndex:
    """Add the limits of both indices, from the two ends of each simulated line."""
    with np.errstate(over="ignore", invalid="ignore"):
        ratios = np.divide(ends, starts, out=np.full(len(ends), np.inf), where=starts > 0)
        sii = _limits(ends - starts, confidence)
    rii = (np.nan, np.nan) if np.isnan(index.rii) else _limits(ratios, confidence)
    return replace(index, sii_lower=sii[0], sii_upper=sii[1], rii_lower=rii[0], rii_upper=rii[1])


def _ratio(end: float, start: float) -> float:
    """Divide the ends of a line where both are above 0; a ratio with a negative number says nothing."""
    return end / start if start > 0 and end > 0 else np.nan


def _simulated(values: Floats, error: Floats, weights: Floats, repetitions: int, seed: int) -> Floats:
    """Draw the values anew, so many times, and give what the weights make of each draw, a row a draw."""
    if repetitions < REPETITIONS:
        raise ValueError(f"{repetitions} repetitions are too few: take {REPETITIONS:,} or more")
    random = np.random.default_rng(seed)
    step = max(1, _DRAWN_AT_ONCE // len(values))
    parts = [
        (values + error * random.standard_normal((min(step, repetitions - start), len(values)))) @ weights
        for start in range(0, repetitions, step)
    ]
    return np.concatenate(parts)


def _limits(draws: Floats, confidence: float) -> tuple[float, float]:
    """Take the percentiles of simulated figures, NaN where one is unbounded."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence:g} must lie between 0 and 1: write 95% as 0.95")
    tails = [0.5 - confidence / 2, 0.5 + confidence / 2]
    lower, upper = np.quantile(draws, tails, method="closest_observation")
    return (float(lower), float(upper)) if np.isfinite([lower, upper]).all() else (np.nan, np.nan)
