"""Reads a published table: finds its headings, maps its columns and returns its rows as records."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import (
    NO_AMOUNT,
    DateOrder,
    Day,
    amount,
    clean,
    day,
    in_digits,
    order_of,
)
from svdash.importing.cells.column_shape import SHAPES, looks_like, looks_like_headings, mostly
from svdash.importing.columns.column_mapping import HEADER_WITHIN, SAMPLE, Mapped, Mapper, score
from svdash.importing.columns.given_answers import Answers, given_answers
from svdash.importing.columns.headings import (
    folded,
    in_another_currency,
    in_multiples,
    known_headings,
    names_of,
)
from svdash.importing.columns.remembered_mappings import recalled
from svdash.importing.files.source_files import (
    MOST_COLUMNS,
    SEPARATORS,
    SWALLOWED,
    Lines,
    Row,
    Source,
    csv_lines,
)
from svdash.importing.files.swallowed_lines import swallowed
from svdash.importing.files.workbook import open_workbook
from svdash.importing.questions import KINDS, AskedError, Question
from svdash.importing.reconciliation import Field, ImportFileError, Options, Problem, Reconciliation
from svdash.tables.faults import suggestion

# So many headings that are known make a row the header, whatever else stands in it.
ENOUGH: Final = 2
_BELOW: Final = 20
_MOST_TITLE: Final = 120
# Headings of columns whose cells may say what amounts are in.
_UNITS: Final = frozenset(
    ["unit", "units", "unit of measure", "scale", "multiplier", "denomination", "currency unit", "currency"]
)
_TWO_YEARS: Final = re.compile(r"((?:19|20)[0-9]{2})\s*[-/–]?\s*([0-9]{2})")

WIDE: Final = Problem(
    "cells",
    "the row has more cells than there are headings",
    "Put a text with a separator in it into quotation marks. If the cells beyond the headings are not needed, import again "
    'with --answer beyond=ignore; if they are, give their column by number, such as --column "purpose=#5".',
    question="beyond",
)
# So many characters and rows are looked through for dates that can only be read in one way.
_FAR: Final = 4 * 1024**2
_FAR_ROWS: Final = 100_000
# So many dates must say that the month comes first: one may be a slip.
_ENOUGH_DATES: Final = 3
# How the note on a sheet begins that lacks a column.
_NOT_READ: Final = "Not read, because a column that is needed has no known heading there"
# Looking at headings anew takes as long as reading a hundred lines.
_MOST_AGAIN: Final = 1_000
AGAIN: Final = Problem("headings", "the row repeats the headings", "Nothing is missing: delete it.")


class SheetsError(ImportFileError):
    """Several sheets of a workbook may be meant: a person has to choose."""


class HeadingsError(ImportFileError):
    """No row looks like headings, or the row that a person gave is not there: a person has to say which row they are."""


@dataclass
class Record:
    """A row as fields.

    Attributes:
        number: of the row, as a spreadsheet shows it.
        values: what it tells, by field; clean texts, empty where it says nothing.
        cells: the row as it stands in the file.
        problem: why its cells can't be told apart, if so.
        lone: whether only one cell of a table's row is not blank.
        last: whether no other row, or one that is blank or a remark, follows.
    """

    number: int
    values: dict[str, str]
    cells: list[str]
    problem: Problem | None = None
    lone: bool = False
    last: bool = False


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
        unread: other sheets of the workbook.
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
    unread: list[str] = field(default_factory=list)

    def describe(self, found: Reconciliation) -> None:
        """Fill in how the file is written and what was noticed. After all records are read."""
        found.form, found.blank, found.preamble = self.form, self.blank, self.preamble
        found.sheets_not_read = self.unread
        found.notes += self.notes

    @property
    def form(self) -> str:
        """How the table is written, in words."""
        return f"{self.lines.form()}, headings in row {self.row}"


@dataclass(frozen=True)
class Form:
    """What is looked for in a format's tables: its name, its fields, and the file of headings that stand for them.

    ``as_shown`` tells that numbers in workbooks are words of their publisher, to be read as they are shown.
    """

    name: str
    fields: tuple[Field, ...]
    headings: str
    as_shown: bool = False

    @property
    def pays(self) -> bool:
        """Whether its rows are payments: they need a date and an amount."""
        return {"date", "amount"} <= {each.shape for each in self.fields if each.required}


@dataclass
class _Header:
    lines: Lines
    row: Row
    titles: list[Row]
    ahead: list[Row]


@contextmanager
def open_table(source: Source, form: Form, options: Options) -> Iterator[Table]:
    """The table in a file.

    Raises:
        ImportFileError: no row looks like headings (``HeadingsError``), several sheets do, or a column that is needed can't be told.
    """
    given = given_answers(options, form.fields)
    if source.kind == "xlsx":
        with open_workbook(source, options.progress, as_shown=form.as_shown) as sheets:
            header = _only(source, _wanted(source, sheets, given, form), form, given)
            unread = _unread([sheet for sheet in sheets if sheet.name != header.lines.name], header, form)
            table = _table(source, header, form, given, options)
            table.unread = unread
            yield table
        return
    if source.kind != "csv":
        what = {"json": "JSON", "gpkg": "a database, such as a GeoPackage"}.get(source.kind, "a Shapefile")
        raise ImportFileError(
            f"{source.path}: this is {what}, not a table of {form.name}. Give CSV or .xlsx."
        )
    found = _header(csv_lines(source, options.progress, given.chosen.get("encoding")), form, given)
    yield _table(source, _or_fail(source, found, form, given), form, given, options)


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
            names = [sheet.name for sheet in sheets if not sheet.hidden]
            header = _only(source, _wanted(source, sheets, given, form), form, given)
            return _proposal(source, header, form, given, names)
    return _proposal(
        source,
        _or_fail(
            source,
            _header(csv_lines(source, encoding=given.chosen.get("encoding")), form, given),
            form,
            given,
        ),
        form,
        given,
        [],
    )


def _proposal(source: Source, header: _Header, form: Form, given: Answers, sheets: list[str]) -> Proposal:
    mapper = _mapper(source, header, form, given)
    mapper.lenient = True
    mapper.take(given, "given")
    before = recalled(form.name, mapper.headings)
    if before is not None:
        mapper.take(before, "remembered")
    mapper.propose(form.headings)
    return Proposal(mapper.headings, mapper.columns, sheets)


def fits(source: Source, forms: Sequence[Form]) -> list[float]:
    """By form, the share of the fields it needs for which a table has a known heading; 0 where it is no table."""
    if source.kind == "xlsx":
        # Once for all of them: to unpack and measure a workbook takes longest.
        with open_workbook(source) as sheets:
            shown = [sheet for sheet in sheets if not sheet.hidden]
            return [max((_begun(sheet, form) for sheet in shown), default=0) for form in forms]
    if source.kind != "csv":
        return [0 for _ in forms]
    lines = csv_lines(source)
    return [_begun(lines, form) for form in forms]


def _begun(lines: Lines, form: Form) -> float:
    """The fit of a table that is read from its beginning, however often it was looked at before."""
    return _fit(_header(replace(lines, rows=lines.again()), form, Answers()), form)


def _fit(header: _Header | None, form: Form) -> float:
    return 0 if header is None else _share_known(header.row.cells, form)


def _share_known(cells: Sequence[str], form: Form) -> float:
    """The share of the fields a format needs that a row has known headings of."""
    needed = {each.name for each in form.fields if each.required}
    known = known_headings(form.headings)
    there = {known[name][0] for cell in cells for name in names_of(cell) if name in known}
    return len(needed & there) / len(needed)


def _wanted(source: Source, sheets: list[Lines], given: Answers, form: Form) -> list[Lines]:
    """The sheet that a person gives, or else all that are shown.

    Raises:
        ImportFileError: there is no such sheet, or only hidden ones have headings of the format.
    """
    if given.sheet is None:
        shown = [sheet for sheet in sheets if not sheet.hidden]
        hidden = [sheet.name for sheet in sheets if sheet.hidden and _begun(sheet, form) == 1]
        if hidden and not any(_header(replace(sheet, rows=sheet.again()), form, given) for sheet in shown):
            raise ImportFileError(
                f"{source.path}: only hidden sheets have headings of {form.name}: {wording.choices(hidden)}. Import "
                f'one, for example with --sheet "{hidden[0]}".'
            )
        return shown
    wanted = [sheet for sheet in sheets if sheet.name == given.sheet]
    if not wanted:
        names = [sheet.name for sheet in sheets]
        raise ImportFileError(
            f"{source.path}: there is no sheet {given.sheet!r}. {suggestion(given.sheet, names)} "
            f"Sheets: {wording.choices(names)}."
        )
    return wanted


def _only(source: Source, sheets: list[Lines], form: Form, given: Answers) -> _Header:
    """The one sheet that has the headings."""
    found = [header for header in (_header(sheet, form, given) for sheet in sheets) if header is not None]
    found = [found[place] for place in _naming([header.row for header in found], given)]
    whole = [header for header in found if _fit(header, form) == 1]
    rest = [header for header in found if header not in whole]
    if len(whole) == 1 and rest and not any(_resembles(each, whole[0]) or _pays(each) for each in rest):
        names = [header.lines.name for header in rest]
        whole[0].lines.notes.append(f"{_NOT_READ}: sheet {wording.choices(names)}.")
        found = whole
    if len(found) > 1:
        names = [header.lines.name for header in found]
        raise SheetsError(
            f"{source.path}: {len(found)} sheets have headings of {form.name}: {wording.choices(names)}. Import them one by one, "
            f'for example with --sheet "{names[0]}".'
        )
    return _or_fail(source, found[0] if found else None, form, given)


def _unread(sheets: list[Lines], chosen: _Header, form: Form) -> list[str]:
    """The other sheets of a workbook, in words; notes those with headings of the format, or with what it looks for."""
    described = []
    for hidden in (True, False):
        named, alike = [], []
        for sheet in (each for each in sheets if each.hidden == hidden):
            shown = "hidden sheet" if hidden else "sheet"
            described.append(f"{shown} “{sheet.name}” ({wording.counted(sheet.extent, 'row')})")
            begun = replace(sheet, rows=sheet.again(), notes=[])
            header = _header(begun, form, Answers())
            if header is not None:
                named.append(sheet.name)
            elif form.pays and _pays_in(list(islice(sheet.again(), SAMPLE))):
                alike.append(sheet.name)
        what = "hidden sheet" if hidden else "sheet"
        if named and not any(_NOT_READ in note and named[0] in note for note in chosen.lines.notes):
            chosen.lines.notes.append(
                f"{wording.counted(len(named), what)} with headings of {form.name} {'was' if len(named) == 1 else 'were'} not read: {wording.choices(named)}. "
                f'Import {"it" if len(named) == 1 else "each"} by itself, for example with --sheet "{named[0]}".'
            )
        if alike:
            chosen.lines.notes.append(
                f"{wording.counted(len(alike), what)} without headings, but with dates, names and amounts, {'was' if len(alike) == 1 else 'were'} not read: "
                f"{wording.choices(alike)}. If lines go on there, put headings above them and import them by themselves."
            )
    return described


def _resembles(header: _Header, whole: _Header) -> bool:
    """Whether a sheet has more than half of the headings of another: a part of it then, such as another month."""
    names = {folded(cell) for cell in whole.row.cells} - {""}
    return 2 * len(names & {folded(cell) for cell in header.row.cells}) > len(names)


def _pays(header: _Header) -> bool:
    """Whether a sheet may hold payments: beside dates and money a column of names, which no sums by month have."""
    return _pays_in(header.ahead[:SAMPLE])


def _pays_in(lines: Sequence[Row]) -> bool:
    rows = [row.cells for row in lines if row.cells]
    width = min(max(map(len, rows), default=0), MOST_COLUMNS)
    columns = [[row[at] if at < len(row) else "" for row in rows] for at in range(width)]
    looks = [{look for look in SHAPES if mostly(look, column)} for column in columns]
    return all(any(look in each for each in looks) for look in SHAPES)


def _or_fail(source: Source, header: _Header | None, form: Form, given: Answers) -> _Header:
    if header is None and given.headings is not None:
        raise HeadingsError(
            f"{source.path}: there is no row {given.headings} with cells among the first {wording.number(HEADER_WITHIN + SAMPLE)} rows. "
            "Give the number of the row that holds the headings, as a spreadsheet shows it."
        )
    if header is None:
        needed = [each.name for each in form.fields if each.required]
        raise HeadingsError(
            f"{source.path}: none of the first {HEADER_WITHIN} rows holds headings of {form.name}. It needs columns "
            f'for {wording.choices(needed)}. Say what they are called, for example with --column "{needed[0]}=HEADING", or which row '
            "holds them, with --headings ROW."
        )
    names = [name for name in header.row.cells if name.strip()]
    if len(names) > MOST_COLUMNS:
        raise ImportFileError(
            f"{source.path}, row {header.row.number}: the table has {wording.number(len(names))} columns, and at most {wording.number(MOST_COLUMNS)} "
            "are read. Check how the file was saved."
        )
    return header


def _header(lines: Lines, form: Form, given: Answers) -> _Header | None:
    """The row of the headings: the one that a person gave, else the one with most that are known, or the first above dates and amounts."""
    ahead: list[Row] = []
    for row in lines.rows:
        ahead.append(row)
        if len(ahead) >= HEADER_WITHIN + SAMPLE:
            break
    if given.headings is not None:
        at = next((n for n, row in enumerate(ahead) if row.number == given.headings and row.cells), None)
    else:
        at = _best(lines, ahead, form, given)
    if at is None and given.headings is None and form.pays:
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
    return _Header(lines, ahead[at], [row for row in ahead[:at] if row.cells], ahead[at + 1 :])


def _best(lines: Lines, ahead: list[Row], form: Form, given: Answers) -> int | None:
    """The place of the row with most headings that are known; of tables that have all that is needed, the first.

    A smaller one of months, with other headings that are known less well, is a summary of the next.
    """
    known = known_headings(form.headings)
    places = _naming(ahead[:HEADER_WITHIN], given)
    scores = {place: score(ahead[place].cells, known, given) for place in places}
    whole = [place for place in places if _share_known(ahead[place].cells, form) == 1]
    if not whole:
        best = max(places, key=lambda place: scores[place], default=None)
        return best if best is not None and scores[best] >= min(ENOUGH, len(form.fields)) else None
    ends = [*whole[1:], len(ahead)]
    sizes = {
        place: sum(1 for row in ahead[place + 1 : end] if len(row.cells) >= ENOUGH)
        for place, end in zip(whole, ends, strict=True)
    }
    first = whole[0]
    better = [
        place
        for place in whole
        if scores[place] > scores[first]
        and sizes[place] > sizes[first]
        and not _begins(ahead[first], ahead[place])
        and not any(_of_a_day(cell) for row in ahead[first + 1 : place] for cell in row.cells)
    ]
    if not better:
        return first
    lines.notes.append(
        f"Row {ahead[first].number} is headings of a smaller table ({wording.counted(sizes[first], 'line')}), read as a summary of the "
        f"table below row {ahead[better[0]].number} and left out. If it holds payments of its own, import it by itself."
    )
    return better[0]


def _naming(rows: list[Row], given: Answers) -> list[int]:
    """The places of the rows that have the headings a person gave; of all where none has."""
    wanted = {folded(name) for name in given.columns.values() if name and not name.startswith("#")}
    places = [place for place, row in enumerate(rows) if wanted <= set(map(folded, row.cells))]
    return places if wanted and places else list(range(len(rows)))


def _of_a_day(cell: str) -> bool:
    """Whether a cell is a date within a month, as payments have and sums by month don't."""
    found = day(clean(cell))
    return isinstance(found, Day) and found.day.day > 1 and isinstance(amount(clean(cell)), Problem)


