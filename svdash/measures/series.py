"""Reading a frame into a series: which points may be tested, and which rows are not among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from svdash.measures.assessment import Kind, Limit, LimitCode, Nature, Polarity
from svdash.measures.intervals import Floats, byar, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Nothing is counted here that chance could be judged by, whatever columns come along.
_NO_INTERVAL = frozenset({"GBP", "hours", "index"})
# Counts shown beside a figure may be rounded to the nearest five, so they need not agree with it exactly.
_ROUNDED_TO = 5.0
# A year as 2024, 2024/25 or 2024/2025, alone or with its quarter or half.
_PERIOD = re.compile(r"(\d{4})(?:/\d{2}|/\d{4})?(?: (?:(Q)([1-4])|(H)([12])))?")
_A_YEAR = {"Q": 4, "H": 2, "": 1}
# How many of them make a year, by what one row covers.
PERIODS_A_YEAR = {"quarter": 4.0, "half-year": 2.0, "month": 12.0}
# A published percentage has one decimal at least, so it may lie half of one from what its counts give.
_HALF_A_TENTH = 0.05 + 1e-9


@dataclass(frozen=True)
class Series:
    """The points that may be tested, oldest first, with their kind, unit and polarity."""

    periods: tuple[str, ...]
    time: Floats
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    kind: Kind
    unit: str
    polarity: Polarity
    period_name: str
    # Of money and the like nothing is sampled; a share published without its counts is another matter.
    full_count: bool = False
    nature: Nature = field(default_factory=Nature)

    @property
    def points(self) -> int:
        """How many points may be tested."""
        return len(self.periods)

    def years_since(self, earlier: int) -> float:
        """How many years lie between an earlier point and the latest."""
        return float(self.time[-1] - self.time[earlier]) / PERIODS_A_YEAR.get(self.period_name, 1.0)


def read(
    frame: pd.DataFrame, polarity: Polarity, kind: Kind | None, unit: str | None, period_name: str
) -> tuple[Series, list[Limit]]:
    """Pick the testable points of a frame, and name the rows and gaps that are not among them.

    The arguments are those of svdash.measures.trend.assess. Raises ValueError for periods that repeat or run
    backwards, for what is not a number, for counts that cannot be right and for words that are not known,
    with the row and the value.
    """
    _known("polarity", polarity, get_args(Polarity))
    periods, time = _periods(frame)
    kind = kind or _kind(frame, unit)
    unit = unit if unit is not None else ("percent" if kind == "proportion" else "")
    full = interval_frame(frame, kind)
    value, lower, upper = (full[name].to_numpy(dtype=float) for name in ("value", "lower", "upper"))
    numerator, denominator = _column(frame, "numerator"), _column(frame, "denominator")
    if kind == "proportion":
        value = _unrounded(value, numerator, denominator)
    if kind == "count":
        numerator = np.where(np.isnan(numerator), value, numerator)
    shown, counted, part = ~np.isnan(value), ~np.isnan(lower), _part(frame)
    full_count = False
    if not counted.any():
        # Figures published without the counts behind them can be shown, not tested, whatever they measure.
        full_count, kind, counted = kind == "none", "none", shown
    kept = shown & counted & ~part
    series = Series(
        periods=tuple(np.array(periods, dtype=object)[kept]),
        time=time[kept],
        value=value[kept],
        lower=lower[kept],
        upper=upper[kept],
        numerator=numerator[kept],
        denominator=denominator[kept],
        kind=kind,
        unit=unit,
        polarity=polarity,
        period_name=period_name,
        full_count=full_count,
    )
    left_out = [
        *_limit("no-figure", periods, ~shown),
        *_breaks(periods, time),
        *_limit("part", periods, shown & part, value),
        *_limit("without-counts", periods, shown & ~counted & ~part, value),
    ]
    return series, left_out


def _limit(
    code: LimitCode, periods: list[str], rows: NDArray[np.bool_], value: Floats | None = None
) -> list[Limit]:
    """Name the rows that are marked, if there are any, with their figures where they are given."""
    at = np.flatnonzero(rows)
    figures = () if value is None else tuple(float(figure) for figure in value[at])
    return [Limit(code, tuple(periods[i] for i in at), figures)] if len(at) else []


def _unrounded(value: Floats, numerator: Floats, denominator: Floats) -> Floats:
    """Take the percentage that the counts give where the given one is that, rounded: differences are of unrounded ones."""
    counted = 100 * numerator / denominator
    return np.where(np.abs(value - counted) <= _HALF_A_TENTH, counted, value)


def _breaks(periods: list[str], time: Floats) -> list[Limit]:
    """Name the neighbours of the periods that have no row at all."""
    return [Limit("gap", (periods[i], periods[i + 1])) for i in np.flatnonzero(np.diff(time) > 1)]


def interval_frame(frame: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Copy the frame with `lower` and `upper`, the 95% interval of each row's value in the value's unit.

    Proportions: Wilson, in percent, from `numerator` and `denominator`. Counts: Byar (exact below 10), from
    `numerator`, or `value` where there is none. Kind "none": missing limits, and the value must be given;
    for the other kinds an empty `value` is filled from the counts. A headcount of everybody has no sampling
    error: call its interval "how much could be chance turnover".

    Raises ValueError, with the row, where counts cannot be right or a value cannot belong to the counts
    beside it.
    """
    _known("kind", kind, get_args(Kind))
    absent = {"numerator", "denominator"} - set(frame) if kind == "proportion" else set()
    if absent and len(frame):
        message = f"a proportion needs a column {' and '.join(sorted(absent))}; there is {_listed(frame)}"
        raise ValueError(message)
    value, numerator, denominator = (_column(frame, name) for name in ("value", "numerator", "denominator"))
    lower = upper = np.full(len(frame), np.nan)
    if kind == "proportion":
        lower, upper = (100 * limit for limit in wilson(numerator, denominator))
        value = _filled(value, 100 * numerator / denominator, 100 * _ROUNDED_TO / denominator)
    elif kind == "count":
        value = _filled(value, numerator, np.full(len(frame), _ROUNDED_TO))
        lower, upper = byar(np.where(np.isnan(numerator), value, numerator))
    return frame.assign(value=value, lower=lower, upper=upper)


