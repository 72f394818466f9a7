"""The indicators page's own controls: which indicator, by which characteristic."""

from __future__ import annotations

from svdash.findings.indicators import indicator_trends
from svdash.register import ALL
from svdash.show.kit import controls
from svdash.show.kit.page import Here


def ask(now: Here) -> tuple[str, str]:
    """Draw the controls; return the indicator (empty for all) and the characteristic to break it down by."""
    rows = now.framework.indicators_of(now.view)
    options = {
        ALL: f"All · {len(rows)} side by side",
        **{str(i): f"{i} {t}" for i, t in rows["title"].items()},
    }
    with controls.line():
        chosen = controls.pick("indicator", "Indicator", options, ALL, width=620)
        if chosen == ALL:
            return "", ""
        found = indicator_trends.characteristics(now.edition, now.view, chosen)
        if len(found) < 2:
            return chosen, found[0] if found else ""
        labels = {
            c: "Everybody" if c == ALL else now.framework.vocabulary.label("characteristic", c) for c in found
        }
        by = controls.pick("by", "Broken down by", labels, found[0], width=330)
    return chosen, by
