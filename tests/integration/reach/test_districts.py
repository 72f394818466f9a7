"""Reach and spend by district: each area by its deprivation, and medians of the most and the least deprived third."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from svdash.findings.reach import area_cells, area_figures, district_comparison
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import Framework, View
from svdash.render import charts
from svdash.render.drawings.district_charts import people
from svdash.tables import LinesError, Pack
from tests.copies import DATA, CopiedPack
from tests.opened_pages import opened

YEAR = "2025/26"
# Code of a district that the embedded pack does not have.
NEW = "E08000099"
NOW = View(year=YEAR, compare="2024/25")
SPEND, SUPPLIER = MapChoice("spend"), MapChoice("spend", kind="supplier")
SKILLS, CYCLES, RIDES, HOMES = (
    MapChoice("reach", each)
    for each in ("adult-skills-fund", "cycle-training", "dial-a-ride", "housing-first")
)
EVERY = [SPEND, SUPPLIER, SKILLS, CYCLES, RIDES]
asked_for = pytest.mark.parametrize("asked", EVERY, ids=lambda a: f"{a.show}-{a.programme}-{a.kind}")


def dots(chart: pd.DataFrame | None) -> pd.DataFrame:
    assert chart is not None
    return chart[chart["to"].isna()]


def bars(chart: pd.DataFrame | None) -> pd.DataFrame:
    assert chart is not None
    return chart[chart["to"].notna()]


@pytest.fixture(scope="module")
def spent() -> pd.DataFrame:
    """Areas as their file has them, with pounds per resident from the lines, the most deprived first."""
    rows = pd.read_csv(DATA / "areas.csv").sort_values("rank", ignore_index=True)
    words = pd.read_csv(DATA / "vocabulary.csv")
    names = words[words["list"] == "district"].set_index("code")["label"]
    rows = rows.assign(district_name=rows["district"].map(names))
    lines = pd.read_parquet(DATA / "payments.parquet")
    when = pd.to_datetime(lines["date"])
    sums = lines[(when >= "2025-04-01") & (when < "2026-04-01")].groupby("benefit_area")["amount_pence"].sum()
    return rows.assign(rate=rows["code"].map(sums).fillna(0) / 100 / rows["population"])


def test_the_rates_of_money_are_pounds_over_residents_of_each_districts_own_thirds(
    pack: Pack, spent: pd.DataFrame
) -> None:
    frame = district_comparison.districts(pack, NOW, SPEND).frame.set_index("district")
    assert set(frame.index) == set(spent["district_name"])
    for name, part in spent.groupby("district_name"):
        third = len(part) / 3
        row = frame.loc[name]
        for side, own in (("most", part[: int(np.ceil(third))]), ("least", part[int(np.ceil(2 * third)) :])):
            pounds = (own["rate"] * own["population"]).sum()
            assert row[side] == pytest.approx(pounds / own["population"].sum())
        assert row["median"] == pytest.approx(part["rate"].median())
        assert row["areas"] == row["shown"] == len(part)


@asked_for
def test_every_area_shown_on_the_map_is_a_dot_and_every_hidden_one_is_counted(
    pack: Pack, asked: MapChoice
) -> None:
    found = district_comparison.districts(pack, NOW, asked)
    rows = area_figures.area_map(pack, NOW, asked).frame
    shown = rows[rows["rate"].notna()]
    assert sorted(dots(found.chart)["label"]) == sorted(shown["name"])
    rates = dots(found.chart).set_index("label")["value"]
    assert rates.to_dict() == pytest.approx(shown.set_index("name")["rate"].round(2).to_dict())
    assert found.frame["shown"].sum() == len(shown)
    assert found.frame["hidden"].sum() == len(rows) - len(shown)
    assert found.frame["areas"].sum() == len(rows)


def test_hidden_areas_are_told_by_district(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, CYCLES)
    shown = area_cells.people(pack, YEAR, "cycle-training")
    hidden = shown[shown["marker"] != ""]["district_name"].value_counts()
    assert hidden.sum() > 0
    assert f"Too small to show, in no dot and no median: {hidden.sum()} areas" in found.sentence
    assert all(f"{name} {number}" in found.sentence for name, number in hidden.items())


def test_areas_stand_by_rank_in_the_city_region_and_not_in_their_district(
    pack: Pack, spent: pd.DataFrame
) -> None:
    found = dots(district_comparison.districts(pack, NOW, SPEND).chart).set_index("label")["at"]
    expected = 100 * (np.arange(len(spent)) + 0.5) / len(spent)
    assert found[spent["name"]].to_numpy() == pytest.approx(expected, abs=0.051)


def test_a_middle_area_stands_by_the_ranks_of_its_small_areas(pack: Pack, spent: pd.DataFrame) -> None:
    weighted = (spent["rank"] * spent["population"]).groupby(spent["msoa"]).sum()
    rank = (weighted / spent.groupby("msoa")["population"].sum()).sort_values()
    found = dots(district_comparison.districts(pack, NOW, RIDES).chart).sort_values("at")
    assert found["label"].tolist() == rank.index.tolist()


@asked_for
def test_who_gets_more_is_told_of_every_district_and_agrees_with_the_table(
    pack: Pack, asked: MapChoice
) -> None:
    found = district_comparison.districts(pack, NOW, asked)
    written = found.export().set_index("district")
    for name, row in written.iterrows():
        most, least = float(row["most"]), float(row["least"])
        expected = "both alike" if most == least else f"{'most' if most > least else 'least'} deprived third"
        # Where counts are hidden the higher of those shown need not be the higher of all.
        assert row["gets"] == expected or (row["gets"] == "not known" and int(row["hidden"]) > 0), name
        assert str(name) in found.sentence
    more = int((written["gets"] == "most deprived third").sum())
    told = "in all 6 districts" if more == 6 else f"in {more or 'none'} of 6 districts"
    untold = int((written["gets"] == "not known").sum())
    told = "cannot be distinguished in any district" if untold == 6 else told
    assert found.headline.endswith(told + (f"; untold in {untold}" if 0 < untold < 6 else ""))
    assert ("Not tested" if asked.show == "reach" else "No test possible") in found.sentence
    assert not re.search(r"significant|beyond chance|proves?", found.sentence)


def test_areas_without_any_spend_are_counted_since_medians_do_not_see_them(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, SUPPLIER)
    none = int((area_figures.area_map(pack, NOW, SUPPLIER).frame["rate"] == 0).sum())
    assert none > 989 / 2
    assert f"{none} areas of 989 with none at all" in found.sentence


@asked_for
def test_the_line_of_the_city_region_is_the_median_of_all_areas_shown(pack: Pack, asked: MapChoice) -> None:
    found = district_comparison.districts(pack, NOW, asked)
    of_people = asked.show == "reach"
    rows = (
        area_cells.people(pack, YEAR, asked.programme)
        if of_people
        else area_figures.area_map(pack, NOW, asked).frame
    )
    middle = rows["rate"].median()
    assert found.chart is not None
    told = float(np.floor(middle + 0.5)) if of_people else pytest.approx(middle, abs=0.0051)
    assert found.chart["middle"].unique().tolist() == [told]
    assert (f"{middle:,.0f} per 1,000" if of_people else f"£{middle:,.2f}") in found.legend


def test_areas_above_the_upper_edge_are_marked_counted_and_keep_their_figure(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, SPEND)
    marks = dots(found.chart)
    over = marks[marks["over"].astype(bool)]
    assert 0 < len(over) <= 0.02 * len(marks) + 1
    assert len(set(over["drawn"])) == 1
    assert (over["value"] > over["drawn"]).all()
    assert f"Triangles at the upper edge: {len(over)} areas above £" in found.legend
    below = marks[~marks["over"].astype(bool)]
    assert (below["value"] == below["drawn"]).all()


def test_rates_near_each_other_are_all_drawn_where_they_are(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, SKILLS)
    assert found.chart is not None
    assert not found.chart["over"].any()
    assert "upper edge" not in found.legend


def test_bars_span_the_areas_of_their_third(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, SPEND)
    spans = bars(found.chart).sort_values(["panel", "at"])
    assert spans.groupby("panel").size().tolist() == [3] * 6
    for _, part in spans.groupby("panel"):
        assert (part["at"] < part["to"]).all()
        assert (part["to"].to_numpy()[:-1] < part["at"].to_numpy()[1:]).all()
    first = spans.groupby("panel")["value"].first()
    assert first.to_dict() == pytest.approx(found.frame.set_index("district")["most"].to_dict())


# -- when there is nothing to show, and other packs --------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "view", "why"),
    [
        (HOMES, NOW, "counted by district here"),
        (MapChoice("spend", "corporate"), NOW, "No payment with a known place"),
        (SPEND, View(year="2018/19"), "2018/19"),
        (SKILLS, View(year="2018/19"), "2018/19"),
    ],
)
def test_what_can_not_be_laid_out_by_district_says_why(
    pack: Pack, asked: MapChoice, view: View, why: str
) -> None:
    found = district_comparison.districts(pack, view, asked)
    assert why in found.empty
    assert found.chart is None
    assert list(found.export().columns)[: len(found.columns)] == list(found.columns)


def test_a_part_year_says_so(pack: Pack) -> None:
    found = district_comparison.districts(pack, View(year="2026/27"), SPEND)
    assert "2026/27 (part year)" in found.subtitle


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a district to the vocabulary."""
    return pd.concat([rows, rows[rows["list"] == "district"].head(1).assign(code=NEW, label="Newshire")])


