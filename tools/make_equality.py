"""Make the illustrative tables about equality: recruitment, pay, ownership, people reached by group, data gaps.

    python tools/make_equality.py [--data data] [--out data]

All of it is made up, with these exceptions. The gender pay gaps of the Combined Authority and its share of women
in each quarter of pay are those of its statutory returns; who is counted behind them is made up so that they
come out. People reached add up to the illustrative lines of the programmes, suppliers and investees to the
illustrative payments, and pay gaps by ethnic group and disability are those of the indicator EMP-I9. Owners,
next steps and dates of the data gaps are proposals, agreed with nobody.

The same seed gives the same bytes. Every year and characteristic draws from a stream of its own, so a change to
one leaves the others as they were.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from make_illustrative import (
    ASKED_FROM,
    DRAWN_WITHOUT_RETURN,
    LCRCA,
    ROOT,
    SHARES_BY_YEAR,
    SOURCE,
    VALUES_BY_YEAR,
    WITH_MERSEYTRAVEL,
    YEARS,
    Counts,
    Pack,
    People,
    Row,
    known_on,
    observations,
    period_end,
    read_table,
    spread,
    stream,
    write_table,
)
from numpy.typing import NDArray

ALL: Final = "all"
Ints = NDArray[np.int64]
Words = NDArray[np.str_]

# --- recruitment ------------------------------------------------------------------------------------------

STAGES: Final = ("applied", "shortlisted", "interviewed", "offered", "appointed")
RECRUITED: Final[Mapping[str, tuple[int, int, int, int, int]]] = {
    "2022/23": (1386, 318, 286, 97, 88),
    "2023/24": (1422, 327, 299, 101, 93),
    "2024/25": (1361, 309, 277, 95, 86),
    "2025/26": (1448, 331, 303, 104, 95),
}
# How likely a group is to get to the stage, beside the others (1 = as likely).
STAGE_LEANS: Final[Mapping[str, Mapping[str, float]]] = {
    "shortlisted": {
        "disabled": 0.9,
        "asian": 0.74,
        "black": 0.68,
        "other": 0.72,
        "d1": 0.84,
        "16-24": 0.85,
        "women": 1.06,
    },
    "interviewed": {"disabled": 0.9, "d1": 0.92, "maternity-12m": 0.9},
    "offered": {},
    "appointed": {"disabled": 0.85, "asian": 0.8, "black": 0.78, "d1": 0.9, "16-24": 0.9, "65-plus": 0.5},
}

# --- pay --------------------------------------------------------------------------------------------------

MEAN_GAP: Final = "EMP-I7"
MEDIAN_GAP: Final = "EMP-I8"
OTHER_GAPS: Final = "EMP-I9"
QUARTERS: Final = (1, 2, 3, 4)


@dataclass(frozen=True)
class Snapshot:
    """Pay on 31 March of one year.

    ``people`` are full-pay relevant employees, about; ``floors`` are pence an hour at which each quarter begins.
    Where there is no return yet, ``women`` gives their number in each quarter, and ``gaps`` the mean and the
    median gap in percent.
    """

    people: int
    floors: tuple[int, int, int, int]
    women: tuple[int, ...] = ()
    gaps: tuple[str, str] = ("", "")


SNAPSHOTS: Final[Mapping[str, Snapshot]] = {
    "2020/21": Snapshot(220, (990, 1330, 1830, 2390)),
    "2021/22": Snapshot(239, (1040, 1390, 1850, 2430)),
    "2022/23": Snapshot(342, (1140, 1480, 1930, 2520)),
    "2023/24": Snapshot(359, (1230, 1580, 2050, 2680)),
    "2024/25": Snapshot(366, (1290, 1640, 2120, 2760), (55, 50, 51, 42), ("5.1", "7.0")),
    "2025/26": Snapshot(372, (1350, 1700, 2190, 2850), (55, 51, 52, 44), ("4.6", "6.3")),
}
# Other characteristics have been joined to payroll since this year.
JOINED_FROM: Final = "2023/24"
# Pay in quarter 4 above its floor: a long tail, in pence.
TAIL: Final = 450
TAIL_SPREAD: Final = 0.75
MOST_TRIES: Final = 20_000


@dataclass(frozen=True)
class Marked:
    """Who else is told apart in pay.

    ``shares`` gives percent of all by group; ``rest`` takes what is left. ``tilts`` above 1 put a group into
    lower quarters. The median gap of ``apart`` taken together, measured from ``rest``, is EMP-I9's of ``gap``.
    """

    shares: Mapping[str, float]
    rest: str
    tilts: Mapping[str, float] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    gap: str = ""


MARKED: Final[Mapping[str, Marked]] = {
    "ethnic-group": Marked(
        {"asian": 2.1, "black": 1.1, "mixed": 1.6, "other": 0.8, "not-stated": 5.4},
        "white",
        {"asian": 1.15, "black": 1.3},
        ("asian", "black", "mixed", "other"),
        "minority",
    ),
    "disability": Marked(
        {"disabled": 9.6, "not-stated": 7.5}, "not-disabled", {"disabled": 1.1}, ("disabled",), "disabled"
    ),
    "age": Marked(
        {"16-24": 5.6, "50-64": 34.0, "65-plus": 2.3}, "25-49", {"16-24": 3.5, "50-64": 0.85, "65-plus": 1.2}
    ),
    "sexual-orientation": Marked({"lgb-plus": 6.2, "not-stated": 14.0}, "heterosexual"),
}

# --- who leads the organisations that are paid ------------------------------------------------------------

SUPPLIERS: Final = "suppliers"
INVESTEES: Final = "investees"
ANSWERS: Final = ("led", "not-led", "prefer-not-to-say", "not-answered", "not-asked")
# Suppliers that were sent the questionnaire; those that returned it are the denominator of COM-I2.
SUPPLIERS_ASKED: Final[Mapping[str, int]] = {"2024/25": 402, "2025/26": 447}
# Percent of investees whose agreement asks for a return, and of those who sent it.
INVESTEES_ASKED: Final[Mapping[str, tuple[float, float]]] = {
    "2023/24": (41.0, 79.0),
    "2024/25": (66.0, 83.0),
    "2025/26": (86.0, 88.0),
}
BLANK: Final = 0.05
NEVER: Final = "9999/00"


@dataclass(frozen=True)
class Question:
    """A question about those who lead: percent led by the group, since when, and percent who rather not say.

    ``led`` and ``since`` give suppliers first, then investees.
    """

    characteristic: str
    group: str
    led: tuple[float, float] = (0.0, 0.0)
    since: tuple[str, str] = (NEVER, NEVER)
    silent: float = 0.0


QUESTIONS: Final = (
    Question("sex", "women", (21.0, 36.0), ("2024/25", "2023/24"), 3.0),
    Question("ethnic-group", "minority", (4.5, 9.5), ("2024/25", "2023/24"), 5.0),
    Question("disability", "disabled", (5.0, 11.0), ("2024/25", "2023/24"), 8.0),
    Question("age", "16-24", (0.0, 3.5), (NEVER, "2023/24"), 2.0),
    Question("sexual-orientation", "lgb-plus", (3.0, 6.5), ("2025/26", "2024/25"), 12.0),
    Question("religion", "any-religion"),
    Question("gender-reassignment", "different-from-birth"),
)

# --- people reached ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a programme asks: whose shares it has, and by characteristic the year of the first answers.

    Where an ``indicator`` counts the same people, its groups are the beginning: ``stock`` if its quarters count
    the same people again, otherwise they add up.
    """

    population: str
    since: Mapping[str, str]
    indicator: str = ""
    stock: bool = False


