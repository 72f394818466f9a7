"""The one gate: counts of people pass it before a rate, a verdict or a picture is made of them.

Rules of Government Statistical Service guidance on disclosure control: 0 is shown; small counts are suppressed;
other counts are rounded; more are suppressed until no small one can be worked back from sums, whatever else is
published with them; rates come from what was gated.

What is promised of every hidden count, for a reader who knows these rules, all that is shown and all sums: a small
one could be anything from 1 to the largest small one, any other could be anything within at least five.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from svdash.disclosure.count_tables import codes, hidden_lines, present, whole_counts
from svdash.disclosure.linked import Ledger, Sum, suppressed
from svdash.disclosure.rules import (
    EXACT_BASE,
    EXACT_NUMERATOR,
    PRESETS,
    Bools,
    Preset,
    possible_range,
    rounded,
    rules_of,
)
from svdash.disclosure.shares import Pairs, by_place

__all__ = [
    "CONFIDENTIAL",
    "EXACT_BASE",
    "EXACT_NUMERATOR",
    "MARKER_COLUMN",
    "NOT_AVAILABLE",
    "PRESETS",
    "UNRELIABLE",
    "Preset",
    "Sum",
    "possible_range",
    "protect",
    "rounded",
    "safe",
    "share",
    "suppress",
    "totals",
]  # fmt: skip

CONFIDENTIAL: Final = "[c]"
UNRELIABLE: Final = "[k]"
NOT_AVAILABLE: Final = "[x]"
MARKER_COLUMN: Final = "marker"


def protect(
    frame: pd.DataFrame,
    counts: str,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    preset: str = "gss",
) -> pd.DataFrame:
    """Gate one column of counts of people.

    ``frame`` holds one count a row; ``rows`` and ``columns`` name the keys along which totals are, or could
    be, published, rounded like the counts. (The rare total that would give a hidden count away is told by
    ``totals``.) Returns a copy in which the count is rounded or missing, with a column ``marker`` that says
    ``[c]`` where it was suppressed. Raises ``ValueError`` for an unknown preset, a missing column, a negative
    or a fractional count.
    """
    index, frame = frame.index, frame.reset_index(drop=True)
    hidden = hidden_lines(frame, counts, rows, columns, rules_of(preset))[0]
    return suppress(frame, counts, hidden, preset).set_axis(index)


def totals(
    frame: pd.DataFrame,
    counts: str,
    rows: Sequence[str],
    columns: Sequence[str] = (),
    preset: str = "gss",
) -> pd.DataFrame:
    """Gate the totals of the lines that ``rows`` tells apart, to be shown beside ``protect`` of the same.

    Returns one row a line: the keys, the total, rounded or missing, and ``marker``. A total is suppressed where
    it is small, or where nothing else is left to hide (seven counts of 1 add up to a total that shows as 5, which
    says that each is 1). It is missing, with ``[x]``, where a count of its line is. Errors as for ``protect``.
    """
    rules = rules_of(preset)
    frame = frame.reset_index(drop=True)
    cells, lines = hidden_lines(frame, counts, rows, columns, rules)
    line = codes(frame, rows)
    sums = frame.drop_duplicates(list(rows))[list(rows)].reset_index(drop=True)
    added = frame[counts].astype("float64").groupby(line).agg(lambda part: part.sum(skipna=False))
    alone = np.zeros(len(sums), dtype="bool")
    alone[line[cells]] = True
    single = np.bincount(line, minlength=len(sums)) == 1
    sums[counts] = added.to_numpy(dtype="float64")
    gated = suppress(sums, counts, np.where(single, alone, lines[: len(sums)]), preset)
    gated[MARKER_COLUMN] = gated[MARKER_COLUMN].mask(sums[counts].isna(), NOT_AVAILABLE)
    return gated


def safe(
    counts: Mapping[Hashable, int] | pd.Series,
    sums: Iterable[Sum],
    *,
    known: Collection[Hashable] = (),
    shown: Collection[Hashable] = (),
    hidden: Collection[Hashable] = (),
    stay: Mapping[Hashable, int] | None = None,
    preset: str = "gss",
) -> pd.Series:
    """Say which counts are hidden where some are sums of others, in whatever way.

    For example the groups of a characteristic and an aggregate of some of them; single years and the pools of
    three that overlap; a whole and those who did not answer.

    Args:
        counts: exact counts of people by id, those that only stand outside the table (a published total) too.
        sums: what adds up to what. A :class:`Sum` with one part says that two counts are of the same people.
        known: ids of counts that can be known exactly though they are shown rounded, such as those behind a
            share worked out exactly, or a total that was announced elsewhere.
        shown: ids of counts that are shown already, so that hiding them would not help.
        hidden: ids of counts that are hidden already, by an earlier gate of some of the same counts.
        stay: how long a count stays shown, by id, 0 where it isn't named: those with a negative number (pools,
            aggregates) are hidden before others, those with a positive one after them. Among equals the
            smallest goes first.
        preset: name of the rules.

    Returns:
        Whether each count is hidden, by id, in the order given. The others may be shown rounded, a total that
        is hidden not at all.

    Raises:
        ValueError: an unknown preset; an id that is named and ``counts`` does not; a sum that doesn't add up
            or has no or doubled parts; a negative or fractional count; an id given twice.
    """
    rules = rules_of(preset)
    if isinstance(counts, pd.Series):
        given = counts
    else:
        names = pd.Index(list(counts), dtype="object", tupleize_cols=False)
        given = pd.Series(list(counts.values()), index=names)
    doubled = given.index[given.index.duplicated()]
    if len(doubled):
        raise ValueError(f"the count {doubled[0]!r} is given twice; give each id once")
    exact = whole_counts(given.to_frame("count"), "count")
    if exact.isna().any():
        raise ValueError(f"the count {given.index[exact.isna()][0]!r} is missing; leave it out")
    ledger = Ledger(rules)
    for name, count in zip(given.index, exact, strict=True):
        ledger.add(name, int(count), (stay or {}).get(name, 0))
    for each in sums:
        ledger.link(each)
    held = [ledger.at(name) for name in hidden]
    found = suppressed(ledger.system(known, shown=shown), [cell for cell in held if ledger.count(cell)])
    return pd.Series([bool(found[ledger.at(name)]) for name in given.index], index=given.index, dtype="bool")


def suppress(
    frame: pd.DataFrame, counts: str, hidden: Bools | pd.Series, preset: str = "gss"
) -> pd.DataFrame:
    """Round one column of counts and leave out those that ``hidden`` says, row by row, as ``safe`` found them.

    Returns a copy with the counts rounded or missing, and a column ``marker`` with ``[c]`` where one was hidden.
    Raises ``ValueError`` for an unknown preset.
    """
    held = np.asarray(hidden, dtype="bool")
    gated = frame.copy()
    gated[counts] = rounded(frame[counts], rules_of(preset).base).mask(held)
    marker = gated[MARKER_COLUMN] if MARKER_COLUMN in gated else pd.Series("", index=gated.index, dtype="str")
    gated[MARKER_COLUMN] = marker.mask(held, CONFIDENTIAL)
    return gated


def share(  # noqa: PLR0913 # each says one thing of the table
    frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    exact_allowed: pd.Series,
    rows: Sequence[str] = (),
    sums: Iterable[Sum] = (),
    limits: Mapping[Hashable, tuple[int, int]] | None = None,
    preset: str = "gss",
) -> pd.DataFrame:
    """Gate a numerator and a denominator and work out the percentage from what is left.

    ``rows`` names the keys of one line of groups. Either their numerators add up to a denominator that they share
    (the make-up of a staff), or each has its own (a rate within each group) and numerators and denominators add
    up to totals that are, or could be, published; a group whose denominator is that of the others and its own
    numerator together are those who did not answer. ``sums`` are other sums, between counts named
    ``(column, label of the row)``; ``limits`` say what other
    tables tell of some of them. ``exact_allowed`` marks annual shares of the whole authority: from a base of
    at least 500 and a numerator of at least 10, where those not counted are nobody or at least 10 as well, they
    come from the exact counts, while the counts beside them stay rounded; unless more would have to be hidden for
    it, since an exact share tells more of its counts than they do. Returns a copy with gated counts,
    ``percent`` (missing where suppressed), ``exact`` (whether it is worked out from exact counts) and ``marker`` (``[c]``, or ``[k]`` where the exact base is below ten).
    Raises ``ValueError`` as ``protect`` and ``safe`` do.
    """
    rules = rules_of(preset)
    index, frame = frame.index, frame.reset_index(drop=True)
    top, base = whole_counts(frame, numerator), whole_counts(frame, denominator)
    pairs = Pairs(top.to_list(), base.to_list(), exact_allowed.to_list(), rules)
    named: dict[Hashable, Hashable] = {
        (c, label): (side, n)
        for side, c in enumerate((numerator, denominator))
        for n, label in enumerate(index)
    }
    pairs.link(by_place(sums, named))
    for name, (low, high) in (limits or {}).items():
        pairs.narrow(named[name], low, high)
    present(frame, *rows)
    pairs.link_lines(codes(frame, rows) if rows and len(frame) else np.arange(len(frame)))
    gated = frame
    tops, bases, exact = pairs.settled()
    for column, hidden in ((numerator, tops), (denominator, bases)):
        gated = suppress(gated, column, hidden, preset)
    shown = gated[numerator].notna() & gated[denominator].notna()
    few = base < rules.least_base
    percent = 100 * gated[numerator].astype("float64") / gated[denominator].astype("float64")
    percent = percent.mask(pd.Series(exact), (100 * top / base).round(1))
    gated["percent"] = percent.where(shown & ~few).clip(upper=100)
    gated[MARKER_COLUMN] = gated[MARKER_COLUMN].mask(few & (gated[MARKER_COLUMN] == ""), UNRELIABLE)
    return gated.assign(exact=exact & shown.to_numpy(dtype="bool")).set_axis(index)
