"""What an assessment of a series consists of: its verdict, its comparisons, its recent trend, its chart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from svdash.measures.smallest_gap import SMALLEST, SmallestGap
from svdash.measures.xmr import ControlLimits, SpecialCause

Verdict = Literal[
    "no-data", "too-early", "no-clear-change", "improving", "worsening", "rising", "falling",
    # too few points for a trend, and different from the baseline beyond chance all the same
    "better-than-baseline", "worse-than-baseline", "above-baseline", "below-baseline",
    # a change beyond chance that is too small to matter
    "practically-even",
    "no-test",
]  # fmt: skip
Polarity = Literal["higher", "lower", "none"]
Kind = Literal["proportion", "count", "none"]
# The rung of the ladder that a series was put on.
Test = Literal["no-points", "one-point", "differences", "change-only", "recent-trend", "control-chart"]
LimitCode = Literal[
    # of the test
    "no-interval", "full-count", "one-point-decides", "not-yearly", "signals-both-ways", "cause-ended", "counts",
    "stock", "limits-left", "cautious",
    # of the baseline that was asked for
    "baseline-untested", "baseline-is-latest",
    # of rows that are not among the points
    "no-figure", "gap", "part", "without-counts",
]  # fmt: skip

RECENT_POINTS = 5
LARGE_CHI_SQUARE = 9.5495  # 99.8th percentile of chi-square with one degree of freedom
# The chance of standing out with no change at all: of a 95% interval, and of the recent trend.
LEVEL, TREND_LEVEL = 0.05, 0.002


@dataclass(frozen=True)
class Nature:
    """What is known of a series beside its figures, and decides how it may be tested.

    `stock`: it counts who is there (people enrolled, passes held), not who came, so most are the same from one
    period to the next and an XmR chart does not apply. `headcount`: the shares are of everybody in an
    organisation, most of whom are there a year later too; `turnover` is the share of them that leaves in a
    year, where it is known. `smallest` is the smallest change that matters.
    """

    stock: bool = False
    headcount: bool = False
    turnover: float | None = None
    smallest: SmallestGap = SMALLEST


@dataclass(frozen=True)
class Comparison:
    """The latest point against an earlier one.

    `change` is latest minus earlier, `lower` and `upper` its 95% interval, all in the value's unit (points
    where the value is in percent), `p` the p-value that belongs to it. Without an interval these are None.
    `apart` is how many periods lie between the two. `even` tells that the change is too small to matter.
    """

    period: str
    change: float
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    periods_between: float = 1.0
    even: bool = False

    @property
    def different(self) -> bool | None:
        """Whether the interval excludes no change; None where there is no interval."""
        if self.lower is None or self.upper is None:
            return None
        return not self.lower <= 0 <= self.upper


@dataclass(frozen=True)
class RecentTrend:
    """A weighted regression of the last five points.

    `slope` and `standard_error` are in the value's unit a period, `statistic` is (slope/standard error)
    squared, `one_sign` tells whether the slope keeps its sign whichever point is left out.
    """

    slope: float
    standard_error: float
    statistic: float
    one_sign: bool

    @property
    def real(self) -> bool:
        """Whether the slope is large for its error and no single point decides its sign."""
        return self.statistic > LARGE_CHI_SQUARE and self.one_sign

    @property
    def p(self) -> float:
        """The p-value of the slope: chi-square with one degree of freedom."""
        return math.erfc(math.sqrt(self.statistic / 2))


@dataclass(frozen=True)
class Limit:
    """What limits a statement: a code, and the periods it is about with their values (in `figures`, where given).

    `gap` names the neighbours of the periods that have no row at all.
    """

    code: LimitCode
    periods: tuple[str, ...] = ()
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What can be said of a series, how it was tested, and what limits the statement.

    `test` is the rung of the ladder, `kind`, `unit` and `period_name` are of the series. `periods` are those that
    were tested. `latest`, `target` and every change are in the value's unit, unrounded. `target_met` tells whether the
    latest figure itself meets the target: every one is counted, so no interval makes it uncertain; None where the
    series has no polarity. `trend` is there from five points, `control` from twelve. `signals` are all special
    causes of the chart, with positions in `periods`; only those that include the latest point make a verdict.
    `turnover` is the yearly one that a headcount was tested against. svdash.wording.assessments puts all of it in words.
    """

    verdict: Verdict
    test: Test
    kind: Kind
    unit: str
    period_name: str
    limits: tuple[Limit, ...] = ()
    periods: tuple[str, ...] = ()
    latest: float | None = None
    previous: Comparison | None = None
    baseline: Comparison | None = None
    trend: RecentTrend | None = None
    control: ControlLimits | None = None
    signals: tuple[SpecialCause, ...] = ()
    target: float | None = None
    target_gap: float | None = None
    target_met: bool | None = None
    turnover: float | None = None

    @property
    def points(self) -> int:
        """How many points were tested."""
        return len(self.periods)

    @property
    def periods_needed(self) -> int:
        """How many more points a trend test takes."""
        return max(0, RECENT_POINTS - self.points)

    @property
    def current_signals(self) -> tuple[SpecialCause, ...]:
        """The special causes that include the latest point."""
        return tuple(cause for cause in self.signals if self.points - 1 in cause.points)

    @property
    def p(self) -> float | None:
        """The p-value of the test that makes the verdict; None where there is none, as of a chart's rules."""
        if self.test == "recent-trend" and self.trend:
            return self.trend.p
        return self.baseline.p if self.test == "differences" and self.baseline else None

    @property
    def level(self) -> float:
        """How often the test that makes the verdict would stand out with no change at all; 0 without a p-value."""
        if self.p is None:
            return 0.0
        return TREND_LEVEL if self.test == "recent-trend" else LEVEL

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that a figure of this kind can be, in its unit."""
        return 0.0 if self.kind != "none" else -math.inf, 100.0 if self.kind == "proportion" else math.inf

    @property
    def change(self) -> float | None:
        """Latest minus previous point."""
        return self.previous.change if self.previous else None

    @property
    def lower(self) -> float | None:
        """Lower 95% limit of the change since the previous point."""
        return self.previous.lower if self.previous else None

    @property
    def upper(self) -> float | None:
        """Upper 95% limit of the change since the previous point."""
        return self.previous.upper if self.previous else None

    @property
    def slope(self) -> float | None:
        """Change a period over the last five points."""
        return self.trend.slope if self.trend else None

    @property
    def different_from_previous(self) -> bool | None:
        """Whether the latest point differs from the previous one by more than chance; None: not tested."""
        return self.previous.different if self.previous else None

    @property
    def different_from_baseline(self) -> bool | None:
        """Whether the latest point differs from the baseline by more than chance; None: not tested."""
        return self.baseline.different if self.baseline else None
