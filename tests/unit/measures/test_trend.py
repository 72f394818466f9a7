"""The ladder of tests: hand-worked series, other implementations, and what must hold for any series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportion_effectsize  # type: ignore[import-untyped]

from svdash.measures import trend
from svdash.measures.intervals import byar, difference, turnover_difference, wilson
from svdash.measures.many_tests import p_of_difference
from svdash.measures.smallest_gap import SmallestGap
from svdash.measures.trend import (
    assess,
    control_limits,
    interval_frame,
    minimum_detectable_change,
    recent_trend,
    special_causes,
)
from svdash.wording import assessments
from tests.examples import examples

MINUS = "\N{MINUS SIGN}"
# Fewer examples than usual where each one is a whole frame, and no time limit: machines differ.
few = examples(2 / 3)
CALM = [10.0, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 13]


def years(number: int, first: int = 2001) -> list[str]:
    return [f"{year}/{(year + 1) % 100:02d}" for year in range(first, first + number)]


def shares(numerators: Sequence[float], denominator: float = 1000, first: int = 2001) -> pd.DataFrame:
    """A series of proportions on one denominator."""
    frame = pd.DataFrame({"period": years(len(numerators), first), "numerator": numerators})
    return frame.assign(denominator=denominator)


def counts(numerators: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame({"period": years(len(numerators)), "numerator": numerators})


def values(numbers: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame({"period": years(len(numbers)), "value": numbers})


@st.composite
def any_shares(draw: st.DrawFn, least: int = 0, most: int = 16) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
            min_size=least,
            max_size=most,
        )
    )
    return pd.DataFrame(rows, columns=["numerator", "denominator"]).assign(period=years(len(rows)))


# --- no point, one point ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame", [pd.DataFrame(), shares([]), values([np.nan, np.nan]), shares([np.nan, np.nan])]
)
def test_no_figures_are_no_data(frame: pd.DataFrame) -> None:
    found = assess(frame, "higher")
    assert (found.verdict, found.points, found.latest, found.change) == ("no-data", 0, None, None)
    assert assessments.sentence(found) == "No figures for a complete year yet."


def test_one_point_is_too_early_and_says_how_many_years_are_still_needed() -> None:
    found = assess(shares([57], 950), "higher")
    assert found.verdict == "too-early"
    assert assessments.sentence(found) == "6.0% in 2001/02. Too early: 4 more years are needed for a trend."
    assert found.periods_needed == 4
    assert found.different_from_previous is None


def test_one_point_without_counts_needs_one_more_year_to_show_a_change() -> None:
    found = assess(values([1_234_567]), unit="GBP")
    assert (
        assessments.sentence(found) == "£1.2m in 2001/02. Too early: 1 more year is needed to show a change."
    )


# --- two to four points -----------------------------------------------------------------------------------


def test_two_points_are_compared_by_newcombe_and_called_too_early() -> None:
    found = assess(shares([48, 54], first=2024), "higher")
    assert found.verdict == "too-early"
    assert assessments.sentence(found) == (
        "5.4% in 2025/26, 0.6 points above 2024/25 (could be chance). Too early for a trend: 2 of 5 years."
    )
    assert found.different_from_previous is False
    assert "Newcombe" in assessments.method(found)


def test_the_change_and_its_limits_are_newcombes_example_in_points() -> None:
    # Newcombe RG (1998), Stat Med 17: 873 to 890: 56/70 against 48/80 is 0.20 (0.0524 to 0.3339).
    frame = pd.DataFrame({"period": years(2), "numerator": [48, 56], "denominator": [80, 70]})
    found = assess(frame, "higher")
    assert (found.change, found.lower, found.upper) == pytest.approx((20.0, 5.24, 33.39), abs=0.006)
    assert found.different_from_previous is True
    assert found.verdict == "better-than-baseline"
    assert assessments.sentence(found) == (
        "Better than the baseline, beyond chance: 80.0% in 2002/03, 20.0 points above 2001/02. "
        "Too early for a trend: 2 of 5 years."
    )


def test_of_four_points_the_baseline_makes_the_verdict_and_the_last_step_stands_beside_it_untested() -> None:
    found = assess(shares([30, 35, 48, 54]), "higher")
    assert found.verdict == "better-than-baseline"
    assert (found.different_from_previous, found.different_from_baseline) == (False, True)
    assert assessments.sentence(found) == (
        "Better than the baseline, beyond chance: 5.4% in 2004/05, 2.4 points above 2001/02; "
        "0.6 points above 2003/04. Too early for a trend: 4 of 5 years."
    )


@pytest.mark.parametrize(
    ("numerators", "polarity", "verdict"),
    [
        ([30, 54], "higher", "better-than-baseline"),
        ([30, 54], "lower", "worse-than-baseline"),
        ([30, 54], "none", "above-baseline"),
        ([54, 30], "higher", "worse-than-baseline"),
        ([54, 30], "lower", "better-than-baseline"),
        ([54, 30], "none", "below-baseline"),
        # Newcombe's lower limit of 46 against 30 of 1,000 is -0.09 points, of 47 it is 0.003.
        ([30, 46], "higher", "too-early"),
        ([30, 47], "higher", "better-than-baseline"),
        # far from the point before, not from the baseline: the baseline alone decides
        ([50, 20, 50], "higher", "too-early"),
    ],
)
def test_two_to_four_points_differ_from_the_baseline_beyond_chance_or_are_too_early(
    numerators: list[float], polarity: trend.Polarity, verdict: str
) -> None:
    assert assess(shares(numerators), polarity).verdict == verdict


def test_a_fall_is_said_in_words() -> None:
    found = assess(shares([100, 90, 30]))
    assert "3.0% in 2003/04, 7.0 points below 2001/02; 6.0 points below 2002/03." in assessments.sentence(
        found
    )
    found = assess(shares([60, 59, 54]))
    assert "0.6 points below 2001/02 (could be chance); 0.5 points below 2002/03." in assessments.sentence(
        found
    )


@pytest.mark.parametrize(
    ("later", "verdict"),
    # of a million each, from 50.00%: 0.99 points are beyond chance and too small, 1.01 are not
    [(509_900, "practically-even"), (510_100, "better-than-baseline"), (500_050, "too-early")],
)
def test_a_change_beyond_chance_that_is_too_small_to_matter_is_practically_even(
    later: int, verdict: str
) -> None:
    found = assess(shares([500_000, later], 1_000_000), "higher")
    assert found.verdict == verdict
    if verdict == "practically-even":
        assert assessments.sentence(found) == (
            "Practically even: 51.0% in 2002/03, 1.0 points above 2001/02 (beyond chance, but too small to matter). "
            "Too early for a trend: 2 of 5 years."
        )


def test_a_small_share_that_doubles_is_not_even_though_it_is_less_than_a_point() -> None:
    assert assess(shares([4_000, 8_000], 1_000_000), "higher").verdict == "better-than-baseline"


def test_an_authority_may_set_its_own_smallest_change() -> None:
    nature = trend.Nature(smallest=SmallestGap(points=3, low=0.5, high=1.5))
    frame = shares([500_000, 520_000], 1_000_000)
    assert assess(frame, "higher").verdict == "better-than-baseline"
    assert assess(frame, "higher", nature=nature).verdict == "practically-even"


def test_a_period_that_did_not_change_is_the_same_and_nothing_is_said_of_chance() -> None:
    found = assess(shares([30, 30]))
    assert (
        assessments.sentence(found)
        == "3.0% in 2002/03, the same as 2001/02. Too early for a trend: 2 of 5 years."
    )


def test_the_baseline_may_be_any_earlier_period() -> None:
    found = assess(shares([30, 50, 48, 54]), baseline="2002/03")
    assert found.baseline is not None
    assert found.baseline.period == "2002/03"
    assert found.baseline.change == pytest.approx(0.4)


def test_a_baseline_that_is_no_period_of_the_series_is_refused() -> None:
    with pytest.raises(ValueError, match=r"baseline '1999/00' is not a period.*2001/02, 2002/03"):
        assess(shares([30, 50]), baseline="1999/00")


def test_a_baseline_without_a_figure_or_equal_to_the_latest_point_is_said_and_not_compared() -> None:
    missing = assess(shares([30, np.nan, 40]), baseline="2002/03")
    itself = assess(shares([30, 40]), baseline="2002/03")
    assert missing.baseline is None
    assert itself.baseline is None
    assert "The baseline, 2002/03, has no figure that can be tested." in assessments.limits(missing)
    assert "The baseline, 2002/03, is the latest year itself." in assessments.limits(itself)


@few
@given(st.integers(0, 400), st.integers(0, 400))
def test_two_counts_differ_where_wilsons_interval_of_the_share_excludes_a_half(
    earlier: int, later: int
) -> None:
    assume(earlier + later > 0)
    interval = stats.binomtest(later, earlier + later).proportion_ci(method="wilson")
    found = assess(counts([earlier, later]))
    assert found.different_from_previous == (not interval.low <= 0.5 <= interval.high)
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= later - earlier <= found.upper
    assert "given their total" in assessments.method(found)


def test_two_counts_of_nothing_do_not_differ() -> None:
    found = assess(counts([0, 0]))
    assert found.different_from_previous is False
    # Each zero has an exact upper limit of 3.689.
    assert (found.lower, found.upper) == pytest.approx((-3.689, 3.689), abs=5e-4)


def test_counts_say_that_their_base_is_not_allowed_for() -> None:
    found = assess(counts([40, 80]), unit="people")
    assert found.verdict == "above-baseline"
    assert "80 people in 2002/03, 40 people above 2001/02." in assessments.sentence(found)
    assert any("base" in limit for limit in assessments.limits(found))


def test_counts_may_stand_in_the_value_column() -> None:
    by_value = assess(values([40, 80]), "none", "count")
    assert by_value == assess(counts([40, 80]))


# --- five to eleven points --------------------------------------------------------------------------------


def test_the_critical_value_is_the_998th_per_mille_of_chi_square() -> None:
    assert stats.chi2.ppf(0.998, 1) == pytest.approx(trend.LARGE_CHI_SQUARE, abs=5e-5)


def test_the_slope_of_equal_intervals_is_worked_by_hand() -> None:
    # Times -2 to 2 spread by 10, so slope = (2 x 5 + 4 - 2 - 2 x 1)/10 = 1 and its variance is se squared/10.
    value, time = np.array([1.0, 2, 3, 4, 5]), np.arange(5.0)
    half_width = 1.96 * 2  # se = 2, variance 4/10, statistic 1/0.4
    found = recent_trend(value, value - half_width, value + half_width, time)
    assert (found.slope, found.standard_error, found.statistic) == pytest.approx((1, 0.4**0.5, 2.5))
    assert not found.real
    half_width = 1.96 * 1.02  # statistic 10/1.0404 = 9.61
    assert recent_trend(value, value - half_width, value + half_width, time).real
    half_width = 1.96 * 1.03  # statistic 10/1.0609 = 9.43
    assert not recent_trend(value, value - half_width, value + half_width, time).real


@few
@given(any_shares(5, 11))
def test_the_recent_trend_is_statsmodels_weighted_regression_of_the_last_five_points(
    frame: pd.DataFrame,
) -> None:
    last = frame.tail(5)
    lower, upper = wilson(last["numerator"].to_numpy(), last["denominator"].to_numpy())
    weights = (3.92 / (100 * (upper - lower))) ** 2
    value = 100 * last["numerator"] / last["denominator"]
    fit = sm.WLS(value.to_numpy(), sm.add_constant(np.arange(5.0)), weights=weights).fit()
    found = assess(frame).trend
    assert found is not None
    assert found.slope == pytest.approx(fit.params[1], rel=1e-6, abs=1e-8)
    assert found.standard_error == pytest.approx(fit.normalized_cov_params[1, 1] ** 0.5, rel=1e-6)


def test_a_steady_rise_is_improving_where_higher_is_better() -> None:
    found = assess(shares([30, 40, 50, 60, 70]), "higher")
    assert found.verdict == "improving"
    assert (
        assessments.sentence(found) == "Improving: 7.0% in 2005/06, up about 1.0 points a year since 2001/02."
    )
    assert found.slope == pytest.approx(1.0, abs=1e-9)
    assert "Fingertips" in assessments.method(found)


@pytest.mark.parametrize("points", [5, 11])
def test_only_a_proportion_says_that_others_would_test_its_counts(points: int) -> None:
    share, count = (assessments.method(assess(of([40] * points))) for of in (shares, counts))
    for method in (share, count):
        assert method.startswith("Fingertips recent trend: weighted regression of the last 5 points")
    assert "PHEindicatormethods would use a chi-square test for trend on the counts" in share
    assert "chi-square" not in count


@pytest.mark.parametrize(
    ("numerators", "polarity", "verdict"),
    [
        ([30, 40, 50, 60, 70], "lower", "worsening"),
        ([30, 40, 50, 60, 70], "none", "rising"),
        ([70, 60, 50, 40, 30], "lower", "improving"),
        ([70, 60, 50, 40, 30], "higher", "worsening"),
        ([70, 60, 50, 40, 30], "none", "falling"),
        ([30, 31, 29, 30, 32], "higher", "no-clear-change"),
    ],
)
def test_the_word_follows_direction_and_polarity(
    numerators: list[float], polarity: trend.Polarity, verdict: str
) -> None:
    assert assess(shares(numerators), polarity).verdict == verdict


def test_only_the_last_five_points_count() -> None:
    fallen_long_ago = shares([300, 200, 50, 50, 51, 49, 50])
    assert assess(fallen_long_ago).verdict == "no-clear-change"
    assert "since 2003/04" in assessments.sentence(assess(fallen_long_ago))


@pytest.mark.parametrize("level", [30, 333, 700])
def test_one_jump_after_four_equal_points_is_no_trend_whatever_the_level(level: int) -> None:
    # The denominator makes endless decimals, so that the slope of the four equal points is a rounding error.
    found = assess(shares([level] * 4 + [level + 300], 1001), "higher")
    assert found.verdict == "no-clear-change"
    assert found.trend is not None
    assert found.trend.statistic > trend.LARGE_CHI_SQUARE
    assert not found.trend.one_sign
    # No second test beside the one that makes the verdict.
    assert assessments.limits(found) == ("One year decides the slope: without it the direction changes.",)


@pytest.mark.parametrize("level", [0, 37, 1000])
@pytest.mark.parametrize("number", [5, 11, 12, 20])
def test_a_series_that_never_changes_shows_no_clear_change(level: int, number: int) -> None:
    found = assess(shares([level] * number), "higher")
    assert found.verdict == "no-clear-change"
    assert found.signals == ()


def test_a_gap_keeps_its_place_in_time_and_is_mentioned() -> None:
    with_row = assess(shares([30, np.nan, 50, 60, 70, 80]))
    without_row = assess(shares([30, 40, 50, 60, 70, 80]).drop(index=1))
    assert with_row.slope == pytest.approx(1.0, abs=1e-9)
    assert without_row.slope == with_row.slope
    assert assessments.limits(with_row) == ("No figure for 2002/03.",)
    assert assessments.limits(without_row) == ("Nothing between 2001/02 and 2003/04.",)


def test_counts_have_a_trend_too() -> None:
    found = assess(counts([100, 150, 200, 250, 300]), "lower", unit="people")
    assert found.verdict == "worsening"
    # Byar's intervals are narrowest for the small early counts, so the straight line still has a slope of 50.
    assert (
        assessments.sentence(found)
        == "Worsening: 300 people in 2005/06, up about 50 people a year since 2001/02."
    )


def test_quarters_are_warned_about_and_spoken_of_as_quarters() -> None:
    frame = shares([30, 40, 50, 60, 70]).assign(period=["Q1", "Q2", "Q3", "Q4", "Q5"])
    found = assess(frame, period_name="quarter")
    assert "a quarter since Q1" in assessments.sentence(found)
    assert "The recent trend test is meant for yearly figures." in assessments.limits(found)


# --- twelve points and more: XmR --------------------------------------------------------------------------


def test_the_limits_of_a_chart_are_worked_by_hand() -> None:
    # Mean 138/12; moving ranges 2 1 2 3 2 1 2 3 2 1 2, sum 21 over 11.
    found = control_limits(CALM)
    assert (found.centre, found.moving_range) == pytest.approx((11.5, 21 / 11))
    assert (found.lower, found.upper) == pytest.approx((11.5 - 2.66 * 21 / 11, 11.5 + 2.66 * 21 / 11))
    assert (found.lower, found.upper) == pytest.approx((6.42182, 16.57818), abs=1e-5)


def test_a_freak_moving_range_is_screened_out_of_the_limits() -> None:
    # With 40 at the end the moving ranges add up to 48 over 12, mean 4; 27 is above 3.267 x 4 = 13.07 and goes, so
    # the width is 21/11 again while the mean moves to 178/13.
    found = control_limits([*CALM, 40])
    assert found.moving_range == pytest.approx(21 / 11)
    assert (found.lower, found.centre, found.upper) == pytest.approx((8.61413, 13.69231, 18.77049), abs=1e-5)


def test_a_large_moving_range_below_the_screen_stays() -> None:
    # 19 at the end: moving ranges add up to 27 over 12, mean 2.25; 6 is below 3.267 x 2.25 = 7.35.
    assert control_limits([*CALM, 19]).moving_range == pytest.approx(27 / 12)


def test_limits_do_not_collapse_where_all_variation_is_one_step() -> None:
    found = control_limits([0.0] * 6 + [1.0] * 6)
    assert found.moving_range == pytest.approx(1 / 11)


def test_a_calm_series_is_common_cause_variation() -> None:
    found = assess(values(CALM), "higher")
    assert found.verdict == "no-clear-change"
    assert (
        assessments.sentence(found)
        == "No clear change: 13 in 2012/13, within the expected range of 6.42 to 16.58."
    )
    assert found.control == control_limits(CALM)
    assert found.signals == ()


def rules(series: list[float]) -> list[tuple[str, tuple[int, ...], int]]:
    return [(c.rule, c.points, c.direction) for c in special_causes(series, control_limits(series))]


def test_a_point_outside_a_limit_is_a_special_cause() -> None:
    assert rules([*CALM, 19]) == [("outside", (12,), 1)]
    assert rules([*CALM, 4]) == [("outside", (12,), -1)]


def test_seven_on_one_side_are_a_special_cause_and_six_are_not() -> None:
    control = trend.ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    six = [9.0, 11, 12, 11, 12, 11, 12, 9]
    assert special_causes(six, control) == ()
    seven = [9.0, 11, 12, 11, 12, 11, 12, 11, 9]
    assert special_causes(seven, control) == (trend.SpecialCause("run", tuple(range(1, 8)), 1),)


def test_a_point_on_the_centre_line_ends_a_run() -> None:
    control = trend.ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    assert special_causes([9.0, 8, 9, 8, 10, 9, 8, 9, 8], control) == ()


def test_seven_falling_are_a_special_cause_and_six_are_not() -> None:
    control = trend.ControlLimits(centre=10, lower=0, upper=20, moving_range=10 / 2.66)
    six = [9.0, 13, 12, 11, 9.5, 9, 8.5, 11]
    assert special_causes(six, control) == ()
    seven = [9.0, 13, 12, 11, 9.5, 9, 8.5, 8, 11]
    assert special_causes(seven, control) == (trend.SpecialCause("trend", tuple(range(1, 8)), -1),)


def test_two_of_three_beyond_two_thirds_on_one_side_are_a_special_cause() -> None:
    control = trend.ControlLimits(centre=0, lower=-9, upper=9, moving_range=9 / 2.66)
    assert special_causes([-1.0, 7, 1, 7, -1, 1], control) == (trend.SpecialCause("two-of-three", (1, 3), 1),)
    assert special_causes([-1.0, -7, -8, 1], control) == (trend.SpecialCause("two-of-three", (1, 2), -1),)
    assert special_causes([1.0, 7, -1, 7, -1, 1], control) == ()  # the third is on the other side
    assert special_causes([1.0, 7, 0, 7, -1, 1], control) == ()  # or on none
    assert special_causes([-1.0, 7, -7, 1], control) == ()
    assert special_causes([-1.0, 7, 1, 1, 7, -1], control) == ()
    assert special_causes([-1.0, 6, 6, -1], control) == ()  # on the two-thirds line, not beyond it
    # A point outside the limit is a signal of its own and none of the two.
    assert special_causes([-1.0, 7, 10, 1, -1], control) == (trend.SpecialCause("outside", (2,), 1),)
    assert special_causes([-1.0, 9, 8, 1, -1], control) == (trend.SpecialCause("two-of-three", (1, 2), 1),)


def plain_two_of_three(series: Sequence[float], control: trend.ControlLimits) -> set[int]:
    """The rule as METHODS has it, point by point: near a limit, not outside, three on one side."""

    def near(x: float) -> bool:
        third = (control.upper - control.centre) / 3
        return 2 * third < abs(x - control.centre) <= 3 * third

    found: set[int] = set()
    for start in range(len(series) - 2):
        three = range(start, start + 3)
        sides = {float(np.sign(series[i] - control.centre)) for i in three}
        close = [i for i in three if near(series[i])]
        if len(close) >= 2 and sides in ({1.0}, {-1.0}):
            found.update(close)
    return found


def test_two_of_three_is_the_plain_rule_on_two_thousand_random_series() -> None:
    random = np.random.default_rng(20)
    flagged = 0
    for _ in range(2000):
        size = int(random.integers(12, 37))
        series = list(
            np.cumsum(random.normal(size=size)) * random.choice([0, 0.3]) + random.normal(size=size)
        )
        control = control_limits(series)
        causes = special_causes(series, control)
        told = {i for cause in causes if cause.rule == "two-of-three" for i in cause.points}
        assert told == plain_two_of_three(series, control)
        flagged += bool(told)
    assert flagged > 100  # the rule was met often enough to be compared


@pytest.mark.parametrize(
    ("tail", "verdict", "words"),
    [
        ([19.0], "improving", "above the expected range of 6.09 to 18.06"),
        ([4.0], "worsening", "below the expected range of 5.84 to 16"),
        ([14, 15, 14, 15, 14, 15, 14], "improving", "the last 8 years all above the average of"),
        ([8, 9, 10, 11, 12, 13, 14], "improving", "the last 7 years each higher than the one before"),
    ],
)
def test_a_special_cause_that_includes_the_latest_point_makes_the_verdict(
    tail: list[float], verdict: str, words: str
) -> None:
    found = assess(values([*CALM, *tail]), "higher")
    assert found.verdict == verdict
    assert words in assessments.sentence(found)
    assert found.points - 1 in found.signals[-1].points


def test_a_special_cause_of_the_past_is_mentioned_and_makes_no_verdict() -> None:
    found = assess(values([19, *CALM]), "higher")
    assert found.verdict == "no-clear-change"
    assert [signal.rule for signal in found.signals] == ["outside"]
    assert assessments.limits(found) == (
        "An earlier special cause ended in 2001/02; the latest year shows none.",
    )


def test_signals_that_point_both_ways_make_no_verdict() -> None:
    # Above the average of 12.2, and falling all the while.
    found = assess(values([0, 20] * 6 + [19, 18, 17, 16, 15, 14, 13]), "higher")
    assert {signal.direction for signal in found.signals if found.points - 1 in signal.points} == {1, -1}
    assert found.verdict == "no-clear-change"
    assert "signals that point both ways" in assessments.sentence(found)


def test_an_expected_range_never_leaves_what_a_share_can_be_in_words() -> None:
    found = assess(shares([1, 20, 2, 18, 1, 20, 2, 19, 1, 20, 2, 18]))
    assert found.control is not None
    assert found.control.lower < 0
    assert "expected range of 0.0% to" in assessments.sentence(found)


# --- figures without an interval --------------------------------------------------------------------------


def test_money_shows_its_change_and_says_that_no_test_is_possible() -> None:
    found = assess(values([900_000, 1_300_000, 1_200_000]), unit="GBP")
    assert found.verdict == "no-test"
    assert assessments.sentence(found) == (
        "Up from £900,000 to £1.2m in 2 years, to 2003/04; £100,000 below 2002/03. "
        "A full count, which no sampling test applies to."
    )
    assert (found.change, found.lower, found.different_from_previous) == (-100_000, None, None)


def test_a_pay_gap_is_a_full_count_whose_change_is_said_in_words_first() -> None:
    # LCRCA's mean gender pay gap, 2021 to 2024: METHODS' own example.
    found = assess(values([15.2, 12.39, 9.76, 5.51]), "lower", unit="percent")
    assert found.verdict == "no-test"
    assert assessments.sentence(found) == (
        "Down from 15.2% to 5.5% in 3 years, to 2004/05; 4.3 points below 2003/04. "
        "A full count, which no sampling test applies to."
    )
    assert assessments.limits(found) == (
        "A full count, not a sample: no sampling test applies, and the change is the change.",
    )


def test_a_negative_pay_gap_has_a_real_minus() -> None:
    found = assess(values([5.51, -1.04]), "lower", unit="percent")
    assert assessments.sentence(found).startswith(f"Down from 5.5% to {MINUS}1.0% in 1 year, to 2002/03.")


@pytest.mark.parametrize("unit", ["GBP", "hours", "index"])
def test_money_hours_and_indices_are_not_tested_whatever_counts_come_along(unit: str) -> None:
    assert assess(shares([30, 40, 50]).assign(value=[3.0, 4, 5]), unit=unit).verdict == "no-test"


def test_shares_published_without_counts_are_not_tested() -> None:
    frame = shares([np.nan, np.nan]).assign(value=[5.0, 6.0])
    found = assess(frame, kind="proportion")
    assert found.verdict == "no-test"
    assert assessments.sentence(found) == "Up from 5.0% to 6.0% in 1 year, to 2002/03. No test possible."


def test_a_single_share_published_without_counts_is_mentioned_and_left_out() -> None:
    found = assess(shares([np.nan, 40, 50]).assign(value=[3.1, 4.0, 5.0]))
    assert found.points == 2
    assert "Published without counts, shown but not tested: 2001/02 (3.1%)." in assessments.limits(found)


def test_the_kind_is_read_from_the_columns() -> None:
    assert "Newcombe" in assessments.method(assess(shares([30, 40])))
    assert "two counts" in assessments.method(assess(counts([30, 40])))
    assert assess(values([30, 40])).verdict == "no-test"


# --- headcounts, stocks and what charts are not for -------------------------------------------------------


def test_a_headcount_is_tested_against_turnover_by_the_formula_of_methods() -> None:
    # n = 950, p = (57 + 40)/1900, t = 0.1, 2 years: sd = sqrt(2 x 950 p (1 - p) (1 - 0.81)) = 4.182 people,
    # so 17 people are 4.07 of them; by sampling, sd would be 9.6 and 17 could be chance.
    share = 97 / 1900
    sd = (2 * 950 * share * (1 - share) * (1 - 0.9**2)) ** 0.5
    assert sd == pytest.approx(4.182, abs=5e-4)
    frame = shares([40, 50, 57], 950)
    found = assess(frame, "higher", nature=trend.Nature(headcount=True, turnover=0.1))
    assert found.verdict == "better-than-baseline"
    assert found.baseline is not None
    assert found.baseline.lower == pytest.approx(100 * (17 - 1.959964 * sd) / 950, abs=1e-6)
    assert found.baseline.upper == pytest.approx(100 * (17 + 1.959964 * sd) / 950, abs=1e-6)
    assert found.baseline.p == pytest.approx(2 * stats.norm.sf(17 / sd), rel=1e-6)
    assert "turnover of 10% a year" in assessments.method(found)
    assert assessments.limits(found) == ()


def test_without_a_turnover_the_ordinary_interval_of_a_headcount_stands_and_is_called_cautious() -> None:
    frame = shares([40, 50, 57], 950)
    found = assess(frame, "higher", nature=trend.Nature(headcount=True))
    ordinary = assess(frame, "higher")
    assert found.verdict == ordinary.verdict == "too-early"
    assert found.baseline == ordinary.baseline
    assert any("it is cautious" in limit for limit in assessments.limits(found))
    assert not any("cautious" in limit for limit in assessments.limits(ordinary))


def test_a_turnover_counts_by_the_quarter_too() -> None:
    quarters = shares([40, 57], 950).assign(period=["2024/25 Q1", "2025/26 Q1"])
    nature = trend.Nature(headcount=True, turnover=0.1)
    by_quarter = assess(quarters, nature=nature, period_name="quarter").baseline
    by_year = assess(shares([40, 57], 950), nature=nature).baseline
    assert by_quarter is not None
    assert by_year is not None
    assert (by_quarter.lower, by_quarter.periods_between) == (pytest.approx(by_year.lower), 4.0)


def test_turnover_of_everybody_is_the_difference_of_two_samples() -> None:
    gap, lower, upper = turnover_difference(57, 950, 40, 950, 1.0, 1)
    se = (2 * (97 / 1900) * (1 - 97 / 1900) / 950) ** 0.5
    assert (gap, lower, upper) == pytest.approx(
        (17 / 950, 17 / 950 - 1.959964 * se, 17 / 950 + 1.959964 * se)
    )


@pytest.mark.parametrize(
    ("turnover", "years"), [(0, 1), (1.1, 1), (12, 1), (0.1, 0), (0.1, -1), (float("nan"), 1)]
)
def test_a_turnover_or_time_that_cannot_be_is_refused(turnover: float, years: float) -> None:
    with pytest.raises(ValueError, match=r"turnover|the time between the headcounts"):
        turnover_difference(57, 950, 40, 950, turnover, years)


def test_turnover_by_simulation_moves_the_headcount_as_the_formula_says() -> None:
    # Nobody knows who leaves: of 950 people a tenth goes each year and is replaced at random, for two years.
    random = np.random.default_rng(8)
    size, share, turnover = 950, 0.06, 0.1
    changes = []
    for _ in range(3000):
        staff = random.random(size) < share
        then = staff.sum()
        for _ in range(2):
            gone = random.random(size) < turnover
            staff = np.where(gone, random.random(size) < share, staff)
        changes.append(int(staff.sum()) - int(then))
    expected = (2 * size * share * (1 - share) * (1 - (1 - turnover) ** 2)) ** 0.5
    assert np.std(changes) == pytest.approx(expected, rel=0.04)


def quarters(number: int) -> list[str]:
    return [f"{2020 + q // 4}/{21 + q // 4} Q{q % 4 + 1}" for q in range(number)]


def test_a_stock_of_twelve_points_or_more_gets_the_change_in_words_and_no_chart() -> None:
    frame = shares([300 + 3 * n for n in range(13)]).assign(period=quarters(13))
    flow = assess(frame, "higher", period_name="quarter")
    stock = assess(frame, "higher", period_name="quarter", nature=trend.Nature(stock=True))
    assert flow.test != "change-only" or any(limit.code == "limits-left" for limit in flow.limits)
    assert (stock.test, stock.verdict, stock.control) == ("change-only", "no-test", None)
    assert assessments.sentence(stock) == (
        "Up from 30.0% to 33.6% in 12 quarters, to 2023/24 Q1; 0.3 points above 2022/23 Q4. "
        "A stock, which moves slowly by nature: described in words, not tested."
    )


def test_a_share_of_a_stock_of_fewer_points_is_tested_like_any_other() -> None:
    frame = shares([30, 40, 50, 60, 70])
    assert assess(frame, "higher", nature=trend.Nature(stock=True)).verdict == "improving"


@pytest.mark.parametrize("counts", [[6, 9, 30], [10, 40, 70, 100, 130, 160]])
def test_a_stock_that_is_a_count_is_never_tested_since_most_of_it_was_counted_before(
    counts: list[int],
) -> None:
    frame = values([float(n) for n in counts]).assign(numerator=counts)
    flow = assess(frame, "higher", kind="count")
    assert flow.p is not None
    assert flow.p < 0.05
    stock = assess(frame, "higher", kind="count", nature=trend.Nature(stock=True))
    assert (stock.test, stock.verdict, stock.p) == ("change-only", "no-test", None)
    assert stock.baseline is not None
    assert (stock.baseline.change, stock.baseline.different) == (counts[-1] - counts[0], None)
    assert assessments.sentence(stock).endswith("described in words, not tested.")
    assert any("It counts who is there" in limit for limit in assessments.limits(stock))
    one = assess(frame[:1], "higher", kind="count", nature=trend.Nature(stock=True))
    assert one.verdict == "too-early"
    assert "1 more year is needed to show a change" in assessments.sentence(one)


def test_limits_that_most_points_leave_are_not_called_expected() -> None:
    # Steps of 1 make limits of 2.66 to each side of the mean, 6.5: of 14 points 8 lie outside, of 12 only 6.
    slide = [float(n) for n in range(14)]
    limits = control_limits(slide)
    assert trend.outside_limits(slide, limits) == 8
    found = assess(values(slide), "higher")
    assert (found.test, found.verdict, found.control) == ("change-only", "no-test", None)
    assert "expected" not in assessments.sentence(found)
    assert assessments.sentence(found).endswith(
        "Most points lie outside the limits of a chart: described in words."
    )
    half = assess(values(slide[:12]), "higher")
    assert trend.outside_limits(slide[:12], control_limits(slide[:12])) == 6
    assert (half.test, half.verdict) == ("control-chart", "improving")


def test_a_missing_quarter_is_a_gap_and_its_sides_are_no_neighbours() -> None:
    level = [50.0, 52, 51, 53, 50, 52, 90, 92, 91, 93, 90, 92, 91]
    frame = pd.DataFrame({"period": quarters(13), "value": level})
    # Without the quarter before the jump the two levels are not beside each other.
    missing = frame.drop(index=6)
    found = assess(missing, "none", unit="index", period_name="quarter")
    # Steps 2 1 2 3 2 before the gap, 1 2 3 2 1 after it: mean 1.9; the step of 40 across it is none.
    whole = control_limits([*level[:6], np.nan, *level[7:]])
    assert whole.moving_range == pytest.approx(1.9)
    assert "Nothing between 2021/22 Q2 and 2021/22 Q4." in assessments.limits(found)


def test_a_signal_after_a_gap_names_the_points_and_not_the_places() -> None:
    series = [10.0, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 13, 40]
    frame = pd.DataFrame({"period": quarters(14), "value": [*series[:5], np.nan, *series[5:]]})
    found = assess(frame, "higher", unit="index", period_name="quarter")
    assert found.points == 13
    assert [(cause.rule, cause.points) for cause in found.current_signals] == [("outside", (12,))]
    assert found.verdict == "improving"


def test_quarters_and_halves_keep_their_place_in_time() -> None:
    steady = shares([30, 40, 60, 70, 80]).assign(
        period=["2024/25 Q1", "2024/25 Q2", "2024/25 Q4", "2025/26 Q1", "2025/26 Q2"]
    )
    assert assess(steady, period_name="quarter").slope == pytest.approx(1.0, abs=1e-9)
    halves = shares([30, 40, 60]).assign(period=["2024/25 H1", "2024/25 H2", "2025/26 H2"])
    found = assess(halves, period_name="half-year")
    assert found.baseline is not None
    assert found.baseline.periods_between == 3.0
    assert "Nothing between 2024/25 H2 and 2025/26 H2." in assessments.limits(found)


def test_a_real_trend_that_is_too_small_to_matter_is_practically_even() -> None:
    small = shares([500_000 + 2_000 * n for n in range(5)], 1_000_000)  # 0.8 points in four years
    large = shares([500_000 + 3_000 * n for n in range(5)], 1_000_000)  # 1.2 points
    assert assess(small, "higher").verdict == "practically-even"
    assert assessments.sentence(assess(small, "higher")).startswith(
        "Practically even: 50.8% in 2005/06, up about"
    )
    assert assess(large, "higher").verdict == "improving"


def test_a_special_cause_too_near_the_centre_to_matter_is_practically_even() -> None:
    # Limits of half a point on either side of 50.2, and of two and a half on either side of 51.
    calm, lively = [50.0, 50.2, 50.1, 50.3] * 3, [50.0, 51, 50.5, 51.5] * 3
    assert assess(values([*calm, 50.8]), "higher", unit="percent").verdict == "practically-even"
    assert assess(values([*lively, 55]), "higher", unit="percent").verdict == "improving"


def test_an_assessment_carries_the_p_value_of_the_test_that_makes_its_verdict() -> None:
    two, five, twelve = (assess(shares([30 + 4 * n for n in range(size)])) for size in (2, 5, 12))
    assert two.p == pytest.approx(float(p_of_difference((34,), (1000,), (30,), (1000,))[0]))
    assert two.level == 0.05
    assert five.trend is not None
    assert five.p == pytest.approx(stats.chi2.sf(five.trend.statistic, 1))
    assert five.level == 0.002
    assert (twelve.p, twelve.level) == (None, 0.0)


def test_differences_are_of_unrounded_figures() -> None:
    # 5.44% and 6.05% are written 5.4% and 6.1%; they differ by 0.61, not by 0.7.
    frame = shares([544, 605], 10_000).assign(value=[5.4, 6.1])
    assert assess(frame).change == pytest.approx(0.61)


# --- part years, gaps and targets -------------------------------------------------------------------------


@few
@given(any_shares(1, 15), st.integers(0, 50))
def test_a_part_year_changes_nothing_but_the_remarks(frame: pd.DataFrame, numerator: int) -> None:
    row = pd.DataFrame({"period": ["2030/31"], "numerator": [numerator], "denominator": [50], "part": [True]})
    with_part = assess(pd.concat([frame.assign(part=False), row], ignore_index=True), "higher")
    assert replace(with_part, limits=()) == replace(assess(frame, "higher"), limits=())
    assert any("2030/31" in limit and "not tested" in limit for limit in assessments.limits(with_part))


def test_a_part_year_alone_is_no_figure_of_a_complete_year() -> None:
    found = assess(shares([20]).assign(part=True))
    assert assessments.sentence(found) == "No figures for a complete year yet."
    assert assessments.limits(found) == ("Part-year or provisional, shown but not tested: 2001/02 (2.0%).",)


def test_a_part_year_is_named_with_its_figure() -> None:
    found = assess(shares([30, 40, 20]).assign(part=pd.array([False, None, True], dtype="boolean")))
    assert found.periods == ("2001/02", "2002/03")
    assert assessments.limits(found) == ("Part-year or provisional, shown but not tested: 2003/04 (2.0%).",)


def test_a_long_list_of_gaps_is_cut() -> None:
    found = assess(shares([30, np.nan, np.nan, np.nan, np.nan, np.nan, 40]))
    assert assessments.limits(found) == ("No figure for 2002/03, 2003/04, 2004/05 and 2 more.",)


def test_a_target_is_met_or_not_by_the_headcount_itself() -> None:
    not_met = assess(shares([53], 951), "higher", target=6.0)  # 5.573%
    met = assess(shares([58], 951), "higher", target=6.0)  # 6.099%
    assert (not_met.target_met, met.target_met) == (False, True)
    assert assessments.target(not_met) == "The target of 6.0% is not met: 0.4 points below it."
    assert assessments.target(met) == "The target of 6.0% is met: 0.1 points above it."


def test_a_target_is_not_met_by_rounding() -> None:
    # 57 of 951 is 5.994%, which is written 6.0%.
    found = assess(shares([57], 951).assign(value=[6.0]), "higher", target=6.0)
    assert found.target_met is False
    assert assessments.target(found) == "The target of 6.0% is not met: less than 0.1 points below it."


@pytest.mark.parametrize(
    ("polarity", "value", "met", "words"),
    [
        ("lower", 5.0, True, "The target of 6.0% is met: 1.0 points below it."),
        ("lower", 7.0, False, "The target of 6.0% is not met: 1.0 points above it."),
        ("lower", 6.0, True, "The target of 6.0% is met exactly."),
        ("higher", 6.0, True, "The target of 6.0% is met exactly."),
        ("none", 7.0, None, "1.0 points above the target of 6.0%."),
        ("none", 6.0, None, "On the target of 6.0%."),
    ],
)
def test_which_side_of_a_target_is_right_follows_the_polarity(
    polarity: trend.Polarity, value: float, *, met: bool | None, words: str
) -> None:
    found = assess(values([value]), polarity, unit="percent", target=6.0)
    assert found.target_met is met
    assert assessments.target(found) == words


# --- for any series ---------------------------------------------------------------------------------------


@few
@given(any_shares())
def test_improving_and_worsening_change_places_with_the_polarity(frame: pd.DataFrame) -> None:
    opposite = {"improving": "worsening", "better-than-baseline": "worse-than-baseline"}
    opposite |= {after: before for before, after in opposite.items()}
    neutral = {"improving": "rising", "worsening": "falling"}
    neutral |= {"better-than-baseline": "above-baseline", "worse-than-baseline": "below-baseline"}
    higher, lower, none = (assess(frame, polarity) for polarity in ("higher", "lower", "none"))
    assert lower.verdict == opposite.get(higher.verdict, higher.verdict)
    assert none.verdict == neutral.get(higher.verdict, higher.verdict)


def test_one_point_that_decides_does_so_for_a_share_and_for_the_rest() -> None:
    periods = [f"{2001 + n}/{(2 + n):02d}" for n in range(5)]
    frame = pd.DataFrame(
        {"numerator": [0, 13, 0, 0, 0], "denominator": [1, 53, 274, 1, 1], "period": periods}
    )
    rest = frame.assign(numerator=frame["denominator"] - frame["numerator"])
    assert assess(frame).verdict == assess(rest).verdict == "no-clear-change"


@few
@given(any_shares(5, 11))
def test_what_rises_in_one_group_falls_in_the_rest(frame: pd.DataFrame) -> None:
    rest = frame.assign(numerator=frame["denominator"] - frame["numerator"])
    opposite = {"rising": "falling", "falling": "rising"}
    assert assess(rest).verdict == opposite.get(assess(frame).verdict, "no-clear-change")


@few
@given(any_shares())
def test_the_ladder_is_chosen_by_the_number_of_points(frame: pd.DataFrame) -> None:
    found = assess(frame)
    assert found.points == len(frame)
    assert (found.trend is not None) == (5 <= len(frame) <= 11)
    left = any(limit.code == "limits-left" for limit in found.limits)
    assert (found.control is not None) == (len(frame) >= 12 and not left)
    few_points = {"too-early", "practically-even", "above-baseline", "below-baseline"}
    assert (found.test in ("one-point", "differences")) == (1 <= len(frame) <= 4)
    assert found.verdict in few_points or not 1 <= len(frame) <= 4
    assert assessments.sentence(found).count(".") >= 1
    assert "-" not in assessments.sentence(found)
    assert "nan" not in assessments.sentence(found)


@few
@given(any_shares(1))
def test_the_frame_that_is_given_stays_as_it_was(frame: pd.DataFrame) -> None:
    before = frame.copy()
    assess(frame)
    interval_frame(frame, "proportion")
    pd.testing.assert_frame_equal(frame, before)


# --- intervals of a frame ---------------------------------------------------------------------------------


def test_intervals_of_proportions_are_in_percent() -> None:
    # Newcombe RG (1998), Stat Med 17: 857 to 872: 15 of 148 is 6.24% to 16.05%.
    found = interval_frame(shares([15, np.nan], 148), "proportion")
    assert found["value"].iloc[0] == pytest.approx(100 * 15 / 148)
    assert (found["lower"].iloc[0], found["upper"].iloc[0]) == pytest.approx((6.24, 16.05), abs=0.006)
    assert found[["value", "lower", "upper"]].iloc[1].isna().all()


def test_intervals_of_counts_are_byars_and_money_has_none() -> None:
    found = interval_frame(counts([4, 65]), "count")
    assert np.column_stack([found["lower"], found["upper"]]).tolist() == [list(byar(4)), list(byar(65))]
    assert interval_frame(values([1.0, 2]), "none")[["lower", "upper"]].isna().all(axis=None)


def test_a_published_value_is_kept_where_its_counts_were_rounded() -> None:
    found = interval_frame(shares([55], 950).assign(value=[6.0]), "proportion")
    assert found["value"].tolist() == [6.0]


# --- minimum detectable change ----------------------------------------------------------------------------

bases = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@few
@given(bases, st.integers(1, 3000))
def test_the_nearest_rise_excludes_zero_and_one_fewer_does_not(base: tuple[int, int], n1: int) -> None:
    found = minimum_detectable_change(*base, n1, 1)
    if found is None:
        assert difference(n1, n1, *base)[1] <= 0
    else:
        assert difference(found, n1, *base)[1] > 0
        assert found == 0 or difference(found - 1, n1, *base)[1] <= 0


@few
@given(bases, st.integers(1, 3000))
def test_the_nearest_fall_excludes_zero_and_one_more_does_not(base: tuple[int, int], n1: int) -> None:
    found = minimum_detectable_change(*base, n1, -1)
    if found is None:
        assert difference(0, n1, *base)[2] >= 0
    else:
        assert difference(found, n1, *base)[2] < 0
        assert found == n1 or difference(found + 1, n1, *base)[2] >= 0


@few
@given(bases, st.integers(1, 300), st.sampled_from([1, -1]))
def test_no_nearer_numerator_would_do(base: tuple[int, int], n1: int, direction: int) -> None:
    _, lower, upper = difference(np.arange(n1 + 1), n1, *base)
    enough = np.flatnonzero(lower > 0) if direction == 1 else np.flatnonzero(upper < 0)[::-1]
    found = minimum_detectable_change(*base, n1, 1 if direction == 1 else -1)
    assert found == (enough[0] if enough.size else None)


def exact_power(found: int, x0: int, size: int) -> float:
    """How often Newcombe's interval leaves out no change where these are the true shares, all outcomes added up."""
    counts = np.arange(size + 1)
    later, earlier = np.meshgrid(counts, counts)
    _, lower, _ = difference(later.ravel(), size, earlier.ravel(), size)
    chances = np.outer(
        stats.binom.pmf(counts, size, x0 / size), stats.binom.pmf(counts, size, found / size)
    ).ravel()
    return float(chances[lower > 0].sum())


