"""What is recorded and published, as tables: what the Champions' forum logged, and what reviews of practices said.

Pages tell these in words of their own; snapshots keep them as they were. Testimony is not among them: a person may take
their consent back, and what is kept under a hash can't be erased.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import editions, wording
from svdash.editions import Edition
from svdash.findings.finding import Finding
from svdash.findings.progress import forum_log
from svdash.register import View

FORUM: Final = {
    "kind": "What it is",
    "on": "Day",
    "title": "Title",
    "text": "Text",
    "raised_by": "From",
    "commitments": "Commitments and practices",
    "answer": "Answer",
    "answered_by": "Answered by",
    "answered_on": "Day of the answer",
}
REVIEWS: Final = {
    "practice": "Practice",
    "accreditation": "Accreditation",
    "standing": "Standing",
    "reviewed_on": "Reviewed",
    "until": "Next review",
    "note": "Note",
}


def forum(edition: Edition, view: View) -> Finding:
    """Return what the forum logged, of the view's role and commitment."""
    log = forum_log.entries(edition, view.role, view.commitment)
    rows = [
        {
            "item": each.revision.item,
            "kind": forum_log.KINDS[each.entry.kind][1],
            "on": each.entry.on,
            "title": each.entry.title,
            "text": each.entry.text,
            "raised_by": each.entry.raised_by,
            "commitments": ", ".join(each.entry.commitments),
            "answer": each.entry.answer,
            "answered_by": each.entry.answered_by,
            "answered_on": each.entry.answered_on,
        }
        for each in log
    ]
    return Finding(
        name="forum-log",
        headline=forum_log.headline(log),
        subtitle="What the Champions' forum logged and published",
        frame=_table(rows, ("item", *FORUM), ("on", "answered_on")),
        columns=FORUM,
        row_key=("item",),
        view=view,
        empty="" if rows else "Nothing is published.",
    )


def reviewed(edition: Edition, view: View) -> Finding:
    """Return what the reviews of practices and accreditations said that stand above the pack."""
    rows = [
        {
            "practice": each.review.practice,
            "accreditation": each.review.accreditation,
            "standing": wording.STATE[each.review.standing],
            "reviewed_on": each.review.reviewed_on,
            "until": each.review.until,
            "note": each.review.note,
        }
        for each in editions.reviews(edition)
    ]
    return Finding(
        name="practice-reviews",
        headline=f"{wording.sentence(wording.counted(len(rows), 'review'))} published"
        if rows
        else "No review is published",
        subtitle="Practices and accreditations, as they were last reviewed",
        frame=_table(rows, tuple(REVIEWS), ("reviewed_on", "until")),
        columns=REVIEWS,
        row_key=("practice", "accreditation"),
        view=view,
        empty="" if rows else "Nothing is published.",
    )


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...], days: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({name: "datetime64[s]" if name in days else "str" for name in columns})
