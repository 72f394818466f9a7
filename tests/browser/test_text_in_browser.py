"""Markup in a pack is text in the browser: nothing is fetched, drawn or coloured because of what a cell says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, expect

from benchmarks.servers import ROOT, serving
from svdash.show.kit.plain_text import JOINER
from tests.browser.dashboard import Dashboard
from tests.copies import SMALL
from tests.planted import MARKUP, plant

pytestmark = pytest.mark.browser

PAGES: Final = (
    ("", {}),
    ("commitments", {"commitment": "EMP-D1"}),
    ("local-economy", {"part": "suppliers"}),
    ("equality-gaps", {"part": "services"}),
    ("data-and-methods", {"part": "tables"}),
)


class Listener:
    """A foreign server, which notes what it is asked for."""

    def __init__(self) -> None:
        asked = self.asked = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # its name is http.server's
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    thread = Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def planted(listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server on a pack whose every free text has markup in it."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "pack"))
    plant(folder, listener.host)
    monkeypatch.setenv("SVDASH_PACK", str(folder))
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    with serving(ROOT / "app.py", tmp_path / "log.txt") as address:
        yield address


def test_markup_in_a_pack_fetches_and_draws_nothing(
    planted: str, listener: Listener, context: BrowserContext
) -> None:
    tried: list[str] = []
    context.on("request", lambda request: tried.append(request.url))
    dashboard = Dashboard(context.new_page(), planted)
    for address, params in PAGES:
        dashboard.open(address, **params)
        expect(dashboard.main).to_contain_text(re.compile("zq"))
        text = (dashboard.main.text_content() or "").replace(JOINER, "")
        assert MARKUP.format(host=listener.host).lstrip("=") in text, address
        for live in ("img[src*=zq]", "a[href*=zq]", "code:has-text('zq')", ".katex", "strong:text-is('zq')"):
            expect(dashboard.main.locator(live)).to_have_count(0)
        expect(dashboard.main.locator("[class*=stMarkdownColored]")).to_have_count(0)
    assert [each for each in tried if listener.host in each] == []
    assert listener.asked == []
