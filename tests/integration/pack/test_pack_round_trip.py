"""What pandas writes out of typed frames reads back equal."""

from __future__ import annotations

import string

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from svdash.tables.values import DTYPES, parse
from tests.examples import examples

SIZES = {"min_size": 1, "max_size": 30}
DAYS = st.dates().map(pd.Timestamp)
# What the check refuses by design is left out: spaces around a value, a leading =, control characters.
TEXT = st.text(alphabet=string.ascii_letters + string.digits + " ,;\"'\n£€é漢-", min_size=1).filter(
    lambda text: text == text.strip() and not text.startswith("=")
)
VALUES = {
    "string": TEXT,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": DAYS,
}


@st.composite
def frames(draw):
    size = draw(st.integers(1, 12))
    columns = {}
    for kind, values in VALUES.items():
        cells = draw(st.lists(st.none() | values, min_size=size, max_size=size))
        columns[kind] = pd.Series(cells, dtype=DTYPES[kind])
    # One column that is never blank: a row of nothing but blanks is a blank row.
    return pd.DataFrame({"key": pd.Series([f"k{number}" for number in range(size)], dtype="str"), **columns})


@given(frames())
@examples(2 / 3)
def test_a_typed_frame_written_by_to_csv_reads_back_equal(written_pack, frame):
    pack = written_pack(frame)
    assert pack.faults == ()
    pd.testing.assert_frame_equal(pack.table("t"), frame)


@given(st.lists(st.none() | VALUES["number"], **SIZES))
def test_numbers_are_read_to_the_last_bit(values):
    text = pd.Series([None if value is None else repr(value) for value in values], dtype="str")
    read, bad = parse("number", text)
    assert not bad.any()
    pd.testing.assert_series_equal(read, pd.Series(values, dtype="float64"), check_exact=True)


@given(st.lists(st.none() | DAYS, **SIZES))
def test_dates_of_all_years_are_read(days):
    text = pd.Series(
        [None if day is None else f"{day.date():%Y-%m-%d}".rjust(10, "0") for day in days], dtype="str"
    )
    read, bad = parse("date", text)
    assert not bad.any()
    assert [None if pd.isna(day) else day for day in read] == days


@given(st.lists(st.text(max_size=12), **SIZES))
def test_a_text_is_a_number_where_python_takes_it_as_a_finite_one_written_in_plain_digits(texts):
    read, bad = parse("number", pd.Series(texts, dtype="str"))
    for text, value, wrong in zip(texts, read, bad, strict=True):
        if not wrong:
            assert set(text) <= set("+-.eE0123456789")
            assert value == float(text)


@given(st.lists(st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"), **SIZES))
def test_a_day_is_read_if_and_only_if_the_calendar_has_it(texts):
    _, bad = parse("date", pd.Series(texts, dtype="str"))
    assert bad.tolist() == [not _exists(text) for text in texts]


def _exists(text):
    year, month, day = map(int, text.split("-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return year > 0 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1]
