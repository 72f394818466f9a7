"""What is suppressed, how the rest is rounded, and what a reader can tell from a rounded count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Preset:
    """Thresholds of one set of rules: counts from 1 to ``small`` are suppressed, others rounded to ``base``."""

    small: int
    base: int
    least_base: int


# METHODS: an annual share of the whole authority is worked out exactly from a base and a numerator this large.
EXACT_BASE: Final = 500
EXACT_NUMERATOR: Final = 10
# More people than any count: how far a count may go that nothing bounds.
FREE: Final = 10**10
PRESETS: Final = {"gss": Preset(4, 5, 10), "nhs": Preset(7, 5, 10), "tre": Preset(9, 5, 10)}


def rules_of(preset: str) -> Preset:
    """Return a preset by its name; raises ``ValueError`` for one that is not known."""
    if preset not in PRESETS:
        raise ValueError(f"preset '{preset}' is not known; use one of {', '.join(PRESETS)}")
    return PRESETS[preset]


def rounded(counts: pd.Series, base: int = 5) -> pd.Series:
    """Round counts to the nearest ``base``, halves up, so that the same count is the same everywhere."""
    steps = (counts.astype("float64") / base + 0.5).apply(np.floor)
    return (steps * base).astype("Int64")


def limits(counts: Ints, rules: Preset) -> tuple[Ints, Ints]:
    """Return the least and the most that a count can be for a reader who sees it rounded.

    A shown 0 is 0; nothing that is shown lies in the suppressed band.
    """
    seen = (2 * counts + rules.base) // (2 * rules.base) * rules.base
    low = np.maximum(seen - rules.base // 2, rules.small + 1)
    high = seen + (rules.base - 1) // 2
    nobody = counts == 0
    return np.where(nobody, 0, low), np.where(nobody, 0, high)


def possible_range(count: int, preset: str = "gss") -> tuple[int, int]:
    """Return the least and the most that a count can be for a reader of it, rounded or hidden as small."""
    rules = rules_of(preset)
    if 1 <= count <= rules.small:
        return 1, FREE
    low, high = limits(np.array([count]), rules)
    return int(low[0]), int(high[0])
