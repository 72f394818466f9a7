"""The way from applying to being appointed: at which step a group is more or less likely to go on."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ACCENT, INK, QUIET, REST, TEXT

_GREY = "#6B727A"
_SCALE = alt.Scale(type="log", nice=False, padding=14)
ABREAST = 5
# Two significant figures, as ratios of people are written.
FIGURES = ".2r"
# A step stands over two lines, so that five fit beside each other.
_HEADER = (
    "split(datum.label, ' → ').length > 1 ? "
    "[split(datum.label, ' → ')[0], '→ ' + split(datum.label, ' → ')[1]] : datum.label"
)


@lru_cache(maxsize=4)
def likelihoods(columns: int) -> Spec:
    """Relative likelihoods as dots with 95% intervals on a log axis, one panel a step, one line a group.

    Rows: ``step``, ``order`` (of the steps), ``label`` (the group), ``value``, ``lower``, ``upper`` (may be missing),
    ``rate``, ``different``, ``said``, ``equal`` (where as likely stands).
    """
    wide = columns > 1
    room = 200 if wide else PHONE
    chart = (
        alt.layer(*_layers(room))
        .properties(width=188 if wide else PHONE + 20, height=alt.Step(42))
        .facet(
            facet=alt.Facet(
                "step:N",
                sort=alt.EncodingSortField("order", op="min"),
                header=alt.Header(
                    title=None,
                    labelAnchor="start",
                    labelFontSize=TEXT,
                    labelFontWeight="bold",
                    labelExpr=_HEADER,
                ),
            ),
            columns=ABREAST if wide else 1,
            spacing={"row": 16, "column": 14},
        )
        .resolve_axis(x="independent")
    )
    # By these the page gives the panels what the names of the groups leave of the width.
    filling = {"usermeta": {"abreast": ABREAST, "beside": "label", "room": room}} if wide else {}
    return built(chart.properties(**filling))


def _layers(room: int) -> list[alt.Chart]:
    """Return the line of equals, the intervals, the dots with their numbers, and a word where there is no dot."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, grid=True, labelColor=INK, labelLimit=room),
        )
    )
    axis = alt.Axis(values=[0.1, 0.25, 0.5, 1, 2, 4, 10], format="~g", grid=False, labelOverlap=True)
    value, equal = alt.X("value:Q", title=None, scale=_SCALE, axis=axis), alt.X("equal:Q", scale=_SCALE)
    # What stands out is filled and dark, the rest is hollow and grey: the colour is not the only sign.
    colour = alt.condition("datum.different", alt.value(ACCENT), alt.value(_GREY))
    fill = alt.condition("datum.different", alt.value(ACCENT), alt.value("white"))
    tip = [
        alt.Tooltip("label:N", title="Group"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("value:Q", title="Times as likely", format=FIGURES),
        alt.Tooltip("lower:Q", title="95% from", format=FIGURES),
        alt.Tooltip("upper:Q", title="95% to", format=FIGURES),
        alt.Tooltip("rate:Q", title="Went on (%)", format=".1f"),
        alt.Tooltip("said:N", title="What can be said"),
    ]
    bars = base.transform_filter("isValid(datum.lower)").mark_rule(strokeWidth=3)
    seen = base.transform_filter("isValid(datum.value)")
    missing = base.transform_filter("!isValid(datum.value)")
    return [
        base.mark_rule(color=REST, strokeWidth=1.5).encode(x=equal, y=alt.Y()),
        bars.encode(x=alt.X("lower:Q", scale=_SCALE), x2="upper:Q", color=colour),
        seen.mark_point(size=90, opacity=1, strokeWidth=2).encode(
            x=value, stroke=colour, fill=fill, tooltip=tip
        ),
        seen.mark_text(dy=-13, fontSize=TEXT, color=INK).encode(
            x=value, text=alt.Text("value:Q", format=FIGURES)
        ),
        missing.mark_text(align="left", dx=6, fontSize=TEXT, color=QUIET).encode(
            x=equal, text="said:N", tooltip=tip
        ),
    ]
