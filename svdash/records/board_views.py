"""How the Advisory Board and the Equality Panels see what officers report: ratings with a reason, and questions to be answered.

A rating or question is a draft until it is published. Later drafts, such as an answer, do not change what readers see before
they are published as well; what is withdrawn is shown no more, and the history keeps who withdrew it and why.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash.records.champions_forum import DRAFT, PUBLISHED, WITHDRAWN, State
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError
from svdash.records.typed_fields import recorded, valid

BOARD_VIEW: Final = "board-view"
RATING, QUESTION = "rating", "question"
COMMITMENT, MEASURE, GAP = "commitment", "measure", "gap"
About = Literal["commitment", "measure", "gap"]
FIELDS: Final[Mapping[str, str]] = {
    "key": "About",
    "voice": "From",
    "text": "Reason or question",
    "delivery": "Delivery",
    "confidence": "Delivery confidence",
    "stance": "Compared with what the figures say",
    "reply_by": "Answer by",
    "reply": "Answer",
    "replied_by": "Answered by which team or role",
    "replied_on": "Day of the answer",
    "reason": "Why it is withdrawn",
}


class BoardView(BaseModel):
    """A rating or a question.

    Attributes:
        about: what it is of. ``key``: its identifier: of a commitment, of a measure or an indicator under one, or of a gap as
            ``part/characteristic``.
        voice: the code of an Equality Panel of the pack; empty for the Board itself. People are not named.
        period: the quarter that is looked at. ``on``: the day.
        delivery, confidence: of a commitment, on the officers' scales.
        stance: of a measure or gap, whether it is seen as the figures show it.
        text: the reason of a rating, or the question.
        reply_by: the day by which officers answer. ``reply``: what they say. ``replied_by``: the team or role.
        reason: why it was withdrawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    form: Literal["rating", "question"]
    about: About
    key: str = Field(min_length=1, max_length=80)
    voice: str = Field(default="", max_length=40)
    period: str = Field(pattern=r"^20[0-9]{2}/[0-9]{2} Q[1-4]$")
    on: date
    delivery: str | None = Field(default=None, max_length=40)
    confidence: str | None = Field(default=None, max_length=40)
    stance: Literal["agrees", "partly", "disagrees"] | None = None
    text: str = Field(min_length=1, max_length=2000)
    reply_by: date | None = None
    reply: str = Field(default="", max_length=4000)
    replied_by: str = Field(default="", max_length=200)
    replied_on: date | None = None
    state: State = "draft"
    reason: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        rated = bool(self.delivery or self.confidence)
        if self.form == RATING and self.about == COMMITMENT and (not rated or self.stance):
            raise ValueError("Rate delivery, confidence or both.")
        if self.form == RATING and self.about != COMMITMENT and (rated or not self.stance):
            raise ValueError("Say whether you see it as the figures show it.")
        if self.form == QUESTION and (rated or self.stance):
            raise ValueError("A question has no rating: record the rating by itself.")
        if self.form == QUESTION and self.reply_by is None:
            raise ValueError("Give the day by which you ask for an answer.")
        if self.reply_by is not None and self.reply_by < self.on:
            raise ValueError("The answer would be due before the question.")
        if self.reply and not (self.replied_by and self.replied_on):
            raise ValueError("Say who answered, and when.")
        if self.replied_on is not None and self.replied_on < self.on:
            raise ValueError("The answer is dated before the question.")
        if self.state == WITHDRAWN and not self.reason:
            raise ValueError("Say why it is withdrawn: that stays in the history.")
        return self

    @property
    def item(self) -> str:
        """The name of the item in the history: one rating of a thing, a voice and a quarter; questions are many."""
        if self.form == QUESTION:
            return f"{BOARD_VIEW}:{QUESTION}:{secrets.token_hex(6)}"
        return f"{BOARD_VIEW}:{RATING}:{self.about}:{self.key}:{self.voice}:{self.period}"

    @property
    def is_open(self) -> bool:
        """Whether an answer is asked for and not given."""
        return self.reply_by is not None and not self.reply and self.state != WITHDRAWN


class KeptView(NamedTuple):
    """A rating or question with the revision that says so: what readers see, or the newest draft."""

    view: BoardView
    revision: Revision


class BoardLog:
    """The ratings and questions in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def published(self) -> tuple[KeptView, ...]:
        """Return what readers see, the newest first."""
        every = self._history.of_kind(BOARD_VIEW)
        last = {each.item: each for each in every if each.content["state"] != DRAFT}
        return _kept([each for each in last.values() if each.content["state"] == PUBLISHED])

    def newest(self) -> tuple[KeptView, ...]:
        """Return the newest revision of every rating and question, published or not, the newest first."""
        return _kept(list(self._history.newest(BOARD_VIEW)))

    def save(self, given: Mapping[str, Any], parent: Revision | None, *, by: str, view: str) -> KeptView:
        """Record a rating or question, or the next revision of one.

        Args:
            given: the fields of :class:`BoardView`.
            parent: the revision that was open when this was written; ``None`` for a new one.
            by: who records it.
            view: the address of the page.

        Raises:
            ConflictError: somebody saved it at the same time, or it was rated already in this quarter.
            RecordsError: something is missing or can't be, or the database can't be reached.
        """
        found = valid(BoardView, given, FIELDS)
        today = datetime.now(UTC).date()
        if found.on > today or (found.replied_on is not None and found.replied_on > today):
            raise RecordsError("Day: that day is in the future.")
        item = parent.item if parent else found.item
        draft = Draft(item, BOARD_VIEW, found.model_dump(mode="json"), parent.number if parent else None)
        return KeptView(found, self._history.add([draft], by=by, view=view)[0])

    def replace(self, stands: KeptView, given: Mapping[str, Any], *, by: str, view: str) -> KeptView:
        """Record a rating in place of the one that stands of the same thing, voice and quarter. Raises as :meth:`save`.

        What officers answered stays with it, and so does the day of the rating that they answered; of a rating that was
        withdrawn nothing stays.
        """
        before = stands.view
        carried: dict[str, Any] = {}
        if before.reply and before.state != WITHDRAWN:
            names = ("on", "reply", "replied_by", "replied_on")
            carried = {name: getattr(before, name) for name in names}
        return self.save({**given, **carried}, stands.revision, by=by, view=view)

    def change(self, kept: KeptView, *, by: str, view: str, **changed: Any) -> KeptView:
        """Record what changed of a rating or question, such as its answer or its state. Raises as :meth:`save`."""
        return self.save({**kept.view.model_dump(), **changed}, kept.revision, by=by, view=view)


def _kept(revisions: list[Revision]) -> tuple[KeptView, ...]:
    found = [KeptView(recorded(BoardView, each), each) for each in revisions]
    return tuple(sorted(found, key=lambda each: (each.view.on, each.revision.number), reverse=True))
