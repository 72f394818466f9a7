"""Translates rows of a file into the pack's dates, codes and areas, and counts what the reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from svdash import wording
from svdash.importing.areas.postcode_areas import postcodes_of
from svdash.importing.cells.amount_column import AmountColumn
from svdash.importing.cells.cell_reading import DateOrder, Day, damaged, day, in_digits_alone, of_period
from svdash.importing.cells.date_evidence import DateEvidence
from svdash.importing.cells.supplier_numbers import SupplierNumbers
from svdash.importing.columns.given_answers import Answers
from svdash.importing.columns.headings import folded
from svdash.importing.payments.payment_lines import NOT_KNOWN, REDACTED, Line
from svdash.importing.reconciliation import (
    ILLUSTRATIVE,
    ImportFileError,
    Options,
    Problem,
    Tally,
)
from svdash.lines.line_tables import AREAS, framework_from
from svdash.tables.faults import suggestion
from svdash.tables.package import Pack

_MOST_NAMED: Final = 5
# What the words of a column of debits and credits may be said to mean.
SIGNS: Final = ("payment", "credit")

FUTURE: Final = Problem("date-future", "the date is in the future", "Correct the date.")


class CodeLookup:
    """What turns cells into values of the pack: its codes, areas and dates. Counts what a reader must know.

    Attributes:
        seen: lines of a kind worth telling, with their amounts.
        unknown: values that are no code of the pack, by field.
        amounts: reads the column of amounts.
        dates: what the dates of the file tell together.
        numbers: reads numbers of suppliers.
    """

    def __init__(self, pack: Pack, answers: Answers, order: DateOrder, options: Options) -> None:
        self.first, faults = framework_from(pack)
        if faults:
            raise ImportFileError(str(faults[0]))
        if options.since is not None:
            self.first = min(self.first, options.since)
        self.until = options.today or datetime.now(tz=UTC).date()
        self.order = order
        self.amounts = AmountColumn(answers.chosen)
        self.dates = DateEvidence()
        self.numbers = SupplierNumbers(answers.chosen)
        self.in_periods = answers.chosen.get("periods") == "financial"
        self.seen: dict[str, Tally] = {}
        self.unknown: dict[str, Counter[str]] = {}
        self._codes = _codes(pack, answers)
        areas = pack.table(AREAS) if AREAS in pack.tables else None
        self.districts: dict[str, str] = (
            {} if areas is None else dict(zip(areas["code"], areas["district"], strict=True))
        )
        self.postcodes = postcodes_of(pack)
        wanted = answers.constants.get("programme")
        if wanted is not None and folded(wanted) not in self._codes["programme"]:
            names = sorted(set(self._codes["programme"].values()))
            raise ImportFileError(
                f"--programme: {wanted!r} is not a programme of the pack. {suggestion(wanted, names)} Programmes: "
                f"{wording.choices(names)}."
            )

    def note(self, what: str, row: int, pence: int) -> None:
        """Count a line as one of a kind."""
        self.seen.setdefault(what, Tally()).add(row, pence)

    def code(self, kind: str, text: str) -> str | None:
        """The code that a text stands for; None, and counted, where it is none."""
        if not text:
            return None
        found = self._codes[kind].get(folded(text))
        if found is None:
            self.unknown.setdefault(kind, Counter())[text] += 1
        return found

    def day(self, text: str) -> tuple[date, bool] | Problem:
        """A date within the Framework's time, and whether it is a month alone."""
        found = day(text, self.order)
        if isinstance(found, Problem):
            return found
        if self.in_periods and found.whole_month and in_digits_alone(text):
            found = Day(of_period(found.day), whole_month=True)
        if found.day < self.first:
            return Problem(
                "date-before",
                f"the date is before the Framework, which begins on {self.first}",
                f"Leave earlier lines out, or give --since {found.day.year}-01-01 to have the pack begin there.",
            )
        return FUTURE if found.day > self.until else (found.day, found.whole_month)

    def area(self, text: str) -> str | None:
        """The code of one of the pack's areas; None, and counted, for any other place."""
        if not text:
            return None
        if text.upper() in self.districts:
            return text.upper()
        self.unknown.setdefault("area", Counter())[text] += 1
        return None

    def postcode(self, text: str) -> str | None:
        """The area of a postcode, where the pack has it; the postcode itself is not kept."""
        return self.postcodes.get(text.replace(" ", "").upper()) if text else None

    def place(self, text: str, area: str | None) -> str:
        """Where a supplier is: the district of its area, or a code of the vocabulary, or not known."""
        if area is not None:
            return self._codes["supplier_place"].get(folded(self.districts[area]), NOT_KNOWN)
        return self.code("supplier_place", text) or NOT_KNOWN


