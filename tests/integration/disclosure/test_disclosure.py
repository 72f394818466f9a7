"""The gate: what it lets through, what it holds back, and that nobody can work the rest back."""

from __future__ import annotations

import math
import random
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash import disclosure
from svdash.disclosure import (
    CONFIDENTIAL,
    NOT_AVAILABLE,
    PRESETS,
    UNRELIABLE,
    Sum,
    protect,
    rounded,
    safe,
    suppress,
    totals,
)
from tests.attack import SMALL, VALUES, Puzzle, leaks
from tests.examples import examples
from tests.work_done import calls_of

COUNTS = st.integers(0, 60)


def one_column(*counts: float | None) -> pd.DataFrame:
    return pd.DataFrame({"n": pd.array(counts, dtype="Int64")})


def grid(table: list[list[int]]) -> pd.DataFrame:
    """Write a table of counts as one count a row, with its row and column."""
    return pd.DataFrame(
        [
            {"row": f"r{r}", "column": f"c{c}", "n": n}
            for r, line in enumerate(table)
            for c, n in enumerate(line)
        ]
    )


@st.composite
def grids(draw: st.DrawFn) -> pd.DataFrame:
    width = draw(st.integers(1, 5))
    return grid(draw(st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=5)))


def hidden(gated: pd.DataFrame) -> pd.Series:
    return gated["marker"] == CONFIDENTIAL


@given(st.lists(COUNTS, min_size=1, max_size=30), st.sampled_from(sorted(PRESETS)))
def test_no_count_that_is_small_under_the_preset_ever_leaves(counts: list[int], preset: str) -> None:
    gated = protect(one_column(*counts), "n", preset=preset)
    assert not gated["n"].between(1, PRESETS[preset].small).any()
    small = [1 <= n <= PRESETS[preset].small for n in counts]
    assert list(gated["n"].isna()) == small
    assert list(hidden(gated)) == small


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_what_passes_is_written_as_a_multiple_of_five_and_worked_with_exactly(counts: list[int]) -> None:
    gated = protect(one_column(*counts), "n")
    passed = gated["n"].notna()
    assert gated["exact_n"].notna().equals(passed)
    told = zip(gated.loc[passed, "n"], gated.loc[passed, "exact_n"], strict=True)
    assert all(written % 5 == 0 and abs(written - exact) <= 2 for written, exact in told)
    assert list(gated.loc[passed, "exact_n"]) == [n for n, kept in zip(counts, passed, strict=True) if kept]


@pytest.mark.parametrize(
    ("count", "seen"), [(0, 0), (5, 5), (6, 5), (7, 5), (8, 10), (12, 10), (13, 15), (1002, 1000)]
)
def test_a_count_is_rounded_to_the_nearest_five(count: int, seen: int) -> None:
    assert protect(one_column(count), "n")["n"].tolist() == [seen]


@pytest.mark.parametrize(("count", "seen"), [(4, 0), (5, 10), (15, 20), (25, 30), (14, 10)])
def test_a_half_is_rounded_up_whatever_stands_before_it(count: int, seen: int) -> None:
    assert rounded(pd.Series([count]), base=10).tolist() == [seen]


def test_nobody_is_not_a_secret() -> None:
    gated = protect(one_column(0, 3), "n")
    assert gated["n"].tolist()[0] == 0
    assert gated["marker"].tolist() == ["", CONFIDENTIAL]


def test_a_count_that_was_missing_stays_missing_and_is_not_called_confidential() -> None:
    gated = protect(one_column(None, 20), "n")
    assert gated["n"].isna().tolist() == [True, False]
    assert gated["marker"].tolist() == ["", ""]


@pytest.mark.parametrize(("preset", "last_hidden"), [("gss", 4), ("nhs", 7), ("tre", 9)])
def test_each_preset_hides_counts_up_to_its_own_threshold(preset: str, last_hidden: int) -> None:
    gated = protect(one_column(0, 1, last_hidden, last_hidden + 1), "n", preset=preset)
    assert list(hidden(gated)) == [False, True, True, False]


