"""Which areas lie in England's most deprived tenth, and how many of each district do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.reach import area_cells

FIRST: Final = 1
IN, OUT = "in", "out"


@dataclass(frozen=True)
class District:
    """A district by its code and name, and what is said of its areas."""

    code: str
    name: str
    description: str


@kept
def in_most_deprived_tenth(edition: Edition) -> dict[str, str]:
    """Return area code → ``in`` for areas in England's most deprived tenth."""
    rows = area_cells.areas(edition)
    return dict.fromkeys(rows.loc[rows["decile"].eq(FIRST).fillna(False), "code"], IN)


@kept
def districts(edition: Edition) -> list[District]:
    """Return the districts, each with how many of its areas are in the most deprived tenth."""
    rows = area_cells.areas(edition)
    return [
        District(
            str(code),
            str(of["district_name"].iloc[0]),
            f"{wording.number(int(of['decile'].eq(FIRST).sum()))} of {wording.count(len(of), 'small area')} in the most deprived tenth",
        )
        for code, of in rows.groupby("district", sort=True)
    ]
