"""Who lives near a place of service: distances by hand, residents that add up, and what is said where nothing is known."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash.findings.finding import Finding
from svdash.findings.reach import area_cells, catchments
from svdash.findings.reach.area_figures import MapChoice, area_map
from svdash.maps import deck_layers
from svdash.register import Framework, View
from svdash.render.drawings import place_charts as drawings
from svdash.tables import Pack, boundary_shapes
from tests.copies import DATA, ROOT, SMALL, CopiedPack

NOW = View(year="2025/26")
SKILLS = MapChoice("reach", "adult-skills-fund")
RINGS = ("1km", "2km", "3km", "5km")
WITH_PLACES = sorted(pd.read_csv(DATA / "places.csv")["programme"].unique())
EARTH = 6371.0088


def apart(east: float, north: float, x: float, y: float) -> float:
    """The way over the sphere by the law of cosines, another form than the product's."""
    east, north, x, y = (math.radians(each) for each in (east, north, x, y))
    cosine = math.sin(north) * math.sin(y) + math.cos(north) * math.cos(y) * math.cos(x - east)
    return EARTH * math.acos(min(1.0, cosine))


def by_decile(found: Finding) -> pd.DataFrame:
    return found.frame.set_index("decile")


def described(copied: CopiedPack, change: Callable[[dict[str, object]], None], table: str) -> None:
    """Change how a table of a copied pack is described."""
    path = copied.folder / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    change(next(each for each in about["resources"] if each["name"] == table))
    path.write_text(json.dumps(about), encoding="utf-8")


# -- the distance ------------------------------------------------------------------------------------------


def test_residents_inside_are_those_of_areas_whose_point_is_near_enough(pack: Pack) -> None:
    areas = pd.read_csv(DATA / "areas.csv")
    sites = pd.read_csv(DATA / "places.csv").query("programme == 'housing-first'")
    points = boundary_shapes.points(pack)
    near = [
        min(apart(*points[code], x, y) for x, y in zip(sites["longitude"], sites["latitude"], strict=True))
        <= 3
        for code in areas["code"]
    ]
    found = by_decile(catchments.catchments(pack, NOW, MapChoice("reach", "housing-first"), "3km"))
    expected = areas[near].groupby("decile")["population"].sum().reindex(range(1, 11), fill_value=0)
    lived = areas.groupby("decile")["population"].sum()
    assert found["inside"].iloc[:10].tolist() == expected.tolist()
    assert found["share"].iloc[:10].tolist() == pytest.approx((100 * expected / lived).tolist())
    assert found.loc["All", "inside"] == areas.loc[near, "population"].sum()


def test_an_area_is_inside_from_the_metre_at_which_the_ring_reaches_its_point(
    small_pack: Pack, copied_pack: CopiedPack
) -> None:
    """One place due north of an area's point, so that the way is an arc of the meridian."""
    code, (east, north) = next(iter(boundary_shapes.points(small_pack).items()))
    lived = int(area_cells.areas(small_pack).loc[code, "population"])

    def one(metres: float) -> int:
        def moved(rows: pd.DataFrame) -> pd.DataFrame:
            up = north + metres / 1000 * 180 / (math.pi * EARTH)
            alone = rows.head(1).assign(programme="dial-a-ride")
            return alone.assign(area=code, latitude=f"{up:.8f}", longitude=str(east))

        copied_pack.change("places", moved)
        copied_pack.change("areas", lambda rows: rows[rows["code"] == code])
        found = catchments.catchments(copied_pack.open(), NOW, MapChoice("reach", "dial-a-ride"), "2km")
        return int(by_decile(found).loc["All", "inside"])

    assert (one(1999.9), one(2000.1)) == (lived, 0)


# -- what holds of every catchment -------------------------------------------------------------------------


@pytest.mark.parametrize("programme", WITH_PLACES)
@pytest.mark.parametrize("within", RINGS)
def test_residents_inside_and_outside_are_all_residents(pack: Pack, programme: str, within: str) -> None:
    areas = pd.read_csv(DATA / "areas.csv")
    rows = by_decile(catchments.catchments(pack, NOW, MapChoice("spend", programme), within))
    assert (rows["inside"] + rows["outside"] + rows["unknown"]).equals(rows["residents"])
    assert rows.loc["All", "residents"] == areas["population"].sum()
    assert rows["residents"].iloc[:10].tolist() == areas.groupby("decile")["population"].sum().tolist()
    assert rows.loc["All", "inside"] == rows["inside"].iloc[:10].sum()


