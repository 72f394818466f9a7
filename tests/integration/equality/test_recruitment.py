"""The recruitment funnel: its numbers, what it says, what it hides, and that sums of years give nothing away."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest

from svdash import wording
from svdash.findings import Finding
from svdash.findings.equality import (
    comparison_groups,
    equality_summary,
    gap_verdicts,
    recruitment,
    recruitment_steps,
)
from svdash.findings.equality.comparison_groups import Chosen
from svdash.findings.indicators import gated_observations, recruitment_counts
from svdash.measures.funnel import stages as measured
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.copies import DATA, CopiedPack

STAGES = ["applied", "shortlisted", "interviewed", "offered", "appointed"]
YEARS = ["2022/23", "2023/24", "2024/25", "2025/26"]
NEWEST = View(year="2025/26")
Z = 1.959963984540054
ALL_OF_IT = "Applied → appointed"
THREE = "2023/24 to 2025/26"


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(DATA / "recruitment.csv")


def five(count: float) -> int:
    """Round to 5, halves up."""
    return int((count + 2.5) // 5 * 5)


def counted(raw: pd.DataFrame, by: str, group: str, stage: str, *years: str) -> int:
    groups = {"minority": ["asian", "black", "mixed", "other"]}.get(group, [group])
    rows = raw[(raw["characteristic"] == by) & raw["group"].isin(groups) & (raw["stage"] == stage)]
    return int(rows.loc[rows["year"].isin(years), "people"].sum())


def ask(pack: Pack, by: str, year: str = "2025/26", reference: str = "") -> Finding:
    return recruitment.funnel(pack, View(year=year), Chosen(by, reference))


def row(found: Finding, group: str, step: str = ALL_OF_IT, years: str = "") -> pd.Series:
    """The row of some years; without them that of the years that lead."""
    frame = found.frame[found.frame["year"] == (years or found.frame["year"].iloc[0])]
    rows = frame[(frame["group"] == group) & (frame["step"] == step)]
    assert len(rows) == 1
    return rows.iloc[0]


def leading(found: Finding) -> pd.DataFrame:
    """The rows of the years that lead."""
    return found.frame[found.frame["year"] == found.frame["year"].iloc[0]]


def every(pack: Pack) -> list[tuple[str, str, Finding]]:
    """The finding of every characteristic and year."""
    asked = product(comparison_groups.characteristics(pack), [*YEARS, "all"])
    return [(by, year, ask(pack, by, year)) for by, year in asked]


def staged(by: str, group: str, year: str, counts: dict[str, int]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Put other counts at some stages of a group in a year."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        own = (rows["characteristic"] == by) & (rows["group"] == group) & (rows["year"] == year)
        for stage, count in counts.items():
            rows.loc[own & (rows["stage"] == stage), "people"] = str(count)
        return rows

    return edit


def alone(by: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Keep the rows of one characteristic and of everybody: the others take as long each to be gated."""
    return lambda rows: rows[rows["characteristic"].isin([by, "all"])]


# -- the numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("years", "of"), [("2025/26", YEARS[3:]), (THREE, YEARS[1:])])
def test_a_groups_rate_and_likelihood_come_from_its_exact_counts(
    pack: Pack, raw: pd.DataFrame, years: str, of: list[str]
) -> None:
    a, n, b, m = (
        counted(raw, "disability", group, stage, *of)
        for group in ("disabled", "not-disabled")
        for stage in ("appointed", "applied")
    )
    seen = row(ask(pack, "disability"), "disabled", years=years)
    assert (seen["people_in"], seen["people_out"]) == (five(n), five(a))
    assert seen["rate"] == round(100 * a / n, 1)
    middle, wide = a / n + Z**2 / (2 * n), Z * math.sqrt(a / n * (1 - a / n) / n + Z**2 / (4 * n**2))
    assert seen["lower"] == round(100 * (middle - wide) / (1 + Z**2 / n), 1)
    assert seen["upper"] == round(100 * (middle + wide) / (1 + Z**2 / n), 1)
    ratio, spread = (a / n) / (b / m), math.exp(Z * math.sqrt(1 / a - 1 / n + 1 / b - 1 / m))
    assert seen["gap"] == round(100 * (a / n - b / m), 1)
    limits = seen[["ratio", "ratio_lower", "ratio_upper"]].astype(float)
    assert limits.tolist() == [float(f"{each:.2g}") for each in (ratio, ratio / spread, ratio * spread)]
    assert seen["at_parity"] == five(n * b / m)
    assert not {"gap_lower", "gap_upper", "shortfall", "p"} & set(ask(pack, "disability").frame)
    assert seen["verdict"] == "could be chance"


