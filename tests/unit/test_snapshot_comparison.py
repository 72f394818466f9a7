"""Two snapshots side by side: what changed, by how much, and whether it is real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from svdash.findings import Finding
from svdash.findings.snapshots import Entry, Snapshot
from svdash.findings.snapshots.comparison import (
    APART,
    CAME,
    CHANCE,
    GONE,
    NO_TEST,
    OVERLAP,
    Comparison,
    compared,
)
from svdash.findings.snapshots.stored_snapshot import written
from svdash.register import View
from svdash.tables import Pack

COLUMNS = {"group": "Group", "share": "Share (%)", "lower": "From", "upper": "To", "verdict": "Verdict"}


def _found(*rows: tuple[Any, ...], columns: Mapping[str, str] = COLUMNS, **more: Any) -> Finding:
    frame = pd.DataFrame([row[: len(columns)] for row in rows], columns=list(columns))
    return Finding("shares", "Head", "Sub", frame, columns, decimals={"share": 1}, row_key=("group",), **more)


def _snapshot(pack: Pack, **findings: Finding) -> Snapshot:
    return written(
        pack,
        {},
        [(Entry(f"p/{key}", "p", each.name, each.headline), each) for key, each in findings.items()],
        "1",
    )


@pytest.fixture
def side_by_side(small_pack: Pack) -> Any:
    def compare(before: Finding, after: Finding) -> Comparison:
        return compared(_snapshot(small_pack, one=before), _snapshot(small_pack, one=after))

    return compare


BEFORE = _found(("women", 30.0, 28.0, 32.0, "no gap"), ("men", 70.0, 68.0, 72.0, "no gap"))


def test_the_same_content_says_that_nothing_changed(side_by_side: Any) -> None:
    found = side_by_side(BEFORE, replace(BEFORE))
    assert (found.changed, found.headline) == ((), "Nothing changed in 1 finding")


def test_intervals_that_lie_apart_tell_a_real_change_and_those_that_overlap_none(side_by_side: Any) -> None:
    after = _found(("women", 40.0, 37.0, 43.0, "no gap"), ("men", 69.0, 67.0, 71.0, "no gap"))
    (entry,) = side_by_side(BEFORE, after).changed
    women, men = entry.rows
    assert (women.row, next((cell.column, cell.before, cell.after, cell.by) for cell in women.cells)) == (
        "women",
        ("Share (%)", "30.0", "40.0", "+10.0"),
    )
    assert women.real == f"{APART}; verdict as before: “no gap”"
    assert men.real == f"{OVERLAP}; verdict as before: “no gap”"


def test_a_changed_verdict_is_named_even_where_the_figure_reads_the_same(side_by_side: Any) -> None:
    after = _found(("women", 30.04, 28.0, 32.0, "a gap beyond chance"), ("men", 70.0, 68.0, 72.0, "no gap"))
    ((women,),) = (entry.rows for entry in side_by_side(BEFORE, after).changed)
    assert women.real == "verdict changed: “no gap”, now “a gap beyond chance”"
    assert [(cell.before, cell.after, cell.by) for cell in women.cells if cell.by] == [
        ("30.0", "30.0", "by less than is written")
    ]


def test_where_there_is_neither_verdict_nor_interval_no_test_exists(side_by_side: Any) -> None:
    columns = {"group": "Group", "share": "Share (%)"}
    (entry,) = side_by_side(_found(("a", 1.0), columns=columns), _found(("a", 2.0), columns=columns)).changed
    assert [row.real for row in entry.rows] == [NO_TEST]


def test_rows_that_came_and_went_are_named_by_their_key(side_by_side: Any) -> None:
    after = _found(("women", 30.0, 28.0, 32.0, "no gap"), ("others", 1.0, 0.5, 2.0, "no gap"))
    (entry,) = side_by_side(BEFORE, after).changed
    assert [(row.row, row.what) for row in entry.rows] == [("others", CAME), ("men", GONE)]


def test_findings_that_came_and_went_are_named(small_pack: Pack) -> None:
    found = compared(
        _snapshot(small_pack, one=BEFORE, old=BEFORE), _snapshot(small_pack, one=BEFORE, new=BEFORE)
    )
    assert ([each.key for each in found.came], [each.key for each in found.gone]) == (["p/new"], ["p/old"])
    assert found.headline == "Of 3 findings, 1 came and 1 went"


def test_a_figure_that_is_hidden_now_is_told_with_its_mark(side_by_side: Any) -> None:
    columns = {"group": "Group", "share": "Share (%)"}
    hidden = _found(("a", float("nan")), columns=columns)
    hidden = replace(hidden, frame=hidden.frame.assign(marker="[c]"))
    (entry,) = side_by_side(_found(("a", 1.0), columns=columns), hidden).changed
    assert [(cell.before, cell.after, cell.by) for row in entry.rows for cell in row.cells] == [
        ("1.0", "[c]", "")
    ]


def test_the_verdict_of_a_whole_finding_is_compared_too(side_by_side: Any) -> None:
    (entry,) = side_by_side(
        replace(BEFORE, verdict="too-early"), replace(BEFORE, verdict="improving")
    ).changed
    assert (entry.rows, entry.verdict) == ((), ("Too early for a trend", "Improving"))


def test_how_much_of_it_is_real_is_counted(side_by_side: Any) -> None:
    after = _found(("women", 40.0, 37.0, 43.0, "no gap"), ("men", 60.0, 57.0, 63.0, "a gap"))
    found = side_by_side(BEFORE, after)
    assert found.sentence == "Of the changes by row: 1 with another verdict and 1 real by their intervals."
    assert side_by_side(BEFORE, replace(BEFORE)).sentence == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"vintage": "Deprivation of 2025"}, "vintage"),
        ({"method": "Counted otherwise"}, "method"),
        ({"columns": {**COLUMNS, "share": "Rate (per 1,000)"}}, "unit"),
        ({"view": View(role="employer")}, "role"),
        ({"view": View(compare="2022/23")}, "compared year"),
        ({"params": {"unit": "people"}}, "settings of the page"),
        ({"vintage": "Deprivation of 2025", "view": View(role="employer")}, "vintage and role"),
    ],
)
def test_nothing_is_called_real_where_the_figures_are_of_different_things(
    side_by_side: Any, other: dict[str, Any], said: str
) -> None:
    after = _found(("women", 40.0, 37.0, 43.0, "a gap"), ("men", 60.0, 57.0, 63.0, "no gap"))
    found = side_by_side(replace(BEFORE, verdict="too-early"), replace(after, verdict="improving", **other))
    (entry,) = found.changed
    assert {row.real for row in entry.rows} == {f"not compared: not the same {said} in both"}
    assert entry.verdict is None
    assert found.sentence == "Of the changes by row: 2 not compared, since they are of different things."
    alike = side_by_side(replace(BEFORE, verdict="too-early"), replace(after, verdict="improving"))
    assert alike.changed[0].verdict == ("Too early for a trend", "Improving")


def test_a_new_year_is_named_and_the_verdict_of_the_figures_alone_says_whether_a_change_is_real(
    side_by_side: Any,
) -> None:
    rows = (("women", 40.0, 37.0, 43.0, "no gap"), ("men", 60.0, 57.0, 63.0, "a gap"))
    then, now = View(year="2024/25"), View(year="2025/26")
    found = side_by_side(replace(BEFORE, view=then), _found(*rows, view=now))
    (entry,) = found.changed
    years = "of two years: before 2024/25, now 2025/26"
    assert [row.real for row in entry.rows] == [
        f"verdict as before: “no gap”; {years}",
        f"verdict changed: “no gap”, now “a gap”; {years}",
    ]
    assert found.sentence == "Of the changes by row: 1 with another verdict and 1 with the verdict of before."
    # Without a verdict of its own a figure is tested by its interval, as within one year.
    columns = {name: title for name, title in COLUMNS.items() if name != "verdict"}
    plain = [
        _found(*some, columns=columns, view=view)
        for some, view in ((BEFORE.frame.values.tolist(), then), (rows, now))
    ]
    assert {row.real for row in side_by_side(*plain).changed[0].rows} == {f"{APART}; {years}"}


def test_a_change_that_stands_out_alone_is_no_more_real_among_many_that_do_not(small_pack: Pack) -> None:
    columns = {name: COLUMNS[name] for name in ("group", "share", "lower", "upper")}

    def finding(shares: list[float]) -> Finding:
        rows = [(f"group {place}", each, each - 2, each + 2) for place, each in enumerate(shares)]
        return _found(*rows, columns=columns)

    def real(*findings: tuple[list[float], list[float]]) -> list[str]:
        first = {f"of{place}": finding(before) for place, (before, _) in enumerate(findings)}
        second = {f"of{place}": finding(after) for place, (_, after) in enumerate(findings)}
        found = compared(_snapshot(small_pack, **first), _snapshot(small_pack, **second))
        return [row.real for each in found.changed for row in each.rows]

    # Intervals 0.1 apart: p is 0.0037 alone, too much for the first of fifty, also of another finding.
    alone, many = ([30.0], [34.1]), ([50.0] * 49, [50.1] * 49)
    assert real(alone) == [APART]
    assert real(alone, many) == [CHANCE, *[OVERLAP] * 49]
    assert real(([30.0], [44.0]), many) == [APART, *[OVERLAP] * 49]
