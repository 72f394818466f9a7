"""The first column of the workbench: the file or table that an indicator is worked out from, and its profile."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash import wording
from svdash.access import identity, server_places, tickets
from svdash.caching import memory
from svdash.jobs.background import Background, Progress
from svdash.records import RecordsError
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import workbench_choice, workbench_drafts, workbench_text
from svdash.workbench import brought_tables, incoming_files
from svdash.workbench.brought_errors import BroughtError, CancelledError, SheetChoiceError
from svdash.workbench.brought_reading import Asked
from svdash.workbench.indicator_draft import IndicatorDraft
from svdash.workbench.indicator_sources import is_file, open_tables
from svdash.workbench.known_places import Places
from svdash.workbench.pack_profile import profile_of
from svdash.workbench.profile import ColumnProfile, Profile
from svdash.workbench.remarks import FAIL, NOTE, WARN, Remark

if TYPE_CHECKING:
    from svdash.workbench.brought_tables import BroughtTable

# Streamlit holds what it takes in memory; larger files go the other way.
MOST_MEGABYTES: Final = 20
_TYPES: Final = ("csv", "tsv", "txt", "xlsx", "parquet", "geojson", "json", "gpkg")
_WORK: Final = "_workbench-reading-{}"
_SEEN: Final = "_workbench-seen"
_TOLD: Final = "_workbench-told-{}"
_PURPOSE: Final = "workbench-file"
_DATES: Final = {"": "as the file is", "dmy": "day first", "mdy": "month first"}
_COLUMNS: Final = ("Column", "What is in it")


@dataclass
class _Reading:
    """A file that is being read for a draft, in a thread that goes on when the browser is closed.

    Attributes:
        draft: the draft's id.
        file: where the file lies until it is read.
        asked: what a person said of it.
        work: how far it is.
        cancelled: set once it is not wanted any more.
    """

    draft: str
    file: Path
    asked: Asked
    work: Background = field(default_factory=lambda: Background(BroughtError))
    cancelled: threading.Event = field(default_factory=threading.Event)


def ask(now: page.Here, draft: IndicatorDraft) -> Mapping[str, str] | None:
    """Draw the column and return the draft's files, name → SHA-256; ``None`` while none is brought."""
    page.heading("Data", "A file of your own, or an open table of the data pack")
    work, told = _WORK.format(draft.id), _TOLD.format(draft.id)
    reading: _Reading | None = st.session_state.get(work)
    if reading is not None and not reading.work.state.running:
        _ended(draft, reading)
        reading = st.session_state.get(work)
    if st.session_state.get(told):
        recording.say(st.session_state.pop(told), "error")
    running = reading is not None and reading.work.state.running
    if running:
        _progress(draft.id)
    # What is worked with comes first, and how to take something else after it.
    chosen = bool(workbench_choice.table_of(workbench_text.standing(draft)))
    if chosen:
        _profile(now, draft)
    if not running:
        if chosen:
            st.markdown("**Another file or table**")
        _controls(now, draft, reading)
    if not chosen:
        _profile(now, draft)
    return workbench_text.files(draft) or None


def _ended(draft: IndicatorDraft, reading: _Reading) -> None:
    """Take over what came of a reading; keep it where a person has to choose a sheet."""
    state = reading.work.state
    if isinstance(state.problem, SheetChoiceError):
        return
    del st.session_state[_WORK.format(draft.id)]
    if isinstance(state.result, brought_tables.BroughtTable):
        _use(draft, state.result)
    elif not isinstance(state.problem, CancelledError):
        st.session_state[_TOLD.format(draft.id)] = str(state.problem)


def _use(draft: IndicatorDraft, table: BroughtTable) -> None:
    """Let a draft have a file, and name it in its text."""
    files = {**workbench_text.files(draft), table.name: table.sha256}
    workbench_text.replaced(
        draft, workbench_choice.with_table(workbench_text.standing(draft), table.name), files
    )
    st.rerun()


# -- bringing -----------------------------------------------------------------------------------------


