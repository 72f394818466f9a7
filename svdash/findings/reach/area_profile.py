"""One area in full: its figure beside that of its district and of the whole area of the authority."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.disclosure import rounded
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.reach import area_cells, area_change
from svdash.findings.reach.area_figures import PARAMETERS, AreaMap, MapChoice, area_map, choice_of, settle
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, Framework, View, place

# Whether the compared year stands beside the year.
ONE, BOTH = "", "yes"


def beside(edition: Edition, view: View, asked: MapChoice, code: str, before: str = ONE) -> Finding:
    """Return one area beside its district and the whole, whichever district is looked at.

    With ``before`` ``yes`` the figures of the compared year stand beside those of the year, as far as the map of change
    can tell the two apart.
    """
    settled, view = settle(edition, view, asked), view.with_(district=ALL)
    two = before == BOTH and not area_change.change(edition, view, settled).empty
    return _beside(edition, view, settled, code, two=two)


@kept
def _beside(edition: Edition, view: View, asked: MapChoice, code: str, *, two: bool) -> Finding:
    found = area_map(edition, view, asked)
    then = area_map(edition, view.with_(year=view.compare), asked) if two else found
    area = records(area_cells.areas(edition).loc[[code]])[0]
    # Years are set beside each other by the places that both of them show.
    shown = _shown(found) & _shown(then)
    frame = _table(edition, found, area, shown)
    columns = {"who": "Place", "figure": "Figure"}
    if two:
        frame = frame.assign(before=_table(edition, then, area, shown)["figure"])
        columns = {
            "who": "Place",
            "before": view.compare,
            "figure": area_cells.year_of_view(Framework.of(edition), view),
        }
    status = least_official(found.statuses)
    measured = area_change.change(edition, view, asked).subtitle if two else found.subtitle
    return Finding(
        name="area",
        row_key=("who",),
        params={**found.params, "area": code, **({"before": BOTH} if two else {})},
        headline=f"{area['name']}, {area['district_name']}",
        subtitle=f"Decile {area['decile']} of 10 for deprivation; {area_cells.title(edition, 'rank').lower()}: "
        f"{wording.number(float(area['rank']))}. {measured}",
        frame=frame.assign(status=status),
        columns={**columns, "residents": area_cells.title(edition, "population"), "status": "Status"},
        sentence=_left_out(shown, place(edition).noun),
        statuses=found.statuses,
        sources=found.sources,
        updated=found.updated,
        method=found.method,
        about={**found.about, **({"compared": view.compare} if two else {})},
        vintage=found.vintage,
        view=view,
        empty=found.empty,
    )


def _shown(found: AreaMap) -> pd.Series:
    """Say by place whether the map shows a figure; deprivation is always shown."""
    if "place" not in found.frame:
        return pd.Series(dtype="bool")
    return found.frame.set_index("place")["marker"].ne("[c]")


def _left_out(shown: pd.Series, whole: str) -> str:
    hidden = int((~shown).sum())
    if not hidden:
        return ""
    return f"Rates of district and {whole} are of the areas shown; too small to show: {hidden} of {wording.number(len(shown))}."


def _table(edition: Edition, found: AreaMap, area: dict[str, Any], shown: pd.Series) -> pd.DataFrame:
    """Return ``who``, ``figure``, ``residents`` of the area, its district and the whole; none of a map without figures."""
    rows: list[dict[str, object]] = []
    if not found.empty:
        rows = (
            _deciles(edition, found, area)
            if found.asked.show == "deprivation"
            else _figures(edition, found, area, shown)
        )
    return pd.DataFrame(rows, columns=["who", "figure", "residents"])


def _deciles(edition: Edition, found: AreaMap, area: dict[str, Any]) -> list[dict[str, object]]:
    rows, domain = found.frame, found.asked.domain
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


def _figures(
    edition: Edition, found: AreaMap, area: dict[str, Any], shown: pd.Series
) -> list[dict[str, object]]:
    """The figure of a place, its district and the whole, summed from what the map shows."""
    year, asked = area_cells.year_of_view(Framework.of(edition), found.view), found.asked
    geography = area_cells.geography_of(edition, year, asked.programme) if asked.show == "reach" else "lsoa"
    own = area[area_cells.PLACE[geography]]
    rows = found.frame
    parts = [
        (str(rows.loc[rows["place"] == own, "name"].iloc[0]), rows[rows["place"] == own]),
        (str(area["district_name"]), rows[rows["district_name"] == area["district_name"]]),
        (place(edition).start, rows),
    ]
    table: list[dict[str, object]] = []
    for who, every in parts[1:] if geography == "district" else parts:
        # Rates need the same places above and below the line.
        part = every[shown.reindex(every["place"]).to_numpy(dtype=bool)] if len(every) > 1 else every
        residents = float(part["population"].sum())
        if asked.show == "spend":
            pounds = float(part["pounds"].sum())
            told = f"{wording.money(pounds / residents)} per resident ({wording.money(pounds)})"
        elif len(part) == 1 and part["marker"].iloc[0]:
            told = f"{part['marker'].iloc[0]} {wording.MARKERS[part['marker'].iloc[0]]}"
        else:
            people = int(rounded(pd.Series([float(part["people"].sum())])).iloc[0])
            told = f"{wording.number(1000 * people / residents, 1)} per 1,000 residents ({wording.number(people)} people)"
        table.append({"who": who, "figure": told, "residents": int(residents)})
    return table


def _codes(edition: Edition) -> tuple[str, ...]:
    return tuple(area_cells.areas(edition).index)


SPECS: Final = (
    Spec(
        "area",
        "One area beside its district and the whole area",
        lambda edition, view, asked: beside(edition, view, choice_of(asked), asked["area"], asked["before"]),
        parameters={
            **PARAMETERS,
            "area": Parameter("Code of the area", _codes),
            "before": Parameter(
                "Whether the compared year stands beside the year", lambda _: (ONE, BOTH), ONE
            ),
        },
    ),
)
