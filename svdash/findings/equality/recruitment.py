"""Recruitment: at which step who drops out, from applying to being appointed, beside a comparison group."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.equality.comparison_groups import COUNTS, QUESTION, Chosen, of_groups
from svdash.findings.equality.gap_verdicts import ALONE, CHANCE, ELSEWHERE, REAL, UNKNOWN
from svdash.findings.equality.group_wording import (
    LONGEST,
    group_name,
    name_of,
    no_rows,
    nothing,
    row_context,
    told_elsewhere,
)
from svdash.findings.equality.recruitment_steps import (
    AS_MANY,
    BEYOND,
    FEW,
    FEW_BEHIND,
    HELD,
    LESS,
    MORE,
    TAKEN_ALONE,
    TESTED,
    Counts,
    compared,
    counts,
)
from svdash.findings.finding import Finding, kept_by, records, statuses_of, updated_of
from svdash.findings.indicators.gated_observations import recruited as gated
from svdash.measures.many_tests import FALSE_SHARE
from svdash.register import ALL, NOT_STATED, RECRUITMENT, Framework, View

__all__ = ["COLUMNS", "funnel", "gated"]

NAME: Final = "equality-recruitment"
# So many groups a chart can show apart; the table has them all.
DRAWN: Final = 4
COLUMNS: Final = {
    "group_label": "Group",
    "step": "Step",
    "year": "Years",
    "rate": "Went on (%)",
    "ratio": "Times as likely",
    "verdict": "What can be said",
    "ratio_lower": "Times, 95% from",
    "ratio_upper": "Times, 95% to",
    "people_in": "People before",
    "people_out": "People after",
    "lower": "Went on, 95% from",
    "upper": "Went on, 95% to",
    "gap": "Gap (points)",
    "look_closer": "Four fifths: look closer?",
    "at_parity": "People at parity",
    "status": "Status",
}
DECIMALS: Final = {
    **dict.fromkeys(("rate", "lower", "upper", "gap"), 1),
    **dict.fromkeys(("ratio", "ratio_lower", "ratio_upper"), 2),
}
METHOD: Final = (
    "People at a stage / people at the stage before × 100; relative likelihood: a group's rate / the comparison "
    "group's. The likelihoods of the steps multiply to the one of the whole way. Intervals: 95%, Wilson for rates, "
    "on the log scale for likelihoods; different only where the interval leaves out 1 and the gap is not too small to "
    "matter. All steps of all groups are tested; those that hold when all are taken together (Benjamini and Hochberg, "
    "5%) are called beyond chance and lead, the others beyond chance taken alone. At parity: people before × the "
    "comparison group's rate. Rates, likelihoods and what can be said come from exact counts; counts are written "
    "rounded to 5. Three years in a row are added up and lead, and the last of them stands beside; where the year "
    "alone shows more groups, it leads. A sum is suppressed where it would give away what a year hides."
)
SCREEN: Final = (
    "A rate below four fifths of the highest one shown says to look closer: a rule for screening from the United States, "
    "not a test and not a legal measure."
)


@kept_by("year")
def funnel(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return how likely each group is to go on from stage to stage, beside the comparison group.

    Of three years together and of the last one; what leads makes the headline, the chart and the verdict.
    """
    name = name_of(edition, chosen.characteristic)
    common: dict[str, Any] = {
        "name": NAME,
        "row_key": ("group_label", "step", "year"),
        "params": chosen.params(),
        "columns": COLUMNS,
        "decimals": DECIMALS,
        "formats": wording.of_people(DECIMALS),
        "view": view,
        "updated": updated_of(edition, RECRUITMENT) if RECRUITMENT in edition.names else None,
        "method": f"{METHOD} {COUNTS}",
        "caveats": (QUESTION, "People who apply for several posts are counted for each.", SCREEN),
    }
    funnel_counts = counts(edition, view, chosen.characteristic)
    if not funnel_counts:
        why, verdict = _why_nothing(edition, view, chosen.characteristic)
        return _empty(name, why, common, verdict)
    found = compared(edition, funnel_counts, chosen)
    if not found:
        # Which counts contradict each other is for whoever corrects them: said here it would tell the counts.
        why = "more people at a stage than at the one before it, or fewer than two groups with counts"
        return _empty(name, f"The counts are not a funnel: {why}. Correct the table {RECRUITMENT}.", common)
    return _written(edition, found, common)


