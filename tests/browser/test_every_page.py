"""Every page, opened by a deep link on a laptop and on a phone: it is whole, fits the screen and stays on the machine."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Request, expect

from svdash.show.kit import addresses
from svdash.show.kit.page import UNFILTERED
from tests.browser.conftest import Started
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

FILTERED = {"role": "investor", "year": "2024/25", "compare": "2022/23"}
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
LABELS = {
    "role": "Role",
    "commitment": "Commitment",
    "year": "Year",
    "compare": "Compared with",
    "district": "District",
}
LAPTOP_WIDTH, PHONE_WIDTH = 1280, 390
SCREENS = [
    LAPTOP_WIDTH,
    pytest.param(
        PHONE_WIDTH,
        marks=pytest.mark.browser_context_args(
            viewport={"width": PHONE_WIDTH, "height": 844}, user_agent=PHONE
        ),
    ),
]
TOO_WIDE = """() => {
    const scrolls = e => { for (; e; e = e.parentElement) {
        if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.dataset.testid !== 'stMain') return true; }
        return false; };
    const sideways = ['html', '[data-testid=stMain]'].filter(area => {
        const e = document.querySelector(area); return e.scrollWidth > e.clientWidth; });
    const beyond = [...document.querySelectorAll('h1, h2, h3, p, button, input, table, canvas, svg, img, a')]
        .filter(e => e.getClientRects().length && !e.closest('.sv-alt') && getComputedStyle(e).visibility !== 'hidden')
        .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(e))
        .map(e => e.tagName + ' ' + (e.innerText || e.getAttribute('class') || '').slice(0, 60));
    return [...sideways.map(area => area + ' scrolls sideways'), ...beyond];
}"""


class Watch:
    """What a browser asked of other machines, and what failed in it."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.outside: list[str] = []
        self.failed: list[str] = []
        self._host = urlsplit(server).netloc
        context.on("request", self._asked)
        context.on("weberror", lambda problem: self.failed.append(str(problem.error)))
        context.on("console", self._said)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self._host:
            self.outside.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its own routes below the page's address first, to find out where it is served from.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            self.failed.append(message.text)


@pytest.mark.parametrize("width", SCREENS)
@pytest.mark.parametrize("section", dict.fromkeys(section for *_, section in addresses.PAGES))
def test_the_pages_are_whole_and_fit_their_screen_and_ask_no_other_machine(
    context: BrowserContext, dashboard: Dashboard, server: str, section: str, width: int
) -> None:
    watch = Watch(context, server)
    for address in [address for _, _, address, of_page in addresses.PAGES if of_page == section]:
        dashboard.open(address, **FILTERED)
        whole(dashboard, address)
        if width == LAPTOP_WIDTH:
            sections = {each for *_, each in addresses.PAGES}
            expect(dashboard.page.get_by_test_id("stTopNavSection")).to_have_count(len(sections))
        dashboard.expect_address(address, **FILTERED)
        dashboard.expect_none(TOO_WIDE)
        assert watch.outside == [], address
        assert watch.failed == [], address


def whole(dashboard: Dashboard, address: str) -> None:
    """Expect a page to show what it was asked for, and every filter that it uses."""
    said = {"role": "Investor", "year": "2024/25", "compare": "2022/23"}
    told = [said[name] for name in said if name in addresses.USED_FILTERS[address]]
    dashboard.expect_view(*(told or [UNFILTERED]))
    expect(dashboard.headlines).not_to_have_count(0)
    expect(dashboard.page.get_by_test_id("stException")).to_have_count(0)
    if addresses.USED_FILTERS[address]:
        dashboard.more.click()
        for name in addresses.USED_FILTERS[address]:
            expect(dashboard.filter(LABELS[name])).to_be_visible()
        dashboard.page.keyboard.press("Escape")
        expect(dashboard.popover).to_have_count(0)


def test_a_page_opened_again_by_the_same_browser_is_whole(
    context: BrowserContext, dashboard: Dashboard
) -> None:
    """The browser has kept the page and asks only whether it has changed."""
    dashboard.open()
    again = Dashboard(context.new_page())
    again.open()
    expect(again.headlines).to_have_text(dashboard.headlines.all_inner_texts())


def test_the_first_visitor_of_a_fresh_server_gets_the_whole_page_by_a_deep_link(started: Started) -> None:
    assert started.first.exceptions == 0
    assert started.first.filters >= len(addresses.USED_FILTERS["commitments"])
