"""A definition written for the Open Semantic Interchange: one dataset, its columns as fields, and the indicator as a metric.

By the core specification, version 0.1.1 of 11 December 2025 (core-spec/spec.md and core-spec/osi-schema.json of the repository
open-semantic-interchange/OSI). What it has no field for stands as a custom extension, so that nothing is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from svdash.workbench.definition import Written
from svdash.workbench.formula import Kind
from svdash.workbench.formula_sql import as_sql, quoted
from svdash.workbench.indicator_sources import IndicatorSource
from svdash.workbench.prototype import formulas_of, keys_of

VERSION: Final = "0.1.1"
_DIALECT: Final = "ANSI_SQL"
_VENDOR: Final = "SVDASH"


def as_osi(written: Written, rows: IndicatorSource) -> str:
    """Return a definition as a YAML document of the Open Semantic Interchange.

    Args:
        written: the definition.
        rows: what it is worked out from.

    Raises:
        DefinitionError: a column or a formula can't be; with its line.
    """
    about, dataset = written.definition, _name(rows.name)
    formulas = formulas_of(written, rows.kinds)
    keys = keys_of(written, rows.kinds)
    used = {column for formula in formulas.values() for column in formula.columns} | set(keys.values())
    fields = [
        _field(name, kind, is_time=name == keys.get("year"))
        for name, kind in rows.kinds.items()
        if name in used
    ]
    said = about.model_dump(mode="json", exclude_none=True)
    metric = {
        "name": _name(about.id),
        "description": about.definition,
        "expression": _expression(_sql(written, rows.kinds, dataset)),
        "ai_context": {"synonyms": [about.title]},
        "custom_extensions": [{"vendor_name": _VENDOR, "data": json.dumps(said, ensure_ascii=False)}],
    }
    model = {
        "name": _name(about.id),
        "description": about.title,
        "datasets": [{"name": dataset, "source": rows.name, "description": about.source, "fields": fields}],
        "metrics": [metric],
    }
    whole = {"version": VERSION, "semantic_model": [model]}
    return str(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=120))


def _sql(written: Written, kinds: Mapping[str, Kind], dataset: str) -> str:
    about = written.definition
    above = as_sql(about.numerator, kinds, dataset)
    if about.denominator is None:
        return above
    below = f"NULLIF({as_sql(about.denominator, kinds, dataset)}, 0)"
    return f"{100.0 if about.unit == 'percent' else 1.0} * {above} / {below}"


def _field(name: str, kind: Kind, *, is_time: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "expression": _expression(quoted(name))}
    if kind != "number" or is_time:
        found["dimension"] = {"is_time": is_time or kind == "day"}
    return found


def _expression(text: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": _DIALECT, "expression": text}]}


def _name(text: str) -> str:
    """Return a name of letters, numbers and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
