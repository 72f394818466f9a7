"""What is not known: the grid of breakdowns, and how organisations answered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from svdash.render.drawings.chart_theme import PHONE, Spec, built
from svdash.theme import ATTENTION, BAND, INK, QUIET, REST, TEXT

CELL = (42, 27)
PHONE_CELL = (19, 24)
FILL = {
    "not-asked": ATTENTION,
    "too-small": "white",
    "not-answered": "white",
    "measured": BAND,
    "not-applicable": "white",
}
EDGE = {**FILL, "too-small": QUIET, "not-answered": QUIET}


def _by_state(colours: dict[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


@lru_cache(maxsize=4)
def gaps(columns: int) -> Spec:
    """Breakdowns as a grid of indicators by characteristics: what was not asked stands out, what is measured is pale.

    Rows: ``row``, ``indicator``, ``column``, ``state``, ``state_label``, ``sign``, ``owner``, ``step``, ``due``.
    A phone shows the indicator's code alone.
    """
    wide = columns > 1
    width, height = CELL if wide else PHONE_CELL
    plain: Any = {"domain": False, "ticks": False, "labelColor": INK, "labelLimit": 280, "title": None}
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "column:N",
            sort=None,
            axis=alt.Axis(**plain, orient="top", labelAngle=-50 if wide else -90),
            scale=alt.Scale(padding=0.06),
        ),
        y=alt.Y(
            "row:N" if wide else "indicator:N",
            sort=None,
            axis=alt.Axis(**plain),
            scale=alt.Scale(padding=0.06),
        ),
    )
    cells = base.mark_rect(strokeWidth=1.5).encode(
        color=alt.Color("state:N", legend=None, scale=_by_state(FILL)),
        stroke=alt.Stroke("state:N", legend=None, scale=_by_state(EDGE)),
        tooltip=[
            alt.Tooltip("row:N", title="Indicator"),
            alt.Tooltip("column:N", title="Characteristic"),
            alt.Tooltip("state_label:N", title="State"),
            alt.Tooltip("owner:N", title="Owner"),
            alt.Tooltip("step:N", title="Next step"),
            alt.Tooltip("due:N", title="Due"),
        ],
    )
    signs = base.mark_text(fontSize=13 if wide else 9).encode(
        text="sign:N",
        color=alt.condition("datum.state == 'not-applicable'", alt.value(QUIET), alt.value(INK)),
    )
    return built(
        alt.layer(cells, signs)
        .resolve_scale(color="independent", stroke="independent")
        .properties(width=alt.Step(width), height=alt.Step(height), autosize="pad")
    )


@lru_cache(maxsize=4)
def answers(columns: int) -> Spec:
    """Answers of organisations as bars, one panel a population; what was not asked stands out.

    Rows: ``panel``, ``order``, ``answer``, ``percent`` (may be missing), ``told``, ``missing``.
    """
    wide = columns > 1
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "answer:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=220 if wide else PHONE),
        ),
        x=alt.X("percent:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 100])),
    )
    bars = base.mark_bar(height=16).encode(
        color=alt.condition("datum.missing", alt.value(ATTENTION), alt.value(REST)),
        tooltip=[
            alt.Tooltip("panel:N", title="Organisations"),
            alt.Tooltip("answer:N", title="Answer"),
            alt.Tooltip("told:N", title="Share of all"),
        ],
    )
    # A share that is held back has no bar; its marker stands where the bar would begin.
    words = (
        base.transform_calculate(at="isValid(datum.percent) ? datum.percent : 0")
        .mark_text(align="left", dx=5, fontSize=TEXT)
        .encode(x=alt.X("at:Q", title=None, axis=None), text="told:N")
    )
    chart = (
        alt.layer(bars, words)
        .properties(width=230 if wide else PHONE, height=alt.Step(24))
        .facet(
            facet=alt.Facet(
                "panel:N",
                sort=alt.EncodingSortField("order", op="min"),
                title=None,
                header=alt.Header(
                    labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT
                ),
            ),
            columns=2 if wide else 1,
            spacing=24,
        )
    )
    return built(chart)
