"""Imports a file of payments, from its rows to the pack. All formats of payments use it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

from svdash import wording
from svdash.importing.cells.cell_reading import OTHER_CURRENCY, formula
from svdash.importing.columns.column_mapping import Mapped
from svdash.importing.columns.headings import in_another_currency, in_multiples
from svdash.importing.columns.published_tables import Record, Table
from svdash.importing.columns.remembered_mappings import remember
from svdash.importing.files.source_files import Source
from svdash.importing.payments.code_lookup import CodeLookup, notice, sentences
from svdash.importing.payments.payment_lines import Line, Staged, lines_of, payments_file, schema_of
from svdash.importing.payments.payments_ledger import Ledger
from svdash.importing.questions import KINDS, Question
from svdash.importing.reconciliation import ILLUSTRATIVE, FileTotal, Options, Problem, Reconciliation
from svdash.importing.writing.refused_lines import RefusedLines
from svdash.lines.engine import open_engine
from svdash.lines.line_tables import PAYMENTS
from svdash.tables.package import Pack

FORMULA: Final = Problem(
    "formula",
    "a cell holds a formula and not its result",
    "Put the result in its place, as text or number.",
)
TOTAL: Final = Problem("total", "a total", "Nothing is missing: its lines are counted themselves.")
_OF_FORMULAS: Final = frozenset("=+-@")
_NO_PAYMENT: Final = (TOTAL, OTHER_CURRENCY)
_MOST_REMARK: Final = 120
REMARK: Final = Problem("remark", "the row is a remark: one cell without an amount", "Nothing is missing.")


@dataclass
class Opened:
    """A file that is open: its records, and what is known of it once they are read.

    Attributes:
        headings: of the refused lines, which stand there as they stood in the file.
        records: its rows.
        mapped: which column is what, and what a person said.
        fields: the same for people.
        table: the table that the rows are from; None where the file is none.
        form: how the file is written, where it is no table.
    """

    headings: list[str]
    records: Iterator[Record]
    mapped: Mapped
    fields: list[dict[str, str]]
    table: Table | None = None
    form: str = ""

    def describe(self, reconciliation: Reconciliation) -> None:
        """Fill in how the file is written, and what was noticed, once all rows are read."""
        reconciliation.form, reconciliation.mapping = self.form, self.fields
        if self.table is not None:
            self.table.describe(reconciliation)


@dataclass(frozen=True)
class Start:
    """What a reader may need to know before the first line.

    Attributes:
        source: the file.
        sheet: name of its sheet in a workbook, else empty.
        known: gives the lines that the pack has already, unless they are illustrative.
        replace: whether the file may take the place of what the pack has otherwise.
    """

    source: Source
    sheet: str
    known: Callable[[], Iterable[Line]]
    replace: bool


class Reader(Protocol):
    """A format of payments. One for each file.

    Attributes:
        name: of the format.
        tag: what the identifiers of a file's lines begin with; empty where lines bring identifiers of their own.
    """

    name: str
    tag: str

    @property
    def totals(self) -> Sequence[FileTotal]:
        """The totals that the file gives, once all lines are read."""

    def open(self, source: Source, options: Options) -> AbstractContextManager[Opened]:
        """Open a file. Raises ImportFileError."""

    def begin(self, start: Start) -> None:
        """Get ready for the lines of a file."""

    def line(self, record: Record, pence: int | Problem, lookup: CodeLookup) -> Line | Problem:
        """The line that a record makes, or why it makes none."""

    def notes(self) -> Iterator[str]:
        """What else is worth knowing, once all lines are read."""


def import_lines(reader: Reader, source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Read a file into lines, reconcile them, and put them into the pack's payments.

    Raises:
        ImportFileError: the file can't be read as this format.
        ImportRefusedError: no line can be used, or the table can't take them.
    """
    path, schema = payments_file(pack), schema_of(pack)
    invented = pack.resource(PAYMENTS).get("status") == ILLUSTRATIVE
    found = Reconciliation(reader.name, source.name, source.sha256, (PAYMENTS,), dry_run=options.dry_run)
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder, RefusedLines() as refused:
        staged = Staged(Path(folder) / "lines.parquet", schema)
        with reader.open(source, options) as opened:
            lookup = CodeLookup(pack, opened.mapped.answers, opened.mapped.dates, options)
            sheet = "" if opened.table is None else opened.table.sheet
            reader.begin(
                Start(source, sheet, lambda: () if invented else lines_of(path, schema), options.replace)
            )
            refused.head(opened.headings)
            _read(reader, opened.records, lookup, (staged, refused), found)
            opened.describe(found)
        staged.close()
        if lookup.numbers.shared:
            staged.without_numbers(lookup.numbers.shared)
        found.totals = list(reader.totals)
        found.notes += [*reader.notes(), *lookup.numbers.notes(), *sentences(lookup), *lookup.amounts.notes()]
        _ask_of_dates(opened.mapped, lookup, found)
        _ask_of_periods(opened.mapped, lookup, found)
        with open_engine() as engine:
            ledger = Ledger(engine, pack, staged, reader.tag, invented=invented)
            found.used = ledger.total()
            _ask_of_settlements(opened.mapped, lookup, found)
            _ask_of_signs(opened.mapped, lookup, found)
            found.settle()
            found.overview = ledger.overview()
            found.refused_file = refused.place(source, options)
            ledger.enter(found, source, options)
    if opened.table is not None:
        remember(reader.name, opened.mapped, found, str(lookup.until))
    return found


