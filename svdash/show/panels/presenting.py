"""A meeting's findings one at a time, in large type, by keyboard: the finding, a counter and nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash import theme, wording
from svdash.access import server_places
from svdash.findings.finding import Finding
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.records import RecordsError
from svdash.reports import meeting_papers, room_pictures
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import unturned
from svdash.show.panels import meeting_actions, meeting_minutes, meeting_rights

if TYPE_CHECKING:
    from svdash.records.meetings import KeptMeeting

_GONE: Final = "This meeting was withdrawn, or never was."
_MINUTING: Final = "presenting-minutes"


def is_asked() -> bool:
    """Return whether the address asks to present."""
    return bool(st.query_params.get(meeting_rights.AT))


def show() -> None:
    """Draw the finding that the address asks for; a sentence where the reader may not see it, or there is nothing to present."""
    meeting_rights.hold_position()
    controls.hold(meeting_rights.CHOSEN, "")
    why = meeting_rights.why_not_read()
    try:
        kept = None if why else meeting_rights.asked_for(meeting_rights.every())
    except RecordsError as problem:
        why, kept = server_places.for_visitors(str(problem)), None
    if kept is None or not kept.meeting.agenda:
        _nothing(why or ("Nothing is on the agenda yet." if kept else _GONE))
        return
    st.html(theme.ROOM_STYLE)
    _presented(kept.revision.item)


def _nothing(why: str) -> None:
    st.title("Nothing can be presented", anchor=False)
    page.empty(why)
    if st.button("Back to the meeting", shortcut="Escape", key="room-leave"):
        controls.choose(meeting_rights.AT, "")
        st.rerun()


@st.fragment
def _presented(item: str) -> None:
    """Draw one finding, or the actions after the last, with what leads on; only this is drawn anew for the next."""
    given = st.query_params.get(meeting_rights.AT, "")
    # Also where the right to see it was taken away meanwhile: the page then says so.
    if not given or meeting_rights.why_not_read():
        st.rerun()
    try:
        # As it stands at each step: it may have been changed or withdrawn.
        kept = meeting_rights.log().one(item)
        if kept is None:
            page.empty(_GONE)
            st.button("Leave", shortcut="Escape", key="room-leave", on_click=_go, args=(0,))
            return
        _step(kept, given)
    except RecordsError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        st.button("Leave", shortcut="Escape", key="room-leave", on_click=_go, args=(0,))


def _step(kept: KeptMeeting, given: str) -> None:
    """Draw what the address asks for by its place."""
    items = meeting_papers.items_of(kept.meeting)
    at = min(max(int(given), 1), len(items) + 1) if given.isascii() and given.isdigit() else 1
    item = items[at - 1] if at <= len(items) else None
    minuting = bool(st.session_state.get(_MINUTING)) and not meeting_rights.why_not_write()
    st.html(_room(item, short=minuting) if item else _agreed(kept, short=minuting))
    if minuting:
        recording.messages()
        if item is not None:
            minutes = meeting_rights.log().minutes(kept.revision.item).get(item.key)
            st.html(meeting_minutes.listed(minutes.minutes.lines if minutes else ()) or "<span></span>")
            meeting_minutes.form(kept.revision.item, item, minutes)
            with st.expander("Agree an action on this", key=f"room-action-{at}"):
                meeting_actions.form(kept.revision.item, items, item.key)
        else:
            meeting_actions.form(kept.revision.item, items)
    _line(at, len(items))
    # While the room looks at this one, the next is drawn.
    if at < len(items) and (following := items[at].finding) is not None:
        room_pictures.picture(following)


def _line(at: int, of: int) -> None:
    """Draw the counter between the ways back and on, and at the end what else can be done."""
    counter = f"{at} of {of}" if at <= of else "Actions"
    with st.container(key="sv-room-line", horizontal=True, vertical_alignment="center"):
        st.button(
            "Previous", shortcut="Left", key="room-back", disabled=at <= 1, on_click=_go, args=(at - 1,)
        )
        st.html(f'<p class="sv-room-count" role="status">{counter}</p>', width="content")
        st.button("Next", shortcut="Right", key="room-on", disabled=at > of, on_click=_go, args=(at + 1,))
        if not meeting_rights.why_not_write():
            st.button("Minutes", shortcut="M", key="room-minutes", on_click=_turn)
        st.button("Leave", shortcut="Escape", key="room-leave", on_click=_go, args=(0,))


def _go(to: int) -> None:
    controls.choose(meeting_rights.AT, str(to) if to else "")


def _turn() -> None:
    st.session_state[_MINUTING] = not st.session_state.get(_MINUTING)


def _room(item: Item, *, short: bool) -> str:
    """Write a finding in large type: headline, what is measured and its status, picture or table, what is said."""
    kind, found = _opened(item.headline, short=short), item.finding
    if found is None:
        return f"<div {kind}><h1>{escape(item.headline)}</h1><p>{escape(server_places.for_visitors(item.gone))}</p></div>"
    under = " · ".join(filter(None, [found.subtitle, meeting_papers.status_line(found)]))
    said = f"<p>{escape(found.sentence)}</p>" if found.sentence else ""
    return (
        f'<div {kind}><h1>{escape(found.headline)}</h1><p class="sv-room-under">{escape(under)}</p>'
        f"{_seen(found)}{said}</div>"
    )


def _opened(headline: str, *, short: bool) -> str:
    """Return the attributes of what is seen large: beside a form it has a part of the screen, and the keyboard can move in it."""
    if not short:
        return 'class="sv-room"'
    return f'class="sv-room sv-room-short" tabindex="0" role="region" aria-label="{escape(headline)}"'


def _seen(found: Finding) -> str:
    picture = room_pictures.picture(found)
    if picture is not None and picture.is_large:
        return (
            f'<div class="sv-room-picture" role="img" aria-label="{escape(picture.alt)}" '
            f"style=\"background-image:url('{picture.address}')\"></div>"
        )
    if found.empty or not len(found.frame):
        return f"<p>{escape(found.empty)}</p>"
    if groups := meeting_papers.by_verdict(found):
        listed = "".join(f"<dt>{escape(verdict)}</dt><dd>{escape(names)}</dd>" for verdict, names in groups)
        return f'<dl class="sv-room-table">{listed}</dl>'
    heads, rows, numeric = meeting_papers.room_table(found)
    small = meeting_papers.on_a_small_screen(found, len(heads))
    always = meeting_papers.first_shown(found, len(rows), small)
    kinds = ["" if each else "sv-room-wide" for each in always]
    cells = meeting_papers.table_html(heads, rows, numeric, number="sv-number", brief="sv-short", kinds=kinds)
    # Which of the two counts is seen is the screen's decision, as which rows are.
    wide, narrow = meeting_papers.shown_of(found, len(rows)), meeting_papers.shown_of(found, sum(always))
    told = f'<span class="sv-room-wide">{escape(wide)}</span><span class="sv-room-narrow">{escape(narrow)}</span>'
    more = f'<p class="sv-room-under">{told}</p>' if wide or narrow else ""
    return f'<div class="sv-room-table"><table>{cells}</table>{more}</div>'


def _agreed(kept: KeptMeeting, *, short: bool) -> str:
    """Write the actions that were agreed, after the last finding."""
    found = meeting_actions.of(kept.revision.item)
    listed = meeting_actions.listed(found) or "<p>None yet.</p>"
    head = f"{wording.counted(len(found), 'action')} agreed" if found else "Actions"
    named = unturned(meeting_agenda.named(kept.meeting))
    return (
        f"<div {_opened(head, short=short)}><h1>{escape(head)}</h1>"
        f'<p class="sv-room-under">{escape(named)}</p>{listed}</div>'
    )
