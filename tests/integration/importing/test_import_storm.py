"""Files that are damaged in every way: each ends in what came of it or in a sentence, soon, and the pack is as it was."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import geopandas
import pytest
from shapely.geometry import mapping, shape

from svdash.importing import import_jobs, importer
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options
from svdash.tables import PackError, open_pack
from tests.integration.importing import test_import_iod as iod
from tests.integration.importing import test_import_pay_gap as pay_gap
from tests.integration.importing.made import TODAY, Imports, table
from tests.integration.importing.test_import_grants import FLAT, flat, grant, package
from tests.integration.importing.test_import_ocds import release
from tests.integration.importing.workbooks import sheet, workbook

SEEDS = 500
# Of the processor, in the test's own process; a file of this size takes a part of one.
MOST_SECONDS = 60.0
SPEND = table(
    '13/04/2024,Ash Catering,"1,250.50",Lunches', "15/04/2024,REDACTED,(99.00),Care", "17/04/2024,Café Zoë,£7,Tea",
    ",Total,1158.50,",
)  # fmt: skip


def _outlines(imports: Imports, name: str) -> bytes:
    found = json.loads((imports.folder / "boundaries.geojson").read_text(encoding="utf-8"))
    rows = geopandas.GeoDataFrame(
        {"LSOA11CD": [each["properties"]["code"] for each in found["features"]]},
        geometry=[shape(each["geometry"]) for each in found["features"]],
        crs=4326,
    )
    if name.endswith(".geojson"):
        features = [
            {"type": "Feature", "properties": {"LSOA11CD": code}, "geometry": mapping(form)}
            for code, form in zip(rows["LSOA11CD"], rows.geometry, strict=True)
        ]
        return json.dumps({"type": "FeatureCollection", "features": features}).encode()
    if name.endswith(".gpkg"):
        rows.to_file(imports.files / "made.gpkg")
        return (imports.files / "made.gpkg").read_bytes()
    rows.to_file(imports.files / "made.shp")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in imports.files.glob("made.*"):
            if part.suffix in (".shp", ".shx", ".dbf", ".prj"):
                archive.write(part, part.name)
    return out.getvalue()


def _postcodes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Data/CSV/l.csv", "L1 1AA,10,335000,390000,E92000001,,,,E08000012,E05000001\n" * 3)
    return out.getvalue()


def _grants_workbook() -> bytes:
    return workbook({"grants": sheet([list(FLAT), list(FLAT.values())]), "notes": sheet([["Ask us"]])})


FILES: dict[str, tuple[str, Callable[[Imports], bytes]]] = {
    "spend.csv": ("spend", lambda _: SPEND.encode()),
    "spend.xlsx": (
        "spend",
        lambda _: workbook(
            {"A": sheet([row.split(",") for row in SPEND.replace('"', "").splitlines()])}, hidden=["B"]
        ),
    ),
    "utf16.csv": ("spend", lambda _: SPEND.encode("utf-16")),
    "grants.json": ("360giving", lambda _: package(grant(), grant(id="360G-x-2")).encode()),
    "grants.csv": ("360giving", lambda _: flat(FLAT, {**FLAT, "Identifier": "360G-x-2"}).encode()),
    "grants.xlsx": ("360giving", lambda _: _grants_workbook()),
    "contracts.json": ("ocds", lambda _: json.dumps({"releases": [release()]}).encode()),
    "lines.json": ("ocds", lambda _: "\n".join([json.dumps(release())] * 3).encode()),
    "returns.csv": ("pay-gap", lambda _: pay_gap.returns(pay_gap.OWN)),
    "file7.csv": ("iod", lambda imports: iod.file7(iod.own(imports)).encode()),
    "lookup.csv": (
        "lsoa-lookup",
        lambda _: b"LSOA11CD,LSOA21CD,CHGIND\nE01006412,E01033800,S\nE01006412,E01033801,S\n",
    ),
    "areas.geojson": ("boundaries", lambda imports: _outlines(imports, "a.geojson")),
    "areas.gpkg": ("boundaries", lambda imports: _outlines(imports, "a.gpkg")),
    "areas.zip": ("boundaries", lambda imports: _outlines(imports, "a.zip")),
    "postcodes.zip": ("postcodes", lambda _: _postcodes()),
}
MARKS = (
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"{",
    b"[",
    b"=",
    b"1e999",
    b"NaN",
    b"\xe2\x96\x88",
    b"-",
    b"0" * 40,
)


def damaged(data: bytes, at_random: random.Random) -> bytes:
    """A file with a few bytes that are flipped, cut out, repeated, exchanged or put in."""
    found = bytearray(data)
    for _ in range(at_random.randint(1, 6)):
        at = at_random.randrange(len(found) or 1)
        length = at_random.randint(1, max(len(found) // 8, 1))
        match at_random.randrange(6):
            case 0 if found:
                found[at % len(found)] ^= 1 << at_random.randrange(8)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length]
            case 3:
                found[at:at] = at_random.choice(MARKS)
            case 4:
                mark = at_random.choice(MARKS)
                found = bytearray(
                    bytes(found).replace(mark, at_random.choice(MARKS), at_random.randint(1, 3))
                )
            case _:
                found = found[: len(found) - at_random.randint(0, length)]
    return bytes(found)


def _weathered(imports: Imports, seed: int) -> None:
    at_random = random.Random(seed)  # noqa: S311  the same storm each time
    name = at_random.choice(list(FILES))
    form, made = FILES[name]
    path = imports.files / name
    path.write_bytes(damaged(made(imports), at_random))
    begin = time.process_time()
    with suppress(ImportFileError, ImportRefusedError, PackError):
        options = Options(dry_run=True, replace=True, today=TODAY)
        importer(form)(open_source(path), open_pack(imports.folder), options).as_dict()
    assert time.process_time() - begin < MOST_SECONDS


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(10))
def test_no_damage_ends_in_a_traceback_takes_long_or_changes_the_pack(imports: Imports, part: int) -> None:
    before = imports.bytes()
    failed = []
    for seed in range(part, SEEDS, 10):
        try:
            _weathered(imports, seed)
        except Exception as error:  # noqa: BLE001  all of them are wanted, with their seeds
            failed.append(f"seed {seed}: {type(error).__name__}: {error}"[:300])
    assert failed == []
    assert imports.bytes() == before


@pytest.mark.parametrize("name", FILES)
def test_each_kind_of_file_is_sound_before_the_storm_and_stands_one_of_its_blows(
    imports: Imports, name: str
) -> None:
    form, made = FILES[name]
    before = imports.bytes()
    for data in (made(imports), damaged(made(imports), random.Random(name))):  # noqa: S311
        path = imports.files / name
        path.write_bytes(data)
        with suppress(ImportFileError, ImportRefusedError, PackError):
            options = Options(dry_run=True, replace=True, today=TODAY)
            importer(form)(open_source(path), open_pack(imports.folder), options)
    assert imports.bytes() == before


# -- shapes, and what a process may take --------------------------------------------------------------


def collection(imports: Imports, rings: list[list[list[float]]]) -> Path:
    code = imports.pack.table("areas")["code"].iloc[0]
    feature = {
        "type": "Feature",
        "properties": {"LSOA11CD": code},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }
    return imports.file(json.dumps({"type": "FeatureCollection", "features": [feature]}), "a.geojson")


OPEN = [[-2.7, 53.3], [-2.6, 53.4], [-2.6, 53.3]]


@pytest.mark.parametrize(
    "ring", [OPEN, OPEN[:2], [OPEN[0]] * 2, [[-2.7, 53.3], [-2.6, "x"], [-2.6, 53.3], [-2.7, 53.3]]]
)
def test_an_outline_that_is_none_is_refused_by_its_number_and_code(
    imports: Imports, ring: list[list[float]]
) -> None:
    code = imports.pack.table("areas")["code"].iloc[0]
    error = imports.refusal(collection(imports, [ring]), "boundaries", replace=True)
    assert any(note.startswith(f"Shape 1 ({code}): ") for note in error.reconciliation.notes)


def test_coordinates_that_are_no_numbers_are_told(imports: Imports) -> None:
    path = collection(imports, [[*OPEN, OPEN[0]]])
    path.write_text(path.read_text().replace("53.4", "NaN"))
    with pytest.raises(ImportFileError, match="NaN is not a JSON value"):
        imports.run(path, "boundaries", replace=True)


def _within_limits(imports: Imports, path: Path, form: str) -> str:
    """What is said of a file that is read in a process of its own, where it must end in a sentence."""
    before = imports.bytes()
    with pytest.raises((ImportFileError, ImportRefusedError)) as caught:
        import_jobs.run_import(
            form,
            open_source(path),
            imports.pack,
            Options(dry_run=True, replace=True, today=TODAY),
            lambda _: None,
        )
    assert imports.bytes() == before
    return str(caught.value)


@pytest.mark.exhaustive
def test_twenty_thousand_random_corners_end_in_a_sentence(imports: Imports) -> None:
    at_random = random.Random(1)  # noqa: S311
    ring = [[-2.9 + at_random.random() / 10, 53.4 + at_random.random() / 10] for _ in range(20_000)]
    said = _within_limits(imports, collection(imports, [[*ring, ring[0]]]), "boundaries")
    assert "crosses itself, and has too many corners" in said


@pytest.mark.exhaustive
def test_three_thousand_holes_that_overlap_end_in_a_sentence(imports: Imports) -> None:
    def square(west: float, south: float, size: float) -> list[list[float]]:
        east, north = west + size, south + size
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    at_random = random.Random(2)  # noqa: S311
    holes = [
        square(-2.99 + at_random.random() / 20, 53.31 + at_random.random() / 20, 0.02) for _ in range(3_000)
    ]
    said = _within_limits(imports, collection(imports, [square(-3, 53.3, 0.1), *holes]), "boundaries")
    assert said.endswith(".")


@pytest.mark.exhaustive
def test_a_zip_with_one_endless_line_ends_in_a_sentence(imports: Imports) -> None:
    path = imports.files / "p.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Data/CSV/l.csv", "w") as out,
    ):
        for _ in range(900):
            out.write(b"1" * 1_000_000)
    assert "a line is longer than" in _within_limits(imports, path, "postcodes")
