"""The change of areas between two years: what it is worked out from, what is sure, and when it is not told."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from svdash import wording
from svdash.findings.reach import area_cells, area_change, area_figures
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.maps import map_features
from svdash.register import Framework, View
from svdash.tables import LinesError, Pack
from svdash.theme import ACCENT, ATTENTION
from svdash.web.routes import routes
from tests.copies import DATA, CopiedPack
from tests.opened_pages import opened

YEAR, BEFORE, FIRST, PART = "2025/26", "2024/25", "2022/23", "2026/27"
NOW = View(year=YEAR, compare=BEFORE)
SPEND, SUPPLIER = MapChoice("spend"), MapChoice("spend", kind="supplier")
SKILLS, CYCLES, RIDES, HOMES, PASSES = (
    MapChoice("reach", each)
    for each in (
        "adult-skills-fund",
        "cycle-training",
        "dial-a-ride",
        "housing-first",
        "concessionary-travel",
    )
)
EVERY = [SPEND, SUPPLIER, MapChoice("spend", "cycle-training"), SKILLS, CYCLES, RIDES, HOMES, PASSES]
asked_for = pytest.mark.parametrize("asked", EVERY, ids=lambda a: f"{a.show}-{a.programme}-{a.kind}")


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


@lru_cache(maxsize=8)
def in_year(table: str, year: str) -> pd.DataFrame:
    lines = pd.read_parquet(DATA / f"{table}.parquet")
    when, start = pd.to_datetime(lines["date"]), int(year[:4])
    return lines[(when >= f"{start}-04-01") & (when < f"{start + 1}-04-01")]


def only(lines: pd.DataFrame, years: tuple[str, ...]) -> pd.DataFrame:
    """The lines of some years."""
    when = pd.to_datetime(lines["date"])
    kept = [(when >= f"{y[:4]}-04-01") & (when < f"{int(y[:4]) + 1}-04-01") for y in years]
    return lines[np.logical_or.reduce(kept)].reset_index(drop=True)


# -- what it is worked out from ----------------------------------------------------------------------------


def test_the_change_of_money_is_that_of_the_sums_of_the_lines(pack: Pack) -> None:
    residents = pd.read_csv(DATA / "areas.csv").set_index("code")["population"]
    after, before = (
        in_year("payments", year)
        .groupby("benefit_area")["amount_pence"]
        .sum()
        .reindex(residents.index)
        .fillna(0)
        for year in (YEAR, BEFORE)
    )
    rows = area_change.change(pack, NOW, SPEND).frame.set_index("place")
    expected = (after - before) / 100 / residents
    assert rows["difference"].tolist() == pytest.approx(expected[rows.index].tolist())


@asked_for
def test_a_change_tells_nothing_that_the_maps_of_the_two_years_do_not_show(
    pack: Pack, asked: MapChoice
) -> None:
    rows = area_change.change(pack, NOW, asked).frame.set_index("place")
    amount = "people" if asked.show == "reach" else "pounds"
    for year, own, rate in ((YEAR, "amount", "after"), (BEFORE, "amount_before", "before")):
        shown = (
            area_figures.area_map(pack, NOW.with_(year=year), asked).frame.set_index("place").loc[rows.index]
        )
        pd.testing.assert_series_equal(rows[own], shown[amount], check_names=False, check_dtype=False)
        pd.testing.assert_series_equal(rows[rate], shown["rate"], check_names=False)
    both = rows["before"].notna() & rows["after"].notna()
    assert rows["difference"].notna().equals(both)
    difference = rows["after"] - rows["before"]
    if asked.show == "reach":
        # Both are written as whole numbers, and so is their difference, each from the exact ones.
        exact = [
            area_cells.people(pack, year, asked.programme).set_index("place")["rate"]
            for year in (BEFORE, YEAR)
        ]
        assert (rows["difference"] - difference)[both].abs().max() <= 1
        difference = np.floor((exact[1] - exact[0]).reindex(rows.index) + 0.5)
    assert rows.loc[both, "difference"].tolist() == pytest.approx(difference[both].tolist())


def test_an_area_hidden_in_one_of_the_years_is_neither_more_nor_fewer_and_is_counted(pack: Pack) -> None:
    hidden = set()
    for year in (YEAR, BEFORE):
        shown = area_cells.people(pack, year, "cycle-training")
        hidden |= set(shown.loc[shown["marker"] != "", "place"])
    found = area_change.change(pack, NOW, CYCLES)
    rows = found.frame
    assert set(rows.loc[rows["klass"] == -1, "place"]) == hidden
    assert len(hidden) > 0
    assert f"{len(hidden)} areas suppressed: too small to show in one of the years" in found.sentence
    assert set(rows.loc[rows["place"].isin(hidden), "said"]) == {area_change.HIDDEN["reach"]}
    assert set(found.export().loc[lambda e: e["place"].isin(hidden), "difference"]) == {"[c]"}
    tips = found.drawn.loc[found.drawn["place"].isin(hidden), "tip"]
    assert tips.str.contains(area_change.HIDDEN["reach"]).all()
    assert not tips.str.contains("Change ").any()


def test_what_could_be_told_from_the_middle_count_is_said_and_agrees_with_the_test_of_change(
    pack: Pack,
) -> None:
    found = area_change.change(pack, NOW, CYCLES)
    told = re.search(
        r"From about (\d+) people, .* it can tell (\d+) or more and (\d+ or fewer|no fall at all)",
        found.sentence,
    )
    assert told is not None
    start, rise = int(told[1]), int(told[2])
    fall = int(told[3].split()[0]) if told[3][0].isdigit() else None
    counts = [rise, rise - 5, *([] if fall is None else [fall, fall + 5])]
    rows = pd.DataFrame({"exact_before": start, "exact": counts})
    assert area_change.sure(rows).tolist() == [1, 0, *([] if fall is None else [-1, 0])]


def test_a_place_without_residents_has_no_change_of_money_and_is_not_called_small(pack: Pack) -> None:
    rows = pd.DataFrame({"place": ["a", "b"], "name": "x", "district_name": "y", "decile": 1})
    rows = rows.assign(population=[0, 100], pounds=[5.0, 200.0], rate=[np.inf, 2.0], marker="", told="")
    then = rows.assign(pounds=[3.0, 100.0], rate=[np.inf, 1.0])
    asked = MapChoice("spend")
    found = area_change._rows(
        pack,
        *(
            AreaMap(name="", headline="", subtitle="", frame=each, columns={}, choice=asked)
            for each in (rows, then)
        ),
    )
    assert found["difference"].isna().tolist() == [True, False]
    assert found["marker"].tolist() == ["[x]", ""]


# -- what is sure ------------------------------------------------------------------------------------------


def byar(low: int, high: int) -> tuple[float, float]:
    """Byar's lower limit of one count and upper limit of another, exact below ten."""
    z = 1.959963984540054
    lower = (
        low * (1 - 1 / (9 * low) - z / (3 * low**0.5)) ** 3
        if low >= 10
        else stats.chi2.ppf(0.025, 2 * low) / 2
        if low
        else 0
    )
    more = high + 1
    upper = (
        more * (1 - 1 / (9 * more) + z / (3 * more**0.5)) ** 3
        if high >= 10
        else stats.chi2.ppf(0.975, 2 * more) / 2
    )
    return float(lower), float(upper)


