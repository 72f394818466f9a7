"""Travel times that a pack may bring: the optional table ``travel_times``, described in docs/guides/travel-times.md."""

from __future__ import annotations

from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.reach import area_cells
from svdash.register import Framework

TABLE: Final = "travel_times"
_COLUMNS: Final = ("area", "site", "minutes", "mode")
# The list of the vocabulary that may name the modes.
_MODES: Final = "travel_mode"


def problem(edition: Edition) -> str:
    """Say why the pack's travel times cannot be used; empty where they can, and where it has none."""
    if TABLE not in edition.names:
        return ""
    if TABLE not in edition.tables or TABLE in edition.lines:
        return f"{TABLE} is not a plain table: describe it as CSV or Parquet, without “lines”"
    fields = edition.resource(TABLE).get("schema", {}).get("fields", [])
    kinds = {each["name"]: each.get("type", "string") for each in fields}
    missing = [name for name in _COLUMNS if name not in kinds]
    if missing:
        return f"the table {TABLE} has no column {wording.listing(missing, 4)}: add it to the file and to the descriptor"
    if kinds["minutes"] not in {"integer", "number"}:
        return f"the column minutes of {TABLE} is of type {kinds['minutes']}: make it a number"
    return ""


def modes(edition: Edition) -> dict[str, str]:
    """Return the modes of travel that the pack has times for, each with its name; none where it has no times."""
    names = Framework.of(edition).vocabulary.labels(_MODES)
    met = dict.fromkeys(_times(edition)["mode"])
    return {mode: names.get(mode, mode) for mode in met}


def shortest(edition: Edition, programme: str, mode: str) -> pd.Series:
    """Return the minutes from each area, by code, to that place of the programme which is reached soonest.

    An area from which no time is known is not among them.
    """
    times = _to(edition, programme, mode)
    return times["minutes"].astype("float64").groupby(times["area"]).min()


def partly(edition: Edition, programme: str, mode: str) -> frozenset[str]:
    """Return the areas from which times to some of the programme's timed places are known, but not to all."""
    times = _to(edition, programme, mode)
    known = times.groupby("area")["site"].nunique()
    return frozenset(str(area) for area in known.index[known < times["site"].nunique()])


def timed(edition: Edition, programme: str, mode: str) -> int:
    """Return to how many places of the programme a time is known."""
    return int(_to(edition, programme, mode)["site"].nunique())


def source(edition: Edition) -> str:
    """Name the table and who made it, as its descriptor does."""
    about = edition.resource(TABLE)
    titles = [str(each["title"]) for each in about.get("sources", []) if each.get("title")]
    named = wording.listing(titles, 3) if titles else "no source named"
    return f"{about.get('title', TABLE)} ({named})"


@kept
def _times(edition: Edition) -> pd.DataFrame:
    """Return the rows that say something."""
    if TABLE not in edition.names or problem(edition):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _COLUMNS})
    return edition.table(TABLE)[list(_COLUMNS)].dropna()


def _to(edition: Edition, programme: str, mode: str) -> pd.DataFrame:
    sites = area_cells.table(edition, "places")
    times = _times(edition)
    own = sites.loc[sites["programme"] == programme, "id"]
    return times[times["site"].isin(own) & (times["mode"] == mode)]
