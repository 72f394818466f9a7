"""The equality page's own controls: which panel, which characteristic, compared with which group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from svdash.findings.equality import comparison_groups
from svdash.findings.equality.comparison_groups import Chosen
from svdash.register import ALL, NOT_STATED
from svdash.show.kit import controls
from svdash.show.kit.page import Here

# Rows of a long table that are drawn; the CSV has them all.
ROWS: Final = 24
_PANEL, _CHARACTERISTIC, _REFERENCE = "panel", "characteristic", "reference"
# What parts ask for, by name in the address with the usual value.
PANEL: Final = {_PANEL: ""}
GROUPS: Final = dict.fromkeys((_PANEL, _CHARACTERISTIC, _REFERENCE), "")


def ask(now: Here, asks: Mapping[str, str]) -> tuple[Chosen, str]:
    """Draw the controls that a part asks for; return the characteristic with its comparison group, and the panel."""
    if not asks:
        return Chosen(), ALL
    panels = {ALL: "All characteristics", **comparison_groups.panels(now.edition)}
    tip = "Each Equality Panel looks at some of the characteristics."
    if _CHARACTERISTIC not in asks:
        return Chosen(), controls.pick(_PANEL, "Equality Panel", panels, ALL, tip, width=380)
    spot = st.container(width="content")
    with controls.more("More", "equality"):
        panel = controls.pick(_PANEL, "Equality Panel", panels, ALL, tip)
        reference = st.container()
    options = comparison_groups.characteristics(now.edition, panel)
    with spot:
        characteristic = controls.pick(
            _CHARACTERISTIC, "Characteristic", options, next(iter(options), ""), width=330
        )
    groups = {
        code: label
        for code, label in comparison_groups.groups(now.edition, characteristic).items()
        if code != NOT_STATED
    }
    usual = comparison_groups.usual(now.edition, characteristic, list(groups))
    with reference:
        beside = controls.pick(
            _REFERENCE,
            "Compared with",
            groups,
            usual,
            "The group that the others are compared with. Its own gap is zero by definition.",
        )
    return Chosen(characteristic, "" if beside == usual else beside), panel
