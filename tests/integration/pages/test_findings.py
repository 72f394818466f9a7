"""What the pages say, on the embedded pack and on copies of it that were changed on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd
import pytest

from svdash import wording
from svdash.caching import memory
from svdash.findings import Finding
from svdash.findings.indicators import indicator_series, indicator_trends
from svdash.findings.open_data import data_catalogue, open_tables
from svdash.findings.progress import commitment_register, commitment_status, headline_tiles
from svdash.findings.spec import Spec
from svdash.register import ALL, DELIVERY_ORDER, NONE, OBSERVATIONS, Framework, View
from svdash.tables import LinesError, Pack, open_pack, split
from svdash.years import period_end
from tests.attack import moved
from tests.conftest import IN_CI
from tests.copies import DATA, CopiedPack
from tests.damaged_packs import chosen_by

YEAR = View(year="2024/25", compare="2023/24")
LATEST = View(year="2025/26", compare="2024/25")
GATED_FROM_1_TO = 4


# -- one pack with a commitment for each story -------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """What is said of one commitment: its updates, and cells of the register and of the lead's plan."""

    updates: tuple[dict[str, str], ...] = ()
    row: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, str] | None = None


def update(period: str, delivery: str, **more: str) -> dict[str, str]:
    """One quarterly update with all that a good one has."""
    return {
        "year": period[:7],
        "period": period,
        "due_on": f"{period_end(period) + timedelta(days=21)}",
        "reported_on": f"{period_end(period) + timedelta(days=20)}",
        "delivery": delivery,
        "confidence": "green",
        "note": "Done as planned.",
        "evidence": "Cabinet paper 12",
        "evidence_date": f"{period_end(period)}",
        "next_step": "",
        "by": "Head of Procurement",
        **more,
    }


SOUND = {
    "lead": "Head of Procurement",
    "due": "2023-03-31",
    "test_of_done": "Every new contract carries a weighting",
    "evidence_type": "policy",
}
UNPROVED = {"evidence": "", "evidence_date": ""}
MISSING: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    **{name: ({name: ""}, {}) for name in SOUND},
    "evidence": ({}, UNPROVED),
}
DATES = [
    ("2025-03-30", "limited", True),
    ("2025-03-31", "limited", False),
    ("2025-04-01", "limited", False),
    ("2020-01-01", "complete", False),
    ("2020-01-01", "substantial", True),
    ("", "limited", False),
]
MOVES = [
    ("limited", "substantial", "forward"),
    ("not-started", "complete", "forward"),
    ("no-evidence", "not-started", "forward"),
    ("complete", "substantial", "back"),
    ("substantial", "no-evidence", "back"),
]
PLAN = {"due": "2024-12-31", "test_of_done": "A report", "evidence_type": "report"}
DAYS_LATE = {"2024/25 Q1": 0, "2024/25 Q2": 1, "2024/25 Q3": 40}
STORIES: dict[str, Story] = {
    "sound": Story((update("2024/25 Q3", "complete"),)),
    **{
        f"without {what}": Story(
            (update("2023/24 Q3", "limited"), update("2024/25 Q3", "complete", **cells)), row
        )
        for what, (row, cells) in MISSING.items()
    },
    "without anything": Story((update("2024/25 Q3", "complete", **UNPROVED),), dict.fromkeys(SOUND, "")),
    "planned": Story((update("2024/25 Q3", "complete"),), dict.fromkeys(PLAN, ""), PLAN),
    "planned otherwise": Story((update("2024/25 Q3", "limited"),), {}, {**PLAN, "due": "2030-12-31"}),
    "silent": Story(),
    "growing": Story(
        (
            update("2023/24 Q4", "limited"),
            update("2024/25 Q4", "substantial"),
            update("2025/26 Q1", "complete"),
        )
    ),
    **{
        f"due {due or 'never'}, {delivery}": Story((update("2024/25 Q4", delivery),), {"due": due})
        for due, delivery, _ in DATES
    },
    "late": Story((update("2024/25 Q4", "complete", **UNPROVED),)),
    **{
        f"{before} to {after}": Story((update("2023/24 Q4", before), update("2024/25 Q4", after)))
        for before, after, _ in MOVES
    },
    "still": Story((update("2023/24 Q4", "limited"), update("2024/25 Q4", "limited"))),
    "tardy": Story(
        tuple(
            update(quarter, "limited", reported_on=f"{period_end(quarter) + timedelta(days=21 + days)}")
            for quarter, days in DAYS_LATE.items()
        )
    ),
}


