"""What axe-core finds on every page and part, by the rules of WCAG 2.2 A and AA; zoom, phone and print."""

from __future__ import annotations

import re

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


@pytest.mark.parametrize(
    ("address", "params"),
    [
        ("", {}),
        ("commitments", {}),
        ("equality-gaps", {"part": "recruitment"}),
        ("reach-and-spend", {}),
        ("reach-and-spend", {"part": "concentration", "show": "spend"}),
    ],
)
def test_what_opens_over_a_page_breaks_no_rule(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.open(address, **params)
    buttons = dashboard.main.get_by_test_id("stPopoverButton").filter(visible=True)
    expect(buttons).not_to_have_count(0)
    # Beside what a button says stands the name of its icon.
    for name in [text.splitlines()[0] for text in buttons.all_inner_texts()]:
        buttons.filter(has_text=re.compile(rf"^{re.escape(name)}\s*(expand_more)?$")).click()
        expect(dashboard.popover).to_be_visible()
        # The button's hint goes once the pointer does: half gone, it is too pale.
        dashboard.page.mouse.move(0, 0)
        expect(dashboard.page.get_by_role("tooltip")).to_have_count(0)
        dashboard.expect_drawn()
        assert violations(dashboard) == [], name
        dashboard.page.keyboard.press("Escape")
        expect(dashboard.popover).to_have_count(0)


@pytest.mark.parametrize("address", ["", "indicators", "equality-gaps", "reach-and-spend"])
def test_how_a_finding_was_worked_out_breaks_no_rule_once_opened(dashboard: Dashboard, address: str) -> None:
    dashboard.open(address)
    closed = dashboard.main.locator("details:not([open]) > summary").filter(has_text="How worked out")
    expect(closed).not_to_have_count(0)
    while closed.count():
        # By keyboard: on a card the text that opens lies over its neighbours.
        closed.first.press("Enter")
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
