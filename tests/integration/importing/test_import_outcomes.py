"""Outcome frameworks: a table of outcomes, what each is counted by, and what is to be reached. All of them made up."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from svdash.cli.import_command import reconciliation_lines
from svdash.findings.indicators import outcome_crosswalk, outcome_tables
from svdash.importing.columns.column_mapping import MissingFieldsError
from svdash.importing.formats.outcomes_framework import TABLES
from svdash.importing.reconciliation import ImportFileError
from svdash.register import View
from svdash.tables import unread_files
from tests.copies import DATA, ROOT, SMALL, CopiedPack
from tests.integration.importing.made import Imports, codes

HEADER = ("Theme", "Outcome", "Outcome indicator", "Baseline", "Target", "Timeframe", "Data source")
# As published: an outcome with two indicators stands in the first of their rows.
ROWS = (
    ("Work", "People keep the work they find", "Still in work after a year", "51%", "58%", "March 2028", "Records"),
    ("", "", "Hours worked in a week", "", "more than 20", "March 2028", "Survey"),
    ("Homes", "Homes are dry", "Homes with damp", "9%", "6%", "March 2029", "Survey"),
    ("", "Rents can be paid", "", "", "", "", ""),
)  # fmt: skip
NAME = {"constants": (("framework", "Deal of the Marshes"), ("publisher", "Ministry of Marshes"))}


def outcome_table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, **constants: str) -> bytes:
    """A framework's table as CSV, its name in a column of its own."""
    named = {"Framework": "Deal of the Marshes", **constants}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*header, *named])
    writer.writerows([[*row, *named.values()] for row in rows or ROWS])
    return out.getvalue().encode()


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imports:
    """A copy of the small pack, whose frameworks are made up, and a memory of mappings of its own."""
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    (tmp_path / "files").mkdir()
    return Imports(Path(shutil.copytree(SMALL, tmp_path / "pack")), tmp_path / "files")


@pytest.fixture
def without(invented: Imports) -> Imports:
    """A pack that has no framework of others."""

    def drop(descriptor: dict[str, Any]) -> None:
        descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] not in TABLES]

    invented.descriptor(drop)
    return invented


def run(imports: Imports, content: bytes = b"", **options: Any) -> Any:
    return imports.run(imports.file(content or outcome_table(), "deal.csv"), "outcomes", **options)


def test_a_pack_without_frameworks_gets_the_tables_and_every_word_of_the_file(without: Imports) -> None:
    found = run(without, source="https://marshes.example/deal", licence="OGL-UK-3.0")
    assert (found.incoming.rows, found.used.rows, found.changed) == (4, 4, True)
    pack = without.pack
    assert (pack.faults, pack.lacking, pack.contradictions) == ((), (), ())
    framework = pack.table("outcome_frameworks").to_dict("records")[0]
    assert framework["id"] == "deal-of-the-marshes"
    assert framework["title"] == "Deal of the Marshes"
    assert framework["address"] == "https://marshes.example/deal"
    outcomes = pack.table("outcomes")
    assert list(outcomes["title"]) == ["People keep the work they find", "Homes are dry", "Rents can be paid"]
    assert list(outcomes["id"]) == ["O1", "O2", "O3"]
    assert list(outcomes["theme"]) == ["Work", "Homes", "Homes"]
    targets = pack.table("outcome_targets")
    assert list(targets["outcome"]) == ["O1", "O1", "O2"]
    assert list(targets["target"]) == ["58%", "more than 20", "6%"]
    assert list(targets["data_source"]) == ["Records", "Survey", "Survey"]
    assert pack.table("outcome_links").empty
    entry = without.entry("outcomes")
    assert (entry["status"], entry["access"]) == ("published", "open")
    assert entry["sources"] == [{"title": "Deal of the Marshes", "path": "https://marshes.example/deal"}]
    assert [each["name"] for each in entry["licenses"]] == ["OGL-UK-3.0"]
    told = " ".join(found.notes)
    assert "1 row without an outcome is taken to belong to the outcome above" in told
    assert "3 outcomes have no indicator of ours yet" in told
    gaps = outcome_crosswalk.crosswalk_gaps(pack, View()).frame
    assert list(gaps.loc[gaps["what"] == outcome_crosswalk.UNSERVED, "code"]) == ["O1", "O2", "O3"]


