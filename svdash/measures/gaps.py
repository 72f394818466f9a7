"""Gaps between groups: in points, as a ratio, and in people.

A gap is given both ways, absolute and relative, against a reference group that is named. It is a question
and no proof of discrimination: it says nothing of why. Counts of people come from behind the disclosure gate;
a count that is not shown is missing here and leaves the measures that need it missing.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash.measures.intervals import (
    Array,
    Floats,
    Numbers,
    Scalar,
    _like_input,
    _same_shape,
    _share,
    _z,
    difference,
    wilson,
)
from svdash.measures.series import _column, _listed

Adverse: TypeAlias = Literal["yes", "no"]

FOUR_FIFTHS = 0.80
_NAMED = 5  # so many groups are listed in an error; there may be forty


@overload
def relative_likelihood(
    a1: Scalar, n1: Scalar, a2: Scalar, n2: Scalar, confidence: float = ...
) -> tuple[float, float, float]: ...
@overload
def relative_likelihood(
    a1: Array, n1: Numbers, a2: Numbers, n2: Numbers, confidence: float = ...
) -> tuple[Floats, Floats, Floats]: ...
def relative_likelihood(
    a1: Numbers, n1: Numbers, a2: Numbers, n2: Numbers, confidence: float = 0.95
) -> tuple[Any, ...]:
    """Ratio of two independent proportions, (a1/n1)/(a2/n2), with its interval on the log scale.

    Gives ratio, lower and upper limit; scalars give floats, anything array-like arrays of the broadcast
    shape. Where the logarithm fails nothing is made up:
    a1 is 0: the ratio is 0, its limits are missing; a2 is 0: there is no ratio, all three are missing;
    everybody in one of the groups: the formula takes its rate for certain, which would make 2 of 2 differ from
    9 of 10, so the limits are missing. `intervals.difference` has an interval in all of these cases. A missing count gives three missing values.
    Raises ValueError as `intervals.wilson` does, naming row and group.

    Source: Katz D et al. (1978), Biometrics 34: 469 to 474, se = sqrt(1/a1 - 1/n1 + 1/a2 - 1/n2); used for
    the NHS Workforce Race Equality Standard and by the Race Disparity Unit.
    """
    z = _z(confidence)
    first, second = _share(a1, n1, "first "), _share(a2, n2, "second ")
    _same_shape(first[0], second[0], "the first group", "the second group")
    share1, share2 = first[0] / first[1], second[0] / second[1]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.asarray(share1 / share2)
        spread = np.exp(z * np.sqrt((1 - share1) / first[0] + (1 - share2) / second[0]))
        lower, upper = ratio / spread, ratio * spread
    known = (ratio > 0) & (share1 < 1) & (share2 < 1) & np.isfinite(upper)
    ratio = np.where(np.isfinite(ratio), ratio, np.nan)
    return _like_input(ratio, np.where(known, lower, np.nan), np.where(known, upper, np.nan))


def compare(
    frame: pd.DataFrame,
    reference: str,
    numerator: str = "numerator",
    denominator: str = "denominator",
    group: str = "group",
    *,
    adverse: Adverse | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare the share of each group with that of the reference group, in points and as a ratio.

    `frame` has one row a group with its counts. Gives a copy of it with `reference`, the reference group's
    name; `share`, `lower`, `upper` in percent (Wilson); `gap`, `gap_lower`, `gap_upper` in points (Newcombe);
    `ratio`, `ratio_lower`, `ratio_upper` as `relative_likelihood` has them; `different`, whether the interval
    of the ratio excludes 1; and `look_closer`, whether the rate is below four fifths of the highest one shown:
    a screening flag from the United States and no test, which knows nothing of how many people are behind it.

    `adverse` says whether what the numerator counts is the adverse outcome. "no" (appointed): the ratio is
    framed on the complement, those not counted. "yes" (dismissed): the ratio is of what is counted, and four
    fifths are taken of the rates of the others. Without it both are of what is counted, as the Workforce
    Race Equality Standard does for appointments. Shares and points never change.

    The reference group has a gap of 0 and a ratio of 1 without limits. What a missing count leaves open is
    missing, also in the nullable `different` and `look_closer`. Raises ValueError for a reference or column
    that is not there, for fewer than two groups, groups that repeat or have no name, and counts that cannot
    be right, with row and value.

    Source: Newcombe RG (1998), Stat Med 17: 873 to 890; Katz D et al. (1978), Biometrics 34: 469 to 474;
    29 CFR 1607.4(D) for four fifths.
    """
    if adverse not in (None, "yes", "no"):
        raise ValueError(f"adverse {adverse!r} is not known: choose yes or no, or leave it out")
    count, base, at = _counts(frame, reference, numerator, denominator, group)
    framed = base - count if adverse == "no" else count
    rate = (base - count if adverse == "yes" else count) / base
    gap = difference(count, base, count[at], base[at], confidence)
    ratio = relative_likelihood(framed, base, framed[at], base[at], confidence)
    for limit in (*gap[1:], *ratio[1:]):
        limit[at] = np.nan  # nobody differs from themselves by chance
    return frame.assign(
        reference=reference,
        share=100 * count / base,
        **_named(("lower", "upper"), wilson(count, base, confidence), 100),
        **_named(("gap", "gap_lower", "gap_upper"), gap, 100),
        **_named(("ratio", "ratio_lower", "ratio_upper"), ratio, 1),
        different=_flags((ratio[1] > 1) | (ratio[2] < 1), ~np.isnan(ratio[1])),
        look_closer=_below_four_fifths(rate),
    )


