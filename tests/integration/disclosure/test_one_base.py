"""A series of shares has one base, and nothing that is shown has exact counts."""

from __future__ import annotations

import pandas as pd
import pytest

from svdash import wording
from svdash.findings.finding import Finding
from svdash.findings.indicators import indicator_series, indicator_trends
from svdash.findings.indicators.gated_observations import EVERYBODY, gated, of_one_base
from svdash.findings.reach.area_figures import AreaMap
from svdash.register import View
from svdash.tables import Pack


def series(values: list[float | None], notes: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"value": pd.Series(values, dtype="float64"), "note": pd.Series(notes, dtype="str")})


@pytest.mark.parametrize(
    ("values", "notes", "left"),
    [
        ([1, 2, 3], [None, EVERYBODY, EVERYBODY], [2.0, 3.0]),
        ([1, 2, 3], [EVERYBODY, None, "a word of its own"], [2.0, 3.0]),
        ([1, 2, None], [None, None, EVERYBODY], [1.0, 2.0]),
        ([None, None], [None, EVERYBODY], [None, None]),
        ([], [], []),
    ],
)
def test_years_of_another_base_than_the_latest_figure_are_left_out(
    values: list[float | None], notes: list[str | None], left: list[float | None]
) -> None:
    kept = of_one_base(series(values, notes))["value"]
    assert [None if pd.isna(each) else each for each in kept] == left


def test_no_line_and_no_test_of_the_embedded_pack_puts_two_bases_together(pack: Pack) -> None:
    rows = gated(pack)
    keys = rows.loc[rows["note"] == EVERYBODY, ["indicator", "organisation", "characteristic", "group"]]
    assert len(keys)
    for key in keys.drop_duplicates().itertuples(index=False, name=None):
        found = indicator_series.assess(pack, View(), *key)
        of_everybody = [row["note"] == EVERYBODY for row in found.whole]
        assert len(set(of_everybody)) <= 1
        assert found.assessment.points == len(found.whole)
        drawn = indicator_trends.panels([found], "series")
        assert sorted(drawn.loc[drawn["value"].notna(), "period"]) == sorted(
            found.comparable.loc[found.comparable["value"].notna(), "period"]
        )


@pytest.mark.parametrize("place", ["frame", "chart", "drawn"])
def test_a_finding_refuses_exact_counts_wherever_it_holds_rows(place: str) -> None:
    rows = {"frame": pd.DataFrame({"people": [5]}), place: pd.DataFrame({"exact_people": [7]})}
    with pytest.raises(ValueError, match="exact figures of people: exact_people"):
        AreaMap(name="made", headline="", subtitle="", columns={}, **rows)


def test_percentages_and_ratios_of_people_show_no_decimal_that_they_do_not_have() -> None:
    decimals = {"share": 1, "times": 2}
    shown = Finding(
        name="made",
        headline="",
        subtitle="",
        frame=pd.DataFrame({"share": [8.0, 12.5], "times": [1.2, 0.65]}),
        columns={"share": "Share", "times": "Times"},
        decimals=decimals,
        formats=wording.of_people(decimals),
    ).table()
    assert shown.to_dict("list") == {"Share": ["8", "12.5"], "Times": ["1.2", "0.65"]}