@pytest.mark.parametrize("programme", WITH_PLACES)
def test_a_larger_ring_never_holds_fewer_residents(pack: Pack, programme: str) -> None:
    found = [
        by_decile(catchments.catchments(pack, NOW, MapChoice("reach", programme), each)) for each in RINGS
    ]
    for smaller, larger in itertools.pairwise(found):
        assert (smaller["inside"] <= larger["inside"]).all()
    assert found[0].loc["All", "inside"] < found[-1].loc["All", "inside"]


def _within(
    distances: list[float | None], deciles: list[int], residents: list[int], limit: float
) -> pd.DataFrame:
    rows = pd.DataFrame({"decile": deciles, "population": residents}).astype("Int64")
    return catchments.sums(rows, pd.Series(distances, dtype="float64"), limit)


HOMES = st.lists(
    st.tuples(st.none() | st.floats(0, 90), st.integers(1, 10), st.integers(0, 5000)), min_size=1, max_size=30
)


@given(HOMES, st.floats(0, 90), st.floats(0, 90))
def test_whatever_the_distances_a_wider_limit_moves_residents_only_inwards(
    homes: list[tuple[float | None, int, int]], one: float, other: float
) -> None:
    distances, deciles, residents = (list(each) for each in zip(*homes, strict=True))
    narrow, wide = (_within(distances, deciles, residents, each) for each in sorted((one, other)))
    assert (narrow["inside"] <= wide["inside"]).all()
    assert narrow["unknown"].equals(wide["unknown"])
    for rows in (narrow, wide):
        assert rows["residents"].iloc[-1] == sum(residents)
        assert (rows["inside"] + rows["outside"] + rows["unknown"]).equals(rows["residents"])
        assert rows["share"].dropna().between(0, 100).all()


def test_who_lives_at_an_unknown_distance_is_in_neither_part_of_the_share() -> None:
    rows = _within([1.0, 3.0, None, None], [1, 1, 1, 2], [300, 100, 600, 50], 2.0).set_index("decile")
    assert rows.loc["1", ["inside", "outside", "unknown", "residents"]].tolist() == [300, 100, 600, 1000]
    assert rows.loc["1", "share"] == 75
    assert (rows.loc["2", "marker"], rows.loc["3", "marker"]) == ("[x]", "[z]")
    assert rows.loc[["2", "3"], "share"].isna().all()


# -- what is said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("programme", WITH_PLACES)
@pytest.mark.parametrize("within", RINGS)
def test_a_catchment_is_a_whole_finding(pack: Pack, programme: str, within: str) -> None:
    found = catchments.catchments(pack, NOW, MapChoice("reach", programme), within)
    rows = by_decile(found)
    assert len(found.headline) <= 90
    assert rows.loc["1", "share"] == pytest.approx(float(found.headline.split("%")[0]), abs=0.05)
    assert f"{rows.loc['All', 'inside']:,} residents" in found.sentence
    assert (found.name, found.params["within"], found.vintage) == ("catchments", within, "IoD 2019")
    assert found.statuses == ("official", "illustrative")
    assert found.sources == {
        "official": "deprivation and residents, boundaries",
        "illustrative": "service places",
    }
    assert set(found.frame["status"]) == {"illustrative"}
    assert found.updated is not None
    assert "crow flies" in found.method
    assert "Whole areas count or do not" in found.method
    assert found.alt.count("Decile ") == 10
    assert not found.export().isin(["", "nan", "None"]).any(axis=None)


@pytest.mark.parametrize("columns", [1, 4])
def test_the_drawing_reads_only_what_its_chart_has(pack: Pack, columns: int) -> None:
    written = json.dumps(drawings.catchments(columns))
    read = set(re.findall(r'"field": "(?:max\()?(\w+)\)?"', written)) | set(
        re.findall(r"datum\.(\w+)", written)
    )
    chart = catchments.catchments(pack, NOW, SKILLS).chart
    assert chart is not None
    assert read
    assert read <= set(chart.columns)


def test_a_distance_that_is_not_known_is_named_with_those_that_are(pack: Pack) -> None:
    with pytest.raises(ValueError, match="within '4km' is not known: choose one of 1km, 2km, 3km, 5km"):
        catchments.catchments(pack, NOW, SKILLS, "4km")


