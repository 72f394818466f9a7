"""Charts and tables on a laptop and on a projector: nothing is cut off, a picture is as wide as its column, its words beside it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import CHARTS, TABLES, Dashboard

pytestmark = pytest.mark.browser

MONEY = {"show": "spend", "programme": "all"}
PEOPLE = {"show": "reach", "programme": "adult-skills-fund"}
CHANGED = {"area": "E01006412", "style": "change"}
DRAWN = f"[data-testid={CHARTS}]"
CARDS = ".sv-multiples li:has(svg)"
BOTH = (DRAWN, TABLES)
CUT_OFF = """element => [...document.querySelectorAll(element)].filter(shown => {
    const drawn = [...shown.querySelectorAll('canvas, svg, table')], room = shown.closest('[data-testid=stVerticalBlock]');
    return drawn.some(each => each.getBoundingClientRect().right > room.getBoundingClientRect().right + 1);
}).map(shown => shown.getAttribute('aria-label') || shown.innerText.slice(0, 60))"""


@pytest.mark.parametrize(
    ("address", "params", "shown"),
    [
        ("", {"part": "decisions"}, [TABLES]),
        ("", {"part": "changes"}, [DRAWN]),
        ("commitments", {"layout": "owners"}, BOTH),
        ("indicators", {}, [CARDS]),
        ("indicators", {"indicator": "EMP-I5"}, [CARDS]),
        ("indicators", {"indicator": "COM-I1"}, [DRAWN]),
        ("indicators", {"indicator": "EMP-I3", "by": "ethnic-group"}, [TABLES]),
        ("equality-gaps", {"part": "workforce"}, [DRAWN]),
        ("equality-gaps", {"part": "services"}, [DRAWN]),
        ("reach-and-spend", {}, [DRAWN]),
        ("reach-and-spend", {"part": "concentration"}, [DRAWN]),
        ("reach-and-spend", MONEY, [TABLES]),
        ("reach-and-spend", {**MONEY, "kind": "supplier", "year": "2023/24"}, [TABLES]),
        ("reach-and-spend", {**MONEY, **CHANGED}, [TABLES]),
        ("reach-and-spend", {**PEOPLE, **CHANGED}, [TABLES]),
        ("reach-and-spend", {**MONEY, "part": "cold-spots"}, [TABLES]),
        ("reach-and-spend", {**MONEY, "part": "change"}, [TABLES]),
        ("reach-and-spend", {**MONEY, "part": "parity"}, [TABLES]),
        ("local-economy", {}, BOTH),
    ],
)
def test_no_chart_and_no_table_is_cut_off_at_its_right(
    dashboard: Dashboard, address: str, params: dict[str, str], shown: list[str]
) -> None:
    dashboard.open(address, **params)
    dashboard.open_tables()
    for element in shown:
        expect(dashboard.main.locator(element)).not_to_have_count(0)
        dashboard.expect_none(CUT_OFF, element)


PICTURES = [
    ("", {"part": "changes"}),
    ("commitments", {"layout": "owners"}),
    ("equality-gaps", {"part": "workforce"}),
    ("equality-gaps", {"part": "services"}),
    ("reach-and-spend", {"part": "concentration"}),
    ("reach-and-spend", {"part": "parity", "show": "spend"}),
    ("local-economy", {}),
    ("local-economy", {"part": "kinds"}),
]
# Panels side by side can't follow the width of their column: they fill what a laptop has.
PANELS = [
    ("equality-gaps", {"part": "recruitment"}),
    ("equality-gaps", {"part": "pay"}),
    ("reach-and-spend", {"part": "districts"}),
]
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


@pytest.mark.browser_context_args(viewport={"width": 1920, "height": 1080})
@pytest.mark.parametrize(("address", "params"), PICTURES)
def test_on_a_projector_what_a_picture_says_stands_beside_it(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.open(address, **params)
    expect(dashboard.main.locator(SEEN)).not_to_have_count(0)
    dashboard.expect_none(SMALL, [HIGH_AT_LEAST, HIGH_AT_MOST, NARROWER])
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


@pytest.mark.parametrize(("address", "params"), [*PICTURES, *PANELS])
def test_on_a_laptop_what_a_picture_says_stands_below_it(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.open(address, **params)
    expect(dashboard.main.locator(SEEN)).not_to_have_count(0)
    dashboard.expect_none(SMALL, [HIGH_AT_LEAST, HIGH_AT_MOST, NARROWER])
    for seen in dashboard.main.locator(SEEN).all():
        dashboard.expect_placed(
            lambda picture, said: (
                said["y"] >= picture["y"] + picture["height"] and said["width"] >= picture["width"] - 1
            ),
            seen.locator("> *").nth(0),
            seen.locator("> *").nth(1),
        )


# The page that would have to be moved sideways, and the picture that can be.
MOVED = """() => [document.querySelector('[data-testid=stMain]')].filter(page => page.scrollWidth > page.clientWidth + 1)
    .map(page => page.scrollWidth)"""


# A laptop at 200%.
@pytest.mark.browser_context_args(viewport={"width": 640, "height": 400})
@pytest.mark.parametrize(("address", "params"), [*PANELS, ("equality-gaps", {"part": "unknown"})])
def test_a_picture_wider_than_its_column_is_moved_in_its_frame_and_the_page_is_not(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.open(address, **params)
    charts = dashboard.main.get_by_test_id(CHARTS)
    expect(charts).not_to_have_count(0)
    dashboard.expect_none(MOVED)
    assert any(chart.evaluate("shown => shown.scrollWidth > shown.clientWidth") for chart in charts.all())
