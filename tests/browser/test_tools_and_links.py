"""The tools on every page, what links lead to, and what is taken away as a file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from svdash import wording
from svdash.register import Framework
from svdash.tables import Pack
from tests.browser.dashboard import Dashboard, params_of

pytestmark = pytest.mark.browser

FILTERED = {"role": "investor", "year": "2024/25", "compare": "2022/23"}


# -- tools -----------------------------------------------------------------------------------------------


def test_the_search_says_what_it_does_not_find_and_opens_what_it_finds(
    dashboard: Dashboard, pack: Pack
) -> None:
    title = Framework.of(pack).commitments.set_index("id")["title"]["COM-D10"]
    dashboard.open("", role="employer")
    dashboard.use("Search")
    dashboard.look_for("zzzz")
    expect(dashboard.popover).to_contain_text("“zzzz”")
    expect(dashboard.popover.get_by_role("link")).to_have_count(0)
    dashboard.look_for("com-d10")
    dashboard.popover.get_by_role("link").filter(has_text=title).click()
    dashboard.page.wait_for_url(re.compile("/commitments.*commitment=COM-D10"), wait_until="commit")
    dashboard.expect_view("COM-D10")
    dashboard.expect_headline("COM-D10", title)


def test_the_glossary_opens_and_finds_a_word(dashboard: Dashboard, pack: Pack) -> None:
    words = pack.table("glossary")
    first, last = words.iloc[0], words.iloc[-1]
    dashboard.open()
    dashboard.use("Glossary")
    expect(dashboard.popover).to_contain_text(str(first["meaning"]))
    dashboard.look_for(str(last["term"]))
    expect(dashboard.popover).not_to_contain_text(str(first["meaning"]))
    expect(dashboard.popover).to_contain_text(str(last["meaning"]))


# -- links -----------------------------------------------------------------------------------------------


def test_a_number_of_the_overview_leads_to_what_stands_behind_it(dashboard: Dashboard) -> None:
    dashboard.open("", part="changes", **FILTERED)
    number = dashboard.main.locator(".sv-tile strong").first.inner_text().strip()
    dashboard.main.get_by_test_id("stPageLink-NavLink").first.click()
    dashboard.expect_address("commitments", delivery="overdue", **FILTERED)
    dashboard.expect_view("Investor", "2024/25")
    expect(dashboard.headlines.first).to_have_text(re.compile(rf"\b{number}\b"))
    dashboard.page.go_back()
    dashboard.expect_address("", part="changes", **FILTERED)


def test_a_code_in_a_table_opens_what_it_stands_for_in_the_same_tab(
    dashboard: Dashboard, context: BrowserContext
) -> None:
    dashboard.open("", year="2024/25", part="decisions")
    cell = dashboard.tables.get_by_role("link").first
    code = cell.inner_text()
    cell.click()
    dashboard.expect_view(code, "2024/25")
    dashboard.expect_headline(code)
    assert len(context.pages) == 1
    dashboard.page.go_back()
    dashboard.expect_address("", year="2024/25", part="decisions")


# Where a link of each kind stands: address, filters, and which it is.
KINDS_OF_LINKS = [
    ("", {}, ".sv-card h2 a"),
    ("", {}, "a.sv-mark"),
    ("", {}, "a.sv-asks"),
    ("", {}, "a.sv-measure"),
    ("", {}, "a.sv-place"),
    ("", {}, ".sv-card .sv-note a"),
    ("", {}, ".sv-meta a[title^='This view']"),
    ("", {"year": "2024/25"}, ".sv-question a"),
    ("commitments", {}, ".sv-promise a"),
    ("commitments", {"commitment": "COM-D3"}, "[data-testid=stPageLink-NavLink]"),
    ("exceptions", {}, ".sv-finding li a, li a"),
    ("indicators", {}, ".sv-multiples a"),
    ("equality-gaps", {}, ".sv-grid a"),
    ("equality-gaps", {}, ".sv-dark a"),
]


def test_a_link_of_every_kind_leads_in_the_same_tab_where_it_says(
    dashboard: Dashboard, context: BrowserContext
) -> None:
    for address, params, kind in KINDS_OF_LINKS:
        dashboard.open(address, **params)
        link = dashboard.main.locator(kind).first
        wanted = str(link.evaluate("link => link.href"))
        link.click()
        # What is usual on a page it leaves out of its address.
        dashboard.page.wait_for_url(
            lambda url, wanted=wanted: (
                urlsplit(url).path == urlsplit(wanted).path
                and params_of(url).items() <= params_of(wanted).items()
            ),
            wait_until="commit",
        )
        dashboard.expect_drawn()
        expect(dashboard.main.get_by_role("heading", level=1)).to_have_count(1)
        expect(dashboard.page.get_by_test_id("stException")).to_have_count(0)
        assert len(context.pages) == 1, kind


# -- files -----------------------------------------------------------------------------------------------


BESIDE = """link => [...link.closest('.sv-below').querySelector('table').rows]
    .map(row => [...row.cells].map(cell => cell.textContent))"""


def plain(cell: str) -> str:
    """A cell without thousands separators, doubled spaces and the minus that only people read."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(cell.split())).replace("\N{MINUS SIGN}", "-")
    # A page leaves out decimals that a share of few people does not have; a column of a CSV has the same for all.
    return re.sub(r"\.?0+$", "", text) if re.fullmatch(r"-?\d+\.\d+", text) else text


def test_a_csv_downloaded_is_the_table_on_the_page(dashboard: Dashboard) -> None:
    for address, table, params in (
        ("indicators", "indicators", {"year": "2024/25"}),
        ("indicators", "indicator", {"indicator": "EMP-I3", "by": "ethnic-group"}),
        ("indicators", "indicator", {"indicator": "SER-I4", "year": "2023/24"}),
        ("commitments", "overdue", {"role": "employer", "layout": "owners"}),
    ):
        dashboard.open(address, **params)
        is_the_table_beside_it(dashboard, table)


def is_the_table_beside_it(dashboard: Dashboard, table: str) -> None:
    """Expect a table's CSV, downloaded by its link, to have the rows that stand above the link."""
    link = dashboard.main.locator(f'a[href^="api/v1/tables/{table}.csv"]').first
    with dashboard.page.expect_download() as waiting:
        link.click()
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    names, *lines = link.evaluate(BESIDE)
    assert len(lines) == len(rows) > 0
    # What is made up altogether is told by the page; a table taken away says it in every row.
    made_up = "status" in head and {row[head.index("status")] for row in rows} == {"illustrative"}
    kept = [place for place, name in enumerate(head) if not (made_up and name == "status")][: len(names)]
    for line, row in zip(lines, rows, strict=True):
        assert [plain(wording.defused(cell)) for cell in line] == [plain(row[place]) for place in kept]


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
