"""Returns from the gender pay gap service: the file of all employers of a reporting year.

The returns of the pack's own organisations become observations of the mean and median gap, and shares of women in each
quarter of pay. All other employers are refused, as none of the pack's. A snapshot is of 31 March for public authorities and of 5 April for
others; the file gives the day by which a return was due, a year later, and that tells which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from svdash import wording
from svdash.importing.cells.cell_reading import day, formula
from svdash.importing.columns.given_answers import Answers
from svdash.importing.columns.headings import folded
from svdash.importing.columns.published_tables import Form, Record, open_table
from svdash.importing.columns.remembered_mappings import remember
from svdash.importing.files.source_files import Source
from svdash.importing.reconciliation import (
    Field,
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
from svdash.years import year_of

OBSERVATIONS: Final = "observations_published"
QUARTERS: Final = "pay_quarters"
# Concepts of the indicators that hold the gaps: the table of indicators says which these are.
CONCEPTS: Final = {"mean": "mean-gender-pay-gap", "median": "median-gender-pay-gap"}
ADDRESS: Final = "https://gender-pay-gap.service.gov.uk/viewing/download"

FIELDS: Final = (
    Field("employer", required=True),
    Field("current"),
    Field("number"),
    Field("size"),
    Field("due", required=True),
    Field("mean", required=True),
    Field("median", required=True),
    *(Field(f"women_{quarter}", required=True) for quarter in range(1, 5)),
    *(Field(f"men_{quarter}", has_place=False) for quarter in range(1, 5)),
    Field("organisation"),
    Field("snapshot"),
)
FORM: Final = Form("pay-gap", FIELDS, "gender_pay_gap_headings.csv")

OTHERS: Final = Problem(
    "other", "another employer", "Nothing is missing: only the pack's organisations are taken."
)
TWICE: Final = Problem(
    "twice", "the organisation has a row already", "Delete the row that is not its return."
)
NO_SNAPSHOT: Final = Problem(
    "snapshot",
    "the due date doesn't show the day of the snapshot",
    'Give it with --constant "snapshot=2020-03-31".',
)
NO_FIGURE: Final = Problem(
    "figure", "a gap or a share is missing, or is not a percentage", "Correct it, as the service shows it."
)
NO_WHOLE: Final = Problem(
    "quarters", "women and men of a quarter don't add up to 100%", "Correct them, as the service shows them."
)
DIFFERS: Final = Problem(
    "differs", "the pack has other figures for this return", "Give --replace to take the file's."
)

_NUMBER: Final = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,6})?")
# Shares are published to one decimal, so that each may be out by half of it.
_ROUNDING: Final = Decimal("0.15")

Rows = dict[str, list[dict[str, str]]]


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import pay gap returns into the pack's observations and quarters of pay.

    Raises:
        ImportFileError: the file can't be read as returns, or the pack has no place for them.
        ImportRefusedError: none of the pack's organisations has a return that can be used.
    """
    today = options.today or datetime.now(tz=UTC).date()
    reconciliation = Reconciliation(
        FORM.name, source.name, source.sha256, (OBSERVATIONS, QUARTERS), money=False, dry_run=options.dry_run
    )
    with RefusedLines() as refused, open_table(source, FORM, options) as table:
        returns = _Returns(pack, table.mapped.answers, options, today)
        refused.head(table.headings)
        for record in table.records:
            found = record.problem or returns.take(record)
            reconciliation.incoming.add(record.number, 0)
            if isinstance(found, Problem):
                reconciliation.refuse(record.number, 0, found)
                refused.add(record.number, found, record.cells)
            else:
                reconciliation.used.add(record.number, 0)
        table.describe(reconciliation)
        reconciliation.mapping = table.mapped.for_people(FIELDS)
        reconciliation.notes += returns.notes()
        reconciliation.settle()
        reconciliation.refused_file = refused.place(source, options)
        if not reconciliation.used.rows:
            raise _nothing(reconciliation, returns)
    if returns.fresh and not options.dry_run:
        _write(pack, returns, options, today)
        reconciliation.changed = True
    remember(FORM.name, table.mapped, reconciliation, str(today))
    return reconciliation


