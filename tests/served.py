"""A server of the open data on the loopback: in a process of its own, as an authority would start it, or in this one."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from svdash.web.builds import Builds
from tests.copies import ROOT
from tests.open_data_server import listening

# Starts on a free port and says which. The parent's end is the server's end.
SERVER = """
import socket, sys, uvicorn
from starlette.applications import Starlette
from svdash.web.routes import routes
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes()), log_level="error"))
server.run(sockets=[listening])
"""
PATIENCE_SECONDS = 60


class Answer(NamedTuple):
    """A status and the text of a body."""

    status: int
    text: str

    def json(self) -> dict[str, object]:
        """Return the body as the object that it is."""
        found = json.loads(self.text)
        assert isinstance(found, dict)
        return found


class Server(NamedTuple):
    """A server that is running."""

    address: str

    def get(self, path: str) -> Answer:
        """Ask for a path and return what is answered, whatever the status."""
        try:
            with urlopen(self.address + path, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  our own server
                return Answer(answer.status, answer.read().decode("utf-8-sig"))
        except HTTPError as error:
            return Answer(error.code, error.read().decode())

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                self.get("/api/v1/towns.json")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server did not start")


@contextmanager
def serving(pack: Path, var: Path, *, largest_file: int | None = None) -> Iterator[Server]:
    """Serve a pack. ``largest_file``: bytes of the largest file that the server may write, as on a disk that is full."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SVDASH_")}
    environment = {**own, "SVDASH_PACK": str(pack), "SVDASH_VAR": str(var)}

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    process = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509  nothing of it runs in threads
    )
    try:
        assert process.stdout is not None
        server = Server(f"http://127.0.0.1:{int(process.stdout.readline())}")
        server.wait()
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def serving_here(pack: Path, var: Path) -> Iterator[Server]:
    """Serve a pack from this process, which has loaded what a new one would load first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(pack))
        patch.setenv("SVDASH_VAR", str(var))
        with listening(Builds(2)) as client:
            yield Server(str(client.base_url).rstrip("/"))