def _empty(name: str, why: str, common: dict[str, Any], verdict: str = UNKNOWN) -> Finding:
    state = "see Indicators" if verdict == ELSEWHERE else "not known"
    return Finding(
        headline=f"Recruitment by {name}: {state}",
        subtitle=f"Likelihood of reaching the next stage, by {name}",
        frame=pd.DataFrame(columns=list(COLUMNS)),
        empty=why,
        verdict=verdict,
        **common,
    )


def _why_nothing(edition: Edition, view: View, characteristic: str) -> tuple[str, str]:
    """Say why there is nothing to show, and whether another page has figures."""
    single = gated(edition).single
    if single.empty:
        return no_rows(RECRUITMENT), UNKNOWN
    years = sorted(set(single.loc[single["characteristic"] == characteristic, "last"]))
    register = Framework.of(edition).indicators
    staged = list(register.index[register["stage"].notna()]) if "stage" in register else []
    why = nothing(edition, staged, characteristic, "recruitment", years[0] if years else "", view.year)
    elsewhere = not years and told_elsewhere(edition, staged, characteristic, view.year)
    return why, ELSEWHERE if elsewhere else UNKNOWN


def _written(edition: Edition, found: list[tuple[Counts, pd.DataFrame]], common: dict[str, Any]) -> Finding:
    """Say what the frames show: the first leads, the other stands beside it."""
    framework, (funnel_counts, leading) = Framework.of(edition), found[0]
    characteristic = str(funnel_counts.rows["characteristic"].iloc[0])
    name = framework.vocabulary.label("characteristic", characteristic)
    beside = group_name(edition, characteristic, str(leading["reference"].iloc[0]))
    stated, drawn = single_groups(leading), _drawn(single_groups(leading))
    whole = stated[stated["overall"]]
    return Finding(
        headline=_headline(stated, beside, name),
        subtitle=f"Likelihood of reaching the next stage, compared with {beside}, "
        f"{framework.vocabulary.label('organisation', funnel_counts.organisation)}, {_spans(found)}",
        frame=_beside_each_other(found),
        sentence=" ".join(
            part
            for part in (
                _overall(stated, leading, beside),
                _others(stated),
                _widest(stated),
                _in_the_other(stated, found),
                _together(found),
                _tests(stated, together=bool(_together(found))),
                _held_back(whole),
                _silent(edition, funnel_counts),
            )
            if part
        ),
        alt=" ".join(_spoken(row, beside) for row in records(whole)),
        verdict=_verdict(stated),
        legend=f"Dot and bar: how many times as likely as {beside} to go on, with 95% interval; filled where beyond "
        "chance when all tests are taken together. Line at 1: as likely."
        + (f" The {DRAWN} groups with most applicants." if len(drawn) < whole["group"].nunique() else ""),
        statuses=statuses_of(edition, RECRUITMENT),
        # Every row says itself of which years it is.
        about=row_context(
            edition,
            characteristic,
            funnel_counts.last,
            funnel_counts.organisation,
            str(leading["reference"].iloc[0]),
        ),
        chart=_chart(found, drawn),
        **common,
    )


def _spans(found: list[tuple[Counts, pd.DataFrame]]) -> str:
    """Say of which years the figures are."""
    (funnel_counts, _), *others = found
    first = f"{funnel_counts.years}{' pooled' if funnel_counts.pooled else ''}"
    if not others:
        return first
    return f"{first}, and {others[0][0].years} {'pooled' if others[0][0].pooled else 'alone'}"


