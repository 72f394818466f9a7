"""The map in a real browser: a change of filter changes the picture, and little is sent for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Position

from svdash.maps import map_features
from tests.copies import CopiedPack

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


def clicked(page: Page) -> None:
    """Click into the same large area near the middle of the map, once the map knows what is there.

    Where that is on the screen is asked anew each time: the page above the map may still be growing. The mouse comes
    from elsewhere each time, since the map looks at what lies under it when it moves.
    """
    shown = page.locator(MAP)
    tip = page.locator(".deck-tooltip")
    for _ in range(60):
        size = shown.bounding_box()
        assert size is not None
        spot: Position = {"x": size["width"] / 2 - 47, "y": size["height"] / 2 - 48}
        shown.hover(position={"x": spot["x"] + 60, "y": spot["y"] + 60})
        page.wait_for_timeout(500)
        shown.hover(position=spot)
        page.wait_for_timeout(1000)
        if tip.is_visible() and "decile" in tip.inner_text():
            shown.click(position=spot, delay=50)
            return
    raise TimeoutError("nothing is found on the map")


def chosen_by_click(page: Page) -> str:
    """Click until an area is chosen, since a busy browser may lose a click; the address then."""
    clear = page.get_by_role("button", name="Clear the area")
    for _ in range(4):
        clicked(page)
        page.wait_for_timeout(8000)
        if clear.is_visible():
            break
    clear.wait_for(timeout=DRAWN_WITHIN)
    return page.url


def test_a_click_on_a_map_in_tiles_chooses_the_area_and_a_second_one_leaves_it_chosen(
    context: BrowserContext,
    copied_pack: CopiedPack,
    fresh_server: Callable[[], AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied_pack.crowd(map_features.MOST_AT_ONCE)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    with fresh_server() as server:
        page = opened(context, f"{server}/reach-and-spend?look=Liverpool")
        page.locator(MAP).wait_for(timeout=DRAWN_WITHIN)
        chosen = chosen_by_click(page)
        assert "area=E01" in chosen
        clear = page.get_by_role("button", name="Clear the area")
        clicked(page)
        page.wait_for_timeout(4000)
        assert page.url == chosen
        clear.click()
        clear.wait_for(state="hidden", timeout=DRAWN_WITHIN)
        assert "area=" not in page.url
        assert chosen_by_click(page) == chosen
