"""How long a file of the workbench takes to be read and profiled, against DuckDB's own SUMMARIZE of the same file.

    python -m benchmarks.brought_files [--millions 5] [--repeats 3] [--analysts 10]

Makes so many million rows of nine columns from a seed, as CSV and as Parquet, and lets both work on the same files by turns,
each in a process of its own. Processor time is judged, since seconds depend on who else works. That of the product is the whole
of its reading: the start of its process, the plain table that it writes and the profile. Memory is the most that the process
held. Then so many analysts bring a file each at the same time and ask it. The exit status is 1 if the profile counts other
rows, takes more than three times as long or holds 1 GB, or if an analyst met an exception.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

# Nothing large is imported here: a process starts with the memory mark of the one that started it.

SEED: Final = 20220401
GOAL: Final = 3.0
MOST_MEGABYTES: Final = 1_000
DISTRICTS: Final = ("Halton", "Knowsley", "Liverpool", "Sefton", "St. Helens", "Wirral")


def generate(folder: Path, millions: float) -> list[Path]:
    """Write the same rows as CSV and as Parquet; the same ones whenever it is called."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    import pyarrow.csv as pacsv  # type: ignore[import-untyped, unused-ignore]
    import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]

    random, size = np.random.default_rng(SEED), round(millions * 1_000_000)
    days = np.datetime64("2022-04-01") + random.integers(0, 1000, size)
    rows = pa.table(
        {
            "id": pa.array(np.arange(size)),
            "area": pa.array(np.array([f"E0100{6412 + n}" for n in range(989)])[random.integers(0, 989, size)]),
            "district": pa.array(np.array(DISTRICTS)[random.integers(0, len(DISTRICTS), size)]),
            "day": pa.array(days.astype("datetime64[D]")),
            "group": pa.array(np.array(["women", "men", "other"])[random.integers(0, 3, size)]),
            "people": pa.array(random.integers(0, 60, size)),
            "amount": pa.array(np.round(random.normal(300, 90, size), 2)),
            "answered": pa.array(random.random(size) < 0.7),
            "note": pa.array([f"case {number}" for number in random.integers(0, 3_000_000, size)]),
        }
    )  # fmt: skip
    files = [folder / "rows.csv", folder / "rows.parquet"]
    pacsv.write_csv(rows, files[0])
    papq.write_table(rows, files[1])
    return files


def summarized(file: Path) -> dict[str, float]:
    """Let DuckDB summarize a file, with the threads that the product takes."""
    import duckdb

    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        begin = time.process_time()
        found = connection.execute(f"SUMMARIZE SELECT * FROM '{file}'").fetchall()  # noqa: S608  our own file
        spent = time.process_time() - begin
    return {"rows": int(found[0][10]), "processor": spent, "memory": _peak(resource.RUSAGE_SELF)}


def profiled(file: Path) -> dict[str, float]:
    """Bring a file as the workbench does, with the places of the embedded pack."""
    from svdash import editions
    from svdash.workbench import brought_tables
    from svdash.workbench.brought_reading import Asked
    from svdash.workbench.known_places import Places

    source, places = brought_tables.opened(file), Places.of(editions.current())
    begin = time.process_time()
    table = brought_tables.bring(source, Asked(), lambda _: None, places=places)
    found = brought_tables.profiled(table)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() - begin + children.ru_utime + children.ru_stime
    return {"rows": found.rows, "processor": spent, "memory": _peak(resource.RUSAGE_CHILDREN)}


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def apart(what: str, file: Path) -> dict[str, float]:
    """Return what came of one turn, in a process of its own with a workbench of its own."""
    with tempfile.TemporaryDirectory(dir=file.parent) as var:
        command = [sys.executable, "-m", "benchmarks.brought_files", "--turn", what, str(file)]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, "SVDASH_VAR": var}
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def analysts(many: int, folder: Path) -> int:
    """Let so many analysts bring a file each and ask it at the same time; return how many met an exception."""
    os.environ["SVDASH_VAR"] = str(folder / "var")
    import narwhals as nw

    from svdash.workbench import brought_tables
    from svdash.workbench.brought_reading import Asked

    failed: list[str] = []

    def one(number: int) -> None:
        try:
            file = folder / f"own-{number}.csv"
            file.write_text("area,people\n" + f"Halton,{number}\n" * 50_000, encoding="utf-8")
            table = brought_tables.bring(brought_tables.opened(file), Asked(), lambda _: None)
            for _ in range(20):
                found = (
                    brought_tables.frame(table, ["people"]).select(nw.col("people").sum()).collect("pyarrow")
                )
                assert found.item() == number * 50_000
        except Exception as error:  # noqa: BLE001  each is counted and told
            failed.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, many + 1)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        f"{many} analysts at once, each a file of 50,000 rows and 20 queries: {time.monotonic() - begin:.1f} s, {len(failed)} exceptions"
    )
    for each in failed:
        print(f"  {each}")
    return len(failed)


def compared(file: Path, repeats: int) -> bool:
    """Print how both did on a file; return whether the goals are met."""
    turns = [(apart("summarize", file), apart("profile", file)) for _ in range(repeats)]
    theirs, ours = (statistics.median(turn[side]["processor"] for turn in turns) for side in (0, 1))
    memory = max(turn[1]["memory"] for turn in turns)
    same = all(turn[0]["rows"] == turn[1]["rows"] for turn in turns)
    print(
        f"{file.name}: SUMMARIZE {theirs:.1f} s of processor, read and profiled {ours:.1f} s ({ours / theirs:.2f}; goal {GOAL:.0f}), {memory:.0f} MB"
        f"{'' if same else ', OTHER ROWS'}"
    )
    return same and ours <= GOAL * theirs and memory < MOST_MEGABYTES


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--millions", type=float, default=5.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--analysts", type=int, default=10)
    parser.add_argument("--turn", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.turn:
        what, file = asked.turn
        print(json.dumps({"summarize": summarized, "profile": profiled}[what](Path(file))))
        return 0
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        met = [compared(file, asked.repeats) for file in generate(Path(folder), asked.millions)]
        failed = analysts(asked.analysts, Path(folder))
    return 0 if all(met) and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
