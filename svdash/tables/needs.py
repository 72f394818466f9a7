"""What the dashboard needs in a pack: tables, columns with their types, and a description of each table.

:func:`faults` reports what a pack lacks. The rest is still shown: a missing table has no rows, a missing column has no
values, and a missing description is read as the most restrictive one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.tables.faults import DESCRIPTOR, Fault, suggestion
from svdash.tables.schema import Field, Table
from svdash.tables.values import DTYPES, parse, parse_one

# Tables that every page needs. Those of observations may have no rows.
REQUIRED: Final = (
    "vocabulary",
    "commitments",
    "measures",
    "indicators",
    "links",
    "updates",
    "observations_published",
    "observations_illustrative",
)
# Counts of people, which are published only after disclosure control.
OF_PEOPLE: Final = frozenset(
    ("observations_published", "observations_illustrative", "recruitment", "pay", "ownership")
) | {"reached_groups", "contacts"}
OF_LINES: Final = ("payments", "contacts")
STATUSES: Final = ("official", "published", "illustrative")
ACCESSES: Final = ("open", "gated")
_GUIDE: Final = "See docs/guides/your-own-pack.md."
_COLUMNS: Final = Path(__file__).with_name("needed_columns.csv")


@dataclass(frozen=True)
class NeededColumn:
    """A column that the dashboard reads: its type, and what a row needs in it to be usable.

    Attributes:
        required: whether a row without a value is unusable.
        pattern: regular expression for all of a text; empty for none.
        allowed: the texts that are understood; empty if any text is.
        minimum, maximum: limits of a number; ``None`` for none.
    """

    name: str
    type: str
    required: bool
    pattern: str
    allowed: tuple[str, ...]
    minimum: float | None
    maximum: float | None


@cache
def needed_columns() -> Mapping[str, tuple[NeededColumn, ...]]:
    """Return the columns that the dashboard reads, by table."""
    found: dict[str, list[NeededColumn]] = {}
    with _COLUMNS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            limits = [float(row[name]) if row[name] else None for name in ("minimum", "maximum")]
            allowed = tuple(filter(None, row["allowed"].split("; ")))
            column = NeededColumn(
                row["column"], row["type"], row["required"] == "yes", row["pattern"], allowed, *limits
            )
            found.setdefault(row["table"], []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def nothing(table: str) -> pd.DataFrame:
    """Return a table that the dashboard needs without a row: all columns, each of its type."""
    return pd.DataFrame(
        {each.name: pd.Series([], dtype=DTYPES[each.type]) for each in needed_columns()[table]}
    )


def completed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that can be used, with every column that the dashboard reads and in its type.

    A column that is missing has no values; rows that lack what is required in them are left out.

    Args:
        table: the schema that the rows were checked against.
        frame: its rows without a fault.
    """
    columns = needed_columns().get(table.name, ())
    usable = np.ones(len(frame), dtype=bool)
    changed: dict[str, pd.Series[Any]] = {}
    for each in columns:
        values = frame.get(each.name)
        if values is None or str(values.dtype) != DTYPES[each.type]:
            values = changed[each.name] = _typed(each, values, len(frame))
        elif _is_checked(each, table.field(each.name)):
            continue
        usable &= _usable(each, values)
    frame = frame.assign(**changed) if changed else frame
    return frame if usable.all() else frame.loc[usable].reset_index(drop=True)


def _is_checked(column: NeededColumn, field: Field | None) -> bool:
    """Whether the check of a table has left out every row that :func:`_usable` would: the schema asks for as much."""
    return (
        field is not None
        and field.type == column.type
        and (field.required or not column.required)
        and (not column.pattern or (field.pattern is not None and field.pattern.pattern == column.pattern))
        and (not column.allowed or (field.enum is not None and set(field.enum) <= set(column.allowed)))
        and (column.minimum is None or (field.minimum is not None and field.minimum >= column.minimum))
        and (column.maximum is None or (field.maximum is not None and field.maximum <= column.maximum))
    )


def _typed(column: NeededColumn, values: pd.Series[Any] | None, length: int) -> pd.Series[Any]:
    """Return values converted to a type; those that cannot be converted are missing."""
    if values is None:
        return pd.Series([None] * length, dtype=DTYPES[column.type])
    text = values.astype("str").where(values.notna())
    if pd.api.types.is_float_dtype(values) and column.type == "integer":
        text = text.str.removesuffix(".0")
    elif pd.api.types.is_bool_dtype(values):
        text = text.str.lower()
    return parse(column.type, text.astype("str"))[0]


