"""The agenda of a meeting: read by all who take part; planned, put in order and bound to a snapshot by those who minute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from svdash import editions, wording
from svdash.access import identity, server_places
from svdash.findings import snapshots
from svdash.findings.finding import SNAPSHOT
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.findings.snapshots import SnapshotError
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import meeting_rights
from svdash.show.panels.voices import today

if TYPE_CHECKING:
    from svdash.findings.snapshots import Snapshot
    from svdash.records.meetings import FindingMinutes, KeptMeeting


def show(
    kept: KeptMeeting, items: tuple[Item, ...], minutes: Mapping[str, FindingMinutes], *, writes: bool
) -> None:
    """Draw the agenda, to change where ``writes``."""
    if not items:
        page.empty(
            "Nothing is on the agenda yet." + ("" if writes else " Those who minute add findings here.")
        )
    if writes:
        _edited(kept, items, minutes)
        with st.expander("Change name, day or snapshot, or plan another meeting"):
            plan(kept)
            plan(None)
        return
    listed = "".join(f"<li>{_told(kept, item, minutes)}</li>" for item in items)
    st.html(f'<ol class="sv-agenda">{listed}</ol>' if listed else "<span></span>")


def _told(kept: KeptMeeting, item: Item, minutes: Mapping[str, FindingMinutes]) -> str:
    """Write a finding of the agenda: its headline, which leads to the page of then, what is measured or why it can't be shown."""
    said = server_places.for_visitors(item.gone) if item.finding is None else item.finding.subtitle
    minuted = meeting_agenda.minuted(minutes[item.key].lines) if item.key in minutes else ""
    under = " · ".join(filter(None, [said, minuted]))
    head = f"<strong>{escape(item.headline)}</strong>"
    if item.finding is not None:
        where = "" if item.page == "overview" else item.page
        address = f"{where or './'}?{urlencode({SNAPSHOT: kept.meeting.snapshot, **item.asked})}"
        head = f'<a href="{escape(address)}" target="_self" title="On its page, as the snapshot holds it">{head}</a>'
    return f"{head}<br><small>{escape(unturned(under))}</small>"


def _edited(kept: KeptMeeting, items: tuple[Item, ...], minutes: Mapping[str, FindingMinutes]) -> None:
    """Draw the agenda with what changes it; each change is saved at once."""
    seen = recording.seen_before(f"agenda-{kept.revision.item}", kept)
    for place, item in enumerate(items):
        key = f"agenda-{item.key}"
        with st.container(key=f"sv-agenda-{place}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="sv-agenda-item">{place + 1}. {_told(kept, item, minutes)}</p>')
            changes = {
                "up": (":material/arrow_upward:", meeting_agenda.moved(kept.meeting.agenda, item.key, -1)),
                "down": (":material/arrow_downward:", meeting_agenda.moved(kept.meeting.agenda, item.key, 1)),
                "off": (":material/close:", tuple(each for each in kept.meeting.agenda if each != item.key)),
            }
            tips = {"up": "Move up", "down": "Move down", "off": "Take off the agenda"}
            for name, (icon, agenda) in changes.items():
                same = agenda == kept.meeting.agenda
                tip = f"{tips[name]}: {item.headline}"
                if st.button("", icon=icon, key=f"{key}-{name}", disabled=same, help=plain(tip)):
                    recording.tried(partial(_changed, seen, {"agenda": agenda}, f"{tips[name]}: saved."))
    _added(kept, seen)


def _added(kept: KeptMeeting, seen: KeptMeeting) -> None:
    """Draw what puts a finding of the snapshot on the agenda, and what puts the usual ones there."""
    if not kept.meeting.snapshot:
        page.note("Choose a snapshot below: the findings of the agenda are those that it holds.")
        return
    try:
        snapshot = snapshots.opened(kept.meeting.snapshot)
    except SnapshotError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return
    told = meeting_agenda.told_apart(map(_entry, snapshot.entries))
    options = {
        each.key: name
        for each, name in zip(snapshot.entries, told, strict=True)
        if each.key not in kept.meeting.agenda
    }
    usual = tuple(each for each in meeting_agenda.usual(snapshot.entries) if each in options)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Add a finding", list(options), index=None, format_func=lambda each: options[each], placeholder="Type to find one",
            key=recording.key("agenda-add"), width=720,
        )  # fmt: skip
        if st.button("Add", key="agenda-put", disabled=chosen is None) and chosen:
            agenda = (*kept.meeting.agenda, chosen)
            recording.tried(partial(_changed, seen, {"agenda": agenda}, "Added to the agenda."))
        if usual and st.button(
            "Add the usual findings",
            key="agenda-usual",
            help="What needs a decision, what changed, measures, equality, reach",
        ):
            agenda = (*kept.meeting.agenda, *usual)
            recording.tried(
                partial(
                    _changed,
                    seen,
                    {"agenda": agenda},
                    f"{wording.counted(len(usual), 'finding')} added to the agenda.",
                )
            )


def _entry(entry: Any) -> str:
    where = " · ".join(
        filter(None, [entry.page.replace("-", " "), entry.part.replace("-", " "), entry.label])
    )
    return f"{wording.sentence(where)}: {entry.headline}"


