"""Beyond the map: concentration, the most deprived tenths, parity, cold spots and change, against sums of the lines."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from svdash.disclosure import MARKER_COLUMN
from svdash.findings.finding import Finding
from svdash.findings.reach import area_cells, cold_spots, concentration, decile_change, most_deprived, parity
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice
from svdash.measures import many_tests
from svdash.register import Framework, View
from svdash.render.drawings import concentration_charts as drawings
from svdash.tables import LinesError, Pack, boundary_shapes
from tests.copies import DATA, CopiedPack

YEAR, BEFORE, PART = "2025/26", "2024/25", "2026/27"
NOW = View(year=YEAR, compare=BEFORE)
OWN_TENTHS = "The city region's own tenths"
SPEND, SUPPLIER = MapChoice("spend"), MapChoice("spend", kind="supplier")
SKILLS, CYCLES, FIRST = (
    MapChoice("reach", each) for each in ("adult-skills-fund", "cycle-training", "housing-first")
)
RIDES, PASSES = MapChoice("reach", "dial-a-ride"), MapChoice("reach", "concessionary-travel")
EVERY: dict[str, Callable[[Pack, View, MapChoice], Finding]] = {
    "concentration": concentration.curve,
    "concentration-years": concentration.by_year,
    "most-deprived": most_deprived.deprived,
    "parity": parity.parity,
    "parity of the deprived": lambda p, v, a: parity.parity(p, v, a, "deprived"),
    "cold-spots": cold_spots.coldspots,
    "reach-change": decile_change.change,
}
ALL_ASKED = [
    SPEND,
    SUPPLIER,
    SKILLS,
    CYCLES,
    FIRST,
    RIDES,
    PASSES,
    MapChoice("spend", "cycle-training"),
    MapChoice(),
]
named = pytest.mark.parametrize("name", EVERY)


# -- the lines, summed without the product -----------------------------------------------------------------


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    """Areas as their file has them, the most deprived first, districts by the names that the vocabulary gives them."""
    words = pd.read_csv(DATA / "vocabulary.csv")
    names = words[words["list"] == "district"].set_index("code")["label"]
    rows = pd.read_csv(DATA / "areas.csv").sort_values("rank", ignore_index=True)
    return rows.assign(district_name=rows["district"].map(names))


@lru_cache(maxsize=8)
def in_year(table: str, year: str) -> pd.DataFrame:
    lines = pd.read_parquet(DATA / f"{table}.parquet")
    when = pd.to_datetime(lines["date"])
    start = int(year[:4])
    return lines[(when >= f"{start}-04-01") & (when < f"{start + 1}-04-01")]


def pounds(areas: pd.DataFrame, year: str, kind: str = "benefit", programme: str = "") -> np.ndarray:
    """Pounds of each area, in the order of their ranks."""
    lines = in_year("payments", year)
    lines = lines[lines["programme"] == programme] if programme else lines
    sums = lines.groupby(f"{kind}_area")["amount_pence"].sum()
    return areas["code"].map(sums).fillna(0).to_numpy(float) / 100


def people(areas: pd.DataFrame, year: str, programme: str) -> pd.Series:
    """Exact people by decile."""
    lines = in_year("contacts", year)
    lines = lines[lines["programme"] == programme]
    decile = lines["area"].map(areas.set_index("code")["decile"])
    return lines.groupby(decile)["people"].sum().reindex(range(1, 11), fill_value=0)


def fives(counts: pd.Series) -> pd.Series:
    return 5 * ((counts + 2) // 5)


def lived(areas: pd.DataFrame) -> pd.Series:
    return areas.groupby("decile")["population"].sum()


def concentration_by_hand(population: np.ndarray, amount: np.ndarray) -> float:
    """Twice the covariance of rate and rank over the mean, another form of METHODS' formula."""
    share = population / population.sum()
    rank = np.cumsum(share) - share / 2
    rate = amount / population
    mean = (share * rate).sum()
    return float(2 * (share * (rate - mean) * (rank - 0.5)).sum() / mean)


