"""Boundaries of areas (LSOAs), as the Open Geography portal publishes them: GeoJSON, GeoPackage or Shapefile.

Shapes of the pack's areas become its boundaries, in WGS 84 with five decimals (about a metre), valid, without heights.
The file may be a zip of one of these; what it is, its first bytes tell, in a zip as well. Each is read by what knows that
format alone, so nothing that a file names is opened. Shapes of other areas are counted, not used.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from svdash import wording
from svdash.importing.cells.cell_reading import clean
from svdash.importing.columns.column_mapping import Mapped, Mapper
from svdash.importing.columns.given_answers import Answers, given_answers
from svdash.importing.columns.headings import folded, known_headings
from svdash.importing.columns.remembered_mappings import recalled, remember
from svdash.importing.files import geopackage_layers, shapefile_layers
from svdash.importing.files.geojson_features import NOT_NUMBERS, OPEN, Collection, read_geojson
from svdash.importing.files.map_layers import BROKEN, Layer, LayerError
from svdash.importing.files.source_files import DAMAGED, Kind, Source, open_source
from svdash.importing.formats.deprivation_indices import EDITIONS
from svdash.importing.reconciliation import (
    Field,
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
from svdash.tables.boundary_shapes import BOUNDARIES, read
from svdash.tables.faults import UnknownTableError, suggestion
from svdash.tables.package import Pack

FIELDS: Final = (Field("code", required=True), Field("name", has_place=False))
HEADINGS: Final = "lsoa_boundaries_headings.csv"
NAME: Final = "boundaries"

MOST_UNPACKED: Final = 1024**3
# More than this is slow to draw, and finer than a screen shows.
HEAVY_BYTES: Final = 3 * 1024**2
GRID: Final = 1e-5
_MOST_NAMED: Final = 10
_DECIMALS: Final = 5
_METRES: Final = 27700
_DEGREES: Final = 4326
_MAIN: Final[Mapping[str, Kind]] = {".shp": "shp", ".gpkg": "gpkg", ".geojson": "json", ".json": "json"}
_BESIDE: Final = (".dbf", ".shx", ".prj", ".cpg")

OUTSIDE: Final = Problem("outside", "a shape of an area that the pack doesn't have", "Nothing is missing.")
NO_CODE: Final = Problem(
    "code", "there is no code of an LSOA", "Give the boundaries of LSOAs, with their ONS codes."
)
TWICE: Final = Problem(
    "twice", "an earlier shape has this code", "Join the parts, or delete the one that is wrong."
)
NO_SHAPE: Final = Problem("shape", "the shape encloses no area", "Export it as a polygon.")
ELSEWHERE: Final = Problem(
    "elsewhere", "the shape lies outside Great Britain", "Check the coordinate system that the file names."
)

TANGLED: Final = Problem(
    "tangled",
    "the outline crosses itself, and has too many corners to be mended here",
    "Repair it, for example with the tool “Fix geometries” of QGIS, and import again.",
)
# To mend an outline that crosses itself takes the longer the more corners it has: by their square.
MOST_MENDED: Final = 1_000

Shapes = dict[str, Any]


@dataclass
class _Layer:
    """A layer of a file: its columns, the row of texts of each shape, and what has its shapes, by the shape's number."""

    file: Collection | Layer
    name: str
    form: str
    headings: list[str]
    rows: dict[int, list[str]]
    mapped: Mapped


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import the outlines of the pack's areas.

    Raises:
        ImportFileError: the file can't be read as boundaries of areas.
        ImportRefusedError: they are not those of the pack's areas, or the pack has others.
    """
    today = str(options.today or datetime.now(tz=UTC).date())
    found = Reconciliation(
        NAME, source.name, source.sha256, (BOUNDARIES,), money=False, dry_run=options.dry_run
    )
    areas = _areas(pack)
    with _opened(source) as (file, form), RefusedLines() as refused:
        layer = _layer(source, file, form, options)
        found.notes += _left_aside(file)
        problems, fids = _sorted(layer, set(areas))
        shapes = _shapes(source, layer, fids, problems, options.simplify)
        refused.head(layer.headings)
        for number, (fid, cells) in enumerate(layer.rows.items(), start=1):
            found.incoming.add(number, 0)
            if fid in problems:
                found.refuse(number, 0, problems[fid])
                found.notes += _named_shape(layer, number, cells, problems[fid])[
                    : _MOST_NAMED - len(found.notes)
                ]
                refused.add(number, problems[fid], cells)
            else:
                found.used.add(number, 0)
        found.form, found.mapping = layer.form, layer.mapped.for_people(FIELDS)
        found.settle()
        found.refused_file = refused.place(source, options)
    _enter(pack, areas, shapes, layer, found, options, today)
    remember(NAME, layer.mapped, found, today)
    return found


def _named_shape(layer: _Layer, number: int, cells: Sequence[str], problem: Problem) -> list[str]:
    """A sentence on a shape that is wrong, with its number and code; none on those of other areas."""
    if problem in (OUTSIDE, NO_CODE):
        return []
    return [f"Shape {number} ({clean(cells[layer.mapped.columns['code']])}): {problem.words}."]


def _areas(pack: Pack) -> dict[str, str]:
    """The edition of each of the pack's areas, by code."""
    try:
        pack.resource(BOUNDARIES)
        rows = pack.table(AREAS)
    except UnknownTableError as error:
        raise ImportFileError(f"{pack.path}: {error} Describe it in datapackage.json first.") from error
    if rows.empty:
        raise ImportFileError(
            f"{pack.path}: the pack has no areas that boundaries could be of. Import the Indices of Deprivation (iod) first."
        )
    return dict(zip(rows["code"], rows["vintage"], strict=True))


