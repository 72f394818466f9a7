"""Definitions for other programs: the Open Semantic Interchange, whose SQL gives the same figures, and ratios of MetricFlow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from svdash.cli.commands import main
from svdash.tables import Pack
from svdash.workbench.definition import fields, read
from svdash.workbench.formula import Kind, parsed
from svdash.workbench.formula_sql import as_sql
from svdash.workbench.indicator_sources import source
from svdash.workbench.metricflow_ratios import MetricFlowError, ratios
from svdash.workbench.open_semantic_interchange import as_osi
from svdash.workbench.prototype import worked_out
from tests.copies import ROOT, SMALL
from tests.unit.test_formula import COLUMNS, ROWS, values

EXAMPLE = ROOT / "docs" / "examples" / "social-value-scored.yaml"


def closed(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": required | optional, "required": list(required), "additionalProperties": False}  # fmt: skip


# What core specification 0.1.1 asks of the parts that are written here; it allows no other field in any of them.
TEXT = {"type": "string"}
EXPRESSION = closed({"dialects": {"type": "array", "minItems": 1, "items": closed({"dialect": {"enum": ["ANSI_SQL"]}, "expression": TEXT})}})  # fmt: skip
EXTENSIONS = {"type": "array", "items": closed({"vendor_name": TEXT, "data": TEXT})}
CONTEXT = {"type": "object", "properties": {"synonyms": {"type": "array", "items": TEXT}}}
FIELD = closed({"name": TEXT, "expression": EXPRESSION}, dimension=closed({}, is_time={"type": "boolean"}))
METRIC = closed({"name": TEXT, "expression": EXPRESSION}, description=TEXT, ai_context=CONTEXT, custom_extensions=EXTENSIONS)  # fmt: skip
DATASET = closed({"name": TEXT, "source": TEXT}, description=TEXT, fields={"type": "array", "items": FIELD})
MODEL = closed({"name": TEXT, "datasets": {"type": "array", "minItems": 1, "items": DATASET}}, description=TEXT, metrics={"type": "array", "items": METRIC})  # fmt: skip
OSI = closed({"version": {"const": "0.1.1"}, "semantic_model": {"type": "array", "items": MODEL}})


@pytest.mark.parametrize(
    "text",
    [
        "sum(a)", "100 * sum(a) / sum(b)", "count()", "count(a)", "count(where=t == 'u')", "sum(a, where=ok) / count(where=ok)",
        "sum(a, where=ok)", "sum(b, where=t == 'v')", "sum(a if b > 0 else 0)", "mean(a) - 1", "median(b)", "distinct(t)",
        "least(a) + greatest(b)", "sum(column('Name of it'))", "count(where=d >= '2026-01-01')", "count(where=missing(a))",
        "count(where=not missing(a) and 1 <= b < 2)", "count(where=ok or a == 2)", "-sum(b)", "sum(2)",
        "count(where=g != 'x') if sum(b) > 3 else 0", "count(where=not (a > 1 and b >= 0))", "count(where=not (0 < a <= 1))",
        "sum(b, where=column('t') == 'v')", "sum(b, where=missing(a) or column('t') == 'v')",
    ],
)  # fmt: skip
def test_a_formula_written_as_sql_gives_the_same_figures(text: str) -> None:
    connection = duckdb.connect(":memory:", config={})
    connection.register("rows", ROWS.convert_dtypes(dtype_backend="pyarrow"))
    sql = as_sql(text, COLUMNS, "rows")
    found = connection.sql(f"SELECT g, {sql} AS value FROM rows GROUP BY g ORDER BY g").df()  # noqa: S608  written above
    assert [None if pd.isna(each) else float(each) for each in found["value"]] == values(text, lazy=False)


def test_the_example_is_written_by_the_specification_and_its_metric_gives_its_figures(pack: Pack) -> None:
    written = read(EXAMPLE.read_text(encoding="utf-8"))
    rows = source(pack, written)
    whole = yaml.safe_load(as_osi(written, rows))
    assert list(Draft202012Validator(OSI).iter_errors(whole)) == []
    (model,) = whole["semantic_model"]
    (dataset,), (metric,) = model["datasets"], model["metrics"]
    assert [each["name"] for each in dataset["fields"]] == ["start", "value_pence", "social_value_scored"]
    assert dataset["fields"][0]["dimension"] == {"is_time": True}
    assert (
        read(yaml.safe_dump(json.loads(metric["custom_extensions"][0]["data"]))).definition
        == written.definition
    )
    connection = duckdb.connect(":memory:", config={})
    connection.register(dataset["name"], pack.table("contracts").convert_dtypes(dtype_backend="pyarrow"))
    sql = metric["expression"]["dialects"][0]["expression"]
    ((value,),) = connection.sql(f"SELECT {sql} FROM contracts").fetchall()  # noqa: S608  written above
    figures = worked_out(pack, written, rows)
    assert value == pytest.approx(100 * figures["numerator"].sum() / figures["denominator"].sum())


OLDER = """
semantic_models:
  - name: orders
    model: ref('fct_orders')
    defaults: {agg_time_dimension: ordered}
    dimensions:
      - {name: ordered, type: time, expr: ordered_on}
      - {name: is_food, type: categorical}
      - {name: city, type: categorical, expr: "upper(city)"}
    measures:
      - {name: orders, agg: count, expr: id}
      - {name: total, agg: sum, expr: amount - tax}
      - {name: p90, agg: percentile, expr: amount}
