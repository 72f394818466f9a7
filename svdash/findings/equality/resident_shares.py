"""Residents that groups are set beside: those who could be among the people compared, or others, which is no fair comparison.

Staff, and those who lead organisations, are set beside residents of working age; people whom a programme reaches beside
those who may use it. Where the pack has others only, both shares are shown, and nothing is said of the gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality import gap_verdicts
from svdash.findings.equality.comparison_groups import table
from svdash.findings.finding import records
from svdash.measures.many_tests import benjamini_hochberg, p_of_share
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import NOT_STATED, Framework
from svdash.tables import split
from svdash.tables.gap_sizes import smallest_gap

# Whom a programme is open to, as the column open_to of the table programmes says: nothing said means everybody.
WORKING_AGE: Final = "working-age"
SOME: Final = "some"
# List with the characteristics that decide who may use a programme: beside all residents these are no fair comparison.
OF_ELIGIBILITY: Final = "characteristic_of_eligibility"
# Groups of a characteristic that make one comparison between them.
PAIR: Final = 2
GUIDE: Final = "the guide Your own pack says under “Fair comparisons” where they are and how to add them"


@dataclass(frozen=True)
class ResidentShares:
    """Residents to set groups beside: group → share (percent), of whom and when, and whether that is ``fair``.

    ``lacks`` are groups that the fair residents of the pack have no share of, where that is what is in the way.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    scope: str = ""
    fair: bool = False
    lacks: tuple[str, ...] = ()


@kept
def residents(edition: Edition) -> pd.DataFrame:
    """Return what the residents are like: characteristic, group, share (percent), scope, ``working_age``, ``programme``.

    A share without sampling error, from the census or an official estimate; ``scope`` says of whom and when.
    """
    columns = ["characteristic", "group", "share", "scope", "working_age", "programme"]
    rows = table(edition, "benchmark_groups")
    figures = table(edition, "benchmarks", "area_code", "variable", "value")
    if rows.empty or figures.empty:
        return pd.DataFrame(columns=columns)
    # The whole of the pack's areas stands last; its code is the one that no district has.
    districts = set(Framework.of(edition).vocabulary.labels("district"))
    whole = (
        figures[~figures["area_code"].isin(districts)]
        .drop_duplicates("variable")
        .set_index("variable")["value"]
    )
    # Nothing said of their age means residents of all ages, and of no programme that they are those of none alone.
    age = rows["working_age"].eq(True).fillna(False) if "working_age" in rows else False
    programme = rows["programme"].fillna("") if "programme" in rows else ""
    found = []
    for row in records(rows.assign(working_age=age, programme=programme)):
        base = sum(float(whole[name]) for name in split(row["base_variable"]))
        share = 100 * float(whole[row["variable"]]) / base
        told = 100 - share if row["complement"] else share
        kind = (row["scope"], bool(row["working_age"]), str(row["programme"]))
        found.append((row["characteristic"], row["group"], told, *kind))
    return pd.DataFrame(found, columns=columns)


def of_staff(edition: Edition, characteristic: str, told: Collection[str]) -> ResidentShares:
    """Return the residents that staff, or leaders of organisations, are set beside, and whether these are of working age.

    ``told`` are the groups that are compared. They are fair where each of them, aggregates apart, has a share of residents of
    working age: else the people of another group would be part of one base and not of the other.
    """
    fit = _shares(edition, characteristic, working_age=True)
    aggregates = Framework.of(edition).vocabulary.labels("aggregate")
    single = {group for group in told if f"{characteristic}={group}" not in aggregates} - {NOT_STATED}
    lacks = tuple(sorted(single - set(fit.shares))) if fit.shares else ()
    if fit.shares and not lacks:
        return replace(fit, fair=True)
    others = _shares(edition, characteristic, working_age=False)
    return replace(others if others.shares else fit, lacks=lacks)


def of_programme(edition: Edition, characteristic: str, programme: str) -> ResidentShares:
    """Return the residents that those whom a programme reaches are set beside: fair where they are those who may use it.

    Groups without a share of those who may use a programme are outside it.
    """
    own = _shares(edition, characteristic, programme=programme)
    if own.shares:
        return replace(own, fair=True)
    everybody, fit = (_shares(edition, characteristic, working_age=age) for age in (False, True))
    open_to = _open_to(edition).get(programme, "")
    if open_to == WORKING_AGE:
        return replace(fit, fair=True) if fit.shares else everybody
    if not everybody.shares:
        return fit
    decides = characteristic in Framework.of(edition).vocabulary.labels(OF_ELIGIBILITY)
    return replace(everybody, fair=open_to != SOME and not decides)


def _shares(
    edition: Edition, characteristic: str, *, working_age: bool | None = None, programme: str = ""
) -> ResidentShares:
    """Return the residents of one programme, or of no single one: of all ages or of working age."""
    rows = residents(edition)
    rows = rows[(rows["characteristic"] == characteristic) & (rows["programme"] == programme)]
    if working_age is not None:
        rows = rows[rows["working_age"].eq(working_age)]
    if rows.empty:
        return ResidentShares()
    return ResidentShares(
        dict(zip(rows["group"], rows["share"].astype("float64"), strict=True)), str(rows["scope"].iloc[0])
    )


