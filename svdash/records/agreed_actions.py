"""Actions that a meeting agreed: what, by whom, by when; done on evidence, and closed by somebody who looked at it.

Each change is the next revision of one item, so the history says who closed an action and on what. An action that was
closed may be opened again, with a reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash import wording
from svdash.records.evidence_files import EvidenceFile
from svdash.records.history import Draft, History, Revision
from svdash.records.people import People
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.typed_fields import recorded, valid

ACTION: Final = "action"
OPEN, DONE, CLOSED, WITHDRAWN = "open", "done", "closed", "withdrawn"
State = Literal["open", "done", "closed", "withdrawn"]
FIELDS: Final[Mapping[str, str]] = {
    "what": "What is to be done",
    "owner": "Owner",
    "due": "By when",
    "ask": "What is asked of the meeting",
    "commitments": "Commitments",
    "evidence": "What shows that it was done",
    "done_on": "Done on",
    "reason": "Reason",
}


class Action(BaseModel):
    """An action.

    Attributes:
        about: the key of the exception that it answers, or of a snapshot's entry; empty if it is about neither.
        owner: the post that does it, as the register or the list of people names it; people are not named.
        due: the day by which it is done.
        ask: what the meeting is asked to decide or help with.
        commitments: identifiers of the register.
        meeting: the item of the meeting that agreed it; empty where none did.
        state: open; done, with evidence; closed, by somebody else who looked at the evidence; or withdrawn.
        reason: why it is closed, withdrawn, moved to another day or opened again.
        first_due: the day by which it was to be done first, where that was moved.
        shown: whether readers without a role see it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    about: str = Field(default="", max_length=200)
    what: str = Field(min_length=1, max_length=500)
    owner: str = Field(min_length=1, max_length=150)
    due: date
    ask: str = Field(default="", max_length=500)
    commitments: tuple[str, ...] = Field(default=(), max_length=20)
    meeting: str = Field(default="", max_length=200)
    state: State = "open"
    evidence: str | None = Field(default=None, max_length=500)
    file: EvidenceFile | None = None
    done_on: date | None = None
    reason: str = Field(default="", max_length=500)
    first_due: date | None = None
    shown: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state in (DONE, CLOSED) and not self.is_evidenced:
            raise ValueError(
                "Say what shows that it was done: a link, a paper or a file. Without it the action stays open."
            )
        if self.state in (DONE, CLOSED) and self.done_on is None:
            raise ValueError("Say on which day it was done.")
        if self.done_on is not None and self.done_on > datetime.now(UTC).date():
            raise ValueError("The day on which it was done is in the future.")
        if self.state in (CLOSED, WITHDRAWN) and not self.reason:
            raise ValueError(f"Say why it is {self.state}: that stays in the history.")
        return self

    @property
    def is_evidenced(self) -> bool:
        """Whether something shows that it was done."""
        return bool(self.evidence) or self.file is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do: closed on evidence, or withdrawn."""
        return self.state in (CLOSED, WITHDRAWN)


class KeptAction(NamedTuple):
    """An action with its newest revision, which says who changed it last."""

    action: Action
    revision: Revision

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return self.revision.item


class ActionLog:
    """The actions in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def newest(self) -> tuple[KeptAction, ...]:
        """Return every action as it stands, the one due first first."""
        found = [KeptAction(recorded(Action, each), each) for each in self._history.newest(ACTION)]
        return tuple(sorted(found, key=lambda each: (each.action.due, each.revision.number)))

    def of(self, item: str) -> tuple[KeptAction, ...]:
        """Return all revisions of an action, the oldest first."""
        return tuple(KeptAction(recorded(Action, each), each) for each in self._history.of(item))

    def check(
        self, given: Mapping[str, Any], parent: Revision | None, *, by: str, may_close_own: bool = False
    ) -> Draft:
        """Return what would be recorded, before a file that belongs to it is kept. Arguments and errors as of :meth:`save`."""
        action = valid(Action, given, FIELDS)
        action = _check_step(action, parent, by, may_close_own=may_close_own)
        if parent is None or parent.content["owner"] != action.owner:
            self._check_owner(action.owner)
        item = parent.item if parent else f"{ACTION}:{secrets.token_hex(6)}"
        draft = Draft(item, ACTION, action.model_dump(mode="json"), parent.number if parent else None)
        newest = self._history.newest(ACTION, item=item)
        if (newest[0].number if newest else None) != draft.parent:
            raise ConflictError(draft, newest[0] if newest else None)
        return draft

    def save(
        self,
        given: Mapping[str, Any],
        parent: Revision | None,
        *,
        by: str,
        view: str,
        may_close_own: bool = False,
    ) -> KeptAction:
        """Record an action, or the next revision of one.

        Args:
            given: the fields of :class:`Action`.
            parent: the revision that was open when this was written; ``None`` for a new action.
            by: who records it.
            view: the address of the page.
            may_close_own: whether they may close what they said themselves is done; for the one user of a machine alone.

        Raises:
            ConflictError: somebody saved it at the same time.
            RecordsError: something is missing or can't be, such as an action without a date or an owner who left, or the
                database can't be reached.
        """
        draft = self.check(given, parent, by=by, may_close_own=may_close_own)
        return KeptAction(
            Action.model_validate(draft.content), self._history.add([draft], by=by, view=view)[0]
        )

    def _check_owner(self, owner: str) -> None:
        """Refuse a post that everybody left whom the list of people knows there."""
        held = [each for each in People(self._history).known() if each.post == owner]
        today = datetime.now(UTC).date()
        if held and not any(each.holds(today) for each in held):
            left = max(each.left_on for each in held if each.left_on)
            raise RecordsError(
                f"Owner: nobody holds the post {owner} since {wording.day(left)}. Choose another owner, or enter who holds it "
                "with python -m svdash people enter."
            )


