"""Where lines of areas that are gone go."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash.importing.areas.area_moves import Moves, moves

residents = st.lists(st.integers(1, 5_000), min_size=1, max_size=5)


def split(*sizes: int) -> Moves:
    return Moves({"old": tuple((f"new{at}", size) for at, size in enumerate(sizes))})


@given(residents, st.integers(1, 10_000), st.text(max_size=8))
def test_people_stay_whole_and_none_is_lost(sizes: list[int], people: int, identity: str) -> None:
    given_to = split(*sizes).divided("old", people, identity)
    assert sum(number for _, number in given_to) == people
    assert all(number > 0 for _, number in given_to)
    assert len({code for code, _ in given_to}) == len(given_to)


@given(residents, st.integers(1, 10_000), st.text(max_size=8))
def test_no_part_is_a_whole_person_away_from_its_share(sizes: list[int], people: int, identity: str) -> None:
    given_to = dict(split(*sizes).divided("old", people, identity))
    for at, size in enumerate(sizes):
        assert abs(given_to.get(f"new{at}", 0) - people * size / sum(sizes)) < 1


@pytest.mark.parametrize("people", [1, 2, 7])
def test_in_the_long_run_each_part_has_its_share_of_people(people: int) -> None:
    found: Counter[str] = Counter()
    for number in range(3_000):
        found.update(dict(split(100, 300, 600).divided("old", people, str(number))))
    shares = [found[f"new{at}"] / (3_000 * people) for at in range(3)]
    assert shares == pytest.approx([0.1, 0.3, 0.6], abs=0.03)


def test_in_the_long_run_each_part_has_its_share_of_lines() -> None:
    found = Counter(split(100, 300, 600).of("old", str(number)) for number in range(3_000))
    assert [found[f"new{at}"] / 3_000 for at in range(3)] == pytest.approx([0.1, 0.3, 0.6], abs=0.03)


def test_lines_that_share_an_identity_stay_together() -> None:
    assert len({split(1, 1).of("old", "S0001") for _ in range(20)}) == 1
    assert len({split(1, 1).of("old", f"S{number}") for number in range(20)}) == 2


def test_a_draw_is_the_same_on_every_machine() -> None:
    drawn = "".join(split(1, 1).of("old", str(number))[-1] for number in range(16))
    assert drawn == "1101000011111011"


def test_merged_areas_have_one_place_to_go_and_areas_that_stay_have_none() -> None:
    found = moves([("a", "m"), ("b", "m"), ("s", "s"), ("x", "elsewhere")], {"m": 1_500, "s": 1_000}, {})
    assert found.parts == {"a": (("m", 1_500),), "b": (("m", 1_500),)}
    assert found.divided("a", 400, "line") == [("m", 400)]


def test_a_postcode_that_is_known_decides_and_another_does_not() -> None:
    found = moves([("s", "p"), ("s", "q")], {"p": 1, "q": 10**9}, {"L11AA": "p"})
    assert found.of("s", "line", "l1 1aa") == "p"
    assert found.divided("s", 5, "line", "L1 1AA") == [("p", 5)]
    assert found.of("s", "line", "L9 9ZZ") == "q"
    assert dict(found.counted) == {"postcode": 2, "drawn": 1}
