"""Pay: the published gaps over the years, the gap of each group, and what a gap is made of."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.findings import observed
from svdash.findings.base import (
    NOT_AVAILABLE,
    Finding,
    by_office,
    records,
    seen_from,
    statuses_of,
    updated_of,
)
from svdash.findings.equality.base import COUNTS, QUESTION, Chosen, reference_of, table
from svdash.findings.equality.base import groups as groups_of
from svdash.findings.equality.words import LONGEST, called, name_of, newest, no_rows, nothing
from svdash.findings.equality.workforce import indicator
from svdash.framework import ALL, NOT_STATED, OBSERVATIONS, Framework, View, year_end
from svdash.measures import pay as measure
from svdash.pack import Pack
from svdash.show import wording

RETURNS, GROUPS, SPLIT = "equality-pay-returns", "equality-pay-groups", "equality-pay-split"
TABLE, QUARTERS = "pay", "pay_quarters"
NAMES: Final = dict(zip(("1", "2", "3", "4"), measure.QUARTERS, strict=True))
SHARES: Final = [f"quarter_{quarter}" for quarter in NAMES]
DRAWN: Final = 4
ROUGH: Final = (
    "Full-pay relevant employees of one organisation. Shares come from rounded counts, so they differ a little from "
    "those of a statutory return."
)
FEW_BESIDE: Final = (
    "The comparison group has fewer than 10 people, so no gap can be shown: choose another one."
)
NO_TEST: Final = "No test possible: it is everybody's pay on one day, not a sample."
METHOD: Final = (
    "Pay gap: (comparison group's hourly pay - the group's) / the comparison group's × 100, in mean and in median, of "
    "full-pay relevant employees on 31 March; below zero: the group is paid more. Quarters: all employees ranked by "
    "hourly pay and cut into four equal parts. Groups of fewer than 10 people are left out as [k]."
)
RETURNED: Final = {
    "organisation_label": "Organisation",
    "as_at": "Snapshot",
    "mean": "Mean gap (%)",
    "median": "Median gap (%)",
    **{f"quarter_{q}": f"Women in the {name} quarter (%)" for q, name in NAMES.items()},
    "status": "Status",
}
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


# -- what may be seen --------------------------------------------------------------------------------------


def gated(pack: Pack) -> pd.DataFrame:
    """Return pay by group and quarter, gated once for each pack as the table of quarters × groups with totals.

    Columns: the keys, ``people`` (rounded or missing), ``base`` (everybody in the quarter who is told apart: those
    who stated a group, or all for those who did not), ``marker``, ``mean_hourly``, ``median_hourly`` (missing where
    the cell has fewer than ten people), and ``inner_mean``, the mean of any cell that is shown: for sums, never to be
    shown itself.
    """
    return pack.remember("equality.pay", lambda: _gated(pack))


_ONE: Final = ["year", "organisation", "characteristic"]


def _gated(pack: Pack) -> pd.DataFrame:
    keys = [*_ONE, "group", "quarter"]
    rows = table(pack, TABLE, *keys, "people", "mean_hourly", "median_hourly")
    rows = rows.assign(marker="", apart=rows["group"] == NOT_STATED)
    people = rows["people"]
    by_quarter = [rows[name] for name in (*_ONE, "quarter")]
    stated = people.mask(rows["apart"], 0).groupby(by_quarter).transform("sum")
    asked = people.groupby(by_quarter).transform("sum")
    rows = rows.assign(base=stated.mask(rows["apart"], asked))
    held = _held(rows.assign(asked=asked))
    seen = disclosure.suppress(rows, "people", held["people"])
    whole = people.where(rows["quarter"] == ALL).groupby([rows[name] for name in keys[:-1]]).transform("max")
    small = whole.isna() | (whole < measure.LEAST_PEOPLE)
    seen["people"] = seen["people"].mask(small)
    seen["marker"] = seen["marker"].mask(small, disclosure.UNRELIABLE)
    hidden = seen["people"].isna()
    seen["base"] = disclosure.rounded(rows["base"]).mask(held["base"])
    seen["inner_mean"] = seen["mean_hourly"].mask(hidden)
    few = hidden | (people < measure.LEAST_PEOPLE)
    pays = {name: seen[name].mask(few | (seen[name] <= 0)) for name in ("mean_hourly", "median_hourly")}
    return seen.assign(**pays).drop(columns="apart")


def _held(rows: pd.DataFrame) -> pd.DataFrame:
    """Return which counts are hidden, and which bases, those who answered in a quarter and everybody in it.

    Quarters of a group add up to all of it, groups of a quarter to those who stated one, and with those who did not
    to everybody.
    """
    counts: dict[Hashable, int] = {label: int(n) for label, n in rows["people"].items()}
    sums: list[Sum] = []
    bases: dict[Hashable, Hashable] = {}
    for _, group in rows.groupby([*_ONE, "group"], sort=False):
        quarters, whole = group[group["quarter"] != ALL], group[group["quarter"] == ALL]
        if len(whole) == 1 and quarters["people"].sum() == whole["people"].iloc[0]:
            sums.append(Sum(whole.index[0], tuple(quarters.index), line=True))
    for key, line in rows.groupby([*_ONE, "quarter"], sort=False):
        asked, answered = (("asked", *key), ("answered", *key))
        stated, silent = line.index[~line["apart"]], line.index[line["apart"]]
        counts[asked] = int(line["asked"].iloc[0])
        if len(stated):
            counts[answered] = int(line.loc[stated, "people"].sum())
            sums.append(Sum(answered, tuple(stated), line=True))
        sums.append(Sum(asked, tuple(([answered] if len(stated) else []) + list(silent))))
        bases |= dict.fromkeys(stated, answered) | dict.fromkeys(silent, asked)
    # Totals stay longer than what they are made of.
    stay = dict.fromkeys(counts, 1) | dict.fromkeys(rows.index[rows["quarter"] != ALL], 0)
    # The same people are asked for every characteristic, so what all of them tell can give their number.
    known = [name for name in counts if isinstance(name, tuple) and name[0] == "asked"]
    held = disclosure.safe(counts, sums, known=known, shown=known, stay=stay).to_dict()
    return pd.DataFrame(
        {
            "people": [held[label] for label in rows.index],
            "base": [held[bases[label]] for label in rows.index],
        },
        index=rows.index,
    )


def _newest(pack: Pack, view: View, characteristic: str) -> tuple[str, str, pd.DataFrame]:
    rows = gated(pack)
    rows = rows[rows["characteristic"] == characteristic]
    organisation, year = newest(pack, view, rows, "year")
    return organisation, year, rows[(rows["organisation"] == organisation) & (rows["year"] == year)]


def _why_nothing(pack: Pack, view: View, characteristic: str) -> str:
    rows = gated(pack)
    if rows.empty:
        return no_rows(TABLE)
    years = sorted(set(rows.loc[rows["characteristic"] == characteristic, "year"]))
    codes = [code for code in (indicator(pack, "pay-groups"),) if code]
    return nothing(pack, codes, characteristic, "pay", years[0] if years else "", view.year)


def _place(pack: Pack, organisation: str, year: str) -> str:
    return f"{Framework.of(pack).label('organisation', organisation)}, {wording.day(year_end(year))}"


def _pounds(amount: float) -> str:
    return f"£{amount:.2f}"


def _apart(gap: float, beside: str = "") -> str:
    """Say how far pay is from the comparison group's."""
    if round(gap, 1) == 0:
        return f"the same as {beside}" if beside else "the same"
    return f"{wording.value(abs(gap), 'percent')} {'below' if gap > 0 else 'above'} {beside}".strip()


