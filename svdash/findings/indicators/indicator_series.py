"""One series of an indicator, put through the ladder: what was observed and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import records
from svdash.findings.indicators import gated_observations
from svdash.measures import intervals, trend
from svdash.register import ALL, NONE, NOT_STATED, Framework, View, narrowed

_KINDS: dict[str, trend.Kind] = {"wilson": "proportion", "byar": "count", "none": "none"}
PERIOD_NAMES = {"annual": "year", "half-yearly": "half-year", "quarterly": "quarter"}


@dataclass(frozen=True, eq=False)
class Trend:
    """One series with what may be said of it. ``rows`` are gated observations, oldest first."""

    indicator: dict[str, Any]
    organisation: str
    characteristic: str
    group: str
    label: str
    rows: pd.DataFrame
    assessment: trend.Assessment

    @property
    def verdict(self) -> str:
        """The verdict's code; ``no-data`` where nothing was observed."""
        return self.assessment.verdict

    @cached_property
    def whole(self) -> list[dict[str, Any]]:
        """The observations that are not a part year and not missing, oldest first."""
        return [row for row in records(self.rows) if not row["part"] and not pd.isna(row["value"])]

    @property
    def latest(self) -> dict[str, Any] | None:
        """The newest of them."""
        return self.whole[-1] if self.whole else None

    @property
    def baseline(self) -> float:
        """The value the series is compared with: its baseline year's, else its first."""
        named = [row for row in self.whole if row["year"] == self.indicator["baseline_year"]] or self.whole
        return float(named[0]["value"]) if named else float("nan")

    @cached_property
    def detectable(self) -> str:
        """Say from what value on a change from the baseline could be told; empty where no interval is possible.

        The nearest share, out of as many as in the latest period, whose difference from the baseline has an
        interval that leaves out no change.
        """
        if self.indicator["interval"] != "wilson" or len(self.whole) < 2:
            return ""
        base = next((r for r in self.whole if r["year"] == self.indicator["baseline_year"]), self.whole[0])
        now = self.whole[-1]
        if pd.isna(base["weight"]) or pd.isna(now["denominator"]):
            return ""
        size = int(now["denominator"])
        parts = []
        for direction, word in ((1, "more"), (-1, "less")):
            least = trend.minimum_detectable_change(
                float(base["weight"]), float(base["denominator"]), size, 1 if direction > 0 else -1
            )
            if least is not None:
                parts.append(f"{wording.value(100 * least / size, 'percent')} or {word}")
        return f"{', '.join(parts)}, against {base['period']}" if parts else "none: the base is too small"


def _rows(edition: Edition, view: View, key: gated_observations.Key) -> pd.DataFrame:
    """One series up to the end of the chosen year; its years are in order, so that is a slice."""
    rows = gated_observations.series(edition).get(key, gated_observations.gated(edition).iloc[:0])
    return rows if view.year == ALL else rows.iloc[: int((rows["year"] <= view.year).sum())]


def lead_key(framework: Framework, indicator: str) -> tuple[str, str]:
    """Return the characteristic and group that lead an indicator: everybody, unless the register says otherwise."""
    given = framework.indicator(indicator)["lead_group"]
    if pd.isna(given):
        return (ALL, ALL)
    characteristic, _, group = str(given).partition("=")
    return characteristic, group


