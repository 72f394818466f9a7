"""Counts that add up to each other, and which must be hidden so that no small one can be worked back.

A reader knows the rules, every shown count to within its rounding and every sum. What he can still not tell is
how far a hidden count could be from the truth while all that is shown stays as it is: its feasible range. Ranges
are found the cheap way first: one sum at a time, then as flows in a network, and only where sums overlap in
other ways by linear programming.

Source: Hundepool et al., Statistical Disclosure Control (2012), chapters 4 and 5: linked tables, secondary
suppression and its audit; Cox (1995) for two-way tables as networks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from svdash.disclosure.ranges import Moves, network_moves, solved_moves
from svdash.disclosure.rules import FREE, Bools, Ints, Preset, limits

# Totals that no cell of a table shows go last.
KEPT_LONGEST: Final = 10**6


@dataclass(frozen=True)
class Sum:
    """A count that is the sum of others, all told by their ids.

    With one part it says that both are the same people. Where it is not ``complete``, the parts leave people
    out (those who did not answer, say), so they add up to the total or less. The parts of a ``line`` stand side by
    side in a table: none is ever hidden alone beside others above zero.
    """

    total: Hashable
    parts: tuple[Hashable, ...]
    complete: bool = True
    line: bool = False


@dataclass(frozen=True, eq=False)
class System:
    """Counts and their sums as arrays; one entry (``sum_``, ``cell``, ``sign``) for each count in each sum.

    ``sign`` is 1 for a part and -1 for the total. ``low`` and ``high`` are what can be told of a count where it
    is shown; ``unseen`` counts are never shown and nobody's secret. ``stay`` is how long a count stays: those
    with the lowest are hidden first. Hiding ``fixed`` ones would help nobody. ``part`` is among ``whole``, as the sum ``pair`` says with those who are not.
    In a sum of ``lines`` no part is hidden alone beside others above zero.
    """

    rules: Preset
    counts: Ints
    low: Ints
    high: Ints
    stay: Ints
    unseen: Bools
    fixed: Bools
    sum_: Ints
    cell: Ints
    sign: Ints
    lines: Bools
    part: Ints
    whole: Ints
    pair: Ints

    @cached_property
    def small(self) -> Bools:
        """Counts that must not be told."""
        return (self.counts >= 1) & (self.counts <= self.rules.small) & ~self.unseen

    @cached_property
    def floor(self) -> Ints:
        """The least that a hidden count can be even where every count above zero is hidden."""
        floor = np.minimum(self.counts, 1)
        lasting = ~np.isin(self.sum_, self.pair) & ~self.unseen[self.cell]
        parts, totals = lasting & (self.sign > 0), lasting & (self.sign < 0)
        for _ in range(len(self.lines)):
            sums = np.zeros(len(self.lines), dtype="int64")
            np.add.at(sums, self.sum_[parts], floor[self.cell[parts]])
            higher = floor.copy()
            np.maximum.at(higher, self.cell[totals], sums[self.sum_[totals]])
            if (higher == floor).all():
                break
            floor = higher
        return floor

    @cached_property
    def component(self) -> Ints:
        """Number of the sums that hang together, for each count; -1 where it stands in none."""
        entries: list[list[tuple[int, int]]] = [[] for _ in self.counts]
        for sum_, cell in zip(self.sum_, self.cell, strict=True):
            entries[cell].append((int(sum_), 0))
        found = np.full(len(self.counts), -1)
        for number, cells in enumerate(_components(entries)):
            found[list(cells)] = number
        return found

    @cached_property
    def alone(self) -> Bools:
        """Counts that are the only one above zero among the parts of a sum, so that its total gives them away."""
        parts = (self.sign > 0) & (self.counts[self.cell] > 0)
        several = np.bincount(self.sum_[parts], minlength=len(self.lines)) > 1
        alone = np.zeros(len(self.counts), dtype="bool")
        alone[self.cell[parts & ~several[self.sum_]]] = True
        return alone

    @cached_property
    def queue(self) -> Ints:
        """Where each count stands in the queue of those that may be hidden: the most expendable first."""
        order = np.lexsort((self.counts, self.alone, self.stay))
        place = np.empty(len(order), dtype="int64")
        place[order] = np.arange(len(order))
        return place


def suppressed(system: System, held: Sequence[int] = ()) -> Bools:
    """Return which counts are hidden: the small ones, those ``held``, and others until none can be worked back.

    Afterwards every small hidden count could be anything from 1 to the largest small one, and every other hidden
    count anything within at least ``base``, for whoever knows all that is shown and all sums. (A total cannot be
    less than the number of its parts above zero, and zeros are shown.)
    """
    hidden = system.small.copy()
    hidden[list(held)] = True
    if not hidden.any():
        return hidden
    tried: list[int] = []
    while True:
        more = _company(system, hidden)
        if not more:
            more, hard = _loose(system, hidden)
            tried += more if hard else []
        if not more:
            break
        hidden[more] = True
    for cell in sorted(tried, key=lambda c: -system.queue[c]):
        hidden[cell] = False
        if _company(system, hidden) or _loose(system, hidden, system.component == system.component[cell])[0]:
            hidden[cell] = True
    return hidden


def _company(system: System, hidden: Bools) -> list[int]:
    """Give every count that is hidden alone in a line company: the most expendable other one above zero."""
    parts = system.sign > 0
    sums, cells = system.sum_[parts], system.cell[parts]
    alone = system.lines & (np.bincount(sums[hidden[cells]], minlength=len(system.lines)) == 1)
    open_ = alone[sums] & ~hidden[cells] & (system.counts[cells] > 0) & ~system.fixed[cells]
    return _first_of_each(system, sums[open_], cells[open_])


def _first_of_each(system: System, groups: Ints, cells: Ints) -> list[int]:
    order = np.argsort(system.queue[cells], kind="stable")
    _, first = np.unique(groups[order], return_index=True)
    return sorted({int(cell) for cell in cells[order][first]})


# -- what a reader can tell --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is known of every count while some are hidden, with counts of the same sums taken together.

    Counts that stand in the same sums can stand in for each other: they are one ``kind``, and only the sum of a
    kind matters to others. ``up`` and ``down`` say how far a count could be above and below the truth.
    """

    system: System
    hidden: Bools
    asked: Bools
    low: Ints
    high: Ints
    active: Bools
    kind: Ints
    opposite: Ints
    entries: list[list[tuple[int, int]]] = field(default_factory=list)

    @cached_property
    def up(self) -> Ints:
        return self.high - self.system.counts

    @cached_property
    def down(self) -> Ints:
        return self.system.counts - self.low

    @cached_property
    def held(self) -> Ints:
        """Hidden counts that stand in a sum, of those asked for."""
        return np.flatnonzero(self.asked & (self.kind >= 0))

    def of_kind(self, values: Ints, which: Bools) -> Ints:
        """Sum values by kind."""
        return np.bincount(
            self.kind[which & (self.kind >= 0)],
            weights=values[which & (self.kind >= 0)],
            minlength=len(self.entries),
        ).astype("int64")

    def told(self, up: Ints, down: Ints) -> Bools:
        """Which ``held`` counts can be told too well, where their kinds can move so far up and down."""
        every = self.held
        kind, counts = self.kind[every], self.system.counts[every]
        total, least, most = (self.of_kind(v, self.hidden) for v in (self.system.counts, self.low, self.high))
        low, high = self.low[every], self.high[every]
        largest = np.minimum(high, (total + up)[kind] - (least[kind] - low))
        smallest = np.maximum(low, np.maximum(least, total - down)[kind] - (most[kind] - high))
        small = self.system.small[every]
        rules = self.system.rules
        small_told = (smallest > np.minimum(self.system.floor[every], counts)) | (largest < rules.small)
        told: Bools = np.where(small, small_told, largest - smallest < rules.base)
        return told


