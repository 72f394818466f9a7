"""A quarter from the first draft to what readers see: who saves what when, what is locked, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from svdash.records import ConflictError, History, RecordsError, Revision
from svdash.records.quarterly_updates import (
    STEPS,
    Quarter,
    QuarterlyUpdate,
    QuarterlyUpdates,
    checked,
    state_of,
)

PERIOD, DIRECTORATE = "2026/27 Q3", "people"
QUARTER = Quarter(PERIOD, DIRECTORATE)
SUBMITTED = date(2027, 1, 22)


def given(**changed: Any) -> dict[str, Any]:
    typed = {
        "commitment": "A-1", "directorate": DIRECTORATE, "period": PERIOD, "due_on": "2027-01-21", "reported_on": "2027-01-08",
        "delivery": "limited", "confidence": "amber", "note": "Ten vacancies tried.", "evidence": "Extract", "evidence_date": "2027-01-05",
    }  # fmt: skip
    return {**typed, **changed}


def update(**changed: Any) -> QuarterlyUpdate:
    return checked(given(**changed))


@pytest.fixture
def updates(history: History) -> QuarterlyUpdates:
    return QuarterlyUpdates(history)


def save(updates: QuarterlyUpdates, parent: int | None = None, **changed: Any) -> Revision:
    return updates.save([(update(**changed), parent)], by="ann", view="/my-updates")[0]


def step(updates: QuarterlyUpdates, state: str, *submitted: Revision, reason: str = "") -> Revision:
    newest = {each.content["commitment"]: each for each in submitted}
    return updates.step(QUARTER, state, updates=newest, reason=reason, on=SUBMITTED, by="ann", view="/")


def publish(updates: QuarterlyUpdates, *submitted: Revision) -> Revision:
    for state in ("submitted", "signed-off"):
        step(updates, state, *submitted)
    return step(updates, "published")


def test_readers_see_an_update_from_its_publication_on_and_not_before(updates: QuarterlyUpdates) -> None:
    saved = save(updates)
    assert updates.newest("A-1", PERIOD) == saved
    seen = [updates.published()]
    for state in ("submitted", "signed-off", "published"):
        step(updates, state, saved)
        seen.append(updates.published())
    assert seen == [(), (), (), (saved,)]


def test_a_reopened_quarter_shows_what_was_published_until_it_is_published_again(
    updates: QuarterlyUpdates,
) -> None:
    first = save(updates)
    publish(updates, first)
    step(updates, "reopened", reason="A figure was wrong.")
    second = save(updates, first.number, note="Eleven vacancies tried.")
    assert updates.published() == (first,)
    publish(updates, second)
    assert updates.published() == (second,)


@pytest.mark.parametrize("state", ["submitted", "signed-off", "published"])
def test_a_quarter_is_locked_from_its_submission_on_and_open_again_once_reopened(
    updates: QuarterlyUpdates, state: str
) -> None:
    saved = save(updates)
    for each in ("submitted", "signed-off", "published"):
        step(updates, each, saved)
        if each == state:
            break
    with pytest.raises(RecordsError, match=r"can't be changed\. Have it reopened first"):
        save(updates, saved.number, note="Late thought.")
    with pytest.raises(RecordsError, match=r"A-2 can't be changed"):
        save(updates, commitment="A-2")
    save(updates, commitment="B-1", directorate="place")
    save(updates, period="2026/27 Q4")
    step(updates, "reopened", reason="A figure was wrong.")
    assert save(updates, saved.number, note="Late thought.").parent == saved.number


@pytest.mark.parametrize("state", list(STEPS))
@pytest.mark.parametrize("before", ["", *STEPS])
def test_a_step_follows_only_those_that_it_may_follow(
    updates: QuarterlyUpdates, before: str, state: str
) -> None:
    saved = save(updates)
    ways = {
        "": (),
        "submitted": ("submitted",),
        "signed-off": ("submitted", "signed-off"),
        "published": ("submitted", "signed-off", "published"),
        "reopened": ("submitted", "reopened"),
    }
    for each in ways[before]:
        step(updates, each, saved, reason="because")
    assert state_of(updates.quarter(QUARTER)) == before
    if before in STEPS[state]:
        assert step(updates, state, saved, reason="because").content["updates"] == [saved.number]
    else:
        with pytest.raises(RecordsError, match="It would have to be"):
            step(updates, state, saved, reason="because")


def test_reopening_needs_a_reason_and_submitting_an_update(updates: QuarterlyUpdates) -> None:
    with pytest.raises(RecordsError, match="has no update to submit"):
        step(updates, "submitted")
    publish(updates, save(updates))
    with pytest.raises(RecordsError, match="Say why the quarter is reopened"):
        step(updates, "reopened", reason="  ")
    assert (
        step(updates, "reopened", reason=" A figure was wrong. ").content["reason"] == "A figure was wrong."
    )


def test_what_is_submitted_is_what_was_seen(updates: QuarterlyUpdates) -> None:
    seen = save(updates)
    newer = save(updates, seen.number, note="Changed meanwhile.")
    with pytest.raises(ConflictError) as caught:
        step(updates, "submitted", seen)
    assert caught.value.standing == newer
    assert updates.quarter(QUARTER) is None


def test_a_first_update_saved_while_its_quarter_is_submitted_stops_the_submission(
    updates: QuarterlyUpdates,
) -> None:
    seen = save(updates)
    newest = {"A-1": seen, "A-2": updates.newest("A-2", PERIOD), "A-3": None}
    late = save(updates, commitment="A-2")
    with pytest.raises(ConflictError) as caught:
        updates.step(QUARTER, "submitted", updates=newest, on=SUBMITTED, by="bob", view="/")
    assert caught.value.standing == late
    assert updates.quarter(QUARTER) is None
    updates.step(QUARTER, "submitted", updates={**newest, "A-2": late}, on=SUBMITTED, by="bob", view="/")
    step(updates, "signed-off")
    step(updates, "published")
    assert updates.published() == (seen, late)


def test_a_quarter_that_is_submitted_while_an_update_is_saved_refuses_the_update(
    updates: QuarterlyUpdates, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save(updates)
    looked = updates.quarter

    def submitted_right_after(quarter: Quarter) -> Revision | None:
        found = looked(quarter)
        monkeypatch.setattr(updates, "quarter", looked)
        step(updates, "submitted", saved)
        return found

    monkeypatch.setattr(updates, "quarter", submitted_right_after)
    with pytest.raises(ConflictError):
        save(updates, saved.number, note="Too late.")
    assert updates.newest("A-1", PERIOD) == saved


def test_whether_an_update_would_be_refused_is_told_before_anything_is_done_for_it(
    updates: QuarterlyUpdates,
) -> None:
    updates.check(update(), None)
    assert updates.saved() == ()
    first = save(updates)
    updates.check(update(), first.number)
    with pytest.raises(ConflictError) as conflict:
        updates.check(update(), None)
    assert conflict.value.standing == first
    step(updates, "submitted", first)
    with pytest.raises(RecordsError, match="is submitted, so A-1 can't be changed"):
        updates.check(update(), first.number)


def test_several_updates_are_saved_all_or_none(updates: QuarterlyUpdates) -> None:
    first = save(updates)
    with pytest.raises(ConflictError):
        updates.save([(update(commitment="A-2"), None), (update(), None)], by="ann", view="/")
    assert updates.newest("A-2", PERIOD) is None
    both = [(update(commitment="A-2"), None), (update(note="More."), first.number)]
    assert len(updates.save(both, by="ann", view="/")) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"note": ""}, "What happened: say something here."),
        ({"note": "   "}, "What happened: say something here."),
        ({"note": "x" * 4001}, "What happened: it has more than 4,000 characters. Shorten it, or attach it as evidence."),
        ({"note": None}, "What happened: say something here."),
        ({"evidence": "x" * 501}, "Evidence: it has more than 500 characters. Shorten it, or attach it as evidence."),
        ({"evidence_date": "2027-01-09"}, "The evidence is dated after today, the day of the report."),
        ({"evidence_date": "soon"}, "Date of the evidence: 'soon' is not allowed there."),
        ({"effect": 6}, "Effect: 6 is not allowed there."),
        ({"period": "2026/27"}, "Period: '2026/27' is not allowed there."),
        ({"colour": "red"}, "Colour: there is no such field."),
    ],
)  # fmt: skip
def test_what_can_not_be_reported_is_refused_with_its_field(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(RecordsError) as caught:
        checked(given(**changed))
    assert str(caught.value) == said


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(RecordsError) as caught:
        checked(given(note="", delivery="", effect=9))
    assert str(caught.value) == (
        "Delivery: say something here. Effect: 9 is not allowed there. What happened: say something here."
    )


def test_an_update_comes_back_as_it_was_typed(updates: QuarterlyUpdates) -> None:
    saved = save(updates, effect=3, heard=True, barriers="None\nso far", on_behalf_of="Head of People")
    found = updates.newest("A-1", PERIOD)
    assert found == saved
    assert checked(found.content) == update(
        effect=3, heard=True, barriers="None\nso far", on_behalf_of="Head of People"
    )
    assert checked(found.content).reported_on == date(2027, 1, 8)


@pytest.mark.parametrize(("on", "may"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_a_quarter_is_submitted_once_it_has_ended(updates: QuarterlyUpdates, on: date, may: bool) -> None:
    saved = save(updates)
    if may:
        updates.step(QUARTER, "submitted", updates={"A-1": saved}, on=on, by="ann", view="/")
        return
    with pytest.raises(
        RecordsError, match="ends on 31 December 2026: it can be submitted from the day after"
    ):
        updates.step(QUARTER, "submitted", updates={"A-1": saved}, on=on, by="ann", view="/")
