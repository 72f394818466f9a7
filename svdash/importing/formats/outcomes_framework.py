"""Outcome frameworks as they are published: a table of outcomes, what each is counted by, and what is to be reached.

Such tables stand in CSV or on a sheet of a workbook, a row an indicator; an outcome with several stands in the first of
its rows only, where its cell was merged. Words are taken as they stand: a target is what its publisher wrote. Which of our
indicators serve an outcome no such file knows: that is the table ``outcome_links``, which people fill.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final

from svdash import wording
from svdash.importing.columns.headings import folded
from svdash.importing.columns.published_tables import Form, Record, open_table
from svdash.importing.columns.remembered_mappings import remember
from svdash.importing.files.source_files import Source
from svdash.importing.formats.outcome_differences import OF_TARGET, differences, is_alike
from svdash.importing.reconciliation import (
    ILLUSTRATIVE,
    PUBLISHED,
    Field,
    ImportRefusedError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.importing.writing import pack_writer
from svdash.importing.writing.csv_rows import described_rows, put_tables, text_rows, written
from svdash.importing.writing.refused_lines import RefusedLines
from svdash.tables.needs import nothing
from svdash.tables.package import Pack, open_pack

FRAMEWORKS: Final = "outcome_frameworks"
OUTCOMES: Final = "outcomes"
TARGETS: Final = "outcome_targets"
LINKS: Final = "outcome_links"
TABLES: Final = (FRAMEWORKS, OUTCOMES, TARGETS, LINKS)

FIELDS: Final = (
    Field("outcome", required=True),
    Field("framework", required=True, once="NAME OF THE FRAMEWORK"),
    Field("indicator"),
    Field("target"),
    Field("baseline"),
    Field("due"),
    Field("data_source"),
    Field("theme"),
    Field("reference"),
    Field("publisher"),
    Field("edition"),
)
# Published tables write percentages as 0.062 and show 6.2%: what they show is what their publisher wrote.
FORM: Final = Form("outcomes", FIELDS, "outcomes_framework_headings.csv", as_shown=True)

NO_OUTCOME: Final = Problem(
    "outcome",
    "there is no outcome, and none above that it could belong to",
    "Write the outcome into the row.",
)
NO_NAME: Final = Problem(
    "name",
    "the row names neither an outcome nor an indicator",
    "Write the indicator that its cells belong to into the row.",
)
ONLY_THEME: Final = Problem(
    "theme", "the row has only a theme", "Nothing is missing: it is taken for the rows below it."
)
NO_FRAMEWORK: Final = Problem(
    "framework", "the row names no framework", 'Give it with --constant "framework=NAME OF THE FRAMEWORK".'
)
REFERENCE_TWICE: Final = Problem(
    "reference twice",
    "an earlier row has this reference for another outcome",
    "Give each outcome a reference of its own, or write both rows with the same words.",
)
CODE_TWICE: Final = Problem(
    "code twice",
    "two frameworks of different titles have one code",
    "Change the title of one of them, or give it a code of its own.",
)
TWICE: Final = Problem("twice", "the outcome has this indicator already", "Delete one of the two rows.")
LONG: Final = Problem(
    "long", "a cell has more than 2,000 characters", "Shorten it to what should change or be reached."
)
DIFFERS: Final = Problem(
    "differs", "the pack has other words for this outcome", "Give --replace to take the file's words."
)

_SCHEMAS: Final = Path(__file__).with_name("outcome_tables.json")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LONGEST: Final = 2_000
# Signs of a code, and of the end of one that a title does not fit: 16**8 hashes tell titles apart.
_LONGEST_CODE: Final = 40
_HASHED: Final = 8
# Rows and outcomes that a message names at most.
_NAMED: Final = 6

Rows = list[dict[str, str]]


@dataclass
class _Outcome:
    """An outcome as the file tells it, with the numbers of its rows."""

    framework: str
    reference: str
    theme: str
    title: str
    targets: Rows = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: its framework, and its reference or else its words."""
        return self.framework, folded(self.reference or self.title)


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import a framework's outcomes, indicators and targets into the pack; tables that it lacks are added.

    Raises:
        ImportFileError: the file can't be read as a table of outcomes.
        ImportRefusedError: no row of it can be used, or the pack's frameworks are illustrative.
    """
    today = str(options.today or datetime.now(tz=UTC).date())
    found = Reconciliation(
        FORM.name, source.name, source.sha256, TABLES[:3], money=False, dry_run=options.dry_run
    )
    with RefusedLines() as refused, open_table(source, FORM, options) as table:
        refused.head(table.headings)
        reading, held = _Reading(), _Held(pack, options)
        for record in table.records:
            found.incoming.add(record.number, 0)
            problem = record.problem or reading.take(record)
            if problem is not None:
                _refuse(found, refused, record, problem)
        for outcome in reading.outcomes.values():
            problem = held.take(outcome, reading.titles[outcome.framework])
            for record in outcome.records:
                if problem is not None:
                    _refuse(found, refused, record, problem)
                else:
                    found.used.add(record.number, 0)
        table.describe(found)
        found.mapping = table.mapped.for_people(FIELDS)
        found.notes += [*reading.notes(), *held.notes()]
        found.settle()
        found.refused_file = refused.place(source, options)
    _indicator_is_known(found, reading)
    held.may_enter(found)
    if held.changed and not options.dry_run:
        held.write(options, today)
        found.changed = True
    found.notes += held.open_outcomes(open_pack(pack.path) if found.changed else pack)
    remember(FORM.name, table.mapped, found, today)
    return found


def _indicator_is_known(found: Reconciliation, reading: _Reading) -> None:
    """Raise ``ImportRefusedError`` where rows may hold indicators, and no column is known to be theirs."""
    known = any(each["field"] == "indicator" for each in found.mapping)
    if known or not reading.nameless:
        return
    rows = wording.listing([str(number) for number in reading.nameless], _NAMED)
    one = len(reading.nameless) == 1
    headings = [each["heading"] for each in found.mapping if not each["field"]]
    named = f" Not used: {wording.choices(f'“{each}”' for each in headings)}." if headings else ""
    raise ImportRefusedError(
        f"{found.file}: {'row' if one else 'rows'} {rows} {'has' if one else 'have'} no outcome, and no column is known to be the "
        f"indicator, so {'it' if one else 'they'} can't be read as further indicators of the outcome above. Say which column it is, "
        f'for example with --column "indicator={headings[0] if headings else "HEADING"}".{named} Nothing was imported.',
        found,
    )


def _refuse(found: Reconciliation, refused: RefusedLines, record: Record, problem: Problem) -> None:
    found.refuse(record.number, 0, problem)
    refused.add(record.number, problem, record.cells)


class _Reading:
    """The file's rows put together to outcomes.

    Attributes:
        outcomes: in the order of the file.
        titles: of each framework what the file says of it: title, publisher and edition.
        nameless: numbers of the rows below an outcome that name neither an outcome nor an indicator.
    """

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], _Outcome] = {}
        self.titles: dict[str, dict[str, str]] = {}
        self.nameless: list[int] = []
        self._last: _Outcome | None = None
        # By framework: rows of several may stand in one file, and none has a theme of another.
        self._themes: dict[str, str] = {}
        self._continued = 0

    def take(self, record: Record) -> Problem | None:
        """Take in a row; return why it can't be used, if so."""
        given = {each.name: record.values.get(each.name, "") for each in FIELDS}
        if given["outcome"]:
            # What stands below an outcome that is refused does not belong to the one above it.
            self._last = None
        if any(len(text) > _LONGEST for text in given.values()):
            return LONG
        self._take_theme(given)
        problem = self._unplaced(given)
        if problem is NO_NAME:
            self.nameless.append(record.number)
        if problem is not None:
            return problem
        outcome = self._outcome(given)
        if outcome is None:
            return NO_OUTCOME
        if given["outcome"] and _words(outcome.title) != _words(given["outcome"]):
            return REFERENCE_TWICE
        self._last = outcome
        target = {name: given[name] for name in OF_TARGET}
        known = {folded(each["indicator"]) for each in outcome.targets}
        if given["indicator"] and folded(given["indicator"]) in known:
            return TWICE
        if given["indicator"] or given["target"]:
            outcome.targets.append(target | {"indicator": given["indicator"] or outcome.title})
        outcome.records.append(record)
        return None

    def _take_theme(self, given: Mapping[str, str]) -> None:
        """Keep a row's theme for the rows of its framework below; one without a framework is that of the next row's."""
        framework = _words(given["framework"])
        waiting = self._themes.pop("", "") if framework else ""
        if theme := given["theme"] or waiting:
            self._themes[framework] = theme

    def _unplaced(self, given: Mapping[str, str]) -> Problem | None:
        """Return why a row is of no outcome of a framework, if it is of none."""
        title = given["framework"]
        if not given["outcome"] and not given["indicator"]:
            return ONLY_THEME if given["theme"] else NO_OUTCOME if self._last is None else NO_NAME
        if not title:
            return NO_FRAMEWORK
        code = _code(title)
        return None if _is_of(code, title, self.titles.get(code, {})) else CODE_TWICE

    def _outcome(self, given: Mapping[str, str]) -> _Outcome | None:
        """Return the outcome of a row: its own, or the one above it where a merged cell left it blank."""
        code = self._framework(given)
        if not given["outcome"]:
            if self._last is None or self._last.framework != code:
                return None
            self._continued += 1
            return self._last
        fresh = _Outcome(
            code, given["reference"], self._themes.get(_words(given["framework"]), ""), given["outcome"]
        )
        return self.outcomes.setdefault(fresh.key, fresh)

    def _framework(self, given: Mapping[str, str]) -> str:
        title = given["framework"]
        code = _code(title)
        about = self.titles.setdefault(code, {"title": title, "publisher": "", "edition": ""})
        about |= {name: given[name] for name in ("publisher", "edition") if given[name]}
        return code

    def notes(self) -> Iterator[str]:
        """Say what was understood without being written."""
        if self._continued:
            rows = wording.counted(self._continued, "row")
            yield f"{rows} without an outcome {'is' if self._continued == 1 else 'are'} taken to belong to the outcome above, as merged cells are read."