def _beside_each_other(found: list[tuple[Counts, pd.DataFrame]]) -> pd.DataFrame:
    """Return the rows of all spans, those of the same group and step after each other."""
    places = [
        frame.assign(place=range(len(frame)), span=n).set_index(["group", "from_stage", "to_stage"])
        for n, (_, frame) in enumerate(found)
    ]
    order = places[0]["place"]
    rows = pd.concat(
        [each.assign(place=order.reindex(each.index).fillna(len(order))) for each in places]
    ).reset_index()
    return rows.sort_values(["place", "span"], kind="stable", ignore_index=True).drop(
        columns=["place", "span"]
    )


def single_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of single groups that are compared.

    Groups together are told beside the others, never in their place: that of many groups hides what they differ in.
    """
    return frame[(frame["group"] != NOT_STATED) & (frame["group"] != frame["reference"]) & ~frame["together"]]


def _verdict(stated: pd.DataFrame) -> str:
    """Return what can be said of the characteristic: what its worst real step says."""
    verdicts = set(stated["verdict"])
    if verdicts & {LESS, MORE}:
        return REAL
    if verdicts & BEYOND:
        return ALONE
    # Steps alone don't say that there is no gap: who is appointed has to be known.
    return CHANCE if set(stated.loc[stated["overall"], "verdict"]) & TESTED else UNKNOWN


def worst(stated: pd.DataFrame) -> dict[str, Any] | None:
    """Return the row that is spoken of; ``None`` where nothing is shown.

    Steps that differ beyond chance come first: those that hold when all are taken together, who is less likely before
    who is more, the whole way before a step, more people before fewer than ten, then the furthest from equal.
    Where none differs it is the whole way of the group furthest behind.
    """
    differ = stated[stated["verdict"].isin(BEYOND)]
    rank = {verdict: n for n, verdict in enumerate((LESS, MORE, TAKEN_ALONE[LESS], TAKEN_ALONE[MORE]))}
    if len(differ):
        ranked = differ.assign(
            rank=differ["verdict"].map(rank),
            step_only=~differ["overall"],
            far=-np.abs(np.log(differ["ratio"].astype("float64"))),
        )
        return records(ranked.sort_values(["rank", "on_few", "step_only", "far"], kind="stable"))[0]
    seen = stated[stated["overall"] & stated["ratio"].notna()]
    if seen.empty:
        return None
    below = seen[seen["ratio"] < 1]
    return records((below if len(below) else seen).sort_values("ratio", ascending=bool(len(below))))[0]


def _headline(stated: pd.DataFrame, beside: str, name: str) -> str:
    one = worst(stated)
    if one is None:
        if stated["ratio"].isna().all():
            return f"Recruitment by {wording.within(name)}: every group is too small to show"
        return f"{name}: appointments suppressed to protect small counts"
    if one["ratio"] == 0:
        return f"{one['group_label']}: nobody was appointed"
    if one["verdict"] not in BEYOND:
        unseen = stated["verdict"].isin([HELD, FEW]).any()
        shown = " that is shown" if unseen else ""
        return f"{name}: no step of recruitment{shown} differs beyond chance"
    who, sure = f"{one['group_label']}{at_step(one)}", _sure(one)
    if one["on_few"]:
        way = LESS if one["ratio"] < 1 else MORE
        return _fitting(
            f"{who}: {way}{whole_way(one)}, {sure}, on fewer than {FEW_BEHIND} people",
            f"{who}: {way}, {sure}, on few people",
            f"{who}: {way}, on few people",
        )
    likely = f"{who}: {wording.two_figures(one['ratio'])} times as likely"
    return _fitting(
        f"{likely}{whole_way(one)} as {beside}, {sure}",
        f"{likely}{whole_way(one)}, {sure}",
        f"{one['group_label']}: differs at a step, {sure}" if at_step(one) else f"{likely}, {sure}",
    )


def _fitting(*texts: str) -> str:
    """Return the first text that fits a headline, the last where none does."""
    return next((text for text in texts if len(text) <= LONGEST), texts[-1])


def whole_way(one: dict[str, Any]) -> str:
    """Say that a row is about the whole way; a step is named by :func:`at_step`."""
    return " to be appointed" if one["overall"] else ""


def at_step(one: dict[str, Any]) -> str:
    """Name the step that a row is about; nothing for the whole way."""
    if one["overall"]:
        return ""
    start, _, end = str(one["step"]).partition(" → ")
    return f", from {wording.within(start)} to {end}"


def _overall(stated: pd.DataFrame, frame: pd.DataFrame, beside: str) -> str:
    """Say how the group spoken of fares on the way that is spoken of, in points, as a ratio and in people."""
    one = worst(stated)
    if one is None:
        return ""
    way = [frame[name] == one[name] for name in ("from_stage", "to_stage", "overall")]
    other = records(frame[(frame["group"] == one["reference"]) & np.logical_and.reduce(way)])[0]
    against = f"{_rate(other)} in the comparison group ({beside})"
    if one["ratio"] == 0:
        return (
            f"{one['group_label']}: none of about {wording.number(one['people_in'])} applicants was appointed, against "
            f"{against}; no test of the ratio is possible. {_parity(one)}"
        ).rstrip()
    start, _, end = str(one["step"]).partition(" → ")
    went = "of applicants were appointed" if one["overall"] else f"got from {wording.within(start)} to {end}"
    ends = _sure(one) if math.isnan(one["ratio_lower"]) else f"95% limits {_limits(one)}: {_sure(one)}"
    return (
        f"{one['group_label']}: {_rate(one)} {went}, against {against}: "
        f"{wording.signed(one['gap'], one['decimals'])} points, {wording.two_figures(one['ratio'])} times as likely ({ends}). {_parity(one)}"
    ).rstrip()


def _rate(row: dict[str, Any]) -> str:
    """Write the share that goes on as finely as its base allows."""
    return wording.percent(row["rate"], row["decimals"])


def _parity(one: dict[str, Any]) -> str:
    """Say how many people the comparison group's rate would have meant; nothing where they are few."""
    if one["few_at_parity"]:
        return ""
    at, now = int(one["at_parity"]), int(one["people_out"])
    what = "appointments" if one["overall"] else "people"
    if one["parity"] == AS_MANY:
        return f"Parity would have meant about {at} {what}, as many as there were."
    if at == now:
        return f"Parity would have meant a few {one['parity']} {what} than the about {now} there were."
    return f"Parity would have meant about {at} {what}; there were {f'about {now}' if now else 'none'}."


