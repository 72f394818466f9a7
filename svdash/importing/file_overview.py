"""Overview of what was read, in which faults show: first and last day, lines and pounds by month, largest suppliers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from svdash import wording
from svdash.importing.reconciliation import Tally

MOST_SUPPLIERS: Final = 10
_MOST_MONTHS: Final = 24
NOBODY: Final = "(no name)"


@dataclass(frozen=True)
class Share:
    """A part of what was read.

    Attributes:
        name: of a month (YYYY-MM) or of a supplier.
        rows: how many lines it has.
        pence: what they come to.
    """

    name: str
    rows: int
    pence: int


@dataclass
class Overview:
    """What the lines that are used come to.

    Attributes:
        first: the first day, as YYYY-MM-DD.
        last: the last day.
        months: lines and pounds of each month that has any, in their order.
        suppliers: those with most pounds, the largest first.
        others: number of the suppliers besides.
    """

    first: str
    last: str
    months: list[Share] = field(default_factory=list)
    suppliers: list[Share] = field(default_factory=list)
    others: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The overview for JSON."""
        return asdict(self)

    @property
    def by_month(self) -> list[Share]:
        """Lines by month, or by year where that would be too many."""
        if len(self.months) <= _MOST_MONTHS:
            return [
                Share(wording.month(date.fromisoformat(f"{each.name}-01")), each.rows, each.pence)
                for each in self.months
            ]
        years: dict[str, Tally] = {}
        for each in self.months:
            tally = years.setdefault(each.name[:4], Tally())
            tally.rows += each.rows
            tally.exact += each.pence
        return [Share(year, tally.rows, tally.pence) for year, tally in years.items()]

    def sentences(self, total: int) -> Iterator[str]:
        """The overview as lines for a person.

        Args:
            total: pence of all lines, of which suppliers have their shares.
        """
        yield f"Days: {wording.days(date.fromisoformat(self.first), date.fromisoformat(self.last))}."
        yield (
            "By month: "
            + ", ".join(
                f"{each.name} {wording.exact_money(each.pence)} ({wording.counted(each.rows, 'line')})"
                for each in self.by_month
            )
            + "."
        )
        named = ", ".join(
            f"{each.name} {wording.exact_money(each.pence)}{_share(each.pence, total)}"
            for each in self.suppliers
        )
        more = f", and {wording.number(self.others)} more" if self.others else ""
        yield f"Largest suppliers: {named}{more}."


def overview(lines: Iterable[tuple[date, str | None, str | None, int, int]]) -> Overview | None:
    """The overview of lines; None where there are none.

    Args:
        lines: of each day and supplier: day, what tells the supplier apart, its name, number of lines, pence.
    """
    months: dict[str, Tally] = {}
    suppliers: dict[str, Tally] = {}
    names: dict[str, str] = {}
    days: set[date] = set()
    for day, key, name, rows, pence in lines:
        known = key or name or ""
        names.setdefault(known, name or NOBODY)
        days.add(day)
        for tally in (months.setdefault(f"{day:%Y-%m}", Tally()), suppliers.setdefault(known, Tally())):
            tally.rows += rows
            tally.exact += pence
    if not days:
        return None
    largest = sorted(suppliers, key=lambda each: (-suppliers[each].pence, each))
    return Overview(
        min(days).isoformat(),
        max(days).isoformat(),
        [Share(month, months[month].rows, months[month].pence) for month in sorted(months)],
        [
            Share(names[each], suppliers[each].rows, suppliers[each].pence)
            for each in largest[:MOST_SUPPLIERS]
        ],
        max(len(largest) - MOST_SUPPLIERS, 0),
    )


def _share(pence: int, total: int) -> str:
    return f" ({wording.percent(100 * pence / total)})" if total > 0 and pence >= 0 else ""
