"""Contracts in the Open Contracting Data Standard 1.1: packages of releases or of records, as JSON.

An award, with the contract made of it where there is one, becomes a row of the pack's contracts: value, start, supplier,
and whether the award criteria name social value and with what weight. Where no criteria are given that stays unknown.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from svdash import wording
from svdash.importing.cells.amount_column import AmountColumn
from svdash.importing.cells.cell_reading import OTHER_CURRENCY, DateOrder, clean, day
from svdash.importing.cells.date_evidence import DateEvidence
from svdash.importing.cells.supplier_numbers import SupplierNumbers
from svdash.importing.file_overview import overview
from svdash.importing.files.source_files import Source, read_json
from svdash.importing.payments.payment_lines import named
from svdash.importing.questions import Question, checked, refuse_unanswered
from svdash.importing.reconciliation import (
    ILLUSTRATIVE,
    ImportFileError,
    ImportRefusedError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.importing.writing import pack_writer
from svdash.importing.writing.csv_rows import put_tables, text_rows, written, written_rows
from svdash.importing.writing.refused_lines import RefusedLines
from svdash.tables.faults import suggestion
from svdash.tables.package import Pack

NAME: Final = "ocds"
CONTRACTS: Final = "contracts"

NO_ID: Final = Problem(
    "id-missing", "there is no ocid, or the award has no id", "Give both, as the standard asks."
)
TWICE: Final = Problem("twice", "an earlier award of the process has this id", "Give each an id of its own.")
ENDED: Final = Problem(
    "status", "the award was cancelled, has no supplier, or is not final yet", "Nothing is missing."
)
NO_VALUE: Final = Problem("value", "the value is zero or less", "Give the value of the whole term, as let.")
NO_START: Final = Problem("start", "there is no date of start, signature or award", "Give one of them.")
SEVERAL: Final = Problem(
    "suppliers",
    "the award has several suppliers, and the file doesn't say how much each gets",
    "Publish an award for each.",
)
DIFFERS: Final = Problem(
    "differs",
    "the pack has this contract with other details",
    "Give --replace to take the file's, if it is the newer.",
)

# A contract that is terminated was in force, and has come to its end.
_NOT_LET: Final = ("cancelled", "unsuccessful", "pending")
_SOCIAL: Final = re.compile(r"social\s+value", re.IGNORECASE)
_WEIGHT: Final = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*(?:%|per\s*cent)?\s*", re.IGNORECASE)
# What invented contracts keep and published ones don't always have.
_NOT_ALWAYS: Final = ("supplier_id", "programme", "social_value_scored")
_DESCRIPTION: Final = (
    "Contracts as their notices describe them. Social value counts as scored where the award criteria name it, as not scored "
    "where they don't; where a notice has no criteria both stay empty."
)

Json = Mapping[str, Any]


@dataclass(frozen=True)
class _Entry:
    """An award with what stands around it."""

    ocid: str
    award: Json
    contract: Json
    tender: Json
    parties: Mapping[str, Json]
    buyer: str


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import contracts into the pack's table of contracts.

    Raises:
        ImportFileError: the file can't be read as OCDS, or the pack has no place for contracts.
        ImportRefusedError: no contract can be used, or the table is illustrative.
    """
    if source.kind != "json":
        raise ImportFileError(
            f"{source.path}: OCDS is JSON, and this is not. Give a release or record package."
        )
    today = options.today or datetime.now(tz=UTC).date()
    found = Reconciliation(NAME, source.name, source.sha256, (CONTRACTS,), dry_run=options.dry_run)
    found.form = "JSON; rows are awards, counted from 1"
    package = read_json(source)
    processes = _processes(source, package)
    contracts = _Contracts(pack, options)
    buyers: Counter[str] = Counter()
    taken: list[tuple[date, str | None, str | None, int, int]] = []
    with RefusedLines() as refused:
        refused.head(["award"])
        entries = list(_entries(processes))
        contracts.look_at(entries)
        for number, entry in enumerate(entries, start=1):
            text = _value(entry)[0]
            pence = contracts.amounts.read(text)
            problem = contracts.take(entry, pence)
            known = pence if isinstance(pence, int) else contracts.amounts.written(text)
            known = None if problem == OTHER_CURRENCY else known
            found.incoming.add(number, known)
            buyers[entry.buyer] += 1
            if problem is None:
                found.used.add(number, known)
                taken.append(contracts.last)
            else:
                found.refuse(number, known, problem)
                ids = {"ocid": entry.ocid, "award": entry.award, "contract": entry.contract}
                refused.add(number, problem, [json.dumps(ids, ensure_ascii=False, default=str)])
        found.settle()
        found.refused_file = refused.place(source, options)
    found.overview = overview(taken)
    found.notes += [*_more(package), *_strays(package), *contracts.notes(processes, buyers)]
    contracts.may_enter(found)
    if contracts.fresh and not options.dry_run:
        _write(pack, contracts, source, options, str(today))
        found.changed = True
    return found


