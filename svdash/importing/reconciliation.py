"""Types that all importers share: options, errors, and the reconciliation that each returns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from svdash.importing.file_overview import Overview
    from svdash.importing.questions import Question

ILLUSTRATIVE: Final = "illustrative"
PUBLISHED: Final = "published"

Progress = Callable[[int, int], None]
CellShape = Literal["date", "amount", "name"]


class ImportFileError(Exception):
    """A file, a mapping or an option cannot be used. The message names it, the place and a remedy."""


class ImportRefusedError(Exception):
    """What was read can't go into the pack. The message says why, and what to do.

    Attributes:
        reconciliation: what was read, as far as it was.
    """

    def __init__(self, message: str, reconciliation: Reconciliation) -> None:
        super().__init__(message)
        self.reconciliation = reconciliation
        reconciliation.refusal = message

    def __reduce__(self) -> tuple[type[ImportRefusedError], tuple[str, Reconciliation]]:
        """Both parts, to be made again in another process."""
        return type(self), (str(self), self.reconciliation)


@dataclass(frozen=True)
class Options:
    """What a person may ask for.

    Attributes:
        dry_run: read and reconcile, and change nothing.
        replace: let the file take the place of illustrative lines, or of figures that the pack has otherwise.
        overlap: what to do with a file most of whose lines an earlier file has: refuse, keep or supersede.
        mapping: a file that says which column is what.
        columns: the same, one by one: (field, heading).
        answers: to what a file leaves open: (question, answer).
        constants: what is the same in all rows: (field, value).
        values: what a word in a column means: (field, word, code).
        since: day from which lines are taken, where that is before the pack's Framework begins; it moves there.
        vintage: edition of the Indices of Deprivation; told by the headings by default.
        simplify: how far outlines of boundaries may be off, in metres; None for as published.
        programme: code of the programme that all lines belong to; ``none`` for none.
        sheet: name of the sheet of a workbook.
        headings: the row of the headings, as a spreadsheet numbers it; looked for by default.
        refused: where the refused lines go; None for beside the file.
        source: web address that the file was fetched from.
        licence: name of the licence that it is published under.
        by: who answers for the import; the authority by default.
        forget: leave aside what was remembered of earlier files with the same headings.
        today: the day after which dates are in the future; the current one by default.
        progress: told how many bytes are read, of how many.
    """

    dry_run: bool = False
    replace: bool = False
    overlap: str = "refuse"
    mapping: Path | None = None
    columns: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    since: date | None = None
    vintage: str | None = None
    simplify: float | None = None
    programme: str | None = None
    sheet: str | None = None
    headings: int | None = None
    refused: Path | None = None
    source: str | None = None
    licence: str | None = None
    by: str | None = None
    forget: bool = False
    today: date | None = None
    progress: Progress | None = None

    def __post_init__(self) -> None:
        """Refuse what must not get into the descriptor, with ImportFileError."""
        if self.source is not None and not re.fullmatch(r"https?://[^\s<>\"']+", self.source):
            raise ImportFileError(
                f"--source: {self.source!r} is not a web address. Write it in full, from https:// on."
            )
        if self.licence is not None and not re.fullmatch(r"[-A-Za-z0-9._]+", self.licence):
            raise ImportFileError(
                f"--licence: {self.licence!r} is not the name of a licence. Write one such as OGL-UK-3.0 or CC-BY-4.0."
            )


@dataclass(frozen=True)
class Field:
    """Something that a row of a format may tell.

    Attributes:
        name: what mappings call it.
        required: whether a table without it is of no use.
        shape: what its cells look like, where that can be told.
        has_place: whether the pack has a place for it.
        once: what to write for it where all rows have the same and no column says so; empty where rows differ.
    """

    name: str
    required: bool = False
    shape: CellShape | None = None
    has_place: bool = True
    once: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a line, or a cell of it, can't be used.

    Attributes:
        code: of the reason.
        words: a sentence without its stop.
        remedy: what to do.
        asks: the kind of question whose answer would let the line in, if there is one.
    """

    code: str
    words: str
    remedy: str
    question: str = ""


@dataclass(frozen=True)
class FileTotal:
    """A total that a file gives.

    Attributes:
        row: its number.
        stated: the amount that the file gives, in pence.
        ours: what the lines that it sums up come to; None where that can't be told.
    """

    row: int
    stated: int
    ours: int | None


