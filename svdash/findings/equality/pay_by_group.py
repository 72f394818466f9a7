"""The gap in pay of each group, in mean and in median."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.equality.comparison_groups import COUNTS, Chosen, of_groups, reference_of
from svdash.findings.equality.comparison_groups import groups as groups_of
from svdash.findings.equality.gated_pay import (
    DRAWN,
    FEW_BESIDE,
    METHOD,
    NAMES,
    NO_TEST,
    SHARES,
    TABLE,
    common_to,
    gap_in_words,
    newest_of,
    place,
    why_nothing,
)
from svdash.findings.equality.group_wording import LONGEST, group_name, name_of, row_context
from svdash.findings.finding import Finding, kept_by, records, statuses_of
from svdash.findings.indicators import gated_observations
from svdash.measures import pay as measure
from svdash.register import ALL, NOT_STATED, Framework, View

GROUPS: Final = "equality-pay-groups"
GROUPED: Final = {
    "group_label": "Group",
    "people": "People",
    "share": "Share of all (%)",
    "mean_hourly": "Mean pay (£ an hour)",
    "median_hourly": "Median pay (£ an hour)",
    "mean_gap": "Mean gap (%)",
    "median_gap": "Median gap (%)",
    "mean_pounds": "Mean gap (£ an hour)",
    "median_pounds": "Median gap (£ an hour)",
    **{f"quarter_{q}": f"Share of the {name} quarter (%)" for q, name in NAMES.items()},
    "status": "Status",
}


@kept_by("year")
def groups(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return the mean and the median gap of each group to the comparison group, and its share of each quarter."""
    name = name_of(edition, chosen.characteristic)
    common = common_to(edition, GROUPS, view, chosen, GROUPED)
    common["decimals"] = {column: 2 if "hourly" in column or "pounds" in column else 1 for column in GROUPED}
    common["decimals"]["people"] = 0
    common["method"] = f"{METHOD} A group's share of a quarter: of those in it who stated one. {COUNTS}"
    organisation, year, rows = newest_of(edition, view, chosen.characteristic)
    labels = groups_of(edition, chosen.characteristic)
    present = [group for group in labels if group in set(rows["group"])]
    if len([group for group in present if group != NOT_STATED]) < 2:
        return Finding(
            headline=f"Pay by {name}: not known",
            subtitle=f"Mean and median pay gap by {name}",
            frame=pd.DataFrame(columns=list(GROUPED)),
            empty=why_nothing(edition, view, chosen.characteristic),
            **common,
        )
    reference = reference_of(edition, chosen, present)
    frame = _grouped(edition, rows, present, reference).assign(
        group_label=lambda f: f["group"].map(labels), characteristic=chosen.characteristic
    )
    compared_groups = frame[(frame["group"] != NOT_STATED) & (frame["group"] != reference)]
    seen = compared_groups[compared_groups["mean_gap"].notna()]
    beside = group_name(edition, chosen.characteristic, reference)
    return Finding(
        headline=_headline(seen, beside, name),
        subtitle=f"Gap in mean and median hourly pay, compared with {beside}, {place(edition, organisation, year)}",
        frame=frame,
        sentence=_sentence(edition, frame, compared_groups, beside, year),
        alt=" ".join(_spoken(row, beside) for row in records(compared_groups)),
        legend=f"Dot: mean gap; diamond: median gap. Line at 0: paid as {beside}; right of it: paid less.",
        statuses=statuses_of(edition, TABLE),
        chart=_chart(seen) if len(seen) else None,
        about=row_context(edition, chosen.characteristic, year, organisation, reference, on_a_day=True),
        **common,
    )


def _grouped(edition: Edition, rows: pd.DataFrame, present: list[str], reference: str) -> pd.DataFrame:
    """Return a row a group: people, pay, gaps in percent and in pounds, and its share of each quarter."""
    whole = rows[rows["quarter"] == ALL].set_index("group").reindex(present)
    frame = whole[["people", "mean_hourly", "median_hourly", "marker"]].join(_shares(rows))
    for kind in ("mean", "median"):
        pay = frame[f"{kind}_hourly"].astype("float64")
        beside = pay.loc[[reference] * len(pay)].to_numpy()
        frame[f"{kind}_gap"] = measure.gap(beside, pay.to_numpy())
        frame[f"{kind}_pounds"] = beside - pay.to_numpy()
    marker = frame["marker"].fillna("")
    suppressed = (marker == "") & frame[SHARES].isna().any(axis=1)
    alone = (marker == "") & frame["mean_gap"].isna()
    return (
        frame.rename_axis("group")
        .reset_index()
        .assign(
            marker=marker.mask(alone, disclosure.UNRELIABLE)
            .mask(suppressed, disclosure.CONFIDENTIAL)
            .to_numpy(),
            reference=reference,
            status=statuses_of(edition, TABLE)[0],
        )
    )


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each group in each quarter, in percent, from what may be seen."""
    base = rows["exact_base"].where(rows["exact_base"] >= disclosure.PRESETS["gss"].least_base)
    of_all = disclosure.percents(100 * rows["exact_people"] / base, base)
    cells = pd.Series(of_all.to_numpy(), index=pd.MultiIndex.from_frame(rows[["group", "quarter"]]))
    return cells.unstack().reindex(columns=[*NAMES, ALL]).set_axis([*SHARES, "share"], axis=1)  # noqa: PD010 # one row a cell


def _headline(seen: pd.DataFrame, beside: str, name: str) -> str:
    if seen.empty:
        return f"Pay by {name}: too few people to show a gap"
    one = _widest(seen)
    mean = f"{one['group_label']}: mean pay {gap_in_words(one['mean_gap'], beside)}"
    median = f", median {gap_in_words(one['median_gap'])}"
    return mean + median if len(mean + median) <= LONGEST else mean


def _widest(seen: pd.DataFrame) -> dict[str, Any]:
    """Return the group whose mean pay is furthest from the comparison group's."""
    return records(seen.loc[[seen["mean_gap"].abs().idxmax()]])[0]


