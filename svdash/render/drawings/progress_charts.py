"""Where commitments stand, and with whom they wait."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, INK, REST, TEXT


@lru_cache(maxsize=4)
def delivery_bars(columns: int) -> Spec:
    """Delivery of commitments as bars, one panel a kind of commitment, numbers on the bars."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "delivery_label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=220 if columns > 1 else PHONE
            ),
        ),
        x=alt.X("number:Q", title=None, axis=None),
    )
    chart = (
        alt.layer(
            base.mark_bar(height=18).encode(
                color=alt.condition(
                    "datum.delivery == 'complete' || datum.delivery == 'substantial'",
                    alt.value(ACCENT),
                    alt.value(REST),
                )
            ),
            base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q"),
        )
        .properties(width=210 if columns > 1 else PHONE, height=alt.Step(24))
        .facet(
            row=alt.Row(
                "kind_label:N",
                sort=alt.EncodingSortField(field="place", op="min"),
                title=None,
                header=alt.Header(
                    labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT
                ),
            ),
            spacing=22,
        )
    )
    return built(chart)


@lru_cache(maxsize=4)
def owners(columns: int) -> Spec:
    """Overdue commitments by owner as bars."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "lead:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=290 if columns > 1 else PHONE
            ),
        ),
        x=alt.X("number:Q", title=None, axis=None),
        tooltip=[
            alt.Tooltip("lead:N", title="Owner"),
            alt.Tooltip("number:Q", title="Overdue"),
            alt.Tooltip("ids:N", title="Which"),
        ],
    )
    chart = alt.layer(
        base.mark_bar(height=18),
        base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q"),
    ).properties(width="container", height=alt.Step(28), padding={"right": 24})
    return built(chart)
