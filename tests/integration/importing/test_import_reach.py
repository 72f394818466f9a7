"""What a file names is never opened: no other file, no address, no library. Tried with files that GDAL would follow."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely.geometry import box

from svdash.importing import FORMATS, format_guess, import_jobs, importer
from svdash.importing.files.source_files import open_source
from svdash.importing.formats import lsoa_boundaries
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options
from tests.copies import ROOT
from tests.integration.importing.made import Imports

SECRET = "what-nobody-may-read"  # noqa: S105  a word to look for


@dataclass
class Bait:
    """What an attack is after: a secret in a file, an address that listens, a library, and a file that must not appear."""

    folder: Path
    address: str
    called: list[str] = field(default_factory=list)

    @property
    def secret(self) -> Path:
        """A table with the secret in it."""
        return self.folder / "secret.csv"

    @property
    def library(self) -> Path:
        """What is loaded as a driver, if anything is: it is none, so only the attempt would be told."""
        return self.folder / "driver.so"

    @property
    def marks(self) -> list[str]:
        """What else has appeared in the folder."""
        return sorted({path.name for path in self.folder.iterdir()} - {"secret.csv", "driver.so", "one.db"})


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    """Lay it out, and listen."""
    folder = tmp_path / "bait"
    folder.mkdir()
    called: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815  so http.server calls them

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = Bait(folder, f"http://127.0.0.1:{server.server_port}", called)
    found.secret.write_text(f"lsoa11cd,name\nE01006434,{SECRET}\n")
    found.library.write_bytes(b"\x7fELF")
    sqlite3.connect(folder / "one.db").executescript("CREATE TABLE t (code TEXT)")
    yield found
    server.shutdown()
    server.server_close()


def vrt(source: str, more: str = "") -> str:
    return f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{source}</SrcDataSource>{more}</OGRVRTLayer></OGRVRTDataSource>"


def collection(crs: object) -> str:
    shape = {"type": "Polygon", "coordinates": [[[-3, 53], [-2.9, 53], [-2.9, 53.1], [-3, 53]]]}
    feature = {"type": "Feature", "properties": {"lsoa11cd": "E01006434"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]})


ATTACKS: dict[str, Callable[[Bait], str]] = {
    "virtual": lambda bait: vrt(f"CSV:{bait.secret}", "<SrcLayer>secret</SrcLayer>"),
    "virtual behind a brace": lambda bait: "{" + vrt(str(bait.secret)),
    "virtual within JSON": lambda bait: '{"a": "' + vrt(str(bait.secret)) + '"}',
    "virtual behind a blank": lambda bait: "\n " + vrt(str(bait.secret)),
    "virtual in JSON of features": lambda bait: json.dumps(
        {"type": "FeatureCollection", "name": vrt(str(bait.secret)), "features": []}
    ),
    "virtual of an address": lambda bait: '{"a": "' + vrt(f"/vsicurl/{bait.address}/far.csv") + '"}',
    "statement that writes": lambda bait: (
        '{"a": "'
        + vrt(f"{bait.folder}/one.db", f"<SrcSQL>VACUUM INTO '{bait.folder}/made.db'</SrcSQL>")
        + '"}'
    ),
    "driver library": lambda bait: (
        '{"a": "'
        + vrt("ADBC:x", f"<OpenOptions><OOI key='ADBC_DRIVER'>{bait.library}</OOI></OpenOptions>")
        + '"}'
    ),
    "pipeline": lambda bait: json.dumps(
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {bait.secret}"}
    ),
    "coordinates by a link": lambda bait: collection(
        {"type": "link", "properties": {"href": f"{bait.address}/crs", "type": "ogcwkt"}}
    ),
    "coordinates by the name of a link": lambda bait: collection(
        {"type": "name", "properties": {"name": f"{bait.address}/crs"}}
    ),
    "coordinates by the name of a file": lambda bait: collection(
        {"type": "name", "properties": {"name": str(bait.secret)}}
    ),
    "service": lambda bait: f"<OGRWFSDataSource><URL>{bait.address}/wfs</URL></OGRWFSDataSource>",
    "service in JSON": lambda bait: json.dumps(
        {"links": [{"rel": "data", "href": f"{bait.address}/collections"}], "collections": []}
    ),
}
# What GDAL with all its drivers does with it: so these attacks are real.
WORKS = {
    "reads": (
        "virtual",
        "virtual behind a brace",
        "virtual within JSON",
        "virtual behind a blank",
        "pipeline",
    ),
    "calls": ("virtual of an address", "coordinates by a link", "service"),
    "writes": ("statement that writes",),
}


def nested(folder: Path, text: str, how: str) -> Path:
    """The text as a file, under an ending of its own or within a zip."""
    if not how.startswith("zip of "):
        path = folder / f"a{how}"
        path.write_text(text)
        return path
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        suffix = how.removeprefix("zip of ")
        archive.writestr(f"a{suffix}", text)
        if suffix == ".shp":
            archive.writestr("a.prj", text)
            archive.writestr("a.dbf", text)
    return path


NESTINGS = (
    ".geojson",
    ".json",
    ".csv",
    ".gpkg",
    ".shp",
    "zip of .geojson",
    "zip of .json",
    "zip of .gpkg",
    "zip of .shp",
)


@pytest.mark.parametrize("how", ["reads", "calls", "writes"])
def test_a_reader_of_all_formats_would_do_what_the_files_say(bait: Bait, tmp_path: Path, how: str) -> None:
    program = (
        "import sys, pyogrio\n"
        "for layer in pyogrio.list_layers(sys.argv[1])[:, 0]:\n"
        "    print(pyogrio.read_dataframe(sys.argv[1], layer=layer).to_csv())"
    )
    for attack in WORKS[how]:
        path = nested(tmp_path, ATTACKS[attack](bait), ".geojson")
        told = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
        )
        did = {"reads": SECRET in told.stdout, "calls": bool(bait.called), "writes": bool(bait.marks)}
        assert did[how], (attack, told.stderr[-500:])
        bait.called.clear()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_importer_opens_what_a_file_names(imports: Imports, bait: Bait, attack: str) -> None:
    before = imports.bytes()
    for how in NESTINGS:
        path = nested(imports.files, ATTACKS[attack](bait), how)
        for form in FORMATS:
            told = tried(form, path, imports)
            assert SECRET not in told, (how, form)
            assert (bait.called, bait.marks) == ([], []), (how, form)
    assert imports.bytes() == before


def tried(form: str, path: Path, imports: Imports) -> str:
    """What is said of a file by what guesses its format, proposes its columns, and imports it."""
    try:
        source = open_source(path)
    except ImportFileError as error:
        return str(error)
    said = []
    for ask in (
        lambda: format_guess.guess(source),
        lambda: format_guess.proposal(form, source, Options()),
        lambda: importer(form)(source, imports.pack, Options(replace=True)).as_dict(),
    ):
        try:
            said.append(str(ask()))
        except (ImportFileError, ImportRefusedError) as error:
            said.append(str(error))
    return "\n".join(said)


@pytest.mark.parametrize("attack", ["virtual within JSON", "virtual of an address", "statement that writes"])
def test_no_way_in_opens_what_a_file_names(imports: Imports, bait: Bait, attack: str) -> None:
    path = nested(imports.files, ATTACKS[attack](bait), "zip of .geojson")
    source = open_source(path)
    with pytest.raises(ImportFileError):
        import_jobs.run_import("boundaries", source, imports.pack, Options(replace=True), print)
    assert import_jobs.inspect(format_guess.guess, source, source=source, on_progress=print) == "boundaries"
    command = [
        sys.executable,
        "-m",
        "svdash",
        "import",
        "boundaries",
        str(path),
        "--pack",
        str(imports.folder),
    ]
    told = subprocess.run([*command, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert "it can't be read as boundaries" in told.stderr
    assert "Traceback" not in told.stderr
    assert (bait.called, bait.marks) == ([], [])


def databased(folder: Path, edit: Callable[[sqlite3.Connection], object]) -> Path:
    """A GeoPackage whose tables say something else."""
    path = folder / "a.gpkg"
    rows = geopandas.GeoDataFrame({"lsoa11cd": ["E01006434"]}, geometry=[box(-3, 53, -2.9, 53.1)], crs=4326)
    rows.to_file(path)
    with sqlite3.connect(path) as database:
        edit(database)
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_spatial_ref_sys SET definition = '{address}/srs', organization = 'none'",
        "UPDATE gpkg_contents SET srs_id = -1",
        "CREATE TABLE gpkg_extensions_2 AS SELECT '{secret}' AS x",
        "CREATE VIEW lsoa AS SELECT 1 AS fid, load_extension('{library}') AS lsoa11cd, NULL AS geom",
        "CREATE VIEW lsoa AS SELECT 1 AS fid, readfile('{secret}') AS lsoa11cd, NULL AS geom",
        "CREATE VIEW lsoa AS SELECT 1 AS fid, gdal_get_pixel_value('/vsicurl/{address}/a.tif', 1, 'pixel', 0, 0) AS lsoa11cd",
    ],
)
def test_what_a_geopackage_says_in_its_tables_reaches_nothing(
    imports: Imports, bait: Bait, statement: str
) -> None:
    said = statement.format(address=bait.address, secret=bait.secret, library=bait.library)
    path = databased(imports.files, lambda database: database.execute(said))
    with sqlite3.connect(path) as database:
        if "VIEW" in said:
            database.execute("UPDATE gpkg_contents SET table_name = 'lsoa', identifier = 'lsoa'")
    told = tried("boundaries", path, imports)
    assert SECRET not in told
    assert (bait.called, bait.marks) == ([], [])


# Modules and functions of databases that read and write files: a reader of many formats brings them along.
SPATIAL = {
    "reads a table of text": (
        "CREATE VIRTUAL TABLE vt USING VirtualText('{secret}', 'UTF8', 0)",
        "CREATE VIEW v AS SELECT x.ROWNO + 1 AS OGC_FID, x.COL001 AS lsoa11cd, a.geom FROM a, vt x",
    ),
    "writes a database": (
        "",
        (
            "CREATE VIEW v AS SELECT a.fid AS OGC_FID, CAST(SqlProc_Execute(SqlProc_FromText('VACUUM INTO \"{made}\";')) AS TEXT)"
            " AS lsoa11cd, a.geom FROM a"
        ),
    ),
    "reads another database": (
        "",
        "CREATE VIEW v AS SELECT a.fid AS OGC_FID, (SELECT hex(readfile('{secret}'))) AS lsoa11cd, a.geom FROM a",
    ),
    "never ends": (
        "",
        (
            "CREATE VIEW v AS SELECT a.fid AS OGC_FID, (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT count(*) FROM n) AS lsoa11cd, a.geom FROM a"
        ),
    ),
}


def spatial(folder: Path, bait: Bait, virtual: str, view: str) -> Path:
    """A GeoPackage of one layer, a view that has a module or a function do something."""
    names = {"secret": bait.secret, "made": bait.folder / "made.db"}

    def edit(database: sqlite3.Connection) -> None:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        for table in ("gpkg_extensions", "gpkg_ogr_contents"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608
        database.execute("UPDATE gpkg_contents SET table_name = 'v', identifier = 'v'")
        database.execute("UPDATE gpkg_geometry_columns SET table_name = 'v'")
        if virtual:
            database.execute("PRAGMA writable_schema = ON")
            said = virtual.format(**names)
            database.execute("INSERT INTO sqlite_master VALUES ('table', 'vt', 'vt', 0, ?)", (said,))
        database.execute(view.format(**names))

    return databased(folder, edit)


def test_a_reader_of_all_formats_would_run_what_a_database_says(bait: Bait, tmp_path: Path) -> None:
    program = "import sys, pyogrio\nprint(pyogrio.read_dataframe(sys.argv[1], read_geometry=False).to_csv())"
    path = spatial(tmp_path, bait, *SPATIAL["reads a table of text"])
    told = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert SECRET in told.stdout, told.stderr[-500:]


@pytest.mark.parametrize("attack", SPATIAL)
def test_a_database_runs_nothing_and_a_view_is_refused(imports: Imports, bait: Bait, attack: str) -> None:
    path = spatial(imports.files, bait, *SPATIAL[attack])
    told = tried("boundaries", path, imports)
    assert "its layer 'v' is not a plain table" in told
    assert SECRET not in told
    assert bait.marks == []


def test_a_view_beside_a_plain_table_is_left_aside_with_a_word(imports: Imports, bait: Bait) -> None:
    path = spatial(imports.files, bait, *SPATIAL["reads another database"])
    with sqlite3.connect(path) as database:
        for table, more in (("gpkg_contents", ", identifier = 'a'"), ("gpkg_geometry_columns", "")):
            database.execute(f"CREATE TEMPORARY TABLE copied AS SELECT * FROM {table}")  # noqa: S608
            database.execute(f"UPDATE copied SET table_name = 'a'{more}")  # noqa: S608
            database.execute(f"INSERT INTO {table} SELECT * FROM copied")  # noqa: S608
            database.execute("DROP TABLE copied")
    with lsoa_boundaries._opened(open_source(path)) as (layers, _):
        layer = lsoa_boundaries._layer(open_source(path), layers, "GeoPackage", Options())
        assert (layer.name, len(layer.rows)) == ("a", 1)
        assert lsoa_boundaries._left_aside(layers) == [
            "A layer was not read: its layer 'v' is not a plain table."
        ]
    assert bait.marks == []


def test_a_virtual_table_and_a_column_that_works_something_out_are_refused(
    imports: Imports, bait: Bait
) -> None:
    for said in (
        f"CREATE VIRTUAL TABLE v USING VirtualText('{bait.secret}', 'UTF8', 1)",
        "CREATE TABLE v (fid INTEGER PRIMARY KEY, geom BLOB, lsoa11cd TEXT AS (readfile('x')))",
    ):
        path = databased(imports.files, lambda _: None)
        with sqlite3.connect(path) as database:
            database.execute("UPDATE gpkg_contents SET table_name = 'v', identifier = 'v'")
            database.execute("UPDATE gpkg_geometry_columns SET table_name = 'v'")
            database.execute("PRAGMA writable_schema = ON")
            database.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (said,))
        told = tried("boundaries", path, imports)
        assert "it can't be read as boundaries" in told
        assert SECRET not in told
        path.unlink()


def test_a_database_is_read_as_it_lies_there_and_nothing_is_written_beside_it(imports: Imports) -> None:
    path = databased(imports.files, lambda database: database.execute("PRAGMA journal_mode = WAL"))
    before = {each.name: each.read_bytes() for each in imports.files.iterdir()}
    tried("boundaries", path, imports)
    assert {each.name: each.read_bytes() for each in imports.files.iterdir()} == before


def test_nothing_of_ours_loads_a_reader_of_many_formats() -> None:
    program = (
        "import sys, pkgutil, importlib, svdash.importing as room\n"
        "for each in pkgutil.walk_packages(room.__path__, 'svdash.importing.'): importlib.import_module(each.name)\n"
        "import geopandas\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('pyogrio', 'fiona', 'osgeo')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("named", ["PROJ4_GRIDS", "PARAMETERFILE", "the Moon", "no words"])
def test_a_description_of_coordinates_can_name_no_file(imports: Imports, bait: Bait, named: str) -> None:
    rows = geopandas.GeoDataFrame({"lsoa11cd": ["E01006434"]}, geometry=[box(-3, 53, -2.9, 53.1)], crs=4326)
    rows.to_file(imports.files / "a.shp")
    plain = (imports.files / "a.prj").read_text()
    (imports.files / "a.prj").write_text(
        {
            "PROJ4_GRIDS": plain.replace(
                ",SPHEROID", f',EXTENSION["PROJ4_GRIDS","{bait.secret}"],SPHEROID', 1
            ),
            "PARAMETERFILE": plain.replace(",SPHEROID", f',PARAMETERFILE["x","{bait.secret}"],SPHEROID', 1),
            "the Moon": 'GEOGCS["GCS_Moon_2000",DATUM["D_Moon_2000",SPHEROID["Moon",1737400.0,0.0]],'
            'PRIMEM["Reference_Meridian",0.0],UNIT["Degree",0.0174532925199433]]',
            "no words": "",
        }[named]
    )
    with pytest.raises(ImportFileError, match="coordinate system that it names is not known"):
        importer("boundaries")(open_source(imports.files / "a.shp"), imports.pack, Options(replace=True))


@pytest.mark.parametrize("named", ["zip of .shp", ".shp"])
def test_a_shapefiles_projection_is_no_address(imports: Imports, bait: Bait, named: str) -> None:
    rows = geopandas.GeoDataFrame({"lsoa11cd": ["E01006434"]}, geometry=[box(-3, 53, -2.9, 53.1)], crs=4326)
    rows.to_file(imports.files / "a.shp")
    (imports.files / "a.prj").write_text(f"{bait.address}/prj")
    path = imports.files / "a.shp"
    if named.startswith("zip"):
        path = imports.files / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in imports.files.glob("a.*"):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
    with pytest.raises(ImportFileError, match="coordinate system"):
        importer("boundaries")(open_source(path), imports.pack, Options(replace=True))
    assert bait.called == []