# -- concentration -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [BEFORE, YEAR])
def test_the_index_of_money_is_worked_out_from_small_areas(
    pack: Pack, areas: pd.DataFrame, year: str
) -> None:
    found = concentration.by_year(pack, NOW, SPEND).frame.set_index("year").loc[year]
    by_hand = concentration_by_hand(areas["population"].to_numpy(float), pounds(areas, year))
    assert found["index"] == pytest.approx(by_hand, abs=1e-12)
    assert np.isnan([found["lower"], found["upper"]]).all()
    assert found["said"] == "no test possible"


def test_the_index_of_people_is_worked_out_from_the_exact_deciles(pack: Pack, areas: pd.DataFrame) -> None:
    counts = people(areas, YEAR, "adult-skills-fund").to_numpy(float)
    residents = lived(areas).to_numpy(float)
    found = concentration.by_year(pack, NOW, SKILLS).frame.set_index("year").loc[YEAR]
    assert found["index"] == pytest.approx(concentration_by_hand(residents, counts), abs=0.0005)
    assert found["index"] == round(found["index"], 3)
    exact = concentration.indices(pack, NOW, land.of(pack, NOW, SKILLS)).set_index("year").loc[YEAR]
    assert exact["index"] == pytest.approx(concentration_by_hand(residents, counts), abs=1e-12)
    assert found["amount"] == 5 * round(counts.sum() / 5)
    assert found["share"] == pytest.approx(100 * counts[0] / counts.sum(), abs=0.05)


def test_the_limits_of_the_index_of_people_are_those_of_simulated_counts(
    pack: Pack, areas: pd.DataFrame
) -> None:
    counts = people(areas, YEAR, "cycle-training").to_numpy(float)
    residents = lived(areas).to_numpy(float)
    draws = np.random.default_rng(1).normal(counts, np.sqrt(counts), (10_000, 10))
    simulated = np.quantile([concentration_by_hand(residents, draw) for draw in draws], [0.025, 0.975])
    found = concentration.by_year(pack, NOW, CYCLES).frame.set_index("year").loc[YEAR]
    assert [found["lower"], found["upper"]] == pytest.approx(simulated, abs=0.001)


def test_the_curve_ends_each_decile_with_the_sums_of_the_lines(pack: Pack, areas: pd.DataFrame) -> None:
    found = concentration.curve(pack, NOW, SPEND)
    rows = found.frame.set_index("point")
    spent = pd.Series(pounds(areas, YEAR)).groupby(areas["decile"]).sum()
    share, residents = (100 * each.cumsum() / each.sum() for each in (spent, lived(areas)))
    for decile in range(1, 11):
        row = rows.loc[f"To the end of decile {decile}"]
        assert row["share"] == pytest.approx(share[decile])
        assert row["population_share"] == pytest.approx(residents[decile])
    assert found.frame["population_share"].is_monotonic_increasing
    assert f"{share[1]:.1f}% of spend" in found.sentence
    assert f"{residents[1]:.1f}% of the city region's residents" in found.sentence


def test_the_curve_by_small_area_is_right_within_the_most_deprived_decile(
    pack: Pack, areas: pd.DataFrame
) -> None:
    people_so_far = 100 * areas["population"].cumsum() / areas["population"].sum()
    spent_so_far = 100 * np.cumsum(pounds(areas, YEAR)) / pounds(areas, YEAR).sum()
    row = concentration.curve(pack, NOW, SPEND).frame.set_index("point").loc["Most deprived 10%"]
    before = int((people_so_far <= 10).sum()) - 1
    assert spent_so_far[before] <= row["share"] <= spent_so_far[before + 1]


def test_money_is_ranked_by_decile_where_an_area_has_more_credit_notes_than_payments(
    pack: Pack, areas: pd.DataFrame
) -> None:
    spent = pounds(areas, YEAR, programme="cycle-training")
    assert (spent < 0).any()
    found = concentration.by_year(pack, NOW, MapChoice("spend", "cycle-training")).frame.set_index("year")
    sums = pd.Series(spent).groupby(areas["decile"]).sum().to_numpy()
    by_hand = concentration_by_hand(lived(areas).to_numpy(float), sums)
    assert found.loc[YEAR, "index"] == pytest.approx(by_hand, abs=1e-12)
    assert set(found["basis"]) == {"decile"}


