"""Charts of findings. One facet a page: what a page costs is charts, not rows.

A chart's structure is the same for every finding, so Altair builds and checks it once and rows are put in after;
what is sent is kept for as long as the finding it draws, so a second visitor costs nothing.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import pyarrow as pa

from svdash.caching.memory import remembered
from svdash.findings.finding import Finding
from svdash.render import chart_structures
from svdash.render.chart_structures import Spec
from svdash.theme import TEXT


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return columns as Vega reads them: dates as text, missing as null."""
    out: dict[str, list[Any]] = {}
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            cells = [cell.isoformat()[:10] for cell in column]
        else:
            cells = column.tolist()
        out[str(name)] = [
            None if lost else cell for cell, lost in zip(cells, column.isna().tolist(), strict=True)
        ]
    return out


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as Vega reads them, as :func:`_columns`."""
    columns = _columns(frame)
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


# Pixels that a chart is wide once it is taken away, where a page decides on its width.
TAKEN_AWAY: Final = 900
# What a chart reads of its rows, where that is less than there is.
_READ: dict[str, list[str]] = {
    "deciles": ["decile", "share", "population_share"],
    "lands": ["what", "of", "share", "population_share", "status"],
    "standing": ["kind_label", "place", "delivery", "delivery_label", "number"],
    "overdue": ["lead", "number", "ids"],
}


def _rows_of(finding: Finding) -> pd.DataFrame:
    """Return the rows of the chart, without what it does not read."""
    rows = pd.DataFrame() if finding.chart is None else finding.chart
    return rows[_READ[finding.name]] if finding.name in _READ else rows


def drawn(finding: Finding) -> bool:
    """Return whether a finding has a chart, without building it."""
    return not (finding.empty or finding.chart is None or finding.chart.empty) and (
        chart_structures.known(chart_structures.drawing_of(finding.name))
    )


def _structure(finding: Finding, columns: int) -> Spec | None:
    if finding.empty or finding.chart is None or finding.chart.empty:
        return None
    drawing = chart_structures.drawing_of(finding.name) + _variant(finding)
    return chart_structures.structure(drawing, columns)


def structure_of(finding: Finding) -> Spec | None:
    """Return what a chart is drawn by, without rows; ``None`` where the finding has none."""
    return _structure(finding, 4)


# Pixels that a picture is high: its rows without the axis at least, with it at most.
HIGH_AT_LEAST: Final = 280
HIGH_AT_MOST: Final = 420
AXIS: Final = 52
# Rows are no further apart than the first, so that one or two of them don't float in a void; no closer than the second,
# so that their words stand clear of each other, and no closer than this part of what the drawing asks for.
STEP_AT_MOST: Final = 72
STEP_AT_LEAST: Final = 20
CLOSER: Final = 0.75


def step_between(wanted: float, number: int, columns: int) -> float:
    """Return how many pixels apart rows stand, so that pictures of few rows and of many are about as high as others.

    Args:
        wanted: pixels that the drawing asks for.
        number: how many rows there are.
        columns: small multiples side by side; 1 on a phone, whose words stand above their bars and need all their room.
    """
    most = max(wanted, min(STEP_AT_MOST, HIGH_AT_LEAST / number))
    if columns == 1:
        return most
    return max(min(most, (HIGH_AT_MOST - AXIS) / number), CLOSER * wanted, STEP_AT_LEAST)


def _sized(structure: Spec, rows: pd.DataFrame, columns: int) -> Spec:
    """Give the rows of a picture that has few of them more room, and those of one that has many less."""
    said = structure.get("usermeta", {})
    if "abreast" in said:
        return _filling(structure, int(rows[said["beside"]].str.len().max()))
    named = said.get("rows", [])
    if not named:
        return structure
    seen = rows[named].drop_duplicates()
    # Where rows are in groups, each group's name has a row too.
    number = len(seen) + (seen[named[0]].nunique() if len(named) > 1 else 0)
    return {**structure, "height": {"step": step_between(structure["height"]["step"], number, columns)}}


# Pixels that a picture of panels is wide, whose width can't follow its column: what a laptop of 1280 pixels has room for.
PANELS: Final = 1214
LETTER: Final = 6.8


def _filling(structure: Spec, letters: int) -> Spec:
    """Give panels side by side what the names at their left, of so many ``letters`` at most, leave of the width."""
    said, between = structure["usermeta"], structure["spacing"]["column"]
    left = PANELS - min(said["room"], LETTER * letters) - (said["abreast"] - 1) * between
    return {**structure, "spec": {**structure["spec"], "width": int(left / said["abreast"])}}


def _variant(finding: Finding) -> str:
    """Return what is added to the name where a finding is drawn in more than one way."""
    return "-money" if finding.name == "areas-by-district" and finding.params.get("show") == "spend" else ""


@remembered
def of(finding: Finding, columns: int = 4) -> Spec | None:
    """Return the chart of a finding as the page sends it, its rows already in Arrow; ``None`` where it has none."""
    structure = _structure(finding, columns)
    if structure is None:
        return None
    seen = _rows_of(finding)
    rows = pa.table(_columns(seen))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return {**_sized(structure, seen, columns), "datasets": {"rows": sink.getvalue().to_pybytes()}}


def picture(finding: Finding, *, titled: bool = True, wide: int = TAKEN_AWAY) -> Spec | None:
    """Return the chart with headline, measure and status written on it, so that it stands alone once taken away.

    Args:
        finding: the finding.
        titled: whether they are written on it; not where they stand beside it as text.
        wide: how many pixels wide it is, where a page decides on its width.
    """
    structure = _structure(finding, 4)
    if structure is None:
        return None
    # On a page a chart is as wide as its column.
    width = {"width": wide} if structure.get("width") == "container" else {}
    seen = _rows_of(finding)
    head = {"title": _title(finding), "padding": 20} if titled else {}
    return {**_sized(structure, seen, 4), **width, "datasets": {"rows": _rows(seen)}, **head}


# Pixels of one of several series side by side, and how many there are in a row.
_PANEL_WIDE: Final = 300
_PANEL_HIGH: Final = 130
_ABREAST: Final = 3


def side_by_side(finding: Finding, drawing: str) -> Spec | None:
    """Return several series as panels of the drawing of one, for programs that read Vega-Lite; ``None`` where there are none.

    Args:
        finding: one whose ``chart`` has a row a figure, with ``name`` and ``latest`` of its series.
        drawing: the name of the drawing of one series.
    """
    one = chart_structures.structure(drawing, 4)
    if one is None or finding.empty or finding.chart is None or finding.chart.empty:
        return None
    rows = finding.chart.assign(panel=finding.chart["name"].str.cat(finding.chart["latest"], sep=": "))
    inner = {name: one[name] for name in ("layer", "encoding") if name in one}
    inner["layer"] = [
        {**layer, "transform": _by_panel(layer.get("transform", []))} for layer in inner["layer"]
    ]
    header = {"labelAnchor": "start", "labelFontSize": TEXT, "labelLimit": _PANEL_WIDE}
    return {
        "$schema": one["$schema"],
        "config": one["config"],
        "data": {"name": "rows"},
        "facet": {
            "field": "panel",
            "type": "nominal",
            "sort": {"field": "order", "op": "min"},
            "title": None,
            "header": header,
        },
        "columns": _ABREAST,
        "spec": {**inner, "width": _PANEL_WIDE, "height": _PANEL_HIGH},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "datasets": {"rows": _rows(rows)},
        "title": _title(finding),
        "padding": 20,
    }


def _by_panel(transforms: list[Spec]) -> list[Spec]:
    """Have what sums rows up do so for each panel: without ``groupby`` Vega-Lite fails on it within panels."""
    return [
        {**each, "groupby": ["panel"]} if each.keys() & {"aggregate", "window"} else each
        for each in transforms
    ]


def _title(finding: Finding) -> Spec:
    """Return headline, measure, legend and status, as a picture that is taken away has them written on it."""
    said = [
        finding.subtitle,
        *([finding.legend] if finding.legend else []),
        " · ".join(finding.statuses),
        *finding.origin,
    ]
    return {
        "text": finding.headline,
        "subtitle": said,
        "anchor": "start",
        "fontSize": 18,
        "subtitleFontSize": TEXT,
        "offset": 14,
    }
