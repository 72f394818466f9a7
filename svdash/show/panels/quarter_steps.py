"""Where a directorate's quarter stands on its way to its readers, and the steps that can follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from svdash import wording
from svdash.access import identity, server_places
from svdash.editions import Edition
from svdash.findings.progress import updates_owed
from svdash.records import History, RecordsError, Revision, connect, is_there
from svdash.records.quarterly_updates import LABELS, LOCKED, Quarter, QuarterlyUpdates, state_of
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import who_writes
from svdash.years import period_end

_STEPS: Final = {
    "submitted": ("Submit the quarter", "submitted: its updates are locked now"),
    "signed-off": ("Sign off", "signed off"),
    "published": ("Publish", "published: readers see it now"),
    "reopened": ("Reopen", "reopened: its updates can be changed"),
}
# What each step does, for whoever is about to take it.
_MEANS: Final = {
    "submitted": "After that nobody can change the quarter's updates unless an editor reopens it. It is signed off next.",
    "signed-off": "What was submitted is signed off as it is. An editor publishes it next.",
    "published": "Everybody can read these updates from then on, and they are in the open data. They stay locked.",
    "reopened": "Updates can be changed again. Readers keep what was published until the quarter is published again.",
}
# The directorate submits and signs off; what readers see is for editors.
_BY: Final = {"published": identity.EDITOR, "reopened": identity.EDITOR}
_BEFORE: Final = {"submitted": ("", "reopened"), "signed-off": ("submitted",), "published": ("signed-off",)}


@dataclass(frozen=True)
class Standing:
    """Where a directorate's quarter stands.

    Attributes:
        step: the last step; ``None`` where it is open and never was submitted.
        problem: why that is not known, as a sentence for readers; empty if it is.
    """

    step: Revision | None = None
    problem: str = ""

    def why_locked(self, period: str) -> str:
        """Return why updates of the quarter can't be changed now, as a sentence in Markdown; empty if they can."""
        state = state_of(self.step)
        return (
            plain(f"{period} is {LABELS[state]}. Have it reopened to change an update.")
            if state in LOCKED
            else ""
        )


def standing(directorate: str, period: str) -> Standing:
    """Return where a directorate's quarter stands: asked once for all that a page draws of it."""
    try:
        return Standing(updates_on_record().quarter(Quarter(period, directorate)) if is_there() else None)
    except RecordsError as problem:
        return Standing(problem=server_places.for_visitors(str(problem)))


def show(edition: Edition, directorate: str, period: str, found: Standing) -> None:
    """Draw where a directorate's quarter stands, and the steps that can follow."""
    framework, quarter = Framework.of(edition), Quarter(period, directorate)
    name = framework.vocabulary.label("directorate", directorate) if directorate else framework.authority.name
    if found.problem:
        page.empty(found.problem)
        return
    rows = framework.commitments
    mine = rows[rows["directorate"].fillna("") == directorate]
    page.heading(
        f"{name}, {period}: {_state_in_words(found.step)}", "Readers see a quarter once it is published"
    )
    state = state_of(found.step)
    key = f"quarter-{directorate}-{period}"

    def take(to: str, reason: str = "") -> str:
        updates = updates_on_record()
        by = recording.writer(role_of(to))
        if role_of(to) == identity.OFFICER:
            who_writes.check_one_of(mine["lead"].dropna(), recording.today())
        updates.step(
            quarter,
            to,
            updates={each: updates.newest(each, period) for each in mine["id"]},
            reason=reason,
            on=recording.today(),
            by=by,
            view=page.this_view(),
        )
        return f"{name}, {period}: {_STEPS[to][1]}."

    end = period_end(period)
    if state in _BEFORE["submitted"] and recording.today() <= end:
        st.caption(
            f"It can be submitted once the quarter has ended, after {wording.day(end)}. Until then updates are drafts."
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for to, (label, _) in _STEPS.items():
            if to == "reopened" or state not in _BEFORE[to]:
                continue
            why, counted = identity.why_not(role_of(to)), _counted(edition, quarter, to)
            if recording.asked_twice(label, f"{counted}{_MEANS[to]}", key=f"{key}-{to}", why=why):
                recording.tried(partial(take, to))
        if state in LOCKED and not identity.why_not(role_of("reopened")):
            reason = st.text_input("Why it is reopened", key=f"{key}-reason", max_chars=500)
            if recording.asked_twice(_STEPS["reopened"][0], _MEANS["reopened"], key=f"{key}-reopened"):
                recording.tried(partial(take, "reopened", reason))


def _counted(edition: Edition, quarter: Quarter, step: str) -> str:
    """Say how many commitments have an update, before the quarter is submitted: the others go without one."""
    if step != "submitted":
        return ""
    every = updates_owed.owed_by_directorate(edition, quarter.directorate, quarter.period)
    given = sum(each.given for each in every)
    return f"{wording.number(given)} of {wording.counted(len(every), 'commitment')} {'has' if given == 1 else 'have'} an update. "


def role_of(step: str) -> str:
    """Return the role that a step of a quarter needs."""
    return _BY.get(step, identity.OFFICER)


def updates_on_record() -> QuarterlyUpdates:
    """Return the updates on record. Raises ``RecordsError`` if the database can't be reached."""
    return QuarterlyUpdates(History(connect()))


def _state_in_words(step: Revision | None) -> str:
    if step is None:
        return "open"
    why = f" ({step.content['reason']})" if step.content["reason"] else ""
    return f"{LABELS[state_of(step)]} by {step.by} on {wording.day(step.at.date())}{why}"
