"""What the workbook of a directorate's quarter looks like: its sheets and columns, for writing it and for reading it back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from svdash import wording

UPDATES, ABOUT, LISTS = "Updates", "Instructions", "Lists"
FORMAT: Final = "svdash updates 2"
# Where the sheet of instructions says which quarter the workbook is of, below its title.
FACTS: Final = ("Format", "Quarter", "Directorate", "Fingerprint")
TEXT, CHOICE, DAY, NUMBER = "text", "choice", "day", "number"
YES, NO = "Yes", "No"
UNCHANGED: Final = "unchanged"
# How long the row took to write, if somebody says so; no more than a day.
MINUTES: Final = "minutes"
MOST_MINUTES: Final = 1440


class Column(NamedTuple):
    """A column of the sheet of updates that is filled in: a field of an update, its heading, its kind and how wide it is."""

    name: str
    heading: str
    kind: str
    width: int


LOCKED: Final = ("Id", "Commitment", "Due", "Revision")
COLUMNS: Final = (
    Column("delivery", "Delivery", CHOICE, 18),
    Column("confidence", "Delivery confidence", CHOICE, 24),
    Column("effect", "Effect", CHOICE, 24),
    Column("note", "What happened", TEXT, 60),
    Column("barriers", "What stands in the way", TEXT, 40),
    Column("next_step", "Next step", TEXT, 40),
    Column("evidence", "Evidence", TEXT, 30),
    Column("evidence_date", "Date of the evidence", DAY, 14),
    Column("heard", "Were people who use the service heard?", CHOICE, 16),
    Column(UNCHANGED, "Nothing changed since the last quarter", CHOICE, 16),
    Column(MINUTES, "Minutes it took (optional)", NUMBER, 12),
)
HEADINGS: Final = (*LOCKED, *(each.heading for each in COLUMNS))
CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "delivery": {label: code for code, label in wording.DELIVERY.items()},
    "confidence": {label: code for code, label in wording.CONFIDENCE.items()},
    "effect": {label: step for step, label in wording.EFFECT.items()},
    "heard": {YES: True, NO: False},
    UNCHANGED: {YES: True},
}
# What the format of workbooks can't hold; a line break stays one.
_NOT_HELD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class WorkbookRow:
    """A row of the sheet of updates: what is locked, and the texts of the cells that are filled in, by field.

    Attributes:
        revision: the number of the revision that was downloaded; 0 where nothing was recorded.
        cells: field → text; a day as 2026-03-31, nothing as an empty text.
    """

    id: str
    title: str
    due: str
    revision: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class QuarterWorkbook:
    """A workbook as it was written, or read back: which quarter of which directorate, and its rows."""

    period: str
    directorate: str
    rows: tuple[WorkbookRow, ...]


def fingerprint(workbook: QuarterWorkbook) -> str:
    """Return SHA-256 over what is locked in a workbook: its quarter, its directorate, and its rows in their order."""
    rows = [[each.id, each.title, each.due, each.revision] for each in workbook.rows]
    whole = json.dumps([FORMAT, workbook.period, workbook.directorate, rows], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()


def cells_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what an update says as the texts of the cells that are filled in."""
    return {each.name: _text(each, said.get(each.name)) for each in COLUMNS}


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind == CHOICE:
        labels = {code: label for label, code in CHOICES[column.name].items()}
        return labels.get(value, "")
    if column.kind == DAY:
        return str(value)[:10]
    return cell_text(str(value))


def cell_text(text: str) -> str:
    """Return text as a cell holds it: one kind of line break, no blanks around it, none of the signs that a cell can't hold."""
    return _NOT_HELD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def defused_text(text: str) -> str:
    """Return text as it leaves: an apostrophe stands before what a spreadsheet might run. :func:`typed_text` takes it away."""
    bare = text.lstrip("'")
    return f"'{text}" if wording.defused(bare) != bare else text


def typed_text(text: str) -> str:
    """Return text as it was before :func:`defused_text`; what was typed with an apostrophe of its own is taken for defused."""
    return text[1:] if text.startswith("'") and defused_text(text[1:]) == text else text


def rows_of(given: Iterable[tuple[str, str, str, int, Mapping[str, Any]]]) -> tuple[WorkbookRow, ...]:
    """Return rows from id, title, due day, revision and what is said of each commitment."""
    return tuple(
        WorkbookRow(name, cell_text(title), due, revision, cells_of(said))
        for name, title, due, revision, said in given
    )
