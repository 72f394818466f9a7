"""A reader who kept what was served before the newest years came: what two versions tell together is what the newer one tells.

Everything is gated as it grew, year by year: what was told of a year stays told, what was hidden stays hidden, also of
recruitment, whose sums of three years tie a new year to the two before it. So the older version adds nothing. What is not
held, a reader who runs the gate on every truth, is told at the end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

import pandas as pd
import pytest

from svdash import disclosure
from svdash.disclosure import Sum, gated_parts
from svdash.findings.equality import gated_pay, owners, services
from svdash.findings.indicators import gated_observations, recruitment_counts
from svdash.findings.indicators.recruitment_counts import KEYS, SPAN, Cell
from svdash.findings.reach import area_cells
from svdash.register import View
from svdash.tables import Pack
from svdash.years import first_of
from tests.copies import CopiedPack

NEWER = ("2025/26", "2026/27")
# Other tables of people: how they are gated, and what tells their rows apart.
BY_YEAR: dict[str, tuple[Callable[[Pack], pd.DataFrame], list[str]]] = {
    "reached_groups": (services._gated, ["year", "programme", "characteristic", "group"]),
    "ownership": (owners._gated, ["year", "population", "characteristic", "group", "answer"]),
    "pay": (gated_pay.gated, ["year", "organisation", "characteristic", "group", "quarter"]),
}
LINE = ["indicator", "period", "organisation", "characteristic", "group"]


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The embedded pack as it was before its newest years."""
    copied = CopiedPack.into(tmp_path_factory.mktemp("older") / "pack")
    for name, column in (
        ("observations_illustrative", "period"),
        ("observations_published", "period"),
        ("recruitment", "year"),
        *((name, "year") for name in BY_YEAR),
    ):
        copied.change(name, lambda rows, column=column: rows[~rows[column].str[:7].isin(NEWER)])
    path = copied.folder / "contacts.parquet"
    lines = pd.read_parquet(path)
    lines[pd.to_datetime(lines["date"]).lt("2025-04-01")].reset_index(drop=True).to_parquet(path, index=False)
    return copied.open()


def test_what_is_told_of_staff_and_recruitment_in_a_year_stays_as_it_was_when_newer_years_come(
    older: Pack, pack: Pack
) -> None:
    first, second = (gated_observations.gated(each).set_index(LINE) for each in (older, pack))
    both = first.index.intersection(second.index)
    first, second = first.loc[both], second.loc[both]
    assert len(first) > 1300
    assert first["marker"].eq("[c]").sum() > 100
    for name in ("numerator", "denominator", "exact_numerator", "exact_denominator", "value", "marker"):
        pd.testing.assert_series_equal(first[name], second[name])


@pytest.mark.parametrize("part", ["single", "pooled"])
def test_recruitment_of_a_year_and_of_three_stays_as_it_was_when_newer_years_come(
    older: Pack, pack: Pack, part: str
) -> None:
    keys = [*SPAN, *KEYS]
    first, second = (
        getattr(gated_observations.recruited(each), part).set_index(keys) for each in (older, pack)
    )
    assert 150 < len(first) < len(second)
    assert first["marker"].eq("[c]").sum() > 20
    pd.testing.assert_frame_equal(first, second.loc[first.index])


def test_every_version_hides_the_same_of_the_years_that_it_has(either_pack: Pack) -> None:
    rows = gated_observations._prepared(either_pack, gated_observations._rows(either_pack))
    cells = recruitment_counts.exact(either_pack)
    newest, _ = gated_observations._hidden(either_pack, rows, cells)
    years = recruitment_counts.years_of(cells)
    for number in range(1, len(years)):
        until = years[:number]
        observed = rows[rows["year"].map(first_of) <= first_of(until[-1])]
        hidden, _ = gated_observations._hidden(either_pack, observed, cells[cells["last"].isin(until)])
        told = [name for name in hidden if not isinstance(name, Cell) or name in newest]
        assert sum(hidden[name] for name in told) > 0
        assert [name for name in told if hidden[name] != newest[name]] == []


@pytest.mark.parametrize(
    "people",
    [
        {"women": (1, 20, 0), "men": (4, 6, 3), "other": (9, 14, 1)},
        {"women": (0, 1, 9), "men": (9, 4, 0), "other": (14, 6, 20)},
        {"women": (2, 6, 0), "men": (3, 6, 1)},
    ],
)
def test_a_year_that_adds_nobody_to_a_group_takes_nothing_back_that_was_told(
    people: dict[str, tuple[int, int, int]],
) -> None:
    years = ("2022/23", "2023/24", "2024/25")
    counts = {("sex", group): each for group, each in people.items()}
    counts["all", "all"] = tuple(map(sum, zip(*people.values(), strict=True)))
    cells = pd.DataFrame(
        [
            (first, last, "o", *group, "applied", sum(each[years.index(first) : years.index(last) + 1]))
            for group, each in counts.items()
            for first, last in [*zip(years, years, strict=True), (years[0], years[-1])]
        ],
        columns=[*Cell._fields, "people"],
    )
    held: dict[Hashable, bool] = {}
    for year in years:
        seen = recruitment_counts.tied(recruitment_counts.until(cells, year), ["applied"], {})
        before, held = held, recruitment_counts.grown(seen, held, year)
        assert [name for name in before if held[name] != before[name]] == []
    assert any(held.values())


def test_what_is_told_of_people_reached_in_a_year_stays_as_it_was_when_newer_years_come(
    older: Pack, pack: Pack
) -> None:
    held = 0
    for programme in area_cells.programmes(pack, View(), "counts_people"):
        for year in ("2022/23", "2023/24", "2024/25"):
            for told in (area_cells.people, area_cells.deciles_of_people, area_cells.districts_of_people):
                pd.testing.assert_frame_equal(told(older, year, programme), told(pack, year, programme))
            held += int(area_cells.people(pack, year, programme)["marker"].eq("[c]").sum())
    assert held > 100


@pytest.mark.parametrize("name", BY_YEAR)
def test_groups_leaders_and_pay_of_a_year_stay_as_they_were_when_newer_years_come(
    older: Pack, pack: Pack, name: str
) -> None:
    gate, keys = BY_YEAR[name]
    first, second = (gate(each).set_index(keys) for each in (older, pack))
    assert 200 < len(first) < len(second)
    assert first["marker"].eq("[c]").sum() > 10
    pd.testing.assert_frame_equal(first, second.loc[first.index, first.columns])


def test_the_same_pack_is_gated_alike_however_often(
    either_pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = []
    for _ in range(2):
        monkeypatch.setattr(gated_parts, "_known", OrderedDict())
        frames.append(gated_observations._gated(either_pack))
    for one, other in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(one, other)


# -- what is not held --------------------------------------------------------------------------------------------


def _hides(small: int, other: int) -> set[str]:
    """What is hidden of groups of ``small``, ``other`` and 11 of 24 told people: the example of decision 18."""
    counts = {"s": small, "x": other, "eleven": 11, "all": 24}
    found = disclosure.safe(counts, [Sum("all", ("s", "x", "eleven"))], shown=["all"])
    return {str(name) for name in found.index[found]}


@pytest.mark.parametrize(
    ("small", "held"),
    [(1, {"s", "eleven"}), (2, {"s", "x", "eleven"}), (3, {"s", "x"}), (4, {"s", "x"})],
)
def test_a_reader_who_runs_the_gate_on_every_truth_can_exclude_some_as_the_decision_says(
    small: int, held: set[str]
) -> None:
    assert _hides(small, 24 - 11 - small) == held
