"""The one gate: counts of people pass it before a rate, a verdict or a picture is made of them.

Rules of Government Statistical Service guidance on disclosure control: 0 is shown; small counts are suppressed, and more
with them until no small one can be worked back from sums, whatever else is told. What passes is taken to be told
exactly, since rates, ratios and intervals give it back; so it is worked with exactly, and only written coarsely.

What is promised of every hidden count, for a reader who knows these rules, exactly all that is told and all sums: a small
one could be anything from 1 to the largest small one, any other could be any of at least five values.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from svdash.disclosure.count_tables import codes, hidden_lines, whole_counts
from svdash.disclosure.linked import Ledger, Sum, suppressed
from svdash.disclosure.rules import FINE_BASE, PRESETS, USUAL, Bools, Preset, rules_of
from svdash.disclosure.writing import EXACT, as_written, percents, rate, rates, ratios, rounded

__all__ = [
    "CONFIDENTIAL",
    "EXACT",
    "FINE_BASE",
    "MARKER_COLUMN",
    "NOT_AVAILABLE",
    "PRESETS",
    "UNRELIABLE",
    "Preset",
    "Sum",
    "as_written",
    "percentages",
    "percents",
    "protect",
    "rate",
    "rates",
    "ratios",
    "rounded",
    "safe",
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
    preset: str = USUAL,
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
    preset: str = USUAL,
) -> pd.DataFrame:
    """Gate the totals of the lines that ``rows`` tells apart, to be shown beside ``protect`` of the same.

    Returns one row a line: the keys, the total, written and exact, or missing, and ``marker``. A total is suppressed
    where it is small, or where nothing else is left to hide (seven counts of 1 add up to 7, which says that each is
    1). It is missing, with ``[x]``, where a count of its line is. Errors as for ``protect``.
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
    shown: Collection[Hashable] = (),
    hidden: Collection[Hashable] = (),
    never: Collection[Hashable] = (),
    stay: Mapping[Hashable, float] | None = None,
    preset: str = USUAL,
) -> pd.Series:
    """Say which counts are hidden where some are sums of others, in whatever way.

    For example the groups of a characteristic and an aggregate of some of them; single years and the pools of
    three that overlap; a whole and those who did not answer.

    Args:
        counts: exact counts of people by id, those that only stand outside the table (a published total) too.
        sums: what adds up to what. A :class:`Sum` with one part says that two counts are of the same people.
        shown: ids of counts that are told already, such as a total announced elsewhere. One is hidden only where
            nothing else is left to hide: then what it is the total of can't be told beside it, and neither may be here.
        hidden: ids of counts that are hidden already, by an earlier gate of some of the same counts.
        never: ids of counts that are shown nowhere, not even as 0, and are nobody's secret, such as those where the rows of
            one table and of another meet. They only tie others together, and are never among the hidden.
        stay: how long a count stays shown, by id, 0 where it isn't named: each step more makes it twice as dear to
            hide. Among equals the smallest goes first.
        preset: name of the rules.

    Returns:
        Whether each count is hidden, by id, in the order given. The others may be worked with exactly, a total
        that is hidden not at all.

    Raises:
        ValueError: an unknown preset; an id that is named and ``counts`` does not; a sum that doesn't add up
            or has no or doubled parts; a negative or fractional count; an id given twice.
    """
    rules = rules_of(preset)
    given = _by_id(counts)
    exact = whole_counts(given.to_frame("count"), "count")
    if exact.isna().any():
        raise ValueError(f"the count {given.index[exact.isna()][0]!r} is missing; leave it out")
    ledger, unseen = Ledger(rules), set(never)
    for name, count in zip(given.index, exact, strict=True):
        ledger.add(name, int(count), (stay or {}).get(name, 0), unseen=name in unseen)
    for each in sums:
        ledger.link(each)
    held = [ledger.at(name) for name in hidden]
    found = suppressed(ledger.system(shown), [cell for cell in held if ledger.count(cell)])
    return pd.Series([bool(found[ledger.at(name)]) for name in given.index], index=given.index, dtype="bool")


def _by_id(counts: Mapping[Hashable, int] | pd.Series) -> pd.Series:
    """Return counts by id, which may be a tuple. Raises ``ValueError`` for an id given twice."""
    if isinstance(counts, pd.Series):
        given = counts
    else:
        names = pd.Index(list(counts), dtype="object", tupleize_cols=False)
        given = pd.Series(list(counts.values()), index=names)
    doubled = given.index[given.index.duplicated()]
    if len(doubled):
        raise ValueError(f"the count {doubled[0]!r} is given twice; give each id once")
    return given


def suppress(
    frame: pd.DataFrame, counts: str, hidden: Bools | pd.Series, preset: str = USUAL
) -> pd.DataFrame:
    """Leave out of one column of counts those that ``hidden`` says, row by row, as ``safe`` found them.

    Returns a copy in which the counts are as they may be written, rounded or missing; beside them a column ``exact_`` and
    the column's name, for working with, and ``marker``, which says ``[c]`` where one was hidden. Raises ``ValueError``
    for an unknown preset.
    """
    held = np.asarray(hidden, dtype="bool")
    gated = frame.copy()
    gated[EXACT + counts] = frame[counts].astype("Float64").mask(held).astype("float64")
    gated[counts] = rounded(frame[counts], rules_of(preset).base).mask(held)
    marker = gated[MARKER_COLUMN] if MARKER_COLUMN in gated else pd.Series("", index=gated.index, dtype="str")
    gated[MARKER_COLUMN] = marker.mask(held, CONFIDENTIAL)
    return gated


def percentages(frame: pd.DataFrame, numerator: str, denominator: str, preset: str = USUAL) -> pd.DataFrame:
    """Add percentages of counts that passed the gate: ``percent`` as it may be written, and ``exact_percent``.

    ``frame`` has both counts as :func:`suppress` leaves them. Both percentages are missing where a count is, and where
    fewer people are the base than make a share reliable: then the ``marker`` says ``[k]``. Raises ``ValueError`` for an
    unknown preset.
    """
    top, base = frame[EXACT + numerator], frame[EXACT + denominator]
    few = base < rules_of(preset).least_base
    percent = (100 * top / base.where(base > 0)).mask(few)
    marker = frame[MARKER_COLUMN].mask(few & top.notna() & (frame[MARKER_COLUMN] == ""), UNRELIABLE)
    return frame.assign(
        percent=percents(percent, base), **{EXACT + "percent": percent, MARKER_COLUMN: marker}
    )