def _others(stated: pd.DataFrame) -> str:
    """Name the other groups whose whole way differs beyond chance."""
    one = worst(stated)
    if one is None:
        return ""
    differ = stated[stated["overall"] & stated["verdict"].isin(BEYOND) & (stated["group"] != one["group"])]
    named = [
        f"{row['group_label']} ({wording.two_figures(row['ratio'])} times{'' if row['verdict'] in (LESS, MORE) else ', taken alone'})"
        for row in records(differ)
    ]
    return f"Beyond chance as well: {wording.listing(named, DRAWN)}." if named else ""


def _widest(stated: pd.DataFrame) -> str:
    """Name the step at which people fall furthest behind; where they do at none, the one furthest from equal.

    That is one of the group spoken of, unless only another group has a step that differs beyond chance. Nothing where
    the step is what is spoken of already.
    """
    one = worst(stated)
    if one is not None and not one["overall"]:
        return ""
    steps = stated[~stated["overall"] & stated["ratio_lower"].notna()]
    spoken = "" if one is None else one["group"]
    own, differ = steps["group"] == spoken, steps["verdict"].isin(BEYOND)
    rows = next((r for r in (steps[own & differ], steps[differ], steps[own], steps) if len(r)), steps)
    if rows.empty:
        return ""
    behind = rows[rows["ratio"] < 1]
    # Half as likely is as far from equal as twice as likely.
    at = behind["ratio"].idxmin() if len(behind) else np.abs(np.log(rows["ratio"])).idxmax()
    row, what = records(rows.loc[[at]])[0], "furthest behind" if len(behind) else "furthest from equal"
    who = "" if row["group"] == spoken else f" of those shown, for “{row['group_label']}”,"
    start, _, end = str(row["step"]).partition(" → ")
    return f"The step {what}{who} is from {wording.within(start)} to {end}: {wording.two_figures(row['ratio'])} times as likely, {_sure(row)}."


