"""Start real servers on loopback and end them again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 180
LOG_SHOWN = 2000
# Seconds of processor time in two: a server's own housekeeping.
IDLE = 0.05
# As the kernel numbers the clock of a process: by its scheduler.
_CPU_CLOCK = 2


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(script: Path, log: Path = Path(os.devnull), options: Sequence[str] = ()) -> Iterator[str]:
    """Run a Streamlit app, its output in ``log``, and give its address. Raises as :func:`measured`."""
    with measured(script, log, options) as server:
        yield server.address


@dataclass(frozen=True)
class Server:
    """A server that runs: its address, and its process."""

    address: str
    process: int

    def processor_seconds(self) -> float:
        """Return the processor time of all its threads so far, also of those that ended. Linux only."""
        return time.clock_gettime((~self.process << 3) | _CPU_CLOCK)

    def settle(self) -> None:
        """Wait until it does nothing any more, as after its start."""
        busy = True
        while busy:
            before = self.processor_seconds()
            time.sleep(2)
            busy = self.processor_seconds() - before > IDLE


@contextmanager
def measured(script: Path, log: Path = Path(os.devnull), options: Sequence[str] = ()) -> Iterator[Server]:
    """Run a Streamlit app, its output in ``log``, and give its address and process. ``options`` are for Streamlit.

    Raises ``RuntimeError`` where the server ends or does not answer in time, with the last lines of the log.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]
    # A developer's own settings of Streamlit must not change what is measured or tested.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health", process, log)
        yield Server(address, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    begin = time.monotonic()
    while process.poll() is None and time.monotonic() - begin < PATIENCE:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - loopback only
                return
        except OSError:
            time.sleep(0.1)
    waited = time.monotonic() - begin
    raise RuntimeError(
        f"the server did not answer within {waited:.0f} s. {log.read_text(encoding='utf-8')[-LOG_SHOWN:]}"
    )
