"""Indicators that analysts try out: drafts, versions and their life.

proposed → prototype → agreed → retired. Each save and each step is the next revision of one item, so the history says who
wrote what, who looked at it, who agreed it and why. What is agreed is bound to the hash of its definition and to a file of
the figures that it had then; a change begins a new version, and what was agreed holds until that one is agreed too.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svdash import wording
from svdash.records.evidence_files import EvidenceFile
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import RecordsError
from svdash.records.typed_fields import recorded, valid

# What is in force, agreed or retired, and what is worked on: kinds of their own, so that what readers see changes with the first
# alone. Both are revisions of the same item.
INDICATOR: Final = "indicator"
DRAFT: Final = "indicator draft"
# Which draft has an identifier: an item of its own, so that of two who agree drafts of one identifier the second is told.
IDENTIFIER: Final = "identifier"
PROPOSED, PROTOTYPE, AGREED, RETIRED, WITHDRAWN = "proposed", "prototype", "agreed", "retired", "withdrawn"
Stage = Literal["proposed", "prototype", "agreed", "retired", "withdrawn"]
IN_FORCE: Final = frozenset({AGREED, RETIRED})
_HASH: Final = r"^(?:[0-9a-f]{64})?$"
# Characters of a definition; as the workbench reads them.
_LONGEST: Final = 50_000
FIELDS: Final[Mapping[str, str]] = {
    "text": "Definition",
    "title": "Title",
    "code": "Identifier",
    "files": "Files",
    "reason": "Reason",
}


class IndicatorVersion(BaseModel):
    """A version of an indicator.

    Attributes:
        text: the definition as it was written, also with faults.
        title, code: what the definition says of itself; empty while it can't be read.
        digest: SHA-256 of the definition in its canonical form; empty while it can't be read.
        files: name of a brought file → SHA-256 of its bytes.
        reviewer: who looked at it, other than those who wrote it; ``figures`` is the SHA-256 of the rows that they looked at,
            and ``reviewed`` that of definition, files and rows together.
        reason: why this step was taken.
        file: the rows of the register and the figures that were agreed, beside the database as evidence is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(default="", max_length=_LONGEST)
    title: str = Field(default="", max_length=150)
    code: str = Field(default="", max_length=40)
    digest: str = Field(default="", pattern=_HASH)
    files: dict[str, str] = Field(default_factory=dict, max_length=20)
    stage: Stage = "proposed"
    reviewer: str = Field(default="", max_length=320)
    reviewed: str = Field(default="", pattern=_HASH)
    figures: str = Field(default="", pattern=_HASH)
    reason: str = Field(default="", max_length=500)
    file: EvidenceFile | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.stage in (PROTOTYPE, AGREED, RETIRED) and not self.digest:
            raise ValueError("Definition: it can't be read yet. Correct the faults in its lines first.")
        if self.stage in IN_FORCE and self.file is None:
            raise ValueError("An indicator is agreed with its figures, and none were given.")
        if self.stage in (AGREED, RETIRED, WITHDRAWN) and not self.reason.strip():
            raise ValueError(f"Reason: say why it is {self.stage}. That stays in the history.")
        return self

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody looked at it as it is now, with these files; not whether its figures are those of then."""
        return bool(self.reviewer) and self.reviewed == self.looked_at != ""

    @property
    def looked_at(self) -> str:
        """SHA-256 of what a reviewer looks at, definition, files and figures; empty while the definition can't be read."""
        whole = f"{self.digest}{sorted(self.files.items())}{self.figures}"
        return hashlib.sha256(whole.encode()).hexdigest() if self.digest else ""

    @property
    def named(self) -> str:
        """What people call it."""
        return " ".join(filter(None, [self.code, self.title])) or "Without a title yet"


class KeptVersion(NamedTuple):
    """A version with the revision that holds it, which says who recorded it and when."""

    version: IndicatorVersion
    revision: Revision

    @property
    def id(self) -> str:
        """The draft's name in addresses."""
        return self.revision.item.partition(":")[2]


class Standing(NamedTuple):
    """Where an indicator stands: its newest version, and what is in force, agreed or retired; ``None`` where nothing is."""

    newest: KeptVersion
    in_force: KeptVersion | None

    @property
    def is_changed(self) -> bool:
        """Whether a change of what is agreed is being worked on: another definition, or other files."""
        agreed, newest = self.in_force, self.newest.version
        return (
            agreed is not None
            and newest.stage in (PROPOSED, PROTOTYPE)
            and (newest.digest, newest.files) != (agreed.version.digest, agreed.version.files)
        )


def new_id() -> str:
    """Return a name for a new draft."""
    return secrets.token_hex(6)


def item_of(draft: str) -> str:
    """Return the name of the item that holds a draft."""
    return f"{INDICATOR}:{draft}"


