"""Everybody whom a programme reached is one number: where one way of telling people apart hides it, all do."""

from __future__ import annotations

import pandas as pd

from svdash.findings.equality import services
from svdash.findings.reach import area_cells, reached_counts, reached_groups
from svdash.tables import Pack
from tests.copies import CopiedPack

YEAR, FIRST = "2025/26", "housing-first"


def rows(**by: list[int]) -> pd.DataFrame:
    """People of one programme and year by characteristic, in groups as they come."""
    found = [
        (YEAR, FIRST, characteristic, f"g{n}", people)
        for characteristic, line in by.items()
        for n, people in enumerate(line)
    ]
    return pd.DataFrame(found, columns=[*reached_groups.LINE, "group", "people"])


def test_a_total_that_gives_single_people_away_is_hidden_by_every_characteristic() -> None:
    # Seven groups of one that add up to seven are told by the seven.
    alone = reached_groups.hidden(rows(age=[1] * 7))
    assert alone["everybody"].all()
    both = rows(age=[1] * 7, sex=[7, 0])
    held = reached_groups.hidden(both)
    assert held["everybody"].all()
    # One group of all is the total under another name.
    assert held.loc[(both["characteristic"] == "sex") & (both["people"] == 7), "people"].all()
    assert not reached_groups.hidden(rows(sex=[7, 8]))["everybody"].any()


def test_a_total_that_is_hidden_elsewhere_is_told_by_no_group() -> None:
    told = rows(sex=[40, 0])
    assert not reached_groups.hidden(told)["people"].any()
    held = reached_groups.hidden(told, {(YEAR, FIRST)})
    assert held["everybody"].all()
    assert held.loc[told["people"] == 40, "people"].all()


def test_a_total_that_groups_hide_is_hidden_where_people_live() -> None:
    places = pd.DataFrame({"district_name": ["A", "A", "B", "B"]}, index=["a1", "a2", "b1", "b2"])
    meetings = pd.DataFrame({"place": places.index, "decile": [1, 2, 1, 2], "people": [10, 20, 30, 40]})
    told = reached_counts.gated(places, meetings, 100)
    assert told.everybody["exact_people"].item() == 100
    held = reached_counts.gated(places, meetings, 100, held=True)
    assert held.everybody["exact_people"].isna().all()
    assert held.deciles["exact_people"].isna().any()
    assert held.districts["exact_people"].isna().any()


def test_pages_by_group_and_by_place_hide_the_same_totals(pack: Pack, copied_whole_pack: CopiedPack) -> None:
    assert reached_groups.wholes_hidden(pack) == frozenset()
    assert area_cells.everybody(pack, YEAR, FIRST) > 0

    def few(table: pd.DataFrame) -> pd.DataFrame:
        here = (table["year"] == YEAR) & (table["programme"] == FIRST)
        ages = table["characteristic"] == "age"
        return table[~here | ages].assign(people=table["people"].mask(here & ages, "1"))

    copied_whole_pack.change("reached_groups", few)
    changed = copied_whole_pack.open()
    assert (YEAR, FIRST) in reached_groups.wholes_hidden(changed)
    assert pd.isna(area_cells.everybody(changed, YEAR, FIRST))
    gated = services._gated(changed)
    line = gated[(gated["year"] == YEAR) & (gated["programme"] == FIRST)]
    assert line["exact_denominator"].isna().all()
