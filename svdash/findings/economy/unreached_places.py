"""Whom the money does not reach: districts with little spend for their residents, deprived areas without a supplier."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.economy.supplier_payments import CREDIT, NOMINAL, OFFICE, PAYMENTS, percent
from svdash.findings.finding import Finding, least_official, office, records
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import vintage
from svdash.findings.spec import of_view
from svdash.register import View

UNREACHED: Final = {
    "district_label": "District",
    "pounds": "Pounds",
    "per_resident": "Pounds per resident",
    "share": "Share of spend in the districts (%)",
    "resident_share": "Share of residents (%)",
    "points": "Gap (points)",
    "times": "Times the residents' share",
    "deprived": "Areas in decile 1",
    "without": "Of them without a supplier paid",
    "status": "Status",
}
DECIMALS: Final = {
    "pounds": 2,
    "per_resident": 2,
    "share": 1,
    "resident_share": 1,
    "points": 1,
    "times": 2,
}
METHOD: Final = (
    "Spend with suppliers whose office is in a district / spend with suppliers in all of them × 100, beside the "
    "district's share of residents. Pounds per resident: the same spend / residents. An area (LSOA) in decile 1 is in "
    "England's most deprived tenth; a supplier counts as paid there where payments to offices in the area, credit "
    "notes taken off, come to more than nothing."
)
NOT_BENEFIT: Final = (
    "This is where suppliers are, not where services go: see Reach and spend for the place of benefit. Some areas are "
    "homes only and have no offices."
)


@kept
def unreached(edition: Edition, view: View) -> Finding:
    """Return spend by district beside residents, least per resident first, and deprived areas without a supplier."""
    year = supplier_payments.year_of_money(edition, view)
    rows = supplier_payments.spend(edition, view)
    about = office(edition, (PAYMENTS, "areas"))
    empty = supplier_payments.nothing(edition, view, rows, year)
    if not empty and area_cells.areas(edition).empty:
        empty = "The data pack has no areas, so nobody can say how many live where: add the table areas."
    frame = pd.DataFrame(columns=[*UNREACHED, "district", "population", "marker"])
    if not empty:
        frame = _by_district(edition, view, rows, year).assign(status=least_official(about["statuses"]))
    return Finding(
        name="economy-unreached",
        row_key=("district_label",),
        headline=_headline(frame, year),
        subtitle=f"Spend with suppliers in each district against residents, nominal, {supplier_payments.region(edition)}, "
        f"{supplier_payments.year_in_words(edition, year)}; orange lines: share of residents",
        frame=frame,
        columns=UNREACHED,
        decimals=DECIMALS,
        sentence="" if empty else _sentence(edition, view, frame, year),
        alt=" ".join(_spoken(row) for row in records(frame)),
        legend="Bars: share of spend in the districts. Orange line: share of residents. Dark bar: least per resident.",
        chart=_bars(frame),
        method=f"{METHOD} Residents: {area_cells.title(edition, 'population')}. {wording.FULL_COUNT}",
        caveats=(OFFICE, NOT_BENEFIT, NOMINAL, CREDIT),
        vintage=vintage(edition),
        view=view,
        about=supplier_payments.row_context(edition, view, year),
        empty=empty,
        **about,
    )


def _by_district(edition: Edition, view: View, rows: pd.DataFrame, year: str) -> pd.DataFrame:
    where = area_cells.areas(edition).reset_index(drop=True)
    residents = where.groupby("district")["population"].sum().astype("float64")
    names = supplier_payments.districts(edition)
    codes = [code for code in names if code in residents.index]
    pence = rows[rows["year"] == year].groupby("supplier_place")["pence"].sum().reindex(codes, fill_value=0)
    deprived = where.loc[where["decile"] == 1].set_index("code")["district"]
    without = deprived[~deprived.index.isin(list(_paid(edition, view, year)))]
    frame = pd.DataFrame(
        {
            "district": codes,
            "district_label": [names[code] for code in codes],
            "population": residents[codes].to_numpy(),
            "pounds": pence.to_numpy(dtype="float64") / 100,
            "share": supplier_payments.shares(pence, int(pence.sum())).to_numpy(),
            "resident_share": [percent(n, float(residents[codes].sum())) for n in residents[codes]],
            "deprived": deprived.value_counts().reindex(codes, fill_value=0).to_numpy(),
            "without": without.value_counts().reindex(codes, fill_value=0).to_numpy(),
            "marker": "[z]",
        }
    )
    living = frame["population"].where(frame["population"] > 0)
    frame = frame.assign(
        per_resident=frame["pounds"] / living,
        points=frame["share"] - frame["resident_share"],
        times=frame["share"] / frame["resident_share"].where(frame["resident_share"] > 0),
    )
    return frame.sort_values(["per_resident", "district"], kind="stable", ignore_index=True)


def _area_sums(edition: Edition, view: View, year: str) -> pd.DataFrame:
    """Return pence by area of the supplier's office in the year: ``area``, ``known``, ``pence``, ``lines``."""
    rows = area_cells.cells(edition, area_cells.PAYMENTS).payments
    rows = supplier_payments.of_view(
        edition, view, rows[(rows["year"] == year) & (rows["kind"] == "supplier")]
    )
    return rows.groupby(["area", "known"], dropna=False, as_index=False)[["pence", "lines"]].sum()


