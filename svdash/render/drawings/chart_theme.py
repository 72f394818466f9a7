"""What every drawing shares: Altair's theme, and how a checked structure is written out small."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from svdash.theme import ACCENT, ATTENTION, FONT, INK, QUIET, REST, TEXT

Spec = dict[str, Any]
# The rows of a finding: one and the same for all layers.
ROWS = alt.NamedData("rows")
# Between the name of a group and that of a row of it: letters that no name has.
_BETWEEN = " \u241f "
GUTTER = 48
# Width of bars, and of the words beside them, where one chart has a phone's screen to itself.
PHONE = 130
# A window below so many pixels is narrow, as on a phone or at 200% zoom.
NARROW = 700


@alt.theme.register("svdash", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    axis: Any = {
        "labelFontSize": TEXT,
        # A dot may stand on the axis.
        "labelPadding": 6,
        "titleFontSize": TEXT,
        "labelColor": QUIET,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "domainColor": REST,
        "tickColor": REST,
        "gridColor": "#E9ECEF",
    }
    return {
        "config": {
            # Vega gives groups of marks a role and no name; a chart's text alternative and its table say what they show.
            "mark": {"aria": False},
            "font": FONT,
            "background": "white",
            "view": {"stroke": None},
            "axis": axis,
            "text": {"fontSize": TEXT, "color": INK},
            "header": {"labelFontSize": TEXT, "labelColor": INK, "titleColor": INK},
            "line": {"color": ACCENT, "strokeWidth": 2},
            "bar": {"color": ACCENT},
            "range": {"category": [ACCENT, "#28A197", "#801650", ATTENTION, "#3D3D3D", "#A285D1"]},
        }
    }


# Parts of the theme and what in a spec makes use of them.
_USED_BY: dict[str, str] = {
    "line": '"line"',
    "bar": '"bar"',
    "text": '"text"',
    "header": '"facet"',
    "range": '"scheme"',
}


def panel_heads(**more: Any) -> alt.Facet:
    """Head the panels of a facet, in the ``order`` of the rows; ``more`` says what else Altair is to do with a head."""
    return alt.Facet(
        "panel:N",
        sort=alt.EncodingSortField("order", op="min"),
        header=alt.Header(
            title=None,
            labelAlign="left",
            labelAnchor="start",
            labelFontSize=TEXT,
            labelFontWeight="bold",
            labelPadding=6,
            **more,
        ),
    )


def label_room(pixels: int, columns: int) -> float | alt.ExprRef:
    """Return how many pixels the names of rows may take: no more than on a phone where a window is as narrow as one."""
    return PHONE if columns == 1 else alt.ExprRef(f"windowSize()[0] < {NARROW} ? {PHONE} : {pixels}")


def in_groups(group: str, label: str, limit: float | alt.ExprRef) -> tuple[alt.Chart, alt.Chart]:
    """Begin a chart with a row a ``label``, under the name of its ``group``, and return it and the layer of these names.

    One chart and not a facet: only then is it as wide as its column. ``limit`` is how many pixels a label may take.
    """
    y = alt.Y(
        "row:N",
        sort=alt.EncodingSortField("place", op="min"),
        title=None,
        axis=alt.Axis(
            domain=False,
            ticks=False,
            labelColor=INK,
            labelLimit=limit,
            labelExpr=f"split(datum.label, '{_BETWEEN}')[1]",
        ),
    )
    placed = alt.Chart(ROWS).transform_window(place="row_number()")
    base = placed.transform_calculate(row=f"datum['{group}'] + '{_BETWEEN}' + datum['{label}']").encode(y=y)
    names = (
        placed.transform_aggregate(first="min(place)", groupby=[group])
        .transform_calculate(place="datum.first - 0.5", row=f"datum['{group}'] + '{_BETWEEN}'")
        .mark_text(align="left", fontWeight="bold", fontSize=TEXT)
        .encode(x=alt.value(0), y=y, text=f"{group}:N")
    )
    return base, names


def room(pixels: int) -> alt.ExprRef:
    """Return room for words at both ends of an axis: so many pixels, but never more than leave the axis half its width."""
    return alt.ExprRef(f"min({pixels}, width / 4)")


def wide(layers: list[alt.Chart], step: int, *rows: str, right: int = 24) -> Spec:
    """Put layers on each other, as wide as their column, ``step`` pixels for each row.

    ``rows`` are the columns that a row of the picture stands for, the group first where there is one: by them the page
    makes rows of few higher (:func:`svdash.render.charts.of`). ``right`` is what words need beyond the axis, in pixels.
    """
    return built(
        alt.layer(*layers).properties(
            width="container", height=alt.Step(step), padding={"right": right}, usermeta={"rows": list(rows)}
        )
    )


def built(chart: alt.TopLevelMixin) -> Spec:
    """Let Altair check a structure and write it out, without those parts of the theme that it does not use."""
    spec: Spec = chart.to_dict()
    # Where nothing is said, Streamlit leaves a void below.
    spec["padding"] = {"top": 4, "bottom": 4, **spec.get("padding", {})}
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
