"""What axe-core finds on every page and part, by the rules of WCAG 2.2 A and AA; zoom, phone and print."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from svdash.show.kit import addresses
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

ADDRESSES = [address for _, _, address, _ in addresses.PAGES]
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
    },
    "resultTypes": ["violations"],
}
# A laptop of 1280 by 800 pixels at 200%.
ZOOMED = {"width": 640, "height": 400}
CUT_OFF = """() => [...document.querySelectorAll('[data-testid=stMain] .sv-table table')]
    .filter(table => table.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(table => table.innerText.slice(0, 60))"""


def violations(dashboard: Dashboard) -> list[tuple[str, str]]:
    """Rule and element of each violation."""
    found = Axe().run(dashboard.page, options=RULES).response["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_and_its_parts_break_no_rule(dashboard: Dashboard, address: str) -> None:
    dashboard.open(address)
    for _ in dashboard.each_part():
        dashboard.open_tables()
        dashboard.open_expanders()
        assert violations(dashboard) == []


@pytest.mark.browser_context_args(viewport=ZOOMED)
@pytest.mark.parametrize("address", ["", "commitments", "reach-and-spend"])
def test_at_twice_the_size_the_first_finding_begins_on_the_first_screen(
    dashboard: Dashboard, address: str
) -> None:
    dashboard.open(address)
    first = dashboard.main.locator(".sv-finding, .sv-tile").first
    expect(first).to_be_in_viewport()


def test_the_grid_of_the_register_and_its_plain_table_break_no_rule(dashboard: Dashboard) -> None:
    dashboard.open("commitments", layout="grid")
    dashboard.open_expanders()
    expect(dashboard.tables).not_to_have_count(0)
    assert violations(dashboard) == []


@pytest.mark.parametrize(
    ("address", "params"),
    [("", {"part": "decisions"}), ("commitments", {"layout": "owners"}), ("local-economy", {})],
)
def test_no_column_is_cut_off_in_print(dashboard: Dashboard, address: str, params: dict[str, str]) -> None:
    dashboard.open(address, **params)
    dashboard.open_tables()
    dashboard.page.emulate_media(media="print")
    # The width of a landscape page of A4 within its margins.
    dashboard.page.set_viewport_size({"width": 1047, "height": 720})
    expect(dashboard.view).to_be_visible()
    expect(dashboard.tables).not_to_have_count(0)
    dashboard.expect_none(CUT_OFF)
