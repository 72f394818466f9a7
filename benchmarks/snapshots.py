"""What snapshots cost: taking one of all pages, its bytes, and opening each page of it against the live page.

``python -m benchmarks.snapshots [--turns 8]``

Live pages and stored ones are asked for in turn in one session of one server, so that both find it equally busy; processor
time of the server, and the seconds that a reader waits.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from benchmarks.client import Session
from benchmarks.records import database_of_its_own
from benchmarks.servers import ROOT, Server, measured
from svdash import editions
from svdash.findings import snapshot_taking
from svdash.findings.page_contents import PAGES


def take() -> str:
    """Take a snapshot of the present edition, print what that took, and return its id."""
    edition = editions.current()
    begin, used = time.perf_counter(), time.process_time()
    taken = snapshot_taking.taken(edition, name="benchmark", by="benchmark", view="/")
    print(
        f"taking {taken.entries} findings: {time.perf_counter() - begin:.1f} s, {time.process_time() - used:.1f} s of processor "
        f"time; {taken.size / 1e6:.2f} MB",
        flush=True,
    )
    return taken.id


async def looks(server: Server, page: str, query: str, turns: int) -> dict[str, list[tuple[float, float]]]:
    """Return processor seconds and seconds waited of the live page and of the stored one, each asked for in turn."""
    found: dict[str, list[tuple[float, float]]] = {"": [], query: []}
    readers = {asked: Session(server.address, page) for asked in found}
    for turn in range(turns):
        # Which comes first changes from turn to turn: a pause of the network's own falls on whoever asks second.
        for asked, reader in sorted(readers.items(), reverse=bool(turn % 2)):
            before = server.processor_seconds()
            taken = await (reader.go(asked) if turn else reader.open(asked))
            if taken.exceptions:
                raise RuntimeError(f"{page}?{asked} shows an exception: nothing to measure")
            found[asked].append((server.processor_seconds() - before, taken.seconds))
    for reader in readers.values():
        await reader.close()
    return found


def opening(snapshot_id: str, turns: int) -> None:
    """Print a line a page: the live page and the stored one, the first time and again, with their ratio."""
    print(
        f"{'page':18}{'live, ms':>10}{'stored':>8}{'ratio':>7}{'waited':>9}{'stored':>8}{'ratio':>7}{'first, ms':>11}{'stored':>8}"
    )
    query = f"snapshot={snapshot_id}"
    with measured(ROOT / "app.py") as server:
        asyncio.run(looks(server, "", "", 1))
        server.settle()
        for name in PAGES:
            page = "" if name == "overview" else name
            found = asyncio.run(looks(server, page, query, turns))
            live, stored = found[""], found[query]
            again = [statistics.median(cpu for cpu, _ in each[1:]) * 1000 for each in (live, stored)]
            waited = [statistics.median(seconds for _, seconds in each[1:]) * 1000 for each in (live, stored)]
            first = [each[0][0] * 1000 for each in (live, stored)]
            print(
                f"{name:18}{again[0]:10.0f}{again[1]:8.0f}{again[1] / again[0]:7.2f}{waited[0]:9.0f}{waited[1]:8.0f}"
                f"{waited[1] / waited[0]:7.2f}{first[0]:11.0f}{first[1]:8.0f}",
                flush=True,
            )


def main() -> None:
    """Print a line for taking, and one for each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=8)
    asked = parser.parse_args()
    with database_of_its_own():
        opening(take(), asked.turns)


if __name__ == "__main__":
    main()
