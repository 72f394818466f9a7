"""Small multiples of series over time."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import GUTTER, Spec, built, panel_heads
from svdash.theme import ACCENT, ATTENTION, BAND, INK, QUIET

PANEL = (178, 116)
# One series by itself, where there is the room of a whole page.
ALONE = (640, 260)

# Large numbers are written short, so that every panel's axis takes the same room.
_AXIS = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.1~f') + 'm' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',.1~f') + 'k' : format(datum.value, ',.2~f')"
)


def alone(columns: int) -> Spec:
    """One series, large where small multiples would stand side by side."""
    return trends(1, ALONE if columns > 1 else PANEL)


@lru_cache(maxsize=4)
def trends(columns: int, size: tuple[int, int] = PANEL) -> Spec:
    """Small multiples in one facet: value with its 95% band, target (dashed, named) and baseline (thin grey)."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "as_at:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelOverlap=True, grid=False)
        )
    )
    target, named = _target(base)
    chart = (
        alt.layer(*_limits(base), _baseline(base), target, *_values(base), named)
        .properties(width=size[0], height=size[1])
        .facet(
            facet=panel_heads(
                labelLineHeight=18, labelExpr="split(datum.label, '|')", labelLimit=PANEL[0] + 36
            ),
            columns=columns,
            spacing={"row": 22, "column": 20},
        )
        .resolve_scale(y="independent", x="shared")
        .resolve_axis(x="independent")
    )
    return built(chart)


def _limits(base: alt.Chart) -> list[alt.Chart]:
    """Draw the 95% band; from twelve points on an XmR chart's limits are what the verdict rests on and stand in for it."""
    band = (
        base.transform_filter("!isValid(datum.control_lower)")
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


def _baseline(base: alt.Chart) -> alt.Chart:
    line: alt.Chart = base.mark_line(color=QUIET, strokeWidth=1, strokeDash=[1, 2]).encode(y="baseline:Q")
    return line


def _target(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Draw the target and its name."""
    line = base.mark_line(color=ATTENTION, strokeWidth=1.5, strokeDash=[5, 3]).encode(y="target:Q")
    named = (
        base.transform_filter("isValid(datum.target)")
        .transform_aggregate(target="max(target)", as_at="min(as_at)", groupby=["panel", "order"])
        .mark_text(align="left", dy=-7, fontSize=12, color=INK)
        .encode(y="target:Q", text=alt.value("target"))
    )
    return line, named


def _values(base: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Draw the line of whole periods and a dot for each period, hollow where it is a part year."""
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=4, minExtent=GUTTER, maxExtent=GUTTER, labelExpr=_AXIS),
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
    dots = base.mark_point(size=38, stroke=ACCENT, strokeWidth=1.5).encode(
        y=y, fill=alt.condition("datum.part", alt.value("white"), alt.value(ACCENT)), tooltip=tip
    )
    return whole.mark_line(color=ACCENT, strokeWidth=2).encode(y=y), dots
