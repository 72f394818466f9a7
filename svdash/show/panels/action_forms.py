"""The forms of actions: agree one on an exception, say that it is done and what shows it, close it after a look at that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from svdash import wording
from svdash.access import identity
from svdash.editions import Edition
from svdash.findings.exceptions import exception_list
from svdash.findings.finding import Finding, records
from svdash.findings.progress import updates_owed
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import evidence_field, meeting_rights

if TYPE_CHECKING:
    from svdash.records.agreed_actions import Action, KeptAction

# By when an action is due unless another day is given: about the next quarterly meeting.
_USUAL_DAYS: Final = 90
_NONE: Final = ""
# Who may take which step. Whoever owns an action says that it is done; somebody else looks at the evidence and closes it.
_AGREE: Final = (identity.OFFICER, identity.BOARD, identity.EDITOR)
_CLOSE: Final = (identity.EDITOR, identity.BOARD)


def show(edition: Edition, found: Finding, actions: tuple[KeptAction, ...]) -> None:
    """Draw the forms: for a new action, and for each one that is not over."""
    with st.expander("Agree an action"):
        _new(edition, found)
    kept = [each for each in actions if not each.action.is_over]
    over = [each for each in actions if each.action.is_over]
    if kept:
        with st.expander(f"Open actions: {wording.number(len(kept))}"):
            for each in kept:
                _running(edition, each)
    if over:
        with st.expander(f"Actions that ended: {wording.number(len(over))}"):
            for each in reversed(over):
                _came_back(each)


def _new(edition: Edition, found: Finding) -> None:
    """Draw the form of a new action."""
    rows = [row for row in records(found.frame) if not row["item"]]
    about = {str(row["key"]): f"{row['label']}: {row['about']}" for row in rows}
    key = recording.key("action-new")
    chosen = st.selectbox(
        "Which exception it answers", [_NONE, *about], format_func=lambda each: about.get(each, "Something else"),
        index=1 if about else 0, key=f"{key}-about",
    )  # fmt: skip
    row = next((each for each in rows if each["key"] == chosen), None)
    with st.form(key, border=False):
        what = st.text_input("What is to be done", max_chars=500, key=f"{key}-what")
        left, right = st.columns([3, 2])
        posts = updates_owed.action_owners(edition, recording.today())
        owner = left.selectbox(
            "Owner", posts, index=posts.index(row["owner"]) if row and row["owner"] in posts else None,
            placeholder="Choose the post responsible", key=f"{key}-{chosen}-owner",
        )  # fmt: skip
        due = right.date_input(
            "By when", recording.today() + timedelta(days=_USUAL_DAYS), format="DD/MM/YYYY", key=f"{key}-due"
        )
        ask = st.text_input("What is asked of the meeting", max_chars=500, key=f"{key}-ask")
        shown = st.checkbox("Readers without a role see it", key=f"{key}-shown")
        if st.form_submit_button("Agree the action", type="primary"):
            given = {
                "about": chosen,
                "what": what,
                "owner": owner or "",
                "due": due,
                "ask": ask,
                "shown": shown,
            }
            recording.tried(partial(_agreed, given | {"commitments": _commitments(edition, row)}, key))


def _commitments(edition: Edition, row: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the commitment that an exception is about, if it is about one; of an indicator those that it is linked to."""
    framework = Framework.of(edition)
    if row is None:
        return ()
    if row["subject"] in set(framework.commitments["id"]):
        return (str(row["subject"]),)
    linked = framework.links.loc[framework.links["indicator"] == row["subject"], "commitment"]
    return tuple(map(str, linked))[:20]