def test_the_same_file_twice_changes_nothing_and_a_dry_run_never(without: Imports) -> None:
    before = without.bytes()
    assert run(without, dry_run=True).used.rows == 4
    assert without.bytes() == before
    run(without)
    once = without.bytes()
    again = run(without)
    assert (again.used.rows, again.changed) == (4, False)
    assert "3 outcomes the pack has already" in " ".join(again.notes)
    assert without.bytes() == once


def test_a_newer_edition_changes_an_outcome_only_where_it_may_and_links_stay(without: Imports) -> None:
    run(without)
    link = {"indicator": "EMP-I1", "framework": "deal-of-the-marshes", "outcome": "O2", "serves": "measures"}
    without.pack.file("outcome_links").write_text(
        f"{','.join(link)},note\n{','.join(link.values())},\n", encoding="utf-8"
    )
    newer = outcome_table(("Homes", "Homes are dry", "Homes with damp", "9%", "5%", "March 2029", "Survey"))
    refused = without.refusal(without.file(newer, "newer.csv"), "outcomes")
    assert codes(refused.reconciliation.refused) == {"differs": 1}
    assert "O2: target of “Homes with damp” “6%”, in the file “5%”" in str(refused)
    found = run(without, newer, replace=True)
    assert found.used.rows == 1
    assert "The file does not have O1 and O3 of deal-of-the-marshes: they stay" in " ".join(found.notes)
    pack = without.pack
    assert list(pack.table("outcome_targets")["target"]) == ["58%", "more than 20", "5%"]
    assert pack.table("outcome_links")["outcome"].tolist() == ["O2"]
    assert pack.faults == ()


def test_a_pack_takes_all_of_a_framework_or_nothing_where_one_outcome_differs(without: Imports) -> None:
    run(without)
    mixed = outcome_table(
        *ROWS[:2], ("Homes", "Homes are dry", "Homes with mould", "9%", "6%", "March 2029", "")
    )
    refused = without.refusal(without.file(mixed, "mixed.csv"), "outcomes")
    assert "1 outcome" in str(refused)
    assert "indicator nothing, in the file “Homes with mould”" in str(refused)
    assert "indicator “Homes with damp”, in the file nothing" in str(refused)
    lines = list(reconciliation_lines(refused.reconciliation))
    assert "3 rows read = 2 could be used + 1 refused." in lines


def test_rows_whose_indicator_has_no_known_column_stop_the_whole_import_with_the_column_to_name(
    without: Imports,
) -> None:
    rows = (("Young people thrive", "Not in education", "6.2%"), ("", "In apprenticeships", "1,200"))
    content = outcome_table(*rows, header=("Outcome", "Counted as", "Baseline"))
    refused = without.refusal(without.file(content, "charter.csv"), "outcomes")
    assert "row 3 has no outcome, and no column is known to be the indicator" in str(refused)
    assert '--column "indicator=Counted as"' in str(refused)
    assert run(without, content, columns=(("indicator", "Counted as"),)).used.rows == 2


def test_what_is_to_be_written_next_names_the_file_that_the_pack_reads(invented: Imports) -> None:
    found = run(invented, replace=True)
    file = invented.pack.file("outcome_links").name
    assert file != "outcome_links.csv"
    assert f"write which serve them into {file}." in " ".join(found.notes)
    assert not [*unread_files.notes(invented.pack)]
    (invented.folder / "outcome_links.csv").write_text("indicator\n", encoding="utf-8")
    (invented.folder / "mine.csv").write_text("a\n", encoding="utf-8")
    assert [*unread_files.notes(invented.pack)] == [
        "mine.csv: no table of datapackage.json is read from this file. Describe it there, or remove it.",
        f"outcome_links.csv: no table of datapackage.json is read from this file. The table outcome_links is read from {file}: put the rows there.",
    ]
    invented.pack.file("outcome_links").write_text(
        "indicator,framework,outcome,serves,note\n"
        "EMP-I1,deal-of-the-marshes,O1,measures,\nEMP-I99,deal-of-the-marshes,O2,measures,\n",
        encoding="utf-8",
    )
    # A faulty link serves nothing, as on the page.
    again = " ".join(run(invented).notes)
    assert "2 outcomes have no indicator of ours yet" in again
    assert "1 row of it is faulty and not counted" in again
    gaps = outcome_crosswalk.crosswalk_gaps(invented.pack, View()).frame
    assert list(gaps.loc[gaps["what"] == outcome_crosswalk.UNSERVED, "code"]) == ["O2", "O3"]


