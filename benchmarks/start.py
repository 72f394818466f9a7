"""From the start of the server to the first figures, against an empty Streamlit app.

``python -m benchmarks.start [--turns 3]``: a fresh process each time. The very first start checks the pack and sums
its lines in a fresh folder; it is given time to keep what it worked out, as any server is, and the later starts use
it. The first figures are the first number on the overview; the whole page is told beside it.
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
KEPT_WITHIN = 120


def start(script: Path, var: Path | None = None) -> tuple[float, float]:
    """Return the seconds from starting a server to its first figure and to the end of its first page.

    With ``var`` the server is left alone after that until what it worked out stands in that folder.
    """
    begin = time.perf_counter()
    with serving(script) as address:
        before = time.perf_counter() - begin
        figure, whole = asyncio.run(_open(address))
        until = time.monotonic() + KEPT_WITHIN
        while var is not None and not any(var.glob("drawings/*/sums.json")):
            if time.monotonic() > until:
                raise TimeoutError(f"nothing was kept in {var} within {KEPT_WITHIN} s")
            time.sleep(0.2)
        return before + figure, before + whole


async def _open(address: str) -> tuple[float, float]:
    reader = Session(address, "")
    taken = await reader.open()
    await reader.close()
    if taken.exceptions:
        raise RuntimeError(f"{address} showed {taken.exceptions} exceptions")
    return taken.figure, taken.seconds


def main() -> None:
    """Print seconds and ratios, the very first start apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SVDASH_VAR"] = folder
        empty, first, later = [start(EMPTY)[1]], start(ROOT / "app.py", Path(folder)), []
        for _ in range(turns):
            empty.append(start(EMPTY)[1])
            later.append(start(ROOT / "app.py"))
    base = statistics.median(empty)
    figure, whole = (statistics.median(part) for part in zip(*later, strict=True))
    print(f"empty app {base:.2f} s")
    print(
        f"later start: first figure {figure:.2f} s, ratio {figure / base:.2f}; whole page {whole:.2f} s, ratio {whole / base:.2f}"
    )
    print(
        f"very first start: first figure {first[0]:.2f} s, ratio {first[0] / base:.2f}; whole page {first[1]:.2f} s, ratio {first[1] / base:.2f}"
    )


if __name__ == "__main__":
    main()
