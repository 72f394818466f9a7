"""Sentences that claimed more than their figures, or read badly: each of their conditions on both sides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from svdash import wording
from svdash.findings.economy import local_spend
from svdash.findings.equality import gap_cells
from svdash.findings.indicators import success_measures
from svdash.findings.open_data import data_catalogue
from svdash.findings.progress import commitment_register, decisions, delivery, promises
from svdash.findings.reach import area_figures, cold_spots, decile_change, parity, reach_by_decile
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import ALL, NONE, View
from svdash.tables import Pack

NOW = View(year="2025/26", compare="2024/25")
BEFORE = View(year="2018/19")


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Sex", "sex"), ("NEET", "NEET"), ("Marmot priority", "marmot priority"), ("", "")],
)
def test_a_label_within_a_sentence_begins_small_but_for_abbreviations(label: str, expected: str) -> None:
    assert wording.within(label) == expected


def test_a_grouping_keeps_the_capital_of_its_name(pack: Pack) -> None:
    marmot = next(name for name, label in commitment_register.groups(pack).items() if "Marmot" in label)
    assert commitment_register.register(pack, NOW, marmot).subtitle.startswith("By Marmot priority")
    assert commitment_register.register(pack, NOW).subtitle.startswith("By role, ")


@pytest.mark.parametrize(
    ("view", "moved"),
    [(NOW, True), (NOW.with_(compare=NONE), False), (View("all", ALL, "2020/21", "2018/19"), False)],
)
def test_without_a_year_to_compare_with_nothing_is_said_of_what_moved(
    pack: Pack, view: View, moved: bool
) -> None:
    found = delivery.changed(pack, view)
    assert ("moved forward" in found.headline) is moved
    assert bool(found.sentence) is moved
    assert bool(found.empty) is not moved


@pytest.mark.parametrize(
    "build", [delivery.where_things_stand, decisions.attention, promises.promises, success_measures.measures]
)
def test_where_there_is_nothing_to_count_no_sentence_counts_it(pack: Pack, build: Any) -> None:
    asked = BEFORE if build is not success_measures.measures else NOW.with_(commitment="EMP-P1")
    found = build(pack, asked)
    assert found.empty
    assert found.sentence == ""
    assert build(pack, NOW).sentence
    if build is delivery.where_things_stand:
        assert found.headline == "Nothing was reported on yet"


def test_a_programme_that_counts_nobody_is_not_counted_in_units(pack: Pack) -> None:
    asked = MapChoice("reach", "supported-buses")
    assert "nan" not in cold_spots.coldspots(pack, NOW, asked).subtitle.lower()
    assert "Learners" in cold_spots.coldspots(pack, NOW, MapChoice("reach", "adult-skills-fund")).subtitle


def test_districts_are_set_beside_each_other_only_where_there_are_several(pack: Pack) -> None:
    assert area_figures.area_map(pack, NOW, MapChoice()).sentence.startswith(
        "In decile 1: Liverpool 145 of 298"
    )
    assert area_figures.area_map(pack, NOW.with_(district="E08000011"), MapChoice()).sentence == ""


@pytest.mark.parametrize(
    ("districts", "where"),
    [
        (["Hale"], ", it is in Hale"),
        (["Hale", "Hale"], ", all of them in Hale"),
        (["Hale", "Hale", "Ford"], ", 2 of them in Hale"),
        (["Hale", "Ford"], ""),
    ],
)
def test_where_cold_spots_are_is_said_of_all_or_of_most(districts: list[str], where: str) -> None:
    rows = pd.DataFrame(
        {"district_name": districts, "amount": 1.0, "deep": True, "rate": 1.0, "district": districts}
    )
    landing = cast(Any, SimpleNamespace(noun="reach", district=ALL, where="city region"))
    assert cold_spots._headline(rows, rows, landing).endswith(f"of reach{where}")


@pytest.mark.parametrize(("moved", "told"), [(1.0, "a few people"), (0.0, "0 people"), (6.0, "5 people")])
def test_people_written_as_none_though_some_would_move_are_a_few(pack: Pack, moved: float, told: str) -> None:
    landing = land.of(pack, NOW, MapChoice("reach", "households-into-work"))
    assert parity._amount(moved, landing) == told


@pytest.mark.parametrize(("now", "since"), [(100.0, "stayed at 100.0%"), (99.0, "went from 100.0% to 99.0%")])
def test_a_share_that_stays_is_not_said_to_have_gone_anywhere(now: float, since: str) -> None:
    first = pd.Series({"unknown_share": 20.0, "share": 80.0, "share_known": 100.0})
    last = pd.Series({"unknown_share": 10.0, "share": 89.0, "share_known": now})
    (told,) = local_spend.records_in_words(first, last)
    assert told.endswith(f"with a known place the share {since}.")


def test_a_place_without_figures_is_named_as_a_place(pack: Pack) -> None:
    found = reach_by_decile.by_decile(pack, BEFORE, MapChoice("reach", "adult-skills-fund"))
    few = reach_by_decile.by_decile(
        pack, NOW.with_(district="E08000011"), MapChoice("reach", "households-into-work")
    )
    assert "for city region" not in found.headline
    assert few.headline == "Reach by decile: not known for Knowsley"


def test_all_of_a_district_are_counted_in_words_that_read_on(pack: Pack) -> None:
    asked = MapChoice("reach", "adult-skills-fund")
    whole = decile_change.change(pack, NOW, asked).sentence
    one = decile_change.change(pack, NOW.with_(district="E08000011"), asked).sentence
    assert " learners in all in 2025/26, " in whole
    assert " learners in Knowsley in all in 2025/26, " in one


def test_how_no_indicator_is_worked_out_is_not_said(pack: Pack) -> None:
    assert data_catalogue.methods(pack, NOW.with_(commitment="EMP-P1")).headline == "No indicator here"
    assert data_catalogue.methods(pack, NOW).headline.endswith("indicators: how each is worked out")


def test_a_gap_is_said_in_one_breath(pack: Pack) -> None:
    row = {
        "share": 21.3,
        "resident_share": 31.5,
        "group_label": "50 to 64",
        "programme_label": "Households into Work",
        "times": 0.68,
        "scope": "",
    }
    told = gap_cells._sentence("services", row)
    assert told.startswith("50 to 64: 21.3% of those reached by Households into Work, 31.5% of ")