def _seen(system: System, hidden: Bools, asked: Bools) -> _Seen:
    low, high, near = _known(system, hidden)
    active = np.ones(len(system.lines), dtype="bool")
    active[system.pair] = near
    free = hidden | system.unseen | (low < high)
    entries = active[system.sum_] & free[system.cell]
    sums, cells, signs = system.sum_[entries], system.cell[entries], system.sign[entries]
    # A random number for each sum: counts of the same sums, and only they, get the same sum of numbers.
    names = np.random.default_rng(1).integers(1, 2**62, len(system.lines))
    mark = np.zeros(len(system.counts), dtype="int64")
    np.add.at(mark, cells, signs * names[sums])
    linked = np.unique(cells)
    marks, first, kinds = np.unique(mark[linked], return_index=True, return_inverse=True)
    kind = np.full(len(system.counts), -1)
    kind[linked] = kinds
    found = np.searchsorted(marks, -marks).clip(max=max(len(marks) - 1, 0))
    opposite = np.where(marks[found] == -marks, found, -1) if len(marks) else found
    of_cell: dict[int, list[tuple[int, int]]] = {int(cell): [] for cell in linked[first]}
    wanted = np.isin(cells, linked[first])
    for sum_, cell, sign in zip(sums[wanted], cells[wanted], signs[wanted], strict=True):
        of_cell[int(cell)].append((int(sum_), int(sign)))
    return _Seen(system, hidden, asked, low, high, active, kind, opposite, list(of_cell.values()))


