"""People of one district: added up from its areas as the map shows them, and what is hidden of them told.

What is shown tells nothing more when it is added. But areas too small to show are those that few people came from, so
that sums of the others lean: no verdict is given that the hidden areas could turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.disclosure import PRESETS
from svdash.editions import Edition
from svdash.findings.reach import area_cells
from svdash.register import Framework, View, place

DECILES: Final = range(1, 11)
# With more of the residents in areas too small to show, the others say too little of the district.
MOST_HIDDEN: Final = 0.2
# Variance of what rounding to a multiple of the base leaves of a count: all whole numbers that round to it are as likely.
ROUNDED: Final = (PRESETS["gss"].base ** 2 - 1) / 12
METHOD: Final = (
    "Within one district people are added up from the small areas that the map shows, as it shows them; areas too small to "
    "show are left out with their residents. They are those that few came from, so shares of the others lean, and nothing is "
    "called beyond chance that would not be if nobody came from them. Limits are widened by the rounding of each area. "
    "Years set beside each other are told of the areas that all of them show."
)


@dataclass(frozen=True)
class Part:
    """The people of a programme, by its id and name, within the district that ``where`` names."""

    programme: str
    name: str
    where: str


def shown(edition: Edition, part: Part, year: str) -> pd.DataFrame:
    """Return the district's places as the map shows them: columns as in ``places.people``."""
    rows = area_cells.people(edition, year, part.programme)
    return rows[rows["district_name"] == part.where]


def too_small(edition: Edition, part: Part, *years: str) -> pd.Series:
    """Say of each place whether it is too small to show in any of the years."""
    marks = [shown(edition, part, year)["marker"].eq("[c]") for year in years]
    return pd.Series(np.logical_or.reduce(marks), index=marks[0].index)


def hidden_share(edition: Edition, part: Part, *years: str) -> float:
    """Return the share of residents, 0 to 1, in places too small to show in any of the years."""
    lived = shown(edition, part, years[0])["population"].astype("float64")
    return float(lived[too_small(edition, part, *years)].sum()) / max(float(lived.sum()), 1.0)


def by_decile(edition: Edition, part: Part, year: str, beside: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return people by decile: ``decile``, ``amount``, ``marker``, ``population``, ``everyone``, ``rounding``.

    ``population`` is of the areas shown, in this year and those ``beside`` it, ``everyone`` of all areas;
    ``rounding`` is the variance that rounding leaves of the amount.
    """
    rows = shown(edition, part, year)
    # Where nobody was reached at all the map has no figures, and there is nothing to hold back.
    kept = rows[~too_small(edition, part, year, *beside)]
    people = kept["people"].astype("Float64").fillna(0.0).astype("float64")
    sums = (
        pd.DataFrame({"amount": people, "rounding": people.gt(0) * ROUNDED, "population": kept["population"]})
        .astype("float64")
        .groupby(kept["decile"].astype("Int64"))
        .sum()
        .reindex(DECILES, fill_value=0.0)
    )
    everyone = rows["population"].astype("float64").groupby(rows["decile"].astype("Int64")).sum()
    marker = pd.Series(
        ["[c]" if d in set(rows["decile"]) - set(kept["decile"]) else "" for d in DECILES], index=DECILES
    )
    told = sums.assign(
        amount=sums["amount"].mask(marker.ne("")),
        marker=marker,
        everyone=everyone.reindex(DECILES, fill_value=0.0),
    )
    return told.rename_axis("decile").reset_index()


def alike(edition: Edition, part: Part, years: list[str]) -> tuple[str, ...]:
    """Return the years that can be told of the same areas; none where those hide too much of the district together."""
    fine = tuple(year for year in years if area_cells.geography_of(edition, year, part.programme) == "lsoa")
    return fine if fine and hidden_share(edition, part, *fine) <= MOST_HIDDEN else ()


def coarse(edition: Edition, part: Part, year: str) -> str:
    """Say why the people cannot be told by decile: the map shows them by larger places; empty where it does not."""
    where = area_cells.geography_of(edition, year, part.programme)
    if where == "lsoa":
        return ""
    fine = area_cells.programmes_by(edition, View(), year, "lsoa")
    others = f", or a programme of people reached that small areas can be shown for: {wording.listing(fine, len(fine))}"
    return (
        f"{part.name} is shown by {area_cells.GEOGRAPHY_NAMES[where]} in {Framework.of(edition).calendar.named(year)}, too coarse to be told by "
        f"decile within {part.where}. Choose the whole {place(edition).noun}{others if fine else ''}."
    )


def too_much(edition: Edition, part: Part, *years: str) -> str:
    """Say that too much of the district is too small to show, in any of the years; empty where enough is shown."""
    hidden = hidden_share(edition, part, *years)
    if hidden <= MOST_HIDDEN:
        return ""
    named = wording.every((Framework.of(edition).calendar.named(year) for year in years), "or")
    return (
        f"Areas with {wording.percent(100 * hidden)} of {part.where}'s residents are too small to show for {part.name} in {named}, more than "
        f"{wording.percent(100 * MOST_HIDDEN, 0)}: shares of the others would mislead. Choose the whole {place(edition).noun}."
    )


def left_out(edition: Edition, part: Part, *years: str) -> str:
    """Say which areas are too small to show, in any of the years."""
    hidden = too_small(edition, part, *years)
    if not hidden.any():
        return f"Every area of {part.where} is shown and counted."
    of_years = " in one of the years" if len(years) > 1 else ""
    return (
        f"Too small to show{of_years} and left out: {wording.count(int(hidden.sum()), 'area')} of {wording.number(len(hidden))}, "
        f"with {wording.percent(100 * hidden_share(edition, part, *years))} of {part.where}'s residents; few came from there, so shares lean."
    )
