"""Reads one cell of a published file: amounts, dates, withheld names, formulas. Nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final, Literal

from svdash.importing.reconciliation import Problem

# Mixed: a spreadsheet exchanged day and month where the day is 12 or less.
DateOrder = Literal["dmy", "mdy", "mixed"]

# A single payment above £100bn is a slip, whoever made it; sums of those below it fit into 64 bits.
MOST_PENCE: Final = 10**13
# Spreadsheets keep 15 digits. What stands after them is how binary numbers are stored, not money.
_DIGITS: Final = 15
# Taking one large amount from another leaves more of it, still far less than any part of a penny that somebody meant.
_PENNY: Final = Decimal("0.01")
_TRACE: Final = Decimal("0.000001")
_NAMES: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS: Final = {
    name[:length]: number for number, name in enumerate(_NAMES, start=1) for length in (3, 4, len(name))
}

NO_AMOUNT: Final = Problem("amount-missing", "the row has no amount", "Give it, or delete the row.")
BAD_AMOUNT: Final = Problem(
    "amount-unreadable",
    "the amount can't be read",
    "Write it in digits and pounds, such as 1234.50 or -1234.50.",
)
PART_PENNY: Final = Problem(
    "amount-part-penny",
    "the amount has parts of a penny",
    "Give the amount that was paid, to the penny; or import again with --answer pennies=round.",
    question="pennies",
)
POWER: Final = Problem(
    "amount-power",
    "the amount is written as a power of ten, such as 1.2E+06, so a spreadsheet has rounded it",
    "Give all its digits: format the column as a number with two decimals, and save the file again.",
)
BIG_AMOUNT: Final = Problem(
    "amount-too-large", "the amount is above £100 billion", "Check the number of digits."
)
OTHER_CURRENCY: Final = Problem(
    "currency",
    "the amount is not in pounds",
    "Give it in pounds, as it was paid out. If the sign is a mistake and all amounts are pounds, import again with "
    "--answer currency=pounds.",
    question="currency",
)
NO_DATE: Final = Problem("date-missing", "the row has no date", "Give the day or the month of payment.")
BAD_DATE: Final = Problem(
    "date-unreadable",
    "the date can't be read",
    "Write it as 31/03/2024, 2024-03-31 or, for a month, 2024-03.",
)

_MINUS: Final = str.maketrans(dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-"))
_SPACES: Final = re.compile(r"\s+")
# Control characters, and marks that join, hide or turn round what stands beside them.
_UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_PLAIN: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_MONEY: Final = re.compile(
    r"(?P<first>£|GBP)?\s*(?P<open>\()?\s*(?P<before>[+-])?\s*(?P<pound>£|GBP)?\s*(?P<after>[+-])?\s*"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,3}(?:'[0-9]{3})+|[0-9]+|(?=\.[0-9]))"
    r"(?:\.(?P<part>[0-9]*))?"
    r"\s*(?P<late>£|GBP)?\s*(?P<behind>-|CR|DR)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
# CR or DR before an amount, or in brackets behind it.
_MARKED: Final = re.compile(
    r"(?P<before>CR|DR)\s*(?P<amount>.*[0-9].*)|(?P<other>.*[0-9])\s*\((?P<behind>CR|DR)\)", re.IGNORECASE
)
# Signs and codes of other currencies; US$ and A$ with their letters. Codes that are words, such as TRY, are left out.
FOREIGN_MONEY: Final = (
    r"(?:\b(?:US|AU?|CA?|NZ|HK|SG?|R))?[$€¥₹₽₩₪₺₴₦]|zł|\b(?:Kč|kr|Rs|RMB|USD|EUR|CHF|JPY|AUD|CAD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|"
    r"INR|CNY|ZAR|HKD|SGD|BRL|MXN|COP|RUB|UAH|KRW|THB|PKR|BDT|NGN|KES|GHS|ILS|SAR|QAR)\b"
)
_OTHER_MONEY: Final = re.compile(FOREIGN_MONEY, re.IGNORECASE)
_POWER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?E[+-]?[0-9]{1,2}", re.IGNORECASE)


def clean(text: str) -> str:
    """A cell's text on one line: without characters that nobody sees, and with single blanks.

    An apostrophe that keeps a spreadsheet from reading the cell as a formula is taken off.
    """
    if not text.isprintable():
        text = _UNSEEN.sub("", _SPACES.sub(" ", text))
    text = text.strip()
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


@lru_cache(maxsize=65_536)
def amount(text: str) -> int | Problem:
    """An amount in pence, exactly as it is written.

    Read are a sign before, after or as brackets, CR (a credit, negative) and DR behind, £ or GBP, and commas,
    blanks or apostrophes between groups of three digits. Two marks that both say negative, decimal commas, other
    currencies, words and powers of ten are not read.

    Args:
        text: a cell, as :func:`clean` leaves it.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        pence = int(plain[2]) * 100 + int((plain[3] or "").ljust(2, "0"))
        return BIG_AMOUNT if pence > MOST_PENCE else -pence if plain[1] else pence
    value = money(text)
    return value if isinstance(value, Problem) else pence_of(value)


