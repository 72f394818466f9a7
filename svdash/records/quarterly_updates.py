"""What is recorded of a commitment each quarter, and the life of a directorate's quarter.

An officer saves updates as often as they like; only officers see them. The directorate's quarter is then submitted, signed off
and published. From its submission on, the updates are locked. Publishing names the revisions that are published, so that
readers see these and nothing that was saved before or after. Reopening needs a reason; readers keep what was published until
the quarter is published again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash import wording
from svdash.records.evidence_files import EvidenceFile
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.typed_fields import valid
from svdash.years import period_end

UPDATE: Final = "update"
QUARTER: Final = "quarter"
# The steps of a quarter, each with those that it may follow; "" is a quarter of which nothing was said yet.
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "submitted": ("", "reopened"),
    "signed-off": ("submitted",),
    "published": ("signed-off",),
    "reopened": ("submitted", "signed-off", "published"),
}
LABELS: Final = {
    "": "open",
    "submitted": "submitted",
    "signed-off": "signed off",
    "published": "published",
    "reopened": "reopened",
}
# What people know the fields of an update by.
FIELDS: Final[Mapping[str, str]] = {
    "delivery": "Delivery",
    "confidence": "Delivery confidence",
    "effect": "Effect",
    "note": "What happened",
    "barriers": "What stands in the way",
    "next_step": "Next step",
    "evidence": "Evidence",
    "evidence_date": "Date of the evidence",
    "heard": "Were people who use the service heard?",
}
LOCKED: Final = frozenset({"submitted", "signed-off", "published"})


class QuarterlyUpdate(BaseModel):
    """What is reported of one commitment for one quarter.

    Attributes:
        directorate: whose quarter it belongs to; empty where the register names none.
        delivery, confidence: codes of the pack's table ``updates``.
        effect: the Maryland scale, 0 to 5; ``None`` where nothing is claimed.
        heard: whether the view of people who use the service was heard; ``None`` where nobody said.
        unchanged: whether the officer said that nothing changed since the last quarter.
        file: evidence that is a file.
        opened_at: when whoever wrote it began: opened the page, or saved the one before; ``None`` where that is not known.
        minutes: how long it took to write, as whoever wrote it in a workbook says; ``None`` where nobody did.
        on_behalf_of: the owner, where a deputy reports. ``deputy``: that deputy, as they were named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    commitment: str = Field(min_length=1, max_length=40)
    directorate: str = Field(default="", max_length=100)
    period: str = Field(pattern=r"^20[0-9]{2}/[0-9]{2} Q[1-4]$")
    due_on: date
    reported_on: date
    delivery: str = Field(min_length=1, max_length=40)
    confidence: str | None = Field(default=None, max_length=40)
    effect: int | None = Field(default=None, ge=0, le=5)
    note: str = Field(min_length=1, max_length=4000)
    barriers: str | None = Field(default=None, max_length=4000)
    next_step: str | None = Field(default=None, max_length=500)
    evidence: str | None = Field(default=None, max_length=500)
    evidence_date: date | None = None
    file: EvidenceFile | None = None
    heard: bool | None = None
    unchanged: bool = False
    on_behalf_of: str | None = Field(default=None, max_length=320)
    deputy: str | None = Field(default=None, max_length=320)
    opened_at: datetime | None = None
    minutes: int | None = Field(default=None, ge=0, le=1440)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.evidence_date is not None and self.evidence_date > self.reported_on:
            raise ValueError("The evidence is dated after today, the day of the report.")
        return self

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return update_item(self.commitment, self.period)


def update_item(commitment: str, period: str) -> str:
    """Return the name of the item that holds what is reported of a commitment for a quarter."""
    return f"{UPDATE}:{commitment}:{period}"


class Quarter(NamedTuple):
    """A quarter of a directorate; ``directorate`` is empty for what the register puts under none."""

    period: str
    directorate: str

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return f"{QUARTER}:{self.period}:{self.directorate}"

    def __str__(self) -> str:
        """Return it as messages name it."""
        return f"{self.period} of {self.directorate or 'the authority'}"


def checked(given: Mapping[str, Any]) -> QuarterlyUpdate:
    """Return an update from what was typed or read.

    Raises:
        RecordsError: something is missing, too long or can't be; the message names each field with its fault.
    """
    return valid(QuarterlyUpdate, given, FIELDS, shorten="Shorten it, or attach it as evidence.")


