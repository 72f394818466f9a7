"""Tables of counts whose rows and columns add up, as systems of sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from svdash.disclosure.linked import KEPT_LONGEST, System, suppressed
from svdash.disclosure.rules import Bools, Ints, Preset


def whole_counts(frame: pd.DataFrame, counts: str) -> pd.Series:
    """Return a column as floats; refuse what is no count."""
    present(frame, counts)
    exact = frame[counts].astype("float64").reset_index(drop=True)
    wrong = (exact < 0) | (exact != np.floor(exact)) & exact.notna()
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"row {place}: {exact.iloc[place]:g} is not a whole count of people from 0 upwards")
    return exact


def present(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a frame that lacks a column."""
    missing = [name for name in columns if name not in frame]
    if missing:
        raise ValueError(
            f"the frame has no column {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}"
        )


def codes(frame: pd.DataFrame, keys: Sequence[str]) -> Ints:
    """Number the lines that keys tell apart, in the order in which they come; return the number for each row."""
    return frame.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy().astype("int64")


def hidden_lines(
    frame: pd.DataFrame, counts: str, rows: Sequence[str], columns: Sequence[str], rules: Preset
) -> tuple[Bools, Bools]:
    """Return which counts are hidden, and which totals: those of the rows, then those of the columns."""
    present(frame, counts, *rows, *columns)
    exact = whole_counts(frame, counts)
    here = np.flatnonzero(exact.notna())
    people = exact[here].to_numpy(dtype="int64")
    lines = [codes(frame, keys) for keys in (rows, columns) if keys and len(frame)]
    system = _table(people, [line[here] for line in lines], [int(line.max()) + 1 for line in lines], rules)
    hidden = suppressed(system)
    cells = np.zeros(len(frame), dtype="bool")
    cells[here] = hidden[: len(here)]
    return cells, hidden[len(here) :]


def _table(people: Ints, lines: Sequence[Ints], sizes: Sequence[int], rules: Preset) -> System:
    """Counts with the totals of their rows and columns, and where there are both, what rows and columns add up to.

    The total of a line of one is that one, so it is no sum.
    """
    counts, entries, ends = [people], [], []
    start, number = len(people), 0
    for line, size in zip(lines, sizes, strict=True):
        several = np.bincount(line, minlength=size) > 1
        here = np.flatnonzero(several[line])
        end = start + np.arange(size)
        entries.append((number + line[here], here, np.ones(len(here), dtype="int64")))
        entries.append((number + np.flatnonzero(several), end[several], np.full(int(several.sum()), -1)))
        counts.append(np.bincount(line, weights=people, minlength=size).astype("int64"))
        here = np.flatnonzero(~several[line])
        end[line[here]] = here
        ends.append(end)
        start, number = start + size, number + size
    own = number
    if len(lines) > 1:
        grand, more = _grand(people, lines, ends, start, number)
        counts.append(grand)
        entries += more
        number += 2 * len(grand)
    whole = np.concatenate(counts)
    stay = np.where(np.arange(len(whole)) < len(people), 0, KEPT_LONGEST)
    none = np.zeros(0, dtype="int64")
    sum_, cell, sign = (np.concatenate([none, *(e[n] for e in entries)]) for n in range(3))
    return System(
        rules, whole, stay, np.zeros(len(whole), dtype="bool"), np.zeros(len(whole), dtype="bool"), sum_, cell, sign,
        np.arange(number) < own, none, none, none,
    )  # fmt: skip


def _grand(
    people: Ints, lines: Sequence[Ints], ends: Sequence[Ints], start: int, number: int
) -> tuple[Ints, list[tuple[Ints, Ints, Ints]]]:
    """Totals of whole tables: rows and columns that hang together, each added up by rows and by columns.

    ``ends`` says for each line which count is its total; the new totals stand from ``start`` on, their sums from
    ``number`` on.
    """
    row, column = lines
    of_row, of_column = np.arange(len(ends[0])), np.zeros(len(ends[1]), dtype="int64")
    before: Ints | None = None
    while before is None or (before != of_row).any():
        before = of_row.copy()
        of_column[column] = len(of_row)
        np.minimum.at(of_column, column, of_row[row])
        np.minimum.at(of_row, row, of_column[column])
    tables, of_row = np.unique(of_row, return_inverse=True)
    of_column = np.searchsorted(tables, of_column)
    count = len(tables)
    entries = [
        (number + of_row, ends[0], np.ones(len(of_row), dtype="int64")),
        (number + count + of_column, ends[1], np.ones(len(of_column), dtype="int64")),
        (number + np.arange(2 * count), start + np.arange(2 * count) % max(count, 1), np.full(2 * count, -1)),
    ]
    return np.bincount(of_row[row], weights=people, minlength=count).astype("int64"), entries
