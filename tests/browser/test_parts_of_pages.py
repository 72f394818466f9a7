"""Every page and each of its parts: the answer comes first and near the top, marks are sparing, and nothing is a barrier."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, ViewportSize, expect

from svdash.show.kit import addresses
from tests.browser.barriers import violations
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

LAPTOP, PROJECTOR = ViewportSize(width=1280, height=800), ViewportSize(width=1920, height=1080)
# A laptop of 1280 by 800 pixels at 200%.
ZOOMED = ViewportSize(width=640, height=400)
# The server of these tests has readers alone: a page for writers says why there is nothing on it.
FOR_READERS = {address for file, _, address, _ in addresses.PAGES if file not in addresses.FOR_ROLES}
# Pages whose first finding is looked at zoomed, and pages whose findings tell how they were worked out.
BEGIN_ZOOMED = ("commitments", "reach-and-spend")
WORKED_OUT = ("", "indicators", "equality-gaps", "reach-and-spend")
# Pixels from the top of the screen, and pixels of the line of filters.
FIRST_FINDING_BY, FILTERS_AT_MOST = 200, 44
FIRST_FINDING_TOO_LOW = """most => [...document.querySelectorAll('[data-testid=stMain] :is(.sv-finding, .sv-tile)')].slice(0, 1)
    .map(first => first.getBoundingClientRect().top).filter(top => top > most)"""
QUESTION_TOO_LARGE = """() => { const size = it => parseFloat(getComputedStyle(document.querySelector(it)).fontSize);
    return size('[data-testid=stMain] .sv-question') < size('[data-testid=stMain] h1') ? [] : ['the question']; }"""
MARKED_ILLUSTRATIVE_ALONE = """() => [...document.querySelectorAll('.sv-finding')].filter(finding => {
    const marks = [...finding.querySelectorAll('.sv-status')];
    return marks.length === 1 && marks[0].classList.contains('illustrative'); }).map(finding => finding.innerText)"""


# -- what is expected ------------------------------------------------------------------------------------


def first_finding_near_the_top(dashboard: Dashboard) -> None:
    """Expect the first finding to begin near the top on a projector and on a laptop."""
    for screen in (PROJECTOR, LAPTOP):
        dashboard.page.set_viewport_size(screen)
        # What was opened on the part before may have moved the page.
        dashboard.main.evaluate("main => main.scrollTo(0, 0)")
        expect(dashboard.main.locator(".sv-finding, .sv-tile")).not_to_have_count(0)
        dashboard.expect_none(FIRST_FINDING_TOO_LOW, FIRST_FINDING_BY)


def first_finding_on_the_first_screen_zoomed(dashboard: Dashboard) -> None:
    dashboard.page.set_viewport_size(ZOOMED)
    expect(dashboard.main.locator(".sv-finding, .sv-tile").first).to_be_in_viewport()
    dashboard.page.set_viewport_size(LAPTOP)


def filters_in_one_line(dashboard: Dashboard, address: str) -> None:
    """Expect the filters that a page uses to stand in one line, with their labels inside."""
    line = dashboard.main.locator(".st-key-sv-line-filters")
    dashboard.expect_placed(lambda of_line: of_line["height"] <= FILTERS_AT_MOST, line)
    shown = {"Role": "role", "Year": "year", "Compared with": "compare"}
    wanted = [label for label, name in shown.items() if name in addresses.USED_FILTERS[address]]
    boxes = line.get_by_role("combobox")
    expect(boxes).to_have_count(len(wanted))
    for label in wanted:
        dashboard.expect_placed(
            inside,
            line.get_by_text(label, exact=True),
            line.get_by_test_id("stSelectbox").filter(has=dashboard.filter(label)),
        )


def inside(of_label: FloatRect, of_control: FloatRect) -> bool:
    """Whether a label stands within the border of its control."""
    return (
        of_control["x"] < of_label["x"]
        and of_control["y"] <= of_label["y"]
        and of_label["x"] + of_label["width"] < of_control["x"] + of_control["width"]
        and of_label["y"] + of_label["height"] <= of_control["y"] + of_control["height"]
    )


def answer_for_a_title(dashboard: Dashboard) -> None:
    """Expect the title to be the answer, and the question to stand small above it."""
    title, question = dashboard.main.get_by_role("heading", level=1), dashboard.main.locator(".sv-question")
    expect(title).to_have_count(1)
    expect(question).to_have_text(re.compile(r"\?"))
    expect(title).not_to_have_text(re.compile(r"\?$"))
    dashboard.expect_placed(lambda above, below: above["y"] < below["y"], question, title)
    dashboard.expect_none(QUESTION_TOO_LARGE)


def made_up_said_once(dashboard: Dashboard) -> None:
    """Expect a page to say once that figures are made up, and to mark only what differs."""
    ribbon = dashboard.main.locator(".sv-ribbon")
    expect(ribbon).to_have_count(1)
    expect(ribbon).to_contain_text("Illustrative")
    dashboard.expect_none(MARKED_ILLUSTRATIVE_ALONE)


def no_barrier_in_how_it_was_worked_out(dashboard: Dashboard) -> None:
    """Expect no violation once the text of each finding is open; close them again."""
    for state in ("not([open])", "is([open])"):
        found = dashboard.main.locator(f"details:{state} > summary").filter(has_text="How worked out")
        expect(found).not_to_have_count(0)
        while found.count():
            # By keyboard: on a card the text that opens lies over its neighbours.
            found.first.press("Enter")
        if state == "not([open])":
            assert violations(dashboard) == []


@pytest.mark.parametrize("address", [address for _, _, address, _ in addresses.PAGES])
def test_every_part_of_a_page_begins_with_its_answer_near_the_top_and_has_no_barrier(
    dashboard: Dashboard, address: str
) -> None:
    dashboard.page.set_viewport_size(LAPTOP)
    dashboard.open(address)
    filters_in_one_line(dashboard, address)
    for part, _ in enumerate(dashboard.each_part()):
        answer_for_a_title(dashboard)
        made_up_said_once(dashboard)
        if address in FOR_READERS:
            first_finding_near_the_top(dashboard)
        if part == 0 and address in BEGIN_ZOOMED:
            first_finding_on_the_first_screen_zoomed(dashboard)
        if part == 0 and address in WORKED_OUT:
            no_barrier_in_how_it_was_worked_out(dashboard)
        dashboard.open_tables()
        dashboard.open_expanders()
        assert violations(dashboard) == []


def test_a_page_that_is_narrowed_down_begins_with_its_answer(dashboard: Dashboard) -> None:
    for address, params in (
        ("", {"commitment": "EMP-P3"}),
        ("commitments", {"words": "zzzz"}),
        ("commitments", {"commitment": "COM-D3"}),
        ("indicators", {"commitment": "EMP-P3"}),
        ("reach-and-spend", {"show": "reach", "commitment": "EMP-P3"}),
        ("local-economy", {"commitment": "EMP-P3"}),
        ("data-and-methods", {"part": "marks"}),
    ):
        dashboard.open(address, **params)
        answer_for_a_title(dashboard)
