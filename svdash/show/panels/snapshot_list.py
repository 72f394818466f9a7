"""The snapshots that were taken: to open, to compare two of them, and for editors to take one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from svdash import wording
from svdash.access import identity, server_places
from svdash.caching import memory
from svdash.findings import snapshot_taking
from svdash.findings.finding import SNAPSHOT
from svdash.findings.snapshots import SHORT, SnapshotError, listed, opened
from svdash.findings.snapshots.comparison import Comparison, EntryChange, RowChange, compared
from svdash.jobs.background import Background, Progress
from svdash.records import History, RecordsError, connect
from svdash.records.taken_snapshots import SnapshotLog, TakenSnapshot, content_of
from svdash.show.kit import controls, page, recording
from svdash.show.kit.page import Here
from svdash.show.kit.plain_text import plain
from svdash.tables import LinesError, PackError

# What the part asks for, by name in the address with the usual value.
CONTROLS: Final = {"before": "", "after": ""}
# Findings and rows of a comparison that are drawn; the command prints them all.
_FINDINGS, _ROWS = 60, 12
# One snapshot at a time, whoever takes it.
taking: Final = Background(SnapshotError, RecordsError, PackError, LinesError)
_BEGUN: Final = "_snapshot_begun"


def show(now: Here) -> None:
    """Draw the part of the page."""
    page.heading(
        "Snapshots",
        "Everything that the pages showed, kept with its figures. They open as they were, whatever happens to the data and the program.",
    )
    recording.messages()
    try:
        found = listed(withdrawn=True)
    except RecordsError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return
    if not identity.why_not(identity.EDITOR):
        _take(now)
    if not found:
        page.empty("No snapshot was taken yet. Editors take one here, or by python -m svdash snapshot.")
        return
    st.html(_table(found))
    if not identity.why_not(identity.EDITOR):
        _files(found)
    standing = [each for each in found if not each.withdrawn]
    if standing and not identity.why_not(identity.EDITOR):
        _withdrawal(standing)
    if len(standing) > 1:
        _compare(standing)


def _take(now: Here) -> None:
    """Draw how an editor takes a snapshot, and how far it is."""
    if taking.state.running:
        _progress()
        return
    _ended()
    chosen = {
        name: value for name, value in st.query_params.to_dict().items() if name in now.every_filter.params()
    }
    with st.form("snapshot-take", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of a new snapshot",
            max_chars=120,
            placeholder="Board, 14 January",
            width=420,
            key="snapshot-name",
        )
        pressed = st.form_submit_button(
            "Take a snapshot",
            type="primary",
            help="It takes less than a minute, and goes on when you leave the page.",
        )
    if chosen:
        page.note(
            f"It will hold the pages with these filters: {wording.every([f'{n} {v}' for n, v in chosen.items()])}."
        )
    if pressed:
        recording.tried(lambda: _begun(now, chosen, name))


def _begun(now: Here, chosen: Mapping[str, str], name: str) -> str:
    """Begin to take a snapshot, and say so."""
    by, view, edition = recording.writer(identity.EDITOR), page.this_view(), now.edition

    def work(progress: Progress) -> TakenSnapshot:
        return snapshot_taking.taken(edition, chosen, name=name, by=by, view=view, progress=progress)

    if not taking.begin(work):
        return "Somebody else takes a snapshot just now: wait until it is done."
    st.session_state[_BEGUN] = True
    return "The snapshot is being taken."


@st.fragment(run_every=1)
def _progress() -> None:
    """Draw how far the snapshot is; once it is done, draw the page anew."""
    state = taking.state
    if not state.running:
        st.rerun()
    share = state.done / state.of if state.of else 0.0
    st.progress(share, f"Taking a snapshot: {state.done} of {wording.counted(state.of, 'finding')}")


def _ended() -> None:
    """Say once, to whoever began it, how a snapshot ended."""
    if not st.session_state.pop(_BEGUN, False):
        return
    state = taking.state
    if state.problem is not None:
        recording.say(server_places.for_visitors(str(state.problem)), "error")
    elif isinstance(state.result, TakenSnapshot):
        outcome = "was there already, with the same content" if state.result.again else "is taken"
        recording.say(f"The snapshot “{state.result.name}” {outcome}: id {state.result.id[:SHORT]}…")


def _table(found: Sequence[TakenSnapshot]) -> str:
    """Write the snapshots, the newest first, each with the link that opens it."""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Name", "Taken", "Id", "Filters", "Findings", "Size")
    )
    rows = "".join(
        f"<tr><td>{_name(each)}</td>"
        f"<td>{wording.day(each.taken_at.date())}</td><td><code>{each.id[:SHORT]}</code></td><td>{escape(_filters(each))}</td>"
        f'<td class="sv-number">{wording.number(each.entries)}</td><td class="sv-number">{wording.file_size(each.size)}</td></tr>'
        for each in found
    )
    caption = '<caption class="sv-unseen">The snapshots that were taken, the newest first</caption>'
    return (
        '<div class="sv-table"><div class="sv-scroll" tabindex="0" role="region" aria-label="Snapshots">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def _name(each: TakenSnapshot) -> str:
    """Write the name of a snapshot with the link that opens it; without one where it was withdrawn, which is said."""
    if each.withdrawn:
        return f"{escape(each.name)}<br><small>{escape(each.withdrawn)}</small>"
    return f'<a href="./?{urlencode({SNAPSHOT: each.id})}" target="_self">{escape(each.name)}</a>'


def _filters(taken: TakenSnapshot) -> str:
    return ", ".join(f"{name} {value}" for name, value in taken.view.items()) or "as pages open"


def _files(found: Sequence[TakenSnapshot]) -> None:
    """Draw how an editor takes a file away: it holds figures finer than pages write them, so it is not for everybody."""
    with st.expander("The files, for editors"):
        page.note(
            "A file holds figures in more detail than the pages show: keep it as you keep the data pack. Its id proves that "
            "nothing in it was changed: unzip -p FILE manifest.json | sha256sum gives the id."
        )
        for each in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                _file(each)


def _file(each: TakenSnapshot) -> None:
    try:
        content = content_of(each.id)
    except RecordsError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return
    st.download_button(
        plain(f"{each.name}: {wording.file_size(len(content))}{', withdrawn' if each.withdrawn else ''}"),
        content,
        f"snapshot-{each.id}.zip",
        "application/zip",
        key=f"snapshot-file-{each.id}",
        on_click="ignore",
    )


def _withdrawal(standing: Sequence[TakenSnapshot]) -> None:
    """Draw how an editor withdraws a snapshot."""
    names, key = {each.id: _named(each) for each in standing}, recording.key("snapshot-withdrawal")
    with st.expander("Withdraw a snapshot, for editors"), st.form(key, border=False):
        chosen = st.selectbox(
            "Snapshot", list(names), index=None, format_func=lambda each: names[each], key=f"{key}-which", width=520,
        )  # fmt: skip
        reason = st.text_input("The reason, which readers see", max_chars=500, key=f"{key}-reason", width=520)
        pressed = recording.asked_twice(
            "Withdraw",
            "Nobody can open the snapshot any more, here or by an address, and that can't be undone. Its file stays for audit; who "
            "withdrew it and why stays in the history.",
            key=f"{key}-gone",
            button=st.form_submit_button,
        )
    if pressed:
        recording.tried(lambda: _withdrawn(chosen, reason, key))


def _withdrawn(chosen: str | None, reason: str, key: str) -> str:
    """Record that a snapshot is withdrawn, and say so. Raises ``RecordsError`` where it can't be."""
    by = recording.writer(identity.EDITOR)
    if chosen is None:
        raise RecordsError("Choose the snapshot that is withdrawn.")
    done = SnapshotLog(History(connect())).withdraw(chosen, reason, by=by, view=page.this_view())
    recording.renew(key)
    return f"The snapshot “{done.name}” {done.withdrawn}."


