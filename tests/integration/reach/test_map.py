"""The map: areas, reach and spend by place, the shapes that are served, and what check says of geography."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.findings.progress import headline_tiles
from svdash.findings.reach import area_cells, area_figures, area_profile, bivariate_map, reach_by_decile
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import map_features
from svdash.measures.classes import classify, quantile_breaks
from svdash.register import Framework, View
from svdash.tables import LinesError, Pack, boundary_faults, boundary_shapes
from svdash.theme import ATTENTION
from svdash.web.routes import routes
from tests.copies import DATA, ROOT, CopiedPack

MAPS = [
    MapChoice(),
    MapChoice(domain="crime_decile"),
    MapChoice("reach", "adult-skills-fund"),
    MapChoice("reach", "housing-first"),
    MapChoice("spend"),
    MapChoice("spend", "adult-skills-fund", kind="supplier"),
]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def view_of(pack: Pack) -> View:
    return Framework.of(pack).filters.default_view()


def test_the_areas_are_those_of_the_indices_of_2019(pack: Pack) -> None:
    rows = area_cells.areas(pack)
    assert len(rows) == len(boundary_shapes.shapes(pack)) == 989
    assert (rows["decile"] == 1).sum() == 335
    liverpool = rows[rows["district_name"] == "Liverpool"]
    assert (len(liverpool), (liverpool["decile"] == 1).sum()) == (298, 145)
    assert rows["population"].sum() == 1_526_817


@pytest.mark.parametrize("asked", MAPS, ids=lambda a: f"{a.show}-{a.programme}-{a.domain}-{a.kind}")
def test_every_area_is_drawn_in_a_class_that_the_legend_names(pack: Pack, asked: MapChoice) -> None:
    found = area_figures.area_map(pack, view_of(pack), asked)
    assert not found.empty
    assert set(found.drawn["code"]) == set(area_cells.areas(pack)["code"])
    assert found.drawn["klass"].between(-1, len(found.limits) - 1).all()
    assert len(set(found.limits)) == len(found.limits) <= 7
    assert found.drawn["tip"].str.len().min() > 20


def test_no_more_than_a_fifth_of_the_counts_of_a_programme_and_year_are_suppressed(pack: Pack) -> None:
    chosen = area_cells.cells(pack, area_cells.CONTACTS).geography
    coarser = chosen["geography"] == "district"
    assert (chosen.loc[~coarser, "share_suppressed"] <= 0.2).all()
    assert {"lsoa", "msoa", "district"} == set(chosen["geography"])


def test_no_small_count_of_people_is_drawn_listed_or_hovered(pack: Pack) -> None:
    view = view_of(pack)
    for programme in area_cells.programmes(pack, view, "counts_people"):
        found = area_figures.area_map(pack, view, MapChoice("reach", programme))
        shown = found.frame["people"].dropna()
        assert (shown % 5 == 0).all()
        hidden = found.frame["marker"] == "[c]"
        assert found.frame.loc[hidden, ["people", "rate"]].isna().all(axis=None)


def test_a_count_hidden_in_a_district_is_never_hidden_alone(pack: Pack) -> None:
    found = area_figures.area_map(pack, view_of(pack), MapChoice("reach", "cycle-training"))
    hidden = found.frame["marker"] == "[c]"
    for key in ("district_name", "decile"):
        for _, line in found.frame.assign(hidden=hidden).groupby(key):
            assert line["hidden"].sum() != 1 or not (line.loc[~line["hidden"], "people"] > 0).any()


def test_spend_by_area_and_spend_without_a_place_add_up_to_all_payments(pack: Pack) -> None:
    lines = pd.read_parquet(pack.path / "payments.parquet", columns=["date", "amount_pence"])
    dates = pd.to_datetime(lines["date"])
    year = lines.loc[(dates >= "2024-04-01") & (dates < "2025-04-01"), "amount_pence"].sum()
    view = view_of(pack).with_(year="2024/25")
    for kind in ("benefit", "supplier"):
        assert area_cells.spend(pack, view, "2024/25", "all", kind)["pence"].sum() == year


def test_what_has_no_place_is_said_and_not_dropped(pack: Pack) -> None:
    view = view_of(pack)
    told = area_figures.area_map(pack, view, MapChoice("spend")).sentence
    sums = area_cells.spend(pack, view, view.year, "all", "benefit")
    assert f"{sums.loc[~sums['known'], 'lines'].sum():,}" in told
    assert (
        "known place" in area_figures.area_map(pack, view, MapChoice("reach", "adult-skills-fund")).sentence
    )


def test_the_population_share_stands_beside_every_share(pack: Pack) -> None:
    found = reach_by_decile.by_decile(pack, view_of(pack), MapChoice("reach", "adult-skills-fund"))
    people = area_cells.areas(pack).groupby("decile")["population"].sum()
    assert np.allclose(found.frame["population_share"], 100 * people / people.sum())
    assert found.frame["share"].sum() == pytest.approx(100)
    assert f"{found.frame['population_share'].iloc[0]:.1f}%" in found.sentence


def test_the_overview_says_where_reach_and_spend_land(pack: Pack) -> None:
    found = reach_by_decile.lands(pack, view_of(pack))
    assert set(found.frame["of"]) == {"people", "spend"}
    assert found.chart is not None
    assert len(headline_tiles.tiles(pack, view_of(pack))) == 5


def test_a_role_shows_only_its_own_programmes(pack: Pack) -> None:
    framework = Framework.of(pack)
    everything = area_cells.programmes(pack, View(), "has_money")
    for role in framework.vocabulary.labels("role"):
        own = area_cells.programmes(pack, View(role=role), "has_money")
        assert set(own) <= set(everything)
    assert set(area_cells.programmes(pack, View(commitment="SER-P6"), "counts_people")) == {
        "households-into-work"
    }


def test_one_area_stands_beside_its_district_and_the_city_region(pack: Pack) -> None:
    for asked in MAPS:
        found = reach_of(pack, asked)
        assert list(found["who"])[-1] == "City region"
        assert "Knowsley" in set(found["who"])


def reach_of(pack: Pack, asked: MapChoice) -> pd.DataFrame:
    return area_profile.beside(pack, view_of(pack), asked, "E01006412").frame


# --- what is served -----------------------------------------------------------------------------------------------


def test_the_shapes_are_small_gzipped_and_can_be_kept(client: TestClient) -> None:
    for query in ("", "show=reach&programme=adult-skills-fund", "show=spend", "show=spend&shape=circles"):
        with client.stream("GET", f"/api/v1/areas.geojson?{query}") as answer:
            body = b"".join(answer.iter_raw())
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert len(body) <= 90_000
        again = client.get(
            f"/api/v1/areas.geojson?{query}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        found = json.loads(gzip.decompress(body))
        assert found["type"] == "FeatureCollection"
        assert found["about"]["vintage"]
        assert {"tip", "code"} <= set(found["features"][0]["properties"])


def test_the_shapes_carry_class_colour_and_label(client: TestClient) -> None:
    found = client.get("/api/v1/areas.geojson").json()
    classes = {(c["class"], c["colour"], c["label"]) for c in found["about"]["classes"]}
    assert len(found["features"]) == 989
    assert {
        (p["class"], p["colour"], p["label"]) for p in (f["properties"] for f in found["features"])
    } <= classes


@pytest.mark.parametrize(
    "query",
    ["", "show=spend", "show=reach&programme=adult-skills-fund", "show=reach&programme=housing-first"],
)
def test_each_shape_carries_the_figure_and_the_key_of_its_row_in_the_table(
    client: TestClient, query: str
) -> None:
    features = client.get(f"/api/v1/areas.geojson?{query}").json()["features"]
    table = client.get(f"/api/v1/tables/areas.json?{query}").json()["rows"]
    key, figure = ("place", "rate") if query else ("code", "decile")
    told = {row[key]: row[figure] for row in table}
    assert {f["properties"]["place"] for f in features} == set(told)
    for shape in features:
        value, expected = shape["properties"]["value"], told[shape["properties"]["place"]]
        assert value == expected


def test_few_places_have_few_classes(pack: Pack) -> None:
    found = area_figures.area_map(pack, view_of(pack), MapChoice("reach", "housing-first"))
    assert area_cells.geography_of(pack, view_of(pack).year, "housing-first") == "district"
    assert len(found.limits) == area_figures.FEW_CLASSES


def test_circles_say_what_the_largest_stands_for(client: TestClient, pack: Pack) -> None:
    asked = MapChoice("reach", "adult-skills-fund")
    found = area_figures.area_map(pack, view_of(pack), asked)
    circles = client.get("/api/v1/areas.geojson?show=reach&programme=adult-skills-fund&shape=circles").json()[
        "features"
    ]
    largest = max(circles, key=lambda shape: shape["properties"]["radius"])["properties"]["value"]
    assert found.largest == f"{largest:,.0f} people"
    assert "circles over deprivation" in found.circled


@pytest.mark.parametrize(
    "query",
    ["show=money", "programme=none", "year=1999", "shape=stars", "colour=red", "show=spend&show=reach"],
)
def test_a_wrong_parameter_of_the_map_is_named(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/areas.geojson?{query}")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == query.split("=", maxsplit=1)[0]


def test_outlines_and_names_are_served_for_the_map(client: TestClient) -> None:
    assert {f["properties"]["name"] for f in client.get("/api/v1/districts.geojson").json()["features"]} >= {
        "Halton",
        "Wirral",
    }
    few, all_of_them = (client.get(f"/api/v1/towns.json?small={s}").json() for s in ("no", "yes"))
    assert 0 < len(few) < len(all_of_them)


# --- what check says of geography ---------------------------------------------------------------------------------


def edit(copied: CopiedPack, change: object) -> list[str]:
    path = copied.folder / "boundaries.geojson"
    shapes = json.loads(path.read_text(encoding="utf-8"))
    change(shapes["features"])  # type: ignore[operator]
    path.write_text(json.dumps(shapes), encoding="utf-8")
    return [str(fault) for fault in boundary_faults.faults(copied.open())]


def test_the_embedded_pack_has_no_fault_in_its_geography(pack: Pack) -> None:
    assert boundary_faults.faults(pack) == ()


def test_an_area_without_a_boundary_and_a_shape_without_an_area_are_named(copied_pack: CopiedPack) -> None:
    first = copied_pack.rows("areas")["code"].iloc[0]

    def change(features: list[dict[str, object]]) -> None:
        assert features[0]["properties"] == {"code": first}
        features[0]["properties"] = {"code": "E01999999"}

    told = edit(copied_pack, change)
    assert any(first in t and "without a boundary" in t for t in told)
    assert any("E01999999" in t and "no area" in t for t in told)


def test_a_shape_in_metres_of_the_national_grid_is_named(copied_pack: CopiedPack) -> None:
    def change(features: list[dict[str, object]]) -> None:
        ring = [[340000, 390000], [341000, 390000], [341000, 391000], [340000, 390000]]
        features[0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}

    assert any("WGS 84" in t for t in edit(copied_pack, change))


def test_a_place_outside_the_city_region_is_named(copied_pack: CopiedPack) -> None:
    def away(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[0, ["latitude", "longitude"]] = ["53.600", "-3.200"]
        return rows

    copied_pack.change("places", away)
    told = [str(fault) for fault in boundary_faults.faults(copied_pack.open())]
    assert ["outside every area" in fault for fault in told] == [True]


def test_boundaries_that_are_no_geojson_are_named_and_the_pages_go_on(copied_pack: CopiedPack) -> None:
    (copied_pack.folder / "boundaries.geojson").write_text("{not json", encoding="utf-8")
    pack = copied_pack.open()
    assert [fault.table for fault in boundary_faults.faults(pack)] == ["boundaries"]
    assert not area_figures.area_map(pack, view_of(pack), MapChoice()).empty


# --- classes ------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1e6) | st.just(float("nan")), max_size=60), st.integers(2, 7))
def test_every_value_falls_into_a_class_and_no_class_is_beyond_the_limits(
    values: list[float], classes: int
) -> None:
    breaks = quantile_breaks(values, classes)
    assert breaks == sorted(set(breaks))
    assert len(breaks) < classes
    found = classify(values, breaks)
    missing = np.isnan(np.array(values, dtype=float))
    assert (found[missing] == -1).all()
    assert ((found[~missing] >= 0) & (found[~missing] <= len(breaks))).all()


def test_more_shades_than_the_eye_can_tell_are_refused() -> None:
    with pytest.raises(ValueError, match="choose 2 to 7"):
        quantile_breaks([1.0, 2.0], 8)


def test_lines_that_cannot_be_read_leave_the_other_pages_whole(copied_pack: CopiedPack) -> None:
    (copied_pack.folder / "payments.parquet").write_bytes(b"no parquet at all")
    pack = copied_pack.open()
    assert "payments" in area_cells.problem(pack)
    assert not area_figures.area_map(pack, view_of(pack), MapChoice()).empty
    assert not area_figures.area_map(pack, view_of(pack), MapChoice("reach")).frame.empty
    with pytest.raises(LinesError, match="payments"):
        area_figures.area_map(pack, view_of(pack), MapChoice("spend"))


# --- two readers at once ------------------------------------------------------------------------------------------

AT_ONCE = """
import sys, threading
from pathlib import Path
from svdash.tables import boundary_faults, boundary_shapes, open_pack
pack = open_pack(Path(sys.argv[1]))
def groups(pack):
    areas = pack.table("areas")
    return dict(zip(areas["code"], areas["district_name"]))

