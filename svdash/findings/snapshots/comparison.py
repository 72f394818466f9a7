"""Two snapshots side by side: which findings came and went, which figures changed and by how much, and whether that is real.

Rows are told apart by the finding's own key, and figures compared as they are stored: not as they are written, so that no
rounding decides. What is real is said by the findings' own verdicts, and where a row has an interval by that: intervals that lie
apart tell a real change where it also holds with all changed figures taken together; those that overlap tell none. Where a
finding has neither, no test exists, and that is said. Where vintage, method, unit or filters are not the same in both, figures
are of different things: then nothing is said to be real, and why is said. Another year alone is no other thing: it is named, and
of figures that have a verdict of their own that alone says whether a change between years is real.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.findings.finding import Finding, records
from svdash.findings.snapshots.stored_snapshot import Entry, Snapshot
from svdash.measures.many_tests import benjamini_hochberg

CAME, GONE, CHANGED = "came", "went", "changed"
NO_TEST: Final = "no test exists for it"
VERDICT: Final = "verdict changed"
KEPT: Final = "verdict as before"
NO_VERDICT: Final = "not compared"
OTHER_YEAR: Final = "of two years: before"
APART: Final = "real: the 95% intervals lie apart, and it holds with all changed figures taken together"
CHANCE: Final = "not shown to be real: the 95% intervals lie apart, but it does not hold with all changed figures taken together"
OVERLAP: Final = "not shown to be real: the 95% intervals overlap"
# Columns with a verdict in words, the first that a finding has.
_VERDICTS: Final = ("verdict_label", "verdict", "together")
_LOWER, _UPPER = "lower", "upper"
# Filters that make figures ones of different things, as people know them; the year does not.
_FILTERS: Final = {
    "role": "role",
    "commitment": "commitment",
    "district": "district",
    "compare": "compared year",
    "vintage": "vintage asked for",
}
# Standard errors between a figure and a 95% limit.
_Z95: Final = 1.959964


@dataclass(frozen=True)
class CellChange:
    """A figure or a text that changed: its column as people know it, before and after as written, and by how much."""

    column: str
    before: str
    after: str
    by: str = ""


@dataclass(frozen=True)
class RowChange:
    """A row that came, went or changed.

    Attributes:
        row: which one, by the cells of the finding's key.
        what: ``CAME``, ``GONE`` or ``CHANGED``.
        cells: what changed in it.
        real: whether that is real, as a clause; empty where no number changed.
        p: of the difference, where its interval is tested; else ``None``.
    """

    row: str
    what: str
    cells: tuple[CellChange, ...] = ()
    real: str = ""
    p: float | None = None


@dataclass(frozen=True)
class EntryChange:
    """A finding that is in both snapshots and says something else in the later one.

    Attributes:
        before, after: its entries, with their headlines.
        rows: the rows that changed.
        verdict: of the finding as a whole, where it changed: before and after; ``None`` where the two can't be compared.
    """

    before: Entry
    after: Entry
    rows: tuple[RowChange, ...]
    verdict: tuple[str, str] | None = None

    @property
    def key(self) -> str:
        """The key that both have."""
        return self.after.key


@dataclass(frozen=True)
class Comparison:
    """Two snapshots side by side.

    Attributes:
        came, gone: entries that only the later, or only the earlier, has.
        changed: entries that say something else.
        same: how many are as they were.
    """

    before: Snapshot
    after: Snapshot
    came: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    changed: tuple[EntryChange, ...]
    same: int

    @property
    def headline(self) -> str:
        """What the comparison comes to, as one sentence."""
        if not (self.came or self.gone or self.changed):
            return f"Nothing changed in {wording.counted(self.same, 'finding')}"
        counts = [(len(self.changed), "changed"), (len(self.came), "came"), (len(self.gone), "went")]
        parts = [f"{wording.number(many)} {what}" for many, what in counts if many]
        whole = self.same + len(self.changed) + len(self.came) + len(self.gone)
        return f"Of {wording.counted(whole, 'finding')}, {wording.every(parts)}"

    @property
    def sentence(self) -> str:
        """How much of what changed is real, by the findings' own verdicts and intervals; empty where no number changed."""
        verdicts = [row.real for each in self.changed for row in each.rows if row.real]
        whole = sum(each.verdict is not None for each in self.changed)
        counts = [
            (whole + sum(real.startswith(VERDICT) for real in verdicts), "with another verdict"),
            (sum(real.startswith(APART) for real in verdicts), "real by their intervals"),
            (
                sum(real.startswith(OVERLAP) for real in verdicts),
                "not shown to be real, since their intervals overlap",
            ),
            (
                sum(real.startswith(CHANCE) for real in verdicts),
                "not shown to be real with all changed figures taken together",
            ),
            (
                sum(real.startswith(NO_VERDICT) for real in verdicts),
                "not compared, since they are of different things",
            ),
            (sum(real.startswith(KEPT) for real in verdicts), "with the verdict of before"),
            (sum(real.startswith(NO_TEST) for real in verdicts), "without any test"),
        ]
        parts = [f"{wording.number(many)} {what}" for many, what in counts if many]
        return f"Of the changes by row: {wording.every(parts)}." if parts else ""


