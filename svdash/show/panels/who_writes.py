"""Who stands in for an owner: named here, chosen where an update is written, and asked again before it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import History, RecordsError, connect, is_there
from svdash.records.deputies import Appointed, Deputies, Deputy
from svdash.records.people import People
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain

_USUAL_DAYS: Final = 28


def acting(owner: str, today: date) -> Deputy | None:
    """Draw who writes for an owner and who stands in for them, and return the deputy who writes; ``None`` for the owner."""
    try:
        appointed = _deputies().of(owner) if is_there() else ()
    except RecordsError as problem:
        page.empty(server_places.for_visitors(str(problem)))
        return None
    now = [each.deputy for each in appointed if each.deputy.stands_in(today)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _writer(owner, now)
        with st.popover("Deputies"):
            _list(owner, appointed, today)
            _appoint(owner, today)
    if chosen is not None:
        st.caption(plain(f"Written by {chosen.deputy} for {owner}: the history says both."))
    return chosen


def named(deputy: Deputy | None) -> dict[str, str | None]:
    """Return how an update names who wrote it for whom."""
    if deputy is None:
        return {"on_behalf_of": None, "deputy": None}
    return {"on_behalf_of": deputy.owner, "deputy": deputy.deputy}


def standing_in(owner: str, today: date) -> Deputy | None:
    """Return as which deputy of an owner who signed in writes; ``None`` where they are none, and for the local user.

    Raises:
        RecordsError: the database can't be reached.
    """
    return _signed_in(_deputies().acting(owner, today)) if is_there() else None


def check(owner: str | None, deputy: str | None) -> None:
    """Raise ``RecordsError`` where a deputy does not stand in for an owner today, or not any more."""
    if owner is None or deputy is None:
        return
    if deputy not in {each.deputy for each in _deputies().acting(owner, _today())}:
        raise RecordsError(
            f"{deputy} does not stand in for {owner} today. Name a deputy, or write as the owner."
        )


def posts(today: date) -> frozenset[str]:
    """Return for which owners the person who signed in writes: whose post they hold, or stand in for. None: nobody has said."""
    person = identity.person()
    if person is None or person.identity == identity.LOCAL_USER.identity or not is_there():
        return frozenset()
    history = History(connect())
    held = {each.post for each in People(history).known() if person.goes_by(each.email) and each.holds(today)}
    appointed = Deputies(history).everyone(today)
    return frozenset(held | {each.owner for each in appointed if person.goes_by(each.deputy)})


def _writer(owner: str, now: list[Deputy]) -> Deputy | None:
    """Return the deputy who writes: who is signed in, where they are one; whoever sits at the machine says who they are."""
    person = identity.person()
    if person is not None and person.identity != identity.LOCAL_USER.identity:
        return _signed_in(now)
    if not now:
        return None
    return st.selectbox(
        "Written by",
        [None, *now],
        format_func=lambda each: f"{each.deputy}, for {owner}" if each else f"{owner}, the owner",
        key=f"written-by-{owner}",
        width=420,
    )


def _signed_in(now: Iterable[Deputy]) -> Deputy | None:
    """Return who signed in among deputies; ``None`` where they are none of them, and for the local user."""
    person = identity.person()
    if person is None or person.identity == identity.LOCAL_USER.identity:
        return None
    return next((each for each in now if person.goes_by(each.deputy)), None)


def _list(owner: str, appointed: tuple[Appointed, ...], today: date) -> None:
    """Draw who stood, stands or will stand in, with an end to each who has none yet."""
    if not appointed:
        st.caption(plain(f"Nobody stands in for {owner}."))
    for each in appointed:
        over = " (over)" if each.deputy.is_over(today) else ""
        st.markdown(plain(f"{each.deputy}{over}: named by {each.revision.by}"))
        begun = each.deputy.since <= today
        if (each.deputy.until > today and not each.deputy.ended) and st.button(
            "End today" if begun else "Call off", key=f"deputy-end-{owner}-{each.revision.number}"
        ):
            recording.tried(partial(_ended, each.deputy))


def _appoint(owner: str, today: date) -> None:
    """Draw the form that names a deputy."""
    with st.form(f"deputy-{owner}", border=False):
        name = st.text_input(
            "Who stands in", max_chars=90, help="The address or name that they sign in with."
        )
        left, right = st.columns(2)
        since = left.date_input("From", value=today, format="DD/MM/YYYY")
        until = right.date_input("Until", value=today + timedelta(days=_USUAL_DAYS), format="DD/MM/YYYY")
        if st.form_submit_button("Name as deputy"):
            given = {"owner": owner, "deputy": name, "since": since, "until": until}
            recording.tried(partial(_appointed, given))


def _appointed(given: dict[str, object]) -> str:
    by = recording.writer(identity.OFFICER)
    found = _deputies().appoint(given, by=by, view=page.this_view())
    return f"{found} stands in for {found.owner}."


def _ended(deputy: Deputy) -> str:
    by = recording.writer(identity.OFFICER)
    if _deputies().end(deputy, _today(), by=by, view=page.this_view()).ended:
        return f"{deputy.deputy} does not stand in for {deputy.owner}: it was called off before it began."
    return f"{deputy.deputy} stands in for {deputy.owner} for the last time today."


def _deputies() -> Deputies:
    return Deputies(History(connect()))


def _today() -> date:
    return datetime.now(UTC).date()
