"""What is wrong with lines, and what is worth knowing of them, found by the engine whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import narwhals as nw
import pandas as pd

from svdash import wording
from svdash.lines.engine import Engine, EngineError, Lines
from svdash.lines.line_tables import (
    AREA_COLUMNS,
    CONTACTS,
    NEEDED,
    PAYMENTS,
    PROGRAMME,
    ROW,
    absent,
    areas_of,
    engine_or_own,
    files_of,
    framework_from,
    read_lines,
    shape_faults,
    typed,
)
from svdash.tables.faults import Fault, LinesError, suggestion
from svdash.tables.links import VOCABULARY, Link, links_of
from svdash.tables.package import Pack
from svdash.tables.schema import Table, read_tables

# Who was reached, by group: the same people as the contact lines.
REACHED: Final = "reached_groups"
# Examples that are named for each rule that lines break; the rest are counted.
MOST_EXAMPLES: Final = 100
# Codes of England's LSOAs end here in 2011; those made for the 2021 census go on from it.
LAST_LSOA_OF_2011: Final = "E01033768"


@dataclass(frozen=True)
class _Rule:
    """Something that can be wrong with lines.

    Attributes:
        column: what is to be corrected.
        broken: true for the lines at fault.
        describe: problem and remedy for a value.
        once: whether a value is named once, with the number of its lines, and not line by line.
    """

    column: str
    broken: nw.Expr
    describe: Callable[[str], tuple[str, str]]
    once: bool = True


def line_faults(pack: Pack, engine: Engine | None = None, today: date | None = None) -> list[Fault]:
    """Everything that is wrong with the lines of a pack, found by the engine, whatever their number.

    For each rule at most 100 faults are named, then one says how many lines more there are. A value that
    several lines share is one fault, at its first line. Negative amounts are no faults: see ``line_notes``.

    Args:
        pack: lines are its resources ``payments`` and ``contacts``.
        engine: what reads the lines; that of the settings by default.
        today: the day after which dates are in the future; the current one by default.

    Raises:
        ValueError: the settings name no engine.
    """
    files = files_of(pack)
    first, faults = framework_from(pack)
    if not files:
        return faults
    until = today or datetime.now(tz=UTC).date()
    tables, _ = read_tables(pack.descriptor, pack.path)
    with engine_or_own(engine) as used:
        for name, path in files.items():
            try:
                faults += _faults_of(pack, tables[name], used, first, until)
            except EngineError as error:
                faults.append(Fault(name, None, None, path.name, "cannot be read", str(error)))
    return faults


def line_notes(pack: Pack, engine: Engine | None = None) -> list[str]:
    """What is worth knowing of the lines though nothing is wrong with it, as sentences.

    Credit notes (negative amounts) are counted with their sum, and lines without a place.

    Args:
        pack: lines are its resources ``payments`` and ``contacts``.
        engine: what reads the lines; that of the settings by default.

    Raises:
        PackError: lines are listed but can't be read.
        ValueError: the settings name no engine.
    """
    files = files_of(pack)
    if not files:
        return []
    notes: list[str] = []
    with engine_or_own(engine) as used:
        for name, path in files.items():
            lines = read_lines(used, name, path)
            counts = {column: _how_many(nw.col(column).is_null()) for column in AREA_COLUMNS[name]}
            row = used.collect(lines.select(nw.len().alias("all"), **counts)).iloc[0]
            notes += [
                f"{name}: {wording.number(row[column])} of {wording.number(row['all'])} lines have no {column}; they count, without a place."
                for column in counts
                if row[column]
            ]
            if name == PAYMENTS:
                notes += _credit_notes(used, lines)
    return notes


def _credit_notes(engine: Engine, lines: Lines) -> list[str]:
    """A sentence on negative amounts, if there are any."""
    amount = nw.col("amount_pence")
    pence = nw.when(amount < 0).then(amount).otherwise(0).sum().cast(nw.Int64)
    row = engine.collect(lines.select(count=_how_many(amount < 0), pence=pence)).iloc[0]
    if not row["count"]:
        return []
    pounds = Decimal(-int(row["pence"])) / 100
    sentence = f"{wording.number(row['count'])} lines are negative (credit notes), {wording.pounds_and_pence(pounds)} in all; they are subtracted."
    return [f"{PAYMENTS}: {sentence}"]


def _faults_of(pack: Pack, table: Table, engine: Engine, first: date, until: date) -> list[Fault]:
    """Faults of one file of lines."""
    name = table.name
    if table.file is None:
        return []  # its path was refused, and the check of the descriptor says so
    scanned = engine.scan(table.file, rows=ROW)
    faults = list(shape_faults(name, scanned))
    there = frozenset(scanned.collect_schema())
    faults += [absent(name, each.name) for each in table.fields if each.name not in there | set(NEEDED[name])]
    sound = there - {fault.column for fault in faults}
    lines = typed(name, scanned, [each.name for each in table.fields if each.type == "string"])
    rules = [
        *_date_rules(first, until),
        *_number_rules(name),
        *_area_rules(pack, name),
        *_code_rules(pack, table),
    ]
    faults += _breaches(engine, name, lines, [rule for rule in rules if rule.column in sound])
    return faults + (_doubled(engine, name, lines) if name == PAYMENTS and "id" in sound else [])


def _always(problem: str, remedy: str) -> Callable[[str], tuple[str, str]]:
    return lambda _: (problem, remedy)


def _date_rules(first: date, until: date) -> Iterator[_Rule]:
    day = nw.col("date")
    yield _Rule("date", day.is_null(), _always("the line has no date", "Give its date."), once=False)
    early = f"is in the years before the Framework, which begins on {first}"
    yield _Rule("date", day < nw.lit(first), _always(early, "Correct the date, or leave earlier lines out."))
    yield _Rule("date", day > nw.lit(until), _always("is in the future", "Correct the date."))


def _number_rules(name: str) -> Iterator[_Rule]:
    if name == PAYMENTS:
        answer = _always("the line has no amount", "Give it in pence; that of a credit note is negative.")
        yield _Rule("amount_pence", nw.col("amount_pence").is_null(), answer, once=False)
        answer = _always("the line has no id", "Give each payment an id of its own.")
        yield _Rule("id", nw.col("id").is_null(), answer, once=False)
        return
    answer = _always("the line has no number of people", "Give it, or delete the line.")
    yield _Rule("people", nw.col("people").is_null(), answer, once=False)
    answer = _always("the number of people is negative, so the line is not counted", "Correct it.")
    yield _Rule("people", nw.col("people") < 0, answer, once=False)


def _area_rules(pack: Pack, name: str) -> Iterator[_Rule]:
    """Areas that are no LSOAs, LSOAs made for 2021 where the pack's are of 2011, and those of elsewhere."""
    areas = areas_of(pack)
    known = sorted(areas["code"].unique())
    newer = bool(known) and max(known) > LAST_LSOA_OF_2011
    authority = pack.descriptor.get("authority")
    region = authority.get("area", "the region") if isinstance(authority, dict) else "the region"
    for column in AREA_COLUMNS[name]:
        code = nw.col(column)
        shaped = code.str.contains(r"^[EW]01[0-9]{6}$")
        remedy = "Write one such as E01000001, or leave the cell empty where it is not known."
        yield _Rule(column, ~shaped, _always("is not a code of an LSOA", remedy))
        if not known:
            continue
        unknown = shaped & ~code.is_in(known)
        recent = (code > LAST_LSOA_OF_2011) & code.str.starts_with("E")
        elsewhere = unknown
        if not newer:
            problem = (
                "is not one of this pack's areas: it is a code made for 2021, and they are LSOAs of 2011"
            )
            remedy = "Look up the LSOA of 2011 for it, or bring areas of 2021."
            yield _Rule(column, unknown & recent, _always(problem, remedy))
            elsewhere = unknown & ~recent
        problem = f"is not one of this pack's areas: it is outside {region}"
        if newer and areas["vintage"].nunique() < 2:
            problem += ", or an LSOA of 2011 that was replaced in 2021"
        remedy = "Correct the code, or leave the cell empty."
        yield _Rule(column, elsewhere, _always(problem, remedy))


