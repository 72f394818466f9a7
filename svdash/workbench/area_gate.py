"""Figures of a prototype by area, put on the pack's areas and gated: areas, deciles and everybody are told beside each other.

A reader knows everybody's figure from the trend and adds deciles and areas up, so what is hidden of one is reckoned with in
the others: all of one period pass the gate at once, numerators and denominators together.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash import disclosure
from svdash.disclosure import PRESETS, Sum
from svdash.editions import Edition
from svdash.findings.reach import area_cells
from svdash.workbench.prototype import DENOMINATOR, NUMERATOR
from svdash.workbench.prototype_figures import AREA, PERIOD, PrototypeFigures

# A map shows the finest places of which at most this part would be held back as too small.
MOST_HIDDEN: Final = 0.2
GEOGRAPHIES: Final = ("lsoa", "msoa", "district")
# Deciles and everybody stay before single places, which say less.
_DECILE_STAYS, _BASE_STAYS = 4.0, 1.0
# What is told of places and deciles where nothing may be.
NO_PLACES: Final = pd.DataFrame(columns=["place", "decile", NUMERATOR, DENOMINATOR, "residents", "marker"])
_SIGNS: Final = re.compile(r"[^0-9A-Za-z]")
_SMALL: Final = PRESETS["gss"].small


@dataclass(frozen=True, eq=False)
class OnAreas:
    """Figures of one period on the pack's areas, as they may be told.

    Attributes:
        period: which.
        geography: of the places: ``lsoa``, ``msoa`` or ``district``; empty where all are too fine to tell.
        places: one row a place: ``place``, ``numerator``, ``denominator`` where there is one, their exact counterparts, ``marker``.
        deciles: one row a decile that has figures, with ``decile`` and ``residents``; the same columns otherwise.
        unmatched: codes in the table that are no areas of the pack.
        other_edition: how many of these look like codes of small areas: of another place, or of another edition of areas.
        unplaced: how many people or how much stands under these codes and under none, and may be told; ``nan`` where not.
    """

    period: str
    geography: str
    places: pd.DataFrame
    deciles: pd.DataFrame
    unmatched: tuple[str, ...]
    other_edition: int
    unplaced: float


def on_areas(
    edition: Edition,
    figures: PrototypeFigures,
    *,
    people: bool,
    adds_up: bool = True,
    none_is_nought: bool = False,
) -> OnAreas | None:
    """Put the latest period's figures on the pack's areas.

    Args:
        edition: whose areas are meant.
        figures: of a definition with a column of areas.
        people: whether they count people, and are gated.
        adds_up: whether figures of one place under two spellings are its figure together; else such a place has none.
        none_is_nought: whether an area without a row has none of what is counted; else nothing is known of it.

    Returns:
        The figures; ``None`` where the definition has no areas, or the pack none.

    Raises:
        ValueError: figures of people that are no whole numbers, such as weighted responses; definitions with such are refused
            before (:func:`svdash.workbench.prototype_rows.rows`).
    """
    areas = area_cells.areas(edition)
    if figures.by_area.empty or areas.empty:
        return None
    level, names = _level(figures.by_area[AREA], areas)
    period = _latest(figures, names)
    rows = figures.by_area[figures.by_area[PERIOD] == period]
    sides = [name for name in (NUMERATOR, DENOMINATOR) if name in rows]
    rows = rows[rows[sides].notna().all(axis=1)]
    if people:
        _refuse_parts(rows[sides].to_numpy(dtype="float64"))
    place = rows[AREA].map(lambda code: names.get(_plain(code)))
    if not adds_up:
        place = place.mask(place.duplicated(keep=False))
    mine = rows[place.notna()].groupby(place[place.notna()])[sides].sum().astype("float64")
    other = rows[place.isna()].set_index(AREA)[sides].astype("float64")
    column = areas[area_cells.PLACE[level]]
    if none_is_nought and len(mine):
        mine = mine.reindex(sorted(set(column)), fill_value=0.0)
    codes = tuple(sorted(code for code in other.index if code))
    small = sum(code.startswith("E01") for code in codes)
    if people:
        return _of_people(
            OnAreas(period, level, NO_PLACES, NO_PLACES, codes, small, np.nan), mine, other, areas
        )
    places, deciles = (
        _as_told(_added(mine, each)) for each in (_own(mine, areas, level), _decile(mine, areas, level))
    )
    deciles = deciles.rename(columns={"place": "decile"})
    unplaced = float(other[NUMERATOR].sum()) if adds_up else np.nan
    return OnAreas(period, level, places, deciles, codes, small, unplaced)


def _of_people(bare: OnAreas, mine: pd.DataFrame, other: pd.DataFrame, areas: pd.DataFrame) -> OnAreas:
    """Return gated figures of people on the finest geography that may be told; ``bare`` is of the one that they came in, without figures."""
    level = bare.geography
    geography = _finest(mine, areas, level) if len(mine) else level
    if level != "lsoa" and not geography:
        # Without deciles there is nothing left to gate.
        return replace(bare, geography="")
    places, deciles, unplaced = _gated(mine, other, areas, (level, geography))
    return replace(bare, geography=geography, places=places, deciles=deciles, unplaced=unplaced)


def _refuse_parts(counts: NDArray[np.float64]) -> None:
    """Refuse what is no number of people: cut to a whole one, the gate would guard another number than the one that is shown."""
    wrong = counts[(counts < 0) | (counts % 1 != 0)]
    if wrong.size:
        raise ValueError(f"{wrong[0]} is no number of people: the gate takes whole numbers from nought on")


def _level(codes: pd.Series, areas: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """Return of which geography most codes or names are, the finest among equals, and what each is written as → its place."""
    found: list[tuple[str, dict[str, str]]] = []
    for level in GEOGRAPHIES:
        column = areas[area_cells.PLACE[level]]
        known = {_plain(place): str(place) for place in column.unique()}
        if level == "district":
            named = zip(areas["district_name"], column, strict=True)
            known |= {_plain(name): str(place) for name, place in named}
        found.append((level, known))
    given = {_plain(code) for code in codes}
    return max(found, key=lambda each: len(given & set(each[1])))


def _plain(code: object) -> str:
    """Return a code or a name without blanks, points and case: ``St. Ives`` and ``ST IVES`` are one."""
    return _SIGNS.sub("", str(code)).upper()


def _latest(figures: PrototypeFigures, names: Mapping[str, str]) -> str:
    """Return the newest period in which a place of the pack has a figure; the newest of all where none has."""
    found = figures.by_area
    mine = found[found[AREA].map(lambda code: _plain(code) in names)]
    return str((mine if len(mine) else found)[PERIOD].max())


class _Told(NamedTuple):
    """What figures are added up to: the place of each row of them, by its index, and the residents of each place."""

    place: pd.Series
    residents: pd.Series


def _own(mine: pd.DataFrame, areas: pd.DataFrame, level: str) -> _Told:
    """Return each place as it is."""
    residents = areas["population"].astype("float64").groupby(areas[area_cells.PLACE[level]]).sum()
    return _Told(pd.Series(mine.index, index=mine.index), residents)


def _decile(mine: pd.DataFrame, areas: pd.DataFrame, level: str) -> _Told:
    """Return the decile of each small area; larger places have none of their own."""
    residents = areas["population"].astype("float64").groupby(areas["decile"]).sum()
    none = pd.Series(index=mine.index, dtype="float64")
    return _Told(areas["decile"].reindex(mine.index) if level == "lsoa" else none, residents)


def _as_told(rows: pd.DataFrame) -> pd.DataFrame:
    """Return figures of no people in the columns that gated ones have."""
    sides = [name for name in (NUMERATOR, DENOMINATOR) if name in rows]
    return rows.assign(marker="", **{f"{disclosure.EXACT}{side}": rows[side] for side in sides})


def _within(mine: pd.DataFrame, areas: pd.DataFrame, level: str, geography: str) -> _Told:
    """Return the place of a geography in which each place of a finer one lies."""
    own, column = areas[area_cells.PLACE[level]], areas[area_cells.PLACE[geography]]
    residents = areas["population"].astype("float64").groupby(column).sum()
    inside = column.set_axis(own).groupby(level=0).first()
    return _Told(inside.reindex(mine.index), residents)


def _added(rows: pd.DataFrame, told: _Told) -> pd.DataFrame:
    """Add figures up by place, with the residents of all its areas."""
    added = rows.groupby(told.place).sum()
    return added.assign(residents=told.residents.reindex(added.index)).rename_axis("place").reset_index()


def _finest(rows: pd.DataFrame, areas: pd.DataFrame, level: str) -> str:
    """Return the finest geography, from that of the rows on, of which few enough places are small; empty where there is none."""
    for geography in GEOGRAPHIES[GEOGRAPHIES.index(level) :]:
        added = _added(rows, _within(rows, areas, level, geography))
        sides = [name for name in (NUMERATOR, DENOMINATOR) if name in added]
        small = ((added[sides] >= 1) & (added[sides] <= _SMALL)).any(axis=1)
        if len(added) and small.mean() <= MOST_HIDDEN:
            return geography
    return ""


def _gated(
    mine: pd.DataFrame, other: pd.DataFrame, areas: pd.DataFrame, shown: tuple[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Return places and deciles as they may be told, and what stands under no area of the pack.

    ``shown`` is the geography of the figures, and that of the places on the map.
    """
    level, geography = shown
    told = {"decile": _decile(mine, areas, level)}
    if geography:
        told["place"] = _within(mine, areas, level, geography)
    tables = {name: _added(mine, each) for name, each in told.items()}
    unplaced = other[list(mine.columns)].sum()
    # Deciles add up to everybody; where figures have none, places do.
    whole = "decile" if level == "lsoa" else "place"
    hidden = _hidden(mine, unplaced, tables, told, whole)
    found = {}
    for name, table in tables.items():
        rows = table.assign(marker="")
        for side in mine.columns:
            held = np.array([(side, name, each) in hidden for each in table["place"]], dtype="bool")
            rows = disclosure.suppress(rows, side, held)
        found[name] = rows
    nowhere = disclosure.rounded(unplaced.loc[[NUMERATOR]])
    lost = np.nan if (NUMERATOR, "unplaced") in hidden else float(nowhere.iloc[0])
    places = found.get("place", found["decile"].iloc[:0])
    return places, found["decile"].rename(columns={"place": "decile"}), lost


