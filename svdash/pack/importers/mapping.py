"""Which column is what: proposed from headings and from what stands below them, changed by a person, remembered."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from svdash.pack.faults import listed, nearest, suggestion
from svdash.pack.importers.base import ImportFileError, Options, Problem, Reconciliation
from svdash.pack.importers.cells import NO_AMOUNT, DateOrder, amount, clean, day, held_back
from svdash.settings import var_folder

HEADER_WITHIN: Final = 40
SAMPLE: Final = 500
# A column is what its heading says if at least this share of its cells can be read so.
_HEADED: Final = 0.5
# A column without a known heading is taken for a date or an amount if this share of its cells is one.
_UNHEADED: Final = 0.9
_KEYS: Final = ("columns", "values", "constants", "dates", "sheet")
_NO_FILE_BYTES: Final = 1024**2
# No column has a longer heading; what is longer is not looked at for words, nor kept.
_LONGEST_HEADING: Final = 200

Rank = tuple[int, int]
Look = Literal["date", "amount", "name"]


@dataclass(frozen=True)
class Field:
    """Something that a row of a format may tell.

    Attributes:
        name: what mappings call it.
        required: whether a table without it is of no use.
        look: what its cells look like, where that can be told.
        kept: whether the pack has a place for it.
    """

    name: str
    required: bool = False
    look: Look | None = None
    kept: bool = True


@dataclass
class Answers:
    """What a person said, now or earlier: headings by field (None: no column), codes by field and value, and more."""

    columns: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    dates: DateOrder | None = None
    sheet: str | None = None


@dataclass
class Mapped:
    """The mapping of one table.

    Attributes:
        headings: of the columns, as they stand in the file.
        columns: position of each field that has one.
        origin: how each was found: given, remembered, heading or values.
        answers: what a person said, with what was remembered.
        dates: what comes first in 03/04/2024.
    """

    headings: list[str]
    columns: dict[str, int]
    origin: dict[str, str]
    answers: Answers
    dates: DateOrder = "dmy"

    def told(self, fields: Sequence[Field]) -> list[dict[str, str]]:
        """The mapping for people: field, heading and how it was found; then the headings that are not used."""
        rows = []
        for each in fields:
            if each.name in self.answers.constants:
                how = f"the same in all rows: {self.answers.constants[each.name]}"
                rows.append({"field": each.name, "heading": "", "how": how})
            elif each.name in self.columns:
                heading = self.headings[self.columns[each.name]]
                how = self.origin[each.name] + ("" if each.kept else "; the pack has no place for it")
                rows.append({"field": each.name, "heading": heading, "how": how})
        used = set(self.columns.values())
        rest = [name for at, name in enumerate(self.headings) if at not in used and name.strip()]
        return rows + [{"field": "", "heading": name, "how": "not used"} for name in rest]


# -- headings -----------------------------------------------------------------------------------------


def folded(heading: str) -> str:
    """A heading without case, currency signs and punctuation: ``Amount (£)`` is ``amount``."""
    return _folded(heading) if len(heading) <= _LONGEST_HEADING else _folded.__wrapped__(heading)


@lru_cache(maxsize=65_536)
def _folded(heading: str) -> str:
    text = clean(heading).casefold().replace("&", " and ")
    return " ".join(re.findall(r"[a-z0-9]+", text))


def names_of(heading: str) -> tuple[str, str, str]:
    """A heading folded as a whole, with ``PaymentDate`` as two words, and without what stands in brackets.

    What is too long for a heading has no names.
    """
    return _names_of(heading) if len(heading) <= _LONGEST_HEADING else ("", "", "")


# A threshold explains like words in brackets: Amount over £500.
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^]]*\]|\b(?:over|above)\s+£?\s?[0-9][0-9, ]*", re.IGNORECASE)


@lru_cache(maxsize=8_192)
def _names_of(heading: str) -> tuple[str, str, str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return folded(heading), folded(parted), folded(_BRACKETS.sub(" ", parted))


@cache
def known_headings(file: str) -> dict[str, tuple[str, int]]:
    """Headings that publishers use, folded: the field that each stands for, and how good it is (0 = best).

    Args:
        file: name of a CSV beside this module, with columns field and heading; better ones stand first.
    """
    known: dict[str, tuple[str, int]] = {}
    for place, (name, heading) in enumerate(_headings(file)):
        if "*" not in heading:
            known.setdefault(folded(heading), (name, place))
    return known


@dataclass(frozen=True)
class Worded:
    """What words in a heading tell that is not known itself.

    Attributes:
        parts: groups of words, which must stand in this order, each unbroken.
        without: words that must not be there.
        name: the field; empty where such a heading stands for none.
        rank: how good it is (lower is better).
    """

    parts: tuple[tuple[str, ...], ...]
    without: frozenset[str]
    name: str
    rank: Rank

    def fits(self, words: Sequence[str]) -> bool:
        """Whether the words of a heading are such."""
        at = 0
        for part in self.parts:
            size = len(part)
            places = range(at, len(words) - size + 1)
            found = next((place for place in places if tuple(words[place : place + size]) == part), None)
            if found is None:
                return False
            at = found + size
        return self.without.isdisjoint(words)


@cache
def worded_headings(file: str) -> list[Worded]:
    """What words in a heading that is not known itself tell, in the order in which they are looked for.

    In the CSV these are headings such as ``* paid * date *``, and ``* date * -invoice`` where another word must not
    be there; those without a field stand for none.

    Args:
        file: as for :func:`known_headings`.
    """
    found = []
    for place, (name, heading) in enumerate(_headings(file)):
        if "*" in heading and heading != "*":
            without = re.findall(r"-([a-z]+)", heading)
            parts = [folded(part).split() for part in re.sub(r"-[a-z]+", "", heading).split("*")]
            level = 2 if place > _divider(file, name) else 1
            found.append(
                Worded(tuple(tuple(part) for part in parts if part), frozenset(without), name, (level, place))
            )
    return found


@cache
def _divider(file: str, name: str) -> int:
    """Where headings of a field begin that are only taken if no other is there: below a row of a ``*`` alone."""
    rows = enumerate(_headings(file))
    return next((place for place, row in rows if row == (name, "*")), len(_headings(file)))


def _exact(known: tuple[str, int], file: str) -> tuple[str, Rank]:
    """A heading that is known itself goes before those that are told by their words, save for those of last resort."""
    name, place = known
    return name, (2 if place > _divider(file, name) else 0, place)


@cache
def _headings(file: str) -> list[tuple[str, str]]:
    with (Path(__file__).parent / file).open(encoding="utf-8", newline="") as stream:
        return [(row["field"], row["heading"]) for row in csv.DictReader(stream)]


def fingerprint(form: str, headings: Iterable[str]) -> str:
    """A name for tables of a format that have these headings in this order."""
    whole = "\n".join([form, *(folded(heading) for heading in headings)])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


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


def looks_like_headings(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row without a known heading stands above dates and amounts, and is neither itself."""
    if sum(1 for cell in cells if cell.strip()) < 2 or any(looks_like("amount", cell) for cell in cells):
        return False
    columns = [[row[at] if at < len(row) else "" for row in below] for at in range(len(cells))]
    return all(any(_share(look, column) >= _UNHEADED for column in columns) for look in _LOOKS)


