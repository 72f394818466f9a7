"""Workforce: the share of each group among staff beside the residents, and the target for one group."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.equality import gap_verdicts, resident_shares
from svdash.findings.equality.comparison_groups import (
    COUNTS,
    QUESTION,
    Chosen,
    groups,
    of_groups,
    reference_of,
    year_of,
)
from svdash.findings.equality.group_wording import LONGEST, name_of, nothing, row_context
from svdash.findings.finding import Finding, kept_by, office, records, rests_on, updated_of
from svdash.findings.indicators import gated_observations
from svdash.findings.indicators.indicator_series import lead_key
from svdash.findings.spec import of_view
from svdash.measures.trend import minimum_detectable_change
from svdash.register import ALL, NOT_STATED, OBSERVATIONS, Framework, View

# Concepts of the register's indicators of staff by group, and of the one whose target is about one group.
STAFF: Final = "workforce-by-group"
TARGETED: Final = "workforce-target"
COLUMNS = {
    "group_label": "Group",
    "share": "Share of staff (%)",
    "lower": "95% from",
    "upper": "95% to",
    "resident_share": "Share of residents (%)",
    "points": "Gap to residents (points)",
    "times": "Times the residents' share",
    "beside_reference": "Representation beside the comparison group (times)",
    "numerator": "People",
    "denominator": "Of",
    "verdict": "What can be said",
    "status": "Status",
}
DECIMALS = {
    "share": 1,
    "lower": 1,
    "upper": 1,
    "resident_share": 1,
    "points": 1,
    "times": 2,
    "beside_reference": 2,
}
ALONE = "Dot and bar: share of staff with 95% interval."
BESIDE = (
    "Dot and bar: share of staff with 95% interval: how far chance in who comes and goes might move it. Dark: below "
    "residents beyond that. Orange tick: share of residents. The comparison group is in the table."
)
METHOD = (
    "Staff who declared the group / staff who answered × 100, at 31 March. Interval: Wilson, 95%; a headcount of all "
    "staff has no sampling error, so it says how much could be chance turnover. Different from residents where it "
    "leaves out the residents' share, the gap is not too small to matter, and it holds when all groups are tested together "
    "(Benjamini and Hochberg, 5%; two groups that make one whole are one test); else it is so taken alone. Beside residents who are not of working age there is no fair "
    "comparison: both shares are shown, and nothing is said of the gap. Residents: an official count or estimate without an interval of its own."
)


@kept_by("year")
def shares(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return the share of each group among staff, beside the residents and the comparison group."""
    framework = Framework.of(edition)
    year, rows = _of_staff(edition, view, chosen.characteristic)
    name = name_of(edition, chosen.characteristic)
    labels = groups(edition, chosen.characteristic)
    stated = rows[rows["group"] != NOT_STATED]
    if stated.empty:
        return _not_known(edition, view, chosen, name)
    reference = reference_of(edition, chosen, list(stated["group"]))
    those = resident_shares.of_staff(
        edition, chosen.characteristic, frozenset(rows.loc[rows["value"].notna(), "group"])
    )
    frame = _frame(edition, rows, reference, those).assign(
        group_label=lambda f: f["group"].map(labels), reference=labels.get(reference, reference)
    )
    answered = frame[frame["group"] != NOT_STATED]
    scope = resident_shares.scope(frame)
    # Whose staff it is stands in the figures: that of a group of bodies is another number than that of one.
    organisation = str(frame["organisation"].iloc[0])
    return Finding(
        headline=_headline(answered, name),
        subtitle=f"Share of staff by {name}, {framework.vocabulary.label('organisation', organisation)}, 31 March of {year}"
        + (f"; beside it {scope}" if scope else ""),
        frame=frame,
        verdict=gap_verdicts.of_groups(answered["verdict"]),
        sentence=_sentence(
            frame, answered, labels.get(reference, reference), resident_shares.missing(those, labels)
        ),
        alt=" ".join(_spoken(row) for row in records(answered)),
        legend=BESIDE if scope else ALONE,
        **rests_on(
            [
                *((str(each), "staff") for each in frame["status"]),
                *(office(edition, ("benchmarks",))["sources"].items() if scope else ()),
            ]
        ),
        chart=_chart(answered, reference),
        about=row_context(edition, chosen.characteristic, year, organisation, reference, on_a_day=True),
        **_common(edition, view, chosen),
    )