def _nothing(reconciliation: Reconciliation, returns: _Returns) -> ImportRefusedError:
    own = [tally for code, tally in reconciliation.refused.items() if code != OTHERS.code]
    if own:
        common = max(own, key=lambda tally: tally.rows)
        why = f"{common.words} (row {common.first}). {common.remedy}"
    else:
        names = wording.choices(returns.labels.values())
        why = (
            f"no employer is called {names}. Give the employer's number, for example with "
            f'--value "organisation:12345={next(iter(returns.labels), "code")}".'
        )
    return ImportRefusedError(
        f"{reconciliation.file}: no return can be used: {why} Nothing was imported.", reconciliation
    )


class _Returns:
    """Returns of the pack's organisations, compared with what the pack has of them."""

    def __init__(self, pack: Pack, answers: Answers, options: Options, today: date) -> None:
        self.replace, self.today = options.replace, today
        self.source = options.source or ADDRESS
        self.before = {name: text_rows(pack, name) for name in (OBSERVATIONS, QUARTERS)}
        self.labels = _organisations(pack)
        self.names = {folded(label): code for code, label in self.labels.items()}
        for text, code in answers.values.get("organisation", {}).items():
            if code not in self.labels:
                raise ImportFileError(
                    f'"values", organisation: {code!r}, given for {text!r}, is not an organisation of the pack. '
                    f"{suggestion(code, self.labels)} Organisations: {wording.choices(self.labels)}."
                )
            self.names[folded(text)] = code
        self.fresh: Rows = {}
        self.seen: set[str] = set()
        self.same = self.without = 0
        self.indicators = _indicators(pack)

    def take(self, record: Record) -> Problem | None:
        """Take in a return, if it is one of an organisation of the pack; else say why not."""
        values = record.values
        names = (values.get(name, "") for name in ("organisation", "number", "employer", "current"))
        code = next((self.names[folded(text)] for text in names if text and folded(text) in self.names), None)
        if code is None:
            return OTHERS
        if code in self.seen:
            return TWICE
        problem = _unreadable(values)
        if problem is not None:
            return problem
        snapshot = self._snapshot(values, code)
        if snapshot is None:
            return NO_SNAPSHOT
        self.seen.add(code)
        self.without += _without_quarters(values)
        return self._compare(self._rows(values, code, snapshot))

    def _snapshot(self, values: Mapping[str, str], code: str) -> date | None:
        """The day that a return looks at: given, told by the day it was due, or the organisation's usual one."""
        given = values.get("snapshot")
        if given:
            found = day(given)
            return None if isinstance(found, Problem) else found.day
        due = day(values.get("due", ""))
        if isinstance(due, Problem):
            return None
        year = due.day.year - 1
        if due.day.month == 3 and due.day.day >= 30:
            return date(year, 3, 31)
        if due.day.month == 4 and due.day.day <= 5:
            return date(year, 4, 5)
        usual = {row["as_at"][5:] for row in self.before[QUARTERS] if row["organisation"] == code}
        return date.fromisoformat(f"{year}-{usual.pop()}") if len(usual) == 1 else None

    def _rows(self, values: Mapping[str, str], code: str, snapshot: date) -> Rows:
        year = year_of(snapshot)
        size = values.get("size", "")
        staff = f", {size[:1].lower()}{size[1:]} employees" if re.search("[0-9]", size) else ""
        reporting = f"{snapshot.year}-{(snapshot.year + 1) % 100:02d}"
        common = {"organisation": code, "year": year, "as_at": snapshot.isoformat(), "source": self.source}
        gaps = [
            common
            | {
                "indicator": indicator,
                "period": year,
                "characteristic": "all",
                "group": "all",
                "value": _plain(values[name]),
                "note": f"Statutory return, reporting year {reporting}{staff}",
                "updated": self.today.isoformat(),
            }
            for name, indicator in self.indicators.items()
        ]
        quarters = (
            []
            if _without_quarters(values)
            else [
                common | {"quarter": str(quarter), "women_percent": _plain(values[f"women_{quarter}"])}
                for quarter in range(1, 5)
            ]
        )
        return {OBSERVATIONS: gaps, QUARTERS: quarters}

    def _compare(self, rows: Rows) -> Problem | None:
        """Keep the rows that are new to the pack; refuse the return if the pack says otherwise and may not change."""
        fresh: Rows = {}
        for table, own in rows.items():
            before = {_key(table, row): row for row in self.before[table]}
            for row in own:
                old = before.get(_key(table, row))
                figure = _FIGURES[table]
                if old is not None and _equal(old[figure], row[figure]):
                    continue
                if old is not None and not self.replace:
                    return DIFFERS
                fresh.setdefault(table, []).append(row)
        self.same += not fresh
        for table, own in fresh.items():
            self.fresh.setdefault(table, []).extend(own)
        return None

    def notes(self) -> Iterator[str]:
        """What was found of whom."""
        missing = [label for code, label in self.labels.items() if code not in self.seen]
        if self.seen and missing:
            yield f"No return was found for {wording.choices(missing)}."
        if self.without:
            yield f"{wording.counted(self.without, 'return')} without quarters of pay: only the gaps are taken."
        if self.same:
            yield f"{wording.counted(self.same, 'return')} the pack has already, with these figures: nothing changes."


