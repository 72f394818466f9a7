"""Observations as they may be seen: published and illustrative ones together, counts of people gated.

Indicators that name a stage of recruitment have their figures in the table of recruitment, so that a count stands
in one place only; here they become observations like the others. The other stages are gated with them, but are no
observations.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings import gated_frames
from svdash.findings.aggregate_groups import aggregates, without_doubles
from svdash.findings.indicators import observation_sums
from svdash.measures import trend
from svdash.register import ALL, NOT_STATED, OBSERVATIONS, RECRUITMENT, Framework, figure_tables
from svdash.years import year_end

_KINDS: tuple[trend.Kind, ...] = ("proportion", "count", "none")
Key = tuple[str, str, str, str]
# The groups of one characteristic add up to those who answered, or to everybody's count.
LINE = ["indicator", "period", "organisation", "characteristic"]
_STAGE_LINE = ["year", "organisation", "characteristic", "stage"]
KEYS = ["indicator", "organisation", "characteristic", "group"]
_KEPT = "observed"


@kept
def gated(edition: Edition) -> pd.DataFrame:
    """Return every observation of the pack, gated once, oldest first.

    Columns: the keys, ``year``, ``period``, ``as_at``, ``value`` (in the indicator's unit), ``numerator`` and
    ``denominator`` (rounded where people are counted), ``weight`` (the numerator that goes with the published
    share), ``lower``, ``upper`` (95%, in the unit), ``kind``, ``part``, ``marker``, ``status``, ``note``,
    ``source``.
    """
    return _named(edition, _every(edition))


def recruited(edition: Edition) -> pd.DataFrame:
    """Return every count of recruitment by group, gated with the observations.

    Columns: ``year``, ``organisation``, ``characteristic``, ``group``, ``stage``, ``numerator``,
    ``denominator``, ``exact``.
    """
    rows = _every(edition)
    return rows.loc[rows["stage"].notna(), [*_STAGE_LINE, "group", "numerator", "denominator", "exact"]]


@kept
def series(edition: Edition) -> dict[Key, pd.DataFrame]:
    """Return the gated observations cut into series once: (indicator, organisation, characteristic, group) → rows."""
    return _series(gated(edition))


def _series(rows: pd.DataFrame) -> dict[Key, pd.DataFrame]:
    return {
        (str(i), str(o), str(c), str(g)): part.reset_index(drop=True)
        for (i, o, c, g), part in rows.groupby(KEYS, sort=False)
    }


def years(edition: Edition) -> pd.DataFrame:
    """Return ``indicator`` and financial ``year`` of every observation, to count how much stands behind each."""
    return _named(edition, _rows(edition))[["indicator", "year"]]


def _named(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out counts that no indicator names."""
    known = rows["indicator"].isin(Framework.of(edition).indicators.index)
    return rows[known].drop(columns=["stage", "exact"], errors="ignore").reset_index(drop=True)


@kept
def _rows(edition: Edition) -> pd.DataFrame:
    """Return all that is gated together, with its status, as it stands: observations, and stages without an indicator."""
    frames = [
        edition.table(name).assign(status=str(edition.resource(name)["status"])) for name in OBSERVATIONS
    ]
    rows = pd.concat(frames, ignore_index=True).assign(stage=pd.Series(dtype="str"))
    rows = rows[rows["indicator"].isin(Framework.of(edition).indicators.index)]
    staged = _of_stages(edition).reindex(columns=rows.columns)
    # A line that stands among the observations goes first: the same figure twice would be two of a period.
    known = pd.MultiIndex.from_frame(staged[LINE]).isin(pd.MultiIndex.from_frame(rows[LINE]))
    staged["indicator"] = staged["indicator"].mask(
        known | staged["indicator"].isna(), "stage " + staged["stage"]
    )
    if len(staged):
        rows = pd.concat([rows, staged.astype(rows.dtypes)], ignore_index=True)
    return rows.reset_index(drop=True)


def _of_stages(edition: Edition) -> pd.DataFrame:
    """Return the counts of recruitment as observations of the indicators that name their stage, if any does.

    A group is counted out of those who answered, ``not-stated`` out of everybody asked. Without the table there
    are no rows.
    """
    indicators = Framework.of(edition).indicators
    if RECRUITMENT not in edition.tables:
        return pd.DataFrame(columns=[*LINE, "stage"], dtype="str")
    stages = indicators["stage"].dropna() if "stage" in indicators else pd.Series(dtype="str", name="stage")
    counts = edition.table(RECRUITMENT)
    counts = without_doubles(counts[counts["characteristic"] != ALL], aggregates(edition))
    silent = counts["group"] == NOT_STATED
    line = [counts[name] for name in _STAGE_LINE]
    asked = counts["people"].groupby(line).transform("sum")
    answered = counts["people"].mask(silent, 0).groupby(line).transform("sum")
    rows = counts.assign(
        period=counts["year"],
        as_at=pd.to_datetime(counts["year"].map(year_end)),
        numerator=counts["people"],
        denominator=answered.mask(silent, asked),
        status=str(edition.resource(RECRUITMENT)["status"]),
    )
    return rows.merge(stages.rename_axis("indicator").reset_index(), how="left", on="stage")


def keep(edition: Edition) -> None:
    """Keep the gated observations for later starts. Raises ``OSError`` where they can't be written."""
    gated_frames.put(_folder(edition), {_KEPT: _every(edition)})


@kept
def _every(edition: Edition) -> pd.DataFrame:
    before = gated_frames.fetch(_folder(edition), _KEPT)
    return _gated(edition) if before is None else before


def _folder(edition: Edition) -> Path:
    """Return where the gated observations of an edition stand: all that :func:`_gated` reads has a part in its name."""
    read = (*figure_tables(edition), "indicators", "vocabulary")
    return gated_frames.folder(edition.fingerprint_of(read), repr(Framework.of(edition).calendar))


def _gated(edition: Edition) -> pd.DataFrame:
    framework = Framework.of(edition)
    indicators = framework.indicators
    rows = _rows(edition).copy()
    unnamed = ~rows["indicator"].isin(indicators.index)
    rows["people"] = rows["indicator"].map(indicators["counts_people"]).mask(unnamed, True).astype(bool)
    rows["unit"] = rows["indicator"].map(indicators["unit"]).mask(unnamed, "percent")
    rows["kind"] = (
        rows["indicator"]
        .map(indicators["interval"])
        .map({"wilson": "proportion", "byar": "count", "none": "none"})
        .mask(unnamed, "none")
    )
    rows["part"] = [len(p) == 7 and framework.calendar.is_part(p) for p in rows["period"]]
    rows["marker"] = ""
    rows = _gate(rows).sort_values([*KEYS, "as_at"], ignore_index=True)
    return _with_intervals(rows)


def _gate(rows: pd.DataFrame) -> pd.DataFrame:
    """Gate counts of people; then work out the value wherever counts give it."""
    counted = rows["numerator"].notna() & rows["denominator"].notna() & (rows["unit"] == "percent")
    shares = rows[counted]
    people = shares["people"]
    annual = shares["period"].str.len() == 7
    together = observation_sums.unexplained(shares[people])
    gated_people = disclosure.share(
        shares[people],
        "numerator",
        "denominator",
        exact_allowed=annual[people] & ~shares[people].index.isin(list(together)),
        rows=LINE,
        sums=observation_sums.between(shares[people]),
        limits=observation_sums.everybody_limits(shares[people]),
    )
    hidden = set(gated_people.index[gated_people["numerator"].isna()])
    beside = [label for label, line in together.items() if hidden & set(line)]
    gated_people.loc[beside, ["numerator", "percent"]] = pd.NA
    gated_people.loc[beside, disclosure.MARKER_COLUMN] = disclosure.CONFIDENTIAL
    open_counts = shares[~people]
    open_counts = open_counts.assign(
        percent=100
        * open_counts["numerator"].astype("float64")
        / open_counts["denominator"].astype("float64")
    )
    done = pd.concat([gated_people, open_counts])
    done["value"] = wording.halves_up(done["percent"].astype("float64"), 1)
    done["weight"] = done["value"] / 100 * done["denominator"].astype("float64")
    rest = rows[~counted]
    # A number of people given as a value is a count all the same.
    bare_count = rest["people"] & rest["unit"].isin(["people", "responses"]) & rest["numerator"].isna()
    rest = rest.assign(
        numerator=rest["numerator"].mask(
            bare_count, pd.Series(wording.halves_up(rest["value"]), rest.index).astype("Int64")
        )
    )
    rest["value"] = rest["value"].mask(bare_count)
    single = rest["people"] & rest["numerator"].notna()
    based = rest["people"] & rest["numerator"].isna() & rest["denominator"].notna()
    bare = pd.concat(
        [disclosure.protect(rest[single], "numerator"), _of_a_group(rest[based]), rest[~single & ~based]]
    )
    bare["value"] = bare["value"].astype("float64").fillna(bare["numerator"].astype("float64"))
    bare.loc[bare["marker"] != "", "value"] = float("nan")
    bare["weight"] = bare["numerator"].astype("float64")
    return pd.concat([done.drop(columns="percent"), bare]).sort_index()


def _of_a_group(rows: pd.DataFrame) -> pd.DataFrame:
    """Hold back a figure about a group of fewer than ten people, such as its pay gap; gate the group's size."""
    small = rows["denominator"] < disclosure.PRESETS["gss"].least_base
    gated = disclosure.protect(rows, "denominator")
    gated[disclosure.MARKER_COLUMN] = gated[disclosure.MARKER_COLUMN].mask(
        small & (gated[disclosure.MARKER_COLUMN] == ""), disclosure.UNRELIABLE
    )
    return gated


def _with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    """Add 95% limits where the indicator allows an interval."""
    out = [
        trend.interval_frame(part.assign(numerator=part["weight"]), kind)[["lower", "upper"]]
        for kind, part in ((k, rows[rows["kind"] == k]) for k in _KINDS)
    ]
    limits = pd.concat(out) if out else pd.DataFrame(columns=["lower", "upper"], dtype="float64")
    return rows.join(limits)
