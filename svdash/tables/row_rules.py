"""Rules between the cells of a row. Each goes by names and types of fields, so it works in any pack.

Years are financial years, April to March, written 2022/23; periods are a year, a quarter of one (2022/23 Q1)
or a half (2022/23 H2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from svdash import wording
from svdash.tables.schema import Table
from svdash.tables.values import Mask
from svdash.years import PERIOD, period_end, period_start

_NUMERIC = ("integer", "number")
# What the words of a rule of exceptions may leave a place for, and how.
PLACES_IN_RULES = (
    "id",
    "title",
    "owner",
    "days",
    "due",
    "quarters",
    "period",
    "date",
    "months",
    "said",
    "question",
)
_PLACES = re.compile(r"\{([^{}]*)\}")
# A report that comes later than this is a year mistyped, not a late one.
REPORTED_WITHIN = 5


@dataclass(frozen=True)
class Breach:
    """Rows that break a rule: which, the column to correct, and problem and remedy by position."""

    mask: Mask
    column: str
    describe: Callable[[int], tuple[str, str]]
    shown: bool = True


def breaches(table: Table, frame: pd.DataFrame) -> Iterator[Breach]:
    """Every rule that the table has the fields for, with the rows that break it.

    Args:
        table: what the fields are.
        frame: its typed rows; a cell that is missing breaks nothing but the rule that one be there.
    """
    kinds = {each.name: each.type for each in table.fields}
    for each in table.fields:
        if each.type == "string" and each.pattern is not None and _names_years(each.name):
            yield _malformed_year(frame, each.name)
    for needed, rule in _RULES:
        if all(kinds.get(name) in types for name, types in needed.items()):
            yield rule(frame)


def _names_years(name: str) -> bool:
    return name in ("year", "period") or name.endswith("_year")


def _mask(series: pd.Series[Any]) -> Mask:
    return np.asarray(series.fillna(False).to_numpy(dtype=bool))


def _starts(text: pd.Series[Any]) -> pd.Series[Any]:
    """First year of a year or period as Int64; missing where it isn't written as one."""
    return text.where(text.str.fullmatch(PERIOD.pattern, na=False)).str.slice(0, 4).astype("Int64")


def _days(text: pd.Series[Any], day: Callable[[str], date]) -> pd.Series[Any]:
    """Return a day of each year or period; missing where it isn't written as one."""
    known = {each: day(each) for each in text.dropna().unique() if PERIOD.fullmatch(each)}
    return pd.to_datetime(text.map(known))


def first_days(text: pd.Series[Any]) -> pd.Series[Any]:
    """Return the first day of each year or period as ``datetime64``; missing where it isn't written as one."""
    return _days(text, period_start)


def _malformed_year(frame: pd.DataFrame, column: str) -> Breach:
    start = _starts(frame[column])
    ends = frame[column].where(start.notna()).str.slice(5, 7).astype("Int64")
    wanted = (start + 1) % 100

    def describe(at: int) -> tuple[str, str]:
        first = int(start.iloc[at])
        return (
            "is not a year: the second part must follow the first",
            f"Write {first}/{int(wanted.iloc[at]):02d}.",
        )

    return Breach(_mask(ends != wanted), column, describe)


def _part_above_whole(frame: pd.DataFrame) -> Breach:
    above = _mask(frame["numerator"] > frame["denominator"])

    def describe(at: int) -> tuple[str, str]:
        del at  # neither of the two is shown: they may be counts of people
        problem = "is greater than the denominator"
        return problem, "A part can't be more than the whole: correct one of the two."

    return Breach(above, "numerator", describe)


def _no_figure(frame: pd.DataFrame) -> Breach:
    neither = _mask(frame["value"].isna() & frame["numerator"].isna())
    answer = ("there is neither a value nor a numerator", "Give one of them, or delete the row.")
    return Breach(neither, "value", lambda _: answer, shown=False)


def _another_vintage(frame: pd.DataFrame) -> Breach:
    """Ranks of two editions can't stand in one order: those that fewer areas carry are out of place."""
    counts = frame["vintage"].value_counts()
    usual = str(counts.index[0]) if len(counts) else ""

    def describe(_: int) -> tuple[str, str]:
        problem = f"is not the edition of most areas, which is {usual}"
        return problem, "Ranks and deciles of two editions can't be compared: keep the areas of one."

    return Breach(_mask(frame["vintage"].notna() & frame["vintage"].ne(usual)), "vintage", describe)


