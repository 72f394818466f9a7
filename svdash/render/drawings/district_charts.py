"""Areas of each district by deprivation: small multiples with the same axes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, ATTENTION, INK, TEXT

ROWS = alt.NamedData("rows")
ABREAST = 3
_HEADER = alt.Header(labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT)


def people(columns: int) -> Spec:
    """People reached per 1,000 residents of areas by deprivation; rows as in :func:`scattered`."""
    return scattered(columns, "Per 1,000 residents")


def money(columns: int) -> Spec:
    """Pounds per resident of areas by deprivation; rows as in :func:`scattered`."""
    return scattered(columns, "£ per resident")


@lru_cache(maxsize=4)
def scattered(columns: int, unit: str) -> Spec:
    """Rates of areas as dots by deprivation, medians of thirds as bars, the median of all as a dashed line.

    Rows: ``panel``, ``label``, ``at`` (percent, 0 most deprived), ``to`` (where a bar ends; missing for an area),
    ``value``, ``drawn`` (no higher than the edge), ``over`` (above the edge), ``middle``.
    """
    y = alt.Y("drawn:Q", title=unit, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    x = alt.X(
        "at:Q",
        title="Most to least deprived areas (%)",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    base = alt.Chart(ROWS)
    areas = base.transform_filter("!isValid(datum.to)")
    tip = [
        alt.Tooltip("label:N", title="Area"),
        alt.Tooltip("value:Q", title="Rate", format=",.1f"),
        alt.Tooltip("at:Q", title="Deprivation among all areas, 0 = most (%)", format=".0f"),
    ]
    dots = (
        areas.transform_filter("!datum.over")
        .mark_point(filled=True, size=16, color=ACCENT, opacity=0.55)
        .encode(x=x, y=y, tooltip=tip)
    )
    beyond = (
        areas.transform_filter("datum.over")
        .mark_point(filled=True, shape="triangle-up", size=50, color=ACCENT, opacity=0.9)
        .encode(x=x, y=y, tooltip=tip)
    )
    bars = (
        base.transform_filter("isValid(datum.to)")
        .mark_rule(strokeWidth=5, color=ATTENTION)
        .encode(x=x, x2="to:Q", y=y)
    )
    middle = base.mark_rule(strokeDash=[5, 4], color=INK).encode(y=alt.Y("max(middle):Q"))
    return built(
        alt.layer(dots, beyond, middle, bars)
        .properties(width=371 if columns > 1 else PHONE + 130, height=146)
        .facet(
            facet=alt.Facet("panel:N", sort=None, title=None, header=_HEADER),
            columns=min(columns, ABREAST),
            spacing=20,
        )
    )