def _periods(frame: pd.DataFrame) -> tuple[list[str], Floats]:
    """Read period labels and their places in time: the year, quarter or half where every label is one, else the row."""
    rows = np.arange(len(frame), dtype=float)
    if not len(frame):
        return [], rows
    if "period" not in frame:
        message = f"the frame needs a column period; there is {_listed(frame)}"
        raise ValueError(message)
    periods: list[str] = []
    for row, raw in enumerate(frame["period"], start=1):
        if pd.isna(raw) or not str(raw).strip():
            message = f"row {row}: the period is empty"
            raise ValueError(message)
        if str(raw) in periods:
            message = f"row {row}: period {raw} is there twice: keep one row a period"
            raise ValueError(message)
        periods.append(str(raw))
    years = _places(periods)
    if years is None:
        return periods, rows
    steps = np.diff(years)
    if np.any(steps < 0):
        row = int(np.argmax(steps < 0)) + 1
        message = f"row {row + 1}: {periods[row]} comes after {periods[row - 1]}: put the oldest row first"
        raise ValueError(message)
    return periods, years if np.all(steps > 0) else rows


def places_in_time(periods: list[str]) -> Floats:
    """Return where periods stand in time, counted in periods: by their years, quarters or halves, else by their rows."""
    found = _places(periods)
    return np.arange(len(periods), dtype=float) if found is None else found


def _places(periods: list[str]) -> Floats | None:
    """Count the labels in periods of their own kind; None where one is no year, quarter or half, or kinds are mixed."""
    found = [_PERIOD.fullmatch(period) for period in periods]
    parts = [(match[1], match[2] or match[4] or "", match[3] or match[5]) for match in found if match]
    kinds = {letter for _, letter, _ in parts}
    if len(parts) < len(periods) or len(kinds) != 1:
        return None
    a_year = _A_YEAR[kinds.pop()]
    return np.array([float(a_year * int(year) + int(part or 0)) for year, _, part in parts])


def _kind(frame: pd.DataFrame, unit: str | None) -> Kind:
    """Tell from the filled columns and the unit what kind of figure this is."""
    counts, bases = (not np.isnan(_column(frame, name)).all() for name in ("numerator", "denominator"))
    if not counts or unit in _NO_INTERVAL:
        return "none"
    if unit in (None, "percent"):
        return "proportion" if bases else ("count" if unit is None else "none")
    return "count"


def _column(frame: pd.DataFrame, name: str) -> Floats:
    """Read a column as floats, missing where the frame has no such column."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    if pd.api.types.is_numeric_dtype(frame[name]):
        return frame[name].to_numpy(dtype=float, na_value=np.nan)
    numbers = pd.to_numeric(frame[name], errors="coerce")
    wrong = (numbers.isna() & frame[name].notna()).to_numpy(dtype=bool)
    if wrong.any():
        row = int(np.argmax(wrong))
        found = frame[name].iloc[row]
        message = f"row {row + 1}: {name} {found!r} is not a number: leave a missing figure empty"
        raise ValueError(message)
    return numbers.to_numpy(dtype=float, na_value=np.nan)


def _part(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Read which rows are part-year or provisional; a missing mark means that they are not."""
    flags = list(frame["part"]) if "part" in frame else [False] * len(frame)
    for row, flag in enumerate(flags, start=1):
        if not (pd.isna(flag) or flag in (True, False)):
            message = f"row {row}: part {flag!r} is neither true nor false"
            raise ValueError(message)
    return np.array([not pd.isna(flag) and bool(flag) for flag in flags], dtype=bool)


def _filled(value: Floats, counted: Floats, allowance: Floats) -> Floats:
    """Fill empty values from the counts; refuse a value that is on another scale than its counts."""
    larger = np.maximum(np.abs(value), np.abs(counted))
    wrong = np.abs(value - counted) > larger / 2 + allowance
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"row {row + 1}: value {value[row]:g} does not belong to the counts beside it, which give "
            f"{counted[row]:g}: correct one of them (proportions are in percent), or leave the value empty"
        )
        raise ValueError(message)
    return np.where(np.isnan(value), counted, value)


def _known(name: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        message = f"{name} {word!r} is not known: choose one of {', '.join(words)}"
        raise ValueError(message)


def _listed(frame: pd.DataFrame) -> str:
    return ", ".join(str(column) for column in frame.columns) or "no column at all"
