"""The equality page's own controls, and what each of its parts draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from svdash.findings.equality import base, workforce
from svdash.findings.equality.base import Chosen
from svdash.framework import ALL, NOT_STATED
from svdash.show import controls, page
from svdash.show.page import Here


@dataclass(frozen=True)
class Part:
    """One part of the page: its name, and how it is drawn for a characteristic."""

    label: str
    draw: Callable[[Here, Chosen], None]
    by_characteristic: bool = True


def ask(now: Here) -> tuple[str, Chosen]:
    """Draw the controls; return the part of the page and what it is asked for."""
    part = controls.switch(
        "part",
        "What to look at",
        {code: each.label for code, each in PARTS.items()},
        "workforce",
        "Each part answers the same question of another place: staff, applicants, pay, suppliers, services.",
    )
    if not PARTS[part].by_characteristic:
        return part, Chosen()
    spots = st.columns([2, 3, 3, 4], vertical_alignment="bottom")
    with spots[0]:
        panel = controls.pick(
            "panel",
            "Equality Panel",
            {ALL: "All characteristics", **base.panels(now.pack)},
            ALL,
            "The Equality Panels look at some of the characteristics each.",
        )
    options = base.characteristics(now.pack, panel)
    with spots[1]:
        characteristic = controls.pick(
            "characteristic",
            "Characteristic",
            options,
            next(iter(options), ""),
            "What people are told apart by: protected characteristics, and the groups the Framework names.",
        )
    groups = base.groups(now.pack, characteristic)
    usual = base.usual(now.pack, characteristic, list(groups))
    with spots[2]:
        reference = controls.pick(
            "reference",
            "Compared with",
            {code: label for code, label in groups.items() if code != NOT_STATED},
            usual,
            "The group that the others are compared with. Its own gap is nothing by definition.",
        )
    return part, Chosen(characteristic, "" if reference == usual else reference)


def _workforce(now: Here, chosen: Chosen) -> None:
    page.finding(workforce.shares(now.pack, now.view, chosen))
    if chosen.characteristic == workforce.target_characteristic(now.pack):
        page.finding(workforce.target(now.pack, now.view))


PARTS: Final = {
    "workforce": Part("Workforce", _workforce),
}
