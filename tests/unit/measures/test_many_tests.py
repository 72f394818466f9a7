"""Many tests at once: p-values that agree with the intervals, and Benjamini and Hochberg beside statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from svdash.measures.gaps import relative_likelihood
from svdash.measures.intervals import difference, turnover_difference
from svdash.measures.many_tests import (
    benjamini_hochberg,
    many_tests,
    p_of_counts,
    p_of_difference,
    p_of_interval,
    p_of_ratio,
)

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.sampled_from([0.01, 0.05, 0.2]))
def test_benjamini_and_hochberg_is_statsmodels(p: list[float], share: float) -> None:
    # Away from a tie with the limit, where the last digit of a division decides.
    limits = share * np.arange(1, len(p) + 1) / len(p)
    if np.min(np.abs(np.sort(p) - limits)) > 1e-9:
        assert benjamini_hochberg(p, share).tolist() == multipletests(p, share, "fdr_bh")[0].tolist()


def test_the_example_of_benjamini_and_hochberg_1995_holds_four_of_fifteen() -> None:
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert benjamini_hochberg(p).tolist() == [True] * 4 + [False] * 11


def test_what_was_not_tested_does_not_count_and_does_not_hold() -> None:
    found = many_tests([0.02, math.nan, 0.03, None])  # type: ignore[list-item]
    assert (found.made, found.stand_out, found.by_chance) == (2, 2, pytest.approx(0.1))
    assert found.holds == (True, False, True, False)
    assert found.hold == 2
    assert many_tests([math.nan]).holds == (False,)
    assert many_tests([]).made == 0


def test_a_p_value_at_its_limit_holds() -> None:
    assert benjamini_hochberg([0.05, 0.9, 0.9, 0.9, 0.9]).tolist() == [False] * 5
    assert benjamini_hochberg([0.01, 0.9, 0.9, 0.9, 0.9]).tolist() == [True] + [False] * 4


@given(counts, counts)
def test_the_p_value_of_a_difference_is_below_five_per_cent_where_newcombes_interval_leaves_out_none(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    p = float(p_of_difference((first[0],), (first[1],), (second[0],), (second[1],))[0])
    _, lower, upper = difference(*first, *second)
    assert (p < 0.05) == (lower > 0 or upper < 0)
    # and at any other level too
    if 1e-6 < p < 1 - 1e-6:
        for change, inside in ((1.001, False), (0.999, True)):
            confidence = min(max(1 - p * change, 1e-9), 1 - 1e-12)
            _, lower, upper = difference(*first, *second, confidence)
            assert (lower <= 0 <= upper) is not (not inside)


def test_the_p_value_of_equal_shares_is_one_and_of_a_missing_count_missing() -> None:
    p = p_of_difference((5, math.nan, 0), (10, 10, 10), (50, 5, 10), (100, 10, 10))
    assert p[0] == 1.0
    assert math.isnan(p[1])
    assert p[2] < 1e-6


@given(counts, counts)
def test_the_p_value_of_a_ratio_is_below_five_per_cent_where_its_interval_leaves_out_one(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    ratio, lower, upper = relative_likelihood(*first, *second)
    p = float(p_of_ratio((ratio,), (lower,), (upper,))[0])
    if math.isnan(lower):
        assert math.isnan(p)
    else:
        assert (p < 0.05) == (lower > 1 or upper < 1)


def test_the_p_value_of_a_ratio_is_worked_by_hand() -> None:
    # ln 2 with a standard error of 0.5: z = 1.3863, two-sided 0.1657.
    se = 0.5 * 1.959963984540054
    limits = 2 * math.exp(-se), 2 * math.exp(se)
    assert p_of_ratio((2.0,), (limits[0],), (limits[1],))[0] == pytest.approx(0.16566, abs=5e-6)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_p_value_of_two_counts_is_the_score_test_of_their_share(later: int, earlier: int) -> None:
    p = p_of_counts(later, earlier)
    if later + earlier == 0:
        assert p == 1.0
    else:
        z = (later - earlier) / math.sqrt(later + earlier)
        assert p == pytest.approx(2 * stats.norm.sf(abs(z)), abs=1e-12)


@given(counts, counts, st.floats(0.01, 1), st.integers(1, 9))
def test_the_p_value_of_an_interval_is_below_five_per_cent_where_it_leaves_out_nothing(
    first: tuple[int, int], second: tuple[int, int], turnover: float, years: int
) -> None:
    gap, lower, upper = turnover_difference(*first, *second, turnover, years)
    if lower > -1 and upper < 1:
        assert (p_of_interval(gap, lower, upper) < 0.05) == (lower > 0 or upper < 0)


def test_an_interval_without_a_limit_has_no_p_value_and_no_change_has_one() -> None:
    assert math.isnan(p_of_interval(1.0, math.nan, 2.0))
    assert p_of_interval(0.0, -1.0, 1.0) == 1.0
    assert p_of_interval(1.0, 1.0, 1.0) == 0.0
    assert p_of_interval(2.0, 1.0, 3.0, nothing=1.0) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("p", "message"),
    [([0.2, 1.2], "row 2: p 1.2 is not between 0 and 1"), ([-0.1], "row 1: p -0.1 is not between 0 and 1")],
)
def test_what_is_no_p_value_is_refused(p: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        benjamini_hochberg(p)


def test_a_share_or_level_that_cannot_be_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"share of false ones 5 must lie between 0 and 1: write 5% as 0\.05"
    ):
        benjamini_hochberg([0.1], 5)
    with pytest.raises(ValueError, match="level 0 must lie between 0 and 1"):
        many_tests([0.1], 0)


def test_columns_of_a_frame_are_read_with_what_is_missing() -> None:
    frame = pd.DataFrame({"p": pd.array([0.01, None], dtype="Float64")})
    assert benjamini_hochberg(frame["p"]).tolist() == [True, False]
