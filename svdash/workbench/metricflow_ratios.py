"""Reads ratio metrics of MetricFlow (dbt) into definitions. What can't be carried over is named; nothing is guessed.

Both forms are read: ``semantic_models`` with ``measures`` and metrics with ``type_params``, and, since dbt 1.12, ``models`` with a
``semantic_model`` and ``metrics`` of their own (docs.getdbt.com/docs/build/ratio, .../measures, .../simple). Nothing of a file is
run: expressions are names of columns, filters comparisons of dimensions; any other SQL is named and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from svdash import wording
from svdash.workbench.definition import IndicatorDefinition, events_of
from svdash.workbench.definition_text import written

LONGEST: Final = 1_000_000
_AGGREGATIONS: Final[Mapping[str, str]] = {
    "sum": "sum({})", "average": "mean({})", "median": "median({})", "min": "least({})", "max": "greatest({})", "count": "count({})",
    "count_distinct": "distinct({})", "sum_boolean": "count(where={})",
}  # fmt: skip
# What formulas call them, each once.
_FUNCTIONS: Final = tuple(dict.fromkeys(each.partition("(")[0] for each in _AGGREGATIONS.values()))
_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIMENSION: Final = re.compile(
    r"\{\{\s*(?:Time)?Dimension\(\s*['\"]([A-Za-z0-9_]+)['\"]\s*(?:,\s*['\"]day['\"]\s*)?\)\s*\}\}"
)
_LITERAL: Final = r"(?:'[^'\\]*'|-?[0-9]+(?:\.[0-9]+)?|true|false)"
_COMPARED: Final = re.compile(
    rf"([A-Za-z_][A-Za-z0-9_]*)\s*(<=|>=|<>|!=|=|<|>)\s*({_LITERAL})", re.IGNORECASE
)
_MISSING: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s+is\s+(not\s+)?null", re.IGNORECASE)
_BARE: Final = re.compile(r"(not\s+)?([A-Za-z_][A-Za-z0-9_]*)", re.IGNORECASE)
_SIGNS: Final[Mapping[str, str]] = {"=": "==", "<>": "!="}
# Fields of a metric that say nothing of its figures, or that are carried over.
_CARRIED: Final = frozenset(
    ("name", "label", "description", "type", "type_params", "numerator", "denominator", "filter")
)
_OF_PART: Final = frozenset(("name", "filter", "alias"))
_OF_SIMPLE: Final = frozenset(
    (
        "name",
        "label",
        "description",
        "type",
        "type_params",
        "agg",
        "expr",
        "filter",
        "agg_time_dimension",
        "create_metric",
    )
)


class MetricFlowError(Exception):
    """A file that is none of MetricFlow's, or a metric that can't be carried over. The message is a sentence."""


@dataclass(frozen=True)
class CarriedRatio:
    """A ratio metric as the beginning of a definition.

    Attributes:
        name: of the metric.
        text: the definition with the fields that the metric says; empty where it can't be carried over.
        left: what was not carried over and why, as sentences.
    """

    name: str
    text: str
    left: tuple[str, ...]


@dataclass
class _Model:
    """A semantic model: its table, the columns of its dimensions, and its time."""

    table: str
    time: str | None
    dimensions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Part:
    """A simple metric or measure: the model that it is of, its aggregation and its filters."""

    model: _Model
    aggregation: str
    expression: str
    filters: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def ratios(text: str) -> tuple[CarriedRatio, ...]:
    """Return the ratio metrics of a file of MetricFlow, and, without a text, each other metric that is no part of them.

    Raises:
        MetricFlowError: it is too long, no YAML, has anchors or references, or has no ratio metric.
    """
    if len(text) > LONGEST:
        raise MetricFlowError(
            f"The file has more than {wording.number(LONGEST)} characters. Copy the metrics that you need into a file of their own."
        )
    try:
        _check_anchors(text)
        whole = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MetricFlowError("The file is not YAML. Check indents, colons and quotation marks.") from error
    if not isinstance(whole, dict):
        raise MetricFlowError(
            "The file has no semantic_models, models or metrics: it is not a file of MetricFlow."
        )
    reader = _Reader(whole)
    found = tuple(reader.carried(each) for each in reader.metrics if each.get("type") == "ratio")
    rest = tuple(reader.left_out()) if found else ()
    if not found and "semantic_model" in whole:
        raise MetricFlowError(
            "The file is one of the Open Semantic Interchange. Only files of MetricFlow can be read; those of the interchange can only be written."
        )
    if not found:
        other = sorted({str(each.get("type")) for each in reader.metrics})
        told = f" It has metrics of type {wording.every(other)}." if other else ""
        raise MetricFlowError(f"The file has no metric of type ratio.{told}")
    return (*found, *rest)


def _check_anchors(text: str) -> None:
    """Refuse anchors and references, by which a short file becomes a long text.

    Raises:
        MetricFlowError: the file has one.
        RecursionError: it is nested too deep.
    """
    marked = next((each for each in events_of(text) if getattr(each, "anchor", None)), None)
    if marked is not None:
        raise MetricFlowError(
            f"Line {marked.start_mark.line + 1}: anchors and references (& and *) are not read. Write the words out."
        )


class _Reader:
    """The models, parts and metrics of one file."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.metrics = list(_dicts(whole.get("metrics")))
        self._parts: dict[str, _Part] = {}
        self._used: set[str] = set()
        for each in _dicts(whole.get("semantic_models")):
            self._older(each)
        for each in _dicts(whole.get("models")):
            self._newer(each)
        for each in self.metrics:
            if each.get("type") == "simple":
                self._simple(each)

    def _older(self, given: Mapping[str, Any]) -> None:
        """Read a semantic model with measures."""
        referred = re.fullmatch(r"ref\(\s*['\"]([^'\"]+)['\"]\s*\)", str(given.get("model", "")))
        time = _dict(given.get("defaults")).get("agg_time_dimension")
        model = _Model(referred[1] if referred else str(given.get("name", "")), None)
        for each in _dicts(given.get("dimensions")):
            model.dimensions[str(each.get("name"))] = str(each.get("expr") or each.get("name"))
        model.time = None if time is None else model.dimensions.get(str(time), str(time))
        for each in _dicts(given.get("measures")):
            self._put(model, each)

    def _newer(self, given: Mapping[str, Any]) -> None:
        """Read a model with a semantic model and metrics of its own."""
        if not given.get("semantic_model"):
            return
        model = _Model(str(given.get("name", "")), given.get("agg_time_dimension"))
        for each in _dicts(given.get("columns")):
            named = _dict(each.get("dimension")).get("name") or each.get("name")
            model.dimensions[str(named)] = str(each.get("name"))
        for each in _dicts(given.get("metrics")):
            self.metrics.append({**each})
            if each.get("type") == "simple":
                self._put(model, each)

    def _put(self, model: _Model, given: Mapping[str, Any]) -> None:
        left = tuple(
            f"{given.get('name')}: {name} is not carried over." for name in given if name not in _OF_SIMPLE
        )
        self._parts[str(given.get("name"))] = _Part(
            model, str(given.get("agg")), str(given.get("expr") or given.get("name")), tuple(_filters(given)), left
        )  # fmt: skip

    def _simple(self, given: Mapping[str, Any]) -> None:
        """Read a simple metric over a measure; one of a model's own was read with it."""
        measure = _dict(given.get("type_params")).get("measure")
        name = str(_dict(measure).get("name", measure))
        if measure is None or name not in self._parts:
            return
        of = self._parts[name]
        own = [each for each in _dict(measure) if each not in _OF_PART]
        left = tuple(f"{given.get('name')}: {each} is not carried over." for each in (*own, *(each for each in given if each not in _OF_SIMPLE)))  # fmt: skip
        filters = (*of.filters, *_filters(_dict(measure)), *_filters(given))
        self._parts[str(given.get("name"))] = _Part(
            of.model, of.aggregation, of.expression, filters, (*of.left, *left)
        )

    def carried(self, given: Mapping[str, Any]) -> CarriedRatio:
        """Return a ratio metric as the beginning of a definition."""
        name, params = str(given.get("name", "")), {**given, **_dict(given.get("type_params"))}
        left = [f"{each} is not carried over." for each in given if each not in _CARRIED]
        parts = [params.get(side) for side in ("numerator", "denominator")]
        self._used |= {str(_dict(part).get("name", part)) for part in parts}
        try:
            above, below = (self._side(params, side, given, left) for side in ("numerator", "denominator"))
        except MetricFlowError as error:
            return CarriedRatio(name, "", (str(error), *left))
        if above[0] is not below[0] and above[0].table != below[0].table:
            return CarriedRatio(name, "", (f"Its numerator is of {above[0].table} and its denominator of {below[0].table}: an indicator is worked out from one table. Join them beforehand.", *left))  # fmt: skip
        said: dict[str, Any] = {
            "title": given.get("label") or None,
            "definition": given.get("description") or None,
            "table": above[0].table,
            "numerator": above[1],
            "denominator": below[1],
            "year": above[0].time if above[0].time == below[0].time else None,
        }
        left += [f"{key} is not a single value, so it is not carried over." for key, value in said.items() if isinstance(value, list | dict)]  # fmt: skip
        values = {
            key: str(value)
            for key, value in said.items()
            if value is not None and not isinstance(value, list | dict)
        }
        open_fields = [
            each
            for each, about in IndicatorDefinition.model_fields.items()
            if about.is_required() and each not in values
        ]
        left.append(f"To be written, since MetricFlow does not say it: {wording.every(open_fields)}.")
        return CarriedRatio(name, written(values), tuple(left))

    def left_out(self) -> Iterator[CarriedRatio]:
        """Return the metrics that are neither ratios nor parts of one, with the reason."""
        for each in self.metrics:
            name, kind = str(each.get("name", "")), str(each.get("type") or "")
            is_of = f"It is of type {kind[:80]}" if kind else "It has no type"
            if kind != "ratio" and name not in self._used:
                yield CarriedRatio(name, "", (f"{is_of}, and only ratios are carried over.",))

    def _side(
        self, params: Mapping[str, Any], side: str, metric: Mapping[str, Any], left: list[str]
    ) -> tuple[_Model, str]:
        """Return the model and the formula of a numerator or denominator."""
        given = params.get(side)
        name = str(_dict(given).get("name", given))
        part = self._parts.get(name)
        if part is None:
            raise MetricFlowError(f"Its {side} {name} is not a simple metric or measure of this file.")
        left += [f"{side}: {each} is not carried over." for each in _dict(given) if each not in _OF_PART]
        left += part.left
        filters = (*part.filters, *_filters(_dict(given)), *_filters(metric))
        return part.model, _formula(part, side, [_condition(each, part.model) for each in filters])


