"""Whether a gap gets narrower: each verdict on both sides of its condition, by the ladder of all trends."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from svdash.measures.assessment import Nature
from svdash.measures.gap_trend import gap_over_time
from svdash.measures.intervals import difference
from svdash.measures.smallest_gap import SmallestGap
from svdash.measures.xmr import control_limits


def gaps(values: Sequence[float], half: float | None = 1.0) -> pd.DataFrame:
    """A gap a year with limits of so many points to each side; None: without limits."""
    frame = pd.DataFrame({"period": [f"{2010 + n}/{11 + n}" for n in range(len(values))], "gap": values})
    return frame if half is None else frame.assign(lower=frame["gap"] - half, upper=frame["gap"] + half)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        # limits of 1 and 1: a change is told beyond the square root of 2
        ([-5.0, -3.5], "narrower"),
        ([-5.0, -3.6], "could-be-chance"),
        ([-5.0, -6.5], "wider"),
        ([5.0, 3.5], "narrower"),
        ([5.0, 6.5], "wider"),
        # across nothing: what counts is the size
        ([-5.0, 4.0], "narrower"),
        ([-5.0, 6.0], "wider"),
        # the first against the latest, whatever is between
        ([-5.0, 9.0, -9.0, -5.2], "could-be-chance"),
    ],
)
def test_two_to_four_points_are_judged_from_the_first_to_the_latest(
    values: list[float], verdict: str
) -> None:
    assert gap_over_time(gaps(values)).verdict == verdict


def test_the_limits_of_a_change_are_squared_and_added() -> None:
    frame = gaps([-5.0, -2.0]).assign(lower=[-7.0, -3.0], upper=[-4.5, -0.5])
    found = gap_over_time(frame)
    assert found.change == 3.0
    assert (found.lower, found.upper) == pytest.approx((3 - math.hypot(1, 0.5), 3 + math.hypot(1.5, 2)))
    assert (found.then, found.now, found.then_period, found.now_period) == (-5.0, -2.0, "2010/11", "2011/12")
    # Towards nothing the limit is 1.118 away: z = 1.96 x 3/1.118.
    assert found.p == pytest.approx(2 * stats.norm.sf(1.959964 * 3 / math.hypot(1, 0.5)), rel=1e-4)


def test_the_change_of_a_share_beside_one_that_stands_still_is_newcombes() -> None:
    counts = ((57, 950), (90, 950))
    lower, upper = zip(*[(difference(*each, 0, 10**12)[1:]) for each in counts], strict=True)
    shares = [100 * top / base for top, base in counts]
    frame = gaps([share - 20 for share in shares], None).assign(
        lower=[100 * each - 20 for each in lower], upper=[100 * each - 20 for each in upper]
    )
    found = gap_over_time(frame)
    _, low, high = difference(*counts[1], *counts[0])
    assert (found.lower, found.upper) == pytest.approx((100 * low, 100 * high), abs=1e-4)


def test_limits_that_are_given_decide() -> None:
    assert gap_over_time(gaps([-5.0, -3.0]), limits=(-0.1, 4.1)).verdict == "could-be-chance"
    assert gap_over_time(gaps([-5.0, -3.9], 9.0), limits=(0.1, 2.1)).verdict == "narrower"
    assert gap_over_time(gaps([-5.0, -3.0]), limits=(math.nan, math.nan)).verdict == "narrower-untested"


@pytest.mark.parametrize(
    ("change", "nature", "verdict"),
    [
        (0.9, Nature(), "practically-even"),
        (1.1, Nature(), "narrower"),
        (1.1, Nature(smallest=SmallestGap(points=2.0)), "practically-even"),
    ],
)
def test_a_change_too_small_to_matter_is_practically_even(
    change: float, nature: Nature, verdict: str
) -> None:
    assert gap_over_time(gaps([-5.0, -5.0 + change], 0.1), nature=nature).verdict == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([5.0, 3.0], "narrower-untested"),
        ([3.0, 5.0], "wider-untested"),
        ([-3.0, 3.0], "the-same"),
        ([5.0, 3.9], "narrower-untested"),
        ([5.0, 4.1], "practically-even-untested"),
        ([5.0, 5.0], "practically-even-untested"),
    ],
)
def test_without_limits_the_change_is_told_and_not_tested(values: list[float], verdict: str) -> None:
    found = gap_over_time(gaps(values, None))
    assert found.verdict == verdict
    assert math.isnan(found.p)
    assert math.isnan(found.lower)


def test_no_point_is_no_data_and_one_is_too_early() -> None:
    assert gap_over_time(gaps([])).verdict == "no-data"
    assert gap_over_time(gaps([np.nan])).verdict == "no-data"
    one = gap_over_time(gaps([np.nan, 3.0]))
    assert (one.verdict, one.points, one.now, one.now_period) == ("too-early", 1, 3.0, "2011/12")


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([-9.0, -8, -7, -6, -5], "narrowing"),
        ([-5.0, -6, -7, -8, -9], "widening"),
        ([9.0, 8, 7, 6, 5], "narrowing"),
        ([5.0, 6, 7, 8, 9], "widening"),
        ([5.0, 5.2, 4.9, 5.1, 5], "could-be-chance"),
        # one jump after four equal years is no trend, though far from the first year
        ([5.0, 5, 5, 5, 9], "could-be-chance"),
    ],
)
def test_five_points_or_more_are_judged_by_the_recent_trend(values: list[float], verdict: str) -> None:
    # A standard error of 0.51: the slope of 1 has one of 0.16, and a statistic of 38.
    found = gap_over_time(gaps(values))
    assert found.verdict == verdict
    # No limits of another test beside it.
    assert math.isnan(found.lower)


def test_a_trend_too_small_to_matter_is_practically_even() -> None:
    assert gap_over_time(gaps([5.0, 4.8, 4.6, 4.4, 4.2], 0.1)).verdict == "practically-even"
    assert gap_over_time(gaps([5.0, 4.7, 4.4, 4.1, 3.8], 0.1)).verdict == "narrowing"


CALM = [-10.0, -12, -11, -13] * 3


@pytest.mark.parametrize(
    ("latest", "verdict"), [(-4.0, "narrower"), (-20.0, "wider"), (-11.0, "could-be-chance")]
)
def test_twelve_points_or_more_are_judged_by_a_chart_against_the_average(latest: float, verdict: str) -> None:
    found = gap_over_time(gaps([*CALM, latest]))
    assert found.verdict == verdict
    assert found.averaged
    assert found.then == pytest.approx(control_limits([*CALM, latest]).centre)
    assert found.change == pytest.approx(latest - found.then)
    assert math.isnan(found.p)


def test_the_gap_of_a_stock_gets_no_chart() -> None:
    found = gap_over_time(gaps([*CALM, -4.0]), nature=Nature(stock=True))
    assert (found.verdict, found.averaged, found.then) == ("narrower-untested", False, -10.0)
