"""Spending over £500, as councils publish it under the Local Government Transparency Code 2015.

The Code asks for date, department, beneficiary, summary of purpose, amount, irrecoverable VAT and merchant category;
which headings stand for them is in ``council_spending_headings.csv``. The pack keeps date, beneficiary, purpose and amount, and
what else its payments have a column for. A line's identifier is made of its file and row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from svdash import wording
from svdash.importing.cell_reading import OTHER_CURRENCY, amount, clean, is_withheld
from svdash.importing.code_lookup import SIGNS, CodeLookup
from svdash.importing.given_answers import Answers
from svdash.importing.headings import folded, in_pounds
from svdash.importing.payment_files import Opened, Start, import_lines
from svdash.importing.payment_lines import NOT_KNOWN, REDACTED, REFERENCE, Line, named
from svdash.importing.payments_ledger import TAG
from svdash.importing.published_tables import Form, Record, open_table
from svdash.importing.reconciliation import (
    Field,
    ImportFileError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.importing.source_files import Source
from svdash.lines.line_tables import ROW
from svdash.tables.package import Pack

FIELDS: Final = (
    Field("date", required=True, shape="date"),
    Field("supplier", required=True, shape="name"),
    Field("amount", required=True, shape="amount"),
    Field("purpose"),
    Field("department", has_place=False),
    Field("vat", shape="amount", has_place=False),
    Field("category", has_place=False),
    Field("reference", has_place=False),
    Field("supplier_id"),
    Field("supplier_type"),
    Field("programme"),
    Field("supplier_area"),
    Field("supplier_postcode"),
    Field("supplier_place"),
    Field("benefit_area"),
    Field("contract"),
    Field("currency", has_place=False),
    # Under Debit/Credit may stand words, or the amounts themselves.
    Field("sign", has_place=False, shape="name"),
)
FORM: Final = Form("spend", FIELDS, "council_spending_headings.csv")

_NO_DAY: Final = ("date-missing", "date-unreadable")
TOTAL: Final = Problem("total", "a total", "Nothing is missing: its lines are counted themselves.")
_TOTAL: Final = re.compile(
    r"\W*(?:(?:grand|sub|overall|report|page|final|sum)[\s-]*)?totals?"
    r"(?:\s+(?:for|of|spend|spent|spending|amount|payments?|expenditure|value|net|gross|paid)\b.*)?\W*",
    re.IGNORECASE,
)
_GRAND: Final = re.compile(r"\W*(?:grand|sub|overall)[\s-]*totals?\b", re.IGNORECASE)
_GRAND_ALONE: Final = re.compile(_GRAND.pattern + r"\W*", re.IGNORECASE)
_ENDS: Final = re.compile(r".{0,60}\b(?:sub-?)?totals?\W*", re.IGNORECASE)

# What a column of currencies says of pounds: one of these words, and none that is neither.
_POUND: Final = frozenset(["gbp", "pound", "pounds", "sterling", "stg"])
_OF_POUND: Final = _POUND | {"uk", "gb", "british", "great", "britain", "united", "kingdom"}
_NO_CURRENCY: Final = re.compile(r"[-–—.£\s]*|n/?a|none|not applicable", re.IGNORECASE)
_LOCAL: Final = re.compile(r"\b(?:local (?:currency|curr|crcy)|lc)\b")
_CREDIT: Final = ("c", "cr", "credit", "credit note", "crn")


def _pounds_sterling(currency: str) -> bool:
    """Whether a cell of a column of currencies names pounds, or nothing."""
    words = set(folded(currency).split())
    named = bool(words & _POUND) and words <= _OF_POUND and not re.search("[$€¥]", currency)
    return named or _NO_CURRENCY.fullmatch(currency) is not None


@dataclass
class _Sum:
    """Lines that a total may sum up.

    Attributes:
        pence: what those in pounds come to.
        others: what those in other currencies come to, by their figures.
        lines: how many there are.
    """

    pence: int = 0
    others: int = 0
    lines: int = 0

    def add(self, pence: int, *, foreign: bool) -> None:
        self.lines += 1
        if foreign:
            self.others += pence
        else:
            self.pence += pence

    def is_(self, pence: int) -> bool:
        """Whether a total is this, however it counts other currencies."""
        return pence in (self.pence, self.pence + self.others)


class Spend:
    """The reader of spending files. One for each file."""

    name = "spend"

    def __init__(self) -> None:
        self.tag = ""
        self._all, self._group = _Sum(), _Sum()
        self._in_pounds = False
        self._period = ""
        self._numbered = 0
        self._like: list[int] = []
        self._totals: list[tuple[int, int, _Sum]] = []

    @contextmanager
    def open(self, source: Source, options: Options) -> Iterator[Opened]:
        """Open the table in a file."""
        with open_table(source, FORM, options) as table:
            at = table.mapped.columns.get("amount")
            amounts = "" if at is None else table.headings[at]
            # Beside the currency of the document, the local one is that of the accounts.
            self._in_pounds = in_pounds(amounts) or _LOCAL.search(folded(amounts)) is not None
            of_date = table.mapped.columns.get("date")
            heading = "" if of_date is None else table.headings[of_date]
            self._period = heading if "period" in folded(heading).split() else ""
            records = table.records
            if "sign" in table.mapped.columns:
                records = _signed(records, source, table.mapped.answers)
            yield Opened(table.headings, records, table.mapped, table.mapped.for_people(FIELDS), table=table)

    def begin(self, start: Start) -> None:
        """Lines are told apart by their file and row: what the pack has already doesn't matter."""
        digest = start.source.sha256
        if start.sheet:
            digest = hashlib.sha256(f"{digest}\n{start.sheet}".encode()).hexdigest()
        self.tag = f"{TAG}{digest[:12]}-"

    def line(self, record: Record, pence: int | Problem, lookup: CodeLookup) -> Line | Problem:
        """The line that a record makes, or why it makes none."""
        day = lookup.day(record.values.get("date", ""))
        undated = isinstance(day, Problem) and day.code in _NO_DAY
        if self._is_total(record, pence, undated=undated):
            return TOTAL
        foreign = not self._in_pounds and not _pounds_sterling(record.values.get("currency", ""))
        if isinstance(pence, int):
            self._all.add(pence, foreign=foreign)
            self._group.add(pence, foreign=foreign)
        if foreign:
            return OTHER_CURRENCY
        if isinstance(pence, Problem):
            return pence
        if isinstance(day, Problem):
            return day
        if day[1]:
            self._numbered += re.search("[A-Za-z]", record.values["date"]) is None
            lookup.note("month", record.number, pence)
        return self._line(record, pence, lookup) | {"date": day[0]}

    def _line(self, record: Record, pence: int, lookup: CodeLookup) -> Line:
        values = record.values
        supplier = values.get("supplier", "")
        withheld = is_withheld(supplier)
        area = None
        if not withheld:
            area = lookup.area(values.get("supplier_area", "")) or lookup.postcode(
                values.get("supplier_postcode", "")
            )
        return {
            "id": f"{self.tag}{record.number:06d}",
            "supplier": REDACTED if withheld else supplier if re.search(r"\w", supplier) else None,
            "supplier_id": None if withheld else values.get("supplier_id") or named(supplier),
            "supplier_type": lookup.code("supplier_type", values.get("supplier_type", "")),
            "programme": lookup.code("programme", values.get("programme", "")),
            "amount_pence": pence,
            "supplier_area": area,
            "supplier_place": NOT_KNOWN if withheld else lookup.place(values.get("supplier_place", ""), area),
            "benefit_area": lookup.area(values.get("benefit_area", "")),
            "purpose": values.get("purpose") or None,
            "contract_id": lookup.code("contract_id", values.get("contract", "")),
            ROW: record.number,
            REFERENCE: values.get("reference") or None,
        }

    def _is_total(self, record: Record, pence: int | Problem, *, undated: bool) -> bool:
        """Whether a row sums up others: it says so, or it has an amount alone, and that is their sum."""
        texts = [text for name, text in record.values.items() if text and name not in ("amount", "vat")]
        is_sum = isinstance(pence, int) and pence != 0 and (self._all.is_(pence) or self._group.is_(pence))
        if undated:
            first = next((clean(cell) for cell in record.cells if cell.strip()), "")
            said = any(_TOTAL.fullmatch(text) or _ENDS.fullmatch(text) for text in (*texts, first))
            total = said or (is_sum and record.lone)
        else:
            total = self._is_dated_total(record, is_sum=is_sum)
        if total and isinstance(pence, int):
            self._totals.append(
                (record.number, pence, self._group if self._group.is_(pence) else replace(self._all))
            )
            self._group = _Sum()
        return total

    def _is_dated_total(self, record: Record, *, is_sum: bool) -> bool:
        """Whether a row with a date is a total: a company may be called Total, so the sum and the place decide."""
        supplier = record.values.get("supplier", "")
        grand = _GRAND_ALONE.fullmatch(supplier) is not None
        called = grand or any(form.fullmatch(supplier) for form in (_TOTAL, _ENDS)) or _GRAND.match(supplier)
        nobody = self._group.lines > 1 and not re.search(r"\w", supplier) and not is_withheld(supplier)
        # A payment has a purpose or a reference, and seldom stands last.
        told = [record.values.get(name, "") for name in ("purpose", "reference")]
        paid = any(text and not _TOTAL.fullmatch(text) for text in told)
        total = not paid and (grand or (is_sum and record.last and bool(called or nobody)))
        if not total and (_TOTAL.fullmatch(supplier) or _GRAND.match(supplier)):
            self._like.append(record.number)
        return total

    def notes(self) -> Iterator[str]:
        """How the totals that the file gives compare with its lines."""
        right = sum(above.is_(said) for _, said, above in self._totals)
        # What other currencies count for in a total isn't known.
        wrong = [
            (row, said, above.pence)
            for row, said, above in self._totals
            if not above.is_(said) and not above.others
        ]
        if self._period and self._numbered:
            yield (
                f"Under {self._period!r} stand months in digits ({wording.counted(self._numbered, 'line')}), read as those of the "
                "calendar. If 01 is the first period of a financial year there, April, take a column of dates instead."
            )
        if right:
            yield f"{wording.number(right)} of {wording.number(len(self._totals))} totals in the file agree with the lines above them."
        if self._like:
            yield (
                f"{wording.counted(len(self._like), 'line')} (first in row {self._like[0]}) {'is' if len(self._like) == 1 else 'are'} "
                "paid to “Total” or the like, and taken for a payment, since the amount is not the sum of the lines above. "
                "Look whether it is a total."
            )
        if right + len(wrong) < len(self._totals):
            yield (
                f"{wording.counted(len(self._totals) - right - len(wrong), 'total')} in the file can't be compared with the lines above, "
                "some of which are in other currencies."
            )
        for row, said, above in wrong[:10]:
            yield (
                f"Row {row} says a total of {wording.exact_money(said)}, but the lines above it come to {wording.exact_money(above)}: "
                f"{wording.exact_money(abs(said - above))} too {'much' if said > above else 'little'}. Ask the publisher."
            )


