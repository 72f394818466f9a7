"""Somebody who wants to know: works hidden counts back from all that is told, by integer programming.

It shares no code with the gate. It knows the rules, every told count exactly and every sum, and asks the solver how
small and how large each hidden count could be, in whole people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import linprog

SMALL = {"gss": 4, "nhs": 7, "tre": 9}
# Any other hidden count must be possible within so many values.
VALUES = 5
NO_END = np.inf
# A range from 1 to this is wide enough, so the solver need not look for its end.
PLENTY = 60.0
CLOSE = 1e-6
# Further than any count.
FAR = 1e6


@dataclass
class Puzzle:
    """What is known: limits of counts, and sums of them that lie within limits."""

    preset: str = "gss"
    low: dict[Hashable, float] = field(default_factory=dict)
    high: dict[Hashable, float] = field(default_factory=dict)
    rows: list[tuple[dict[Hashable, float], float, float]] = field(default_factory=list)
    _columns: dict[Hashable, list[tuple[int, float]]] | None = None

    def count(self, name: Hashable, told: float | None) -> None:
        """Enter a count that is told, to the last person; ``None`` is hidden, and then it is at least 1."""
        self.within(name, *((1.0, NO_END) if told is None else (told, told)))

    def within(self, name: Hashable, low: float, high: float) -> None:
        """Enter limits of a count."""
        self.low[name] = max(self.low.get(name, 0.0), low)
        self.high[name] = min(self.high.get(name, NO_END), high)

    def relate(self, factors: Mapping[Hashable, float], low: float = 0.0, high: float = 0.0) -> None:
        """Enter that a sum of counts times factors lies within limits."""
        self.rows.append((dict(factors), low, high))
        self._columns = None

    def adds_up(self, total: Hashable, parts: Iterable[Hashable]) -> None:
        """Enter that parts add up to a total."""
        self.relate({total: -1.0, **dict.fromkeys(parts, 1.0)})

    def at_most(self, parts: Iterable[Hashable], total: Hashable) -> None:
        """Enter that parts add up to a total or to less."""
        self.relate({total: -1.0, **dict.fromkeys(parts, 1.0)}, -NO_END, 0.0)

    def darkened(self) -> Puzzle:
        """Return what is known where every count above zero is hidden: the sums alone."""
        dark = Puzzle(self.preset)
        for name, high in self.high.items():
            # What was not told to be above zero may be nobody.
            dark.within(name, min(self.low[name], 1.0), NO_END if high > 0 else 0.0)
        dark.rows = [row for row in self.rows if set(row[0].values()) <= {1.0, -1.0}]
        return dark

    def ranges(self, wanted: Iterable[Hashable]) -> dict[Hashable, tuple[float, float]]:
        """Return how small and how large each wanted count can be; of 1 to ``PLENTY`` and more, just that."""
        asked = set(wanted)
        found: dict[Hashable, tuple[float, float]] = {}
        for names, rows in self._parts():
            mine = [name for name in names if name in asked]
            if mine:
                found |= self._solve(names, rows, mine)
        return found

    def _parts(self) -> list[tuple[list[Hashable], list[int]]]:
        """Cut the puzzle where nothing ties one part to another; counts known exactly tie nothing."""
        leader: dict[Hashable, Hashable] = {}

        def find(name: Hashable) -> Hashable:
            while leader.setdefault(name, name) != name:
                name = leader[name]
            return name

        for name in self.low:
            find(name)
        for factors, _, _ in self.rows:
            loose = [name for name in factors if self.low[name] < self.high[name]]
            for name in loose[1:]:
                leader[find(name)] = find(loose[0])
        names: dict[Hashable, list[Hashable]] = defaultdict(list)
        rows: dict[Hashable, list[int]] = defaultdict(list)
        for name in self.low:
            if self.low[name] < self.high[name]:
                names[find(name)].append(name)
        for number, (factors, _, _) in enumerate(self.rows):
            loose = [name for name in factors if self.low[name] < self.high[name]]
            if loose:
                rows[find(loose[0])].append(number)
        return [(names[key], rows[key]) for key in names]

    def _solve(
        self, names: list[Hashable], rows: list[int], mine: list[Hashable]
    ) -> dict[Hashable, tuple[float, float]]:
        kinds = self._kinds(names, set(mine))
        place = {name: n for n, kind in enumerate(kinds) for name in kind}
        low = np.array([sum(self.low[name] for name in kind) for kind in kinds])
        high = np.array([sum(self.high[name] for name in kind) for kind in kinds]).clip(max=FAR)
        limits = self._limits(rows, place, len(kinds)) | {"bounds": np.column_stack([low, high])}
        least, most = np.full(len(kinds), np.inf), np.full(len(kinds), -np.inf)
        asked = np.zeros(len(kinds))
        asked[[place[name] for name in mine]] = 1
        # Every solution is a possible truth: it says something of all counts at once.
        for costs in (asked, -asked):
            self._note(costs, limits, least, most)
        alike: dict[Hashable, tuple[float, float]] = {}
        found = {}
        for name in mine:
            at = place[name]
            kind = (self._column(name), self.low[name], self.high[name])
            if kind not in alike:
                if least[at] > 1 + CLOSE or most[at] < PLENTY:
                    for side in (1.0, -1.0):
                        costs = np.zeros(len(kinds))
                        costs[at] = side
                        self._note(costs, limits, least, most)
                alike[kind] = (float(least[at]), float(most[at]))
            found[name] = alike[kind]
        return found

    def _column(self, name: Hashable) -> Hashable:
        """What a count does in the rows: counts that do the same can stand in for each other."""
        if self._columns is None:
            self._columns = defaultdict(list)
            for number, (factors, _, _) in enumerate(self.rows):
                for each, factor in factors.items():
                    self._columns[each].append((number, factor))
        return tuple(self._columns.get(name, ()))

    def _kinds(self, names: list[Hashable], mine: set[Hashable]) -> list[list[Hashable]]:
        """Put counts that can stand in for each other together, but none of those that are asked for."""
        kinds: dict[Hashable, list[Hashable]] = defaultdict(list)
        for name in names:
            kinds[("asked", name) if name in mine else self._column(name)].append(name)
        return list(kinds.values())

    def _limits(self, rows: list[int], place: Mapping[Hashable, int], width: int) -> dict[str, object]:
        """Write rows as the solver takes them."""
        matrix = sp.lil_matrix((len(rows), width))
        ends = np.zeros((len(rows), 2))
        for at, number in enumerate(rows):
            factors, low, high = self.rows[number]
            fixed = sum(f * self.low[name] for name, f in factors.items() if name not in place)
            ends[at] = low - fixed, high - fixed
            for name, factor in factors.items():
                if name in place:
                    matrix[at, place[name]] = factor
        equal = ends[:, 0] == ends[:, 1]
        whole = sp.csr_matrix(matrix)
        up, down = np.isfinite(ends[:, 1]) & ~equal, np.isfinite(ends[:, 0]) & ~equal
        return {
            "A_eq": whole[equal] if equal.any() else None,
            "b_eq": ends[equal, 0] if equal.any() else None,
            "A_ub": sp.vstack([whole[up], -whole[down]]) if (up | down).any() else None,
            "b_ub": np.concatenate([ends[up, 1], -ends[down, 0]]) if (up | down).any() else None,
        }

    @staticmethod
    def _note(costs: np.ndarray, limits: dict[str, object], least: np.ndarray, most: np.ndarray) -> None:
        whole = np.ones(len(costs), dtype=int)
        solved = linprog(costs, method="highs", integrality=whole, **limits)
        if solved.status != 0:
            # HiGHS finds some that can be solved infeasible when it simplifies them first.
            solved = linprog(costs, method="highs", integrality=whole, options={"presolve": False}, **limits)
        assert solved.status == 0, f"what is shown contradicts itself: {solved.message}"
        np.minimum(least, solved.x, out=least)
        np.maximum(most, solved.x, out=most)


def leaks(puzzle: Puzzle, truth: Mapping[Hashable, int]) -> list[str]:
    """Return which of the hidden counts can be worked back, with their ranges.

    A small count must be possible from 1 to the largest small one; a total is no less than its parts above zero
    anyway. Any other count must be any of at least five values.
    """
    small = SMALL[puzzle.preset]
    ranges = puzzle.ranges(truth)
    ranges |= {name: (puzzle.low[name], puzzle.high[name]) for name in truth if name not in ranges}
    above = [name for name in truth if truth[name] <= small and ranges[name][0] > 1 + CLOSE]
    least = {name: low for name, (low, _) in puzzle.darkened().ranges(above).items()}
    told = []
    for name, (low, high) in ranges.items():
        safe = (
            low <= least.get(name, 1.0) + CLOSE and high >= small - CLOSE
            if truth[name] <= small
            else high - low >= VALUES - 1 - CLOSE
        )
        if not safe:
            told.append(f"{name}: {truth[name]} is known to be {low:g} to {high:g}")
    return told


# -- observations as the pack has them ---------------------------------------------------------------------------

LINE = ["indicator", "period", "organisation", "characteristic"]
SILENT, EVERYBODY = "not-stated", "all"


def lines_of(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], pd.DataFrame, pd.DataFrame, bool]]:
    """Each line of groups: its key, those who stated a group, those who did not, whether one base is theirs."""
    for key, line in rows.groupby(LINE):
        silent = line["group"] == SILENT
        stated = line[~silent]
        one_base = len(stated) > 1 and set(stated["denominator"]) == {stated["numerator"].sum()}
        yield key, stated, line[silent], one_base


def moved(text: pd.DataFrame, people: set[str]) -> pd.DataFrame:
    """Let one person of a small count stand in another small count of the same line, wherever both stay small."""
    rows = text.copy()
    counts = rows[["numerator", "denominator"]].apply(pd.to_numeric)
    rated = (
        rows["indicator"].isin(people) & counts["denominator"].notna() & (rows["characteristic"] != EVERYBODY)
    )
    for _, stated, silent, one_base in lines_of(rows[rated].assign(**counts[rated])):
        if not one_base:
            line = pd.concat([stated, silent])
            line = line[line["numerator"].between(1, SMALL["gss"])]
            fewer = line.index[line["numerator"] > 1]
            more = line.index[(line["numerator"] < SMALL["gss"]) & (line["numerator"] < line["denominator"])]
            pair = next(((a, b) for a in fewer for b in more if a != b), None)
            if pair is not None:
                rows.loc[pair[0], "numerator"] = str(int(rows.loc[pair[0], "numerator"]) - 1)
                rows.loc[pair[1], "numerator"] = str(int(rows.loc[pair[1], "numerator"]) + 1)
    return rows
