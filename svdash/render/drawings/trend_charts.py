"""One series over time, as wide as its column. Many side by side are :mod:`svdash.render.small_multiples`."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import Spec, built
from svdash.theme import ACCENT, ATTENTION, BAND, INK, QUIET, TEXT

HIGH = 320

# Large numbers are written short, so that the axis takes little room.
_AXIS = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.1~f') + 'm' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',.1~f') + 'k' : format(datum.value, ',.2~f')"
)


@lru_cache(maxsize=4)
def trend(columns: int) -> Spec:
    """One series: value with its 95% band, target (dashed, named) and baseline (thin grey, named); the newest point named."""
    del columns
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "as_at:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelOverlap=True, grid=False)
        )
    )
    layers = [
        *_limits(base),
        *_level(base, "baseline", QUIET, [1, 2]),
        *_level(base, "target", ATTENTION, [5, 3]),
        *_values(base),
    ]
    return built(alt.layer(*layers).properties(width="container", height=HIGH))


def _limits(base: alt.Chart) -> list[alt.Chart]:
    """Draw the 95% band; from twelve points on an XmR chart's limits are what the verdict rests on and stand in for it."""
    band = (
        base.transform_filter("!isValid(datum.control_lower) && !isValid(datum.control_upper)")
        .mark_area(color=BAND, opacity=0.9)
        .encode(y=alt.Y("lower:Q", title=None), y2="upper:Q")
    )
    control = [
        base.mark_line(color=QUIET, strokeWidth=1, strokeDash=[6, 2]).encode(
            y=alt.Y(f"{limit}:Q", title=None)
        )
        for limit in ("control_lower", "control_upper")
    ]
    return [band, *control]


def _level(base: alt.Chart, name: str, colour: str, dash: list[int]) -> list[alt.Chart]:
    """Draw what a series is compared with, named below its end at the right: the newest figure is named above."""
    line = base.mark_line(color=colour, strokeWidth=1.5, strokeDash=dash).encode(y=f"{name}:Q")
    named = (
        base.transform_filter(f"isValid(datum.{name})")
        .transform_aggregate(at=f"max({name})", as_at="max(as_at)")
        .mark_text(align="right", dy=12, fontSize=TEXT, color=INK)
        .encode(y="at:Q", text=alt.value(name))
    )
    return [line, named]


def _values(base: alt.Chart) -> list[alt.Chart]:
    """Draw the line of whole periods and a dot for each period, hollow where it is a part year; the newest is named."""
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=5, labelExpr=_AXIS),
    )
    tip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("value:Q", title="Value", format=",.1f"),
        alt.Tooltip("unit:N", title="Unit"),
        alt.Tooltip("lower:Q", title="95% from", format=",.1f"),
        alt.Tooltip("upper:Q", title="95% to", format=",.1f"),
        alt.Tooltip("status:N", title="Status"),
        alt.Tooltip("part:N", title="Part year"),
    ]
    whole = base.transform_filter("!datum.part")
    dots = base.mark_point(size=60, stroke=ACCENT, strokeWidth=1.5, opacity=1).encode(
        y=y, fill=alt.condition("datum.part", alt.value("white"), alt.value(ACCENT)), tooltip=tip
    )
    newest = (
        base.transform_window(place="row_number()", sort=[alt.SortField("as_at", order="descending")])
        .transform_filter("datum.place == 1")
        .mark_text(align="right", dy=-14, fontSize=TEXT, fontWeight="bold", color=INK)
        .encode(y=y, text=alt.Text("value:Q", format=",.1~f"))
    )
    return [whole.mark_line(color=ACCENT, strokeWidth=2).encode(y=y), dots, newest]
