"""People of one district by decile: told where the programme's people are told by smaller places than districts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.findings.reach import area_cells
from svdash.findings.reach.reached_counts import DECILES
from svdash.register import Framework, View, place

METHOD: Final = (
    "Within one district a share is of everybody reached there whose decile is known, those in areas too small to show too; "
    "its deciles pass disclosure control together with its areas and with the deciles of the whole."
)


@dataclass(frozen=True)
class Part:
    """The people of a programme, by its id and name, within the district that ``where`` names."""

    programme: str
    name: str
    where: str


def shown(edition: Edition, part: Part, year: str) -> pd.DataFrame:
    """Return the district's places as the map shows them: columns as in ``area_cells.people``."""
    rows = area_cells.people(edition, year, part.programme)
    return rows[rows["district_name"] == part.where]


def by_decile(edition: Edition, part: Part, year: str) -> pd.DataFrame:
    """Return exact people by decile, all ten: ``decile``, ``amount``, ``marker``; none in deciles that the district does not have."""
    rows = area_cells.deciles_of_people(edition, year, part.programme, part.where).set_index("decile")
    rows = rows[["exact_people", "marker"]].reindex(DECILES)
    marker = rows["marker"].fillna("").astype("str")
    amount = rows["exact_people"].astype("float64").where(marker.ne(""), rows["exact_people"].fillna(0.0))
    return pd.DataFrame({"decile": DECILES, "amount": amount.to_numpy(), "marker": marker.to_numpy()})


def coarse(edition: Edition, part: Part, year: str) -> str:
    """Say why the people cannot be told by decile: the map shows them by district; empty where it does not."""
    where = area_cells.geography_of(edition, year, part.programme)
    if where != "district":
        return ""
    fine = area_cells.programmes_by(edition, View(), year, "lsoa", "msoa")
    others = f", or a programme of people reached that smaller areas can be shown for: {wording.listing(fine, len(fine))}"
    return (
        f"{part.name} is shown by {area_cells.GEOGRAPHY_NAMES[where]} in {Framework.of(edition).calendar.named(year)}, too coarse to be shown by "
        f"decile within {part.where}. Choose the whole {place(edition).noun}{others if fine else ''}."
    )
