"""Who leads suppliers and investees: shares from what may be shown, and what nobody knows said first."""

from __future__ import annotations

import re
from math import floor, sqrt
from pathlib import Path

import pandas as pd
import pytest

from svdash import wording
from svdash.findings.equality import owners
from svdash.findings.equality.comparison_groups import Chosen, characteristics
from svdash.findings.finding import Finding
from svdash.register import View
from svdash.render.drawings import unknown_charts as drawn
from svdash.render.drawn_columns import read_columns
from svdash.tables import Pack
from tests.copies import DATA, CopiedPack

LINE = ["year", "population", "characteristic", "group"]
YEAR = "2025/26"
YEARS = ("2022/23", "2023/24", "2024/25", YEAR)
LATEST = View(year=YEAR)
ASKED_ABOUT = (
    "sex",
    "ethnic-group",
    "disability",
    "age",
    "sexual-orientation",
    "religion",
    "gender-reassignment",
)


def rounded(count: float) -> int:
    return 5 * floor(count / 5 + 0.5)


def wilson(x: float, n: float) -> tuple[float, float]:
    z = 1.959964
    middle, half, scale = 2 * x + z * z, z * sqrt(z * z + 4 * x * (1 - x / n)), 2 * (n + z * z)
    return 100 * (middle - half) / scale, 100 * (middle + half) / scale


@pytest.fixture(scope="module")
def exact() -> pd.DataFrame:
    return pd.read_csv(DATA / "ownership.csv")


def counts(exact: pd.DataFrame, population: str, characteristic: str, year: str = YEAR) -> pd.Series:
    rows = exact[
        (exact["year"] == year)
        & (exact["population"] == population)
        & (exact["characteristic"] == characteristic)
    ]
    return rows.set_index("answer")["organisations"]


def residents(variable: str) -> float:
    figures = pd.read_csv(DATA / "benchmarks.csv")
    whole = figures[figures["area_name"].str.contains("Liverpool City Region")].set_index("variable")["value"]
    return 100 * float(whole[variable]) / float(whole["population_total"])


@pytest.fixture
def of_working_age(copied_whole_pack: CopiedPack) -> CopiedPack:
    """A copy whose residents are all said to be of working age, so that leaders are compared with them."""
    copied_whole_pack.change("benchmark_groups", lambda rows: rows.assign(working_age="true"))
    return copied_whole_pack


def row(found: Finding, population: str) -> pd.Series:
    return found.frame.set_index("population").loc[population]