@pytest.mark.parametrize(
    ("by", "group", "years", "ratio", "limits", "verdict"),
    [
        ("sexual-orientation", "lgb-plus", "2025/26", 0.94, (0.45, 2.0), "could be chance"),
        ("disability", "disabled", "2025/26", 1.2, (0.66, 2.1), "could be chance"),
        ("disability", "disabled", THREE, 0.88, (0.6, 1.3), "could be chance"),
        ("care-experience", "yes", THREE, 1.2, (0.58, 2.5), "could be chance"),
        ("age", "16-24", THREE, 0.68, (0.48, 0.98), "less likely, taken alone"),
        ("area-deprivation", "d1", THREE, 0.65, (0.47, 0.9), "less likely"),
    ],
)
def test_no_result_is_made_by_rounding(  # what is asked for and what is told
    pack: Pack, by: str, group: str, years: str, ratio: float, limits: tuple[float, float], verdict: str
) -> None:
    seen = row(ask(pack, by), group, years=years)
    assert (seen["ratio"], seen["ratio_lower"], seen["ratio_upper"]) == (ratio, *limits)
    assert seen["verdict"] == verdict


def test_the_worst_step_beyond_chance_makes_the_verdict_of_the_characteristic(pack: Pack) -> None:
    told = {by: ask(pack, by) for by in ("area-deprivation", "age", "disability", "caring")}
    assert {by: found.verdict for by, found in told.items()} == {
        "area-deprivation": gap_verdicts.REAL,
        "age": gap_verdicts.ALONE,
        "disability": gap_verdicts.CHANCE,
        "caring": gap_verdicts.UNKNOWN,
    }
    assert told["area-deprivation"].headline == (
        "Most deprived tenth: 0.65 times as likely to be appointed, beyond chance"
    )
    assert told["age"].headline == (
        "16 to 24: 0.68 times as likely to be appointed as 25 to 49, beyond chance taken alone"
    )
    assert told["disability"].headline == "Disability: no step of recruitment differs beyond chance"


def test_the_summary_says_of_recruitment_what_its_own_page_says(pack: Pack) -> None:
    rows = equality_summary.summary(pack, NEWEST).frame
    rows = rows[rows["part"] == "recruitment"].set_index("characteristic")
    for by in comparison_groups.characteristics(pack):
        found = ask(pack, by)
        assert (rows.loc[by, "said"], rows.loc[by, "verdict"]) == (
            found.empty or found.headline,
            found.verdict,
        )


def funnels(*groups: tuple[str, list[int]]) -> pd.DataFrame:
    """The stages of some groups, judged beside the first."""
    rows = pd.DataFrame(
        [
            (name, stage, count)
            for name, counts in groups
            for stage, count in zip(STAGES, counts, strict=True)
        ],
        columns=["group", "stage", "people"],
    )
    frame = recruitment_steps._without_small(measured(rows, groups[0][0], STAGES), set())
    return recruitment_steps._judged(frame, SmallestGap())


def test_one_step_is_beyond_chance_only_where_it_holds_among_all_tests() -> None:
    whole = ("men", [2000, 600, 500, 200, 180])
    one = funnels(whole, ("women", [2000, 530, 445, 178, 160]))
    # 530 of 2,000 beside 600 of 2,000: p = 0.014, and five tests allow 0.01 for the first.
    assert next(iter(one.loc[one["group"] == "women", "verdict"])) == "less likely, taken alone"
    fewer = funnels(whole, ("women", [2000, 500, 420, 168, 151]))
    assert next(iter(fewer.loc[fewer["group"] == "women", "verdict"])) == "less likely"


def test_a_likelihood_too_near_to_one_to_matter_is_practically_even() -> None:
    huge = funnels(("men", [10**6, 10**5, 90000, 9000, 900]), ("women", [10**6, 98000, 88200, 8820, 882]))
    seen = huge[(huge["group"] == "women") & (huge["from_stage"] == "applied") & ~huge["overall"]].iloc[0]
    assert (seen["gap_upper"] < 0, seen["verdict"]) == (True, "practically even")
    worse = funnels(("men", [10**6, 10**5, 90000, 9000, 900]), ("women", [10**6, 89000, 80100, 8010, 801]))
    assert next(iter(worse.loc[worse["group"] == "women", "verdict"])) == "less likely"