_LOOKS: Final[tuple[Look, Look]] = ("date", "amount")
LOOKS: Final[tuple[Look, ...]] = (*_LOOKS, "name")


def looks_like(look: Look, cell: str) -> bool:
    """Whether a cell is a date, an amount, or a name."""
    text = clean(cell)
    if look == "name":
        # "12.00 CR" and "3 May" have letters, and are none.
        return held_back(text) or (
            any(map(str.isalpha, text)) and not any(looks_like(other, text) for other in _LOOKS)
        )
    if look == "date":
        return not isinstance(day(text), Problem) or not isinstance(day(text, "mdy"), Problem)
    return not isinstance(amount(text), Problem)


def _share(look: Look, cells: Sequence[str]) -> float:
    """The share of the cells that say something which look so; 0 where none does."""
    filled = [cell for cell in cells if cell.strip() and amount(clean(cell)) is not NO_AMOUNT]
    return sum(looks_like(look, cell) for cell in filled) / len(filled) if filled else 0.0


# Net, gross and the like tell an amount only beside one of these words.
_MONEY: Final = frozenset(
    [
        "amount",
        "amounts",
        "amt",
        "cost",
        "costs",
        "expenditure",
        "paid",
        "payment",
        "payments",
        "spend",
        "spending",
        "sum",
        "total",
        "totals",
        "value",
    ]
)
# What a thing costs, may cost or would have cost, and the tax on it: not what was paid.
_NO_MONEY: Final = re.compile(
    r"\b(?:unit|price|contract|invoice|order|day|code|discount|budget)s?\b|\bnet zero\b|\b(?:net|gross) vat\b|"
    r"\bvat (?:on|net)\b|^(?:vat|tax) (?!(?:ex|in)c(?:l(?:uded|uding|usive)?)?\b)"
)
# In brackets, these add nothing to the word beside them.
_FILLING: Final = frozenset(["amount", "date", "element", "only", "part", "payment", "value"])