_FOUR: Final = dict.fromkeys(("sex", "ethnic-group", "disability", "age"), YEARS[0])
REACHED: Final[Mapping[str, Asked]] = {
    "households-into-work": Asked("households", _FOUR, "SER-I2"),
    "housing-first": Asked("tenants", _FOUR, "SER-I3", stock=True),
    "adult-skills-fund": Asked("learners", _FOUR, "SER-I1"),
    "concessionary-travel": Asked("passes", _FOUR, "SER-I4", stock=True),
    "cycle-training": Asked("pupils", {"sex": "2022/23"}),
    "dial-a-ride": Asked("members", {"sex": "2022/23", "disability": "2022/23", "age": "2022/23"}),
    "apprentice-travel": Asked(
        "apprentices", {"sex": "2022/23", "ethnic-group": "2024/25", "age": "2022/23"}
    ),
}

# --- what is not known ------------------------------------------------------------------------------------

PROTECTED: Final = (
    *("sex", "ethnic-group", "disability", "age", "sexual-orientation"),
    *("religion", "marriage", "pregnancy", "gender-reassignment"),
)


@dataclass(frozen=True)
class Gap:
    """Why indicators are not broken down; with a ``step`` it is a matter of asking, without one of meaning.

    ``indicators`` and ``characteristics`` are parted by spaces. The owner is the indicator's.
    """

    indicators: str
    characteristics: str
    note: str
    step: str = ""
    due: str = ""