def _signed(records: Iterator[Record], source: Source, answers: Answers) -> Iterator[Record]:
    """Records whose amounts have the sign that a column of its own gives, unless they are negative already.

    Raises:
        ImportFileError: most amounts would turn negative, and nobody said that they should.
    """
    given = {folded(word): meaning for word, meaning in answers.values.get("sign", {}).items()}
    turned, words = 0, Counter[str]()
    for record in records:
        word = record.values.get("sign", "")
        pence = amount(record.values.get("amount", ""))
        if isinstance(pence, int) and word:
            words[word] += 1
            meaning = given.get(folded(word)) or ("credit" if folded(word) in _CREDIT else "payment")
            if meaning == "credit" and pence > 0:
                record.values = {**record.values, "amount": f"{record.values['amount']} CR"}
                turned += 1
        yield record
    if not given and 2 * turned > words.total():
        payment, credit = SIGNS
        there = {word: payment if folded(word) in _CREDIT else credit for word, _ in words.most_common(4)}
        meant = json.dumps({"values": {"sign": there}}, ensure_ascii=False)
        raise ImportFileError(
            f"{source.path}: {wording.number(turned)} of {wording.counted(words.total(), 'line')} would be credits by the column of {wording.choices(there)}, "
            f"so these may be payments. Say which is which in a mapping, such as {meant}, or take amounts as they stand with "
            '--column "sign=".'
        )


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import spending over £500 into the pack's payments.

    Raises:
        ImportFileError: the file can't be read as spending.
        ImportRefusedError: no line can be used, or the table can't take them.
    """
    return import_lines(Spend(), source, pack, options)
