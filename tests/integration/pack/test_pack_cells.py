"""Every kind of fault in a cell: found, placed and remedied."""

from __future__ import annotations

import pandas as pd
import pytest

DUE = {"name": "due", "type": "date"}


def faults(pack):
    return [str(fault) for fault in pack.faults]


def test_a_fault_reads_as_a_sentence_with_place_value_and_remedy(one):
    pack = one("id,due\na,31/02/2023\n", "id", DUE)
    assert faults(pack) == [
        "t, row 2, column due: '31/02/2023' is not a date. Write it as YYYY-MM-DD, for example 2023-03-31."
    ]


def test_a_fault_shortens_a_long_value_and_escapes_control_characters(one):
    pack = one(f'n\n{"x" * 1_000_000}\n"1\n\x1b[31m"\n', "n:integer")
    long, control = pack.faults[0], pack.faults[1]
    assert len(long.value) == 80
    assert long.value.endswith("…")
    assert "\x1b" not in str(control)
    assert "\n" not in str(control)


def test_types_of_the_frame_are_those_that_are_promised(one):
    pack = one(
        "s,i,n,b,d\ntext,-5,+1.5e-3,true,1066-10-14\n,,,,\nx,007,.5,FALSE,9999-12-31\n",
        "s", "i:integer", "n:number", "b:boolean", "d:date",
    )  # fmt: skip
    frame = pack.table("t")
    # the blank row in the middle is a fault of its own
    assert [fault.row for fault in pack.faults] == [3]
    assert frame.dtypes.astype(str).to_dict() == {
        "s": "str", "i": "Int64", "n": "float64", "b": "boolean", "d": "datetime64[s]"
    }  # fmt: skip
    assert frame["i"].tolist() == [-5, 7]
    assert frame["n"].tolist() == [0.0015, 0.5]
    assert frame["b"].tolist() == [True, False]
    assert frame["d"].tolist() == [pd.Timestamp("1066-10-14"), pd.Timestamp("9999-12-31")]


