"""Reads a column of amounts with a person's answers about its unit, its currency sign and parts of a penny."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import (
    OTHER_CURRENCY,
    PART_PENNY,
    amount,
    in_any_currency,
    money,
    pence_of,
)
from svdash.importing.questions import KINDS
from svdash.importing.reconciliation import Problem

_POUNDS: Final = {
    "pounds": Decimal(1),
    "pence": Decimal("0.01"),
    "thousands": Decimal(1_000),
    "millions": Decimal(1_000_000),
}


class AmountColumn:
    """Reads amounts as pence.

    Attributes:
        in_pounds: whether somebody said that all amounts are pounds, whatever sign stands with them.
        unit_chosen: whether somebody said what unit they are in.
    """

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._unit = chosen.get("unit", "pounds")
        self.unit_chosen = "unit" in chosen
        self._turned = -1 if chosen.get("signs") == "reversed" else 1
        self._round = chosen.get("pennies") == "round"
        self.in_pounds = chosen.get("currency") == "pounds"
        self._rounded = self._signs = 0
        self._difference = Decimal(0)

    def read(self, text: str) -> int | Problem:
        """An amount in pence, or why there is none."""
        if self.in_pounds and amount(text) is OTHER_CURRENCY:
            text = in_any_currency(text)
            self._signs += 1
        if self._unit == "pounds" and not self._round:
            pence = amount(text)
            return pence if isinstance(pence, Problem) else pence * self._turned
        pounds = money(text)
        if isinstance(pounds, Problem):
            return pounds
        pounds *= _POUNDS[self._unit] * self._turned
        pence = pence_of(pounds)
        if pence is not PART_PENNY or not self._round:
            return pence
        near = (pounds * 100).to_integral_value(ROUND_HALF_EVEN)
        self._rounded += 1
        self._difference += near - pounds * 100
        return pence_of(near / 100)

    def written(self, text: str) -> Decimal | None:
        """What an amount comes to in pence as it is written, with parts of a penny and however large; None for no number."""
        pounds = money(in_any_currency(text) if self.in_pounds else text)
        return None if isinstance(pounds, Problem) else pounds * _POUNDS[self._unit] * 100 * self._turned

    def notes(self) -> Iterator[str]:
        """What was done because a person said so, as sentences."""
        if self._unit != "pounds":
            yield f"As answered, amounts are read as {KINDS['unit'].answers[self._unit]}."
        if self._turned < 0:
            yield f"As answered, every sign is turned: {KINDS['signs'].answers['reversed']}."
        if self._signs:
            yield (
                f"As answered, {wording.counted(self._signs, 'amount')} with the sign of another currency {'is' if self._signs == 1 else 'are'} "
                "read as pounds."
            )
        if self._rounded:
            yield (
                f"As answered, {wording.counted(self._rounded, 'amount')} with parts of a penny {'is' if self._rounded == 1 else 'are'} rounded: "
                f"together {self._difference.normalize():+f}p."
            )
