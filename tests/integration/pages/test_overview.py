"""The overview in one screen: its cards, the questions that need a decision, and the position that it opens on."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pandas as pd
import pytest

from svdash.findings import overview_cards
from svdash.findings.equality import equality_summary
from svdash.findings.overview_cards import Card
from svdash.findings.progress import commitment_status, decisions, headline_tiles, promises
from svdash.findings.progress.delivery import changed
from svdash.maps import small_map
from svdash.register import ALL, DELIVERY_ORDER, NONE, Framework, View
from svdash.show.kit import addresses
from svdash.tables import Pack
from tests.opened_pages import opened

NOW = View(year="2026/27", compare="2025/26")
VIEWS = (NOW, View(year="2024/25", compare="2023/24"), View(year=ALL), View(role="employer", year="2025/26"))


def a_row(**cells: Any) -> dict[str, Any]:
    """A commitment as the lists read it: in time, green, limited, with all that verifies it."""
    usual = {"id": "COM-D5", "reported_delivery": "limited", "delivery": "limited", "confidence": "green"}
    return {**usual, "missing": "", "overdue": False, "due": pd.Timestamp("2027-03-31"), **cells}


# -- which list ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "slipped", "wanted"),
    [
        (a_row(), False, ""),
        (a_row(confidence="amber"), False, ""),
        (a_row(confidence="red"), False, decisions.RED),
        (a_row(), True, decisions.RED),
        (a_row(overdue=True), False, decisions.LATE),
        (a_row(overdue=True, confidence="red"), True, decisions.LATE),
        (a_row(overdue=True, missing="a date"), False, decisions.LATE),
        (a_row(reported_delivery="complete", missing="evidence"), False, decisions.UNPROVEN),
        (a_row(reported_delivery="complete", missing="evidence", overdue=True), True, decisions.UNPROVEN),
        (a_row(reported_delivery="complete", delivery="complete"), False, ""),
    ],
)
def test_a_commitment_stands_in_one_list_papers_first_then_what_is_late(
    row: dict[str, Any], slipped: bool, wanted: str
) -> None:
    assert decisions.list_of(row, slipped=slipped) == wanted


@pytest.mark.parametrize("view", VIEWS)
def test_all_that_is_overdue_is_late_or_waits_for_proof_and_nothing_stands_twice(
    pack: Pack, view: View
) -> None:
    rows = decisions.attention(pack, view).frame
    assert not rows["id"].duplicated().any()
    standing = commitment_status.select(pack, view)
    overdue = set(standing.loc[standing["overdue"], "id"])
    assert overdue == set(rows.loc[rows["days_late"].notna(), "id"])
    assert set(rows.loc[rows["list"] == decisions.LATE, "id"]) <= overdue
    lists = [set(decisions.attention(pack, view, name).frame["id"]) for name in decisions.LISTS]
    assert set().union(*lists) == set(rows["id"])
    assert sum(map(len, lists)) == len(rows)


def test_days_late_are_the_days_between_the_date_and_the_day_looked_at(pack: Pack) -> None:
    rows = decisions.attention(pack, NOW).frame.set_index("id")
    assert rows.loc["EMP-D7", "days_late"] == (date(2026, 9, 30) - date(2025, 3, 31)).days
    # Due on the very day: not late.
    assert "EMP-D5" not in rows.index


# -- which question --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_at", "month"),
    [
        (date(2026, 9, 30), "March 2027"),
        (date(2026, 12, 31), "March 2027"),
        (date(2027, 1, 1), "March 2028"),
        (date(2026, 3, 31), "March 2027"),
    ],
)
def test_a_new_date_is_the_end_of_the_first_year_that_leaves_three_months(as_at: date, month: str) -> None:
    assert decisions.new_date(as_at) == month


@pytest.mark.parametrize(
    ("row", "of", "slipped", "asked"),
    [
        (a_row(), decisions.LATE, False, "Extend COM-D5 to March 2027, or stop it?"),
        (
            a_row(delivery="not-started"),
            decisions.LATE,
            False,
            "Start COM-D5 and finish it by March 2027, or stop it?",
        ),
        (
            a_row(delivery="substantial"),
            decisions.LATE,
            False,
            "Give COM-D5 until March 2027 to finish, or close it as it is?",
        ),
        (
            a_row(delivery="substantial", confidence="red"),
            decisions.LATE,
            False,
            "Extend COM-D5 to March 2027, or stop it?",
        ),
        (a_row(confidence="red"), decisions.RED, True, "Re-scope COM-D5, or stop it?"),
        (
            a_row(confidence="red", due=pd.NaT),
            decisions.RED,
            False,
            "Re-scope COM-D5 and give it a date, or stop it?",
        ),
        (
            a_row(),
            decisions.RED,
            True,
            "Bring COM-D5 back to where it stood by March 2027, or accept that it slipped?",
        ),
        (
            a_row(missing="evidence"),
            decisions.UNPROVEN,
            False,
            "Where is the evidence for COM-D5? It is reported complete with none.",
        ),
        (
            a_row(missing="an evidence type, evidence"),
            decisions.UNPROVEN,
            False,
            "What proves COM-D5? Neither the Framework nor a plan gives an evidence type.",
        ),
    ],
)
def test_a_question_follows_from_where_a_commitment_stands(
    row: dict[str, Any], of: str, slipped: bool, asked: str
) -> None:
    assert decisions.question(row, of, "March 2027", slipped=slipped) == asked


@pytest.mark.parametrize("view", VIEWS)
def test_every_row_that_needs_a_decision_asks_a_question(pack: Pack, view: View) -> None:
    rows = decisions.attention(pack, view).frame
    needed = rows[rows["list"] != decisions.UNPROVEN]
    assert needed["question"].str.endswith("?").all()
    assert [code in asked for code, asked in zip(rows["id"], rows["question"], strict=True)] == [True] * len(
        rows
    )


@pytest.mark.parametrize(
    ("year", "compare", "kept"),
    [
        ("2025/26", "2024/25", "2024/25"),
        ("2025/26", "none", "none"),
        ("2025/26", "2025/26", "none"),
        ("2024/25", "2025/26", "none"),
        ("all", "2025/26", "2025/26"),
    ],
)
def test_a_view_keeps_a_compared_year_only_before_its_own(year: str, compare: str, kept: str) -> None:
    assert View(year=year, compare=compare).compare == kept
    assert View(year="2025/26", compare="2024/25").with_(year="2024/25").compare == "none"


def test_a_later_year_beside_an_earlier_one_makes_nothing_slip_or_move(pack: Pack) -> None:
    # Told the wrong way round, what moved forward would have slipped back.
    forward = changed(pack, View(year="2025/26", compare="2024/25")).frame
    assert forward["direction"].eq("forward").any()
    backward = View(year="2024/25", compare="2025/26")
    assert not decisions.attention(pack, backward).frame["why"].str.contains("slipped").any()
    assert overview_cards.board(pack, backward).cards[0].note == ""


def test_without_a_compared_year_nothing_has_slipped(pack: Pack) -> None:
    rows = decisions.attention(pack, NOW.with_(year="2024/25", compare=NONE)).frame
    assert not rows["why"].str.contains("slipped").any()


# -- promises --------------------------------------------------------------------------------------------


def test_every_promise_from_day_one_has_one_mark_most_complete_first(pack: Pack) -> None:
    found = promises.promises(pack, NOW)
    assert len(found.frame) == found.frame["id"].nunique() == 45
    order = found.frame["delivery"].map({code: n for n, code in enumerate(DELIVERY_ORDER)})
    assert order.groupby(found.frame["section"]).is_monotonic_increasing.all()
    overdue = found.frame["overdue"]
    assert found.frame.loc[overdue, "hover"].str.endswith("days overdue").all()
    assert not found.frame.loc[~overdue, "hover"].str.contains("overdue").any()


def test_an_aspiration_is_no_promise_from_day_one_and_the_card_says_so(pack: Pack) -> None:
    found = promises.promises(pack, NOW.with_(commitment="EMP-A6"))
    assert found.frame.empty
    assert found.empty


# -- cards -----------------------------------------------------------------------------------------------


def card(pack: Pack, name: str, view: View = NOW) -> Card:
    return next(each for each in overview_cards.board(pack, view).cards if each.name == name)


def test_figures_of_a_year_are_those_of_the_newest_whole_one_and_say_so(pack: Pack) -> None:
    for name in ("measures", "equality", "lands"):
        assert "2025/26" in card(pack, name).subtitle
        assert "2026/27" not in card(pack, name).subtitle
        assert "2024/25" in card(pack, name, View(year="2024/25", compare="2023/24")).subtitle


@pytest.mark.parametrize("view", VIEWS)
def test_a_card_counts_what_its_marks_show(pack: Pack, view: View) -> None:
    for row in card(pack, "promises", view).groups:
        complete = sum(line.mark == "complete" for line in row.lines)
        assert row.summary == f"{complete} of {len(row.lines)} complete"
    lines = [line for group in card(pack, "measures", view).groups for line in group.lines]
    better = sum(line.mark == overview_cards.BETTER for line in lines)
    told = card(pack, "measures", view).headline
    counts = re.fullmatch(r"(\d+|None) of (\d+) success measures improving, .*?(?:; (\d+) better.*)?", told)
    assert counts is not None
    moved = 0 if counts[1] == "None" else int(counts[1])
    assert (moved + int(counts[3] or 0), int(counts[2])) == (better, len(lines))
    lists = card(pack, "decisions", view).groups
    needed = sum(len(group.lines) for group in lists if group.name != decisions.UNPROVEN)
    asked = len(commitment_status.select(pack, view))
    assert card(pack, "decisions", view).headline.startswith(f"{needed or 'None'} of the {asked} commitments")


def test_marks_of_equality_are_the_verdicts_of_its_page(pack: Pack) -> None:
    found = card(pack, "equality")
    gaps = sum(line.mark == "gap" for group in found.groups for line in group.lines)
    assert found.headline.startswith(f"{gaps} of ")
    assert sum(len(group.lines) for group in found.groups) == len(found.finding.frame)


def test_before_the_first_report_no_number_of_nothing_is_shown(pack: Pack) -> None:
    before = View(year=Framework.of(pack).calendar.years[0])
    board = overview_cards.board(pack, before)
    assert board.title == (overview_cards.NOT_YET,)
    for each in board.cards[:2]:
        assert not re.search(r"\b(0|[Nn]o(ne)? decisions?)\b", each.headline)
        assert each.finding.empty
    numbers = [tile.number for tile in headline_tiles.tiles(pack, before) if "delivery" in tile.params]
    assert set(numbers) == {headline_tiles.NOTHING}
    # After the first report a number of none is one.
    assert card(pack, "decisions", NOW.with_(commitment="EMP-D1")).headline == "No decisions needed"


# -- the page --------------------------------------------------------------------------------------------


def drawn(**params: str) -> str:
    at = opened("overview", **params)
    assert [error.value for error in at.exception] == []
    assert not at.get("vega_lite_chart")
    return "\n".join(block.proto.body for block in at.get("html"))


def test_the_overview_opens_on_the_latest_position_and_its_links_carry_it_on(pack: Pack) -> None:
    calendar = Framework.of(pack).calendar
    told = drawn()
    assert calendar.is_part(calendar.latest_year)
    assert "part year, to 30 September 2026) · compared with 2025/26" in unescape(told)
    marks = re.findall(r'<a class="sv-mark" href="commitments\?([^"]*)"', told)
    assert len(marks) == 45
    # The register opens on the same position, pages of figures on another.
    assert all("year=" not in mark and "commitment=" in mark for mark in marks)
    filters = addresses.filters_of(Framework.of(pack), "commitments")
    assert filters.default_view().year == calendar.latest_year
    measures = re.findall(r'<a class="sv-measure" href="indicators\?([^"]*)"', told)
    assert measures
    assert all("year=2026%2F27" in measure for measure in measures)


def test_each_mark_says_what_it_stands_for_to_those_who_see_it_and_those_who_hear_it(pack: Pack) -> None:
    told = drawn()
    for row in promises.promises(pack, NOW).frame["hover"]:
        assert unescape(told).count(row) == 2


@pytest.mark.parametrize("part", ["decisions", "changes", "measures"])
def test_the_whole_lists_stand_behind_the_overview(part: str) -> None:
    at = opened("overview", part=part)
    assert [error.value for error in at.exception] == []
    told = "\n".join(block.proto.body for block in at.get("html"))
    assert 'class="sv-board"' not in told
    assert "<table>" in told


def test_the_small_map_is_a_few_kilobytes_and_names_every_district(pack: Pack) -> None:
    found = small_map.drawn(pack)
    assert found is not None
    assert len(found.svg) < 10_000
    assert all(name in found.description for name in Framework.of(pack).filters.districts.values())


# -- the years it opens on -------------------------------------------------------------------------------


def test_an_address_without_a_year_means_the_latest_position_only_where_the_page_opens_on_it(
    pack: Pack,
) -> None:
    filters = Framework.of(pack).filters
    assert filters.at_latest.read({})[0].year == "2026/27"
    assert filters.read({})[0].year == "2025/26"
    assert filters.at_latest.read({"year": "2024/25"}) == filters.read({"year": "2024/25"})


@pytest.mark.parametrize(
    ("year", "whole"),
    [("2026/27", "2025/26"), ("2025/26", "2025/26"), ("2023/24", "2023/24"), (ALL, "2025/26")],
)
def test_the_newest_whole_year_is_the_year_itself_unless_it_is_a_part(
    pack: Pack, year: str, whole: str
) -> None:
    assert Framework.of(pack).calendar.whole_year(year) == whole


def test_what_is_only_unproven_is_not_said_to_have_slipped_back(pack: Pack) -> None:
    rows = decisions.attention(pack, View(year="2025/26", compare=NONE)).frame
    unproven = rows.loc[(rows["list"] == decisions.UNPROVEN) & rows["days_late"].isna(), "id"]
    card = next(
        each
        for each in overview_cards.board(pack, View(year="2025/26", compare=NONE)).cards
        if each.name == "decisions"
    )
    said = {line.params["commitment"]: line.figure for group in card.groups for line in group.lines}
    assert len(unproven)
    assert {said[each] for each in unproven} == {"not proven"}
    assert "slipped back" not in said.values()


def test_where_no_comparison_can_be_made_the_grid_says_so_in_words(pack: Pack) -> None:
    found = equality_summary.summary(pack, View(year="2020/21"))
    assert re.fullmatch(r"No fair comparison can be made yet; \d+ not known", found.headline)
    assert "gap beyond chance" in equality_summary.summary(pack, View(year="2025/26")).headline


@pytest.mark.parametrize(
    ("year", "headline"),
    [
        ("2020/21", r"No success measure can be called better or worse yet"),
        ("2025/26", r"(\d+|None) of \d+ success measures improving, .*; \d+ better than the baseline"),
    ],
)
def test_no_measure_is_said_to_be_no_better_where_none_can_be_told(
    pack: Pack, year: str, headline: str
) -> None:
    cards = overview_cards.board(pack, View(year=year, compare=NONE)).cards
    card = next(each for each in cards if each.name == "measures")
    assert re.fullmatch(headline, card.headline)
    # A meeting shows the finding itself: the overview says of it what it says.
    assert card.headline == card.finding.headline


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "No commitment is"), (1, "The commitment is not"), (12, "None of the 12 commitments is")],
)
def test_what_holds_of_no_commitment_of_a_view_counts_them(number: int, said: str) -> None:
    assert commitment_status.none_of(number) == said
    rows = pd.DataFrame({"list": pd.Series(dtype="str")})
    assert decisions._headline(rows, ALL, number) == f"{said} late, red, slipped back or unproven"


@pytest.mark.parametrize(
    ("days", "lists", "expected"),
    [
        ([], [], "None of the 88 commitments is overdue."),
        ([None], ["red"], "None of the 88 commitments is overdue."),
        ([12.0, None], ["late", "red"], "Overdue: 1 of 88."),
        (
            [12.0, 30.0],
            ["late", decisions.UNPROVEN],
            "Overdue: 2 of 88. 1 needs a decision, 1 is reported complete and needs proof.",
        ),
        (
            [12.0, 30.0, 40.0, 50.0],
            ["late", "late", decisions.UNPROVEN, decisions.UNPROVEN],
            "Overdue: 4 of 88. 2 need a decision, 2 are reported complete and need proof.",
        ),
        (
            [30.0],
            [decisions.UNPROVEN],
            "Overdue: 1 of 88. 1 is reported complete and needs proof.",
        ),
    ],
)
def test_what_is_late_is_set_beside_all_that_is_overdue(
    days: list[float | None], lists: list[str], expected: str
) -> None:
    rows = pd.DataFrame({"days_late": pd.Series(days, dtype="float64"), "list": lists})
    assert decisions._sentence(rows, ALL, 88) == expected
    assert decisions._sentence(rows, decisions.UNPROVEN, 88) == ""


@pytest.mark.parametrize(
    ("lists", "asked", "card", "headline"),
    [
        (
            ["late", "red", "red"],
            88,
            "3 of the 88 commitments need a decision",
            ": 1 late, 2 red or slipped back",
        ),
        (
            ["late", decisions.UNPROVEN],
            88,
            "1 of the 88 commitments needs a decision",
            ": 1 late, none red or slipped back; 1 more not proven",
        ),
        ([decisions.UNPROVEN] * 2, 88, "None of the 88 commitments needs a decision", "; 2 not proven"),
        (["red"], 1, "1 decision needed", ": none late, 1 red or slipped back"),
        ([decisions.UNPROVEN], 1, "No decisions needed", "; 1 not proven"),
    ],
)
def test_decisions_are_counted_of_all_commitments_and_papers_apart(
    lists: list[str], asked: int, card: str, headline: str
) -> None:
    rows = pd.DataFrame({"list": lists})
    assert decisions.needed(rows, asked) == card
    assert decisions._headline(rows, ALL, asked) == f"{card}{headline}"


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ([("complete", "complete", False)], "None overdue."),
        ([("limited", "limited", True)], "1 overdue."),
        ([("substantial", "substantial", True)], "1 overdue and substantial."),
        (
            [("limited", "limited", True), ("complete", "substantial", True)],
            "2 overdue, 1 of them substantial. 1 reported complete stays substantial until proven.",
        ),
        (
            [("complete", "substantial", False)] * 2,
            "None overdue. 2 reported complete stay substantial until proven.",
        ),
    ],
)
def test_what_is_overdue_is_set_beside_what_is_substantial(
    standing: list[tuple[str, str, bool]], expected: str
) -> None:
    rows = pd.DataFrame(standing, columns=["reported_delivery", "delivery", "overdue"])
    assert promises._sentence(rows) == expected


@pytest.mark.parametrize(
    ("page", "year", "told"),
    [
        ("overview", "2025/26", True),
        ("overview", "2026/27", False),
        ("commitments", "2025/26", True),
        ("commitments", "", False),
        ("commitments", ALL, False),
        ("indicators", "2024/25", False),
    ],
)
def test_an_earlier_position_leads_on_to_the_latest_where_a_page_tells_positions(
    page: str, year: str, told: bool
) -> None:
    at = opened(page, **({"year": year} if year else {}))
    drawn = "\n".join(block.proto.body for block in at.get("html"))
    link = '<a href="?year=2026%2F27" target="_self">Latest: 30 September 2026</a>'
    assert (link in drawn) is told