def _named(each: TakenSnapshot) -> str:
    return f"{each.name}, {wording.day(each.taken_at.date())}, {each.id[:SHORT]}"


def _compare(found: Sequence[TakenSnapshot]) -> None:
    """Draw the choice of two snapshots, and what changed from one to the other."""
    page.heading("What changed between two")
    names = {each.id: _named(each) for each in found}
    with controls.line("compare"):
        before = controls.pick("before", "From", names, found[1].id, width=520)
        after = controls.pick("after", "To", names, found[0].id, width=520)
    try:
        # Opened each time, so that one that is withdrawn meanwhile is refused although the comparison is remembered.
        first, second = opened(before), opened(after)
        html: str = memory.shared.get(
            ("snapshots compared", before, after), lambda: written(compared(first, second))
        )
    except SnapshotError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return
    st.html(html)


def written(found: Comparison) -> str:
    """Write what changed between two snapshots as HTML."""
    parts = [f"<p><strong>{escape(found.headline)}.</strong> {escape(found.sentence)}</p>"]
    for label, entries in (("New", found.came), ("Gone", found.gone)):
        if entries:
            items = "".join(
                f"<li>{escape(entry.key)}: {escape(entry.headline)}</li>" for entry in entries[:_FINDINGS]
            )
            parts.append(
                f"<details><summary>{label}: {len(entries)}</summary><ul>{items}{_more(len(entries), _FINDINGS)}</ul></details>"
            )
    parts += (_changed(each) for each in found.changed[:_FINDINGS])
    if len(found.changed) > _FINDINGS:
        parts.append(f"<ul>{_more(len(found.changed), _FINDINGS)}</ul>")
    return f'<div class="sv-finding">{"".join(parts)}</div>'


def _changed(each: EntryChange) -> str:
    lines = [f"<small>{escape(each.key)}</small>"]
    if each.before.headline != each.after.headline:
        lines.append(f"<small>before: {escape(each.before.headline)}</small>")
    if each.verdict:
        before, after = (escape(verdict or "none") for verdict in each.verdict)
        lines.append(f"<small>verdict changed: “{before}”, now “{after}”</small>")
    rows = "".join(_row(row) for row in each.rows[:_ROWS])
    many = f" ({wording.counted(len(each.rows), 'row')})" if each.rows else ""
    where = each.after.page.replace("-", " ")
    label = f" · {each.after.label}" if each.after.label else ""
    return (
        f"<details><summary>{escape(wording.sentence(where))}{escape(label)}: {escape(each.after.headline)}{many}</summary>"
        f"<p>{'<br>'.join(lines)}</p><ul>{rows}{_more(len(each.rows), _ROWS)}</ul></details>"
    )


def _row(row: RowChange) -> str:
    cells = "; ".join(_cells(row))
    real = f" <em>{escape(wording.sentence(row.real))}.</em>" if row.real else ""
    return f"<li><b>{escape(row.row)}</b> {row.what}{f': {cells}.' if cells else '.'}{real}</li>"


def _cells(row: RowChange) -> Iterator[str]:
    for cell in row.cells:
        by = f" ({escape(cell.by)})" if cell.by else ""
        yield f"{escape(cell.column)} {escape(cell.before)} \N{RIGHTWARDS ARROW} {escape(cell.after)}{by}"


def _more(many: int, most: int) -> str:
    return (
        f"<li>and {many - most} more: python -m svdash snapshot compare prints them all</li>"
        if many > most
        else ""
    )
