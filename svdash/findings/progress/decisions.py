"""What a meeting has to decide, as questions; and what is reported done but not proven, which is paperwork."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.findings.finding import Finding, kept_by, records
from svdash.findings.progress.commitment_status import (
    METHOD,
    REQUIRED,
    common,
    in_words,
    none_of,
    nothing,
    select,
    status,
    when,
)
from svdash.findings.progress.delivery import COMMITMENT, changed
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, NONE, Framework, View
from svdash.years import year_end, year_of

LATE, RED, UNPROVEN = "late", "red", "unproven"
LISTS: Final = {LATE: "Late", RED: "Red or slipped back", UNPROVEN: "Done but unproven"}
# Months of notice that a new date leaves at least: a financial year that ends sooner is passed over.
NOTICE_MONTHS: Final = 3
_NEW_DATE: Final = (
    "A question proposes as a new date the end of the first financial year that is at least three months away; the meeting "
    "may choose another. Each commitment is in one list: what is reported complete and not proven needs papers, "
    "not a decision; of the rest, what is past its date is late, and what is red or has slipped back comes after it."
)
READ: Final = ("id", "title", "lead", "missing", "confidence", "overdue")
COLUMNS: Final = {
    "id": "Id",
    "question": "Question",
    "lead": "Owner",
    "days_late": "Days late",
    "next_step": "Next step the owner gives",
    "title": "Commitment",
    "list_label": "List",
    "why": "Why",
    "missing": "Missing to verify it",
    "status": "Status",
}


@kept_by("role", "commitment", "year", "compare")
def attention(edition: Edition, view: View, which: str = ALL) -> Finding:
    """What is late, red or slipped back, or done but unproven: all of it, or one of :data:`LISTS`."""
    framework = Framework.of(edition)
    rows, whole = _listed(edition, view), len(select(edition, view))
    shown = rows if which == ALL else rows[rows["list"] == which]
    return Finding(
        name="attention",
        row_key=("id",),
        params={"list": which},
        headline=_headline(rows, which, whole)
        if framework.calendar.begun(view.year)
        else "Nothing was reported on yet",
        subtitle=f"{_SUBTITLES[which]}; {when(framework, view)}",
        frame=shown,
        columns=_columns(which),
        leads=COMMITMENT,
        sentence=_sentence(rows, which, whole) if whole else "",
        empty="" if len(shown) else _calm(edition, view, which),
        **(common(edition, view) | {"method": f"{METHOD} {_NEW_DATE}"}),
    )


def _columns(which: str) -> dict[str, str]:
    """Return the columns of a list, those that decide first: in days late of what is not late there is nothing."""
    first = {
        LATE: ("id", "question", "title", "lead", "days_late", "next_step"),
        RED: ("id", "question", "title", "lead", "why", "next_step"),
        UNPROVEN: ("id", "question", "title", "lead", "missing", "next_step"),
    }.get(which, ())
    return {name: COLUMNS[name] for name in (*first, *(name for name in COLUMNS if name not in first))}


def _listed(edition: Edition, view: View) -> pd.DataFrame:
    """Return every commitment of the view that stands in a list, longest late first within each."""
    framework = Framework.of(edition)
    as_at = framework.calendar.as_at(view.year)
    rows = select(edition, view)
    commitments = records(rows)
    back = _slipped(edition, view)
    lists = [list_of(row, slipped=row["id"] in back) for row in commitments]
    days = [(as_at - row["due"].date()).days if row["overdue"] else None for row in commitments]
    questions = [
        question(row, of, new_date(as_at), slipped=row["id"] in back) if of else ""
        for row, of in zip(commitments, lists, strict=True)
    ]
    whys = [_why(row, of, late, back) for row, of, late in zip(commitments, lists, days, strict=True)]
    frame = in_words(edition, view, rows, READ).assign(
        list=lists,
        list_label=[LISTS.get(of, "") for of in lists],
        question=questions,
        why=whys,
        days_late=pd.array(days, dtype="Int64"),
        late_label=["" if late is None else f"{wording.count(late, 'day')} late" for late in days],
        next_step=rows["next_step"].fillna("none given"),
        marker=["" if late is not None else "[z]" for late in days],
        status=status(framework),
    )
    ranks = {name: place for place, name in enumerate(LISTS)}
    listed = [place for place, of in enumerate(lists) if of]
    # Longest late first; what is not late comes after it, by identifier.
    listed.sort(key=lambda place: (ranks[lists[place]], -(days[place] or 0), commitments[place]["id"]))
    return frame.iloc[listed]


def _slipped(edition: Edition, view: View) -> set[str]:
    """Return what stands lower than in the compared year; nothing where none is chosen."""
    if view.compare == NONE:
        return set()
    moved = changed(edition, view).frame
    return set(moved.loc[moved["direction"] == "back", "id"])


def list_of(row: Mapping[str, Any], *, slipped: bool) -> str:
    """Return in which list a commitment stands, empty for none: see :data:`_NEW_DATE`."""
    if row["reported_delivery"] == "complete" and row["missing"]:
        return UNPROVEN
    if row["overdue"]:
        return LATE
    return RED if slipped or row["confidence"] == "red" else ""


def new_date(as_at: date) -> str:
    """Write the month of the first financial year's end that is at least :data:`NOTICE_MONTHS` months after a day."""
    end = year_end(year_of(as_at))
    months = (end.year - as_at.year) * 12 + end.month - as_at.month
    return wording.month(end if months >= NOTICE_MONTHS else end.replace(year=end.year + 1))


