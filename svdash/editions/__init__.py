"""Chooses the data to look at. Pages, routes and commands call this once and pass the edition on; nothing else opens a pack.

An edition is a data pack with its present files, or such a pack with what people recorded and published above it. Other
kinds belong in this package: each implements :class:`Edition`, and :func:`current` chooses. A prototype of the workbench
stands above one of them and is never chosen: :mod:`svdash.editions.prototypes`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from svdash import settings
from svdash.tables import Edition, Kept, Pack, kept, open_pack

if TYPE_CHECKING:
    from svdash.editions.recorded import Beside, Recorded
    from svdash.records import Revision
    from svdash.records.agreed_actions import KeptAction
    from svdash.records.board_views import KeptView
    from svdash.records.champions_forum import LoggedEntry
    from svdash.records.evidence_verdicts import KeptVerdict
    from svdash.records.people import PostHolder
    from svdash.records.practice_reviews import KeptReview
    from svdash.records.testimonies import KeptTestimony

__all__ = [
    "Edition",
    "Kept",
    "TriedOut",
    "agreed_actions",
    "board_views",
    "current",
    "drafting",
    "evidence_verdicts",
    "forum_entries",
    "kept",
    "post_holders",
    "published_updates",
    "recorded_update",
    "reviews",
    "testimonies",
    "tried_out",
    "writable",
]


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


def recorded_update(edition: Edition, commitment: str, period: str) -> Revision | None:
    """Return the recorded update of a commitment and quarter that an edition shows; ``None`` where it shows none.

    It says more than the pack's table ``updates`` has columns for.
    """
    found = getattr(edition, "recorded", None)
    # The item's name as in records.quarterly_updates, which needs the libraries for databases.
    return None if found is None else found(f"update:{commitment}:{period}")


def published_updates(edition: Edition) -> tuple[Revision, ...]:
    """Return the recorded updates that an edition shows; none where nothing was recorded."""
    edition.table("updates")  # what is worked out of them is worked out again when these change
    return tuple(getattr(edition, "published", ()))


def post_holders(edition: Edition) -> tuple[PostHolder, ...]:
    """Return everybody who was entered as the holder of a post; none where nobody was."""
    edition.table("updates")  # its fingerprint covers the people too
    found = _beside(edition)
    return found.people if found else ()


def forum_entries(edition: Edition) -> tuple[LoggedEntry, ...]:
    """Return what the Champions' forum logged, as an edition has it, the newest meeting first."""
    found = _beside(edition)
    return found.entries if found else ()


def reviews(edition: Edition) -> tuple[KeptReview, ...]:
    """Return the reviews of practices and accreditations that stand above the pack."""
    found = _beside(edition)
    return found.reviews if found else ()


def testimonies(edition: Edition) -> tuple[KeptTestimony, ...]:
    """Return what citizens and panels told, as an edition has it; ask of each whether it is shown."""
    found = _beside(edition)
    return found.testimonies if found else ()


def agreed_actions(edition: Edition) -> tuple[KeptAction, ...]:
    """Return the actions that meetings agreed, as an edition has them, the one due first first."""
    found = _beside(edition)
    return found.actions if found else ()


def board_views(edition: Edition) -> tuple[KeptView, ...]:
    """Return what the Board and the Equality Panels rated and asked, as an edition has it, the newest first."""
    found = _beside(edition)
    return found.board if found else ()


def evidence_verdicts(edition: Edition) -> tuple[KeptVerdict, ...]:
    """Return what the evidence audit said of claims, the newest verdict on each."""
    found = _beside(edition)
    return found.verdicts if found else ()


class TriedOut(NamedTuple):
    """A prototype above an edition: what it stands on, and the identifier of its indicator."""

    below: Edition
    indicator: str


def tried_out(edition: Edition) -> TriedOut | None:
    """Return which prototype an edition has above another; ``None`` where all its indicators are agreed."""
    below = getattr(edition, "below", None)
    return None if below is None else TriedOut(below, str(getattr(edition, "prototype", "")))


def _beside(edition: Edition) -> Beside | None:
    """Return what an edition has beside its updates; ``None`` where nothing was recorded."""
    found: Beside | None = getattr(edition, "beside", None)
    return found


@cache
def _recorded() -> Recorded:
    # Imported where there are records: a server without any starts without the libraries for databases.
    from svdash.editions.recorded import Recorded

    return Recorded()


def writable(folder: str | Path | None = None) -> Pack:
    """Return the pack itself, for code that writes or checks its files. Arguments and errors as for ``current``."""
    return open_pack(folder)
