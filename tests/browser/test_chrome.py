"""What stands around the content of every page: head, filters, controls. The content comes first."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import FloatRect, expect

from svdash import theme
from svdash.register import Framework
from svdash.show.kit import addresses
from svdash.tables import Pack
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser

ADDRESSES = [address for _, _, address, _ in addresses.PAGES]
LAPTOP, PROJECTOR = {"width": 1280, "height": 800}, {"width": 1920, "height": 1080}
# Pixels from the top of the screen, and pixels of the line of filters.
FIRST_FINDING_BY, FILTERS_AT_MOST = 200, 44
FIRST_FINDING_TOO_LOW = """most => [...document.querySelectorAll('[data-testid=stMain] :is(.sv-finding, .sv-tile)')].slice(0, 1)
    .map(first => first.getBoundingClientRect().top).filter(top => top > most)"""

QUESTION_TOO_LARGE = """() => { const size = it => parseFloat(getComputedStyle(document.querySelector(it)).fontSize);
    return size('[data-testid=stMain] .sv-question') < size('[data-testid=stMain] h1') ? [] : ['the question']; }"""


@pytest.mark.parametrize(
    "address",
    # The server of these tests has readers alone: a page for writers says why there is nothing on it.
    [address for file, _, address, _ in addresses.PAGES if file not in addresses.FOR_ROLES],
)
@pytest.mark.parametrize(
    "screen",
    [
        pytest.param(screen, marks=pytest.mark.browser_context_args(viewport=screen))
        for screen in (LAPTOP, PROJECTOR)
    ],
    ids=lambda screen: str(screen["width"]),
)
def test_the_first_finding_begins_near_the_top(
    dashboard: Dashboard, address: str, screen: dict[str, int]
) -> None:
    dashboard.open(address)
    for _ in dashboard.each_part():
        expect(dashboard.main.locator(".sv-finding, .sv-tile")).not_to_have_count(0)
        dashboard.expect_none(FIRST_FINDING_TOO_LOW, FIRST_FINDING_BY)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_filters_are_one_line_with_their_labels_inside(dashboard: Dashboard, address: str) -> None:
    dashboard.open(address)
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


def test_a_choice_out_of_sight_is_told_on_the_button_that_shows_it(dashboard: Dashboard) -> None:
    dashboard.open("reach-and-spend", commitment="SER-D1", district="E08000014")
    expect(dashboard.more).to_have_accessible_name("More filters: SER-D1, Sefton")
    dashboard.more.click()
    expect(dashboard.filter("District")).to_have_value(re.compile("^Sefton"))


def test_the_head_names_the_framework_and_whose_it_is(dashboard: Dashboard, pack: Pack) -> None:
    dashboard.open()
    drawn = dashboard.page.get_by_test_id("stHeaderLogo").get_attribute("src") or ""
    head = base64.b64decode(drawn.partition("base64,")[2]).decode()
    whose = Framework.of(pack).authority
    assert f">{whose.framework}<" in head
    assert f">{whose.name}<" in head


@pytest.mark.parametrize(
    ("address", "params"),
    [
        *[(address, {}) for address in ADDRESSES],
        ("", {"commitment": "EMP-P3"}),
        ("commitments", {"words": "zzzz"}),
        ("commitments", {"commitment": "COM-D3"}),
        ("indicators", {"commitment": "EMP-P3"}),
        ("reach-and-spend", {"show": "reach", "commitment": "EMP-P3"}),
        ("local-economy", {"commitment": "EMP-P3"}),
        ("data-and-methods", {"part": "marks"}),
    ],
)
def test_the_title_is_the_answer_and_the_question_stands_small_above_it(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.open(address, **params)
    title, question = dashboard.main.get_by_role("heading", level=1), dashboard.main.locator(".sv-question")
    expect(title).to_have_count(1)
    expect(question).to_have_text(re.compile(r"\?"))
    expect(title).not_to_have_text(re.compile(r"\?$"))
    dashboard.expect_placed(lambda above, below: above["y"] < below["y"], question, title)
    dashboard.expect_none(QUESTION_TOO_LARGE)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_says_once_that_figures_are_made_up_and_marks_only_what_differs(
    dashboard: Dashboard, address: str
) -> None:
    dashboard.open(address)
    expect(dashboard.main.locator(".sv-ribbon")).to_have_count(1)
    expect(dashboard.main.locator(".sv-ribbon")).to_contain_text("Illustrative")
    alone = """() => [...document.querySelectorAll('.sv-finding')].filter(finding => {
        const marks = [...finding.querySelectorAll('.sv-status')];
        return marks.length === 1 && marks[0].classList.contains('illustrative'); }).map(finding => finding.innerText)"""
    dashboard.expect_none(alone)


def test_the_line_below_a_finding_is_the_same_everywhere(dashboard: Dashboard) -> None:
    order = re.compile(
        r"^((official|published|illustrative)[^·]*·)?([^·]*20\d\d·)?updated [^·]+·(How worked out·)?"
        r"(Table \(\d[^)]*\)·|[^·]*rows, the CSV has all·)?CSV(·PNG)?·Link$"
    )
    for address, params in (("", {}), ("indicators", {}), ("equality-gaps", {"part": "workforce"})):
        dashboard.open(address, **params)
        lines = dashboard.main.locator(".sv-meta")
        expect(lines).not_to_have_count(0)
        said = lines.evaluate_all(
            """lines => lines.map(line => [...line.children].map(part =>
                (part.querySelector('summary') || part).textContent).join(''))"""
        )
        assert [text for text in said if not order.search(text)] == []


NOTES_WHAT_IS_EARLY = """
    window.early = [];
    new MutationObserver(() => {
        const main = document.querySelector('[data-testid=stMain]');
        const said = [...main?.querySelectorAll('[data-testid=stCaptionContainer]') ?? []].at(-1)?.textContent.endsWith('svdash');
        for (const slow of ['stVegaLiteChart', 'stDeckGlJsonChart', 'stDataFrame'])
            if (!said && main?.querySelector(`[data-testid=${slow}]`)) window.early.push(slow);
    }).observe(document, {childList: true, subtree: true});
"""


@pytest.mark.parametrize(
    ("address", "params"),
    [
        ("", {"part": "changes"}),
        ("commitments", {"layout": "grid"}),
        ("equality-gaps", {"part": "pay"}),
        ("reach-and-spend", {}),
        ("local-economy", {}),
    ],
)
def test_all_words_of_a_page_are_there_before_its_first_picture(
    dashboard: Dashboard, address: str, params: dict[str, str]
) -> None:
    dashboard.page.add_init_script(NOTES_WHAT_IS_EARLY)
    dashboard.open(address, **params)
    expect(dashboard.main.locator("canvas, [data-testid=stVegaLiteChart] svg")).not_to_have_count(0)
    assert dashboard.page.evaluate("window.early") == []


def test_what_the_styles_name_of_streamlits_markup_is_there(dashboard: Dashboard) -> None:
    """Streamlit may rename them with any release: then pages would lose their look without a word."""
    # Only those who write see a box for a date: tests/browser/test_meeting_in_browser.py.
    named = set(re.findall(r"data-testid=(\w+)", theme.STYLE)) - {"stDateInput"}
    assert named
    seen: set[str] = set()
    for address, params in (
        ("", {}),
        ("", {"part": "changes"}),
        ("commitments", {}),
        ("reach-and-spend", {}),
        ("exceptions", {}),
    ):
        dashboard.open(address, **params)
        seen |= {name for name in named if dashboard.page.get_by_test_id(name).count()}
    assert named == seen
