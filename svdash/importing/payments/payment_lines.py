"""The pack's table of payments, and lines on their way into it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as papq

from svdash import wording
from svdash.importing.reconciliation import ILLUSTRATIVE, ImportFileError
from svdash.lines.line_tables import PAYMENTS, ROW
from svdash.tables.faults import UnknownTableError
from svdash.tables.package import Pack

REDACTED: Final = "REDACTED"
NOT_KNOWN: Final = "not-known"

REFERENCE: Final = "reference_of_file"
BATCH: Final = 131_072
_FLUSHED: Final = 50_000
_ARROW: Final = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}

Line = dict[str, Any]


def payments_file(pack: Pack) -> Path:
    """The file of the pack's payments.

    Raises:
        ImportFileError: the pack has no table of payments, or keeps it otherwise than as Parquet.
    """
    try:
        entry, path = pack.resource(PAYMENTS), pack.file(PAYMENTS)
    except UnknownTableError:
        raise ImportFileError(
            f"{pack.path}: the pack has no table {PAYMENTS!r}. Describe it in datapackage.json first."
        ) from None
    if path.suffix != ".parquet" or not entry.get("lines"):
        raise ImportFileError(
            f'{pack.path}: the table {PAYMENTS!r} is not described as Parquet with "lines": true. Correct its entry in '
            "datapackage.json."
        )
    if path.is_file() and entry.get("status") != ILLUSTRATIVE:
        _complete(path, schema_of(pack))
    return path


def _complete(path: Path, schema: pa.Schema) -> None:
    """Raise ImportFileError where a file of payments can't be read, or lacks a column."""
    try:
        there = papq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise ImportFileError(f"{path}: it can't be read as Parquet ({error}). Run check first.") from error
    missing = [name for name in schema.names if name not in there]
    if missing:
        raise ImportFileError(
            f"{path}: the columns {wording.choices(missing)}, which the schema has, are missing. Run check, and correct it first."
        )


def schema_of(pack: Pack) -> pa.Schema:
    """The columns of the pack's payments, as Arrow has them."""
    fields = pack.resource(PAYMENTS)["schema"]["fields"]
    return pa.schema([(each["name"], _ARROW.get(each.get("type", "string"), pa.string())) for each in fields])


class Staged:
    """Lines on their way into the pack, in a temporary Parquet file, with row and reference of the file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema.append(pa.field(ROW, pa.int64())).append(pa.field(REFERENCE, pa.string()))
        self.rows = 0
        self._columns: dict[str, list[Any]] = {name: [] for name in self.schema.names}
        self._writer = papq.ParquetWriter(path, self.schema, compression="zstd")

    def add(self, line: Line) -> None:
        """Take in a line; what it doesn't tell is missing."""
        for name, values in self._columns.items():
            values.append(line.get(name))
        self.rows += 1
        if self.rows % _FLUSHED == 0:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._writer.close()

    def without_numbers(self, shared: set[str]) -> None:
        """Tell suppliers with one of these numbers apart by their names. After the lines are written."""
        fresh = self.path.with_suffix(".new")
        with papq.ParquetFile(self.path) as file, papq.ParquetWriter(fresh, self.schema) as writer:
            for batch in file.iter_batches(batch_size=BATCH):
                rows = pa.table(batch)
                suppliers, numbers = rows["supplier"].to_pylist(), rows["supplier_id"].to_pylist()
                numbers = [
                    named(supplier or "") if number in shared else number
                    for supplier, number in zip(suppliers, numbers, strict=True)
                ]
                at = rows.column_names.index("supplier_id")
                writer.write_table(
                    rows.set_column(at, self.schema.field("supplier_id"), pa.array(numbers, pa.string()))
                )
        fresh.replace(self.path)

    def _flush(self) -> None:
        self._writer.write_table(pa.table(self._columns, schema=self.schema))
        self._columns = {name: [] for name in self.schema.names}


def lines_of(path: Path, schema: pa.Schema) -> Iterator[Line]:
    """The lines of a file of payments, one by one; none where there is no file."""
    if not path.is_file():
        return
    with papq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            yield from pa.table(batch).select(schema.names).cast(schema).to_pylist()


@lru_cache(maxsize=65_536)
def named(supplier: str) -> str | None:
    """An identifier for a supplier that has none but its name: the same for names that differ in case and marks.

    Without one, pages would take the supplier for one whose name is held back.
    """
    words = " ".join(re.findall(r"\w+", supplier.casefold()))
    return f"N-{hashlib.sha256(words.encode()).hexdigest()[:12]}" if words else None
