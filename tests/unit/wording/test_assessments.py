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
        (changed(0.6), None, "0.6 points above 2000/01 (could be chance)"),
        (changed(-0.6), None, "0.6 points below 2000/01 (could be chance)"),
        (changed(2, **FAR), None, "2.0 points above 2000/01 (beyond chance)"),
        (changed(2, chance=None), None, "2.0 points above 2000/01"),
        (changed(0), None, "the same as 2000/01"),
        # an interval that only touches no change
        (Comparison("2000/01", 1, 0, 2), None, "1.0 points above 2000/01 (could be chance)"),
        # the baseline is the previous point itself: said once
        (changed(2), changed(2), "2.0 points above 2000/01 (could be chance)"),
        # no second test beside the first
        (
            changed(2, period="2001/02", **FAR),
            changed(3),
            "3.0 points above 2000/01 (could be chance); 2.0 points above 2001/02",
        ),
        (changed(0, period="2001/02"), changed(0), "the same as 2000/01; the same as 2001/02"),
        (None, changed(1), "1.0 points above 2000/01 (could be chance)"),
        (None, None, ""),
    ],
)
def test_the_baseline_is_tested_and_the_point_before_stands_beside_it(
    previous: Comparison | None, baseline: Comparison | None, words: str
) -> None:
    found = told("differences", points=3, previous=previous, baseline=baseline)
    change = f", {words}" if words else ""
    assert assessments.sentence(found) == f"6.0% in 2002/03{change}. Too early for a trend: 3 of 5 years."


@pytest.mark.parametrize(
    ("verdict", "opening", "mark"),
    [
        ("better-than-baseline", "Better than the baseline, beyond chance", ""),
        ("worse-than-baseline", "Worse than the baseline, beyond chance", ""),
        ("above-baseline", "Above the baseline, beyond chance", ""),
        ("below-baseline", "Below the baseline, beyond chance", ""),
        ("practically-even", "Practically even", " (beyond chance, but too small to matter)"),
    ],
)
def test_a_verdict_against_the_baseline_comes_first_and_too_early_for_a_trend_beside_it(
    verdict: facts.Verdict, opening: str, mark: str
) -> None:
    found = told("differences", verdict, 2, baseline=changed(2, **FAR))
    assert assessments.sentence(found) == (
        f"{opening}: 6.0% in 2001/02, 2.0 points above 2000/01{mark}. Too early for a trend: 2 of 5 years."
    )


@pytest.mark.parametrize(
    ("baseline", "code", "words"),
    [
        (
            Comparison("2000/01", -1.2e6, periods_between=1),
            "full-count",
            "Down from £4.2m to £3.0m in 1 year, to 2001/02. A full count, which no sampling test applies to.",
        ),
        (
            Comparison("2000/01", 1.2e6, periods_between=3),
            "no-interval",
            "Up from £1.8m to £3.0m in 3 years, to 2001/02. No test possible.",
        ),
        (
            Comparison("2000/01", 0.0, periods_between=1),
            "stock",
            "The same as 1 year before: £3.0m, to 2001/02. A stock, which moves slowly by nature: described in words, not tested.",
        ),
        (
            Comparison("2000/01", 1e5, periods_between=2, even=True),
            "limits-left",
            "Practically even: from £2.9m to £3.0m in 2 years, to 2001/02. Most points lie outside the limits of a chart: described in words.",
        ),
        (None, "full-count", "£3.0m in 2001/02. A full count, which no sampling test applies to."),
    ],
)
def test_a_change_that_is_not_tested_is_said_in_words_with_the_reason(
    baseline: Comparison | None, code: facts.LimitCode, words: str
) -> None:
    more = {"kind": "none", "unit": "GBP", "latest": 3e6, "limits": (Limit(code),)}
    assert assessments.sentence(told("change-only", "no-test", 2, baseline=baseline, **more)) == words


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
    ("kind", "lower", "upper", "words"),
    [
        ("proportion", -4, 90, "within the expected range of 0.0% to 90.0%"),
        ("proportion", 10, 104, "within the expected range of 10.0% to 100.0%"),
        ("proportion", -4, 104, "within an expected range so wide that no figure could leave it"),
        ("none", -4, 104, "within the expected range of −4.0% to 104.0%"),
    ],
)
def test_the_expected_range_ends_where_a_share_ends(
    kind: facts.Kind, lower: float, upper: float, words: str
) -> None:
    chart = replace(CHART, lower=lower, upper=upper)
    found = told("control-chart", "no-clear-change", 13, control=chart, kind=kind)
    assert assessments.sentence(found) == f"No clear change: 6.0% in 2012/13, {words}."


