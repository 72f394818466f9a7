"""The map in tiles, for packs with more areas than are sent in one piece."""

from __future__ import annotations

import gc
import gzip
import json
import math
import weakref
from collections import Counter
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import box, shape
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.findings.reach import area_cells, area_figures
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import deck_layers, map_features, tiles
from svdash.maps.tiles import CLOSEST, Tile
from svdash.register import Framework
from svdash.tables import Pack, boundary_shapes
from svdash.web import map_routes
from svdash.web.routes import routes
from tests.copies import CopiedPack

Feature = dict[str, Any]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def over(pack: Pack, z: int) -> list[Tile]:
    """All tiles of a zoom that the pack's areas touch."""

    def down(latitude: float) -> int:
        return int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**z)

    west, south, east, north = zip(*boundary_shapes.bounds(pack).values(), strict=True)
    columns = [int((longitude + 180) / 360 * 2**z) for longitude in (min(west), max(east))]
    rows = [down(max(north)), down(min(south))]
    return [Tile(z, x, y) for x in range(columns[0], columns[1] + 1) for y in range(rows[0], rows[1] + 1)]


def fetched(client: TestClient, tile: Tile, query: str = "") -> list[Feature]:
    answer = client.get(f"/api/v1/tiles/{tile.z}/{tile.x}/{tile.y}.geojson?{query}")
    assert answer.status_code == 200
    return list(answer.json()["features"])


@pytest.mark.parametrize(
    "query", ["", "show=reach&programme=adult-skills-fund&year=2024/25", "show=spend&shape=together"]
)
def test_the_closest_tiles_have_every_area_as_it_is_among_all_areas(
    client: TestClient, pack: Pack, query: str
) -> None:
    features = client.get(f"/api/v1/areas.geojson?{query}").json()["features"]
    whole = {f["properties"]["code"]: f for f in features}
    drawn = dict.fromkeys(whole, 0.0)
    for tile in over(pack, CLOSEST):
        for feature in fetched(client, tile, query):
            code = feature["properties"]["code"]
            assert feature["properties"] == whole[code]["properties"]
            drawn[code] += shape(feature["geometry"]).area
    for code, feature in whole.items():
        assert drawn[code] == pytest.approx(shape(feature["geometry"]).area, rel=0.15)
    assert sum(drawn.values()) == pytest.approx(sum(shape(f["geometry"]).area for f in features), rel=0.005)


@pytest.mark.parametrize("z", [5, 8, 9])
def test_from_afar_small_areas_are_put_together_and_each_is_counted_once(
    client: TestClient, pack: Pack, z: int
) -> None:
    features = client.get("/api/v1/areas.geojson").json()["features"]
    colours = Counter(f["properties"]["colour"] for f in features)
    alone: dict[str, str] = {}
    together: Counter[str] = Counter()
    for tile in over(pack, z):
        for feature in fetched(client, tile):
            about = feature["properties"]
            if "code" in about:
                alone[about["code"]] = about["colour"]
            else:
                together[about["colour"]] += about["areas"]
                assert about["tip"].startswith(f"{about['areas']} areas")
    assert together
    assert together + Counter(alone.values()) == colours


@pytest.mark.parametrize("drawn", map_routes.SHAPES)
@pytest.mark.parametrize("show", area_figures.SHOWS)
def test_where_there_is_nothing_to_draw_the_answer_is_an_empty_collection(
    client: TestClient, pack: Pack, drawn: str, show: str
) -> None:
    # Of one commitment without a programme nothing is known by area; deprivation and rate cross only with a rate.
    nothing = f"shape={drawn}&show={show}&programme=all&role=all&commitment=EMP-D1"
    far = fetched(client, Tile(CLOSEST, 0, 0), nothing)
    assert far == []
    answer = client.get(f"/api/v1/areas.geojson?{nothing}")
    assert answer.status_code == 200
    whole = answer.json()["features"]
    near = [each for tile in over(pack, 9) for each in fetched(client, tile, nothing)]
    assert bool(near) == bool(whole)
    if drawn in (map_features.BIVARIATE, map_features.CHANGE, map_features.COLD) and show == "deprivation":
        assert whole == []


