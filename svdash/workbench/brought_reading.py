"""Reads a file that an analyst brought, in a process of its own, into one plain Parquet file with names, kinds and a profile.

What comes of it is the same whatever the file was: columns each named once, of four kinds; blank rows, headings that stand
again and totals left out, each told in a remark; beside areas by name a column with their codes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from svdash import wording
from svdash.importing.cells.cell_reading import clean
from svdash.importing.files import geopackage_layers
from svdash.importing.files.geojson_features import read_geojson
from svdash.importing.files.map_layers import Layer, LayerError
from svdash.importing.files.source_files import MOST_COLUMNS, Lines, Row, Source, csv_lines, csv_separator
from svdash.importing.files.workbook import open_workbook
from svdash.jobs.runner import progress
from svdash.lines.locked_tables import literal, locked, parquet, quoted
from svdash.workbench.brought_errors import BroughtError, SheetChoiceError
from svdash.workbench.column_kinds import NUMBER, TEXT, Told, told
from svdash.workbench.formula import Kind
from svdash.workbench.known_places import MOSTLY, Places, are_postcodes, codes_beside
from svdash.workbench.profile import MOST_VALUES, Profile, profile
from svdash.workbench.remarks import FAIL, NOTE, WARN, Remark
from svdash.workbench.table_heads import Heads, heads

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ROWS: Final = 20_000_000
MOST_CELLS: Final = 400_000_000
TABLE: Final = "table.parquet"
_FIRST: Final = 200
_AT_ONCE: Final = 20_000
_CHUNK: Final = 1024**2
_SAMPLE: Final = 2_000
# A total is that if it is the sum of the other rows but for rounding.
_ROUNDING: Final = 0.005
_TOTALS: Final = r"(?i)(?:grand |sub|overall |column )?totals?|total[: -].*|all(?: areas| districts| groups| people| persons| rows)?|overall|sum"
_MOST_LABELS: Final = 20
_FEW: Final = 5_000
# A value that is the sum of all others without saying so: of at least so many others, in counts of at least this size. Smaller
# ones come out equal by chance.
_FEWEST_OTHERS: Final = 2
_SURE: Final = 100
_YEARS: Final = range(1900, 2101)


@dataclass(frozen=True)
class Asked:
    """What a person said of a file.

    Attributes:
        sheet: the sheet of a workbook, or the layer of a GeoPackage; ``None`` for the only one.
        dates: what comes first in 03/04/2024: ``dmy`` or ``mdy``; empty for as the file is.
        totals: ``keep`` to keep rows of totals; empty to leave them out.
    """

    sheet: str | None = None
    dates: str = ""
    totals: str = ""


@dataclass(frozen=True)
class Reading:
    """What came of a file.

    Attributes:
        rows: number of rows of the table.
        columns: their names and kinds.
        profile: of the table.
    """

    rows: int
    columns: tuple[tuple[str, Kind], ...]
    profile: Profile


@dataclass
class _Laid:
    """A table as DuckDB can ask it: how SQL names its rows; name, type and people's name of each column; what was noticed."""

    rows: str
    columns: list[tuple[str, str, str]]
    remarks: list[Remark] = field(default_factory=list)


def read_brought(source: Source, work: Path, asked: Asked, places: Places) -> Reading:
    """Read a file, and write its table into a folder as ``table.parquet``.

    Args:
        source: the file.
        work: a folder for it alone.
        asked: what a person said of it.
        places: the places that the pack knows.

    Raises:
        BroughtError: it can't be read, is too large, or changed meanwhile. The message says what to do.
        ImportFileError: as the readers of files do.
    """
    import duckdb

    with locked(work, [source.path]) as connection:
        try:
            laid = _laid(connection, source, work, asked)
            progress(50, 100)
            columns = _written(connection, laid, work / TABLE, asked, places)
            progress(75, 100)
            found = profile(connection, parquet(work / TABLE), columns, places, laid.remarks)
        except duckdb.Error as error:
            raise _unreadable(source, error) from error
    with source.path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != source.sha256:
            raise BroughtError(
                f"{source.name}: the file changed while it was read, so nothing of it was kept. Bring it again once it is complete."
            )
    if not found.rows:
        raise BroughtError(
            f"{source.name}: there is no row below its headings. Look at the file, and bring it again."
        )
    return Reading(found.rows, tuple(columns), found)


