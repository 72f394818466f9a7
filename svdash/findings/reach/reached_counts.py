"""The gate of people reached: places, deciles, districts and where those meet are of the same people, and pass it together.

What passes is told exactly by the shares and rates made of it, so the gate takes a reader who knows it to the last person.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.register import ALL

DECILES: Final = range(1, 11)
# Where people without a known decile are counted.
NOWHERE: Final = 0
# How long counts stay shown: a single place goes before a decile of a district, and that before any total.
_STAY: Final = {"place": 0.0, "crossed": 1.0, "nowhere": 3.0, "decile": 4.0, "district": 4.0, "base": 5.0}
_EVERYBODY: Final = "everybody"


@dataclass(frozen=True, eq=False)
class Reached:
    """Counts of people that passed the gate together: each frame with ``people`` (written), ``exact_people`` and ``marker``.

    Attributes:
        places: one row a place, by its code.
        crossed: one row a district and decile: ``district_name``, ``decile`` (0 = none known). Empty where a place is a
            district: so few people are not told by decile within one.
        deciles: one row a decile: ``decile`` (0 = no known place).
        districts: one row a district, by its name.
        everybody: one row: all of them, with those of no known place.
        bases: by the name of a district, or ``all``: everybody there with a known decile, hidden ones too. Shares are of them.
    """

    places: pd.DataFrame
    crossed: pd.DataFrame
    deciles: pd.DataFrame
    districts: pd.DataFrame
    everybody: pd.DataFrame
    bases: pd.DataFrame


def gated(places: pd.DataFrame, meetings: pd.DataFrame, everybody: int, *, held: bool = False) -> Reached:
    """Pass people of one programme and year through the gate.

    Args:
        places: ``district_name`` of every place, by its code.
        meetings: one row for every ``place`` and ``decile`` (0 = none known) that meet, with exact ``people``, 0 too.
        everybody: all people, with those of no known place. That total is, or could be, announced elsewhere.
        held: whether it is hidden already, as those reached by group ask for it.

    Raises:
        ValueError: more people have a place than there are.
    """
    rows = meetings.assign(district_name=meetings["place"].map(places["district_name"]))
    own = rows.groupby("place")["people"].sum().reindex(places.index, fill_value=0)
    crossed = rows.groupby(["district_name", "decile"], sort=True)["people"].sum()
    banded = crossed.groupby(level="decile").sum().reindex(range(11), fill_value=0)
    nowhere = everybody - int(rows["people"].sum())
    if nowhere < 0:
        raise ValueError(f"{int(rows['people'].sum())} people have a place, of {everybody}: count everybody")
    banded[NOWHERE] += nowhere
    counts: dict[Hashable, int] = {("place", name): int(n) for name, n in own.items()}
    counts |= {("crossed", *key): int(n) for key, n in zip(crossed.index.tolist(), crossed, strict=True)}
    counts |= {("decile", decile): int(n) for decile, n in banded.items()}
    counts |= {_EVERYBODY: everybody, "nowhere": nowhere, ("base", None): everybody - int(banded[NOWHERE])}
    sums = [*_of_everybody(list(crossed.index)), *_of_deciles(list(crossed.index))]
    for district, part in rows.groupby("district_name"):
        name = str(district)
        total = int(part["people"].sum())
        unknown = int(part.loc[part["decile"] == NOWHERE, "people"].sum())
        counts |= {("district", name): total, ("base", name): total - unknown}
        sums += _of_district(name, sorted(set(part["decile"])))
        sums += _of_places(name, part, counts)
    return _shown_counts(counts, sums, places, crossed, held=held)


def _of_everybody(crossed: Sequence[tuple[str, int]]) -> list[Sum]:
    """Everybody is in a district or nowhere, and in a decile or in none that is known."""
    districts = tuple(("district", name) for name in dict.fromkeys(name for name, _ in crossed))
    unknown = tuple(("crossed", name, decile) for name, decile in crossed if decile == NOWHERE)
    return [
        Sum(_EVERYBODY, ("nowhere", *districts)),
        Sum(_EVERYBODY, tuple(("decile", decile) for decile in range(11))),
        Sum(_EVERYBODY, (("base", None), ("decile", NOWHERE))),
        Sum(("base", None), tuple(("decile", decile) for decile in DECILES)),
        Sum(("decile", NOWHERE), ("nowhere", *unknown)),
    ]


def _of_deciles(crossed: Sequence[tuple[str, int]]) -> list[Sum]:
    """A decile is what its parts in the districts add up to."""
    parts = {d: tuple(("crossed", name, decile) for name, decile in crossed if decile == d) for d in DECILES}
    return [Sum(("decile", decile), part) for decile, part in parts.items() if part]


def _of_district(name: str, deciles: Sequence[int]) -> list[Sum]:
    """A district is what its deciles add up to; its base is those of them that are known."""
    known = tuple(("crossed", name, decile) for decile in deciles if decile != NOWHERE)
    unknown = tuple(("crossed", name, decile) for decile in deciles if decile == NOWHERE)
    own: list[Sum] = [Sum(("district", name), known + unknown)]
    if known:
        own += [Sum(("base", name), known), Sum(("district", name), (("base", name), *unknown))]
    return own


def _of_places(name: str, rows: pd.DataFrame, counts: dict[Hashable, int]) -> list[Sum]:
    """A district is what its places add up to. A place of one decile is part of that; others meet several, which is never told."""
    places = list(dict.fromkeys(rows["place"]))
    if len(places) == 1:
        return [Sum(("district", name), (("place", places[0]),))]
    sums = [Sum(("district", name), tuple(("place", place) for place in places))]
    alone = rows.groupby("place")["decile"].transform("size").eq(1)
    parts: dict[int, list[Hashable]] = {}
    for place, decile, people, single in zip(
        rows["place"], rows["decile"], rows["people"], alone, strict=True
    ):
        meets: Hashable = ("place", place) if single else ("meets", place, decile)
        parts.setdefault(int(decile), []).append(meets)
        if not single:
            counts[meets] = int(people)
    sums += [Sum(("crossed", name, d), tuple(part)) for d, part in parts.items()]
    for place, part in rows[~alone].groupby("place"):
        sums.append(Sum(("place", place), tuple(("meets", place, decile) for decile in part["decile"])))
    return sums


def _shown_counts(
    counts: dict[Hashable, int], sums: list[Sum], places: pd.DataFrame, crossed: pd.Series, *, held: bool
) -> Reached:
    def kind(name: Hashable) -> str:
        return str(name[0] if isinstance(name, tuple) else name)

    coarse = not places["district_name"].duplicated().any()
    hidden = disclosure.safe(
        counts,
        sums,
        shown=[] if held else [_EVERYBODY],
        hidden=[_EVERYBODY] if held else [],
        never=[name for name in counts if kind(name) == "meets" or (coarse and kind(name) == "crossed")],
        stay={name: _STAY.get(kind(name), 0.0) for name in counts},
    ).to_dict()

    def passed(keys: pd.DataFrame, names: Sequence[Hashable]) -> pd.DataFrame:
        exact = keys.assign(people=pd.array([counts[name] for name in names], dtype="int64"))
        return disclosure.suppress(exact, "people", np.array([hidden[name] for name in names], dtype="bool"))

    crossed = crossed.iloc[:0] if coarse else crossed
    cells = crossed.index.to_frame(index=False)
    districts = [name for name in counts if kind(name) == "base"]
    return Reached(
        places=passed(places, [("place", name) for name in places.index]),
        crossed=passed(cells, [("crossed", name, decile) for name, decile in crossed.index]),
        deciles=passed(pd.DataFrame({"decile": range(11)}), [("decile", n) for n in range(11)]),
        bases=passed(pd.DataFrame(index=pd.Index([_whose(name) for name in districts])), districts),
        districts=passed(
            pd.DataFrame(index=pd.Index([_whose(name) for name in districts[1:]])),
            [("district", _whose(name)) for name in districts[1:]],
        ),
        everybody=passed(pd.DataFrame(index=range(1)), [_EVERYBODY]),
    )


def _whose(name: Hashable) -> str:
    """Name the district that a count is of, or all of them."""
    own = name[1] if isinstance(name, tuple) else None
    return ALL if own is None else str(own)
