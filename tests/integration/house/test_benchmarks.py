"""What is measured against must itself be whole, else every ratio is wrong and looks right."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from svdash.show.kit import addresses, page
from tests.copies import ROOT


def test_the_baseline_has_every_page_and_the_filters_and_shows_no_exception(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The baseline puts empty pages in place of the real ones; given back after the test.
    monkeypatch.setattr(page, "FOLDER", page.FOLDER)
    app = AppTest.from_file(str(ROOT / "benchmarks" / "blank" / "frame.py"), default_timeout=60).run()
    assert not app.exception
    assert page.FOLDER != ROOT / "pages"
    assert {file.stem for file in page.FOLDER.glob("*.py")} == {file for file, *_ in addresses.PAGES}
    assert {box.key for box in app.selectbox} == set(addresses.USED_FILTERS[""])
    assert not app.title
