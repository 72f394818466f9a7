"""The profile of a table: what each column holds, and what an analyst should mend before an indicator rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from svdash import wording
from svdash.disclosure.rules import USUAL, rules_of
from svdash.lines.locked_tables import literal, quoted
from svdash.workbench import personal_data
from svdash.workbench.column_kinds import DAY, NUMBER, TEXT
from svdash.workbench.formula import Kind
from svdash.workbench.known_places import LSOA, Places, are_postcodes, census, codes_beside, kind_of_codes
from svdash.workbench.remarks import FAIL, NOTE, WARN, Remark

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Columns with more different values are looked into by the first of them, and searched as a whole for personal data.
MOST_VALUES: Final = 50_000
# So many cells of a column, and of a table, are counted exactly; larger ones by an estimate.
_MOST_EXACT: Final = 1_000_000
_MOST_EXACT_CELLS: Final = 20_000_000
_COMMON: Final = 3
_SHOWN: Final = 5
_NAMES_OF_COUNTS: Final = ("people", "persons", "count", "number", "staff", "headcount", "starts", "claimants", "pupils", "residents", "total", "employees", "women", "men")  # fmt: skip
_MOST_MISSING: Final = 0.2


@dataclass(frozen=True)
class ColumnProfile:
    """What a column holds.

    Attributes:
        name: of the column.
        kind: number, text, truth or day.
        missing: number of cells that say nothing.
        distinct: how many different values it has, see ``exact``.
        least, greatest: of numbers and, as YYYY-MM-DD, of days; ``None`` for other kinds and where there is none.
        quartiles: the three quartiles of numbers, see ``exact``, whole where all numbers are; none for other kinds.
        common: the most frequent values of text with their numbers of rows; none where personal data is suspected.
        place: what its codes or names are, such as LSOA; empty for no places.
        small: number of cells with a whole number from 1 to the greatest that disclosure control suppresses.
        exact: whether ``distinct`` and ``quartiles`` were counted; else they are estimates.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int
    least: float | str | None = None
    greatest: float | str | None = None
    quartiles: tuple[float, ...] = ()
    common: tuple[tuple[str, int], ...] = ()
    place: str = ""
    small: int = 0
    exact: bool = False


@dataclass(frozen=True)
class Profile:
    """What a table holds.

    Attributes:
        rows: their number.
        duplicates: number of rows that are the same as another one in every column.
        columns: what each holds.
        remarks: what should be looked at, the gravest first.
        personal: names of the columns in which personal data is suspected: nothing that rests on the table may be published.
    """

    rows: int
    duplicates: int
    columns: tuple[ColumnProfile, ...]
    remarks: tuple[Remark, ...]
    personal: tuple[str, ...] = ()


def profile(
    connection: DuckDBPyConnection,
    rows: str,
    columns: Sequence[tuple[str, Kind]],
    places: Places,
    remarks: Sequence[Remark] = (),
) -> Profile:
    """Return the profile of a table.

    Args:
        connection: to ask.
        rows: the table, as SQL names it.
        columns: their names and kinds.
        places: the places that the pack knows.
        remarks: what was noticed while the table was read.
    """
    worker = _Profiler(connection, rows, columns, places)
    found = worker.columns()
    order = {FAIL: 0, WARN: 1, NOTE: 2}
    all_remarks = [*remarks, *worker.remarks, *_of_table(worker.total, worker.duplicates, found)]
    all_remarks.sort(key=lambda each: order[each.level])
    return Profile(worker.total, worker.duplicates, tuple(found), tuple(all_remarks), tuple(worker.personal))


