"""Beyond the map: the concentration curve, the most deprived tenths, parity, cold spots and change."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, REST, TEXT

# One and the same for all layers: only then does a facet hand each panel its own rows.
ROWS = alt.NamedData("rows")


def _rows(columns: int) -> Any:
    """One row of words a place."""
    return alt.Chart(ROWS).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=260 if columns > 1 else PHONE
            ),
        )
    )


def _nought(title: str) -> Any:
    """The line of no difference."""
    return (
        alt.Chart(ROWS)
        .mark_rule(color=QUIET, strokeDash=[4, 3])
        .encode(x=alt.X(datum=0, type="quantitative", title=title))
    )


def _panels(chart: Any) -> Any:
    return chart.facet(
        facet=alt.Facet(
            "panel:N",
            sort=None,
            title=None,
            header=alt.Header(
                labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT
            ),
        ),
        columns=1,
        spacing=16,
    ).resolve_scale(y="independent")


@lru_cache(maxsize=4)
def curve(columns: int) -> Spec:
    """Share of reach or spend against the share of residents, the most deprived first, and the line of equal shares.

    Rows: ``point``, ``population_share``, ``share`` (percent, cumulative), ``label`` (empty but for one point).
    """
    scale, side = alt.Scale(domain=[0, 100]), 320 if columns > 1 else 240
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
    words = one.mark_text(align="left", dx=12, dy=46, fontSize=12, color=INK).encode(
        y=alt.Y("share:Q", **y), text="label:N"
    )
    return built(
        alt.layer(equal, line, points, dot, words).properties(width=side, height=side, autosize="pad")
    )


@lru_cache(maxsize=4)
def deprived(columns: int) -> Spec:
    """Share of reach or spend in the most deprived areas as bars, the share of residents as a tick on each.

    Rows: ``panel``, ``what``, ``share``, ``population_share`` (percent).
    """
    base = alt.Chart(ROWS).encode(
        y=alt.Y(
            "what:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=PHONE + 40),
        )
    )
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
    words = base.mark_text(align="left", dx=3, fontSize=12, dy=-12).encode(
        x="share:Q", text=alt.Text("share:Q", format=".1f")
    )
    return built(
        _panels(
            alt.layer(bars, ticks, words).properties(
                width=380 if columns > 1 else PHONE + 20, height=alt.Step(34)
            )
        )
    )


@lru_cache(maxsize=4)
def parity(columns: int) -> Spec:
    """Share minus share of the baseline in points, by decile and by district, with what would come or go.

    Rows: ``panel``, ``label``, ``value``, ``share``, ``population_share``, ``told``, ``stands_out`` (below its share).
    """
    title = "Points above or below its share"
    base = _rows(columns)
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
        scale=alt.Scale(padding=150 if columns > 1 else 70, nice=False),
        axis=alt.Axis(tickCount=5),
    )
    bars = base.mark_bar(height=14).encode(
        x=x, color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value(REST)), tooltip=tip
    )
    more = (
        base.transform_filter("datum.value >= 0")
        .mark_text(align="left", dx=5, fontSize=12)
        .encode(x=alt.X("value:Q", title=title), text="told:N")
    )
    less = (
        base.transform_filter("datum.value < 0")
        .mark_text(align="right", dx=-5, fontSize=12)
        .encode(x=alt.X("value:Q", title=title), text="told:N")
    )
    return built(
        _panels(
            alt.layer(_nought(title), bars, more, less).properties(
                width=480 if columns > 1 else PHONE + 60, height=alt.Step(24)
            )
        )
    )


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
    words = base.mark_text(align="left", dy=-13, fontSize=12, color=INK).encode(
        x=alt.X(datum=0, type="quantitative", title=title), text="told:N"
    )
    return built(
        alt.layer(line, bars, points, words).properties(
            width=420 if columns > 1 else PHONE + 60, height=alt.Step(38), autosize="pad"
        )
    )


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
        x=alt.X("value:Q", title=title, scale=alt.Scale(padding=40, nice=False), axis=alt.Axis(tickCount=5)),
        tooltip=tip,
    )
    words = base.mark_text(dy=-12, fontSize=12).encode(
        x=alt.X("value:Q", title=title), text="told:N", color=alt.value(INK)
    )
    return built(
        alt.layer(_nought(title), bars, points, words).properties(
            width=480 if columns > 1 else PHONE + 60, height=alt.Step(38), autosize="pad"
        )
    )


@lru_cache(maxsize=4)
def indices(columns: int) -> Spec:
    """Concentration index by year. Rows: ``label``, ``value``, ``lower``, ``upper``, ``told``, ``stands_out``, ``said``."""
    return _dots(columns, "Concentration index (below 0: more with the more deprived)", "Index", "+.3f")


@lru_cache(maxsize=4)
def changes(columns: int) -> Spec:
    """Change of shares in points by decile. Rows as in ``indices``."""
    return _dots(columns, "Change in points", "Change (points)", "+.1f")