_LATER: Final = "sexual-orientation religion marriage pregnancy gender-reassignment"
_AT_WORK: Final = "The Equality Act protects marriage and civil partnership at work, not in services"
GAPS: Final = (
    Gap(
        "EMP-I1 EMP-I2 EMP-I3",
        "caring",
        "The monitoring form has no question on caring",
        "Put the question to the union side and add it to the form",
        "2027-03-31",
    ),
    Gap(
        "EMP-I4",
        "sex ethnic-group disability age",
        "The starter form asks about the three situations and nothing else",
        "Match starters to the monitoring form where they agree to it",
        "2027-06-30",
    ),
    Gap("EMP-I4", _LATER, "Only a handful of people a year: every group would be held back"),
    Gap(
        "EMP-I5",
        "area-deprivation",
        "Home addresses are kept for payroll and not matched to areas",
        "Match home postcodes to areas once a year, as recruitment does",
        "2027-03-31",
    ),
    Gap(
        "EMP-I6",
        f"sex disability age {_LATER}",
        "The indicator is the share of one group; EMP-I5 tells the others",
    ),
    Gap("EMP-I9", "sex", "EMP-I7 and EMP-I8 tell the gap between women and men"),
    Gap(
        "EMP-I9",
        "age sexual-orientation",
        "The indicator keeps to two characteristics; pay by this one is in the table of pay by group",
    ),
    Gap(
        "EMP-I9",
        "religion marriage",
        "Payroll is not joined to these answers",
        "Look whether enough people answer for a gap that may be shown",
        "2026-09-30",
    ),
    Gap("EMP-I9", "pregnancy", "Who is on maternity leave is mostly not on full pay, so outside the figure"),
    Gap("EMP-I9", "gender-reassignment", "Too few people for a gap that may be shown"),
    Gap(
        "EMP-I10 EMP-I11",
        _LATER,
        "The learning system knows four characteristics of a learner",
        "Join course records to the people system once a year",
        "2027-03-31",
    ),
    Gap(
        "EMP-I12",
        _LATER,
        "The volunteering log takes over four characteristics only",
        "Take over the other answers of the people system",
        "2026-12-31",
    ),
    Gap(
        "EMP-I14",
        "sexual-orientation religion marriage pregnancy",
        "The pulse survey asks four characteristics and caring",
        "Add the questions to the next survey, as voluntary ones",
        "2027-03-31",
    ),
    Gap(
        "EMP-I14",
        "gender-reassignment",
        "The survey is anonymous; in so small a group people could be recognised",
    ),
    Gap(
        "SER-I1",
        "sexual-orientation religion pregnancy gender-reassignment care-experience",
        "The national learner record has no field for it",
        "Agree one voluntary form with providers, beside the learner record",
        "2027-07-31",
    ),
    Gap(
        "SER-I2",
        "sexual-orientation religion pregnancy gender-reassignment care-experience",
        "Advocates do not ask, and the case system has no place for the answer",
        "Add the questions to the second meeting, once there is trust",
        "2027-03-31",
    ),
    Gap(
        "SER-I3",
        "sexual-orientation religion pregnancy gender-reassignment care-experience",
        "Known to support workers from talks, recorded nowhere",
        "Write down with people with lived experience how to ask, then ask at yearly reviews",
        "2027-06-30",
    ),
    Gap(
        "SER-I4",
        "sexual-orientation religion gender-reassignment",
        "The application for a pass asks what decides on it and no more",
        "Try a voluntary survey with renewals in one district",
        "2027-09-30",
    ),
    Gap(
        "SER-I4",
        "pregnancy",
        "A pass runs for years: an answer given with the application would not stay true",
    ),
    Gap("SER-I1 SER-I2 SER-I3 SER-I4 CIV-I1 CIV-I2", "marriage", _AT_WORK),
    Gap(
        "CIV-I1",
        "sex ethnic-group disability age",
        "CIV-I2 tells who responded; the same answers are not counted twice",
    ),
    Gap(
        "CIV-I1 CIV-I2",
        "sexual-orientation religion pregnancy gender-reassignment",
        "The standard survey pages stop after four questions about the person",
        "Go through the questions with the Equality Panels and extend the standard page",
        "2026-12-31",
    ),
    Gap(
        "CIV-I6",
        "sex ethnic-group disability",
        "Charter employers give one headcount",
        "Ask for the three when an employer renews its charter status",
        "2027-06-30",
    ),
    Gap(
        "CIV-I6",
        f"age {_LATER}",
        "Charter employers give one headcount; many of them do not hold this",
    ),
)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "recruitment": (
        *("year", "organisation", "characteristic", "group", "stage", "people", "source", "updated"),
    ),
    "pay": (
        *("year", "organisation", "characteristic", "group", "quarter"),
        *("people", "mean_hourly", "median_hourly"),
    ),
    "ownership": ("year", "population", "characteristic", "group", "answer", "organisations"),
    "reached_groups": ("year", "programme", "characteristic", "group", "people"),
    "data_gaps": ("indicator", "characteristic", "reason", "owner", "next_step", "due", "note"),
}


