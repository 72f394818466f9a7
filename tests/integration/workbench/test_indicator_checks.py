"""Checks of an indicator: each condition of each sentence, on both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from svdash.cli.commands import main
from svdash.findings.indicators import gated_observations
from svdash.register import Framework
from svdash.tables import Pack
from svdash.workbench import checks_against_pack, checks_of_definition, checks_of_figures, indicator_checks
from svdash.workbench.definition import ChangeWhen, IndicatorDefinition, Target, read
from svdash.workbench.examined_indicator import ExaminedIndicator, IndicatorCheck
from svdash.workbench.formula import Kind
from svdash.workbench.indicator_sources import source
from svdash.workbench.prototype import ByNought, with_noughts
from tests.copies import ROOT, SMALL

EXAMPLE = ROOT / "docs" / "examples" / "social-value-scored.yaml"
ABOUT = IndicatorDefinition(
    id="ABC-I1",
    title="Staff who cycle to work",
    definition="Staff who cycled to work on the day of the survey, out of all who answered.",
    level="outcome",
    sphere="influence",
    table="survey.csv",
    numerator="sum(cycled)",
    denominator="sum(answered)",
    unit="percent",
    polarity="higher",
    year="year",
    role="employer",
    source="Staff survey",
    cadence="annual",
    status="illustrative",
    criteria_for_change="Five points above the first year.",
)
KINDS: dict[str, Kind] = {"year": "text", "cycled": "number", "answered": "number", "Sex": "text"}
YEARS = [f"{year}/{(year + 1) % 100:02}" for year in range(2010, 2025)]
Check = Callable[[ExaminedIndicator], IndicatorCheck]


def figures(*rows: tuple[float | None, float | None], **keys: list[Any]) -> pd.DataFrame:
    """Make figures of numerators and denominators, by year unless other keys are given."""
    parts = pd.DataFrame(rows, columns=["numerator", "denominator"], dtype="float64")
    by = keys or {"year": YEARS[: len(rows)]}
    return pd.DataFrame(by).join(parts).assign(value=100 * parts["numerator"] / parts["denominator"])


def values(*found: float, **keys: list[Any]) -> pd.DataFrame:
    return figures(*((each * 10, 1000.0) for each in found), **keys)


def case(
    pack: Pack, rows: pd.DataFrame, yearly: pd.DataFrame | None = None, **about: Any
) -> ExaminedIndicator:
    own = {name: about.pop(name) for name in ("personal", "kinds", "nought", "shown") if name in about}
    nought = own.get("nought", ByNought(pd.Series(data=False, index=rows.index), 0))
    return ExaminedIndicator(
        pack, ABOUT.model_copy(update=about), own.get("kinds", KINDS), rows, rows if yearly is None else yearly, own.get("shown", rows), nought, own.get("personal"),
    )  # fmt: skip


FINE = values(30, 31, 32, 31, 33, 34)
TARGET = Target(value=40, year="2027/28", source="Plan")
BY_AREA = {
    "year": ["2010/11"] * 2 + ["2011/12"] * 2,
    "area": ["Knowsley", "Wirral"] * 2,
}
D, F, P = checks_of_definition, checks_of_figures, checks_against_pack


@pytest.mark.parametrize(
    ("check", "rows", "about", "verdict", "said"),
    [
        (D.polarity, FINE, {}, "pass", "Higher is better."),
        (D.polarity, FINE, {"target": TARGET}, "pass", "and the target lies that way"),
        (D.polarity, FINE, {"target": TARGET, "polarity": "lower"}, "warn", "the target of 40.0% lies on the worse side of 2010/11"),
        (D.polarity, FINE, {"target": TARGET, "polarity": "none"}, "fail", "a target of 40.0% and no polarity"),
        (D.polarity, FINE, {"polarity": "none"}, "warn", "within the authority's influence"),
        (D.polarity, FINE, {"polarity": "none", "sphere": "context"}, "pass", "context without a polarity"),
        (D.denominator, FINE, {}, "pass", "sum(cycled) is taken out of sum(answered)"),
        (D.denominator, FINE, {"denominator": None}, "fail", "a percentage and has no denominator"),
        (D.denominator, FINE, {"denominator": None, "unit": "people"}, "pass", "an amount (people)"),
        (D.denominator, FINE, {"denominator": None, "unit": "people", "area": "a"}, "warn", "number of people by area"),
        (D.denominator, FINE, {"denominator": "sum( cycled )"}, "fail", "the same formula"),
        (D.breakdowns, FINE, {"breakdowns": ("sex",)}, "pass", "a column for each breakdown: Sex."),
        (D.breakdowns, FINE, {"breakdowns": ("sex", "disability")}, "fail", "1 of 2 breakdowns can't be made: the table has no column for Disability. Its columns allow Sex."),
        (D.breakdowns, FINE, {}, "warn", "counts people and names no breakdown"),
        (D.breakdowns, FINE, {"group": "Sex"}, "pass", "broken down by Sex"),
        (D.breakdowns, FINE, {"counts_people": False}, "pass", "counts no people"),
        (D.criteria, FINE, {}, "pass", "name a number"),
        (D.criteria, FINE, {"criteria_for_change": "3% more"}, "pass", "name a number"),
        (D.criteria, FINE, {"criteria_for_change": "A clear rise"}, "warn", "“A clear rise” names no number"),
        (D.criteria, FINE, {"criteria_for_change": "A clear rise", "change_when": ChangeWhen(side="above", value=40)}, "pass", "above 40.0% in 1 period."),
        (D.plain_english, FINE, {}, "pass", "1 sentence, the longest of 16 words"),
        (D.plain_english, FINE, {"definition": "Staff " * 26}, "warn", "Sentences of more than 25 words: 1 of 1; the longest has 26."),
        (D.plain_english, FINE, {"definition": "Staff " * 25}, "pass", "the longest of 25 words"),
        (D.plain_english, FINE, {"definition": "Staff who cycle."}, "fail", "has 3 words"),
        (D.plain_english, FINE, {"definition": "People on QXZ who got any work."}, "warn", "Not explained: QXZ."),
        (D.plain_english, FINE, {"definition": "People on a qualifying scheme (QXZ) who got work."}, "pass", "every abbreviation"),
        (D.plain_english, FINE, {"definition": "The rows of the file with cycled_to == 1."}, "warn", "It has code in it"),
        (D.personal_data, FINE, {}, "pass", "an open table of the data pack"),
        (D.personal_data, FINE, {"personal": ()}, "pass", "None is suspected in the 4 columns"),
        (D.personal_data, FINE, {"personal": ("Name",)}, "fail", "suspected in 1 column of the file: Name."),
        (F.years, FINE, {}, "pass", "6 financial years, from 2010/11 to 2015/16."),
        (F.years, values(1, 2, year=["2023", "2023/24"]), {}, "fail", "1 of 2 years is not a financial year: 2023."),
        (F.years, values(1, year=["2023/29"]), {}, "fail", "not a financial year: 2023/29"),
        (F.years, values(1, year=[None]), {}, "fail", "No row has a year."),
        (F.years, values(1, area=["Wirral"]), {}, "warn", "one figure, and no trend"),
        (F.completeness, FINE, {}, "pass", "6 of 6 figures for 6 years."),
        (F.completeness, values(1, 2, 3, 4, **BY_AREA), {}, "pass", "4 of 4 figures for 2 years and 2 areas."),
        (F.completeness, values(1, 2, 3, **{key: each[:3] for key, each in BY_AREA.items()}), {}, "fail", "1 of 4 figures for 2 years and 2 areas is missing."),
        (F.completeness, values(1, 2, 3, 4, **BY_AREA, group=["North", "South"] * 2), {}, "pass", "4 of 4 figures for 2 years, 2 areas and 2 groups."),
        (F.completeness, values(1, 2, 3, 4, **BY_AREA, group=["North", "South", "South", "South"]), {}, "fail", "4 of 8 figures for 2 years, 2 areas and 2 groups are missing."),
        (F.completeness, figures(*[(1, 2)] * 9, (None, 3)), {}, "warn", "1 of 10 figures for 10 years is missing."),
        (F.completeness, values(1, 2, year=["2010/11", "2012/13"]), {}, "warn", "1 year has no figure: 2011/12."),
        (F.completeness, values(1, 2, year=["2010/11", None]), {}, "warn", "1 figure is of rows without year."),
        (F.completeness, figures((None, 3)), {}, "fail", "None of 1 figure has a value."),
        (F.outliers, FINE, {}, "pass", "6 figures: too few"),
        (F.outliers, values(30, 31, 32, 30, 31, 32, 30, 31), {}, "pass", "None of 8 figures"),
        (F.outliers, values(30, 31, 32, 30, 31, 32, 30, 90), {}, "warn", "1 of 8 figures lies more than 3.5 modified standard deviations from the middle: in 2017/18."),
        (F.outliers, values(*[30] * 9, 90), {}, "warn", "1 of 10 figures"),
        (F.outliers, values(*[30] * 8, year=["2010/11"] * 8, area=list("abcdefgh")), {}, "pass", "None of 8"),
        (F.outliers, values(*[30, 31] * 4, 90, year=["2010/11"] * 9, area=list("abcdefghi")), {}, "warn", "i in 2010/11"),
        (F.series_breaks, values(30), {}, "pass", "there is no series yet"),
        (F.series_breaks, FINE, {}, "pass", "No break in 6 years"),
        (F.series_breaks, figures((30, 100), (60, 200)), {}, "pass", "No break"),
        (F.series_breaks, figures((30, 100), (61, 201)), {}, "warn", "From 2010/11 to 2011/12 the denominator rose 2.01 times."),
        (F.series_breaks, figures((30, 100), (10, 20), year=["2010/11", "2012/13"]), {}, "pass", "No break"),
        (F.series_breaks, values(30, 31, 30, 31, 30, 50), {}, "warn", "The step from 2014/15 to 2015/16"),
        (F.series_breaks, values(30, 31, 33, 31, 30, 33), {}, "pass", "no step stands out"),
        (F.ratios, FINE, {}, "pass", "All of 6 figures lie from 0 to 100%."),
        (F.ratios, values(99, 101), {}, "fail", "1 of 2 figures is above 100%: in 2011/12."),
        (F.ratios, values(100, -1), {}, "warn", "1 of 2 figures is below 0%"),
        (F.ratios, values(300), {"unit": "index"}, "pass", "It is not a percentage but index."),
        (F.small_numbers, FINE, {}, "pass", "None of 6 figures rests on 1 to 4 people"),
        (F.small_numbers, figures(*[(50, 100)] * 9, (4, 100)), {}, "warn", "1 of 10 figures rests on 1 to 4 people"),
        (F.small_numbers, figures((50, 100), (3, 100)), {"shown": figures((53, 200))}, "pass", "None of 1 figure rests on 1 to 4 people"),
        (F.small_numbers, figures((50, 100), (3, 100)), {}, "fail", "1 of 2 figures rests on 1 to 4 people"),
        # Who is left of the denominator is not told, so the gate does not look at it.
        (F.small_numbers, figures((50, 100), (97, 100)), {}, "pass", "None of 2 figures"),
        (F.small_numbers, figures((0, 100), (5, 100)), {}, "pass", "None of 2"),
        (F.small_numbers, figures((9, 19), (50, 100)), {}, "warn", "1 of 2 figures has a base below 20"),
        (F.small_numbers, FINE, {"numerator": "1000 * sum(cycled)"}, "fail", "Its numerator is not a plain count of people"),
        (F.small_numbers, FINE, {"counts_people": False, "table": "a"}, "pass", "no people (its unit is percent)"),
        (F.small_numbers, FINE, {"counts_people": False, "unit": "people"}, "fail", "Its unit is people"),
        (F.small_numbers, FINE, {"counts_people": False, "unit": "responses"}, "fail", "Its unit is responses"),
        (F.small_numbers, FINE, {"counts_people": False, "table": "a.csv"}, "warn", "a.csv is a brought file"),
        (F.detectable_change, FINE, {}, "pass", "A change from 2010/11 is seen four times in five from 5."),
        (F.detectable_change, FINE, {"target": TARGET}, "pass", "the target is 10.0 points away."),
        (F.detectable_change, FINE, {"target": Target(value=32, year="2027/28", source="x")}, "warn", "Reaching it could be chance."),
        (F.detectable_change, figures((30, 100), (31, 100)), {}, "warn", "more than 10.0 points"),
        (F.detectable_change, figures((2, 5), (2, 5)), {}, "warn", "no change from 2010/11 could be distinguished"),
        (F.detectable_change, figures((3, 900), (5, 900)), {}, "warn", "rests on 1 to 4 people"),
        (F.detectable_change, FINE, {"counts_people": False}, "pass", "not a share of people"),
        (F.detectable_change, FINE, {"baseline": "1999/00"}, "warn", "no year to begin from"),
        (F.detectable_change, figures((0.5, 100)), {}, "warn", "not whole numbers of people"),
        (P.vintage, FINE, {}, "pass", "no column of areas"),
        (P.vintage, values(1, 2, 3, 4, **BY_AREA), {}, "pass", "Its 2 areas are districts"),
        (P.vintage, values(1, 2, area=["Wirral", "Nowhere"]), {}, "warn", "1 of 2 areas is not in the data pack, such as Nowhere."),
        (P.vintage, values(1, 2, area=["Wirral", "St. Helens MBC"]), {}, "pass", "Its 2 areas are districts"),
    ],
)  # fmt: skip
def test_a_check_says_what_its_figures_say(
    pack: Pack, check: Check, rows: pd.DataFrame, about: dict[str, Any], verdict: str, said: str
) -> None:
    found = check(case(pack, rows, **about))
    assert (found.verdict, said in found.words) == (verdict, True), found
    assert found.words.endswith(".")
    # How to mend it is said wherever something is to be mended, and nowhere else.
    assert bool(found.remedy) == (verdict != "pass")


class TwoVintages:
    """A pack that has its areas in both vintages, but for one that was split."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pack, name)

    def table(self, name: str) -> pd.DataFrame:
        rows = self._pack.table(name)
        if name != "areas":
            return rows
        newer = rows.assign(vintage="2025", code=["E01034000", *rows["code"].iloc[1:]])
        return pd.concat([rows, newer], ignore_index=True)


