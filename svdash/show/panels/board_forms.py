"""The forms of the Board and the Equality Panels: a rating, a question; those of officers to answer, and of editors to publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.editions import Edition
from svdash.findings.progress import board_and_officers, updates_owed
from svdash.findings.progress.board_and_officers import ABOUT, COMMITMENT, QUESTION, RATING, STANCES
from svdash.records import ConflictError, History, connect
from svdash.records.board_views import BoardLog, BoardView, KeptView
from svdash.records.typed_fields import recorded
from svdash.register import DELIVERY_ORDER
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import board_list, who_writes

# What stands already of a rating that was typed, by the form in which it was typed.
_STANDS: Final = "_stands"


def beside(edition: Edition, about: str, key: str, found: tuple[KeptView, ...]) -> None:
    """Draw the forms for one thing: to rate it and to ask about it, and to answer and publish what there is."""
    if not identity.why_not(identity.BOARD):
        with st.expander("Rate it or ask about it, for the Board or a panel", key=f"board-new-{about}-{key}"):
            _new(edition, about, key)
    for each in found:
        _steps(edition, each)


def whole(edition: Edition) -> None:
    """Draw the form to rate or ask about anything, and what can be done with each rating and question there is."""
    if not identity.why_not(identity.BOARD):
        with st.expander("Rate or ask, for the Board or a panel", key="board-new"):
            left, right = st.columns([3, 9])
            about = left.selectbox(
                "What it is", list(ABOUT), format_func=lambda code: ABOUT[code], key="board-about"
            )
            names = board_and_officers.named(edition, about)
            key = right.selectbox(
                "About", list(names), format_func=lambda code: names[code], key=f"board-of-{about}"
            )
            if key is not None:
                _new(edition, about, key)
    for each in editions.board_views(edition):
        if each.view.state != "withdrawn":
            _steps(edition, each, told=True)


def to_answer(edition: Edition, owner: str, not_mine: str) -> None:
    """Draw, on my updates, what the Board waits for an owner to answer; nothing where there is nothing."""
    today = recording.today()
    found = board_and_officers.waiting(edition, owner, today)
    if not found:
        return
    page.heading(
        board_and_officers.waiting_in_words(found, today),
        "Readers see an answer once an editor has published it; what is not answered comes back next quarter",
    )
    for each in found:
        st.html(board_list.listed(edition, (each,)))
        if not_mine:
            continue
        form = st.expander("Answer", key=f"board-answer-{each.revision.item}", on_change="rerun")
        if form.open:
            with form:
                _reply(edition, each)


def _new(edition: Edition, about: str, key: str) -> None:
    """Draw the form of a rating or a question of one thing."""
    form = st.segmented_control(
        "What it is", [RATING, QUESTION], format_func=lambda code: {RATING: "A rating", QUESTION: "A question"}[code],
        default=RATING, required=True, key=f"board-form-{about}-{key}", label_visibility="collapsed",
    )  # fmt: skip
    stem, today = recording.key(f"board-{form}-{about}-{key}"), recording.today()
    names = board_and_officers.voices(edition)
    ended, running = updates_owed.quarters(today)
    with st.form(stem, border=False):
        left, middle, right = st.columns([4, 3, 3])
        given: dict[str, Any] = {
            "form": form, "about": about, "key": key, "on": today,
            "voice": left.selectbox("From", list(names), format_func=lambda code: names[code], key=f"{stem}-voice"),
            "period": middle.selectbox("Quarter", [ended, running], key=f"{stem}-period"),
        }  # fmt: skip
        if form == RATING:
            given |= _rating(about, stem)
        usual = None if form == RATING else today + timedelta(days=board_and_officers.USUAL_DAYS)
        given["reply_by"] = right.date_input(
            "Answer by", usual, format="DD/MM/YYYY", key=f"{stem}-reply_by", help="The day by which officers are asked to answer."
        )  # fmt: skip
        given["text"] = st.text_area(
            "Reason" if form == RATING else "Question", max_chars=2000, height=90, key=f"{stem}-text",
            help="Name no people: it stays in the history.",
        )  # fmt: skip
        pressed = st.form_submit_button("Save the rating" if form == RATING else "Ask")
        stands: KeptView | None = st.session_state.get(f"{_STANDS}-{stem}")
        replaces = stands is not None and _replaces(edition, stands)
    if pressed or replaces:
        recording.tried(partial(_saved, edition, given, stem, stands if replaces else None))


def _replaces(edition: Edition, stands: KeptView) -> bool:
    """Draw the rating that stands already and what replaces it, and return whether that was pressed."""
    recording.say(
        unturned(f"{_who(stands)}. Nothing of what you typed is saved yet: compare the two."), "warning"
    )
    st.html(board_list.listed(edition, (stands,)))
    return st.form_submit_button("Replace the rating that stands", help=_kept_with_it(stands) or None)


def _who(stands: KeptView) -> str:
    by, at = stands.revision.by, wording.moment(stands.revision.at)
    return f"In this quarter there is a rating already, last saved by {by} at {at}"


def _kept_with_it(stands: KeptView) -> str:
    answered = stands.view.reply and stands.view.state != "withdrawn"
    return "The officers' answer stays with it." if answered else ""


def _rating(about: str, stem: str) -> dict[str, Any]:
    """Draw the scales: of a commitment the officers' own, of all else whether it is seen as the figures show it."""
    if about != COMMITMENT:
        stance = st.selectbox(
            "Compared with what the figures say", list(STANCES), format_func=lambda code: STANCES[code], key=f"{stem}-stance"
        )  # fmt: skip
        return {"stance": stance}
    left, right = st.columns(2)
    return {
        "delivery": left.selectbox(
            "Delivery", [None, *DELIVERY_ORDER], format_func=lambda code: wording.DELIVERY.get(code or "", "Not rated"),
            key=f"{stem}-delivery", placeholder="Not rated",
        ),
        "confidence": right.selectbox(
            "Delivery confidence", [None, *wording.CONFIDENCE], format_func=lambda code: wording.CONFIDENCE.get(code or "", "Not rated"),
            key=f"{stem}-confidence", placeholder="Not rated",
        ),
    }  # fmt: skip


