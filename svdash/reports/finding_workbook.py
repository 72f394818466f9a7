"""Findings as an Excel workbook: a sheet each, with what it says above its table, numbers as numbers, and a first sheet about all."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as _UNWRITABLE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from svdash import wording
from svdash.findings.finding import Finding, records

_WIDEST: Final = 60
# The moment that a workbook says it was made at: the same figures give the same file.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_TITLE: Final = 31
_MARKER: Final = "marker"
# What stands as the marker of a row in which nothing is missing.
_NO_MARKER: Final = "none"


def written(findings: Sequence[tuple[str, Finding]], about: Mapping[str, str]) -> bytes:
    """Return a workbook.

    Args:
        findings: each with the name of its sheet.
        about: what the first sheet says, such as the snapshot that the figures are from.
    """
    book = Workbook()
    first: Worksheet = book.worksheets[0]
    first.title = "About"
    for name, text in about.items():
        first.append([_text(name), _text(text)])
    for column, width in (("A", 24), ("B", 80)):
        first.column_dimensions[column].width = width
    for place, (name, found) in enumerate(findings, 1):
        _sheet(book.create_sheet(_title(name, place)), found)
    book.properties.created = book.properties.modified = _MADE
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _title(name: str, place: int) -> str:
    """Return the name of a sheet as Excel takes it: short, without signs that it refuses, and told apart by its place."""
    start = f"{place} "
    return start + re.sub(r"[\[\]:*?/\\]", "-", name)[: _TITLE - len(start)]


def _sheet(sheet: Worksheet, found: Finding) -> None:
    for line in (found.headline, found.subtitle, found.sentence, *found.origin):
        if line:
            sheet.append([_text(line)])
    sheet["A1"].font = Font(bold=True)
    sheet.append([])
    rows = found.typed()
    titles = [found.columns.get(str(name), str(name).replace("_", " ")) for name in rows]
    sheet.append([_text(title) for title in titles])
    top = sheet.max_row
    for cell in sheet[top]:
        cell.font = Font(bold=True)
    for row in records(rows):
        given = row.get(_MARKER)
        why = wording.NOT_AVAILABLE if _is_blank(given) else str(given)
        sheet.append([_cell(value, _NO_MARKER if name == _MARKER else why) for name, value in row.items()])
    sheet.freeze_panes = f"A{top + 1}"
    for place, title in enumerate(titles, 1):
        longest = max((len(str(each)) for each in rows.iloc[:, place - 1].tolist()), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, max(len(title), longest) + 2)


def _cell(value: Any, why: str) -> Any:
    """Return a cell as Excel holds it, never blank: the marker of its row stands where it is missing, as on pages."""
    if _is_blank(value):
        return _text(why)
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, str):
        return _text(value)
    return value.item() if hasattr(value, "item") else value


def _is_blank(value: Any) -> bool:
    return bool(pd.isna(value)) or value == ""


def _text(given: str) -> str:
    """Return a text as a workbook takes it: without signs that Excel can't hold, and none that it runs as a formula."""
    return wording.defused(_UNWRITABLE.sub(" ", given))