class _Held:
    """What the pack has of frameworks, and what it will have."""

    def __init__(self, pack: Pack, options: Options) -> None:
        self.pack, self.options = pack, options
        self.about = {each["name"]: each for each in json.loads(_SCHEMAS.read_text(encoding="utf-8"))}
        there = [name for name in TABLES if name in pack.names]
        self.rows: dict[str, Rows] = {name: text_rows(pack, name) if name in there else [] for name in TABLES}
        self.invented = [
            name for name in there if pack.resource(name)["status"] == ILLUSTRATIVE and self.rows[name]
        ]
        self.changed: set[str] = set()
        self.same = self.dropped = 0
        self.met: dict[str, set[str]] = {}
        self.differing: list[str] = []
        if self.invented and options.replace:
            self.dropped = len(self.rows[LINKS])
            self.rows = {name: [] for name in TABLES}
            self.changed = {*TABLES}

    def take(self, outcome: _Outcome, about: Mapping[str, str]) -> Problem | None:
        """Take in an outcome; refuse it where its code is another framework's, or the pack tells it otherwise and may not change."""
        held = next((row for row in self.rows[FRAMEWORKS] if row["id"] == outcome.framework), {})
        if not _is_of(outcome.framework, about["title"], held):
            return CODE_TWICE
        self._take_framework(outcome.framework, about)
        id_, before = self._before(outcome)
        self.met.setdefault(outcome.framework, set()).add(id_)
        targets = [
            {**target, "framework": outcome.framework, "outcome": id_, "number": str(number)}
            for number, target in enumerate(outcome.targets, start=1)
        ]
        own = [
            row
            for row in self.rows[TARGETS]
            if (row["framework"], row["outcome"]) == (outcome.framework, id_)
        ]
        told = {"theme": outcome.theme, "title": outcome.title}
        if before is not None and is_alike(own, targets) and told.items() <= before.items():
            self.same += 1
            return None
        if before is not None and not self.options.replace:
            differs = wording.listing([*differences(before, told, own, targets)], _NAMED)
            self.differing.append(f"{id_}: {differs}")
            return replace(DIFFERS, words=f"{DIFFERS.words}: {differs}")
        if before is None:
            orders = [int(row["order"]) for row in self._outcomes_of(outcome.framework)]
            before = {"framework": outcome.framework, "id": id_, "order": str(max(orders, default=0) + 1)}
            self.rows[OUTCOMES].append(before)
        before.update(told)
        self.rows[TARGETS] = [row for row in self.rows[TARGETS] if row not in own] + targets
        self.changed |= {OUTCOMES, TARGETS}
        return None

    def _take_framework(self, code: str, about: Mapping[str, str]) -> None:
        row = next((row for row in self.rows[FRAMEWORKS] if row["id"] == code), None)
        told = {**about, "address": self.options.source or ""}
        if row is None:
            self.rows[FRAMEWORKS].append({"id": code, **told})
            self.changed.add(FRAMEWORKS)
        elif self.options.replace and not _columns_of(told).items() <= row.items():
            row.update(_columns_of(told))
            self.changed.add(FRAMEWORKS)

    def _outcomes_of(self, framework: str) -> Rows:
        return [row for row in self.rows[OUTCOMES] if row["framework"] == framework]

    def _before(self, outcome: _Outcome) -> tuple[str, dict[str, str] | None]:
        """Return the identifier of an outcome, and its row in the pack, known by its reference or its words."""
        rows = self._outcomes_of(outcome.framework)
        if outcome.reference and _CODE.fullmatch(outcome.reference):
            return outcome.reference, next((row for row in rows if row["id"] == outcome.reference), None)
        same = next((row for row in rows if folded(row["title"]) == folded(outcome.title)), None)
        if same is not None:
            return same["id"], same
        used = {row["id"] for row in rows}
        return next(f"O{number}" for number in count(1) if f"O{number}" not in used), None

    def notes(self) -> Iterator[str]:
        """Say what stays, what goes, and what is to be done next."""
        if self.dropped:
            yield f"The illustrative frameworks go, and with them {wording.counted(self.dropped, 'link')} of our indicators to them."
        if self.same:
            yield f"{wording.counted(self.same, 'outcome')} the pack has already, in these words: nothing changes."
        for framework, met in self.met.items():
            gone = [row["id"] for row in self._outcomes_of(framework) if row["id"] not in met]
            if gone:
                yield f"The file does not have {wording.listing(gone, 6)} of {framework}: they stay. Delete their rows where the framework dropped them."

    def open_outcomes(self, pack: Pack) -> Iterator[str]:
        """Say which of the file's outcomes no sound link of the pack serves, as the pack stands now."""
        links = pack.table(LINKS) if LINKS in pack.tables else nothing(LINKS)
        linked = set(zip(links["framework"], links["outcome"], strict=True))
        open_ = sum((framework, id_) not in linked for framework, met in self.met.items() for id_ in met)
        if not open_:
            return
        has = "has" if open_ == 1 else "have"
        faulty = pack.withheld(LINKS) if LINKS in pack.tables else 0
        beside = (
            f" {wording.counted(faulty, 'row')} of it {'is' if faulty == 1 else 'are'} faulty and not counted: check says why."
            if faulty
            else ""
        )
        # Imports number the files that they write, so the descriptor alone knows the name.
        file = pack.file(LINKS).name if LINKS in pack.names else self.about[LINKS]["path"]
        yield f"{wording.counted(open_, 'outcome')} {has} no indicator of ours yet: write which serve them into {file}.{beside}"

    def may_enter(self, found: Reconciliation) -> None:
        """Raise ``ImportRefusedError`` where nothing can be used, the pack's words differ, or invented rows would stand beside real ones."""
        if self.invented and not self.options.replace and (found.used.rows or self.differing):
            raise ImportRefusedError(
                f"The pack's tables {wording.every(self.invented)} are illustrative, and made-up rows must not be mixed with "
                "real ones. Import again with --replace: the made-up rows are removed.",
                found,
            )
        if self.differing:
            raise ImportRefusedError(
                f"{found.file}: the pack has other words for {wording.counted(len(self.differing), 'outcome')}. "
                f"{'; '.join(self.differing[:_NAMED])}. Nothing was imported. Give --replace to take the file's words.",
                found,
            )
        if not found.used.rows:
            tallies = list(found.refused.values())
            common = max(tallies, key=lambda tally: tally.rows) if tallies else None
            why = f"{common.words} (row {common.first}). {common.remedy}" if common else "there are no rows."
            raise ImportRefusedError(
                f"{found.file}: no outcome can be used: {why} Nothing was imported.", found
            )

    def write(self, options: Options, today: str) -> None:
        """Write the tables that changed, and those that the pack lacked."""
        lacking = {name for name in TABLES if name not in self.pack.names}
        files: dict[str, pack_writer.Write] = {}
        entries: dict[str, dict[str, Any]] = {}
        by = options.by or pack_writer.authority(self.pack)
        for name in (each for each in TABLES if each in self.changed | lacking):
            about = self.about[name] if name in lacking else self.pack.resource(name)
            source = {"title": self._source() if name != LINKS else "Links that the authority set"}
            if options.source and name != LINKS:
                source["path"] = options.source
            base = {"status": PUBLISHED, **about}
            entries[name] = pack_writer.vouched(base, source=source, licence=options.licence, by=by, on=today)
            files[name] = written(described_rows(base, self.rows[name]))
        put_tables(self.pack, files, entries)

    def _source(self) -> str:
        told = [row for row in self.rows[FRAMEWORKS] if row["id"] in self.met]
        return "; ".join(", ".join(filter(None, (row["title"], row.get("publisher", "")))) for row in told)


def _columns_of(about: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in about.items() if text}


def _words(text: str) -> str:
    """Return a text without case and punctuation, in letters of any script."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _is_of(code: str, title: str, held: Mapping[str, str]) -> bool:
    """Tell whether a title is that of the framework that has its code already, if one has; a file may name it by the code alone."""
    return not held or code in (title, held["title"]) or _words(title) == _words(held["title"])


def _code(title: str) -> str:
    """Return a framework's code: its title where that is one, or one made of its words.

    Where they don't fit, the code ends with a hash of the whole title: editions differ in their last words.
    """
    if _CODE.fullmatch(title):
        return title
    code = "-".join(re.findall(r"[a-z0-9]+", title.casefold())) or "framework"
    if len(code) <= _LONGEST_CODE:
        return code
    hashed = sha256(_words(title).encode()).hexdigest()[:_HASHED]
    return f"{code[: _LONGEST_CODE - _HASHED - 1].strip('-')}-{hashed}"
