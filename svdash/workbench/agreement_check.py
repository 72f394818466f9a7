"""Whether an indicator can be agreed: what is in the way, as sentences. Its rows are checked as those of a pack are."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.editions.prototypes import INDICATORS, TABLES, PrototypeRows
from svdash.importing.reconciliation import ImportFileError
from svdash.importing.writing import csv_rows
from svdash.tables import Fault, Pack, open_pack
from svdash.tables.faults import DESCRIPTOR
from svdash.tables.links import reach
from svdash.tables.schema import read_tables
from svdash.workbench import brought_tables
from svdash.workbench.brought_errors import BroughtError

_HEADER: Final = 1


def in_the_way(edition: Edition, pack: Pack, rows: PrototypeRows, agreed_as: str = "") -> tuple[str, ...]:
    """Return what is in the way of agreeing an indicator, as sentences; none if nothing is.

    Args:
        edition: the present edition, with what is agreed already.
        pack: the pack below it.
        rows: the indicator's rows.
        agreed_as: the identifier under which a version before was agreed; empty for none.
    """
    if agreed_as and agreed_as != rows.indicator:
        said = f"It was agreed as {agreed_as} and keeps that identifier: figures are told apart by it."
        return (f"{said} Begin a new indicator for {rows.indicator}.",)
    if not agreed_as and rows.indicator in set(edition.table(INDICATORS)["id"]):
        return (f"There is an indicator {rows.indicator} already. Choose an identifier that is free.",)
    if not any(len(rows.tables.get(name, ())) for name in TABLES if name.startswith("observations")):
        return ("It has no figure yet that a register could hold.",)
    try:
        return tuple(dict.fromkeys(_told(each) for each in row_faults(pack, rows)))
    except ImportFileError as problem:
        return (str(problem),)


def personal_data(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return of each brought file in which personal data is suspected that nothing that rests on it is published, as sentences.

    A file that is gone or was altered is in the way too: nobody knows what is in it.

    Args:
        files: name of a file → SHA-256 of its bytes.
    """
    said = list[str]()
    for name, sha256 in files.items():
        try:
            columns = brought_tables.profiled(brought_tables.brought(sha256)).personal
        except BroughtError as problem:
            said.append(str(problem))
            continue
        if columns:
            said.append(
                f"{name}: personal data is suspected in {wording.every(columns)}, so nothing that rests on it is published. Bring "
                "the file without them."
            )
    return tuple(said)


def _told(fault: Fault) -> str:
    """Say what is wrong with a row by its table and column: its number is one of a file that nobody has."""
    return str(replace(fault, row=None))


def row_faults(pack: Pack, rows: PrototypeRows) -> list[Fault]:
    """Return what the check of a pack finds in the rows of an indicator that are put behind those of a pack.

    The tables that these rows are in, and those that they refer to, are copied into a folder of their own and checked there
    as a pack; the pack itself stays as it is.
    """
    with tempfile.TemporaryDirectory(prefix="svdash-agreeing-") as given:
        folder = Path(given)
        before = {name: _copied(pack, name, rows, folder) for name in _tables(pack)}
        resources = [
            {**each, "path": f"{each['name']}{Path(each['path']).suffix}"}
            for each in pack.descriptor["resources"]
            if isinstance(each, dict) and each.get("name") in before
        ]
        described = {**pack.descriptor, "resources": resources}
        (folder / DESCRIPTOR).write_text(json.dumps(described), encoding="utf-8")
        checked = open_pack(folder)
        found = [*checked.faults, *checked.contradictions]
        return [
            each for each in found if each.table in TABLES and (each.row or 0) > before[each.table] + _HEADER
        ]


def _tables(pack: Pack) -> list[str]:
    """Return the tables that an indicator's rows are in, with all that these refer to."""
    tables, _ = read_tables(pack.descriptor, pack.path)
    return sorted({other for name in TABLES if name in tables for other in reach(name, tables)})


def _copied(pack: Pack, name: str, rows: PrototypeRows, folder: Path) -> int:
    """Copy a table's file, with the indicator's rows behind its own; return how many rows it had."""
    file = folder / f"{name}{pack.file(name).suffix}"
    if name not in TABLES:
        shutil.copyfile(pack.file(name), file)
        return 0
    own = csv_rows.text_rows(pack, name)
    new = list(_written(rows.tables[name])) if name in rows.tables else []
    file.write_bytes(csv_rows.written_rows(pack, name, [*own, *new]))
    return len(own)


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