def surely(before: int, after: int) -> int:
    """The rule by hand: limits of the two counts that don't overlap."""
    (low_1, high_1), (low_2, high_2) = (byar(n, n) for n in (before, after))
    return int(low_2 > high_1) - int(high_2 < low_1)


COUNTS = [0, 5, 10, 15, 20, 25, 30, 40, 60, 100, 150, 300]


def test_more_or_fewer_is_said_only_beyond_chance() -> None:
    pairs = [(before, after) for before in COUNTS for after in COUNTS]
    rows = pd.DataFrame(pairs, columns=["exact_before", "exact"])
    expected = [surely(*pair) for pair in pairs]
    assert area_change.sure(rows).tolist() == expected
    assert {-1, 0, 1} == set(expected)


def test_of_places_without_a_change_fewer_than_one_in_a_hundred_is_taken_for_changed() -> None:
    chance = np.random.default_rng(1)
    for mean in (8, 20, 60, 250):
        exact = chance.poisson(mean, (2, 20_000))
        shown = exact[:, ((exact == 0) | (exact > 4)).all(axis=0)]
        rows = pd.DataFrame({"exact_before": shown[0], "exact": shown[1]})
        assert np.abs(area_change.sure(rows)).mean() < 0.01


def test_a_real_rise_is_found(copied_pack: CopiedPack) -> None:
    path = copied_pack.folder / "contacts.parquet"
    lines = pd.read_parquet(path)
    when = pd.to_datetime(lines["date"])
    old = (lines["programme"] == "concessionary-travel") & (when >= "2024-04-01") & (when < "2025-04-01")
    # The year before reached about half of the people.
    half = lines.loc[old, "people"].to_numpy() // 2
    lines.loc[old, "people"] = np.maximum(half, 1)
    lines.to_parquet(path, index=False)
    found = area_change.change(copied_pack.open(), NOW, PASSES)
    counts = found.frame["klass"].value_counts()
    assert counts[2] > 0.9 * len(found.frame)
    assert 0 not in counts
    assert f"more people reached in {counts[2]} areas, fewer in none" in found.headline


