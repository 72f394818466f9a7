"""What rows of Local economy and Equality gaps say they are of, once they are taken away from their page."""

from __future__ import annotations

import pandas as pd
import pytest

from svdash.findings.open_data import open_tables
from svdash.register import ALL, Framework, View
from svdash.tables import Pack

YEARS = ("2024/25", "2025/26")
BEFORE, PART_YEAR = "2023/24", "2026/27"
OF_ONE_YEAR = (
    "economy-places",
    "economy-kinds",
    "economy-concentration",
    "economy-suppliers",
    "economy-unreached",
)
OF_YEARS = ("economy-retained", "economy-contracts")
ON_A_DAY = ("equality-workforce", "equality-pay-groups", "equality-pay-split")
COMPARED = (*ON_A_DAY, "equality-recruitment", "equality-services")
CHOSEN = (*COMPARED, "equality-owners", "equality-owners-answers")


def taken(pack: Pack, name: str, view: View, **asked: str) -> pd.DataFrame:
    """Return the rows of a table as they are served, and see that a page shows none of what they say beside."""
    table = next(each for each in open_tables.every_table(pack) if each.name == name)
    own = {n: str(about.default) for n, about in table.parameters.items()}
    found = table.build(pack, view, own | asked)
    rows = found.export()
    assert len(rows)
    assert list(found.table().columns) == list(found.columns.values())
    assert list(rows.columns) == list(found.typed().drop(columns="marker", errors="ignore").columns)
    return rows


def only(rows: pd.DataFrame, column: str) -> str:
    (said,) = set(rows[column])
    return str(said)


@pytest.mark.parametrize("name", OF_ONE_YEAR)
def test_money_taken_away_says_its_year_and_whose_programmes_it_is(pack: Pack, name: str) -> None:
    assert Framework.of(pack).calendar.is_part(PART_YEAR)
    for year in (*YEARS, PART_YEAR):
        rows = taken(pack, name, View(year=year))
        assert only(rows, "year") == year
        assert only(rows, "part_year") == ("yes" if year == PART_YEAR else "no")
        assert not {"compared", "of_role", "of_commitment"} & set(rows)
    rows = taken(pack, name, View(year=YEARS[1], role="investor"))
    assert only(rows, "of_role") == "investor"


@pytest.mark.parametrize("name", OF_YEARS)
def test_money_by_year_keeps_its_own_years(pack: Pack, name: str) -> None:
    rows = taken(pack, name, View(year=YEARS[1]))
    assert len(set(rows["year"])) == len(rows) > 1
    assert not {"part_year", "of_role"} & set(rows)
    assert only(taken(pack, name, View(year=YEARS[1], role="investor")), "of_role") == "investor"


@pytest.mark.parametrize("name", ["economy-places", "economy-kinds"])
def test_a_share_then_is_that_of_the_year_it_says_it_is_compared_with(pack: Pack, name: str) -> None:
    for then in (BEFORE, YEARS[0]):
        rows = taken(pack, name, View(year=YEARS[1], compare=then))
        assert (only(rows, "year"), only(rows, "compared")) == (YEARS[1], then)
        label = rows.columns[0]
        shares = taken(pack, name, View(year=then)).set_index(label)["share"]
        both = rows.set_index(label)
        common = [code for code in both.index if code in shares.index]
        assert len(common) > 1
        assert list(both.loc[common, "share_then"]) == list(shares[common])
    assert "compared" not in taken(pack, name, View(year=PART_YEAR, compare=YEARS[1]))


@pytest.mark.parametrize("name", CHOSEN)
def test_groups_taken_away_say_their_characteristic_and_year(pack: Pack, name: str) -> None:
    for year in YEARS:
        for code, told in (("sex", "sex"), ("ethnic-group", "ethnic group")):
            rows = taken(pack, name, View(year=year), characteristic=code)
            assert only(rows, "characteristic") == told
            if name == "equality-recruitment":
                # Three years together stand beside the year, where there are three.
                three = f"{int(year[:4]) - 2}/{int(year[2:4]) - 1} to {year}"
                assert set(rows["year"]) in ({year}, {year, three})
            else:
                assert only(rows, "year") == year
            if name in ON_A_DAY:
                assert only(rows, "as_at") == f"20{year[-2:]}-03-31"
                assert "part_year" not in rows
            else:
                assert only(rows, "part_year") == "no"


def test_rows_say_the_year_that_they_are_of_where_the_one_asked_for_has_no_figures_yet(pack: Pack) -> None:
    rows = taken(pack, "equality-workforce", View(year=PART_YEAR))
    assert (only(rows, "year"), only(rows, "as_at")) == (YEARS[1], "2026-03-31")


@pytest.mark.parametrize("name", COMPARED)
def test_groups_taken_away_say_which_group_they_are_compared_with(pack: Pack, name: str) -> None:
    labels = Framework.of(pack).vocabulary.labels("group")
    for group in ("women", "men"):
        rows = taken(pack, name, View(year=YEARS[1]), characteristic="sex", reference=group)
        assert only(rows, "compared_with") == labels[f"sex={group}"]
        own = rows[rows["group_label"] == labels[f"sex={group}"]]
        for column, alike in (("beside_reference", "1.00"), ("mean_gap", "0.0")):
            if column in rows:
                assert set(own[column]) == {alike}
        if name == "equality-pay-split":
            assert own.empty
    if name != "equality-services":
        assert only(rows, "organisation") in Framework.of(pack).vocabulary.labels("organisation").values()


def test_a_target_and_reach_over_deprivation_say_what_they_are_of(pack: Pack) -> None:
    for year in (*YEARS, PART_YEAR):
        rows = taken(pack, "equality-gradient", View(year=year))
        assert only(rows, "year") == year
        assert only(rows, "part_year") == ("yes" if year == PART_YEAR else "no")
    rows = taken(pack, "equality-target", View(year=YEARS[1]))
    assert only(rows, "title") == Framework.of(pack).indicator(only(rows, "indicator"))["title"]
    assert not {"year", "as_at"} & set(rows)


def test_what_is_not_known_says_as_at_which_year_and_of_whose_indicators(pack: Pack) -> None:
    for year in YEARS:
        assert only(taken(pack, "data-gaps", View(year=year)), "year") == year
        assert only(taken(pack, "equality", View(year=year)), "up_to") == year
    assert (
        only(taken(pack, "equality", View(year=ALL)), "up_to")
        == Framework.of(pack).calendar.until.isoformat()
    )
    assert only(taken(pack, "data-gaps-share", View(role="employer")), "of_role") == "employer"
