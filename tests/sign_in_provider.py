"""A real OpenID Connect provider on loopback, in a process of its own, and the settings that point a server to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.servers import free_port

# Long enough that no library complains of it.
COOKIE_SECRET = "a secret that only these tests know"  # noqa: S105
PATIENCE = 60


@contextmanager
def provider(people: Mapping[str, Mapping[str, object]], seconds: int = 3600) -> Iterator[str]:
    """Run a provider that knows people by their claims, whose tokens hold so many seconds, and give its address."""
    port = free_port()
    told = [f"--user-claims={json.dumps({'sub': sub, **claims})}" for sub, claims in people.items()]
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-e", str(seconds), *told]
    # Its libraries warn that they are old, which is no concern of ours.
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/.well-known/openid-configuration", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def secrets_file(folder: Path, provider_address: str) -> Path:
    """Write Streamlit's file of secrets for a server that people sign in to."""
    path = folder / "secrets.toml"
    path.write_text(
        "[auth]\n"
        'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        f'cookie_secret = "{COOKIE_SECRET}"\n'
        'client_id = "svdash"\n'
        'client_secret = "not checked"\n'
        f'server_metadata_url = "{provider_address}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    return path


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(address, timeout=PATIENCE).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The sign-in provider did not start.")
