"""One area in full: its figure beside that of its district and of the city region."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash.disclosure import rounded
from svdash.findings import places
from svdash.findings.areas import AreaMap, Asked, area_map, settle
from svdash.findings.base import Finding, records
from svdash.framework import ALL, NONE, Framework, View
from svdash.pack import Pack
from svdash.show import wording

REGION: Final = "City region"
# Whether the compared year stands beside the year.
ONE, BOTH = "", "yes"


def beside(pack: Pack, view: View, asked: Asked, code: str, before: str = ONE) -> Finding:
    """Return one area beside its district and the city region, whichever district is looked at.

    With ``before`` ``yes`` the figures of the compared year stand beside those of the year; deprivation has none.
    """
    settled, view = settle(pack, view, asked), view.with_(district=ALL)
    two = before == BOTH and view.compare != NONE and settled.show != "deprivation"
    key = ("reach.beside", view, settled, code, two)
    return pack.remember(key, lambda: _beside(pack, view, settled, code, two=two))


def _beside(pack: Pack, view: View, asked: Asked, code: str, *, two: bool) -> Finding:
    found = area_map(pack, view, asked)
    area = records(places.areas(pack).loc[[code]])[0]
    frame = _table(pack, found, area)
    year = places.year_of_view(Framework.of(pack), view)
    columns = {"who": "Place", "figure": "Figure"}
    if two:
        then = _table(pack, area_map(pack, view.with_(year=view.compare), asked), area).set_index("who")
        frame = frame.assign(before=frame["who"].map(then["figure"]))
        columns = {"who": "Place", "before": view.compare, "figure": year}
    status = found.statuses[-1] if found.statuses else "none"
    return Finding(
        name="area",
        params={**found.params, "area": code, **({"before": BOTH} if two else {})},
        headline=f"{area['name']}, {area['district_name']}",
        subtitle=f"Decile {area['decile']} of 10 for deprivation; {places.title(pack, 'rank').lower()}: "
        f"{wording.number(float(area['rank']))}. {found.subtitle}",
        frame=frame.assign(status=status),
        columns={**columns, "residents": places.title(pack, "population"), "status": "Status"},
        statuses=found.statuses,
        updated=found.updated,
        method=found.method,
        vintage=found.vintage,
        view=view,
        empty=found.empty,
    )


def _table(pack: Pack, found: AreaMap, area: dict[str, Any]) -> pd.DataFrame:
    """Return ``who``, ``figure``, ``residents`` of the area, its district and the city region; none of a map without figures."""
    rows: list[dict[str, object]] = []
    if not found.empty:
        rows = _deciles(found, area) if found.asked.show == "deprivation" else _figures(pack, found, area)
    return pd.DataFrame(rows, columns=["who", "figure", "residents"])


def _deciles(found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    rows, domain = found.frame, found.asked.domain
    parts = [
        (str(area["name"]), rows[rows["code"] == area["code"]]),
        (str(area["district_name"]), rows[rows["district_name"] == area["district_name"]]),
        (REGION, rows),
    ]
    return [
        {
            "who": who,
            "figure": f"{(part[domain] == 1).mean() * 100:.0f}% of areas in decile 1"
            if len(part) > 1
            else f"decile {part[domain].iloc[0]} of 10",
            "residents": int(part["population"].sum()),
        }
        for who, part in parts
        if len(part)
    ]


def _figures(pack: Pack, found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    """The figure of a place, its district and the city region, summed from what the map shows."""
    year, asked = places.year_of_view(Framework.of(pack), found.view), found.asked
    geography = places.geography_of(pack, year, asked.programme) if asked.show == "reach" else "lsoa"
    place = area[{"lsoa": "code", "msoa": "msoa", "district": "district"}[geography]]
    rows = found.frame
    parts = [
        (str(rows.loc[rows["place"] == place, "name"].iloc[0]), rows[rows["place"] == place]),
        (str(area["district_name"]), rows[rows["district_name"] == area["district_name"]]),
        (REGION, rows),
    ]
    table: list[dict[str, object]] = []
    for who, part in parts[1:] if geography == "district" else parts:
        residents = float(part["population"].sum())
        if asked.show == "spend":
            pounds = float(part["pounds"].sum())
            told = f"{wording.money(pounds / residents)} per resident ({wording.money(pounds)})"
        elif len(part) == 1 and part["marker"].iloc[0]:
            told = f"{part['marker'].iloc[0]} {wording.MARKERS[part['marker'].iloc[0]]}"
        else:
            people = int(rounded(pd.Series([float(part["people"].sum())])).iloc[0])
            told = f"{1000 * people / residents:,.1f} per 1,000 residents ({wording.number(people)} people)"
        table.append({"who": who, "figure": told, "residents": int(residents)})
    return table