def test_the_gate_leaves_the_frame_it_was_given_as_it_was() -> None:
    frame = grid([[1, 20], [30, 40]])
    before = frame.copy()
    protect(frame, "n", rows=["row"], columns=["column"])
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("keys", "direction"), [({"rows": ["row"]}, "row"), ({"columns": ["column"]}, "column")]
)
def test_a_count_hidden_alone_in_its_line_gets_the_smallest_other_one_for_company(
    keys: dict[str, list[str]], direction: str
) -> None:
    frame = grid([[3, 40, 12], [50, 60, 70], [15, 80, 90]])
    gated = protect(frame, "n", **keys)
    held = gated.loc[hidden(gated), ["row", "column"]].itertuples(index=False, name=None)
    assert set(held) == {("r0", "c0"), ("r0", "c2") if direction == "row" else ("r2", "c0")}


@given(grids(), st.sampled_from(sorted(PRESETS)), st.sampled_from(["row", "column"]))
def test_no_line_hides_a_single_count_beside_others_above_zero(
    frame: pd.DataFrame, preset: str, key: str
) -> None:
    """Where rows and columns are tied at once, a total that is hidden too may be the company: then nothing is told by it."""
    gated = protect(frame, "n", rows=[key], preset=preset)
    for _, line in gated.assign(true=frame["n"]).groupby(key):
        seen = line[~hidden(line)]
        assert hidden(line).sum() != 1 or not (seen["true"] > 0).any()


@given(grids(), st.sampled_from(sorted(PRESETS)))
def test_exactly_what_is_hidden_is_missing_and_all_small_counts_are(frame: pd.DataFrame, preset: str) -> None:
    gated = protect(frame, "n", rows=["row"], columns=["column"], preset=preset)
    assert list(gated["n"].isna()) == list(hidden(gated))
    assert hidden(gated)[frame["n"].between(1, PRESETS[preset].small)].all()
    assert not hidden(gated)[frame["n"] == 0].any()


def test_lines_are_told_apart_by_several_keys_at_once() -> None:
    frame = pd.DataFrame(
        {"year": ["a", "a", "b", "b"], "kind": ["x", "x", "x", "x"], "n": [2, 30, 20, 40]}, index=[7, 3, 9, 1]
    )
    gated = protect(frame, "n", rows=["year", "kind"])
    assert list(hidden(gated)) == [True, True, False, False]
    assert list(gated.index) == [7, 3, 9, 1]


def test_a_line_whose_key_is_missing_is_a_line_all_the_same() -> None:
    frame = pd.DataFrame({"place": [None, None, "a"], "n": [2, 30, 20]})
    assert list(hidden(protect(frame, "n", rows=["place"]))) == [True, True, False]


def test_a_marker_given_before_stays_where_nothing_new_is_hidden() -> None:
    frame = one_column(20, 3).assign(marker=[UNRELIABLE, ""])
    assert protect(frame, "n")["marker"].tolist() == [UNRELIABLE, CONFIDENTIAL]


def test_an_empty_frame_passes() -> None:
    gated = protect(one_column(), "n")
    assert gated.empty
    assert "marker" in gated


@pytest.mark.parametrize(
    ("counts", "place"),
    [([5, -1, 7], "row 1"), ([5, 6, 7.5], "row 2"), ([-3], "row 0"), ([None, 2.25], "row 1")],
)
def test_what_is_no_count_of_people_is_refused_with_its_row_and_value(
    counts: list[float], place: str
) -> None:
    frame = pd.DataFrame({"n": counts}, index=range(10, 10 + len(counts)))
    wrong = next(n for n in counts if n is not None and (n < 0 or n != math.floor(n)))
    with pytest.raises(ValueError, match=place) as refusal:
        protect(frame, "n")
    assert f"{wrong:g}" in str(refusal.value)


