"""How finely what passed the gate may be written.

What passes is worked with exactly, so that no verdict is made by rounding, and written coarsely. Exact figures stand in
columns whose names begin with ``exact_``: no finding takes such a column, so none can be written by mistake.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from svdash.disclosure.rules import FINE_BASE, PRESETS

EXACT: Final = "exact_"
_DIGITS: Final = 2
_LEAST_BASE: Final = PRESETS["gss"].least_base
# What a decimal may be out by as a binary number, so that halves go up.
_HAIR: Final = 1e-9


def rounded(counts: pd.Series, base: int = 5) -> pd.Series:
    """Round counts to the nearest ``base``, halves up, so that the same count is the same everywhere."""
    steps = np.floor(counts.astype("float64") / base + 0.5)
    return pd.Series(steps * base, index=counts.index).astype("Int64")


def percents(values: pd.Series, bases: pd.Series) -> pd.Series:
    """Round percentages: one decimal where at least a hundred people are the base, else whole ones."""
    scale = np.where(bases.astype("float64") >= FINE_BASE, 10.0, 1.0)
    return pd.Series(np.floor(values.astype("float64") * scale + 0.5 + _HAIR) / scale, index=values.index)


def rates(values: pd.Series, residents: pd.Series) -> pd.Series:
    """Round rates per 1,000 ``residents`` as finely as percentages: whole numbers, tens where fewer than a hundred live.

    A whole number per 1,000 is one decimal of a percentage. Where too few live for a percentage the rate is missing.
    """
    lived = residents.astype("float64")
    step = np.where(lived >= FINE_BASE, 1.0, 10.0)
    told = step * np.floor(values.astype("float64") / step + 0.5 + _HAIR)
    return pd.Series(told, index=values.index).where(lived >= _LEAST_BASE)


def rate(value: float, residents: float) -> float:
    """Round one rate as :func:`rates` does a column; a map has thousands, and a column takes a hundred times as long to make."""
    if not residents >= _LEAST_BASE:
        return math.nan
    step = 1.0 if residents >= FINE_BASE else 10.0
    return step * math.floor(value / step + 0.5 + _HAIR) if math.isfinite(value) else float(value)


def ratios(values: pd.Series) -> pd.Series:
    """Round ratios to two significant figures."""
    exact = values.astype("float64")
    size = exact.abs().where(exact != 0)
    scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(size)))
    told = np.sign(exact) * np.floor(size * scale + 0.5 + _HAIR) / scale
    return pd.Series(told, index=values.index).where(exact != 0, exact)


def as_written(
    frame: pd.DataFrame,
    *,
    percent: Mapping[str, Sequence[str]] | None = None,
    ratio: Sequence[str] = (),
) -> pd.DataFrame:
    """Return a frame as it may leave: without exact columns, percentages and ratios no finer than allowed.

    ``percent`` says which columns of percentages or points have which column as their base; where it is missing, they are
    whole.
    """
    out = frame.copy()
    for base, columns in (percent or {}).items():
        for name in columns:
            out[name] = percents(frame[name], frame[base])
    for name in ratio:
        out[name] = ratios(frame[name])
    return out[[name for name in out if not str(name).startswith(EXACT)]]