# -- the file -----------------------------------------------------------------------------------------


def _processes(source: Source, found: Any) -> list[list[Json]]:
    """The releases of each contracting process, the latest last."""
    releases: list[Json] = []
    parts = [_releases(package) for package in _objects(found)]
    for part in parts:
        releases += part or []
    if all(part is None for part in parts):
        raise ImportFileError(
            f'{source.path}: there is no list of releases or records. An OCDS file is {{"releases": [...]}} or '
            '{"records": [...]}; check whether it is one.'
        )
    by_ocid: dict[str, list[Json]] = {}
    for number, each in enumerate(releases):
        by_ocid.setdefault(_text(each, "ocid") or f"#{number}", []).append(each)
    return [sorted(each, key=_moment) for each in by_ocid.values()]


def _releases(package: Json) -> list[Json] | None:
    """The releases of a package of either kind, or that it is itself; None where it is nothing of that."""
    records, releases = package.get("records"), package.get("releases")
    if isinstance(records, list):
        found: list[Json] = []
        for each in _objects(records):
            compiled = each.get("compiledRelease")
            found += [compiled] if isinstance(compiled, dict) else _objects(each.get("releases"))
        return found
    if isinstance(releases, list):
        return _objects(releases)
    compiled = package.get("compiledRelease")
    if isinstance(compiled, dict):
        return [compiled]  # a record by itself, as bulk downloads have one a line
    return [package] if "ocid" in package else None


def _more(found: Any) -> list[str]:
    """A sentence on further pages that a package names."""
    pages = [each.get("links") for each in _objects(found)]
    if not pages or not isinstance(pages[-1], dict) or not pages[-1].get("next"):
        return []
    return ["The file is one page of several: it names a next one. Fetch the others too."]


def _strays(found: Any) -> list[str]:
    """A sentence on what stands among the releases and is none."""
    number = sum(_releases(package) is None for package in _objects(found))
    objects = f"{wording.counted(number, 'object')} {'is' if number == 1 else 'are'}"
    return [f"{objects} neither a release nor a list of releases: left out."] if number else []


def _moment(release: Json) -> str:
    """When a release was made, in universal time, so that those of summer and winter stand in their order."""
    text = _text(release, "date")
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC).isoformat() if found.tzinfo else found.isoformat()
    except (ValueError, OverflowError):
        # No date, or one that is before all years there are once it is put into universal time.
        return text


def _entries(processes: Iterable[list[Json]]) -> Iterator[_Entry]:
    """The awards of all processes, each with its contracts; a contract without its award stands alone."""
    for releases in processes:
        awards = _merged(releases, "awards")
        contracts = _merged(releases, "contracts")
        parties = _merged(releases, "parties")
        tender: dict[str, Any] = {}
        buyer = ""
        for release in releases:
            given = release.get("tender")
            tender |= given if isinstance(given, dict) else {}
            of = release.get("buyer")
            buyer = _text(of, "name") if isinstance(of, dict) else buyer
        ocid = _text(releases[-1], "ocid")
        of_award: dict[str, list[Json]] = {}
        for contract in contracts.values():
            of_award.setdefault(_text(contract, "awardID"), []).append(contract)
        for key, award in awards.items():
            made = of_award.pop(key, [{}])
            # What an award is worth as a whole is not the value of each of its contracts.
            award_of_one = award if len(made) == 1 else {**award, "value": None}
            for contract in made:
                yield _Entry(ocid, award_of_one, contract, tender, parties, buyer)
        for contract in chain.from_iterable(of_award.values()):
            yield _Entry(ocid, {}, contract, tender, parties, buyer)