def _whole(pence: Decimal) -> int:
    """Whole pence, halves upwards also below zero: so sums of whole pence and one remainder still add up."""
    return int((pence + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


@dataclass
class Tally:
    """Rows, and what they come to in pence.

    Attributes:
        rows: how many.
        exact: sum of the amounts that can be read, in pence with their parts.
        without: how many of the rows have no amount that can be read.
        first: number of the first row.
    """

    rows: int = 0
    exact: Decimal = Decimal(0)
    without: int = 0
    first: int | None = None

    @property
    def pence(self) -> int:
        """The sum in whole pence."""
        return _whole(self.exact)

    def add(self, row: int, pence: int | Decimal | None) -> None:
        """Count a row; its amount is None where it can't be read."""
        self.rows += 1
        self.first = row if self.first is None else self.first
        if pence is None:
            self.without += 1
        else:
            self.exact += pence

    def as_dict(self) -> dict[str, Any]:
        """The tally for JSON."""
        return {
            "rows": self.rows,
            "pence": self.pence,
            "without_amount": self.without,
            "first_row": self.first,
        }


@dataclass
class Refused(Tally):
    """A tally of rows refused for one reason."""

    words: str = ""
    remedy: str = ""
    question: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The tally for JSON, with reason and remedy."""
        return {"reason": self.words, **super().as_dict(), "remedy": self.remedy}


@dataclass
class Reconciliation:
    """How what was in a file accounts for what is in the pack now.

    Every row that was read is used or refused, and so is every penny; ``settle`` makes sure.

    Attributes:
        format: name of the format.
        file: name of the file.
        sha256: its fingerprint.
        tables: names of the tables it goes to.
        money: whether the rows have amounts.
        form: how the file is written, in words: encoding, separator, sheet, row of the headings.
        mapping: for each field the heading it is read from, and how that was found.
        incoming: all rows that were read.
        used: those that the pack has now, or would have.
        refused: those that can't be used, by the code of the reason.
        blank: blank rows, which are not counted as read.
        preamble: rows above the headings.
        notes: what is worth knowing, as sentences.
        questions: what a person must answer before the lines can go into the pack.
        totals: those that the file gives, which are no lines.
        overview: days, months and suppliers of the lines that are used.
        sheets_not_read: sheets of a workbook that were left aside, each with what is known of it.
        refusal: why the pack did not take the lines, or would not have.
        dry_run: whether this was one.
        changed: whether the pack is another now.
        refused_file: where the refused lines are.
    """

    format: str
    file: str
    sha256: str
    tables: tuple[str, ...]
    money: bool = True
    form: str = ""
    mapping: list[dict[str, str]] = field(default_factory=list)
    incoming: Tally = field(default_factory=Tally)
    used: Tally = field(default_factory=Tally)
    refused: dict[str, Refused] = field(default_factory=dict)
    blank: int = 0
    preamble: int = 0
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    totals: list[FileTotal] = field(default_factory=list)
    overview: Overview | None = None
    sheets_not_read: list[str] = field(default_factory=list)
    refusal: str | None = None
    dry_run: bool = False
    changed: bool = False
    refused_file: Path | None = None

    def refuse(self, row: int, pence: int | Decimal | None, problem: Problem) -> None:
        """Count a row as refused."""
        fresh = Refused(words=problem.words, remedy=problem.remedy, question=problem.question)
        tally = self.refused.setdefault(problem.code, fresh)
        tally.add(row, pence)

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return sum(tally.rows for tally in self.refused.values())

    @property
    def refused_pence(self) -> int:
        """What the refused rows come to, as far as that can be read."""
        return _whole(sum((tally.exact for tally in self.refused.values()), Decimal(0)))

    @property
    def refused_without(self) -> int:
        """How many refused rows have no amount that can be read."""
        return sum(tally.without for tally in self.refused.values())

    def settle(self) -> None:
        """Make sure that rows and amounts that came in are those that were used and refused.

        Raises:
            RuntimeError: they are not; the program is at fault, and nothing must be written.
        """
        out = [self.used, *self.refused.values()]
        rows, pence = sum(tally.rows for tally in out), sum((tally.exact for tally in out), Decimal(0))
        if (rows, pence) != (self.incoming.rows, self.incoming.exact):
            raise RuntimeError(
                f"{self.file}: {self.incoming.rows} rows of {self.incoming.exact} pence came in, but {rows} rows of "
                f"{pence} pence are accounted for. Nothing was written. Please report this."
            )

    def as_dict(self) -> dict[str, Any]:
        """The reconciliation for JSON."""
        return {
            "format": self.format,
            "file": self.file,
            "sha256": self.sha256,
            "tables": list(self.tables),
            "form": self.form,
            "mapping": self.mapping,
            "rows": {
                "read": self.incoming.rows,
                "used": self.used.rows,
                "refused": self.refused_rows,
                "blank": self.blank,
                "preamble": self.preamble,
            },
            "amounts": self._amounts(),
            "refused": {code: tally.as_dict() for code, tally in self.refused.items()},
            "refused_file": None if self.refused_file is None else str(self.refused_file),
            "totals": [asdict(each) for each in self.totals],
            "overview": None if self.overview is None else self.overview.as_dict(),
            "sheets_not_read": self.sheets_not_read,
            "notes": [*self.notes, *map(str, self.questions)],
            "questions": [each.as_dict() for each in self.questions],
            "refusal": self.refusal,
            "dry_run": self.dry_run,
            "changed": self.changed,
        }

    def _amounts(self) -> dict[str, Any] | None:
        """Sums in pence and, as text, in pounds; None where the rows have no amounts."""
        if not self.money:
            return None
        return {
            "in_pence": self.incoming.pence,
            "used_pence": self.used.pence,
            "refused_pence": self.refused_pence,
            "refused_without_amount": self.refused_without,
            "in": _plain(self.incoming.pence),
            "used": _plain(self.used.pence),
            "refused": _plain(self.refused_pence),
        }


def _plain(pence: int) -> str:
    return f"{Decimal(pence) / 100:.2f}"
