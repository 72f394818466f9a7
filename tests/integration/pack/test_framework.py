"""The register against the Framework's own counts, and how filters are read from an address."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash import wording
from svdash.findings.indicators import indicator_trends
from svdash.register import ALL, FILTERS, NONE, Framework, View
from svdash.tables import Pack, split
from svdash.years import period_end, year_end, year_of, year_start

KINDS = ("day-one", "aspiration", "practice")
# Counted in the Framework, section by section: Day One Commitments, aspirations, existing good practices.
COUNTED = {
    "EMP": (9, 9, 11),
    "COM": (11, 6, 7),
    "INV": (8, 8, 5),
    "SER": (10, 14, 14),
    "CIV": (2, 3, 7),
    "MAY": (2, 0, 0),
    "CEX": (3, 0, 0),
    "AUT": (0, 0, 0),
}
# Promises for the whole authority that the Framework makes outside its lists, in its order.
OUTSIDE_THE_LISTS = {"AUT-W1": "Annual Review", "AUT-W2": "forum", "AUT-W3": "Year One Review"}
# What the Framework's own words hold back or add, row by row: a title or a summary that lost it would promise
# more, or less, than was promised.
QUALIFIED = {
    "EMP-D2": ("aim",),
    "EMP-A1": ("contribute",),
    "EMP-A2": ("seek",),
    "EMP-A3": ("seek",),
    "EMP-A4": ("seek",),
    "EMP-A8": ("seek",),
    "EMP-P2": ("works with",),
    "COM-D1": ("core",),
    "COM-D6": ("begin", "continually improve"),
    "COM-D9": ("key",),
    "COM-D10": ("ask", "identify"),
    "COM-A1": ("identify",),
    "COM-A3": ("contract ready", "able to compete", "design"),
    "COM-A4": ("towards",),
    "COM-A5": ("towards",),
    "COM-P7": ("fuel poverty", "health", "energy efficiency"),
    "INV-D6": ("continually improve",),
    "INV-P2": ("helped",),
    "SER-D10": ("carry out",),
    "COM-S1": ("percentage",),
    "COM-S2": ("directly",),
    "INV-S1": ("selected", "best in class", "where it can do more"),
    "INV-S3": ("actively", "other contracted activities"),
    "SER-S1": ("vulnerable", "tailored support", "social, digital and economic inclusion"),
    "SER-S2": ("aim",),
}
ROLES = ("employer", "commissioner", "investor", "service-provider", "civic-leader")


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """Keep what was worked out from test to test: these read the embedded pack, and the gate takes seconds over it."""


@pytest.fixture(scope="module")
def framework(pack: Pack) -> Framework:
    return Framework.of(pack)


def test_the_register_holds_45_day_one_commitments_40_aspirations_and_44_practices(
    framework: Framework,
) -> None:
    kinds = framework.commitments["kind"].value_counts()
    assert [kinds[kind] for kind in KINDS] == [45, 40, 44]


@pytest.mark.parametrize("section", COUNTED)
def test_each_section_holds_as_many_rows_as_the_framework_prints(framework: Framework, section: str) -> None:
    rows = framework.commitments[framework.commitments["section"] == section]
    assert tuple(int((rows["kind"] == kind).sum()) for kind in KINDS) == COUNTED[section]


def test_promises_outside_the_lists_are_counted_apart_and_hold_for_every_role(framework: Framework) -> None:
    rows = framework.commitments
    apart = rows[rows["kind"] == "whole-authority"]
    assert list(apart["id"]) == list(OUTSIDE_THE_LISTS) == list(rows.loc[rows["section"] == "AUT", "id"])
    for title, name in zip(apart["title"], OUTSIDE_THE_LISTS.values(), strict=True):
        assert name in title
    assert [split(roles) for roles in apart["roles"]] == [ROLES] * len(apart)
    assert set(framework.filters.commitments_of("investor")) >= set(OUTSIDE_THE_LISTS)


def test_the_year_one_review_is_due_on_the_last_day_of_its_year(pack: Pack) -> None:
    rows = pack.table("commitments").set_index("id")
    assert rows.loc["AUT-W3", "due"].date() == year_end("2022/23")


@pytest.mark.parametrize("row", QUALIFIED)
def test_a_row_keeps_the_words_by_which_the_framework_holds_back(pack: Pack, row: str) -> None:
    rows = pd.concat([pack.table("commitments"), pack.table("measures")]).set_index("id")
    told = f"{rows.loc[row, 'title']} {rows.loc[row, 'summary']}".casefold()
    assert [words for words in QUALIFIED[row] if words not in told] == []


def test_the_framework_names_no_kind_of_evidence_for_any_commitment(pack: Pack) -> None:
    assert pack.table("commitments")["evidence_type"].isna().all()


def test_guidance_and_what_commitments_are_filed_under_say_that_they_are_ours(
    framework: Framework,
) -> None:
    assert {each.title.endswith("(our reading)") for each in framework.groupings} == {True}
    assert {title.endswith("(our suggestion)") for title in framework.guidance.values()} == {True}
    assert framework.title("commitments", "related").endswith("(our reading)")


@pytest.mark.parametrize("indicator", ["INV-I6", "INV-I7"])
def test_what_the_framework_asks_for_without_saying_how_is_a_proposal_without_a_figure(
    pack: Pack, framework: Framework, indicator: str
) -> None:
    about = framework.indicators.loc[indicator]
    assert about["proposed"]
    assert not about["lead"]
    assert pd.isna(about["target"])
    found = indicator_trends.board(pack, View(role="investor")).frame.set_index("indicator")
    assert found.loc[indicator, "verdict_label"] == wording.VERDICT["no-agreed-measure"]
    assert found.loc["INV-I5", "verdict_label"] == wording.VERDICT["no-data"]


def test_rows_are_numbered_without_gaps_and_their_identifiers_say_section_kind_and_number(
    framework: Framework,
) -> None:
    rows = framework.commitments
    for (section, kind), part in rows.groupby(["section", "kind"]):
        letter = {"day-one": "D", "aspiration": "A", "practice": "P", "whole-authority": "W"}[str(kind)]
        assert list(part["number"]) == list(range(1, len(part) + 1))
        assert list(part["id"]) == [f"{section}-{letter}{number}" for number in part["number"]]


def test_the_seventeen_success_measures_stand_under_their_roles(framework: Framework) -> None:
    found = framework.measures["role"].value_counts()
    assert [int(found[role]) for role in ROLES] == [5, 2, 3, 2, 5]


def test_every_success_measure_has_one_leading_indicator_of_its_own_role(framework: Framework) -> None:
    leads = framework.indicators[framework.indicators["lead"]]
    assert sorted(leads["measure"]) == sorted(framework.measures["id"])
    role_of = framework.measures.set_index("id")["role"]
    assert list(leads["role"]) == [role_of[measure] for measure in leads["measure"]]


def test_the_mayors_commitments_filter_under_civic_leader_alone(framework: Framework) -> None:
    rows = framework.commitments[framework.commitments["section"] == "MAY"]
    assert [split(roles) for roles in rows["roles"]] == [("civic-leader",), ("civic-leader",)]


@pytest.mark.parametrize("role", ROLES)
def test_the_chief_executives_three_filter_under_every_role(framework: Framework, role: str) -> None:
    assert {"CEX-D1", "CEX-D2", "CEX-D3"} <= set(framework.filters.commitments_of(role))


def test_only_four_day_one_commitments_carry_a_number_or_a_date(pack: Pack) -> None:
    rows = pack.table("commitments")
    rows = rows[rows["kind"] == "day-one"]
    assert set(rows.loc[rows["due"].notna() | rows["test_of_done"].notna(), "id"]) == {
        "EMP-D2",
        "COM-D1",
        "COM-D3",
        "COM-D10",
    }


def test_what_a_plan_fills_in_is_never_said_to_be_the_frameworks(pack: Pack, framework: Framework) -> None:
    own = pack.table("commitments").set_index("id")
    plans = pack.table("plans").set_index("commitment")
    rows = framework.commitments.set_index("id")
    for column in ("due", "test_of_done", "evidence_type"):
        by_plan = rows.index[rows[f"{column}_from"] == "plan"]
        assert own.loc[by_plan, column].isna().all()
        assert list(rows.loc[by_plan, column]) == list(plans.loc[by_plan, column])
        assert rows.loc[rows[f"{column}_from"] == "", column].isna().all()
        by_framework = rows.index[rows[f"{column}_from"] == "framework"]
        assert list(rows.loc[by_framework, column]) == list(own.loc[by_framework, column])


def test_titles_are_short_and_tell_the_rows_of_a_section_apart(framework: Framework) -> None:
    for table, section in ((framework.commitments, "section"), (framework.measures, "role")):
        assert table["title"].str.len().between(8, 80).all()
        folded = table.assign(title=table["title"].str.casefold())
        assert not folded.duplicated([section, "title"]).any()
        assert (table["title"] != table["summary"]).all()


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 3, 31), "2023/24"),
        (date(2024, 4, 1), "2024/25"),
        (date(2024, 12, 31), "2024/25"),
        (date(2025, 1, 1), "2024/25"),
        (date(2099, 4, 1), "2099/00"),
        (date(2000, 3, 31), "1999/00"),
    ],
)
def test_a_day_belongs_to_the_financial_year_that_holds_it(day: date, year: str) -> None:
    assert year_of(day) == year


@given(st.dates(date(1990, 1, 1), date(2098, 12, 31)))
def test_a_financial_year_holds_every_one_of_its_days(day: date) -> None:
    assert year_start(year_of(day)) <= day <= year_end(year_of(day))


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("2025/26", date(2026, 3, 31)),
        ("2025/26 Q1", date(2025, 6, 30)),
        ("2025/26 Q2", date(2025, 9, 30)),
        ("2025/26 Q3", date(2025, 12, 31)),
        ("2025/26 Q4", date(2026, 3, 31)),
        ("2025/26 H1", date(2025, 9, 30)),
        ("2025/26 H2", date(2026, 3, 31)),
    ],
)
def test_a_period_ends_on_its_last_day(period: str, last: date) -> None:
    assert period_end(period) == last


def test_every_figure_belongs_to_the_year_that_holds_its_date(pack: Pack) -> None:
    for table in ("observations_published", "observations_illustrative"):
        rows = pack.table(table)
        assert list(rows["year"]) == [year_of(day.date()) for day in rows["as_at"]]
        assert list(rows["year"]) == [period[:7] for period in rows["period"]]


def test_the_default_year_is_the_latest_complete_one_compared_with_the_one_before(
    framework: Framework,
) -> None:
    year = framework.calendar.default_year
    whole = [y for y in framework.calendar.years if year_end(y) <= framework.calendar.until]
    assert year == max(whole)
    before = max(y for y in framework.calendar.years if y < year)
    assert framework.filters.default_view() == View(year=year, compare=before, vintage="2019")


def test_a_year_that_the_data_do_not_reach_the_end_of_is_a_part_year(framework: Framework) -> None:
    assert framework.calendar.is_part("2026/27")
    assert not framework.calendar.is_part(framework.calendar.default_year)
    assert framework.calendar.as_at("2026/27") == framework.calendar.until < year_end("2026/27")


def test_an_address_without_filters_gives_the_default_view(framework: Framework) -> None:
    assert framework.filters.read({}) == (framework.filters.default_view(), [])


def test_another_year_is_compared_with_the_year_before_it_unless_said_otherwise(framework: Framework) -> None:
    view, ignored = framework.filters.read({"year": "2024/25"})
    assert (view.compare, ignored) == ("2023/24", [])
    oldest = framework.calendar.years[0]
    assert framework.filters.read({"year": oldest}) == (View(year=oldest, compare=NONE, vintage="2019"), [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "landlord"),
        ("role", "Employer"),
        ("commitment", "EMP-D99"),
        ("year", "2024"),
        ("year", "2024-25"),
        ("compare", ALL),
    ],
)
def test_an_unknown_value_is_named_and_falls_back_to_the_default(
    framework: Framework, name: str, value: str
) -> None:
    view, ignored = framework.filters.read({name: value})
    assert view == framework.filters.default_view()
    assert [(part.name, part.value) for part in ignored] == [(name, value)]


@pytest.mark.parametrize("name", ["role", "year", "compare"])
def test_an_unknown_value_is_answered_with_all_that_is_allowed(framework: Framework, name: str) -> None:
    _, ignored = framework.filters.read({name: "?"})
    assert all(choice in ignored[0].reason for choice in framework.filters.choices(name))


def test_an_unknown_commitment_is_answered_with_what_identifiers_look_like(framework: Framework) -> None:
    _, ignored = framework.filters.read({"commitment": "?"})
    assert any(known in ignored[0].reason for known in framework.commitments["id"])


def test_a_commitment_outside_the_chosen_role_is_dropped_and_named(framework: Framework) -> None:
    view, ignored = framework.filters.read({"role": "investor", "commitment": "EMP-D1"})
    assert (view.role, view.commitment) == ("investor", ALL)
    assert [(part.name, part.value) for part in ignored] == [("commitment", "EMP-D1")]


def test_a_year_is_not_compared_with_itself(framework: Framework) -> None:
    view, ignored = framework.filters.read({"year": "2024/25", "compare": "2024/25"})
    assert (view.year, view.compare) == ("2024/25", NONE)
    assert [(part.name, part.value) for part in ignored] == [("compare", "2024/25")]


def test_every_unusable_part_of_an_address_is_named_at_once(framework: Framework) -> None:
    _, ignored = framework.filters.read(dict.fromkeys(FILTERS, "?"))
    assert [part.name for part in ignored] == list(FILTERS)


@given(data=st.data())
def test_a_view_written_to_an_address_and_read_again_is_the_same_view(
    data: st.DataObject, framework: Framework
) -> None:
    role = data.draw(st.sampled_from(framework.filters.choices("role")))
    commitment = data.draw(st.sampled_from(framework.filters.commitments_of(role)))
    year = data.draw(st.sampled_from(framework.filters.choices("year")))
    compare = data.draw(
        st.sampled_from(
            [y for y in framework.filters.choices("compare") if y == NONE or year == ALL or y < year]
        )
    )
    view = View(role, commitment, year, compare)
    assert framework.filters.read(view.params()) == (view, [])


@given(data=st.data())
def test_whatever_an_address_holds_the_view_read_from_it_is_one_that_can_be_chosen(
    data: st.DataObject, framework: Framework
) -> None:
    anything = st.text(max_size=12)
    given_ = {
        name: data.draw(st.one_of(anything, st.sampled_from(framework.filters.choices(name))))
        for name in FILTERS
    }
    view, ignored = framework.filters.read(given_)
    assert all(view.params()[name] in framework.filters.choices(name) for name in FILTERS)
    assert view.commitment in framework.filters.commitments_of(view.role)
    assert view.compare == NONE or view.year == ALL or view.compare < view.year
    kept = {name for name in FILTERS if view.params()[name] == given_[name]}
    assert kept | {part.name for part in ignored} == set(FILTERS)
    assert framework.filters.read(view.params()) == (view, [])
