"""Spending over £500, as councils publish it under the Local Government Transparency Code 2015.

The Code asks for date, department, beneficiary, summary of purpose, amount, irrecoverable VAT and merchant category;
which headings stand for them is in ``council_spending_headings.csv``. The pack keeps date, beneficiary, purpose and amount, and
what else its payments have a column for. A line's identifier is made of its file and row.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import OTHER_CURRENCY, amount
from svdash.importing.cells.withheld_names import is_nobody, is_withheld, unusual
from svdash.importing.columns.given_answers import Answers
from svdash.importing.columns.headings import folded, in_pounds
from svdash.importing.columns.published_tables import Form, Record, open_table
from svdash.importing.files.source_files import Source
from svdash.importing.payments.code_lookup import SIGNS, CodeLookup
from svdash.importing.payments.file_sums import FileSums
from svdash.importing.payments.payment_files import Opened, Start, import_lines
from svdash.importing.payments.payment_lines import NOT_KNOWN, REDACTED, REFERENCE, Line, named
from svdash.importing.payments.payments_ledger import TAG
from svdash.importing.reconciliation import (
    Field,
    FileTotal,
    ImportFileError,
    Options,
    Problem,
    Reconciliation,
)
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
# What a column of currencies says of pounds: one of these words, and none that is neither.
_POUND: Final = frozenset(["gbp", "pound", "pounds", "sterling", "stg"])
_OF_POUND: Final = _POUND | {"uk", "gb", "british", "great", "britain", "united", "kingdom"}
_NO_CURRENCY: Final = re.compile(r"[-–—.£\s]*|n/?a|none|not applicable", re.IGNORECASE)
_LOCAL: Final = re.compile(r"\b(?:local (?:currency|curr|crcy)|lc)\b")
_CREDIT: Final = ("c", "cr", "credit", "credit note", "crn")


@lru_cache(maxsize=1_024)
def _pounds_sterling(currency: str) -> bool:
    """Whether a cell of a column of currencies names pounds, or nothing."""
    words = set(folded(currency).split())
    named = bool(words & _POUND) and words <= _OF_POUND and not re.search("[$€¥]", currency)
    return named or _NO_CURRENCY.fullmatch(currency) is not None


# Months in digits that may be periods of a financial year: any of them under a heading that says so; none under one that
# says they are months; else those that dates are not written like.
_ANY: Final = re.compile(r"[^A-Za-z]+")
_NONE: Final = re.compile(r"(?!)")
_AS_PERIOD: Final = re.compile(r"[0-9]{4}(?:/[0-9]{1,2}|[0-9]{2})")


class Spend:
    """The reader of spending files. One for each file."""

    name = "spend"

    def __init__(self) -> None:
        self.tag = ""
        self._sums = FileSums({})
        self._in_pounds = False
        self._periods = _NONE

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
            words = folded(heading).split()
            # Whoever names a column of such dates says that they are dates.
            given = table.mapped.origin.get("date") == "given"
            self._periods = (
                _NONE if given else _ANY if "period" in words else _NONE if "month" in words else _AS_PERIOD
            )
            records = table.records
            self._sums = FileSums(table.mapped.answers.chosen)
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
        written = pence if isinstance(pence, int) else lookup.amounts.written(record.values.get("amount", ""))
        exact = None if written is None else Decimal(written)
        sums_up = self._sums.problem(record, exact, undated=undated)
        if sums_up is not None:
            return sums_up
        foreign = not (
            self._in_pounds or lookup.amounts.in_pounds or _pounds_sterling(record.values.get("currency", ""))
        )
        if exact is not None:
            self._sums.add(exact, foreign=foreign)
        if foreign:
            return OTHER_CURRENCY
        if isinstance(pence, Problem):
            return pence
        if isinstance(day, Problem):
            return day
        if day[1]:
            if self._periods.fullmatch(record.values["date"]):
                lookup.note("period", record.number, pence)
            lookup.note("month", record.number, pence)
        if unusual(record.values.get("supplier", "")):
            lookup.note("unusual", record.number, pence)
        return self._line(record, pence, lookup) | {"date": day[0]}

    def _line(self, record: Record, pence: int, lookup: CodeLookup) -> Line:
        values = record.values
        supplier = values.get("supplier", "")
        withheld = is_withheld(supplier)
        supplier = "" if is_nobody(supplier) else supplier
        area = None
        if not withheld:
            area = lookup.area(values.get("supplier_area", "")) or lookup.postcode(
                values.get("supplier_postcode", "")
            )
        return {
            "id": f"{self.tag}{record.number:06d}",
            "supplier": REDACTED if withheld else supplier or None,
            "supplier_id": None
            if withheld
            else lookup.numbers.read(values.get("supplier_id", ""), supplier) or named(supplier),
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

    @property
    def totals(self) -> list[FileTotal]:
        """The totals that the file gives."""
        return self._sums.totals

    def notes(self) -> Iterator[str]:
        """How the totals that the file gives compare with its lines."""
        yield from self._sums.notes()


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
        meant = " ".join(f'--value "sign:{word}={meaning}"' for word, meaning in there.items())
        raise ImportFileError(
            f"{source.path}: {wording.number(turned)} of {wording.counted(words.total(), 'line')} would be credits by the column of {wording.choices(there)}, "
            f"so these may be payments. Say which is which, for example with {meant}, or take amounts as they are with "
            '--column "sign=".'
        )


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import spending over £500 into the pack's payments.

    Raises:
        ImportFileError: the file can't be read as spending.
        ImportRefusedError: no line can be used, or the table can't take them.
    """
    return import_lines(Spend(), source, pack, options)
