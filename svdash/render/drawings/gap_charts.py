"""Groups side by side: dots with their intervals, and what they are compared with."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import Spec, label_room, wide
from svdash.theme import ACCENT, ATTENTION, INK, TEXT


@lru_cache(maxsize=4)
def dots(columns: int, counted: str = "Per cent") -> Spec:
    """Shares of groups as dots with 95% intervals, the share they are compared with as an orange tick.

    Rows: ``label``, ``value``, ``lower``, ``upper``, ``mark`` (may be missing), ``stands_out``, ``said``. ``counted`` names
    the axis where it is of something else than shares.
    """
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=label_room(260, columns), grid=True
            ),
        ),
        color=alt.condition("datum.stands_out", alt.value(ACCENT), alt.value("#6B727A")),
    )
    x = alt.X("value:Q", title=counted, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=6))
    tip = [
        alt.Tooltip("label:N", title="Group"),
        alt.Tooltip("value:Q", title="Share (%)", format=".1f"),
        alt.Tooltip("lower:Q", title="95% from", format=".1f"),
        alt.Tooltip("upper:Q", title="95% to", format=".1f"),
        alt.Tooltip("mark:Q", title="Compared with (%)", format=".1f"),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("lower:Q", title=counted), x2="upper:Q")
    points = base.mark_point(filled=True, size=110, opacity=1).encode(x=x, tooltip=tip)
    ticks = (
        base.transform_filter("isValid(datum.mark)")
        .mark_tick(color=ATTENTION, thickness=4, height=20)
        .encode(x="mark:Q", color=alt.value(ATTENTION))
    )
    words = base.mark_text(align="left", dy=-11, dx=4, fontSize=TEXT).encode(
        x="value:Q", text=alt.Text("value:Q", format=".1f"), color=alt.value(INK)
    )
    return wide([bars, ticks, points, words], 38, "label")