def test_an_empty_cell_is_missing_and_no_fault(one):
    pack = one("s,i,n,b,d,e\n,,,,,x\n", "s", "i:integer", "n:number", "b:boolean", "d:date", "e")
    assert pack.faults == ()
    assert pack.table("t").isna().iloc[0].tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("kind", "value", "remedy"),
    [
        ("number", "1,234", "Write 1234,"),
        ("number", "£1,200.50", "Write 1200.50,"),
        ("number", "45%", "Write 45,"),
        ("number", "(300)", "Write -300,"),
        ("number", "−3", "Write -3,"),
        ("number", "1,5", "Write digits only, for example 1234.5."),
        ("number", "n/a", "Leave the cell empty"),
        ("number", "[c]", "Leave the cell empty"),
        ("number", "NaN", "Leave the cell empty"),
        ("number", "inf", "Leave the cell empty"),
        ("number", "1e999", "Check the number of digits."),
        ("number", "٣", "Leave the cell empty"),
        ("integer", "12.0", "Write 12, without decimals."),
        ("integer", "1,200.0", "Write 1200, without signs"),
        ("integer", "12.5", "Write it without decimals."),
        ("integer", "0x10", "Write digits only, for example 1234."),
        ("integer", "9223372036854775808", "Check the number of digits."),
        ("boolean", "yes", "Write true or false."),
        ("date", "2023-02-30", "There is no such day"),
        ("date", "28/02/2023", "2023-02-28, if that is the date meant."),
        ("date", "03/04/2023", "2023-04-03 if the day comes first, 2023-03-04 if the month does."),
        ("date", "1.4.2023", "2023-04-01 if the day comes first"),
        ("date", "31 March 2023", "2023-03-31"),
        ("date", "31-Mar-23", "2023-03-31"),
        ("date", "2023-03-31 00:00:00", "2023-03-31"),
        ("date", "2023-03-31T10:20:30", "2023-03-31"),
        ("date", "45016", "2023-03-31"),
        ("date", "0000-01-01", "no such day"),
        ("date", "soon", "for example 2023-03-31"),
        ("date", "２０２３-03-31", "2023-03-31, if that is"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_what_to_write(one, kind, value, remedy):
    pack = one(f'id,v\na,"{value}"\n', "id", f"v:{kind}")
    (fault,) = pack.faults
    assert (fault.table, fault.row, fault.column, fault.value) == ("t", 2, "v", value)
    assert remedy in fault.remedy
    assert pack.table("t").empty
    assert pack.withheld("t") == 1


def test_the_largest_and_smallest_integers_are_read_exactly(one):
    pack = one("n\n9223372036854775807\n-9223372036854775808\n", "n:integer")
    assert pack.faults == ()
    assert pack.table("t")["n"].tolist() == [2**63 - 1, -(2**63)]


def test_a_blank_in_a_required_column_is_a_fault_without_a_value(one):
    pack = one("id,v\na,\n", "id", {"name": "v", "constraints": {"required": True}})
    assert faults(pack) == [
        "t, row 2, column v: the cell is blank but needs a value. Fill it in, or delete the row."
    ]


@pytest.mark.parametrize(
    ("constraints", "good", "bad", "said"),
    [
        ({"pattern": "^[A-Z]+-D[0-9]$"}, "EMP-D1", "EMP-X1", "for example EMP-D1"),
        ({"pattern": "a|b"}, "b", "bc", "pattern a|b"),
        (
            {"enum": ["day-one", "aspiration"]},
            "aspiration",
            "day one",
            "Did you mean 'day-one'? Allowed: day-one, asp",
        ),
        ({"maxLength": 3}, "abc", "abcd", "Shorten it: it has 4."),
        ({"minLength": 3}, "abc", "ab", "Write it out: it has 2."),
    ],
)
def test_a_limit_on_text_is_held(one, constraints, good, bad, said):
    pack = one(f"v\n{good}\n{bad}\n", {"name": "v", "constraints": constraints})
    (fault,) = pack.faults
    assert (fault.row, fault.value) == (3, bad)
    assert said in str(fault)
    assert pack.table("t")["v"].tolist() == [good]


@pytest.mark.parametrize(
    ("kind", "low", "high", "below", "above"),
    [("integer", 1, 5, "0", "6"), ("number", 0.5, "2.5", "0.49", "2.51"),
     ("date", "2020-01-01", "2020-12-31", "2019-12-31", "2021-01-01")],
)  # fmt: skip
def test_a_minimum_and_a_maximum_are_themselves_allowed(one, kind, low, high, below, above):
    field = {"name": "v", "type": kind, "constraints": {"minimum": low, "maximum": high}}
    pack = one(f"v\n{below}\n{low}\n{high}\n{above}\n", field)
    assert [(fault.row, fault.value) for fault in pack.faults] == [(2, below), (5, above)]
    assert f"smallest value allowed, {low}" in str(pack.faults[0])
    assert len(pack.table("t")) == 2


def test_allowed_values_of_a_number_are_compared_as_numbers(one):
    pack = one("v\n1\n1.0\n2.5\n3\n", {"name": "v", "type": "number", "constraints": {"enum": [1, "2.5"]}})
    assert [fault.value for fault in pack.faults] == ["3"]


def test_spaces_around_a_value_are_a_fault_and_hide_no_other(one):
    pack = one("id,due\n a,2023-13-01 \n", "id", DUE)
    assert [(fault.column, fault.value, fault.problem) for fault in pack.faults] == [
        ("id", " a", "has spaces before or after it"),
        ("due", "2023-13-01 ", "has spaces before or after it"),
        ("due", "2023-13-01 ", "is not a date"),
    ]


def test_a_formula_is_a_fault_in_a_text_column(one):
    pack = one('v\n"=HYPERLINK(""x"")"\na = b\n', "v")
    assert [(fault.row, fault.value) for fault in pack.faults] == [(2, '=HYPERLINK("x")')]


@pytest.mark.parametrize(("value", "sound"), [("https://a.org/x?y=1", True), ("a.org", False), ("https://a b", False),
                                              ("http://[", False), ("", True)])  # fmt: skip
def test_a_web_address_must_be_whole(one, value, sound):
    pack = one(f"id,v\na,{value}\n", "id", {"name": "v", "format": "uri"})
    assert (pack.faults == ()) is sound


def test_a_cell_of_several_values_has_no_gaps_and_no_repeats(one):
    pack = one("v\na; b\na; ; b\na;\na; a\na;b\n", {"name": "v", "separator": "; "})
    assert [(fault.row, fault.problem[:12]) for fault in pack.faults] == [
        (3, "has an empty"), (4, "has an empty"), (5, "names a valu"),
    ]  # fmt: skip
    assert pack.table("t")["v"].tolist() == ["a; b", "a;b"]


def test_other_marks_for_missing_and_for_truth_are_taken_from_the_descriptor(one):
    field = {"name": "v", "type": "boolean", "trueValues": ["Y"], "falseValues": ["N"]}
    pack = one("v,n\nY,-\nN,2\ntrue,3\n", field, "n:integer", missingValues=["", "-"])
    assert [(fault.row, fault.value, fault.remedy) for fault in pack.faults] == [(4, "true", "Write Y or N.")]
    assert pack.table("t")["n"].tolist() == [pd.NA, 2]


def test_many_faults_of_one_kind_are_counted_after_the_first_thousand(one):
    pack = one("n\n" + "x\n" * 1_500, "n:integer")
    assert len(pack.faults) == 1_001
    assert (pack.faults[-1].row, pack.faults[-1].problem) == (
        1_002,
        "rows from this one on with the same fault as row 1001: 500",
    )
    assert pack.withheld("t") == 1_500


def test_all_faults_of_a_row_are_told_at_once_in_the_order_of_the_columns(one):
    pack = one("a,b,c\nx,2023,\n", "a:integer", "b:date", {"name": "c", "constraints": {"required": True}})
    assert [fault.column for fault in pack.faults] == ["a", "b", "c"]
    assert pack.withheld("t") == 1
