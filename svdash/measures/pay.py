"""Pay gaps between groups: the gap itself, who is in which quarter of pay, and what the gap is made of.

The definitions are those of gender pay gap reporting and serve other characteristics in the same form. Pay is
hourly pay in pounds of full-pay relevant employees on the snapshot date (31 March for public authorities).
There is no interval: a payroll is no sample. A group of fewer than ten people is not shown and marked `[k]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from svdash.measures.gaps import _names, _needs, _reference
from svdash.measures.intervals import (
    Array,
    Floats,
    Numbers,
    Scalar,
    _floats,
    _like_input,
    _refuse,
    _same_shape,
)
from svdash.measures.series import _column

QUARTERS = ("lower", "lower middle", "upper middle", "upper")
LEAST_PEOPLE = 10
TOO_SMALL = "[k]"
NOT_SHOWN = "[c]"

# Which quarters get the people left over when the number doesn't divide by four, as government guidance has it.
_LEFT_OVER = ((0, 0, 0, 0), (1, 0, 0, 0), (1, 0, 1, 0), (1, 1, 1, 0))


@overload
def gap(a: Scalar, b: Scalar) -> float: ...
@overload
def gap(a: Array, b: Numbers) -> Floats: ...
def gap(a: Numbers, b: Numbers) -> Any:
    """Pay gap (a - b)/a x 100: a is the pay of men (or another comparator), b that of women (the others).

    Percent of a; negative where b is paid more. Scalars give a float, arrays an array of the broadcast shape;
    a missing pay gives a missing gap. Raises ValueError, with the row, for pay that is not above 0.

    Source: The Equality Act 2010 (Specific Duties and Public Authorities) Regulations 2017, SI 2017/353;
    SI 2017/172, regulations 8 and 9, has the same formula for private employers.
    """
    first, second = _floats(a, "first pay"), _floats(b, "second pay")
    _same_shape(first, second, "the first pay", "the second pay")
    for pay, name in ((first, "first"), (second, "second")):
        _refuse(pay <= 0, f"{name} pay {{}} is not above 0", pay)
    return _like_input(np.asarray((first - second) / first * 100))[0]


def mean_gap(frame: pd.DataFrame, reference: str, pay: str = "pay", group: str = "group") -> pd.DataFrame:
    """Gap in mean hourly pay of each group against the reference group (men, for the gender pay gap).

    `frame` has one row a person. Gives a row a group: `group`, `reference`, `people`, `pay` (the mean, in
    pounds), `gap` in percent of the reference's (negative: this group is paid more) and `marker`, which is
    `[k]` where fewer than ten people, in the group or in the reference, leave figures missing.
    Raises ValueError for a reference that is not there, one group only, an empty group and pay that is
    missing or not above 0, with the row.

    Source: SI 2017/172, regulation 8.
    """
    return _gaps(frame, reference, pay, group, "mean")


def median_gap(frame: pd.DataFrame, reference: str, pay: str = "pay", group: str = "group") -> pd.DataFrame:
    """Gap in median hourly pay of each group against the reference group, in the form of `mean_gap`.

    Source: SI 2017/172, regulation 9.
    """
    return _gaps(frame, reference, pay, group, "median")


def quarters(frame: pd.DataFrame, pay: str = "pay", group: str = "group") -> pd.DataFrame:
    """Count the groups in four equal quarters of employees, ranked by hourly pay.

    `frame` has one row a person. The quarters are as equal in number as they can be; people left over go to
    the lower, then the upper middle, then the lower middle quarter. People on the same rate whom a limit cuts
    are shared between the quarters in proportion to their groups, as whole people. Gives a row a quarter
    (lower first) and group (by name): `quarter`, `group`, `people`, `percent` of the quarter, and `marker`, which is
    `[k]` where a group has fewer than ten people. If that is one group alone, the next smallest goes
    with it, because what is left of a quarter would tell its number. The counts shown are exact: rounding is
    up to the disclosure gate. Raises ValueError for an empty group and pay that is missing or not above 0, with
    the row, and for fewer than four people.

    Source: SI 2017/172, regulation 13 (paragraph 2 for people on the same rate); government guidance on gender
    pay gap calculations for people left over.
    """
    rate, names = _records(frame, pay, group)
    if len(rate) < len(QUARTERS):
        raise ValueError(f"there are {len(rate)} people: four quarters need four or more")
    groups = sorted(set(names))  # so that nothing depends on the order of the payroll
    rates, place = np.unique(rate, return_inverse=True)
    people = np.zeros((len(rates), len(groups)), dtype=int)
    np.add.at(people, (place, np.array([groups.index(name) for name in names])), 1)
    size = len(rate) // 4 + np.array(_LEFT_OVER[len(rate) % 4])
    counts = _dealt(people, size)
    hidden = np.broadcast_to(_too_small(people.sum(axis=0)), counts.shape)
    shown = np.where(hidden, np.nan, counts)
    return pd.DataFrame(
        {
            "quarter": np.repeat(QUARTERS, len(groups)),
            "group": groups * len(QUARTERS),
            "people": shown.ravel(),
            "percent": (100 * shown / size[:, np.newaxis]).ravel(),
            "marker": np.where(hidden, TOO_SMALL, "").ravel(),
        }
    )


@dataclass(frozen=True)
class Split:
    """A mean pay gap and what it is made of: in pounds an hour, and in percent of the reference's mean.

    `within` is what the groups are paid differently inside the same quarter, `between` what their different
    spread over the quarters makes; they add up to `total`. All are missing (NaN) where `marker` is filled.
    """

    total: float
    within: float
    between: float
    reference_mean: float
    marker: str = ""

    @property
    def total_percent(self) -> float:
        """The gap as it is published."""
        return self.total / self.reference_mean * 100

    @property
    def within_percent(self) -> float:
        """The part inside the quarters."""
        return self.within / self.reference_mean * 100

    @property
    def between_percent(self) -> float:
        """The part that the spread over the quarters makes."""
        return self.between / self.reference_mean * 100


def split(
    frame: pd.DataFrame,
    reference: str,
    *,
    quarter: str = "quarter",
    group: str = "group",
    people: str = "people",
    pay: str = "pay",
) -> Split:
    """Split the gap in mean pay of two groups into a part within and a part between quarters of pay.

    `frame` has one row a quarter and group with the number of people and their mean pay in pounds, for the
    reference group and one other. Positive: the reference is paid more. Where a group has nobody in a
    quarter (people 0, pay empty) that quarter has no difference within, so all it adds is between. Missing
    people give a Split with marker `[c]`, a group of fewer than ten one with `[k]`; its figures are missing.

    Raises ValueError for anything but two groups, for a quarter that is missing or there twice, naming group
    and quarter, for numbers that are negative and for pay that is missing or not above 0, with the row.

    Source: Kitagawa EM (1955), J Am Stat Assoc 50: 1168 to 1194, the form without interaction:
    within = sum of (share a + share b)/2 x (pay a - pay b), between = sum of (pay a + pay b)/2 x
    (share a - share b).
    """
    number, mean = _cells(frame, reference, (quarter, group, people, pay))
    if np.isnan(number).any():
        return Split(np.nan, np.nan, np.nan, np.nan, NOT_SHOWN)
    if (number.sum(axis=1) < LEAST_PEOPLE).any():
        return Split(np.nan, np.nan, np.nan, np.nan, TOO_SMALL)
    share = number / number.sum(axis=1, keepdims=True)
    # Nobody there: the other group's pay stands in, so that no difference within is made up.
    mean = np.where(number > 0, mean, mean[::-1])
    mean = np.where((number > 0).any(axis=0), mean, 0.0)
    within = float(share.mean(axis=0) @ (mean[0] - mean[1]))
    between = float(mean.mean(axis=0) @ (share[0] - share[1]))
    averages = (share * mean).sum(axis=1)
    return Split(float(averages[0] - averages[1]), within, between, float(averages[0]))


def _gaps(
    frame: pd.DataFrame, reference: str, pay: str, group: str, statistic: Literal["mean", "median"]
) -> pd.DataFrame:
    rate, names = _records(frame, pay, group)
    grouped = pd.Series(rate).groupby(np.array(names, dtype=object), sort=False)
    typical, people = grouped.agg(statistic), grouped.size().to_numpy(dtype=float)
    at = _reference([str(name) for name in typical.index], reference)
    shown = people >= LEAST_PEOPLE
    level = np.where(shown, typical.to_numpy(dtype=float), np.nan)
    return pd.DataFrame(
        {
            "group": [str(name) for name in typical.index],
            "reference": reference,
            "people": np.where(shown, people, np.nan),
            "pay": level,
            "gap": gap(np.full(len(level), level[at]), level),
            "marker": np.where(shown & shown[at], "", TOO_SMALL),
        }
    )


def _records(frame: pd.DataFrame, pay: str, group: str) -> tuple[Floats, list[str]]:
    """Read pay and group person by person."""
    _needs(frame, pay, group)
    return _pay(_column(frame, pay), pay, np.ones(len(frame), dtype=bool)), _names(frame, group)


def _pay(rate: Floats, name: str, wanted: NDArray[np.bool_]) -> Floats:
    """Refuse pay that is missing where it is wanted, or impossible."""
    _refuse(np.isnan(rate) & wanted, f"{name} is missing: leave out people without full pay", rate)
    _refuse(np.isinf(rate), f"{name} {{}} is not a finite number", rate)
    _refuse(rate <= 0, f"{name} {{}} is not above 0: leave out people without full pay", rate)
    return rate


def _dealt(people: NDArray[np.int_], size: NDArray[np.int_]) -> NDArray[np.int_]:
    """Deal people, a row a rate of pay from the lowest and a column a group, into quarters of these sizes."""
    counts = np.zeros((len(size), people.shape[1]), dtype=int)
    quarter = 0
    for rate in people:
        left = rate.copy()
        while left.sum():
            room = int(size[quarter] - counts[quarter].sum())
            taken = _in_proportion(left, min(room, int(left.sum())))
            counts[quarter] += taken
            left -= taken
            quarter += bool(left.sum())
    return counts


def _in_proportion(left: NDArray[np.int_], number: int) -> NDArray[np.int_]:
    """Take so many of the people left, in proportion to their groups, by largest remainder."""
    exact = left * number / left.sum()
    taken: NDArray[np.int_] = np.floor(exact).astype(int)
    # Equal remainders: the larger group first, then by name.
    ranked = np.lexsort((-left, -np.round(exact - taken, 9)))
    taken[ranked[: number - taken.sum()]] += 1
    return taken


def _too_small(people: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Mark the groups that are not shown: those too small and, for one alone, the next smallest too."""
    hidden: NDArray[np.bool_] = people < LEAST_PEOPLE
    if hidden.sum() == 1:
        hidden[np.argsort(people, kind="stable")[:2]] = True
    return hidden