# -- the gap of each group -----------------------------------------------------------------------------------


def groups(pack: Pack, view: View, chosen: Chosen) -> Finding:
    """Return the mean and the median gap of each group to the comparison group, and its share of each quarter."""
    return seen_from(pack, view, (GROUPS, view.year, chosen), lambda: _groups(pack, view, chosen))


def _common(pack: Pack, name: str, view: View, chosen: Chosen, columns: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "params": chosen.params(),
        "columns": columns,
        "view": view,
        "updated": updated_of(pack, TABLE) if TABLE in pack.names else None,
        "caveats": (
            QUESTION,
            ROUGH,
        ),
    }


def _groups(pack: Pack, view: View, chosen: Chosen) -> Finding:
    name = name_of(pack, chosen.characteristic)
    common = _common(pack, GROUPS, view, chosen, GROUPED)
    common["decimals"] = {column: 2 if "hourly" in column or "pounds" in column else 1 for column in GROUPED}
    common["decimals"]["people"] = 0
    common["method"] = f"{METHOD} A group's share of a quarter: of those in it who stated one. {COUNTS}"
    organisation, year, rows = _newest(pack, view, chosen.characteristic)
    labels = groups_of(pack, chosen.characteristic)
    present = [group for group in labels if group in set(rows["group"])]
    if len([group for group in present if group != NOT_STATED]) < 2:
        return Finding(
            headline=f"Pay by {name}: not known",
            subtitle=f"Mean and median pay gap by {name}",
            frame=pd.DataFrame(columns=list(GROUPED)),
            empty=_why_nothing(pack, view, chosen.characteristic),
            **common,
        )
    reference = reference_of(pack, chosen, present)
    frame = _grouped(pack, rows, present, reference).assign(
        group_label=lambda f: f["group"].map(labels), characteristic=chosen.characteristic
    )
    told = frame[(frame["group"] != NOT_STATED) & (frame["group"] != reference)]
    seen = told[told["mean_gap"].notna()]
    beside = called(pack, chosen.characteristic, reference)
    return Finding(
        headline=_headline(seen, beside, name),
        subtitle=f"Gap in mean and median hourly pay, compared with {beside}, {_place(pack, organisation, year)}",
        frame=frame,
        sentence=_sentence(pack, frame, told, beside, year),
        alt=" ".join(_spoken(row, beside) for row in records(told)),
        legend=f"Dot: mean gap; diamond: median gap. Line at 0: paid as {beside}; right of it: paid less.",
        statuses=statuses_of(pack, TABLE),
        chart=_chart(seen) if len(seen) else None,
        **common,
    )


