"""What an owner owes for a quarter, and the page on which they write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.access import identity
from svdash.findings.progress import practices_due, updates_owed
from svdash.findings.progress.updates_owed import Owed
from svdash.records import History, RecordsError, connect, database
from svdash.records.deputies import Deputies
from svdash.records.people import People, PersonRow
from svdash.records.quarterly_updates import Quarter, QuarterlyUpdates, checked, update_item
from svdash.show.kit import page as kit
from svdash.show.kit.plain_text import JOINER
from svdash.show.panels import who_writes
from svdash.tables import Pack
from tests.copies import CopiedPack
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

OWNER = "Procurement Manager"


@pytest.fixture
def url(copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    return address


@pytest.fixture
def as_local_user(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whoever draws the page sits at the machine that serves it."""
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    return url


@pytest.fixture
def owner(pack: Pack) -> str:
    """The owner with most commitments."""
    named = updates_owed.owners(pack)
    return max(named, key=lambda name: named[name])


def text(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    return unescape(
        " ".join(
            [
                *everything(at),
                *(each.value for kind in ("success", "error", "warning") for each in at.get(kind)),
            ]
        )
    )


def an_owed(**changed: object) -> Owed:
    usual = Owed(
        "A-1",
        "A title",
        date(2026, 9, 30),
        "people",
        given=False,
        late=0,
        missing=(),
        content={},
        before="",
        prompts={},
    )
    return Owed(**{**usual.__dict__, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 29), ("2026/27 Q2", "2026/27 Q3")),
        (date(2026, 10, 1), ("2026/27 Q2", "2026/27 Q3")),
        (date(2026, 9, 30), ("2026/27 Q1", "2026/27 Q2")),
        (date(2026, 4, 1), ("2025/26 Q4", "2026/27 Q1")),
        (date(2027, 1, 1), ("2026/27 Q3", "2026/27 Q4")),
        (date(2027, 3, 31), ("2026/27 Q3", "2026/27 Q4")),
    ],
)
def test_the_quarter_that_ended_and_the_one_that_runs_may_be_written_about(
    day: date, expected: tuple[str, str]
) -> None:
    assert updates_owed.quarters(day) == expected


def test_an_update_is_due_as_long_after_its_quarter_as_those_in_the_pack(pack: Pack) -> None:
    rows = pack.table("updates")
    told = rows[rows["period"] == "2025/26 Q3"]["due_on"].unique()
    assert [each.date() for each in told] == [updates_owed.due_on(pack, "2025/26 Q3")] == [date(2026, 1, 21)]


def test_every_commitment_with_an_owner_is_owed_by_that_owner_once(pack: Pack) -> None:
    register = pack.table("commitments")
    promised = register[(register["kind"] != "practice") & register["lead"].notna()]
    named = updates_owed.owners(pack)
    found = [each.id for name in named for each in updates_owed.owed(pack, name, "2026/27 Q3")]
    assert sorted(found) == sorted(promised["id"])
    assert sum(named.values()) == len(found)


def test_what_is_not_given_comes_first_and_of_that_what_is_longest_overdue(pack: Pack, owner: str) -> None:
    owed = updates_owed.owed(pack, owner, "2026/27 Q2")
    keys = [(each.given, -each.late) for each in owed]
    assert keys == sorted(keys)
    assert len(owed) > 3


def test_the_last_update_is_carried_forward_without_its_evidence(pack: Pack, owner: str) -> None:
    rows = (
        pack.table("updates")
        .sort_values("period")
        .drop_duplicates("commitment", keep="last")
        .set_index("commitment")
    )
    owed = updates_owed.owed(pack, owner, "2026/27 Q3")
    carried = [each for each in owed if each.before]
    assert carried
    for each in carried:
        last = rows.loc[each.id]
        assert not each.given
        assert (each.before, each.content["note"], each.content["delivery"]) == (
            last["period"],
            last["note"],
            last["delivery"],
        )
        assert set(each.content) == {"delivery", "confidence", "note", "next_step"}