def _cells(frame: pd.DataFrame, reference: str, columns: tuple[str, str, str, str]) -> tuple[Floats, Floats]:
    """Lay out people and pay, the reference in the first row and the other group in the second."""
    quarter, group, people, pay = columns
    _needs(frame, *columns)
    bands, names = _names(frame, quarter), _names(frame, group)
    groups = list(dict.fromkeys(names))
    at = _reference(groups, reference)
    if len(groups) > 2:
        raise ValueError(
            f"there are {len(groups)} groups, {', '.join(groups)}: keep {reference} and one other"
        )
    number = _column(frame, people)
    _refuse(np.isinf(number), f"{people} {{}} is not a finite number", number)
    _refuse(number < 0, f"{people} {{}} is negative: a count starts at 0", number)
    mean = _pay(_column(frame, pay), pay, number > 0)
    order = {band: place for place, band in enumerate(dict.fromkeys(bands))}
    filled = np.full((2, len(order)), -1)
    for row, (band, name) in enumerate(zip(bands, names, strict=True)):
        cell = (int(name != groups[at]), order[band])
        if filled[cell] >= 0:
            raise ValueError(f"row {row + 1}: quarter {band} of group {name} is there twice: keep one row")
        filled[cell] = row
    if (filled < 0).any():
        other, place = np.argwhere(filled < 0)[0]
        name = groups[at] if other == 0 else groups[1 - at]
        raise ValueError(f"group {name} has no row for quarter {list(order)[place]}: add it with people 0")
    return number[filled], mean[filled]