@dataclass(frozen=True)
class Told:
    """The pack of all stories, and whose story is told by which commitment."""

    pack: Pack
    who: Mapping[str, str]

    def stands(self, story: str, view: View = YEAR) -> pd.Series:
        """Return where the commitment of a story stands."""
        return commitment_status.status_by_commitment(self.pack, view).set_index("id").loc[self.who[story]]

    def only(self, story: str) -> View:
        """Return the view of one commitment."""
        return YEAR.with_(commitment=self.who[story])

    def listed(self, story: str, delivery: str) -> bool:
        """Return whether the register lists the commitment under a delivery."""
        return self.who[story] in set(ask(self.pack, YEAR, "commitments", delivery=delivery).frame["id"])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    copied = CopiedPack.into(tmp_path_factory.mktemp("stories") / "pack")
    rows = copied.rows("commitments")
    free = rows.loc[rows["kind"] == "day-one", "id"]
    assert len(free) >= len(STORIES)
    who = dict(zip(STORIES, free, strict=False))

    def edit_register(rows: pd.DataFrame) -> pd.DataFrame:
        for name, story in STORIES.items():
            for column, value in {**SOUND, **story.row}.items():
                rows.loc[rows["id"] == who[name], column] = value
        return rows

    def edit_updates(rows: pd.DataFrame) -> pd.DataFrame:
        own = [{"commitment": who[name], **each} for name, story in STORIES.items() for each in story.updates]
        return pd.DataFrame(own, columns=rows.columns)

    def edit_plans(rows: pd.DataFrame) -> pd.DataFrame:
        own = [
            {"commitment": who[name], "agreed_on": "2022-10-01", **story.plan}
            for name, story in STORIES.items()
            if story.plan is not None
        ]
        return pd.DataFrame(own, columns=rows.columns)

    copied.change("commitments", edit_register)
    copied.change("updates", edit_updates)
    copied.change("plans", edit_plans)
    pack = copied.open()
    assert pack.faults == ()
    return Told(pack, who)


def ask(pack: Pack, view: View, name: str, **own: str) -> Finding:
    """Ask for a table by the name it is served under."""
    table = next(t for t in open_tables.every_table(pack) if t.name == name)
    return table.build(
        pack, view, {**{n: about.default or "" for n, about in table.parameters.items()}, **own}
    )


# -- the verifiability gate ------------------------------------------------------------------------------


def test_what_is_complete_with_test_date_owner_and_evidence_is_shown_complete(told: Told) -> None:
    found = told.stands("sound")
    assert (found["delivery"], found["confidence"], found["missing"]) == ("complete", "green", "")
    assert told.listed("sound", "complete")
    assert not told.listed("sound", "unverified")


@pytest.mark.parametrize("what", MISSING)
def test_what_cannot_be_verified_is_shown_neither_complete_nor_green(told: Told, what: str) -> None:
    story = f"without {what}"
    found = told.stands(story)
    assert found["delivery"] != "complete"
    assert found["reported_delivery"] == "complete"
    assert pd.isna(found["confidence"])
    assert not told.listed(story, "complete")
    assert told.listed(story, "unverified")
    lines = ask(told.pack, YEAR, "commitments").export().set_index("id")
    assert wording.DELIVERY["complete"] not in set(lines.loc[told.who[story]])
    shown = commitment_register.detail(told.pack, YEAR, told.who[story]).row
    assert shown["delivery_label"] != wording.DELIVERY["complete"]


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_to_verify_it_is_said(told: Told, what: str) -> None:
    words = {**commitment_status.REQUIRED, "evidence": "evidence"}
    assert told.stands(f"without {what}")["missing"] == words[what]
    assert (
        words[what]
        in ask(told.pack, told.only(f"without {what}"), "commitments")
        .export()
        .set_index("id")
        .loc[told.who[f"without {what}"], "missing"]
    )


@pytest.mark.parametrize("what", MISSING)
def test_what_cannot_be_verified_counts_nowhere_as_complete(told: Told, what: str) -> None:
    view = told.only(f"without {what}")
    counted = ask(told.pack, view, "standing").frame.set_index("delivery")["number"]
    assert counted["complete"] == 0
    assert wording.DELIVERY["complete"] not in set(ask(told.pack, view, "changes").frame["after"])
    done, unproved = tile(told.pack, view, "complete"), tile(told.pack, view, "unverified")
    assert (done.number, unproved.number) == ("0", "1")


def test_everything_that_is_missing_is_said_at_once(told: Told) -> None:
    said = told.stands("without anything")["missing"]
    assert all(words in said for words in [*commitment_status.REQUIRED.values(), "evidence"])


def test_a_leads_plan_stands_in_for_what_the_framework_does_not_give(told: Told) -> None:
    found = told.stands("planned")
    assert (found["delivery"], found["missing"], found["due_from"]) == ("complete", "", "plan")


def test_a_plan_does_not_move_a_date_that_the_framework_gives(told: Told) -> None:
    found = told.stands("planned otherwise")
    assert (f"{found['due']:%Y-%m-%d}", found["due_from"], found["overdue"]) == (
        "2023-03-31",
        "framework",
        True,
    )


def test_a_commitment_nobody_reported_on_has_no_evidence(told: Told) -> None:
    assert told.stands("silent")["delivery"] == "no-evidence"
    assert told.listed("silent", "no-evidence")
    assert ask(told.pack, YEAR, "updates", of=told.who["silent"]).empty


def test_updates_after_the_chosen_year_are_not_known_yet(told: Told) -> None:
    years = ("2023/24", "2024/25", "2025/26", ALL)
    seen = [told.stands("growing", View(year=year))["delivery"] for year in years]
    assert seen == ["limited", "substantial", "complete", "complete"]
    history = ask(told.pack, YEAR, "updates", of=told.who["growing"]).frame
    assert list(history["period"]) == ["2024/25 Q4", "2023/24 Q4"]


def test_late_updates_say_how_many_days_they_were_late(told: Told) -> None:
    said = ask(told.pack, YEAR, "updates", of=told.who["tardy"]).frame.set_index("period")["timely"]
    assert [re.findall(r"\d+", said[quarter]) for quarter in DAYS_LATE] == [[], ["1"], ["40"]]