def _in_the_other(stated: pd.DataFrame, found: list[tuple[Counts, pd.DataFrame]]) -> str:
    """Tell the same of the other span: of the last year alone, or of three years together."""
    one = worst(stated)
    if one is None:
        return ""
    for funnel_counts, frame in found[1:]:
        same = [frame[name] == one[name] for name in ("group", "from_stage", "to_stage", "overall")]
        rows = records(frame[np.logical_and.reduce(same)])
        when = f"{funnel_counts.years} {'together' if funnel_counts.pooled else 'alone'}"
        if not rows:
            return f"{when}: no count."
        (row,) = rows
        if math.isnan(row["ratio"]):
            return f"{when}: {row['verdict']}."
        if row["ratio"] == 0:
            return f"{when}: nobody."
        ends = "" if math.isnan(row["ratio_lower"]) else f" ({_limits(row)})"
        few = f", on fewer than {FEW_BEHIND} people" if row["on_few"] else ""
        return f"{when}: {wording.two_figures(row['ratio'])} times as likely{ends}, {_sure(row)}{few}."
    return ""


def _together(found: list[tuple[Counts, pd.DataFrame]]) -> str:
    """Tell groups together: the whole way, and the step at which they are furthest behind beyond chance.

    Where the leading span holds the whole way back for the sake of single groups, it is told of the other one.
    """
    (_, leading), *others = found
    rows = leading[leading["together"]]
    text = [_of_groups(row, "") for row in records(rows[rows["overall"] & rows["ratio"].notna()])]
    steps = rows[~rows["overall"] & rows["verdict"].isin(BEYOND)].sort_values("ratio")
    for row in records(steps.head(1)):
        start, _, end = str(row["step"]).partition(" → ")
        text.append(
            f"{row['group_label']}, from {wording.within(start)} to {end}: {wording.two_figures(row['ratio'])} times as likely, {_sure(row)}."
        )
    hidden = set(rows.loc[rows["overall"] & rows["ratio"].isna(), "group"])
    for funnel_counts, frame in others:
        seen = frame[frame["overall"] & frame["group"].isin(hidden) & frame["ratio"].notna()]
        when = f" in {funnel_counts.years} {'together' if funnel_counts.pooled else 'alone'}"
        text += [_of_groups(row, when) for row in records(seen)]
    return " ".join(text)


def _of_groups(row: dict[str, Any], when: str) -> str:
    return f"{row['group_label']}{when}: {wording.two_figures(row['ratio'])} times as likely to be appointed, {_sure(row)}."


def _tests(stated: pd.DataFrame, *, together: bool) -> str:
    """Say how many steps of single groups were tested, how many would stand out by chance, and how many hold.

    Where groups ``together`` are told as well, it says that these tests are not theirs.
    """
    made = int(stated["verdict"].isin(TESTED).sum())
    out = int(stated["verdict"].isin(BEYOND).sum())
    sentence = wording.many_tests(
        made, made * FALSE_SHARE, out, int(stated["verdict"].isin([LESS, MORE]).sum())
    )
    return f"Single groups: {sentence}" if sentence and together else sentence


def _limits(row: dict[str, Any]) -> str:
    return f"{wording.two_figures(row['ratio_lower'])} to {wording.two_figures(row['ratio_upper'])}"


def _sure(row: dict[str, Any]) -> str:
    """Say how sure a row is, in a sentence."""
    if row["verdict"] in (LESS, MORE):
        return "beyond chance"
    return "beyond chance taken alone" if row["verdict"] in BEYOND else str(row["verdict"])


