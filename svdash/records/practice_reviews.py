"""Reviews of practices and accreditations: in place, changed or lapsed, with evidence and the day of the next review.

A review is a draft until an editor publishes it; then it stands above the register's own state. Each review of a practice is
the next revision of one item, so its history is the history of the practice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash.records.evidence_files import EvidenceFile
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError
from svdash.records.typed_fields import recorded, valid

REVIEW: Final = "review"
FIELDS: Final[Mapping[str, str]] = {
    "standing": "Where it stands",
    "note": "What the review found",
    "until": "Next review, or the day until which it holds",
}


class PracticeReview(BaseModel):
    """A review.

    Attributes:
        practice: its identifier. ``accreditation``: the name of one of its accreditations; empty for the practice itself.
        standing: whether it is in place, changed or lapsed.
        reviewed_on: the day. ``until``: the next review of a practice, or the day on which an accreditation ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    practice: str = Field(min_length=1, max_length=40)
    accreditation: str = Field(default="", max_length=140)
    standing: Literal["in-place", "changed", "lapsed"]
    note: str = Field(min_length=1, max_length=2000)
    reviewed_on: date
    until: date | None = None
    evidence: str | None = Field(default=None, max_length=500)
    file: EvidenceFile | None = None
    state: Literal["draft", "published"] = "draft"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.reviewed_on > datetime.now(UTC).date():
            raise ValueError("The day of the review is in the future.")
        if self.until is not None and self.until <= self.reviewed_on:
            raise ValueError("The next day must be after the review.")
        if self.until is None and self.standing != "lapsed":
            raise ValueError("Say when it is reviewed next, or until which day it holds.")
        if self.standing == "in-place" and not self.evidence and self.file is None:
            raise ValueError("Say what shows that it is in place: a link, a paper or a file.")
        return self

    @property
    def item(self) -> str:
        """The name of the item in the history."""
        return review_item(self.practice, self.accreditation)


class KeptReview(NamedTuple):
    """A review with the revision that holds it."""

    review: PracticeReview
    revision: Revision


def review_item(practice: str, accreditation: str = "") -> str:
    """Return the name of the item that holds the reviews of a practice, or of one of its accreditations."""
    return f"{REVIEW}:{practice}:{accreditation}"


class PracticeReviews:
    """The reviews in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def published(self) -> tuple[KeptReview, ...]:
        """Return the last published review of each practice and accreditation."""
        last = {
            each.item: each for each in self._history.of_kind(REVIEW) if each.content["state"] == "published"
        }
        return _kept(last.values())

    def newest(self) -> tuple[KeptReview, ...]:
        """Return the newest review of each practice and accreditation, published or not."""
        return _kept(self._history.newest(REVIEW))

    def check(self, given: Mapping[str, Any], parent: int | None) -> Draft:
        """Return what would be recorded, before a file that belongs to it is kept. Raises as :meth:`save`."""
        review = valid(PracticeReview, given, FIELDS)
        draft = Draft(review.item, REVIEW, review.model_dump(mode="json"), parent)
        newest = self._history.newest(REVIEW, item=review.item)
        if (newest[0].number if newest else None) != parent:
            raise ConflictError(draft, newest[0] if newest else None)
        return draft

    def save(self, given: Mapping[str, Any], parent: int | None, *, by: str, view: str) -> Revision:
        """Save a review with the revision that was open when it was written.

        Raises:
            ConflictError: somebody saved one at the same time.
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        return self._history.add([self.check(given, parent)], by=by, view=view)[0]


def _kept(revisions: Iterable[Revision]) -> tuple[KeptReview, ...]:
    return tuple(KeptReview(recorded(PracticeReview, each), each) for each in revisions)
