"""Beyond the map: the concentration curve, the most deprived tenths, parity, cold spots and change."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from svdash.render.drawings.chart_theme import ROWS, Spec, built, in_groups, label_room, room, wide
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, REST, TEXT

HIGH = 360


def _rows(columns: int) -> Any:
    """One row of words a place."""
    return alt.Chart(ROWS).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=label_room(260, columns)),
        )
    )


def _nought(title: str) -> Any:
    """The line of no difference."""
    return (
        alt.Chart(ROWS)
        .mark_rule(color=QUIET, strokeDash=[4, 3])
        .encode(x=alt.X(datum=0, type="quantitative", title=title))
    )


@lru_cache(maxsize=4)
def curve(columns: int) -> Spec:
    """Share of reach or spend against the share of residents, the most deprived first, and the line of equal shares.

    Rows: ``point``, ``population_share``, ``share`` (percent, cumulative), ``label`` (empty but for one point).
    """
    del columns
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(ROWS).encode(
        x=alt.X(
            "population_share:Q",
            title="Residents, most deprived first (%)",
            scale=scale,
            axis=alt.Axis(tickCount=5),
        )
    )
    y: Any = {"title": "Share of all (%)", "scale": scale, "axis": alt.Axis(tickCount=5)}
    tip = [
        alt.Tooltip("point:N", title="Residents"),
        alt.Tooltip("population_share:Q", title="Share of residents (%)", format=".1f"),
        alt.Tooltip("share:Q", title="Share of reach or spend (%)", format=".1f"),
    ]
    equal = base.mark_line(color=QUIET, strokeDash=[4, 3], strokeWidth=1.5).encode(
        y=alt.Y("population_share:Q", **y)
    )
    line = base.mark_line(color=ACCENT, strokeWidth=2.5).encode(y=alt.Y("share:Q", **y))
    points = base.mark_point(filled=True, size=28, opacity=1, color=ACCENT).encode(
        y=alt.Y("share:Q", **y), tooltip=tip
    )
    one = base.transform_filter("datum.label != ''")
    dot = one.mark_point(filled=True, size=120, opacity=1, color=ATTENTION).encode(y=alt.Y("share:Q", **y))
    # Where a line runs through the words, they are read.
    words = [
        one.mark_text(align="right", dx=-12, dy=-14, fontSize=TEXT, **look).encode(
            y=alt.Y("share:Q", **y), text="label:N"
        )
        for look in ({"stroke": "white", "strokeWidth": 4}, {"color": INK})
    ]
    return built(alt.layer(equal, line, points, dot, *words).properties(width="container", height=HIGH))


@lru_cache(maxsize=4)
def deprived(columns: int) -> Spec:
    """Share of reach or spend in the most deprived areas as bars, the share of residents as a tick on each.

    Rows: ``panel``, ``what``, ``share``, ``population_share`` (percent).
    """
    base, names = in_groups("panel", "what", label_room(240, columns))
    tip = [
        alt.Tooltip("what:N", title="Areas"),
        alt.Tooltip("share:Q", title="Share (%)", format=".1f"),
        alt.Tooltip("population_share:Q", title="Share of residents (%)", format=".1f"),
    ]
    bars = base.mark_bar(height=16).encode(
        x=alt.X("share:Q", title="Per cent", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.what == 'Most deprived 10%'", alt.value(ACCENT), alt.value(REST)),
        tooltip=tip,
    )
    ticks = base.mark_tick(color=ATTENTION, thickness=3, height=24, opacity=1).encode(x="population_share:Q")
    words = base.mark_text(align="left", dx=5, fontSize=TEXT, dy=-13).encode(
        x="share:Q", text=alt.Text("share:Q", format=".1f")
    )
    return wide([bars, ticks, words, names], 36, "panel", "what", right=40)


@lru_cache(maxsize=4)
def parity(columns: int) -> Spec:
    """Share minus share of the baseline in points, by decile and by district, with what would come or go.

    Rows: ``panel``, ``label``, ``value``, ``share``, ``population_share``, ``told``, ``stands_out`` (below its share).
    """
    title = "Points above or below its share"
    base, names = in_groups("panel", "label", label_room(260, columns))
    tip = [
        alt.Tooltip("label:N", title="Place"),
        alt.Tooltip("share:Q", title="Share (%)", format=".1f"),
        alt.Tooltip("population_share:Q", title="Share of the baseline (%)", format=".1f"),
        alt.Tooltip("value:Q", title="Gap (points)", format="+.1f"),
        alt.Tooltip("told:N", title="For parity"),
    ]
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(padding=room(200), nice=False),
        axis=alt.Axis(tickCount=5),
    )
    bars = base.mark_bar(height=14).encode(
        x=x, color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value(REST)), tooltip=tip
    )
    more = (
        base.transform_filter("datum.value >= 0")
        .mark_text(align="left", dx=5, fontSize=TEXT)
        .encode(x=alt.X("value:Q", title=title), text="told:N")
    )
    less = (
        base.transform_filter("datum.value < 0")
        .mark_text(align="right", dx=-5, fontSize=TEXT)
        .encode(x=alt.X("value:Q", title=title), text="told:N")
    )
    return wide([_nought(title), bars, more, less, names], 26, "panel", "label")


@lru_cache(maxsize=4)
def cold(columns: int) -> Spec:
    """Reach or spend per resident of the coldest areas as dots, all deprived areas as a line.

    Rows: ``label``, ``value``, ``lower``, ``upper`` (may be missing), ``mark``, ``told``, ``said``.
    """
    title = "Per resident, or per 1,000 residents"
    base = _rows(columns)
    tip = [
        alt.Tooltip("label:N", title="Area"),
        alt.Tooltip("said:N", title="Deprivation, what can be said"),
        alt.Tooltip("told:N", title="Figure, nearest place"),
        alt.Tooltip("mark:Q", title="All deprived areas", format=".1f"),
    ]
    x = alt.X("value:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    line = (
        alt.Chart(ROWS).mark_rule(color=ATTENTION, strokeWidth=2).encode(x=alt.X("max(mark):Q", title=title))
    )
    bars = (
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(strokeWidth=3, color=ACCENT)
        .encode(x=alt.X("lower:Q", title=title), x2="upper:Q")
    )
    points = base.mark_point(filled=True, size=110, opacity=1, color=ACCENT).encode(x=x, tooltip=tip)
    words = base.mark_text(align="left", dy=-13, fontSize=TEXT, color=INK).encode(
        x=alt.X(datum=0, type="quantitative", title=title), text="told:N"
    )
    return wide([line, bars, points, words], 40, "label")


def _dots(columns: int, title: str, value: str, written: str) -> Spec:
    """Values with 95% limits where there are some, around a line at nought."""
    base = _rows(columns).encode(
        color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value("#6B727A"))
    )
    tip = [
        alt.Tooltip("label:N", title="Which"),
        alt.Tooltip("value:Q", title=value, format=written),
        alt.Tooltip("lower:Q", title="95% from", format=written),
        alt.Tooltip("upper:Q", title="95% to", format=written),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    bars = (
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(strokeWidth=3)
        .encode(x=alt.X("lower:Q", title=title), x2="upper:Q")
    )
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=alt.X(
            "value:Q", title=title, scale=alt.Scale(padding=room(40), nice=False), axis=alt.Axis(tickCount=5)
        ),
        tooltip=tip,
    )
    words = base.mark_text(dy=-12, fontSize=TEXT).encode(
        x=alt.X("value:Q", title=title), text="told:N", color=alt.value(INK)
    )
    return wide([_nought(title), bars, points, words], 40, "label")


@lru_cache(maxsize=4)
def indices(columns: int) -> Spec:
    """Concentration index by year. Rows: ``label``, ``value``, ``lower``, ``upper``, ``told``, ``stands_out``, ``said``."""
    return _dots(columns, "Concentration index (below 0: more with the more deprived)", "Index", "+.3f")


@lru_cache(maxsize=4)
def changes(columns: int) -> Spec:
    """Change of shares in points by decile. Rows as in ``indices``."""
    return _dots(columns, "Change in points", "Change (points)", "+.1f")
