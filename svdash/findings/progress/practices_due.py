"""Which practices and accreditations an owner reviews, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.findings.finding import records
from svdash.register import Framework

_ACCREDITATIONS = "accreditations"


@dataclass(frozen=True)
class ToReview:
    """A practice, or an accreditation of one.

    Attributes:
        practice: its identifier. ``accreditation``: its name; empty for the practice itself.
        standing: code of where it stands; empty where nobody said.
        until: the day of the next review, or on which the accreditation ends; ``None`` where none is set.
    """

    practice: str
    accreditation: str
    title: str
    standing: str
    until: date | None

    def label(self, today: date) -> str:
        """Return what it is and by when it is reviewed, in words."""
        standing = wording.STATE.get(self.standing, self.standing)
        if self.until is None:
            when = "no day is set"
        else:
            day = wording.day(self.until)
            verb = (
                ("ended" if self.until < today else "holds until")
                if self.accreditation
                else ("was to be reviewed by" if self.until < today else "to be reviewed by")
            )
            when = f"{verb} {day}"
        return f"{self.title}: {f'{standing}, ' if standing else ''}{when}"


def owners(edition: Edition) -> frozenset[str]:
    """Return who owns practices."""
    rows = Framework.of(edition).commitments
    return frozenset(rows.loc[rows["kind"] == "practice", "lead"].dropna())


def to_review(edition: Edition, owner: str) -> tuple[ToReview, ...]:
    """Return the practices of an owner and their accreditations: what has no day first, then the earliest day."""
    rows = Framework.of(edition).commitments
    mine = rows[(rows["kind"] == "practice") & (rows["lead"] == owner)]
    found = [
        ToReview(
            str(row["id"]), "", f"{row['id']} {row['title']}", _text(row["state"]), _day(row["review_date"])
        )
        for row in records(mine)
    ]
    if _ACCREDITATIONS in edition.tables:
        awards = edition.table(_ACCREDITATIONS)
        found += [
            ToReview(
                str(row["practice"]),
                str(row["name"]),
                f"{row['name']} ({row['practice']})",
                "",
                _day(row["expires"]),
            )
            for row in records(awards[awards["practice"].isin(mine["id"])])
        ]
    return tuple(sorted(found, key=lambda each: (each.until or date.min, each.practice, each.accreditation)))


def headline(due: tuple[ToReview, ...], today: date) -> str:
    """Say how much there is to review, and how much of it is late or has no day."""
    late = sum(each.until is None or each.until < today for each in due)
    many = wording.counted(len(due), "practice or accreditation", "practices and accreditations")
    return f"{many} to review" + (f", {wording.number(late)} late or without a day" if late else "")


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, pd.Timestamp) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
