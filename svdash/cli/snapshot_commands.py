"""The commands for snapshots: ``snapshot``, ``snapshot list``, ``snapshot withdraw`` and ``snapshot compare``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from svdash import wording
from svdash.cli.records_commands import faults_said, present, who
from svdash.cli.signals import ended_in_order

if TYPE_CHECKING:
    from svdash.findings.snapshots.comparison import Comparison, EntryChange

# Rows of a finding that are printed; --all prints every one.
_ROWS: Final = 5
# The fewest digits of an id that name a snapshot.
_FEWEST: Final = 8
# The filters, by name; the register, which has them too, takes a while to load, and a test compares the two.
FILTERS: Final = ("role", "commitment", "year", "compare", "district", "vintage")


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(FILTERS):
        command = click.option(f"--{name}", help=f"The filter {name}, as an address has it.")(command)
    return command


@click.group(invoke_without_command=True)
@click.option("--name", default="", help="What people call it, such as “Board, 14 January”.")
@_filters
@click.pass_context
def snapshot(context: click.Context, /, name: str, **filters: str | None) -> None:
    """Take a snapshot: everything that the pages show, kept under the hash of its content.

    It opens again with the same figures whatever becomes of the data and the program: add ?snapshot=ID to a page's address.
    The same content has the same id, so taking it again changes nothing but its name.

    Exit status: 0 done, 2 it can't be taken.
    """
    if context.invoked_subcommand is not None:
        return
    from svdash import editions
    from svdash.findings import snapshot_taking
    from svdash.findings.snapshots import SnapshotError
    from svdash.records import connect
    from svdash.tables import LinesError, PackError

    with faults_said(SnapshotError, PackError, LinesError), ended_in_order():
        # A pack that isn't there is said before a database is made for it, and either before a minute's work.
        editions.writable()
        connect()
        given = {each: value for each, value in filters.items() if value}
        with _progress() as progress:
            found = snapshot_taking.worked_out(editions.current(), given, progress)
        taken = snapshot_taking.stored(found, name=name, by=who(), view="snapshot")
        outcome = "It was taken before" if taken.again else "Taken"
        size = wording.file_size(taken.size)
        click.echo(f"{outcome}: {taken.name}, {wording.counted(taken.entries, 'finding')}, {size}")
        click.echo(taken.id)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    with click.progressbar(length=1, label="Taking", file=sys.stderr) as bar:

        def moved(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield moved


@snapshot.command(name="list")
def list_() -> None:
    """List the snapshots that were taken, the newest first; those that were withdrawn say so.

    Exit status: 0 done, 2 the database can't be used.
    """
    from svdash.findings.snapshots import SHORT, listed

    with faults_said():
        found = listed(withdrawn=True)
        for each in found:
            size = wording.file_size(each.size)
            click.echo(
                f"{each.id[:SHORT]}  {each.name}, taken at {wording.moment(each.taken_at)} by {each.by}, "
                f"{wording.counted(each.entries, 'finding')}, {size}{f'; {each.withdrawn}' if each.withdrawn else ''}"
            )
        if not found:
            click.echo("No snapshot was taken yet: python -m svdash snapshot takes one.")


@snapshot.command()
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="The reason, which readers see; it stays in the history.")
def withdraw(id_: str, reason: str) -> None:
    """Withdraw the snapshot ID, named by its id or the first 8 digits of it, for good.

    Pages and routes refuse it from then on and say why; lists mark it, and its file stays for audit.

    Exit status: 0 done, 2 it can't be withdrawn.
    """
    from svdash.records import History, RecordsError
    from svdash.records.taken_snapshots import SnapshotLog

    with faults_said():
        log = SnapshotLog(History(present()))
        digits = id_.strip().casefold()
        named = [each for each in log.all() if len(digits) >= _FEWEST and each.id.startswith(digits)]
        if len(named) != 1:
            raise RecordsError(
                f"{len(named)} snapshots on record begin with {id_[:80]!r}: write the id, or its first {_FEWEST} digits or more."
            )
        done = log.withdraw(named[0].id, reason, by=who(), view="snapshot withdraw")
        click.echo(f"“{done.name}” {done.withdrawn}.")


@snapshot.command()
@click.argument("before")
@click.argument("after")
@click.option("--all", "whole", is_flag=True, help="Print every row that changed.")
def compare(before: str, after: str, *, whole: bool) -> None:
    """Compare the snapshots BEFORE and AFTER, named by their ids or the first 8 digits of them.

    Each finding that came, went or changed is named, with the rows that changed, by how much, and whether that is real by the
    finding's own verdicts and intervals.

    Snapshots that were withdrawn, or that are not on record here, are compared too, and said to be so.

    Exit status: 0 the same, 1 something changed, 2 one of them can't be opened.
    """
    from svdash.findings.snapshots import SnapshotError, opened_for_audit, record_of
    from svdash.findings.snapshots.comparison import compared

    with faults_said(SnapshotError):
        found = compared(opened_for_audit(before), opened_for_audit(after))
        for each in (found.before, found.after):
            record = record_of(each.id)
            if record is None:
                click.echo(f"Note: nothing on record says that the snapshot {each.short} was taken here.")
            elif record.withdrawn:
                click.echo(f"Note: the snapshot {each.short}, “{record.name}”, {record.withdrawn}.")
    click.echo(f"{found.headline}. {found.sentence}".rstrip())
    for line in _lines(found, whole=whole):
        click.echo(line)
    sys.exit(1 if found.changed or found.came or found.gone else 0)


def _lines(found: Comparison, *, whole: bool) -> Iterator[str]:
    for entry in found.came:
        yield f"New: {entry.key}: {entry.headline}"
    for entry in found.gone:
        yield f"Gone: {entry.key}: {entry.headline}"
    for each in found.changed:
        yield f"Changed: {each.key}: {each.after.headline}"
        if each.before.headline != each.after.headline:
            yield f"  before: {each.before.headline}"
        if each.verdict:
            yield f"  verdict: {each.verdict[0] or 'none'}, now {each.verdict[1] or 'none'}"
        yield from _rows(each, len(each.rows) if whole else _ROWS)


def _rows(change: EntryChange, most: int) -> Iterator[str]:
    for row in change.rows[:most]:
        cells = "; ".join(
            f"{cell.column} {cell.before} → {cell.after}{f' ({cell.by})' if cell.by else ''}"
            for cell in row.cells
        )
        yield f"  {row.row} {row.what}{f': {cells}' if cells else ''}{f'. {wording.sentence(row.real)}' if row.real else ''}"
    if len(change.rows) > most:
        yield f"  and {wording.counted(len(change.rows) - most, 'row')} more; --all prints them"
