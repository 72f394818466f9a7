"""Boundaries: GeoJSON, GeoPackage and Shapefile, in degrees and in metres."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import LineString, Point, box, shape

from svdash.importing.formats import lsoa_boundaries
from svdash.importing.reconciliation import ImportFileError
from svdash.tables import boundary_faults as checked
from tests.integration.importing.made import Imports, codes


def shapes(imports: Imports) -> dict[str, Any]:
    """The outlines that the pack has."""
    found = json.loads(imports.pack.file("boundaries").read_text(encoding="utf-8"))
    return {each["properties"]["code"]: shape(each["geometry"]) for each in found["features"]}


def frame(imports: Imports, column: str = "LSOA11CD", **more: Any) -> geopandas.GeoDataFrame:
    """The pack's outlines a little larger, as they are published in metres, with a shape of elsewhere."""
    own = shapes(imports)
    made = geopandas.GeoDataFrame(
        {column: [*own, "E01011111"], "LSOA11NM": [*("Knowsley" for _ in own), "Leeds 001A"]},
        geometry=[*own.values(), box(-1.5, 53.8, -1.4, 53.9)],
        crs=4326,
    ).to_crs(27700)
    made.geometry = made.geometry.scale(1.01, 1.01)
    return made.assign(**more)


def saved(imports: Imports, rows: geopandas.GeoDataFrame, name: str) -> Path:
    path = imports.files / name
    if path.suffix == ".zip":
        rows.to_file(imports.files / "lsoa.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in imports.files.glob("lsoa.*"):
                archive.write(part, f"a folder/{part.name}")
    else:
        rows.to_file(path)
    return path


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.zip"])
@pytest.mark.parametrize("crs", [27700, 4326])
def test_every_form_and_both_coordinate_systems_give_the_same_outlines(
    imports: Imports, name: str, crs: int
) -> None:
    rows = frame(imports)
    wanted = rows.to_crs(4326).set_index("LSOA11CD").geometry
    found = imports.run(saved(imports, rows.to_crs(crs), name), "boundaries", replace=True)
    assert (found.incoming.rows, found.used.rows, codes(found.refused)) == (40, 39, {"outside": 1})
    made = shapes(imports)
    assert set(made) == set(imports.pack.table("areas")["code"])
    for code, form in made.items():
        assert form.is_valid
        assert form.hausdorff_distance(wanted[code]) < 2e-5
    assert checked.faults(imports.pack) == ()


@pytest.mark.parametrize("column", ["lsoa11cd", "LSOA11_CD", "LSOA_CODE", "geo_code"])
def test_codes_are_known_by_many_names(imports: Imports, column: str) -> None:
    path = saved(imports, frame(imports, column), "a.gpkg")
    assert imports.run(path, "boundaries", replace=True).used.rows == 39


@pytest.mark.parametrize("marks", [1, 2])
@pytest.mark.parametrize("zipped", [False, True])
def test_byte_order_marks_before_the_shapes_do_no_harm(imports: Imports, marks: int, zipped: bool) -> None:
    path = saved(imports, frame(imports), "a.geojson")
    path.write_bytes(marks * b"\xef\xbb\xbf" + path.read_bytes())
    if zipped:
        inside, path = path, path.with_suffix(".zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(inside, "a.geojson")
    assert imports.run(path, "boundaries", replace=True).used.rows == 39


def test_what_a_mac_adds_to_a_zip_is_passed_over(imports: Imports) -> None:
    path = saved(imports, frame(imports), "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/a folder/._lsoa.shp", b"\x00\x05\x16\x07")
    assert imports.run(path, "boundaries", replace=True).used.rows == 39


def test_the_packs_own_outlines_change_nothing(imports: Imports) -> None:
    before = imports.bytes()
    found = imports.run(imports.folder / "boundaries.geojson", "boundaries", dry_run=False)
    assert not found.changed
    assert imports.bytes() == before


def test_the_same_file_again_changes_not_a_byte(imports: Imports) -> None:
    path = saved(imports, frame(imports), "a.gpkg")
    assert imports.run(path, "boundaries", replace=True).changed
    before = imports.bytes()
    assert not imports.run(path, "boundaries").changed
    assert imports.bytes() == before


def test_other_outlines_need_a_decision(imports: Imports) -> None:
    error = imports.refusal(saved(imports, frame(imports), "a.gpkg"), "boundaries")
    assert "other outlines of 39 areas" in str(error)
    assert "--replace" in str(error)


def test_a_dry_run_changes_nothing(imports: Imports) -> None:
    before = imports.bytes()
    found = imports.run(saved(imports, frame(imports), "a.gpkg"), "boundaries", replace=True, dry_run=True)
    assert (found.used.rows, found.changed) == (39, False)
    assert imports.bytes() == before


def test_the_descriptor_says_whence_the_outlines_are(imports: Imports) -> None:
    path = saved(imports, frame(imports), "LSOA_BGC.gpkg")
    imports.run(path, "boundaries", replace=True, source="https://geoportal.statistics.gov.uk/x", simplify=20)
    entry = imports.entry("boundaries")
    assert entry["sources"] == [{"title": "LSOA_BGC.gpkg", "path": "https://geoportal.statistics.gov.uk/x"}]
    assert [each["name"] for each in entry["licenses"]] == ["OGL-UK-3.0"]
    assert "39 areas (LSOA 2011), simplified to about 20 m" in entry["description"]


def test_simplified_outlines_have_fewer_corners_and_leave_no_gaps(imports: Imports) -> None:
    rows = frame(imports)
    path = saved(imports, rows.assign(geometry=rows.geometry.segmentize(10)), "a.gpkg")
    imports.run(path, "boundaries", replace=True)
    fine = shapes(imports)
    imports.run(path, "boundaries", replace=True, simplify=30)
    plain = shapes(imports)
    assert _corners(plain) < _corners(fine) / 3
    assert checked.faults(imports.pack) == ()
    whole = geopandas.GeoSeries(list(fine.values())).union_all().area
    assert geopandas.GeoSeries(list(plain.values())).union_all().area == pytest.approx(whole, rel=0.02)


def _corners(forms: dict[str, Any]) -> int:
    return sum(
        len(part.exterior.coords) for form in forms.values() for part in getattr(form, "geoms", [form])
    )


def test_shapes_of_another_census_are_refused_with_what_to_do(imports: Imports) -> None:
    path = saved(imports, frame(imports, "LSOA21CD"), "a.gpkg")
    told = str(imports.refusal(path, "boundaries", replace=True))
    assert "of the 2021 Census, the pack's of 2011" in told
    assert "Indices of Deprivation 2025 with --replace" in told


def test_outlines_that_leave_areas_without_one_are_refused(imports: Imports) -> None:
    path = saved(imports, frame(imports).iloc[2:], "a.gpkg")
    (imports.folder / "boundaries.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert "2 areas of the pack's 39 would be without an outline" in str(imports.refusal(path, "boundaries"))


def test_some_outlines_may_come_alone_where_the_pack_has_the_others(imports: Imports) -> None:
    found = imports.run(saved(imports, frame(imports).iloc[:5], "a.gpkg"), "boundaries", replace=True)
    assert found.used.rows == 5
    assert len(shapes(imports)) == 39
    assert any("34 areas did not come with the file" in note for note in found.notes)


def test_each_broken_shape_is_refused_for_its_reason_or_mended(imports: Imports) -> None:
    rows = frame(imports)
    forms = list(rows.geometry)
    forms[0], forms[1], forms[2] = None, LineString([(0, 0), (1, 1)]), Point(-900_000, 1).buffer(1000)
    bow = shape(
        {
            "type": "Polygon",
            "coordinates": [[(3.4e5, 4e5), (3.5e5, 3.9e5), (3.5e5, 4e5), (3.4e5, 3.9e5), (3.4e5, 4e5)]],
        }
    )
    assert not bow.is_valid
    forms[3] = bow
    names = list(rows["LSOA11CD"])
    names[5], names[6] = "Knowsley", names[7]
    path = saved(imports, rows.assign(geometry=forms, LSOA11CD=names), "a.gpkg")
    found = imports.run(path, "boundaries", replace=True, dry_run=True)
    assert codes(found.refused) == {"shape": 2, "elsewhere": 1, "code": 1, "twice": 1, "outside": 1}
    assert found.used.rows == 40 - 6


def test_heights_are_left_out_and_refused_shapes_are_listed(imports: Imports) -> None:
    rows = frame(imports)
    found = imports.run(
        saved(imports, rows.assign(geometry=rows.geometry.force_3d(7)), "a.gpkg"), "boundaries", replace=True
    )
    assert not any(form.has_z for form in shapes(imports).values())
    assert found.refused_file is not None
    told = found.refused_file.read_text(encoding="utf-8-sig").splitlines()
    assert told[0] == "row,reason,what to do,LSOA11CD,LSOA11NM"
    assert told[1].startswith(
        "40,a shape of an area that the pack doesn't have,Nothing is missing.,E01011111,Leeds 001A"
    )


def test_a_layer_without_codes_is_passed_over_and_two_with_them_are_asked_for(imports: Imports) -> None:
    path = imports.files / "a.gpkg"
    rows = frame(imports)
    rows[["LSOA11NM", "geometry"]].to_file(path, layer="names")
    rows.to_file(path, layer="lsoa", mode="a")
    assert imports.run(path, "boundaries", replace=True).form == "GeoPackage, layer lsoa"
    rows.to_file(path, layer="more", mode="a")
    with pytest.raises(
        ImportFileError, match=r"2 of its layers have codes of LSOAs\. Say which is meant with --sheet"
    ):
        imports.run(path, "boundaries")
    assert not imports.run(path, "boundaries", sheet="more").changed
    with pytest.raises(ImportFileError, match="Did you mean 'more'"):
        imports.run(path, "boundaries", sheet="mor")


DISTRICTS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"LAD24CD": "E08000011"}, "geometry": None}],
    }
).encode()


