"""Whom services reach: groups beside their share of residents, and how reach changes with deprivation."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, ATTENTION, INK, QUIET, TEXT

OTHERS = "#6B727A"


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
                labelLimit=240 if columns > 1 else PHONE,
                grid=True,
            ),
        ),
        color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value(OTHERS)),
    )


@lru_cache(maxsize=4)
def reached(columns: int) -> Spec:
    """Share of a group among those reached by each programme, one panel a group; its share of residents as a line.

    Rows: ``panel``, ``order``, ``label``, ``value``, ``lower``, ``upper``, ``mark`` (may be missing),
    ``stands_out``, ``said``.
    """
    wide = columns > 1
    base = _rows(columns)
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
    words = base.mark_text(align="left", dx=9, dy=-8, fontSize=12).encode(
        x="value:Q", text=alt.Text("value:Q", format=".1f"), color=alt.value(INK)
    )
    line = (
        base.transform_filter("isValid(datum.mark)")
        .mark_tick(color=ATTENTION, thickness=3, height=27, opacity=1)
        .encode(x="mark:Q", color=alt.value(ATTENTION))
    )
    chart = (
        alt.layer(line, bars, points, words)
        .properties(width=480 if wide else PHONE, height=alt.Step(27))
        .facet(
            facet=alt.Facet(
                "panel:N",
                sort=alt.EncodingSortField("order", op="min"),
                title=None,
                header=alt.Header(
                    labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT
                ),
            ),
            columns=1,
            spacing=16,
        )
        .resolve_scale(y="independent")
    )
    return built(chart)


@lru_cache(maxsize=4)
def gradient(columns: int) -> Spec:
    """Reach at the most deprived end as times that at the least deprived end, by programme, on a log scale.

    Rows: ``label``, ``value``, ``lower``, ``upper``, ``told``, ``stands_out``, ``said``. The line stands at 1: equal.
    """
    wide = columns > 1
    base = _rows(columns)
    title = "Times the least deprived end"
    tip = [
        alt.Tooltip("label:N", title="Programme"),
        alt.Tooltip("value:Q", title="Most / least deprived end", format=".2f"),
        alt.Tooltip("lower:Q", title="95% from", format=".2f"),
        alt.Tooltip("upper:Q", title="95% to", format=".2f"),
        alt.Tooltip("told:N", title="Both measures"),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(type="log", nice=False, padding=24),
        axis=alt.Axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20], format="~g"),
    )
    equal = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=QUIET, strokeDash=[4, 3])
        .encode(x=alt.X(datum=1, type="quantitative", title=title))
    )
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("lower:Q", title=title), x2="upper:Q")
    points = base.mark_point(filled=True, size=110, opacity=1).encode(x=x, tooltip=tip)
    words = base.mark_text(align="left", dy=-12, fontSize=12).encode(
        x=alt.X("value:Q", title=title), text="told:N", color=alt.value(INK)
    )
    return built(
        alt.layer(equal, bars, points, words).properties(
            width=480 if wide else PHONE + 60, height=alt.Step(40), autosize="pad"
        )
    )
