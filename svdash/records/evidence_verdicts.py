"""What an internal audit says of claims that were drawn at random: whether their evidence holds, partly holds or does not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError
from svdash.records.typed_fields import recorded, valid

VERDICT: Final = "evidence-verdict"
FIELDS: Final[Mapping[str, str]] = {"verdict": "Verdict", "reason": "Reason", "on": "Looked at on"}


class EvidenceVerdict(BaseModel):
    """What is said of one claim.

    Attributes:
        commitment, period: whose update of which quarter makes the claim.
        claim: SHA-256 of what was claimed, on which evidence, in hexadecimal: a claim that was changed since is another one.
        verdict: whether the evidence holds the claim up, in part, or not. ``reason``: why; people are not named.
        on: the day it was looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    commitment: str = Field(min_length=1, max_length=40)
    period: str = Field(pattern=r"^20[0-9]{2}/[0-9]{2} Q[1-4]$")
    claim: str = Field(pattern=r"^[0-9a-f]{64}$")
    verdict: Literal["holds", "partly", "does-not"]
    reason: str = Field(min_length=1, max_length=2000)
    on: date

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return f"{VERDICT}:{self.period}:{self.commitment}"


class KeptVerdict(NamedTuple):
    """A verdict with the revision that says so."""

    verdict: EvidenceVerdict
    revision: Revision


class EvidenceVerdicts:
    """The verdicts in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def newest(self) -> tuple[KeptVerdict, ...]:
        """Return the newest verdict on each claim."""
        return tuple(
            KeptVerdict(recorded(EvidenceVerdict, each), each) for each in self._history.newest(VERDICT)
        )

    def save(self, given: Mapping[str, Any], parent: Revision | None, *, by: str, view: str) -> KeptVerdict:
        """Record a verdict, with the one that was open when it was written.

        Raises:
            ConflictError: somebody recorded one at the same time.
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        found = valid(EvidenceVerdict, given, FIELDS)
        if found.on > datetime.now(UTC).date():
            raise RecordsError("Looked at on: that day is in the future.")
        draft = Draft(found.item, VERDICT, found.model_dump(mode="json"), parent.number if parent else None)
        return KeptVerdict(found, self._history.add([draft], by=by, view=view)[0])