def _period_outside_year(frame: pd.DataFrame) -> Breach:
    year, period = frame["year"], frame["period"]
    other = _starts(period) != _starts(year)

    def describe(at: int) -> tuple[str, str]:
        return f"is not a period of the year {year.iloc[at]}", "Correct the period or the year."

    return Breach(_mask(other), "period", describe)


def _as_at_outside_year(frame: pd.DataFrame) -> Breach:
    first, last = first_days(frame["year"]), _days(frame["year"], period_end)
    outside = (frame["as_at"] < first) | (frame["as_at"] > last)

    def describe(at: int) -> tuple[str, str]:
        problem = f"is outside the year {frame['year'].iloc[at]}"
        days = f"from {first.iloc[at]:%Y-%m-%d} to {last.iloc[at]:%Y-%m-%d}"
        return problem, f"Give a date {days}, or the year that holds this one."

    return Breach(_mask(outside), "as_at", describe)


def _reported_too_early(frame: pd.DataFrame) -> Breach:
    period = frame["period"]
    begins = first_days(period)

    def describe(at: int) -> tuple[str, str]:
        problem = f"is before {period.iloc[at]} began, on {begins.iloc[at]:%Y-%m-%d}"
        return problem, "Correct the date or the period."

    return Breach(_mask(frame["reported_on"] < begins), "reported_on", describe)


def _reported_too_late(frame: pd.DataFrame) -> Breach:
    period = frame["period"]
    latest = _days(period, period_end) + pd.DateOffset(years=REPORTED_WITHIN)

    def describe(at: int) -> tuple[str, str]:
        problem = f"is more than {REPORTED_WITHIN} years after {period.iloc[at]} ended"
        return problem, "Correct the date or the period."

    return Breach(_mask(frame["reported_on"] > latest), "reported_on", describe)


def _out_of_order(frame: pd.DataFrame, first: str, second: str) -> Breach:
    def describe(at: int) -> tuple[str, str]:
        return f"is before “{first}”, {frame[first].iloc[at]:%Y-%m-%d}", "Correct one of the two dates."

    return Breach(_mask(frame[second] < frame[first]), second, describe)


def _unknown_place(frame: pd.DataFrame, column: str) -> Breach:
    """Words of a rule of exceptions have places for what a row fills in; one that nothing fills would stay empty."""
    unknown = [
        [] if pd.isna(text) else [place for place in _PLACES.findall(text) if place not in PLACES_IN_RULES]
        for text in frame[column]
    ]

    def describe(at: int) -> tuple[str, str]:
        places = wording.choices([f"{{{place}}}" for place in PLACES_IN_RULES], len(PLACES_IN_RULES))
        return (
            f"has a place that nothing fills, {{{unknown[at][0]}}}",
            f"Use {places}, or write the words out.",
        )

    return Breach(np.array([bool(each) for each in unknown], dtype=bool), column, describe)


# The fields that a rule needs, with their types, and the rule.
_RULES: tuple[tuple[dict[str, tuple[str, ...]], Callable[[pd.DataFrame], Breach]], ...] = (
    ({"numerator": _NUMERIC, "denominator": _NUMERIC}, _part_above_whole),
    ({"value": _NUMERIC, "numerator": _NUMERIC}, _no_figure),
    ({"vintage": ("string",), "rank": ("integer",)}, _another_vintage),
    ({"year": ("string",), "period": ("string",)}, _period_outside_year),
    ({"year": ("string",), "as_at": ("date",)}, _as_at_outside_year),
    ({"period": ("string",), "reported_on": ("date",)}, _reported_too_early),
    ({"period": ("string",), "reported_on": ("date",)}, _reported_too_late),
    ({"rule": ("string",), "reason": ("string",)}, partial(_unknown_place, column="reason")),
    ({"rule": ("string",), "ask": ("string",)}, partial(_unknown_place, column="ask")),
    ({"awarded": ("date",), "expires": ("date",)}, partial(_out_of_order, first="awarded", second="expires")),
    ({"agreed_on": ("date",), "due": ("date",)}, partial(_out_of_order, first="agreed_on", second="due")),
)
