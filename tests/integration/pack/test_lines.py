"""The lines behind reach and spend: official areas as published, and illustrative lines as the script makes them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as papq
import pytest
import shapely

from tests.copies import ROOT

DATA = ROOT / "data"
SCRIPT = ROOT / "tools" / "make_lines.py"
MADE = ("payments.parquet", "contacts.parquet", "contracts.csv", "places.csv")
GIVEN = ("areas.csv", "boundaries.geojson", "programmes.csv", "towns.csv")
FULL_YEARS = ["2022/23", "2023/24", "2024/25", "2025/26"]
THIRD_SECTOR = ["vcse", "community-suppliers-list"]
LIVERPOOL, SEFTON, WIRRAL = "E08000012", "E08000014", "E08000015"


def run(data: Path, out: Path, hash_seed: str = "1") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--data", str(data), "--out", str(out)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


def years(dates: pd.Series) -> pd.Series:
    """Financial years, as 2022/23."""
    dates = pd.to_datetime(dates)
    first = dates.dt.year - (dates.dt.month < 4)
    return first.astype(str) + "/" + ((first + 1) % 100).astype(str).str.zfill(2)


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_csv(DATA / "areas.csv").set_index("code")


@pytest.fixture(scope="module")
def shapes() -> dict[str, shapely.Geometry]:
    found = json.loads((DATA / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    return {each["properties"]["code"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in found}


@pytest.fixture(scope="module")
def programmes() -> pd.DataFrame:
    return pd.read_csv(DATA / "programmes.csv").set_index("id")


@pytest.fixture(scope="module")
def payments(programmes) -> pd.DataFrame:
    lines = pd.read_parquet(DATA / "payments.parquet")
    return lines.assign(year=years(lines["date"]), buys=lines["programme"].map(programmes["buys"]))


@pytest.fixture(scope="module")
def contacts(areas) -> pd.DataFrame:
    lines = pd.read_parquet(DATA / "contacts.parquet")
    return lines.assign(year=years(lines["date"]), decile=lines["area"].map(areas["decile"]))


@pytest.fixture(scope="module")
def contracts() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "contracts.csv", parse_dates=["start"])
    return rows.assign(year=years(rows["start"]), above=rows["value_pence"] > 2_000_000)


@pytest.fixture(scope="module")
def indicators() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "observations_illustrative.csv")
    return rows[(rows["characteristic"] == "all") & rows["year"].isin(FULL_YEARS)]


@pytest.fixture(scope="module")
def pounds(payments) -> pd.DataFrame:
    """Pounds by programme and year."""
    return payments.pivot_table("amount_pence", "programme", "year", aggfunc="sum", fill_value=0) / 100


def yearly(indicators: pd.DataFrame, indicator: str) -> pd.Series:
    """Percent by year, quarters taken together; values where there are no counts."""
    rows = indicators[indicators["indicator"] == indicator].groupby("year")
    sums = rows[["value", "numerator", "denominator"]].sum()
    return sums["value"].where(sums["denominator"] == 0, sums["numerator"] / sums["denominator"] * 100)


# Official tables


def test_there_are_989_areas_and_335_of_them_are_in_the_most_deprived_tenth(areas):
    assert (len(areas), int((areas["decile"] == 1).sum())) == (989, 335)


def test_liverpool_has_145_of_its_298_areas_in_the_most_deprived_tenth(areas):
    own = areas[areas["district"] == LIVERPOOL]
    assert (int((own["decile"] == 1).sum()), len(own)) == (145, 298)


def test_the_residents_of_mid_2015_sum_to_1526817(areas):
    assert areas["population"].sum() == 1_526_817


def test_deciles_follow_from_ranks_among_all_areas_of_england(areas):
    assert (np.ceil(areas["rank"] * 10 / 32_844) == areas["decile"]).all()


def test_a_middle_layer_area_is_named_as_its_areas_and_lies_in_one_district(areas):
    assert all(name[:-1] == msoa for name, msoa in zip(areas["name"], areas["msoa"], strict=True))
    assert areas.groupby("msoa")["district"].nunique().eq(1).all()


def test_every_area_has_one_valid_boundary_that_carries_its_code_alone(areas, shapes):
    found = json.loads((DATA / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    assert sorted(each["properties"]["code"] for each in found) == sorted(areas.index)
    assert {tuple(each["properties"]) for each in found} == {("code",)}
    assert all(shape.is_valid for shape in shapes.values())


def test_towns_lie_in_the_district_they_claim_and_those_outside_in_none(areas, shapes):
    towns, codes = pd.read_csv(DATA / "towns.csv"), list(shapes)
    tree = shapely.STRtree(list(shapes.values()))
    for town in towns.to_dict("records"):
        hits = tree.query(shapely.Point(town["longitude"], town["latitude"]), predicate="within")
        found = {areas.loc[codes[hit], "district"] for hit in hits}
        assert found == (set() if town["outside"] else {town["district"]}), town["name"]
        assert town["outside"] == pd.isna(town["district"]), town["name"]


def test_there_is_a_town_of_every_district_and_size(areas):
    towns = pd.read_csv(DATA / "towns.csv")
    assert set(towns["district"].dropna()) == set(areas["district"])
    assert set(towns["size"]) == {1, 2, 3}


# Programmes


def test_every_programme_has_the_lines_that_its_flags_promise_and_no_others(programmes, payments, contacts):
    assert set(payments["programme"]) == set(programmes.index[programmes["has_money"]])
    assert set(contacts["programme"]) == set(programmes.index[programmes["counts_people"]])
    assert (programmes["unit"].notna() == programmes["counts_people"]).all()


def test_every_programme_belongs_to_a_commitment_of_the_register(programmes):
    links = pd.read_csv(DATA / "programme_links.csv")
    register = pd.read_csv(DATA / "commitments.csv")
    assert set(links["programme"]) == set(programmes.index)
    assert set(links["commitment"]) <= set(register["id"])


# The script


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("again")
    done = run(DATA, out, hash_seed="2")
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize("name", MADE)
def test_the_script_makes_the_table_of_the_pack_again_byte_for_byte(again, name):
    assert (again / name).read_bytes() == (DATA / name).read_bytes()


def test_both_files_of_lines_together_are_smaller_than_6_megabytes():
    assert sum((DATA / name).stat().st_size for name in MADE if name.endswith("parquet")) < 6_000_000


@pytest.mark.parametrize("name", ["payments", "contacts"])
def test_lines_carry_no_metadata_of_the_software_that_wrote_them(name):
    assert papq.read_schema(DATA / f"{name}.parquet").metadata is None


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder of what the script reads, to be damaged."""
    for name in GIVEN:
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def test_an_area_without_a_boundary_is_named_and_nothing_is_written(given):
    boundaries = json.loads((given / "boundaries.geojson").read_text(encoding="utf-8"))
    lost = boundaries["features"].pop()["properties"]["code"]
    (given / "boundaries.geojson").write_text(json.dumps(boundaries), encoding="utf-8")
    done = run(given, given / "out")
    assert done.returncode != 0
    assert lost in done.stderr
    assert not (given / "out").exists()


