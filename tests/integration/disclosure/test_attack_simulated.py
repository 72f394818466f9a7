"""An attack on simulated small authorities: what is told of their staff and recruitment gives no hidden count back.

Each authority is made by a seed. The attack knows from how it was made what adds up and which counts are of the same
people: groups whether or not some stated none, rates within groups, stages inside stages, years inside sums of years,
groups together. Of recruitment it has every version of the pack, as it was after each year. It shares no rule with the gate.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from svdash import disclosure
from svdash.findings.indicators import observation_sums, recruitment_counts
from svdash.findings.indicators.recruitment_counts import Cell
from tests.attack import Puzzle, leaks
from tests.conftest import IN_CI

STAGES = ["applied", "shortlisted", "interviewed", "offered", "appointed"]
YEARS = ["2022/23", "2023/24", "2024/25", "2025/26"]
GROUPS = {"sex": ["women", "men"], "ethnic-group": ["asian", "black", "mixed", "white"]}
MADE = {("ethnic-group", "minority"): ("asian", "black", "mixed")}
SILENT = "not-stated"
# With 101 and 106 hiding groups alone is not enough: totals have to go as well.
DESK = (0, 101, 106)
HUNDREDS = range(100, 300)
# One of recruitment takes seconds to gate: in continuous integration there are fewer.
RECRUITED = HUNDREDS[: 30 if IN_CI else 200]
Counts = dict[tuple[str, ...], int]


# -- recruitment -----------------------------------------------------------------------------------------------


def recruits(seed: int) -> Counts:
    """(year, characteristic, group, stage) → people, each stage among the one before."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(40, 400))
    found: Counts = {}
    for year in YEARS:
        left = np.arange(size)
        groups = {
            by: rng.choice([*names, SILENT], size, p=rng.dirichlet([1.0] * len(names) + [0.3]))
            for by, names in GROUPS.items()
        }
        for stage in STAGES:
            for by, names in GROUPS.items():
                for name in (*names, SILENT):
                    found[year, by, name, stage] = int((groups[by][left] == name).sum())
            found[year, "all", "all", stage] = len(left)
            left = left[rng.random(len(left)) < rng.choice([0.3, 0.6, 0.9])]
    return found


def cells_of(found: Counts) -> dict[Cell, int]:
    """Every count that may be asked for, with sums of three years and of groups."""
    cells = {Cell(y, y, "o", by, name, stage): n for (y, by, name, stage), n in found.items()}
    for at in range(len(YEARS) - 2):
        first, *_, last = run = YEARS[at : at + 3]
        for by, name, stage in {key[1:] for key in found}:
            cells[Cell(first, last, "o", by, name, stage)] = sum(found[y, by, name, stage] for y in run)
    for (by, made), parts in MADE.items():
        for cell in [each for each in cells if each.characteristic == by and each.group == parts[0]]:
            cells[cell._replace(group=made)] = sum(cells[cell._replace(group=part)] for part in parts)
    return cells


def puzzle_of_recruits(cells: dict[Cell, int], held: dict[object, bool]) -> tuple[Puzzle, dict[object, int]]:
    puzzle = Puzzle()
    for cell, count in cells.items():
        puzzle.count(cell, None if held[cell] else float(count))
        for earlier, later in pairwise(STAGES):
            if cell.stage == earlier:
                puzzle.at_most([cell._replace(stage=later)], cell)
        if cell.group == "all":
            for by, names in GROUPS.items():
                line = [cell._replace(characteristic=by, group=name) for name in (*names, SILENT)]
                puzzle.adds_up(cell, line)
        if cell.group == "minority":
            puzzle.adds_up(cell, [cell._replace(group=part) for part in MADE["ethnic-group", "minority"]])
        if cell.first != cell.last:
            run = YEARS[YEARS.index(cell.first) : YEARS.index(cell.last) + 1]
            puzzle.adds_up(cell, [cell._replace(first=year, last=year) for year in run])
    return puzzle, {cell: n for cell, n in cells.items() if held[cell]}


def versions_of(cells: dict[Cell, int]) -> list[dict[Hashable, bool]]:
    """Which counts are hidden of the pack as it was after each year."""
    frame = pd.DataFrame([(*cell, n) for cell, n in cells.items()], columns=[*Cell._fields, "people"])
    found: list[dict[Hashable, bool]] = [{}]
    for year in YEARS:
        people = recruitment_counts.tied(recruitment_counts.until(frame, year), STAGES, MADE)
        found.append(recruitment_counts.grown(people, found[-1], year))
    return found[1:]


def attack_recruits(cells: dict[Cell, int]) -> list[str]:
    """What can be worked back by whoever has the pack as it is and as it was after each year."""
    versions = versions_of(cells)
    held: dict[object, bool] = {cell: all(each.get(cell, True) for each in versions) for cell in cells}
    # What was told stays told, and nothing else is.
    assert [cell for cell in cells if held[cell] != versions[-1][cell]] == []
    assert all(held[cell] for cell, n in cells.items() if 1 <= n <= 4)
    assert not any(held[cell] for cell, n in cells.items() if n == 0)
    return leaks(*puzzle_of_recruits(cells, held))