# -- overdue ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("due", "delivery", "late"), DATES)
def test_overdue_is_what_is_past_its_date_and_not_complete(
    told: Told, due: str, delivery: str, *, late: bool
) -> None:
    story = f"due {due or 'never'}, {delivery}"
    assert bool(told.stands(story)["overdue"]) is late
    assert told.listed(story, "overdue") is late
    owners = ask(told.pack, told.only(story), "overdue")
    assert (told.who[story] in " ".join(owners.frame["ids"])) is late
    assert bool(owners.empty) is not late


def test_what_was_reported_complete_but_cannot_be_verified_stays_overdue(told: Told) -> None:
    assert told.stands("late")["overdue"]


def test_practices_are_never_overdue_nor_counted_as_commitments(pack: Pack) -> None:
    rows = commitment_status.status_by_commitment(pack, View())
    practices = rows[rows["kind"] == "practice"]
    assert not practices["overdue"].any()
    assert practices["delivery"].isna().all()
    assert set(commitment_status.select(pack, View())["kind"]) == {"day-one", "aspiration", "whole-authority"}


def test_owners_of_overdue_commitments_add_up(pack: Pack) -> None:
    found = ask(pack, LATEST, "overdue").frame
    late = commitment_status.select(pack, LATEST)["overdue"].sum()
    assert found["number"].sum() == late > 0
    listed = ask(pack, LATEST, "commitments", delivery="overdue").frame["id"].unique()
    assert sorted(", ".join(found["ids"]).split(", ")) == sorted(listed)


# -- what changed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after", "direction"), MOVES)
def test_what_moved_says_from_where_and_which_way(
    told: Told, before: str, after: str, direction: str
) -> None:
    story = f"{before} to {after}"
    line = ask(told.pack, told.only(story), "changes").frame.set_index("id").loc[told.who[story]]
    assert (line["before"], line["after"]) == (wording.DELIVERY[before], wording.DELIVERY[after])
    assert line["direction"] == direction


def test_what_slipped_back_or_is_overdue_needs_a_decision(told: Told) -> None:
    listed = set(ask(told.pack, YEAR, "attention").frame["id"])
    late = set(ask(told.pack, YEAR, "commitments", delivery="overdue").frame["id"])
    slipped = {told.who[f"{before} to {after}"] for before, after, direction in MOVES if direction == "back"}
    assert late | slipped <= listed
    assert told.who["sound"] not in listed


def test_what_stands_where_it_stood_is_not_listed_as_moved(told: Told) -> None:
    found = ask(told.pack, told.only("still"), "changes")
    assert found.frame.empty
    assert found.empty


def test_without_a_year_to_compare_with_nothing_is_said_to_have_moved(pack: Pack) -> None:
    found = ask(pack, View(year="2024/25", compare=NONE), "changes")
    assert found.empty
    assert found.frame.empty


def test_what_is_listed_as_moved_is_all_that_stands_elsewhere(pack: Pack) -> None:
    moved = set(ask(pack, YEAR, "changes").frame["id"])
    then, now = (
        commitment_status.select(pack, View(year=y)).set_index("id")["delivery"]
        for y in ("2023/24", "2024/25")
    )
    assert moved == set(now.index[now != then])
    assert moved


# -- the register ----------------------------------------------------------------------------------------

GROUPED = {
    "role": "roles",
    "vision": "vision",
    "objective": "objectives",
    "marmot_2010": "marmot_2010",
    "marmot_2022": "marmot_2022",
    "theme": "themes",
    "question": "questions",
}


def test_every_way_of_grouping_is_tested(pack: Pack) -> None:
    assert set(GROUPED) == set(commitment_register.groups(pack))


@pytest.mark.parametrize("group", GROUPED)
def test_a_row_of_the_register_stands_under_each_of_its_groups(pack: Pack, group: str) -> None:
    framework = Framework.of(pack)
    found = ask(pack, View(), "commitments", group=group).frame
    stood = set(
        found.loc[found["group"].isin(framework.vocabulary.labels(group)), ["id", "group"]].itertuples(
            index=False, name=None
        )
    )
    rows = framework.commitments
    wanted = {
        (i, code) for i, codes in zip(rows["id"], rows[GROUPED[group]], strict=True) for code in split(codes)
    }
    assert stood == wanted


@pytest.mark.parametrize("group", GROUPED)
def test_no_row_is_lost_because_it_belongs_to_no_group(pack: Pack, group: str) -> None:
    found = ask(pack, View(), "commitments", group=group)
    assert set(found.frame["id"]) == set(Framework.of(pack).commitments["id"])


@pytest.mark.parametrize("group", GROUPED)
@pytest.mark.parametrize("role", [ALL, "investor", "civic-leader"])
def test_the_register_says_how_many_rows_it_shows(pack: Pack, role: str, group: str) -> None:
    found = ask(pack, View(role=role), "commitments", group=group)
    told = int(re.findall(r"\d+", found.headline)[0])
    assert told == found.frame["id"].nunique()


@pytest.mark.parametrize("role", ["employer", "commissioner", "investor", "service-provider", "civic-leader"])
def test_grouped_by_role_a_chosen_role_shows_no_other_one(pack: Pack, role: str) -> None:
    found = ask(pack, View(role=role), "commitments", group="role").frame
    assert set(found["group"]) == {role}
    assert found["id"].is_unique
    assert set(found["id"]) == set(Framework.of(pack).filters.commitments_of(role)) - {ALL}


@pytest.mark.parametrize(
    ("kind", "number"),
    [(ALL, 132), ("day-one", 45), ("aspiration", 40), ("practice", 44), ("whole-authority", 3)],
)
def test_the_register_can_be_cut_by_kind(pack: Pack, kind: str, number: int) -> None:
    assert ask(pack, View(), "commitments", kind=kind).frame["id"].nunique() == number


