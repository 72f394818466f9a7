"""The smallest gap that matters: below it two figures are practically even, however large the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class SmallestGap:
    """From which size on a gap or a change matters.

    `points` is the least difference of two percentages that does; a ratio from `low` to `high` does not. An
    authority may set its own.
    """

    points: float = 1.0
    low: float = 0.9
    high: float = 1.1

    def __post_init__(self) -> None:
        """Refuse sizes that no gap can be compared with."""
        if not (self.points >= 0 and 0 < self.low <= 1 <= self.high < math.inf):
            raise ValueError(
                f"the smallest gap that matters, {self.points:g} points or {self.low:g} to {self.high:g} times, "
                "cannot be: points start at 0, and the ratios lie on either side of 1"
            )

    def is_even(self, points: float | None = None, ratio: float | None = None) -> bool:
        """Tell whether a gap is too small to matter: in points, as a ratio, or as both where both are given.

        A gap given both ways must be small both ways: 0.8 points are much where there are 1.2% and little where
        there are 50%. What is missing (None or NaN) is not given; where nothing is given nothing is even.
        """
        verdicts = [
            small
            for size, small in (
                (points, points is not None and abs(points) < self.points),
                (ratio, ratio is not None and self.low <= ratio <= self.high),
            )
            if size is not None and not math.isnan(size)
        ]
        return bool(verdicts) and all(verdicts)


SMALLEST = SmallestGap()
