"""Files as people and programs leave them: each is read, or its fault says what to do."""

from __future__ import annotations

import os

import pandas as pd
import pyarrow as pa
import pytest

from svdash.tables import open_pack

REQUIRED = {"name": "id", "constraints": {"required": True}}


def places(pack):
    return [(fault.row, fault.column, fault.value) for fault in pack.faults]


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbfid,n\na,1\nb,2\n", b"id,n\r\na,1\r\nb,2\r\n", b"id,n\ra,1\rb,2\r", b"id,n\na,1\nb,2",
     b'"id","n"\n"a","1"\n"b","2"\n', b"n,id\n1,a\n2,b\n", b"id,n\na,1\nb,2\n\n\n", b"id,n\na,1\nb,2\n,\n,\n"],
    ids=["byte order mark", "CRLF", "CR", "no last line end", "quoted", "other order", "blank lines at the end",
         "empty rows at the end"],
)  # fmt: skip
def test_ways_of_writing_the_same_table_are_all_read(one, content):
    pack = one(content, REQUIRED, "n:integer")
    assert pack.faults == ()
    assert pack.table("t").to_dict("list") == {"id": ["a", "b"], "n": [1, 2]}


def test_a_header_alone_is_an_empty_table_without_fault(one):
    pack = one("id,n\n", REQUIRED, "n:integer")
    assert pack.faults == ()
    assert pack.table("t").dtypes.astype(str).to_dict() == {"id": "str", "n": "Int64"}
    assert len(pack.table("t")) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "'t.csv' is not there. Put it into the folder"),
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        (b"\n\nid,n\na,1\n", "row 1 has no names of columns"),
        (b"PK\x03\x04rest", "a workbook or an archive"),
        ("id,n\na,1\n".encode("utf-16"), "UTF-16"),
        (b"id;n\na;1\n", "separated by semicolons"),
        (b"id\tn\na\t1\n", "separated by tabs"),
        (b"x" * 200_000 + b"\na\n", "row 1 can't be read as headings"),
    ],
)
def test_a_file_that_gives_no_table_is_one_fault_and_an_empty_frame_with_all_columns(one, content, said):
    pack = one(content, REQUIRED, "n:integer")
    (fault,) = pack.faults
    assert said in str(fault)
    assert pack.table("t").dtypes.astype(str).to_dict() == {"id": "str", "n": "Int64"}
    assert pack.table("t").empty


def test_a_folder_in_place_of_a_file_is_a_fault(one, tmp_path):
    (tmp_path / "t.csv").mkdir()
    pack = one(None, "id")
    assert "cannot be read" in str(pack.faults[0])


def test_bytes_of_windows_1252_are_named_with_row_and_byte_and_only_their_rows_withheld(one):
    pack = one("id,v\na,sound é\nb,".encode() + b"Caf\xe9 \x80" + b"\nc,sound\n", "id", "v")
    assert places(pack) == [(3, "v", "Café €")]
    assert "byte 0xE9, which is not UTF-8" in pack.faults[0].problem
    assert pack.table("t")["v"].tolist() == ["sound é", "sound"]


def test_a_heading_that_is_not_utf_8_is_named(one):
    pack = one(b"id,caf\xe9\na,b\n", "id", "cafe")
    assert places(pack)[0] == (1, None, "café")
    assert "0xE9" in pack.faults[0].problem


def test_a_nul_in_a_cell_is_a_fault_of_its_row(one):
    pack = one(b"id,v\na,x\x00y\nb,fine\n", "id", "v")
    assert [(fault.row, fault.column) for fault in pack.faults] == [(2, "v")]
    assert pack.table("t")["id"].tolist() == ["b"]


def test_a_file_of_nothing_but_nul_bytes_gives_faults_and_no_rows(one):
    pack = one(b"\x00" * 5_000, REQUIRED)
    assert pack.faults
    assert pack.table("t").empty


def test_a_cell_of_a_megabyte_is_read(one):
    pack = one("id,v\na," + "x" * 1_000_000 + "\nb,y\n", "id", "v")
    assert pack.faults == ()
    assert pack.table("t")["v"].str.len().tolist() == [1_000_000, 1]


def test_rows_of_the_wrong_width_are_counted_as_a_spreadsheet_counts_them(one):
    content = 'id,v\n"two\nlines",1\nshort\n"a,b",2\nlong,3,4\n\nlast,5\n'
    pack = one(content, "id", "v:integer")
    assert [(fault.row, fault.problem) for fault in pack.faults] == [
        (3, "the row has 1 cells where the header has 2"),
        (5, "the row has 3 cells where the header has 2"),
        (6, "the row is blank"),
    ]
    assert pack.table("t")["id"].tolist() == ["two\nlines", "a,b", "last"]
    assert pack.withheld("t") == 3


def test_a_row_of_the_wrong_width_has_no_other_fault(one):
    pack = one("id,n\n7,x,y\n", REQUIRED, "n:integer")
    assert len(pack.faults) == 1


def test_a_quotation_mark_that_is_never_closed_is_named_where_it_opens(one):
    pack = one('id,v\na,1\nb,"open\nc,3\nd,4\n', "id", "v")
    (fault,) = pack.faults
    assert fault.row == 3
    assert "never closed" in fault.problem
    assert pack.table("t")["id"].tolist() == ["a"]
    assert pack.withheld("t") == 3


