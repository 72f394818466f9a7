"""Who looks after the commitments: without an owner, never reported on, or left alone for a quarter."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.progress.commitment_status import (
    common,
    in_words,
    nothing,
    select,
    status,
    status_by_commitment,
    when,
)
from svdash.findings.progress.delivery import COMMITMENT
from svdash.findings.spec import of_view
from svdash.register import Framework, View

# A commitment is reported on each quarter; after so many days without a report nobody seems to look after it.
UNTOUCHED_DAYS: Final = 90
NO_OWNER, SILENT_OWNER, NEVER, UNTOUCHED = "no-owner", "silent-owner", "never", "untouched"
WHY: Final = {
    NO_OWNER: "no owner",
    SILENT_OWNER: "its owner never reported on anything",
    NEVER: "never reported on",
    UNTOUCHED: "not reported on for {days} days",
}


@kept
def ownership(edition: Edition, view: View) -> Finding:
    """Return which commitments nobody looks after, each with the first reason that holds, in the order of ``WHY``."""
    framework = Framework.of(edition)
    rows = select(edition, view)
    told = in_words(edition, view, rows)
    whole = status_by_commitment(edition, view).loc[rows.index]
    silent = set(whole["lead"].dropna()) - set(whole.loc[whole["reported_on"].notna(), "lead"].dropna())
    days = (pd.Timestamp(framework.calendar.as_at(view.year)) - whole["reported_on"]).dt.days
    reasons = [
        _reason(row["lead"], after, silent) for row, after in zip(records(whole[["lead"]]), days, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "id": whole["id"],
            "title": whole["title"],
            "lead": told["lead"],
            "directorate_label": told["directorate_label"],
            "reason": reasons,
            "days": days.clip(lower=0).astype("Int64"),
            "reported": told["reported"],
            "status": status(framework),
        }
    )
    frame = frame[frame["reason"] != ""]
    frame["why"] = [
        WHY[row["reason"]].format(days="" if pd.isna(row["days"]) else row["days"]) for row in records(frame)
    ]
    order = {reason: place for place, reason in enumerate(WHY)}
    frame = frame.sort_values(
        ["reason", "days"],
        key=lambda column: column.map(order) if column.name == "reason" else -column.fillna(0),
        kind="stable",
        ignore_index=True,
    )
    return Finding(
        name="unattended",
        row_key=("id",),
        headline=_headline(len(frame), len(rows)),
        subtitle=f"Commitments without an owner, never reported on, or not for {UNTOUCHED_DAYS} days, {when(framework, view)}",
        frame=frame,
        columns={
            "id": "Id",
            "title": "Commitment",
            "lead": "Owner",
            "why": "Why it is here",
            "reported": "Last update",
            "directorate_label": "Directorate",
            "status": "Status",
        },
        leads=COMMITMENT,
        sentence=_sentence(frame),
        empty="" if len(frame) else _why_none(framework, view, rows),
        **common(edition, view),
    )


def _reason(lead: Any, days: float, silent: set[str]) -> str:
    """Return why nobody seems to look after a commitment; empty if somebody does."""
    if pd.isna(lead):
        return NO_OWNER
    if pd.isna(days):
        return SILENT_OWNER if lead in silent else NEVER
    return UNTOUCHED if days > UNTOUCHED_DAYS else ""


def _headline(found: int, of: int) -> str:
    if not of:
        return "No commitment is reported on here"
    if not found:
        return f"Somebody looks after {'the commitment' if of == 1 else f'all {of} commitments'}"
    if of == 1:
        return "Nobody seems to look after the commitment"
    return f"Nobody seems to look after {found} of {wording.count(of, 'commitment')}"


def _sentence(frame: pd.DataFrame) -> str:
    """Say how many stand there for which reason."""
    labels = {
        NO_OWNER: ("has no owner", "have no owner"),
        SILENT_OWNER: ("has an owner who never reported", "have an owner who never reported"),
        NEVER: (
            "was never reported on by an owner who did on others",
            "were never reported on by owners who did on others",
        ),
        UNTOUCHED: (
            f"was not reported on for more than {UNTOUCHED_DAYS} days",
            f"were not reported on for more than {UNTOUCHED_DAYS} days",
        ),
    }
    numbers = frame["reason"].value_counts()
    parts = [
        f"{numbers[reason]} {one if numbers[reason] == 1 else several}"
        for reason, (one, several) in labels.items()
        if reason in numbers
    ]
    return f"{wording.sentence(wording.listing(parts, len(parts)))}." if parts else ""


def _why_none(framework: Framework, view: View, rows: pd.DataFrame) -> str:
    if rows.empty:
        return nothing(framework, view)
    return f"Every commitment here has an owner and an update of the last {UNTOUCHED_DAYS} days, {when(framework, view)}."


SPECS: Final = (of_view("unattended", "Commitments that nobody seems to look after", ownership),)