def test_every_step_of_a_group_is_told_with_those_before_and_after_it(pack: Pack, raw: pd.DataFrame) -> None:
    found = ask(pack, "disability")
    own = found.frame[(found.frame["group"] == "disabled") & (found.frame["year"] == "2025/26")]
    shown = [five(counted(raw, "disability", "disabled", stage, "2025/26")) for stage in STAGES]
    assert list(own["people_in"]) == [*shown[:-1], shown[0]]
    assert list(own["people_out"]) == [*shown[1:], shown[-1]]
    assert own["step"].iloc[0] == "Applied → shortlisted"
    assert own["step"].iloc[-1] == ALL_OF_IT


def test_the_likelihoods_of_the_steps_multiply_to_the_one_of_the_whole_way(pack: Pack) -> None:
    frames = [ask(pack, by).frame for by in ("sex", "disability", "religion", "area-deprivation", "marriage")]
    frame, seen = pd.concat([frame.assign(by=n) for n, frame in enumerate(frames)]), 0
    own = frame[(frame["group"] != frame["reference"]) & (frame["group"] != "not-stated")]
    for _, steps in own.groupby(["by", "group", "year"]):
        if steps["ratio"].notna().all():
            product_of_steps = steps.loc[~steps["overall"], "ratio"].prod()
            # Each of the four is written with two figures, so by at most a twentieth off where it begins with a 1.
            whole = steps.loc[steps["overall"], "ratio"].iloc[0]
            off = sum(0.5 * 10.0 ** (math.floor(math.log10(r)) - 1) / r for r in steps["ratio"])
            assert abs(math.log(product_of_steps / whole)) <= 1.1 * off
            seen += 1
    assert seen > 0


def test_another_comparison_group_turns_the_likelihood_over(pack: Pack) -> None:
    usual, turned = ask(pack, "sex"), ask(pack, "sex", reference="women")
    step = "Applied → shortlisted"
    assert row(turned, "men", step)["ratio"] == pytest.approx(1 / row(usual, "women", step)["ratio"], rel=0.1)
    assert set(turned.frame["reference"]) == {"women"}
    assert "compared with women" in turned.subtitle


def test_the_comparison_group_and_those_who_stated_none_are_in_the_table_but_not_in_the_chart(
    pack: Pack,
) -> None:
    found = ask(pack, "religion")
    assert row(found, "no-religion")["verdict"] == "comparison group"
    assert row(found, "no-religion")["ratio"] == 1
    assert row(found, "not-stated")["people_in"] > 0
    assert found.chart is not None
    assert set(found.chart["label"]) == {"Any religion", "Any religion, 2025/26"}


def test_the_year_is_the_newest_with_figures_up_to_the_chosen_one(pack: Pack) -> None:
    assert ask(pack, "disability", "2023/24").subtitle.endswith(", 2023/24")
    for year, newest in (("2024/25", "2024/25"), ("2027/28", "2025/26"), ("all", "2025/26")):
        assert ask(pack, "disability", year).subtitle.endswith(f" to {newest} pooled, and {newest} alone")


# -- three years pooled ------------------------------------------------------------------------------------


def test_three_years_lead_and_the_last_of_them_stands_beside(pack: Pack, raw: pd.DataFrame) -> None:
    found = ask(pack, "ethnic-group")
    assert counted(raw, "ethnic-group", "asian", "appointed", "2025/26") in range(1, 5)
    for years, of in ((THREE, YEARS[1:]), ("2025/26", YEARS[3:])):
        seen = row(found, "black", "Applied → shortlisted", years)
        told = (seen["people_in"], seen["people_out"])
        counts = [counted(raw, "ethnic-group", "black", stage, *of) for stage in ("applied", "shortlisted")]
        assert all(pd.isna(n) or n == five(count) for n, count in zip(told, counts, strict=True))
    assert found.subtitle.endswith("2023/24 to 2025/26 pooled, and 2025/26 alone")
    assert set(found.frame["year"]) == {THREE, "2025/26"}


def test_three_years_lead_where_they_show_as_much_and_the_year_where_it_shows_more(pack: Pack) -> None:
    leads = set()
    for by, year, found in every(pack):
        spans = list(dict.fromkeys(found.frame["year"])) if len(found.frame) else []
        if len(spans) < 2:
            continue
        told = recruitment_steps.counts(pack, View(year=year), by)
        shown = {each.years: recruitment_steps._shown(each.rows) for each in told}
        single = next(each.years for each in told if not each.pooled)
        pooled = next(each.years for each in told if each.pooled)
        assert spans[0] == (pooled if shown[pooled] >= shown[single] else single), (by, year)
        leads.add(spans[0] == pooled)
    assert True in leads
    alone = [pd.DataFrame({"people": [10, pd.NA], "group": ["a", "b"]})]
    assert [recruitment_steps._shown(rows) for rows in alone] == [1]


