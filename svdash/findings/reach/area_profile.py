"""One area in full: its figure beside that of its district and of the whole area of the authority."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.disclosure import CONFIDENTIAL, rounded
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.reach import area_cells, area_change
from svdash.findings.reach.area_figures import PARAMETERS, AreaMap, MapChoice, area_map, choice_of, settle
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, Framework, View, place

# Whether the compared year is shown beside the year.
ONE, BOTH = "", "yes"


def beside(edition: Edition, view: View, choice: MapChoice, code: str, before: str = ONE) -> Finding:
    """Return one area beside its district and the whole, whichever district is looked at.

    With ``before`` ``yes`` the figures of the compared year stand beside those of the year, as far as the map of change
    can tell the two apart.
    """
    settled, view = settle(edition, view, choice), view.with_(district=ALL)
    two = before == BOTH and not area_change.change(edition, view, settled).empty
    return _beside(edition, view, settled, code, two=two)


@kept
def _beside(edition: Edition, view: View, choice: MapChoice, code: str, *, two: bool) -> Finding:
    found = area_map(edition, view, choice)
    then = area_map(edition, view.with_(year=view.compare), choice) if two else found
    area = records(area_cells.areas(edition).loc[[code]])[0]
    frame = _table(edition, found, area)
    if two:
        frame = frame.assign(before=_table(edition, then, area)["figure"])
    columns = {"who": "Place", "figure": "Figure"}
    if two:
        columns = {
            "who": "Place",
            "before": view.compare,
            "figure": area_cells.year_of_view(Framework.of(edition), view),
        }
    status = least_official(found.statuses)
    measured = area_change.change(edition, view, choice).subtitle if two else found.subtitle
    return Finding(
        name="area",
        row_key=("who",),
        params={**found.params, "area": code, **({"before": BOTH} if two else {})},
        headline=f"{area['name']}, {area['district_name']}",
        subtitle=f"{_deprived(edition, area)}. {measured}",
        frame=frame.assign(status=status),
        columns={**columns, "residents": area_cells.title(edition, "population"), "status": "Status"},
        statuses=found.statuses,
        sources=found.sources,
        updated=found.updated,
        method=found.method,
        about={**found.about, **({"compared": view.compare} if two else {})},
        vintage=found.vintage,
        view=view,
        empty=found.empty,
    )


def _deprived(edition: Edition, area: dict[str, Any]) -> str:
    """Return the decile and rank of an area in words; those that contradict each other are withheld."""
    if pd.isna(area["decile"]) or pd.isna(area["rank"]):
        return "Deprivation not known: its rank and decile contradict each other, or are missing"
    rank = wording.number(float(area["rank"]))
    return (
        f"Decile {area['decile']} of 10 for deprivation; {area_cells.title(edition, 'rank').lower()}: {rank}"
    )


def _table(edition: Edition, found: AreaMap, area: dict[str, Any]) -> pd.DataFrame:
    """Return ``who``, ``figure``, ``residents`` of the area, its district and the whole; none of a map without figures."""
    rows: list[dict[str, object]] = []
    if not found.empty:
        rows = (
            _deciles(edition, found, area)
            if found.choice.show == "deprivation"
            else _reached(edition, found, area)
            if found.choice.show == "reach"
            else _spent(edition, found, area)
        )
    return pd.DataFrame(rows, columns=["who", "figure", "residents"])


def _deciles(edition: Edition, found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    rows, domain = found.frame, found.choice.domain
    parts = [
        (str(area["name"]), rows[rows["code"] == area["code"]]),
        (str(area["district_name"]), rows[rows["district_name"] == area["district_name"]]),
        (place(edition).start, rows),
    ]
    return [
        {
            "who": who,
            "figure": f"{wording.percent((part[domain] == 1).mean() * 100, 0)} of areas in decile 1"
            if len(part) > 1
            else f"decile {part[domain].iloc[0]} of 10",
            "residents": int(part["population"].sum()),
        }
        for who, part in parts
        if len(part)
    ]


def _spent(edition: Edition, found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    """The spend of an area, its district and the whole, summed from what the map shows."""
    rows = found.frame
    parts = [
        (str(area["name"]), rows[rows["place"] == area["code"]]),
        (str(area["district_name"]), rows[rows["district_name"] == area["district_name"]]),
        (place(edition).start, rows),
    ]
    table: list[dict[str, object]] = []
    for who, part in parts:
        residents, pounds = float(part["population"].sum()), float(part["pounds"].sum())
        words = f"{wording.money(pounds / residents)} per resident ({wording.money(pounds)})"
        table.append({"who": who, "figure": words, "residents": int(residents)})
    return table


def _reached(edition: Edition, found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    """The people of the map's place that the area is in, of its district and of the whole, hidden places among them."""
    year, programme = area_cells.year_of_view(Framework.of(edition), found.view), found.choice.programme
    geography = area_cells.geography_of(edition, year, programme)
    places = area_cells.people(edition, year, programme).set_index("place")
    districts = area_cells.districts_of_people(edition, year, programme)["exact_people"]
    own, district = str(area[area_cells.PLACE[geography]]), str(area["district_name"])
    parts = [
        (
            str(places.loc[own, "name"]),
            places.loc[[own]],
            float(places["exact_people"].get(own, float("nan"))),
        ),
        (district, places[places["district_name"] == district], float(districts.get(district, float("nan")))),
        (place(edition).start, places, area_cells.base_of_people(edition, year, programme)),
    ]
    return [
        {"who": who, "figure": _per_1000(people, residents), "residents": residents}
        for who, part, people in (parts[1:] if geography == "district" else parts)
        for residents in [int(part["population"].sum())]
    ]


def _per_1000(people: float, residents: int) -> str:
    """Write a rate of exact people and their count to the nearest five."""
    if pd.isna(people):
        return f"{CONFIDENTIAL} {wording.MARKERS[CONFIDENTIAL]}"
    words = wording.number(float(rounded(pd.Series([people])).iloc[0]))
    rate = disclosure.rate(1000 * people / residents, residents)
    return f"{wording.per_thousand(rate, some=people > 0)} per 1,000 residents ({words} people)"


def _codes(edition: Edition) -> tuple[str, ...]:
    return tuple(area_cells.areas(edition).index)


SPECS: Final = (
    Spec(
        "area",
        "One area beside its district and the whole area",
        lambda edition, view, given: beside(edition, view, choice_of(given), given["area"], given["before"]),
        parameters={
            **PARAMETERS,
            "area": Parameter("Code of the area", _codes),
            "before": Parameter(
                "Whether the compared year is shown beside the year", lambda _: (ONE, BOTH), ONE
            ),
        },
    ),
)
