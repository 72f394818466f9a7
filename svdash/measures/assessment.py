"""What an assessment of a series consists of: its verdict, its comparisons, its recent trend, its chart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from svdash.measures.xmr import ControlLimits, SpecialCause

Verdict = Literal[
    "no-data", "too-early", "no-clear-change", "improving", "worsening", "rising", "falling", "no-test"
]
Polarity = Literal["higher", "lower", "none"]
Kind = Literal["proportion", "count", "none"]
# The rung of the ladder that a series was put on.
Test = Literal["no-points", "one-point", "differences", "change-only", "recent-trend", "control-chart"]
LimitCode = Literal[
    # of the test
    "no-interval", "one-point-decides", "one-step", "not-yearly", "signals-both-ways", "cause-ended", "counts",
    # of the baseline that was asked for
    "baseline-untested", "baseline-is-latest",
    # of rows that are not among the points
    "no-figure", "gap", "part", "without-counts",
]  # fmt: skip

RECENT_POINTS = 5
LARGE_CHI_SQUARE = 9.5495  # 99.8th percentile of chi-square with one degree of freedom


@dataclass(frozen=True)
class Comparison:
    """The latest point against an earlier one.

    `change` is latest minus earlier, `lower` and `upper` its 95% interval, all in the value's unit (points
    where the value is in percent). Without an interval the limits are None.
    """

    period: str
    change: float
    lower: float | None = None
    upper: float | None = None

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


@dataclass(frozen=True)
class Limit:
    """What limits a statement: a code, and the periods it is about with their values (in `figures`, where told).

    `gap` names the neighbours of the periods that have no row at all.
    """

    code: LimitCode
    periods: tuple[str, ...] = ()
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What can be said of a series, how it was tested, and what limits the statement.

    `test` is the rung of the ladder, `kind`, `unit` and `period_name` are of the series. `periods` are those that
    were tested. `latest`, `target` and every change are in the value's unit. `target_different` tells whether the
    latest figure differs from the target by more than chance; None: not tested. `trend` is there from five points,
    `control` from twelve. `signals` are all special causes of the chart, with positions in `periods`; only those that
    include the latest point make a verdict. svdash.wording.assessments puts all of it in words.
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
    target_different: bool | None = None

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
