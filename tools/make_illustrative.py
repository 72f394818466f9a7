"""Make the illustrative tables of the embedded pack: figures, plans, updates, accreditations.

Run ``python tools/make_illustrative.py`` from the project's folder. Nothing here is real: the tables show the
product where nothing is published. They agree with what is published, their shares are plausible for an
authority of this size beside the Census, and they have the faults of real returns: gaps, late updates, groups
of one to four people, plans without a test of done.

The same seed gives the same bytes. Every indicator and every commitment draws from a stream of its own, so a
change to one leaves the others as they were.
"""

from __future__ import annotations

import argparse
import csv
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

SEED: Final = 2022
ROOT: Final = Path(__file__).resolve().parents[1]
TEXTS: Final = Path(__file__).with_name("illustrative_texts.csv")
# Nothing may be dated after the day on which the tables were made.
MADE_ON: Final = date(2026, 11, 12)
SOURCE: Final = "Illustrative: made up"
DAYS_TO_FIGURES: Final = 40

Row: TypeAlias = dict[str, str]
Span: TypeAlias = float | tuple[float, float]  # percent, or percent in the first and in the last year
Counts: TypeAlias = dict[str, int]

# --- periods ----------------------------------------------------------------------------------------------

YEARS: Final = ("2022/23", "2023/24", "2024/25", "2025/26")
PART_YEAR: Final = "2026/27"
PERIODS: Final[Mapping[str, tuple[str, ...]]] = {
    "annual": YEARS,
    "half-yearly": (*(f"{y} H{n}" for y in YEARS for n in (1, 2)), f"{PART_YEAR} H1"),
    "quarterly": (*(f"{y} Q{n}" for y in YEARS for n in (1, 2, 3, 4)), f"{PART_YEAR} Q1", f"{PART_YEAR} Q2"),
}
PERIOD_ENDS: Final = {"Q1": (0, 6, 30), "Q2": (0, 9, 30), "Q3": (0, 12, 31), "H1": (0, 9, 30)}
# Updates begin in the quarter in which the Framework was adopted.
UPDATE_QUARTERS: Final = PERIODS["quarterly"][1:]

# --- figures: annual --------------------------------------------------------------------------------------

LCRCA: Final = "lcrca"
# Staff and recruitment take in Merseytravel; pay, as in the statutory return, does not.
WITH_MERSEYTRAVEL: Final = "lcrca-merseytravel"
STAFF_FIGURES: Final = ("EMP-I4", "EMP-I5", "EMP-I6", *(f"EMP-I{number}" for number in range(10, 15)))
CITY_REGION: Final = "city-region"
# Indicators left without any figure, so that a data gap is seen: nobody collects them yet.
NO_FIGURE: Final = ("COM-I3", "INV-I5", "INV-I6", "INV-I7", "CIV-I4")

# Numerator and denominator by year.
SHARES_BY_YEAR: Final[Mapping[str, Mapping[str, tuple[int, int]]]] = {
    "EMP-I4": {"2022/23": (6, 71), "2023/24": (8, 79), "2024/25": (9, 76), "2025/26": (12, 82)},
    "COM-I1": {"2022/23": (61, 598), "2023/24": (66, 604), "2024/25": (74, 611), "2025/26": (83, 607)},
    "COM-I2": {"2022/23": (104, 291), "2023/24": (121, 318), "2024/25": (139, 322), "2025/26": (151, 337)},
    "INV-I1": {"2025/26": (23, 35)},
    "INV-I2": {"2022/23": (9, 34), "2023/24": (21, 37), "2024/25": (31, 36), "2025/26": (35, 38)},
    "INV-I3": {"2022/23": (10, 29), "2023/24": (17, 31), "2024/25": (24, 33), "2025/26": (27, 32)},
    "INV-I4": {"2023/24": (38, 64), "2024/25": (71, 92), "2025/26": (96, 118)},
    "SER-I3": {"2022/23": (98, 152), "2023/24": (101, 160), "2024/25": (99, 157), "2025/26": (107, 164)},
    "SER-I5": {"2022/23": (1, 14), "2023/24": (2, 14), "2024/25": (4, 15), "2025/26": (6, 15)},
    "CIV-I2": {
        "2022/23": (402, 2110),
        "2023/24": (711, 3320),
        "2024/25": (612, 2480),
        "2025/26": (779, 2905),
    },
}
# Counts without a denominator.
COUNTS_BY_YEAR: Final[Mapping[str, Mapping[str, int]]] = {
    "CIV-I1": {"2022/23": 3184, "2023/24": 5267, "2024/25": 4041, "2025/26": 4618},
    "CIV-I3": {"2023/24": 6, "2024/25": 9, "2025/26": 12},
}
# Money, hours and gaps, where no interval is possible: (indicator, characteristic, group) → value by year.
VALUES_BY_YEAR: Final[Mapping[tuple[str, str, str], Mapping[str, float]]] = {
    ("EMP-I9", "ethnic-group", "minority"): {"2023/24": 6.8, "2024/25": 7.1, "2025/26": 5.9},
    ("EMP-I9", "disability", "disabled"): {"2023/24": 4.2, "2024/25": 3.6, "2025/26": 3.9},
    ("EMP-I13", "all", "all"): {"2023/24": 412.5, "2024/25": 610.0, "2025/26": 655.5},
    ("COM-I4", "all", "all"): {"2022/23": 1.6, "2023/24": 1.9, "2024/25": 2.4, "2025/26": 2.3},
    ("COM-I5", "all", "all"): {"2022/23": 47.8, "2023/24": 49.1, "2024/25": 51.6, "2025/26": 50.9},
    ("COM-I7", "all", "all"): {"2022/23": 6.4, "2023/24": 8.9, "2024/25": 10.3, "2025/26": 10.6},
}
# New employees in each situation of EMP-I4. They overlap: together they are more than its numerator.
BARRIERS: Final[Mapping[str, tuple[int, ...]]] = {
    "long-term-unemployed": (4, 5, 6, 8),
    "neet": (1, 3, 3, 4),
    "rehabilitating-offender": (2, 1, 0, 1),
}
# Of all employees in post on 31 March, in percent; None where the programme had not begun.
STAFF_SHARES: Final[Mapping[str, tuple[float | None, ...]]] = {
    "EMP-I10": (18.5, 31.4, 44.0, 52.1),
    "EMP-I11": (70.6, 72.3, 71.1, 73.9),
    "EMP-I12": (None, 3.3, 4.8, 5.4),
}
STAFF: Final[Mapping[str, int]] = {"2022/23": 962, "2023/24": 966, "2024/25": 971, "2025/26": 978}
# One table for EMP-I5 and EMP-I6, so that the five groups give the 6% commitment's numerator.
STAFF_ETHNIC: Final[Mapping[str, Counts]] = {
    "2022/23": {"asian": 15, "black": 9, "mixed": 11, "other": 5, "white": 904},
    "2023/24": {"asian": 16, "black": 10, "mixed": 12, "other": 6, "white": 903},
    "2024/25": {"asian": 18, "black": 11, "mixed": 13, "other": 7, "white": 900},
    "2025/26": {"asian": 19, "black": 12, "mixed": 15, "other": 7, "white": 898},
}
# Two questions were added to the monitoring forms later than the rest.
ASKED_FROM: Final[Mapping[str, str]] = {"gender-reassignment": "2023/24", "care-experience": "2023/24"}