def test_a_given_update_has_its_own_evidence(pack: Pack) -> None:
    rows = pack.table("updates")
    last = rows[rows["evidence"].notna() & (rows["period"] == "2025/26 Q4")].iloc[0]
    lead = pack.table("commitments").set_index("id").loc[last["commitment"], "lead"]
    (found,) = [
        each for each in updates_owed.owed(pack, str(lead), "2025/26 Q4") if each.id == last["commitment"]
    ]
    assert (found.given, found.content["evidence"]) == (True, last["evidence"])


@pytest.mark.parametrize(
    ("given", "today", "said"),
    [
        ([], date(2027, 1, 1), "Ann owns no commitment that is reported on"),
        ([True], date(2027, 1, 1), "The update for 2026/27 Q3 is saved"),
        ([True, True], date(2027, 1, 1), "All 2 updates for 2026/27 Q3 are saved"),
        ([False], date(2027, 1, 21), "One update for 2026/27 Q3 is due by 21 January 2027"),
        ([False], date(2027, 1, 22), "One update for 2026/27 Q3 was due by 21 January 2027"),
        ([False, True, True], date(2027, 1, 1), "1 of 3 updates for 2026/27 Q3 is still to be written: it is due by 21 January 2027"),
        ([False, False, True], date(2027, 1, 1), "2 of 3 updates for 2026/27 Q3 are still to be written: they are due by 21 January 2027"),
        ([False, True], date(2027, 1, 22), "1 of 2 updates for 2026/27 Q3 is still to be written: it was due by 21 January 2027"),
        ([False, False, True], date(2027, 1, 22), "2 of 3 updates for 2026/27 Q3 are still to be written: they were due by 21 January 2027"),
    ],
)  # fmt: skip
def test_the_title_says_how_many_updates_are_left_and_by_when(
    given: list[bool], today: date, said: str
) -> None:
    owed = tuple(an_owed(given=each) for each in given)
    assert updates_owed.headline(owed, "Ann", "2026/27 Q3", date(2027, 1, 21), today) == said


@pytest.mark.parametrize(
    ("missing", "delivery", "evidence", "said"),
    [
        ((), "limited", "", ""),
        ((), "complete", "A list", ""),
        ((), "complete", "  ", "It can't be shown as Complete or Green: no evidence is given. Say what shows that it is done."),
        (("a date", "an evidence type"), "limited", "", "It can't be shown as Complete or Green: the plan has no date and the plan has no evidence type. Have it added to the plan."),
        (("a test of done", "evidence"), "complete", "A list", "It can't be shown as Complete or Green: the plan has no test of done. Have it added to the plan."),
    ],
)  # fmt: skip
def test_what_keeps_an_update_from_being_verified_is_said_with_its_remedy(
    missing: tuple[str, ...], delivery: str, evidence: str, said: str
) -> None:
    assert updates_owed.to_verify(an_owed(missing=missing), delivery, evidence) == said


def test_readers_are_told_why_they_may_not_write_and_find_no_such_page(url: str) -> None:
    at = opened("my_updates")
    assert "Updates are written by the people who own commitments" in text(at)
    assert not at.text_area
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_the_page_stands_in_the_navigation_of_those_who_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def page(path: object, *, title: str, visibility: str = "visible", **_: object) -> None:
        if visibility == "visible":
            shown.append(title)

    monkeypatch.setattr(kit.st, "Page", page)
    kit.pages()
    assert "My updates" not in shown
    shown.clear()
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    kit.pages()
    assert "My updates" in shown


def saved(url: str, commitment: str, period: str) -> dict[str, object]:
    (found,) = History(connect(url)).newest("update", item=update_item(commitment, period))
    return dict(found.content)


def ended() -> str:
    return updates_owed.quarters(pd.Timestamp.now("UTC").date())[0]


def written(owner: str) -> AppTest:
    return opened("my_updates", owner=owner, quarter=ended())


def left(owner: str) -> str:
    return next(each.id for each in updates_owed.owed(editions.drafting(), owner, ended()) if not each.given)


def press(at: AppTest, commitment: str, which: str) -> AppTest:
    next(each for each in at.button if each.key == f"update-{commitment}-{ended()}-{which}").click()
    return at.run()


def fill(at: AppTest, commitment: str, **typed: str) -> None:
    for name, value in typed.items():
        key = f"update-{commitment}-{ended()}-{name}"
        next(
            each
            for kind in ("text_area", "text_input", "selectbox")
            for each in at.get(kind)
            if each.key == key
        ).set_value(value)