@lru_cache(maxsize=65_536)
def money(text: str) -> Decimal | Problem:
    """An amount in pounds as it is written, with all its decimals; see :func:`amount`."""
    text = text.translate(_MINUS)
    if not text or re.fullmatch(r"[-.\s]+|n/?a|nil|none|null", text, re.IGNORECASE):
        return NO_AMOUNT
    if _POWER.fullmatch(text):
        # What is left where a spreadsheet took one amount from another of the same size.
        return Decimal(0) if abs(Decimal(text)) <= _TRACE else POWER
    marked = _MARKED.fullmatch(text)
    if marked is not None:
        text = f"{marked['amount'] or marked['other']} {marked['before'] or marked['behind']}"
    found = _MONEY.fullmatch(text)
    if found is None:
        return OTHER_CURRENCY if _OTHER_MONEY.search(text) and re.search("[0-9]", text) else BAD_AMOUNT
    return _signed(found)


def in_any_currency(text: str) -> str:
    """An amount without the sign of another currency, which somebody said is a mistake."""
    return " ".join(_OTHER_MONEY.sub(" ", text).split())


def pence_of(pounds: Decimal) -> int | Problem:
    """Pounds in pence, if they are whole ones."""
    pence = pounds * 100
    if pence != pence.to_integral_value():
        return PART_PENNY
    return BIG_AMOUNT if abs(pence) > MOST_PENCE else int(pence)


def _signed(found: re.Match[str]) -> Decimal | Problem:
    """The pounds of an amount that was taken apart."""
    marks = [found["before"], found["after"], found["behind"]]
    bracketed = bool(found["open"])
    signs = [mark.upper() for mark in marks if mark]
    pounds = [found[name] for name in ("first", "pound", "late") if found[name]]
    if bracketed != bool(found["close"]) or len(signs) + bracketed > 1 or len(pounds) > 1:
        return BAD_AMOUNT
    number = _number(re.sub("[, ']", "", found["digits"]) or "0", found["part"] or "")
    if isinstance(number, Problem):
        return number
    return -number if bracketed or signs in (["-"], ["CR"]) else number


def _number(digits: str, part: str) -> Decimal | Problem:
    part = part.rstrip("0")
    if len(digits.lstrip("0")) > _DIGITS:
        return BIG_AMOUNT
    value = Decimal(f"{digits}.{part or 0}")
    if len(part) > 2 and len(digits.lstrip("0")) + len(part) >= _DIGITS:
        value = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN).plus(value)
        near = value.quantize(_PENNY, ROUND_HALF_EVEN)
        value = near if abs(value - near) <= _TRACE else value
    return value


@dataclass(frozen=True)
class Day:
    """A date as it was written: a day, or a month, which stands on its first day."""

    day: date
    whole_month: bool = False


_TIME: Final = re.compile(
    r"[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AP]M)?(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?")
