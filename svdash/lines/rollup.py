"""Sums lines (payments, service contacts) into small cells, once for each version of their files.

There may be very many lines, so no request reads them. The engine reads them once, and the sums are kept as
Parquet in a folder named by a fingerprint of the lines. Money is integer pence, nominal. Counts of people are
exact; they pass the disclosure gate later, on the one geography chosen here.
"""

from __future__ import annotations

import hashlib
import io
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]

from svdash.caching import disk_cache
from svdash.disclosure import PRESETS
from svdash.lines.engine import Engine, Lines
from svdash.lines.line_tables import (
    CONTACTS,
    DISTRICT,
    GEOGRAPHIES,
    KINDS,
    LSOA,
    PAYMENTS,
    areas_of,
    engine_or_own,
    listed_files,
    read_lines,
    stamps,
)
from svdash.settings import engine_url, var_folder
from svdash.tables.edition import Edition
from svdash.tables.faults import LinesError
from svdash.years import year_named

LINES: Final = (PAYMENTS, CONTACTS)
# Seconds before lines that could not be summed are tried again: pages ask often, and an engine may recover.
_AGAIN_AFTER: Final = 10.0
_log = logging.getLogger(__name__)
# Increase it when cells are worked out differently, so that cells of an earlier version are not used.
CELLS_VERSION: Final = 5
# METHODS: a geography is fine enough to be useful while at most this share of its cells is suppressed.
MOST_SUPPRESSED: Final = 0.20

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
        "year": "str", "programme": "str", "supplier_id": "str", "supplier": "str", "supplier_type": "str",
        "supplier_place": "str", "pence": "int64", "lines": "int64",
    },
    "people": {
        "year": "str", "programme": "str", "geography": "str", "place": "str", "known": "bool",
        "people": "int64",
    },
    "deciles": {"year": "str", "programme": "str", "decile": "int64", "people": "int64"},
    "crossings": {
        "year": "str", "programme": "str", "place": "str", "decile": "int64", "people": "int64",
    },
    "geography": {"programme": "str", "year": "str", "geography": "str", "share_suppressed": "float64"},
}  # fmt: skip

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Cells:
    """The sums of the lines that pages use. Years are financial years such as ``2022/23``.

    A missing value is a key like any other: a line without a place, a programme or a date is counted in the
    cell whose place, programme or year is missing. Money is in pence and ``lines`` are lines counted.

    Attributes:
        payments: year, programme, kind (of place: ``supplier`` or ``benefit``), area (code of an LSOA), known
            (whether the pack has that area), pence, lines. Each line counts once in each kind.
        suppliers: year, programme, supplier_place, supplier_type, pence, lines.
        supplier_totals: year, programme, supplier_id, supplier, supplier_type, supplier_place, pence, lines.
        people: year, programme, geography, place, known, people: exact counts, not yet gated, at the one
            geography that is fixed for the programme and year. Every place of that geography is present, with
            0 where nobody was reached. People whose line names no place, or an area that the pack doesn't
            know, are in cells that are not ``known``; above LSOAs those have no place.
        deciles: year, programme, decile (1 = most deprived; 0 = no known place), people: exact counts, not yet
            gated, in fixed bands of the areas' deprivation, whatever geography is fixed for the places.
        crossings: year, programme, place, decile (0 = none known), people: exact counts above zero, not yet gated, where
            a known place of the fixed geography and a band of deprivation meet.
        geography: programme, year, geography (``lsoa``, ``msoa`` or ``district``), share_suppressed (0 to 1,
            of its cells above zero).
    """

    payments: pd.DataFrame
    suppliers: pd.DataFrame
    supplier_totals: pd.DataFrame
    people: pd.DataFrame
    deciles: pd.DataFrame
    crossings: pd.DataFrame
    geography: pd.DataFrame


_TABLES: Final = tuple(each.name for each in fields(Cells))


def rollup(
    edition: Edition,
    engine: Engine | None = None,
    progress: Progress | None = None,
    names: Sequence[str] = LINES,
) -> Cells:
    """Return the cells of a pack's lines, worked out once and then read from disk or memory.

    They are kept in ``cells`` in the folder of :func:`svdash.settings.var_folder`, or in memory alone where that can't be
    written; counts of people among them are exact, so guard that folder as the pack itself. Lines with a negative number of people are left out
    (``line_faults`` names them); all others count. A pack without lines has empty cells.

    Args:
        edition: lines are its resources ``payments`` and ``contacts``; ``areas`` says which areas there are.
        engine: what reads the lines; that of the settings by default, opened only where it is needed.
        progress: called with the number of steps done, the number of all steps, and the name of the next.
        names: which lines: ``payments``, ``contacts`` or both. Cells of the others are empty.

    Returns:
        Frames that belong to the caller, who may change them.

    Raises:
        LinesError: lines are listed but are not there, can't be read, lack a column or changed meanwhile.
        ValueError: the settings name no engine.
    """
    present = tuple(name for name in names if name in edition.names)
    cells = edition.remember((__name__, present), lambda: _tried(edition, engine, progress, present))
    return Cells(**{name: getattr(cells, name).copy(deep=False) for name in _TABLES})


_refused: Final[dict[tuple[str, tuple[str, ...], str], tuple[float, LinesError]]] = {}