def test_a_piece_of_an_area_ends_where_its_tile_does(client: TestClient) -> None:
    tile = Tile(CLOSEST, 2013, 1325)
    edge = box(*tile.box).buffer(10**-tile.decimals)
    features = fetched(client, tile)
    assert features
    assert all(edge.covers(shape(feature["geometry"])) for feature in features)


def test_outlines_of_districts_are_lines_within_the_tile(client: TestClient, pack: Pack) -> None:
    names: set[str] = set()
    for tile in over(pack, 9):
        edge = box(*tile.box).buffer(10**-tile.decimals)
        for feature in fetched(client, tile, "shape=districts"):
            assert feature["geometry"]["type"].endswith("LineString")
            assert edge.covers(shape(feature["geometry"]))
            names.add(feature["properties"]["name"])
    whole = client.get("/api/v1/districts.geojson").json()["features"]
    assert names == {feature["properties"]["name"] for feature in whole}


def districts(pack: Pack) -> dict[str, str]:
    rows = area_cells.areas(pack)
    return dict(zip(rows["code"], rows["district_name"], strict=True))


def test_districts_dissolved_by_shared_edges_cover_what_their_areas_cover(pack: Pack) -> None:
    groups, found = districts(pack), boundary_shapes.dissolved(pack, districts)
    forms = boundary_shapes.forms(pack)
    assert forms.exact.all()
    for name, whole in found.items():
        own = [each for code, each in zip(forms.codes, forms.shapes, strict=True) if groups[code] == name]
        worked_out = shapely.union_all(own, grid_size=boundary_shapes.GAP)
        assert whole.is_valid
        assert whole.symmetric_difference(worked_out).area < 1e-4 * worked_out.area


def moved(copied_pack: CopiedPack, code: str, step: float) -> Pack:
    """A pack in which one area lies a little further east, over one neighbour and away from another."""
    file = copied_pack.folder / "boundaries.geojson"
    collection = json.loads(file.read_text(encoding="utf-8"))
    feature = next(f for f in collection["features"] if f["properties"]["code"] == code)
    further = shapely.transform(shape(feature["geometry"]), lambda each: np.add(each, (step, 0)))
    feature["geometry"] = shapely.geometry.mapping(further)
    file.write_text(json.dumps(collection), encoding="utf-8")
    return copied_pack.open()


@pytest.mark.parametrize("step", [4e-6, 2e-4])
def test_areas_that_do_not_meet_exactly_are_told_and_dissolved_all_the_same(
    copied_pack: CopiedPack, step: float
) -> None:
    pack = moved(copied_pack, "E01006474", step)
    forms = boundary_shapes.forms(pack)
    assert 1 < (~forms.exact).sum() < 30
    assert not forms.exact[forms.codes.index("E01006474")]
    whole = boundary_shapes.dissolved(pack, districts)["Knowsley"]
    own = [
        each
        for code, each in zip(forms.codes, forms.shapes, strict=True)
        if districts(pack)[code] == "Knowsley"
    ]
    assert whole.is_valid
    assert whole.area == pytest.approx(shapely.union_all(own).area, rel=1e-4)
    drawn = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice()).drawn
    for z in (7, 9):
        for tile in over(pack, z):
            for piece in tiles.cut(pack, tile, drawn["code"], drawn["klass"]):
                assert piece.rows
                assert not shapely.from_geojson(piece.shape).is_empty


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [-2.9, 53.4]},
        {"type": "Polygon", "coordinates": [[[-2.9, 53.4], [-2.8, 53.4]]]},
        {"type": "Circle", "coordinates": []},
    ],
)
def test_a_shape_that_is_no_area_is_left_out_of_the_tiles_and_all_else_is_drawn(
    copied_pack: CopiedPack, geometry: dict[str, Any]
) -> None:
    file = copied_pack.folder / "boundaries.geojson"
    collection = json.loads(file.read_text(encoding="utf-8"))
    lost = collection["features"][0]["properties"]["code"]
    collection["features"][0]["geometry"] = geometry
    file.write_text(json.dumps(collection), encoding="utf-8")
    pack = copied_pack.open()
    drawn = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice()).drawn
    pieces = [p for t in over(pack, 8) for p in tiles.cut(pack, t, drawn["code"], drawn["klass"])]
    codes = {drawn["code"].iloc[row] for piece in pieces for row in piece.rows}
    assert codes == set(drawn["code"]) - {lost}


