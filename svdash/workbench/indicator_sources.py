"""The rows that an indicator is worked out from: an open table of the data pack, or a brought file, as one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import narwhals as nw

from svdash import wording
from svdash.editions import Edition
from svdash.tables import UnknownTableError
from svdash.workbench.definition import Written, fault_at
from svdash.workbench.formula import Kind, Rows

_KINDS: Final[Mapping[str, Kind]] = {
    "integer": "number", "number": "number", "string": "text", "boolean": "truth", "date": "day",
}  # fmt: skip


@dataclass(frozen=True)
class IndicatorSource:
    """Rows with the kinds of their columns.

    Attributes:
        name: of the table or of the file.
        kinds: the columns that formulas may name, in the order of the table.
        personal: columns of a brought file in which personal data is suspected; ``None`` for a table of the data pack.
        state: what tells its rows from others under its name, beside the edition; ``None`` where nobody knows.
        day: when the file was brought, or the table of the pack updated; ``None`` where nobody says.
        of_earlier_pack: whether codes in a brought file were found among areas that the pack had before.
    """

    name: str
    kinds: Mapping[str, Kind]
    _read: Callable[[Sequence[str]], Rows]
    personal: tuple[str, ...] | None = None
    state: str | None = None
    day: date | None = None
    of_earlier_pack: bool = False

    def frame(self, columns: Sequence[str] | None = None) -> Rows:
        """Return the rows with these columns, of all kinds' columns where none are named; nothing is read before it is asked for."""
        return self._read(list(self.kinds) if columns is None else list(columns))


def source(edition: Edition, written: Written, files: Mapping[str, str] | None = None) -> IndicatorSource:
    """Return the rows that a definition is worked out from.

    Args:
        edition: whose open tables may be used.
        written: the definition.
        files: brought files, name → SHA-256 of their bytes.

    Raises:
        DefinitionError: there is no such table, it may not be looked at row by row, or the file was not brought; with the line.
    """
    if is_file(written.definition.table):
        return _brought(edition, written, files or {})
    if written.definition.sha256 is not None:
        raise fault_at(
            written, "sha256", "a table of the data pack has none: it is for brought files. Leave it out."
        )
    return _of_pack(edition, written)


def is_file(table: str) -> bool:
    """Return whether a definition's table is a brought file: its name has an ending, which no table of a pack has."""
    return "." in table


def open_tables(edition: Edition) -> list[str]:
    """Return the tables of an edition that may be looked at row by row: no counts of people, no single payments."""
    return [
        each
        for each in edition.tables
        if edition.resource(each)["access"] == "open" and each not in edition.lines
    ]


def kinds_of(edition: Edition, name: str) -> dict[str, Kind]:
    """Return the columns of a table of an edition that formulas may name, with their kinds."""
    return {
        str(each["name"]): _KINDS[each["type"]]
        for each in edition.resource(name)["schema"]["fields"]
        if each["type"] in _KINDS
    }


def _of_pack(edition: Edition, written: Written) -> IndicatorSource:
    name = written.definition.table
    try:
        edition.resource(name)
    except UnknownTableError as error:
        raise fault_at(written, "table", f"{error}") from error
    tables = open_tables(edition)
    if name not in tables:
        raise fault_at(
            written,
            "table",
            f"{name} holds counts of people or single payments, which are shown only after disclosure control. Choose one of "
            f"{wording.choices(tables, len(tables))}.",
        )

    def read(columns: Sequence[str]) -> Rows:
        rows = edition.table(name)[list(columns)]
        # Beside whole numbers that may be missing, a number that is no number would not be missing.
        floats = {column: "Float64" for column in rows if rows[column].dtype == "float64"}
        return nw.from_native(rows.astype(floats), eager_only=True)

    told = str(edition.resource(name).get("updated", ""))
    day = date.fromisoformat(told) if told else None
    return IndicatorSource(name, kinds_of(edition, name), read, state="", day=day)


def _brought(edition: Edition, written: Written, files: Mapping[str, str]) -> IndicatorSource:
    name, bound = written.definition.table, written.definition.sha256
    sha256 = files.get(name, bound)
    if sha256 is None:
        raise fault_at(written, "table", _not_brought(name, files))
    if bound is not None and bound != sha256:
        raise fault_at(
            written,
            "sha256",
            f"the file {name} that was brought has other bytes ({sha256[:12]}…) than the definition names ({bound[:12]}…). "
            "Bring the file as it was, or name its new SHA-256.",
        )
    # The engine behind brought files is loaded where there is one.
    from svdash.workbench import brought_tables
    from svdash.workbench.brought_errors import BroughtError
    from svdash.workbench.known_places import BESIDE, Places

    try:
        table = brought_tables.brought(sha256)
    except BroughtError as error:
        raise fault_at(written, "table", f"{error}") from error

    def read(columns: Sequence[str]) -> Rows:
        return brought_tables.frame(table, columns)

    personal, day = brought_tables.profiled(table).personal, table.brought[:10]
    earlier = any(each.endswith(BESIDE) for each in table.kinds) and table.places != Places.digest_of(edition)
    return IndicatorSource(
        name,
        table.kinds,
        read,
        personal,
        table.rows_sha256,
        date.fromisoformat(day) if day else None,
        earlier,
    )


def _not_brought(name: str, files: Mapping[str, str]) -> str:
    there = f" The files brought so far are {wording.choices(list(files), len(files))}." if files else ""
    return f"the file {name} was not brought. Bring it first, or name an open table of the data pack.{there}"


def columns_of(edition: Edition, table: str, files: Mapping[str, str]) -> Mapping[str, Kind]:
    """Return the columns that formulas may name of a table or brought file; none where there is no such table."""
    if is_file(table):
        from svdash.workbench import brought_tables
        from svdash.workbench.brought_errors import BroughtError

        try:
            return brought_tables.brought(files[table]).kinds if table in files else {}
        except BroughtError:
            return {}  # the column of the file says what is wrong with it
    return kinds_of(edition, table) if table in open_tables(edition) else {}