def _grouped(pack: Pack, rows: pd.DataFrame, present: list[str], reference: str) -> pd.DataFrame:
    """Return a row a group: people, pay, gaps in percent and in pounds, and its share of each quarter."""
    whole = rows[rows["quarter"] == ALL].set_index("group").reindex(present)
    frame = whole[["people", "mean_hourly", "median_hourly", "marker"]].join(_shares(rows))
    for kind in ("mean", "median"):
        pay = frame[f"{kind}_hourly"].astype("float64")
        beside = pay.loc[[reference] * len(pay)].to_numpy()
        frame[f"{kind}_gap"] = measure.gap(beside, pay.to_numpy())
        frame[f"{kind}_pounds"] = beside - pay.to_numpy()
    marker = frame["marker"].fillna("")
    held = (marker == "") & frame[SHARES].isna().any(axis=1)
    alone = (marker == "") & frame["mean_gap"].isna()
    return (
        frame.rename_axis("group")
        .reset_index()
        .assign(
            marker=marker.mask(alone, disclosure.UNRELIABLE).mask(held, disclosure.CONFIDENTIAL).to_numpy(),
            reference=reference,
            status=statuses_of(pack, TABLE)[0],
        )
    )


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each group in each quarter, in percent, from what may be seen."""
    base = rows["base"].where(rows["base"] >= disclosure.PRESETS["gss"].least_base).astype("float64")
    percent = (100 * rows["people"].astype("float64") / base).clip(upper=100)
    cells = pd.Series(percent.to_numpy(), index=pd.MultiIndex.from_frame(rows[["group", "quarter"]]))
    return cells.unstack().reindex(columns=[*NAMES, ALL]).set_axis([*SHARES, "share"], axis=1)  # noqa: PD010 # one row a cell


def _headline(seen: pd.DataFrame, beside: str, name: str) -> str:
    if seen.empty:
        return f"Pay by {name}: too few people to show a gap"
    one = _widest(seen)
    mean = f"{one['group_label']}: mean pay {_apart(one['mean_gap'], beside)}"
    median = f", median {_apart(one['median_gap'])}"
    return mean + median if len(mean + median) <= LONGEST else mean


def _widest(seen: pd.DataFrame) -> dict[str, Any]:
    """Return the group whose mean pay is furthest from the comparison group's."""
    return records(seen.loc[[seen["mean_gap"].abs().idxmax()]])[0]