def test_a_baseline_alone_is_told_from_a_target(without: Imports) -> None:
    rows = (
        ("", "Homes are dry", "Only a baseline", "14%", "", "", ""),
        ("", "", "Only a target", "", "20%", "2030", ""),
        ("", "", "Both", "14%", "20%", "2030", ""),
    )
    run(without, outcome_table(*rows))
    assert outcome_tables.outcomes(without.pack)["target"].tolist() == [
        "Only a baseline: baseline 14%, no target; Only a target: 20% by 2030; Both: 14% to 20% by 2030"
    ]


def test_numbers_of_a_workbook_are_taken_as_it_shows_them(without: Imports) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Outcome", "Indicator", "Baseline", "Target", "Target date"])
    sheet.append(["Young people thrive", "Not in education", 0.062, 0.04, date(2029, 3, 31)])
    sheet.append(["", "In apprenticeships", 1200, 1500, date(2030, 3, 1)])
    shown = {"C2": "0.0%", "D2": "0.0%", "E2": "yyyy-mm-dd", "C3": "#,##0", "E3": "mmmm yyyy"}
    for place, code in shown.items():
        sheet[place].number_format = code
    out = io.BytesIO()
    book.save(out)
    without.run(without.file(out.getvalue(), "charter.xlsx"), "outcomes", **NAME)
    targets = without.pack.table("outcome_targets")[["baseline", "target", "due"]]
    assert targets.to_numpy().tolist() == [["6.2%", "4.0%", "2029-03-31"], ["1,200", "1500", "March 2030"]]


def test_made_up_frameworks_never_stand_beside_real_ones(invented: Imports) -> None:
    refused = invented.refusal(invented.file(outcome_table(), "deal.csv"), "outcomes")
    assert "are illustrative, and made-up rows must not be mixed with real ones" in str(refused)
    found = run(invented, replace=True)
    assert "The illustrative frameworks go, and with them 12 links" in " ".join(found.notes)
    pack = invented.pack
    assert list(pack.table("outcome_frameworks")["id"]) == ["deal-of-the-marshes"]
    assert pack.table("outcome_links").empty
    assert {invented.entry(name)["status"] for name in TABLES} == {"published"}
    assert pack.faults == ()


def test_a_sheet_with_merged_cells_a_title_and_rows_of_themes_is_read(without: Imports) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Deal of the Marshes: outcomes"])
    sheet.append([])
    sheet.append(["Reference", "Theme", "Outcome", "Indicators", "Targets"])
    sheet.append(["", "Work", "", "", ""])
    sheet.append(["W.1", "", "People keep the work they find", "Still in work after a year", "58%"])
    sheet.append(["", "", "", "Hours worked in a week", "more than 20"])
    sheet.merge_cells("C5:C6")
    out = io.BytesIO()
    book.save(out)
    found = without.run(without.file(out.getvalue(), "deal.xlsx"), "outcomes", **NAME)
    assert (found.incoming.rows, found.used.rows, codes(found.refused)) == (3, 2, {"theme": 1})
    pack = without.pack
    assert pack.table("outcomes")[["id", "theme"]].to_numpy().tolist() == [["W.1", "Work"]]
    assert list(pack.table("outcome_targets")["number"]) == [1, 2]
    assert list(pack.table("outcome_frameworks")["publisher"]) == ["Ministry of Marshes"]