def test_what_is_typed_is_saved_as_a_draft_and_readers_do_not_see_it(as_local_user: str, owner: str) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(
        at,
        commitment,
        note="We trained **ten** managers.",
        evidence="Lists",
        delivery="limited",
        confidence="amber",
    )
    press(at, commitment, "save")
    assert f"{commitment}: saved as a draft of {ended()}." in text(at)
    content = saved(as_local_user, commitment, ended())
    assert (content["note"], content["evidence"], content["unchanged"]) == (
        "We trained **ten** managers.",
        "Lists",
        False,
    )
    assert editions.current().table("updates")["note"].eq("We trained **ten** managers.").sum() == 0
    assert editions.drafting().table("updates")["note"].eq("We trained **ten** managers.").sum() == 1


def test_nothing_changed_is_one_click_and_says_so(as_local_user: str, owner: str) -> None:
    commitment = left(owner)
    before = next(
        each for each in updates_owed.owed(editions.drafting(), owner, ended()) if each.id == commitment
    )
    at = written(owner)
    fill(at, commitment, barriers="Typed, and then left.")
    press(at, commitment, "same")
    content = saved(as_local_user, commitment, ended())
    assert (content["note"], content["unchanged"]) == (before.content["note"], True)
    assert content["barriers"] == before.content.get("barriers") != "Typed, and then left."


def test_nothing_changed_of_what_is_complete_keeps_what_showed_it_with_its_date(
    as_local_user: str, pack: Pack
) -> None:
    owner, each = next(
        (name, each)
        for name in updates_owed.owners(pack)
        for each in updates_owed.owed(editions.drafting(), name, ended())
        if each.shown_by and not each.given
    )
    at = written(owner)
    assert f"carries forward what showed it complete in {each.before}" in text(at)
    press(at, each.id, "same")
    content = saved(as_local_user, each.id, ended())
    assert content["evidence"] == each.shown_by["evidence"]
    assert content["evidence_date"] == each.shown_by["evidence_date"].date().isoformat()