def _unreadable(source: Source, error: Exception) -> BroughtError:
    import duckdb

    first = (str(error).splitlines() or [type(error).__name__])[0].strip(" .")
    # No place on the server is told.
    first = first.replace(f"{source.path.parent}/", "")[:200]
    if isinstance(error, duckdb.OutOfMemoryException):
        return BroughtError(
            f"{source.name}: it needs more memory than a file may take. Bring fewer columns or rows, or save it as CSV."
        )
    what = "as Parquet" if source.kind == "parquet" else "as a table"
    return BroughtError(
        f"{source.name}: it can't be read {what} ({first}). Write the file again, or save it as CSV, and bring that."
    )


def _laid(connection: DuckDBPyConnection, source: Source, work: Path, asked: Asked) -> _Laid:
    """Return the table of a file, of whatever kind it is."""
    if source.kind == "parquet":
        return _of_parquet(connection, source)
    text = work / "text.parquet"
    if source.kind == "csv":
        return _of_csv(connection, source, text)
    if source.kind == "xlsx":
        with open_workbook(source, _halfway) as sheets:
            chosen = _chosen(source, sheets, asked)
            found = _heads(source, list(islice(chosen.again(), _FIRST)))
            return _of_rows(source, chosen.rows, found, text)
    if source.kind == "json":
        features = read_geojson(source.path, Path(source.name))
        return _of_features(source, features.headings, features.rows.values(), text)
    if source.kind == "gpkg":
        return _of_geopackage(source, asked, text)
    raise BroughtError(
        f"{source.name}: this is a Shapefile, which is not read here. Save it as GeoPackage or GeoJSON, and bring that."
    )


def _halfway(done: int, of: int) -> None:
    progress(done, 2 * of)


# -- Parquet and CSV ----------------------------------------------------------------------------------


def _of_parquet(connection: DuckDBPyConnection, source: Source) -> _Laid:
    rows = parquet(source.path)
    described = connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
    (many,) = connection.execute(f"SELECT count(*) FROM {rows}").fetchone() or (0,)
    _bounded(source, int(many), len(described))
    remarks = list[Remark]()
    names = [str(name) for name, *_ in described]
    called = heads([names, ["1"] * len(names)])
    given = names if called is None else called.names
    return _Laid(
        rows,
        [(name, str(type_), own) for (name, type_, *_), own in zip(described, given, strict=True)],
        remarks,
    )


