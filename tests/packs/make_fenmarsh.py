"""Makes the data pack of an invented county council, beside this file: ``python -m tests.packs.make_fenmarsh``.

Fenmarsh does not exist, and no figure of it is real. Its pack differs from the embedded one wherever an authority may:
another kind of authority, other identifiers, roles, districts, years, groupings and words, fewer tables. Schemas are
those of the embedded pack with the county's own changes, which :func:`descriptor` lists. Every figure follows from a
formula, so that the same files are made each time.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd

HOUSE: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(__file__).resolve().parent / "fenmarsh"
EMBEDDED: Final = HOUSE / "data" / "datapackage.json"
UPDATED: Final = "2022-11-14"
MADE_UP: Final = "Illustrative: made up"

Row = dict[str, Any]
Tables = dict[str, list[Row]]

DISTRICTS: Final = {"E07000901": "Northfen", "E07000902": "Reedholt", "E07000903": "Saltmere"}
COUNTY: Final = "E10000901"
AREAS_EACH: Final = 10
WEST, SOUTH, WIDE, HIGH = 0.0, 52.6, 0.04, 0.025
YEARS: Final = ("2020/21", "2021/22", "2022/23")
WHOLE: Final = YEARS[:2]
LAST_DAY: Final = date(2022, 9, 30)
QUARTERS: Final = tuple(f"{year} Q{q}" for year in YEARS for q in (1, 2, 3, 4) if (year, q) <= ("2022/23", 2))
QUARTER_ENDS: Final = {"Q1": "06-30", "Q2": "09-30", "Q3": "12-31", "Q4": "03-31"}

# list → (code, label, meaning). Codes that the product itself knows, such as sex=women, stay as they are: docs/guides/your-own-pack.md lists them.
VOCABULARY: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "role": (
        ("workplace", "As a workplace", "The council as a place to work."),
        ("purchaser", "As a purchaser", "The council as a customer of local and other firms."),
        ("neighbour", "As a neighbour", "The council as a neighbour of villages, schools and charities."),
    ),
    "section": (
        ("W", "As a workplace", "The first chapter of the Charter."),
        ("B", "As a purchaser", "The second chapter of the Charter."),
        ("N", "As a neighbour", "The third chapter of the Charter."),
        (
            "L",
            "Council Leader",
            "What the Council Leader pledged in person; filtered under “As a neighbour”.",
        ),
    ),
    "kind": (
        ("day-one", "Pledge", "Holds from the day the Charter was signed."),
        ("aspiration", "Ambition", "Comes later."),
        ("practice", "Habit", "Was there before the Charter."),
    ),
    "pillar": (
        ("land", "Land and water", "Soil, drains, dykes and wildlife."),
        ("livelihood", "Livelihoods", "Work, skills and pay."),
        ("belonging", "Belonging", "Villages where nobody is alone."),
    ),
    "manner": (
        ("listen", "Listening", "Residents are asked before a decision."),
        ("share", "Sharing", "Buildings, land and skills are lent to those who need them."),
    ),
    "directorate": (
        ("staff", "Staff Services", "Posts, pay and training."),
        ("supply", "Supply", "Tenders and contracts."),
        ("villages", "Villages and Libraries", "Libraries, shuttles and village halls."),
    ),
    "evidence": (
        ("ledger", "Ledger", "Entries in the council's books."),
        ("log", "Log", "Dated entries of who did what."),
        ("letter", "Letter", "What a partner wrote."),
    ),
    "organisation": (("fenmarsh", "Fenmarsh County Council", "The council with all its services."),),
    "characteristic": (
        ("all", "Everybody", "No breakdown."),
        ("sex", "Sex", "Women and men."),
        ("age", "Age", "Two bands."),
        ("service", "Armed forces", "Whether somebody served in the armed forces."),
    ),
    "group": (
        ("all=all", "Everybody", "Everybody counted, without a breakdown."),
        ("sex=women", "Women", "People who declared that they are women."),
        ("sex=men", "Men", "People who declared that they are men."),
        ("sex=not-stated", "Not stated", "Asked, but did not state a sex."),
        ("age=under-40", "Under 40", "Younger than 40."),
        ("age=40-plus", "40 and over", "Aged 40 or more."),
        ("service=veteran", "Veterans", "Served in the armed forces."),
        ("service=other", "Never served", "Did not serve in the armed forces."),
        ("service=not-stated", "Not stated", "Asked, but did not say."),
    ),
    "reference_group": (
        ("sex=men", "Men", "Women are compared with men."),
        ("age=40-plus", "40 and over", "The band with most staff."),
        ("service=other", "Never served", "The group with most people."),
    ),
    "district": tuple((code, name, f"The district of {name}.") for code, name in DISTRICTS.items()),
    "supplier_place": (
        *((code, name, f"The supplier's address is in {name}.") for code, name in DISTRICTS.items()),
        ("beyond", "Beyond the county", "The supplier's address is anywhere else."),
        ("not-known", "Not known", "No usable address."),
    ),
    "supplier_type": (
        ("charity", "Charity or club", "Charities, clubs and co-operatives."),
        ("family", "Family firm", "A firm with fewer than 50 staff."),
        ("company", "Company", "A firm with 50 staff or more."),
        ("individual", "Individual", "A person; the name is always withheld."),
    ),
    "reach_unit": (
        ("riders", "Riders", "Each person who took a shuttle in the year, once."),
        ("students", "Students", "Each person with a course in the year, once."),
    ),
    "vintage": (("2025", "Indices of Deprivation 2025", "On the areas drawn after the 2021 Census."),),
}

# id, section, roles, kind, title, pillar, manners, directorate, lead, due, test of done, evidence type
COMMITMENTS: Final = (
    ("W01", "W", "workplace", "day-one", "Every vacancy is advertised in village halls", "livelihood", "share",
     "staff", "Head of Staff Services", "2021-06-30", "All vacancies of a quarter stand in the log", "log"),
    ("W02", "W", "workplace", "day-one", "A place on a course for every new starter", "livelihood", "share",
     "staff", "Head of Staff Services", "2021-12-31", "Starters of a year with a course: all", "log"),
    ("W03", "W", "workplace", "aspiration", "Four-day week tried in two services", "livelihood", "listen",
     "staff", "Head of Staff Services", "2023-12-31", "A letter from both services on the trial", "letter"),
    ("W04", "W", "workplace", "practice", "Staff may take two days a year to volunteer", "belonging", "share",
     "staff", "Head of Staff Services", "", "", ""),
    ("B01", "B", "purchaser", "day-one", "Every tender is talked through with local firms", "livelihood", "listen",
     "supply", "Head of Supply", "2021-03-31", "Each tender names the meeting where it was talked through", "ledger"),
    ("B02", "B", "purchaser; neighbour", "day-one", "Food for schools comes from within 30 miles", "land; livelihood",
     "share", "supply", "Head of Supply", "2022-03-31", "Half of the food by cost comes from within 30 miles", "ledger"),
    ("B03", "B", "purchaser", "aspiration", "No diesel vans in council contracts", "land", "listen",
     "supply", "Head of Supply", "2024-03-31", "No contract of the year runs diesel vans", "ledger"),
    ("N01", "N", "neighbour", "day-one", "A shuttle to every village twice a week", "belonging", "share",
     "villages", "Head of Villages", "2021-09-30", "Every village of the timetable has two journeys", "log"),
    ("N02", "N", "neighbour", "day-one", "Libraries open on one evening a week", "belonging", "listen; share",
     "villages", "", "2021-10-31", "Opening hours of all libraries", "log"),
    ("N03", "N", "neighbour", "practice", "Spare rooms are lent to clubs free of charge", "belonging", "share",
     "villages", "Head of Villages", "", "", ""),
    ("L01", "L", "neighbour", "day-one", "The Leader visits each village once a year", "belonging", "listen",
     "villages", "Head of Villages", "2022-03-31", "Visits of a year stand in the log", "log"),
)  # fmt: skip

# In this order: id, measure, role, title, short title, unit, polarity, cadence, breakdowns, and its concept for the product.
INDICATORS: Final = (
    ("K1", "M1", "workplace", "Staff by sex, age and service", "Staff", "percent", "higher", "annual",
     "sex; age; service", "workforce-by-group"),
    ("K2", "M1", "workplace", "Mean difference of hourly pay, women and men", "Mean pay difference", "percent", "lower",
     "annual", "", "mean-gender-pay-gap"),
    ("K3", "M1", "workplace", "Median difference of hourly pay, women and men", "Median pay difference", "percent",
     "lower", "annual", "", "median-gender-pay-gap"),
    ("K4", "M2", "purchaser", "Contracts of which community benefit was scored", "Scored contracts", "percent",
     "higher", "annual", "", "contracts-with-scored-social-value"),
    ("K5", "M2", "purchaser", "Suppliers that pay the Real Living Wage", "Living Wage suppliers", "percent", "higher",
     "annual", "", "living-wage-suppliers"),
    ("K6", "M3", "neighbour", "People who used a shuttle", "Shuttle riders", "people", "higher", "quarterly", "", ""),
    ("K7", "M3", "neighbour", "Money given to village halls", "Grants to halls", "GBP", "higher", "annual", "", ""),
)  # fmt: skip

# framework, outcome, theme, title, what the framework itself counts, what is to be reached
OUTCOMES: Final = (
    ("fen-deal", "D1", "Work", "More of the county's money stays near", "Tenders won by firms of the county", "one in two"),
    ("fen-deal", "D2", "Work", "Pay that people can live on", "", ""),
    ("fen-deal", "D3", "Water", "Dykes hold in a wet winter", "Miles of dyke renewed", "40 miles by 2024/25"),
    ("fen-deal", "D4", "Getting about", "No village is cut off", "Villages with two journeys a week", "all"),
    ("village-pledge", "V1", "", "Every village has a hall that is used", "", ""),
    ("village-pledge", "V2", "", "People get about without a car", "", ""),
)  # fmt: skip
# indicator, framework, outcome, how it serves
OUTCOME_LINKS: Final = (
    ("K4", "fen-deal", "D1", "measures"),
    ("K5", "fen-deal", "D2", "measures"),
    ("K6", "fen-deal", "D4", "contributes"),
    ("K7", "village-pledge", "V1", "contributes"),
    ("K6", "village-pledge", "V2", "measures"),
)

# id, name, what it is, counts people, has money, buys, unit, commitments
PROGRAMMES: Final = (
    ("village-shuttle", "Village Shuttle", "Small buses that come when they are called.", True, True, True, "riders",
     "everybody", ("N01",)),
    ("skills-barn", "Skills Barn", "Evening courses in farm buildings.", True, True, True, "students",
     "some", ("W02", "N02")),
    ("school-food", "School Food", "Meals of schools from fields nearby.", False, True, True, "", "", ("B02",)),
    ("hall-fund", "Hall Fund", "Grants to repair village halls.", False, True, False, "", "", ("N03",)),
)  # fmt: skip


def spread(seed: int, low: int, high: int) -> int:
    """Return a whole number from low to high that looks random and is the same each time."""
    return low + (seed * 2_654_435_761 % 2**32 >> 7) % (high - low + 1)


def vocabulary() -> list[Row]:
    """Return the county's own lists."""
    return [
        {"list": name, "code": code, "label": label, "order": order, "meaning": meaning}
        for name, entries in VOCABULARY.items()
        for order, (code, label, meaning) in enumerate(entries, start=1)
    ]


