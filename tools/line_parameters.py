"""What the illustrative lines are to look like: tables of parameters for ``make_lines.py``, no code.

Money is in thousands of pounds, distances in kilometres. A tuple of five holds the financial years 2022/23 to
2026/27, of which the last is the half year to 30 September.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

SEED = 20260930
FIRST_YEARS = (2022, 2023, 2024, 2025, 2026)
LAST_DAY = date(2026, 9, 30)
Yearly = tuple[float, float, float, float, float]
Counted = tuple[int, int, int, int, int]

HALTON, KNOWSLEY, LIVERPOOL = "E06000006", "E08000011", "E08000012"
ST_HELENS, SEFTON, WIRRAL = "E08000013", "E08000014", "E08000015"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


@dataclass(frozen=True)
class Spot:
    """A bell-shaped bump of weight: ``factor`` at its middle, fading over about ``km``; below 1 it is cold."""

    latitude: float
    longitude: float
    km: float
    factor: float


CITY_CENTRE = (53.407, -2.985)
BIRKENHEAD_COLD = Spot(53.389, -3.035, 1.5, 0.18)
BOOTLE_COLD = Spot(53.452, -2.990, 1.6, 0.22)


@dataclass(frozen=True)
class Pattern:
    """Where a programme lands.

    Attributes:
        tilt: weight of England's decile 1 over decile 10, a head, in the first and in the last year; the
            years between change evenly on the log scale.
        districts: factor by district; those not named have 1.
        spots: bumps of weight.
        grain: standard deviation of the log of chance differences between areas.
        sites: how many areas a year have anything at all; 0 means all.
    """

    tilt: tuple[float, float] = (1.0, 1.0)
    districts: Mapping[str, float] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    grain: float = 0.2
    sites: int = 0


PATTERNS: dict[str, Pattern] = {
    "households-into-work": Pattern((14, 18), {KNOWSLEY: 1.3, WIRRAL: 0.8}, grain=0.35),
    "housing-first": Pattern((10, 10), {LIVERPOOL: 1.5, HALTON: 0.8}, (Spot(*CITY_CENTRE, 1.6, 3.0),), 0.5),
    "adult-skills-fund": Pattern(
        (5.0, 5.2), {KNOWSLEY: 1.1}, (BIRKENHEAD_COLD, BOOTLE_COLD, Spot(53.453, -2.735, 2.0, 1.3)), 0.22
    ),
    "supported-buses": Pattern(
        (1.2, 1.2),
        {KNOWSLEY: 1.3, ST_HELENS: 1.2},
        (Spot(53.361, -2.831, 2.5, 2.4), Spot(53.558, -3.066, 3.0, 2.2), Spot(53.328, -3.098, 3.5, 2.3)),
        0.3,
    ),
    "concessionary-travel": Pattern(
        (1.1, 1.0),
        {HALTON: 0.85, LIVERPOOL: 0.92},
        (Spot(53.646, -3.004, 4.0, 1.35), Spot(53.328, -3.098, 3.0, 1.35), Spot(53.404, -2.960, 2.2, 0.55)),
        0.1,
    ),
    "cycle-training": Pattern(
        (0.6, 1.8), {SEFTON: 1.15, HALTON: 0.85}, (Spot(53.373, -3.181, 3.0, 1.4),), 0.2
    ),
    "housing-retrofit": Pattern((4.5, 4.5), {KNOWSLEY: 1.8, ST_HELENS: 1.3, WIRRAL: 0.55}, grain=0.6),
    "community-environment-fund": Pattern((0.85, 1.1), {HALTON: 1.3}, grain=0.3, sites=44),
    "brownfield-land-fund": Pattern(
        (1.3, 1.3),
        {SEFTON: 0.5, HALTON: 0.7},
        (
            Spot(53.424, -2.996, 1.4, 24.0),
            Spot(53.402, -3.028, 1.5, 26.0),
            Spot(53.450, -2.730, 2.2, 22.0),
            Spot(53.392, -2.980, 1.0, 12.0),
        ),
        grain=0.4,
        sites=30,
    ),
    "lcr-connect": Pattern((1.0, 1.0), grain=0.15),
    "kindred": Pattern(
        (2.0, 2.4), {}, (Spot(53.390, -2.962, 1.6, 5.0), Spot(53.389, -3.025, 1.5, 4.0)), 0.4, 34
    ),
    "strategic-investment-fund": Pattern(
        (1.1, 1.1),
        {},
        (
            Spot(53.405, -2.968, 1.3, 14.0),
            Spot(53.343, -2.640, 2.0, 9.0),
            Spot(53.475, -2.870, 2.0, 5.0),
            Spot(53.453, -2.735, 1.5, 5.0),
        ),
        grain=0.3,
        sites=46,
    ),
    "future-innovation-fund": Pattern((0.7, 0.7), {}, (Spot(53.405, -2.968, 1.5, 12.0),), 0.3, 40),
    "cvs-capacity-fund": Pattern((3.0, 3.6), {KNOWSLEY: 1.2}, grain=0.4, sites=130),
    "dial-a-ride": Pattern((2.0, 2.0), {SEFTON: 1.2}, (Spot(53.646, -3.004, 4.0, 1.6),), 0.3),
    "apprentice-travel": Pattern((1.3, 1.3), {ST_HELENS: 1.3, HALTON: 0.6}, grain=0.25),
    "corporate": Pattern(),
}


@dataclass(frozen=True)
class Spend:
    """What a programme pays.

    Attributes:
        thousands: what it pays a year, net of credit notes, give or take half a percent.
        lines: payments in the first year; other years have as many more or fewer as they pay.
        pool: which suppliers it pays.
        spread: standard deviation of the log of what an invoice has above £500.
        unplaced: share of lines without an area of benefit.
        redacted: share of lines whose supplier is withheld.
        buys: whether it pays for goods, services and works (else grants, loans and reimbursements).
        round_to: grants are awarded in whole hundreds of pounds; 1 keeps the pence.
    """

    thousands: Yearly
    lines: int
    pool: str
    spread: float = 1.1
    unplaced: float = 0.04
    redacted: float = 0.0
    buys: bool = False
    round_to: int = 1


# Adult skills hold to published budgets: just over £50m in 2022/23, £57.7m with free courses at level 3 in
# 2024/25; so does the Community Environment Fund, about £0.4m a round. The rest is made up.
SPEND: dict[str, Spend] = {
    "adult-skills-fund": Spend(
        (50_300, 52_600, 57_300, 56_100, 27_400), 9_800, "skills", 1.2, 0.025, 0.03, buys=True
    ),
    "community-environment-fund": Spend(
        (420, 430, 400, 380, 120), 160, "gardens", 0.7, 0.03, 0.01, round_to=10_000
    ),
    "supported-buses": Spend((12_800, 13_400, 14_600, 15_200, 7_400), 3_600, "buses", 0.8, 0.10, buys=True),
    "concessionary-travel": Spend((20_600, 21_300, 21_900, 22_400, 11_300), 4_800, "buses", 0.9, 0.05, 0.005),
    "cycle-training": Spend((820, 880, 930, 970, 410), 620, "cycling", 0.7, 0.06, 0.09, buys=True),
    "housing-retrofit": Spend(
        (11_400, 7_200, 8_600, 9_400, 4_100), 2_600, "builders", 1.0, 0.04, 0.06, buys=True
    ),
    "brownfield-land-fund": Spend(
        (8_900, 12_700, 11_800, 10_200, 4_600), 520, "developers", 1.3, 0.0, round_to=10_000
    ),
    "lcr-connect": Spend((6_400, 4_200, 1_900, 1_200, 500), 420, "digital", 1.2, 0.3, buys=True),
    "kindred": Spend((1_100, 1_200, 1_050, 900, 400), 260, "traders", 1.0, 0.12, 0.05, round_to=10_000),
    "strategic-investment-fund": Spend(
        (7_800, 9_100, 8_300, 7_600, 3_100), 640, "growth", 1.3, 0.05, round_to=10_000
    ),
    "future-innovation-fund": Spend((900, 1_400, 600, 0, 0), 180, "innovators", 0.9, 0.05, round_to=10_000),
    "cvs-capacity-fund": Spend((950, 700, 450, 400, 200), 520, "charities", 0.8, 0.05, 0.08, round_to=10_000),
    "dial-a-ride": Spend(
        (1_500, 1_550, 1_600, 1_700, 850), 700, "community-transport", 0.7, 0.05, 0.01, True
    ),
    "apprentice-travel": Spend((700, 720, 750, 780, 360), 420, "buses", 0.7, 0.05),
    "households-into-work": Spend((1_700, 1_720, 1_500, 1_450, 700), 900, "support", 0.8, 0.05, 0.10, True),
    "housing-first": Spend((2_300, 2_400, 2_500, 2_450, 1_200), 1_100, "support", 0.9, 0.35, 0.16, True),
    "corporate": Spend((8_600, 9_000, 9_300, 9_800, 4_900), 6_600, "services", 1.2, 1.0, 0.085, True),
}

FLOOR_PENCE = 50_000
CREDIT_SHARE = 0.015
CREDIT_SIZE = 0.6
MOST_ROUNDS = 500
CLOSE = 1e-9  # how little a factor may still move when totals are met
# April to March: little in the first month, the rush before the books close in the last.
MONTH_WEIGHTS = (0.75, 0.9, 1.0, 1.0, 0.85, 1.0, 1.0, 1.0, 0.85, 0.95, 1.05, 1.65)
LAST_MONTH_RECEIVED = 0.6  # the ledger of the last month was not yet closed when it was sent
REDACTED_NAME = "REDACTED"
REDACTED_INDIVIDUAL = 0.8  # the rest are small charities whose address would give people away
REDACTED_UNPLACED = 0.6  # the rest have a district but no area


@dataclass(frozen=True)
class Pool:
    """Suppliers of one kind.

    Attributes:
        types: how many there are of each type, over all years.
        regional: chance of an address in the six districts.
        spread: standard deviation of the log of how often each is paid.
        trades: words for their invented names.
        steady: none of them joins or leaves.
    """

    types: Mapping[str, int]
    regional: float
    spread: float
    trades: tuple[str, ...]
    steady: bool = False


LISTED = "community-suppliers-list"
THIRD_SECTOR = ("vcse", LISTED)

POOLS: dict[str, Pool] = {
    "skills": Pool(
        {"public": 14, "sme": 62, "large": 8, "vcse": 14, LISTED: 4},
        0.58,
        1.0,
        _names("Training, Learning, Skills, Tutors, Academy"),
    ),
    "buses": Pool(
        {"large": 6, "sme": 9, "vcse": 1},
        0.6,
        1.0,
        _names("Buses, Coaches, Travel, Motor Services"),
        steady=True,
    ),
    "cycling": Pool(
        {"sme": 6, "vcse": 4, LISTED: 3}, 0.75, 0.8, _names("Cycling, Cycle Skills, Wheels"), steady=True
    ),
    "builders": Pool(
        {"sme": 74, "large": 18, "public": 4, "vcse": 5, LISTED: 5},
        0.52,
        1.0,
        _names("Insulation, Heating, Builders, Renewables, Surveyors"),
    ),
    "digital": Pool({"large": 5, "sme": 8}, 0.4, 0.8, _names("Fibre, Networks, Ducts, Civil Engineering")),
    "community-transport": Pool(
        {"sme": 5, "vcse": 5}, 0.9, 0.7, _names("Community Transport, Minibuses, Mobility"), steady=True
    ),
    "support": Pool(
        {"sme": 10, "public": 4, "vcse": 18, LISTED: 4},
        0.85,
        0.8,
        _names("Support, Housing, Wellbeing, Lettings, Mentoring"),
    ),
    "services": Pool(
        {"sme": 227, "large": 92, "public": 28, "vcse": 11, LISTED: 20},
        0.4,
        1.1,
        _names("Cleaning, Catering, Software, Security, Print, Consulting, Energy, Recruitment, Legal"),
    ),
    "gardens": Pool(
        {"vcse": 40, LISTED: 7, "public": 3},
        0.98,
        0.5,
        _names("Gardens, Green Spaces, Woodland, Growers, Rivers"),
    ),
    "developers": Pool(
        {"large": 11, "sme": 7, "public": 5, "vcse": 3},
        0.62,
        0.9,
        _names("Homes, Land, Regeneration, Developments"),
    ),
    "traders": Pool(
        {"vcse": 37, LISTED: 8}, 1.0, 0.6, _names("Kitchen, Makers, Studio, Bakery, Workshop, Arts")
    ),
    "growth": Pool(
        {"sme": 13, "large": 9, "public": 10, "vcse": 4},
        0.8,
        0.9,
        _names("Works, Estates, Science, Logistics, Culture"),
    ),
    "innovators": Pool(
        {"sme": 28, "vcse": 3, "public": 3}, 0.9, 0.6, _names("Robotics, Labs, Materials, Diagnostics")
    ),
    "charities": Pool(
        {"vcse": 60, LISTED: 10},
        0.99,
        0.5,
        _names("Advice, Community Centre, Families, Neighbours, Youth, Carers"),
    ),
}


@dataclass(frozen=True)
class Window:
    """Which suppliers of a group, in a random order, are paid in each year: so many, from this one on."""

    begins: Counted
    numbers: Counted


# Suppliers paid for goods, services and works, as the illustrative indicator COM-I1 counts them.
WINDOWS = {
    "third-sector": Window((0, 3, 6, 9, 14), (61, 66, 74, 83, 80)),
    "other": Window((0, 18, 36, 56, 80), (537, 538, 537, 524, 500)),
    "granted": Window((0, 20, 45, 70, 95), (180, 180, 176, 170, 166)),
}
# Shares of that spend that stay in the six districts (COM-I5) and go to the Community Suppliers List (COM-I4).
LOCAL_SHARE: Yearly = (0.478, 0.491, 0.516, 0.509, 0.512)
LISTED_SHARE: Yearly = (0.016, 0.019, 0.024, 0.023, 0.025)

AWAY = {"north-west": 0.46, "uk": 0.48, "abroad": 0.06}
# An invoice of a large supplier is larger than one of a community group.
TYPE_SIZE = {"large": 2.2, "public": 1.6, "sme": 1.0, "vcse": 0.75, LISTED: 0.6}
# Suppliers without a usable postcode in the vendor file: it was put right year by year.
UNKNOWN_PLACE: Yearly = (0.145, 0.125, 0.11, 0.09, 0.08)
ALWAYS_PLACED = ("large", "public")

BUSINESS_SPOTS = (
    Spot(*CITY_CENTRE, 1.1, 60.0),
    Spot(53.391, -3.018, 1.0, 9.0),
    Spot(53.453, -2.735, 1.0, 9.0),
    Spot(53.447, -2.992, 0.9, 7.0),
    Spot(53.343, -2.640, 1.4, 8.0),
    Spot(53.475, -2.870, 1.4, 8.0),
    Spot(53.346, -2.860, 1.3, 6.0),
    Spot(53.646, -3.004, 1.0, 5.0),
    Spot(53.363, -2.734, 1.0, 6.0),
    Spot(53.411, -2.841, 1.0, 4.0),
)
COMMUNITY_TILT = 3.0

# Parts of names, made up so that no real organisation is named.
NAME_STARTS = _names(
    "Ardel, Bexol, Cordra, Dunmer, Elvor, Fennac, Gorsel, Hathol, Ivelin, Jorrim, Kelver, Lorrid, "
    "Mellac, Norrig, Ostrel, Pellum, Quernol, Roskel, Sorrim, Tavrel, Ulvern, Venrol, Wolstar, Yarrel, "
    "Zennac, Brenvol, Castrel, Dravin, Embral, Foskel, Grenvol, Hesker, Imbrel, Jestol, Kirvan, "
    "Lantrel, Morvec, Nestrel, Orvash, Prenvol"
)
NAME_ENDS = _names(
    "by, combe, dene, fold, garth, holm, hurst, ley, mere, moor, rigg, shaw, stow, thwaite, wick, "
    "worth, beck, cross, field, gate, hey, ford, bank, hill"
)
NAME_FORMS = {
    "large": ("plc", "Group plc", "Holdings Ltd"),
    "sme": ("Ltd", "& Partners Ltd", "LLP"),
    "vcse": ("CIC", "Trust", "Association", "Co-operative"),
    LISTED: ("CIC", "Community Enterprise", "Collective"),
    "public": ("Public Service", "College", "Public Trust"),
}

PURPOSES: dict[str, tuple[str, ...]] = {
    "households-into-work": (
        "Employment advocates",
        "Help with travel to interviews",
        "Courses for participants",
        "Phones and data for participants",
    ),
    "housing-first": (
        "Furnishing a tenancy",
        "Psychology service",
        "Support work",
        "Repairs to a tenancy",
        "Lived experience group",
    ),
    "adult-skills-fund": (
        "Learning delivery",
        "Learner support",
        "English for speakers of other languages",
        "Free courses at level 3",
        "Community learning",
    ),
    "supported-buses": ("Evening and Sunday journeys", "Daytime route", "School day route"),
    "concessionary-travel": ("Reimbursement of operators", "Passes and readers", "Young people's offer"),
    "cycle-training": ("Training in schools", "Training for adults", "Bicycles for loan"),
    "housing-retrofit": (
        "Wall insulation",
        "Loft insulation",
        "Heat pump",
        "Assessment of a home",
        "Solar panels",
    ),
    "community-environment-fund": (
        "Grant for a community garden",
        "Grant for wildlife",
        "Grant for repair and reuse",
    ),
    "brownfield-land-fund": ("Clearing of a site", "Making land safe", "Roads and services of a site"),
    "lcr-connect": ("Ducts and fibre", "Street works", "Design and surveys"),
    "kindred": ("Investment in a social trader", "Support for social traders"),
    "strategic-investment-fund": (
        "Instalment of a grant",
        "Development of a project",
        "Instalment of a loan",
    ),
    "future-innovation-fund": ("Grant for a trial", "Grant for a prototype"),
    "cvs-capacity-fund": ("Capacity grant", "Resilience grant"),
    "dial-a-ride": ("Door to door journeys", "Adapted vehicles"),
    "apprentice-travel": ("Half fares for apprentices",),
    "corporate": (
        "Staff training",
        "Cleaning",
        "Software licences",
        "Building maintenance",
        "Professional advice",
        "Energy",
        "Temporary staff",
        "Printing",
        "Occupational health",
    ),
}

# Contracts: smaller purchases are made without one.
SPOT_PURCHASE_PENCE = 100_000
SMALLEST_CONTRACT_PENCE = 500_000
THRESHOLD_PENCE = 2_000_000
TERMS = {12: 0.2, 24: 0.35, 36: 0.35, 48: 0.1}  # months: share
FIRST_SCORED = date(2021, 7, 1)  # weightings began then
MINIMUM_FROM = date(2023, 4, 1)  # first contracts under the minimum of 10% agreed in March 2023
# Contracts above £20,000 by the financial year in which they start, and those with scored social value. The 65%
# of 2022/23 are published; the other years are those of the illustrative indicator COM-I6.
LET_ABOVE = {2022: (200, 130), 2023: (197, 134), 2024: (199, 148), 2025: (196, 165), 2026: (96, 85)}
# Scored contracts are spread over the year of their start, give or take so many days.
SCORED_WITHIN_DAYS = 20
# Shares scored for what stands in no such table: contracts above £20,000 of earlier years, and smaller ones.
SCORED_EARLIER = 0.55
SCORED_BELOW = {2021: 0.04, 2022: 0.06, 2023: 0.1, 2024: 0.14, 2025: 0.18, 2026: 0.2}
# Weightings in percent by the year of the start; until 2022/23 they went up to 10. With those that scored
# nothing they average about 6.4, 8.9, 10.3 and 10.6 (COM-I7).
WEIGHTINGS = {
    2021: {2.5: 0.1, 5.0: 0.4, 7.5: 0.1, 10.0: 0.4},
    2022: {5.0: 0.03, 10.0: 0.97},
    2023: {5.0: 0.03, 7.5: 0.015, 10.0: 0.46, 12.5: 0.03, 15.0: 0.285, 20.0: 0.18},
    2024: {5.0: 0.02, 7.5: 0.02, 10.0: 0.37, 12.5: 0.03, 15.0: 0.335, 20.0: 0.225},
    2025: {5.0: 0.025, 7.5: 0.025, 10.0: 0.49, 12.5: 0.07, 15.0: 0.26, 20.0: 0.13},
    2026: {7.5: 0.04, 10.0: 0.5, 12.5: 0.06, 15.0: 0.3, 20.0: 0.1},
}


@dataclass(frozen=True)
class Reach:
    """Whom a programme reaches. Each person, or household, counts once a year, in the quarter first seen.

    Attributes:
        people: how many a year.
        placed: how many of them have an area; others have none, or live outside the city region.
        quarters: shares of the four quarters.
        parcels: returns that an area's people of a quarter come in; 0 is a line for each person.
        tenth: how many live in England's decile 1; none leaves it to the pattern.
        disadvantaged: share of everybody who lives in deciles 1 to 3; none leaves it to the pattern.
        received: quarters that have come in, where not all did, by number of the year from 0.
    """

    people: Counted
    placed: Counted
    quarters: tuple[float, float, float, float]
    parcels: int
    tenth: Counted | None = None
    disadvantaged: Yearly | None = None
    received: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


# Published: 35,480 adult learners in 2022/23, 75% of them in more disadvantaged areas, read here as deciles 1 to 3;
# some 38,000 two years later; 207 people supported by Housing First at about the time of the Framework. Those
# placed, and those of decile 1, are those of the illustrative indicators SER-I1 to SER-I4.
REACH: dict[str, Reach] = {
    "adult-skills-fund": Reach(
        (35_480, 36_450, 38_020, 38_010, 19_640),
        (34_567, 35_507, 36_244, 37_029, 19_128),
        (0.226, 0.278, 0.263, 0.233),
        6,
        (15_122, 15_349, 15_785, 16_003, 8_276),
        (0.75, 0.748, 0.741, 0.752, 0.75),
        {4: (1, 2)},
    ),
    "concessionary-travel": Reach(
        (331_400, 329_850, 333_120, 335_900, 337_460),
        (324_770, 323_250, 326_460, 329_180, 330_710),
        (1, 0, 0, 0),
        1,
        (113_160, 112_240, 111_900, 111_220, 110_640),
        received=dict.fromkeys(range(5), (1,)),
    ),
    "households-into-work": Reach(
        (1_012, 765, 1_030, 1_021, 510),
        (989, 746, 1_003, 998, 498),
        (0.25, 0.25, 0.25, 0.25),
        0,
        (547, 420, 588, 578, 307),
        received={1: (1, 2, 4), 4: (1, 2)},
    ),
    "housing-first": Reach(
        (214, 221, 226, 233, 219),
        (152, 160, 157, 164, 155),
        (0.82, 0.06, 0.06, 0.06),
        0,
        (98, 101, 99, 107, 100),
        received={4: (1, 2)},
    ),
    "cycle-training": Reach(
        (8_640, 9_120, 9_480, 9_050, 3_740),
        (8_122, 8_573, 8_911, 8_507, 3_516),
        (0.42, 0.16, 0.12, 0.3),
        8,
        received={4: (1,)},
    ),
    "dial-a-ride": Reach(
        (5_210, 5_080, 4_960, 5_120, 4_480),
        (5_028, 4_902, 4_786, 4_941, 4_323),
        (0.7, 0.12, 0.1, 0.08),
        4,
        received={4: (1, 2)},
    ),
    "apprentice-travel": Reach(
        (5_640, 5_980, 6_210, 6_050, 2_760),
        (5_358, 5_681, 5_900, 5_748, 2_622),
        (0.22, 0.44, 0.2, 0.14),
        3,
        received={4: (1, 2)},
    ),
    "housing-retrofit": Reach(
        (1_480, 1_020, 1_390, 1_560, 640),
        (1_450, 1_000, 1_362, 1_529, 627),
        (0.2, 0.26, 0.28, 0.26),
        0,
        received={4: (1, 2)},
    ),
}


@dataclass(frozen=True)
class Service:
    """A kind of place where a programme has a door, and the localities that have one."""

    kind: str
    title: str
    programme: str
    localities: tuple[str, ...]


SERVICES = (
    Service(
        "travel-centre",
        "Travel centre",
        "concessionary-travel",
        _names("Liverpool, Birkenhead, Bootle, Huyton, Kirkby, Runcorn, St Helens, Southport"),
    ),
    Service(
        "learning-centre",
        "Learning centre",
        "adult-skills-fund",
        _names(
            "Liverpool, Anfield, Toxteth, Speke, Norris Green, Wavertree, Garston, Kirkby, Huyton, Halewood, "
            "Prescot, St Helens, Parr, Earlestown, Widnes, Runcorn, Castlefields, Southport, Crosby, Maghull, "
            "Wallasey, Moreton, Bebington, Bromborough"
        ),
    ),
    Service(
        "library-session",
        "Library session",
        "households-into-work",
        _names(
            "Kirkdale, Walton, Norris Green, Speke, Toxteth, Kirkby, Stockbridge Village, Parr, Thatto Heath, "
            "Castlefields, Ditton, Seaforth, Bootle, Leasowe, Rock Ferry, Woodchurch"
        ),
    ),
    Service(
        "hub",
        "Support hub",
        "housing-first",
        _names("Liverpool, Everton, Birkenhead, Bootle, St Helens, Widnes"),
    ),
    Service(
        "training-base",
        "Cycle training base",
        "cycle-training",
        _names("Wavertree, Formby, Crosby, Huyton, Newton-le-Willows, Runcorn, Hoylake, Bebington"),
    ),
    Service(
        "advice-desk",
        "Home energy advice desk",
        "housing-retrofit",
        _names("Kirkby, Huyton, St Helens, Walton, Wallasey, Widnes"),
    ),
    Service("depot", "Dial-a-ride depot", "dial-a-ride", _names("Garston, Litherland, Rock Ferry")),
)
SCATTER = 0.004  # degrees to each side of the locality

# Localities that are no towns of towns.csv: latitude, longitude.
LOCALITIES: dict[str, tuple[float, float]] = {
    "Anfield": (53.431, -2.961),
    "Everton": (53.424, -2.967),
    "Garston": (53.353, -2.901),
    "Kirkdale": (53.433, -2.981),
    "Norris Green": (53.445, -2.926),
    "Toxteth": (53.388, -2.962),
    "Walton": (53.452, -2.965),
    "Wavertree": (53.398, -2.930),
    "Stockbridge Village": (53.436, -2.861),
    "Earlestown": (53.452, -2.652),
    "Parr": (53.452, -2.708),
    "Thatto Heath": (53.436, -2.751),
    "Litherland": (53.472, -2.998),
    "Seaforth": (53.464, -3.006),
    "Castlefields": (53.337, -2.696),
    "Ditton": (53.365, -2.760),
    "Bromborough": (53.332, -2.978),
    "Leasowe": (53.409, -3.118),
    "Moreton": (53.401, -3.111),
    "Rock Ferry": (53.373, -3.006),
    "Woodchurch": (53.375, -3.085),
}