def test_deliveries_divide_the_commitments_among_them(pack: Pack) -> None:
    parts = [set(ask(pack, View(), "commitments", delivery=code).frame["id"]) for code in DELIVERY_ORDER]
    assert sum(len(part) for part in parts) == len(set().union(*parts)) == 88


def test_the_numbers_on_where_things_stand_add_up_to_the_commitments(pack: Pack) -> None:
    frame = ask(pack, View(), "standing").frame
    assert frame.groupby("kind")["number"].sum().to_dict() == {
        "day-one": 45,
        "aspiration": 40,
        "whole-authority": 3,
    }
    assert (frame.groupby("kind")["number"].sum() == frame.groupby("kind")["of"].first()).all()


def tile(pack: Pack, view: View, delivery: str) -> headline_tiles.Tile:
    return next(t for t in headline_tiles.tiles(pack, view) if t.params.get("delivery") == delivery)


@pytest.mark.parametrize("delivery", ["overdue", "complete", "unverified"])
@pytest.mark.parametrize("role", [ALL, "employer", "investor"])
def test_a_number_on_the_overview_is_the_number_of_rows_behind_its_link(
    pack: Pack, role: str, delivery: str
) -> None:
    view = LATEST.with_(role=role)
    found = tile(pack, view, delivery)
    behind = ask(pack, view, "commitments", **found.params).frame["id"].nunique()
    assert int(found.number) == behind


# -- search ----------------------------------------------------------------------------------------------


def test_every_word_searched_for_must_occur_in_any_order_and_case(pack: Pack) -> None:
    title = Framework.of(pack).commitments.set_index("id")["title"]["EMP-D5"]
    first, *_, last = title.split()
    found = ask(pack, View(), "commitments", words=f"  {last.upper()}   {first.lower()} ").frame
    assert "EMP-D5" in set(found["id"])
    assert set(found["id"]) < set(ask(pack, View(), "commitments", words=first).frame["id"])


def test_a_search_by_identifier_finds_the_row(pack: Pack) -> None:
    assert "COM-D10" in set(ask(pack, View(), "commitments", words="com-d10").frame["id"])
    assert "COM-D10" in set(data_catalogue.search(pack, "com-d10")["id"])


@pytest.mark.parametrize("words", ["zzzz nothing", "(", ".*", "training zzzz", "\\", "[a-z]+"])
def test_a_search_without_a_hit_says_what_was_searched_for(pack: Pack, words: str) -> None:
    found = ask(pack, View(), "commitments", words=words)
    if words == "(":
        assert all("(" in " ".join(map(str, row)) for row in found.frame.itertuples(index=False))
        return
    assert found.frame.empty
    assert words in found.empty


def test_a_search_over_everything_finds_commitments_measures_and_indicators(pack: Pack) -> None:
    framework = Framework.of(pack)
    found = data_catalogue.search(pack, "training")
    assert set(found["kind"]) == {"commitment", "measure", "indicator"}
    others = found[found["kind"] != "commitment"]
    assert set(others["indicator"]) <= set(framework.indicators.index)
    assert set(found.loc[found["kind"] == "indicator", "id"]) == set(
        found.loc[found["kind"] == "indicator", "indicator"]
    )


# -- verdicts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [ALL, "employer", "commissioner", "investor", "service-provider", "civic-leader"]
)
def test_verdicts_of_success_measures_add_up_to_the_measures_of_the_role(pack: Pack, role: str) -> None:
    found = ask(pack, LATEST.with_(role=role), "measures")
    measures = Framework.of(pack).measures
    wanted = measures if role == ALL else measures[measures["role"] == role]
    assert list(found.frame["measure"]) == list(wanted["id"])
    assert sum(map(int, re.findall(r"\d+", indicator_trends.tally(list(found.frame["verdict"]))))) == len(
        wanted
    )
    assert set(found.frame["verdict"]) <= set(wording.VERDICT)


def test_verdicts_of_indicators_add_up_to_the_indicators(pack: Pack) -> None:
    found = ask(pack, LATEST, "indicators")
    assert list(found.frame["indicator"]) == list(pack.table("indicators")["id"])
    assert sum(map(int, re.findall(r"\d+", found.sentence.split(".")[0]))) == len(found.frame)


def test_where_the_framework_agreed_no_measure_none_is_claimed(pack: Pack) -> None:
    found = ask(pack, LATEST.with_(role="civic-leader"), "measures").frame
    assert len(found) == 5
    assert set(found["verdict"]) == {"no-agreed-measure"}


