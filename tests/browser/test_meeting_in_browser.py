"""A meeting in a browser: findings by keyboard in large type, minutes typed beside them, and papers read without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from svdash.findings.progress import meeting_agenda
from svdash.findings.snapshot_taking import stored
from svdash.findings.snapshots import Snapshot
from svdash.findings.snapshots.stored_snapshot import read
from svdash.records import History, connect
from svdash.records.meetings import MeetingLog
from tests import kept_snapshot
from tests.browser.barriers import violations
from tests.browser.conftest import Writing
from tests.browser.dashboard import Dashboard, params_of

pytestmark = pytest.mark.browser
SMALLER_THAN_28 = """() => [...document.querySelectorAll('.sv-room *')]
    .filter(each => each.textContent.trim() && parseFloat(getComputedStyle(each).fontSize) < 28).map(each => each.outerHTML)"""
COLOURED_IN_PRINT = """() => [...document.querySelectorAll('body *')].filter(each => {
    const [red, green, blue] = getComputedStyle(each).color.match(/\\d+/g).map(Number);
    return Math.max(red, green, blue) - Math.min(red, green, blue) > 16 || red > 110; }).map(each => each.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return read((kept_snapshot.FOLDER / f"{kept_snapshot.KEPT}.zip").read_bytes(), kept_snapshot.KEPT)


@pytest.fixture(scope="module")
def agenda(snapshot: Snapshot) -> tuple[str, ...]:
    return meeting_agenda.usual(snapshot.entries)


@pytest.fixture(scope="module")
def meeting(snapshot: Snapshot, agenda: tuple[str, ...], writing: Writing) -> str:
    """The address of a meeting that the local user may minute."""
    given = {"name": "Board", "on": "2027-01-14", "snapshot": snapshot.id, "agenda": agenda}
    with writing.here():
        stored(snapshot, name="Before the Board", by="ann", view="/")
        MeetingLog(History(connect())).save(given, None, by="ann", view="/")
    return f"{writing.address}/meeting"


@pytest.fixture
def opened(dashboard: Dashboard, meeting: str) -> Dashboard:
    dashboard.page.goto(meeting)
    dashboard.expect_drawn()
    return dashboard


def test_a_minute_taker_finds_no_barrier_on_the_page_and_its_parts(opened: Dashboard) -> None:
    dates = 0
    for _ in opened.each_part():
        opened.open_expanders()
        assert violations(opened) == []
        dates += opened.page.get_by_test_id("stDateInput").count()
    # The styles name it, and only those who write see one: tests/browser/test_chrome.py.
    assert dates


def test_the_forms_of_exceptions_and_of_the_board_break_no_rule(opened: Dashboard, meeting: str) -> None:
    for path in ("exceptions", "commitments?layout=board"):
        opened.page.goto(f"{meeting.removesuffix('meeting')}{path}")
        opened.expect_drawn()
        opened.open_expanders()
        assert opened.main.get_by_test_id("stForm").count()
        assert violations(opened) == []


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 800})
def test_a_minute_taker_has_finding_and_form_on_one_small_screen(
    opened: Dashboard, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    page = opened.page
    page.get_by_role("button", name="Present", exact=True).click()
    expect(page.locator(".sv-room h1")).to_have_text(snapshot.finding(agenda[0]).headline)
    page.keyboard.press("m")
    for key in agenda:
        expect(page.locator(".sv-room h1")).to_have_text(snapshot.finding(key).headline)
        for seen in (
            page.locator(".sv-room h1"),
            page.get_by_label("What is minuted").first,
            page.get_by_role("button", name="Minute it"),
        ):
            expect(seen).to_be_in_viewport(ratio=0.99)
        page.keyboard.press("ArrowRight")


@pytest.mark.browser_context_args(viewport={"width": 1920, "height": 1080})
def test_a_meeting_is_presented_by_keyboard_and_minuted_while_it_is(
    opened: Dashboard, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    page = opened.page
    page.get_by_role("button", name="Present", exact=True).click()
    expect(opened.view).to_have_count(0)
    for place, key in enumerate(agenda, 1):
        expect(page.locator(".sv-room h1")).to_have_text(snapshot.finding(key).headline)
        expect(page.get_by_text(f"{place} of {len(agenda)}", exact=True)).to_be_visible()
        expect(page.get_by_test_id("stTopNavSection").first).to_be_hidden()
        expect(page.get_by_role("combobox")).to_have_count(0)
        opened.expect_none(SMALLER_THAN_28)
        if place in (1, len(agenda)):
            assert violations(opened) == []
        page.keyboard.press("ArrowRight")
    expect(page.locator(".sv-room h1")).to_have_text("Actions")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".sv-room h1")).to_have_text(snapshot.finding(agenda[-1]).headline)
    page.keyboard.press("m")
    box = page.get_by_label("What is minuted").first
    box.fill("Ask for a plan")
    # While somebody types, the keys are theirs.
    box.press("ArrowLeft")
    box.press("ArrowRight")
    box.press("m")
    expect(box).to_have_value("Ask for a planm")
    page.get_by_role("button", name="Minute it").click()
    expect(page.locator(".sv-minutes")).to_contain_text("Ask for a planm")
    assert params_of(page.url)["at"] == str(len(agenda))
    assert violations(opened) == []
    # The button that was pressed has the focus; keys lead on from there.
    page.keyboard.press("Escape")
    expect(opened.headlines.first).to_contain_text("Board, 14 January 2027")


def test_papers_are_read_without_a_network_and_print_in_black_and_white(
    opened: Dashboard, agenda: tuple[str, ...], tmp_path: Path
) -> None:
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name=re.compile("^Papers to read")).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "board-2027-01-14.html"
    read = opened.page.context.new_page()
    read.context.set_offline(offline=True)
    asked: list[str] = []
    read.on("request", lambda request: asked.append(request.url))
    read.goto(file.as_uri())
    expect(read.get_by_role("heading", level=1)).to_have_text("Board, 14 January 2027")
    expect(read.get_by_role("heading", level=2)).to_have_count(len(agenda))
    shown = read.evaluate("() => [...document.images].map(each => each.complete && each.naturalWidth > 0)")
    assert shown
    assert all(shown)
    assert [each for each in asked if not each.startswith(("file:", "data:"))] == []
    papers = Dashboard(read)
    assert violations(papers) == []
    for summary in read.locator("summary").all():
        summary.click()
    assert violations(papers) == []
    read.emulate_media(media="print")
    assert read.evaluate(COLOURED_IN_PRINT) == []
    assert read.evaluate(
        "() => [...document.images].every(each => getComputedStyle(each).filter === 'grayscale(1)')"
    )