def _no_money(words: Sequence[str]) -> bool:
    return _NO_MONEY.search(" ".join(words)) is not None


def _barred_by_brackets(heading: str, file: str) -> bool:
    """Whether words that bar a heading are all that stands in its brackets."""
    for inside in _BRACKETS.findall(heading):
        words = tuple(word for word in folded(inside).split() if word not in _FILLING)
        if any(not rule.name and (words,) == rule.parts for rule in worded_headings(file)):
            return True
    return False


def mostly(look: Look, cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column that say something are dates, amounts or names."""
    return _share(look, cells) >= _UNHEADED


# 25,000 is a threshold, £000 a unit.
_MULTIPLE: Final = re.compile(
    r"(?<![0-9,.])0{3}s?\b|£\s*(?:k|m|bn)\b|\b(?:thousand|million)s?\b|"
    r"(?<!pounds and )(?<!pounds & )(?<!£ and )(?<!£ & )\bpence\b",
    re.IGNORECASE,
)
_FOREIGN: Final = re.compile(r"[$€¥]|\b(?:USD|EUR|CHF|JPY|euros?|dollars?)\b", re.IGNORECASE)


# What is left out: (excluding orders in euro). Of tax, that says nothing of the rest: (excl. VAT, EUR).
_LEFT_OUT: Final = re.compile(
    r"\((?:excl|except|without)(?:(?!vat|tax)[^(),;])*\)|"
    # A threshold, such as £25 000 or £1 thousand.
    r"(?:[£>]|\b(?:over|above|than|least))\s*£?\s*[0-9]{1,3}(?:(?: [0-9]{3})+| (?:thousand|million))\b",
    re.IGNORECASE,
)


def in_pounds(heading: str) -> bool:
    """Whether a heading says that what stands below it is pounds sterling."""
    return re.search(r"£|\b(?:GBP|sterling)\b", heading, re.IGNORECASE) is not None


def in_multiples(text: str) -> bool:
    """Whether a text says that amounts are in thousands, millions or pence."""
    return _MULTIPLE.search(_LEFT_OUT.sub(" ", text)) is not None


# -- the proposal -------------------------------------------------------------------------------------


class Mapper:
    """Maps the columns of one table: what was given comes first, then what is remembered, headings, values.

    Attributes:
        notes: what was noticed, as sentences.
        lenient: whether the first of several columns that may each be a field is proposed, instead of asking.
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
            f"{suggestion(heading, self.headings)} Headings: {listed(self.headings)}."
        )

    def propose(self, file: str) -> None:
        """Fill in by headings, then by what the cells of the columns left over look like.

        Args:
            file: of the headings that stand for fields.
        """
        candidates: dict[str, list[tuple[Rank, int]]] = {}
        for at in range(len(self.headings)):
            found = self._meaning(at, file)
            if found is not None:
                candidates.setdefault(found[0], []).append((found[1], at))
        for each in self.fields:
            self._by_heading(each, sorted(candidates.get(each.name, [])))
        for each in self.fields:
            if each.required and each.look is not None:
                if each.look in _LOOKS:
                    self._by_values(each, each.look, file)
                # If all else fails the heading decides, and each cell is refused by itself.
                self._by_heading(each, sorted(candidates.get(each.name, [])), looks=False)

    def _meaning(self, at: int, file: str) -> tuple[str, Rank] | None:
        """The field that a heading stands for, and how well: as a whole, without its brackets, or by its words."""
        known = known_headings(file)
        whole, parted, bare = names_of(self.headings[at])
        found = known.get(whole) or known.get(parted)
        if found is not None:
            return _exact(found, file)
        plain = known.get(bare)
        if plain is not None:
            return self._qualified(_exact(plain, file), self.headings[at], file)
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
        if each is not None and each.look in _LOOKS and _barred_by_brackets(heading, file):
            return None
        words = names_of(heading)[1].split()
        rule = next((rule for rule in worded_headings(file) if rule.name == name and rule.fits(words)), None)
        if rule is None:
            return found
        if each is not None and each.look == "amount":
            return found if _no_money(words) else (name, (rank[0], rule.rank[1]))
        return name, max(rank, (rule.rank[0] if rule.rank[0] > 1 else 0, rule.rank[1]))

    def _field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def _borne_out(self, at: int, name: str, heading: str) -> bool:
        """Whether words in a heading are enough for what they suggest, and the cells below are that."""
        cells, words = self.cells[at], heading.split()
        each = self._field(name)
        if each is None or each.look is None:
            return True
        if each.look == "amount" and each.required and (_MONEY.isdisjoint(words) or _no_money(words)):
            return False
        if each.look == "date" and "date" not in words and _share("amount", cells) >= _HEADED:
            return False  # 45000.00 may be a day to Excel; under "Paid" it is money
        return _share(each.look, cells) >= _UNHEADED

    def _barred(self, at: int, each: Field, file: str) -> bool:
        """Whether a heading says that its column is something else, whatever stands in it."""
        _, parted, bare = names_of(self.headings[at])
        # The only amount there is may be that of an invoice.
        words = [word for word in parted.split() if word != "invoice"]
        if (each.look == "amount" and _no_money(words)) or _barred_by_brackets(self.headings[at], file):
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
        look = each.look
        if look is not None and (each.required or look == "name") and looks:
            free = [
                (rank, at)
                for rank, at in free
                if _share(look, self.cells[at]) >= _HEADED or not any(cell.strip() for cell in self.cells[at])
            ]
        if not free or not self._open(each):
            return
        best = [at for rank, at in free if rank == free[0][0]]
        if len(best) > 1 and each.required and not self.lenient:
            names = " and ".join(f"#{at + 1} ({self.headings[at]})" for at in best)
            raise ImportFileError(
                f"{self.where}: columns {names} may each be the {each.name}. Say which, for example with --column "
                f'"{each.name}=#{best[0] + 1}".'
            )
        self._put(each.name, best[0], "heading")

    def _by_values(self, each: Field, look: Look, file: str) -> None:
        if not self._open(each):
            return
        free = [at for at in range(len(self.headings)) if at not in self.columns.values()]
        alike = [
            at
            for at in free
            if _share(look, self.cells[at]) >= _UNHEADED and not self._barred(at, each, file)
        ]
        if look == "amount":
            # Whole numbers may be anything: codes, references, years.
            alike = [at for at in alike if any(re.search(r"[.,£]", cell) for cell in self.cells[at])]
        if len(alike) == 1:
            self._put(each.name, alike[0], "values")

    def require(self, constants: Mapping[str, str]) -> None:
        """Raise ImportFileError where a field that must be there has no column, or amounts are not pounds."""
        missing = [
            each for each in self.fields if each.required and self._open(each) and each.name not in constants
        ]
        if missing:
            once = next((each.name for each in missing if each.look == "date"), None)
            hint = (
                f' If all rows are of one day or month, give a mapping: {{"constants": {{"{once}": "2024-04"}}}}.'
                if once
                else ""
            )
            raise ImportFileError(
                f"{self.where}: no column can be told to be the {' or the '.join(each.name for each in missing)}. Say which "
                f'it is, for example with --column "{missing[0].name}=HEADING".{hint} Headings: {listed(self.headings)}.'
            )
        for each in self.fields:
            if each.look == "amount" and each.required and each.name in self.columns:
                self._in_pounds(each.name, self.headings[self.columns[each.name]])

    def _in_pounds(self, name: str, heading: str) -> None:
        foreign = _FOREIGN.search(_LEFT_OUT.sub(" ", heading)) is not None and not in_pounds(heading)
        if not foreign and not in_multiples(heading):
            return
        what = f"the heading {heading!r} says that amounts are in " + (
            "another currency" if foreign else "thousands, millions or pence"
        )
        if self._said.get(name) == heading:
            self.notes.append(f"As was said, {what.replace('says', 'is read as pounds, though it says', 1)}.")
            return
        raise ImportFileError(
            f"{self.where}: {what}, and only pounds are read. Write them out in pounds, and import again. If they are "
            f'pounds all the same, say so with --column "{name}=#{self.columns[name] + 1}".'
        )

    def date_places(self) -> list[int]:
        """Positions of the columns of dates."""
        looks = {each.name: each.look for each in self.fields}
        return [at for name, at in self.columns.items() if looks[name] == "date"]


