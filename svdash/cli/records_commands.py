"""The commands for the database of records: ``backup``, ``restore`` and ``doctor``."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from svdash import wording

if TYPE_CHECKING:
    from svdash.records import Database


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Back up all records, files of evidence and snapshots into FILE, a zip that is not there yet. People may go on recording meanwhile.

    Words that were erased on request are not in it; backups made before still hold them.

    Exit status: 0 done, 2 the database can't be read or the file can't be written.
    """
    from svdash.records import copies

    with faults_said():
        number, digest = copies.backup(present(), file)
        click.echo(f"{file}: {wording.counted(number, 'revision')}. {_last(number, digest)}")
        for trouble in _file_troubles():
            click.echo(f"Not in it: {trouble}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Restore the records of a backup FILE into the empty database that SVDASH_DATABASE_URL names.

    The backup may come from a database of the other kind. All rows are checked before any is kept. Files of evidence go
    into the folder that SVDASH_EVIDENCE names, snapshots into the one that SVDASH_SNAPSHOTS names.

    Exit status: 0 done, 2 the file is no sound backup, or the database can't be used or has records.
    """
    from svdash.records import connect, copies

    with faults_said():
        number, digest = copies.restore(connect(), file)
        click.echo(f"Restored {wording.counted(number, 'revision')}. {_last(number, digest)}")
        for trouble in _file_troubles():
            click.echo(trouble, err=True)


@click.command()
def doctor() -> None:
    """Check the database of records: that it can be used, and that nobody changed what was recorded.

    Every hash is worked out again, also of files that were given as evidence and of snapshots. Note the number and hash that it prints: if the last rows were removed later, only
    these show it. Files of evidence that nothing on record names are listed; they are no fault.

    Exit status: 0 sound, 1 something was changed or a file is gone, 2 the database can't be used.
    """
    from svdash.records import History, database, is_there

    with faults_said():
        if not is_there():
            click.echo(
                "There are no records yet: nobody has recorded anything in the database of the settings."
            )
            return
        opened = present()
        history = History(opened)
        found = history.faults()
        found += tuple(_file_troubles())
        for fault in found:
            click.echo(fault)
        for name in _unnamed_evidence():
            click.echo(
                f"{name} in the folder of evidence belongs to no record: the form it was attached to was never saved. It can be deleted."
            )
        number, digest = history.last()
        click.echo(f"{opened.address}, tables of version {database.version(opened)}")
        changed = f" {wording.counted(len(found), 'fault')}." if found else " Nothing was changed."
        click.echo(f"{wording.counted(number, 'revision')}.{changed} {_last(number, digest)}")
    sys.exit(1 if found else 0)


def present() -> Database:
    """Return the database of the settings, which must be there. Raises ``RecordsError``."""
    from svdash.records import RecordsError, connect, is_there

    if not is_there():
        raise RecordsError("There are no records: the file that SVDASH_DATABASE_URL names is not there.")
    return connect()


def _file_troubles() -> list[str]:
    """Return what is wrong with the files that were given as evidence and those of snapshots, as sentences."""
    from svdash.records import History, taken_snapshots
    from svdash.records.evidence_files import EvidenceFolder, files_in

    history = History(present())
    return [*EvidenceFolder().troubles(files_in(history)), *taken_snapshots.troubles(history)]


def _unnamed_evidence() -> tuple[str, ...]:
    """Return the files in the folder of evidence that no record names. No fault: nothing that was recorded is missing."""
    from svdash.records import History
    from svdash.records.evidence_files import EvidenceFolder, files_in

    return EvidenceFolder().unnamed(files_in(History(present())))


def who() -> str:
    """Return the name of the system's user who runs the command, for the history."""
    try:
        return f"command of {getpass.getuser()}"
    except (OSError, KeyError):
        return "command"


def _last(number: int, digest: str) -> str:
    return f"The last is number {number}, with the hash {digest}."


@contextmanager
def faults_said(*others: type[Exception]) -> Iterator[None]:
    """End with status 2 and a sentence where the records can't be used, or one of other errors for people is raised."""
    from svdash.records import RecordsError

    kinds: tuple[type[Exception], ...] = (RecordsError, *others)
    try:
        yield
    except kinds as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
