"""Whom services reach: by group beside residents, and from the most to the least deprived."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import floor, sqrt

import numpy as np
import pandas as pd
import pytest

from svdash.findings.equality import services
from svdash.findings.equality.comparison_groups import Chosen, characteristics
from svdash.findings.finding import Finding
from svdash.findings.reach import area_cells
from svdash.measures.smallest_gap import SMALLEST
from svdash.register import View
from svdash.render.drawings import gradient_charts as drawn
from svdash.render.drawn_columns import read_columns
from svdash.tables import Pack, open_pack
from svdash.tables.faults import LinesError
from svdash.wording.places import Place
from tests.another_authority import FENMARSH
from tests.copies import DATA, CopiedPack

YEAR = "2025/26"
LATEST = View(year=YEAR)
YEARS = ("2022/23", "2023/24", "2024/25", YEAR)
TOLD_BY = ("sex", "ethnic-group", "disability", "age")


def rounded(count: float) -> int:
    return 5 * floor(count / 5 + 0.5)


def wilson(share: float, n: float) -> tuple[float, float]:
    z = 1.959964
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


def byar(count: float) -> tuple[float, float]:
    z, more = 1.959964, count + 1
    lower = count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3
    return lower, more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3


@pytest.fixture(scope="module")
def exact() -> pd.DataFrame:
    return pd.read_csv(DATA / "reached_groups.csv")


def people(exact: pd.DataFrame, programme: str, characteristic: str, year: str = YEAR) -> pd.Series:
    rows = exact[
        (exact["year"] == year)
        & (exact["programme"] == programme)
        & (exact["characteristic"] == characteristic)
    ]
    return rows.set_index("group")["people"]


def row(found: Finding, programme: str, group: str) -> pd.Series:
    return found.frame.set_index(["programme", "group"]).loc[(programme, group)]


def with_people(copied: CopiedPack, programme: str, **numbers: int) -> Pack:
    """Open a copy in which a programme reached other numbers of women, men and those who did not say."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        here = (rows["year"] == YEAR) & (rows["programme"] == programme) & (rows["characteristic"] == "sex")
        told = rows["group"].map({name.replace("_", "-"): str(n) for name, n in numbers.items()})
        return rows.assign(people=told.where(here & told.notna(), rows["people"]))

    copied.unchecked("reached_groups", "adds-up")
    copied.change("reached_groups", edit)
    return copied.open()


@pytest.fixture
def open_to_all(copied_pack: CopiedPack) -> CopiedPack:
    """A copy whose programmes are all open to everybody, so that each is compared with all residents."""
    copied_pack.change("programmes", lambda rows: rows.assign(open_to="everybody"))
    return copied_pack


# -- by group --------------------------------------------------------------------------------------------


def test_the_share_of_a_large_programme_is_of_those_who_stated_a_group_to_one_decimal(
    pack: Pack, exact: pd.DataFrame
) -> None:
    reached = people(exact, "households-into-work", "sex")
    stated = reached["women"] + reached["men"]
    assert stated >= 500
    told = row(services.groups(pack, LATEST, Chosen("sex")), "households-into-work", "women")
    assert told["share"] == round(100 * reached["women"] / stated, 1)
    assert (told["numerator"], told["denominator"]) == (rounded(reached["women"]), rounded(stated))
    assert (told["lower"], told["upper"]) == pytest.approx(
        wilson(reached["women"] / stated, stated), abs=0.051
    )


def test_the_share_of_a_small_programme_comes_from_exact_counts(pack: Pack, exact: pd.DataFrame) -> None:
    reached = people(exact, "housing-first", "sex")
    stated = reached["women"] + reached["men"]
    assert stated < 500
    told = row(services.groups(pack, LATEST, Chosen("sex")), "housing-first", "women")
    assert told["share"] == round(100 * reached["women"] / stated, 1)


def test_the_gap_to_residents_is_told_in_points_and_as_a_ratio(open_to_all: CopiedPack) -> None:
    pack = open_to_all.open()
    figures = pd.read_csv(DATA / "benchmarks.csv")
    whole = figures[figures["area_name"].str.contains("Liverpool City Region")].set_index("variable")["value"]
    women = 100 * whole["female"] / whole["population_total"]
    told = row(services.groups(pack, LATEST, Chosen("sex")), "housing-first", "women")
    assert told["points"] == pytest.approx(told["share"] - women, abs=0.1)
    assert told["times"] == pytest.approx(told["share"] / women, abs=0.01)
    assert told["verdict"] == "below residents"


