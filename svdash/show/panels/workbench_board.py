"""The analysts' page: which draft, its data, its definition and what it shows, and its life below."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import RecordsError
from svdash.show.kit import controls, page, recording
from svdash.show.panels import (
    workbench_definition,
    workbench_drafts,
    workbench_file,
    workbench_life,
    workbench_results,
    workbench_text,
)
from svdash.workbench import criteria_for_change


def show(now: page.Here) -> None:
    """Draw the page; a sentence for those who may not try indicators out."""
    controls.hold(workbench_drafts.CHOSEN, "")
    why = identity.why_not(*workbench_drafts.WRITERS, whose="Analysts and editors try out new indicators.")
    if why:
        page.answer("Analysts try out new indicators here")
        page.empty(why)
        return
    try:
        _workbench(now)
    except RecordsError as problem:
        page.answer("Drafts can't be read now")
        page.empty(server_places.for_visitors(str(problem)))


def _workbench(now: page.Here) -> None:
    every = workbench_drafts.every()
    opened = workbench_drafts.asked_for(every)
    page.answer(workbench_drafts.headline(every, opened))
    recording.messages()
    with controls.line("drafts"):
        workbench_drafts.choose(every, opened)
    if opened is None:
        workbench_drafts.listed(every)
        return
    # What somebody else saved meanwhile is known only once it is read what is typed.
    notices, life = st.container(), st.container()
    left, middle, right = st.columns([4, 4, 5], gap="medium")
    draft = opened.draft
    with left:
        files = workbench_file.ask(now, draft) or {}
    workbench_text.hold_files(draft, files)
    draft = replace(draft, files=files)
    with middle:
        written, checks = workbench_definition.ask(now, draft)
    with notices:
        opened = workbench_drafts.keep(opened, replace(draft, text=workbench_text.standing(draft)), written)
    versions = workbench_drafts.log().of(draft.id) if opened.standing else ()
    # What is typed is kept before it is worked out, which takes longest.
    with right:
        stage = opened.standing.newest.version.stage if opened.standing else ""
        workbench_results.show(now, written, files, stage, criteria_for_change.when_written(versions))
    in_force = opened.standing.in_force if opened.standing else None
    agreed_as = in_force.version.code if in_force else ""
    refused = workbench_definition.check(now, draft, written, agreed_as, checks)
    # What can follow depends on what the checks say.
    with life:
        workbench_life.show(now, opened, versions, written, refused)
