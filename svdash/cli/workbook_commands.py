"""The commands for a directorate's quarter as one workbook: ``updates download`` and ``updates upload``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from svdash import wording
from svdash.cli.records_commands import faults_said, who
from svdash.cli.signals import ended_in_order

if TYPE_CHECKING:
    from svdash.editions import Edition
    from svdash.findings.progress.workbook_changes import RowChange


@click.group()
def updates() -> None:
    """Write a directorate's quarterly updates in one Excel workbook."""


@updates.command()
@click.argument("directorate")
@click.argument("quarter")
@click.argument("file", type=click.Path(path_type=Path))
def download(directorate: str, quarter: str, file: Path) -> None:
    """Write the QUARTER of a DIRECTORATE, such as "2026/27 Q2" of people, into FILE, a workbook that is not there yet.

    Exit status: 0 done, 2 there is no such directorate or quarter, or the pack, the database or the file can't be used.
    """
    from svdash import editions
    from svdash.findings.progress import workbook_changes
    from svdash.records import RecordsError
    from svdash.records.workbook_writing import written
    from svdash.register import Framework
    from svdash.tables import PackError

    with faults_said(PackError):
        edition = editions.drafting()
        _check(edition, directorate, quarter)
        label = Framework.of(edition).vocabulary.label("directorate", directorate)
        workbook = workbook_changes.quarter_workbook(edition, directorate, quarter)
        try:
            with file.open("xb") as stream:
                stream.write(written(workbook, label))
        except OSError as error:
            raise RecordsError(f"{file}: it can't be written: {error.strerror}.") from error
        click.echo(f"{file}: {wording.counted(len(workbook.rows), 'row')}.")


@updates.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--save", "chosen", multiple=True, metavar="ID", help="Save the row of a commitment; may be repeated."
)
@click.option("--save-all", is_flag=True, help="Save every row that differs.")
def upload(file: Path, chosen: tuple[str, ...], *, save_all: bool) -> None:
    """Show what the workbook FILE changes, with every difference and fault; save the rows that are chosen.

    Without --save or --save-all nothing is saved. Rows are saved together or not at all.

    Exit status: 0 done, 1 chosen rows have faults, 2 the workbook, the pack or the database can't be used.
    """
    from svdash import editions
    from svdash.findings.progress import workbook_changes
    from svdash.records import History, RecordsError, connect
    from svdash.records.quarterly_updates import QuarterlyUpdates
    from svdash.records.workbook_reading import read_apart
    from svdash.tables import PackError

    with faults_said(PackError), ended_in_order():
        workbook = read_apart(file)
        edition = editions.drafting()
        _check(edition, workbook.directorate, workbook.period)
        today = datetime.now(UTC).date()
        found = workbook_changes.changes(edition, workbook, workbook.directorate, workbook.period, today)
        for each in found:
            _print(each)
        click.echo(f"{wording.counted(len(found), 'row')} differ from what is saved.")
        unknown = sorted(set(chosen) - {each.id for each in found})
        if unknown:
            raise RecordsError(
                f"{wording.listing(unknown, len(unknown))}: these rows do not differ. Nothing was saved."
            )
        wanted = [each for each in found if save_all or each.id in chosen]
        if any(each.faults for each in wanted):
            click.echo("Rows that were chosen have faults. Nothing was saved.", err=True)
            sys.exit(1)
        rows = [(each.update, each.parent) for each in wanted if each.update is not None]
        if rows:
            QuarterlyUpdates(History(connect())).save(rows, by=who(), view="updates upload")
        click.echo(f"{wording.counted(len(rows), 'row')} saved as drafts.")


def _print(change: RowChange) -> None:
    click.echo(f"{change.id} {change.title}")
    for heading, before, after in change.differences:
        click.echo(f"  {heading}: {before or 'nothing'} → {after or 'nothing'}")
    for caution in change.cautions:
        click.echo(f"  {caution}")
    for fault in change.faults:
        click.echo(f"  Can't be saved: {fault}")


def _check(edition: Edition, directorate: str, quarter: str) -> None:
    """Raise ``RecordsError`` unless there is such a directorate, and a quarter that may be written about."""
    from svdash.findings.progress import updates_owed
    from svdash.records import RecordsError
    from svdash.register import Framework

    known = Framework.of(edition).vocabulary.labels("directorate")
    if directorate not in known:
        raise RecordsError(
            f"{directorate}: there is no such directorate. Write {wording.choices(list(known))}."
        )
    may = updates_owed.quarters(datetime.now(UTC).date())
    if quarter not in may:
        raise RecordsError(f"{quarter}: updates are written for {wording.choices(list(may))} now.")
