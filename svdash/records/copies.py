"""Backs the history up into one file, and restores it, also into a database of the other kind."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import insert

from svdash.records.database import Database, version
from svdash.records.history import History, chain_faults, last_row, whole_rows
from svdash.records.record_errors import RecordsError
from svdash.records.record_tables import revisions, words

_FORMAT: Final = "svdash history 1"
_ABOUT: Final = "about.json"
_ROWS: Final = "history.jsonl"
_AT_ONCE: Final = 1000
# A row's content has at most 200,000 characters, its words no more; a longer line is no row.
_LONGEST_LINE: Final = 2_000_000
_COLUMNS: Final = tuple(column.name for column in revisions.columns)


def backup(database: Database, file: Path) -> tuple[int, str]:
    """Write the history into a file that is not there yet: whole, or not at all. Return number and hash of its last row.

    The file is a zip with one line of JSON a row. Words that were erased are not in it; backups made before still hold them.

    Raises:
        RecordsError: the file is there, can't be written, or the database can't be read.
    """
    if file.exists():
        raise RecordsError(f"{file} is there already. Name a file that is not there yet.")
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise RecordsError(f"{file.parent}: no file can be written there: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            last = _write(database, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, file)  # unlike a renaming, this replaces nothing
    except OSError as error:
        raise RecordsError(f"{file}: it can't be written: {error.strerror or error}.") from error
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return last


def restore(database: Database, file: Path) -> tuple[int, str]:
    """Put a backup into a database without records: whole, or not at all. Return number and hash of its last row.

    Raises:
        RecordsError: the file is no sound backup, or the database has records. Nothing was changed.
    """
    if History(database).last()[0]:
        raise RecordsError(
            f"{database.address}: it has records already. Name an empty database in SVDASH_DATABASE_URL."
        )
    try:
        with zipfile.ZipFile(file) as archive, database.writing() as connection:
            about = json.loads(archive.read(_ABOUT))
            if not isinstance(about, dict) or about.get("format") != _FORMAT:
                raise RecordsError(f"{file}: it is not a backup that this version reads.")
            if last_row(connection)[0]:
                raise RecordsError(
                    f"{database.address}: somebody recorded something just now. Nothing was restored."
                )
            with archive.open(_ROWS) as lines:
                for rows in _some(_read(file, lines)):
                    connection.execute(
                        insert(revisions), [{name: row[name] for name in _COLUMNS} for row in rows]
                    )
                    kept = [row for row in rows if row["kept"] is not None]
                    if kept:
                        connection.execute(
                            insert(words),
                            [
                                {"number": row["number"], "salt": row["salt"], "text": row["text"]}
                                for row in kept
                            ],
                        )
            faults = chain_faults(connection)
            number, digest = last_row(connection)
            if faults or [number, digest] != [about.get("last"), about.get("hash")]:
                why = faults[0] if faults else "It does not end with the row that it names as its last."
                raise RecordsError(
                    f"{file}: the backup was changed or is not whole. {why} Nothing was restored."
                )
            return number, digest
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise RecordsError(f"{file}: it can't be read as a backup: {error}. Nothing was restored.") from error


def _write(database: Database, stream: IO[bytes]) -> tuple[int, str]:
    number, digest = History(database).last()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with database.reading() as connection, archive.open(_ROWS, "w", force_zip64=True) as lines:
            query = whole_rows().where(revisions.c.number <= number)
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings():
                lines.write(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n")
        about = {"format": _FORMAT, "tables": version(database), "last": number, "hash": digest}
        archive.writestr(_ABOUT, json.dumps(about, indent=2))
    return number, digest


def _read(file: Path, lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    for place, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), b""), 1):
        row = json.loads(line)
        if not isinstance(row, dict) or not {*_COLUMNS, "kept", "salt", "text"} <= set(row):
            raise RecordsError(
                f"{file}: line {place} of {_ROWS} is not a row of a history. Nothing was restored."
            )
        yield row


def _some(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Give rows in lists of at most a thousand."""
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
