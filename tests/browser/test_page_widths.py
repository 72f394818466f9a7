"""Charts and tables on a laptop's screen: nothing of them is cut off at the right."""

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
    const drawn = shown.querySelector('canvas, svg, table'), room = shown.closest('[data-testid=stVerticalBlock]');
    return drawn.getBoundingClientRect().right > room.getBoundingClientRect().right + 1;
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
