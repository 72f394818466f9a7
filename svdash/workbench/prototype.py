"""A prototype worked out: the formulas of a definition over a table of the data pack, by year, area and group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import narwhals as nw
import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.register import Framework
from svdash.tables import UnknownTableError
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.formula import Formula, FormulaError, Kind, parsed
from svdash.years import year_of

_KINDS: Final[Mapping[str, Kind]] = {
    "integer": "number", "number": "number", "string": "text", "boolean": "truth", "date": "day",
}  # fmt: skip
_BY: Final = ("year", "area", "group")
_YEAR: Final = " financial year"
VALUE, NUMERATOR, DENOMINATOR = "value", "numerator", "denominator"


def worked_out(edition: Edition, written: Written) -> pd.DataFrame:
    """Return a prototype's figures: year, area and group, as far as the definition names them, numerator, denominator and value.

    The value of a percentage is 100 times numerator / denominator, of anything else numerator / denominator; where there is
    no denominator it is the numerator. A division by nought gives no value.

    Raises:
        DefinitionError: the table, a column, a role, a commitment or a formula can't be; each with its line.
    """
    about = written.definition
    kinds = _columns(edition, written)
    _check_names(edition, written)
    keys = _keys(written, kinds)
    parts = {NUMERATOR: _formula(written, NUMERATOR, about.numerator, kinds)}
    if about.denominator is not None:
        parts[DENOMINATOR] = _formula(written, DENOMINATOR, about.denominator, kinds)
    rows = edition.table(about.table)
    if "year" in keys and kinds[keys["year"]] == "day":
        # A day belongs to the financial year that holds it; the column's own name could be another key as well.
        rows = rows.assign(**{_YEAR: _years(rows[keys["year"]])})
        keys["year"] = _YEAR
    frame = nw.from_native(rows, eager_only=True)
    found = pd.DataFrame()
    for name, formula in parts.items():
        own = formula.by(frame, list(keys.values()), name).to_native()
        found = own if found.empty else found.assign(**{name: own[name].to_numpy()})
    found = found.rename(columns={column: key for key, column in keys.items()}).reset_index(drop=True)
    return found.assign(**{VALUE: _value(found, about.unit)})


def _years(days: pd.Series) -> pd.Series:
    return days.map(lambda day: year_of(day.date()), na_action="ignore").astype("str")


def _value(found: pd.DataFrame, unit: str) -> pd.Series:
    above = found[NUMERATOR].astype("float64")
    if DENOMINATOR not in found:
        return above
    below = found[DENOMINATOR].astype("float64").replace(0.0, np.nan)
    return (100 if unit == "percent" else 1) * above / below


def _at(written: Written, field: str, what: str) -> DefinitionError:
    line = written.lines.get(field, 0)
    return DefinitionError(f"Line {line}, {field}: {what}" if line else f"{field}: {what}")


def _columns(edition: Edition, written: Written) -> dict[str, Kind]:
    """Return the columns of the definition's table with their kinds; refuse a table that may not be looked at row by row."""
    name = written.definition.table
    try:
        resource = edition.resource(name)
    except UnknownTableError as error:
        raise _at(written, "table", f"{error}") from error
    open_tables = [
        each
        for each in edition.tables
        if edition.resource(each)["access"] == "open" and each not in edition.lines
    ]
    if name not in open_tables:
        raise _at(
            written,
            "table",
            f"{name} holds counts of people or single payments, which are told only after disclosure control. Choose one of "
            f"{wording.choices(open_tables, len(open_tables))}.",
        )
    return {
        str(each["name"]): _KINDS[each["type"]]
        for each in resource["schema"]["fields"]
        if each["type"] in _KINDS
    }


def _check_names(edition: Edition, written: Written) -> None:
    """Refuse a role or a commitment that the register does not have."""
    framework, about = Framework.of(edition), written.definition
    roles = framework.vocabulary.labels("role")
    if about.role not in roles:
        raise _at(written, "role", f"there is no role {about.role}. There are {wording.choices(roles)}.")
    known = set(framework.commitments["id"])
    for place, each in enumerate(about.commitments):
        if each not in known:
            raise _at(written, f"commitments.{place}", f"the register has no commitment {each}.")


def _keys(written: Written, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Return what tells figures apart → the table's column for it."""
    named = {each: getattr(written.definition, each) for each in _BY}
    for each, column in named.items():
        if column is not None and column not in kinds:
            raise _at(written, each, f"the table has no column {column}. It has {wording.choices(kinds)}.")
    return {each: column for each, column in named.items() if column is not None}


def _formula(written: Written, field: str, text: str, kinds: Mapping[str, Kind]) -> Formula:
    try:
        return parsed(text, kinds)
    except FormulaError as error:
        raise _at(written, field, str(error)) from error
