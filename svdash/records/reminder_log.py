"""The log of reminders: who was reminded of what, on which day, and what came of it.

A reminder is recorded before it is sent and again after, so that neither a second run nor two runs at once send it twice,
and a run that broke off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError

REMINDER: Final = "reminder"
SENDING, SENT, FAILED = "sending", "sent", "failed"
# No mail takes longer to hand over: who began earlier and said nothing more was ended.
_AT_WORK: Final = timedelta(minutes=10)
Moment = tuple[str, str]


class ReminderLog:
    """The reminders in a history. Safe to share between threads.

    A moment is a quarter and how near its day is, such as ``("2026/27 Q2", "approaching")``: of each, a person is reminded
    once.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    def reminded(self) -> dict[str, frozenset[Moment]]:
        """Return of which moments each person was reminded."""
        found: dict[str, set[Moment]] = {}
        for each in self._history.newest(REMINDER):
            if each.content["state"] == SENT:
                moments = found.setdefault(each.content["person"], set())
                moments |= {(period, stage) for period, stage in each.content["moments"]}
        return {person: frozenset(moments) for person, moments in found.items()}

    def on(self, person: str, day: date) -> Revision | None:
        """Return the reminder of a person on a day; ``None`` where there is none."""
        found = self._history.newest(REMINDER, item=_item(person, day))
        return found[0] if found else None

    def begin(
        self, person: str, day: date, moments: Iterable[Moment], commitments: Iterable[str], *, by: str
    ) -> Revision | None:
        """Record that a reminder is about to be sent; ``None`` where it was sent that day, or another run is sending it.

        Raises:
            RecordsError: the database can't be reached.
        """
        before = self.on(person, day)
        state = before.content["state"] if before else ""
        if state == SENT or (before and state == SENDING and datetime.now(UTC) - before.at < _AT_WORK):
            return None
        content = {
            "person": person,
            "day": day.isoformat(),
            "moments": [list(each) for each in moments],
            "commitments": list(commitments),
            "state": SENDING,
            "why": "",
        }
        draft = Draft(_item(person, day), REMINDER, content, before.number if before else None)
        try:
            return self._history.add([draft], by=by, view="remind")[0]
        except ConflictError:
            return None  # another run was faster

    def end(self, begun: Revision, why: str = "") -> Revision:
        """Record that a reminder was sent, or why it was not.

        The history is never erased, so that ``why`` must name nobody.

        Raises:
            RecordsError: the database can't be reached.
        """
        content = {**begun.content, "state": FAILED if why else SENT, "why": why}
        draft = Draft(begun.item, REMINDER, content, begun.number)
        return self._history.add([draft], by=begun.by, view="remind")[0]


def _item(person: str, day: date) -> str:
    return f"{REMINDER}:{person}:{day.isoformat()}"