def commitments() -> list[Row]:
    """Return the register: the Charter gives every date and test itself, so that no plans stand beside it."""
    names = (
        "id", "section", "roles", "kind", "title", "pillar", "manners", "directorate", "lead", "due", "test_of_done",
        "evidence_type",
    )  # fmt: skip
    rows = []
    for number, values in enumerate(COMMITMENTS, start=1):
        row = dict(zip(names, values, strict=True))
        practice = row["kind"] == "practice"
        rows.append(
            row
            | {
                "number": number,
                "summary": f"{row['title']}. Invented for this example.",
                "place": f"Charter, page {number + 3}",
                "state": "in-place" if practice else "",
                "review_date": "2023-06-30" if practice else "",
                "related": "W04" if row["id"] == "W01" else "",
            }
        )
    return rows


def measures() -> list[Row]:
    """Return the success measures, the last of which has not been agreed."""
    titles = {
        "M1": ("workplace", "A fair place to work"),
        "M2": ("purchaser", "Money that stays near"),
        "M3": ("neighbour", "Villages within reach"),
    }
    return [
        {"id": id_, "role": role, "number": n, "title": title, "summary": f"{title}. Invented.",
         "place": f"Charter, page {n}", "agreed": "false" if id_ == "M3" else "true"}
        for n, (id_, (role, title)) in enumerate(titles.items(), start=1)
    ]  # fmt: skip


