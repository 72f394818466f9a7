"""The equality page's own controls, and what each of its parts draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from svdash.findings.equality import (
    comparison_groups,
    equality_summary,
    owners,
    pay_by_group,
    pay_gap_parts,
    pay_returns,
    recruitment,
    services,
    unknown_groups,
    workforce,
)
from svdash.findings.equality.comparison_groups import Chosen
from svdash.register import ALL, NOT_STATED
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page import Here
from svdash.show.kit.page_parts import Part

# Rows of a long table that are drawn; the CSV has them all.
ROWS: Final = 24
_PANEL, _CHARACTERISTIC, _REFERENCE = "panel", "characteristic", "reference"


def draw(now: Here) -> None:
    """Draw the controls, then the part that they choose."""
    part = page_parts.chosen(
        PARTS, "Each part asks the same of another place: staff, applicants, pay, suppliers, services."
    )
    chosen, panel = _ask(now, part.asks)
    part.draw(now, chosen, panel)


def _ask(now: Here, asks: Mapping[str, str]) -> tuple[Chosen, str]:
    if not asks:
        return Chosen(), ALL
    spots = st.columns([2, 3, 3, 4], vertical_alignment="bottom")
    with spots[0]:
        panel = controls.pick(
            _PANEL,
            "Equality Panel",
            {ALL: "All characteristics", **comparison_groups.panels(now.edition)},
            ALL,
            "The Equality Panels look at some of the characteristics each.",
        )
    if _CHARACTERISTIC not in asks:
        return Chosen(), panel
    options = comparison_groups.characteristics(now.edition, panel)
    with spots[1]:
        characteristic = controls.pick(
            _CHARACTERISTIC,
            "Characteristic",
            options,
            next(iter(options), ""),
            "What people are told apart by: protected characteristics, and the groups the Framework names.",
        )
    groups = {
        code: label
        for code, label in comparison_groups.groups(now.edition, characteristic).items()
        if code != NOT_STATED
    }
    usual = comparison_groups.usual(now.edition, characteristic, list(groups))
    with spots[2]:
        reference = controls.pick(
            _REFERENCE,
            "Compared with",
            groups,
            usual,
            "The group that the others are compared with. Its own gap is nothing by definition.",
        )
    return Chosen(characteristic, "" if reference == usual else reference), panel


def _look(now: Here, chosen: Chosen, panel: str) -> None:
    del chosen  # the panel's characteristics all at once
    page.finding(equality_summary.summary(now.edition, now.view, panel), rows=ROWS)


def _workforce(now: Here, chosen: Chosen, _: str) -> None:
    page.finding(workforce.shares(now.edition, now.view, chosen))
    if chosen.characteristic == workforce.target_characteristic(now.edition):
        page.finding(workforce.target(now.edition, now.view))


def _recruitment(now: Here, chosen: Chosen, _: str) -> None:
    page.finding(recruitment.funnel(now.edition, now.view, chosen))


def _pay(now: Here, chosen: Chosen, _: str) -> None:
    page.finding(pay_returns.returns(now.edition, now.view))
    page.finding(pay_by_group.groups(now.edition, now.view, chosen))
    page.finding(pay_gap_parts.split(now.edition, now.view, chosen))


def _owners(now: Here, chosen: Chosen, _: str) -> None:
    page.finding(owners.owners(now.edition, now.view, chosen))
    page.finding(owners.answers(now.edition, now.view, chosen))


def _services(now: Here, chosen: Chosen, _: str) -> None:
    page.finding(services.groups(now.edition, now.view, chosen))
    page.finding(services.gradient(now.edition, now.view))


def _unknown(now: Here, chosen: Chosen, _: str) -> None:
    del chosen  # the grid has every characteristic
    page.finding(unknown_groups.register(now.edition, now.view), rows=ROWS)
    page.finding(unknown_groups.share_measured(now.edition, now.view))


_ASKED: Final = dict.fromkeys((_PANEL, _CHARACTERISTIC, _REFERENCE), "")
PARTS: Final[dict[str, Part[[Here, Chosen, str]]]] = {
    "look": Part("In one look", _look, {_PANEL: ""}),
    "workforce": Part("Workforce", _workforce, _ASKED),
    "recruitment": Part("Recruitment", _recruitment, _ASKED),
    "pay": Part("Pay", _pay, _ASKED),
    "owners": Part("Suppliers and investees", _owners, _ASKED),
    "services": Part("Services", _services, _ASKED),
    "unknown": Part("What we don't know", _unknown),
}