def _sentence(
    edition: Edition, frame: pd.DataFrame, compared_groups: pd.DataFrame, beside: str, year: str
) -> str:
    seen = compared_groups[compared_groups["mean_gap"].notna()]
    if frame.loc[frame["group"] == frame["reference"], "mean_hourly"].isna().any():
        return FEW_BESIDE
    unknown = frame["mean_hourly"].isna()
    hidden = list(frame.loc[unknown & frame["people"].isna(), "group_label"])
    beside_them = list(frame.loc[unknown & frame["people"].notna(), "group_label"])
    parts = [
        _gaps(frame, seen, beside),
        f"Not shown, fewer than 10 people: {wording.listing(hidden, DRAWN)}." if hidden else "",
        f"Held back, since everybody's pay would give the former away: {wording.listing(beside_them, DRAWN)}."
        if beside_them
        else "",
        _aggregate(edition, frame, year, str(frame["characteristic"].iloc[0])) if hidden else "",
        NO_TEST if len(seen) else "",
    ]
    return " ".join(part for part in parts if part)


def _gaps(frame: pd.DataFrame, seen: pd.DataFrame, beside: str) -> str:
    """Say how far the pay of the group spoken of is, and of the others, and where in the quarters it stands."""
    if seen.empty:
        return ""
    one = _widest(seen)
    other = records(frame[frame["group"] == one["reference"]])[0]
    pay = (
        f"{one['group_label']}: mean pay {wording.pounds_and_pence(one['mean_hourly'])} an hour, {gap_in_words(one['mean_gap'], beside)} "
        f"({wording.pounds_and_pence(other['mean_hourly'])}); median {wording.pounds_and_pence(one['median_hourly'])}, {gap_in_words(one['median_gap'])} "
        f"({wording.pounds_and_pence(other['median_hourly'])})."
    )
    low, high, of_all = (one[column] for column in (SHARES[0], SHARES[-1], "share"))
    text = [pay]
    if not (math.isnan(low) or math.isnan(high)):
        text.append(
            f"Share of the {NAMES['1']} quarter of pay {wording.value(low, 'percent')}, of the {NAMES['4']} "
            f"{wording.value(high, 'percent')}, of all {wording.value(of_all, 'percent')}."
        )
    rest = [
        f"{row['group_label']} {gap_in_words(row['mean_gap'])}"
        for row in records(seen[seen["group"] != one["group"]])
    ]
    return " ".join([*text, f"Mean pay of others: {wording.listing(rest, DRAWN)}." if rest else ""]).strip()


def _aggregate(edition: Edition, frame: pd.DataFrame, year: str, characteristic: str) -> str:
    """Say what the indicator of pay by groups tells of a group that takes several too small ones together."""
    rows = gated_observations.gated(edition)
    rows = rows[
        (rows["indicator"] == Framework.of(edition).concept("pay-gap-by-group"))
        & (rows["characteristic"] == characteristic)
        & (rows["year"] == year)
        & ~rows["group"].isin(set(frame["group"]))
        & rows["value"].notna()
    ]
    labels = groups_of(edition, characteristic)
    sentences = [
        f"{labels.get(row['group'], row['group'])}: median gap {wording.value(row['value'], 'percent')}"
        for row in records(rows)
    ]
    return (
        f"{'; '.join(sentences)} ({Framework.of(edition).concept('pay-gap-by-group')})." if sentences else ""
    )


def _spoken(row: dict[str, Any], beside: str) -> str:
    if math.isnan(row["mean_gap"]):
        return f"{row['group_label']}: not shown."
    return f"{row['group_label']}: mean pay {gap_in_words(row['mean_gap'], beside)}, median {gap_in_words(row['median_gap'])}."


def _chart(seen: pd.DataFrame) -> pd.DataFrame:
    """Return two rows a group: its mean and its median gap."""
    parts = [
        pd.DataFrame(
            {"label": seen["group_label"], "measure": measure_, "order": order, "value": seen[column]}
        )
        for order, (measure_, column) in enumerate((("Mean", "mean_gap"), ("Median", "median_gap")))
    ]
    rows = pd.concat(parts, ignore_index=True).assign(equal=0.0)
    return rows[rows["value"].notna()]


SPECS: Final = (of_groups("equality-pay-groups", "Pay gaps and pay quarters of groups", groups),)
