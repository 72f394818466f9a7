"""OS Code-Point Open: postcodes with their eastings and northings, placed in the pack's areas by point in polygon.

The file is a zip of CSVs without headings, one for each postcode area (``Data/CSV/l.csv``). Its columns are, counted from
one: 1 postcode, 2 positional quality (90: no position), 3 easting, 4 northing (OSGB36, EPSG:27700), 9 code of the district.
Which area a postcode is in is derived here, and published by nobody: the table says so.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

from svdash import wording
from svdash.importing.areas.postcode_areas import POSTCODES
from svdash.importing.files.source_files import DAMAGED, LONGEST_LINE, Source
from svdash.importing.reconciliation import (
    ImportFileError,
    ImportRefusedError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.importing.writing import pack_writer
from svdash.importing.writing.csv_rows import put_tables, written
from svdash.importing.writing.refused_lines import RefusedLines
from svdash.lines.line_tables import AREAS
from svdash.tables.boundary_shapes import read
from svdash.tables.package import Pack

NAME: Final = "postcodes"
MOST_UNPACKED: Final = 1024**3
# Outlines are generalised: a postcode of the district this near to one belongs to it, further off to none.
NEAR_METRES: Final = 250
_METRES: Final = 27700
_DEGREES: Final = 4326
_WIDTH: Final = 9
_NO_POSITION: Final = "90"
_HEADINGS: Final = ["postcode", "quality", "easting", "northing", "country", "", "", "", "district", "ward"]
_POSTCODE: Final = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")

OUTSIDE: Final = Problem("outside", "a postcode outside the pack's districts", "Nothing is missing.")
UNREADABLE: Final = Problem(
    "row",
    "the postcode, the easting or the northing can't be read",
    "Fetch the file again, as CSV and not as GeoPackage.",
)
NO_POSITION: Final = Problem("position", "the postcode has no position yet", "Nothing can be done.")
FAR: Final = Problem(
    "far",
    f"the postcode lies more than {NEAR_METRES} m from every area of its district",
    "Check whether its position is right.",
)
TWICE: Final = Problem("twice", "an earlier row has this postcode", "Fetch the file again.")

_ABOUT: Final[dict[str, Any]] = {
    "name": POSTCODES, "path": "postcodes.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
    "status": "published", "access": "open", "derived": True, "title": "Postcodes and their areas (derived)",
    "sources": [{
        "title": "Ordnance Survey, Code-Point Open",
        "path": "https://www.ordnancesurvey.co.uk/products/code-point-open",
    }],
    "licenses": [{
        "name": "OGL-UK-3.0", "title": "Open Government Licence v3.0",
        "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    }],
    "attribution": (
        "Contains OS data © Crown copyright and database right. Contains Royal Mail data © Royal Mail copyright and database "
        "right. Source: Office for National Statistics licensed under the Open Government Licence v3.0."
    ),
    "schema": {
        "fields": [
            {"name": "postcode", "type": "string", "title": "Postcode", "description": "With one blank",
             "constraints": {"required": True, "unique": True, "pattern": "^[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}$"}},
            {"name": "latitude", "type": "number", "title": "Latitude", "description": "Degrees north, WGS 84",
             "constraints": {"required": True}},
            {"name": "longitude", "type": "number", "title": "Longitude", "description": "Degrees east, WGS 84",
             "constraints": {"required": True}},
            {"name": "area", "type": "string", "title": "Area", "description": "Derived: the area (LSOA) that it lies in",
             "constraints": {"required": True, "pattern": "^E01[0-9]{6}$"}},
            {"name": "how", "type": "string", "title": "How it was placed",
             "description": "inside: within the outline; nearest: beside it, since outlines are generalised",
             "constraints": {"required": True, "enum": ["inside", "nearest"]}},
        ],
        "primaryKey": ["postcode"], "missingValues": [""],
        "foreignKeys": [{"fields": ["area"], "reference": {"resource": AREAS, "fields": ["code"]}}],
    },
}  # fmt: skip


@dataclass
class _Point:
    postcode: str
    easting: float
    northing: float
    district: str
    row: int


@dataclass(frozen=True)
class _Placed:
    point: _Point
    area: str
    how: str


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import the postcodes of the pack's districts, each with the area that it lies in.

    Raises:
        ImportFileError: the file can't be read as Code-Point Open, or the pack has no outlines of all its areas.
        ImportRefusedError: none of its postcodes can be used.
    """
    today = str(options.today or datetime.now(tz=UTC).date())
    outlines, vintage = _outlines(pack)
    found = Reconciliation(
        NAME, source.name, source.sha256, (POSTCODES,), money=False, dry_run=options.dry_run
    )
    with RefusedLines() as refused:
        refused.head(_HEADINGS)
        points = list(_points(source, set(outlines), found, refused))
        placed = [each for code, areas in outlines.items() for each in _place(points, code, areas)]
        everywhere = {code: form for areas in outlines.values() for code, form in areas.items()}
        placed += _inside([point for point in points if not point.district], everywhere)
        there = {each.point.row for each in placed}
        for point in points:
            if point.row in there:
                found.used.add(point.row, 0)
            elif point.district:
                found.refuse(point.row, 0, FAR)
                refused.add(point.row, FAR, [point.postcode, "", f"{point.easting:g}", f"{point.northing:g}"])
            else:
                found.refuse(point.row, 0, OUTSIDE)
        found.form = "zip of CSVs without headings"
        found.settle()
        found.refused_file = refused.place(source, options)
    if not placed:
        raise ImportRefusedError(
            f"{found.file}: none of its {wording.counted(found.incoming.rows, 'postcode')} lies in the pack's areas. Import the file "
            "that has them. Nothing was imported.",
            found,
        )
    found.notes += _absences(pack, outlines, placed)
    near = sum(each.how == "nearest" for each in placed)
    if near:
        found.notes.append(
            f"{wording.counted(near, 'postcode')} beside the outlines, which are generalised: given to the nearest area of their "
            "district."
        )
    _write(pack, placed, vintage, found, options, today)
    return found


