"""Excel workbooks (.xlsx): measured before they are unpacked, and read for their stored values. Nothing is run."""

from __future__ import annotations

import re
import tempfile
import zipfile
from array import array
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from xml.parsers import expat

from svdash import wording
from svdash.importing.files.shown_cells import NumberFormats, no_entities, shown_date, shown_number
from svdash.importing.files.source_files import DAMAGED, Lines, Row, Source
from svdash.importing.reconciliation import ImportFileError, Progress

MOST_UNPACKED: Final = 512 * 1024**2
MOST_PARTS: Final = 10_000
# A sheet is held in memory with every cell of the rectangle it spans, at 32 bytes each.
MOST_CELLS: Final = 10_000_000
_WORKBOOK: Final = "xl/workbook.xml"
_WANTED: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?!media/|drawings/|charts/|theme/).*\.(?:xml|rels)",
    re.IGNORECASE,
)
_STYLES: Final = "xl/styles.xml"
_NO_SHEET: Final = re.compile(r".*\.rels|xl/(?:workbook|styles|sharedstrings)\.xml|\[.*", re.IGNORECASE)
_CHUNK: Final = 1024**2
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
# What a sheet of Excel has at most.
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_LONGEST_ROW: Final = 7


class _Measured:
    """How far a sheet's cells reach, the formulas that no program has worked out yet, and styles where they are wanted."""

    def __init__(self, *, styled: bool = False) -> None:
        self.rows = self.columns = 0
        self.formulas: dict[int, dict[int, str]] = {}
        # By row, column and style in turn: a dictionary of each cell would take ten times the memory.
        self._styles: dict[int, array[int]] = {}
        self._styled = styled
        self._row = self._column = 0
        self._within = ""
        self._formula: str | None = None
        self._valued = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = no_entities

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the sheet; none at all are its end."""
        self._parser.Parse(data, not data)

    def styles(self, row: int) -> dict[int, int]:
        """The styles of a row's cells by column, A being 1; only those that are not the first."""
        pairs = self._styles.get(row, array("L"))
        return dict(zip(pairs[::2], pairs[1::2], strict=True))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._within = tag.rpartition(":")[2]
        if self._within == "row":
            self._row, self._column = _row(attributes["r"]) if "r" in attributes else self._row + 1, 0
        elif self._within == "c":
            if "r" in attributes:
                self._column, self._row = _place(attributes["r"])
            else:
                self._column += 1
            self._formula, self._valued = None, False
            if self._styled and int(attributes.get("s", 0)) > 0:
                self._styles.setdefault(self._row, array("L")).extend((self._column, int(attributes["s"])))
        elif self._within == "f":
            self._formula = ""

    def _text(self, text: str) -> None:
        if self._within == "f":
            self._formula = (self._formula or "") + text
        elif self._within in ("v", "t"):
            self._valued = True

    def _end(self, tag: str) -> None:
        self._within = ""
        if tag.rpartition(":")[2] != "c" or not (self._valued or self._formula is not None):
            return
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        if not self._valued:
            self.formulas.setdefault(self._row, {})[self._column] = f"={self._formula}"


def _place(text: str) -> tuple[int, int]:
    """The column and the row of a cell. Raises ValueError for one that no spreadsheet has."""
    found = _PLACE.fullmatch(text)
    if found is None or _number(found[1]) > _MOST_COLUMNS:
        raise ValueError(f"one of its cells claims the place {text[:20]!r}, which no spreadsheet has")
    return _number(found[1]), _row(found[2])


def _row(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ROW and 0 < int(text) <= _MOST_ROWS):
        raise ValueError(f"one of its rows claims the number {text[:20]!r}, which no spreadsheet has")
    return int(text)


def _number(letters: str) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@contextmanager
def open_workbook(
    source: Source, progress: Progress | None = None, *, as_shown: bool = False
) -> Iterator[list[Lines]]:
    """The sheets of a workbook, hidden ones too. Formulas count as the value that is stored with them.

    Args:
        source: the workbook.
        progress: told how many bytes are read, of how many.
        as_shown: whether numbers are read as their format shows them (6.2%) and not as they are stored (0.062).

    Raises:
        ImportFileError: it is not a workbook, unpacks to too much, spans too many cells, or is damaged or locked.
    """
    import python_calamine

    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        copy = Path(folder) / "sheets.xlsx"
        measured, formats = _repacked(source, copy, as_shown=as_shown)
        try:
            with python_calamine.load_workbook(str(copy)) as book:
                shown = {
                    sheet.name: sheet.visible == python_calamine.SheetVisibleEnum.Visible
                    for sheet in book.sheets_metadata
                    if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
                }
                paths = _paths(copy, book.sheet_names)
                measures = {name: measured.get(paths.get(name, ""), _Measured()) for name in shown}
                yield [
                    replace(
                        _lines(source, book, name, _Stored(measures[name], formats), progress),
                        hidden=not visible,
                        extent=measures[name].rows,
                    )
                    for name, visible in shown.items()
                ]
        except python_calamine.CalamineError as error:
            raise ImportFileError(
                f"{source.path}: it is not a workbook that can be read ({error}). Open it in Excel, and save it again as "
                ".xlsx without a password."
            ) from error