def test_a_programme_that_the_script_knows_nothing_of_is_named(given):
    with (given / "programmes.csv").open("a", encoding="utf-8") as file:
        file.write("moon-shuttle,Moon shuttle,Journeys to the Moon.,false,true,true,,\n")
    done = run(given, given / "out")
    assert done.returncode != 0
    assert "moon-shuttle" in done.stderr


# Payments


def test_a_full_year_has_25000_to_40000_payments(payments):
    lines = payments.groupby("year").size()
    assert lines[FULL_YEARS].between(25_000, 40_000).all()
    assert list(lines.index) == [*FULL_YEARS, "2026/27"]


def test_payments_run_from_april_2022_to_september_2026_on_working_days(payments):
    dates = pd.to_datetime(payments["date"])
    assert (str(dates.min().date()), str(dates.max().date())) == ("2022-04-01", "2026-09-30")
    assert dates.dt.day_of_week.max() == 4


def test_spend_is_more_than_100_and_at_most_150_million_pounds_a_full_year(pounds):
    totals = pounds[FULL_YEARS].sum()
    assert ((totals > 100e6) & (totals <= 150e6)).all()


def test_adult_skills_keep_to_their_published_budgets(pounds):
    spend = pounds.loc["adult-skills-fund"]
    assert 50e6 < spend["2022/23"] < 51e6
    assert 54e6 < spend["2024/25"] <= 57.7e6


def test_the_community_environment_fund_pays_some_400000_pounds_a_year(pounds):
    assert pounds.loc["community-environment-fund", FULL_YEARS].between(0.35e6, 0.5e6).all()


