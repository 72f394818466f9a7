"""What a reader waits for in a browser that has never been here, against a blank page in the same frame.

``python -m benchmarks.browser [--turns 5] [--page indicators]``: each look is in a fresh Chromium with an empty cache.
First words: the page's answer can be read; of a blank page, the frame's last line. All drawn: the script has ended, no
grey block is left and every chart is a picture. Grey: the longest that a grey block was seen where a picture was to come;
where a picture of the map is seen in its place, there is none.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.servers import ROOT, measured
from svdash.show.kit.addresses import PAGES

BLANK = Path(__file__).parent / "blank" / "app.py"
WORDS_GOAL, DRAWN_GOAL = 1.2, 1.6
PATIENCE = 60_000
# Milliseconds that a page has to stay as it is to count as drawn.
STILL = 700
CHROMIUM = ["--no-sandbox", "--disable-background-networking"]
# Looks at each frame that is painted, from the start of the document on.
WATCH = """
(() => {
  const seen = window.svdashSeen = {words: 0, drawn: 0, grey: 0};
  let grey = 0;
  const look = () => {
    const now = performance.now(), main = document.querySelector('[data-testid=stMain]');
    const answer = main?.querySelector(ANSWER);
    if (!seen.words && answer?.textContent.trim() && answer.getBoundingClientRect().height) seen.words = now;
    const waiting = main?.querySelector('[data-testid=stSkeleton]');
    const blocks = [...(main?.querySelectorAll('[data-testid=stSkeleton]') ?? [])];
    grey = blocks.some(block => block.checkVisibility({opacityProperty: true, visibilityProperty: true})) ? grey || now : 0;
    if (grey) seen.grey = Math.max(seen.grey, now - grey);
    const last = [...(main?.querySelectorAll('[data-testid=stCaptionContainer]') ?? [])].at(-1);
    const ended = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning';
    const whole = ended && last?.textContent.endsWith('svdash') && !waiting && !main.querySelector('[data-stale=true]')
      && !main.querySelector('[data-testid=stVegaLiteChart]:not(:has(canvas, svg)), [data-testid=stDeckGlJsonChart]:not(:has(canvas))');
    if (!whole) seen.drawn = 0; else if (!seen.drawn) seen.drawn = now;
    seen.still = seen.drawn ? now - seen.drawn : 0;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
FRAME, ANSWER = "[data-testid=stCaptionContainer]", "h1, h2"


@dataclass(frozen=True)
class Look:
    """Milliseconds until the first words and until all is drawn, and how long a grey block stood."""

    words: float
    drawn: float
    grey: float


def look(address: str, answer: str) -> Look:
    """Open an address in a fresh Chromium; ``answer`` selects the first words."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(WATCH.replace("ANSWER", repr(answer)))
        page.goto(address)
        page.wait_for_function(f"window.svdashSeen?.still > {STILL}", timeout=PATIENCE)
        seen = page.evaluate("window.svdashSeen")
        browser.close()
    return Look(seen["words"], seen["drawn"], seen["grey"])


def middle(looks: list[Look]) -> Look:
    """Return the medians of several looks."""
    return Look(
        *(statistics.median(getattr(one, name) for one in looks) for name in ("words", "drawn", "grey"))
    )


def main() -> None:
    """Print a line a page: medians in milliseconds, and the ratios to the blank page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--page", action="append", choices=[address for _, _, address, _ in PAGES])
    asked = parser.parse_args()
    wanted = asked.page or [address for _, _, address, _ in PAGES]
    blanks: list[Look] = []
    looks: dict[str, list[Look]] = {address: [] for address in wanted}
    with measured(BLANK) as blank, measured(ROOT / "app.py") as real:
        for server, answer in ((blank, FRAME), (real, ANSWER)):
            # The first visitor of a server is another benchmark's: benchmarks.start.
            look(server.address, answer)
        real.settle()
        for _ in range(asked.turns):
            # Side by side, so that who else works on the machine weighs on both alike.
            blanks.append(look(f"{blank.address}/indicators", FRAME))
            for address in wanted:
                looks[address].append(look(f"{real.address}/{address}", ANSWER))
    base = middle(blanks)
    print(f"blank page: first words {base.words:.0f} ms, all drawn {base.drawn:.0f} ms")
    for address in wanted:
        seen = middle(looks[address])
        words, drawn = seen.words / base.words, seen.drawn / base.drawn
        kept = "" if words <= WORDS_GOAL and drawn <= DRAWN_GOAL else "  above the goal"
        print(
            f"{address or 'overview'}: first words {seen.words:.0f} ms ({words:.2f} ×), all drawn {seen.drawn:.0f} ms "
            f"({drawn:.2f} ×), grey block {seen.grey:.0f} ms{kept}"
        )


if __name__ == "__main__":
    main()