def _repacked(source: Source, copy: Path, *, as_shown: bool) -> tuple[dict[str, _Measured], list[str]]:
    """A copy of the parts that hold cells, unpacked under a limit, so that what is read is what was measured.

    With what was measured, the format of each style; none unless numbers are read as they are shown.
    """
    try:
        with zipfile.ZipFile(source.path) as book, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as plain:
            _weigh(source, book)
            measured, formats = {}, NumberFormats()
            for part in book.infolist():
                if not _WANTED.fullmatch(part.filename):
                    continue
                found = _Measured(styled=as_shown)
                reader: _Measured | NumberFormats | None = (
                    None if _NO_SHEET.fullmatch(part.filename) else found
                )
                if as_shown and part.filename.casefold() == _STYLES:
                    reader = formats
                with book.open(part) as packed, plain.open(part.filename, "w", force_zip64=True) as out:
                    _copy(packed, out, reader)
                _bounded(source, part.filename, found)
                measured[part.filename] = found
            return measured, formats.codes
    except (*DAMAGED, OSError, expat.ExpatError) as error:
        raise ImportFileError(
            f"{source.path}: the workbook is damaged or locked ({error}). Fetch it again, or save it again without a "
            "password."
        ) from error


def is_other_spreadsheet(names: Collection[str]) -> bool:
    """Return whether an archive with these names is a spreadsheet of a kind that is not read."""
    return "mimetype" in names or "xl/workbook.bin" in names


def _weigh(source: Source, book: zipfile.ZipFile) -> None:
    """Refuse what isn't a workbook, and what is small only while it is packed."""
    parts = book.infolist()
    names = [part.filename for part in parts]
    if is_other_spreadsheet(names):
        what = "OpenDocument (.ods)" if "mimetype" in names else "Excel's binary form (.xlsb)"
        raise ImportFileError(
            f"{source.path}: this is a spreadsheet in {what}, which is not read. Open it in Excel or LibreOffice, save it "
            "as .xlsx or CSV, and import that."
        )
    if _WORKBOOK not in names:
        raise ImportFileError(
            f"{source.path}: this is an archive, not an Excel workbook (.xlsx). Unpack it first, and import the file "
            "in it."
        )
    if len(set(names)) < len(names) or len(names) > MOST_PARTS:
        raise ImportFileError(
            f"{source.path}: the workbook has {wording.number(len(names))} parts, too many, or several under one name. Save it again."
        )
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED:
        raise ImportFileError(
            f"{source.path}: {wording.number(source.size)} bytes that unpack to {wording.number(size)}; at most {wording.number(MOST_UNPACKED)} are unpacked. Save "
            "the sheet as CSV, and import that."
        )


def _copy(packed: IO[bytes], out: IO[bytes], found: _Measured | NumberFormats | None) -> None:
    # zipfile hands out no more than the size that was weighed, and checks the sum at the end.
    while chunk := packed.read(_CHUNK):
        out.write(chunk)
        if found is not None:
            found.feed(chunk)
    if found is not None:
        found.feed(b"")


def _bounded(source: Source, part: str, found: _Measured) -> None:
    if found.rows * found.columns > MOST_CELLS:
        raise ImportFileError(
            f"{source.path}, {part}: the sheet spans {wording.number(found.rows)} rows and {wording.number(found.columns)} columns, and at most "
            f"{wording.number(MOST_CELLS)} cells are read. Delete the cells that are far from the table, or save the sheet as CSV."
        )


def _paths(copy: Path, names: list[str]) -> dict[str, str]:
    """The part of each sheet, by the sheet's name."""
    with zipfile.ZipFile(copy) as book:
        listed = book.read(_WORKBOOK).decode("utf-8", "replace")
        links = book.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", links):
        name, target = _attribute(tag, "Id"), _attribute(tag, "Target")
        targets[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    tags = re.findall(r"<(?:\w+:)?sheet\s[^>]*>", listed)
    ids = [_attribute(tag, r"\w+:id") for tag in tags]
    return {name: targets.get(given, "") for name, given in zip(names, ids, strict=False)}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*["']([^"']*)["']""", tag)
    return found[1] if found else ""


@dataclass(frozen=True)
class _Stored:
    """What was measured of a sheet, and the formats of the workbook's styles where numbers are read as they are shown."""

    measured: _Measured
    formats: Sequence[str]

    def texts(self, row: int, first: int, values: Sequence[object]) -> list[str]:
        """The cells of a row from a column on as texts."""
        styles = self.measured.styles(row) if self.formats else {}
        if not styles:
            return [_text(value) for value in values]
        codes = [styles.get(column, 0) for column in range(first, first + len(values))]
        known = [self.formats[style] if style < len(self.formats) else "" for style in codes]
        return [_shown(value, code) for value, code in zip(values, known, strict=True)]


def _lines(source: Source, book: Any, name: str, stored: _Stored, progress: Progress | None) -> Lines:
    return Lines(
        _rows(source, book, name, stored, progress),
        lambda: f"Excel, sheet “{name}”",
        lambda: _rows(source, book, name, stored, None),
        name,
    )


def _rows(source: Source, book: Any, name: str, stored: _Stored, progress: Progress | None) -> Iterator[Row]:
    sheet = book.get_sheet_by_name(name)
    shift = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [""] * shift + stored.texts(number, shift + 1, values)
        for column, text in stored.measured.formulas.get(number, {}).items():
            cells += [""] * (column - len(cells))
            cells[column - 1] = text
        while cells and not cells[-1].strip():
            cells.pop()
        if progress is not None and number % 10_000 == 0:
            progress(source.size * number // max(sheet.total_height, number), source.size)
        yield Row(number, cells)


def _text(value: object) -> str:
    """A cell as text: numbers with the 15 digits that Excel shows, dates as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, time | timedelta) else ""


def _shown(value: object, code: str) -> str:
    """A cell as its format shows it; as it is stored where the format is not understood."""
    shown = None
    if code and isinstance(value, float | int) and not isinstance(value, bool):
        shown = shown_number(Decimal(f"{value:.15g}"), code)
    elif code and isinstance(value, date):
        shown = shown_date(value, code)
    return _text(value) if shown is None else shown
