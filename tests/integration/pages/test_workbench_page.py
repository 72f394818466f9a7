"""The workbench as analysts meet it: drafts that are kept by themselves, found again, and never lost to somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from svdash import editions
from svdash.access import identity
from svdash.access.identity import Person
from svdash.records import History, connect
from svdash.records.indicator_versions import IndicatorLog
from tests.copies import ROOT, SMALL
from tests.integration.pages.test_pages import everything, html
from tests.opened_pages import opened

EXAMPLE = (ROOT / "docs" / "examples" / "social-value-scored.yaml").read_text(encoding="utf-8")
DRAFT = "0123456789ab"
ANN = Person("ann@a.example", frozenset({identity.ANALYST}))
EDITOR = Person("ed@a.example", frozenset({identity.EDITOR}))
BOB = Person("bob@a.example", frozenset({identity.ANALYST}))


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IndicatorLog:
    """The indicators on record, none yet; Ann is at the browser."""
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    sits(monkeypatch, ANN)
    return IndicatorLog(History(connect(address)))


def sits(monkeypatch: pytest.MonkeyPatch, person: Person | None) -> None:
    monkeypatch.setattr(identity, "person", lambda: person)


def as_text(at: AppTest) -> TextArea:
    """The field that holds the whole definition, beside those of the form."""
    return next(each for each in at.text_area if each.label == "Definition as text")


def written(at: AppTest, text: str) -> AppTest:
    """Write a definition and leave its field."""
    as_text(at).set_value(text)
    at.run()
    assert [error.value for error in at.exception] == []
    return at


def test_readers_are_told_who_tries_indicators_out_and_see_no_draft(
    log: IndicatorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.save(DRAFT, {"text": EXAMPLE, "title": "Planted"}, None, by=ANN.identity, view="")
    for person in (None, Person("o@a.example", frozenset({identity.OFFICER, identity.BOARD}))):
        sits(monkeypatch, person)
        at = opened("workbench", indicator=DRAFT)
        assert at.title[0].value == "Analysts try out new indicators here"
        assert "Planted" not in str(at)
        assert not at.text_area


def test_what_is_typed_is_kept_by_itself_and_found_again_by_other_analysts(
    log: IndicatorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("workbench")
    assert at.title[0].value == "No indicator is being tried out yet"
    written(opened("workbench", indicator=DRAFT), EXAMPLE.replace("unit: percent", "unit: much"))
    assert [each.newest.version.title for each in log.every()] == [
        "Value of contracts whose social value was scored"
    ]
    sits(monkeypatch, BOB)
    again = opened("workbench", indicator=DRAFT)
    assert "unit: much" in as_text(again).value
    written(again, EXAMPLE)
    assert [(each.revision.by, bool(each.version.digest)) for each in log.of(DRAFT)] == [
        (ANN.identity, False),
        (BOB.identity, True),
    ]
    assert opened("workbench").dataframe[0].value["Last saved by"].tolist() == [BOB.identity]


def test_of_two_people_on_one_draft_the_second_is_told_and_keeps_what_they_typed(
    log: IndicatorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.save(DRAFT, {"text": EXAMPLE}, None, by=ANN.identity, view="")
    first, second = opened("workbench", indicator=DRAFT), opened("workbench", indicator=DRAFT)
    sits(monkeypatch, BOB)
    written(first, EXAMPLE + "# of Bob\n")
    sits(monkeypatch, ANN)
    mine = EXAMPLE + "# of Ann\n"
    written(second, mine)
    assert "saved this draft at" in html(second)
    assert as_text(second).value == mine
    assert len(log.of(DRAFT)) == 2
    second.button(key="workbench-mine").click().run()
    assert [each.version.text[-9:] for each in log.of(DRAFT)[1:]] == ["# of Bob\n", "# of Ann\n"]
    first.run()
    assert as_text(first).value == mine


def test_what_is_typed_stays_in_its_draft_beside_others_without_a_title(log: IndicatorLog) -> None:
    others = ("a" * 12, "b" * 12)
    for other in others:
        log.save(other, {"text": "unit: count"}, None, by=BOB.identity, view="")
    at = written(opened("workbench", indicator=DRAFT), "unit: percent")
    labels = at.selectbox(key="indicator").options
    assert len(set(labels)) == len(labels) == 4
    written(at, EXAMPLE)
    assert at.query_params["indicator"] == DRAFT
    assert as_text(at).value == EXAMPLE
    assert [each.version.text for each in log.of(DRAFT)] == ["unit: percent", EXAMPLE]
    assert [each.version.text for other in others for each in log.of(other)] == ["unit: count"] * 2


def test_the_open_draft_stays_open_where_the_browser_sends_a_label_that_it_no_longer_has(
    log: IndicatorLog,
) -> None:
    log.save("a" * 12, {"text": "unit: count"}, None, by=BOB.identity, view="")
    at = written(opened("workbench", indicator=DRAFT), "unit: percent")
    box = at.selectbox(key="indicator")
    box.options.append("New indicator")
    box.set_value("New indicator")
    written(at, "title: Half a thousand")
    assert at.query_params["indicator"] == DRAFT
    assert [each.version.text for each in log.of(DRAFT)] == ["unit: percent", "title: Half a thousand"]


def pressed(at: AppTest, label: str, reason: str = "") -> AppTest:
    """Give a reason and press the button with a label, the second one where it asks twice."""
    if reason:
        next(each for each in at.text_input if each.label.startswith("Reason")).set_value(reason)
        at.run()
    next(each for each in at.button if each.label == label).click()
    at.run()
    assert [error.value for error in at.exception] == []
    return at


def test_a_prototype_is_looked_at_agreed_changed_and_retired_by_those_who_may(
    log: IndicatorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = pressed(written(opened("workbench", indicator=DRAFT), EXAMPLE), "Make it a prototype")
    assert at.title[0].value.endswith("was scored: prototype")
    agree = next(each for each in at.button if each.label == "Yes, agree it")
    assert agree.disabled
    assert any(
        "Nobody other than its authors has looked at this version yet" in each.value for each in at.warning
    )
    sits(monkeypatch, BOB)
    pressed(opened("workbench", indicator=DRAFT), "I looked at it", "Contracts are counted once")
    sits(monkeypatch, EDITOR)
    at = opened("workbench", indicator=DRAFT)
    assert any("Nothing is in the way" in part for part in everything(at))
    pressed(at, "Yes, agree it", "The Board asked for it")
    (agreed,) = log.in_force()
    assert (agreed.revision.by, agreed.version.reviewer) == (EDITOR.identity, BOB.identity)
    assert "COM-I90" in set(editions.current().table("indicators")["id"])
    shown = " ".join(everything(opened("workbench", indicator=DRAFT)))
    assert "A prototype, not agreed" not in shown
    assert "the register keeps the figures that were agreed" in shown
    assert "Value of contracts whose social value was scored" in " ".join(
        everything(opened("indicators", indicator="COM-I90"))
    )

    sits(monkeypatch, ANN)
    changed = EXAMPLE.replace("where=social_value_scored", "where=not social_value_scored")
    at = written(opened("workbench", indicator=DRAFT), changed)
    assert log.in_force() == (agreed,)
    said = [frame.value for frame in at.dataframe if "Field" in frame.value]
    assert said[0]["Field"].tolist() == ["numerator"]
    at.toggle[0].set_value(True).run()
    assert any("Period" in frame.value and len(frame.value) for frame in at.dataframe)
    sits(monkeypatch, EDITOR)
    assert any("You agreed it" in part for part in everything(opened("workbench")))
    at = opened("workbench", indicator=DRAFT)
    assert "is set aside unagreed" in " ".join(everything(at))
    pressed(at, "Yes, retire it", "Nobody asks any more")
    assert "had begun is set aside" in " ".join(everything(at))
    assert log.in_force()[0].version.stage == "retired"
    assert "(retired)" in " ".join(everything(opened("indicators", indicator="COM-I90")))


def test_a_prototype_that_can_no_longer_be_read_is_said_to_be_proposed_again(log: IndicatorLog) -> None:
    at = pressed(written(opened("workbench", indicator=DRAFT), EXAMPLE), "Make it a prototype")
    at = written(at, EXAMPLE.replace("unit: percent", "unit: much"))
    assert at.title[0].value.endswith(": proposed")
    assert any("It was a prototype" in each.value for each in at.warning)
    at = pressed(written(at, EXAMPLE), "Make it a prototype")
    assert not any("It was a prototype" in each.value for each in at.warning)


def test_an_indicator_that_the_register_would_refuse_cannot_be_agreed_and_says_why(
    log: IndicatorLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed(
        written(opened("workbench", indicator=DRAFT), EXAMPLE.replace("level: output", "level: input")),
        "Make it a prototype",
    )
    sits(monkeypatch, EDITOR)
    at = opened("workbench", indicator=DRAFT)
    assert next(each for each in at.button if each.label == "Yes, agree it").disabled
    assert any("level: “input” is not one of the values allowed" in each.value for each in at.warning)
