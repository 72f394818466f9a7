"""Cold spots on the map: deprived areas with little reach or spend, among the others."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells, area_figures, cold_spots
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.findings.reach.distribution import Landing
from svdash.register import Framework, View

NAME: Final = "cold-spots"
CLASSES: Final = ("not deprived", "deprived, not cold", "cold spot: deprived, with little {noun}")
COLD: Final = len(CLASSES) - 1


def coldmap(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    """Return the cold spots of reach or spend on the map; its table is that of :func:`coldspots.coldspots`."""
    landing = land.of(edition, view, choice)
    return _coldmap(edition, view, landing)


@kept
def _coldmap(edition: Edition, view: View, landing: Landing) -> AreaMap:
    found = cold_spots.coldspots(edition, view, landing.choice)
    values: dict[str, Any] = {each.name: getattr(found, each.name) for each in fields(Finding)}
    values |= {"chart": None, "legend": "", "choice": landing.choice, "shape": NAME}
    if found.empty:
        return AreaMap(**values)
    rows = area_figures.of_district(edition, _classed(edition, view, landing, found.frame), view)
    counts = [f"{_named(klass, landing)}: {int((rows['klass'] == klass).sum())}." for klass in (2, 1, 0)]
    year = Framework.of(edition).calendar.named(area_cells.year_of_view(Framework.of(edition), view))
    what = f"{wording.sentence(landing.name)}, {year}, {land.mark(edition, landing)}"
    return AreaMap(
        **{**values, "alt": f"Map of cold spots. {' '.join(counts)}"},
        drawn=area_figures.per_area(
            edition, rows.assign(size=0.0), str(rows["geography"].iloc[0]), what, "size"
        ),
        limits=tuple(_named(klass, landing) for klass in range(len(CLASSES))),
    )


def _named(klass: int, landing: Landing) -> str:
    return CLASSES[klass].format(noun=landing.noun)


def _classed(edition: Edition, view: View, landing: Landing, cold: pd.DataFrame) -> pd.DataFrame:
    """Return every place with its class and what is told of it; those that are cold in their order."""
    year = area_cells.year_of_view(Framework.of(edition), view)
    where = cold_spots.counted_by(edition, landing, year)
    base = area_cells.by_place(edition, where).reset_index(drop=True)
    known = cold_spots.every_area(edition, view, cold_spots.whole(edition, landing), year).set_index("place")
    rows = base.join(known[["rate", "deep", "marker"]], on="place")
    order = rows["place"].map(cold.set_index("place")["order"])
    near = cold.set_index("place").reindex(rows["place"])
    shown = rows["rate"].notna()
    klass = np.select([~shown, order.notna(), rows["deep"].eq(True)], [-1, COLD, 1], 0)
    classed = rows.assign(
        klass=klass, order=order, near=near["nearest"].to_numpy(), km=near["distance"].to_numpy()
    )
    tips = [_tip(row, landing) for row in records(classed)]
    drawn = disclosure.rates(rows["rate"], rows["population"]) if landing.people else rows["rate"]
    return classed.assign(geography=where, told=tips, rate=drawn)


def _tip(row: dict[str, Any], landing: Landing) -> str:
    if row["klass"] < 0:
        return f"{row['marker']} {wording.MARKERS[row['marker']]}" if row["marker"] else "no residents known"
    text = f"{cold_spots.rate_in_words(row['rate'], float(row['population']), landing)}\n{wording.sentence(_named(row['klass'], landing))}"
    if row["klass"] != COLD:
        return text
    near = (
        f"\nNearest place of service: {row['near']}, {wording.number(row['km'], 1)} km" if row["near"] else ""
    )
    return f"{text}, number {int(row['order'])} in order{near}"
