"""The overview in a browser: one screen, one printed page, one column on a phone, and cards that lead on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

SCREENS = (ViewportSize(width=1920, height=1080), ViewportSize(width=1280, height=800))
PHONE = ViewportSize(width=390, height=844)
# A screen of 1280 pixels, seen at 200%.
ZOOMED = ViewportSize(width=640, height=400)
BEYOND = """() => { const seen = document.querySelector('[data-testid=stMain]');
    return [seen.scrollHeight - seen.clientHeight, seen.scrollWidth - seen.clientWidth].filter(beyond => beyond > 0); }"""
SIDEWAYS = """() => { const seen = document.querySelector('[data-testid=stMain]');
    return [seen.scrollWidth - seen.clientWidth].filter(beyond => beyond > 0); }"""
NOT_BELOW = """() => [...document.querySelectorAll('.sv-card')].map(card => card.getBoundingClientRect().left)
    .filter((left, place, all) => left !== all[0])"""


def test_the_overview_is_one_screen_one_column_on_a_phone_and_one_page_of_paper(dashboard: Dashboard) -> None:
    dashboard.open()
    cards = dashboard.main.locator(".sv-card")
    for screen in SCREENS:
        dashboard.page.set_viewport_size(screen)
        expect(cards).to_have_count(5)
        dashboard.expect_none(BEYOND)
    dashboard.page.set_viewport_size(ZOOMED)
    dashboard.expect_placed(lambda first: first["y"] < ZOOMED["height"], cards.first)
    dashboard.expect_none(SIDEWAYS)
    dashboard.page.set_viewport_size(PHONE)
    dashboard.expect_none(NOT_BELOW)
    dashboard.expect_none(SIDEWAYS)
    dashboard.page.set_viewport_size(SCREENS[-1])
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
