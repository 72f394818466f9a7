"""Who is at the browser, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import streamlit as st

from svdash import settings, wording
from svdash.access import sign_in, write_access
from svdash.access.sign_in import SignedIn
from svdash.records import History, RecordsError, connect, is_there
from svdash.records.role_grants import ROLES, RoleGrants

OFFICER, BOARD, ANALYST, EDITOR = ROLES
# What each role is for, as the first sentence to those who may not.
_WHOSE: Final[Mapping[str, str]] = {
    OFFICER: "Updates are written by the people who own commitments.",
    BOARD: "Ratings and questions come from members of the Board.",
    ANALYST: "Analysts try out new indicators.",
    EDITOR: "Editors publish, reopen, give roles and see who changed what.",
}


@dataclass(frozen=True)
class Person:
    """Somebody who may write.

    Attributes:
        identity: by what the history knows them.
        roles: what they may do, of ``ROLES``.
        name: what the page calls them.
        claimed: the roles that the sign-in provider gave them; a record may decide otherwise.
        until: when their sign-in ends; ``None`` for the local user.
        trouble: why their roles are not known, as a sentence; empty if they are.
        email: their address, where the sign-in provider checked it; else empty.
    """

    identity: str
    roles: frozenset[str]
    name: str = ""
    claimed: frozenset[str] = field(default=frozenset())
    until: datetime | None = None
    trouble: str = ""
    email: str = ""

    def goes_by(self, name: str) -> bool:
        """Return whether a name or address, in any case of its letters, is this person's: their identity or their e-mail address."""
        return bool(name) and name.casefold() in {self.identity.casefold(), self.email.casefold()}


# Everybody at the machine itself is this one, so the history can't say which of them it was; pages say so.
LOCAL_USER: Final = Person("local user", frozenset(ROLES), "the local user of this machine")


def person() -> Person | None:
    """Return who is at the browser, as far as they may write; ``None`` for a reader.

    It is who signed in; else, with ``SVDASH_LOCAL_USER=1``, whoever opens the dashboard on the machine that serves it. Ask
    again before each write: a sign-in ends, and a role may have been taken away.
    """
    found = sign_in.at_browser()
    if isinstance(found, SignedIn):
        return _signed_in(found)
    return LOCAL_USER if is_local_user(st.context.headers, st.context.ip_address) else None


def of_request(headers: Mapping[str, str], cookies: Mapping[str, str], peer: str | None) -> Person | None:
    """Return who sent a request, as :func:`person` does for a page."""
    found = sign_in.from_cookies(cookies)
    if isinstance(found, SignedIn):
        return _signed_in(found)
    return LOCAL_USER if is_local_user(headers, peer) else None


def is_local_user(headers: Mapping[str, str], peer: str | None) -> bool:
    """Return whether a request comes from the person at the machine, and a setting lets them write."""
    return settings.local_user() and write_access.is_local(headers, peer)


def _signed_in(found: SignedIn) -> Person:
    known = with_roles(found.identity, found.roles, name=found.name, until=found.until)
    return replace(known, email=found.email)


def with_roles(
    identity: str, claimed: frozenset[str], *, name: str = "", until: datetime | None = None
) -> Person:
    """Return a person with the roles that they have now: those on record, else those that the provider claimed.

    Where the records can't be read, nobody knows whether a role was taken away: then they have none.
    """
    roles, trouble = claimed, ""
    try:
        recorded = RoleGrants(History(connect())).of(identity) if is_there() else None
    except RecordsError as problem:
        roles, trouble = frozenset[str](), str(problem)
    else:
        roles = claimed if recorded is None else recorded
    return Person(identity, roles, name, claimed, until, trouble)


def why_not(*roles: str, whose: str = "") -> str:
    """Return why this reader may not do what any of some roles may, as a sentence with a remedy; empty if they may.

    Args:
        roles: one or more of ``ROLES``.
        whose: whose it is, as a sentence; by default what the first role is for.
    """
    found, told = person(), whose or _WHOSE[roles[0]]
    if found is not None and found.roles & set(roles):
        return ""
    if found is not None and found.trouble:
        return f"Your roles can't be read, so nothing can be written. {found.trouble}"
    if found is not None:
        have = wording.listing(sorted(found.roles)) or "none"
        wanted = wording.every(roles, "or")
        return f"{told} You are signed in as {found.identity}; your roles: {have}. Ask an editor for the role {wanted}."
    ended = sign_in.at_browser()
    if isinstance(ended, str) and ended:
        return ended
    return f"{told} {_way_in()}"


def _way_in() -> str:
    """Say what somebody does who is not signed in: a setting is told to those alone who can set it."""
    if sign_in.provider():
        return "Sign in first."
    if write_access.is_local(st.context.headers, st.context.ip_address):
        return "On this machine whoever starts the dashboard with SVDASH_LOCAL_USER=1 can try it."
    if settings.local_user():
        return "It can be tried here only in a browser on the machine that serves the dashboard, at the address 127.0.0.1."
    return "Nobody can sign in to this dashboard yet: whoever runs it sets that up."


def why_not_look() -> str:
    """Return why this reader may not have a file looked at, as a sentence with a remedy; empty if they may."""
    found = person()
    if found is None and not sign_in.provider():
        return write_access.why_not_look()
    if found is not None and found.roles & {ANALYST, EDITOR}:
        return ""
    return why_not(ANALYST)