@dataclass(frozen=True)
class Sources:
    """What the tables must agree with: the pack, and what its lines add up to.

    ``reached`` gives people by (programme, year), ``investees`` organisations by year, ``figures`` the
    illustrative observations, ``women`` the published percent of women as text by (year, quarter).
    """

    pack: Pack
    people: People
    figures: list[Row]
    reached: Mapping[tuple[str, str], int]
    investees: Mapping[str, int]
    women: Mapping[tuple[str, int], str]

    @classmethod
    def read(cls, data: Path) -> Sources:
        """Read the pack in a folder."""
        pack = Pack.read(data)
        quarters = [row for row in read_table(data / "pay_quarters.csv") if row["organisation"] == LCRCA]
        return cls(
            pack=pack,
            people=People(pack.groups),
            figures=observations(pack),
            reached=_reached(data),
            investees=_investees(data, pack),
            women={(row["year"], int(row["quarter"])): row["women_percent"] for row in quarters},
        )


def financial_years(dates: pd.Series) -> pd.Series:
    """Return the financial year of each date, such as ``2022/23``."""
    days = pd.to_datetime(dates)
    first = days.dt.year - (days.dt.month < 4)
    return first.astype("str") + "/" + ((first + 1) % 100).map("{:02d}".format)


def _reached(data: Path) -> dict[tuple[str, str], int]:
    lines = pd.read_parquet(data / "contacts.parquet", columns=["date", "programme", "people"])
    lines["year"] = financial_years(lines["date"])
    sums = lines.groupby(["programme", "year"], as_index=False)["people"].sum()
    return {
        (str(programme), str(year)): int(people)
        for programme, year, people in sums[["programme", "year", "people"]].itertuples(index=False)
    }


def _investees(data: Path, pack: Pack) -> dict[str, int]:
    """Count the named recipients of grants and loans of the programmes that belong to the investor's role."""
    roles = {row["id"]: row["roles"].split("; ") for row in pack.commitments}
    links = read_table(data / "programme_links.csv")
    invest = {row["programme"] for row in links if "investor" in roles[row["commitment"]]}
    invest &= {row["id"] for row in read_table(data / "programmes.csv") if row["buys"] == "false"}
    lines = pd.read_parquet(data / "payments.parquet", columns=["date", "programme", "supplier_id"])
    own = lines[lines["programme"].isin(invest)]
    numbers = own.groupby(financial_years(own["date"]))["supplier_id"].nunique()
    return {str(year): int(number) for year, number in numbers.items()}


# --- recruitment ------------------------------------------------------------------------------------------


def recruitment(sources: Sources) -> list[Row]:
    """Return people by stage and group; each stage is drawn out of the one before.

    A question that was not asked in a year has no rows for it.
    """
    about = next(row for row in sources.pack.indicators if row["stage"] == STAGES[0])
    rows = [
        _stage_row(year, ALL, ALL, stage, number)
        for stage, numbers in zip(STAGES, zip(*RECRUITED.values(), strict=True), strict=True)
        for year, number in zip(RECRUITED, numbers, strict=True)
    ]
    for characteristic in about["breakdowns"].split("; "):
        years = [year for year in RECRUITED if year >= ASKED_FROM.get(characteristic, "")]
        counts = {year: stages(sources.people, characteristic, year) for year in years}
        rows += [
            _stage_row(year, characteristic, group, stage, counts[year][stage][group])
            for group in (*sources.people.partition(characteristic), People.UNSTATED)
            for stage in STAGES
            for year in years
        ]
    return rows


