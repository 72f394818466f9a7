"""Reads and rewrites CSV tables of a pack: all rows or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from svdash.importing.reconciliation import ImportFileError
from svdash.importing.writing import pack_writer
from svdash.tables.faults import DESCRIPTOR, UnknownTableError
from svdash.tables.file_reading import UnreadableError, read_csv
from svdash.tables.package import Pack


def text_rows(pack: Pack, name: str) -> list[dict[str, str]]:
    """The rows of a table as they are written.

    Raises:
        ImportFileError: the pack has no such table, or its file can't be read row by row.
    """
    try:
        path = pack.file(name)
    except UnknownTableError:
        raise ImportFileError(
            f"{pack.path}: the pack has no table {name!r}. Describe it in {DESCRIPTOR} first."
        ) from None
    if path.suffix != ".csv":
        raise ImportFileError(f"{path}: the table {name!r} is not CSV. Keep it as CSV to import into it.")
    try:
        content = read_csv(path)
    except UnreadableError as error:
        raise ImportFileError(f"{path}: {error.problem}. {error.remedy}") from error
    if content.broken or content.marked:
        raise ImportFileError(
            f"{path}: some of its rows have the same key. Run check, and correct them first."
        )
    columns = [column.fillna("") for column in content.columns]
    return [dict(zip(content.header, cells, strict=True)) for cells in zip(*columns, strict=True)]


def written_rows(pack: Pack, name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as the CSV of a table, in the order of its schema's fields."""
    return described_rows(pack.resource(name), rows)


def described_rows(entry: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as the CSV of a table that a descriptor's entry describes, in the order of its schema's fields."""
    names = [each["name"] for each in entry["schema"]["fields"]]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def written(data: bytes) -> pack_writer.Write:
    """What writes these bytes into a new file."""

    def write(fresh: Path) -> None:
        fresh.write_bytes(data)

    return write


def put_tables(
    pack: Pack, files: Mapping[str, pack_writer.Write], entries: Mapping[str, dict[str, Any]]
) -> None:
    """Put new files into a pack, with what its descriptor says of their tables now.

    Args:
        pack: as it was read.
        files: by the name of the table, what writes them.
        entries: of the descriptor, by the name of the table; one that the pack doesn't have yet comes last.

    Raises:
        ImportFileError: the pack changed meanwhile, or can't be written.
    """
    resources = [
        entries.get(each.get("name", ""), each) if isinstance(each, dict) else each
        for each in pack.descriptor["resources"]
    ]
    there = {each.get("name") for each in resources if isinstance(each, dict)}
    resources += [entry for name, entry in entries.items() if name not in there]
    pack_writer.put(pack, files, {**pack.descriptor, "resources": resources})
