"""Imports and inspects each file in a separate process, because a file may be built to break its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from svdash.importing import importer
from svdash.importing.files.source_files import Source
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Options, Reconciliation
from svdash.jobs import runner
from svdash.jobs.fence import Reach
from svdash.jobs.limits import Limits
from svdash.tables.faults import PackError
from svdash.tables.package import Pack, open_pack

T = TypeVar("T")
OnLate = Callable[[Reconciliation | Exception], None]

_ERRORS: Final = (ImportFileError, ImportRefusedError, PackError)
_SMALLER: Final = "If it ran out of memory or time, save a sheet as CSV, or import the file in parts, such as month by month."


class EndedError(ImportFileError):
    """The process that read a file ended before it had finished: it was killed, reached a limit, or failed."""


def run_import(
    name: str,
    source: Source,
    pack: Pack,
    options: Options,
    on_progress: runner.OnProgress,
    on_late: OnLate = lambda _: None,
) -> Reconciliation:
    """Import a file in a separate process.

    If ``on_progress`` raises, for example because the reader has left, a dry run is ended. An import that has begun is
    finished first, so that no pack is left between two states; one that still waits for its turn is not begun.

    Args:
        name: of the format.
        source: to be imported.
        pack: as it was read. For an import it must not have changed since; a dry run takes it as it is now.
        options: what was asked for, without progress.
        on_progress: called at least each half second with the share of the file that is read, in per cent, or ``WAITS``.
        on_late: called with the result or the error of an import if ``on_progress`` raised, before that error is passed on.

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
            reach=_reach(source, pack.path, options),
        )
    except runner.JobEndedError as error:
        raise _ended(error, source, pack, options) from error


def _reach(source: Source, pack: Path, options: Options) -> Reach:
    """Return what an import opens: the file and what was said of it; the pack, and a place for what is refused, to write."""
    refused = () if options.refused is None else (options.refused.absolute().parent,)
    read = (source.path, pack, *filter(None, [options.mapping]))
    written = () if options.dry_run else (pack, source.path.absolute().parent)
    return Reach(read, (*written, *refused))


def _ended(error: runner.JobEndedError, source: Source, pack: Pack, options: Options) -> EndedError:
    """Return the error with the file and the state of the pack added."""
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
    """Run a function of ``format_guess`` in a separate process and return its result.

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
            function,
            *args,
            on_progress=on_progress,
            limits=Limits.of(source.size),
            errors=_ERRORS,
            reach=Reach((source.path, *(each for each in args if isinstance(each, Path)))),
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
