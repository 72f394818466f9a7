"""The command ``python -m svdash pull``: pulls products into a pack and reports the result to a person or a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from svdash import editions, wording
from svdash.cli.import_command import DONE, REFUSED, UNREADABLE, reconciliation_lines
from svdash.importing.pull.fetch import Fetched, Progress, PullError
from svdash.importing.pull.into_pack import Pulled, Watcher, pull_into
from svdash.importing.pull.products import Part
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.tables.faults import PackError

Say = Callable[[str], None]


def pull(names: Sequence[str], pack: Path | None, options: Options, *, as_json: bool) -> int:
    """Pull products into a pack, print the result, and return the exit status.

    Args:
        names: the products.
        pack: folder of the pack; by default the one in the settings.
        options: only dry_run, simplify and by are used; the products set the others.
        as_json: whether only the result is printed, as JSON.
    """
    done = Pulled()
    say: Say = (lambda _: None) if as_json else click.echo
    status, problem = DONE, None
    try:
        pull_into(editions.writable(pack), names, options, done, _watcher(say))
        for note in done.notes:
            say(f"Note: {note}")
        say(_ending(done, options))
    except ImportRefusedError as error:
        status, problem = REFUSED, str(error)
    except (PullError, ImportFileError, PackError) as error:
        status, problem = UNREADABLE, str(error)
    except OSError as error:
        problem = (
            f"The pack can't be copied to work on ({error}). Make room beside it. The pack is as it was."
        )
        status = UNREADABLE
    if as_json:
        click.echo(
            json.dumps(done.as_dict(dry_run=options.dry_run, problem=problem), ensure_ascii=False, indent=2)
        )
    if problem is not None:
        click.echo(f"{'Refused' if status == REFUSED else 'Error'}: {problem}", err=True)
    return status


def _watcher(say: Say) -> Watcher:
    def imported(made: Reconciliation) -> None:
        for line in reconciliation_lines(made):
            # The last line says what the pack gets.
            if not line.startswith(("Written to", "Nothing changed in")):
                say(line)

    return Watcher(_progress, lambda part, found: say(_described(part, found)), imported)


def _described(part: Part, found: Fetched) -> str:
    size = f"{wording.number(found.size)} bytes"
    if not found.received:
        come = f"{size}, unchanged since {found.on}"
    elif found.received < found.size:
        come = f"{size}, of which {wording.number(found.received)} were fetched now"
    else:
        come = size
    sure = "as expected" if found.checked else "recorded; no fingerprint was given to compare it with"
    other = f" Another edition than that of {found.other}." if found.other else ""
    return f"{part.what}: {come}, from {found.address}\n  SHA-256 {found.sha256} ({sure}).{other}"


def _ending(done: Pulled, options: Options) -> str:
    if not done.changed:
        return "Nothing changes in the pack."
    named = wording.every(done.changed)
    if options.dry_run:
        return f"A dry run: nothing was written. It would be: {named}."
    return f"Written: {named}. Run check to see whether all fits together."


@contextmanager
def _progress(part: Part) -> Iterator[Progress | None]:
    """Show a progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=f"Fetching {part.what}", file=sys.stderr) as bar:

        def moved(done: int, of: int | None) -> None:
            # If the server gives no size, the bar is full and shows no bytes.
            bar.length = of or done
            bar.update(done - bar.pos)

        yield moved
