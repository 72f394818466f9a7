"""Which parts of the page on reach and spend have nothing to show of a programme, and why."""

from __future__ import annotations

from typing import Final

from svdash.editions import Edition
from svdash.findings.reach import area_cells
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice
from svdash.findings.reach.distribution import Landing
from svdash.register import ALL, Framework, View

# Parts that tell areas smaller than a district apart.
_OF_AREAS: Final = ("districts", "cold-spots")
# Parts that need people by decile.
_OF_DECILES: Final = ("concentration", "change")


def parts(edition: Edition, view: View, choice: MapChoice) -> dict[str, str]:
    """Return why parts of the page can't be filled, by their names; those that can are left out.

    A map of deprivation is asked for the people of the usual programme, as the parts are.
    """
    landing = land.of(edition, view, choice)
    year = area_cells.year_of_view(Framework.of(edition), view)
    if landing.people and area_cells.without_people(edition, view, landing.choice.programme):
        return {}
    found = _of_people(edition, landing, year) if landing.people else {}
    programme, sites = landing.choice.programme, area_cells.table(edition, "places")
    if programme != ALL and not sites["programme"].eq(programme).any():
        found["catchments"] = f"the data pack has no places of {landing.name}"
    return found


def _of_people(edition: Edition, landing: Landing, year: str) -> dict[str, str]:
    """Return what people of one programme can't fill: they may be told by places too large, or not by every decile."""
    programme, found = landing.choice.programme, {}
    if area_cells.problem(edition, area_cells.CONTACTS):
        return {}
    if area_cells.geography_of(edition, year, programme) == "district":
        found = dict.fromkeys(_OF_AREAS, f"{landing.name} reaches so few that it is shown by district only")
        if landing.of_district:
            found |= dict.fromkeys(_OF_DECILES, f"{landing.name} is not shown by decile within a district")
    return found
