"""Testimony for those who write: recorded with consent and expiry, published, hidden again, and erased on request."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.findings.progress import forum_log
from svdash.records import History, connect
from svdash.records.testimonies import KeptTestimony, Testimonies
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import voices

_USUAL_DAYS: Final = 365


def show(now: page.Here) -> None:
    """Draw the form for new testimony, and of all that there is why readers see it or not, with what can be done."""
    with st.expander("Record testimony"):
        _form(now)
    for kept in editions.testimonies(editions.drafting()):
        hidden = forum_log.why_hidden(kept, recording.today())
        label = f"{kept.testimony.who}: {f'not shown, {hidden}' if hidden else 'shown'}"
        with st.expander(plain(unturned(label))):
            _one(kept)


def _form(now: page.Here) -> None:
    key, today = recording.key("testimony-new"), recording.today()
    names = {str(each.id): f"{each.id} {each.title}" for each in now.framework.commitments.itertuples()}
    measured = now.framework.indicators["title"].to_dict()
    with st.form(key, border=False):
        words = st.text_area("In their own words", max_chars=4000, height=90, key=f"{key}-words")
        left, right = st.columns([7, 3])
        given: dict[str, Any] = {
            "who": left.text_input(
                "Who said it", max_chars=200, key=f"{key}-who", help="Without a name: A member of the residents' panel."
            ),
            "heard_on": right.date_input("Heard on", today, format="DD/MM/YYYY", key=f"{key}-heard_on"),
            "commitments": st.multiselect(
                "Shown beside which commitments", list(names), format_func=lambda each: names[each], key=f"{key}-commitments"
            ),
            "indicators": st.multiselect(
                "Shown beside which indicators", list(measured), format_func=lambda each: f"{each} {measured[each]}", key=f"{key}-indicators"
            ),
        }  # fmt: skip
        left, middle, right = st.columns([4, 3, 3], vertical_alignment="bottom")
        given["consent"] = left.checkbox("They agreed that it is shown", key=f"{key}-consent")
        given["consent_on"] = middle.date_input(
            "Agreed on", None, format="DD/MM/YYYY", key=f"{key}-consent_on"
        )
        given["expires"] = right.date_input(
            "Shown until", today + timedelta(days=_USUAL_DAYS), format="DD/MM/YYYY", key=f"{key}-expires"
        )
        st.caption(
            "The words can be erased at any time. They are in no open data and no backup made after that."
        )
        pressed = st.form_submit_button("Record")
    if pressed:
        recording.tried(partial(_recorded, given, words, key))


def _recorded(given: dict[str, Any], words: str, key: str) -> str:
    by = recording.writer(identity.OFFICER)
    _testimonies().record(given, words, by=by, view=page.this_view())
    recording.renew(key)
    return f"What {given['who']} said is recorded. An editor publishes it."


def _one(kept: KeptTestimony) -> None:
    """Draw testimony and what can be done with it."""
    key = f"testimony-{kept.revision.item}-{kept.revision.number}"
    if kept.words is None:
        st.caption("The words were erased. Who erased them and why stays in the history.")
        return
    st.html(voices.quoted((kept,)))
    testimony, why = kept.testimony, identity.why_not(identity.EDITOR)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = f"Everybody reads these words until {wording.day(testimony.expires)}, or until consent is withdrawn."
        if testimony.state != "published" and recording.asked_twice(
            "Publish", what, key=f"{key}-publish", why=why
        ):
            recording.tried(partial(_changed, kept, identity.EDITOR, "published.", state="published"))
        if testimony.consent and st.button("Withdraw consent", key=f"{key}-consent"):
            # Whoever is told of it acts at once: nobody waits for an editor to hide it.
            changed = {"state": "withdrawn", "consent": False, "consent_on": None}
            recording.tried(
                partial(_changed, kept, identity.OFFICER, "consent is withdrawn, it is not shown.", **changed)
            )
        if not testimony.consent:
            _consent(kept, key)
        _expiry(kept, key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Why the words are erased", max_chars=500, key=f"{key}-reason")
        what = "Nobody can bring them back, and this testimony can't be shown any more. Who erased them and why stays."
        if recording.asked_twice("Erase the words for good", what, key=f"{key}-erase"):
            recording.tried(partial(_erased, kept, reason))


def _consent(kept: KeptTestimony, key: str) -> None:
    """Draw the day on which they agreed after all, and what records it; an editor publishes it after that."""
    agreed = st.date_input("Agreed on", None, format="DD/MM/YYYY", key=f"{key}-agreed", width=160)
    if st.button("Record their consent", key=f"{key}-consents"):
        changed = {"state": "draft", "consent": True, "consent_on": agreed}
        recording.tried(partial(_changed, kept, identity.OFFICER, "consent is recorded.", **changed))


def _expiry(kept: KeptTestimony, key: str) -> None:
    """Draw the day until which it is shown. Officers may shorten it; for longer, consent is asked anew and an editor decides."""
    testimony = kept.testimony
    expires = st.date_input(
        "Shown until", testimony.expires, format="DD/MM/YYYY", key=f"{key}-expires", width=160
    )
    if expires == testimony.expires:
        return
    changed, role, why = {"expires": expires}, identity.OFFICER, ""
    if kept.is_extended_by(testimony.model_copy(update=changed)):
        agreed = st.date_input("Agreed again on", None, format="DD/MM/YYYY", key=f"{key}-anew", width=160)
        role, why = identity.EDITOR, identity.why_not(identity.EDITOR)
        if agreed is not None:
            changed["consent_on"] = agreed
    if st.button("Change the day", key=f"{key}-change", disabled=bool(why), help=plain(why) or None):
        recording.tried(partial(_changed, kept, role, "the day is changed.", **changed))


def _changed(kept: KeptTestimony, role: str, done: str, **changed: Any) -> str:
    _testimonies().change(kept, by=recording.writer(role), view=page.this_view(), **changed)
    return f"What {kept.testimony.who} said: {done}"


def _erased(kept: KeptTestimony, reason: str) -> str:
    by = recording.writer(identity.OFFICER)
    _testimonies().erase(kept, reason, by=by, view=page.this_view())
    return f"The words of {kept.testimony.who} are erased. Backups made before still hold them."


def _testimonies() -> Testimonies:
    return Testimonies(History(connect()))
