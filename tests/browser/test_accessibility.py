"""What axe-core finds on what opens over a page, and on the grid; pages and their parts: test_parts_of_pages.py."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.barriers import violations
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

POPOVER, PRESSED = "[data-testid=stPopoverBody]", "[data-testid=stPopoverButton]"


@pytest.mark.parametrize(
    ("address", "views"),
    [
        ("", [{}]),
        ("commitments", [{}]),
        ("equality-gaps", [{"part": "recruitment"}]),
        ("reach-and-spend", [{}, {"part": "concentration", "show": "spend"}]),
    ],
)
def test_what_opens_over_a_page_breaks_no_rule(
    dashboard: Dashboard, address: str, views: list[dict[str, str]]
) -> None:
    for params in views:
        dashboard.open(address, **params)
        buttons = dashboard.main.get_by_test_id("stPopoverButton").filter(visible=True)
        expect(buttons).not_to_have_count(0)
        # What stands around is the same for all of them.
        around: tuple[str, ...] = ()
        # Beside what a button says stands the name of its icon.
        for name in [text.splitlines()[0] for text in buttons.all_inner_texts()]:
            buttons.filter(has_text=re.compile(rf"^{re.escape(name)}\s*(expand_more)?$")).click()
            expect(dashboard.popover).to_be_visible()
            # The button's hint goes once the pointer does: half gone, it is too pale.
            dashboard.page.mouse.move(0, 0)
            expect(dashboard.page.get_by_role("tooltip")).to_have_count(0)
            dashboard.expect_drawn()
            assert violations(dashboard, *around) == [], name
            around = (POPOVER, PRESSED)
            dashboard.page.keyboard.press("Escape")
            expect(dashboard.popover).to_have_count(0)


def test_the_grid_of_the_register_and_its_plain_table_break_no_rule(dashboard: Dashboard) -> None:
    dashboard.open("commitments", layout="grid")
    dashboard.open_expanders()
    expect(dashboard.tables).not_to_have_count(0)
    assert violations(dashboard) == []
