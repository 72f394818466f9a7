"""Cold spots on the map, beside their table."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.findings.reach import area_cells, area_figures, cold_spot_map, cold_spots
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import map_features
from svdash.register import View
from svdash.tables import Pack
from svdash.theme import ATTENTION
from svdash.web.routes import routes

YEAR = "2025/26"
NOW = View(year=YEAR)
KNOWSLEY = "E08000011"
SPEND, SKILLS, CYCLES, RIDES, FIRST = (
    MapChoice("spend"),
    *(
        MapChoice("reach", each)
        for each in ("adult-skills-fund", "cycle-training", "dial-a-ride", "housing-first")
    ),
)


@pytest.mark.parametrize("asked", [SPEND, SKILLS, CYCLES, RIDES])
def test_the_map_marks_the_cold_spots_of_the_table_and_no_others(pack: Pack, asked: MapChoice) -> None:
    found, table = cold_spot_map.coldmap(pack, NOW, asked), cold_spots.coldspots(pack, NOW, asked)
    assert set(found.drawn.loc[found.drawn["klass"] == cold_spot_map.COLD, "place"]) == set(
        table.frame["place"]
    )
    assert found.frame.equals(table.frame)
    assert found.headline == table.headline


@pytest.mark.parametrize("asked", [SKILLS, CYCLES])
def test_an_area_that_is_not_marked_is_deprived_hidden_or_neither(pack: Pack, asked: MapChoice) -> None:
    found = cold_spot_map.coldmap(pack, NOW, asked).drawn.set_index("code")
    shown = area_cells.people(pack, YEAR, asked.programme)
    decile = area_cells.areas(pack)["decile"]
    for code, klass in found["klass"].items():
        if shown.loc[code, "marker"]:
            assert klass == -1
        else:
            assert klass in ((1, cold_spot_map.COLD) if decile[code] <= 3 else (0,))


def test_every_area_has_a_class(pack: Pack) -> None:
    for asked in (SPEND, RIDES):
        drawn = cold_spot_map.coldmap(pack, NOW, asked).drawn
        assert list(drawn["code"]) == list(area_cells.areas(pack).index)
        assert drawn["klass"].isin([-1, 0, 1, 2]).all()


def test_a_cold_spot_tells_its_place_in_the_order_and_the_nearest_place_of_service(pack: Pack) -> None:
    found = cold_spot_map.coldmap(pack, NOW, SKILLS)
    first = found.frame.iloc[0]
    tip = found.drawn.set_index("place").loc[first["place"], "tip"]
    assert "number 1 in order" in tip
    assert f"{first['nearest']}, {first['distance']:.1f} km" in tip


def test_too_small_to_show_tells_no_number(pack: Pack) -> None:
    found = cold_spot_map.coldmap(pack, NOW, CYCLES)
    hidden = found.drawn[found.drawn["klass"] == -1]
    assert len(hidden)
    assert hidden["value"].isna().all()
    assert hidden["tip"].str.contains("[c]", regex=False).all()
    assert not hidden["tip"].str.contains("per 1,000").any()


def test_a_district_has_its_own_areas_with_the_colours_of_the_city_region(pack: Pack) -> None:
    whole = cold_spot_map.coldmap(pack, NOW, SKILLS).drawn.set_index("code")
    part = cold_spot_map.coldmap(pack, NOW.with_(district=KNOWSLEY), SKILLS).drawn.set_index("code")
    assert list(part.index) == list(area_cells.areas(pack, KNOWSLEY).index)
    assert part["klass"].equals(whole.loc[part.index, "klass"])


def test_where_only_districts_can_be_shown_the_map_says_why_it_is_empty(pack: Pack) -> None:
    found = cold_spot_map.coldmap(pack, NOW, FIRST)
    assert "only districts can be shown" in found.empty
    assert isinstance(found, area_figures.AreaMap)
    assert found.drawn.empty


def test_cold_spots_are_served_as_a_map() -> None:
    client = TestClient(Starlette(routes=routes()))
    told = client.get("/api/v1/areas.geojson", params={"show": "spend", "shape": map_features.COLD}).json()
    assert [each["label"] for each in told["about"]["classes"]][
        -1
    ] == "cold spot: deprived, with little spend"
    colours = {each["properties"]["class"]: each["properties"]["colour"] for each in told["features"]}
    assert colours[cold_spot_map.COLD] == ATTENTION
    assert len(json.dumps(told["about"])) < 2000