def failure(imports: Imports, path: Path) -> str:
    before = imports.bytes()
    with pytest.raises(ImportFileError) as caught:
        imports.run(path, "boundaries", replace=True)
    assert imports.bytes() == before
    return str(caught.value)


def test_a_shapefile_without_its_prj_is_told(imports: Imports) -> None:
    path = saved(imports, frame(imports), "a.shp")
    path.with_suffix(".prj").unlink()
    assert "Put the .prj beside the .shp" in failure(imports, path)


def test_metres_that_are_called_degrees_are_told(imports: Imports) -> None:
    made = json.loads(frame(imports).to_json())
    made.pop("crs", None)
    assert "are metres, but it says they are degrees" in failure(
        imports, imports.file(json.dumps(made), "a.geojson")
    )


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", b"a,b\n1,2\n", "is not a file of boundaries"),
        ("a.geojson", b'{"type": "FeatureCollection"', "can't be read as boundaries"),
        ("a.gpkg", b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(128), "can't be read as boundaries"),
        ("a.shp", b"\x00\x00\x27\x0a" + bytes(200), "can't be read as boundaries"),
        ("a.zip", b"PK\x03\x04 and then nothing", "the zip is damaged"),
        ("a.geojson", DISTRICTS, "no column is known to be the code"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_boundaries_is_told(imports: Imports, name: str, data: bytes, told: str) -> None:
    message = failure(imports, imports.file(data, name))
    assert told in message
    assert name in message


def test_a_zip_has_one_file_of_boundaries_of_a_size_that_can_be_unpacked(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def zipped(*names: str) -> Path:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "{}" * 50)
        return imports.file(out.getvalue(), "a.zip")

    assert "the zip has no file of boundaries" in failure(imports, zipped("readme.txt"))
    assert "2 files of boundaries: a.geojson, b.gpkg" in failure(imports, zipped("a.geojson", "b.gpkg"))
    monkeypatch.setattr(lsoa_boundaries, "MOST_UNPACKED", 10)
    assert "at most 10 are unpacked" in failure(imports, zipped("../a.geojson"))


def test_maps_are_no_tables_of_payments(imports: Imports) -> None:
    path = saved(imports, frame(imports), "a.gpkg")
    with pytest.raises(ImportFileError, match="a database, such as a GeoPackage, not a table of spend"):
        imports.run(path, "spend")
