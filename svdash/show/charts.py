"""Charts of findings. One facet a page: what a page costs is charts, not rows.

Every function takes a Finding and returns a Vega-Lite spec with its rows beside it. Specs are kept for as long
as the finding they draw, so a second visitor costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from svdash.findings.base import Finding
from svdash.show.theme import ACCENT, ATTENTION, BAND, INK, QUIET, REST, TEXT

Spec = dict[str, Any]
Draw = Callable[[Finding, int], Spec]
PANEL = (228, 118)


def _spec(chart: alt.TopLevelMixin, rows: pd.DataFrame) -> Spec:
    """Return the spec with its rows inline: the same spec draws on the page and as a picture."""
    spec: Spec = chart.to_dict()
    spec["datasets"] = {"rows": rows.to_dict("records")}
    return spec


def _panel_rows(finding: Finding) -> pd.DataFrame:
    rows = finding.chart
    assert_rows = pd.DataFrame() if rows is None else rows
    out = assert_rows.assign(
        as_at=assert_rows["as_at"].dt.strftime("%Y-%m-%d"),
        part=assert_rows["part"].map({True: "part year", False: "whole"}),
        order=assert_rows["order"].astype(int),
    )
    return out.astype(object).where(out.notna(), None)


@lru_cache(maxsize=256)
def trends(finding: Finding, columns: int = 4) -> Spec:
    """Small multiples in one facet: value with its 95% band, target (dashed, named) and baseline (thin grey)."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X("as_at:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelOverlap=True, grid=False))
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=4))
    tip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("value:Q", title="Value", format=",.1f"),
        alt.Tooltip("unit:N", title="Unit"),
        alt.Tooltip("lower:Q", title="95% from", format=",.1f"),
        alt.Tooltip("upper:Q", title="95% to", format=",.1f"),
        alt.Tooltip("status:N", title="Status"),
        alt.Tooltip("part:N", title="Year"),
    ]
    # From twelve points on an XmR chart's limits are what the verdict rests on, so they stand in for the band.
    band = (
        base.transform_filter("!isValid(datum.control_lower)")
        .mark_area(color=BAND, opacity=0.9)
        .encode(y=alt.Y("lower:Q", title=None), y2="upper:Q")
    )
    control = [
        base.mark_line(color=QUIET, strokeWidth=1, strokeDash=[6, 2]).encode(y=alt.Y(f"{limit}:Q", title=None))
        for limit in ("control_lower", "control_upper")
    ]
    whole = base.transform_filter("datum.part == 'whole'")
    line = whole.mark_line(color=ACCENT, strokeWidth=2).encode(y=y)
    dots = base.mark_point(size=38, stroke=ACCENT, strokeWidth=1.5).encode(
        y=y, fill=alt.Fill("part:N", scale=alt.Scale(domain=["whole", "part year"], range=[ACCENT, "white"]), legend=None), tooltip=tip
    )
    baseline = base.mark_line(color=QUIET, strokeWidth=1, strokeDash=[1, 2]).encode(y="baseline:Q")
    target = base.mark_line(color=ATTENTION, strokeWidth=1.5, strokeDash=[5, 3]).encode(y="target:Q")
    named = (
        base.transform_filter("isValid(datum.target)")
        .transform_aggregate(target="max(target)", as_at="min(as_at)", groupby=["panel", "order"])
        .mark_text(align="left", dy=-7, fontSize=12, color=INK)
        .encode(y="target:Q", text=alt.value("target"))
    )
    chart = (
        alt.layer(band, *control, baseline, target, line, dots, named)
        .properties(width=PANEL[0], height=PANEL[1])
        .facet(
            facet=alt.Facet(
                "panel:N",
                sort=alt.EncodingSortField("order", op="min"),
                header=alt.Header(
                    title=None,
                    labelAlign="left",
                    labelAnchor="start",
                    labelFontSize=TEXT,
                    labelLineHeight=18,
                    labelFontWeight="bold",
                    labelPadding=6,
                    labelExpr="[split(datum.label, '|')[0] + '  ' + split(datum.label, '|')[1], split(datum.label, '|')[2]]",
                ),
            ),
            columns=columns,
            spacing={"row": 26, "column": 26},
        )
        .resolve_scale(y="independent", x="shared")
    )
    return _spec(chart, _panel_rows(finding))


@lru_cache(maxsize=256)
def standing(finding: Finding, columns: int = 4) -> Spec:
    """Delivery of commitments as bars, Day One Commitments and aspirations side by side, numbers on the bars."""
    del columns
    rows = finding.frame
    order = list(dict.fromkeys(rows["delivery_label"]))
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y("delivery_label:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=220)),
        x=alt.X("number:Q", title=None, axis=None),
    )
    chart = (
        alt.layer(
            base.mark_bar(height=18).encode(
                color=alt.condition(
                    "datum.delivery == 'complete' || datum.delivery == 'substantial'", alt.value(ACCENT), alt.value(REST)
                )
            ),
            base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q"),
        )
        .properties(width=250, height=alt.Step(26))
        .facet(column=alt.Column("kind_label:N", sort=list(dict.fromkeys(rows["kind_label"])), title=None, header=alt.Header(labelAnchor="start", labelFontWeight="bold", labelFontSize=TEXT)), spacing=36)
    )
    return _spec(chart, rows)


@lru_cache(maxsize=256)
def owners(finding: Finding, columns: int = 4) -> Spec:
    """Overdue commitments by owner as bars."""
    del columns
    rows = finding.frame[["lead", "number", "ids"]]
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y("lead:N", sort=list(rows["lead"]), title=None, axis=alt.Axis(domain=False, ticks=False, labelColor=INK, labelLimit=260)),
        x=alt.X("number:Q", title=None, axis=None),
        tooltip=[alt.Tooltip("lead:N", title="Owner"), alt.Tooltip("number:Q", title="Overdue"), alt.Tooltip("ids:N", title="Which")],
    )
    chart = alt.layer(
        base.mark_bar(height=18, color=ATTENTION), base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q")
    ).properties(width=260, height=alt.Step(26))
    return _spec(chart, rows)


DRAWN: dict[str, Draw] = {"indicators": trends, "indicator": trends, "measures": trends, "standing": standing, "overdue": owners}


def of(finding: Finding, columns: int = 4) -> Spec | None:
    """Return the chart of a finding, ``None`` where it has none or is empty."""
    if finding.empty or finding.name not in DRAWN or finding.chart is None or finding.chart.empty:
        return None
    return DRAWN[finding.name](finding, columns)


def picture(finding: Finding) -> Spec | None:
    """Return the chart with headline, measure and status written on it, so that it stands alone once taken away."""
    spec = of(finding)
    if spec is None:
        return None
    said = [finding.subtitle, " · ".join(finding.statuses)]
    title = {"text": finding.headline, "subtitle": said, "anchor": "start", "fontSize": 18, "subtitleFontSize": 13, "offset": 14}
    return {**spec, "title": title, "padding": 20}
