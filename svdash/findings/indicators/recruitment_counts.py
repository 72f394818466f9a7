"""Counts of recruitment, of single years, of three years together and of groups together, and what they add up to.

A group too small for one year may be told over three, or together with others. Such a sum must then not give back what
a year or a group hides, nor a stage what those before and after it hide: the gate reckons with all of them at once.

A reader may keep what was told before a year came, and three years together tie a new year to the two before it. So counts
are gated as they grew (:func:`grown`): first the oldest year alone, then each year beside what was told and hidden before.
That works out for as long as the new counts can be hidden to save the old ones, and fails only where a year adds nobody: three
years together are then the two before. So the sum of the newest two years is gated too, a year before it may be asked for.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import pandas as pd

from svdash.disclosure import Sum
from svdash.editions import Edition
from svdash.findings.aggregate_groups import aggregates, without_doubles
from svdash.findings.indicators.observation_sums import SMALL, People
from svdash.register import ALL, NOT_STATED, RECRUITMENT, Framework
from svdash.years import first_of, year_named

YEARS: Final = 3
KEYS: Final = ["organisation", "characteristic", "group", "stage"]
SPAN: Final = ["first", "last"]
# Three years together say more than one of them, so single years are hidden before them; groups together say less
# than single ones, and those who did not answer least.
POOL_STAYS: Final = 4.0
# Sums of two years are shown nowhere.
AHEAD_STAYS: Final = -10.0
AGGREGATE_STAYS: Final = -1.0
# Everybody is the base of every characteristic.
TOTAL_STAYS: Final = 6.0
RANK_STAYS: Final = 0.2
SILENT_RANK: Final = -5
# Nobody is compared with those who did not answer: so few of them are held back, a few more where fewer still get further.
FEW_SILENT: Final = 9
FEW_SILENT_BEFORE: Final = 12
# (characteristic, group) → the groups that it puts together.
Made = Mapping[tuple[str, str], tuple[str, ...]]


class Cell(NamedTuple):
    """The keys of one count."""

    first: str
    last: str
    organisation: str
    characteristic: str
    group: str
    stage: str


def exact(edition: Edition) -> pd.DataFrame:
    """Return every count that may be asked for as it stands, not gated: ``first``, ``last``, keys, ``people``.

    A sum of three years is there where the group has a count in each of them, an aggregate where each of its groups has.
    """
    columns = ["year", *KEYS, "people"]
    if RECRUITMENT not in edition.tables:
        return pd.DataFrame(columns=[*SPAN, *columns[1:]])
    counts = edition.table(RECRUITMENT)[columns]
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


def people(edition: Edition, cells: pd.DataFrame) -> People:
    """Return the counts of :func:`exact` by :class:`Cell`, and what ties them."""
    return tied(cells, list(Framework.of(edition).vocabulary.labels("stage")), aggregates(edition))


def tied(cells: pd.DataFrame, stages: list[str], made: Made) -> People:
    """Return the counts of cells by their keys, and what ties them: groups, stages, years and groups together."""
    found = People()
    columns = [cells[name] for name in (*SPAN, *KEYS)]
    for keys, count in zip(zip(*columns, strict=True), cells["people"], strict=True):
        found.counts[Cell(*keys)] = int(count)
    found.stay |= _ranks(found)
    _tie_groups(found, made)
    _tie_years(found)
    _tie_stages(found, stages)
    return found


def years_of(cells: pd.DataFrame) -> list[str]:
    """Return the years that counts of :func:`exact` came in, the oldest first."""
    return sorted(set(cells["last"]), key=first_of)


def until(cells: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return the counts that there were once a year was added, with the sums of the newest two years, as :func:`exact` does."""
    known = cells[cells["last"].map(first_of) <= first_of(year)]
    single = known[known["first"] == known["last"]]
    newest, last = single[single["last"] == year], single[single["last"] == _before(year)]
    both = last.merge(newest[[*KEYS, "people"]], on=KEYS, suffixes=("", "_newest"))
    both = both.assign(last=year, people=both["people"] + both["people_newest"])
    return pd.concat([known, both[known.columns]], ignore_index=True)


def grown(found: People, before: Mapping[Hashable, bool], year: str) -> dict[Hashable, bool]:
    """Gate the counts that there are once a year was added; ``before`` is what this returned for the years before it.

    What was told stays told, what was hidden stays hidden. ``found`` has the counts of :func:`until`.
    """
    known = {**before, **_foreseen(found, before, year)}
    ahead = [cell for cell in _held_ahead(found, year) if cell not in known]
    return {**known, **found.hidden(known, ahead)}


def _foreseen(found: People, before: Mapping[Hashable, bool], year: str) -> dict[Hashable, bool]:
    """Return whether three years to which the newest adds nobody are hidden: as the two before it are."""
    return {
        cell: before[cell._replace(last=_before(year))]
        for cell in _cells(found)
        if cell.last == year
        and _span(cell) == YEARS
        and found.counts.get(cell._replace(first=year)) == 0
        and cell._replace(last=_before(year)) in before
    }


