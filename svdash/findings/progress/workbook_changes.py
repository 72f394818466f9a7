"""A directorate's quarter as one workbook: what goes into it, and what it changes when it comes back filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from svdash import wording
from svdash.editions import Edition, recorded_update
from svdash.findings.progress.updates_owed import (
    CARRIED,
    Owed,
    due_on,
    owed_by_directorate,
    says_unchanged,
    to_verify,
)
from svdash.records import RecordsError
from svdash.records.evidence_files import evidence_text
from svdash.records.quarterly_updates import QuarterlyUpdate, checked
from svdash.records.workbook_layout import (
    CHOICE,
    CHOICES,
    COLUMNS,
    DAY,
    MINUTES,
    MOST_MINUTES,
    NUMBER,
    UNCHANGED,
    YES,
    QuarterWorkbook,
    WorkbookRow,
    cells_of,
    rows_of,
)
from svdash.records.workbook_reading import WorkbookError

# Signs that nobody sees: controls but line breaks and tabs, and those that turn the direction of what follows.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class RowChange:
    """What a row of a workbook changes.

    Attributes:
        id: the commitment. ``title``: as the register has it.
        differences: heading, what stands and what would stand, of each cell that differs.
        cautions: what keeps the row from being shown as Complete or Green, and what evidence it carries forward, as sentences.
        faults: why the row can't be saved, as sentences; none if it can.
        update: what would be saved; ``None`` where there are faults.
        parent: the revision that it follows.
    """

    id: str
    title: str
    differences: tuple[tuple[str, str, str], ...]
    faults: tuple[str, ...]
    update: QuarterlyUpdate | None = field(hash=False)
    parent: int | None
    cautions: tuple[str, ...] = ()


def quarter_workbook(edition: Edition, directorate: str, period: str) -> QuarterWorkbook:
    """Return the workbook of a directorate's quarter: what was saved, else what is carried forward.

    Args:
        edition: the one with what was saved last.
        directorate: a code of the vocabulary; empty for what the register puts under none.
        period: the quarter, such as 2026/27 Q3.
    """
    rows = rows_of(
        (
            each.id,
            each.title,
            each.due.isoformat() if each.due else "no date",
            each.revision or 0,
            each.content,
        )
        for each in owed_by_directorate(edition, directorate, period)
    )
    return QuarterWorkbook(period, directorate, rows)


def changes(
    edition: Edition, workbook: QuarterWorkbook, directorate: str, period: str, today: date
) -> tuple[RowChange, ...]:
    """Return what a workbook that was filled in would change, row by row; nothing is saved.

    Args:
        edition: the one with what was saved last.
        workbook: as it was read back.
        directorate: whose quarter is to be written.
        period: which quarter.
        today: the day of the report.

    Raises:
        WorkbookError: it is of another quarter or directorate, or the register has other commitments meanwhile.
    """
    if (workbook.period, workbook.directorate) != (period, directorate):
        raise WorkbookError(
            f"The workbook is of {workbook.period} of {workbook.directorate or 'the authority'}, and {period} of "
            f"{directorate or 'the authority'} is to be written. Choose that quarter, or upload the other workbook."
        )
    now = {each.id: each for each in owed_by_directorate(edition, directorate, period)}
    if list(now) != [each.id for each in workbook.rows]:
        raise WorkbookError(
            "The register has other commitments of this directorate than when the workbook was downloaded. Download it again."
        )
    due = due_on(edition, period)
    found = (_change(edition, row, now[row.id], period, due, today) for row in workbook.rows)
    return tuple(each for each in found if each is not None)


def _change(
    edition: Edition, row: WorkbookRow, now: Owed, period: str, due: date, today: date
) -> RowChange | None:
    """Return what a row changes; ``None`` where it says what stands already."""
    stands = cells_of(now.content)
    moved = (now.revision or 0) != row.revision
    differences = tuple(
        (each.heading, stands[each.name], row.cells[each.name])
        for each in COLUMNS
        if row.cells[each.name] != stands[each.name] and not (moved and _is_carried(each.name, row, stands))
    )
    # Of a row that says nothing there are no minutes to record.
    if (
        not any(
            now.given or row.cells[each.name] != stands[each.name] for each in COLUMNS if each.name != MINUTES
        )
        or not differences
    ):
        return None
    faults = [_overtaken(edition, now, period)] if moved else []
    faults += _cell_faults(row)
    if row.cells[UNCHANGED] == YES and any(row.cells[name] != stands[name] for name in CARRIED):
        faults.append(
            "It says that nothing changed, and other cells differ. Clear that cell, or undo the others."
        )
    update = None
    if not faults:
        try:
            update = checked(_content(row, now, stands, period, due, today))
        except RecordsError as problem:
            faults.append(str(problem))
    cautions = () if update is None else _cautions(now, update)
    return RowChange(row.id, now.title, differences, tuple(faults), update, now.revision, cautions)


def _cautions(now: Owed, update: QuarterlyUpdate) -> tuple[str, ...]:
    """Return what is to be known of a row before it is saved."""
    carried = says_unchanged(now) if update.unchanged and not now.given else ""
    differences = evidence_text(update.model_dump()) or ""
    return tuple(filter(None, (carried, to_verify(now, update.delivery, differences))))


def _is_carried(name: str, row: WorkbookRow, stands: Mapping[str, str]) -> bool:
    """Return whether a cell was left empty and its evidence carried when the same workbook was saved before."""
    unchanged = row.cells[UNCHANGED] == stands[UNCHANGED] == YES
    return unchanged and name in ("evidence", "evidence_date") and not row.cells[name]


def _overtaken(edition: Edition, now: Owed, period: str) -> str:
    """Say who saved the update after the workbook was downloaded."""
    theirs = recorded_update(edition, now.id, period)
    if theirs is None:
        return "What was saved when the workbook was downloaded is not there any more. Download it again."
    return (
        f"{theirs.by} saved it at {wording.moment(theirs.at)}, after the workbook was downloaded. Compare the two, and write it on "
        "the page or download the workbook again."
    )


def _cell_faults(row: WorkbookRow) -> list[str]:
    found = []
    for each in COLUMNS:
        text = row.cells[each.name]
        if _UNSEEN.search(text):
            found.append(f"{each.heading}: there is an invisible character in it. Type the text again.")
        elif each.kind == CHOICE and text and text not in CHOICES[each.name]:
            found.append(
                f"{each.heading}: “{text[:60]}” is not in the list. Choose {wording.choices(list(CHOICES[each.name]))}."
            )
        elif each.kind == DAY and text and not _is_day(text):
            found.append(f"{each.heading}: “{text[:60]}” is not a day. Write it like 31/03/2026.")
        elif (
            each.kind == NUMBER
            and text
            and not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_MINUTES)
        ):
            found.append(
                f"{each.heading}: “{text[:60]}” is not a number of minutes. Write it like 5, or leave it empty."
            )
    if row.cells[UNCHANGED] == YES and not row.cells["note"]:
        found.append("There is nothing from the quarter before that could be unchanged. Say what happened.")
    return found


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _content(
    row: WorkbookRow, now: Owed, stands: Mapping[str, str], period: str, due: date, today: date
) -> dict[str, Any]:
    """Return what is recorded of a row: of cells that were left as they are, what stands, to the letter."""
    typed: dict[str, Any] = {}
    for each in COLUMNS:
        text = row.cells[each.name]
        if text == stands[each.name] and each.kind != DAY:
            typed[each.name] = now.content.get(each.name)
        elif each.kind == CHOICE:
            typed[each.name] = CHOICES[each.name].get(text)
        elif each.kind == NUMBER:
            typed[each.name] = int(text) if text else None
        else:
            typed[each.name] = text or None
    file = now.content.get("file")
    if typed[UNCHANGED] and not now.given and not typed["evidence"] and now.shown_by:
        dated = now.shown_by["evidence_date"]
        typed |= {
            "evidence": now.shown_by["evidence"],
            "evidence_date": None if dated is None else str(dated)[:10],
        }
        file = now.shown_by["file"]
    return {
        **typed,
        UNCHANGED: bool(typed[UNCHANGED]),
        "delivery": typed["delivery"] or "",
        "note": typed["note"] or "",
        "file": file,
        # A workbook has no columns for who wrote in whose place: what was said of it stands.
        "on_behalf_of": now.content.get("on_behalf_of"),
        "deputy": now.content.get("deputy"),
        "commitment": now.id,
        "directorate": now.directorate,
        "period": period,
        "due_on": due.isoformat(),
        "reported_on": today.isoformat(),
    }
