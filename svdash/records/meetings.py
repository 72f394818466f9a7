"""Meetings: the agenda of findings, bound to a snapshot, and what was minuted against single figures of it.

An agenda, and the minutes of each finding, is one item of the history each: of two people who change the same one at once,
the second is told.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.typed_fields import recorded, valid

MEETING: Final = "meeting"
MINUTES: Final = "minutes"
NOTE, QUESTION, DECISION = "note", "question", "decision"
PLANNED, WITHDRAWN = "planned", "withdrawn"
MOST_FINDINGS: Final = 60
_WITHDRAWN_NOW: Final = "This meeting was withdrawn, so nothing can be minuted in it. Ask whoever withdrew it; the audit says who."
_SNAPSHOT: Final = r"(?:[0-9a-f]{64})?"
FIELDS: Final[Mapping[str, str]] = {
    "name": "Name of the meeting",
    "on": "Day",
    "snapshot": "Snapshot",
    "agenda": "Agenda",
    "reason": "Why it is withdrawn",
    "lines": "Minutes of this finding",
    "text": "What is minuted",
    "kind": "What it is",
}


class Meeting(BaseModel):
    """A meeting with its agenda.

    Attributes:
        name: what people call it, such as Board. ``on``: its day.
        snapshot: the snapshot that its findings are of, by its 64 hexadecimal digits; empty while none is chosen.
        agenda: keys of entries of the snapshot, in the order in which they are looked at, each once.
        reason: why it was withdrawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=120)
    on: date
    snapshot: str = Field(default="", pattern=f"^{_SNAPSHOT}$")
    agenda: tuple[str, ...] = Field(default=(), max_length=MOST_FINDINGS)
    state: Literal["planned", "withdrawn"] = "planned"
    reason: str = Field(default="", max_length=500)

    @field_validator("name")
    @classmethod
    def _one_line(cls, given: str) -> str:
        if not given.isprintable():
            raise ValueError("Name of the meeting: it has a line break or another invisible character in it.")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(set(self.agenda)) < len(self.agenda):
            raise ValueError("Agenda: a finding is on it twice. Keep one.")
        if self.agenda and not self.snapshot:
            raise ValueError("Choose the snapshot whose findings are on the agenda.")
        if self.state == WITHDRAWN and not self.reason:
            raise ValueError("Say why it is withdrawn: that stays in the history.")
        return self


class MinuteLine(BaseModel):
    """One note, question or decision.

    Attributes:
        id: by which it is known while its words are corrected.
        row: which row of the finding's table it is about, in words; empty where it is about the finding as a whole.
        figure: the figure of that row as it was written then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(default_factory=lambda: secrets.token_hex(4), max_length=16)
    kind: Literal["note", "question", "decision"]
    text: str = Field(min_length=1, max_length=2000)
    row: str = Field(default="", max_length=300)
    figure: str = Field(default="", max_length=300)


class FindingMinutes(BaseModel):
    """What was minuted of one finding in one meeting, in the order in which it was said.

    Attributes:
        meeting: the item of the meeting. ``entry``: key of the snapshot's entry.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    meeting: str = Field(min_length=1, max_length=100)
    entry: str = Field(min_length=1, max_length=500)
    lines: tuple[MinuteLine, ...] = Field(max_length=80)


class KeptMeeting(NamedTuple):
    """A meeting with the revision that says so."""

    meeting: Meeting
    revision: Revision


class KeptMinutes(NamedTuple):
    """Minutes of a finding with the revision that says so."""

    minutes: FindingMinutes
    revision: Revision


