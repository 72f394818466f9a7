"""Counts of recruitment, of single years and of three years together: what may be seen of them.

A group too small for one year may be told over three, or together with others. Such a sum must then not give back what
a year or a group hides: the gate reckons with all of them, and sums are hidden before single counts, which stand as the
indicators of their stage show them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.editions import Edition, kept
from svdash.findings.aggregate_groups import aggregates, without_doubles
from svdash.findings.equality.comparison_groups import table
from svdash.findings.indicators import gated_observations
from svdash.register import ALL, NOT_STATED, RECRUITMENT
from svdash.years import first_of

YEARS: Final = 3
KEYS: Final = ["organisation", "characteristic", "group", "stage"]
SPAN: Final = ["first", "last"]
Lines = dict[tuple[str, ...], dict[str, Hashable]]
# (characteristic, group) → the groups that it puts together.
Made = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Gated:
    """Counts as they may be seen: ``first``, ``last`` (years), keys, ``people`` (rounded or missing), ``marker``.

    ``single`` has ``first`` and ``last`` the same; ``pooled`` the sums of three years in a row.
    """

    single: pd.DataFrame
    pooled: pd.DataFrame


@kept
def gated(edition: Edition) -> Gated:
    """Return the counts of recruitment of single years and of three years together, gated once for each pack.

    Single years are gated as the indicators of their stage are, so that neither gives the other away.
    """
    return _gated(exact(edition), _seen(edition), aggregates(edition))


def exact(edition: Edition) -> pd.DataFrame:
    """Return every count that may be asked for as it stands, not gated: ``first``, ``last``, keys, ``people``.

    A sum of three years is there where the group has a count in each of them, an aggregate where each of its groups has.
    """
    counts = table(edition, RECRUITMENT, "year", *KEYS, "people")[["year", *KEYS, "people"]]
    counts = without_doubles(counts, aggregates(edition))
    parts = [counts.assign(first=counts["year"], last=counts["year"])]
    for years in _in_a_row(sorted(set(counts["year"]))):
        summed = (
            counts[counts["year"].isin(years)]
            .groupby(KEYS, as_index=False, sort=False)
            .agg(people=("people", "sum"), told=("people", "count"))
        )
        parts.append(summed[summed["told"] == YEARS].assign(first=years[0], last=years[-1]))
    counts = pd.concat(parts, ignore_index=True)[[*SPAN, *KEYS, "people"]]
    return pd.concat(
        [counts, *(_together(counts, *each) for each in aggregates(edition).items())], ignore_index=True
    )


def _together(counts: pd.DataFrame, aggregate: tuple[str, str], of: tuple[str, ...]) -> pd.DataFrame:
    """Return the counts of an aggregate of groups, unless the table has them itself."""
    characteristic, group = aggregate
    rows = counts[counts["characteristic"] == characteristic]
    if (rows["group"] == group).any():
        return rows.iloc[:0]
    line = [*SPAN, *(name for name in KEYS if name != "group")]
    summed = (
        rows[rows["group"].isin(of)]
        .groupby(line, as_index=False, sort=False)
        .agg(people=("people", "sum"), told=("people", "count"))
    )
    return summed[summed["told"] == len(of)].drop(columns="told").assign(group=group)[counts.columns]


def _in_a_row(years: list[str]) -> list[list[str]]:
    """Return every run of three financial years that follow each other."""
    runs = [years[at : at + YEARS] for at in range(len(years) - YEARS + 1)]
    return [run for run in runs if first_of(run[-1]) - first_of(run[0]) == YEARS - 1]


def _seen(edition: Edition) -> pd.DataFrame:
    """Return which counts of single years are hidden, whose bases are, and which an exact share tells: by year and keys."""
    rows = gated_observations.recruited(edition).set_index(["year", *KEYS])
    return pd.DataFrame(
        {
            "hidden": rows["numerator"].isna(),
            "baseless": rows["denominator"].isna(),
            "exact": rows["exact"].eq(True),
        }
    )


def _gated(cells: pd.DataFrame, seen: pd.DataFrame, made: Made) -> Gated:
    single = cells["first"] == cells["last"]
    # Everybody at a stage is what those who did not answer are counted out of, so it is told there as well.
    everybody = cells["characteristic"] == ALL
    known = seen.reindex(pd.MultiIndex.from_frame(cells[["last", *KEYS]])).eq(True).set_index(cells.index)
    known = known.mask(~single, False)
    # What the indicators of a stage do not show stands only here, so only here can it be hidden.
    own = ~single | everybody | _is_aggregate(cells, made)
    hidden = known["hidden"] | own & _telling(cells, known, made)
    gated_ = disclosure.suppress(cells.assign(marker=""), "people", hidden)
    return Gated(gated_[single].reset_index(drop=True), gated_[~single].reset_index(drop=True))


def _is_aggregate(cells: pd.DataFrame, made: Made) -> pd.Series:
    pairs = zip(cells["characteristic"], cells["group"], strict=True)
    return pd.Series([pair in made for pair in pairs], index=cells.index)


def _telling(cells: pd.DataFrame, seen: pd.DataFrame, made: Made) -> pd.Series:
    """Return which sums of years or groups would be too small, or tell more of a hidden count than that it is hidden.

    Counts that an exact share tells are known to the last person, and everybody where there are enough for one.
    """
    counts: dict[Hashable, int] = {label: int(people) for label, people in cells["people"].items()}
    known, hidden, baseless = (
        set[Hashable](cells.index[seen[name]]) for name in ("exact", "hidden", "baseless")
    )
    lines = _lines(cells)
    together, pools = _aggregates(lines, made), _pools(lines)
    sums = [Sum(total, parts) for total, parts in (*together.items(), *pools.items())]
    for (first, last, *key), line in lines.items():
        groups = {group: name for group, name in line.items() if name not in together}
        stated = tuple(name for group, name in groups.items() if group != NOT_STATED)
        if first != last:
            continue
        for total, parts in (
            (("answered", last, *key), stated),
            (("asked", last, *key), tuple(groups.values())),
        ):
            if parts:
                counts[total] = sum(counts[part] for part in parts)
                sums.append(Sum(total, parts))
                if counts[total] >= disclosure.EXACT_BASE and (total[0] == "asked" or known & set(parts)):
                    known.add(total)
                if total[0] == "answered" and baseless & set(parts):
                    hidden.add(total)
    shown = [name for name in counts if name not in hidden and name not in pools and name not in together]
    # An aggregate comes on top: it must not cost what is told of a single group, and of one year it goes first.
    stay = {name: -1 if name in pools else -2 for name in together}
    found = disclosure.safe(counts, sums, known=known, shown=shown, hidden=hidden, stay=stay)
    return found.reindex(cells.index)


def _lines(cells: pd.DataFrame) -> Lines:
    """Return the counts of each line of groups: (first, last, organisation, characteristic, stage) → group → label."""
    columns = (*SPAN, "organisation", "characteristic", "stage", "group")
    lines: Lines = {}
    for label, *key, group in zip(cells.index, *(cells[name] for name in columns), strict=True):
        lines.setdefault(tuple(key), {})[group] = label
    return lines


def _aggregates(lines: Lines, made: Made) -> dict[Hashable, tuple[Hashable, ...]]:
    """Return the counts of aggregates, each with those of its groups."""
    return {
        line[group]: tuple(line[part] for part in parts)
        for (*_, of, _), line in lines.items()
        for (characteristic, group), parts in made.items()
        if of == characteristic and {group, *parts} <= line.keys()
    }


def _pools(lines: Lines) -> dict[Hashable, tuple[Hashable, ...]]:
    """Return the sums of three years, each with the counts of its years."""
    years: dict[Hashable, dict[str, Hashable]] = {}
    for (first, last, *of), line in lines.items():
        if first == last:
            for group, label in line.items():
                years.setdefault((*of, group), {})[last] = label
    return {
        label: tuple(name for year, name in years.get((*of, group), {}).items() if first <= year <= last)
        for (first, last, *of), line in lines.items()
        if first != last
        for group, label in line.items()
    }
