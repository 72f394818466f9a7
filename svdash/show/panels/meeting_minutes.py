"""What is minuted of a finding: the lines that stand, and for minute-takers the form to add, correct and take away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from svdash import wording
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, typed_html, typed_lines, unturned
from svdash.show.panels import meeting_rights

if TYPE_CHECKING:
    from svdash.records.meetings import KeptMinutes, MinuteLine

_WHOLE = "The finding as a whole"


def listed(lines: Sequence[MinuteLine]) -> str:
    """Write lines of the minutes as a list in HTML; empty for none."""
    items = "".join(
        f"<li><strong>{typed_html(meeting_agenda.about(line))}</strong><br>{typed_lines(line.text)}</li>"
        for line in lines
    )
    return f'<ul class="sv-minutes">{items}</ul>' if items else ""


def form(meeting: str, item: Item, kept: KeptMinutes | None) -> None:
    """Draw the form that adds a line to the minutes of a finding, and the lines that stand, each to correct or take away.

    Args:
        meeting: the item of the meeting.
        item: the finding.
        kept: its minutes as they are now; ``None`` where there are none.
    """
    seen = recording.seen_before(f"minutes-{meeting}-{item.key}", kept)
    key = recording.key(f"minute-{meeting}-{item.key}")
    rows = meeting_agenda.figures(item.finding) if item.finding is not None and not item.finding.empty else {}
    with st.form(key, border=False):
        left, right = st.columns([2, 5])
        kind = left.selectbox(
            "What it is", list(meeting_agenda.KINDS), format_func=lambda each: meeting_agenda.KINDS[each][0], key=f"{key}-kind"
        )  # fmt: skip
        row = right.selectbox(
            "About which figure", ["", *rows], format_func=lambda each: f"{each} · {rows[each]}" if each else _WHOLE, key=f"{key}-row"
        )  # fmt: skip
        text = st.text_area("What is minuted", max_chars=2000, height=90, key=f"{key}-text")
        if st.form_submit_button("Minute it", key=f"{key}-save", type="primary"):
            given = {"kind": kind, "text": text, "row": row, "figure": rows.get(row, "")}
            recording.tried(partial(_added, meeting, item.key, seen, given, key))
    # Also those that somebody else took out meanwhile: what was typed to correct them must not vanish unsaid.
    there = {line.id: line for each in (seen, kept) if each for line in each.minutes.lines}
    for line in there.values():
        _correct(meeting, item.key, seen, line)


def _correct(meeting: str, entry: str, seen: KeptMinutes | None, line: MinuteLine) -> None:
    """Draw the form that corrects a line, or takes it away; what stood there stays in the history."""
    key = recording.key(f"correct-{meeting}-{entry}-{line.id}")
    name = _typed(f"{key}-text", line.text)
    title = plain(unturned(f"Correct: {line.text[:80]}"))
    with st.expander(title, key=f"{key}-opens"), st.form(key, border=False):
        text = st.text_area("What is minuted", max_chars=2000, height=90, key=name)
        with st.container(horizontal=True):
            save = st.form_submit_button("Save", key=f"{key}-save")
            gone = st.form_submit_button("Take it out of the minutes", key=f"{key}-gone")
    if save or gone:
        recording.tried(partial(_corrected, meeting, entry, seen, line, text, key, gone=gone))


def _typed(name: str, now: str) -> str:
    """Return the name of a field that holds what is recorded now, unless something else was typed into it: that stays.

    A field with a value of its own would be a new one, and empty of what was typed, once somebody else changed the line.
    """
    held = f"_{name}-held"
    if st.session_state.get(name) in (None, st.session_state.get(held)):
        st.session_state[name] = st.session_state[held] = now
    return name


def _added(meeting: str, entry: str, seen: KeptMinutes | None, line: dict[str, Any], key: str) -> str:
    from svdash.records.meetings import FIELDS, MinuteLine
    from svdash.records.typed_fields import valid

    lines = [*(seen.minutes.lines if seen else ()), valid(MinuteLine, line, FIELDS)]
    _save(meeting, entry, lines, seen, "press the button again to add yours below it")
    recording.renew(key)
    return f"{meeting_agenda.about(lines[-1])}: minuted."


def _corrected(
    meeting: str, entry: str, seen: KeptMinutes | None, line: MinuteLine, text: str, key: str, *, gone: bool
) -> str:
    changed = [
        each.model_copy(update={"text": text}) if each.id == line.id else each
        for each in (seen.minutes.lines if seen else ())
        if not (gone and each.id == line.id)
    ]
    _save(
        meeting,
        entry,
        changed,
        seen,
        "do it again" if gone else f"correct it again; you had written “{text}”",
    )
    recording.renew(key)
    done = "taken out; the history keeps it" if gone else "corrected"
    return f"{meeting_agenda.about(line)}: {done}."


def _save(
    meeting: str, entry: str, lines: Sequence[MinuteLine], seen: KeptMinutes | None, next_step: str
) -> None:
    """Record minutes. Raises ``RecordsError`` that says what somebody else saved meanwhile."""
    from svdash.records import ConflictError, RecordsError
    from svdash.records.meetings import added_meanwhile

    by, log = recording.writer(*meeting_rights.WRITERS), meeting_rights.log()
    before = seen.revision if seen else None
    try:
        log.minute(meeting, entry, lines, before, by=by, view=page.this_view())
    except ConflictError as conflict:
        theirs, standing = added_meanwhile(conflict, before), conflict.standing
        said = f"minuted {meeting_agenda.lines_in_words(theirs)}" if theirs else "took a line out"
        who = f"{standing.by} {said}, at {wording.moment(standing.at)}" if standing else "Somebody else saved"
        raise RecordsError(
            f"{unturned(who)}, after you had opened these minutes. Nothing that you typed is lost: {next_step}."
        ) from conflict