CHANGES = [
    ((100, 1000), (300, 1000), True),
    ((300, 1000), (100, 1000), True),
    ((100, 1000), (101, 1000), False),
    ((5, 20), (8, 20), False),
    # Newcombe's interval of this difference only just contains zero, and of the next only just doesn't.
    ((50, 100), (63, 100), False),
    ((50, 100), (65, 100), True),
]
# Shares without people in them, so that what is put in comes out as it is.
SHARES = ("COM-I1", "COM-I2", "COM-I3", "INV-I1", "INV-I2", "INV-I3")
PART, SILENT = "INV-I4", "SER-I5"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """A pack in which each case of CHANGES is an indicator, one has a part year, and one no figure."""
    copied = CopiedPack.into(tmp_path_factory.mktemp("measured") / "pack")

    def line(indicator: str, year: str, counts: tuple[int, int], as_at: str = "") -> dict[str, str]:
        return {
            "indicator": indicator,
            "year": year,
            "period": year,
            "as_at": as_at or f"{period_end(year)}",
            "organisation": "lcrca",
            "characteristic": ALL,
            "group": ALL,
            "numerator": str(counts[0]),
            "denominator": str(counts[1]),
            "source": "made up",
            "updated": "2026-11-12",
        }

    cases = zip(SHARES, CHANGES, strict=True)
    own = [
        line(i, y, counts)
        for i, (then, now, _) in cases
        for y, counts in (("2023/24", then), ("2024/25", now))
    ]
    own += [
        line(PART, "2024/25", (100, 1000)),
        line(PART, "2025/26", (110, 1000)),
        line(PART, "2026/27", (900, 1000), "2026-09-30"),
    ]
    kept = [*SHARES, PART, SILENT]
    copied.change("observations_published", lambda rows: rows[~rows["indicator"].isin(kept)])
    copied.change("observations_illustrative", lambda rows: pd.DataFrame(own, columns=rows.columns))
    pack = copied.open()
    assert pack.faults == ()
    return pack


def test_an_indicator_without_any_figure_is_said_to_have_none(measured: Pack) -> None:
    assert indicator_series.lead(measured, YEAR, SILENT).verdict == "no-data"
    found = ask(measured, YEAR, "indicator", indicator=SILENT)
    assert found.empty
    assert found.frame.empty
    assert found.chart is None or found.chart.empty
    line = ask(measured, YEAR, "measures").frame.set_index("measure").loc["SER-S2"]
    assert line["verdict"] == "no-data"


def test_a_count_of_organisations_is_told_and_is_a_figure_of_its_indicator(pack: Pack) -> None:
    told = ask(pack, LATEST, "observations").frame
    counts = told[told["unit"].eq("organisations")]
    assert len(counts)
    assert counts["value"].tolist() == counts["numerator"].astype("float64").tolist()
    board = ask(pack, LATEST, "indicators").frame.set_index("indicator")
    for indicator in counts["indicator"].unique():
        assert board.loc[indicator, "latest"] != "no figure", indicator
        assert board.loc[indicator, "points"] == int((counts["indicator"] == indicator).sum()), indicator


def compared(pack: Pack, view: View, indicator: str) -> str:
    return indicator_series.compared(indicator_series.lead(pack, view, indicator), view)


@pytest.mark.parametrize("case", range(len(CHANGES)))
def test_a_change_is_called_real_only_where_chance_does_not_explain_it(measured: Pack, case: int) -> None:
    then, now, real = CHANGES[case]
    told = compared(measured, YEAR, SHARES[case])
    assert ("more than chance" in told) is real
    assert ("could be chance" in told) is not real
    sign = "+" if now[0] > then[0] else wording.MINUS
    assert told.startswith(f"{sign}{abs(now[0] / now[1] - then[0] / then[1]) * 100:.1f}")


def test_a_figure_without_counts_is_compared_without_a_word_on_chance(pack: Pack) -> None:
    told = compared(pack, View(year="2023/24", compare="2022/23"), "EMP-I7")
    assert told.startswith(f"{wording.MINUS}4.3")
    assert "chance" not in told


@pytest.mark.parametrize("compare", [NONE, "2019/20", "2024/25"])
def test_without_an_earlier_figure_nothing_is_compared(measured: Pack, compare: str) -> None:
    assert not re.search(r"\d\.\d", compared(measured, View(year="2024/25", compare=compare), SHARES[0]))


def test_a_part_year_is_neither_the_latest_figure_nor_tested(measured: Pack) -> None:
    with_part, without = (indicator_series.lead(measured, View(year=year), PART) for year in (ALL, "2025/26"))
    assert list(with_part.rows["part"]) == [False, False, True]
    assert with_part.latest is not None
    assert (with_part.latest["period"], with_part.latest["value"]) == ("2025/26", 11.0)
    assert with_part.verdict == without.verdict


def test_the_status_of_a_figure_is_that_of_the_table_it_came_from(pack: Pack) -> None:
    found = ask(pack, View(), "observations").frame
    made_up = len(pack.table("observations_illustrative")) + len(staged(pack))
    assert (found["status"] == "illustrative").sum() == made_up
    assert set(found["status"]) == {"published", "illustrative"}
    assert "illustrative" in ask(pack, View(), "observations").statuses


def test_what_a_status_is_of_is_said_in_a_word_or_two_and_not_by_the_title_of_a_table(pack: Pack) -> None:
    titles = {str(pack.resource(name)["title"]) for name in pack.names}
    several = 0
    for table in open_tables.every_table(pack):
        for own in wanted(pack, table)[:1]:
            found = table.build(pack, View(year="2025/26", compare="2024/25"), own)
            several += len(found.sources) > 1
            assert set(found.sources) <= set(found.statuses), table.name
            for told in found.sources.values():
                assert titles.isdisjoint(told.split(", ")), (table.name, told)
    assert several


@pytest.mark.parametrize(
    "name", ["observations", "indicator", "commitments", "standing", "changes", "overdue", "updates"]
)
def test_illustrative_figures_carry_the_word_in_every_export(pack: Pack, name: str) -> None:
    table = next(t for t in open_tables.every_table(pack) if t.name == name)
    for own in wanted(pack, table):
        found = table.build(pack, View(year="2025/26", compare="2024/25"), own)
        rows = found.export()
        assert "status" in rows
        assert set(rows["status"]) <= {"official", "published", "illustrative"}
        if "illustrative" in found.statuses and len(rows) and name not in {"observations", "indicator"}:
            assert set(rows["status"]) == {"illustrative"}


