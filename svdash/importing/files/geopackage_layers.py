"""Reads GeoPackages with Python's own SQLite: tables only, and nothing that a table, view or trigger could run.

A GeoPackage is a database, and a reader of many formats brings functions and modules along that read and write other files.
Here the file is opened unchanging and for reading, an authorizer denies all but plain reading, and no module or function is
there to be called.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from svdash.importing.files.map_layers import BROKEN, Layer, LayerError, unreadable

# What a statement of ours does; anything else that a file's own schema would have done is denied.
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_AT_ONCE: Final = 500
# Bytes of the box that may stand before a shape, by the number in its flags.
_BOXES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


@contextmanager
def opened(path: Path) -> Iterator[dict[str, Layer]]:
    """Open the layers of a GeoPackage by their names, in the order of the file.

    Raises:
        LayerError: it is none that can be read.
    """
    database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    try:
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        database.execute("PRAGMA trusted_schema = OFF")
        database.set_authorizer(_authorized)
        yield _layers(database)
    except sqlite3.Error as error:
        raise LayerError(str(error).rstrip(".")[:200]) from error
    finally:
        database.close()


def _authorized(action: int, name: str | None, *_: str | None) -> int:
    is_plain = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and name == "table_info")
    return sqlite3.SQLITE_OK if is_plain else sqlite3.SQLITE_DENY


def _layers(database: sqlite3.Connection) -> dict[str, Layer]:
    listed = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchall()
    return {str(name): _layer_or_why(database, str(name)) for (name,) in listed}


def _layer_or_why(database: sqlite3.Connection, name: str) -> Layer:
    """A layer, or why it can't be read: a view beside a plain table is no reason to refuse the table."""
    try:
        return _layer(database, name)
    except (LayerError, sqlite3.Error) as error:
        return unreadable(str(error).rstrip(".")[:200])


def _layer(database: sqlite3.Connection, name: str) -> Layer:
    kinds = database.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchall()
    words = [str(sql or "").split()[:2] for kind, sql in kinds if kind == "table"]
    if [[word.upper() for word in each] for each in words] != [["CREATE", "TABLE"]]:
        raise LayerError(f"its layer {name[:60]!r} is not a plain table")
    columns = [(str(row[1]), bool(row[5])) for row in database.execute(f"PRAGMA table_info({_quoted(name)})")]
    places = database.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchall()
    if len(places) != 1:
        raise LayerError(f"its layer {name[:60]!r} has no shapes")
    geometry, system = str(places[0][0]), places[0][1]
    headings = [column for column, is_key in columns if column != geometry and not is_key]
    return Layer(
        headings,
        lambda: _rows(database, name, headings),
        lambda: _crs(database, system),
        lambda numbers: _shapes(database, name, geometry, numbers),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(database: sqlite3.Connection, name: str, headings: Sequence[str]) -> dict[int, list[str]]:
    wanted = ", ".join(["rowid", *map(_quoted, headings)])
    found = database.execute(f"SELECT {wanted} FROM {_quoted(name)}")  # noqa: S608  names are quoted
    return {int(row[0]): [_text(cell) for cell in row[1:]] for row in found}


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, bytes) else str(cell)


def _crs(database: sqlite3.Connection, system: Any) -> str | None:
    """The coordinate system: EPSG's code where it has one, else its description."""
    row = database.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (system,),
    ).fetchone()
    if row is None:
        return None
    organisation, code, definition = row
    return f"EPSG:{code}" if str(organisation).upper() == "EPSG" else str(definition)


def _shapes(database: sqlite3.Connection, name: str, geometry: str, numbers: Sequence[int]) -> dict[int, Any]:
    """Shapes by number, as shapely has them; None where there is none, and an invalid one where it can't be read."""
    import shapely

    found: dict[int, Any] = {}
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        rows = database.execute(
            f"SELECT rowid, {_quoted(geometry)} FROM {_quoted(name)} WHERE rowid IN ({marks})",  # noqa: S608
            list(some),
        ).fetchall()
        blobs = [_wkb(blob) for _, blob in rows]
        made = shapely.from_wkb([blob or None for blob in blobs], on_invalid="ignore")
        for (number, _), blob, form in zip(rows, blobs, made, strict=True):
            found[int(number)] = BROKEN if form is None and blob is not None else form
    return found


def _wkb(blob: Any) -> bytes | None:
    """The shape within a cell: None where there is none, no bytes where its head is not that of a GeoPackage."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        return b""
    box = _BOXES.get(blob[3] >> 1 & 7)
    return b"" if box is None else blob[8 + box :]
