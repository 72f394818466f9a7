"""How findings and pages name the place that an authority serves."""

from __future__ import annotations

from svdash.tables import Edition
from svdash.tables.authority import authority
from svdash.wording.places import Place


def place(edition: Edition) -> Place:
    """Return the kind of place that an edition is about, as sentences name it. It needs no register."""
    return Place(authority(edition).place)
