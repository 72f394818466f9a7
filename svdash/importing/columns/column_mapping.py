"""Maps columns to fields: proposes a mapping from headings and cells, which a person can change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from svdash import wording
from svdash.importing.cells.cell_reading import DateOrder, clean
from svdash.importing.cells.column_shape import CHECKED_SHAPES, HEADED, UNHEADED, share
from svdash.importing.columns.given_answers import Answers
from svdash.importing.columns.headings import (
    MONEY,
    Rank,
    barred_by_brackets,
    exact,
    folded,
    in_foreign_money,
    in_multiples,
    known_headings,
    names_of,
    no_money,
    worded_headings,
)
from svdash.importing.questions import KINDS, AskedError, Question
from svdash.importing.reconciliation import CellShape, Field, ImportFileError
from svdash.tables.faults import suggestion

HEADER_WITHIN: Final = 40
SAMPLE: Final = 500
# A heading that is so much like a known one may be misspelt.
_ALIKE: Final = 0.8


class MissingFieldsError(ImportFileError):
    """A table has no column for fields that are needed.

    Attributes:
        missing: their names.
    """

    def __init__(self, missing: list[str], message: str) -> None:
        super().__init__(message)
        self.missing = missing

    def __reduce__(self) -> tuple[type[MissingFieldsError], tuple[list[str], str]]:
        """Both parts, to be made again in another process."""
        return type(self), (self.missing, str(self))


@dataclass
class Mapped:
    """The mapping of one table.

    Attributes:
        headings: of the columns, as they stand in the file.
        columns: position of each field that has one.
        origin: how each was found: given, remembered, heading or values.
        answers: what a person said, with what was remembered.
        dates: what comes first in 03/04/2024.
        dates_chosen: whether a person said so of this file.
    """

    headings: list[str]
    columns: dict[str, int]
    origin: dict[str, str]
    answers: Answers
    dates: DateOrder = "dmy"
    dates_chosen: bool = False

    def for_people(self, fields: Sequence[Field]) -> list[dict[str, str]]:
        """The mapping for people: field, heading and how it was found; then the headings that are not used."""
        rows = []
        for each in fields:
            if each.name in self.answers.constants:
                how = f"the same in all rows: {self.answers.constants[each.name]}"
                rows.append({"field": each.name, "heading": "", "how": how})
            elif each.name in self.columns:
                heading = self.headings[self.columns[each.name]]
                how = self.origin[each.name] + ("" if each.has_place else "; the pack has no place for it")
                rows.append({"field": each.name, "heading": heading, "how": how})
        used = set(self.columns.values())
        rest = [name for at, name in enumerate(self.headings) if at not in used and name.strip()]
        return rows + [{"field": "", "heading": name, "how": "not used"} for name in rest]


def score(cells: Sequence[str], known: Mapping[str, tuple[str, int]], answers: Answers) -> int:
    """How many fields a row's cells are headings of."""
    given = {folded(heading): name for name, heading in answers.columns.items() if heading}
    found = set()
    for cell in cells:
        for name in names_of(cell):
            if name in given:
                found.add(given[name])
            elif name in known:
                found.add(known[name][0])
    return len(found)


