"""What the Champions' forum logs: challenges with their answers, decisions, and good practice to share, linked to commitments.

An entry is a draft until it is published. Later drafts, such as an answer, do not change what readers see before they are
published as well; an entry that is withdrawn is shown no more, and the history keeps who withdrew it and why.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError
from svdash.records.typed_fields import recorded, valid

ENTRY: Final = "forum"
DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
State = Literal["draft", "published", "withdrawn"]
FIELDS: Final[Mapping[str, str]] = {
    "kind": "What it is",
    "raised_by": "From which team or role",
    "on": "Day",
    "commitments": "Commitments and practices",
    "answered_by": "Answered by which team or role",
    "answered_on": "Day of the answer",
    "reason": "Why it is withdrawn",
}


class ForumEntry(BaseModel):
    """An entry of the log.

    Attributes:
        kind: a challenge, a decision, or good practice.
        raised_by: which team or role it is from; people are not named, since an entry stays.
        on: the day of the meeting, or when it was raised.
        commitments: identifiers of the register.
        answer: of a challenge. ``answered_by``: the team or role. ``answered_on``: the day.
        reason: why it was withdrawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    kind: Literal["challenge", "decision", "practice"]
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=4000)
    raised_by: str = Field(min_length=1, max_length=200)
    on: date
    commitments: tuple[str, ...] = Field(default=(), max_length=20)
    answer: str = Field(default="", max_length=4000)
    answered_by: str = Field(default="", max_length=200)
    answered_on: date | None = None
    state: State = "draft"
    reason: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.answer and not (self.answered_by and self.answered_on):
            raise ValueError("Say who answered, and when.")
        if self.answered_on is not None and self.answered_on < self.on:
            raise ValueError("The answer is dated before the challenge.")
        if self.state == WITHDRAWN and not self.reason:
            raise ValueError("Say why it is withdrawn: that stays in the history.")
        return self


class LoggedEntry(NamedTuple):
    """An entry with the revision that says so: what readers see, or the newest draft."""

    entry: ForumEntry
    revision: Revision


class ForumLog:
    """The log in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def published(self) -> tuple[LoggedEntry, ...]:
        """Return what readers see, the newest meeting first."""
        last = {each.item: each for each in self._history.of_kind(ENTRY) if each.content["state"] != DRAFT}
        return _logged([each for each in last.values() if each.content["state"] == PUBLISHED])

    def newest(self) -> tuple[LoggedEntry, ...]:
        """Return the newest revision of every entry, published or not, the newest meeting first."""
        return _logged(list(self._history.newest(ENTRY)))

    def save(self, given: Mapping[str, Any], parent: Revision | None, *, by: str, view: str) -> LoggedEntry:
        """Log an entry, or the next revision of one.

        Args:
            given: the fields of :class:`ForumEntry`.
            parent: the revision that was open when this was written; ``None`` for a new entry.
            by: who logs it.
            view: the address of the page.

        Raises:
            ConflictError: somebody saved it at the same time.
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        entry = valid(ForumEntry, given, FIELDS)
        _check_days(entry)
        item = parent.item if parent else f"{ENTRY}:{secrets.token_hex(6)}"
        draft = Draft(item, ENTRY, entry.model_dump(mode="json"), parent.number if parent else None)
        return LoggedEntry(entry, self._history.add([draft], by=by, view=view)[0])


def _check_days(entry: ForumEntry) -> None:
    """Raise ``RecordsError`` where something is said to have happened after today, in UTC.

    What is on record already is read as it stands, so the model itself does not check it.
    """
    today = datetime.now(UTC).date()
    if entry.on > today:
        raise RecordsError("Day: that day is in the future.")
    if entry.answered_on is not None and entry.answered_on > today:
        raise RecordsError("Day of the answer: that day is in the future.")


def _logged(revisions: list[Revision]) -> tuple[LoggedEntry, ...]:
    found = [LoggedEntry(recorded(ForumEntry, each), each) for each in revisions]
    return tuple(sorted(found, key=lambda each: (each.entry.on, each.revision.number), reverse=True))
