"""The agenda of a meeting: read by all who take part; planned, put in order and bound to a snapshot by those who minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import streamlit as st

from svdash import editions, wording
from svdash.access import identity, server_places
from svdash.findings import snapshots
from svdash.findings.finding import SNAPSHOT
from svdash.findings.open_data import open_tables
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.findings.snapshots import SnapshotError
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain, typed_html, unturned
from svdash.show.panels import meeting_rights

if TYPE_CHECKING:
    from svdash.findings.snapshots import Entry, Snapshot
    from svdash.records.meetings import FindingMinutes, KeptMeeting

_PRESSED: Final = "_agenda-pressed"
_TAKEN_OFF: Final = "_agenda-taken-off"


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
        with st.expander("Change name, day or snapshot of this meeting"):
            plan(kept)
        with st.expander("Withdraw this meeting"):
            _withdraw(kept)
        with st.expander("Plan another meeting"):
            plan(None)
        return
    listed = "".join(f"<li>{_item(kept, item, minutes)}</li>" for item in items)
    st.html(f'<ol class="sv-agenda">{listed}</ol>' if listed else "<span></span>")


def _item(kept: KeptMeeting, item: Item, minutes: Mapping[str, FindingMinutes]) -> str:
    """Write a finding of the agenda: its headline, which leads to the page of then, what is measured or why it can't be shown."""
    said = server_places.for_visitors(item.gone) if item.finding is None else item.finding.subtitle
    minuted = meeting_agenda.minuted(minutes[item.key].lines) if item.key in minutes else ""
    under = " · ".join(filter(None, [said, minuted]))
    head = f"<strong>{escape(item.headline)}</strong>"
    if item.finding is not None:
        where = "" if item.page == "overview" else item.page
        address = f"{where or './'}?{urlencode({SNAPSHOT: kept.meeting.snapshot, **item.controls})}"
        head = f'<a href="{escape(address)}" target="_self" title="On its page, as the snapshot holds it">{head}</a>'
    return f"{head}<br><small>{typed_html(under)}</small>"