@pytest.mark.parametrize(
    "asked", [SPEND, SUPPLIER, MapChoice("spend", "cycle-training")], ids=lambda a: a.programme
)
def test_classes_of_money_are_the_same_above_and_below_nothing(pack: Pack, asked: MapChoice) -> None:
    found = area_change.change(pack, NOW, asked)
    names, rows = found.limits, found.frame
    assert len(names) == 5
    assert [name.replace("down ", "up ") for name in names[:2]] == list(names[:2:-1])
    sizes = [float(name.rsplit("£", 1)[1].split(" ")[0].replace(",", "")) for name in names]
    assert sizes[2] == float(names[1].split("£")[1].split(" ")[0])
    edge = sizes[0]
    for klass, low, high in (
        (0, -np.inf, -edge),
        (1, -edge, -sizes[2]),
        (2, -sizes[2], sizes[2]),
        (4, edge, np.inf),
    ):
        part = rows.loc[rows["klass"] == klass, "difference"]
        assert len(part)
        assert part.between(low, high).all()


def test_the_areas_of_money_that_rose_and_fell_and_stayed_add_up(pack: Pack) -> None:
    found = area_change.change(pack, NOW, SUPPLIER)
    moved = found.frame["difference"].round(2)
    assert f"rose in {(moved > 0).sum()} areas and fell in {(moved < 0).sum()} areas" in found.sentence
    assert f"with no change in {(moved == 0).sum()}." in found.sentence
    assert "no test possible" in found.sentence
    assert all(f"{year}: £" in found.sentence for year in (YEAR, BEFORE))


def test_the_same_payments_in_both_years_are_no_change(copied_pack: CopiedPack) -> None:
    path = copied_pack.folder / "payments.parquet"
    lines = only(pd.read_parquet(path), (BEFORE,))
    later = lines.assign(date=pd.to_datetime(lines["date"]) + pd.DateOffset(years=1))
    later["date"] = (
        later["date"].dt.date if lines["date"].dtype == object else later["date"].astype(lines["date"].dtype)
    )
    if "id" in lines:
        later["id"] = later["id"].astype(str) + "b"
    pd.concat([lines, later], ignore_index=True).to_parquet(path, index=False)
    found = area_change.change(copied_pack.open(), NOW, SPEND)
    assert found.limits == ("no change",)
    assert found.headline == f"All programmes: no change of spend in {len(copied_pack.rows('areas'))} areas"
    assert map_features.palette(found) == [map_features.NO_CHANGE]


