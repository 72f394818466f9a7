"""Times the rollup of payments against the same cells made with pandas.

    python -m benchmarks.rollup [--lines 10] [--repeats 3] [--engine duckdb://]
    python -m benchmarks.rollup --growth [--release] [--repeats 1] [--engine duckdb://]

Makes so many million payments from a seed, then lets both work on the same file by turns, each in a process
of its own. Wall time leaves imports out; processor time is that of the work too; memory is the most that the
process held, imports and all. The exit status is 1 if the cells differ in any place, year or penny.

With --growth, the product alone sums 1 and 10 million payments, with --release 100 million as well: seconds and
memory of each size, and by how much they grew while lines grew tenfold. The exit status is 1 if the sums of the
cells are not those of the file, or if processor time or memory grew faster than lines did.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Nothing large is imported here: a process starts with the memory mark of the one that started it.

SEED: Final = 20220401
CHUNK: Final = 500_000
AREAS: Final = 989
SUPPLIERS: Final = 4_000
PROGRAMMES: Final = 40
YEARS: Final = 4
TYPES: Final = ("sme", "large", "vcse", "public", "micro", "university", "sole-trader")
PLACES: Final = (
    "E06000006", "E08000011", "E08000012", "E08000013", "E08000014", "E08000015",
    "north-west", "uk", "abroad", "not-known",
)  # fmt: skip
TABLES: Final = {
    "payments": ["year", "programme", "kind", "area"],
    "suppliers": ["year", "programme", "supplier_place", "supplier_type"],
    "supplier_totals": ["year", "programme", "supplier_id", "supplier", "supplier_type", "supplier_place"],
}

SIZES: Final = (1.0, 10.0)
RELEASE: Final = 100.0
JUDGED: Final = ("processor", "memory")
# Beyond this, growth is more than what one run differs from the next.
TOLERANCE: Final = 1.1


def area_codes() -> list[str]:
    """Codes as LSOAs have them, all but the last ten known to the pack."""
    return [f"E010{10_000 + number}" for number in range(AREAS)]


def known_codes() -> frozenset[str]:
    """Codes of the areas that the pack is to have."""
    return frozenset(area_codes()[:-10])


# -- the lines --------------------------------------------------------------------------------------


def generate(file: Path, millions: float) -> None:
    """Write so many million payments, a chunk at a time: the same ones whenever it is called."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
    import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]

    random = np.random.default_rng(SEED)
    suppliers = {
        "type": random.integers(0, len(TYPES), SUPPLIERS),
        "place": random.integers(0, len(PLACES), SUPPLIERS),
        "area": random.integers(0, AREAS + 100, SUPPLIERS),  # beyond the last: not known
    }
    total = round(millions * 1_000_000)
    writer = None
    for start in range(0, total, CHUNK):
        columns = _chunk(np.random.default_rng([SEED, start]), start, min(CHUNK, total - start), suppliers)
        table = pa.table(columns)
        writer = writer or papq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _chunk(random: np.random.Generator, start: int, size: int, suppliers: dict[str, Any]) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa

    def text(codes: Any, values: Any, missing: Any = None) -> Any:
        found = pa.array(np.minimum(codes, len(values) - 1).astype("int32"), mask=missing)
        return pa.DictionaryArray.from_arrays(found, pa.array(values)).cast(pa.string())

    # A few suppliers get most payments, as everywhere.
    who = (SUPPLIERS * random.random(size) ** 2.5).astype("int64")
    days = np.datetime64("2022-04-01") + random.integers(0, 365 * YEARS, size)
    area, sign = suppliers["area"][who], np.where(random.random(size) < 0.02, -1, 1)
    return {
        "id": pa.array(np.char.add("P", np.arange(start, start + size).astype("str"))),
        "date": pa.array(days.astype("datetime64[D]")),
        "supplier": text(who, [f"Supplier {number} Limited" for number in range(SUPPLIERS)]),
        "supplier_id": text(who, [f"S{number:05d}" for number in range(SUPPLIERS)]),
        "supplier_type": text(suppliers["type"][who], TYPES),
        "programme": text(
            random.integers(0, PROGRAMMES, size), [f"programme-{n}" for n in range(PROGRAMMES)]
        ),
        "amount_pence": pa.array(sign * (random.lognormal(12, 2, size).astype("int64") + 1)),
        "supplier_area": text(area, area_codes(), area >= AREAS),
        "supplier_place": text(suppliers["place"][who], PLACES),
        "benefit_area": text(random.integers(0, AREAS, size), area_codes(), random.random(size) < 0.15),
        "purpose": text(random.integers(0, 60, size), [f"purpose-{number}" for number in range(60)]),
        "contract_id": text(random.integers(0, 500, size), [f"C{number}" for number in range(500)]),
    }


