"""Which financial years a pack has data for, and where they stop."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from svdash.register.view import ALL, NONE
from svdash.tables import Edition
from svdash.years import period_end, year_end

OBSERVATIONS: Final = ("observations_published", "observations_illustrative")
# Counts by stage, of which indicators that name a stage take their figures; a pack may do without.
RECRUITMENT: Final = "recruitment"


def figure_tables(edition: Edition) -> tuple[str, ...]:
    """Return the tables of a pack that figures of indicators come from."""
    return (*OBSERVATIONS, RECRUITMENT) if RECRUITMENT in edition.tables else OBSERVATIONS


class Calendar:
    """The years of one pack's data.

    Attributes:
        until: the day up to which the pack has data.
        years: financial years with data, oldest first.
    """

    until: date
    years: tuple[str, ...]

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.until = self._data_until()
        self.years = self._years()

    def _data_until(self) -> date:
        ends = [period_end(p) for p in self._edition.table("updates")["period"].unique()]
        for name in OBSERVATIONS:
            latest = self._edition.table(name)["as_at"].max()
            if not pd.isna(latest):
                ends.append(latest.date())
        ends += [year_end(year) for year in self._stage_years()]
        return max(ends, default=date(1970, 3, 31))

    def _years(self) -> tuple[str, ...]:
        years = set(self._edition.table("updates")["year"])
        for name in OBSERVATIONS:
            years |= set(self._edition.table(name)["year"])
        return tuple(sorted(years | self._stage_years()))

    def _stage_years(self) -> set[str]:
        """Return the complete years that recruitment is told for."""
        return set(self._edition.table(RECRUITMENT)["year"]) if RECRUITMENT in self._edition.tables else set()

    def is_part(self, year: str) -> bool:
        """Whether the data of a year stop before it ends; a pack without a year has no part year: "all" stands for it."""
        return year != ALL and year_end(year) > self.until

    def named(self, year: str) -> str:
        """Write a year, a part year as such."""
        return f"{year} (part year)" if self.is_part(year) else year

    def begun(self, year: str) -> bool:
        """Whether commitments had been reported on by the end of a year: before, none can have failed."""
        first = self._edition.table("updates")["year"].min()
        return year == ALL or pd.isna(first) or year >= str(first)

    @property
    def default_year(self) -> str:
        """The latest complete year, so that what is compared is alike."""
        whole = [y for y in self.years if not self.is_part(y)]
        return whole[-1] if whole else (self.years[-1] if self.years else ALL)

    def year_before(self, year: str) -> str:
        """Return the year before, ``none`` where the pack has none."""
        if year == ALL:
            year = self.default_year
        earlier = [y for y in self.years if y < year]
        return earlier[-1] if earlier else NONE

    def as_at(self, year: str) -> date:
        """Return the day up to which things are looked at: the year's end, or the end of the data."""
        return self.until if year == ALL else min(year_end(year), self.until)
