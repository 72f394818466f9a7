"""Faults of a pack: where each is, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

DESCRIPTOR = "datapackage.json"

# Faults go to terminals, pages and JSON, so a cell of a megabyte must not be in them.
_LONGEST_VALUE = 80
# difflib compares the value with every option: too slow for a very long list.
_MOST_OPTIONS = 5_000


@dataclass(frozen=True)
class Fault:
    """One fault of a pack, and its remedy.

    Attributes:
        table: name of the resource; ``datapackage.json`` where the descriptor itself is at fault.
        row: number as a spreadsheet shows it (the header is row 1); None for a whole table or column.
        column: name of the field, or of the fields of a key, joined by commas; None where no one column is.
        value: what was found, shortened to 80 characters; None where nothing was.
        problem: what is wrong. After a value it continues the sentence ("is not a date"), otherwise it is a sentence.
        remedy: what to do, as one or more sentences.
    """

    table: str
    row: int | None
    column: str | None
    value: str | None
    problem: str
    remedy: str

    def __post_init__(self) -> None:
        """Shorten the value."""
        if self.value is not None and len(self.value) > _LONGEST_VALUE:
            object.__setattr__(self, "value", self.value[: _LONGEST_VALUE - 1] + "…")

    @property
    def place(self) -> str:
        """Table, row and column, as far as the fault has them."""
        place = [self.table]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return ", ".join(place)

    def __str__(self) -> str:
        """Return the fault as one line; control characters in the value are escaped."""
        found = "" if self.value is None else f"{self.value!r} "
        return f"{self.place}: {found}{self.problem}. {self.remedy}"


class PackError(Exception):
    """A pack cannot be opened, or changed while it was read. The message names path and remedy."""


class LinesError(PackError):
    """Payments or contacts cannot be summed, so no figure of them may be shown, not even zero. The message says why."""


class UnknownTableError(PackError, KeyError):
    """The pack has no table of this name. The message lists its tables."""

    def __str__(self) -> str:
        """Return the message."""
        # KeyError shows the repr of its argument, with quotation marks around the sentence.
        return str(self.args[0]) if self.args else ""


def nearest(value: str, options: Iterable[str]) -> str | None:
    """Return the option most like the value, ignoring case; None if none is alike or there are too many options."""
    known = list(options)
    if len(known) > _MOST_OPTIONS:
        return None
    folded = {option.strip().casefold(): option for option in reversed(known)}
    wanted = value.strip().casefold()
    if len(wanted) > _LONGEST_VALUE:
        return None
    alike = get_close_matches(wanted, folded, n=1, cutoff=0.6)
    return folded[alike[0]] if alike else None


def suggestion(value: str, options: Iterable[str], otherwise: str = "") -> str:
    """Return ``Did you mean 'x'?``, or the other sentence if no option is alike."""
    alike = nearest(value, options)
    return f"Did you mean '{alike}'?" if alike is not None else otherwise
