"""Pay gaps: the regulations' formula, hand-worked payrolls, and what must hold for any payroll."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svdash.measures.pay import QUARTERS, Split, gap, mean_gap, median_gap, quarters, split

few = settings()


def payroll(**groups: list[float]) -> pd.DataFrame:
    """A row a person."""
    rows = [(name, rate) for name, rates in groups.items() for rate in rates]
    return pd.DataFrame(rows, columns=["group", "pay"])


@st.composite
def payrolls(draw: st.DrawFn, least: int = 10) -> pd.DataFrame:
    """A few pay points, so that many people are on the same rate."""
    rates = st.integers(1000, 1000 + draw(st.integers(0, 60))).map(lambda pence: pence / 100)
    return payroll(
        **{
            f"g{i}": draw(st.lists(rates, min_size=least, max_size=60))
            for i in range(draw(st.integers(2, 5)))
        }
    )


def cells(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["quarter", "group", "people", "pay"])


@st.composite
def quarter_tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for group in ("men", "women"):
        for quarter in QUARTERS:
            people = draw(st.integers(0, 400))
            rows.append((quarter, group, people, draw(st.floats(5, 200)) if people else np.nan))
        rows[-1] = (*rows[-1][:2], rows[-1][2] + 10, draw(st.floats(5, 200)))
    return cells(*rows)


# --- the gap ----------------------------------------------------------------------------------------------


def test_the_gap_is_the_formula_of_the_regulations() -> None:
    # SI 2017/172, regulation 8: (A - B)/A x 100, A the mean pay of men; by hand (20 - 17)/20.
    assert gap(20, 17) == pytest.approx(15)
    assert type(gap(20, 17)) is float


def test_the_gap_is_negative_where_women_are_paid_more() -> None:
    assert gap(16, 20) == pytest.approx(-25)


@few
@given(st.floats(1, 500), st.floats(1, 500), st.floats(0.1, 50))
def test_the_gap_knows_no_currency_and_keeps_its_sign(a: float, b: float, rate: float) -> None:
    assert gap(a * rate, b * rate) == pytest.approx(gap(a, b), abs=1e-9)
    assert np.sign(gap(a, b)) == np.sign(a - b)
    assert gap(a, b) < 100


def test_arrays_give_arrays_and_missing_pay_a_missing_gap() -> None:
    found = gap(pd.Series([20.0, None, 10.0]), 10)
    assert np.allclose(found, [50, np.nan, 0], equal_nan=True)
    assert math.isnan(gap(20, float("nan")))


def test_pay_that_is_not_above_0_is_refused_with_its_row() -> None:
    with pytest.raises(ValueError, match="row 2: first pay 0 is not above 0"):
        gap([10, 0], [9, 9])
    with pytest.raises(ValueError, match=r"^second pay -3 is not above 0"):
        gap(10, -3)
    with pytest.raises(ValueError, match="the first pay has 2 values and the second pay 3"):
        gap([1, 2], [1, 2, 3])


# --- from a payroll ---------------------------------------------------------------------------------------

MEN = [11.0, 12, 13, 14, 15, 16, 17, 18, 19, 45]  # mean 18, median 15.5
WOMEN = [10.0, 11, 12, 13, 14, 15, 16, 17, 18, 19]  # mean and median 14.5


def test_mean_and_median_gaps_are_worked_by_hand() -> None:
    people = payroll(men=MEN, women=WOMEN)
    mean, median = mean_gap(people, "men"), median_gap(people, "men")
    assert mean["group"].tolist() == ["men", "women"]
    assert mean["people"].tolist() == [10, 10]
    assert mean["pay"].tolist() == pytest.approx([18, 14.5])
    assert mean["gap"].tolist() == pytest.approx([0, 3.5 / 18 * 100])
    assert median["gap"].tolist() == pytest.approx([0, 1 / 15.5 * 100])
    assert (mean["reference"] == "men").all()
    assert (mean["marker"] == "").all()


@pytest.mark.parametrize("measure", [mean_gap, median_gap])
def test_a_group_of_nine_is_not_shown_and_says_so(measure: Callable[..., pd.DataFrame]) -> None:
    found = measure(payroll(a=MEN, b=WOMEN[:9], c=WOMEN), "a").set_index("group")
    assert found.loc["b", ["people", "pay", "gap"]].isna().all()
    assert found["marker"].tolist() == ["", "[k]", ""]
    assert found.loc["c", "gap"] > 0


def test_a_reference_of_nine_leaves_no_gap() -> None:
    found = mean_gap(payroll(a=MEN[:9], b=WOMEN), "a")
    assert found["gap"].isna().all()
    assert found["marker"].tolist() == ["[k]", "[k]"]
    assert found["pay"].tolist() == pytest.approx([np.nan, 14.5], nan_ok=True)


@few
@given(payrolls())
def test_gaps_agree_with_the_mean_and_median_of_each_group(people: pd.DataFrame) -> None:
    for measure, statistic in ((mean_gap, np.mean), (median_gap, np.median)):
        found = measure(people, "g1").set_index("group")["gap"]
        reference = statistic(people.loc[people["group"] == "g1", "pay"])
        for name, own in people.groupby("group")["pay"]:
            assert found[name] == pytest.approx((reference - statistic(own)) / reference * 100, abs=1e-9)


def test_forty_groups_have_forty_gaps() -> None:
    people = payroll(**{f"g{i}": [10.0 + i] * 10 for i in range(40)})
    assert mean_gap(people, "g0")["gap"].tolist() == pytest.approx([-10 * i for i in range(40)])


@pytest.mark.parametrize("measure", [mean_gap, median_gap])
def test_a_payroll_that_cannot_be_right_is_refused(measure: Callable[..., pd.DataFrame]) -> None:
    people = payroll(men=MEN, women=WOMEN)
    with pytest.raises(ValueError, match="reference group 'Men' is not there: there is men, women"):
        measure(people, "Men")
    with pytest.raises(ValueError, match="there is only one group, men"):
        measure(payroll(men=MEN), "men")
    with pytest.raises(ValueError, match="row 3: pay is missing: leave out people without full pay"):
        measure(people.assign(pay=people["pay"].mask(people.index == 2)), "men")
    with pytest.raises(ValueError, match="row 1: pay 0 is not above 0"):
        measure(people.assign(pay=people["pay"] - 11), "men")
    with pytest.raises(ValueError, match="row 20: the group is empty"):
        measure(people.assign(group=people["group"].mask(people.index == 19)), "men")
    with pytest.raises(ValueError, match="needs a column rate; there is group, pay"):
        measure(people, "men", pay="rate")


# --- quarters ---------------------------------------------------------------------------------------------


def table(found: pd.DataFrame) -> pd.DataFrame:
    return found.pivot_table(index="quarter", columns="group", values="people", sort=False)


def test_quarters_are_worked_by_hand() -> None:
    men, women = [float(n) for n in range(31, 51)], [float(n) for n in range(11, 31)]
    found = table(quarters(payroll(men=men, women=[*women[:15], 60, 61, 62, 63, 64])))
    # 15 women are lowest, then 20 men, then 5 women: quarters of 10.
    assert found["women"].tolist() == [10, 5, 0, 5]
    assert found["men"].tolist() == [0, 5, 10, 5]
    assert list(found.index) == list(QUARTERS)


@pytest.mark.parametrize(
    ("people", "sizes"),
    [(40, [10, 10, 10, 10]), (41, [11, 10, 10, 10]), (42, [11, 10, 11, 10]), (43, [11, 11, 11, 10])],
)
def test_people_left_over_go_where_government_guidance_puts_them(people: int, sizes: list[int]) -> None:
    # Gender pay gap guidance: one to the lower quarter; two to the lower and the upper middle; three to the
    # lower, the lower middle and the upper middle.
    found = quarters(payroll(a=[float(n) for n in range(1, 21)], b=[30.0 + n for n in range(people - 20)]))
    assert found.groupby("quarter", sort=False)["people"].sum().tolist() == sizes


def test_people_on_the_same_rate_are_shared_in_proportion() -> None:
    # Everybody on one rate, 24 men and 16 women: 6 and 4 in each quarter.
    found = table(quarters(payroll(men=[12.0] * 24, women=[12.0] * 16)))
    assert found["men"].tolist() == [6, 6, 6, 6]
    assert found["women"].tolist() == [4, 4, 4, 4]


def test_the_last_place_of_a_shared_quarter_goes_to_the_group_with_the_larger_remainder() -> None:
    # Of 40 on one rate 10 fit in: 7.25 of 29 and 2.75 of 11.
    found = table(quarters(payroll(a=[12.0] * 29, b=[12.0] * 11)))
    assert (found["a"].tolist()[0], found["b"].tolist()[0]) == (7, 3)
    assert (found["a"].sum(), found["b"].sum()) == (29, 11)


def test_people_cut_by_one_limit_are_shared_as_whole_people() -> None:
    # Lower quarter of 10: 4 men below, then 12 on one rate (8 women, 4 men) of whom 6 fit: 4 women, 2 men.
    people = payroll(men=[9.0] * 4 + [10.0] * 4 + [20.0] * 12, women=[10.0] * 8 + [15.0] * 12)
    found = table(quarters(people))
    assert found["women"].tolist()[0] == 4
    assert found["men"].tolist()[0] == 4 + 2
    assert found["women"].tolist()[1] == 4 + 4


@few
@given(payrolls())
def test_quarters_are_equal_whole_and_lose_nobody(people: pd.DataFrame) -> None:
    found = quarters(people)
    counts = found["people"].to_numpy()
    assert (counts == counts.round()).all()
    assert (counts >= 0).all()
    sizes = found.groupby("quarter", sort=False)["people"].sum()
    assert sizes.max() - sizes.min() <= 1
    everybody = found.groupby("group")["people"].sum()
    assert everybody.to_dict() == people["group"].value_counts().to_dict()
    assert found.groupby("quarter")["percent"].sum().tolist() == pytest.approx([100] * 4)


@few
@given(payrolls())
def test_quarters_do_not_depend_on_the_order_of_the_payroll(people: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(quarters(people), quarters(people[::-1]))


@few
@given(payrolls())
def test_within_a_rate_each_quarter_is_within_a_person_of_the_groups_share(people: pd.DataFrame) -> None:
    same = people.assign(pay=12.5)
    found = quarters(same)
    share = people["group"].value_counts(normalize=True)
    size = found.groupby("quarter")["people"].transform("sum")
    assert ((found["people"] - size * found["group"].map(share)).abs() <= 2).all()


def test_one_group_of_nine_takes_the_next_smallest_with_it() -> None:
    found = quarters(payroll(a=[10.0] * 9, b=[11.0] * 12, c=[12.0] * 40))
    marked = found.groupby("group")["marker"].first()
    assert marked.to_dict() == {"a": "[k]", "b": "[k]", "c": ""}
    assert found.loc[found["marker"] == "[k]", ["people", "percent"]].isna().all(axis=None)
    assert found.loc[found["marker"] == "", "people"].sum() == 40


def test_of_two_groups_neither_is_shown_where_one_has_nine_people() -> None:
    assert (quarters(payroll(men=[10.0] * 9, women=[11.0] * 90))["marker"] == "[k]").all()


def test_two_groups_of_nine_hide_each_other() -> None:
    found = quarters(payroll(a=[10.0] * 9, b=[11.0] * 9, c=[12.0] * 40))
    assert found.groupby("group")["marker"].first().to_dict() == {"a": "[k]", "b": "[k]", "c": ""}


def test_fewer_than_four_people_make_no_quarters() -> None:
    with pytest.raises(ValueError, match="there are 3 people: four quarters need four or more"):
        quarters(payroll(a=[10.0, 11, 12]))
    with pytest.raises(ValueError, match="there are 0 people"):
        quarters(payroll())
    with pytest.raises(ValueError, match="row 2: pay -1 is not above 0"):
        quarters(payroll(a=[10.0, -1, 12, 13]))


# --- within and between -----------------------------------------------------------------------------------


def test_the_split_is_worked_by_hand() -> None:
    found = split(
        cells(
            ("low", "men", 20, 10),
            ("high", "men", 80, 30),
            ("low", "women", 60, 9),
            ("high", "women", 40, 28),
        ),
        "men",
    )
    # Means 26 and 16.6. Within: 0.4 x (10 - 9) + 0.6 x (30 - 28) = 1.6; between: 9.5 x (0.2 - 0.6) +
    # 29 x (0.8 - 0.4) = 7.8.
    assert (found.total, found.within, found.between) == pytest.approx((9.4, 1.6, 7.8))
    assert found.reference_mean == pytest.approx(26)
    assert found.total_percent == pytest.approx(gap(26, 16.6))
    assert (found.within_percent, found.between_percent) == pytest.approx((1.6 / 26 * 100, 7.8 / 26 * 100))
    assert found.marker == ""


@few
@given(quarter_tables())
def test_within_and_between_add_up_to_the_whole_gap(people: pd.DataFrame) -> None:
    found = split(people, "men")
    means = [
        np.average(own["pay"], weights=own["people"])
        for _, own in people[people["people"] > 0].groupby("group")
    ]
    assert found.total == pytest.approx(means[0] - means[1], abs=1e-9)
    assert found.within + found.between == pytest.approx(found.total, abs=1e-9)
    assert found.within_percent + found.between_percent == pytest.approx(gap(*means), abs=1e-9)


@few
@given(quarter_tables())
def test_the_split_changes_its_sign_where_the_groups_change_places(people: pd.DataFrame) -> None:
    one, other = split(people, "men"), split(people, "women")
    assert (one.within, one.between) == pytest.approx((-other.within, -other.between), abs=1e-9)


def test_equal_pay_in_each_quarter_leaves_nothing_within_and_equal_spread_nothing_between() -> None:
    equal_pay = cells(("l", "m", 30, 10), ("h", "m", 70, 30), ("l", "w", 60, 10), ("h", "w", 40, 30))
    assert split(equal_pay, "m").within == pytest.approx(0, abs=1e-12)
    equal_spread = cells(("l", "m", 30, 10), ("h", "m", 70, 30), ("l", "w", 3 * 5, 9), ("h", "w", 7 * 5, 25))
    assert split(equal_spread, "m").between == pytest.approx(0, abs=1e-12)


def test_a_quarter_without_women_adds_nothing_within() -> None:
    found = split(
        cells(("l", "m", 50, 10), ("h", "m", 50, 30), ("l", "w", 40, 10), ("h", "w", 0, np.nan)), "m"
    )
    assert found.within == pytest.approx(0, abs=1e-12)
    assert found.between == pytest.approx(found.total)
    assert found.total == pytest.approx(10)


def test_a_quarter_without_anybody_changes_nothing() -> None:
    two = cells(("l", "m", 50, 10), ("h", "m", 50, 30), ("l", "w", 40, 9), ("h", "w", 60, 28))
    empty = cells(("x", "m", 0, np.nan), ("x", "w", 0, np.nan))
    assert split(pd.concat([two, empty]), "m") == split(two, "m")


@pytest.mark.parametrize(("people", "marker"), [(np.nan, "[c]"), (4, "[k]")])
def test_people_not_shown_or_fewer_than_ten_leave_the_split_missing(people: float, marker: str) -> None:
    found = split(
        cells(("l", "m", 50, 10), ("h", "m", 50, 30), ("l", "w", people, 9), ("h", "w", 5, 28)), "m"
    )
    assert found.marker == marker
    assert math.isnan(found.total)
    assert math.isnan(found.within_percent)
    assert isinstance(found, Split)


def test_a_split_that_cannot_be_made_is_refused() -> None:
    good = cells(("l", "m", 50, 10), ("h", "m", 50, 30), ("l", "w", 40, 9), ("h", "w", 60, 28))
    with pytest.raises(ValueError, match="group w has no row for quarter h: add it with people 0"):
        split(good.head(3), "m")
    with pytest.raises(ValueError, match="row 5: quarter l of group m is there twice"):
        split(pd.concat([good, good.head(1)]), "m")
    with pytest.raises(ValueError, match="there are 3 groups, m, w, x: keep m and one other"):
        split(pd.concat([good, cells(("l", "x", 9, 9))]), "m")
    with pytest.raises(ValueError, match="there is only one group, m"):
        split(good.head(2), "m")
    with pytest.raises(ValueError, match="reference group 'men' is not there"):
        split(good, "men")
    with pytest.raises(ValueError, match="row 4: people -1 is negative"):
        split(good.assign(people=[50, 50, 40, -1]), "m")
    with pytest.raises(ValueError, match="row 3: pay is missing"):
        split(good.assign(pay=[10, 30, np.nan, 28]), "m")
    with pytest.raises(ValueError, match="row 1: pay 0 is not above 0"):
        split(good.assign(pay=[0, 30, 9, 28]), "m")
