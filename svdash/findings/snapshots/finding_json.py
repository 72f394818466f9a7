"""Findings as JSON and back, unchanged: the form in which they are kept for years.

Unlike Arrow with the notes of pandas in it (:mod:`svdash.findings.arrow`), these bytes depend on no library and no version
of one, so the same finding always has the same hash, and any program can read them. Nothing in them is executed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash.caching.sealed_archive import canonical
from svdash.findings.finding import Finding
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.register import View

_KINDS: Final[Mapping[str, type[Finding]]] = {"finding": Finding, "map": AreaMap}
_TYPES: Final = frozenset({"float64", "int64", "Int64", "bool", "boolean", "str", "object"})
_MISSING: Final = "missing"
# Names that stored findings carry for fields whose name is another now. They stay, so that every version reads every snapshot.
_STORED_AS: Final[Mapping[str, str]] = {"choice": "asked"}
_FIELD_OF: Final = {stored: field for field, stored in _STORED_AS.items()}


def to_json(finding: Finding) -> bytes:
    """Return a finding as JSON in its one form.

    Raises:
        TypeError: a field or a column holds what can't be written so that it comes back as it was.
    """
    content: dict[str, Any] = {"kind": "map" if isinstance(finding, AreaMap) else "finding"}
    for each in fields(finding):
        value, name = getattr(finding, each.name), _STORED_AS.get(each.name, each.name)
        content[name] = _frame(value) if isinstance(value, pd.DataFrame) else _plain(value)
    return canonical(content)


def from_json(content: bytes) -> Finding:
    """Return the finding that :func:`to_json` wrote, also one of an earlier version: what it lacks has its usual value.

    Raises:
        ValueError: it has a kind or fields that this version does not know.
    """
    stored = json.loads(content)
    kind = _KINDS.get(stored.pop("kind", ""))
    values = {_FIELD_OF.get(name, name): value for name, value in stored.items()}
    known = {each.name for each in fields(kind)} if kind else set()
    unknown = sorted(set(values) - known)
    if kind is None or unknown:
        raise ValueError(f"a finding of a later version: it says {', '.join(unknown) or 'of no known kind'}")
    return kind(**{name: _restored(name, value) for name, value in values.items()})


def _frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as lists of cells, each column with its type; the index where it does not count from 0."""
    columns = [[_label(name), str(column.dtype), _cells(column)] for name, column in frame.items()]
    index = frame.index
    if isinstance(index, pd.MultiIndex):
        raise TypeError("a frame of a finding has an index of several levels, which can't be written")
    content: dict[str, Any] = {"rows": len(frame), "columns": columns}
    if frame.columns.name is not None:
        content["columns_name"] = _label(frame.columns.name)
    if index.name is not None or not index.equals(pd.RangeIndex(len(frame))):
        content["index"] = [index.name, str(index.dtype), _cells(index.to_series())]
    return content


def _label(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a column of a finding is named {name!r}, which is not text")
    return name


def _cells(column: pd.Series[Any]) -> list[Any]:
    dtype = str(column.dtype)
    if dtype.startswith("datetime64["):
        return [None if pd.isna(each) else each.isoformat() for each in column]
    if dtype not in _TYPES:
        raise TypeError(f"the column {column.name} of a finding has the type {dtype}, which can't be written")
    if dtype == "object":
        return [_cell(each) for each in column]
    lost = column.isna().tolist()
    cells = [None if no else each for each, no in zip(column.tolist(), lost, strict=True)]
    return [_number(each) for each in cells] if dtype == "float64" else cells


def _number(value: float | None) -> float | str | None:
    return value if value is None or math.isfinite(value) else str(value)


def _cell(cell: Any) -> Any:
    """Return a cell of a column of Python's own objects; in which way it is missing is kept.

    Raises:
        TypeError: it is of a kind that JSON has not, such as a day or several values: it would come back as another.
    """
    if cell is pd.NA:
        return {_MISSING: "NA"}
    plain = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(plain, float) and not math.isfinite(plain):
        return {_MISSING: str(plain)}
    if plain is not None and not isinstance(plain, str | int | float | bool):
        raise TypeError(
            f"{cell!r} in a column of a finding is a {type(cell).__name__}, which can't be written"
        )
    return plain


def _frame_of(content: Mapping[str, Any]) -> pd.DataFrame:
    rows: pd.Index[Any] = pd.RangeIndex(content["rows"])
    if "index" in content:
        name, dtype, cells = content["index"]
        rows = pd.Index(_column(dtype, cells), name=name)
    columns = {name: _column(dtype, cells, rows) for name, dtype, cells in content["columns"]}
    return pd.DataFrame(columns, index=rows).rename_axis(columns=content.get("columns_name"))


def _column(dtype: str, cells: list[Any], rows: pd.Index[Any] | None = None) -> pd.Series[Any]:
    if dtype == "object":
        cells = [_lost(each) if isinstance(each, dict) else each for each in cells]
    elif dtype == "float64":
        # An endless number stands as text.
        cells = [math.nan if each is None else float(each) for each in cells]
    return pd.Series(cells, index=rows, dtype=dtype)


def _lost(cell: Mapping[str, str]) -> Any:
    return pd.NA if cell[_MISSING] == "NA" else float(cell[_MISSING])


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, View | MapChoice):
        return value.params()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    raise TypeError(f"{value!r} of a finding can't be written as JSON")


# Fields that JSON alone does not give back as they were.
_RESTORED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "updated": lambda value: None if value is None else date.fromisoformat(value),
    "view": lambda value: View(**value),
    "choice": lambda value: MapChoice(**value),
    "leads": lambda value: {column: tuple(where) for column, where in value.items()},
    **dict.fromkeys(("frame", "chart", "drawn"), lambda value: None if value is None else _frame_of(value)),
}


def _restored(name: str, value: Any) -> Any:
    """Return a value of JSON as the field of a finding holds it."""
    if name in _RESTORED:
        return _RESTORED[name](value)
    return tuple(value) if isinstance(value, list) else value