def test_a_count_cannot_be_less_than_none_but_has_no_most() -> None:
    found = told("control-chart", "no-clear-change", 13, control=CHART, kind="count", unit="people")
    assert assessments.sentence(found).endswith("within the expected range of 0 people to 104 people.")


@pytest.mark.parametrize(
    ("rule", "points", "direction", "words"),
    [
        ("outside", (LAST,), 1, "above the expected range of 0.0% to 90.0%"),
        ("outside", (LAST,), -1, "below the expected range of 0.0% to 90.0%"),
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
    chart = replace(CHART, upper=90)
    found = told("control-chart", "rising", 13, control=chart, signals=(cause,))
    assert assessments.sentence(found) == f"Rising: 6.0% in 2012/13, {words}."


def test_only_signals_that_include_the_latest_point_are_said_and_two_ways_are_not_chosen_between() -> None:
    past, up, down = (
        SpecialCause("outside", (3,), 1),
        SpecialCause("outside", (LAST,), 1),
        SpecialCause("trend", tuple(range(6, 13)), -1),
    )
    chart = told("control-chart", "no-clear-change", 13, control=replace(CHART, upper=90))
    assert "within the expected range" in assessments.sentence(replace(chart, signals=(past,)))
    assert "above the expected range" in assessments.sentence(replace(chart, signals=(past, up)))
    assert assessments.sentence(replace(chart, signals=(up, down))).endswith(
        ", with signals that point both ways."
    )


def test_an_assessment_by_chart_without_a_chart_is_refused() -> None:
    with pytest.raises(ValueError, match="no limits of the chart"):
        assessments.sentence(told("control-chart", points=13))


@pytest.mark.parametrize(
    ("goal", "gap", "met", "words"),
    [
        (None, None, None, ""),
        (6.0, None, None, ""),  # no figure to compare
        (6.0, 0.0, True, "The target of 6.0% is met exactly."),
        (5.4, 0.6, True, "The target of 5.4% is met: 0.6 points above it."),
        (6.6, -0.6, True, "The target of 6.6% is met: 0.6 points below it."),
        (6.6, -0.6, False, "The target of 6.6% is not met: 0.6 points below it."),
        (6.6, -0.6, None, "0.6 points below the target of 6.6%."),
        (6.0, 0.0, None, "On the target of 6.0%."),
        (6.04, -0.04, False, "The target of 6.0% is not met: less than 0.1 points below it."),
    ],
)
def test_a_target_is_met_or_not_and_said_with_its_distance(
    goal: float | None, gap: float | None, *, met: bool | None, words: str
) -> None:
    assert assessments.target(told("one-point", target=goal, target_gap=gap, target_met=met)) == words


@pytest.mark.parametrize(
    ("gap", "by", "condition", "words"),
    [
        (-0.6, "2000/01", "", "The target of 6.6% by 2000/01 is not met: 0.6 points below it."),
        (-0.6, "2001/02", "", "The target of 6.6% by 2001/02 is not met yet: 0.6 points below it."),
        (0.6, "2001/02", "", "The target of 6.6% by 2001/02 is met: 0.6 points above it."),
        (-0.6, "", "once it is final", "The target of 6.6% holds once it is final: 0.6 points below it."),
        (0.0, "", "once it is final", "The target of 6.6% holds once it is final: the figure is on it."),
    ],
)
def test_a_target_is_not_missed_before_its_year_nor_before_it_holds(
    gap: float, by: str, condition: str, words: str
) -> None:
    found = told("one-point", target=6.6, target_gap=gap, target_met=gap >= 0)
    assert found.periods == ("2000/01",)
    assert assessments.target(found, by, condition) == words


def test_percentages_of_few_people_have_no_decimals_in_any_sentence() -> None:
    found = assessments.written(told("differences", "too-early", 2, baseline=changed(2)), 0)
    assert assessments.sentence(found) == (
        "6% in 2001/02, 2 points above 2000/01 (could be chance). Too early for a trend: 2 of 5 years."
    )
    close = replace(found, target=6.3, target_gap=-0.3, target_met=False)
    assert assessments.target(close).endswith("is not met: less than 1 point below it.")


def test_a_headcount_names_the_turnover_that_it_was_tested_against() -> None:
    assert assessments.method(told("differences", points=2, turnover=0.125)) == (
        "Difference of two headcounts of all staff, tested against turnover of 12.5% a year"
    )
    assert assessments.method(told("differences", points=2)).startswith("Newcombe's interval")


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