# -- when it is not told -----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [SPEND, SKILLS], ids=lambda a: a.show)
@pytest.mark.parametrize(
    ("view", "why"),
    [
        (View(year=YEAR), "Choose a year under “Compared with”"),
        # A view drops a compared year that is not before its own.
        (View(year=BEFORE, compare=YEAR), "Choose a year under “Compared with”"),
        (View(year=YEAR, compare=YEAR), "Choose a year under “Compared with”"),
        (View(compare=PART), f"{PART} is not before {YEAR}"),
        (View(year=PART, compare=YEAR), f"{PART} is a part year"),
        (View(year=YEAR, compare="2018/19"), "in 2018/19"),
        (View(year="2018/19"), "no year before 2018/19"),
    ],
)
def test_two_years_that_can_not_be_compared_say_why(
    pack: Pack, view: View, why: str, asked: MapChoice
) -> None:
    found = area_change.change(pack, view, asked)
    assert why in found.empty
    assert found.frame.empty
    assert found.drawn.empty
    assert list(found.export().columns)[: len(found.columns)] == list(found.columns)


def test_all_years_are_the_latest_complete_one(pack: Pack) -> None:
    one, every = (area_change.change(pack, View(year=each, compare=FIRST), SPEND) for each in (YEAR, "all"))
    assert one.headline == every.headline
    assert not one.empty


def test_deprivation_does_not_change_within_a_vintage(pack: Pack) -> None:
    assert "does not change within one edition" in area_change.change(pack, NOW, MapChoice()).empty


def test_a_pack_of_one_year_has_no_change(copied_pack: CopiedPack) -> None:
    def one_year(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["year"] == YEAR]

    for table in ("updates", "observations_published", "observations_illustrative", "recruitment"):
        copied_pack.change(table, one_year)
    for table in ("payments", "contacts"):
        path = copied_pack.folder / f"{table}.parquet"
        only(pd.read_parquet(path), (YEAR,)).to_parquet(path, index=False)
    pack = copied_pack.open()
    assert Framework.of(pack).calendar.years == (YEAR,)
    for asked in (SPEND, SKILLS):
        found = area_change.change(pack, Framework.of(pack).filters.default_view(), asked)
        assert found.empty == f"The data pack has no year before {YEAR}, and a change needs two."


def test_people_shown_by_places_of_different_size_are_not_compared(copied_whole_pack: CopiedPack) -> None:
    path = copied_whole_pack.folder / "contacts.parquet"
    lines = pd.read_parquet(path)
    when = pd.to_datetime(lines["date"])
    old = (lines["programme"] == "cycle-training") & (when >= "2024-04-01") & (when < "2025-04-01")
    # Too few people are left in that year for small areas.
    kept = ~old | (np.arange(len(lines)) % 8 == 0)
    lines[kept].reset_index(drop=True).to_parquet(path, index=False)
    pack = copied_whole_pack.open()
    assert area_cells.geography_of(pack, BEFORE, "cycle-training") != "lsoa"
    found = area_change.change(pack, NOW, CYCLES)
    assert f"in {BEFORE} and by small area (LSOA) in {YEAR}" in found.empty
    assert "Choose 2022/23 or 2023/24 under “Compared with”" in found.empty
    assert not area_change.change(pack, NOW.with_(compare="2023/24"), CYCLES).empty


def test_money_without_a_place_in_either_year_has_no_change_to_show(pack: Pack) -> None:
    assert (
        "No payment with a known place"
        in area_change.change(pack, NOW, MapChoice("spend", "corporate")).empty
    )


@pytest.mark.parametrize("table", ["payments", "contacts", "areas", "programmes", "programme_links"])
def test_without_one_table_the_change_builds_and_may_say_why_it_is_empty(
    copied_pack: CopiedPack, table: str
) -> None:
    copied_pack.remove(table)
    pack = copied_pack.open()
    view = Framework.of(pack).filters.default_view()
    for asked, lines in ((SPEND, "payments"), (SKILLS, "contacts")):
        if table == lines:
            with pytest.raises(LinesError, match=table):
                area_change.change(pack, view, asked)
        else:
            found = area_change.change(pack, view, asked)
            assert found.empty or len(found.frame)


# -- how it is drawn and served ----------------------------------------------------------------------------


