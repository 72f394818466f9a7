"""The page that sends large files to the workbench: its script runs under its policy, sends the file whole, and stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware

from benchmarks.servers import free_port
from svdash.access import tickets
from svdash.access.identity import LOCAL_USER
from svdash.web import workbench_uploads
from svdash.web.origins import OwnPagesOnly
from svdash.web.security_headers import SecurityHeaders
from svdash.workbench import incoming_files

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page's address with a token, at a server of its routes alone."""
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    middleware = [Middleware(SecurityHeaders), Middleware(OwnPagesOnly)]
    app = Starlette(routes=workbench_uploads.routes(), middleware=middleware)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    token = tickets.mint(workbench_uploads.PURPOSE, LOCAL_USER)
    yield f"http://127.0.0.1:{port}{workbench_uploads.PAGE}?token={token}"
    server.should_exit = True
    thread.join()


def test_a_large_file_is_sent_by_the_page_and_waits_for_its_sender(
    page: Page, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "large survey.csv"
    file.write_bytes(b"area,people\n" + b"Halton,3\n" * 3_000_000)
    page.goto(address)
    assert "token" not in page.url  # the address may be copied or kept in the history
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("large survey.csv is there")
    (came,) = incoming_files.arrived(LOCAL_USER.identity)
    assert came.read_bytes() == file.read_bytes()
