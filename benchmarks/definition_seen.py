"""How long an analyst waits for the figure of a changed definition on the screen, against an empty page.

``python -m benchmarks.definition_seen [--rows 1000000] [--turns 9]``: in one Chromium, on the workbench itself, the formula of
a definition over a brought table is typed anew and Ctrl and Enter pressed. The figure is there in the first frame that paints
another sentence beside the trend; all is there once the script has ended and every chart is a picture. An empty page stands in
the same frame with the same navigation; it is turned to by the navigation, and opened by its address as a reader opens it
first. Each turn does all of them one after the other, so that who else works on the machine weighs on all alike.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import BLANK, CHROMIUM, FRAME, PATIENCE, STILL, WATCH
from benchmarks.definitions import DEFINITION, GOAL, brought
from benchmarks.servers import ROOT, measured
from svdash.show.kit.addresses import PAGES

DRAFT: Final = "5eed00000001"
TREND: Final = ".st-key-sv-prototype [class*=st-key-sv-seen-]"
# Pages of the frame that an empty one is turned to and from.
THERE, BACK = PAGES[1], PAGES[2]
# Looks at each frame that is painted, from the moment on at which something is asked for.
ASKED = """
([figure, event]) => {
  const seen = window.svdashAsked = {begin: 0, figure: 0, all: 0, ran: false};
  const told = () => document.querySelector(figure)?.textContent ?? '';
  const before = told();
  addEventListener(event, () => { seen.begin ||= performance.now(); }, {capture: true, once: true});
  const look = () => {
    const now = performance.now();
    const ended = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning';
    seen.ran ||= seen.begin && !ended;
    if (seen.begin && !seen.figure && told() && told() !== before) seen.figure = now - seen.begin;
    const charts = document.querySelectorAll('[data-testid=stVegaLiteChart]:not(:has(canvas, svg))').length;
    const whole = seen.ran && ended && !charts && !document.querySelector('[data-stale=true]');
    if (!whole) seen.all = 0; else seen.all ||= now - seen.begin;
    seen.still = seen.all ? now - seen.begin - seen.all : 0;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def waited(page: Page) -> dict[str, Any]:
    """Wait until what was asked for is there and stays, and return the milliseconds that it took."""
    page.wait_for_function(f"window.svdashAsked.still > {STILL}", timeout=PATIENCE)
    found: dict[str, Any] = page.evaluate("window.svdashAsked")
    return found


def typed(page: Page, text: str) -> None:
    """Type a definition and ask for its figures; from that key on it is watched what is seen."""
    box = page.get_by_role("textbox", name="Definition as text")
    box.fill(text)
    page.evaluate(ASKED, [TREND, "keydown"])
    box.press("Control+Enter")


def changed(page: Page, text: str) -> tuple[float, float]:
    """Type a definition and return milliseconds until its figure is seen, and until all is."""
    typed(page, text)
    found = waited(page)
    if not found["figure"] or page.get_by_test_id("stException").count():
        raise RuntimeError("the change shows no other figure: nothing to measure")
    return found["figure"], found["all"]


def turned(page: Page, to: tuple[str, str, str, str]) -> float:
    """Turn to an empty page by the navigation, and return milliseconds until it is there."""
    _, title, _, section = to
    page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    page.evaluate(ASKED, ["main", "click"])
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=title).first.click()
    return float(waited(page)["all"])


def opened(page: Page, address: str) -> float:
    """Open an empty page by its address, and return milliseconds until it is there."""
    page.goto(address)
    page.wait_for_function(f"window.svdashSeen?.still > {STILL}", timeout=PATIENCE)
    return float(page.evaluate("window.svdashSeen.drawn"))


def turns(ours: str, theirs: str, table: str, many: int) -> dict[str, list[float]]:
    """Return milliseconds of each wait, by its name."""
    found: dict[str, list[float]] = {"figure": [], "all": [], "turned": [], "opened": []}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        bench, empty, fresh = context.new_page(), context.new_page(), context.new_page()
        fresh.add_init_script(WATCH.replace("ANSWER", repr(FRAME)))
        bench.goto(f"{ours}/workbench?indicator={DRAFT}")
        bench.get_by_role("tab", name="Text").click()
        empty.goto(theirs)
        for number in range(-2, many):
            bench.bring_to_front()
            text = DEFINITION.format(least=40 + number) + f"sha256: {table}\n"
            figure, everything = changed(bench, text) if number > -2 else begun(bench, text)
            empty.bring_to_front()
            waits = figure, everything, turned(empty, THERE if number % 2 else BACK)
            fresh.bring_to_front()
            address = f"{theirs}/{(BACK if number % 2 else THERE)[2]}"
            # The first ones warm both servers up.
            for name, took in zip(found, (*waits, opened(fresh, address)), strict=True):
                found[name] += [took] if number >= 0 else []
        browser.close()
    return found


def begun(page: Page, text: str) -> tuple[float, float]:
    """Type the first definition, whose figures stand where none stood."""
    typed(page, text)
    # Everything of the pack is gated first, which a busy machine takes long for.
    page.locator(TREND).first.wait_for(timeout=5 * PATIENCE)
    waited(page)
    return 0.0, 0.0


def main() -> None:
    """Print medians, and the ratios of the figure and of all to each kind of empty page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        os.environ |= {
            "SVDASH_VAR": folder,
            "SVDASH_LOCAL_USER": "1",
            "SVDASH_DATABASE_URL": f"sqlite:///{Path(folder) / 'records.sqlite3'}",
        }
        table = brought(asked.rows)
        local = ["--server.address", "127.0.0.1"]
        with measured(ROOT / "app.py", options=local) as ours, measured(BLANK, options=local) as theirs:
            found = turns(ours.address, theirs.address, table, asked.turns)
    middle = {name: statistics.median(took) for name, took in found.items()}
    print(
        f"an empty page: turned to {middle['turned']:.0f} ms, opened {middle['opened']:.0f} ms\n"
        f"a change over {asked.rows} rows: its figure {middle['figure']:.0f} ms, {middle['figure'] / middle['turned']:.2f} times a page turned to, "
        f"{middle['figure'] / middle['opened']:.2f} times one opened (goal: {GOAL}); all of it {middle['all']:.0f} ms, "
        f"{middle['all'] / middle['turned']:.2f} and {middle['all'] / middle['opened']:.2f} times"
    )


if __name__ == "__main__":
    main()
