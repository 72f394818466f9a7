"""Findings as an Excel workbook: no blank cell, and no sign that Excel can't hold."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd

from svdash.findings import Finding
from svdash.reports import finding_workbook


def _rows(found: Finding) -> list[list[object]]:
    """Return the table of a finding as its sheet holds it, with its head."""
    book = openpyxl.load_workbook(
        io.BytesIO(finding_workbook.written([(found.name, found)], {"From": "a\x0bb"}))
    )
    assert book["About"]["B1"].value == "a b"
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    return rows[rows.index([None] * len(rows[0])) + 1 :]


def test_no_cell_is_blank_and_each_missing_one_has_the_marker_of_its_row() -> None:
    frame = pd.DataFrame(
        {
            "group": ["women", "men", ""],
            "share": [1.5, float("nan"), float("nan")],
            "day": [pd.Timestamp("2026-01-05"), pd.NaT, pd.NaT],
            "marker": ["", "[c]", None],
        }
    )
    columns = {"group": "Group", "share": "Share (%)", "day": "Day"}
    head, women, men, others = _rows(Finding("one", "Head", "Sub", frame, columns, decimals={"share": 1}))
    assert head == ["Group", "Share (%)", "Day", "marker"]
    assert women == ["women", 1.5, pd.Timestamp("2026-01-05").to_pydatetime(), "none"]
    assert men == ["men", "[c]", "[c]", "[c]"]
    assert others == ["[x]", "[x]", "[x]", "none"]


def test_signs_that_excel_can_not_hold_become_blanks_wherever_they_stand() -> None:
    frame = pd.DataFrame({"group": ["wo\x0bmen", "=1+1"]})
    found = Finding("one", "He\x01ad", "Sub\x08", frame, {"group": "Gro\x02up"}, sentence="It\x1f is")
    assert _rows(found) == [["Gro up"], ["wo men"], ["'=1+1"]]
