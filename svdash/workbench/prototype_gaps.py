"""The gaps between the groups of a prototype in its newest year: each group beside the one it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.finding import Finding, records
from svdash.findings.indicators import gated_observations
from svdash.measures import gaps
from svdash.measures.many_tests import FALSE_SHARE, many_tests, p_of_difference
from svdash.register import NOT_STATED, Framework
from svdash.tables.gap_sizes import smallest_gap
from svdash.workbench.definition import Written
from svdash.workbench.prototype import caveats_of

DRAWN: Final = "prototype-gaps"
_COLUMNS: Final = {
    "group_label": "Group",
    "share": "Share (%)",
    "lower": "95% from",
    "upper": "95% to",
    "gap": "Gap (points)",
    "gap_lower": "Gap 95% from",
    "gap_upper": "Gap 95% to",
    "ratio": "Times",
    "said": "What can be said",
    "numerator": "Numerator",
    "denominator": "Denominator",
}
_SHARES: Final = ("share", "lower", "upper", "gap", "gap_lower", "gap_upper")
_DECIMALS: Final[Mapping[str, int]] = {**dict.fromkeys(_SHARES, 1), "ratio": 2}
_ALONE: Final = ", taken alone"
_HOLD: Final = ("below", "above")
_COULD, _EVEN, _REFERENCE = "could be chance", "practically even", "compared with"
_METHOD: Final = (
    "Each group's share with Wilson's limits, its gap to the reference group in points (Newcombe) and as times (log scale), out of "
    "exact counts that passed disclosure control. Gaps that hold when all are taken together lead (Benjamini and Hochberg, 5%). Smaller than what matters is practically even. A gap is a question, not proof of "
    "discrimination."
)


def by_group(edition: Edition, written: Written, characteristic: str) -> Finding:
    """Return the gaps of a prototype between the groups of a characteristic.

    Args:
        edition: one with the prototype above it.
        written: its definition.
        characteristic: as its observations name it.
    """
    about, words = written.definition, Framework.of(edition).vocabulary
    every = gated_observations.gated(edition)
    mine = every[(every["indicator"] == about.id) & (every["characteristic"] == characteristic)]
    label = wording.within(words.label("characteristic", characteristic))
    common: dict[str, Any] = {
        "name": DRAWN,
        "row_key": ("group_label",),
        "columns": _COLUMNS,
        "decimals": _DECIMALS,
        "formats": wording.of_people(_DECIMALS),
        "method": _METHOD,
        "caveats": caveats_of(written),
        "statuses": (about.status,),
    }
    whole = mine[~mine["part"].astype("bool")]
    period = str((whole if len(whole) else mine)["period"].max()) if len(mine) else ""
    rows = mine[(mine["period"] == period) & mine["exact_value"].notna() & mine["exact_denominator"].notna()]
    told, reference = _compared(rows, words.labels("reference_group"), characteristic)
    if told.empty:
        return Finding(
            headline=f"{about.title}: no gap by {label}", subtitle=period, frame=pd.DataFrame(columns=list(_COLUMNS)),
            empty=_why(mine, rows, label), **common,
        )  # fmt: skip
    told = _written(_said(edition, told, reference))
    told["group_label"] = [words.label("group", f"{characteristic}={each}") for each in told["group"]]
    ahead = told[told["said"].isin(_HOLD)]
    beside = words.label("group", f"{characteristic}={reference}")
    return Finding(
        headline=f"{about.title}: {wording.count(len(ahead), 'gap')} by {label} beyond chance",
        subtitle=f"Share of each group in {period}, beside {beside}",
        frame=disclosure.as_written(told),
        sentence=_sentence(told, beside),
        alt=" ".join(f"{row['group_label']}: {wording.percent(row['share'])}." for row in records(told)),
        legend=f"Point: share. Line: 95% limits. Orange: {beside}.",
        chart=_chart(told),
        about={"indicator": about.id, "period": period},
        **common,
    )


def _why(mine: pd.DataFrame, rows: pd.DataFrame, label: str) -> str:
    if mine.empty:
        return "The definition names no group, so there is no gap. Choose a column of groups."
    if rows.empty and mine["kind"].eq("proportion").any():
        return f"By {label} every group is too small to show."
    if mine["kind"].ne("proportion").any():
        return (
            "A gap is between shares of people, or of other counted things: these are not. Write a count over a count, with "
            "unit: percent."
        )
    return f"By {label} only one group can be shown, and a gap needs two."


def _compared(rows: pd.DataFrame, known: Any, characteristic: str) -> tuple[pd.DataFrame, str]:
    """Return the groups' shares beside that of the reference: the vocabulary's, or the largest group."""
    stated = rows[(rows["group"] != NOT_STATED) & (rows["kind"] == "proportion")]
    stated = stated[stated["exact_denominator"] > 0]
    if len(stated) < len(("one", "other")):
        return stated.iloc[:0], ""
    named = [each for each in stated["group"] if f"{characteristic}={each}" in known]
    largest = stated.sort_values("exact_denominator")["group"].iloc[-1]
    reference = str(named[0] if named else largest)
    frame = stated.drop(columns=["lower", "upper"])
    found = gaps.compare(frame, reference, "exact_numerator", "exact_denominator", "group")
    return found.reset_index(drop=True), reference


def _said(edition: Edition, told: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add ``said``, what can be said of each gap, and ``p``, missing where nothing was tested."""
    smallest = smallest_gap(edition)
    count, base = (told[f"exact_{name}"].astype("float64") for name in ("numerator", "denominator"))
    own = told["group"].eq(reference)
    p = pd.Series(p_of_difference(count, base, count[own], base[own]), told.index).mask(own)
    holds = pd.Series(many_tests(p.to_numpy()).holds, told.index)
    said = []
    for row in records(told.assign(holds=holds)):
        if row["group"] == reference:
            said.append(_REFERENCE)
        elif row["gap_lower"] <= 0 <= row["gap_upper"]:
            said.append(_COULD)
        elif smallest.is_even(points=row["gap"], ratio=row["ratio"]):
            said.append(_EVEN)
        else:
            said.append(f"{'below' if row['gap'] < 0 else 'above'}{'' if row['holds'] else _ALONE}")
    return told.assign(said=said, p=p)


