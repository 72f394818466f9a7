"""Short-lived tokens with which a page lets its reader fetch from a private route.

A token names the person, what it is for, and holds for five minutes. It is signed with a key that this process made when it
started, so it is worth nothing after a restart or at another server.
"""

from __future__ import annotations

import secrets
from typing import Final

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from svdash import settings
from svdash.access.identity import LOCAL_USER, Person, with_roles

SECONDS: Final = 300
_KEY: Final = secrets.token_hex(32)


class TicketError(Exception):
    """A token that does not let anybody in; the message says why and what to do."""


def mint(purpose: str, person: Person) -> str:
    """Return a token for one purpose, such as ``audit``."""
    return _signer(purpose).dumps([person.identity, sorted(person.claimed)])


def holder(token: str, purpose: str, role: str) -> Person:
    """Return whom a token names, if they have a role now.

    Raises:
        TicketError: it is no token of ours for this purpose, it ended, or the person has the role no longer.
    """
    try:
        identity, claimed = _signer(purpose).loads(token, max_age=SECONDS)
    except SignatureExpired as error:
        raise TicketError(
            "This link has expired: a link works for five minutes. Load the page again, and use its new link."
        ) from error
    except BadSignature as error:
        raise TicketError(
            "This address works only from a link on a page. Open the page, and use its link."
        ) from error
    if identity == LOCAL_USER.identity:
        found = LOCAL_USER if settings.local_user() else Person(identity, frozenset())
    else:
        found = with_roles(identity, frozenset(claimed))
    if role not in found.roles:
        raise TicketError(found.trouble or f"{identity} does not have the role {role}.")
    return found


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_KEY, salt=purpose)
