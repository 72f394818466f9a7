"""Where suppliers are, and which part of the money stays in the districts, now and over the years."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.economy.supplier_payments import CREDIT, NOMINAL, NOT_KNOWN, OFFICE, percent
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.spec import of_view
from svdash.register import NONE, Framework, View, narrowed, place

REGION: Final = "all-districts"
PLACES: Final = {
    "place_label": "Place of the supplier",
    "pounds": "Pounds",
    "share": "Share of these payments (%)",
    "share_known": "Share of spend with a known place (%)",
    "share_bought": "Share of goods, services and works (%)",
    "share_then": "Share in the compared year (%)",
    "points": "Change (points)",
    "lines": "Payments",
    "status": "Status",
}
YEARS: Final = {
    "year": "Financial year",
    "pounds": "Pounds, these payments",
    "local_pounds": "Pounds retained locally",
    "share": "Retained: share of these payments (%)",
    "share_known": "Retained: share of spend with a known place (%)",
    "share_bought": "Retained: share of goods, services and works (%)",
    "unknown_share": "No known place: share of these payments (%)",
    "points": "Change on the year before (points)",
    "verdict": "What can be said",
    "status": "Status",
}
POUNDS: Final = {"pounds": 2, "local_pounds": 2}
SHARES: Final = dict.fromkeys(
    ("share", "share_known", "share_bought", "share_then", "points", "unknown_share"), 1
)
METHOD: Final = (
    "Retained locally: spend with suppliers in the districts of {the} / all of the same payments × 100 (the measure of the "
    "Centre for Local Economic Strategies and of Preston's spend analysis). Beside it, of spend with a known place "
    "only. Payments without a known place are counted in the whole and shown as a place of their own."
)


# -- by place --------------------------------------------------------------------------------------------


@kept
def places(edition: Edition, view: View) -> Finding:
    """Return spend by place of the supplier in pounds and shares: each district, all of them, and beyond."""
    year = supplier_payments.year_of_money(edition, view)
    rows = supplier_payments.spend(edition, view)
    empty = supplier_payments.nothing(edition, view, rows, year)
    about = supplier_payments.about(edition)
    frame = pd.DataFrame(columns=[*PLACES, "place", "marker"])
    compare = supplier_payments.compare_year(edition, view, year, rows["year"])
    if not empty:
        frame = _by_place(edition, rows, year, compare).assign(status=least_official(about["statuses"]))
    return Finding(
        name="economy-places",
        row_key=("place_label",),
        headline=_places_headline(frame, year, supplier_payments.scope(edition, view)),
        subtitle=f"Spend by place of the supplier's office, nominal, {supplier_payments.region(edition)}, {supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=PLACES,
        decimals=POUNDS | SHARES,
        sentence=""
        if empty
        else _places_sentence(
            frame,
            compare,
            supplier_payments.part_years(edition, view, year),
            supplier_payments.scope(edition, view),
        ),
        alt=" ".join(row_in_words(row, "place_label") for row in records(frame)),
        legend="Dark bar: all districts together, retained locally."
        + ("" if compare == NONE else f" Orange line: share in {compare}."),
        chart=_bars(frame, "place_label", frame["place"] == REGION, compare),
        method=f"{METHOD.format(the=place(edition).the)} {wording.FULL_COUNT}",
        caveats=(OFFICE, NOMINAL, CREDIT, supplier_payments.ALL_SPEND),
        view=view,
        about=supplier_payments.row_context(edition, view, year, compare),
        empty=empty,
        **about,
    )


def _by_place(edition: Edition, rows: pd.DataFrame, year: str, compare: str) -> pd.DataFrame:
    """Return one row a place in the vocabulary's order, the districts together after the last of them."""
    labels = supplier_payments.labelled(edition, "supplier_place", rows["supplier_place"])
    local = [code for code in labels if code in supplier_payments.districts(edition)]
    rows = rows.assign(bought=rows["pence"].where(supplier_payments.bought(edition, rows), 0))
    order = [*local, REGION, *(code for code in labels if code not in local)]

    def summed(when: str) -> pd.DataFrame:
        sums = rows[rows["year"] == when].groupby("supplier_place")[["pence", "bought", "lines"]].sum()
        sums = sums.reindex(list(labels), fill_value=0)
        sums.loc[REGION] = sums.loc[local].sum()
        return sums.loc[order]

    now, then = summed(year), summed(compare)
    whole = int(now.drop(REGION)["pence"].sum())
    known = whole - int(now["pence"].get(NOT_KNOWN, 0))
    frame = pd.DataFrame(
        {
            "place": order,
            "place_label": [f"{supplier_payments.region(edition)}, all districts" if c == REGION else labels[c] for c in order],
            "pence": now["pence"].astype("int64"),
            "pounds": now["pence"] / 100,
            "share": supplier_payments.shares(now["pence"], whole),
            "share_known": supplier_payments.shares(now["pence"], known).mask(now.index == NOT_KNOWN),
            "share_bought": supplier_payments.shares(now["bought"], int(now.drop(REGION)["bought"].sum())),
            "share_then": supplier_payments.shares(then["pence"], int(then.drop(REGION)["pence"].sum())),
            "lines": now["lines"].astype("int64"),
        },
        index=order,
    )  # fmt: skip
    frame = frame.assign(points=frame["share"] - frame["share_then"], marker="[z]")
    return frame.reset_index(drop=True)


