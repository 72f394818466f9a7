"""Intervals against published worked examples, other implementations, and what must hold for any counts."""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
    proportion_confint,
)

from svdash.measures.intervals import byar, difference, widened, wilson

FOUR_DECIMALS = 5.1e-5
anyhow = settings()
CONFIDENCES = (0.90, 0.95, 0.998)


@st.composite
def shares(draw: st.DrawFn, most: int = 10**7) -> tuple[int, int]:
    """A numerator and its denominator."""
    denominator = draw(st.integers(1, most))
    return draw(st.integers(0, denominator)), denominator


# --- Wilson -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_examples_of_newcombe_1998(x: int, n: int, lower: float, upper: float) -> None:
    # Newcombe RG (1998), Stat Med 17: 857 to 872, table I, method 3.
    assert wilson(x, n) == pytest.approx((lower, upper), abs=FOUR_DECIMALS)


def test_wilson_gives_the_example_of_openepi() -> None:
    # OpenEpi, Proportion: 418 of 6,153 is 6.79%, Wilson score limits 6.19% to 7.45%.
    assert wilson(418, 6153) == pytest.approx((0.0619, 0.0745), abs=FOUR_DECIMALS)


def test_wilson_gives_the_values_of_the_r_package_cards() -> None:
    # insightsengineering/cards, reference output of proportion_ci_wilson at 90% and 95%.
    assert wilson(5, 10, 0.90) == pytest.approx((0.2692718, 0.7307282), abs=5e-8)
    assert wilson(32, 32) == pytest.approx((0.8928208, 1.0), abs=5e-8)


def test_wilson_gives_sixty_five_of_a_hundred_worked_by_hand() -> None:
    # z = 1.959964: (133.841459 -+ 1.959964 x sqrt(3.841459 + 91)) / 207.682918, OHID's form of the formula.
    assert wilson(65, 100) == pytest.approx((0.552544, 0.736358), abs=1e-6)


@anyhow
@given(shares(), st.sampled_from(CONFIDENCES))
def test_wilson_agrees_with_statsmodels(share: tuple[int, int], confidence: float) -> None:
    expected = proportion_confint(*share, alpha=1 - confidence, method="wilson")
    assert wilson(*share, confidence) == pytest.approx(expected, abs=1e-9)


@anyhow
@given(st.integers(1, 10**15).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_keeps_twelve_digits_up_to_a_thousand_million_million(share: tuple[int, int]) -> None:
    getcontext().prec = 60
    x, n, z = Decimal(share[0]), Decimal(share[1]), Decimal(float(stats.norm.ppf(0.975)))
    spread = z * (z * z + 4 * x * (1 - x / n)).sqrt()
    lower, upper = ((2 * x + z * z + sign * spread) / (2 * (n + z * z)) for sign in (-1, 1))
    assert wilson(*share) == pytest.approx((float(lower), float(upper)), rel=1e-12, abs=1e-30)


@anyhow
@given(shares(most=10**15))
def test_wilson_holds_the_proportion_and_stays_between_0_and_1(share: tuple[int, int]) -> None:
    lower, upper = wilson(*share)
    assert 0 <= lower <= share[0] / share[1] <= upper <= 1
    assert lower < upper


@anyhow
@given(shares())
def test_wilson_is_mirrored_where_what_is_counted_is_swapped(share: tuple[int, int]) -> None:
    lower, upper = wilson(*share)
    assert wilson(share[1] - share[0], share[1]) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@anyhow
@given(shares(most=10**6), st.integers(2, 50))
def test_wilson_narrows_as_the_same_share_is_counted_on_more_people(
    share: tuple[int, int], times: int
) -> None:
    lower, upper = wilson(*share)
    more_lower, more_upper = wilson(share[0] * times, share[1] * times)
    assert more_upper - more_lower < upper - lower


@anyhow
@given(shares())
def test_wilson_widens_with_confidence(share: tuple[int, int]) -> None:
    widths = [upper - lower for lower, upper in (wilson(*share, confidence) for confidence in CONFIDENCES)]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(widths)


def test_a_proportion_of_zero_has_a_lower_limit_of_zero_and_one_of_all_an_upper_limit_of_one() -> None:
    lower, _ = wilson([0, 0], [1, 10**15])
    _, upper = wilson([1, 10**15, 33], [1, 10**15, 33])
    assert lower.tolist() == [0, 0]
    assert upper.tolist() == [1, 1, 1]


# --- Byar -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (5, 1.623, 11.668), (9, 4.115, 17.085)],
)
def test_a_count_below_ten_has_the_exact_limits_of_the_tables(x: int, lower: float, upper: float) -> None:
    # Garwood F (1936), Biometrika 28: 437 to 442; the same figures in Daly L (1992), table 2.
    assert byar(x) == pytest.approx((lower, upper), abs=6e-4)


