"""Which data is looked at. Pages, routes and commands ask here once and hand the edition on; nothing else opens a pack.

An edition is a data pack as its files stand. Other kinds (with what people recorded above the pack, a snapshot of a
year, the workbench's prototypes) are modules of this room: each gives what :class:`Edition` names, and :func:`current`
chooses.
"""

from __future__ import annotations

from pathlib import Path

from svdash.tables import Edition, Kept, Pack, kept, open_pack

__all__ = ["Edition", "Kept", "current", "kept", "writable"]


def current(folder: str | Path | None = None) -> Edition:
    """Return the edition that is looked at now: the same object for as long as its files don't change.

    Args:
        folder: of the data pack; that of the settings by default.

    Raises:
        PackError: there is no pack that can be read.
    """
    return open_pack(folder)


def writable(folder: str | Path | None = None) -> Pack:
    """Return the pack beneath the editions, for those who write into its files. Arguments and errors as ``current``."""
    return open_pack(folder)