def test_reach_beside_the_comparison_group_is_a_ratio_of_ratios(pack: Pack) -> None:
    found = services.groups(pack, LATEST, Chosen("sex"))
    women, men = (row(found, "dial-a-ride", group) for group in ("women", "men"))
    assert men["beside_reference"] == 1
    assert women["beside_reference"] == pytest.approx(women["times"] / men["times"], rel=0.1)
    assert found.sentence.endswith("Compared with: men.")


def test_not_stated_is_a_share_of_everybody_reached(pack: Pack, exact: pd.DataFrame) -> None:
    reached = people(exact, "adult-skills-fund", "disability")
    told = row(services.groups(pack, LATEST, Chosen("disability")), "adult-skills-fund", "not-stated")
    assert told["share"] == round(100 * reached["not-stated"] / reached.sum(), 1)
    assert told["verdict"] == "asked, no answer"


def test_the_chart_shows_every_group_but_the_comparison_group(pack: Pack) -> None:
    usual, turned = (services.groups(pack, LATEST, Chosen("sex", ref)).chart for ref in ("", "women"))
    assert usual is not None
    assert turned is not None
    assert set(usual["panel"]) == {"Women"}
    assert set(turned["panel"]) == {"Men"}
    ethnic = services.groups(pack, LATEST, Chosen("ethnic-group")).chart
    assert ethnic is not None
    assert set(ethnic["panel"]) == {"Asian", "Black", "Mixed or multiple", "Other ethnic group"}


def test_those_who_stated_no_group_are_never_the_comparison_group(pack: Pack) -> None:
    found = services.groups(pack, LATEST, Chosen("sex", "not-stated"))
    assert found.sentence.endswith("Compared with: men.")


def test_the_headline_counts_the_programmes_that_reach_a_group_less(open_to_all: CopiedPack) -> None:
    found = services.groups(open_to_all.open(), LATEST, Chosen("sex"))
    women = found.frame[found.frame["group"] == "women"]
    less = women["upper"] < women["resident_share"]
    # Nine tenths of the residents' share and more is practically even.
    below = int((less & (women["times"] < 0.9)).sum())
    assert 0 < below < int(less.sum()) < len(women)
    assert found.headline == f"Women: below their share of residents in {below} of {len(women)} programmes"


def test_where_no_group_is_reached_less_the_headline_says_so(open_to_all: CopiedPack) -> None:
    open_to_all.change("reached_groups", lambda rows: rows[rows["programme"] == "households-into-work"])
    found = services.groups(open_to_all.open(), LATEST, Chosen("sex"))
    assert found.headline == "No programme reaches a group below its share of residents beyond chance, by sex"


def test_only_programmes_whose_users_the_residents_could_be_are_compared(pack: Pack) -> None:
    found = services.groups(pack, LATEST, Chosen("sex"))
    verdicts = found.frame[found.frame["group"] == "women"].set_index("programme")["verdict"]
    # 0.96 times is beyond chance, and too little to matter.
    assert verdicts["cycle-training"] == "practically even"
    assert set(verdicts.drop("cycle-training")) == {"not a fair comparison"}
    assert found.headline == "No programme reaches a group below its share of residents beyond chance, by sex"
    # Women and men of one programme are one test, whichever of them it is made of.
    assert "1 test: " in found.sentence
    assert found.frame.loc[found.frame["programme"] == "cycle-training", "again"].sum() == 1
    assert "Not compared: Households into Work, Housing First" in found.sentence
    assert found.chart is not None
    assert not found.chart["stands_out"].any()


def test_where_nobody_could_be_compared_the_headline_says_so(pack: Pack) -> None:
    found = services.groups(pack, LATEST, Chosen("disability"))
    assert found.headline == "Whom services reach, by disability: all residents are not a fair comparison"
    assert found.verdict == "not a fair comparison"
    assert "tests" not in found.sentence


