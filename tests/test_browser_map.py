"""The map in a real browser: a change of filter changes the picture, and little is sent for it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

MAP = '[data-testid="stDeckGlJsonChart"]'
DRAWN_WITHIN = 60_000


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 1200})
    yield opened
    opened.close()


def picture(page: Page) -> np.ndarray:
    """The map as it stands, once it is drawn and stands still."""
    page.locator(MAP).wait_for(timeout=DRAWN_WITHIN)
    before = b""
    for _ in range(60):
        page.wait_for_timeout(1000)
        now = page.locator(MAP).screenshot()
        shown = np.asarray(Image.open(io.BytesIO(now)).convert("RGB"))
        if now == before and len(np.unique(shown.reshape(-1, 3), axis=0)) > 20:
            return shown
        before = now
    raise TimeoutError("the map did not come to rest")


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.locator("h1").wait_for(timeout=DRAWN_WITHIN)
    return page


def differing(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the pixels that differ."""
    return float((one != other).any(axis=2).mean())


def test_a_change_of_filter_changes_the_picture_and_sends_little(
    context: BrowserContext, server: str
) -> None:
    page = opened(context, f"{server}/reach-and-spend?show=reach&programme=adult-skills-fund&year=2024/25")
    first = picture(page)
    received: list[int] = []
    page.on(
        "response", lambda answer: received.append(len(answer.body())) if "/api/v1/" in answer.url else None
    )
    page.get_by_role("combobox", name="Year").click()
    page.get_by_role("option", name="2023/24").first.click()
    page.get_by_text("· 2023/24 ·").first.wait_for(timeout=DRAWN_WITHIN)
    second = picture(page)
    assert differing(first, second) > 0.02
    assert "year=2023" in page.url
    assert received, "nothing was fetched for the new year"
    page.get_by_role("combobox", name="Programme").click()
    page.get_by_role("option", name="Cycle training").first.click()
    page.get_by_role("heading", name="Cycle training").first.wait_for(timeout=DRAWN_WITHIN)
    assert differing(second, picture(page)) > 0.02
