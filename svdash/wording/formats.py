"""Ways to write a number, by the names that findings give: a name can be kept and sent, a function can't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from svdash.wording.money import money

FORMATS: Final[dict[str, Callable[[float], str]]] = {"money": money}
