"""Criteria for change beside the figures: when they were written, and whether a condition is met."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from svdash.records import History, connect
from svdash.records.indicator_versions import IndicatorLog
from svdash.workbench.criteria_for_change import held_against, when_written
from svdash.workbench.definition import DefinitionError, read
from tests.copies import ROOT

EXAMPLE = (ROOT / "docs" / "examples" / "social-value-scored.yaml").read_text(encoding="utf-8")
DRAFT = "0123456789ab"


@pytest.fixture
def log(tmp_path: Path) -> IndicatorLog:
    return IndicatorLog(History(connect(f"sqlite:///{tmp_path / 'records.sqlite3'}")))


def saved(log: IndicatorLog, by: str, text: str, *, is_read: bool) -> None:
    before = log.of(DRAFT)
    given = {"text": text, "digest": "a" * 64 if is_read else ""}
    log.save(DRAFT, given, before[-1].revision.number if before else None, by=by, view="")


def test_criteria_are_before_the_figures_as_long_as_nobody_changes_them(log: IndicatorLog) -> None:
    assert when_written(()) == ""
    saved(log, "ann", "title: Trees", is_read=False)
    assert when_written(log.of(DRAFT)) == ""
    saved(log, "ann", "title: Trees\ncriteria_for_change: Two more", is_read=False)
    saved(log, "bob", "title: Elms\ncriteria_for_change: Two  more", is_read=True)
    # What can't be read says nothing of them.
    saved(log, "bob", "title: [\ncriteria_for_change: Two more", is_read=False)
    told = when_written(log.of(DRAFT))
    assert " by ann, before this draft showed a figure." in told
    saved(log, "cat", "title: Elms\ncriteria_for_change: One more", is_read=True)
    told = when_written(log.of(DRAFT))
    assert told.startswith("Changed at ")
    assert " by cat, after this draft had shown figures" in told
    # Written back is still written after.
    saved(log, "ann", "title: Elms\ncriteria_for_change: Two more", is_read=True)
    assert " by ann, after this draft had shown figures" in when_written(log.of(DRAFT))


def said(when: str, *values: float | None, part: bool = False) -> str:
    """Return what is said of a condition, with these figures in years up to 2024/25, the last one of part of a year if so."""
    first = 2025 - len(values)
    rows = pd.DataFrame(
        [
            {"period": f"{first + place}/{(first + place + 1) % 100:02}", "value": value, "part": False}
            for place, value in enumerate(values)
        ],
        columns=["period", "value", "part"],
    )
    if part:
        rows.loc[len(rows) - 1, "part"] = True
    series: Any = SimpleNamespace(comparable=rows)
    return held_against(read(f"{EXAMPLE}\nchange_when: {when}\n"), series)


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        ("{side: below, value: 60}", (70.0, 59.9), "Met (below 60.0% in 1 period): 59.9% in 2024/25."),
        ("{side: below, value: 60}", (70.0, 60.0), "Not met (below 60.0% in 1 period): 60.0% in 2024/25."),
        ("{side: above, value: 60, periods: 2}", (61.0, 62.0), "Met (above 60.0% in 2 periods running): 61.0% in 2023/24 and 62.0% in 2024/25."),
        ("{side: above, value: 60, periods: 2}", (60.0, 62.0), "Not met (above 60.0% in 2 periods running): 60.0% in 2023/24 and 62.0% in 2024/25."),
        ("{side: above, value: 60, periods: 2}", (62.0,), "Can't be said yet (above 60.0% in 2 periods running): there is 1 whole period."),
        ("{side: above, value: 60}", (), "Can't be said yet (above 60.0% in 1 period): there are no whole periods."),
        ("{side: above, value: 60, periods: 2}", (None, 62.0), "Can't be said (above 60.0% in 2 periods running): no figure of 2023/24 may be shown."),
    ],
)  # fmt: skip
def test_a_condition_is_held_against_the_newest_whole_periods_as_they_are_told(
    when: str, values: tuple[float | None, ...], expected: str
) -> None:
    assert said(when, *values) == expected


def test_a_part_year_decides_nothing_and_without_a_condition_nothing_is_said() -> None:
    assert said("{side: below, value: 60}", 59.0, 70.0, part=True).startswith("Met ")
    assert said("null", 59.0) == ""
    with pytest.raises(DefinitionError, match=r"change_when.side: 'beyond' is not one of below or above"):
        said("{side: beyond, value: 60}", 59.0)
    with pytest.raises(DefinitionError, match="0 is less than 1"):
        said("{side: below, value: 60, periods: 0}", 59.0)
