"""Gradients against the figures that OHID, WHO and the World Bank published, statsmodels, and by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from svdash.measures.gradient import (
    REPETITIONS,
    SlopeIndex,
    Transform,
    concentration_curve,
    concentration_index,
    gini,
    lorenz,
    resource_gap,
    slope_index,
)
from tests.examples import examples

few = examples(2 / 3)
MANY = 100_000  # as many draws as the published limits were made with


def limits(found: SlopeIndex) -> tuple[float, float, float, float]:
    return found.sii_lower, found.sii_upper, found.rii_lower, found.rii_upper


@st.composite
def quantiles(draw: st.DrawFn, least: int = 5, most: int = 20) -> pd.DataFrame:
    """Quantiles of any size with proportions strictly between 0 and 1."""
    number = draw(st.integers(least, most))
    people = draw(st.lists(st.integers(1, 10**6), min_size=number, max_size=number))
    share = draw(st.lists(st.floats(0.01, 0.99), min_size=number, max_size=number))
    return pd.DataFrame({"people": people, "share": share}).assign(se=0.01)


# --- what was published with the method -------------------------------------------------------------------

# Life expectancy of men in Halton by deprivation decile: test data of PHEindicatormethods (LE_testdata.csv).
HALTON = pd.DataFrame(
    {
        "population": [18368, 18936, 15561, 20051, 19314, 19331, 17163, 16116, 17275, 23267],
        "years": [
            72.54567756, 75.76729083, 72.94350371, 75.8830764, 76.75897977,
            74.26248445, 80.01279053, 82.77903697, 82.23979685, 83.45957186,
        ],
        "se": [
            1.063662504, 1.018469816, 1.049863649, 0.933704193, 1.03068435,
            0.961414509, 0.887843303, 1.020296466, 1.237268232, 0.886518745,
        ],
    }
)  # fmt: skip

# A directly standardised rate by quintile in 2010, with its 95% limits: the same (DSR_testdata.csv).
RATES = pd.DataFrame(
    {
        "population": [1434002, 1450590, 1453827, 1440980, 1457780],
        "rate": [150.2200205, 131.0221747, 127.4954973, 130.494241, 135.4664241],
        "lower": [147.3194185, 128.3676972, 125.0421198, 128.2469515, 133.2469515],
        "upper": [153.1498241, 133.7051129, 129.975513, 132.7657553, 137.8657553],
    }
)
# The package takes the error from the limits on the log scale, where this module's is se/value.
RATES["se"] = RATES["rate"] * np.log(RATES["upper"] / RATES["lower"]) / (2 * stats.norm.ppf(0.975))

# Obesity in Year 6, England 2006/07, by decile: the same (NCMP_testdata.csv), which has this standard error.
OBESITY = pd.DataFrame(
    {
        "measured": [34353, 32112, 27715, 25372, 23889, 23260, 23180, 24193, 23609, 24488],
        "count": [7287, 6881, 5656, 4868, 4176, 3876, 3617, 3546, 3314, 2960],
    }
)
OBESITY["share"] = OBESITY["count"] / OBESITY["measured"]
OBESITY["se"] = np.sqrt(OBESITY["share"] * (1 - OBESITY["share"]) / OBESITY["measured"])


def test_the_slope_of_life_expectancy_is_the_one_phe_sii_publishes_for_halton() -> None:
    # PHEindicatormethods, worked examples of phe_sii, example 1, E06000006: 12.27526; limits 10.014238 and
    # 14.29402 from a thousand draws only.
    found = slope_index(HALTON, "population", "years", "se")
    assert found.sii == pytest.approx(12.27526, abs=5e-6)
    assert (found.sii_lower, found.sii_upper) == pytest.approx((10.014238, 14.29402), rel=0.02)


def test_the_slope_of_a_rate_on_the_log_scale_is_the_one_phe_sii_publishes() -> None:
    # The same, example 2 with transform, 2010, from 100,000 draws.
    found = slope_index(RATES, "population", "rate", "se", "log", repetitions=MANY)
    assert (found.sii, found.rii) == pytest.approx((-14.03684, 0.9010655), abs=5e-6)
    assert limits(found) == pytest.approx((-17.95990, -10.126662, 0.8752420, 0.9275826), rel=0.01)


def test_the_slope_of_a_rate_as_it_is_is_the_one_phe_sii_publishes() -> None:
    # The same without transform (version 1.4): the draws are log-normal there, normal here.
    found = slope_index(RATES, "population", "rate", "se", repetitions=MANY)
    assert (found.sii, found.rii) == pytest.approx((-14.848683, 0.8956758), abs=5e-7)
    assert limits(found) == pytest.approx((-18.94895, -10.767618, 0.8689296, 0.9231619), rel=0.01)


def test_the_slope_of_a_proportion_on_the_logit_scale_is_the_one_phe_sii_publishes() -> None:
    # The same, example 3 with transform, 2006/07 Year 6, where the sign is turned and in percent.
    found = slope_index(OBESITY, "measured", "share", "se", "logit", repetitions=MANY)
    assert -100 * found.sii == pytest.approx(10.964626, abs=5e-7)
    published = (11.487365, 10.442276)
    assert (-100 * found.sii_lower, -100 * found.sii_upper) == pytest.approx(published, rel=0.01)


def test_the_slope_of_a_proportion_as_it_is_is_the_one_phe_sii_publishes() -> None:
    found = slope_index(OBESITY, "measured", "share", "se", repetitions=MANY)
    assert -100 * found.sii == pytest.approx(10.720032, abs=5e-7)
    published = (11.216222, 10.219930)
    assert (-100 * found.sii_lower, -100 * found.sii_upper) == pytest.approx(published, rel=0.01)


# --- slope index ------------------------------------------------------------------------------------------


def test_the_slope_is_worked_by_hand() -> None:
    # Equal quintiles: ranks 0.1 to 0.9, values 10 to 2 by twos: a straight line from 11 to 1.
    frame = pd.DataFrame({"people": [100] * 5, "value": [10.0, 8, 6, 4, 2]})
    found = slope_index(frame, "people", "value")
    assert (found.most_deprived, found.least_deprived) == pytest.approx((11, 1))
    assert (found.sii, found.rii) == pytest.approx((-10, 1 / 11))
    assert all(math.isnan(limit) for limit in limits(found))


@few
@given(quantiles(), st.sampled_from([None, "log", "logit"]))
def test_the_line_is_statsmodels_regression_on_square_roots(
    frame: pd.DataFrame, transform: Transform | None
) -> None:
    there = {None: np.asarray, "log": np.log, "logit": special.logit}[transform]
    back = {None: np.asarray, "log": np.exp, "logit": special.expit}[transform]
    a = (frame["people"] / frame["people"].sum()).to_numpy()
    b = np.cumsum(a) - a / 2
    fit = sm.OLS(
        there(frame["share"].to_numpy()) * np.sqrt(a), np.column_stack([np.sqrt(a), b * np.sqrt(a)])
    ).fit()
    start, end = float(back(fit.params[0])), float(back(fit.params.sum()))
    found = slope_index(frame, "people", "share", transform=transform)
    assert found.sii == pytest.approx(end - start, rel=1e-6, abs=1e-6)
    assert (found.most_deprived, found.least_deprived) == pytest.approx((start, end), rel=1e-6, abs=1e-6)
    if min(start, end) > 1e-6:
        assert found.rii == pytest.approx(end / start, rel=1e-6)


@few
@given(quantiles())
def test_simulated_limits_are_those_of_the_normal_distribution(frame: pd.DataFrame) -> None:
    found = slope_index(frame, "people", "share", "se", repetitions=40_000)
    a = (frame["people"] / frame["people"].sum()).to_numpy()
    b = np.cumsum(a) - a / 2
    design = np.column_stack([np.sqrt(a), b * np.sqrt(a)])
    weights = (np.linalg.pinv(design) * np.sqrt(a))[1]
    width = stats.norm.ppf(0.975) * np.sqrt(np.sum((weights * 0.01) ** 2))
    assert found.sii_upper - found.sii == pytest.approx(width, rel=0.03)
    assert found.sii - found.sii_lower == pytest.approx(width, rel=0.03)


@few
@given(quantiles(), st.sampled_from(["log", "logit"]))
def test_with_a_transform_the_limits_are_those_of_the_slope_around_the_middle(
    frame: pd.DataFrame, transform: Transform
) -> None:
    found = slope_index(frame, "people", "share", "se", transform)
    there = {"log": np.log, "logit": special.logit}[transform]
    middle = np.average(there(frame["share"]), weights=frame["people"])
    assert found.sii_lower <= found.sii <= found.sii_upper
    assert found.rii_lower <= found.rii <= found.rii_upper
    for sii, rii in ((found.sii_lower, found.rii_lower), (found.sii_upper, found.rii_upper)):
        start = sii / (rii - 1)  # the ends of the line of this limit, from their difference and ratio
        assert there(start) + there(start + sii) == pytest.approx(2 * middle, abs=1e-6)


@few
@given(quantiles(), st.floats(0.1, 100))
def test_the_slope_grows_with_the_values_and_the_ratio_does_not(frame: pd.DataFrame, times: float) -> None:
    larger = frame.assign(share=frame["share"] * times, se=frame["se"] * times)
    for transform in (None, "log"):
        one = slope_index(frame, "people", "share", "se", transform)
        other = slope_index(larger, "people", "share", "se", transform)
        assert other.sii == pytest.approx(one.sii * times, rel=1e-6, abs=1e-9)
        assert other.rii == pytest.approx(one.rii, rel=1e-6, nan_ok=True)
        assert other.sii_upper == pytest.approx(one.sii_upper * times, rel=1e-6, abs=1e-9)


@few
@given(quantiles(), st.integers(2, 1000))
def test_only_shares_of_the_population_count(frame: pd.DataFrame, times: int) -> None:
    larger = frame.assign(people=frame["people"] * times)
    one, other = (slope_index(rows, "people", "share") for rows in (frame, larger))
    assert other.sii == pytest.approx(one.sii, abs=1e-9)


@few
@given(quantiles(), st.floats(0.01, 0.99))
def test_equal_values_have_no_slope(frame: pd.DataFrame, level: float) -> None:
    for transform in (None, "log", "logit"):
        found = slope_index(frame.assign(share=level), "people", "share", "se", transform)
        assert found.sii == pytest.approx(0, abs=1e-9)
        assert found.rii == pytest.approx(1, abs=1e-9)
        assert found.sii_lower < 0 < found.sii_upper


@few
@given(quantiles())
def test_the_slope_is_mirrored_where_the_order_is_turned(frame: pd.DataFrame) -> None:
    one, other = slope_index(frame, "people", "share"), slope_index(frame[::-1], "people", "share")
    assert other.sii == pytest.approx(-one.sii, abs=1e-9)
    assert other.rii == pytest.approx(1 / one.rii, nan_ok=True)


def test_the_same_figures_have_the_same_limits_and_another_seed_nearly_so() -> None:
    one, again = (slope_index(HALTON, "population", "years", "se") for _ in range(2))
    assert one == again
    other = slope_index(HALTON, "population", "years", "se", seed=1)
    assert limits(other) != limits(one)
    assert limits(other) == pytest.approx(limits(one), rel=0.02)


def test_limits_widen_with_confidence_and_vanish_where_nothing_is_uncertain() -> None:
    wide = slope_index(HALTON, "population", "years", "se", confidence=0.998)
    usual = slope_index(HALTON, "population", "years", "se")
    assert wide.sii_lower < usual.sii_lower < usual.sii < usual.sii_upper < wide.sii_upper
    exact = slope_index(HALTON.assign(se=0.0), "population", "years", "se")
    assert limits(exact) == pytest.approx((exact.sii, exact.sii, exact.rii, exact.rii))


def test_a_line_that_falls_below_0_has_no_ratio() -> None:
    frame = pd.DataFrame({"people": [1] * 5, "value": [9.0, 5, 0, 0, 0], "se": [0.1] * 5})
    found = slope_index(frame, "people", "value", "se")
    assert found.least_deprived < 0
    assert math.isnan(found.rii)
    assert math.isnan(found.rii_lower)
    assert found.sii_lower < found.sii < found.sii_upper < 0


def test_a_ratio_that_could_be_anything_has_no_limits() -> None:
    frame = pd.DataFrame({"people": [1] * 5, "value": [1.0, 2, 3, 4, 5], "se": [2.0] * 5})
    found = slope_index(frame, "people", "value", "se")
    assert found.rii == pytest.approx(5.5 / 0.5)
    assert math.isnan(found.rii_lower)
    assert math.isnan(found.rii_upper)


def test_a_proportion_near_0_or_1_keeps_its_logit_line() -> None:
    frame = pd.DataFrame({"people": [1] * 5, "value": [1e-12, 1e-9, 0.5, 1 - 1e-9, 1 - 1e-12]})
    found = slope_index(frame, "people", "value", transform="logit")
    assert 0 <= found.most_deprived < 1e-9
    assert found.least_deprived == pytest.approx(1)


@pytest.mark.parametrize("number", [5, 100])
def test_five_to_a_hundred_quantiles_are_taken(number: int) -> None:
    frame = pd.DataFrame({"people": [10] * number, "value": np.linspace(20, 10, number), "se": 1.0})
    found = slope_index(frame, "people", "value", "se")
    assert found.sii == pytest.approx(-10 * number / (number - 1))
    assert found.sii_lower < found.sii < found.sii_upper


@pytest.mark.parametrize("number", [0, 1, 4, 101])
def test_fewer_than_five_or_more_than_a_hundred_quantiles_are_refused(number: int) -> None:
    frame = pd.DataFrame({"people": [10.0] * number, "value": [1.0] * number})
    with pytest.raises(ValueError, match=f"there are {number} "):
        slope_index(frame, "people", "value")


def changed(column: str, row: int, number: float) -> pd.DataFrame:
    return HALTON.assign(**{column: HALTON[column].astype(float).where(HALTON.index != row, number)})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (changed("population", 2, np.nan), "row 3: population is missing: a gradient needs every quantile"),
        (changed("years", 9, np.nan), "row 10: years is missing"),
        (changed("se", 0, np.nan), "row 1: se is missing"),
        (changed("population", 4, 0), "row 5: population 0 is not above 0"),
        (changed("population", 4, -7), "row 5: population -7 is not above 0"),
        (changed("se", 1, -0.1), r"row 2: se -0\.1 is negative"),
        (changed("years", 3, np.inf), "row 4: years inf is not a finite number"),
        (HALTON.assign(years="[c]"), r"row 1: years '\[c\]' is not a number"),
        (HALTON[["years", "se"]], "needs a column population; there is years, se"),
        (HALTON * np.nan, "row 1: population is missing"),
    ],
)
def test_quantiles_that_cannot_be_right_are_refused_with_the_row(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        slope_index(frame, "population", "years", "se")


@pytest.mark.parametrize(
    ("transform", "value", "message"),
    [
        ("log", 0, "row 3: years 0 has no logarithm"),
        ("log", -2, "row 3: years -2 has no logarithm"),
        ("logit", 0, "years 0 has no logit"),
        ("logit", 1, "years 1 has no logit"),
        ("logit", 75, "years 75 has no logit: proportions must lie between 0 and 1, not in percent"),
    ],
)
def test_values_without_a_transform_are_refused_with_the_row(
    transform: Transform, value: float, message: str
) -> None:
    others = 0.5 if transform == "logit" else 75
    with pytest.raises(ValueError, match=message):
        slope_index(
            HALTON.assign(years=[others, others, value, *[others] * 7]),
            "population",
            "years",
            transform=transform,
        )


def test_what_the_simulation_cannot_use_is_refused() -> None:
    with pytest.raises(ValueError, match="9999 repetitions are too few: take 10,000 or more"):
        slope_index(HALTON, "population", "years", "se", repetitions=REPETITIONS - 1)
    with pytest.raises(ValueError, match="confidence 95 must lie between 0 and 1"):
        slope_index(HALTON, "population", "years", "se", confidence=95)
    wrong: list[Transform] = ["sqrt"]  # type: ignore[list-item]
    with pytest.raises(ValueError, match="transform 'sqrt' is not known: choose log, logit or none"):
        slope_index(HALTON, "population", "years", transform=wrong[0])


# --- concentration index ----------------------------------------------------------------------------------

# World Bank, Quantitative Techniques for Health Equity Analysis, note 7, table 1: births in India 1982 to 1992
# and deaths under five in a thousand, from the poorest fifth to the richest.
INDIA = pd.DataFrame(
    {
        "births": [29939, 28776, 26528, 24689, 19739],
        "mortality": [154.7, 152.9, 119.5, 86.9, 54.3],
    }
)
# WHO, R package healthequal, OrderedSample: births attended by skilled health personnel, in percent.
ATTENDED = pd.DataFrame(
    {
        "births": [2072.436, 2112.204, 1983.059, 2052.124, 1884.510],
        "percent": [75.60530, 91.01997, 96.03959, 97.04223, 99.22405],
        "se": [1.5996131, 1.1351504, 0.6461946, 0.5676206, 0.2237683],
    }
)


def test_the_concentration_index_is_the_one_the_world_bank_publishes() -> None:
    found = concentration_index(INDIA, "births", "mortality")
    assert found.index == pytest.approx(-0.1694, abs=5e-5)
    assert math.isnan(found.lower)


def test_the_concentration_index_is_the_one_who_publishes() -> None:
    # healthequal, example of rci: 0.0469506. (Its interval is that of a regression, another method.)
    found = concentration_index(ATTENDED, "births", "percent", "se")
    assert found.index == pytest.approx(0.0469506, abs=5e-8)
    assert found.lower < found.index < found.upper


def test_the_limits_of_the_concentration_index_are_those_of_the_delta_method() -> None:
    f = (ATTENDED["births"] / ATTENDED["births"].sum()).to_numpy()
    rank = np.cumsum(f) - f / 2
    value, error = ATTENDED["percent"].to_numpy(), ATTENDED["se"].to_numpy()
    mean, index = f @ value, 2 * (f * rank) @ value / (f @ value) - 1
    se = np.sqrt(np.sum((f * (2 * rank - 1 - index) / mean * error) ** 2))
    expected = stats.norm(index, se).ppf([0.025, 0.975])
    found = concentration_index(ATTENDED, "births", "percent", "se", repetitions=MANY)
    assert (found.lower, found.upper) == pytest.approx(tuple(expected), rel=0.01)


def test_the_concentration_index_of_two_halves_is_worked_by_hand() -> None:
    # All in the more deprived half: mu = 0.5, C = 2/0.5 x 0.5 x 1 x 0.25 - 1.
    frame = pd.DataFrame({"people": [10, 10], "rate": [1.0, 0.0]})
    assert concentration_index(frame, "people", "rate").index == pytest.approx(-0.5)


@few
@given(quantiles(2), st.floats(0.01, 100))
def test_the_concentration_index_knows_no_unit_and_is_mirrored_where_the_order_is_turned(
    frame: pd.DataFrame, times: float
) -> None:
    index = concentration_index(frame, "people", "share").index
    larger = frame.assign(share=frame["share"] * times, people=frame["people"] * 3)
    assert concentration_index(larger, "people", "share").index == pytest.approx(index, abs=1e-9)
    assert concentration_index(frame[::-1], "people", "share").index == pytest.approx(-index, abs=1e-9)
    assert -1 < index < 1


@few
@given(quantiles(2), st.floats(0.01, 0.99))
def test_equal_rates_have_an_index_of_0(frame: pd.DataFrame, rate: float) -> None:
    found = concentration_index(frame.assign(share=rate, se=rate / 100), "people", "share", "se")
    assert found.index == pytest.approx(0, abs=1e-9)
    assert found.lower < 0 < found.upper


@few
@given(quantiles(2))
def test_the_index_is_one_minus_twice_the_area_under_the_curve(frame: pd.DataFrame) -> None:
    curve = concentration_curve(frame.assign(amount=frame["people"] * frame["share"]), "people", "amount")
    area = np.trapezoid(curve["amount_share"], curve["population_share"])
    assert concentration_index(frame, "people", "share").index == pytest.approx(1 - 2 * area, abs=1e-9)


def test_every_area_of_a_region_can_have_an_index_with_limits() -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"people": random.integers(1000, 3000, 989), "rate": np.linspace(2, 1, 989), "se": 0.3}
    )
    found = concentration_index(frame, "people", "rate", "se")
    assert found.lower < found.index < found.upper < 0


def test_errors_so_large_that_a_draw_adds_up_to_nothing_leave_no_limits() -> None:
    frame = pd.DataFrame({"people": [1, 1], "rate": [1.0, 2], "se": [5.0, 5]})
    found = concentration_index(frame, "people", "rate", "se")
    assert found.index == pytest.approx(1 / 6)
    assert math.isnan(found.lower)
    assert math.isnan(found.upper)


def test_rates_that_cannot_be_shared_out_are_refused() -> None:
    with pytest.raises(ValueError, match="row 2: mortality -1 is negative"):
        concentration_index(INDIA.assign(mortality=[1, -1, 1, 1, 1]), "births", "mortality")
    with pytest.raises(ValueError, match="mortality adds up to 0 over 5 rows: there is nothing to share"):
        concentration_index(INDIA.assign(mortality=0), "births", "mortality")
    with pytest.raises(ValueError, match="row 5: mortality is missing"):
        concentration_index(INDIA.assign(mortality=[1, 1, 1, 1, np.nan]), "births", "mortality")
    with pytest.raises(ValueError, match="row 1: births 0 is not above 0"):
        concentration_index(INDIA.assign(births=[0, 1, 1, 1, 1]), "births", "mortality")
    with pytest.raises(ValueError, match="there are 1 rows"):
        concentration_index(INDIA.head(1), "births", "mortality")


# --- curves -----------------------------------------------------------------------------------------------


def test_the_concentration_curve_is_worked_by_hand() -> None:
    frame = pd.DataFrame({"people": [20, 30, 50], "money": [60, 30, 10]})
    curve = concentration_curve(frame, "people", "money")
    assert curve["population_share"].tolist() == pytest.approx([0, 0.2, 0.5, 1])
    assert curve["amount_share"].tolist() == pytest.approx([0, 0.6, 0.9, 1])


@few
@given(quantiles(1, 40))
def test_curves_start_at_nothing_end_at_all_and_never_fall(frame: pd.DataFrame) -> None:
    for curve in (concentration_curve(frame, "people", "share"), lorenz(frame, "people", "share")):
        assert curve.iloc[0].tolist() == [0, 0]
        assert curve.iloc[-1].tolist() == [1, 1]
        assert len(curve) == len(frame) + 1
        assert (curve.diff().iloc[1:] >= -1e-12).all(axis=None)


@few
@given(quantiles(1, 40))
def test_the_lorenz_curve_lies_below_the_diagonal_and_below_every_concentration_curve(
    frame: pd.DataFrame,
) -> None:
    curve = lorenz(frame, "people", "share")
    assert (curve["amount_share"] <= curve["population_share"] + 1e-9).all()
    own = concentration_curve(frame, "people", "share")
    at = np.interp(own["population_share"], curve["population_share"], curve["amount_share"])
    assert (own["amount_share"] >= at - 1e-9).all()


@few
@given(quantiles(2, 30))
def test_gini_is_half_the_mean_difference_over_the_mean(frame: pd.DataFrame) -> None:
    frame = frame.assign(amount=frame["people"] * frame["share"])
    f, value = (frame["people"] / frame["people"].sum()).to_numpy(), frame["share"].to_numpy()
    difference = np.abs(value[:, np.newaxis] - value) * f * f[:, np.newaxis]
    assert gini(frame, "people", "amount") == pytest.approx(difference.sum() / (2 * f @ value), abs=1e-9)


def test_gini_is_worked_by_hand() -> None:
    one_has_all = pd.DataFrame({"people": [1] * 10, "money": [0] * 9 + [5]})
    assert gini(one_has_all, "people", "money") == pytest.approx(0.9)
    assert gini(one_has_all.assign(money=3), "people", "money") == pytest.approx(0)


def test_an_area_without_people_is_a_step_in_the_curve_and_has_no_place_in_lorenz() -> None:
    frame = pd.DataFrame({"people": [10, 0, 10], "money": [1, 2, 1]})
    assert concentration_curve(frame, "people", "money")["amount_share"].tolist() == [0, 0.25, 0.75, 1]
    with pytest.raises(ValueError, match="row 2: people 0 is not above 0"):
        lorenz(frame, "people", "money")


# --- resource against population --------------------------------------------------------------------------

SPEND = pd.DataFrame({"decile": [1, 2, 3, 4], "people": [40, 30, 20, 10], "spend": [20.0, 50, 20, 110]})


def test_resource_against_population_is_worked_by_hand() -> None:
    found = resource_gap(SPEND, "people", "spend")
    assert found.rows["population_share"].tolist() == pytest.approx([40, 30, 20, 10])
    assert found.rows["resource_share"].tolist() == pytest.approx([10, 25, 10, 55])
    assert found.rows["gap"].tolist() == pytest.approx([-30, -5, -10, 45])
    assert found.rows["to_parity"].tolist() == pytest.approx([60, 10, 20, -90])
    assert (found.moved, found.moved_percent) == pytest.approx((90, 45))
    assert found.rows["decile"].tolist() == [1, 2, 3, 4]


@few
@given(quantiles(1, 40))
def test_parity_only_moves_what_is_there(frame: pd.DataFrame) -> None:
    found = resource_gap(frame, "people", "share")
    assert found.rows["gap"].sum() == pytest.approx(0, abs=1e-9)
    assert found.rows["to_parity"].sum() == pytest.approx(0, abs=1e-9)
    assert found.moved == pytest.approx(found.rows["to_parity"].clip(lower=0).sum(), abs=1e-9)
    assert 0 <= found.moved_percent < 100
    moved = frame["share"] + found.rows["to_parity"]
    assert resource_gap(frame.assign(moved=moved.clip(lower=0)), "people", "moved").moved == pytest.approx(
        0, abs=1e-9
    )


@few
@given(quantiles(1, 40))
def test_a_resource_in_proportion_is_at_parity(frame: pd.DataFrame) -> None:
    found = resource_gap(frame.assign(spend=frame["people"] * 7.5), "people", "spend")
    assert found.moved_percent == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("measure", [resource_gap, concentration_curve, lorenz, gini])
def test_amounts_that_cannot_be_right_are_refused(measure: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="row 2: spend -5 is negative: set it off"):
        measure(SPEND.assign(spend=[1, -5, 1, 1]), "people", "spend")
    with pytest.raises(ValueError, match="row 4: people is missing"):
        measure(SPEND.assign(people=[1, 1, 1, np.nan]), "people", "spend")
    with pytest.raises(ValueError, match="spend adds up to 0 over 4 rows: there is nothing to share"):
        measure(SPEND.assign(spend=0), "people", "spend")
    with pytest.raises(ValueError, match="people adds up to 0 over 4 rows"):
        measure(SPEND.assign(people=0), "people", "spend")
    with pytest.raises(ValueError, match="needs a column residents; there is decile, people, spend"):
        measure(SPEND, "residents", "spend")
    with pytest.raises(ValueError, match="adds up to 0 over 0 rows"):
        measure(SPEND.head(0), "people", "spend")


# --- how well a straight line fits ------------------------------------------------------------------------


def test_the_misfit_of_a_straight_line_is_nothing_and_that_of_a_bend_is_worked_by_hand() -> None:
    even = pd.DataFrame({"people": 100.0, "rate": [10.0, 8, 6, 4, 2]})
    assert slope_index(even, "people", "rate").misfit == pytest.approx(0, abs=1e-12)
    # 1 0 0 0 1 has its mean, 0.4, for a line: distances 0.6 0.4 0.4 0.4 0.6, squares 1.2 in all, 0.24 on average.
    bent = pd.DataFrame({"people": 100.0, "rate": [1.0, 0, 0, 0, 1]})
    assert slope_index(bent, "people", "rate").misfit == pytest.approx(0.24**0.5)
    assert np.isnan(slope_index(bent, "people", "rate").misfit_p)


@few
@given(
    st.lists(st.tuples(st.integers(50, 5000), st.floats(5, 80), st.floats(0.5, 9)), min_size=5, max_size=12)
)
def test_the_misfit_is_that_of_statsmodels_weighted_regression(rows: list[tuple[int, float, float]]) -> None:
    frame = pd.DataFrame(rows, columns=["people", "rate", "se"])
    share = (frame["people"] / frame["people"].sum()).to_numpy()
    rank = np.cumsum(share) - share / 2
    fit = sm.WLS(frame["rate"].to_numpy(), sm.add_constant(rank), weights=share).fit()
    found = slope_index(frame, "people", "rate", "se")
    assert found.misfit == pytest.approx(float(np.sqrt(np.sum(share * fit.resid**2))), rel=1e-6, abs=1e-9)
    chi_square = float(np.sum((fit.resid / frame["se"].to_numpy()) ** 2))
    assert found.misfit_p == pytest.approx(stats.chi2.sf(chi_square, len(frame) - 2), rel=1e-6, abs=1e-12)


def test_a_bend_beyond_chance_is_told_from_one_that_could_be_chance() -> None:
    bent = pd.DataFrame({"people": 100.0, "rate": [1.0, 0, 0, 0, 1]})
    # Squares add up to 1.2: over 0.01 that is 120, over 1 it is 1.2, on three degrees of freedom.
    assert slope_index(bent.assign(se=0.1), "people", "rate", "se").misfit_p < 1e-20
    assert slope_index(bent.assign(se=1.0), "people", "rate", "se").misfit_p == pytest.approx(0.753, abs=5e-4)
    assert np.isnan(slope_index(bent.assign(se=[0, 1, 1, 1, 1.0]), "people", "rate", "se").misfit_p)