def _known(system: System, hidden: Bools) -> tuple[Ints, Ints, Bools]:
    """Limits of every count, and for which pairs it still matters that the part is no more than the whole.

    Where only the part is hidden, the least that the whole can be is mostly limit enough for it. That leaves the
    reader less doubt than he has, so what is safe with it is safe.
    """
    low = np.where(system.unseen, 0, np.where(hidden, 1, system.low))
    high = np.where(hidden | system.unseen, FREE, system.high)
    part, whole = system.part, system.whole
    count, least = system.counts[part], low[whole]
    enough = system.small[part] | (least > system.rules.base)
    apart = hidden[part] & ~hidden[whole] & (count <= least) & enough
    np.minimum.at(high, part[apart], least[apart])
    return low, high, high[part] > low[whole]


def _loose(system: System, hidden: Bools, among: Bools | None = None) -> tuple[list[int], bool]:
    """Return counts to hide because hidden ones can be told too well, and whether that took an exact audit.

    Only those ``among`` these are looked at.
    """
    seen = _seen(system, hidden, hidden if among is None else hidden & among)
    if not len(seen.held):
        return [], False
    told = seen.told(*_most_moves(seen))
    if told.any():
        # However freely the rest could move, one sum alone gives these away.
        kinds = np.unique(seen.kind[seen.held[told]])
        found = {cell for kind in kinds for cell in _candidates(seen, [int(kind)], alone=True)[:1]}
        if found:
            return sorted(found), False
    unsure = np.unique(seen.kind[seen.held[seen.told(*_least_moves(seen))]])
    return _audited(seen, {int(kind) for kind in unsure}) if len(unsure) else [], True


def _most_moves(seen: _Seen) -> tuple[Ints, Ints]:
    """How far each kind's hidden counts can move at most: as far as the tightest of its sums lets them."""
    system = seen.system
    entries = seen.active[system.sum_]
    sums, cells, plus = system.sum_[entries], system.cell[entries], system.sign[entries] > 0
    size = len(system.lines)
    rise, fall = np.zeros(size, dtype="int64"), np.zeros(size, dtype="int64")
    np.add.at(rise, sums, np.where(plus, seen.down[cells], seen.up[cells]))
    np.add.at(fall, sums, np.where(plus, seen.up[cells], seen.down[cells]))
    own_up, own_down = seen.of_kind(seen.up, seen.hidden), seen.of_kind(seen.down, seen.hidden)
    up = np.array([min((rise, fall)[s < 0][n] for n, s in each) for each in seen.entries], dtype="int64")
    down = np.array([min((fall, rise)[s < 0][n] for n, s in each) for each in seen.entries], dtype="int64")
    return up - own_down, down - own_up


def _least_moves(seen: _Seen) -> tuple[Ints, Ints]:
    """How far each kind's hidden counts can move at least: by what stands in the very same sums."""
    shown = ~seen.hidden
    up, down = seen.of_kind(seen.down, shown), seen.of_kind(seen.up, shown)
    all_up = seen.of_kind(seen.up, np.ones_like(shown))
    all_down = seen.of_kind(seen.down, np.ones_like(shown))
    other = seen.opposite >= 0
    return (
        up + np.where(other, all_up[seen.opposite], 0),
        down + np.where(other, all_down[seen.opposite], 0),
    )


def _candidates(seen: _Seen, kinds: Sequence[int], *, alone: bool = False) -> list[int]:
    """Counts whose hiding could help, the most expendable first: those shown in the same sums.

    With ``alone`` only sums that give the kind away by themselves, whatever others there are.
    """
    system = seen.system
    sums = {n for kind in kinds for n, _ in seen.entries[kind]}
    if alone:
        sums = {n for kind in kinds for n in sums if _tells(seen, kind, n)} or sums
    members = system.cell[np.isin(system.sum_, list(sums))]
    # A hidden part may be told by the whole that it is among.
    held = seen.hidden & np.isin(seen.kind, list(kinds))
    members = np.concatenate([members, system.whole[held[system.part]], system.part[held[system.whole]]])
    open_ = np.unique(members[~seen.hidden[members] & (system.counts[members] > 0) & ~system.fixed[members]])
    return [int(cell) for cell in open_[np.argsort(system.queue[open_])]]


