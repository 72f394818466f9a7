"""A data pack with what people recorded above it.

Recorded updates stand above those of the pack: where both have one of a commitment and quarter, the recorded one counts.
Readers see published ones; those who write updates look at an edition with what was saved last.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import agreed_indicators
from svdash.editions.tables_above import WHOLE, TablesAbove
from svdash.records import History, RecordsError, Revision, connect
from svdash.records.agreed_actions import ACTION, ActionLog, KeptAction
from svdash.records.board_views import BOARD_VIEW, BoardLog, KeptView
from svdash.records.champions_forum import ENTRY, ForumLog, LoggedEntry
from svdash.records.evidence_files import evidence_text
from svdash.records.evidence_verdicts import VERDICT, EvidenceVerdicts, KeptVerdict
from svdash.records.history import ERASURE
from svdash.records.indicator_versions import INDICATOR, IndicatorLog, KeptVersion
from svdash.records.people import People, PostHolder
from svdash.records.practice_reviews import REVIEW, KeptReview, PracticeReviews
from svdash.records.quarterly_updates import QUARTER, UPDATE, QuarterlyUpdates
from svdash.records.testimonies import TESTIMONY, KeptTestimony, Testimonies
from svdash.tables import Pack

UPDATES: Final = "updates"
REGISTER: Final = "commitments"
ACCREDITATIONS: Final = "accreditations"
_KEY: Final = ["commitment", "period"]
_DATES: Final = ("due_on", "reported_on", "evidence_date")
# So long a database that did not answer is not asked again: each reader would wait for it.
_PAUSE_SECONDS: Final = 15.0
_OPEN: Final = 4
_DRAFTS: Final = "drafts"
_KINDS_BESIDE: Final = (BOARD_VIEW, ENTRY, TESTIMONY, REVIEW, ACTION, VERDICT, INDICATOR)
# Who reported, to readers, where the register names no owner: who it was by name is for the audit alone.
_AN_OFFICER: Final = "An officer"


@dataclass(frozen=True)
class Beside:
    """What people recorded beside their updates, as an edition shows it.

    Attributes:
        people: everybody who was entered as the holder of a post.
        entries: what the Champions' forum logged, the newest meeting first.
        testimonies: what citizens and panels told; whoever shows it asks of each whether it is shown today.
        reviews: the reviews of practices and accreditations that stand above the pack.
        actions: what meetings agreed, the action due first first.
        verdicts: what the evidence audit said of claims.
        board: what the Board and the Equality Panels rated and asked, the newest first.
        indicators: what was agreed or retired on the workbench; nothing of what is only tried out there.
    """

    people: tuple[PostHolder, ...] = ()
    entries: tuple[LoggedEntry, ...] = ()
    testimonies: tuple[KeptTestimony, ...] = ()
    reviews: tuple[KeptReview, ...] = ()
    actions: tuple[KeptAction, ...] = ()
    board: tuple[KeptView, ...] = ()
    verdicts: tuple[KeptVerdict, ...] = ()
    indicators: tuple[KeptVersion, ...] = ()


class RecordedEdition(TablesAbove):
    """A pack and what is published in the database of records. Implements ``Edition``; safe to share.

    Attributes:
        published: the updates that stand above the pack.
        beside: what was recorded beside them.
        is_whole: whether every file that they name could be read.
    """

    published: tuple[Revision, ...]
    beside: Beside
    is_whole: bool

    def __init__(
        self,
        pack: Pack,
        published: Sequence[Revision],
        notice: str = "",
        beside: Beside | None = None,
    ) -> None:
        self.beside = beside or Beside()
        people, reviews = self.beside.people, self.beside.reviews
        self.published = tuple(published)
        self._by_item = {each.item: each for each in self.published}
        whole = [*(each.hash for each in published), *(f"person {each.number}" for each in people)]
        reviewed = [each.revision.hash for each in reviews]
        rated = [each.revision.hash for each in self.beside.board]
        rated += [each.revision.hash for each in self.beside.verdicts]
        digests = {UPDATES: _digest(whole), WHOLE: _digest([*whole, *reviewed, *rated])}
        above = {UPDATES: _above(pack, published)}
        if reviews:
            above |= reviewed_tables(pack, reviews)
            digests |= dict.fromkeys((REGISTER, ACCREDITATIONS), _digest(reviewed))
        agreed = agreed_indicators.above(pack, self.beside.indicators)
        self.is_whole = not agreed.unread
        above |= agreed.tables
        digests |= agreed.digests
        digests[WHOLE] = _digest([digests[WHOLE], *sorted(set(agreed.digests.values()))])
        notice = f"{notice} {agreed.notice}".strip()
        gone = {str(each.content["commitment"]) for each in published} - set(pack.table("commitments")["id"])
        if gone:
            notice += f" What was recorded of {wording.listing(sorted(gone))} is left out: the pack has no such commitment."
        super().__init__(pack, above, digests, notice)

    def __repr__(self) -> str:
        """Return the pack and how many recorded updates stand above it, for logs."""
        return f"RecordedEdition({self._below!r}, {len(self.published)} updates)"

    def recorded(self, item: str) -> Revision | None:
        """Return the revision of an item that stands above the pack; ``None`` where there is none."""
        return self._by_item.get(item)


class Recorded:
    """Gives a pack with its records: the same edition as long as neither changes. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, str, int, str, int], RecordedEdition] = OrderedDict()
        self._silent_until: dict[str, tuple[float, str]] = {}

    def over(self, pack: Pack, url: str, *, drafts: bool = False) -> Pack | RecordedEdition:
        """Return the pack with what is published in a database above it, or saved last; the pack itself where nothing is.

        If the database can't be reached, the records that were read last stand above the pack, and the edition's notice says
        so. A database that did not answer is asked again after 15 seconds.
        """
        until, problem = self._silent_until.get(url, (0.0, ""))
        if self._clock() >= until:
            try:
                return self._read(pack, url, drafts=drafts)
            except RecordsError as error:
                problem = str(error)
                self._silent_until[url] = (self._clock() + _PAUSE_SECONDS, problem)
        return self._without(pack, url, problem)

    def _read(self, pack: Pack, url: str, *, drafts: bool) -> Pack | RecordedEdition:
        history = History(connect(url))
        # What is published of updates changes with the steps of quarters alone.
        last = history.last_of((UPDATE if drafts else QUARTER, *_KINDS_BESIDE, ERASURE))
        entered = People(history).last_entered()
        if not last and not entered:
            return pack
        key = (pack.fingerprint, url, last, _DRAFTS if drafts else "", entered)
        with self._guard:
            if key not in self._known:
                made = _edition(pack, history, drafts=drafts)
                if not made.is_whole:
                    # Looked at anew each time: a file that is restored is there again at once.
                    return made
                self._put(key, made)
            self._known.move_to_end(key)
            return self._known[key]

    def _without(self, pack: Pack, url: str, problem: str) -> RecordedEdition:
        notice = f"The records can't be reached, so the newest updates may be missing. {problem}"
        with self._guard:
            last = next((each for each in reversed(self._known) if each[1] == url and not each[3]), None)
            key = (pack.fingerprint, url, last[2] if last else 0, notice, last[4] if last else 0)
            if key not in self._known:
                before = self._known[last] if last else RecordedEdition(pack, ())
                self._put(key, RecordedEdition(pack, before.published, notice, before.beside))
            return self._known[key]

    def _put(self, key: tuple[str, str, int, str, int], edition: RecordedEdition) -> None:
        self._known[key] = edition
        while len(self._known) > _OPEN:
            self._known.popitem(last=False)


