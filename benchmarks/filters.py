"""How long a change of a filter takes, against an empty page with the same navigation and filters.

``python -m benchmarks.filters [--sessions 1,10] [--changes 10]``
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from pathlib import Path

from benchmarks.client import Taken, crowd
from benchmarks.servers import ROOT, serving
from svdash.register import BAR
from svdash.show.kit.page import PAGES

QUERIES = [
    "",
    "role=employer",
    "year=2024/25",
    "role=commissioner&year=2023/24",
    "commitment=COM-D3",
    "role=investor&compare=none",
]
# A server just started works out other years for half a minute, beside its readers.
WORKS_AHEAD = 25


def compare(real: str, blank: str, page: str, sessions: int, changes: int) -> tuple[list[Taken], list[Taken]]:
    """Measure both servers in turn, half before and half after, so that drift of the machine falls on both."""
    taken: dict[str, list[Taken]] = {real: [], blank: []}
    for address in (blank, real, real, blank):
        taken[address] += asyncio.run(crowd(address, page, QUERIES, sessions, changes // 2))
    return taken[real], taken[blank]


def open_all(address: str) -> None:
    """Open every view of every page once: what is measured is a meeting's clicks, not the server's first minute."""
    for _, _, page, _ in PAGES:
        for view in asyncio.run(crowd(address, page, QUERIES, 1, len(QUERIES))):
            if view.exceptions or view.filters < len(BAR):
                raise RuntimeError(
                    f"{address}/{page} shows an exception or lacks filters: nothing to measure"
                )


def main() -> None:
    """Print a line a page and number of sessions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", default="1,10")
    parser.add_argument("--changes", type=int, default=10)
    asked = parser.parse_args()
    print(
        f"{'page':18}{'sessions':>9}{'empty p50':>11}{'page p50':>10}{'ratio':>7}{'KB p50':>8}{'exceptions':>11}"
    )
    with serving(ROOT / "app.py") as real, serving(Path(__file__).parent / "blank" / "app.py") as blank:
        open_all(blank)
        open_all(real)
        time.sleep(WORKS_AHEAD)
        for _, _, page, _ in PAGES:
            for sessions in map(int, asked.sessions.split(",")):
                ours, theirs = compare(real, blank, page, sessions, asked.changes)
                mine = statistics.median(t.seconds for t in ours)
                base = statistics.median(t.seconds for t in theirs)
                size = statistics.median(t.received for t in ours) / 1000
                wrong = sum(t.exceptions for t in ours)
                print(
                    f"{page or 'overview':18}{sessions:9}{base * 1000:9.0f}ms{mine * 1000:8.0f}ms{mine / base:7.2f}{size:8.1f}{wrong:11}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