# --- figures: several times a year ------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """A share that is counted every quarter or half-year.

    ``course`` gives the true share in percent at some periods, counted from 0, with straight lines between.
    ``size`` is the usual denominator, ``season`` its factors within a year, ``growth`` its growth a period.
    ``missing`` periods have no row.
    """

    course: Mapping[int, float]
    size: int
    population: str
    season: tuple[float, ...] = (1.0,)
    growth: float = 0.0
    missing: tuple[str, ...] = ()


LEVELS: Final[Mapping[str, Level]] = {
    "EMP-I14": Level({0: 62, 3: 61, 8: 77}, 425, "staff"),
    "SER-I1": Level({0: 43.5}, 8650, "learners", season=(0.92, 1.12, 1.04, 0.92), growth=0.004),
    "SER-I2": Level({0: 58}, 250, "households", missing=("2023/24 Q3",)),
    "SER-I4": Level({0: 34.9, 5: 34.8, 17: 33.3}, 214_000, "passes", growth=0.002),
}

# --- who is counted ---------------------------------------------------------------------------------------

# Percent of those who answer; the group left out takes the rest.
POPULATIONS: Final[Mapping[str, Mapping[str, Mapping[str, Span]]]] = {
    "staff": {
        "sex": {"women": (41.3, 43.1)},
        "disability": {"disabled": (8.2, 10.4)},
        "age": {"16-24": (5.1, 6.2), "25-49": 53.5, "65-plus": (2.2, 3.1)},
        "ethnic-group": {"asian": 1.9, "black": 1.2, "mixed": 1.4, "other": 0.7},
        "sexual-orientation": {"lgb-plus": (5.4, 6.9)},
        "religion": {"any-religion": (57.5, 53.0)},
        "marriage": {"married-cp": (51.0, 49.5)},
        "pregnancy": {"maternity-12m": (2.8, 3.2)},
        "gender-reassignment": {"different-from-birth": (0.3, 0.45)},
        "caring": {"yes": (16.0, 18.5)},
        "care-experience": {"yes": (1.4, 1.9)},
    },
    "applicants": {
        "sex": {"women": (46.5, 49.0)},
        "disability": {"disabled": (11.8, 14.6)},
        "age": {"16-24": 17.5, "25-49": 62.0, "65-plus": 0.9},
        "ethnic-group": {"asian": 5.1, "black": 3.6, "mixed": 2.4, "other": 1.7},
        "sexual-orientation": {"lgb-plus": 8.8},
        "religion": {"any-religion": 51.0},
        "marriage": {"married-cp": 37.0},
        "pregnancy": {"maternity-12m": 1.4},
        "gender-reassignment": {"different-from-birth": 0.9},
        "area-deprivation": {"d1": (23.5, 27.5), "d2-3": 22.0},
        "care-experience": {"yes": 2.1},
    },
    "learners": {
        "sex": {"women": 58.5},
        "disability": {"disabled": 19.5},
        "age": {"16-24": 15.0, "25-49": 60.0, "65-plus": 4.0},
        "ethnic-group": {"asian": 8.0, "black": 7.5, "mixed": 3.5, "other": 6.0},
    },
    "households": {
        "sex": {"women": 56.0},
        "disability": {"disabled": 36.0},
        "age": {"16-24": 18.0, "25-49": 58.0, "65-plus": 0.8},
        "ethnic-group": {"asian": 2.6, "black": 3.4, "mixed": 2.2, "other": 2.4},
    },
    "tenants": {
        "sex": {"women": 31.0},
        "disability": {"disabled": 47.0},
        "age": {"16-24": 4.0, "25-49": 66.0, "65-plus": 2.5},
        "ethnic-group": {"asian": 1.5, "black": 3.5, "mixed": 2.5, "other": 1.5},
    },
    "passes": {
        "sex": {"women": 54.0},
        "disability": {"disabled": 21.0},
        "age": {"16-24": 3.0, "25-49": 6.5, "50-64": 21.0},
        "ethnic-group": {"asian": 1.6, "black": 1.0, "mixed": 0.9, "other": 0.9},
    },
    "pupils": {"sex": {"women": 49.0}},
    "members": {
        "sex": {"women": 66.0},
        "disability": {"disabled": 91.0},
        "age": {"16-24": 1.5, "25-49": 8.5, "65-plus": 72.0},
    },
    "apprentices": {
        "sex": {"women": 43.0},
        "age": {"16-24": 84.0, "25-49": 15.2, "65-plus": 0.05},
        "ethnic-group": {"asian": 2.4, "black": 1.5, "mixed": 1.9, "other": 0.8},
    },
    "responses": {
        "sex": {"women": 53.5},
        "disability": {"disabled": 17.5},
        "age": {"16-24": 7.0, "25-49": 41.0, "65-plus": 20.0},
        "ethnic-group": {"asian": 2.3, "black": 1.6, "mixed": 1.5, "other": 0.8},
    },
}
# Percent who answer a question.
ANSWERED: Final[Mapping[str, float]] = {
    "sex": 98.5,
    "ethnic-group": 95.0,
    "disability": 93.0,
    "age": 99.5,
    "sexual-orientation": 86.0,
    "religion": 85.0,
    "marriage": 88.0,
    "pregnancy": 62.0,
    "gender-reassignment": 83.0,
    "area-deprivation": 96.0,
    "care-experience": 78.0,
    "caring": 80.0,
}
# How likely a group is to get to the next stage, or to be counted, beside the others (1 = as likely).
LEANS: Final[Mapping[str, Mapping[str, float]]] = {
    "EMP-I10": {"women": 1.12, "16-24": 0.8, "65-plus": 0.7},
    "EMP-I11": {"65-plus": 0.75, "women": 1.04},
    "EMP-I12": {"women": 1.4, "25-49": 1.2},
    "EMP-I14": {"disabled": 0.78, "yes": 0.85},
    "SER-I1": {"black": 1.35, "other": 1.25, "disabled": 1.1},
    "SER-I2": {"black": 1.2, "disabled": 1.05},
    "SER-I3": {"women": 1.05},
    "SER-I4": {"disabled": 1.3, "65-plus": 0.94, "black": 1.5},
    "CIV-I2": {"black": 1.5, "65-plus": 0.8, "16-24": 1.2},
}
# Groups drawn out of a fixed whole vary less than independent draws do.
DRAWN_WITHOUT_RETURN: Final = 0.7
# Of shares within groups, only that of the ethnic group tells those who stated none.
UNSTATED_WITHIN: Final = ("ethnic-group",)
# Population of the annual shares that are broken down as "the same share within the group".
WITHIN: Final[Mapping[str, str]] = {"SER-I3": "tenants", "CIV-I2": "responses"}
REGIONAL: Final = ("CIV-I3",)
# The Framework speaks of contracts above £20,000.
THRESHOLD_PENCE: Final = 2_000_000
NOTES: Final[Mapping[tuple[str, str], str]] = {
    ("SER-I1", "2023/24 Q2"): "Two providers sent their records late; the quarter was completed afterwards",
    ("SER-I2", "2023/24 Q4"): "First quarter on the new case system; nothing could be drawn for Q3",
    ("EMP-I14", "2024/25 H2"): "Paper forms reached the depots for the first time",
    ("COM-I4", "2025/26"): "The list was widened to freelancers during the year",
    ("INV-I1", "2025/26"): "First year in which both parts of the tool were used",
    ("SER-I5", "2024/25"): "One more service is counted: bus franchising",
}

# --- commitments ------------------------------------------------------------------------------------------

LEVEL_NAMES: Final = ("not-started", "limited", "substantial", "complete")
# The quarter by which the courses of the texts are reached, and the quarters after it.
TOLD_AT: Final = UPDATE_QUARTERS.index("2025/26 Q4")
DAYS_TO_REPORT: Final = 21
# Odds a quarter.
MISSING: Final = 0.06
LATE: Final = 0.15
KEPT_CONFIDENCE: Final = 0.7
FURTHER_STEP: Final = 0.25
BARE_START: Final = 0.1
CONFIDENCE: Final[Mapping[str, tuple[float, float, float, float]]] = {
    # green, amber, red, none given
    "not-started": (0.15, 0.45, 0.20, 0.20),
    "no-evidence": (0.20, 0.60, 0.10, 0.10),
    "limited": (0.38, 0.50, 0.12, 0.0),
    "substantial": (0.66, 0.30, 0.04, 0.0),
    "complete": (1.0, 0.0, 0.0, 0.0),
}
CONFIDENCES: Final = ("green", "amber", "red", "")
EVIDENCED: Final[Mapping[str, float]] = {"limited": 0.7, "substantial": 0.9, "complete": 1.0}
FIRST_PROOF: Final = (
    "Project plan, version {1-4}",
    "Note of a meeting with {3-9} people",
    "Paper to the project board",
)
# How an update may be worded, by level: in the quarter in which the level is reached, and in later ones.
NEW_NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "not-started": ("No start on {topic} yet.", "Not begun; the lead took over {topic} this quarter."),
    "held not-started": ("Not begun: {hold}.", "{Hold}, so no start was made."),
    "no-evidence": ("Work on {topic} is said to have begun; there is nothing to show yet.",),
    "limited": ("{First}.", "This quarter {first}.", "Begun: {first}.", "A start was made: {first}."),
    "substantial": ("{Middle}.", "Good progress: {middle}.", "A step on: {middle}.", "By now {middle}."),
    "complete": ("{Last}.", "Done: {last}.", "Finished this quarter: {last}."),
    "slipped": ("Rated back: {hold}.", "A step back this quarter, because {hold}."),
}
LATER_NOTES: Final[Mapping[str, tuple[str, ...]]] = {
    "not-started": (
        "A first step is planned: to {next_1}.",
        "Still to begin. The team that is to take on {topic} has a vacancy.",
        "No start yet; a date for {topic} was asked for at the directorate's meeting.",
    ),
    "held not-started": (
        "Still to begin: {hold}.",
        "Preparation only: {first}.",
        "A first step is planned: to {next_1}.",
        "No start, and no new date for {topic}.",
        "{Hold}. Nothing else has moved.",
        "The directorate was asked to decide on the future of {topic}.",
        "Put off once more; the reason is the same as last quarter.",
        "Two options for {topic} were written up for the lead.",
        "No work this quarter: staff were lent to another project.",
    ),
    "no-evidence": ("Nothing that could be filed as evidence on {topic} came in.",),
    "limited": (
        "Slower than planned, as {hold}.",
        "Work has begun to {next_1}.",
        "Small steps on {topic} this quarter; the next is to {next_1}.",
        "The Social Value Champion looked at {topic} with the team and kept the rating.",
        "A vacancy cost two months. {Hold}.",
        "Plan for {topic} redrawn with shorter steps.",
        "Discussed at the directorate's meeting; the aim is to {next_1} before the next update.",
        "Figures on {topic} came too late for this quarter.",
        "Money for {topic} was settled for the coming year.",
        "Other directorates were asked for help with {topic}.",
        "Little to add on {topic}: the quarter went into planning the year ahead.",
        "Half-way review of {topic}: the aim stays, the date is tight.",
    ),
    "substantial": (
        "What is left is to {next_2}.",
        "{Middle}; what remains is to {next_2}.",
        "Not finished, because {hold}.",
        "A date was set to {next_2}.",
        "On {topic}, most works as planned; one piece is open.",
        "The Social Value Champion looked over {topic} and sent back three points.",
        "Colleagues in other directorates asked about {topic}.",
        "Work goes on to {next_2}.",
        "No new step on {topic}: other deadlines came first.",
        "The directorate's meeting had a short paper on {topic}.",
        "Feedback on {topic} was collected and will be used for the last piece.",
    ),
    "complete": (
        "Kept up: {last}.",
        "{Topic}: checked again in the quarter, and it holds.",
        "No change to report on {topic} since it was completed.",
        "{Last}, as before.",
        "Now part of normal work; a spot check on {topic} found nothing amiss.",
        "Still in place. The next full check of {topic} is due within the year.",
        "A new colleague looks after {topic} from now on.",
        "Small corrections after comments on {topic}; the rating stays.",
        "A learning session used {topic} as an example.",
        "Nothing to report on {topic} beyond routine.",
    ),
}
# Instead of the next step proper, so that it is not said again every quarter.
OTHER_STEPS: Final = (
    "Go through {topic} with the Social Value Champion",
    "Agree dates with the teams concerned",
    "Put {topic} on the directorate's agenda",
    "",
)
FINISHED_STEPS: Final = ("Check a sample again in six months", "Report once a year from here on", "", "")
NEXT_STEP: Final = 0.65


@dataclass(frozen=True)
class Text:
    """What the script knows of one commitment: its course, its plan, and clauses to word its updates with.

    ``course`` is the delivery reported by 2025/26 Q4 (``never``: no update at all). ``way`` may be ``stuck``,
    ``slipped``, ``slipped-early`` or ``bare`` (complete without evidence). ``lacks`` names what the plan has
    not: ``plan`` itself, ``date``, ``test``, ``evidence-type``.
    """

    commitment: str
    course: str
    way: str
    lacks: str
    due: str
    evidence_type: str
    test: str
    topic: str
    first: str
    middle: str
    last: str
    hold: str
    next_1: str
    next_2: str
    proof: str

    @property
    def ceiling(self) -> int:
        """The highest level that the clauses can tell of."""
        return 3 if self.last else 2 if self.middle else 1 if self.next_2 else 0

    @property
    def aspiration(self) -> bool:
        """Whether it is a future aspiration."""
        return "-A" in self.commitment


@dataclass(frozen=True)
class Award:
    """An accreditation that a practice rests on. Names are the Framework's; dates are made up."""

    practice: str
    name: str
    level: str
    awarded: str
    expires: str