# -- what a person says -------------------------------------------------------------------------------


def given_answers(options: Options, fields: Sequence[Field]) -> Answers:
    """What the options and the file they name say.

    Raises:
        ImportFileError: the file can't be read, or names a field that the format doesn't have.
    """
    answers = Answers() if options.mapping is None else _read(options.mapping)
    answers.columns |= {name: heading or None for name, heading in options.columns}
    names = [each.name for each in fields]
    for name in (*answers.columns, *answers.values, *answers.constants):
        if name not in names:
            raise ImportFileError(
                f"{options.mapping or '--column'}: {name!r} is no field of this format. "
                f"{suggestion(name, names)} Fields: {listed(names)}."
            )
    if options.programme == "none":
        answers.constants.pop("programme", None)
    elif options.programme is not None:
        answers.constants["programme"] = options.programme
    if options.sheet is not None:
        answers.sheet = options.sheet
    return answers


def _read(path: Path) -> Answers:
    try:
        if path.stat().st_size > _NO_FILE_BYTES:
            raise ImportFileError(f"{path}: a mapping is a small file. Give one of field and heading.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"{path}: the mapping is not UTF-8 ({error.reason}). Save it as UTF-8."
        ) from error
    except OSError as error:
        raise ImportFileError(
            f"{path}: the mapping cannot be read ({error.strerror}). Check its name and folder."
        ) from error
    if text.lstrip()[:1] in ("{", "["):
        return answers_from(path, _json(path, text))
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or not {"field", "heading"} <= set(rows[0]):
        raise ImportFileError(
            f'{path}, row 1: a mapping as CSV has the columns field and heading. As JSON it is {{"columns": {{…}}}}.'
        )
    return Answers(columns={row["field"].strip(): (row["heading"] or "").strip() or None for row in rows})


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportFileError(
            f"{path}: the mapping is not valid JSON ({error}). Correct it there."
        ) from error