# -- the file -----------------------------------------------------------------------------------------


@contextmanager
def _opened(source: Source) -> Iterator[tuple[Collection | dict[str, Layer], str]]:
    """What reads the file, and the name of its format: of the file itself, or of the one that a zip has in it."""
    if source.kind in _NAMES:
        beside = {".shp": source.path} | _beside(source.path) if source.kind == "shp" else {}
        with _read(
            source.kind, {".gpkg": source.path} if source.kind == "gpkg" else beside, source.path, source
        ) as file:
            yield file, _NAMES[source.kind]
        return
    if source.kind != "xlsx":
        raise ImportFileError(
            f"{source.path}: this is not a file of boundaries. Give GeoJSON, GeoPackage (.gpkg), Shapefile (.shp), or a zip "
            "of one of them."
        )
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        try:
            with zipfile.ZipFile(source.path) as archive:
                files = _extract(source, archive, Path(folder))
        except (*DAMAGED, OSError) as error:
            raise ImportFileError(
                f"{source.path}: the zip is damaged or locked ({error}). Fetch it again."
            ) from error
        suffix = next(each for each in files if each in _MAIN)
        kind = _kind_inside(source, files[suffix], suffix)
        with _read(kind, files, files[suffix], source) as file:
            yield file, f"zip of {suffix}"


_NAMES: Final[Mapping[str, str]] = {"json": "GeoJSON", "gpkg": "GeoPackage", "shp": "Shapefile"}


def _beside(path: Path) -> dict[str, Path]:
    """The parts of a Shapefile that stand beside its main one, by their ending."""
    found = {suffix: path.with_suffix(suffix) for suffix in _BESIDE}
    return {suffix: each for suffix, each in found.items() if each.is_file()}


def _kind_inside(source: Source, path: Path, suffix: str) -> Kind:
    """What a file out of a zip is, by its own first bytes; it must be what its name says."""
    try:
        found = open_source(path).kind
    except ImportFileError as error:
        raise ImportFileError(
            f"{source.path}: in the zip, {str(error).replace(str(path), suffix)}"
        ) from error
    if found != _MAIN[suffix]:
        raise ImportFileError(
            f"{source.path}: the file {suffix} in the zip is not {_NAMES[_MAIN[suffix]]}: it does not begin as one does. Fetch "
            "it again."
        )
    return found


@contextmanager
def _read(
    kind: str, files: Mapping[str, Path], path: Path, source: Source
) -> Iterator[Collection | dict[str, Layer]]:
    """The file, opened by what reads its kind."""
    if kind == "json":
        yield read_geojson(path, source.path)
        return
    try:
        with geopackage_layers.opened(path) if kind == "gpkg" else shapefile_layers.opened(files) as layers:
            yield layers
    except LayerError as error:
        raise ImportFileError(
            f"{source.path}: it can't be read as boundaries ({error}). Fetch it again as GeoJSON, GeoPackage or Shapefile "
            "(with .dbf, .shx and .prj)."
        ) from error


