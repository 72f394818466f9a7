"""Indicators as text: what a definition needs, where it is at fault, and that a prototype's figures are what its rows say."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from svdash.cli.commands import main
from svdash.tables import Pack
from svdash.workbench.definition import DefinitionError, IndicatorDefinition, read
from svdash.workbench.formula import Kind
from svdash.workbench.indicator_sources import IndicatorSource, source
from svdash.workbench.prototype import worked_out
from tests.copies import ROOT, SMALL

EXAMPLE = ROOT / "docs" / "examples" / "social-value-scored.yaml"
SCHEMA = ROOT / "docs" / "schemas" / "indicator.json"


def changed(**lines: str | None) -> str:
    """Return the example with fields written anew, ``None`` to leave one out; a field that it does not have is added."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, value in lines.items():
        rows, kept, inside = text.splitlines(), list[str](), False
        for row in rows:
            inside = row.startswith(f"{name}:") or (inside and row.startswith(" "))
            if not inside:
                kept.append(row)
        text = "\n".join(kept) + ("" if value is None else f"\n{name}: {value}") + "\n"
    return text


def test_the_example_is_whole_and_its_figures_are_those_of_the_rows(pack: Pack) -> None:
    found = worked_out(pack, read(EXAMPLE.read_text(encoding="utf-8")))
    rows = pack.table("contracts")
    year = (rows["start"].dt.year - (rows["start"].dt.month < 4)).map(
        lambda first: f"{first}/{(first + 1) % 100:02}"
    )
    assert list(found["year"]) == sorted(set(year))
    for row in found.to_dict("records"):
        mine = rows[(year == row["year"]) & rows["social_value_scored"].notna()]
        scored = mine.loc[mine["social_value_scored"].astype(bool), "value_pence"].sum()
        whole = mine["value_pence"].sum()
        assert (row["numerator"], row["denominator"]) == (scored, whole)
        assert row["value"] == pytest.approx(100 * scored / whole)


def test_without_a_denominator_the_numerator_is_the_value_and_groups_are_told_apart(pack: Pack) -> None:
    text = changed(denominator=None, numerator="count()", unit="organisations", group="programme", year=None)
    found = worked_out(pack, read(text))
    counted = pack.table("contracts")["programme"].value_counts()
    told = found.dropna(subset="group").set_index("group")["value"]
    assert dict(told) == {str(name): float(many) for name, many in counted.items()}


def test_a_division_by_nought_gives_no_value(pack: Pack) -> None:
    found = worked_out(pack, read(changed(denominator="sum(value_pence - value_pence)")))
    assert found["value"].isna().all()
    assert found["numerator"].notna().any()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(polarity="up"), "polarity: 'up' is not one of higher, lower or none."),
        (changed(polarty="higher"), "polarty: there is no such field. Did you mean polarity?"),
        (changed(title=None), "title is missing. Add a line for it."),
        (changed(title="''"), "title: it is empty."),
        (changed(title="2024"), "title: 2024 is not text. Put it in quotation marks."),
        (changed(leading="perhaps"), "leading: 'perhaps' is neither true nor false."),
        (changed(caveats="one"), "caveats: 'one' is not a list."),
        (changed(id="x"), "id: 'x' does not have the right form. Such as ABC-I1."),
        (
            changed(target={"value": 60, "year": "2028-29", "source": "Plan"}),
            "target.year: '2028-29' does not have the right form. A financial year, such as 2027/28.",
        ),
        (
            changed(target="{value: many, year: 2027/28, source: Plan}"),
            "target.value: 'many' is not a number.",
        ),
        (changed(target="{value: 3, year: 2027, source: Plan}"), "target.year: 2027 is not text."),
        (EXAMPLE.read_text(encoding="utf-8") + "\nunit: people\n", "unit is on line"),
        ("a: &x 1\nb: *x\n", "anchors and references"),
        ("a: !!python/object/apply:os.system ['true']\n", "a type of its own"),
        ("- a\n- b\n", "a list of fields"),
        ("a: [1, 2", "Line"),
        ("a: " + "[" * 30 + "]" * 30, "nested too deep"),
        ("a: " + "[" * 24_000 + "]" * 24_000, "nested too deep"),
        ("a: 2026-99-99", "“2026-99-99” can't be read"),
        ("title: x\n" * 20_000, "at most 50,000 characters"),
        ("a: \x00", "not YAML"),
    ],
)
def test_a_definition_that_cannot_be_is_refused_by_line(text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(text)
    assert said in str(refused.value)
    assert str(refused.value).endswith((".", "?"))


def test_faults_name_the_line_on_which_they_stand() -> None:
    text = changed(polarity="up")
    with pytest.raises(
        DefinitionError, match=f"^Line {text.splitlines().index('polarity: up') + 1}, polarity"
    ):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(table="contrcts"), "table: "),
        (changed(table="recruitment"), "table: recruitment holds counts of people"),
        (changed(table="payments"), "table: payments holds counts of people or single payments"),
        (changed(numerator="sum(value)"), "numerator: Character 5 (“value”): the table has no column value."),
        (changed(year="began"), "year: the table has no column began."),
        (changed(role="mayor"), "role: there is no role mayor."),
        (changed(commitments="[COM-D99]"), "commitments.0: the register has no commitment COM-D99."),
    ],
)
def test_what_the_pack_does_not_have_is_named_with_its_line(pack: Pack, text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        worked_out(pack, read(text))
    assert said in str(refused.value)
    assert str(refused.value).startswith("Line ")


# -- the published schema ---------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_program() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == IndicatorDefinition.model_json_schema()
    Draft202012Validator.check_schema(IndicatorDefinition.model_json_schema())


def test_what_the_schema_takes_and_refuses_the_program_does_too() -> None:
    validator = Draft202012Validator(IndicatorDefinition.model_json_schema())
    whole = read(EXAMPLE.read_text(encoding="utf-8")).definition.model_dump(mode="json")
    assert list(validator.iter_errors(whole)) == []
    assert list(validator.iter_errors(whole | {"polarity": "up"}))
    assert list(validator.iter_errors(whole | {"extra": 1}))


# -- commands ---------------------------------------------------------------------------------------------


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["indicator", *arguments], env={"SVDASH_PACK": str(SMALL)})


