"""What can be said of the gaps of one comparison: the same words on its own page, in the summary and in every count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from svdash import wording
from svdash.measures.many_tests import FALSE_SHARE
from svdash.measures.smallest_gap import SmallestGap

# A gap that holds when all tests of the comparison are taken together (Benjamini and Hochberg, 5%).
REAL: Final = "a gap beyond chance"
# A gap beyond chance by its own interval only: with so many tests some are.
ALONE: Final = "beyond chance taken alone"
CHANCE: Final = "no gap beyond chance"
UNFAIR: Final = "not a fair comparison"
# Shares are known, and the pack has no residents' share to set them beside.
NOT_IN_PACK: Final = "no residents' share in this data pack"
# Figures stand on another page of the product.
ELSEWHERE: Final = "on another page"
UNKNOWN: Final = "not known"
# From what leads to what is last.
ORDER: Final = {
    said: place for place, said in enumerate((REAL, ALONE, CHANCE, UNFAIR, NOT_IN_PACK, ELSEWHERE, UNKNOWN))
}

# What is said of a group beside residents, whose share has no sampling error.
BELOW, ABOVE = "below residents", "above residents"
NO_RESIDENTS: Final = "nothing to compare with"
COULD_BE_CHANCE, EVEN = "could be chance", "practically even"
TAKEN_ALONE: Final = {way: f"{way}, taken alone" for way in (BELOW, ABOVE)}
DIFFERENT: Final = frozenset({BELOW, ABOVE, *TAKEN_ALONE.values()})
TESTED: Final = DIFFERENT | {COULD_BE_CHANCE, EVEN}


def beside_residents(
    share: float, expected: float, smallest: SmallestGap, *, stands_out: bool, holds: bool
) -> str:
    """Say how a group's share stands beside the residents' (both in percent): by its own interval, and among all tests.

    Whether the gap is large enough to matter is decided by the ratio, which is what pages lead with: 49 for 51 women in a
    hundred is practically even, however many people are counted.
    """
    if not stands_out:
        return COULD_BE_CHANCE
    if smallest.is_even(*((None, share / expected) if expected > 0 else (share - expected, None))):
        return EVEN
    way = BELOW if share < expected else ABOVE
    return way if holds else TAKEN_ALONE[way]


def of_groups(verdicts: Iterable[str]) -> str:
    """Return what can be said of a comparison from what is said of its groups beside residents: some group is short or none is."""
    said = set(verdicts)
    if BELOW in said:
        return REAL
    if TAKEN_ALONE[BELOW] in said:
        return ALONE
    if said & TESTED:
        return CHANCE
    if any(each.startswith(UNFAIR) for each in said):
        return UNFAIR
    return NOT_IN_PACK if NO_RESIDENTS in said else UNKNOWN


def tests(verdicts: Iterable[str], again: Iterable[bool]) -> str:
    """Say how many tests beside residents were made, how many would stand out by chance alone, and how many hold.

    ``again`` tells which verdicts are no test of their own: of two groups one says what the other does.
    """
    said = [each for each, told in zip(verdicts, again, strict=True) if each in TESTED and not told]
    out, hold = (sum(each in some for each in said) for some in (DIFFERENT, (BELOW, ABOVE)))
    return wording.many_tests(len(said), len(said) * FALSE_SHARE, out, hold)


def sure(verdict: str) -> str:
    """Say how sure a difference is, in a sentence."""
    if verdict in (BELOW, ABOVE):
        return "beyond chance"
    return ALONE if verdict in DIFFERENT else verdict