def _extract(source: Source, archive: zipfile.ZipFile, folder: Path) -> dict[str, Path]:
    """Unpack the one file of boundaries in a zip, with what stands beside it; by their endings."""
    wanted = [
        part
        for part in archive.infolist()
        # What a Mac keeps of each file beside it begins so, and is none.
        if Path(part.filename).suffix.lower() in (*_MAIN, *_BESIDE)
        and not Path(part.filename).name.startswith("._")
    ]
    mains = [part.filename for part in wanted if Path(part.filename).suffix.lower() in _MAIN]
    if len(mains) != 1:
        what = (
            f"{len(mains)} files of boundaries: {wording.choices(mains)}"
            if mains
            else "no file of boundaries"
        )
        raise ImportFileError(
            f"{source.path}: the zip has {what}. Unpack it, and import the one that is meant: .shp (with .dbf, .shx and .prj "
            "beside it), .gpkg or .geojson."
        )
    size = sum(part.file_size for part in wanted)
    if size > MOST_UNPACKED:
        raise ImportFileError(
            f"{source.path}: {wording.number(source.size)} bytes that unpack to {wording.number(size)}; at most {wording.number(MOST_UNPACKED)} are unpacked. Fetch a "
            "more generalised edition."
        )
    stem = Path(mains[0]).stem
    found: dict[str, Path] = {}
    for part in wanted:
        name = Path(part.filename)
        if name.stem == stem:
            # Named anew, so that no path in the zip leads out of the folder.
            found[name.suffix.lower()] = target = folder / f"shapes{name.suffix.lower()}"
            with archive.open(part) as packed, target.open("wb") as out:
                shutil.copyfileobj(packed, out)
    return found


def _layer(source: Source, file: Collection | dict[str, Layer], form: str, options: Options) -> _Layer:
    """The layer that has codes, with what its columns say of each shape."""
    given = given_answers(options, FIELDS)
    if isinstance(file, Collection):
        mapped = _mapped(source, file.headings, _sample(file.rows), given, forget=options.forget)
        return _Layer(file, "", form, file.headings, file.rows, mapped)
    name = _named(source, _readable(source, file, given), given)
    layer = file[name]
    headings, rows = list(layer.headings), layer.rows()
    mapped = _mapped(source, headings, _sample(rows), given, forget=options.forget)
    form = f"{form}, layer {name}" if len(file) > 1 else form
    return _Layer(layer, name, form, headings, rows, mapped)


def _readable(source: Source, layers: Mapping[str, Layer], given: Answers) -> dict[str, Sequence[str]]:
    """The headings of the layers that can be read; the one that was asked for must be."""
    wanted = [name for name in layers if name == given.sheet] or list(layers)
    wrong = [layers[name].wrong for name in wanted]
    if wrong and all(wrong):
        raise ImportFileError(
            f"{source.path}: it can't be read as boundaries ({wrong[0]}). Export the layer as a plain table, or fetch it again as "
            "GeoJSON, GeoPackage or Shapefile (with .dbf, .shx and .prj)."
        )
    return {name: layer.headings for name, layer in layers.items() if not layer.wrong}


def _left_aside(file: Collection | Mapping[str, Layer]) -> list[str]:
    """A sentence on each layer that can't be read, beside one that can."""
    if isinstance(file, Collection):
        return []
    return [f"A layer was not read: {layer.wrong}." for layer in file.values() if layer.wrong]


def _sample(rows: Mapping[int, list[str]]) -> list[list[str]]:
    return list(rows.values())[:500]


def _named(source: Source, layers: Mapping[str, Sequence[str]], given: Answers) -> str:
    """The layer that was asked for, or the one that has a column for codes."""
    names = list(layers)
    if given.sheet is not None:
        if given.sheet not in names:
            raise ImportFileError(
                f"{source.path}: there is no layer {given.sheet!r}. {suggestion(given.sheet, names)} Layers: {wording.choices(names)}."
            )
        return given.sheet
    if len(names) == 1:
        return names[0]
    known = known_headings(HEADINGS)
    have = [
        name
        for name, columns in layers.items()
        if any(known.get(folded(column), ("",))[0] == "code" for column in columns)
    ]
    if len(have) == 1:
        return have[0]
    raise ImportFileError(
        f"{source.path}: {len(have) or 'none'} of its layers {'have' if have else 'has'} codes of LSOAs. Say which is meant "
        f"with --sheet. Layers: {wording.choices(names) if names else 'none'}."
    )


