"""Money as a person reads it: short in sentences and tables, exact in accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from svdash.wording.numbers import MINUS, NOT_AVAILABLE, Number, is_missing, number, rounded

_MILLION: Final = 1_000_000
# From how many pounds on, after rounding, money is written in millions or billions.
_SHORT: Final = ((1_000, "bn"), (1, "m"))


def money(pounds: Number | None) -> str:
    """Write pounds in the shortest form that is exact enough: £1.2bn, £74.4m, £45,300, £532, −£3.

    Millions and billions have one decimal, less has none. What rounds up to a million is written as one: £1.0m, not
    £1,000,000; in the same way £1.0bn, not £1,000.0m. ``[x]`` where there is none.
    """
    if pounds is None or is_missing(pounds):
        return NOT_AVAILABLE
    whole = abs(rounded(pounds))
    sign = MINUS if rounded(pounds) < 0 else ""
    millions = rounded(whole / _MILLION, 1)
    for least, letters in _SHORT:
        if whole >= _MILLION and millions >= least:
            return f"{sign}£{number(whole / (_MILLION * least), 1)}{letters}"
    return f"{sign}£{number(whole)}"


def pounds_and_pence(pounds: Number | None) -> str:
    """Write pounds with their pence: £12.34 an hour, −£0.40 per resident; ``[x]`` where there is none."""
    if pounds is None or is_missing(pounds):
        return NOT_AVAILABLE
    text = number(pounds, 2)
    return f"{MINUS}£{text[1:]}" if text.startswith(MINUS) else f"£{text}"


def exact_money(pence: int) -> str:
    """Write an amount of an account, given in pence: £1,234.50, −£3.00."""
    return pounds_and_pence(Decimal(int(pence)) / 100)
