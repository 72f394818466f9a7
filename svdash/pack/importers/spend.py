"""Spending over £500, as councils publish it under the Local Government Transparency Code 2015.

The Code asks for date, department, beneficiary, summary of purpose, amount, irrecoverable VAT and merchant category;
which headings stand for them is in ``spend_headings.csv``. The pack keeps date, beneficiary, purpose and amount, and
what else its payments have a column for. A line's identifier is made of its file and row.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from svdash.pack.importers.base import Options, Problem, Reconciliation, counted, pounds
from svdash.pack.importers.cells import OTHER_CURRENCY, clean, held_back
from svdash.pack.importers.desk import Desk
from svdash.pack.importers.files import Source
from svdash.pack.importers.ledger import TAG
from svdash.pack.importers.lines import NOT_KNOWN, REDACTED, REFERENCE, Line, named
from svdash.pack.importers.mapping import Field, folded, in_pounds
from svdash.pack.importers.payments import Opened, Start, import_lines
from svdash.pack.importers.tables import Form, Record, open_table
from svdash.pack.lines import ROW
from svdash.pack.package import Pack

FIELDS: Final = (
    Field("date", required=True, look="date"),
    Field("supplier", required=True, look="name"),
    Field("amount", required=True, look="amount"),
    Field("purpose"),
    Field("department", kept=False),
    Field("vat", look="amount", kept=False),
    Field("category", kept=False),
    Field("reference", kept=False),
    Field("supplier_id"),
    Field("supplier_type"),
    Field("programme"),
    Field("supplier_area"),
    Field("supplier_postcode"),
    Field("supplier_place"),
    Field("benefit_area"),
    Field("contract"),
    Field("currency", kept=False),
    Field("sign", kept=False),
)
FORM: Final = Form("spend", FIELDS, "spend_headings.csv")

_NO_DAY: Final = ("date-missing", "date-unreadable")
TOTAL: Final = Problem("total", "a total", "Nothing is missing: its lines are counted themselves.")
_TOTAL: Final = re.compile(
    r"\W*(?:(?:grand|sub|overall|report|page|final|sum)[\s-]*)?totals?"
    r"(?:\s+(?:for|of|spend|spent|spending|amount|payments?|expenditure|value|net|gross|paid)\b.*)?\W*",
    re.IGNORECASE,
)
_GRAND: Final = re.compile(r"\W*(?:grand|sub|overall)[\s-]*totals?\b", re.IGNORECASE)
_ENDS: Final = re.compile(r".{0,60}\b(?:sub-?)?totals?\W*", re.IGNORECASE)

# What a column of currencies says of pounds, folded.
_POUNDS: Final = (
    "gbp",
    "pound",
    "pounds",
    "pound sterling",
    "pounds sterling",
    "sterling",
    "uk pounds",
    "gb pounds",
)
_CREDIT: Final = ("c", "cr", "credit", "credit note", "crn")


class Spend:
    """The reader of spending files. One for each file."""

    name = "spend"

    def __init__(self) -> None:
        self.tag = ""
        self._all = self._group = self._lines = 0
        self._in_pounds = False
        self._period = ""
        self._numbered = 0
        self._like: list[int] = []
        self._totals: list[tuple[int, int, int]] = []

    @contextmanager
    def open(self, source: Source, options: Options) -> Iterator[Opened]:
        """Open the table in a file."""
        with open_table(source, FORM, options) as table:
            at = table.mapped.columns.get("amount")
            self._in_pounds = at is not None and in_pounds(table.headings[at])
            of_date = table.mapped.columns.get("date")
            heading = "" if of_date is None else table.headings[of_date]
            self._period = heading if "period" in folded(heading).split() else ""
            records = map(_signed, table.records) if "sign" in table.mapped.columns else table.records
            yield Opened(table.headings, records, table.mapped, table.mapped.told(FIELDS), table=table)

    def begin(self, start: Start) -> None:
        """Lines are told apart by their file and row: what the pack has already doesn't matter."""
        digest = start.source.sha256
        if start.sheet:
            digest = hashlib.sha256(f"{digest}\n{start.sheet}".encode()).hexdigest()
        self.tag = f"{TAG}{digest[:12]}-"

    def line(self, record: Record, pence: int | Problem, desk: Desk) -> Line | Problem:
        """The line that a record makes, or why it makes none."""
        day = desk.day(record.values.get("date", ""))
        undated = isinstance(day, Problem) and day.code in _NO_DAY
        if self._is_total(record, pence, undated=undated):
            return TOTAL
        currency = record.values.get("currency", "£")
        if not self._in_pounds and currency not in ("", "£") and folded(currency) not in _POUNDS:
            return OTHER_CURRENCY
        if isinstance(pence, Problem):
            return pence
        self._all += pence
        self._group += pence
        self._lines += 1
        if isinstance(day, Problem):
            return day
        if day[1]:
            self._numbered += re.search("[A-Za-z]", record.values["date"]) is None
            desk.note("month", record.number, pence)
        return self._line(record, pence, desk) | {"date": day[0]}

    def _line(self, record: Record, pence: int, desk: Desk) -> Line:
        values = record.values
        supplier = values.get("supplier", "")
        withheld = held_back(supplier)
        area = None
        if not withheld:
            area = desk.area(values.get("supplier_area", "")) or desk.postcode(
                values.get("supplier_postcode", "")
            )
        return {
            "id": f"{self.tag}{record.number:06d}",
            "supplier": REDACTED if withheld else supplier if re.search(r"\w", supplier) else None,
            "supplier_id": None if withheld else values.get("supplier_id") or named(supplier),
            "supplier_type": desk.code("supplier_type", values.get("supplier_type", "")),
            "programme": desk.code("programme", values.get("programme", "")),
            "amount_pence": pence,
            "supplier_area": area,
            "supplier_place": NOT_KNOWN if withheld else desk.place(values.get("supplier_place", ""), area),
            "benefit_area": desk.area(values.get("benefit_area", "")),
            "purpose": values.get("purpose") or None,
            "contract_id": desk.code("contract_id", values.get("contract", "")),
            ROW: record.number,
            REFERENCE: values.get("reference") or None,
        }

    def _is_total(self, record: Record, pence: int | Problem, *, undated: bool) -> bool:
        """Whether a row sums up others: it says so, or it has an amount alone, and that is their sum."""
        texts = [text for name, text in record.values.items() if text and name not in ("amount", "vat")]
        is_sum = isinstance(pence, int) and pence != 0 and pence in (self._all, self._group)
        if undated:
            first = next((clean(cell) for cell in record.cells if cell.strip()), "")
            said = any(_TOTAL.fullmatch(text) or _ENDS.fullmatch(text) for text in (*texts, first))
            total = said or (is_sum and record.lone)
        else:
            # A company may be called Total: with a date, the sum decides.
            supplier = record.values.get("supplier", "")
            named = _TOTAL.fullmatch(supplier) or _ENDS.fullmatch(supplier) or _GRAND.match(supplier)
            nobody = self._lines > 1 and not re.search(r"\w", supplier)
            grand = _GRAND.match(supplier) and _TOTAL.fullmatch(supplier)
            total = grand is not None or (is_sum and (nobody or named is not None))
            if _TOTAL.fullmatch(supplier) and not total:
                self._like.append(record.number)
        if total and isinstance(pence, int):
            above = self._group if pence == self._group else self._all
            self._totals.append((record.number, pence, above))
            self._group = self._lines = 0
        return total

    def notes(self) -> Iterator[str]:
        """How the totals that the file gives compare with its lines."""
        wrong = [(row, said, above) for row, said, above in self._totals if said != above]
        right = len(self._totals) - len(wrong)
        if self._period and self._numbered:
            yield (
                f"Under {self._period!r} stand months in digits ({counted(self._numbered, 'line')}), read as those of the "
                "calendar. If 01 is the first period of a financial year there, April, take a column of dates instead."
            )
        if right:
            yield f"{right:,} of {len(self._totals):,} totals in the file agree with the lines above them."
        if self._like:
            yield (
                f"{counted(len(self._like), 'line')} (first in row {self._like[0]}) {'is' if len(self._like) == 1 else 'are'} "
                "paid to “Total” or the like, and taken for a payment, since the amount is not the sum of the lines above. "
                "Look whether it is a total."
            )
        for row, said, above in wrong[:10]:
            yield (
                f"Row {row} says a total of {pounds(said)}, but the lines above it come to {pounds(above)}: "
                f"{pounds(abs(said - above))} too {'much' if said > above else 'little'}. Ask the publisher."
            )


def _signed(record: Record) -> Record:
    """A record whose amount has the sign that a column of its own gives, as if it stood in the same cell."""
    values = record.values
    if folded(values.get("sign", "")) in _CREDIT and values.get("amount"):
        record.values = {**values, "amount": f"{values['amount']} CR"}
    return record


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import spending over £500 into the pack's payments.

    Raises:
        ImportFileError: the file can't be read as spending.
        ImportRefusedError: no line can be used, or the table can't take them.
    """
    return import_lines(Spend(), source, pack, options)
