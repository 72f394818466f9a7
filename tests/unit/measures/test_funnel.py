"""The funnel: hand-worked stages, the measures of two groups, and what must hold for any nested counts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash.measures.funnel import stages
from svdash.measures.gaps import relative_likelihood
from svdash.measures.intervals import wilson
from tests.examples import examples

ORDER = ["applied", "shortlisted", "interviewed", "offered", "appointed"]
WHITE, ASIAN = [800, 320, 160, 48, 40], [400, 80, 32, 8, 6]
few = examples(2 / 3)


def frame(**groups: list[float]) -> pd.DataFrame:
    """A row a group and stage."""
    rows = [(g, s, n) for g, numbers in groups.items() for s, n in zip(ORDER, numbers, strict=True)]
    return pd.DataFrame(rows, columns=["group", "stage", "people"])


@st.composite
def funnels(draw: st.DrawFn, least: int = 1) -> pd.DataFrame:
    groups = {}
    for i in range(draw(st.integers(2, 6))):
        numbers = [draw(st.integers(least, 3000)) for _ in ORDER]
        groups[f"g{i}"] = sorted(map(float, numbers), reverse=True)
    return frame(**groups)


def test_every_step_is_worked_by_hand() -> None:
    found = stages(frame(White=WHITE, Asian=ASIAN), "White", ORDER)
    asian = found[(found["group"] == "Asian") & ~found["overall"]].set_index("from_stage")
    assert asian["to_stage"].tolist() == ORDER[1:]
    assert asian["people_in"].tolist() == ASIAN[:-1]
    assert asian["people_out"].tolist() == ASIAN[1:]
    assert asian["rate"].tolist() == pytest.approx([20, 40, 25, 75])
    # White: 40%, 50%, 30%, 83.33%.
    assert asian["ratio"].tolist() == pytest.approx([0.5, 0.8, 25 / 30, 0.9])
    assert asian["shortfall"].tolist() == pytest.approx([80, 8, 1.6, 2 / 3])
    assert (asian["why"] == "").all()


def test_the_whole_way_is_worked_by_hand() -> None:
    found = stages(frame(White=WHITE, Asian=ASIAN), "White", ORDER)
    whole = found[found["overall"]].set_index("group").loc["Asian"]
    # 6 of 400 against 40 of 800: 1.5% against 5%; at White applicants' rate 20 would have been appointed.
    assert (whole["from_stage"], whole["to_stage"]) == ("applied", "appointed")
    assert whole["rate"] == pytest.approx(1.5)
    limits = relative_likelihood(6, 400, 40, 800)
    assert tuple(whole[["ratio", "ratio_lower", "ratio_upper"]]) == pytest.approx(limits)
    assert whole["ratio"] == pytest.approx(0.3)
    assert bool(whole["different"])
    assert (whole["at_parity"], whole["shortfall"]) == pytest.approx((20, 14))


@few
@given(funnels())
def test_the_product_of_the_steps_ratios_is_the_ratio_of_the_whole_way(people: pd.DataFrame) -> None:
    found = stages(people, "g0", ORDER)
    for _, own in found.groupby("group"):
        steps, whole = own[~own["overall"]], own[own["overall"]]
        assert len(steps) == len(ORDER) - 1
        assert math.prod(steps["ratio"]) == pytest.approx(whole["ratio"].item())


@few
@given(funnels())
def test_the_intervals_are_those_of_two_groups(people: pd.DataFrame) -> None:
    found = stages(people, "g0", ORDER).set_index(["from_stage", "to_stage", "group"]).sort_index()
    for (start, end, name), line in found.iterrows():
        reference = found.loc[(start, end, "g0")]
        limits = tuple(100 * limit for limit in wilson(line["people_out"], line["people_in"]))
        assert (line["lower"], line["upper"]) == pytest.approx(limits)
        if name != "g0":
            counts = (line["people_out"], line["people_in"], reference["people_out"], reference["people_in"])
            expected = relative_likelihood(*counts)
            ratio = (line["ratio"], line["ratio_lower"], line["ratio_upper"])
            assert ratio == pytest.approx(expected, nan_ok=True)


def test_the_delta_method_gives_the_variance_of_the_product() -> None:
    # Each step's log rate is independent of the others given what went in; the variances of the steps add up
    # to that of the whole way: 1/out - 1/in cancels from step to step.
    found = stages(frame(White=WHITE, Asian=ASIAN), "White", ORDER)
    asian = found[found["group"] == "Asian"]
    variance = (np.log(asian["ratio_upper"] / asian["ratio_lower"]) / (2 * 1.959963984540054)) ** 2
    steps = (~asian["overall"]).to_numpy(dtype=bool)
    assert variance[steps].sum() == pytest.approx(variance[~steps].item())


@few
@given(funnels(0))
def test_what_is_missing_has_a_reason_and_what_is_there_has_none(people: pd.DataFrame) -> None:
    found = stages(people, "g0", ORDER)
    of_others = found[found["group"] != "g0"]
    assert ((of_others["why"] != "") == of_others["ratio_lower"].isna()).all()
    assert ((found["people_in"] == 0) == found["rate"].isna()).all()


def test_rows_come_group_by_group_step_by_step_with_the_whole_way_last() -> None:
    found = stages(frame(b=WHITE, a=ASIAN).sample(frac=1, random_state=1), "a", ORDER)
    assert found["group"].nunique() == 2
    assert [len(list(own)) for _, own in found.groupby("group", sort=False)["to_stage"]] == [5, 5]
    assert found["to_stage"].tolist() == [*ORDER[1:], ORDER[-1]] * 2
    assert found["overall"].tolist() == [False] * 4 + [True] + [False] * 4 + [True]
    assert (found["reference"] == "a").all()


def test_two_stages_are_one_step_and_the_same_whole_way() -> None:
    two = frame(White=WHITE, Asian=ASIAN)
    found = stages(two[two["stage"].isin(ORDER[:2])], "White", ORDER[:2])
    assert found["overall"].tolist() == [False, True, False, True]
    assert found["ratio"].tolist() == pytest.approx([1, 1, 0.5, 0.5])


def test_a_suppressed_stage_leaves_its_steps_missing_and_says_why() -> None:
    hidden = [400, 80, np.nan, 8, 6]
    found = stages(frame(White=WHITE, Asian=hidden), "White", ORDER)
    asian = found[found["group"] == "Asian"].set_index("from_stage")
    touched = asian[~asian["overall"]].loc[["shortlisted", "interviewed"]]
    assert touched[["rate", "lower", "gap", "ratio", "different", "shortfall"]].isna().all(axis=None)
    assert (touched["why"] == "interviewed is not shown for Asian").all()
    others = asian.drop(index=["shortlisted", "interviewed"])
    assert others["ratio"].tolist() == pytest.approx([0.5, 0.9, 0.3])
    assert (others["why"] == "").all()


def test_a_suppressed_reference_leaves_rates_and_takes_ratios_away() -> None:
    found = stages(frame(White=[800, np.nan, 160, 48, 40], Asian=ASIAN), "White", ORDER)
    step = found[(found["group"] == "Asian") & (found["to_stage"] == "shortlisted")].iloc[0]
    assert step["rate"] == pytest.approx(20)
    assert math.isnan(step["ratio"])
    assert step["why"] == "shortlisted is not shown for the reference group, White"


def test_everything_suppressed_leaves_everything_missing() -> None:
    found = stages(frame(a=[np.nan] * 5, b=[np.nan] * 5), "a", ORDER)
    assert (
        found[["people_in", "rate", "ratio", "ratio_lower", "different", "at_parity"]].isna().all(axis=None)
    )
    assert found["why"].str.contains("is not shown").all()


def test_nobody_at_a_stage_gives_no_rate_after_it() -> None:
    found = stages(frame(White=WHITE, Asian=[400, 80, 0, 0, 0]), "White", ORDER)
    asian = found[(found["group"] == "Asian") & ~found["overall"]]
    assert asian["rate"].tolist() == pytest.approx([20, 0, np.nan, np.nan], nan_ok=True)
    assert asian["why"].tolist() == [
        "",
        "nobody at interviewed in Asian: a ratio of 0 has no interval",
        "nobody at interviewed in Asian: no rate",
        "nobody at offered in Asian: no rate",
    ]


def test_reasons_name_what_the_reference_group_lacks() -> None:
    found = stages(frame(White=[800, 320, 0, 0, 0], Asian=ASIAN), "White", ORDER)
    asian = found[found["group"] == "Asian"]
    assert asian["why"].tolist()[1:] == [
        "nobody at interviewed in the reference group, White: no ratio",
        "nobody at interviewed in the reference group, White: no rate",
        "nobody at offered in the reference group, White: no rate",
        "nobody at appointed in the reference group, White: no ratio",
    ]


def test_everybody_going_on_in_a_group_leaves_no_interval_and_says_so() -> None:
    found = stages(frame(a=[9, 9, 9, 8, 4], b=[5, 5, 4, 4, 3]), "a", ORDER)
    own = found[found["group"] == "b"]
    assert own["why"].tolist() == [
        "everybody at applied reached shortlisted in b: the ratio has no interval",
        "everybody at shortlisted reached interviewed in the reference group, a: the ratio has no interval",
        "everybody at interviewed reached offered in b: the ratio has no interval",
        "",
        "",
    ]
    assert own["ratio"].tolist() == pytest.approx([1, 0.8, 9 / 8, 1.5, 0.6 * 9 / 4])
    assert own["different"].isna().tolist() == [True, True, True, False, False]


def test_forty_groups_are_followed() -> None:
    found = stages(frame(**{f"g{i}": [100 + i, 50, 20, 10, 5] for i in range(40)}), "g0", ORDER)
    assert len(found) == 40 * 5
    assert found["ratio"].notna().all()


# --- what is refused --------------------------------------------------------------------------------------


def test_a_later_stage_with_more_people_is_refused_with_group_and_stages() -> None:
    with pytest.raises(ValueError, match="group Asian: offered 33 is more than interviewed 32"):
        stages(frame(White=WHITE, Asian=[400, 80, 32, 33, 6]), "White", ORDER)


def test_a_suppressed_stage_does_not_hide_that_a_later_one_is_larger() -> None:
    with pytest.raises(ValueError, match="group Asian: appointed 90 is more than shortlisted 80"):
        stages(frame(White=WHITE, Asian=[400, 80, np.nan, np.nan, 90]), "White", ORDER)


def test_a_missing_stage_is_refused_with_group_and_stage() -> None:
    people = frame(White=WHITE, Asian=ASIAN).drop(index=8)
    with pytest.raises(ValueError, match="group Asian has no row for stage offered: add it"):
        stages(people, "White", ORDER)


def test_a_stage_that_is_unknown_or_there_twice_is_refused_with_the_row() -> None:
    people = frame(White=WHITE, Asian=ASIAN)
    with pytest.raises(
        ValueError, match="row 7: stage sifted of group Asian is not one of applied, shortlisted"
    ):
        stages(people.assign(stage=[*ORDER, "applied", "sifted", *ORDER[2:]]), "White", ORDER)
    with pytest.raises(ValueError, match="row 11: stage applied of group White is there twice"):
        stages(pd.concat([people, people.head(1)]), "White", ORDER)


def test_a_reference_that_is_not_there_and_one_group_only_are_refused() -> None:
    with pytest.raises(ValueError, match="reference group 'white' is not there: there is White, Asian"):
        stages(frame(White=WHITE, Asian=ASIAN), "white", ORDER)
    with pytest.raises(ValueError, match="there is only one group, White"):
        stages(frame(White=WHITE), "White", ORDER)
    with pytest.raises(ValueError, match="there is no group at all"):
        stages(frame(), "White", ORDER)


def test_an_order_of_fewer_than_two_stages_or_with_one_twice_is_refused() -> None:
    for order in ([], ["applied"], ["applied", "applied"]):
        with pytest.raises(ValueError, match="must name two or more, each once"):
            stages(frame(White=WHITE, Asian=ASIAN), "White", order)


def test_counts_that_cannot_be_right_are_refused_with_the_row() -> None:
    with pytest.raises(ValueError, match="row 5: people -1 is negative"):
        stages(frame(White=[*WHITE[:-1], -1], Asian=ASIAN), "White", ORDER)
    with pytest.raises(ValueError, match="row 1: people inf is not a finite number"):
        stages(frame(White=[np.inf, *WHITE[1:]], Asian=ASIAN), "White", ORDER)
    with pytest.raises(ValueError, match="row 2: the group is empty"):
        stages(frame(White=WHITE, Asian=ASIAN).replace({"group": {"Asian": ""}}).iloc[4:], "White", ORDER)
    with pytest.raises(ValueError, match="needs a column people; there is group, stage"):
        stages(frame(White=WHITE)[["group", "stage"]], "White", ORDER)