def compared(before: Snapshot, after: Snapshot) -> Comparison:
    """Compare two snapshots.

    Raises:
        SnapshotError: a finding of one of them can't be read.
    """
    earlier = {entry.key: entry for entry in before.entries}
    later = {entry.key: entry for entry in after.entries}
    both = [key for key in later if key in earlier]
    unlike = [key for key in both if before.stored(key) != after.stored(key)]
    changed = [_entry(earlier[key], later[key], before.finding(key), after.finding(key)) for key in unlike]
    together = _taken_together([each for each in changed if each is not None])
    return Comparison(
        before,
        after,
        tuple(entry for key, entry in later.items() if key not in earlier),
        tuple(entry for key, entry in earlier.items() if key not in later),
        together,
        len(both) - len(together),
    )


def _taken_together(changed: list[EntryChange]) -> tuple[EntryChange, ...]:
    """Return the changes with those called real alone that hold when all that were tested are taken together.

    Of many figures that changed by chance alone, one in twenty would stand out: the share of false ones is kept at 5%
    (Benjamini and Hochberg), over every row of every finding.
    """
    tested = [row.p for each in changed for row in each.rows if row.p is not None]
    holds = iter(benjamini_hochberg(tested).tolist())

    def judged(row: RowChange) -> RowChange:
        if row.p is None or next(holds) or not row.real.startswith(APART):
            return row
        return replace(row, real=row.real.replace(APART, CHANCE, 1))

    return tuple(replace(each, rows=tuple(map(judged, each.rows))) for each in changed)


def _unlike(before: Finding, after: Finding) -> str:
    """Say what makes two findings ones of different things; empty where figures of them can be compared, also across years."""
    figures = [name for name in after.columns if name in before.columns]
    differs = {
        "vintage": before.vintage != after.vintage,
        "method": before.method != after.method,
        "unit": any(before.columns[name] != after.columns[name] for name in figures),
        **{
            _FILTERS[name]: value != after.view.params()[name]
            for name, value in before.view.params().items()
            # The compared year moves on with the year, and is another one by itself only within one.
            if name in _FILTERS and (name != "compare" or before.view.year == after.view.year)
        },
        "settings of the page": dict(before.params) != dict(after.params),
    }
    named = [name for name, other in differs.items() if other]
    return f"{NO_VERDICT}: not the same {wording.every(named)} in both" if named else ""


def _years(before: Finding, after: Finding) -> str:
    """Return the years of two findings, where they are of two; else nothing."""
    one, other = before.view.year, after.view.year
    return "" if one == other else f"{OTHER_YEAR} {one}, now {other}"


def _entry(first: Entry, second: Entry, before: Finding, after: Finding) -> EntryChange | None:
    """Return what changed in a finding; ``None`` where people read the same: it is stored otherwise alone."""
    rows = tuple(_rows(before, after))
    other = before.verdict != after.verdict
    verdict = (
        (_verdict_in_words(before.verdict), _verdict_in_words(after.verdict))
        if other and not _unlike(before, after)
        else None
    )
    if rows or other or before.headline != after.headline:
        return EntryChange(first, second, rows, verdict)
    return None


def _rows(before: Finding, after: Finding) -> Iterator[RowChange]:
    """Give the rows that changed, in the order of the later table, those that went last."""
    key = [name for name in after.row_key if name in after.frame and name in before.frame]
    first, second = _by_key(before, key), _by_key(after, key)
    test = _Test(after, _unlike(before, after), _years(before, after))
    for name, (row, texts) in second.items():
        if name not in first:
            yield RowChange(_named(name), CAME)
            continue
        old, old_texts = first[name]
        cells = tuple(_cells(before, after, (old, row), (old_texts, texts)))
        if cells:
            numbers = any(cell.by for cell in cells)
            real, p = test.real(old, row, numbers=numbers)
            yield RowChange(_named(name), CHANGED, cells, real, p)
    for name in first:
        if name not in second:
            yield RowChange(_named(name), GONE)


