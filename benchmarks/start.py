"""From the start of the server to the first figures, against an empty Streamlit app.

``python -m benchmarks.start [--turns 3]``: a fresh process each time; the cells of the lines are made anew in the
first turn (a fresh folder) and reused in the others, as at a second start.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.client import Session
from benchmarks.servers import ROOT, serving

EMPTY = Path(__file__).parent / "empty" / "app.py"


def first_figures(script: Path) -> float:
    """Return the seconds from starting a server to the end of the first page."""
    begin = time.perf_counter()
    with serving(script) as address:
        asyncio.run(_open(address))
        return time.perf_counter() - begin


async def _open(address: str) -> None:
    reader = Session(address, "")
    taken = await reader.open()
    await reader.close()
    if taken.exceptions:
        raise RuntimeError(f"{address} showed {taken.exceptions} exceptions")


def main() -> None:
    """Print seconds and ratio, the very first start apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SVDASH_VAR"] = folder
        empty, first, later = [first_figures(EMPTY)], first_figures(ROOT / "app.py"), []
        for _ in range(turns):
            empty.append(first_figures(EMPTY))
            later.append(first_figures(ROOT / "app.py"))
    base, mine = statistics.median(empty), statistics.median(later)
    print(
        f"empty app {base:.2f} s; svdash {mine:.2f} s, ratio {mine / base:.2f}; very first start {first:.2f} s, ratio {first / base:.2f}"
    )


if __name__ == "__main__":
    main()
