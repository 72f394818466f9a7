"""Sessions and uploads are for pages of this server, whatever a page of another site sends along."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from benchmarks.servers import ROOT, serving
from tests.copies import SMALL
from tests.work_done import PLENTY

UPLOAD = "/_stcore/upload_file/session/file"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[str]:
    """The address of the real server, on whose machine somebody may bring files."""
    log: Path = tmp_path_factory.mktemp("server") / "log.txt"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(SMALL))
        patch.setenv("SVDASH_LOCAL_USER", "1")
        with serving(ROOT / "app.py", log) as address:
            yield address


def opened(server: str, host: str, origin: str | None) -> bool:
    """Whether a session is opened for who asks so."""

    async def ask() -> bool:
        port = server.rpartition(":")[2]
        try:
            # The first argument is what stands in the Host header; the connection goes to the server.
            async with websockets.connect(
                f"ws://{host}/_stcore/stream",
                host="127.0.0.1",
                port=int(port),
                proxy=None,
                subprotocols=[websockets.Subprotocol("streamlit")],
                origin=None if origin is None else websockets.Origin(origin),
            ):
                return True
        except websockets.InvalidStatus as refused:
            if refused.response.status_code != 403:
                raise
            return False

    return asyncio.run(ask())


def test_a_session_is_opened_for_a_page_of_this_server(server: str) -> None:
    port = server.rpartition(":")[2]
    for name in ("127.0.0.1", "localhost", "[::1]"):
        assert opened(server, f"{name}:{port}", f"http://{name}:{port}")
    assert opened(server, f"127.0.0.1:{port}", None)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:{port}", "https://foreign.example"),
        ("127.0.0.1:{port}", "http://127.0.0.1:1"),
        ("127.0.0.1:{port}", "http://localhost:{port}"),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}.foreign.example"),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}@foreign.example"),
        ("127.0.0.1:{port}", "null"),
        ("127.0.0.1:{port}", "https://app.streamlit.app"),
        ("foreign.example:{port}", "http://foreign.example:{port}"),
        ("foreign.example", None),
    ],
)
def test_no_session_is_opened_for_a_page_of_another_site(server: str, host: str, origin: str | None) -> None:
    port = server.rpartition(":")[2]
    assert not opened(server, host.format(port=port), origin and origin.format(port=port))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://foreign.example"},
        {"Origin": "null"},
        {"Host": "foreign.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_no_upload_is_taken_from_elsewhere(server: str, headers: dict[str, str], method: str) -> None:
    refused = httpx.request(method, server + UPLOAD, headers=headers, trust_env=False, timeout=PLENTY)
    assert refused.status_code == 403
    assert refused.json()["error"]


def test_an_upload_without_the_pages_own_token_is_refused(server: str) -> None:
    answer = httpx.put(server + UPLOAD, headers={"Origin": server}, trust_env=False, timeout=PLENTY)
    assert answer.status_code == 403
    assert "XSRF" in answer.text


def test_no_page_of_another_site_can_give_orders_to_the_page(server: str) -> None:
    told = httpx.get(f"{server}/_stcore/host-config", trust_env=False, timeout=PLENTY).json()
    assert told["allowedOrigins"] == []
    page = httpx.get(server, trust_env=False, timeout=PLENTY)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/healthz", 200),
        ("/api/v1/tables/areas.csv", 200),
        ("/api/nothing", 404),
        ("/api/v1/tables/areas.csv?role=nobody", 422),
        ("/_stcore/host-config", 200),
    ],
)
def test_no_answer_says_which_program_it_is_from(server: str, path: str, status: int) -> None:
    answer = httpx.get(server + path, trust_env=False, timeout=PLENTY)
    assert answer.status_code == status
    assert not {"server", "x-powered-by", "via"} & set(answer.headers)


def test_a_session_that_is_refused_does_not_say_by_which_program(server: str) -> None:
    port = int(server.rpartition(":")[2])
    asked = f"ws://127.0.0.1:{port}/_stcore/stream"
    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(_connect(asked, "https://foreign.example"))
    assert "server" not in refused.value.response.headers


async def _connect(address: str, origin: str) -> None:
    async with websockets.connect(address, proxy=None, origin=websockets.Origin(origin)):
        pass