@anyhow
@given(st.integers(1, 9), st.sampled_from(CONFIDENCES))
def test_exact_limits_leave_half_the_rest_in_each_tail(x: int, confidence: float) -> None:
    lower, upper = byar(x, confidence)
    assert stats.poisson.sf(x - 1, lower) == pytest.approx((1 - confidence) / 2)
    assert stats.poisson.cdf(x, upper) == pytest.approx((1 - confidence) / 2)


def test_byar_gives_a_hundred_worked_by_hand() -> None:
    # 100 (1 - 1/900 - 1.959964/30)^3 and 101 (1 - 1/909 + 1.959964/(3 x 10.049876))^3.
    assert byar(100) == pytest.approx((81.3621, 121.6279), abs=1e-4)


@anyhow
@given(st.integers(10, 10**6))
def test_byar_is_within_a_fifth_of_a_per_cent_of_the_exact_limits(x: int) -> None:
    # The accuracy that PHE's Technical Guide on confidence intervals (2018) states from ten events on.
    exact = stats.chi2.ppf(0.025, 2 * x) / 2, stats.chi2.ppf(0.975, 2 * x + 2) / 2
    assert byar(x) == pytest.approx(exact, rel=0.002)


@anyhow
@given(st.floats(0, 1e9))
def test_limits_of_a_count_hold_the_count_and_are_never_negative(x: float) -> None:
    lower, upper = byar(x)
    assert 0 <= lower <= x < upper


# --- Newcombe ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_difference_gives_the_examples_of_newcombe_1998(
    first: tuple[int, int], second: tuple[int, int], lower: float, upper: float
) -> None:
    # Newcombe RG (1998), Stat Med 17: 873 to 890, table II, method 10.
    gap = first[0] / first[1] - second[0] / second[1]
    assert difference(*first, *second) == pytest.approx((gap, lower, upper), abs=FOUR_DECIMALS)


@anyhow
@given(shares(), shares(), st.sampled_from(CONFIDENCES))
def test_difference_agrees_with_statsmodels(
    first: tuple[int, int], second: tuple[int, int], confidence: float
) -> None:
    lower, upper = confint_proportions_2indep(*first, *second, method="newcomb", alpha=1 - confidence)
    assert difference(*first, *second, confidence)[1:] == pytest.approx((lower, upper), abs=1e-9)


