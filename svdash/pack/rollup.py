"""Turns lines (payments, service contacts) into small cells, once a version of their files.

Lines may be many: nothing that a person waits for touches them. The engine reads them once, and what it sums
is kept as Parquet in a folder whose name is a fingerprint of the lines. Money is integer pence, nominal.
Counts of people are exact; they pass the disclosure gate later, on the one geography fixed here.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]

from svdash.disclosure import PRESETS
from svdash.pack.engine import Engine, EngineError, Lines, open_engine
from svdash.pack.faults import DESCRIPTOR, Fault, PackError, listed, suggestion
from svdash.pack.links import VOCABULARY, Link, links_of
from svdash.pack.package import Pack
from svdash.pack.schema import Table, read_tables
from svdash.pack.values import parse_one
from svdash.settings import engine_url, var_folder

# Raise it when cells are worked out differently: those kept by an earlier version are then left aside.
CELLS_VERSION: Final = 2
PAYMENTS: Final = "payments"
CONTACTS: Final = "contacts"
AREAS: Final = "areas"
LSOA: Final = "lsoa"
MSOA: Final = "msoa"
DISTRICT: Final = "district"
# Geographies from the finest on, and the column of ``areas`` that names a place of each.
GEOGRAPHIES: Final = {LSOA: "code", MSOA: "msoa", DISTRICT: "district"}
# METHODS: a geography is fine enough to be useful while at most this share of its cells is suppressed.
MOST_SUPPRESSED: Final = 0.20
# Places of a payment, and its column for each.
KINDS: Final = {"supplier": "supplier_area", "benefit": "benefit_area"}
# Examples that are named for each rule that lines break; the rest are counted.
MOST_EXAMPLES: Final = 100
# Codes of England's LSOAs end here in 2011; those made for the 2021 census go on from it.
LAST_LSOA_OF_2011: Final = "E01033768"

_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "payments": {
        "year": "str", "programme": "str", "kind": "str", "area": "str", "known": "bool",
        "pence": "int64", "lines": "int64",
    },
    "suppliers": {
        "year": "str", "programme": "str", "supplier_place": "str", "supplier_type": "str",
        "pence": "int64", "lines": "int64",
    },
    "supplier_totals": {
        "year": "str", "supplier_id": "str", "supplier": "str", "supplier_type": "str",
        "supplier_place": "str", "pence": "int64", "lines": "int64",
    },
    "people": {
        "year": "str", "programme": "str", "geography": "str", "place": "str", "known": "bool",
        "people": "int64",
    },
    "deciles": {"year": "str", "programme": "str", "decile": "int64", "people": "int64"},
    "geography": {"programme": "str", "year": "str", "geography": "str", "share_suppressed": "float64"},
}  # fmt: skip
# What is read of each kind of lines: text, or one of these.
_NEEDED: Final[dict[str, dict[str, str]]] = {
    PAYMENTS: {
        "date": "date", "amount_pence": "integer", "programme": "string", "supplier": "string",
        "supplier_id": "string", "supplier_type": "string", "supplier_place": "string",
        "supplier_area": "string", "benefit_area": "string",
    },
    CONTACTS: {"date": "date", "people": "integer", "programme": "string", "area": "string"},
}  # fmt: skip
_AREA_COLUMNS: Final = {PAYMENTS: tuple(KINDS.values()), CONTACTS: ("area",)}
_PROGRAMME: Final = "programme"
_ROW: Final = "row_of_file"
_FRAMEWORK_FROM: Final = "2022-04-01"

_log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Cells:
    """All that pages need to know of the lines. Years are financial years such as ``2022/23``.

    A missing value is a key like any other: a line without a place, a programme or a date is counted in the
    cell whose place, programme or year is missing. Money is in pence and ``lines`` are lines counted.

    Attributes:
        payments: year, programme, kind (of place: ``supplier`` or ``benefit``), area (code of an LSOA), known
            (whether the pack has that area), pence, lines. Each line counts once in each kind.
        suppliers: year, programme, supplier_place, supplier_type, pence, lines.
        supplier_totals: year, supplier_id, supplier, supplier_type, supplier_place, pence, lines.
        people: year, programme, geography, place, known, people: exact counts, not yet gated, at the one
            geography that is fixed for the programme and year. Every place of that geography is present, with
            0 where nobody was reached. People whose line names no place, or an area that the pack doesn't
            know, are in cells that are not ``known``; above LSOAs those have no place.
        deciles: year, programme, decile (1 = most deprived; 0 = no known place), people: exact counts, not yet
            gated, in fixed bands of the areas' deprivation, whatever geography is fixed for the places.
        geography: programme, year, geography (``lsoa``, ``msoa`` or ``district``), share_suppressed (0 to 1,
            of its cells above zero).
    """

    payments: pd.DataFrame
    suppliers: pd.DataFrame
    supplier_totals: pd.DataFrame
    people: pd.DataFrame
    deciles: pd.DataFrame
    geography: pd.DataFrame


_TABLES: Final = tuple(each.name for each in fields(Cells))


def rollup(pack: Pack, engine: Engine | None = None, progress: Progress | None = None) -> Cells:
    """The cells of a pack's lines, worked out once and then read from where they are kept.

    They are kept in ``cells`` in the folder of :func:`svdash.settings.var_folder`; counts of people among them
    are exact, so guard that folder as the pack itself. Lines with a negative number of people are left out
    (``line_faults`` names them); all others count. A pack without lines has empty cells.

    Args:
        pack: lines are its resources ``payments`` and ``contacts``; ``areas`` says which areas there are.
        engine: what reads the lines; that of the settings by default, opened only where it is needed.
        progress: told how many steps are done, of how many, and which comes next.

    Returns:
        The caller's own frames: what is changed in them stays there.

    Raises:
        PackError: lines are listed but can't be read, lack a column or changed meanwhile, or the cells can't
            be kept.
        ValueError: the settings name no engine.
    """
    cells = pack.remember(__name__, lambda: _kept(pack, engine, progress))
    return Cells(**{name: getattr(cells, name).copy(deep=False) for name in _TABLES})


def _kept(pack: Pack, engine: Engine | None, progress: Progress | None) -> Cells:
    files = _files(pack)
    if not files:
        return Cells(**{name: _shaped(name, pd.DataFrame()) for name in _TABLES})
    areas = _areas(pack)
    before = _stamps(files)
    folder = var_folder() / "cells" / _fingerprint(files, areas)
    found = _load(folder)
    if found is not None:
        return found
    with _engine_or_own(engine) as used:
        cells = _build(used, files, areas, progress)
    if _stamps(files) != before:
        raise PackError(f"{pack.path}: the lines were changed while they were read. Open the pack again.")
    _publish(folder, cells)
    return cells


@contextmanager
def _engine_or_own(engine: Engine | None) -> Iterator[Engine]:
    """The engine given, or else that of the settings for the time being."""
    if engine is not None:
        yield engine
        return
    with open_engine(engine_url()) as own:
        yield own


def _build(
    engine: Engine, files: Mapping[str, Path], areas: pd.DataFrame, progress: Progress | None
) -> Cells:
    """All cells. Each step reads only the columns that it sums."""
    made = {name: _shaped(name, pd.DataFrame()) for name in _TABLES}
    steps: list[tuple[str, Callable[[], dict[str, pd.DataFrame]]]] = []
    if PAYMENTS in files:
        lines = read_lines(engine, PAYMENTS, files[PAYMENTS])
        known = frozenset(areas["code"])
        steps += [
            ("payments by area", lambda: {"payments": payments_by_area(engine, lines, known)}),
            ("payments by kind of supplier", lambda: {"suppliers": payments_by_kind(engine, lines)}),
            ("payments by supplier", lambda: {"supplier_totals": payments_by_supplier(engine, lines)}),
        ]
    if CONTACTS in files:
        contacts = read_lines(engine, CONTACTS, files[CONTACTS])
        steps.append(("people", lambda: people_by_place(engine, contacts, areas)))
    for done, (name, step) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), name)
        made |= step()
    if progress is not None:
        progress(len(steps), len(steps), "done")
    return Cells(**made)


# -- lines ------------------------------------------------------------------------------------------


def _files(pack: Pack) -> dict[str, Path]:
    """The files of lines that the pack lists and has; one that is not there is a fault of the pack."""
    files = {name: pack.file(name) for name in _NEEDED if name in pack.names}
    return {name: path for name, path in files.items() if path.is_file()}


def _areas(pack: Pack) -> pd.DataFrame:
    """Areas of the pack, one a row: code, msoa, district, vintage and decile, all text."""
    columns = [*GEOGRAPHIES.values(), "vintage", "decile"]
    listed = pack.table(AREAS) if AREAS in pack.tables else pd.DataFrame()
    return listed.reindex(columns=columns).astype("str").dropna(subset="code").drop_duplicates()


def read_lines(engine: Engine, name: str, path: Path) -> Lines:
    """Lines with ``start``, the calendar year in which their financial year starts; not read before use.

    Args:
        engine: what reads them.
        name: ``payments`` or ``contacts``.
        path: the Parquet file.

    Raises:
        PackError: the file can't be read, lacks a column or has one of another type.
    """
    lines = engine.scan(path)
    wrong = next(_shape_faults(name, lines), None)
    if wrong is not None:
        raise PackError(f"{path}: {wrong}")
    return _typed(name, lines).with_columns(_start())


def _typed(name: str, lines: Lines) -> Lines:
    """Text as such also where a file has none but blanks, or keeps it as categories."""
    schema = lines.collect_schema()
    texts = [column for column, kind in _NEEDED[name].items() if kind == "string"]
    return lines.with_columns(
        nw.col(text).cast(nw.String) for text in texts if text in schema and schema[text] != nw.String
    )


def _start() -> nw.Expr:
    """The year whose April begins the financial year of ``date``."""
    day = nw.col("date").dt
    return (day.year() - nw.when(day.month() < 4).then(1).otherwise(0)).alias("start")


def _summed(engine: Engine, lines: Lines, keys: Sequence[str], measure: str) -> pd.DataFrame:
    """Exact sums and numbers of lines, in the order of their keys.

    A missing key is one of its own and comes last; a missing measure adds nothing.
    """
    sums = lines.group_by(list(keys), drop_null_keys=False).agg(
        nw.col(measure).sum(), nw.len().alias("lines")
    )
    # Engines sum into wider integers than they hand out; one that doesn't fit is refused, not rounded.
    exact = sums.with_columns(nw.col(measure, "lines").cast(nw.Int64))
    frame = engine.collect(exact.sort(*keys, nulls_last=True))
    if "start" in frame:
        frame["year"] = _years(frame["start"])
    return frame


def _years(starts: pd.Series[Any]) -> pd.Series[Any]:
    names = {start: f"{int(start):04d}/{(int(start) + 1) % 100:02d}" for start in starts.dropna().unique()}
    return starts.map(names).astype("str")


def _shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table of cells in its columns and dtypes, numbered from 0."""
    columns = _COLUMNS[name]
    return frame.reindex(columns=list(columns)).astype(columns).reset_index(drop=True)