class MeetingLog:
    """The meetings in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def newest(self) -> tuple[KeptMeeting, ...]:
        """Return every meeting that is not withdrawn, the newest day first."""
        found = (_kept(each) for each in self._history.newest(MEETING))
        planned = [each for each in found if each.meeting.state == PLANNED]
        return tuple(sorted(planned, key=lambda each: (each.meeting.on, each.revision.number), reverse=True))

    def save(self, given: Mapping[str, Any], parent: Revision | None, *, by: str, view: str) -> KeptMeeting:
        """Save a meeting, or the next revision of one.

        Args:
            given: the fields of :class:`Meeting`.
            parent: the revision that was open when this was written; ``None`` for a new meeting.
            by: who saves it.
            view: the address of the page.

        Raises:
            ConflictError: somebody saved it at the same time.
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        meeting = valid(Meeting, given, FIELDS)
        item = parent.item if parent else f"{MEETING}:{secrets.token_hex(6)}"
        draft = Draft(item, MEETING, meeting.model_dump(mode="json"), parent.number if parent else None)
        return KeptMeeting(meeting, self._history.add([draft], by=by, view=view)[0])

    def minutes(self, meeting: str) -> dict[str, KeptMinutes]:
        """Return key of entry → what was minuted of it in a meeting, named by its item."""
        found = (
            KeptMinutes(recorded(FindingMinutes, each), each)
            for each in self._history.newest(MINUTES)
            if each.content["meeting"] == meeting
        )
        return {each.minutes.entry: each for each in found}

    def one(self, item: str) -> KeptMeeting | None:
        """Return a meeting by its item as it stands; ``None`` where it was withdrawn or never was."""
        found = [_kept(each) for each in self._history.newest(MEETING, item=item)]
        return next((each for each in found if each.meeting.state == PLANNED), None)

    def minute(
        self,
        meeting: str,
        entry: str,
        lines: Sequence[MinuteLine | Mapping[str, Any]],
        parent: Revision | None,
        *,
        by: str,
        view: str,
    ) -> KeptMinutes:
        """Save the minutes of a finding: all lines, those that stood before as well.

        Args:
            meeting: the item of the meeting.
            entry: key of the entry.
            lines: what is minuted, in order; a line that is left out is taken away, and the history keeps it.
            parent: the revision that was open when this was written; ``None`` where nothing was minuted of it yet.
            by: who saves it.
            view: the address of the page.

        Raises:
            ConflictError: somebody saved minutes of this finding at the same time.
            RecordsError: the meeting was withdrawn or is changed in this moment, the finding is not on its agenda, something is
                missing or can't be, or the database can't be reached.
        """
        # Each line is read anew: a copy of a line that was changed has not been checked.
        given = [line.model_dump() if isinstance(line, MinuteLine) else line for line in lines]
        checked = tuple(valid(MinuteLine, line, FIELDS).model_dump() for line in given)
        found = valid(FindingMinutes, {"meeting": meeting, "entry": entry, "lines": checked}, FIELDS)
        stands = self._open_to_minutes(meeting, entry, new=parent is None)
        draft = Draft(
            minutes_item(meeting, entry),
            MINUTES,
            found.model_dump(mode="json"),
            parent.number if parent else None,
        )
        try:
            added = self._history.add([draft], by=by, view=view, standing={meeting: stands.number})
        except ConflictError as conflict:
            if conflict.draft.item != meeting:
                raise
            # It may have been withdrawn since it was looked at above.
            raise RecordsError("Somebody changed the meeting at the same moment. Save again.") from conflict
        return KeptMinutes(found, added[0])

    def _open_to_minutes(self, item: str, entry: str, *, new: bool) -> Revision:
        """Return the revision of a meeting that stands; refuse one that was withdrawn, and new minutes of what it does not look at."""
        kept = self.one(item)
        if kept is None:
            raise RecordsError(_WITHDRAWN_NOW)
        if new and entry not in kept.meeting.agenda:
            raise RecordsError(
                "This finding is not on the agenda any more, so nothing new can be minuted about it. Put it back on the agenda first."
            )
        return kept.revision


def minutes_item(meeting: str, entry: str) -> str:
    """Return the name of the item that holds the minutes of a finding; keys of entries may be longer than a name can."""
    return f"{MINUTES}:{meeting.partition(':')[2]}:{hashlib.sha256(entry.encode()).hexdigest()[:16]}"


def added_meanwhile(conflict: ConflictError, seen: Revision | None) -> tuple[MinuteLine, ...]:
    """Return the lines that somebody else saved after ``seen`` was opened.

    Raises:
        RecordsError: what stands is no minutes that could be shown beside what was typed.
    """
    if conflict.standing is None:
        raise RecordsError(str(conflict)) from conflict
    now = recorded(FindingMinutes, conflict.standing).lines
    before = recorded(FindingMinutes, seen).lines if seen else ()
    return tuple(line for line in now if line not in before)


def _kept(revision: Revision) -> KeptMeeting:
    return KeptMeeting(recorded(Meeting, revision), revision)
