"""Figures of a prototype by area, put on the pack's areas and gated: areas, deciles and everybody are told beside each other.

A reader knows everybody's figure from the trend and adds deciles and areas up, so what is hidden of one is reckoned with in
the others: all of one period pass the gate at once, numerators and denominators together.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

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
    edition: Edition, figures: PrototypeFigures, *, people: bool, none_is_nought: bool = False
) -> OnAreas | None:
    """Put the latest period's figures on the pack's areas.

    Args:
        edition: whose areas are meant.
        figures: of a definition with a column of areas.
        people: whether they count people, and are gated.
        none_is_nought: whether an area without a row has none of what is counted; else nothing is known of it.

    Returns:
        The figures; ``None`` where the definition has no areas, or the pack none.
    """
    areas = area_cells.areas(edition)
    found = figures.by_area
    if found.empty or areas.empty:
        return None
    period = _latest(figures, areas.index)
    rows = found[found[PERIOD] == period].set_index(AREA)
    sides = [name for name in (NUMERATOR, DENOMINATOR) if name in rows]
    rows = rows[rows[sides].notna().all(axis=1)][sides]
    mine = rows[rows.index.isin(areas.index)].astype("float64")
    other = rows[~rows.index.isin(areas.index)].astype("float64")
    if none_is_nought and len(mine):
        mine = mine.reindex(areas.index, fill_value=0.0)
    codes = tuple(sorted(code for code in other.index if code))
    small = sum(code.startswith("E01") for code in codes)
    if not people:
        places = _added(mine, areas["code"], areas).assign(marker="")
        deciles = _added(mine, areas["decile"], areas).rename(columns={"place": "decile"}).assign(marker="")
        told = [
            each.assign(**{f"{disclosure.EXACT}{side}": each[side] for side in sides})
            for each in (places, deciles)
        ]
        return OnAreas(period, "lsoa", told[0], told[1], codes, small, float(other[NUMERATOR].sum()))
    geography = _finest(mine, areas)
    places, deciles, unplaced = _gated(mine, other, areas, geography)
    return OnAreas(period, geography, places, deciles, codes, small, unplaced)


def _latest(figures: PrototypeFigures, known: pd.Index) -> str:
    """Return the newest period in which an area of the pack has a figure; the newest of all where none has."""
    found = figures.by_area
    mine = found[found[AREA].isin(known)]
    return str((mine if len(mine) else found)[PERIOD].max())


def _column(geography: str) -> str:
    return area_cells.PLACE[geography]


def _added(rows: pd.DataFrame, place: pd.Series, areas: pd.DataFrame) -> pd.DataFrame:
    """Add figures up by a place of the areas, with the residents of all its areas."""
    added = rows.groupby(place.reindex(rows.index)).sum()
    residents = areas["population"].astype("float64").groupby(place).sum()
    return added.assign(residents=residents.reindex(added.index)).rename_axis("place").reset_index()


def _finest(rows: pd.DataFrame, areas: pd.DataFrame) -> str:
    """Return the finest geography of which few enough places are small; empty where there is none."""
    for geography in GEOGRAPHIES:
        added = _added(rows, areas[_column(geography)], areas)
        sides = [name for name in (NUMERATOR, DENOMINATOR) if name in added]
        small = ((added[sides] >= 1) & (added[sides] <= _SMALL)).any(axis=1)
        if len(added) and small.mean() <= MOST_HIDDEN:
            return geography
    return ""


def _gated(
    mine: pd.DataFrame, other: pd.DataFrame, areas: pd.DataFrame, geography: str
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Return places and deciles as they may be told, and what stands under no area of the pack."""
    counts: dict[Hashable, int] = {}
    sums: list[Sum] = []
    stay: dict[Hashable, float] = {}
    told = {"decile": areas["decile"]} | ({"place": areas[_column(geography)]} if geography else {})
    tables = {name: _added(mine, column, areas) for name, column in told.items()}
    for side in mine.columns:
        _tie(side, mine, tables, told, counts, sums, stay)
        unplaced, everybody = int(other[side].sum()), int(mine[side].sum() + other[side].sum())
        counts[side, "unplaced"], counts[side, "all"] = unplaced, everybody
        deciles = [(side, "decile", each) for each in tables["decile"]["place"]]
        sums.append(Sum((side, "all"), (*deciles, (side, "unplaced"))))
    if DENOMINATOR in mine:
        names = [name for name in counts if isinstance(name, tuple) and name[0] == NUMERATOR]
        sums += [
            Sum((DENOMINATOR, *name[1:]), (name,), complete=False)
            for name in names
            if isinstance(name, tuple)
        ]
    never = [name for name in counts if isinstance(name, tuple) and name[1] == "small area"]
    # Everybody's figure stands in the trend.
    shown = [(side, "all") for side in mine.columns]
    hidden = disclosure.safe(counts, sums, shown=shown, never=never, stay=stay)
    found = {}
    for name, table in tables.items():
        rows = table.assign(marker="")
        for side in mine.columns:
            held = np.array([bool(hidden[side, name, each]) for each in table["place"]], dtype="bool")
            rows = disclosure.suppress(rows, side, held)
        found[name] = rows
    nowhere = disclosure.rounded(pd.Series([counts[NUMERATOR, "unplaced"]], dtype="float64"))
    lost = np.nan if hidden[NUMERATOR, "unplaced"] else float(nowhere.iloc[0])
    places = found.get("place", found["decile"].iloc[:0])
    return places, found["decile"].rename(columns={"place": "decile"}), lost


def _tie(
    side: str,
    mine: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    told: dict[str, pd.Series],
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
        for code, place in zip(codes, told[name].reindex(mine.index).tolist(), strict=True):
            members.setdefault(place, []).append(code)
        for place, count in zip(table["place"].tolist(), table[side].tolist(), strict=True):
            key = (side, name, place)
            counts[key] = int(count)
            stay[key] = (_DECILE_STAYS if name == "decile" else 0.0) + (
                _BASE_STAYS if side == DENOMINATOR else 0.0
            )
            sums.append(Sum(key, tuple((side, "small area", code) for code in members[place])))