def _controls(now: page.Here, draft: IndicatorDraft, reading: _Reading | None) -> None:
    """Draw what may be brought or chosen."""
    if reading is not None and isinstance(reading.work.state.problem, SheetChoiceError):
        _choose_sheet(now, reading, reading.work.state.problem)
        return
    asked = Asked(
        dates=st.session_state.get("workbench-dates", ""),
        totals="keep" if st.session_state.get("workbench-totals") else "",
    )
    given = st.file_uploader(
        f"File: CSV, Excel, Parquet, GeoJSON or GeoPackage, up to {MOST_MEGABYTES} MB",
        type=list(_TYPES),
        max_upload_size=MOST_MEGABYTES,
        key=f"workbench-file-{draft.id}",
    )
    if given is not None and st.session_state.get(_SEEN) != given.file_id:
        st.session_state[_SEEN] = given.file_id
        _lay_down(now, draft, given.name, given.getbuffer(), asked)
    _further(now, draft, asked)


def _lay_down(now: page.Here, draft: IndicatorDraft, name: str, content: memoryview, asked: Asked) -> None:
    try:
        by = recording.writer(identity.ANALYST, identity.EDITOR)
        with incoming_files.landing(by, name, len(content)) as coming:
            coming.out.write(content)
        _begin(now, draft.id, coming.file, asked)
    except (BroughtError, OSError) as problem:
        recording.say(str(problem), "error")


def _begin(now: page.Here, draft: str, file: Path, asked: Asked) -> None:
    """Begin to read a file beside this page, and draw the page anew with its bar."""
    reading, edition = _Reading(draft, file, asked), now.edition
    by = recording.writer(identity.ANALYST, identity.EDITOR)

    def work(progress: Progress) -> BroughtTable:
        def told(percent: int) -> None:
            if reading.cancelled.is_set():
                raise CancelledError(f"{file.name}: not read.")
            progress(max(percent, 0), 100)

        needed = False
        try:
            source = brought_tables.opened(file)
            return brought_tables.bring(source, asked, told, places=Places.of(edition), by=by)
        except SheetChoiceError:
            needed = True
            raise
        finally:
            # Here, since the browser may be closed by now.
            if not needed:
                incoming_files.take_away(file)

    reading.work.begin(work)
    st.session_state[_WORK.format(draft)] = reading
    st.rerun()


@st.fragment(run_every=1)
def _progress(draft: str) -> None:
    """Draw how far the reading for a draft is; once it is done, draw the page anew."""
    reading: _Reading | None = st.session_state.get(_WORK.format(draft))
    if reading is None or not reading.work.state.running:
        st.rerun()
        return
    state = reading.work.state
    words = f"Reading {reading.file.name}: {state.done}%" if state.done else f"Reading {reading.file.name}"
    st.progress(min(state.done, 100) / 100, plain(words))
    if st.button("Cancel", key="workbench-cancel", disabled=reading.cancelled.is_set()):
        reading.cancelled.set()
    st.caption("It goes on when this page is closed; the file is then under “Files brought earlier”.")


def _choose_sheet(now: page.Here, reading: _Reading, problem: SheetChoiceError) -> None:
    """Ask which of several tables of a file is meant."""
    chosen = st.selectbox(
        plain(f"Which table of {problem.name}?"),
        problem.sheets,
        index=None,
        placeholder="Choose one",
        key="workbench-sheet",
    )
    with st.container(horizontal=True):
        if st.button("Read it", key="workbench-read-sheet", disabled=chosen is None):
            said = Asked(chosen, reading.asked.dates, reading.asked.totals)
            _begin(now, reading.draft, reading.file, said)
        if st.button("Another file", key="workbench-other"):
            del st.session_state[_WORK.format(reading.draft)]
            incoming_files.take_away(reading.file)
            st.rerun()


