"""Chooses the data to look at. Pages, routes and commands call this once and pass the edition on; nothing else opens a pack.

An edition is a data pack with its present files, or such a pack with what people recorded and published above it. Other
kinds (a snapshot of a year, the workbench's prototypes) belong in this package: each implements :class:`Edition`, and
:func:`current` chooses.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from svdash import settings
from svdash.tables import Edition, Kept, Pack, kept, open_pack

if TYPE_CHECKING:
    from svdash.editions.recorded import Recorded

__all__ = ["Edition", "Kept", "current", "drafting", "kept", "revision_of", "writable"]


def current(folder: str | Path | None = None) -> Edition:
    """Return the present edition: the same object as long as neither its files nor what is published change.

    Args:
        folder: a data pack, looked at alone; by default the one in the settings, with its records.

    Raises:
        PackError: no pack can be read there.
    """
    pack, file = open_pack(folder), settings.database_file()
    if folder is not None or (file is not None and not file.is_file()):
        return pack
    return _recorded().over(pack, settings.database_url())


def drafting() -> Edition:
    """Return the present edition with what was saved last above it, published or not: for those who write updates.

    Raises:
        PackError: no pack can be read there.
    """
    pack, file = open_pack(), settings.database_file()
    if file is not None and not file.is_file():
        return pack
    return _recorded().over(pack, settings.database_url(), drafts=True)


def revision_of(edition: Edition, item: str) -> int | None:
    """Return which revision of a recorded item an edition shows; ``None`` where it shows none."""
    recorded = getattr(edition, "published", ())
    return next((each.number for each in recorded if each.item == item), None)


@cache
def _recorded() -> Recorded:
    # Imported where there are records: a server without any starts without the libraries for databases.
    from svdash.editions.recorded import Recorded

    return Recorded()


def writable(folder: str | Path | None = None) -> Pack:
    """Return the pack itself, for code that writes its files. Arguments and errors as for ``current``."""
    return open_pack(folder)
