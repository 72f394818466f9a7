"""One district looked at: every part of reach and spend against sums of what the whole city region shows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash import wording
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.reach import (
    area_cells,
    area_change,
    area_figures,
    area_profile,
    bivariate_map,
    catchments,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
)
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice
from svdash.measures import gradient, intervals
from svdash.register import ALL, Framework, View
from svdash.render import charts
from svdash.show.kit import addresses
from svdash.tables import Pack
from svdash.web.routes import routes
from tests.copies import DATA, CopiedPack

YEAR, BEFORE = "2024/25", "2023/24"
NOW = View(year=YEAR, compare=BEFORE)
HALTON, KNOWSLEY = "E06000006", "E08000011"
SPEND = MapChoice("spend")
OWN_TENTHS = "The city region's own tenths"
SKILLS, CYCLES, RIDES, FIRST = (
    MapChoice("reach", each)
    for each in ("adult-skills-fund", "cycle-training", "dial-a-ride", "housing-first")
)
EVERY: dict[str, Callable[[Pack, View, MapChoice], Finding]] = {
    "areas": area_figures.area_map,
    "deciles": reach_by_decile.by_decile,
    "concentration": concentration.curve,
    "concentration-years": concentration.by_year,
    "most-deprived": most_deprived.deprived,
    "parity": parity.parity,
    "cold-spots": cold_spots.coldspots,
    "catchments": catchments.catchments,
    "areas-by-district": district_comparison.districts,
    "reach-change": decile_change.change,
    "areas-together": bivariate_map.bivariate,
    "areas-change": area_change.change,
}
every = pytest.mark.parametrize("name", EVERY)


@pytest.fixture(scope="module")
def codes(pack: Pack) -> list[str]:
    return list(Framework.of(pack).filters.districts)


def of(district: str, view: View = NOW) -> View:
    return view.with_(district=district)


# -- the parts make the whole ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked", [SPEND, MapChoice("spend", kind="supplier"), MapChoice("spend", "cycle-training")]
)
def test_money_by_decile_adds_up_over_the_districts(pack: Pack, codes: list[str], asked: MapChoice) -> None:
    parts = [land.by_decile(pack, of(d), land.of(pack, of(d), asked), YEAR) for d in codes]
    whole = land.by_decile(pack, NOW, land.of(pack, NOW, asked), YEAR)
    for column in ("amount", "population"):
        assert sum(part[column] for part in parts).tolist() == pytest.approx(whole[column].tolist())


@every
def test_a_part_names_the_district_it_is_of(pack: Pack, name: str) -> None:
    asked = SKILLS if name == "catchments" else SPEND
    found = EVERY[name](pack, of(KNOWSLEY), asked)
    assert found.empty == ""
    assert "Knowsley" in found.subtitle
    # One district is seen beside the others in panels; all else is of it alone.
    assert ("city region," in found.subtitle) == (name == "areas-by-district")
    assert found.view.district == (ALL if name == "areas-by-district" else KNOWSLEY)


@pytest.mark.parametrize("asked", [SPEND, SKILLS, RIDES, MapChoice()])
@pytest.mark.parametrize("build", [area_figures.area_map, bivariate_map.bivariate, area_change.change])
def test_maps_of_the_districts_make_the_map_of_the_city_region(
    pack: Pack,
    codes: list[str],
    build: Callable[[Pack, View, MapChoice], area_figures.AreaMap],
    asked: MapChoice,
) -> None:
    whole = build(pack, NOW, asked)
    parts = [build(pack, of(district), asked) for district in codes]
    if whole.empty:
        assert all(part.empty for part in parts)
        return
    drawn = pd.concat([part.drawn for part in parts]).set_index("code").sort_index()
    expected = whole.drawn.set_index("code").sort_index()
    assert drawn["value"].equals(expected["value"])
    assert sum(len(part.frame) for part in parts) == len(whole.frame)
    # A colour means the same in a district as in the city region.
    assert drawn["klass"].equals(expected["klass"])
    assert all(part.limits == whole.limits for part in parts)


def test_cold_spots_of_the_districts_are_those_of_the_city_region(pack: Pack, codes: list[str]) -> None:
    for asked in (SPEND, SKILLS, CYCLES, RIDES):
        found = [cold_spots.coldspots(pack, of(district), asked) for district in codes]
        named = [place for each in found for place in each.frame["place"]]
        assert sorted(named) == sorted(cold_spots.coldspots(pack, NOW, asked).frame["place"])


def test_catchments_of_the_districts_add_up(pack: Pack, codes: list[str]) -> None:
    sums = ["residents", "inside", "outside", "unknown"]
    parts = [catchments.catchments(pack, of(d), SKILLS).frame.set_index("decile")[sums] for d in codes]
    whole = catchments.catchments(pack, NOW, SKILLS).frame.set_index("decile")[sums]
    assert sum(parts).equals(whole)


def test_beside_each_other_the_chosen_district_stands_first(pack: Pack) -> None:
    alone = district_comparison.districts(pack, of(KNOWSLEY), SPEND)
    beside = district_comparison.districts(pack, NOW, SPEND)
    assert alone.frame["district"].iloc[0] == "Knowsley"
    assert alone.frame.sort_values("district", ignore_index=True).equals(beside.frame)
    assert "in Knowsley" in alone.headline


def test_what_parity_would_take_tells_the_share_of_the_district_among_the_others(pack: Pack) -> None:
    whole = parity.parity(pack, NOW, SPEND).frame.set_index("place")
    told = parity.parity(pack, of("E08000014"), SPEND).sentence
    row = whole.loc["Sefton"]
    assert (
        f"Sefton has {row['share']:.1f}% of the city region's spend, {row['population_share']:.1f}% of all residents"
        in told
    )


def test_deciles_that_a_district_does_not_have_are_not_told_of(pack: Pack) -> None:
    there = set(area_cells.areas(pack, KNOWSLEY)["decile"]) | {1}
    for asked in (SPEND, SKILLS):
        assert set(reach_by_decile.by_decile(pack, of(KNOWSLEY), asked).frame["decile"]) == there
        assert set(decile_change.change(pack, of(KNOWSLEY), asked).frame["decile"]) == there
    assert len(there) < 10


def test_a_district_may_be_named_in_an_address(pack: Pack) -> None:
    for name in ("Knowsley", "knowsley"):
        view, ignored = Framework.of(pack).filters.read({"district": name})
        assert (view.district, ignored) == (KNOWSLEY, [])


def test_a_part_year_has_no_change_of_amounts(pack: Pack) -> None:
    found = decile_change.change(pack, of(KNOWSLEY, View(year="2026/27", compare="2025/26")), SPEND)
    assert found.frame["difference"].isna().all()
    assert "2026/27 (part year)" in found.sentence


# -- money -------------------------------------------------------------------------------------------------


def test_the_index_of_a_district_is_of_its_own_areas(pack: Pack) -> None:
    whole = area_figures.area_map(pack, NOW, SPEND).frame
    rows = whole[whole["district_name"] == "Knowsley"].astype({"population": "float64"})
    rows = rows.assign(rank=area_cells.areas(pack)["rank"].reindex(rows["place"]).to_numpy("float64"))
    expected = gradient.concentration_index(rows.sort_values("rank"), "population", "rate")
    series = concentration.indices(pack, of(KNOWSLEY), land.of(pack, of(KNOWSLEY), SPEND))
    assert series.set_index("year").loc[YEAR, "index"] == pytest.approx(expected.index)


def test_tenths_stay_those_of_the_city_region(pack: Pack) -> None:
    found = most_deprived.deprived(pack, of(KNOWSLEY), SPEND).frame
    own = found[found["base"] == OWN_TENTHS].set_index("cut")
    tenth = most_deprived.own_tenths(pack)
    rows = area_cells.areas(pack, KNOWSLEY)
    inside = rows.loc[tenth.reindex(rows.index) == 1, "population"].sum()
    share = 100 * inside / rows["population"].sum()
    assert own.loc["Most deprived 10%", "population_share"] == pytest.approx(share)


def test_money_elsewhere_and_without_a_place_is_counted(pack: Pack, codes: list[str]) -> None:
    sums = area_cells.spend(pack, NOW, YEAR, ALL, "benefit")
    inside = sums["area"].isin(area_cells.areas(pack, KNOWSLEY).index)
    elsewhere = sums.loc[sums["known"] & ~inside, "pence"].sum() / 100
    told = concentration.curve(pack, of(KNOWSLEY), SPEND).sentence
    assert f"£{elsewhere / 1e6:,.1f}m elsewhere in the city region" in told


def test_parity_within_a_district_moves_nothing_over_its_boundary(pack: Pack) -> None:
    found = parity.parity(pack, of(HALTON), SPEND)
    middle = found.frame[found.frame["level"] == parity.MIDDLE]
    assert set(middle["place"]) == set(area_cells.areas(pack, HALTON)["msoa"])
    for _, rows in found.frame.groupby("level"):
        assert rows["to_parity"].sum() == pytest.approx(0, abs=1e-6)
    assert middle["gap"].is_monotonic_increasing


def test_a_place_with_less_than_its_share_is_short_of_parity_and_one_with_more_above_it(pack: Pack) -> None:
    drawn = parity.parity(pack, of(HALTON), SPEND).chart
    assert drawn is not None
    for told, gap in zip(drawn["told"], drawn["value"], strict=True):
        assert told == "at parity" or told.endswith(" short of parity" if gap < 0 else " above parity")
    for way in ("short of parity", "above parity"):
        assert drawn["told"].str.endswith(way).any()


def test_that_every_payment_is_counted_is_said_of_money_alone_and_in_how_it_is_worked_out(pack: Pack) -> None:
    money, people = (parity.parity(pack, of(HALTON), asked) for asked in (SPEND, SKILLS))
    assert wording.FULL_COUNT in money.method
    assert wording.FULL_COUNT not in money.sentence + people.sentence + people.method


def test_of_many_places_those_furthest_from_parity_are_drawn(pack: Pack) -> None:
    found = parity.parity(pack, of("E08000012"), SPEND)
    middle = found.frame[found.frame["level"] == parity.MIDDLE]
    assert found.chart is not None
    drawn = found.chart[found.chart["panel"] == "By middle area"]
    assert len(middle) > len(drawn) == parity.DRAWN
    assert middle.loc[~middle["place"].isin(drawn["label"]), "gap"].abs().max() <= drawn["value"].abs().min()
    assert f"the {parity.DRAWN} furthest" in found.legend


# -- people ------------------------------------------------------------------------------------------------


def in_deciles(pack: Pack, district: str, year: str, programme: str) -> tuple[pd.Series, pd.Series]:
    """Exact people and residents of a district by decile, from the lines."""
    lines = pd.read_parquet(DATA / "contacts.parquet")
    when = pd.to_datetime(lines["date"])
    first = int(year[:4])
    lines = lines[
        (when >= f"{first}-04-01") & (when < f"{first + 1}-04-01") & (lines["programme"] == programme)
    ]
    rows = pd.read_csv(DATA / "areas.csv")
    rows = rows[rows["district"] == district]
    people = rows["code"].map(lines.groupby("area")["people"].sum()).fillna(0)
    return people.groupby(rows["decile"]).sum(), rows.groupby("decile")["population"].sum()


@pytest.mark.parametrize("asked", [SKILLS, CYCLES, RIDES], ids=lambda a: a.programme)
def test_shares_within_a_district_are_of_everybody_there_also_in_hidden_areas(
    pack: Pack, codes: list[str], asked: MapChoice
) -> None:
    told = 0
    for district in codes:
        found = reach_by_decile.by_decile(pack, of(district), asked).frame.set_index("decile")
        people, residents = in_deciles(pack, district, YEAR, asked.programme)
        for decile, row in found[found["share"].notna()].iterrows():
            assert row["share"] == pytest.approx(100 * people.get(decile, 0) / people.sum(), abs=0.05001)
            assert row["amount"] == 5 * np.floor(people.get(decile, 0) / 5 + 0.5)
            assert row["population"] == residents[decile]
            told += 1
    assert told > 40


def test_a_years_figure_is_the_same_whichever_year_is_looked_at(pack: Pack, codes: list[str]) -> None:
    """Also while a part year is: it shows fewer areas, and leaves the others alone."""
    for district in codes:
        found = [
            concentration.by_year(pack, of(district, View(year=year)), SKILLS).frame.set_index("year")
            for year in ("2022/23", YEAR, "2026/27")
        ]
        for other in found[1:]:
            assert other.loc[found[0].index, "index"].equals(found[0]["index"])


def test_the_curve_and_the_share_under_it_are_of_the_same_areas(pack: Pack, codes: list[str]) -> None:
    for district in codes:
        for year in ("2023/24", YEAR, "2025/26"):
            curve = concentration.curve(pack, of(district, View(year=year)), SKILLS)
            shares = most_deprived.deprived(pack, of(district, View(year=year)), SKILLS).frame
            first = curve.frame[curve.frame["point"] == "To the end of decile 1"].iloc[0]
            assert first["share"] == shares["share"].iloc[0]
            assert first["population_share"] == pytest.approx(shares["population_share"].iloc[0])


def test_a_verdict_within_a_district_is_made_of_the_exact_counts(pack: Pack, codes: list[str]) -> None:
    sides = set()
    for district in codes:
        for year in ("2022/23", BEFORE, YEAR, "2025/26"):
            found = reach_by_decile.by_decile(pack, of(district, View(year=year)), CYCLES)
            people, residents = in_deciles(pack, district, year, "cycle-training")
            share, lived = people[1] / people.sum(), residents[1] / residents.sum()
            lower, upper = intervals.wilson(float(people[1]), float(people.sum()))
            even = abs(share - lived) < 0.01 and 0.9 <= share / lived <= 1.1
            side = "level with" if lower <= lived <= upper or even else "above" if share > lived else "below"
            assert f"is {side} its share" in found.headline or f": {side} the share" in found.headline
            sides.add(side)
    assert len(sides) > 1


def test_people_of_a_district_that_are_all_too_few_are_not_told_and_nothing_breaks(
    copied_whole_pack: CopiedPack,
) -> None:
    """A programme that reached four areas, in the last year too few in each to show."""
    path = copied_whole_pack.folder / "contacts.parquet"
    lines = pd.read_parquet(path)
    rows = pd.read_csv(DATA / "areas.csv")
    halton = rows.loc[rows["district_name"] == "Halton", "code"]
    own = (lines["programme"] == "cycle-training") & lines["area"].isin(halton)
    lines = lines[~own]
    like = lines[lines["programme"] == "cycle-training"].iloc[0]
    new = [
        {**like, "area": code, "people": people, "date": pd.Timestamp(f"{year}-06-01").date()}
        for year, people in ((2022, 15), (2023, 15), (2024, 15), (2025, 3))
        for code in halton.iloc[:4]
    ]
    made = pd.DataFrame(new).astype(lines.dtypes.to_dict())
    if "id" in made:
        made["id"] = [f"made-{n}" for n in range(len(made))]
    pd.concat([lines, made], ignore_index=True).to_parquet(path, index=False)
    opened = copied_whole_pack.open()
    for year in (YEAR, "2025/26"):
        for build in EVERY.values():
            assert build(opened, of(HALTON, View(year=year, compare=BEFORE)), CYCLES).headline
    found = reach_by_decile.by_decile(opened, of(HALTON, View(year="2025/26")), CYCLES)
    assert found.empty


def test_parity_by_middle_area_is_not_told_where_an_area_is_held_back(pack: Pack) -> None:
    found = parity.parity(pack, of(HALTON, View(year="2025/26")), CYCLES)
    assert set(found.frame["level"]) == {parity.DECILE}
    assert re.search(r"Not by middle area; \d+ areas? too small to show", found.sentence)


def test_the_shares_of_cold_spots_are_of_everybody_in_the_district(pack: Pack) -> None:
    rows = area_cells.people(pack, YEAR, "cycle-training")
    people, residents = in_deciles(pack, HALTON, YEAR, "cycle-training")
    found = cold_spots.coldspots(pack, of(HALTON), CYCLES).frame
    inside = rows[rows["place"].isin(found["place"])]
    assert found["share"].sum() == pytest.approx(
        100 * inside["exact_people"].sum() / people.sum(), abs=0.05 * len(found)
    )
    assert found["population_share"].sum() == pytest.approx(
        100 * inside["population"].sum() / residents.sum()
    )


@pytest.mark.parametrize("name", ["deciles", "concentration", "most-deprived", "reach-change"])
def test_people_shown_by_district_cannot_be_told_by_decile_within_one(pack: Pack, name: str) -> None:
    found = EVERY[name](pack, of(HALTON), FIRST)
    assert "too coarse to be shown by decile within Halton" in found.empty
    named = found.empty.partition("smaller areas can be shown for: ")[2]
    assert RIDES.programme in {
        code for code, label in area_cells.programmes(pack, NOW, "counts_people").items() if label in named
    }
    assert found.chart is None


def test_people_shown_by_middle_area_have_parity_by_middle_area(pack: Pack) -> None:
    found = parity.parity(pack, of(HALTON), RIDES)
    rows = found.frame[found.frame["level"] == parity.MIDDLE].set_index("place")
    shown = area_cells.people(pack, YEAR, "dial-a-ride").set_index("place")
    shown = shown[shown["district_name"] == "Halton"]
    assert rows["amount"].tolist() == shown["people"].reindex(rows.index).tolist()


def test_people_shown_by_district_have_nothing_within_one(pack: Pack) -> None:
    assert "shown by district" in parity.parity(pack, of(HALTON), FIRST).empty


ASKED = (SKILLS, CYCLES, RIDES, FIRST, SPEND)
YEARS = (View(year=YEAR, compare=BEFORE), View(year="2026/27", compare="2025/26"), View(year="2022/23"))


def whole_or_says_why_not(found: Finding) -> None:
    assert found.headline
    assert (found.chart is None) or not found.empty
    assert bool(found.empty) or bool(found.sentence)
    assert not re.search(r"\bnan\b|nan%", f"{found.headline} {found.sentence} {found.alt}")


@pytest.mark.parametrize("asked", ASKED)
@every
def test_every_part_of_every_district_is_whole_or_says_why_not(
    pack: Pack, codes: list[str], name: str, asked: MapChoice
) -> None:
    # Each part and each thing asked for meets every district and every year, and each district every year.
    start = list(EVERY).index(name) + ASKED.index(asked)
    for place, district in enumerate(codes):
        view = YEARS[(start + place) % len(YEARS)]
        whole_or_says_why_not(EVERY[name](pack, of(district, view), asked))


@pytest.mark.exhaustive
@pytest.mark.parametrize("asked", ASKED)
@every
def test_every_part_of_every_district_is_whole_or_says_why_not_in_every_year(
    pack: Pack, codes: list[str], name: str, asked: MapChoice
) -> None:
    for district, view in product(codes, YEARS):
        whole_or_says_why_not(EVERY[name](pack, of(district, view), asked))


def test_no_count_of_people_of_a_district_is_small_or_exact(pack: Pack, codes: list[str]) -> None:
    for district in codes:
        for asked in (SKILLS, CYCLES, RIDES):
            frame = reach_by_decile.by_decile(pack, of(district), asked).frame
            counts = frame["amount"].dropna().to_numpy("float64")
            assert not np.any(counts % 5), (district, asked)


# -- names, addresses, pages -------------------------------------------------------------------------------


def test_districts_carry_the_names_of_the_vocabulary(pack: Pack) -> None:
    named = Framework.of(pack).vocabulary.labels("district")
    rows = area_cells.areas(pack)
    assert dict(zip(rows["district"], rows["district_name"], strict=True)) == dict(named)


def test_a_pack_without_a_list_of_districts_names_them_as_its_areas_do(copied_pack: CopiedPack) -> None:
    def renamed(rows: pd.DataFrame) -> pd.DataFrame:
        north = rows["district"] == HALTON
        return rows.assign(
            district=rows["district"].mask(north, "E06000099"),
            district_name=rows["district_name"].mask(north, "Northshire"),
        )

    copied_pack.change("areas", renamed)
    path = copied_pack.folder / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    for resource in told["resources"]:
        if resource["name"] == "areas":
            for field in resource["schema"]["fields"]:
                field.pop("vocabulary", None)
    path.write_text(json.dumps(told), encoding="utf-8")
    opened = copied_pack.open()
    assert Framework.of(opened).filters.districts["E06000099"] == "Northshire"
    found = reach_by_decile.by_decile(opened, of("E06000099"), SPEND)
    assert "Northshire" in found.subtitle


def test_one_area_stands_beside_its_district_and_the_city_region_whichever_is_looked_at(pack: Pack) -> None:
    code = area_cells.areas(pack, HALTON).index[0]
    alone, whole = (area_profile.beside(pack, of(d), SPEND, code) for d in (KNOWSLEY, ALL))
    assert alone.frame.equals(whole.frame)
    assert "district" not in addresses.of_finding(alone, "csv")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


@pytest.mark.parametrize("name", [table.name for table in open_tables.every_table.__globals__["_FINDINGS"]])
def test_the_address_under_a_figure_is_answered(client: TestClient, pack: Pack, name: str) -> None:
    table = next(each for each in open_tables.every_table(pack) if each.name == name)
    own = {n: about.default for n, about in table.parameters.items() if about.default is not None}
    for parameter in table.needs:
        allowed = table.parameters[parameter].allowed
        assert allowed is not None
        own[parameter] = allowed(pack)[0]
    view = Framework.of(pack).filters.default_view().with_(district=KNOWSLEY if table.districted else ALL)
    found = table.build(pack, view, own)
    answer = client.get("/" + addresses.of_finding(found, "csv"))
    assert answer.status_code == 200, answer.text
    assert answer.content.decode("utf-8-sig").splitlines()[0].split(",")[0] == next(iter(found.columns))


def test_a_table_of_the_whole_city_region_refuses_a_district(client: TestClient) -> None:
    answer = client.get("/api/v1/tables/standing.csv", params={"district": KNOWSLEY})
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "district"


def test_the_map_of_a_district_is_served_with_its_areas_only(client: TestClient, pack: Pack) -> None:
    told = client.get("/api/v1/areas.geojson", params={"district": KNOWSLEY, "show": "spend"}).json()
    assert {each["properties"]["code"] for each in told["features"]} == set(
        area_cells.areas(pack, KNOWSLEY).index
    )


def test_an_address_for_another_vintage_is_not_answered_with_this_one(client: TestClient, pack: Pack) -> None:
    answer = client.get("/api/v1/tables/deciles.csv", params={"vintage": "2025"})
    assert (answer.status_code, answer.json()["allowed"]) == (422, ["all", "2019"])
    view, ignored = Framework.of(pack).filters.read({"vintage": "2025"})
    assert view.vintage == "2019"
    assert [(each.name, each.value) for each in ignored] == [("vintage", "2025")]
    assert "carry the Indices of Deprivation 2019" in ignored[0].reason


@pytest.mark.parametrize("asked", [SPEND, SKILLS, CYCLES])
def test_beside_a_map_of_change_an_area_has_the_figures_of_both_years(pack: Pack, asked: MapChoice) -> None:
    code = area_cells.areas(pack, HALTON).index[3]
    both = area_profile.beside(pack, NOW, asked, code, area_profile.BOTH)
    told = both.frame.set_index("who").loc["Halton"]
    for year, column in ((YEAR, "figure"), (BEFORE, "before")):
        rows = area_figures.area_map(pack, View(year=year), asked).frame
        rows = rows[rows["district_name"] == "Halton"]
        if asked.show == "spend":
            assert f"(£{rows['pounds'].sum() / 1e6:,.1f}m)" in told[column]
        else:
            people, _ = in_deciles(pack, HALTON, year, asked.programme)
            rate = 1000 * people.sum() / rows["population"].sum()
            assert told[column].startswith(f"{rate:,.0f} per 1,000 residents")
        assert told["residents"] == rows["population"].sum()
    assert f"{BEFORE} to {YEAR}" in both.subtitle


def test_years_that_can_not_be_compared_do_not_stand_beside_each_other(pack: Pack) -> None:
    code = area_cells.areas(pack, HALTON).index[3]
    part = View(year="2026/27", compare="2025/26")
    assert "before" not in area_profile.beside(pack, part, CYCLES, code, area_profile.BOTH).columns


def test_without_a_compared_year_an_area_has_one_figure(pack: Pack) -> None:
    code = area_cells.areas(pack, HALTON).index[3]
    assert "before" not in area_profile.beside(pack, View(year=YEAR), SPEND, code, area_profile.BOTH).columns
    assert "before" not in area_profile.beside(pack, NOW, MapChoice(), code, area_profile.BOTH).columns


@pytest.mark.parametrize(("asked", "title"), [(SPEND, "£ per resident"), (SKILLS, "Per 1,000 residents")])
def test_the_axis_of_areas_by_district_names_its_unit(pack: Pack, asked: MapChoice, title: str) -> None:
    assert title in json.dumps(
        charts.picture(district_comparison.districts(pack, NOW, asked)), ensure_ascii=False
    )


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_table_taken_away_says_which_district_it_is_of(client: TestClient, kind: str) -> None:
    for district in (KNOWSLEY, ALL):
        answer = client.get(f"/api/v1/tables/deciles.{kind}", params={"district": district, "show": "spend"})
        assert (KNOWSLEY in answer.headers["content-disposition"]) == (district != ALL)
        assert "deciles-spend" in answer.headers["content-disposition"]
        assert ("of_district" in answer.text) == (district != ALL)


def rows_of(client: TestClient, name: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/api/v1/tables/{name}.csv", params=asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


DATED = (
    "deciles",
    "most-deprived",
    "concentration",
    "parity",
    "cold-spots",
    "areas-by-district",
    "areas",
    "areas-together",
)
PART_YEAR = "2026/27"


@pytest.mark.parametrize("name", DATED)
def test_every_row_taken_away_says_what_it_is_of(client: TestClient, pack: Pack, name: str) -> None:
    names = area_cells.programmes(pack, NOW, "counts_people")
    assert Framework.of(pack).calendar.is_part(PART_YEAR)
    for year in (YEAR, BEFORE, PART_YEAR):
        # Most areas have no supplier at all, so there is nothing to part them by in two maps at once.
        kind = "benefit" if name == "areas-together" else "supplier"
        rows = rows_of(client, name, show="spend", kind=kind, year=year)
        said = {(row["show"], row["programme"], row["kind"], row["year"], row["vintage"]) for row in rows}
        assert said == {("Spend", "All programmes", area_figures.KINDS[kind], year, "IoD 2019")}
        assert {row["part_year"] for row in rows} == {"yes" if year == PART_YEAR else "no"}
        rows = rows_of(client, name, show="reach", programme=SKILLS.programme, year=year)
        assert {(row["show"], row["programme"], row["year"]) for row in rows} == {
            ("People reached", names[SKILLS.programme], year)
        }
        assert not any("kind" in row for row in rows)


def test_an_area_taken_away_says_by_which_domain_it_is_deprived(client: TestClient) -> None:
    for domain, label in area_cells.DOMAINS.items():
        rows = rows_of(client, "area", show="deprivation", domain=domain, area="E01006420")
        assert {(row["show"], row["domain"]) for row in rows} == {("Deprivation", label)}


def test_without_a_programme_there_is_no_count_of_nobody(client: TestClient) -> None:
    assert rows_of(client, "deciles", show="reach", role="investor") == []


def test_a_column_of_the_table_s_own_is_not_said_again(client: TestClient) -> None:
    rows = rows_of(client, "concentration-years", show="spend", year=YEAR)
    assert len({row["year"] for row in rows}) > 1
    answer = client.get("/api/v1/tables/areas.csv", params={"show": "spend"})
    head = answer.text.splitlines()[0].split(",")
    assert sorted(set(head)) == sorted(head)


def test_a_yardstick_and_a_second_year_are_said_in_every_row(client: TestClient) -> None:
    rows = rows_of(client, "parity", show="spend", baseline="deprived")
    assert {row["baseline"] for row in rows} == {parity.BASELINES["deprived"]}
    rows = rows_of(client, "reach-change", show="spend", year=YEAR, compare=BEFORE)
    assert {(row["year"], row["compared"]) for row in rows} == {(YEAR, BEFORE)}
    rows = rows_of(client, "area", show="spend", year=YEAR, compare=BEFORE, before="yes", area="E01006412")
    assert {(row["year"], row["compared"]) for row in rows} == {(YEAR, BEFORE)}


def test_residents_near_a_place_are_of_a_programme_and_a_distance_and_of_no_year(client: TestClient) -> None:
    rows = rows_of(client, "catchments", show="reach", programme=SKILLS.programme, within="1km", year=YEAR)
    assert {row["within"] for row in rows} == {"1 km"}
    assert not any("year" in row for row in rows)


def test_money_of_some_programmes_says_whose_they_are(client: TestClient) -> None:
    assert {row["of_role"] for row in rows_of(client, "deciles", show="spend", role="investor")} == {
        "investor"
    }
    for asked in ({"show": "spend"}, {"show": "spend", "programme": "cycle-training"}):
        assert not any("of_role" in row for row in rows_of(client, "deciles", **asked))


def test_what_a_row_taken_away_says_takes_no_room_on_the_page(pack: Pack) -> None:
    found = reach_by_decile.by_decile(pack, NOW, SPEND)
    assert {"show", "programme", "kind", "year"} <= set(found.typed().columns)
    assert list(found.table().columns) == list(found.columns.values())


def test_money_beside_the_map_is_written_short_and_taken_away_to_the_penny(pack: Pack) -> None:
    found = reach_by_decile.by_decile(pack, NOW, SPEND)
    first = float(found.frame["amount"].iloc[0])
    assert found.table()["Pounds"].iloc[0] == wording.money(first)
    assert found.export()["amount"].iloc[0] == f"{first:.2f}"
    assert found.typed()["amount"].iloc[0] == first
