"""The parts of a page that is too much for one screen: one of them is drawn, chosen side by side above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, ParamSpec

from svdash.show.kit import controls

P = ParamSpec("P")


@dataclass(frozen=True)
class Part(Generic[P]):
    """One part of a page: its name, how it is drawn, and what it asks for, by name with the usual value."""

    label: str
    draw: Callable[P, None]
    asks: Mapping[str, str] = field(default_factory=dict)


def chosen(parts: Mapping[str, Part[P]], tip: str, first: str = "") -> Part[P]:
    """Draw the choice of parts and return the one chosen; ``first`` is the one that is open where the address names none.

    What only other parts ask for stays in the address for when the reader comes back to them.
    """
    labels = {code: part.label for code, part in parts.items()}
    part = parts[controls.switch("part", "What to look at", labels, first or next(iter(parts)), tip)]
    for other in parts.values():
        for name, usual in other.asks.items():
            if name not in part.asks:
                controls.hold(name, usual)
    return part