def stages(people: People, characteristic: str, year: str) -> dict[str, Counts]:
    """Return the groups of one characteristic at every stage of a year."""
    totals = dict(zip(STAGES, RECRUITED[year], strict=True))
    rng = stream("recruitment", year, characteristic)
    found = {"applied": people.drawn(rng, "applicants", characteristic, totals["applied"], year)}
    for stage, before in (("shortlisted", "applied"), ("appointed", "shortlisted")):
        found[stage] = people.part(rng, found[before], totals[stage], STAGE_LEANS[stage])
    # These two came later: a stream of their own leaves the other three as they were.
    rng = stream("recruitment", year, characteristic, "between")
    for stage, before in (("interviewed", "shortlisted"), ("offered", "interviewed")):
        found[stage] = between(rng, found["appointed"], found[before], totals[stage], STAGE_LEANS[stage])
    return found


def between(
    rng: np.random.Generator, least: Counts, most: Counts, total: int, lean: Mapping[str, float]
) -> Counts:
    """Draw a total that lies, in every group, between two counts."""
    room = {group: most[group] - number for group, number in least.items()}
    weights = [number * lean.get(group, 1.0) for group, number in room.items()]
    more = spread(rng, total - sum(least.values()), weights, list(room.values()), DRAWN_WITHOUT_RETURN)
    return {group: number + added for (group, number), added in zip(least.items(), more, strict=True)}


def _stage_row(year: str, characteristic: str, group: str, stage: str, people: int) -> Row:
    return {
        "year": year,
        "organisation": WITH_MERSEYTRAVEL,
        "characteristic": characteristic,
        "group": group,
        "stage": stage,
        "people": str(people),
        "source": SOURCE,
        "updated": known_on(period_end(year)),
    }


# --- pay --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payroll:
    """Everybody's pay in pence an hour, lowest first, with the quarter and whether it is a woman's."""

    pay: Ints
    quarter: Ints
    women: NDArray[np.bool_]


def gap(first: float, second: float) -> float:
    """Return how far the second pay is below the first, in percent of the first."""
    return 100 * (first - second) / first


def is_told_as(percent: float, text: str) -> bool:
    """Whether a percentage, rounded to the decimals of a text, is what the text says."""
    decimals = len(text.partition(".")[2])
    return abs(round(percent, decimals) - float(text)) < 1e-9


def quarter_counts(percent: str, about: float) -> tuple[int, int]:
    """Return the size of a quarter nearest to ``about``, and its women, that give a published percentage.

    Raises ``ValueError`` where no size within two of it does.
    """
    for size in sorted(range(round(about) - 2, round(about) + 3), key=lambda size: abs(size - about)):
        women = round(float(percent) * size / 100)
        if is_told_as(100 * women / size, percent):
            return size, women
    raise ValueError(f"no quarter of about {about:.0f} people has {percent}% women: give another headcount")


def pay_pair(start: int, published: str, low: int, high: int) -> tuple[int, int]:
    """Return pence of men and women that give a published gap, men's nearest to ``start``, women's within limits.

    Raises ``ValueError`` where there is none within £3 of the start.
    """
    for step in sorted(range(-300, 301), key=abs):
        men = start + step
        women = round(men * (1 - float(published) / 100))
        if low < women < high and is_told_as(gap(men, women), published):
            return men, women
    raise ValueError(f"no pay near {start} pence gives a gap of {published}%: give other floors")


def payroll(sources: Sources, year: str) -> Payroll:
    """Make up everybody's pay on 31 March so that the year's gender pay gaps and quarters come out."""
    shot = SNAPSHOTS[year]
    size = shot.people / len(QUARTERS)
    if shot.women:
        ends = [round(size * quarter) for quarter in (0, *QUARTERS)]
        counts = list(zip(np.diff(ends).tolist(), shot.women, strict=True))
    else:
        counts = [quarter_counts(sources.women[year, quarter], size) for quarter in QUARTERS]
    mean, median = _gaps(sources, year)
    numbers = {True: [women for _, women in counts], False: [size - women for size, women in counts]}
    _, second, third, fourth = shot.floors
    start = round(third + 0.15 * (fourth - third))
    men, women = pay_pair(start, median, second, third)
    rng = stream("pay", year)
    parts = {
        sex: _quarters(rng, shot.floors, numbers[sex], middle)
        for sex, middle in ((True, women), (False, men))
    }
    _meet(parts, fourth, mean)
    pay = np.concatenate([np.concatenate(parts[sex]) for sex in (True, False)])
    quarter = np.concatenate([np.repeat(QUARTERS, numbers[sex]) for sex in (True, False)])
    who = np.repeat([True, False], [sum(numbers[True]), sum(numbers[False])])
    order = np.argsort(pay, kind="stable")
    return Payroll(pay[order], quarter[order], who[order])