metrics:
  - {name: order_count, type: simple, label: Orders, type_params: {measure: orders}}
  - {name: totals, type: simple, type_params: {measure: total}}
  - {name: ninety, type: simple, type_params: {measure: p90}}
  - name: food_share
    label: Orders of food
    description: Orders with food in them, out of all orders.
    type: ratio
    config: {enabled: true}
    filter: "{{ TimeDimension('order__ordered', 'day') }} >= '2024-01-01'"
    type_params:
      numerator:
        name: order_count
        filter: "{{ Dimension('order__is_food') }} = true"
      denominator: order_count
  - {name: sql_share, type: ratio, type_params: {numerator: totals, denominator: order_count}}
  - {name: percentile_share, type: ratio, type_params: {numerator: ninety, denominator: order_count}}
  - {name: city_share, type: ratio, filter: "{{ Dimension('order__city') }} = 'X'", type_params: {numerator: order_count, denominator: order_count}}
  - {name: exec_share, type: ratio, filter: "{{ env_var('HOME') }} = 'X'", type_params: {numerator: order_count, denominator: order_count}}
  - {name: lost_share, type: ratio, type_params: {numerator: nothing, denominator: order_count}}
"""
NEWER = """
models:
  - name: visits
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, dimension: {type: time}}
      - {name: channel, dimension: {type: categorical}}
    metrics:
      - {name: visits, type: simple, agg: sum, expr: 1}
      - {name: first_visits, type: simple, agg: sum_boolean, expr: is_first, filter: "{{ Dimension('visit__channel') }} = 'a' or {{ Dimension('visit__channel') }} is null"}
metrics:
  - {name: first_share, type: ratio, numerator: first_visits, denominator: visits}
