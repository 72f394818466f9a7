"""What docs/deployment.md tells to do is done: its nginx stands before a dashboard, its unit is one that systemd takes."""

from __future__ import annotations

import asyncio
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import websockets

from benchmarks.servers import ROOT, free_port, serving
from tests.copies import SMALL

NAME = "dashboard.example"
DOCUMENT = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
ANSWERS_WITHIN = 120


def block(language: str) -> str:
    """The one listing of the document in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(found)


def needed(*programs: str) -> None:
    missing = [
        program for program in programs if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None
    ]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}, which this machine does not have")


class Proxy(NamedTuple):
    """The proxy's ports and what is asked of it."""

    https: int
    http: int
    client: httpx.Client
    trusted: ssl.SSLContext

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask by the public name."""
        return self.client.get(path, headers={"Host": f"{NAME}:{self.https}", **headers})


def configured(folder: Path, https: int, http: int, app: str) -> Path:
    """Write a configuration that has the document's as it stands, but for ports and places."""
    server = block("nginx")
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{https} ssl;",
        "/etc/ssl/dashboard": str(folder / "dashboard"),
        "http://127.0.0.1:8501": app,
    }.items():
        assert old in server
        server = server.replace(old, new)
    kept = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off;\nmaster_process off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kept}{server}\n}}\n"
    )
    return file


def certified(folder: Path) -> ssl.SSLContext:
    """Make a certificate for the public name, and return who trusts it."""
    pem, key = folder / "dashboard.pem", folder / "dashboard.key"
    names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
    made = ["-keyout", str(key), "-out", str(pem), "-subj", f"/CN={NAME}", "-addext", names]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *made]
    subprocess.run(command, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(pem))


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[Proxy]:
    """The document's nginx before a dashboard that is started as the document says."""
    needed("nginx", "openssl")
    folder, https, http = tmp_path_factory.mktemp("proxy"), free_port(), free_port()
    trusted = certified(folder)
    started = re.search(r"streamlit run app.py (.*)", block("ini"))
    assert started is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(SMALL))
        with serving(ROOT / "app.py", folder / "log.txt", started[1].split()) as app:
            file = configured(folder, https, http, app)
            process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(folder), "-c", str(file)])
            try:
                with httpx.Client(
                    base_url=f"https://127.0.0.1:{https}",
                    verify=trusted,
                    trust_env=False,
                    timeout=ANSWERS_WITHIN,
                ) as client:
                    wait_for(client, process)
                    yield Proxy(https, http, client, trusted)
            finally:
                process.terminate()
                process.wait(ANSWERS_WITHIN)


def wait_for(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + ANSWERS_WITHIN
    while process.poll() is None and time.monotonic() < end:
        try:
            client.get("/_stcore/health")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the proxy does not answer")


def test_the_page_comes_through_the_proxy_with_its_own_headers(proxy: Proxy) -> None:
    page = proxy.get("/")
    assert page.status_code == 200
    assert "script-src" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["strict-transport-security"].startswith("max-age=")
    # Of the proxy itself, and without its version.
    assert page.headers["server"] == "nginx"


def test_plain_http_is_sent_to_tls(proxy: Proxy) -> None:
    asked = f"http://127.0.0.1:{proxy.http}/indicators?role=employer"
    answer = httpx.get(asked, headers={"Host": "foreign.example"}, trust_env=False, timeout=ANSWERS_WITHIN)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://{NAME}/indicators?role=employer"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/upload_file/session/file"])
def test_what_readers_have_no_use_for_is_closed(proxy: Proxy, path: str) -> None:
    assert proxy.get(path).status_code == 404
    assert proxy.client.put(path, content=b"x").status_code == 404


def opened(proxy: Proxy, origin: str) -> int:
    """Return 101 where a session is opened for a page of an origin, else the status that refuses it."""

    async def ask() -> int:
        try:
            async with websockets.connect(
                f"wss://{NAME}:{proxy.https}/_stcore/stream",
                host="127.0.0.1",
                port=proxy.https,
                proxy=None,
                ssl=proxy.trusted,
                subprotocols=[websockets.Subprotocol("streamlit")],
                origin=websockets.Origin(origin),
            ):
                return 101
        except websockets.InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(ask())


def test_a_session_is_opened_through_the_proxy_for_its_own_pages_alone(proxy: Proxy) -> None:
    assert opened(proxy, f"https://{NAME}:{proxy.https}") == 101
    assert opened(proxy, "https://foreign.example") == 403


def test_large_bodies_and_headers_go_no_further(proxy: Proxy) -> None:
    assert proxy.client.post("/api/v1/tables", content=bytes(2_000_000)).status_code == 413
    assert proxy.get("/api/v1/tables", **{"X-Large": "a" * 20_000}).status_code == 400
    assert proxy.get(f"/api/v1/tables?x={'a' * 20_000}").status_code == 414


def test_the_open_data_keeps_its_tags_and_encodings(proxy: Proxy) -> None:
    first = proxy.get("/api/v1/tables")
    assert first.status_code == 200
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["vary"] == "Accept-Encoding"
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    assert proxy.get("/api/v1/tables", **{"If-None-Match": tag}).status_code == 304
    assert proxy.get("/api/v1/tables?nonsense=1").status_code == 422
    assert proxy.get("/healthz").json()["status"] == "ok"


def test_the_unit_is_sound(tmp_path: Path) -> None:
    needed("systemd-analyze")
    program = tmp_path / "streamlit"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    said = (
        block("ini")
        .replace("/srv/svdash/.venv/bin/streamlit", str(program))
        .replace("User=svdash", "User=root")
    )
    unit = tmp_path / "svdash.service"
    unit.write_text(said)
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    about_it = [line for line in found.stderr.splitlines() if "svdash.service" in line]
    assert about_it == []
    assert found.returncode == 0, found.stderr
