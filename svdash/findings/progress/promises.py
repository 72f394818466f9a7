"""What became of the promises from day one: one line each, by section of the Framework, most complete first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.progress.commitment_status import (
    common,
    in_words,
    kinds,
    nothing,
    select,
    status,
    when,
    within,
)
from svdash.findings.progress.delivery import COMMITMENT
from svdash.findings.spec import of_view
from svdash.register import DELIVERY_ORDER, Framework, View

DAY_ONE: Final = "day-one"
ON_COURSE: Final = ("complete", "substantial")
READ: Final = (
    "id",
    "title",
    "section",
    "delivery",
    "delivery_label",
    "reported_delivery",
    "overdue",
    "due",
    "lead",
)
COLUMNS: Final = {
    "id": "Id",
    "title": "Promise",
    "section_label": "Section",
    "delivery_label": "Delivery",
    "days_late": "Days late",
    "lead": "Owner",
    "status": "Status",
}


@kept
def promises(edition: Edition, view: View) -> Finding:
    """Return every promise from day one with where it stands and how late it is, in the Framework's sections.

    ``section_told`` says how many of its section are complete, ``hover`` what a mark of it stands for.
    """
    framework = Framework.of(edition)
    commitments = select(edition, view)
    rows = in_words(edition, view, commitments[commitments["kind"] == DAY_ONE], READ)
    as_at, labels = framework.calendar.as_at(view.year), framework.vocabulary.labels("section")
    shown = records(rows)
    for row in shown:
        row["days_late"] = (as_at - row["due"].date()).days if row["overdue"] else None
    order = _in_order(labels, shown)
    shown = [shown[place] for place in order]
    complete = {
        section: _complete(shown, section) for section in dict.fromkeys(row["section"] for row in shown)
    }
    rows = rows.iloc[order].assign(
        section_label=[labels.get(row["section"], row["section"]) for row in shown],
        days_late=pd.array([row["days_late"] for row in shown], dtype="Int64"),
        marker=["[z]" if row["days_late"] is None else "" for row in shown],
        status=status(framework),
        hover=[_hover(row) for row in shown],
        section_told=[complete[row["section"]] for row in shown],
    )
    kind = within(kinds(framework)[DAY_ONE])
    return Finding(
        name="promises",
        row_key=("id",),
        headline=_headline(rows, kind)
        if framework.calendar.begun(view.year)
        else f"No {kind} was reported on yet",
        subtitle=wording.sentence(when(framework, view)),
        frame=rows,
        columns=COLUMNS,
        leads=COMMITMENT,
        sentence=_sentence(rows) if len(rows) else "",
        alt=" ".join(f"{section}: {shown}." for section, shown in _sections(rows)),
        empty="" if len(rows) else _why_none(framework, view, commitments, kind),
        **common(edition, view),
    )


def _in_order(sections: Mapping[str, str], commitments: list[dict[str, Any]]) -> list[int]:
    """Return the places of rows: by section as the vocabulary has them, most complete first, what is overdue last of a step."""
    ranks = {code: place for place, code in enumerate(sections)}
    steps = {code: place for place, code in enumerate(DELIVERY_ORDER)}

    def key(place: int) -> tuple[int, int, bool, int]:
        row = commitments[place]
        return ranks.get(row["section"], len(ranks)), steps[row["delivery"]], bool(row["overdue"]), place

    return sorted(range(len(commitments)), key=key)


def _sections(rows: pd.DataFrame) -> list[tuple[str, str]]:
    first_rows = rows.drop_duplicates("section")
    return list(zip(first_rows["section_label"], first_rows["section_told"], strict=True))


def _complete(commitments: list[dict[str, Any]], section: str) -> str:
    of = [row["delivery"] for row in commitments if row["section"] == section]
    return f"{of.count('complete')} of {len(of)} complete"


def _hover(row: Mapping[str, Any]) -> str:
    """Say what a mark stands for: which promise, where it stands, and how late."""
    # Without the sign that stands before the word in a table.
    state = str(row["delivery_label"]).partition(" ")[2].casefold()
    late = "" if row["days_late"] is None else f", {wording.count(row['days_late'], 'day')} overdue"
    return f"{row['id']} {row['title']}: {state}{late}"


def _headline(rows: pd.DataFrame, kind: str) -> str:
    done = int(rows["delivery"].isin(ON_COURSE).sum())
    words = f"{done or 'None'} of {wording.count(len(rows), kind)} complete or substantial"
    return words if len(rows) else f"No {kind} here"


def _sentence(rows: pd.DataFrame) -> str:
    """Say how what is overdue goes with what is substantial, and which of that is complete but for its proof."""
    overdue = rows[rows["overdue"]]
    late, near = len(overdue), int((overdue["delivery"] == "substantial").sum())
    words = f"{late or 'None'} overdue"
    if near:
        words += f", {near} of them substantial" if late > 1 else " and substantial"
    unproven = int(((rows["reported_delivery"] == "complete") & (rows["delivery"] != "complete")).sum())
    if not unproven:
        return f"{words}."
    return f"{words}. {unproven} reported complete {'stays' if unproven == 1 else 'stay'} substantial until proven."


def _why_none(framework: Framework, view: View, commitments: pd.DataFrame, kind: str) -> str:
    if commitments.empty:
        return nothing(framework, view)
    return f"What is chosen is no {kind}: its state is on the page Commitments."


SPECS: Final = (of_view("promises", "Promises from day one and their state", promises),)