class _Profiler:
    """Asks a table about each of its columns."""

    def __init__(
        self, connection: DuckDBPyConnection, rows: str, columns: Sequence[tuple[str, Kind]], places: Places
    ) -> None:
        self._connection, self._rows, self._columns, self._places = connection, rows, columns, places
        self.remarks: list[Remark] = []
        self.personal: list[str] = []
        self.total = int(self._one("SELECT count(*)")[0])
        self._exact = self.total <= _MOST_EXACT and self.total * len(columns) <= _MOST_EXACT_CELLS
        hashed = ", ".join(quoted(name) for name, _ in columns)
        self.duplicates = self.total - int(self._one(f"SELECT count(DISTINCT hash({hashed}))")[0])

    def _one(self, select: str) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._connection.execute(f"{select} FROM {self._rows}").fetchone() or ()
        return found

    def columns(self) -> list[ColumnProfile]:
        """Return what each column holds, and note what should be looked at."""
        asked = [each for column in self._columns for each in _asked(*column, exact=self._exact)]
        answers = iter(self._one(f"SELECT {', '.join(asked)}"))
        return [self._column(name, kind, answers) for name, kind in self._columns]

    def _column(self, name: str, kind: Kind, answers: Iterator[Any]) -> ColumnProfile:
        filled, distinct = int(next(answers)), int(next(answers))
        missing = self.total - filled
        if kind == NUMBER:
            return self._number(name, missing, distinct, answers)
        if kind == DAY:
            least, greatest = next(answers), next(answers)
            self._suspect(name, personal_data.by_heading(name))
            return ColumnProfile(
                name, kind, missing, distinct, _iso(least), _iso(greatest), exact=self._exact
            )
        if kind == TEXT:
            return self._text(name, missing, distinct)
        return ColumnProfile(name, kind, missing, min(distinct, 2), exact=True)

    def _number(self, name: str, missing: int, distinct: int, answers: Iterator[Any]) -> ColumnProfile:
        least, greatest, quartiles, small, parts = (next(answers) for _ in range(5))
        counts = not parts and least is not None and least >= 0 and _counts(name)
        small = int(small) if counts else 0
        if small:
            most = rules_of(USUAL).small
            self.remarks.append(
                Remark(
                    "small-numbers",
                    WARN,
                    f"{wording.counted(small, 'cell')} of {name!r} {'is' if small == 1 else 'are'} a count from 1 to {most}.",
                    "If it counts people, say so in the definition (counts_people: true): then small counts are suppressed here as everywhere.",
                    name,
                )
            )
        self._suspect(name, personal_data.by_heading(name))
        return ColumnProfile(
            name, NUMBER, missing, distinct, _plain(least), _plain(greatest),
            tuple(float(each if parts else round(each)) for each in quartiles or ()), small=small, exact=self._exact,
        )  # fmt: skip

    def _text(self, name: str, missing: int, distinct: int) -> ColumnProfile:
        few = distinct <= MOST_VALUES
        column = quoted(name)
        if few:
            found = self._connection.execute(
                f"SELECT {column}, count(*) AS n FROM {self._rows} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"
            ).fetchall()
            distinct = len(found)
        else:
            found = self._connection.execute(
                f"SELECT DISTINCT {column}, 0 FROM (SELECT {column} FROM {self._rows} WHERE {column} IS NOT NULL LIMIT {MOST_VALUES})"
            ).fetchall()
        values = [str(value) for value, _ in found]
        place = self._place(name, values)
        personal = self._personal(name, values, few=few, place=place)
        common = () if personal or not few else tuple((str(v)[:60], int(n)) for v, n in found[:_COMMON])
        return ColumnProfile(
            name, TEXT, missing, distinct, common=common, place=place, exact=few or self._exact
        )

    def _personal(self, name: str, values: list[str], *, few: bool, place: str) -> str:
        what = personal_data.by_heading(name) or self._by_pattern(name, values, few=few)
        if not what and not place:
            what = personal_data.by_values(name, values[:MOST_VALUES])
        self._suspect(name, what)
        return what

    def _by_pattern(self, name: str, values: list[str], *, few: bool) -> str:
        if few:
            whole = "\n".join(values)
            return next((what for what, each in personal_data.PATTERNS.items() if re.search(each, whole)), "")
        counts = self._one(
            "SELECT "
            + ", ".join(
                f"count(*) FILTER (WHERE regexp_matches({quoted(name)}, {literal(each)}))"
                for each in personal_data.PATTERNS.values()
            )
        )
        return next((what for what, many in zip(personal_data.PATTERNS, counts, strict=True) if many), "")

    def _suspect(self, name: str, what: str) -> None:
        if what:
            self.personal.append(name)
            self.remarks.append(
                Remark(
                    "personal-data",
                    FAIL,
                    f"{name!r} seems to hold {what}.",
                    "Nothing that rests on this file can be agreed or published. Delete the column in the file, and bring it again.",
                    name,
                )
            )

    def _place(self, name: str, values: list[str]) -> str:
        """Return what places a column holds; note what of them the pack does not know."""
        if not values:
            return ""
        kind = kind_of_codes(values)
        if kind:
            self._codes(name, kind, values)
            return f"{kind} codes"
        if are_postcodes(values):
            known = sum(1 for each in values if each.replace(" ", "").upper() in self._places.postcodes)
            remedy = (
                f"Use the column {codes_beside(name)}."
                if known
                else "Add the column of their areas to the file: the data pack has no table of these postcodes."
            )
            self.remarks.append(
                Remark(
                    "postcodes",
                    WARN,
                    f"{name!r} holds full postcodes, each of about 15 households; the data pack knows the area of {wording.number(known)} of {wording.number(len(values))}.",
                    remedy,
                    name,
                )
            )
            return "postcodes"
        return self._named(name, values)

    def _codes(self, name: str, kind: str, values: list[str]) -> None:
        strange = [each for each in values if each not in self._places.names]
        if kind == LSOA:
            self._censuses(name, values)
        if kind in (LSOA, "local authority") and strange and self._places.names:
            self.remarks.append(
                Remark(
                    "unknown-areas",
                    WARN if len(strange) < len(values) else FAIL,
                    f"{wording.number(len(strange))} of {wording.counted(len(values), 'code')} of {name!r} {'is' if len(strange) == 1 else 'are'} not in the data pack, such as {wording.listing([repr(each[:20]) for each in strange[:_SHOWN]])}.",
                    "They are not on the map, and count in totals only. Leave out rows of other places, or write the codes of the pack's areas.",
                    name,
                )
            )

    def _censuses(self, name: str, values: list[str]) -> None:
        by = {"2011": list[str](), "2021": list[str](), "": list[str]()}
        for each in values:
            by[census(each, self._places)].append(each)
        known = {each for every in self._places.censuses.values() for each in every}
        if by["2011"] and by["2021"]:
            self.remarks.append(
                Remark(
                    "mixed-census",
                    FAIL,
                    f"{name!r} mixes areas of two Censuses: {wording.counted(len(by['2011']), 'code')} only of 2011, such as {by['2011'][0]}, and {wording.number(len(by['2021']))} only of 2021, such as {by['2021'][0]}.",
                    "These areas overlap, so nothing can be added up. Use one Census: the ONS lookup of LSOAs of 2011 to those of 2021 says which became which.",
                    name,
                )
            )
        elif by["2021"] and known == {"2011"}:
            self.remarks.append(
                Remark(
                    "other-census",
                    FAIL,
                    f"{name!r} has {wording.counted(len(by['2021']), 'code')} that only the Census of 2021 has, such as {by['2021'][0]}; the areas of the data pack are those of 2011.",
                    "Use a table of LSOAs of 2011, or a data pack with areas of 2021.",
                    name,
                )
            )

    def _named(self, name: str, values: list[str]) -> str:
        codes = {each: self._places.code(each) for each in values}
        missing = [each for each, code in codes.items() if code is None]
        if 2 * len(missing) > len(values):
            return ""
        known = next(each for each in values if codes[each] is not None)
        self.remarks.append(
            Remark(
                "area-names",
                WARN if missing else NOTE,
                f"{name!r} holds areas by name, such as {known[:60]!r}; the column {codes_beside(name)} has their codes."
                + (
                    f" {wording.counted(len(missing), 'name')} {'is' if len(missing) == 1 else 'are'} not known to the data pack: {wording.listing([repr(each[:60]) for each in missing[:_SHOWN]])}."
                    if missing
                    else ""
                ),
                "Correct the spelling in the file, or leave out rows of other places."
                if missing
                else "Choose the column with the codes as the area.",
                name,
            )
        )
        return "names of areas"


