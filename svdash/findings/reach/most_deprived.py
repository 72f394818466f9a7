"""How much reach or spend the most deprived 10, 20 and 30% have, by England's deciles and by tenths of the area's own."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice, of_map, vintage
from svdash.findings.reach.distribution import Landing
from svdash.findings.reach.reached_counts import DECILES
from svdash.register import Framework, View

DEPRIVED: Final = {
    "base": "Measured against",
    "cut": "Areas",
    "amount": "Amount",
    "share": "Share of reach or spend (%)",
    "population_share": "Share of residents (%)",
    "gap": "Gap (points)",
    "times": "Times its share of residents",
    "status": "Status",
}
DEPRIVED_METHOD: Final = (
    "England's deciles divide all areas of England; {own} own divide its areas by rank into ten groups of as "
    "many areas each, also where one district is looked at. A share is of what has a known place in what is looked at, the share "
    "of residents of all who live there; of people within a district both are of the areas shown."
)
ENGLAND: Final = "England's deciles"
SHARES: Final = (10, 20, 30)


def deprived(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return the share of reach or spend in the most deprived 10, 20 and 30%, by England's deciles and by tenths of its own."""
    landing = land.of(edition, view, choice)
    return _deprived(edition, view, landing)


@kept
def _deprived(edition: Edition, view: View, landing: Landing) -> Finding:
    year = area_cells.year_of_view(Framework.of(edition), view)
    noun = landing.noun
    common: dict[str, Any] = {
        "name": "most-deprived",
        "row_key": ("base", "cut"),
        "subtitle": f"{landing.measure}: share in the most deprived areas, {landing.where}, {land.period(edition, year)}; orange ticks: share of residents",
        "columns": DEPRIVED | {"amount": landing.amount, "share": f"Share of {noun} (%)"},
        "decimals": {"amount": landing.decimals, "share": 1, "population_share": 1, "gap": 1, "times": 2},
        **land.head(edition, view, landing, DEPRIVED_METHOD.format(own=landing.place.own)),
    }
    why = land.nothing(edition, view, landing, year)
    if why:
        return Finding(
            headline=f"{wording.sentence(noun)} in the most deprived areas: not known",
            frame=pd.DataFrame(columns=list(DEPRIVED)),
            empty=why,
            **common,
        )
    deciles = land.by_decile(edition, view, landing, year)
    own, unsafe = _own(edition, view, landing, year)
    parts = [_cuts(deciles, ENGLAND)] + ([_cuts(own, _own_tenths(landing))] if own is not None else [])
    exact = pd.concat(parts, ignore_index=True).assign(status=land.mark(edition, landing))
    frame = land.written(
        exact, landing, counts=["amount", "whole"], shares=["share", "gap"], ratios=["times"]
    )
    first = records(exact)[0]
    return Finding(
        headline=_first(first, landing),
        frame=frame,
        sentence=" ".join(
            [
                _baseline_trap(edition, first["population_share"], landing),
                *([_tested(edition, deciles, first, landing)] if landing.people else []),
                *_hidden_deciles(deciles),
                *([_in_own(exact, landing)] if own is not None else [unsafe]),
                land.unplaced(edition, view, landing, year),
            ]
        ),
        alt=" ".join(f"{r['base']}, {r['cut'].lower()}: {_of(r, landing)}" for r in records(exact)),
        legend=f"Bars: share of {noun}. Orange ticks: share of residents.",
        chart=frame.assign(what=frame["cut"], panel=frame["base"])[frame["share"].notna()][
            ["panel", "what", "share", "population_share"]
        ],
        **common,
    )


def _of(row: dict[str, Any], landing: Landing) -> str:
    if pd.isna(row["share"]):
        return "too small to show."
    share = land.percent(row["share"], landing, row["whole"])
    return f"{share} of {landing.noun}, {wording.percent(row['population_share'])} of residents."


def _first(row: dict[str, Any], landing: Landing) -> str:
    if pd.isna(row["share"]):
        return f"{wording.sentence(landing.noun)} in England's most deprived tenth: too small to show"
    return f"England's most deprived tenth: {_of(row, landing).rstrip('.')}"