def _held_ahead(found: People, year: str) -> list[Cell]:
    """Return new counts of those who did not answer that are held back so that others, which say more, can be told next year.

    A few this year may be too few next year, and three years together then tell which. Two sums of three years that overlap
    tell by how much the first year differs from the last: where the first is small, only every third sum is told, such
    as 2020/21 to 2022/23 and 2023/24 to 2025/26.
    """
    silent = [
        cell
        for cell in _cells(found)
        if cell.group == NOT_STATED and cell.last == year and found.counts[cell]
    ]
    single = [cell for cell in silent if cell.first == year]
    small = {(cell.organisation, cell.characteristic) for cell in single if found.counts[cell] <= SMALL}
    limits = {
        cell: FEW_SILENT_BEFORE if (cell.organisation, cell.characteristic) in small else FEW_SILENT
        for cell in single
    }
    overlapping = [
        cell for cell in silent if _span(cell) == YEARS and _period(cell.first) != _period(cell.last)
    ]
    return [
        *(cell for cell, limit in limits.items() if found.counts[cell] <= limit),
        *(cell for cell in overlapping if 0 < found.counts.get(cell._replace(last=cell.first), 0) <= SMALL),
    ]


def _before(year: str) -> str:
    return year_named(first_of(year) - 1)


def _span(cell: Cell) -> int:
    """Return how many years a count is of."""
    return first_of(cell.last) - first_of(cell.first) + 1


def _period(year: str) -> int:
    """Return the number of the three years that a year is of: 2023/24 to 2025/26 is one."""
    return (first_of(year) + YEARS - 1) // YEARS


def _ranks(found: People) -> dict[Hashable, float]:
    """Return how long the counts of each group stay: in the same order at all stages and in all years.

    The same group hidden throughout leaves more to tell than one here and another there. The largest is what others are
    compared with and stays longest; of the others the larger go first, since small groups are what the page is for.
    """
    sizes: dict[tuple[str, str], dict[str, int]] = {}
    for cell in _cells(found):
        groups = sizes.setdefault((cell.organisation, cell.characteristic), {})
        if cell.group != NOT_STATED:
            groups[cell.group] = groups.get(cell.group, 0) + found.counts[cell]
    places = {
        (*key, group): place for key, groups in sizes.items() for place, group in enumerate(_by_size(groups))
    }
    return {
        cell: RANK_STAYS * places.get((cell.organisation, cell.characteristic, cell.group), SILENT_RANK)
        for cell in _cells(found)
    }


def _by_size(groups: Mapping[str, int]) -> list[str]:
    """Return groups, the second largest first, the largest last."""
    order = sorted(groups, key=lambda group: (-groups[group], group))
    return [*order[1:], *order[:1]]


def _tie_groups(found: People, made: Made) -> None:
    """Everybody at a stage is the sum of all groups, and is asked for every characteristic."""
    lines: dict[tuple[str, ...], dict[str, Cell]] = {}
    for cell in _cells(found):
        key = (cell.first, cell.last, cell.organisation, cell.stage, cell.characteristic)
        lines.setdefault(key, {})[cell.group] = cell
    for (*at, characteristic), line in lines.items():
        together = {g: made[characteristic, g] for g in line if (characteristic, g) in made}
        for group, parts in together.items():
            found.stay[line[group]] = AGGREGATE_STAYS
            if set(parts) <= set(line):
                found.whole(line[group], [line[part] for part in parts])
        groups = [cell for group, cell in line.items() if group not in together]
        if characteristic == ALL:
            found.stay |= dict.fromkeys(groups, TOTAL_STAYS)
        elif groups:
            added = sum(found.counts[cell] for cell in groups)
            everybody: Hashable = lines.get((*at, ALL), {}).get(ALL)
            if everybody is None or found.counts[everybody] < added:
                everybody = _asked(at, added)
                found.counts[everybody] = added
                found.stay[everybody] = TOTAL_STAYS
            found.whole(everybody, groups, line=True)


def _asked(at: Sequence[str], people: int) -> Hashable:
    """Name everybody asked at a stage (first and last year, organisation, stage) where the table does not tell them apart."""
    return ("asked", *at, people)


def everybody(found: People, at: tuple[str, str, str, str], people: int) -> Hashable | None:
    """Return the name of everybody asked at a stage who are so many, if there is such a count."""
    first, last, organisation, stage = at
    named = (Cell(first, last, organisation, ALL, ALL, stage), _asked(at, people))
    return next((name for name in named if found.counts.get(name) == people), None)


def _tie_years(found: People) -> None:
    """Years together are the sum of each."""
    years: dict[tuple[str, ...], dict[str, Cell]] = {}
    for cell in _cells(found):
        if cell.first == cell.last:
            years.setdefault(cell[2:], {})[cell.last] = cell
    for cell in _cells(found):
        if cell.first != cell.last:
            stays = POOL_STAYS if _span(cell) == YEARS else AHEAD_STAYS
            found.stay[cell] = found.stay.get(cell, 0) + stays
            parts = [
                each for year, each in years.get(cell[2:], {}).items() if cell.first <= year <= cell.last
            ]
            if len(parts) == _span(cell):
                found.whole(cell, parts)


def _tie_stages(found: People, stages: list[str]) -> None:
    """Whoever gets to a stage has been at the one before."""
    following = dict(pairwise(stages))
    for cell in _cells(found):
        after = cell._replace(stage=following.get(cell.stage, ""))
        if after in found.counts and found.counts[after] <= found.counts[cell]:
            found.sums.append(Sum(cell, (after,), complete=False))


def _cells(found: People) -> list[Cell]:
    return [name for name in found.counts if isinstance(name, Cell)]
