"""The command line: ``python -m svdash``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from svdash import __version__, wording
from svdash.cli import (
    indicator_commands,
    records_commands,
    reminder_commands,
    role_commands,
    snapshot_commands,
    workbook_commands,
)
from svdash.cli.pack_option import PACK, named
from svdash.cli.signals import ended_in_order

if TYPE_CHECKING:
    from svdash.tables import Fault, Pack

# A check that takes longer than this shows a progress bar.
_PATIENCE_SECONDS = 1.0


_SIMPLIFY: Final = click.option(
    "--simplify",
    type=click.FloatRange(1, 1000),
    metavar="METRES",
    help="Simplify outlines of boundaries so far.",
)


@click.group()
@click.version_option(__version__, prog_name="svdash")
def main() -> None:
    """Commands of the dashboard for a social value framework.

    Commands read the data pack that --pack or SVDASH_PACK names, by default the one in the folder "data": in the repository
    the embedded pack, for an installed svdash that of the current directory. backup, restore, doctor, people, remind, roles,
    snapshot and updates use the database of records that SVDASH_DATABASE_URL names, and the data pack of SVDASH_PACK.
    """


for _command in (
    records_commands.backup,
    records_commands.restore,
    records_commands.doctor,
    reminder_commands.people,
    reminder_commands.remind,
    workbook_commands.updates,
    role_commands.roles,
    snapshot_commands.snapshot,
    indicator_commands.indicator,
):
    main.add_command(_command)


@main.command()
@click.argument("folder", metavar="[PACK]", required=False, type=click.Path(path_type=Path))
@PACK
@click.option("--json", "as_json", is_flag=True, help="Print the faults as a JSON list.")
def check(folder: Path | None, pack: Path | None, as_json: bool) -> None:
    """Check a data pack and print every fault with its place and remedy.

    PACK is the folder that holds datapackage.json, the same as --pack; without it, the one of the settings.

    Exit status: 0 without faults, 1 with faults, 2 if the pack can't be opened.
    """
    # pandas takes a second to load: --help must not wait for it.
    from svdash import editions
    from svdash.lines.line_faults import group_faults, line_faults
    from svdash.tables import PackError, authority, boundary_faults, gap_sizes

    try:
        opened = editions.writable(named(folder, pack))
        _read_all(opened)
        faults = (
            *opened.lacking,
            *authority.faults(opened),
            *gap_sizes.faults(opened),
            *opened.faults,
            *boundary_faults.faults(opened),
            *opened.contradictions,
            *line_faults(opened),
            *group_faults(opened),
        )
    except PackError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    if as_json:
        rows = [{**asdict(fault), "message": str(fault)} for fault in faults]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(str(fault))
        for note in _notes(opened):
            click.echo(f"Note: {note}")
        click.echo(_summary(opened, faults))
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("folder", metavar="[PACK]", required=False, type=click.Path(path_type=Path))
@PACK
def rollup(folder: Path | None, pack: Path | None) -> None:
    """Sum the lines of a data pack into cells, as the dashboard does at its first start.

    PACK is the folder that holds datapackage.json, the same as --pack; without it, the one of the settings.
    """
    from svdash import editions
    from svdash.lines import rollup as lines
    from svdash.tables import PackError

    def show(done: int, of: int, what: str) -> None:
        if _has_reader():
            click.echo(f"{done} of {of}: {what}", err=True)

    try:
        cells = lines.rollup(editions.current(named(folder, pack)), progress=show)
    except PackError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    click.echo(
        f"{wording.number(len(cells.payments))} cells of payments, {wording.number(len(cells.people))} cells of people."
    )


@main.command("import")
@click.argument("form", metavar="FORMAT")
@click.argument("file", type=click.Path(path_type=Path))
@PACK
@click.option("--dry-run", is_flag=True, help="Read and reconcile, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the reconciliation as JSON, and nothing else.")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="JSON or CSV that says which column is what."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADING",
    help="The same for one column; #4 is the fourth.",
)
@click.option(
    "--constant",
    "constants",
    multiple=True,
    metavar="FIELD=VALUE",
    help="What is the same in all rows, such as date=2024-04.",
)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="FIELD:WORD=CODE",
    help="What a word in a column means, such as sign:CR=credit.",
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="QUESTION=ANSWER",
    help="An answer to what an import asks, such as unit=thousands.",
)
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy", "mixed"]),
    help="Whether day or month comes first in 03/04/2024; mixed: a spreadsheet exchanged them up to the 12th.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Take lines from this day on, and have the pack begin there if it begins later.",
)
@_SIMPLIFY
@click.option("--vintage", metavar="YEAR", help="Edition of the Indices of Deprivation, such as 2019.")
@click.option("--programme", metavar="CODE", help="Programme of all lines; none for no programme.")
@click.option(
    "--sheet", metavar="NAME", help="Sheet of a workbook, or layer of boundaries, where there are several."
)
@click.option(
    "--headings",
    type=click.IntRange(min=1),
    metavar="ROW",
    help="Row of the headings, where it is not found.",
)
@click.option("--replace", is_flag=True, help="Replace illustrative lines, or figures that differ.")
@click.option(
    "--overlap",
    type=click.Choice(["refuse", "keep", "supersede"]),
    default="refuse",
    show_default=True,
    help="What to do where an earlier file has most of the lines.",
)
@click.option("--refused", type=click.Path(path_type=Path), help="Where the refused lines go.")
@click.option("--source", metavar="ADDRESS", help="Where the file was fetched from.")
@click.option("--licence", metavar="NAME", help="Licence of the file, such as OGL-UK-3.0.")
@click.option("--by", metavar="WHO", help="Who answers for it; the authority by default.")
@click.option(
    "--forget", is_flag=True, help="Ignore the answers given for earlier files with these headings."
)
def import_(form: str, file: Path, *, pack: Path | None, as_json: bool, **given: Any) -> None:
    """Import a published file into a data pack, with a reconciliation of every row and penny.

    FORMAT is spend (spending over £500), 360giving (grants), pay-gap (gender pay gap returns), iod (Indices of
    Deprivation, File 7), boundaries (GeoJSON, GeoPackage, Shapefile), lsoa-lookup (LSOAs of 2011 to 2021), postcodes
    (OS Code-Point Open), ocds (contracts) or outcomes (an outcome framework). The command proposes a mapping of the columns, shows it and remembers
    it; --mapping and --column change it. Refused lines are written beside the file, each with its reason. Either the
    whole import is written or nothing.

    Exit status: 0 imported, 1 no row could be used or the pack refuses the import, 2 the file cannot be read.
    """
    from svdash.cli.import_command import import_file
    from svdash.importing import FORMATS
    from svdash.importing.reconciliation import ImportFileError, Options

    if form not in FORMATS:
        raise click.BadParameter(f"{form!r} is none of: {', '.join(FORMATS)}.", param_hint="FORMAT")
    given["since"] = given["since"].date() if given["since"] else None
    given |= {name: _pairs(f"--{name[:-1]}", given[name]) for name in ("columns", "constants", "answers")}
    given["values"] = tuple(
        (*_pairs("--value", [name], ":")[0], code) for name, code in _pairs("--value", given["values"])
    )
    dates = given.pop("dates")
    given["answers"] += (("dates", dates),) if dates else ()
    try:
        options = Options(**given)
    except ImportFileError as error:
        raise click.UsageError(str(error)) from error
    with ended_in_order():
        sys.exit(import_file(form, file, pack, options, as_json=as_json))


_FORMS = {
    "--column": "FIELD=HEADING, such as date=Paid on",
    "--constant": "FIELD=VALUE, such as date=2024-04",
    "--answer": "QUESTION=ANSWER, such as unit=thousands",
    "--value": "FIELD:WORD=CODE, such as sign:CR=credit",
}


def _pairs(option: str, given: Sequence[str], mark: str = "=") -> tuple[tuple[str, str], ...]:
    """Split an option's values in two at a mark: at its first occurrence, or for words at the last."""
    wrong = next((each for each in given if mark not in each), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is not {_FORMS[option]}.", param_hint=option)
    parts = [
        each.rpartition(mark) if option == "--value" and mark == "=" else each.partition(mark)
        for each in given
    ]
    return tuple((name, value) for name, _, value in parts)


@main.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@PACK
@click.option("--dry-run", is_flag=True, help="Fetch and reconcile, and change nothing in the pack.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON, and nothing else.")
@_SIMPLIFY
@click.option("--by", metavar="WHO", help="Who answers for it; the authority by default.")
def pull(names: tuple[str, ...], *, pack: Path | None, as_json: bool, **given: Any) -> None:
    """Fetch official statistics from their publishers into a data pack.

    NAME is iod2025 (Indices of Deprivation 2025, with the lookup that moves lines from areas of 2011 to those of 2021),
    boundaries2021 (outlines of the areas of 2021) or postcodes (OS Code-Point Open, placed in the outlines). Several
    are imported together, in the right order, all or none. Interrupted downloads are resumed. The address of each file
    is a setting (see the README).

    Exit status: 0 imported, 1 the pack refuses the import, 2 a file cannot be fetched or read.
    """
    from svdash.cli.pull_command import pull as pulled
    from svdash.importing.pull.products import PRODUCTS
    from svdash.importing.reconciliation import Options

    wrong = next((name for name in names if name not in PRODUCTS), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is none of: {', '.join(PRODUCTS)}.", param_hint="NAME")
    with ended_in_order():
        sys.exit(pulled(names, pack, Options(**given), as_json=as_json))


def _notes(pack: Pack) -> list[str]:
    """Return notes on files that nothing reads, and on the lines; none on those that cannot be read, which is a fault."""
    from svdash.lines.line_faults import line_notes
    from svdash.tables import LinesError, unread_files

    try:
        return [*unread_files.notes(pack), *line_notes(pack)]
    except LinesError:
        return [*unread_files.notes(pack)]


def _read_all(pack: Pack) -> None:
    """Read every table, with a progress bar for a person who waits."""
    begin = time.monotonic()
    with ExitStack() as stack:
        bar = None
        for done, name in enumerate(pack.names, start=1):
            if name not in pack.lines:
                pack.withheld(name)
            slow = _has_reader() and time.monotonic() - begin > _PATIENCE_SECONDS
            if bar is not None:
                bar.update(1)
            elif slow:
                bar = stack.enter_context(
                    click.progressbar(length=len(pack.names), label="Checking", file=sys.stderr)
                )
                bar.update(done)


def _has_reader() -> bool:
    """Return whether standard error is a terminal."""
    return sys.stderr.isatty()


def _summary(pack: Pack, faults: tuple[Fault, ...]) -> str:
    if faults:
        tables = len({fault.table for fault in faults})
        return f"{wording.counted(len(faults), 'fault')} in {wording.counted(tables, 'table')}"
    rows = sum(pack.count(name) for name in pack.tables)
    return f"No faults: {wording.counted(len(pack.tables), 'table')}, {wording.counted(rows, 'row')}."
