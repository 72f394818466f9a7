"""Which counts of people among observations add up to each other, so that the gate can reckon with it.

Equal counts of the same group, period and organisation are taken to be of the same people, whatever else their lines
have: a reader may take them so, and to reckon with more than a reader knows only hides more.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from svdash.disclosure import PRESETS, Sum, safe
from svdash.register import ALL, NOT_STATED

TOP: Final = "numerator"
BASE: Final = "denominator"
SMALL: Final = PRESETS["gss"].small
# Bases hold up the shares of a whole line.
BASE_STAYS: Final = 1.0
Name = tuple[Hashable, ...]
Line = tuple[str, str, str, str]


@dataclass(frozen=True)
class Row:
    """One observation: its label, its numerator and its denominator; -1 is missing."""

    label: Hashable
    top: int
    base: int

    def size(self, side: str) -> int:
        """Return one of its counts."""
        return self.top if side == TOP else self.base


Rows = Mapping[str, Row]


@dataclass
class People:
    """Counts of people by name, what adds up to what, how long each stays shown, and which are shown elsewhere."""

    counts: dict[Hashable, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    stay: dict[Hashable, float] = field(default_factory=dict)
    shown: set[Hashable] = field(default_factory=set)

    def same(self, name: Hashable, other: Hashable) -> None:
        """Note that two counts are of the same people."""
        if name != other:
            self.sums.append(Sum(name, (other,)))

    def whole(self, total: Hashable, parts: Iterable[Hashable], *, line: bool = False) -> None:
        """Note that parts add up to a total, or leave some out, who are then a count as secret as any other.

        Only a few who are left out are a count of their own: what is left of many says nothing of one of them.
        """
        every = tuple(parts)
        left = self.counts[total] - sum(self.counts[part] for part in every)
        if left < 0 or not every:
            return
        if 1 <= left <= SMALL:
            rest = ("rest", total, every)
            self.counts[rest] = left
            every, left = (*every, rest), 0
        self.sums.append(Sum(total, every, complete=not left, line=line))

    def hidden(self, before: Mapping[Hashable, bool], held: Iterable[Hashable] = ()) -> dict[Hashable, bool]:
        """Return whether each count is hidden, by name, beside what ``before`` says was told (False) and hidden already.

        Those ``held`` are hidden whatever else is.
        """
        known = {name: before[name] for name in self.counts if name in before}
        return safe(
            self.counts,
            self.sums,
            shown=self.shown | {name for name, hidden in known.items() if not hidden},
            hidden=[*(name for name, hidden in known.items() if hidden), *held],
            stay=self.stay,
        ).to_dict()


def between(rows: pd.DataFrame) -> People:
    """Return the counts of observations of people, named ``(column, label of the row)``, and what ties them.

    Found are: the groups of each line and its base or its total; everybody, who is asked for every characteristic; the
    same group under several indicators; an aggregate of groups, such as the minority ethnic groups together.
    """
    people = People()
    for side in (TOP, BASE):
        known = rows[rows[side].notna()]
        people.counts |= {
            (side, label): int(n) for label, n in zip(known.index, known[side].astype("int64"), strict=True)
        }
    people.stay |= {name: BASE_STAYS for name in people.counts if isinstance(name, tuple) and name[0] == BASE}
    lines = _lines(rows)
    _everybody(people, lines)
    for key, line in lines.items():
        if key[-1] != ALL:
            _tie_line(people, key, line, lines)
        if base_of(line) is None:
            for row in line.values():
                if 0 <= row.top <= row.base:
                    people.sums.append(Sum((BASE, row.label), ((TOP, row.label),), complete=False))
    _same_groups(people, lines)
    people.sums += _aggregates(lines)
    return people


def touches(rows: pd.DataFrame, others: pd.DataFrame) -> bool:
    """Tell whether counts of some observations may be of the same people as those of others, or add up with them."""
    at = ["period", "organisation"]
    near = rows[pd.MultiIndex.from_frame(rows[at]).isin(pd.MultiIndex.from_frame(others[at]))]
    if near.empty:
        return False
    together = pd.concat([near, others])
    # Rows tie others by sums that neither has by itself, and never take one away.
    if len(between(together).sums) != len(between(near).sums) + len(between(others).sums):
        return True
    return unexplained(together) != unexplained(near) | unexplained(others)


def alike(rows: pd.DataFrame, others: pd.DataFrame) -> list[Sum]:
    """Return which counts are told again: those of a group whose observation has both counts as another one has them."""
    keys = ["period", "organisation", "characteristic", "group", TOP, BASE]
    first = rows[rows[TOP].notna()].drop_duplicates(keys)
    known = dict(zip(first[keys].itertuples(index=False, name=None), first.index, strict=True))
    named = zip(others[keys].itertuples(index=False, name=None), others.index, strict=True)
    return [Sum((TOP, label), ((TOP, known[key]),)) for key, label in named if key in known]


def _lines(rows: pd.DataFrame) -> dict[Line, dict[str, Row]]:
    lines: dict[Line, dict[str, Row]] = {}
    keys = zip(rows["indicator"], rows["period"], rows["organisation"], rows["characteristic"], strict=True)
    counts = (rows[side].fillna(-1).astype("int64") for side in (TOP, BASE))
    for key, group, label, top, base in zip(keys, rows["group"], rows.index, *counts, strict=True):
        lines.setdefault(key, {})[str(group)] = Row(label, int(top), int(base))
    return lines


def _stated(line: Rows) -> dict[str, Row]:
    return {group: row for group, row in line.items() if group != NOT_STATED}


def base_of(line: Rows) -> int | None:
    """Return the one base that the stated groups of a line are shares of; none where each has its own."""
    stated = _stated(line).values()
    whole = sum(row.top for row in stated)
    return whole if len(stated) > 1 and {row.base for row in stated} == {whole} else None


def asked_of(line: Rows) -> tuple[Hashable, int] | None:
    """Return the count of everybody who was asked for a line of shares of one base, by name; none for other lines."""
    answered = base_of(line)
    if answered is None:
        return None
    silent = line.get(NOT_STATED)
    if silent is not None and silent.base == silent.top + answered:
        return (BASE, silent.label), silent.base
    return (BASE, next(iter(_stated(line).values())).label), answered


def _everybody(people: People, lines: Mapping[Line, Rows]) -> None:
    """Everybody is asked for every characteristic, and announced elsewhere: equal numbers of a period are one count.

    A line that knows only those who stated a group may leave out a few of everybody; they are a secret then.
    """
    seen: dict[tuple[str, str], dict[int, Hashable]] = {}
    partly: list[tuple[tuple[str, str], Hashable, int]] = []
    for (_, period, organisation, characteristic), line in lines.items():
        whole, at = asked_of(line), (period, organisation)
        if characteristic == ALL and ALL in line and line[ALL].base >= 0:
            whole = (BASE, line[ALL].label), line[ALL].base
        elif whole is not None and NOT_STATED not in line:
            partly.append((at, *whole))
            continue
        if whole is not None:
            people.same(whole[0], seen.setdefault(at, {}).setdefault(whole[1], whole[0]))
            people.shown.add(whole[0])
    for at, name, answered in partly:
        for number, everybody in seen.get(at, {}).items():
            if number == answered:
                people.same(name, everybody)
            elif answered < number <= answered + SMALL:
                people.whole(everybody, [name])


def _tie_line(people: People, key: Line, line: Rows, lines: Mapping[Line, Rows]) -> None:
    """Enter what the groups of one line add up to."""
    everybody = lines.get((*key[:3], ALL), {}).get(ALL)
    asked = asked_of(line)
    if asked is not None:
        first = (BASE, next(iter(_stated(line).values())).label)
        for row in _stated(line).values():
            people.same((BASE, row.label), first)
        people.whole(first, [(TOP, row.label) for row in _stated(line).values()], line=True)
        if asked[0] != first:
            people.whole(asked[0], [first, (TOP, line[NOT_STATED].label)])
            people.whole(asked[0], [(TOP, row.label) for row in line.values()], line=True)
        return
    for side in (TOP, BASE):
        parts = [(side, row.label) for row in line.values() if row.size(side) >= 0]
        if len(parts) != len(line) or (len(parts) < 2 and everybody is None):
            continue
        total: Hashable = ("total", side, *key)
        if everybody is not None and everybody.size(side) >= 0:
            total = (side, everybody.label)
        else:
            people.counts[total] = sum(people.counts[part] for part in parts)
            people.shown.add(total)
        people.whole(total, parts, line=side == TOP)


def _same_groups(people: People, lines: Mapping[Line, Rows]) -> None:
    """A group of the same size under several indicators is the same people, whatever other groups stand beside it."""
    seen: dict[Hashable, Hashable] = {}
    for (_, period, organisation, characteristic), line in lines.items():
        side = BASE if base_of(line) is None else TOP
        for group, row in line.items():
            if characteristic != ALL and row.size(side) > 0:
                name = (side, row.label)
                people.same(
                    name,
                    seen.setdefault((period, organisation, characteristic, group, row.size(side)), name),
                )


def asked(rows: pd.DataFrame, hidden: Mapping[Hashable, bool]) -> pd.Series:
    """Return of each row that is a share of those who stated a group how many everybody asked are, by label.

    Only lines that have those who stated none tell of everybody, and only where everybody is not ``hidden``.
    """
    found: dict[Hashable, int] = {}
    for line in _lines(rows).values():
        everybody = asked_of(line)
        if everybody is not None and NOT_STATED in line and not hidden[everybody[0]]:
            found |= {row.label: everybody[1] for row in _stated(line).values()}
    return pd.Series(found, dtype="float64")


def unexplained(rows: pd.DataFrame) -> dict[Hashable, list[Hashable]]:
    """Return groups that are shares of the same people as a line of groups, but no sum that is known: label → the line's.

    Such a group may be any of the line's groups together, so no sum can be reckoned with: nothing may be told of it
    beside a line that hides a count.
    """
    lines = _lines(rows)
    known = {each.total for each in _aggregates(lines)}
    found: dict[Hashable, list[Hashable]] = {}
    for line, row in _apart(lines):
        if (TOP, row.label) not in known:
            found.setdefault(row.label, []).extend(each.label for each in line.values())
    return found


def _apart(lines: Mapping[Line, Rows]) -> Iterator[tuple[Rows, Row]]:
    """Return each group that stands under another indicator only, with the line of whose people it is a share."""
    by_people: dict[tuple[str, ...], list[Rows]] = {}
    for (_, *people), line in lines.items():
        by_people.setdefault(tuple(people), []).append(line)
    for alike in by_people.values():
        for line in alike:
            base = base_of(line)
            for other in alike if base is not None else ():
                yield from (
                    (line, row) for group, row in other.items() if group not in line and row.base == base
                )


def _aggregates(lines: Mapping[Line, Rows]) -> Iterator[Sum]:
    """A group that stands alone under one indicator may be all but one of the groups under another."""
    for line, row in _apart(lines):
        stated = _stated(line)
        left_out = [group for group, other in stated.items() if other.top == row.base - row.top]
        if left_out:
            first = next(iter(stated.values())).label
            parts = tuple((TOP, other.label) for group, other in stated.items() if group != left_out[0])
            yield from (Sum((BASE, row.label), ((BASE, first),)), Sum((TOP, row.label), parts))
