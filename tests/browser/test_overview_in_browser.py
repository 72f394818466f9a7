"""The overview in a browser: one screen, one printed page, one column on a phone, and cards that lead on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

SCREENS = ({"width": 1920, "height": 1080}, {"width": 1280, "height": 800})
PHONE = {"width": 390, "height": 844}
BEYOND = """() => { const seen = document.querySelector('[data-testid=stMain]');
    return [seen.scrollHeight - seen.clientHeight, seen.scrollWidth - seen.clientWidth].filter(beyond => beyond > 0); }"""
SIDEWAYS = """() => { const seen = document.querySelector('[data-testid=stMain]');
    return [seen.scrollWidth - seen.clientWidth].filter(beyond => beyond > 0); }"""
NOT_BELOW = """() => [...document.querySelectorAll('.sv-card')].map(card => card.getBoundingClientRect().left)
    .filter((left, place, all) => left !== all[0])"""


@pytest.mark.parametrize(
    "screen",
    [
        pytest.param(screen, marks=pytest.mark.browser_context_args(viewport=screen), id=str(screen["width"]))
        for screen in SCREENS
    ],
)
def test_the_overview_is_one_screen(dashboard: Dashboard, screen: dict[str, int]) -> None:
    dashboard.open()
    expect(dashboard.main.locator(".sv-card")).to_have_count(5)
    dashboard.expect_none(BEYOND)


@pytest.mark.browser_context_args(viewport=PHONE)
def test_the_overview_is_one_column_on_a_phone(dashboard: Dashboard) -> None:
    dashboard.open()
    dashboard.expect_none(NOT_BELOW)
    dashboard.expect_none(SIDEWAYS)


# A screen of 1280 pixels, seen at 200%.
@pytest.mark.browser_context_args(viewport={"width": 640, "height": 400})
def test_at_200_percent_the_first_finding_begins_on_the_first_screen(dashboard: Dashboard) -> None:
    dashboard.open()
    first = dashboard.main.locator(".sv-card").first.bounding_box()
    assert first is not None
    assert first["y"] < 400
    dashboard.expect_none(SIDEWAYS)


def test_the_overview_prints_on_one_page(dashboard: Dashboard) -> None:
    dashboard.open()
    printed = dashboard.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_marks_are_seen_and_lead_to_what_they_stand_for(dashboard: Dashboard) -> None:
    dashboard.open()
    mark = dashboard.main.get_by_role("link", name=re.compile("^COM-D3 ")).first
    expect(mark.locator(".sv-m")).to_have_css("background-image", re.compile("^url.*svg"))
    mark.click()
    dashboard.expect_view("COM-D3", "2026/27")
    dashboard.expect_headline("COM-D3")
    dashboard.page.go_back()
    expect(dashboard.main.locator(".sv-card")).to_have_count(5)


def test_a_card_leads_on_to_its_page_as_a_whole(dashboard: Dashboard) -> None:
    dashboard.open()
    card = dashboard.main.locator(".sv-card-equality")
    # Its upper right corner, where there is neither text nor mark.
    size = card.bounding_box()
    assert size is not None
    card.click(position={"x": size["width"] - 6, "y": 6})
    dashboard.page.wait_for_url(re.compile("/equality-gaps"), wait_until="commit")
    dashboard.expect_drawn()