@pytest.mark.parametrize(("x0", "size"), [(24, 400), (60, 400), (100, 200)])
def test_the_nearest_change_is_seen_every_other_time_and_the_minimum_detectable_one_four_times_in_five(
    x0: int, size: int
) -> None:
    nearest, detectable = (minimum_detectable_change(x0, size, size, power=power) for power in (0.5, 0.8))
    assert nearest is not None
    assert detectable is not None
    assert nearest == minimum_detectable_change(x0, size, size)
    assert exact_power(nearest, x0, size) == pytest.approx(0.5, abs=0.05)
    assert exact_power(detectable, x0, size) == pytest.approx(0.8, abs=0.03)


def test_the_minimum_detectable_change_is_near_that_of_statsmodels() -> None:
    found = minimum_detectable_change(57, 950, 950, power=0.8)
    assert found is not None
    effect = proportion_effectsize(found / 950, 57 / 950)
    assert NormalIndPower().power(effect, 950, 0.05) == pytest.approx(0.8, abs=0.02)


def test_the_detectable_change_of_a_headcount_is_solved_from_turnover() -> None:
    found = minimum_detectable_change(57, 950, 950, turnover=0.1, years=2)
    assert found is not None

    def told(people: int) -> bool:
        share = (57 + people) / 1900
        return people - 57 > 1.959964 * (2 * 950 * share * (1 - share) * (1 - 0.81)) ** 0.5

    assert told(found)
    assert not told(found - 1)