def test_a_part_year_is_in_the_series_only_where_it_is_asked_for_and_is_not_tested(pack: Pack) -> None:
    assert PART not in set(concentration.by_year(pack, NOW, SKILLS).frame["year"])
    rows = concentration.by_year(pack, View(year=PART), SKILLS).frame.set_index("year")
    assert rows.loc[PART, "said"] == "part year, not tested"
    assert "part year" in concentration.curve(pack, View(year=PART), SKILLS).subtitle


def test_more_is_said_to_be_with_the_more_deprived_only_beyond_chance(pack: Pack) -> None:
    for asked in (SKILLS, CYCLES, RIDES, PASSES):
        for row in concentration.by_year(pack, NOW, asked).frame.to_dict("records"):
            ends = (1 - 3 * row["index"]) / (1 + 3 * row["index"])
            beyond = (row["lower"] > 0 or row["upper"] < 0) and not 0.9 <= ends <= 1.1
            assert (row["said"] == "practically even") == (0.9 <= ends <= 1.1)
            assert (row["said"] not in ("could be chance", "practically even")) == beyond
            if beyond:
                assert ("more deprived" in row["said"]) == (row["index"] < 0)


# -- the most deprived tenths ------------------------------------------------------------------------------


def test_shares_by_englands_deciles_are_sums_of_the_lines(pack: Pack, areas: pd.DataFrame) -> None:
    rows = most_deprived.deprived(pack, NOW, SPEND).frame
    rows = rows[rows["base"] == most_deprived.ENGLAND]
    spent = pounds(areas, YEAR)
    for row, most in zip(rows.to_dict("records"), (1, 2, 3), strict=True):
        inside = areas["decile"] <= most
        assert row["amount"] == pytest.approx(spent[inside].sum())
        assert row["share"] == pytest.approx(100 * spent[inside].sum() / spent.sum())
        assert row["population_share"] == pytest.approx(
            100 * areas.loc[inside, "population"].sum() / areas["population"].sum()
        )
        assert row["gap"] == pytest.approx(row["share"] - row["population_share"])
        assert row["times"] == pytest.approx(row["share"] / row["population_share"])


def test_the_city_regions_own_tenths_have_as_many_areas_each(pack: Pack, areas: pd.DataFrame) -> None:
    rows = most_deprived.deprived(pack, NOW, SPEND).frame
    rows = rows[rows["base"] == OWN_TENTHS].reset_index(drop=True)
    spent = pounds(areas, YEAR)
    for tenths, (_, row) in enumerate(rows.iterrows(), start=1):
        first = math.ceil(len(areas) * tenths / 10)
        assert row["share"] == pytest.approx(100 * spent[:first].sum() / spent.sum())
        residents = areas["population"]
        assert row["population_share"] == pytest.approx(100 * residents[:first].sum() / residents.sum())


