"""The reach and spend page's own controls: what its parts ask for beside what the map shows."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from svdash.findings.finding import Finding
from svdash.findings.reach import catchments, parity
from svdash.maps import map_features
from svdash.show.kit import controls
from svdash.show.kit.page import Here

# What parts ask for, by name in the address with the usual value.
BASELINE: Final = {"baseline": next(iter(parity.BASELINES))}
WITHIN: Final = {"within": catchments.USUAL}


# The parts that ask for one of them.
ASKING: Final = ("parity", "catchments")


def ask(now: Here, part: str, spot: DeltaGenerator | None) -> tuple[str, str]:
    """Draw what a part asks for where ``spot`` is; return whose residents are set beside, and how near is near."""
    if spot is None or part not in ASKING:
        return BASELINE["baseline"], WITHIN["within"]
    with spot:
        return (
            _baseline() if part == "parity" else BASELINE["baseline"],
            _within(now) if part == "catchments" else WITHIN["within"],
        )


def _baseline() -> str:
    return controls.pick(
        "baseline",
        "Set beside",
        parity.BASELINES,
        BASELINE["baseline"],
        "The group whose share of residents is shown beside its share of reach or spend.",
    )


def _within(now: Here) -> str:
    return controls.pick(
        "within",
        "Within",
        catchments.choices(now.edition),
        WITHIN["within"],
        "How near a place of the programme is near: kilometres in a straight line, or minutes where the data pack has travel times.",
    )


def on_map(found: Finding) -> None:
    """Draw the button that shows cold spots on the map, where there are any."""
    if not found.empty:
        st.button(
            "See them on the map",
            key="cold-on-map",
            on_click=_on_map,
            help="The same cold spots in orange, among the other deprived areas",
        )


def _on_map() -> None:
    st.session_state["style"] = map_features.COLD
    controls.choose("part", "map")
