"""Reads GeoPackages and Shapefiles with GDAL: in a process of its own, where GDAL knows no other format.

GDAL picks a driver by what is in a file. Some of its drivers open what a file names: other files, addresses, libraries.
So no other driver is there, the file lies under a name of ours, and the process has no network (see
:mod:`svdash.jobs.runner`). Rows and shapes come back as Arrow, in which nothing can be run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from svdash import settings

KEPT: Final = frozenset({"ESRI Shapefile", "GPKG"})
# All other drivers of GDAL 3.12. One that is missing here is found when GDAL is loaded, and then nothing is read.
_SKIPPED: Final = (
    "ACE2,ADBC,ADRG,AIG,AIVector,AAIGrid,AVCBin,AVCE00,AirSAR,AmigoCloud,BMP,BSB,BT,BYN,CALS,CEOS,COASP,COG,COSAR,CPG,CSV,"
    "CSW,CTG,Carto,DAAS,DERIVED,DGN,DIMAP,DOQ1,DOQ2,DTED,DXF,ECRGTOC,EDIGEO,EEDA,EEDAI,EHdr,EIR,ENVI,ERS,ESAT,ESRIC,"
    "ESRIJSON,Elasticsearch,FAST,FlatGeobuf,GDALG,GFF,GML,GNMDatabase,GNMFile,GPSBabel,GPX,GRASSASCIIGrid,GRIB,GS7BG,GSAG,"
    "GSBG,GSC,GTFS,GTI,GTX,GTiff,GXF,GenBin,GeoJSON,GeoJSONSeq,GeoRSS,HF2,HFA,HTTP,ILWIS,IRIS,ISCE,ISG,ISIS2,ISIS3,Idrisi,"
    "JAXAPALSAR,JDEM,JML,JPEG,JSONFG,KML,KMLSUPEROVERLAY,KRO,L1B,LAN,LCP,LIBERTIFF,LIBKML,LOSLAS,LVBAG,Leveller,MAP,"
    "MBTiles,MEM,MFF,MFF2,MRF,MSGN,MVT,MapInfo File,MapML,MiraMonRaster,MiraMonVector,NDF,NGSGEOID,NGW,NITF,NOAA_B,"
    "NSIDCbin,NTv2,NWT_GRC,NWT_GRD,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PAux,PCIDSK,PCRaster,PDF,PDS,"
    "PDS4,PGDUMP,PLMOSAIC,PLSCENES,PMTiles,PNG,PNM,PRF,RCM,RIK,RMF,ROI_PAC,RPFTOC,RRASTER,RS2,RST,S57,SAFE,SAGA,SAR_CEOS,"
    "SENTINEL2,SIGDEM,SNAP_TIFF,SNODAS,SQLite,SRP,SRTMHGT,STACIT,STACTA,SXF,Selafin,TGA,TIL,TSX,Terragen,TopoJSON,USGSDEM,"
    "VDV,VFK,VICAR,VRT,WAsP,WCS,WFS,WMS,WMTS,XLSX,XYZ,ZMap,Zarr"
)
_PROGRAM: Final = "import sys; from svdash.importing.gdal_layers import serve; serve(sys.argv[1])"


class GdalError(Exception):
    """GDAL can't read the file; the message is its own."""


