"""Where commitments stand, and with whom they wait."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import Spec, in_groups, label_room, wide
from svdash.theme import ACCENT, INK, REST, TEXT


@lru_cache(maxsize=4)
def delivery_bars(columns: int) -> Spec:
    """Delivery of commitments as bars, one panel a kind of commitment, numbers on the bars."""
    base, names = in_groups("kind_label", "delivery_label", label_room(220, columns))
    base = base.encode(x=alt.X("number:Q", title=None, axis=None))
    bars = base.mark_bar(height=18).encode(
        color=alt.condition(
            "datum.delivery == 'complete' || datum.delivery == 'substantial'",
            alt.value(ACCENT),
            alt.value(REST),
        )
    )
    words = base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q")
    return wide([bars, words, names], 26, "kind_label", "delivery_label")


@lru_cache(maxsize=4)
def owners(columns: int) -> Spec:
    """Overdue commitments by owner as bars."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "lead:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=label_room(290, columns)),
        ),
        x=alt.X("number:Q", title=None, axis=None),
        tooltip=[
            alt.Tooltip("lead:N", title="Owner"),
            alt.Tooltip("number:Q", title="Overdue"),
            alt.Tooltip("ids:N", title="Which"),
        ],
    )
    words = base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q")
    return wide([base.mark_bar(height=18), words], 28, "lead")