def test_no_programme_chosen_says_so_and_names_those_that_can_be(pack: Pack) -> None:
    found = catchments.catchments(pack, NOW, MapChoice("spend"))
    assert found.chart is None
    assert found.empty.startswith("Choose one programme")
    assert "Dial a Ride" in found.empty
    assert "Kindred" not in found.empty


def test_a_role_without_a_programme_says_so(pack: Pack) -> None:
    linked = set(pack.table("programme_links")["commitment"])
    alone = next(c for c in Framework.of(pack).commitments["id"] if c not in linked)
    found = catchments.catchments(pack, View(commitment=alone, year="2025/26"), SKILLS)
    assert "No programme that counts people is linked" in found.empty


def test_a_programme_without_places_says_so(pack: Pack) -> None:
    found = catchments.catchments(pack, NOW, MapChoice("reach", "apprentice-travel"))
    assert "No place of service of Apprentice travel is in the data pack" in found.empty
    assert found.headline.endswith("not known")


def unplace(copied: CopiedPack, kept: int) -> None:
    """Take the coordinates of all places of one programme but so many away, in a pack that lets them be missing."""

    def optional(resource: dict[str, object]) -> None:
        for each in resource["schema"]["fields"]:  # type: ignore[index]
            if each["name"] in {"latitude", "longitude"}:
                each["constraints"]["required"] = False

    def blank(rows: pd.DataFrame) -> pd.DataFrame:
        ids = rows.index[rows["programme"] == "adult-skills-fund"][kept:]
        rows.loc[ids, ["latitude", "longitude"]] = ""
        return rows

    described(copied, optional, "places")
    copied.change("places", blank)


def test_places_without_coordinates_are_counted_in_words(copied_whole_pack: CopiedPack) -> None:
    unplace(copied_whole_pack, 5)
    found = catchments.catchments(copied_whole_pack.open(), NOW, SKILLS)
    assert found.sentence.startswith("5 places of Adult Skills Fund:")
    assert "Without coordinates, so left out: 19 places." in found.sentence


def test_where_no_place_has_coordinates_nothing_is_drawn_and_it_is_said_why(
    copied_whole_pack: CopiedPack,
) -> None:
    unplace(copied_whole_pack, 0)
    found = catchments.catchments(copied_whole_pack.open(), NOW, SKILLS)
    assert found.empty.startswith("24 places of Adult Skills Fund, none with coordinates")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("areas", "no areas with residents"),
        ("places", "No place of service of Adult Skills Fund"),
        ("boundaries", "add the boundaries"),
        ("programmes", "No programme"),
    ],
)
def test_without_a_table_it_is_said_what_is_missing(copied_pack: CopiedPack, table: str, why: str) -> None:
    copied_pack.remove(table)
    assert why in catchments.catchments(copied_pack.open(), NOW, SKILLS).empty


def test_a_region_without_the_most_deprived_tenth_is_told_of_all_its_residents(
    copied_pack: CopiedPack,
) -> None:
    copied_pack.change("areas", lambda rows: rows[rows["decile"] != "1"])
    found = catchments.catchments(copied_pack.open(), NOW, SKILLS)
    assert re.match(r"[\d.]+% of residents live within 2 km of a place$", found.headline)
    assert found.export()["share"].iloc[0] == "[z]"


# -- travel times of a pack that has them ------------------------------------------------------------------


def times(copied: CopiedPack, rows: str, **changed: object) -> Pack:
    """Give a pack the table of the guide, described as the guide describes it."""
    guide = (ROOT / "docs" / "guides" / "travel-times.md").read_text(encoding="utf-8")
    told = re.search(r"<!-- travel-times-resource -->\s+```json\n(.*?)```", guide, re.DOTALL)
    assert told is not None
    path = copied.folder / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    about["resources"].append(json.loads(told[1]) | changed)
    path.write_text(json.dumps(about), encoding="utf-8")
    (copied.folder / "travel_times.csv").write_text(f"area,site,minutes,mode\n{rows}", encoding="utf-8")
    return copied.open()


