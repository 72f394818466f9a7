"""Shares of reach, spend and residents by deprivation, each beside what it is compared with."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from svdash.render.drawings.chart_theme import Spec, built, label_room, wide
from svdash.theme import ACCENT, ATTENTION, INK, REST, TEXT

HIGH = 300


@lru_cache(maxsize=4)
def deciles(columns: int) -> Spec:
    """Share of reach or spend by decile as bars, the share of residents as a tick on each."""
    del columns
    title, axis = "Decile, 1 = most deprived", alt.Axis(labelAngle=0, domain=False, ticks=False)
    base = alt.Chart(alt.NamedData("rows")).encode(x=alt.X("decile:O", title=title, axis=axis))
    bars = base.mark_bar().encode(
        y=alt.Y("share:Q", title="Per cent", axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.decile == 1", alt.value(ACCENT), alt.value(REST)),
    )
    # As wide as the bar it stands on, however wide the column is.
    across: Any = {"axis": axis, "title": title}
    ticks = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=ATTENTION, strokeWidth=3)
        .encode(
            x=alt.X("decile:O", bandPosition=0, **across),
            x2=alt.X2("decile", bandPosition=1),
            y="population_share:Q",
        )
    )
    # Where a tick runs through a number, the number is read.
    halo: dict[str, Any] = {"stroke": "white", "strokeWidth": 4}
    words = [
        base.mark_text(dy=-9, fontSize=TEXT, **behind).encode(
            y="share:Q", text=alt.Text("share:Q", format=".0f")
        )
        for behind in (halo, {})
    ]
    return built(alt.layer(bars, ticks, *words).properties(width="container", height=HIGH))


@lru_cache(maxsize=4)
def catchments(columns: int) -> Spec:
    """Share of residents near a place of service by decile as bars, of all residents as a line.

    Rows: ``decile``, ``share`` (may be missing), ``at``, ``told``, ``whole``, ``residents``.
    """
    del columns
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "decile:O",
            title="Decile, 1 = most deprived",
            axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
        )
    )
    tip = [
        alt.Tooltip("decile:O", title="Decile"),
        alt.Tooltip("share:Q", title="Near a place (%)", format=".1f"),
        alt.Tooltip("whole:Q", title="Of all residents (%)", format=".1f"),
        alt.Tooltip("residents:Q", title="Residents", format=","),
    ]
    # All of 0 to 100, so that a wider ring is seen to hold more.
    bars = base.mark_bar().encode(
        y=alt.Y("share:Q", title="Per cent", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.decile == 1", alt.value(ACCENT), alt.value(REST)),
        tooltip=tip,
    )
    words = base.mark_text(dy=-9, fontSize=TEXT).encode(y="at:Q", text="told:N")
    # Where the line runs through a number, the number is read.
    behind = base.mark_text(dy=-9, fontSize=TEXT, stroke="white", strokeWidth=4).encode(
        y="at:Q", text="told:N"
    )
    line = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=ATTENTION, strokeWidth=2)
        .encode(y=alt.Y("max(whole):Q", title="Per cent"))
    )
    return built(alt.layer(bars, line, behind, words).properties(width="container", height=HIGH))


@lru_cache(maxsize=4)
def lands(columns: int) -> Spec:
    """Share of each programme's reach, and of spend, in the most deprived tenth; the share of residents as a line."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "what:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=label_room(260, columns)),
        )
    )
    tip = [
        alt.Tooltip("what:N", title="What"),
        alt.Tooltip("share:Q", title="Share in decile 1 (%)", format=".1f"),
        alt.Tooltip("population_share:Q", title="Share of residents (%)", format=".1f"),
        alt.Tooltip("status:N", title="Status"),
    ]
    bars = base.mark_bar(height=16).encode(
        x=alt.X("share:Q", title="Per cent in decile 1", axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.of == 'spend'", alt.value(ACCENT), alt.value(REST)),
        tooltip=tip,
    )
    words = base.mark_text(align="left", dx=5).encode(x="share:Q", text=alt.Text("share:Q", format=".0f"))
    line = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=ATTENTION, strokeWidth=2)
        .encode(x="max(population_share):Q")
    )
    return wide([bars, words, line], 26, "what")