@kept
def _open_to(edition: Edition) -> dict[str, str]:
    rows = table(edition, "programmes", "id", "open_to")
    if "open_to" not in rows:
        return {}
    return dict(zip(rows["id"].astype("str"), rows["open_to"].fillna("").astype("str"), strict=True))


def beside(rows: pd.DataFrame, those: ResidentShares) -> pd.DataFrame:
    """Add to groups what residents they are set beside: ``resident_share`` (percent), ``fair``, and ``scope`` in words."""
    shares = rows["group"].map(dict(those.shares)).astype("float64")
    return rows.assign(
        resident_share=shares,
        fair=those.fair,
        scope=pd.Series(those.scope, rows.index, dtype="str").where(shares.notna(), ""),
    )


def judged(edition: Edition, rows: pd.DataFrame, base: str, whole: str = "") -> pd.DataFrame:
    """Add the gap to residents in points and as a ratio, what can be said of it, and ``again``: whether it is no test of its own.

    ``rows`` have ``group``, ``marker``, ``share`` as it is written, the exact share and its limits (percent), and what
    `beside` adds; ``base`` names the column with how many people or organisations a share is of, ``whole`` the one by which
    groups that are parts of one whole belong together. The gap and the ratio are exact. All fair comparisons are tested
    together, each once; nothing is said of the others.
    """
    points = rows["exact_share"] - rows["resident_share"]
    times = rows["exact_share"] / rows["resident_share"].where(rows["resident_share"] > 0)
    people = rows[base].astype("float64").where(rows["exact_share"].notna() & rows["fair"].astype("bool"))
    p = pd.Series(
        p_of_share(rows["exact_share"] / 100 * people, people, rows["resident_share"] / 100), rows.index
    )
    again = _again(rows.assign(p=p), whole) if whole else pd.Series(data=False, index=rows.index)
    holds = pd.Series(benjamini_hochberg(p.mask(again)), rows.index)
    for place in rows.index[again]:
        holds[place] = holds[(rows[whole] == rows.loc[place, whole]) & p.notna() & ~again].any()
    smallest = smallest_gap(edition)
    verdicts = [
        _verdict(row, smallest, holds=bool(each)) for row, each in zip(records(rows), holds, strict=True)
    ]
    return rows.assign(
        points=points, times=times, verdict=pd.Series(verdicts, rows.index, dtype="str"), again=again
    )


def _again(rows: pd.DataFrame, whole: str) -> pd.Series:
    """Tell which groups say again what the other one of two says: as many more of one are as many fewer of the other.

    The smaller of two groups makes the test, whose ratio to residents is the farther from 1.
    """
    found = pd.Series(data=False, index=rows.index)
    for _, line in rows[rows["p"].notna()].groupby(whole, sort=False):
        if len(line) == PAIR and np.allclose(line[["exact_share", "resident_share"]].sum(), 100):
            found[line["resident_share"].sort_values(kind="stable").index[-1]] = True
    return found


def _verdict(row: dict[str, Any], smallest: SmallestGap, *, holds: bool) -> str:
    if pd.isna(row["share"]):
        return {"[c]": "too small to show", "[k]": "too few answered"}.get(row["marker"], "not known")
    if pd.isna(row["resident_share"]):
        return gap_verdicts.NO_RESIDENTS
    if not row["fair"]:
        return gap_verdicts.UNFAIR
    excluded = not row["exact_lower"] <= row["resident_share"] <= row["exact_upper"]
    return gap_verdicts.beside_residents(
        row["exact_share"], row["resident_share"], smallest, stands_out=excluded, holds=holds
    )


def scope(frame: pd.DataFrame) -> str:
    """Return of which residents, and of when, the shares are that groups are set beside; several in one, empty without any."""
    found = [f"{each[0].lower()}{each[1:]}" for each in frame["scope"].drop_duplicates() if each]
    return wording.every(found) if found else ""


def missing(those: ResidentShares, labels: Mapping[str, str]) -> str:
    """Say which residents of working age the pack lacks, and where it is told how to bring them."""
    if those.lacks:
        groups = wording.every(labels.get(group, group) for group in those.lacks)
        return f"This data pack has residents of working age, but none for {groups}: {GUIDE}."
    return f"This data pack has no residents of working age: {GUIDE}."


def whom(row: dict[str, Any]) -> str:
    """Name the residents that a group is set beside as they stand within a sentence: residents aged 16 to 64."""
    named = str(row.get("scope", "")).partition(",")[0]
    return "residents" if not named or named.startswith("All residents") else f"{named[0].lower()}{named[1:]}"


def compared(row: dict[str, Any]) -> str:
    """Say how a group's share stands beside the residents' share, in points and as a ratio."""
    if pd.isna(row["resident_share"]):
        return "no residents' share in this data pack"
    gap = wording.change(row["points"], "percent")
    times = wording.two_figures(row["times"]) if row["times"] >= 0.005 or row["share"] == 0 else "under 0.01"
    return f"{wording.percent(row['resident_share'])} of {whom(row)}, {gap}, {times} times: {gap_verdicts.sure(row['verdict'])}"
