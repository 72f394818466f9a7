"""One server for readers, one for writers and one Chromium for all tests; each test has a browser context of its own.

Contexts, pages, traces and screenshots are pytest-playwright's: https://playwright.dev/python/docs/test-runners
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.client import Session, Taken
from benchmarks.servers import ROOT, serving
from svdash.show.kit.addresses import PAGES
from tests.browser.dashboard import PATIENCE, Dashboard
from tests.copies import SMALL

T = TypeVar("T")
# No page but the map's is drawn by the imitation of a graphics card, which took 0.7 s of processor time for each.
CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--enable-unsafe-swiftshader"]
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Started:
    """A server, and what its very first visitor was sent, who opened a deep link."""

    address: str
    first: Taken


def aside(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _visit(address: str, page: str, query: str = "") -> Taken:
    reader = Session(address, page)
    taken = await reader.open(query)
    await reader.close()
    return taken


async def _visits(address: str) -> Taken:
    """Return what the first visitor was sent, once somebody has been on every page as well.

    What a page works out only once is then there: no test waits for it with the patience that is meant for drawing.
    """
    first = await _visit(address, "commitments", "role=investor&year=2024%2F25&compare=2022%2F23")
    for _, _, page, _ in PAGES:
        await _visit(address, page)
    return first


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[Started]:
    """The real server on the embedded pack that all tests share, after its first visitors have left."""
    with serving(ROOT / "app.py", tmp_path_factory.mktemp("server") / "log.txt") as address:
        yield Started(address, aside(_visits(address)))


@pytest.fixture(scope="session")
def server(started: Started) -> str:
    """The address of the server."""
    return started.address


@dataclass(frozen=True)
class Writing:
    """A server whose local user may write, and the settings that it was started with."""

    address: str
    settings: Mapping[str, str]

    @contextmanager
    def here(self) -> Iterator[None]:
        """Let this process write where the server reads, for a while."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.settings.items():
                patch.setenv(name, value)
            yield


@pytest.fixture(scope="session")
def writing(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[Writing]:
    """A server on the small pack that the tests of those who write share, each with records of its own."""
    folder = tmp_path_factory.mktemp("writing")
    settings = {
        "SVDASH_PACK": str(SMALL),
        "SVDASH_LOCAL_USER": "1",
        "SVDASH_DATABASE_URL": f"sqlite:///{folder / 'records.sqlite3'}",
        "SVDASH_SNAPSHOTS": str(folder / "snapshots"),
    }
    with ExitStack() as running:
        with Writing("", settings).here():
            options = ["--server.address", "127.0.0.1"]
            address = running.enter_context(serving(ROOT / "app.py", folder / "log.txt", options))
        yield Writing(address, settings)


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What addresses in tests are relative to."""
    return server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How Chromium is started; tests that need it are skipped where there is none."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium: install the package “chromium” to run the tests in the browser")
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A laptop's screen, unless a test says otherwise, and no animations: Chromium draws them without a graphics card."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Open what another person's browser would be: it shares nothing with the others."""

    def patient(**settings: Any) -> BrowserContext:
        opened = new_context(**settings)
        opened.set_default_timeout(PATIENCE)
        return opened

    return patient


@pytest.fixture
def dashboard(page: Page) -> Dashboard:
    """The dashboard in a browser of its own."""
    return Dashboard(page)