def _by_key(found: Finding, key: list[str]) -> dict[tuple[str, ...], tuple[dict[str, Any], dict[str, str]]]:
    """Return each row and its cells as written, by its key; without a key by its place."""
    written = found.cells(thousands=True)
    rows = records(found.frame.reset_index(drop=True))
    return {
        tuple(str(row[name]) for name in key) or (str(place + 1),): (
            row,
            {name: texts[place] for name, texts in written.items()},
        )
        for place, row in enumerate(rows)
    }


def _named(key: tuple[str, ...]) -> str:
    return " · ".join(part for part in key if part)


def _cells(
    before: Finding,
    after: Finding,
    rows: tuple[dict[str, Any], dict[str, Any]],
    texts: tuple[dict[str, str], dict[str, str]],
) -> Iterator[CellChange]:
    for name, title in after.columns.items():
        if name not in before.columns or name in after.row_key:
            continue
        old, new = rows[0].get(name), rows[1].get(name)
        if not _same(old, new):
            yield CellChange(
                title, texts[0][name], texts[1][name], _by(old, new, after.decimals.get(name, 0))
            )


def _same(old: Any, new: Any) -> bool:
    if pd.isna(old) or pd.isna(new):
        return bool(pd.isna(old)) and bool(pd.isna(new))
    return bool(old == new)


def _by(old: Any, new: Any, decimals: int) -> str:
    """Return by how much a number changed, no finer than it is written; empty for what is no number."""
    if not (_is_number(old) and _is_number(new)):
        return ""
    by = float(new) - float(old)
    if abs(by) < 0.5 * 10**-decimals:
        return "by less than is written"
    return f"{'+' if by > 0 else ''}{wording.number(by, decimals=decimals)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _verdict_in_words(verdict: Any) -> str:
    text = "" if pd.isna(verdict) else str(verdict)
    return wording.VERDICT.get(text, text)


class _Test:
    """Says whether a change of a row is real, by what the finding itself has: its verdicts, and an interval of a figure."""

    def __init__(self, found: Finding, unlike: str, years: str) -> None:
        self._verdict = next((name for name in _VERDICTS if name in found.frame), "")
        # Of figures of two years with a verdict a second test would say the same in other words, or contradict it.
        self._measured = "" if years and self._verdict else _measured(found)
        self._unlike, self._years = unlike, years

    def real(self, old: dict[str, Any], new: dict[str, Any], *, numbers: bool) -> tuple[str, float | None]:
        """Return whether a change is real taken alone, as a clause, with its p-value where an interval was tested."""
        told, p = self._tested(old, new, numbers=numbers)
        return (f"{told}; {self._years}" if told and self._years and not self._unlike else told), p

    def _tested(self, old: dict[str, Any], new: dict[str, Any], *, numbers: bool) -> tuple[str, float | None]:
        before, after = (_verdict_in_words(row.get(self._verdict)) for row in (old, new))
        changed = bool(self._verdict) and before != after
        if self._unlike and (changed or numbers):
            return self._unlike, None
        if changed:
            return f"{VERDICT}: “{before or 'none'}”, now “{after or 'none'}”", None
        if not numbers:
            return "", None
        kept = f"; {KEPT}: “{after}”" if self._verdict and after else ""
        if self._measured and not _same(old.get(self._measured), new.get(self._measured)):
            told = [row.get(name) for row in (old, new) for name in (self._measured, _LOWER, _UPPER)]
            if all(map(_is_number, told)):
                figures = [float(each) for each in told if each is not None]
                apart = figures[4] > figures[2] or figures[5] < figures[1]
                return f"{APART if apart else OVERLAP}{kept}", _p(*figures)
        return (f"{KEPT}: “{after}”" if kept else NO_TEST), None


def _p(old: float, low: float, high: float, new: float, later_low: float, later_high: float) -> float:
    """Return the p-value of the difference of two figures, from their 95% intervals alone.

    The limits that face each other give the standard errors, as in Newcombe's interval of a difference. Where the same people
    stand behind both figures, the difference is surer than this tells.

    Source: Zou GY, Donner A (2008), Statistics in Medicine 27: 1693 to 1702.
    """
    spread = math.hypot(high - old, new - later_low) if new > old else math.hypot(old - low, later_high - new)
    return math.erfc(_Z95 * abs(new - old) / spread / math.sqrt(2)) if spread else 0.0


def _measured(found: Finding) -> str:
    """Return the column that the limits of a row belong to: it lies within them in every row; empty where there is none."""
    if _LOWER not in found.frame or _UPPER not in found.frame:
        return ""
    rows = found.frame.dropna(subset=[_LOWER, _UPPER])
    for name in found.columns:
        column = rows.get(name)
        if name in (_LOWER, _UPPER) or column is None or not pd.api.types.is_float_dtype(column):
            continue
        told = rows[column.notna()]
        if len(told) and told[name].between(told[_LOWER], told[_UPPER]).all():
            return name
    return ""
