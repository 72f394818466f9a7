"""Frames that passed the gate, kept so that a later start need not reckon again: the gate takes a second.

They stand in ``gated`` in the folder of :func:`svdash.settings.var_folder`, by the fingerprints of the tables they are worked
out from and by the code that did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from svdash.caching import disk_cache
from svdash.settings import var_folder
from svdash.tables import checked_tables


def folder(*of: str) -> Path:
    """Return where frames stand that were worked out from data with these fingerprints, by this very code."""
    whole = hashlib.sha256(" ".join([*of, checked_tables.code(), _code()]).encode())
    return var_folder() / "gated" / whole.hexdigest()[:16]


def fetch(there: Path, name: str) -> pd.DataFrame | None:
    """Return what is kept under a name in a folder; ``None`` where there is nothing."""
    files = disk_cache.fetch(there)
    return None if files is None or name not in files else disk_cache.unpacked(files[name])


def put(there: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Keep frames for later starts, beside those of a few versions before. Raises ``OSError`` where that fails."""
    disk_cache.put(there, {name: disk_cache.packed(frame) for name, frame in frames.items()})
    disk_cache.forget(there, checked_tables.MOST_VERSIONS)


@cache
def _code() -> str:
    """Fingerprint of the gate, of the measures and of the findings, which hand it the counts."""
    house = Path(__file__).parents[1]
    rooms = ("disclosure", "measures", "lines", "register", "findings")
    own = (path for room in rooms for path in (house / room).rglob("*.py"))
    return disk_cache.code(sorted([*own, house / "years.py"]))
