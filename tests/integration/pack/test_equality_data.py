"""The tables about equality: made by the same script to the byte, adding up, and true to what is published."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from svdash.findings.indicators import gated_observations, indicator_series, indicator_trends
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.copies import DATA, ROOT, CopiedPack

TABLES = ("recruitment", "pay", "ownership", "reached_groups", "data_gaps")
STAGES = ["applied", "shortlisted", "interviewed", "offered", "appointed"]
YEARS = ["2022/23", "2023/24", "2024/25", "2025/26"]
LINE = ["year", "organisation", "characteristic", "stage"]
STAGED = {"EMP-I1": "applied", "EMP-I2": "shortlisted", "EMP-I3": "appointed"}
PROTECTED = {
    *("sex", "ethnic-group", "disability", "age", "sexual-orientation"),
    *("religion", "marriage", "pregnancy", "gender-reassignment"),
}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", dtype={"quarter": "str"})


def run(out: Path, *, data: Path = DATA) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        str(ROOT / "tools" / "make_equality.py"),
        "--data",
        str(data),
        "--out",
        str(out),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        done = run(folder)
        assert done.returncode == 0, done.stderr
    return folders


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        import make_equality
    return make_equality


@pytest.fixture(scope="module")
def sources(tool: ModuleType) -> Any:
    """What the script reads of the pack."""
    return tool.Sources.read(DATA)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Keep what was worked out from test to test: these read the embedded pack, and the gate takes seconds over it."""


@pytest.fixture(scope="module")
def recruitment() -> pd.DataFrame:
    return table("recruitment")


@pytest.fixture(scope="module")
def pay() -> pd.DataFrame:
    return table("pay")


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return table("observations_illustrative")


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return table("observations_published")


# -- the script ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_the_script_gives_the_same_bytes_every_time(made: tuple[Path, Path], name: str) -> None:
    first, second = ((folder / f"{name}.csv").read_bytes() for folder in made)
    assert first == second


