"""Finds the headings of a table that was made for people: titles above it, merged cells, two columns of one name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import clean
from svdash.workbench.remarks import FAIL, NOTE, WARN, Remark

# Headings stand within so many rows.
WITHIN: Final = 40
_LONGEST: Final = 100
# A row of headings has a cell in at least this share of the columns.
_FILLED: Final = 0.6
_FIGURE: Final = re.compile(r"[-+−(]?\s*£?\s*[0-9][0-9,. ]*%?\)?")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}(?:[-/–][0-9]{2,4})?")


@dataclass
class Heads:
    """The headings of a table.

    Attributes:
        names: of the columns, each once.
        at: place of each column in the rows of the file.
        below: number of the rows above the first row of figures.
        row: the row of the headings as they stand, for headings that stand again.
        remarks: what was noticed.
    """

    names: list[str]
    at: list[int]
    below: int
    row: list[str]
    remarks: list[Remark] = field(default_factory=list)


def heads(rows: Sequence[Sequence[str]]) -> Heads | None:
    """Return the headings of a table, by its first rows; ``None`` where nothing looks like a table.

    Args:
        rows: the first rows of the file, blank ones too.
    """
    width = _usual_width(rows)
    at = next((n for n, row in enumerate(rows[:WITHIN]) if _filled(row) >= max(1, _FILLED * width)), None)
    if at is None:
        return None
    first = at
    row = _padded(rows[at], width)
    if at + 1 < len(rows) and _completes(row, _padded(rows[at + 1], width)):
        # Row 1 holds the groups, and row 2 what stands under each.
        at += 1
    merged = _above(rows, first, at, width)
    own = _padded(rows[at], max(width, len(rows[at])))
    names, remarks = own, list[Remark]()
    if merged is not None:
        names = _joined(merged, own)
        remarks.append(_merged(merged, names, at))
    figures = [name for name in names if _is_figure(name)]
    if figures:
        remarks.append(
            Remark(
                "figures-for-headings",
                FAIL,
                f"{wording.counted(len(figures), 'heading')} {'is a figure' if len(figures) == 1 else 'are figures'}, such as {figures[0]!r}: the first row may not be headings.",
                "Put a row of headings above the table, and bring the file again.",
            )
        )
    kept = [
        n
        for n, name in enumerate(names)
        if clean(name) or any(len(each) > n and each[n].strip() for each in rows[at + 1 :])
    ]
    called = _once([clean(names[n])[:_LONGEST] for n in kept], kept, remarks)
    return Heads(called, kept, at + 1, [*rows[at]], remarks) if called else None


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many columns most rows have; titles and notes are rows of one cell."""
    widths = Counter(len(row) for row in rows if row)
    if len(widths) > 1:
        del widths[1]
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _is_figure(cell: str) -> bool:
    text = cell.strip()
    return _FIGURE.fullmatch(text) is not None and _YEAR.fullmatch(text) is None


def _completes(row: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a row has gaps that the next one fills, as the second row of merged headings does, without a figure."""
    gaps = [n for n, cell in enumerate(row) if not cell.strip()]
    return bool(gaps) and all(below[n].strip() for n in gaps) and not any(_is_figure(cell) for cell in below)


def _above(rows: Sequence[Sequence[str]], first: int, at: int, width: int) -> list[str] | None:
    """Return the row of merged headings above the headings, each repeated as far as it reaches; ``None`` for none."""
    over = first if first < at else at - 1
    if over < 0:
        return None
    row = _padded(rows[over], width)
    named = [n for n, cell in enumerate(row) if cell.strip()]
    # A single cell at the left is a title.
    if not named or named == [0] or len(named) >= width or any(_is_figure(cell) for cell in row):
        return None
    below = _padded(rows[at], width)
    reach, last = list[str](), ""
    for n in range(width):
        last = row[n] if row[n].strip() else last
        # What stands alone over a blank cell is the column's own heading.
        reach.append(last if below[n].strip() or row[n].strip() else "")
    return reach


def _joined(merged: Sequence[str], own: Sequence[str]) -> list[str]:
    names = []
    for n, name in enumerate(own):
        over = merged[n] if n < len(merged) else ""
        parts = [clean(each) for each in (over, name) if clean(each)]
        names.append(": ".join(dict.fromkeys(parts)))
    return names


def _merged(merged: Sequence[str], names: Sequence[str], at: int) -> Remark:
    spans = Counter(clean(each) for each in merged if clean(each))
    wide = [name for name, columns in spans.items() if columns > 1]
    shown = next((name for name in names if ": " in name), names[0])
    return Remark(
        "merged-headings",
        WARN,
        f"Headings are in rows {at} and {at + 1}, one cell over several columns: {wording.listing([repr(each) for each in wide] or [repr(shown)])}. "
        f"Columns are called by both, such as {shown!r}.",
        "Check the names below; or give each column one heading of its own, and bring the file again.",
    )


def _once(names: Sequence[str], at: Sequence[int], remarks: list[Remark]) -> list[str]:
    """Return names that differ from one another, also in their letters' case; note which were made up."""
    found = list[str]()
    taken = set[str]()
    counts = Counter(name.casefold() for name in names if name)
    for name, place in zip(names, at, strict=True):
        wanted = name or f"column {place + 1}"
        called, number = wanted, 1
        while called.casefold() in taken:
            number += 1
            called = f"{wanted} ({number})"
        taken.add(called.casefold())
        found.append(called)
    twice = [name for name in dict.fromkeys(names) if name and counts[name.casefold()] > 1]
    if twice:
        remarks.append(
            Remark(
                "same-heading",
                FAIL,
                f"{wording.counted(len(twice), 'heading')} {'is' if len(twice) == 1 else 'are'} over several columns: "
                f"{wording.listing([repr(each) for each in twice])}. The later ones are called {found[_second(names, twice[0])]!r} and so on.",
                "Check which column you mean, and use its name below; or give each a name of its own in the file.",
            )
        )
    unnamed = [called for called, name in zip(found, names, strict=True) if not name]
    if unnamed:
        remarks.append(
            Remark(
                "no-heading",
                NOTE,
                f"{wording.counted(len(unnamed), 'column')} without a heading: {wording.listing(unnamed)}.",
                "Give it a heading in the file, if you need it.",
            )
        )
    return found


def _second(names: Sequence[str], name: str) -> int:
    places = [n for n, each in enumerate(names) if each.casefold() == name.casefold()]
    return places[1]
