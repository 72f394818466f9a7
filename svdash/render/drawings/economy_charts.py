"""Who supplies the authority: shares as bars, what stays local as a part of them, and its share over the years."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, REST

# Room right of the bars for the words at their ends, on a screen and on a phone.
_ROOM, _PHONE_ROOM = 150, 5


def _rows(columns: int) -> alt.Chart:
    """Begin bars with one row a label, in the order of the rows."""
    return alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=280 if columns > 1 else PHONE
            ),
        )
    )


def _room(columns: int) -> int:
    return _ROOM if columns > 1 else _PHONE_ROOM


def _width(columns: int) -> int:
    return 520 if columns > 1 else PHONE - 20


def _x(title: str) -> alt.X:
    return alt.X("value:Q", title=title, axis=alt.Axis(tickCount=5))


@lru_cache(maxsize=4)
def bars(columns: int) -> Spec:
    """Shares as bars with their words at the end; what a share is compared with as an orange tick.

    Rows: ``label``, ``value``, ``mark`` (may be missing), ``stands_out``, ``told``.
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
    # Words stand clear of the tick where that reaches further than the bar.
    words = (
        base.transform_calculate(
            at="max(max(datum.value, 0), isValid(datum.mark) ? datum.mark : datum.value)"
        )
        .mark_text(align="left", dx=6, fontSize=12)
        .encode(x=alt.X("at:Q", title="Per cent"), text="told:N")
    )
    return built(
        alt.layer(shares, ticks, words).properties(
            width=_width(columns), height=alt.Step(27), autosize="pad", padding={"right": _room(columns)}
        )
    )


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
    words = base.mark_text(align="left", dx=6, fontSize=12).encode(x=_x(title), text="told:N")
    return built(
        alt.layer(whole, inner, words).properties(
            width=_width(columns), height=alt.Step(34), autosize="pad", padding={"right": _room(columns)}
        )
    )


@lru_cache(maxsize=4)
def years(columns: int) -> Spec:
    """Two lines over the years, named at their ends; a part year is a hollow dot that no line leads to.

    Rows: ``year``, ``series``, ``value``, ``part``, ``told``, ``last``.
    """
    first = "datum.series == 'of these payments'"
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, domain=False, ticks=False))
    )
    y = alt.Y(
        "value:Q", title="Per cent", scale=alt.Scale(zero=False, padding=18), axis=alt.Axis(tickCount=5)
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
    words = base.mark_text(dy=-13, fontSize=12).encode(y=y, text="told:N")
    names = (
        base.transform_filter("datum.last")
        .mark_text(align="left", dx=12, dy=0, fontSize=12, color=INK)
        .encode(y=y, text="series:N")
    )
    return built(
        alt.layer(*lines, dots, words, names).properties(
            width=_width(columns),
            height=220,
            autosize="pad",
            padding={"right": _room(columns) + 20 * (columns > 1)},
        )
    )
