"""What goes to leadership: each rule on both sides, rules of a pack's own, and actions until they are evidenced."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.equality import equality_summary, gap_verdicts
from svdash.findings.exceptions import exception_list, exception_rules, since_snapshot
from svdash.findings.exceptions.rule_hits import in_a_row, is_old
from svdash.findings.finding import Finding
from svdash.findings.indicators import indicator_trends
from svdash.findings.progress import commitment_status
from svdash.findings.snapshots import Entry, Snapshot, SnapshotError
from svdash.findings.snapshots.stored_snapshot import written
from svdash.records import History, connect
from svdash.records.agreed_actions import ActionLog
from svdash.register import Framework, View
from svdash.reports import exception_report
from svdash.tables import Edition, Pack
from tests.copies import CopiedPack
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

TODAY = datetime.now(UTC).date()
RULES = "rule,of,limit,label,reason,ask\n"


def ask(edition: Edition, year: str = "", **view: str) -> Finding:
    latest = Framework.of(edition).calendar.latest_year
    return exception_list.exceptions(edition, View(year=year or latest).with_(**view))


def of_rule(found: Finding, rule: str) -> set[str]:
    return set(found.frame.loc[found.frame["rule"] == rule, "subject"])


def with_rules(pack: CopiedPack, rows: str) -> Pack:
    """Give a pack a table of rules of its own."""
    (pack.folder / "exception_rules.csv").write_text(RULES + rows, encoding="utf-8")
    kinds = {"limit": "integer"}
    names = RULES.strip().split(",")
    entry = {
        "name": "exception_rules", "title": "Rules of exceptions", "path": "exception_rules.csv", "access": "open",
        "status": "illustrative", "updated": "2026-10-01",
        "schema": {"fields": [{"name": each, "title": each, "type": kinds.get(each, "string")} for each in names]},
    }  # fmt: skip
    pack.describe(lambda said: said["resources"].append(entry))
    return pack.open()


# -- rules ------------------------------------------------------------------------------------------------


def test_the_list_holds_what_each_page_says_and_nothing_else(pack: Pack) -> None:
    view = View(year=Framework.of(pack).calendar.latest_year)
    found = ask(pack)
    rows = commitment_status.select(pack, view)
    assert of_rule(found, "overdue") == set(rows.loc[rows["overdue"], "id"])
    assert of_rule(found, "red") == set(rows.loc[rows["confidence"] == "red", "id"])
    whole = view.with_(year=Framework.of(pack).calendar.whole_year(view.year))
    gaps = equality_summary.summary(pack, whole.only("role", "commitment", "year")).frame
    real = gaps[gaps["verdict"] == gap_verdicts.REAL]
    keys = {f"equality-gap:{c}:{p}" for c, p in zip(real["characteristic"], real["part"], strict=True)}
    assert {key for key in found.frame["key"] if key.startswith("equality-gap")} == keys
    assert of_rule(found, "worsening") == {
        str(each.indicator["id"]) for each in indicator_trends.worse(pack, whole)
    }
    assert found.frame["key"].is_unique
    assert not found.frame["reason"].str.contains(r"[{}]").any()
    assert not found.frame["ask"].str.contains(r"[{}]").any()


def test_quarters_in_a_row_end_at_another_rating_and_at_a_quarter_without_an_update() -> None:
    def told(*rows: tuple[str, str | None]) -> int:
        updates = pd.DataFrame(rows, columns=["period", "confidence"]).assign(commitment="A-1")
        return in_a_row(updates, "amber", date(2026, 9, 30)).get("A-1", 0)

    assert told(("2026/27 Q1", "amber"), ("2026/27 Q2", "amber")) == 2
    assert told(("2025/26 Q4", "amber"), ("2026/27 Q1", "amber"), ("2026/27 Q2", "amber")) == 3
    assert told(("2026/27 Q1", "green"), ("2026/27 Q2", "amber")) == 1
    assert told(("2025/26 Q4", "amber"), ("2026/27 Q2", "amber")) == 1
    assert told(("2026/27 Q1", "amber"), ("2026/27 Q2", None)) == 0
    # What was reported after the day is not known yet on it.
    assert told(("2026/27 Q1", "amber"), ("2026/27 Q2", "amber"), ("2026/27 Q3", "red")) == 2


@pytest.mark.parametrize(
    ("evidence", "delivery", "months", "old"),
    [
        ("2025-09-29", "limited", 12, True),
        ("2025-09-30", "limited", 12, False),
        ("2025-09-29", "complete", 12, False),
        ("2025-09-29", "limited", 36, False),
        (None, "limited", 12, False),
        ("2020-01-01", "limited", None, False),
    ],
)
def test_evidence_is_too_old_a_day_after_its_kind_of_evidence_holds(
    evidence: str | None, delivery: str, months: int | None, *, old: bool
) -> None:
    row = {"evidence_date": pd.Timestamp(evidence) if evidence else pd.NaT, "reported_delivery": delivery}
    assert is_old(row, months, date(2026, 9, 30)) is old


def test_a_commitment_without_an_owner_and_old_evidence_go_to_leadership(copied_pack: CopiedPack) -> None:
    before = ask(copied_pack.open())
    updates = copied_pack.rows("updates")
    running = updates[(updates["delivery"] != "complete") & (updates["evidence_date"] != "")]
    one = str(running.sort_values("period")["commitment"].iloc[-1])
    copied_pack.change("updates", lambda rows: rows.assign(
        evidence_date=rows["evidence_date"].where(rows["commitment"].ne(one) | rows["evidence_date"].eq(""), "2019-01-01")
    ))  # fmt: skip
    copied_pack.change(
        "commitments", lambda rows: rows.assign(lead=rows["lead"].where(rows["id"] != one, ""))
    )
    after = ask(copied_pack.open())
    assert of_rule(after, "no-owner") - of_rule(before, "no-owner") == {one}
    assert of_rule(after, "old-evidence") - of_rule(before, "old-evidence") == {one}
    row = after.frame[(after.frame["rule"] == "no-owner") & (after.frame["subject"] == one)].iloc[0]
    assert (row["owner"], row["ask"]) == ("none named", f"Who takes {one} on?")


def test_before_anything_was_reported_nothing_goes_to_leadership(pack: Pack) -> None:
    found = ask(pack, "2019/20")
    assert found.frame.empty
    assert (found.headline, found.empty[:48]) == (
        "Nothing was reported on yet", "No commitment was reported on in 2019/20: the fi",
    )  # fmt: skip


# -- rules of a pack --------------------------------------------------------------------------------------


def test_a_pack_brings_its_own_rules_limits_and_words(copied_pack: CopiedPack) -> None:
    ours = ask(copied_pack.open())
    late = ours.frame[ours.frame["rule"] == "overdue"]
    pack = with_rules(copied_pack, "overdue,,100,Behind,{days} behind,Shall {owner} go on with {id}?\n")
    found = ask(pack)
    assert set(found.frame["rule"]) == {"overdue"}
    days = late["reason"].str.extract(r"(\d+) day", expand=False).astype(int)
    assert set(found.frame["subject"]) == set(late.loc[days > 100, "subject"])
    row = found.frame.iloc[0]
    assert row["label"] == "Behind"
    assert row["ask"] == f"Shall {row['owner']} go on with {row['subject']}?"


def test_the_limit_of_an_evidence_type_stands_before_that_of_all_others(copied_pack: CopiedPack) -> None:
    rules = exception_rules.rules(
        with_rules(copied_pack, "old-evidence,,12,Old,r,a\nold-evidence,minutes,6,Old,r,a\nred,,,Red,r,a\n")
    )
    assert [getattr(rules.of("old-evidence", kind), "limit", None) for kind in ("minutes", "survey", "")] == [
        6,
        12,
        12,
    ]
    assert rules.of("overdue") is None


def test_the_words_of_a_pack_reach_into_nothing_and_a_place_that_nothing_fills_is_a_fault(
    copied_pack: CopiedPack,
) -> None:
    pack = with_rules(copied_pack, 'overdue,,0,Late,{id.__class__} {0} {days!r},"{owners}?"\n')
    faults = [str(fault) for fault in pack.faults if fault.table == "exception_rules"]
    assert any("{owners}" in fault and "{owner}" in fault for fault in faults)
    assert any("{id.__class__}" in fault for fault in faults)
    # The row is not used; the rules that come with the dashboard take its place.
    assert "class" not in " ".join(ask(pack).frame["reason"])


# -- since a snapshot -------------------------------------------------------------------------------------


def stored(edition: Pack, *keys: str, **view: str) -> Snapshot:
    """Return a snapshot with these exceptions."""
    return written(
        edition,
        {},
        [(Entry(since_snapshot.ENTRY, "exceptions", "exceptions", "Head"), listing(*keys, **view))],
        "1",
    )


def listing(*keys: str, **view: str) -> Finding:
    names = ["key", "rule", "subject", "title", "page", "lead_to", "item", *exception_list.COLUMNS, "marker"]
    rows = [
        dict.fromkeys(names, "") | {"key": key, "action": f"do {key}", "standing": "open"} for key in keys
    ]
    return Finding(
        "exceptions",
        "Head",
        "Sub",
        pd.DataFrame(rows, columns=names, dtype="str"),
        exception_list.COLUMNS,
        view=View(**view),
    )


def test_exceptions_are_new_came_back_are_still_there_or_gone_since_a_snapshot(small_pack: Pack) -> None:
    chosen, earlier = stored(small_pack, "a", "b"), stored(small_pack, "b", "c")
    moved = since_snapshot.since(listing("a", "c", "d"), chosen, [earlier], "Board", "2025/26")
    assert dict(zip(moved.found.frame["key"], moved.found.frame["since"], strict=True)) == {
        "a": "still there", "c": "came back", "d": "new",
    }  # fmt: skip
    assert list(moved.gone["key"]) == ["b"]
    assert moved.found.sentence.endswith(f"Snapshot {chosen.id}.")
    assert moved.sentence == "Since Board: 1 new, 1 came back, 1 still there and 1 gone."
    assert list(moved.found.export().columns)[1] == "since"


def test_what_was_agreed_since_is_no_new_exception(small_pack: Pack) -> None:
    found = listing("a", "action:1")
    found = replace(found, frame=found.frame.assign(rule=["overdue", "agreed"]))
    moved = since_snapshot.since(found, stored(small_pack, "a"), [], "Board", "2025/26")
    assert list(moved.found.frame["since"]) == ["still there", "an action"]
    assert moved.sentence == "Since Board: none new, none came back, 1 still there and none gone."


def test_the_widest_gap_stands_first(pack: Pack) -> None:
    found = ask(pack)
    gaps = found.frame.loc[found.frame["rule"] == "equality-gap", "reason"]
    ratios = gaps.str.extract(r"([0-9.]+) times", expand=False).astype(float)
    far = [max(each, 1 / each) for each in ratios]
    assert far == sorted(far, reverse=True)
    assert len(far) > 1


def test_years_are_compared_only_where_both_are_the_latest_position_of_their_day(small_pack: Pack) -> None:
    def tried(now: str, then: str, **asked: str) -> str:
        key = since_snapshot.ENTRY
        kept = written(
            small_pack,
            asked,
            [(Entry(key, "exceptions", "exceptions", "Head"), listing("a", year=then))],
            "1",
        )
        return since_snapshot.comparable(listing("a", year=now), kept, "2026/27")

    assert tried("2026/27", "2025/26") == ""
    assert tried("2026/27", "2026/27", year="2026/27") == ""
    assert tried("2026/27", "2025/26", year="2025/26").startswith(
        "The snapshot keeps the exceptions of 2025/26"
    )
    assert tried("2024/25", "2026/27").startswith("The snapshot keeps the exceptions of 2026/27")


def test_without_any_exception_then_and_now_that_is_said(small_pack: Pack) -> None:
    moved = since_snapshot.since(listing(), stored(small_pack), [], "Board", "2025/26")
    assert moved.sentence == "Since Board: there was no exception then, and there is none now."
    assert since_snapshot.since(listing("a"), stored(small_pack), [], "Board", "2025/26").sentence.startswith(
        "Since Board: 1 new, none came"
    )


def test_of_what_is_gone_it_is_said_whether_an_action_answered_it() -> None:
    bare, acted = {"item": ""}, {"item": "action:1", "action": "Ask", "standing": "done"}
    assert since_snapshot.went(bare) == "gone; no action on it was shown then"
    assert since_snapshot.went(acted) == "gone; its action then: Ask, done"


def test_a_snapshot_of_other_filters_or_without_exceptions_is_refused_with_a_sentence(
    small_pack: Pack,
) -> None:
    with pytest.raises(SnapshotError, match="of other filters"):
        since_snapshot.since(listing("a"), stored(small_pack, role="employer"), [], "Board", "2025/26")
    empty = written(small_pack, {}, [], "1")
    with pytest.raises(SnapshotError, match="without the page of exceptions"):
        since_snapshot.since(listing("a"), empty, [], "Board", "2025/26")
    # One from before there were exceptions tells nothing of what came back.
    assert list(
        since_snapshot.since(listing("a"), stored(small_pack), [empty], "Board", "2025/26").found.frame[
            "since"
        ]
    ) == ["new"]


# -- to hand on -------------------------------------------------------------------------------------------


def test_the_workbook_and_the_page_to_hand_on_have_every_exception_and_run_nothing(small_pack: Pack) -> None:
    found = ask(small_pack)
    hostile = '=HYPERLINK("http://a.example")<script>alert(1)</script>'
    found = replace(found, frame=found.frame.assign(action=hostile))
    book = load_workbook(io.BytesIO(exception_report.workbook(found, "The Framework")))
    rows = list(book["Exceptions"].iter_rows(values_only=True))
    assert rows[0][:4] == ("Rule", "About", "Reason", "Place or group")
    assert [row[1] for row in rows[1:]] == list(found.frame["about"])
    assert {row[5] for row in rows[1:]} == {f"'{hostile}"}
    told = [row[0] for row in book["About"].iter_rows(values_only=True)]
    assert found.headline in told
    assert any("illustrative" in str(line) for line in told)
    page = exception_report.html(found, "The Framework")
    assert "<script" not in page
    assert "http-equiv" not in page
    assert "src=" not in page
    assert all(escape(str(ask)) in page for ask in found.frame["ask"])
    assert page.count("<tr>") == len(found.frame) + found.frame["label"].nunique()


def test_what_is_new_since_a_snapshot_is_handed_on_too(small_pack: Pack) -> None:
    moved = since_snapshot.since(listing("a"), stored(small_pack), [], "Board", "2025/26")
    book = load_workbook(io.BytesIO(exception_report.workbook(moved.found, "")))
    assert [row[1] for row in book["Exceptions"].iter_rows(values_only=True)] == ["Since Board", "new"]
    assert "<td>new</td>" in exception_report.html(moved.found, "")


# -- actions ----------------------------------------------------------------------------------------------


@pytest.fixture
def history(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return History(connect())


def first(edition: Edition) -> dict[str, Any]:
    found = ask(edition).frame
    return found[found["rule"] == "overdue"].iloc[0].to_dict()


def given(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    whole = {
        "about": row["key"],
        "what": "Agree a date",
        "owner": row["owner"],
        "due": TODAY + timedelta(days=30),
    }
    return whole | {"commitments": (row["subject"],), "shown": True} | changed


def row_of(key: str) -> dict[str, Any]:
    found = ask(editions.current()).frame
    (row,) = found[found["key"] == key].to_dict("records")
    return row


def test_an_action_stands_beside_its_exception_and_says_so_when_it_was_closed_and_the_rule_still_holds(
    history: History,
) -> None:
    row, log = first(editions.current()), ActionLog(history)
    assert (row["action"], row["standing"]) == ("none agreed yet", "no action yet")
    kept = log.save(given(row), None, by="clerk", view="")
    assert (row_of(row["key"])["action"], row_of(row["key"])["standing"]) == ("Agree a date", "open")
    proof = {"evidence": "Letter", "done_on": TODAY}
    done = log.save(given(row, state="done", **proof), kept.revision, by="officer", view="")
    assert "to be looked at" in row_of(row["key"])["standing"]
    # In an earlier year nobody had agreed it, so nothing is said of actions there.
    then = ask(editions.current(), "2024/25")
    assert not then.frame["item"].any()
    assert "action" not in then.headline
    log.save(given(row, state="closed", reason="Seen", **proof), done.revision, by="chair", view="")
    assert row_of(row["key"])["standing"] == "closed: Seen; the rule still holds"
    # Who closed it is for those with a role, not for readers of open data.
    assert "chair" not in ask(editions.current()).export().to_csv()


def test_an_action_stays_until_it_is_evidenced_though_its_rule_holds_no_longer(
    history: History, copied_pack: CopiedPack
) -> None:
    row, log = first(editions.current()), ActionLog(history)
    kept = log.save(given(row), None, by="clerk", view="")
    copied_pack.change("updates", lambda rows: rows[rows["commitment"] != row["subject"]])
    copied_pack.change(
        "commitments",
        lambda rows: rows.assign(due=rows["due"].where(rows["id"] != row["subject"], "2099-01-01")),
    )
    copied_pack.change("plans", lambda rows: rows[rows["commitment"] != row["subject"]])
    found = ask(editions.current())
    assert row["key"] not in set(found.frame["key"])
    left = row_of(kept.item)
    assert (left["label"], left["reason"]) == ("Agreed action", "the rule no longer holds; not evidenced yet")
    assert found.headline.endswith("; 1 action to evidence")
    proof = {"evidence": "Letter", "done_on": TODAY}
    done = log.save(given(row, state="done", **proof), kept.revision, by="officer", view="")
    assert row_of(kept.item)["reason"].endswith("what shows that it was done is to be looked at")
    assert ask(editions.current()).headline.endswith("; 1 action done, to be looked at")
    gone = given(row, state="withdrawn", reason="It is complete")
    log.save(gone, done.revision, by="chair", view="")
    assert kept.item not in set(ask(editions.current()).frame["key"])


def test_of_what_a_meeting_agreed_on_a_finding_no_rule_is_said_to_hold_no_longer(history: History) -> None:
    row, log = first(editions.current()), ActionLog(history)
    other = given(row, about="overview/promises", commitments=(), meeting="meeting:1")
    kept = log.save(other, None, by="clerk", view="")
    assert row_of(kept.item)["reason"] == "agreed in a meeting; not evidenced yet"


def test_an_action_on_a_gap_stands_beside_it_whatever_filter_is_chosen(
    history: History, copied_pack: CopiedPack
) -> None:
    def fewer_women(rows: pd.DataFrame) -> pd.DataFrame:
        own = (rows["programme"] == "cycle-training") & (rows["characteristic"] == "sex")
        people = rows.loc[own, "people"].astype(int)
        women, men = (rows.loc[own, "group"] == group for group in ("women", "men"))
        fewer = people.where(women, 0) // 2
        moved = rows.loc[own].assign(half=fewer).groupby("year")["half"].transform("sum")
        rows.loc[own, "people"] = (people - fewer + moved.where(men, 0)).astype(str)
        return rows

    copied_pack.change("reached_groups", fewer_women)
    found = ask(editions.current()).frame
    gap = found[found["rule"] == "equality-gap"].iloc[0].to_dict()
    ActionLog(history).save(given(gap, owner="Head of Works", commitments=()), None, by="clerk", view="")
    seen = 0
    for role in Framework.of(editions.current()).vocabulary.labels("role"):
        rows = ask(editions.current(), role=role).frame
        own = rows[rows["key"] == gap["key"]]
        assert (own["action"] == "Agree a date").all()
        seen += len(own)
        assert not rows["rule"].eq("agreed").any()
    assert seen


def test_an_action_that_was_moved_says_from_when_and_why(history: History) -> None:
    row, log = first(editions.current()), ActionLog(history)
    kept = log.save(given(row), None, by="clerk", view="")
    later = given(row, due=TODAY + timedelta(days=90), reason="Waits for the budget")
    log.save(later, kept.revision, by="clerk", view="")
    day = f"{kept.action.due.day} "
    assert row_of(row["key"])["standing"].startswith(f"open, moved from {day}")
    assert row_of(row["key"])["standing"].endswith(": Waits for the budget")


def test_readers_see_only_actions_that_are_shown_to_them(history: History) -> None:
    row = first(editions.current())
    ActionLog(history).save(given(row, shown=False), None, by="clerk", view="")
    assert row_of(row["key"])["item"] == ""
    drafts = ask(editions.drafting()).frame
    own = drafts[drafts["key"] == row["key"]].iloc[0]
    assert (own["action"], own["standing"]) == ("Agree a date", "open; readers do not see it")


def shown(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("success", "error", "warning", "markdown")
    return unescape(" ".join([*everything(at), *(each.value for kind in kinds for each in at.get(kind))]))


def test_a_member_of_staff_agrees_an_action_and_closes_it_on_the_page(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at = opened("exceptions")
    next(each for each in at.text_input if each.label == "What is to be done").set_value(
        "Agree <b>a date</b>"
    )
    next(each for each in at.button if each.label == "Agree the action").click()
    assert "Agreed: Agree" in shown(at.run())
    (kept,) = ActionLog(history).newest()
    assert (kept.action.state, kept.revision.by) == ("open", "local user")
    assert "<b>a date" not in "".join(each.body for each in at.get("html"))
    at = pressed(opened("exceptions"), "It is done")
    assert "Without it the action stays open" in shown(at)
    next(each for each in at.text_input if each.label == "What shows that it was done").set_value("Letter")
    at = pressed(at, "It is done")
    assert ActionLog(history).newest()[0].action.state == "done"
    next(each for each in at.text_input if each.label.startswith("Reason")).set_value("I read it")
    at = pressed(at, "Close it")
    assert "closed by local user" in shown(at)


def pressed(at: AppTest, label: str) -> AppTest:
    next(each for each in at.button if each.label == label).click()
    return at.run()


def test_readers_find_the_list_and_no_form(history: History) -> None:
    del history
    at = opened("exceptions")
    assert "exceptions to the leadership" in shown(at)
    assert not at.button
    assert {each.label for each in at.get("download_button")} == {"Excel", "HTML"}
    narrow = opened("exceptions", rule="overdue", bare="yes")
    assert "Amber again" not in "".join(each.body for each in narrow.get("html"))
