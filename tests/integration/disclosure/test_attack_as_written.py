"""An attack with nothing but what is written: percentages, limits, ratios and rates are turned back into counts.

It reads what is served and nothing of the gate. A count that is written to the nearest five, a percentage and its limits
have a few pairs of counts behind them, often one. Those go into the puzzle of all sums, so that a figure which rests on a
hidden count is found by what it gives away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from svdash.findings.equality.comparison_groups import characteristics
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.attack import NO_END, Puzzle, leaks

TABLES = {table.name: table for table in open_tables.findings()}
SILENT = "not-stated"
Z = 1.959963984540054
STEP, FINE = 5, 100


def half_up(value: np.ndarray, decimals: np.ndarray | int = 0) -> np.ndarray:
    return np.floor(value * 10.0**decimals + 0.5 + 1e-9) / 10.0**decimals


def wilson(part: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    share = part / base
    middle, spread = part + Z**2 / 2, Z * np.sqrt(part * (1 - share) + Z**2 / 4)
    return (middle - spread) / (base + Z**2), (middle + spread) / (base + Z**2)


@dataclass(frozen=True)
class Written:
    """What a row tells of one share; a figure that is not shown is missing."""

    part: float
    base: float
    percent: float
    lower: float = float("nan")
    upper: float = float("nan")

    def pairs(self, most: int = 3000) -> list[tuple[int, int]]:
        """Every part and base that would be written so; of a hidden base, up to ``most``."""
        bases = _near(self.base, most)
        found = []
        for base in bases[bases > 0]:
            parts = _near(self.part, int(base))
            parts = parts[parts <= base]
            decimals = 1 if base >= FINE else 0
            told = np.ones(len(parts), dtype=bool)
            low, high = wilson(parts, np.full(len(parts), float(base)))
            for seen, exact in ((self.percent, parts / base), (self.lower, low), (self.upper, high)):
                if not np.isnan(seen):
                    told &= np.isclose(half_up(100 * exact, decimals), seen)
            found += [(int(part), int(base)) for part in parts[told]]
        return found


def _near(count: float, most: int) -> np.ndarray:
    """Counts that are written so, to the nearest five; any from 0 on where none is."""
    if np.isnan(count):
        return np.arange(0, most + 1)
    return np.arange(max(int(count) - 2, 0), int(count) + 3)


# -- how much a figure gives away ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        (Written(30, 45, 67, 53, 79), (31, 46)),
        (Written(55, 950, 5.6, 4.3, 7.2), (53, 951)),
    ],
)
def test_the_truth_is_among_the_counts_that_would_be_written_so(
    written: Written, truth: tuple[int, int]
) -> None:
    assert truth in written.pairs()


def test_a_share_with_its_limits_mostly_has_few_counts_behind_it() -> None:
    """Why the gate takes every told count as known to the last person."""
    rng, sizes = np.random.default_rng(3), []
    for _ in range(300):
        base = int(rng.integers(100, 900))
        part = int(rng.integers(5, base))
        low, high = (float(each[0]) for each in wilson(np.array([part]), np.array([base])))
        told = [float(half_up(np.array([100 * x]), 1)[0]) for x in (part / base, low, high)]
        written = Written(*(float(STEP * half_up(np.array([n / STEP]))[0]) for n in (part, base)), *told)
        pairs = written.pairs()
        assert (part, base) in pairs
        sizes.append(len(pairs))
    assert np.mean(np.array(sizes) == 1) > 0.3
    assert np.mean(np.array(sizes) <= 3) > 0.9


def test_a_hidden_part_would_be_given_away_by_its_percentage() -> None:
    assert {part for part, _ in Written(np.nan, 150, 2.0, 0.7, 5.7).pairs()} == {3}
    assert {part for part, _ in Written(np.nan, 150, np.nan).pairs()} >= set(range(1, 5))


# -- what is served ----------------------------------------------------------------------------------------------


def _served(pack: Pack, name: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """A table as JSON has it, for every year and characteristic."""
    for year in Framework.of(pack).calendar.years:
        for by in characteristics(pack):
            found = TABLES[name].build(pack, View(year=year), {"characteristic": by, "reference": ""})
            if len(found.frame):
                yield year, by, found.typed().assign(group=found.frame["group"].to_numpy())


def _number(cell: object) -> float:
    return float("nan") if pd.isna(cell) else float(str(cell))


def _row(row: dict[str, object], *names: str) -> Written:
    return Written(*(_number(row[name]) for name in names))


SHARES = {
    "equality-services": ("numerator", "denominator", "share", "lower", "upper"),
    "equality-workforce": ("numerator", "denominator", "share", "lower", "upper"),
    "equality-owners": ("led", "answered", "share", "lower", "upper"),
    "equality-recruitment": ("people_out", "people_in", "rate", "lower", "upper"),
}


# Of the tables that hide something in the small pack as well, that one at a desk.
IN_SMALL = ("equality-recruitment", "equality-workforce")


@pytest.mark.parametrize(
    ("which", "name"),
    [
        *(("small", name) for name in IN_SMALL),
        *(pytest.param("embedded", name, marks=pytest.mark.exhaustive) for name in IN_SMALL),
        *(("embedded", name) for name in SHARES if name not in IN_SMALL),
    ],
)
def test_what_is_written_of_a_count_that_is_hidden_leaves_it_any_of_one_to_four(
    pack: Pack, small_pack: Pack, which: str, name: str
) -> None:
    inverted, held = 0, 0
    for _, _, rows in _served(small_pack if which == "small" else pack, name):
        for row in rows.to_dict("records"):
            written = _row(row, *SHARES[name])
            if np.isnan([written.part, written.base]).any():
                held += 1
                # Neither the share nor its limits nor how it compares may stand where one of its counts does not.
                beside = [
                    each
                    for each in ("gap", "points", "ratio", "ratio_lower", "ratio_upper", "times")
                    if each in row
                ]
                assert np.isnan([written.percent, written.lower, written.upper]).all(), row
                assert all(pd.isna(row[each]) for each in beside), row
            elif not np.isnan(written.percent) and written.base < 1500:
                assert written.pairs(), row
                inverted += 1
    assert inverted > 20
    assert held > 0 or name in ("equality-workforce", "equality-owners")


def test_no_hidden_count_of_people_reached_by_group_follows_from_what_is_written(pack: Pack) -> None:
    exact = pack.table("reached_groups").set_index(["year", "programme", "characteristic", "group"])["people"]
    puzzle, truth = Puzzle(), {}
    told: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for _, by, rows in _served(pack, "equality-services"):
        for row in rows.to_dict("records"):
            # A year without figures shows those of the one before it.
            key = (str(row["year"]), str(row["programme"]), by, str(row["group"]))
            written = _row(row, *SHARES["equality-services"])
            told[key] = written.pairs() if not np.isnan([written.part, written.base]).any() else []
            if np.isnan(written.part):
                truth["top", *key] = int(exact[key])
            elif not told[key]:
                told[key] = [(int(n), int(written.base)) for n in _near(written.part, 10**6)]
    for key in exact.index:
        parts = [part for part, _ in told[key]]
        hidden = ("top", *key) in truth
        puzzle.within(("top", *key), *((1, NO_END) if hidden else (min(parts), max(parts))))
    for (year, programme, by), line in exact.groupby(level=[0, 1, 2]):
        everybody, answered = ("everybody", year, programme), ("answered", year, programme, by)
        stated = [key for key in line.index if key[-1] != SILENT]
        puzzle.within(everybody, int(line.sum()), int(line.sum()))
        puzzle.within(answered, *_answered(line, [told[key] for key in stated if ("top", *key) not in truth]))
        puzzle.adds_up(answered, [("top", *key) for key in stated])
        puzzle.adds_up(everybody, [answered, *(("top", *key) for key in line.index if key[-1] == SILENT)])
    assert len(truth) > 10
    assert leaks(puzzle, truth) == []


def _answered(line: pd.Series, pairs: list[list[tuple[int, int]]]) -> tuple[float, float]:
    """What the bases of a line say of how many stated a group.

    Nothing where they may be everybody reached, or those groups alone whose counts are told.
    """
    bases = [base for own in pairs for _, base in own]
    least, most = (sum(end(part for part, _ in own) for own in pairs) for end in (min, max))
    if not bases or int(line.sum()) in bases or (least <= max(bases) and min(bases) <= most):
        return 0, NO_END
    return min(bases), max(bases)


def test_rates_of_areas_with_their_residents_give_no_hidden_place_and_no_more_than_the_count(
    pack: Pack,
) -> None:
    """A hidden count has no rate; a told one of a small area often has some values left, and often not: the gate counts on that."""
    year, widths = Framework.of(pack).calendar.default_year, []
    for programme in area_cells.programmes(pack, View(), "counts_people"):
        rows = TABLES["areas"].build(pack, View(year=year), MapChoice("reach", programme).params()).typed()
        hidden = rows["people"].isna()
        assert rows.loc[hidden, "rate"].isna().all()
        shown = rows[~hidden & (rows["people"] > 0)]
        low = np.ceil((shown["rate"] - 0.5) * shown["population"] / 1000)
        high = np.ceil((shown["rate"] + 0.5) * shown["population"] / 1000) - 1
        people = shown["people"].astype("float64")
        # Together with the count to the nearest five, which is one of at most five.
        widths += list(np.minimum(high, people + 2) - np.maximum(low, people - 2) + 1)
        assert (np.array(widths) >= 1).all()
    assert np.mean(np.array(widths) == 1) < 0.5