def _places_headline(frame: pd.DataFrame, year: str, scope: str) -> str:
    if frame.empty:
        return f"No spend to place in {year}"
    local = frame.set_index("place").loc[REGION]
    if pd.isna(local["share"]):
        return f"Credit notes outweigh payments in {year}: no share is retained"
    number = wording.count(list(frame["place"]).index(REGION), "district")
    return f"{wording.value(local['share'], 'percent')} of {scope} stayed with suppliers in the {number} in {year}"


def _places_sentence(frame: pd.DataFrame, compare: str, part: str, scope: str) -> str:
    local = records(frame[frame["place"] == REGION])[0]
    text = [f"{wording.money(local['pounds'])} of {wording.money(_whole(frame))} is retained locally."]
    if not pd.isna(local["share_known"]):
        text.append(f"Of spend with a known place it is {wording.value(local['share_known'], 'percent')}.")
    if not pd.isna(local["share_bought"]):
        text.append(
            f"Of goods, services and works among them it is {wording.value(local['share_bought'], 'percent')}."
        )
    if compare != NONE and not pd.isna(local["points"]):
        text.append(f"{changed(local['points'], compare)}.")
    text += [part] if part else []
    unknown = records(frame[(frame["place"] == NOT_KNOWN) & (frame["lines"] > 0)])
    if unknown:
        lost = unknown[0]
        share = "" if pd.isna(lost["share"]) else f" ({wording.value(lost['share'], 'percent')} of {scope})"
        lines = wording.count(int(lost["lines"]), "payment")
        text.append(f"No place is known for {wording.money(lost['pounds'])}{share} in {lines}.")
    else:
        text.append("Every payment has a known place.")
    return " ".join(text)


def _whole(frame: pd.DataFrame) -> float:
    return float(frame.loc[frame["place"] != REGION, "pounds"].sum())


def changed(points: float, when: str) -> str:
    """Say by how many points a share changed on another year."""
    told = wording.change(points, "percent")
    return f"No change on {when}" if told == "no change" else f"{told} on {when}"


def row_in_words(row: dict[str, Any], label: str) -> str:
    """Say a row's pounds and its share of spend, for those who can't see the chart."""
    share = "no share" if pd.isna(row["share"]) else f"{wording.value(row['share'], 'percent')} of spend"
    return f"{row[label]}: {wording.money(row['pounds'])}, {share}."