_RUN_ON: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-9]{2})?")
_THREE: Final = re.compile(r"([0-9]{1,2})(?: ?[-/.] ?| )([0-9]{1,2})(?: ?[-/.] ?| )([0-9]{4}|[0-9]{2})")
_NAMED: Final = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?[ -])?(?:([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*(?:of )?)?"
    r"([a-z]{3,9})\.?[-/. ,']*([0-9]{4}|[0-9]{2})"
)
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_MONTH_YEAR: Final = re.compile(r"([0-9]{1,2})[-/]([0-9]{4})")
_SERIAL: Final = re.compile(r"([2-7][0-9]{4})(?:\.[0-9]+)?")
_MOST_MONTHS: Final = 12
_BEFORE_APRIL: Final = 3
# Day 0 of Excel's calendar, which holds a 29 February 1900 that never was: right from March 1900 on.
_DAY_ZERO: Final = date(1899, 12, 30)


@lru_cache(maxsize=65_536)
def day(text: str, order: DateOrder = "dmy") -> Day | Problem:
    """A date, whatever of the usual forms it is written in; a time of day is left out.

    A month alone is placed on its first day, so that it falls into the right month, quarter and year.

    Args:
        text: a cell, as :func:`clean` leaves it.
        order: whether the day or the month comes first in 03/04/2024; or that a spreadsheet exchanged them.
    """
    if not text:
        return NO_DATE
    if order == "mixed":
        return _exchanged(text)
    bare = _TIME.sub("", text).strip().casefold()
    numbers = _numbers(bare, order) or _named(bare)
    if numbers is not None:
        return _made(*numbers)
    serial = _SERIAL.fullmatch(bare)
    return Day(_DAY_ZERO + timedelta(days=int(serial[1]))) if serial else BAD_DATE


def _exchanged(text: str) -> Day | Problem:
    """A date of a file in which a spreadsheet took the month for the day wherever it could be one."""
    found = day(text)
    if isinstance(found, Problem):
        return day(text, "mdy")
    return found if found.whole_month else Day(exchange(found.day) or found.day)


def exchange(of: date) -> date | None:
    """The day whose month is the day of another; None where that is above 12 and so no month."""
    return date(of.year, of.day, of.month) if of.day <= _MOST_MONTHS else None


def written_as(text: str) -> Literal["digits", "name", "true"]:
    """How a date is written: day, month and year in digits; with the month's name; or as a true date of a spreadsheet."""
    bare = _TIME.sub("", text).strip()
    if _THREE.fullmatch(bare):
        return "digits"
    return "name" if re.search("[A-Za-z]", bare) else "true"


def _numbers(text: str, order: DateOrder) -> tuple[int, int, int | None] | None:
    """Year, month and day of a date in digits."""
    found = _YEAR_FIRST.fullmatch(text) or _RUN_ON.fullmatch(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    found = _THREE.fullmatch(text)
    if found:
        first, second = int(found[1]), int(found[2])
        month, number = (second, first) if order == "dmy" else (first, second)
        return _year(found[3]), month, number
    found = _MONTH_YEAR.fullmatch(text)
    return (int(found[2]), int(found[1]), None) if found else None


def _named(text: str) -> tuple[int, int, int | None] | None:
    """Year, month and day of a date with the month's name."""
    found = _NAMED.fullmatch(text)
    if found and found[2] in _MONTHS:
        return _year(found[3]), _MONTHS[found[2]], int(found[1]) if found[1] else None
    found = _MONTH_FIRST.fullmatch(text)
    if found and found[1] in _MONTHS:
        return int(found[3]), _MONTHS[found[1]], int(found[2])
    return None


def _year(text: str) -> int:
    """A year; two digits are of this century, since nobody published payments in the last one."""
    return int(text) + (2000 if len(text) == 2 else 0)


def _made(year: int, month: int, number: int | None) -> Day | Problem:
    try:
        return Day(date(year, month, number or 1), number is None)
    except ValueError:
        return BAD_DATE  # no such day in the calendar


def in_digits_alone(text: str) -> bool:
    """Whether a month is written without its name."""
    return re.search("[A-Za-z]", text) is None


def of_period(month: date) -> date:
    """The month that a period of a financial year is, given as if it were a month of the calendar: the first is April."""
    at = month.month + _BEFORE_APRIL
    return date(month.year + (at - 1) // _MOST_MONTHS, (at - 1) % _MOST_MONTHS + 1, 1)


def in_digits(text: str) -> bool:
    """Whether a date is written in digits, day and month before the year."""
    return _THREE.fullmatch(_TIME.sub("", text).strip()) is not None


def order_of(text: str) -> DateOrder | None:
    """What comes first in a date of digits that can only be read in one way; None for all others."""
    found = _THREE.fullmatch(_TIME.sub("", text).strip())
    if found is None or max(int(found[1]), int(found[2])) <= _MOST_MONTHS:
        return None
    return "dmy" if int(found[1]) > _MOST_MONTHS else "mdy"


def formula(text: str) -> bool:
    """Whether a spreadsheet would run a text: it begins with =, or calls a program after +, - or @."""
    return text[:1] == "=" or (text[:1] in ("+", "-", "@") and "|" in text)


_DAMAGED: Final = re.compile("Ã[\u0080-\u00bf\u201a\u20acÂ]|Â[\u0080-\u00bf\u20acÃ]|â€|\ufffd")


@lru_cache(maxsize=65_536)
def damaged(text: str) -> bool:
    """Whether letters were spoilt before publication, by reading UTF-8 as something else."""
    return not text.isascii() and _DAMAGED.search(text) is not None
