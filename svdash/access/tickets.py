"""Short-lived tokens with which a page lets its reader fetch from a private route.

A token names the person, what it is for, and holds for five minutes. It is signed with a key that this process made when it
started, so it is worth nothing after a restart or at another server. One that changes something is good for one change
(:func:`once`), whoever finds it afterwards.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from svdash import settings
from svdash.access.identity import LOCAL_USER, Person, with_roles

SECONDS: Final = 300
_KEY: Final = secrets.token_hex(32)
# Of each token that was used or is being used its own number, and until when it would hold.
_used: Final[dict[str, float]] = {}
_guard: Final = threading.Lock()


class TicketError(Exception):
    """A token that does not let anybody in; the message says why and what to do."""


def mint(purpose: str, person: Person) -> str:
    """Return a token for one purpose, such as ``audit``."""
    return _signer(purpose).dumps([person.identity, sorted(person.claimed), secrets.token_hex(8)])


def holder(token: str, purpose: str, role: str) -> Person:
    """Return whom a token names, if they have a role now.

    Raises:
        TicketError: it is no token of ours for this purpose, it ended, or the person has the role no longer.
    """
    identity, claimed, _ = _read(token, purpose)
    if identity == LOCAL_USER.identity:
        found = LOCAL_USER if settings.local_user() else Person(identity, frozenset())
    else:
        found = with_roles(identity, frozenset(claimed))
    if role not in found.roles:
        raise TicketError(found.trouble or f"{identity} does not have the role {role}.")
    return found


@contextmanager
def once(token: str, purpose: str) -> Iterator[None]:
    """Hold a token for one change: it is good for none after the block ends well, and as good as before if it does not.

    Raises:
        TicketError: it is no token of ours for this purpose, it ended, or it was used or is in use.
    """
    # By the number in it: the same token can be written in several ways.
    number, now = _read(token, purpose)[2], time.monotonic()
    with _guard:
        for ended in [each for each, until in _used.items() if until < now]:
            del _used[ended]
        if number in _used:
            raise TicketError(
                "This link was used already: a link is good for one file. Load the page again, and use its new link."
            )
        _used[number] = now + SECONDS
    try:
        yield
    except BaseException:
        with _guard:
            _used.pop(number, None)
        raise


def _read(token: str, purpose: str) -> tuple[str, list[str], str]:
    """Return whom a token names, with the roles that were claimed, and its own number."""
    try:
        identity, claimed, number = _signer(purpose).loads(token, max_age=SECONDS)
    except SignatureExpired as error:
        raise TicketError(
            "This link has expired: a link works for five minutes. Load the page again, and use its new link."
        ) from error
    except BadSignature as error:
        raise TicketError(
            "This address works only from a link on a page. Open the page, and use its link."
        ) from error
    return identity, claimed, number


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_KEY, salt=purpose)
