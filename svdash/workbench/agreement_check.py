"""Whether an indicator can be agreed: what is in the way, as sentences. Its rows are checked as those of a pack are.

The check "Fits the register" and the step that agrees an indicator ask here, so that nothing passes the one and is refused by
the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.editions.agreed_indicators import file_of
from svdash.editions.agreed_row_check import row_faults
from svdash.editions.prototypes import INDICATORS, TABLES, PrototypeRows
from svdash.importing.reconciliation import ImportFileError
from svdash.records import RecordsError
from svdash.register import ALL, Framework
from svdash.tables import Fault
from svdash.tables.faults import nearest

# Which field of a definition writes a column of the register.
_FIELDS: Final[Mapping[str, str]] = {
    "baseline_year": "baseline",
    "caveat": "caveats",
    "target_year": "target",
    "target_source": "target",
    "method": "definition",
    "short": "title",
}
_OF_YEARS: Final = ("year", "period", "as_at")


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
        file_of(rows)
        return tuple(dict.fromkeys(_told(edition, rows, each) for each in _first(row_faults(rows))))
    except (ImportFileError, RecordsError) as problem:
        return (str(problem),)


def _first(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults without those that only follow: where the row of the register is refused, so is all that refers to it."""
    found = list(faults)
    own = [each for each in found if each.table == INDICATORS]
    return own or found


def _told(edition: Edition, rows: PrototypeRows, fault: Fault) -> str:
    """Say what is wrong with a row by the field that it was written from: the row itself is one of a file that nobody has."""
    column = fault.column or ""
    if fault.table == INDICATORS and column:
        found = "" if fault.value is None else f"“{fault.value}” "
        return f"{_FIELDS.get(column, column)}: {found}{fault.problem}. {fault.remedy}"
    if fault.table.startswith("observations") and column == "characteristic":
        return _unknown_groups(edition, rows.tables[fault.table])
    if fault.table.startswith("observations") and column in _OF_YEARS:
        return f"year: a period {fault.problem}. Name a column of financial years from 2000/01 on, such as 2024/25, or of days."
    return str(replace(fault, row=None))


def _unknown_groups(edition: Edition, rows: pd.DataFrame) -> str:
    """Say that the register has no characteristic for the groups, and how it writes those of the nearest one."""
    words = Framework.of(edition).vocabulary
    known = words.labels("characteristic")
    (name, *_) = [each for each in dict.fromkeys(rows["characteristic"]) if each not in known]
    labels = {label.casefold(): code for code, label in known.items()} | {code: code for code in known}
    like = labels.get(nearest(str(name), labels) or "", "")
    groups = [label for code, label in words.labels("group").items() if code.partition("=")[0] == like]
    remedy = (
        f"Write the groups as {known[like]} has them: {wording.choices(groups)}."
        if groups
        else f"Tell it apart by one of {wording.choices([label for code, label in known.items() if code != ALL])}."
    )
    return f"group: most groups of the column {name} are none that the data pack knows. {remedy} Or leave group out."
