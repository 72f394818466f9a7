"""The indicators page's own controls: ours or the frameworks of others, which indicator, by which characteristic."""

from __future__ import annotations

from typing import Final

from svdash.findings.indicators import indicator_trends, outcome_crosswalk
from svdash.register import ALL
from svdash.show.kit import controls
from svdash.show.kit.page import Here

LAYOUTS: Final = {"own": "Our indicators", "frameworks": "Other frameworks"}


def ask(now: Here) -> tuple[str, str, str]:
    """Draw the controls; return what is shown, which of it, and the characteristic to break an indicator down by.

    Of our own indicators it is one of them, empty for all; of frameworks of others it is one of them, or ``all``.
    """
    with controls.line():
        layout = controls.switch("layout", "What to look at", LAYOUTS, "own")
        if layout == "frameworks":
            controls.hold("indicator", ALL)
            choices = outcome_crosswalk.frameworks(now.edition)
            return layout, controls.pick("framework", "Framework", choices, ALL, width=420), ""
        controls.hold("framework", ALL)
        return layout, *_indicator(now)


def _indicator(now: Here) -> tuple[str, str]:
    rows = now.framework.indicators_of(now.view)
    options = {
        ALL: f"All · {len(rows)} side by side",
        **{str(i): f"{i} {t}" for i, t in rows["title"].items()},
    }
    chosen = controls.pick("indicator", "Indicator", options, ALL, width=620)
    if chosen == ALL:
        return "", ""
    found = indicator_trends.characteristics(now.edition, now.view, chosen)
    if len(found) < 2:
        return chosen, found[0] if found else ""
    labels = {
        c: "Everybody" if c == ALL else now.framework.vocabulary.label("characteristic", c) for c in found
    }
    return chosen, controls.pick("by", "Broken down by", labels, found[0], width=330)