def _paid(edition: Edition, view: View, year: str) -> set[str]:
    """Return the areas in which suppliers got more than they gave back."""
    sums = _area_sums(edition, view, year)
    return set(sums.loc[sums["known"] & (sums["pence"] > 0), "area"])


def _headline(frame: pd.DataFrame, year: str) -> str:
    judged = frame[frame["per_resident"].notna()] if len(frame) else frame
    if judged.empty:
        return f"Whom the money does not reach: not known for {year}"
    least = judged.iloc[0]
    all_of_them = judged["pounds"].sum() / judged["population"].sum()
    return (
        f"{least['district_label']}: {_per(least['per_resident'])} per resident to suppliers there, against "
        f"{_per(all_of_them)} in all"
    )


def _per(amount: float) -> str:
    return wording.money(amount) if abs(amount) >= 10 else wording.pounds_and_pence(amount)


def _sentence(edition: Edition, view: View, frame: pd.DataFrame, year: str) -> str:
    below = frame[frame["points"] < 0].sort_values("points", kind="stable")
    text = []
    if len(below):
        told = [
            f"{row['district_label']} ({wording.change(row['points'], 'percent')}, {wording.times(row['times'])})"
            for row in records(below)
        ]
        text.append(f"Below the share of residents: {wording.listing(told, 6)}.")
    deprived, without = int(frame["deprived"].sum()), int(frame["without"].sum())
    if deprived:
        text.append(
            f"{wording.number(without)} of {wording.count(deprived, 'area')} in England's most deprived tenth "
            f"({wording.value(percent(without, deprived), 'percent')}) have no supplier that was paid."
        )
        text += _decile_one(edition, view, year)
    return " ".join(text)


def _decile_one(edition: Edition, view: View, year: str) -> list[str]:
    """Say which part of the money with a known area is in decile 1, and how much in the districts has no area."""
    sums = _area_sums(edition, view, year)
    known = sums[sums["known"]]
    where = area_cells.areas(edition)
    first = where.index[where["decile"] == 1]
    share = percent(float(known.loc[known["area"].isin(first), "pence"].sum()), float(known["pence"].sum()))
    people = percent(float(where.loc[first, "population"].sum()), float(where["population"].sum()))
    if pd.isna(share):
        return []
    placed = float(known["pence"].sum())
    district = supplier_payments.spend(edition, view)
    district = district[
        (district["year"] == year)
        & district["supplier_place"].isin(list(supplier_payments.districts(edition)))
    ]
    lost = float(district["pence"].sum()) - placed
    noted = (
        f" {wording.money(lost / 100)} in the districts names no area and can't be placed in a decile."
        if lost > 0
        else ""
    )
    told = (
        f"The most deprived tenth as a whole ({wording.count(len(first), 'area')}) got "
        f"{wording.value(share, 'percent')} of the spend with a known area"
    )
    return [f"{told}; {wording.value(people, 'percent')} of residents live there.{noted}"]


def _spoken(row: dict[str, Any]) -> str:
    if pd.isna(row["share"]):
        return f"{row['district_label']}: {wording.money(row['pounds'])}, no share."
    return (
        f"{row['district_label']}: {wording.value(row['share'], 'percent')} of spend, "
        f"{wording.value(row['resident_share'], 'percent')} of residents."
    )


def _bars(frame: pd.DataFrame) -> pd.DataFrame:
    shown = frame[frame["share"].notna()]
    return pd.DataFrame(
        {
            "label": shown["district_label"],
            "value": shown["share"],
            "mark": shown["resident_share"],
            "mark_name": "share of residents",
            "stands_out": [number == 0 for number in range(len(shown))],
            "told": [f"{wording.value(row['share'], 'percent')}, {_per(row['per_resident'])} a head" for row in records(shown)],
        }
    )  # fmt: skip


SPECS: Final = (
    of_view("economy-unreached", "Spend by district beside residents", unreached, drawing="bars"),
)
