"""What a change of a definition costs over a table of a million rows, against an empty page with the same navigation.

``python -m benchmarks.definitions [--rows 1000000] [--changes 12] [--analysts 10]``

Each change is another formula, so nothing of its figures is kept. First one analyst, in processor time of the server and in
seconds; then several at once, with the exceptions that they saw.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.client import Session, Taken
from benchmarks.servers import Server, measured

HERE = Path(__file__).parent
TABLE = "SVDASH_BENCHMARK_TABLE"
GOAL = 1.5
# Changes that each of several analysts makes.
TURNS = 3
DEFINITION = """
id: ABC-I1
title: Residents who feel part of their neighbourhood
definition: Who agree, out of all who answered
level: outcome
sphere: influence
table: survey.parquet
numerator: count(where=answer == "agree" and age > {least})
denominator: count(where=age > {least})
unit: percent
polarity: higher
year: answered_on
group: sex
area: area
role: employer
source: Made up for a benchmark
cadence: annual
status: illustrative
criteria_for_change: Five points
"""


def show() -> None:
    """Draw what the definition shows whose formula the address names; runs in the server."""
    import streamlit as st

    from svdash.show.kit import page
    from svdash.show.panels import workbench_results
    from svdash.workbench import prototype_findings
    from svdash.workbench.definition import read

    now = page.question("What does a change cost?")
    written = read(DEFINITION.format(least=int(st.query_params.get("least", "16"))))
    files = {"survey.parquet": os.environ[TABLE]}
    # The column says in words what is wrong with a definition: here that is an exception, else nothing would be measured.
    if any(each.empty for each in prototype_findings.findings(now.edition, written, files).all):
        raise RuntimeError("a part of what the definition shows is empty: nothing to measure")
    workbench_results.show(now, written, files)


def survey(rows: int) -> pd.DataFrame:
    """Return answers made up with a fixed seed: days of seven years, sex, age, answer and small area."""
    from svdash import editions
    from svdash.findings.reach import area_cells

    areas = area_cells.areas(editions.current())
    random = np.random.default_rng(1)
    place = random.choice(areas.index, rows)
    decile = areas["decile"].reindex(place).to_numpy()
    days = pd.to_datetime("2019-04-01") + pd.to_timedelta(random.integers(0, 2550, rows), unit="D")
    return pd.DataFrame(
        {
            "answered_on": days.date,
            "sex": random.choice(["Women", "Men"], rows),
            "age": random.integers(16, 90, rows),
            "answer": np.where(random.random(rows) < 0.3 + 0.03 * decile, "agree", "disagree"),
            "area": place,
        }
    )


def brought(rows: int) -> str:
    """Bring such a table to the workbench and return what it is known by."""
    from svdash.workbench import brought_tables
    from svdash.workbench.brought_reading import Asked

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "survey.parquet"
        survey(rows).to_parquet(file)
        return brought_tables.bring(brought_tables.opened(file), Asked(), lambda *_: None).sha256


async def spent(server: Server, queries: list[str]) -> tuple[list[float], list[float]]:
    """Return processor seconds of the server and seconds for each view in turn, asked by one analyst."""
    analyst = Session(server.address, "")
    await analyst.open("least=17")
    processor, seconds = [], []
    for query in queries:
        before = server.processor_seconds()
        taken = await analyst.go(query)
        if taken.exceptions:
            raise RuntimeError(f"?{query} shows an exception: nothing to measure")
        processor.append(server.processor_seconds() - before)
        seconds.append(taken.seconds)
    await analyst.close()
    return processor, seconds


async def together(address: str, analysts: int) -> list[Taken]:
    """Let several analysts change their definitions at once, each to others than everybody else; return every change."""
    readers = [Session(address, "") for _ in range(analysts)]
    await asyncio.gather(*(reader.open("least=17") for reader in readers))

    async def changes(number: int, reader: Session) -> list[Taken]:
        return [await reader.go(f"least={40 + TURNS * number + turn}") for turn in range(TURNS)]

    taken = await asyncio.gather(*(changes(number, reader) for number, reader in enumerate(readers)))
    await asyncio.gather(*(reader.close() for reader in readers))
    return [one for reader in taken for one in reader]


def main() -> None:
    """Print a line for one analyst and one for several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changes", type=int, default=12)
    parser.add_argument("--analysts", type=int, default=10)
    asked = parser.parse_args()
    os.environ[TABLE] = brought(asked.rows)
    queries = [f"least={18 + number}" for number in range(asked.changes)]
    with (
        measured(HERE / "workbench" / "app.py") as ours,
        measured(HERE / "blank" / "app.py") as theirs,
    ):
        for server in (ours, theirs):
            asyncio.run(spent(server, queries[:1]))
            server.settle()
        blank = asyncio.run(spent(theirs, queries))
        mine = asyncio.run(spent(ours, queries[1:]))
        for name, own, base in zip(("processor time", "seconds"), mine, blank, strict=True):
            one, empty = statistics.median(own), statistics.median(base)
            print(
                f"a change over {asked.rows} rows, {name}: {one * 1000:.0f} ms at the median, an empty page {empty * 1000:.0f} ms, "
                f"{one / empty:.1f} times (goal: {GOAL})",
                flush=True,
            )
        taken = asyncio.run(together(ours.address, asked.analysts))
        wrong = sum(each.exceptions for each in taken)
        print(
            f"{asked.analysts} analysts at once, {TURNS} changes each, all different: {statistics.median(t.seconds for t in taken):.1f} s at the median, "
            f"{wrong} exceptions"
        )


if __name__ == "__main__":
    main()