def test_the_year_beside_is_told_in_the_sentence_in_the_chart_and_in_the_table(pack: Pack) -> None:
    found = ask(pack, "disability")
    assert "2025/26 alone: 1.2 times as likely (0.66 to 2.1), could be chance." in found.sentence
    assert found.chart is not None
    assert list(dict.fromkeys(found.chart["label"])) == ["Disabled", "Disabled, 2025/26"]
    few = ask(pack, "sexual-orientation")
    assert "could be chance, on fewer than 10 people." in few.sentence


def test_years_are_not_pooled_before_there_are_three(pack: Pack) -> None:
    found = ask(pack, "care-experience", "2024/25")
    assert found.subtitle.endswith(", 2024/25")
    assert "pooled" not in found.subtitle
    assert "alone:" not in found.sentence


def test_no_sum_is_made_over_a_year_that_is_missing(copied_pack: CopiedPack) -> None:
    copied_pack.change("recruitment", lambda rows: rows[rows["year"] != "2024/25"])
    seen = gated_observations.recruited(copied_pack.open())
    assert len(seen.single)
    assert seen.pooled.empty


def test_a_sum_needs_the_groups_count_in_each_of_its_years(copied_pack: CopiedPack) -> None:
    copied_pack.unchecked("recruitment", "adds-up")
    gone = {"characteristic": "sex", "group": "women", "stage": "offered", "year": "2024/25"}

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[~np.logical_and.reduce([rows[name] == value for name, value in gone.items()])]

    copied_pack.change("recruitment", edit)
    sums = recruitment_counts.exact(copied_pack.open())
    sums = sums[(sums["first"] != sums["last"]) & (sums["characteristic"] == "sex")]
    assert set(sums.loc[sums["group"] == "men", "stage"]) == set(STAGES)
    assert set(sums.loc[sums["group"] == "women", "stage"]) == set(STAGES) - {"offered"}


# -- what must not be seen -----------------------------------------------------------------------------------


def test_single_years_hide_the_same_counts_as_the_indicators_of_their_stage(pack: Pack) -> None:
    staged_by = pack.table("indicators").dropna(subset="stage").set_index("id")["stage"]
    elsewhere = gated_observations.gated(pack)
    elsewhere = elsewhere[elsewhere["indicator"].isin(staged_by.index)]
    elsewhere = elsewhere.drop(columns="people").assign(
        stage=elsewhere["indicator"].map(staged_by), last=elsewhere["period"]
    )
    here = gated_observations.recruited(pack).single
    both = elsewhere.merge(here[here["characteristic"] != "all"], on=["last", *recruitment_counts.KEYS])
    assert len(both) == len(elsewhere) > 400
    assert both["numerator"].isna().sum() > 50
    assert both["exact_numerator"].equals(both["exact_people"])
    assert (both["numerator"].isna() == both["people"].isna()).all()
    told = both.dropna(subset=["numerator"])
    assert (told["numerator"] == told["people"]).all()


def test_every_count_that_is_shown_is_rounded_and_none_is_of_one_to_four_people(
    pack: Pack, raw: pd.DataFrame
) -> None:
    seen = gated_observations.recruited(pack)
    for rows in (seen.single, seen.pooled):
        exact = [
            counted(raw, r.characteristic, r.group, r.stage, *YEARS[YEARS.index(r.first) : YEARS.index(r.last) + 1])
            for r in rows.itertuples()
        ]  # fmt: skip
        both = rows.assign(exact=exact)
        shown = both.dropna(subset="people")
        assert (shown["people"] == shown["exact"].map(five)).all()
        assert not shown["exact"].between(1, 4).any()
        assert ((both["marker"] == "[c]") == both["people"].isna()).all()


def test_no_finding_shows_what_the_gate_hides(pack: Pack) -> None:
    for by, year, found in every(pack):
        for column in ("people_in", "people_out"):
            assert (found.frame[column].dropna() % 5 == 0).all(), (by, year)
        held = found.frame[found.frame["marker"] == "[c]"] if len(found.frame) else found.frame
        assert held[["ratio_lower", "ratio_upper"]].isna().all(axis=None), (by, year)
        assert (held["verdict"] == "held back").all(), (by, year)


def test_shares_of_fewer_than_twenty_people_are_left_out(copied_pack: CopiedPack) -> None:
    copied_pack.unchecked("recruitment", "adds-up")
    few = {"applied": 6, "shortlisted": 5, "interviewed": 5, "offered": 5, "appointed": 5}
    for year in YEARS:
        copied_pack.change("recruitment", staged("disability", "disabled", year, few))
    found = ask(copied_pack.open(), "disability", "2023/24")
    own = found.frame[found.frame["group"] == "disabled"]
    assert len(own) == 5
    assert set(own["marker"]) <= {"[k]", "[c]"}
    assert own[["rate", "ratio", "gap", "at_parity"]].isna().all(axis=None)