class QuarterlyUpdates:
    """The updates and quarters in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def newest(self, commitment: str, period: str) -> Revision | None:
        """Return what was saved last of a commitment for a quarter, published or not; ``None`` if nothing was."""
        found = self._history.newest(UPDATE, item=update_item(commitment, period))
        return found[0] if found else None

    def quarter(self, quarter: Quarter) -> Revision | None:
        """Return the last step of a directorate's quarter; ``None`` where it is open and never was submitted."""
        found = self._history.newest(QUARTER, item=quarter.item)
        return found[0] if found else None

    def save(
        self, updates: Iterable[tuple[QuarterlyUpdate, int | None]], *, by: str, view: str
    ) -> tuple[Revision, ...]:
        """Save updates, each with the revision that was open when it was written: all or none.

        Raises:
            ConflictError: somebody saved one of them, or took a step with the quarter, at the same time.
            RecordsError: a quarter is locked, or the database can't be reached.
        """
        drafts, standing = self._open(updates)
        return self._history.add(drafts, by=by, view=view, standing=standing)

    def check(self, update: QuarterlyUpdate, parent: int | None) -> None:
        """Raise as :meth:`save` would at this moment: for what is to be done before an update is saved, and can't be undone."""
        (draft,), _ = self._open([(update, parent)])
        standing = self.newest(update.commitment, update.period)
        if (standing.number if standing else None) != parent:
            raise ConflictError(draft, standing)

    def _open(
        self, updates: Iterable[tuple[QuarterlyUpdate, int | None]]
    ) -> tuple[list[Draft], dict[str, int | None]]:
        """Return updates as drafts, with the last step of each of their quarters. Raises ``RecordsError`` where one is locked."""
        drafts, standing = [], dict[str, int | None]()
        for each, parent in updates:
            quarter = Quarter(each.period, each.directorate)
            step = self.quarter(quarter)
            if state_of(step) in LOCKED:
                raise RecordsError(
                    f"{quarter} is {LABELS[state_of(step)]}, so {each.commitment} can't be changed. Have it reopened first."
                )
            standing[quarter.item] = step.number if step else None
            content = each.model_dump(mode="json")
            drafts.append(Draft(each.item, UPDATE, content, parent))
        return drafts, standing

    def step(
        self,
        quarter: Quarter,
        state: str,
        *,
        updates: Mapping[str, Revision | None] | None = None,
        reason: str = "",
        on: date,
        by: str,
        view: str,
    ) -> Revision:
        """Take a directorate's quarter a step further, or reopen it.

        Args:
            quarter: which quarter of which directorate.
            state: one of ``STEPS``.
            updates: what is submitted: every commitment of the directorate → its newest update, ``None`` where there is none.
                What is signed off and published is what was submitted.
            reason: why it is reopened.
            on: the day on which the step is taken: a quarter is submitted once it has ended.
            by: who takes the step.
            view: the address of the page.

        Raises:
            ConflictError: somebody took a step, or saved one of the updates, at the same time.
            RecordsError: the step can't follow the last one, or a reason or updates are missing.
        """
        before = self.quarter(quarter)
        self._check_step(quarter, before, state, reason, on)
        newest = {each: found.number if found else None for each, found in (updates or {}).items()}
        numbers = [number for number in newest.values() if number is not None]
        standing: dict[str, int | None] = {}
        if state == "submitted":
            if not numbers:
                raise RecordsError(f"{quarter} has no update to submit.")
            # Also of commitments without one: an update saved meanwhile would be locked and never published.
            standing = {update_item(each, quarter.period): number for each, number in newest.items()}
        elif before is not None:
            numbers = list(before.content["updates"])
        content = {**quarter._asdict(), "state": state, "reason": reason.strip(), "updates": numbers}
        draft = Draft(quarter.item, QUARTER, content, before.number if before else None)
        return self._history.add([draft], by=by, view=view, standing=standing)[0]

    @staticmethod
    def _check_step(quarter: Quarter, before: Revision | None, state: str, reason: str, on: date) -> None:
        """Raise ``RecordsError`` where a step can't be taken, whatever its updates."""
        if state_of(before) not in STEPS[state]:
            raise RecordsError(
                f"{quarter} is {LABELS[state_of(before)]}: it can't be {LABELS[state]} now. "
                f"It would have to be {wording.choices([LABELS[each] for each in STEPS[state]])}."
            )
        end = period_end(quarter.period)
        if state == "submitted" and on <= end:
            raise RecordsError(
                f"{quarter} ends on {wording.day(end)}: it can be submitted from the day after. What is saved until then stays "
                "a draft."
            )
        if state == "reopened" and not reason.strip():
            raise RecordsError("Say why the quarter is reopened: that stays in the history.")

    def published(self) -> tuple[Revision, ...]:
        """Return the updates that readers see: of each quarter those of its last publication, in the order they were saved."""
        last = {
            each.item: each for each in self._history.of_kind(QUARTER) if each.content["state"] == "published"
        }
        return self._history.numbered(number for each in last.values() for number in each.content["updates"])

    def submitted(self) -> frozenset[Quarter]:
        """Return the quarters whose updates are locked: from their submission on, until they are reopened."""
        return frozenset(
            Quarter(each.content["period"], each.content["directorate"])
            for each in self._history.newest(QUARTER)
            if state_of(each) in LOCKED
        )

    def saved(self) -> tuple[Revision, ...]:
        """Return the newest revision of every update, published or not, in the order they were saved."""
        return self._history.newest(UPDATE)


def state_of(step: Revision | None) -> str:
    """Return where a quarter stands after its last step: a key of ``STEPS``, or empty where it never was submitted."""
    return str(step.content["state"]) if step else ""
