"""The third column of the workbench: what a draft shows, marked as a prototype, beside an agreed indicator, or why it shows nothing."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from svdash.access import identity
from svdash.access.identity import Person
from svdash.records import History, connect
from svdash.records.indicator_versions import IndicatorLog
from tests.copies import ROOT, SMALL
from tests.integration.pages.test_pages import everything
from tests.opened_pages import opened

EXAMPLE = (ROOT / "docs" / "examples" / "social-value-scored.yaml").read_text(encoding="utf-8")
DRAFT = "0123456789ab"


def told(page: AppTest) -> str:
    assert [error.value for error in page.exception] == []
    return unescape(" ".join(everything(page)))


def test_a_draft_shows_its_figures_marked_as_a_prototype_and_beside_an_agreed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", address)
    monkeypatch.setattr(identity, "person", lambda: Person("ann@a.example", frozenset({identity.ANALYST})))
    text = EXAMPLE.replace("counts_people: false\n", "counts_people: false\ngroup: programme\n")
    IndicatorLog(History(connect(address))).save(DRAFT, {"text": text}, None, by="ann@a.example", view="")
    page = opened("workbench", indicator=DRAFT)
    shown = told(page)
    assert "A prototype, not agreed" in shown
    assert " by ann@a.example, before this draft showed a figure." in shown
    assert "Value of contracts whose social value was scored: described, not tested" in shown
    assert "A gap is between shares of people, or of other counted things" in shown
    assert "the definition names no column of areas" in shown
    # Nothing of it has an address in the open data.
    assert "api/v1/indicator." not in shown
    beside = page.selectbox(key="workbench-beside")
    other = next(code for code in beside.options if code.startswith("COM-"))
    shown = told(beside.select(other.split()[0]).run())
    assert "Value of contracts whose social value was scored beside " in shown
    assert "Both have the same axis." in shown