def indicators() -> list[Row]:
    """Return what is counted, and how."""
    names = (
        "id",
        "measure",
        "role",
        "title",
        "short",
        "unit",
        "polarity",
        "cadence",
        "breakdowns",
        "concept",
    )
    rows = []
    for number, values in enumerate(INDICATORS, start=1):
        row = dict(zip(names, values, strict=True))
        rows.append(
            row
            | {
                "number": number,
                "lead": "true" if row["id"] in ("K1", "K4", "K6") else "false",
                "proposed": "false",
                "level": "output",
                "numerator": row["title"],
                "denominator": "All of them" if row["unit"] == "percent" else "",
                "counts_people": "true" if row["unit"] == "people" or row["id"] == "K1" else "false",
                "interval": "wilson" if row["id"] in ("K1", "K4", "K5") else "none",
                "target": 60 if row["id"] == "K4" else "",
                "target_year": "2023/24" if row["id"] == "K4" else "",
                "target_source": "Charter, page 2" if row["id"] == "K4" else "",
                "lead_group": "service=veteran" if row["id"] == "K1" else "",
                "sphere": "control",
                "owner": "Head of Supply" if row["role"] == "purchaser" else "Head of Villages",
                "method": "Counted by the service once a period. Invented.",
            }
        )
    return rows