def test_areas_of_two_vintages_are_told_from_areas_of_one(pack: Pack) -> None:
    both: Any = TwoVintages(pack)
    gone, stayed = pack.table("areas")["code"].iloc[:2]

    def told(*areas: str, edition: Any = both) -> IndicatorCheck:
        return P.vintage(case(edition, values(*[1] * len(areas), area=list(areas))))

    assert (told(gone, stayed).verdict, told("E01034000", stayed).verdict) == ("pass", "pass")
    mixed = told(gone, stayed, "E01034000")
    assert (mixed.verdict, "1 of the Census of 2011 only and 1 of the Census of 2021 only" in mixed.words) == ("fail", True)  # fmt: skip
    newer = told(stayed, "E01034000", edition=pack)
    assert (newer.verdict, "1 of 2 areas is not in the data pack, 1 of them of the Census of 2021 only" in newer.words) == ("warn", True)  # fmt: skip


def test_new_areas_in_a_later_year_are_a_break(pack: Pack) -> None:
    rows = values(*[30] * 4, year=["2010/11"] * 2 + ["2011/12"] * 2, area=["a", "b", "c", "d"])
    yearly = values(30, 30)
    assert "2 of the 2 areas of 2011/12 are not among those of 2010/11" in F.series_breaks(case(pack, rows, yearly)).words  # fmt: skip
    same = rows.assign(area=["a", "b", "a", "b"])
    assert F.series_breaks(case(pack, same, yearly)).verdict == "pass"


