"""Recruitment: at which step who drops out, from applying to being appointed, beside a comparison group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.aggregate_groups import aggregates
from svdash.findings.equality.comparison_groups import (
    COUNTS,
    QUESTION,
    Chosen,
    groups,
    of_groups,
    reference_of,
)
from svdash.findings.equality.group_wording import (
    LONGEST,
    group_name,
    name_of,
    newest,
    no_rows,
    nothing,
    row_context,
    within_sentence,
)
from svdash.findings.finding import Finding, kept_by, records, statuses_of, updated_of
from svdash.findings.indicators.gated_observations import recruited as gated
from svdash.measures import funnel as measure
from svdash.measures.gaps import FOUR_FIFTHS
from svdash.register import ALL, NOT_STATED, RECRUITMENT, Framework, View

__all__ = ["COLUMNS", "funnel", "gated"]

NAME: Final = "equality-recruitment"
# So many groups a chart can show apart; the table has them all.
DRAWN: Final = 4
COLUMNS: Final = {
    "group_label": "Group",
    "step": "Step",
    "people_in": "People before",
    "people_out": "People after",
    "rate": "Went on (%)",
    "lower": "95% from",
    "upper": "95% to",
    "gap": "Gap (points)",
    "ratio": "Times as likely",
    "ratio_lower": "Times, 95% from",
    "ratio_upper": "Times, 95% to",
    "look_closer": "Four fifths: look closer?",
    "at_parity": "People at parity",
    "verdict": "What can be said",
    "status": "Status",
}
DECIMALS: Final = {
    **dict.fromkeys(("rate", "lower", "upper", "gap"), 1),
    **dict.fromkeys(("ratio", "ratio_lower", "ratio_upper"), 2),
}
METHOD: Final = (
    "People at a stage / people at the stage before × 100; relative likelihood: a group's rate / the comparison "
    "group's. The likelihoods of the steps multiply to the one of the whole way. Intervals: 95%, Wilson for rates, "
    "on the log scale for likelihoods; different only where the interval leaves out 1. At parity: people before × the "
    "comparison group's rate. Rates, likelihoods and what can be said come from exact counts; counts are written rounded "
    "to 5. Three years in a row are pooled where that shows more; a sum is held back where it would give back what "
    "a year hides."
)
_RATES: Final = ["rate", "lower", "upper"]
_COMPARED: Final = ["gap", "ratio", "ratio_lower", "ratio_upper", "at_parity"]
SCREEN: Final = (
    "A rate below four fifths of the highest one shown says to look closer: a sign for screening from the United States, "
    "no test and no legal measure."
)
LESS, MORE, CHANCE = "less likely", "more likely", "could be chance"
# METHODS: a ratio with fewer people behind it than this is in the table and no headline.
FEW_BEHIND: Final = 10
HALF_A_PERSON: Final = 0.5
AS_MANY: Final = "as many"
HELD, FEW, UNTESTED, ITSELF = "held back", "too few to say", "no test possible", "comparison group"


@kept_by("year")
def funnel(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return how likely each group is to go on from stage to stage, beside the comparison group."""
    name = name_of(edition, chosen.characteristic)
    common: dict[str, Any] = {
        "name": NAME,
        "row_key": ("group_label", "step"),
        "params": chosen.params(),
        "columns": COLUMNS,
        "decimals": DECIMALS,
        "formats": wording.of_people(DECIMALS),
        "view": view,
        "updated": updated_of(edition, RECRUITMENT) if RECRUITMENT in edition.names else None,
        "method": f"{METHOD} {COUNTS}",
        "caveats": (QUESTION, "People who apply for several posts are counted for each.", SCREEN),
    }
    told = _told(edition, view, chosen.characteristic)
    if told is None:
        return _empty(name, _why_nothing(edition, view, chosen.characteristic), common)
    try:
        frame = _frame(edition, told, chosen)
    except ValueError:
        # Which counts contradict each other is for whoever corrects them: said here it would tell the counts.
        why = "more people at a stage than at the one before it, or fewer than two groups with counts"
        return _empty(name, f"The counts are no funnel: {why}. Correct the table {RECRUITMENT}.", common)
    reference = str(frame["reference"].iloc[0])
    return _said(edition, told, chosen, frame, group_name(edition, chosen.characteristic, reference), common)


@dataclass(frozen=True, eq=False)
class _Told:
    """The counts that a finding is about: ``rows`` of one year, or of years pooled, gated."""

    rows: pd.DataFrame
    organisation: str
    first: str
    last: str

    @property
    def pooled(self) -> bool:
        return self.first != self.last

    @property
    def years(self) -> str:
        return f"{self.first} to {self.last} pooled" if self.pooled else self.last


