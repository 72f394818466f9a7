"""The words of an assessment: what can be said of a series, how it was tested, and what limits the statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

from svdash.measures.assessment import (
    RECENT_POINTS,
    Assessment,
    Comparison,
    Kind,
    Limit,
    LimitCode,
    RecentTrend,
    Test,
)
from svdash.measures.xmr import ControlLimits, Rule, SpecialCause
from svdash.wording.lists import counted, every
from svdash.wording.numbers import trimmed
from svdash.wording.units import size, value
from svdash.wording.verdicts import VERDICT

_REGRESSION: Final = "Fingertips recent trend: weighted regression of the last 5 points"
_COMPARED: Final[dict[Kind, str]] = {
    "proportion": "Newcombe's interval for the difference of two proportions",
    "count": "Comparison of two counts given their total: Wilson interval of the latest one's share",
}
_REGRESSED: Final[dict[Kind, str]] = {
    "proportion": f"{_REGRESSION} (for a proportion, Fingertips and PHEindicatormethods would use a chi-square "
    "test for trend on the counts)",
    "count": _REGRESSION,
}
_METHODS: Final[dict[Test, str]] = {
    "no-points": "None: no points",
    "one-point": "None: one point",
    "change-only": "None: the change in words",
    "control-chart": "XmR chart (NHS Making Data Count)",
}
_LIMITS: Final[dict[LimitCode, str]] = {
    "no-interval": "No interval can be worked out for this figure, so nobody can say how much is chance.",
    "full-count": "A full count, not a sample: no sampling test applies, and the change is the change.",
    "stock": "It counts who is there, not who came: most are the same a {name} later. It moves slowly by nature, so a test that "
    "takes all of them for new ones does not apply, and a chart of single values would take the movement for a signal.",
    "limits-left": "Most {name}s lie outside the limits that their own variation gives, so these say nothing of what to expect.",
    "cautious": "Everybody is counted, and most of the people are the same a year later; the interval takes them for new ones, "
    "so it is cautious: it may miss a real change, and seldom shows a false one.",
    "one-point-decides": "One {name} decides the slope: without it the direction changes.",
    "not-yearly": "The recent trend test is meant for yearly figures.",
    "signals-both-ways": "Signals point both ways: the level is on one side, the latest points move to the other.",
    "cause-ended": "An earlier special cause ended in {of}; the latest {name} shows none.",
    "counts": "These are counts: a larger or smaller base would change them too.",
    "baseline-untested": "The baseline, {of}, has no figure that can be tested.",
    "baseline-is-latest": "The baseline, {of}, is the latest {name} itself.",
    "no-figure": "No figure for {of}.",
    "gap": "Nothing between {of}.",
    "part": "Part-year or provisional, shown but not tested: {of}.",
    "without-counts": "Published without counts, shown but not tested: {of}.",
}
_MOST_NAMED: Final = 4


@dataclass(frozen=True)
class WrittenAssessment(Assessment):
    """An assessment, and how many ``decimals`` its percentages have in words: of few people they may have none."""

    decimals: int = 1


def written(found: Assessment, decimals: int) -> WrittenAssessment:
    """Return an assessment to be put in words with so many decimals of percentages."""
    return WrittenAssessment(
        **{each.name: getattr(found, each.name) for each in fields(Assessment)}, decimals=decimals
    )


def _decimals(assessment: Assessment) -> int:
    return assessment.decimals if isinstance(assessment, WrittenAssessment) else 1


def _value(assessment: Assessment, figure: float | None) -> str:
    """Write a figure of a series."""
    return value(figure, assessment.unit, _decimals(assessment))


def _size(assessment: Assessment, change: float) -> str:
    """Write how large a change of a series is."""
    return size(change, assessment.unit, _decimals(assessment))


def sentence(assessment: Assessment) -> str:
    """Say what can be said of a series, in one or two sentences."""
    return _SENTENCES[assessment.test](assessment)


def method(assessment: Assessment) -> str:
    """Say how a series was tested."""
    if assessment.test == "differences" and assessment.turnover is not None:
        turnover = f"{trimmed(100 * assessment.turnover, 1)}% a year"
        return f"Difference of two headcounts of all staff, tested against turnover of {turnover}"
    if assessment.test == "differences":
        return _COMPARED[assessment.kind]
    return _REGRESSED[assessment.kind] if assessment.test == "recent-trend" else _METHODS[assessment.test]


def limits(assessment: Assessment) -> tuple[str, ...]:
    """Say what limits the statement, a sentence each."""
    return tuple(
        _LIMITS[each.code].format(of=_named(assessment, each), name=assessment.period_name)
        for each in assessment.limits
    )


def target(assessment: Assessment, by: str = "", condition: str = "") -> str:
    """Say whether the latest figure meets its target, and how far it is from it; empty without a target.

    The figure itself decides: everybody is counted, so no interval makes 53 of 951 too close to 6% to be sure. `by` is the
    financial year by which it is to be met, empty where it holds at all times: before, it is not met yet. `condition` says
    from when on it holds at all, as in "once the tool is final": till then it can't be missed.
    """
    gap, goal = assessment.target_gap, assessment.target
    if gap is None or goal is None:
        return ""
    words = f"the target of {value(goal, assessment.unit)}{f' by {by}' if by else ''}"
    far = "exactly" if gap == 0 else f"{_size(assessment, gap)} {'above' if gap > 0 else 'below'} it"
    if assessment.target_met is None:
        return f"On {words}." if gap == 0 else f"{far.removesuffix(' it')} {words}."
    if condition:
        return f"T{words[1:]} holds {condition}: {far.replace('exactly', 'the figure is on it')}."
    missed = "not met yet" if assessment.periods[-1][: len(by)] < by else "not met"
    if gap == 0:
        return f"T{words[1:]} is met exactly."
    return f"T{words[1:]} is {'met' if assessment.target_met else missed}: {far}."


def _named(assessment: Assessment, limit: Limit) -> str:
    """Name the periods that a limit is about, with their figures where these are told, the first few of many."""
    if limit.figures:
        pairs = zip(limit.periods, limit.figures, strict=True)
        names = [f"{period} ({_value(assessment, figure)})" for period, figure in pairs]
    else:
        names = list(limit.periods)
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} more"]
    return every(names)


def _opening(assessment: Assessment) -> str:
    """Write the latest figure: 6.0% in 2025/26."""
    return f"{_value(assessment, assessment.latest)} in {assessment.periods[-1]}"


def _plural(number: int, period_name: str) -> str:
    return period_name if number == 1 else f"{period_name}s"


def _no_points(assessment: Assessment) -> str:
    return f"No figures for a complete {assessment.period_name} yet."


def _one_point(assessment: Assessment) -> str:
    """Say how many more points a test takes: of a trend, or of a change where nothing can be tested."""
    tested = assessment.kind != "none" and not any(limit.code == "stock" for limit in assessment.limits)
    needed, purpose = (assessment.periods_needed, "for a trend") if tested else (1, "to show a change")
    more = f"{needed} more {_plural(needed, assessment.period_name)} {'is' if needed == 1 else 'are'} needed"
    return f"{_opening(assessment)}. Too early: {more} {purpose}."


def _differences(assessment: Assessment) -> str:
    """Say the change since the baseline with what the test makes of it, and the one since the point before plainly."""
    progress = f"{assessment.points} of {RECENT_POINTS} {_plural(RECENT_POINTS, assessment.period_name)}"
    verdict = "" if assessment.verdict == "too-early" else f"{VERDICT[assessment.verdict]}: "
    return f"{verdict}{_opening(assessment)}{_tested(assessment)}. Too early for a trend: {progress}."


def _tested(assessment: Assessment) -> str:
    """Write the change that is tested, whether it could be chance, and beside it the one since the point before."""
    main = assessment.baseline or assessment.previous
    if main is None:
        return ""
    chance = ""
    if assessment.verdict == "practically-even":
        chance = " (beyond chance, but too small to matter)"
    elif assessment.verdict == "too-early" and main.change != 0 and main.different is not None:
        chance = " (beyond chance)" if main.different else " (could be chance)"
    return f", {_step(assessment, main)}{chance}{_beside(assessment, main)}"


def _beside(assessment: Assessment, main: Comparison) -> str:
    """Write the change since the point before, where it is not the one that was said: no second test beside the first."""
    previous = assessment.previous
    if previous is None or previous.period == main.period:
        return ""
    return f"; {_step(assessment, previous)}"


def _change_only(assessment: Assessment) -> str:
    """Say the change in words first: down from 15.2% to 5.5% in 3 years."""
    main = assessment.baseline or assessment.previous
    reason = next(
        (_UNTESTED[limit.code] for limit in assessment.limits if limit.code in _UNTESTED), "No test possible"
    )
    if main is None:
        return f"{_opening(assessment)}. {reason}."
    now, then = (
        _value(assessment, assessment.latest),
        _value(assessment, (assessment.latest or 0) - main.change),
    )
    periods = counted(round(main.periods_between), assessment.period_name)
    if main.change == 0:
        moved = f"The same as {periods} before: {now}"
    elif main.even:
        moved = f"Practically even: from {then} to {now} in {periods}"
    else:
        moved = f"{'Up' if main.change > 0 else 'Down'} from {then} to {now} in {periods}"
    return f"{moved}, to {assessment.periods[-1]}{_beside(assessment, main)}. {reason}."


_UNTESTED: Final[dict[LimitCode, str]] = {
    "full-count": "A full count, which no sampling test applies to",
    "stock": "A stock, which moves slowly by nature: described in words, not tested",
    "limits-left": "Most points lie outside the limits of a chart: described in words",
}


def _recent_trend(assessment: Assessment) -> str:
    """Say the pace of a trend that is real; of one that is not, the latest change."""
    word, since = VERDICT[assessment.verdict], assessment.periods[-RECENT_POINTS]
    slope: RecentTrend | None = assessment.trend
    if slope is None or not slope.real:
        return f"{word} since {since}: {_opening(assessment)}, {_step(assessment, assessment.previous)}."
    way = "up" if slope.slope > 0 else "down"
    pace = f"{_size(assessment, slope.slope)} a {assessment.period_name} since {since}"
    return f"{word}: {_opening(assessment)}, {way} about {pace}."


def _control_chart(assessment: Assessment) -> str:
    """Say the special cause that makes the verdict, or that there is none or more than one way."""
    current = assessment.current_signals
    if not current:
        reason = f"within {_expected(assessment)}"
    elif len({cause.direction for cause in current}) > 1:
        reason = "with signals that point both ways"
    else:
        reason = _signal(assessment, current[0])
    return f"{VERDICT[assessment.verdict]}: {_opening(assessment)}, {reason}."


_SENTENCES: Final[dict[Test, Callable[[Assessment], str]]] = {
    "no-points": _no_points,
    "one-point": _one_point,
    "differences": _differences,
    "change-only": _change_only,
    "recent-trend": _recent_trend,
    "control-chart": _control_chart,
}


def _step(assessment: Assessment, comparison: Comparison | None) -> str:
    """Write one change: 0.6 points above 2023/24."""
    if comparison is None or comparison.change == 0:
        return f"the same as {comparison.period}" if comparison else ""
    way = "above" if comparison.change > 0 else "below"
    return f"{_size(assessment, comparison.change)} {way} {comparison.period}"


def _chart(assessment: Assessment) -> ControlLimits:
    if assessment.control is None:
        raise ValueError("an assessment by XmR chart has no limits of the chart")
    return assessment.control


def _expected(assessment: Assessment) -> str:
    """Write the limits of a chart, cut where the figure cannot go: a share below 0% would only puzzle the reader.

    Limits beyond all that the figure can be are said to be that: no figure could leave them.
    """
    floor, ceiling = assessment.bounds
    chart = _chart(assessment)
    if chart.lower <= floor and chart.upper >= ceiling:
        return "an expected range so wide that no figure could leave it"
    low, high = (_value(assessment, min(max(limit, floor), ceiling)) for limit in (chart.lower, chart.upper))
    return f"the expected range of {low} to {high}"


def _signal(assessment: Assessment, cause: SpecialCause) -> str:
    """Write a special cause by its rule."""
    above, higher = ("above", "higher") if cause.direction > 0 else ("below", "lower")
    last = f"the last {len(cause.points)} {_plural(len(cause.points), assessment.period_name)}"
    average = f"the average of {_value(assessment, _chart(assessment).centre)}"
    reasons: dict[Rule, str] = {
        "outside": f"{above} {_expected(assessment)}",
        "run": f"{last} all {above} {average}",
        "trend": f"{last} each {higher} than the one before",
        "two-of-three": f"2 of the last 3 {assessment.period_name}s far {above} {average}",
    }
    return reasons[cause.rule]
