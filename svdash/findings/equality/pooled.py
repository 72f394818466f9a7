"""Counts of recruitment, of single years and of three years together: what may be seen of them.

A group too small for one year may be told over three. The sum must then not give back what a year hides: the gate
reckons with both, and sums are hidden before years, which stand as the indicators of their stage show them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.findings import observed
from svdash.findings.equality.base import table
from svdash.framework import ALL, NOT_STATED, RECRUITMENT
from svdash.pack import Pack

YEARS: Final = 3
KEYS: Final = ["organisation", "characteristic", "group", "stage"]
SPAN: Final = ["first", "last"]


@dataclass(frozen=True, eq=False)
class Gated:
    """Counts as they may be seen: ``first``, ``last`` (years), keys, ``people`` (rounded or missing), ``marker``.

    ``single`` has ``first`` and ``last`` the same; ``pooled`` the sums of three years in a row.
    """

    single: pd.DataFrame
    pooled: pd.DataFrame


def gated(pack: Pack) -> Gated:
    """Return the counts of recruitment of single years and of three years together, gated once for each pack.

    Single years are gated as the indicators of their stage are, so that neither gives the other away.
    """
    return pack.remember("equality.recruitment", lambda: _gated(exact(pack), _seen(pack)))


def exact(pack: Pack) -> pd.DataFrame:
    """Return every count that may be asked for as it stands, not gated: ``first``, ``last``, keys, ``people``.

    A sum of three years is there where the group has a count in each of them.
    """
    counts = table(pack, RECRUITMENT, "year", *KEYS, "people")[["year", *KEYS, "people"]]
    parts = [counts.assign(first=counts["year"], last=counts["year"])]
    for years in _in_a_row(sorted(set(counts["year"]))):
        summed = (
            counts[counts["year"].isin(years)]
            .groupby(KEYS, as_index=False, sort=False)
            .agg(people=("people", "sum"), told=("people", "count"))
        )
        parts.append(summed[summed["told"] == YEARS].assign(first=years[0], last=years[-1]))
    return pd.concat(parts, ignore_index=True)[[*SPAN, *KEYS, "people"]]


def _in_a_row(years: list[str]) -> list[list[str]]:
    """Return every run of three financial years that follow each other."""
    runs = [years[at : at + YEARS] for at in range(len(years) - YEARS + 1)]
    return [run for run in runs if int(run[-1][:4]) - int(run[0][:4]) == YEARS - 1]


def _seen(pack: Pack) -> pd.DataFrame:
    """Return which counts of single years are hidden, whose bases are, and which an exact share tells: by year and keys."""
    rows = observed.recruited(pack).set_index(["year", *KEYS])
    return pd.DataFrame(
        {
            "hidden": rows["numerator"].isna(),
            "baseless": rows["denominator"].isna(),
            "exact": rows["exact"].eq(True),
        }
    )


def _gated(cells: pd.DataFrame, seen: pd.DataFrame) -> Gated:
    single = cells["first"] == cells["last"]
    # Everybody at a stage is what those who did not answer are counted out of, so it is told there as well.
    everybody = cells["characteristic"] == ALL
    known = seen.reindex(pd.MultiIndex.from_frame(cells[["last", *KEYS]])).eq(True).set_index(cells.index)
    known = known.mask(~single, False)
    hidden = known["hidden"] | (~single | everybody) & _telling(cells, known)
    gated_ = disclosure.suppress(cells.assign(marker=""), "people", hidden)
    return Gated(gated_[single].reset_index(drop=True), gated_[~single].reset_index(drop=True))


def _telling(cells: pd.DataFrame, seen: pd.DataFrame) -> pd.Series:
    """Return which sums of years would be too small, or tell more of a year's hidden count than that it is hidden.

    Counts that an exact share tells are known to the last person, and everybody where there are enough for one.
    """
    counts: dict[Hashable, int] = {label: int(people) for label, people in cells["people"].items()}
    years: dict[Hashable, dict[str, Hashable]] = {}
    lines: dict[Hashable, dict[str, Hashable]] = {}
    pools: dict[Hashable, tuple[Hashable, str, str]] = {}
    columns = ("first", "last", "organisation", "characteristic", "stage", "group")
    for label, first, last, *of, group in zip(cells.index, *(cells[name] for name in columns), strict=True):
        if first == last:
            years.setdefault((*of, group), {})[last] = label
            lines.setdefault((*of, last), {})[group] = label
        else:
            pools[label] = (*of, group), first, last
    sums = [
        Sum(pool, tuple(name for year, name in years[key].items() if first <= year <= last))
        for pool, (key, first, last) in pools.items()
    ]
    known, hidden, baseless = (
        set[Hashable](cells.index[seen[name]]) for name in ("exact", "hidden", "baseless")
    )
    for key, line in lines.items():
        stated = tuple(name for group, name in line.items() if group != NOT_STATED)
        for total, parts in ((("answered", key), stated), (("asked", key), tuple(line.values()))):
            if parts:
                counts[total] = sum(counts[part] for part in parts)
                sums.append(Sum(total, parts))
                if counts[total] >= disclosure.EXACT_BASE and (total[0] == "asked" or known & set(parts)):
                    known.add(total)
                if total[0] == "answered" and baseless & set(parts):
                    hidden.add(total)
    shown = [name for name in counts if name not in hidden and name not in pools]
    found = disclosure.safe(counts, sums, known=known, shown=shown, hidden=hidden)
    return found.reindex(cells.index)