_KEYS: Final = {
    OBSERVATIONS: ("indicator", "period", "organisation", "characteristic", "group"),
    QUARTERS: ("organisation", "year", "quarter"),
}
_FIGURES: Final = {OBSERVATIONS: "value", QUARTERS: "women_percent"}


def _key(table: str, row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in _KEYS[table])


def _unreadable(values: Mapping[str, str]) -> Problem | None:
    """Why the figures of a return can't be used, if so."""
    shares = (
        [] if _without_quarters(values) else [values.get(f"women_{quarter}", "") for quarter in range(1, 5)]
    )
    gaps = [values.get(name, "") for name in CONCEPTS]
    if any(formula(text) or not _NUMBER.fullmatch(text) for text in (*shares, *gaps)):
        return NO_FIGURE
    if any(not 0 <= Decimal(share) <= 100 for share in shares):
        return NO_FIGURE
    for quarter, share in enumerate(shares, start=1):
        men = values.get(f"men_{quarter}", "")
        if _NUMBER.fullmatch(men) and abs(Decimal(share) + Decimal(men) - 100) > _ROUNDING:
            return NO_WHOLE
    return None


def _without_quarters(values: Mapping[str, str]) -> bool:
    """Whether a return tells of no quarter at all, as some do where figures are withheld."""
    return not any(values.get(f"{sex}_{quarter}") for sex in ("women", "men") for quarter in range(1, 5))


def _equal(one: str, other: str) -> bool:
    return bool(_NUMBER.fullmatch(one)) and Decimal(one) == Decimal(other)


def _plain(text: str) -> str:
    """A number without zeros at its end: 55.00 is 55."""
    number = Decimal(text).normalize()
    return f"{number:f}" if number else "0"


def _organisations(pack: Pack) -> dict[str, str]:
    if "vocabulary" not in pack.tables:
        raise ImportFileError(
            f"{pack.path}: the pack has no vocabulary, so it names no organisations. Add one."
        )
    words = pack.table("vocabulary")
    own = words[words["list"] == "organisation"]
    return dict(zip(own["code"], own["label"], strict=True))


def _indicators(pack: Pack) -> dict[str, str]:
    """Return the indicators that hold the mean and the median gap, as the table of indicators marks them."""
    rows = pack.table("indicators") if "indicators" in pack.tables else None
    marked = rows is not None and "concept" in rows
    known = dict(zip(rows["concept"], rows["id"], strict=True)) if rows is not None and marked else {}
    missing = [concept for concept in CONCEPTS.values() if concept not in known]
    if missing:
        raise ImportFileError(
            f"{pack.path}: the table indicators has no indicator with the concept {wording.choices(missing)}, which holds the pay gap. "
            "Mark them in its column “concept” first."
        )
    return {name: str(known[concept]) for name, concept in CONCEPTS.items()}


def _write(pack: Pack, returns: _Returns, options: Options, today: date) -> None:
    files: dict[str, pack_writer.Write] = {}
    entries: dict[str, dict[str, Any]] = {}
    named = {"title": "Gender pay gap service, statutory returns", "path": returns.source}
    for table, rows in returns.fresh.items():
        new = {_key(table, row): row for row in rows}
        together = [new.pop(_key(table, row), row) for row in returns.before[table]]
        files[table] = written(written_rows(pack, table, [*together, *new.values()]))
        entries[table] = pack_writer.vouched(
            pack.resource(table),
            source=named,
            licence=options.licence or "OGL-UK-3.0",
            by=options.by or pack_writer.authority(pack),
            on=str(today),
        )
    put_tables(pack, files, entries)
