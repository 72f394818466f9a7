"""Frameworks of others that a pack may bring: their outcomes, and which of our indicators serve them.

The tables are optional, and described in docs/guides/outcome-frameworks.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from svdash.editions import Edition, kept
from svdash.tables.needs import nothing

FRAMEWORKS: Final = "outcome_frameworks"
OUTCOMES: Final = "outcomes"
TARGETS: Final = "outcome_targets"
LINKS: Final = "outcome_links"
TABLES: Final = (FRAMEWORKS, OUTCOMES, TARGETS, LINKS)
# How an indicator may serve an outcome, in words.
SERVES: Final = {"measures": "measures it", "contributes": "contributes to it"}


def rows(edition: Edition, table: str) -> pd.DataFrame:
    """Return the rows of one of the tables; none where the pack has no such table."""
    return edition.table(table) if table in edition.tables else nothing(table)


@kept
def titles(edition: Edition) -> dict[str, str]:
    """Return the frameworks of a pack: identifier → what it is called with its edition."""
    found = rows(edition, FRAMEWORKS)
    editions = found["edition"].fillna("")
    return {
        str(code): f"{title}, {of}" if of else str(title)
        for code, title, of in zip(found["id"], found["title"], editions, strict=True)
    }


@kept
def outcomes(edition: Edition) -> pd.DataFrame:
    """Return the outcomes of all frameworks in their order, with ``framework_title`` and ``target``.

    ``target`` is what the framework itself counts, from where and to where, in its publisher's words; empty where it
    counts nothing.
    """
    names = titles(edition)
    found = rows(edition, OUTCOMES)
    found = found[found["framework"].isin(list(names))]
    place = {code: number for number, code in enumerate(names)}
    found = found.assign(place=found["framework"].map(place)).sort_values(["place", "order"], kind="stable")
    targets = _targets(edition)
    keys = zip(found["framework"], found["id"], strict=True)
    return found.assign(
        framework_title=found["framework"].map(names),
        target=pd.Series(
            [targets.get((str(f), str(o)), "") for f, o in keys], index=found.index, dtype="str"
        ),
    ).reset_index(drop=True)


def _targets(edition: Edition) -> dict[tuple[str, str], str]:
    found = rows(edition, TARGETS).sort_values("number", kind="stable")
    targets: dict[tuple[str, str], list[str]] = {}
    for row in found.fillna("").to_dict("records"):
        targets.setdefault((row["framework"], row["outcome"]), []).append(_in_words(row))
    return {key: "; ".join(each) for key, each in targets.items()}


def _in_words(target: Mapping[Hashable, Any]) -> str:
    """Return what a framework counts, from where, to where, by when; a baseline alone says that it is no target."""
    start, end = target["baseline"], target["target"]
    when = f" by {target['due']}" if target["due"] else ""
    if start and not end:
        return f"{target['indicator']}: baseline {start}, no target{when}"
    way = " to ".join(filter(None, (start, end)))
    return f"{target['indicator']}: {way}{when}" if way else f"{target['indicator']}{when}"


def served_by(edition: Edition, indicator: str) -> tuple[str, ...]:
    """Return the outcomes of frameworks that an indicator serves, each with its framework and how it serves it."""
    links = rows(edition, LINKS)
    own = links[links["indicator"] == indicator].set_index(["framework", "outcome"])["serves"]
    known = outcomes(edition)
    return tuple(
        f"{row['framework_title']}: {row['id']} {row['title']} ({SERVES[own[row['framework'], row['id']]]})"
        for row in known.to_dict("records")
        if (row["framework"], row["id"]) in own.index
    )