@pytest.mark.parametrize("name", TABLES)
def test_the_pack_holds_what_the_script_makes(made: tuple[Path, Path], name: str) -> None:
    assert (made[0] / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()


def test_the_script_refuses_a_gap_by_a_characteristic_that_has_figures(
    tool: ModuleType, sources: Any
) -> None:
    more = [*sources.figures, {"indicator": "SER-I1", "characteristic": "religion"}]
    with pytest.raises(ValueError, match="SER-I1 by religion has figures: take it out of GAPS"):
        tool.data_gaps(replace(sources, figures=more))


def test_the_script_names_an_indicator_that_nothing_is_said_of(tool: ModuleType, sources: Any) -> None:
    more = [{**row, "counts_people": "true"} for row in sources.pack.indicators if row["id"] == "CIV-I5"]
    pack = replace(sources.pack, indicators=[*sources.pack.indicators, *more])
    with pytest.raises(ValueError, match="CIV-I5 by sex has no figure and no reason"):
        tool.data_gaps(replace(sources, pack=pack))


def test_the_script_refuses_fewer_people_reached_than_an_indicator_has_counted(
    tool: ModuleType, sources: Any
) -> None:
    fewer = {**sources.reached, ("housing-first", "2024/25"): 100}
    with pytest.raises(ValueError, match="SER-I3 counts 57 people more than housing-first reached"):
        tool.reached_groups(replace(sources, reached=fewer))


def test_the_script_refuses_a_share_of_women_that_no_such_quarter_can_have(
    tool: ModuleType, sources: Any
) -> None:
    wrong = {**sources.women, ("2023/24", 1): "61.27"}
    with pytest.raises(ValueError, match=r"no quarter of about 90 people has 61\.27% women"):
        tool.payroll(replace(sources, women=wrong), "2023/24")


def test_every_group_of_every_table_is_in_the_vocabulary() -> None:
    words = table("vocabulary")
    known = set(words.loc[words["list"] == "group", "code"])
    for name in ("recruitment", "pay", "ownership", "reached_groups", "benchmark_groups"):
        rows = table(name)
        assert set(rows["characteristic"] + "=" + rows["group"]) <= known, name


def test_counts_of_people_are_gated_and_what_is_made_up_says_so(pack: Pack) -> None:
    for name in ("recruitment", "pay", "ownership", "reached_groups"):
        about = pack.resource(name)
        assert (about["status"], about["access"]) == ("illustrative", "gated"), name
    assert pack.resource("data_gaps")["status"] == "illustrative"
    assert pack.resource("pay_quarters")["status"] == pack.resource("panels")["status"] == "published"
    assert pack.resource("benchmark_groups")["status"] == "official"


# -- recruitment -----------------------------------------------------------------------------------------


def test_groups_of_a_stage_add_up_to_everybody_at_it(recruitment: pd.DataFrame) -> None:
    everybody = recruitment[recruitment["characteristic"] == "all"].set_index(["year", "stage"])["people"]
    groups = recruitment[recruitment["characteristic"] != "all"]
    sums = groups.groupby(LINE)["people"].sum().reset_index()
    assert len(sums) > 200
    assert (sums["people"] == sums.set_index(["year", "stage"]).index.map(everybody)).all()
    assert set(groups.loc[groups["group"] == "not-stated", "characteristic"]) == set(groups["characteristic"])


def test_no_group_has_more_people_at_a_stage_than_at_the_one_before(recruitment: pd.DataFrame) -> None:
    wide = recruitment.pivot_table("people", ["year", "characteristic", "group"], "stage")[STAGES]
    assert wide.notna().all(axis=None)
    assert (np.diff(wide.to_numpy(), axis=1) <= 0).all()


def test_stages_are_told_by_all_nine_protected_characteristics_in_every_year_they_were_asked(
    recruitment: pd.DataFrame,
) -> None:
    years = recruitment.groupby("characteristic")["year"].agg(lambda each: sorted(set(each)))
    assert set(years.index) >= PROTECTED | {"area-deprivation", "care-experience"}
    late = {"gender-reassignment", "care-experience"}
    assert all(years[name] == (YEARS[1:] if name in late else YEARS) for name in years.index)


def test_stages_stand_in_the_order_of_the_vocabulary(pack: Pack) -> None:
    assert list(Framework.of(pack).vocabulary.labels("stage")) == STAGES


def test_new_staff_who_told_their_situation_are_no_more_than_were_appointed(
    recruitment: pd.DataFrame, figures: pd.DataFrame
) -> None:
    told = figures[(figures["indicator"] == "EMP-I4") & (figures["group"] == "all")]
    last = recruitment[(recruitment["stage"] == "appointed") & (recruitment["group"] == "all")]
    appointed = last.set_index("year")["people"]
    assert (told["denominator"].to_numpy() <= told["year"].map(appointed).to_numpy()).all()


def test_groups_of_one_to_four_people_occur(recruitment: pd.DataFrame) -> None:
    small = recruitment[recruitment["people"].between(1, 4)]
    assert ("appointed", "gender-reassignment") in set(
        zip(small["stage"], small["characteristic"], strict=True)
    )
    assert len(small) > 50


# -- recruitment as figures of indicators ----------------------------------------------------------------


def test_an_indicator_of_a_stage_shows_the_counts_of_that_stage_rounded(
    pack: Pack, recruitment: pd.DataFrame
) -> None:
    seen = gated_observations.gated(pack)
    shown = 0
    for indicator, stage in STAGED.items():
        rows = seen[seen["indicator"] == indicator]
        own = recruitment[(recruitment["stage"] == stage) & (recruitment["characteristic"] != "all")]
        assert len(rows) == len(own)
        own = own.rename(columns={"people": "exact"})
        both = rows.merge(own, on=["year", "organisation", "characteristic", "group"])
        told = both.dropna(subset="numerator")
        assert (told["numerator"] == (told["exact"] / 5 + 0.5).astype(int) * 5).all()
        shown += len(told)
    assert shown > 200


def test_who_did_not_answer_is_a_share_of_everybody_the_others_of_those_who_did(
    pack: Pack, recruitment: pd.DataFrame
) -> None:
    seen = (
        gated_observations.gated(pack)
        .set_index(["indicator", "period", "characteristic", "group"])
        .sort_index()
    )
    people = recruitment.set_index(["stage", "year", "characteristic", "group"])["people"]
    asked = people["applied", "2025/26", "all", "all"]
    silent = people["applied", "2025/26", "religion", "not-stated"]
    some = people["applied", "2025/26", "religion", "no-religion"]
    line = seen.loc["EMP-I1", "2025/26", "religion"]
    assert line.loc["not-stated", "value"] == round(100 * silent / asked, 1)
    assert line.loc["no-religion", "value"] == round(100 * some / (asked - silent), 1)


def test_figures_of_a_stage_carry_their_own_status_source_and_dates(pack: Pack) -> None:
    rows = gated_observations.gated(pack)
    rows = rows[rows["indicator"].isin(STAGED)]
    assert set(rows["status"]) == {"illustrative"}
    assert set(rows["source"]) == {"Illustrative: made up"}
    assert (rows["period"] == rows["year"]).all()
    assert set(rows["as_at"].dt.strftime("%m-%d")) == {"03-31"}
    assert (rows["updated"] > rows["as_at"]).all()


def test_a_count_that_stands_among_the_observations_as_well_is_shown_once(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        one = rows.iloc[[0]].assign(indicator="EMP-I1", year="2025/26", period="2025/26", as_at="2026-03-31")
        assert one["organisation"].item() == "lcrca-merseytravel"
        own = one.assign(characteristic="sex", value="", denominator="1000")
        both = [own.assign(group="women", numerator="400"), own.assign(group="men", numerator="600")]
        return pd.concat([rows, *both])

    copied_pack.change("observations_illustrative", edit)
    pack = copied_pack.open()
    assert pack.faults == ()
    rows = gated_observations.series(pack)["EMP-I1", "lcrca-merseytravel", "sex", "women"]
    assert list(rows["period"]) == YEARS[1:]
    assert rows["value"].iloc[-1] == 40.0


def test_without_the_table_of_recruitment_its_indicators_have_no_figures(copied_pack: CopiedPack) -> None:
    place = copied_pack.folder / "datapackage.json"
    descriptor = json.loads(place.read_text(encoding="utf-8"))
    descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] != "recruitment"]
    place.write_text(json.dumps(descriptor), encoding="utf-8")
    pack = copied_pack.open()
    assert pack.faults == ()
    view = Framework.of(pack).filters.default_view()
    assert not set(gated_observations.gated(pack)["indicator"]) & set(STAGED)
    assert indicator_trends.one(pack, view, "EMP-I1").empty
    assert (
        indicator_trends.board(pack, view).frame.set_index("indicator").loc["EMP-I1", "latest"] == "no figure"
    )


