"""Files become columns of text (CSV) or values (Parquet), with the number of each row; none is dropped."""

from __future__ import annotations

import codecs
import csv
import io
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as papq

from svdash.tables.values import Mask

# Stands for a byte that is not UTF-8, so that the row and column that hold it can be named after parsing.
_MARKS = 0xF0000
MARKED = re.compile("[\U000f0000-\U000f00ff]")
# Comes after the last row: where it is not read as a row of its own, a quotation mark was never closed.
_END = "\x1eend\x1e"
_LONGEST_HEADER = 1_000_000
_LONGEST_NAME = 10_000


class UnreadableError(Exception):
    """A file that gives no table at all: a problem and its remedy."""

    def __init__(self, problem: str, remedy: str, value: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.value = problem, remedy, value


@dataclass
class Content:
    """A file as it was read.

    Attributes:
        header: names of the columns, as they stand in the file.
        columns: one for each, all of one length: series of text (CSV) or Arrow arrays of values (Parquet).
        rows: number of each row as a spreadsheet shows it, the header being row 1.
        broken: rows whose cells can't be told apart, with the reason: (position, value, problem, remedy).
        lost: lines that no row holds, because a quotation mark swallowed them.
        marked: header cells (by number, from 1) with bytes that are not UTF-8.
    """

    header: list[str]
    columns: list[Any]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    broken: list[tuple[int, str | None, str, str]] = field(default_factory=list)
    lost: int = 0
    marked: dict[int, str] = field(default_factory=dict)


def unmarked(text: str) -> str:
    """Text with the bytes that are not UTF-8 read as Windows-1252, the usual culprit."""
    return MARKED.sub(lambda mark: bytes([ord(mark[0]) - _MARKS]).decode("cp1252", "replace"), text)


def marked_byte(text: str) -> str:
    """The first byte in a text that is not UTF-8, as ``0xE9``."""
    found = MARKED.search(text)
    return "" if found is None else f"0x{ord(found[0]) - _MARKS:02X}"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_MARKS + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("svdash.mark", _mark)


def read_bytes(file: Path) -> bytes:
    """The bytes of a file. Raises UnreadableError where there is none.

    A pipe or a device is refused before it is opened: reading from it might never end.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            remedy = "Put a file in its place."
            raise UnreadableError("cannot be read, since it is not an ordinary file", remedy, file.name)
        return file.read_bytes()
    except FileNotFoundError:
        remedy = "Put it into the folder of the pack, or take the resource out of datapackage.json."
        raise UnreadableError("is not there", remedy, file.name) from None
    except OSError as error:
        raise UnreadableError(
            f"cannot be read ({error.strerror})", "Check what it is and who may read it.", file.name
        ) from error


def read_csv(file: Path) -> Content:
    """A CSV file: UTF-8 with or without a byte order mark, any line ends, commas, quotation marks doubled.

    Raises:
        UnreadableError: no file, an empty one, or one that is not CSV.
    """
    data = read_bytes(file)
    _refuse_other_kinds(data)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "svdash.mark")
        data = text.encode("utf-8")
    header = _header(text)
    del text
    marked = {number: name for number, name in enumerate(header, start=1) if MARKED.search(name)}
    header = [unmarked(name) for name in header]
    columns, rows, broken = _cells(data, len(header))
    content = Content(header, columns, rows, broken, marked=marked)
    _drop_end(content)
    _note_blank_rows(content)
    return content


def _refuse_other_kinds(data: bytes) -> None:
    save = "Save it as CSV in UTF-8 (in Excel: Save As, “CSV UTF-8”)."
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableError("the file is empty", "Put the names of the columns into row 1.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableError("the file is a workbook or an archive, not CSV", save)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableError("the file is UTF-16, not UTF-8", save)


def _header(text: str) -> list[str]:
    problem = "row 1 can't be read as headings: a quotation mark in it is never closed"
    remedy = "Put the names of the columns into row 1, and close every quotation mark."
    try:
        header = next(csv.reader(io.StringIO(text[:_LONGEST_HEADER], newline="")), [])
    except csv.Error as error:
        raise UnreadableError(problem, remedy) from error
    # The csv module has a limit of its own, but one that any library in the process may lift.
    if any(len(name) > _LONGEST_NAME for name in header):
        raise UnreadableError(problem, remedy)
    if not any(name.strip() for name in header):
        raise UnreadableError("row 1 has no names of columns", "Delete blank rows above the header.")
    for other, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and other in header[0]:
            raise UnreadableError(
                f"the columns are separated by {name}", "Save the file with commas.", header[0]
            )
    return header


_Cells = tuple[list["pd.Series[Any]"], Any, list[tuple[int, str | None, str, str]]]


def _cells(data: bytes, width: int) -> _Cells:
    """Columns of text without the header, row numbers, and the rows that are wider or narrower than it."""
    ragged: list[tuple[int, list[str]]] = []

    def keep(row: Any) -> str:
        ragged.append((row.number, _row(row.text)))
        return "skip"

    end = b"" if data.endswith((b"\n", b"\r")) else b"\n"
    whole = b"".join((data, end, _END.encode(), b"," * (width - 1), b"\n"))
    names = [str(number) for number in range(width)]
    table = pacsv.read_csv(
        pa.py_buffer(whole),
        # One block and one thread: rows may be of any length, and only so are they numbered.
        pacsv.ReadOptions(use_threads=False, block_size=len(whole) + 1, column_names=names),
        pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep),
        pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False),
    )
    total = table.num_rows + len(ragged)
    numbers = np.delete(np.arange(1, total + 1, dtype=np.int64), [number - 1 for number, _ in ragged])
    if ragged:
        table, numbers = _with_ragged(table, numbers, ragged, width)
    first = int(np.searchsorted(numbers, 2))
    columns = [pd.Series(column.to_pandas(), dtype="str") for column in table.slice(first).columns]
    return columns, numbers[first:], _ragged_notes(numbers[first:], ragged, width)


def _with_ragged(
    table: Any, numbers: Any, ragged: list[tuple[int, list[str]]], width: int
) -> tuple[Any, Any]:
    """The rows of the wrong width, cut or filled up, back in place: their first cells are often keys."""
    cells = [(row + [""] * width)[:width] for _, row in ragged]
    extra = pa.table(
        [pa.array([row[at] for row in cells], pa.large_string()) for at in range(width)],
        names=table.column_names,
    )
    together = np.concatenate([numbers, [number for number, _ in ragged]])
    order = np.argsort(together, kind="stable")
    return pa.concat_tables([table, extra]).take(pa.array(order)), together[order]


def _row(text: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return [text]  # longer than the csv module takes: the row is at fault and kept whole


def _ragged_notes(
    numbers: Any, ragged: list[tuple[int, list[str]]], width: int
) -> list[tuple[int, str | None, str, str]]:
    notes: list[tuple[int, str | None, str, str]] = []
    for number, row in ragged:
        cells = len(row)
        problem = f"the row has {cells} cells where the header has {width}"
        remedy = (
            "Put a text with commas in it into quotation marks."
            if cells > width
            else "Add the cells that are missing."
        )
        if number > 1:
            notes.append((int(np.searchsorted(numbers, number)), None, problem, remedy))
    return notes


def _drop_end(content: Content) -> None:
    """Take away the row that was put after the last one, or say where a quotation mark swallowed it."""
    last = len(content.rows) - 1
    if last < 0:
        raise UnreadableError(
            "row 1 opens a quotation mark that is never closed", "Close it.", content.header[-1]
        )
    if content.columns[0].iloc[last] == _END:
        content.columns = [column.iloc[:last] for column in content.columns]
        content.rows = content.rows[:last]
        return
    texts = [str(column.iloc[last]) for column in content.columns]
    at = next((at for at, text in enumerate(texts) if _END in text), len(texts) - 1)
    swallowed = texts[at].split(_END)[0].rstrip("\r\n")
    content.lost = len(re.findall("\r\n|\r|\n", swallowed))
    content.columns[at] = content.columns[at].where(content.columns[at].index != last, swallowed)
    content.broken = [note for note in content.broken if note[0] != last]
    problem = "opens a quotation mark that is never closed, so the rest of the file is read as one cell"
    # First of all: where rows of the wrong width are too many to be named, this may be why.
    content.broken.insert(0, (last, swallowed, problem, f"Close it in column {content.header[at]}."))


def _note_blank_rows(content: Content) -> None:
    """Blank rows at the end are left out, as spreadsheets leave them there; others are noted."""
    if len(content.columns) == 1:
        return  # a blank line is then a row with an empty cell
    blank: Mask = np.logical_and.reduce([(column == "").to_numpy(dtype=bool) for column in content.columns])
    blank[[note[0] for note in content.broken]] = False
    keep = len(blank) - (int(np.argmin(blank[::-1])) if not blank.all() else len(blank))
    content.columns = [column.iloc[:keep] for column in content.columns]
    content.rows = content.rows[:keep]
    for at in np.flatnonzero(blank[:keep]):
        content.broken.append((int(at), None, "the row is blank", "Delete it."))


def read_parquet(file: Path) -> Content:
    """A Parquet file. Raises UnreadableError where there is none or it is damaged."""
    if not file.is_file():
        read_bytes(file)
    try:
        table = papq.read_table(file, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        problem = f"can't be read as Parquet ({str(error).splitlines()[0]})"
        raise UnreadableError(problem, "Write the file again.", file.name) from error
    return Content(table.column_names, table.columns, np.arange(2, table.num_rows + 2, dtype=np.int64))