ACCREDITATIONS: Final = (
    Award("EMP-P1", "Living Wage Employer", "Accredited", "2019-11-04", "2027-04-30"),
    Award("EMP-P3", "Armed Forces Covenant", "Signatory", "2018-06-30", ""),
    Award("EMP-P3", "Autism Friendly Liverpool", "Autism friendly", "2023-12-16", "2026-12-15"),
    Award("EMP-P3", "Disability Confident", "Level 1, Committed", "2022-09-01", "2025-08-31"),
    Award("EMP-P3", "Merseyside Domestic Abuse Workplace Scheme", "Member", "2021-11-25", "2027-11-24"),
    Award("EMP-P3", "TUC Apprenticeship Charter", "Signatory", "2019-03-04", ""),
    Award("EMP-P3", "TUC Dying to Work Charter", "Signatory", "2018-10-10", ""),
)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "observations_illustrative": (
        *("indicator", "year", "period", "as_at", "organisation", "characteristic", "group"),
        *("value", "numerator", "denominator", "note", "source", "updated"),
    ),
    "plans": ("commitment", "agreed_on", "due", "test_of_done", "evidence_type"),
    "updates": (
        *("commitment", "year", "period", "due_on", "reported_on", "delivery", "confidence"),
        *("note", "evidence", "evidence_date", "next_step", "by"),
    ),
    "accreditations": ("practice", "name", "level", "awarded", "expires", "note"),
}
KEY: Final = ("indicator", "period", "organisation", "characteristic", "group")

