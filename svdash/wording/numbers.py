"""Numbers, percentages, points, ratios and ranges as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from numbers import Integral
from typing import Final, SupportsFloat, TypeAlias

MINUS: Final = "\N{MINUS SIGN}"
NOT_AVAILABLE: Final = "[x]"
# A float carries 15 to 17 significant digits, and the last of them may be the noise of a division.
_SURE_DIGITS: Final = 14
_SURE, _NEAR_A_HALF = 1e9, 1e-4
_HUNDRED, _THOUSAND = 100, 1000

Number: TypeAlias = SupportsFloat | Decimal


def rounded(value: Number, decimals: int = 0) -> Decimal:
    """Round to ``decimals`` places, a half away from zero: 32.05 gives 32.1, 39.75 gives 39.8, 2.5 gives 3.

    The decimal number that a person sees is rounded, not the binary one behind it, which may lie a little below a
    half. Zero has no sign. Raises ValueError for what is not a finite number.
    """
    if isinstance(value, Decimal | Integral):
        exact = Decimal(value) if isinstance(value, Decimal) else Decimal(int(value))
    else:
        exact = Decimal(f"{float(value):.{_SURE_DIGITS}g}")
    if not exact.is_finite():
        raise ValueError(f"{value} is not a finite number, so it can't be rounded")
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def halves_up(values: Iterable[float], decimals: int = 0) -> list[float]:
    """Round a column as :func:`rounded` does a number, a half away from zero; NaN where a number is missing.

    numpy and pandas round halves to even, and binary ones: 32.05 to 32.0 beside 39.75 to 39.8.
    """
    return [math.nan if is_missing(value) else float(rounded(value, decimals)) for value in values]


def is_missing(value: Number) -> bool:
    """Tell whether there is no number: NaN or pandas' NA."""
    try:
        return math.isnan(value)
    except TypeError:
        return True


def _is_far_from_a_half(value: float, decimals: int) -> bool:
    """Tell whether any rounding gives the same: Python's own is faster, and a table of areas has thousands of cells."""
    scaled = abs(value) * 10.0**decimals
    return scaled < _SURE and abs(scaled % 1 - 0.5) > _NEAR_A_HALF


def plain(value: Number, decimals: int = 0) -> str:
    """Write a number for a machine, with a hyphen for minus and no separators: -1234.5. Rounded as :func:`rounded`."""
    if isinstance(value, float) and _is_far_from_a_half(value, decimals):
        return f"{value:z.{decimals}f}"
    return f"{rounded(value, decimals):f}"


def number(value: Number | None, decimals: int = 0) -> str:
    """Write a number with thousands separators and a minus sign: 1,234 or −0.5; ``[x]`` where there is none."""
    if isinstance(value, float) and _is_far_from_a_half(value, decimals):
        return f"{value:z,.{decimals}f}".replace("-", MINUS)
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    return f"{rounded(value, decimals):,f}".replace("-", MINUS)


def trimmed(value: Number, most: int = 2) -> str:
    """Write a number with at most ``most`` decimals and none that say nothing: 6.42, 16.5, 16."""
    text = number(value, most)
    return text.rstrip("0").rstrip(".") if "." in text else text


def index(value: Number | None) -> str:
    """Write an index with the decimals that it bears: four significant figures, two decimals at most.

    0.6, 1.78, 105.3, 1,235: a fifth figure would be false precision, and 0.6 without a decimal would be 1.
    """
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    size = abs(float(value))
    return trimmed(value, 2 if size < _HUNDRED else 1 if size < _THOUSAND else 0)


def signed(value: Number, decimals: int = 0) -> str:
    """Write a number with its sign: +12, −0.5; what rounds to nothing has none."""
    text = number(value, decimals)
    return f"+{text}" if not is_missing(value) and rounded(value, decimals) > 0 else text


def percent(value: Number | None, decimals: int = 1) -> str:
    """Write a percentage, given in percent: 6.0%; ``[x]`` where there is none."""
    return NOT_AVAILABLE if value is None or is_missing(value) else f"{number(value, decimals)}%"


def share(value: Number | None) -> str:
    """Write a percentage of people that is rounded already, without a decimal that it may not have: 57%, not 57.0%."""
    return NOT_AVAILABLE if value is None or is_missing(value) else f"{trimmed(value, 1)}%"


def points(value: Number, decimals: int = 1) -> str:
    """Write a difference of percentages with its sign: +0.9 points, −1.0 points; what rounds to nothing has none."""
    text = signed(value, decimals)
    return f"{text} {'point' if text.lstrip(f'+{MINUS}') == '1' else 'points'}"


def times(value: Number, decimals: int = 2) -> str:
    """Write a ratio: 0.76 times."""
    return f"{number(value, decimals)} times"


def two_figures(value: Number | None) -> str:
    """Write a ratio of counts of people, which bears two significant figures: 0.65, 1.2, 2.0, 12; ``[x]`` where there is none."""
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    size = abs(float(value))
    if not size:
        return "0"
    # What rounds up to the next power of ten has a decimal less: 0.997 is 1.0 and 9.96 is 10.
    size = float(rounded(size, 1 - math.floor(math.log10(size))))
    return number(value, max(0, 1 - math.floor(math.log10(size))))


def per_thousand(rate: Number, *, some: bool = False) -> str:
    """Write a rate of people per 1,000: 12; ``some`` is more than nobody, so what rounds to nothing is fewer than 1."""
    return "fewer than 1" if some and not is_missing(rate) and rounded(rate) == 0 else number(rate)


def span(lower: Number, upper: Number, decimals: int = 1, unit: str = "") -> str:
    """Write a range: 4.1 to 5.2, or with a unit 4.1% to 5.2%."""
    return f"{number(lower, decimals)}{unit} to {number(upper, decimals)}{unit}"


def about(value: Number, decimals: int = 0) -> str:
    """Write a number that is rounded or estimated: about 1,200."""
    return f"about {number(value, decimals)}"


def one_in(part: Number, whole: Number) -> str:
    """Write a share as a person says it: 1 in 8, or none of them where the part is nothing.

    The second number is the whole over the part, rounded. Raises ValueError where the part is negative or more than
    the whole.
    """
    top, base = float(part), float(whole)
    if not 0 <= top <= base:
        raise ValueError(f"{part} is not a part of {whole}")
    return f"1 in {number(base / top)}" if top else "none"
