"""What the tests share: the embedded pack, copies of it to damage, one real server and one browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from svdash.tables import Pack, open_pack
from tests.copies import DATA, ROOT, SMALL, CopiedPack

LAUNCH = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
STARTS_WITHIN = 180.0

# No deadline: how long one example takes says more about the machine than about the code. Where CI is set, the examples
# are the same at every run: what is new there is the change; on a desk, each run looks further.
settings.register_profile("svdash", deadline=None, max_examples=60, derandomize=bool(os.environ.get("CI")))
settings.load_profile("svdash")


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own settings must not change what is tested, nor tests write into the working copy."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SVDASH_")]:
            patch.delenv(name)
        patch.setenv("SVDASH_VAR", str(tmp_path_factory.mktemp("var")))
        yield


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The embedded pack."""
    return open_pack(DATA)


@pytest.fixture(scope="session")
def small_pack() -> Pack:
    """The small pack: rows of the embedded one for 42 areas, two years and three characteristics."""
    return open_pack(SMALL)


@pytest.fixture
def copied_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the small pack to damage."""
    return CopiedPack.into(tmp_path / "pack", SMALL)


@pytest.fixture
def copied_whole_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the embedded pack to damage, for what the small one has too few rows for."""
    return CopiedPack.into(tmp_path / "pack")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    begin = time.monotonic()
    while True:
        try:
            if httpx.get(f"{address}/healthz", timeout=5).is_success:
                return
        except httpx.TransportError as problem:
            waited = time.monotonic() - begin
            if process.poll() is not None or waited > STARTS_WITHIN:
                raise RuntimeError(
                    f"the server did not answer after {waited:.0f} s ({problem}):\n{log.read_text()[-2000:]}"
                ) from problem
        time.sleep(0.2)


@contextmanager
def _running(log: Path) -> Iterator[str]:
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=10)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server on the embedded pack, shared by all browser tests of a worker."""
    with _running(tmp_path_factory.mktemp("server") / "log.txt") as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path: Path) -> Callable[[], AbstractContextManager[str]]:
    """Start a server that nobody has visited yet."""
    return lambda: _running(tmp_path / "log.txt")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; the tests that need it are skipped where there is none."""
    found = "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else shutil.which("chromium")
    if not found:
        reason = "no Chromium: install the package “chromium” to run the browser tests"
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=LAUNCH)
        yield opened
        opened.close()
