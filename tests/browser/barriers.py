"""What axe-core finds on a page, by the rules of WCAG 2.2 A and AA."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.browser.dashboard import Dashboard

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}


def violations(dashboard: Dashboard, *within: str) -> list[tuple[str, str]]:
    """Rule and element of each violation on the page, or within what these selectors find alone."""
    context = {"include": [[each] for each in within]} if within else None
    found = Axe().run(dashboard.page, context=context, options=RULES).response["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]