def _code_rules(pack: Pack, table: Table) -> Iterator[_Rule]:
    """Codes that must stand in the vocabulary or in another table, as the schema says."""
    if PROGRAMME in NEEDED[table.name]:
        answer = _always("the line names no programme", "Give the code of one.")
        yield _Rule(PROGRAMME, nw.col(PROGRAMME).is_null(), answer, once=False)
    for column, (where, codes) in _allowed(pack, table).items():
        known = sorted(codes)
        yield _Rule(column, ~nw.col(column).is_in(known), _unlike(where, known))


def _unlike(where: str, known: list[str]) -> Callable[[str], tuple[str, str]]:
    return lambda value: (
        f"is not in {where}",
        f"{suggestion(value, known, 'Correct it, or add it there.')} Known: {wording.choices(known)}.",
    )


def _allowed(pack: Pack, table: Table) -> dict[str, tuple[str, frozenset[str]]]:
    """By column of text: where its values must stand, and what stands there. Areas have rules of their own."""
    links = [link for link in links_of(table) if len(link.columns) == 1 and link.target in pack.tables]
    if not any(link.columns == (PROGRAMME,) for link in links) and VOCABULARY in pack.tables:
        links.append(Link(table.name, (PROGRAMME,), VOCABULARY, ("code",), words=PROGRAMME))
    allowed = {}
    for link in links:
        target = pack.table(link.target)
        if link.columns[0] in AREA_COLUMNS[table.name] or link.targets[0] not in target:
            continue
        if link.words is not None:
            target = target[target["list"] == link.words]
        codes = frozenset(target[link.targets[0]].dropna().astype("str"))
        where = f"{link.target}.{link.targets[0]}" if link.words is None else f"the list “{link.words}”"
        if codes:
            allowed[link.columns[0]] = (where, codes)
    return allowed


def _how_many(broken: nw.Expr) -> nw.Expr:
    return nw.when(broken).then(1).otherwise(0).sum().cast(nw.Int64)