def _asked(name: str, kind: Kind, *, exact: bool) -> list[str]:
    """Return what is asked of a column, as SQL; the answers come in this order."""
    column = quoted(name)
    asked = [f"count({column})", f"count(DISTINCT {column})" if exact else f"approx_count_distinct({column})"]
    if kind in (NUMBER, DAY):
        asked += [f"min({column})", f"max({column})"]
    if kind == NUMBER:
        small = rules_of(USUAL).small
        asked += [
            f"{'quantile_disc' if exact else 'approx_quantile'}({column}, [0.25, 0.5, 0.75])",
            f"count(*) FILTER (WHERE {column} BETWEEN 1 AND {small})",
            f"count(*) FILTER (WHERE {column} <> trunc({column}))",
        ]
    return asked


def _counts(name: str) -> bool:
    words = name.casefold().replace("_", " ").split()
    return not any(each in name.casefold() for each in ("%", "percent", "per cent", "rate", "share")) and any(
        each.strip(":,()") in _NAMES_OF_COUNTS for each in words
    )


def _iso(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def _of_table(total: int, duplicates: int, columns: Sequence[ColumnProfile]) -> Iterator[Remark]:
    if duplicates:
        yield Remark(
            "duplicates",
            WARN,
            f"{wording.counted(duplicates, 'row')} {'is' if duplicates == 1 else 'are'} the same as another in every column.",
            "If they are the same thing twice, delete them in the file; if each is one of several alike, nothing needs to be done.",
        )
    for each in columns:
        if total and each.missing == total:
            yield Remark(
                "empty", WARN, f"{each.name!r} is empty.", "Leave it out of the definition.", each.name
            )
        elif total and each.missing > _MOST_MISSING * total:
            yield Remark(
                "missing",
                WARN,
                f"{wording.percent(100 * each.missing / total, 0)} of the cells of {each.name!r} say nothing.",
                "Say in the caveats whom that leaves out, or use where= to count only those with an answer.",
                each.name,
            )
    if not any(each.place for each in columns):
        yield Remark(
            "no-areas",
            NOTE,
            "No column holds areas that are recognised.",
            "For a map, add a column with codes of LSOAs, or with codes or names of local authorities.",
        )
