"""The private calendar of due dates: its address is told once, and a new one ends the one before."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from svdash import settings
from svdash.access import identity, server_places
from svdash.records import History, RecordsError, connect, is_there
from svdash.records.calendar_feeds import CalendarFeeds
from svdash.records.people import People, PostHolder
from svdash.show.kit import page, recording

_ADDRESS = "_calendar_address"


def show(owner: str) -> None:
    """Draw whose calendar may be subscribed to, and the address that was made just now."""
    with st.popover("My calendar"):
        try:
            mine = _mine(owner) if is_there() else {}
        except RecordsError as problem:
            page.empty(server_places.for_visitors(str(problem)))
            return
        if not mine:
            page.note(
                f"The list of people does not say that you hold the post {owner}. Whoever runs the dashboard enters people with "
                "python -m svdash people."
            )
        for person, holder in mine.items():
            page.note(
                f"Due dates of {holder.name}, to subscribe to in a calendar. Whoever has the address can read them; a new "
                "address ends the one before."
            )
            with st.container(horizontal=True):
                if st.button("Make a private address", key=f"calendar-{person}"):
                    recording.tried(partial(_issued, person))
                if CalendarFeeds(History(connect())).stands(person) and st.button(
                    "End the address",
                    key=f"calendar-end-{person}",
                    help="The address shows nothing from then on.",
                ):
                    recording.tried(partial(_ended, person))
        if _ADDRESS in st.session_state:
            st.code(st.session_state[_ADDRESS], language=None)
            st.caption("It is shown only while this page stays open: the records hold only its hash.")


def _mine(owner: str) -> dict[str, PostHolder]:
    """Return whose calendars this person may have: their own; at the machine itself, those of the chosen post."""
    found, today = identity.person(), recording.today()
    if found is None:
        return {}
    local = found.identity == identity.LOCAL_USER.identity
    return {
        each.person: each
        for each in People(History(connect())).known()
        if each.email and each.holds(today) and (each.post == owner if local else found.goes_by(each.email))
    }


def _issued(person: str) -> str:
    by = recording.writer(identity.OFFICER)
    token = CalendarFeeds(History(connect())).issue(person, by=by, view=page.this_view())
    st.session_state[_ADDRESS] = f"{_public()}/api/v1/calendars/{token}.ics"
    return "The private address of the calendar is under My calendar."


def _ended(person: str) -> str:
    CalendarFeeds(History(connect())).end(
        person, by=recording.writer(identity.OFFICER), view=page.this_view()
    )
    st.session_state.pop(_ADDRESS, None)
    return "The private address of the calendar no longer works."


def _public() -> str:
    """Return the address that people open the dashboard at: that of the settings, else the one this browser uses."""
    here = urlsplit(str(st.context.url or ""))
    return settings.public_url() or f"{here.scheme}://{here.netloc}"
