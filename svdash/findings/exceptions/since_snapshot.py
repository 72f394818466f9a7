"""What became of the exceptions since a snapshot, such as the last meeting's: which are new, which came back, which are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.findings.exceptions.exception_list import AGREED
from svdash.findings.finding import Finding, records
from svdash.findings.snapshots import Snapshot, SnapshotError
from svdash.register import ALL

# The exceptions of a snapshot, as its pages keep them.
ENTRY: Final = "exceptions/exceptions"
# So many snapshots before the chosen one are looked through for what came back.
EARLIER: Final = 8
NEW, BACK, STILL, ACTION = "new", "came back", "still there", "an action"
COLUMN: Final = "since"


@dataclass(frozen=True, eq=False)
class Since:
    """What became of exceptions.

    Attributes:
        found: those of today, each with what it is since then.
        gone: rows of then that are no exception any more, with how their action stood.
        sentence: how many are new, came back and are gone.
    """

    found: Finding
    gone: pd.DataFrame
    sentence: str


def since(found: Finding, snapshot: Snapshot, earlier: Iterable[Snapshot], when: str, latest: str) -> Since:
    """Compare the exceptions of today with those of a snapshot.

    Args:
        found: the exceptions of today.
        snapshot: the one to compare with.
        earlier: those before it: what stands there and not in the chosen one came back.
        when: what the chosen one is called, with its day.
        latest: the latest year with data.

    Raises:
        SnapshotError: the snapshot can't be compared, as :func:`comparable` says.
    """
    if why := comparable(found, snapshot, latest):
        raise SnapshotError(why)
    then = snapshot.finding(ENTRY).frame
    then = then[then["rule"] != AGREED]
    before = set(then["key"])
    long_ago = {key for each in earlier for key in _keys(each)}
    told = [_since_in_words(row, before, long_ago) for row in records(found.frame)]
    frame = found.frame.assign(**{COLUMN: pd.Series(told, index=found.frame.index, dtype="str")})
    gone = then[~then["key"].isin(set(found.frame["key"]))].reset_index(drop=True)
    columns = {**dict(list(found.columns.items())[:1]), COLUMN: f"Since {when}", **found.columns}
    sentence = _sentence(told, len(gone), when)
    whole = f"{found.sentence} {sentence} Snapshot {snapshot.id}."
    return Since(replace(found, frame=frame, columns=columns, sentence=whole), gone, sentence)


def comparable(found: Finding, snapshot: Snapshot, latest: str) -> str:
    """Return why a snapshot can't be compared, as a sentence; empty if it can.

    Args:
        found: the exceptions of today.
        snapshot: the one to compare with.
        latest: the latest year with data: a snapshot that was asked for no year has the latest position of its day.
    """
    if ENTRY not in {entry.key for entry in snapshot.entries}:
        return "The snapshot was taken without the page of exceptions. Choose another to compare."
    asked, kept = found.view, snapshot.finding(ENTRY).view
    if (asked.role, asked.commitment) != (kept.role, kept.commitment):
        return "The snapshot keeps the exceptions of other filters: choose the same role and commitment to compare."
    positions = "year" not in snapshot.view and asked.year in (ALL, latest)
    if asked.year != kept.year and not positions:
        return f"The snapshot keeps the exceptions of {kept.year}: choose that year to compare."
    return ""


def _keys(snapshot: Snapshot) -> set[str]:
    """Return the keys of an earlier snapshot; none where it was taken before there were exceptions."""
    if ENTRY not in {entry.key for entry in snapshot.entries}:
        return set()
    return set(snapshot.finding(ENTRY).frame["key"])


def _since_in_words(row: dict[str, Any], before: set[str], long_ago: set[str]) -> str:
    if row["rule"] == AGREED:
        # That something was agreed made nothing worse.
        return ACTION
    if row["key"] in before:
        return STILL
    return BACK if row["key"] in long_ago else NEW


def _sentence(told: list[str], gone: int, when: str) -> str:
    """Say how many are new, came back, are still there and are gone since a day."""
    if not told and not gone:
        return f"Since {when}: there was no exception then, and there is none now."
    counts = {**{each: told.count(each) for each in (NEW, BACK, STILL)}, "gone": gone}
    parts = [f"{many or 'none'} {what}" for what, many in counts.items()]
    return f"Since {when}: {wording.every(parts)}."


def went(row: dict[str, Any]) -> str:
    """Say of an exception that is gone how its action stood then: gone without an action is no proof of anything."""
    if not row["item"]:
        return "gone; no action on it was shown then"
    return f"gone; its action then: {row['action']}, {row['standing']}"