@asked_for
def test_every_change_is_whole(pack: Pack, asked: MapChoice) -> None:
    found = area_change.change(pack, NOW, asked)
    assert found.name == area_change.NAME
    assert 0 < len(found.headline) <= 90
    assert found.shape == map_features.CHANGE
    assert set(found.drawn["code"]) == set(area_cells.areas(pack)["code"])
    assert found.drawn["klass"].between(-1, len(found.limits) - 1).all()
    assert len(map_features.palette(found)) == len(found.limits) == len(set(found.limits))
    assert set(found.frame["status"]) == {"illustrative"}
    assert "illustrative" in found.subtitle
    assert not found.export().isin(["", "nan", "None"]).any(axis=None)
    counts = [f"{label}: {(found.frame['klass'] == n).sum()}." for n, label in enumerate(found.limits)]
    assert all(each in found.alt for each in counts)
    assert {"compare": BEFORE, "year": YEAR}.items() <= found.view.params().items()


@pytest.mark.parametrize("classes", map_features.CHANGES)
def test_more_is_blue_and_less_is_orange_and_no_change_is_in_the_middle(classes: int) -> None:
    colours = map_features.CHANGES[classes]
    assert len(set(colours)) == len(colours) == classes
    assert colours[classes // 2] == map_features.NO_CHANGE != map_features.HIDDEN
    if classes > 1:
        assert (colours[0], colours[-1]) == (ATTENTION, ACCENT)


def test_the_map_of_a_change_is_served_by_address(client: TestClient, pack: Pack) -> None:
    query = f"show=spend&shape=change&year={YEAR}&compare={FIRST}"
    found = client.get(f"/api/v1/areas.geojson?{query}").json()
    expected = area_change.change(pack, View(year=YEAR, compare=FIRST), SPEND)
    assert found["about"]["title"] == expected.headline
    assert [each["label"] for each in found["about"]["classes"]] == list(expected.limits)
    values = {f["properties"]["code"]: f["properties"] for f in found["features"]}
    rows = expected.frame.set_index("place")
    written = wording.halves_up(rows["difference"], expected.decimals["difference"])
    assert {code: about["value"] for code, about in values.items()} == dict(
        zip(rows.index, written, strict=True)
    )
    assert all(about["label"] == rows["said"][code] for code, about in values.items())
    assert map_features.address(expected, expected.shape).endswith("shape=change")
    assert f"compare={FIRST.replace('/', '%2F')}" in map_features.address(expected, expected.shape)


def test_the_table_of_a_change_is_open_data(client: TestClient) -> None:
    query = f"show=reach&programme=cycle-training&year={YEAR}&compare={BEFORE}"
    answer = client.get(f"/api/v1/tables/{area_change.NAME}.json?{query}")
    rows = json.loads(answer.text)["rows"]
    assert len(rows) == 989
    assert {row["compared"] for row in rows} == {BEFORE}
    people = [row[name] for row in rows for name in ("amount", "amount_before") if row[name] is not None]
    assert all(count % 5 == 0 for count in people)


def reach_page(**params: str) -> AppTest:
    """The page as an address opens it."""
    at = opened("reach_and_spend", **params)
    assert not at.exception
    return at


def html(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html"))


def test_the_page_draws_the_change_with_its_legend_in_words(pack: Pack) -> None:
    at = reach_page(show="spend", style="change")
    found = area_change.change(pack, NOW, SPEND)
    assert found.headline in html(at)
    assert all(label in html(at) for label in found.limits)
    assert all(f"background:{colour}" in html(at) for colour in map_features.palette(found))


def test_without_a_compared_year_the_page_says_what_to_do() -> None:
    at = reach_page(show="spend", style="change", compare="none")
    assert "Choose a year under “Compared with”" in html(at)


def test_deprivation_offers_no_change_and_the_choice_stays_for_when_it_is_left() -> None:
    at = reach_page(show="deprivation", style="change")
    assert not [box for box in at.selectbox if box.label == "Draw as"]
    assert "Ignored" not in html(at)
    next(box for box in at.selectbox if box.key == "show").select("spend").run()
    assert next(box for box in at.selectbox if box.label == "Draw as").value == "change"
