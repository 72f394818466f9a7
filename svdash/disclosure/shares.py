"""Numerators and denominators as a system of sums."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from svdash.disclosure.linked import KEPT_LONGEST, Ledger, Sum, suppressed
from svdash.disclosure.rules import EXACT_BASE, EXACT_NUMERATOR, FREE, Bools, Ints, Preset

TOP: Final = 0
BASE: Final = 1
# How often exact shares are given up until no other count is hidden for them.
ROUNDS: Final = 5


def by_place(sums: Iterable[Sum], places: Mapping[Hashable, Hashable]) -> list[Sum]:
    """Return sums between ``(column, label of row)`` as sums between ``(TOP or BASE, place of row)``."""
    named = list(sums)
    unknown = [name for each in named for name in (each.total, *each.parts) if name not in places]
    if unknown:
        raise ValueError(
            f"a sum names {unknown[0]!r}, and there is no such count; ids are (column, label of row)"
        )
    return [Sum(places[s.total], tuple(places[p] for p in s.parts), s.complete, s.line) for s in named]


class Pairs:
    """Numerators and denominators by place, each numerator among its denominator; ``nan`` is missing.

    ``exact_allowed`` says where the share may be worked out exactly if both are large enough.
    """

    def __init__(
        self, tops: Sequence[float], bases: Sequence[float], exact_allowed: Sequence[bool], rules: Preset
    ) -> None:
        self.counts = (tops, bases)
        self._allowed = exact_allowed
        self._ledger = Ledger(rules)
        self._told: dict[frozenset[Hashable], Hashable] = {}
        self._tops: frozenset[Hashable] = frozenset((TOP, n) for n in range(len(tops)))
        self._sizes: set[Hashable] = set()
        self._elsewhere: list[Hashable] = []
        for n, (top, base) in enumerate(zip(tops, bases, strict=True)):
            if top >= 0:
                self._ledger.add((TOP, n), int(top))
            if base >= 0:
                self._ledger.add((BASE, n), int(base), stay=1)
                few = base < rules.least_base
                # The marker [k] tells bases below the least one from those that round to the same.
                told = (0, rules.least_base - 1) if few else (rules.least_base, FREE)
                self._ledger.narrow((BASE, n), *told)

    def narrow(self, name: Hashable, low: int, high: int) -> None:
        """Note what else tells of a count, whether it is shown here or not."""
        self._ledger.narrow(name, low, high)
        self._elsewhere.append(name)

    def link(self, sums: Iterable[Sum]) -> None:
        """Enter sums between counts named ``(TOP or BASE, place)``."""
        for each in sums:
            self._ledger.link(each)
            if each.complete:
                self._told[frozenset(each.parts)] = each.total
            # The base of a group, and not of those who answered: it is the size of one, or a part of everybody.
            names: set[Hashable] = {each.total, *each.parts}
            if len(each.parts) > 1 or len(names & self._tops) == 1:
                self._sizes |= names

    def link_lines(self, lines: Ints) -> None:
        """Enter the sums of the groups of each line, with totals that stand nowhere else."""
        places: dict[int, list[int]] = {}
        tops, bases = self.counts
        for n, line in enumerate(lines):
            if tops[n] >= 0 and bases[n] >= 0:
                places.setdefault(int(line), []).append(n)
        for here in places.values():
            if len(here) < 2 or not self._link_make_up(here):
                self._link_groups(here)

    def _link_make_up(self, here: Sequence[int]) -> bool:
        """Enter a line whose numerators add up to the denominator that they share, beside who did not answer.

        Returns whether that is what the line is.
        """
        tops, bases = self.counts
        groups: dict[float, list[int]] = {}
        for n in here:
            groups.setdefault(bases[n], []).append(n)
        answered, rows = max(groups.items(), key=lambda group: len(group[1]))
        rest = [n for n in here if bases[n] != answered]
        if len(rows) < 2 or sum(tops[n] for n in rows) != answered or self._sizes & {(BASE, n) for n in rows}:
            return False
        if any(tops[n] + answered != bases[n] for n in rest):
            return False
        first = (BASE, rows[0])
        for n in rows[1:]:
            self._ledger.link(Sum(first, ((BASE, n),)))
        self._ledger.link(Sum(first, tuple((TOP, n) for n in rows), line=True))
        for n in rest:
            # Where everybody answered, the two denominators are the same people.
            parts = ((TOP, n), first) if tops[n] else (first,)
            self._ledger.link(Sum((BASE, n), parts))
        return True

    def _link_groups(self, here: Sequence[int]) -> None:
        """Enter a line of groups with denominators of their own, each numerator among its denominator."""
        tops, bases = self.counts
        for n in here:
            if tops[n] <= bases[n]:
                self._ledger.link(Sum((BASE, n), ((TOP, n),), complete=False))
        for side, counts in enumerate(self.counts):
            every = tuple((side, n) for n in here)
            parts = tuple((side, n) for n in here if counts[n])
            if len({self._ledger.at(part) for part in parts}) < max(len(parts), 2):
                continue
            total = self._told.get(frozenset(every))
            if total is None:
                total = ("total", *parts)
                self._ledger.add(total, int(sum(counts[n] for n in here)), stay=KEPT_LONGEST)
            self._ledger.link(Sum(total, parts, line=side == TOP))

    def settled(self) -> tuple[Bools, Bools, Bools]:
        """Return which numerators and which denominators are hidden, and which shares are worked out exactly.

        Where an exact share would cost another count, it is the exactness that goes.
        """
        top, base = (np.array(counts, dtype="float64") for counts in self.counts)
        # Around the least base and numerator it shows whether a share is exact: take all of them for known.
        near = self._ledger.rules.base // 2
        may = np.array(self._allowed, dtype="bool") & (top > 0) & (base >= EXACT_BASE - near)
        rest = base - top
        enough = (base >= EXACT_BASE) & (top >= EXACT_NUMERATOR) & ((rest == 0) | (rest >= EXACT_NUMERATOR))
        hidden = self._suppressed(may)
        if may.any() and hidden.any():
            least = self._suppressed(np.zeros_like(may))
            for _ in range(ROUNDS):
                costly = self._beside(hidden & ~least) & may
                if not costly.any():
                    break
                may &= ~costly
                hidden = self._suppressed(may)
        held = self._by_place(hidden)
        return held[TOP], held[BASE], may & enough

    def _suppressed(self, exact: Bools) -> Bools:
        """Return which counts of the ledger are hidden while these shares are exact."""
        exactly = [(side, int(n)) for n in np.flatnonzero(exact) for side in (TOP, BASE)]
        self._system = self._ledger.system(exactly, shown=self._elsewhere)
        return suppressed(self._system)

    def _beside(self, cells: Bools) -> Bools:
        """Return which places have a count in the same sums as some of these."""
        system = self._system
        sums = np.unique(system.sum_[cells[system.cell]])
        touched = np.zeros(len(cells), dtype="bool")
        touched[system.cell[np.isin(system.sum_, sums)]] = True
        held = self._by_place(touched)
        return held[TOP] | held[BASE]

    def _by_place(self, cells: Bools) -> tuple[Bools, Bools]:
        """Return for numerators and denominators what is said of counts of the ledger."""
        found = []
        for side, counts in enumerate(self.counts):
            held = np.array(counts, dtype="float64") >= 0
            held[held] = [cells[self._ledger.at((side, int(n)))] for n in np.flatnonzero(held)]
            found.append(held)
        return found[TOP], found[BASE]
