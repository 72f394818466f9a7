"""Counts of recruitment, of single years and of three years together, gated as one: what may be seen of them.

A group too small for one year may be told over three. The sum must then not give back what a year hides: it is
held back wherever it, with everything else that can be seen, would leave fewer than the possibilities a hidden
count has by itself. What can be seen is what the gate shows, rounded, and the totals of those who answered; large
ones are taken to be known exactly, since exact shares of them are shown elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash import disclosure
from svdash.findings.equality.base import table
from svdash.framework import NOT_STATED, RECRUITMENT
from svdash.pack import Pack

YEARS: Final = 3
KEYS: Final = ["organisation", "characteristic", "group", "stage"]
SPAN: Final = ["first", "last"]
# Groups of one line add up to those who answered; those who did not answer are a line of their own.
LINE: Final = [*SPAN, "organisation", "characteristic", "stage", "apart"]
_RULES: Final = disclosure.PRESETS["gss"]
_ROUNDS: Final = 50
Numbers: TypeAlias = NDArray[np.float64]


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
    return pack.remember("equality.recruitment", lambda: _gated(exact(pack)))


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


def _gated(cells: pd.DataFrame) -> Gated:
    cells = cells.assign(apart=cells["group"] == NOT_STATED, marker="")
    seen = _limited(disclosure.protect(cells, "people", rows=LINE), cells["people"])
    pooled = seen["first"] != seen["last"]
    # Only a stage with something hidden in a year, and with sums beside it, has something to lose.
    stage = seen.groupby(LINE[2:], sort=False, dropna=False).ngroup()
    at_stake = set(stage[seen["small"]]) & set(stage[pooled & seen["people"].notna()])
    for place in at_stake:
        telling = _telling(seen[stage == place])
        seen.loc[telling, "people"] = pd.NA
        seen.loc[telling, "marker"] = disclosure.CONFIDENTIAL
    shown = seen[[*SPAN, *KEYS, "people", "marker"]]
    return Gated(shown[~pooled].reset_index(drop=True), shown[pooled].reset_index(drop=True))


def _limited(seen: pd.DataFrame, counts: pd.Series) -> pd.DataFrame:
    """Add what each count and the total of its line can be by themselves, and whether it is a small hidden one."""
    count, people = counts.astype("float64"), seen["people"].astype("float64")
    # Who did not answer is told beside everybody who was asked, the others beside those who did.
    answered = count.groupby([seen[name] for name in LINE]).transform("sum")
    asked = count.groupby([seen[name] for name in LINE[:-1]]).transform("sum")
    total = answered.mask(seen["apart"], asked)
    single, hidden, either = seen["first"] == seen["last"], people.isna(), _RULES.base // 2
    large = single & (total >= disclosure.EXACT_BASE)
    # Nobody is shown as nobody.
    plain = ~hidden & ((people == 0) | large & (count >= disclosure.EXACT_NUMERATOR))
    near = disclosure.rounded(total, _RULES.base).astype("float64")
    return seen.assign(
        lower=count.where(plain, (people - either).clip(lower=_RULES.small + 1).mask(hidden, 1)),
        upper=count.where(plain, (people + either).mask(hidden, total)),
        least=total.where(large, near - either),
        most=total.where(large, near + either),
        small=single & hidden & count.between(1, _RULES.small),
    )


def _telling(block: pd.DataFrame) -> list[int]:
    """Return the sums of one stage that would tell more of a hidden count of a year than that it is 1 to 4."""
    is_single = block["first"] == block["last"]
    single = block[is_single]
    pooled = block[~is_single & block["people"].notna()].sort_values("last")
    small = single["small"].to_numpy(dtype=bool)
    alone = _narrowed(single, pooled.iloc[:0])
    dropped: list[int] = []
    while len(pooled):
        beside = _narrowed(single, pooled)
        told = small & ((beside[0] > alone[0]) | (beside[1] < alone[1]))
        if not told.any():
            break
        # The oldest sum of a group that would be told goes first: the newest is what most readers look at.
        own = pooled[pooled["group"].isin(set(single["group"].to_numpy()[told]))]
        oldest = int((own if len(own) else pooled).index[0])
        dropped.append(oldest)
        pooled = pooled.drop(index=oldest)
    return dropped


def _narrowed(single: pd.DataFrame, sums: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Return the least and the most that each year's count can be, within 1 to 4, for somebody who sees it all."""
    lower, upper = (single[name].to_numpy(dtype=float) for name in ("lower", "upper"))
    terms, least, most = _equations(single, sums)
    if not len(terms):
        return np.clip(lower, 1, _RULES.small), np.clip(upper, 1, _RULES.small)
    for _ in range(_ROUNDS):
        low = np.where(terms > 0, lower, np.where(terms < 0, -upper, 0.0))
        high = np.where(terms > 0, upper, np.where(terms < 0, -lower, 0.0))
        # What the other terms of an equation leave for each of its own.
        up = most[:, None] - (low.sum(axis=1, keepdims=True) - low)
        down = least[:, None] - (high.sum(axis=1, keepdims=True) - high)
        up, down = np.where(terms < 0, -down, up), np.where(terms < 0, -up, down)
        up, down = np.where(terms == 0, np.inf, up), np.where(terms == 0, -np.inf, down)
        tighter = np.maximum(lower, down.max(axis=0)), np.minimum(upper, up.min(axis=0))
        if np.array_equal(tighter[0], lower) and np.array_equal(tighter[1], upper):
            break
        lower, upper = tighter
    return np.clip(lower, 1, _RULES.small), np.clip(upper, 1, _RULES.small)


def _equations(single: pd.DataFrame, sums: pd.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    """Return what counts of years add up to: a row an equation and a column a count, then least and most."""
    group, year = single["group"].to_numpy(), single["last"].to_numpy()
    terms, least, most = [], [], []
    if not single["apart"].any():
        for each in dict.fromkeys(year):
            of_year = year == each
            terms.append(of_year.astype(float))
            least.append(float(single["least"].to_numpy()[of_year][0]))
            most.append(float(single["most"].to_numpy()[of_year][0]))
    lower, upper = (sums[name].to_numpy(dtype=float) for name in ("lower", "upper"))
    spans = zip(sums["group"], sums["first"], sums["last"], strict=True)
    own = [((group == who) & (year >= first) & (year <= last)).astype(float) for who, first, last in spans]
    terms, least, most = [*terms, *own], [*least, *lower], [*most, *upper]
    # Two runs of years share some: their difference tells of the others, whatever is hidden of those they share.
    for a, b in combinations(range(len(own)), 2):
        if (own[a] * own[b]).any():
            terms.append(own[a] - own[b])
            least.append(lower[a] - upper[b])
            most.append(upper[a] - lower[b])
    return np.array(terms), np.array(least), np.array(most)
