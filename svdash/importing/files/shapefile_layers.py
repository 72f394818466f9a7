"""Reads Shapefiles with pyshp, which knows no other format: shapes, their columns, and the text of the projection."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from svdash.importing.files.geojson_features import shaped
from svdash.importing.files.map_layers import Layer, LayerError

_MOST_PROJECTION: Final = 20_000
# What goes wrong within a file whose numbers contradict each other.
_DAMAGED: Final = (
    struct.error,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    OverflowError,
    AttributeError,
)


@contextmanager
def opened(files: Mapping[str, Path]) -> Iterator[dict[str, Layer]]:
    """Open the one layer of a Shapefile.

    Args:
        files: where its parts are, by their ending: ``.shp``, ``.dbf``, ``.shx``, ``.prj``, ``.cpg``.

    Raises:
        LayerError: it is none that can be read.
    """
    import shapefile

    if ".dbf" not in files:
        raise LayerError("the .dbf with its columns is not there")
    with ExitStack() as stack:
        parts = {
            suffix: stack.enter_context(files[suffix].open("rb"))
            for suffix in (".shp", ".dbf", ".shx")
            if suffix in files
        }
        try:
            reader = shapefile.Reader(
                **{suffix[1:]: part for suffix, part in parts.items()},
                encoding=_codec(files.get(".cpg")),
                encodingErrors="replace",
            )
            headings = [str(column[0]) for column in reader.fields if column[0] != "DeletionFlag"]
        except (shapefile.ShapefileException, *_DAMAGED) as error:
            raise LayerError(f"it is damaged: {str(error)[:150]}") from error
        yield {
            "": Layer(
                headings,
                lambda: _rows(reader),
                lambda: _projection(files.get(".prj")),
                lambda numbers: _shapes(reader, numbers),
            )
        }


def _codec(path: Path | None) -> str:
    """The codec that the .cpg names; UTF-8 where it names none that is known."""
    try:
        named = path.read_bytes()[:40].decode("ascii").strip() if path is not None else ""
        return codecs.lookup(f"cp{named}" if named.isdigit() else named).name
    except (LookupError, ValueError):
        return "utf-8"


def _projection(path: Path | None) -> str | None:
    return None if path is None else path.read_bytes()[:_MOST_PROJECTION].decode("utf-8", "replace")


def _rows(reader: Any) -> dict[int, list[str]]:
    import shapefile

    try:
        return {
            number: ["" if cell is None else str(cell) for cell in record]
            for number, record in enumerate(reader.iterRecords())
        }
    except (shapefile.ShapefileException, *_DAMAGED) as error:
        raise LayerError(f"its .dbf is damaged: {str(error)[:150]}") from error


def _shapes(reader: Any, numbers: Sequence[int]) -> dict[int, Any]:
    import shapefile

    wanted, found = set(numbers), {}
    try:
        for number, shape in enumerate(reader.iterShapes()):
            if number in wanted:
                found[number] = _form(shape)
    except (shapefile.ShapefileException, *_DAMAGED) as error:
        raise LayerError(f"its .shp is damaged: {str(error)[:150]}") from error
    return {number: found.get(number) for number in numbers}


def _form(shape: Any) -> Any:
    made = shape.__geo_interface__
    if made["type"] not in ("Polygon", "MultiPolygon"):
        return None
    return shaped(made["type"], made["coordinates"])