# -- what is said --------------------------------------------------------------------------------------------


def test_the_sentence_tells_the_numbers_of_the_table(copied_whole_pack: CopiedPack) -> None:
    copied_whole_pack.unchecked("recruitment", "adds-up")
    copied_whole_pack.change("recruitment", alone("religion"))
    copied_whole_pack.change(
        "recruitment", staged("religion", "any-religion", "2025/26", {"offered": 15, "appointed": 15})
    )
    found = ask(copied_whole_pack.open(), "religion")
    own, others = row(found, "any-religion"), row(found, "no-religion")
    assert found.headline == (
        f"Any religion: {wording.two_figures(own['ratio'])} times as likely to be appointed as no religion, beyond chance"
    )
    limits = (
        f"95% limits {wording.two_figures(own['ratio_lower'])} to {wording.two_figures(own['ratio_upper'])}"
    )
    parity = f"about {own['at_parity']:.0f} appointments; there were about {own['people_out']}."
    for part in (
        f"Any religion: {own['rate']:.1f}% of applicants were appointed",
        f"against {others['rate']:.1f}% in the comparison group (no religion)",
        f"\N{MINUS SIGN}{-own['gap']:.1f} points",
        f"{wording.two_figures(own['ratio'])} times as likely ({limits}: beyond chance)",
        f"Parity would have meant {parity}",
    ):
        assert part in found.sentence
    assert own["verdict"] == "less likely"


def test_the_step_that_is_told_is_the_one_furthest_behind(pack: Pack) -> None:
    found = ask(pack, "disability")
    steps = leading(found)
    steps = steps[(steps["group"] == "disabled") & ~steps["overall"]]
    tested = steps[steps["ratio_lower"].notna()]
    behind = tested[tested["ratio"] < 1]
    told = behind.loc[behind["ratio"].astype(float).idxmin()]
    start, end = told["step"].split(" → ")
    assert (
        f"The step furthest behind is from {start.lower()} to {end}: {wording.two_figures(told['ratio'])}"
        in found.sentence
    )


def test_a_group_that_fares_worse_beyond_chance_is_named_first_and_others_after_it(
    copied_whole_pack: CopiedPack,
) -> None:
    copied_whole_pack.unchecked("recruitment", "adds-up")
    copied_whole_pack.change("recruitment", alone("area-deprivation"))
    for year in YEARS:
        for group, appointed in (("d1", 10), ("d2-3", 12)):
            counts = {"offered": 60, "interviewed": 60, "shortlisted": 60, "appointed": appointed}
            copied_whole_pack.change("recruitment", staged("area-deprivation", group, year, counts))
        rest = {"offered": 160, "interviewed": 160, "shortlisted": 163, "appointed": 150}
        copied_whole_pack.change("recruitment", staged("area-deprivation", "d4-10", year, rest))
        silent = {"offered": 25, "interviewed": 30, "shortlisted": 40, "appointed": 20}
        copied_whole_pack.change("recruitment", staged("area-deprivation", "not-stated", year, silent))
    found = ask(copied_whole_pack.open(), "area-deprivation")
    assert found.headline.startswith("Most deprived tenth: 0.1")
    assert found.headline.endswith(" times as likely to be appointed, beyond chance")
    assert "Beyond chance as well: Second and third tenths (0.18 times)." in found.sentence
    assert "for “" not in found.sentence
    assert found.chart is not None
    assert found.chart.loc[found.chart["step"] == ALL_OF_IT, "different"].all()


def test_nobody_appointed_is_said_without_a_test(copied_whole_pack: CopiedPack) -> None:
    copied_whole_pack.unchecked("recruitment", "adds-up")
    for year in YEARS:
        copied_whole_pack.change("recruitment", staged("disability", "disabled", year, {"appointed": 0}))
    found = ask(copied_whole_pack.open(), "disability")
    assert found.headline == "Disabled: nobody was appointed"
    assert "none of about 505 applicants was appointed" in found.sentence
    assert "2025/26 alone: nobody." in found.sentence
    assert "no test of the ratio is possible" in found.sentence