# -- the two that are compared ----------------------------------------------------------------------


def with_svdash(file: Path, engine_url: str) -> dict[str, pd.DataFrame]:
    """The cells, as the product makes them."""
    from svdash.lines.engine import open_engine
    from svdash.lines.line_tables import read_lines
    from svdash.lines.rollup import payments_by_area, payments_by_kind, payments_by_supplier

    with open_engine(engine_url) as engine:
        lines = read_lines(engine, "payments", file)
        return {
            "payments": payments_by_area(engine, lines, known_codes()),
            "suppliers": payments_by_kind(engine, lines),
            "supplier_totals": payments_by_supplier(engine, lines),
        }


def with_pandas(file: Path, _: str) -> dict[str, pd.DataFrame]:
    """The same cells with pandas alone, reading only the columns that it needs."""
    import pandas as pd

    needed = [
        "date",
        "amount_pence",
        "programme",
        "supplier_area",
        "benefit_area",
        *TABLES["supplier_totals"][1:],
    ]
    # Days as such: by default pandas would make a Python object of each.
    lines = pd.read_parquet(
        file, engine="pyarrow", columns=needed, to_pandas_kwargs={"date_as_object": False}
    )
    start = lines["date"].dt.year - (lines["date"].dt.month < 4)
    lines["year"] = start.map({year: f"{year}/{(year + 1) % 100:02d}" for year in start.unique()})

    def summed(keys: list[str]) -> pd.DataFrame:
        groups = lines.groupby(keys, dropna=False, sort=False)["amount_pence"]
        sums: pd.DataFrame = groups.agg(["sum", "size"]).reset_index()
        return sums.rename(columns={"sum": "pence", "size": "lines"})

    kinds = {"supplier": "supplier_area", "benefit": "benefit_area"}
    parts = [
        summed(["year", "programme", column]).rename(columns={column: "area"}).assign(kind=kind)
        for kind, column in kinds.items()
    ]
    payments = pd.concat(parts, ignore_index=True)
    payments["known"] = payments["area"].isin(known_codes())
    return {"payments": payments} | {name: summed(TABLES[name]) for name in ("suppliers", "supplier_totals")}


WAYS: Final = {"svdash": with_svdash, "pandas": with_pandas}
IMPORTS: Final = {
    "svdash": ("pyarrow.parquet", "narwhals", "duckdb", "svdash.lines.rollup"),
    "pandas": ("pyarrow.parquet", "pandas"),
}


def measure(way: str, file: Path, out: Path, engine_url: str) -> None:
    """Make the cells one way, print what it took as JSON, and write them down."""
    for name in IMPORTS[way]:
        importlib.import_module(name)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    cells = WAYS[way](file, engine_url)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    megabytes = after.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    print(json.dumps({"wall": wall, "processor": spent, "memory": megabytes}))
    for name, frame in cells.items():
        frame.to_parquet(out / f"{way}-{name}.parquet")


def differences(out: Path) -> list[str]:
    """How the cells of the two ways differ, a sentence a table; none where they are equal."""
    import pandas as pd

    found = []
    for name, keys in TABLES.items():
        one, other = (
            pd.read_parquet(out / f"{way}-{name}.parquet").sort_values(keys, ignore_index=True)
            for way in WAYS
        )
        columns = sorted(one.columns)
        if sorted(other.columns) != columns or len(one) != len(other):
            found.append(f"{name}: {len(one):,} cells by svdash, {len(other):,} by pandas")
        elif not one[columns].astype("str").equals(other[columns].astype("str")):
            found.append(f"{name}: the cells are as many, but not alike")
    return found


# -- the run ----------------------------------------------------------------------------------------


