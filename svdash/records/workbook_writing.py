"""Writes the workbook of a directorate's quarter, to be filled in with any spreadsheet program."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from svdash.records.workbook_layout import (
    ABOUT,
    CHOICE,
    CHOICES,
    COLUMNS,
    DAY,
    FACTS,
    FORMAT,
    HEADINGS,
    LISTS,
    LOCKED,
    NUMBER,
    UPDATES,
    Column,
    QuarterWorkbook,
    WorkbookRow,
    defused_text,
    fingerprint,
)

_LOCKED_WIDTHS: Final = (12, 50, 14, 10)
_HEAD: Final = PatternFill("solid", fgColor="FFE6E6E6")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_HOW: Final = (
    "Fill in the sheet Updates: one row a commitment. Grey cells are locked; the others are yours.",
    "Delivery, confidence, effect, heard and nothing changed are chosen from lists. A day is written like 31/03/2026.",
    "Where nothing changed since the last quarter, choose Yes in that column and leave the rest as it is.",
    "The minutes that a row took are shown only for many people together; you may leave this empty.",
    "Rows that you leave as they are change nothing. Don't add, remove, sort or move rows or columns: such a workbook is refused.",
    "Upload the workbook on the page My updates, or with python -m svdash updates upload.",
    "You see every difference before anything is saved, and choose row by row.",
    "What somebody else saves meanwhile is kept: your row is shown beside it and has to be written again.",
    "An apostrophe before a text that begins with = + - or @ keeps it from being run as a formula; it is removed again.",
)


def written(workbook: QuarterWorkbook, directorate_label: str) -> bytes:
    """Return a workbook as the bytes of an .xlsx file.

    Args:
        workbook: what stands in it.
        directorate_label: the directorate as people call it.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  a new workbook has one
    sheet.title = UPDATES
    lists = book.create_sheet(LISTS)
    _about(book.create_sheet(ABOUT), workbook, directorate_label)
    _lists(lists)
    lists.sheet_state = "hidden"
    _head(sheet)
    for place, row in enumerate(workbook.rows, 2):
        _row(sheet, place, row)
    _choices(sheet, len(workbook.rows) + 1)
    for each in book.worksheets:
        # Without a password: it guards against slips, not against people; what was changed shows when it is read.
        each.protection.sheet = True
        each.protection.formatColumns = False
        each.protection.formatRows = False
    book.security = WorkbookProtection(lockStructure=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _about(sheet: Worksheet, workbook: QuarterWorkbook, directorate_label: str) -> None:
    _put(sheet.cell(1, 1), f"Quarterly updates of {directorate_label} for {workbook.period}").font = Font(
        bold=True, size=14
    )
    values = (FORMAT, workbook.period, workbook.directorate, fingerprint(workbook))
    for place, (name, value) in enumerate(zip(FACTS, values, strict=True), 2):
        _put(sheet.cell(place, 1), name)
        _put(sheet.cell(place, 2), value)
    for place, line in enumerate(_HOW, len(FACTS) + 3):
        _put(sheet.cell(place, 1), line)
    sheet.column_dimensions["A"].width = 16


def _lists(sheet: Worksheet) -> None:
    for place, labels in enumerate(CHOICES.values(), 1):
        for line, label in enumerate(labels, 1):
            _put(sheet.cell(line, place), label)


def _head(sheet: Worksheet) -> None:
    for place, (heading, width) in enumerate(
        zip(HEADINGS, (*_LOCKED_WIDTHS, *(each.width for each in COLUMNS)), strict=True), 1
    ):
        cell = _put(sheet.cell(1, place), heading)
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, _WRAPPED
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "C2"


def _row(sheet: Worksheet, place: int, row: WorkbookRow) -> None:
    locked: tuple[str | int, ...] = (row.id, row.title, row.due, row.revision)
    for column, value in enumerate(locked, 1):
        cell = _put(sheet.cell(place, column), value)
        cell.fill, cell.alignment = _HEAD, _WRAPPED
    for column, each in enumerate(COLUMNS, len(LOCKED) + 1):
        cell = _put(sheet.cell(place, column), _value(each, row.cells[each.name]))
        cell.protection, cell.alignment = Protection(locked=False), _WRAPPED
        cell.number_format = {DAY: "DD/MM/YYYY", NUMBER: "0"}.get(each.kind, "@")


def _value(column: Column, text: str) -> str | int | date | None:
    if not text:
        return None
    if column.kind == NUMBER:
        return int(text)
    return date.fromisoformat(text) if column.kind == DAY else text


def _put(cell: Any, value: str | int | date | None) -> Cell:
    """Write a value into a cell: text always as text, never as a formula."""
    written_cell: Cell = cell
    written_cell.value = defused_text(value) if isinstance(value, str) else value
    if isinstance(value, str):
        written_cell.data_type = "s"
    return written_cell


def _choices(sheet: Worksheet, last: int) -> None:
    """Let the columns of choices be chosen from the lists; what is not in them is refused at once."""
    names = list(CHOICES)
    for place, each in enumerate(COLUMNS, len(LOCKED) + 1):
        if each.kind != CHOICE or last < 2:
            continue
        letter, of = get_column_letter(place), get_column_letter(names.index(each.name) + 1)
        rule = DataValidation(
            "list", formula1=f"{LISTS}!${of}$1:${of}${len(CHOICES[each.name])}", allow_blank=True
        )
        rule.showErrorMessage = True
        rule.error = "Choose from the list, or leave it empty."
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{last}")