class Layers:
    """A file of layers, opened in the other process."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._folder = process, folder

    def names(self) -> dict[str, list[str]]:
        """Return the layers that have shapes, and the names of their columns.

        Raises:
            GdalError: it is no file of layers.
        """
        found: dict[str, list[str]] = self._ask("names")
        return found

    def rows(self, layer: str) -> tuple[list[str], dict[int, list[str]]]:
        """Return the headings of a layer and, by the number of each shape, its cells as text.

        Raises:
            GdalError: they can't be read.
        """
        import pyarrow as pa

        self._ask("rows", layer)
        with pa.memory_map(str(self._folder / "answer.arrow")) as stream:
            table = pa.ipc.open_file(stream).read_all()
        headings = [str(name) for name in table.column_names[1:]]
        columns = [table.column(at).to_pylist() for at in range(1, table.num_columns)]
        cells = zip(*columns, strict=True) if columns else iter(() for _ in range(table.num_rows))
        numbers = table.column(0).to_pylist()
        return headings, {number: list(row) for number, row in zip(numbers, cells, strict=True)}

    def shapes(self, layer: str, numbers: Sequence[int]) -> tuple[str | None, dict[int, bytes | None]]:
        """Return the coordinate system as GDAL names it, and shapes as WKB by their number.

        Raises:
            GdalError: they can't be read.
        """
        import pyarrow as pa

        crs: str | None = self._ask("shapes", layer, list(numbers))
        with pa.memory_map(str(self._folder / "answer.arrow")) as stream:
            table = pa.ipc.open_file(stream).read_all()
        return crs, dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))

    def _ask(self, *question: object) -> Any:
        pipe, back = self._process.stdin, self._process.stdout
        if pipe is None or back is None:
            raise RuntimeError("the process was started without pipes")
        try:
            pipe.write(json.dumps(question).encode() + b"\n")
            pipe.flush()
            line = back.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            raise GdalError("the process that worked on it ended before it was done")
        answer = json.loads(line)
        if "error" in answer:
            raise GdalError(answer["error"])
        return answer["answer"]


@contextmanager
def opened(files: Mapping[str, Path]) -> Iterator[Layers]:
    """Open a GeoPackage or a Shapefile.

    Args:
        files: where each part of it is, by its ending: ``.gpkg``; or ``.shp`` with ``.dbf``, ``.shx``, ``.prj``, ``.cpg``.
    """
    with tempfile.TemporaryDirectory(prefix="svdash-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for suffix, path in files.items():
            # Under a name of ours nothing is taken for a prefix or an archive, and nothing is beside it but its parts.
            (folder / f"shapes{suffix}").symlink_to(path.resolve())
        main = folder / ("shapes.gpkg" if ".gpkg" in files else "shapes.shp")
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, str(main)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=settings.job_environment(folder) | _without_drivers(),
            cwd=folder,
        )
        try:
            yield Layers(process, folder)
        finally:
            process.kill()
            process.communicate()


def _without_drivers() -> dict[str, str]:
    return {
        "GDAL_SKIP": _SKIPPED,
        "GDAL_DRIVER_PATH": "disable",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "SQLITE_LIST_ALL_TABLES": "NO",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
        "GDAL_HTTP_MAX_RETRY": "0",
        "CPL_LOG": os.devnull,
    }


# -- in the process of its own ------------------------------------------------------------------------


def serve(path: str) -> None:
    """Answer the questions that come on standard input, a line of JSON each, until there are no more.

    Raises:
        RuntimeError: GDAL has drivers that it must not have.
    """
    from svdash.jobs.limits import USUAL, cut_off, limit

    limit(USUAL)
    cut_off()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    import pyogrio

    surplus = set(pyogrio.list_drivers()) - KEPT
    if surplus:
        raise RuntimeError(f"GDAL has drivers that files must not reach: {', '.join(sorted(surplus))}.")
    for line in sys.stdin.buffer:
        question, *args = json.loads(line)
        try:
            answer = {"answer": _QUESTIONS[question](path, *args)}
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            answer = {"error": _first(error)}
        except (pyogrio.errors.FeatureError, pyogrio.errors.GeometryError, UnicodeDecodeError) as error:
            answer = {"error": _first(error)}
        _say(answers, answer)


def _say(out: IO[bytes], answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer).encode() + b"\n")
    out.flush()


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")[:200]


def _names(path: str) -> dict[str, list[str]]:
    import pyogrio

    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    return {name: [str(each) for each in pyogrio.read_info(path, layer=name)["fields"]] for name in names}


def _rows(path: str, layer: str) -> None:
    import pyarrow as pa
    import pyogrio

    frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False, fid_as_index=True)
    cells = [
        ["" if cell is None or cell != cell else str(cell) for cell in frame.iloc[:, at]]  # noqa: PLR0124  NaN
        for at in range(frame.shape[1])
    ]
    columns = [
        pa.array([int(fid) for fid in frame.index], pa.int64()),
        *(pa.array(c, pa.string()) for c in cells),
    ]
    _put(path, pa.table(columns, names=["fid", *(str(name) for name in frame.columns)]))


def _shapes(path: str, layer: str, numbers: list[int]) -> str | None:
    import pyarrow as pa
    from pyogrio import raw

    # Only these are read, and not the other 34,000 of a file of England and Wales.
    meta, fids, forms, _ = raw.read(path, layer=layer, fids=numbers, columns=[], return_fids=True)
    if forms is None:
        return None
    _put(
        path, pa.table([pa.array(fids, pa.int64()), pa.array(list(forms), pa.binary())], names=["fid", "wkb"])
    )
    crs: str | None = meta["crs"]
    return crs


def _put(path: str, table: Any) -> None:
    import pyarrow as pa

    with (
        pa.OSFile(str(Path(path).parent / "answer.arrow"), "wb") as out,
        pa.ipc.new_file(out, table.schema) as writer,
    ):
        writer.write_table(table)


_QUESTIONS: Final[Mapping[str, Any]] = {"names": _names, "rows": _rows, "shapes": _shapes}