def assess(
    edition: Edition, view: View, indicator: str, organisation: str, characteristic: str, group: str
) -> Trend:
    """Put one series through the ladder of METHODS, with the observations up to the chosen year."""
    framework = Framework.of(edition)
    about = framework.indicator(indicator)
    rows = _rows(edition, view, (indicator, organisation, characteristic, group))
    kind: trend.Kind = _KINDS[about["interval"]]
    tested = {"period": rows["period"], "value": rows["value"], "part": rows["part"]}
    if kind != "none":
        tested["numerator"] = rows["weight"]
    if kind == "proportion":
        tested["denominator"] = rows["denominator"]
    baseline = rows.loc[rows["year"] == about["baseline_year"], "period"]
    assessment = trend.assess(
        pd.DataFrame(tested),
        # More or fewer people who do not answer is neither better nor worse in what the indicator is about.
        "none" if group == NOT_STATED else about["polarity"],
        kind=kind,
        unit=str(about["unit"]),
        target=None if pd.isna(about["target"]) else float(about["target"]),
        baseline=str(baseline.iloc[0]) if len(baseline) else None,
        period_name=PERIOD_NAMES[str(about["cadence"])],
    )
    label = _label(framework, organisation, characteristic, group)
    return Trend(about, organisation, characteristic, group, label, rows, assessment)


def _label(framework: Framework, organisation: str, characteristic: str, group: str) -> str:
    parts = []
    if organisation != next(iter(framework.vocabulary.labels("organisation")), organisation):
        parts.append(framework.vocabulary.label("organisation", organisation))
    if group != ALL:
        parts.append(framework.vocabulary.label("group", f"{characteristic}={group}"))
    return ", ".join(parts)


def keys_of(edition: Edition, view: View, indicator: str) -> list[tuple[str, str, str]]:
    """Return (organisation, characteristic, group) of every series of an indicator, in the vocabulary's order."""
    framework = Framework.of(edition)
    found = [
        key[1:]
        for key, rows in gated_observations.series(edition).items()
        if key[0] == indicator and (view.year == ALL or str(rows["year"].iloc[0]) <= view.year)
    ]
    order = {
        name: {code: n for n, code in enumerate(framework.vocabulary.labels(name))}
        for name in ("organisation", "characteristic", "group")
    }
    last = len(gated_observations.series(edition)) + 1

    def place(key: tuple[str, str, str]) -> tuple[int, int, int]:
        codes = (key[0], key[1], f"{key[1]}={key[2]}")
        first, second, third = (ranks.get(c, last) for ranks, c in zip(order.values(), codes, strict=True))
        return first, second, third

    return sorted(found, key=place)


@narrowed("year")
@kept
def lead(edition: Edition, view: View, indicator: str) -> Trend:
    """Return the series that stands for an indicator."""
    framework = Framework.of(edition)
    characteristic, group = lead_key(framework, indicator)
    keys = [k for k in keys_of(edition, view, indicator) if k[1:] == (characteristic, group)]
    organisation = keys[0][0] if keys else next(iter(framework.vocabulary.labels("organisation")), ALL)
    return assess(edition, view, indicator, organisation, characteristic, group)


def compared(series: Trend, view: View) -> str:
    """Say how the latest figure differs from the same time in the compared year, and whether that is real."""
    latest = series.latest
    if latest is None or view.compare == NONE:
        return "not compared"
    wanted = f"{view.compare}{str(latest['period'])[7:]}"
    then = next((row for row in series.whole if row["period"] == wanted), None)
    if then is None or latest["year"] <= view.compare:
        return f"no figure to compare in {view.compare}"
    told = wording.change(latest["value"] - then["value"], str(latest["unit"]))
    if latest["kind"] == "count":
        x1, x0 = float(latest["value"]), float(then["value"])
        low, high = intervals.wilson(x1, x1 + x0) if x1 + x0 else (0.0, 1.0)
        return f"{told} on {wanted} ({'could be chance' if low <= 0.5 <= high else 'more than chance'})"
    if latest["kind"] != "proportion" or pd.isna(then["denominator"]) or pd.isna(latest["denominator"]):
        return f"{told} on {wanted} (no test possible)"
    _, low, high = intervals.difference(
        float(latest["weight"]),
        float(latest["denominator"]),
        float(then["weight"]),
        float(then["denominator"]),
    )
    real = "more than chance" if low > 0 or high < 0 else "could be chance"
    return f"{told} on {wanted} ({real})"
