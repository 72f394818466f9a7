"""Takes the pictures of docs/screenshots.md from the running product, and writes that page.

    python -m tools.make_screenshots [--out docs/screenshots]

It starts a server on loopback and asks Chromium for each page as a meeting would see it; it needs what the browser tests
need. Pictures are WebP, so that the repository stays small.
"""

from __future__ import annotations

import argparse
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.servers import ROOT, serving

CHROMIUM: Final = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
# Of WebP, 1 to 100: text stays sharp.
QUALITY: Final = 82
# Milliseconds that a page has to be drawn, and that a map has after the last words to fetch its shapes.
PATIENCE, SETTLING = 120_000, 3_000
PHONE_WIDTH: Final = 640
PHONE: Final = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the address it is of, what is seen, and the size of the screen in pixels."""

    name: str
    address: str
    seen: str
    width: int = 1280
    height: int = 800


SHOTS: Final = (
    Shot(
        "overview", "", "The overview on a projector: one screen, each card leads on to its page.", 1920, 1080
    ),
    Shot("overview-laptop", "", "The same on a laptop."),
    Shot("overview-phone", "", "The same on a phone, from its top.", 390, 844),
    Shot(
        "decisions",
        "?part=decisions",
        "Questions that a meeting can answer, with owner, days late and next step.",
    ),
    Shot("commitments", "commitments", "The register: what was promised, where it stands, who owns it."),
    Shot("indicators", "indicators", "Is it getting better, and is the change real?"),
    Shot("equality-gaps", "equality-gaps", "Who is left behind, by how much, and what nobody knows yet."),
    Shot("reach-and-spend", "reach-and-spend", "Whether services and money go where deprivation is."),
    Shot("local-economy", "local-economy", "Who supplies the authority, and how much stays here."),
    Shot("data-and-methods", "data-and-methods", "Where every figure is from, and how it is worked out."),
)


def take(browser: Browser, base: str, shot: Shot) -> bytes:
    """Return what a screen shows of an address, as WebP."""
    agent = PHONE if shot.width < PHONE_WIDTH else None
    context = browser.new_context(viewport={"width": shot.width, "height": shot.height}, user_agent=agent)
    page = context.new_page()
    # The first visit works out what is kept afterwards: its picture would be of a page that still draws.
    for _ in range(2):
        page.goto(f"{base}/{shot.address}", timeout=PATIENCE)
        expect_drawn(page)
    page.wait_for_timeout(SETTLING)
    seen = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    written = io.BytesIO()
    seen.save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


def expect_drawn(page: Page) -> None:
    """Expect the last words of a page, that its script has ended, and that nothing of it is grey."""
    main = page.get_by_test_id("stMain")
    main.get_by_text("· svdash").wait_for(state="attached", timeout=PATIENCE)
    ended = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    ended.wait_for(state="attached", timeout=PATIENCE)
    expect(main.locator("[data-stale=true], [data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE)


def document(folder: str) -> str:
    """Return the page that shows the pictures."""
    parts = [
        "# Screenshots",
        "Taken from the running product with its embedded data pack by `python -m tools.make_screenshots`.",
        "Most figures in that pack are illustrative, as the ribbon on every page says.",
    ]
    parts += [f"## {shot.seen.rstrip('.')}\n\n![{shot.seen}]({folder}/{shot.name}.webp)" for shot in SHOTS]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Take every picture and write the page beside their folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with serving(ROOT / "app.py") as base, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        for shot in SHOTS:
            picture = take(browser, base, shot)
            (out / f"{shot.name}.webp").write_bytes(picture)
            print(f"{shot.name:20}{len(picture) / 1000:7.0f} KB", flush=True)
        browser.close()
    out.with_suffix(".md").write_text(document(out.name), encoding="utf-8")


if __name__ == "__main__":
    main()
