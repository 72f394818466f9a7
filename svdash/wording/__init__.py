"""One voice for every number, date and verdict a person reads.

A leaf of the house: it imports nothing of the product, so findings may write their sentences with it.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"

# The five steps of the Open Government Partnership's scale: a shape and a word, never a colour alone.
DELIVERY: Final[dict[str, str]] = {
    "complete": "\N{BLACK CIRCLE} Complete",
    "substantial": "\N{CIRCLE WITH LEFT HALF BLACK} Substantial",
    "limited": "\N{CIRCLE WITH UPPER RIGHT QUADRANT BLACK} Limited",
    "not-started": "\N{WHITE CIRCLE} Not started",
    "no-evidence": "\N{EN DASH} No evidence",
}
CONFIDENCE: Final[dict[str, str]] = {
    "green": "Green: likely",
    "amber": "Amber: feasible, with significant issues",
    "red": "Red: not achievable without re-scoping",
}
VERDICT: Final[dict[str, str]] = {
    "improving": "Improving",
    "worsening": "Worsening",
    "rising": "Rising",
    "falling": "Falling",
    "no-clear-change": "No clear change",
    "too-early": "Too early for a trend",
    "no-test": "Changed, no test possible",
    "no-data": "No data",
    "no-agreed-measure": "No agreed measure",
}
STATE: Final[dict[str, str]] = {"in-place": "In place", "changed": "Changed", "lapsed": "Lapsed"}
# Where the vocabulary of a pack names the kinds of rows in its register, those names are used.
KIND: Final[dict[str, str]] = {
    "day-one": "Commitment from day one",
    "aspiration": "Aspiration",
    "practice": "Existing practice",
}
MARKERS: Final[dict[str, str]] = {
    "[c]": "confidential: a count of people that is small, or would give a small one away",
    "[k]": "too small a base to be reliable",
    "[x]": "not available",
    "[z]": "not applicable",
}


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def number(value: float, decimals: int = 0) -> str:
    """Write a number with thousands separators: 1,234."""
    return _signed(f"{value:,.{decimals}f}")


def money(pounds: float) -> str:
    """Write pounds in the shortest exact-enough form: £1.2m, £45,300, £120."""
    size = abs(pounds)
    sign = MINUS if pounds < 0 else ""
    for limit, divisor, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "m")):
        if size >= limit:
            return f"{sign}£{size / divisor:.1f}{letter}"
    return f"{sign}£{size:,.0f}"


def value(amount: float | None, unit: str) -> str:
    """Write a value with its unit; ``[x]`` where there is none."""
    if amount is None or math.isnan(amount):
        return "[x]"
    if unit == "percent":
        return f"{_signed(f'{amount:.1f}')}%"
    if unit == "GBP":
        return money(amount)
    return f"{number(amount)} {'' if unit == 'index' else unit}".strip()


def change(amount: float, unit: str) -> str:
    """Write a change with its sign: +0.9 points, −£1.2m, +12 people."""
    if round(amount, 1 if unit == "percent" else 0) == 0:
        return "no change"
    sign = "+" if amount > 0 else MINUS
    size = abs(amount)
    if unit == "percent":
        return f"{sign}{size:.1f} points"
    return f"{sign}{value(size, unit)}"


def count(total: int, singular: str, plural: str | None = None) -> str:
    """Write a count with its noun: 1 commitment, 12 commitments, no commitments."""
    noun = singular if total == 1 else (plural or f"{singular}s")
    return f"{number(total) if total else 'no'} {noun}"


def day(when: date) -> str:
    """Write a date as 31 March 2026."""
    return f"{when.day} {when:%B %Y}"


def listing(items: list[str], limit: int = 3) -> str:
    """Join words as people do: a, b and c; past the limit, how many more."""
    if len(items) > limit:
        return f"{', '.join(items[:limit])} and {len(items) - limit} more"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else "none"


def sentence(text: str) -> str:
    """Begin with a capital letter and leave the rest as it stands."""
    return text[:1].upper() + text[1:]