def _mapped(
    source: Source, headings: list[str], sample: Sequence[Sequence[str]], given: Answers, *, forget: bool
) -> Mapped:
    mapper = Mapper(str(source.path), headings, sample, FIELDS)
    mapper.take(given, "given")
    before = None if forget else recalled(NAME, headings)
    if before is not None:
        mapper.take(before, "remembered")
    mapper.propose(HEADINGS)
    mapper.require(Answers())
    return Mapped(headings, mapper.columns, mapper.origin, given)


def _sorted(layer: _Layer, areas: set[str]) -> tuple[dict[int, Problem], dict[str, int]]:
    """What is wrong with shapes, by their number, and the numbers of those of the pack's areas, by code."""
    at = layer.mapped.columns["code"]
    problems: dict[int, Problem] = {}
    fids: dict[str, int] = {}
    for fid, cells in layer.rows.items():
        code = clean(cells[at]).upper()
        if not re.fullmatch("[EW]01[0-9]{6}|[SN][0-9A-Z]{8}", code):
            problems[fid] = NO_CODE
        elif code not in areas:
            problems[fid] = OUTSIDE
        elif code in fids:
            problems[fid] = TWICE
        else:
            fids[code] = fid
    return problems, fids


# -- shapes -------------------------------------------------------------------------------------------


def _shapes(
    source: Source, layer: _Layer, fids: dict[str, int], problems: dict[int, Problem], simplify: float | None
) -> Shapes:
    """The shapes of the pack's areas by code, in WGS 84; adds what is wrong with the others."""
    if not fids:
        return {}
    crs, forms = _forms(source, layer, sorted(fids.values()))
    sound: dict[int, Any] = {}
    for fid, form in forms.items():
        found = form if isinstance(form, Problem) else _mendable(form)
        if isinstance(found, Problem):
            problems[fid] = found
        else:
            sound[fid] = found
    made = _placed(source, crs, sound, simplify)
    shapes: Shapes = {}
    for code, fid in sorted(fids.items(), key=lambda item: item[1]):
        if fid in problems:
            continue
        form = made[fid]
        if form is None or form.is_empty:
            problems[fid] = NO_SHAPE
        elif not _in_britain(form.bounds):
            problems[fid] = ELSEWHERE
        else:
            shapes[code] = form
    return shapes


def _forms(source: Source, layer: _Layer, fids: list[int]) -> tuple[Any, dict[int, Any]]:
    """The coordinate system, and by number the shapes as the file has them, or what is wrong with them."""
    if isinstance(layer.file, Collection):
        return _known_crs(source, layer.file.crs), {fid: layer.file.shapes[fid] for fid in fids}
    crs = _known_crs(source, layer.file.crs())
    found = layer.file.shapes(fids)
    return crs, {fid: OPEN if form is BROKEN else form for fid, form in found.items()}


def _known_crs(source: Source, named: str | None) -> Any:
    """The coordinate system of a name or a description. One that is not known is refused: it may be anywhere.

    Of a description only the code that it amounts to is used: it could name files of its own to work coordinates out by.
    """
    import pyproj

    remedy = "Put the .prj beside the .shp, or export it as GeoPackage or as GeoJSON in WGS 84 or British National Grid."
    if named is None:
        raise ImportFileError(
            f"{source.path}: it names no coordinate system, so where its shapes lie is not known. {remedy}"
        )
    try:
        code = _code(named)
        crs = None if code is None else pyproj.CRS.from_authority(*code)
    except (pyproj.exceptions.CRSError, UnicodeEncodeError):
        crs = None
    if crs is None or not (crs.is_geographic or crs.is_projected):
        shown = " ".join(named.split())[:60].encode("ascii", "backslashreplace").decode()
        raise ImportFileError(
            f"{source.path}: the coordinate system that it names is not known ({shown}), so where its shapes lie is not "
            f"known. {remedy}"
        )
    return crs