def _sentence(pack: Pack, frame: pd.DataFrame, told: pd.DataFrame, beside: str, year: str) -> str:
    seen = told[told["mean_gap"].notna()]
    if frame.loc[frame["group"] == frame["reference"], "mean_hourly"].isna().any():
        return FEW_BESIDE
    hidden = list(frame.loc[frame["mean_hourly"].isna(), "group_label"])
    parts = [
        _gaps(frame, seen, beside),
        f"Not shown, fewer than 10 people: {wording.listing(hidden, DRAWN)}." if hidden else "",
        _aggregate(pack, frame, year, str(frame["characteristic"].iloc[0])) if hidden else "",
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
        f"{one['group_label']}: mean pay {_pounds(one['mean_hourly'])} an hour, {_apart(one['mean_gap'], beside)} "
        f"({_pounds(other['mean_hourly'])}); median {_pounds(one['median_hourly'])}, {_apart(one['median_gap'])} "
        f"({_pounds(other['median_hourly'])})."
    )
    low, high, of_all = (one[column] for column in (SHARES[0], SHARES[-1], "share"))
    text = [pay]
    if not (math.isnan(low) or math.isnan(high)):
        text.append(
            f"Share of the {NAMES['1']} quarter of pay {wording.value(low, 'percent')}, of the {NAMES['4']} "
            f"{wording.value(high, 'percent')}, of all {wording.value(of_all, 'percent')}."
        )
    rest = [
        f"{row['group_label']} {_apart(row['mean_gap'])}"
        for row in records(seen[seen["group"] != one["group"]])
    ]
    return " ".join([*text, f"Mean pay of others: {wording.listing(rest, DRAWN)}." if rest else ""]).strip()


def _aggregate(pack: Pack, frame: pd.DataFrame, year: str, characteristic: str) -> str:
    """Say what the indicator of pay by groups tells of a group that takes several too small ones together."""
    rows = observed.gated(pack)
    rows = rows[
        (rows["indicator"] == indicator(pack, "pay-groups"))
        & (rows["characteristic"] == characteristic)
        & (rows["year"] == year)
        & ~rows["group"].isin(set(frame["group"]))
        & rows["value"].notna()
    ]
    labels = groups_of(pack, characteristic)
    said = [
        f"{labels.get(row['group'], row['group'])}: median gap {wording.value(row['value'], 'percent')}"
        for row in records(rows)
    ]
    return f"{'; '.join(said)} ({indicator(pack, 'pay-groups')})." if said else ""


def _spoken(row: dict[str, Any], beside: str) -> str:
    if math.isnan(row["mean_gap"]):
        return f"{row['group_label']}: not shown."
    return f"{row['group_label']}: mean pay {_apart(row['mean_gap'], beside)}, median {_apart(row['median_gap'])}."


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


# -- what a gap is made of -----------------------------------------------------------------------------------


def split(pack: Pack, view: View, chosen: Chosen) -> Finding:
    """Return the mean gap of each group split into the spread over quarters of pay, and pay inside the quarters."""
    return seen_from(pack, view, (SPLIT, view.year, chosen), lambda: _split(pack, view, chosen))


