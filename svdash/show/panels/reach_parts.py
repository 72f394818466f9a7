"""The parts of the page reach and spend: the map, and what goes deeper than it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from svdash.findings.reach import (
    catchments,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
)
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import map_features
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page import Here
from svdash.show.kit.page_parts import Part
from svdash.show.panels import area_map

ROWS: Final = 10
PLACES: Final = 30
MAP: Final = "map"
CATCHMENTS: Final = catchments.NAME


def draw(now: Here) -> None:
    """Draw the controls, then the part that they choose."""
    part = page_parts.chosen(
        PARTS,
        "The map and its deciles; how reach or spend follows deprivation; the same in each district; what an even spread would take; deprived areas with little; who lives near a place of service; what changed.",
    )
    part.draw(now, area_map.ask(now, mapped=part is PARTS[MAP]))


def _map(now: Here, asked: MapChoice) -> None:
    found = area_map.mapped(now, asked)
    left, right = st.columns([8, 4], gap="large")
    with left:
        area_map.draw(now, found)
    with right:
        area_map.chosen_area(now, found)
        page.finding(reach_by_decile.by_decile(now.edition, now.view, asked), narrow=True)
    area_map.table(now, found)


def _concentration(now: Here, asked: MapChoice) -> None:
    page.finding(concentration.curve(now.edition, now.view, asked))
    page.finding(most_deprived.deprived(now.edition, now.view, asked))
    page.finding(concentration.by_year(now.edition, now.view, asked))


def _districts(now: Here, asked: MapChoice) -> None:
    page.finding(district_comparison.districts(now.edition, now.view, asked))


def _parity(now: Here, asked: MapChoice) -> None:
    with st.columns([3, 7])[0]:
        baseline = controls.pick(
            "baseline",
            "Set beside",
            parity.BASELINES,
            next(iter(parity.BASELINES)),
            "Whose share of the residents reach or spend is set beside.",
        )
    page.finding(parity.parity(now.edition, now.view, asked, baseline), rows=PLACES)


def _cold(now: Here, asked: MapChoice) -> None:
    found = cold_spots.coldspots(now.edition, now.view, asked)
    if not found.empty:
        st.button(
            "See them on the map",
            key="cold-on-map",
            on_click=_on_map,
            help="The same cold spots in orange, among the other deprived areas",
        )
    page.finding(found, rows=ROWS, narrow=True)


def _on_map() -> None:
    st.session_state["style"] = map_features.COLD
    controls.choose("part", MAP)


def _catchments(now: Here, asked: MapChoice) -> None:
    with st.columns([2, 8])[0]:
        within = controls.pick(
            "within",
            "Within",
            catchments.choices(now.edition),
            catchments.USUAL,
            "How near a place of the programme is near: kilometres in a straight line, or minutes where the data pack has travel times.",
        )
    page.finding(catchments.catchments(now.edition, now.view, asked, within))


def _change(now: Here, asked: MapChoice) -> None:
    page.finding(decile_change.change(now.edition, now.view, asked))


PARTS: Final[dict[str, Part[[Here, MapChoice]]]] = {
    MAP: Part("Map", _map, {"area": "", "sites": "", "background": "none"}),
    "concentration": Part("Concentration", _concentration),
    "districts": Part("By district", _districts),
    "parity": Part("What parity would take", _parity, {"baseline": next(iter(parity.BASELINES))}),
    "cold-spots": Part("Cold spots", _cold),
    CATCHMENTS: Part("Catchments", _catchments, {"within": catchments.USUAL}),
    "change": Part("Change", _change),
}