def _codes(pack: Pack, answers: Answers) -> dict[str, dict[str, str]]:
    """By field: what a cell may say, folded, and the code of the pack that it stands for."""
    codes: dict[str, dict[str, str]] = {name: {} for name in ("programme", "supplier_type", "supplier_place")}
    codes["contract_id"] = {}
    codes["sign"] = {code: code for code in SIGNS}
    if "vocabulary" in pack.tables:
        words = pack.table("vocabulary")
        for kind, code, label in zip(words["list"], words["code"], words["label"], strict=True):
            if kind in codes:
                codes[kind] |= {folded(label): code, folded(code): code}
    for kind, table, columns in (
        ("programme", "programmes", ("name", "id")),
        ("contract_id", "contracts", ("contract_id",)),
    ):
        if table in pack.tables and (
            kind == "programme" or pack.resource(table).get("status") != ILLUSTRATIVE
        ):
            frame = pack.table(table)
            for column in columns:
                codes[kind] |= {
                    folded(str(text)): code
                    for text, code in zip(frame[column], frame[columns[-1]], strict=True)
                }
    for kind, values in answers.values.items():
        _add_given(kind, values, codes)
    return codes


def _add_given(kind: str, values: Mapping[str, str], codes: dict[str, dict[str, str]]) -> None:
    """Take over the codes that a mapping gives for values, if they are codes."""
    if kind not in codes:
        raise ImportFileError(f'"values": {kind!r} has no codes. Fields that have: {wording.choices(codes)}.')
    allowed = set(codes[kind].values())
    for text, code in values.items():
        if code not in allowed:
            raise ImportFileError(
                f'"values", {kind}: {code!r}, given for {text!r}, is not a code of the pack. '
                f"{suggestion(code, allowed)} Known: {wording.choices(sorted(allowed))}."
            )
        codes[kind][folded(text)] = code


def notice(lookup: CodeLookup, line: Line, row: int) -> None:
    """Count what the notes tell of lines that are used."""
    pence = line["amount_pence"]
    for what, is_so in (
        ("redacted", line.get("supplier") == REDACTED),
        ("unnamed", line.get("supplier") is None),
        ("no-programme", line.get("programme") is None),
        ("no-benefit", line.get("benefit_area") is None),
        ("credit", pence < 0 and line.get("supplier") is not None),
        ("nobody-negative", pence < 0 and line.get("supplier") is None),
        ("damaged", damaged(line.get("supplier") or "")),
    ):
        if is_so:
            lookup.note(what, row, pence)


_SENTENCES: Final = {
    "month": "{lines} with a month and no day ({sum}) {stand} on its first day: the day is not known.",
    "redacted": "{lines} ({sum}) {have} a supplier whose name the publisher withheld: kept as REDACTED.",
    "unusual": "{lines} ({sum}), first in row {first}, {name} a supplier in marks or letters that look like a redaction, without "
    "a known word for it: kept as REDACTED. Check whether that is right.",
    "unnamed": "{lines} ({sum}) {name} no supplier: kept without one.",
    "no-programme": "{lines} ({sum}) {belong} to no programme of the pack: totals count them, no programme does, and "
    "the check lists them. Give --programme, or map a column to it.",
    "credit": "{lines} {are} negative ({sum}): credit notes, which are subtracted.",
    "nobody-negative": "{lines} without a supplier {are} negative ({sum}), first in row {first}: subtracted. Check whether that is "
    "a credit, or pays a card statement.",
    "damaged": "{lines} {have} names with letters that were damaged before publication, first in row {first}: kept as "
    "published.",
}
_PLURAL: Final = {verb: verb for verb in ("stand", "have", "name", "belong", "are")}
_SINGULAR: Final = {**{verb: f"{verb}s" for verb in _PLURAL}, "have": "has", "are": "is"}
_UNKNOWN: Final = {
    "programme": "programmes of the pack",
    "supplier_type": "types of supplier",
    "supplier_place": "places of suppliers",
    "contract_id": "contracts that the pack knows",
    "area": "areas of the pack (LSOAs)",
}


def sentences(lookup: CodeLookup) -> Iterator[str]:
    """What a reader must know of the lines, as sentences."""
    for what, sentence in _SENTENCES.items():
        tally = lookup.seen.get(what)
        if tally is not None:
            lines = wording.counted(tally.rows, "line")
            verbs = _SINGULAR if tally.rows == 1 else _PLURAL
            yield sentence.format(
                lines=lines, sum=wording.exact_money(tally.pence), first=tally.first, **verbs
            )
    for kind, values in lookup.unknown.items():
        total = values.total()
        named = ", ".join(repr(value) for value, _ in values.most_common(_MOST_NAMED))
        yield (
            f"{wording.counted(total, 'value')} left out, because they are not {_UNKNOWN[kind]}: {named}"
            + (" and others." if len(values) > _MOST_NAMED else ".")
        )
