"""How long a change of a filter takes, against an empty page with the same navigation and filters.

``python -m benchmarks.filters [--sessions 1,10] [--changes 10]``

Two tables: the processor time of the server for a view that nobody has opened yet and for the same seen again, against
the blank page with the same filters in the same run; then the seconds that readers wait, alone and together.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.client import Session, Taken, crowd
from benchmarks.servers import ROOT, Server, measured
from svdash import editions
from svdash.register import ALL, NONE, Framework
from svdash.show.kit.addresses import PAGES, USED_FILTERS

QUERIES = [
    "",
    "role=employer",
    "year=2024/25",
    "role=commissioner&year=2023/24",
    "commitment=COM-D3",
    "role=investor&compare=none",
]


def compare(real: str, blank: str, page: str, sessions: int, changes: int) -> tuple[list[Taken], list[Taken]]:
    """Measure both servers in turn, half before and half after, so that drift of the machine falls on both."""
    taken: dict[str, list[Taken]] = {real: [], blank: []}
    for address in (blank, real, real, blank):
        taken[address] += asyncio.run(crowd(address, page, QUERIES, sessions, changes // 2))
    return taken[real], taken[blank]


def fresh() -> list[str]:
    """Return views that no server works out ahead: every role with some years, compared and not, and a district."""
    framework = Framework.of(editions.current())
    roles = [role for role in framework.filters.choices("role") if role != ALL]
    years = [*framework.calendar.years[-4:], ALL]
    districts = [ALL, *framework.filters.districts]
    return [
        urlencode({"role": role, "year": years[n % len(years)], "compare": NONE, "district": district})
        for n, (role, district) in enumerate(product(roles, districts[:3]))
    ]


async def spent(server: Server, page: str, queries: list[str]) -> list[float]:
    """Return the processor seconds of the server for each view in turn, asked by one reader."""
    reader = Session(server.address, page)
    await reader.open("")
    taken = []
    for query in queries:
        before = server.processor_seconds()
        if (await reader.go(query)).exceptions:
            raise RuntimeError(f"{page}?{query} shows an exception: nothing to measure")
        taken.append(server.processor_seconds() - before)
    await reader.close()
    return taken


def first_looks(real: Server, blank: Server) -> None:
    """Print a line a page: processor time of a first look and of the same views again, and ratios to the blank page."""
    print(
        f"{'page':18}{'views':>6}{'blank p50':>11}{'first p50':>11}{'ratio':>7}{'first max':>11}{'ratio':>7}{'again p50':>11}{'ratio':>7}"
    )
    for _, _, page, _ in PAGES:
        base = statistics.median(asyncio.run(spent(blank, page, [*fresh(), *fresh()])))
        first = asyncio.run(spent(real, page, fresh()))
        again = statistics.median(asyncio.run(spent(real, page, fresh())))
        middle, most = statistics.median(first), max(first)
        print(
            f"{page or 'overview':18}{len(first):6}{base * 1000:9.0f}ms{middle * 1000:9.0f}ms{middle / base:7.1f}"
            f"{most * 1000:9.0f}ms{most / base:7.1f}{again * 1000:9.0f}ms{again / base:7.1f}",
            flush=True,
        )


def open_all(address: str) -> None:
    """Open every view of every page once: what is measured is a meeting's clicks, not the server's first minute."""
    for _, _, page, _ in PAGES:
        for view in asyncio.run(crowd(address, page, QUERIES, 1, len(QUERIES))):
            if view.exceptions or view.filters < len(USED_FILTERS[page]):
                raise RuntimeError(
                    f"{address}/{page} shows an exception or lacks filters: nothing to measure"
                )


def main() -> None:
    """Print a line a page and number of sessions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", default="1,10")
    parser.add_argument("--changes", type=int, default=10)
    asked = parser.parse_args()
    with (
        measured(ROOT / "app.py") as ours_running,
        measured(Path(__file__).parent / "blank" / "app.py") as theirs_running,
    ):
        real, blank = ours_running.address, theirs_running.address
        for server in (ours_running, theirs_running):
            asyncio.run(spent(server, "", [""]))
            server.settle()
        first_looks(ours_running, theirs_running)
        open_all(blank)
        open_all(real)
        print(
            f"{'page':18}{'sessions':>9}{'empty p50':>11}{'page p50':>10}{'ratio':>7}{'KB p50':>8}{'exceptions':>11}"
        )
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
