"""The one gate: counts of people pass it before a rate, a verdict or a picture is made of them.

Rules of Government Statistical Service guidance on disclosure control: 0 is shown; small counts are
suppressed; other counts are rounded; one more cell of a row or column total is suppressed where a single
one could be worked back; rates come from what was gated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

CONFIDENTIAL: Final = "[c]"
UNRELIABLE: Final = "[k]"
NOT_AVAILABLE: Final = "[x]"
MARKER_COLUMN: Final = "marker"


@dataclass(frozen=True)
class Preset:
    """Thresholds of one set of rules: counts from 1 to ``small`` are suppressed, others rounded to ``base``."""

    small: int
    base: int
    least_base: int


PRESETS: Final = {"gss": Preset(4, 5, 10), "nhs": Preset(7, 5, 10), "tre": Preset(9, 5, 10)}
# METHODS: an annual share of the whole authority is worked out exactly from a base this large.
EXACT_BASE: Final = 500
EXACT_NUMERATOR: Final = 10


def rounded(counts: pd.Series, base: int = 5) -> pd.Series:
    """Round counts to the nearest ``base``, halves up, so that the same count is the same everywhere."""
    steps = (counts.astype("float64") / base + 0.5).apply(np.floor)
    return (steps * base).astype("Int64")


def _rules(preset: str) -> Preset:
    if preset not in PRESETS:
        raise ValueError(f"preset '{preset}' is not known; use one of {', '.join(PRESETS)}")
    return PRESETS[preset]


def protect(
    frame: pd.DataFrame,
    counts: str,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    preset: str = "gss",
) -> pd.DataFrame:
    """Gate one column of counts of people.

    ``frame`` holds one count a row; ``rows`` and ``columns`` name the keys along which totals are, or could
    be, published. Returns a copy in which the count is rounded or missing, with a column ``marker`` that says
    ``[c]`` where it was suppressed. Raises ``ValueError`` for an unknown preset, a missing column, a negative
    or a fractional count.
    """
    rules = _rules(preset)
    missing = [name for name in (counts, *rows, *columns) if name not in frame]
    if missing:
        raise ValueError(
            f"the frame has no column {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}"
        )
    index, frame = frame.index, frame.reset_index(drop=True)
    exact = frame[counts].astype("float64")
    wrong = (exact < 0) | (exact != np.floor(exact)) & exact.notna()
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"row {place}: {exact.iloc[place]:g} is not a whole count of people from 0 upwards")
    hidden = exact.between(1, rules.small)
    for _ in range(len(frame)):
        more = hidden | _secondary(frame, exact, hidden, rows) | _secondary(frame, exact, hidden, columns)
        if more.equals(hidden):
            break
        hidden = more
    gated = frame.copy()
    gated[counts] = rounded(exact, rules.base).mask(hidden)
    marker = gated[MARKER_COLUMN] if MARKER_COLUMN in gated else pd.Series("", index=gated.index, dtype="str")
    gated[MARKER_COLUMN] = marker.mask(hidden, CONFIDENTIAL)
    return gated.set_axis(index)


def _secondary(frame: pd.DataFrame, exact: pd.Series, hidden: pd.Series, keys: Sequence[str]) -> pd.Series:
    """Give every count that is hidden alone along ``keys`` company: the smallest other one above zero."""
    company = pd.Series(False, index=frame.index)
    if not keys:
        return company
    line = frame.groupby(list(keys), sort=False, dropna=False).ngroup()
    alone = hidden.groupby(line).transform("sum") == 1
    others = exact[alone & ~hidden & (exact > 0)].sort_values(kind="stable")
    company[others.index[~line[others.index].duplicated()]] = True
    return company


def share(
    frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    exact_allowed: pd.Series,
    rows: Sequence[str] = (),
    preset: str = "gss",
) -> pd.DataFrame:
    """Gate a numerator and a denominator and work out the percentage from what is left.

    ``rows`` names the keys of one line of groups: their numerators add up to the denominator, so a numerator
    is never hidden alone among them. ``exact_allowed`` marks annual shares of the whole authority: from a base of at least 500 and a numerator
    of at least 10 they come from the exact counts, while the counts beside them stay rounded. Returns a copy
    with gated counts, ``percent`` (missing where suppressed) and ``marker`` (``[c]`` or ``[k]``).
    """
    rules = _rules(preset)
    gated = protect(frame, numerator, rows=rows, preset=preset)
    gated = protect(gated, denominator, preset=preset)
    exact = exact_allowed & (frame[denominator] >= EXACT_BASE) & (frame[numerator] >= EXACT_NUMERATOR)
    exact &= gated[numerator].notna() & gated[denominator].notna()
    top = gated[numerator].astype("float64")
    base = gated[denominator].astype("float64")
    small = (base < rules.least_base) & (gated[MARKER_COLUMN] == "")
    percent = (100 * top / base.where(base >= rules.least_base)).clip(upper=100)
    exactly = (
        (100 * frame[numerator].astype("float64") / frame[denominator].astype("float64"))
        .round(1)
        .clip(upper=100)
    )
    gated["percent"] = percent.mask(exact, exactly)
    gated[MARKER_COLUMN] = gated[MARKER_COLUMN].mask(small, UNRELIABLE)
    return gated