class IndicatorLog:
    """The indicators in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def of(self, draft: str) -> tuple[KeptVersion, ...]:
        """Return all revisions of a draft, the oldest first; none where there is no such draft."""
        return _kept(self._history.of(item_of(draft)))

    def every(self) -> tuple[Standing, ...]:
        """Return where each indicator stands, the one saved last first.

        A draft that was withdrawn is left out; of a change that was withdrawn, what is in force is the newest again.
        """
        standing = {each.id: each for each in self.in_force()}
        saved = _kept((*self._history.newest(INDICATOR), *self._history.newest(DRAFT)))
        newest = (standing.get(each.id) if each.version.stage == WITHDRAWN else each for each in saved)
        kept = (Standing(each, standing.get(each.id)) for each in newest if each is not None)
        return tuple(sorted(kept, key=lambda each: -each.newest.revision.number))

    def in_force(self) -> tuple[KeptVersion, ...]:
        """Return what is agreed or retired of each indicator, in the order in which they were agreed or retired."""
        found: dict[str, KeptVersion] = {}
        for each in _kept(self._history.of_kind(INDICATOR)):
            found.pop(each.revision.item, None)
            found[each.revision.item] = each
        return tuple(found.values())

    def save(
        self,
        draft: str,
        given: Mapping[str, Any],
        parent: int | None,
        *,
        by: str,
        view: str,
    ) -> KeptVersion:
        """Save the text and the files of a draft.

        A prototype stays one while its definition can be read; what was agreed or retired stays in force, and a new version
        of it is proposed.

        Args:
            draft: its name.
            given: ``text`` and ``files``; ``title``, ``code`` and ``digest`` where the definition can be read.
            parent: the revision that was open when this was written; ``None`` for a new draft.
            by: who saves it.
            view: the address of the page.

        Raises:
            ConflictError: somebody saved it at the same time; nothing was recorded.
            RecordsError: it is too long, or the database can't be reached.
        """
        before = self._seen(parent)
        stays = before is not None and before.version.stage == PROTOTYPE and bool(given.get("digest"))
        reviewed = (
            before.version.model_dump(include={"reviewer", "reviewed", "figures"}) if before and stays else {}
        )
        stage = PROTOTYPE if stays else PROPOSED
        version = valid(IndicatorVersion, {**given, **reviewed, "stage": stage}, FIELDS)
        follows = parent if before is None else _follows(self.of(draft), before)
        return self._add(draft, version, follows, by=by, view=view)

    def step(
        self,
        kept: KeptVersion,
        stage: Stage,
        *,
        by: str,
        view: str,
        reason: str = "",
        file: EvidenceFile | None = None,
        alone: bool = False,
    ) -> KeptVersion:
        """Take a draft a step further.

        Args:
            kept: the newest version, as it was seen.
            stage: where it comes to.
            by: who takes the step.
            view: the address of the page.
            reason: why; asked for whatever agrees, retires or withdraws.
            file: the rows and figures that are agreed, kept already.
            alone: whether nobody else is there who could look at it: for the one user of a machine alone.

        Raises:
            ConflictError: somebody saved it at the same time, or agreed another draft with its identifier.
            RecordsError: the step can't follow, a reason is missing, or nobody but its authors looked at it.
        """
        every = self.of(kept.id)
        before, given = kept.version, dict[str, Any](stage=stage, reason=reason.strip())
        current = in_force(every)
        if stage not in _after(
            before.stage, is_agreed=current is not None and current.version.stage == AGREED
        ):
            raise RecordsError(f"{before.named} is {before.stage}: it can't be {stage} now.")
        if stage == AGREED:
            figures = file.sha256 if file else ""
            why = self.why_not_reviewed(every, kept, by, figures, alone=alone)
            if why:
                raise RecordsError(why)
            reviewer = _reviewer(every, kept, figures) or by
            seen = before.model_copy(update={"figures": figures}).looked_at
            given |= {"reviewer": reviewer, "reviewed": seen, "figures": figures, "file": file}
        elif current is not None and stage == RETIRED:
            # What is retired is what is agreed, not a change of it that was begun.
            before = current.version
        version = valid(IndicatorVersion, before.model_dump() | given, FIELDS)
        return self._add(kept.id, version, _follows(every, kept), by=by, view=view)

    def review(
        self, kept: KeptVersion, figures: str, *, by: str, view: str, reason: str, alone: bool = False
    ) -> KeptVersion:
        """Record that somebody looked at a prototype as it is, and what they say of it.

        Args:
            kept: the newest version, as it was seen.
            figures: SHA-256 of the rows that it has now.
            by: who looked at it.
            view: the address of the page.
            reason: what they say.
            alone: as for :meth:`step`.

        Raises:
            ConflictError: somebody saved it at the same time.
            RecordsError: it is no prototype, they wrote it themselves, or they say nothing.
        """
        if kept.version.stage != PROTOTYPE:
            raise RecordsError("Only a prototype is looked at: make it a prototype first.")
        if not reason.strip():
            raise RecordsError("Reason: say what you looked at. That stays in the history.")
        if not alone and by in authors(self.of(kept.id)):
            raise RecordsError(
                "Somebody other than its authors looks at an indicator. You wrote part of this version."
            )
        seen = kept.version.model_copy(update={"figures": figures}).looked_at
        given = {"reviewer": by, "reviewed": seen, "figures": figures, "reason": reason.strip()}
        version = valid(IndicatorVersion, kept.version.model_dump() | given, FIELDS)
        return self._add(kept.id, version, kept.revision.number, by=by, view=view)

    @staticmethod
    def why_not_reviewed(
        every: Iterable[KeptVersion], kept: KeptVersion, by: str, figures: str, *, alone: bool = False
    ) -> str:
        """Return why someone may not agree a version for want of a review, as a sentence; empty where they may.

        Args:
            every: all versions of the indicator, the oldest first.
            kept: the one that is to be agreed.
            by: who would agree it.
            figures: SHA-256 of the rows that it has now.
            alone: as for :meth:`step`.
        """
        known = tuple(every)
        if alone or _reviewer(known, kept, figures) or by not in _wrote(known, kept):
            return ""
        return (
            "Nobody other than its authors has looked at this version yet, with the figures that it has now. Ask another analyst or "
            "editor to look at it first."
        )

    def why_not_free(self, draft: str, code: str) -> str:
        """Return why an identifier is not a draft's to be agreed under, as a sentence; empty where it is, or nobody's yet."""
        before = self._history.newest(IDENTIFIER, item=_identifier(code))
        if not before or before[0].content["draft"] == draft:
            return ""
        return f"Identifier: {code} is another indicator's, agreed on {wording.day(before[0].at.date())}. Choose a free one."

    def _seen(self, number: int | None) -> KeptVersion | None:
        found = _kept(self._history.numbered([] if number is None else [number]))
        return found[0] if found else None

    def _add(
        self, draft: str, version: IndicatorVersion, parent: int | None, *, by: str, view: str
    ) -> KeptVersion:
        kind = INDICATOR if version.stage in IN_FORCE else DRAFT
        drafts = [Draft(item_of(draft), kind, version.model_dump(mode="json"), parent)]
        if version.stage == AGREED:
            drafts += self._claimed(draft, version)
        return KeptVersion(version, self._history.add(drafts, by=by, view=view)[0])

    def _claimed(self, draft: str, version: IndicatorVersion) -> list[Draft]:
        """Return what says that an identifier is this draft's; nothing where it is so already. Refuse one of another draft."""
        why = self.why_not_free(draft, version.code)
        if why:
            raise RecordsError(why)
        item = _identifier(version.code)
        if self._history.newest(IDENTIFIER, item=item):
            return []
        return [Draft(item, IDENTIFIER, {"draft": draft, "code": version.code}, None)]