def _merged(releases: Iterable[Json], key: str) -> dict[str, Json]:
    """The objects of a list in all releases, by their id; what a later release says counts."""
    found: dict[str, Json] = {}
    for release in releases:
        for number, each in enumerate(_objects(release.get(key))):
            name = _text(each, "id") or f"#{number}"
            found[name] = {**found.get(name, {}), **each}
    return found


def _objects(found: Any) -> list[Json]:
    entries = found if isinstance(found, list) else [found]
    return [each for each in entries if isinstance(each, dict)]


def _text(of: Json, key: str) -> str:
    """A value as text; numbers with all their digits and without powers of ten."""
    value = of.get(key)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _value(entry: _Entry) -> tuple[str, str]:
    """Amount and currency: of the contract, else of the award."""
    for each in (entry.contract, entry.award):
        value = each.get("value")
        if isinstance(value, dict) and _text(value, "amount"):
            return _text(value, "amount"), _text(value, "currency")
    return "", ""


# -- rows ---------------------------------------------------------------------------------------------


class _Contracts:
    """Contracts of a file, compared with what the pack has."""

    def __init__(self, pack: Pack, options: Options) -> None:
        rows = text_rows(pack, CONTRACTS)
        self.invented = pack.resource(CONTRACTS).get("status") == ILLUSTRATIVE
        self.illustrative = len(rows) if self.invented else 0
        self.before = {} if self.invented else {row["contract_id"]: row for row in rows}
        self.replace = options.replace
        self.programme = _programme(pack, options)
        answers = {key: checked("--answer", key, answer) for key, answer in options.answers}
        self.numbers = SupplierNumbers(answers)
        self._shared: set[str] = set()
        self._of_numbers: list[str] = []
        self.amounts = AmountColumn(answers)
        self.unmarked = 0
        answer = answers.get("dates")
        self.order: DateOrder = "mixed" if answer == "mixed" else "dmy"
        self.dates = DateEvidence() if answer is None else None
        self.rows: dict[str, dict[str, str]] = {}
        self.fresh: dict[str, dict[str, str]] = {}
        self.last: tuple[date, str | None, str | None, int, int] = (date.min, None, None, 0, 0)

    def look_at(self, entries: Iterable[_Entry]) -> None:
        """Find out which numbers stand for many suppliers, such as those that count the parties of each notice anew."""
        for entry in entries:
            if not self._foreign(entry):
                self._supplier(entry)
        self._shared, self._of_numbers = self.numbers.shared, list(self.numbers.notes())

    def take(self, entry: _Entry, pence: int | Problem) -> Problem | None:
        """Take in a contract; else say why not."""
        key = _text(entry.contract, "id") or _text(entry.award, "id")
        if not entry.ocid or not key:
            return OTHER_CURRENCY if self._foreign(entry) else NO_ID
        row = self._row(entry, pence, f"{entry.ocid}/{key}")
        if isinstance(row, Problem):
            return row
        if row["contract_id"] in self.rows:
            return TWICE
        old = self.before.get(row["contract_id"])
        self.rows[row["contract_id"]] = row
        self.unmarked += not _value(entry)[1]
        name = next((_text(each, "name") for each in _objects(entry.award.get("suppliers", []))), "")
        self.last = date.fromisoformat(row["start"]), row["supplier_id"], name, 1, int(row["value_pence"])
        if old is not None and all(old.get(name, "") == value for name, value in row.items()):
            return None
        if old is not None and not self.replace:
            return DIFFERS
        self.fresh[row["contract_id"]] = row
        return None

    def _row(self, entry: _Entry, pence: int | Problem, name: str) -> dict[str, str] | Problem:
        problem = OTHER_CURRENCY if self._foreign(entry) else _unfit(entry, pence)
        if problem is not None:
            return problem
        start = _start(entry)
        begun = day(start, self.order)
        if isinstance(begun, Problem):
            return NO_START
        if self.dates is not None and isinstance(pence, int):
            self.dates.add(start, pence)
        scored, weight = _social_value(entry)
        return {
            "contract_id": name,
            "supplier_id": self._supplier(entry),
            "programme": self.programme,
            "start": begun.day.isoformat(),
            "value_pence": str(pence),
            "social_value_scored": scored,
            "weighting_percent": weight,
        }

    def _foreign(self, entry: _Entry) -> bool:
        """Whether the value is in another currency than pounds, and nobody said that it is pounds all the same."""
        return _value(entry)[1].upper() not in ("", "GBP") and not self.amounts.in_pounds

    def _supplier(self, entry: _Entry) -> str:
        """The identifier of the one supplier: of its register, else the publisher's, else made of its name."""
        suppliers = _objects(entry.award.get("suppliers", []))
        if not suppliers:
            return ""
        key, name = _text(suppliers[0], "id"), _text(suppliers[0], "name")
        identifier = entry.parties.get(key, {}).get("identifier")
        if isinstance(identifier, dict):
            number = self._own(_text(identifier, "id"), name)
            if number:
                return "-".join(filter(None, (_text(identifier, "scheme"), number)))
        return self._own(key, name) or named(name) or ""

    def _own(self, text: str, name: str) -> str | None:
        """A number that is of one supplier; None where it is none, or of many."""
        number = self.numbers.read(text, name)
        return None if number in self._shared else number

    def notes(self, processes: list[list[Json]], buyers: Counter[str]) -> list[str]:
        """What a reader must know of the contracts, as sentences."""
        notes = [*self._of_numbers, *self.amounts.notes()]
        if self.unmarked:
            notes.append(
                f"{wording.counted(self.unmarked, 'contract')} {'names' if self.unmarked == 1 else 'name'} no currency: taken as pounds."
            )
        bare = sum(1 for each in processes if not any(r.get("awards") or r.get("contracts") for r in each))
        if bare:
            notes.append(
                f"{wording.counted(bare, 'process', 'processes')} without an award: no contract was awarded there yet."
            )
        unknown = sum(not row["social_value_scored"] for row in self.rows.values())
        unnamed = sum(row["social_value_scored"] == "false" for row in self.rows.values())
        if unknown:
            notes.append(
                f"Without award criteria: {wording.counted(unknown, 'contract')}. It is not known whether social value was scored."
            )
        if unnamed:
            notes.append(
                f"With award criteria that don't name social value: {wording.counted(unnamed, 'contract')}, taken as not scored. It "
                "may be part of another criterion, such as quality: look into the tender."
            )
        if len(buyers) > 1:
            names = ", ".join(
                f"{name or 'not named'} {wording.number(number)}" for name, number in buyers.most_common(5)
            )
            notes.append(
                f"The awards are of {wording.number(len(buyers))} buyers ({names}). Check whether all are the authority's own."
            )
        if self.rows and not self.programme:
            notes.append(
                "The contracts belong to no programme: give --programme to show them for a role or a commitment."
            )
        if self.invented and self.rows:
            notes.append(
                f"{wording.counted(self.illustrative, 'illustrative contract')} are replaced by these, and the table counts as "
                "published from now on. The check then lists the illustrative payments that name them: import spend too."
            )
        elif self.rows and not self.fresh:
            notes.append("The pack has these contracts already, every one as it is here: nothing changes.")
        return notes

    def may_enter(self, found: Reconciliation) -> None:
        """Raise ImportRefusedError where nothing can be used, or the table is illustrative."""
        if not found.used.rows:
            common = max(found.refused.values(), key=lambda tally: tally.rows, default=None)
            why = (
                "there is no award in it. Import the award notices."
                if common is None
                else f"in {wording.number(common.rows)}, {common.words} (first in row {common.first}). {common.remedy}"
            )
            raise ImportRefusedError(
                f"{found.file}: no contract can be used: {why} Nothing was imported.", found
            )
        question = None if self.dates is None else self.dates.question()
        if isinstance(question, Question):
            found.questions.append(question)
        elif question is not None:
            found.notes.append(question)
        refuse_unanswered(found)
        if self.invented and not self.replace:
            raise ImportRefusedError(
                f"The table {CONTRACTS!r} of this pack is illustrative: its rows are made up, and must not be mixed "
                "with real ones. Give --replace to remove the made-up rows; the table then counts as published. "
                "Nothing was imported.",
                found,
            )


