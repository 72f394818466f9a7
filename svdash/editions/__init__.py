"""Chooses the data to look at. Pages, routes and commands call this once and pass the edition on; nothing else opens a pack.

An edition is a data pack with its present files. Other kinds (a pack with records above it, a snapshot of a year, the
workbench's prototypes) belong in this package: each implements :class:`Edition`, and :func:`current` chooses.
"""

from __future__ import annotations

from pathlib import Path

from svdash.tables import Edition, Kept, Pack, kept, open_pack

__all__ = ["Edition", "Kept", "current", "kept", "writable"]


def current(folder: str | Path | None = None) -> Edition:
    """Return the present edition: the same object as long as its files do not change.

    Args:
        folder: the data pack; by default the one in the settings.

    Raises:
        PackError: no pack can be read there.
    """
    return open_pack(folder)


def writable(folder: str | Path | None = None) -> Pack:
    """Return the pack itself, for code that writes its files. Arguments and errors as for ``current``."""
    return open_pack(folder)
