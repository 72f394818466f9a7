"""Opens a published file: finds its kind and encoding and reads its rows one by one, in constant memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import lzma
import re
import secrets
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal

from svdash import wording
from svdash.importing.files.swallowed_lines import parted, swallowed
from svdash.importing.reconciliation import ImportFileError, Problem, Progress

Kind = Literal["csv", "xlsx", "json", "gpkg", "shp", "parquet"]

MOST_BYTES: Final = 2 * 1024**3
# JSON is read whole, and takes ten times its size in memory.
MOST_JSON_BYTES: Final = 256 * 1024**2
LONGEST_LINE: Final = 1024**2
# What zipfile raises over an archive that is damaged, locked, or packed in a way it doesn't know; ValueError also for
# names that are not in the encoding they claim.
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)
LONGEST_CELL: Final = 100_000
MOST_COLUMNS: Final = 1_000
# A cell with more line breaks than this is the rest of a file behind a quotation mark that nobody closed.
MOST_BREAKS: Final = 20
# So many are looked at one by one.
_MOST_PARTED: Final = 2_000
_SNIFFED_LINES: Final = 64
SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# Pairs are joined when JSON is read; an escape of half a pair stays as it is.
_HALVES: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_DIGITS: Final = 4_000
# What may stand between values of JSON.
_SPACE: Final = re.compile(r"[ \t\r\n]*")
# So few of them are a slip in a text; more are no text.
_FEW_NULS: Final = 3
# Stands behind the last line. It is another in each process, so that no file has it.
_END: Final = f"\x1e{secrets.token_hex(8)}\x1e"

MIXED: Final = Problem(
    "encoding",
    "the line mixes two encodings, so its letters can't be read reliably",
    "Save the file again as UTF-8; or import again with --answer encoding=mixed (or utf-8, or windows-1252), and look at the "
    "names.",
    question="encoding",
)
SWALLOWED: Final = Problem(
    "quotation",
    "a cell has swallowed other lines, as behind a quotation mark that was never closed",
    "Close the quotation mark that this row opens.",
)


@dataclass(frozen=True)
class Source:
    """A file to be imported.

    Attributes:
        path: where it is.
        size: its bytes.
        sha256: its fingerprint, in hexadecimal.
        kind: what it is; "xlsx" is any zip, as workbooks are.
        encoding: of text: the codec that its byte order mark or its first bytes name; ``None`` where its lines are
            UTF-8 or Windows-1252, each as it comes.
    """

    path: Path
    size: int
    sha256: str
    kind: Kind
    encoding: str | None = None

    @property
    def name(self) -> str:
        """Its name without folders."""
        return self.path.name


@dataclass
class Row:
    """A row of a table.

    Attributes:
        number: as a spreadsheet shows it.
        cells: without blank ones at its end.
        problem: why its cells can't be told apart, if so.
        width: number of all its cells, blank ones at its end too.
    """

    number: int
    cells: list[str]
    problem: Problem | None = None
    width: int = 0


@dataclass
class Lines:
    """A table without its structure: rows from the first on, and in words how the file is written.

    Attributes:
        rows: the rows, blank ones too, without blank cells at their end.
        form: how it is written; complete once all rows are read.
        again: begins anew with the first row, beside whoever reads the rows.
        name: of the sheet, in a workbook of several; else empty.
        notes: what was noticed while reading; complete once all rows are read.
        hidden: whether the workbook doesn't show the sheet.
        extent: number of the last row that says something, in a workbook.
    """

    rows: Iterator[Row]
    form: Callable[[], str]
    again: Callable[[], Iterator[Row]]
    name: str = ""
    notes: list[str] = field(default_factory=list)
    hidden: bool = False
    extent: int = 0


def open_source(path: Path, *, parquet: bool = False) -> Source:
    """What a file is, by its first bytes and its size.

    Args:
        path: of the file.
        parquet: whether Parquet is read as well, which no publisher's format is.

    Raises:
        ImportFileError: there is no such file, it is empty, too large, or nothing that is read here.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ImportFileError(f"{path}: this is not a file. Give the file that was published.")
        if found.st_size == 0:
            raise ImportFileError(f"{path}: the file is empty. Fetch it again.")
        if found.st_size > MOST_BYTES:
            raise ImportFileError(
                f"{path}: the file has {wording.number(found.st_size)} bytes, and at most {wording.number(MOST_BYTES)} are read. Split it by "
                "month or year, and import the parts."
            )
        with path.open("rb") as stream:
            head = stream.read(8192)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise ImportFileError(f"{path}: there is no such file. Check its name and folder.") from None
    except OSError as error:
        raise ImportFileError(
            f"{path}: it cannot be read ({error.strerror}). Check who may read it."
        ) from error
    except ValueError as error:
        raise ImportFileError(f"{str(path)!r}: a file can't have this name ({error}). Rename it.") from error
    kind, encoding = ("parquet", None) if parquet and head.startswith(_PARQUET) else _kind(path, head)
    return Source(path, found.st_size, digest, kind, encoding)


