"""What is not known: the state of each breakdown, who does what about it, and whether it gets better."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from svdash.findings.equality import unknown_groups
from svdash.findings.finding import Finding
from svdash.findings.indicators import gated_observations
from svdash.register import View
from svdash.render.drawings.trend_charts import trend
from svdash.render.drawings.unknown_charts import gaps as gaps_drawn
from svdash.tables import Pack
from svdash.theme import ATTENTION
from tests.copies import DATA, CopiedPack

YEAR = "2025/26"
LATEST = View(year=YEAR)
YEARS = ("2022/23", "2023/24", "2024/25", YEAR)
BUILDS: dict[str, Callable[[Pack, View], Finding]] = {
    "register": unknown_groups.register,
    "share": unknown_groups.share_measured,
}


@pytest.fixture(scope="module")
def gaps() -> pd.DataFrame:
    return pd.read_csv(DATA / "data_gaps.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def observed() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "observations_illustrative.csv")
    return rows[rows["year"] == YEAR]


@pytest.fixture(scope="module")
def recruited() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "recruitment.csv")
    return rows[rows["year"] == YEAR]


def cell(found: Finding, indicator: str, characteristic: str) -> pd.Series:
    return found.frame.set_index(["indicator", "characteristic"]).loc[(indicator, characteristic)]


def counted(found: Finding) -> dict[str, int]:
    return dict(found.frame["state"].value_counts())


# -- the states, worked out from the tables --------------------------------------------------------------


def test_a_question_that_many_left_out_is_not_answered_and_the_share_is_printed(
    pack: Pack, recruited: pd.DataFrame
) -> None:
    rows = recruited[(recruited["stage"] == "applied") & (recruited["characteristic"] == "pregnancy")]
    people = rows.set_index("group")["people"]
    told = cell(unknown_groups.register(pack, LATEST), "EMP-I1", "pregnancy")
    assert (
        told["share_not_stated"]
        == round(100 * people["not-stated"] / people.sum(), 1)
        > unknown_groups.UNDECLARED
    )
    assert told["state"] == "not-answered"


def test_where_each_group_is_a_base_of_its_own_those_who_kept_silent_are_one_too(
    pack: Pack, observed: pd.DataFrame
) -> None:
    rows = observed[observed["indicator"] == "CIV-I2"].set_index(["characteristic", "group"])["denominator"]
    exact = 100 * rows["ethnic-group", "not-stated"] / rows["all", "all"]
    told = cell(unknown_groups.register(pack, LATEST), "CIV-I2", "ethnic-group")
    assert told["share_not_stated"] == pytest.approx(exact, abs=0.5)
    assert told["state"] == "measured"


def test_those_that_the_groups_leave_of_everybody_did_not_answer(pack: Pack, observed: pd.DataFrame) -> None:
    rows = observed[(observed["indicator"] == "EMP-I14") & observed["period"].str.endswith("H2")]
    base = rows.set_index(["characteristic", "group"])["denominator"]
    exact = 100 * (1 - base["caring"].sum() / base["all", "all"])
    told = cell(unknown_groups.register(pack, LATEST), "EMP-I14", "caring")
    assert exact > unknown_groups.UNDECLARED
    assert told["share_not_stated"] == pytest.approx(exact, abs=2.5)
    assert told["state"] == "not-answered"


def test_a_breakdown_most_of_whose_groups_are_hidden_is_too_small(
    pack: Pack, recruited: pd.DataFrame
) -> None:
    rows = recruited[(recruited["stage"] == "appointed") & (recruited["characteristic"] == "ethnic-group")]
    people = rows[rows["group"] != "not-stated"]["people"]
    assert people.between(1, 4).sum() > len(people) / 2
    told = cell(unknown_groups.register(pack, LATEST), "EMP-I3", "ethnic-group")
    assert told["state"] == "too-small"
    seen = gated_observations.gated(pack)
    seen = seen[(seen["indicator"] == "EMP-I3") & (seen["characteristic"] == "ethnic-group")]
    seen = seen[(seen["period"] == seen["period"].max()) & (seen["group"] != "not-stated")]
    assert told["shown"] == f"{seen['value'].count()} of {len(people)}"
    assert told["next_step"] == "no step agreed"


def test_a_figure_about_one_group_is_measured_by_it_alone(pack: Pack) -> None:
    told = cell(unknown_groups.register(pack, LATEST), "EMP-I6", "ethnic-group")
    assert (told["state"], told["shown"]) == ("measured", "1 of 1")


def test_every_gap_of_the_list_has_its_state_owner_step_and_date(pack: Pack, gaps: pd.DataFrame) -> None:
    found = unknown_groups.register(pack, LATEST)
    for gap in gaps.to_dict("records"):
        told = cell(found, gap["indicator"], gap["characteristic"])
        assert told["state"] == gap["reason"]
        assert told["note"] == gap["note"]
        if gap["reason"] == "not-asked":
            assert (told["owner"], told["next_step"], told["due"]) == (
                gap["owner"],
                gap["next_step"],
                gap["due"],
            )
        else:
            assert {told["owner"], told["next_step"], told["due"]} == {"none needed"}


def test_a_breakdown_that_nothing_asks_for_is_not_applicable(pack: Pack, gaps: pd.DataFrame) -> None:
    listed = gaps[(gaps["indicator"] == "SER-I1") & (gaps["characteristic"] == "caring")]
    register = pd.read_csv(DATA / "indicators.csv").set_index("id")
    assert listed.empty
    assert "caring" not in register.loc["SER-I1", "breakdowns"]
    told = cell(unknown_groups.register(pack, LATEST), "SER-I1", "caring")
    assert (told["state"], told["marker"]) == ("not-applicable", "[z]")


def test_a_needed_breakdown_without_figure_and_reason_was_not_asked_and_waits_with_the_indicators_owner(
    copied_pack: CopiedPack,
) -> None:
    gone = ("EMP-I10", "sex")
    copied_pack.change(
        "observations_illustrative",
        lambda rows: rows[(rows["indicator"] != gone[0]) | (rows["characteristic"] != gone[1])],
    )
    told = cell(unknown_groups.register(copied_pack.open(), LATEST), *gone)
    assert told["state"] == "not-asked"
    assert told["owner"] == "Head of Organisational Development"
    assert (told["next_step"], told["due"]) == ("no step agreed", "no date agreed")


def test_a_figure_counts_for_more_than_a_reason_for_its_absence(copied_pack: CopiedPack) -> None:
    def more(rows: pd.DataFrame) -> pd.DataFrame:
        one = rows[(rows["indicator"] == "SER-I4") & (rows["reason"] == "not-applicable")].head(1)
        return pd.concat([rows, one.assign(characteristic="sex")])

    copied_pack.change("data_gaps", more)
    assert cell(unknown_groups.register(copied_pack.open(), LATEST), "SER-I4", "sex")["state"] == "measured"


def test_what_is_asked_since_later_needs_no_step(pack: Pack) -> None:
    told = cell(unknown_groups.register(pack, View(year="2022/23")), "EMP-I5", "care-experience")
    assert (told["state"], told["note"]) == ("not-asked", "Figures since 2023/24")
    assert told["next_step"] == "none needed"


def test_what_is_no_longer_asked_says_when_it_was(copied_pack: CopiedPack) -> None:
    def stopped(rows: pd.DataFrame) -> pd.DataFrame:
        here = (rows["indicator"] == "EMP-I10") & (rows["characteristic"] == "sex")
        asked = rows[here & (rows["year"] == "2024/25")]
        # Two years of figures, and then two without: the newest that there is counts, not the year before.
        before = [
            asked.assign(year=year, period=year, as_at=f"20{year[-2:]}-03-31")
            for year in ("2022/23", "2023/24")
        ]
        return pd.concat([rows[~here], *before])

    copied_pack.change("observations_illustrative", stopped)
    told = cell(unknown_groups.register(copied_pack.open(), LATEST), "EMP-I10", "sex")
    assert (told["state"], told["note"]) == ("not-asked", "Last figure for 2023/24")


@pytest.mark.parametrize(("silent", "state"), [("100", "measured"), ("101", "not-answered")])
def test_the_threshold_itself_is_still_measured(copied_pack: CopiedPack, silent: str, state: str) -> None:
    def exactly(rows: pd.DataFrame) -> pd.DataFrame:
        here = (rows["indicator"] == "EMP-I5") & (rows["characteristic"] == "sex") & (rows["year"] == YEAR)
        women, men, none = (here & (rows["group"] == group) for group in ("women", "men", "not-stated"))
        rows.loc[women, ["numerator", "denominator"]] = ["400", "900"]
        rows.loc[men, ["numerator", "denominator"]] = ["500", "900"]
        rows.loc[none, ["numerator", "denominator"]] = [silent, "1000"]
        return rows

    copied_pack.change("observations_illustrative", exactly)
    told = cell(unknown_groups.register(copied_pack.open(), LATEST), "EMP-I5", "sex")
    assert told["share_not_stated"] == int(silent) / 10
    assert told["state"] == state


def test_the_worst_of_several_organisations_stands_for_the_cell(copied_pack: CopiedPack) -> None:
    def another(rows: pd.DataFrame) -> pd.DataFrame:
        here = (rows["indicator"] == "EMP-I5") & (rows["characteristic"] == "sex") & (rows["year"] == YEAR)
        few = rows[here].assign(organisation="merseytravel")
        few["numerator"] = few["group"].map({"women": "2", "men": "30", "not-stated": "0"})
        few["denominator"] = "32"
        return pd.concat([rows, few])

    assert cell(unknown_groups.register(copied_pack.open(), LATEST), "EMP-I5", "sex")["state"] == "measured"
    copied_pack.change("observations_illustrative", another)
    assert cell(unknown_groups.register(copied_pack.open(), LATEST), "EMP-I5", "sex")["state"] == "too-small"


# -- the register ----------------------------------------------------------------------------------------


def test_the_headline_counts_measured_and_unasked_cells_of_those_that_apply(pack: Pack) -> None:
    for year in YEARS:
        found = unknown_groups.register(pack, View(year=year))
        counts = counted(found)
        whole = len(found.frame) - counts["not-applicable"]
        assert found.headline == (
            f"{counts['measured']} of {whole} breakdowns are measured, {counts['not-asked']} not asked"
        )


def test_what_must_be_done_stands_first_in_the_table(pack: Pack) -> None:
    states = list(dict.fromkeys(unknown_groups.register(pack, LATEST).frame["state"]))
    assert states == ["not-asked", "too-small", "not-answered", "measured", "not-applicable"]


def test_the_grid_has_each_cell_once_with_a_sign_of_its_own(pack: Pack) -> None:
    found = unknown_groups.register(pack, LATEST)
    assert found.chart is not None
    assert not found.chart.duplicated(["row", "column"]).any()
    assert len(found.chart) == found.chart["row"].nunique() * found.chart["column"].nunique()
    signs = found.chart.groupby("state")["sign"].agg(set)
    assert signs["not-asked"] == {"?"}
    assert signs["too-small"] == {"[c]"}
    assert all(re.fullmatch(r"\d+%", sign) for sign in signs["not-answered"])
    known = [signs[s] for s in ("not-asked", "too-small", "measured", "not-applicable", "not-answered")]
    assert sum(map(len, known)) == len(set.union(*known))


def test_the_sentence_names_what_is_asked_least_and_with_whom_most_wait(pack: Pack) -> None:
    found = unknown_groups.register(pack, LATEST)
    unasked = found.frame[found.frame["state"] == "not-asked"]["characteristic_label"].value_counts()
    assert found.sentence.startswith(f"Not asked: {unasked.index[0]} ({unasked.iloc[0]})")
    waiting = found.frame[found.frame["next_step"] != "none needed"]
    first = waiting["owner"].value_counts()
    assert f"Most wait with: {first.index[0]} ({first.iloc[0]} of {len(waiting)})" in found.sentence
    without = int((waiting["next_step"] == "no step agreed").sum())
    assert f"without an agreed step: {without}." in found.sentence


def test_only_indicators_that_count_people_are_in_the_register(pack: Pack) -> None:
    register = pd.read_csv(DATA / "indicators.csv").set_index("id")
    assert set(unknown_groups.register(pack, LATEST).frame["indicator"]) == set(
        register.index[register["counts_people"]]
    )


def test_a_role_narrows_the_register_and_drops_characteristics_that_apply_to_none(pack: Pack) -> None:
    found = unknown_groups.register(pack, View(role="service-provider", year=YEAR))
    assert set(found.frame["indicator"]) == {"SER-I1", "SER-I2", "SER-I3", "SER-I4"}
    assert "neet" not in set(found.frame["characteristic"])
    assert "Service provider" in found.subtitle


def test_a_commitment_narrows_the_register_to_its_indicators(pack: Pack) -> None:
    links = pd.read_csv(DATA / "links.csv")
    people = pd.read_csv(DATA / "indicators.csv").query("counts_people")["id"]
    linked = set(links.loc[links["commitment"] == "EMP-D1", "indicator"]) & set(people)
    found = unknown_groups.register(pack, View(commitment="EMP-D1", year=YEAR))
    assert set(found.frame["indicator"]) == linked
    assert unknown_groups.share_measured(pack, View(commitment="EMP-D1", year=YEAR)).frame[
        "denominator"
    ].iloc[0] == int((found.frame["state"] != "not-applicable").sum())


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize("view", [View(role="investor", year=YEAR), View(commitment="EMP-D2", year=YEAR)])
def test_a_filter_without_indicators_that_count_people_is_empty_with_a_reason(
    pack: Pack, name: str, view: View
) -> None:
    found = BUILDS[name](pack, view)
    assert found.frame.empty
    assert "none counts people" in found.empty
    assert list(found.export().columns) == list(found.columns)


@pytest.mark.parametrize("name", BUILDS)
def test_a_year_before_any_breakdown_says_which_are_the_first(pack: Pack, name: str) -> None:
    found = BUILDS[name](pack, View(year="2018/19"))
    assert found.empty == (
        "No breakdown has a figure for a complete year up to 2018/19. The first are of 2022/23."
    )


def test_a_part_year_shows_the_year_before_and_says_so(pack: Pack) -> None:
    found = unknown_groups.register(pack, View(year="2026/27"))
    assert f", {YEAR}; " in found.subtitle
    assert found.sentence.endswith("2026/27 is not complete yet: this is 2025/26.")
    assert counted(found) == counted(unknown_groups.register(pack, LATEST))


# -- is it getting better --------------------------------------------------------------------------------


def test_the_share_of_each_year_is_that_of_its_register(pack: Pack) -> None:
    found = unknown_groups.share_measured(pack, LATEST)
    assert list(found.frame["period"]) == list(reversed(YEARS))
    for told in found.frame.to_dict("records"):
        counts = counted(unknown_groups.register(pack, View(year=told["period"])))
        whole = sum(counts.values()) - counts["not-applicable"]
        assert (told["numerator"], told["denominator"]) == (counts["measured"], whole)
        assert told["value"] == pytest.approx(100 * counts["measured"] / whole)
        others = told["not_answered"] + told["too_small"] + told["not_asked"]
        assert told["numerator"] + others == whole


def test_a_full_count_of_cells_is_told_in_words_and_never_tested(pack: Pack) -> None:
    found = unknown_groups.share_measured(pack, LATEST)
    assert found.verdict == "no-test"
    said = f"{found.headline} {found.sentence} {' '.join(found.caveats)} {found.method}"
    assert "could be chance" not in said
    assert "Newcombe" not in said
    assert not {"lower", "upper", "rise"} & set(found.frame)
    now, then = found.frame["value"].iloc[0], found.frame["value"].iloc[-1]
    assert found.headline.startswith(
        f"{now:.1f}% of breakdowns are measured, {'up' if now > then else 'down'}"
    )


@pytest.mark.parametrize(
    ("shares", "headline"),
    [
        ([20.0], "20.0% of breakdowns are measured"),
        ([20.0, 25.0], "25.0% of breakdowns are measured, up from 20.0% in 2022/23"),
        ([20.0, 15.0], "15.0% of breakdowns are measured, down from 20.0% in 2022/23"),
        ([20.01, 20.02], "20.0% of breakdowns are measured, as in 2022/23"),
    ],
)
def test_the_headline_says_which_way_the_share_went(shares: list[float], headline: str) -> None:
    rows = pd.DataFrame({"period": YEARS[: len(shares)], "value": shares})
    assert unknown_groups._share_headline(rows) == headline


def test_the_chosen_year_ends_the_series(pack: Pack) -> None:
    found = unknown_groups.share_measured(pack, View(year="2023/24"))
    assert list(found.frame["period"]) == ["2023/24", "2022/23"]
    assert found.subtitle.endswith("up to 2023/24")


def test_a_question_that_is_asked_at_last_raises_the_share(copied_whole_pack: CopiedPack) -> None:
    before = unknown_groups.share_measured(copied_whole_pack.open(), LATEST).frame.set_index("period")[
        "numerator"
    ]

    def asked(rows: pd.DataFrame) -> pd.DataFrame:
        here = (rows["indicator"] == "EMP-I10") & (rows["characteristic"] == "sex") & (rows["year"] == YEAR)
        answered = rows[here].assign(characteristic="religion")
        answered["group"] = answered["group"].map({"women": "any-religion", "men": "no-religion"})
        return pd.concat([rows, answered])

    copied_whole_pack.change("observations_illustrative", asked)
    after = unknown_groups.share_measured(copied_whole_pack.open(), LATEST).frame.set_index("period")[
        "numerator"
    ]
    assert after[YEAR] == before[YEAR] + 1
    assert list(after.drop(YEAR)) == list(before.drop(YEAR))


def test_the_chart_of_the_share_has_a_point_a_year_at_its_end(pack: Pack) -> None:
    chart = unknown_groups.share_measured(pack, LATEST).chart
    assert chart is not None
    assert list(chart["period"]) == list(YEARS)
    assert chart["as_at"].iloc[-1] == pd.Timestamp("2026-03-31")
    assert set(chart["baseline"]) == {chart["value"].iloc[0]}


# -- missing tables and words ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILDS)
def test_without_the_list_of_gaps_the_finding_says_so(copied_pack: CopiedPack, name: str) -> None:
    copied_pack.remove("data_gaps")
    assert BUILDS[name](copied_pack.open(), LATEST).empty.endswith("add the table data_gaps.")


@pytest.mark.parametrize("name", BUILDS)
def test_without_any_figure_there_is_no_year_to_show(copied_pack: CopiedPack, name: str) -> None:
    for table in ("observations_illustrative", "observations_published", "recruitment"):
        copied_pack.remove(table)
    found = BUILDS[name](copied_pack.open(), LATEST)
    assert found.empty == f"No breakdown has a figure for a complete year up to {YEAR}."


def test_headlines_are_short_and_no_sentence_holds_what_is_not_known(pack: Pack) -> None:
    roles = ("all", "employer", "commissioner", "service-provider", "civic-leader")
    for year in (*YEARS, "2026/27", "2018/19", "all"):
        for role in roles:
            for build in BUILDS.values():
                found = build(pack, View(role=role, year=year))
                assert len(found.headline) <= 90, found.headline
                for text in (found.headline, found.sentence, found.alt, found.empty):
                    assert not re.search(r"\bnan\b|<NA>|BAME", text), text
                assert found.empty or (found.sentence and found.alt)


@pytest.mark.parametrize("name", BUILDS)
def test_every_cell_of_the_export_is_filled_and_carries_the_status(pack: Pack, name: str) -> None:
    rows = BUILDS[name](pack, LATEST).export()
    assert not (rows == "").any(axis=None)
    assert set(rows["status"]) == {"illustrative"}


# -- drawings --------------------------------------------------------------------------------------------


def fields(spec: object) -> set[str]:
    """Every column that a structure reads of its rows."""
    if isinstance(spec, dict):
        own = {str(spec["field"])} if isinstance(spec.get("field"), str) else set()
        return own.union(*(fields(part) for part in spec.values()))
    return set().union(*(fields(part) for part in spec)) if isinstance(spec, list) else set()


@pytest.mark.parametrize("columns", [1, 4])
def test_the_grid_reads_what_the_chart_has(pack: Pack, columns: int) -> None:
    chart = unknown_groups.register(pack, LATEST).chart
    assert chart is not None
    assert fields(gaps_drawn(columns)) | {"indicator"} == set(chart.columns)


def test_the_share_is_drawn_as_a_trend(pack: Pack) -> None:
    chart = unknown_groups.share_measured(pack, LATEST).chart
    assert chart is not None
    # The drawing works out for itself at what height it names a line; one mark has an order of no column.
    assert fields(trend(1)) - {"at", ""} <= set(chart.columns)


def test_what_was_not_asked_has_the_colour_of_attention_and_nothing_else_has(pack: Pack) -> None:
    cells = gaps_drawn(4)["layer"][0]["encoding"]["color"]["scale"]
    coloured = dict(zip(cells["domain"], cells["range"], strict=True))
    assert [state for state, colour in coloured.items() if colour == ATTENTION] == ["not-asked"]
    assert set(coloured) == set(unknown_groups.STATES)


def test_a_step_past_its_date_when_the_list_was_made_is_flagged(copied_whole_pack: CopiedPack) -> None:
    assert set(unknown_groups.register(copied_whole_pack.open(), LATEST).frame["overdue"]) == {"no", "yes"}
    listed_on = date.fromisoformat(copied_whole_pack.open().resource("data_gaps")["updated"])
    copied_whole_pack.change(
        "data_gaps", lambda rows: rows.assign(due=rows["due"].where(rows["due"] == "", str(listed_on)))
    )
    found = unknown_groups.register(copied_whole_pack.open(), LATEST)
    assert set(found.frame["overdue"]) == {"no"}
    assert "past the agreed date" not in found.sentence
