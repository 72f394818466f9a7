"""How far hidden counts can move while everything that is shown stays as it is.

The truth is always possible, so only moves away from it are looked at. Most systems of sums are networks: each
count stands in at most two sums, as in rows and columns; then the furthest move is a maximum flow, exact and in
whole people. Others go to the HiGHS solver as an integer programme.

Source: Cox (1995), Network models for complementary cell suppression; Hundepool et al., Statistical Disclosure
Control (2012), section 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from svdash.disclosure.rules import Floats, Ints

# Where nothing bounds a move, this many people are enough to show it.
FAR: Final = 10_000

# What the solver may be out by.
_TOLERANCE: Final = 1e-6

Node = int
Caps = dict[Node, dict[Node, int]]
ROOT: Final[Node] = -1


@dataclass(frozen=True)
class Moves:
    """Counts of the same sums, taken together: how far those shown and those hidden may go up and down."""

    entries: tuple[tuple[int, int], ...]
    shown_up: int
    shown_down: int
    hidden_up: int
    hidden_down: int


# -- networks ----------------------------------------------------------------------------------------


def network_moves(
    moves: Mapping[int, Moves], asked: Sequence[int], enough: int
) -> dict[int, tuple[int, int]] | None:
    """Return how far the hidden counts of asked kinds can go up and down, up to ``enough`` people.

    ``moves`` are all kinds of one component of sums. Where these are no network there is no answer.
    """
    entries = _without_twins(moves)
    free = {kind: each for kind, each in entries.items() if len(each) <= 2}
    ends = _network(free) if len(free) == len(entries) else None
    if ends is None:
        return None
    found = {}
    for kind in set(asked) & set(ends):
        caps = _capacities(moves, ends, kind)
        plus, minus = ends[kind]
        found[kind] = (_flow(caps, plus, minus, enough), _flow(caps, minus, plus, enough))
    return found


def _without_twins(moves: Mapping[int, Moves]) -> dict[int, list[tuple[int, int]]]:
    """Entries of each kind without sums that say the same as another one."""
    members: dict[int, list[tuple[int, int]]] = {}
    for kind, each in moves.items():
        for sum_, sign in each.entries:
            members.setdefault(sum_, []).append((kind, sign))
    told: set[frozenset[tuple[int, int]]] = set()
    kept: set[int] = set()
    for sum_, held in members.items():
        if frozenset(held) not in told:
            kept.add(sum_)
            told |= {frozenset(held), frozenset((kind, -sign) for kind, sign in held)}
    return {kind: [e for e in each.entries if e[0] in kept] for kind, each in moves.items()}


def _network(entries: Mapping[int, Sequence[tuple[int, int]]]) -> dict[int, tuple[Node, Node]] | None:
    """Return the two sums between which each kind is an arc, or none where the sums are no network.

    They are one where the signs of sums can be turned so that a count adds to one and takes from the other.
    """
    beside: dict[int, list[tuple[int, int]]] = {}
    for each in entries.values():
        for (sum_, sign), (other, its) in ((each[0], each[-1]), (each[-1], each[0])):
            beside.setdefault(sum_, []).extend([(other, -sign * its)] if other != sum_ else [])
    turned: dict[int, int] = {}
    for start in beside:
        waiting = deque([start] if start not in turned else [])
        turned.setdefault(start, 1)
        while waiting:
            sum_ = waiting.popleft()
            for other, factor in beside[sum_]:
                if other not in turned:
                    turned[other] = turned[sum_] * factor
                    waiting.append(other)
                elif turned[other] != turned[sum_] * factor:
                    return None
    ends = {}
    for kind, each in entries.items():
        signed = {turned[sum_] * sign: sum_ for sum_, sign in each}
        ends[kind] = (signed.get(1, ROOT), signed.get(-1, ROOT))
    return ends


def _capacities(moves: Mapping[int, Moves], ends: Mapping[int, tuple[Node, Node]], own: int) -> Caps:
    """How much each pair of sums can take up of a move, without the hidden counts that make it."""
    caps: Caps = {}
    for kind, (plus, minus) in ends.items():
        each = moves[kind]
        up = each.shown_up + (0 if kind == own else each.hidden_up)
        down = each.shown_down + (0 if kind == own else each.hidden_down)
        for source, target, most in ((minus, plus, up), (plus, minus, down)):
            to = caps.setdefault(source, {})
            to[target] = to.get(target, 0) + most
    return caps


def _flow(caps: Caps, source: Node, target: Node, enough: int) -> int:
    """Maximum flow, at most ``enough``, by shortest augmenting paths; ``caps`` stay as they are."""
    left = {node: dict(to) for node, to in caps.items()}
    flow = 0
    while flow < enough:
        path = _path(left, source, target)
        if path is None:
            break
        step = min(enough - flow, *(left[a][b] for a, b in path))
        for a, b in path:
            left[a][b] -= step
            back = left.setdefault(b, {})
            back[a] = back.get(a, 0) + step
        flow += step
    return flow


def _path(caps: Caps, source: Node, target: Node) -> list[tuple[Node, Node]] | None:
    came: dict[Node, Node] = {source: source}
    waiting = deque([source])
    while waiting:
        node = waiting.popleft()
        for other, most in caps.get(node, {}).items():
            if most > 0 and other not in came:
                came[other] = node
                if other == target:
                    path = [(node, other)]
                    while path[0][0] != source:
                        path.insert(0, (came[path[0][0]], path[0][0]))
                    return path
                waiting.append(other)
    return None


# -- any system --------------------------------------------------------------------------------------


class Solver:
    """Looks for the furthest moves of one component by integer programming: people are whole."""

    def __init__(self, moves: Mapping[int, Moves], enough: int) -> None:
        sides = [
            side
            for m in moves.values()
            for side in ((m.shown_up, m.shown_down), (m.hidden_up, m.hidden_down))
        ]
        self._highest, self._lowest = np.array(sides, dtype="float64").clip(max=FAR).T
        self._kinds = list(moves)
        self._place = {kind: 2 * at + 1 for at, kind in enumerate(self._kinds)}
        self._enough = enough
        self._solve = _solver(moves, len(self._highest))

    def furthest(self, kinds: Sequence[int], way: int) -> dict[int, int]:
        """Return moves of the hidden counts of all kinds in which one goes as far up (1) or down (-1) as it can.

        Or as far as is ``enough``; of several, all together go as far as they can. The moves are a truth that is possible
        instead.
        """
        at = [self._place[kind] for kind in kinds]
        costs = np.zeros(len(self._highest))
        costs[at] = -way
        highest, lowest = self._highest.copy(), self._lowest.copy()
        highest[at] = np.minimum(highest[at], self._enough)
        lowest[at] = np.minimum(lowest[at], self._enough)
        moved = np.rint(self._solve(costs, highest, lowest)[1::2]).astype("int64")
        return {each: int(move) for each, move in zip(self._kinds, moved, strict=True) if move}


def cheapest_move(  # three say which count stands in which sum, three what a move may be
    sum_: Ints, cell: Ints, sign: Ints, price: Floats, down: Ints, asked: tuple[int, int]
) -> Floats | None:
    """Return moves of all counts that take one of them so far up or down and cost least; none where it cannot go there.

    The first three name each count in each sum, with its sign. Moving a count by one person costs its ``price``, and is
    not possible where that is infinite; it can go ``down`` by so much. By linear programming.
    """
    # Slow to import, and seldom needed.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array, hstack

    size = len(price)
    can = np.isfinite(price)
    matrix = csc_array((sign.astype("float64"), (sum_, cell)), shape=(int(sum_.max()) + 1, size))
    costs = np.where(can, price, 0.0)
    highest = np.zeros(2 * size)
    highest[:size] = np.where(can, FAR, 0)
    highest[size:] = np.where(can, np.minimum(down, FAR), 0)
    at, step = asked
    lowest = np.zeros(2 * size)
    highest[at] = highest[size + at] = 0
    own = at if step > 0 else size + at
    highest[own] = lowest[own] = abs(step)
    solved = milp(
        np.concatenate([costs, costs]),
        constraints=LinearConstraint(hstack([matrix, -matrix], format="csc"), 0, 0),
        bounds=Bounds(lowest, highest),
    )
    if solved.x is None:
        return None
    moved: Floats = np.where(solved.x > _TOLERANCE, solved.x, 0).reshape(2, size).sum(axis=0)
    return moved


def _solver(moves: Mapping[int, Moves], width: int) -> Callable[[Floats, Floats, Floats], Floats]:
    """Return what finds the cheapest moves: for each kind of those shown, then of those hidden."""
    # Slow to import, and seldom needed.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    sums = {sum_: n for n, sum_ in enumerate(dict.fromkeys(s for m in moves.values() for s, _ in m.entries))}
    entries = [
        (sums[sum_], column + 2 * at, sign)
        for at, each in enumerate(moves.values())
        for sum_, sign in each.entries
        for column in (0, 1)
    ]
    row, column_, sign_ = np.array(entries).T
    matrix = csc_array((sign_.astype("float64"), (row, column_)), shape=(len(sums), width))
    balance, whole = LinearConstraint(matrix, 0, 0), np.ones(width, dtype="int64")

    def solve(costs: Floats, highest: Floats, lowest: Floats) -> Floats:
        limits = Bounds(-lowest, highest)
        # Most solutions in fractions are whole, and then they are the furthest in whole people too.
        solved = milp(costs, constraints=balance, bounds=limits)
        if solved.x is not None and np.abs(solved.x - np.rint(solved.x)).max() < _TOLERANCE:
            return np.asarray(solved.x, dtype="float64")
        solved = milp(costs, integrality=whole, constraints=balance, bounds=limits)
        if solved.x is None:
            # HiGHS finds some that can be solved infeasible when it simplifies them first.
            solved = milp(
                costs, integrality=whole, constraints=balance, bounds=limits, options={"presolve": False}
            )
        if solved.x is None:
            raise ArithmeticError(f"the range of a hidden count could not be worked out: {solved.message}")
        return np.asarray(solved.x, dtype="float64")

    return solve