def test_an_indicator_that_is_there_already_is_found_by_its_identifier_words_and_figures(pack: Pack) -> None:
    known = Framework.of(pack).indicators
    first = str(known.index[0])
    assert P.agreement(case(pack, FINE)).verdict == "pass"
    taken = P.agreement(case(pack, FINE, id=first))
    assert (taken.verdict, taken.words.startswith(f"{first} is the register's")) == ("warn", True)
    words = P.agreement(case(pack, FINE, title=known.loc[first, "title"]))
    assert (words.verdict, f"the same as those of {first}" in words.words) == ("warn", True)
    # A series of five years or more of the pack, told under another name.
    key, rows = next(
        (key, rows)
        for key, rows in gated_observations.series(pack).items()
        if key[2] == "all" and known.loc[key[0], "unit"] == "percent"
        and rows.loc[rows["period"] == rows["year"], "exact_value"].nunique() >= 5
    )  # fmt: skip
    whole = rows[(rows["period"] == rows["year"]) & rows["exact_value"].notna()]
    mine = values(*whole["exact_value"], year=list(whole["year"]))
    same = P.agreement(case(pack, mine))
    assert f"its figures are those of {key[0]}" in same.words
    moved = P.agreement(case(pack, mine.assign(value=mine["value"] * 1.1 + 2)))
    assert f"it moves with (correlation 1.00) {key[0]}" in moved.words
    other = np.random.default_rng(1).normal(50, 10, len(mine))
    assert P.agreement(case(pack, mine.assign(value=other))).verdict == "pass"