def test_an_unknown_preset_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="ons") as refusal:
        protect(one_column(5), "n", preset="ons")
    assert all(preset in str(refusal.value) for preset in PRESETS)


@pytest.mark.parametrize("arguments", [{"rows": ["plce"]}, {"columns": ["plce"]}, {"counts": "plce"}])
def test_a_missing_column_is_refused_with_its_name_and_those_that_there_are(
    arguments: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="plce") as refusal:
        protect(one_column(5), **{"counts": "n", **arguments})
    assert "it has n" in str(refusal.value)


def shared(numerator: int, denominator: int, preset: str = "gss") -> pd.Series:
    frame = pd.DataFrame({"n": [numerator], "base": [denominator]})
    for column in frame:
        frame = suppress(frame, str(column), frame[column].between(1, PRESETS[preset].small), preset)
    return disclosure.percentages(frame, "n", "base", preset).iloc[0]


def test_a_share_is_worked_out_from_the_exact_counts_that_passed() -> None:
    found = shared(12, 101)
    assert (found["n"], found["base"]) == (10, 100)
    assert found["exact_percent"] == pytest.approx(100 * 12 / 101)


@pytest.mark.parametrize(
    ("numerator", "denominator", "written"),
    [
        (53, 951, 5.6),
        (33, 100, 33.0),
        (33, 99, 33.0),
        (7, 20, 35.0),
        (50, 99, 51.0),
        (601, 1000, 60.1),
        (13, 160, 8.1),
    ],
)
def test_a_percentage_has_one_decimal_on_a_hundred_people_and_none_on_fewer(
    numerator: int, denominator: int, written: float
) -> None:
    assert shared(numerator, denominator)["percent"] == written


@pytest.mark.parametrize(("denominator", "marker"), [(5, UNRELIABLE), (19, UNRELIABLE), (20, ""), (21, "")])
def test_a_base_below_twenty_gives_no_share_and_says_that_it_is_unreliable(
    denominator: int, marker: str
) -> None:
    found = shared(5, denominator)
    assert pd.isna(found["percent"]) == pd.isna(found["exact_percent"]) == bool(marker)
    assert found["marker"] == marker


def test_a_share_of_nobody_is_zero_and_shown() -> None:
    found = shared(0, 200)
    assert (found["n"], found["percent"], found["marker"]) == (0, 0.0, "")


@given(st.integers(0, 1500), st.integers(1, 1500), st.sampled_from(sorted(PRESETS)))
def test_no_share_is_told_of_a_hidden_count(numerator: int, denominator: int, preset: str) -> None:
    found = shared(numerator, denominator, preset)
    held = any(1 <= n <= PRESETS[preset].small for n in (numerator, denominator))
    assert (found["marker"] == CONFIDENTIAL) == held
    assert pd.isna(found["percent"]) == pd.isna(found["exact_percent"]) == (found["marker"] != "")


@pytest.mark.parametrize(
    ("exact", "written"),
    [(0.6817, 0.68), (1.165, 1.2), (0.945, 0.95), (12.4, 12.0), (0.0, 0.0), (104.0, 100.0), (0.0345, 0.035)],
)
def test_a_ratio_is_written_with_two_significant_figures(exact: float, written: float) -> None:
    assert disclosure.ratios(pd.Series([exact, float("nan")])).tolist()[0] == pytest.approx(written)


def test_what_leaves_has_no_exact_column_and_nothing_finer_than_allowed() -> None:
    frame = pd.DataFrame(
        {"share": [12.3456, 12.3456], "ratio": [1.2345, 1.2345], "exact_n": [120.0, 50.0], "n": [120, 50]}
    )
    told = disclosure.as_written(frame, percent={"exact_n": ["share"]}, ratio=["ratio"])
    assert list(told.columns) == ["share", "ratio", "n"]
    assert told["share"].tolist() == [12.3, 12.0]
    assert told["ratio"].tolist() == [1.2, 1.2]


