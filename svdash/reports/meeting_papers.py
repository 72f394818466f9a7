"""The papers of a meeting: the findings of its agenda, as its snapshot holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from svdash import wording
from svdash.access import server_places
from svdash.findings import snapshots
from svdash.findings.finding import Finding, by_office, records
from svdash.findings.indicators.indicator_trends import ALONE_ONLY
from svdash.findings.open_data import data_catalogue
from svdash.findings.progress.meeting_agenda import Item
from svdash.findings.snapshots import Snapshot, SnapshotError
from svdash.findings.snapshots.page_entries import PART
from svdash.render import small_multiples, stored_drawings
from svdash.wording import NOT_AVAILABLE

if TYPE_CHECKING:
    from svdash.records.meetings import Meeting

# Columns of a table that are seen, as on the pages.
MOST_COLUMNS: Final = 6


@dataclass(frozen=True)
class _Screen:
    """The room that a table has before a room: letters of a line, lines, and what a row takes beside its own in lines."""

    letters: int
    lines: float
    between: float


# Of 1920 by 1080: twelve rows of one line, or seven of two; of 1280 by 800.
_LARGE: Final = _Screen(118, 18.0, 0.5)
_SMALL: Final = _Screen(76, 12.0, 0.25)
_MOST_ON_SMALL: Final = 6
# The most letters that a column asks for.
_WIDEST: Final = 45
_BEYOND: Final = ", beyond chance"
# Findings whose rows stand in groups, by the column that says which: where not all are shown, some of every group are.
_GROUPED: Final = {"exceptions": "label", "attention": "list_label"}

# Letters up to which the cells of a column are kept on one line.
_BRIEF: Final = 16


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
    def made_up(self) -> str:
        """Say that figures among those shown are made up; empty where none are."""
        return data_catalogue.MADE_UP if "illustrative" in self.statuses else ""

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of all that is shown, the most official first."""
        return by_office(
            {status for item in self.items if item.finding is not None for status in item.finding.statuses}
        )


def items_of(meeting: Meeting) -> tuple[Item, ...]:
    """Return the findings of a meeting's agenda, each as its snapshot holds it, or with why it can't be shown."""
    if not meeting.agenda:
        return ()
    try:
        snapshot = snapshots.opened(meeting.snapshot)
    except SnapshotError as problem:
        return tuple(Item(key, None, server_places.for_visitors(str(problem))) for key in meeting.agenda)
    found = []
    for key in meeting.agenda:
        try:
            found.append(_item(snapshot, key))
        except SnapshotError as gone:
            found.append(Item(key, None, server_places.for_visitors(str(gone))))
    return tuple(found)


def _item(snapshot: Snapshot, key: str) -> Item:
    """Return a finding of the agenda; one whose chart can't be drawn any more as its table. Raises ``SnapshotError``."""
    entry, found = snapshot.entry(key), snapshot.finding(key)
    if found.chart is not None and not stored_drawings.drawable(found):
        found = replace(found, chart=None)
    part = {PART: entry.part} if entry.part else {}
    return Item(key, found, page=entry.page, controls={**part, **entry.controls})


def papers_of(meeting: Meeting, whose: str) -> Papers:
    """Return what a meeting's papers are made of.

    Args:
        meeting: the meeting.
        whose: whose framework it is.

    Raises:
        PapersError: nothing is on the agenda, or none of it can be shown; the message says why.
    """
    items = items_of(meeting)
    if items and not any(item.finding is not None for item in items):
        raise PapersError(items[0].gone)
    version = snapshots.opened(meeting.snapshot).version if items else ""
    return Papers(meeting.name, meeting.on, whose, meeting.snapshot, version, items)


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
    shown = sorted(_first_to_show(found)[:rows]) if rows else range(len(found.frame))
    numeric = [found.frame[name].dtype.kind in "iuf" for name in names]
    written = [[cells[name][place] or NOT_AVAILABLE for name in names] for place in shown]
    return [found.columns[name] for name in names], written, numeric


def _first_to_show(found: Finding) -> list[int]:
    """Return the places of all rows, those first that are shown where there is no room for all: the first of every group, then the second."""
    every = list(range(len(found.frame)))
    if found.name not in _GROUPED:
        return every
    within = found.frame.groupby(_GROUPED[found.name], sort=False).cumcount().tolist()
    return sorted(every, key=lambda place: (within[place], place))


def left_out(found: Finding, rows: int) -> str:
    """Return how many rows of each group a table of so many rows leaves out: Red 4, Overdue 12; empty where it has no groups, or has all."""
    if found.name not in _GROUPED:
        return ""
    groups = found.frame[_GROUPED[found.name]].iloc[sorted(_first_to_show(found)[rows:])]
    return ", ".join(f"{name} {number}" for name, number in groups.value_counts(sort=False).items())


def first_shown(found: Finding, rows: int, always: int) -> list[bool]:
    """Return of the first rows to show, in the order of the table, which are among the very first: those that every screen has room for."""
    order = _first_to_show(found)
    first = set(order[:always])
    return [place in first for place in sorted(order[:rows])]