@pytest.fixture
def four(copied_pack: CopiedPack) -> CopiedPack:
    """Four areas of decile 1 with 1,000, 2,000, 3,000 and 4,000 residents, two places of Dial a Ride."""
    codes = pd.read_csv(SMALL / "areas.csv").query("decile == 1")["code"].head(4).tolist()

    def few(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows[rows["code"].isin(codes)].set_index("code").loc[codes].reset_index()
        return rows.assign(population=["1000", "2000", "3000", "4000"])[
            list(copied_pack.rows("areas").columns)
        ]

    def two(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.head(2).assign(programme="dial-a-ride")
        return rows.assign(id=["L01", "L02"], area=codes[0])

    copied_pack.change("areas", few)
    copied_pack.change("places", two)
    return copied_pack


RIDES = MapChoice("reach", "dial-a-ride")


def rows_of(copied: CopiedPack, *cells: tuple[int, str, float, str]) -> str:
    codes = copied.rows("areas")["code"]
    return "".join(f"{codes[at]},{site},{minutes},{mode}\n" for at, site, minutes, mode in cells)


def test_without_travel_times_only_kilometres_are_offered(pack: Pack) -> None:
    assert list(catchments.choices(pack)) == list(RINGS)


def test_an_area_without_a_time_is_not_known_and_not_outside(four: CopiedPack) -> None:
    """The first is 30 minutes from one place and 90 from the other, the second too far, the last two have no time."""
    cells = [(0, "L01", 90, "bus"), (0, "L02", 30, "bus"), (1, "L01", 30.5, "bus"), (1, "L02", 40, "bus")]
    cells += [(2, "L01", 5, "walk")]
    opened = times(four, rows_of(four, *cells))
    found = catchments.catchments(opened, NOW, RIDES, "30min-bus")
    row = by_decile(found).loc["1"]
    assert row[["inside", "outside", "unknown", "residents"]].tolist() == [1000, 2000, 7000, 10000]
    assert row["share"] == pytest.approx(100 / 3)
    assert found.headline.startswith(
        "33.3% of residents of the most deprived tenth live within 30 min of a place"
    )
    assert "neither inside nor outside: 2 areas with 7,000 residents" in found.sentence
    assert found.sentence.startswith(
        "2 places of Dial a Ride: within 30 minutes (bus) of one live 1,000 residents"
    )


def test_an_area_too_far_from_one_place_and_without_a_time_to_another_is_not_known(four: CopiedPack) -> None:
    cells = [(0, "L01", 90, "bus"), (0, "L02", 20, "bus"), (1, "L01", 50, "bus")]
    opened = times(four, rows_of(four, *cells))
    sides = ["inside", "outside", "unknown"]
    told = [
        by_decile(catchments.catchments(opened, NOW, RIDES, each)).loc["1", sides].tolist()
        for each in ("30min-bus", "60min-bus")
    ]
    assert told == [[1000, 0, 9000], [3000, 0, 7000]]


def test_each_mode_has_its_own_minutes_and_times_are_said_to_be_the_packs(four: CopiedPack) -> None:
    opened = times(four, rows_of(four, (0, "L01", 10, "bus"), (2, "L01", 50, "walk")))
    minutes = [f"{limit}min-{mode}" for mode in ("bus", "walk") for limit in (15, 30, 45, 60)]
    assert list(catchments.choices(opened)) == [*RINGS, *minutes]
    inside = [
        by_decile(catchments.catchments(opened, NOW, RIDES, each)).loc["1", "inside"] for each in minutes
    ]
    assert inside == [1000, 1000, 1000, 1000, 0, 0, 0, 3000]
    found = catchments.catchments(opened, NOW, RIDES, "15min-bus")
    assert "Travel times to service places (Own routing over the timetable of autumn 2026)" in found.sentence
    assert "crow flies" not in found.method
    assert found.statuses == ("official", "published", "illustrative")
    assert "Without a time, so left out: 1 place." in found.sentence


def test_a_mode_without_a_time_to_the_programme_says_so(four: CopiedPack) -> None:
    def other(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(programme=["dial-a-ride", "housing-first"])

    four.change("places", other)
    opened = times(four, rows_of(four, (0, "L02", 10, "bus")))
    found = catchments.catchments(opened, NOW, RIDES, "15min-bus")
    assert found.empty == "The pack's travel times have none (bus) to a place of Dial a Ride."


def test_travel_times_are_checked_like_any_other_table(four: CopiedPack) -> None:
    good = rows_of(four, (0, "L01", 10, "bus"))
    opened = times(
        four, f"{good}E01999999,L01,10,bus\n{good}{good.replace('bus', 'walk').replace('10', 'ten')}"
    )
    faults = [each for each in opened.faults if each.table == "travel_times"]
    assert {each.column for each in faults} >= {"area", "minutes"}
    assert {each.row for each in faults} >= {3, 5}


def test_the_guides_description_of_travel_times_has_no_fault(copied_pack: CopiedPack) -> None:
    site = copied_pack.rows("places")["id"].iloc[0]
    opened = times(copied_pack, rows_of(copied_pack, (0, site, 10, "bus"), (0, site, 7.5, "walk")))
    assert not [each for each in opened.faults if each.table in {"travel_times", "datapackage.json"}]
    assert len(opened.table("travel_times")) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lines": True}, "not a plain table"),
        (
            {"schema": {"fields": [{"name": "area"}, {"name": "site"}, {"name": "mode"}]}},
            "has no column minutes",
        ),
        (
            {"schema": {"fields": [{"name": each} for each in ("area", "site", "minutes", "mode")]}},
            "minutes of travel_times is of type string: make it a number",
        ),
    ],
)
def test_travel_times_that_can_not_be_used_are_not_offered_and_it_is_said_why(
    four: CopiedPack, changed: dict[str, object], why: str
) -> None:
    opened = times(four, rows_of(four, (0, "L01", 10, "bus")), **changed)
    assert list(catchments.choices(opened)) == list(RINGS)
    assert why in catchments.catchments(opened, NOW, RIDES).sentence


def test_every_headline_of_minutes_is_short_enough(four: CopiedPack) -> None:
    four.change(
        "areas", lambda rows: rows.assign(population=["1000", "2001", "1", "0"], decile=["1", "1", "2", "2"])
    )
    opened = times(four, rows_of(four, (0, "L01", 59, "bus"), (1, "L01", 61, "bus"), (2, "L01", 61, "bus")))
    found = catchments.catchments(opened, NOW, RIDES, "60min-bus")
    assert re.match(
        r"\d\d\.\d% of residents of the most deprived tenth live within 60 min .* \d\d\.\d% of all$",
        found.headline,
    )
    assert len(found.headline) <= 90


# -- rings on the map --------------------------------------------------------------------------------------


def layers(pack: Pack, asked: MapChoice, **turned: object) -> dict[str, dict[str, object]]:
    drawn = deck_layers.deck(pack, area_map(pack, NOW, asked), None, deck_layers.Turned(**turned))  # type: ignore[arg-type]
    return {each["id"]: each for each in json.loads(drawn.to_json())["layers"]}


def test_rings_of_the_chosen_distance_are_drawn_in_metres_around_the_places_of_the_programme(
    pack: Pack,
) -> None:
    ring = layers(pack, SKILLS, sites=True, ring=3)["rings"]
    own = pd.read_csv(DATA / "places.csv").query("programme == 'adult-skills-fund'")
    assert ring["getRadius"] == 3000
    assert (ring["filled"], ring["stroked"], ring["pickable"]) == (False, True, False)
    assert [each["position"] for each in ring["data"]] == own[["longitude", "latitude"]].to_numpy().tolist()  # type: ignore[attr-defined]
    assert len(json.dumps(ring)) < 2500


@pytest.mark.parametrize(
    ("asked", "turned"),
    [
        (SKILLS, {"sites": False, "ring": 2}),
        (SKILLS, {"sites": True, "ring": 0}),
        (MapChoice(), {"sites": True, "ring": 2}),
        (MapChoice("spend", "kindred"), {"sites": True, "ring": 2}),
    ],
)
def test_no_ring_is_drawn_unasked_or_around_the_places_of_all_programmes(
    pack: Pack, asked: MapChoice, turned: dict[str, object]
) -> None:
    drawn = layers(pack, asked, **turned)
    assert "rings" not in drawn
    assert ("places" in drawn) == turned["sites"]


def test_a_place_without_coordinates_is_not_on_the_map(copied_whole_pack: CopiedPack) -> None:
    unplace(copied_whole_pack, 5)
    drawn = layers(copied_whole_pack.open(), SKILLS, sites=True, ring=1)
    assert [len(drawn[name]["data"]) for name in ("rings", "places")] == [5, 5]  # type: ignore[arg-type]