def test_the_markers_are_those_that_readers_are_told_about() -> None:
    assert {disclosure.CONFIDENTIAL, disclosure.UNRELIABLE, disclosure.NOT_AVAILABLE} == {"[c]", "[k]", "[x]"}


# -- what somebody can work back ---------------------------------------------------------------------------

PRESET = st.sampled_from(sorted(PRESETS))
# Tables of people are full of zeros and small counts.
PEOPLE = st.one_of(st.just(0), st.integers(1, 4), st.integers(0, 12), st.integers(0, 200))


@st.composite
def small_grids(draw: st.DrawFn) -> pd.DataFrame:
    width = draw(st.integers(1, 5))
    return grid(draw(st.lists(st.lists(PEOPLE, min_size=width, max_size=width), min_size=1, max_size=5)))


def shown(counts: pd.Series) -> list[float | None]:
    return [None if pd.isna(count) else float(count) for count in counts]


def puzzle_of(
    frame: pd.DataFrame, preset: str, keys: dict[str, list[str]]
) -> tuple[Puzzle, dict[object, int]]:
    """What can be seen of a table and the totals of its lines, and the counts that are hidden in it."""
    seen = protect(frame, "n", preset=preset, **keys)
    puzzle, held = Puzzle(preset), {}
    for place, (count, true) in enumerate(zip(shown(seen["exact_n"]), frame["n"], strict=True)):
        puzzle.count(place, count)
        if count is None:
            held[place] = int(true)
    for side, (along,) in keys.items():
        across = "columns" if side == "rows" else "rows"
        sums = totals(frame, "n", keys[side], keys.get(across, ()), preset)
        for line, count in zip(sums[along], shown(sums["exact_n"]), strict=True):
            places = [int(n) for n in (frame[along] == line).to_numpy().nonzero()[0]]
            # The total of a line of one is that one.
            name = (side, line) if len(places) > 1 else places[0]
            puzzle.count(name, count)
            if len(places) > 1:
                puzzle.adds_up(name, places)
    return puzzle, held


@pytest.mark.parametrize("keys", [{"rows": ["row"]}, {"rows": ["row"], "columns": ["column"]}])
@given(frame=small_grids(), preset=PRESET)
def test_no_hidden_count_of_a_table_can_be_worked_back_from_its_totals(
    keys: dict[str, list[str]], frame: pd.DataFrame, preset: str
) -> None:
    assert leaks(*puzzle_of(frame, preset, keys)) == []


@given(small_grids(), PRESET)
def test_every_nobody_is_shown_and_everything_else_that_is_shown_is_rounded(
    frame: pd.DataFrame, preset: str
) -> None:
    gated = protect(frame, "n", rows=["row"], columns=["column"], preset=preset)
    assert (gated.loc[frame["n"] == 0, "n"] == 0).all()
    assert gated["n"].equals(rounded(frame["n"]).mask(hidden(gated)))


@given(small_grids(), PRESET)
def test_a_table_without_a_small_count_hides_nothing(frame: pd.DataFrame, preset: str) -> None:
    large = frame.assign(n=frame["n"].where(~frame["n"].between(1, SMALL[preset]), 0))
    assert not hidden(protect(large, "n", rows=["row"], columns=["column"], preset=preset)).any()
    assert (totals(large, "n", ["row"], ["column"], preset)["marker"] == "").all()


