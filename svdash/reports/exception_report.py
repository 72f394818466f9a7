"""The exceptions of a quarter to hand on, for a report on corporate performance: one HTML file, or one Excel workbook."""

from __future__ import annotations

import io
from datetime import date
from html import escape
from itertools import groupby
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as _UNWRITABLE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from svdash import wording
from svdash.findings.finding import Finding, records
from svdash.findings.open_data import data_catalogue
from svdash.reports import meeting_papers
from svdash.reports.pre_read import STYLE

# Columns of the report, in the order that is asked for: reason, place or group, owner, action, date, the ask; each with its
# width in a workbook, in letters.
COLUMNS: Final = {
    "about": 44, "reason": 40, "where": 22, "owner": 30, "action": 36, "action_owner": 28, "action_due": 14, "standing": 30,
    "ask": 44, "status": 14,
}  # fmt: skip
_WIDTHS: Final = {"label": 18, "since": 14, **COLUMNS}
_TITLE: Final = "Exceptions to the leadership"


def html(found: Finding, whose: str) -> str:
    """Return exceptions as one HTML file, rule by rule, with all that it needs in it.

    Args:
        found: the exceptions; with what is new since a snapshot, where that was chosen.
        whose: whose framework it is.
    """
    ribbon = f'<p class="ribbon">{data_catalogue.MADE_UP}</p>' if "illustrative" in found.statuses else ""
    parts = "".join(
        _rule(found, label, list(rows)) for label, rows in groupby(records(found.frame), key=_label)
    )
    empty = f'<p class="gone">{escape(found.empty)}</p>' if found.empty else ""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_TITLE}</title><style>{STYLE}</style></head><body>"
        f'<header><p class="of">{escape(whose)}</p><h1>{escape(found.headline)}</h1>'
        f'<p class="of">{escape(found.subtitle)}. {escape(found.sentence)}</p>{ribbon}</header>'
        f'<main>{parts}{empty}</main><footer><p class="foot">{escape(meeting_papers.status_line(found))}</p>'
        f'<p class="foot">{escape(found.method)}</p></footer></body></html>\n'
    )


def _label(row: dict[str, Any]) -> str:
    return str(row["label"])


def _columns(found: Finding) -> list[str]:
    """Return the columns of the report, with what is new since a snapshot first where that was asked for."""
    return [*(name for name in ("since",) if name in found.columns), *COLUMNS]


def _rule(found: Finding, label: str, rows: list[dict[str, Any]]) -> str:
    names = _columns(found)
    head = "".join(f'<th scope="col">{escape(found.columns[name])}</th>' for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_cell(row, name))}</td>' for name in names)}</tr>" for row in rows
    )
    heading = f"{label}: {wording.number(len(rows))}"
    return (
        f'<section><h2>{escape(heading)}</h2><div class="scroll" tabindex="0" role="region" aria-label="{escape(heading)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></section>"
    )


def _cell(row: dict[str, Any], name: str) -> str:
    """Write a cell as people read it: a day with its month in words."""
    text = str(row[name])
    if name == "action_due" and row["item"]:
        return wording.day(date.fromisoformat(text))
    return text


def workbook(found: Finding, whose: str) -> bytes:
    """Return exceptions as the bytes of an .xlsx file: one sheet of them, and one that says what they are.

    Cells that a spreadsheet program would run as a formula are defused. Arguments as for :func:`html`.
    """
    book = Workbook()
    sheet, about = book.worksheets[0], book.create_sheet("About")
    sheet.title = "Exceptions"
    names = ["label", *_columns(found)]
    sheet.append([wording.defused(found.columns[name]) for name in names])
    for row in records(found.frame):
        sheet.append([wording.defused(_UNWRITABLE.sub(" ", _cell(row, name))) for name in names])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[name]
    sheet.freeze_panes = "A2"
    made_up = data_catalogue.MADE_UP if "illustrative" in found.statuses else ""
    sentences = (
        whose,
        found.headline,
        found.subtitle,
        found.sentence,
        made_up,
        meeting_papers.status_line(found),
        found.method,
    )
    for sentence in filter(None, sentences):
        about.append([wording.defused(sentence)])
    about.column_dimensions["A"].width = 120
    for (cell,) in about.iter_rows(max_col=1):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