def _identifier(code: str) -> str:
    """Return the item that says whose an identifier is."""
    return f"{IDENTIFIER}:{code}"


def _reviewer(every: Iterable[KeptVersion], kept: KeptVersion, figures: str) -> str:
    """Return who looked at a version with these figures, other than its authors; empty where nobody did."""
    version = kept.version
    seen = version.is_reviewed and version.figures == figures
    return version.reviewer if seen and version.reviewer not in _wrote(every, kept) else ""


def in_force(versions: Iterable[KeptVersion]) -> KeptVersion | None:
    """Return the version that was agreed or retired last, of all of one indicator, the oldest first."""
    return next((each for each in reversed(tuple(versions)) if each.version.stage in IN_FORCE), None)


def _follows(every: Sequence[KeptVersion], seen: KeptVersion) -> int:
    """Return the revision that the next one follows: the one that was seen, or after what is in force, a change of it that was withdrawn."""
    last = every[-1] if every else seen
    is_back = last.version.stage == WITHDRAWN and seen.version.stage in IN_FORCE and in_force(every) == seen
    return last.revision.number if is_back else seen.revision.number


def authors(versions: Iterable[KeptVersion]) -> frozenset[str]:
    """Return who wrote in the newest version: whoever saved another text or other files since it was agreed last."""
    found, text = set[str](), ("", dict[str, str]())
    for each in versions:
        version = each.version
        if version.stage in IN_FORCE:
            found.clear()
        elif (version.text, version.files) != text:
            found.add(each.revision.by)
        text = version.text, version.files
    return frozenset(found)


def _wrote(every: Iterable[KeptVersion], kept: KeptVersion) -> frozenset[str]:
    """Return who wrote in a version; of one that is in force, who wrote in it before it was agreed first."""
    until = [each for each in every if each.revision.number <= kept.revision.number]
    while until and until[-1].version.stage in IN_FORCE:
        until.pop()
    return authors(until)


def _after(stage: str, *, is_agreed: bool) -> tuple[str, ...]:
    """Return the stages that can follow one, where a version is agreed or not."""
    further = {
        PROPOSED: (PROTOTYPE, WITHDRAWN),
        PROTOTYPE: (PROPOSED, AGREED, WITHDRAWN),
        # Once more with the figures of today: what is agreed stays as it is until somebody says so.
        AGREED: (AGREED,),
    }.get(stage, ())
    return (*further, RETIRED) if is_agreed else further


def _kept(revisions: Iterable[Revision]) -> tuple[KeptVersion, ...]:
    return tuple(KeptVersion(recorded(IndicatorVersion, each), each) for each in revisions)