def test_what_is_typed_outlives_a_look_at_another_quarter_and_is_forgotten_once_it_is_saved(
    as_local_user: str, owner: str
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Half a sentence.")
    at.run()
    running = updates_owed.quarters(pd.Timestamp.now("UTC").date())[1]
    at.selectbox(key="quarter").set_value(running)
    assert "Half a sentence." not in [each.value for each in at.run().text_area]
    at.selectbox(key="quarter").set_value(ended())
    assert "Half a sentence." in [each.value for each in at.run().text_area]
    assert "Typed and not saved yet" in text(at)
    fill(at, commitment, delivery="limited", confidence="amber")
    press(at, commitment, "save")
    assert saved(as_local_user, commitment, ended())["note"] == "Half a sentence."
    assert "Typed and not saved yet" not in text(at)


def test_a_form_that_is_open_when_the_right_ends_shows_only_what_was_typed_to_be_copied(
    as_local_user: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Half a sentence.")
    at.run()
    monkeypatch.setattr(identity, "person", lambda: None)
    at.run()
    assert "Half a sentence." in [each.value for each in at.get("code")]
    assert not at.text_area


def test_of_two_people_the_second_sees_what_the_first_saved_and_keeps_their_text(
    as_local_user: str, owner: str
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Mine.", delivery="limited", confidence="amber")
    theirs = checked(
        {
            "commitment": commitment, "period": ended(), "due_on": "2026-01-21", "reported_on": "2026-01-20",
            "delivery": "substantial", "note": "Theirs.",
        }
    )  # fmt: skip
    QuarterlyUpdates(History(connect(as_local_user))).save([(theirs, None)], by="bob", view="/")
    press(at, commitment, "save")
    assert "saved by bob" in text(at)
    assert "theirs is “Theirs.”" in text(at)
    assert saved(as_local_user, commitment, ended())["note"] == "Theirs."
    press(at, commitment, "save")
    assert saved(as_local_user, commitment, ended())["note"] == "Mine."


def test_a_database_that_stops_keeps_what_was_typed_on_the_page(
    as_local_user: str, owner: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Typed before it stopped.", delivery="limited", confidence="amber")
    monkeypatch.setattr(database, "_open", {})
    (tmp_path / "records.sqlite3").write_bytes(b"damaged" * 1000)
    press(at, commitment, "save")
    assert "not a database" in text(at)
    assert str(tmp_path) not in text(at)
    assert any(each.value == "Typed before it stopped." for each in at.text_area)


def test_an_empty_update_is_refused_with_its_field(as_local_user: str, owner: str) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="", delivery="limited", confidence="amber")
    press(at, commitment, "save")
    assert "What happened: say something here." in text(at)
    assert History(connect(as_local_user)).last()[0] == 0


def test_a_right_that_was_taken_away_is_missed_at_the_next_save(
    as_local_user: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Too late.", delivery="limited", confidence="amber")
    monkeypatch.setattr(identity, "person", lambda: None)
    press(at, commitment, "save")
    assert "Updates are written by the people who own commitments" in text(at)
    assert (
        not Path(as_local_user.removeprefix("sqlite:///")).exists()
        or History(connect(as_local_user)).last()[0] == 0
    )


def test_a_quarter_that_runs_says_when_it_can_be_submitted_and_one_that_ended_is_published_step_by_step(
    as_local_user: str, owner: str
) -> None:
    running = updates_owed.quarters(pd.Timestamp.now("UTC").date())[1]
    at = opened("my_updates", owner=owner, quarter=running)
    assert "It can be submitted once the quarter has ended" in text(at)
    assert not [each for each in at.button if str(each.key).endswith("-submitted")]
    commitment = left(owner)
    at = press(written(owner), commitment, "same")

    def can_be_saved(at: AppTest) -> bool:
        key = f"update-{commitment}-{ended()}-save"
        return not next(each for each in at.button if each.key == key).disabled

    assert can_be_saved(at)
    for step in ("submitted", "signed-off", "published"):
        next(each for each in at.button if str(each.key).endswith(f"-{step}")).click()
        at = at.run()
    assert "published: readers see it now" in text(at)
    assert not can_be_saved(at)
    assert f"{ended()} is published. Have it reopened to change an update." in [
        each.value for each in at.info
    ]
    assert editions.current().table("updates")["period"].eq(ended()).any()
    next(each for each in at.button if str(each.key).endswith("-reopened")).click()
    assert "Say why the quarter is reopened" in text(at.run())
    next(each for each in at.text_input if str(each.key).endswith("-reason")).set_value("A figure was wrong.")
    next(each for each in at.button if str(each.key).endswith("-reopened")).click()
    assert "reopened: its updates can be changed" in text(at.run())
    assert can_be_saved(at)


def test_a_draft_opens_again_with_all_that_was_typed(as_local_user: str, owner: str) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Done.", barriers="Too few trainers.", delivery="limited", confidence="amber")
    key = f"update-{commitment}-{ended()}"
    for name, value in (("heard", True), ("effect", 2)):
        next(each for each in at.selectbox if each.key == f"{key}-{name}").set_value(value)
    press(at, commitment, "save")
    again = written(owner)
    held = {each.key: each.value for kind in ("text_area", "selectbox") for each in again.get(kind)}
    assert [held[f"{key}-{name}"] for name in ("barriers", "heard", "effect")] == [
        "Too few trainers.",
        True,
        2,
    ]


def test_a_file_is_given_as_evidence_and_the_page_says_when_it_is_gone(
    as_local_user: str, owner: str, tmp_path: Path
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Done.", delivery="limited", confidence="amber")
    key = f"update-{commitment}-{ended()}-file-None"
    field = next(each for each in at.file_uploader if each.key == key)
    field.set_value(("..\\lists\u202e.pdf", b"%PDF-1.7 lists", "application/pdf"))
    press(at, commitment, "save")
    content = saved(as_local_user, commitment, ended())
    file = content["file"]
    assert isinstance(file, dict)
    assert (file["name"], file["size"]) == ("lists.pdf", 14)
    assert (tmp_path / "evidence" / file["sha256"]).read_bytes() == b"%PDF-1.7 lists"
    (tmp_path / "evidence" / file["sha256"]).unlink()
    assert "lists.pdf (14 bytes) is not there any more" in text(written(owner))


def test_a_file_is_not_kept_where_the_quarter_was_locked_meanwhile(
    as_local_user: str, owner: str, tmp_path: Path
) -> None:
    commitment = left(owner)
    owed = updates_owed.owed(editions.drafting(), owner, ended())
    directorate = next(each.directorate for each in owed if each.id == commitment)
    at = written(owner)
    fill(at, commitment, note="Mine.", delivery="limited", confidence="amber")
    key = f"update-{commitment}-{ended()}-file-None"
    next(each for each in at.file_uploader if each.key == key).set_value(
        ("lists.pdf", b"%PDF-1.7 lists", "application/pdf")
    )
    theirs = checked(
        {
            "commitment": "X-1", "directorate": directorate, "period": ended(), "due_on": "2026-01-21",
            "reported_on": "2026-01-20", "delivery": "substantial", "note": "Theirs.",
        }
    )  # fmt: skip
    updates, today = QuarterlyUpdates(History(connect(as_local_user))), datetime.now(UTC).date()
    (first,) = updates.save([(theirs, None)], by="bob", view="/")
    updates.step(
        Quarter(ended(), directorate), "submitted", updates={"X-1": first}, on=today, by="bob", view="/"
    )
    press(at, commitment, "save")
    assert f"{ended()} is submitted. Have it reopened to change an update." in [
        each.value for each in at.info
    ]
    assert [*tmp_path.glob("evidence/*")] == []


def test_a_file_that_is_not_kept_is_refused_with_a_sentence_and_nothing_is_saved(
    as_local_user: str, owner: str
) -> None:
    commitment = left(owner)
    at = written(owner)
    fill(at, commitment, note="Done.", delivery="limited", confidence="amber")
    key = f"update-{commitment}-{ended()}-file-None"
    next(each for each in at.file_uploader if each.key == key).set_value(
        ("lists.pdf", b"MZ\0", "application/pdf")
    )
    press(at, commitment, "save")
    assert "does not match its file extension" in text(at)
    assert History(connect(as_local_user)).last()[0] == 0


def test_a_deputy_writes_for_the_owner_and_the_history_says_both(as_local_user: str, owner: str) -> None:
    commitment, today = left(owner), pd.Timestamp.now("UTC").date()
    deputies = Deputies(History(connect(as_local_user)))
    named = deputies.appoint(
        {"owner": owner, "deputy": "Ann <b>Deputy</b>", "since": today, "until": today}, by="bob", view="/"
    )
    at = written(owner)
    next(each for each in at.selectbox if each.key == f"written-by-{owner}").set_value(named)
    fill(at, commitment, note="Done.", delivery="limited", confidence="amber")
    press(at, commitment, "save")
    content = saved(as_local_user, commitment, ended())
    assert (content["deputy"], content["on_behalf_of"]) == ("Ann <b>Deputy</b>", owner)


def test_a_deputy_whose_time_is_over_is_refused(as_local_user: str, owner: str) -> None:
    deputies, today = Deputies(History(connect(as_local_user))), datetime.now(UTC).date()
    named = {"owner": owner, "deputy": "ann", "since": today - timedelta(days=9), "until": today}
    deputies.appoint(named, by="bob", view="/")
    who_writes.check(owner, "ann")
    deputies.appoint({**named, "until": today - timedelta(days=1)}, by="bob", view="/")
    with pytest.raises(RecordsError, match="does not stand in"):
        who_writes.check(owner, "ann")
    assert [each for each in written(owner).selectbox if each.key == f"written-by-{owner}"] == []


def owners_offered(at: AppTest) -> set[str]:
    assert [error.value for error in at.exception] == []
    return {label.rpartition(" · ")[0] for label in at.selectbox(key="owner").options}


def test_how_late_a_commitment_is_does_not_change_with_what_others_write(
    as_local_user: str, owner: str, pack: Pack
) -> None:
    running = updates_owed.quarters(datetime.now(UTC).date())[1]
    before = {each.id: each.late for each in updates_owed.owed(editions.drafting(), owner, ended())}
    assert any(before.values())
    register = pack.table("commitments")
    other = register[(register["kind"] != "practice") & (register["lead"] != owner)]["id"].iloc[0]
    theirs = checked(
        {
            "commitment": other, "period": running, "due_on": "2026-01-21", "reported_on": "2026-01-20",
            "delivery": "limited", "note": "Theirs.",
        }
    )  # fmt: skip
    QuarterlyUpdates(History(connect(as_local_user))).save([(theirs, None)], by="bob", view="/")
    after = {each.id: each.late for each in updates_owed.owed(editions.drafting(), owner, ended())}
    assert after == before


@pytest.mark.parametrize(
    "ann",
    [
        identity.Person("Ann@authority.example", frozenset({"officer"})),
        identity.Person("00aa", frozenset({"officer"}), email="Ann@authority.example"),
    ],
    ids=["by e-mail", "by a number, with a checked e-mail beside it"],
)
def test_who_signed_in_is_offered_their_posts_and_those_they_stand_in_for(
    url: str, owner: str, pack: Pack, monkeypatch: pytest.MonkeyPatch, ann: identity.Person
) -> None:
    monkeypatch.setattr(identity, "person", lambda: ann)
    history, today = History(connect(url)), datetime.now(UTC).date()
    everybody = set(updates_owed.owners(pack)) | practices_due.owners(pack)
    nobody = opened("my_updates")
    assert owners_offered(nobody) == everybody
    assert who_writes.NOBODY_KNOWN in text(nobody)
    rows = [PersonRow(name="Ann", post=owner, email="ann@authority.example")]
    People(history).enter(rows, by="x", view="")
    assert owners_offered(opened("my_updates")) == {owner}
    other = min(everybody - {owner})
    given = {"owner": other, "deputy": "ann@authority.example", "since": today, "until": today}
    Deputies(history).appoint(given, by="x", view="")
    at = opened("my_updates", owner=other)
    assert owners_offered(at) == {owner, other}
    assert who_writes.NOBODY_KNOWN not in text(at)
    assert f"Written by ann@authority.example for {other}" in text(at).replace(JOINER, "")
    assert any(str(each.key).startswith("calendar-") for each in at.button)


def save_button(at: AppTest, commitment: str) -> Any:
    return next(each for each in at.button if each.key == f"update-{commitment}-{ended()}-save")


def test_an_officer_writes_for_any_owner_only_as_long_as_nobody_is_known_to_hold_a_post(
    url: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        identity, "person", lambda: identity.Person("bob@authority.example", frozenset({"officer"}))
    )
    commitment, people = left(owner), People(History(connect(url)))
    at = written(owner)
    fill(at, commitment, note="Bob's.", delivery="limited", confidence="amber")
    people.enter([PersonRow(name="Ann", post=owner, email="ann@authority.example")], by="x", view="")
    assert "does not say that you hold" in text(press(at, commitment, "save"))
    assert History(connect(url)).newest("update") == ()
    assert save_button(written(owner), commitment).disabled
    people.enter([PersonRow(name="Bob", post=owner, email="bob@authority.example")], by="x", view="")
    at = written(owner)
    fill(at, commitment, note="Bob's.", delivery="limited", confidence="amber")
    press(at, commitment, "save")
    assert saved(url, commitment, ended())["note"] == "Bob's."


def test_only_holders_and_editors_name_deputies_and_submit_the_quarters_of_their_directorate(
    url: str, owner: str, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(UTC).date()
    other = min(set(updates_owed.owners(pack)) - {owner})
    bob = identity.Person("bob@authority.example", frozenset({"officer"}))
    monkeypatch.setattr(identity, "person", lambda: bob)
    who_writes.check_one_of([owner], today)
    rows = [PersonRow(name="Bob", post=other, email="bob@authority.example")]
    People(History(connect(url))).enter(rows, by="x", view="")
    who_writes.check_one_of([owner, other], today)
    with pytest.raises(RecordsError, match="does not say that you hold a post of this directorate"):
        who_writes.check_one_of([owner], today)
    given = {"owner": owner, "deputy": "bob@authority.example", "since": today, "until": today}
    with pytest.raises(RecordsError, match="names who stands in for them"):
        who_writes.appoint(given)
    monkeypatch.setattr(identity, "person", lambda: identity.Person("ed", frozenset({"officer", "editor"})))
    with pytest.MonkeyPatch.context() as here:
        here.setattr(kit, "this_view", lambda: "?")
        who_writes.appoint(given)
    monkeypatch.setattr(identity, "person", lambda: bob)
    who_writes.check_owner(owner, today)
