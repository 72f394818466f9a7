"""Lines of a pack (payments, service contacts): which there are, what is read of them, and by what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import narwhals as nw
import pandas as pd

from svdash.lines.engine import Engine, Lines, open_engine
from svdash.settings import engine_url
from svdash.tables.edition import Edition
from svdash.tables.faults import DESCRIPTOR, Fault, LinesError, PackError
from svdash.tables.values import parse_one

PAYMENTS: Final = "payments"
CONTACTS: Final = "contacts"
AREAS: Final = "areas"
LSOA: Final = "lsoa"
MSOA: Final = "msoa"
DISTRICT: Final = "district"
# Geographies from the finest on, and the column of ``areas`` that names a place of each.
GEOGRAPHIES: Final = {LSOA: "code", MSOA: "msoa", DISTRICT: "district"}
# Places of a payment, and its column for each.
KINDS: Final = {"supplier": "supplier_area", "benefit": "benefit_area"}
# What is read of each kind of lines: text, or one of these.
NEEDED: Final[dict[str, dict[str, str]]] = {
    PAYMENTS: {
        "date": "date", "amount_pence": "integer", "programme": "string", "supplier": "string",
        "supplier_id": "string", "supplier_type": "string", "supplier_place": "string",
        "supplier_area": "string", "benefit_area": "string",
    },
    CONTACTS: {"date": "date", "people": "integer", "programme": "string", "area": "string"},
}  # fmt: skip
AREA_COLUMNS: Final = {PAYMENTS: tuple(KINDS.values()), CONTACTS: ("area",)}
PROGRAMME: Final = "programme"
ROW: Final = "row_of_file"
FRAMEWORK_FROM: Final = "2022-04-01"


@contextmanager
def engine_or_own(engine: Engine | None) -> Iterator[Engine]:
    """The engine given, or else that of the settings for the time being."""
    if engine is not None:
        yield engine
        return
    with open_engine(engine_url()) as own:
        yield own


def files_of(edition: Edition) -> dict[str, Path]:
    """The files of lines that the pack lists and has; one that is not there is a fault of the pack."""
    files = {name: edition.file(name) for name in NEEDED if name in edition.names}
    return {name: path for name, path in files.items() if path.is_file()}


def listed_files(edition: Edition, names: Iterable[str]) -> dict[str, Path]:
    """The files of those lines that the pack lists.

    Raises:
        LinesError: one is not there, or its path was refused. What the pack does not list is no error.
    """
    try:
        return {name: _present(edition.file(name)) for name in names if name in edition.names}
    except LinesError:
        raise
    except PackError as error:
        raise LinesError(str(error)) from error


def areas_of(edition: Edition) -> pd.DataFrame:
    """Areas of the pack, one a row: code, msoa, district, vintage and decile, all text."""
    columns = [*GEOGRAPHIES.values(), "vintage", "decile"]
    listed = edition.table(AREAS) if AREAS in edition.tables else pd.DataFrame()
    return listed.reindex(columns=columns).astype("str").dropna(subset="code").drop_duplicates()


def read_lines(engine: Engine, name: str, path: Path) -> Lines:
    """Lines with ``start``, the calendar year in which their financial year starts; not read before use.

    Args:
        engine: what reads them.
        name: ``payments`` or ``contacts``.
        path: the Parquet file.

    Raises:
        LinesError: the file can't be read, lacks a column or has one of another type.
    """
    lines = engine.scan(path)
    wrong = next(shape_faults(name, lines), None)
    if wrong is not None:
        raise LinesError(f"{path}: {wrong}")
    return typed(name, lines).with_columns(start())


def typed(name: str, lines: Lines, more: Iterable[str] = ()) -> Lines:
    """Text as such also where a file has none but blanks, or keeps it as categories; ``more`` are further texts."""
    schema = lines.collect_schema()
    texts = dict.fromkeys([*(column for column, kind in NEEDED[name].items() if kind == "string"), *more])
    return lines.with_columns(
        nw.col(text).cast(nw.String) for text in texts if text in schema and schema[text] != nw.String
    )


def start() -> nw.Expr:
    """The year whose April begins the financial year of ``date``."""
    day = nw.col("date").dt
    return (day.year() - nw.when(day.month() < 4).then(1).otherwise(0)).alias("start")


def framework_from(edition: Edition) -> tuple[date, list[Fault]]:
    """The first day of the Framework, and the fault of a descriptor that gives no date for it."""
    authority = edition.head.get("authority")
    given = authority.get("framework_from", FRAMEWORK_FROM) if isinstance(authority, dict) else FRAMEWORK_FROM
    day = parse_one("date", given)
    if day is not None:
        return day.date(), []
    remedy = f"Write the Framework's first day as {FRAMEWORK_FROM}."
    fault = Fault(DESCRIPTOR, None, "authority.framework_from", str(given), "is not a date", remedy)
    return date.fromisoformat(FRAMEWORK_FROM), [fault]


def shape_faults(name: str, lines: Lines) -> Iterator[Fault]:
    """Columns that are missing, or of a type that can't be summed or put into years."""
    schema = lines.collect_schema()
    for column, kind in NEEDED[name].items():
        if column not in schema:
            yield absent(name, column)
        elif not (
            kind == "string"
            or (schema[column].is_integer() if kind == "integer" else schema[column] == nw.Date)
        ):
            problem = f"the column is stored as {schema[column]}, not as {kind}"
            yield Fault(name, None, column, None, problem, "Write the file with that type.")


def absent(name: str, column: str) -> Fault:
    """Return the fault of a column that a file of lines does not have."""
    return Fault(name, 1, column, None, "the column is missing", f"Add a column with the heading “{column}”.")


def stamps(files: Mapping[str, Path]) -> list[tuple[int, int, int]]:
    """Return what changes when a file does. Raises LinesError where one is not there."""
    found = [_present(path).stat() for path in files.values()]
    return [(each.st_mtime_ns, each.st_size, each.st_ino) for each in found]


def _present(path: Path) -> Path:
    if not path.is_file():
        raise LinesError(
            f"{path}: there is no such file, but {DESCRIPTOR} lists it. Put it there, or take the entry out."
        )
    return path