# --- small tools ------------------------------------------------------------------------------------------


def stream(*names: str) -> np.random.Generator:
    """Return the random stream that belongs to these names."""
    return np.random.default_rng([SEED, *(zlib.crc32(name.encode()) for name in names)])


def period_end(period: str) -> date:
    """Return the last day of a year, a quarter or a half-year."""
    first = int(period[:4])
    later, month, day = PERIOD_ENDS.get(period[8:], (1, 3, 31))
    return date(first + later, month, day)


def quarter_of(day: date) -> str:
    """Return the quarter of the financial year that holds a day."""
    first = day.year - (day.month < 4)
    return f"{first}/{(first + 1) % 100:02d} Q{(day.month - 4) % 12 // 3 + 1}"


def known_on(as_at: date) -> str:
    """Return the day on which a figure is known, as ISO text."""
    return (as_at + timedelta(days=DAYS_TO_FIGURES)).isoformat()


def read_table(path: Path) -> list[Row]:
    """Read a CSV file as one dictionary a row."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV with LF line ends; a column that a row has not is empty."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def at_year(span: Span, year: str) -> float:
    """Return the percentage that a span has in a year, on a straight line from its first to its last year."""
    if not isinstance(span, tuple):
        return span
    place = min(YEARS.index(year) if year in YEARS else len(YEARS), len(YEARS) - 1)
    return span[0] + (span[1] - span[0]) * place / (len(YEARS) - 1)


def spread(
    rng: np.random.Generator, total: int, weights: Sequence[float], caps: Sequence[int], noise: float = 1.0
) -> list[int]:
    """Share out a total in whole numbers by weights, each with chance variation and none above its cap.

    ``noise`` scales the binomial standard deviation; 0 gives the expected numbers, rounded.

    Raises ``ValueError`` where the caps cannot hold the total.
    """
    cap = np.asarray(caps, dtype=float)
    if total > cap.sum():
        raise ValueError(f"{total} cannot be shared out under caps that add up to {cap.sum():.0f}")
    weight = np.asarray(weights, dtype=float)
    expected = np.minimum(total * weight / weight.sum(), cap)
    deviation = np.sqrt(expected * (1 - np.divide(expected, cap, out=np.zeros_like(cap), where=cap > 0)))
    drawn = np.clip(np.round(expected + noise * deviation * rng.standard_normal(len(cap))), 0, cap)
    return [int(n) for n in _mended(drawn, total, cap)]


def _mended(drawn: NDArray[np.float64], total: int, cap: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make whole numbers add up to the total, where there is most room first."""
    numbers = drawn.copy()
    while (short := total - numbers.sum()) != 0:
        room = cap - numbers if short > 0 else numbers
        place = int(np.argmax(room))
        numbers[place] += np.sign(short) * min(abs(short), room[place])
    return numbers