def _further(now: page.Here, draft: IndicatorDraft, asked: Asked) -> None:
    """Draw the other ways: a large file, a file brought earlier, a table of the pack; and how files are read."""
    with st.expander(f"Larger files, up to {incoming_files.MOST_BYTES // 1024**2} MB"):
        _large(now, draft, asked)
    with st.expander("How dates and totals are read"):
        st.selectbox(
            "Dates such as 03/04/2024", list(_DATES), format_func=_DATES.__getitem__, key="workbench-dates"
        )
        st.checkbox("Keep rows of totals", key="workbench-totals")
        st.caption("It holds for the next file that is brought.")
    _earlier(draft)
    _pack_tables(now, draft)


def _large(now: page.Here, draft: IndicatorDraft, asked: Asked) -> None:
    person = identity.person()
    if person is None:
        return
    token = tickets.mint(_PURPOSE, person)
    st.link_button(
        "Send a large file",
        f"private/{_PURPOSE}?token={token}",
        help="Opens in a new tab; the link holds for five minutes, for one file",
    )
    st.caption("It goes to the server's disk piece by piece. Then choose it here:")
    came = incoming_files.arrived(person.identity)
    for file in came:
        size = incoming_files.size(file)
        if size is not None and st.button(
            plain(f"Read {file.name}, {wording.file_size(size)}"),
            key=f"workbench-arrived-{file.parent.name}",
        ):
            _begin(now, draft.id, file, asked)
    if not came:
        st.button("Look for files that came", key="workbench-look")


def _earlier(draft: IndicatorDraft) -> None:
    every = {each.sha256: each for each in _to_be_had()}
    if not every:
        return
    with st.expander(f"Files brought earlier ({len(every)})"):
        chosen = st.selectbox(
            "File",
            list(every),
            index=None,
            format_func=lambda each: (
                f"{every[each].name}, {wording.counted(every[each].rows, 'row')}, {each[:8]}"
            ),
            placeholder="Choose one",
            help="Your own, and those that an indicator on the workbench names",
            key=f"workbench-earlier-{draft.id}-{draft.turn}",
        )
        if chosen is not None and st.button("Work from this file", key="workbench-use"):
            _use(draft, every[chosen])
        if chosen is not None:
            _discarding(every[chosen])


def _to_be_had() -> list[BroughtTable]:
    """Return the files that this reader may work from: their own, and those that an indicator on the workbench names."""
    person = identity.person()
    named = {
        sha256
        for each in workbench_drafts.every()
        for kept in (each.newest, each.in_force)
        if kept is not None
        for sha256 in kept.version.files.values()
    }
    return [
        each
        for each in brought_tables.every()
        if each.sha256 in named or (person is not None and person.goes_by(each.by))
    ]


def _discarding(table: BroughtTable) -> None:
    """Draw the two buttons that take a file away: for whoever brought it, and editors."""
    person = identity.person()
    mine = person is not None and person.identity == table.by
    why = identity.why_not(
        identity.EDITOR, whose="Only the person who brought a file, or an editor, can remove it."
    )
    try:
        users = [
            each.newest.version.named
            for each in workbench_drafts.every()
            if table.sha256 in each.newest.version.files.values()
        ]
    except RecordsError as problem:
        page.note(server_places.for_visitors(str(problem)))
        return
    used = (
        f"{wording.every(users)} will have no figures without it." if users else "No saved indicator uses it."
    )
    said = f"{table.name} is removed for everybody, and comes back only when it is brought again. {used}"
    if recording.asked_twice(
        "Remove it for everybody", said, key="workbench-discard", why="" if mine else why
    ):
        recording.tried(partial(_discarded, table))


def _discarded(table: BroughtTable) -> str:
    if recording.writer(identity.ANALYST, identity.EDITOR) != table.by:
        recording.writer(identity.EDITOR)
    brought_tables.discard(table.sha256)
    return f"{table.name} is removed."


def _pack_tables(now: page.Here, draft: IndicatorDraft) -> None:
    chosen = st.selectbox(
        "Or a table of the data pack",
        open_tables(now.edition),
        index=None,
        placeholder="Choose one",
        key=f"workbench-table-{draft.id}-{draft.turn}",
    )
    if chosen is not None:
        workbench_text.replaced(
            draft,
            workbench_choice.with_table(workbench_text.standing(draft), chosen),
            workbench_text.files(draft),
        )
        st.rerun()


