"""The workbench's first column: which table a text names, and a file brought by a page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from svdash import settings
from svdash.access import identity
from svdash.records import History, connect
from svdash.records.indicator_versions import IndicatorLog
from svdash.show.panels.workbench_choice import table_of, with_table
from svdash.workbench import brought_tables, incoming_files
from tests.integration.importing.workbooks import sheet, workbook


@pytest.mark.parametrize(
    ("text", "name", "written"),
    [
        ("", "contracts", "table: contracts\n"),
        ("id: A\n", "contracts", "id: A\ntable: contracts\n"),
        ("table: old # why\nid: A\n", "survey.csv", "table: survey.csv\nid: A\n"),
        ("table: a.csv\nsha256: 00ff\nid: A\n", "b.csv", "table: b.csv\nid: A\n"),
        ("id: A\n", "it's new.csv", "id: A\ntable: 'it''s new.csv'\n"),
    ],
)
def test_a_text_names_the_table_that_was_chosen(text: str, name: str, written: str) -> None:
    assert with_table(text, name) == written
    assert table_of(with_table(text, "contracts")) == "contracts"


def page() -> None:
    """The column alone, as the page draws it."""
    from types import SimpleNamespace

    import streamlit as st

    from svdash import editions
    from svdash.show.panels import workbench_file, workbench_text
    from svdash.workbench.indicator_draft import IndicatorDraft

    draft = IndicatorDraft(name := st.query_params.get("draft", "d1"), turn=workbench_text.turn(name))
    files = workbench_file.ask(SimpleNamespace(edition=editions.current()), draft)  # type: ignore[arg-type]
    st.code(f"{workbench_text.standing(draft)}{files}")


@pytest.fixture
def column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_this_process: None) -> AppTest:
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    return AppTest.from_function(page, default_timeout=60).run()


def brought(column: AppTest, name: str, content: bytes) -> AppTest:
    """Bring a file, and look at the column again until it is read."""
    column.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    until = time.monotonic() + 60
    while any(each.label == "Cancel" for each in column.button) and time.monotonic() < until:
        time.sleep(0.1)
        column.run()
    assert not column.exception
    return column


def html(column: AppTest) -> str:
    return "".join(block.proto.body for block in column.get("html"))


def test_a_file_that_is_brought_is_named_in_the_text_and_its_profile_shown(column: AppTest) -> None:
    assert "Nothing is chosen yet" in html(column)
    brought(column, "survey.csv", b"place,people\nSt Helens MBC,3\n<b>Halton,4\n")
    assert column.code[0].value.startswith("table: survey.csv\n{'survey.csv': '")
    assert any("**survey.csv**: 2 rows" in each.value for each in column.markdown)
    assert "&lt;b&gt;Halton" in html(column)
    assert "<b>Halton" not in html(column)


def test_a_file_that_can_not_be_read_is_a_sentence_and_the_draft_stays(column: AppTest) -> None:
    brought(column, "survey.csv", b"%PDF-1.7 not a table")
    assert "PDF" in column.error[0].value
    assert not any((settings.var_folder() / "workbench-incoming").rglob("*.csv"))


def test_a_reading_stays_with_its_draft(column: AppTest) -> None:
    brought(column, "two.xlsx", workbook(sheets={"A": sheet([["a"], [1]]), "B": sheet([["b"], [2]])}))
    column.query_params["draft"] = "d2"
    column.run()
    assert not any(each.label.startswith("Which table") for each in column.selectbox)
    column.query_params["draft"] = "d1"
    column.run()
    assert any(each.label.startswith("Which table") for each in column.selectbox)


def test_a_file_is_taken_away_once_it_is_read_though_nobody_looks(column: AppTest) -> None:
    column.file_uploader[0].set_value(("survey.csv", b"area,people\na,3\n", "text/csv")).run()
    until = time.monotonic() + 60
    while incoming_files.arrived(identity.LOCAL_USER.identity) and time.monotonic() < until:
        time.sleep(0.1)
    assert incoming_files.arrived(identity.LOCAL_USER.identity) == []


def test_a_file_is_taken_away_for_everybody_in_two_steps_by_whoever_brought_it(
    column: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    brought(column, "survey.csv", b"area,people\na,3\n")
    sha256 = brought_tables.every()[0].sha256
    other = identity.Person("jo@example.org", frozenset({identity.ANALYST}))
    monkeypatch.setattr(identity, "person", lambda: other)
    column.run()
    # A file is its bringer's until an indicator names it.
    assert not [each for each in column.selectbox if each.key.startswith("workbench-earlier")]
    given = {"text": "table: survey.csv", "files": {"survey.csv": sha256}}
    IndicatorLog(History(connect())).save("0123456789ab", given, None, by="local user", view="")
    column.run()
    earlier = next(each for each in column.selectbox if each.key.startswith("workbench-earlier"))
    earlier.set_value(sha256).run()
    assert column.button(key="workbench-discard").disabled
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    column.run()
    assert any("will have no figures without it." in each.value for each in column.markdown)
    assert column.button(key="workbench-discard").label == "Yes, remove it for everybody"
    column.button(key="workbench-discard").click().run()
    assert brought_tables.every() == []


def test_a_table_of_the_pack_can_be_taken_and_has_a_profile_too(column: AppTest) -> None:
    next(each for each in column.selectbox if each.label == "Or a table of the data pack").set_value(
        "areas"
    ).run()
    assert not column.exception
    assert column.code[0].value.startswith("table: areas")
    assert "LSOA codes" in html(column)
