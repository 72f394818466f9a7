"""Grants in the 360Giving Data Standard 1.4, as JSON, CSV or Excel.

A grant becomes a line of the pack's payments: the recipient is the supplier, the amount awarded the amount, the date of
award the date. The grant's own identifier is the line's, since it stays with a grant through all editions of a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from svdash import wording
from svdash.importing.cells.cell_reading import OTHER_CURRENCY, clean
from svdash.importing.cells.withheld_names import is_nobody, is_withheld, unusual
from svdash.importing.columns.column_mapping import Mapped
from svdash.importing.columns.given_answers import given_answers
from svdash.importing.columns.published_tables import Form, Record, open_table
from svdash.importing.files.source_files import Source, read_json
from svdash.importing.payments.code_lookup import CodeLookup
from svdash.importing.payments.file_sums import FileSums
from svdash.importing.payments.payment_files import TOTAL, Opened, Start, import_lines
from svdash.importing.payments.payment_lines import NOT_KNOWN, REDACTED, REFERENCE, Line, named
from svdash.importing.payments.payments_ledger import TAG
from svdash.importing.reconciliation import (
    Field,
    FileTotal,
    ImportFileError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.lines.line_tables import ROW
from svdash.tables.package import Pack

FIELDS: Final = (
    Field("id", required=True),
    Field("title"),
    Field("description"),
    Field("currency", has_place=False),
    Field("amount", required=True, shape="amount"),
    Field("date", required=True, shape="date"),
    Field("supplier"),
    Field("supplier_id"),
    Field("second_recipient", has_place=False),
    Field("second_recipient_id", has_place=False),
    Field("charity", has_place=False),
    Field("person", has_place=False),
    Field("recipient_area"),
    Field("benefit_area"),
    Field("second_benefit_area", has_place=False),
    Field("programme"),
    Field("supplier_type"),
    Field("supplier_place"),
    Field("funder", has_place=False),
)
FORM: Final = Form("360giving", FIELDS, "grants_360giving_headings.csv")

NO_ID: Final = Problem(
    "id-missing", "the grant has no identifier", "Give it one, as 360Giving asks: 360G-publisher-number."
)
TWICE: Final = Problem(
    "id-twice", "the identifier is that of an earlier grant in the file", "Give each grant its own."
)
DIFFERS: Final = Problem(
    "grant-differs",
    "the pack has this grant with other details",
    "Give --replace to take this file's, if it is the newer one.",
)
SEVERAL: Final = Problem(
    "recipients",
    "the grant has several recipients, and the file doesn't say how much each got",
    "Publish a grant for each recipient.",
)
NO_GRANT: Final = Problem("no-grant", "it is not a JSON object", "Write each grant as an object.")
# Registers whose members are what the pack's types of supplier say; other registers hold all sorts.
_TYPES: Final = {
    "GB-CHC": "vcse",
    "GB-SC": "vcse",
    "GB-NIC": "vcse",
    "GB-LAE": "public",
    "GB-LAS": "public",
    "GB-LANI": "public",
    "GB-PLA": "public",
    "GB-NHS": "public",
}
_PUBLISHED: Final = ("date", "amount_pence", "supplier", "supplier_id", "purpose", "benefit_area")
_MOST_TEXT: Final = 300


class Grants:
    """The reader of 360Giving files. One for each file."""

    name = "360giving"
    tag = ""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._known: dict[str, Line] = {}
        self._replace = False
        self._again = self._changed = 0
        self._sums = FileSums({})

    @property
    def totals(self) -> list[FileTotal]:
        """The totals that the file gives."""
        return self._sums.totals

    @contextmanager
    def open(self, source: Source, options: Options) -> Iterator[Opened]:
        """Open the grants in a file."""
        if source.kind == "json":
            yield _from_json(source, options)
            return
        with open_table(source, FORM, options) as table:
            yield Opened(
                table.headings, table.records, table.mapped, table.mapped.for_people(FIELDS), table=table
            )

    def begin(self, start: Start) -> None:
        """Remember the grants that the pack has."""
        self._known = {line["id"]: line for line in start.known() if not str(line["id"]).startswith(TAG)}
        self._replace = start.replace

    def line(self, record: Record, pence: int | Problem, lookup: CodeLookup) -> Line | Problem:
        """The line that a grant makes, or why it makes none."""
        values = record.values
        other = self._no_payment(record, pence, lookup)
        if other is not None:
            return other
        if isinstance(pence, Problem):
            return pence
        day = lookup.day(values.get("date", ""))
        if isinstance(day, Problem):
            return day
        problem = self._problem(values)
        if problem is not None:
            return problem
        line = self._line(record, pence, lookup) | {"date": day[0]}
        if not self._may_stand(line):
            return DIFFERS
        if day[1]:
            lookup.note("month", record.number, pence)
        if unusual(values.get("supplier", "")):
            lookup.note("unusual", record.number, pence)
        return line

    def _no_payment(self, record: Record, pence: int | Problem, lookup: CodeLookup) -> Problem | None:
        """That a row is the total of those above it, or of another currency, if so."""
        values = record.values
        if isinstance(pence, int):
            undated = not (values.get("date") or values.get("id"))
            if undated and self._sums.problem(record, Decimal(pence), undated=True):
                return TOTAL
            self._sums.add(pence, foreign=False)
        named = values.get("currency", "GBP").upper()
        return OTHER_CURRENCY if named not in ("", "GBP") and not lookup.amounts.in_pounds else None

    def _problem(self, values: Mapping[str, str]) -> Problem | None:
        name = values.get("id", "")
        if not name or name.startswith(TAG):
            return NO_ID
        if name in self._seen:
            return TWICE
        beside = values.get("supplier") and values.get("person")
        if values.get("second_recipient") or values.get("second_recipient_id") or beside:
            return SEVERAL
        self._seen.add(name)
        return None

    def _may_stand(self, line: Line) -> bool:
        """Whether the pack has no such grant, has it just so, or may have it anew."""
        before = self._known.get(line["id"])
        if before is None:
            return True
        if all(line.get(name) == value for name, value in before.items()):
            self._again += 1
            return True
        # What a person answers about a grant may change; what its publisher says of it needs a decision.
        may = self._replace or all(line.get(name) == before.get(name) for name in _PUBLISHED)
        self._changed += may
        return may

    def _line(self, record: Record, pence: int, lookup: CodeLookup) -> Line:
        values = record.values
        person = bool(values.get("person")) and not values.get("supplier")
        withheld = person or is_withheld(values.get("supplier", ""))
        name = values.get("supplier", "")
        supplier = None if is_nobody(name) else name
        number = None if withheld else lookup.numbers.read(values.get("supplier_id", ""), supplier or "")
        place = "" if withheld else values.get("recipient_area", "")
        area = lookup.area(place) if place.upper() in lookup.districts else None
        several = values.get("second_benefit_area", "") not in ("", values.get("benefit_area"))
        kind = lookup.code("supplier_type", values.get("supplier_type", "")) or self._type(
            values, lookup, person=person
        )
        return {
            "id": values["id"],
            "supplier": REDACTED if withheld else supplier,
            "supplier_id": None if withheld else number or named(supplier or ""),
            "supplier_type": kind,
            "programme": lookup.code("programme", values.get("programme", "")),
            "amount_pence": pence,
            "supplier_area": area,
            "supplier_place": NOT_KNOWN
            if withheld
            else lookup.place(values.get("supplier_place") or place, area),
            "benefit_area": None if several else lookup.area(values.get("benefit_area", "")),
            "purpose": (values.get("title") or values.get("description", ""))[:_MOST_TEXT] or None,
            "contract_id": None,
            ROW: record.number,
            # Two grants with identifiers of their own are two, however alike they are.
            REFERENCE: values["id"],
        }

    def _type(self, values: Mapping[str, str], lookup: CodeLookup, *, person: bool) -> str | None:
        """The kind of recipient, as far as the register that it is in tells."""
        if person:
            return lookup.code("supplier_type", "individual")
        register = "-".join(values.get("supplier_id", "").upper().split("-")[:2])
        kind = "vcse" if values.get("charity") else _TYPES.get(register)
        return None if kind is None else lookup.code("supplier_type", kind)

    def notes(self) -> Iterator[str]:
        """How many of the grants the pack had before."""
        yield from self._sums.notes()
        if self._again:
            yield f"{wording.number(self._again)} of the grants are in the pack already, as they are here."
        if self._changed:
            yield f"{wording.number(self._changed)} of the grants were in the pack with other details, and are replaced by these."


# -- JSON ---------------------------------------------------------------------------------------------


def _from_json(source: Source, options: Options) -> Opened:
    """The grants of a JSON file: a package with ``grants``, or a list of them."""
    found = read_json(source)
    grants = found.get("grants") if isinstance(found, dict) else found
    if (
        isinstance(grants, list)
        and grants
        and all(isinstance(each, dict) and "grants" in each for each in grants)
    ):
        # JSON Lines, with a package on each.
        grants = [
            grant for each in grants for grant in (each["grants"] if isinstance(each["grants"], list) else [])
        ]
    if not isinstance(grants, list):
        raise ImportFileError(
            f'{source.path}: there is no list of grants. A 360Giving file is {{"grants": [...]}}; check whether it is one.'
        )
    answers = given_answers(options, FIELDS)
    if answers.columns:
        raise ImportFileError(f"{source.path}: JSON has no columns to map. Leave the columns out.")
    mapped = Mapped([], {}, {}, answers, answers.dates or "dmy", answers.dates is not None)
    return Opened(
        ["grant"],
        _records(grants, answers.constants),
        mapped,
        mapped.for_people(FIELDS),
        form="JSON; rows are grants, counted from 1",
    )


def _records(grants: list[Any], constants: dict[str, str]) -> Iterator[Record]:
    for number, grant in enumerate(grants, start=1):
        cells = [json.dumps(grant, ensure_ascii=False, default=str)]
        if isinstance(grant, dict):
            yield Record(number, _values(grant) | constants, cells)
        else:
            yield Record(number, {}, cells, NO_GRANT)


def _values(grant: Mapping[str, Any]) -> dict[str, str]:
    recipients, benefits = _objects(grant, "recipientOrganization"), _objects(grant, "beneficiaryLocation")
    recipient = recipients[0] if recipients else {}
    offices = _objects(recipient, "location")
    programmes = _objects(grant, "grantProgramme")
    codes = [_text(place, "geoCode") for place in benefits]
    return {
        "id": _text(grant, "id"),
        "title": _text(grant, "title"),
        "description": _text(grant, "description"),
        "currency": _text(grant, "currency"),
        "amount": _text(grant, "amountAwarded"),
        "date": _text(grant, "awardDate"),
        "supplier": _text(recipient, "name"),
        "supplier_id": _text(recipient, "id"),
        "second_recipient": _text(recipients[1], "name") or "another" if len(recipients) > 1 else "",
        "charity": _text(recipient, "charityNumber"),
        "person": "yes" if _objects(grant, "recipientIndividual") else "",
        "recipient_area": _text(offices[0], "geoCode") if len(offices) == 1 else "",
        "benefit_area": codes[0] if codes else "",
        "second_benefit_area": next((code for code in codes[1:] if code != codes[0]), ""),
        "programme": _text(programmes[0], "title") if programmes else "",
    }


def _objects(of: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects under a key, where the standard has a list of them or one alone."""
    found = of.get(key)
    entries = found if isinstance(found, list) else [found]
    return [each for each in entries if isinstance(each, dict)]


def _text(of: Mapping[str, Any], key: str) -> str:
    """A value as the text of a cell; numbers with all their digits and without powers of ten."""
    value = of.get(key)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        # A power of ten may stand for more digits than there is memory.
        return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import grants into the pack's payments.

    Raises:
        ImportFileError: the file can't be read as 360Giving.
        ImportRefusedError: no grant can be used, or the table can't take them.
    """
    return import_lines(Grants(), source, pack, options)
