"""The definition on the workbench: form and text write each other, faults stand by line, and checks run by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from svdash.access import identity
from svdash.access.identity import Person
from tests.copies import ROOT, SMALL
from tests.opened_pages import opened

EXAMPLE = (ROOT / "docs" / "examples" / "social-value-scored.yaml").read_text(encoding="utf-8")
DRAFT = "0123456789ab"


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The workbench with a new draft, an analyst at the browser."""
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    person = Person("ann@a.example", frozenset({identity.ANALYST}))
    monkeypatch.setattr(identity, "person", lambda: person)
    return opened("workbench", indicator=DRAFT)


def text(at: AppTest) -> str:
    assert [error.value for error in at.exception] == []
    return str(at.text_area(key=f"definition-{DRAFT}-0").value)


def test_what_is_chosen_in_the_form_stands_in_the_text_and_the_other_way_round(at: AppTest) -> None:
    at.text_input(key=f"definition-{DRAFT}-0-title").set_value("Contracts").run()
    assert text(at) == "title: Contracts\n"
    at.text_area(key=f"definition-{DRAFT}-0").set_value(f"# mine\n{EXAMPLE}").run()
    assert at.selectbox(key=f"definition-{DRAFT}-0-polarity").value == "higher"
    assert at.text_area(key=f"definition-{DRAFT}-0-caveats").value.startswith("Contracts count by the day")
    at.selectbox(key=f"definition-{DRAFT}-0-polarity").set_value("lower").run()
    assert text(at) == f"# mine\n{EXAMPLE.replace('polarity: higher', 'polarity: lower')}"
    at.text_input(key=f"definition-{DRAFT}-0-target-value").set_value("40").run()
    assert "target:\n  value: 40\n" in text(at)
    assert any("target.year is missing" in each.value for each in at.error)


def test_faults_stand_one_a_line_and_what_was_typed_stays(at: AppTest) -> None:
    wrong = EXAMPLE.replace("unit: percent", "unit: much").replace("polarity: higher", "polarty: up")
    at.text_area(key=f"definition-{DRAFT}-0").set_value(wrong).run()
    assert text(at) == wrong
    (told,) = at.error
    assert len(told.value.splitlines()) == 2
    assert "Line " in told.value
    assert [each.value for each in at.info] == ["**Fill in next: Polarity.** Then its figures are shown."]
    at.text_area(key=f"definition-{DRAFT}-0").set_value("title: [").run()
    assert text(at) == "title: ["


def test_a_draft_that_only_names_a_table_is_told_one_thing_what_to_fill_in_next(at: AppTest) -> None:
    at.text_area(key=f"definition-{DRAFT}-0").set_value("table: contracts\n").run()
    assert not at.error
    (told,) = at.info
    assert (
        told.value
        == "**Fill in next: Title.** After it: Identifier, Role, Definition, Criteria for change and 8 more."
    )


def test_checks_are_told_by_shape_and_word_as_soon_as_the_definition_can_be_read(at: AppTest) -> None:
    bare = EXAMPLE.partition("criteria_for_change")[0]
    at.text_area(key=f"definition-{DRAFT}-0").set_value(bare).run()
    assert any("Fill in next: Criteria for change" in each.value for each in at.info)
    at.text_area(key=f"definition-{DRAFT}-0").set_value(EXAMPLE.replace("higher", "none")).run()
    told = [each.value for each in at.markdown]
    assert any(each.startswith(":orange[▲ **Warn**] **Polarity**") for each in told)
    assert any(each.startswith(":green[✓ **Pass**] **Ratios above 100%**") for each in told)