def test_a_programme_for_working_ages_is_compared_among_these_on_both_sides(
    pack: Pack, exact: pd.DataFrame
) -> None:
    found = services.groups(pack, LATEST, Chosen("age"))
    reached = people(exact, "households-into-work", "age")
    base = reached["16-24"] + reached["25-49"] + reached["50-64"]
    told = row(found, "households-into-work", "50-64")
    assert told["share"] == round(100 * reached["50-64"] / base, 1)
    assert told["denominator"] == rounded(base)
    assert (told["lower"], told["upper"]) == pytest.approx(wilson(reached["50-64"] / base, base), abs=0.051)
    assert told["resident_share"] == pytest.approx(100 * 19.71 / (11.3 + 31.61 + 19.71))
    assert told["scope"] == "Residents aged 16 to 64, estimate for mid-2020"
    assert "31.5% of residents aged 16 to 64" in found.sentence
    older = row(found, "households-into-work", "65-plus")
    assert pd.isna(older["resident_share"])
    assert older["verdict"] == "nothing to compare with"
    assert row(found, "adult-skills-fund", "50-64")["verdict"] == "not a fair comparison"


def test_where_a_group_among_those_it_is_for_is_held_back_there_is_no_share_of_them(
    copied_whole_pack: CopiedPack,
) -> None:
    def few(rows: pd.DataFrame) -> pd.DataFrame:
        here = (
            (rows["year"] == YEAR)
            & (rows["programme"] == "households-into-work")
            & (rows["group"] == "16-24")
        )
        return rows.assign(people=rows["people"].mask(here, "3"))

    copied_whole_pack.change("reached_groups", few)
    found = services.groups(copied_whole_pack.open(), LATEST, Chosen("age"))
    line = found.frame[(found.frame["programme"] == "households-into-work") & found.frame["scope"].ne("")]
    assert line["share"].isna().all()
    assert line["denominator"].isna().all()
    assert not line["verdict"].isin(["below residents", "above residents", "could be chance"]).any()


def test_a_pack_may_bring_those_who_may_use_a_programme() -> None:
    found = services.groups(open_pack(FENMARSH), View(year="2022/23"), Chosen("sex"))
    told = row(found, "skills-barn", "women")
    assert told["scope"] == "Adults without level 3"
    assert told["resident_share"] == pytest.approx(40, abs=0.1)
    assert told["verdict"] == "above residents"
    assert row(found, "village-shuttle", "women")["scope"] == "All residents"


def test_programmes_without_figures_are_named(pack: Pack, exact: pd.DataFrame) -> None:
    assert people(exact, "cycle-training", "disability").empty
    said = services.groups(pack, LATEST, Chosen("disability")).sentence
    assert "No figures from Cycle training, Housing retrofit and Apprentice travel." in said


# -- disclosure ------------------------------------------------------------------------------------------


def test_groups_of_1_to_4_people_are_held_back_and_others_rounded(pack: Pack, exact: pd.DataFrame) -> None:
    seen = 0
    for year in YEARS:
        for characteristic in TOLD_BY:
            frame = services.groups(pack, View(year=year), Chosen(characteristic)).frame
            for programme, line in frame.groupby("programme"):
                reached = people(exact, str(programme), characteristic, year)
                shown = line.set_index("group")["numerator"]
                for group, number in reached.items():
                    if 1 <= number <= 4:
                        assert pd.isna(shown[group])
                        seen += 1
                    elif not pd.isna(shown[group]):
                        assert shown[group] == rounded(number)
                assert shown.isna().sum() != 1 or (shown.fillna(1) > 0).sum() == 1
    assert seen > 0


def test_a_group_held_back_hides_another_and_stays_out_of_the_chart(pack: Pack, exact: pd.DataFrame) -> None:
    reached = people(exact, "housing-first", "ethnic-group")
    assert 1 <= reached["asian"] <= 4
    found = services.groups(pack, LATEST, Chosen("ethnic-group"))
    assert row(found, "housing-first", "asian")["verdict"] == "too small to show"
    assert found.chart is not None
    drawn = found.chart[found.chart["label"] == "Housing First"]["panel"]
    assert "Asian" not in set(drawn)
    assert "Too small to show: 2 of 20 pairs of a programme and a group." in found.sentence
    assert (
        found.table().query("Programme == 'Housing First' and Group == 'Asian'").iloc[0]["Reached"] == "[c]"
    )


