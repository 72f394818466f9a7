"""Financial years, from 1 April to 31 March, written as ``2024/25``: the one place that knows how."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

# A year, a quarter of one or a half, as a text that matches as a whole; whether 2024/29 follows is asked elsewhere.
PERIOD: Final = re.compile(r"[0-9]{4}/[0-9]{2}(?: (?:Q[1-4]|H[12]))?")
# The quarter that each part of a year begins with.
_FIRST_QUARTERS: Final = {"": 1, "Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "H1": 1, "H2": 3}


def year_named(first: int) -> str:
    """Return the financial year that starts in a calendar year: 2024 gives ``2024/25``."""
    return f"{first:04d}/{(first + 1) % 100:02d}"


def first_of(year: str) -> int:
    """Return the calendar year in which a financial year or a period of one starts: ``2024/25 Q1`` gives 2024."""
    return int(year[:4])


def year_start(year: str) -> date:
    """Return the 1 April on which a financial year such as ``2024/25`` starts."""
    return date(first_of(year), 4, 1)


def year_end(year: str) -> date:
    """Return the 31 March on which a financial year such as ``2024/25`` ends."""
    return date(first_of(year) + 1, 3, 31)


def year_of(when: date) -> str:
    """Return the financial year that holds a date: 31 March 2024 belongs to 2023/24."""
    return year_named(when.year if when.month >= 4 else when.year - 1)


def quarter_of(when: date) -> str:
    """Return the quarter of a financial year that holds a date: 9 October 2026 lies in ``2026/27 Q3``."""
    return f"{year_of(when)} Q{(when.month - 4) % 12 // 3 + 1}"


def period_start(period: str) -> date:
    """Return the first day of ``2025/26``, ``2025/26 Q3`` or ``2025/26 H2``."""
    months = 3 * _FIRST_QUARTERS[period[8:]]
    return date(first_of(period) + months // 12, months % 12 + 1, 1)


def period_end(period: str) -> date:
    """Return the last day of ``2025/26``, ``2025/26 Q1`` or ``2025/26 H1``."""
    first = first_of(period)
    ends = {"Q1": (first, 6, 30), "Q2": (first, 9, 30), "Q3": (first, 12, 31), "H1": (first, 9, 30)}
    return date(*ends[period[8:]]) if period[8:] in ends else year_end(period)
