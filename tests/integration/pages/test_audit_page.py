"""The page on which editors see who changed what."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from svdash.access import identity
from svdash.records import Draft, History, connect
from svdash.show.panels import audit_trail_page
from tests.opened_pages import opened


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    found = History(connect(address))
    first = found.add([Draft("update:A-1", "update", {"note": "**before**"})], by="ann", view="/")[0]
    found.add([Draft("update:A-1", "update", {"note": "after"}, first.number)], by="bob", view="/")
    found.add([Draft("quarter:1", "quarter", {"state": "submitted"})], by="ann", view="/")
    return found


def rows(at: AppTest) -> list[int]:
    assert [error.value for error in at.exception] == []
    return [int(number) for number in at.dataframe[0].value["Number"]]


def test_revisions_are_shown_the_newest_first_and_filtered_by_the_address(history: History) -> None:
    at = opened("who_changed_what")
    assert rows(at) == [history.last()[0], 2, 1]
    assert at.title[0].value == "3 revisions under 2 names"
    assert rows(opened("who_changed_what", by="ann")) == [3, 1]
    assert rows(opened("who_changed_what", kind="update", words="AFTER")) == [2]


def test_what_a_revision_changed_stands_below_it(history: History) -> None:
    del history
    at = opened("who_changed_what", revision="2")
    changed = at.dataframe[1].value
    assert changed.to_dict("records") == [{"Part": "note", "Before": "**before**", "After": "after"}]


def test_a_day_that_is_none_is_named_and_a_filter_that_nothing_meets_says_so(history: History) -> None:
    del history
    at = opened("who_changed_what", since="1 October", by="ann")
    assert "is not a day. Write 1 October 2026, 1/10/2026 or 2026-10-01." in at.warning[0].value
    assert rows(at) == [3, 1]
    nothing = opened("who_changed_what", words="nowhere")
    assert not nothing.dataframe
    assert any("Widen the days or clear the words" in each.proto.body for each in nothing.get("html"))


@pytest.mark.parametrize(
    "written", ["2026-10-01", "1/10/2026", "01.10.2026", " 1  October 2026", "1 Oct 2026", "1/10/26"]
)
def test_days_are_taken_as_people_write_them(written: str) -> None:
    assert audit_trail_page.day(written) == date(2026, 10, 1)


def test_each_step_of_a_quarter_is_named(history: History) -> None:
    del history
    assert list(opened("who_changed_what").dataframe[0].value["What"]) == [
        "quarter: submitted",
        "update",
        "update",
    ]


def test_others_than_editors_are_told_whom_it_is_for(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    del history
    officer = identity.Person("ann@authority.example", frozenset({"officer"}))
    monkeypatch.setattr(identity, "person", lambda: officer)
    at = opened("who_changed_what")
    assert not at.dataframe
    assert at.title[0].value == "Editors see here who changed what"