def test_a_few_women_hide_the_men_too(copied_pack: CopiedPack) -> None:
    pack = with_people(copied_pack, "housing-first", women=3)
    found = services.groups(pack, LATEST, Chosen("sex"))
    assert row(found, "housing-first", "women")["marker"] == "[c]"
    assert row(found, "housing-first", "men")["marker"] == "[c]"
    assert not pd.isna(row(found, "housing-first", "not-stated")["share"])
    assert "Too small to show: 1 of 7 programmes." in found.sentence


def test_a_base_that_would_be_the_only_women_is_not_told(copied_pack: CopiedPack) -> None:
    pack = with_people(copied_pack, "housing-first", **{"women": 3, "men": 0, "not-stated": 0})
    gated = services._gated(pack)
    line = gated[
        (gated["programme"] == "housing-first") & (gated["characteristic"] == "sex") & (gated["year"] == YEAR)
    ].set_index("group")
    assert len(line) == 3
    assert line[["denominator", "exact_denominator", "share", "exact_share"]].isna().all(axis=None)
    assert line["marker"]["women"] == "[c]"


def test_a_programme_whose_people_all_kept_silent_has_no_share(copied_pack: CopiedPack) -> None:
    pack = with_people(copied_pack, "housing-first", women=0, men=0)
    found = services.groups(pack, LATEST, Chosen("sex"))
    assert row(found, "housing-first", "women")["verdict"] == "too few answered"


# -- gradient --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deciles() -> pd.DataFrame:
    """People by programme (rows) and decile (columns) in the year, from the lines themselves."""
    lines = pd.read_parquet(DATA / "contacts.parquet")
    when = pd.to_datetime(lines["date"])
    lines = lines[(when >= "2025-04-01") & (when < "2026-04-01")]
    where = pd.read_csv(DATA / "areas.csv").set_index("code")["decile"]
    lines = lines.assign(decile=lines["area"].map(where)).dropna(subset="decile")
    return lines.pivot_table("people", "programme", "decile", aggfunc="sum", fill_value=0)


@pytest.fixture(scope="module")
def lived_in() -> np.ndarray:
    return pd.read_csv(DATA / "areas.csv").groupby("decile")["population"].sum().to_numpy(dtype=float)


def fitted(counts: np.ndarray, residents: np.ndarray) -> tuple[float, float, float]:
    """The weighted line's most and least deprived end, and the standard error of its slope, worked out by hand."""
    share = residents / residents.sum()
    rank = np.cumsum(share) - share / 2
    rate = 1000 * counts / residents
    slope, start = np.polyfit(rank, rate, 1, w=np.sqrt(share))
    limits = np.array([byar(count) for count in counts])
    se = 1000 * (limits[:, 1] - limits[:, 0]) / 3.92 / residents
    weights = share * (rank - 0.5) / (share @ (rank - 0.5) ** 2)
    return start, start + slope, float(np.sqrt(np.sum((weights * se) ** 2)))


@pytest.mark.parametrize(
    "programme", ["adult-skills-fund", "concessionary-travel", "cycle-training", "dial-a-ride"]
)
def test_sii_and_rii_are_those_of_a_weighted_line_through_exact_rates(
    pack: Pack, deciles: pd.DataFrame, lived_in: np.ndarray, programme: str
) -> None:
    counts = deciles.loc[programme].to_numpy(dtype=float)
    most, least, se = fitted(counts, lived_in)
    told = exact_lines(pack, LATEST.year).loc[programme]
    assert (told["most_deprived"], told["least_deprived"]) == pytest.approx((most, least))
    assert told["sii"] == pytest.approx(least - most)
    assert told["rii"] == pytest.approx(least / most)
    assert told["times"] == pytest.approx(most / least)
    # Simulated limits have some noise of their own.
    width = told["sii_upper"] - told["sii_lower"]
    assert width == pytest.approx(2 * 1.959964 * se, rel=0.05)
    assert told["rii_lower"] < told["rii"] < told["rii_upper"]
    names = pd.read_csv(DATA / "programmes.csv").set_index("id")["name"]
    written = services.gradient(pack, LATEST).frame.set_index("programme_label").loc[names[programme]]
    for name in ("most_deprived", "least_deprived", "sii", "sii_lower", "sii_upper", "misfit"):
        assert written[name] == pytest.approx(told[name], abs=0.5)
        assert written[name] == round(written[name])
    for name in ("rii", "rii_lower", "rii_upper", "times"):
        assert written[name] == float(f"{told[name]:.2g}")


