"""The words of an assessment: numbers with their unit, changes, signals, and what limits a statement."""

from __future__ import annotations

import re

from svdash.measures.assessment import LARGE_CHI_SQUARE, Comparison, Kind, RecentTrend, Verdict
from svdash.measures.xmr import ControlLimits, Rule, SpecialCause

VERDICTS: dict[Verdict, str] = {
    "no-clear-change": "No clear change",
    "improving": "Improving",
    "worsening": "Worsening",
    "rising": "Rising",
    "falling": "Falling",
}
COMPARED: dict[Kind, str] = {
    "proportion": "Newcombe's interval for the difference of two proportions",
    "count": "Comparison of two counts given their total: Wilson interval of the latest one's share",
}
_REGRESSION = "Fingertips recent trend: weighted regression of the last 5 points"
REGRESSED: dict[Kind, str] = {
    "proportion": f"{_REGRESSION} (for a proportion, Fingertips and PHEindicatormethods would use a chi-square "
    "test for trend on the counts)",
    "count": _REGRESSION,
}
KIND_LIMITS: dict[Kind, tuple[str, ...]] = {
    "proportion": (),
    "count": ("These are counts: a larger or smaller base would change them too.",),
    "none": (),
}

_MINUS = "\N{MINUS SIGN}"
_SINGULAR = {"people": "person", "responses": "response", "organisations": "organisation", "hours": "hour"}
_SMALLEST = {"percent": 0.1, "GBP": 1.0, "people": 1.0, "responses": 1.0, "organisations": 1.0, "hours": 1.0}


def value(number: float, unit: str) -> str:
    """Write a number in its unit: 6.0%, 1,234 people, £1.2m."""
    size, ten, million = abs(number), 10, 1_000_000
    if unit == "percent":
        text = f"{size:.1f}%"
    elif unit == "GBP":
        text = f"£{size / million:,.1f}m" if size >= million else f"£{size:,.0f}"
    elif unit in _SINGULAR:
        text = f"{size:,.0f}" if size >= ten or size == round(size) else f"{size:.1f}"
        text = f"{text} {_SINGULAR[unit] if size == 1 else unit}"
    else:
        text = f"{size:,.2f}".rstrip("0").rstrip(".")
    return (_MINUS if number < 0 and re.search("[1-9]", text) else "") + text


def amount(change: float, unit: str) -> str:
    """Write the size of a change: 0.6 points, 12 people, £0.3m."""
    smallest = _SMALLEST.get(unit, 0.01)
    if 0 < abs(change) < smallest / 2:
        return f"less than {amount(smallest, unit)}"
    return f"{abs(change):.1f} points" if unit == "percent" else value(abs(change), unit)


def plural(number: int, name: str) -> str:
    """Write the name of a period as the number asks."""
    return name if number == 1 else f"{name}s"


def step(comparison: Comparison | None, unit: str) -> str:
    """Put one change in words: 0.6 points above 2023/24."""
    if comparison is None or comparison.change == 0:
        return f"the same as {comparison.period}" if comparison else ""
    way = "above" if comparison.change > 0 else "below"
    return f"{amount(comparison.change, unit)} {way} {comparison.period}"


def changes(previous: Comparison | None, baseline: Comparison | None, unit: str) -> str:
    """Put the changes since the previous point and the baseline in words, and what may be chance."""
    said = [comparison for comparison in (previous, baseline) if comparison]
    if len({comparison.period for comparison in said}) == 1:
        said = said[:1]
    steps = [step(comparison, unit) for comparison in said]
    chances = {comparison.different for comparison in said}
    if None in chances or all(comparison.change == 0 for comparison in said):
        return " and ".join(steps)
    if len(chances) > 1:
        marks = ("more than chance" if comparison.different else "could be chance" for comparison in said)
        return " and ".join(f"{words} ({mark})" for words, mark in zip(steps, marks, strict=True))
    subject, verb = ("both", "are") if len(said) > 1 else ("that", "is")
    return f"{' and '.join(steps)}: {subject} {f'{verb} more than' if True in chances else 'could be'} chance"


def too_early(needed: int, period_name: str, *, trend: bool) -> str:
    """Say how many more points a test takes, of a trend or only of a change."""
    verb, purpose = "is" if needed == 1 else "are", "for a trend" if trend else "to show a change"
    return f"Too early: {needed} more {plural(needed, period_name)} {verb} needed {purpose}."


def target(goal: float, gap: float, unit: str, *, chance: bool | None) -> str:
    """Say how far a figure is from its target, and whether that could be chance; None: not tested."""
    words = f"the target of {value(goal, unit)}"
    if gap == 0:
        return f"On {words}."
    sentence = f"{amount(gap, unit)} {'above' if gap > 0 else 'below'} {words}"
    if chance is None:
        return f"{sentence}."
    return f"{sentence}: that {'could be' if chance else 'is more than'} chance."


def trend_limits(trend: RecentTrend, previous: Comparison | None, period_name: str) -> tuple[str, ...]:
    """Say what limits a recent trend: one point that decides it, a step that is none, periods not of a year."""
    limits = []
    if trend.statistic > LARGE_CHI_SQUARE and not trend.one_sign:
        limits.append(f"One {period_name} decides the slope: without it the direction changes.")
    if not trend.real and previous and previous.different:
        limits.append(f"The step since {previous.period} is more than chance, but one step is no trend.")
    if period_name != "year":
        limits.append("The recent trend test is meant for yearly figures.")
    return tuple(limits)


def chart_limits(*, both_ways: bool, ended: str | None, period_name: str) -> tuple[str, ...]:
    """Say what limits an XmR chart: signals that disagree, or an earlier special cause and when it ended."""
    if both_ways:
        return ("Signals point both ways: the level is on one side, the latest points move to the other.",)
    if ended is None:
        return ()
    return (f"An earlier special cause ended in {ended}; the latest {period_name} shows none.",)


def expected(control: ControlLimits, bounds: tuple[float, float], unit: str) -> str:
    """Put the limits of a chart in words, cut where the figure cannot go."""
    # A limit past what the figure can be (a share below 0%) would only puzzle the reader.
    floor, ceiling = bounds
    low, high = (value(min(max(x, floor), ceiling), unit) for x in (control.lower, control.upper))
    return f"the expected range of {low} to {high}"


def signal(cause: SpecialCause, within: str, average: str, period_name: str) -> str:
    """Put a special cause in words, given the expected range and the centre line in words."""
    above, higher = ("above", "higher") if cause.direction > 0 else ("below", "lower")
    last = f"the last {len(cause.points)} {plural(len(cause.points), period_name)}"
    reasons: dict[Rule, str] = {
        "outside": f"{above} {within}",
        "run": f"{last} all {above} the average of {average}",
        "trend": f"{last} each {higher} than the one before",
        "two-of-three": f"2 of the last 3 {period_name}s far {above} the average of {average}",
    }
    return reasons[cause.rule]
