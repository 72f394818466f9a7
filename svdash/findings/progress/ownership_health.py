"""Who looks after the commitments: without an owner, an owner who left, never reported on, or left alone for a quarter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept, post_holders
from svdash.findings.finding import Finding, records
from svdash.findings.progress import update_burden
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

if TYPE_CHECKING:
    from svdash.records.people import PostHolder

# A commitment is reported on each quarter; after so many days without a report nobody seems to look after it.
UNTOUCHED_DAYS: Final = 90
NO_OWNER, LEFT, SILENT_OWNER, NEVER, UNTOUCHED = "no-owner", "left", "silent-owner", "never", "untouched"
WHY: Final = {
    NO_OWNER: "no owner",
    LEFT: "its owner left on {left}",
    SILENT_OWNER: "its owner never reported on any commitment",
    NEVER: "never reported on",
    UNTOUCHED: "not reported on for {days} days",
}


@kept
def ownership(edition: Edition, view: View) -> Finding:
    """Return which commitments nobody looks after, each with the first reason that holds, in the order of ``WHY``."""
    framework = Framework.of(edition)
    rows = select(edition, view)
    shown = in_words(edition, view, rows)
    every = status_by_commitment(edition, view)
    frame = _unattended(edition, view, shown, every.loc[rows.index], _silent(every))
    return Finding(
        name="unattended",
        row_key=("id",),
        headline=_headline(len(frame), len(rows)),
        subtitle=f"Commitments without an owner, with one who left, never reported on, or not for {UNTOUCHED_DAYS} days, {when(framework, view)}",
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
        caveats=(_known_people(edition), update_burden.burden_in_words(edition, view, frozenset(rows["id"]))),
        empty="" if len(frame) else _why_none(framework, view, rows),
        **common(edition, view),
    )


def how_many(edition: Edition, view: View) -> int:
    """Return how many commitments :func:`ownership` names."""
    return int(select(edition, view)["id"].isin(_all_unattended(edition, view.year)).sum())


@kept
def _all_unattended(edition: Edition, year: str) -> frozenset[str]:
    """Return the commitments that nobody looks after: whether one is depends on the year alone, which reason is told on the rest."""
    return frozenset(ownership(edition, View(year=year)).frame["id"])


def _silent(every: pd.DataFrame) -> frozenset[str]:
    """Return the owners who never reported, of the whole register: what is said of an owner holds for every role and filter."""
    owners = every.loc[every["lead"].notna(), ["lead", "reported_on"]]
    reported = owners.loc[owners["reported_on"].notna(), "lead"]
    return frozenset(owners["lead"]) - frozenset(reported)


def _unattended(
    edition: Edition, view: View, shown: pd.DataFrame, whole: pd.DataFrame, silent: frozenset[str]
) -> pd.DataFrame:
    """Return the commitments that nobody looks after with the reason, by reason and days since the last report.

    Args:
        edition: the data.
        view: of which year.
        shown: the commitments in words.
        whole: their delivery, confidence and last report.
        silent: the owners who never reported.
    """
    framework = Framework.of(edition)
    as_at = framework.calendar.as_at(view.year)
    gone = _vacant(edition, as_at)
    days = (pd.Timestamp(as_at) - whole["reported_on"]).dt.days
    reasons = [_reason(lead, after, silent, gone) for lead, after in zip(whole["lead"], days, strict=True)]
    frame = pd.DataFrame(
        {
            "id": whole["id"],
            "title": whole["title"],
            "lead": shown["lead"],
            "directorate_label": shown["directorate_label"],
            "reason": reasons,
            "days": days.clip(lower=0).astype("Int64"),
            "reported": shown["reported"],
            "status": status(framework),
        }
    )
    frame = frame[frame["reason"] != ""]
    frame["why"] = [
        WHY[row["reason"]].format(
            days="" if pd.isna(row["days"]) else row["days"],
            left=wording.day(gone[row["lead"]]) if row["lead"] in gone else "",
        )
        for row in records(frame)
    ]
    order = {reason: place for place, reason in enumerate(WHY)}
    return frame.sort_values(
        ["reason", "days"],
        key=lambda column: column.map(order) if column.name == "reason" else -column.fillna(0),
        kind="stable",
        ignore_index=True,
    )


def _vacant(edition: Edition, as_at: date) -> dict[str, date]:
    """Return the posts that everybody left whom the records know there, each with the last day of the last of them."""
    posts: dict[str, list[PostHolder]] = {}
    for each in post_holders(edition):
        posts.setdefault(each.post, []).append(each)
    return {
        post: max(each.left_on for each in holders if each.left_on)
        for post, holders in posts.items()
        if not any(each.holds(as_at) for each in holders)
    }


def _known_people(edition: Edition) -> str:
    """Say whether it is known who left."""
    if post_holders(edition):
        return "An owner has left where the list of people has nobody else in the post."
    return "Whether an owner has left is not known: nobody was entered in the list of people."


def _reason(lead: Any, days: float, silent: frozenset[str], gone: Mapping[str, date]) -> str:
    """Return why nobody seems to look after a commitment; empty if somebody does."""
    if pd.isna(lead):
        return NO_OWNER
    if lead in gone:
        return LEFT
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
        LEFT: ("has an owner who left", "have an owner who left"),
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
