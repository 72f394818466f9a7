"""Finds rows that sum up other rows: totals and card settlements. They are not payments to a supplier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import clean
from svdash.importing.cells.column_shape import looks_like
from svdash.importing.cells.withheld_names import is_withheld
from svdash.importing.columns.published_tables import Record
from svdash.importing.payments.payment_files import TOTAL
from svdash.importing.reconciliation import FileTotal, Problem

SETTLEMENT: Final = Problem(
    "settlement",
    "the line pays the card statement itself: it is negative, and names no supplier or says so",
    "Nothing is missing: what was bought is counted itself. If it is a credit, import again with --answer "
    "settlements=credits.",
    question="settlements",
)
_TOTAL: Final = re.compile(
    r"\W*(?:(?:grand|sub|overall|report|page|final|sum)[\s-]*)?totals?"
    r"(?:\s+(?:for|of|spend|spent|spending|amount|payments?|expenditure|value|net|gross|paid)\b.*)?\W*",
    re.IGNORECASE,
)
_GRAND: Final = re.compile(r"\W*(?:grand|sub|overall)[\s-]*totals?\b", re.IGNORECASE)
_GRAND_ALONE: Final = re.compile(_GRAND.pattern + r"\W*", re.IGNORECASE)
_ENDS: Final = re.compile(r".{0,60}\b(?:sub-?)?totals?\W*", re.IGNORECASE)
_SETTLES: Final = re.compile(
    r"\W*(?:(?:direct debit|statement|card|account|balance|monthly|bacs|auto(?:matic)?|your)\W+)*"
    r"(?:payments?|settlements?|repayments?|direct debit)(?:\W+(?:received|settled|made|of|the|by|from|to|"
    r"direct debit|dd|bacs|statement|balance|account|card|credit|thank|thanks|you|in full|company|bank))*\W*",
    re.IGNORECASE,
)
# A named line that takes off just what the lines above come to is the payment of a card where its name says as much.
_PAYS: Final = re.compile(
    r"\b(?:\w*cards?|visa|amex|american express|bank|re-?payments?|payments?|settle(?:ment|d)s?|statement|direct debit|"
    r"balance)\b",
    re.IGNORECASE,
)
# A lone amount in the last row is a total as long as it is this near to the sum.
_NEAR: Final = Decimal("0.005")
_MOST_TOLD: Final = 10


@dataclass
class _Sum:
    """Lines that a total may sum up.

    Attributes:
        pence: what those in pounds come to.
        others: what those in other currencies come to, by their figures.
        lines: how many there are.
    """

    pence: Decimal = Decimal(0)
    others: Decimal = Decimal(0)
    lines: int = 0

    def add(self, pence: Decimal | int, *, foreign: bool) -> None:
        self.lines += 1
        if foreign:
            self.others += pence
        else:
            self.pence += pence

    def is_(self, pence: Decimal | int) -> bool:
        """Whether a total is this, however it counts other currencies."""
        return pence in (self.pence, self.pence + self.others)


def _bare(record: Record) -> bool:
    """Whether a row has nothing but amounts: one, or those of net, VAT and gross."""
    return record.lone or all(looks_like("amount", cell) for cell in record.cells if cell.strip())


@lru_cache(maxsize=65_536)
def _read_as_total(supplier: str) -> tuple[bool, bool, bool, bool]:
    """Of the name of a supplier: whether it can only be a total, may be one, begins like one, and has no word at all."""
    grand = _GRAND_ALONE.fullmatch(supplier) is not None
    total, begins = _TOTAL.fullmatch(supplier) is not None, _GRAND.match(supplier) is not None
    called = grand or total or begins or _ENDS.fullmatch(supplier) is not None
    return grand, called, total or begins, re.search(r"\w", supplier) is None


class FileSums:
    """Compares rows with the lines above them. One for each file."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._settlements = chosen.get("settlements")
        self._all, self._group, self._statement = _Sum(), _Sum(), _Sum()
        self._like: list[int] = []
        self._totals: list[tuple[int, Decimal, _Sum]] = []
        self._first = 0
        self._takes_all: list[tuple[int, str]] = []

    def add(self, pence: Decimal | int, *, foreign: bool) -> None:
        """Count a line."""
        for each in (self._all, self._group, self._statement):
            each.add(pence, foreign=foreign)

    def problem(self, record: Record, pence: Decimal | None, *, undated: bool) -> Problem | None:
        """That a row is a total or settles the lines above, if so."""
        if self._is_total(record, pence, undated=undated):
            return TOTAL
        if pence is not None and not undated and self._settles(record, pence):
            self._statement = _Sum()
            return SETTLEMENT
        return None

    def _settles(self, record: Record, pence: Decimal) -> bool:
        """Whether a line pays for the lines above it: it says so, or is nobody's and takes off just what they come to."""
        supplier = record.values.get("supplier", "")
        if self._settlements == "credits" or pence >= 0 or is_withheld(supplier):
            return False
        nobody = not any(map(str.isalnum, supplier))
        called = record.values.get("purpose", "") if nobody else supplier
        above = self._statement if self._statement.lines else self._all
        exact = above.lines > 1 and above.is_(-pence)
        if nobody and (exact or self._settlements == "refuse"):
            return True
        settles = _SETTLES.fullmatch(called) is not None or (exact and _PAYS.search(called) is not None)
        if exact and not settles:
            self._takes_all.append((record.number, supplier))
        return settles

    def _is_total(self, record: Record, pence: Decimal | None, *, undated: bool) -> bool:
        """Whether a row sums up others: it says so, or it has an amount alone, and that is their sum."""
        is_sum = bool(pence) and (self._all.is_(pence or 0) or self._group.is_(pence or 0))
        if undated:
            texts = [text for name, text in record.values.items() if text and name not in ("amount", "vat")]
            first = next((clean(cell) for cell in record.cells if cell.strip()), "")
            named = any(_TOTAL.fullmatch(text) or _ENDS.fullmatch(text) for text in (*texts, first))
            lone = _bare(record) and (is_sum or self._nearly(pence, last=record.last))
            # Without a date it is no payment; of several lines just the sum, it is their total, whatever it is called.
            total = named or lone or (is_sum and self._all.lines > 1) or self._leads(record, pence)
        else:
            total = self._is_dated_total(record, pence, is_sum=is_sum)
        if total and pence is not None:
            # What leads is the sum of lines that are still to come.
            above = self._all if self._first == record.number else self._above(pence)
            self._totals.append((record.number, pence, above))
            self._group = _Sum()
        return total

    def _leads(self, record: Record, pence: Decimal | None) -> bool:
        """Whether an amount stands alone above all lines, as the total of a file does that begins with it."""
        leads = bool(pence) and not self._all.lines and not self._totals and _bare(record)
        if leads:
            self._first = record.number
        return leads

    def _above(self, pence: Decimal) -> _Sum:
        """The lines that a total is of: the group above it where that is its sum, or nearer to it."""
        if self._all.is_(pence):
            return replace(self._all)
        nearer = self._group.lines and abs(self._group.pence - pence) < abs(self._all.pence - pence)
        return replace(self._group if self._group.is_(pence) or nearer else self._all)

    def _nearly(self, pence: Decimal | None, *, last: bool) -> bool:
        """Whether an amount is nearly the sum of all lines or of a group, as a total that was rounded is; below others, to a pound."""
        if not pence:
            return False
        sums = [each.pence for each in (self._all, self._group) if each.lines > 1]
        share = _NEAR if last else Decimal(0)
        return any(abs(pence - each) <= max(abs(each) * share, Decimal(100)) for each in sums)

    def _is_dated_total(self, record: Record, pence: Decimal | None, *, is_sum: bool) -> bool:
        """Whether a row with a date is a total: a company may be called Total, so the sum and the place decide."""
        supplier = record.values.get("supplier", "")
        grand, called, alike, wordless = _read_as_total(supplier)
        total = False
        if grand or (record.last and (is_sum or (alike and self._nearly(pence, last=True)))):
            nobody = self._group.lines > 1 and wordless and not is_withheld(supplier)
            # A payment has a purpose or a reference, and seldom stands last.
            texts = [record.values.get(name, "") for name in ("purpose", "reference")]
            paid = any(text and not _TOTAL.fullmatch(text) for text in texts)
            total = not paid and (grand or called or nobody)
        if alike and not total:
            self._like.append(record.number)
        return total

    @property
    def totals(self) -> list[FileTotal]:
        """The totals that the file gives, each with the sum of its lines; those with other currencies have none."""
        return [
            FileTotal(
                row,
                int(stated),
                int(stated) if above.is_(stated) else None if above.others else int(above.pence),
            )
            for row, stated, above in self._totals
        ]

    def notes(self) -> Iterator[str]:
        """How the totals that the file gives compare with its lines."""
        totals = self.totals
        right = sum(each.ours == each.stated for each in totals)
        wrong = [each for each in totals if each.ours not in (None, each.stated)]
        if right:
            yield f"{wording.number(right)} of {wording.number(len(totals))} totals in the file agree with the lines above them."
        if self._like:
            yield (
                f"{wording.counted(len(self._like), 'line')} (first in row {self._like[0]}) {'is' if len(self._like) == 1 else 'are'} "
                "paid to “Total” or the like, and counted as a payment, because the amount is not the sum of the lines above. "
                "Check whether it is a total."
            )
        if self._takes_all:
            row, supplier = self._takes_all[0]
            more = (
                f" (and {wording.number(len(self._takes_all) - 1)} more such)"
                if len(self._takes_all) > 1
                else ""
            )
            yield (
                f"Row {row} ({supplier}){more} subtracts exactly the sum of the lines above it: check whether it is a credit, or pays "
                "a card statement. If it pays one, leave the row out."
            )
        if right + len(wrong) < len(totals):
            yield (
                f"{wording.counted(len(totals) - right - len(wrong), 'total')} in the file can't be compared with the lines above, "
                "some of which are in other currencies."
            )
        for each in wrong[:_MOST_TOLD]:
            ours = each.ours or 0
            small = abs(each.stated - ours) <= max(abs(ours) * _NEAR, Decimal(100))
            yield (
                f"Row {each.row} says a total of {wording.exact_money(each.stated)}, but the lines {'below' if each.row == self._first else 'above'} it come to {wording.exact_money(ours)}: "
                f"{wording.exact_money(abs(each.stated - ours))} too {'much' if each.stated > ours else 'little'}. "
                + ("It may have been rounded; if not, ask the publisher." if small else "Ask the publisher.")
            )
