"""Who may write for an owner: who holds the post, and who stands in for them. Asked again before anything is saved.

As soon as the records know who holds any post, people write for the posts that they hold or stand in for, and for no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from html import escape
from typing import Final

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import History, RecordsError, connect, is_there
from svdash.records.deputies import Appointed, Deputies, Deputy
from svdash.records.people import People
from svdash.show.kit import page, recording

_USUAL_DAYS: Final = 28
NOBODY_KNOWN: Final = (
    "Nobody has entered who holds which post, so every officer may write for every owner. Whoever runs the dashboard enters "
    "the holders with python -m svdash people; from then on people write only for their own posts."
)


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
        page.note(f"Written by {chosen.deputy} for {owner}: the history says both.")
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
    if deputy not in {each.deputy for each in _deputies().acting(owner, recording.today())}:
        raise RecordsError(
            f"{deputy} does not stand in for {owner} today. Name a deputy, or write as the owner."
        )


@dataclass(frozen=True)
class Posts:
    """For which owners somebody may write.

    Attributes:
        held: whose post they hold. ``stands_in``: for whom they stand in.
        every: whether they may write for every owner: nobody is known to hold any post, or it is the local user.
        known: whether anybody is known to hold any post.
    """

    holds: frozenset[str] = frozenset()
    stands_in: frozenset[str] = frozenset()
    every: bool = False
    known: bool = False

    @property
    def own(self) -> frozenset[str]:
        """The posts that are theirs in one way or the other."""
        return self.holds | self.stands_in

    def why_not(self, owner: str) -> str:
        """Return why they may not write for an owner, as a sentence with a remedy; empty if they may."""
        if self.every or owner in self.own:
            return ""
        return (
            f"The list of people does not say that you hold the post {owner}, or stand in for whoever does. Whoever holds it names "
            "you as a deputy, or whoever runs the dashboard enters you with python -m svdash people."
        )


def posts(today: date) -> Posts:
    """Return for which owners the person at the browser may write.

    Raises:
        RecordsError: the database can't be reached.
    """
    person = identity.person()
    if person is None:
        return Posts()
    local = person.identity == identity.LOCAL_USER.identity
    if local or not is_there():
        return Posts(every=True, known=local)
    history = History(connect())
    known = People(history).known()
    held_posts = {each.post for each in known if person.goes_by(each.email) and each.holds(today)}
    appointed = {each.owner for each in Deputies(history).everyone(today) if person.goes_by(each.deputy)}
    return Posts(frozenset(held_posts), frozenset(appointed), every=not known, known=bool(known))


def check_owner(owner: str, today: date) -> None:
    """Raise ``RecordsError`` where who is at the browser may not write for an owner."""
    why = posts(today).why_not(owner)
    if why:
        raise RecordsError(why)


def check_one_of(owners: Iterable[str], today: date) -> None:
    """Raise ``RecordsError`` where who is at the browser may write for none of some owners."""
    mine = posts(today)
    if not mine.every and not mine.own & set(owners):
        raise RecordsError(
            "The list of people does not say that you hold a post of this directorate, or stand in for whoever does. Whoever "
            "runs the dashboard enters you with python -m svdash people."
        )


def _check_names_deputies(owner: str) -> None:
    """Raise ``RecordsError`` where who is at the browser may not say who stands in for an owner: holders and editors may."""
    person, mine = identity.person(), posts(recording.today())
    editor = person is not None and identity.EDITOR in person.roles
    if not (mine.every or editor or owner in mine.holds):
        raise RecordsError(f"Whoever holds the post {owner} names who stands in for them, or an editor does.")


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
        page.note(f"Nobody stands in for {owner}.")
    for each in appointed:
        over = " (over)" if each.deputy.is_over(today) else ""
        st.html(escape(f"{each.deputy}{over}: named by {each.revision.by}"))
        begun = each.deputy.since <= today
        if (each.deputy.until > today and not each.deputy.ended) and st.button(
            "End today" if begun else "Cancel", key=f"deputy-end-{owner}-{each.revision.number}"
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
            recording.tried(partial(appoint, given))


def appoint(given: dict[str, object]) -> str:
    """Record who stands in for an owner, and return it as a sentence.

    Raises:
        RecordsError: who is at the browser may not say so, something can't be, or the database can't be reached.
    """
    by = recording.writer(identity.OFFICER)
    _check_names_deputies(str(given["owner"]))
    found = _deputies().appoint(given, by=by, view=page.this_view())
    return f"{found} stands in for {found.owner}."


def _ended(deputy: Deputy) -> str:
    by = recording.writer(identity.OFFICER)
    _check_names_deputies(deputy.owner)
    if _deputies().end(deputy, recording.today(), by=by, view=page.this_view()).ended:
        return f"{deputy.deputy} does not stand in for {deputy.owner}: it was cancelled before it began."
    return f"{deputy.deputy} stands in for {deputy.owner} for the last time today."


def _deputies() -> Deputies:
    return Deputies(History(connect()))