# Findings that are drawn on pages: without rows they must say why.
SAY_WHY = {
    "commitments",
    "standing",
    "changes",
    "overdue",
    "measures",
    "indicators",
    "indicator",
    "updates",
    "areas",
    "deciles",
    "lands",
}


# -- nothing breaks where a table is empty ---------------------------------------------------------------


def wanted(pack: Pack, table: Spec) -> list[dict[str, str]]:
    """The parameters to ask a table with: its defaults, and the first two allowed values of what it needs."""
    defaults = {name: about.default or "" for name, about in table.parameters.items()}
    if not table.needs:
        return [defaults]
    allowed = [table.parameters[name].allowed for name in table.needs]
    values = [() if known is None else known(pack)[:2] for known in allowed]
    return [
        {**defaults, **dict(zip(table.needs, chosen, strict=True))} for chosen in zip(*values, strict=False)
    ]


def everything(
    pack: Pack, view: View, of_it: Callable[[str], bool] | None = None
) -> Iterator[tuple[str, Finding]]:
    """Every table that is served, or those of them that ``of_it`` says, in a view."""
    for table in open_tables.every_table(pack):
        if of_it is not None and not of_it(table.name):
            continue
        for own in wanted(pack, table):
            try:
                yield f"{table.name} {own}", table.build(pack, view, own)
            except LinesError:
                # Of lines that are not there nothing is told, so nothing may be told wrongly: but only of those.
                assert not all(pack.file(lines).is_file() for lines in pack.lines)


def builds_and_says_why_it_is_empty(name: str, found: Finding) -> None:
    assert found.headline, name
    assert list(found.export().columns)[: len(found.columns)] == list(found.columns), name
    assert found.empty or len(found.frame) or found.name not in SAY_WHY, name


def opens_without(copied: CopiedPack, table: str) -> Pack:
    """Take a table away, which is told."""
    copied.remove(table)
    pack = copied.open()
    # Lines are not read with the pack: their faults are told when it is checked, and where they are summed.
    assert table in {*pack.lines, *(fault.table for fault in pack.faults)}
    return pack


def tells_elsewhere(pack: Pack) -> None:
    """Ask for what pages tell beside their findings."""
    view = Framework.of(pack).filters.default_view()
    assert headline_tiles.tiles(pack, view)
    data_catalogue.search(pack, "training")
    for commitment in Framework.of(pack).commitments["id"].head(2):
        assert commitment_register.detail(pack, view, commitment).row["id"] == commitment


TABLES = open_pack(DATA).names
# A few tables a day at a desk, in CI the same ones at every run; the lane takes each of them away.
FEW_TABLES = chosen_by(20 if IN_CI else date.today().toordinal()).sample(TABLES, 3)  # noqa: DTZ011  as a desk's day


@pytest.mark.parametrize("table", FEW_TABLES)
def test_without_one_table_every_finding_still_builds_and_says_why_it_is_empty(
    copied_pack: CopiedPack, table: str
) -> None:
    # What reads nothing of the table is found in memory from the table before; the lane `exhaustive` works it out anew.
    pack = opens_without(copied_pack, table)
    tells_elsewhere(pack)
    view = Framework.of(pack).filters.default_view()
    for name, found in everything(
        pack, view, lambda name: not name.startswith("pack-") or name == f"pack-{table}"
    ):
        builds_and_says_why_it_is_empty(name, found)


@pytest.mark.exhaustive
@pytest.mark.parametrize("table", TABLES)
def test_without_one_table_every_finding_of_the_embedded_pack_is_worked_out_anew_and_says_why_it_is_empty(
    copied_whole_pack: CopiedPack, table: str
) -> None:
    memory.shared.clear()
    # Fewer figures, so that it is fast: what breaks without a table breaks with three indicators as well.
    copied_whole_pack.change(
        "observations_illustrative", lambda rows: rows[rows["indicator"].isin(["EMP-I5", "COM-I6", "CIV-I1"])]
    )
    copied_whole_pack.change(
        "recruitment", lambda rows: rows[rows["characteristic"].isin([ALL, "sex", "disability"])]
    )
    for lines in ("payments", "contacts"):
        copied_whole_pack.thin(lines, 20)
    pack = opens_without(copied_whole_pack, table)
    tells_elsewhere(pack)
    view = Framework.of(pack).filters.default_view()
    for name, found in everything(pack, view):
        builds_and_says_why_it_is_empty(name, found)


# -- small counts of people ------------------------------------------------------------------------------


def staged(pack: Pack) -> pd.DataFrame:
    """The counts of recruitment by indicator, group by group, with their base."""
    named = pack.table("indicators").dropna(subset="stage").set_index("stage")["id"]
    counts = pack.table("recruitment")
    counts = counts[counts["stage"].isin(named.index) & (counts["characteristic"] != ALL)]
    found = []
    for (year, organisation, by, stage), line in counts.groupby(
        ["year", "organisation", "characteristic", "stage"]
    ):
        people = line.set_index("group")["people"]
        for group, number in people.items():
            base = people.sum() if group == "not-stated" else people.drop("not-stated").sum()
            found.append((named[stage], organisation, by, group, year, number, base))
    return pd.DataFrame(found, columns=[*KEY, "numerator", "denominator"])