@given(
    st.integers(1, 4),
    st.lists(st.integers(0, 200), min_size=4, max_size=20, unique=True),
    st.randoms(),
    PRESET,
)
def test_the_order_of_rows_decides_nothing_where_no_two_counts_are_the_same(
    width: int, counts: list[int], shuffler: random.Random, preset: str
) -> None:
    whole = counts[: len(counts) - len(counts) % width]
    frame = grid([whole[at : at + width] for at in range(0, len(whole), width)])
    shuffled = frame.iloc[shuffler.sample(range(len(frame)), len(frame))]
    keys = {"rows": ["row"], "columns": ["column"], "preset": preset}
    pd.testing.assert_frame_equal(
        protect(shuffled, "n", **keys).sort_index(), protect(frame, "n", **keys), check_dtype=False
    )


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        # Two hidden ones would be known to be 1 each.
        ([1, 1, 100], [True, True, True]),
        # Two that add up to 4 could be at most 3 each.
        ([2, 2, 100], [True, True, True]),
        ([3, 3, 100], [True, True, False]),
        # Nobody knows how many are too few to show.
        ([3, 0, 0], [True, False, False]),
        ([4, 4, 0], [True, True, False]),
    ],
)
def test_company_is_enough_only_where_the_total_leaves_room(counts: list[int], held: list[bool]) -> None:
    gated = protect(one_column(*counts).assign(line="a"), "n", rows=["line"])
    assert list(hidden(gated)) == held


@pytest.mark.parametrize(
    ("counts", "total", "marker"),
    [
        ([3, 0, 0], None, CONFIDENTIAL),
        ([4, 4, 0], 10, ""),
        # Seven people in seven groups that are not empty: each would be known to be 1.
        ([1, 1, 1, 1, 1, 1, 1], None, CONFIDENTIAL),
        ([20, 30], 50, ""),
        ([20, None], None, NOT_AVAILABLE),
        ([0, 0], 0, ""),
    ],
)
def test_a_total_is_held_back_where_nothing_else_is_left_to_hide(
    counts: list[int | None], total: int | None, marker: str
) -> None:
    found = totals(one_column(*counts).assign(line="a"), "n", ["line"])
    assert list(found.columns) == ["line", "n", "exact_n", "marker"]
    assert (shown(found["n"]), list(found["marker"])) == ([total], [marker])


def test_the_total_of_a_line_of_one_is_gated_as_that_one() -> None:
    frame = grid([[3], [40]])
    gated = protect(frame, "n", rows=["row"], columns=["column"])
    assert list(hidden(gated)) == [True, True]
    assert list(totals(frame, "n", ["row"], ["column"])["marker"]) == [CONFIDENTIAL, CONFIDENTIAL]


def test_a_table_of_ten_times_the_rows_is_no_more_work_to_gate() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"row": rng.integers(0, 6, 1000), "column": rng.integers(0, 10, 1000), "n": rng.poisson(6, 1000)}
    )
    gated = protect(frame, "n", rows=["row"], columns=["column"])
    few, many = (
        calls_of(lambda rows=rows: protect(rows, "n", rows=["row"], columns=["column"]))
        for rows in (frame.head(100), frame)
    )
    assert many < 1.2 * few < 20_000
    assert hidden(gated).sum() == frame["n"].between(1, 4).sum()