def _child(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.rollup", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def run(millions: float, repeats: int, engine_url: str) -> int:
    """Make the lines, time both ways by turns and compare their cells; the exit status."""
    with tempfile.TemporaryDirectory(prefix="svdash-bench-") as folder:
        out, file = Path(folder), Path(folder) / "payments.parquet"
        _child("--lines", str(millions), "--make", str(file))
        print(f"{millions:g} million payments, {file.stat().st_size / 1e6:,.0f} MB of Parquet; {engine_url}")
        taken: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for turn in range(repeats):
            for way, results in taken.items():
                told = _child("--way", way, "--file", str(file), "--out", str(out), "--engine", engine_url)
                results.append(json.loads(told))
                print(f"  {turn + 1}. {way:8}{_row(results[-1])}", flush=True)
        middle = {
            way: {key: statistics.median(each[key] for each in results) for key in results[0]}
            for way, results in taken.items()
        }
        for way, result in middle.items():
            print(f"median {way:8}{_row(result)}")
        ratio = {key: middle["pandas"][key] / middle["svdash"][key] for key in middle["svdash"]}
        print(
            f"pandas takes {ratio['wall']:.1f} times as long, {ratio['processor']:.1f} times the processor time "
            f"and {ratio['memory']:.1f} times the memory"
        )
        wrong = differences(out)
    print("\n".join(wrong) or "the cells are equal to the penny")
    return 1 if wrong else 0


# -- growth -----------------------------------------------------------------------------------------


def grow(sizes: list[float], repeats: int, engine_url: str) -> int:
    """Sum so many million payments after one another and tell how time and memory grow; the exit status."""
    print(f"svdash on {engine_url}, median of {repeats}")
    print("  million lines   MB of file   seconds  of processor  a million   MB of memory")
    taken: dict[float, dict[str, float]] = {}
    wrong = []
    for millions in sizes:
        with tempfile.TemporaryDirectory(prefix="svdash-bench-") as folder:
            out, file = Path(folder), Path(folder) / "payments.parquet"
            _child("--lines", str(millions), "--make", str(file))
            megabytes = file.stat().st_size / 1e6
            way = ("--way", "svdash", "--file", str(file), "--out", str(out), "--engine", engine_url)
            told = [json.loads(_child(*way)) for _ in range(repeats)]
            wrong += lost(out, file)
        now = taken[millions] = {key: statistics.median(each[key] for each in told) for key in told[0]}
        print(
            f"{millions:15g} {megabytes:12,.0f} {now['wall']:9.2f} {now['processor']:13.2f} "
            f"{now['processor'] / millions:10.3f} {now['memory']:14,.0f}",
            flush=True,
        )
    for less, more in pairwise(sizes):
        factor = {key: taken[more][key] / taken[less][key] for key in taken[more]}
        print(
            f"lines x {more / less:g}: seconds x {factor['wall']:.1f}, processor time x "
            f"{factor['processor']:.1f}, memory x {factor['memory']:.1f}"
        )
        wrong += [f"{key} grew faster than lines" for key in JUDGED if factor[key] > more / less * TOLERANCE]
    print("\n".join(wrong) or "linear or better, and every sum is that of the file")
    return 1 if wrong else 0


def lost(out: Path, file: Path) -> list[str]:
    """Where cells don't add up to the lines and pence of the file, a sentence a table."""
    import pandas as pd
    import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]
    import pyarrow.parquet as papq  # type: ignore[import-untyped, unused-ignore]

    lines = papq.ParquetFile(file)
    batches = lines.iter_batches(columns=["amount_pence"])
    pence = sum(pc.sum(batch.column(0)).as_py() for batch in batches)
    true = (pence, lines.metadata.num_rows)
    found = []
    for name, keys in TABLES.items():
        cells = pd.read_parquet(out / f"svdash-{name}.parquet")
        parts = cells.groupby("kind") if "kind" in keys else [("", cells)]
        sums = {(int(part["pence"].sum()), int(part["lines"].sum())) for _, part in parts}
        if sums != {true}:
            found.append(f"{name}: pence and lines are {sorted(sums)}, in the file {true}")
    return found


def _row(result: dict[str, float]) -> str:
    return f"{result['wall']:7.2f} s {result['processor']:7.2f} s of processor {result['memory']:8,.0f} MB"


def main() -> int:
    """Read the command line and do what it says; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.rollup", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--lines", type=float, default=10, help="millions of payments (default: 10)")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each (default: 3)")
    parser.add_argument("--engine", default="duckdb://", help="address of the query engine")
    parser.add_argument("--growth", action="store_true", help="1 and 10 million lines, the product alone")
    parser.add_argument("--release", action="store_true", help="with --growth: 100 million lines too")
    for hidden in ("--make", "--file", "--out"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.lines <= 0 or given.repeats < 1:
        parser.error("--lines and --repeats must be above 0")
    if given.release and not given.growth:
        parser.error("--release needs --growth")
    if given.make is not None:
        generate(given.make, given.lines)
    elif given.way is not None:
        measure(given.way, given.file, given.out, given.engine)
    elif given.growth:
        sizes = [*SIZES, RELEASE] if given.release else [*SIZES]
        return grow(sizes, given.repeats, given.engine)
    else:
        return run(given.lines, given.repeats, given.engine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
