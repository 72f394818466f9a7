"""Shares beside what they are compared with, as bars of text and styles: they need no script, so they come with the words.

Only a page draws them so. A picture that is taken away or stands before a room is one of ``drawings``, of the same rows.
"""

from __future__ import annotations

from html import escape
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.caching.memory import remembered
from svdash.findings.finding import Finding, records
from svdash.render import marks

NAMES: Final = ("lands", "deciles")


def drawn(found: Finding) -> bool:
    """Return whether a finding is drawn as bars."""
    return found.name in NAMES and not (found.empty or found.chart is None or found.chart.empty)


@remembered
def html(found: Finding) -> str:
    """Return a list of bars: of each row its name, its share as a bar with the share of residents as a line, and the share.

    Args:
        found: a finding of :data:`NAMES`, whose ``chart`` has ``share`` (percent, may be missing), ``population_share``
            (percent), and ``what`` and ``of``, or ``decile``.
    """
    rows = records(pd.DataFrame() if found.chart is None else found.chart)
    lengths = [row[name] for row in rows for name in ("share", "population_share") if pd.notna(row[name])]
    most = max(lengths, default=0.0)
    return f'<ul class="sv-shares">{"".join(_row(row, most) for row in rows)}</ul>'


def _row(row: dict[str, Any], most: float) -> str:
    shown, residents = pd.notna(row["share"]), wording.percent(row["population_share"])
    name, spoken_of = (
        (_decile(row["decile"]), row["decile"] == 1)
        if "decile" in row
        else (str(row["what"]), row["of"] == "spend")
    )
    length = float(row["share"]) if shown else 0.0
    told = wording.share(row["share"]) if shown else str(row.get("marker") or wording.NOT_AVAILABLE)
    bar = marks.bar(length, float(row["population_share"]), most, spoken_of=spoken_of)
    return (
        f'<li title="{escape(name)}: {escape(told)}; residents {residents}"><span>{escape(name)}</span>{bar}'
        f'<b>{escape(told)}</b><span class="sv-unseen">, residents {residents}</span></li>'
    )


def _decile(number: int) -> str:
    return f"Decile {number}, most deprived" if number == 1 else f"Decile {number}"