def test_the_trap_of_the_baseline_is_told_by_the_residents_of_this_vintage(
    pack: Pack, copied_pack: CopiedPack
) -> None:
    assert "30% of spend there would be below proportion" in most_deprived.deprived(pack, NOW, SPEND).sentence

    def fewer(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(decile=rows["decile"].mask(rows["rank"].astype(int) > 2000, "2"), vintage="2025")

    copied_pack.unchecked("areas", "decile-of-rank")
    copied_pack.change("areas", fewer)
    told = most_deprived.deprived(copied_pack.open(), NOW, SPEND)
    assert "(IoD 2025), not 10%: 30% of spend there would be above proportion" in told.sentence
    assert told.vintage == "IoD 2025"


def test_people_are_added_up_by_own_tenths_only_where_no_area_is_held_back(pack: Pack) -> None:
    assert OWN_TENTHS in set(most_deprived.deprived(pack, NOW, PASSES).frame["base"])
    shown = (
        area_cells.people(pack, YEAR, PASSES.programme)
        .join(area_cells.areas(pack)["rank"])
        .sort_values("rank")
    )
    own = most_deprived.deprived(pack, NOW, PASSES).frame.set_index(["base", "cut"])
    assert own.loc[(OWN_TENTHS, "Most deprived 10%"), "amount"] == pytest.approx(
        shown["exact_people"].iloc[:99].sum(), abs=2.5
    )
    for asked, why in ((SKILLS, "too small to show"), (RIDES, "middle area (MSOA)"), (FIRST, "district")):
        found = most_deprived.deprived(pack, NOW, asked)
        assert set(found.frame["base"]) == {most_deprived.ENGLAND}
        assert "Not by the city region's own tenths" in found.sentence
        assert why in found.sentence


# -- parity ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", parity.BASELINES)
def test_parity_of_money_moves_what_is_above_the_share_of_the_baseline(
    pack: Pack, areas: pd.DataFrame, baseline: str
) -> None:
    spent = pd.Series(pounds(areas, YEAR))
    who = areas["population"].where((baseline == "residents") | (areas["decile"] <= 3), 0)
    rows = parity.parity(pack, NOW, SPEND, baseline).frame
    for level, key, start in (("Decile", "decile", "Decile "), ("District", "district_name", "")):
        share = spent.groupby(areas[key]).sum() / spent.sum()
        base = who.groupby(areas[key]).sum() / who.sum()
        part = rows[rows["level"] == level].set_index("place")
        assert len(part) == len(share)
        for place, gap in (share - base).items():
            row = part.loc[f"{start}{place}"]
            assert row["gap"] == pytest.approx(100 * gap)
            assert row["to_parity"] == pytest.approx(-gap * spent.sum())
        moved = 100 * (share - base).clip(lower=0).sum()
        assert f"({moved:.1f}%) would have to move" in parity.parity(pack, NOW, SPEND, baseline).sentence


def test_people_who_would_move_are_rounded_as_their_counts_are(pack: Pack, areas: pd.DataFrame) -> None:
    rows = parity.parity(pack, NOW, SKILLS).frame
    counts = people(areas, YEAR, "adult-skills-fund")
    part = rows[rows["level"] == "Decile"]
    assert part["amount"].tolist() == fives(counts).tolist()
    assert (rows["to_parity"] % 5 == 0).all()
    exact = lived(areas) / lived(areas).sum() * counts.sum() - counts
    assert (part["to_parity"].to_numpy() - exact.to_numpy()).__abs__().max() <= 2.5


def test_with_a_decile_held_back_parity_is_told_by_district_alone(pack: Pack) -> None:
    found = parity.parity(pack, NOW, FIRST)
    assert set(found.frame["level"]) == {"District"}
    assert "Not by decile; too small to show" in found.sentence


def test_a_baseline_that_is_not_known_is_named(pack: Pack) -> None:
    with pytest.raises(ValueError, match="baseline 'children' is not known: choose residents or deprived"):
        parity.parity(pack, NOW, SPEND, "children")


# -- cold spots --------------------------------------------------------------------------------------------


def test_cold_spots_of_money_are_the_lowest_fifth_of_the_deprived_areas(
    pack: Pack, areas: pd.DataFrame
) -> None:
    rate = pounds(areas, YEAR) / areas["population"]
    deep = areas.assign(rate=rate)[areas["decile"] <= 3].sort_values("rate")
    expected = deep.iloc[: math.ceil(len(deep) / 5)]
    found = cold_spots.coldspots(pack, NOW, SPEND)
    assert found.frame["place"].tolist() == expected["code"].tolist()
    assert found.frame["rate"].tolist() == pytest.approx(expected["rate"].tolist())
    assert found.chart is not None
    assert len(found.chart) == 10
    assert len(found.export()) == len(expected) == 111


def test_areas_as_cold_as_the_last_of_the_fifth_are_cold_as_well() -> None:
    rates = pd.Series([0.0, 0.0, 0.0, 5.0, 1.0, 2.0, 3.0, 4.0, 6.0, 7.0])
    assert cold_spots.cold(rates).sum() == 3
    assert cold_spots.cold(pd.Series([4.0, 3.0, 2.0, 1.0, 5.0])).tolist() == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_an_area_too_small_to_show_is_never_called_cold_but_counted(pack: Pack) -> None:
    shown = area_cells.people(pack, YEAR, "cycle-training")
    small = shown[(shown[MARKER_COLUMN] != "") & (shown["decile"] <= 3)]
    found = cold_spots.coldspots(pack, NOW, CYCLES)
    assert len(small) > 0
    assert not set(found.frame["place"]) & set(small["place"])
    assert f"Not called cold, too small to show: {len(small)} deprived areas." in found.sentence


def test_a_middle_area_is_deprived_where_half_of_its_residents_live_in_deciles_one_to_three(
    pack: Pack, areas: pd.DataFrame
) -> None:
    deep = areas["population"].where(areas["decile"] <= 3, 0).groupby(areas["msoa"]).sum()
    deprived = deep / areas.groupby("msoa")["population"].sum() >= 0.5
    found = cold_spots.coldspots(pack, NOW, RIDES)
    assert deprived[found.frame["place"]].all()
    assert f"of {deprived.sum()} deprived areas" in found.headline


def test_the_nearest_place_is_the_one_with_the_shortest_way_over_the_sphere(pack: Pack) -> None:
    sites = pd.read_csv(DATA / "places.csv")
    sites = sites[sites["programme"] == "adult-skills-fund"]
    inside = boundary_shapes.points(pack)
    for row in cold_spots.coldspots(pack, NOW, SKILLS).frame.head(5).to_dict("records"):
        east, north = (math.radians(each) for each in inside[row["place"]])
        ways = {}
        for site in sites.to_dict("records"):
            x, y = math.radians(site["longitude"]), math.radians(site["latitude"])
            cosine = math.sin(north) * math.sin(y) + math.cos(north) * math.cos(y) * math.cos(x - east)
            ways[site["name"]] = 6371.0088 * math.acos(cosine)
        assert row["nearest"] == min(ways, key=lambda name: ways[name])
        assert row["distance"] == pytest.approx(min(ways.values()), abs=1e-3)


def test_a_degree_of_latitude_is_a_360th_of_the_way_around() -> None:
    around = cold_spots.haversine(np.array([-3.0, 53.0]), np.array([-3.0, 54.0]))
    assert float(around) == pytest.approx(2 * math.pi * 6371.0088 / 360)
    pole = cold_spots.haversine(np.array([0.0, 0.0]), np.array([77.0, 90.0]))
    assert float(pole) == pytest.approx(math.pi * 6371.0088 / 2)


def test_a_programme_without_places_has_no_distance_and_says_so(pack: Pack) -> None:
    found = cold_spots.coldspots(pack, NOW, MapChoice("reach", "apprentice-travel"))
    assert found.frame["distance"].isna().all()
    assert set(found.export()["distance"]) == {"[x]"}
    assert "No place of service of Apprentice travel is in the data pack" in found.sentence


def test_where_only_districts_can_be_shown_no_cold_spot_is_named(pack: Pack) -> None:
    found = cold_spots.coldspots(pack, NOW, FIRST)
    assert "only districts can be shown" in found.empty


# -- change ------------------------------------------------------------------------------------------------


def newcombe(x1: float, n1: float, x2: float, n2: float) -> tuple[float, float]:
    """Newcombe's method 10, from the roots of the score equation."""
    z = 1.959963984540054

    def wilson(x: float, n: float) -> tuple[float, float]:
        middle, half = x + z * z / 2, z * math.sqrt(x * (n - x) / n + z * z / 4)
        return (middle - half) / (n + z * z), (middle + half) / (n + z * z)

    (l1, u1), (l2, u2) = wilson(x1, n1), wilson(x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    return p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)


def test_the_change_of_a_share_of_people_has_newcombes_limits(pack: Pack, areas: pd.DataFrame) -> None:
    after, before = (people(areas, year, "cycle-training") for year in (YEAR, BEFORE))
    rows = decile_change.change(pack, NOW, CYCLES).frame.set_index("decile")
    for decile in range(1, 11):
        limits = newcombe(after[decile], after.sum(), before[decile], before.sum())
        row = rows.loc[decile]
        assert [row["lower"], row["upper"]] == pytest.approx([100 * each for each in limits], abs=0.05001)
        assert row["difference"] == 5 * np.floor((after[decile] - before[decile]) / 5 + 0.5)
        if row["said"] != "practically even":
            assert (row["said"] == "could be chance") == (limits[0] <= 0 <= limits[1])


def test_the_change_of_money_has_no_test(pack: Pack, areas: pd.DataFrame) -> None:
    after, before = (
        pd.Series(pounds(areas, y, "supplier")).groupby(areas["decile"]).sum() for y in (YEAR, BEFORE)
    )
    found = decile_change.change(pack, NOW, SUPPLIER)
    assert found.frame["difference"].tolist() == pytest.approx((after - before).tolist())
    assert found.frame["points"].tolist() == pytest.approx(
        (100 * (after / after.sum() - before / before.sum())).tolist()
    )
    assert found.frame[["lower", "upper"]].isna().all(axis=None)
    assert set(found.frame["said"]) == {"no test possible"}
    assert "no test possible" in found.sentence


def test_a_decile_held_back_in_one_year_has_no_change_and_is_counted_in_the_whole(
    pack: Pack, areas: pd.DataFrame
) -> None:
    found = decile_change.change(pack, NOW, FIRST)
    missing = found.frame[["before", "after"]].isna()
    assert (missing.sum(axis=1) == 1).any()
    for column in ("points", "difference", "times", "lower"):
        assert found.frame[column].isna().equals(missing.any(axis=1)), column
    assert set(found.frame.loc[missing.any(axis=1), MARKER_COLUMN]) == {"[c]"}
    for column, year in (("share", YEAR), ("share_before", BEFORE)):
        exact = people(areas, year, "housing-first")
        told = found.frame.set_index("decile")[column].dropna()
        assert told.tolist() == pytest.approx((100 * exact / exact.sum())[told.index].tolist(), abs=0.05001)
    assert "they are counted in the whole" in found.sentence


@pytest.mark.parametrize("programme", ["cycle-training", "housing-retrofit", "apprentice-travel"])
def test_of_the_deciles_that_are_tested_those_are_rising_or_falling_that_hold_taken_together(
    pack: Pack, areas: pd.DataFrame, programme: str
) -> None:
    found = decile_change.change(pack, NOW, MapChoice("reach", programme))
    rows = found.frame.set_index("decile")
    shown = rows.index[rows["lower"].notna()]
    after, before = people(areas, YEAR, programme), people(areas, BEFORE, programme)
    p = many_tests.p_of_difference(after[shown], after.sum(), before[shown], before.sum())
    holds = pd.Series(false_discovery_control(p) <= 0.05, shown)
    moved = rows.loc[shown, "said"].str.match("rising|falling")
    alone = rows.loc[shown, "said"].str.endswith("taken alone")
    assert (moved & ~alone).sum() == (moved & holds).sum()
    assert not (alone & holds).any()
    assert ((p >= 0.05) <= ~moved).all()
    if moved.any():
        assert f"{len(shown)} tests: {moved.sum()} stand" in found.sentence
    else:
        assert "would by chance alone" not in found.sentence


@pytest.mark.parametrize("view", [View(year=YEAR), View(year=YEAR, compare=YEAR)])
def test_without_another_year_nothing_is_said_to_have_changed(pack: Pack, view: View) -> None:
    assert decile_change.change(pack, view, SKILLS).empty == f"Choose a year to compare {YEAR} with."


def test_a_part_year_is_compared_but_not_tested(pack: Pack) -> None:
    rows = decile_change.change(pack, View(year=PART, compare=YEAR), SKILLS).frame
    assert set(rows["said"]) == {"part year, not tested"}
    assert rows["lower"].isna().all()


# -- what all of them keep to ------------------------------------------------------------------------------


@named
@pytest.mark.parametrize("asked", ALL_ASKED, ids=lambda a: f"{a.show}-{a.programme}-{a.kind}")
def test_every_finding_is_whole(pack: Pack, name: str, asked: MapChoice) -> None:
    found = EVERY[name](pack, NOW, asked)
    assert found.name == name.partition(" ")[0]
    assert 0 < len(found.headline) <= 90
    assert found.vintage == "IoD 2019"
    assert {"show", "programme", "domain", "kind"} <= set(found.params)
    assert list(found.export().columns)[: len(found.columns)] == list(found.columns)
    assert not found.export().isin(["", "nan", "None"]).any(axis=None)
    if found.empty:
        assert found.chart is None
        return
    assert set(found.frame["status"]) == {"illustrative"}
    assert found.sentence
    assert found.alt
    assert found.chart is not None
    assert len(found.chart)
    if name != "concentration-years":
        assert re.search(r"left out of the shares|with no known place here", found.sentence)
    assert re.search(r"\d% of (the city region's |all )?residents", found.sentence)


@named
def test_the_place_of_a_payment_that_counts_is_named(pack: Pack, name: str) -> None:
    assert "place of benefit" in EVERY[name](pack, NOW, SPEND).subtitle
    assert "place of the supplier" in EVERY[name](pack, NOW, SUPPLIER).subtitle


def test_payments_without_a_place_are_counted(pack: Pack, areas: pd.DataFrame) -> None:
    lines = in_year("payments", YEAR)
    lost = ~lines["benefit_area"].isin(areas["code"])
    assert f"in {lost.sum():,} lines with no place of benefit" in parity.parity(pack, NOW, SPEND).sentence


@named
def test_money_that_is_all_without_a_place_is_counted(pack: Pack, name: str) -> None:
    lines = in_year("payments", YEAR)
    number = (lines["programme"] == "corporate").sum()
    told = EVERY[name](pack, NOW, MapChoice("spend", "corporate"))
    assert (
        name == "concentration-years"
        or f"(100% of all) in {number:,} lines with no place of benefit" in told.empty
    )


@pytest.mark.parametrize("asked", [SKILLS, CYCLES, FIRST, RIDES], ids=lambda a: a.programme)
def test_no_count_of_people_is_small_or_exact(pack: Pack, asked: MapChoice) -> None:
    seen = 0
    for build in EVERY.values():
        frame = build(pack, NOW, asked).frame
        for column in {"amount", "before", "after", "to_parity"} & set(frame):
            counts = frame[column].dropna().astype(float)
            assert (counts % 5 == 0).all()
            seen += len(counts)
    assert seen > 10


@named
def test_a_curve_or_share_of_what_is_held_back_says_which_deciles(pack: Pack, name: str) -> None:
    found = EVERY[name](pack, NOW, FIRST)
    assert re.search(r"[Tt]oo small to show|only districts can be shown", found.empty + found.sentence)


@named
def test_a_filter_that_matches_no_programme_says_so(pack: Pack, name: str) -> None:
    linked = set(pack.table("programme_links")["commitment"])
    alone = next(c for c in Framework.of(pack).commitments["id"] if c not in linked)
    view = View(commitment=alone, year=YEAR, compare=BEFORE)
    assert "No programme that counts people" in EVERY[name](pack, view, SKILLS).empty
    assert "No payments" in EVERY[name](pack, view, SPEND).empty


@named
def test_a_year_without_lines_says_so(pack: Pack, name: str) -> None:
    view = View(year="2018/19", compare=YEAR)
    if name != "concentration-years":  # it shows the other years
        assert "2018/19" in EVERY[name](pack, view, SPEND).empty
    assert EVERY[name](pack, view, SKILLS).headline


def test_a_role_counts_only_the_payments_of_its_programmes(pack: Pack, areas: pd.DataFrame) -> None:
    role = next(iter(Framework.of(pack).vocabulary.labels("role")))
    view = View(role=role, year=YEAR, compare=BEFORE)
    own = area_cells.programmes(pack, view, "has_money")
    expected = sum(pounds(areas, YEAR, programme=each).sum() for each in own)
    rows = parity.parity(pack, view, SPEND).frame
    assert rows.loc[rows["level"] == "Decile", "amount"].sum() == pytest.approx(expected)


MISSING = ["payments", "contacts", "areas", "places", "boundaries", "programmes", "programme_links"]


@pytest.mark.parametrize("table", MISSING)
def test_without_one_table_every_finding_builds_and_says_why_it_is_empty(
    copied_pack: CopiedPack, table: str
) -> None:
    copied_pack.remove(table)
    damaged = copied_pack.open()
    view = Framework.of(damaged).filters.default_view()
    for build in EVERY.values():
        for asked, lines in ((SPEND, "payments"), (SKILLS, "contacts")):
            if table == lines:
                with pytest.raises(LinesError, match=table):
                    build(damaged, view, asked)
                continue
            found = build(damaged, view, asked)
            assert found.empty or len(found.frame)
            assert list(found.export().columns)[: len(found.columns)] == list(found.columns)
    if table == "areas":
        assert concentration.curve(damaged, view, SKILLS).empty
        assert parity.parity(damaged, view, SPEND).empty
    if table in {"places", "boundaries"}:
        assert cold_spots.coldspots(damaged, view, SPEND).frame["distance"].isna().all()


def test_the_same_figures_always_have_the_same_limits(copied_pack: CopiedPack, small_pack: Pack) -> None:
    again = concentration.by_year(copied_pack.open(), NOW, SKILLS).frame
    pd.testing.assert_frame_equal(again, concentration.by_year(small_pack, NOW, SKILLS).frame)


DRAWN = {
    "concentration": drawings.curve,
    "concentration-years": drawings.indices,
    "most-deprived": drawings.deprived,
    "parity": drawings.parity,
    "cold-spots": drawings.cold,
    "reach-change": drawings.changes,
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("columns", [1, 4])
@pytest.mark.parametrize("asked", [SPEND, SKILLS], ids=lambda a: a.show)
def test_a_drawing_reads_only_what_its_chart_has(
    pack: Pack, name: str, columns: int, asked: MapChoice
) -> None:
    # A mark on an axis has a label of its own.
    written = re.sub(r'"labelExpr": "(?:[^"\\]|\\.)*"', "", json.dumps(DRAWN[name](columns)))
    read = set(re.findall(r'"field": "(?:max\()?(\w+)\)?"', written))
    read |= set(re.findall(r"datum\.(\w+)", written))
    # What the drawing works out itself stands in no chart.
    read -= {
        each
        for names in re.findall(r'"as": (\[[^\]]*\]|"\w+")', written)
        for each in re.findall(r"\w+", names)
    }
    chart = EVERY[name](pack, NOW, asked).chart
    assert chart is not None
    assert read
    assert read <= set(chart.columns)


# -- how a lean moves --------------------------------------------------------------------------------------


def an_index(index: float, said: str, within: float = math.nan) -> dict[str, object]:
    return {
        "year": "2022/23" if said == "then" else "2025/26",
        "index": index,
        "lower": index - within,
        "upper": index + within,
        "said": said,
    }


@pytest.mark.parametrize(
    ("first", "last", "within", "said", "headline"),
    [
        (-0.1, -0.2, 0.01, "more than chance", "Reach moved towards the more deprived from"),
        (-0.2, -0.1, 0.01, "more than chance", "Reach moved towards the less deprived from"),
        (-0.2, -0.1, 0.2, "that could be chance", "Reach: no change of its lean beyond chance from"),
        (-0.1, -0.105, 0.001, "too small a change to matter", "Reach leans about as much over deprivation"),
        # Money has no limits, and so no test.
        (-0.1, -0.2, math.nan, "", "Reach moved towards the more deprived from"),
        (
            -0.1,
            -0.105,
            math.nan,
            "too small a change to matter",
            "Reach leans about as much over deprivation",
        ),
    ],
)
def test_a_lean_moved_only_as_far_as_chance_and_size_let_one_say(
    pack: Pack, first: float, last: float, within: float, said: str, headline: str
) -> None:
    landing = land.of(pack, NOW, SKILLS)
    then, now = an_index(first, "then", within), an_index(last, "now", within)
    assert concentration._change(pack, then, now) == said
    assert concentration._way(then, now, said, landing).startswith(headline)


def test_what_is_practically_even_in_both_years_is_not_said_to_have_moved(pack: Pack) -> None:
    found = concentration.by_year(pack, NOW, PASSES)
    assert found.headline == "Reach is practically even over deprivation, 2022/23 and 2025/26"
    assert found.sentence.endswith("practically even in both.")


@pytest.mark.parametrize("name", EVERY)
def test_of_money_no_finding_speaks_of_errors_of_sampling(pack: Pack, name: str) -> None:
    found = EVERY[name](pack, NOW, SPEND)
    assert "sampling error" not in f"{found.headline} {found.sentence} {found.alt}"
    assert "concentration index" not in found.headline
