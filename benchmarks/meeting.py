"""What the next finding costs in a meeting, against an empty page with the same navigation, in one run.

``python -m benchmarks.meeting [--turns 20]``
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.client import Session, Taken
from benchmarks.filters import QUERIES
from benchmarks.records import BLANK, database_of_its_own
from benchmarks.servers import ROOT, Server, measured
from svdash import editions
from svdash.findings.progress import meeting_agenda
from svdash.findings.snapshot_taking import stored, worked_out
from svdash.records import History, connect
from svdash.records.meetings import MeetingLog


def plan() -> int:
    """Record a meeting with the usual agenda of a snapshot of the overview, and return how many findings it has."""
    snapshot = worked_out(editions.current(), pages=("overview",))
    stored(snapshot, name="Benchmark", by="somebody", view="/")
    agenda = meeting_agenda.usual(snapshot.entries)
    given = {"name": "Board", "on": "2027-01-14", "snapshot": snapshot.id, "agenda": agenda}
    MeetingLog(History(connect())).save(given, None, by="somebody", view="/")
    return len(agenda)


async def through(address: str, findings: int) -> list[Taken]:
    """Go from the first finding of the meeting to the actions behind the last, and return what each step took."""
    reader = Session(address, "meeting")
    await reader.open("at=1")
    taken = [await reader.press("Next") for _ in range(findings)]
    if f"at={findings + 1}" not in reader.query:
        raise RuntimeError(f"the last step led to {reader.query!r}: nothing to measure")
    await reader.close()
    return taken


async def empty(address: str, changes: int) -> list[Taken]:
    """Change a filter of the empty page some times."""
    reader = Session(address, "")
    await reader.open("")
    taken = [await reader.go(QUERIES[turn % len(QUERIES)]) for turn in range(changes)]
    await reader.close()
    return taken


def spent(server: Server, findings: int, turns: int, *, real: bool) -> tuple[float, float]:
    """Return the seconds of a step at the median, and the processor seconds of the server for a step."""
    before = server.processor_seconds()
    taken = []
    for _ in range(turns):
        way = through(server.address, findings) if real else empty(server.address, findings)
        taken += asyncio.run(way)
    if any(each.exceptions for each in taken):
        raise RuntimeError("the page shows an exception: nothing to measure")
    used = (server.processor_seconds() - before) / len(taken)
    return statistics.median(each.seconds for each in taken), used


def main() -> None:
    """Print a line for the next finding: the first time it is shown, and again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database_of_its_own():
        os.environ |= {"SVDASH_SNAPSHOTS": folder, "SVDASH_LOCAL_USER": "1"}
        findings = plan()
        with measured(ROOT / "app.py", Path(folder) / "log.txt") as ours, measured(BLANK) as theirs:
            for server in (ours, theirs):
                asyncio.run(empty(server.address, 1))
                server.settle()
            first, _ = spent(ours, findings, 1, real=True)
            # Half before and half after, so that drift of the machine falls on both.
            runs = [
                spent(theirs, findings, asked.turns, real=False),
                spent(ours, findings, asked.turns, real=True),
                spent(ours, findings, asked.turns, real=True),
                spent(theirs, findings, asked.turns, real=False),
            ]
    base, mine = (statistics.mean((runs[a][0], runs[b][0])) for a, b in ((0, 3), (1, 2)))
    base_used, mine_used = (statistics.mean((runs[a][1], runs[b][1])) for a, b in ((0, 3), (1, 2)))
    print(
        f"next finding of {findings}: {mine * 1000:.0f} ms at the median, the first time {first * 1000:.0f} ms; an empty page "
        f"{base * 1000:.0f} ms; ratio {mine / base:.2f}. Processor time of the server, loading included: {mine_used * 1000:.0f} ms "
        f"and {base_used * 1000:.0f} ms, ratio {mine_used / base_used:.2f}"
    )


if __name__ == "__main__":
    main()