@pytest.mark.parametrize("seed", DESK)
def test_no_count_of_simulated_recruitment_can_be_worked_back_from_all_versions(seed: int) -> None:
    assert attack_recruits(cells_of(recruits(seed))) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", RECRUITED)
def test_no_count_of_hundreds_of_simulated_recruitments_can_be_worked_back_from_all_versions(
    seed: int,
) -> None:
    assert attack_recruits(cells_of(recruits(seed))) == []


# -- staff and what they get -----------------------------------------------------------------------------------


def staff(seed: int) -> pd.DataFrame:
    """Observations of one organisation and year.

    The make-up of the staff by two characteristics, one of them perhaps without those who stated none; rates within
    the groups, with or without them; plain counts by group.
    """
    rng = np.random.default_rng(seed)
    size = int(rng.integers(25, 300))
    trained, left = rng.random(size) < rng.random(), rng.random(size) < 0.15
    rows: list[tuple[str, str, str, int, float]] = [("I2", "all", "all", int(trained.sum()), size)]
    rows.append(("I3", "all", "all", int(left.sum()), np.nan))
    for by, names in GROUPS.items():
        own = rng.choice([*names, SILENT], size, p=rng.dirichlet([1.5] * len(names) + [0.2]))
        answered = int((own != SILENT).sum())
        silent = rng.random(3) < 0.5
        rows += [("I1", by, name, int((own == name).sum()), answered) for name in names]
        if silent[0]:
            rows.append(("I1", by, SILENT, size - answered, size))
        for kind, some, asked in (("I2", trained, silent[1]), ("I3", left, silent[2])):
            told = (*names, *([SILENT] if asked else []))
            sizes = {name: float((own == name).sum()) if kind == "I2" else np.nan for name in told}
            rows += [(kind, by, name, int((some & (own == name)).sum()), sizes[name]) for name in told]
    frame = pd.DataFrame(rows, columns=["indicator", "characteristic", "group", "numerator", "denominator"])
    return frame.assign(period="2025/26", organisation="o")


def puzzle_of_staff(frame: pd.DataFrame, held: dict[object, bool]) -> tuple[Puzzle, dict[object, int]]:
    """What can be seen, and what ties it: every count is of the staff of one day, so groups are the same everywhere."""
    puzzle, truth = Puzzle(), {}
    size = float(frame.loc[frame["indicator"] == "I2", "denominator"].iloc[0])
    for by, names in GROUPS.items():
        for name in (*names, SILENT):
            for kind in ("size", "I2", "I3"):
                # Whoever is not told of is at least nobody.
                puzzle.within((kind, by, name), 0, size)
            puzzle.at_most([("I2", by, name)], ("size", by, name))
            puzzle.at_most([("I3", by, name)], ("size", by, name))
        for whole, kind in (("everybody", "size"), ("I2", "I2"), ("I3", "I3")):
            puzzle.within(whole, 0, size)
            puzzle.adds_up(whole, [(kind, by, name) for name in (*names, SILENT)])
        puzzle.within(("answered", by), 0, size)
        puzzle.adds_up(("answered", by), [("size", by, name) for name in names])
    for row in frame.assign(label=frame.index).to_dict("records"):
        _see(puzzle, truth, row, held)
    puzzle.within("everybody", size, size)
    return puzzle, truth


def _see(puzzle: Puzzle, truth: dict[object, int], row: dict[str, object], held: dict[object, bool]) -> None:
    """Enter the counts of one row: a numerator, and the base it is a share of."""
    kind, by, name = (str(row[key]) for key in ("indicator", "characteristic", "group"))
    counts = {"numerator": "size" if kind == "I1" else kind, "denominator": "size"}
    for side, what in counts.items():
        cell: object = (what, by, name)
        if by == "all":
            cell = kind if side == "numerator" else "everybody"
        elif kind == "I1" and side == "denominator":
            cell = "everybody" if name == SILENT else ("answered", by)
        if pd.isna(row[side]):
            continue
        count = int(str(row[side]).removesuffix(".0"))
        if not held[side, row["label"]]:
            puzzle.count(cell, float(count))
        elif cell != "everybody":
            puzzle.within(cell, 1, np.inf)
            truth[cell] = count


def attack_staff(seed: int) -> list[str]:
    frame = staff(seed)
    people = observation_sums.between(frame)
    held = disclosure.safe(people.counts, people.sums, shown=people.shown, stay=people.stay).to_dict()
    return leaks(*puzzle_of_staff(frame, held))


@pytest.mark.parametrize("seed", range(12))
def test_no_count_of_simulated_staff_can_be_worked_back(seed: int) -> None:
    assert attack_staff(seed) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", HUNDREDS)
def test_no_count_of_hundreds_of_simulated_staffs_can_be_worked_back(seed: int) -> None:
    assert attack_staff(seed) == []
