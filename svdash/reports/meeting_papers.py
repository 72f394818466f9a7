"""The papers of a meeting: the findings of its agenda, as its snapshot holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from svdash import wording
from svdash.findings.finding import Finding, by_office
from svdash.findings.progress.meeting_agenda import Item
from svdash.wording import NOT_AVAILABLE

# Columns of a table that are seen, as on the pages.
MOST_COLUMNS = 6


class PapersError(Exception):
    """There is nothing to make papers of. The message is for people."""


@dataclass(frozen=True)
class Papers:
    """What papers are made of.

    Attributes:
        name: of the meeting. ``on``: its day.
        whose: whose framework it is, for the first line.
        snapshot: the snapshot's id. ``version``: of the program that took it.
        items: the findings of the agenda, in its order.
    """

    name: str
    on: date
    whose: str
    snapshot: str
    version: str
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        """Refuse papers without a finding: they would be an empty document."""
        if not self.items:
            raise PapersError("Nothing is on the agenda. Add findings, then make the papers.")
        if not any(item.finding is not None for item in self.items):
            raise PapersError(
                "No finding of the agenda can be shown, so there are no papers. Choose another snapshot or other findings."
            )

    @property
    def title(self) -> str:
        """What the papers are called."""
        return f"{self.name}, {wording.day(self.on)}"

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of all that is shown, the most official first."""
        return by_office(
            {status for item in self.items if item.finding is not None for status in item.finding.statuses}
        )


def status_line(found: Finding) -> str:
    """Return what a finding rests on: its statuses, what each is of, the edition of deprivation and when it was updated."""
    named = [
        f"{status}: {found.sources[status]}"
        if len(found.statuses) > 1 and status in found.sources
        else status
        for status in found.statuses
    ]
    updated = f"updated {wording.day(found.updated)}" if found.updated else ""
    return " · ".join(filter(None, [*named, found.vintage, updated]))


def marks(found: Finding) -> str:
    """Return what the marks in a finding's table mean; empty where it has none."""
    if "marker" not in found.frame:
        return ""
    met = [mark for mark in wording.MARKERS if (found.frame["marker"] == mark).any()]
    return "; ".join(f"{mark} {wording.MARKERS[mark]}" for mark in met)


def table(
    found: Finding, rows: int = 0, columns: int = MOST_COLUMNS
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return a finding's table as people read it: its headings, its rows, and which columns are numbers.

    Args:
        found: the finding.
        rows: how many rows at most; 0 for all.
        columns: how many columns at most.
    """
    cells = found.cells(thousands=True)
    names = list(cells)[:columns]
    most = len(found.frame) if not rows else min(rows, len(found.frame))
    numeric = [found.frame[name].dtype.kind in "iuf" for name in names]
    written = [[cells[name][place] or NOT_AVAILABLE for name in names] for place in range(most)]
    return [found.columns[name] for name in names], written, numeric
