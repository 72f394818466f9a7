"""The recruitment funnel: who is still there at each stage, group by group, against a reference group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from svdash.measures.gaps import _names, _needs, _reference, compare, parity
from svdash.measures.intervals import Floats, _refuse
from svdash.measures.series import _column

_LEAST_STAGES = 2


def stages(
    frame: pd.DataFrame,
    reference: str,
    order: Sequence[str],
    *,
    group: str = "group",
    stage: str = "stage",
    people: str = "people",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Follow each group from stage to stage and compare its rates with those of the reference group.

    `frame` has one row a group and stage with the number of people; `order` names the stages, first to last.
    Each stage counts those left of the one before (the same people, not a period's flow), so a later
    number is never larger. A number that is not shown is missing. Gives a frame with a row for each group and
    step and, after the steps of a group, one for the whole way (`overall` true):
    `group`, `reference`, `from_stage`, `to_stage`, `overall`; `people_in` and `people_out`;
    `rate`, `lower`, `upper`: share that goes on, in percent, with Wilson's interval;
    `gap`, `gap_lower`, `gap_upper`: in points against the reference, with Newcombe's interval;
    `ratio`, `ratio_lower`, `ratio_upper`, `different`: relative likelihood of going on;
    `look_closer`: four fifths, as in `gaps.compare`;
    `at_parity`, `shortfall`: how many the reference's rate would have meant, and that minus `people_out`;
    `why`: the reason where something is missing, else empty.

    The product of the ratios of a group's steps is the ratio on its row for the whole way: at every step the
    number that goes in is the one that came out before, so all but the first and the last cancel. Steps of
    the same people are not independent samples of the whole; for nested binomial stages the delta method
    on the log scale gives the variance of that product from the first and the last counts alone, so the
    interval is the one of `gaps.relative_likelihood` for them.

    Raises ValueError for a stage that is missing, repeated, unknown or larger than an earlier one, naming
    group and stage; for a reference that is not there, one group only, fewer than two stages and counts that
    are negative.

    Source: NHS Workforce Race Equality Standard, indicator 2, at each stage; Wilson EB (1927), Newcombe RG
    (1998) and Katz D et al. (1978) for the intervals.
    """
    _needs(frame, group, stage, people)
    table = _table(frame, list(order), group, stage, people)
    _reference(list(table.index), reference)
    _nested(table)
    first, last = order[0], order[-1]
    steps = [_step(table, reference, start, end, confidence) for start, end in pairwise(order)]
    overall = _step(table, reference, first, last, confidence)
    parts = [*(step.assign(overall=False) for step in steps), overall.assign(overall=True)]
    # Made step by step for all groups at once; read group by group.
    rows = np.arange(len(parts) * len(table)).reshape(len(parts), -1).T.ravel()
    return pd.concat(parts, ignore_index=True).iloc[rows].reset_index(drop=True)[_COLUMNS]


_COLUMNS = [
    "group", "reference", "from_stage", "to_stage", "overall", "people_in", "people_out",
    "rate", "lower", "upper", "gap", "gap_lower", "gap_upper",
    "ratio", "ratio_lower", "ratio_upper", "different", "look_closer",
    "at_parity", "shortfall", "why",
]  # fmt: skip


def _table(frame: pd.DataFrame, order: list[str], group: str, stage: str, people: str) -> pd.DataFrame:
    """Lay out the numbers, a row a group in the order they come and a column a stage."""
    if len(order) < _LEAST_STAGES or len(set(order)) < len(order):
        raise ValueError(
            f"the order of stages, {', '.join(order) or 'none'}, must name two or more, each once"
        )
    number = _column(frame, people)
    _refuse(np.isinf(number), f"{people} {{}} is not a finite number", number)
    _refuse(number < 0, f"{people} {{}} is negative: a count starts at 0", number)
    found: dict[str, dict[str, float]] = {}
    rows = zip(_names(frame, group), _names(frame, stage), number, strict=True)
    for row, (name, step, count) in enumerate(rows, start=1):
        if step not in order:
            raise ValueError(f"row {row}: stage {step} of group {name} is not one of {', '.join(order)}")
        if step in found.setdefault(name, {}):
            raise ValueError(f"row {row}: stage {step} of group {name} is there twice: keep one row")
        found[name][step] = count
    for name, steps in found.items():
        for step in order:
            if step not in steps:
                raise ValueError(
                    f"group {name} has no row for stage {step}: add it, and leave {people} empty where the "
                    "number is not shown"
                )
    return pd.DataFrame.from_dict(found, orient="index", columns=order, dtype=float)


def _nested(table: pd.DataFrame) -> None:
    """Refuse a stage with more people than the nearest earlier one that is shown."""
    for name, row in zip(table.index, table.to_numpy(), strict=True):
        shown = [(stage, n) for stage, n in zip(table.columns, row, strict=True) if not np.isnan(n)]
        for (before, more), (after, fewer) in pairwise(shown):
            if fewer > more:
                raise ValueError(
                    f"group {name}: {after} {fewer:.12g} is more than {before} {more:.12g}: each stage counts "
                    "those left of the one before"
                )


def _step(table: pd.DataFrame, reference: str, start: str, end: str, confidence: float) -> pd.DataFrame:
    """Compare all groups on the way from one stage to a later one."""
    entered = table[start].to_numpy()
    counts = pd.DataFrame(
        {
            "group": table.index,
            "people_out": table[end].to_numpy(),
            # A rate of nobody is unknown; the number itself is put back below.
            "people_in": np.where(entered > 0, entered, np.nan),
        }
    )
    found = compare(counts, reference, "people_out", "people_in", confidence=confidence)
    found = parity(found, reference, "people_out", "people_in").rename(columns={"share": "rate"})
    numbers = dict(zip(map(str, table.index), table[[start, end]].to_numpy(dtype=float), strict=True))
    why = [_why(numbers, name, reference, start, end) for name in numbers]
    return found.assign(from_stage=start, to_stage=end, people_in=entered, why=why)


def _why(numbers: Mapping[str, Floats], name: str, reference: str, start: str, end: str) -> str:
    """Say why something about a group's step is missing; empty where nothing is."""
    own, others = numbers[name], numbers[reference]
    no_rate = _no_rate(own, name, start, end) or _no_rate(
        others, f"the reference group, {reference}", start, end
    )
    if no_rate or name == reference:
        return no_rate
    if others[1] == 0:
        return f"nobody at {end} in the reference group, {reference}: no ratio"
    if own[1] == 0:
        return f"nobody at {end} in {name}: a ratio of 0 has no interval"
    for who, both in ((name, own), (f"the reference group, {reference}", others)):
        if both[0] == both[1]:
            return f"everybody at {start} reached {end} in {who}: the ratio has no interval"
    return ""


def _no_rate(numbers: Floats, name: str, start: str, end: str) -> str:
    """Say why a group has no rate; empty where it has one."""
    for stage, number in zip((start, end), numbers, strict=True):
        if np.isnan(number):
            return f"{stage} is not shown for {name}"
    return "" if numbers[0] > 0 else f"nobody at {start} in {name}: no rate"