def _programme(pack: Pack, options: Options) -> str:
    wanted = options.programme
    if wanted in (None, "none"):
        return ""
    known = list(pack.table("programmes")["id"]) if "programmes" in pack.tables else []
    if wanted not in known:
        raise ImportFileError(
            f"--programme: {wanted!r} is not a programme of the pack. {suggestion(str(wanted), known)} Programmes: "
            f"{wording.choices(known)}."
        )
    return str(wanted)


def _unfit(entry: _Entry, pence: int | Problem) -> Problem | None:
    """Why an award makes no contract, if so."""
    if (_text(entry.contract, "status") or _text(entry.award, "status")).casefold() in _NOT_LET:
        return ENDED
    if isinstance(pence, Problem):
        return pence
    if pence < 1:
        return NO_VALUE
    return SEVERAL if len(_objects(entry.award.get("suppliers", []))) > 1 else None


def _start(entry: _Entry) -> str:
    """The day a contract starts, else that it was signed or awarded, as it is written; empty where none can be read."""
    contract, award = entry.contract, entry.award
    periods = [
        each for each in (contract.get("period"), award.get("contractPeriod")) if isinstance(each, dict)
    ]
    written = [
        *(_text(each, "startDate") for each in periods),
        _text(contract, "dateSigned"),
        _text(award, "date"),
    ]
    return next((text for text in written if not isinstance(day(text), Problem)), "")


