"""Gaps against published examples, scipy, hand-worked frames, and what must hold for any groups."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.contingency import relative_risk

from svdash.measures.gaps import Adverse, compare, parity, relative_likelihood
from svdash.measures.intervals import difference, wilson
from tests.examples import examples

anyhow = settings()
few = examples(2 / 3)


@st.composite
def shares(draw: st.DrawFn, least: int = 0, most: int = 10**6) -> tuple[int, int]:
    """A numerator and its denominator; from 1 on, never everybody either."""
    denominator = draw(st.integers(1 + least, most))
    return draw(st.integers(least, denominator - least)), denominator


def frame(**groups: tuple[float, float]) -> pd.DataFrame:
    """A row a group: its numerator and its denominator."""
    return pd.DataFrame(
        [(name, *counts) for name, counts in groups.items()], columns=["group", "numerator", "denominator"]
    )


@st.composite
def frames(draw: st.DrawFn, least: int = 0) -> pd.DataFrame:
    return frame(**{f"g{i}": draw(shares(least, 5000)) for i in range(draw(st.integers(2, 8)))})


# --- relative likelihood ----------------------------------------------------------------------------------


def test_relative_likelihood_gives_the_example_of_the_physicians_health_study() -> None:
    # Steering Committee of the Physicians' Health Study (1989), N Engl J Med 321: 129 to 135: heart attacks of
    # 104 of 11,037 on aspirin and 189 of 11,034 on placebo; Agresti A, Categorical Data Analysis, section 3.1,
    # prints the ratio the other way round, 1.82 with limits 1.43 and 2.30.
    assert relative_likelihood(104, 11037, 189, 11034) == pytest.approx((0.550, 0.434, 0.698), abs=5e-4)
    assert relative_likelihood(189, 11034, 104, 11037) == pytest.approx((1.82, 1.43, 2.31), abs=6e-3)


def test_relative_likelihood_gives_the_example_of_scipy() -> None:
    # SciPy, stats.contingency.relative_risk: 27 of 122 against 44 of 487.
    expected = (2.4495156482861398, 1.5836990926700116, 3.7886786315466354)
    assert relative_likelihood(27, 122, 44, 487) == pytest.approx(expected, abs=1e-9)


def test_relative_likelihood_is_worked_by_hand() -> None:
    # (60/200)/(30/150) = 1.5; se^2 = 1/60 - 1/200 + 1/30 - 1/150 = 23/600; exp(1.959964 x 0.1957890) = 1.467769.
    expected = (1.5, 1.5 / 1.467769, 1.5 * 1.467769)
    assert relative_likelihood(60, 200, 30, 150) == pytest.approx(expected, abs=1e-5)


def test_relative_likelihood_gives_a_published_ratio_of_the_workforce_race_equality_standard() -> None:
    # The Christie NHS Foundation Trust, WRES action plan 2022/23, metric 2: 46.99% of white and 14.65% of BAME
    # candidates appointed from shortlisting, 3.2 times as likely. (The counts are not published.)
    ratio, _, _ = relative_likelihood(4699, 10_000, 1465, 10_000)
    assert round(ratio, 1) == 3.2


@anyhow
@given(shares(1), shares(1), st.sampled_from([0.90, 0.95, 0.998]))
def test_relative_likelihood_agrees_with_scipy(
    first: tuple[int, int], second: tuple[int, int], confidence: float
) -> None:
    expected = relative_risk(*first, *second)
    interval = expected.confidence_interval(confidence)
    found = relative_likelihood(*first, *second, confidence)
    assert found == pytest.approx((expected.relative_risk, interval.low, interval.high), rel=1e-6)


@anyhow
@given(shares(1), shares(1))
def test_relative_likelihood_is_turned_over_where_the_groups_change_places(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    ratio, lower, upper = relative_likelihood(*first, *second)
    turned = relative_likelihood(*second, *first)
    assert turned == pytest.approx((1 / ratio, 1 / upper, 1 / lower), rel=1e-9)
    assert lower < ratio < upper


@anyhow
@given(shares(1), shares(1), st.integers(2, 9))
def test_a_ratio_stays_where_all_counts_grow_alike_and_its_interval_narrows(
    first: tuple[int, int], second: tuple[int, int], times: int
) -> None:
    ratio, lower, upper = relative_likelihood(*first, *second)
    more = relative_likelihood(*(times * count for count in (*first, *second)))
    assert more[0] == pytest.approx(ratio)
    assert lower < more[1] < more[2] < upper


@anyhow
@given(shares(1), st.integers(1, 50))
def test_parity_gives_a_ratio_of_1(share: tuple[int, int], times: int) -> None:
    ratio, lower, upper = relative_likelihood(share[0] * times, share[1] * times, *share)
    assert ratio == pytest.approx(1)
    assert lower < 1 < upper


def test_nobody_counted_gives_a_ratio_of_0_without_limits() -> None:
    ratio, lower, upper = relative_likelihood(0, 20, 5, 20)
    assert ratio == 0
    assert math.isnan(lower)
    assert math.isnan(upper)


@pytest.mark.parametrize("first", [0, 5, 20])
def test_nobody_counted_in_the_second_group_gives_no_ratio_at_all(first: int) -> None:
    assert all(math.isnan(number) for number in relative_likelihood(first, 20, 0, 20))


@pytest.mark.parametrize(("first", "second"), [((3, 3), (8, 8)), ((2, 2), (90, 100)), ((90, 100), (2, 2))])
def test_everybody_counted_in_a_group_leaves_no_limits(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    ratio, lower, upper = relative_likelihood(*first, *second)
    assert ratio == pytest.approx(first[0] / first[1] / (second[0] / second[1]))
    assert math.isnan(lower)
    assert math.isnan(upper)


def test_a_missing_count_gives_missing_numbers_and_leaves_its_neighbours_alone() -> None:
    found = relative_likelihood(pd.Series([3, None, 0], dtype="Int64"), [9.0, 9.0, np.nan], 2, 9)
    for numbers in found:
        assert np.isnan(numbers).tolist() == [False, True, True]
    assert all(math.isnan(number) for number in relative_likelihood(1, 5, float("nan"), 9))


def test_scalars_give_floats_and_arrays_the_same_figures_in_an_array() -> None:
    first, base = [1, 6, 0, 9], [9, 9, 9, 9]
    alone = [relative_likelihood(a, n, 4, 12) for a, n in zip(first, base, strict=True)]
    assert all(type(number) is float for numbers in alone for number in numbers)
    together = np.column_stack(relative_likelihood(first, base, 4, 12))
    assert np.array_equal(together, alone, equal_nan=True)


@pytest.mark.parametrize("tiny", [1e-3, 1e-9, 1e-300])
def test_a_count_of_nearly_nothing_gives_no_interval_of_nonsense(tiny: float) -> None:
    _, lower, upper = relative_likelihood(tiny, 10, 5, 10)
    assert math.isnan(lower) == math.isnan(upper)
    assert math.isnan(upper) or math.isfinite(upper)


def test_impossible_counts_are_refused_with_row_and_group() -> None:
    with pytest.raises(ValueError, match="row 2: first numerator 12 is greater than first denominator 10"):
        relative_likelihood([1, 12], 10, 1, 10)
    with pytest.raises(ValueError, match="row 1: second denominator 0 is not above 0"):
        relative_likelihood([1, 2], 10, [0, 0], [0, 5])
    with pytest.raises(ValueError, match=r"^first numerator -1 is negative"):
        relative_likelihood(-1, 10, 1, 10)
    with pytest.raises(ValueError, match="the first group has 2 values and the second group 3"):
        relative_likelihood([1, 2], 10, [1, 2, 3], 10)
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        relative_likelihood(1, 10, 1, 10, confidence=95)


# --- comparing groups -------------------------------------------------------------------------------------

APPOINTED = frame(White=(60, 200), Asian=(15, 100), Black=(6, 40), Mixed=(9, 30))


def test_a_comparison_is_worked_by_hand() -> None:
    found = compare(APPOINTED, "White").set_index("group")
    assert found["share"].tolist() == pytest.approx([30, 15, 15, 30])
    assert found["gap"].tolist() == pytest.approx([0, -15, -15, 0])
    assert found["ratio"].tolist() == pytest.approx([1, 0.5, 0.5, 1])
    assert found["reference"].tolist() == ["White"] * 4
    assert found["different"].tolist() == [pd.NA, True, False, False]
    assert found["look_closer"].tolist() == [False, True, True, False]


@few
@given(frames())
def test_a_comparison_takes_its_intervals_from_the_measures_of_two_groups(groups: pd.DataFrame) -> None:
    found = compare(groups, "g0")
    (x0, n0), *others = groups[["numerator", "denominator"]].itertuples(index=False, name=None)
    for row, (x, n) in enumerate(others, start=1):
        line = found.loc[row]
        assert (line["lower"], line["upper"]) == pytest.approx(tuple(100 * limit for limit in wilson(x, n)))
        gap = tuple(100 * number for number in difference(x, n, x0, n0))
        assert (line["gap"], line["gap_lower"], line["gap_upper"]) == pytest.approx(gap, abs=1e-9)
        ratio = relative_likelihood(x, n, x0, n0)
        assert (line["ratio"], line["ratio_lower"], line["ratio_upper"]) == pytest.approx(ratio, nan_ok=True)
        if math.isnan(ratio[1]):
            assert line["different"] is pd.NA
        else:
            assert line["different"] == (not ratio[1] <= 1 <= ratio[2])


@few
@given(frames())
def test_the_reference_group_has_no_gap_and_no_interval_of_one(groups: pd.DataFrame) -> None:
    line = compare(groups, "g1").loc[1]
    assert line["gap"] == 0
    assert line["ratio"] == 1 or groups.loc[1, "numerator"] == 0
    assert line[["gap_lower", "gap_upper", "ratio_lower", "ratio_upper", "different"]].isna().all()


def test_what_is_not_adverse_is_framed_on_the_complement() -> None:
    found = compare(APPOINTED, "White", adverse="no").set_index("group")
    # Not appointed: 85 of 100 against 140 of 200, 0.85/0.70.
    assert found.loc["Asian", "ratio"] == pytest.approx(0.85 / 0.70)
    limits = relative_likelihood(85, 100, 140, 200)[1:]
    assert tuple(found.loc["Asian", ["ratio_lower", "ratio_upper"]]) == pytest.approx(limits)
    plain = compare(APPOINTED, "White").set_index("group")
    pd.testing.assert_frame_equal(found[["share", "gap", "gap_lower"]], plain[["share", "gap", "gap_lower"]])
    assert found["look_closer"].tolist() == plain["look_closer"].tolist()


def test_what_is_adverse_is_screened_by_those_who_were_spared() -> None:
    # Dismissed: 2% and 6%. The ratio is 3, but 94/98 who stayed is above four fifths.
    dismissed = frame(a=(2, 100), b=(6, 100), c=(30, 100))
    found = compare(dismissed, "a", adverse="yes")
    assert found["ratio"].tolist() == pytest.approx([1, 3, 15])
    assert found["look_closer"].tolist() == [False, False, True]
    assert compare(dismissed, "a")["look_closer"].tolist() == [True, True, False]


def test_two_of_two_do_not_differ_from_nine_of_ten() -> None:
    found = compare(frame(White=(900, 1000), Black=(2, 2)), "White")
    assert found["different"].isna().all()
    assert found.loc[1, "gap_lower"] < 0 < found.loc[1, "gap_upper"]


def test_four_fifths_exactly_is_no_reason_to_look_closer() -> None:
    groups = frame(a=(30, 100), b=(24, 100), c=(239, 1000))
    assert compare(groups, "a")["look_closer"].tolist() == [False, False, True]
    # 1/3 is four fifths of 5/12, and in binary a digit less.
    assert compare(frame(a=(1, 3), b=(5, 12)), "b")["look_closer"].tolist() == [False, False]


def test_nobody_counted_anywhere_leaves_ratios_and_flags_missing() -> None:
    found = compare(frame(a=(0, 10), b=(0, 20)), "a")
    assert found["share"].tolist() == [0, 0]
    assert found["ratio"].isna().all()
    assert found["look_closer"].isna().all()
    assert found.loc[1, "gap_lower"] < 0 < found.loc[1, "gap_upper"]


def test_a_suppressed_count_leaves_only_its_own_row_missing() -> None:
    groups = frame(White=(60, 200), Asian=(np.nan, 100), Black=(6, np.nan), Mixed=(9, 30))
    found = compare(groups, "White").set_index("group")
    complete = compare(APPOINTED, "White").set_index("group")
    measures = [
        "share",
        "lower",
        "upper",
        "gap",
        "gap_lower",
        "ratio",
        "ratio_upper",
        "different",
        "look_closer",
    ]
    assert found.loc[["Asian", "Black"], measures].isna().all(axis=None)
    pd.testing.assert_series_equal(found.loc["Mixed", measures], complete.loc["Mixed", measures])


@pytest.mark.parametrize("groups", [frame(a=(np.nan, 9), b=(3, 9)), frame(a=(np.nan, np.nan), b=(np.nan, 9))])
def test_a_suppressed_reference_leaves_every_gap_missing(groups: pd.DataFrame) -> None:
    found = compare(groups, "a")
    assert found[["gap", "gap_lower", "ratio", "ratio_lower", "different"]].isna().all(axis=None)
    assert parity(groups, "a")[["at_parity", "shortfall"]].isna().all(axis=None)


def test_forty_groups_are_compared_in_the_order_they_come() -> None:
    groups = frame(**{f"group {i}": (i, 100) for i in range(40)})
    found = compare(groups, "group 20")
    assert found["group"].tolist() == [f"group {i}" for i in range(40)]
    assert found["gap"].tolist() == pytest.approx([i - 20 for i in range(40)])
    with pytest.raises(ValueError, match=r"there is group 0, .*group 4 and 35 more$"):
        compare(groups, "group 40")


@few
@given(frames(1), st.integers(2, 9))
def test_shares_gaps_and_ratios_do_not_change_where_all_counts_grow_alike(
    groups: pd.DataFrame, times: int
) -> None:
    larger = groups.assign(numerator=groups["numerator"] * times, denominator=groups["denominator"] * times)
    columns = ["share", "gap", "ratio"]
    pd.testing.assert_frame_equal(compare(groups, "g0")[columns], compare(larger, "g0")[columns])


def test_a_comparison_leaves_its_frame_as_it_was_and_keeps_other_columns() -> None:
    groups = APPOINTED.assign(note="x")
    before = groups.copy()
    assert (compare(groups, "White")["note"] == "x").all()
    pd.testing.assert_frame_equal(groups, before)


# --- parity -----------------------------------------------------------------------------------------------


def test_parity_is_worked_by_hand() -> None:
    found = parity(APPOINTED, "White").set_index("group")
    assert found["at_parity"].tolist() == pytest.approx([60, 30, 12, 9])
    assert found["shortfall"].tolist() == pytest.approx([0, 15, 6, 0])


@few
@given(frames())
def test_a_group_with_a_lower_rate_than_the_reference_is_short_and_one_with_a_higher_rate_is_not(
    groups: pd.DataFrame,
) -> None:
    found, compared = parity(groups, "g0"), compare(groups, "g0")
    for short, gap in zip(found["shortfall"], compared["gap"], strict=True):
        assert abs(short) < 1e-6 or np.sign(short) == -np.sign(gap)
    reached = found["numerator"] + found["shortfall"]
    assert (reached / found["denominator"]).tolist() == pytest.approx(
        [groups.loc[0, "numerator"] / groups.loc[0, "denominator"]] * len(groups), abs=1e-9
    )


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [compare, parity])
def test_a_reference_that_is_not_there_is_refused_with_the_groups_that_are(
    measure: Callable[..., pd.DataFrame],
) -> None:
    with pytest.raises(
        ValueError, match="reference group 'white' is not there: there is White, Asian, Black"
    ):
        measure(APPOINTED, "white")
    with pytest.raises(ValueError, match="there is no group at all"):
        measure(APPOINTED.head(0), "White")


@pytest.mark.parametrize("measure", [compare, parity])
def test_one_group_only_is_refused(measure: Callable[..., pd.DataFrame]) -> None:
    with pytest.raises(ValueError, match="there is only one group, White: a gap needs another"):
        measure(APPOINTED.head(1), "White")


def test_groups_that_repeat_or_have_no_name_are_refused_with_the_row() -> None:
    with pytest.raises(ValueError, match="row 3: group Asian is there twice"):
        compare(APPOINTED.assign(group=["White", "Asian", "Asian", "Mixed"]), "White")
    with pytest.raises(ValueError, match="row 2: the group is empty"):
        compare(APPOINTED.assign(group=["White", None, "Black", "Mixed"]), "White")


def test_impossible_counts_of_a_group_are_refused_with_the_row() -> None:
    with pytest.raises(ValueError, match="row 2: numerator 12 is greater than denominator 10"):
        compare(frame(a=(1, 10), b=(12, 10)), "a")
    with pytest.raises(ValueError, match="row 2: denominator 0 is not above 0"):
        parity(frame(a=(1, 10), b=(0, 0)), "a")
    with pytest.raises(ValueError, match="row 1: numerator -1 is negative"):
        compare(frame(a=(-1, 10), b=(1, 10)), "a")
    with pytest.raises(ValueError, match=r"row 2: numerator '\[c\]' is not a number"):
        compare(APPOINTED.assign(numerator=["60", "[c]", "6", "9"]), "White")


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="needs a column appointed; there is group, numerator, denominator"):
        compare(APPOINTED, "White", "appointed")


def test_a_framing_that_is_not_known_is_refused() -> None:
    wrong: list[Adverse] = ["maybe"]  # type: ignore[list-item]
    with pytest.raises(ValueError, match="adverse 'maybe' is not known: choose yes or no"):
        compare(APPOINTED, "White", adverse=wrong[0])