def question(row: Mapping[str, Any], of: str, by: str, *, slipped: bool) -> str:
    """Write what has to be answered of a commitment; of what is unproven, which papers it lacks.

    ``row`` has ``id``, ``delivery``, ``confidence`` and ``missing``; ``by`` is a month that a new date may name.
    """
    code, delivery, red = row["id"], row["delivery"], row["confidence"] == "red"
    if of == UNPROVEN:
        return _proof(row)
    if of == LATE and delivery in ("not-started", "no-evidence"):
        return f"Start {code} and finish it by {by}, or stop it?"
    if of == LATE and delivery == "substantial" and not red:
        return f"Give {code} until {by} to finish, or close it as it is?"
    if of == LATE:
        return f"Extend {code} to {by}, or stop it?"
    if red:
        return f"Re-scope {code}{' and give it a date' if pd.isna(row['due']) else ''}, or stop it?"
    return f"Bring {code} back to where it stood by {by}, or accept that it slipped?" if slipped else ""


def _proof(row: Mapping[str, Any]) -> str:
    """Say what a commitment that is reported complete lacks, and whom that leaves to say it."""
    lacks = str(row["missing"]).split(", ")
    agreed = [words for words in lacks if words in REQUIRED.values()]
    if agreed:
        lacking = wording.every(agreed, "or")
        return f"What proves {row['id']}? Neither the Framework nor a plan gives {lacking}."
    return f"Where is the evidence for {row['id']}? It is reported complete with none."


def _why(row: Mapping[str, Any], of: str, late: int | None, back: set[str]) -> str:
    reasons = []
    if late is not None:
        reasons.append(f"{wording.count(late, 'day')} past its date")
    if of == UNPROVEN:
        reasons.append(f"reported complete, which needs {row['missing']}")
    if row["id"] in back:
        reasons.append("slipped back")
    if row["confidence"] == "red":
        reasons.append("red: not achievable as it is")
    return "; ".join(reasons)


_SUBTITLES: Final = {
    ALL: "Late, red or slipped back, done but unproven; longest late first",
    LATE: "Past their date and not complete; longest late first",
    RED: "In time, but not achievable as it is, or lower than in the compared year",
    UNPROVEN: "Reported complete, without what proves it: papers to bring, not a decision",
}


def needed(rows: pd.DataFrame, whole: int) -> str:
    """Say how many of all commitments asked for need a decision: what is unproven needs papers instead."""
    number = int((rows["list"] != UNPROVEN).sum())
    if whole < 2:
        return f"{wording.sentence(wording.count(number, 'decision'))} needed"
    return f"{number or 'None'} of the {wording.number(whole)} commitments {'need' if number > 1 else 'needs'} a decision"


def _headline(rows: pd.DataFrame, which: str, whole: int) -> str:
    counts = rows["list"].value_counts()
    late, red, unproven = (int(counts.get(name, 0)) for name in LISTS)
    one = {
        LATE: f"{wording.sentence(wording.count(late, 'decision'))} on what is late",
        RED: f"{wording.sentence(wording.count(red, 'decision'))} on what is red or slipped back",
        UNPROVEN: f"{wording.sentence(wording.count(unproven, 'commitment'))} reported complete and not proven",
    }
    if which != ALL:
        return one[which]
    if not len(rows):
        return f"{none_of(whole)} late, red, slipped back or unproven"
    words = needed(rows, whole)
    if late + red:
        words += f": {late or 'none'} late, {red or 'none'} red or slipped back"
    return f"{words}; {unproven}{' more' if late + red else ''} not proven" if unproven else words


def _sentence(rows: pd.DataFrame, which: str, whole: int) -> str:
    """Say how what is late here goes with all that is overdue: some of it is reported complete, and needs proof."""
    if which not in (ALL, LATE):
        return ""
    overdue = rows[rows["days_late"].notna()]
    unproven = int((overdue["list"] == UNPROVEN).sum())
    late = len(overdue) - unproven
    if not len(overdue):
        return f"{none_of(whole)} overdue."
    # The card beside it counts those of the first day alone.
    words = f"Overdue: {len(overdue)} of {wording.number(whole)}."
    if not unproven:
        return words
    if late:
        words += f" {late} {'needs' if late == 1 else 'need'} a decision,"
    return f"{words} {unproven} {'is reported complete and needs' if unproven == 1 else 'are reported complete and need'} proof."


def _calm(edition: Edition, view: View, which: str) -> str:
    """Say why nothing stands in a list."""
    commitments = select(edition, view)
    if commitments.empty:
        return nothing(Framework.of(edition), view)
    of = {ALL: "late, red, slipped back or unproven", LATE: "late", RED: "red or slipped back and in time"}
    return f"{none_of(len(commitments))} {of.get(which, 'reported complete without proof')}."


SPECS: Final = (
    Spec(
        "attention",
        "Questions to decide: what is late, red or slipped back; and what is done but unproven",
        lambda edition, view, given: attention(edition, view, given["list"]),
        parameters={"list": Parameter("One of the lists, or all", lambda _: (ALL, *LISTS), ALL)},
    ),
)