def _begins(row: Row, other: Row) -> bool:
    """Whether headings stand in another row too, in the same columns: it is the same table, with more headings."""
    return all(
        not cell.strip() or folded(cell) == folded(again)
        for cell, again in zip_longest(row.cells, other.cells[: len(row.cells)], fillvalue="")
    )


def _below(filled: list[list[str]], cells: list[str]) -> list[list[str]]:
    at = filled.index(cells)
    return filled[at + 1 : at + 1 + _BELOW]


def _mapper(source: Source, header: _Header, form: Form, given: Answers) -> Mapper:
    _widen(header, given)
    headings = [clean(cell) for cell in header.row.cells]
    where = f"{source.path}, row {header.row.number}"
    sample = [row.cells for row in header.ahead[:SAMPLE] if row.cells and not _shifted(row, header.row)]
    # Columns at the end may have cells and no heading.
    width = max((len(cells) for cells in sample), default=0)
    headings += [""] * (min(width, MOST_COLUMNS) - len(headings))
    mapper = Mapper(where, headings, sample, form.fields)
    mapper.widest = max((len(row.cells) for row in header.ahead[:SAMPLE]), default=0)
    return mapper


def _widen(header: _Header, given: Answers) -> None:
    """Have the table be as wide as the columns that a person gives by their number."""
    numbers = [name.strip()[1:] for name in given.columns.values() if name and name.strip().startswith("#")]
    wanted = max((int(number) for number in numbers if number.isdecimal() and len(number) < 4), default=0)
    widest = max((len(row.cells) for row in header.ahead[:SAMPLE]), default=0)
    if len(header.row.cells) < wanted <= min(widest, MOST_COLUMNS):
        header.row.width = max(header.row.width, wanted)


