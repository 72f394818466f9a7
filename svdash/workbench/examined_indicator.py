"""What the checks of an indicator look at, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.workbench.definition import IndicatorDefinition
from svdash.workbench.formula import Kind
from svdash.workbench.prototype import BY, DENOMINATOR, VALUE, ByNought
from svdash.years import PERIOD, first_of, year_named

Verdict = Literal["pass", "warn", "fail"]
PASS: Final = "pass"  # noqa: S105  a verdict
WARN: Final = "warn"
FAIL: Final = "fail"


@dataclass(frozen=True)
class IndicatorCheck:
    """What one check says.

    Attributes:
        code: of the check.
        title: what it asks about, as a heading.
        verdict: pass, warn or fail.
        words: a sentence with the figures that the verdict rests on.
        remedy: how to mend it, as a sentence; empty where it passes.
    """

    code: str
    title: str
    verdict: Verdict
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class ExaminedIndicator:
    """A definition with its figures.

    Attributes:
        edition: the data beside which it is looked at.
        about: the definition.
        kinds: columns of its table with their kinds.
        figures: one row a figure: year, area and group as far as it has them, numerator, denominator and value.
        yearly: the same by year alone; one row of all where it has no year.
        shown: the figures that a page tells: by year, and in each by area and by group, which are not told of areas' groups.
        nought: what divisions by nought took from the figures.
        personal: columns of its file in which personal data is suspected; ``None`` for a table of the data pack.
        refused: why the register would not take it, as sentences; none where it would.
        measure: the success measure that it would stand under, by identifier and title; empty where there is none.
    """

    edition: Edition
    about: IndicatorDefinition
    kinds: Mapping[str, Kind]
    figures: pd.DataFrame
    yearly: pd.DataFrame
    shown: pd.DataFrame
    nought: ByNought
    personal: Sequence[str] | None = None
    refused: Sequence[str] = ()
    measure: str = ""

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage out of a denominator."""
        return self.about.unit == "percent" and DENOMINATOR in self.figures

    @property
    def years(self) -> pd.DataFrame:
        """The yearly figures of whole financial years with a value, oldest first."""
        if "year" not in self.yearly:
            return self.yearly.iloc[:0].assign(year=pd.Series(dtype="str"))
        rows = self.yearly[self.yearly["year"].map(is_financial_year) & self.yearly[VALUE].notna()]
        return rows.sort_values("year").reset_index(drop=True)

    def baseline(self) -> pd.Series | None:
        """Return the figure of the baseline's year, of the first year where none is named; ``None`` where there is none."""
        rows = self.years
        if self.about.baseline is not None:
            rows = rows[rows["year"] == self.about.baseline]
        return None if rows.empty else rows.iloc[0]


def is_financial_year(year: object) -> bool:
    """Return whether something is written as a whole financial year: 2023/24."""
    return is_period(year) and len(str(year)) == len("2023/24")


def is_period(year: object) -> bool:
    """Return whether something is written as a financial year, or a quarter or half of one: 2023/24, 2023/24 Q1."""
    text = str(year)
    return bool(PERIOD.fullmatch(text)) and text[:7] == year_named(first_of(text))


def named(rows: pd.DataFrame, most: int = 3) -> str:
    """Name figures by what tells them apart: Ford in 2023/24, Ash in 2022/23 and 4 more."""
    names = []
    for row in rows.head(most).to_dict("records"):
        where = [str(row[key]) for key in ("area", "group") if key in row and not pd.isna(row[key])]
        year = f"in {row['year']}" if "year" in row and not pd.isna(row["year"]) else ""
        names.append(" ".join(filter(None, [", ".join(where), year])) or "all rows")
    rest = len(rows) - len(names)
    return ", ".join(names) + (f" and {wording.number(rest)} more" if rest > 0 else "")


def of_figures(count: int, whole: int) -> str:
    """Write how many of the figures: 3 of 48 figures."""
    return f"{wording.number(count)} of {wording.counted(whole, 'figure')}"


def keys_of_figures(figures: pd.DataFrame) -> list[str]:
    """Return which of year, area and group tell figures apart."""
    return [key for key in BY if key in figures]
