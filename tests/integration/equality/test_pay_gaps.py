"""Pay: published returns, gaps of groups, and what a gap is made of; what they say and what they hide."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product

import pandas as pd
import pytest

from svdash.findings import Finding
from svdash.findings.equality import comparison_groups, gated_pay, pay_by_group, pay_gap_parts, pay_returns
from svdash.findings.equality.comparison_groups import Chosen
from svdash.register import View
from svdash.render.drawn_columns import read_columns
from svdash.tables import Pack
from tests.copies import DATA, CopiedPack

YEARS = ["2018/19", "2020/21", "2022/23", "2023/24", "2025/26", "all"]
QUARTERS = ["1", "2", "3", "4"]
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "pay.csv", dtype={"quarter": "str"})
    return rows.set_index(["year", "characteristic", "group", "quarter"]).sort_index()


def five(count: float) -> int:
    """Round to 5, halves up."""
    return int((count + 2.5) // 5 * 5)


def gaps(pack: Pack, by: str, year: str = "2025/26", reference: str = "") -> Finding:
    return pay_by_group.groups(pack, View(year=year), Chosen(by, reference))


def parts(pack: Pack, by: str, year: str = "2025/26", reference: str = "") -> Finding:
    return pay_gap_parts.split(pack, View(year=year), Chosen(by, reference))


def row(found: Finding, group: str) -> pd.Series:
    rows = found.frame[found.frame["group"] == group]
    assert len(rows) == 1
    return rows.iloc[0]


def every(pack: Pack) -> list[tuple[str, Finding]]:
    """All findings on pay, for every characteristic and year."""
    asked = product(comparison_groups.characteristics(pack), YEARS)
    found = [(f"{by} {year}", ask(pack, by, year)) for by, year in asked for ask in (gaps, parts)]
    return [*found, *((year, pay_returns.returns(pack, View(year=year))) for year in YEARS)]


def changed(
    by: str, year: str, group: str, cells: Mapping[str, Mapping[str, object]]
) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Put other cells into the quarters of a group in a year."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        own = (rows["characteristic"] == by) & (rows["year"] == year) & (rows["group"] == group)
        for quarter, values in cells.items():
            for column, value in values.items():
                rows.loc[own & (rows["quarter"] == quarter), column] = str(value)
        return rows

    return edit


def paid(copied: CopiedPack, women: list[tuple[int, float]], men: list[tuple[int, float]]) -> Pack:
    """A pack in which women and men of the newest year stand and earn so, quarter by quarter."""
    copied.unchecked("pay", "adds-up", "quarters")
    for group, quarters in (("women", women), ("men", men)):
        people = sum(n for n, _ in quarters)
        mean = round(sum(n * each for n, each in quarters) / people, 2)
        cells: dict[str, dict[str, object]] = {
            quarter: {"people": n, "mean_hourly": each}
            for quarter, (n, each) in zip(QUARTERS, quarters, strict=True)
        }
        cells["all"] = {"people": people, "mean_hourly": mean, "median_hourly": mean}
        copied.change("pay", changed("sex", "2025/26", group, cells))
    return copied.open()


# -- gaps of groups ----------------------------------------------------------------------------------------


def test_a_gap_is_the_difference_in_percent_of_the_comparison_groups_pay(
    pack: Pack, raw: pd.DataFrame
) -> None:
    seen = row(gaps(pack, "sex"), "women")
    for kind in ("mean", "median"):
        men, women = (
            float(raw.loc[("2025/26", "sex", group, "all"), f"{kind}_hourly"]) for group in ("men", "women")
        )
        assert seen[f"{kind}_gap"] == pytest.approx((men - women) / men * 100)
        assert seen[f"{kind}_pounds"] == pytest.approx(men - women)
        assert seen[f"{kind}_hourly"] == women


def test_a_groups_share_of_a_quarter_comes_from_exact_counts_of_those_who_stated_one(
    pack: Pack, raw: pd.DataFrame
) -> None:
    seen = row(gaps(pack, "sex"), "women")
    for quarter in QUARTERS:
        own, others = (
            int(raw.loc[("2025/26", "sex", group, quarter), "people"]) for group in ("women", "men")
        )
        near = 0.051 if own + others >= 100 else 0.51
        assert seen[f"quarter_{quarter}"] == pytest.approx(100 * own / (own + others), abs=near)


def test_gaps_by_disability_and_sex_are_those_of_the_indicators(pack: Pack) -> None:
    published = pd.read_csv(DATA / "observations_published.csv")
    made_up = pd.read_csv(DATA / "observations_illustrative.csv")
    mean = published[
        (published["indicator"] == "EMP-I7")
        & (published["organisation"] == "lcrca")
        & (published["year"] == "2023/24")
    ]
    assert row(gaps(pack, "sex", "2023/24"), "women")["mean_gap"] == pytest.approx(
        mean["value"].iloc[0], abs=0.05
    )
    median = made_up[(made_up["indicator"] == "EMP-I9") & (made_up["group"] == "disabled")]
    assert len(median) == 3
    for each in median.itertuples():
        seen = row(gaps(pack, "disability", each.year), "disabled")
        assert seen["median_gap"] == pytest.approx(each.value, abs=0.05)


def test_the_sentence_and_the_headline_tell_the_numbers_of_the_table(pack: Pack) -> None:
    found = gaps(pack, "sex", "2023/24")
    women, men = row(found, "women"), row(found, "men")
    assert found.headline == (
        f"Women: mean pay {women['mean_gap']:.1f}% below men, median {women['median_gap']:.1f}% below"
    )
    for part in (
        f"mean pay £{women['mean_hourly']:.2f} an hour, {women['mean_gap']:.1f}% below men",
        f"(£{men['mean_hourly']:.2f})",
        f"Share of the lower quarter of pay {women['quarter_1']:.1f}%, of the upper {women['quarter_4']:.1f}%",
        "No test possible",
    ):
        assert part in found.sentence
    assert found.subtitle.endswith("31 March 2024")


def test_a_group_that_is_paid_more_is_said_to_be_above(pack: Pack) -> None:
    found = gaps(pack, "sex", "2025/26", "women")
    seen = row(found, "men")
    assert seen["mean_gap"] < 0
    assert found.headline.startswith(f"Men: mean pay {-seen['mean_gap']:.1f}% above women")


def test_a_mean_that_would_give_another_away_is_held_back_with_it(pack: Pack, raw: pd.DataFrame) -> None:
    found = gaps(pack, "age")
    young, old = row(found, "16-24"), row(found, "65-plus")
    people = raw.xs(("2025/26", "age", "all"), level=("year", "characteristic", "quarter"))["people"]
    # Everybody's pay is told by sex, so that of the only group left out would follow.
    assert (
        people["65-plus"]
        < 10
        <= people["16-24"]
        == people.drop(["65-plus", "not-stated"], errors="ignore").min()
    )
    assert pd.isna(young["mean_gap"])
    assert pd.isna(old["mean_gap"])
    assert young["people"] == five(people["16-24"])
    assert "give the former away: 16 to 24." in found.sentence


# -- what must not be seen ---------------------------------------------------------------------------------


def test_groups_of_fewer_than_ten_people_are_left_out_whole_and_named(pack: Pack, raw: pd.DataFrame) -> None:
    hidden = 0
    for (year, by), rows in raw.xs("all", level="quarter").groupby(["year", "characteristic"]):
        found = gaps(pack, str(by), str(year))
        for group, people in rows.droplevel(["year", "characteristic"])["people"].items():
            seen = row(found, str(group))
            if people < 10:
                hidden += 1
                assert seen["marker"] == "[k]"
                shown = seen[
                    ["people", "share", "mean_hourly", "median_hourly", "mean_gap", *gated_pay.SHARES]
                ]
                assert shown.isna().all(), (year, by, group)
                assert seen["group_label"] in found.sentence
            else:
                assert seen["people"] == five(people)
                assert seen["mean_hourly"] > 0 or seen["group_label"] in found.sentence
    assert hidden > 10


def test_no_count_of_one_to_four_is_shown_and_none_is_hidden_alone_in_its_line(
    pack: Pack, raw: pd.DataFrame
) -> None:
    seen = gated_pay.gated(pack)
    exact = [
        int(raw.loc[(r.year, r.characteristic, r.group, r.quarter), "people"]) for r in seen.itertuples()
    ]
    seen = seen.assign(exact=exact, silent=seen["group"] == "not-stated", hidden=seen["people"].isna())
    shown = seen[~seen["hidden"]]
    assert not shown["exact"].between(1, 4).any()
    assert (shown["people"] == shown["exact"].map(five)).all()
    cells = seen[seen["quarter"] != "all"]
    across = cells.groupby(["year", "characteristic", "silent", "quarter"])
    down = seen.groupby(["year", "characteristic", "group"])
    tried = 0
    for _, line in [*((k, r) for k, r in across if not k[2]), *down]:
        small = line[line["hidden"] & line["exact"].between(1, 4)]
        if len(small) == 1:
            tried += 1
            # One more is hidden, or the others are nobody.
            assert line["hidden"].sum() > 1 or (line.loc[~line["hidden"], "exact"] == 0).all()
    assert tried > 10


def test_mean_pay_is_only_given_for_cells_of_ten_people_or_more(pack: Pack, raw: pd.DataFrame) -> None:
    for r in gated_pay.gated(pack).itertuples():
        people = int(raw.loc[(r.year, r.characteristic, r.group, r.quarter), "people"])
        assert pd.isna(r.mean_hourly) or people >= 10
        assert pd.isna(r.inner_mean) or not pd.isna(r.people)


def test_pay_within_a_quarter_is_in_no_finding(pack: Pack) -> None:
    for where, found in every(pack):
        assert "inner_mean" not in {*found.columns, *found.frame.columns}, where


def test_where_every_group_is_too_small_it_is_said_and_the_aggregate_is_named(pack: Pack) -> None:
    found = gaps(pack, "ethnic-group")
    assert found.headline == "Pay by ethnic group: too few people to show a gap"
    assert found.chart is None
    assert not found.empty
    rows = pd.read_csv(DATA / "observations_illustrative.csv")
    rows = rows[(rows["indicator"] == "EMP-I9") & (rows["group"] == "minority") & (rows["year"] == "2025/26")]
    assert (
        f"Ethnic minorities (aggregate): median gap {rows['value'].iloc[0]:.1f}% (EMP-I9)." in found.sentence
    )


@pytest.mark.parametrize("ask", [gaps, parts])
def test_a_comparison_group_that_is_too_small_is_said_and_no_other_is_blamed(
    pack: Pack, ask: Callable[..., Finding]
) -> None:
    found = ask(pack, "ethnic-group", reference="asian")
    assert found.sentence == gated_pay.FEW_BESIDE
    assert found.chart is None
    assert "White" not in found.sentence


def test_a_quarter_held_back_is_marked_and_its_group_still_has_a_gap(pack: Pack, raw: pd.DataFrame) -> None:
    assert int(raw.loc[("2025/26", "sexual-orientation", "lgb-plus", "1"), "people"]) in range(1, 5)
    seen = row(gaps(pack, "sexual-orientation"), "lgb-plus")
    assert pd.isna(seen["quarter_1"])
    assert seen["marker"] == "[c]"
    assert not pd.isna(seen["mean_gap"])
    whole = parts(pack, "sexual-orientation")
    assert row(whole, "lgb-plus")["verdict"] == "held back"
    assert whole.sentence == (
        "Held back to protect small counts in a quarter: Lesbian, gay, bisexual or other."
    )


# -- what a gap is made of ---------------------------------------------------------------------------------


def test_the_two_parts_add_up_to_the_gap_that_is_shown(pack: Pack) -> None:
    told = 0
    for by, year in product(("sex", "disability"), YEARS[1:]):
        found = parts(pack, by, year)
        if found.empty:
            continue
        shown = found.frame[found.frame["marker"] == ""]
        gap = gaps(pack, by, year).frame.set_index("group")["mean_gap"]
        for r in shown.itertuples():
            assert r.between + r.within == pytest.approx(r.gap, abs=1e-9)
            assert r.between_pounds + r.within_pounds == pytest.approx(r.pounds, abs=0.006)
            assert r.gap == pytest.approx(gap[r.group], abs=0.051)
            told += 1
    assert told > 5


def test_pay_inside_quarters_is_the_average_share_times_the_difference_in_pay(
    pack: Pack, raw: pd.DataFrame
) -> None:
    people, mean = (
        {
            (group, q): float(raw.loc[("2025/26", "sex", group, q), column])
            for group in ("women", "men")
            for q in QUARTERS
        }
        for column in ("people", "mean_hourly")
    )
    total = {g: sum(five(people[g, q]) for q in QUARTERS) for g in ("women", "men")}
    within = sum(
        (five(people["men", q]) / total["men"] + five(people["women", q]) / total["women"])
        / 2
        * (mean["men", q] - mean["women", q])
        for q in QUARTERS
    )
    men = float(raw.loc[("2025/26", "sex", "men", "all"), "mean_hourly"])
    assert row(parts(pack, "sex"), "women")["within"] == pytest.approx(within / men * 100, abs=0.051)


# Quarter by quarter: how many, and what they earn an hour.
EVEN = [(40, 10.0), (40, 15.0), (40, 20.0), (40, 30.0)]
LOW = [(60, 10.0), (50, 15.0), (30, 20.0), (20, 30.0)]
LOWER, HIGHER = (f"being in the {which} paid quarters more often" for which in ("lower", "higher"))
LESS, MORE = (f"{which} pay inside the same quarter" for which in ("lower", "higher"))
N = r"(\d+\.\d)"
# Women's quarters, men's, what is said, and which numbers it tells.
CASES: dict[str, tuple[list[tuple[int, float]], list[tuple[int, float]], str, tuple[str, ...]]] = {
    "both against women": (
        [(n, each - 1) for n, each in LOW],
        EVEN,
        f"of the gap of {N}%, {N} points come from {LOWER} and {N} from {LESS}",
        ("gap", "between", "within"),
    ),
    "only the spread": (LOW, EVEN, f"all of the gap of {N}% comes from {LOWER}", ("gap",)),
    "only inside": (
        [(n, each - 1) for n, each in EVEN],
        EVEN,
        f"all of the gap of {N}% comes from {LESS}",
        ("gap",),
    ),
    "against each other": (
        [(n, each + 1) for n, each in LOW],
        EVEN,
        f"{LOWER} would make a gap of {N}%; {MORE} takes {N} points off it, which leaves {N}%",
        ("between", "within", "gap"),
    ),
    "both for women": (
        [(n, each + 1) for n, each in EVEN],
        LOW,
        f"of the lead of {N}%, {N} points come from {HIGHER} and {N} from {MORE}",
        ("gap", "between", "within"),
    ),
    "a lead in spite of pay inside": (
        [(n, each - 0.5) for n, each in EVEN],
        LOW,
        f"{HIGHER} would make a lead of {N}%; {LESS} takes {N} points off it, which leaves {N}%",
        ("between", "within", "gap"),
    ),
    "no gap": (EVEN, EVEN, "no gap in mean pay", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_gap_is_made_of_is_said_in_one_sentence_whichever_way_it_goes(
    copied_pack: CopiedPack, case: str
) -> None:
    women, men, said, names = CASES[case]
    found = parts(paid(copied_pack, women, men), "sex")
    matched = re.search(rf"^Women, beside men: {said}\.", found.sentence)
    assert matched, found.sentence
    seen = row(found, "women")
    assert list(matched.groups()) == [f"{abs(seen[name]):.1f}" for name in names]
    assert len(found.headline) <= 90
    assert ("lead" in found.headline) == (seen["gap"] < 0)


def test_a_split_without_pay_in_a_quarter_is_not_made_up(copied_pack: CopiedPack) -> None:
    copied_pack.change("pay", changed("sex", "2025/26", "women", {"2": {"mean_hourly": ""}}))
    found = parts(copied_pack.open(), "sex")
    assert row(found, "women")["verdict"] == "not available"
    assert found.sentence == "Without pay in every quarter: Women."
    assert found.chart is None


def test_pay_of_nothing_gives_no_gap(copied_pack: CopiedPack) -> None:
    copied_pack.change("pay", changed("sex", "2025/26", "women", {"all": {"mean_hourly": "0"}}))
    found = gaps(copied_pack.open(), "sex")
    assert pd.isna(row(found, "women")["mean_gap"])
    assert found.chart is None


# -- the published returns ---------------------------------------------------------------------------------


def test_returns_tell_each_organisations_gaps_and_women_in_each_quarter(pack: Pack) -> None:
    published = pd.read_csv(DATA / "observations_published.csv")
    women = pd.read_csv(DATA / "pay_quarters.csv").set_index(["organisation", "year", "quarter"])
    frame = pay_returns.returns(pack, View()).frame
    assert len(frame) == 9
    for r in frame.itertuples():
        own = published[(published["organisation"] == r.organisation) & (published["year"] == r.year)]
        assert r.mean == own.loc[own["indicator"] == "EMP-I7", "value"].iloc[0]
        assert r.median == own.loc[own["indicator"] == "EMP-I8", "value"].iloc[0]
        for quarter in QUARTERS:
            told = women.loc[(r.organisation, r.year, int(quarter)), "women_percent"]
            assert getattr(r, f"quarter_{quarter}") == told
    assert set(frame["status"]) == {"published"}


def test_returns_say_the_change_between_the_figures_that_are_shown_and_that_no_test_is_possible(
    pack: Pack,
) -> None:
    found = pay_returns.returns(pack, View(year="2025/26"))
    own = found.frame[found.frame["organisation"] == "lcrca"].sort_values("as_at")
    first, last = own["mean"].iloc[0], own["mean"].iloc[-1]
    change = round(round(last, 1) - round(first, 1), 1)
    assert change < 0
    assert (
        f"mean gap {last:.1f}% on 31 March 2024, {MINUS}{-change} points since 31 March 2021"
        in found.sentence
    )
    assert f"women in the upper quarter {own['quarter_4'].iloc[-1]:.1f}%" in found.sentence
    assert found.sentence.endswith(gated_pay.NO_TEST)
    assert found.headline == "Gender pay gap: mean down at both organisations; median down at 1, up at 1"
    assert found.statuses == ("published",)


def test_returns_stop_at_the_chosen_year(pack: Pack) -> None:
    found = pay_returns.returns(pack, View(year="2020/21"))
    assert set(found.frame["year"]) == {"2018/19", "2020/21"}
    assert found.headline == "Gender pay gap at Merseytravel: mean down, median up"
    assert (
        pay_returns.returns(pack, View(year="2018/19")).headline
        == "Gender pay gap: too early to tell a change"
    )


def test_before_the_first_return_it_says_which_that_is(pack: Pack) -> None:
    found = pay_returns.returns(pack, View(year="2017/18"))
    assert found.empty == "No return up to 2017/18: the first is of 2018/19."
    assert found.chart is None


def test_the_last_point_of_each_line_is_named(pack: Pack) -> None:
    found = pay_returns.returns(pack, View())
    assert found.chart is not None
    named = found.chart[found.chart["named"] != ""]
    assert len(named) == 2 * 6
    assert set(named["as_at"]) == {found.chart["as_at"].max()}
    assert {text.rsplit(" ", 1)[0] for text in named["named"]} == {"Combined Authority", "Merseytravel"}
    assert found.chart.groupby("panel")["above"].nunique().min() == 2


# -- nothing to show ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [gaps, parts])
def test_a_characteristic_without_pay_says_why_and_who_owns_it(
    pack: Pack, ask: Callable[..., Finding]
) -> None:
    known = pd.read_csv(DATA / "data_gaps.csv")
    known = known[(known["indicator"] == "EMP-I9") & (known["characteristic"] == "religion")].iloc[0]
    found = ask(pack, "religion")
    for said in (known["note"], f"Owner: {known['owner']}", known["next_step"][1:], "due 30 September 2026"):
        assert said in found.empty
    assert "religion or belief" in found.headline
    assert found.chart is None
    assert list(found.export().columns) == list(found.columns)


def test_a_gap_that_does_not_apply_has_no_owner_to_name(pack: Pack) -> None:
    empty = gaps(pack, "pregnancy").empty
    assert "outside the figure" in empty
    assert "Owner" not in empty


def test_a_year_before_pay_was_told_by_group_says_when_it_was(pack: Pack) -> None:
    assert gaps(pack, "age", "2021/22").empty == (
        "No figures on pay by age up to 2021/22: the first are those of 2023/24."
    )


def test_without_its_table_each_finding_says_so(copied_pack: CopiedPack) -> None:
    for table in ("pay", "pay_quarters", "observations_published"):
        copied_pack.remove(table)
    pack = copied_pack.open()
    assert "The table pay has no rows" in gaps(pack, "sex").empty
    assert "The table pay has no rows" in parts(pack, "sex").empty
    assert (
        pay_returns.returns(pack, View()).empty
        == "No figures from a statutory return. Owner: Head of People."
    )


def test_returns_do_without_shares_of_quarters(copied_whole_pack: CopiedPack) -> None:
    copied_whole_pack.remove("pay_quarters")
    found = pay_returns.returns(copied_whole_pack.open(), View())
    assert len(found.frame) == 9
    assert set(found.export()["quarter_4"]) == {"[x]"}
    assert "women in the upper quarter" not in found.sentence
    assert found.chart is not None
    assert set(found.chart["panel"]) == {"Mean gap (%)", "Median gap (%)"}


@pytest.mark.parametrize("table", ["vocabulary", "indicators", "data_gaps"])
def test_without_a_table_that_explains_it_there_is_still_an_answer(
    copied_pack: CopiedPack, table: str
) -> None:
    copied_pack.remove(table)
    for where, found in every(copied_pack.open()):
        assert found.headline, where
        assert found.empty or len(found.frame), where


# -- words and charts --------------------------------------------------------------------------------------


def test_what_is_said_is_written_well_for_every_characteristic_and_year(pack: Pack) -> None:
    for where, found in every(pack):
        assert 0 < len(found.headline) <= 90, where
        assert found.sentence or found.empty, where
        said = f"{found.headline}|{found.subtitle}|{found.sentence}|{found.empty}|{found.alt}"
        assert not re.search(r"\b(nan|None|inf|BAME)\b|  |\.\.|<NA>| ,|[−-]0\.0\b", said), where
        for text in (found.sentence or found.empty, found.alt):
            assert not text or text.endswith("."), where
        assert comparison_groups.QUESTION in found.caveats
        rows = found.export()
        assert not rows.isna().any(axis=None), where
        assert not rows.isin(["-0.0", "-0.00"]).any(axis=None), where


@pytest.mark.parametrize("name", ["returns", "gaps", "split"])
def test_a_chart_has_what_its_drawing_reads(pack: Pack, name: str) -> None:
    from svdash.render.drawings import pay_charts as drawings

    found = {
        "returns": pay_returns.returns(pack, View()),
        "gaps": gaps(pack, "age"),
        "split": parts(pack, "sex"),
    }[name]
    assert found.chart is not None
    for columns in (1, 4):
        assert read_columns(getattr(drawings, name)(columns)) <= set(found.chart.columns)
    assert found.chart["value"].notna().all()
