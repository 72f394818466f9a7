"""Ways to write a number, by the names that findings give: a name can be kept and sent, a function can't."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from svdash.wording.money import money
from svdash.wording.numbers import trimmed, two_figures

_RATIO_DECIMALS: Final = 2


def _share(value: float) -> str:
    """Write a percentage of people without decimals that it may not have: 8, not 8.0, of fewer than a hundred."""
    return trimmed(value, 1)


FORMATS: Final[dict[str, Callable[[float], str]]] = {"money": money, "ratio": two_figures, "share": _share}


def of_people(decimals: Mapping[str, int]) -> dict[str, str]:
    """Return the formats of figures about people, by column: ratios are those with two decimals, percentages the others."""
    return {name: "ratio" if most == _RATIO_DECIMALS else "share" for name, most in decimals.items()}