def _code(named: str) -> tuple[str, str] | None:
    """The authority and code of a coordinate system: as it is named, or as its description amounts to."""
    import pyproj

    match = re.fullmatch(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[0-9.]*:)?([0-9A-Za-z]+)", named.strip())
    if match:
        return match[1], match[2]
    is_plain = re.match(r"(?:PROJ|GEOG)(?:CS|CRS)\[", named.strip()) is not None
    if not is_plain or re.search(r"EXTENSION|PARAMETERFILE|PROJ4|\+proj", named, re.IGNORECASE):
        return None
    found = pyproj.CRS.from_wkt(named).to_authority(min_confidence=25)
    return (found[0], found[1]) if found is not None and found[0] in ("EPSG", "OGC") else None


def _mendable(form: Any) -> Any | Problem | None:
    """A valid shape, or what keeps it from being made valid."""
    import numpy as np
    import shapely

    if form is None or shapely.is_valid(form):
        return form
    if not np.isfinite(shapely.get_coordinates(form)).all():
        return NOT_NUMBERS
    if shapely.get_num_coordinates(form) > MOST_MENDED:
        return TANGLED
    try:
        return shapely.make_valid(form)
    except shapely.errors.GEOSException:
        return TANGLED


def _placed(source: Source, crs: Any, forms: dict[int, Any], simplify: float | None) -> dict[int, Any]:
    """Shapes in WGS 84 by number: simplified if that was asked for, on the grid, valid, and areas only."""
    import shapely  # noqa: I001  before what imports parts of it, as in svdash.tables.boundary_shapes
    import geopandas

    found = geopandas.GeoSeries(list(forms.values()), crs=crs)
    box = found.total_bounds
    if crs.is_geographic and not (abs(box[[0, 2]][box[[0, 2]] == box[[0, 2]]]) <= 180).all():
        raise ImportFileError(
            f"{source.path}: its coordinates, such as {wording.plain(box[0])}, are metres, but it says they are degrees. Export it as "
            "GeoJSON in WGS 84, or as GeoPackage."
        )
    if simplify is not None:
        found = found.to_crs(_METRES)
        # Neighbours keep their common border: each line is simplified once.
        found = geopandas.GeoSeries(shapely.coverage_simplify(found.values, simplify), crs=_METRES)
    flat = shapely.force_2d(found.to_crs(_DEGREES).values)
    return {fid: None if form is None else _solid(form) for fid, form in zip(forms, flat, strict=True)}


def _solid(form: Any) -> Any:
    """The areas of a shape, valid, on the grid; outer rings run against the clock. None where that leaves no area."""
    import numpy as np
    import shapely

    if not np.isfinite(shapely.get_coordinates(form)).all():
        return None  # it lies where its coordinate system does not reach
    valid = shapely.set_precision(shapely.make_valid(form), GRID)
    parts = [
        part for part in shapely.get_parts(valid).tolist() if part.geom_type in ("Polygon", "MultiPolygon")
    ]
    return shapely.orient_polygons(shapely.union_all(parts, grid_size=GRID)) if parts else None


