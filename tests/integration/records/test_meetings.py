"""Meetings in the records: agendas, minutes against figures, and two people who write at once."""

from __future__ import annotations

from typing import Any

import pytest

from svdash.records import ConflictError, History, RecordsError
from svdash.records.meetings import MeetingLog, MinuteLine, added_meanwhile

SNAPSHOT = "0123456789abcdef" * 4
BOARD: dict[str, Any] = {
    "name": "Board", "on": "2027-01-14", "snapshot": SNAPSHOT, "agenda": ("overview/needs/attention", "equality-gaps/look/equality"),
}  # fmt: skip
FIRST = MinuteLine(kind="decision", text="Ask for a plan.", row="Disabled", figure="Share 5.5%")
SECOND = MinuteLine(kind="question", text="Why?")


def saved(history: History, **changed: Any) -> Any:
    return MeetingLog(history).save({**BOARD, **changed}, None, by="ann", view="/meeting")


def minuted(history: History, item: str, lines: Any, parent: Any = None, by: str = "ann") -> Any:
    return MeetingLog(history).minute(item, BOARD["agenda"][0], lines, parent, by=by, view="/meeting")


def test_meetings_are_listed_with_the_newest_day_first_and_keep_the_order_of_the_agenda(
    history: History,
) -> None:
    kept = saved(history)
    saved(history, name="Panel", on="2027-03-01", agenda=())
    log = MeetingLog(history)
    turned = BOARD["agenda"][::-1]
    log.save({**BOARD, "agenda": turned}, kept.revision, by="bob", view="/meeting")
    assert [(each.meeting.name, each.meeting.agenda) for each in log.newest()] == [
        ("Panel", ()),
        ("Board", turned),
    ]
    assert [each.by for each in history.of(kept.revision.item)] == ["ann", "bob"]
    log.save(
        {**BOARD, "state": "withdrawn", "reason": "Twice."}, log.newest()[1].revision, by="ann", view="/"
    )
    assert [each.meeting.name for each in log.newest()] == ["Panel"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "  "}, "Name of the meeting: say something here"),
        ({"name": "a\nb"}, "Name of the meeting: it has a line break"),
        ({"on": None}, "Day: say something here"),
        ({"agenda": ("a", "a")}, "Agenda: a finding is on it twice"),
        ({"agenda": tuple(map(str, range(61)))}, "at most 60"),
        ({"snapshot": ""}, "Choose the snapshot"),
        ({"snapshot": "../secret"}, "Snapshot: '../secret' is not allowed there"),
        ({"state": "withdrawn"}, "Say why it is withdrawn"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_with_a_sentence(
    history: History, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        saved(history, **changed)
    assert history.last()[0] == 0


def test_minutes_stand_against_a_figure_and_a_line_taken_away_stays_in_the_history(history: History) -> None:
    item = saved(history).revision.item
    kept = minuted(history, item, [FIRST, SECOND])
    minuted(history, item, [SECOND], kept.revision)
    (entry, now), *none = MeetingLog(history).minutes(item).items()
    assert (entry, now.minutes.lines, none) == (BOARD["agenda"][0], (SECOND,), [])
    assert "Ask for a plan." in str([each.content for each in history.of(now.revision.item)])
    assert MeetingLog(history).minutes("meeting:other") == {}
    assert history.faults() == ()


def test_of_two_minute_takers_the_second_is_told_what_the_first_added_and_loses_nothing(
    history: History,
) -> None:
    item = saved(history).revision.item
    seen = minuted(history, item, [FIRST]).revision
    minuted(history, item, [FIRST, SECOND], seen, by="bob")
    with pytest.raises(ConflictError, match="saved by bob") as conflict:
        minuted(history, item, [FIRST, {"kind": "note", "text": "Mine."}], seen)
    assert added_meanwhile(conflict.value, seen) == (SECOND,)
    with pytest.raises(ConflictError) as first:
        minuted(history, item, [{"kind": "note", "text": "Mine."}])
    assert added_meanwhile(first.value, None) == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"kind": "note", "text": " "}, "What is minuted: say something here"),
        ({"kind": "note", "text": "x" * 2001}, "more than 2,000 characters"),
        ({"kind": "vote", "text": "x"}, "What it is: 'vote' is not allowed there"),
    ],
)
def test_minutes_that_cannot_be_are_refused_with_a_sentence(
    history: History, line: dict[str, Any], said: str
) -> None:
    with pytest.raises(RecordsError, match=said):
        minuted(history, saved(history).revision.item, [line])


def test_a_line_that_is_corrected_to_nothing_is_refused_and_the_minutes_stay_readable(
    history: History,
) -> None:
    item = saved(history).revision.item
    kept = minuted(history, item, [FIRST])
    with pytest.raises(RecordsError, match="What is minuted: say something here"):
        minuted(history, item, [FIRST.model_copy(update={"text": "   "})], kept.revision)
    assert MeetingLog(history).minutes(item)[BOARD["agenda"][0]].minutes.lines == (FIRST,)


def test_nothing_is_minuted_of_what_is_off_the_agenda_or_in_a_meeting_that_was_withdrawn(
    history: History,
) -> None:
    kept, log = saved(history), MeetingLog(history)
    item = kept.revision.item
    first = minuted(history, item, [FIRST]).revision
    with pytest.raises(RecordsError, match="not on the agenda any more"):
        log.minute(item, "overview/other", [SECOND], None, by="ann", view="/")
    log.save({**BOARD, "state": "withdrawn", "reason": "Twice."}, kept.revision, by="bob", view="/")
    for entry, parent in ((BOARD["agenda"][0], first), (BOARD["agenda"][1], None)):
        with pytest.raises(RecordsError, match="This meeting was withdrawn"):
            log.minute(item, entry, [SECOND], parent, by="ann", view="/")
    assert log.one(item) is None


def test_a_meeting_that_is_withdrawn_in_the_moment_in_which_minutes_are_saved_gets_none(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, log = saved(history), MeetingLog(history)
    log.save({**BOARD, "state": "withdrawn", "reason": "Twice."}, kept.revision, by="bob", view="/")
    last = history.last()
    monkeypatch.setattr(log, "one", lambda _: kept)
    with pytest.raises(RecordsError, match="Somebody changed the meeting at the same moment"):
        log.minute(kept.revision.item, BOARD["agenda"][0], [FIRST], None, by="ann", view="/")
    assert history.last() == last