def test_a_table_with_nothing_small_is_gated_without_loading_the_solver() -> None:
    program = (
        "import sys, pandas as pd; from svdash.disclosure import protect;"
        "frame = pd.DataFrame({'r': [1, 1, 2, 2], 'c': [1, 2, 1, 2], 'n': [30, 12, 15, 40]});"
        "print(protect(frame, 'n', ['r'], ['c'])['marker'].tolist(), 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['', '', '', ''] False"


# -- sums of every kind --------------------------------------------------------------------------------------

Counts = dict[object, int]


@st.composite
def years_of_groups(draw: st.DrawFn) -> tuple[Counts, list[Sum], dict[object, int]]:
    """Groups of some years with an aggregate, those who did not answer, everybody, and pools of three years."""
    years, groups = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    counts: Counts = {(y, g): draw(PEOPLE) for y in range(years) for g in range(groups)}
    sums, stay = [], {}
    for y in range(years):
        line = tuple((y, g) for g in range(groups))
        counts[y, "all"] = sum(counts[g] for g in line)
        sums.append(Sum((y, "all"), line, line=draw(st.booleans())))
        if draw(st.booleans()):
            some = line[: draw(st.integers(1, groups - 1))]
            counts[y, "some"] = sum(counts[g] for g in some)
            sums.append(Sum((y, "some"), some))
            stay[y, "some"] = -1
        if draw(st.booleans()):
            counts[y, "silent"] = draw(PEOPLE)
            counts[y, "asked"] = counts[y, "all"] + counts[y, "silent"]
            sums.append(Sum((y, "asked"), ((y, "all"), (y, "silent"))))
        if draw(st.booleans()):
            counts[y, "more"] = counts[y, "all"] + draw(st.integers(0, 6))
            sums.append(Sum((y, "more"), line, complete=False))
    for first in range(years - 2):
        for g in range(groups):
            run = tuple((y, g) for y in range(first, first + 3))
            counts["pool", first, g] = sum(counts[cell] for cell in run)
            sums.append(Sum(("pool", first, g), run))
            stay["pool", first, g] = -2
    return counts, sums, stay


def sums_as_seen(counts: Counts, sums: list[Sum], held: pd.Series, preset: str) -> tuple[Puzzle, Counts]:
    """What can be seen of counts that add up, and those that are hidden."""
    puzzle = Puzzle(preset)
    for name, count in counts.items():
        puzzle.count(name, None if held[name] else float(count))
    for each in sums:
        if each.complete:
            puzzle.adds_up(each.total, each.parts)
        else:
            puzzle.at_most(each.parts, each.total)
    return puzzle, {name: count for name, count in counts.items() if held[name]}


@examples(1 / 2)
@given(years_of_groups(), PRESET)
def test_no_hidden_count_can_be_worked_back_from_aggregates_pools_and_totals(
    made: tuple[Counts, list[Sum], dict[object, int]], preset: str
) -> None:
    counts, sums, stay = made
    held = safe(counts, sums, stay=stay, preset=preset)
    assert list(held.index) == list(counts)
    assert all(held[name] == (counts[name] >= 1) for name in counts if counts[name] <= SMALL[preset])
    assert leaks(*sums_as_seen(counts, sums, held, preset)) == []


def test_a_pool_goes_before_a_single_year() -> None:
    years: Counts = {"2022": 2, "2023": 2, "2024": 25, "2025": 30}
    runs = {"2022-24": ("2022", "2023", "2024"), "2023-25": ("2023", "2024", "2025")}
    counts = years | {name: sum(years[y] for y in run) for name, run in runs.items()}
    sums = [Sum(name, run) for name, run in runs.items()]
    plain, early = (
        safe(counts, sums, stay=dict.fromkeys(runs, 2)),
        safe(counts, sums, stay=dict.fromkeys(runs, -2)),
    )
    assert list(early.index[early]) == ["2022", "2023", "2022-24", "2023-25"]
    assert plain[["2022", "2023", "2024", "2025"]].all()
    assert not plain[list(runs)].any()


def test_pools_that_give_nothing_away_stay() -> None:
    years: Counts = {"2022": 3, "2023": 41, "2024": 25}
    held = safe(years | {"all": 69}, [Sum("all", tuple(years), complete=True)], stay={"all": 3})
    assert list(held.index[held]) == ["2022", "2024"]


def test_counts_of_the_same_people_are_hidden_together() -> None:
    counts: Counts = {"staff": 3, "trained of": 3, "others": 8, "all": 11, "more": 20}
    held = safe(counts, [Sum("trained of", ("staff",)), Sum("all", ("staff", "others"), line=True)])
    assert held.to_dict() == {"staff": True, "trained of": True, "others": True, "all": False, "more": False}


def test_a_total_that_is_told_elsewhere_is_never_hidden_for_another() -> None:
    counts: Counts = {"a": 3, "b": 21, "all": 24}
    sums = [Sum("all", ("a", "b"))]
    assert safe(counts, sums, stay={"all": -9}).to_dict() == {"a": True, "b": False, "all": True}
    assert safe(counts, sums, stay={"all": -9}, shown=["all"]).to_dict() == {
        "a": True,
        "b": True,
        "all": False,
    }


def test_a_total_told_elsewhere_is_held_back_where_nothing_else_is_left_to_hide() -> None:
    counts: Counts = {f"group {n}": 1 for n in range(10)} | {"all": 10}
    held = safe(counts, [Sum("all", tuple(f"group {n}" for n in range(10)))], shown=["all"])
    assert held.all()


def test_what_gives_back_a_total_that_is_held_back_is_hidden_as_well() -> None:
    counts: Counts = {f"group {n}": 1 for n in range(10)} | {"all": 10, "north": 5, "south": 5}
    sums = [Sum("all", tuple(f"group {n}" for n in range(10))), Sum("all", ("north", "south"))]
    held = safe(counts, sums, shown=["all"])
    assert held["all"]
    assert held[["north", "south"]].any()
    assert leaks(*sums_as_seen(counts, sums, held, "gss")) == []


def test_what_an_earlier_gate_hid_stays_hidden_and_is_kept_safe() -> None:
    counts: Counts = {"a": 12, "b": 15, "c": 30, "all": 57}
    sums = [Sum("all", ("a", "b", "c"))]
    assert not safe(counts, sums).any()
    held = safe(counts, sums, hidden=["a"], stay={"all": -1})
    assert list(held.index[held]) == ["a", "all"]


@pytest.mark.parametrize(
    ("counts", "sums", "wrong"),
    [
        ({"a": 1, "b": 2}, [Sum("all", ("a", "b"))], "'all'"),
        ({"a": 1, "b": 2, "all": 4}, [Sum("all", ("a", "b"))], "4 and its parts add up to 3"),
        ({"a": 1, "b": 2, "all": 2}, [Sum("all", ("a", "b"), complete=False)], "2 and its parts add up to 3"),
        ({"a": 3, "all": 6}, [Sum("all", ("a", "a"))], "each once"),
        ({"all": 6}, [Sum("all", ())], "'all'"),
        ({"a": 2.5}, [], "2.5"),
        ({"a": -1}, [], "-1"),
        (pd.Series([1, 2], index=["a", "a"]), [], "'a' is given twice"),
        (pd.Series([1, None], index=["a", "b"]), [], "'b' is missing"),
    ],
)
def test_sums_that_cannot_be_right_are_refused_with_what_is_wrong(
    counts: Counts, sums: list[Sum], wrong: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        safe(counts, sums)


def test_counts_that_add_up_to_less_because_some_did_not_answer_are_no_fault() -> None:
    held = safe({"a": 12, "b": 3, "all": 20}, [Sum("all", ("a", "b"), complete=False)])
    assert held.to_dict() == {"a": False, "b": True, "all": False}


def test_what_was_found_to_be_hidden_is_left_out_of_a_frame() -> None:
    frame = pd.DataFrame({"n": [12, 33], "kept": ["x", "y"]}, index=["a", "b"])
    gated = suppress(frame, "n", safe(frame["n"], [], hidden=["a"]))
    assert shown(gated["n"]) == [None, 35.0]
    assert list(gated["marker"]) == [CONFIDENTIAL, ""]
    assert list(frame["n"]) == [12, 33]


def test_a_range_that_is_wide_enough_is_the_same_for_the_gate_and_the_attack() -> None:
    assert PRESETS["gss"].base == VALUES
    assert {name: preset.small for name, preset in PRESETS.items()} == SMALL


@pytest.mark.parametrize("late", [False, True], ids=["known before", "known after"])
def test_where_a_part_is_the_same_people_as_its_total_the_other_parts_are_nobody(late: bool) -> None:
    counts = {"district": 7, "place": 7, "decile 1": 7, "decile 2": 0}
    same = [disclosure.Sum("place", ("district",)), disclosure.Sum("district", ("decile 1",))]
    whole = [disclosure.Sum("place", ("decile 1", "decile 2"))]
    sums = [*whole, *same] if late else [*same, *whole]
    held = disclosure.safe(counts, sums, never=["decile 1", "decile 2"])
    assert not held[["district", "place"]].any()