def test_a_tile_where_there_is_nothing_is_empty(client: TestClient) -> None:
    assert fetched(client, Tile(3, 0, 0)) == []


def test_a_tile_is_gzipped_and_can_be_kept(client: TestClient) -> None:
    address = "/api/v1/tiles/8/125/83.geojson"
    with client.stream("GET", address) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/geo+json"
    assert "must-revalidate" in answer.headers["cache-control"]
    assert json.loads(gzip.decompress(body))["about"]["classes"]
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_tiles_go_with_their_pack_when_it_is_replaced(
    client: TestClient, copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setattr(map_features, "MOST_AT_ONCE", 10)

    def looked_at() -> tuple[weakref.ref[Pack], list[Feature]]:
        now = copied_pack.open()
        found = area_figures.area_map(now, Framework.of(now).filters.default_view(), MapChoice())
        deck_layers.deck(now, found, None, deck_layers.Turned())
        return weakref.ref(now), fetched(client, Tile(CLOSEST, 2013, 1325))

    before, old = looked_at()
    name = old[0]["properties"]["code"]
    copied_pack.change(
        "areas", lambda rows: rows.assign(name=rows["name"].where(rows["code"] != name, "Renamed"))
    )
    after, new = looked_at()
    assert old[0]["properties"]["tip"] != new[0]["properties"]["tip"]
    assert new[0]["properties"]["tip"].startswith("Renamed")
    gc.collect()
    assert before() is None
    assert after() is not None


@pytest.mark.parametrize(
    ("tile", "wrong"),
    [
        ("13/0/0", "z"), ("-1/0/0", "z"), ("three/0/0", "z"), ("²/0/0", "z"), ("3/8/0", "x"), ("3/1.5/0", "x"),
        ("3/0/8", "y"), ("3/0/-1", "y"), (f"3/0/{10**30}", "y"), (f"3/0/{'9' * 5000}", "y"),
    ],
)  # fmt: skip
def test_a_tile_outside_of_the_world_is_refused_by_name(client: TestClient, tile: str, wrong: str) -> None:
    answer = client.get(f"/api/v1/tiles/{tile}.geojson")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == wrong
    assert answer.json()["allowed"] == [f"0 to {CLOSEST if wrong == 'z' else 7}"]


@pytest.mark.parametrize("query", ["show=money", "year=1999", "shape=squares", "colour=red"])
def test_a_wrong_parameter_of_a_tile_is_named(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/tiles/8/125/83.geojson?{query}")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == query.split("=", maxsplit=1)[0]


COUNTED = ["show=spend", "show=reach&programme=adult-skills-fund", "show=reach&programme=cycle-training"]


@pytest.mark.parametrize("query", COUNTED)
def test_the_closest_tiles_have_every_circle_as_it_is_among_all_circles(
    client: TestClient, pack: Pack, query: str
) -> None:
    whole = client.get(f"/api/v1/areas.geojson?{query}&shape=circles").json()["features"]
    drawn = [each for tile in over(pack, CLOSEST) for each in fetched(client, tile, f"{query}&shape=circles")]
    assert whole
    assert {f["properties"]["code"]: f for f in drawn} == {f["properties"]["code"]: f for f in whole}
    assert len(drawn) == len(whole)


@pytest.mark.parametrize("z", [4, 7, 9, 11])
@pytest.mark.parametrize("query", COUNTED)
def test_from_afar_circles_are_put_together_and_nothing_of_their_sum_is_lost(
    client: TestClient, pack: Pack, query: str, z: int
) -> None:
    whole = client.get(f"/api/v1/areas.geojson?{query}&shape=circles").json()["features"]
    drawn = [each for tile in over(pack, z) for each in fetched(client, tile, f"{query}&shape=circles")]
    about = [each["properties"] for each in drawn]
    assert sum(each.get("areas", 1) for each in about) == len(whole)
    assert sum(each["value"] for each in about) == pytest.approx(sum(f["properties"]["value"] for f in whole))
    assert sum(each["radius"] ** 2 for each in about) == pytest.approx(
        sum(f["properties"]["radius"] ** 2 for f in whole), rel=0.02
    )
    assert z > 9 or any("areas" in each for each in about)
    for each in about:
        assert ("areas" in each) != ("code" in each)
        if "areas" in each:
            assert each["tip"].startswith(f"{each['areas']} places together: ")
            assert "the sum of the figures shown for each" in each["tip"]


def test_a_suppressed_count_is_in_no_circle_of_several(client: TestClient, pack: Pack) -> None:
    query = "show=reach&programme=cycle-training"
    rows = client.get(f"/api/v1/tables/areas.json?{query}").json()["rows"]
    shown = [row["people"] for row in rows if row["people"]]
    assert any(row["people"] is None for row in rows)
    for z in (4, 8):
        about = [
            each["properties"]
            for tile in over(pack, z)
            for each in fetched(client, tile, f"{query}&shape=circles")
        ]
        assert sum(each.get("areas", 1) for each in about) == len(shown)
        assert sum(each["value"] for each in about) == sum(shown)
        assert all(each["value"] % 5 == 0 for each in about)


def test_a_circle_of_several_lies_among_those_it_stands_for(client: TestClient, pack: Pack) -> None:
    for tile in over(pack, 8):
        edge = box(*tile.box).buffer(10**-tile.decimals)
        for feature in fetched(client, tile, "show=spend&shape=circles"):
            assert edge.covers(shape(feature["geometry"]))


def layers(pack: Pack, *, circles: bool = False) -> dict[str, dict[str, Any]]:
    view = Framework.of(pack).filters.default_view()
    found, under = (
        area_figures.area_map(pack, view, MapChoice("spend")),
        area_figures.area_map(pack, view, MapChoice()),
    )
    text = deck_layers.deck(pack, found, under if circles else None, deck_layers.Turned()).to_json()
    assert len(text) < 20_000
    return {layer["id"]: layer for layer in json.loads(text)["layers"]}


def test_a_pack_of_few_areas_is_sent_in_one_piece(pack: Pack) -> None:
    drawn = layers(pack, circles=True)
    assert {drawn[name]["@@type"] for name in ("areas", "districts", "circles")} == {"GeoJsonLayer"}


def test_a_pack_of_many_areas_is_sent_in_tiles_that_are_served(
    client: TestClient, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_features, "MOST_AT_ONCE", 988)
    drawn = layers(pack, circles=True)
    for name, kind in (("areas", "Polygon"), ("districts", "LineString"), ("circles", "Point")):
        layer = drawn[name]
        assert layer["@@type"] == "TileLayer"
        assert (layer["maxZoom"], layer["tileSize"]) == (tiles.CLOSEST, tiles.SIZE)
        (address,) = layer["data"]
        answer = client.get("/" + address.replace("{z}/{x}/{y}", "9/251/165"))
        assert all(kind in feature["geometry"]["type"] for feature in answer.json()["features"])
        assert answer.json()["features"]
    assert drawn["areas"]["getFillColor"] == "@@=properties.fill"
    assert drawn["circles"]["getPointRadius"] == "@@=properties.radius"


def test_the_area_that_is_looked_at_is_outlined_by_its_own_shape(pack: Pack) -> None:
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice())
    turned = deck_layers.Turned(chosen="E01006412")
    chosen = next(
        x
        for x in json.loads(deck_layers.deck(pack, found, None, turned).to_json())["layers"]
        if x["id"] == "chosen"
    )
    assert chosen["data"][0]["geometry"] == json.loads(boundary_shapes.shapes(pack)["E01006412"])
