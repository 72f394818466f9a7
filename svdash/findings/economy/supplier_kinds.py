"""What kind of suppliers the money goes to, and which part of it stays in the districts within each kind."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.economy.local_spend import METHOD, POUNDS, SHARES, row_in_words
from svdash.findings.economy.supplier_payments import CREDIT, NOMINAL, NOT_KNOWN, OFFICE, percent
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.spec import of_view
from svdash.register import NONE, View, place

# From this share of a type's spend on it is said that its place is not known.
NOTED: Final = 5
KINDS: Final = {
    "type_label": "Type of supplier",
    "pounds": "Pounds",
    "share": "Share of these payments (%)",
    "share_bought": "Share of goods, services and works (%)",
    "local_pounds": "Pounds retained locally",
    "retained": "Retained locally within the type (%)",
    "unplaced": "No known place within the type (%)",
    "share_then": "Share in the compared year (%)",
    "points": "Change (points)",
    "lines": "Payments",
    "status": "Status",
}


@kept
def kinds(edition: Edition, view: View) -> Finding:
    """Return spend by type of supplier: pounds, its share of all spend, and what is retained locally within each."""
    year = supplier_payments.year_of_money(edition, view)
    rows = supplier_payments.spend(edition, view)
    empty = supplier_payments.nothing(edition, view, rows, year)
    about = supplier_payments.about(edition)
    compare = supplier_payments.compare_year(edition, view, year, rows["year"])
    frame = pd.DataFrame(columns=[*KINDS, "type", "marker"])
    if not empty:
        frame = _by_type(edition, rows, year, compare).assign(status=least_official(about["statuses"]))
    return Finding(
        name="economy-kinds",
        row_key=("type_label",),
        headline=_kinds_headline(frame, year, supplier_payments.scope(edition, view)),
        subtitle=f"Spend by type of supplier and what stays in the districts, nominal, {supplier_payments.region(edition)}, "
        f"{supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=KINDS,
        decimals=POUNDS | SHARES | {"retained": 1, "unplaced": 1},
        sentence=""
        if empty
        else _kinds_sentence(
            frame,
            compare,
            supplier_payments.part_years(edition, view, year),
            supplier_payments.scope(edition, view),
        ),
        alt=" ".join(f"{row_in_words(row, 'type_label')} {_kept(row)}." for row in records(frame)),
        legend="Whole bar: share of these payments. Dark part: what stays with suppliers in the districts.",
        chart=_two_parts(frame),
        method=f"{METHOD.format(the=place(edition).the)} Within a type: its spend in the districts / all its spend × 100. {wording.FULL_COUNT}",
        caveats=(
            OFFICE,
            NOMINAL,
            CREDIT,
            "A supplier has one type and is counted there only, whatever else is true of it.",
        ),
        view=view,
        about=supplier_payments.row_context(edition, view, year, compare),
        empty=empty,
        **about,
    )


def _by_type(edition: Edition, rows: pd.DataFrame, year: str, compare: str) -> pd.DataFrame:
    rows = rows.assign(supplier_type=rows["supplier_type"].fillna("no type named"))
    labels = supplier_payments.labelled(edition, "supplier_type", rows["supplier_type"])
    local = rows["supplier_place"].isin(list(supplier_payments.districts(edition)))
    lost = rows["supplier_place"] == NOT_KNOWN
    rows = rows.assign(
        local=rows["pence"].where(local, 0),
        lost=rows["pence"].where(lost, 0),
        bought=rows["pence"].where(supplier_payments.bought(edition, rows), 0),
    )
    added = ["pence", "local", "lost", "bought", "lines"]
    sums = rows[rows["year"] == year].groupby("supplier_type")[added].sum()
    sums = sums.reindex(list(labels), fill_value=0)
    then = rows[rows["year"] == compare].groupby("supplier_type")["pence"].sum()
    then = then.reindex(list(labels), fill_value=0)
    frame = pd.DataFrame(
        {
            "type": sums.index,
            "type_label": [labels[str(code)] for code in sums.index],
            "pounds": sums["pence"] / 100,
            "share": supplier_payments.shares(sums["pence"], int(sums["pence"].sum())),
            "share_bought": supplier_payments.shares(sums["bought"], int(sums["bought"].sum())),
            "local_pounds": sums["local"] / 100,
            "retained": [percent(a, b) for a, b in zip(sums["local"], sums["pence"], strict=True)],
            "unplaced": [percent(a, b) for a, b in zip(sums["lost"], sums["pence"], strict=True)],
            "share_then": supplier_payments.shares(then, int(then.sum())),
            "lines": sums["lines"].astype("int64"),
            "marker": "[z]",
        }
    )
    return frame.assign(points=frame["share"] - frame["share_then"]).reset_index(drop=True)


def _kinds_headline(frame: pd.DataFrame, year: str, scope: str) -> str:
    if frame.empty or frame["share"].isna().all():
        return f"No spend by type of supplier in {year}"
    most = frame.sort_values("share", ascending=False, kind="stable").iloc[0]
    return f"{most['type_label']}: {wording.value(most['share'], 'percent')} of {scope}, the most of any type"


def _kept(row: dict[str, Any]) -> str:
    if pd.isna(row["retained"]):
        return "No share retained can be worked out"
    return f"{wording.value(row['retained'], 'percent')} of it retained locally"


def _kinds_sentence(frame: pd.DataFrame, compare: str, part: str, scope: str) -> str:
    judged = frame[frame["retained"].notna()].sort_values("retained", ascending=False, kind="stable")
    whole = percent(float(frame["local_pounds"].sum()), float(frame["pounds"].sum()))
    text = []
    if len(judged) > 1:
        most, least = judged.iloc[0], judged.iloc[-1]
        text.append(
            f"Most stays local with {_in_words(most)}, least with {_in_words(least)}; "
            f"{wording.value(whole, 'percent')} of {scope}."
        )
        if least["unplaced"] >= NOTED:
            lost = wording.value(least["unplaced"], "percent")
            text.append(f"{least['type_label']}: {lost} has no known place, so more may stay.")
    moved = frame[frame["points"].notna()]
    if compare != NONE and len(moved):
        widest = moved.sort_values("points", key=lambda c: -c.abs(), kind="stable").iloc[0]
        text.append(
            f"Largest change of a share: {widest['type_label']}, {wording.change(widest['points'], 'percent')} on {compare}."
        )
    text += [part] if part else []
    return " ".join(text)


def _in_words(row: pd.Series) -> str:
    return f"{row['type_label']} ({wording.value(row['retained'], 'percent')})"


def _two_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of bars in two parts: share of all spend, and the points of it that stay local."""
    shown = frame[frame["share"].notna()]
    local = (
        supplier_payments.shares(shown["local_pounds"], float(frame["pounds"].sum()))
        if len(shown)
        else shown["share"]
    )
    return pd.DataFrame(
        {
            "label": shown["type_label"],
            "value": shown["share"],
            "local": local,
            "told": [
                wording.value(row["share"], "percent")
                + ("" if pd.isna(row["retained"]) else f", {wording.percent(row['retained'], 0)} of it stays")
                for row in records(shown)
            ],
        }
    )


SPECS: Final = (
    of_view("economy-kinds", "Spend by type of supplier, and what stays local", kinds, drawing="parts"),
)
