"""Private calendars: each has a long random token in its address, of which the records hold the hash alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from svdash.records.history import Draft, History

FEED: Final = "calendar-feed"


class CalendarFeeds:
    """The private calendars in a history, one a person. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def issue(self, person: str, *, by: str, view: str) -> str:
        """Return a new token for a person's calendar; the one before leads nowhere from now on.

        Raises:
            ConflictError: somebody asked for one at the same time.
            RecordsError: the database can't be reached.
        """
        token = secrets.token_urlsafe(32)
        self._record(person, _hash(token), by, view)
        return token

    def end(self, person: str, *, by: str, view: str) -> None:
        """Have a person's token lead nowhere. Raises as :meth:`issue`."""
        self._record(person, "", by, view)

    def stands(self, person: str) -> bool:
        """Return whether a person has a calendar that a token leads to."""
        found = self._history.newest(FEED, item=f"{FEED}:{person}")
        return bool(found and found[0].content["token"])

    def person(self, token: str) -> str | None:
        """Return whose calendar a token leads to; ``None`` where it leads nowhere, or not any more."""
        wanted = _hash(token)
        return next(
            (
                str(each.content["person"])
                for each in self._history.newest(FEED)
                if hmac.compare_digest(str(each.content["token"]), wanted)
            ),
            None,
        )

    def _record(self, person: str, token: str, by: str, view: str) -> None:
        item = f"{FEED}:{person}"
        before = self._history.newest(FEED, item=item)
        draft = Draft(item, FEED, {"person": person, "token": token}, before[0].number if before else None)
        self._history.add([draft], by=by, view=view)


def _hash(token: str) -> str:
    """Return SHA-256 of a token. It has 256 bits of chance, so nobody finds it by trying."""
    return hashlib.sha256(token.encode()).hexdigest()
