"""A file that an analyst brings becomes one plain table with a profile, or a sentence; and never takes the server with it."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as papq
import pytest

from svdash import settings
from svdash.importing.reconciliation import ImportFileError
from svdash.lines.locked_tables import locked, parquet
from svdash.tables import Pack
from svdash.workbench import brought_reading, brought_tables, profile
from svdash.workbench.brought_errors import BroughtError, CancelledError, SheetChoiceError
from svdash.workbench.brought_reading import TABLE, Asked, Reading, read_brought
from svdash.workbench.brought_tables import BroughtTable, opened
from svdash.workbench.definition import DefinitionError, read
from svdash.workbench.indicator_sources import source
from svdash.workbench.known_places import Places
from svdash.workbench.prototype import worked_out
from svdash.workbench.prototype_figures import figures
from svdash.workbench.remarks import Remark
from tests.copies import ROOT
from tests.integration.importing import tasks
from tests.integration.importing.workbooks import sheet, workbook
from tests.integration.workbench.test_prototype_figures import changed

PLAIN = "area,year,people\nE01006412,2024,3\nE01006413,2024,250\n"


class Read:
    """What came of a file, with the rows of its table."""

    def __init__(self, reading: Reading, rows: list[dict[str, Any]]) -> None:
        self.reading, self.rows = reading, rows
        self.kinds = dict(reading.columns)
        self.profile = reading.profile

    def remark(self, code: str) -> Remark:
        (found,) = [each for each in self.profile.remarks if each.code == code]
        return found

    @property
    def codes(self) -> set[str]:
        return {each.code for each in self.profile.remarks}


class Bench:
    """Reads files here, in this process, which is quicker; and by the workbench."""

    def __init__(self, folder: Path, places: Places) -> None:
        self.folder, self.places = folder, places

    def file(self, content: str | bytes, name: str = "survey.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, content: str | bytes, name: str = "survey.csv", **asked: Any) -> Read:
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        reading = read_brought(opened(self.file(content, name)), work, Asked(**asked), self.places)
        return Read(reading, papq.read_table(work / TABLE).to_pylist())

    def bring(self, content: str | bytes, name: str = "survey.csv", **asked: Any) -> BroughtTable:
        source = opened(self.file(content, name))
        return brought_tables.bring(source, Asked(**asked), lambda _: None, places=self.places, by="jo")


@pytest.fixture(scope="module")
def places(pack: Pack) -> Places:
    return Places.of(pack)


@pytest.fixture
def bench(tmp_path: Path, places: Places, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    return Bench(tmp_path, places)


def test_a_brought_file_is_kept_by_its_hash_and_asked_through_a_locked_engine(bench: Bench) -> None:
    table = bench.bring(PLAIN)
    assert table.name == "survey.csv"
    assert table.kinds == {"area": "text", "year": "number", "people": "number"}
    assert table.file == settings.var_folder() / "workbench" / f"{table.sha256}.parquet"
    total = brought_tables.frame(table, ["people"]).select(nw.col("people").sum()).collect("pyarrow")
    assert total.to_native().to_pylist() == [{"people": 253}]
    assert brought_tables.brought(table.sha256) == table
    assert brought_tables.every() == [table]
    (people,) = [each for each in brought_tables.profiled(table).columns if each.name == "people"]
    assert (people.least, people.greatest, people.small) == (3, 250, 1)
    again = bench.bring(PLAIN, "renamed.csv")
    assert again == table  # the same bytes are read once, and keep their first name
    assert sorted(each.suffix for each in table.file.parent.iterdir()) == [".json", ".parquet"]
    with pytest.raises(BroughtError, match="no column 'men'"):
        brought_tables.frame(table, ["men"])


@pytest.mark.usefixtures("in_this_process")
def test_a_file_is_read_again_beside_the_first_once_the_pack_has_other_places(bench: Bench) -> None:
    content = "place,people\nSt Helens,3\nHalton,4\n"
    first = bench.bring(content)
    bench.places = replace(bench.places, by_name={**bench.places.by_name, "halton": "E06999999"})
    again = bench.bring(content, "renamed.csv")
    assert again.name == "renamed.csv"
    codes = [
        brought_tables.frame(each, ["place as code"]).collect("pyarrow").to_native().to_pylist()
        for each in (first, again)
    ]
    assert {"place as code": "E06999999"} in codes[1]
    # A draft that names the first keeps its figures.
    assert {"place as code": "E06999999"} not in codes[0]
    assert brought_tables.brought(first.sha256) == first
    assert bench.bring(content) == again


@pytest.mark.usefixtures("in_this_process")
def test_a_draft_is_told_that_the_pack_has_changed_since_its_file_was_read(bench: Bench, pack: Pack) -> None:
    table = bench.bring("place,people\nSt Helens,30\nHalton,40\n")
    lines = {
        "table": "survey.csv",
        "numerator": "sum(people)",
        "denominator": "",
        "unit": "people",
        "year": "",
        "group": "",
    }
    written = changed(**lines, area='"place as code"')
    files = {"survey.csv": table.sha256}
    assert not any("earlier data pack" in each for each in figures(pack, written, files).remarks)
    bench.places = replace(bench.places, by_name={**bench.places.by_name, "halton": "E06999999"})
    files = {"survey.csv": bench.bring("place,people\nSt Helens,30\nHalton,40\n").sha256}
    assert any("earlier data pack" in each for each in figures(pack, written, files).remarks)


@pytest.mark.parametrize("known", [True, False])
def test_postcodes_are_known_by_their_shape_and_placed_by_a_table_of_them_alone(
    bench: Bench, known: bool
) -> None:
    area = next(iter(bench.places.names))
    bench.places = replace(bench.places, postcodes={"L11AA": area} if known else {})
    read = bench.read("home,people\nL1 1AA,30\nl1 1aa,20\nCH41 5AB,12\n")
    (home,) = [each for each in read.profile.columns if each.name == "home"]
    assert home.place == "postcodes"
    remark = read.remark("postcodes")
    assert f"the area of {'2' if known else '0'} of 3" in remark.words
    assert ("home as code" in read.kinds) is known
    assert ("home as code" if known else "no table of these postcodes") in remark.remedy
    assert [row.get("home as code") for row in read.rows] == ([area, area, None] if known else [None] * 3)


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [(["7", "-3", "12"], [7, -3, 12]), (["+5", "4"], [5, 4]), ([" 8 ", "9"], [8, 9]), (["999999999999999", "-1"], [999999999999999, -1])],
)  # fmt: skip
def test_whole_numbers_are_told_with_and_without_a_pattern(
    bench: Bench, cells: list[str], numbers: list[int]
) -> None:
    read = bench.read("a,b\n" + "".join(f"x,{each}\n" for each in cells))
    assert (read.kinds["b"], [row["b"] for row in read.rows]) == ("number", numbers)


@pytest.mark.parametrize("code", ["007", "1234567890123456"])
def test_codes_of_digits_are_no_whole_numbers(bench: Bench, code: str) -> None:
    assert bench.read(f"a,b\nx,{code}\nx,12\n").kinds["b"] == "text"


def test_values_are_counted_and_quartiles_of_whole_numbers_are_whole(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "kind,people\n" + "".join(f"k{n % 56},{n % 67}\n" for n in range(2400))
    kind, people = bench.read(content).profile.columns
    assert (kind.distinct, people.distinct) == (56, 67)
    assert people.quartiles == (16, 33, 49)
    assert people.exact
    monkeypatch.setattr(profile, "_MOST_EXACT", 100)
    _, people = bench.read(content).profile.columns
    assert not people.exact
    assert all(each.is_integer() for each in people.quartiles)


@pytest.mark.usefixtures("in_this_process")
def test_what_is_gone_or_altered_is_told(bench: Bench) -> None:
    table = bench.bring(PLAIN)
    papq.write_table(pa.table({"area": ["x"], "year": [1], "people": [10**6]}), table.file)
    with pytest.raises(BroughtError, match="were altered"):
        brought_tables.brought(table.sha256)
    assert bench.bring(PLAIN).rows == 2  # and bringing it again mends it
    brought_tables.discard(table.sha256)
    with pytest.raises(BroughtError, match="not in the workbench any more"):
        brought_tables.profiled(table)
    for name in ("../../etc/passwd", "", "A" * 64):
        with pytest.raises(BroughtError, match="not the SHA-256"):
            brought_tables.brought(name)


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("COPY (SELECT 1) TO '/tmp/svdash-written.parquet'", "disabled by configuration"),
        ("ATTACH '/tmp/svdash-other.db'", "disabled by configuration"),
        ("LOAD httpfs", "disabled through configuration"),
        ("SET memory_limit = '64GB'", "has been locked"),
        ("SET enable_external_access = true", "Cannot|locked"),
    ],
)
def test_the_engine_for_brought_tables_is_locked_in(tmp_path: Path, statement: str, refused: str) -> None:
    import duckdb  # not before all tests are collected, see tests/conftest.py

    papq.write_table(pa.table({"a": [1]}), tmp_path / "a[1].parquet")
    with locked(tmp_path) as connection:
        assert connection.sql(f"FROM {parquet(tmp_path / 'a[1].parquet')}").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match=refused):
            connection.execute(statement)


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "2.5", "-3"], "number", [1.0, 2.5, -3.0]),
        (["1,200", "£3.50", "12%"], "number", [1200.0, 3.5, 12.0]),
        (["4", "*", "n/a", "[c]"], "number", [4.0, None, None, None]),
        (["007", "012", "100"], "text", ["007", "012", "100"]),
        (["12345678901234567890", "1", "2"], "text", ["12345678901234567890", "1", "2"]),
        (["1_000", "2", "3"], "text", ["1_000", "2", "3"]),
        (["nan", "inf", "3"], "text", ["nan", "inf", "3"]),
        (["Yes", "no", "YES"], "truth", [True, False, True]),
        (["2024-03-31", "2024-04-01", "2024-04-02"], "day", ["2024-03-31", "2024-04-01", "2024-04-02"]),
        (["31/03/2024", "1/4/2024", "2 April 2024"], "day", ["2024-03-31", "2024-04-01", "2024-04-02"]),
        (["03/31/2024", "04/01/2024", "04/02/2024"], "day", ["2024-03-31", "2024-04-01", "2024-04-02"]),
        (["2022/23", "2023/24", "2024/25"], "text", ["2022/23", "2023/24", "2024/25"]),
    ],
)
def test_a_column_is_a_kind_if_all_of_its_cells_are(
    bench: Bench, cells: list[str], kind: str, values: list[Any]
) -> None:
    lines = "".join(f'"{cell}",x{number}\n' for number, cell in enumerate(cells))
    found = bench.read(f"it,other\n{lines}")
    assert found.kinds["it"] == kind
    by_row = {row["other"]: row["it"] for row in found.rows}
    assert [str(by_row[f"x{n}"]) for n in range(len(cells))] == [str(each) for each in values]


def test_one_slip_among_numbers_leaves_them_text_and_is_named(bench: Bench) -> None:
    rows = "".join(f"a,{number}\n" for number in range(3_000)) + "a,twelve\n"
    found = bench.read(f"area,people\n{rows}")
    assert found.kinds["people"] == "text"
    remark = found.remark("not-a-number")
    assert remark.level == "fail"
    assert "1 cell is not, such as 'twelve'" in remark.words


def test_a_table_made_for_people_becomes_plain_and_everything_done_to_it_is_told(bench: Bench) -> None:
    found = bench.read(
        "Table 3: Claimants by area,,,,\n\n,Men,,Women,\nArea,Number,Rate,Number,Rate\n"
        'St. Helens,"1,200",12.5%,30,1.0%\nKnowsley Council,300,3%,*,2%\nArea,Number,Rate,Number,Rate\n'
        'Liverpool City Council,n/a,4%,500,5%\nTotal,"1,500",,530,\n'
    )
    assert found.kinds == {
        "Area": "text", "Men: Number": "number", "Men: Rate": "number", "Women: Number": "number", "Women: Rate": "number",
        "Area as code": "text",
    }  # fmt: skip
    assert {row["Area"]: row["Area as code"] for row in found.rows} == {
        "St. Helens": "E08000013", "Knowsley Council": "E08000011", "Liverpool City Council": "E08000012",
    }  # fmt: skip
    assert sum(row["Men: Number"] or 0 for row in found.rows) == 1500
    assert {
        "merged-headings",
        "headings-again",
        "totals",
        "withheld",
        "words-for-missing",
        "area-names",
    } <= found.codes
    assert all(each.remedy for each in found.profile.remarks)


def test_a_total_is_left_out_only_if_it_is_one_and_may_be_kept(bench: Bench) -> None:
    text = "area,people\nHalton,10\nSefton,20\nTotal,{}\n"
    assert bench.read(text.format(30)).reading.rows == 2
    kept = bench.read(text.format(30), totals="keep")
    assert kept.reading.rows == 3
    assert "kept as you said" in kept.remark("totals-kept").words
    other = bench.read(text.format(45))
    assert other.reading.rows == 3
    assert "not the sum of the others" in other.remark("totals-kept").words


_DISTRICTS = "District,Year,Completed\nSt Helens MBC,2023,993\nHALTON,2023,597\nsefton,2023,880\n{},2023,{}\n"


def test_a_total_under_the_name_of_the_region_is_left_out_too(bench: Bench) -> None:
    found = bench.read(_DISTRICTS.format("Northern Region", 993 + 597 + 880))
    assert found.reading.rows == 3
    assert "'Northern Region'" in found.remark("totals").words
    kept = bench.read(_DISTRICTS.format("Northern Region", 993 + 597 + 880), totals="keep")
    assert kept.reading.rows == 4


def test_a_place_of_the_pack_is_no_total_though_it_is_as_large_as_all_others_together(bench: Bench) -> None:
    found = bench.read(_DISTRICTS.format("Wirral", 993 + 597 + 880))
    assert found.reading.rows == 4
    assert "may be none of their totals: kept" in found.remark("totals-kept").words
    other = bench.read(_DISTRICTS.format("Northern Region", 993 + 597 + 881))
    assert not other.codes & {"totals", "totals-kept"}


def test_a_value_of_no_area_that_is_the_sum_of_the_others_is_kept_and_named(bench: Bench) -> None:
    found = bench.read("stage,Year,people\napplied,2023,900\nlater,2023,500\nnever,2023,400\n")
    assert found.reading.rows == 3
    assert "'applied'" in found.remark("totals-kept").words


def test_areas_by_name_get_their_codes_if_half_of_them_are_known(bench: Bench) -> None:
    found = bench.read("area,n\nHalton,1\nSefton,2\nNarnia,3\nMordor,4\n")
    assert found.rows[0]["area as code"]
    assert found.rows[3]["area as code"] is None
    assert "'Narnia'" in found.remark("area-names").words
    assert "area-names" not in bench.read("area,n\nHalton,1\nOz,2\nNarnia,3\nMordor,4\n").codes


def test_two_columns_of_one_name_are_two_columns(bench: Bench) -> None:
    found = bench.read("area,Value,Value\nHalton,1,2\n")
    assert found.rows[0]["Value"] == 1
    assert found.rows[0]["Value (2)"] == 2
    assert found.remark("same-heading").level == "fail"


def test_areas_of_two_censuses_in_one_column_are_told(bench: Bench) -> None:
    bench.places = replace(
        bench.places, censuses={"E01006412": ("2011",), "E01006413": ("2011", "2021"), "E01034000": ("2021",)}
    )
    found = bench.read("area,n\nE01006412,9\nE01006413,9\nE01034000,9\n")
    assert "mixes areas of two Censuses" in found.remark("mixed-census").words
    assert found.profile.columns[0].place == "LSOA codes"


def test_areas_that_the_pack_does_not_have_are_told(bench: Bench) -> None:
    found = bench.read("area,n\nE01006412,9\nE01034000,9\n")
    assert "only the Census of 2021 has" in found.remark("other-census").words
    assert "1 of 2 codes" in found.remark("unknown-areas").words


def test_personal_data_is_suspected_without_a_value_being_told(bench: Bench) -> None:
    found = bench.read(
        "Surname,contact,note,people\nBloggs,jo@example.org,rang 0151 496 0123,3\nBlake,x@example.org,AB123456C,4\n"
    )
    assert found.profile.personal == ("Surname", "contact", "note")
    assert [each.common for each in found.profile.columns] == [(), (), (), ()]
    told = json.dumps([each.words + each.remedy for each in found.profile.remarks])
    assert not any(each in told for each in ("Bloggs", "example.org", "0151", "AB123456C"))


def test_duplicates_missing_cells_and_what_stands_beyond_the_headings_are_counted(bench: Bench) -> None:
    found = bench.read("area,people,gone\na,1,\na,1,\nb,2,\nc,3,4,5\n")
    assert found.profile.duplicates == 1
    assert "first row 5" in found.remark("wide-rows").words
    assert "'gone' is empty" in found.remark("empty").words


def written(table: pa.Table) -> bytes:
    buffer = pa.BufferOutputStream()
    papq.write_table(table, buffer)
    return bytes(buffer.getvalue())


def test_parquet_excel_geojson_and_geopackage_give_the_same_table(bench: Bench, tmp_path: Path) -> None:
    rows = [("E01006412", 3), ("E01006413", 250)]
    whole = bench.read("area,people\n" + "".join(f"{a},{n}\n" for a, n in rows)).rows
    as_parquet = written(pa.table({"area": [a for a, _ in rows], "people": [n for _, n in rows]}))
    assert bench.read(as_parquet, "survey.parquet").rows == whole
    as_excel = workbook({"Data": sheet([["area", "people"], *rows])})
    assert bench.read(as_excel, "survey.xlsx").rows == whole
    features = [
        {"type": "Feature", "properties": {"area": a, "people": n}, "geometry": None} for a, n in rows
    ]
    as_geojson = json.dumps({"type": "FeatureCollection", "features": features})
    assert bench.read(as_geojson, "survey.geojson").rows == whole
    geopackage = tmp_path / "made.gpkg"
    with sqlite3.connect(geopackage) as database:
        database.executescript(
            "CREATE TABLE gpkg_contents (table_name, data_type); INSERT INTO gpkg_contents VALUES ('data', 'features');"
            "CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id); INSERT INTO gpkg_geometry_columns VALUES ('data', 'geom', 4326);"
            "CREATE TABLE data (fid INTEGER PRIMARY KEY, geom BLOB, area TEXT, people INTEGER);"
        )
        database.executemany("INSERT INTO data (area, people) VALUES (?, ?)", rows)
    database.close()
    assert bench.read(geopackage.read_bytes(), "survey.gpkg").rows == whole


@pytest.mark.usefixtures("in_this_process")
def test_a_workbook_of_several_tables_asks_which_is_meant(bench: Bench) -> None:
    table = sheet([["area", "people"], ["a", 1]])
    content = workbook({"First": table, "Second": sheet([["area", "people"], ["b", 2]])})
    with pytest.raises(SheetChoiceError) as asked:
        bench.bring(content, "survey.xlsx")
    assert asked.value.sheets == ["First", "Second"]
    first, second = (bench.bring(content, "survey.xlsx", sheet=name) for name in asked.value.sheets)
    assert first.sha256 != second.sha256
    assert brought_tables.frame(second, ["area"]).collect("pyarrow").to_native().to_pylist() == [
        {"area": "b"}
    ]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "survey.csv", "is empty"),
        (b"%PDF-1.7", "survey.csv", "PDF"),
        (b"<html></html>", "survey.csv", "web page"),
        (b"PAR1 and nothing else", "survey.parquet", "as Parquet"),
        (b"PK\x03\x04 broken", "survey.xlsx", "damaged"),
        (b'{"type": "Topology"}', "survey.geojson", "not a FeatureCollection"),
        (b"SQLite format 3\0 broken", "survey.gpkg", "as a GeoPackage"),
        (b"area,people\n", "survey.csv", "no row below its headings"),
        (b"a,b\n1,\x00\n", "survey.csv", "NUL"),
        (b'area,people\n"Halton,3\nSefton,4\n', "survey.csv", "quotation mark"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_a_sentence_with_a_remedy(
    bench: Bench, content: bytes, name: str, told: str
) -> None:
    with pytest.raises((BroughtError, ImportFileError), match=told) as refused:
        bench.read(content, name)
    assert str(refused.value).endswith(".")
    if isinstance(refused.value, BroughtError):
        assert str(bench.folder) not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_told_from_the_file(bench: Bench, encoding: str, separator: str) -> None:
    text = PLAIN.replace("E01006412", "Café £").replace(",", separator).encode(encoding)
    assert {row["area"] for row in bench.read(text).rows} == {"Café £", "E01006413"}


def test_a_parquet_that_unpacks_to_too_many_rows_is_refused_before_it_is_unpacked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = pa.table({"a": pa.array([0] * 200_000)})
    monkeypatch.setattr(brought_reading, "MOST_ROWS", 100_000)
    content = written(bomb)
    assert len(content) < 5_000
    with pytest.raises(BroughtError, match="200,000 rows"):
        bench.read(content, "survey.parquet")


@pytest.mark.usefixtures("in_this_process")
def test_a_file_that_changes_while_it_is_read_is_not_kept(bench: Bench) -> None:
    path = bench.file(PLAIN)
    source = opened(path)
    path.write_text(PLAIN.replace("250", "999"))
    with pytest.raises(BroughtError, match="changed while it was read"):
        brought_tables.bring(source, Asked(), lambda _: None)
    assert brought_tables.every() == []
    assert list(brought_tables.folder().iterdir()) == []


def test_a_file_that_kills_its_reader_is_a_sentence_and_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brought_tables, "read_brought", tasks.killed_while_looking)
    with pytest.raises(
        BroughtError, match=r"survey.csv: the process .*killed, SIGKILL\). Nothing of the file was kept"
    ):
        bench.bring(PLAIN)
    assert list(brought_tables.folder().iterdir()) == []


def test_reading_is_ended_when_it_is_not_wanted_any_more(bench: Bench) -> None:
    cancelled = threading.Event()
    cancelled.set()

    def on_progress(_: int) -> None:
        if cancelled.is_set():
            raise CancelledError("no longer wanted")

    path = bench.file("area,people\n" + "Halton,3\n" * 300_000)
    with pytest.raises(CancelledError):
        brought_tables.bring(opened(path), Asked(), on_progress)
    assert list(brought_tables.folder().iterdir()) == []


@pytest.mark.usefixtures("in_this_process")
def test_an_indicator_is_worked_out_from_a_brought_file(bench: Bench, pack: Pack) -> None:
    table = bench.bring(
        "place,when,got,of\nHalton,2024-03-31,1,4\nSt Helens,2024-04-01,3,4\nHalton,2024-04-02,2,4\n"
    )
    text = (ROOT / "docs" / "examples" / "social-value-scored.yaml").read_text(encoding="utf-8")
    own = {
        "table": "survey.csv",
        "numerator": "sum(got)",
        "denominator": "sum(of)",
        "year": "when",
        "area": "place as code",
    }
    kept = [
        line
        for line in text.splitlines()
        if line.partition(":")[0] not in own and line.partition(":")[0] != "group"
    ]
    written = read("\n".join([*kept, *(f"{name}: {value}" for name, value in own.items())]))
    rows = source(pack, written, {"survey.csv": table.sha256})
    found = worked_out(pack, written, rows)
    assert list(zip(found["year"], found["area"], found["value"], strict=True)) == [
        ("2023/24", "E06000006", 25.0), ("2024/25", "E06000006", 50.0), ("2024/25", "E08000013", 75.0),
    ]  # fmt: skip
    brought_tables.discard(table.sha256)
    with pytest.raises(DefinitionError, match="not in the workbench any more"):
        source(pack, written, {"survey.csv": table.sha256})