"""


def test_a_ratio_of_the_older_form_is_carried_over_with_its_filters_and_what_is_left_is_named() -> None:
    found = {each.name: each for each in ratios(OLDER)}
    food = found["food_share"]
    assert fields(food.text)[0] == {
        "title": "Orders of food",
        "definition": "Orders with food in them, out of all orders.",
        "table": "fct_orders",
        "numerator": "count(id, where=is_food == True and ordered_on >= '2024-01-01')",
        "denominator": "count(id, where=ordered_on >= '2024-01-01')",
        "year": "ordered_on",
    }
    kinds: dict[str, Kind] = {"id": "number", "is_food": "truth", "ordered_on": "day"}
    assert parsed(str(fields(food.text)[0]["numerator"]), kinds).columns == ("id", "is_food", "ordered_on")
    assert food.left[0] == "config is not carried over."
    assert "does not say it: id, level, sphere, unit, polarity" in food.left[-1]
    for name, said in {
        "sql_share": "is of “amount - tax”, which is SQL and not a column",
        "percentile_share": "aggregated by percentile, which formulas don't have",
        "city_share": "can't be carried over: only comparisons",
        "exec_share": "Its filter “{{ env_var('HOME') }} = 'X'” can't be carried over",
        "lost_share": "Its numerator nothing is not a simple metric or measure",
    }.items():
        assert (found[name].text, said in found[name].left[0]) == ("", True), found[name]


def test_a_ratio_of_the_newer_form_is_carried_over() -> None:
    (found,) = ratios(NEWER)
    assert fields(found.text)[0] == {
        "table": "visits", "numerator": "count(where=is_first and (channel == 'a' or missing(channel)))", "denominator": "count()", "year": "day",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "not YAML"),
        ("- a", "not a file of MetricFlow"),
        ("metrics: [{name: a, type: simple}]", "no metric of type ratio. It has metrics of type simple."),
        ("version: 0.1.1\nsemantic_model: [{name: a, metrics: []}]", "one of the Open Semantic Interchange"),
        ("x" * 1_000_001, "more than 1,000,000 characters"),
        ("[" * 900_000, "not YAML"),
        (
            "a: &a [x, x]\nb: &b [*a, *a]\nmetrics: [{name: c, type: ratio, description: *b}]",
            "Line 1: anchors and references",
        ),
    ],
)
def test_what_is_no_file_of_ratios_is_said(text: str, said: str) -> None:
    with pytest.raises(MetricFlowError, match=said):
        ratios(text)


def test_only_single_values_of_a_metric_are_carried_over() -> None:
    listed = NEWER.replace("type: ratio,", "type: ratio, label: [First, visits], description: {of: visits},")
    (found,) = ratios(listed)
    assert {*fields(found.text)[0]} == {"table", "numerator", "denominator", "year"}
    assert found.left[:2] == (
        "title is not a single value, so it is not carried over.",
        "definition is not a single value, so it is not carried over.",
    )


def test_metrics_that_are_no_ratio_and_no_part_of_one_are_named() -> None:
    text = (
        OLDER
        + """  - {name: orders_total, type: simple, type_params: {measure: orders}}
  - {name: orders_so_far, type: cumulative, type_params: {measure: orders}}
"""
    )
    left = {each.name: each.left for each in ratios(text) if not each.text}
    assert left["orders_total"] == ("It is of type simple, and only ratios are carried over.",)
    assert left["orders_so_far"] == ("It is of type cumulative, and only ratios are carried over.",)


def test_an_aggregation_that_formulas_lack_is_answered_in_their_own_words() -> None:
    (found,) = ratios(NEWER.replace("agg: sum", "agg: percentile"))
    assert "They have sum, mean, median, least, greatest, count and distinct." in found.left[0]


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["indicator", *arguments], env={"SVDASH_PACK": str(SMALL)})


def test_the_commands_write_each_file_once(tmp_path: Path) -> None:
    target = tmp_path / "osi.yaml"
    assert command("export", str(EXAMPLE), "--osi", str(target)).exit_code == 0
    assert yaml.safe_load(target.read_text(encoding="utf-8"))["version"] == "0.1.1"
    assert command("export", str(EXAMPLE), "--osi", str(target)).exit_code == 2
    file = tmp_path / "metrics.yml"
    file.write_text(OLDER)
    told = command("import", str(file))
    assert (told.exit_code, "table: fct_orders" in told.output, "lost_share: Its numerator" in told.output) == (0, True, True)  # fmt: skip
    file.write_text(
        f"{OLDER}  - {{name: share, type: ratio, type_params: {{numerator: order_count, denominator: order_count}}}}\n"
    )
    into = tmp_path / "made" / "here"
    assert command("import", str(file), "--into", str(into)).exit_code == 0
    assert fields((into / "food_share.yaml").read_text())[0]["title"] == "Orders of food"
    # What is there already stops none of the others.
    (into / "share.yaml").unlink()
    again = command("import", str(file), "--into", str(into))
    assert (again.exit_code, again.output.count("can't be written")) == (2, 1)
    assert (into / "share.yaml").is_file()
    file.write_text("a: 1")
    assert command("import", str(file)).exit_code == 1
