"""Observations as they may be seen: published and illustrative ones together, counts of people gated."""

from __future__ import annotations

import pandas as pd

from svdash import disclosure
from svdash.framework import OBSERVATIONS, Framework
from svdash.measures import trend
from svdash.pack import Pack

_KINDS: tuple[trend.Kind, ...] = ("proportion", "count", "none")
Key = tuple[str, str, str, str]
# The groups of one characteristic add up to those who answered.
LINE = ["indicator", "period", "organisation", "characteristic"]
KEYS = ["indicator", "organisation", "characteristic", "group"]


def gated(pack: Pack) -> pd.DataFrame:
    """Return every observation of the pack, gated once, oldest first.

    Columns: the keys, ``year``, ``period``, ``as_at``, ``value`` (in the indicator's unit), ``numerator`` and
    ``denominator`` (rounded where people are counted), ``weight`` (the numerator that goes with the published
    share), ``lower``, ``upper`` (95%, in the unit), ``kind``, ``part``, ``marker``, ``status``, ``note``,
    ``source``.
    """
    return pack.remember("observed.gated", lambda: _gated(pack))


def series(pack: Pack) -> dict[Key, pd.DataFrame]:
    """Return the gated observations cut into series once: (indicator, organisation, characteristic, group) → rows."""
    return pack.remember("observed.series", lambda: _series(gated(pack)))


def _series(rows: pd.DataFrame) -> dict[Key, pd.DataFrame]:
    return {
        (str(i), str(o), str(c), str(g)): part.reset_index(drop=True)
        for (i, o, c, g), part in rows.groupby(KEYS, sort=False)
    }


def _gated(pack: Pack) -> pd.DataFrame:
    frames = [pack.table(name).assign(status=str(pack.resource(name)["status"])) for name in OBSERVATIONS]
    rows = pd.concat(frames, ignore_index=True)
    framework = Framework.of(pack)
    indicators = framework.indicators
    rows = rows[rows["indicator"].isin(indicators.index)].reset_index(drop=True)
    rows["people"] = rows["indicator"].map(indicators["counts_people"]).astype(bool)
    rows["unit"] = rows["indicator"].map(indicators["unit"])
    rows["kind"] = (
        rows["indicator"]
        .map(indicators["interval"])
        .map({"wilson": "proportion", "byar": "count", "none": "none"})
    )
    rows["part"] = [len(p) == 7 and framework.is_part(p) for p in rows["period"]]
    rows["marker"] = ""
    rows = _gate(rows).sort_values([*KEYS, "as_at"], ignore_index=True)
    return _with_intervals(rows)


def _gate(rows: pd.DataFrame) -> pd.DataFrame:
    """Gate counts of people; then work out the value wherever counts give it."""
    counted = rows["numerator"].notna() & rows["denominator"].notna() & (rows["unit"] == "percent")
    shares = rows[counted]
    people = shares["people"]
    annual = shares["period"].str.len() == 7
    gated_people = disclosure.share(
        shares[people], "numerator", "denominator", exact_allowed=annual[people], rows=LINE
    )
    open_counts = shares[~people]
    open_counts = open_counts.assign(
        percent=100
        * open_counts["numerator"].astype("float64")
        / open_counts["denominator"].astype("float64")
    )
    done = pd.concat([gated_people, open_counts])
    done["value"] = done["percent"].astype("float64").round(1)
    done["weight"] = done["value"] / 100 * done["denominator"].astype("float64")
    rest = rows[~counted]
    # A number of people given as a value is a count all the same.
    bare_count = rest["people"] & (rest["unit"] == "people") & rest["numerator"].isna()
    rest = rest.assign(numerator=rest["numerator"].mask(bare_count, rest["value"].round().astype("Int64")))
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
