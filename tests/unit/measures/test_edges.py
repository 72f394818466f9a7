"""What measures answer at their edges: a sentence, or a result that their docstring names."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from svdash.measures.classes import quantile_breaks
from svdash.measures.gradient import slope_index
from svdash.measures.intervals import byar, difference, wilson
from svdash.measures.trend import (
    ControlLimits,
    control_limits,
    minimum_detectable_change,
    outside_limits,
    recent_trend,
    special_causes,
)
from svdash.measures.xmr import SpecialCause

FIVE = np.arange(5.0)


# --- recent trend -----------------------------------------------------------------------------------------


def test_a_trend_of_limits_without_width_is_refused_with_its_row() -> None:
    upper = FIVE + np.array([1, 1, 0, 1, 1])
    with pytest.raises(ValueError, match="row 3: the limits 2 to 2 have no width"):
        recent_trend(FIVE, FIVE, upper, FIVE)
    with pytest.raises(ValueError, match="row 1: the limits 1 to -1 have no width"):
        recent_trend(FIVE, FIVE + 1, FIVE - 1, FIVE)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_trend_of_too_few_points_is_refused(number: int) -> None:
    points = np.arange(float(number))
    with pytest.raises(ValueError, match=f"a trend needs 3 or more points: there are {number}"):
        recent_trend(points, points - 1, points + 1, points)


def test_a_trend_of_points_that_do_not_belong_together_is_refused() -> None:
    with pytest.raises(ValueError, match="there are 5 of value, 5 of lower, 5 of upper, 4 of time"):
        recent_trend(FIVE, FIVE - 1, FIVE + 1, FIVE[:4])
    with pytest.raises(ValueError, match="row 2: value nan is missing or not finite: leave the point out"):
        recent_trend(np.where(FIVE == 1, np.nan, FIVE), FIVE - 1, FIVE + 1, FIVE)
    with pytest.raises(ValueError, match="row 5: upper inf is missing or not finite"):
        recent_trend(FIVE, FIVE - 1, np.where(FIVE == 4, np.inf, FIVE + 1), FIVE)
    with pytest.raises(ValueError, match="row 2: time 0 does not come after the one before"):
        recent_trend(FIVE, FIVE - 1, FIVE + 1, 0 * FIVE)


# --- XmR charts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "there"),
    [
        ([], "there are 0 values"),
        ([3.0], "there is 1 value"),
        ([np.nan, 3.0, np.nan, 4.0], "there are 2 values"),
    ],
)
def test_limits_of_a_chart_without_two_neighbours_are_refused(series: list[float], there: str) -> None:
    with pytest.raises(ValueError, match=rf"2 or more values beside each other: {there}, and no two"):
        control_limits(series)


def test_a_gap_has_no_moving_range_across_it() -> None:
    # Moving ranges 2 and 1 before the gap, 1 and 3 after it: mean 7/4. Across it there would be 40 more.
    found = control_limits([10, 12, 11, np.nan, 51, 52, 49])
    assert found.moving_range == pytest.approx(7 / 4)
    assert found.centre == pytest.approx((10 + 12 + 11 + 51 + 52 + 49) / 6)


def test_no_run_trend_or_pair_crosses_a_gap() -> None:
    control = ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    run = [11.0, 12, 11, 12, 11, 12, 11]
    assert [cause.rule for cause in special_causes(run, control)] == ["run"]
    assert special_causes([*run[:4], np.nan, *run[4:]], control) == ()
    trend = [7.0, 8, 9, 9.5, 10.5, 11, 12]
    assert [cause.rule for cause in special_causes(trend, control)] == ["trend"]
    assert special_causes([*trend[:4], np.nan, *trend[4:]], control) == ()
    pair = [9.0, 18, 11, 18, 9]
    assert special_causes(pair, control) == (SpecialCause("two-of-three", (1, 3), 1),)
    assert special_causes([9.0, 18, np.nan, 18, 9], control) == ()


def test_positions_count_the_gap() -> None:
    control = ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    assert special_causes([9.0, np.nan, 25, 11], control) == (SpecialCause("outside", (2,), 1),)


def test_of_no_values_there_is_no_special_cause() -> None:
    control = ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    assert special_causes([], control) == ()
    assert special_causes([np.nan, np.nan], control) == ()


def test_what_is_not_finite_is_refused_in_a_chart() -> None:
    control = ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    for ask in (control_limits, lambda series: special_causes(series, control)):
        with pytest.raises(ValueError, match="row 2: value inf is not a finite number"):
            ask([1.0, np.inf, 2.0])
    with pytest.raises(ValueError, match="the limits of the chart, nan to nan, are not finite"):
        special_causes([1.0, 2.0], ControlLimits(np.nan, np.nan, np.nan, np.nan))


def test_points_outside_the_limits_are_counted_on_both_sides() -> None:
    control = ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    assert outside_limits([25, 5, np.nan, -1, -2, 20, 0], control) == 3


# --- detectable change ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((-1, 10, 10), "numerator -1 is negative"),
        ((11, 10, 10), "numerator 11 is greater than denominator 10"),
        ((1, -10, 10), "denominator -10 is not above 0"),
        ((1, 0, 10), "denominator 0 is not above 0"),
        ((1, 10, -10), "denominator -10 is not above 0"),
        ((1, 10, 0), "denominator 0 is not above 0"),
        ((math.nan, 10, 10), "the baseline numerator is missing"),
        ((1, math.nan, 10), "the baseline denominator is missing"),
        ((1, 10, math.nan), "the denominator is missing"),
        ((1, 10, pd.NA), "the denominator is missing"),
        ((None, 10, 10), "the baseline numerator is missing"),
    ],
)
def test_a_detectable_change_of_counts_that_cannot_be_is_refused(
    counts: tuple[float, float, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        minimum_detectable_change(*counts)


@pytest.mark.parametrize("power", [0.49, 1.0, math.nan])
def test_a_power_that_cannot_be_is_refused(power: float) -> None:
    with pytest.raises(ValueError, match=r"must lie from 0\.5 to below 1: write four times in five as 0\.8"):
        minimum_detectable_change(1, 10, 10, power=power)


# --- missing and infinite numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [pd.NA, None, math.nan])
def test_an_interval_of_a_missing_number_is_missing(missing: float) -> None:
    assert all(math.isnan(limit) for limit in wilson(missing, 10))
    assert all(math.isnan(limit) for limit in wilson(3, missing))
    assert all(math.isnan(limit) for limit in byar(missing))
    assert all(math.isnan(limit) for limit in difference(1, 2, missing, 4))
    lower, upper = wilson([3, missing], 10)
    assert (math.isnan(lower[0]), math.isnan(lower[1]), math.isnan(upper[1])) == (False, True, True)


def test_a_word_is_no_number_and_refused_with_its_row() -> None:
    with pytest.raises(ValueError, match=r"numerator '\[c\]' is not a number: leave a missing figure empty"):
        wilson("[c]", 10)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"row 2: count '\[c\]' is not a number"):
        byar([3, "[c]"])  # type: ignore[list-item]


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_classes_of_an_infinite_value_are_refused_with_its_row(infinite: float) -> None:
    with pytest.raises(ValueError, match=r"row 3: value -?inf is not a finite number: no class can hold it"):
        quantile_breaks([1.0, np.nan, infinite, 2.0])


# --- gradients --------------------------------------------------------------------------------------------


def test_a_slope_that_is_too_steep_for_a_number_is_refused() -> None:
    frame = pd.DataFrame({"people": 1.0, "rate": [1e-300, 1e-150, 1, 1e150, 1e300]})
    with pytest.raises(
        ValueError, match=r"rate runs from 1e-300 to 1e.300: an end of the line through it is too large"
    ):
        slope_index(frame, "people", "rate", transform="log")
    frame = frame.assign(rate=[-1.7e308, 0, 0, 0, 1.7e308])
    with pytest.raises(ValueError, match="too large for a number, so there is no slope index"):
        slope_index(frame, "people", "rate")


def test_a_line_just_within_the_numbers_still_has_its_slope() -> None:
    frame = pd.DataFrame({"people": 1.0, "rate": [1.0, 10, 100, 1000, 10_000], "se": 1.0})
    found = slope_index(frame, "people", "rate", "se", "log")
    # Ten times from the middle of one fifth to the next: five times that from end to end.
    assert found.rii == pytest.approx(1e5)
    assert found.misfit == pytest.approx(0, abs=1e-9)
