"""Which counts of people among observations add up to each other, so that the gate can reckon with it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import pandas as pd

from svdash.disclosure import EXACT_BASE, PRESETS, Sum, possible_range
from svdash.register import ALL, NOT_STATED

TOP = "numerator"
BASE = "denominator"
SMALL = PRESETS["gss"].small
Line = tuple[str, str, str, str]
# A row of observations: its label, its numerator, its denominator.
Row = tuple[Hashable, int, int]
Rows = Mapping[str, Row]


def between(rows: pd.DataFrame) -> list[Sum]:
    """Return the sums between observations of people, by ``(column, label of the row)``.

    ``rows`` have a numerator and a denominator each. Found are: the groups of a characteristic and everybody;
    an aggregate of groups, such as the minority ethnic groups together; the same people under several
    indicators, such as staff by group. The sums within one line of groups are the gate's own business.
    """
    lines = _lines(rows)
    return [*_same_people(lines), *_everybody(lines), *_aggregates(lines)]


def _lines(rows: pd.DataFrame) -> dict[Line, dict[str, Row]]:
    lines: dict[Line, dict[str, Row]] = {}
    keys = zip(rows["indicator"], rows["period"], rows["organisation"], rows["characteristic"], strict=True)
    counts = zip(rows.index, rows[TOP].astype("int64"), rows[BASE].astype("int64"), strict=True)
    for key, group, (label, top, base) in zip(keys, rows["group"], counts, strict=True):
        lines.setdefault(key, {})[str(group)] = (label, int(top), int(base))
    return lines


def _base(line: Rows) -> int | None:
    """Return the one base that the stated groups of a line are shares of; none where each has its own."""
    stated = {group: row for group, row in line.items() if group != NOT_STATED}
    bases = {base for _, _, base in stated.values()}
    whole = sum(top for _, top, _ in stated.values())
    return whole if len(stated) > 1 and bases == {whole} else None


def _sizes(line: Rows) -> dict[str, tuple[tuple[str, Hashable], int]]:
    """Return the size of each group of a line: its count where groups share a base, else its own base."""
    side = BASE if _base(line) is None else TOP
    return {g: ((side, label), base if side == BASE else top) for g, (label, top, base) in line.items()}


def _same_people(lines: Mapping[Line, Rows]) -> Iterator[Sum]:
    """Lines whose groups are all of the same size are about the same people."""
    seen: dict[Hashable, dict[str, tuple[str, Hashable]]] = {}
    for (_, period, organisation, characteristic), line in lines.items():
        sizes = _sizes(line)
        told = frozenset((group, size) for group, (_, size) in sizes.items())
        names = {group: name for group, (name, _) in sizes.items()}
        first = seen.setdefault((period, organisation, characteristic, told), names)
        for group, name in names.items():
            if first is not names:
                yield Sum(name, (first[group],))


def everybody_limits(rows: pd.DataFrame) -> dict[Hashable, tuple[int, int]]:
    """Return how closely everybody's number is told by all characteristics together: of each base that is theirs.

    Everybody is asked for every characteristic, so the narrowest of what they tell counts. Of the counts that the
    gate may hold back only small ones, and groups beside them, are taken to be: no reader can come closer.
    """
    found: dict[Hashable, list[tuple[int, int]]] = {}
    names: dict[Hashable, Hashable] = {}
    for (indicator, period, organisation, _), line in _lines(rows).items():
        answered = _base(line)
        if answered is None:
            continue
        label, silent, base = line.get(NOT_STATED, (next(iter(line.values()))[0], 0, answered))
        names[BASE, label] = key = (indicator, period, organisation, base)
        few, whole, own = possible_range(silent), _told_size(base), _told_size(answered)
        parts = [possible_range(top) for group, (_, top, _) in line.items() if group != NOT_STATED and top]
        # A small group is never hidden alone, so it leaves the sum of the groups open.
        if len(parts) < 2 or all(part[0] > SMALL for part in parts):
            own = max(own[0], sum(part[0] for part in parts)), min(own[1], sum(part[1] for part in parts))
        found.setdefault(key, [whole]).append((own[0] + few[0], own[1] + few[1]))
    return {
        name: (max(low for low, _ in found[key]), min(high for _, high in found[key]))
        for name, key in names.items()
    }


def _told_size(people: int) -> tuple[int, int]:
    """Return the least and the most that a base can be; large ones are told by exact shares."""
    return (people, people) if people >= EXACT_BASE else possible_range(people)


def _everybody(lines: Mapping[Line, Rows]) -> Iterator[Sum]:
    """Groups with bases of their own add up to everybody, or to less where some did not answer."""
    for (indicator, period, organisation, characteristic), line in lines.items():
        everybody = lines.get((indicator, period, organisation, ALL), {}).get(ALL)
        if characteristic == ALL or everybody is None or _base(line) is not None:
            continue
        for side, at in ((TOP, 1), (BASE, 2)):
            parts = tuple((side, row[0]) for row in line.values())
            added, whole = sum(int(str(row[at])) for row in line.values()), int(str(everybody[at]))
            if added <= whole:
                yield Sum((side, everybody[0]), parts, complete=added == whole)


def unexplained(rows: pd.DataFrame) -> dict[Hashable, list[Hashable]]:
    """Return groups that are shares of the same people as a line of groups, but no sum that is known: label → the line's.

    Such a group may be any of the line's groups together, so no sum can be reckoned with: what is told of it must not
    be exact, and nothing may be told of it beside a line that hides a count.
    """
    lines = _lines(rows)
    known = {each.total for each in _aggregates(lines)}
    found: dict[Hashable, list[Hashable]] = {}
    for line, (label, _, _) in _apart(lines):
        if (TOP, label) not in known:
            found.setdefault(label, []).extend(row[0] for row in line.values())
    return found


def _apart(lines: Mapping[Line, Rows]) -> Iterator[tuple[Rows, Row]]:
    """Return each group that stands under another indicator only, with the line of whose people it is a share."""
    for (_, *people), line in lines.items():
        base = _base(line)
        for (_, *others), other in lines.items():
            if base is not None and other is not line and others == people:
                yield from (
                    (line, row) for group, row in other.items() if group not in line and row[2] == base
                )


def _aggregates(lines: Mapping[Line, Rows]) -> Iterator[Sum]:
    """A group that stands alone under one indicator may be all but one of the groups under another."""
    for line, (label, top, base) in _apart(lines):
        stated = {group: row for group, row in line.items() if group != NOT_STATED}
        left_out = [group for group, row in stated.items() if row[1] == base - top]
        if left_out:
            first = next(iter(stated.values()))[0]
            parts = tuple((TOP, row[0]) for group, row in stated.items() if group != left_out[0])
            yield from (Sum((BASE, label), ((BASE, first),)), Sum((TOP, label), parts))