def test_what_a_division_by_nought_takes_away_is_counted_and_named(pack: Pack) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    def noughts(numerator: str, denominator: str) -> IndicatorCheck:
        lines = [each for each in text.splitlines() if not each.startswith(("numerator", "denominator"))]
        written = read("\n".join([*lines, f"numerator: {numerator}", f"denominator: {denominator}"]))
        rows = source(pack, written)
        found, lost = with_noughts(pack, written, rows)
        return F.noughts(ExaminedIndicator(pack, written.definition, rows.kinds, found, found, found, lost))

    rows = pack.table("contracts")
    fine = noughts("sum(value_pence)", "count()")
    assert (fine.verdict, "Nothing is divided by zero" in fine.words) == ("pass", True)
    every = noughts("sum(value_pence)", "count() - count()")
    assert (every.verdict, "have no value because of a division by zero" in every.words) == ("fail", True)
    inner = noughts("sum(value_pence) / (count() - count())", "count()")
    assert inner.verdict == "fail"
    single = noughts("sum(weighting_percent / (value_pence - value_pence))", "count()")
    assert f"{rows['weighting_percent'].notna().sum():,} values of single rows are left out" in single.words
    counted = noughts("count(weighting_percent / value_pence)", "count()")
    assert counted.verdict == "pass"
    guarded = noughts("sum(1 / weighting_percent, where=weighting_percent > 0)", "count()")
    assert guarded.verdict == "pass"