@anyhow
@given(shares(), shares())
def test_difference_is_mirrored_where_the_groups_change_places(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    gap, lower, upper = difference(*first, *second)
    assert difference(*second, *first) == pytest.approx((-gap, -upper, -lower), abs=1e-12)
    assert -1 <= lower <= gap <= upper <= 1


@anyhow
@given(shares())
def test_a_group_is_never_told_from_itself(share: tuple[int, int]) -> None:
    gap, lower, upper = difference(*share, *share)
    assert gap == 0
    assert lower < 0 < upper


# --- shapes, missing and wrong numbers --------------------------------------------------------------------


def test_scalars_give_floats_and_arrays_give_arrays_of_the_same_figures() -> None:
    x, n = [0, 3, 12, 40], [5, 9, 30, 40]
    alone = [wilson(a, b) for a, b in zip(x, n, strict=True)]
    assert all(type(limit) is float for limits in alone for limit in limits)
    assert np.array_equal(np.column_stack(wilson(x, n)), alone)
    assert np.array_equal(np.column_stack(byar(x)), [byar(a) for a in x])
    assert [limits.shape for limits in difference(np.array(x), n, 3, 10)] == [(4,)] * 3


def test_a_missing_number_gives_missing_limits_and_leaves_its_neighbours_alone() -> None:
    numerator = pd.Series([3, None, 5], dtype="Int64")
    denominator = np.array([10.0, 10.0, np.nan])
    for limits in wilson(numerator, denominator):
        assert np.isnan(limits).tolist() == [False, True, True]
    assert np.isnan(byar([np.nan, 3.0, 30.0])[1]).tolist() == [True, False, False]
    assert np.isnan(difference([1.0, np.nan], 9, 2, 9)[0]).tolist() == [False, True]
    assert all(np.isnan(limit) for limit in wilson(float("nan"), 10))


def test_a_count_that_is_not_whole_is_taken_as_it_is() -> None:
    lower, upper = wilson(2.5, 10)
    assert wilson(2, 10)[0] < lower < wilson(3, 10)[0]
    assert wilson(2, 10)[1] < upper < wilson(3, 10)[1]
    assert byar(9)[0] < byar(9.5)[0] < byar(10)[0]


def test_a_numerator_above_its_denominator_is_refused_with_its_row() -> None:
    with pytest.raises(ValueError, match="row 3: numerator 12 is greater than denominator 10"):
        wilson([1, 2, 12], [10, 10, 10])


def test_a_scalar_is_refused_without_a_row() -> None:
    with pytest.raises(ValueError, match=r"^numerator 12 is greater than denominator 10"):
        wilson(12, 10)


def test_a_denominator_of_zero_or_less_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2: denominator 0 is not above 0"):
        wilson([0, 0], [10, 0])
    with pytest.raises(ValueError, match="denominator -4 is not above 0"):
        wilson(0, -4)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1: numerator -1 is negative"):
        wilson([-1, 2], 10)
    with pytest.raises(ValueError, match=r"row 2: count -0\.5 is negative"):
        byar([3, -0.5])


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2: count inf is not a finite number"):
        byar([3, float("inf")])


def test_a_fault_in_a_difference_names_the_group() -> None:
    with pytest.raises(ValueError, match="second numerator 7 is greater than second denominator 5"):
        difference(1, 5, 7, 5)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="the numerator has 2 values and the denominator 3"):
        wilson([1, 2], [3, 4, 5])


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
def test_a_confidence_outside_0_to_1_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        byar(3, confidence)


@anyhow
@given(shares(), shares())
def test_intervals_that_lie_apart_mean_a_difference_that_excludes_zero(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    (lower1, _), (_, upper2) = wilson(*first), wilson(*second)
    assume(lower1 > upper2)
    assert difference(*first, *second)[1] > 0


# -- limits widened by another error ---------------------------------------------------------------------------


@anyhow
@given(st.integers(1, 200), st.integers(200, 2000), st.floats(0, 0.01))
def test_limits_are_widened_by_an_error_of_its_own_and_never_narrowed(
    x: int, n: int, variance: float
) -> None:
    lower, upper = wilson(x, n)
    wider = widened(x / n, lower, upper, variance)
    assert wider[0] <= lower + 1e-12
    assert wider[1] >= upper - 1e-12
    assert widened(x / n, lower, upper, 0.0) == pytest.approx((lower, upper))


def test_without_chance_the_limits_are_those_of_the_error_alone() -> None:
    assert widened(10.0, 10.0, 10.0, 4.0) == pytest.approx((10 - 1.959964 * 2, 10 + 1.959964 * 2))


def test_widened_limits_cover_figures_with_both_errors_as_often_as_they_say() -> None:
    random = np.random.default_rng(20240401)
    shown = random.normal(100, 3, 20_000) + random.normal(0, 4, 20_000)
    lower, upper = widened(shown, shown - 1.959964 * 3, shown + 1.959964 * 3, 16.0)
    assert 0.945 < ((lower <= 100) & (upper >= 100)).mean() < 0.955