def test_invoices_start_at_500_pounds_and_credit_notes_are_one_or_two_in_a_hundred(payments):
    credit = payments["amount_pence"] < 0
    assert payments.loc[~credit, "amount_pence"].min() >= 50_000
    assert 0.01 < credit.mean() < 0.02


def test_amounts_are_skewed_so_that_the_largest_hundredth_is_above_a_tenth_of_the_money(payments):
    amounts = payments.loc[payments["amount_pence"] > 0, "amount_pence"].sort_values()
    assert amounts.tail(len(amounts) // 100).sum() > 0.1 * amounts.sum()
    assert amounts.mean() > 1.5 * amounts.median()


def test_one_supplier_in_twenty_five_is_redacted_and_nothing_of_it_is_left(payments):
    hidden = payments["supplier"] == "REDACTED"
    assert 0.03 < hidden.mean() < 0.05
    assert payments.loc[hidden, ["supplier_id", "supplier_area", "contract_id"]].isna().all(axis=None)
    assert (payments["supplier_id"].isna() == hidden).all()


def test_individuals_are_never_named(payments):
    assert set(payments.loc[payments["supplier_type"] == "individual", "supplier"]) == {"REDACTED"}


def test_about_one_payment_in_eleven_has_no_known_supplier_address(payments):
    unknown = payments["supplier_place"] == "not-known"
    assert 0.07 < unknown.mean() < 0.11
    assert payments.loc[unknown, "supplier_area"].isna().all()


def test_about_one_payment_in_four_has_no_place_of_benefit_and_none_of_corporate_services_has(payments):
    assert 0.2 < payments["benefit_area"].isna().mean() < 0.3
    assert payments.loc[payments["programme"] == "corporate", "benefit_area"].isna().all()


def test_a_suppliers_area_lies_in_the_district_of_its_place(payments, areas):
    placed = payments.dropna(subset=["supplier_area"])
    assert (placed["supplier_area"].map(areas["district"]) == placed["supplier_place"]).all()


def test_a_supplier_has_one_name_type_and_area(payments):
    named = payments.dropna(subset=["supplier_id"]).groupby("supplier_id")
    assert named[["supplier", "supplier_type", "supplier_area"]].nunique().max().max() == 1
    assert 850 <= len(named) <= 1000


def test_suppliers_are_gathered_in_the_centre_of_liverpool(payments, areas, shapes):
    spend = payments.groupby("supplier_area")["amount_pence"].sum()
    centre = shapely.Point(-2.985, 53.407)
    near = [code for code in spend.index if shapes[code].distance(centre) < 0.02]
    assert (
        spend[near].sum() / spend.sum() > 3 * areas.loc[near, "population"].sum() / areas["population"].sum()
    )


def tenth(payments: pd.DataFrame, areas: pd.DataFrame, programme: str) -> float:
    """Share of a programme's placed money that lands in England's most deprived tenth."""
    own = payments[payments["programme"] == programme].dropna(subset=["benefit_area"])
    there = own["benefit_area"].map(areas["decile"]) == 1
    return own.loc[there, "amount_pence"].sum() / own["amount_pence"].sum()


def test_adult_skills_money_leans_to_the_most_deprived_tenth_and_fibre_does_not(payments, areas):
    residents = areas.loc[areas["decile"] == 1, "population"].sum() / areas["population"].sum()
    assert tenth(payments, areas, "adult-skills-fund") > residents + 0.1
    assert abs(tenth(payments, areas, "lcr-connect") - residents) < 0.06


def test_brownfield_money_lies_in_a_fifth_of_the_areas_at_most(payments, areas):
    own = payments[payments["programme"] == "brownfield-land-fund"]
    assert own["benefit_area"].nunique() < len(areas) / 5


# Contracts


def test_65_percent_of_contracts_above_20000_pounds_of_2022_23_were_scored(contracts):
    own = contracts[contracts["above"] & (contracts["year"] == "2022/23")]
    assert own["social_value_scored"].mean() == 0.65


def test_the_share_of_contracts_scored_rises_every_year(contracts):
    shares = contracts[contracts["above"]].groupby("year")["social_value_scored"].mean()
    assert shares[[*FULL_YEARS, "2026/27"]].is_monotonic_increasing


def test_weightings_go_up_to_10_before_april_2023_and_a_few_fall_below_it_afterwards(contracts):
    since = contracts["start"] >= "2023-04-01"
    assert contracts.loc[~since, "weighting_percent"].max() == 10
    assert 0.01 < (contracts.loc[since, "weighting_percent"].dropna() < 10).mean() < 0.1


def test_a_contract_has_a_weighting_where_it_was_scored_and_only_there(contracts):
    assert (contracts["weighting_percent"].notna() == contracts["social_value_scored"]).all()


def test_there_are_contracts_on_both_sides_of_20000_pounds_in_every_year(contracts):
    sizes = contracts[contracts["year"].isin(FULL_YEARS)].groupby("year")["above"].mean()
    assert sizes.between(0.5, 0.9).all()


def test_payments_under_a_contract_are_its_suppliers_after_its_start_and_within_its_value(
    payments, contracts
):
    paid = payments.dropna(subset=["contract_id"]).merge(contracts, on="contract_id", suffixes=("", "_let"))
    assert (paid["supplier_id"] == paid["supplier_id_let"]).all()
    assert (paid["programme"] == paid["programme_let"]).all()
    assert (pd.to_datetime(paid["date"]) >= paid["start"]).all()
    sums = paid.groupby("contract_id")["amount_pence"].sum()
    assert (sums <= contracts.set_index("contract_id")["value_pence"][sums.index]).all()
    assert set(sums.index) == set(contracts["contract_id"])


def test_small_payments_and_grants_have_no_contract(payments):
    assert payments.loc[payments["amount_pence"].abs() < 100_000, "contract_id"].isna().all()
    assert payments.loc[~payments["buys"], "contract_id"].isna().all()


# Contacts


def test_35480_adult_learners_of_2022_23_of_whom_75_percent_live_in_deciles_1_to_3(contacts):
    own = contacts[(contacts["programme"] == "adult-skills-fund") & (contacts["year"] == "2022/23")]
    assert own["people"].sum() == 35_480
    assert own.loc[own["decile"] <= 3, "people"].sum() == 0.75 * 35_480


def test_some_330000_pass_holders_a_year_come_in_one_line_an_area(contacts):
    own = contacts[contacts["programme"] == "concessionary-travel"]
    assert own.groupby("year")["people"].sum().between(325_000, 340_000).all()
    assert own.dropna(subset=["area"]).groupby(["year", "area"]).size().max() == 1


def test_nowhere_are_there_more_people_reached_than_half_of_those_who_live_there(contacts, areas):
    reached = contacts.groupby(["programme", "year", "area"])["people"].sum()
    assert (reached / reached.index.get_level_values("area").map(areas["population"])).max() < 0.5


def test_housing_first_has_hardly_an_area_with_as_many_as_five_people(contacts):
    cells = contacts[contacts["programme"] == "housing-first"].groupby(["year", "area"])["people"].sum()
    assert (cells < 5).mean() > 0.98


def test_lines_are_of_one_person_or_a_few_but_for_pass_holders(contacts):
    own = contacts[contacts["programme"] != "concessionary-travel"]
    assert own["people"].min() == 1
    assert own["people"].quantile(0.95) <= 5


def test_about_three_lines_in_a_hundred_have_no_area(contacts):
    assert 0.02 < contacts["area"].isna().mean() < 0.05


def test_returns_are_missing_where_the_pack_says_so(contacts):
    quarters = contacts.groupby("programme")["date"].agg(lambda dates: set(map(str, dates)))
    assert "2023-10-01" not in quarters["households-into-work"]
    assert "2026-07-01" not in quarters["cycle-training"]
    assert {"2023-10-01", "2026-07-01"} <= quarters["adult-skills-fund"]


def test_adult_skills_have_cold_spots_among_the_most_deprived_areas_of_birkenhead_and_bootle(contacts, areas):
    deprived = areas[areas["decile"] == 1]
    for year in FULL_YEARS:
        own = contacts[(contacts["programme"] == "adult-skills-fund") & (contacts["year"] == year)]
        people = own.groupby("area")["people"].sum().reindex(deprived.index, fill_value=0)
        usual = people.sum() / deprived["population"].sum()
        by_msoa = people.groupby(deprived["msoa"]).sum() / deprived.groupby("msoa")["population"].sum()
        cold = by_msoa.index[by_msoa < usual / 2]
        assert {"Wirral 020", "Sefton 036"} <= set(cold), year
        assert set(deprived.loc[deprived["msoa"].isin(cold), "district"]) == {WIRRAL, SEFTON}, year


def test_cycle_training_moves_from_below_to_above_the_share_of_residents_in_deciles_1_to_3(contacts, areas):
    own = contacts[(contacts["programme"] == "cycle-training") & contacts["area"].notna()]
    shares = own[own["decile"] <= 3].groupby("year")["people"].sum() / own.groupby("year")["people"].sum()
    residents = areas.loc[areas["decile"] <= 3, "population"].sum() / areas["population"].sum()
    assert shares.is_monotonic_increasing
    assert shares["2022/23"] < residents < shares["2025/26"]


# Places


def test_service_places_stand_in_the_area_and_district_that_they_name(areas, shapes):
    places = pd.read_csv(DATA / "places.csv")
    assert 60 <= len(places) <= 80
    for place in places.to_dict("records"):
        assert shapes[place["area"]].contains(shapely.Point(place["longitude"], place["latitude"])), place[
            "name"
        ]
        assert areas.loc[place["area"], "district"] == place["district"], place["name"]


# One figure, whichever page it is on


def test_shares_of_spend_are_those_of_the_indicators(payments, indicators):
    bought = payments[payments["buys"]]
    everything = bought.groupby("year")["amount_pence"].sum()
    local = bought[bought["supplier_place"].str.startswith("E")].groupby("year")["amount_pence"].sum()
    listed = (
        bought[bought["supplier_type"] == "community-suppliers-list"].groupby("year")["amount_pence"].sum()
    )
    for indicator, part in (("COM-I5", local), ("COM-I4", listed)):
        shares = (part / everything * 100)[FULL_YEARS]
        assert shares.round(1).to_dict() == yearly(indicators, indicator).to_dict(), indicator


def test_suppliers_paid_are_those_that_the_indicator_counts(payments, indicators):
    paid = payments[payments["buys"]].dropna(subset=["supplier_id"]).drop_duplicates(["year", "supplier_id"])
    counted = indicators[indicators["indicator"] == "COM-I1"].set_index("year")
    third = paid["supplier_type"].isin(THIRD_SECTOR).groupby(paid["year"]).sum()
    assert third[FULL_YEARS].to_dict() == counted["numerator"].to_dict()
    assert paid.groupby("year").size()[FULL_YEARS].to_dict() == counted["denominator"].to_dict()


def test_every_quarter_of_the_indicator_counts_the_contracts_that_start_in_it(contracts, indicators):
    own = contracts[contracts["above"] & contracts["year"].isin(FULL_YEARS)]
    quarter = own["year"] + " Q" + ((own["start"].dt.month - 4) % 12 // 3 + 1).astype("str")
    sums = own.groupby(quarter)["social_value_scored"].agg(["sum", "size"])
    told = indicators[indicators["indicator"] == "COM-I6"].set_index("period")
    assert told["numerator"].to_dict() == sums["sum"].to_dict()
    assert told["denominator"].to_dict() == sums["size"].to_dict()
    assert sums["size"].min() >= 20


def test_contracts_scored_and_their_weightings_are_within_a_tenth_of_a_point_of_the_indicators(
    contracts, indicators
):
    own = contracts[contracts["above"] & contracts["year"].isin(FULL_YEARS)].groupby("year")
    scored = own["social_value_scored"].mean() * 100
    assert (scored - yearly(indicators, "COM-I6")).abs().max() < 0.2
    weighting = own["weighting_percent"].sum() / own.size()
    assert (weighting - yearly(indicators, "COM-I7")).abs().max() < 0.1


@pytest.mark.parametrize(
    ("indicator", "programme"),
    [
        ("SER-I1", "adult-skills-fund"),
        ("SER-I2", "households-into-work"),
        ("SER-I3", "housing-first"),
        ("SER-I4", "concessionary-travel"),
    ],
)
def test_reach_in_the_most_deprived_tenth_is_that_of_the_indicators(
    contacts, indicators, indicator, programme
):
    own = contacts[(contacts["programme"] == programme) & contacts["area"].notna()]
    everybody = own.groupby("year")["people"].sum()
    share = (own[own["decile"] == 1].groupby("year")["people"].sum() / everybody * 100)[FULL_YEARS]
    assert (share - yearly(indicators, indicator)).abs().max() < 0.1
