"""A figure with its unit, and a change of it."""

from __future__ import annotations

from typing import Final

from svdash.wording.lists import counted, singular
from svdash.wording.money import money
from svdash.wording.numbers import (
    MINUS,
    NOT_AVAILABLE,
    Number,
    index,
    is_missing,
    number,
    percent,
    points,
    rounded,
)

_TEN: Final = 10
_KILO: Final = 1024
# What is counted has no unit to write: the index is the number.
_BARE: Final = ("index", "")


def value(amount: Number | None, unit: str, decimals: int = 1) -> str:
    """Write a figure with its unit: 6.0%, £1.2m, 1 person, 1,234 people, 0.6; ``[x]`` where there is none.

    Units are those of an indicator: ``percent``, ``GBP``, ``index`` or nothing, or the plural of what is counted. A
    mean below ten may have one decimal (7.5 hours); a whole number has none. ``decimals`` are those of a percentage.
    """
    if amount is None or is_missing(amount):
        return NOT_AVAILABLE
    if unit == "percent":
        return percent(amount, decimals)
    if unit == "GBP":
        return money(amount)
    if unit in _BARE:
        return index(amount)
    size = abs(float(amount))
    text = number(amount, 0 if size >= _TEN or size == round(size) else 1)
    return f"{text} {singular(unit) if text.removeprefix(MINUS) == '1' else unit}"


def file_size(size_in_bytes: int) -> str:
    """Write how large a file is: 340 bytes, 120 kB, 2.4 MB; a megabyte has 1024 kB, as the limit of uploads has it."""
    kilobytes = size_in_bytes / _KILO
    if kilobytes < 1:
        return counted(size_in_bytes, "byte")
    # A kilobyte less than a megabyte and what rounds to one are written alike.
    if round(kilobytes) < _KILO:
        return f"{number(kilobytes)} kB"
    return f"{number(kilobytes / _KILO, 1)} MB"


def size(amount: Number, unit: str, decimals: int = 1) -> str:
    """Write how large a change is, without its sign: 0.6 points, 12 people, less than £1; percentages with so many decimals."""
    smallest = {"percent": 10.0**-decimals, "index": 0.01, "": 0.01}.get(unit, 1.0)
    large = abs(float(amount))
    if 0 < large < smallest / 2:
        return f"less than {size(smallest, unit, decimals)}"
    if unit != "percent":
        return value(large, unit)
    text = number(large, decimals)
    return f"{text} {'point' if text == '1' else 'points'}"


def change(amount: Number, unit: str, decimals: int = 1) -> str:
    """Write a change with its sign: +0.9 points, −£1.2m, +1 person; what rounds to nothing is no change."""
    finest = {"percent": decimals, "index": 2, "": 2}.get(unit, 0)
    if rounded(amount, finest) == 0:
        return "no change"
    if unit == "percent":
        return points(amount, decimals)
    return f"{'+' if float(amount) > 0 else MINUS}{value(abs(float(amount)), unit)}"