def _steps(edition: Edition, kept: KeptView, *, told: bool = False) -> None:
    """Draw what can be done with a rating or question: answered by officers, published and withdrawn by editors.

    ``told``: what it says is drawn too, where it does not stand right above.
    """
    view = kept.view
    title = (
        f"{board_and_officers.title(edition, view)}: {'a question' if view.form == QUESTION else 'a rating'}"
    )
    form = st.expander(
        plain(unturned(f"Answer or publish: {title}, {view.period}")),
        key=f"board-steps-{kept.revision.item}",
        on_change="rerun",
    )
    if not form.open:
        return
    with form:
        if told:
            st.html(board_list.listed(edition, (kept,)))
        if not identity.why_not(identity.OFFICER):
            _reply(edition, kept)
        key, why = f"board-{kept.revision.item}-{kept.revision.number}", identity.why_not(identity.EDITOR)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if view.state != "published" and recording.asked_twice(
                "Publish",
                "Everybody reads it from then on, with its answer if there is one.",
                key=f"{key}-publish",
                why=why,
            ):
                recording.tried(partial(_changed, kept, "published: readers see it now", state="published"))
            reason = st.text_input("Why it is withdrawn, if it is", max_chars=500, key=f"{key}-reason")
            if recording.asked_twice(
                "Withdraw", "Readers no longer see it. That it was withdrawn, by whom and why, stays in the history.",
                key=f"{key}-withdraw", why=why,
            ):  # fmt: skip
                recording.tried(partial(_changed, kept, "withdrawn", state="withdrawn", reason=reason))


def _reply(edition: Edition, kept: KeptView) -> None:
    """Draw the form of an officer's answer."""
    stem = recording.key(f"board-reply-{kept.revision.item}-{kept.revision.number}")
    with st.form(stem, border=False):
        reply = st.text_area("Answer", kept.view.reply, max_chars=4000, height=90, key=f"{stem}-reply")
        left, right = st.columns([7, 3])
        by = left.text_input(
            "Answered by which team or role",
            kept.view.replied_by,
            max_chars=200,
            key=f"{stem}-by",
            help="Name no people: it stays.",
        )
        on = right.date_input("Day of the answer", recording.today(), format="DD/MM/YYYY", key=f"{stem}-on")
        pressed = st.form_submit_button("Save the answer")
    if pressed:
        recording.tried(partial(replied, edition, kept, reply, by, on, stem))


def _saved(edition: Edition, given: Mapping[str, Any], stem: str, replaced: KeptView | None) -> str:
    """Record a rating or question. Where a rating stands already, have the page show it and ask: nothing is recorded then.

    Args:
        edition: what is looked at.
        given: what was typed.
        stem: the key of the form.
        replaced: the rating that was before the reader's eyes when they chose to replace it; ``None`` for a new one.
    """
    by, log, before = recording.writer(identity.BOARD), _log(), ""
    if replaced is not None and not _is_of(replaced.view, given):
        replaced = None
    try:
        if replaced is None:
            kept = log.save(given, None, by=by, view=page.this_view())
        else:
            kept = log.replace(replaced, given, by=by, view=page.this_view())
            before = f" The rating before it stays in the history. {_kept_with_it(replaced)}".rstrip()
    except ConflictError as conflict:
        if conflict.standing is None:
            raise
        stands = KeptView(recorded(BoardView, conflict.standing), conflict.standing)
        st.session_state[f"{_STANDS}-{stem}"] = stands
        # The form is drawn anew, with what was typed and what stands.
        st.rerun()
    st.session_state.pop(f"{_STANDS}-{stem}", None)
    recording.renew(stem)
    what = "rating" if kept.view.form == RATING else "question"
    title = board_and_officers.title(edition, kept.view)
    return f"{title}: the {what} is saved as a draft. Officers see it; an editor publishes it.{before}"


def _is_of(view: BoardView, given: Mapping[str, Any]) -> bool:
    """Return whether a rating is of the same thing, voice and quarter as what was typed; both may have been changed since."""
    return all(getattr(view, name) == given[name] for name in ("form", "about", "key", "voice", "period"))


def replied(
    edition: Edition, kept: KeptView, reply: str, replied_by: str, replied_on: date, stem: str
) -> str:
    """Record an officer's answer, and return what was done.

    Raises:
        RecordsError: who is at the browser answers for none of its owners, something can't be, or the database can't be reached.
    """
    by = recording.writer(identity.OFFICER)
    owners = board_and_officers.answered_by(edition, kept.view.about, kept.view.key)
    if owners:
        who_writes.check_one_of(owners, recording.today())
    answer = {"reply": reply, "replied_by": replied_by, "replied_on": replied_on, "state": "draft"}
    _log().change(kept, by=by, view=page.this_view(), **answer)
    recording.renew(stem)
    return "The answer is saved as a draft. An editor publishes it."


def _changed(kept: KeptView, done: str, **changed: Any) -> str:
    _log().change(kept, by=recording.writer(identity.EDITOR), view=page.this_view(), **changed)
    return f"{'The question' if kept.view.form == QUESTION else 'The rating'} is {done}."


def _log() -> BoardLog:
    return BoardLog(History(connect()))
