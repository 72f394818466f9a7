"""The dashboard as a person meets it in a browser: what they do there, and what they expect to see.

Every expectation is tried again until it holds: https://playwright.dev/python/docs/test-assertions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PatienceEndedError
from tenacity import Retrying, stop_after_delay, wait_fixed

from svdash.show.kit import addresses

# Milliseconds within which what is expected must be seen, also on a busy machine.
PATIENCE = 60_000
CHARTS, MAPS = "stVegaLiteChart", "stDeckGlJsonChart"
TABLES = ".sv-table"
# Filters that never stand in the line.
BELOW = ("Commitment", "District")
# The frame's last words stand under every page.
LAST_WORDS = re.compile(r"· svdash$")


def params_of(address: str) -> dict[str, str]:
    """The parameters of an address, the last value of each."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass(frozen=True)
class Dashboard:
    """A page of a browser that shows the dashboard.

    ``base`` is the address of the server, where it is not the one that all tests share.
    """

    page: Page
    base: str = ""

    # -- what is there -----------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    @property
    def view(self) -> Locator:
        """The filters in words: to hear and to print, not to see."""
        return self.main.locator(".sv-view")

    @property
    def headlines(self) -> Locator:
        """The title of the page, which is its first finding's headline, and the headlines of the others."""
        return self.main.locator("h1, h2")

    @property
    def tables(self) -> Locator:
        return self.main.locator(TABLES)

    @property
    def popover(self) -> Locator:
        """What a tool has opened."""
        return self.page.get_by_test_id("stPopoverBody")

    @property
    def address_to_copy(self) -> Locator:
        """The address that the button beside it copies."""
        return self.main.locator(".st-key-sv-copy").get_by_test_id("stCode").locator("code")

    @property
    def params(self) -> dict[str, str]:
        return params_of(self.page.url)

    def filter(self, label: str) -> Locator:
        return self.page.get_by_role("combobox", name=label, exact=True)

    @property
    def more(self) -> Locator:
        """The button that shows the filters that do not stand in the line."""
        return self.main.get_by_role("button", name=re.compile("^(More filters|Filters)"))

    # -- what a person does ------------------------------------------------------------------------------

    def open(self, address: str = "", **params: str) -> None:
        """Open an address and wait until the page is drawn to its end."""
        self.page.goto(f"{self.base}/{address}" + (f"?{urlencode(params)}" if params else ""))
        self.expect_drawn()

    def choose(self, label: str, option: str) -> None:
        """Choose from a list what begins with some words."""
        self.show(label)
        self.filter(label).click()
        begins = re.compile(f"^{re.escape(option)}")
        self.page.get_by_role("option").filter(has_text=begins).first.click()

    def show(self, label: str) -> None:
        """Bring a filter into sight, where it does not stand in the line."""
        if label in BELOW and not self.filter(label).is_visible():
            self.more.click()

    def go_to(self, title: str) -> None:
        """Go to another page by the navigation on top."""
        section = next(s for _, t, _, s in addresses.PAGES if t == title)
        self.page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
        self.page.get_by_test_id("stTopNavDropdownLink").filter(has_text=re.compile(f"^{title}$")).click()

    def use(self, tool: str) -> None:
        self.page.get_by_role("button", name=tool, exact=True).click()

    def each_part(self) -> Iterator[None]:
        """Go through the parts of a page, the one that is open first; a page without parts is one."""
        parts = self.main.locator(".st-key-part").get_by_role("radio")
        yield
        for part in range(1, parts.count()):
            before = self.page.url
            parts.nth(part).click()
            self.page.wait_for_url(lambda url, before=before: url != before, wait_until="commit")
            self.expect_drawn()
            yield

    def open_tables(self) -> None:
        """Open every table that is closed under its picture."""
        closed = self.main.locator("details:not([open]) > summary").filter(has_text=re.compile(r"^Table \("))
        while closed.count():
            closed.first.click()

    def open_expanders(self) -> None:
        """Open every piece of the page that is closed, and wait for what it asks the server for."""
        closed = self.main.get_by_test_id("stExpander").locator("details:not([open]) > summary")
        while closed.count():
            closed.first.click()
            self.expect_drawn()

    def look_for(self, words: str) -> None:
        """Write words into the box of the tool that is open."""
        self.popover.get_by_role("textbox").fill(words)
        self.popover.get_by_role("textbox").press("Enter")

    # -- what they expect --------------------------------------------------------------------------------

    def expect_drawn(self) -> None:
        """Expect the script to have ended and everything it sent to be drawn."""
        expect(self.main.get_by_test_id("stCaptionContainer").last).to_have_text(LAST_WORDS)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.main.locator("[data-stale=true], [data-testid=stSkeleton]")).to_have_count(0)
        for drawn in (CHARTS, MAPS):
            empty = self.main.locator(f"[data-testid={drawn}]:not(:has(canvas, svg))")
            expect(empty).to_have_count(0)

    def expect_view(self, *words: str) -> None:
        """Expect the filters to be told in these words, in this order, and the page to be drawn with them."""
        expect(self.view).to_have_text(re.compile(".*".join(map(re.escape, words))))
        self.expect_drawn()

    def expect_address(self, address: str, **params: str) -> None:
        """Expect this address with these parameters and no others."""
        wanted = (f"/{address}", params)
        self.page.wait_for_url(
            lambda url: (urlsplit(url).path, params_of(url)) == wanted, wait_until="commit"
        )

    def expect_headline(self, *words: str) -> None:
        """Expect a headline that has all these words."""
        found = self.headlines
        for word in words:
            found = found.filter(has_text=word)
        expect(found.first).to_be_visible()

    def expect_none(self, script: str, argument: Any = None) -> None:
        """Expect a script that lists what is wrong with the page to find nothing."""
        try:
            self.page.wait_for_function(f"argument => ({script})(argument).length === 0", arg=argument)
        except PatienceEndedError:
            assert self.page.evaluate(script, argument) == []

    def expect_placed(self, holds: Callable[..., bool], *shown: Locator) -> None:
        """Expect what is shown to stand as ``holds`` says of its boxes: x, y, width and height of each in pixels."""
        for attempt in Retrying(stop=stop_after_delay(PATIENCE / 1000), wait=wait_fixed(0.1), reraise=True):
            with attempt:
                boxes = [each.bounding_box() for each in shown]
                assert all(boxes), "it is not on the page"
                assert holds(*boxes), boxes
