"""Headings of tables made for people, kinds of columns by their headings, and names of places in any spelling."""

from __future__ import annotations

import re

import pytest

from svdash.workbench import personal_data
from svdash.workbench.known_places import Places, are_postcodes, census, folded, kind_of_codes
from svdash.workbench.table_heads import heads


@pytest.mark.parametrize(
    ("rows", "names", "below"),
    [
        ([["Area", "People"], ["Halton", "3"]], ["Area", "People"], 1),
        ([["Table 1"], [], ["Area", "2023", "2024"], ["Halton", "3", "4"]], ["Area", "2023", "2024"], 3),
        (
            [["", "Men", "", "Women"], ["Area", "n", "%", "n", "%"], ["Halton", "3", "1", "4", "2"]],
            ["Area", "Men: n", "Men: %", "Women: n", "Women: %"],
            2,
        ),
        (
            [["Area", "Year", "Men", ""], ["", "", "n", "%"], ["Halton", "2024", "1", "4"]],
            ["Area", "Year", "Men: n", "Men: %"],
            2,
        ),
        ([["Area", "Value", "value", ""], ["a", "1", "2", "3"]], ["Area", "Value", "value (2)", "column 4"], 1),
    ],
    ids=["plain", "title-and-years", "merged-over-all", "merged-over-some", "one-name-twice"],
)  # fmt: skip
def test_headings_are_found_and_each_column_has_one_name(
    rows: list[list[str]], names: list[str], below: int
) -> None:
    found = heads(rows)
    assert found is not None
    assert (found.names, found.below) == (names, below)


def test_a_table_without_headings_is_told() -> None:
    found = heads([["12", "34"], ["56", "78"]])
    assert found is not None
    assert [each.code for each in found.remarks] == ["figures-for-headings"]


def test_what_was_done_to_headings_is_told_with_a_remedy() -> None:
    merged = heads([["", "Men", ""], ["Area", "n", "%"], ["Halton", "3", "1"]])
    doubled = heads([["Area", "Value", "Value"], ["a", "1", "2"]])
    assert merged is not None
    assert doubled is not None
    (about_merged,), (about_doubled,) = merged.remarks, doubled.remarks
    assert "rows 1 and 2" in about_merged.words
    assert "'Men'" in about_merged.words
    assert "'Value (2)'" in about_doubled.words
    assert about_merged.remedy
    assert about_doubled.remedy


@pytest.mark.parametrize(
    "name",
    ["St. Helens", "St Helens", "ST HELENS", "St Helens MBC", "Saint Helens", "St. Helens Council", "St Helen's",
     "Metropolitan Borough of St Helens", "St Helens (Met District)", "St  Helens Metropolitan Borough Council"],
)  # fmt: skip
def test_a_district_is_known_in_any_spelling(name: str) -> None:
    places = Places({folded("St. Helens"): "E08000013"}, {"E08000013": "St. Helens"})
    assert places.code(name) == "E08000013"


@pytest.mark.parametrize("name", ["St Albans", "Helens", "Liverpool City Region", "", "St Helens and Wirral"])
def test_another_place_is_not_taken_for_a_district(name: str) -> None:
    places = Places(
        {folded("St. Helens"): "E08000013", folded("Liverpool"): "E08000012"},
        {"E08000013": "St. Helens", "E08000012": "Liverpool"},
    )
    assert places.code(name) is None


def test_the_census_of_a_code_is_told_where_only_one_has_it() -> None:
    both = Places(
        names={}, censuses={"E01006412": ("2011", "2021"), "E01006500": ("2011",), "E01033999": ("2021",)}
    )
    assert census("E01033999", both) == "2021"
    assert census("E01006500", both) == "2011"
    assert census("E01006412", both) == ""
    assert census("E01034000", Places()) == "2021"
    assert census("E01006500", Places(censuses={"E01006500": ("2011",)})) == ""


def test_codes_and_postcodes_are_told_from_other_words() -> None:
    assert kind_of_codes(["E01006412", "E01006413", "E01006414", "E01006415", "n/a"]) == "LSOA"
    assert kind_of_codes(["E08000012", "E06000006"]) == "local authority"
    assert kind_of_codes(["Halton", "E08000012"]) == ""
    assert are_postcodes(["L1 8JQ", "ch41 1aa", "WA103TT"])
    assert not are_postcodes(["Halton", "L1 8JQ"])


@pytest.mark.parametrize(
    ("heading", "what"),
    [("Surname", "names of people"), ("Employee name", "names of people"), ("D.O.B.", "days of birth"), ("NI Number", "National Insurance numbers"),
     ("Mobile", "telephone numbers"), ("E-mail address", "e-mail addresses"), ("District name", ""), ("Mobility", ""), ("Telephony spend", "")],
)  # fmt: skip
def test_headings_tell_personal_data(heading: str, what: str) -> None:
    assert personal_data.by_heading(heading) == what


@pytest.mark.parametrize(
    ("text", "what"),
    [("write to jo.bloggs@example.org", "e-mail addresses"), ("QQ 12 34 56 C", ""), ("AB123456C", "National Insurance numbers"),
     ("rang 0151 496 0123 twice", "telephone numbers"), ("+44 7700 900123", "telephone numbers"), ("E01006412", ""), ("order 20240101", ""),
     ("2024-01-01", "")],
)  # fmt: skip
def test_values_tell_personal_data(text: str, what: str) -> None:
    found = [name for name, pattern in personal_data.PATTERNS.items() if re.search(pattern, text)]
    assert found == ([what] if what else [])


def test_names_of_people_are_told_by_their_first_names_and_places_are_not() -> None:
    people = ["John Smith", "Aisha Khan", "SMITH, Mary", "Dr Priya Patel", "Zxcv Qwer"]
    assert personal_data.by_values("lead", people) == "names of people"
    assert personal_data.by_values("supplier", people) == ""
    assert personal_data.by_values("where", ["St Helens", "Halton", "Ellesmere Port", "Birkenhead"]) == ""
