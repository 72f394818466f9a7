"""Backs the history up into one file with its files of evidence and its snapshots, and restores it, also into a database of the other kind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import insert

from svdash.caching import sealed_archive
from svdash.records import taken_snapshots
from svdash.records.database import Database, version
from svdash.records.evidence_files import MOST_BYTES, EvidenceFile, EvidenceFolder, files_in
from svdash.records.history import History, chain_faults, last_row, whole_rows
from svdash.records.record_errors import RecordsError
from svdash.records.record_tables import revisions, words

_FORMAT: Final = "svdash history 1"
_ABOUT: Final = "about.json"
_ROWS: Final = "history.jsonl"
_EVIDENCE: Final = "evidence/"
_SNAPSHOTS: Final = "snapshots/"
_MOST_SNAPSHOT: Final = 100_000_000
_AT_ONCE: Final = 1000
# A row's content has at most 200,000 characters, its words no more; a longer line is no row.
_LONGEST_LINE: Final = 2_000_000
_COLUMNS: Final = tuple(column.name for column in revisions.columns)


def backup(database: Database, file: Path, evidence: EvidenceFolder | None = None) -> tuple[int, str]:
    """Write the history into a file that is not there yet: whole, or not at all. Return number and hash of its last row.

    The file is a zip with one line of JSON a row, and the files of evidence and of snapshots as they are; one that is gone or
    was changed is left out. Words that were erased are not in it; backups made before still hold them.

    Args:
        database: what to back up.
        file: where to.
        evidence: the folder of the files of evidence; by default that of the settings.

    Raises:
        RecordsError: the file is there, can't be written, or the database can't be read.
    """
    if file.exists():
        raise RecordsError(f"{file} exists already. Name a new file.")
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise RecordsError(f"{file.parent}: no file can be written there: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            last = _write(database, stream, evidence or EvidenceFolder())
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, file)  # unlike a renaming, this replaces nothing
    except OSError as error:
        raise RecordsError(f"{file}: it can't be written: {error.strerror or error}.") from error
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return last


def restore(database: Database, file: Path, evidence: EvidenceFolder | None = None) -> tuple[int, str]:
    """Put a backup into a database without records: whole, or not at all. Return number and hash of its last row.

    Its files of evidence go into the folder ``evidence``, by default that of the settings; its snapshots into theirs.

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
                    f"{file}: the backup was changed or is incomplete. {why} Nothing was restored."
                )
            _restore_evidence(archive, file, evidence or EvidenceFolder())
            _restore_snapshots(archive, taken_snapshots.named_in(connection))
            return number, digest
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise RecordsError(f"{file}: it can't be read as a backup: {error}. Nothing was restored.") from error


def _restore_evidence(archive: zipfile.ZipFile, file: Path, evidence: EvidenceFolder) -> None:
    """Put the files of evidence of a backup into their folder. Raises ``RecordsError`` where one is not what its name says."""
    for entry in archive.infolist():
        if not entry.filename.startswith(_EVIDENCE):
            continue
        name = entry.filename.removeprefix(_EVIDENCE)
        content = b"" if entry.file_size > MOST_BYTES else archive.read(entry)
        if not re.fullmatch("[0-9a-f]{64}", name) or hashlib.sha256(content).hexdigest() != name:
            raise RecordsError(f"{file}: a file of evidence in it was changed. Nothing was restored.")
        evidence.keep(EvidenceFile(sha256=name, name=name, media="", size=len(content)), content)


def _restore_snapshots(archive: zipfile.ZipFile, named: frozenset[str]) -> None:
    """Put the snapshots of a backup that its history names into their folder; others are left where they are.

    Raises ``RecordsError`` where one is not what its name says.
    """
    for entry in archive.infolist():
        if entry.filename.startswith(_SNAPSHOTS):
            name = entry.filename.removeprefix(_SNAPSHOTS).removesuffix(sealed_archive.ENDING)
            if name not in named:
                continue
            content = b"" if entry.file_size > _MOST_SNAPSHOT else archive.read(entry)
            taken_snapshots.keep(name, content)


def _write(database: Database, stream: IO[bytes], evidence: EvidenceFolder) -> tuple[int, str]:
    number, digest = History(database).last()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with database.reading() as connection, archive.open(_ROWS, "w", force_zip64=True) as lines:
            query = whole_rows().where(revisions.c.number <= number)
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings():
                lines.write(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n")
        about = {"format": _FORMAT, "tables": version(database), "last": number, "hash": digest}
        archive.writestr(_ABOUT, json.dumps(about, indent=2))
        for each in files_in(History(database)):
            if not evidence.trouble(each):
                # Pictures and papers are packed already.
                archive.writestr(f"{_EVIDENCE}{each.sha256}", evidence.content(each), zipfile.ZIP_STORED)
        for taken in taken_snapshots.SnapshotLog(History(database)).all():
            with suppress(RecordsError):  # the command names those that are gone
                content = taken_snapshots.content_of(taken.id)
                archive.writestr(
                    f"{_SNAPSHOTS}{taken.id}{sealed_archive.ENDING}", content, zipfile.ZIP_STORED
                )
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