def _table(source: Source, header: _Header, form: Form, given: Answers, options: Options) -> Table:
    mapper = _mapper(source, header, form, given)
    headings = mapper.headings
    mapper.take(given, "given")
    before = None if options.forget else recalled(form.name, headings)
    answers = given
    if before is not None:
        answers = _together(given, before, none=options.programme == "none")
        mapper.take(answers, "remembered")
    mapper.propose(form.headings)
    mapper.require(answers)
    _ask_of_units(mapper, header, form, given)
    _ask_of_years(mapper)
    order = _date_order(mapper, header, given, answers)
    mapped = Mapped(headings, mapper.columns, mapper.origin, answers, order, given.dates is not None)
    table = Table(
        headings,
        mapped,
        iter(()),
        header.lines,
        header.row.number,
        len(header.titles),
        sheet=header.lines.name,
        notes=header.lines.notes,
    )
    table.notes += mapper.notes
    if mapped.dates == "mdy":
        table.notes.append(
            "Dates such as 04/03/2024 are read with the month first, as 3 April. If the day comes first, import again with "
            "--dates dmy."
        )
    table.records = _records(table, header, form, source)
    return table


def _ask_of_units(mapper: Mapper, header: _Header, form: Form, given: Answers) -> None:
    """Ask for the unit of amounts where a row above the headings or a column of units says that it is none of pounds.

    Raises:
        AskedError: nobody has said what they are.
    """
    amounts = any(each.shape == "amount" and each.required for each in form.fields)
    titles = [(row, ",".join(row.cells)) for row in header.titles]
    foreign = next((row for row, text in titles if in_another_currency(text)), None)
    if foreign is not None and amounts and "currency" not in given.chosen:
        words = f"{_title(foreign)}: amounts may be in another currency."
        raise AskedError(mapper.where, Question("currency", words, tuple(KINDS["currency"].answers)))
    unit = next((row for row, text in titles if in_multiples(text)), None)
    sheet = header.lines.name if in_multiples(header.lines.name) else ""
    column = _unit_column(mapper)
    if not (unit or sheet or column) or not amounts or "unit" in given.chosen:
        return
    if unit is not None:
        where = _title(unit)
    elif column:
        where = column
    else:
        where = f"The sheet is called {sheet!r}"
    words = f"{where}: amounts may be in thousands, millions or pence."
    raise AskedError(mapper.where, Question("unit", words, tuple(KINDS["unit"].answers)))