def plan(kept: KeptMeeting | None) -> None:
    """Draw the form that plans a meeting, or changes name, day and snapshot of one."""
    key = recording.key(f"meeting-{meeting_rights.named(kept) if kept else 'new'}")
    seen = recording.seen_before(key, kept)
    before = kept.meeting if kept else None
    taken = snapshots.listed()
    if kept is None:
        _take(any_yet=bool(taken))
    told = meeting_agenda.told_apart(f"{each.name}, {wording.moment(each.taken_at)}" for each in taken)
    names = {"": "None yet", **dict(zip((each.id for each in taken), told, strict=True))}
    if before and before.snapshot not in names:
        names[before.snapshot] = f"{before.snapshot[:8]}, withdrawn or not on record here"
    with st.form(key, border=False):
        left, middle, right = st.columns([4, 2, 5])
        given: dict[str, Any] = {
            "name": left.text_input(
                "Name of the meeting", before.name if before else "", max_chars=120, key=f"{key}-name", placeholder="for example: Board",
            ),
            "on": middle.date_input("Day", before.on if before else today(), format="DD/MM/YYYY", key=f"{key}-on"),
            "snapshot": right.selectbox(
                "Snapshot", list(names), index=list(names).index(before.snapshot if before else next(iter([*list(names)[1:2], ""]))),
                format_func=lambda each: names[each], key=f"{key}-snapshot", help="The figures of the meeting are those of its snapshot, whatever changes later.",
            ),
        }  # fmt: skip
        if before is None:
            usual = st.checkbox(
                "With the usual agenda: what needs a decision, what changed, measures, equality, reach",
                value=True,
                key=f"{key}-usual",
            )
            if st.form_submit_button("Plan the meeting", key=f"{key}-save"):
                recording.tried(partial(_planned, given, key, usual=usual))
            return
        reason = st.text_input("Why it is withdrawn, if it is", max_chars=500, key=f"{key}-reason")
        with st.container(horizontal=True):
            save = st.form_submit_button("Save", key=f"{key}-save")
            gone = st.form_submit_button("Withdraw the meeting", key=f"{key}-gone")
    if (save or gone) and seen is not None:
        step = {"state": "withdrawn", "reason": reason} if gone else {}
        recording.tried(
            partial(
                _changed, seen, {**given, **step}, "Withdrawn: the history keeps it." if gone else "Saved."
            )
        )


def _take(*, any_yet: bool) -> None:
    """Draw the button that takes a snapshot of what the pages show now, for editors; say who takes one where there is none."""
    why = identity.why_not(identity.EDITOR)
    if why:
        if not any_yet:
            page.note(
                "No snapshot is taken yet: an editor takes one here, or with python -m svdash snapshot."
            )
        return
    tip = "Keeps what every page shows now, for the meeting and for later; it takes about half a minute"
    if st.button("Take a snapshot now", key="snapshot-now", help=tip):
        with st.spinner("Keeping what every page shows now …"):
            recording.tried(_taken)


def _taken() -> str:
    from svdash.findings import snapshot_taking
    from svdash.records import RecordsError

    by, name = recording.writer(identity.EDITOR), wording.day(today())
    try:
        done = snapshot_taking.taken(editions.current(), name=name, by=by, view=page.this_view())
    except SnapshotError as problem:
        raise RecordsError(str(problem)) from problem
    kept = "was there already" if done.again else "is taken"
    return f"The snapshot {done.id[:8]} of {wording.counted(done.entries, 'finding')} {kept}."


def _planned(given: dict[str, Any], key: str, *, usual: bool) -> str:
    agenda: tuple[str, ...] = ()
    if usual and given["snapshot"]:
        agenda = meeting_agenda.usual(_opened(given["snapshot"]).entries)
    by = recording.writer(*meeting_rights.WRITERS)
    kept = meeting_rights.log().save({**given, "agenda": agenda}, None, by=by, view=page.this_view())
    recording.renew(key)
    st.query_params[meeting_rights.CHOSEN] = meeting_rights.named(kept)
    return f"{meeting_agenda.named(kept.meeting)}: planned, with {wording.counted(len(agenda), 'finding')} on the agenda."


def _opened(snapshot: str) -> Snapshot:
    from svdash.records import RecordsError

    try:
        return snapshots.opened(snapshot)
    except SnapshotError as problem:
        raise RecordsError(str(problem)) from problem


def _changed(kept: KeptMeeting, changes: Mapping[str, Any], done: str) -> str:
    """Save the next revision of a meeting. Raises ``RecordsError`` that says who changed it meanwhile."""
    from svdash.records import ConflictError, RecordsError

    by = recording.writer(*meeting_rights.WRITERS)
    whole = {**kept.meeting.model_dump(), **changes}
    try:
        meeting_rights.log().save(whole, kept.revision, by=by, view=page.this_view())
    except ConflictError as conflict:
        standing = conflict.standing
        who = (
            f"{standing.by} changed this meeting at {wording.moment(standing.at)}"
            if standing
            else "Somebody else changed this meeting"
        )
        raise RecordsError(
            f"{unturned(who)}, after you had opened it. Nothing of theirs is lost: the page shows it now. Do yours again."
        ) from conflict
    return done
