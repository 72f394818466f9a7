"""Filters and addresses: what is chosen stands in the address, and an address shows what was chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from svdash.register import FILTERS, Framework
from svdash.tables import Pack
from tests.browser.dashboard import Dashboard, params_of

pytestmark = pytest.mark.browser

SEFTON = "E08000014"


def test_a_filter_changed_on_the_page_shows_in_the_address(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.choose("Role", "Investor")
    dashboard.expect_address("", role="investor")
    dashboard.expect_view("Investor")
    dashboard.choose("Year", "2024/25")
    dashboard.expect_address("", role="investor", year="2024/25")
    dashboard.expect_view("Investor", "2024/25")


def test_two_filters_changed_in_quick_succession_both_hold(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.choose("Role", "Employer")
    dashboard.choose("Year", "2023/24")
    dashboard.expect_address("", role="employer", year="2023/24")
    dashboard.expect_view("Employer", "2023/24")


def test_a_year_once_chosen_stands_in_the_address_of_every_page(dashboard: Dashboard, pack: Pack) -> None:
    """Also where it is what that page opens on: the next page opens on another."""
    filters = Framework.of(pack).filters
    whole, latest = filters.default_view().year, filters.at_latest.default_view().year
    assert whole != latest
    dashboard.open()
    dashboard.choose("Year", whole)
    dashboard.expect_address("", year=whole)
    dashboard.go_to("Indicators")
    dashboard.expect_address("indicators", year=whole)
    dashboard.go_to("Overview")
    dashboard.expect_view(whole)
    dashboard.expect_address("", year=whole)
    dashboard.choose("Year", latest)
    dashboard.expect_address("", year=latest)
    dashboard.go_to("Equality gaps")
    dashboard.expect_view(latest)


@pytest.mark.parametrize("address", ["", "commitments"])
def test_an_address_opened_by_somebody_else_shows_the_same(
    dashboard: Dashboard, new_context: Callable[..., BrowserContext], address: str
) -> None:
    dashboard.open(address)
    dashboard.choose("Role", "Employer")
    dashboard.expect_address(address, role="employer")
    dashboard.expect_view("Employer")
    other = Dashboard(new_context().new_page())
    other.page.goto(dashboard.page.url)
    expect(other.view).to_have_text(dashboard.view.inner_text())
    expect(other.headlines).to_have_text(dashboard.headlines.all_inner_texts())


def test_a_row_chosen_by_its_filter_is_shown_in_full(dashboard: Dashboard) -> None:
    dashboard.open("commitments")
    dashboard.choose("Commitment", "EMP-D1 ")
    dashboard.expect_address("commitments", commitment="EMP-D1")
    dashboard.expect_headline("EMP-D1")


def test_a_district_chosen_stays_over_pages_that_have_no_use_for_it_also_in_the_link_to_copy(
    dashboard: Dashboard,
) -> None:
    dashboard.open("reach-and-spend", part="concentration", show="spend")
    dashboard.choose("District", "Sefton")
    dashboard.expect_address("reach-and-spend", part="concentration", show="spend", district=SEFTON)
    dashboard.expect_view("Sefton")
    link = dashboard.main.get_by_role("link", name="CSV").first
    address = link.get_attribute("href") or ""
    assert params_of(address)["district"] == SEFTON
    assert dashboard.page.request.get(f"/{address}").ok
    dashboard.go_to("Local economy")
    dashboard.expect_address("local-economy", district=SEFTON)
    dashboard.expect_drawn()
    expect(dashboard.address_to_copy).to_contain_text(f"district={SEFTON}")
    dashboard.more.click()
    expect(dashboard.filter("Commitment")).to_be_visible()
    expect(dashboard.filter("District")).to_have_count(0)
    dashboard.page.keyboard.press("Escape")
    dashboard.go_to("Reach and spend")
    dashboard.expect_view("Sefton")


def test_an_address_with_unknown_values_says_what_it_ignored(dashboard: Dashboard) -> None:
    unknown = {"role": "landlord", "colour": "red", "delivery": "nearly"}
    dashboard.open("commitments", **unknown)
    for name, value in unknown.items():
        expect(dashboard.main.locator(".sv-band").filter(has_text=f"{name}={value}")).to_be_visible()
    dashboard.expect_view("All roles")


def test_copy_link_writes_every_filter_out_and_shows_the_same(
    dashboard: Dashboard, context: BrowserContext, server: str, pack: Pack
) -> None:
    default = Framework.of(pack).filters.at_latest.default_view().params()
    dashboard.open("commitments", delivery="overdue")
    code = dashboard.address_to_copy
    expect(code).to_contain_text(f"{server}/commitments?")
    link = (code.text_content() or "").strip()
    assert params_of(link) == {**{name: default[name] for name in FILTERS}, "delivery": "overdue"}
    again = Dashboard(context.new_page())
    again.page.goto(link)
    expect(again.view).to_have_text(dashboard.view.inner_text())
    expect(again.headlines).to_have_text(dashboard.headlines.all_inner_texts())


@pytest.mark.browser_context_args(permissions=["clipboard-read", "clipboard-write"])
def test_one_click_copies_the_link_which_can_be_read_as_well(dashboard: Dashboard, server: str) -> None:
    dashboard.open("indicators", role="investor")
    shown = (dashboard.address_to_copy.text_content() or "").strip()
    button = dashboard.main.locator(".st-key-sv-copy").get_by_role("button")
    button.click()
    expect(button).to_have_accessible_name("Copied")
    copied = dashboard.page.evaluate("navigator.clipboard.readText()")
    assert copied == shown
    assert copied.startswith(f"{server}/indicators?role=investor&")
    # Where a browser lets no page copy, the link can be read.
    dashboard.more.click()
    expect(dashboard.popover.locator(".sv-address")).to_contain_text(f"{server}/indicators?role=investor&")
