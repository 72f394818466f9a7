"""Pay by group as far as it may be seen, and what all that tell of pay say alike."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.disclosure import Sum
from svdash.editions import Edition, kept
from svdash.findings.equality.comparison_groups import QUESTION, Chosen, table
from svdash.findings.equality.group_wording import newest, no_rows, nothing
from svdash.findings.finding import updated_of
from svdash.measures import pay as measure
from svdash.register import ALL, NOT_STATED, Framework, View
from svdash.years import year_end

TABLE: Final = "pay"
NAMES: Final = dict(zip(("1", "2", "3", "4"), measure.QUARTERS, strict=True))
SHARES: Final = [f"quarter_{quarter}" for quarter in NAMES]
# Groups that a chart has room for.
DRAWN: Final = 4
ROUGH: Final = "Full-pay relevant employees of one organisation. Counts are written rounded; shares and gaps come from exact ones."
FEW_BESIDE: Final = (
    "The comparison group has fewer than 10 people, so no gap can be shown: choose another one."
)
NO_TEST: Final = "No test possible: it is everybody's pay on one day, not a sample."
METHOD: Final = (
    "Pay gap: (comparison group's hourly pay - the group's) / the comparison group's × 100, in mean and in median, of "
    "full-pay relevant employees on 31 March; below zero: the group is paid more. Quarters: all employees ranked by "
    "hourly pay and cut into four equal parts. Groups of fewer than 10 people are left out as [k]."
)


@kept
def gated(edition: Edition) -> pd.DataFrame:
    """Return pay by group and quarter, gated once for each pack as the table of quarters × groups with totals.

    Columns: the keys, ``people`` and ``base`` (everybody in the quarter who is told apart: those who stated a group, or
    all for those who did not), as they may be written and exact, ``marker``, ``mean_hourly``, ``median_hourly`` (missing where
    the cell has fewer than ten people), and ``inner_mean``, the mean of any cell that is shown: for sums, never to be
    shown itself.
    """
    keys = [*_ONE, "group", "quarter"]
    rows = table(edition, TABLE, *keys, "people", "mean_hourly", "median_hourly")
    rows = rows.assign(marker="", apart=rows["group"] == NOT_STATED)
    people = rows["people"]
    by_quarter = [rows[name] for name in (*_ONE, "quarter")]
    stated = people.mask(rows["apart"], 0).groupby(by_quarter).transform("sum")
    asked = people.groupby(by_quarter).transform("sum")
    rows = rows.assign(base=stated.mask(rows["apart"], asked))
    suppressed = _hidden_counts(rows.assign(asked=asked))
    seen = disclosure.suppress(rows, "people", suppressed["people"])
    whole = people.where(rows["quarter"] == ALL).groupby([rows[name] for name in keys[:-1]]).transform("max")
    small = whole.isna() | (whole < measure.LEAST_PEOPLE)
    for name in ("people", f"{disclosure.EXACT}people"):
        seen[name] = seen[name].mask(small)
    seen["marker"] = seen["marker"].mask(small, disclosure.UNRELIABLE)
    hidden = seen["people"].isna()
    seen["base"] = disclosure.rounded(rows["base"]).mask(suppressed["base"])
    seen[f"{disclosure.EXACT}base"] = rows["base"].astype("float64").mask(suppressed["base"])
    seen["inner_mean"] = seen["mean_hourly"].mask(hidden)
    few = hidden | (people < measure.LEAST_PEOPLE)
    beside = _gives_away(rows, few)
    seen["marker"] = seen["marker"].mask(beside & (seen["marker"] == ""), disclosure.CONFIDENTIAL)
    few |= beside
    pays = {name: seen[name].mask(few | (seen[name] <= 0)) for name in ("mean_hourly", "median_hourly")}
    return seen.assign(**pays).drop(columns="apart")


def _gives_away(rows: pd.DataFrame, few: pd.Series) -> pd.Series:
    """Return which means are held back beside the only one of their line that is: the smallest group's of those told.

    The pay of everybody follows from any characteristic of which all groups are told, and from it the one mean.
    """
    people = rows["people"].astype("int64")
    line = [rows[name] for name in (*_ONE, "quarter")]
    unknown = (few & (people > 0)).groupby(line).transform("sum")
    whole = (
        (unknown == 0).groupby([rows[name] for name in ("year", "organisation", "quarter")]).transform("any")
    )
    told = (unknown == 1) & whole & ~few & (people > 0)
    silent = rows["group"] == NOT_STATED
    least = people.where(told & ~silent).groupby(line).transform("min")
    return told & ~silent & (people == least)


_ONE: Final = ["year", "organisation", "characteristic"]


def _hidden_counts(rows: pd.DataFrame) -> pd.DataFrame:
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
    stay = dict.fromkeys(counts, 1.0) | dict.fromkeys(rows.index[rows["quarter"] != ALL], 0.0)
    # The same people are asked for every characteristic, so what all of them tell can give their number.
    known = [name for name in counts if isinstance(name, tuple) and name[0] == "asked"]
    suppressed = disclosure.safe(counts, sums, shown=known, stay=stay).to_dict()
    return pd.DataFrame(
        {
            "people": [suppressed[label] for label in rows.index],
            "base": [suppressed[bases[label]] for label in rows.index],
        },
        index=rows.index,
    )


def newest_of(edition: Edition, view: View, characteristic: str) -> tuple[str, str, pd.DataFrame]:
    """Return the organisation and the year of the newest figures by a characteristic, and their gated rows."""
    rows = gated(edition)
    rows = rows[rows["characteristic"] == characteristic]
    organisation, year = newest(edition, view, rows, "year")
    return organisation, year, rows[(rows["organisation"] == organisation) & (rows["year"] == year)]


def why_nothing(edition: Edition, view: View, characteristic: str) -> str:
    """Say why there is no pay to tell of by a characteristic, and who could change it."""
    rows = gated(edition)
    if rows.empty:
        return no_rows(TABLE)
    years = sorted(set(rows.loc[rows["characteristic"] == characteristic, "year"]))
    codes = [code for code in (Framework.of(edition).concept("pay-gap-by-group"),) if code]
    return nothing(edition, codes, characteristic, "pay", years[0] if years else "", view.year)


def place(edition: Edition, organisation: str, year: str) -> str:
    """Name an organisation and the day its pay was taken."""
    return f"{Framework.of(edition).vocabulary.label('organisation', organisation)}, {wording.day(year_end(year))}"


def gap_in_words(gap: float, beside: str = "") -> str:
    """Say how far pay is from the comparison group's."""
    if wording.rounded(gap, 1) == 0:
        return f"the same as {beside}" if beside else "the same"
    return f"{wording.value(abs(gap), 'percent')} {'below' if gap > 0 else 'above'} {beside}".strip()


def common_to(
    edition: Edition, name: str, view: View, chosen: Chosen, columns: dict[str, str]
) -> dict[str, Any]:
    """Return what findings on pay by group say alike."""
    return {
        "name": name,
        "row_key": ("group_label",),
        "params": chosen.params(),
        "columns": columns,
        "view": view,
        "updated": updated_of(edition, TABLE) if TABLE in edition.names else None,
        "caveats": (
            QUESTION,
            ROUGH,
        ),
    }
