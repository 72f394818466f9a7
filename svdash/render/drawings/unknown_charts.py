"""What is not known: the grid of breakdowns, and how organisations answered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from svdash.render.drawings.chart_theme import Spec, built, in_groups, label_room, wide
from svdash.theme import ATTENTION, BAND, INK, QUIET, REST, TEXT

CELL, PHONE_CELL = (61, 25), (19, 24)
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
    on_phone = columns == 1
    plain: Any = {"domain": False, "ticks": False, "labelColor": INK, "labelLimit": 280, "title": None}
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "column:N",
            sort=None,
            axis=alt.Axis(**plain, orient="top", labelAngle=-90 if on_phone else -50),
            scale=alt.Scale(padding=0.06),
        ),
        y=alt.Y(
            "indicator:N" if on_phone else "row:N",
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
    # A phone's cells have room for one letter: a share is read in the table.
    told = base.transform_filter("length(datum.sign) < 2") if on_phone else base
    signs = told.mark_text(fontSize=TEXT).encode(
        text="sign:N",
        color=alt.condition("datum.state == 'not-applicable'", alt.value(QUIET), alt.value(INK)),
    )
    width, height = PHONE_CELL if on_phone else CELL
    # Cells must have room for their words: where a window is narrow, the grid is moved sideways within its frame.
    return built(
        alt.layer(cells, signs)
        .resolve_scale(color="independent", stroke="independent")
        .properties(width=alt.Step(width), height=alt.Step(height), autosize="pad")
    )


@lru_cache(maxsize=4)
def answers(columns: int) -> Spec:
    """Answers of organisations as bars, in groups by population; what was not asked stands out.

    Rows: ``panel``, ``order``, ``answer``, ``percent`` (may be missing), ``told``, ``missing``.
    """
    base, names = in_groups("panel", "answer", label_room(220, columns))
    x: Any = {"title": None, "axis": None, "scale": alt.Scale(domain=[0, 100])}
    bars = base.mark_bar(height=16).encode(
        x=alt.X("percent:Q", **x),
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
        .encode(x=alt.X("at:Q", **x), text="told:N")
    )
    return wide([bars, words, names], 25, "panel", "answer", right=60)