def test_where_appointments_are_hidden_it_is_said_and_the_steps_are_told(pack: Pack) -> None:
    found = ask(pack, "gender-reassignment")
    assert found.headline == "Gender reassignment: appointments suppressed to protect small counts"
    assert "of those shown, for “Different from sex registered at birth”" in found.sentence
    assert "suppressed to protect small counts: Different from sex registered at birth." in found.sentence
    assert found.alt == "Different from sex registered at birth: held back."


def test_where_every_step_is_hidden_there_is_no_chart_and_it_is_said(pack: Pack) -> None:
    found = ask(pack, "pregnancy", "2022/23")
    assert found.headline == "Recruitment by pregnancy and maternity: every group is too small to show"
    assert found.chart is None
    assert not found.empty
    assert set(found.frame.loc[found.frame["group"] == "maternity-12m", "verdict"]) == {"held back"}


def test_who_did_not_answer_is_told_as_a_share_of_all_applicants(pack: Pack, raw: pd.DataFrame) -> None:
    silent = counted(raw, "religion", "not-stated", "applied", *YEARS[1:])
    everybody = counted(raw, "all", "all", "applied", *YEARS[1:])
    assert f"Not stated: {100 * silent / everybody:.1f}% of applicants." in ask(pack, "religion").sentence


def test_what_is_said_is_written_well_for_every_characteristic_and_year(pack: Pack) -> None:
    for by, year, found in every(pack):
        where = (by, year)
        assert 0 < len(found.headline) <= 90, where
        assert found.sentence or found.empty, where
        said = f"{found.headline}|{found.subtitle}|{found.sentence}|{found.empty}|{found.alt}"
        assert not re.search(r"\b(nan|None|inf|BAME)\b|  |\.\.|<NA>| ,|[−-]0\.0\b", said), where
        for text in (found.sentence or found.empty, found.alt):
            assert not text or text.endswith("."), where
        assert comparison_groups.QUESTION in found.caveats
        assert not found.export().isna().any(axis=None)


def test_a_likelihood_is_only_called_real_where_its_interval_leaves_out_one(pack: Pack) -> None:
    real = 0
    for by, year, found in every(pack):
        differ = found.frame[found.frame["verdict"].isin(recruitment_steps.BEYOND)]
        # Written with two figures, a limit may touch 1 from the side on which it is.
        assert ((differ["ratio_upper"] <= 1) | (differ["ratio_lower"] >= 1)).all(), (by, year)
        chance = found.frame[found.frame["verdict"] == "could be chance"]
        assert ((chance["ratio_lower"] <= 1) & (chance["ratio_upper"] >= 1)).all(), (by, year)
        real += len(differ)
    assert real > 0


def test_groups_together_follow_their_groups_and_are_the_sum_of_them(pack: Pack, raw: pd.DataFrame) -> None:
    found = ask(pack, "ethnic-group", "2024/25")
    own = row(found, "minority")
    assert list(found.frame["group"].unique())[-2:] == ["minority", "not-stated"]
    years = ("2022/23", "2023/24", "2024/25")
    assert own["people_in"] == five(counted(raw, "ethnic-group", "minority", "applied", *years))


def test_groups_together_are_compared_with_nobody_among_them(pack: Pack) -> None:
    for reference, there in (("white", True), ("asian", False), ("minority", True)):
        frame = ask(pack, "ethnic-group", "2024/25", reference).frame
        assert ("minority" in set(frame["group"])) == there
        assert "minority" not in set(frame["reference"])


def test_groups_together_that_are_held_back_are_said_to_be(pack: Pack) -> None:
    found = ask(pack, "ethnic-group", "2024/25")
    assert "pooled" in found.subtitle
    assert row(found, "minority")["verdict"] == "held back"
    assert "aggregate" not in found.headline