def _formula(part: _Part, side: str, conditions: list[str]) -> str:
    """Return an aggregation as a formula."""
    pattern = _AGGREGATIONS.get(part.aggregation)
    if pattern is None:
        raise MetricFlowError(
            f"Its {side} is aggregated by {part.aggregation}, which formulas don't have. They have {wording.every(_FUNCTIONS)}."
        )
    rows = part.aggregation == "count" and part.expression in ("1", "*")
    expression = "" if rows else part.expression
    if part.aggregation == "sum" and part.expression == "1":
        pattern, rows, expression = "count({})", True, ""
    if not rows and not _COLUMN.fullmatch(expression):
        raise MetricFlowError(
            f"Its {side} is of “{part.expression[:80]}”, which is SQL and not a column. Work it out beforehand, or write it as a formula."
        )
    if part.aggregation == "sum_boolean":
        return f"count(where={_joined('and', [expression, *conditions])})"
    if not conditions:
        return pattern.format(expression)
    where = f"where={_joined('and', conditions)}"
    return pattern.format(f"{expression}, {where}" if expression else where)


def _condition(text: str, model: _Model) -> str:
    """Return a filter as a condition of a formula; comparisons joined by AND or OR, not by both."""
    bare = _DIMENSION.sub(lambda found: _column(found[1], model, text), text).strip()
    words = {
        each.lower() for each in re.findall(r"\b(?:and|or)\b", re.sub(r"'[^']*'", "''", bare), re.IGNORECASE)
    }
    if len(words) > 1 or "{" in bare:
        raise _no_filter(text)
    joint = next(iter(words), "and")
    parts = re.split(rf"\s+{joint}\s+(?=(?:[^']*'[^']*')*[^']*$)", bare, flags=re.IGNORECASE)
    found = [_compared(each.strip(), text) for each in parts]
    return f"({_joined(joint, found)})" if joint == "or" else _joined(joint, found)