def test_run_prints_what_is_marked_as_a_prototype_and_writes_a_csv_once(tmp_path: Path) -> None:
    told = command("run", str(EXAMPLE))
    assert told.exit_code == 0
    assert told.output.startswith("PROTOTYPE, not agreed, illustrative: COM-I90")
    target = tmp_path / "figures.csv"
    assert command("run", str(EXAMPLE), "--csv", str(target)).exit_code == 0
    rows = pd.read_csv(target)
    assert set(rows["stage"]) == {"prototype, not agreed"}
    assert {"period", "value", "status", "unit", "finding"} <= set(rows)
    again = command("run", str(EXAMPLE), "--csv", str(target))
    assert (again.exit_code, "can't be written" in again.output) == (2, True)


def test_check_says_that_a_definition_is_whole_or_where_it_is_not(tmp_path: Path) -> None:
    told = command("check", str(EXAMPLE))
    assert told.exit_code == 0, told.output
    assert "PASS  Polarity: Higher is better." in told.output
    file = tmp_path / "own.yaml"
    file.write_text(changed(polarity="up"), encoding="utf-8")
    refused = command("check", str(file))
    assert (refused.exit_code, f"{file}: Line" in refused.output) == (1, True)
    file.write_bytes(b"\xff\xfe\x00")
    assert command("check", str(file)).exit_code == 2
    assert "no such file" in command("check", str(tmp_path / "none.yaml")).output.lower()


# -- brought files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "files", "said"),
    [
        ({"table": "survey.csv"}, {}, "table: the file survey.csv was not brought."),
        ({"table": "survey.csv"}, {"other.csv": "a" * 64}, "The files brought so far are other.csv."),
        (
            {"table": "survey.csv", "sha256": "a" * 64},
            {"survey.csv": "b" * 64},
            "sha256: the file survey.csv",
        ),
        ({"sha256": "a" * 64}, {}, "sha256: a table of the data pack has none"),
    ],
)
def test_a_file_that_is_not_there_or_is_another_is_named_with_its_line(
    pack: Pack, lines: dict[str, str], files: dict[str, str], said: str
) -> None:
    with pytest.raises(DefinitionError, match=r"^Line \d+, ") as refused:
        source(pack, read(changed(**lines)), files)
    assert said in str(refused.value)


def test_a_file_that_is_taken_away_meanwhile_is_a_fault_of_the_line_that_names_it(
    pack: Pack, tmp_path: Path
) -> None:
    file = tmp_path / "rows.parquet"
    connection = duckdb.connect(":memory:", config={})
    connection.sql("SELECT 1 AS a").write_parquet(str(file))
    frame = connection.read_parquet(str(file))
    file.unlink()
    rows = IndicatorSource(
        "s.csv", {"a": "number"}, lambda columns: nw.from_native(frame).select(*columns), ()
    )
    with pytest.raises(
        DefinitionError, match=r"^Line \d+, table: the file can't be read any more"
    ) as refused:
        worked_out(pack, read(changed(numerator="sum(a)", denominator=None, year=None)), rows)
    assert str(tmp_path) not in str(refused.value)


def test_a_year_is_written_as_a_financial_year_in_every_engine(pack: Pack) -> None:
    days = pd.to_datetime(["2023-03-31", "2023-04-01", None])
    rows = pd.DataFrame({"day": days, "text": ["2022-23", "2023/2024", "in 2023"], "n": [2022, 2023, 2023]})
    kinds: dict[str, Kind] = {"day": "day", "text": "text", "n": "number"}

    def years(column: str, frame: object) -> list[str | None]:
        rows = IndicatorSource("survey", kinds, lambda columns: nw.from_native(frame).select(*columns))
        written = read(changed(numerator="count()", denominator=None, year=column))
        found = worked_out(pack, written, rows)["year"]
        return [None if pd.isna(each) else each for each in found]

    for column, expected in {
        "day": [None, "2022/23", "2023/24"],
        "text": ["2022/23", "2023/24", "in 2023"],
        "n": ["2022", "2023"],
    }.items():
        assert years(column, rows) == expected
        assert years(column, duckdb.connect(":memory:", config={}).from_df(rows)) == expected
