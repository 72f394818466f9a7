"""What every drawing shares: Altair's theme, and how a checked structure is written out small."""

from __future__ import annotations

import json
from typing import Any

import altair as alt

from svdash.theme import ACCENT, ATTENTION, FONT, INK, QUIET, REST, TEXT

Spec = dict[str, Any]
GUTTER = 48
# Width of bars, and of the words beside them, where one chart has a phone's screen to itself.
PHONE = 130


@alt.theme.register("svdash", enable=True)
def _theme() -> alt.theme.ThemeConfig:
    axis: Any = {
        "labelFontSize": TEXT,
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


def built(chart: alt.TopLevelMixin) -> Spec:
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
