"""The meetings' page: who may read and minute, the agenda of a snapshot, findings one at a time, minutes against figures, actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions, settings
from svdash.access import identity
from svdash.findings import snapshot_taking, snapshots
from svdash.findings.exceptions import exception_list, since_snapshot
from svdash.findings.progress import meeting_agenda
from svdash.findings.snapshot_taking import stored
from svdash.findings.snapshots import Snapshot
from svdash.findings.snapshots.stored_snapshot import read
from svdash.records import History, RecordsError, connect
from svdash.records.agreed_actions import ActionLog
from svdash.records.meetings import KeptMeeting, MeetingLog
from svdash.records.people import People, PersonRow
from svdash.register import View
from svdash.show.panels import meeting_actions, meeting_rights
from svdash.tables import Pack
from tests import kept_snapshot
from tests.copies import SMALL
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

GONE = "overview/never-was"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return read((kept_snapshot.FOLDER / f"{kept_snapshot.KEPT}.zip").read_bytes(), kept_snapshot.KEPT)


@pytest.fixture
def history(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    monkeypatch.setenv("SVDASH_SNAPSHOTS", str(tmp_path / "snapshots"))
    stored(snapshot, name="Before the Board", by="ann", view="/")
    return History(connect())


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch, "officer")


def signed_in(monkeypatch: pytest.MonkeyPatch, *roles: str) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.Person("ann", frozenset(roles)))


@pytest.fixture
def agenda(snapshot: Snapshot) -> tuple[str, ...]:
    return meeting_agenda.usual(snapshot.entries)[:3]


def planned(history: History, snapshot: Snapshot, agenda: tuple[str, ...]) -> KeptMeeting:
    given = {"name": "Board", "on": "2027-01-14", "snapshot": snapshot.id if agenda else "", "agenda": agenda}
    return MeetingLog(history).save(given, None, by="bob", view="/meeting")


def minuted(history: History) -> Mapping[str, Any]:
    (kept,) = MeetingLog(history).newest()
    return MeetingLog(history).minutes(kept.revision.item)


def shown(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    kinds = ("success", "error", "warning", "title")
    return unescape(" ".join([*everything(at), *(each.value for kind in kinds for each in at.get(kind))]))


def press(at: AppTest, key: str) -> AppTest:
    next(each for each in at.button if each.key == key).click()
    return at.run()


def typed(at: AppTest, key: str, text: str) -> None:
    next(each for each in [*at.text_area, *at.text_input] if each.key == key).set_value(text)


def test_a_meeting_is_planned_with_the_usual_agenda_of_its_snapshot(
    history: History, snapshot: Snapshot
) -> None:
    at = opened("meeting")
    assert "No meeting is planned yet" in shown(at)
    typed(at, "meeting-new-0-name", "Board")
    at = press(at, "meeting-new-0-save")
    (kept,) = MeetingLog(history).newest()
    assert kept.meeting.agenda == meeting_agenda.usual(snapshot.entries)
    assert f"{len(kept.meeting.agenda)} findings on the agenda" in shown(at)
    assert snapshot.finding(kept.meeting.agenda[0]).headline in shown(at)
    assert kept.revision.by == "ann"


def test_the_usual_agenda_is_refused_without_a_snapshot(history: History, snapshot: Snapshot) -> None:
    at = opened("meeting")
    typed(at, "meeting-new-0-name", "Board")
    next(each for each in at.selectbox if each.key == "meeting-new-0-snapshot").set_value("")
    assert "The usual agenda is made of a snapshot's findings" in shown(press(at, "meeting-new-0-save"))
    assert not MeetingLog(history).newest()


def test_a_meeting_is_withdrawn_with_a_reason_and_a_finding_taken_off_is_put_back(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    at = press(opened("meeting"), f"agenda-{agenda[1]}-off")
    assert MeetingLog(history).newest()[0].meeting.agenda == (agenda[0], agenda[2])
    assert {"Move 1 down", "Take 2 off"} <= {each.label for each in at.button}
    at = press(at, "agenda-undo")
    assert MeetingLog(history).newest()[0].meeting.agenda == agenda
    key = f"withdraw-{kept.revision.item.partition(':')[2]}-0"
    at = press(at, f"{key}-gone")
    assert "Say why it is withdrawn" in shown(at)
    typed(at, f"{key}-reason", "It is put off.")
    press(at, f"{key}-gone")
    assert not MeetingLog(history).newest()


def test_who_moves_a_finding_that_was_taken_off_meanwhile_is_told(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    at = opened("meeting")
    changed = {**kept.meeting.model_dump(), "agenda": agenda[:2]}
    MeetingLog(history).save(changed, kept.revision, by="bob", view="/")
    at = press(at, f"agenda-{agenda[2]}-up")
    assert f"“{snapshot.finding(agenda[2]).headline}” was taken off meanwhile by bob" in shown(at)
    assert MeetingLog(history).newest()[0].meeting.agenda == agenda[:2]


def test_an_editor_takes_a_snapshot_where_a_meeting_is_planned_and_others_are_told_who_does(
    history: History, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "snapshot-now" not in {each.key for each in opened("meeting").button}
    monkeypatch.setattr(snapshot_taking, "worked_out", lambda *_: snapshot)
    signed_in(monkeypatch, "editor", "officer")
    at = press(opened("meeting"), "snapshot-now")
    assert f"The snapshot {snapshot.short} of" in shown(at)
    assert next(each for each in at.selectbox if each.key == "meeting-new-0-snapshot").value == snapshot.id
    assert {each.id for each in snapshots.listed()} == {snapshot.id}


def test_findings_are_moved_added_and_taken_off(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda[:2])
    first, second = agenda[:2]
    at = press(opened("meeting"), f"agenda-{first}-down")
    assert MeetingLog(history).newest()[0].meeting.agenda == (second, first)
    at = press(at, f"agenda-{first}-off")
    assert MeetingLog(history).newest()[0].meeting.agenda == (second,)
    box = next(each for each in at.selectbox if each.label == "Add a finding")
    # What it is comes first, which the search of a list goes by.
    assert any(each.startswith("Pay gaps and pay quarters of groups, Sex: ") for each in box.options)
    assert any(each.startswith("Success measures with their verdict: ") for each in box.options)
    assert len(set(box.options)) == len(box.options)
    box.set_value(first)
    press(at.run(), "agenda-put")
    assert MeetingLog(history).newest()[0].meeting.agenda == (second, first)
    assert len(history.of(kept.revision.item)) == 4


def test_of_two_who_change_an_agenda_at_once_the_second_is_told(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    at = opened("meeting")
    changed = {**kept.meeting.model_dump(), "agenda": agenda[::-1]}
    MeetingLog(history).save(changed, kept.revision, by="bob", view="/")
    at = press(at, f"agenda-{agenda[0]}-off")
    assert "bob changed this meeting" in shown(at)
    assert MeetingLog(history).newest()[0].meeting.agenda == agenda[::-1]
    press(at, f"agenda-{agenda[0]}-off")
    assert MeetingLog(history).newest()[0].meeting.agenda == agenda[:0:-1]


@pytest.mark.parametrize("params", [{}, {"at": "1"}])
def test_a_person_without_a_role_reads_a_sentence_and_nothing_of_the_meeting(
    history: History,
    snapshot: Snapshot,
    agenda: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    params: dict[str, str],
) -> None:
    kept = planned(history, snapshot, agenda)
    for person in (None, identity.Person("eve", frozenset())):
        monkeypatch.setattr(identity, "person", lambda person=person: person)
        at = opened("meeting", meeting=kept.revision.item.partition(":")[2], **params)
        assert "Meetings are seen by those who take part" in shown(at)
        assert snapshot.finding(agenda[0]).headline not in shown(at)
        assert not at.text_area


def test_the_address_of_a_meeting_to_copy_names_the_meeting_and_no_filter_that_it_does_not_use(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    name = planned(history, snapshot, agenda).revision.item.partition(":")[2]
    at = opened("meeting", meeting=name, year="2024/25")
    (address,) = (each.value for each in at.code)
    assert address.endswith(f"?meeting={name}")


def test_an_analyst_reads_and_does_not_write(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(history, snapshot, agenda)
    signed_in(monkeypatch, "analyst")
    for part in ("agenda", "minutes", "actions"):
        at = opened("meeting", part=part)
        assert "Board, 14 January 2027: 3 findings" in shown(at)
        assert {each.key for each in at.button} == {"present"}
        assert not at.text_area


def test_findings_are_presented_one_at_a_time_with_a_counter_and_nothing_around_them(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    planned(history, snapshot, agenda)
    at = opened("meeting", at="1")
    headlines = [snapshot.finding(key).headline for key in agenda]
    for place, headline in enumerate(headlines, 1):
        text = shown(at)
        assert f"{place} of 3" in text
        assert headline in text
        assert not [other for other in headlines if other != headline and other in text]
        assert "illustrative" in text
        assert not [box.key for box in at.selectbox]
        at = press(at, "room-on")
    assert "Actions" in shown(at)
    assert at.query_params["at"] == "4"
    assert next(each for each in at.button if each.key == "room-on").disabled
    at = press(press(at, "room-back"), "room-leave")
    assert "Board, 14 January 2027: 3 findings" in shown(at)


@pytest.mark.parametrize("asked", ["0", "-1", "99", "x", "１"])
def test_a_place_that_is_none_shows_the_nearest_or_the_first(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], asked: str
) -> None:
    planned(history, snapshot, agenda)
    text = shown(opened("meeting", at=asked))
    assert "Actions" in text if asked == "99" else "1 of 3" in text


def test_a_finding_that_is_not_in_the_snapshot_is_named_and_the_others_stand(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    planned(history, snapshot, (GONE, *agenda))
    text = shown(opened("meeting"))
    assert f"{GONE} is not in the snapshot {snapshot.short}" in text
    assert snapshot.finding(agenda[0]).headline in text
    assert f"{GONE} is not in the snapshot" in shown(opened("meeting", at="1"))
    assert snapshot.finding(agenda[0]).headline in shown(opened("meeting", at="2"))


@pytest.mark.parametrize("damage", ["missing", "cut off", "altered"])
def test_a_snapshot_that_cannot_be_opened_is_told_and_minutes_stay(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], damage: str
) -> None:
    kept = planned(history, snapshot, agenda)
    line = {"kind": "decision", "text": "Ask for a plan."}
    MeetingLog(history).minute(kept.revision.item, agenda[0], [line], None, by="bob", view="/")
    (file,) = settings.snapshots_folder().iterdir()
    whole = file.read_bytes()
    file.unlink()
    if damage != "missing":
        middle = len(whole) // 2
        file.write_bytes(
            whole[:middle] if damage == "cut off" else whole[:middle] + bytes(9) + whole[middle + 9 :]
        )
    at = opened("meeting")
    assert "snapshot" in shown(at)
    assert "can't be shown" in shown(at)
    assert next(each for each in at.button if each.key == "present").disabled
    assert "Ask for a plan." in shown(opened("meeting", part="minutes"))
    assert "can't be shown" in shown(opened("meeting", at="1"))


def test_a_meeting_without_an_agenda_says_so_everywhere(history: History, snapshot: Snapshot) -> None:
    planned(history, snapshot, ())
    at = opened("meeting")
    assert "nothing on the agenda yet" in shown(at)
    assert next(each for each in at.button if each.key == "present").disabled
    assert "nothing to minute" in shown(opened("meeting", part="minutes"))
    assert "Nothing is on the agenda yet" in shown(opened("meeting", at="1"))


def test_a_decision_is_minuted_against_a_figure_while_it_is_presented(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    key = f"minute-{kept.revision.item}-{agenda[1]}-0"
    row, figure = next(iter(meeting_agenda.figures(snapshot.finding(agenda[1])).items()))
    at = press(opened("meeting", at="2"), "room-minutes")
    next(each for each in at.selectbox if each.key == f"{key}-kind").set_value("decision")
    next(each for each in at.selectbox if each.key == f"{key}-row").set_value(row)
    typed(at, f"{key}-text", "Stop it <b>now</b>.")
    at = press(at, f"{key}-save")
    (line,) = minuted(history)[agenda[1]].minutes.lines
    assert (line.kind, line.text, line.row, line.figure) == ("decision", "Stop it <b>now</b>.", row, figure)
    assert f"Decision on {row} ({figure})" in shown(at)
    assert "<b>now" not in " ".join(everything(at))
    at = opened("meeting", part="minutes", finding="2")
    typed(at, f"correct-{kept.revision.item}-{agenda[1]}-{line.id}-0-text", "Stop it.")
    press(at, f"correct-{kept.revision.item}-{agenda[1]}-{line.id}-0-save")
    assert [each.text for each in minuted(history)[agenda[1]].minutes.lines] == ["Stop it."]


def test_a_member_of_the_board_minutes_and_agrees_an_action_on_the_finding_that_is_presented(
    history: History,
    snapshot: Snapshot,
    agenda: tuple[str, ...],
    small_pack: Pack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = planned(history, snapshot, agenda)
    signed_in(monkeypatch, "board")
    at = press(opened("meeting", at="2"), "room-minutes")
    typed(at, f"minute-{kept.revision.item}-{agenda[1]}-0-text", "Why?")
    at = press(at, f"minute-{kept.revision.item}-{agenda[1]}-0-save")
    assert [each.text for each in minuted(history)[agenda[1]].minutes.lines] == ["Why?"]
    owner, due = small_pack.table("commitments")["lead"].dropna().iloc[0], datetime.now(UTC).date()
    ask(at, f"action-{kept.revision.item}-0", str(owner), due)
    (action,) = (each.action for each in ActionLog(history).newest())
    assert (action.about, action.meeting) == (agenda[1], kept.revision.item)


def test_presenting_ends_with_a_sentence_once_the_meeting_is_withdrawn_or_the_records_are_gone(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = planned(history, snapshot, agenda)
    # A step draws the finding alone: the list of meetings is as it was when presenting began.
    monkeypatch.setattr(meeting_rights, "every", lambda: (kept,))
    at = opened("meeting", at="1")
    given = {**kept.meeting.model_dump(), "state": "withdrawn", "reason": "Twice."}
    withdrawn = MeetingLog(history).save(given, kept.revision, by="bob", view="/")
    assert "This meeting was withdrawn" in shown(press(at, "room-on"))
    MeetingLog(history).save(kept.meeting.model_dump(), withdrawn.revision, by="bob", view="/")
    at = opened("meeting", at="1")

    def gone() -> None:
        raise RecordsError("The database does not answer.")

    monkeypatch.setattr(meeting_rights, "log", gone)
    assert "The database does not answer." in shown(press(at, "room-on"))


def test_of_two_minute_takers_the_second_sees_what_the_first_wrote_and_keeps_what_was_typed(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    key = f"minute-{kept.revision.item}-{agenda[0]}-0"
    at = opened("meeting", part="minutes")
    theirs = {"kind": "question", "text": "Who pays?"}
    MeetingLog(history).minute(kept.revision.item, agenda[0], [theirs], None, by="bob", view="/")
    typed(at, f"{key}-text", "Mine.")
    at = press(at, f"{key}-save")
    assert "bob minuted Question: “Who pays?”" in shown(at)
    assert next(each for each in at.text_area if each.key == f"{key}-text").value == "Mine."
    at = press(at, f"{key}-save")
    assert [each.text for each in minuted(history)[agenda[0]].minutes.lines] == ["Who pays?", "Mine."]


def test_a_correction_to_nothing_is_refused_and_the_line_stays_until_it_is_taken_out(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    line = {"id": "first", "kind": "decision", "text": "Ask for a plan."}
    MeetingLog(history).minute(kept.revision.item, agenda[0], [line], None, by="ann", view="/")
    key = f"correct-{kept.revision.item}-{agenda[0]}-first-0"
    at = opened("meeting", part="minutes")
    for nothing in ("", "   "):
        typed(at, f"{key}-text", nothing)
        at = press(at, f"{key}-save")
        assert "What is minuted: say something here" in shown(at)
        assert [each.text for each in minuted(history)[agenda[0]].minutes.lines] == ["Ask for a plan."]
    at = press(at, f"{key}-gone")
    assert "taken out; the history keeps it" in shown(at)
    assert minuted(history)[agenda[0]].minutes.lines == ()


def test_who_corrects_a_line_after_somebody_else_did_is_told_and_keeps_what_was_typed(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...]
) -> None:
    kept = planned(history, snapshot, agenda)
    line, log = {"id": "first", "kind": "note", "text": "Ask."}, MeetingLog(history)
    seen = log.minute(kept.revision.item, agenda[0], [line], None, by="ann", view="/")
    key = f"correct-{kept.revision.item}-{agenda[0]}-first-0"
    at = opened("meeting", part="minutes")
    typed(at, f"{key}-text", "Mine.")
    log.minute(
        kept.revision.item, agenda[0], [{**line, "text": "Theirs."}], seen.revision, by="bob", view="/"
    )
    at = press(at, f"{key}-save")
    assert "bob minuted Note: “Theirs.”" in shown(at)
    assert next(each for each in at.text_area if each.key == f"{key}-text").value == "Mine."
    untouched = opened("meeting", part="minutes")
    assert next(each for each in untouched.text_area if each.key == f"{key}-text").value == "Theirs."
    press(at, f"{key}-save")
    assert [each.text for each in minuted(history)[agenda[0]].minutes.lines] == ["Mine."]


def test_an_owner_who_leaves_while_the_form_is_open_and_a_post_that_nobody_knows_are_refused(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], small_pack: Pack
) -> None:
    kept = planned(history, snapshot, agenda)
    post = str(small_pack.table("commitments")["lead"].dropna().iloc[0])
    given: dict[str, Any] = {"what": "x", "due": datetime.now(UTC).date(), "meeting": kept.revision.item}
    row = {"name": "A", "post": post, "email": "a@authority.example", "left_on": "2026-01-31"}
    People(history).enter([PersonRow(**row)], by="ann", view="/")
    for owner in (post, "Chief of Everything"):
        with pytest.raises(RecordsError, match=f"Owner: nobody holds the post {owner}"):
            meeting_actions._saved({**given, "owner": owner}, "action-0")
    assert ActionLog(history).newest() == ()


def ask(at: AppTest, key: str, owner: str | None, due: date | None) -> AppTest:
    typed(at, f"{key}-what", "Write a plan.")
    next(each for each in at.selectbox if each.key == f"{key}-owner").set_value(owner)
    if due:
        next(each for each in at.date_input if each.key == f"{key}-due").set_value(due)
    return press(at, f"{key}-save")


def test_an_action_needs_a_date_and_an_owner_who_has_not_left_and_is_listed_at_the_end(
    history: History, snapshot: Snapshot, agenda: tuple[str, ...], small_pack: Pack
) -> None:
    kept = planned(history, snapshot, agenda)
    stays, left = small_pack.table("commitments")["lead"].dropna().unique()[:2]
    gone = {"name": "A", "post": left, "email": "a@authority.example", "left_on": "2026-01-31"}
    came = {"name": "B", "post": "Head of New Things", "email": "b@authority.example"}
    People(history).enter([PersonRow(**gone), PersonRow(**came)], by="ann", view="/")
    key = f"action-{kept.revision.item}-0"
    due = datetime.now(UTC).date() + timedelta(days=30)
    at = ask(opened("meeting", part="actions"), key, str(stays), None)
    assert "an action needs a date" in shown(at)
    (posts,) = (each.options for each in at.selectbox if each.key == f"{key}-owner")
    assert {str(stays), "Head of New Things"} <= set(posts)
    assert left not in posts
    at = ask(at, key, None, due)
    assert "Owner: say something here" in shown(at)
    assert ActionLog(history).newest() == ()
    at = ask(at, key, str(stays), due)
    (action,) = (each.action for each in ActionLog(history).newest())
    assert (action.meeting, action.owner, action.due) == (kept.revision.item, stays, due)
    assert "Board, 14 January 2027: 3 findings and 1 action" in shown(at)
    assert "Write a plan." in shown(opened("meeting", at="4"))
    assert "Write a plan." in shown(opened("exceptions"))


def test_an_action_on_an_exception_of_the_agenda_stands_beside_that_exception(
    history: History, small_pack: Pack
) -> None:
    listed = snapshot_taking.worked_out(small_pack, pages=("exceptions",))
    stored(listed, name="With exceptions", by="ann", view="/")
    kept = planned(history, listed, (since_snapshot.ENTRY,))
    key = f"action-{kept.revision.item}-0"
    rows = listed.finding(since_snapshot.ENTRY).frame
    late = rows[rows["rule"] == "overdue"].iloc[0]
    at = opened("meeting", part="actions")
    next(each for each in at.selectbox if each.key == f"{key}-about").set_value(late["key"])
    ask(at, key, late["owner"], datetime.now(UTC).date() + timedelta(days=30))
    (action,) = (each.action for each in ActionLog(history).newest())
    assert (action.about, action.commitments) == (late["key"], (late["subject"],))
    found = exception_list.exceptions(editions.drafting(), View(year="2025/26")).frame
    assert found.loc[found["key"] == late["key"], "action"].item() == "Write a plan."
    assert not found["rule"].eq(exception_list.AGREED).any()
