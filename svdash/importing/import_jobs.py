"""Imports and inspects every file that somebody brings in a process of its own: a file may be made to break its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from svdash.importing import importer
from svdash.importing.files.source_files import Source
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.jobs import runner
from svdash.jobs.limits import Limits
from svdash.tables.faults import PackError
from svdash.tables.package import Pack, open_pack

T = TypeVar("T")
OnLate = Callable[[Reconciliation | Exception], None]

_ERRORS: Final = (ImportFileError, ImportRefusedError, PackError)
_SMALLER: Final = "If it ran out of memory or time, save a sheet as CSV, or import the file in parts, such as month by month."


class EndedError(ImportFileError):
    """The process that worked on a file ended before it was done: it was killed, reached a limit, or has a fault."""


def run_import(
    name: str,
    source: Source,
    pack: Pack,
    options: Options,
    on_progress: runner.OnProgress,
    on_late: OnLate = lambda _: None,
) -> Reconciliation:
    """Import a file, in a process of its own.

    Where ``on_progress`` raises, for example since the reader has gone, a dry run is ended. An import goes on to its end first:
    between the files of a pack there is no good moment to stop. If it still waits for its turn, it isn't begun.

    Args:
        name: of the format.
        source: to be imported.
        pack: as it was read. For an import it must not have changed since; a dry run takes it as it is now.
        options: what was asked for, without progress.
        on_progress: is told how much of the file is read, in per cent, or ``WAITS``; each half second at least.
        on_late: is told what came of an import, or its error, if ``on_progress`` raised; that goes on only afterwards.

    Raises:
        ImportFileError: as the importer does; or the process ended early, or the pack was changed.
        ImportRefusedError: as the importer does.
        PackError: the pack can't be opened.
    """
    given = (name, source, pack.path, None if options.dry_run else pack.fingerprint, options)

    def at_last(came: Reconciliation | Exception) -> None:
        on_late(_ended(came, source, pack, options) if isinstance(came, runner.JobEndedError) else came)

    try:
        return runner.run(
            import_into,
            *given,
            on_progress=on_progress,
            on_late=None if options.dry_run else at_last,
            limits=Limits.of(source.size),
            errors=_ERRORS,
        )
    except runner.JobEndedError as error:
        raise _ended(error, source, pack, options) from error


def _ended(error: runner.JobEndedError, source: Source, pack: Pack, options: Options) -> EndedError:
    """The same with the file, and with what is known of the pack."""
    same = options.dry_run or _is_as_it_was(pack)
    return EndedError(
        f"{source.path}: {error} "
        + (
            f"The pack is as it was. {_SMALLER}"
            if same
            else "The pack has changed: run python -m svdash check, and import the file again."
        )
    )


def _is_as_it_was(pack: Pack) -> bool:
    try:
        return open_pack(pack.path).fingerprint == pack.fingerprint
    except PackError:
        return False  # what is wrong with it, the check says


def inspect(function: Callable[..., T], *args: object, source: Source, on_progress: runner.OnProgress) -> T:
    """Return what a function of ``format_guess`` tells of a file, in a process of its own.

    Args:
        function: to be called.
        args: of it.
        source: the file that it looks at.
        on_progress: as for :func:`svdash.jobs.runner.run`.

    Raises:
        ImportFileError: as the function does; or the process ended early.
    """
    try:
        return runner.run(
            function, *args, on_progress=on_progress, limits=Limits.of(source.size), errors=_ERRORS
        )
    except runner.JobEndedError as error:
        raise EndedError(f"{source.path}: {error} {_SMALLER}") from error


def import_into(
    name: str, source: Source, folder: Path, fingerprint: str | None, options: Options
) -> Reconciliation:
    """Import a file into the pack in a folder, of that fingerprint if one is given. Raises as :func:`run_import`."""
    pack = open_pack(folder)
    if fingerprint not in (None, pack.fingerprint):
        raise ImportFileError(f"{folder}: the pack was changed meanwhile. Nothing was written. Import again.")
    return importer(name)(source, pack, replace(options, progress=runner.progress))