def only(*groups: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Leave these groups of ethnic group in recruitment; a minority of all that are none of them."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        own = rows["characteristic"] == "ethnic-group"
        small = rows[own & ~rows["group"].isin(["white", "not-stated"])]
        keys = [name for name in rows.columns if name not in {"group", "people"}]
        whole = small.assign(people=small["people"].astype(int)).groupby(keys, as_index=False)["people"].sum()
        whole = whole.assign(group="minority", people=whole["people"].astype(str))[rows.columns]
        return pd.concat([rows[~own | rows["group"].isin(groups)], whole], ignore_index=True)

    return edit


def test_a_table_that_knows_groups_together_only_is_told_as_it_is(copied_pack: CopiedPack) -> None:
    copied_pack.unchecked("recruitment", "adds-up")
    copied_pack.change("recruitment", only("white", "not-stated"))
    found = ask(copied_pack.open(), "ethnic-group", "2024/25")
    assert set(found.frame["group"]) == {"minority", "white", "not-stated"}


def test_an_aggregate_beside_its_groups_is_not_counted_twice(
    copied_pack: CopiedPack, small_pack: Pack
) -> None:
    copied_pack.change("recruitment", only("white", "asian", "black", "mixed", "other", "not-stated"))
    doubled = copied_pack.open()
    for name in ("single", "pooled"):
        once, twice = (getattr(gated_observations.recruited(each), name) for each in (small_pack, doubled))
        pd.testing.assert_frame_equal(twice, once)
    pd.testing.assert_frame_equal(ask(doubled, "ethnic-group").frame, ask(small_pack, "ethnic-group").frame)


def test_a_year_that_is_no_funnel_alone_takes_nothing_from_the_years_together(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = gated_observations.recruited(pack)
    single = seen.single.copy()
    white = (single["group"] == "white") & (single["last"] == "2025/26") & (single["stage"] == "offered")
    single.loc[white, "exact_people"] = 800
    monkeypatch.setattr(
        recruitment_steps, "gated", lambda _: gated_observations.Recruited(single, seen.pooled)
    )
    found = recruitment.funnel.__wrapped__(pack, View(year="2025/26"), Chosen("ethnic-group", ""))
    assert "alone:" not in found.sentence
    assert set(found.frame["year"]) == {THREE}
    assert not found.empty


# -- the chart -----------------------------------------------------------------------------------------------


def test_the_chart_shows_four_groups_at_most_those_with_most_applicants(copied_pack: CopiedPack) -> None:
    def words(rows: pd.DataFrame) -> pd.DataFrame:
        one = rows[rows["code"] == "ethnic-group=other"]
        return pd.concat([rows, one.assign(code="ethnic-group=fifth", label="Fifth group", order="60")])

    def counts(rows: pd.DataFrame) -> pd.DataFrame:
        own = rows[(rows["characteristic"] == "ethnic-group") & (rows["group"] == "mixed")]
        return pd.concat(
            [rows, own.assign(group="fifth", people=(own["people"].astype(int) * 9).astype(str))]
        )

    copied_pack.unchecked("recruitment", "adds-up")
    copied_pack.change("vocabulary", words)
    copied_pack.change("recruitment", counts)
    found = ask(copied_pack.open(), "ethnic-group")
    told = found.frame[
        ~found.frame["group"].isin(["white", "not-stated", "minority"])
        & found.frame["overall"]
        & (found.frame["year"] == THREE)
    ]
    assert len(told) == 5
    assert found.chart is not None
    most = set(told.sort_values("people_in").tail(4)["group_label"])
    assert set(found.chart["label"]) == most | {f"{label}, 2025/26" for label in most}
    assert "The 4 groups with most applicants." in found.legend


def test_the_chart_has_what_its_drawing_reads_and_the_numbers_of_the_table(pack: Pack) -> None:
    from svdash.render.drawings.funnel_charts import likelihoods

    found = ask(pack, "ethnic-group")
    assert found.chart is not None
    for columns in (1, 4):
        assert fields(likelihoods(columns)) <= set(found.chart.columns)
    asian = found.chart[(found.chart["label"] == "Asian") & (found.chart["step"] == ALL_OF_IT)].iloc[0]
    table = row(found, "asian")
    drawn = pd.DataFrame([[asian["value"], asian["lower"], asian["upper"]]]).astype("float64")
    assert drawn.equals(
        pd.DataFrame([[table["ratio"], table["ratio_lower"], table["ratio_upper"]]]).astype("float64")
    )
    assert list(dict.fromkeys(found.chart["order"])) == [0, 1, 2, 3, 4]
    assert not (found.chart["value"] <= 0).any()


def fields(spec: object) -> set[str]:
    """Every column that a structure reads."""
    if isinstance(spec, dict):
        own = {spec["field"]} if isinstance(spec.get("field"), str) else set()
        return own.union(*(fields(part) for part in spec.values()))
    return set().union(*(fields(part) for part in spec)) if isinstance(spec, list) else set()


# -- nothing to show -----------------------------------------------------------------------------------------


def test_a_characteristic_without_figures_says_what_is_missing_who_owns_it_and_what_comes_next(
    pack: Pack,
) -> None:
    found = ask(pack, "caring")
    gaps = pd.read_csv(DATA / "data_gaps.csv")
    known = gaps[(gaps["indicator"] == "EMP-I1") & (gaps["characteristic"] == "caring")].iloc[0]
    assert found.headline == "Recruitment by caring responsibilities: not known"
    for said in (known["note"], f"Owner: {known['owner']}", known["next_step"][1:], "due 31 March 2027"):
        assert said in found.empty
    assert found.chart is None
    assert list(found.export().columns) == list(recruitment.COLUMNS)


def test_a_characteristic_without_figures_or_a_known_gap_still_names_the_owner(pack: Pack) -> None:
    assert ask(pack, "neet").empty == (
        "EMP-I4 New employees who were long-term unemployed, NEET or rehabilitating offenders counts it, and its figures are "
        "suppressed to protect small counts. Owner: Head of People; no next step is recorded."
    )
    assert ask(pack, "neet", "2021/22").empty.startswith("No figures on recruitment by NEET.")


def test_a_year_before_the_question_was_asked_says_when_it_was(pack: Pack) -> None:
    assert ask(pack, "care-experience", "2022/23").empty == (
        "No figures on recruitment by care experience up to 2022/23: the first are those of 2023/24."
    )


def test_without_the_table_it_says_so(copied_pack: CopiedPack) -> None:
    copied_pack.remove("recruitment")
    found = ask(copied_pack.open(), "sex")
    assert "The table recruitment has no rows" in found.empty


@pytest.mark.parametrize("table", ["vocabulary", "indicators", "data_gaps"])
def test_without_a_table_that_explains_it_there_is_still_an_answer(
    copied_pack: CopiedPack, table: str
) -> None:
    # A characteristic with figures, and one that is asked for and has none, as its gap says.
    copied_pack.change("recruitment", lambda rows: rows[rows["characteristic"] != "disability"])
    copied_pack.change(
        "data_gaps",
        lambda rows: pd.concat([rows, rows.head(1).assign(indicator="EMP-I1", characteristic="disability")]),
    )
    copied_pack.remove(table)
    pack = copied_pack.open()
    told, missing = ask(pack, "sex"), ask(pack, "disability")
    assert told.empty or len(told.frame)
    assert missing.empty
    assert told.headline
    assert missing.headline


def test_counts_that_cannot_be_a_funnel_are_told_and_not_drawn(copied_pack: CopiedPack) -> None:
    copied_pack.unchecked("recruitment", "adds-up", "stages")
    for year in YEARS:
        copied_pack.change("recruitment", staged("disability", "disabled", year, {"appointed": 400}))
        copied_pack.change("recruitment", staged("disability", "not-stated", year, {"appointed": 20}))
    found = ask(copied_pack.open(), "disability")
    assert "more people at a stage than at the one before it" in found.empty
    assert not re.search(r"\d", found.empty)
    assert "Correct the table recruitment." in found.empty
    assert found.chart is None


def test_one_group_alone_is_no_comparison(copied_pack: CopiedPack) -> None:
    copied_pack.unchecked("recruitment", "adds-up")
    copied_pack.change(
        "recruitment", lambda rows: rows[(rows["characteristic"] != "sex") | (rows["group"] == "women")]
    )
    assert "fewer than two groups with counts" in ask(copied_pack.open(), "sex").empty


def test_a_rate_below_four_fifths_of_the_highest_says_to_look_closer(pack: Pack) -> None:
    told = set()
    for characteristic in ("sex", "ethnic-group", "disability", "age", "religion"):
        frame = recruitment.funnel(
            pack, Framework.of(pack).filters.default_view(), Chosen(characteristic)
        ).frame
        stated = frame[frame["group"] != "not-stated"]
        for _, rows in stated.groupby(["year", "from_stage", "to_stage"]):
            for row in rows.to_dict("records"):
                wanted = "look closer" if row["rate"] < 0.8 * rows["rate"].max() else "no"
                near = abs(row["rate"] - 0.8 * rows["rate"].max()) < 1
                possible = {"no", "look closer"} if near else {wanted}
                assert row["look_closer"] in ({"not shown"} if pd.isna(row["rate"]) else possible)
                told.add(row["look_closer"])
    assert {"no", "not shown", "look closer"} <= told


def test_four_fifths_are_flagged_below_and_not_at_four_fifths() -> None:
    def told(first: int, of_first: int, second: int, of_second: int) -> list[str]:
        rows = pd.DataFrame(
            {
                "group": ["a", "b"],
                "from_stage": "applied",
                "to_stage": "appointed",
                "people_out": [first, second],
                "people_in": [of_first, of_second],
            }
        )
        return recruitment_steps._closer(rows.assign(rate=100 * rows["people_out"] / rows["people_in"]))

    assert told(500, 1000, 200, 1000) == ["no", "look closer"]
    assert told(500, 1000, 450, 1000) == ["no", "no"]
    assert told(500, 1000, 400, 1000) == ["no", "no"]
    assert told(500, 1000, 399, 1000) == ["no", "look closer"]
