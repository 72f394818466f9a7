"""A published table: its headings found among what stands around them, its columns mapped, its rows as records."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from svdash.pack.faults import listed, suggestion
from svdash.pack.importers.base import ImportFileError, Options, Problem
from svdash.pack.importers.cells import clean
from svdash.pack.importers.files import MOST_COLUMNS, Lines, Row, Source, csv_lines
from svdash.pack.importers.mapping import (
    HEADER_WITHIN,
    SAMPLE,
    Answers,
    Field,
    Mapped,
    Mapper,
    folded,
    given_answers,
    known_headings,
    looks_like_headings,
    names_of,
    recalled,
    score,
)
from svdash.pack.importers.workbook import open_workbook

# So many headings that are known make a row the header, whatever else stands in it.
ENOUGH: Final = 2
_BELOW: Final = 20

WIDE: Final = Problem(
    "cells",
    "the row has more cells than there are headings",
    "Put a text with a separator in it into quotation marks.",
)
AGAIN: Final = Problem("headings", "the row repeats the headings", "Nothing is missing: delete it.")


@dataclass
class Record:
    """A row as fields.

    Attributes:
        number: of the row, as a spreadsheet shows it.
        values: what it tells, by field; clean texts, empty where it says nothing.
        cells: the row as it stands in the file.
        problem: why its cells can't be told apart, if so.
        lone: whether only one cell of a table's row is not blank.
    """

    number: int
    values: dict[str, str]
    cells: list[str]
    problem: Problem | None = None
    lone: bool = False


@dataclass
class Table:
    """A table that is ready to be read once.

    Attributes:
        headings: of its columns.
        mapped: which column is what.
        records: its rows below the headings, without blank ones.
        lines: how the file is written, and notes on it.
        row: number of the headings' row.
        preamble: rows above it that are not blank.
        blank: blank rows passed so far.
        sheet: name of its sheet in a workbook, else empty.
        notes: what was noticed; complete once all records are read.
    """

    headings: list[str]
    mapped: Mapped
    records: Iterator[Record]
    lines: Lines
    row: int
    preamble: int
    blank: int = 0
    sheet: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def form(self) -> str:
        """How the table is written, in words."""
        return f"{self.lines.form()}, headings in row {self.row}"


@dataclass(frozen=True)
class Form:
    """What is looked for in a format's tables: its name, its fields, and the file of headings that stand for them."""

    name: str
    fields: tuple[Field, ...]
    headings: str


@dataclass
class _Header:
    lines: Lines
    row: Row
    preamble: int
    ahead: list[Row]


@contextmanager
def open_table(source: Source, form: Form, options: Options) -> Iterator[Table]:
    """The table in a file.

    Raises:
        ImportFileError: no row looks like headings, several sheets do, or a column that is needed can't be told.
    """
    given = given_answers(options, form.fields)
    if source.kind == "xlsx":
        with open_workbook(source, options.progress) as sheets:
            header = _only(source, _wanted(source, sheets, given), form, given)
            yield _table(source, header, form, given, options)
        return
    if source.kind != "csv":
        what = {"json": "JSON", "gpkg": "a database, such as a GeoPackage"}.get(source.kind, "a Shapefile")
        raise ImportFileError(
            f"{source.path}: this is {what}, not a table of {form.name}. Give CSV or .xlsx."
        )
    found = _header(csv_lines(source, options.progress), form, given)
    yield _table(source, _or_fail(source, found, form), form, given, options)


@dataclass(frozen=True)
class Proposal:
    """What a table's columns seem to be, for a person to change.

    Attributes:
        headings: of its columns.
        columns: position of each field that has one.
        sheets: names of the visible sheets of a workbook.
    """

    headings: list[str]
    columns: dict[str, int]
    sheets: list[str] = field(default_factory=list)


def proposed(source: Source, form: Form, options: Options) -> Proposal:
    """The mapping that an import would begin with, as far as it can be told.

    Raises:
        ImportFileError: no row looks like headings, or several sheets do.
    """
    given = given_answers(options, form.fields)
    if source.kind == "xlsx":
        with open_workbook(source) as sheets:
            names = [sheet.name for sheet in sheets]
            header = _only(source, _wanted(source, sheets, given), form, given)
            return _proposal(source, header, form, given, names)
    return _proposal(source, _or_fail(source, _header(csv_lines(source), form, given), form), form, given, [])


def _proposal(source: Source, header: _Header, form: Form, given: Answers, sheets: list[str]) -> Proposal:
    mapper = _mapper(source, header, form)
    mapper.lenient = True
    mapper.take(given, "given")
    before = recalled(form.name, mapper.headings)
    if before is not None:
        mapper.take(before, "remembered")
    mapper.propose(form.headings)
    return Proposal(mapper.headings, mapper.columns, sheets)


def fit(source: Source, form: Form) -> float:
    """The share of the fields a format needs for which a table has a known heading; 0 where it is no table."""
    if source.kind == "xlsx":
        with open_workbook(source) as sheets:
            return max((_fit(_header(sheet, form, Answers()), form) for sheet in sheets), default=0)
    return _fit(_header(csv_lines(source), form, Answers()), form) if source.kind == "csv" else 0


def _fit(header: _Header | None, form: Form) -> float:
    needed = {each.name for each in form.fields if each.required}
    if header is None:
        return 0
    known = known_headings(form.headings)
    there = {known[name][0] for cell in header.row.cells for name in names_of(cell) if name in known}
    return len(needed & there) / len(needed)


def _wanted(source: Source, sheets: list[Lines], given: Answers) -> list[Lines]:
    if given.sheet is None:
        return sheets
    wanted = [sheet for sheet in sheets if sheet.name == given.sheet]
    if not wanted:
        names = [sheet.name for sheet in sheets]
        raise ImportFileError(
            f"{source.path}: there is no visible sheet {given.sheet!r}. {suggestion(given.sheet, names)} "
            f"Sheets: {listed(names)}."
        )
    return wanted


