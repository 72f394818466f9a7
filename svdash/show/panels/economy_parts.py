"""The local economy page's parts: one question each, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from svdash.editions import Edition
from svdash.findings.economy import (
    contracts,
    local_spend,
    supplier_concentration,
    supplier_kinds,
    supplier_standards,
    unreached_places,
)
from svdash.findings.finding import Finding
from svdash.register import View
from svdash.show.kit import page, page_parts
from svdash.show.kit.page import Here
from svdash.show.kit.page_parts import Part


def draw(now: Here) -> None:
    """Draw the choice of parts, then the findings of the one chosen."""
    part = page_parts.chosen(
        PARTS, "Each part asks another question of the same payments, contracts and suppliers."
    )
    part.draw(now)


def _of(*findings: Callable[[Edition, View], Finding]) -> Callable[[Here], None]:
    """Return what draws findings one below the other."""

    def draw(now: Here) -> None:
        for build in findings:
            page.finding(build(now.edition, now.view))

    return draw


PARTS: Final[dict[str, Part[[Here]]]] = {
    "places": Part("Where suppliers are", _of(local_spend.places, local_spend.retained)),
    "kinds": Part("What kind they are", _of(supplier_kinds.kinds)),
    "suppliers": Part("How few get most", _of(supplier_concentration.concentration)),
    "contracts": Part("Contracts", _of(contracts.contracts)),
    "standards": Part(
        "Standards and multiplier", _of(supplier_standards.standards, supplier_standards.multiplier)
    ),
    "unreached": Part("Whom money does not reach", _of(unreached_places.unreached)),
}