def _bars(frame: pd.DataFrame, label: str, stands_out: pd.Series, compare: str) -> pd.DataFrame:
    """Return rows of bars with a share each, that of the compared year as their mark; nothing where there are no shares."""
    shown = frame[frame["share"].notna()]
    return pd.DataFrame(
        {
            "label": shown[label],
            "value": shown["share"],
            "mark": shown["share_then"],
            "mark_name": compare,
            "stands_out": stands_out[shown.index],
            "told": [
                f"{wording.value(s, 'percent')} · {wording.money(p)}"
                for s, p in zip(shown["share"], shown["pounds"], strict=True)
            ],
        }
    )


# -- over the years --------------------------------------------------------------------------------------


@kept
def retained(edition: Edition, view: View) -> Finding:
    """Return the share of spend retained locally in each year up to the view's, with its change and part years."""
    year = supplier_payments.year_of_money(edition, view)
    rows = supplier_payments.spend(edition, view)
    rows = rows[rows["year"].notna() & (rows["year"] <= year)]
    empty = supplier_payments.nothing(edition, view, rows, year)
    about = supplier_payments.about(edition)
    frame = pd.DataFrame(columns=[*YEARS, "part", "marker"])
    if not empty:
        frame = _every_year(edition, view)
        frame = frame[frame["year"] <= year].assign(status=least_official(about["statuses"]))
    first = "" if frame.empty else f"{frame['year'].iloc[0]} to "
    scope = supplier_payments.scope(edition, view)
    return Finding(
        name="economy-retained",
        row_key=("year",),
        headline=_years_headline(frame, scope),
        subtitle=f"Spend with suppliers in the districts as a share of spend, {supplier_payments.region(edition)}, "
        f"{first}{supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=YEARS,
        decimals=POUNDS | SHARES,
        sentence="" if empty else _years_sentence(frame, scope),
        alt=" ".join(
            f"{row['year']}: {wording.value(row['share'], 'percent')} of {scope}, "
            f"{wording.value(row['share_known'], 'percent')} of spend with a known place; {row['verdict']}."
            for row in records(frame)
        ),
        legend="Dark line: of these payments. Dashed line: of spend with a known place. Hollow dot: part year.",
        chart=_lines(frame),
        method=f"{METHOD.format(the=place(edition).the)} {wording.FULL_COUNT}",
        caveats=(OFFICE, NOMINAL, CREDIT, supplier_payments.ALL_SPEND),
        view=view,
        about=supplier_payments.row_context(edition, view),
        empty=empty,
        **about,
    )


@narrowed("role", "commitment")
@kept
def _every_year(edition: Edition, view: View) -> pd.DataFrame:
    """Return :func:`_by_year` of all years; each is told beside the one before, so an earlier end leaves rows out."""
    rows = supplier_payments.spend(edition, view)
    return _by_year(edition, rows[rows["year"].notna()])