def _usable(column: NeededColumn, values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    there = values.notna()
    wrong = pd.Series(False, index=values.index)
    if column.required:
        wrong |= ~there
    if column.pattern:
        wrong |= there & ~values.str.fullmatch(column.pattern, na=False)
    if column.allowed:
        wrong |= there & ~values.isin(list(column.allowed))
    if column.minimum is not None:
        wrong |= (there & (values < column.minimum)).fillna(False)
    if column.maximum is not None:
        wrong |= (there & (values > column.maximum)).fillna(False)
    return ~np.asarray(wrong.to_numpy(dtype=bool))


# -- what the descriptor says ---------------------------------------------------------------------------


def described(resource: Mapping[str, Any], *, tabular: bool = False) -> dict[str, Any]:
    """Return what a descriptor says of a resource, so that it can be read without a look at its types.

    What is missing or cannot be used is read as the least that it may mean: not open, made up, of no known day. Tables
    with counts of people are never open. A resource that is ``tabular`` has a schema, be it one without fields.
    """
    name = str(resource["name"])
    whole = {str(key): value for key, value in resource.items()}
    closed = name in OF_PEOPLE or resource.get("access") not in ACCESSES
    whole["access"] = "gated" if closed else resource["access"]
    whole["status"] = resource.get("status") if resource.get("status") in STATUSES else "illustrative"
    whole["title"] = _text(resource, "title") or name
    for key in ("description", "updatedBy"):
        whole[key] = _text(resource, key)
    whole["updated"] = _text(resource, "updated") if _day(resource.get("updated")) else ""
    for key in ("sources", "licenses"):
        whole[key] = _titled(resource.get(key))
    if tabular or "schema" in resource:
        whole["schema"] = _schema(resource.get("schema"))
    return whole


def absent(table: str) -> dict[str, Any]:
    """Return the description of a table that the dashboard needs and the pack does not list."""
    return described({"name": table, "schema": {"fields": [{"name": each} for each in nothing(table)]}})


def head(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a descriptor says of the pack as a whole: all but its resources, and no authority that is none."""
    whole = {name: value for name, value in descriptor.items() if name != "resources"}
    if "authority" in whole and not isinstance(whole["authority"], dict):
        del whole["authority"]
    for key in ("title", "attribution", "description"):
        if key in whole:
            whole[key] = _text(whole, key)
    return whole


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    """Return the day that a descriptor gives; ``None`` where it is none."""
    found = parse_one("date", value) if isinstance(value, str) else None
    return None if found is None else found.date()


def _titled(given: object) -> list[dict[str, Any]]:
    """Return those of a list of sources or licences that have a title or a name."""
    entries = [dict(each) for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    named = [{**each, "title": _text(each, "title") or _text(each, "name")} for each in entries]
    return [each for each in named if each["title"]]


def _schema(given: object) -> dict[str, Any]:
    """Return a schema whose fields can be listed: each with a name, a title and a type, and none twice."""
    whole = dict(given) if isinstance(given, dict) else {}
    entries = whole.get("fields") if isinstance(whole.get("fields"), list) else []
    fields: dict[str, dict[str, Any]] = {}
    for each in entries or []:
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str) and name and name not in fields:
            fields[name] = _field(name, each)
    usable = {"primaryKey": _names, "foreignKeys": _foreign_keys, "missingValues": _names}
    keys = {key: read(whole[key]) for key, read in usable.items() if key in whole}
    return {**whole, "fields": list(fields.values()), **keys}


def _names(given: object) -> list[str]:
    """Return the names in a list, or the one name that stands in its place."""
    entries = given if isinstance(given, list) else [given]
    return [each for each in entries if isinstance(each, str)]


def _foreign_keys(given: object) -> list[dict[str, Any]]:
    """Return the foreign keys that can be followed: each with fields, and a table and fields that it refers to."""
    found = []
    for each in given if isinstance(given, list) else [given]:
        reference = each.get("reference") if isinstance(each, dict) else None
        if isinstance(each, dict) and isinstance(reference, dict):
            target = {
                **reference,
                "resource": _text(reference, "resource"),
                "fields": _names(reference.get("fields")),
            }
            found.append({**each, "fields": _names(each.get("fields")), "reference": target})
    return found


def _field(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given.get("type")
    whole = {**given, "title": _text(given, "title") or name, "description": _text(given, "description")}
    whole["type"] = kind if isinstance(kind, str) and kind in DTYPES else "string"
    for key in ("vocabulary", "grouping", "status"):
        if key in whole and not (isinstance(whole[key], str) and whole[key]):
            del whole[key]
    constraints = whole.get("constraints")
    if "constraints" in whole and not isinstance(constraints, dict):
        del whole["constraints"]
    elif isinstance(constraints, dict) and not isinstance(constraints.get("enum", []), list):
        whole["constraints"] = {key: value for key, value in constraints.items() if key != "enum"}
    return whole


def without_value(fault: Fault) -> Fault:
    """Return a fault of a gated table without the value that was found, nor digits of it in the remedy."""
    if fault.value is None:
        return fault
    shows_value = all(re.search("[0-9]", text) for text in (fault.value, fault.remedy))
    remedy = "Correct the cell." if shows_value else fault.remedy
    return replace(fault, value=None, problem=f"the value {fault.problem}", remedy=remedy)


# -- what is missing ------------------------------------------------------------------------------------


def faults(
    descriptor: Mapping[str, Any], tables: Mapping[str, Table], today: date | None = None
) -> tuple[Fault, ...]:
    """Return what a pack lacks that the dashboard needs, by name and with a remedy.

    Args:
        descriptor: as it stands in the file.
        tables: its resources.
        today: the day after which an ``updated`` is in the future; the current one by default.
    """
    until = today or datetime.now(tz=UTC).date()
    entries = {
        str(each.get("name")): each for each in reversed(descriptor["resources"]) if isinstance(each, dict)
    }
    found = list(_of_pack(descriptor, tables))
    for name, table in tables.items():
        found += _of_resource(name, entries[name], until)
        found += _of_columns(table)
    return tuple(found)


def _of_pack(descriptor: Mapping[str, Any], tables: Mapping[str, Table]) -> Iterator[Fault]:
    if not _text(descriptor, "title").strip():
        remedy = "Write the name of the pack as text."
        yield Fault(DESCRIPTOR, None, "title", None, "the pack has no title", remedy)
    if "authority" in descriptor and not isinstance(descriptor["authority"], dict):
        remedy = f'Write {{"name": …, "area": …}}. {_GUIDE}'
        yield Fault(DESCRIPTOR, None, "authority", str(descriptor["authority"]), "is not an object", remedy)
    for name in REQUIRED:
        if name not in tables:
            columns = wording.listing([each.name for each in needed_columns()[name] if each.required], 20)
            remedy = f"Add it with the columns {columns}; it may have no rows. {_GUIDE}"
            yield Fault(DESCRIPTOR, None, "resources", name, "is a table that a pack must list", remedy)
        elif not tables[name].tabular:
            remedy = 'Save it as CSV or Parquet and give it a "schema".'
            yield Fault(name, None, None, None, "the resource is not a table", remedy)


def _of_resource(name: str, given: Mapping[str, Any], until: date) -> Iterator[Fault]:
    def fault(key: str, problem: str, remedy: str) -> Fault:
        value = given.get(key)
        return Fault(name, None, f"“{key}”", None if value is None else str(value), problem, remedy)

    if not _text(given, "title").strip():
        yield fault("title", _missing(given, "title"), f"Write the name of the table. {_GUIDE}")
    for key, options in (("access", ACCESSES), ("status", STATUSES)):
        if given.get(key) not in options:
            choice = f"Write one of: {wording.choices(options)}."
            remedy = f"{suggestion(str(given[key]), options)} {choice}".strip() if key in given else choice
            yield fault(key, _missing(given, key), remedy)
    if name in OF_PEOPLE and given.get("access") == "open":
        yield fault(
            "access",
            "is not possible: the table has counts of people",
            "Write gated: a table with counts of people is always gated.",
        )
    day = _day(given.get("updated"))
    if day is None:
        yield fault("updated", _missing(given, "updated"), "Write the day as YYYY-MM-DD.")
    elif day > until:
        yield fault("updated", "is in the future", "Write the day on which the table was last changed.")
    if name in OF_LINES and given.get("lines") is not True:
        yield fault("lines", _missing(given, "lines"), "Write true: its lines are summed, never shown.")


def _missing(given: Mapping[str, Any], key: str) -> str:
    return "is not understood" if key in given else "is missing"


def _of_columns(table: Table) -> Iterator[Fault]:
    """Name columns that the schema of a table lacks or has in another type."""
    if not table.tabular or not table.fields:
        return  # the check of the table says so
    for each in needed_columns().get(table.name, ()):
        there = table.field(each.name)
        if there is None and each.required:
            remedy = f'Describe it under "fields", with the type {each.type}.'
            problem = "the schema lacks this column, which the dashboard needs"
            yield Fault(table.name, None, each.name, None, problem, remedy)
        elif there is not None and there.type != each.type:
            problem = f"is the type in the schema, but the dashboard needs {each.type}"
            yield Fault(table.name, None, each.name, there.type, problem, f"Write {each.type}.")