def _not_known(edition: Edition, view: View, chosen: Chosen, name: str) -> Finding:
    """Return the finding of a characteristic that no figure of staff is known by."""
    staff = [Framework.of(edition).concept(STAFF)]
    return Finding(
        headline=f"Staff by {name}: not known",
        subtitle=f"Share of staff by {name}",
        frame=pd.DataFrame(columns=list(COLUMNS)),
        verdict=gap_verdicts.UNKNOWN,
        empty=nothing(edition, staff, chosen.characteristic, "staff", *_first(edition, view, chosen)),
        **_common(edition, view, chosen),
    )


def _common(edition: Edition, view: View, chosen: Chosen) -> dict[str, Any]:
    """Return what a finding of staff says whether there are figures or not."""
    return {
        "name": "equality-workforce",
        "row_key": ("group_label",),
        "params": chosen.params(),
        "columns": COLUMNS,
        "decimals": DECIMALS,
        "formats": wording.of_people(DECIMALS),
        "view": view,
        "updated": updated_of(edition, *OBSERVATIONS),
        "method": f"{METHOD} {COUNTS}",
        "caveats": (QUESTION,),
    }


def _of_staff(edition: Edition, view: View, characteristic: str) -> tuple[str, pd.DataFrame]:
    """Return the newest year with staff by a characteristic, and its gated rows in the vocabulary's order.

    The group of the target stands first: it may be several small groups in one, none of which can be told by itself.
    """
    rows = gated_observations.gated(edition)
    rows = rows[(rows["characteristic"] == characteristic) & ~rows["part"]]
    alone, goal = (rows["indicator"] == Framework.of(edition).concept(name) for name in (STAFF, TARGETED))
    year = year_of(view, rows.loc[alone, "year"])
    other_goal = goal & ~rows["group"].isin(rows.loc[alone, "group"])
    rows = rows[(alone | other_goal) & (rows["year"] == year)]
    order = {group: place for place, group in enumerate(groups(edition, characteristic))}
    order |= dict.fromkeys(rows.loc[other_goal, "group"], -1)
    return year, rows.sort_values("group", key=lambda column: column.map(order)).reset_index(drop=True)


def _first(edition: Edition, view: View, chosen: Chosen) -> tuple[str, str]:
    """Return the first year with staff by the characteristic, and the one that was asked for; empty without any."""
    rows = gated_observations.gated(edition)
    rows = rows[
        (rows["indicator"] == Framework.of(edition).concept(STAFF))
        & (rows["characteristic"] == chosen.characteristic)
    ]
    return (str(rows["year"].min()), view.year) if len(rows) else ("", "")


def target_characteristic(edition: Edition) -> str:
    """Return the characteristic that the target's group belongs to; empty where no target is named."""
    code = Framework.of(edition).concept(TARGETED)
    return lead_key(Framework.of(edition), code)[0] if code else ""


@kept_by("year")
def target(edition: Edition, view: View) -> Finding:
    """Return the share of the group that the Framework's own target is about, and what could be told as a change."""
    framework = Framework.of(edition)
    code = Framework.of(edition).concept(TARGETED)
    rows = gated_observations.gated(edition)
    rows = rows[
        (rows["indicator"] == code) & ~rows["part"] & ((view.year == ALL) | (rows["year"] <= view.year))
    ]
    about = framework.indicator(code) if code else {}
    common: dict[str, Any] = {
        "name": "equality-target",
        "row_key": ("period",),
        "columns": TARGET,
        "view": view,
        "decimals": {"value": 1, "lower": 1, "upper": 1},
        "updated": updated_of(edition, *OBSERVATIONS),
    }
    seen = rows[rows["value"].notna()]
    if seen.empty:
        return Finding(
            headline="The target for one group of staff: no figure",
            subtitle="Share of staff against the target",
            frame=pd.DataFrame(columns=list(TARGET)),
            empty="No figure up to this year."
            if code
            else f"The table indicators marks none with the concept {TARGETED}, so no target is shown here.",
            **common,
        )
    frame = _with_detectable(rows)
    last = records(frame[frame["value"].notna()])[-1]
    goal = float(about["target"])
    needed = goal / 100 * last["exact_denominator"]
    return Finding(
        headline=_against_target(last, goal, str(about["short"])),
        subtitle=f"{about['title']}, 31 March of {last['period']}",
        frame=disclosure.as_written(frame.iloc[::-1]),
        sentence=(
            f"{wording.share(last['value'])} of staff, 95% limits {wording.span(last['lower'], last['upper'], unit='%')}; {wording.trimmed(goal)}% would be {_would_be(needed, last)} people. "
            + _detectable(last)
        ),
        alt=" ".join(f"{r['period']}: {wording.share(r['value'])}." for r in records(seen)),
        statuses=tuple(sorted(set(seen["status"]))),
        method=f"{about['method']} Minimum detectable change: the nearest whole number of people, out of as many staff, whose difference from the year's share has a 95% interval (Newcombe) that leaves out no change.",
        caveats=(str(about["caveat"]),),
        about={"indicator": code, "title": str(about["title"])},
        legend="Dot and bar: share with 95% interval. Orange tick: the target.",
        chart=_against_mark(seen, goal),
        **common,
    )