def _absences(
    pack: Pack, outlines: Mapping[str, Mapping[str, Any]], placed: Sequence[_Placed]
) -> Iterator[str]:
    """What is not in the file: districts without any postcode, and postcodes without a district."""
    codes = {code: district for district, areas in outlines.items() for code in areas}
    there = {codes[each.area] for each in placed}
    rows = pack.table(AREAS)
    names = dict(zip(rows["district"].astype("str"), rows["district_name"].astype("str"), strict=True))
    missing = sorted(names.get(code, code) for code in outlines if code not in there)
    if missing:
        yield (
            f"The file has no postcode of {wording.choices(missing)}: those that the pack had of "
            f"{'it' if len(missing) == 1 else 'them'} are not kept. Import the file that has all of them."
        )
    without = sum(not each.point.district for each in placed)
    if without:
        yield f"{wording.counted(without, 'postcode')} without a district placed by position alone."


def _outlines(pack: Pack) -> tuple[dict[str, dict[str, Any]], str]:
    """By district: the outline of each of its areas, in metres; and the edition of the areas."""
    import shapely  # noqa: I001 before what imports parts of it, as in svdash.tables.boundary_shapes
    import geopandas

    shapes = read(pack).features
    rows = pack.table(AREAS) if AREAS in pack.tables else None
    if rows is None or rows.empty or not set(rows["code"]) <= set(shapes):
        raise ImportFileError(
            f"{pack.path}: the pack has no outlines of all its areas, so no postcode can be placed. Import the boundaries "
            "first (pull boundaries2021)."
        )
    codes = [str(code) for code in rows["code"]]
    forms = geopandas.GeoSeries([shapely.geometry.shape(shapes[code]) for code in codes], crs=_DEGREES)
    found: dict[str, dict[str, Any]] = {}
    for code, district, form in zip(codes, rows["district"], forms.to_crs(_METRES).values, strict=True):
        found.setdefault(str(district), {})[code] = form
    return found, wording.choices(sorted(str(each) for each in rows["vintage"].unique()))


def _points(
    source: Source, districts: set[str], found: Reconciliation, refused: RefusedLines
) -> Iterator[_Point]:
    """The postcodes of the districts; counts and tells the others."""
    seen: set[str] = set()
    for number, cells in enumerate(_rows(source), start=1):
        found.incoming.add(number, 0)
        made = _point(cells, number, districts)
        if isinstance(made, _Point) and made.postcode in seen:
            made = TWICE
        if isinstance(made, _Point):
            seen.add(made.postcode)
            yield made
            continue
        found.refuse(number, 0, made)
        if made is not OUTSIDE:
            # 1.7 million postcodes of elsewhere are no list that anybody reads.
            refused.add(number, made, cells)


def _rows(source: Source) -> Iterator[list[str]]:
    """The rows of all CSVs in the zip."""
    wrong = f"{source.path}: this is not Code-Point Open as CSV: a zip with Data/CSV in it. Fetch that."
    if source.kind != "xlsx":
        raise ImportFileError(wrong)
    try:
        with zipfile.ZipFile(source.path) as archive:
            parts = [part for part in archive.infolist() if _is_data(part.filename)]
            size = sum(part.file_size for part in parts)
            if not parts:
                raise ImportFileError(wrong)
            if size > MOST_UNPACKED:
                raise ImportFileError(
                    f"{source.path}: it unpacks to {wording.number(size)} bytes, and at most {wording.number(MOST_UNPACKED)} are read. Fetch it again."
                )
            for part in parts:
                with archive.open(part) as packed:
                    text = io.TextIOWrapper(packed, "utf-8", errors="replace", newline="")
                    yield from csv.reader(_lines(source, part.filename, text))
    except (*DAMAGED, csv.Error, OSError) as error:
        raise ImportFileError(
            f"{source.path}: the zip is damaged or locked ({error}). Fetch it again."
        ) from error