def _written(told: pd.DataFrame) -> pd.DataFrame:
    """Return shares, gaps and ratios as they may be written: none finer than the smaller base of the two bears."""
    base = told["exact_denominator"].astype("float64")
    reference = float(base[told["said"].eq(_REFERENCE)].iloc[0])
    people = told["people"].astype("bool")
    lower = base.clip(upper=reference)
    out = {
        name: disclosure.percents(told[name], base if name in _SHARES[:3] else lower).where(
            people, told[name]
        )
        for name in _SHARES
    }
    return told.assign(**out, ratio=disclosure.ratios(told["ratio"]))


def _sentence(told: pd.DataFrame, beside: str) -> str:
    tests = told[told["said"] != _REFERENCE]
    parts = [
        f"{row['group_label']} {wording.signed(row['gap'], 1)} points ({row['said']})"
        for row in records(tests.sort_values("gap", key=lambda gap: gap.abs(), ascending=False))
    ]
    said = f"Beside {beside}: {wording.listing(parts, 4)}."
    found = many_tests(tests["p"].to_numpy())
    return f"{said} {wording.many_tests(found.made, found.made * FALSE_SHARE, found.stand_out, found.hold)}"


def _chart(told: pd.DataFrame) -> pd.DataFrame:
    reference = told.loc[told["said"].eq(_REFERENCE), "share"].iloc[0]
    return pd.DataFrame(
        {
            "label": told["group_label"],
            **{name: told[name].astype("float64") for name in ("lower", "upper")},
            "value": told["share"].astype("float64"),
            "mark": float(reference),
            "stands_out": told["said"].isin(_HOLD),
            "said": told["said"],
        }
    )
