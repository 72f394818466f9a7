"""A reader who kept what was served before the newest years came: what two versions tell together, and what they don't.

Staff and people reached are gated year by year: what was told of a year stays told, what was hidden stays hidden, so the
older version adds nothing. Recruitment is told in sums of three years, which tie a new year to the two before it; there the
older version can add something (decision 27), and the last tests here say how much.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import pandas as pd
import pytest

from svdash import disclosure
from svdash.disclosure import Sum, gated_parts
from svdash.findings.equality import gated_pay, owners, services
from svdash.findings.indicators import gated_observations
from svdash.findings.reach import area_cells
from svdash.register import Framework, View
from svdash.tables import Pack
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


def _together(older: Pack, pack: Pack, *, staged: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations that both versions have: of recruitment, or all others."""
    first, second = (gated_observations.gated(each).set_index(LINE) for each in (older, pack))
    both = first.index.intersection(second.index)
    of_stages = both.get_level_values(0).isin(Framework.of(pack).indicators["stage"].dropna().index)
    both = both[of_stages == staged]
    return first.loc[both], second.loc[both]


def test_what_is_told_of_staff_in_a_year_stays_as_it_was_when_newer_years_come(
    older: Pack, pack: Pack
) -> None:
    first, second = _together(older, pack, staged=False)
    assert len(first) > 1000
    assert first["marker"].eq("[c]").sum() > 50
    for name in ("numerator", "denominator", "exact_numerator", "exact_denominator", "value", "marker"):
        pd.testing.assert_series_equal(first[name], second[name])


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


def test_recruitment_of_earlier_years_can_look_different_when_a_year_comes_and_the_documents_say_so(
    older: Pack, pack: Pack
) -> None:
    first, second = _together(older, pack, staged=True)
    differing = first["exact_numerator"].isna() != second["exact_numerator"].isna()
    assert 0 < differing.sum() < 0.1 * len(first)


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