def _breaches(engine: Engine, name: str, lines: Lines, rules: Sequence[_Rule]) -> list[Fault]:
    """Faults by rule. All rules of a column are counted together, so sound lines are read once for each."""
    single = [rule for rule in rules if not rule.once]
    faults = _found(engine, name, lines.with_columns(nw.lit(1).alias("lines")), single)
    for column in dict.fromkeys(rule.column for rule in rules if rule.once):
        # Rules that look codes up are slow by line and quick by value.
        values = lines.group_by(column).agg(nw.col(ROW).min(), nw.len().alias("lines"))
        own = [rule for rule in rules if rule.once and rule.column == column]
        faults += _found(engine, name, values, own)
    return faults


def _found(engine: Engine, name: str, rows: Lines, rules: Sequence[_Rule]) -> list[Fault]:
    """Faults among rows that stand for so many ``lines`` each."""
    if not rules:
        return []
    sums = {
        f"rule{at}": nw.when(rule.broken).then(nw.col("lines")).otherwise(0).sum().cast(nw.Int64)
        for at, rule in enumerate(rules)
    }
    totals = engine.collect(rows.select(**sums))
    faults: list[Fault] = []
    for at, rule in enumerate(rules):
        total = int(totals[f"rule{at}"].iloc[0])
        if total:
            faults += _examples(engine, name, rows, rule, total)
    return faults


def _examples(engine: Engine, name: str, rows: Lines, rule: _Rule, total: int) -> list[Fault]:
    """The first faults of a rule, and how many more lines break it."""
    broken = rows.filter(rule.broken).select(ROW, rule.column, "lines")
    top = engine.collect(broken.sort(ROW).head(MOST_EXAMPLES)).sort_values(ROW)
    faults = []
    for row, value, count in zip(top[ROW], top[rule.column], top["lines"], strict=True):
        # Faults never show a number of people, whether it is wrong or not.
        text = None if pd.isna(value) or rule.column == "people" else _shown(value)
        problem, remedy = rule.describe(text or "")
        problem += f" (in {wording.number(count)} lines, of which this is the first)" if count > 1 else ""
        faults.append(Fault(name, int(row), rule.column, text, problem, remedy))
    return faults + _rest(name, rule.column, total - int(top["lines"].sum()), "line", faults)


def _shown(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def _doubled(engine: Engine, name: str, lines: Lines) -> list[Fault]:
    """Ids that several payments share."""
    ids = lines.filter(~nw.col("id").is_null()).group_by("id")
    doubled = ids.agg(nw.col(ROW).min(), nw.len().alias("lines")).filter(nw.col("lines") > 1)
    top = engine.collect(doubled.sort(ROW).head(MOST_EXAMPLES + 1)).sort_values(ROW)
    total = len(top)
    if total > MOST_EXAMPLES:
        total = int(engine.collect(doubled.select(nw.len().alias("ids")))["ids"].iloc[0])
    remedy = "Give each payment its own, or delete those that were entered twice."
    faults = [
        Fault(
            name,
            int(row),
            "id",
            str(value),
            f"is the id of {wording.number(count)} lines, of which this is the first",
            remedy,
        )
        for row, value, count in zip(top[ROW], top["id"], top["lines"], strict=True)
    ][:MOST_EXAMPLES]
    return faults + _rest(name, "id", total - len(faults), "id", faults)


def _rest(name: str, column: str, count: int, noun: str, faults: Sequence[Fault]) -> list[Fault]:
    """One fault for those that were not named, if there are any."""
    if not count:
        return []
    more = f"{wording.counted(count, f'more {noun}')} {'has' if count == 1 else 'have'}"
    problem = f"{more} the fault that row {faults[-1].row} has"
    return [Fault(name, None, column, None, problem, "Correct those named, then check again.")]


def group_faults(pack: Pack) -> list[Fault]:
    """Name characteristics whose groups have more people than the contact lines of their programme and year.

    A pack whose lines are some of all says so: ``"complete": false`` at the resource ``contacts``. Lines that can't be
    summed say nothing of groups; :func:`line_faults` names them.
    """
    from svdash.lines.rollup import rollup

    if CONTACTS not in pack.names or REACHED not in pack.tables:
        return []
    if pack.resource(CONTACTS).get("complete") is False:
        return []
    try:
        people = rollup(pack, names=(CONTACTS,)).people
    except LinesError:
        return []
    keys = ["programme", "year"]
    reached = people.groupby(keys)["people"].sum()
    sums = pack.table(REACHED).groupby([*keys, "characteristic"])["people"].sum().reset_index()
    counted = reached.reindex(pd.MultiIndex.from_frame(sums[keys])).to_numpy()
    more = sums[sums["people"].to_numpy(dtype="float64") > counted]
    remedy = "Correct the people of a group, or bring the contact lines that are missing."
    return [
        Fault(
            REACHED,
            None,
            "people",
            None,
            f"the groups of “{row.characteristic}” have more people than the contact lines of {row.programme} in {row.year}",
            remedy,
        )
        for row in more.itertuples()
    ]