def test_districts_are_those_of_the_pack(copied_pack: CopiedPack) -> None:
    def renamed(rows: pd.DataFrame) -> pd.DataFrame:
        north = rows["district_name"].isin(["Halton", "Knowsley"])
        return rows.assign(
            district=rows["district"].mask(north, NEW),
            district_name=rows["district_name"].mask(north, "Newshire"),
        )

    copied_pack.change("vocabulary", listed)
    copied_pack.change("areas", renamed)
    found = district_comparison.districts(copied_pack.open(), NOW, SPEND)
    assert set(found.frame["district"]) == {"Newshire", "Liverpool", "Sefton", "St Helens", "Wirral"}
    assert found.headline.endswith("5 districts")


def test_a_district_of_two_areas_has_no_thirds_and_says_that_it_can_not_be_told(
    copied_pack: CopiedPack,
) -> None:
    def two(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[[0, 1], ["district", "district_name"]] = [NEW, "Newshire"]
        return rows

    copied_pack.change("vocabulary", listed)
    copied_pack.change("areas", two)
    found = district_comparison.districts(copied_pack.open(), NOW, SPEND)
    row = found.frame.set_index("district").loc["Newshire"]
    assert (row["areas"], row["shown"], row["gets"]) == (2, 2, "not known")
    assert "It is not known in Newshire." in found.sentence
    assert len(dots(found.chart)[dots(found.chart)["panel"] == "Newshire"]) == 2


def test_money_in_few_areas_is_told_by_pounds_over_residents(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, MapChoice("spend", "kindred"))
    rows = area_figures.area_map(pack, NOW, MapChoice("spend", "kindred")).frame.set_index("place")
    assert rows["pounds"].eq(0).mean() > 0.9
    assert (found.frame["gets"] == "most deprived third").sum() == 5


@pytest.mark.parametrize(
    ("hidden", "told"), [(0, "most deprived third"), (1, "most deprived third"), (2, "not known")]
)
def test_a_third_is_higher_only_where_it_is_whatever_the_hidden_rates_are(hidden: int, told: str) -> None:
    rates = [7.0, 8.0, 9.0, 1.0, 2.0, 3.0]
    rates[3 : 3 + hidden] = [np.nan] * hidden
    rows = pd.DataFrame(
        {"district_name": "A", "third": [0, 0, 0, 2, 2, 2], "rate": rates, "population": 1500}
    )
    assert district_comparison._table(rows, people=True)["gets"].tolist() == [told]


def test_a_third_that_is_hidden_altogether_has_no_median() -> None:
    rows = pd.DataFrame(
        {
            "district_name": "A",
            "third": [0, 0, 1, 1, 2, 2],
            "rate": [np.nan, np.nan, 3.0, 4.0, 5.0, 6.0],
            "population": 1500,
        }
    )
    row = district_comparison._table(rows, people=True).iloc[0]
    assert np.isnan(row["most"])
    assert (row["gets"], row["marker"], row["hidden"]) == ("not known", "[c]", 2)


@pytest.mark.parametrize("table", ["payments", "contacts", "areas", "programmes", "programme_links"])
def test_without_one_table_it_builds_and_may_say_why_it_is_empty(copied_pack: CopiedPack, table: str) -> None:
    copied_pack.remove(table)
    pack = copied_pack.open()
    view = Framework.of(pack).filters.default_view()
    for asked, lines in ((SPEND, "payments"), (SKILLS, "contacts")):
        if table == lines:
            with pytest.raises(LinesError, match=table):
                district_comparison.districts(pack, view, asked)
        else:
            found = district_comparison.districts(pack, view, asked)
            assert found.empty or len(found.frame)


# -- how it is drawn ---------------------------------------------------------------------------------------


@asked_for
def test_every_finding_is_whole(pack: Pack, asked: MapChoice) -> None:
    found = district_comparison.districts(pack, NOW, asked)
    assert 0 < len(found.headline) <= 90
    assert set(found.frame["status"]) == {"illustrative"}
    assert "illustrative" in found.subtitle
    assert not found.export().isin(["", "nan", "None"]).any(axis=None)
    assert all(name in found.alt for name in found.frame["district"])
    said = f"{found.headline} {found.subtitle} {found.sentence} {found.legend} {found.alt} {found.method}"
    assert not re.search(r"[{}]|\bnan\b|  ", said)
    assert ("Orange bars: medians" if asked.show == "reach" else "Orange bars: pounds") in found.legend
    assert charts.of(found, 4) is not None


@pytest.mark.parametrize("columns", [1, 4])
def test_the_drawing_reads_only_what_its_chart_has(pack: Pack, columns: int) -> None:
    written = json.dumps(people(columns))
    read = set(re.findall(r'"field": "(?:max\()?(\w+)\)?"', written)) | set(
        re.findall(r"datum\.(\w+)", written)
    )
    chart = district_comparison.districts(pack, NOW, SPEND).chart
    assert chart is not None
    assert {"panel", "at", "drawn", "middle"} <= read <= set(chart.columns)


@pytest.mark.parametrize("columns", [1, 4])
def test_all_districts_are_in_one_facet_with_the_same_axes(columns: int) -> None:
    spec = people(columns)
    assert spec["facet"]["field"] == "panel"
    assert "resolve" not in spec
    assert spec["columns"] == min(columns, 3)


def test_the_page_draws_the_part_by_district_and_keeps_what_only_the_map_asks_for(pack: Pack) -> None:
    at = opened("reach_and_spend", part="districts", show="spend", style="change")
    assert not at.exception
    told = "".join(block.proto.body for block in at.get("html"))
    assert district_comparison.districts(pack, NOW, SPEND).headline in told
    assert len(at.get("vega_lite_chart")) == 1
    assert at.query_params["style"] == "change"


def test_where_people_are_counted_by_district_only_the_programmes_counted_finer_are_named(pack: Pack) -> None:
    found = district_comparison.districts(pack, NOW, MapChoice("reach", "households-into-work"))
    assert "Counted by smaller areas: " in found.empty
    named = found.empty.partition("Counted by smaller areas: ")[2]
    assert "Adult Skills Fund" in named
    assert "Households into Work" not in named