def answers_from(path: Path, found: Any) -> Answers:
    """Answers as they stand in JSON.

    Raises:
        ImportFileError: something in them is not what it should be.
    """
    if not isinstance(found, dict):
        raise ImportFileError(
            f'{path}: a mapping is a JSON object such as {{"columns": {{"date": "Paid on"}}}}.'
        )
    for key in found:
        if key not in _KEYS:
            alike = nearest(str(key), _KEYS)
            hint = f"Did you mean {alike!r}? " if alike else ""
            raise ImportFileError(f"{path}: {key!r} is no part of a mapping. {hint}Parts: {listed(_KEYS)}.")
    dates, sheet = found.get("dates"), found.get("sheet")
    if dates not in (None, "dmy", "mdy") or not isinstance(sheet, str | None):
        raise ImportFileError(
            f'{path}: "dates" is dmy (the day comes first) or mdy (the month does), and "sheet" the name of a sheet.'
        )
    columns, constants = _texts(path, found, "columns"), _texts(path, found, "constants")
    values = found.get("values", {})
    if not isinstance(values, dict):
        raise ImportFileError(
            f'{path}: "values" is an object of fields, each with an object of values and codes.'
        )
    return Answers(
        columns={name: heading or None for name, heading in columns.items()},
        values={name: _texts(path, values, name) for name in values},
        constants=constants,
        dates=dates,
        sheet=sheet,
    )