def _title(row: Row) -> str:
    said = " ".join(cell.strip() for cell in row.cells if cell.strip())
    return f"Row {row.number}, above the headings, says {said[:_MOST_TITLE]!r}"


def _unit_column(mapper: Mapper) -> str:
    """What a column of units says, where it says that amounts are none of pounds; empty otherwise."""
    for at, heading in enumerate(mapper.headings):
        if folded(heading) in _UNITS:
            said = next((cell for cell in map(clean, mapper.cells[at]) if in_multiples(cell)), "")
            if said:
                return f"The column {heading!r} says {said[:_MOST_TITLE]!r}"
    return ""


def _ask_of_years(mapper: Mapper) -> None:
    """Refuse a column of dates that may be financial years: 2011/12 is no December, unless somebody says so.

    Raises:
        ImportFileError: all dates look like financial years.
    """
    for name, at in mapper.columns.items():
        if at not in mapper.date_places() or "month" in folded(mapper.headings[at]):
            continue
        cells = [clean(cell) for cell in mapper.cells[at] if cell.strip()]
        if not cells or not all(map(_is_financial_year, cells)):
            continue
        if mapper.origin[name] != "heading" and mapper.origin[name] != "values":
            mapper.notes.append(
                f"As answered, {cells[0]!r} under {mapper.headings[at]!r} is read as a month."
            )
            continue
        raise ImportFileError(
            f"{mapper.where}: the cells under {mapper.headings[at]!r}, such as {cells[0]!r}, may be a financial year, which is "
            f'not a date. Choose another column, for example with --column "{name}=HEADING", or give one date for all rows, '
            f'for example with --constant "{name}=2012-03". If it is a month, say so with --column "{name}=#{at + 1}".'
        )


