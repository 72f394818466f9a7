"""Checks whether the server can answer, for `/healthz` and the monitoring that reads it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from svdash.access import server_places
from svdash.caching import disk_cache
from svdash.editions import Edition
from svdash.findings.reach import area_cells

# Seconds that an answer waits while lines are summed for the first time. Many lines take longer.
PATIENCE_SECONDS: Final = 3.0


@dataclass(frozen=True)
class Health:
    """Problems: ``errors`` prevent figures, ``warnings`` only cost time at the next start."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def of(edition: Edition) -> Health:
    """Return the problems of an edition that are known within ``PATIENCE_SECONDS``."""
    found: list[str] = []
    # Use a thread: sums may take minutes, and are ready for a later request.
    asking = threading.Thread(
        target=lambda: found.append(area_cells.problem(edition)), name="svdash-health", daemon=True
    )
    asking.start()
    asking.join(PATIENCE_SECONDS)
    warnings = [f"{why}. Set SVDASH_VAR to a folder that can be written." for why in disk_cache.troubles()]
    if edition.notice:
        warnings.append(edition.notice)
    if not found:
        warnings.append("Payments and contacts are still being summed.")
    return Health(
        tuple(server_places.for_visitors(why) for why in found if why),
        tuple(map(server_places.for_visitors, warnings)),
    )
