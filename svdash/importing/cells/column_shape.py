"""Tells what the cells of a column look like: dates, amounts or names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from svdash.importing.cells.cell_reading import NO_AMOUNT, amount, clean, day
from svdash.importing.cells.withheld_names import is_withheld
from svdash.importing.reconciliation import CellShape, Problem

# A column is what its heading says if at least this share of its cells can be read so.
HEADED: Final = 0.5
# A column without a known heading is taken for a date or an amount if this share of its cells is one.
UNHEADED: Final = 0.9
CHECKED_SHAPES: Final[tuple[CellShape, CellShape]] = ("date", "amount")
SHAPES: Final[tuple[CellShape, ...]] = (*CHECKED_SHAPES, "name")


def looks_like(shape: CellShape, cell: str) -> bool:
    """Whether a cell is a date, an amount, or a name."""
    text = clean(cell)
    if shape == "name":
        # "12.00 CR" and "3 May" have letters, and are none.
        return is_withheld(text) or (
            any(map(str.isalpha, text)) and not any(looks_like(other, text) for other in CHECKED_SHAPES)
        )
    if shape == "date":
        return not isinstance(day(text), Problem) or not isinstance(day(text, "mdy"), Problem)
    return not isinstance(amount(text), Problem)


def share(shape: CellShape, cells: Sequence[str]) -> float:
    """The share of the cells that say something which look so; 0 where none does."""
    filled = [cell for cell in cells if cell.strip() and amount(clean(cell)) is not NO_AMOUNT]
    return sum(looks_like(shape, cell) for cell in filled) / len(filled) if filled else 0.0


def mostly(shape: CellShape, cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column that say something are dates, amounts or names."""
    return share(shape, cells) >= UNHEADED


def looks_like_headings(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row without a known heading stands above dates and amounts, and is neither itself."""
    if sum(1 for cell in cells if cell.strip()) < 2 or any(looks_like("amount", cell) for cell in cells):
        return False
    columns = [[row[at] if at < len(row) else "" for row in below] for at in range(len(cells))]
    return all(any(share(shape, column) >= UNHEADED for column in columns) for shape in CHECKED_SHAPES)