def test_too_many_rows_of_the_wrong_width_are_counted_after_the_first_thousand(one):
    pack = one("id,v\n" + "short\n" * 1_200 + "fine,1\n", "id", "v")
    assert len(pack.faults) == 1_001
    assert pack.faults[-1].problem.endswith("with the same fault as row 1001: 200")
    assert pack.withheld("t") == 1_200
    assert pack.table("t")["id"].tolist() == ["fine"]


def test_a_quotation_mark_within_a_cell_is_kept(one):
    pack = one('id,v\na,5" pipe\nb,"say ""hello"""\n', "id", "v")
    assert pack.faults == ()
    assert pack.table("t")["v"].tolist() == ['5" pipe', 'say "hello"']


def test_a_missing_column_that_is_needed_withholds_the_table_and_other_faults_are_still_told(one):
    pack = one("n,m\n1,x\n2,3\n", REQUIRED, "n:integer", "m:integer")
    assert [(fault.row, fault.column) for fault in pack.faults] == [(1, "id"), (2, "m")]
    assert pack.table("t").empty
    assert pack.withheld("t") == 2


def test_a_missing_column_that_may_be_blank_is_a_fault_and_reads_as_missing(one):
    pack = one("id\na\n", REQUIRED, "n:integer")
    assert places(pack) == [(1, "n", None)]
    assert pack.table("t")["n"].isna().tolist() == [True]
    assert pack.table("t")["n"].dtype == "Int64"


def test_an_extra_column_is_a_fault_that_withholds_nothing(one):
    pack = one("id,colour\na,red\n", REQUIRED)
    assert places(pack) == [(1, "colour", None)]
    assert pack.table("t").to_dict("list") == {"id": ["a"]}


def test_a_misspelt_column_is_one_fault_that_names_the_right_one(one):
    pack = one("id,sectoin\na,x\n", REQUIRED, "section")
    (fault,) = pack.faults
    assert fault.value == "sectoin"
    assert "Did you mean 'section'?" in fault.remedy


def test_a_heading_that_stands_twice_withholds_the_table(one):
    pack = one("id,n,id\na,1,b\n", REQUIRED, "n:integer")
    (fault,) = pack.faults
    assert "columns 1 and 3" in fault.problem
    assert pack.table("t").empty


def test_a_column_without_a_heading_is_named_by_its_place(one):
    pack = one("id,\na,\n", REQUIRED)
    (fault,) = pack.faults
    assert "column 2 has no heading" in fault.problem
    assert len(pack.table("t")) == 1


def test_a_parquet_table_is_read_in_the_same_types_as_csv(parquet):
    frame = pd.DataFrame({"s": ["a", None], "i": pd.array([1, None], "Int64"), "n": [0.5, None],
                          "b": pd.array([True, None], "boolean"), "d": pd.to_datetime(["2023-03-31", None])})  # fmt: skip
    table = pa.Table.from_pandas(frame)
    pack = parquet(table, "s", "i:integer", "n:number", "b:boolean", "d:date")
    assert pack.faults == ()
    got = pack.table("t")
    assert got.dtypes.astype(str).tolist() == ["str", "Int64", "float64", "boolean", "datetime64[s]"]
    pd.testing.assert_frame_equal(got, frame.astype(got.dtypes))


def test_limits_are_held_in_parquet_too_with_the_same_row_numbers(parquet):
    table = pa.table({"s": [" a", "b", None], "i": [1, 9, 2]})
    limited = {"name": "i", "type": "integer", "constraints": {"maximum": 5}}
    pack = parquet(table, {"name": "s", "constraints": {"required": True}}, limited)
    assert places(pack) == [(2, "s", " a"), (3, "i", "9"), (4, "s", None)]


def test_a_parquet_column_of_another_type_is_one_fault(parquet):
    pack = parquet(pa.table({"id": ["a", "b"], "n": ["1", "2"]}), "id", "n:integer")
    (fault,) = pack.faults
    assert "stored as string, not as integer" in str(fault)
    assert pack.table("t")["n"].isna().all()


def test_a_parquet_column_with_times_of_day_is_no_date(parquet):
    times = pa.array([pd.Timestamp("2023-03-31 10:00"), None])
    pack = parquet(pa.table({"d": times}), "d:date")
    assert "times of day" in str(pack.faults[0])


def test_an_infinite_number_in_parquet_is_a_fault(parquet):
    pack = parquet(pa.table({"n": [1.0, float("inf")]}), "n:number")
    assert [fault.row for fault in pack.faults] == [3]


def test_damaged_parquet_is_a_fault(parquet, tmp_path):
    parquet(pa.table({"n": [1]}), "n:integer")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    assert "can't be read as Parquet" in str(open_pack(tmp_path).faults[0])


def test_a_file_that_may_not_be_read_is_a_fault(one, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("the superuser may read every file")
    (tmp_path / "t.csv").write_text("id\na\n")
    (tmp_path / "t.csv").chmod(0)
    assert "cannot be read" in str(one(None, "id").faults[0])
