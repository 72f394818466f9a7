"""Actions that a meeting agreed: what they need, how they end, and who closed them on what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from svdash.records import ConflictError, History, RecordsError
from svdash.records.agreed_actions import ActionLog, KeptAction, about
from svdash.records.people import People, PersonRow

TODAY = datetime.now(UTC).date()
GIVEN: dict[str, Any] = {
    "about": "overdue:A-1",
    "what": "Agree a date with the contractor",
    "owner": "Head of Works",
    "due": TODAY + timedelta(days=30),
    "commitments": ("A-1",),
}
PROOF = {"evidence": "Letter of 3 May", "done_on": TODAY}


def agreed(log: ActionLog, **changed: Any) -> KeptAction:
    return log.save(GIVEN | changed, None, by="clerk", view="exceptions")


def test_an_action_is_done_on_evidence_and_closed_by_somebody_who_says_why(history: History) -> None:
    log = ActionLog(history)
    first = agreed(log)
    done = log.save(GIVEN | PROOF | {"state": "done"}, first.revision, by="officer", view="")
    closed = log.save(
        GIVEN | PROOF | {"state": "closed", "reason": "The letter gives the date"},
        done.revision,
        by="chair",
        view="",
    )
    assert [each.action.state for each in log.of(first.item)] == ["open", "done", "closed"]
    assert (closed.revision.by, closed.action.evidence, closed.action.is_over) == (
        "chair",
        "Letter of 3 May",
        True,
    )
    assert about(log.newest(), "overdue:A-1") == (closed,)
    assert about(log.newest(), "overdue:A-2") == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"due": None}, "By when: say something here."),
        ({"due": TODAY - timedelta(days=1)}, "has passed. Give a day in the future."),
        ({"what": ""}, "What is to be done: say something here."),
        ({"owner": ""}, "Owner: say something here."),
        ({"state": "done", **PROOF}, "A new action is open."),
    ],
)
def test_a_new_action_without_what_it_needs_is_refused_and_nothing_is_recorded(
    history: History, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RecordsError, match=sentence):
        agreed(ActionLog(history), **changed)
    assert history.last()[0] == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"state": "done", "done_on": TODAY}, "Without it the action stays open"),
        ({"state": "done", "evidence": "A letter"}, "on which day it was done"),
        ({"state": "done", **PROOF, "done_on": TODAY + timedelta(days=2)}, "is in the future"),
        ({"state": "closed", **PROOF, "reason": "Looked at"}, "Record first that it is done"),
        ({"state": "withdrawn"}, "Say why it is withdrawn"),
        ({"due": TODAY + timedelta(days=90)}, "say why the action is moved from"),
    ],
)
def test_an_action_does_not_end_without_evidence_or_reason(
    history: History, changed: dict[str, Any], sentence: str
) -> None:
    log = ActionLog(history)
    first = agreed(log)
    with pytest.raises(RecordsError, match=sentence):
        log.save(GIVEN | changed, first.revision, by="x", view="")
    assert log.newest() == (first,)


def test_a_withdrawn_action_is_opened_again_only_with_a_reason_of_its_own(history: History) -> None:
    log = ActionLog(history)
    first = agreed(log)
    gone = log.save(GIVEN | {"state": "withdrawn", "reason": "No money"}, first.revision, by="x", view="")
    with pytest.raises(
        RecordsError, match=r"The action was withdrawn\. Open it again, with a reason, to change it"
    ):
        log.save(GIVEN | {"reason": "No money"}, gone.revision, by="x", view="")
    back = log.save(GIVEN | {"reason": "There is money now"}, gone.revision, by="x", view="")
    assert back.action.state == "open"


def done(log: ActionLog) -> KeptAction:
    return log.save(GIVEN | PROOF | {"state": "done"}, agreed(log).revision, by="officer", view="")


CLOSED = GIVEN | PROOF | {"state": "closed", "reason": "Seen"}


def test_nobody_closes_what_they_did_themselves_but_the_one_user_of_a_machine(history: History) -> None:
    log = ActionLog(history)
    kept = done(log)
    with pytest.raises(RecordsError, match="somebody else looks at the evidence and closes it"):
        log.save(CLOSED, kept.revision, by="officer", view="")
    assert log.save(CLOSED, kept.revision, by="officer", view="", may_close_own=True).action.state == "closed"


def test_evidence_is_not_exchanged_while_an_action_is_closed_nor_after_it(history: History) -> None:
    log = ActionLog(history)
    kept = done(log)
    with pytest.raises(RecordsError, match="The action was recorded as done with other evidence"):
        log.save(CLOSED | {"evidence": "Another letter"}, kept.revision, by="chair", view="")
    closed = log.save(CLOSED, kept.revision, by="chair", view="")
    for changed in ({"evidence": "Another letter"}, {"shown": True}):
        with pytest.raises(RecordsError, match=r"The action was closed\. Open it again"):
            log.save(CLOSED | changed, closed.revision, by="chair", view="")


def test_a_day_is_moved_with_a_reason_and_the_first_one_stays_known(history: History) -> None:
    log, day = ActionLog(history), TODAY + timedelta(days=60)
    kept = agreed(log)
    moved = log.save(GIVEN | {"due": day, "reason": "Waits for the budget"}, kept.revision, by="x", view="")
    again = GIVEN | {"due": day + timedelta(days=9), "reason": "Still waits"}
    assert log.save(again, moved.revision, by="x", view="").action.first_due == GIVEN["due"]
    with pytest.raises(RecordsError, match="say why the action is moved"):
        log.save(again | {"due": GIVEN["due"]}, log.newest()[0].revision, by="x", view="")


def test_an_owner_who_left_is_refused_and_one_nobody_was_entered_for_is_not(history: History) -> None:
    left = PersonRow(name="Ann", post="Head of Works", email="ann@a.example", left_on=date(2026, 3, 31))
    People(history).enter([left], by="x", view="people")
    log = ActionLog(history)
    with pytest.raises(RecordsError, match="nobody holds the post Head of Works since 31 March 2026"):
        agreed(log)
    assert agreed(log, owner="Head of Roads").action.owner == "Head of Roads"


def test_of_two_who_save_one_action_the_second_is_told_who_saved_it(history: History) -> None:
    log = ActionLog(history)
    first = agreed(log)
    log.save(GIVEN | {"what": "Ask the contractor"}, first.revision, by="bob", view="")
    with pytest.raises(ConflictError, match="was saved by bob"):
        log.save(GIVEN | {"what": "Write to the contractor"}, first.revision, by="cy", view="")


@pytest.mark.parametrize("sign", ["\x01", "\x1b", "\x7f"])
def test_a_sign_that_nobody_sees_is_refused_in_every_text(history: History, sign: str) -> None:
    with pytest.raises(
        RecordsError, match="What is to be done and Owner: there is an invisible character in it"
    ):
        agreed(ActionLog(history), what=f"do{sign}it", owner=f"He{sign}ad")
    with pytest.raises(RecordsError, match="Commitments: there is an invisible character"):
        agreed(ActionLog(history), commitments=(f"A{sign}",))
    # Lines and tabs are signs that people type.
    assert agreed(ActionLog(history), what="Ask\n\tit\x0bagain").action.what == "Ask\n\tit\x0bagain"