def test_nothing_can_be_told_from_a_share_at_the_ceiling_or_the_floor() -> None:
    assert minimum_detectable_change(950, 950, 950, 1) is None
    assert minimum_detectable_change(0, 950, 950, -1) is None
    assert minimum_detectable_change(2, 4, 2, 1) is None


def test_a_thousand_million_people_are_searched_by_halving() -> None:
    # Six standard figures: p = 0.1, se of the difference = sqrt(2 x 0.09/10^9), 1.96 of them are 26,296 people.
    assert minimum_detectable_change(10**8, 10**9, 10**9) == pytest.approx(10**8 + 26_296, abs=10)


def test_a_direction_or_denominator_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="direction 0 is neither 1"):
        minimum_detectable_change(1, 10, 10, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"denominator 9\.5 is not a whole number"):
        minimum_detectable_change(1, 10, 9.5)  # type: ignore[arg-type]


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (shares([30, 40, 1200]), "row 3: numerator 1200 is greater than denominator 1000"),
        (shares([0, 0], 0), "row 1: denominator 0 is not above 0"),
        (counts([3, -1]), "row 2: count -1 is negative"),
        (shares([30, 40]).assign(period="2021/22"), "row 2: period 2021/22 is there twice"),
        (shares([30, 40])[::-1], "row 2: 2001/02 comes after 2002/03: put the oldest row first"),
        (shares([30, 40]).assign(period=["2021/22", ""]), "row 2: the period is empty"),
        (shares([30, 40]).drop(columns="period"), "needs a column period; there is numerator, denominator"),
        (shares([30, 40]).assign(numerator=[30, "[c]"]), r"row 2: numerator '\[c\]' is not a number"),
        (shares([300, 400]).assign(value=[0.3, 0.4]), "row 1: value 0.3 does not belong .* which give 30:"),
        (shares([30, 40]).assign(part=[False, "yes"]), "row 2: part 'yes' is neither true nor false"),
    ],
)
def test_a_fault_in_the_frame_is_refused_with_its_row_and_value(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        assess(frame)


def test_words_that_are_not_known_are_refused_with_the_choice() -> None:
    with pytest.raises(ValueError, match="polarity 'up' is not known: choose one of higher, lower, none"):
        assess(shares([30]), "up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kind 'rate' is not known: choose one of proportion, count, none"):
        assess(shares([30]), "none", "rate")  # type: ignore[arg-type]


def test_a_proportion_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a column denominator; there is period, numerator"):
        assess(counts([30]), "none", "proportion")


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "unit", "words"),
    [
        ([3.0, 1.0], "people", "Down from 3 people to 1 person in 1 year"),
        (
            [1200.0, 1201.0],
            "organisations",
            "Practically even: from 1,200 organisations to 1,201 organisations in 1 year",
        ),
        ([1000.0, 1250.5], "hours", "Up from 1,000 hours to 1,251 hours in 1 year"),
        ([1.5, 1.25], "index", "Down from 1.5 to 1.25 in 1 year"),
        ([6.0, 6.0], "percent", "The same as 1 year before: 6.0%"),
        ([6.0, 6.02], "percent", "Practically even: from 6.0% to 6.0% in 1 year"),
        ([6.0, -0.04], "percent", "Down from 6.0% to 0.0% in 1 year"),
        ([-2_400_000.0, -1_200_000.0], "GBP", f"Up from {MINUS}£2.4m to {MINUS}£1.2m in 1 year"),
    ],
)
def test_each_unit_is_written_the_way_people_read_it(numbers: list[float], unit: str, words: str) -> None:
    told = assessments.sentence(assess(values(numbers), kind="none", unit=unit))
    assert told == f"{words}, to 2002/03. A full count, which no sampling test applies to."
