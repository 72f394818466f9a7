"""Findings as Arrow and back, unchanged: what a snapshot keeps, and what goes from one process to another.

The table of a finding is an Arrow table; everything else stands in the metadata of its schema: text and lists as JSON,
further frames (of the chart, of the map) as Arrow streams. Nothing of it is executed when it is read.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from svdash.caching import disk_cache
from svdash.findings.finding import Finding
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.register import View

_ABOUT: Final = b"svdash.finding"
_FRAME: Final = b"svdash.frame."
_OBJECTS: Final = "objects"
_KINDS: Final[dict[str, type[Finding]]] = {"finding": Finding, "map": AreaMap}


def to_arrow(finding: Finding) -> pa.Table:
    """Return a finding as a table with all that it says in the metadata of the schema.

    Raises:
        TypeError: a field holds something that is neither text, number, date, list, view nor frame.
    """
    content: dict[str, Any] = {
        "kind": "map" if isinstance(finding, AreaMap) else "finding",
        _OBJECTS: {"frame": _objects(finding.frame)},
    }
    frames: dict[bytes, bytes] = {}
    for each in fields(finding):
        value = getattr(finding, each.name)
        if each.name == "frame":
            continue
        if isinstance(value, pd.DataFrame):
            frames[_FRAME + each.name.encode()] = disk_cache.packed(_written(value))
            content[_OBJECTS][each.name] = _objects(value)
        else:
            content[each.name] = _plain(value)
    table = pa.Table.from_pandas(_written(finding.frame))
    about = {_ABOUT: json.dumps(content, ensure_ascii=False).encode()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **about, **frames})


def from_arrow(table: pa.Table) -> Finding:
    """Return the finding that :func:`to_arrow` wrote.

    Raises:
        ValueError: it is no finding, or one of another version of the product.
    """
    metadata = table.schema.metadata or {}
    if _ABOUT not in metadata:
        raise ValueError("This Arrow table is not a finding: its schema has no metadata of one.")
    content = json.loads(metadata[_ABOUT])
    kind, objects = _KINDS[content.pop("kind")], content.pop(_OBJECTS)
    frames: dict[str, Any] = {"frame": table.to_pandas()} | {
        name.removeprefix(_FRAME).decode(): disk_cache.unpacked(data)
        for name, data in metadata.items()
        if name.startswith(_FRAME)
    }
    for name, columns in objects.items():
        frames[name] = frames[name].assign(
            **{column: _read(cells, frames[name].index) for column, cells in columns.items()}
        )
    known = {each.name for each in fields(kind)}
    if unknown := sorted({*content, *frames} - known):
        raise ValueError(f"This finding has fields that are not known: {', '.join(unknown)}.")
    own: dict[str, Any] = {name: _restored(name, value) for name, value in content.items()}
    return kind(**own, **frames)


# Ways in which a cell of an object column can be missing; ``None`` is JSON's own.
_NOT_A_NUMBER: Final = {"missing": "nan"}
_NOT_KNOWN: Final = {"missing": "NA"}


def _objects(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the cells of columns of Python objects, which Arrow would give back as text or numbers."""
    return {str(name): [_cell(cell) for cell in frame[name]] for name in _object_columns(frame)}


def _object_columns(frame: pd.DataFrame) -> list[Any]:
    return list(frame.columns[[pd.api.types.is_object_dtype(dtype) for dtype in frame.dtypes]])


def _written(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its columns of objects as text, for those who read the Arrow table by itself."""
    return frame.assign(
        **{str(n): frame[n].map(str, na_action="ignore").astype("str") for n in _object_columns(frame)}
    )


def _cell(cell: Any) -> Any:
    if cell is pd.NA:
        return _NOT_KNOWN
    if isinstance(cell, float) and math.isnan(cell):
        return _NOT_A_NUMBER
    # numpy's numbers are those of Python to JSON.
    return _plain(cell.item() if isinstance(cell, np.generic) else cell)


def _read(cells: list[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    missing = {"nan": float("nan"), "NA": pd.NA}
    values = [missing[cell["missing"]] if isinstance(cell, dict) else cell for cell in cells]
    return pd.Series(values, index=index, dtype=object)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, View | MapChoice):
        return value.params() if isinstance(value, View) else vars(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    raise TypeError(f"{value!r} of a finding cannot be written as JSON")


def _restored(name: str, value: Any) -> Any:
    """Return a value of JSON as the field of a finding holds it."""
    if name == "updated":
        return None if value is None else date.fromisoformat(value)
    if name == "view":
        return View(**value)
    if name == "choice":
        return MapChoice(**value)
    if name == "leads":
        return {column: tuple(where) for column, where in value.items()}
    return tuple(value) if isinstance(value, list) else value
