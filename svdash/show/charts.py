"""Charts of findings. One facet a page: what a page costs is charts, not rows.

A chart's structure is the same for every finding, so Altair builds and checks it once and rows are put in after;
what is sent is kept for as long as the finding it draws, so a second visitor costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from svdash.findings.base import Finding, records
from svdash.show import wording
from svdash.show.theme import ACCENT, ATTENTION, BAND, INK, QUIET, REST, TEXT

Spec = dict[str, Any]
PANEL = (204, 116)
GUTTER = 48
# Width of bars, and of the words beside them, where one chart has a phone's screen to itself.
PHONE = 130


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as Vega reads them: dates as text, missing as null."""
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = out[name].dt.strftime("%Y-%m-%d")
    return records(out.astype(object).where(out.notna(), None))


# Parts of the theme and what in a spec makes use of them.
_USED_BY: dict[str, str] = {
    "line": '"line"',
    "bar": '"bar"',
    "text": '"text"',
    "header": '"facet"',
    "range": '"scheme"',
}


def _built(chart: alt.TopLevelMixin) -> Spec:
    """Let Altair check a structure and write it out, without those parts of the theme that it does not use."""
    spec: Spec = chart.to_dict()
    whole = json.dumps({name: part for name, part in spec.items() if name != "config"})
    unused = [name for name, sign in _USED_BY.items() if sign not in whole]
    spec["config"] = {name: part for name, part in spec["config"].items() if name not in unused}
    for layered in (spec, spec.get("spec", {})):
        _share(layered)
    return spec


def _share(layered: Spec) -> None:
    """Say once what all layers encode alike."""
    encodings = [layer.get("encoding", {}) for layer in layered.get("layer", [])]
    for channel in list(encodings[0]) if encodings else []:
        if all(each.get(channel) == encodings[0][channel] for each in encodings[1:]):
            layered.setdefault("encoding", {})[channel] = encodings[0][channel]
            for each in encodings[1:]:
                del each[channel]
            del encodings[0][channel]


# Large numbers are written short, so that every panel's axis takes the same room.
_AXIS = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',.1~f') + 'm' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e3, ',.1~f') + 'k' : format(datum.value, ',.2~f')"
)


@lru_cache(maxsize=4)
def trends(columns: int) -> Spec:
    """Small multiples in one facet: value with its 95% band, target (dashed, named) and baseline (thin grey)."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "as_at:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelOverlap=True, grid=False)
        )
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=4, minExtent=GUTTER, maxExtent=GUTTER, labelExpr=_AXIS),
    )
    tip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("value:Q", title="Value", format=",.1f"),
        alt.Tooltip("unit:N", title="Unit"),
        alt.Tooltip("lower:Q", title="95% from", format=",.1f"),
        alt.Tooltip("upper:Q", title="95% to", format=",.1f"),
        alt.Tooltip("status:N", title="Status"),
        alt.Tooltip("part:N", title="Part year"),
    ]
    # From twelve points on an XmR chart's limits are what the verdict rests on, so they stand in for the band.
    band = (
        base.transform_filter("!isValid(datum.control_lower)")
        .mark_area(color=BAND, opacity=0.9)
        .encode(y=alt.Y("lower:Q", title=None), y2="upper:Q")
    )
    control = [
        base.mark_line(color=QUIET, strokeWidth=1, strokeDash=[6, 2]).encode(
            y=alt.Y(f"{limit}:Q", title=None)
        )
        for limit in ("control_lower", "control_upper")
    ]
    whole = base.transform_filter("!datum.part")
    line = whole.mark_line(color=ACCENT, strokeWidth=2).encode(y=y)
    dots = base.mark_point(size=38, stroke=ACCENT, strokeWidth=1.5).encode(
        y=y, fill=alt.condition("datum.part", alt.value("white"), alt.value(ACCENT)), tooltip=tip
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
            spacing={"row": 22, "column": 20},
        )
        .resolve_scale(y="independent", x="shared")
        .resolve_axis(x="independent")
    )
    return _built(chart)


@lru_cache(maxsize=4)
def standing(columns: int) -> Spec:
    """Delivery of commitments as bars, Day One Commitments and aspirations side by side, numbers on the bars."""
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
                sort=[f"{k}s" for k in wording.KIND.values()],
                title=None,
                header=alt.Header(
                    labelAnchor="start", labelOrient="top", labelFontWeight="bold", labelFontSize=TEXT
                ),
            ),
            spacing=22,
        )
    )
    return _built(chart)


@lru_cache(maxsize=4)
def owners(columns: int) -> Spec:
    """Overdue commitments by owner as bars."""
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y(
            "lead:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                domain=False, ticks=False, labelColor=INK, labelLimit=260 if columns > 1 else PHONE
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
        base.mark_bar(height=18, color=ATTENTION),
        base.mark_text(align="left", dx=5, fontSize=TEXT).encode(text="number:Q"),
    ).properties(width=190 if columns > 1 else PHONE, height=alt.Step(26), autosize="pad")
    return _built(chart)


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
    return _built(
        alt.layer(bars, ticks, words).properties(
            width=alt.Step(31 if columns > 1 else 22), height=210, autosize="pad"
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
    return _built(
        alt.layer(bars, words, line).properties(
            width=380 if columns > 1 else PHONE, height=alt.Step(26), autosize="pad"
        )
    )


DRAWN: dict[str, Callable[[int], Spec]] = {
    "indicators": trends,
    "indicator": trends,
    "measures": trends,
    "standing": standing,
    "overdue": owners,
    "deciles": deciles,
    "lands": lands,
}


# What a chart reads of its rows, where that is less than there is.
_READ: dict[str, list[str]] = {
    "deciles": ["decile", "share", "population_share"],
    "lands": ["what", "of", "share", "population_share", "status"],
    "standing": ["kind_label", "delivery", "delivery_label", "number"],
    "overdue": ["lead", "number", "ids"],
}


def _drawn(finding: Finding) -> pd.DataFrame:
    """Return the rows of the chart, without what it does not read."""
    rows = pd.DataFrame() if finding.chart is None else finding.chart
    return rows[_READ[finding.name]] if finding.name in _READ else rows


def _structure(finding: Finding, columns: int) -> Spec | None:
    if finding.empty or finding.name not in DRAWN or finding.chart is None or finding.chart.empty:
        return None
    return DRAWN[finding.name](columns)


@lru_cache(maxsize=256)
def of(finding: Finding, columns: int = 4) -> Spec | None:
    """Return the chart of a finding as the page sends it, its rows already in Arrow; ``None`` where it has none."""
    structure = _structure(finding, columns)
    if structure is None:
        return None
    rows = pa.Table.from_pylist(_rows(_drawn(finding)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return {**structure, "datasets": {"rows": sink.getvalue().to_pybytes()}}


def picture(finding: Finding) -> Spec | None:
    """Return the chart with headline, measure and status written on it, so that it stands alone once taken away."""
    structure = _structure(finding, 4)
    if structure is None:
        return None
    said = [finding.subtitle, *([finding.legend] if finding.legend else []), " · ".join(finding.statuses)]
    title = {
        "text": finding.headline,
        "subtitle": said,
        "anchor": "start",
        "fontSize": 18,
        "subtitleFontSize": 13,
        "offset": 14,
    }
    return {**structure, "datasets": {"rows": _rows(_drawn(finding))}, "title": title, "padding": 20}
