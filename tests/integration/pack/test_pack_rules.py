"""Rules between the cells of a row."""

from __future__ import annotations

import pytest

YEAR = {"name": "year", "constraints": {"pattern": "^20[0-9]{2}/[0-9]{2}$"}}
PERIOD = {"name": "period", "constraints": {"pattern": "^20[0-9]{2}/[0-9]{2}( Q[1-4]| H[12])?$"}}


def broken(pack):
    return [(fault.row, fault.column) for fault in pack.faults]


def test_a_numerator_is_not_greater_than_its_denominator(one):
    pack = one("numerator,denominator\n5,5\n6,5\n,5\n5,\n0,0\n", "numerator:integer", "denominator:integer")
    assert [str(fault) for fault in pack.faults] == [
        (
            "t, row 3, column numerator: '6' is greater than the denominator. "
            "A part can't be more than the whole: correct one of the two."
        )
    ]


def test_numerator_and_denominator_in_words_are_not_compared(one):
    pack = one("numerator,denominator\nwomen,all staff\n", "numerator", "denominator")
    assert pack.faults == ()


def test_a_figure_needs_a_value_or_a_numerator(one):
    pack = one("id,value,numerator\na,1.5,\nb,,3\nc,,\n", "id", "value:number", "numerator:integer")
    assert broken(pack) == [(4, "value")]
    assert pack.faults[0].value is None


def test_ranks_of_one_edition_only_stand_in_a_table(one):
    pack = one("code,vintage,rank\na,2019,1\nb,2025,2\nc,2019,3\n", "code", "vintage", "rank:integer")
    assert broken(pack) == [(3, "vintage")]
    assert "not the edition of most areas, which is 2019" in str(pack.faults[0])


@pytest.mark.parametrize(
    ("period", "sound"),
    [
        ("2022/23", True),
        ("2022/23 Q4", True),
        ("2022/23 H1", True),
        ("2021/22", False),
        ("2023/24 Q1", False),
    ],
)
def test_a_period_lies_in_its_year(one, period, sound):
    pack = one(f"year,period\n2022/23,{period}\n", YEAR, PERIOD)
    assert broken(pack) == ([] if sound else [(2, "period")])


@pytest.mark.parametrize(
    ("as_at", "sound"),
    [("2022-03-31", False), ("2022-04-01", True), ("2023-03-31", True), ("2023-04-01", False), ("", True)],
)
def test_an_as_at_date_lies_in_the_financial_year_from_april_to_march(one, as_at, sound):
    pack = one(f"year,as_at\n2022/23,{as_at}\n", YEAR, "as_at:date")
    assert broken(pack) == ([] if sound else [(2, "as_at")])
    if not sound:
        assert "2022-04-01 to 2023-03-31" in pack.faults[0].remedy


@pytest.mark.parametrize(
    ("year", "right"), [("2022/24", "2022/23"), ("2099/99", "2099/00"), ("2022/22", "2022/23")]
)
def test_the_two_parts_of_a_year_follow_each_other(one, year, right):
    pack = one(f"target_year\n{year}\n{right}\n", {**YEAR, "name": "target_year"})
    (fault,) = pack.faults
    assert (fault.row, fault.value, fault.remedy) == (2, year, f"Write {right}.")


def test_a_free_year_column_may_hold_what_its_source_says(one):
    pack = one("year\n2019/21\n2020\n", "year")
    assert pack.faults == ()


@pytest.mark.parametrize(
    ("period", "too_early", "first_day"),
    [
        ("2022/23 Q1", "2022-03-31", "2022-04-01"),
        ("2022/23 Q2", "2022-06-30", "2022-07-01"),
        ("2022/23 Q3", "2022-09-30", "2022-10-01"),
        ("2022/23 Q4", "2022-12-31", "2023-01-01"),
        ("2022/23 H2", "2022-09-30", "2022-10-01"),
        ("2022/23", "2022-03-31", "2022-04-01"),
    ],
)
def test_nothing_is_reported_before_its_period_begins(one, period, too_early, first_day):
    pack = one(
        f"period,reported_on\n{period},{too_early}\n{period},{first_day}\n", PERIOD, "reported_on:date"
    )
    assert broken(pack) == [(2, "reported_on")]
    assert f"on {first_day}" in pack.faults[0].problem


@pytest.mark.parametrize(
    ("period", "latest", "too_late"),
    [
        ("2022/23 Q1", "2027-06-30", "2027-07-01"),
        ("2022/23 H1", "2027-09-30", "2027-10-01"),
        ("2022/23 Q4", "2028-03-31", "2032-05-01"),
        ("2022/23", "2028-03-31", "2028-04-01"),
    ],
)
def test_what_is_reported_years_after_its_period_is_a_year_mistyped(one, period, latest, too_late):
    pack = one(f"period,reported_on\n{period},{too_late}\n{period},{latest}\n", PERIOD, "reported_on:date")
    assert broken(pack) == [(2, "reported_on")]
    assert pack.faults[0].problem == f"is more than 5 years after {period} ended"


def test_an_accreditation_does_not_expire_before_it_is_awarded(one):
    pack = one(
        "awarded,expires\n2022-01-01,2021-12-31\n2022-01-01,2022-01-01\n2022-01-01,\n",
        "awarded:date",
        "expires:date",
    )
    assert broken(pack) == [(2, "expires")]


def test_a_cell_that_can_not_be_read_breaks_no_rule_beside_its_own_fault(one):
    pack = one(
        "year,as_at,period\n2022-23,2022-05-01,2022/23\n2022/23,soon,2022/23\n", YEAR, "as_at:date", PERIOD
    )
    assert broken(pack) == [(2, "year"), (3, "as_at")]
