"""Whom services reach: groups beside their share of residents, and how reach changes with deprivation."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import Spec, in_groups, label_room, room, wide
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, TEXT

OTHERS = "#6B727A"
_SPOKEN_OF = alt.condition("datum.stands_out", alt.value(ACCENT), alt.value(OTHERS))


def _rows(columns: int) -> alt.Chart:
    """Begin a dot-and-interval plot: one row a label, the one that is spoken of in the accent."""
    return alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False,
                ticks=False,
                labelColor=INK,
                labelLimit=label_room(240, columns),
                grid=True,
            ),
        ),
        color=_SPOKEN_OF,
    )


@lru_cache(maxsize=4)
def reached(columns: int) -> Spec:
    """Share of a group among those reached by each programme, one panel a group; its share of residents as a line.

    Rows: ``panel``, ``order``, ``label``, ``value``, ``lower``, ``upper``, ``mark`` (may be missing),
    ``stands_out``, ``said``.
    """
    base, names = in_groups("panel", "label", label_room(240, columns))
    base = base.encode(color=_SPOKEN_OF)
    tip = [
        alt.Tooltip("label:N", title="Programme"),
        alt.Tooltip("panel:N", title="Group"),
        alt.Tooltip("value:Q", title="Share (%)", format=".1f"),
        alt.Tooltip("lower:Q", title="95% from", format=".1f"),
        alt.Tooltip("upper:Q", title="95% to", format=".1f"),
        alt.Tooltip("mark:Q", title="Share of residents (%)", format=".1f"),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    x = alt.X("value:Q", title="Per cent", axis=alt.Axis(tickCount=6))
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("lower:Q", title="Per cent"), x2="upper:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, tooltip=tip)
    words = base.mark_text(align="left", dx=9, dy=-9, fontSize=TEXT).encode(
        x="value:Q", text=alt.Text("value:Q", format=".1f"), color=alt.value(INK)
    )
    line = (
        base.transform_filter("isValid(datum.mark)")
        .mark_rule(strokeWidth=3)
        .encode(
            x="mark:Q",
            y=base.encoding.y.bandPosition(0),
            y2=alt.Y2("row", bandPosition=1),
            color=alt.value(ATTENTION),
        )
    )
    return wide([line, bars, points, words, names], 30, "panel", "label")


@lru_cache(maxsize=4)
def gradient(columns: int) -> Spec:
    """Reach at the most deprived end as times that at the least deprived end, by programme, on a log scale.

    Rows: ``label``, ``value``, ``lower``, ``upper``, ``told``, ``stands_out``, ``said``. The line stands at 1: equal.
    """
    base = _rows(columns)
    title = "Times the least deprived end"
    tip = [
        alt.Tooltip("label:N", title="Programme"),
        alt.Tooltip("value:Q", title="Most / least deprived end", format=".2r"),
        alt.Tooltip("lower:Q", title="95% from", format=".2r"),
        alt.Tooltip("upper:Q", title="95% to", format=".2r"),
        alt.Tooltip("told:N", title="Both measures"),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(type="log", nice=False, padding=room(110)),
        axis=alt.Axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20], format="~g"),
    )
    equal = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=QUIET, strokeDash=[4, 3])
        .encode(x=alt.X(datum=1, type="quantitative", title=title))
    )
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("lower:Q", title=title), x2="upper:Q")
    points = base.mark_point(filled=True, size=110, opacity=1).encode(x=x, tooltip=tip)
    words = base.mark_text(dy=-13, fontSize=TEXT).encode(
        x=alt.X("value:Q", title=title), text="told:N", color=alt.value(INK)
    )
    return wide([equal, bars, points, words], 42, "label")
