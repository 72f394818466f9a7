"""What a gap in mean pay is made of: the spread over quarters of pay, and pay inside them."""

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
    TABLE,
    common_to,
    newest_of,
    place,
    why_nothing,
)
from svdash.findings.equality.group_wording import group_name, name_of, row_context
from svdash.findings.finding import NOT_AVAILABLE, Finding, kept_by, records, statuses_of
from svdash.measures import pay as measure
from svdash.register import ALL, NOT_STATED, View

SPLIT: Final = "equality-pay-split"
PARTED: Final = {
    "group_label": "Group",
    "gap": "Mean gap (%)",
    "between": "From the spread over quarters (points)",
    "within": "From pay inside quarters (points)",
    "pounds": "Mean gap (£ an hour)",
    "between_pounds": "From the spread over quarters (£ an hour)",
    "within_pounds": "From pay inside quarters (£ an hour)",
    "verdict": "What can be said",
    "status": "Status",
}


@kept_by("year")
def split(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return the mean gap of each group split into the spread over quarters of pay, and pay inside the quarters."""
    name = name_of(edition, chosen.characteristic)
    common = common_to(edition, SPLIT, view, chosen, PARTED)
    common["decimals"] = {column: 2 if "pounds" in column else 1 for column in PARTED}
    common["method"] = (
        f"{METHOD} Split (Kitagawa): inside = the average of both groups' shares of a quarter × the difference of "
        "their pay in it, summed over quarters; the spread over quarters is what is left of the gap. Shares come from "
        f"exact counts. {COUNTS}"
    )
    organisation, year, rows = newest_of(edition, view, chosen.characteristic)
    labels = groups_of(edition, chosen.characteristic)
    present = [group for group in labels if group in set(rows["group"]) and group != NOT_STATED]
    if len(present) < 2:
        return Finding(
            headline=f"What the pay gap by {name} is made of: not known",
            subtitle=f"Mean pay gap by {name}, by quarters of pay",
            frame=pd.DataFrame(columns=list(PARTED)),
            empty=why_nothing(edition, view, chosen.characteristic),
            **common,
        )
    reference = reference_of(edition, chosen, present)
    frame = _parted(rows, [group for group in present if group != reference], reference).assign(
        group_label=lambda f: f["group"].map(labels), status=statuses_of(edition, TABLE)[0]
    )
    seen = frame[frame["gap"].notna()]
    beside = group_name(edition, chosen.characteristic, reference)
    most = seen.sort_values("people", ascending=False, kind="stable").head(DRAWN)
    return Finding(
        headline=_headline(seen, name),
        subtitle=f"Mean pay gap by quarters of pay, compared with {beside}, {place(edition, organisation, year)}",
        frame=frame,
        sentence=_sentence(frame, seen, beside),
        alt=" ".join(_spoken(row) for row in records(frame)),
        legend="Bars to the right: the group is paid less; to the left: more. The first two make up the third."
        + (f" The {DRAWN} largest groups." if len(seen) > DRAWN else ""),
        statuses=statuses_of(edition, TABLE),
        chart=_chart(seen[seen["group"].isin(most["group"])]) if len(seen) else None,
        about=row_context(edition, chosen.characteristic, year, organisation, reference, on_a_day=True),
        **common,
    )


def _parted(rows: pd.DataFrame, present: list[str], reference: str) -> pd.DataFrame:
    """Return a row a group with its mean gap and the two parts of it, in points and in pounds."""
    whole = rows[rows["quarter"] == ALL].set_index("group")
    quarters = rows[rows["quarter"].isin(NAMES)]
    found = []
    for group in present:
        pair = whole.reindex([reference, group])
        own, other = (float(amount) for amount in pair["mean_hourly"])
        parts = _parts(quarters[quarters["group"].isin([reference, group])], reference)
        hidden = math.isnan(own) or math.isnan(other)
        marker = disclosure.UNRELIABLE if hidden else parts.marker
        gap = round(measure.gap(own, other), 1) + 0.0
        inside_points, inside_pounds = (
            round(parts.within / own * 100, 1) + 0.0,
            round(parts.within, 2) + 0.0,
        )
        shown = math.nan if marker else 1.0
        found.append(
            {
                "group": group,
                "people": pair["people"].iloc[1],
                "gap": gap * shown,
                "between": (round(gap - inside_points, 1) + 0.0) * shown,
                "within": inside_points * shown,
                "pounds": (own - other) * shown,
                "between_pounds": (round(own - other - inside_pounds, 2) + 0.0) * shown,
                "within_pounds": inside_pounds * shown,
                "verdict": TOO_FEW_BESIDE
                if math.isnan(own)
                else _MADE_OF[marker]
                if marker
                else _made_of(gap, inside_points),
                "marker": marker,
            }
        )
    return pd.DataFrame(found)


def _parts(pair: pd.DataFrame, reference: str) -> measure.Split:
    """Split the gap of two groups from what may be seen; without figures where a cell is hidden or absent."""
    if len(pair) < 2 * len(NAMES) or pair["people"].isna().any():
        return measure.Split(math.nan, math.nan, math.nan, math.nan, disclosure.CONFIDENTIAL)
    if ((pair["people"] > 0) & ~(pair["inner_mean"] > 0)).any():
        return measure.Split(math.nan, math.nan, math.nan, math.nan, NOT_AVAILABLE)
    return measure.split(pair.assign(people=pair["exact_people"]), reference, pay="inner_mean")


TOO_FEW_BESIDE: Final = "too few in the comparison group"
_MADE_OF: Final = {
    disclosure.UNRELIABLE: "too few people",
    disclosure.CONFIDENTIAL: "held back",
    NOT_AVAILABLE: "not available",
}


def _made_of(gap: float, within: float) -> str:
    between = round(gap - within, 1)
    if gap == 0:
        return "no gap"
    if between * within < 0:
        return "the two work against each other"
    return "mostly the spread over quarters" if abs(between) > abs(within) else "mostly pay inside quarters"


def _headline(seen: pd.DataFrame, name: str) -> str:
    if seen.empty:
        return f"What the pay gap by {name} is made of: too few people to show"
    one = records(seen.loc[[seen["gap"].abs().idxmax()]])[0]
    if one["gap"] == 0:
        return f"{one['group_label']}: no gap in mean pay"
    spread = abs(one["between"]) >= abs(one["within"])
    made = "who is in which quarter of pay" if spread else "pay inside the same quarter"
    gap = f"{one['group_label']}: the mean {_called_gap(one['gap'])} comes"
    sole = one["between"] * one["within"] >= 0
    return f"{gap} {'mostly ' if sole and one['between'] and one['within'] else ''}from {made}"


def _sentence(frame: pd.DataFrame, seen: pd.DataFrame, beside: str) -> str:
    if frame["verdict"].eq(TOO_FEW_BESIDE).any():
        return FEW_BESIDE
    parts = []
    if len(seen):
        one = records(seen.loc[[seen["gap"].abs().idxmax()]])[0]
        parts.append(f"{one['group_label']}, beside {beside}: {_explained(one)}.")
    for marker, why in (
        (disclosure.UNRELIABLE, "Not shown, fewer than 10 people"),
        (disclosure.CONFIDENTIAL, "Held back to protect small counts in a quarter"),
        (NOT_AVAILABLE, "Without pay in every quarter"),
    ):
        hidden = list(frame.loc[frame["marker"] == marker, "group_label"])
        parts += [f"{why}: {wording.listing(hidden, DRAWN)}."] if hidden else []
    return " ".join([*parts, NO_TEST] if len(seen) else parts)


def _called_gap(gap: float) -> str:
    """Name a gap, or a lead where the group is paid more."""
    return f"{'gap' if gap > 0 else 'lead'} of {wording.percent(abs(gap))}"


def _explained(one: dict[str, Any]) -> str:
    """Say in a sentence what a gap is made of."""
    less = one["gap"] > 0
    quarters = {
        True: "being in the lower paid quarters more often",
        False: "being in the higher paid quarters more often",
    }
    inner = {True: "lower pay inside the same quarter", False: "higher pay inside the same quarter"}
    between, within, gap = (abs(round(one[name], 1)) for name in ("between", "within", "gap"))
    spread, own = quarters[one["between"] > 0], inner[one["within"] > 0]
    what = _called_gap(one["gap"])
    if gap == 0:
        return (
            "no gap in mean pay"
            if between == 0
            else f"no gap in mean pay: {spread} and {own} make up for each other, by {wording.number(between, 1)} points"
        )
    if within == 0 or between == 0:
        return f"all of the {what} comes from {spread if within == 0 else own}"
    if (one["between"] > 0) == (one["within"] > 0):
        return f"of the {what}, {wording.number(between, 1)} points come from {spread} and {wording.number(within, 1)} from {own}"
    (large, first), (small, second) = sorted(((between, spread), (within, own)), reverse=True)
    return (
        f"{first} would make a {'gap' if less else 'lead'} of {wording.percent(large)}; {second} takes {wording.number(small, 1)} points off it, which "
        f"leaves {wording.percent(gap)}"
    )


def _spoken(row: dict[str, Any]) -> str:
    return f"{row['group_label']}: {row['verdict'] if row['marker'] else _explained(row)}."


def _chart(seen: pd.DataFrame) -> pd.DataFrame:
    """Return three rows a group: the two parts of its gap and the gap."""
    named = (
        ("Spread over quarters", "between"),
        ("Inside the same quarter", "within"),
        ("Mean gap", "gap"),
    )
    parts = [
        pd.DataFrame({"label": seen["group_label"], "part": name, "order": order, "value": seen[column]})
        for order, (name, column) in enumerate(named)
    ]
    return pd.concat(parts, ignore_index=True).assign(whole=lambda rows: rows["order"] == len(named) - 1)


SPECS: Final = (of_groups("equality-pay-split", "The mean pay gap within and between quarters", split),)
