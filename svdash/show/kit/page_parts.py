"""The parts of a page that is too much for one screen: one of them is drawn, chosen side by side above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from svdash.show.kit import controls


@dataclass(frozen=True)
class Part:
    """One part of a page: its label, and what it asks for, by name in the address with the usual value."""

    label: str
    asks: Mapping[str, str] = field(default_factory=dict)


def choose(parts: Mapping[str, Part], first: str = "") -> str:
    """Draw the choice of parts and return the name of the one chosen; ``first`` is open where the address names none.

    What only other parts ask for stays in the address for when the reader comes back to them.
    """
    labels = {name: part.label for name, part in parts.items()}
    chosen = controls.switch("part", "What to look at", labels, first or next(iter(parts)))
    for other in parts.values():
        for name, usual in other.asks.items():
            if name not in parts[chosen].asks:
                controls.hold(name, usual)
    return chosen
