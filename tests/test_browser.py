"""The dashboard as a person meets it: a real server, a real browser, real addresses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from svdash.register import FILTERS, Framework
from svdash.show.kit import page as pages
from svdash.tables import Pack

pytestmark = pytest.mark.browser

ADDRESSES = [address for _, _, address, _ in pages.PAGES]
FILTERED = {"role": "investor", "year": "2024/25", "compare": "2022/23"}
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
WAIT = 60_000
expect.set_options(timeout=WAIT)


def opened(browser: Browser, width: int = 1280, agent: str | None = None) -> BrowserContext:
    """Open what another person's browser would be: nothing is kept from the others."""
    context = browser.new_context(viewport={"width": width, "height": 900}, user_agent=agent)
    context.set_default_timeout(WAIT)
    return context


@pytest.fixture(scope="module")
def shared(browser: Browser) -> Iterator[BrowserContext]:
    context = opened(browser)
    yield context
    context.close()


@pytest.fixture
def context(shared: BrowserContext) -> Iterator[BrowserContext]:
    """One person's browser, whose cache spares every test but the first the download of the page's scripts."""
    yield shared
    for page in shared.pages:
        page.close()


QUIET = """() => {
    const app = document.querySelector('[data-testid=stApp]'), main = document.querySelector('[data-testid=stMain]');
    if (!main || !main.querySelector('h1') || app.dataset.testScriptState !== 'notRunning') return window.__seen = null;
    // The frame's last words stand under every page: before them a run has only begun, or was cut short by the next.
    const last = [...main.querySelectorAll('[data-testid=stCaptionContainer]')].at(-1);
    if (!last || !last.innerText.endsWith('svdash')) return window.__seen = null;
    const now = main.innerText.length + ' ' + main.querySelectorAll('*').length, before = window.__seen;
    window.__seen = now;
    return now === before && !main.querySelector('[data-stale=true], [data-testid=stSkeleton]');
}"""


def settle(page: Page) -> None:
    """Wait until the script has run and nothing more is being drawn."""
    page.wait_for_function(QUIET, polling=250)


def visit(context: BrowserContext, server: str, address: str = "", **params: str) -> Page:
    page = context.new_page()
    page.goto(f"{server}/{address}" + (f"?{urlencode(params)}" if params else ""))
    settle(page)
    return page


def told(page: Page) -> str:
    """The caption that repeats the filters."""
    return page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first.inner_text()


def headlines(page: Page) -> list[str]:
    return page.locator("[data-testid=stMain] h2").all_inner_texts()


def until_told(page: Page, *words: str) -> str:
    """Wait for the caption to repeat filters, as that is the last sign of a change of view."""
    caption = page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first
    for word in words:
        expect(caption).to_contain_text(word)
    settle(page)
    for word in words:
        expect(caption).to_contain_text(word)
    return caption.inner_text()


