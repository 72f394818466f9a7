"""What can be said of the gaps of one comparison: the same words on its own page, in the summary and in every count."""

from __future__ import annotations

from typing import Final

# A gap that holds when all tests of the comparison are taken together (Benjamini and Hochberg, 5%).
REAL: Final = "a gap beyond chance"
# A gap beyond chance by its own interval only: with so many tests some are.
ALONE: Final = "beyond chance taken alone"
CHANCE: Final = "no gap beyond chance"
UNFAIR: Final = "not a fair comparison"
UNKNOWN: Final = "not known"
# From what leads to what is last.
ORDER: Final = {said: place for place, said in enumerate((REAL, ALONE, CHANCE, UNFAIR, UNKNOWN))}
