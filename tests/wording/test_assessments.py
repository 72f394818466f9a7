"""The sentence of an assessment: a function of facts, each condition tested on both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from svdash import wording
from svdash.measures import assessment as facts
from svdash.measures.assessment import Assessment, Comparison, Limit, RecentTrend
from svdash.measures.xmr import ControlLimits, Rule, SpecialCause
from svdash.wording import assessments

YEARS = tuple(f"{2000 + n}/{n + 1:02d}" for n in range(20))


def told(
    test: facts.Test, verdict: facts.Verdict = "too-early", points: int = 1, **more: object
) -> Assessment:
    """An assessment of the first so many years, in percent unless said otherwise."""
    found = Assessment(verdict, test, "proportion", "percent", "year", periods=YEARS[:points], latest=6.0)
    return replace(found, **more)  # type: ignore[arg-type]


def changed(by: float, *, period: str = "2000/01", chance: bool | None = True) -> Comparison:
    """A change since a period: by chance perhaps, more than chance (False), or not tested (None)."""
    if chance is None:
        return Comparison(period, by)
    return (
        Comparison(period, by, by - 0.5, by + 0.5) if not chance else Comparison(period, by, by - 9, by + 9)
    )


def test_no_points_are_said_in_the_name_of_the_period() -> None:
    assert assessments.sentence(told("no-points", points=0)) == "No figures for a complete year yet."
    quarter = told("no-points", points=0, period_name="quarter")
    assert assessments.sentence(quarter) == "No figures for a complete quarter yet."


@pytest.mark.parametrize(
    ("kind", "unit", "words"),
    [
        ("proportion", "percent", "6.0% in 2000/01. Too early: 4 more years are needed for a trend."),
        ("count", "people", "6 people in 2000/01. Too early: 4 more years are needed for a trend."),
        ("none", "GBP", "£6 in 2000/01. Too early: 1 more year is needed to show a change."),
    ],
)
def test_one_point_says_how_many_more_are_needed(kind: facts.Kind, unit: str, words: str) -> None:
    assert assessments.sentence(told("one-point", kind=kind, unit=unit)) == words


FAR = {"chance": False}


@pytest.mark.parametrize(
    ("previous", "baseline", "words"),
    [
        (changed(0.6), None, "0.6 points above 2000/01: that could be chance"),
        (changed(-0.6), None, "0.6 points below 2000/01: that could be chance"),
        (changed(2, **FAR), None, "2.0 points above 2000/01: that is more than chance"),
        (changed(2, chance=None), None, "2.0 points above 2000/01"),
        (changed(0), None, "the same as 2000/01"),
        # an interval that only touches no change
        (Comparison("2000/01", 1, 0, 2), None, "1.0 points above 2000/01: that could be chance"),
        # the baseline is the previous point itself: said once
        (changed(2, **FAR), changed(2, **FAR), "2.0 points above 2000/01: that is more than chance"),
        (
            changed(2, period="2001/02", **FAR),
            changed(3, **FAR),
            "2.0 points above 2001/02 and 3.0 points above 2000/01: both are more than chance",
        ),
        (
            changed(2, period="2001/02"),
            changed(3),
            "2.0 points above 2001/02 and 3.0 points above 2000/01: both could be chance",
        ),
        (
            changed(-2, period="2001/02"),
            changed(3, **FAR),
            "2.0 points below 2001/02 (could be chance) and 3.0 points above 2000/01 (more than chance)",
        ),
        (changed(0, period="2001/02"), changed(0), "the same as 2001/02 and the same as 2000/01"),
        (None, changed(1, **FAR), "1.0 points above 2000/01: that is more than chance"),
    ],
)
def test_two_points_are_said_with_what_may_be_chance(
    previous: Comparison | None, baseline: Comparison | None, words: str
) -> None:
    found = told("differences", points=3, previous=previous, baseline=baseline)
    assert assessments.sentence(found) == f"6.0% in 2002/03, {words}. Too early for a trend: 3 of 5 years."


def test_a_change_that_cannot_be_tested_is_said_without_a_word_on_chance() -> None:
    found = told(
        "change-only",
        "no-test",
        2,
        kind="none",
        unit="GBP",
        previous=changed(-1.2e6, chance=None),
        latest=3e6,
    )
    assert assessments.sentence(found) == "£3.0m in 2001/02, £1.2m below 2000/01. No test possible."


@pytest.mark.parametrize(
    ("slope", "statistic", "one_sign", "words"),
    [
        (1.0, 9.55, True, "Improving: 6.0% in 2005/06, up about 1.0 points a year since 2001/02."),
        (-1.0, 9.55, True, "Improving: 6.0% in 2005/06, down about 1.0 points a year since 2001/02."),
        (0.01, 9.55, True, "Improving: 6.0% in 2005/06, up about less than 0.1 points a year since 2001/02."),
        (1.0, 9.5495, True, "Improving since 2001/02: 6.0% in 2005/06, 0.5 points above 2004/05."),
        (1.0, 9.55, False, "Improving since 2001/02: 6.0% in 2005/06, 0.5 points above 2004/05."),
    ],
)
def test_a_trend_is_said_by_its_pace_only_where_it_is_real(
    slope: float, statistic: float, *, one_sign: bool, words: str
) -> None:
    trend = RecentTrend(slope, 0.3, statistic, one_sign)
    previous = changed(0.5, period="2004/05")
    assert assessments.sentence(told("recent-trend", "improving", 6, trend=trend, previous=previous)) == words


CHART = ControlLimits(centre=50, lower=-4, upper=104, moving_range=20)
LAST = 12


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("proportion", "within the expected range of 0.0% to 100.0%"),
        ("none", "within the expected range of −4.0% to 104.0%"),
    ],
)
def test_the_expected_range_ends_where_a_share_ends(kind: facts.Kind, words: str) -> None:
    found = told("control-chart", "no-clear-change", 13, control=CHART, kind=kind)
    assert assessments.sentence(found) == f"No clear change: 6.0% in 2012/13, {words}."


def test_a_count_cannot_be_less_than_none_but_has_no_most() -> None:
    found = told("control-chart", "no-clear-change", 13, control=CHART, kind="count", unit="people")
    assert assessments.sentence(found).endswith("within the expected range of 0 people to 104 people.")


@pytest.mark.parametrize(
    ("rule", "points", "direction", "words"),
    [
        ("outside", (LAST,), 1, "above the expected range of 0.0% to 100.0%"),
        ("outside", (LAST,), -1, "below the expected range of 0.0% to 100.0%"),
        ("run", range(5, 13), 1, "the last 8 years all above the average of 50.0%"),
        ("run", range(5, 13), -1, "the last 8 years all below the average of 50.0%"),
        ("trend", range(6, 13), 1, "the last 7 years each higher than the one before"),
        ("trend", range(6, 13), -1, "the last 7 years each lower than the one before"),
        ("two-of-three", (10, LAST), 1, "2 of the last 3 years far above the average of 50.0%"),
        ("two-of-three", (10, LAST), -1, "2 of the last 3 years far below the average of 50.0%"),
    ],
)
def test_a_special_cause_of_the_latest_point_is_said_by_its_rule(
    rule: Rule, points: range | tuple[int, ...], direction: int, words: str
) -> None:
    cause = SpecialCause(rule, tuple(points), direction)
    found = told("control-chart", "rising", 13, control=CHART, signals=(cause,))
    assert assessments.sentence(found) == f"Rising: 6.0% in 2012/13, {words}."


def test_only_signals_that_include_the_latest_point_are_said_and_two_ways_are_not_chosen_between() -> None:
    past, up, down = (
        SpecialCause("outside", (3,), 1),
        SpecialCause("outside", (LAST,), 1),
        SpecialCause("trend", tuple(range(6, 13)), -1),
    )
    chart = told("control-chart", "no-clear-change", 13, control=CHART)
    assert "within the expected range" in assessments.sentence(replace(chart, signals=(past,)))
    assert "above the expected range" in assessments.sentence(replace(chart, signals=(past, up)))
    assert assessments.sentence(replace(chart, signals=(up, down))).endswith(
        ", with signals that point both ways."
    )


def test_an_assessment_by_chart_without_a_chart_is_refused() -> None:
    with pytest.raises(ValueError, match="no limits of the chart"):
        assessments.sentence(told("control-chart", points=13))


@pytest.mark.parametrize(
    ("goal", "gap", "different", "words"),
    [
        (None, None, None, ""),
        (6.0, None, None, ""),  # no figure to compare
        (6.0, 0.0, False, "On the target of 6.0%."),
        (5.4, 0.6, False, "0.6 points above the target of 5.4%: that could be chance."),
        (6.6, -0.6, True, "0.6 points below the target of 6.6%: that is more than chance."),
        (6.6, -0.6, None, "0.6 points below the target of 6.6%."),
        (6.04, -0.04, False, "less than 0.1 points below the target of 6.0%: that could be chance."),
    ],
)
def test_a_target_is_said_with_its_distance_and_whether_it_could_be_chance(
    goal: float | None, gap: float | None, different: bool | None, words: str
) -> None:
    found = told("one-point", target=goal, target_gap=gap, target_different=different)
    assert assessments.target(found) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit("no-figure", ("2001/02",)), "No figure for 2001/02."),
        (Limit("no-figure", YEARS[:4]), "No figure for 2000/01, 2001/02, 2002/03 and 2003/04."),
        (Limit("no-figure", YEARS[:5]), "No figure for 2000/01, 2001/02, 2002/03 and 2 more."),
        (Limit("gap", YEARS[:2]), "Nothing between 2000/01 and 2001/02."),
        (
            Limit("part", YEARS[:1], (2.05,)),
            "Part-year or provisional, shown but not tested: 2000/01 (2.1%).",
        ),
        (Limit("baseline-is-latest", ("2001/02",)), "The baseline, 2001/02, is the latest year itself."),
        (
            Limit("cause-ended", ("2001/02",)),
            "An earlier special cause ended in 2001/02; the latest year shows none.",
        ),
        (
            Limit("one-step", ("2001/02",)),
            "The step since 2001/02 is more than chance, but one step is no trend.",
        ),
        (Limit("one-point-decides"), "One year decides the slope: without it the direction changes."),
    ],
)
def test_a_limit_names_what_it_is_about_and_the_first_few_of_many(limit: Limit, words: str) -> None:
    assert assessments.limits(told("one-point", limits=(limit,))) == (words,)


@pytest.mark.parametrize("code", get_args(facts.LimitCode))
def test_every_limit_that_measures_can_name_has_words(code: facts.LimitCode) -> None:
    (words,) = assessments.limits(told("one-point", limits=(Limit(code, YEARS[:2]),)))
    assert words.endswith(".")
    assert "{" not in words


@pytest.mark.parametrize("test", get_args(facts.Test))
@pytest.mark.parametrize("kind", ["proportion", "count"])
def test_every_test_that_measures_can_make_is_named(test: facts.Test, kind: facts.Kind) -> None:
    assert assessments.method(told(test, kind=kind))


def test_every_verdict_that_measures_can_give_has_a_word() -> None:
    assert set(get_args(facts.Verdict)) <= set(wording.VERDICT)
