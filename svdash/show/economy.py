"""The local economy page's parts: one question each, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from svdash.findings.base import Finding
from svdash.findings.economy import contracts, kinds, spend, standards, suppliers, unreached
from svdash.framework import View
from svdash.pack import Pack
from svdash.show import controls, page
from svdash.show.page import Here


@dataclass(frozen=True)
class Part:
    """One part of the page: its name and the findings it draws."""

    label: str
    findings: tuple[Callable[[Pack, View], Finding], ...]


def draw(now: Here) -> None:
    """Draw the choice of parts, then the findings of the one chosen."""
    code = controls.switch(
        "part",
        "What to look at",
        {code: each.label for code, each in PARTS.items()},
        next(iter(PARTS)),
        "Each part asks another question of the same payments, contracts and suppliers.",
    )
    for build in PARTS[code].findings:
        page.finding(build(now.pack, now.view))


PARTS: Final = {
    "places": Part("Where suppliers are", (spend.places, spend.retained)),
    "kinds": Part("What kind they are", (kinds.kinds,)),
    "suppliers": Part("How few get most", (suppliers.concentration,)),
    "contracts": Part("Contracts", (contracts.contracts,)),
    "standards": Part("Standards and multiplier", (standards.standards, standards.multiplier)),
    "unreached": Part("Whom money does not reach", (unreached.unreached,)),
}