def _hidden(
    mine: pd.DataFrame,
    unplaced: pd.Series,
    tables: dict[str, pd.DataFrame],
    told: dict[str, _Told],
    whole: str,
) -> set[Hashable]:
    """Return which counts are hidden, named by their side, their table and their place; ``whole`` is the table that adds up to everybody."""
    shown = [unplaced, mine.sum(), *(table[side] for table in tables.values() for side in mine.columns)]
    if not any(each.between(1, _SMALL).any() for each in shown):
        # Nothing is small, so nothing is hidden beside it.
        return set()
    counts: dict[Hashable, int] = {}
    sums: list[Sum] = []
    stay: dict[Hashable, float] = {}
    for side in mine.columns:
        _tie(side, mine, tables, told, counts, sums, stay)
        counts[side, "unplaced"] = int(unplaced[side])
        counts[side, "all"] = int(mine[side].sum() + unplaced[side])
        parts = [(side, whole, each) for each in tables[whole]["place"].tolist()]
        sums.append(Sum((side, "all"), (*parts, (side, "unplaced"))))
    names = [name for name in counts if isinstance(name, tuple)]
    if DENOMINATOR in mine:
        sums += [
            Sum((DENOMINATOR, *name[1:]), (name,), complete=False) for name in names if name[0] == NUMERATOR
        ]
    never = [name for name in names if name[1] == "small area"]
    # Everybody's figure stands in the trend.
    trend = [(side, "all") for side in mine.columns]
    held = disclosure.safe(counts, sums, shown=trend, never=never, stay=stay)
    return {name for name, hides in held.items() if hides}


def _tie(
    side: str,
    mine: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    told: dict[str, _Told],
    counts: dict[Hashable, int],
    sums: list[Sum],
    stay: dict[Hashable, float],
) -> None:
    """Enter one side's counts: small areas, which are shown nowhere, add up to places and to deciles."""
    codes = mine.index.tolist()
    for code, count in zip(codes, mine[side].tolist(), strict=True):
        counts[side, "small area", code] = int(count)
    for name, table in tables.items():
        members: dict[Hashable, list[str]] = {}
        for code, place in zip(codes, told[name].place.tolist(), strict=True):
            members.setdefault(place, []).append(code)
        for place, count in zip(table["place"].tolist(), table[side].tolist(), strict=True):
            key = (side, name, place)
            counts[key] = int(count)
            stay[key] = (_DECILE_STAYS if name == "decile" else 0.0) + (
                _BASE_STAYS if side == DENOMINATOR else 0.0
            )
            sums.append(Sum(key, tuple((side, "small area", code) for code in members[place])))
