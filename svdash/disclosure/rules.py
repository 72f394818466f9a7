"""What is suppressed, and how finely what passes may be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Preset:
    """Thresholds of one set of rules.

    Counts from 1 to ``small`` are suppressed; what passes is written rounded to ``base``, and any other count that is
    suppressed must be possible within as many values. Shares of fewer than ``least_base`` people are too unreliable.
    """

    small: int
    base: int
    least_base: int


# More people than any count: how far a count may go that nothing bounds.
FREE: Final = 10**10
# The one that holds where none is named, as on every page.
USUAL: Final = "gss"
PRESETS: Final = {"gss": Preset(4, 5, 20), "nhs": Preset(7, 5, 20), "tre": Preset(9, 5, 20)}
# From a base of so many people on, a percentage is written with one decimal; below it, as a whole number.
FINE_BASE: Final = 100


def rules_of(preset: str) -> Preset:
    """Return a preset by its name; raises ``ValueError`` for one that is not known."""
    if preset not in PRESETS:
        raise ValueError(f"preset '{preset}' is not known; use one of {', '.join(PRESETS)}")
    return PRESETS[preset]
