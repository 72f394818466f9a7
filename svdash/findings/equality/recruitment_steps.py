"""Steps of recruitment: who goes on from stage to stage beside a comparison group, over three years and in the last one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.aggregate_groups import aggregates
from svdash.findings.equality.comparison_groups import Chosen, groups, reference_of
from svdash.findings.equality.group_wording import newest
from svdash.findings.finding import records, statuses_of
from svdash.findings.indicators.gated_observations import recruited as gated
from svdash.measures import funnel as measure
from svdash.measures.gaps import FOUR_FIFTHS
from svdash.measures.many_tests import benjamini_hochberg, p_of_ratio
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import NOT_STATED, RECRUITMENT, Framework, View
from svdash.tables.gap_sizes import smallest_gap

_RATES: Final = ["rate", "lower", "upper"]
_COMPARED: Final = ["gap", "ratio", "ratio_lower", "ratio_upper", "at_parity"]
LESS, MORE, CHANCE, EVEN = "less likely", "more likely", "could be chance", "practically even"
# Beyond chance by its own interval, but not once all tests of the comparison are taken together.
TAKEN_ALONE: Final = {way: f"{way}, taken alone" for way in (LESS, MORE)}
BEYOND: Final = frozenset({LESS, MORE, *TAKEN_ALONE.values()})
TESTED: Final = BEYOND | {CHANCE, EVEN}
HELD, FEW, UNTESTED, ITSELF = "held back", "too few to say", "no test possible", "comparison group"
NOT_COMPARED: Final = "not compared"
# METHODS: a ratio with fewer people behind it than this is in the table and no headline.
FEW_BEHIND: Final = 10
HALF_A_PERSON: Final = 0.5
AS_MANY: Final = "as many"


@dataclass(frozen=True, eq=False)
class Counts:
    """Gated counts of recruitment by one characteristic: ``rows`` of one year, or of three years together."""

    rows: pd.DataFrame
    organisation: str
    first: str
    last: str

    @property
    def pooled(self) -> bool:
        """Whether they are of several years."""
        return self.first != self.last

    @property
    def years(self) -> str:
        """The years that they are of, in words."""
        return f"{self.first} to {self.last}" if self.pooled else self.last


def counts(edition: Edition, view: View, characteristic: str) -> list[Counts]:
    """Return the newest counts by a characteristic: three years together and the last of them, the leading ones first.

    Three years lead wherever they show as many groups and stages as the year does: a year alone is mostly too few
    people to tell a gap from chance. Without three years in a row there is the year only, without counts nothing.
    """
    seen = gated(edition)
    single = seen.single[seen.single["characteristic"] == characteristic]
    organisation, year = newest(edition, view, single, "last")
    if not year:
        return []
    found = [
        Counts(rows, organisation, str(rows["first"].iloc[0]), year)
        for rows in (_of(each, characteristic, organisation, year) for each in (seen.pooled, seen.single))
        if len(rows)
    ]
    # A stable order: three years stay first where as many counts show.
    return sorted(found, key=lambda each: -_shown(each.rows))


def _of(rows: pd.DataFrame, characteristic: str, organisation: str, year: str) -> pd.DataFrame:
    """Return the counts of one characteristic up to a year."""
    return rows[
        (rows["characteristic"] == characteristic)
        & (rows["organisation"] == organisation)
        & (rows["last"] == year)
    ]


def _shown(rows: pd.DataFrame) -> int:
    return int((rows["people"].notna() & (rows["group"] != NOT_STATED)).sum())


def compared(
    edition: Edition, funnel_counts: list[Counts], chosen: Chosen
) -> list[tuple[Counts, pd.DataFrame]]:
    """Return the counts that are a funnel with their steps, all beside the same comparison group, the leading ones first.

    Offers of one year may be taken up in the next: then that year alone is no funnel, and is left out.
    """
    found: list[tuple[Counts, pd.DataFrame]] = []
    for each in funnel_counts:
        try:
            frame = steps(edition, each, chosen)
        except ValueError:
            continue
        reference = str(frame["reference"].iloc[0])
        if not found:
            chosen = replace(chosen, reference=reference)
        if reference == chosen.reference:
            found.append((each, frame))
    return found


def steps(edition: Edition, funnel_counts: Counts, chosen: Chosen) -> pd.DataFrame:
    """Return a row a group and step, and one for each group's whole way, as they may be written.

    Groups together follow the others, unless the comparison group is among them; those who stated none come last.
    Raises ``ValueError`` where the counts are no funnel, or fewer than two groups have any.
    """
    stages = Framework.of(edition).vocabulary.labels("stage")
    made = {group: of for (by, group), of in aggregates(edition).items() if by == chosen.characteristic}
    labels = groups(edition, chosen.characteristic)
    people = funnel_counts.rows.set_index(["group", "stage"])["exact_people"].unstack()  # noqa: PD010 # no group twice
    single = [group for group in labels if group in people.index and group not in made]
    reference = reference_of(edition, chosen, single)
    together = [group for group, of in made.items() if group in people.index and reference not in of]
    silent = [group for group in single if group == NOT_STATED]
    people = people.reindex(
        index=[*(group for group in single if group not in silent), *together, *silent], columns=list(stages)
    )
    if len(people.index.drop(NOT_STATED, errors="ignore")) < 2:
        raise ValueError("a comparison needs two groups with counts")
    melted = people.reset_index().melt("group", var_name="stage", value_name="people")
    frame = measure.stages(melted, reference, list(stages))
    marked = funnel_counts.rows.set_index(["group", "stage"])["marker"]
    frame = _without_small(frame, {(str(g), str(s)) for g, s in marked.index[marked != ""]})
    return _written(_judged(frame, smallest_gap(edition))).assign(
        group_label=frame["group"].map(labels),
        step=[
            f"{stages[a]} → {wording.within(stages[b])}"
            for a, b in zip(frame["from_stage"], frame["to_stage"], strict=True)
        ],
        year=funnel_counts.years,
        together=frame["group"].isin(made),
        status=statuses_of(edition, RECRUITMENT)[0],
    )


def _without_small(frame: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    """Leave out shares of fewer than twenty people and what is compared with one; say why something is missing."""
    step = ["from_stage", "to_stage"]
    others = frame.loc[frame["group"] == frame["reference"], [*step, "people_in", "people_out"]]
    beside = frame[step].merge(others, "left", step)
    least = disclosure.PRESETS["gss"].least_base
    small = frame["people_in"] < least
    few = small | (beside["people_in"] < least)
    suppressed = [
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
        marker=marker.mask(few, disclosure.UNRELIABLE).mask(pd.Series(suppressed), disclosure.CONFIDENTIAL),
        on_few=np.minimum(frame["people_out"], beside["people_out"].to_numpy()) < FEW_BEHIND,
    )


def _judged(frame: pd.DataFrame, smallest: SmallestGap) -> pd.DataFrame:
    """Test the likelihood of each step and of the whole way, and say which hold when all are taken together."""
    compared_ = frame["ratio_lower"].notna() & (frame["group"] != NOT_STATED)
    ratio, lower, upper = (frame[name].where(compared_) for name in ("ratio", "ratio_lower", "ratio_upper"))
    p = p_of_ratio(ratio, lower, upper)
    verdict = [
        _verdict(row, smallest, holds=bool(holds))
        for row, holds in zip(records(frame), benjamini_hochberg(p), strict=True)
    ]
    return frame.assign(look_closer=_closer(frame), verdict=verdict)


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
    notes = np.select([silent & shown, ~shown, below], [NOT_COMPARED, "not shown", "look closer"], "no")
    return [str(each) for each in notes]


def _verdict(row: dict[str, Any], smallest: SmallestGap, *, holds: bool) -> str:
    """Say of one group and step whether it goes on as often as the comparison group, beyond chance and by enough to matter."""
    if math.isnan(row["ratio_lower"]):
        reasons = {disclosure.CONFIDENTIAL: HELD, disclosure.UNRELIABLE: FEW, "[z]": ITSELF}
        return reasons.get(row["marker"], UNTESTED)
    if row["group"] == NOT_STATED:
        return NOT_COMPARED
    if row["ratio_lower"] <= 1 <= row["ratio_upper"]:
        return CHANCE
    if smallest.is_even(points=row["gap"], ratio=row["ratio"]):
        return EVEN
    way = LESS if row["ratio"] < 1 else MORE
    return way if holds else TAKEN_ALONE[way]


def _written(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with counts, rates and likelihoods as they may be written, and nothing finer.

    ``decimals`` says how many a rate may be written with, ``parity`` whether the comparison group's rate
    would have meant more people, fewer, or as many as there were.
    """
    base = frame["people_in"]
    more = frame["at_parity"] - frame["people_out"]
    parity = np.select([more.isna(), more.abs() < HALF_A_PERSON, more > 0], ["", AS_MANY, "more"], "fewer")
    return frame.drop(columns=["gap_lower", "gap_upper", "shortfall"]).assign(
        **{name: disclosure.percents(frame[name], base) for name in (*_RATES, "gap")},
        **{name: disclosure.ratios(frame[name]) for name in ("ratio", "ratio_lower", "ratio_upper")},
        **{name: disclosure.rounded(frame[name]) for name in ("people_in", "people_out", "at_parity")},
        parity=parity,
        decimals=np.where(base >= disclosure.FINE_BASE, 1, 0),
        # Zero is told as it is; a few are too few to set beside what the rate of others would have meant.
        few_at_parity=(frame["at_parity"] < FEW_BEHIND) | frame["people_out"].between(1, FEW_BEHIND - 1),
    )