@dataclass(frozen=True)
class Pack:
    """The parts of the pack that the illustrative tables must agree with."""

    indicators: list[Row]
    commitments: list[Row]
    published: list[Row]
    groups: Mapping[str, tuple[str, ...]]
    contracts: list[Row]

    @classmethod
    def read(cls, data: Path) -> Pack:
        """Read the register, the indicators, the groups and what is published."""
        groups: dict[str, tuple[str, ...]] = {}
        for row in read_table(data / "vocabulary.csv"):
            if row["list"] == "group":
                characteristic, _, group = row["code"].partition("=")
                groups[characteristic] = (*groups.get(characteristic, ()), group)
        return cls(
            indicators=read_table(data / "indicators.csv"),
            commitments=read_table(data / "commitments.csv"),
            published=read_table(data / "observations_published.csv"),
            groups=groups,
            contracts=read_table(data / "contracts.csv"),
        )


# --- people by characteristic -----------------------------------------------------------------------------


class People:
    """Who is counted: counts of people by the groups of a characteristic, with those who did not answer."""

    UNSTATED: Final = "not-stated"

    def __init__(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        self.groups = groups

    def partition(self, characteristic: str) -> tuple[str, ...]:
        """Return the groups that add up to those who answered."""
        return tuple(g for g in self.groups[characteristic] if g not in (self.UNSTATED, "minority"))

    def drawn(
        self,
        rng: np.random.Generator,
        population: str,
        characteristic: str,
        total: int,
        year: str,
        noise: float = 1.0,
    ) -> Counts:
        """Divide a total into the groups of a characteristic and those who did not answer."""
        given = {g: at_year(s, year) for g, s in POPULATIONS[population][characteristic].items()}
        shares = {g: given.get(g, 100 - sum(given.values())) for g in self.partition(characteristic)}
        answered = ANSWERED[characteristic] / 100
        weights = [*(share * answered for share in shares.values()), 100 * (1 - answered)]
        numbers = spread(rng, total, weights, [total] * len(weights), noise)
        return dict(zip((*shares, self.UNSTATED), numbers, strict=True))

    def staff(self, characteristic: str, year: str) -> Counts:
        """Return the employees on 31 March by group: the same for every indicator."""
        if characteristic == "ethnic-group":
            known = STAFF_ETHNIC[year]
            return {**known, self.UNSTATED: STAFF[year] - sum(known.values())}
        return self.drawn(
            stream("staff", characteristic), "staff", characteristic, STAFF[year], year, noise=0
        )

    def part(self, rng: np.random.Generator, whole: Counts, total: int, lean: Mapping[str, float]) -> Counts:
        """Draw a total out of the groups of a whole, some of them likelier than others."""
        weights = [n * lean.get(group, 1.0) for group, n in whole.items()]
        drawn = spread(rng, total, weights, list(whole.values()), DRAWN_WITHOUT_RETURN)
        return dict(zip(whole, drawn, strict=True))


# --- observations -----------------------------------------------------------------------------------------


class Observations:
    """Builds the rows of ``observations_illustrative``."""

    def __init__(self, pack: Pack) -> None:
        self.people = People(pack.groups)
        self.about = {row["id"]: row for row in pack.indicators}
        self.contracts = pack.contracts
        self.rows: list[Row] = []

    def build(self) -> list[Row]:
        """Return all rows, in the order of the indicators and the vocabulary, oldest first."""
        for row in VALUES_BY_YEAR.items():
            self._values(*row)
        for indicator, years in COUNTS_BY_YEAR.items():
            for year, number in years.items():
                self._add(indicator, year, numerator=number)
        for indicator, shares in SHARES_BY_YEAR.items():
            for year, (part, whole) in shares.items():
                self._share(indicator, year, part, whole, WITHIN.get(indicator, ""))
        self._barriers()
        self._staff()
        self._contracts()
        for indicator, level in LEVELS.items():
            self._level(indicator, level)
        return sorted(self.rows, key=self._order)

    def _order(self, row: Row) -> tuple[int, int, int, str]:
        characteristic = row["characteristic"]
        return (
            list(self.about).index(row["indicator"]),
            list(self.people.groups).index(characteristic),
            self.people.groups[characteristic].index(row["group"]),
            row["as_at"],
        )

    def _add(
        self,
        indicator: str,
        period: str,
        characteristic: str = "all",
        group: str = "all",
        *,
        value: float | None = None,
        numerator: int | None = None,
        denominator: int | None = None,
    ) -> None:
        as_at = period_end(period)
        figures = {"value": value, "numerator": numerator, "denominator": denominator}
        self.rows.append(
            {
                "indicator": indicator,
                "year": period[:7],
                "period": period,
                "as_at": as_at.isoformat(),
                "organisation": _organisation(indicator),
                "characteristic": characteristic,
                "group": group,
                **{name: str(figure) for name, figure in figures.items() if figure is not None},
                "note": NOTES.get((indicator, period), "") if group == "all" else "",
                "source": SOURCE,
                "updated": known_on(as_at),
            }
        )

    def _breakdowns(self, indicator: str) -> list[str]:
        return [name for name in self.about[indicator]["breakdowns"].split("; ") if name]

    def _values(self, key: tuple[str, str, str], years: Mapping[str, float]) -> None:
        indicator, characteristic, group = key
        for year, value in years.items():
            self._add(indicator, year, characteristic, group, value=value)

    def _share(self, indicator: str, period: str, part: int, whole: int, population: str) -> None:
        """Add a share of everybody and, where a population is given, the same share within its groups."""
        self._add(indicator, period, numerator=part, denominator=whole)
        if not population:
            return
        for characteristic in self._breakdowns(indicator):
            rng = stream(indicator, period, characteristic)
            bases = self.people.drawn(rng, population, characteristic, whole, period[:7])
            self._within(rng, indicator, period, characteristic, part, bases)

    def _within(
        self,
        rng: np.random.Generator,
        indicator: str,
        period: str,
        characteristic: str,
        part: int,
        bases: Counts,
    ) -> None:
        parts = self.people.part(rng, bases, part, LEANS.get(indicator, {}))
        for group, base in bases.items():
            if base and (group != People.UNSTATED or characteristic in UNSTATED_WITHIN):
                self._add(indicator, period, characteristic, group, numerator=parts[group], denominator=base)

    def _composition(self, indicator: str, year: str, characteristic: str, counts: Counts) -> None:
        """Add the groups as shares of those who answered, and those who did not as a share of everybody."""
        asked = sum(counts.values())
        answered = asked - counts[People.UNSTATED]
        for group, number in counts.items():
            base = asked if group == People.UNSTATED else answered
            self._add(indicator, year, characteristic, group, numerator=number, denominator=base)

    def _barriers(self) -> None:
        for characteristic, numbers in BARRIERS.items():
            for year, number in zip(YEARS, numbers, strict=True):
                base = SHARES_BY_YEAR["EMP-I4"][year][1]
                self._add("EMP-I4", year, characteristic, "yes", numerator=number, denominator=base)
                self._add("EMP-I4", year, characteristic, "no", numerator=base - number, denominator=base)

    def _staff(self) -> None:
        """Employees by characteristic, the 6% commitment, and what employees took part in."""
        for year, known in STAFF_ETHNIC.items():
            declared = sum(known.values())
            minority = declared - known["white"]
            self._add("EMP-I6", year, "ethnic-group", "minority", numerator=minority, denominator=declared)
            for characteristic in self._breakdowns("EMP-I5"):
                if year >= ASKED_FROM.get(characteristic, ""):
                    self._composition("EMP-I5", year, characteristic, self.people.staff(characteristic, year))
        for indicator, shares in STAFF_SHARES.items():
            for year, share in zip(YEARS, shares, strict=True):
                if share is None:
                    continue
                part = round(share / 100 * STAFF[year])
                self._add(indicator, year, numerator=part, denominator=STAFF[year])
                for characteristic in self._breakdowns(indicator):
                    rng = stream(indicator, year, characteristic)
                    bases = self.people.staff(characteristic, year)
                    self._within(rng, indicator, year, characteristic, part, bases)

    def _contracts(self) -> None:
        """Contracts above the threshold by the quarter of their start: the register of contracts is what is counted."""
        started: dict[str, list[bool]] = {}
        for row in self.contracts:
            if int(row["value_pence"]) > THRESHOLD_PENCE:
                period = quarter_of(date.fromisoformat(row["start"]))
                started.setdefault(period, []).append(row["social_value_scored"] == "true")
        for period in PERIODS["quarterly"]:
            scored = started.get(period, [])
            self._add("COM-I6", period, numerator=sum(scored), denominator=len(scored))

    def _level(self, indicator: str, level: Level) -> None:
        periods = PERIODS[self.about[indicator]["cadence"]]
        rng = stream(indicator)
        course = np.interp(np.arange(len(periods)), list(level.course), list(level.course.values()))
        season = np.resize(level.season, len(periods))
        growth = (1 + level.growth) ** np.arange(len(periods))
        jitter = 1 + 0.02 * rng.standard_normal(len(periods))
        wholes = [int(n) for n in np.round(level.size * season * growth * jitter)]
        parts = [int(rng.binomial(n, share / 100)) for n, share in zip(wholes, course, strict=True)]
        for period, part, whole in zip(periods, parts, wholes, strict=True):
            if period not in level.missing:
                self._share(indicator, period, part, whole, level.population)


def _organisation(indicator: str) -> str:
    """Return whose figure it is."""
    if indicator in STAFF_FIGURES:
        return WITH_MERSEYTRAVEL
    return CITY_REGION if indicator in REGIONAL else LCRCA


def observations(pack: Pack) -> list[Row]:
    """Return the illustrative observations; indicators of a stage have theirs in the table recruitment.

    Raises ``ValueError`` where one stands beside a published figure, or where an indicator has neither a
    figure nor a place among those that are left without one.
    """
    rows = Observations(pack).build()
    published = {tuple(row[name] for name in KEY) for row in pack.published}
    both = sorted(published & {tuple(row[name] for name in KEY) for row in rows})
    if both:
        raise ValueError(f"{', '.join(both[0])} is published: take the illustrative figure out")
    seen = {row["indicator"] for row in (*rows, *pack.published)} | set(NO_FIGURE)
    seen |= {row["id"] for row in pack.indicators if row.get("stage")}
    forgotten = [row["id"] for row in pack.indicators if row["id"] not in seen]
    if forgotten:
        raise ValueError(f"no figure for {', '.join(forgotten)}: add a series, or name it in NO_FIGURE")
    return rows


# --- plans and updates ------------------------------------------------------------------------------------


def read_texts(pack: Pack) -> list[Text]:
    """Return the texts of every commitment that is no practice, in the register's order.

    Raises ``ValueError`` naming the commitments that the texts leave out or do not know.
    """
    texts = {row["commitment"]: Text(**row) for row in read_table(TEXTS)}
    wanted = [row["id"] for row in pack.commitments if row["kind"] != "practice"]
    differing = sorted(set(texts) ^ set(wanted))
    if differing:
        raise ValueError(
            f"{TEXTS.name} and the register differ on {', '.join(differing)}: bring them together"
        )
    return [texts[name] for name in wanted]


def plans(pack: Pack, texts: Sequence[Text]) -> list[Row]:
    """Return what the leads agreed to, leaving empty what the Framework itself gives."""
    register = {row["id"]: row for row in pack.commitments}
    rows = []
    for text in texts:
        if text.lacks == "plan":
            continue
        given = register[text.commitment]
        days = int(stream("plan", text.commitment).integers(0, 150))
        agreed = date(2023, 5, 2) if text.aspiration else date(2022, 7, 1)
        rows.append(
            {
                "commitment": text.commitment,
                "agreed_on": (agreed + timedelta(days=days)).isoformat(),
                "due": "" if given["due"] else text.due,
                "test_of_done": "" if given["test_of_done"] or "test" in text.lacks else text.test,
                "evidence_type": ""
                if given["evidence_type"] or "evidence-type" in text.lacks
                else text.evidence_type,
            }
        )
    return rows


def levels(rng: np.random.Generator, text: Text) -> list[int]:
    """Return the place in ``LEVEL_NAMES`` reached in each quarter; -1 before the first update."""
    quarters = len(UPDATE_QUARTERS)
    start = int(rng.integers(1, 6)) if text.aspiration else 0
    final = LEVEL_NAMES.index(text.course) + (1 if text.way.startswith("slipped") else 0)
    reached = _reached(rng, text, start)
    first = min(start + int(rng.integers(0, 4)), reached)
    steps = np.array([start, *np.linspace(first, reached, final)]) if final else np.array([float(start)])
    found = [-1 if q < start else int((np.round(steps) <= q).sum()) - 1 for q in range(quarters)]
    if text.way.startswith("slipped"):
        back = reached + 2 if text.way == "slipped-early" else TOLD_AT - 1
        found[back:] = [level - 1 for level in found[back:]]
    elif text.way != "stuck" and found[-1] < text.ceiling and rng.random() < FURTHER_STEP:
        later = int(rng.integers(TOLD_AT + 1, quarters))
        found[later:] = [level + 1 for level in found[later:]]
    return found


def _reached(rng: np.random.Generator, text: Text, start: int) -> int:
    """Return the quarter in which the course's last level is reached: near the planned date, if complete."""
    if text.way == "stuck":
        return start + 2
    if text.way == "slipped-early":
        return 7
    if text.course == "complete" and text.due:
        ends = [period_end(period).isoformat() for period in UPDATE_QUARTERS]
        near = next((n for n, end in enumerate(ends) if end >= text.due), TOLD_AT)
        return int(np.clip(near + rng.integers(-1, 3), start + 3, TOLD_AT))
    most = TOLD_AT - 3 if text.way == "slipped" else TOLD_AT
    return int(rng.integers(start + 3, most + 1))


@dataclass
class Reporter:
    """Words the updates of one commitment, quarter after quarter."""

    text: Text
    lead: str
    rng: np.random.Generator
    waiting: dict[str, list[str]] = field(default_factory=dict)
    confidence: str = ""
    held: bool = False
    proof: tuple[str, date] | None = None

    def updates(self) -> Iterator[Row]:
        """Yield the updates that came in, oldest first."""
        found = levels(self.rng, self.text)
        for place, level in enumerate(found):
            if level < 0:
                continue
            before = found[place - 1] if place else -1
            since = sum(1 for earlier in found[:place] if earlier == level)
            row = self._row(place, level, before, since)
            moved = level != before
            missed = self.rng.random() < MISSING and not moved and place != TOLD_AT
            if not missed and date.fromisoformat(row["reported_on"]) <= MADE_ON:
                yield row

    def _row(self, place: int, level: int, before: int, since: int) -> Row:
        period = UPDATE_QUARTERS[place]
        name = self._name(place, level, since)
        slipped, moved = level < before, level != before
        due = period_end(period) + timedelta(days=DAYS_TO_REPORT)
        late = self.rng.random() < LATE
        reported = due + timedelta(days=int(self.rng.integers(5, 61) if late else -self.rng.integers(0, 17)))
        self.held = self.held or slipped
        self._judge(name, moved=moved, slipped=slipped)
        evidence, made = self._evidence(name, place, since, reported)
        return {
            "commitment": self.text.commitment,
            "year": period[:7],
            "period": period,
            "due_on": due.isoformat(),
            "reported_on": reported.isoformat(),
            "delivery": name,
            "confidence": self.confidence,
            "note": self._note("slipped" if slipped else name, moved=moved),
            "evidence": evidence,
            "evidence_date": made,
            "next_step": self._next(name),
            "by": self.lead,
        }

    def _name(self, place: int, level: int, since: int) -> str:
        """Return the delivery reported; some early starts came with nothing to show."""
        early = LEVEL_NAMES[level] == "limited" and since == 0 and place < TOLD_AT - 3
        return "no-evidence" if early and self.rng.random() < BARE_START else LEVEL_NAMES[level]

    def _judge(self, name: str, *, moved: bool, slipped: bool) -> None:
        """Rate delivery confidence: kept for a while, never red in the quarter of a step forward."""
        if slipped:
            self.confidence = "red"
        elif moved or not self.confidence or self.rng.random() > KEPT_CONFIDENCE:
            self.confidence = str(self.rng.choice(CONFIDENCES, p=CONFIDENCE[name]))
            if moved and self.confidence == "red":
                self.confidence = "amber"

    def _note(self, name: str, *, moved: bool) -> str:
        """Word an update. Each commitment goes through the patterns of a level in an order of its own."""
        kind = f"held {name}" if name == "not-started" and self.text.course == name else name
        key = f"{kind}, {'new' if moved else 'later'}"
        if not self.waiting.get(key):
            patterns = (NEW_NOTES if moved else LATER_NOTES)[kind]
            # A reason for delay that came with a step back cannot have been given before it.
            untold = self.text.way.startswith("slipped") and not self.held
            usable = [p for p in patterns if not (untold and "{hold}" in p.lower())]
            self.waiting[key] = [str(p) for p in self.rng.permutation(usable)]
        return self._worded(self.waiting[key].pop())

    def _worded(self, pattern: str) -> str:
        names = ("topic", "first", "middle", "last", "hold", "next_1", "next_2")
        words = {name: str(getattr(self.text, name)) for name in names}
        capitals = {name.capitalize(): clause[:1].upper() + clause[1:] for name, clause in words.items()}
        return pattern.format(**words, **capitals)

    def _evidence(self, name: str, place: int, since: int, reported: date) -> tuple[str, str]:
        """Return evidence and its date; what shows completion is renewed once a year."""
        bare = name == "complete" and self.text.way == "bare"
        if bare or self.rng.random() >= EVIDENCED.get(name, 0.0):
            return "", ""
        if name != "complete" or since % 4 == 0 or self.proof is None:
            made = reported - timedelta(days=int(self.rng.integers(2, 46)))
            early = name == "limited" and self.rng.random() < 0.4
            template = str(self.rng.choice(FIRST_PROOF)) if early else self.text.proof
            self.proof = (self._numbered(template, place), made)
        return self.proof[0], self.proof[1].isoformat()

    def _numbered(self, template: str, place: int) -> str:
        """Fill ranges such as {180-240} with a number that grows with time."""

        def number(found: re.Match[str]) -> str:
            low, high = int(found[1]), int(found[2])
            grown = (place + self.rng.uniform(-1, 1)) / (len(UPDATE_QUARTERS) - 1)
            return str(round(low + (high - low) * min(max(grown, 0.0), 1.0)))

        return re.sub(r"\{(\d+)-(\d+)\}", number, template)

    def _next(self, name: str) -> str:
        if name == "complete":
            return str(self.rng.choice(FINISHED_STEPS))
        if self.rng.random() > NEXT_STEP:
            return self._worded(str(self.rng.choice(OTHER_STEPS)))
        return self._worded("{Next_2}" if name == "substantial" else "{Next_1}")


def updates(pack: Pack, texts: Sequence[Text]) -> list[Row]:
    """Return the quarterly updates of every commitment that was ever reported on."""
    leads = {row["id"]: row["lead"] for row in pack.commitments}
    return [
        row
        for text in texts
        if text.course != "never"
        for row in Reporter(text, leads[text.commitment], stream("updates", text.commitment)).updates()
    ]


def accreditations() -> list[Row]:
    """Return the accreditations that practices rest on."""
    return [{**vars(award), "note": "Dates are illustrative"} for award in ACCREDITATIONS]


# --- the tables -------------------------------------------------------------------------------------------


def make(data: Path, out: Path) -> None:
    """Read the pack in ``data`` and write the four illustrative tables into ``out``."""
    pack = Pack.read(data)
    texts = read_texts(pack)
    tables = {
        "observations_illustrative": observations(pack),
        "plans": plans(pack, texts),
        "updates": updates(pack, texts),
        "accreditations": accreditations(),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_table(out / f"{name}.csv", COLUMNS[name], rows)
        print(f"{name}.csv: {len(rows)} rows")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the tables."""
    parser = argparse.ArgumentParser(description="Make the illustrative tables of the embedded data pack.")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder of the pack to read")
    parser.add_argument("--out", type=Path, help="folder to write to (default: the pack itself)")
    given = parser.parse_args(arguments)
    make(given.data, given.out or given.data)


if __name__ == "__main__":
    main()
