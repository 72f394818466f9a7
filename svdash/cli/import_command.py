"""The command ``python -m svdash import``: runs an importer and reports the result to a person or a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from svdash import wording
from svdash.importing.reconciliation import (
    ImportFileError,
    ImportRefusedError,
    Options,
    Reconciliation,
)
from svdash.tables.faults import PackError

DONE, REFUSED, UNREADABLE = 0, 1, 2
_NAMED_HEADINGS = 12
_NAMED_TOTALS = 12


def import_file(name: str, file: Path, pack: Path | None, options: Options, *, as_json: bool) -> int:
    """Import a file, print the result, and return the exit status.

    Args:
        name: the format.
        file: the file to import.
        pack: folder of the pack; by default the one in the settings.
        options: the options of the command, without progress.
        as_json: whether the reconciliation is printed as JSON, and nothing else.
    """
    from svdash import editions
    from svdash.importing import import_jobs
    from svdash.importing.files.source_files import open_source

    problem: Exception | None = None
    try:
        opened = editions.writable(pack)
        with _progress() as told_so_far:
            found = import_jobs.run_import(name, open_source(file), opened, options, told_so_far)
    except ImportRefusedError as error:
        found, problem = error.reconciliation, error
    except (ImportFileError, PackError) as error:
        click.echo(f"Error: {error}", err=True)
        return UNREADABLE
    except OSError as error:
        # Of a temporary file: errors of the imported file and of the pack are handled above.
        click.echo(
            f"Error: {file}: it can't be processed ({error}). Nothing was imported. Make room in the temporary "
            "folder, or name another one in TMPDIR.",
            err=True,
        )
        return UNREADABLE
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        for line in reconciliation_lines(found):
            click.echo(line)
    if problem is not None:
        click.echo(f"Refused: {problem}", err=True)
        return REFUSED
    return DONE


def reconciliation_lines(found: Reconciliation) -> Iterator[str]:
    """Return a reconciliation as lines for a person."""
    yield f"{found.file}: {found.form}." if found.form else f"{found.file}:"
    yield from _mapping(found)
    yield from _accounts(found)
    yield from _seen(found)
    for note in found.notes:
        yield f"Note: {note}"
    if found.refused_file is not None:
        yield f"Refused lines: {found.refused_file}"
    tables = wording.every(found.tables)
    if found.refusal is None and found.used.rows:
        changed = f"Written to {tables}." if found.changed else f"Nothing changed in {tables}."
        yield "A dry run: nothing was written." if found.dry_run else changed


def _mapping(found: Reconciliation) -> Iterator[str]:
    used = [each for each in found.mapping if each["field"]]
    rest = [each["heading"] for each in found.mapping if not each["field"]]
    width = max((len(each["field"]) for each in used), default=0)
    for each in used:
        heading = f"“{each['heading']}”" if each["heading"] else ""
        yield f"  {each['field'].ljust(width)}  {heading + ' ' if heading else ''}({each['how']})"
    if rest:
        yield f"  Not used: {wording.choices((f'“{name}”' for name in rest), _NAMED_HEADINGS)}."


def _accounts(found: Reconciliation) -> Iterator[str]:
    rows = wording.counted(found.incoming.rows, "row")
    besides = [
        f"{wording.number(number)} {what}"
        for number, what in ((found.preamble, "above the headings"), (found.blank, "blank"))
        if number
    ]
    beside = f" (besides {wording.every(besides)})" if besides else ""
    # Of a file that the pack refuses nothing is used, whatever its rows are like.
    used = "used" if found.refusal is None else "could be used"
    parts = [f"{wording.number(found.used.rows)} {used}", f"{wording.number(found.refused_rows)} refused"]
    yield f"{rows} read{beside} = {' + '.join(parts)}."
    if found.money:
        without = found.refused_without
        unread = (
            f" Without an amount that can be read: {wording.counted(without, 'refused row')}."
            if without
            else ""
        )
        yield (
            f"{wording.exact_money(found.incoming.pence)} in = {wording.exact_money(found.used.pence)} {used} + {wording.exact_money(found.refused_pence)} "
            f"refused.{unread}"
        )
    for tally in sorted(found.refused.values(), key=lambda each: -each.rows):
        money = f", {wording.exact_money(tally.pence)}" if found.money else ""
        yield f"  Refused: {wording.number(tally.rows)}{money}: {tally.words} (first in row {tally.first}). {tally.remedy}"


def _seen(found: Reconciliation) -> Iterator[str]:
    """Return the overview, in which faults show: days, months, suppliers, totals of the file, sheets that were not read."""
    if found.overview is not None:
        yield from found.overview.sentences(found.used.pence)
    for each in found.totals[:_NAMED_TOTALS]:
        ours = (
            "can't be compared"
            if each.ours is None
            else f"our lines come to {wording.exact_money(each.ours)}"
        )
        yield f"  Total in row {each.row}: {wording.exact_money(each.stated)}; {ours}."
    if found.sheets_not_read:
        yield f"Not read: {', '.join(found.sheets_not_read)}."


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=100, label="Reading", file=sys.stderr) as bar:
        yield lambda percent: bar.update(max(0, percent - bar.pos))