work = (lambda: boundary_shapes.outlines(pack, groups), lambda: boundary_faults.faults(pack), lambda: boundary_shapes.points(pack))
sys.setswitchinterval(1e-6)
start, failed = threading.Barrier(len(work)), []

def run(one):
    start.wait()
    try:
        one()
    except Exception as problem:
        failed.append(repr(problem))

threads = [threading.Thread(target=run, args=(one,)) for one in work]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed)
"""


@pytest.mark.parametrize("attempt", range(3))
def test_the_first_to_ask_for_shapes_may_ask_at_once(attempt: int) -> None:
    # What is imported late is imported by several threads: a module found half made would fail one of them.
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, str(DATA)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]", attempt


# --- deprivation and rate together --------------------------------------------------------------------------------


def test_areas_are_in_thirds_of_need_and_of_reach_by_their_published_rank_and_rate(pack: Pack) -> None:
    found = bivariate_map.bivariate(pack, view_of(pack), MapChoice("reach", "adult-skills-fund"))
    rows = found.frame
    known = rows[rows["rate"].notna()]
    thirds = known.groupby("needs")["rank"].agg(["min", "max", "size"])
    assert list(thirds.index) == [0, 1, 2]
    assert thirds.loc[2, "max"] < thirds.loc[1, "min"] < thirds.loc[1, "max"] < thirds.loc[0, "min"]
    assert rows.groupby("needs").size().max() - rows.groupby("needs").size().min() <= 1
    assert known.groupby("got")["rate"].max().is_monotonic_increasing
    assert set(rows.loc[rows["rate"].isna(), "klass"]) <= {-1}
    cold = rows[(rows["needs"] == 2) & (rows["got"] == 0)]
    assert found.headline.startswith(f"{len(cold)} areas are among the most deprived third")
    assert f"{100 * cold['population'].sum() / known['population'].sum():.1f}% of residents" in found.sentence


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (MapChoice("deprivation"), "nothing to be combined with"),
        (MapChoice("reach", "housing-first"), "too coarse"),
    ],
)
def test_what_can_not_stand_together_says_why(pack: Pack, asked: MapChoice, why: str) -> None:
    assert why in bivariate_map.bivariate(pack, view_of(pack), asked).empty


def test_little_reach_in_much_need_has_a_colour_of_its_own(client: TestClient) -> None:
    query = "show=reach&programme=adult-skills-fund&shape=together"
    found = client.get(f"/api/v1/areas.geojson?{query}").json()
    colours = [each["colour"] for each in found["about"]["classes"]]
    assert len(set(colours)) == len(colours) == 9
    worst = next(
        each for each in found["about"]["classes"] if each["label"].startswith("most deprived third, least")
    )
    assert worst["colour"] == ATTENTION
    seen = {f["properties"]["colour"] for f in found["features"]}
    assert seen <= {*colours, map_features.HIDDEN}