def _against_mark(rows: pd.DataFrame, goal: float) -> pd.DataFrame:
    """Return what the chart draws: the share of each year with its interval, and the target as a mark."""
    drawn = rows[["value", "lower", "upper"]].assign(
        label=rows["period"], mark=goal, stands_out=False, said=""
    )
    return drawn[["label", "value", "lower", "upper", "mark", "stands_out", "said"]]


TARGET = {
    "period": "Year",
    "value": "Share of staff (%)",
    "lower": "95% from",
    "upper": "95% to",
    "numerator": "People",
    "denominator": "Of",
    "rise": "People needed for a rise",
    "fall": "People that would be a fall",
    "status": "Status",
}


def _with_detectable(rows: pd.DataFrame) -> pd.DataFrame:
    """Add how many people, out of as many, would be a rise or a fall from each year's share."""
    found: dict[str, list[float]] = {"rise": [], "fall": []}
    for row in records(rows):
        known = not (pd.isna(row["exact_value"]) or pd.isna(row["exact_denominator"]))
        for name, direction in (("rise", 1), ("fall", -1)):
            bounds = (
                minimum_detectable_change(
                    float(row["exact_numerator"]),
                    float(row["exact_denominator"]),
                    int(row["exact_denominator"]),
                    1 if direction > 0 else -1,
                )
                if known
                else None
            )
            found[name].append(float("nan") if bounds is None else float(bounds))
    # Written to 5 on the safe side: what is written is a rise or a fall, as what is rounded to the nearest may not be.
    rise, fall = (pd.Series(found[name], rows.index) for name in ("rise", "fall"))
    return rows.assign(
        rise=(5 * np.ceil(rise / 5)).astype("Int64"), fall=(5 * np.floor(fall / 5)).astype("Int64")
    )


def _five(people: float) -> int:
    """Write a number of people as counts are written."""
    return int(disclosure.rounded(pd.Series([people])).iloc[0])


def _would_be(needed: float, last: dict[str, Any]) -> str:
    """Say how many people the target is; as counts are written to 5, it may look like as many as there are."""
    if _five(needed) != _five(float(last["exact_numerator"])) or last["exact_numerator"] == needed:
        return f"about {_five(needed)} of {wording.number(last['denominator'])}"
    return f"a few {'more' if last['exact_numerator'] < needed else 'fewer'} of {wording.number(last['denominator'])}"


def _against_target(last: dict[str, Any], goal: float, name: str) -> str:
    # It is a headcount of everybody: the target is met or not, whatever chance could do.
    return f"{name}: {wording.trimmed(goal)}% {'met' if last['exact_value'] >= goal else 'not met'}"


def _detectable(last: dict[str, Any]) -> str:
    now, parts = wording.number(int(last["numerator"])), []
    if not pd.isna(last["rise"]):
        parts.append(
            f"{wording.number(last['rise'])} colleagues or more, not {now}, would be a rise on {last['period']}"
        )
    if not pd.isna(last["fall"]):
        parts.append(f"{wording.number(last['fall'])} or fewer a fall")
    return f"With as many staff, {wording.every(parts)}." if parts else ""


def _frame(
    edition: Edition, rows: pd.DataFrame, reference: str, those: resident_shares.ResidentShares
) -> pd.DataFrame:
    """Return every group with its share, its gap to residents, and how it is represented beside the comparison group."""
    rows = rows.assign(share=rows["value"], exact_share=rows["exact_value"])
    frame = resident_shares.judged(
        edition, resident_shares.beside(rows, those), "exact_denominator", "characteristic"
    )
    of_reference = frame.loc[frame["group"] == reference, "times"]
    frame["beside_reference"] = frame["times"] / (
        float(of_reference.iloc[0]) if len(of_reference) else float("nan")
    )
    silent = (frame["group"] == NOT_STATED) & frame["share"].notna()
    return disclosure.as_written(
        frame.assign(verdict=frame["verdict"].mask(silent, "asked, no answer")),
        percent={"exact_denominator": ["points"]},
        ratio=["times", "beside_reference"],
    )