def shown_of(found: Finding, rows: int) -> str:
    """Return how many rows of a table are seen, and how many of each group are not; empty where all are."""
    if rows >= len(found.frame):
        return ""
    rest = left_out(found, rows)
    return f"{rows} of {len(found.frame)} rows{f'; not on this screen: {rest}' if rest else ''}"


def table_html(
    heads: list[str],
    rows: list[list[str]],
    numeric: list[bool],
    *,
    number: str,
    brief: str,
    kinds: Sequence[str] = (),
) -> str:
    """Return a table's head and body as HTML.

    Args:
        heads: its headings, as :func:`table` gives them.
        rows: its rows.
        numeric: which columns are numbers.
        number: the class of columns of numbers.
        brief: the class of columns whose cells are kept on one line.
        kinds: the class of each row, empty for none; by default no row has one.
    """
    columns = [
        f' class="{number}"'
        if is_number
        else f' class="{brief}"'
        if all(len(row[place]) <= _BRIEF for row in rows)
        else ""
        for place, is_number in enumerate(numeric)
    ]
    head = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(heads, columns, strict=True)
    )
    cells = (
        "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row, columns, strict=True))
        for row in rows
    )
    opened = [f'<tr class="{kind}">' if kind else "<tr>" for kind in kinds or [""] * len(rows)]
    body = "".join(f"{begin}{row}</tr>" for begin, row in zip(opened, cells, strict=True))
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def room_table(found: Finding) -> tuple[list[str], list[list[str]], list[bool]]:
    """Return as much of a finding's table as can be read on one large screen before a room, as :func:`table` does."""
    heads, rows, numeric = table(found)
    widths = letters(heads, rows)
    # Two columns at least: what a row is of, and what is said of it.
    columns = max(
        sum(sum(widths[: place + 1]) <= _LARGE.letters for place in range(len(widths))), min(2, len(widths))
    )
    order = _first_to_show(found)
    most = _fitting([rows[place] for place in order], widths[:columns], _LARGE)
    return heads[:columns], [rows[place][:columns] for place in sorted(order[:most])], numeric[:columns]


def on_a_small_screen(found: Finding, columns: int) -> int:
    """Return how many rows of a finding's table, with so many of its columns, can be read on a small screen before a room."""
    heads, rows, _ = table(found)
    shown = [rows[place] for place in _first_to_show(found)]
    return min(_fitting(shown, letters(heads, rows)[:columns], _SMALL), _MOST_ON_SMALL)


def _fitting(rows: list[list[str]], widths: list[int], screen: _Screen) -> int:
    """Return how many rows from the first on a screen has room for; one at least."""
    # What columns don't ask for is shared out among them.
    wide = screen.letters / sum(widths)
    lines = accumulate(
        screen.between
        + max(ceil(len(cell) / (width * wide)) for cell, width in zip(row, widths, strict=False))
        for row in rows
    )
    return max(sum(each <= screen.lines for each in lines), 1)


def letters(heads: list[str], rows: list[list[str]]) -> list[int]:
    """Return how many letters wide each column of a table wants to be."""
    return [
        min(max(len(head), *(len(row[place]) for row in rows)), _WIDEST) for place, head in enumerate(heads)
    ]


def by_verdict(found: Finding) -> list[tuple[str, str]]:
    """Return the series of a finding that is shown as small multiples, which are too many for one screen, by their verdict.

    Of each verdict how many series have it, those apart that stand out taken alone only, as the finding's sentence counts
    them, and their names with their newest figures; none for other findings.
    """
    if not small_multiples.drawn(found):
        return []
    groups: dict[str, list[str]] = {}
    for verdict, only, told in _series(found):
        heading = f"{verdict.removesuffix(_BEYOND)}{_BEYOND} taken alone" if only else verdict
        groups.setdefault(heading, []).append(told)
    return [(f"{heading}: {len(told)}", "; ".join(told)) for heading, told in groups.items()]


def _series(found: Finding) -> list[tuple[str, bool, str]]:
    """Return of each series its verdict, whether it holds taken alone only, and its name with its newest figure, by verdict.

    Where the table has a row for each indicator, it decides: it also has those without a figure, which no picture has, and
    knows what is a proposal.
    """
    panels = [panel for _, members in small_multiples.groups(found) for panel in members]
    lead = next((name for name in ("leading", "indicator") if name in found.frame), "")
    if not lead or not {"verdict_label", "together"} <= set(found.frame):
        return [(each.verdict, each.alone, f"{each.name} {each.latest}".strip()) for each in panels]
    names = {each.indicator: each.name for each in panels}
    rows = [
        (
            str(row["verdict_label"]),
            row["together"] == ALONE_ONLY,
            f"{names.get(str(row[lead]), row['title'])}{_proposed(row)} {row['latest']}",
        )
        for row in records(found.frame)
    ]
    order = list(wording.VERDICT.values())
    return sorted(rows, key=lambda each: (order.index(each[0]), each[1]))


def _proposed(row: dict[str, Any]) -> str:
    mark = " (proposal)"
    return mark if any(str(row[name]).endswith(mark) for name in ("indicator", "title")) else ""
