"""A publisher on this machine: offers files as publishers do, and fails in the ways that they do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class Offer:
    """A file that is offered, and what goes wrong with it.

    Attributes:
        content: the file.
        kind: what the server says it is.
        tagged: whether it has an ETag.
        failures: status answered first, one a request.
        breaks: after how many bytes the connection breaks, one a request.
        stale: whether a wrong piece is given to who asks for the rest.
        headers: more that is said of it.
    """

    content: bytes
    kind: str = "text/csv"
    tagged: bool = True
    failures: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    stale: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """What tells this version from others."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


@dataclass
class Publisher:
    """What is offered, by path, and what was asked for.

    Attributes:
        address: of the server.
        offers: files by path without query.
        asked: for each request its path with the query, its Range and the status that was answered.
        sent: bytes of content that were sent, of all files.
    """

    address: str = ""
    offers: dict[str, Offer] = field(default_factory=dict)
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    sent: int = 0

    def offer(self, path: str, content: bytes, **how: Any) -> str:
        """Offer a file, and return its address."""
        self.offers[path] = Offer(content, **how)
        return f"{self.address}{path}"

    @property
    def statuses(self) -> list[int]:
        """What was answered, in order."""
        return [status for _, _, status in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    publisher: Publisher

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        offer = self.publisher.offers.get(path)
        wanted = self.headers.get("Range", "")
        if offer is None:
            self._answer(404, b"", wanted)
        elif offer.failures:
            self._answer(offer.failures.pop(0), b"", wanted, offer.headers)
        elif offer.tagged and self.headers.get("If-None-Match") == offer.tag:
            self._answer(304, b"", wanted)
        else:
            self._give(offer, wanted)

    def _give(self, offer: Offer, wanted: str) -> None:
        headers = {"Content-Type": offer.kind, **offer.headers}
        if offer.tagged:
            headers["ETag"] = offer.tag
        begin, status = 0, 200
        if wanted and offer.tagged and self.headers.get("If-Range") == offer.tag:
            begin, status = int(wanted.removeprefix("bytes=").removesuffix("-")), 206
            size = len(offer.content)
            if begin >= size:
                self._answer(416, b"", wanted)
                return
            if offer.stale:
                begin, offer.stale = 0, False
            headers["Content-Range"] = f"bytes {begin}-{size - 1}/{size}"
        cut = offer.breaks.pop(0) if offer.breaks else None
        self._answer(status, offer.content[begin:], wanted, headers, cut)

    def _answer(
        self,
        status: int,
        body: bytes,
        wanted: str,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.publisher.asked.append((unquote(self.path), wanted, status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        given = body if cut is None else body[:cut]
        # Counted before they go: whoever has received the last of them may ask at once how many there were.
        self.publisher.sent += len(given)
        self.wfile.write(given)
        if cut is not None:
            self.close_connection = True


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher, on a port of its own, as long as the block lasts."""
    publisher = Publisher()
    handler = type("Handler", (_Handler,), {"publisher": publisher})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        publisher.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield publisher
        finally:
            server.shutdown()
            thread.join()
