"""The forum's page: the log and the testimony for everybody, and for those who may write the forms to add to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import forum_log
from svdash.register import ALL
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import voices

if TYPE_CHECKING:
    from svdash.records.champions_forum import ForumLog, LoggedEntry

_WRITERS = (identity.OFFICER, identity.BOARD, identity.EDITOR)


def show(now: page.Here) -> None:
    """Draw the page."""
    writes = not all(identity.why_not(role) for role in _WRITERS)
    edition = editions.drafting() if writes else now.edition
    log = forum_log.entries(edition, now.view.role, now.view.commitment)
    page.answer(forum_log.headline(log, whole=now.view.role == now.view.commitment == ALL))
    recording.messages()
    if writes:
        with st.expander("Log a challenge, a decision or good practice"):
            _form(now, None)
    for kind, (heading, _) in forum_log.KINDS.items():
        some = tuple(each for each in log if each.entry.kind == kind)
        if some:
            page.heading(heading)
        for each in some:
            st.html(voices.listed((each,)))
            if writes:
                with st.expander(plain(unturned(f"Answer, change or publish: {each.entry.title}"))):
                    _form(now, each)
    _testimony(now, writes=writes)


def _testimony(now: page.Here, *, writes: bool) -> None:
    page.heading(
        "What people told us", "Testimony of citizens and panels, with their consent and until it expires"
    )
    one = now.view.commitment if now.view.commitment in set(now.framework.commitments["id"]) else ""
    shown = forum_log.told_beside(now.edition, recording.today(), commitment=one)
    if shown:
        st.html(voices.quoted(shown))
        st.caption("Single voices, in their own words. They are not part of any figure.")
    else:
        page.empty("Nothing is shown today: no published testimony has consent that still holds.")
    if writes:
        # Imported for those who write: the libraries for records take a while to load.
        from svdash.show.panels import testimony_forms

        testimony_forms.show(now)


def _form(now: page.Here, logged: LoggedEntry | None) -> None:
    """Draw the form of an entry: a new one, or one that is logged, with its answer and the steps that can follow."""
    key = recording.key(logged.revision.item if logged else "forum-new")
    seen = st.session_state.setdefault(f"{key}-seen", logged.revision if logged else None)
    before = logged.entry if logged else None
    names = {str(each.id): f"{each.id} {each.title}" for each in now.framework.commitments.itertuples()}
    with st.form(key, border=False):
        left, middle, right = st.columns([3, 5, 3])
        kinds = {kind: one for kind, (_, one) in forum_log.KINDS.items()}
        given: dict[str, Any] = {
            "kind": left.selectbox(
                "What it is", list(kinds), format_func=lambda kind: kinds[kind],
                index=list(kinds).index(before.kind) if before else 0, key=f"{key}-kind",
            ),
            "raised_by": middle.text_input(
                "From which team or role", before.raised_by if before else "", max_chars=200, key=f"{key}-raised_by",
                help="Name no people: an entry stays in the history.",
            ),
            "on": right.date_input("Day", before.on if before else recording.today(), format="DD/MM/YYYY", key=f"{key}-on"),
            "title": st.text_input("Title", before.title if before else "", max_chars=200, key=f"{key}-title"),
            "text": st.text_area("Text", before.text if before else "", max_chars=4000, height=90, key=f"{key}-text"),
            "commitments": st.multiselect(
                "Commitments and practices", list(names), [each for each in before.commitments if each in names] if before else [],
                format_func=lambda each: names[each], max_selections=20, key=f"{key}-commitments",
            ),
        }  # fmt: skip
        if before is not None:
            given |= _answer(before, key)
        step = _steps(key, withdraws=before is not None)
    if step:
        recording.tried(partial(_saved, given, step, seen, key))


def _answer(before: Any, key: str) -> dict[str, Any]:
    """Draw the fields of the answer to a challenge and of a withdrawal, and return what they hold."""
    answer = st.text_area("Answer", before.answer, max_chars=4000, height=70, key=f"{key}-answer")
    left, middle, right = st.columns([4, 3, 5])
    return {
        "answer": answer,
        "answered_by": left.text_input("Answered by which team or role", before.answered_by, max_chars=200, key=f"{key}-by"),
        "answered_on": middle.date_input("Day of the answer", before.answered_on, format="DD/MM/YYYY", key=f"{key}-answered_on"),
        "reason": right.text_input("Why it is withdrawn, if it is", before.reason, max_chars=500, key=f"{key}-reason"),
    }  # fmt: skip


def _steps(key: str, *, withdraws: bool) -> str:
    """Draw what can be done with what the form holds, and return what is asked for; empty for nothing."""
    why = identity.why_not(identity.EDITOR)
    with st.container(horizontal=True):
        buttons = {
            "draft": st.form_submit_button("Save as a draft", key=f"{key}-draft"),
            "published": recording.asked_twice(
                "Publish",
                "Everybody reads the entry from then on, with what the form holds now.",
                key=f"{key}-published",
                why=why,
                button=st.form_submit_button,
            ),
        }
        if withdraws:
            buttons["withdrawn"] = recording.asked_twice(
                "Withdraw",
                "Readers no longer see the entry. That it was withdrawn, by whom and why, stays in the history.",
                key=f"{key}-withdrawn",
                why=why,
                button=st.form_submit_button,
            )
    return next((step for step, pressed in buttons.items() if pressed), "")


def _saved(given: Mapping[str, Any], step: str, seen: Any, key: str) -> str:
    """Record an entry, with the role that the step needs, and return what was done."""
    from svdash.records import ConflictError

    by = _by(step)
    try:
        logged = _log().save(
            {**given, "state": step, "reason": given.get("reason", "") if step == "withdrawn" else ""},
            seen, by=by, view=page.this_view(),
        )  # fmt: skip
    except ConflictError as conflict:
        # What was typed stays; saving again keeps it, after theirs was seen.
        st.session_state[f"{key}-seen"] = conflict.standing
        raise
    recording.renew(key)
    done = {
        "draft": "saved as a draft",
        "published": "published: readers see it now",
        "withdrawn": "withdrawn",
    }
    return f"{logged.entry.title}: {done[step]}."


def _by(step: str) -> str:
    """Return who writes. Publishing and withdrawing are for editors; officers, board and editors log and answer."""
    if step != "draft":
        return recording.writer(identity.EDITOR)
    person = identity.person()
    role = next((each for each in _WRITERS if person is not None and each in person.roles), identity.OFFICER)
    return recording.writer(role)


def _log() -> ForumLog:
    from svdash.records import History, connect
    from svdash.records.champions_forum import ForumLog as Log

    return Log(History(connect()))