def _own(edition: Edition, view: View, landing: Landing, year: str) -> tuple[pd.DataFrame | None, str]:
    """Return amounts by tenths of the area's own, or why they are not safe to add up.

    People are added up only from the gated cells that the map shows, and only where none of those is held back.
    """
    tenth = own_tenths(edition)
    if not landing.people:
        rows = land.by_area(edition, view, landing, year)
        return _by_tenth(rows, tenth.reindex(rows["code"])), ""
    where = area_cells.geography_of(edition, year, landing.choice.programme)
    if where != "lsoa":
        return (
            None,
            f"Not by {landing.place.own} own tenths: people are counted by {area_cells.GEOGRAPHY_NAMES[where]} here.",
        )
    shown = land.shown(edition, landing, year)
    hidden = int(shown["marker"].ne("").sum())
    if hidden:
        return (
            None,
            f"Not by {landing.place.own} own tenths: {wording.count(hidden, 'area')} too small to show.",
        )
    rows = shown.assign(amount=shown["exact_people"])
    return _by_tenth(rows, tenth.reindex(shown["place"])), ""


def own_tenths(edition: Edition) -> pd.Series:
    """Return the tenth, 1 the most deprived, of each area with a rank and residents, by code."""
    rows = area_cells.areas(edition)
    rows = rows[rows["rank"].notna() & (rows["population"].fillna(0) > 0)].sort_values("rank", kind="stable")
    return pd.Series(np.arange(len(rows)) * 10 // max(len(rows), 1) + 1, index=rows.index)


def _by_tenth(rows: pd.DataFrame, tenth: pd.Series) -> pd.DataFrame:
    """Add up areas by their tenth, one each a row: ``decile``, ``amount``, ``marker``, ``population``."""
    sums = (
        rows[["amount", "population"]]
        .astype("float64")
        .groupby(tenth.to_numpy())
        .sum()
        .reindex(DECILES, fill_value=0.0)
    )
    return pd.DataFrame(
        {
            "decile": DECILES,
            "amount": sums["amount"].to_numpy(),
            "marker": "",
            "population": sums["population"].to_numpy(),
            "whole": float(sums["amount"].sum()),
        }
    )


def _cuts(rows: pd.DataFrame, base: str) -> pd.DataFrame:
    """Return the most deprived 10, 20 and 30%: a cut with a decile held back is held back as well."""
    total, residents = float(rows["whole"].iloc[0]), float(rows["population"].sum())
    out = []
    for percent in SHARES:
        part = rows[rows["decile"] <= percent // 10]
        hidden = part["marker"].ne("").any()
        amount = float("nan") if hidden else float(part["amount"].sum())
        share, people = 100 * amount / total, 100 * float(part["population"].sum()) / residents
        out.append(
            {
                "base": base,
                "whole": total,
                "cut": f"Most deprived {percent}%",
                "amount": amount,
                "share": share,
                "population_share": people,
                "gap": share - people,
                "times": share / people if people else float("nan"),
                "marker": "[c]" if hidden else "[z]",
            }
        )
    return pd.DataFrame(out)


def _baseline_trap(edition: Edition, lived: float, landing: Landing) -> str:
    """Say in words what a share in decile 1 must be compared with: not a tenth, but the residents there by this vintage."""
    indices = vintage(edition)
    example = 30
    side = "below" if example < lived else "above"
    return (
        f"{wording.percent(lived)} of {landing.residents} live in England's most deprived tenth ({indices}), not 10%: "
        f"{example}% of {landing.noun} there would be {side} proportion."
    )


def _tested(edition: Edition, deciles: pd.DataFrame, first: dict[str, Any], landing: Landing) -> str:
    if pd.isna(first["share"]):
        return ""
    row = records(land.shares(edition, deciles))[0]
    limits = land.span(row["lower"], row["upper"], landing, row["whole"])
    return f"95% limits of the share in decile 1: {limits}; the gap {land.real(row)}."


def _hidden_deciles(deciles: pd.DataFrame) -> list[str]:
    hidden = land.hidden(deciles)
    words = wording.sentence(land.hidden_in_words(hidden)) if hidden else ""
    return [f"{words}; they are counted in the whole."] if hidden else []


def _in_own(frame: pd.DataFrame, landing: Landing) -> str:
    row = records(frame[frame["base"] == _own_tenths(landing)])[0]
    return f"In the most deprived tenth of {landing.place.own} own areas: {_of(row, landing)}"


def _own_tenths(landing: Landing) -> str:
    return wording.sentence(f"{landing.place.own} own tenths")


SPECS: Final = (of_map("most-deprived", "Share in the most deprived 10, 20 and 30%", deprived),)
