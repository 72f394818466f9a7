"""The smallest gap that matters: each limit on both sides."""

from __future__ import annotations

import math

import pytest

from svdash.measures.smallest_gap import SMALLEST, SmallestGap


@pytest.mark.parametrize(
    ("points", "ratio", "even"),
    [
        (0.99, None, True),
        (-0.99, None, True),
        (1.0, None, False),
        (-1.0, None, False),
        (None, 0.9, True),
        (None, 1.1, True),
        (None, 0.899, False),
        (None, 1.101, False),
        # told both ways it must be small both ways
        (0.5, 1.05, True),
        (0.5, 1.5, False),
        (1.5, 1.05, False),
        # what is missing is not told
        (0.5, math.nan, True),
        (math.nan, 1.5, False),
        (None, None, False),
        (math.nan, math.nan, False),
    ],
)
def test_a_gap_is_even_where_it_is_too_small_to_matter(
    points: float | None, ratio: float | None, *, even: bool
) -> None:
    assert SMALLEST.is_even(points, ratio) is even


def test_an_authority_may_set_its_own() -> None:
    own = SmallestGap(points=0.5, low=0.8, high=1.25)
    assert own.is_even(points=0.4)
    assert not own.is_even(points=0.6)
    assert own.is_even(ratio=0.8)
    assert not own.is_even(ratio=0.79)


@pytest.mark.parametrize(
    "wrong", [{"points": -1.0}, {"low": 0.0}, {"low": 1.2}, {"high": 0.9}, {"high": math.inf}]
)
def test_sizes_that_no_gap_could_be_held_against_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"the smallest gap that matters, .* cannot be"):
        SmallestGap(**wrong)