def _by_year(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a year. A part year is marked and not compared: money is not spent evenly over a year."""
    framework = Framework.of(edition)
    local = rows["supplier_place"].isin(list(supplier_payments.districts(edition)))
    unknown = rows["supplier_place"] == NOT_KNOWN
    bought = rows["pence"].where(supplier_payments.bought(edition, rows), 0)
    sums = pd.DataFrame(
        {
            "all": rows["pence"],
            "local": rows["pence"].where(local, 0),
            "lost": rows["pence"].where(unknown, 0),
            "bought": bought,
            "bought_locally": bought.where(local, 0),
        }
    )
    years = sums.groupby(rows["year"]).sum().sort_index()
    frame = pd.DataFrame(
        {
            "year": years.index,
            "pounds": years["all"] / 100,
            "local_pounds": years["local"] / 100,
            "share": [percent(a, b) for a, b in zip(years["local"], years["all"], strict=True)],
            "share_known": [
                percent(a, b) for a, b in zip(years["local"], years["all"] - years["lost"], strict=True)
            ],
            "share_bought": [
                percent(a, b) for a, b in zip(years["bought_locally"], years["bought"], strict=True)
            ],
            "unknown_share": [percent(a, b) for a, b in zip(years["lost"], years["all"], strict=True)],
            "part": [framework.calendar.is_part(str(year)) for year in years.index],
            "marker": "[z]",
        }
    ).reset_index(drop=True)
    frame["points"] = frame["share"].diff().mask(frame["part"])
    alone = frame["points"].isna()
    frame["verdict"] = pd.Series("change, no test possible", index=frame.index).mask(
        alone, "nothing to compare"
    )
    frame["verdict"] = frame["verdict"].mask(frame["part"], "part year, not compared")
    return frame


def _years_headline(frame: pd.DataFrame, scope: str) -> str:
    whole = frame[~frame["part"].astype(bool) & frame["share"].notna()] if len(frame) else frame
    if whole.empty:
        return f"Retained locally of {scope}: no complete year yet"
    first, last = whole.iloc[0], whole.iloc[-1]
    share = f"{wording.value(last['share'], 'percent')} in {last['year']}"
    if len(whole) == 1:
        return f"Retained locally of {scope}: {share}"
    change = wording.change(last["share"] - first["share"], "percent")
    return f"Retained locally of {scope}: {share}, {change} on {first['year']}"


def _years_sentence(frame: pd.DataFrame, scope: str) -> str:
    whole = frame[~frame["part"] & frame["share"].notna()]
    text = []
    if len(whole):
        last = whole.iloc[-1]
        text.append(
            f"Of spend with a known place: {wording.value(last['share_known'], 'percent')} in {last['year']}."
        )
        if not pd.isna(last["share_bought"]):
            text.append(
                f"Of goods, services and works only: {wording.value(last['share_bought'], 'percent')}."
            )
        if not pd.isna(last["points"]):
            before = frame.loc[frame["year"] < last["year"], "year"].iloc[-1]
            text.append(f"{changed(last['points'], before)} in the share of {scope}.")
    text += [
        f"{row['year']} is a part year ({wording.value(row['share'], 'percent')} so far) and is not compared."
        for row in records(frame[frame["part"]])
    ]
    if len(whole) > 1:
        text += records_in_words(whole.iloc[0], whole.iloc[-1])
    return " ".join(text)


def records_in_words(first: pd.Series, last: pd.Series) -> list[str]:
    """Say what better or worse records of places have to do with a change of the share retained; nothing below a point.

    Rows of :data:`YEARS`. Where the share of spend with a known place did not move the same way, records alone moved
    the share of all spend; where it did, they are a part of the change.
    """
    lost, before = last["unknown_share"], first["unknown_share"]
    if pd.isna(lost) or pd.isna(before) or abs(lost - before) < 1:
        return []
    told = (
        f"Spend without a known place went from {wording.value(before, 'percent')} to "
        f"{wording.value(lost, 'percent')}"
    )
    change, known = last["share"] - first["share"], last["share_known"] - first["share_known"]
    if pd.isna(change) or pd.isna(known) or change * (before - lost) <= 0:
        return [f"{told}."]
    kind = "better records" if lost < before else "poorer records"
    moved = "rise" if change > 0 else "fall"
    part = "all" if change * known <= 0 else "part"
    known_then, known_now = (wording.value(row["share_known"], "percent") for row in (first, last))
    since = (
        f"with a known place the share stayed at {known_now}"
        if known_then == known_now
        else f"with a known place the share went from {known_then} to {known_now}"
    )
    return [f"{told}: {kind} are {part} of the {moved}, since {since}."]


def _lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of two lines, of all spend and of spend with a known place; the last dot of each is named."""
    parts = []
    for name, column in (("of these payments", "share"), ("of spend with a known place", "share_known")):
        shown = frame[frame[column].notna()]
        value = shown[column].astype("float64")
        parts.append(
            pd.DataFrame(
                {
                    "year": shown["year"],
                    "series": name,
                    "value": value,
                    "part": shown["part"].astype(bool),
                    "told": [wording.number(v, 1) for v in value],
                    "last": [False] * (len(shown) - 1) + [True] * (len(shown) > 0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


SPECS: Final = (
    of_view("economy-places", "Spend by place of the supplier", places, drawing="bars"),
    of_view("economy-retained", "Spend retained locally, by year", retained, drawing="shares_by_year"),
)