def test_a_pack_whose_indicators_know_no_stages_reads_none(copied_pack: CopiedPack) -> None:
    place = copied_pack.folder / "datapackage.json"
    descriptor = json.loads(place.read_text(encoding="utf-8"))
    about = next(each for each in descriptor["resources"] if each["name"] == "indicators")
    about["schema"]["fields"] = [each for each in about["schema"]["fields"] if each["name"] != "stage"]
    place.write_text(json.dumps(descriptor), encoding="utf-8")
    copied_pack.change("indicators", lambda rows: rows.drop(columns="stage"))
    pack = copied_pack.open()
    assert pack.faults == ()
    assert not set(gated_observations.gated(pack)["indicator"]) & set(STAGED)


def test_the_years_of_recruitment_are_years_of_the_pack(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([rows, rows[rows["year"] == "2023/24"].assign(year="2015/16")])

    copied_pack.change("recruitment", edit)
    pack = copied_pack.open()
    assert "2015/16" in Framework.of(pack).calendar.years
    found = gated_observations.years(pack)
    found = found[found["indicator"].isin(STAGED)]
    staged = pd.crosstab(found["indicator"], found["year"])
    assert len(staged) == len(STAGED)
    # Every figure of the year that was copied, and of each indicator as many.
    assert staged["2015/16"].tolist() == staged["2023/24"].tolist()
    assert staged["2015/16"].min() > 10


def test_more_people_who_do_not_answer_are_neither_better_nor_worse(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        line = (rows["characteristic"] == "sex") & (rows["stage"] == "applied")
        rows = rows[~line]
        first = pd.DataFrame({"group": ["women", "men", "not-stated"], "people": [500, 480, 20]})
        years = [f"20{n}/{n + 1}" for n in range(20, 26)]
        more = [
            first.assign(year=year, people=first["people"] + np.array([-30, -30, 60]) * place)
            for place, year in enumerate(years)
        ]
        own = pd.concat(more).assign(organisation="lcrca-merseytravel", characteristic="sex", stage="applied")
        return pd.concat(
            [rows, own.assign(people=own["people"].astype("str"), updated="2026-05-10", source="")]
        )

    copied_pack.change("recruitment", edit)
    # Of one characteristic alone: the others are as many people as before.
    copied_pack.unchecked("recruitment", "adds-up", "stages")
    pack = copied_pack.open()
    assert pack.faults == ()
    found = indicator_series.assess(
        pack, View(year="2025/26"), "EMP-I1", "lcrca-merseytravel", "sex", "not-stated"
    )
    assert found.verdict == "rising"


# -- pay -------------------------------------------------------------------------------------------------


def told_as(percent: float, text: str) -> bool:
    decimals = len(text.partition(".")[2])
    return f"{percent:.{decimals}f}" == text


def test_the_gap_between_women_and_men_is_the_published_one(pay: pd.DataFrame) -> None:
    returns = pd.read_csv(DATA / "observations_published.csv", dtype="str")
    returns = returns[returns["organisation"] == "lcrca"]
    rows = pay[(pay["characteristic"] == "sex") & (pay["quarter"] == "all")].set_index(["year", "group"])
    seen = 0
    for indicator, column in (("EMP-I7", "mean_hourly"), ("EMP-I8", "median_hourly")):
        for year, text in returns.loc[returns["indicator"] == indicator, ["year", "value"]].itertuples(
            index=False
        ):
            men, women = rows.loc[(year, "men"), column], rows.loc[(year, "women"), column]
            assert told_as(100 * (men - women) / men, text), (indicator, year)
            seen += 1
    assert seen == 8


def test_women_in_each_quarter_of_pay_are_the_published_share(pay: pd.DataFrame) -> None:
    returns = pd.read_csv(DATA / "pay_quarters.csv", dtype="str")
    returns = returns[returns["organisation"] == "lcrca"]
    people = pay[pay["characteristic"] == "sex"].set_index(["year", "quarter", "group"])["people"]
    for row in returns.itertuples():
        women, men = (people[row.year, row.quarter, group] for group in ("women", "men"))
        assert told_as(100 * women / (women + men), row.women_percent), (row.year, row.quarter)
    assert len(returns) == 16


def test_returns_give_four_quarters_for_every_published_gap(published: pd.DataFrame) -> None:
    quarters = table("pay_quarters")
    gaps = published[published["indicator"] == "EMP-I7"]
    assert set(zip(quarters["organisation"], quarters["year"], quarters["as_at"], strict=True)) == set(
        zip(gaps["organisation"], gaps["year"], gaps["as_at"], strict=True)
    )
    assert (
        quarters.groupby(["organisation", "year"])["quarter"].agg(sorted).map(tuple) == (tuple("1234"))
    ).all()


def test_quarters_add_up_to_all_and_their_pay_to_the_mean(pay: pd.DataFrame) -> None:
    keys = ["year", "characteristic", "group"]
    parts, whole = pay[pay["quarter"] != "all"], pay[pay["quarter"] == "all"].set_index(keys)
    sums = parts.assign(pounds=parts["people"] * parts["mean_hourly"].fillna(0)).groupby(keys)
    assert (sums["people"].sum() == whole["people"].reindex(sums["people"].sum().index)).all()
    means = sums["pounds"].sum() / sums["people"].sum()
    assert (means - whole["mean_hourly"].reindex(means.index)).abs().max() <= 0.0101
    assert (parts["mean_hourly"].isna() == (parts["people"] == 0)).all()


def test_every_characteristic_of_a_year_tells_of_the_same_employees(pay: pd.DataFrame) -> None:
    by = pay.assign(pounds=pay["people"] * pay["mean_hourly"].fillna(0)).groupby(
        ["year", "quarter", "characteristic"]
    )
    sums = by[["people", "pounds"]].sum()
    people = sums["people"].groupby(level=["year", "quarter"])
    assert (people.max() == people.min()).all()
    means = (sums["pounds"] / sums["people"]).groupby(level=["year", "quarter"])
    assert (means.max() - means.min()).max() <= 0.0101
    assert set(by.groups) >= {(year, "all", "ethnic-group") for year in YEARS[1:]}


def test_higher_quarters_pay_more_and_the_median_lies_between(pay: pd.DataFrame) -> None:
    rows = pay[(pay["quarter"] != "all") & (pay["characteristic"] == "sex")]
    means = rows.pivot_table("mean_hourly", ["year", "group"], "quarter")
    assert (np.diff(means[list("1234")].to_numpy(), axis=1) > 0).all()
    whole = pay[pay["quarter"] == "all"]
    assert whole["median_hourly"].notna().all()
    assert pay.loc[pay["quarter"] != "all", "median_hourly"].isna().all()
    assert whole.loc[whole["people"] >= 10, "median_hourly"].between(12, 35).all()


def test_the_gap_by_disability_is_that_of_the_indicator(pay: pd.DataFrame, figures: pd.DataFrame) -> None:
    rows = pay[(pay["characteristic"] == "disability") & (pay["quarter"] == "all")]
    medians = rows.pivot_table("median_hourly", "year", "group")
    found = 100 * (medians["not-disabled"] - medians["disabled"]) / medians["not-disabled"]
    told = figures[(figures["indicator"] == "EMP-I9") & (figures["characteristic"] == "disability")]
    assert dict(found.round(1)) == dict(zip(told["year"], told["value"], strict=True))


def test_the_gap_of_all_but_white_employees_is_that_of_the_indicator(
    tool: ModuleType, sources: Any, figures: pd.DataFrame, pay: pd.DataFrame
) -> None:
    told = figures[(figures["indicator"] == "EMP-I9") & (figures["characteristic"] == "ethnic-group")]
    for year, value in zip(told["year"], told["value"], strict=True):
        paid = tool.payroll(sources, year)
        groups = tool.labelled(paid, "ethnic-group", year)
        white, others = (
            np.median(paid.pay[groups == "white"]),
            np.median(paid.pay[~np.isin(groups, ["white", "not-stated"])]),
        )
        assert 100 * (white - others) / white == pytest.approx(value, abs=0.06)
        rows = pay[(pay["year"] == year) & (pay["quarter"] == "all") & (pay["group"] == "white")]
        assert rows["people"].item() == (groups == "white").sum()


def test_some_groups_are_too_small_for_their_pay_to_be_shown(pay: pd.DataFrame) -> None:
    whole = pay[(pay["quarter"] == "all") & (pay["year"] == "2025/26")].set_index(["characteristic", "group"])
    small = set(whole.index[whole["people"] < 10])
    assert {("ethnic-group", group) for group in ("asian", "black", "mixed", "other")} <= small
    minority = whole.loc[["ethnic-group"]].drop(index=[("ethnic-group", g) for g in ("white", "not-stated")])
    assert minority["people"].sum() >= 10


def test_staff_less_those_in_the_pay_return_have_the_share_of_women_that_merseytravel_published(
    pay: pd.DataFrame, figures: pd.DataFrame
) -> None:
    year = "2023/24"
    staff = figures[
        (figures["indicator"] == "EMP-I5")
        & (figures["year"] == year)
        & (figures["characteristic"] == "sex")
        & (figures["organisation"] == "lcrca-merseytravel")
    ].set_index("group")["numerator"]
    own = pay[(pay["year"] == year) & (pay["characteristic"] == "sex") & (pay["quarter"] == "all")]
    rest = staff[["women", "men"]] - own.set_index("group")["people"][["women", "men"]]
    quarters = table("pay_quarters")
    told = quarters[(quarters["organisation"] == "merseytravel") & (quarters["year"] == year)]
    assert len(told) == 4
    assert 100 * rest["women"] / rest.sum() == pytest.approx(told["women_percent"].mean(), abs=3)


def test_pay_covers_no_more_of_a_group_than_all_staff(pay: pd.DataFrame, figures: pd.DataFrame) -> None:
    staff = figures[figures["indicator"] == "EMP-I5"].set_index(["year", "characteristic", "group"])
    whole = pay[pay["quarter"] == "all"].set_index(["year", "characteristic", "group"])["people"]
    both = staff.join(whole, how="inner")
    assert len(both) > 40
    assert (both["people"] <= both["numerator"]).all()


# -- who leads -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ownership() -> pd.DataFrame:
    rows = table("ownership")
    keys = ["population", "year", "characteristic", "group"]
    return rows.pivot_table("organisations", keys, "answer").astype(int)


def test_answers_add_up_to_the_suppliers_that_were_paid(
    ownership: pd.DataFrame, figures: pd.DataFrame
) -> None:
    paid = figures[figures["indicator"] == "COM-I1"].set_index("year")["denominator"]
    sums = ownership.loc["suppliers"].sum(axis=1)
    assert (sums == sums.index.get_level_values("year").map(paid)).all()


def test_answers_add_up_to_the_organisations_that_investment_programmes_paid(
    ownership: pd.DataFrame,
) -> None:
    lines = pd.read_parquet(DATA / "payments.parquet", columns=["date", "programme", "supplier_id"])
    programmes = ["kindred", "strategic-investment-fund", "future-innovation-fund", "brownfield-land-fund"]
    own = lines[lines["programme"].isin([*programmes, "community-environment-fund"])]
    days = pd.to_datetime(own["date"])
    for year in YEARS:
        start = pd.Timestamp(int(year[:4]), 4, 1)
        inside = own[(days >= start) & (days < start + pd.DateOffset(years=1))]
        assert set(ownership.loc[("investees", year)].sum(axis=1)) == {inside["supplier_id"].nunique()}


def test_answers_are_no_more_than_the_questionnaires_that_came_back(
    ownership: pd.DataFrame, figures: pd.DataFrame
) -> None:
    back = figures[figures["indicator"] == "COM-I2"].set_index("year")["denominator"]
    answered = ownership.loc["suppliers", ["led", "not-led", "prefer-not-to-say"]].sum(axis=1)
    assert (answered <= answered.index.get_level_values("year").map(back)).all()


def test_what_was_not_asked_yet_or_ever_is_told_as_not_asked(ownership: pd.DataFrame) -> None:
    asked = ownership.drop(columns="not-asked").sum(axis=1) > 0
    first = asked[asked].reset_index().groupby("population")["year"].min()
    assert dict(first) == {"suppliers": "2024/25", "investees": "2023/24"}
    ever = asked.groupby(["population", "characteristic"]).any()
    assert not ever["suppliers", "age"]
    assert ever["investees", "age"]
    assert not ever[:, "religion"].any()


def test_some_counts_of_led_organisations_are_small_enough_to_be_held_back(ownership: pd.DataFrame) -> None:
    assert ownership["led"].between(1, 4).sum() >= 3


# -- people reached --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reached() -> pd.DataFrame:
    return table("reached_groups")


def test_people_reached_add_up_to_the_lines_of_the_programme(reached: pd.DataFrame) -> None:
    lines = pd.read_parquet(DATA / "contacts.parquet", columns=["date", "programme", "people"])
    days = pd.to_datetime(lines["date"])
    sums = reached.groupby(["year", "programme", "characteristic"])["people"].sum()
    assert len(sums) > 70
    for year in YEARS:
        start = pd.Timestamp(int(year[:4]), 4, 1)
        inside = lines[(days >= start) & (days < start + pd.DateOffset(years=1))]
        people = inside.groupby("programme")["people"].sum()
        own = sums[year]
        assert (own == own.index.get_level_values("programme").map(people)).all()


def test_programmes_that_count_people_are_told_by_group_and_households_are_not(reached: pd.DataFrame) -> None:
    programmes = table("programmes").set_index("id")
    people = programmes[programmes["counts_people"] & (programmes["unit"] != "households")]
    assert set(reached["programme"]) == set(people.index)
    assert set(reached["year"]) == set(YEARS)


def test_some_programmes_do_not_ask_everything(reached: pd.DataFrame) -> None:
    asked = reached.groupby("programme")["characteristic"].agg(set)
    assert asked["cycle-training"] == {"sex"}
    assert "ethnic-group" not in asked["dial-a-ride"]
    late = reached[
        (reached["programme"] == "apprentice-travel") & (reached["characteristic"] == "ethnic-group")
    ]
    assert set(late["year"]) == {"2024/25", "2025/26"}


@pytest.mark.parametrize(
    ("programme", "indicator"),
    [
        ("adult-skills-fund", "SER-I1"),
        ("households-into-work", "SER-I2"),
        ("housing-first", "SER-I3"),
        ("concessionary-travel", "SER-I4"),
    ],
)
def test_no_indicator_counts_more_of_a_group_than_its_programme_reached(
    reached: pd.DataFrame, figures: pd.DataFrame, programme: str, indicator: str
) -> None:
    own = reached[reached["programme"] == programme].set_index(["year", "characteristic", "group"])["people"]
    rows = figures[(figures["indicator"] == indicator) & figures["year"].isin(YEARS)]
    by = rows[rows["group"] != "all"].groupby(["year", "characteristic", "group"])["denominator"]
    # Passes are counted again every quarter; elsewhere each quarter counts other people.
    counted = by.max() if programme == "concessionary-travel" else by.sum()
    assert len(counted) > 40
    assert (counted <= own.reindex(counted.index)).all()


# -- benchmarks and panels -------------------------------------------------------------------------------


def share(area: str, row: pd.Series) -> float:
    values = table("benchmarks").query("area_code == @area").set_index("variable")["value"]
    part = values[row["variable"]]
    base = values[row["base_variable"].split("; ")].sum()
    return 100 * (base - part if row["complement"] else part) / base


def test_shares_of_residents_come_out_as_the_office_for_national_statistics_gives_them() -> None:
    mapped = table("benchmark_groups").query("not working_age").set_index(["characteristic", "group"])
    given = table("benchmarks").query("area_code == 'E47000004'").set_index("variable")["value"]
    for key, variable in {
        ("sex", "women"): "female_pct",
        ("ethnic-group", "minority"): "minority_ethnic_all_except_White_pct",
        ("disability", "disabled"): "disabled_under_Equality_Act_pct",
    }.items():
        assert share("E47000004", mapped.loc[key]) == pytest.approx(given[variable], abs=0.006)


@pytest.mark.parametrize("area", ["E47000004", "E06000006", "E08000012"])
def test_the_groups_of_a_characteristic_make_up_all_residents_of_their_base(area: str) -> None:
    mapped = table("benchmark_groups")
    mapped = mapped[mapped["group"] != "minority"]
    for key, rows in mapped.groupby(["characteristic", "scope"]):
        total = sum(share(area, row) for _, row in rows.iterrows())
        assert total == pytest.approx(100, abs=0.01), key


def test_the_scope_of_a_benchmark_names_its_ages_and_its_year() -> None:
    mapped = table("benchmark_groups")
    years = table("benchmarks").drop_duplicates("variable").set_index("variable")["year"]
    for row in mapped.itertuples():
        assert str(years[row.variable]) in row.scope
        assert ("16" in row.scope) == (row.characteristic == "age")
        assert ("16 to 64" in row.scope) == row.working_age


def test_four_panels_look_at_characteristics_that_recruitment_is_told_by(recruitment: pd.DataFrame) -> None:
    panels = table("panels")
    assert list(panels.sort_values("order")["panel"].unique()) == [
        "disability",
        "race",
        "gender",
        "sexuality",
    ]
    assert set(panels["characteristic"]) <= set(recruitment["characteristic"])
    assert not panels[["panel", "label", "order"]].drop_duplicates().duplicated("panel").any()


# -- what is not known -----------------------------------------------------------------------------------


def test_every_protected_characteristic_of_an_indicator_of_people_has_figures_or_a_reason(pack: Pack) -> None:
    indicators = pack.table("indicators")
    people = indicators.loc[indicators["counts_people"], "id"]
    seen = gated_observations.gated(pack)
    told = set(zip(seen["indicator"], seen["characteristic"], strict=True))
    gaps = pack.table("data_gaps")
    named = set(zip(gaps["indicator"], gaps["characteristic"], strict=True))
    assert not told & named
    assert {(code, name) for code in people for name in PROTECTED} <= told | named
    assert {code for code, _ in named} <= set(people)


def test_breakdowns_that_the_register_needs_have_figures_or_a_reason(pack: Pack) -> None:
    seen = gated_observations.gated(pack)
    told = set(zip(seen["indicator"], seen["characteristic"], strict=True))
    gaps = pack.table("data_gaps")
    told |= set(zip(gaps["indicator"], gaps["characteristic"], strict=True))
    indicators = pack.table("indicators").dropna(subset="breakdowns")
    needed = {
        (code, name)
        for code, names in zip(indicators["id"], indicators["breakdowns"], strict=True)
        for name in names.split("; ")
    }
    assert needed <= told


def test_what_can_be_asked_has_an_owner_a_step_and_a_date_and_the_rest_a_reason() -> None:
    gaps = table("data_gaps")
    action = gaps[["owner", "next_step", "due"]]
    asked = gaps["reason"] == "not-asked"
    assert 30 < asked.sum() < len(gaps)
    assert action[asked].notna().all(axis=None)
    assert action[~asked].isna().all(axis=None)
    assert gaps["note"].notna().all()
    owners = table("indicators").set_index("id")["owner"]
    assert (gaps.loc[asked, "owner"] == gaps.loc[asked, "indicator"].map(owners)).all()