def _running(edition: Edition, kept: KeptAction) -> None:
    """Draw an action that is not over, with the steps that can follow."""
    action, posts = kept.action, updates_owed.action_owners(edition, recording.today())
    standing = unturned(exception_list.standing(kept, stays=False))
    page.text(f" · {action.owner}, by {wording.day(action.due)} · {standing}", unturned(action.what))
    if action.owner not in posts:
        recording.say(
            unturned(f"{action.owner}: nobody holds this post now. Give the action another owner."), "warning"
        )
    if action.evidence or action.file:
        page.note(unturned(f"Evidence: {action.evidence or action.file}"))
    if action.file:
        evidence_field.take_away(action.file, f"{kept.item}-file")
    key = recording.key(f"{kept.item}-{kept.revision.number}")
    with st.popover("Done, move or withdraw" if action.state == "open" else "Close, open again or withdraw"):
        file = evidence_field.GivenFile(action.file)
        if action.state == "open":
            given = action.model_dump() | _fields(action, posts, key)
            file = evidence_field.ask(f"{key}-given", action.file)
        else:
            # What it was done on is looked at here, not changed.
            given = action.model_dump() | {"reason": _reason(action, key)}
        with st.container(horizontal=True):
            for step, label in _steps(action.state).items():
                roles = _AGREE if step in ("open", "done") else _CLOSE
                why = identity.why_not(*roles)
                if st.button(label, key=f"{key}-step-{step}", disabled=bool(why), help=plain(why) or None):
                    recording.tried(partial(_stepped, given | {"state": step}, file, kept, roles, key))


def _steps(state: str) -> dict[str, str]:
    """Return the steps that can follow a state, each with the label of its button."""
    if state == "open":
        return {"done": "It is done", "open": "Save the changes", "withdrawn": "Withdraw it"}
    return {"closed": "Close it", "open": "Open it again", "withdrawn": "Withdraw it"}


def _fields(action: Action, posts: tuple[str, ...], key: str) -> dict[str, Any]:
    """Draw what may change of an action that is open, and return what the fields hold."""
    owner = st.selectbox(
        "Owner", posts, index=posts.index(action.owner) if action.owner in posts else None,
        placeholder="Choose the post responsible", key=f"{key}-owner",
    )  # fmt: skip
    left, right = st.columns(2)
    return {
        "owner": owner or "",
        "due": left.date_input("By when", action.due, format="DD/MM/YYYY", key=f"{key}-due"),
        "done_on": right.date_input("Done on", action.done_on or recording.today(), format="DD/MM/YYYY", key=f"{key}-done_on"),
        "evidence": st.text_input("What shows that it was done", action.evidence or "", max_chars=500, key=f"{key}-evidence") or None,
        "reason": _reason(action, key),
        "shown": st.checkbox("Readers without a role see it", action.shown, key=f"{key}-shown"),
    }  # fmt: skip


def _reason(action: Action, key: str) -> str:
    label = "Reason, to move, close, withdraw or open again"
    return st.text_input(label, action.reason, max_chars=500, key=f"{key}-reason")


def _came_back(kept: KeptAction) -> None:
    """Draw an action that is over: who ended it, when, and on what."""
    action, by = kept.action, kept.revision
    proof = f" Evidence: {action.evidence or action.file}." if action.is_evidenced else ""
    page.text(
        f" · {action.owner} · {action.state} by {by.by} on {wording.day(by.at.date())}: {unturned(f'{action.reason}.{proof}')}",
        unturned(action.what),
    )


def _agreed(given: Mapping[str, Any], key: str) -> str:
    by = recording.writer(*_AGREE)
    kept = meeting_rights.actions().save(given, None, by=by, view=page.this_view())
    recording.renew(key)
    return f"Agreed: {kept.action.what}, {kept.action.owner}, by {wording.day(kept.action.due)}."


def _stepped(
    given: dict[str, Any], file: evidence_field.GivenFile, kept: KeptAction, roles: tuple[str, ...], key: str
) -> str:
    by = recording.writer(*roles)
    # Everybody at the machine itself is this one user: there is nobody else who could close it.
    alone = by == identity.LOCAL_USER.identity
    whole = given | {"file": file.file.model_dump(mode="json") if file.file else None}
    if whole["state"] in ("open", "withdrawn"):
        whole["done_on"] = None
    log = meeting_rights.actions()
    # What is typed is looked at before a file is kept, and the file is on the disk before the history names it.
    log.check(whole, kept.revision, by=by, may_close_own=alone)
    file.keep()
    saved = log.save(whole, kept.revision, by=by, view=page.this_view(), may_close_own=alone)
    recording.renew(key)
    return f"{saved.action.what}: {exception_list.standing(saved, stays=False)}."
