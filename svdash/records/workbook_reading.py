"""Reads the workbook of a quarter back, in a process of its own: it may be anybody's file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from svdash import wording
from svdash.jobs import runner
from svdash.jobs.fence import Reach
from svdash.jobs.limits import Limits
from svdash.records.record_errors import RecordsError
from svdash.records.workbook_layout import (
    ABOUT,
    COLUMNS,
    DAY,
    FACTS,
    FORMAT,
    HEADINGS,
    LOCKED,
    UPDATES,
    QuarterWorkbook,
    WorkbookRow,
    cell_text,
    fingerprint,
    typed_text,
)

# A quarter's workbook has some twenty kilobytes.
MOST_BYTES: Final = 5_000_000
# More than any field takes, so that what is too long is named and not cut to what fits.
_LONGEST: Final = 5000
_MOST_FAULTS: Final = 20


class WorkbookError(RecordsError):
    """The workbook can't be taken: nothing of it is saved. The message says everything that is wrong with it."""


def read_apart(file: Path, on_progress: runner.OnProgress = lambda _: None) -> QuarterWorkbook:
    """Return a workbook that was filled in, read in a process that can do little harm.

    Args:
        file: the workbook.
        on_progress: called at least each half second, as for :func:`svdash.jobs.runner.run`.

    Raises:
        WorkbookError: it is not a workbook that was downloaded here, or rows, columns or locked cells of it were changed.
    """
    try:
        size = file.stat().st_size
    except OSError as error:
        raise WorkbookError(f"{file}: it can't be read: {error.strerror}.") from error
    if size > MOST_BYTES:
        raise WorkbookError(
            f"It has {wording.number(size)} bytes, more than a workbook of updates can have. Upload the one that was downloaded."
        )
    try:
        return runner.run(
            read_workbook,
            file,
            on_progress=on_progress,
            limits=Limits.of(size),
            errors=(WorkbookError,),
            reach=Reach((file,)),
        )
    except runner.JobEndedError as error:
        raise WorkbookError(
            f"The workbook can't be read: {error} Download it again and fill it in."
        ) from error


def read_workbook(file: Path) -> QuarterWorkbook:
    """Return a workbook that was filled in; see :func:`read_apart`, which runs this."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        sheets = {name: _rows(book[name]) for name in (UPDATES, ABOUT) if name in book.sheetnames}
    except MemoryError:
        raise
    except Exception as error:  # the library raises any error for a damaged file
        raise WorkbookError(
            f"It is not a workbook that can be read ({type(error).__name__}). Save it as an Excel workbook (.xlsx)."
        ) from error
    missing = [name for name in (UPDATES, ABOUT) if name not in sheets]
    if missing:
        raise WorkbookError(
            f"The sheet {wording.listing(missing, len(missing))} is missing. Upload the workbook that was downloaded here."
        )
    return _workbook(sheets[UPDATES], _facts(sheets[ABOUT]))


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet that have something in them, as cells; blank rows at its end are none."""
    sheet.reset_dimensions()
    rows = [tuple(row) for row in sheet.iter_rows()]
    while rows and not any(_has_text(cell) for cell in rows[-1]):
        rows.pop()
    return rows


def _facts(rows: list[tuple[Any, ...]]) -> dict[str, str]:
    found = {
        typed_text(str(row[0].value)): typed_text(str(row[1].value or ""))
        for row in rows
        if len(row) > 1 and row[0].value
    }
    if found.get("Format") != FORMAT or any(name not in found for name in FACTS):
        raise WorkbookError(
            "Its sheet of instructions was changed, or another version made it. Download it again."
        )
    return found


def _workbook(rows: list[tuple[Any, ...]], facts: dict[str, str]) -> QuarterWorkbook:
    head = [_text(cell) for cell in rows[0]] if rows else []
    while head and not head[-1]:
        head.pop()
    if tuple(head) != HEADINGS:
        raise WorkbookError(_other_headings(head))
    width = len(HEADINGS)
    faults = [
        f"Row {place}, {HEADINGS[at] if at < width else f'column {at + 1}'}: {why}"
        for place, row in enumerate(rows[1:], 2)
        for at, cell in enumerate(row)
        if (why := _cell_fault(cell, at))
    ]
    if faults:
        raise WorkbookError(_all(faults))
    read = tuple(_row(row) for row in rows[1:])
    found = QuarterWorkbook(facts["Quarter"], facts["Directorate"], read)
    if fingerprint(found) != facts["Fingerprint"]:
        raise WorkbookError(
            "Rows were added, removed or moved, or locked cells were changed (Id, Commitment, Due, Revision, or the quarter on "
            "the sheet of instructions). Undo that, or download the workbook again and copy your texts into it."
        )
    return found


def _other_headings(head: list[str]) -> str:
    renamed = [f"{was!r} is {now!r} now" for was, now in zip(HEADINGS, head, strict=False) if was != now]
    if len(head) < len(HEADINGS):
        renamed.append(f"the last {wording.counted(len(HEADINGS) - len(head), 'column')} are missing")
    if len(head) > len(HEADINGS):
        renamed.append(f"there are {wording.counted(len(head) - len(HEADINGS), 'column')} more")
    return _all([f"Columns were renamed, moved, added or removed: {each}." for each in renamed])


def _all(faults: list[str]) -> str:
    more = len(faults) - _MOST_FAULTS
    shown = faults[:_MOST_FAULTS] + ([f"And {wording.counted(more, 'more fault')}."] if more > 0 else [])
    return " ".join(shown)


def _cell_fault(cell: Any, at: int) -> str:
    """Return why a cell can't be taken as a sentence; empty where it can."""
    if not _has_text(cell):
        return ""
    if at >= len(HEADINGS):
        return "this column was added. Remove it."
    if cell.data_type == "f":
        return "there is a formula. Write its result as text."
    if cell.data_type == "e":
        return f"there is the error {cell.value}. Write the text."
    return ""


def _has_text(cell: Any) -> bool:
    return cell.value is not None and str(cell.value).strip() != ""


def _row(cells: Iterable[Any]) -> WorkbookRow:
    texts = [_text(cell) for cell in cells][: len(HEADINGS)]
    texts += [""] * (len(HEADINGS) - len(texts))
    name, title, due, revision = texts[: len(LOCKED)]
    filled = zip(COLUMNS, texts[len(LOCKED) :], strict=True)
    return WorkbookRow(
        name,
        title,
        due,
        int(revision) if revision.isdecimal() and len(revision) < 16 else -1,
        {column.name: _day(text) if column.kind == DAY else text for column, text in filled},
    )


def _text(cell: Any) -> str:
    """Return what a cell holds as text; a day as 2026-03-31, a whole number without decimals."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return typed_text(cell_text(str(value)[:_LONGEST]))


def _day(text: str) -> str:
    """Return a day that was typed as text, such as 31/03/2026, as 2026-03-31; other text as it is."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return text