# -- payments ---------------------------------------------------------------------------------------


def payments_by_area(engine: Engine, lines: Lines, known: frozenset[str]) -> pd.DataFrame:
    """Payments by year, programme, kind of place and area, as in :class:`Cells`.

    Args:
        engine: what works on the lines.
        lines: payments, with ``start`` as the year in which their financial year starts.
        known: codes of the areas there are.
    """
    parts = [
        _summed(engine, lines, ["start", "programme", column], "amount_pence")
        .rename(columns={column: "area", "amount_pence": "pence"})
        .assign(kind=kind)
        for kind, column in KINDS.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    return _shaped("payments", frame.assign(known=frame["area"].isin(known)))


def payments_by_kind(engine: Engine, lines: Lines) -> pd.DataFrame:
    """Payments by year, programme, place and type of the supplier. Arguments as for ``payments_by_area``."""
    keys = ["start", "programme", "supplier_place", "supplier_type"]
    frame = _summed(engine, lines, keys, "amount_pence")
    return _shaped("suppliers", frame.rename(columns={"amount_pence": "pence"}))


def payments_by_supplier(engine: Engine, lines: Lines) -> pd.DataFrame:
    """Payments by year and supplier. Arguments as for ``payments_by_area``."""
    keys = ["start", "supplier_id", "supplier", "supplier_type", "supplier_place"]
    frame = _summed(engine, lines, keys, "amount_pence")
    return _shaped("supplier_totals", frame.rename(columns={"amount_pence": "pence"}))


# -- people -----------------------------------------------------------------------------------------

_ONE: Final = ["year", "programme"]


def nothing() -> Cells:
    """Cells of no lines at all, with every column there is."""
    return Cells(**{name: _shaped(name, pd.DataFrame(columns=list(_COLUMNS[name]))) for name in _TABLES})


def people_by_place(engine: Engine, lines: Lines, areas: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """People by year, programme and place, at the finest geography that suppression leaves useful.

    Args:
        engine: what works on the lines.
        lines: contacts, with ``start`` as the year in which their financial year starts.
        areas: code, msoa, district, vintage and decile of each area.

    Returns:
        ``people``, ``deciles`` and ``geography``, as in :class:`Cells`.
    """
    counted = lines.filter(nw.col("people").is_null() | (nw.col("people") >= 0))
    counts = _summed(engine, counted, ["start", "programme", "area"], "people").drop(columns="lines")
    places = _places(areas, counts["area"])
    merged = counts.merge(places, left_on="area", right_on="code", how="left")
    levels = {name: _at(merged, name) for name in GEOGRAPHIES}
    there = [name for name, column in GEOGRAPHIES.items() if places[column].notna().any()]
    chosen = _chosen(merged, levels, there)
    parts = []
    for name, column in GEOGRAPHIES.items():
        own = chosen.loc[chosen["geography"] == name, _ONE]
        every = pd.DataFrame({"place": places[column].dropna().unique(), "known": True, "people": 0})
        zeros = own.merge(every, how="cross")
        reached = own.merge(levels[name], on=_ONE)
        parts.append(_total(pd.concat([reached, zeros], ignore_index=True)).assign(geography=name))
    people = pd.concat(parts, ignore_index=True).sort_values([*_ONE, "place"])
    geography = chosen.sort_values(_ONE)
    return {
        "people": _shaped("people", people),
        "deciles": _shaped("deciles", _by_decile(merged)),
        "geography": _shaped("geography", geography),
    }


def _by_decile(merged: pd.DataFrame) -> pd.DataFrame:
    """People by the deprivation decile of their area; those without a known one count as decile 0."""
    decile = pd.to_numeric(merged["decile"], errors="coerce").fillna(0).astype("int64")
    banded = merged.assign(decile=decile)
    sums = banded.groupby([*_ONE, "decile"], dropna=False, sort=True)[["people"]].sum()
    return sums.reset_index()


def _places(areas: pd.DataFrame, used: pd.Series[Any]) -> pd.DataFrame:
    """The areas of one vintage: the one that knows most of the codes in use, the earliest where several do."""
    vintages = sorted(areas["vintage"].dropna().unique())
    if len(vintages) > 1:
        codes = used.dropna().unique()
        hits = {each: areas.loc[areas["vintage"] == each, "code"].isin(codes).sum() for each in vintages}
        areas = areas[areas["vintage"] == max(vintages, key=lambda each: hits[each])]
    return areas.drop(columns="vintage").drop_duplicates("code")


def _at(merged: pd.DataFrame, geography: str) -> pd.DataFrame:
    """Sums at a geography: year, programme, place, known, people."""
    place = merged[GEOGRAPHIES[geography]]
    known = place.notna()
    if geography == LSOA:
        place = merged["area"]
    return _total(merged.assign(place=place, known=known))


def _total(frame: pd.DataFrame) -> pd.DataFrame:
    keys = [*_ONE, "place", "known"]
    return frame.groupby(keys, dropna=False, sort=False)[["people"]].sum().reset_index()


def _chosen(merged: pd.DataFrame, levels: Mapping[str, pd.DataFrame], there: Sequence[str]) -> pd.DataFrame:
    """Each programme and year with its geography, one of those there are, and the share suppressed in it."""
    pairs = merged[_ONE].drop_duplicates()
    for name, sums in levels.items():
        cells = sums[sums["place"].notna() & (sums["people"] > 0)]
        small = cells.assign(share=cells["people"] <= PRESETS["gss"].small)
        shares = small.groupby(_ONE, dropna=False, sort=False)[["share"]].mean().reset_index()
        pairs = pairs.merge(shares.rename(columns={"share": name}), on=_ONE, how="left")
    # No cell above zero: nothing is suppressed.
    shares = pairs[list(levels)].astype("float64").fillna(0.0)
    usable = shares.le(MOST_SUPPRESSED) & [name in there for name in levels]
    usable[DISTRICT] = True  # there is no coarser one
    at = usable.to_numpy(dtype=bool).argmax(axis=1)
    names = pd.Series(list(levels), dtype="str").take(at).array
    share = shares.to_numpy(dtype="float64")[np.arange(len(at)), at]
    return pairs[_ONE].assign(geography=names, share_suppressed=share)


# -- what is kept -----------------------------------------------------------------------------------


def _stamps(files: Mapping[str, Path]) -> list[tuple[int, int, int]]:
    found = [_present(path).stat() for path in files.values()]
    return [(each.st_mtime_ns, each.st_size, each.st_ino) for each in found]


def _present(path: Path) -> Path:
    if not path.is_file():
        raise PackError(
            f"{path}: there is no such file, but {DESCRIPTOR} lists it. Put it there, or take the entry out."
        )
    return path


def _fingerprint(files: Mapping[str, Path], areas: pd.DataFrame) -> str:
    """Name for the cells of these lines and areas, as this version works them out."""
    whole = hashlib.sha256(f"cells {CELLS_VERSION}\n".encode())
    for name, path in files.items():
        try:
            with path.open("rb") as stream:
                whole.update(f"{name}\n".encode() + hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            problem = f"it cannot be read ({error.strerror}). Check who may read it."
            raise PackError(f"{path}: {problem}") from error
    # The frame, not its file: that may have changed since the pack was opened.
    whole.update(areas.to_csv(index=False).encode())
    return whole.hexdigest()[:16]


def _load(folder: Path) -> Cells | None:
    """The cells in a folder; None where there are none, or not as they were written."""
    if not folder.is_dir():
        return None
    try:
        sums = json.loads((folder / "sums.json").read_text(encoding="utf-8"))
        return Cells(**{name: _read(folder / f"{name}.parquet", sums[name]) for name in _TABLES})
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        _log.warning("%s: the cells kept there are damaged (%s) and worked out again", folder, error)
        return None


def _read(path: Path, digest: str) -> pd.DataFrame:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{path.name} is not what was written")
    frame: pd.DataFrame = papq.read_table(io.BytesIO(data)).to_pandas()
    return frame.astype(_COLUMNS[path.stem])


def _publish(folder: Path, cells: Cells) -> None:
    """Put the cells into the folder as a whole. Where another process was first, its cells stay."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
            fresh = Path(temporary) / "cells"
            _write(fresh, cells)
            for attempt in range(10):
                if _moved(fresh, folder) or _load(folder) is not None:
                    return
                with suppress(FileNotFoundError):  # another process took the damaged ones away
                    folder.rename(Path(temporary) / f"damaged-{attempt}")
    except OSError as error:
        raise PackError(
            f"{folder}: the cells can't be kept there ({error.strerror}). Set SVDASH_VAR to a folder that can "
            "be written."
        ) from error
    raise PackError(
        f"{folder}: other processes damage the cells there. Set SVDASH_VAR to a folder of your own."
    )


def _write(folder: Path, cells: Cells) -> None:
    folder.mkdir()
    sums = {}
    for name in _TABLES:
        sink = io.BytesIO()
        table = pa.Table.from_pandas(getattr(cells, name), preserve_index=False)
        papq.write_table(table, sink, compression="zstd")
        (folder / f"{name}.parquet").write_bytes(sink.getvalue())
        sums[name] = hashlib.sha256(sink.getvalue()).hexdigest()
    (folder / "sums.json").write_text(json.dumps(sums), encoding="utf-8")


def _moved(fresh: Path, folder: Path) -> bool:
    """Whether the fresh folder is now in place; not so where there is one already."""
    try:
        fresh.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True


# -- faults of lines --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rule:
    """Something that can be wrong with lines.

    Attributes:
        column: what is to be corrected.
        broken: true for the lines at fault.
        describe: problem and remedy for a value.
        once: whether a value is named once, with the number of its lines, and not line by line.
    """

    column: str
    broken: nw.Expr
    describe: Callable[[str], tuple[str, str]]
    once: bool = True


def line_faults(pack: Pack, engine: Engine | None = None, today: date | None = None) -> list[Fault]:
    """Everything that is wrong with the lines of a pack, found by the engine, whatever their number.

    For each rule at most 100 faults are named, then one says how many lines more there are. A value that
    several lines share is one fault, at its first line. Negative amounts are no faults: see ``line_notes``.

    Args:
        pack: lines are its resources ``payments`` and ``contacts``.
        engine: what reads the lines; that of the settings by default.
        today: the day after which dates are in the future; the current one by default.

    Raises:
        ValueError: the settings name no engine.
    """
    files = _files(pack)
    first, faults = _framework_from(pack)
    if not files:
        return faults
    until = today or datetime.now(tz=UTC).date()
    tables, _ = read_tables(pack.descriptor, pack.path)
    with _engine_or_own(engine) as used:
        for name, path in files.items():
            try:
                faults += _faults_of(pack, tables[name], used, first, until)
            except EngineError as error:
                faults.append(Fault(name, None, None, path.name, "cannot be worked on", str(error)))
    return faults


def line_notes(pack: Pack, engine: Engine | None = None) -> list[str]:
    """What is worth knowing of the lines though nothing is wrong with it, as sentences.

    Credit notes (negative amounts) are counted with their sum, and lines without a place.

    Args:
        pack: lines are its resources ``payments`` and ``contacts``.
        engine: what reads the lines; that of the settings by default.

    Raises:
        PackError: lines are listed but can't be read.
        ValueError: the settings name no engine.
    """
    files = _files(pack)
    if not files:
        return []
    notes: list[str] = []
    with _engine_or_own(engine) as used:
        for name, path in files.items():
            lines = read_lines(used, name, path)
            counts = {column: _how_many(nw.col(column).is_null()) for column in _AREA_COLUMNS[name]}
            row = used.collect(lines.select(nw.len().alias("all"), **counts)).iloc[0]
            notes += [
                f"{name}: {row[column]:,} of {row['all']:,} lines have no {column}; they count, without a place."
                for column in counts
                if row[column]
            ]
            if name == PAYMENTS:
                notes += _credit_notes(used, lines)
    return notes


def _credit_notes(engine: Engine, lines: Lines) -> list[str]:
    """A sentence on negative amounts, if there are any."""
    amount = nw.col("amount_pence")
    pence = nw.when(amount < 0).then(amount).otherwise(0).sum().cast(nw.Int64)
    row = engine.collect(lines.select(count=_how_many(amount < 0), pence=pence)).iloc[0]
    if not row["count"]:
        return []
    pounds = Decimal(-int(row["pence"])) / 100
    sentence = (
        f"{row['count']:,} lines are negative (credit notes), £{pounds:,.2f} in all; they are taken off."
    )
    return [f"{PAYMENTS}: {sentence}"]


def _faults_of(pack: Pack, table: Table, engine: Engine, first: date, until: date) -> list[Fault]:
    """Faults of one file of lines."""
    name = table.name
    if table.file is None:
        return []  # its path was refused, and the check of the descriptor says so
    scanned = engine.scan(table.file, rows=_ROW)
    faults = list(_shape_faults(name, scanned))
    there = frozenset(scanned.collect_schema())
    faults += [
        _absent(name, each.name) for each in table.fields if each.name not in there | set(_NEEDED[name])
    ]
    sound = there - {fault.column for fault in faults}
    lines = _typed(name, scanned)
    rules = [
        *_date_rules(first, until),
        *_number_rules(name),
        *_area_rules(pack, name),
        *_code_rules(pack, table),
    ]
    faults += _breaches(engine, name, lines, [rule for rule in rules if rule.column in sound])
    return faults + (_doubled(engine, name, lines) if name == PAYMENTS and "id" in sound else [])


def _framework_from(pack: Pack) -> tuple[date, list[Fault]]:
    """The first day of the Framework, and the fault of a descriptor that gives no date for it."""
    authority = pack.descriptor.get("authority")
    given = (
        authority.get("framework_from", _FRAMEWORK_FROM) if isinstance(authority, dict) else _FRAMEWORK_FROM
    )
    day = parse_one("date", given)
    if day is not None:
        return day.date(), []
    remedy = f"Write the Framework's first day as {_FRAMEWORK_FROM}."
    fault = Fault(DESCRIPTOR, None, "authority.framework_from", str(given), "is not a date", remedy)
    return date.fromisoformat(_FRAMEWORK_FROM), [fault]


def _shape_faults(name: str, lines: Lines) -> Iterator[Fault]:
    """Columns that are missing, or of a type that can't be summed or put into years."""
    schema = lines.collect_schema()
    for column, kind in _NEEDED[name].items():
        if column not in schema:
            yield _absent(name, column)
        elif not (
            kind == "string"
            or (schema[column].is_integer() if kind == "integer" else schema[column] == nw.Date)
        ):
            problem = f"the column is stored as {schema[column]}, not as {kind}"
            yield Fault(name, None, column, None, problem, "Write the file with that type.")


def _absent(name: str, column: str) -> Fault:
    return Fault(name, 1, column, None, "the column is missing", f"Add a column with the heading “{column}”.")


def _always(problem: str, remedy: str) -> Callable[[str], tuple[str, str]]:
    return lambda _: (problem, remedy)


def _date_rules(first: date, until: date) -> Iterator[_Rule]:
    day = nw.col("date")
    yield _Rule("date", day.is_null(), _always("the line has no date", "Give its date."), once=False)
    early = f"is in the years before the Framework, which begins on {first}"
    yield _Rule("date", day < nw.lit(first), _always(early, "Correct the date, or leave earlier lines out."))
    yield _Rule("date", day > nw.lit(until), _always("is in the future", "Correct the date."))


def _number_rules(name: str) -> Iterator[_Rule]:
    if name == PAYMENTS:
        answer = _always("the line has no amount", "Give it in pence; that of a credit note is negative.")
        yield _Rule("amount_pence", nw.col("amount_pence").is_null(), answer, once=False)
        answer = _always("the line has no id", "Give each payment an id of its own.")
        yield _Rule("id", nw.col("id").is_null(), answer, once=False)
        return
    answer = _always("the line has no number of people", "Give it, or delete the line.")
    yield _Rule("people", nw.col("people").is_null(), answer, once=False)
    answer = _always("is negative, so the line is not counted", "Correct the number of people.")
    yield _Rule("people", nw.col("people") < 0, answer, once=False)


def _area_rules(pack: Pack, name: str) -> Iterator[_Rule]:
    """Areas that are no LSOAs, LSOAs made for 2021 where the pack's are of 2011, and those of elsewhere."""
    areas = _areas(pack)
    known = sorted(areas["code"].unique())
    newer = bool(known) and max(known) > LAST_LSOA_OF_2011
    authority = pack.descriptor.get("authority")
    region = authority.get("area", "the region") if isinstance(authority, dict) else "the region"
    for column in _AREA_COLUMNS[name]:
        code = nw.col(column)
        shaped = code.str.contains(r"^[EW]01[0-9]{6}$")
        remedy = "Write one such as E01006412, or leave the cell empty where it is not known."
        yield _Rule(column, ~shaped, _always("is no code of an LSOA", remedy))
        if not known:
            continue
        unknown = shaped & ~code.is_in(known)
        recent = (code > LAST_LSOA_OF_2011) & code.str.starts_with("E")
        elsewhere = unknown
        if not newer:
            problem = (
                "is not one of this pack's areas: it is a code made for 2021, and they are LSOAs of 2011"
            )
            remedy = "Look up the LSOA of 2011 for it, or bring areas of 2021."
            yield _Rule(column, unknown & recent, _always(problem, remedy))
            elsewhere = unknown & ~recent
        problem = f"is not one of this pack's areas: it is outside {region}"
        if newer and areas["vintage"].nunique() < 2:
            problem += ", or an LSOA of 2011 that was replaced in 2021"
        remedy = "Correct the code, or leave the cell empty."
        yield _Rule(column, elsewhere, _always(problem, remedy))


def _code_rules(pack: Pack, table: Table) -> Iterator[_Rule]:
    """Codes that must stand in the vocabulary or in another table, as the schema says."""
    if _PROGRAMME in _NEEDED[table.name]:
        answer = _always("the line names no programme", "Give the code of one.")
        yield _Rule(_PROGRAMME, nw.col(_PROGRAMME).is_null(), answer, once=False)
    for column, (where, codes) in _allowed(pack, table).items():
        known = sorted(codes)
        yield _Rule(column, ~nw.col(column).is_in(known), _unlike(where, known))


def _unlike(where: str, known: list[str]) -> Callable[[str], tuple[str, str]]:
    return lambda value: (
        f"is not in {where}",
        f"{suggestion(value, known, 'Correct it, or add it there.')} Known: {listed(known)}.",
    )


def _allowed(pack: Pack, table: Table) -> dict[str, tuple[str, frozenset[str]]]:
    """By column of text: where its values must stand, and what stands there. Areas have rules of their own."""
    links = [link for link in links_of(table) if len(link.columns) == 1 and link.target in pack.tables]
    if not any(link.columns == (_PROGRAMME,) for link in links) and VOCABULARY in pack.tables:
        links.append(Link(table.name, (_PROGRAMME,), VOCABULARY, ("code",), words=_PROGRAMME))
    allowed = {}
    for link in links:
        target = pack.table(link.target)
        if link.columns[0] in _AREA_COLUMNS[table.name] or link.targets[0] not in target:
            continue
        if link.words is not None:
            target = target[target["list"] == link.words]
        codes = frozenset(target[link.targets[0]].dropna().astype("str"))
        where = f"{link.target}.{link.targets[0]}" if link.words is None else f"the list “{link.words}”"
        if codes:
            allowed[link.columns[0]] = (where, codes)
    return allowed


def _how_many(broken: nw.Expr) -> nw.Expr:
    return nw.when(broken).then(1).otherwise(0).sum().cast(nw.Int64)


def _breaches(engine: Engine, name: str, lines: Lines, rules: Sequence[_Rule]) -> list[Fault]:
    """Faults by rule. All rules of a column are counted together, so sound lines are read once for each."""
    single = [rule for rule in rules if not rule.once]
    faults = _found(engine, name, lines.with_columns(nw.lit(1).alias("lines")), single)
    for column in dict.fromkeys(rule.column for rule in rules if rule.once):
        # Rules that look codes up are slow by line and quick by value.
        values = lines.group_by(column).agg(nw.col(_ROW).min(), nw.len().alias("lines"))
        own = [rule for rule in rules if rule.once and rule.column == column]
        faults += _found(engine, name, values, own)
    return faults


def _found(engine: Engine, name: str, rows: Lines, rules: Sequence[_Rule]) -> list[Fault]:
    """Faults among rows that stand for so many ``lines`` each."""
    if not rules:
        return []
    sums = {
        f"rule{at}": nw.when(rule.broken).then(nw.col("lines")).otherwise(0).sum().cast(nw.Int64)
        for at, rule in enumerate(rules)
    }
    totals = engine.collect(rows.select(**sums))
    faults: list[Fault] = []
    for at, rule in enumerate(rules):
        total = int(totals[f"rule{at}"].iloc[0])
        if total:
            faults += _examples(engine, name, rows, rule, total)
    return faults


def _examples(engine: Engine, name: str, rows: Lines, rule: _Rule, total: int) -> list[Fault]:
    """The first faults of a rule, and how many more lines break it."""
    broken = rows.filter(rule.broken).select(_ROW, rule.column, "lines")
    top = engine.collect(broken.sort(_ROW).head(MOST_EXAMPLES)).sort_values(_ROW)
    faults = []
    for row, value, count in zip(top[_ROW], top[rule.column], top["lines"], strict=True):
        text = None if pd.isna(value) else _shown(value)
        problem, remedy = rule.describe(text or "")
        problem += f" (in {count:,} lines, of which this is the first)" if count > 1 else ""
        faults.append(Fault(name, int(row), rule.column, text, problem, remedy))
    return faults + _rest(name, rule.column, total - int(top["lines"].sum()), "line", faults)


def _shown(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _doubled(engine: Engine, name: str, lines: Lines) -> list[Fault]:
    """Ids that several payments share."""
    ids = lines.filter(~nw.col("id").is_null()).group_by("id")
    doubled = ids.agg(nw.col(_ROW).min(), nw.len().alias("lines")).filter(nw.col("lines") > 1)
    top = engine.collect(doubled.sort(_ROW).head(MOST_EXAMPLES + 1)).sort_values(_ROW)
    total = len(top)
    if total > MOST_EXAMPLES:
        total = int(engine.collect(doubled.select(nw.len().alias("ids")))["ids"].iloc[0])
    remedy = "Give each payment its own, or delete those that were entered twice."
    faults = [
        Fault(
            name,
            int(row),
            "id",
            str(value),
            f"is the id of {count:,} lines, of which this is the first",
            remedy,
        )
        for row, value, count in zip(top[_ROW], top["id"], top["lines"], strict=True)
    ][:MOST_EXAMPLES]
    return faults + _rest(name, "id", total - len(faults), "id", faults)


def _rest(name: str, column: str, count: int, noun: str, faults: Sequence[Fault]) -> list[Fault]:
    """One fault for those that were not named, if there are any."""
    if not count:
        return []
    more = f"1 more {noun} has" if count == 1 else f"{count:,} more {noun}s have"
    problem = f"{more} the fault that row {faults[-1].row} has"
    return [Fault(name, None, column, None, problem, "Correct those named, then check again.")]
