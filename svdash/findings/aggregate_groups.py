"""Groups that put others together, so that nobody is counted twice."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from svdash.editions import Edition
from svdash.register import Framework
from svdash.tables import split


def aggregates(edition: Edition) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (characteristic, group) → the groups it puts together, as the vocabulary's list ``aggregate`` names them."""
    named = Framework.of(edition).vocabulary.labels("aggregate")
    pairs = {code.partition("=")[::2]: split(parts) for code, parts in named.items()}
    return {(characteristic, group): tuple(parts) for (characteristic, group), parts in pairs.items()}


def without_doubles(counts: pd.DataFrame, made: Mapping[tuple[str, str], tuple[str, ...]]) -> pd.DataFrame:
    """Leave out aggregates that stand in a table beside groups they put together: they would be counted twice.

    ``counts`` has ``characteristic`` and ``group``.
    """
    doubled = pd.Series(False, index=counts.index)
    for (characteristic, group), parts in made.items():
        own = counts["characteristic"] == characteristic
        if (own & counts["group"].isin(parts)).any():
            doubled |= own & (counts["group"] == group)
    return counts[~doubled]
