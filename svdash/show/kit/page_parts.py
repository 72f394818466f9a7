"""The parts of a page that is too much for one screen: one of them is drawn, chosen side by side above it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from svdash import wording
from svdash.show.kit import controls


@dataclass(frozen=True)
class Part:
    """One part of a page: its label, and what it asks for, by name in the address with the usual value."""

    label: str
    controls: Mapping[str, str] = field(default_factory=dict)


def choose(parts: Mapping[str, Part], first: str = "", empty: Collection[str] = ()) -> str:
    """Draw the choice of parts and return the name of the one chosen; ``first`` is open where the address names none.

    What only other parts ask for stays in the address for when the reader comes back to them. Parts that are ``empty``
    are named in grey, and :func:`why` says why; they can still be opened.
    """
    labels = {name: part.label for name, part in parts.items()}
    chosen = controls.switch("part", "What to look at", labels, first or next(iter(parts)), grey=empty)
    for other in parts.values():
        for name, usual in other.controls.items():
            if name not in parts[chosen].controls:
                controls.hold(name, usual)
    return chosen


def why(parts: Mapping[str, Part], empty: Mapping[str, str]) -> None:
    """Say under the choice of parts why some are grey: one line for each reason."""
    reasons: dict[str, list[str]] = {}
    for name, reason in empty.items():
        reasons.setdefault(reason, []).append(parts[name].label)
    told = [f"Not for {wording.every(labels)}: {reason}." for reason, labels in reasons.items()]
    if told:
        st.html(f'<p class="sv-sub">{escape(" ".join(told))}</p>')