def exact_lines(pack: Pack, year: str) -> pd.DataFrame:
    """The lines of all programmes before they are written, by programme."""
    names = area_cells.programmes(pack, View(), "counts_people")
    counted, _ = services._counted(pack, year, names)
    residents = area_cells.population_by_decile(pack)
    rows = {code: services._line(people, residents, SMALLEST) for code, people in counted.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def test_programmes_with_a_decile_held_back_are_left_out_and_named(pack: Pack, deciles: pd.DataFrame) -> None:
    names = pd.read_csv(DATA / "programmes.csv").set_index("id")["name"]
    small = {names[p] for p in deciles.index if deciles.loc[p].between(1, 4).any()}
    found = services.gradient(pack, LATEST)
    assert small
    assert not small & set(found.frame["programme_label"])
    assert set(found.frame["programme_label"]) | small == set(names[deciles.index])
    left_out = found.sentence.partition("Left out, as a decile is too small to show: ")[2]
    assert all(name in left_out for name in small)


def test_the_direction_is_told_in_words_that_agree_with_the_sign(pack: Pack) -> None:
    for year in YEARS:
        found, exact = services.gradient(pack, View(year=year)), exact_lines(pack, year)
        assert len(exact) == len(found.frame)
        for told in exact.assign(programme_label=found.frame["programme_label"].to_numpy()).to_dict(
            "records"
        ):
            said = next(part for part in found.alt.split(". ") if part.startswith(told["programme_label"]))
            assert ("reach falls by" in said) == (told["sii"] < 0)
            assert ("reach rises by" in said) == (told["sii"] >= 0)
            if 0.9 <= told["rii"] <= 1.1:
                assert told["verdict"] == "practically even"
            elif told["sii_lower"] <= 0 <= told["sii_upper"]:
                assert told["verdict"] == "could be chance"
            else:
                assert told["verdict"].startswith("more" if told["sii"] < 0 else "less")


def test_the_sentence_gives_both_measures_of_the_steepest_programme(pack: Pack) -> None:
    found = services.gradient(pack, LATEST)
    told = exact_lines(pack, LATEST.year).loc["adult-skills-fund"]
    assert found.sentence.startswith(
        "Adult Skills Fund: from the most to the least deprived end of the city region reach falls by "
        f"{-told['sii']:.0f} learners per 1,000 residents (SII −{-told['sii']:.0f}); the most deprived end has "
        f"{told['times']:.1f} times the reach of the least "
        f"(RII {told['rii']:.2f}), more than chance; deciles lie {told['misfit']:.0f} per 1,000 from the line"
        f"{', which bends beyond chance' if told['bends'] else ''}."
    )
    more = int(((found.frame["sii_upper"] < 0) & ~found.frame["rii"].between(0.9, 1.1)).sum())
    assert (
        found.headline
        == f"{more} of {len(found.frame)} programmes reach more people where deprivation is greater"
    )


def test_the_edition_of_the_indices_is_said_and_goes_into_the_export(pack: Pack) -> None:
    found = services.gradient(pack, LATEST)
    assert found.vintage == "IoD 2019"
    assert set(found.export()["vintage"]) == {"IoD 2019"}
    assert "mid-2015" in found.method


def test_a_part_year_is_said_to_be_one(pack: Pack) -> None:
    assert services.gradient(pack, View(year="2026/27")).subtitle.endswith("2026/27, part year")


def test_a_line_that_ends_below_zero_has_no_ratio_and_no_dot() -> None:
    residents = pd.Series(1000.0, index=range(1, 11))
    reached = pd.Series([400.0, 250, 100, 30, 5, 5, 5, 5, 5, 5], index=range(1, 11))
    told = services._line(reached, residents, SMALLEST)
    assert told["least_deprived"] < 0
    assert np.isnan(told["rii"])
    frame = pd.DataFrame([told]).assign(programme_label="Steep", unit_label="people")
    assert services._slopes(frame).empty
    assert "no ratio: the line ends below zero" in services._slope(
        frame.iloc[0].to_dict(), Place("city region")
    )


def test_a_decile_that_nobody_lives_in_is_no_quantile(copied_pack: CopiedPack) -> None:
    copied_pack.change("areas", lambda rows: rows.assign(decile=rows["decile"].replace("10", "9")))
    found = services.gradient(copied_pack.open(), LATEST)
    assert not found.empty
    assert found.frame["sii"].notna().all()


def test_people_in_fewer_than_five_deciles_make_no_line(copied_pack: CopiedPack) -> None:
    def into_four(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(decile=rows["decile"].astype(int).clip(upper=4).astype(str))

    copied_pack.change("areas", into_four)
    found = services.gradient(copied_pack.open(), LATEST)
    assert found.empty == "People live in 4 of England's deprivation deciles here: a line needs 5."


# -- nothing to show -------------------------------------------------------------------------------------

BUILDS: dict[str, Callable[[Pack, View], Finding]] = {
    "groups": lambda pack, view: services.groups(pack, view, Chosen("sex")),
    "gradient": services.gradient,
}


@pytest.mark.parametrize("name", BUILDS)
def test_a_role_without_programmes_says_what_to_do(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, View(role="employer", year=YEAR))
    assert found.frame.empty
    assert found.empty.endswith("Choose all roles to see them.")


@pytest.mark.parametrize("name", BUILDS)
def test_the_role_narrows_the_programmes(pack: Pack, name: str) -> None:
    every, some = (
        set(BUILDS[name](pack, View(role=role, year=YEAR)).frame["programme_label"])
        for role in ("all", "service-provider")
    )
    assert some < every


@pytest.mark.parametrize("name", BUILDS)
def test_a_year_before_all_figures_is_empty_with_a_reason(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, View(year="2018/19"))
    assert found.frame.empty
    assert "2018/19" in found.empty


@pytest.mark.parametrize(
    ("name", "missing", "said"),
    [
        ("groups", "reached_groups", "add the table reached_groups"),
        ("groups", "programmes", "add the table reached_groups"),
        ("gradient", "areas", "add the table areas"),
    ],
)
def test_without_a_table_the_finding_says_what_is_missing(
    copied_pack: CopiedPack, name: str, missing: str, said: str
) -> None:
    copied_pack.remove(missing)
    found = BUILDS[name](copied_pack.open(), LATEST)
    assert found.frame.empty
    assert said in found.empty


def test_without_contact_lines_in_the_descriptor_the_gradient_says_so(copied_pack: CopiedPack) -> None:
    copied_pack.unlist("contacts")
    found = services.gradient(copied_pack.open(), LATEST)
    assert found.frame.empty
    assert "No contact lines" in found.empty


def test_contact_lines_that_are_listed_and_not_there_are_refused_by_name(copied_pack: CopiedPack) -> None:
    copied_pack.remove("contacts")
    with pytest.raises(LinesError, match=r"contacts\.parquet: there is no such file"):
        services.gradient(copied_pack.open(), LATEST)


def test_without_residents_to_compare_with_shares_are_still_told(copied_pack: CopiedPack) -> None:
    copied_pack.remove("benchmark_groups")
    found = services.groups(copied_pack.open(), LATEST, Chosen("sex"))
    assert found.headline == "Whom services reach, by sex: no residents to compare with"
    assert found.frame["share"].notna().all()
    assert found.statuses == ("illustrative",)


# -- words -----------------------------------------------------------------------------------------------


def test_headlines_are_short_and_no_sentence_holds_what_is_not_known(pack: Pack) -> None:
    for year in (*YEARS, "2018/19", "2026/27", "all"):
        view = View(year=year)
        findings = [services.groups(pack, view, Chosen(c)) for c in characteristics(pack)]
        for found in (*findings, services.gradient(pack, view)):
            assert len(found.headline) <= 90, found.headline
            for text in (found.headline, found.sentence, found.alt, found.empty):
                assert not re.search(r"\bnan\b|<NA>|None\b|BAME", text), text
            assert found.empty or (found.sentence and found.alt)


@pytest.mark.parametrize("name", BUILDS)
def test_every_cell_of_the_export_is_filled_and_carries_the_status(pack: Pack, name: str) -> None:
    rows = BUILDS[name](pack, LATEST).export()
    assert not (rows == "").any(axis=None)
    assert set(rows["status"]) == {"illustrative"}


# -- drawings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [1, 4])
def test_the_drawings_read_what_the_charts_have(pack: Pack, columns: int) -> None:
    for build, draw in (("groups", drawn.reached), ("gradient", drawn.gradient)):
        chart = BUILDS[build](pack, LATEST).chart
        assert chart is not None
        assert read_columns(draw(columns)) == set(chart.columns)
