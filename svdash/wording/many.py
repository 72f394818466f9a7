"""How many tests a page made, how many would stand out by chance, and how many hold."""

from __future__ import annotations

from typing import Final

from svdash.wording.lists import count
from svdash.wording.numbers import number, rounded

_ONE = 1
# Said of money, which is not a sample of anything, once: where it says how a figure is worked out.
FULL_COUNT: Final = "Every payment is counted, so no test of chance applies."


def many_tests(made: int, by_chance: float, stand_out: int, hold: int) -> str:
    """Say how many tests were made and stood out, how many would by chance alone, and how many hold taken together.

    `by_chance` is a number expected, so it is written with one decimal below ten; empty where nothing was tested. Of one
    test it is the chance that this one stands out, and nothing is taken together.
    `hold` are those that hold after Benjamini and Hochberg at 5%.
    """
    if not made:
        return ""
    if made == _ONE:
        found = "stands out" if stand_out else "does not stand out"
        return f"1 test: it {found}; 1 in {number(round(made / by_chance))} would by chance alone."
    expected = number(by_chance, 0 if rounded(by_chance, 1) >= 10 else 1)
    found = f"{count(made, 'test')}: {stand_out or 'none'} {'stands' if stand_out == _ONE else 'stand'} out"
    chance = f"about {expected} would by chance alone"
    if not stand_out:
        return f"{found}; {chance}."
    held = "none holds" if not hold else f"{hold} {'holds' if hold == _ONE else 'hold'}"
    return f"{found}, {chance}; {held} when all are taken together (Benjamini and Hochberg, 5%)."
