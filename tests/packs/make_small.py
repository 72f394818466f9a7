"""Makes the small pack: rows of the embedded pack for 42 areas, two years and three characteristics.

    python tests/packs/make_small.py [--data data] [--out tests/packs/small]

It is for tests that damage a pack or ask for many findings: reading, checking and gating it takes a tenth of the
time. It chooses rows and makes none up, so whatever the embedded pack says of an area, a payment or a group, this one
says too. Recruitment and the published returns keep the year before as well: three years are what is pooled. The register, the programmes and the
glossary are whole. The same input gives the same bytes. Run it again after a change to `data/`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as papq

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "data"
SMALL = HERE / "small"

YEARS = ("2024/25", "2025/26")
WITH_THE_YEAR_BEFORE = ("2023/24", *YEARS)
BEGIN, END = pd.Timestamp("2024-04-01"), pd.Timestamp("2026-04-01")
ALL = "all"
CHARACTERISTICS = ("sex", "ethnic-group", "disability")
# Small areas of each district: of its most deprived middle area, of two between, and of the least deprived one. Together
# they are of every decile.
AREAS_OF_MIDDLE_AREAS = (1, 1, 3, 2)
# One in so many lines of money that name no area is enough.
EVERY = 10

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def chosen_areas(areas: pd.DataFrame, places: pd.DataFrame) -> list[str]:
    """Codes of the small areas: some of four middle areas of each district, first those where a service has a door."""
    found: list[str] = []
    with_door = set(places["area"])
    ranked = areas.assign(rank=areas["rank"].astype(int), door=~areas["code"].isin(with_door))
    for _, district in ranked.groupby("district"):
        order = district.groupby("msoa")["rank"].mean().sort_values().index
        last = len(order) - 1
        for place, number in enumerate(AREAS_OF_MIDDLE_AREAS):
            middle = order[last * place // (len(AREAS_OF_MIDDLE_AREAS) - 1)]
            own = district[district["msoa"] == middle].sort_values(["door", "rank"])
            found += own["code"].head(number).tolist()
    return sorted(found)


def of_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the two years."""
    return rows[rows["year"].isin(YEARS)]


def of_characteristics(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of everybody and of the groups of the three characteristics."""
    return rows[rows["characteristic"].isin((ALL, *CHARACTERISTICS))]


def of_both(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the two years and the three characteristics."""
    return of_characteristics(of_years(rows))


def of_three_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the three characteristics, with those of the year before the two."""
    return of_characteristics(rows[rows["year"].isin(WITH_THE_YEAR_BEFORE)])


def vocabulary(rows: pd.DataFrame) -> pd.DataFrame:
    """The vocabulary without the other characteristics and their groups."""
    owner = rows["code"].str.partition("=")[0]
    own = {"characteristic", "group", "aggregate", "reference_group"}
    return rows[~rows["list"].isin(own) | owner.isin((ALL, *CHARACTERISTICS))]


def indicators(rows: pd.DataFrame) -> pd.DataFrame:
    """Indicators that are broken down by no other characteristic."""
    broken = rows["breakdowns"].map(
        lambda cell: "; ".join(each for each in cell.split("; ") if each in CHARACTERISTICS)
    )
    return rows.assign(breakdowns=broken)


EDITS: dict[str, Edit] = {
    "vocabulary": vocabulary,
    "indicators": indicators,
    "updates": of_years,
    "observations_published": of_three_years,
    "observations_illustrative": of_both,
    "recruitment": of_three_years,
    "pay_quarters": lambda rows: rows[rows["year"].isin(WITH_THE_YEAR_BEFORE)],
    "pay": of_both,
    "ownership": of_both,
    "panels": of_characteristics,
    "data_gaps": of_characteristics,
    "benchmark_groups": of_characteristics,
    "reached_groups": of_both,
}


def read(data: Path, name: str) -> pd.DataFrame:
    """Read a table as text, empty cells as empty text."""
    return pd.read_csv(data / f"{name}.csv", dtype="str", keep_default_na=False)


def write(out: Path, name: str, rows: pd.DataFrame) -> None:
    """Write a table of text."""
    rows.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")


def lines(data: Path, name: str, codes: list[str], *places: str) -> pa.Table:
    """Lines of the two years that lie in the chosen areas, and a tenth of those that lie in none."""
    rows = papq.read_table(data / f"{name}.parquet")
    when = rows["date"]
    rows = rows.filter(pc.and_(pc.greater_equal(when, BEGIN.date()), pc.less(when, END.date())))
    known = pa.array(codes)
    somewhere = pa.array([False] * rows.num_rows)
    inside = pa.array([True] * rows.num_rows)
    for place in places:
        somewhere = pc.or_(somewhere, pc.is_valid(rows[place]))
        inside = pc.and_(inside, pc.or_(pc.is_null(rows[place]), pc.is_in(rows[place], known)))
    some = pa.array([number % EVERY == 0 for number in range(rows.num_rows)])
    return rows.filter(pc.and_(inside, pc.or_(somewhere, some)))


def make(data: Path, out: Path) -> None:
    """Write the small pack into a folder, in place of what is there."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    codes = chosen_areas(read(data, "areas"), read(data, "places"))
    payments = lines(data, "payments", codes, "supplier_area", "benefit_area")
    contacts = lines(data, "contacts", codes, "area")
    for name, table in (("payments", payments), ("contacts", contacts)):
        papq.write_table(table, out / f"{name}.parquet", compression="zstd")
    contracts = set(payments["contract_id"].drop_null().to_pylist())
    edits = EDITS | {
        "areas": lambda rows: rows[rows["code"].isin(codes)],
        "places": lambda rows: rows[rows["area"].isin(codes)],
        "contracts": lambda rows: rows[rows["contract_id"].isin(contracts)],
    }
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        name = resource["name"]
        if name == "contacts":
            resource["complete"] = False  # of a few areas: groups of who was reached are of all
        if resource["format"] == "csv":
            write(out, name, edits.get(name, lambda rows: rows)(read(data, name)))
    shapes = json.loads((data / "boundaries.geojson").read_text(encoding="utf-8"))
    shapes["features"] = [each for each in shapes["features"] if each["properties"]["code"] in codes]
    written = json.dumps(shapes, separators=(",", ":"), ensure_ascii=False)
    (out / "boundaries.geojson").write_text(written + "\n", encoding="utf-8")
    descriptor |= {
        "name": "svdash-small",
        "title": f"{descriptor['title']}: a small part of it for tests",
        "description": "Made by tests/packs/make_small.py from the rows of the embedded pack.",
    }
    written = json.dumps(descriptor, indent=2, ensure_ascii=False)
    (out / "datapackage.json").write_text(written + "\n", encoding="utf-8")


def main() -> None:
    """Make it where the arguments say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=SMALL)
    asked = parser.parse_args()
    make(asked.data, asked.out)


if __name__ == "__main__":
    main()
