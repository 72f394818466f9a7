"""The Finding: the one building block of every page, route and report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from svdash import wording
from svdash.disclosure import EXACT
from svdash.editions import Edition, Kept, kept
from svdash.register import ALL, View
from svdash.tables.faults import Fault

P = ParamSpec("P")

NOT_AVAILABLE = "[x]"
# What a finding from a snapshot says of itself in each row that is taken away: the snapshot's id, and the key of the entry.
SNAPSHOT: Final = "snapshot"
ENTRY: Final = "snapshot_entry"
# What a finding of an indicator that nobody agreed to says of itself in each row, and its pictures with it.
STAGE: Final = "stage"
# Cells that would look like nothing at all.
_BLANK: Final = frozenset({"", "nan", "<NA>", "None"})
# What a figure has from a table, in a word or two.
TOLD_BY: Final = {
    "areas": "deprivation and residents",
    "benchmarks": "residents",
    "boundaries": "boundaries",
    "contacts": "people reached",
    "contracts": "contracts",
    "data_gaps": "why figures are missing",
    "observations_illustrative": "figures",
    "observations_published": "figures",
    "ownership": "who leads",
    "payments": "payments",
    "places": "service places",
    "reached_groups": "people reached",
    "recruitment": "recruitment",
    "travel_times": "travel times",
}


@dataclass(frozen=True, eq=False)
class Finding:
    """What is seen, how sure it is, and the figures that hold it up.

    ``name`` is the finding's table in the open data, ``params`` what that table needs beside the filters.
    ``frame`` is what the table shows and the CSV carries: numbers stay numbers, a column ``marker`` says why
    one is missing. ``columns`` names the columns for people, ``decimals`` how numbers are written; ``formats`` names (of
    :data:`svdash.wording.FORMATS`) how people read those of a column that would be too wide for its place: what is taken
    away keeps the number.
    ``row_key`` are the columns by which its rows are told apart, in another year or edition too.
    ``leads`` says of a column which page shows more of its row, and by which parameters: ``{column}`` stands for a
    cell of the row, and the column itself may hold several codes.
    ``about`` is what a table taken away says of itself in every row, by column: what is shown, of which programme and
    year; a column that the table has already is not said again.
    ``statuses`` are those of all that it rests on, the most official first, ``sources`` what each of them is the status
    of, where that is known.
    ``empty`` says why there is nothing to show; then there is no chart.
    ``at_fault`` names figures that can't be in the tables that it rests on, by table, row and column; it leaves them out.
    """

    name: str
    headline: str
    subtitle: str
    frame: pd.DataFrame
    columns: Mapping[str, str]
    decimals: Mapping[str, int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""
    alt: str = ""
    verdict: str = ""
    statuses: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    updated: date | None = None
    method: str = ""
    caveats: tuple[str, ...] = ()
    vintage: str = ""
    view: View = field(default_factory=View)
    params: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""
    chart: pd.DataFrame | None = None
    legend: str = ""
    row_key: tuple[str, ...] = ()
    at_fault: tuple[str, ...] = ()

    @property
    def origin(self) -> tuple[str, ...]:
        """Which snapshot the figures are from, or that nobody agreed to them, as lines for pictures; none for agreed ones of now."""
        snapshot = (f"Snapshot {self.about[SNAPSHOT]}",) if SNAPSHOT in self.about else ()
        return (*snapshot, *((wording.sentence(self.about[STAGE]),) if STAGE in self.about else ()))

    def with_faults(self, faults: tuple[Fault, ...]) -> Finding:
        """Return the finding with what can't be in its tables: of each the place and what is wrong, and no value."""
        named = tuple(map(fault_text, faults))
        return self if named == self.at_fault else replace(self, at_fault=named)

    def __post_init__(self) -> None:
        """Refuse exact counts of people, and what is worked out from them: they are for working with, never for showing.

        Raises ``ValueError`` that names the columns; :func:`svdash.disclosure.as_written` leaves them out.
        """
        held = (getattr(self, each.name) for each in fields(self))
        for rows in (each for each in held if isinstance(each, pd.DataFrame)):
            exact = [str(name) for name in rows if str(name).startswith(EXACT)]
            if exact:
                raise ValueError(
                    f"the finding {self.name} would show exact figures of people: {', '.join(exact)}"
                )

    def cells(self, *, thousands: bool) -> dict[str, list[str]]:
        """Return every column as written text: what a person reads, or (without ``thousands``) what a CSV holds.

        No cell is blank: a missing number carries its marker, ``[x]`` where nothing else is known. In plain lists, since
        these tables are small and pandas takes longer to begin than they take.
        """
        marked = (
            self.frame["marker"].fillna("").tolist() if "marker" in self.frame else [""] * len(self.frame)
        )
        markers = [mark or NOT_AVAILABLE for mark in marked]
        written: dict[str, list[str]] = {}
        for name in self.columns:
            column = self.frame[name]
            write = self._writer(name, column, thousands=thousands)
            missing = column.isna().tolist()
            texts = ("" if lost else write(cell) for cell, lost in zip(column.tolist(), missing, strict=True))
            written[name] = [
                mark if text in _BLANK else text for text, mark in zip(texts, markers, strict=True)
            ]
        return written

    def _writer(self, name: str, column: pd.Series, *, thousands: bool) -> Callable[[Any], str]:
        """Return how a cell of a column is written, where there is one."""
        if pd.api.types.is_datetime64_any_dtype(column):
            return lambda cell: str(cell.strftime("%Y-%m-%d"))
        if pd.api.types.is_bool_dtype(column):
            return lambda cell: "yes" if cell else "no"
        if thousands and name in self.formats:
            return wording.FORMATS[self.formats[name]]
        if pd.api.types.is_numeric_dtype(column):
            number, decimals = wording.number if thousands else wording.plain, self.decimals.get(name, 0)
            return lambda cell: number(float(cell), decimals=decimals)
        return str

    def texts(self, *, thousands: bool) -> pd.DataFrame:
        """Return :meth:`cells` as a frame, by the names of the columns."""
        return pd.DataFrame(
            {name: pd.Series(cells, dtype="str") for name, cells in self.cells(thousands=thousands).items()}
        )

    def table(self) -> pd.DataFrame:
        """Return the table as a person reads it."""
        return self.texts(thousands=True).rename(columns=dict(self.columns))

    def export(self) -> pd.DataFrame:
        """Return the table as a CSV carries it: stable names, and in every row what it is of."""
        texts = self.texts(thousands=False)
        return self._whose(
            texts.assign(**{name: self._code(name).fillna(NOT_AVAILABLE) for name in self._codes()})
        )

    def typed(self) -> pd.DataFrame:
        """Return the table with numbers as numbers, for JSON and Parquet; ``marker`` says why one is missing."""
        names = [
            *self.columns,
            *(["marker"] if "marker" in self.frame and "marker" not in self.columns else []),
        ]
        rows = self.frame[names].reset_index(drop=True)
        # No finer than people read them: a finer share would tell the counts behind it.
        fine = {name: most for name, most in self.decimals.items() if name in rows}
        rows = rows.assign(**{name: _no_finer(rows[name], most) for name, most in fine.items()})
        return self._whose(rows.assign(**{name: self._code(name) for name in self._codes()}))

    def _codes(self) -> list[str]:
        """Return the columns of codes whose labels the table shows: who puts tables together needs them as well."""
        bases = [
            str(name).rpartition("_")[0] for name in self.columns if str(name).endswith(("_label", "_name"))
        ]
        return [
            base
            for base in dict.fromkeys(bases)
            if base in self.frame
            and base not in self.columns
            and pd.api.types.infer_dtype(self.frame[base], skipna=True) == "string"
        ]

    def _code(self, name: str) -> pd.Series:
        codes = self.frame[name].reset_index(drop=True).astype("str")
        return codes.mask(codes.eq(""))

    def _whose(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Say in every row what a table taken away leaves behind: ``about``, the edition of deprivation, and the district if it is of one."""
        said = {**self.about, "vintage": self.vintage}
        if self.view.district != ALL:
            said["of_district"] = self.view.district
        return rows.assign(**{name: text for name, text in said.items() if text and name not in rows})


def _no_finer(column: pd.Series, decimals: int) -> pd.Series:
    """Round fractions, a half away from zero; whole numbers and what is no number stay."""
    if not pd.api.types.is_float_dtype(column):
        return column
    return pd.Series(wording.halves_up(column, decimals), index=column.index).astype(column.dtype)


def fault_text(fault: Fault) -> str:
    """Name a figure that can't be: its place and what is wrong, and no value."""
    return f"{fault.place}: {fault.problem}"


F = TypeVar("F", bound=Finding)


def kept_by(
    *filters: str,
) -> Callable[[Callable[Concatenate[Any, View, P], F]], Kept[Concatenate[View, P], F]]:
    """Keep a finding that looks at these filters only, once for all views that differ in the others.

    It is worked out from a view without the others, and carries the filters of whoever asks: else its links would carry
    those of the first who did.
    """

    def decorate(
        build: Callable[Concatenate[Any, View, P], F],
    ) -> Kept[Concatenate[View, P], F]:
        shared = kept(build)

        def seen(edition: Any, view: View, /, *args: P.args, **kwargs: P.kwargs) -> F:
            return replace(shared(edition, view.only(*filters), *args, **kwargs), view=view)

        # Kept for each view too: charts and tables are drawn once for as long as a finding is the same object.
        return Kept(seen, like=build)

    return decorate


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries by column name, with Python's own numbers in them; an integer that is missing is ``None``.

    As ``frame.to_dict("records")`` does, which takes text out of Arrow cell by cell.
    """
    names = [str(name) for name in frame]
    columns = [_cells(column) for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _cells(column: pd.Series[Any]) -> list[Any]:
    cells: list[Any] = column.to_numpy(dtype=object).tolist() if column.dtype == "str" else column.tolist()
    if column.dtype == object:
        return [cell.item() if isinstance(cell, np.generic) else cell for cell in cells]
    if isinstance(column.dtype, pd.api.extensions.ExtensionDtype):
        return [None if cell is pd.NA else cell for cell in cells]
    return cells


def by_office(statuses: set[str]) -> tuple[str, ...]:
    """Order official statuses, most official first."""
    return tuple(s for s in ("official", "published", "illustrative") if s in statuses)


def rests_on(parts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return statuses and sources of a finding from the parts that it rests on: the status of each, and what it is."""
    by_status: dict[str, dict[str, None]] = {}
    for status, what in parts:
        by_status.setdefault(status, {})[what] = None
    statuses = by_office(set(by_status))
    return {"statuses": statuses, "sources": {status: ", ".join(by_status[status]) for status in statuses}}


def office(edition: Edition, tables: tuple[str, ...]) -> dict[str, Any]:
    """Return statuses, sources and date of the tables a figure rests on, as far as the pack has them."""
    there = [name for name in dict.fromkeys(tables) if name in edition.names]
    found = [(edition.resource(name), TOLD_BY.get(name)) for name in there]
    parts = [(str(about["status"]), what or str(about.get("title", ""))) for about, what in found]
    return {**rests_on(parts), "updated": updated_of(edition, *there) if there else None}


def least_official(statuses: tuple[str, ...]) -> str:
    """Return the least official of a finding's statuses; ``none`` where it rests on nothing."""
    return statuses[-1] if statuses else "none"


def statuses_of(edition: Edition, *tables: str) -> tuple[str, ...]:
    """Return the official statuses of those tables that the pack has, most official first, each once."""
    return by_office({str(edition.resource(name)["status"]) for name in tables if name in edition.names})


def updated_of(edition: Edition, *tables: str) -> date | None:
    """Return the day on which the newest of the tables was updated; ``None`` where the pack has none of them, or does not say."""
    days = [str(edition.resource(name)["updated"]) for name in tables if name in edition.names]
    return max((date.fromisoformat(day) for day in days if day), default=None)
