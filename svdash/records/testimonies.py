"""What citizens and panels told, in their own words: shown with their consent, until it expires, and erased on request.

The words stand apart from the content of the first revision, so that they can go while the row and its hash stay. Later
revisions publish it, withdraw consent or change the day on which it expires; none holds the words again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash import wording
from svdash.records.champions_forum import PUBLISHED, State
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError
from svdash.records.typed_fields import recorded, valid

TESTIMONY: Final = "testimony"
_LONGEST_WORDS: Final = 4000
FIELDS: Final[Mapping[str, str]] = {
    "who": "Who said it",
    "heard_on": "Heard on",
    "commitments": "Beside which commitments",
    "indicators": "Beside which indicators",
    "consent_on": "Agreed on",
    "expires": "Shown until",
}


class Testimony(BaseModel):
    """What is kept of testimony beside its words.

    Attributes:
        who: how the person or panel is introduced, without a name: "A member of the residents' panel".
        heard_on: the day.
        commitments, indicators: what it stands beside.
        consent: whether they agreed that it is shown. ``consent_on``: when they said so.
        expires: the last day on which it is shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    who: str = Field(min_length=1, max_length=200)
    heard_on: date
    commitments: tuple[str, ...] = Field(default=(), max_length=20)
    indicators: tuple[str, ...] = Field(default=(), max_length=20)
    consent: bool = False
    consent_on: date | None = None
    expires: date
    state: State = "draft"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.commitments and not self.indicators:
            raise ValueError("Name a commitment or an indicator that it is shown beside.")
        if self.consent and self.consent_on is None:
            raise ValueError("Say on which day they agreed that it is shown.")
        if self.expires < self.heard_on:
            raise ValueError("It would expire before it was heard.")
        if self.state == PUBLISHED and not self.consent:
            raise ValueError("It can be published only with their consent.")
        return self


class KeptTestimony(NamedTuple):
    """Testimony as it stands.

    Attributes:
        testimony: what the newest revision says of it.
        words: ``None`` where they were erased.
        first: the number of the revision that holds the words.
        revision: the newest revision.
    """

    testimony: Testimony
    words: str | None
    first: int
    revision: Revision

    def is_shown(self, on: date) -> bool:
        """Return whether readers see it on a day: published, with consent given by then, not expired, its words still there."""
        agreed = self.testimony.state == PUBLISHED and self.testimony.consent
        since = self.testimony.consent_on
        return (
            agreed and self.words is not None and since is not None and since <= on <= self.testimony.expires
        )

    def is_extended_by(self, testimony: Testimony) -> bool:
        """Return whether it would be shown with consent for longer than was agreed."""
        return self.testimony.consent and testimony.consent and testimony.expires > self.testimony.expires

    def is_agreed_anew_in(self, testimony: Testimony) -> bool:
        """Return whether consent was given on a later day than the one on record."""
        before, after = self.testimony.consent_on, testimony.consent_on
        return before is not None and after is not None and after > before


class Testimonies:
    """Testimony in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def all(self) -> tuple[KeptTestimony, ...]:
        """Return all testimony as it stands, what was heard last first."""
        first: dict[str, Revision] = {}
        newest: dict[str, Revision] = {}
        for each in self._history.of_kind(TESTIMONY):
            first.setdefault(each.item, each)
            newest[each.item] = each
        found = [
            KeptTestimony(recorded(Testimony, last), first[item].words, first[item].number, last)
            for item, last in newest.items()
        ]
        return tuple(sorted(found, key=lambda each: (each.testimony.heard_on, each.first), reverse=True))

    def record(self, given: Mapping[str, Any], words: str, *, by: str, view: str) -> Revision:
        """Record testimony with its words, not published yet.

        Raises:
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        text = words.strip()
        if not text:
            raise RecordsError("In their own words: say something here.")
        if len(text) > _LONGEST_WORDS:
            raise RecordsError("In their own words: it has more than 4,000 characters. Shorten it.")
        testimony = valid(Testimony, {**given, "state": "draft"}, FIELDS)
        _check_days(testimony)
        draft = Draft(
            f"{TESTIMONY}:{secrets.token_hex(6)}", TESTIMONY, testimony.model_dump(mode="json"), words=text
        )
        return self._history.add([draft], by=by, view=view)[0]

    def change(self, kept: KeptTestimony, *, by: str, view: str, **changed: Any) -> Revision:
        """Record what changed: ``state``, ``consent``, ``consent_on`` or ``expires``.

        Consent was given until the day on which it expires, so a later day needs consent that was given anew.

        Raises:
            ConflictError: somebody changed it at the same time.
            RecordsError: it can't be so, its words were erased, or the database can't be reached.
        """
        if kept.words is None:
            raise RecordsError("The words of this testimony were erased: it can't be shown any more.")
        testimony = valid(Testimony, {**kept.testimony.model_dump(), **changed}, FIELDS)
        _check_days(testimony)
        if kept.is_extended_by(testimony) and not kept.is_agreed_anew_in(testimony):
            raise RecordsError(
                f"They agreed that it is shown until {wording.day(kept.testimony.expires)}. Ask them again, and say on which "
                "day they agreed to the later one."
            )
        draft = Draft(kept.revision.item, TESTIMONY, testimony.model_dump(mode="json"), kept.revision.number)
        return self._history.add([draft], by=by, view=view)[0]

    def erase(self, kept: KeptTestimony, reason: str, *, by: str, view: str) -> None:
        """Erase the words for good. Raises ``RecordsError`` where they are erased already, or no reason is given."""
        self._history.erase_words(kept.first, by=by, view=view, reason=reason)


def _check_days(testimony: Testimony) -> None:
    """Raise ``RecordsError`` where something is said to have happened after today, in UTC.

    What is on record already is read as it stands, so the model itself does not check it.
    """
    today = datetime.now(UTC).date()
    if testimony.heard_on > today:
        raise RecordsError("Heard on: that day is in the future.")
    if testimony.consent_on is not None and testimony.consent_on > today:
        raise RecordsError("Agreed on: that day is in the future.")