_MAPS: Final[tuple[tuple[bytes, Kind], ...]] = ((b"SQLite format 3\0", "gpkg"), (b"\x00\x00\x27\x0a", "shp"))
_PARQUET: Final = b"PAR1"
_OTHERS: Final = (
    (b"%PDF", "a PDF. Ask the publisher for the table behind it, as CSV or Excel"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind (.xls). Save it as .xlsx or CSV"),
    (b"\x1f\x8b", "compressed (gzip). Unpack it first"),
    (_PARQUET, "Parquet. Import the file as it was published"),
    (b"Rar!", "an archive. Unpack it first"),
    (b"7z\xbc\xaf", "an archive. Unpack it first"),
)


def _kind(path: Path, head: bytes) -> tuple[Kind, str | None]:
    if head.startswith(b"PK"):
        return "xlsx", None
    for magic, kind in _MAPS:
        if head.startswith(magic):
            return kind, None
    for magic, words in _OTHERS:
        if head.startswith(magic):
            raise ImportFileError(f"{path}: this is {words}.")
    encoding = _encoding(path, head)
    text = head.decode(encoding or "latin-1", "replace").lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    if not text:
        raise ImportFileError(f"{path}: the file begins with nothing but blanks. Fetch it again.")
    if text[:1] == "<":
        raise ImportFileError(
            f"{path}: this is a web page or XML, not a table. Fetch the file itself, not the page that links to it."
        )
    return ("json" if text[:1] in "{[" else "csv"), encoding


def _encoding(path: Path, head: bytes) -> str | None:
    """The codec of UTF-16, with or without its mark; None for what is read line by line."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for nuls, others, codec in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if nuls > len(head) // 4 and not others:
            return codec
    if 0 < even + odd <= _FEW_NULS:
        line = head[: head.index(0)].count(b"\n") + 1
        raise ImportFileError(
            f"{path}, line {line}: it has a NUL character, which text never has. Save the file again as UTF-8, or take "
            "the character out."
        )
    if even or odd:
        raise ImportFileError(
            f"{path}: this is neither text nor an Excel workbook. Give CSV, .xlsx or, for grants, JSON."
        )
    return None


# -- text ---------------------------------------------------------------------------------------------


class _Text:
    """Lines of a text file, each decoded by itself: UTF-8 where it is, else Windows-1252."""

    def __init__(self, source: Source, progress: Progress | None, encoding: str | None = None) -> None:
        self.source, self.progress, self.encoding = source, progress, encoding
        self.number = self.done = 0
        self.first_utf8 = self.first_windows = 0
        self.mixed = self.ended = False
        self.taken: list[str] = []

    def lines(self) -> Iterator[str]:
        """The lines, with their ends, and one more that shows whether the last one was closed."""
        codec = self.source.encoding
        try:
            with self.source.path.open("r", encoding=codec or "latin-1", newline="") as stream:
                while line := stream.readline(LONGEST_LINE):
                    self.number += 1
                    self._count(line)
                    text = self._decoded(line) if codec is None else line.removeprefix("\ufeff")
                    self.taken.append(text)
                    yield text
        except UnicodeError as error:
            raise ImportFileError(
                f"{self.source.path}, line {self.number + 1}: it is not {codec} as the beginning of the file says "
                f"({error}). Save the file again as UTF-8."
            ) from error
        self.ended = True
        yield f"{_END}\n"

    def take(self) -> list[str]:
        """The lines since this was asked for last."""
        taken, self.taken = self.taken, []
        return taken

    def _count(self, line: str) -> None:
        if len(line) >= LONGEST_LINE:
            raise ImportFileError(
                f"{self.source.path}, line {self.number}: the line is longer than {wording.number(LONGEST_LINE)} characters, so this "
                "is not a table of payments. Check how the file was saved, and its line ends."
            )
        self.done += len(line)
        if self.progress is not None and self.number % 10_000 == 0:
            self.progress(min(self.done, self.source.size), self.source.size)

    def _decoded(self, line: str) -> str:
        if self.number == 1:
            line = line.removeprefix("\xef\xbb\xbf")
        if line.isascii():
            return line
        data = line.encode("latin-1")
        if self.encoding is not None:
            return _decoded_as(data, self.encoding)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.first_windows = self.first_windows or self.number
            self.mixed |= _has_utf8(data)
            return data.decode("cp1252", "replace")
        self.first_utf8 = self.first_utf8 or self.number
        return text

    def form(self) -> str:
        """The encoding, in words."""
        if self.source.encoding is not None:
            return self.source.encoding.upper()[:6]
        if self.first_windows:
            return "UTF-8 and Windows-1252" if self.first_utf8 else "Windows-1252"
        return "UTF-8"


def _decoded_as(data: bytes, encoding: str) -> str:
    """Text in the encoding that a person named; mixed is UTF-8 where it can be, letter by letter, else Windows-1252."""
    if encoding != "mixed":
        return data.decode("cp1252" if encoding == "windows-1252" else "utf-8", "replace")
    text = data.decode("utf-8", "surrogateescape")
    return re.sub(
        "[\udc80-\udcff]",
        lambda each: each[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"),
        text,
    )


def _has_utf8(data: bytes) -> bool:
    """Whether part of a line that is not UTF-8 is: a letter of two or three bytes as only UTF-8 writes it."""
    text = data.decode("utf-8", "ignore")
    return not text.isascii()


def csv_lines(source: Source, progress: Progress | None = None, encoding: str | None = None) -> Lines:
    """The rows of a CSV file, whatever its encoding, line ends and separator.

    Args:
        source: the file.
        progress: told how much is read.
        encoding: the one that a person named: utf-8, windows-1252 or mixed.

    Raises:
        ImportFileError: while reading: a line or row that no table has, or a quotation mark that is never closed.
    """
    first = _first_lines(source)
    separator = _separator(source, first)
    text = _Text(source, progress, encoding)
    notes: list[str] = []
    rows = _noting(_rows(source, text, separator, notes), text, notes)
    return Lines(
        rows,
        lambda: f"CSV, {text.form()}, separator {SEPARATORS[separator]}",
        lambda: _rows(source, _Text(source, None, encoding), separator, []),
        notes=notes,
    )


def _noting(rows: Iterator[Row], text: _Text, notes: list[str]) -> Iterator[Row]:
    yield from rows
    if text.first_utf8 and text.first_windows:
        notes.append(
            f"The file mixes encodings: line {text.first_utf8} is UTF-8, line {text.first_windows} Windows-1252. Each "
            "line was read as what it is; look at the names in both."
        )


def csv_separator(source: Source) -> str:
    """The separator of a CSV file, as :func:`csv_lines` takes it. Raises ImportFileError where none parts its lines."""
    return _separator(source, _first_lines(source))


def _first_lines(source: Source) -> list[str]:
    found: list[str] = []
    for line in _Text(source, None).lines():
        if line.strip() and _END not in line:
            found.append(line)
        if len(found) == _SNIFFED_LINES:
            break
    return found


def _separator(source: Source, lines: list[str]) -> str:
    """The separator by which most lines have the same number of cells, and of those the one with most cells."""
    hint = lines[0].strip().strip('"').casefold() if lines else ""
    if hint.startswith("sep=") and hint[4:5] in SEPARATORS:
        return hint[4]
    scores: dict[str, tuple[float, int]] = {}
    for separator in SEPARATORS:
        rows = _parsed(lines, separator)
        # Titles and notes are rows of one cell; a short table may stand among more of them than it has rows.
        widths = Counter(len(_stripped(row)) for row in rows if any(row))
        all_rows = widths.total()
        del widths[1]
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if width > 1:
            scores[separator] = (round(count / all_rows, 1), width)
    if not scores:
        raise ImportFileError(
            f"{source.path}, line 1: no separator divides the first lines into columns. Give a table as CSV or .xlsx."
        )
    return max(scores, key=lambda separator: scores[separator])


def _parsed(lines: list[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            rows.append(next(reader))
        except StopIteration:
            return rows
        except csv.Error:
            continue  # with this separator the line is none; that speaks against it


def _stripped(cells: list[str]) -> list[str]:
    """The cells without blank ones at the end."""
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return cells[:last]


def _rows(source: Source, text: _Text, separator: str, notes: list[str]) -> Iterator[Row]:
    reader = csv.reader(text.lines(), delimiter=separator)
    number, closed, width = 0, False, 0
    while True:
        number += 1
        line = text.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise _never_closed(source, number, line, str(error)) from error
        if cells == [_END]:
            closed = True
            break
        if text.ended and any(_END in cell for cell in cells):
            raise _never_closed(source, number, line, "the file ends within it")
        lines = text.take()
        rows = parted(lines, separator, width) if 1 < len(lines) <= _MOST_PARTED else None
        if rows is not None:
            notes.append(
                f"Row {number} (line {line}) opens a quotation mark that is never closed, and {wording.number(len(rows) - 1)} whole "
                f"{'line stands' if len(rows) == 2 else 'lines stand'} behind it: each was read as a row of its own."
            )
            text.mixed = False
            yield from (Row(number + at, _stripped(each), width=len(each)) for at, each in enumerate(rows))
            number += len(rows) - 1
            continue
        row = Row(number, _stripped(cells), width=len(cells))
        if number == 1 and len(row.cells) == 1 and row.cells[0].casefold().startswith("sep="):
            row.cells = []
        row.problem = _flaw(row, text, (lines, separator, width))
        width = len(cells) if len(lines) == 1 and len(cells) > 1 else width
        yield row
    if not closed:
        raise _never_closed(source, number, text.number, "the file ends within it")


def _flaw(row: Row, text: _Text, written: tuple[list[str], str, int]) -> Problem | None:
    """Why the cells of a row can't be told, if so; of how it is written: its lines, separator and usual width."""
    lines, separator, width = written
    mixed, text.mixed = text.mixed, False
    if mixed:
        return MIXED
    if any(len(cell) > LONGEST_CELL for cell in row.cells):
        return SWALLOWED
    # Codes one below the other are a cell; lines with cells of their own are none.
    many = len(lines) > MOST_BREAKS and sum(line.count(separator) > 1 for line in lines[1:]) > len(lines) // 2
    return (
        SWALLOWED if len(lines) > 1 and (many or swallowed(lines[:_MOST_PARTED], separator, width)) else None
    )


def _never_closed(source: Source, row: int, line: int, why: str) -> ImportFileError:
    return ImportFileError(
        f"{source.path}, row {row} (line {line}): it opens a quotation mark that is never closed ({why}). Close it, or "
        "take it out, and import again."
    )


# -- JSON ---------------------------------------------------------------------------------------------


def read_json(source: Source) -> Any:
    """The contents of a JSON file, numbers with a fraction as ``Decimal``.

    Raises:
        ImportFileError: it is too large, or not JSON.
    """
    if source.size > MOST_JSON_BYTES:
        raise ImportFileError(
            f"{source.path}: the file has {wording.number(source.size)} bytes, and JSON is read up to {wording.number(MOST_JSON_BYTES)}. Import "
            "the publisher's CSV instead, or split it."
        )
    try:
        text = source.path.read_bytes().decode(source.encoding or "utf-8-sig")
        try:
            return _json(text)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            return _several_json(text)
    except json.JSONDecodeError as error:
        raise ImportFileError(
            f"{source.path}, line {error.lineno}, column {error.colno}: it is not valid JSON ({error.msg}). Fetch the "
            "file again, or correct it there."
        ) from error
    except UnicodeDecodeError as error:
        line = source.path.read_bytes()[: error.start].count(b"\n") + 1
        raise ImportFileError(
            f"{source.path}, line {line}: it is not UTF-8, as JSON must be ({error.reason}). Save it as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ImportFileError(
            f"{source.path}: it is not JSON that can be read ({error}). Fetch it again."
        ) from error
    except OSError as error:
        raise ImportFileError(f"{source.path}: it cannot be read ({error.strerror}).") from error


def _json(text: str) -> Any:
    return printable(json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse), text)