def _tells(seen: _Seen, kind: int, sum_: int) -> bool:
    """Whether one sum gives away counts of a kind by itself."""
    system = seen.system
    entries = np.flatnonzero(system.sum_ == sum_)
    cells, signs = system.cell[entries], system.sign[entries]
    own = seen.hidden[cells] & (seen.kind[cells] == kind)
    sign = dict(seen.entries[kind])[sum_]
    same = signs == sign
    up, down = seen.up[cells], seen.down[cells]
    rise, fall = np.full(len(seen.entries), FREE), np.full(len(seen.entries), FREE)
    rise[kind] = np.where(same, down, up)[~own].sum()
    fall[kind] = np.where(same, up, down)[~own].sum()
    return bool(seen.told(rise, fall)[seen.kind[seen.held] == kind].any())


def _audited(seen: _Seen, unsure: set[int]) -> list[int]:
    """Work out exactly how far the unsure kinds can move; return what to hide next, one count a component."""
    shown = ~seen.hidden
    by_kind = [
        seen.of_kind(values, which) for which in (shown, seen.hidden) for values in (seen.up, seen.down)
    ]
    enough = seen.system.rules.small + seen.system.rules.base
    found: list[int] = []
    for kinds in _components(seen.entries):
        asked = sorted(unsure & kinds)
        if not asked:
            continue
        moves = {
            k: Moves(tuple(seen.entries[k]), *(int(values[k]) for values in by_kind)) for k in sorted(kinds)
        }
        found_moves, furthest = network_moves(moves, asked, enough)
        told = _still_told(seen, asked, found_moves)
        if told and not furthest:
            told = _still_told(seen, told, solved_moves(moves, told, enough))
        if told:
            found += (_candidates(seen, told) or _candidates(seen, sorted(kinds)))[:1]
    return found


def _still_told(seen: _Seen, asked: Sequence[int], moves: Mapping[int, tuple[int, int]]) -> list[int]:
    """Return which of the asked kinds can be told too well where they can move at least so far up and down."""
    up, down = (np.full(len(seen.entries), FREE) for _ in range(2))
    for kind in asked:
        up[kind], down[kind] = moves.get(kind, (0, 0))
    return sorted({int(kind) for kind in seen.kind[seen.held[seen.told(up, down)]]} & set(asked))


def _components(entries: Sequence[Sequence[tuple[int, int]]]) -> list[set[int]]:
    """Cut kinds into those that hang together by their sums."""
    leader: dict[int, int] = {}

    def find(sum_: int) -> int:
        while leader.setdefault(sum_, sum_) != sum_:
            leader[sum_] = sum_ = leader[leader[sum_]]
        return sum_

    for each in entries:
        for sum_, _ in each[1:]:
            leader[find(sum_)] = find(each[0][0])
    found: dict[int, set[int]] = {}
    for kind, each in enumerate(entries):
        if each:
            found.setdefault(find(each[0][0]), set()).add(kind)
    return list(found.values())


# -- building a system -------------------------------------------------------------------------------


