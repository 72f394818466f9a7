"""The rows of an indicator that is to be agreed, checked as the rows of a pack are."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from svdash.editions.prototypes import TABLES, PrototypeRows
from svdash.importing.writing import csv_rows
from svdash.tables import Fault, Pack, open_pack
from svdash.tables.faults import DESCRIPTOR
from svdash.tables.links import reach
from svdash.tables.schema import read_tables


def row_faults(rows: PrototypeRows) -> list[Fault]:
    """Return what the check of a pack finds in the rows of an indicator that are put behind those of the present pack.

    The tables that these rows are in, and those that they refer to, are copied into a folder of their own and checked there
    as a pack, once without the rows and once with them: what is found with them alone is theirs, also of a whole table. The
    pack itself stays as it is.

    Raises:
        ImportFileError: a table of the pack is not CSV, or can't be read row by row.
        PackError: the pack can't be read.
    """
    pack = open_pack()
    before = set(_found(pack, PrototypeRows(rows.indicator, {})))
    return [each for each in _found(pack, rows) if each not in before]


def _found(pack: Pack, rows: PrototypeRows) -> tuple[Fault, ...]:
    """Return all faults and contradictions of the tables, with these rows behind the pack's own."""
    with tempfile.TemporaryDirectory(prefix="svdash-agreeing-") as given:
        folder = Path(given)
        names = _tables(pack)
        for name in names:
            _copied(pack, name, rows, folder)
        resources = [
            {**each, "path": f"{each['name']}{Path(each['path']).suffix}"}
            for each in pack.descriptor["resources"]
            if isinstance(each, dict) and each.get("name") in names
        ]
        described = {**pack.descriptor, "resources": resources}
        (folder / DESCRIPTOR).write_text(json.dumps(described), encoding="utf-8")
        checked = open_pack(folder)
        return (*checked.faults, *checked.contradictions)


def _tables(pack: Pack) -> list[str]:
    """Return the tables that an indicator's rows are in, with all that these refer to."""
    tables, _ = read_tables(pack.descriptor, pack.path)
    return sorted({other for name in TABLES if name in tables for other in reach(name, tables)})


def _copied(pack: Pack, name: str, rows: PrototypeRows, folder: Path) -> None:
    """Copy a table's file, with the indicator's rows behind its own."""
    file = folder / f"{name}{pack.file(name).suffix}"
    if name not in TABLES:
        shutil.copyfile(pack.file(name), file)
        return
    own = csv_rows.text_rows(pack, name)
    new = list(_written(rows.tables[name])) if name in rows.tables else []
    file.write_bytes(csv_rows.written_rows(pack, name, [*own, *new]))


def _written(rows: pd.DataFrame) -> Iterator[dict[str, str]]:
    for row in rows.to_dict("records"):
        yield {str(name): _cell(value) for name, value in row.items()}


def _cell(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool) or str(type(value).__name__) == "bool_":
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    # A whole number that came by way of a column of fractions is written as one.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
