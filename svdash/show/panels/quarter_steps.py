"""Where a directorate's quarter stands on its way to its readers, and the steps that can follow."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Final

import streamlit as st

from svdash import wording
from svdash.access import identity, server_places
from svdash.editions import Edition
from svdash.records import History, RecordsError, Revision, connect, is_there
from svdash.records.quarterly_updates import LABELS, LOCKED, Quarter, QuarterlyUpdates, state_of
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.years import period_end

_STEPS: Final = {
    "submitted": ("Submit the quarter", "submitted: its updates are locked now"),
    "signed-off": ("Sign off", "signed off"),
    "published": ("Publish", "published: readers see it now"),
    "reopened": ("Reopen", "reopened: its updates can be changed"),
}
# The directorate submits and signs off; what readers see is for editors.
_BY: Final = {"published": identity.EDITOR, "reopened": identity.EDITOR}
_BEFORE: Final = {"submitted": ("", "reopened"), "signed-off": ("submitted",), "published": ("signed-off",)}


def show(edition: Edition, directorate: str, period: str) -> None:
    """Draw where a directorate's quarter stands, and the steps that can follow."""
    framework, quarter = Framework.of(edition), Quarter(period, directorate)
    name = framework.vocabulary.label("directorate", directorate) if directorate else framework.authority.name
    try:
        step = _records().quarter(quarter) if is_there() else None
    except RecordsError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return
    rows = framework.commitments
    mine = list(rows.loc[rows["directorate"].fillna("") == directorate, "id"])
    page.heading(f"{name}, {period}: {_standing(step)}", "Readers see a quarter once it is published")
    state = state_of(step)
    key = f"quarter-{directorate}-{period}"

    def take(to: str, reason: str = "") -> str:
        updates = _records()
        today = datetime.now(UTC).date()
        updates.step(
            quarter,
            to,
            updates={each: updates.newest(each, period) for each in mine},
            reason=reason,
            on=today,
            by=recording.writer(role_of(to)),
            view=page.this_view(),
        )
        return f"{name}, {period}: {_STEPS[to][1]}."

    end = period_end(period)
    if state in _BEFORE["submitted"] and datetime.now(UTC).date() <= end:
        st.caption(
            f"It can be submitted once the quarter has ended, after {wording.day(end)}. Until then updates are drafts."
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for to, (label, _) in _STEPS.items():
            if to == "reopened" or state not in _BEFORE[to]:
                continue
            why = identity.why_not(role_of(to))
            if st.button(label, key=f"{key}-{to}", disabled=bool(why), help=plain(why) or None):
                recording.tried(partial(take, to))
        if state in LOCKED and not identity.why_not(role_of("reopened")):
            reason = st.text_input("Why it is reopened", key=f"{key}-reason", max_chars=500)
            if st.button(_STEPS["reopened"][0], key=f"{key}-reopened"):
                recording.tried(partial(take, "reopened", reason))


def why_locked(directorate: str, period: str) -> str:
    """Return why updates of a quarter can't be changed now, as a sentence in Markdown; empty if they can."""
    try:
        step = _records().quarter(Quarter(period, directorate)) if is_there() else None
    except RecordsError:
        # Where the quarter stands is said below, and why it is not known.
        return ""
    state = state_of(step)
    return (
        plain(f"{period} is {LABELS[state]}. Have it reopened to change an update.")
        if state in LOCKED
        else ""
    )


def role_of(step: str) -> str:
    """Return the role that a step of a quarter needs."""
    return _BY.get(step, identity.OFFICER)


def _records() -> QuarterlyUpdates:
    return QuarterlyUpdates(History(connect()))


def _standing(step: Revision | None) -> str:
    if step is None:
        return "open"
    why = f" ({step.content['reason']})" if step.content["reason"] else ""
    return f"{LABELS[state_of(step)]} by {step.by} on {wording.day(step.at.date())}{why}"
