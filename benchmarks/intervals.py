"""How long a million intervals take, against statsmodels, scipy and the bare formula in numpy.

    python -m benchmarks.intervals [--millions 1] [--repeats 7]

Makes counts from a seed and lets all work on the same arrays by turns, in one process. The ratio is the time
of this product's function to that of the other: below 1 it is the faster one. Memory is the most that
numpy held on top of the counts, measured in a turn that isn't timed. The bare formula checks nothing, so it
tells what reading and checking the counts costs. The exit status is 1 if limits differ by more than a millionth
(0.2% where Byar's are set against exact ones).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import (  # type: ignore[import-untyped, unused-ignore]
    confint_proportions_2indep,
    proportion_confint,
)

from svdash.measures import intervals

Floats: TypeAlias = NDArray[np.float64]
Limits: TypeAlias = Callable[[], tuple[Any, ...]]

SEED: Final = 20220401
Z: Final = float(stats.norm.ppf(0.975))
CLOSE: Final = 1e-6


def counts(millions: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Two numerators with their denominators, the same ones whenever it is called."""
    random = np.random.default_rng(SEED)
    size = round(millions * 1_000_000)
    bases = [np.floor(random.lognormal(6, 1.5, size)) + 1 for _ in range(2)]
    x1, x2 = (random.binomial(base.astype("int64"), random.beta(2, 5, size)).astype(float) for base in bases)
    return x1, bases[0], x2, bases[1]


# -- the bare formulas ------------------------------------------------------------------------------


def bare_wilson(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Wilson's limits and nothing else."""
    middle, spread = 2 * x + Z * Z, Z * np.sqrt(Z * Z + 4 * x * (1 - x / n))
    return (middle - spread) / (2 * (n + Z * Z)), (middle + spread) / (2 * (n + Z * Z))


def bare_byar(x: Floats) -> tuple[Floats, Floats]:
    """Byar's limits and nothing else."""
    lower = x * (1 - 1 / (9 * x) - Z / (3 * np.sqrt(x))) ** 3
    return lower, (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * np.sqrt(x + 1))) ** 3


def bare_difference(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> tuple[Floats, Floats]:
    """Newcombe's limits and nothing else."""
    (l1, u1), (l2, u2), p1, p2 = bare_wilson(x1, n1), bare_wilson(x2, n2), x1 / n1, x2 / n2
    below, above = np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return p1 - p2 - below, p1 - p2 + above


def exact(x: Floats) -> tuple[Floats, Floats]:
    """Garwood's exact limits of a count from scipy's chi-square."""
    lower = np.where(x > 0, stats.chi2.ppf(0.025, 2 * np.maximum(x, 1)) / 2, 0.0)
    return lower, np.asarray(stats.chi2.ppf(0.975, 2 * x + 2) / 2)


# -- the run ----------------------------------------------------------------------------------------


def rounds(millions: float) -> list[tuple[str, Limits, dict[str, Limits]]]:
    """What is measured: a name, this product's function, and the others by their names."""
    x1, n1, x2, n2 = counts(millions)
    many, few = np.maximum(x1, 10.0), np.minimum(x1, 9.0)
    return [
        (
            "wilson",
            lambda: intervals.wilson(x1, n1),
            {
                "statsmodels proportion_confint": lambda: proportion_confint(x1, n1, method="wilson"),
                "bare formula in numpy": lambda: bare_wilson(x1, n1),
            },
        ),
        (
            "byar, 10 and more",
            lambda: intervals.byar(many),
            {"bare formula in numpy": lambda: bare_byar(many)},
        ),
        ("byar, below 10", lambda: intervals.byar(few), {"scipy chi2.ppf, exact": lambda: exact(few)}),
        (
            "byar, all counts",
            lambda: intervals.byar(x1),
            {"scipy chi2.ppf, exact": lambda: exact(x1)},
        ),
        (
            "difference",
            lambda: intervals.difference(x1, n1, x2, n2)[1:],
            {
                "statsmodels confint_..._2indep": lambda: confint_proportions_2indep(
                    x1, n1, x2, n2, method="newcomb"
                ),
                "bare formula in numpy": lambda: bare_difference(x1, n1, x2, n2),
            },
        ),
    ]


def seconds(limits: Limits) -> float:
    """Time one call."""
    begin = time.perf_counter()
    limits()
    return time.perf_counter() - begin


def megabytes(limits: Limits) -> float:
    """Tell the most that one call held."""
    tracemalloc.start()
    limits()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def apart(ours: Limits, other: Limits) -> float:
    """Tell how far two ways' limits are apart at most, against the size of a limit above 1."""
    pairs = zip(ours(), other(), strict=True)
    return max(float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1.0))) for a, b in pairs)


def main() -> int:
    """Print a line a comparison; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.intervals", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--millions", type=float, default=1, help="millions of intervals (default: 1)")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each (default: 7)")
    asked = parser.parse_args()
    if asked.millions <= 0 or asked.repeats < 1:
        parser.error("--millions and --repeats must be above 0")
    print(f"{asked.millions:g} million intervals, median of {asked.repeats} turns")
    print(f"{'':18}{'against':32}{'svdash':>9}{'other':>9}{'ratio':>7}{'MB':>6}{'other':>6}{'apart':>10}")
    wrong = False
    for name, ours, others in rounds(asked.millions):
        taken: dict[str, list[float]] = {"": [], **{other: [] for other in others}}
        for _ in range(asked.repeats):
            for other, times in taken.items():
                times.append(seconds(others[other] if other else ours))
        mine = statistics.median(taken[""])
        for other, limits in others.items():
            base, distance = statistics.median(taken[other]), apart(ours, limits)
            # All counts are exact below ten and Byar's from there on: within 0.2% of the exact ones.
            wrong |= distance > (2e-3 if name == "byar, all counts" else CLOSE)
            print(
                f"{name:18}{other:32}{mine * 1000:7.0f}ms{base * 1000:7.0f}ms{mine / base:7.2f}"
                f"{megabytes(ours):6.0f}{megabytes(limits):6.0f}{distance:10.1e}",
                flush=True,
            )
    print("limits differ" if wrong else "the limits agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