def _bounded(source: Source, rows: int, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise BroughtError(
            f"{source.name}: it has {wording.number(columns)} columns, and at most {wording.number(MOST_COLUMNS)} are read. Bring those that the indicator needs."
        )
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise BroughtError(
            f"{source.name}: it has {wording.number(rows)} rows of {wording.counted(columns, 'column')}; at most {wording.number(MOST_ROWS)} rows and "
            f"{wording.number(MOST_CELLS)} cells are read. Aggregate it first, or bring the columns that the indicator needs."
        )


def _heads(source: Source, rows: Sequence[Row]) -> Heads:
    found = heads([row.cells for row in rows])
    if found is None:
        raise BroughtError(
            f"{source.name}: none of its first rows looks like headings. Put one row of headings above the table, and bring it again."
        )
    if len(found.names) > MOST_COLUMNS:
        _bounded(source, 0, len(found.names))
    return found


def _of_csv(connection: DuckDBPyConnection, source: Source, text: Path) -> _Laid:
    first = list(islice(csv_lines(source).rows, _FIRST))
    found = _heads(source, first)
    plain = _scanned(connection, source, first, found, text)
    if plain is not None:
        return plain
    # Whatever the engine's strict reader refuses, ours reads as far as it can and says what is wrong.
    lines = csv_lines(source, _halfway)
    laid = _of_rows(source, lines.rows, found, text)
    laid.remarks += [Remark("written", WARN, each, "Look at these rows in the file.") for each in lines.notes]
    return laid


def _scanned(
    connection: DuckDBPyConnection, source: Source, first: Sequence[Row], found: Heads, text: Path
) -> _Laid | None:
    """Lay down a plain CSV with the engine's own reader, ten times as fast; ``None`` where anything about it is not plain."""
    import duckdb

    above = first[: found.below]
    width = above[-1].width
    if source.encoding is not None or any(row.problem or "\n" in "".join(row.cells) for row in above):
        return None
    names = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    options = (
        f"delim = {literal(csv_separator(source))}, quote = '\"', escape = '\"', header = false, skip = {found.below}, auto_detect = false, "
        f"strict_mode = true, columns = {{{names}}}"
    )
    rows = f"read_csv({literal(str(source.path))}, {options})"
    # Not in the file of our own reader: where this fails, the engine takes its file away, at once or a moment later.
    scanned = text.with_name("scanned.parquet")
    try:
        connection.execute(
            f"COPY (SELECT * FROM {rows}) TO {literal(str(scanned))} (FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT {_FEW})"
        )
    except duckdb.Error:
        return None
    (many,) = connection.execute(f"SELECT count(*) FROM {parquet(scanned)}").fetchone() or (0,)
    _bounded(source, int(many), width)
    # A line break within a cell may be a quotation mark that was closed too late: our own reader looks into it.
    if max(found.at) >= width or _lines_of(source.path) != found.below + int(many):
        return None
    laid = _Laid(
        parquet(scanned),
        [(f"c{at}", "VARCHAR", name) for at, name in zip(found.at, found.names, strict=True)],
        found.remarks,
    )
    _drop_again(connection, laid, found)
    return laid


def _lines_of(path: Path) -> int:
    """Return the number of lines of a file, the last one with or without its end."""
    lines, last = 0, b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    return lines + (last != b"\n")


def _drop_again(connection: DuckDBPyConnection, laid: _Laid, found: Heads) -> None:
    """Leave out rows that repeat the headings."""
    same = " AND ".join(f"coalesce(c{n}, '') = {literal(cell)}" for n, cell in enumerate(found.row))
    (again,) = connection.execute(f"SELECT count(*) FROM {laid.rows} WHERE {same}").fetchone() or (0,)
    if again:
        laid.rows = f"(SELECT * FROM {laid.rows} WHERE NOT ({same}))"
        laid.remarks.append(_again(int(again)))


def _again(many: int) -> Remark:
    return Remark(
        "headings-again",
        NOTE,
        f"The headings are repeated in {wording.counted(many, 'row')}, as where files were pasted together: left out.",
        "If their columns are the same each time, nothing needs to be done.",
    )


# -- rows of our own readers --------------------------------------------------------------------------


def _chosen(source: Source, sheets: Sequence[Lines], asked: Asked) -> Lines:
    """Return the sheet that is meant: the one that was named, or the only one with a table."""
    if asked.sheet is not None:
        named = [each for each in sheets if each.name == asked.sheet]
        if named:
            return named[0]
    tables = [each for each in sheets if not each.hidden and each.extent > 1]
    if asked.sheet is not None or len(tables) > 1:
        raise SheetChoiceError(source.name, [each.name for each in tables])
    if not tables:
        raise BroughtError(
            f"{source.name}: none of its sheets has a table. Look at the workbook, and bring it again."
        )
    return tables[0]


def _of_features(source: Source, headings: Sequence[str], rows: Iterable[Sequence[str]], text: Path) -> _Laid:
    if not headings:
        raise BroughtError(
            f"{source.name}: its shapes have no columns. Bring a file whose shapes carry figures."
        )
    found = heads([list(headings), ["1"] * len(headings)])
    if found is None:
        raise BroughtError(f"{source.name}: its columns have no names. Export it again.")
    below = (Row(number, list(cells)) for number, cells in enumerate(rows, start=2))
    laid = _of_rows(source, below, Heads(found.names, found.at, 0, list(headings), found.remarks), text)
    laid.remarks.append(
        Remark(
            "shapes",
            NOTE,
            "The figures of the shapes are read, not the shapes: maps are drawn with the outlines of the data pack.",
            "The file needs a column with codes or names of areas.",
        )
    )
    return laid


def _of_geopackage(source: Source, asked: Asked, text: Path) -> _Laid:
    try:
        with geopackage_layers.opened(source.path) as layers:
            layer = _layer(source, layers, asked)
            return _of_features(source, layer.headings, layer.rows().values(), text)
    except LayerError as error:
        raise BroughtError(
            f"{source.name}: it can't be read as a GeoPackage ({error}). Export it again, or save its table as CSV."
        ) from error


def _layer(source: Source, layers: Mapping[str, Layer], asked: Asked) -> Layer:
    """Return the layer that is meant: the one that was named, or the only one that can be read."""
    whole = {name: each for name, each in layers.items() if not each.wrong}
    if asked.sheet in whole:
        return whole[asked.sheet]
    if asked.sheet is not None or len(whole) > 1:
        raise SheetChoiceError(source.name, list(whole))
    if not whole:
        raise LayerError(next((each.wrong for each in layers.values()), "it has no layer of shapes"))
    return next(iter(whole.values()))


class _LeftOut:
    """Counts the rows that are left out, with the first of each sort."""

    def __init__(self) -> None:
        self.again = 0
        self.wide: list[int] = []
        self.unclear: list[tuple[int, str]] = []

    def remarks(self) -> Iterator[Remark]:
        if self.again:
            yield _again(self.again)
        if self.wide:
            yield Remark(
                "wide-rows",
                FAIL,
                f"{wording.counted(len(self.wide), 'row')} {'has' if len(self.wide) == 1 else 'have'} more cells than there are headings, so it is not known which cell belongs where, first row {wording.number(self.wide[0])}: left out.",
                "Put a text with a separator in it into quotation marks, and bring the file again.",
            )
        if self.unclear:
            row, why = self.unclear[0]
            yield Remark(
                "unclear-rows",
                FAIL,
                f"{wording.counted(len(self.unclear), 'row')} can't be read, first row {wording.number(row)}: {why}. Left out.",
                "Correct these rows in the file, and bring it again.",
            )


def _of_rows(source: Source, rows: Iterator[Row], found: Heads, text: Path) -> _Laid:
    """Lay down rows that our own readers gave, each cell as text."""
    import pyarrow as pa
    import pyarrow.parquet as papq

    names = [f"c{n}" for n in range(len(found.at))]
    schema = pa.schema([(name, pa.string()) for name in names])
    out, many = _LeftOut(), 0
    kept = _kept(islice(rows, found.below, None), found, out)
    with papq.ParquetWriter(str(text), schema, compression="lz4") as writer:
        while batch := list(islice(kept, _AT_ONCE)):
            many += len(batch)
            _bounded(source, many, len(names))
            writer.write_table(
                pa.Table.from_arrays(
                    [pa.array(each, pa.string()) for each in zip(*batch, strict=True)], schema=schema
                )
            )
    columns = [(name, "VARCHAR", called) for name, called in zip(names, found.names, strict=True)]
    return _Laid(parquet(text), columns, [*found.remarks, *out.remarks()])


def _kept(rows: Iterable[Row], found: Heads, out: _LeftOut) -> Iterator[tuple[str | None, ...]]:
    """Give the cells of each row that counts; count the others."""
    width = max(max(found.at) + 1, len(found.row))
    head = [clean(cell) for cell in found.row]
    while head and not head[-1]:
        head.pop()
    for row in rows:
        cells = [clean(cell) for cell in row.cells]
        if not any(cells):
            continue
        if row.problem is not None:
            out.unclear.append((row.number, row.problem.words))
        elif cells == head:
            out.again += 1
        elif len(cells) > width:
            out.wide.append(row.number)
        else:
            yield tuple((cells[n] or None) if n < len(cells) else None for n in found.at)


# -- kinds, codes and totals --------------------------------------------------------------------------


def _written(
    connection: DuckDBPyConnection, laid: _Laid, target: Path, asked: Asked, places: Places
) -> list[tuple[str, Kind]]:
    """Write the table with its kinds; return its columns."""
    found = told(connection, laid.rows, laid.columns, asked.dates)
    strange = [called for (_, _, called), each in zip(laid.columns, found, strict=True) if each is None]
    if strange:
        laid.remarks.append(
            Remark(
                "nested",
                WARN,
                f"{wording.counted(len(strange), 'column')} {'holds' if len(strange) == 1 else 'hold'} lists, bytes or times without a date, which no indicator uses: {wording.listing([repr(each) for each in strange])}. Left out.",
                "Write their parts into columns of their own, if you need them.",
            )
        )
    whole = [
        (called, each) for (_, _, called), each in zip(laid.columns, found, strict=True) if each is not None
    ]
    if not whole:
        raise BroughtError("No column of it can be used: all hold lists or bytes. Bring a flat table.")
    laid.remarks += [remark for _, each in whole for remark in each.remarks]
    picked = ", ".join(f"{each.sql} AS {quoted(called)}" for called, each in whole)
    rows = f"(SELECT {picked} FROM {laid.rows})"
    left = _totals(connection, rows, whole, laid, asked, places)
    rows = f"(SELECT * FROM {rows}{left})" if left else rows
    select, from_, columns = _with_codes(
        connection, rows, [(called, each.kind) for called, each in whole], places
    )
    connection.execute(
        f"COPY (SELECT {select} FROM {from_}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION lz4_raw)"
    )
    return columns


def _totals(
    connection: DuckDBPyConnection,
    rows: str,
    columns: Sequence[tuple[str, Told]],
    laid: _Laid,
    asked: Asked,
    places: Places,
) -> str:
    """Return the condition that leaves rows of totals out, as SQL; note which they are."""
    numbers = [called for called, each in columns if each.kind == NUMBER]
    conditions = list[str]()
    for called in [called for called, each in columns[:3] if each.kind == TEXT]:
        for looked_for in (_labelled, _unlabelled):
            kept = f"(SELECT * FROM {rows} WHERE {' AND '.join(conditions)})" if conditions else rows
            for found in looked_for(connection, kept, called, numbers, places):
                gone = found.sure and asked.totals != "keep"
                laid.remarks.append(_total(called, found, gone=gone, asked=asked))
                if gone:
                    conditions.append(f"{quoted(called)} IS DISTINCT FROM {literal(found.label)}")
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


class _TotalRows(NamedTuple):
    """Rows with one value of a column that are, or may be, the total of the others.

    ``is_sum``: their figures are the sum of the others'. ``sure``: that can be nothing but a total.
    """

    label: str
    many: int
    is_sum: bool
    sure: bool


def _unlabelled(
    connection: DuckDBPyConnection, rows: str, called: str, numbers: Sequence[str], places: Places
) -> Iterator[_TotalRows]:
    """Give each value of a column whose rows are the sum of all others though it does not read like the label of a total.

    It is surely one where it stands among areas and is none of the data pack's, such as the name of the whole region.
    """
    if not numbers:
        return
    cell, sums = quoted(called), "".join(f", sum({quoted(name)})" for name in numbers)
    found = connection.execute(
        f"SELECT {cell}, count(*){sums} FROM {rows} WHERE {cell} IS NOT NULL GROUP BY 1 LIMIT {_FEW + 1}"
    ).fetchall()
    if not _FEWEST_OTHERS < len(found) <= _FEW:
        return
    counts = [at for at, name in enumerate(numbers, 2) if _are_counts(connection, rows, name)]
    wholes = {at: sum(row[at] or 0 for row in found) for at in counts}
    known = [places.code(str(row[0])) is not None for row in found]
    areas = 2 * sum(known) >= len(found)
    for row, place in zip(found, known, strict=True):
        if any(row[at] is not None and row[at] >= _SURE and 2 * row[at] == wholes[at] for at in counts):
            yield _TotalRows(str(row[0]), int(row[1]), is_sum=True, sure=areas and not place)


def _are_counts(connection: DuckDBPyConnection, rows: str, name: str) -> bool:
    """Tell whether a column holds whole numbers from nought on, and no years."""
    cell = quoted(name)
    least, greatest, whole = connection.execute(
        f"SELECT min({cell}), max({cell}), bool_and({cell} = floor({cell})) FROM {rows}"
    ).fetchall()[0]
    return bool(whole) and least >= 0 and not (least in _YEARS and greatest in _YEARS)


def _labelled(
    connection: DuckDBPyConnection, rows: str, called: str, numbers: Sequence[str], _places: Places
) -> Iterator[_TotalRows]:
    """Give each value of a column that reads like the label of a total; it surely is one if it is the sum of the others."""
    cell = quoted(called)
    labels = _total_labels(connection, rows, cell)
    if not labels:
        return
    is_total = f"{cell} IN ({', '.join(map(literal, labels))})"
    sums = "".join(f", sum({quoted(name)})" for name in numbers)
    found = connection.execute(
        f"SELECT {cell}, count(*){sums} FROM {rows} WHERE {is_total} GROUP BY 1 LIMIT {_MOST_LABELS}"
    ).fetchall()
    others = connection.execute(
        f"SELECT count(*){sums} FROM {rows} WHERE NOT coalesce({is_total}, false)"
    ).fetchone()
    for label, many, *own in found:
        pairs = zip(own, others[1:] if others else (), strict=True)
        confirmed = any(
            mine and other and abs(mine - other) <= max(1.0, _ROUNDING * abs(other)) for mine, other in pairs
        )
        yield _TotalRows(str(label), int(many), confirmed, confirmed)


def _total_labels(connection: DuckDBPyConnection, rows: str, cell: str) -> list[str]:
    """Return the values of a column that read like the label of a total: asked of few values here, else of all cells."""
    some = connection.execute(
        f"SELECT DISTINCT {cell} FROM {rows} WHERE {cell} IS NOT NULL LIMIT {_FEW + 1}"
    ).fetchall()
    if len(some) > _FEW:
        some = connection.execute(
            f"SELECT DISTINCT {cell} FROM {rows} WHERE regexp_full_match({cell}, {literal(_TOTALS)}) LIMIT {_FEW}"
        ).fetchall()
    return [str(each) for (each,) in some if re.fullmatch(_TOTALS, str(each).strip())][:_MOST_LABELS]


def _total(called: str, found: _TotalRows, *, gone: bool, asked: Asked) -> Remark:
    label, many = found.label, found.many
    where = f"{wording.counted(many, 'row')} with {label[:60]!r} in {called!r}"
    if gone:
        return Remark(
            "totals",
            WARN,
            f"{where} {'is' if many == 1 else 'are'} the total of the others: left out, so that nothing counts twice.",
            "If it is not a total, rename it in the file, or tick “Keep rows of totals” and bring it again.",
            called,
        )
    them = "it" if many == 1 else "them"
    remedy = f"Leave {them} out with where={_in_formula(called)} != {json.dumps(label, ensure_ascii=False)}, or delete {them} in the file."
    if not found.is_sum:
        words = "looks like a total, but is not the sum of the others: kept."
    elif asked.totals == "keep":
        words = "is the total of the others, and is kept as you said."
    else:
        words = "is the sum of all others, but may be none of their totals: kept."
    return Remark(
        "totals-kept",
        WARN,
        f"{where} {words if many == 1 else words.replace('is ', 'are ', 1).replace('looks', 'look')}",
        remedy,
        called,
    )


def _in_formula(name: str) -> str:
    """Return how a formula names a column."""
    return name if name.isidentifier() else f"column({json.dumps(name, ensure_ascii=False)})"


def _with_codes(
    connection: DuckDBPyConnection, rows: str, columns: Sequence[tuple[str, Kind]], places: Places
) -> tuple[str, str, list[tuple[str, Kind]]]:
    """Put a column of codes beside each of areas by name, and of postcodes: what is selected, from what, and the columns."""
    selects, joins, found = ["t.*"], "", list(columns)
    taken = {name.casefold() for name, _ in columns}
    for number, (name, kind) in enumerate(columns):
        own = codes_beside(name)
        if kind != TEXT or own.casefold() in taken or not places.names:
            continue
        codes = _codes_of(connection, rows, name, places)
        if codes:
            connection.execute(f"CREATE TEMP TABLE codes{number} (name VARCHAR, code VARCHAR)")
            connection.executemany(f"INSERT INTO codes{number} VALUES (?, ?)", list(codes.items()))
            selects.append(f"codes{number}.code AS {quoted(own)}")
            joins += f" LEFT JOIN codes{number} ON t.{quoted(name)} = codes{number}.name"
            found.append((own, TEXT))
    return ", ".join(selects), f"{rows} AS t{joins}", found


def _codes_of(connection: DuckDBPyConnection, rows: str, name: str, places: Places) -> dict[str, str]:
    """Return value → code of the area for a column of areas by name or of postcodes; none for any other."""
    cell = quoted(name)
    some = {
        str(each)
        for (each,) in connection.execute(
            f"SELECT {cell} FROM {rows} WHERE {cell} IS NOT NULL LIMIT {_SAMPLE}"
        ).fetchall()
    }
    if not some or all(each in places.names for each in some):
        return {}
    postal = are_postcodes(some) and bool(places.postcodes)
    if not postal and 2 * sum(1 for each in some if places.code(each)) < MOSTLY * len(some):
        return {}
    values = [
        str(each)
        for (each,) in connection.execute(
            f"SELECT DISTINCT {cell} FROM {rows} WHERE {cell} IS NOT NULL LIMIT {MOST_VALUES}"
        ).fetchall()
    ]
    coded = {
        each: code
        for each in values
        if (code := places.postcodes.get(each.replace(" ", "").upper()) if postal else places.code(each))
    }
    return coded if coded and (postal or 2 * len(coded) >= len(values)) else {}
