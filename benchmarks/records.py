"""What recording costs: a save against a bare insert and an empty page, and the commitments page under a long history.

``python -m benchmarks.records [--people 10] [--history 100000]``
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from itertools import count, product
from pathlib import Path

from sqlalchemy import Column, MetaData, Table, insert

from benchmarks.client import crowd
from benchmarks.filters import fresh, spent
from benchmarks.servers import ROOT, measured
from svdash import editions
from svdash.records import Database, Draft, History, Revision, connect
from svdash.records.quarterly_updates import Quarter, QuarterlyUpdate, QuarterlyUpdates
from svdash.records.record_tables import revisions
from svdash.register import Framework
from svdash.years import year_named

BLANK = Path(__file__).parent / "blank" / "app.py"
SAVES = 20


def update(commitment: str, period: str) -> QuarterlyUpdate:
    """Return an update as long as people's usually are."""
    return QuarterlyUpdate(
        commitment=commitment,
        period=period,
        due_on=date(2020, 1, 1),
        reported_on=date(2020, 1, 1),
        delivery="limited",
        note="What happened in this quarter, in two or three sentences. " * 4,
    )


def together(people: int, save: Callable[[int], object]) -> list[float]:
    """Have people save at the same time, each some times, and return the seconds of each save."""
    numbers = count(1)

    def saves(_: int) -> list[float]:
        taken = []
        for _turn in range(SAVES):
            number, begin = next(numbers), time.perf_counter()
            save(number)
            taken.append(time.perf_counter() - begin)
        return taken

    with ThreadPoolExecutor(people) as pool:
        return [seconds for one in pool.map(saves, range(people)) for seconds in one]


def bare(database: Database, row: Revision) -> Callable[[int], None]:
    """Return what inserts a row of the same content into the same kind of table without rules, hashes and looking first."""
    plain = Table("plain", MetaData(), *(Column(column.name, column.type) for column in revisions.columns))
    plain.create(database.engine)
    content = QuarterlyUpdate.model_validate(row.content).model_dump_json()

    def save(number: int) -> None:
        values = {
            "number": number, "item": f"{row.item}-{number}", "kind": row.kind, "parent": None, "by": row.by, "at": "2020-01-01",
            "view": row.view, "content": content, "words_hash": "", "hash_before": row.hash, "hash": str(number),
        }  # fmt: skip
        with database.writing() as connection:
            connection.execute(insert(plain).values(values))

    return save


def saving(people: int) -> None:
    """Print what a confirmed save takes at the median, against a bare insert of the same row and an empty page."""
    database = connect()
    history = History(database)
    updates = QuarterlyUpdates(history)
    first = updates.save([(update("A-0", "2020/21 Q1"), None)], by="somebody", view="/my-updates")[0]
    saved = statistics.median(
        together(
            people,
            lambda n: updates.save(
                [(update(f"A-{n}", "2020/21 Q1"), None)], by="somebody", view="/my-updates"
            ),
        )
    )
    inserted = statistics.median(together(people, bare(database, first)))
    with measured(BLANK) as blank:
        page = statistics.median(
            each.seconds for each in asyncio.run(crowd(blank.address, "", ["", "role=employer"], people, 6))
        )
    lost = 1 + people * SAVES - history.count("update")[0]
    print(
        f"{people} people saving: {saved * 1000:.0f} ms at the median; a bare insert {inserted * 1000:.0f} ms, an empty page "
        f"{page * 1000:.0f} ms; ratio {saved / (inserted + page):.2f}; lost {lost}; faults {len(history.faults())}",
        flush=True,
    )


def fill(wanted: int) -> None:
    """Record and publish updates of quarters long past until the history has as many revisions."""
    history = History(connect())
    updates = QuarterlyUpdates(history)
    register = Framework.of(editions.current()).commitments
    names = [str(each) for each in register.loc[register["kind"] != "practice", "id"]]
    periods = [f"{year_named(year)} Q{quarter}" for year, quarter in product(range(2001, 2016), range(1, 5))]
    newest: dict[str, int | None] = {update(name, period).item: None for name in names for period in periods}
    contents = {
        found.item: found.model_dump(mode="json")
        for found in (update(name, period) for name in names for period in periods)
    }
    while history.last()[0] < wanted:
        for begin in range(0, len(contents), 1000):
            some = list(contents)[begin : begin + 1000]
            drafts = [Draft(item, "update", contents[item], newest[item]) for item in some]
            for each in history.add(drafts, by="somebody", view="/"):
                newest[each.item] = each.number
    for period in periods:
        of_period = (number for item, number in newest.items() if number and item.endswith(period))
        submitted = {each.content["commitment"]: each for each in history.numbered(of_period)}
        for state in ("submitted", "signed-off", "published"):
            updates.step(
                Quarter(period, ""), state, updates=submitted, on=date(2026, 1, 1), by="somebody", view="/"
            )


def commitments() -> float:
    """Return the processor seconds of the server for a first look at a view of the commitments page, at the median."""
    with measured(ROOT / "app.py") as server:
        asyncio.run(spent(server, "", [""]))
        server.settle()
        return statistics.median(asyncio.run(spent(server, "commitments", fresh())))


@contextmanager
def database_of_its_own() -> Iterator[None]:
    """Have the settings name a database in a folder that is taken away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SVDASH_DATABASE_URL"] = f"sqlite:///{folder}/records.sqlite3"
        try:
            yield
        finally:
            connect().close()
            del os.environ["SVDASH_DATABASE_URL"]


def main() -> None:
    """Print a line for saving and a line for the commitments page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--history", type=int, default=100_000)
    asked = parser.parse_args()
    with database_of_its_own():
        saving(asked.people)
    without = commitments()
    with database_of_its_own():
        fill(asked.history)
        behind = commitments()
    print(
        f"commitments with {asked.history:,} revisions in the history: {behind * 1000:.0f} ms of processor time for a first look, "
        f"{without * 1000:.0f} ms without any; ratio {behind / without:.2f}"
    )


if __name__ == "__main__":
    main()