def _edition(pack: Pack, history: History, *, drafts: bool) -> RecordedEdition:
    """Return a pack with what is published above it, or with what was saved last."""
    updates, log, reviews = QuarterlyUpdates(history), ForumLog(history), PracticeReviews(history)
    actions, board = ActionLog(history).newest(), BoardLog(history)
    beside = Beside(
        people=People(history).known(),
        entries=log.newest() if drafts else log.published(),
        testimonies=Testimonies(history).all(),
        reviews=reviews.newest() if drafts else reviews.published(),
        actions=actions if drafts else tuple(each for each in actions if each.action.shown),
        board=board.newest() if drafts else board.published(),
        verdicts=EvidenceVerdicts(history).newest(),
        indicators=IndicatorLog(history).in_force(),
    )
    return RecordedEdition(pack, updates.saved() if drafts else updates.published(), beside=beside)


def _digest(hashes: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def reviewed_tables(pack: Pack, reviews: Sequence[KeptReview]) -> dict[str, pd.DataFrame]:
    """Return the register and the accreditations of a pack with what reviews say of them.

    A practice has the state and the next day of its review. An accreditation ends on the day that its review says, one that
    lapsed on the day of the review.
    """
    register = pack.table(REGISTER).copy()
    awards = pack.table(ACCREDITATIONS).copy() if ACCREDITATIONS in pack.tables else None
    for review, _ in reviews:
        until = pd.Timestamp(review.until) if review.until else pd.NaT
        if not review.accreditation:
            row = (register["id"] == review.practice) & (register["kind"] == "practice")
            register.loc[row, "state"] = review.standing
            register.loc[row, "review_date"] = until
        elif awards is not None:
            row = (awards["practice"] == review.practice) & (awards["name"] == review.accreditation)
            awards.loc[row, "expires"] = (
                pd.Timestamp(review.reviewed_on) if review.standing == "lapsed" else until
            )
    return {REGISTER: register, **({} if awards is None else {ACCREDITATIONS: awards})}


def _above(pack: Pack, published: Sequence[Revision]) -> pd.DataFrame:
    """Return the pack's updates with the published ones above them, in the pack's columns and types."""
    own = pack.table(UPDATES)
    leads = pack.table("commitments").set_index("id")["lead"]
    rows = [_row(each, leads) for each in published if each.content["commitment"] in leads.index]
    if not rows:
        return own
    recorded = pd.DataFrame(rows).reindex(columns=own.columns)
    for name in _DATES:
        recorded[name] = pd.to_datetime(recorded[name])
    recorded = recorded.astype(own.dtypes)
    replaced = pd.MultiIndex.from_frame(own[_KEY]).isin(pd.MultiIndex.from_frame(recorded[_KEY]))
    return pd.concat([own[~replaced], recorded]).sort_values(_KEY, kind="stable", ignore_index=True)


def _row(revision: Revision, leads: pd.Series) -> dict[str, Any]:
    """Return an update as a row for readers: by the post that owns it, never by whom the history knows as its writer.

    Args:
        revision: the update.
        leads: the owner's post of each commitment, by its identifier; missing where it has none.
    """
    content = revision.content
    lead = leads[content["commitment"]]
    by = content["on_behalf_of"] or (_AN_OFFICER if pd.isna(lead) else str(lead))
    return {**content, "year": str(content["period"])[:7], "by": by, "evidence": evidence_text(content)}
