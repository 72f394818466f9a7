"""What a reader is looking at: one value or ``all`` for each filter."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Final

ALL: Final = "all"
NONE: Final = "none"
# Filters that stand above every page, and those that an address can carry.
BAR: Final = ("role", "commitment", "year", "compare", "district")
FILTERS: Final = (*BAR, "vintage")


@dataclass(frozen=True)
class View:
    """What the reader is looking at: one value or ``all`` for each filter.

    ``compare`` is a second financial year, or ``none``; ``district`` is a code of the areas' own. ``vintage`` is the
    edition of the Indices of Deprivation that the pack's areas carry: there is but one, so it chooses nothing and
    lets an address say which edition it was written for.
    """

    role: str = ALL
    commitment: str = ALL
    year: str = ALL
    compare: str = NONE
    district: str = ALL
    vintage: str = ALL

    def params(self) -> dict[str, str]:
        """Return every filter as it is written in an address."""
        return asdict(self)

    def with_(self, **changes: str) -> View:
        """Return the same view with some filters changed."""
        return replace(self, **changes)
