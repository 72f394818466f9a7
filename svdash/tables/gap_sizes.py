"""The smallest gap that matters, as the vocabulary's list ``smallest_gap`` sets it for an authority."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from svdash.measures.smallest_gap import SMALLEST, SmallestGap
from svdash.tables.dependencies import kept
from svdash.tables.edition import Edition
from svdash.tables.faults import Fault

LIST: Final = "smallest_gap"
# Code → what its label says, as a number.
_SIZES: Final = {
    "points": "from how many points on a difference of two percentages matters",
    "low": "up to what ratio below 1 a gap matters",
    "high": "from what ratio above 1 a gap matters",
}


@kept
def smallest_gap(edition: Edition) -> SmallestGap:
    """Return the smallest gap that matters to the authority. What it doesn't set, or sets as no size, is the product's own."""
    given = {code: size for code, size in _numbers(edition).items() if size is not None and code in _SIZES}
    try:
        return SmallestGap(**{**_own(), **given})
    except ValueError:
        # :func:`faults` names it; a page still needs a size to go by.
        return SMALLEST


def faults(edition: Edition) -> tuple[Fault, ...]:
    """Return the codes and labels of the list that are no size of a gap."""
    return tuple(_faults(edition))


def _faults(edition: Edition) -> Iterator[Fault]:
    found = _numbers(edition)
    for code, size in found.items():
        if code not in _SIZES:
            known = ", ".join(_SIZES)
            yield Fault(
                "vocabulary", None, "code", code, f"is not a size of the list {LIST}", f"Use one of: {known}."
            )
        elif size is None:
            yield Fault(
                "vocabulary", None, "label", code, "has no number for a label", f"Write {_SIZES[code]}."
            )
    given = {code: size for code, size in found.items() if size is not None and code in _SIZES}
    try:
        SmallestGap(**{**_own(), **given})
    except ValueError as error:
        remedy = "Write points of 0 or more, low of at most 1 and high of at least 1."
        yield Fault("vocabulary", None, "label", None, str(error), remedy)


def _own() -> dict[str, float]:
    return {"points": SMALLEST.points, "low": SMALLEST.low, "high": SMALLEST.high}


def _numbers(edition: Edition) -> Mapping[str, float | None]:
    """Return code → the number that its label says; None where it is none."""
    if "vocabulary" not in edition.tables:
        return {}
    words = edition.table("vocabulary")
    rows = words[words["list"] == LIST]
    return {str(code): _number(str(label)) for code, label in zip(rows["code"], rows["label"], strict=True)}


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