def _split(pack: Pack, view: View, chosen: Chosen) -> Finding:
    name = name_of(pack, chosen.characteristic)
    common = _common(pack, SPLIT, view, chosen, PARTED)
    common["decimals"] = {column: 2 if "pounds" in column else 1 for column in PARTED}
    common["method"] = (
        f"{METHOD} Split (Kitagawa): inside = the average of both groups' shares of a quarter × the difference of "
        "their pay in it, summed over quarters; the spread over quarters is what is left of the gap. Shares come from "
        f"rounded counts. {COUNTS}"
    )
    organisation, year, rows = _newest(pack, view, chosen.characteristic)
    labels = groups_of(pack, chosen.characteristic)
    present = [group for group in labels if group in set(rows["group"]) and group != NOT_STATED]
    if len(present) < 2:
        return Finding(
            headline=f"What the pay gap by {name} is made of: not known",
            subtitle=f"Mean pay gap by {name}, by quarters of pay",
            frame=pd.DataFrame(columns=list(PARTED)),
            empty=_why_nothing(pack, view, chosen.characteristic),
            **common,
        )
    reference = reference_of(pack, chosen, present)
    frame = _parted(rows, [group for group in present if group != reference], reference).assign(
        group_label=lambda f: f["group"].map(labels), status=statuses_of(pack, TABLE)[0]
    )
    seen = frame[frame["gap"].notna()]
    beside = called(pack, chosen.characteristic, reference)
    most = seen.sort_values("people", ascending=False, kind="stable").head(DRAWN)
    return Finding(
        headline=_headline_parts(seen, name),
        subtitle=f"Mean pay gap by quarters of pay, compared with {beside}, {_place(pack, organisation, year)}",
        frame=frame,
        sentence=_sentence_parts(frame, seen, beside),
        alt=" ".join(_spoken_parts(row) for row in records(frame)),
        legend="Bars to the right: the group is paid less; to the left: more. The first two make up the third."
        + (f" The {DRAWN} largest groups." if len(seen) > DRAWN else ""),
        statuses=statuses_of(pack, TABLE),
        chart=_chart_parts(seen[seen["group"].isin(most["group"])]) if len(seen) else None,
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
        # Rounding of counts moves the spread and hardly the inside, so the spread is what is left of the gap.
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
    return measure.split(pair.assign(people=pair["people"].astype("float64")), reference, pay="inner_mean")


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


def _headline_parts(seen: pd.DataFrame, name: str) -> str:
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


def _percent(gap: float) -> str:
    return wording.value(gap, "percent")


def _sentence_parts(frame: pd.DataFrame, seen: pd.DataFrame, beside: str) -> str:
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
    return f"{'gap' if gap > 0 else 'lead'} of {_percent(abs(gap))}"


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
            else f"no gap in mean pay: {spread} and {own} make up for each other, by {between:.1f} points"
        )
    if within == 0 or between == 0:
        return f"all of the {what} comes from {spread if within == 0 else own}"
    if (one["between"] > 0) == (one["within"] > 0):
        return f"of the {what}, {between:.1f} points come from {spread} and {within:.1f} from {own}"
    (large, first), (small, second) = sorted(((between, spread), (within, own)), reverse=True)
    return (
        f"{first} would make a {'gap' if less else 'lead'} of {large:.1f}%; {second} takes {small:.1f} points off it, which "
        f"leaves {gap:.1f}%"
    )


def _spoken_parts(row: dict[str, Any]) -> str:
    return f"{row['group_label']}: {row['verdict'] if row['marker'] else _explained(row)}."


def _chart_parts(seen: pd.DataFrame) -> pd.DataFrame:
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


# -- the published returns -------------------------------------------------------------------------------------


def returns(pack: Pack, view: View) -> Finding:
    """Return the published mean and median gaps over the years, with the share of women in each quarter."""
    return seen_from(pack, view, (RETURNS, view.year), lambda: _returns(pack, view))


