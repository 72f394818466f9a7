"""The actions that a meeting agreed: each with its owner, its date and what is asked, and the form to agree another."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from svdash import editions, wording
from svdash.findings.exceptions import exception_list
from svdash.findings.finding import Finding
from svdash.findings.progress import updates_owed
from svdash.findings.progress.meeting_agenda import Item
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import typed_html
from svdash.show.panels import meeting_rights

if TYPE_CHECKING:
    from svdash.records.agreed_actions import KeptAction

_NONE = "no single finding"


def of(meeting: str) -> tuple[KeptAction, ...]:
    """Return the actions of a meeting that were not withdrawn, the one due first first."""
    from svdash.records.agreed_actions import WITHDRAWN

    every = meeting_rights.actions().newest()
    return tuple(each for each in every if each.action.meeting == meeting and each.action.state != WITHDRAWN)


def listed(found: tuple[KeptAction, ...]) -> str:
    """Write actions as a list in HTML; empty for none."""
    items = "".join(
        f"<li><strong>{typed_html(each.action.what)}</strong><br>{typed_html(_of(each))}</li>"
        for each in found
    )
    return f'<ul class="sv-minutes">{items}</ul>' if items else ""


def _of(kept: KeptAction) -> str:
    action = kept.action
    ask = f"asks: {action.ask}" if action.ask else ""
    parts = [
        action.owner,
        f"by {wording.day(action.due)}",
        "" if action.state == "open" else action.state,
        ask,
    ]
    return " · ".join(filter(None, parts))


def form(meeting: str, items: tuple[Item, ...], about: str = "") -> None:
    """Draw the form that agrees an action.

    Args:
        meeting: the item of the meeting.
        items: the findings of its agenda.
        about: the key of the finding that is looked at.
    """
    key = recording.key(f"action-{meeting}")
    owners = updates_owed.action_owners(editions.current(), recording.today())
    headlines = _subjects(items)
    keys = ["", *headlines]
    register = Framework.of(editions.current()).commitments
    names = {str(each.id): f"{each.id} {each.title}" for each in register.itertuples()}
    with st.form(key, border=False):
        what = st.text_input("What is to be done", max_chars=500, key=f"{key}-what")
        left, middle, right = st.columns([4, 3, 5])
        owner = left.selectbox(
            "Owner", owners, index=None, placeholder="Choose the post responsible", key=f"{key}-owner",
            help="A post of the register or of the list of people that somebody holds. Posts are named, not people.",
        )  # fmt: skip
        due = middle.date_input("By when", None, format="DD/MM/YYYY", key=f"{key}-due")
        finding = right.selectbox(
            "About which finding or exception", keys, index=keys.index(about) if about in keys else 0,
            format_func=lambda each: headlines.get(each, _NONE.capitalize()), key=f"{key}-about{about}",
        )  # fmt: skip
        left, right = st.columns([7, 5])
        ask = left.text_input("What is asked of the meeting", max_chars=500, key=f"{key}-ask")
        commitments = right.multiselect(
            "Commitments", list(names), format_func=lambda each: names[each], max_selections=20, key=f"{key}-commitments"
        )  # fmt: skip
        if st.form_submit_button("Agree the action", key=f"{key}-save", type="primary"):
            own = exception_list.commitments(_exceptions(items), finding)
            given = {
                "what": what, "owner": owner or "", "due": due, "about": finding, "ask": ask, "meeting": meeting,
                "commitments": tuple(dict.fromkeys((*own, *commitments))),
            }  # fmt: skip
            recording.tried(partial(_saved, given, key))


def _subjects(items: tuple[Item, ...]) -> dict[str, str]:
    """Return what an action may be about → its name: the findings of the agenda, each exception of theirs behind its list."""
    found: dict[str, str] = {}
    for place, item in enumerate(items, 1):
        found[item.key] = f"{place}. {item.headline}"
        if item.finding is not None and item.finding.name == exception_list.NAME:
            found |= exception_list.named(item.finding)
    return found


def _exceptions(items: tuple[Item, ...]) -> Finding | None:
    """Return the exceptions on the agenda; ``None`` where they are not on it."""
    found = (item.finding for item in items if item.finding is not None)
    return next((each for each in found if each.name == exception_list.NAME), None)


def _saved(given: dict[str, Any], key: str) -> str:
    from svdash.records import RecordsError

    by = recording.writer(*meeting_rights.WRITERS)
    if not isinstance(given["due"], date):
        raise RecordsError("By when: an action needs a date, or nobody knows when it is late. Choose one.")
    # Asked again: who held the post may have left since the list was drawn.
    if given["owner"] and given["owner"] not in updates_owed.action_owners(
        editions.current(), recording.today()
    ):
        raise RecordsError(
            f"Owner: nobody holds the post {given['owner']}, and the register does not name it. Choose one of the list."
        )
    kept = meeting_rights.actions().save(given, None, by=by, view=page.this_view())
    recording.renew(key)
    return f"{kept.action.what}: agreed, {kept.action.owner}, by {wording.day(kept.action.due)}."