def test_a_file_that_names_no_framework_asks_for_it(without: Imports) -> None:
    bare = b"Outcome,Outcome indicator,Target\nHomes are dry,Homes with damp,6%\n"
    with pytest.raises(MissingFieldsError, match='--constant "framework=NAME OF THE FRAMEWORK"'):
        without.run(without.file(bare, "bare.csv"), "outcomes")
    with pytest.raises(ImportFileError, match=r"^--constant: 'framwork' is not a field .* 'framework'"):
        without.run(without.file(bare, "bare.csv"), "outcomes", constants=(("framwork", "Deal"),))
    assert without.run(without.file(bare, "bare.csv"), "outcomes", **NAME).used.rows == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("Homes", "", "", "", "6%", "", ""), "theme"),
        (("", "", "", "", "6%", "", ""), "outcome"),
        (("Homes", "x" * 2_001, "", "", "", "", ""), "long"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_what_to_do(
    without: Imports, row: tuple[str, ...], code: str
) -> None:
    found = run(without, outcome_table(row, *ROWS))
    assert codes(found.refused) == {code: 1}
    assert found.used.rows == 4
    assert found.refused[code].first == 2


def test_an_indicator_that_comes_twice_is_refused_once(without: Imports) -> None:
    found = run(without, outcome_table(*ROWS, ROWS[2]))
    assert codes(found.refused) == {"twice": 1}
    assert len(without.pack.table("outcome_targets")) == 3


def test_two_editions_whose_titles_differ_at_the_end_are_two_frameworks(without: Imports) -> None:
    years = ("2025/26", "2026/27")
    titles = [f"Local Government Outcomes Framework of the Marshes {year}" for year in years]
    for title in titles:
        run(without, outcome_table(Framework=title), replace=True)
    held = without.pack.table("outcome_frameworks")
    assert list(held["title"]) == titles
    assert held["id"].nunique() == len(titles)
    assert held["id"].str.len().max() <= 40
    assert len(without.pack.table("outcomes")) == 6


def test_another_framework_with_a_code_that_is_taken_is_refused(without: Imports) -> None:
    run(without, outcome_table(Framework="Deal «Ä» of Fens"))
    other = without.file(outcome_table(Framework="Deal «Ö» of Fens"), "other.csv")
    refused = without.refusal(other, "outcomes", replace=True)
    assert codes(refused.reconciliation.refused) == {"code twice": 4}
    assert list(without.pack.table("outcome_frameworks")["title"]) == ["Deal «Ä» of Fens"]


def test_another_outcome_with_a_reference_that_is_taken_is_refused_with_the_rows_below_it(
    without: Imports,
) -> None:
    header = ("Reference", "Outcome", "Outcome indicator", "Target")
    rows = (
        ("W.1", "Homes are dry", "Homes with damp", "6%"),
        ("W.1", "Rents can be paid", "Arrears", "2%"),
        ("", "", "Evictions", "0"),
        ("W.1", "Homes are dry", "Homes with mould", "3%"),
    )
    found = run(without, outcome_table(*rows, header=header))
    assert codes(found.refused) == {"reference twice": 1, "outcome": 1}
    assert found.refused["reference twice"].first == 3
    assert list(without.pack.table("outcomes")["title"]) == ["Homes are dry"]
    assert list(without.pack.table("outcome_targets")["indicator"]) == ["Homes with damp", "Homes with mould"]


def test_a_theme_is_not_carried_into_another_framework(without: Imports) -> None:
    header = ("Framework", "Theme", "Outcome")
    rows = (
        ("", "Work", ""),
        ("Deal of A", "", "Jobs last"),
        ("Deal of B", "", "Homes are dry"),
        ("Deal of A", "", "Wages rise"),
    )
    content = "\n".join(",".join(row) for row in (header, *rows)).encode()
    run(without, content)
    outcomes = without.pack.table("outcomes").fillna("")
    themes = dict(zip(outcomes["title"], outcomes["theme"], strict=True))
    assert themes == {"Jobs last": "Work", "Homes are dry": "", "Wages rise": "Work"}


def test_the_tables_that_an_import_adds_are_those_that_the_embedded_pack_describes() -> None:
    added = json.loads(
        (ROOT / "svdash" / "importing" / "formats" / "outcome_tables.json").read_text(encoding="utf-8")
    )
    described = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    schemas = {each["name"]: each["schema"] for each in described if each["name"] in TABLES}
    assert {each["name"]: each["schema"] for each in added} == schemas
    assert [each["name"] for each in added] == list(TABLES)


@pytest.mark.parametrize(
    ("column", "value", "said", "remedy"),
    [
        ("indicator", "EMP-I99", "column indicator: 'EMP-I99' ", "Did you mean 'EMP-I9'"),
        ("framework", "example-setlement", "'example-setlement' ", "Did you mean 'example-settlement'"),
        ("outcome", "S9", "S9", "Did you mean 'example-settlement, S5'"),
        ("serves", "helps", "column serves: 'helps' ", "Allowed: measures, contributes"),
    ],
)
def test_a_link_to_what_is_not_there_is_named_with_its_row_and_a_remedy(
    copied_pack: CopiedPack, column: str, value: str, said: str, remedy: str
) -> None:
    copied_pack.change("outcome_links", lambda rows: rows.assign(**{column: [value, *rows[column].iloc[1:]]}))
    faults = [str(fault) for fault in copied_pack.open().faults]
    mine = [fault for fault in faults if fault.startswith("outcome_links, row 2, ") and said in fault]
    assert mine, faults
    assert all(re.search(remedy, fault) for fault in mine), mine
    # The row is withheld, and the rest is told.
    links = copied_pack.open().table("outcome_links")
    assert len(links) == 11