def _is_financial_year(text: str) -> bool:
    found = _TWO_YEARS.fullmatch(text)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2])


def _date_order(mapper: Mapper, header: _Header, given: Answers, answers: Answers) -> DateOrder:
    """What comes first in dates of digits: what is said now; else what the file shows; else what was said before.

    The month does only if several dates can't be read otherwise, and none speaks against it.
    """
    if given.dates is not None:
        return given.dates
    cells = [clean(cell) for at in mapper.date_places() for cell in mapper.cells[at]]
    if not any(map(in_digits, cells)):
        return answers.dates or "dmy"
    orders = Counter(map(order_of, cells))
    if not orders["dmy"]:
        orders = _further(header, mapper.date_places())
    american = orders["mdy"]
    if orders["dmy"] or (answers.dates != "mdy" and 0 < american < _ENOUGH_DATES):
        if american:
            header.lines.notes.append(
                f"{wording.counted(american, 'date')} can only be read with the month first, which is too few to read all dates that way. The day "
                "comes first; if the month does, import again with --dates mdy."
            )
        return "dmy"
    return "mdy" if american else answers.dates or "dmy"


def _further(header: _Header, places: list[int]) -> Counter[DateOrder | None]:
    """How many dates can only be read in one way, from the headings on until one has the day first.

    The file is opened a second time: rows that were kept would take as much memory as the file.
    """
    orders: Counter[DateOrder | None] = Counter()
    read = 0
    for rows, row in enumerate(header.lines.again()):
        if row.number > header.row.number:
            orders.update(order_of(clean(row.cells[at])) for at in places if at < len(row.cells))
        read += sum(map(len, row.cells))
        if orders["dmy"] or read > _FAR or rows > _FAR_ROWS:
            break
    return orders


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
        chosen=before.chosen | given.chosen,
        sheet=given.sheet,
    )


