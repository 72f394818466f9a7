"""A directorate's quarter as one workbook: taken away, filled in, brought back, and saved row by row."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from svdash import wording
from svdash.access import identity, server_places
from svdash.editions import Edition
from svdash.findings.progress import workbook_changes
from svdash.findings.progress.workbook_changes import RowChange
from svdash.records import RecordsError
from svdash.records.quarterly_updates import QuarterlyUpdate
from svdash.records.workbook_reading import read_apart
from svdash.records.workbook_writing import written
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, typed_html
from svdash.show.panels import quarter_steps, who_writes

_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_MEGABYTES = 5


def show(edition: Edition, directorate: str, period: str) -> None:
    """Draw how a directorate's quarter is taken away as a workbook, and what one that is brought back changes.

    Args:
        edition: the one with what was saved last.
        directorate: a code of the vocabulary.
        period: the quarter.
    """
    framework = Framework.of(edition)
    name = framework.vocabulary.label("directorate", directorate) if directorate else framework.authority.name
    key = f"workbook-{directorate}-{period}"
    with st.expander(plain(f"{name}, {period}, in one workbook")):

        def made() -> bytes:
            return written(workbook_changes.quarter_workbook(edition, directorate, period), name)

        # Written when the button is pressed, not each time the page is drawn.
        st.download_button(
            "Download the workbook", made, file_name=f"updates-{directorate}-{period.replace('/', '-').replace(' ', '-')}.xlsx",
            mime=_MEDIA, key=f"{key}-download", on_click="ignore",
        )  # fmt: skip
        given = st.file_uploader(
            "The workbook, filled in", type=["xlsx"], max_upload_size=_MOST_MEGABYTES, key=f"{key}-upload"
        )
        if given is None:
            st.caption("You see every difference before anything is saved, and choose row by row.")
            return
        try:
            found = _changes(edition, given.getvalue(), directorate, period)
        except RecordsError as problem:
            recording.say(server_places.for_visitors(f"Nothing was saved. {problem}"), "error")
            return
        if not found:
            st.info("Every row says what is saved already: there is nothing to save.")
            return
        leads, mine = _leads(edition), who_writes.posts(recording.today())
        chosen = [
            each for each in found if _chosen(each, f"{key}-{each.id}", mine.why_not(leads.get(each.id, "")))
        ]
        rows = wording.counted(len(chosen), "row")
        if st.button(f"Save {rows}", key=f"{key}-save", type="primary", disabled=not chosen):
            recording.tried(partial(_saved, edition, chosen, period))


def _changes(edition: Edition, content: bytes, directorate: str, period: str) -> tuple[RowChange, ...]:
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        file = Path(folder) / "updates.xlsx"
        file.write_bytes(content)
        workbook = read_apart(file)
    return workbook_changes.changes(edition, workbook, directorate, period, recording.today())


def _leads(edition: Edition) -> dict[str, str]:
    """Return commitment → its owner, of those that have one."""
    named = Framework.of(edition).commitments.dropna(subset="lead")
    return dict(zip(named["id"], named["lead"], strict=True))


def _chosen(change: RowChange, key: str, not_mine: str) -> bool:
    """Draw a row with what it changes, and return whether it is to be saved."""
    sound = not change.faults and not not_mine
    taken = st.checkbox(plain(f"{change.id} {change.title}"), value=sound, disabled=not sound, key=key)
    for fault in filter(None, (*change.faults, not_mine)):
        recording.say(fault, "warning")
    for caution in change.cautions:
        st.info(plain(caution))
    items = "".join(
        f"<li><strong>{typed_html(heading)}</strong>: {typed_html(before) or 'nothing'} → {typed_html(after) or 'nothing'}</li>"
        for heading, before, after in change.differences
    )
    st.html(f'<ul class="sv-minutes">{items}</ul>')
    return taken and sound


def _saved(edition: Edition, chosen: list[RowChange], period: str) -> str:
    by = recording.writer(identity.OFFICER)
    rows = _rows(edition, chosen)
    quarter_steps.updates_on_record().save(rows, by=by, view=page.this_view())
    # The fields of the page begin anew with what was saved.
    ours = tuple(f"update-{each.id}-{period}-" for each in chosen)
    for name in [str(each) for each in st.session_state if str(each).startswith(ours)]:
        del st.session_state[name]
    return f"{wording.counted(len(rows), 'row')} of the workbook saved as drafts of {period}."


def _rows(edition: Edition, chosen: list[RowChange]) -> list[tuple[QuarterlyUpdate, int | None]]:
    """Return what is saved, each with the revision that it follows: as the owner's deputy where who signed in is one."""
    leads, today = _leads(edition), recording.today()
    found = []
    for each in chosen:
        if each.update is not None:
            owner = leads.get(each.id, "")
            who_writes.check_owner(owner, today)
            deputy = who_writes.standing_in(owner, today)
            named = who_writes.named(deputy) if deputy else {}
            found.append((each.update.model_copy(update=named), each.parent))
    return found
