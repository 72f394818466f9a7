"""Whether the server can tell what it is asked: read by `/healthz`, and so by whoever watches over it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from svdash.access import server_places
from svdash.caching import disk_cache
from svdash.editions import Edition
from svdash.findings.reach import area_cells

# Seconds that an answer waits for lines that are being summed for the first time: many lines take longer.
PATIENCE_SECONDS: Final = 3.0


@dataclass(frozen=True)
class Health:
    """What is wrong: ``errors`` keep figures from being told, ``warnings`` cost time at the next start only."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def of(edition: Edition) -> Health:
    """Return what keeps figures of an edition from being told, as far as it is known within ``PATIENCE_SECONDS``."""
    found: list[str] = []
    # A thread of its own: sums that take minutes are not waited for, and are there for the next who asks.
    asking = threading.Thread(
        target=lambda: found.append(area_cells.problem(edition)), name="svdash-health", daemon=True
    )
    asking.start()
    asking.join(PATIENCE_SECONDS)
    warnings = [f"{why}. Set SVDASH_VAR to a folder that can be written." for why in disk_cache.troubles()]
    if not found:
        warnings.append("Payments and contacts are still being summed.")
    return Health(
        tuple(server_places.told(why) for why in found if why), tuple(map(server_places.told, warnings))
    )
