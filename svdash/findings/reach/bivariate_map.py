"""Deprivation and reach, or spend, of the same areas at once: where little comes to places that need much."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import least_official, records
from svdash.findings.reach import area_cells, area_figures
from svdash.findings.reach.area_figures import AreaMap, MapChoice, of_map
from svdash.measures.classes import classify, quantile_breaks
from svdash.register import ALL, Framework, View, place

NAME: Final = "areas-together"
NEED: Final = ("least deprived third", "middle third", "most deprived third")
# By how many classes there are: rates that repeat, such as no spend at all, leave fewer.
LEVEL: Final[dict[int, tuple[str, ...]]] = {3: ("least", "middling", "most"), 2: ("less", "more")}
METHOD: Final = (
    "Areas are parted twice: into thirds of equal number by deprivation rank within {the}, and by the rate, into "
    "thirds as far as rates that are the same allow. Were the two unrelated, each pair would have the product of its two shares."
)
COLUMNS: Final = {
    "code": "Code",
    "name": "Area",
    "district_name": "District",
    "decile": "Decile",
    "need": "Deprivation in {the}",
    "rate": "Rate",
    "level": "Reach or spend",
    "population": "Residents",
    "programme": "Programme",
    "year": "Year",
    "status": "Status",
}


def bivariate(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    """Return deprivation and the rate of reach or spend in thirds, for the map and its table."""
    settled = area_figures.settle(edition, view, choice)
    return _together(edition, view, settled)


@kept
def _together(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    alone = area_figures.area_map(edition, view, choice)
    common: dict[str, Any] = {
        **area_figures.carried(alone),
        "name": NAME,
        "row_key": ("code",),
        "columns": {name: title.format(the=place(edition).the) for name, title in COLUMNS.items()},
        "decimals": {"rate": 0 if alone.choice.show == "reach" else 3},
        "shape": "together",
        "method": f"{METHOD.format(the=place(edition).the)} {alone.method}",
    }
    why = alone.empty
    if choice.show == "deprivation":
        why = "Choose reach or spend under “Show”: deprivation by itself has nothing to be combined with."
    elif not why and "geography" in alone.frame and alone.frame["geography"].eq("district").all():
        why = (
            "People are counted by district here: too coarse to compare with the deprivation of small areas."
        )
    # Thirds are of the whole area, whichever district is looked at.
    rows = (
        pd.DataFrame()
        if why
        else _rows(edition, area_figures.area_map(edition, view.with_(district=ALL), alone.choice))
    )
    if not why and len(set(rows["got"]) - {-1}) < 2:
        why = "All areas have the same rate: there is nothing to part them by."
    levels = () if why else LEVEL[int(rows["got"].max()) + 1]
    rows = rows if why else area_figures.of_district(edition, rows, view)
    if not why and rows["klass"].lt(0).all():
        why = f"Every area of the district is too small to show. Choose the whole {place(edition).noun}."
    if why:
        return AreaMap(
            headline=f"Deprivation and {'reach' if alone.choice.show == 'reach' else 'spend'} together: nothing to show",
            subtitle=f"Thirds of {place(edition).own} areas",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=why,
            **common,
        )
    return _map_of_both(edition, alone, rows, levels, common)


def _rows(edition: Edition, alone: AreaMap) -> pd.DataFrame:
    """Return a row an area with ``needs`` (0 least deprived third), ``got`` (0 lowest rate; -1 not shown) and ``klass``."""
    base = area_cells.areas(edition).reset_index(drop=True)
    drawn = alone.drawn.set_index("code").reindex(base["code"])
    exact = area_figures.exact_rates(edition, alone).set_axis(alone.frame["place"])
    rate = exact.reindex(drawn["place"]).to_numpy(dtype="float64")
    rank = base["rank"].to_numpy(dtype="float64", na_value=np.nan)
    # The lowest rank is the most deprived.
    need = classify(-rank, quantile_breaks(-rank, 3))
    breaks = quantile_breaks(rate, 3)
    got = classify(rate, breaks)
    hidden = (got < 0) | (need < 0)
    return base.assign(
        rate=drawn["value"].to_numpy(dtype="float64"),
        place=drawn["place"].to_numpy(),
        tip=drawn["tip"].to_numpy(),
        needs=need,
        got=np.where(hidden, -1, got),
        klass=np.where(hidden, -1, need * (len(breaks) + 1) + got),
    )


def _map_of_both(
    edition: Edition, alone: AreaMap, rows: pd.DataFrame, levels: tuple[str, ...], common: dict[str, Any]
) -> AreaMap:
    what = "reached" if alone.choice.show == "reach" else "spent on"
    shown = rows[rows["klass"] >= 0]
    cold = shown[(shown["needs"] == len(NEED) - 1) & (shown["got"] == 0)]
    names = {
        klass: f"{NEED[klass // len(levels)]}, {levels[klass % len(levels)]} {what}"
        for klass in range(len(NEED) * len(levels))
    }
    frame = rows.assign(
        need=[NEED[n] if n >= 0 else "not known" for n in rows["needs"]],
        level=[f"{levels[g]} {what}" if g >= 0 else "not shown" for g in rows["got"]],
        programme=alone.headline.partition(":")[0],
        year=area_cells.year_of_view(Framework.of(edition), alone.view),
        status=least_official(alone.statuses),
        marker=alone.frame.set_index("place")["marker"].reindex(rows["place"]).to_numpy(),
    ).sort_values(["needs", "got", "rank"], ascending=[False, True, True])
    return AreaMap(
        headline=f"{wording.sentence(wording.count(len(cold), 'area'))} {'is' if len(cold) == 1 else 'are'} among the most deprived third "
        f"and the {levels[0]} {what}{area_figures.inside(edition, alone.view)}",
        subtitle=f"{alone.subtitle}. Beside deprivation of small areas, both in thirds of {place(edition).own} areas",
        frame=frame,
        sentence=_sentence(rows, cold, f"{levels[0]} {what}", _whose(edition, alone.view)),
        alt=" ".join(
            f"{label}: {number}."
            for klass, label in names.items()
            for number in [int((rows["klass"] == klass).sum())]
        ),
        drawn=pd.DataFrame(
            {
                "code": frame["code"],
                "place": frame["place"],
                "value": frame["rate"],
                "klass": frame["klass"],
                "tip": [
                    f"{row['tip']}\n{names.get(row['klass'], 'not shown')}"
                    for row in records(frame[["tip", "klass"]])
                ],
                "size": 0.0,
            }
        ),
        limits=tuple(names.values()),
        **common,
    )


def _sentence(rows: pd.DataFrame, cold: pd.DataFrame, least: str, whose: str) -> str:
    """Say who lives in the ``cold`` areas, in which districts they are, and how many there would be by chance."""
    shown = rows[rows["klass"] >= 0]
    where = cold["district_name"].value_counts()
    words = wording.listing([f"{name} {number}" for name, number in where.items()], 6)
    residents = 100 * cold["population"].sum() / rows["population"].sum()
    needy, low = int((shown["needs"] == len(NEED) - 1).sum()), int((shown["got"] == 0).sum())
    hidden = len(rows) - len(shown)
    left = f" {wording.sentence(wording.count(hidden, 'area'))} too small to show, most with few people, left out."
    return (
        f"{wording.percent(residents)} of{whose} residents live there. {f'By district: {words}. ' if len(where) > 1 else ''}"
        f"Were deprivation and rate unrelated, it would be about {wording.number(needy * low / len(shown))} of the "
        f"{wording.number(low)} {least} (of {wording.number(len(shown))} areas).{left if hidden else ''}"
    )


def _whose(edition: Edition, view: View) -> str:
    return "" if view.district == ALL else f" {area_cells.region_name(edition, view.district)}'s"


SPECS: Final = (of_map(NAME, "Deprivation and reach or spend of areas together", bivariate),)