def _tried(
    edition: Edition, engine: Engine | None, progress: Progress | None, names: tuple[str, ...]
) -> Cells:
    """Sum the lines, unless that has just failed."""
    if engine is not None:
        return _kept(edition, engine, progress, names)
    key = (edition.fingerprint_of(names), names, engine_url())
    before = _refused.get(key)
    if before is not None and time.monotonic() < before[0]:
        raise LinesError(*before[1].args) from before[1]
    try:
        cells = _kept(edition, engine, progress, names)
    except LinesError as error:
        _refused.clear()  # of one version of the pack at a time
        _refused[key] = (time.monotonic() + _AGAIN_AFTER, error)
        raise
    return cells


def _kept(
    edition: Edition, engine: Engine | None, progress: Progress | None, names: tuple[str, ...]
) -> Cells:
    files = listed_files(edition, names)
    if not files:
        return Cells(**{name: _shaped(name, pd.DataFrame()) for name in _TABLES})
    areas = areas_of(edition)
    before = stamps(files)
    folder = var_folder() / "cells" / _fingerprint(files, areas)
    found = _load(folder)
    if found is not None:
        return found
    with engine_or_own(engine) as used:
        cells = _build(used, files, areas, progress)
    if stamps(files) != before:
        raise LinesError(
            f"{next(iter(files.values())).parent}: the lines were changed while they were read. Open the pack again."
        )
    _publish(folder, cells)
    return cells


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


def _summed(engine: Engine, lines: Lines, keys: Sequence[str], measure: str) -> pd.DataFrame:
    """Return exact sums and numbers of lines, in the order of their keys.

    A missing key is one of its own and comes last; a missing measure adds nothing.
    """
    sums = lines.group_by(list(keys), drop_null_keys=False).agg(
        nw.col(measure).sum(), nw.len().alias("lines")
    )
    # Engines sum into wider integers than they return; refuse a sum that does not fit instead of rounding it.
    exact = sums.with_columns(nw.col(measure, "lines").cast(nw.Int64))
    frame = engine.collect(exact.sort(*keys, nulls_last=True))
    if "start" in frame:
        frame["year"] = _years(frame["start"])
    return frame


def _years(starts: pd.Series[Any]) -> pd.Series[Any]:
    names = {start: year_named(int(start)) for start in starts.dropna().unique()}
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
    """Payments by year, programme and supplier. Arguments as for ``payments_by_area``."""
    keys = ["start", "programme", "supplier_id", "supplier", "supplier_type", "supplier_place"]
    frame = _summed(engine, lines, keys, "amount_pence")
    return _shaped("supplier_totals", frame.rename(columns={"amount_pence": "pence"}))


# -- people -----------------------------------------------------------------------------------------

_ONE: Final = ["year", "programme"]


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
    banded = merged.assign(decile=_bands(merged))
    geography = chosen.sort_values(_ONE)
    return {
        "people": _shaped("people", people),
        "deciles": _shaped("deciles", _by_decile(banded)),
        "crossings": _shaped("crossings", _crossings(banded, chosen)),
        "geography": _shaped("geography", geography),
    }


def _bands(merged: pd.DataFrame) -> pd.Series[Any]:
    """The deprivation decile of each area; 0 where it has none that is known."""
    return pd.to_numeric(merged["decile"], errors="coerce").fillna(0).astype("int64")


def _crossings(banded: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """People above zero by place of the geography that is chosen for them, and by decile; those without a known place are left out."""
    parts = []
    for name, column in GEOGRAPHIES.items():
        own = banded.merge(chosen.loc[chosen["geography"] == name, _ONE], on=_ONE)
        own = own[own[column].notna() & (own["people"] > 0)]
        own = own.assign(place=own[column])
        parts.append(own.groupby([*_ONE, "place", "decile"], dropna=False)[["people"]].sum().reset_index())
    return pd.concat(parts, ignore_index=True).sort_values([*_ONE, "place", "decile"])


def _by_decile(banded: pd.DataFrame) -> pd.DataFrame:
    """People by the deprivation decile of their area."""
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


def _fingerprint(files: Mapping[str, Path], areas: pd.DataFrame) -> str:
    """Return the folder name for the cells of these lines and areas, as this version works them out."""
    whole = hashlib.sha256(f"cells {CELLS_VERSION}\n".encode())
    for name, path in files.items():
        try:
            with path.open("rb") as stream:
                whole.update(f"{name}\n".encode() + hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            problem = f"it cannot be read ({error.strerror}). Check who may read it."
            raise LinesError(f"{path}: {problem}") from error
    # Use the frame, not its file: the file may have changed since the pack was opened.
    whole.update(areas.to_csv(index=False).encode())
    return whole.hexdigest()[:16]


def _load(folder: Path) -> Cells | None:
    """Return the cells in a folder; None if there are none or they are damaged."""
    files = disk_cache.fetch(folder)
    if files is None or set(files) != {f"{name}.parquet" for name in _TABLES}:
        return None
    return Cells(**{name: _read(name, files[f"{name}.parquet"]) for name in _TABLES})


def _read(name: str, data: bytes) -> pd.DataFrame:
    frame: pd.DataFrame = papq.read_table(io.BytesIO(data)).to_pandas()
    return frame.astype(_COLUMNS[name])


def _publish(folder: Path, cells: Cells) -> None:
    """Write the cells into the folder as a whole. If another process wrote them first, its cells stay.

    If they cannot be written they are used all the same, and :func:`svdash.caching.disk_cache.troubles` reports it.
    """
    try:
        disk_cache.put(folder, {f"{name}.parquet": _written(getattr(cells, name)) for name in _TABLES})
    except OSError as error:
        _log.warning(
            "%s: the cells can't be kept there (%s), so they are in memory only. Set SVDASH_VAR to a folder that can be written.",
            folder,
            error.strerror,
        )


def _written(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    papq.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    return sink.getvalue()
