"""What the overview says of the follow-up: exceptions, what is new, actions overdue with whom, and what came back done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from svdash import editions, settings
from svdash.access import identity
from svdash.findings import follow_up, snapshots
from svdash.findings.exceptions import exception_list
from svdash.findings.snapshot_taking import stored, worked_out
from svdash.records import History, Revision, connect
from svdash.records.agreed_actions import Action, ActionLog, KeptAction
from svdash.records.board_views import BoardLog
from svdash.records.taken_snapshots import SnapshotLog
from svdash.register import Framework, View
from tests.copies import CopiedPack
from tests.integration.pages.test_board_views import QUESTION, RATING
from tests.opened_pages import opened

TODAY = date(2026, 11, 29)


def kept(
    owner: str, due: date, *, state: str = "open", at: datetime = datetime(2026, 11, 1, tzinfo=UTC)
) -> KeptAction:
    proof = (
        {"evidence": "Letter", "done_on": TODAY - timedelta(days=9), "reason": "Seen"}
        if state == "closed"
        else {}
    )
    action = Action.model_validate({"what": "Ask", "owner": owner, "due": due, "state": state} | proof)
    return KeptAction(
        action, Revision(1, "action:1", "action", None, "ann", at, "", {}, None, erased=False, hash="")
    )


def test_overdue_actions_are_told_with_whom_from_the_day_after_they_were_due() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert follow_up.overdue((kept("Head of Works", TODAY),), TODAY) == ""
    assert (
        follow_up.overdue((kept("Head of Works", yesterday),), TODAY)
        == "1 action overdue, with Head of Works"
    )
    assert follow_up.overdue((kept("Head of Works", yesterday, state="closed"),), TODAY) == ""
    many = tuple(kept(owner, yesterday) for owner in ("C", "A", "B", "A"))
    assert follow_up.overdue(many, TODAY) == "4 actions overdue, with A, B and 1 more"


def test_what_came_back_is_told_since_the_last_snapshot(small_snapshot: snapshots.Snapshot) -> None:
    last = stored(small_snapshot, name="Board", by="ann", view="")
    before = kept("A", TODAY, state="closed", at=last.taken_at - timedelta(hours=1))
    after = kept("A", TODAY, state="closed", at=last.taken_at + timedelta(hours=1))
    assert follow_up.came_back((before, after), None) == "2 actions closed on evidence"
    assert follow_up.came_back((before, after), last) == "1 action closed on evidence since Board"
    assert follow_up.came_back((before,), last) == ""
    assert follow_up.came_back((kept("A", TODAY),)) == ""


def listed() -> int:
    """Count the exceptions of the list itself: actions whose exception is gone are none."""
    rows = exception_list.exceptions(editions.current(), latest()).frame
    return int(rows["rule"].ne(exception_list.AGREED).sum())


@pytest.fixture
def small_snapshot(
    copied_pack: CopiedPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> snapshots.Snapshot:
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    return worked_out(editions.current(), pages=("exceptions",))


def test_the_overview_says_what_is_new_since_the_last_snapshot(
    small_snapshot: snapshots.Snapshot, copied_pack: CopiedPack
) -> None:
    stored(small_snapshot, name="Board, 14 July", by="ann", view="")
    many = listed()
    assert f"{many} exceptions" in noted()
    assert "none new since Board, 14 July" in noted()
    copied_pack.change("commitments", lambda rows: rows.assign(lead=""))
    more = listed() - many
    assert more > 0
    assert f"{more} new since Board, 14 July" in noted()
    # A snapshot of all roles says nothing of one role.
    assert "new since" not in noted(role="employer")


def test_one_that_was_withdrawn_is_compared_with_and_offered_nowhere(
    small_snapshot: snapshots.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = stored(small_snapshot, name="Board, 14 July", by="ann", view="")
    monkeypatch.setattr(identity, "person", lambda: identity.Person("ann", frozenset({"officer"})))

    def offered() -> set[str]:
        boxes = [*opened("exceptions").selectbox, *opened("meeting").selectbox]
        return {str(each.key) for each in boxes if any("Board, 14 July" in name for name in each.options)}

    assert "new since Board" in noted()
    assert {"since", "meeting-new-0-snapshot"} <= offered()
    SnapshotLog(History(connect())).withdraw(taken.id, "Wrong figures.", by="ed", view="")
    assert "new since" not in noted()
    assert offered() == set()


def test_a_snapshot_that_was_altered_is_said_on_the_overview(small_snapshot: snapshots.Snapshot) -> None:
    taken = stored(small_snapshot, name="Board", by="ann", view="")
    (file,) = settings.snapshots_folder().glob(f"{taken.id}*")
    file.write_bytes(file.read_bytes()[:-9])
    assert "The last snapshot can't be read" in noted()


def test_an_action_that_readers_see_is_told_on_the_overview(small_snapshot: snapshots.Snapshot) -> None:
    del small_snapshot
    today = datetime.now(UTC).date()
    log = ActionLog(History(connect()))
    given = {"what": "Ask", "owner": "Head of Works", "due": today, "shown": True}
    kept = log.save(given, None, by="ann", view="")
    # It is no exception: the page of exceptions counts it apart.
    many = listed()
    assert f"{many} exceptions<" in noted()
    assert "closed on evidence" not in noted()
    done = given | {"state": "done", "evidence": "Letter", "done_on": today}
    said = log.save(done, kept.revision, by="bob", view="")
    log.save(done | {"state": "closed", "reason": "Seen"}, said.revision, by="ann", view="")
    assert "1 action closed on evidence" in noted()


def test_the_overview_says_where_the_board_differs_and_what_it_waits_for(
    small_snapshot: snapshots.Snapshot,
) -> None:
    del small_snapshot
    log = BoardLog(History(connect()))
    assert "of the Board" not in noted()
    then = {"state": "published", "period": "2025/26 Q2"}
    log.save(QUESTION | then, None, by="board", view="")
    assert "1 question of the Board waits for an answer" in noted()
    assert "from the officers'" not in noted()
    log.save(RATING | then, None, by="board", view="")
    assert "1 rating differs from the officers'" in noted()


def latest() -> View:
    return View(year=Framework.of(editions.current()).calendar.latest_year)


def noted(**params: str) -> str:
    """Return what the overview's pieces of HTML say."""
    at = opened("overview", **params)
    assert [each.value for each in at.exception] == []
    return unescape("".join(each.body for each in at.get("html")))