def _returns(pack: Pack, view: View) -> Finding:
    used = [name for name in (*OBSERVATIONS, QUARTERS) if name in pack.names]
    common: dict[str, Any] = {
        "name": RETURNS,
        "columns": RETURNED,
        "decimals": dict.fromkeys(RETURNED, 1),
        "view": view,
        "updated": updated_of(pack, *used),
        "method": f"{METHOD} As in the statutory returns; the organisations report apart and are not averaged.",
        "caveats": (QUESTION, "A return tells of women and men only.", *_caveat(pack)),
    }
    rows = observed.gated(pack)
    named = {indicator(pack, f"pay-{kind}"): kind for kind in ("mean", "median")}
    rows = rows[rows["indicator"].isin([code for code in named if code]) & (rows["group"] == ALL)]
    upto = rows[((view.year == ALL) | (rows["year"] <= view.year)) & rows["value"].notna() & ~rows["part"]]
    if upto.empty:
        first = min(rows["year"], default="")
        return Finding(
            headline="Gender pay gap returns: no figures",
            subtitle="Mean and median gap in hourly pay between women and men",
            frame=pd.DataFrame(columns=list(RETURNED)),
            empty=f"No return up to {view.year}: the first is of {first}."
            if first
            else _no_returns(pack, list(named)),
            **common,
        )
    frame = _returned(pack, upto.assign(kind=upto["indicator"].map(named)))
    changes = _changes(frame)
    seen = sorted(set(frame["as_at"]))
    return Finding(
        headline=_headline_returns(pack, changes),
        subtitle="Gap in mean and median hourly pay, percent of men's, and women's share of each quarter of pay; "
        f"statutory returns, {_span(seen[0], seen[-1])}",
        frame=frame.sort_values(["place", "as_at"], ascending=[True, False], ignore_index=True),
        sentence=_sentence_returns(frame, changes),
        alt=" ".join(f"{row['who']}: {_changed(row, True)}." for row in changes),
        legend="Each organisation by itself. Above zero: women are paid less.",
        statuses=by_office(
            set(upto["status"]) | set(statuses_of(pack, *([QUARTERS] if QUARTERS in pack.names else [])))
        ),
        chart=_chart_returns(pack, frame),
        **common,
    )


def _caveat(pack: Pack) -> tuple[str, ...]:
    code = indicator(pack, "pay-mean")
    return (str(Framework.of(pack).indicator(code)["caveat"]),) if code else ()


def _no_returns(pack: Pack, codes: list[str]) -> str:
    register = Framework.of(pack).indicators
    owners = [str(register.loc[code, "owner"]) for code in codes if code in register.index]
    who = f"Owner: {owners[0]}." if owners else "Nobody is recorded as the owner."
    return f"No figures from a statutory return. {who}"


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return (
        wording.day(last.date())
        if first == last
        else f"{wording.day(first.date())} to {wording.day(last.date())}"
    )