def _in_britain(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west >= -9 and east <= 2 and south >= 49 and north <= 61


# -- into the pack ------------------------------------------------------------------------------------


def _enter(
    pack: Pack,
    areas: Mapping[str, str],
    shapes: Shapes,
    layer: _Layer,
    found: Reconciliation,
    options: Options,
    today: str,
) -> None:
    """Put shapes into the pack, unless that is refused, changes nothing, or is only tried."""
    import shapely

    _of_one_census(areas, layer, found)
    drawn = read(pack)
    features, trouble = drawn.features, drawn.problem
    if trouble and not options.replace:
        raise ImportRefusedError(
            f"{pack.file(BOUNDARIES)}: {trouble}. Give --replace to put this file's shapes in its place. Nothing was imported.",
            found,
        )
    before = {code: shapely.geometry.shape(each) for code, each in features.items() if code in areas}
    missing = [code for code in areas if code not in shapes and code not in before]
    _covers(areas, shapes, missing, found)
    differing = [code for code, form in shapes.items() if code in before and not _alike(before[code], form)]
    if differing and not options.replace:
        raise ImportRefusedError(
            f"The pack has other outlines of {wording.counted(len(differing), 'area')}, such as {differing[0]}, and outlines of two "
            "kinds don't meet. Give --replace to take all of the file's. Nothing was imported.",
            found,
        )
    together = {code: shapes.get(code, before.get(code)) for code in areas}
    if len(shapes) < len(areas):
        found.notes.append(
            f"{wording.counted(len(areas) - len(shapes), 'area')} did not come with the file: kept as before. Check whether they meet "
            "the others."
        )
    if not differing and set(features) == set(areas) and set(shapes) <= set(before):
        found.notes.append("The pack has these outlines already: nothing changes.")
        return
    data = _geojson(together)
    if len(data) > HEAVY_BYTES:
        found.notes.append(
            f"The outlines take {wording.number(len(data) / 1024**2, 1)} MB, which is slow to draw. Give --simplify 40 (metres), or import "
            "a more generalised edition."
        )
    if not options.dry_run:
        entry = _described(pack, areas, shapes, found, options, today)
        put_tables(pack, {BOUNDARIES: written(data)}, {BOUNDARIES: entry})
        found.changed = True


def _of_one_census(areas: Mapping[str, str], layer: _Layer, found: Reconciliation) -> None:
    """Raise ImportRefusedError where the file's areas are those of another Census, as its heading says."""
    heading = layer.headings[layer.mapped.columns["code"]]
    match = re.search("(?:20|lsoa)(11|21)", heading, re.IGNORECASE)
    census = {EDITIONS[year].census for year in areas.values() if year in EDITIONS}
    if match and census and f"20{match[1]}" not in census:
        other = next((each.year for each in EDITIONS.values() if each.census.endswith(match[1])), "")
        raise ImportRefusedError(
            f"{found.file}: its areas ({heading}) are of the 20{match[1]} Census, the pack's of {wording.choices(sorted(census))}. Import "
            f"the boundaries of {wording.choices(sorted(census))}, or first the Indices of Deprivation {other} with --replace. Nothing "
            "was imported.",
            found,
        )


def _covers(areas: Mapping[str, str], shapes: Shapes, missing: list[str], found: Reconciliation) -> None:
    """Raise ImportRefusedError where no shape is of use, or some areas would stay without one."""
    if not shapes:
        common = max(found.refused.values(), key=lambda tally: tally.rows, default=None)
        why = (
            "it has none"
            if common is None
            else f"{common.words} (first: shape {common.first}). {common.remedy}"
        )
        raise ImportRefusedError(
            f"{found.file}: none of its {wording.counted(found.incoming.rows, 'shape')} can be used: {why} Nothing was imported.",
            found,
        )
    if missing:
        raise ImportRefusedError(
            f"{found.file}: {wording.counted(len(missing), 'area')} of the pack's {wording.number(len(areas))} would be without an outline, such as "
            f"{', '.join(sorted(missing)[:3])}. Give a file that has them all, of the same Census as the pack's "
            "areas. Nothing was imported.",
            found,
        )


def _alike(old: Any, new: Any) -> bool:
    """Whether two shapes are the same, wherever their rings begin."""
    return bool(old.normalize().equals_exact(new.normalize(), GRID / 10))


def _geojson(shapes: Shapes) -> bytes:
    import shapely

    def rounded(part: Any) -> Any:
        return (
            [round(part[0], _DECIMALS), round(part[1], _DECIMALS)]
            if isinstance(part[0], float)
            else [rounded(p) for p in part]
        )

    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {
                "type": form.geom_type,
                "coordinates": rounded(shapely.geometry.mapping(form)["coordinates"]),
            },
        }
        for code, form in shapes.items()
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return (json.dumps(whole, separators=(",", ":")) + "\n").encode()


def _described(
    pack: Pack, areas: Mapping[str, str], shapes: Shapes, found: Reconciliation, options: Options, today: str
) -> dict[str, Any]:
    entry = pack.resource(BOUNDARIES)
    census = sorted({EDITIONS[year].census for year in areas.values() if year in EDITIONS})
    plainer = f", simplified to about {wording.trimmed(options.simplify)} m" if options.simplify else ""
    if len(shapes) == len(areas):
        entry = {**entry, "sources": [], "licenses": []}
    return {
        **pack_writer.vouched(
            entry,
            source={"title": found.file} | ({"path": options.source} if options.source else {}),
            licence=options.licence or "OGL-UK-3.0",
            by=options.by or pack_writer.authority(pack),
            on=today,
        ),
        "description": (
            f"Outlines of the {wording.number(len(areas))} areas (LSOA {wording.choices(census)}){plainer}, WGS 84, five decimals. The property code "
            "is that of the table areas."
        ),
    }
