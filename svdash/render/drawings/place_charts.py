"""Shares of reach, spend and residents by deprivation, each beside what it is compared with."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, ATTENTION, INK, REST


@lru_cache(maxsize=4)
def deciles(columns: int) -> Spec:
    """Share of reach or spend by decile as bars, the share of residents as a tick on each."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "decile:O",
            title="Decile, 1 = most deprived",
            axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
        )
    )
    bars = base.mark_bar().encode(
        y=alt.Y("share:Q", title="Per cent", axis=alt.Axis(tickCount=5)),
        color=alt.condition("datum.decile == 1", alt.value(ACCENT), alt.value(REST)),
    )
    ticks = base.mark_tick(color=ATTENTION, thickness=3, width=24).encode(y="population_share:Q")
    words = base.mark_text(dy=-8, fontSize=12).encode(y="share:Q", text=alt.Text("share:Q", format=".0f"))
    return built(
        alt.layer(bars, ticks, words).properties(
            width=alt.Step(30 if columns > 1 else 22), height=210, autosize="pad"
        )
    )


@lru_cache(maxsize=4)
def catchments(columns: int) -> Spec:
    """Share of residents near a place of service by decile as bars, of all residents as a line.

    Rows: ``decile``, ``share`` (may be missing), ``at``, ``told``, ``whole``, ``residents``.
    """
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
    words = base.mark_text(dy=-8, fontSize=12).encode(y="at:Q", text="told:N")
    # Where the line runs through a number, the number is read.
    behind = base.mark_text(dy=-8, fontSize=12, stroke="white", strokeWidth=4).encode(y="at:Q", text="told:N")
    line = (
        alt.Chart(alt.NamedData("rows"))
        .mark_rule(color=ATTENTION, strokeWidth=2)
        .encode(y=alt.Y("max(whole):Q", title="Per cent"))
    )
    return built(
        alt.layer(bars, line, behind, words).properties(
            width=alt.Step(44 if columns > 1 else 26), height=240, autosize="pad"
        )
    )


@lru_cache(maxsize=4)
def lands(columns: int) -> Spec:
    """Share of each programme's reach, and of spend, in the most deprived tenth; the share of residents as a line."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "what:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=260 if columns > 1 else PHONE
            ),
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
    return built(
        alt.layer(bars, words, line).properties(width="container", height=alt.Step(26), padding={"right": 24})
    )
