"""The data package as it is served: every resource with the address, columns and markers of what is found there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, fault_text
from svdash.findings.open_data import open_tables
from svdash.findings.spec import Spec
from svdash.register import Framework, View
from svdash.tables import PackError
from svdash.wording import MARKERS

Described = dict[str, Any]

# Where counts of people, and lines, can be had: as the finding that is worked out from them.
SERVED_AS: Final = {
    "observations_published": "observations",
    "observations_illustrative": "observations",
    "recruitment": "equality-recruitment",
    "pay": "equality-pay-groups",
    "ownership": "equality-owners",
    "reached_groups": "equality-services",
    "payments": "economy-places",
    "contacts": "lands",
}
# How a cell without a value is written in what is removed.
MISSING: Final = ["", *MARKERS]
_TYPES: Final = {
    "string": "string",
    "datetime64": "date",
    "date": "date",
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
}
_CSV: Final = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
_YES_OR_NO: Final = {"trueValues": ["yes"], "falseValues": ["no"]}


def type_of(column: pd.Series) -> str:
    """Return the type of a column by its cells, as Table Schema names it; ``any`` where they are of several, or none."""
    return _TYPES.get(pd.api.types.infer_dtype(column, skipna=True), "any")


@kept
def describe(edition: Edition) -> Described:
    """Return the data package: what the pack's own descriptor says, of what is served.

    Tables with counts of people, and lines, have the address and the columns of what is worked out from them. A table
    that nothing is served of is left out. ``impossible`` names figures that can't be and are left out, as the tables do.
    """
    resources = [_resource(edition, name) for name in edition.names]
    return {**edition.head, "resources": [each for each in resources if each is not None]}


def _resource(edition: Edition, name: str) -> Described | None:
    resource = dict(edition.resource(name))
    if name not in edition.tables:
        return {**resource, "path": "areas.geojson"}
    if resource["access"] == "open" and name not in edition.lines:
        return {
            **resource,
            **_CSV,
            "impossible": [fault_text(fault) for fault in edition.contradictions if fault.table == name],
            "path": f"tables/{open_tables.PREFIX}{name}.csv",
            "schema": _open_schema(edition, resource["schema"]),
        }
    table = open_tables.spec_of(SERVED_AS.get(name, ""))
    found = None if table is None else asked_plainly(edition, table)
    if table is None or found is None:
        return None
    of = {key: value for key, value in resource.items() if key not in ("schema", "lines", "bytes", "hash")}
    said = f"{resource['description']} Served as the table “{table.title}”, which is worked out from it."
    return {
        **of,
        **_CSV,
        "impossible": list(found.at_fault),
        "description": said,
        "path": f"tables/{table.name}.csv",
        "schema": _finding_schema(found),
    }


def _open_schema(edition: Edition, schema: Mapping[str, Any]) -> Described:
    """Return the schema of an open table, whose cells are written as people read them, with its status in each row."""
    fields = [
        {**field, **_YES_OR_NO} if field["type"] == "boolean" else dict(field) for field in schema["fields"]
    ]
    status = {"name": "table_status", "title": "Status of the table", "type": "string"}
    there = {""} | {
        name
        for name in edition.tables
        if edition.resource(name)["access"] == "open" and name not in edition.lines
    }
    keys = [key for key in schema.get("foreignKeys", []) if key["reference"].get("resource", "") in there]
    whole = {**schema, "fields": [*fields, status], "missingValues": MISSING, "foreignKeys": keys}
    return {name: part for name, part in whole.items() if part}


def _finding_schema(found: Finding) -> Described:
    """Return the schema of a finding's table."""
    return {"fields": list(_fields(found)), "missingValues": MISSING}


def _fields(found: Finding) -> Iterable[Described]:
    rows = found.typed()
    for name in found.export():
        kind = type_of(rows[name])
        field: Described = {"name": str(name), "type": kind}
        if name in found.columns:
            field["title"] = found.columns[str(name)]
        if kind == "boolean":
            field |= _YES_OR_NO
        if kind == "number":
            field["decimals"] = found.decimals.get(str(name), 0)
        yield field


def asked_plainly(edition: Edition, table: Spec) -> Finding | None:
    """Return a table without filters, each parameter left as it is; nothing where the pack lacks what it stands on."""
    own: dict[str, str] = {}
    for name, about in table.parameters.items():
        allowed = about.allowed(edition) if about.allowed else ()
        if about.default is None and not allowed:
            return None  # nothing there is can be asked for
        own[name] = allowed[0] if about.default is None else about.default
    try:
        return table.build(edition, Framework.of(edition).filters.default_view(), own)
    except PackError:
        # Who asks for it is told what is missing.
        return None


@dataclass(frozen=True)
class Rights:
    """Who may use a table how, who published what it stands on, and when that was last changed (ISO date)."""

    licences: tuple[dict[str, str], ...]
    publishers: tuple[str, ...]
    updated: str


def rights(edition: Edition, table: Spec, view: View, own: Mapping[str, str]) -> Rights:
    """Return the rights in a table: of every table of the pack that it is worked out from."""
    # What somebody typed changes which rows there are, not what they come from.
    given = {
        name: own[name] if about.allowed is not None else about.default or ""
        for name, about in table.parameters.items()
    }
    asked = (table.name, view, tuple(given.items()))
    _worked_out(edition, *asked)
    parts = _worked_out.parts(edition, *asked) or ()
    names = {str(part.name) for part in parts if part.kind in ("table", "file")}
    told = [edition.resource(name) for name in edition.names if name in names]
    licences = {each["name"]: each for about in told for each in about["licenses"]}
    sources = dict.fromkeys(each["title"] for about in told for each in about["sources"])
    return Rights(
        tuple(licences.values()), tuple(sources), max((str(about["updated"]) for about in told), default="")
    )


@kept
def _worked_out(edition: Edition, name: str, view: View, own: tuple[tuple[str, str], ...]) -> str:
    """Work a table out, so that what it reads is known."""
    table = next(each for each in open_tables.every_table(edition) if each.name == name)
    return table.build(edition, view, dict(own)).name