def _lines(source: Source, name: str, text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text, none of them longer than lines of postcodes are."""
    while line := text.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE:
            raise ImportFileError(
                f"{source.path}, {name}: a line is longer than {wording.number(LONGEST_LINE)} characters, so this is not a list of postcodes. "
                "Fetch it again."
            )
        yield line


def _is_data(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix == ".csv" and path.parent.name == "csv"


def _point(cells: list[str], number: int, districts: set[str]) -> _Point | Problem:
    district = cells[_WIDTH - 1].strip().upper() if len(cells) >= _WIDTH else ""
    if district and district not in districts:
        return OUTSIDE
    postcode = _POSTCODE.fullmatch("".join(cells[:1]).replace(" ", "").upper())
    if postcode is None or len(cells) < _WIDTH:
        return UNREADABLE
    if cells[1].strip() == _NO_POSITION or not (cells[2].strip() or cells[3].strip()):
        return NO_POSITION
    try:
        easting, northing = float(cells[2]), float(cells[3])
    except ValueError:
        return UNREADABLE
    there = 0 < easting < 700_000 and 0 < northing < 1_300_000
    return (
        _Point(f"{postcode[1]} {postcode[2]}", easting, northing, district, number) if there else NO_POSITION
    )


def _place(points: list[_Point], district: str, areas: dict[str, Any]) -> Iterator[_Placed]:
    """The postcodes of a district in its areas: the one around them, else the nearest if it is near enough."""
    own = [point for point in points if point.district == district]
    inside = _inside(own, areas)
    yield from inside
    there = {each.point.row for each in inside}
    yield from _nearest([point for point in own if point.row not in there], areas)


def _inside(points: list[_Point], areas: Mapping[str, Any]) -> list[_Placed]:
    """Points that lie in an area."""
    import shapely

    if not points:
        return []
    codes, spots = sorted(areas), _spots(points)
    tree = shapely.STRtree([areas[code] for code in codes])
    at, hits = tree.query(spots, predicate="intersects")
    return _hit(points, codes, (at.tolist(), hits.tolist()), "inside")


def _nearest(points: list[_Point], areas: Mapping[str, Any]) -> list[_Placed]:
    """Points that lie near an area."""
    import shapely

    if not points:
        return []
    codes, spots = sorted(areas), _spots(points)
    tree = shapely.STRtree([areas[code] for code in codes])
    at, hits = tree.query_nearest(spots, max_distance=NEAR_METRES, all_matches=True)
    return _hit(points, codes, (at.tolist(), hits.tolist()), "nearest")


def _spots(points: list[_Point]) -> Any:
    import shapely

    return shapely.points([[point.easting, point.northing] for point in points])


def _hit(
    points: list[_Point], codes: list[str], found: tuple[list[int], list[int]], how: str
) -> list[_Placed]:
    first: dict[int, int] = {}
    for number, hit in sorted(zip(*found, strict=True)):
        first.setdefault(number, hit)  # on a border: the lower code
    return [_Placed(points[number], codes[hit], how) for number, hit in first.items()]


def _write(
    pack: Pack, placed: list[_Placed], vintage: str, found: Reconciliation, options: Options, today: str
) -> None:
    data = _csv(placed)
    entry = pack.resource(POSTCODES) if POSTCODES in pack.names else _ABOUT
    path = pack.path / entry["path"]
    if POSTCODES in pack.names and path.is_file() and path.read_bytes() == data:
        found.notes.append("The pack has these postcodes already, in these areas: nothing changes.")
        return
    fresh = {
        **entry,
        "description": (
            f"The {wording.number(len(placed))} postcodes of the districts, each with the area that it lies in. Derived: by point in polygon "
            f"from the positions of OS Code-Point Open and the outlines of this pack (areas of {vintage}); the ONS publishes "
            "its own lookup, which may differ at borders."
        ),
        "vintage": vintage,
        "placed": {"on": today, "how": "point in polygon", "file": found.file, "sha256": found.sha256}
        | ({"path": options.source} if options.source else {}),
        "updated": today,
        "updatedBy": options.by or pack_writer.authority(pack),
    }
    if not options.dry_run:
        put_tables(pack, {POSTCODES: written(data)}, {POSTCODES: fresh})
        found.changed = True


def _csv(placed: list[_Placed]) -> bytes:
    import shapely  # noqa: F401, I001 before what imports parts of it
    import geopandas

    order = sorted(placed, key=lambda each: each.point.postcode)
    spots = geopandas.GeoSeries.from_xy(
        [each.point.easting for each in order], [each.point.northing for each in order], crs=_METRES
    ).to_crs(_DEGREES)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field["name"] for field in _ABOUT["schema"]["fields"]])
    for each, longitude, latitude in zip(order, spots.x, spots.y, strict=True):
        writer.writerow([each.point.postcode, f"{latitude:.5f}", f"{longitude:.5f}", each.area, each.how])
    return text.getvalue().encode()
