"""Whether an indicator can be agreed: what is in the way, as sentences. Its rows are checked as those of a pack are."""

from __future__ import annotations

from dataclasses import replace

from svdash.editions import Edition
from svdash.editions.agreed_row_check import row_faults
from svdash.editions.prototypes import INDICATORS, TABLES, PrototypeRows
from svdash.importing.reconciliation import ImportFileError
from svdash.tables import Fault


def in_the_way(edition: Edition, rows: PrototypeRows, agreed_as: str = "") -> tuple[str, ...]:
    """Return what is in the way of agreeing an indicator, as sentences; none if nothing is.

    Args:
        edition: the present edition, with what is agreed already.
        rows: the indicator's rows.
        agreed_as: the identifier under which a version before was agreed; empty for none.
    """
    if agreed_as and agreed_as != rows.indicator:
        said = f"It was agreed as {agreed_as} and keeps that identifier: it identifies its figures."
        return (f"{said} Begin a new indicator for {rows.indicator}.",)
    if not agreed_as and rows.indicator in set(edition.table(INDICATORS)["id"]):
        return (f"There is an indicator {rows.indicator} already. Choose an identifier that is free.",)
    if not any(len(rows.tables.get(name, ())) for name in TABLES if name.startswith("observations")):
        return ("It has no figure yet that the register could show.",)
    try:
        return tuple(dict.fromkeys(_told(each) for each in row_faults(rows)))
    except ImportFileError as problem:
        return (str(problem),)


def _told(fault: Fault) -> str:
    """Say what is wrong with a row by its table and column: its number is one of a file that nobody has."""
    return str(replace(fault, row=None))