def _gaps(sources: Sources, year: str) -> tuple[str, str]:
    """Return the mean and the median gender pay gap of a year as published, or as made up."""
    told = {
        row["indicator"]: row["value"]
        for row in sources.pack.published
        if row["organisation"] == LCRCA and row["year"] == year
    }
    mean, median = SNAPSHOTS[year].gaps
    return told.get(MEAN_GAP, mean), told.get(MEDIAN_GAP, median)


def _quarters(
    rng: np.random.Generator, floors: Sequence[int], numbers: Sequence[int], median: int
) -> list[Ints]:
    """Draw the pay of one sex by quarter, lowest first, with this median."""
    total = sum(numbers)
    # The one in the middle, or the two.
    middle = [(total - 1) // 2, total // 2]
    parts, before = [], 0
    for place, number in enumerate(numbers):
        inside = [rank - before for rank in middle if 0 <= rank - before < number]
        if place == len(numbers) - 1:
            tail = TAIL * np.exp(rng.normal(0, TAIL_SPREAD, number))
            parts.append(np.sort(np.round(floors[place] + 1 + tail)).astype(np.int64))
        else:
            low, high = floors[place], floors[place + 1]
            parts.append(_within(rng, low + 1, high - 1, number, inside, median))
        before += number
    return parts


def _within(
    rng: np.random.Generator, low: int, high: int, number: int, fixed: Sequence[int], value: int
) -> Ints:
    """Draw sorted pay within limits; the places in ``fixed`` get the value.

    Raises ``ValueError`` where the value lies outside the limits.
    """
    if not fixed:
        return np.sort(rng.integers(low, high + 1, number))
    if not low <= value <= high:
        raise ValueError(f"a median of {value} pence is not between {low} and {high}: give other floors")
    first, last = min(fixed), max(fixed)
    below = rng.integers(low, value + 1, first)
    above = rng.integers(value, high + 1, number - 1 - last)
    return np.concatenate([np.sort(below), np.repeat(value, last - first + 1), np.sort(above)])


def _meet(parts: Mapping[bool, list[Ints]], floor: int, published: str) -> None:
    """Stretch and shrink the pay above the last floor until the mean gap is the published one.

    Raises ``ValueError`` where that would leave nothing plausible of it.
    """
    people = {sex: sum(len(part) for part in own) for sex, own in parts.items()}
    fixed = {
        sex: sum(int(part.sum()) for part in own[:-1]) + floor * len(own[-1]) for sex, own in parts.items()
    }
    above = {sex: int((own[-1] - floor).sum()) for sex, own in parts.items()}

    def mean(sex: bool, factor: float) -> float:
        return (fixed[sex] + factor * above[sex]) / people[sex]

    low, high = -0.6, 0.6
    for _ in range(60):
        middle = (low + high) / 2
        short = gap(mean(False, 1 + middle), mean(True, 1 - middle)) < float(published)
        low, high = (middle, high) if short else (low, middle)
    if abs(middle) > 0.55:
        raise ValueError(f"a mean gap of {published}% does not go with these quarters: give other floors")
    men, women = pay_pair(round(mean(False, 1 + middle)), published, 0, floor)
    for sex, target in ((False, men), (True, women)):
        wanted = target * people[sex] - fixed[sex]
        tail = np.floor((parts[sex][-1] - floor) * wanted / above[sex]).astype(np.int64)
        # What rounding left over goes to the highest paid, a penny each.
        tail[len(tail) - (wanted - int(tail.sum())) :] += 1
        parts[sex][-1] = floor + tail


def labelled(paid: Payroll, characteristic: str, year: str) -> Words:
    """Return everybody's group of a characteristic, drawn again until EMP-I9's gap of the year comes out.

    Raises ``ValueError`` where no draw gives it.
    """
    marked = MARKED[characteristic]
    wanted = VALUES_BY_YEAR.get((OTHER_GAPS, characteristic, marked.gap), {}).get(year)
    rng = stream("pay", year, characteristic)
    for _ in range(MOST_TRIES):
        groups = _drawn(rng, paid, marked)
        if wanted is None:
            return groups
        apart, rest = np.isin(groups, marked.apart), groups == marked.rest
        if is_told_as(gap(median_of(paid.pay[rest]), median_of(paid.pay[apart])), str(wanted)):
            return groups
    raise ValueError(f"{year}: no draw of {characteristic} gives a median pay gap of {wanted}%")


def _drawn(rng: np.random.Generator, paid: Payroll, marked: Marked) -> Words:
    groups = np.full(len(paid.pay), marked.rest, dtype="<U16")
    for group, share in marked.shares.items():
        free = groups == marked.rest
        weights = free * marked.tilts.get(group, 1.0) ** (2.5 - paid.quarter)
        number = round(share / 100 * len(groups))
        groups[rng.choice(len(groups), number, replace=False, p=weights / weights.sum())] = group
    return groups


def median_of(pay: Ints) -> int:
    """Return the median in whole pence, halves up."""
    ordered = np.sort(pay)
    return int(ordered[(len(pay) - 1) // 2] + ordered[len(pay) // 2] + 1) // 2


def mean_of(pay: Ints) -> int:
    """Return the mean in whole pence, halves up."""
    return (2 * int(pay.sum()) + len(pay)) // (2 * len(pay))


def pay(sources: Sources) -> list[Row]:
    """Return people and pay by group and quarter of pay, with ``all`` quarters together."""
    rows: list[Row] = []
    for year in SNAPSHOTS:
        paid = payroll(sources, year)
        labels = {"sex": np.where(paid.women, "women", "men")}
        if year >= JOINED_FROM:
            labels |= {name: labelled(paid, name, year) for name in MARKED}
        for characteristic, groups in labels.items():
            known = [g for g in sources.pack.groups[characteristic] if (groups == g).any()]
            rows += chain.from_iterable(
                _pay_rows(paid, groups == group, (year, characteristic, group)) for group in known
            )
    return rows


def _pay_rows(paid: Payroll, own: NDArray[np.bool_], key: tuple[str, str, str]) -> Iterator[Row]:
    year, characteristic, group = key
    for quarter in (*QUARTERS, ALL):
        chosen = paid.pay[own if quarter == ALL else own & (paid.quarter == quarter)]
        yield {
            "year": year,
            "organisation": LCRCA,
            "characteristic": characteristic,
            "group": group,
            "quarter": str(quarter),
            "people": str(len(chosen)),
            "mean_hourly": f"{mean_of(chosen) / 100:.2f}" if len(chosen) else "",
            "median_hourly": f"{median_of(chosen) / 100:.2f}" if quarter == ALL else "",
        }


# --- who leads the organisations that are paid ------------------------------------------------------------


def ownership(sources: Sources) -> list[Row]:
    """Return organisations by what they answered on who leads them; the answers add up to all of them."""
    rows = []
    for place, population in enumerate((SUPPLIERS, INVESTEES)):
        for question in QUESTIONS:
            for year in YEARS:
                counts = _answers(sources, population, question, place, year)
                rows += [
                    {
                        "year": year,
                        "population": population,
                        "characteristic": question.characteristic,
                        "group": question.group,
                        "answer": answer,
                        "organisations": str(counts[answer]),
                    }
                    for answer in ANSWERS
                ]
    return rows


def _answers(sources: Sources, population: str, question: Question, place: int, year: str) -> Counts:
    whole, asked, returned = _forms(sources, population, year)
    if year < question.since[place]:
        asked = returned = 0
    rng = stream("ownership", population, question.characteristic, year)
    blank, silent, told = rng.multinomial(
        returned, [BLANK, question.silent / 100, 1 - BLANK - question.silent / 100]
    )
    led = rng.binomial(told, question.led[place] / 100)
    return {
        "led": int(led),
        "not-led": int(told - led),
        "prefer-not-to-say": int(silent),
        "not-answered": int(asked - returned + blank),
        "not-asked": whole - asked,
    }


def _forms(sources: Sources, population: str, year: str) -> tuple[int, int, int]:
    """Return how many organisations there are, were asked, and sent an answer back."""
    if population == SUPPLIERS:
        asked = SUPPLIERS_ASKED.get(year, 0)
        return SHARES_BY_YEAR["COM-I1"][year][1], asked, SHARES_BY_YEAR["COM-I2"][year][1] if asked else 0
    whole = sources.investees[year]
    share, back = INVESTEES_ASKED.get(year, (0.0, 0.0))
    asked = round(whole * share / 100)
    return whole, asked, round(asked * back / 100)


# --- people reached ---------------------------------------------------------------------------------------


def reached_groups(sources: Sources) -> list[Row]:
    """Return people reached by group; the groups add up to the programme's people of the year."""
    rows = []
    for programme, asked in REACHED.items():
        for characteristic, since in asked.since.items():
            years = [year for year in YEARS if year >= since]
            counts = {year: _reached_of(sources, programme, characteristic, year) for year in years}
            rows += [
                {
                    "year": year,
                    "programme": programme,
                    "characteristic": characteristic,
                    "group": group,
                    "people": str(counts[year][group]),
                }
                for group in (*sources.people.partition(characteristic), People.UNSTATED)
                for year in years
            ]
    return rows


def _reached_of(sources: Sources, programme: str, characteristic: str, year: str) -> Counts:
    """Return the people of one year: those that an indicator has counted already, the rest drawn.

    Raises ``ValueError`` where the indicator has counted more people than the programme reached.
    """
    asked = REACHED[programme]
    known = counted(sources.figures, asked, characteristic, year)
    left = sources.reached[programme, year] - sum(known.values())
    if left < 0:
        raise ValueError(f"{asked.indicator} counts {-left} people more than {programme} reached in {year}")
    rng = stream("reached", programme, characteristic, year)
    drawn = sources.people.drawn(rng, asked.population, characteristic, left, year)
    return {group: number + known.get(group, 0) for group, number in drawn.items()}


def counted(figures: Sequence[Row], asked: Asked, characteristic: str, year: str) -> Counts:
    """Return the denominators by group that the programme's indicator has in a year, over its periods."""
    own = [row for row in figures if row["indicator"] == asked.indicator and row["year"] == year]
    periods: list[Counts] = []
    for period in dict.fromkeys(row["period"] for row in own):
        rows = [row for row in own if row["period"] == period]
        whole = next(int(row["denominator"]) for row in rows if row["group"] == ALL)
        groups = {
            row["group"]: int(row["denominator"])
            for row in rows
            if row["characteristic"] == characteristic and row["group"] != People.UNSTATED
        }
        periods.append({**groups, People.UNSTATED: whole - sum(groups.values())})
    names = dict.fromkeys(chain.from_iterable(periods))
    together = max if asked.stock else sum
    return {name: together(period.get(name, 0) for period in periods) for name in names}


# --- what is not known ------------------------------------------------------------------------------------


def data_gaps(sources: Sources) -> list[Row]:
    """Return why indicators are not broken down by a characteristic, and what happens next.

    Raises ``ValueError`` where a gap is named that is none, or where an indicator that counts people has neither
    figures nor a reason for a protected characteristic.
    """
    seen = {(row["indicator"], row["characteristic"]) for row in (*sources.figures, *sources.pack.published)}
    for row in sources.pack.indicators:
        if row["stage"]:
            seen |= {(row["id"], name) for name in row["breakdowns"].split("; ")}
    about = {row["id"]: row for row in sources.pack.indicators}
    named = {
        (indicator, characteristic): each
        for each in GAPS
        for indicator in each.indicators.split()
        for characteristic in each.characteristics.split()
    }
    wrong = sorted(seen & set(named))
    if wrong:
        raise ValueError(f"{' by '.join(wrong[0])} has figures: take it out of GAPS")
    needed = [
        (code, name) for code, row in about.items() if row["counts_people"] == "true" for name in PROTECTED
    ]
    silent = [key for key in needed if key not in seen and key not in named]
    if silent:
        raise ValueError(f"{' by '.join(silent[0])} has no figure and no reason: name it in GAPS")
    order = list(sources.pack.groups)
    keys = sorted(named, key=lambda key: (list(about).index(key[0]), order.index(key[1])))
    return [_gap_row(key, named[key], about[key[0]]["owner"]) for key in keys]


def _gap_row(key: tuple[str, str], each: Gap, owner: str) -> Row:
    return {
        "indicator": key[0],
        "characteristic": key[1],
        "reason": "not-asked" if each.step else "not-applicable",
        "owner": owner if each.step else "",
        "next_step": each.step,
        "due": each.due,
        "note": each.note,
    }


# --- the tables -------------------------------------------------------------------------------------------

TABLES: Final = {
    "recruitment": recruitment,
    "pay": pay,
    "ownership": ownership,
    "reached_groups": reached_groups,
    "data_gaps": data_gaps,
}


def make(data: Path, out: Path) -> None:
    """Read the pack in ``data`` and write the five tables into ``out``."""
    sources = Sources.read(data)
    out.mkdir(parents=True, exist_ok=True)
    for name, build in TABLES.items():
        rows = build(sources)
        write_table(out / f"{name}.csv", COLUMNS[name], rows)
        print(f"{name}.csv: {len(rows)} rows")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the tables."""
    parser = argparse.ArgumentParser(description="Make the illustrative tables about equality.")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder of the pack to read")
    parser.add_argument("--out", type=Path, help="folder to write to (default: the pack itself)")
    given = parser.parse_args(arguments)
    make(given.data, given.out or given.data)


if __name__ == "__main__":
    main()
