"""Keeps the checked tables of one version of a pack, so that a later start need not check them again.

They stand in ``checked`` in the folder of :func:`svdash.settings.var_folder`, by the pack's fingerprint and by the
code that checked them. Guard that folder as the pack itself: counts in it are exact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from svdash.caching import disk_cache
from svdash.settings import var_folder
from svdash.tables.faults import Fault

# Number of versions kept; each is about as large as its pack.
MOST_VERSIONS: Final = 4
_ABOUT: Final = "about.json"


@dataclass(frozen=True)
class CheckedTables:
    """Faults of a pack, what can't be in it, rows withheld by table, and the sound rows of each table as Arrow."""

    faults: tuple[Fault, ...]
    contradictions: tuple[Fault, ...]
    withheld: Mapping[str, int]
    tables: Mapping[str, bytes]

    def table(self, name: str) -> pd.DataFrame:
        """Return the sound rows of a table in the dtypes of :mod:`svdash.tables.values`."""
        return disk_cache.unpacked(self.tables[name])


def fetch(fingerprint: str) -> CheckedTables | None:
    """Return the kept tables of a version of a pack, checked by this version of the code; ``None`` if there are none."""
    files = disk_cache.fetch(_folder(fingerprint))
    if files is None:
        return None
    about = json.loads(files[_ABOUT])
    tables = {name: data for name, data in files.items() if name != _ABOUT}
    faults, contradictions = (
        tuple(Fault(**fault) for fault in about[kind]) for kind in ("faults", "contradictions")
    )
    return CheckedTables(faults, contradictions, about["withheld"], tables)


def put(
    fingerprint: str,
    faults: tuple[Fault, ...],
    contradictions: tuple[Fault, ...],
    tables: Mapping[str, tuple[pd.DataFrame, int]],
) -> None:
    """Keep faults, contradictions and tables (rows without faults, how many were withheld). Raises ``OSError`` if that fails."""
    about = {
        "faults": [asdict(fault) for fault in faults],
        "contradictions": [asdict(fault) for fault in contradictions],
        "withheld": {n: withheld for n, (_, withheld) in tables.items()},
    }
    files = {name: disk_cache.packed(frame) for name, (frame, _) in tables.items()}
    folder = _folder(fingerprint)
    disk_cache.put(folder, {**files, _ABOUT: json.dumps(about).encode()})
    disk_cache.forget(folder, MOST_VERSIONS)


def _folder(fingerprint: str) -> Path:
    return var_folder() / "checked" / hashlib.sha256(f"{fingerprint} {code()}".encode()).hexdigest()[:16]


@cache
def code() -> str:
    """Return a fingerprint of the code that reads and checks tables."""
    return disk_cache.code(sorted([*Path(__file__).parent.glob("*.py"), Path(disk_cache.__file__)]))
