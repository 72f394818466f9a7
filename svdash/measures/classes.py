"""Classes of a map: a few bands that the eye can tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from svdash.measures.intervals import _refuse


def quantile_breaks(values: ArrayLike, classes: int = 5) -> list[float]:
    """Return the inner limits that put about equally many values into each class.

    Missing values are left out. Values that repeat make fewer classes rather than empty ones; fewer than two
    different values make no limit at all. Raises ``ValueError`` for fewer than two or more than seven classes,
    because a reader can't tell more shades apart, and for an infinite value, with its row: no class can hold it.
    """
    most = 7
    if not 2 <= classes <= most:
        raise ValueError(f"{classes} classes: choose 2 to {most}")
    numbers = np.asarray(values, dtype="float64")
    _refuse(np.isinf(numbers), "value {} is not a finite number: no class can hold it", numbers)
    numbers = numbers[~np.isnan(numbers)]
    if len(numbers) == 0:
        return []
    limits = np.quantile(numbers, np.linspace(0, 1, classes + 1)[1:-1])
    return [float(limit) for limit in np.unique(limits) if numbers.min() < limit <= numbers.max()]


def classify(values: ArrayLike, breaks: list[float]) -> NDArray[Any]:
    """Return the class of each value, 0 for the lowest; a value at a limit belongs above it; -1 where missing."""
    numbers = np.asarray(values, dtype="float64")
    return np.where(np.isnan(numbers), -1, np.digitize(numbers, breaks))