def _records(table: Table, header: _Header, form: Form, source: Source) -> Iterator[Record]:
    wide = source.kind == "csv"
    beyond = table.mapped.answers.chosen.get("beyond") == "ignore"
    looks = {
        each.name: each.shape
        for each in form.fields
        if each.required and each.shape in ("date", "amount") and each.name in table.mapped.columns
    }
    columns = table.mapped.columns.items()
    constants = table.mapped.answers.constants
    names = [folded(name) for name in table.headings]
    again = _Again(table, form, source)
    rows = _Rows(header)
    for row in rows:
        cells = row.cells
        if not cells:
            table.blank += 1
            continue
        count = len(cells)
        values = {name: clean(cells[at]) if at < count else "" for name, at in columns}
        problem = row.problem
        if problem is None and wide and not beyond and _shifted(row, header.row):
            problem = WIDE
        elif problem is None and not wide and any(map(_swallows, cells)):
            problem = SWALLOWED
        elif problem is None and _same(cells, names):
            problem = AGAIN
        elif (
            problem is None
            and looks
            and not any(looks_like(look, values[name]) for name, look in looks.items())
        ):
            problem = again.problem(row, rows)
        after = rows.next()
        last = after is None or _lone(after.cells)
        yield Record(row.number, values | constants, cells, problem, _lone(cells), last)


