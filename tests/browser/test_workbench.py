"""The workbench in a browser: what is typed outlives it, and no stage of an indicator has a barrier, on a phone neither."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from svdash.tables import open_pack
from tests.browser.barriers import violations
from tests.browser.conftest import Writing
from tests.browser.dashboard import PATIENCE, Dashboard
from tests.integration.workbench import planted_indicator as planted

pytestmark = pytest.mark.browser
BLANK = "fedcba987654"


@pytest.fixture(scope="module")
def workbench(writing: Writing) -> str:
    """The address of a server whose local user may try indicators out; one indicator is agreed there."""
    with writing.here():
        planted.prototype()
        planted.agreed(planted.rows(open_pack()))
    return writing.address


def text_of(here: Dashboard) -> Locator:
    """Open the definition as text."""
    here.main.get_by_role("tab", name="Text").click()
    return here.main.get_by_role("textbox", name="Definition as text")


def test_what_is_typed_is_there_after_the_browser_was_closed(dashboard: Dashboard, workbench: str) -> None:
    here = Dashboard(dashboard.page, workbench)
    here.open("workbench", indicator=BLANK)
    box = text_of(here)
    box.fill("title: Half a thou")
    box.press("Control+Enter")
    expect(here.headlines.first).to_have_text("Half a thou: proposed")
    browser = here.page.context.browser
    assert browser is not None
    here.page.close()
    again = Dashboard(browser.new_page(), workbench)
    again.open("workbench")
    again.page.get_by_role("combobox", name="Indicator").click()
    again.page.get_by_role("option").filter(has_text="Half a thou").click()
    expect(text_of(again)).to_have_value("title: Half a thou")
    assert again.params["indicator"] == BLANK
    again.page.close()


def test_no_stage_of_an_indicator_has_a_barrier_and_none_is_wider_than_a_phone(
    dashboard: Dashboard, workbench: str
) -> None:
    here = Dashboard(dashboard.page, workbench)
    for params in ({}, {"indicator": "0" * 12}, {"indicator": planted.DRAFT}):
        here.page.set_viewport_size({"width": 1280, "height": 800})
        here.open("workbench", **params)
        here.open_expanders()
        assert violations(here) == []
        here.page.set_viewport_size({"width": 390, "height": 844})
        here.page.wait_for_function(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth", timeout=PATIENCE
        )
