"""Pay: published gaps over the years, gaps of groups side by side, and what a gap is made of."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import (
    GUTTER,
    Spec,
    built,
    in_groups,
    label_room,
    panel_heads,
    room,
    wide,
)
from svdash.theme import ACCENT, INK, QUIET, REST, TEXT

# The lines take a part of a panel, the names beside their last points the rest.
_PANEL, _LINES, _HIGH = 348, 190, 126


@lru_cache(maxsize=4)
def returns(columns: int) -> Spec:
    """Gaps and shares of women over the years in one facet, a line an organisation, its name beside the last point.

    Rows: ``panel``, ``order`` (of the panels), ``label`` (the organisation), ``first`` (the first of them), ``as_at``,
    ``value``, ``named`` (what stands beside the last point, empty elsewhere), ``above`` (where it stands).
    """
    chart = (
        alt.layer(*_over_time())
        .properties(width=_PANEL, height=_HIGH)
        .facet(
            facet=panel_heads(),
            columns=3 if columns > 1 else 1,
            spacing={"row": 22, "column": 12},
        )
        .resolve_scale(y="independent", x="shared")
        .resolve_axis(x="independent")
    )
    return built(chart)


def _over_time() -> list[alt.Chart]:
    """Return the lines, their points, and the names beside the last ones."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "as_at:T",
            title=None,
            scale=alt.Scale(range=[0, _LINES]),
            axis=alt.Axis(
                format="%Y", tickCount="year", labelOverlap="greedy", labelSeparation=8, grid=False
            ),
        )
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=4, minExtent=GUTTER, maxExtent=GUTTER),
    )
    colour = alt.condition("datum.first", alt.value(ACCENT), alt.value("#6B727A"))
    tip = [
        alt.Tooltip("label:N", title="Organisation"),
        alt.Tooltip("as_at:T", title="Snapshot", format="%d %B %Y"),
        alt.Tooltip("value:Q", title="Per cent", format=".1f"),
    ]
    lines = [
        base.transform_filter(which)
        .mark_line(color=paint, strokeWidth=2, strokeDash=dash)
        .encode(y=y, detail="label:N")
        for which, paint, dash in (("datum.first", ACCENT, [1, 0]), ("!datum.first", "#6B727A", [6, 3]))
    ]
    dots = base.mark_point(filled=True, size=46, opacity=1).encode(y=y, color=colour, tooltip=tip)
    words = [
        base.transform_filter(f"datum.named && {which}")
        .mark_text(align="left", dx=8, dy=dy, fontSize=TEXT, color=INK)
        .encode(y=y, text="named:N")
        for which, dy in (("datum.above", -7), ("!datum.above", 7))
    ]
    return [*lines, dots, *words]


@lru_cache(maxsize=4)
def gaps(columns: int) -> Spec:
    """Mean gaps as dots and median gaps as diamonds, a line a group, with a line where nobody is paid less.

    Rows: ``label`` (the group), ``measure`` (Mean, Median), ``order`` (0 the mean, 1 the median), ``value``, ``equal``.
    """
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False,
                ticks=False,
                grid=True,
                labelColor=INK,
                labelLimit=label_room(260, columns),
            ),
        )
    )
    title = "Gap, per cent of the comparison group's pay"
    x = alt.X(
        "value:Q", title=title, scale=alt.Scale(padding=room(16)), axis=alt.Axis(tickCount=6, grid=False)
    )
    tip = [
        alt.Tooltip("label:N", title="Group"),
        alt.Tooltip("measure:N", title="Gap in"),
        alt.Tooltip("value:Q", title="Per cent", format=".1f"),
    ]
    rows = alt.Chart(alt.NamedData("rows"))
    equal = rows.mark_rule(color=QUIET, strokeWidth=1).encode(x=alt.X("equal:Q", title=title))
    marks = [
        part.mark_point(filled=filled, shape=shape, size=120, opacity=1, strokeWidth=2, color=paint).encode(
            x=x, tooltip=tip
        )
        for part, shape, filled, paint in (
            (base.transform_filter("datum.order == 0"), "circle", True, ACCENT),
            (base.transform_filter("datum.order == 1"), "diamond", False, "#6B727A"),
        )
    ]
    words = [
        base.transform_filter(f"datum.order == {order}")
        .mark_text(dy=dy, fontSize=TEXT, color=INK)
        .encode(x=x, text=alt.Text("value:Q", format=".1f"))
        for order, dy in ((0, -15), (1, 17))
    ]
    return wide([equal, *marks, *words], 60, "label")


@lru_cache(maxsize=4)
def split(columns: int) -> Spec:
    """The two parts of a mean gap and the gap itself as bars, one panel a group.

    Rows: ``label`` (the group), ``part``, ``order`` (of the parts), ``value`` (points), ``whole`` (the gap itself).
    """
    base, names = in_groups("label", "part", label_room(220, columns))
    x = alt.X(
        "value:Q",
        title="Points of the mean gap",
        scale=alt.Scale(padding=room(34)),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    tip = [
        alt.Tooltip("label:N", title="Group"),
        alt.Tooltip("part:N", title="Part"),
        alt.Tooltip("value:Q", title="Points", format=".1f"),
    ]
    # The gap is dark, its parts are lighter with an outline that can be seen.
    bars = base.mark_bar(height=18, stroke=QUIET, strokeWidth=1).encode(
        x=x, color=alt.condition("datum.whole", alt.value(ACCENT), alt.value(REST)), tooltip=tip
    )
    shown = alt.Text("value:Q", format=".1f")
    right = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=5, fontSize=TEXT)
    left = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-5, fontSize=TEXT)
    words = [part.encode(x=x, text=shown) for part in (right, left)]
    return wide([bars, *words, names], 30, "label", "part")
