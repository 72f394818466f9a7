"""Checks and types one table: file, header, cells, keys and the rules between cells, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from svdash import wording
from svdash.tables.cell_checks import Trouble, check_text, check_typed, from_arrow
from svdash.tables.faults import Fault, nearest
from svdash.tables.file_reading import (
    Content,
    UnreadableError,
    marked_byte,
    read_bytes,
    read_csv,
    read_parquet,
    unmarked,
)
from svdash.tables.row_rules import Breach, breaches
from svdash.tables.schema import Field, Table
from svdash.tables.values import Mask

# Faults of one kind in one column that are named one by one; the rest are counted in one more.
MOST = 1_000
_JOINT = "\x1f"

Described = tuple[str | None, str, str]


@dataclass
class Checked:
    """A table after its check.

    Attributes:
        table: what it should be.
        frame: all its rows, typed, in the order of the file.
        rows: their numbers, the header being row 1.
        unread: rows whose cells can't be told apart; nothing further is said about those.
        bad: rows with a fault, ``unread`` among them.
        faults: what is wrong, in no order yet.
        lost: lines of the file that the frame doesn't hold.
        closed: no row can be used, because the file or a needed column is not there.
        lookups: values looked up in other tables, by link, each with the frame that they were looked up in. Copies
            for another version of a pack share them.
    """

    table: Table
    frame: pd.DataFrame
    rows: np.ndarray[Any, np.dtype[np.int64]]
    unread: Mask
    bad: Mask
    faults: list[Fault] = field(default_factory=list)
    lost: int = 0
    closed: bool = False
    lookups: dict[Hashable, tuple[pd.DataFrame, Any]] = field(default_factory=dict, repr=False)

    @property
    def withheld(self) -> int:
        """How many rows are not given out."""
        return self.lost + (len(self.rows) if self.closed else int(self.bad.sum()))

    def sound(self) -> pd.DataFrame:
        """The rows without a fault, numbered from 0."""
        if self.closed:
            return self.table.empty()
        return self.frame.loc[~self.bad].reset_index(drop=True)

    def report(self, mask: Mask, column: str | None, describe: Callable[[int], Described]) -> None:
        """Take out the rows of the mask, each with a fault: value, problem and remedy by position."""
        hits = self._taken(mask)
        for at in hits[:MOST]:
            self.note(column, *describe(int(at)), row=int(self.rows[at]))
        if len(hits) > MOST:
            self.note_rest(column, self.rows[hits[MOST - 1 :]])

    def report_once(
        self, mask: Mask, column: str | None, values: pd.Series[Any], describe: Callable[[int], Described]
    ) -> None:
        """Take out the rows of the mask; those of one value are one fault, at the first of them."""
        hits = self._taken(mask)
        codes = pd.factorize(values.iloc[hits])[0]
        first, count = np.unique(codes, return_index=True)[1], np.bincount(codes)
        for number, at in enumerate(hits[first[:MOST]].tolist()):
            value, problem, remedy = describe(at)
            several = (
                f" (in {wording.number(count[number])} rows, of which this is the first)"
                if count[number] > 1
                else ""
            )
            self.note(column, value, problem + several, remedy, row=int(self.rows[at]))
        if len(first) > MOST:
            rest = hits[codes >= MOST]
            self.note_rest(column, self.rows[np.append(hits[first[MOST - 1]], rest)])

    def _taken(self, mask: Mask) -> np.ndarray[Any, np.dtype[np.intp]]:
        hits = np.flatnonzero(mask & ~self.unread)
        self.bad[hits] = True
        return hits

    def note_rest(self, column: str | None, rows: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        """One fault for all the rows that have the same as the first of them, which has been named."""
        problem = (
            f"rows from this one on with the same fault as row {rows[0]}: {wording.number(len(rows) - 1)}"
        )
        self.note(column, None, problem, "Correct those above, then check again.", row=int(rows[1]))

    def note(
        self, column: str | None, value: str | None, problem: str, remedy: str, row: int | None = None
    ) -> None:
        """A fault of the whole table or column, which takes no row out by itself."""
        self.faults.append(Fault(self.table.name, row, column, value, problem, remedy))


def check_table(table: Table) -> Checked:
    """Read a table and find everything that is wrong with it, apart from what refers to other tables."""
    nothing = np.zeros(0, dtype=bool)
    checked = Checked(table, table.empty(), np.zeros(0, dtype=np.int64), nothing, nothing, list(table.faults))
    if table.file is None or (table.tabular and not table.fields):
        checked.closed = True
        return checked
    try:
        if not table.tabular:
            read_bytes(table.file)
            return checked
        content = read_csv(table.file) if table.format == "csv" else read_parquet(table.file)
    except UnreadableError as error:
        checked.note(None, error.value, error.problem, error.remedy)
        checked.closed = True
        return checked
    _fill(checked, content)
    return checked


def _fill(checked: Checked, content: Content) -> None:
    checked.rows, checked.lost = content.rows, content.lost
    checked.unread, checked.bad = (
        np.zeros(len(content.rows), dtype=bool),
        np.zeros(len(content.rows), dtype=bool),
    )
    broken = np.array([found[0] for found in content.broken], dtype=np.intp)
    checked.unread[broken] = checked.bad[broken] = True
    for at, value, problem, remedy in content.broken[:MOST]:
        checked.note(None, value, problem, remedy, row=int(content.rows[at]))
    if len(broken) > MOST:
        checked.note_rest(None, content.rows[broken[MOST - 1 :]])
    places = _header(checked, content)
    columns = {
        each.name: _column(checked, each, content, places.get(each.name)) for each in checked.table.fields
    }
    checked.frame = pd.DataFrame(columns)
    _keys(checked)
    for breach in breaches(checked.table, checked.frame):
        checked.report(breach.mask, breach.column, partial(_described, breach, checked.frame[breach.column]))


def _described(breach: Breach, values: pd.Series[Any], at: int) -> Described:
    return (_shown(values, at) if breach.shown else None, *breach.describe(at))


def _shown(series: pd.Series[Any], at: int) -> str | None:
    value = series.iloc[at]
    return None if pd.isna(value) else f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _header(checked: Checked, content: Content) -> dict[str, int]:
    """Place of each field in the file. A needed column that is missing or doubled closes the table."""
    table, header = checked.table, content.header
    for name in content.marked.values():
        problem = f"has the byte {marked_byte(name)}, which is not UTF-8"
        checked.note(None, unmarked(name), problem, "Save the file as UTF-8.", row=1)
    for name, count in Counter(header).items():
        if count > 1 and name.strip():
            at = [str(place) for place, other in enumerate(header, start=1) if other == name]
            checked.note(
                name, None, f"the heading is in columns {wording.every(at)}", "Keep one of them.", row=1
            )
            checked.closed |= table.field(name) is not None
    missing = [each.name for each in table.fields if each.name not in header]
    checked.closed |= any(each.required for each in table.fields if each.name in missing)
    for place, name in enumerate(header, start=1):
        if table.field(name) is None:
            alike = _report_extra(checked, place, name, missing)
            missing = [other for other in missing if other != alike]
    for name in missing:
        checked.note(name, None, "the column is missing", f"Add a column with the heading “{name}”.", row=1)
    return {name: place for place, name in enumerate(header)}


def _report_extra(checked: Checked, place: int, name: str, missing: list[str]) -> str | None:
    """Say that a column is not wanted, and return the missing one that it may be."""
    if not name.strip():
        checked.note(
            None, None, f"column {place} has no heading", "Give it one, or remove the column.", row=1
        )
        return None
    alike = nearest(name, missing)
    if alike is None:
        remedy = "Remove it, or describe it in datapackage.json."
        checked.note(name, None, "this column is not in the schema", remedy, row=1)
    else:
        problem = f"is not a heading of this table, and “{alike}” is missing"
        checked.note(None, name, problem, f"Did you mean '{alike}'? Then rename it.", row=1)
    return alike


def _column(checked: Checked, each: Field, content: Content, place: int | None) -> pd.Series[Any]:
    """One column, typed; its troubles are reported. Missing throughout where the file has none to read."""
    absent = pd.Series([None] * len(content.rows), dtype=each.dtype)
    if place is None:
        return absent
    values = content.columns[place]
    if not isinstance(values, pd.Series):
        try:
            values = from_arrow(each, values)
        except UnreadableError as error:
            checked.note(each.name, error.value, error.problem, error.remedy)
            checked.closed |= each.required
            return absent
    if values.dtype == "str":
        codes, found = pd.factorize(values.fillna(""))
        distinct = pd.Series(found, dtype="str")
        typed, troubles = check_text(each, distinct)
    else:
        codes, found = pd.factorize(values, use_na_sentinel=False)
        typed = distinct = pd.Series(found, dtype=each.dtype)
        troubles = check_typed(each, typed)
    for trouble in troubles:
        checked.report(trouble.mask[codes], each.name, _describer(trouble, codes, distinct))
    return typed.take(codes).reset_index(drop=True)


def _describer(trouble: Trouble, codes: Any, distinct: pd.Series[Any]) -> Callable[[int], Described]:
    """Words for a row of a column; the same for all rows that have the same value."""

    @cache
    def of_code(code: int) -> Described:
        value = _shown(distinct, code) or ""
        return (unmarked(value) if trouble.shown else None, *trouble.describe(value))

    return lambda at: of_code(int(codes[at]))


def key_text(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.Series[Any]:
    """The values of a key as one text a row; missing where any part is."""
    parts = [frame[name].astype("str").where(frame[name].notna()) for name in names]
    if len(parts) == 1:
        return parts[0]
    arrays = [pa.array(part, pa.large_string(), from_pandas=True) for part in parts]
    return pd.Series(
        pc.binary_join_element_wise(*arrays, pa.scalar(_JOINT, pa.large_string())).to_pandas(), dtype="str"
    )


def readable(key: str) -> str:
    """A key's text as a person reads it."""
    return key.replace(_JOINT, ", ")


def _keys(checked: Checked) -> None:
    """Report values that must be the only one of their kind and aren't."""
    keys: dict[tuple[str, ...], None] = {(each.name,): None for each in checked.table.fields if each.unique}
    if checked.table.primary_key:
        keys[checked.table.primary_key] = None
    for names in keys:
        key = key_text(checked.frame, names).where(~checked.unread)
        again = np.asarray((key.duplicated() & key.notna()).to_numpy(dtype=bool))
        if again.any():
            checked.report(again, ", ".join(names), _doubled(key, checked.rows))


def _doubled(key: pd.Series[Any], rows: Any) -> Callable[[int], Described]:
    first = key.drop_duplicates().dropna()
    row_of = dict(zip(first, rows[first.index], strict=True))
    remedy = "Give each row its own, or delete one of the two."
    return lambda at: (readable(key.iloc[at]), f"is already in row {row_of[key.iloc[at]]}", remedy)