def params_of(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.locator("[role=option]").filter(has_text=re.compile(option)).first.click()


def navigate(page: Page, title: str) -> None:
    """Go to another page as a person does, by the navigation on top."""
    section = next(s for _, t, _, s in pages.PAGES if t == title)
    page.locator("[data-testid=stTopNavSection]").filter(has_text=section).click()
    page.locator("[data-testid=stTopNavDropdownLink]").filter(has_text=re.compile(f"^{title}$")).click()


def tool(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


# -- addresses -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visited:
    """A page drawn to its end, what was asked of other machines for it, and what failed in it."""

    page: Page
    outside: list[str]
    failed: list[str]


def draw(
    browser: Browser, server: str, address: str, width: int, agent: str | None = None
) -> Iterator[Visited]:
    """Open a deep link with filters in a browser of its own and watch what it asks for."""
    context = opened(browser, width, agent)
    outside: list[str] = []
    failed: list[str] = []

    def seen(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in {"127.0.0.1", "localhost"}:
            outside.append(request.url)

    context.on("request", seen)
    context.on("weberror", lambda problem: failed.append(str(problem.error)))
    yield Visited(visit(context, server, address, **FILTERED), outside, failed)
    context.close()


@pytest.fixture(scope="module", params=ADDRESSES)
def laptop(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Visited]:
    yield from draw(browser, server, request.param, 1280)


@pytest.fixture(scope="module", params=ADDRESSES)
def phone(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Visited]:
    yield from draw(browser, server, request.param, 390, PHONE)


def is_whole(page: Page) -> None:
    """Navigation, filters, question and at least one finding stand on the page."""
    until_told(page, "Investor", "2024/25", "2022/23")
    expect(page.locator("[data-testid=stTopNavSection]")).to_have_count(
        len({section for *_, section in pages.PAGES})
    )
    for label in ("Role", "Commitment", "Year", "Compare with"):
        expect(page.get_by_label(label, exact=True).first).to_be_visible()
    assert headlines(page)


def test_a_deep_link_opens_the_whole_page_with_its_filters(laptop: Visited) -> None:
    is_whole(laptop.page)
    assert params_of(laptop.page) == FILTERED


def test_no_request_leaves_this_machine_and_no_script_fails(laptop: Visited) -> None:
    laptop.page.wait_for_timeout(500)
    assert (laptop.outside, laptop.failed) == ([], [])


WIDER = """() => {
    const scrolls = e => { for (; e; e = e.parentElement) {
        if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.dataset.testid !== 'stMain') return true; }
        return false; };
    return [...document.querySelectorAll('h1, h2, h3, p, button, input, table, canvas, svg, img, a')]
        .filter(e => e.getClientRects().length && !e.closest('.sv-alt') && getComputedStyle(e).visibility !== 'hidden')
        .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(e))
        .map(e => e.tagName + ' ' + (e.innerText || e.getAttribute('class') || '').slice(0, 60));
}"""


def too_wide(page: Page) -> list[str]:
    """Name what reaches beyond the right edge, once everything is drawn."""
    page.wait_for_timeout(1000)
    areas = ("html", "[data-testid=stMain]")
    scrolled = [a for a in areas if not page.locator(a).evaluate("e => e.scrollWidth <= e.clientWidth")]
    return [f"{area} scrolls sideways" for area in scrolled] + page.evaluate(WIDER)


def test_nothing_is_wider_than_a_laptops_screen(laptop: Visited) -> None:
    assert too_wide(laptop.page) == []


def test_nothing_is_wider_than_a_phones_screen(phone: Visited) -> None:
    assert too_wide(phone.page) == []


def test_the_first_visitor_of_a_fresh_server_gets_the_whole_page_by_a_deep_link(
    context: BrowserContext, fresh_server: Callable[[], AbstractContextManager[str]]
) -> None:
    with fresh_server() as server:
        is_whole(visit(context, server, "commitments", **FILTERED))


def test_opening_an_address_is_one_step_of_the_history(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    before = page.evaluate("history.length")
    page.goto(f"{server}/?{urlencode(FILTERED)}")
    until_told(page, "Investor", "2022/23")
    page.wait_for_timeout(500)
    assert page.evaluate("history.length") == before + 1


def test_a_filter_changed_on_the_page_shows_in_the_address(context: BrowserContext, server: str) -> None:
    page = visit(context, server)
    choose(page, "Role", "^Investor")
    until_told(page, "Investor")
    page.wait_for_url(re.compile("role=investor"))
    choose(page, "Year", r"^2024/25")
    until_told(page, "Investor", "2024/25")
    page.wait_for_url(re.compile(r"year=2024(%2F|/)25"))
    assert params_of(page)["role"] == "investor"


def test_a_district_chosen_stays_over_pages_that_have_no_use_for_it(
    context: BrowserContext, server: str
) -> None:
    page = visit(context, server, "reach-and-spend", part="concentration", show="spend")
    choose(page, "District", "^Sefton")
    until_told(page, "Sefton")
    page.wait_for_url(re.compile("district=E08000014"))
    link = page.locator("[data-testid=stMain] a", has_text="CSV").first.get_attribute("href")
    assert "district=E08000014" in str(link)
    answer = page.request.get(f"{server}/{link}")
    assert answer.status == 200
    navigate(page, "Local economy")
    settle(page)
    box = page.get_by_role("combobox", name="District")
    expect(box).to_be_disabled()
    expect(box).to_have_value("Not used here")
    navigate(page, "Reach and spend")
    until_told(page, "Sefton")


def test_cold_spots_are_seen_on_the_map_and_back_returns_to_their_list(
    context: BrowserContext, server: str
) -> None:
    page = visit(context, server, "reach-and-spend", part="cold-spots", show="spend", district="E08000014")
    page.get_by_role("button", name="See them on the map").click()
    page.wait_for_url(re.compile("style=cold-spots"))
    settle(page)
    given = params_of(page)
    assert ("part" in given, given["show"], given["district"]) == (False, "spend", "E08000014")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("cold spot: deprived, with little spend")
    page.go_back()
    page.wait_for_url(re.compile("part=cold-spots"))
    expect(page.get_by_role("button", name="See them on the map")).to_be_visible()


def test_copy_link_keeps_a_district_that_the_page_has_no_use_for(
    context: BrowserContext, server: str
) -> None:
    page = visit(context, server, "local-economy", district="E08000014")
    tool(page, "Copy link")
    expect(page.locator("[data-testid=stCode]")).to_contain_text("district=E08000014")


def test_two_filters_changed_in_quick_succession_both_hold(context: BrowserContext, server: str) -> None:
    page = visit(context, server)
    choose(page, "Role", "^Employer")
    choose(page, "Year", r"^2023/24")
    until_told(page, "Employer", "2023/24")
    assert (params_of(page)["role"], params_of(page)["year"]) == ("employer", "2023/24")


@pytest.mark.parametrize("address", ["", "commitments"])
def test_an_address_opened_by_somebody_else_shows_the_same(
    browser: Browser, context: BrowserContext, server: str, address: str
) -> None:
    page = visit(context, server, address)
    choose(page, "Role", "^Employer")
    until_told(page, "Employer")
    page.wait_for_url(re.compile("role=employer"))
    other = opened(browser)
    again = other.new_page()
    again.goto(page.url)
    until_told(again, "Employer")
    expect(again.locator("[data-testid=stMain] h2")).to_have_text(headlines(page))
    assert told(again) == told(page)
    other.close()


def test_filters_survive_another_page_and_the_way_back(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "", **FILTERED)
    caption = until_told(page, "Investor", "2022/23")
    navigate(page, "Commitments")
    page.wait_for_url(re.compile("/commitments"))
    assert until_told(page, "Investor", "2024/25", "2022/23").startswith(caption)
    page.wait_for_url(re.compile("role=investor"))
    assert {name: params_of(page)[name] for name in FILTERED} == FILTERED
    page.go_back()
    page.wait_for_url(lambda address: urlsplit(address).path == "/")
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_have_text(caption)
    settle(page)
    assert params_of(page) == FILTERED


def test_one_step_back_after_a_page_change_is_the_page_before(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "", **FILTERED)
    until_told(page, "Investor", "2022/23")
    navigate(page, "Commitments")
    page.wait_for_url(re.compile("/commitments.*role=investor"))
    settle(page)
    page.go_back()
    settle(page)
    assert urlsplit(page.url).path == "/"


def test_back_to_a_page_without_filters_brings_none_along(context: BrowserContext, server: str) -> None:
    page = visit(context, server)
    caption = told(page)
    tool(page, "Search")
    body = page.locator("[data-testid=stPopoverBody]")
    body.locator("input").fill("com-d10")
    body.locator("input").press("Enter")
    body.get_by_role("link").first.click()
    until_told(page, "COM-D10")
    page.go_back()
    expect(page.locator("[data-testid=stMain] [data-testid=stCaptionContainer]").first).to_have_text(caption)
    assert params_of(page) == {}


STEPS = """(() => {
    window.__steps = [];
    const push = history.pushState;
    history.pushState = function (state, title, address) { window.__steps.push(String(address)); return push.apply(this, arguments); };
})()"""


def test_a_page_change_is_one_step_of_the_history_with_all_filters(
    context: BrowserContext, server: str
) -> None:
    page = context.new_page()
    page.add_init_script(STEPS)
    page.goto(f"{server}/?{urlencode(FILTERED)}")
    until_told(page, "Investor", "2022/23")
    navigate(page, "Commitments")
    page.wait_for_url(re.compile("/commitments.*compare="))
    until_told(page, "Investor", "2022/23")
    steps = page.evaluate("window.__steps")
    assert [(urlsplit(step).path, set(parse_qs(urlsplit(step).query))) for step in steps] == [
        ("/commitments", set(FILTERED))
    ]


def test_the_back_button_takes_back_a_filter(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "commitments", role="investor")
    until_told(page, "Investor")
    choose(page, "Role", "^Employer")
    until_told(page, "Employer")
    page.wait_for_url(re.compile("role=employer"))
    page.go_back()
    page.wait_for_url(re.compile("role=investor"))
    until_told(page, "Investor")
    expect(page.get_by_label("Role", exact=True).first).to_have_value(re.compile("^Investor"))


def test_an_address_with_unknown_values_says_what_it_ignored(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "commitments", role="landlord", colour="red", delivery="nearly")
    for name, value in (("role", "landlord"), ("colour", "red"), ("delivery", "nearly")):
        expect(page.locator(".sv-band").filter(has_text=f"{name}={value}")).to_be_visible()
    assert "All roles" in told(page)


def test_copy_link_writes_every_filter_out(context: BrowserContext, server: str, pack: Pack) -> None:
    page = visit(context, server, "commitments", delivery="overdue")
    here = told(page), headlines(page)
    tool(page, "Copy link")
    link = page.locator("[data-testid=stPopoverBody] [data-testid=stCode]").inner_text().strip()
    given = {name: values[-1] for name, values in parse_qs(urlsplit(link).query).items()}
    default = Framework.of(pack).filters.default_view().params()
    assert {name: given[name] for name in FILTERS} == default
    assert given["delivery"] == "overdue"
    assert link.startswith(f"{server}/commitments?")
    again = context.new_page()
    again.goto(link)
    until_told(again, default["year"])
    expect(again.locator("[data-testid=stMain] h2")).to_have_text(here[1])
    assert told(again) == here[0]


# -- tools -----------------------------------------------------------------------------------------------


def test_the_search_finds_a_commitment_and_opens_it(context: BrowserContext, server: str, pack: Pack) -> None:
    title = Framework.of(pack).commitments.set_index("id")["title"]["COM-D10"]
    page = visit(context, server, "", role="employer")
    tool(page, "Search")
    body = page.locator("[data-testid=stPopoverBody]")
    body.locator("input").fill("com-d10")
    body.locator("input").press("Enter")
    body.get_by_role("link").filter(has_text=title).click()
    page.wait_for_url(re.compile("/commitments.*commitment=COM-D10"))
    until_told(page, "COM-D10")
    assert [line for line in headlines(page) if "COM-D10" in line and title in line]


def test_a_search_that_finds_nothing_says_so(context: BrowserContext, server: str) -> None:
    page = visit(context, server)
    tool(page, "Search")
    body = page.locator("[data-testid=stPopoverBody]")
    body.locator("input").fill("zzzz")
    body.locator("input").press("Enter")
    expect(body).to_contain_text("zzzz")
    assert body.get_by_role("link").count() == 0


def test_the_glossary_opens_and_finds_a_word(context: BrowserContext, server: str, pack: Pack) -> None:
    words = pack.table("glossary")
    first, other = words.iloc[0], words.iloc[-1]
    page = visit(context, server)
    tool(page, "Glossary")
    body = page.locator("[data-testid=stPopoverBody]")
    expect(body).to_contain_text(str(first["meaning"]))
    body.locator("input").fill(str(other["term"]))
    body.locator("input").press("Enter")
    expect(body).not_to_contain_text(str(first["meaning"]))
    expect(body).to_contain_text(str(other["meaning"]))


def test_a_row_chosen_by_its_filter_is_shown_in_full(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "commitments")
    choose(page, "Commitment", "^EMP-D1 ")
    until_told(page, "EMP-D1")
    page.wait_for_url(re.compile("commitment=EMP-D1"))
    assert [line for line in headlines(page) if line.startswith("EMP-D1")]


def test_a_number_of_the_overview_leads_to_what_stands_behind_it(
    context: BrowserContext, server: str
) -> None:
    page = visit(context, server, "", **FILTERED)
    until_told(page, "Investor")
    number = page.locator(".sv-tile strong").first.inner_text().strip()
    page.locator("[data-testid=stMain] [data-testid=stPageLink-NavLink]").first.click()
    page.wait_for_url(re.compile("/commitments.*delivery=overdue"))
    until_told(page, "Investor", "2024/25", "2022/23")
    expect(page.locator("[data-testid=stMain] h2").first).to_have_text(re.compile(rf"\b{number}\b"))
    page.go_back()
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


def test_back_takes_the_tick_in_the_register_with_it(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "commitments")
    grid = page.locator("[data-testid=stDataFrame]").first
    box = grid.bounding_box()
    assert box is not None
    # The grid is a canvas: its third row, by the height that the page gives a row.
    page.mouse.click(box["x"] + 15, box["y"] + 38 * 3 + 19)
    page.wait_for_url(re.compile("commitment=EMP-D3"))
    until_told(page, "EMP-D3")
    ticked = grid.locator("tr[aria-selected=true]")
    expect(ticked).to_have_count(1)
    page.go_back()
    until_told(page, "all commitments")
    expect(ticked).to_have_count(0)
    page.go_forward()
    until_told(page, "EMP-D3")
    expect(ticked).to_have_count(1)


def test_a_code_in_a_table_opens_what_it_stands_for(context: BrowserContext, server: str) -> None:
    page = visit(context, server, "", year="2024/25")
    cell = page.locator("[data-testid=stTable] a").first
    code = cell.inner_text()
    with context.expect_page() as opening:
        cell.click()
    opened_page = opening.value
    until_told(opened_page, code, "2024/25")
    seen = headlines(opened_page)
    assert [line for line in seen if line.startswith(code)], seen


CHART, TABLE = "[data-testid=stVegaLiteChart]", "[data-testid=stTable]"
TOO_WIDE = """element => [...document.querySelectorAll(element)].map(chart => {
    const drawn = chart.querySelector('canvas, svg, table'), room = chart.closest('[data-testid=stVerticalBlock]');
    return drawn.getBoundingClientRect().right - room.getBoundingClientRect().right;
})"""


@pytest.mark.parametrize(
    ("address", "params"),
    [
        ("", {}),
        ("commitments", {}),
        ("indicators", {}),
        ("indicators", {"indicator": "EMP-I5"}),
        ("equality-gaps", {"part": "workforce"}),
        ("equality-gaps", {"part": "services"}),
        ("reach-and-spend", {}),
        ("reach-and-spend", {"part": "concentration"}),
        ("local-economy", {}),
    ],
)
def test_no_chart_is_cut_off_at_its_right_on_a_laptop(
    context: BrowserContext, server: str, address: str, params: dict[str, str]
) -> None:
    page = visit(context, server, address, **params)
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()
    settle(page)
    beyond = page.evaluate(TOO_WIDE, CHART)
    assert beyond
    assert max(beyond) <= 1


MONEY = {"show": "spend", "programme": "all"}
PEOPLE = {"show": "reach", "programme": "adult-skills-fund"}


@pytest.mark.parametrize(
    ("address", "params"),
    [
        ("", {}),
        ("commitments", {}),
        ("indicators", {"indicator": "EMP-I3", "by": "ethnic-group"}),
        ("reach-and-spend", MONEY),
        ("reach-and-spend", {**MONEY, "kind": "supplier", "year": "2023/24"}),
        ("reach-and-spend", {**MONEY, "area": "E01006412", "style": "change"}),
        ("reach-and-spend", {**PEOPLE, "area": "E01006412", "style": "change"}),
        ("reach-and-spend", {**MONEY, "part": "cold-spots"}),
        ("reach-and-spend", {**MONEY, "part": "change"}),
        ("reach-and-spend", {**MONEY, "part": "parity"}),
        ("local-economy", {}),
    ],
)
def test_no_table_is_cut_off_at_its_right_on_a_laptop(
    context: BrowserContext, server: str, address: str, params: dict[str, str]
) -> None:
    page = visit(context, server, address, **params)
    page.locator(f"{TABLE} table").first.wait_for()
    settle(page)
    beyond = page.evaluate(TOO_WIDE, TABLE)
    assert beyond
    assert max(beyond) <= 1


# -- tables taken away -----------------------------------------------------------------------------------


BELOW = """link => {
    const below = [...document.querySelectorAll('[data-testid=stTable] table')].find(
        table => link.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING);
    return below && [...below.rows].map(row => [...row.cells].map(cell => cell.innerText));
}"""


def plain(cell: str) -> str:
    """A cell without thousands separators, doubled spaces and the minus that only people read."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(cell.split())).replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize(
    ("address", "table", "params"),
    [
        ("indicators", "indicators", {"year": "2024/25"}),
        ("indicators", "indicator", {"indicator": "EMP-I3", "by": "ethnic-group"}),
        ("indicators", "indicator", {"indicator": "SER-I4", "year": "2023/24"}),
        ("commitments", "overdue", {"role": "employer"}),
    ],
)
def test_a_csv_downloaded_is_the_table_on_the_page(
    context: BrowserContext, server: str, address: str, table: str, params: dict[str, str]
) -> None:
    page = visit(context, server, address, **params)
    link = page.locator(f'a[href^="api/v1/tables/{table}.csv"]').first
    with page.expect_download() as waiting:
        link.click()
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    shown = page.wait_for_function(BELOW, arg=link.element_handle()).json_value()
    names, *lines = shown
    assert len(lines) == len(rows) > 0
    assert len(names) <= len(head)
    for line, row in zip(lines, rows, strict=True):
        assert [plain(cell) for cell in line] == [plain(cell) for cell in row[: len(names)]]


@pytest.mark.parametrize(
    "address",
    ["data/observations_illustrative.csv", "app/static/data/updates.csv", "static/../data/updates.csv"],
)
def test_the_files_of_the_pack_are_not_served_as_they_are(server: str, address: str) -> None:
    answer = httpx.get(f"{server}/{address}", timeout=30)
    # Streamlit answers an address it does not know with the page itself.
    assert answer.status_code in {400, 403, 404} or "<html" in answer.text
    assert "reported_on" not in answer.text
    assert "numerator" not in answer.text
