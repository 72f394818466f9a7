"""Who supplies the authority: shares as bars, what stays local as a part of them, and its share over the years."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import Spec, built, label_room, wide
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, REST, TEXT


def _rows(columns: int) -> alt.Chart:
    """Begin bars with one row a label, in the order of the rows."""
    axis = (
        alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=label_room(280, columns))
        if columns > 1
        else None
    )
    return alt.Chart(alt.NamedData("rows")).encode(y=alt.Y("label:N", sort=None, title=None, axis=axis))


def _said(base: alt.Chart, columns: int, end: str, title: str) -> alt.Chart:
    """Write the words of each bar: where it ends, an expression of the row, or on a phone above it with its label."""
    if columns > 1:
        words = base.transform_calculate(at=end).mark_text(align="left", dx=6, fontSize=TEXT)
        said: alt.Chart = words.encode(x=alt.X("at:Q", title=title), text="told:N")
        return said
    words = base.transform_calculate(at="datum.label + ': ' + datum.told")
    above: alt.Chart = words.mark_text(align="left", dy=-18, fontSize=TEXT).encode(
        x=alt.value(0), text="at:N"
    )
    return above


def _sized(layers: list[alt.Chart], columns: int, step: int) -> Spec:
    """Put layers on each other, give them the width of its column, and its rows room for what stands at or above their bars."""
    sized = wide(layers, step if columns > 1 else 52, "label", right=12)
    sized["padding"]["top"] = 10
    return sized


def _x(title: str) -> alt.X:
    return alt.X("value:Q", title=title, axis=alt.Axis(tickCount=5))


@lru_cache(maxsize=4)
def bars(columns: int) -> Spec:
    """Shares as bars with their words at the end; what a share is compared with as an orange tick.

    Rows: ``label``, ``value``, ``mark`` (may be missing), ``mark_name``, ``stands_out``, ``told``.
    """
    base = _rows(columns)
    tip = [
        alt.Tooltip("label:N", title="Which"),
        alt.Tooltip("value:Q", title="Share (%)", format=".1f"),
        alt.Tooltip("mark:Q", title="Compared with (%)", format=".1f"),
        alt.Tooltip("told:N", title="In all"),
    ]
    shares = base.mark_bar(height=16).encode(
        x=_x("Per cent"),
        color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value(REST)),
        tooltip=tip,
    )
    ticks = (
        base.transform_filter("isValid(datum.mark)")
        .mark_tick(color=ATTENTION, thickness=3, height=22)
        .encode(x=alt.X("mark:Q", title="Per cent"))
    )
    # Said once, above the first of them.
    named = (
        alt.Chart(alt.NamedData("rows"))
        .transform_filter("isValid(datum.mark)")
        .transform_window(place="row_number()")
        .transform_filter("datum.place == 1")
        .mark_text(align="left", dx=-3, fontSize=TEXT)
        .encode(x=alt.X("mark:Q", title="Per cent"), y=alt.value(-9), text="mark_name:N")
    )
    # Words stand clear of the tick where that reaches further than the bar.
    end = "max(max(datum.value, 0), isValid(datum.mark) ? datum.mark : datum.value)"
    words = _said(base, columns, end, "Per cent")
    return _sized([shares, ticks, named, words], columns, 30)


@lru_cache(maxsize=4)
def parts(columns: int) -> Spec:
    """Shares as bars, the part of each that stays local dark and thinner within it, so that it shows without colour.

    Rows: ``label``, ``value``, ``local`` (points of these payments), ``told``.
    """
    base = _rows(columns)
    tip = [
        alt.Tooltip("label:N", title="Type"),
        alt.Tooltip("value:Q", title="Share of these payments (%)", format=".1f"),
        alt.Tooltip("local:Q", title="of which stays local (points)", format=".1f"),
    ]
    title = "Per cent of these payments"
    whole = base.mark_bar(height=20, color=REST).encode(x=_x(title), tooltip=tip)
    inner = base.mark_bar(height=10, color=ACCENT).encode(x=alt.X("local:Q", title=title), tooltip=tip)
    words = _said(base, columns, "datum.value", title)
    return _sized([whole, inner, words], columns, 36)


@lru_cache(maxsize=4)
def years(columns: int) -> Spec:
    """Two lines over the years, named at their last points; a part year is a hollow dot that no line leads to.

    Rows: ``year``, ``series``, ``value``, ``part``, ``told``, ``last``.
    """
    del columns
    first = "datum.series == 'of these payments'"
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, domain=False, ticks=False))
    )
    y = alt.Y(
        "value:Q", title="Per cent", scale=alt.Scale(zero=False, padding=36), axis=alt.Axis(tickCount=5)
    )
    color = alt.condition(first, alt.value(ACCENT), alt.value(QUIET))
    whole = base.transform_filter("!datum.part")
    lines = [
        whole.transform_filter(test).mark_line(strokeWidth=2, strokeDash=dash, color=shade).encode(y=y)
        for test, dash, shade in ((first, [1, 0], ACCENT), (f"!({first})", [5, 3], QUIET))
    ]
    tip = [
        alt.Tooltip("year:O", title="Year"),
        alt.Tooltip("series:N", title="Share"),
        alt.Tooltip("value:Q", title="Per cent", format=".1f"),
        alt.Tooltip("part:N", title="Part year"),
    ]
    dots = base.mark_point(size=60, strokeWidth=1.5, opacity=1).encode(
        y=y,
        stroke=color,
        fill=alt.condition(
            "datum.part", alt.value("white"), alt.value(ACCENT)
        ),
        tooltip=tip,
    )  # fmt: skip
    words = base.mark_text(dy=-13, fontSize=TEXT).encode(y=y, text="told:N")
    # Above the last point of each line, and above the figure there.
    names = (
        base.transform_filter("datum.last")
        .mark_text(align="right", dx=16, dy=-31, fontSize=TEXT, color=INK)
        .encode(y=y, text="series:N")
    )
    return built(
        alt.layer(*lines, dots, words, names).properties(width="container", height=300, padding={"right": 24})
    )