def _social_value(entry: _Entry) -> tuple[str, str]:
    """Whether the award criteria name social value, and its weight in per cent; empty where that isn't told."""
    wanted = {_text({"lot": each}, "lot") for each in entry.award.get("relatedLots", []) or []}
    lots = [lot for lot in _objects(entry.tender.get("lots", [])) if not wanted or _text(lot, "id") in wanted]
    criteria = []
    for each in (*lots, entry.tender):
        holder = each.get("awardCriteria")
        criteria += _objects(holder.get("criteria", [])) if isinstance(holder, dict) else []
    if not criteria:
        return "", ""
    named_so = [
        each for each in criteria if _SOCIAL.search(f"{_text(each, 'name')} {_text(each, 'description')}")
    ]
    if not named_so:
        return "false", ""
    # Lots repeat their criteria; weights that differ between them are no one number.
    weights = {weight for weight in map(_weight, named_so) if weight is not None}
    return "true", f"{weights.pop().normalize():f}" if len(weights) == 1 else ""


def _weight(criterion: Json) -> Decimal | None:
    """The weight of a criterion in per cent: as its number, or as a description that is one."""
    for number in _objects(criterion.get("numbers", [])):
        if _text(number, "weight") in ("", "percentageExact"):
            return _percent(_text(number, "number"))
    return _percent(_text(criterion, "weight")) or _percent(_text(criterion, "description"))


def _percent(text: str) -> Decimal | None:
    found = _WEIGHT.fullmatch(text)
    return Decimal(found[1]) if found and Decimal(found[1]) <= 100 else None


# -- writing ------------------------------------------------------------------------------------------


def _write(pack: Pack, contracts: _Contracts, source: Source, options: Options, today: str) -> None:
    together = list((contracts.before | contracts.fresh).values())
    entry = pack_writer.vouched(
        pack.resource(CONTRACTS),
        source={"title": source.name} | ({"path": options.source} if options.source else {}),
        licence=options.licence,
        by=options.by or pack_writer.authority(pack),
        on=today,
    )
    if contracts.invented:
        entry["description"] = _DESCRIPTION
    fields = []
    for each in entry["schema"]["fields"]:
        field = dict(each)
        limits = dict(field.pop("constraints", {}))
        if field["name"] in _NOT_ALWAYS:
            limits.pop("required", None)
        if field["name"] in ("contract_id", "supplier_id") and limits.pop("pattern", None) is not None:
            field["description"] = "As published"
        fields.append(field | ({"constraints": limits} if limits else {}))
    entry["schema"] = {**entry["schema"], "fields": fields}
    data = written_rows(pack, CONTRACTS, together)
    put_tables(pack, {CONTRACTS: written(data)}, {CONTRACTS: entry})