def changed(copied: CopiedPack, population: str, characteristic: str, **numbers: int) -> Pack:
    """Open a copy with other answers of the year: the others are none."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        here = (
            (rows["year"] == YEAR)
            & (rows["population"] == population)
            & (rows["characteristic"] == characteristic)
        )
        told = rows["answer"].map({name.replace("_", "-"): str(n) for name, n in numbers.items()}).fillna("0")
        return rows.assign(organisations=told.where(here, rows["organisations"]))

    copied.change("ownership", edit)
    return copied.open()


# -- shares ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("population", ["suppliers", "investees"])
def test_the_share_led_is_of_those_that_answered_and_comes_from_exact_counts(
    pack: Pack, exact: pd.DataFrame, population: str
) -> None:
    answers = counts(exact, population, "sex")
    led, answered = answers["led"], answers["led"] + answers["not-led"]
    told = row(owners.owners(pack, LATEST, Chosen("sex")), population)
    assert (told["led"], told["answered"]) == (rounded(led), rounded(answered))
    near = 0.051 if answered >= 100 else 0.51
    assert told["share"] == pytest.approx(100 * led / answered, abs=near)
    assert (told["lower"], told["upper"]) == pytest.approx(wilson(led, answered), abs=near)


def test_leaders_beside_residents_of_all_ages_are_shown_and_not_judged(pack: Pack) -> None:
    found = owners.owners(pack, LATEST, Chosen("sex"))
    assert set(found.frame["verdict"]) == {"not a fair comparison"}
    assert found.verdict == "not a fair comparison"
    assert found.frame["points"].notna().all()
    assert found.headline == "Leaders by sex: residents of all ages are not a fair comparison"
    assert "This data pack has no residents of working age" in found.sentence
    assert "test" not in found.sentence
    assert found.chart is not None
    assert not found.chart["stands_out"].any()


def test_the_gap_to_residents_is_told_in_points_and_as_a_ratio(of_working_age: CopiedPack) -> None:
    told = row(owners.owners(of_working_age.open(), LATEST, Chosen("sex")), "suppliers")
    women = residents("female")
    assert told["resident_share"] == pytest.approx(women)
    assert told["points"] == pytest.approx(told["share"] - women, abs=0.1)
    assert told["times"] == pytest.approx(told["share"] / women, abs=0.01)
    assert told["verdict"] == "below residents"


def test_how_many_are_not_known_comes_first_and_counts_all_organisations(
    pack: Pack, exact: pd.DataFrame
) -> None:
    unknown = []
    for population in ("suppliers", "investees"):
        answers = counts(exact, population, "sex")
        answered = answers["led"] + answers["not-led"]
        unknown.append(round(100 * (1 - answered / answers.sum())))
    said = owners.owners(pack, LATEST, Chosen("sex")).sentence
    assert said.startswith(f"We don't know for {unknown[0]}% of suppliers and {unknown[1]}% of investees.")


def test_a_share_whose_interval_holds_the_residents_share_could_be_chance(of_working_age: CopiedPack) -> None:
    found = owners.owners(of_working_age.open(), View(year="2024/25"), Chosen("ethnic-group"))
    told = row(found, "investees")
    assert told["lower"] < told["resident_share"] < told["upper"]
    assert told["verdict"] == "could be chance"
    assert f"{wording.two_figures(told['times'])} times: could be chance" in found.sentence
    assert "investees" not in found.headline


def test_a_group_above_its_share_of_residents_is_not_called_under_represented(
    of_working_age: CopiedPack,
) -> None:
    changed(of_working_age, "suppliers", "sex", led=400, not_led=100, not_asked=107)
    pack = changed(of_working_age, "investees", "sex", led=80, not_led=10, not_asked=13)
    found = owners.owners(pack, LATEST, Chosen("sex"))
    assert set(found.frame["verdict"]) == {"above residents"}
    assert found.headline == "Women: no fewer among leaders than among residents, beyond chance"


def test_a_group_without_residents_to_compare_with_has_a_share_and_no_gap(pack: Pack) -> None:
    found = owners.owners(pack, LATEST, Chosen("sexual-orientation"))
    assert found.frame["share"].notna().all()
    assert found.frame["points"].isna().all()
    assert found.statuses == ("illustrative",)
    assert "no residents' share in this data pack" in found.sentence


def test_the_chart_has_a_dot_for_each_share_and_the_residents_as_mark(pack: Pack) -> None:
    found = owners.owners(pack, LATEST, Chosen("disability"))
    assert found.chart is not None
    assert list(found.chart["label"]) == ["Suppliers: Disabled", "Investees: Disabled"]
    assert list(found.chart["value"]) == list(found.frame["share"])
    assert list(found.chart["mark"]) == list(found.frame["resident_share"])


# -- answers ---------------------------------------------------------------------------------------------


def test_not_asked_not_answered_and_prefer_not_to_say_are_told_apart(pack: Pack, exact: pd.DataFrame) -> None:
    found = owners.answers(pack, LATEST, Chosen("disability"))
    told = found.frame[found.frame["population"] == "suppliers"].set_index("answer")["percent"]
    answers = counts(exact, "suppliers", "disability")
    for answer, number in answers.items():
        assert told[answer] == pytest.approx(100 * number / answers.sum(), abs=0.051), answer
    assert len(told) == 5


def test_the_headline_of_the_answers_says_how_many_are_known(pack: Pack, exact: pd.DataFrame) -> None:
    answers = counts(exact, "suppliers", "sexual-orientation")
    percent = round(100 * (answers["led"] + answers["not-led"]) / answers.sum())
    found = owners.answers(pack, LATEST, Chosen("sexual-orientation"))
    said = int(re.findall(r"known for (\d+)% of suppliers", found.headline)[0])
    # What is not known is rounded, and what is known is the rest.
    assert abs(said - percent) <= 1


def test_the_panels_of_the_answers_keep_the_order_of_the_vocabulary(pack: Pack) -> None:
    chart = owners.answers(pack, LATEST, Chosen("sex")).chart
    assert chart is not None
    assert list(chart["panel"].drop_duplicates()) == ["Suppliers", "Investees"]
    assert set(chart.loc[chart["missing"], "answer"]) == {"Not asked"}


# -- disclosure ------------------------------------------------------------------------------------------


def test_no_count_from_1_to_4_is_shown_and_all_others_are_rounded_to_5(
    pack: Pack, exact: pd.DataFrame
) -> None:
    key = [*LINE, "answer"]
    small = set(exact.loc[exact["organisations"].between(1, 4), key].itertuples(index=False, name=None))
    seen = 0
    for year in YEARS:
        for characteristic in ASKED_ABOUT:
            frame = owners.answers(pack, View(year=year), Chosen(characteristic)).frame
            hidden = frame["organisations"].isna()
            held_back = set(frame.loc[hidden, key].itertuples(index=False, name=None))
            here = {one for one in small if one[0] == year and one[2] == characteristic}
            assert here <= held_back
            assert (frame.loc[hidden, "marker"] == "[c]").all()
            assert frame.loc[hidden, "percent"].isna().all()
            assert (frame["organisations"].dropna() % 5 == 0).all()
            assert (frame["total"] % 5 == 0).all()
            seen += len(here)
    assert seen == len(small) > 0


def test_a_hidden_answer_has_company_so_that_it_cannot_be_worked_back(
    pack: Pack, exact: pd.DataFrame
) -> None:
    for year in YEARS:
        for characteristic in ASKED_ABOUT:
            frame = owners.answers(pack, View(year=year), Chosen(characteristic)).frame
            for _, line in frame.groupby("population"):
                hidden = line["organisations"].isna().sum()
                assert hidden != 1 or (line["organisations"].fillna(0) == 0).all()


def test_a_few_that_prefer_not_to_say_do_not_hide_who_is_led(pack: Pack, exact: pd.DataFrame) -> None:
    answers = counts(exact, "investees", "ethnic-group")
    assert 1 <= answers["prefer-not-to-say"] <= 4
    frame = owners.answers(pack, LATEST, Chosen("ethnic-group")).frame
    told = frame[frame["population"] == "investees"].set_index("answer")["organisations"]
    assert set(told.index[told.isna()]) == {"prefer-not-to-say", "not-asked"}
    assert told["led"] == rounded(answers["led"])


def test_where_only_one_answer_tells_nothing_a_small_one_hides_another_side(copied_pack: CopiedPack) -> None:
    pack = changed(copied_pack, "investees", "sex", led=30, not_led=50, prefer_not_to_say=2)
    frame = owners.answers(pack, LATEST, Chosen("sex")).frame
    told = frame[frame["population"] == "investees"].set_index("answer")["organisations"]
    assert set(told.index[told.isna()]) == {"prefer-not-to-say", "led"}
    found = owners.owners(pack, LATEST, Chosen("sex"))
    assert row(found, "investees")["verdict"] == "too small to show"
    assert "Investees: too small to show." in found.sentence


def test_few_led_by_a_group_hide_the_share_and_say_at_least_how_many_are_not_known(
    pack: Pack, exact: pd.DataFrame
) -> None:
    answers = counts(exact, "investees", "age")
    assert answers["led"] == 1
    found = owners.owners(pack, LATEST, Chosen("age"))
    told = row(found, "investees")
    assert pd.isna(told["share"])
    assert told["marker"] == "[c]"
    assert re.search(r"at least \d+% of investees", found.sentence)
    least = float(re.findall(r"at least (\d+)% of investees", found.sentence)[0])
    silent = answers.drop(["led", "not-led"])
    assert 0 < least <= round(100 * silent.sum() / answers.sum())
    assert found.texts(thousands=True).loc[1, "share"] == "[c]"


def test_a_share_of_fewer_than_ten_answers_is_too_few(copied_pack: CopiedPack) -> None:
    pack = changed(copied_pack, "investees", "sex", led=5, not_answered=60, not_asked=38)
    told = row(owners.owners(pack, LATEST, Chosen("sex")), "investees")
    assert told["marker"] == "[k]"
    assert told["verdict"] == "too few answered"


def test_counts_are_gated_once_for_all_years_and_characteristics(
    copied_pack: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real = owners.disclosure.safe

    def counting(*args: object, **kwargs: object) -> pd.Series:
        calls.append(args)
        return real(*args, **kwargs)

    monkeypatch.setattr(owners.disclosure, "safe", counting)
    # Counts of its own, so that nothing is kept of them.
    pack = changed(copied_pack, "suppliers", "sex", led=61, not_led=83)
    for year in YEARS:
        for characteristic in ("sex", "disability"):
            owners.owners(pack, View(year=year), Chosen(characteristic))
            owners.answers(pack, View(year=year), Chosen(characteristic))
    assert len(calls) == 1


# -- nothing to show -------------------------------------------------------------------------------------


def test_where_nobody_was_asked_that_is_said_and_there_is_no_share(pack: Pack) -> None:
    found = owners.owners(pack, LATEST, Chosen("religion"))
    assert found.empty.startswith("No supplier or investee was asked about religion or belief")
    told = owners.answers(pack, LATEST, Chosen("religion"))
    assert told.headline == "Nobody was asked who leads them, by religion or belief"
    assert (
        told.sentence == "Suppliers (Any religion): not asked 100%. Investees (Any religion): not asked 100%."
    )


@pytest.mark.parametrize("build", [owners.owners, owners.answers])
@pytest.mark.parametrize(("characteristic", "year"), [("caring", YEAR), ("sex", "2018/19"), ("neet", YEAR)])
def test_without_a_question_on_record_the_finding_says_so(
    pack: Pack, build: owners.owners, characteristic: str, year: str
) -> None:
    found = build(pack, View(year=year), Chosen(characteristic))
    assert found.frame.empty
    assert f"on record up to {year}" in found.empty
    assert list(found.export().columns) == list(found.columns)


@pytest.mark.parametrize("build", [owners.owners, owners.answers])
def test_without_the_table_the_finding_says_which_is_missing(
    copied_pack: CopiedPack, build: owners.owners
) -> None:
    copied_pack.remove("ownership")
    found = build(copied_pack.open(), LATEST, Chosen("sex"))
    assert found.empty.endswith("add the table ownership.")


def test_all_years_show_the_newest_one(pack: Pack) -> None:
    assert YEAR in owners.owners(pack, View(year="all"), Chosen("sex")).subtitle


# -- words -----------------------------------------------------------------------------------------------


def test_headlines_are_short_and_no_sentence_holds_what_is_not_known(pack: Pack) -> None:
    for year in (*YEARS, "2018/19", "all"):
        for characteristic in characteristics(pack):
            for build in (owners.owners, owners.answers):
                found = build(pack, View(year=year), Chosen(characteristic))
                assert len(found.headline) <= 90, found.headline
                for text in (found.headline, found.sentence, found.alt, found.empty):
                    assert not re.search(r"\bnan\b|<NA>|None\b|BAME", text), text
                assert found.empty or (found.sentence and found.alt)


def test_every_cell_of_the_export_is_filled_and_carries_the_status(pack: Pack) -> None:
    for characteristic in ASKED_ABOUT:
        for build in (owners.owners, owners.answers):
            rows = build(pack, LATEST, Chosen(characteristic)).export()
            assert not (rows == "").any(axis=None)
            assert set(rows["status"]) == {"illustrative"}


def test_another_group_asked_about_is_named_in_every_sentence(
    copied_pack: CopiedPack, tmp_path: Path
) -> None:
    def with_men(rows: pd.DataFrame) -> pd.DataFrame:
        women = rows[rows["characteristic"] == "sex"]
        return pd.concat([rows, women.assign(group="men")])

    copied_pack.change("ownership", with_men)
    found = owners.owners(copied_pack.open(), LATEST, Chosen("sex"))
    assert "49% of suppliers (Women), 49% of suppliers (Men)" in found.sentence
    assert "Investees (Men): 38% of the 70 that answered" in found.sentence


# -- drawings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [1, 4])
def test_the_drawing_of_answers_reads_what_the_chart_has(pack: Pack, columns: int) -> None:
    chart = owners.answers(pack, LATEST, Chosen("sex")).chart
    assert chart is not None
    assert read_columns(drawn.answers(columns)) == set(chart.columns)
