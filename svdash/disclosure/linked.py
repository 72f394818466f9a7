"""Counts that add up to each other, and which must be hidden so that no small one can be worked back.

A reader knows the rules, every told count exactly and every sum: rates and intervals give counts back, however
coarsely the counts themselves are written. What the reader can still not tell is how far a hidden count could be from
the truth while all that is told stays as it is: its feasible range. Ranges are found the cheap way first: one sum at a
time, then as flows in a network, and only where sums overlap in other ways by integer programming.

Source: Hundepool et al., Statistical Disclosure Control (2012), chapters 4 and 5: linked tables, secondary
suppression and its audit; Cox (1995) for two-way tables as networks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from svdash.disclosure.gated_parts import fingerprint, remembered
from svdash.disclosure.ranges import Moves, Solver, cheapest_move, network_moves
from svdash.disclosure.rules import FREE, Bools, Floats, Ints, Preset

# Totals that no cell of a table shows go last.
KEPT_LONGEST: Final = 10**6
# Doublings of a price beyond which it makes no difference.
DEAREST: Final = 20
# From more kinds than these on, asking for all at once is quicker.
_TOGETHER: Final = 4
# From so many possible truths on, tables are so full of small counts that one count at a time would take minutes, and most
# is hidden whichever way: more are hidden at once, by the square of how often so many truths were looked for.
_PATIENCE: Final = 100
# How many of the counts that were hidden beside others may be tried again, those that say most first.
_RETRIED: Final = 100


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

    ``sign`` is 1 for a part and -1 for the total. ``unseen`` counts are shown nowhere, not even as 0, and nobody's secret. ``stay`` is how long a count stays: those
    with the lowest are hidden first. ``fixed`` ones are hidden only where nothing else is left to hide. ``part`` is among ``whole``, as the sum ``pair`` says with those who are not.
    In a sum of ``lines`` no part is hidden alone beside others above zero.
    """

    rules: Preset
    counts: Ints
    stay: Floats
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
        lasting = ~self.unseen[self.cell]
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
    def price(self) -> Floats:
        """What it costs to hide each count: twice as much for each step that it stays longer, more for larger ones."""
        return 2.0 ** np.clip(self.stay, -DEAREST, DEAREST) * (1 + np.log1p(self.counts) / 100)

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
    count any of at least ``base`` values, for whoever knows exactly all that is told, and all sums. (A total cannot be
    less than the number of its parts above zero, and zeros are shown.) Where hiding others is not enough, ``fixed``
    counts are among the hidden, and where not even that is enough, every count above zero that it is tied to.
    """
    start = system.small.copy()
    start[list(held)] = True
    while True:
        hidden = start.copy()
        floor, quick = system.floor, True
        for cells in _apart(system, hidden):
            if hidden[cells].any():
                hidden[cells], soon = _of_part(_cut(system, cells, floor), hidden[cells])
                quick &= soon
        opened = hidden & ~start & system.fixed
        if not opened.any():
            return hidden
        # What one part of the counts has to hide, the others must not tell: they are looked at together, and afresh where
        # that takes no minutes.
        start |= opened if quick else hidden
        system = replace(system, fixed=system.fixed & ~opened)


def _of_part(part: System, hidden: Bools) -> tuple[Bools, bool]:
    """Return what :func:`_suppressed` says of counts that are tied to no others; looked for once."""
    follows_from = (
        part.counts, part.stay, part.unseen, part.fixed, part.sum_, part.cell, part.sign, part.lines, part.part, part.whole,
        part.pair, part.floor, hidden,
    )  # fmt: skip
    return remembered(fingerprint(part.rules, follows_from), lambda: _suppressed(part, hidden))


def _apart(system: System, hidden: Bools) -> list[Ints]:
    """Cut counts into those that are tied to each other by what could be hidden; each part with what is told of its sums."""
    constant = (system.fixed & ~hidden | (system.counts == 0)) & ~system.unseen
    loose = ~constant[system.cell]
    entries: list[list[tuple[int, int]]] = [[] for _ in system.counts]
    for sum_, cell in zip(system.sum_[loose], system.cell[loose], strict=True):
        entries[cell].append((int(sum_), 0))
    parts = []
    for cells in _components(entries):
        sums = np.unique(system.sum_[np.isin(system.cell, list(cells)) & loose])
        part = np.unique(system.cell[np.isin(system.sum_, sums)])
        # In an order of their own, so that the order in which counts are given decides nothing.
        parts.append(part[np.lexsort((system.counts[part], system.stay[part]))])
    return parts


def _cut(system: System, cells: Ints, floor: Ints) -> System:
    """Return the system of some counts alone, with the sums that all stand in it."""
    place = np.full(len(system.counts), -1)
    place[cells] = np.arange(len(cells))
    within = np.bincount(system.sum_[place[system.cell] < 0], minlength=len(system.lines)) == 0
    sums = np.flatnonzero(within & (np.bincount(system.sum_, minlength=len(system.lines)) > 0))
    number = np.full(len(system.lines), -1)
    members = {int(each): sorted(place[system.cell[system.sum_ == each]].tolist()) for each in sums}
    number[sorted(members, key=lambda each: members[each])] = np.arange(len(sums))
    kept, pairs = number[system.sum_] >= 0, number[system.pair] >= 0
    part = System(
        system.rules, system.counts[cells], system.stay[cells], system.unseen[cells], system.fixed[cells],
        *_ordered(number[system.sum_[kept]], place[system.cell[kept]], system.sign[kept]),
        system.lines[np.argsort(number)[np.sort(number) >= 0]],
        place[system.part[pairs]], place[system.whole[pairs]], number[system.pair[pairs]],
    )  # fmt: skip
    # What a count is at least may come of sums that stand elsewhere.
    part.__dict__["floor"] = floor[cells]
    return part


def _ordered(sum_: Ints, cell: Ints, sign: Ints) -> tuple[Ints, Ints, Ints]:
    order = np.lexsort((cell, sum_))
    return sum_[order], cell[order], sign[order]


def _suppressed(system: System, hidden: Bools) -> tuple[Bools, bool]:
    """Return which counts are hidden, and whether that was found so quickly that it may be looked for again."""
    hidden = hidden.copy()
    tried: list[int] = []
    truths = _Truths(system)
    while True:
        seen, told = _told_too_well(system, hidden, truths)
        if not len(told):
            break
        more = _company(seen, told)
        if not more:
            # All that it is tied to is hidden: what can be said of it now follows from zeros and sums alone.
            return hidden, len(truths) < _PATIENCE
        also = _candidates(seen, seen.kind[seen.held[told]].tolist(), fixed=False)
        more += also[: (len(truths) // _PATIENCE) ** 2]
        tried += more
        hidden[more] = True
        if system.fixed[more].any():
            return hidden, len(truths) < _PATIENCE
    # What says more than others is shown again where it turned out not to be needed.
    dear = sorted((c for c in set(tried) if system.stay[c] >= 1), key=lambda c: -system.queue[c])
    for cell in dear[:_RETRIED]:
        hidden[cell] = False
        if len(_told_too_well(system, hidden, truths)[1]):
            hidden[cell] = True
    return hidden, len(truths) < _PATIENCE


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
        told: Bools = np.where(small, small_told, largest - smallest + 1 < rules.base)
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
    low = np.where(system.unseen, 0, np.where(hidden, 1, system.counts))
    high = np.where(hidden | system.unseen, FREE, system.counts)
    part, whole = system.part, system.whole
    count, least = system.counts[part], low[whole]
    enough = system.small[part] | (least > system.rules.base)
    apart = hidden[part] & ~hidden[whole] & (count <= least) & enough
    np.minimum.at(high, part[apart], least[apart])
    return low, high, high[part] > low[whole]


def _told_too_well(system: System, hidden: Bools, truths: _Truths) -> tuple[_Seen, Ints]:
    """Return what is seen, and which of its ``held`` counts can be told too well: some of them, if any."""
    seen = _seen(system, hidden, hidden)
    if not len(seen.held):
        return seen, seen.held
    told = seen.told(*_most_moves(seen))
    if told.any():
        return seen, np.flatnonzero(told)
    least = [np.maximum(*each) for each in zip(_least_moves(seen), truths.moves(seen), strict=True)]
    unsure = np.unique(seen.kind[seen.held[seen.told(*least)]])
    found = _audited(seen, {int(kind) for kind in unsure}, truths) if len(unsure) else []
    return seen, np.flatnonzero(np.isin(seen.kind[seen.held], found))


def _company(seen: _Seen, told: Ints) -> list[int]:
    """Return what to hide beside the first count that can be told too well: the cheapest counts that let it move.

    Each shown count has a price. What is looked for is a truth in which the count is as far from the real one as it must
    be possible, and which moves as little as can be of what is shown; all that it moves is then
    hidden. Nothing is returned where all that the count is tied to is hidden already.
    """
    system, cell = seen.system, int(seen.held[told[0]])
    count, small = int(system.counts[cell]), system.rules.small
    least = min(int(system.floor[cell]), count)
    far = system.rules.base - 1
    # A small count has to be able to go both ways, any other one of them.
    ways = [(small - count, least - count)] if system.small[cell] else [(far,), (-far,)]
    free = seen.hidden | system.unseen
    price = np.where(free, 0.0, system.price)
    price[system.fixed & ~free | (system.counts == 0)] = np.inf
    down = system.counts - np.where(system.unseen, 0, np.minimum(system.floor, system.counts))
    every_way = []
    for steps in ways:
        moves = [
            cheapest_move(system.sum_, system.cell, system.sign, price, down, (cell, step))
            for step in steps
            if step
        ]
        there = [np.flatnonzero(moved) for moved in moves if moved is not None]
        if len(there) == len(moves) or system.small[cell]:
            found = set(np.concatenate([np.zeros(0, dtype="int64"), *there]).tolist())
            every_way.append((float(price[list(found)].sum()), found))
    _, found = min(every_way, key=lambda way: way[0], default=(0.0, set[int]()))
    new = sorted(each for each in found if not free[each])
    own, every = [int(seen.kind[cell])], range(len(seen.entries))
    return new or next(
        (
            some[:1]
            for fixed in (False, True)
            for kinds in (own, every)
            if (some := _candidates(seen, kinds, fixed=fixed))
        ),
        [],
    )


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


def _candidates(seen: _Seen, kinds: Sequence[int], *, fixed: bool) -> list[int]:
    """Counts whose hiding could help, the most expendable first: those shown in the same sums, ``fixed`` or not."""
    system = seen.system
    sums = {n for kind in kinds for n, _ in seen.entries[kind]}
    members = system.cell[np.isin(system.sum_, list(sums))]
    # A hidden part may be told by the whole that it is among.
    held = seen.hidden & np.isin(seen.kind, list(kinds))
    members = np.concatenate([members, system.whole[held[system.part]], system.part[held[system.whole]]])
    open_ = ~seen.hidden & ~system.unseen & (system.counts > 0) & (system.fixed == fixed)
    found = np.unique(members[open_[members]])
    return [int(cell) for cell in found[np.argsort(system.queue[found])]]


def _audited(seen: _Seen, unsure: set[int], truths: _Truths) -> list[int]:
    """Work out exactly how far the unsure kinds can move; return those that can be told too well, one of a component."""
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
        furthest = network_moves(moves, asked, enough)
        if furthest is None:
            told = _solved(seen, asked, Solver(moves, enough), truths)
        else:
            told = _still_told(seen, asked, furthest)
        found += told[:1]
    return found


def _solved(seen: _Seen, asked: Sequence[int], solver: Solver, truths: _Truths) -> list[int]:
    """Return the first of the asked kinds that can be told too well, if any can; note the truths that are found."""
    up, down = truths.moves(seen)

    def look(kinds: Sequence[int], way: int) -> None:
        moved = solver.furthest(kinds, way)
        truths.note(seen, moved)
        for each, move in moved.items():
            up[each], down[each] = max(up[each], move), max(down[each], -move)

    def unsure() -> list[int]:
        told = set(seen.kind[seen.held[seen.told(up, down)]].tolist())
        return [kind for kind in asked if kind in told]

    # One truth may answer for many, so all are asked together before each is asked alone.
    for way in (1, -1):
        left = unsure()
        if len(left) > _TOGETHER:
            look(left, way)
    for kind in unsure():
        for way in (1, -1):
            if kind in unsure():
                look([kind], way)
        if kind in unsure():
            return [kind]
    return []


class _Truths:
    """Possible truths that were found: each stays possible for as long as all that it moves is hidden."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._cells: list[Ints] = []
        self._moves: list[Ints] = []

    def __len__(self) -> int:
        return len(self._cells)

    def note(self, seen: _Seen, moved: Mapping[int, int]) -> None:
        """Keep moves of kinds, as moves of their hidden counts."""
        system = self._system
        move = np.zeros(len(system.counts), dtype="int64")
        for kind, much in moved.items():
            left = much
            for cell in np.flatnonzero(seen.hidden & (seen.kind == kind)):
                step = min(left, int(seen.up[cell])) if left > 0 else max(left, -int(seen.down[cell]))
                move[cell], left = step, left - step
        # What is shown nowhere can make up for them whatever is hidden later, so its own moves need not be kept.
        cells = np.flatnonzero(move)
        if len(cells):
            self._cells.append(cells)
            self._moves.append(move[cells])

    def moves(self, seen: _Seen) -> tuple[Ints, Ints]:
        """Return how far each kind's hidden counts go up and down in the truths that are still possible."""
        up, down = (np.zeros(len(seen.entries), dtype="int64") for _ in range(2))
        if not self._cells or not len(seen.entries):
            return up, down
        cells, moves = np.concatenate(self._cells), np.concatenate(self._moves)
        number = np.repeat(np.arange(len(self._cells)), [len(each) for each in self._cells])
        possible = np.ones(len(self._cells), dtype="bool")
        possible[number[~(seen.hidden | seen.system.unseen)[cells]]] = False
        kind = seen.kind[cells]
        use = possible[number] & seen.hidden[cells] & (kind >= 0)
        pairs, where = np.unique(number[use] * len(seen.entries) + kind[use], return_inverse=True)
        total = np.bincount(where, weights=moves[use], minlength=len(pairs)).astype("int64")
        np.maximum.at(up, pairs % len(seen.entries), total)
        np.maximum.at(down, pairs % len(seen.entries), -total)
        return up, down


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
        self._stay: list[float] = []
        self._same: list[int] = []
        self._unseen: set[int] = set()
        self._sums: dict[tuple[int, frozenset[int], int], bool] = {}

    def add(self, name: Hashable, count: int, stay: float = 0, *, unseen: bool = False) -> None:
        """Enter a count; one that is ``unseen`` is shown nowhere."""
        self._place[name] = len(self._counts)
        if unseen:
            self._unseen.add(len(self._counts))
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
        parts = [part for part in parts if self._counts[part] or part in self._unseen]
        if not parts or parts == [total]:
            return
        if each.total in each.parts or len(set(parts)) < len(parts):
            raise ValueError(f"the sum {each.total!r} needs parts, each once, and not itself among them")
        if total in parts:
            self._nobody(parts, total)
            return
        if each.complete and len(parts) == 1:
            self._merge(total, parts[0])
            return
        rest = -1 if each.complete else len(self._counts)
        if not each.complete:
            self.add(("left out", rest), left, unseen=True)
        key = (total, frozenset(parts), rest)
        self._sums[key] = self._sums.get(key, False) or each.line

    def _nobody(self, parts: Iterable[int], total: int) -> None:
        """Take the other parts of a sum as known to be none where one part is the same people as the total."""
        self._unseen.difference_update(part for part in parts if part != total)

    def _merge(self, one: int, other: int) -> None:
        """Take two counts of the same people as one; the more places it stands in, the longer it stays.

        It is ``unseen`` only where both are.
        """
        self._same[one] = other
        self._stay[other] += self._stay[one]
        if one not in self._unseen:
            self._unseen.discard(other)

    def system(self, shown: Iterable[Hashable] = ()) -> System:
        """Return the arrays. Those ``shown`` are told elsewhere, so hiding them would not help."""
        sums: list[tuple[int, int, int]] = []
        pairs: list[tuple[int, int, int]] = []
        lines = self._ended()
        unseen = np.zeros(len(self._counts), dtype="bool")
        unseen[list(self._unseen)] = True
        for number, (total, parts, rest) in enumerate(lines):
            sums += [(number, part, 1) for part in parts] + [(number, total, -1)]
            if rest >= 0:
                sums.append((number, rest, 1))
                if len(parts) == 1:
                    pairs.append((min(parts), total, number))
        fixed = unseen.copy()
        fixed[[self.at(name) for name in shown]] = True
        sum_, cell_, sign = np.array(sums, dtype="int64").reshape(-1, 3).T
        part, whole, pair = np.array(pairs, dtype="int64").reshape(-1, 3).T
        return System(
            self.rules, np.array(self._counts, dtype="int64"), np.array(self._stay, dtype="float64"),
            unseen, fixed, sum_, cell_, sign, np.array(list(lines.values()), dtype="bool"), part, whole, pair,
        )  # fmt: skip

    def _ended(self) -> dict[tuple[int, frozenset[int], int], bool]:
        """Sums once all counts of the same people are one; whether each is a line.

        Parts that are all of one total and some of another: the one total is among the other.
        """
        lines: dict[tuple[int, frozenset[int], int], bool] = {}
        for (total, parts, rest), line in self._sums.items():
            key = (self._end(total), frozenset(map(self._end, parts)), rest)
            if key[0] in key[1]:
                self._nobody(key[1], key[0])
                continue
            lines[key] = lines.get(key, False) or line
        full = {parts: total for total, parts, rest in lines if rest < 0}
        for total, parts, rest in list(lines):
            if rest >= 0 and full.get(parts, total) != total:
                del lines[total, parts, rest]
                lines[total, frozenset([full[parts]]), rest] = False
        return lines
