"""An attack on people reached in simulated small authorities: no hidden count of a place, decile or district can be worked back.

Each authority is made by a seed: small areas in middle areas in districts, each area in a decile, and people of several
programmes and years, some without a known place. The attack knows who lives where adds up to what, down to single areas, from how the
authority was made, and takes every told count to be known to the last person, as shares and rates give it away.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from svdash.findings.reach import reached_counts
from svdash.findings.reach.reached_counts import Reached
from tests.attack import Puzzle, leaks
from tests.conftest import IN_CI

PROGRAMMES, YEARS = ("rides", "skills"), ("2024/25", "2025/26")
LEVELS = {"lsoa": "area", "msoa": "middle", "district": "district_name"}


@dataclass(frozen=True)
class Case:
    """People of one programme and year: exact counts of single areas, those of no known place, and how places are counted."""

    areas: pd.DataFrame
    nowhere: int
    level: str


def areas_of(rng: np.random.Generator) -> pd.DataFrame:
    """A few districts of middle areas of small areas; neighbours are alike in deprivation, some deciles stand in one place only."""
    rows = []
    for district in range(int(rng.integers(2, 5))):
        usual = rng.integers(1, 11)
        for middle in range(int(rng.integers(1, 5))):
            for area in range(int(rng.integers(1, 5))):
                decile = int(np.clip(usual + rng.integers(-3, 4), 1, 10)) if rng.random() > 0.02 else 0
                rows.append((f"{district}-{middle}-{area}", f"{district}-{middle}", f"D{district}", decile))
    return pd.DataFrame(rows, columns=["area", "middle", "district_name", "decile"])


def cases(seed: int) -> list[Case]:
    rng = np.random.default_rng(seed)
    areas = areas_of(rng)
    made = []
    for _ in PROGRAMMES:
        # Programmes differ in size and in how much they lean to the deprived; a year is like the one before.
        size, lean = rng.uniform(0.5, 14), rng.uniform(-0.2, 0.3)
        level = str(rng.choice(list(LEVELS)))
        mean = size * np.exp(lean * (5 - areas["decile"])) * rng.uniform(0.3, 1.7, len(areas))
        for _ in YEARS:
            lost = int(rng.choice([0, rng.integers(1, 5), rng.integers(5, 30)]))
            made.append(Case(areas.assign(people=rng.poisson(mean)), lost, level))
    return made


def gate(case: Case) -> Reached:
    key = LEVELS[case.level]
    rows = case.areas.assign(place=case.areas[key])
    meetings = rows.groupby(["place", "decile"], as_index=False)["people"].sum()
    places = rows.groupby("place")[["district_name"]].first()
    return reached_counts.gated(places, meetings, int(rows["people"].sum()) + case.nowhere)


def puzzle_of(case: Case, found: Reached) -> tuple[Puzzle, dict[Hashable, int]]:
    """What can be seen, tied to single areas: everything else is a sum of them, and of those of no known place."""
    puzzle, truth = Puzzle(), {}
    rows = case.areas
    for area in rows["area"]:
        puzzle.within(("one", area), 0, np.inf)
    puzzle.within("lost", 0, np.inf)

    def see(name: Hashable, which: pd.Series, seen: pd.Series, *, lost: bool = False) -> None:
        exact = int(rows.loc[which, "people"].sum()) + lost * case.nowhere
        hidden = bool(seen["marker"])
        assert hidden or seen["exact_people"] == exact
        assert not hidden or exact
        parts: list[Hashable] = [("one", area) for area in rows.loc[which, "area"]]
        puzzle.count(name, None if hidden else float(exact))
        puzzle.adds_up(name, [*parts, *(["lost"] if lost else [])])
        if hidden:
            truth[name] = exact

    anywhere = pd.Series(True, index=rows.index)
    for place, seen in found.places.iterrows():
        see(("place", place), rows[LEVELS[case.level]].eq(place), seen)
    for district, seen in found.districts.iterrows():
        see(("district", district), rows["district_name"].eq(district), seen)
    for seen in (each for _, each in found.crossed.iterrows()):
        district, decile = seen["district_name"], seen["decile"]
        see(
            ("crossed", district, decile),
            rows["district_name"].eq(district) & rows["decile"].eq(decile),
            seen,
        )
    for decile, seen in found.deciles.iterrows():
        see(("decile", decile), rows["decile"].eq(decile), seen, lost=decile == 0)
    for whose, seen in found.bases.iterrows():
        own = anywhere if whose == "all" else rows["district_name"].eq(whose)
        see(("base", whose), own & rows["decile"].ne(0), seen)
    see("everybody", anywhere, found.everybody.iloc[0], lost=True)
    return puzzle, truth


def attack(seed: int) -> list[str]:
    told = []
    for number, case in enumerate(cases(seed)):
        found = gate(case)
        puzzle, truth = puzzle_of(case, found)
        assert all(name in truth for name in _small(case)), "a small count of a place is shown"
        told += [f"case {number}, {each}" for each in leaks(puzzle, truth)]
    return told


def _small(case: Case) -> list[Hashable]:
    sums = case.areas.groupby(LEVELS[case.level])["people"].sum()
    return [("place", place) for place in sums.index[sums.between(1, 4)]]


@pytest.mark.parametrize("seed", range(12))
def test_no_count_of_simulated_reach_can_be_worked_back(seed: int) -> None:
    assert attack(seed) == []


# In continuous integration there are fewer than on a machine left to itself.
@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(12, 84 if IN_CI else 300))
def test_no_count_of_hundreds_of_simulated_reaches_can_be_worked_back(seed: int) -> None:
    assert attack(seed) == []


@pytest.mark.parametrize(
    ("seeds", "least"), [(4, 1), pytest.param(12, 4, marks=pytest.mark.exhaustive)], ids=["a few", "more"]
)
def test_the_attack_finds_what_a_gate_of_single_tables_lets_through(seeds: int, least: int) -> None:
    """Without the deciles and districts that its places add up to, small places are told by what is left of a sum."""
    found = 0
    for seed in range(seeds):
        for case in cases(seed):
            careless = gate(case)
            places = careless.places.copy()
            exact = case.areas.groupby(LEVELS[case.level])["people"].sum().reindex(places.index)
            places["marker"] = np.where(exact.between(1, 4), "[c]", "")
            places["exact_people"] = exact.mask(exact.between(1, 4)).astype("float64")
            shown = Reached(**{**vars(careless), "places": places})
            found += bool(leaks(*puzzle_of(case, shown)))
    assert found >= least


def test_shares_are_of_everybody_with_a_known_decile_however_much_is_hidden() -> None:
    for seed in range(12):
        for case in cases(seed):
            base = gate(case).bases.loc["all"]
            assert (
                base["marker"]
                or base["exact_people"] == case.areas.loc[case.areas["decile"] > 0, "people"].sum()
            )