def _check_step(action: Action, parent: Revision | None, by: str, *, may_close_own: bool) -> Action:
    """Return an action that may follow what was there, with the day it was due first where that is moved; refuse others."""
    if parent is None:
        if action.state != OPEN:
            raise RecordsError("A new action is open. Record first that it was agreed, then that it is done.")
        if action.due < datetime.now(UTC).date():
            raise RecordsError(f"By when: {wording.day(action.due)} has passed. Give a day in the future.")
        return action
    before = recorded(Action, parent)
    if before.is_over and (action.state == before.state or not _new_reason(action, before)):
        raise RecordsError(f"The action was {before.state}. Open it again, with a reason, to change it.")
    if action.state == CLOSED:
        _check_closing(action, before, parent, by, may_close_own=may_close_own)
    if action.due != before.due:
        if not _new_reason(action, before):
            raise RecordsError(f"Reason: say why the action is moved from {wording.day(before.due)}.")
        return action.model_copy(update={"first_due": before.first_due or before.due})
    return action.model_copy(update={"first_due": before.first_due})


def _check_closing(action: Action, before: Action, parent: Revision, by: str, *, may_close_own: bool) -> None:
    """Refuse to close what is not done, what other evidence than was given would hold up, and what one did oneself."""
    if before.state != DONE:
        raise RecordsError(
            "Record first that it is done, with its evidence; then somebody who looked at the evidence closes it."
        )
    if (action.evidence, action.file, action.done_on) != (before.evidence, before.file, before.done_on):
        raise RecordsError(
            "The action was recorded as done with other evidence. Open the action again to give other evidence."
        )
    if parent.by == by and not may_close_own:
        raise RecordsError(
            "The person who recorded that the action is done can't close it: somebody else looks at the evidence and closes it."
        )


def _new_reason(action: Action, before: Action) -> bool:
    return bool(action.reason) and action.reason != before.reason


def about(actions: Iterable[KeptAction], key: str) -> tuple[KeptAction, ...]:
    """Return the actions about an exception, the one due first first."""
    return tuple(each for each in actions if each.action.about == key)
