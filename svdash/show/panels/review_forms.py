"""What an owner says of their practices and accreditations: in place, changed or lapsed. Editors publish it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.editions import Edition
from svdash.findings.progress import practices_due
from svdash.findings.progress.practices_due import ToReview
from svdash.records import History, connect
from svdash.records.practice_reviews import KeptReview, PracticeReviews, review_item
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import evidence_field, who_writes


def show(edition: Edition, owner: str, today: date, not_mine: str = "") -> None:
    """Draw what an owner reviews, the most urgent first; nothing where there is none.

    Args:
        edition: the one with what was saved last.
        owner: the post.
        today: the day.
        not_mine: why who is at the browser may not write for the owner, as a sentence; empty if they may.
    """
    due = practices_due.to_review(edition, owner)
    if not due:
        return
    page.heading(
        practices_due.headline(due, today),
        "Say of each whether it is in place, changed or lapsed; readers see it once an editor has published it",
    )
    known = {each.review.item: each for each in editions.reviews(edition)}
    for each in due:
        kept = known.get(review_item(each.practice, each.accreditation))
        form = st.expander(
            plain(each.label(today)),
            key=f"review-of-{each.practice}-{each.accreditation}",
            on_change="rerun",
        )
        # The fields of a review that nobody opens are not drawn: an owner may have many.
        if form.open:
            with form:
                _form(each, kept, owner, today, not_mine)


def _form(each: ToReview, kept: KeptReview | None, owner: str, today: date, not_mine: str) -> None:
    """Draw the form of one practice, what was said last, and its publication."""
    parent = kept.revision.number if kept else None
    key = recording.key(f"review-{each.practice}-{each.accreditation}-{parent or 0}")
    if kept is not None:
        _last(kept, key)
    left, right = st.columns(2)
    given: dict[str, Any] = {
        "practice": each.practice,
        "accreditation": each.accreditation,
        "reviewed_on": today,
        "standing": left.selectbox(
            "Where it stands", list(wording.STATE), format_func=lambda code: wording.STATE[code], key=f"{key}-standing"
        ),
        "until": right.date_input(
            "Holds until" if each.accreditation else "Next review", None, format="DD/MM/YYYY", key=f"{key}-until"
        ),
        "note": st.text_area("What the review found", max_chars=2000, height=70, key=f"{key}-note"),
        "evidence": st.text_input(
            "Evidence", max_chars=500, key=f"{key}-evidence", help="A link, or the name and place of a paper."
        )
        or None,
    }  # fmt: skip
    file = evidence_field.ask(f"{key}-file", None)
    if st.button(
        "Save the review", key=f"{key}-save", type="primary", disabled=bool(not_mine), help=plain(not_mine) or None
    ):  # fmt: skip
        recording.tried(partial(_saved, given, file, parent, key, owner))


def _last(kept: KeptReview, key: str) -> None:
    review, by = kept.review, kept.revision.by
    state = "published" if review.state == "published" else "a draft"
    page.note(
        f"Last review: {wording.STATE[review.standing]}, {wording.day(review.reviewed_on)}, {state}, by {by}. {review.note}"
    )
    if review.file is not None:
        evidence_field.take_away(review.file, f"{key}-last")
    if review.state != "published":
        why = identity.why_not(identity.EDITOR)
        what = "Everybody reads the review from then on: it is shown above what the register said before."
        if recording.asked_twice("Publish", what, key=f"{key}-publish", why=why):
            recording.tried(partial(_published, kept))


def _saved(
    given: dict[str, Any], file: evidence_field.GivenFile, parent: int | None, key: str, owner: str
) -> str:
    by = recording.writer(identity.OFFICER)
    who_writes.check_owner(owner, given["reviewed_on"])
    review = PracticeReviews(History(connect()))
    # What is typed is looked at before a file is kept, and the file is on the disk before the history names it.
    whole = {**given, "file": file.file.model_dump(mode="json") if file.file else None}
    review.check(whole, parent)
    file.keep()
    review.save(whole, parent, by=by, view=page.this_view())
    recording.renew(key)
    return f"The review of {given['accreditation'] or given['practice']} is saved as a draft."


def _published(kept: KeptReview) -> str:
    by = recording.writer(identity.EDITOR)
    content = {**kept.review.model_dump(mode="json"), "state": "published"}
    PracticeReviews(History(connect())).save(content, kept.revision.number, by=by, view=page.this_view())
    return f"The review of {kept.review.accreditation or kept.review.practice} is published."