def _told(edition: Edition, view: View, characteristic: str) -> _Told | None:
    """Return the newest counts by a characteristic, pooled where that shows more of those who stated a group."""
    seen = gated(edition)
    single = seen.single[seen.single["characteristic"] == characteristic]
    organisation, year = newest(edition, view, single, "last")
    if not year:
        return None
    alone, sums = (_of(rows, characteristic, organisation, year) for rows in (seen.single, seen.pooled))
    rows = sums if _shown(sums) > _shown(alone) else alone
    return _Told(rows, organisation, str(rows["first"].iloc[0]), year)


def _of(rows: pd.DataFrame, characteristic: str, organisation: str, year: str) -> pd.DataFrame:
    """Return the counts of one characteristic up to a year."""
    return rows[
        (rows["characteristic"] == characteristic)
        & (rows["organisation"] == organisation)
        & (rows["last"] == year)
    ]


def _shown(rows: pd.DataFrame) -> int:
    return int((rows["people"].notna() & (rows["group"] != NOT_STATED)).sum())


def _empty(name: str, why: str, common: dict[str, Any]) -> Finding:
    return Finding(
        headline=f"Recruitment by {name}: not known",
        subtitle=f"Likelihood of reaching the next stage, by {name}",
        frame=pd.DataFrame(columns=list(COLUMNS)),
        empty=why,
        **common,
    )


def _why_nothing(edition: Edition, view: View, characteristic: str) -> str:
    single = gated(edition).single
    if single.empty:
        return no_rows(RECRUITMENT)
    years = sorted(set(single.loc[single["characteristic"] == characteristic, "last"]))
    register = Framework.of(edition).indicators
    staged = list(register.index[register["stage"].notna()]) if "stage" in register else []
    return nothing(edition, staged, characteristic, "recruitment", years[0] if years else "", view.year)


def _frame(edition: Edition, told: _Told, chosen: Chosen) -> pd.DataFrame:
    """Return a row a group and step, and one for each group's whole way.

    Groups together follow the others, unless the comparison group is among them; those who stated none come last.
    """
    stages = Framework.of(edition).vocabulary.labels("stage")
    made = {group: of for (by, group), of in aggregates(edition).items() if by == chosen.characteristic}
    labels = groups(edition, chosen.characteristic)
    people = told.rows.set_index(["group", "stage"])["exact_people"].unstack()  # noqa: PD010 # no group twice
    single = [group for group in labels if group in people.index and group not in made]
    reference = reference_of(edition, chosen, single)
    together = [group for group, of in made.items() if group in people.index and reference not in of]
    silent = [group for group in single if group == NOT_STATED]
    people = people.reindex(
        index=[*(group for group in single if group not in silent), *together, *silent], columns=list(stages)
    )
    if len(people.index.drop(NOT_STATED, errors="ignore")) < 2:
        raise ValueError("a comparison needs two groups with counts")
    counts = people.reset_index().melt("group", var_name="stage", value_name="people")
    frame = measure.stages(counts, reference, list(stages))
    marked = told.rows.set_index(["group", "stage"])["marker"]
    frame = _without_small(frame, {(str(g), str(s)) for g, s in marked.index[marked != ""]})
    told_ = frame.assign(look_closer=_closer(frame), verdict=[_verdict(row) for row in records(frame)])
    return _written(told_).assign(
        group_label=frame["group"].map(labels),
        step=[
            f"{stages[a]} → {within_sentence(stages[b])}"
            for a, b in zip(frame["from_stage"], frame["to_stage"], strict=True)
        ],
        status=statuses_of(edition, RECRUITMENT)[0],
    )


