"""What parts of the equality page share: groups within a sentence, whose figures, and why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality.comparison_groups import table, year_of
from svdash.findings.finding import records
from svdash.findings.indicators import gated_observations
from svdash.findings.reach.area_figures import dated
from svdash.register import ALL, NOT_STATED, Framework, View
from svdash.years import year_end

# A headline longer than this is not read in a meeting.
LONGEST: Final = 90


def group_name(edition: Edition, characteristic: str, group: str) -> str:
    """Return the name of a group as it stands within a sentence: men, Asian, aged under 25."""
    return _called(edition).get(f"{characteristic}={group}", group)


@kept
def _called(edition: Edition) -> dict[str, str]:
    rows = table(edition, "vocabulary", "list", "code", "label", "meaning")
    found = {}
    for row in records(rows[rows["list"] == "group"]):
        label = str(row["label"])
        # What the vocabulary writes with a capital in the middle of its own words has one everywhere: Asian British.
        first = label.partition(" ")[0].rstrip(",")
        proper = first.isalpha() and f" {first}" in str(row["meaning"])
        found[str(row["code"])] = label if proper else wording.within(label)
    return found


def name_of(edition: Edition, characteristic: str) -> str:
    """Return the name of a characteristic as it stands within a sentence."""
    return wording.within(Framework.of(edition).vocabulary.label("characteristic", characteristic))


def row_context(
    edition: Edition,
    characteristic: str,
    year: str,
    organisation: str = "",
    reference: str = "",
    *,
    on_a_day: bool = False,
) -> dict[str, str]:
    """Return what every row taken away says it is of, by column; what is empty is not said.

    ``reference`` is the comparison group; ``on_a_day``: the figures are those of the last day of the year.
    """
    framework = Framework.of(edition)
    # What is counted on one day is not of a part of the year.
    when = {"year": year, "as_at": year_end(year).isoformat()} if on_a_day else dated(edition, year)
    said = {"characteristic": name_of(edition, characteristic), **when}
    if organisation:
        said["organisation"] = framework.vocabulary.label("organisation", organisation)
    if reference:
        said["compared_with"] = framework.vocabulary.label("group", f"{characteristic}={reference}")
    return said


def no_rows(name: str) -> str:
    """Say that a table of the pack has no rows at all, and where it is told why."""
    return f"The table {name} has no rows: Data & methods says whether its file is missing or at fault."


def nothing(
    edition: Edition,
    indicators: Sequence[str],
    characteristic: str,
    what: str,
    first: str = "",
    upto: str = "",
) -> str:
    """Say why there are no figures, who owns that, and what comes next.

    ``indicators`` are those whose known gaps explain it, ``what`` is spoken of (recruitment, pay). ``first`` is the
    first year with figures, where the chosen one, ``upto``, is before it.
    """
    name = name_of(edition, characteristic)
    if first:
        return f"No figures on {what} by {name} up to {upto}: the first are those of {first}."
    if told := told_elsewhere(edition, indicators, characteristic, upto):
        return f"{wording.sentence(what)} by {name} has no table here. {told}"
    start = held_elsewhere(edition, indicators, characteristic, upto) or f"No figures on {what} by {name}."
    rows = table(edition, "data_gaps", "indicator", "characteristic")
    rows = rows[rows["indicator"].isin(list(indicators)) & (rows["characteristic"] == characteristic)]
    if len(rows):
        return f"{start} {_known_gap(records(rows)[0])}"
    register = Framework.of(edition).indicators
    owners = [str(register.loc[code, "owner"]) for code in indicators if code in register.index]
    if owners:
        return f"{start} Owner: {owners[0]}; no next step is recorded."
    return f"{start} Nobody is recorded as the owner."


def told_elsewhere(edition: Edition, indicators: Sequence[str], characteristic: str, upto: str) -> str:
    """Name the indicator of the same success measure that has figures by a characteristic; empty where none has.

    Figures that are held back to protect small counts count as none.
    """
    register = Framework.of(edition).indicators
    rows = _beside(edition, indicators, characteristic, upto)
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return ""
    code = str(rows["indicator"].iloc[0])
    years = sorted(set(map(str, rows.loc[rows["indicator"] == code, "year"])))
    span = years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return (
        f"{code} {register['title'].astype('str')[code]} has figures by it, {span}: see the page Indicators."
    )


def held_elsewhere(edition: Edition, indicators: Sequence[str], characteristic: str, upto: str) -> str:
    """Name the indicator of the same success measure whose figures by a characteristic are all held back; empty where none has any."""
    rows = _beside(edition, indicators, characteristic, upto)
    if rows.empty or rows["value"].notna().any():
        return ""
    code = str(rows["indicator"].iloc[0])
    title = Framework.of(edition).indicators["title"].astype("str")[code]
    return f"{code} {title} counts it, and its figures are suppressed to protect small counts."


def _beside(edition: Edition, indicators: Sequence[str], characteristic: str, upto: str) -> pd.DataFrame:
    """Return what other indicators of the same success measures have by a characteristic, up to a year."""
    register = Framework.of(edition).indicators
    own = register["measure"].isin(register.loc[register.index.isin(list(indicators)), "measure"])
    beside = register.index[own & ~register.index.isin(list(indicators))]
    rows = gated_observations.gated(edition)
    rows = rows[rows["indicator"].isin(beside) & (rows["characteristic"] == characteristic)]
    rows = rows[rows["group"] != NOT_STATED]
    return rows if upto in ("", ALL) else rows[rows["year"] <= upto]


def _known_gap(row: dict[str, Any]) -> str:
    """Say what the register of gaps says of one."""
    note = wording.sentence(str(row["note"])).rstrip(".")
    if pd.isna(row["owner"]):
        return f"{note}."
    due = "" if pd.isna(row["due"]) else f", due {wording.day(row['due'].date())}"
    step = (
        "no next step is recorded"
        if pd.isna(row["next_step"])
        else f"next step: {wording.within(row['next_step'])}"
    )
    return f"{note}. Owner: {row['owner']}; {step}{due}."


def newest(edition: Edition, view: View, rows: pd.DataFrame, years: str) -> tuple[str, str]:
    """Return the organisation that is told of, and its newest year with figures up to the chosen one.

    The first of the vocabulary's organisations that has such a year; both empty where none has. ``years`` names the
    column of ``rows`` with the year.
    """
    order = {
        code: place for place, code in enumerate(Framework.of(edition).vocabulary.labels("organisation"))
    }
    for organisation in sorted(set(rows["organisation"]), key=lambda code: order.get(code, len(order))):
        year = year_of(view, rows.loc[rows["organisation"] == organisation, years])
        if year:
            return str(organisation), year
    return "", ""
