"""What an indicator's series may say: one baseline and one test, and what a page says of many tests at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import pandas as pd
import pytest

from svdash.findings.indicators import indicator_series, indicator_trends, success_measures
from svdash.findings.progress import headline_tiles
from svdash.measures.intervals import difference, turnover_difference
from svdash.register import ALL, Framework, View
from svdash.tables import Pack
from svdash.wording import assessments
from svdash.years import period_end
from tests.copies import CopiedPack

YEAR = View(year="2025/26", compare="2024/25")
# Shares of nobody, so that what is put in comes out as it is.
EVEN, BETTER, SAME, LATE, QUARTERLY, LONE = "COM-I1", "COM-I2", "INV-I1", "INV-I3", "COM-I6", "SER-I5"
# Headcounts of staff; the target of the second is 6%.
TARGETED = "EMP-I6"
PERIODS = ("2022/23", "2023/24", "2024/25", "2025/26")
Counts = Sequence[tuple[float, float]]


def lines(
    indicator: str, counts: Counts, periods: Sequence[str] = PERIODS, **more: str
) -> list[dict[str, str]]:
    """One observation a period, the last ones of so many."""
    return [
        {
            "indicator": indicator,
            "year": period[:7],
            "period": period,
            "as_at": f"{period_end(period)}",
            "organisation": "lcrca",
            "characteristic": ALL,
            "group": ALL,
            "numerator": f"{top:.0f}",
            "denominator": f"{base:.0f}",
            "source": "made up",
            "updated": "2026-11-12",
            **more,
        }
        for period, (top, base) in zip(periods[-len(counts) :], counts, strict=True)
    ]


def with_lines(
    copied: CopiedPack,
    own: list[dict[str, str]],
    words: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Pack:
    """Open a copy with these observations and no others, and more words in its vocabulary: list → (code, label)."""
    for table in ("observations_published", "recruitment"):
        copied.change(table, lambda rows: rows.iloc[:0])
    copied.change("observations_illustrative", lambda rows: pd.DataFrame(own, columns=rows.columns))
    more = [
        {"list": name, "code": code, "label": label, "order": "1"}
        for name, pairs in (words or {}).items()
        for code, label in pairs
    ]
    if more:
        copied.change(
            "vocabulary",
            lambda rows: pd.concat(
                [rows[~rows["list"].isin(words or {})], pd.DataFrame(more)], ignore_index=True
            ),
        )
    return copied.open()


def with_turnover(copied: CopiedPack, percent: float) -> None:
    path = copied.folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["authority"] |= {"staff_turnover_percent": percent, "staff_turnover_source": "made up"}
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def lead(pack: Pack, indicator: str) -> indicator_series.Trend:
    return indicator_series.lead(pack, YEAR, indicator)


def test_a_change_from_the_baseline_beyond_chance_is_counted_as_a_verdict_of_its_own(
    copied_pack: CopiedPack,
) -> None:
    opened = with_lines(
        copied_pack, [*lines(BETTER, [(100, 1000), (300, 1000)]), *lines(LATE, [(100, 1000), (101, 1000)])]
    )
    assert lead(opened, BETTER).verdict == "better-than-baseline"
    assert lead(opened, LATE).verdict == "too-early"
    board = indicator_trends.board(opened, YEAR)
    assert board.headline.endswith("; 1 better than the baseline")
    assert "1 better than the baseline, beyond chance" in board.sentence
    measured = success_measures.measures(opened, YEAR)
    better = [row for row in measured.frame["verdict"] if row == "better-than-baseline"]
    (tile,) = (each for each in headline_tiles.tiles(opened, YEAR) if each.label == "Measures really better")
    assert tile.number == str(len(better))


@pytest.mark.parametrize(
    ("verdicts", "headline"),
    [
        (["improving", "too-early"], "1 of 2 indicators improving, none worsening"),
        (["no-data", "too-early"], "No indicator can be called better or worse yet"),
        (
            ["worse-than-baseline", "worsening"],
            "None of 2 indicators improving, 1 worsening; 1 worse than the baseline",
        ),
        (
            ["worse-than-baseline", *["better-than-baseline"] * 2],
            "None of 3 indicators improving, none worsening; 2 better and 1 worse than the baseline",
        ),
        (
            ["better-than-baseline"],
            "None of 1 indicator improving, none worsening; 1 better than the baseline",
        ),
    ],
)
def test_the_headline_names_the_baseline_only_where_something_differs_from_it(
    verdicts: list[str], headline: str
) -> None:
    assert indicator_trends.headline(verdicts, "indicator") == headline


@pytest.mark.parametrize(
    ("verdicts", "detail"),
    [
        (["improving", "too-early"], "of 2; 0 worse, 1 too early to say"),
        (
            ["improving", "better-than-baseline", "worse-than-baseline", "worsening"],
            "of 4 (1 by a trend, 1 than the baseline); 2 worse, 0 too early to say",
        ),
    ],
)
def test_the_tile_says_by_which_test_measures_are_better(verdicts: list[str], detail: str) -> None:
    assert headline_tiles._better(verdicts) == detail


def test_the_nearest_value_that_would_be_told_and_the_one_seen_four_times_in_five_stand_beside_the_baseline(
    copied_pack: CopiedPack,
) -> None:
    opened = with_lines(copied_pack, lines(BETTER, [(100, 1000), (110, 1000)]))
    told = lead(opened, BETTER).detectable
    assert told.endswith("%")
    assert ", against 2024/25; four times in five: " in told
    # The first whole number whose interval leaves out no change, looked for one by one.
    more = next(x for x in range(100, 1001) if difference(x, 1000, 100, 1000)[1] > 0)
    less = next(x for x in range(100, -1, -1) if difference(x, 1000, 100, 1000)[2] < 0)
    assert told.startswith(f"{more / 10:.1f}% or more, {less / 10:.1f}% or less, against")
    # 1.96 + 0.8416 standard errors: the same search at a confidence of 99.49%.
    sure = 0.994915
    more = next(x for x in range(100, 1001) if difference(x, 1000, 100, 1000, sure)[1] > 0)
    less = next(x for x in range(100, -1, -1) if difference(x, 1000, 100, 1000, sure)[2] < 0)
    assert told.endswith(f"four times in five: {more / 10:.1f}% or {less / 10:.1f}%")


def test_no_value_is_told_where_the_verdict_is_no_change_and_the_comparison_would_tell_one(
    copied_pack: CopiedPack,
) -> None:
    years = ("2020/21", "2021/22", *PERIODS)
    # One jump after four equal years: more than chance from the baseline, and no trend.
    jump = [(100, 1000)] * 4 + [(300, 1000)]
    calm = [(100, 1000)] * 5
    opened = with_lines(copied_pack, [*lines(BETTER, jump, years), *lines(LATE, calm, years)])
    assert lead(opened, BETTER).verdict == "no-clear-change"
    assert lead(opened, BETTER).detectable == ""
    assert lead(opened, LATE).verdict == "no-clear-change"
    assert lead(opened, LATE).detectable.startswith("12.8% or more")


def test_the_compared_year_is_tested_only_where_it_is_the_baseline(copied_pack: CopiedPack) -> None:
    opened = with_lines(
        copied_pack,
        [*lines(BETTER, [(100, 1000), (300, 1000)]), *lines(LATE, [(90, 1000), (100, 1000), (300, 1000)])],
    )
    assert (
        indicator_series.compared(lead(opened, BETTER), YEAR) == "+20.0 points on 2024/25 (more than chance)"
    )
    assert indicator_series.compared(lead(opened, LATE), YEAR) == "+20.0 points on 2024/25"


def test_staff_are_tested_against_the_turnover_that_the_pack_gives(copied_pack: CopiedPack) -> None:
    given = {"characteristic": "ethnic-group", "group": "minority"}
    own = lines(TARGETED, [(600, 10_000), (650, 10_000)], **given)
    without = lead(with_lines(copied_pack, own), TARGETED)
    assert without.verdict == "too-early"
    assert any("it is cautious" in limit for limit in assessments.limits(without.assessment))
    with_turnover(copied_pack, 10)
    tested = lead(copied_pack.open(), TARGETED)
    _, lower, upper = turnover_difference(650, 10_000, 600, 10_000, 0.1, 1)
    assert lower > 0
    assert tested.verdict == "practically-even"  # half a point of six
    assert tested.assessment.baseline is not None
    assert tested.assessment.baseline.lower == pytest.approx(100 * lower, abs=1e-6)
    assert tested.assessment.baseline.upper == pytest.approx(100 * upper, abs=1e-6)
    assert not any("cautious" in limit for limit in assessments.limits(tested.assessment))
    assert "turnover of 10% a year" in assessments.method(tested.assessment)


def test_only_a_headcount_of_staff_is_one_and_only_those_told_of_first_have_the_turnover(
    copied_pack: CopiedPack,
) -> None:
    with_turnover(copied_pack, 10)
    opened = copied_pack.open()
    own, other, suppliers = (
        indicator_series.nature(opened, indicator, organisation)
        for indicator, organisation in (
            (TARGETED, "lcrca-merseytravel"),
            (TARGETED, "merseytravel"),
            (BETTER, "lcrca"),
        )
    )
    assert (own.headcount, own.turnover) == (True, 0.1)
    assert (other.headcount, other.turnover) == (True, None)
    assert suppliers.headcount is False


def quarters(first: int, number: int) -> list[str]:
    return [f"{first + q // 4}/{(first + 1 + q // 4) % 100:02d} Q{q % 4 + 1}" for q in range(number)]


SLIDE = [(500 + (n % 3) * 8, 1000) for n in range(14)]


@pytest.mark.parametrize("stock", [True, False])
def test_a_stock_of_the_vocabulary_gets_no_chart(copied_pack: CopiedPack, *, stock: bool) -> None:
    own = lines(QUARTERLY, SLIDE, quarters(2022, 14))
    words = {"stock": [(QUARTERLY if stock else LONE, "Who is there")]}
    told = lead(with_lines(copied_pack, own, words), QUARTERLY)
    assert (told.assessment.control is None) is stock
    assert (told.verdict == "no-test") is stock
    assert ("A stock, which moves slowly" in assessments.sentence(told.assessment)) is stock


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [(450, 500, (True, True)), (10, 60, (False, True)), (940, 990, (True, False)), (10, 990, (False, False))],
)
def test_a_limit_of_a_chart_that_no_figure_could_lie_beyond_is_not_drawn(
    copied_pack: CopiedPack, low: int, high: int, drawn: tuple[bool, bool]
) -> None:
    own = lines(QUARTERLY, [((low, high)[n % 2], 1000) for n in range(14)], quarters(2022, 14))
    told = lead(with_lines(copied_pack, own), QUARTERLY)
    row = indicator_trends.panels([told], "indicator").iloc[0]
    assert (pd.notna(row["control_lower"]), pd.notna(row["control_upper"])) == drawn


def test_a_years_figure_among_its_quarters_is_no_point_of_the_series(copied_pack: CopiedPack) -> None:
    own = lines(QUARTERLY, SLIDE[:6], quarters(2024, 6))
    year = lines(QUARTERLY, [(900, 1000)], ["2024/25"])
    with_year = lead(with_lines(copied_pack, [*own, *year]), QUARTERLY)
    assert with_year.assessment.periods == tuple(quarters(2024, 6))
    assert len(with_year.rows) == 7
    assert with_year.latest is not None
    assert with_year.latest["period"] == "2025/26 Q2"


def test_the_smallest_gap_that_a_pack_sets_decides_what_is_practically_even(copied_pack: CopiedPack) -> None:
    own = lines(EVEN, [(500_000, 1_000_000), (515_000, 1_000_000)])
    assert lead(with_lines(copied_pack, own), EVEN).verdict == "better-than-baseline"
    sizes = {"smallest_gap": [("points", "2")]}
    assert lead(with_lines(copied_pack, own, sizes), EVEN).verdict == "practically-even"


def test_a_page_says_how_many_tests_it_made_and_leads_with_those_that_hold(copied_pack: CopiedPack) -> None:
    far, near, none = [(100, 1000), (300, 1000)], [(100, 1000), (129, 1000)], [(100, 1000), (100, 1000)]
    others = ("INV-I2", "INV-I3", "INV-I4", "COM-I3", "SER-I5")
    own = [*lines(BETTER, far), *lines(EVEN, near), *(line for i in others for line in lines(i, none))]
    board = indicator_trends.board(with_lines(copied_pack, own), YEAR)
    # The second stands out by itself. Among seven tests it would have to be below 2 x 0.05/7, which is a confidence of
    # 98.57%, and there its interval has no change in it.
    assert difference(129, 1000, 100, 1000)[1] > 0
    assert difference(129, 1000, 100, 1000, 1 - 2 * 0.05 / 7)[1] < 0
    assert "7 tests: 2 stand out, about 0.4 would by chance alone; 1 holds when" in board.sentence
    assert f"Those that hold: {BETTER}." in board.sentence


def test_one_test_alone_is_not_called_many(copied_pack: CopiedPack) -> None:
    board = indicator_trends.board(with_lines(copied_pack, lines(BETTER, [(100, 1000), (300, 1000)])), YEAR)
    assert "would by chance alone" not in board.sentence


def test_the_target_of_an_indicator_is_met_or_not_by_its_figure(copied_pack: CopiedPack) -> None:
    given = {"characteristic": "ethnic-group", "group": "minority"}
    for people, met in ((600, True), (590, False)):
        opened = with_lines(copied_pack, lines(TARGETED, [(550, 10_000), (people, 10_000)], **given))
        said = indicator_trends.one(opened, YEAR, TARGETED).sentence
        assert ("The target of 6.0% is met" in said) is met
        assert ("The target of 6.0% is not met" in said) is not met


def test_the_comparison_groups_share_of_one_whole_is_lower_and_not_worse(pack: Pack) -> None:
    asked = ("EMP-I1", "lcrca-merseytravel", "disability")
    disabled, others = (
        indicator_series.assess(pack, YEAR, *asked, group) for group in ("disabled", "not-disabled")
    )
    assert disabled.verdict == "better-than-baseline"
    assert others.verdict == "below-baseline"
    # A rate within each group may be better for all of them.
    trained = indicator_series.assess(pack, YEAR, "EMP-I10", "lcrca-merseytravel", "sex", "men")
    assert trained.verdict == "better-than-baseline"


def test_no_sentence_of_fewer_than_a_hundred_people_has_a_percentage_with_decimals(either_pack: Pack) -> None:
    seen = 0
    for code in Framework.of(either_pack).indicators.index:
        for key in indicator_series.keys_of(either_pack, View(), str(code)):
            told = indicator_series.assess(either_pack, View(), str(code), *key)
            latest = told.latest
            if not latest or not latest["people"] or not latest["exact_denominator"] < 100:
                continue
            words = f"{assessments.sentence(told.assessment)} {told.detectable}"
            assert not re.search(r"\d\.\d+(%| points)", words), (code, key, words)
            seen += 1
    assert seen > 10


def test_pictures_of_success_measures_carry_the_verdicts_that_the_table_counts(pack: Pack) -> None:
    found = success_measures.measures(pack, Framework.of(pack).filters.default_view())
    assert found.chart is not None
    pictured = found.chart.drop_duplicates("order").set_index("indicator")
    table = found.frame[found.frame["leading"].isin(pictured.index)].set_index("leading")
    assert len(table) == len(pictured) > 10
    assert dict(pictured["verdict"]) == dict(table["verdict_label"])
    assert dict(pictured["alone"]) == dict(table["together"] == "taken alone only")