class Ledger:
    """Counts by id and the sums that tie them, to be made into a system."""

    def __init__(self, rules: Preset) -> None:
        self.rules = rules
        self._place: dict[Hashable, int] = {}
        self._counts: list[int] = []
        self._stay: list[int] = []
        self._same: list[int] = []
        self._limits: dict[int, tuple[int, int]] = {}
        self._sums: dict[tuple[int, frozenset[int], int], bool] = {}

    def add(self, name: Hashable, count: int, stay: int = 0) -> None:
        """Enter a count."""
        self._place[name] = len(self._counts)
        self._same.append(len(self._counts))
        self._counts.append(count)
        self._stay.append(stay)

    def at(self, name: Hashable) -> int:
        """Return where a count stands, by any of its names."""
        if name not in self._place:
            raise ValueError(f"there is no count {name!r}; name counts by their ids")
        return self._end(self._place[name])

    def count(self, cell: int) -> int:
        """Return a count by its place."""
        return self._counts[cell]

    def _end(self, cell: int) -> int:
        while self._same[cell] != cell:
            cell = self._same[cell]
        return cell

    def narrow(self, name: Hashable, low: int, high: int) -> None:
        """Note limits that a reader knows of a shown count beside its rounding."""
        self._narrow(self.at(name), low, high)

    def _narrow(self, cell: int, low: int, high: int) -> None:
        was = self._limits.get(cell, (0, FREE))
        self._limits[cell] = (max(low, was[0]), min(high, was[1]))

    def link(self, each: Sum) -> None:
        """Enter a sum. Raises ``ValueError`` where it doesn't add up."""
        total, parts = self.at(each.total), [self.at(part) for part in each.parts]
        left = self._counts[total] - sum(self._counts[part] for part in parts)
        if not parts or left < 0 or (each.complete and left):
            raise ValueError(
                f"the sum {each.total!r} is {self._counts[total]} and its parts add up to "
                f"{self._counts[total] - left}; correct the counts, or say that the parts leave people out"
            )
        # A shown 0 takes no part.
        parts = [part for part in parts if self._counts[part]]
        if not parts or parts == [total]:
            return
        if len({total, *parts}) <= len(parts):
            raise ValueError(f"the sum {each.total!r} needs parts, each once, and not itself among them")
        if each.complete and len(parts) == 1:
            self._merge(total, parts[0])
            return
        rest = -1 if each.complete else len(self._counts)
        if not each.complete:
            self.add(("left out", rest), left)
        key = (total, frozenset(parts), rest)
        self._sums[key] = self._sums.get(key, False) or each.line

    def _merge(self, one: int, other: int) -> None:
        """Take two counts of the same people as one; the more places it stands in, the longer it stays."""
        self._same[one] = other
        self._stay[other] += self._stay[one]
        if one in self._limits:
            self._narrow(other, *self._limits[one])

    def system(self, known: Iterable[Hashable] = (), shown: Iterable[Hashable] = ()) -> System:
        """Return the arrays; a reader knows those ``known`` exactly while they are shown, though they are rounded.

        Those ``shown`` are shown elsewhere, so hiding them would not help.
        """
        sums: list[tuple[int, int, int]] = []
        pairs: list[tuple[int, int, int]] = []
        lines = self._ended()
        unseen = np.zeros(len(self._counts), dtype="bool")
        for number, (total, parts, rest) in enumerate(lines):
            sums += [(number, part, 1) for part in parts] + [(number, total, -1)]
            if rest >= 0:
                unseen[rest] = True
                sums.append((number, rest, 1))
                if len(parts) == 1:
                    pairs.append((min(parts), total, number))
        fixed = unseen.copy()
        fixed[[self.at(name) for name in shown]] = True
        low, high = self._known({self.at(name) for name in known})
        sum_, cell_, sign = np.array(sums, dtype="int64").reshape(-1, 3).T
        part, whole, pair = np.array(pairs, dtype="int64").reshape(-1, 3).T
        return System(
            self.rules, np.array(self._counts, dtype="int64"), low, high, np.array(self._stay, dtype="int64"),
            unseen, fixed, sum_, cell_, sign, np.array(list(lines.values()), dtype="bool"), part, whole, pair,
        )  # fmt: skip

    def _ended(self) -> dict[tuple[int, frozenset[int], int], bool]:
        """Sums once all counts of the same people are one; whether each is a line.

        Parts that are all of one total and some of another: the one total is among the other.
        """
        lines: dict[tuple[int, frozenset[int], int], bool] = {}
        for (total, parts, rest), line in self._sums.items():
            key = (self._end(total), frozenset(map(self._end, parts)), rest)
            lines[key] = lines.get(key, False) or line
        full = {parts: total for total, parts, rest in lines if rest < 0}
        for total, parts, rest in list(lines):
            if rest >= 0 and full.get(parts, total) != total:
                del lines[total, parts, rest]
                lines[total, frozenset([full[parts]]), rest] = False
        return lines

    def _known(self, exactly: set[int]) -> tuple[Ints, Ints]:
        """Limits of each count where it is shown."""
        counts = np.array(self._counts, dtype="int64")
        low, high = limits(counts, self.rules)
        for cell, (least, most) in self._limits.items():
            low[cell], high[cell] = max(low[cell], least), min(high[cell], most)
        known = np.isin(np.arange(len(counts)), list(exactly))
        return np.where(known, counts, low), np.where(known, counts, high)