def _swallows(cell: str) -> bool:
    """Whether whole lines of a table stand in a cell of a workbook, as a CSV with an open quotation mark becomes."""
    lines = cell.splitlines() if "\n" in cell else []
    return len(lines) > 1 and any(swallowed(lines, separator, 0) for separator in SEPARATORS)


def _lone(cells: list[str]) -> bool:
    """Whether no cell but the last of a row says something."""
    return not any(cell.strip() for cell in cells[:-1])


class _Rows:
    """The rows below the headings, some of which may be looked at before it is their turn."""

    def __init__(self, header: _Header) -> None:
        self._ahead, self._rest = deque(header.ahead), header.lines.rows
        header.ahead.clear()

    def __iter__(self) -> Iterator[Row]:
        while self.next() is not None:
            yield self._ahead.popleft()

    def next(self) -> Row | None:
        """The next row, if there is one."""
        if not self._ahead:
            row = next(self._rest, None)
            if row is None:
                return None
            self._ahead.append(row)
        return self._ahead[0]

    def after(self, count: int) -> list[Row]:
        """The next rows, fewer at the end of the table."""
        self._ahead.extend(islice(self._rest, max(count - len(self._ahead), 0)))
        return list(islice(self._ahead, count))


class _Again:
    """Finds headings that stand again, as in monthly files that were pasted together; they must mean the same."""

    def __init__(self, table: Table, form: Form, source: Source) -> None:
        self.table, self.form, self.source = table, form, source
        self._last: list[str] = []
        self._found = 0

    def problem(self, row: Row, rows: _Rows) -> Problem | None:
        """That a row holds headings again, if it does.

        Raises:
            ImportFileError: a field is read from another column from here on.
        """
        if row.cells == self._last:
            return AGAIN
        mapped = self.table.mapped
        if score(row.cells, known_headings(self.form.headings), mapped.answers) <= ENOUGH:
            return None
        fresh = self._fresh(row, rows)
        needed = {each.name for each in self.form.fields if each.required}
        for name, at in mapped.columns.items():
            cell = clean(row.cells[at]) if at < len(row.cells) else ""
            if fresh.columns.get(name) == at or folded(cell) == folded(self.table.headings[at]):
                continue
            if name in needed and fresh.origin.get(name) != "heading" and amount(cell) is NO_AMOUNT:
                return None  # a line whose cells happen to be words of headings
            if name in fresh.columns or name in needed or at in fresh.columns.values():
                raise ImportFileError(
                    f"{self.source.path}, row {row.number}: there are headings here again, and column {at + 1} is {cell!r} where "
                    f"it was {self.table.headings[at]!r}. Split the file above this row, and import the parts one by one."
                )
        self._last = row.cells
        self._found += 1
        if self._found > _MOST_AGAIN:
            raise ImportFileError(
                f"{self.source.path}, row {row.number}: the headings are repeated in other words more than {wording.number(_MOST_AGAIN)} "
                f"times. Check how the file was saved."
            )
        return AGAIN

    def _fresh(self, row: Row, rows: _Rows) -> Mapper:
        """With the columns that would be taken if the table began with this row."""
        headings = [clean(cell) for cell in row.cells]
        sample = [each.cells for each in rows.after(_BELOW) if each.cells]
        mapper = Mapper(f"{self.source.path}, row {row.number}", headings, sample, self.form.fields)
        mapper.lenient = True
        mapper.propose(self.form.headings)
        return mapper


def _shifted(row: Row, header: Row) -> bool:
    """Whether a row has cells that no heading stands above: one of them was parted in two, and which is not known.

    Columns without a heading at the end of the table are none of those.
    """
    more = len(row.cells) > len(header.cells)
    return more and (row.width > header.width or len(row.cells) > header.width)


def _same(cells: Sequence[str], names: Sequence[str]) -> bool:
    return folded(cells[0]) == names[0] and [folded(cell) for cell in cells] == list(names[: len(cells)])
