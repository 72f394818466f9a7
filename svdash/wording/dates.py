"""Dates as a person reads them; machines get ISO 8601."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

# strftime's names follow the machine's language; these sentences are English wherever they are written.
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(when: date) -> str:
    """Write a date: 31 March 2026."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(when: datetime) -> str:
    """Write a time of a day: 09:05 UTC on 31 March 2026. A time without a zone is of UTC."""
    there = when if when.tzinfo is None else when.astimezone(UTC)
    return f"{there.hour:02}:{there.minute:02} UTC on {day(there)}"


def month(when: date) -> str:
    """Write the month of a date: March 2026."""
    return f"{_MONTHS[when.month - 1]} {when.year}"


def days(first: date, last: date) -> str:
    """Write a period by its first and last day: 31 March 2019 to 31 March 2026; one day is written once."""
    return day(last) if first == last else f"{day(first)} to {day(last)}"