def _read(
    reader: Reader,
    records: Iterable[Record],
    lookup: CodeLookup,
    out: tuple[Staged, RefusedLines],
    found: Reconciliation,
) -> None:
    staged, refused = out
    for record in records:
        text = record.values.get("amount", "")
        given = lookup.amounts.read(text)
        line = record.problem or _line(reader, record, given, lookup)
        pence = _counted(record, line, given, lookup)
        found.incoming.add(record.number, pence)
        if line not in _NO_PAYMENT and record.problem is None:
            lookup.dates.add(record.values.get("date", ""), pence or 0)
        if isinstance(line, Problem):
            found.refuse(record.number, pence, line)
            refused.add(record.number, line, record.cells)
            if line == REMARK or not record.values.get("date"):
                _ask_of_unit(record, lookup, found)
        else:
            staged.add(line)
            notice(lookup, line, record.number)


def _counted(
    record: Record, line: Line | Problem, given: int | Problem, lookup: CodeLookup
) -> int | Decimal | None:
    """What a row brings in, in pence: nothing where its cells moved, where it is a total, or money of another country."""
    if record.problem is not None or line == OTHER_CURRENCY:
        return None
    if line == TOTAL:
        return 0
    return given if isinstance(given, int) else lookup.amounts.written(record.values.get("amount", ""))


def _ask_of_unit(record: Record, lookup: CodeLookup, found: Reconciliation) -> None:
    """Ask for the unit of amounts where a row that is no line says that it is none of pounds: a remark, or one of units."""
    words = " ".join(cell.strip() for cell in record.cells if cell.strip())
    amounts = lookup.amounts
    for key, answered, is_so, what in (
        ("unit", amounts.unit_chosen, in_multiples(words), "thousands, millions or pence"),
        ("currency", amounts.in_pounds, in_another_currency(words), "another currency"),
    ):
        if is_so and not answered and all(each.key != key for each in found.questions):
            said = f"Row {record.number} says {words[:_MOST_REMARK]!r}: amounts may be in {what}."
            found.questions.append(Question(key, said, tuple(KINDS[key].answers)))


def _ask_of_settlements(mapped: Mapped, lookup: CodeLookup, found: Reconciliation) -> None:
    """Ask whether negative lines of nobody pay the statement of a card: they take off half of the rest, or another does."""
    tally = lookup.seen.get("nobody-negative")
    if tally is None or "settlements" in mapped.answers.chosen:
        return
    rest = found.used.pence - tally.pence
    lines = f"{wording.counted(tally.rows, 'line')} without a supplier ({wording.exact_money(tally.pence)}, first in row {tally.first})"
    words = ""
    if -2 * tally.pence >= rest:
        words = (
            f"{lines} would subtract half of the other lines ({wording.exact_money(rest)}) or more: they may pay a card "
            "statement."
        )
    elif "settlement" in found.refused:
        words = f"{lines} would be subtracted, in a file where another line pays a card statement: they may do so too."
    if words:
        found.questions.append(Question("settlements", words, tuple(KINDS["settlements"].answers)))


def _ask_of_signs(mapped: Mapped, lookup: CodeLookup, found: Reconciliation) -> None:
    """Ask whether payments are written as negative amounts, where most lines are negative and all together are."""
    tallies = [lookup.seen[what] for what in ("credit", "nobody-negative") if what in lookup.seen]
    negative = sum(tally.rows for tally in tallies)
    if "signs" in mapped.answers.chosen or found.questions:
        return
    if found.used.pence < 0 and negative > 2 and 4 * negative >= 3 * found.used.rows:
        words = (
            f"{wording.number(negative)} of {wording.counted(found.used.rows, 'line')} are negative, and all lines come to "
            f"{wording.exact_money(found.used.pence)}: payments may be written as negative amounts."
        )
        found.questions.append(Question("signs", words, tuple(KINDS["signs"].answers)))


def _ask_of_periods(mapped: Mapped, lookup: CodeLookup, found: Reconciliation) -> None:
    """Ask whether months in digits are periods of a financial year, which begins in April."""
    tally = lookup.seen.get("period")
    if tally is None or "periods" in mapped.answers.chosen:
        return
    words = (
        f"{wording.counted(tally.rows, 'line')} ({wording.exact_money(tally.pence)}, first in row {tally.first}) "
        f"{'has' if tally.rows == 1 else 'have'} a year and a number for a date: a month of the calendar, or a period of a financial "
        "year, whose first is April."
    )
    found.questions.append(Question("periods", words, tuple(KINDS["periods"].answers)))


def _ask_of_dates(mapped: Mapped, lookup: CodeLookup, found: Reconciliation) -> None:
    """Ask whether a spreadsheet exchanged day and month, where the dates speak for it and nobody has said."""
    if mapped.dates != "dmy" or mapped.dates_chosen:
        return
    question = lookup.dates.question()
    if isinstance(question, Question):
        found.questions.append(question)
    elif question is not None:
        found.notes.append(question)


def _line(reader: Reader, record: Record, pence: int | Problem, lookup: CodeLookup) -> Line | Problem:
    line = reader.line(record, pence, lookup)
    if isinstance(line, Problem) and line in _NO_PAYMENT:
        return line
    # Looked at first, since hardly any cell of a large file begins so.
    if any(text[:1] in _OF_FORMULAS and formula(text) for text in record.values.values() if text):
        return FORMULA
    if isinstance(line, Problem) and isinstance(pence, Problem) and record.lone:
        return REMARK
    return line