def _edited(kept: KeptMeeting, items: tuple[Item, ...], minutes: Mapping[str, FindingMinutes]) -> None:
    """Draw the agenda with what changes it; each change is saved at once."""
    seen = recording.seen_before(f"agenda-{kept.revision.item}", kept)
    pressed = st.session_state.pop(_PRESSED, None)
    if pressed is not None and pressed.meeting == kept.revision.item:
        _do(pressed, kept, seen)
    for place, item in enumerate(items):
        with st.container(key=f"sv-agenda-{place}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="sv-agenda-item">{place + 1}. {_item(kept, item, minutes)}</p>')
            ends = {"up": place == 0, "down": place == len(items) - 1, "off": False}
            for name, end in ends.items():
                # The number says which: a label is all that those hear who do not see the line that it stands in.
                label = f"Take {place + 1} off" if name == "off" else f"Move {place + 1} {name}"
                st.button(
                    label, key=f"agenda-{item.key}-{name}", disabled=end, help=plain(item.headline), on_click=_press,
                    args=(_Pressed(kept.revision.item, name, item.key, item.headline, place),),
                )  # fmt: skip
    taken_off = st.session_state.get(_TAKEN_OFF)
    if taken_off and taken_off.meeting == kept.revision.item and taken_off.entry not in kept.meeting.agenda:
        with st.container(key="sv-agenda-undo", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="sv-agenda-item">Taken off: {typed_html(taken_off.headline)}</p>')
            back = replace(taken_off, what="back")
            st.button("Put it back", key="agenda-undo", on_click=_press, args=(back,))
    _added(kept, seen)


@dataclass(frozen=True)
class _Pressed:
    """A button of the agenda: of which meeting, what it does (up, down, off, back), the entry, its headline and place."""

    meeting: str
    what: str
    entry: str
    headline: str
    place: int


def _press(button: _Pressed) -> None:
    # Kept until the page is drawn: a button whose finding somebody else took off meanwhile is drawn no more.
    st.session_state[_PRESSED] = button


def _do(pressed: _Pressed, kept: KeptMeeting, seen: KeptMeeting) -> None:
    """Change the agenda as a button says, or say that the finding was taken off meanwhile."""
    agenda, entry, named = kept.meeting.agenda, pressed.entry, unturned(pressed.headline)
    if pressed.what == "back":
        changed, done = (*agenda[: pressed.place], entry, *agenda[pressed.place :]), f"“{named}” is back."
    elif entry not in agenda:
        who = f" by {kept.revision.by} at {wording.moment(kept.revision.at)}"
        recording.say(
            f"“{named}” was taken off meanwhile{who}. The page shows the agenda as it is now.", "error"
        )
        return
    elif pressed.what == "off":
        changed, done = tuple(each for each in agenda if each != entry), f"“{named}” is taken off the agenda."
        st.session_state[_TAKEN_OFF] = pressed
    else:
        changed = meeting_agenda.moved(agenda, entry, -1 if pressed.what == "up" else 1)
        done = f"“{named}” is moved {pressed.what}."
    recording.tried(partial(_changed, seen, {"agenda": changed}, done))


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
    names = meeting_agenda.distinct_names(map(_entry, snapshot.entries))
    options = {
        each.key: name
        for each, name in zip(snapshot.entries, names, strict=True)
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


def _entry(entry: Entry) -> str:
    """Name a finding to choose: what it is, as lists of tables call it, what it says, and where it stands."""
    table = open_tables.spec_of(entry.name)
    title = table.title if table is not None else wording.sentence(entry.name.replace("-", " "))
    where = " · ".join(each.replace("-", " ") for each in (entry.page, entry.part) if each)
    return f"{title}{f', {entry.label}' if entry.label else ''}: {entry.headline} ({wording.sentence(where)})"


def plan(kept: KeptMeeting | None) -> None:
    """Draw the form that plans a meeting, or changes name, day and snapshot of one."""
    key = recording.key(f"meeting-{meeting_rights.named(kept) if kept else 'new'}")
    seen = recording.seen_before(key, kept)
    before = kept.meeting if kept else None
    taken = snapshots.listed()
    field = f"{key}-snapshot"
    if kept is None:
        _take(field, any_yet=bool(taken))
    labels = meeting_agenda.distinct_names(f"{each.name}, {wording.moment(each.taken_at)}" for each in taken)
    names = {"": "None yet", **dict(zip((each.id for each in taken), labels, strict=True))}
    if before and before.snapshot not in names:
        names[before.snapshot] = f"{before.snapshot[:8]}, withdrawn or not on record here"
    index = list(names).index(before.snapshot) if before else 0
    # A new meeting's is in the session, so that a snapshot that was taken just now is chosen by itself.
    if before is None and st.session_state.get(field) not in names:
        st.session_state[field] = next(iter([*list(names)[1:2], ""]))
    with st.form(key, border=False):
        left, middle, right = st.columns([4, 2, 5])
        given: dict[str, Any] = {
            "name": left.text_input(
                "Name of the meeting", before.name if before else "", max_chars=120, key=f"{key}-name", placeholder="for example: Board",
            ),
            "on": middle.date_input("Day", before.on if before else recording.today(), format="DD/MM/YYYY", key=f"{key}-on"),
            "snapshot": right.selectbox(
                "Snapshot", list(names), index=index, format_func=lambda each: names[each], key=field,
                help="The figures of the meeting are those of its snapshot, whatever changes later.",
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
        save = st.form_submit_button("Save", key=f"{key}-save")
    if save and seen is not None:
        recording.tried(partial(_changed, seen, given, "Saved."))


def _withdraw(kept: KeptMeeting) -> None:
    """Draw what withdraws a meeting, with a reason, asked twice."""
    key = recording.key(f"withdraw-{meeting_rights.named(kept)}")
    seen = recording.seen_before(key, kept)
    reason = st.text_input("Why it is withdrawn", max_chars=500, key=f"{key}-reason")
    said = f"{unturned(meeting_agenda.named(kept.meeting))} and its minutes are no longer shown. The history keeps them."
    if recording.asked_twice("Withdraw the meeting", said, key=f"{key}-gone"):
        step = {"state": "withdrawn", "reason": reason}
        recording.tried(partial(_changed, seen, step, "Withdrawn: the history keeps it."))


def _take(field: str, *, any_yet: bool) -> None:
    """Draw the button that takes a snapshot of what the pages show now, for editors; say who takes one where there is none.

    ``field`` is the key of the choice that it is then chosen in.
    """
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
            recording.tried(partial(_taken, field))


def _taken(field: str) -> str:
    from svdash.findings import snapshot_taking
    from svdash.records import RecordsError

    by, name = recording.writer(identity.EDITOR), wording.day(recording.today())
    try:
        done = snapshot_taking.taken(editions.current(), name=name, by=by, view=page.this_view())
    except SnapshotError as problem:
        raise RecordsError(str(problem)) from problem
    st.session_state[field] = done.id
    kept = "was there already" if done.again else "is taken"
    return f"The snapshot {done.id[:8]} of {wording.counted(done.entries, 'finding')} {kept}."


def _planned(given: dict[str, Any], key: str, *, usual: bool) -> str:
    from svdash.records import RecordsError

    agenda: tuple[str, ...] = ()
    if usual and not given["snapshot"]:
        raise RecordsError(
            "The usual agenda is made of a snapshot's findings. Choose a snapshot, or plan without the usual agenda."
        )
    if usual:
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
            f"{unturned(who)}, after you had opened it. Their change is kept: the page shows it now. Make your change again."
        ) from conflict
    return done
