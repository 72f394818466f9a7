"""What the dates of a file tell of a spreadsheet that took the month for the day.

A spreadsheet set to another country reads 03/04/2024 as 4 March and leaves 15/04/2024 alone, since there is no month 15. So
dates up to the 12th are wrong and the others right, whatever the file is saved as. Three things show it: in the file's own
months only those up to the 12th lie outside; true dates have no day above the 12th where dates as text have no other; rows
stand in the order of their dates only with day and month exchanged.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import Day, day, exchange, written_as
from svdash.importing.questions import Question, ways
from svdash.importing.reconciliation import Tally

Month = tuple[int, int]
Pair = tuple[date, date]

CHOICES: Final = ("mixed", "dmy")
# A single line may be late or early; several of several days, all of them in the file's months once exchanged, are not.
_SEVERAL: Final = 2
# Nearly all that lie outside must lie inside once exchanged.
_NEARLY: Final = 0.9
# In rows that stand in order, so few steps go backwards.
_IN_ORDER: Final = 0.02
_OUT_OF_ORDER: Final = 0.1
_FEWEST_STEPS: Final = 20
_MOST_NAMED: Final = 3


class _Order:
    """How often the dates of rows that follow each other go forwards and backwards."""

    def __init__(self) -> None:
        self._before: date | None = None
        self.up = self.down = 0

    def add(self, of: date) -> None:
        if self._before is not None:
            self.up += of > self._before
            self.down += of < self._before
        self._before = of

    @property
    def against(self) -> float:
        """The share of the steps that go against the others."""
        steps = self.up + self.down
        return min(self.up, self.down) / steps if steps else 0.0


class DateEvidence:
    """Counts the dates of a file, as they are read with the day first."""

    def __init__(self) -> None:
        self._sure: Counter[Month] = Counter()
        self._open: dict[Pair, Tally] = {}
        self._forms: dict[str, list[int]] = {}
        self._read, self._turned = _Order(), _Order()

    def add(self, text: str, pence: int | Decimal) -> None:
        """Count the date of a line."""
        read = _read(text)
        if read is None:
            return
        of, other, form = read
        counts = self._forms.setdefault(form, [0, 0])
        counts[other is None] += 1
        self._read.add(of)
        self._turned.add(other or of)
        if other is None or other == of:
            self._sure[of.year, of.month] += 1
        else:
            self._open.setdefault((of, other), Tally()).add(0, pence)

    def question(self) -> Question | str | None:
        """What to ask of the dates; a sentence where too little speaks for it to ask; None where nothing does."""
        outside = {pair: lines for pair, lines in self._open.items() if _month(pair[0]) not in self._sure}
        inside = {pair: lines for pair, lines in outside.items() if _month(pair[1]) in self._sure}
        count, of = (sum(lines.rows for lines in each.values()) for each in (inside, outside))
        months = sum(self._sure.values()) > 1 and count >= _NEARLY * of
        forms = self._by_form()
        if count and months:
            words = self._by_month(inside, count, of - count)
            if len(inside) >= _SEVERAL and count >= _SEVERAL:
                return Question("dates", words, CHOICES)
            return forms if isinstance(forms, Question) else f"{words} {ways('dates', CHOICES[:1])}"
        return forms or self._by_order()

    def _by_month(self, inside: dict[Pair, Tally], count: int, rest: int) -> str:
        sum_ = wording.exact_money(sum(lines.pence for lines in inside.values()))
        span = _span(sorted(self._sure))
        then = f"all but {rest} are" if rest else "all are" if count > 1 else "it is"
        (was, other), _ = max(inside.items(), key=lambda item: item[1].rows)
        return (
            f"{wording.counted(count, 'line')} ({sum_}) {'falls' if count == 1 else 'fall'} outside {span}; with day and month exchanged {then} in {span}, "
            f"such as {wording.day(other)} for {wording.day(was)}. A spreadsheet may have exchanged day and month of dates up to the "
            "12th."
        )

    def _by_form(self) -> Question | str | None:
        low = {form: counts[0] for form, counts in self._forms.items() if counts[0] and not counts[1]}
        high = {form: counts[1] for form, counts in self._forms.items() if counts[1] and not counts[0]}
        if not low or not high or len(low) + len(high) < len(self._forms):
            return None
        few, many = sum(low.values()), sum(high.values())
        (was, other), _ = next(iter(self._open.items()), ((None, None), None))
        if was is None or other is None:
            return None
        words = (
            f"This file writes dates in {len(self._forms)} ways: {_forms(low)} ({wording.counted(few, 'line')}) all have a day up to "
            f"the 12th, {_forms(high)} ({wording.counted(many, 'line')}) all a later one. A spreadsheet does that to dates when it "
            f"reads the month as the day: {wording.day(was)} may be {wording.day(other)}."
        )
        if min(few, many) >= _SEVERAL:
            return Question("dates", words, CHOICES)
        return f"{words} {ways('dates', CHOICES[:1])}"

    def _by_order(self) -> Question | None:
        steps = self._turned.up + self._turned.down
        if steps < _FEWEST_STEPS or self._turned.against > _IN_ORDER or self._read.against < _OUT_OF_ORDER:
            return None
        words = (
            f"The rows are in date order only if day and month are exchanged where the day is 12 or less: as "
            f"they are read, {wording.percent(100 * self._read.against)} of the steps from row to row go against the order. A spreadsheet may "
            "have exchanged them."
        )
        return Question("dates", words, CHOICES)


@lru_cache(maxsize=65_536)
def _read(text: str) -> tuple[date, date | None, str] | None:
    """A day with the day first, the day with both exchanged, and how it is written; None for what is no day."""
    found = day(text)
    if not isinstance(found, Day) or found.whole_month:
        return None
    return found.day, exchange(found.day), written_as(text)


def _month(of: date) -> Month:
    return of.year, of.month


def _span(months: list[Month]) -> str:
    """Months in words: one, few, or from the first to the last."""
    names = [wording.month(date(year, month, 1)) for year, month in months]
    return wording.every(names) if len(names) <= _MOST_NAMED else f"the months from {names[0]} to {names[-1]}"


_FORMS: Final = {"digits": "dates as text", "true": "true dates", "name": "dates with the month's name"}


def _forms(forms: dict[str, int]) -> str:
    return wording.every(_FORMS[form] for form in forms)