class Mapper:
    """Maps the columns of one table: what was given comes first, then what is remembered, headings, values.

    Attributes:
        notes: what was noticed, as sentences.
        lenient: whether the first of several columns that may each be a field is proposed, instead of asking.
        widest: most cells that a row has, with those beyond the headings.
    """

    def __init__(
        self, where: str, headings: list[str], sample: Sequence[Sequence[str]], fields: Sequence[Field]
    ) -> None:
        self.where, self.headings, self.fields = where, headings, fields
        self.cells = [[row[at] if at < len(row) else "" for row in sample] for at in range(len(headings))]
        self.columns: dict[str, int] = {}
        self.origin: dict[str, str] = {}
        self.without: set[str] = set()
        self._said: dict[str, str] = {}
        self.notes: list[str] = []
        self.lenient = False
        self.widest = 0
        self.file = ""

    def take(self, answers: Answers, origin: str) -> None:
        """Take over what a person said, where nothing was said before."""
        self.without |= set(answers.constants)
        for name, heading in answers.columns.items():
            if name in self.columns or name in self.without:
                continue
            if heading is None:
                self.without.add(name)
            else:
                self._put(name, self._place(name, heading), origin)
                # What is remembered is the heading as it stood: £ and € are the same to those who only read letters.
                self._said[name] = self.headings[self.columns[name]] if origin == "given" else heading

    def _put(self, name: str, place: int, origin: str) -> None:
        self.columns[name], self.origin[name] = place, origin

    def _place(self, name: str, heading: str) -> int:
        """The position of a heading that a person gave, or of the column with a number: ``#3``."""
        number = re.fullmatch(r"#([0-9]{1,4})", heading.strip())
        if number and 1 <= int(number[1]) <= len(self.headings):
            return int(number[1]) - 1
        exact = [at for at, other in enumerate(self.headings) if clean(other) == clean(heading)]
        alike = exact or [at for at, other in enumerate(self.headings) if folded(other) == folded(heading)]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise ImportFileError(
                f"{self.where}: {len(alike)} columns have the heading {heading!r} that was given for {name}. Give the "
                f"column by its number, such as #{alike[0] + 1}."
            )
        raise ImportFileError(
            f"{self.where}: there is no heading {heading!r}, which was given for {name}. "
            f"{suggestion(heading, self.headings)} Headings: {wording.choices(self._names())}."
        )

    def _names(self) -> list[str]:
        """The headings as they can be given: one that is blank, by its number, if anything stands below it."""
        named = enumerate(self.headings)
        below = [any(cell.strip() for cell in cells) for cells in self.cells]
        return [heading or f"#{at + 1} (without a heading)" for at, heading in named if heading or below[at]]

    def propose(self, file: str) -> None:
        """Fill in by headings, then by what the cells of the columns left over look like.

        Args:
            file: of the headings that stand for fields.
        """
        self.file = file
        candidates: dict[str, list[tuple[Rank, int]]] = {}
        for at in range(len(self.headings)):
            found = self._meaning(at, file)
            if found is not None:
                candidates.setdefault(found[0], []).append((found[1], at))
        for each in self.fields:
            self._by_heading(each, sorted(candidates.get(each.name, [])))
        for each in self.fields:
            if each.required and each.shape is not None:
                if each.shape in CHECKED_SHAPES:
                    self._by_values(each, each.shape, file)
                # If all else fails the heading decides, and each cell is refused by itself.
                self._by_heading(each, sorted(candidates.get(each.name, [])), looks=False)

    def _meaning(self, at: int, file: str) -> tuple[str, Rank] | None:
        """The field that a heading stands for, and how well: as a whole, without its brackets, or by its words."""
        known = known_headings(file)
        whole, parted, bare = names_of(self.headings[at])
        found = known.get(whole) or known.get(parted)
        if found is not None:
            return exact(found, file)
        plain = known.get(bare)
        if plain is not None:
            return self._qualified(exact(plain, file), self.headings[at], file)
        for rule in worded_headings(file):
            # What stands in brackets explains a heading, and bars nothing.
            if not rule.fits((parted if rule.name else bare or parted).split()):
                continue
            if not rule.name:
                return None
            if self._borne_out(at, rule.name, parted):
                return rule.name, rule.rank
        return None

    def _qualified(self, found: tuple[str, Rank], heading: str, file: str) -> tuple[str, Rank] | None:
        """What the words in brackets make of a heading that is known without them.

        Nothing, where they are all that bars a heading: ``Amount (VAT)``. They tell which of several amounts it is, and
        can make other columns only worse: ``Date (invoice)`` is none of a payment.
        """
        name, rank = found
        each = self._field(name)
        if each is not None and each.shape in CHECKED_SHAPES and barred_by_brackets(heading, file):
            return None
        words = names_of(heading)[1].split()
        rule = next((rule for rule in worded_headings(file) if rule.name == name and rule.fits(words)), None)
        if rule is None:
            return found
        if each is not None and each.shape == "amount":
            return found if no_money(words) else (name, (rank[0], rule.rank[1]))
        return name, max(rank, (rule.rank[0] if rule.rank[0] > 1 else 0, rule.rank[1]))

    def _field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def _borne_out(self, at: int, name: str, heading: str) -> bool:
        """Whether words in a heading are enough for what they suggest, and the cells below are that."""
        cells, words = self.cells[at], heading.split()
        each = self._field(name)
        if each is None or each.shape is None:
            return True
        if each.shape == "amount" and each.required and (MONEY.isdisjoint(words) or no_money(words)):
            return False
        if each.shape == "date" and "date" not in words and share("amount", cells) >= HEADED:
            return False  # 45000.00 may be a day to Excel; under "Paid" it is money
        return share(each.shape, cells) >= UNHEADED

    def _barred(self, at: int, each: Field, file: str) -> bool:
        """Whether a heading says that its column is something else, whatever stands in it."""
        _, parted, bare = names_of(self.headings[at])
        # The only amount there is may be that of an invoice.
        words = [word for word in parted.split() if word != "invoice"]
        if (each.shape == "amount" and no_money(words)) or barred_by_brackets(self.headings[at], file):
            return True
        rules = worded_headings(file)
        first = next(
            (rule for rule in rules if rule.fits((parted if rule.name else bare or parted).split())), None
        )
        return first is not None and not first.name

    def _open(self, each: Field) -> bool:
        return each.name not in self.columns and each.name not in self.without

    def _by_heading(self, each: Field, candidates: list[tuple[Rank, int]], *, looks: bool = True) -> None:
        free = [(rank, at) for rank, at in candidates if at not in self.columns.values()]
        look = each.shape
        if look is not None and (each.required or look == "name") and looks:
            free = [
                (rank, at)
                for rank, at in free
                if share(look, self.cells[at]) >= HEADED or not any(cell.strip() for cell in self.cells[at])
            ]
        if not free or not self._open(each):
            return
        if each.required:
            free = self._of_use(each, free)
        best = [at for rank, at in free if rank == free[0][0]]
        filled = [at for at in best if any(cell.strip() for cell in self.cells[at])]
        if len(best) > 1 and len(filled) == 1:
            # Looked at again where nothing was found: said once.
            note = f"Of {len(best)} columns {self.headings[filled[0]]!r} the {each.name} is read from #{filled[0] + 1}: the others are empty."
            self.notes += [note] if note not in self.notes else []
            best = filled
        if len(best) > 1 and each.required and not self.lenient:
            names = wording.every(f"#{at + 1} ({self.headings[at]})" for at in best)
            raise ImportFileError(
                f"{self.where}: columns {names} may each be the {each.name}. Say which, for example with --column "
                f'"{each.name}=#{best[0] + 1}".'
            )
        self._put(each.name, best[0], "heading")

    def _of_use(self, each: Field, free: list[tuple[Rank, int]]) -> list[tuple[Rank, int]]:
        """Those of several columns that have cells, and of amounts those in pounds, if there are any."""
        filled = [(rank, at) for rank, at in free if any(cell.strip() for cell in self.cells[at])]
        if filled and free[0] not in filled and filled[0][0] != free[0][0]:
            empty, taken = (self.headings[at] for _, at in (free[0], filled[0]))
            note = f"The column {empty!r} is empty, so the {each.name} is read from {taken!r}."
            self.notes += [note] if note not in self.notes else []
            free = filled
        if each.shape == "amount":
            pounds = [
                (rank, at)
                for rank, at in free
                if not in_foreign_money(self.headings[at]) and not in_multiples(self.headings[at])
            ]
            return pounds or free
        return free

    def _by_values(self, each: Field, look: CellShape, file: str) -> None:
        if not self._open(each):
            return
        free = [at for at in range(len(self.headings)) if at not in self.columns.values()]
        alike = [
            at for at in free if share(look, self.cells[at]) >= UNHEADED and not self._barred(at, each, file)
        ]
        if look == "amount":
            # Whole numbers may be anything: codes, references, years.
            alike = [at for at in alike if any(re.search(r"[.,£]", cell) for cell in self.cells[at])]
        if len(alike) == 1:
            self._put(each.name, alike[0], "values")

    def require(self, answers: Answers) -> None:
        """Raise ImportFileError where a field that must be there has no column, or amounts are not pounds."""
        constants = answers.constants
        missing = [
            each for each in self.fields if each.required and self._open(each) and each.name not in constants
        ]
        if missing:
            once = next((each.name for each in missing if each.shape == "date"), None)
            hint = (
                f' If all rows are of one day or month, say which, for example with --constant "{once}=2024-04".'
                if once
                else ""
            )
            hint += "".join(
                f' If all rows have the same {each.name}, give it with --constant "{each.name}={each.once}".'
                for each in missing
                if each.once
            )
            hint = "".join(self._misspelt(each) for each in missing) + hint
            if self.widest > len(self.headings):
                hint += (
                    f" Rows have up to {wording.number(self.widest)} cells, and only {wording.number(len(self.headings))} have a heading: "
                    f'give a column beyond them by its number, such as --column "{missing[0].name}=#{self.widest}".'
                )
            raise MissingFieldsError(
                [each.name for each in missing],
                f"{self.where}: no column is known to be the {' or the '.join(each.name for each in missing)}. Say which "
                f'it is, for example with --column "{missing[0].name}=HEADING".{hint} Headings: {wording.choices(self._names())}.',
            )
        for each in self.fields:
            if each.shape == "amount" and each.required and each.name in self.columns:
                self._in_pounds(each.name, self.headings[self.columns[each.name]], answers)

    def _misspelt(self, each: Field) -> str:
        """A sentence on a heading that is left over and looks like one of a field."""
        left = {
            folded(name): name for at, name in enumerate(self.headings) if at not in self.columns.values()
        }
        known = [name for name, (field, _) in known_headings(self.file).items() if field == each.name]
        close = [
            (SequenceMatcher(None, name, other).ratio(), heading)
            for name, heading in left.items()
            for other in known
            if name
        ]
        best = max(close, default=(0.0, ""))
        if best[0] < _ALIKE:
            return ""
        return f' “{best[1]}” may be a misspelt heading of the {each.name}: --column "{each.name}={best[1]}".'

    def _in_pounds(self, name: str, heading: str, answers: Answers) -> None:
        foreign = in_foreign_money(heading) and "currency" not in answers.chosen
        if not foreign and ("unit" in answers.chosen or not in_multiples(heading)):
            return
        what = f"the heading {heading!r} says that amounts are in " + (
            "another currency" if foreign else "thousands, millions or pence"
        )
        if self._said.get(name) == heading:
            self.notes.append(f"As answered, {what.replace('says', 'is read as pounds, though it says', 1)}.")
            return
        words = f"{what}, and only amounts in pounds are read without an answer."
        if foreign:
            raise AskedError(self.where, Question("currency", words, ("pounds",)))
        raise AskedError(self.where, Question("unit", words, tuple(KINDS["unit"].answers)))

    def date_places(self) -> list[int]:
        """Positions of the columns of dates."""
        looks = {each.name: each.shape for each in self.fields}
        return [at for name, at in self.columns.items() if looks[name] == "date"]
