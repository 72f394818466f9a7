"""The life of an indicator on record: its steps, who may not take them, and that what is agreed holds while it is changed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from svdash.records import ConflictError, History, RecordsError
from svdash.records.evidence_files import EvidenceFile
from svdash.records.indicator_versions import (
    DRAFT,
    INDICATOR,
    IndicatorLog,
    KeptVersion,
    authors,
    in_force,
    new_id,
)

FIGURES = EvidenceFile(sha256="a" * 64, name="figures.json", media="application/json", size=9)
SEEN = FIGURES.sha256


def given(text: str = "one", code: str = "ABC-I1", **more: Any) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"text": text, "title": "Hours given", "code": code, "digest": digest, **more}


def prototype(log: IndicatorLog, draft: str, **more: Any) -> KeptVersion:
    kept = log.save(draft, given(**more), None, by="ann", view="")
    return log.step(kept, "prototype", by="ann", view="")


def agreed(log: IndicatorLog, draft: str, **more: Any) -> KeptVersion:
    kept = prototype(log, draft, **more)
    return log.step(kept, "agreed", by="ed", view="", reason="It is what the Board asked for", file=FIGURES)


def test_an_indicator_is_proposed_prototyped_agreed_and_retired_and_its_history_says_by_whom(
    history: History,
) -> None:
    log, draft = IndicatorLog(history), new_id()
    kept = agreed(log, draft)
    assert (kept.version.reviewer, kept.version.is_reviewed) == ("ed", True)
    gone = log.step(kept, "retired", by="ed", view="", reason="Nobody collects it any more")
    told = [(each.version.stage, each.revision.by, each.revision.kind) for each in log.of(draft)]
    assert told == [
        ("proposed", "ann", DRAFT),
        ("prototype", "ann", DRAFT),
        ("agreed", "ed", INDICATOR),
        ("retired", "ed", INDICATOR),
    ]
    assert log.in_force() == (gone,)
    assert gone.version.file == FIGURES


def test_a_change_begins_a_version_and_what_was_agreed_holds_until_that_is_agreed_too(
    history: History,
) -> None:
    log, draft = IndicatorLog(history), new_id()
    first = agreed(log, draft)
    changed = log.save(draft, given("two"), first.revision.number, by="bob", view="")
    (standing,) = log.every()
    assert (standing.newest, standing.in_force, standing.is_changed) == (changed, first, True)
    assert changed.version.stage == "proposed"
    assert authors(log.of(draft)) == {"bob"}
    tried = log.step(changed, "prototype", by="bob", view="")
    second = log.step(tried, "agreed", by="ed", view="", reason="Clearer", file=FIGURES)
    assert log.in_force() == (second,)
    assert in_force(log.of(draft)[:-1]) == first


def test_a_change_that_is_withdrawn_leaves_what_is_agreed_and_a_draft_that_is_withdrawn_is_listed_no_more(
    history: History,
) -> None:
    log, draft, other = IndicatorLog(history), new_id(), new_id()
    first = agreed(log, draft)
    changed = log.save(draft, given("two"), first.revision.number, by="bob", view="")
    gone = log.step(changed, "withdrawn", by="bob", view="", reason="Not clearer")
    assert (gone.version.stage, gone.revision.kind) == ("withdrawn", DRAFT)
    assert log.in_force() == (first,)
    (standing,) = log.every()
    assert (standing.newest, standing.in_force, standing.is_changed) == (first, first, False)
    again = log.save(draft, given("three"), first.revision.number, by="ann", view="")
    log.step(again, "withdrawn", by="ann", view="", reason="Nor is this")
    retired = log.step(first, "retired", by="ed", view="", reason="Nobody collects it any more")
    assert log.in_force() == (retired,)
    late = log.save(draft, given("four"), retired.revision.number, by="ann", view="")
    log.step(late, "withdrawn", by="ann", view="", reason="It was for another one")
    assert log.in_force() == (retired,)
    alone = log.save(other, given(code="ABC-I2"), None, by="ann", view="")
    log.step(alone, "withdrawn", by="ann", view="", reason="There is one already")
    assert [each.newest for each in log.every()] == [retired]


def test_nobody_agrees_what_they_wrote_alone_and_a_review_holds_for_the_text_that_was_looked_at(
    history: History,
) -> None:
    log, draft = IndicatorLog(history), new_id()
    kept = prototype(log, draft)
    with pytest.raises(RecordsError, match="Nobody other than its authors has looked at this version"):
        log.step(kept, "agreed", by="ann", view="", reason="Mine", file=FIGURES)
    with pytest.raises(RecordsError, match="Somebody other than its authors"):
        log.review(kept, SEEN, by="ann", view="", reason="Fine")
    seen = log.review(kept, SEEN, by="bob", view="", reason="The denominator is right")
    changed = log.save(draft, given("two"), seen.revision.number, by="ann", view="")
    assert (changed.version.stage, changed.version.is_reviewed) == ("prototype", False)
    with pytest.raises(RecordsError, match="Nobody other than its authors has looked at this version"):
        log.step(changed, "agreed", by="ann", view="", reason="Mine", file=FIGURES)
    again = log.review(changed, SEEN, by="bob", view="", reason="Still right")
    assert (
        log.step(again, "agreed", by="ann", view="", reason="Bob looked", file=FIGURES).version.reviewer
        == "bob"
    )
    alone = prototype(log, new_id(), code="ABC-I2")
    assert (
        log.step(
            alone, "agreed", by="ann", view="", reason="One user", file=FIGURES, alone=True
        ).version.stage
        == "agreed"
    )


def test_a_review_holds_for_the_files_that_were_looked_at(history: History) -> None:
    log, draft, files = IndicatorLog(history), new_id(), {"survey.csv": "a" * 64}
    seen = log.review(
        prototype(log, draft, files=files), SEEN, by="bob", view="", reason="The rows are right"
    )
    assert seen.version.is_reviewed
    other = log.save(draft, given(files={"survey.csv": "b" * 64}), seen.revision.number, by="ann", view="")
    assert (other.version.stage, other.version.is_reviewed) == ("prototype", False)
    back = log.save(draft, given(files=files), other.revision.number, by="ann", view="")
    assert back.version.is_reviewed


def test_a_review_holds_for_the_figures_that_were_looked_at_also_where_they_are_agreed_again(
    history: History,
) -> None:
    log, draft, other = IndicatorLog(history), new_id(), FIGURES.model_copy(update={"sha256": "b" * 64})
    seen = log.review(prototype(log, draft), SEEN, by="bob", view="", reason="The rows are right")
    with pytest.raises(RecordsError, match="with the figures that it has now"):
        log.step(seen, "agreed", by="ann", view="", reason="Bob looked", file=other)
    kept = log.step(seen, "agreed", by="ann", view="", reason="Bob looked", file=FIGURES)
    assert kept.version.reviewer == "bob"
    with pytest.raises(RecordsError, match="with the figures that it has now"):
        log.step(kept, "agreed", by="ann", view="", reason="A new year", file=other)
    again = log.step(kept, "agreed", by="ed", view="", reason="A new year", file=other)
    assert (again.version.reviewer, again.version.is_reviewed) == ("ed", True)


@pytest.mark.parametrize(
    ("stage", "more", "sentence"),
    [
        ("agreed", {"file": FIGURES}, "Reason: say why it is agreed"),
        ("agreed", {"reason": "So"}, "agreed with its figures, and none were given"),
        ("retired", {"reason": "So"}, "ABC-I1 Hours given is prototype: it can't be retired now"),
        ("prototype", {}, "it can't be prototype now"),
        ("withdrawn", {}, "Reason: say why it is withdrawn"),
    ],
)
def test_a_step_that_cannot_follow_or_says_no_reason_is_refused_and_nothing_is_recorded(
    history: History, stage: Any, more: dict[str, Any], sentence: str
) -> None:
    log, draft = IndicatorLog(history), new_id()
    kept, last = prototype(log, draft), history.last()
    with pytest.raises(RecordsError, match=sentence):
        log.step(kept, stage, by="ed", view="", **more)
    assert history.last() == last


def test_a_definition_that_cannot_be_read_is_kept_as_a_draft_and_goes_no_further(history: History) -> None:
    log, draft = IndicatorLog(history), new_id()
    kept = log.save(draft, {"text": "titel: x"}, None, by="ann", view="")
    with pytest.raises(RecordsError, match="Definition: it can't be read yet"):
        log.step(kept, "prototype", by="ann", view="")
    assert log.of(draft)[-1].version.text == "titel: x"


def test_of_two_who_save_one_draft_or_agree_one_identifier_the_second_is_told(history: History) -> None:
    log, draft = IndicatorLog(history), new_id()
    kept = log.save(draft, given(), None, by="ann", view="")
    log.save(draft, given("two"), kept.revision.number, by="bob", view="")
    with pytest.raises(ConflictError, match="was saved by bob"):
        log.save(draft, given("three"), kept.revision.number, by="ann", view="")
    agreed(log, new_id(), code="ABC-I7")
    other = prototype(log, new_id(), code="ABC-I7")
    with pytest.raises(RecordsError, match="Identifier: ABC-I7 is another indicator's"):
        log.step(other, "agreed", by="ed", view="", reason="So", file=FIGURES)
