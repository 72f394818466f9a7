"""What a meeting looks at, as pages and papers tell it: the agenda that is offered, its findings, their figures, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from svdash import wording
from svdash.findings.finding import Finding

if TYPE_CHECKING:
    from svdash.records.meetings import FindingMinutes, Meeting, MinuteLine

# Kind of a line of the minutes → what one is called, and several.
KINDS: Final = {
    "note": ("Note", "notes"),
    "question": ("Question", "questions"),
    "decision": ("Decision", "decisions"),
}
# What is offered as an agenda: what needs a decision, what changed, measures, equality, reach. Of each, the first of these
# findings that the snapshot has.
USUAL: Final = (
    ("exceptions", "attention"),
    ("changes", "standing"),
    ("measures", "indicators"),
    ("equality", "equality-workforce"),
    ("lands", "deciles"),
)
# Rows of a table that a line of the minutes can be about.
MOST_ROWS: Final = 60


class EntryLike(Protocol):
    """An entry of a snapshot, as far as an agenda needs it."""

    @property
    def key(self) -> str:
        """By which the same finding is found in the next snapshot."""

    @property
    def name(self) -> str:
        """The name of the finding."""

    @property
    def page(self) -> str:
        """The page that shows it."""

    @property
    def headline(self) -> str:
        """What is seen."""


@dataclass(frozen=True)
class Item:
    """A finding of the agenda.

    Attributes:
        key: of the snapshot's entry.
        finding: as the snapshot holds it; ``None`` where it can't be shown, and ``gone`` says why.
        page: the page that shows it. ``controls``: what that page's address must say for it to be shown.
    """

    key: str
    finding: Finding | None
    gone: str = ""
    page: str = ""
    controls: Mapping[str, str] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """What is seen, or which finding is missing."""
        return self.finding.headline if self.finding is not None else f"“{self.key}” can't be shown"


def usual(entries: Iterable[EntryLike]) -> tuple[str, ...]:
    """Return the keys of the agenda that is offered; empty where the snapshot has none of its findings."""
    first: dict[str, str] = {}
    for each in entries:
        first.setdefault(each.name, each.key)
    found = (next((first[name] for name in names if name in first), "") for names in USUAL)
    return tuple(key for key in found if key)


def moved(agenda: Sequence[str], key: str, by: int) -> tuple[str, ...]:
    """Return an agenda with one finding moved up (−1) or down (+1); past the ends it stays where it is."""
    found = list(agenda)
    place = found.index(key)
    found.insert(min(max(place + by, 0), len(found) - 1), found.pop(place))
    return tuple(found)


def named(meeting: Meeting) -> str:
    """Return what a meeting is called: Board, 14 January 2027."""
    return f"{meeting.name}, {wording.day(meeting.on)}"


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names in their order, those that were there before with a number: a list to choose from knows them by nothing else."""
    met: dict[str, int] = {}
    found = []
    for name in names:
        met[name] = met.get(name, 0) + 1
        found.append(name if met[name] == 1 else f"{name} ({met[name]})")
    return found


def headline(meeting: Meeting, minutes: Mapping[str, FindingMinutes], actions: int) -> str:
    """Return what a meeting looks at, decided and follows up, as one sentence that fits on a line: notes and questions are not counted."""
    decided = sum(line.kind == "decision" for each in minutes.values() for line in each.lines)
    looked_at = (
        wording.counted(len(meeting.agenda), "finding") if meeting.agenda else "nothing on the agenda yet"
    )
    beside = [
        wording.counted(number, kind)
        for number, kind in ((decided, "decision"), (actions, "action"))
        if number
    ]
    parts = [looked_at, *beside]
    return f"{named(meeting)}: {wording.every(parts)}"


def minuted(lines: Sequence[MinuteLine]) -> str:
    """Return how much was minuted: 1 decision and 2 notes; empty for nothing."""
    return wording.every(_counted(lines)) if lines else ""


def _counted(lines: Sequence[MinuteLine]) -> list[str]:
    numbers = {kind: sum(line.kind == kind for line in lines) for kind in ("decision", "question", "note")}
    return [wording.counted(number, kind) for kind, number in numbers.items() if number]


def about(line: MinuteLine) -> str:
    """Return what a line of the minutes is and which figure it is about: Decision on Disabled (Share 5.5%)."""
    one = KINDS[line.kind][0]
    figure = f" ({line.figure})" if line.figure else ""
    return f"{one} on {line.row}{figure}" if line.row else one


def lines_in_words(lines: Iterable[MinuteLine]) -> str:
    """Return lines of the minutes as one sentence, for whoever saved after them."""
    return "; ".join(f"{about(line)}: “{line.text}”" for line in lines)


def figures(found: Finding) -> dict[str, str]:
    """Return the rows of a finding's table that minutes can be about: which row, in words → its figure as it is written."""
    cells = found.cells(thousands=True)
    keys = [name for name in found.row_key if name in cells] or list(cells)[:1]
    beside = [name for name in cells if name not in keys]
    # The first number; in a table of words, what stands next to the row's name.
    shown = [name for name in beside if _is_number(found, name)][:1] or beside[:2]
    rows: dict[str, str] = {}
    for place in range(min(len(found.frame), MOST_ROWS)):
        label = ", ".join(cells[name][place] for name in keys)[:280]
        # Rows that read alike are told apart by their place.
        label = f"{label} (row {place + 1})" if label in rows else label
        rows[label] = ", ".join(f"{found.columns[name]} {cells[name][place]}" for name in shown)[:300]
    return rows


def _is_number(found: Finding, name: str) -> bool:
    kind = found.frame[name].dtype.kind
    return name in found.formats or kind in "iuf"