def _held_back(whole: pd.DataFrame) -> str:
    """Name the groups whose appointments cannot be compared, and why."""
    reasons = {HELD: "Appointments suppressed to protect small counts", FEW: "Too few applicants for a rate"}
    hidden = {why: list(whole.loc[whole["verdict"] == why, "group_label"]) for why in reasons}
    return " ".join(f"{reasons[why]}: {wording.listing(who, DRAWN)}." for why, who in hidden.items() if who)


def _silent(edition: Edition, funnel_counts: Counts) -> str:
    """Say how many applicants did not state a group."""
    stages = list(Framework.of(edition).vocabulary.labels("stage"))
    every = gated(edition).pooled if funnel_counts.pooled else gated(edition).single
    every = every[
        (every["organisation"] == funnel_counts.organisation)
        & (every["last"] == funnel_counts.last)
        & (every["stage"] == stages[0])
    ]
    everybody = every.loc[every["characteristic"] == ALL, "exact_people"]
    rows = funnel_counts.rows[
        (funnel_counts.rows["group"] == NOT_STATED) & (funnel_counts.rows["stage"] == stages[0])
    ]
    if everybody.empty or rows.empty or rows["exact_people"].isna().any() or not everybody.iloc[0] > 0:
        return ""
    if everybody.iloc[0] < disclosure.PRESETS["gss"].least_base:
        return f"Not stated: {disclosure.UNRELIABLE}, too few applicants for a share."
    share = 100 * rows["exact_people"].iloc[[0]].reset_index(drop=True) / everybody.reset_index(drop=True)
    written = disclosure.percents(share, everybody.reset_index(drop=True)).iloc[0]
    fine = everybody.iloc[0] >= disclosure.FINE_BASE
    return f"Not stated: {wording.percent(float(written), 1 if fine else 0)} of applicants."


def _spoken(row: dict[str, Any], beside: str) -> str:
    if math.isnan(row["ratio"]):
        return f"{row['group_label']}: {row['verdict']}."
    ends = "" if math.isnan(row["ratio_lower"]) else f" ({_limits(row)})"
    return f"{row['group_label']}: {wording.two_figures(row['ratio'])} times as likely to be appointed as {beside}{ends}."


def _drawn(stated: pd.DataFrame) -> list[str]:
    """Return the groups that the chart shows: those with most applicants, in the vocabulary's order."""
    whole = stated[stated["overall"]]
    most = set(whole.sort_values("people_in", ascending=False, kind="stable")["group"].head(DRAWN))
    return [group for group in whole["group"] if group in most]


def _chart(found: list[tuple[Counts, pd.DataFrame]], drawn: list[str]) -> pd.DataFrame | None:
    """Return a row a group, span and step: what the drawing reads; ``None`` where no ratio is shown.

    The other span stands under the leading one. A ratio of 0 has no place on a log axis.
    """
    if not (single_groups(found[0][1])["ratio"] > 0).any():
        return None
    parts = []
    for n, (funnel_counts, frame) in enumerate(found):
        rows = single_groups(frame)
        rows = rows[rows["group"].isin(drawn)]
        parts.append(
            pd.DataFrame(
                {
                    "step": rows["step"],
                    "order": rows.groupby("group").cumcount(),
                    "label": rows["group_label"] + (f", {funnel_counts.years}" if n else ""),
                    "value": rows["ratio"].where(rows["ratio"] > 0),
                    "lower": rows["ratio_lower"],
                    "upper": rows["ratio_upper"],
                    "rate": rows["rate"],
                    "different": rows["verdict"].isin([LESS, MORE]),
                    "said": rows["verdict"],
                    "equal": 1.0,
                    "place": rows["group"].map({group: at for at, group in enumerate(drawn)}),
                    "span": n,
                }
            )
        )
    rows = pd.concat(parts).sort_values(["place", "span", "order"], kind="stable", ignore_index=True)
    return rows.drop(columns=["place", "span"])


SPECS: Final = (of_groups(NAME, "Recruitment: likelihoods from stage to stage", funnel),)