def links() -> list[Row]:
    """Return which indicator tells of which commitment."""
    pairs = (
        ("W01", "K1"),
        ("W02", "K2"),
        ("W02", "K3"),
        ("B01", "K4"),
        ("B01", "K5"),
        ("N01", "K6"),
        ("N03", "K7"),
    )
    return [{"commitment": commitment, "indicator": indicator} for commitment, indicator in pairs]


def outcome_tables() -> Tables:
    """Return two invented frameworks of others, and which of the county's indicators serves them."""
    titles = {"fen-deal": "The Fen Deal", "village-pledge": "Pledge to the Villages"}
    names = ("framework", "id", "theme", "title")
    return {
        "outcome_frameworks": [
            {"id": code, "title": title, "publisher": "Nobody: invented", "edition": "2021 to 2025"}
            for code, title in titles.items()
        ],
        "outcomes": [
            {**dict(zip(names, entry, strict=False)), "order": int(entry[1][1:])} for entry in OUTCOMES
        ],
        "outcome_targets": [
            {
                "framework": entry[0],
                "outcome": entry[1],
                "number": 1,
                "indicator": entry[4],
                "target": entry[5],
            }
            for entry in OUTCOMES
            if entry[4]
        ],
        "outcome_links": [
            dict(zip(("indicator", "framework", "outcome", "serves"), entry, strict=True))
            for entry in OUTCOME_LINKS
        ],
    }


def quarter_end(period: str) -> date:
    """Return the last day of a quarter."""
    first = int(period[:4]) + (period[8:] == "Q4")
    return date.fromisoformat(f"{first}-{QUARTER_ENDS[period[8:]]}")