def raw_counts(pack: Pack) -> pd.DataFrame:
    """Every observation as it stands in the pack, with whether it counts people."""
    rows = pd.concat([*(pack.table(name) for name in OBSERVATIONS), staged(pack)], ignore_index=True)
    people = pack.table("indicators").set_index("id")["counts_people"]
    return rows.assign(people=rows["indicator"].map(people).astype(bool))


KEY = ["indicator", "organisation", "characteristic", "group", "period"]


def test_the_pack_holds_small_counts_for_the_gate_to_hold_back(pack: Pack) -> None:
    rows = raw_counts(pack)
    assert (rows["people"] & rows["numerator"].between(1, GATED_FROM_1_TO)).sum() > 20


def test_a_small_count_of_people_is_marked_confidential_wherever_it_is_served(pack: Pack) -> None:
    rows = raw_counts(pack)
    small = rows[rows["people"] & rows["numerator"].between(1, GATED_FROM_1_TO)]
    seen = ask(pack, View(), "observations").typed().set_index(KEY)
    shown = ask(pack, View(), "observations").export().set_index(KEY)
    for key in small[KEY].itertuples(index=False, name=None):
        assert seen.loc[key, ["value", "numerator", "lower", "upper"]].isna().all()
        assert set(shown.loc[key, ["value", "numerator", "lower", "upper"]]) == {"[c]"}


def test_no_count_of_people_is_served_that_is_small_or_not_rounded(pack: Pack) -> None:
    people = pack.table("indicators").set_index("id")["counts_people"]
    for name, found in everything(pack, View(year=ALL)):
        rows = found.typed()
        if not {"numerator", "denominator"} <= set(rows) or "indicator" not in rows:
            continue
        counted = rows[rows["indicator"].map(people).astype(bool)] if "indicator" in rows else rows
        for column in ("numerator", "denominator"):
            counts = counted[column].dropna()
            assert (counts % 5 == 0).all(), name


def test_a_share_of_fewer_than_ten_people_is_not_served(pack: Pack) -> None:
    rows = raw_counts(pack)
    tiny = rows[rows["people"] & (rows["denominator"] < 8)]
    seen = ask(pack, View(), "observations").typed().set_index(KEY)
    assert len(tiny)
    for key in tiny[KEY].itertuples(index=False, name=None):
        assert seen.loc[key, ["value", "lower", "upper"]].isna().all()
        assert seen.loc[key, "marker"] in {"[c]", "[k]"}


@pytest.mark.parametrize(("other", "seen"), [("7", True), ("3", False)])
def test_a_group_that_is_several_others_together_is_not_told_beside_a_hidden_one(
    copied_pack: CopiedPack, other: str, seen: bool
) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        now = rows["year"].eq("2025/26") & rows["characteristic"].eq("ethnic-group")
        staff = now & rows["indicator"].eq("EMP-I5")
        rows.loc[staff & rows["group"].eq("other"), "numerator"] = other
        rows.loc[staff & rows["group"].eq("white"), "numerator"] = str(905 - int(other))
        # Asian and Black together: some of the groups, not all but one.
        rows.loc[now & rows["indicator"].eq("EMP-I6"), "numerator"] = str(19 + 12)
        return rows

    copied_pack.change("observations_illustrative", edit)
    pack = copied_pack.open()
    assert pack.faults == ()
    rows = ask(pack, View(), "observations").typed()
    row = rows[(rows["indicator"] == "EMP-I6") & (rows["year"] == "2025/26")].iloc[0]
    assert row["value"] == 3.3 if seen else pd.isna(row["value"])
    assert row["marker"] == ("" if seen else "[c]")


