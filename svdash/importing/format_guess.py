"""Guesses the format of a file, to preselect it on the page. Nothing else depends on the guess."""

from __future__ import annotations

import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from svdash.importing import FORMATS
from svdash.importing.columns.published_tables import Proposal, fits, proposed
from svdash.importing.files.source_files import DAMAGED, Source
from svdash.importing.files.workbook import is_other_spreadsheet, open_workbook
from svdash.importing.reconciliation import Field, ImportFileError, Options

_JSON: Final = (
    ("boundaries", ('"FeatureCollection"', '"Topology"')),
    ("360giving", ('"grants"',)),
    ("ocds", ('"ocid"', '"releases"', '"records"')),
)
_HEAD: Final = 65_536
_LEAST: Final = 0.5


def guess(source: Source) -> str | None:
    """The format that a file is most likely of; None where nothing speaks for one.

    Raises:
        ImportFileError: the file is a damaged workbook, a spreadsheet of a kind that isn't read, or no table.
    """
    inside = _names(source.path) if source.kind == "xlsx" else None
    if inside is not None and is_other_spreadsheet(inside):
        with open_workbook(source):  # which refuses it, and says how to save it again
            return None
    if inside is not None and "xl/workbook.xml" not in inside:
        return "postcodes" if any("data/csv/" in name.lower() for name in inside) else "boundaries"
    if source.kind in ("gpkg", "shp"):
        return "boundaries"
    if source.kind == "json":
        with source.path.open("rb") as stream:
            head = stream.read(_HEAD).decode(source.encoding or "utf-8", "replace")
        return next((name for name, marks in _JSON if any(mark in head for mark in marks)), None)
    tables = _tables()
    shares = dict(zip(tables, fits(source, [each.FORM for each in tables.values()]), strict=True))
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _LEAST else None


def fields_of(name: str) -> tuple[Field, ...]:
    """The fields of a format that is read from tables; none for others."""
    module = _tables().get(name)
    return module.FIELDS if module is not None else ()


def proposal(name: str, source: Source, options: Options) -> Proposal | None:
    """Which column of a table seems to be what; None where the file is no table.

    Raises:
        ImportFileError: no row looks like headings of the format, or several sheets do.
    """
    module = _tables().get(name)
    if module is None or source.kind not in ("csv", "xlsx"):
        return None
    return proposed(source, module.FORM, options)


def sheets(source: Source) -> list[str]:
    """The names of a workbook's visible sheets.

    Raises:
        ImportFileError: it is no workbook that can be read.
    """
    with open_workbook(source) as found:
        return [sheet.name for sheet in found if not sheet.hidden]


def _tables() -> dict[str, Any]:
    """The modules of the formats that are read from tables."""
    modules = {
        name: import_module(f"svdash.importing.formats.{each.module}") for name, each in FORMATS.items()
    }
    return {name: module for name, module in modules.items() if hasattr(module, "FORM")}


def _names(path: Path) -> list[str]:
    """What is in a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (*DAMAGED, OSError) as error:
        raise ImportFileError(f"{path}: the file is damaged ({error}). Fetch it again.") from error