def test_all_checks_run_by_themselves_and_the_command_ends_with_1_where_one_fails(
    pack: Pack, tmp_path: Path
) -> None:
    written = read(EXAMPLE.read_text(encoding="utf-8"))
    checks = indicator_checks.checked(pack, written)
    assert len({each.code for each in checks}) == len(indicator_checks.CHECKS) == 17
    assert indicator_checks.summary(checks).endswith("pass.")
    file = tmp_path / "own.yaml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace("denominator: sum(value_pence, where=not missing(social_value_scored))", "denominator: count()"))  # fmt: skip
    told = CliRunner().invoke(main, ["indicator", "check", str(file)], env={"SVDASH_PACK": str(SMALL)})
    assert (told.exit_code, "FAIL  Ratios above 100%: " in told.output, "Remedy: Let both" in told.output) == (1, True, True)  # fmt: skip


def test_the_commands_take_a_file_that_stands_beside_the_definition(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text(
        "When,Area,Cycled,Answered\n"
        + "".join(f"202{year}-05-01,{area},{30 + year},100\n" for year in range(5) for area in ("St. Helens", "Wirral"))
    )  # fmt: skip
    file = tmp_path / "own.yaml"
    text = "\n".join(
        f"{name}: {value}"
        for name, value in ABOUT.model_dump(mode="json", exclude_defaults=True).items()
        if name not in {"numerator", "denominator", "year"}
    )
    file.write_text(
        f"{text}\nyear: When\narea: Area\nnumerator: sum(Cycled)\ndenominator: sum(Answered)\n", encoding="utf-8"
    )  # fmt: skip
    environment = {"SVDASH_PACK": str(SMALL), "SVDASH_VAR": str(tmp_path / "var")}
    told = CliRunner().invoke(main, ["indicator", "run", str(file)], env=environment)
    assert "Period: 2020/21; Value: 30;" in told.output, told.output
    assert "Area: Wirral; District: Wirral; Per cent: 34;" in told.output, told.output
    checks = CliRunner().invoke(main, ["indicator", "check", str(file)], env=environment)
    assert "PASS  Vintage of areas: Its 2 areas are districts" in checks.output, checks.output
    assert "PASS  Personal data: None is suspected" in checks.output
    file.write_text(file.read_text().replace("survey.csv", "../survey.csv"))
    (tmp_path.parent / "survey.csv").write_text("a\n1\n")
    outside = CliRunner().invoke(main, ["indicator", "run", str(file)], env=environment)
    assert (outside.exit_code, "the file has to be in the folder of the definition" in outside.output) == (
        1,
        True,
    )
    file.write_text(file.read_text().replace("../survey.csv", "none.csv"))
    gone = CliRunner().invoke(main, ["indicator", "run", str(file)], env=environment)
    assert (gone.exit_code, "Line " in gone.output, "none.csv" in gone.output) == (1, True, True)
