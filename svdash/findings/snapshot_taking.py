"""Takes a snapshot: works out what all pages show, writes it under the hash of its content, and records who took it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from svdash import __version__, settings
from svdash.caching import sealed_archive
from svdash.editions import Edition
from svdash.findings import overview_cards
from svdash.findings.finding import Finding
from svdash.findings.open_data import data_catalogue
from svdash.findings.page_contents import PAGES, Planned, view_of
from svdash.findings.snapshots.stored_snapshot import Entry, Snapshot, SnapshotError, read, written
from svdash.register import FILTERS

if TYPE_CHECKING:
    from svdash.records.taken_snapshots import TakenSnapshot

Progress = Callable[[int, int], None]
# The largest file that is written: what people would not want to keep every quarter.
MOST_BYTES: Final = 50_000_000
OVERVIEW: Final = "overview"


def planned(
    edition: Edition, given: Mapping[str, str], pages: Iterable[str] = PAGES
) -> list[tuple[str, Planned]]:
    """Return what pages show where an address names these filters: each page with a finding that is not worked out yet.

    Raises:
        SnapshotError: a filter or a page can't be.
    """
    wanted = tuple(pages)
    unknown = sorted(set(wanted) - set(PAGES))
    if unknown:
        raise SnapshotError(
            f"No snapshot holds the page {', '.join(unknown)}; those that can be are {', '.join(PAGES)}."
        )
    strange = sorted(set(given) - set(FILTERS))
    if strange:
        raise SnapshotError(f"There is no filter {', '.join(strange)}; there are {', '.join(FILTERS)}.")
    try:
        return [
            (page, each)
            for page, contents in PAGES.items()
            if page in wanted
            for each in contents(edition, view_of(edition, page, given))
        ]
    except ValueError as error:
        raise SnapshotError(f"{error}.") from error


def worked_out(
    edition: Edition,
    given: Mapping[str, str] | None = None,
    progress: Progress = lambda _done, _of: None,
    pages: Iterable[str] = PAGES,
) -> Snapshot:
    """Return a snapshot of what all pages show now, which is stored nowhere yet.

    Args:
        edition: what is looked at.
        given: the filters, as in an address; without any, each page has its own usual ones.
        progress: told after each finding how many are done, and of how many.
        pages: which pages, as :data:`svdash.findings.page_contents.PAGES` names them.

    Raises:
        SnapshotError: a filter or a page can't be.
    """
    plans = planned(edition, given or {}, pages)
    plans_of = {page for page, _ in plans}

    def shown() -> Iterator[tuple[Entry, Finding]]:
        for done, (page, each) in enumerate(plans, 1):
            found = each.build()
            yield _entry(page, each, found), found
            progress(done, len(plans))

    screen = {}
    if OVERVIEW in plans_of:
        screen = overview_cards.as_json(
            overview_cards.board(edition, view_of(edition, OVERVIEW, given or {}))
        )
    return written(edition, given or {}, shown(), __version__, data_catalogue.demonstration(edition), screen)


def _entry(page: str, plan: Planned, found: Finding) -> Entry:
    key = "/".join(each for each in (page, plan.part, plan.variant, found.name) if each)
    return Entry(
        key=key,
        page=page,
        name=found.name,
        headline=found.headline,
        part=plan.part,
        variant=plan.variant,
        label=plan.label,
        params=found.params,
        rows=plan.rows,
        controls=plan.controls,
        usual=plan.usual,
    )


def taken(
    edition: Edition,
    given: Mapping[str, str] | None = None,
    *,
    name: str,
    by: str,
    view: str,
    progress: Progress = lambda _done, _of: None,
    pages: Iterable[str] = PAGES,
) -> TakenSnapshot:
    """Take a snapshot of what all pages show now: its file, and a revision that says who took it.

    Args:
        edition: what is looked at.
        given: the filters, as in an address.
        name: what people call it; empty keeps the name that the same content has already.
        by: who takes it.
        view: the address of the page, or the command.
        progress: told after each finding how many are done, and of how many.
        pages: which pages, as :data:`svdash.findings.page_contents.PAGES` names them.

    Raises:
        SnapshotError: a filter or a page can't be, or the file can't be written; nothing was recorded.
        RecordsError: the name can't be, or the database can't be reached.
    """
    return stored(worked_out(edition, given, progress, pages), name=name, by=by, view=view)


def stored(snapshot: Snapshot, *, name: str, by: str, view: str) -> TakenSnapshot:
    """Write the file of a snapshot, unless it is there, and record who took it. Arguments and errors as for :func:`taken`."""
    # Imported where there are records: the libraries for databases take a while to load.
    from svdash.records import History, connect
    from svdash.records.taken_snapshots import SnapshotLog

    folder = settings.snapshots_folder()
    try:
        if not _is_whole(snapshot):
            sealed_archive.keep(folder, snapshot.archive)
    except OSError as error:
        raise SnapshotError(
            f"The snapshot can't be written: {error.strerror or error}. Make room, or check that the server may write in the "
            "folder that SVDASH_SNAPSHOTS names, and take it again."
        ) from error
    about = {
        "id": snapshot.id,
        "name": name,
        "fingerprint": snapshot.fingerprint,
        "version": snapshot.version,
        "view": dict(snapshot.view),
        "entries": len(snapshot.entries),
        "size": snapshot.archive.size,
    }
    return SnapshotLog(History(connect())).record(about, by=by, view=view)


def _is_whole(snapshot: Snapshot) -> bool:
    """Return whether the file is there and sound: one that was cut off or altered is written anew."""
    file = sealed_archive.place(settings.snapshots_folder(), snapshot.id)
    try:
        read(file.read_bytes(), snapshot.id)
    except (FileNotFoundError, SnapshotError):
        return False
    return True
