"""Staff beside residents, and the target for one group with what could be told as a change."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from svdash import wording
from svdash.findings.equality import (
    comparison_groups,
    equality_summary,
    gap_verdicts,
    resident_shares,
    services,
    workforce,
)
from svdash.findings.equality.comparison_groups import Chosen
from svdash.measures import intervals
from svdash.register import ALL, Framework, View
from svdash.tables import Pack
from tests.copies import DATA, CopiedPack


@pytest.fixture(scope="module")
def view(pack: Pack) -> View:
    return Framework.of(pack).filters.default_view("2025/26")


def staff(year: str, characteristic: str) -> pd.DataFrame:
    """The exact counts as they stand in the file."""
    rows = pd.read_csv(DATA / "observations_illustrative.csv")
    return rows[
        (rows["indicator"] == "EMP-I5") & (rows["year"] == year) & (rows["characteristic"] == characteristic)
    ].set_index("group")


def test_a_share_of_residents_is_worked_out_from_the_census(pack: Pack) -> None:
    rows = resident_shares.residents(pack)
    rows = rows[~rows["working_age"].astype("bool")].set_index(["characteristic", "group"])["share"]
    assert rows["disability", "disabled"] == pytest.approx(100 * 344_398 / 1_551_762)
    assert rows["ethnic-group", "minority"] == pytest.approx(100 - 100 * 1_428_803 / 1_551_762)
    assert rows["age"].sum() == pytest.approx(100)


def of_working_age(copied: CopiedPack, age: str) -> Pack:
    copied.change("benchmark_groups", lambda rows: rows.assign(working_age=age))
    return copied.open()


@pytest.mark.parametrize("age", ["true", "false"])
def test_the_gap_is_told_in_points_and_as_a_ratio_and_judged_only_beside_residents_of_working_age(
    copied_whole_pack: CopiedPack, view: View, age: str
) -> None:
    found = workforce.shares(of_working_age(copied_whole_pack, age), view, Chosen("disability"))
    row = found.frame.set_index("group").loc["disabled"]
    exact = staff("2025/26", "disability").loc["disabled"]
    share = 100 * exact["numerator"] / exact["denominator"]
    assert row["share"] == pytest.approx(share, abs=0.05)
    assert row["points"] == round(share - 22.194, 1)
    assert row["times"] == float(f"{share / 22.194:.2g}")
    lower, upper = intervals.wilson(float(exact["numerator"]), float(exact["denominator"]))
    assert (row["lower"], row["upper"]) == pytest.approx((100 * lower, 100 * upper), abs=0.05)
    assert row["verdict"] == ("below residents" if age == "true" else "not a fair comparison")
    assert ("Disabled" in found.headline) == (age == "true")
    assert ("not a fair comparison" in found.headline) == (age == "false")
    assert ("This data pack has no residents of working age" in found.sentence) == (age == "false")
    assert found.chart is not None
    assert found.chart["stands_out"].any() == (age == "true")
    assert f"{wording.two_figures(row['times'])} times" in found.sentence
    assert found.sources == {"official": "residents", "illustrative": "staff"}


def ages(copied: CopiedPack, **shares: float) -> Pack:
    """Open a copy whose residents of working age by age have other shares, with a row for those of 65 and over."""
    names = {name.replace("_", "-"): share for name, share in shares.items()}

    def groups(rows: pd.DataFrame) -> pd.DataFrame:
        own = pd.DataFrame(
            {
                "characteristic": "age",
                "group": [name.removeprefix("a-") for name in names],
                "variable": [f"active-{name}" for name in names],
                "base_variable": "; ".join(f"active-{name}" for name in names),
                "complement": "false",
                "scope": "Economically active residents, made up",
                "working_age": "true",
                "programme": "",
            }
        )
        return pd.concat([rows[rows["working_age"] != "true"], own])

    def figures(rows: pd.DataFrame) -> pd.DataFrame:
        one = rows[rows["area_code"] == "E47000004"].iloc[0]
        return pd.concat(
            [rows, *(one.to_frame().T.assign(variable=f"active-{n}", value=str(v)) for n, v in names.items())]
        )

    copied.change("benchmark_groups", groups)
    copied.change("benchmarks", figures)
    return copied.open()


def test_staff_are_not_compared_where_a_group_among_them_has_no_residents_of_working_age(
    pack: Pack, view: View
) -> None:
    found = workforce.shares(pack, view, Chosen("age"))
    assert found.verdict == gap_verdicts.UNFAIR
    assert "has residents of working age, but none for 65 and over" in found.sentence
    assert found.subtitle.endswith("beside it residents aged 16 and over, estimate for mid-2020")


def test_staff_are_tested_together_and_what_is_small_is_even(
    copied_whole_pack: CopiedPack, view: View
) -> None:
    shares = staff("2025/26", "age")
    exact = {
        group: 100 * shares.loc[group, "numerator"] / shares.loc[group, "denominator"]
        for group in ("16-24", "25-49", "50-64", "65-plus")
    }
    # The youngest are a little short, by their own interval alone; the oldest are as good as equal.
    young = exact["16-24"] + 1.75
    rest = {"a_25_49": exact["25-49"] - 1.75, "a_50_64": exact["50-64"], "a_65_plus": exact["65-plus"]}
    found = workforce.shares(ages(copied_whole_pack, a_16_24=young, **rest), view, Chosen("age"))
    verdicts = found.frame.set_index("group")["verdict"]
    assert verdicts["16-24"] == "below residents, taken alone"
    assert verdicts["50-64"] == "could be chance"
    assert found.verdict == gap_verdicts.ALONE
    assert found.headline == "16 to 24: fewer among staff than residents, beyond chance taken alone"
    assert "4 tests: 1 stands out, about 0.2 would by chance alone; none holds" in found.sentence
    assert "of economically active residents" in found.sentence
    assert found.chart is not None
    assert not found.chart["stands_out"].any()


def test_the_comparison_group_can_be_chosen_and_has_one_as_its_own_ratio(pack: Pack, view: View) -> None:
    usual = workforce.shares(pack, view, Chosen("sex")).frame.set_index("group")["beside_reference"]
    other = workforce.shares(pack, view, Chosen("sex", "women")).frame.set_index("group")["beside_reference"]
    assert usual["men"] == pytest.approx(1)
    assert other["women"] == pytest.approx(1)
    assert usual["women"] == pytest.approx(1 / other["men"], rel=0.1)


def test_an_unknown_comparison_group_counts_as_the_usual_one(pack: Pack, view: View) -> None:
    found = workforce.shares(pack, view, Chosen("sex", "no-such-group"))
    assert set(found.frame["reference"]) == {"Men"}


@pytest.mark.parametrize("year", ["2022/23", "2024/25", "2026/27", ALL])
def test_every_characteristic_says_something_in_every_year(pack: Pack, year: str) -> None:
    asked = Framework.of(pack).filters.default_view(year)
    for characteristic in comparison_groups.characteristics(pack):
        found = workforce.shares(pack, asked, Chosen(characteristic))
        assert len(found.headline) <= 90
        assert bool(found.empty) == found.frame.empty
        assert not re.search(r"\bnan\b", f"{found.headline} {found.sentence} {found.alt}")


def test_a_characteristic_without_figures_says_who_owns_that(pack: Pack, view: View) -> None:
    found = workforce.shares(pack, view, Chosen("area-deprivation"))
    assert "Owner: Head of People" in found.empty


def test_groups_that_are_too_small_are_named_and_not_counted(pack: Pack, view: View) -> None:
    found = workforce.shares(pack, view, Chosen("gender-reassignment"))
    assert "Too small to show" in found.sentence
    hidden = found.frame[found.frame["marker"] == "[c]"]
    assert len(hidden) >= 2
    assert hidden[["share", "lower", "upper", "points"]].isna().all(axis=None)
    assert found.chart is not None
    assert not set(hidden["group_label"]) & set(found.chart["label"])


def test_the_target_says_what_would_be_a_rise_and_it_is_one(pack: Pack, view: View) -> None:
    found = workforce.target(pack, view)
    row = found.frame.iloc[0]
    size, base_count = 951, 53.0
    assert (row["denominator"], row["numerator"]) == (950, 55)
    around = [intervals.difference(float(n), size, base_count, size) for n in range(size)]
    rise = next(n for n, (_, lower, _) in enumerate(around) if lower > 0)
    fall = max(n for n, (_, _, upper) in enumerate(around) if upper < 0)
    # They are counts of people like the one they are beside.
    assert (row["rise"], row["fall"]) == (5 * math.ceil(rise / 5), 5 * math.floor(fall / 5))
    assert f"{row['rise']:.0f} colleagues or more, not {5 * round(base_count / 5)}" in found.sentence
    # 53 people and the 57 of the target are both written as 55.
    assert "6% would be a few more of 950 people" in found.sentence


@pytest.mark.parametrize(
    ("needed", "people", "said"),
    [
        (57.06, 53.0, "a few more of 950"),
        (53.5, 55.0, "a few fewer of 950"),
        (57.0, 57.0, "about 55 of 950"),
        (70.0, 53.0, "about 70 of 950"),
    ],
)
def test_the_people_of_a_target_are_not_written_as_those_there_are(
    needed: float, people: float, said: str
) -> None:
    assert workforce._would_be(needed, {"exact_numerator": people, "denominator": 950}) == said


def test_without_the_register_naming_a_target_there_is_an_empty_state(copied_pack: CopiedPack) -> None:
    copied_pack.change("indicators", lambda rows: rows.assign(concept=""))
    bare = copied_pack.open()
    asked = Framework.of(bare).filters.default_view()
    assert workforce.target(bare, asked).empty
    assert workforce.shares(bare, asked, Chosen("sex")).empty
    assert workforce.target_characteristic(bare) == ""


def test_in_one_look_every_comparison_stands_once_and_real_gaps_come_first(pack: Pack, view: View) -> None:
    found = equality_summary.summary(pack, view)
    assert len(found.frame) == len(comparison_groups.characteristics(pack)) * len(equality_summary.TESTED)
    assert not found.frame.duplicated(["characteristic", "part"]).any()
    assert list(found.frame["verdict"]) == sorted(found.frame["verdict"], key=gap_verdicts.ORDER.__getitem__)
    real = int((found.frame["verdict"] == gap_verdicts.REAL).sum())
    assert found.headline.startswith(f"{real} of ")
    assert "one in twenty" in found.method


def test_a_panel_looks_at_its_own_characteristics_only(pack: Pack, view: View) -> None:
    for panel in comparison_groups.panels(pack):
        seen = set(equality_summary.summary(pack, view, panel).frame["characteristic"])
        assert seen == set(comparison_groups.characteristics(pack, panel))
        assert seen < set(comparison_groups.characteristics(pack))


def test_one_look_shows_each_reader_their_own_role_whoever_asked_before(pack: Pack) -> None:
    everybody = Framework.of(pack).filters.default_view()
    for view in (everybody, everybody.with_(role="employer"), everybody.with_(role="commissioner")):
        rows = equality_summary.summary(pack, view).frame
        for characteristic in ("sex", "disability"):
            found = services.groups(pack, view, Chosen(characteristic))
            row = rows[(rows["part"] == "services") & (rows["characteristic"] == characteristic)].iloc[0]
            assert row["said"] == (found.empty or found.headline)
