"""Finds lines of a CSV file that ended up inside a cell because a quotation mark was never closed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Final

from svdash.importing.cells.column_shape import looks_like

_FEWEST_CELLS: Final = 3


def parted(lines: Sequence[str], separator: str, width: int) -> list[list[str]] | None:
    """The rows that the lines of one row are, each by itself; None where they are no rows.

    They are if all have as many cells, and each below the first has a date and an amount: no text that somebody wrote into
    a cell looks so.

    Args:
        lines: of the file, as they make one row by its quotation marks.
        separator: of its cells.
        width: number of cells of the rows before.
    """
    rows = [_cells(line, separator) for line in lines]
    alike = len(rows[0]) == width >= _FEWEST_CELLS and all(
        len(row) == width and _pays(row) for row in rows[1:]
    )
    return rows if alike and len(rows) > 1 else None


def swallowed(lines: Sequence[str], separator: str, width: int) -> int:
    """How many lines below the first of a row look like rows of their own: they have as many cells as those before."""
    rows = [_cells(line, separator) for line in lines[1:]]
    return sum(len(row) >= max(_FEWEST_CELLS, width) and _pays(row) for row in rows)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return [cell.rstrip("\r\n") for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def _pays(cells: Sequence[str]) -> bool:
    """Whether a row has a date and an amount, in two cells."""
    dates = {at for at, cell in enumerate(cells) if looks_like("date", cell)}
    amounts = {at for at, cell in enumerate(cells) if looks_like("amount", cell)}
    return bool(dates) and bool(amounts) and len(dates | amounts) > 1