def _returned(pack: Pack, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row an organisation and snapshot: both gaps, women in each quarter, in the order of the years."""
    organisations = Framework.of(pack).labels("organisation")
    keys = ["organisation", "year"]
    status = rows.groupby(keys)["status"].first()
    as_at = rows.groupby(keys)["as_at"].max()
    gaps = rows.set_index([*keys, "kind"])["value"].unstack().reindex(columns=["mean", "median"])  # noqa: PD010 # one row a cell
    women = table(pack, QUARTERS, *keys, "quarter", "women_percent")
    by_quarter = women.assign(quarter=women["quarter"].astype("str")).set_index([*keys, "quarter"])[
        "women_percent"
    ]
    shares = by_quarter.unstack().reindex(columns=list(NAMES)).set_axis(SHARES, axis=1)  # noqa: PD010 # one row a cell
    frame = gaps.join(shares).assign(as_at=as_at, status=status).reset_index()
    places = {code: place for place, code in enumerate(organisations)}
    return frame.assign(
        organisation_label=frame["organisation"].map(lambda code: organisations.get(code, code)),
        place=frame["organisation"].map(lambda code: places.get(code, len(places))),
    ).sort_values(["place", "as_at"], ignore_index=True)


def _changes(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return for each organisation and gap its first and latest value, with their days."""
    found = []
    for label, rows in frame.groupby("organisation_label", sort=False):
        for kind in ("mean", "median"):
            told = records(rows[rows[kind].notna()])
            if told:
                first, last = told[0], told[-1]
                # What is written is one decimal: the change is the one between the figures beside it.
                change = round(last[kind], 1) - round(first[kind], 1)
                found.append(
                    {
                        "who": str(label),
                        "kind": kind,
                        "first": first[kind],
                        "last": last[kind],
                        "since": first["as_at"],
                        "at": last["as_at"],
                        "change": round(change, 1) if len(told) > 1 else math.nan,
                    }
                )
    return found


def _headline_returns(pack: Pack, changes: list[dict[str, Any]]) -> str:
    """Say at how many organisations each gap went which way."""
    told = [row for row in changes if not math.isnan(row["change"])]
    who = list(dict.fromkeys(row["who"] for row in told))
    if not told:
        return "Gender pay gap: too early to tell a change"
    if len(who) == 1:
        ways = [f"{row['kind']} {_way(row['change'])}" for row in told]
        return f"Gender pay gap at {_short(pack, who[0])}: {', '.join(ways)}"
    parts = [
        f"{kind} {_ways([row['change'] for row in told if row['kind'] == kind])}"
        for kind in ("mean", "median")
        if any(row["kind"] == kind for row in told)
    ]
    return f"Gender pay gap: {'; '.join(parts)}"


def _way(change: float) -> str:
    return "unchanged" if change == 0 else "down" if change < 0 else "up"


def _ways(changes: list[float]) -> str:
    counted = {way: sum(_way(change) == way for change in changes) for way in ("down", "up", "unchanged")}
    seen = {way: number for way, number in counted.items() if number}
    if len(seen) == 1:
        everyone = {1: "one organisation", 2: "both organisations"}
        return f"{next(iter(seen))} at {everyone.get(len(changes), f'all {len(changes)} organisations')}"
    return ", ".join(f"{way} at {number}" for way, number in seen.items())


def _sentence_returns(frame: pd.DataFrame, changes: list[dict[str, Any]]) -> str:
    """Say organisation by organisation where the gaps are, and since when they changed by how much."""
    parts = []
    for who in dict.fromkeys(row["who"] for row in changes):
        own = [row for row in changes if row["who"] == who]
        said = [_changed(row, place == 0) for place, row in enumerate(own)]
        upper = frame.loc[frame["organisation_label"] == who, SHARES[-1]].dropna()
        women = f"; women in the {NAMES['4']} quarter {_percent(float(upper.iloc[-1]))}" if len(upper) else ""
        parts.append(f"{who}: {'; '.join(said)}{women}.")
    return " ".join([*parts, NO_TEST])


def _changed(row: dict[str, Any], dated: bool) -> str:
    on = f" on {wording.day(row['at'].date())}" if dated else ""
    now = f"{row['kind']} gap {_percent(row['last'])}{on}"
    if math.isnan(row["change"]):
        return now
    since = f" since {wording.day(row['since'].date())}" if dated else ""
    return f"{now}, {wording.change(row['change'], 'percent')}{since} ({_percent(row['first'])})"


def _chart_returns(pack: Pack, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row a panel, organisation and snapshot; ``named`` is what stands beside the last point."""
    panels = {
        "mean": "Mean gap (%)",
        "median": "Median gap (%)",
        **{f"quarter_{q}": f"Women in the {NAMES[q]} quarter (%)" for q in reversed(NAMES)},
    }
    parts = []
    for order, (column, title) in enumerate(panels.items()):
        rows = frame[frame[column].notna()]
        last = rows["as_at"] == rows.groupby("organisation")["as_at"].transform("max")
        above = rows[column] >= rows.loc[last, column].mean()
        names = [_short(pack, label) for label in rows["organisation_label"]]
        parts.append(
            pd.DataFrame(
                {
                    "panel": title,
                    "order": order,
                    "label": rows["organisation_label"],
                    "first": rows["place"] == frame["place"].min(),
                    "as_at": rows["as_at"],
                    "value": rows[column],
                    "named": [
                        f"{n} {wording.number(v, 1)}" if is_last else ""
                        for n, v, is_last in zip(names, rows[column], last, strict=True)
                    ],
                    "above": above,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _short(pack: Pack, label: str) -> str:
    """Return an organisation's name without another's that it begins with: Combined Authority."""
    others = Framework.of(pack).labels("organisation").values()
    return next((label.removeprefix(f"{other} ") for other in others if label.startswith(f"{other} ")), label)