def _only(source: Source, sheets: list[Lines], form: Form, given: Answers) -> _Header:
    """The one sheet that has the headings."""
    found = [header for header in (_header(sheet, form, given) for sheet in sheets) if header is not None]
    if len(found) > 1:
        names = [header.lines.name for header in found]
        raise ImportFileError(
            f"{source.path}: {len(found)} sheets have headings of {form.name}: {listed(names)}. Import them one by one, "
            f'for example with --sheet "{names[0]}".'
        )
    return _or_fail(source, found[0] if found else None, form)


def _or_fail(source: Source, header: _Header | None, form: Form) -> _Header:
    if header is None:
        needed = [each.name for each in form.fields if each.required]
        raise ImportFileError(
            f"{source.path}: none of the first {HEADER_WITHIN} rows holds headings of {form.name}. Needed are columns "
            f'for {listed(needed)}. Say what they are called, for example with --column "{needed[0]}=HEADING".'
        )
    names = [name for name in header.row.cells if name.strip()]
    if len(names) > MOST_COLUMNS:
        raise ImportFileError(
            f"{source.path}, row {header.row.number}: the table has {len(names):,} columns, and at most {MOST_COLUMNS:,} "
            "are read. Check how the file was saved."
        )
    return header


def _header(lines: Lines, form: Form, given: Answers) -> _Header | None:
    """The row of the headings: the one with most that are known, or else the first above dates and amounts."""
    ahead: list[Row] = []
    for row in lines.rows:
        ahead.append(row)
        if len(ahead) >= HEADER_WITHIN + SAMPLE:
            break
    known = known_headings(form.headings)
    scores = [score(row.cells, known, given) for row in ahead[:HEADER_WITHIN]]
    best = max(scores, default=0)
    at: int | None = scores.index(best) if best >= min(ENOUGH, len(form.fields)) else None
    if at is None and {"date", "amount"} <= {each.look for each in form.fields if each.required}:
        filled = [row.cells for row in ahead if row.cells]
        at = next(
            (
                place
                for place, row in enumerate(ahead[:HEADER_WITHIN])
                if row.cells and looks_like_headings(row.cells, _below(filled, row.cells))
            ),
            None,
        )
    if at is None:
        return None
    above = sum(1 for row in ahead[:at] if row.cells)
    return _Header(lines, ahead[at], above, ahead[at + 1 :])


def _below(filled: list[list[str]], cells: list[str]) -> list[list[str]]:
    at = filled.index(cells)
    return filled[at + 1 : at + 1 + _BELOW]


def _mapper(source: Source, header: _Header, form: Form) -> Mapper:
    headings = [clean(cell) for cell in header.row.cells]
    where = f"{source.path}, row {header.row.number}"
    sample = [row.cells for row in header.ahead[:SAMPLE] if row.cells and not _shifted(row, header.row)]
    return Mapper(where, headings, sample, form.fields)


def _table(source: Source, header: _Header, form: Form, given: Answers, options: Options) -> Table:
    mapper = _mapper(source, header, form)
    headings = mapper.headings
    mapper.take(given, "given")
    before = None if options.forget else recalled(form.name, headings)
    answers = given
    if before is not None:
        answers = _together(given, before, none=options.programme == "none")
        mapper.take(answers, "remembered")
    mapper.propose(form.headings)
    mapper.require(answers.constants)
    mapped = Mapped(headings, mapper.columns, mapper.origin, answers, mapper.date_order(answers))
    table = Table(
        headings,
        mapped,
        iter(()),
        header.lines,
        header.row.number,
        header.preamble,
        sheet=header.lines.name,
        notes=header.lines.notes,
    )
    table.records = _records(table, header, wide=source.kind == "csv")
    return table


def _together(given: Answers, before: Answers, *, none: bool) -> Answers:
    """What is said now, and where nothing is, what was said before."""
    constants = before.constants | given.constants
    if none:
        constants.pop("programme", None)
    return Answers(
        columns=before.columns | given.columns,
        values={
            name: before.values.get(name, {}) | given.values.get(name, {})
            for name in {*before.values, *given.values}
        },
        constants=constants,
        dates=given.dates or before.dates,
        sheet=given.sheet,
    )


def _records(table: Table, header: _Header, *, wide: bool) -> Iterator[Record]:
    columns = table.mapped.columns.items()
    constants = table.mapped.answers.constants
    names = [folded(name) for name in table.headings]
    ahead = deque(header.ahead)
    for row in chain(_drained(ahead), header.lines.rows):
        cells = row.cells
        if not cells:
            table.blank += 1
            continue
        count = len(cells)
        values = {name: clean(cells[at]) if at < count else "" for name, at in columns}
        problem = row.problem
        if problem is None and wide and _shifted(row, header.row):
            problem = WIDE
        elif problem is None and _same(cells, names):
            problem = AGAIN
        lone = count == 1 or not any(cell.strip() for cell in cells[:-1])
        yield Record(row.number, values | constants, cells, problem, lone)


def _shifted(row: Row, header: Row) -> bool:
    """Whether a row has cells that no heading stands above: one of them was parted in two, and which is not known.

    Columns without a heading at the end of the table are none of those.
    """
    more = len(row.cells) > len(header.cells)
    return more and (row.width > header.width or len(row.cells) > header.width)


def _drained(rows: deque[Row]) -> Iterator[Row]:
    while rows:
        yield rows.popleft()


def _same(cells: Sequence[str], names: Sequence[str]) -> bool:
    return folded(cells[0]) == names[0] and [folded(cell) for cell in cells] == list(names[: len(cells)])