def _joined(joint: str, parts: list[str]) -> str:
    """Return conditions as one, in the formula's own words."""
    return f" {joint} ".join(parts)


def _compared(part: str, whole: str) -> str:
    """Return one comparison of a filter."""
    if found := _COMPARED.fullmatch(part):
        literal = {"true": "True", "false": "False"}.get(found[3].lower(), found[3])
        return f"{found[1]} {_SIGNS.get(found[2], found[2])} {literal}"
    if found := _MISSING.fullmatch(part):
        return f"not missing({found[1]})" if found[2] else f"missing({found[1]})"
    if found := _BARE.fullmatch(part):
        return f"not {found[2]}" if found[1] else found[2]
    raise _no_filter(whole)


def _column(name: str, model: _Model, text: str) -> str:
    """Return the column of a dimension, which is named with its entity before it: order__is_food."""
    column = model.dimensions.get(name.rpartition("__")[2])
    if column is None or not _COLUMN.fullmatch(column):
        raise _no_filter(text)
    return column


def _no_filter(text: str) -> MetricFlowError:
    return MetricFlowError(
        f"Its filter “{text.strip()[:120]}” can't be carried over: only comparisons of the model's own dimensions can. Write it as a formula."
    )


def _filters(given: Mapping[str, Any]) -> Iterator[str]:
    found = given.get("filter")
    yield from map(str, found if isinstance(found, list) else [] if found is None else [found])


def _dict(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _dicts(given: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in given if isinstance(each, dict)) if isinstance(given, list) else ()
