"""Which financial years a pack has data for, and where they stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import pandas as pd

from svdash.register.view import ALL, NONE
from svdash.tables import Edition, settled
from svdash.years import period_end, year_end

OBSERVATIONS: Final = ("observations_published", "observations_illustrative")
# Counts by stage, of which indicators that name a stage take their figures; a pack may do without.
RECRUITMENT: Final = "recruitment"


def figure_tables(edition: Edition) -> tuple[str, ...]:
    """Return the tables of a pack that figures of indicators come from."""
    return (*OBSERVATIONS, RECRUITMENT) if RECRUITMENT in edition.tables else OBSERVATIONS


@dataclass(frozen=True)
class Calendar:
    """The years of one edition's data.

    Attributes:
        until: the day up to which there is data.
        years: financial years with data, oldest first.
        first: the first year that commitments were reported on in; ``None`` where none was.
    """

    until: date
    years: tuple[str, ...]
    first: str | None

    def is_part(self, year: str) -> bool:
        """Whether the data of a year stop before it ends; a pack without a year has no part year: "all" stands for it."""
        return year != ALL and year_end(year) > self.until

    def named(self, year: str) -> str:
        """Write a year, a part year as such."""
        return f"{year} (part year)" if self.is_part(year) else year

    def begun(self, year: str) -> bool:
        """Whether commitments had been reported on by the end of a year: before, none can have failed."""
        return year == ALL or self.first is None or year >= self.first

    @cached_property
    def default_year(self) -> str:
        """The latest complete year, so that what is compared is alike."""
        whole = [y for y in self.years if not self.is_part(y)]
        return whole[-1] if whole else (self.years[-1] if self.years else ALL)

    @property
    def latest_year(self) -> str:
        """The year that holds the latest position: the last with data, though it may be a part year."""
        return self.years[-1] if self.years else ALL

    def whole_year(self, year: str) -> str:
        """Return the newest complete year up to a year; the year itself where none is complete."""
        if year != ALL and not self.is_part(year):
            return year
        whole = [y for y in self.years if (year in (ALL, y) or y < year) and not self.is_part(y)]
        return whole[-1] if whole else year

    def year_before(self, year: str) -> str:
        """Return the year before, ``none`` where the pack has none."""
        if year == ALL:
            year = self.default_year
        earlier = [y for y in self.years if y < year]
        return earlier[-1] if earlier else NONE

    def as_at(self, year: str) -> date:
        """Return the day up to which things are looked at: the year's end, or the end of the data."""
        return self.until if year == ALL else min(year_end(year), self.until)


@settled
def calendar(edition: Edition) -> Calendar:
    """Return the years of an edition's data."""
    updates = edition.table("updates")
    observations = [edition.table(name) for name in OBSERVATIONS]
    # Recruitment is published for complete years.
    staged = set(edition.table(RECRUITMENT)["year"]) if RECRUITMENT in edition.tables else set()
    ends = [period_end(period) for period in updates["period"].unique()]
    ends += [
        latest.date() for latest in (rows["as_at"].max() for rows in observations) if not pd.isna(latest)
    ]
    ends += [year_end(year) for year in staged]
    years = staged.union(updates["year"], *(rows["year"] for rows in observations))
    first = updates["year"].min()
    return Calendar(
        until=max(ends, default=date(1970, 3, 31)),
        years=tuple(sorted(years)),
        first=None if pd.isna(first) else str(first),
    )
