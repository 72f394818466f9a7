"""What stands around the content of a page: head, filters, controls. The content comes first."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import expect

from svdash import theme
from svdash.register import Framework
from svdash.tables import Pack
from tests.browser.dashboard import Dashboard

pytestmark = pytest.mark.browser


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


def test_all_words_of_a_page_are_there_before_its_first_picture(dashboard: Dashboard) -> None:
    dashboard.page.add_init_script(NOTES_WHAT_IS_EARLY)
    for address, params in (
        ("", {"part": "changes"}),
        ("commitments", {"layout": "grid"}),
        ("equality-gaps", {"part": "pay"}),
        ("reach-and-spend", {}),
        ("local-economy", {}),
    ):
        dashboard.open(address, **params)
        expect(dashboard.main.locator("canvas, [data-testid=stVegaLiteChart] svg")).not_to_have_count(0)
        assert dashboard.page.evaluate("window.early") == [], address


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