def updates() -> list[Row]:
    """Return what the leads reported each quarter; every fifth update was never written, some came late."""
    states = ("not-started", "limited", "substantial", "complete")
    rows = []
    for place, (id_, *rest) in enumerate(entry for entry in COMMITMENTS if entry[3] != "practice"):
        for number, period in enumerate(QUARTERS):
            if spread(place * 31 + number, 1, 5) == 1:
                continue
            due = quarter_end(period) + timedelta(days=21)
            stage = min(3, (number + place % 3) // 3)
            rows.append(
                {
                    "commitment": id_, "year": period[:7], "period": period, "due_on": due,
                    "reported_on": due + timedelta(days=spread(place * 17 + number, -9, 6)),
                    "delivery": states[stage], "confidence": ("amber", "red", "green", "green")[stage],
                    "note": f"{rest[3]}: the work of {period} was written down.",
                    "evidence": "An entry of the quarter" if number % 3 else "",
                    "evidence_date": quarter_end(period) if number % 3 else "",
                    "next_step": "" if stage == 3 else "Go on in the next quarter",
                    "by": rest[7] or "Nobody named",
                }
            )  # fmt: skip
    return rows


def observation(indicator: str, period: str, **values: Any) -> Row:
    """Return one figure of the council."""
    as_at = quarter_end(period if " " in period else f"{period} Q4")
    row = {
        "indicator": indicator, "year": period[:7], "period": period, "as_at": as_at, "organisation": "fenmarsh",
        "characteristic": "all", "group": "all", "source": MADE_UP, "updated": as_at + timedelta(days=40),
    }  # fmt: skip
    return row | values


def observations() -> list[Row]:
    """Return figures of indicators: staff by group, shares of suppliers, riders by quarter, grants."""
    rows = []
    for number, year in enumerate(WHOLE):
        staff = {
            "sex": {"women": 610 + 12 * number, "men": 395, "not-stated": 15},
            "age": {"under-40": 380 + 9 * number, "40-plus": 640 + 3 * number},
            "service": {"veteran": 42 + 5 * number, "other": 900, "not-stated": 78 + 7 * number},
        }
        for characteristic, counts in staff.items():
            whole = sum(counts.values())
            answered = whole - counts.get("not-stated", 0)
            rows += [
                observation("K1", year, characteristic=characteristic, group=group, numerator=people,
                            denominator=whole if group == "not-stated" else answered)
                for group, people in counts.items()
            ]  # fmt: skip
        rows.append(observation("K5", year, numerator=31 + 6 * number, denominator=84))
        rows.append(observation("K7", year, value=182_000 + 21_500 * number))
    rows += [observation("K6", period, numerator=spread(n, 900, 1300)) for n, period in enumerate(QUARTERS)]
    return rows


def returns() -> list[Row]:
    """Return the pay differences of the council's own return, and a share of contracts told elsewhere."""
    rows = []
    for number, year in enumerate(WHOLE):
        rows.append(observation("K2", year, value=7.4 - number))
        rows.append(observation("K3", year, value=5.1 - 0.6 * number))
    rows.append(observation("K4", "2020/21", value=50))
    return rows


def pay_quarters() -> list[Row]:
    """Return the share of women in each quarter of pay."""
    return [
        {"organisation": "fenmarsh", "year": year, "as_at": quarter_end(f"{year} Q4"), "quarter": quarter,
         "women_percent": 68 - 4 * quarter + number, "source": MADE_UP}
        for number, year in enumerate(WHOLE)
        for quarter in (1, 2, 3, 4)
    ]  # fmt: skip


def codes() -> list[tuple[str, str, int, int]]:
    """Return code, district, column and row of the small areas: squares in three blocks of two by five."""
    return [
        (f"E0199{9000 + AREAS_EACH * block + n}", district, 2 * block + n % 2, n // 2)
        for block, district in enumerate(DISTRICTS)
        for n in range(AREAS_EACH)
    ]


def areas() -> list[Row]:
    """Return the small areas with invented ranks: the further south, the more deprived."""
    rows = []
    for number, (code, district, _, up) in enumerate(codes()):
        rank = 900 + up * 6200 + spread(number, 0, 5000)
        name = DISTRICTS[district]
        middle = number % AREAS_EACH // 5 + 1
        decile = -(-rank * 10 // 33_755)
        domains = ("income", "employment", "education", "health", "crime", "housing", "environment")
        rows.append(
            {
                "code": code, "name": f"{name} {middle:03d}{'ABCDE'[number % 5]}", "msoa": f"{name} {middle:03d}",
                "district": district, "district_name": name, "vintage": "2025", "rank": rank, "decile": decile,
                **{f"{domain}_decile": min(10, max(1, decile + spread(number * 7 + n, -1, 1)))
                   for n, domain in enumerate(domains)},
                "population": spread(number + 500, 1200, 1900),
            }
        )  # fmt: skip
    return rows


def boundaries() -> str:
    """Return the outlines of the areas as GeoJSON, one area a line."""
    features = []
    for code, _, across, up in codes():
        west, south = WEST + across * WIDE, SOUTH + up * HIGH
        ring = [
            (west, south),
            (west + WIDE, south),
            (west + WIDE, south + HIGH),
            (west, south + HIGH),
            (west, south),
        ]
        shape = {"type": "Polygon", "coordinates": [[[round(x, 3), round(y, 3)] for x, y in ring]]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
    lines = ",\n".join(json.dumps(feature) for feature in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def benchmarks() -> list[Row]:
    """Return residents by sex and service of each district and of the county; by sex also those of working age."""
    counts = {"people": 0, "women": 0, "adults": 0, "veterans": 0, "people_16_to_64": 0, "women_16_to_64": 0,
              "without_level_3": 0, "women_without_level_3": 0}  # fmt: skip
    rows = []

    def told(code: str, name: str, values: Mapping[str, int]) -> None:
        rows.extend(
            {"area_code": code, "area_name": name, "variable": variable, "value": value, "unit": "people",
             "year": 2021, "source_table": "Invented", "source": MADE_UP}
            for variable, value in values.items()
        )  # fmt: skip

    for code, name in DISTRICTS.items():
        people = sum(row["population"] for row in areas() if row["district"] == code)
        values = {"people": people, "women": people * 51 // 100, "adults": people * 4 // 5,
                  "veterans": people * 6 // 100, "people_16_to_64": people * 3 // 5,
                  "women_16_to_64": people * 3 // 10, "without_level_3": people // 4,
                  "women_without_level_3": people // 10}  # fmt: skip
        told(code, name, values)
        counts = {variable: counts[variable] + value for variable, value in values.items()}
    told(COUNTY, "Fenmarsh", counts)
    return rows


def benchmark_groups() -> list[Row]:
    """Return which residents a group is set beside."""
    groups = (
        ("sex", "women", "women", "people", "false", "All residents", "false"),
        ("sex", "men", "women", "people", "true", "All residents", "false"),
        ("sex", "women", "women_16_to_64", "people_16_to_64", "false", "Residents aged 16 to 64", "true"),
        ("sex", "men", "women_16_to_64", "people_16_to_64", "true", "Residents aged 16 to 64", "true"),
        ("service", "veteran", "veterans", "adults", "false", "Adult residents", "false"),
        ("service", "other", "veterans", "adults", "true", "Adult residents", "false"),
        *(("sex", group, "women_without_level_3", "without_level_3", complement, "Adults without level 3", "false", "skills-barn")
          for group, complement in (("women", "false"), ("men", "true"))),
    )  # fmt: skip
    names = (
        "characteristic",
        "group",
        "variable",
        "base_variable",
        "complement",
        "scope",
        "working_age",
        "programme",
    )
    return [dict(zip(names, group, strict=False)) for group in groups]


def programmes() -> list[Row]:
    """Return what the council spends on, and whom it reaches."""
    names = ("id", "name", "what", "counts_people", "has_money", "buys", "unit", "open_to")
    return [
        {name: str(value).lower() if isinstance(value, bool) else value for name, value in zip(names, entry, strict=False)}
        for entry in PROGRAMMES
    ]  # fmt: skip


def programme_links() -> list[Row]:
    """Return which commitment a programme belongs to."""
    return [{"programme": entry[0], "commitment": id_} for entry in PROGRAMMES for id_ in entry[-1]]


def suppliers() -> list[tuple[str, str, str, str, str | None]]:
    """Return number, name, type, place and area of those who are paid."""
    kinds = ("charity", "family", "family", "company", "individual")
    spots = codes()
    found = []
    for number in range(20):
        kind = kinds[number % len(kinds)]
        code, district, *_ = spots[number * 7 % len(spots)]
        far = number % 4 == 3
        name = "Name withheld" if kind == "individual" else f"Example {kind.capitalize()} {number + 1}"
        found.append((f"F{number + 1:02d}", name, kind, "beyond" if far else district, None if far else code))
    return found


def contracts() -> list[Row]:
    """Return contracts above and below the council's threshold of £50,000; of two nobody knows if benefit was scored."""
    rows = []
    for number in range(24):
        scored = "" if number in (5, 17) else "true" if number % 5 < 3 else "false"
        rows.append(
            {
                "contract_id": f"T{number + 1:02d}", "supplier_id": f"F{number % 20 + 1:02d}",
                "programme": PROGRAMMES[number % 3][0], "start": date(2020, 4, 15) + timedelta(days=37 * number),
                "value_pence": spread(number, 30_000_00, 90_000_00), "social_value_scored": scored,
                "weighting_percent": 5 + number % 4 * 5 if scored == "true" else "",
            }
        )  # fmt: skip
    return rows


def payments() -> pd.DataFrame:
    """Return payments of every month up to the last day, a credit note among every forty."""
    own, spots = suppliers(), codes()
    rows = []
    for number in range(600):
        day = date(2020, 4, 3) + timedelta(days=number * 3 // 2)
        id_, name, kind, place, area = own[spread(number, 0, len(own) - 1)]
        pence = spread(number + 900, 600_00, 9_000_00)
        rows.append(
            {
                "id": f"Z{number + 1:04d}", "date": day, "supplier": name,
                "supplier_id": None if kind == "individual" else id_, "supplier_type": kind,
                "programme": PROGRAMMES[spread(number + 70, 0, len(PROGRAMMES) - 1)][0],
                "amount_pence": -pence if number % 40 == 39 else pence, "supplier_area": area, "supplier_place": place,
                "benefit_area": None if number % 6 == 5 else spots[spread(number + 7, 0, len(spots) - 1)][0],
                "purpose": "Work of the month",
                "contract_id": f"T{number % 24 + 1:02d}" if number % 3 == 0 else None,
            }
        )  # fmt: skip
    return pd.DataFrame([row for row in rows if row["date"] <= LAST_DAY])


def contacts() -> pd.DataFrame:
    """Return people reached, a line an area and quarter; the south is reached less than its need."""
    rows = []
    for place, programme in enumerate(entry[0] for entry in PROGRAMMES if entry[3]):
        for quarter, period in enumerate(QUARTERS):
            start = date(
                int(period[:4]) + (period[8:] == "Q4"), {"Q1": 4, "Q2": 7, "Q3": 10, "Q4": 1}[period[8:]], 1
            )
            for number, (code, _, _, up) in enumerate(codes()):
                people = spread(place * 999 + quarter * 37 + number, 3, 12) + 2 * up
                rows.append({"date": start, "programme": programme, "area": code, "people": people})
            rows.append({"date": start, "programme": programme, "area": None, "people": 20 + quarter})
    return pd.DataFrame(rows)


def reached_groups() -> list[Row]:
    """Return people reached by sex: the groups add up to the programme's people of the year."""
    lines = contacts()
    lines["year"] = [f"{d.year - (d.month < 4)}/{(d.year - (d.month < 4) + 1) % 100}" for d in lines["date"]]
    rows = []
    for (year, programme), people in lines.groupby(["year", "programme"])["people"].sum().items():
        unsaid = int(people) // 25
        women = (int(people) - unsaid) * (58 if programme == "skills-barn" else 47) // 100
        counts = {"women": women, "men": int(people) - unsaid - women, "not-stated": unsaid}
        rows += [
            {"year": year, "programme": programme, "characteristic": "sex", "group": group, "people": count}
            for group, count in counts.items()
        ]
    return rows


def tables() -> Tables:
    """Return every table that is kept as CSV."""
    return {
        "vocabulary": vocabulary(),
        "commitments": commitments(),
        "measures": measures(),
        "indicators": indicators(),
        "links": links(),
        **outcome_tables(),
        "updates": updates(),
        "observations_published": returns(),
        "observations_illustrative": observations(),
        "pay_quarters": pay_quarters(),
        "areas": areas(),
        "benchmarks": benchmarks(),
        "benchmark_groups": benchmark_groups(),
        "programmes": programmes(),
        "programme_links": programme_links(),
        "contracts": contracts(),
        "reached_groups": reached_groups(),
    }


AUTHORITY: Final = {
    "name": "Fenmarsh County Council",
    "short": "FCC",
    "area": "Fenmarsh",
    "place": "county",
    "framework": "Community Benefit Charter",
    "framework_from": "2020-04-01",
    "organisation": "fenmarsh",
    "contract_threshold_pence": 50_000_00,
    "contract_threshold_source": "Community Benefit Charter, page 9 (invented)",
    "contact": "The Charter lead of the council",
}
TITLES: Final = {
    "areas": "Areas",
    "benchmarks": "Who lives here",
    "commitments": "Pledges, ambitions and habits",
}
DESCRIPTIONS: Final = {
    "vocabulary": "The county's own lists.",
    "commitments": "Pledges, ambitions and habits of the Charter.",
    "areas": "Thirty squares that stand for small areas, with invented ranks.",
    "boundaries": "Outlines of the thirty areas: squares.",
    "observations_published": "Figures of the council's own returns.",
    "pay_quarters": "Share of women in each quarter of hourly pay.",
    "contracts": "Contracts above and below £50,000.",
}
# Fields that the county's tables do without.
WITHOUT: Final = {
    "commitments": (
        "vision", "objectives", "themes", "marmot_2010", "marmot_2022", "questions", "champion", "guidance_what",
        "guidance_how", "guidance_who", "guidance_where", "note",
    ),
    "indicators": ("baseline_year", "stage", "caveat"),
    "programmes": ("note",),
}  # fmt: skip
GROUPINGS: Final[list[Row]] = [
    {"name": "pillar", "title": "Pillars", "vocabulary": "pillar", "grouping": "Pillar"},
    {"name": "manners", "title": "Manners", "vocabulary": "manner", "grouping": "Manner"},
]
# (table, field) → pattern of the county's own identifiers.
PATTERNS: Final = {
    ("commitments", "id"): "^[WBNL][0-9]{2}$",
    ("measures", "id"): "^M[0-9]$",
    ("indicators", "id"): "^K[0-9]$",
    ("payments", "id"): "^Z[0-9]{4}$",
    ("payments", "supplier_id"): "^F[0-9]{2}$",
    ("payments", "contract_id"): "^T[0-9]{2}$",
    ("contracts", "contract_id"): "^T[0-9]{2}$",
    ("contracts", "supplier_id"): "^F[0-9]{2}$",
}


# (table, field) → what it is, in the county's words.
MEANINGS: Final = {
    ("commitments", "kind"): "Pledge, ambition or habit",
    ("benchmarks", "area_code"): "Code of a district, or of the county",
    ("payments", "supplier_type"): "As in the vocabulary; one each",
    ("payments", "supplier_area"): "LSOA 2021; empty outside the county and where it is not known",
    ("payments", "benefit_area"): "LSOA 2021; empty outside the county and where it is not known",
    ("contacts", "area"): "LSOA 2021 of the home; empty where it is not known or outside the county",
}


def _schema(name: str, embedded: Mapping[str, Any]) -> Row:
    """Return a table's schema: the embedded one with the county's own fields and patterns."""
    fields = []
    for field in embedded["fields"]:
        if field["name"] in WITHOUT.get(name, ()):
            continue
        constraints = dict(field.get("constraints", {}))
        if (name, field["name"]) in PATTERNS:
            constraints["pattern"] = PATTERNS[name, field["name"]]
        if (name, field["name"]) == ("areas", "rank"):
            constraints["maximum"] = 33_755
        if (name, field["name"]) == ("contracts", "social_value_scored"):
            constraints["required"] = False  # of old contracts nobody knows
        told = {"description": MEANINGS[name, field["name"]]} if (name, field["name"]) in MEANINGS else {}
        fields.append({**field, **told} | ({"constraints": constraints} if constraints else {}))
    if name == "commitments":
        after = next(n for n, field in enumerate(fields) if field["name"] == "place") + 1
        fields[after:after] = [
            {"type": "string", "separator": "; ", "grouping": True, **own} for own in GROUPINGS
        ]
    return {**embedded, "fields": fields}


def descriptor() -> Row:
    """Return ``datapackage.json``: the embedded pack's schemas, every resource illustrative."""
    embedded = json.loads(EMBEDDED.read_text(encoding="utf-8"))
    names = {*tables(), "boundaries", "payments", "contacts"}
    resources = []
    for resource in embedded["resources"]:
        name = resource["name"]
        if name not in names:
            continue
        kept = {
            key: resource[key]
            for key in ("name", "path", "format", "mediatype", "encoding", "access", "lines", "key")
            if key in resource
        }
        title = TITLES.get(name, resource["title"].removesuffix(" (illustrative)"))
        own = {
            "title": f"{title} (illustrative)",
            "description": f"{DESCRIPTIONS.get(name, title + '.')} Invented: nothing here is real.",
            "status": "illustrative",
            "updated": UPDATED,
            "updatedBy": "svdash authors",
            "sources": [{"title": "Made up by tests/packs/make_fenmarsh.py"}],
            "licenses": resource["licenses"][:1],
        }
        if "schema" in resource:
            own["schema"] = _schema(name, resource["schema"])
        resources.append({**kept, **own})
    return {
        "$schema": embedded["$schema"],
        "name": "fenmarsh-community-benefit",
        "title": "Fenmarsh Community Benefit Charter",
        "description": "The data pack of an invented county council: a worked example. Nothing in it is real.",
        "version": "0.1.0",
        "created": "2022-11-14T00:00:00Z",
        "licenses": embedded["licenses"][:1],
        "contributors": embedded["contributors"],
        "authority": AUTHORITY,
        "resources": resources,
    }


def _csv(rows: Iterable[Row], columns: Iterable[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return out.getvalue()


def texts() -> dict[str, str]:
    """Return the files that are text, by name."""
    about = descriptor()
    own = tables()
    files = {
        "datapackage.json": json.dumps(about, indent=1, ensure_ascii=False) + "\n",
        "boundaries.geojson": boundaries(),
    }
    for resource in about["resources"]:
        if resource["name"] in own:
            columns = [field["name"] for field in resource["schema"]["fields"]]
            files[resource["path"]] = _csv(own[resource["name"]], columns)
    return files


def lines() -> dict[str, pd.DataFrame]:
    """Return the files of lines, by name."""
    return {"payments.parquet": payments(), "contacts.parquet": contacts()}


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for name, frame in lines().items():
        frame.to_parquet(FOLDER / name, index=False)


if __name__ == "__main__":
    main()