def parity(
    frame: pd.DataFrame,
    reference: str,
    numerator: str = "numerator",
    denominator: str = "denominator",
    group: str = "group",
) -> pd.DataFrame:
    """Work out what the rate of the reference group would have meant for each group, in people.

    `frame` has one row a group with its counts. Gives a copy of it with `reference`, the reference group's
    name, `at_parity`, how many the numerator would count at the reference's rate (n x rate), and
    `shortfall`, that number minus the numerator: positive where parity would have meant more. Both need not
    be whole, and are missing where a count is. Raises ValueError as `compare` does.
    """
    count, base, at = _counts(frame, reference, numerator, denominator, group)
    expected = base * (count[at] / base[at])
    shortfall = np.where(np.arange(len(count)) == at, 0 * expected, expected - count)
    return frame.assign(reference=reference, at_parity=expected, shortfall=shortfall)


def _named(names: tuple[str, ...], numbers: tuple[Floats, ...], times: float) -> dict[str, Floats]:
    """Name the columns of a measure, in percent or points where `times` is 100."""
    return {name: times * column for name, column in zip(names, numbers, strict=True)}


def _counts(
    frame: pd.DataFrame, reference: str, numerator: str, denominator: str, group: str
) -> tuple[Floats, Floats, int]:
    """Read both counts of each group, and at which row the reference group is."""
    _needs(frame, group, numerator, denominator)
    names = _names(frame, group)
    if len(set(names)) < len(names):
        row = next(row for row, name in enumerate(names) if name in names[:row])
        raise ValueError(f"row {row + 1}: group {names[row]} is there twice: keep one row a group")
    at = _reference(names, reference)
    count, base = _share(_column(frame, numerator), _column(frame, denominator))
    return count, base, at


def _needs(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a frame without these columns."""
    absent = [column for column in columns if column not in frame]
    if absent:
        raise ValueError(f"the frame needs a column {' and '.join(absent)}; there is {_listed(frame)}")


def _names(frame: pd.DataFrame, column: str) -> list[str]:
    """Read names row by row; an empty one is refused."""
    names = []
    for row, name in enumerate(frame[column], start=1):
        if pd.isna(name) or not str(name).strip():
            raise ValueError(f"row {row}: the {column} is empty: name it, Not stated for instance")
        names.append(str(name))
    return names


def _reference(names: list[str], reference: str) -> int:
    """Find the place of the reference group among groups that are each named once."""
    if reference not in names:
        listed = ", ".join(names[:_NAMED]) or "no group at all"
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise ValueError(f"the reference group {reference!r} is not there: there is {listed}{more}")
    if len(names) == 1:
        raise ValueError(f"there is only one group, {reference}: a gap needs another one to compare it with")
    return names.index(reference)


def _below_four_fifths(rate: Floats) -> pd.api.extensions.ExtensionArray:
    """Flag rates below four fifths of the highest; missing where there is no rate, or nobody at all."""
    known = ~np.isnan(rate)
    highest = float(rate[known].max()) if known.any() else 0.0
    # Four fifths exactly is no flag, whatever the last digit of the division says.
    return _flags(rate < (FOUR_FIFTHS - 1e-12) * highest, known & (highest > 0))


def _flags(true: NDArray[np.bool_], known: NDArray[np.bool_]) -> pd.api.extensions.ExtensionArray:
    """Nullable booleans: missing where nothing is known."""
    return pd.arrays.BooleanArray(np.asarray(true, dtype=bool), ~np.asarray(known, dtype=bool))