def test_a_number_of_people_given_as_a_value_passes_the_gate_too(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        one = rows["indicator"].eq("CIV-I1") & rows["year"].eq("2024/25")
        rows.loc[one, ["value", "numerator"]] = ["3", ""]
        return rows

    copied_pack.change("observations_illustrative", edit)
    pack = copied_pack.open()
    assert pack.faults == ()
    rows = ask(pack, View(), "observations").typed()
    one = rows[(rows["indicator"] == "CIV-I1") & (rows["year"] == "2024/25")]
    assert len(one) == 1
    assert one["value"].isna().all()


def _told(pack: Pack, view: View) -> Iterator[tuple[str, str]]:
    """All that anybody gets to see of a pack's observations, as text."""
    found = dict(everything(pack, view))
    rows = raw_counts(pack)
    small = rows[rows["people"] & rows["numerator"].between(1, GATED_FROM_1_TO)]
    for indicator, by in small[["indicator", "characteristic"]].drop_duplicates().itertuples(index=False):
        found[f"{indicator} by {by}"] = ask(pack, view, "indicator", indicator=indicator, characteristic=by)
    for name, one in found.items():
        chart = "" if one.chart is None else one.chart.to_csv()
        words = [
            one.headline,
            one.subtitle,
            one.sentence,
            one.alt,
            one.verdict,
            one.method,
            one.empty,
            *one.caveats,
        ]
        yield name, "\n".join([*words, one.export().to_csv(), one.typed().to_csv(), chart])
    yield "tiles", repr(headline_tiles.tiles(pack, view))


def test_another_small_count_in_its_place_changes_nothing_that_anybody_sees(
    small_pack: Pack, copied_pack: CopiedPack
) -> None:
    indicators = small_pack.table("indicators")
    people = set(indicators.loc[indicators["counts_people"], "id"])
    # What it adds up to stays, for another total may be told elsewhere.
    copied_pack.change("observations_illustrative", lambda rows: moved(rows, people))
    changed = copied_pack.open()
    assert not raw_counts(changed)["numerator"].equals(raw_counts(small_pack)["numerator"])
    here, there = dict(_told(small_pack, View())), dict(_told(changed, View()))
    assert [name for name in here if here[name] != there[name]] == []


Line = tuple[tuple[str, ...], pd.DataFrame, "pd.Series | None"]


@pytest.fixture(scope="module")
def totalled(pack: Pack) -> list[Line]:
    """Lines as served that hide one count, and whose groups add up to a total that is served.

    The total is their common base, or everybody's count (then given).
    """
    true = raw_counts(pack)
    everybody = true[true["characteristic"] == ALL].set_index(["indicator", "organisation", "period"])[
        "numerator"
    ]
    true = true[true["people"] & true["numerator"].notna()]
    seen = ask(pack, View(), "observations").typed()
    lines = true[[*KEY, "numerator", "denominator"]].merge(
        seen, on=KEY, suffixes=("_true", ""), validate="1:1"
    )
    wholes = {
        (r["indicator"], r["organisation"], r["period"]): r
        for _, r in seen[seen["characteristic"] == ALL].iterrows()
    }
    found: list[Line] = []
    for key, whole in lines[lines["characteristic"] != ALL].groupby(
        ["indicator", "organisation", "period", "characteristic"]
    ):
        # With those who did not answer, the groups of one base are everybody asked.
        line = whole
        if line["numerator"].isna().sum() != 1:
            continue
        total = line["numerator_true"].sum()
        if total == line["denominator_true"].max():
            found.append((key, line, None))
        elif (
            key[:3] in everybody.index
            and total == everybody[key[:3]]
            and not pd.isna(wholes[key[:3]]["numerator"])
        ):
            found.append((key, line, wholes[key[:3]]))
    return found


def test_a_count_hidden_in_a_line_whose_total_is_served_is_never_hidden_alone(totalled: list[Line]) -> None:
    alone = [key for key, line, _ in totalled if (line["numerator"].fillna(0) > 0).any()]
    assert not alone, f"{len(alone)} lines hide one count alone, the first {alone[:3]}"


# -- how a finding is written ----------------------------------------------------------------------------


def small_finding() -> Finding:
    frame = pd.DataFrame(
        {
            "n": pd.array([1234, None, None], dtype="Int64"),
            "share": [5.25, float("nan"), 100.0],
            "on": pd.to_datetime(["2024-03-31", None, "2024-04-01"]),
            "ok": [True, False, True],
            "said": ["a, b", None, ""],
            "marker": ["", "[c]", ""],
        }
    )
    columns = {"n": "Number", "share": "Share", "on": "On", "ok": "Sound", "said": "Said"}
    return Finding("small", "Headline", "Measure", frame, columns, {"share": 1})


def test_people_read_thousands_separators_and_files_do_not_carry_them() -> None:
    found = small_finding()
    assert found.table()["Number"][0] == "1,234"
    assert found.export()["n"][0] == "1234"


def test_no_cell_is_blank_and_a_missing_number_carries_its_own_marker() -> None:
    rows = small_finding().export()
    assert list(rows["n"]) == ["1234", "[c]", "[x]"]
    assert list(rows["share"]) == ["5.3", "[c]", "100.0"]
    assert list(rows["on"]) == ["2024-03-31", "[c]", "2024-04-01"]
    assert list(rows["ok"]) == ["yes", "no", "yes"]
    assert list(rows["said"]) == ["a, b", "[c]", "[x]"]


def test_typed_rows_keep_numbers_as_numbers_with_the_marker_beside_them() -> None:
    rows = small_finding().typed()
    assert rows["n"].dtype == "Int64"
    assert rows["marker"].tolist() == ["", "[c]", ""]


def test_the_vintage_is_recorded_in_every_export() -> None:
    found = small_finding()
    stamped = Finding("small", "H", "M", found.frame, found.columns, vintage="IoD 2019")
    assert set(stamped.export()["vintage"]) == set(stamped.typed()["vintage"]) == {"IoD 2019"}


def test_no_finding_of_the_product_leaves_a_cell_blank(pack: Pack) -> None:
    view = Framework.of(pack).filters.default_view()
    for name, found in everything(pack, view):
        rows = found.export()
        assert not rows.isna().any(axis=None), name
        assert not (rows == "").any(axis=None), name


def test_the_catalogue_counts_the_rows_of_the_pack(pack: Pack) -> None:
    found = data_catalogue.tables(pack, View()).frame.set_index("name")
    assert {name: int(found.loc[name, "rows"]) for name in pack.tables} == {
        name: len(pack.table(name)) for name in pack.tables
    }
    assert (found["withheld"] == 0).all()


def test_the_catalogue_counts_the_rows_that_faults_withhold(copied_pack: CopiedPack) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[rows.index[:3], "delivery"] = "nearly"
        return rows

    copied_pack.change("updates", edit)
    found = data_catalogue.tables(copied_pack.open(), View())
    assert found.frame.set_index("name").loc["updates", "withheld"] == 3
    assert "3" in found.sentence


def test_the_data_dictionary_describes_every_column_of_every_table(pack: Pack) -> None:
    for name in pack.tables:
        found = data_catalogue.dictionary(pack, View(), name)
        assert list(found.frame["name"]) == list(pack.table(name).columns)
        assert found.frame["description"].str.len().gt(0).all()