# -- the profile --------------------------------------------------------------------------------------


def _profile(now: page.Here, draft: IndicatorDraft) -> None:
    """Draw the profile of the table that the draft is worked out from; what to do where there is none."""
    name = workbench_choice.table_of(workbench_text.standing(draft))
    files = workbench_text.files(draft)
    try:
        if name in files:
            table = brought_tables.brought(files[name])
            _drawn(table.name, brought_tables.profiled(table))
        elif name and not is_file(name) and name in open_tables(now.edition):
            found: Profile = memory.shared.get(
                ("workbench profile", now.edition.fingerprint, name), lambda: profile_of(now.edition, name)
            )
            _drawn(name, found)
        elif name and is_file(name):
            page.empty(f"The definition names the file {name}, which was not brought here. Bring it above.")
        else:
            page.empty(
                "Nothing is chosen yet. Bring a file, or choose a table of the data pack: its profile is shown here."
            )
    except BroughtError as problem:
        page.empty(str(problem))


def _drawn(name: str, found: Profile) -> None:
    if found.personal:
        st.error(
            plain(
                f"Personal data is suspected in {wording.every(found.personal)}. Nothing that rests on this file can be agreed or published."
            )
        )
    many = (
        wording.counted(found.duplicates, "row that another repeats", "rows that others repeat")
        if found.duplicates
        else "no row twice"
    )
    st.markdown(
        f"**{plain(name)}**: {wording.counted(found.rows, 'row')}, {wording.counted(len(found.columns), 'column')}, {many}"
    )
    st.html(_table(name, found.columns))
    graver = [each for each in found.remarks if each.level != NOTE]
    if graver:
        st.html(_remarks(graver, "What to look at"))
    notes = [each for each in found.remarks if each.level == NOTE]
    if notes:
        with st.expander(f"Notes ({len(notes)})"):
            st.html(_remarks(notes, ""))


def _remarks(remarks: list[Remark], title: str) -> str:
    words = {FAIL: "Mend", WARN: "Look", NOTE: ""}
    items = "".join(
        f"<li>{f'<strong>{words[each.level]}:</strong> ' if words[each.level] else ''}{escape(each.words)} <small>{escape(each.remedy)}</small></li>"
        for each in remarks
    )
    head = f"<p><strong>{title}</strong></p>" if title else ""
    return f'<div class="sv-finding">{head}<ul>{items}</ul></div>'


def _table(name: str, columns: tuple[ColumnProfile, ...]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in _COLUMNS)
    rows = "".join(
        f"<tr><td><strong>{escape(each.name)}</strong><br><small>{_KINDS[each.kind]}</small></td><td>{escape(_inside(each))}</td></tr>"
        for each in columns
    )
    caption = f'<caption class="sv-unseen">The columns of {escape(name)}</caption>'
    return (
        f'<div class="sv-table"><div class="sv-scroll" tabindex="0" role="region" aria-label="Columns of {escape(name, quote=True)}">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


_KINDS: Final = {"number": "number", "text": "text", "truth": "yes or no", "day": "day"}


def _inside(column: ColumnProfile) -> str:
    """Write what a column holds: its places, range and most frequent values, and what is missing."""
    parts = [column.place] if column.place else []
    about = "" if column.exact else "about "
    if isinstance(column.least, float) and isinstance(column.greatest, float):
        parts.append(f"{wording.trimmed(column.least)} to {wording.trimmed(column.greatest)}")
        if column.quartiles:
            half = (column.quartiles[0], column.quartiles[-1])
            parts.append(f"half of them from {about}{' to '.join(map(wording.trimmed, half))}")
    elif isinstance(column.least, str):
        parts.append(f"{column.least} to {column.greatest}")
    else:
        parts.append(f"{about}{wording.number(column.distinct)} different")
    if column.common:
        parts.append(", ".join(f"{value} ({wording.number(rows)})" for value, rows in column.common))
    if column.small:
        parts.append(wording.counted(column.small, "small count"))
    if column.missing:
        parts.append(f"{wording.number(column.missing)} missing")
    return "; ".join(parts)