def _texts(path: Path, found: Mapping[str, Any], key: str) -> dict[str, str]:
    part = found.get(key, {})
    if isinstance(part, dict) and all(isinstance(value, str | None) for value in part.values()):
        return {name: value or "" for name, value in part.items()}
    raise ImportFileError(f'{path}: "{key}" is an object of texts, such as {{"date": "Paid on"}}.')


# -- what is remembered -------------------------------------------------------------------------------


def memory_file() -> Path:
    """Where mappings are remembered, by the headings they are for."""
    return var_folder() / "imports" / "mappings.json"


def recalled(form: str, headings: Sequence[str]) -> Answers | None:
    """What was said of an earlier file of this format with these headings; None where there was none.

    Raises:
        ImportFileError: what is remembered can't be read.
    """
    kept = _kept().get(fingerprint(form, headings))
    if kept is None:
        return None
    parts = {key: value for key, value in kept.items() if key in _KEYS}
    return answers_from(memory_file(), parts)


def _kept() -> dict[str, Any]:
    path = memory_file()
    if not path.is_file():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImportFileError(
            f"{path}: the mappings that are remembered there can't be read ({error}). Correct the file, or delete it; "
            "then say again what the columns are."
        ) from error
    if not isinstance(kept, dict) or not all(isinstance(each, dict) for each in kept.values()):
        raise ImportFileError(f"{path}: this is no list of remembered mappings. Delete the file.")
    return kept


def remember(form: str, mapped: Mapped, found: Reconciliation, on: str) -> None:
    """Keep a mapping for the next file with the same headings, unless this was a dry run.

    Where it can't be written, the reconciliation says so: the import itself is done by then.

    Args:
        form: name of the format.
        mapped: what was used.
        found: of the import.
        on: the day, for people who look into the file.
    """
    if found.dry_run:
        return
    kept = _kept()
    kept[fingerprint(form, mapped.headings)] = {"format": form, "on": on, **_memory(mapped)}
    path = memory_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            fresh = Path(folder) / path.name
            fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
            fresh.replace(path)
    except OSError as error:
        found.notes.append(
            f"The mapping can't be remembered in {path} ({error.strerror}): the next file will ask the same again."
        )


def _memory(mapped: Mapped) -> dict[str, Any]:
    doubled = {name for name in mapped.headings if mapped.headings.count(name) > 1}
    columns: dict[str, str | None] = {
        name: f"#{at + 1}" if mapped.headings[at] in doubled else mapped.headings[at]
        for name, at in mapped.columns.items()
    }
    return {
        "headings": mapped.headings,
        "columns": columns
        | {name: None for name, heading in mapped.answers.columns.items() if heading is None},
        "values": mapped.answers.values,
        "constants": mapped.answers.constants,
        # The usual order is left to be told from each file anew.
        "dates": "mdy" if mapped.dates == "mdy" else "dmy" if mapped.answers.dates == "dmy" else None,
    }
