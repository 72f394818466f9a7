"""The browser's history: what is one step of it, and what Back and Forward bring."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import Dashboard, params_of

pytestmark = pytest.mark.browser

FILTERED = {"role": "investor", "year": "2024/25", "compare": "2022/23"}
# Every step that the page adds to the history, in order.
STEPS = """
    window.steps = [];
    const push = history.pushState;
    history.pushState = function (state, title, address) {
        window.steps.push(String(address));
        return push.apply(this, arguments);
    };
"""


def steps(dashboard: Dashboard) -> list[tuple[str, dict[str, str]]]:
    """Path and parameters of each step that was added to the history."""
    return [
        (urlsplit(address).path, params_of(address)) for address in dashboard.page.evaluate("window.steps")
    ]


def test_a_page_change_is_one_step_of_the_history_and_filters_survive_it_and_the_way_back(
    dashboard: Dashboard,
) -> None:
    dashboard.page.add_init_script(STEPS)
    dashboard.open("", **FILTERED)
    dashboard.expect_view("Investor", "2022/23")
    assert steps(dashboard) == []
    caption = dashboard.view.inner_text()
    question = dashboard.main.get_by_role("heading", level=1)
    asked = question.inner_text()
    dashboard.go_to("Commitments")
    dashboard.expect_address("commitments", **FILTERED)
    expect(question).not_to_have_text(asked)
    # All but the compared year, which that page has no use for.
    expect(dashboard.view).to_have_text(caption.rpartition(" · ")[0])
    dashboard.expect_drawn()
    assert steps(dashboard) == [("/commitments", FILTERED)]
    dashboard.page.go_back()
    expect(question).to_have_text(asked)
    expect(dashboard.view).to_have_text(caption)
    dashboard.expect_address("", **FILTERED)


def test_back_to_a_page_without_filters_brings_none_along(dashboard: Dashboard) -> None:
    dashboard.open()
    caption = dashboard.view.inner_text()
    dashboard.use("Search")
    dashboard.look_for("com-d10")
    dashboard.popover.get_by_role("link").first.click()
    dashboard.expect_view("COM-D10")
    dashboard.page.go_back()
    expect(dashboard.view).to_have_text(caption)
    dashboard.expect_address("")


def test_back_takes_back_a_filter(dashboard: Dashboard) -> None:
    dashboard.open("commitments", role="investor")
    dashboard.choose("Role", "Employer")
    dashboard.expect_address("commitments", role="employer")
    dashboard.expect_view("Employer")
    dashboard.page.go_back()
    dashboard.expect_address("commitments", role="investor")
    dashboard.expect_view("Investor")
    expect(dashboard.filter("Role")).to_have_value(re.compile("^Investor"))


def test_back_takes_the_tick_in_the_register_with_it_and_forward_brings_it(dashboard: Dashboard) -> None:
    dashboard.open("commitments", layout="grid")
    grid = dashboard.main.get_by_test_id("stDataFrame").first
    ticked = grid.locator("tr[aria-selected=true]")
    # By keyboard: the grid is one canvas, its first row is looked at once it has the focus.
    grid.get_by_test_id("data-grid-canvas").press("Shift+Space")
    dashboard.expect_address("commitments", commitment="EMP-D1", layout="grid")
    dashboard.expect_view("EMP-D1")
    expect(ticked).to_have_count(1)
    dashboard.page.go_back()
    dashboard.expect_view("all commitments")
    expect(ticked).to_have_count(0)
    dashboard.page.go_forward()
    dashboard.expect_view("EMP-D1")
    expect(ticked).to_have_count(1)


def test_cold_spots_are_seen_on_the_map_and_back_returns_to_their_list(dashboard: Dashboard) -> None:
    district = {"show": "spend", "district": "E08000014"}
    see = dashboard.page.get_by_role("button", name="See them on the map")
    dashboard.open("reach-and-spend", part="cold-spots", **district)
    see.click()
    dashboard.expect_address("reach-and-spend", style="cold-spots", **district)
    expect(dashboard.main).to_contain_text("cold spot: deprived, with little spend")
    dashboard.expect_drawn()
    dashboard.page.go_back()
    dashboard.expect_address("reach-and-spend", part="cold-spots", **district)
    expect(see).to_be_visible()