def _without_small(frame: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    """Leave out shares of fewer than ten people and what is compared with one; say why something is missing."""
    step = ["from_stage", "to_stage"]
    others = frame.loc[frame["group"] == frame["reference"], [*step, "people_in", "people_out"]]
    beside = frame[step].merge(others, "left", step)
    least = disclosure.PRESETS["gss"].least_base
    small = frame["people_in"] < least
    few = small | (beside["people_in"] < least)
    held = [
        any(
            (who, stage) in hidden for who in (row["group"], row["reference"]) for stage in map(row.get, step)
        )
        for row in records(frame)
    ]
    itself = (frame["group"] == frame["reference"]) & frame["rate"].notna()
    marker = pd.Series("", index=frame.index).mask(itself, "[z]")
    return frame.assign(
        **{column: frame[column].mask(small) for column in _RATES},
        **{column: frame[column].mask(few) for column in _COMPARED},
        marker=marker.mask(few, disclosure.UNRELIABLE).mask(pd.Series(held), disclosure.CONFIDENTIAL),
        on_few=np.minimum(frame["people_out"], beside["people_out"].to_numpy()) < FEW_BEHIND,
    )


def _written(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with counts, rates and likelihoods as they may be written, and nothing finer.

    ``parity`` says whether the comparison group's rate would have meant more people, fewer, or as many as there were.
    """
    base = frame["people_in"]
    more = frame["at_parity"] - frame["people_out"]
    parity = np.select([more.isna(), more.abs() < HALF_A_PERSON, more > 0], ["", AS_MANY, "more"], "fewer")
    return frame.drop(columns=["gap_lower", "gap_upper", "shortfall"]).assign(
        **{name: disclosure.percents(frame[name], base) for name in (*_RATES, "gap")},
        **{name: disclosure.ratios(frame[name]) for name in ("ratio", "ratio_lower", "ratio_upper")},
        **{name: disclosure.rounded(frame[name]) for name in ("people_in", "people_out", "at_parity")},
        parity=parity,
        # Zero is told as it is; a few are too few to set beside what the rate of others would have meant.
        few_at_parity=(frame["at_parity"] < FEW_BEHIND) | frame["people_out"].between(1, FEW_BEHIND - 1),
    )


def _closer(frame: pd.DataFrame) -> list[str]:
    """Say of each group and step whether its rate is below four fifths of the highest that is shown and stated."""
    silent, shown = frame["group"] == NOT_STATED, frame["rate"].notna()
    highest = (
        frame["rate"]
        .where(~silent)
        .groupby([frame[name] for name in ("from_stage", "to_stage")])
        .transform("max")
    )
    # Four fifths exactly is no flag, whatever the last digit of the division says.
    below = frame["rate"] < (FOUR_FIFTHS - 1e-12) * highest
    told = np.select([silent & shown, ~shown, below], ["not compared", "not shown", "look closer"], "no")
    return [str(each) for each in told]


def _verdict(row: dict[str, Any]) -> str:
    """Say of one group and step whether it goes on as often as the comparison group."""
    if math.isnan(row["ratio_lower"]):
        reasons = {disclosure.CONFIDENTIAL: HELD, disclosure.UNRELIABLE: FEW, "[z]": ITSELF}
        return reasons.get(row["marker"], UNTESTED)
    if row["ratio_lower"] <= 1 <= row["ratio_upper"]:
        return CHANCE
    return LESS if row["ratio"] < 1 else MORE


def _said(
    edition: Edition, told: _Told, chosen: Chosen, frame: pd.DataFrame, beside: str, common: dict[str, Any]
) -> Finding:
    """Say what the frame shows."""
    framework = Framework.of(edition)
    # Groups together are told beside the others, never in their place: that of many groups hides what they differ in.
    together = frame["group"].isin(_made(edition, chosen))
    stated = frame[(frame["group"] != NOT_STATED) & (frame["group"] != frame["reference"]) & ~together]
    whole = stated[stated["overall"]]
    characteristic = str(told.rows["characteristic"].iloc[0])
    drawn = _drawn(stated)
    seen = whole[whole["ratio"].notna()]
    name = framework.vocabulary.label("characteristic", characteristic)
    said = row_context(edition, characteristic, told.last, told.organisation, str(frame["reference"].iloc[0]))
    return Finding(
        headline=_headline(seen, whole, beside, name) if len(seen) else _headline_hidden(stated, name),
        subtitle=f"Likelihood of reaching the next stage, compared with {beside}, "
        f"{framework.vocabulary.label('organisation', told.organisation)}, {told.years}",
        frame=frame,
        sentence=" ".join(
            part
            for part in (
                _overall(seen, frame, beside),
                _others(seen),
                _widest(stated, seen),
                _together(edition, told, chosen, frame[together]),
                f"{told.years}, because some counts of one year are held back to protect small ones."
                if told.pooled
                else "",
                _held_back(whole),
                _silent(edition, told),
            )
            if part
        ),
        alt=" ".join(_spoken(row, beside) for row in records(whole)),
        legend=f"Dot and bar: how many times as likely as {beside} to go on, with 95% interval; filled where beyond "
        "chance. Line at 1: as likely."
        + (f" The {DRAWN} groups with most applicants." if len(drawn) < whole["group"].nunique() else ""),
        statuses=statuses_of(edition, RECRUITMENT),
        # Years pooled are not one of them.
        about={**said, "year": told.years},
        chart=_chart(stated[stated["group"].isin(drawn)]) if (stated["ratio"] > 0).any() else None,
        **common,
    )


def _focus(seen: pd.DataFrame) -> dict[str, Any]:
    """Return the group to speak of: the least likely, the most likely where none is less so; first who differ."""
    differ = seen[seen["verdict"].isin([LESS, MORE])]
    rows = differ if len(differ) else seen
    below = rows[rows["ratio"] < 1]
    return records((below if len(below) else rows).sort_values("ratio", ascending=bool(len(below))))[0]


def _headline(seen: pd.DataFrame, whole: pd.DataFrame, beside: str, name: str) -> str:
    one = _focus(seen)
    if one["ratio"] == 0:
        return f"{one['group_label']}: nobody was appointed"
    if one["verdict"] not in (LESS, MORE) and len(whole) > 1:
        return f"{name}: no difference in appointments beyond chance" + (
            " where it can be told" if len(seen) < len(whole) else ""
        )
    if one["on_few"]:
        if one["verdict"] in (LESS, MORE):
            return (
                f"{one['group_label']}: {one['verdict']} to be appointed, on fewer than {FEW_BEHIND} people"
            )
        return f"{name}: no difference in appointments beyond chance"
    likely, sure = f"{one['group_label']}: {wording.two_figures(one['ratio'])} times as likely", _sure(one)
    return next(
        text
        for text in (
            f"{likely} to be appointed as {beside}, {sure}",
            f"{likely} to be appointed, {sure}",
            f"{likely}, {sure}",
        )
        if len(text) <= LONGEST or "appointed" not in text
    )


def _made(edition: Edition, chosen: Chosen) -> set[str]:
    """Return the groups of the characteristic that put others together."""
    return {group for by, group in aggregates(edition) if by == chosen.characteristic}


def _headline_hidden(stated: pd.DataFrame, name: str) -> str:
    if stated["ratio"].isna().all():
        return f"Recruitment by {within_sentence(name)}: every group is too small to show"
    return f"{name}: appointments held back to protect small counts"


def _overall(seen: pd.DataFrame, frame: pd.DataFrame, beside: str) -> str:
    """Say how the group spoken of fares over the whole way, in points, as a ratio and in people."""
    if seen.empty:
        return ""
    one = _focus(seen)
    other = records(frame[(frame["group"] == one["reference"]) & frame["overall"]])[0]
    against = f"{wording.value(other['rate'], 'percent')} in the comparison group ({beside})"
    if one["ratio"] == 0:
        return (
            f"{one['group_label']}: none of about {wording.number(one['people_in'])} applicants was appointed, against "
            f"{against}; no test of the ratio is possible. {_parity(one)}"
        ).rstrip()
    ends = _sure(one) if math.isnan(one["ratio_lower"]) else f"95% limits {_limits(one)}: {_sure(one)}"
    return (
        f"{one['group_label']}: {wording.value(one['rate'], 'percent')} of applicants were appointed, against {against}: "
        f"{wording.change(one['gap'], 'percent')}, {wording.two_figures(one['ratio'])} times as likely ({ends}). {_parity(one)}"
    ).rstrip()


def _parity(one: dict[str, Any]) -> str:
    """Say how many appointments the comparison group's rate would have meant; nothing where they are few."""
    if one["few_at_parity"]:
        return ""
    at, now = int(one["at_parity"]), int(one["people_out"])
    if one["parity"] == AS_MANY:
        return f"Parity would have meant about {at} appointments, as many as there were."
    if at == now:
        return f"Parity would have meant a few {one['parity']} appointments than the about {now} there were."
    return f"Parity would have meant about {at} appointments; there were {f'about {now}' if now else 'none'}."


def _others(seen: pd.DataFrame) -> str:
    """Name the other groups that differ beyond chance."""
    if seen.empty:
        return ""
    differ = seen[seen["verdict"].isin([LESS, MORE]) & (seen["group"] != _focus(seen)["group"])]
    named = [f"{row['group_label']} ({wording.two_figures(row['ratio'])} times)" for row in records(differ)]
    return f"Beyond chance as well: {wording.listing(named, DRAWN)}." if named else ""


def _widest(stated: pd.DataFrame, seen: pd.DataFrame) -> str:
    """Name the step at which people fall furthest behind; where they do at none, the one furthest from equal.

    That is one of the group spoken of, unless only another group has a step that differs beyond chance.
    """
    steps = stated[~stated["overall"] & stated["ratio_lower"].notna()]
    spoken = _focus(seen)["group"] if len(seen) else ""
    own, differ = steps["group"] == spoken, steps["verdict"].isin([LESS, MORE])
    rows = next((r for r in (steps[own & differ], steps[differ], steps[own], steps) if len(r)), steps)
    if rows.empty:
        return ""
    behind = rows[rows["ratio"] < 1]
    # Half as likely is as far from equal as twice as likely.
    at = behind["ratio"].idxmin() if len(behind) else np.abs(np.log(rows["ratio"])).idxmax()
    one, what = records(rows.loc[[at]])[0], "furthest behind" if len(behind) else "furthest from equal"
    who = "" if one["group"] == spoken else f" of those shown, for “{one['group_label']}”,"
    start, _, end = str(one["step"]).partition(" → ")
    return f"The step {what}{who} is from {within_sentence(start)} to {end}: {wording.two_figures(one['ratio'])} times as likely, {_sure(one)}."


def _together(edition: Edition, told: _Told, chosen: Chosen, rows: pd.DataFrame) -> str:
    """Tell groups together: the whole way, and the step at which they are furthest behind beyond chance.

    Where three years hold the whole way back for the sake of single groups, it is told of the last year alone.
    """
    text = [_of_groups(row, "") for row in records(rows[rows["overall"] & rows["ratio"].notna()])]
    steps = rows[~rows["overall"] & rows["verdict"].isin([LESS, MORE])].sort_values("ratio")
    for row in records(steps.head(1)):
        start, _, end = str(row["step"]).partition(" → ")
        text.append(
            f"{row['group_label']}, from {within_sentence(start)} to {end}: {wording.two_figures(row['ratio'])} times as likely, beyond chance; "
            "with several steps looked at, one may differ by chance."
        )
    if told.pooled and (rows["overall"] & rows["ratio"].isna()).any():
        alone = _of(gated(edition).single, chosen.characteristic, told.organisation, told.last)
        try:
            frame = _frame(edition, _Told(alone, told.organisation, told.last, told.last), chosen)
        except ValueError:
            # Offers of one year may be taken up in the next: then one year alone is no funnel.
            return " ".join(text)
        seen = frame["overall"] & frame["group"].isin(_made(edition, chosen)) & frame["ratio"].notna()
        text += [_of_groups(row, f" in {told.last} alone") for row in records(frame[seen])]
    return " ".join(text)


def _of_groups(row: dict[str, Any], when: str) -> str:
    return f"{row['group_label']}{when}: {wording.two_figures(row['ratio'])} times as likely to be appointed, {_sure(row)}."


def _limits(row: dict[str, Any]) -> str:
    return f"{wording.two_figures(row['ratio_lower'])} to {wording.two_figures(row['ratio_upper'])}"


def _sure(row: dict[str, Any]) -> str:
    return "beyond chance" if row["verdict"] in (LESS, MORE) else str(row["verdict"])


def _held_back(whole: pd.DataFrame) -> str:
    """Name the groups whose appointments cannot be compared, and why."""
    said = {HELD: "Appointments held back to protect small counts", FEW: "Too few applicants for a rate"}
    hidden = {why: list(whole.loc[whole["verdict"] == why, "group_label"]) for why in said}
    return " ".join(f"{said[why]}: {wording.listing(who, DRAWN)}." for why, who in hidden.items() if who)


def _silent(edition: Edition, told: _Told) -> str:
    """Say how many applicants did not state a group."""
    stages = list(Framework.of(edition).vocabulary.labels("stage"))
    counts = gated(edition).single if not told.pooled else gated(edition).pooled
    counts = counts[
        (counts["organisation"] == told.organisation)
        & (counts["last"] == told.last)
        & (counts["stage"] == stages[0])
    ]
    everybody = counts.loc[counts["characteristic"] == ALL, "exact_people"]
    rows = told.rows[(told.rows["group"] == NOT_STATED) & (told.rows["stage"] == stages[0])]
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


def _chart(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a group and step: what the drawing reads. A ratio of 0 has no place on a log axis."""
    ratio = rows["ratio"].where(rows["ratio"] > 0)
    return pd.DataFrame(
        {
            "step": rows["step"],
            "order": rows.groupby("group").cumcount(),
            "label": rows["group_label"],
            "value": ratio,
            "lower": rows["ratio_lower"],
            "upper": rows["ratio_upper"],
            "rate": rows["rate"],
            "different": rows["verdict"].isin([LESS, MORE]),
            "said": rows["verdict"],
            "equal": 1.0,
        }
    )


SPECS: Final = (of_groups(NAME, "Recruitment: likelihoods from stage to stage", funnel),)