def _headline(answered: pd.DataFrame, name: str) -> str:
    for verdict, how in (
        (gap_verdicts.BELOW, ""),
        (gap_verdicts.TAKEN_ALONE[gap_verdicts.BELOW], f", {gap_verdicts.ALONE}"),
    ):
        below = list(answered.loc[answered["verdict"] == verdict, "group_label"])
        if below:
            words = f"fewer among staff than residents{how}"
            whole = f"{wording.listing(below)}: {words}"
            return whole if len(whole) <= LONGEST else f"{wording.listing(below, 1)}: {words}"
    if answered["resident_share"].isna().all():
        return f"Staff by {name}: residents' shares are not in this data pack"
    hidden = int(answered["share"].isna().sum())
    if hidden == len(answered):
        return f"Staff by {name}: every group is too small to show"
    if answered["verdict"].eq(gap_verdicts.UNFAIR).any():
        return f"Staff by {name}: residents of all ages are not a fair comparison"
    if not answered["verdict"].isin(gap_verdicts.TESTED).any():
        return f"Staff by {name}: no group that is shown has a residents' share"
    return f"Staff by {name}: no group below its share of residents beyond chance"


def _sentence(frame: pd.DataFrame, answered: pd.DataFrame, reference: str, missing: str) -> str:
    fair = not answered["verdict"].eq(gap_verdicts.UNFAIR).any()
    verdicts = gap_verdicts.DIFFERENT if fair else {gap_verdicts.UNFAIR}
    seen = answered[answered["points"].notna() & answered["verdict"].isin(verdicts)]
    # Who is short of their share comes first: that is what the page is asked.
    seen = seen.assign(above=seen["points"] > 0, size=seen["points"].abs()).sort_values(
        ["above", "size"], ascending=[True, False]
    )
    parts = [
        f"{row['group_label']}: {wording.share(row['share'])} of staff, {resident_shares.compared(row)}"
        for row in records(seen.head(2))
    ]
    text = [f"{'; '.join(parts)}." if parts else _nothing_apart(answered)]
    if not fair:
        text.append(f"Many of these residents are too young or too old to be staff. {missing}")
    tests = gap_verdicts.tests(answered["verdict"], answered["again"])
    text += [tests] if tests else []
    hidden = list(answered.loc[answered["share"].isna(), "group_label"])
    if hidden:
        text.append(f"Too small to show: {wording.listing(hidden)}.")
    silent = frame[frame["group"] == NOT_STATED]
    if len(silent) and silent["share"].notna().any():
        text.append(f"Not stated: {wording.share(float(silent['share'].iloc[0]))} of those asked.")
    text.append(f"Compared with: {reference}.")
    return " ".join(text)


def _nothing_apart(answered: pd.DataFrame) -> str:
    """Say why no group differs from residents: it could be chance, is too small to matter, or nothing is compared."""
    verdicts = set(answered["verdict"])
    if answered["resident_share"].isna().all():
        return "Residents' shares are not in this data pack."
    if not verdicts & gap_verdicts.TESTED:
        return "No group that is shown has a residents' share."
    if gap_verdicts.EVEN in verdicts:
        return "Every difference could be chance, or is too small to matter."
    return "Every difference could be chance."


def _spoken(row: dict[str, Any]) -> str:
    if pd.isna(row["share"]):
        return f"{row['group_label']}: {row['verdict']}."
    beside = (
        "" if pd.isna(row["resident_share"]) else f", {wording.percent(row['resident_share'])} of residents"
    )
    return f"{row['group_label']}: {wording.share(row['share'])} of staff ({wording.span(row['lower'], row['upper'])}){beside}."


def _chart(answered: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return rows of a dot-and-interval plot: label, value, limits, mark to compare with, whether it stands out.

    The comparison group is left to the table: it is most of the staff, and beside it the others would be a line.
    """
    rows = answered[answered["share"].notna()]
    rows = rows[rows["group"] != reference] if (rows["group"] != reference).any() else rows
    return pd.DataFrame(
        {
            "label": rows["group_label"],
            "value": rows["share"],
            "lower": rows["lower"],
            "upper": rows["upper"],
            "mark": rows["resident_share"],
            "stands_out": rows["verdict"].eq(gap_verdicts.BELOW),
            "said": rows["verdict"],
        }
    )


SPECS: Final = (
    of_groups("equality-workforce", "Staff by equality characteristic, beside residents", shares),
    of_view(
        "equality-target", "The target for one group of staff, with its minimum detectable change", target
    ),
)
