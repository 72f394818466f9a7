"""Charts and tables on a laptop, on a projector and in print: nothing is cut off, a picture is as wide as its column.

Each page is loaded in one browser context, its views one after the other: what takes long is a browser that knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.dashboard import CHARTS, TABLES, Dashboard

pytestmark = pytest.mark.browser

LAPTOP, PROJECTOR = ViewportSize(width=1280, height=900), ViewportSize(width=1920, height=1080)
# A laptop of 1280 by 800 pixels at 200%.
ZOOMED = ViewportSize(width=640, height=400)
# The width of a landscape page of A4 within its margins.
PAPER = ViewportSize(width=1047, height=720)
MONEY = {"show": "spend", "programme": "all"}
PEOPLE = {"show": "reach", "programme": "adult-skills-fund"}
CHANGED = {"area": "E01006412", "style": "change"}
DRAWN = f"[data-testid={CHARTS}]"
CARDS = ".sv-multiples li:has(svg)"
CUT_OFF_ON_SCREEN = """element => [...document.querySelectorAll(element)].filter(shown => {
    const drawn = [...shown.querySelectorAll('canvas, svg, table')], room = shown.closest('[data-testid=stVerticalBlock]');
    return drawn.some(each => each.getBoundingClientRect().right > room.getBoundingClientRect().right + 1);
}).map(shown => shown.getAttribute('aria-label') || shown.innerText.slice(0, 60))"""
CUT_OFF_IN_PRINT = """() => [...document.querySelectorAll('[data-testid=stMain] .sv-table table')]
    .filter(table => table.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(table => table.innerText.slice(0, 60))"""
# Pixels that a picture is high at least, its axis included, and at most; and that it may be narrower than its column.
# One row is as high as the first says; from four rows on a picture is 280 at least (tests/integration/pages/test_specs.py).
HIGH_AT_LEAST, HIGH_AT_MOST, NARROWER = 120, 440, 24
SEEN = "[class*=st-key-sv-seen-]"
# Of each finding: whether its picture is as wide as its column and high enough.
SMALL = """([least, most, narrower]) => [...document.querySelectorAll('[class*=st-key-sv-seen-]')].map(seen => {
    // The icons of its tools are drawn as well, and small.
    const drawn = [...seen.children[0].querySelectorAll('canvas, svg')].map(each => each.getBoundingClientRect());
    const picture = drawn.reduce((largest, each) => each.width > largest.width ? each : largest, {width: 0, height: 0});
    return [picture.width, picture.height, seen.children[0].getBoundingClientRect().width];
}).filter(([wide, high, room]) => room - wide > narrower || high < least || high > most)"""
# The page that would have to be moved sideways, and the picture that can be.
MOVED = """() => [document.querySelector('[data-testid=stMain]')].filter(page => page.scrollWidth > page.clientWidth + 1)
    .map(page => page.scrollWidth)"""
NONE_WIDER = """() => { const drawn = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
    return drawn.some(each => each.scrollWidth > each.clientWidth) ? [] : [`none of ${drawn.length} is wider`]; }"""


# -- what is expected ------------------------------------------------------------------------------------


def uncut(elements: Iterable[str]) -> Callable[[Dashboard], None]:
    """Expect none of these, all tables opened, to be cut off at its right on a laptop."""

    def expected(dashboard: Dashboard) -> None:
        dashboard.page.set_viewport_size(LAPTOP)
        dashboard.open_tables()
        for element in elements:
            expect(dashboard.main.locator(element)).not_to_have_count(0)
            dashboard.expect_none(CUT_OFF_ON_SCREEN, element)

    return expected


def uncut_in_print(dashboard: Dashboard) -> None:
    """Expect no column of a table, all of them opened, to be cut off on paper."""
    dashboard.open_tables()
    dashboard.page.emulate_media(media="print")
    dashboard.page.set_viewport_size(PAPER)
    expect(dashboard.view).to_be_visible()
    expect(dashboard.tables).not_to_have_count(0)
    dashboard.expect_none(CUT_OFF_IN_PRINT)
    dashboard.page.emulate_media(media="screen")


def filled(dashboard: Dashboard) -> None:
    """Expect each picture to be as wide as its column, and neither too low nor too high."""
    expect(dashboard.main.locator(SEEN)).not_to_have_count(0)
    dashboard.expect_none(SMALL, [HIGH_AT_LEAST, HIGH_AT_MOST, NARROWER])


def words_below(dashboard: Dashboard) -> None:
    """Expect what a picture says to stand below it on a laptop."""
    dashboard.page.set_viewport_size(LAPTOP)
    filled(dashboard)
    for seen in dashboard.main.locator(SEEN).all():
        dashboard.expect_placed(
            lambda picture, said: (
                said["y"] >= picture["y"] + picture["height"] and said["width"] >= picture["width"] - 1
            ),
            seen.locator("> *").nth(0),
            seen.locator("> *").nth(1),
        )


def words_beside(dashboard: Dashboard) -> None:
    """Expect what a picture says to stand beside it on a projector, and the line of both below."""
    dashboard.page.set_viewport_size(PROJECTOR)
    filled(dashboard)
    for seen in dashboard.main.locator(SEEN).all():
        dashboard.expect_placed(
            lambda picture, said, line: (
                picture["x"] + picture["width"] <= said["x"]
                and abs(picture["y"] - said["y"]) < 1
                and line["y"] >= picture["y"] + picture["height"]
            ),
            seen.locator("> *").nth(0),
            seen.locator("> *").nth(1),
            seen.locator("> *").nth(2),
        )


def moved_in_its_frame(dashboard: Dashboard) -> None:
    """Expect a picture that is wider than its column at 200% to be moved in its frame, and the page not to be."""
    dashboard.page.set_viewport_size(ZOOMED)
    dashboard.expect_none(MOVED)
    dashboard.expect_none(NONE_WIDER)


PICTURE = (words_below, words_beside)
# Panels side by side can't follow the width of their column: they fill what a laptop has.
PANELS = (words_below, moved_in_its_frame)
VIEWS: dict[str, list[tuple[dict[str, str], tuple[Callable[[Dashboard], None], ...]]]] = {
    "": [
        ({"part": "decisions"}, (uncut([TABLES]), uncut_in_print)),
        ({"part": "changes"}, (uncut([DRAWN]), *PICTURE)),
    ],
    "commitments": [({"layout": "owners"}, (*PICTURE, uncut([DRAWN, TABLES]), uncut_in_print))],
    "indicators": [
        ({}, (uncut([CARDS]),)),
        ({"indicator": "EMP-I5"}, (uncut([CARDS]),)),
        ({"indicator": "COM-I1"}, (uncut([DRAWN]),)),
        ({"indicator": "EMP-I3", "by": "ethnic-group"}, (uncut([TABLES]),)),
    ],
    "equality-gaps": [
        ({"part": "workforce"}, (*PICTURE, uncut([DRAWN]))),
        ({"part": "services"}, (*PICTURE, uncut([DRAWN]))),
        ({"part": "recruitment"}, PANELS),
        ({"part": "pay"}, PANELS),
        ({"part": "unknown"}, (moved_in_its_frame,)),
    ],
    "reach-and-spend": [
        ({"part": "catchments"}, (uncut([DRAWN]),)),
        ({"part": "concentration"}, (*PICTURE, uncut([DRAWN]))),
        ({"part": "districts"}, PANELS),
        (MONEY, (uncut([TABLES]),)),
        ({**MONEY, "kind": "supplier", "year": "2023/24"}, (uncut([TABLES]),)),
        ({**MONEY, **CHANGED}, (uncut([TABLES]),)),
        ({**PEOPLE, **CHANGED}, (uncut([TABLES]),)),
        ({**MONEY, "part": "cold-spots"}, (uncut([TABLES]),)),
        ({**MONEY, "part": "change"}, (uncut([TABLES]),)),
        ({"show": "spend", "part": "parity"}, PICTURE),
        ({**MONEY, "part": "parity"}, (uncut([TABLES]),)),
    ],
    "local-economy": [
        ({}, (*PICTURE, uncut([DRAWN, TABLES]), uncut_in_print)),
        ({"part": "kinds"}, PICTURE),
    ],
}


@pytest.mark.parametrize("address", VIEWS)
def test_charts_and_tables_fit_a_laptop_a_projector_and_paper(dashboard: Dashboard, address: str) -> None:
    for params, expected in VIEWS[address]:
        dashboard.page.set_viewport_size(LAPTOP)
        dashboard.open(address, **params)
        for holds in expected:
            holds(dashboard)