def _decimal(text: str) -> Decimal | str:
    """A number, or its text where its power of ten is beyond every reckoning: what is wrong with it is told with its row."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _integer(text: str) -> int | str:
    return int(text) if len(text) < _MOST_DIGITS else text


def printable(value: Any, text: str) -> Any:
    """What was read from the text of JSON, with a mark in the place of halves of surrogate pairs: nothing can write these."""
    return _printable(value) if _HALVES.search(text) else value


def _printable(value: Any) -> Any:
    """The same with these marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(each) for key, each in value.items()}
    return value


def _several_json(text: str) -> list[Any]:
    """The objects of a file that has one after the other, as bulk downloads do: each on a line (JSON Lines), or on several.

    Raises:
        json.JSONDecodeError: they are no objects; what is wrong with the first of them that is none.
    """
    try:
        return _json_lines(text)
    except json.JSONDecodeError as error:
        of_line = error
    try:
        return _json_objects(text)
    except json.JSONDecodeError as error:
        # Where the first line is an object, each should be one: what is wrong is told by the line.
        raise (of_line if of_line.lineno > 1 else error) from error


def _json_lines(text: str) -> list[Any]:
    """The objects of a file that has one on each line.

    Raises:
        json.JSONDecodeError: a line is none.
    """
    found = []
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append(_json(line))
            except json.JSONDecodeError as error:
                raise json.JSONDecodeError(f"line {number}: {error.msg}", text, at + error.pos) from error
        at += len(line) + 1
    return found


def _json_objects(text: str) -> list[Any]:
    """The objects of a file that stand one after the other, wherever its lines end.

    Raises:
        json.JSONDecodeError: what follows an object is none.
    """
    reader = json.JSONDecoder(parse_float=_decimal, parse_int=_integer, parse_constant=_refuse)
    found: list[Any] = []
    at = _past_space(text, 0)
    while at < len(text):
        value, end = reader.raw_decode(text, at)
        found.append(value)
        at = _past_space(text, end)
    return [printable(each, text) for each in found]


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON value")
