"""The gate of people reached by group: which counts are hidden, and of which programmes everybody is.

Everybody reached is one number, whatever people are told apart by and on whichever page: where one way of telling them apart
hides it, all do.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Final

import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.editions import Edition, kept
from svdash.register import NOT_STATED

TABLE: Final = "reached_groups"
LINE: Final = ["year", "programme", "characteristic"]
Whole = tuple[str, str]


def hidden(rows: pd.DataFrame, wholes: Collection[Whole] = ()) -> pd.DataFrame:
    """Return for every row which counts are hidden: ``people``, ``answered`` (all who stated a group), ``everybody``.

    ``rows`` have LINE, ``group`` and exact ``people``. How many a programme reached is announced in reports, so it is hidden
    only where nothing else protects, or where ``wholes``, (year, programme), says that it is hidden already.
    """
    counts: dict[Hashable, int] = {label: int(n) for label, n in rows["people"].items()}
    sums: list[Sum] = []
    told: dict[Hashable, Whole] = {}
    answered: dict[Hashable, Hashable] = {}
    whole: dict[Hashable, Hashable] = {}
    for (year, programme, characteristic), line in rows.groupby(LINE, sort=False):
        stated, silent = line.index[line["group"] != NOT_STATED], line.index[line["group"] == NOT_STATED]
        total = int(line["people"].sum())
        # Lines with as many people are of the same ones.
        everybody, own = ("everybody", year, programme, total), ("answered", year, programme, characteristic)
        counts[everybody], counts[own] = total, int(line.loc[stated, "people"].sum())
        told[everybody] = (str(year), str(programme))
        sums.append(Sum(everybody, tuple(line.index), line=True))
        sums += [Sum(own, tuple(stated))] if len(stated) else []
        sums.append(Sum(everybody, ((own,) if len(stated) else ()) + tuple(silent)))
        answered |= dict.fromkeys(line.index, own)
        whole |= dict.fromkeys(line.index, everybody)
    known = set(wholes)
    held = disclosure.safe(
        counts,
        sums,
        shown=[name for name, of in told.items() if of not in known],
        hidden=[name for name, of in told.items() if of in known],
        stay=dict.fromkeys(set(answered.values()), 1.0),
    ).to_dict()
    return pd.DataFrame(
        {
            "people": [held[label] for label in rows.index],
            "answered": [held[answered[label]] for label in rows.index],
            "everybody": [held[whole[label]] for label in rows.index],
        },
        index=rows.index,
    )


@kept
def wholes_hidden(edition: Edition) -> frozenset[Whole]:
    """Return of which year and programme everybody is hidden, as some way of telling people apart asks for it."""
    if TABLE not in edition.tables or edition.table(TABLE).empty:
        return frozenset()
    rows = edition.table(TABLE)
    held = rows[hidden(rows)["everybody"]]
    return frozenset(zip(held["year"].astype("str"), held["programme"].astype("str"), strict=True))
