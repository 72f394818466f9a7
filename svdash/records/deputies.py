"""Who stands in for the owner of commitments, from which day until which. The history keeps every appointment and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash import wording
from svdash.records.history import Draft, History, Revision
from svdash.records.typed_fields import recorded, valid

DEPUTY: Final = "deputy"
# An owner and a deputy stand in the item's name, which has at most 200 characters.
_LONGEST: Final = 90
FIELDS: Final[Mapping[str, str]] = {
    "owner": "For whom",
    "deputy": "Who stands in",
    "since": "From",
    "until": "Until",
}


class Deputy(BaseModel):
    """An appointment.

    Attributes:
        owner: for whom, as the register names them.
        deputy: who stands in, by the name or address that sign-in knows.
        since: the first day. ``until``: the last day.
        ended: whether it was cancelled before it began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    owner: str = Field(min_length=1, max_length=_LONGEST)
    deputy: str = Field(min_length=1, max_length=_LONGEST)
    since: date
    until: date
    ended: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.since:
            raise ValueError("The last day is before the first.")
        if self.deputy.casefold() == self.owner.casefold():
            raise ValueError("Nobody is their own deputy.")
        return self

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return f"{DEPUTY}:{self.owner}:{self.deputy}"

    def stands_in(self, on: date) -> bool:
        """Return whether the deputy may act on a day."""
        return not self.ended and self.since <= on <= self.until

    def is_over(self, on: date) -> bool:
        """Return whether the deputy may act on no day from this one on."""
        return self.ended or self.until < on

    def __str__(self) -> str:
        """Return it as pages name it."""
        return f"{self.deputy}, {wording.days(self.since, self.until)}"


class Appointed(NamedTuple):
    """An appointment as it stands, with the revision that says so."""

    deputy: Deputy
    revision: Revision


class Deputies:
    """The deputies in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def of(self, owner: str) -> tuple[Appointed, ...]:
        """Return every deputy whom an owner ever had, each as it stands, the one who acts longest first."""
        mine = [each for each in self._all() if each.deputy.owner == owner]
        return tuple(sorted(mine, key=lambda each: each.deputy.until, reverse=True))

    def acting(self, owner: str, on: date) -> tuple[Deputy, ...]:
        """Return who stands in for an owner on a day."""
        return tuple(each.deputy for each in self.of(owner) if each.deputy.stands_in(on))

    def everyone(self, on: date) -> tuple[Deputy, ...]:
        """Return everybody who stands in for an owner on a day."""
        return tuple(each.deputy for each in self._all() if each.deputy.stands_in(on))

    def _all(self) -> list[Appointed]:
        return [Appointed(recorded(Deputy, each), each) for each in self._history.newest(DEPUTY)]

    def appoint(self, given: Mapping[str, Any], *, by: str, view: str) -> Deputy:
        """Record who stands in for an owner; the same two again change the days.

        Raises:
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        named = valid(Deputy, given, FIELDS)
        before = next((each for each in self.of(named.owner) if each.deputy.item == named.item), None)
        parent = before.revision.number if before else None
        self._history.add(
            [Draft(named.item, DEPUTY, named.model_dump(mode="json"), parent)], by=by, view=view
        )
        return named

    def end(self, deputy: Deputy, on: date, *, by: str, view: str) -> Deputy:
        """Record that a deputy acts on a day for the last time; or never, where the first day is still to come."""
        changed = {"until": on} if deputy.since <= on else {"ended": True}
        return self.appoint({**deputy.model_dump(), **changed}, by=by, view=view)
