"""The gate: what it lets through, what it holds back, and that nobody can work the rest back."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash import disclosure
from svdash.disclosure import CONFIDENTIAL, PRESETS, UNRELIABLE, protect, rounded, share

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
def test_what_is_shown_is_a_multiple_of_five_at_most_two_away_from_the_truth(counts: list[int]) -> None:
    gated = protect(one_column(*counts), "n")["n"]
    shown = [(int(given_), true) for given_, true in zip(gated, counts, strict=True) if not pd.isna(given_)]
    assert all(given_ % 5 == 0 and abs(given_ - true) <= 2 for given_, true in shown)


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


@given(grids(), st.sampled_from(sorted(PRESETS)))
def test_no_row_or_column_hides_a_single_count_beside_others_above_zero(
    frame: pd.DataFrame, preset: str
) -> None:
    gated = protect(frame, "n", rows=["row"], columns=["column"], preset=preset)
    for key in ("row", "column"):
        for _, line in gated.assign(true=frame["n"]).groupby(key):
            seen = line[~hidden(line)]
            assert hidden(line).sum() != 1 or not (seen["true"] > 0).any()
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


def test_share_refuses_an_unknown_preset_as_the_gate_does() -> None:
    with pytest.raises(ValueError, match="ons"):
        share(people([5], [10]), "n", "base", exact_allowed=pd.Series([False]), preset="ons")


@pytest.mark.parametrize("arguments", [{"rows": ["plce"]}, {"columns": ["plce"]}, {"counts": "plce"}])
def test_a_missing_column_is_refused_with_its_name_and_those_that_there_are(
    arguments: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="plce") as refusal:
        protect(one_column(5), **{"counts": "n", **arguments})
    assert "it has n" in str(refusal.value)


def people(numerators: list[int], denominators: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"n": numerators, "base": denominators})


def shared(numerator: int, denominator: int, *, exact: bool = False, preset: str = "gss") -> pd.Series:
    frame = people([numerator], [denominator])
    return share(frame, "n", "base", exact_allowed=pd.Series([exact]), preset=preset).iloc[0]


def test_a_share_is_worked_out_from_the_rounded_counts() -> None:
    found = shared(12, 101)
    assert (found["n"], found["base"], found["percent"]) == (10, 100, 10.0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "is_exact"),
    [(10, 500, True), (9, 500, False), (10, 499, False), (333, 999, True), (11, 501, True)],
)
def test_only_a_base_of_500_with_a_numerator_of_10_gives_an_exact_share(
    numerator: int, denominator: int, is_exact: bool
) -> None:
    found = shared(numerator, denominator, exact=True)
    exactly = round(100 * numerator / denominator, 1)
    from_rounded = 100 * float(found["n"]) / float(found["base"])
    assert found["percent"] == pytest.approx(exactly if is_exact else from_rounded)


def test_counts_beside_an_exact_share_stay_rounded() -> None:
    found = shared(333, 999, exact=True)
    assert (found["n"], found["base"]) == (335, 1000)


def test_a_share_is_not_exact_where_that_is_not_allowed() -> None:
    found = shared(333, 999, exact=False)
    assert found["percent"] == pytest.approx(33.5)


@pytest.mark.parametrize("denominator", [5, 6, 7])
def test_a_base_below_ten_gives_no_share_and_says_that_it_is_unreliable(denominator: int) -> None:
    found = shared(5, denominator)
    assert pd.isna(found["percent"])
    assert found["marker"] == UNRELIABLE


@pytest.mark.parametrize("denominator", [10, 11, 12])
def test_a_base_of_ten_gives_a_share(denominator: int) -> None:
    found = shared(5, denominator)
    assert found["percent"] == 50.0
    assert found["marker"] == ""


def test_a_share_of_nobody_is_zero_and_shown() -> None:
    found = shared(0, 200)
    assert (found["n"], found["percent"], found["marker"]) == (0, 0.0, "")


@given(
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1500), st.booleans()), min_size=1, max_size=30),
    st.sampled_from(sorted(PRESETS)),
)
def test_no_share_gives_away_a_hidden_count_or_passes_a_hundred(
    rows: list[tuple[int, int, bool]], preset: str
) -> None:
    numerators, denominators, exact = (list(column) for column in zip(*rows, strict=True))
    gated = share(
        people(numerators, denominators), "n", "base", exact_allowed=pd.Series(exact), preset=preset
    )
    seen = gated["percent"].dropna()
    assert seen.between(0, 100).all()
    held = gated["n"].isna() | gated["base"].isna()
    assert gated.loc[held, "percent"].isna().all()
    assert (gated.loc[held, "marker"] == CONFIDENTIAL).all()
    assert (gated.loc[gated["percent"].isna(), "marker"] != "").all()
    small = PRESETS[preset].small
    assert not gated["n"].between(1, small).any()
    assert not gated["base"].between(1, small).any()


@given(st.integers(1, 4), st.integers(1, 4), st.integers(10, 1500))
def test_two_hidden_counts_over_the_same_base_cannot_be_told_apart(one: int, other: int, base: int) -> None:
    assert shared(one, base, exact=True).astype("str").equals(shared(other, base, exact=True).astype("str"))


def test_the_markers_are_those_that_readers_are_told_about() -> None:
    assert {disclosure.CONFIDENTIAL, disclosure.UNRELIABLE, disclosure.NOT_AVAILABLE} == {"[c]", "[k]", "[x]"}
