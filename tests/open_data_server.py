"""A real server on loopback that has the routes of the open data and nothing else, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette

from benchmarks.servers import free_port
from svdash.web import routes
from svdash.web.builds import Builds
from tests.work_done import PLENTY, wait_until


@contextmanager
def listening(builds: Builds) -> Iterator[httpx.Client]:
    """Run a server, and give somebody who asks it."""
    port = free_port()
    app = Starlette(routes=routes.routes(builds))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    limits = httpx.Limits(max_connections=200)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PLENTY, limits=limits) as client:
        yield client
    server.should_exit = True
    thread.join(PLENTY)
