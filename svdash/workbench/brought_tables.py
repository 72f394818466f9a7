"""Tables that analysts bring to the workbench: read once in a process of its own, kept as plain Parquet, asked under lock.

A table is known by the SHA-256 of the file's bytes; where a person said more of the file, such as which sheet is meant, by the
SHA-256 of both; where it was read before with other places of the pack, by that of these and of the places. Its file stands in
the folder ``workbench`` of ``SVDASH_VAR``, with its profile beside it as JSON, for whatever draft names it, until somebody
takes it away.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from pydantic import TypeAdapter, ValidationError

from svdash import wording
from svdash.importing.files.source_files import Source, open_source
from svdash.importing.reconciliation import ImportFileError
from svdash.jobs import runner
from svdash.jobs.fence import Reach
from svdash.jobs.limits import Limits
from svdash.lines.locked_tables import locked, parquet, quoted
from svdash.settings import var_folder
from svdash.workbench.brought_errors import BroughtError
from svdash.workbench.brought_reading import TABLE, Asked, Reading, read_brought
from svdash.workbench.formula import Kind
from svdash.workbench.incoming_files import MOST_BYTES, size
from svdash.workbench.known_places import Places
from svdash.workbench.profile import Profile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# All files together, as they are kept.
MOST_KEPT: Final = 10 * 1024**3
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BroughtColumn:
    """A column of a brought table: its name and kind."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class BroughtTable:
    """A table that was brought.

    Attributes:
        sha256: of the file's bytes as they came, with what a person said of it; by this drafts name it.
        name: of the file, with its ending.
        file: where its rows are kept.
        rows: their number.
        columns: names and kinds, in the order of the file; behind them the codes of areas by name.
        brought: when, as an ISO time.
        by: by whom, as the history knows them; empty for the command line.
        rows_sha256: of its rows as they are kept.
        places: digest of the places that its areas by name were found among.
    """

    sha256: str
    name: str
    file: Path
    rows: int
    columns: tuple[BroughtColumn, ...]
    brought: str = ""
    by: str = ""
    rows_sha256: str = ""
    places: str = ""

    @property
    def kinds(self) -> dict[str, Kind]:
        """Name → kind of its columns, as formulas want them."""
        return {each.name: each.kind for each in self.columns}


@dataclass(frozen=True)
class _Kept:
    """What stands beside the rows of a table."""

    name: str
    rows: int
    columns: tuple[BroughtColumn, ...]
    rows_sha256: str
    brought: str
    by: str
    profile: Profile
    places: str = ""


_KEPT: Final = TypeAdapter(_Kept)


def folder() -> Path:
    """Return the folder of brought tables; it may not exist."""
    return var_folder() / "workbench"


def opened(path: Path) -> Source:
    """Return a file that somebody brings, by its first bytes.

    Raises:
        BroughtError: it is nothing that is read here, empty, or too large.
    """
    try:
        source = open_source(path, parquet=True)
    except ImportFileError as error:
        raise _as_brought(error, path) from error
    if source.size > MOST_BYTES:
        raise BroughtError(
            f"{path.name}: it has {wording.file_size(source.size)}, and at most {MOST_BYTES // 1024**2} MB are read. Bring the columns or rows that "
            "the indicator needs, or save it as Parquet, which is smaller."
        )
    return source


def bring(
    source: Source,
    asked: Asked,
    on_progress: runner.OnProgress,
    *,
    places: Places | None = None,
    by: str = "",
) -> BroughtTable:
    """Read a file in a process of its own, and keep its table and profile. The same file twice is read once for the same places.

    Args:
        source: the file, from :func:`opened`.
        asked: what a person said of it.
        on_progress: as for :func:`svdash.jobs.runner.run`; raise in it to end the reading.
        places: the places that areas by name are found among; none by default.
        by: who brings it.

    Raises:
        BroughtError: it can't be used, or its reader came to an end. The message says what to do.
    """
    sha256, known = _key(source, asked), places or Places()
    if _read_with(sha256) not in (None, known.digest):
        # Areas by name would get other codes, and so would every draft that names the table: it stays, and this stands beside it.
        sha256 = hashlib.sha256(f"{sha256}{known.digest}".encode()).hexdigest()
    if _read_with(sha256) == known.digest:
        return brought(sha256)
    discard(sha256)  # where it was altered, the file itself is here, and is read again
    _has_room()
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".reading-", ignore_cleanup_errors=True) as work:
        reading = _read(source, Path(work), asked, on_progress, known)
        _keep(sha256, (source.name, by, known.digest), Path(work) / TABLE, reading)
    return brought(sha256)


def _read_with(sha256: str) -> str | None:
    """Return the digest of the places that a table was read with; ``None`` where there is none that is whole."""
    if not _rows_of(sha256).is_file():
        return None
    try:
        return _known(sha256).places
    except BroughtError:
        return None


def _key(source: Source, asked: Asked) -> str:
    said = {name: value for name, value in asdict(asked).items() if value}
    whole = f"{source.sha256}{sorted(said.items())}"
    return hashlib.sha256(whole.encode()).hexdigest() if said else source.sha256


def _read(
    source: Source, work: Path, asked: Asked, on_progress: runner.OnProgress, places: Places
) -> Reading:
    limits = replace(Limits.of(source.size), file_bytes=4 * MOST_BYTES)
    try:
        return runner.run(
            read_brought,
            *(source, work, asked, places),
            on_progress=on_progress,
            limits=limits,
            errors=(BroughtError, ImportFileError),
            reach=Reach((source.path,), (work,)),
        )
    except ImportFileError as error:
        raise _as_brought(error, source.path) from error
    except runner.JobEndedError as error:
        raise BroughtError(
            f"{source.name}: {error} Nothing of the file was kept. If it is sound, bring fewer rows or columns, or save it as CSV."
        ) from error


def _as_brought(error: Exception, path: Path) -> BroughtError:
    """Return an error of the importers' readers with the words of the workbench, and no folder of the server in it."""
    text = str(error).replace(f"{path.parent}/", "")
    for there, here in (("and import again", "and bring it again"), ("import that", "bring that"), ("Import", "Bring"), ("import", "bring"), ("as boundaries", "as GeoJSON")):  # fmt: skip
        text = text.replace(there, here)
    return BroughtError(text)


def _has_room() -> None:
    kept = sum(size(each) or 0 for each in _files())
    if kept > MOST_KEPT:
        raise BroughtError(
            f"The files of the workbench take {wording.file_size(kept)}, and {wording.file_size(MOST_KEPT)} are the most. Remove files that no draft needs, and bring it again."
        )


def _files() -> Iterator[Path]:
    return folder().glob("*.parquet")


def _keep(sha256: str, known: tuple[str, str, str], rows: Path, reading: Reading) -> None:
    """Put the rows and what is known of them in their place, the rows last: what has rows is whole.

    Args:
        sha256: by which drafts name it.
        known: its name, by whom it was brought, and the digest of the places that it was read with.
        rows: the table.
        reading: what came of it.
    """
    name, by, places = known
    columns = tuple(BroughtColumn(*each) for each in reading.columns)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    kept = _Kept(name, reading.rows, columns, _digest(rows), now, by, reading.profile, places)
    beside = rows.with_name("about.json")
    beside.write_bytes(_KEPT.dump_json(kept))
    beside.replace(_about(sha256))
    rows.replace(_rows_of(sha256))


def _rows_of(sha256: str) -> Path:
    if not _DIGEST.fullmatch(sha256):
        raise BroughtError(
            f"{sha256[:80]!r} is not the SHA-256 of a file: 64 digits and letters from a to f."
        )
    return folder() / f"{sha256}.parquet"


def _about(sha256: str) -> Path:
    return _rows_of(sha256).with_suffix(".json")


def brought(sha256: str) -> BroughtTable:
    """Return a table that was brought earlier.

    Raises:
        BroughtError: it is gone, or was altered. The message says what to do.
    """
    rows, kept = _rows_of(sha256), _known(sha256)
    about = (kept.brought, kept.by, kept.rows_sha256, kept.places)
    return BroughtTable(sha256, kept.name, rows, kept.rows, kept.columns, *about)


def profiled(table: BroughtTable) -> Profile:
    """Return the profile of a table, as it was made when the table was read. Raises ``BroughtError`` as :func:`brought` does."""
    return _known(table.sha256).profile


def _known(sha256: str) -> _Kept:
    rows, about = _rows_of(sha256), _about(sha256)
    try:
        beside, state = about.stat(), rows.stat()
        kept = _about_once(about, beside.st_mtime_ns, beside.st_size)
        digest = _digest_once(rows, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise BroughtError(
            f"The file with the SHA-256 {sha256[:12]}… is not in the workbench any more. Bring it again."
        ) from error
    except ValidationError as error:
        raise BroughtError(
            f"The record of the file {sha256[:12]}… was altered. Bring the file again."
        ) from error
    if digest != kept.rows_sha256:
        raise BroughtError(f"{kept.name}: its rows in the workbench were altered. Bring the file again.")
    return kept


@lru_cache(maxsize=256)
def _about_once(file: Path, _changed: int, _size: int) -> _Kept:
    """Return what is known of a table, read once as long as the file's time and size stay: pages ask at every click."""
    return _KEPT.validate_json(file.read_bytes())


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@lru_cache(maxsize=256)
def _digest_once(file: Path, _changed: int, _size: int) -> str:
    """Return the SHA-256 of a file, worked out once as long as its time and size stay."""
    return _digest(file)


def every() -> list[BroughtTable]:
    """Return all tables that were brought and are whole, the newest first."""
    found = []
    for each in _files():
        try:
            found.append(brought(each.stem))
        except BroughtError:
            continue  # altered or half taken away: bringing the file again mends it
    return sorted(found, key=lambda table: table.brought, reverse=True)


def discard(sha256: str) -> None:
    """Take a table away. Drafts that name it say so from then on; one that is not there is no error."""
    _rows_of(sha256).unlink(missing_ok=True)
    _about(sha256).unlink(missing_ok=True)


def frame(table: BroughtTable, columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """Return columns of a table, which are read when they are collected, by a connection that can do nothing else.

    Raises:
        BroughtError: the table has no such column.
    """
    unknown = [each for each in columns if each not in table.kinds]
    if unknown:
        raise BroughtError(
            f"{table.name} has no column {unknown[0]!r}. It has {wording.choices(table.kinds)}."
        )
    picked = ", ".join(map(quoted, columns)) or "1 AS nothing"
    cursor = _connection(table.file.parent, os.getpid()).cursor()
    return nw.from_native(cursor.sql(f"SELECT {picked} FROM {parquet(table.file)}"))


@lru_cache(maxsize=1)
def _connection(where: Path, _process: int) -> DuckDBPyConnection:
    """Return the one connection for queries, whose memory all analysts share."""
    return locked(where)


# Else the engine complains at the very end that something still holds it.
atexit.register(_connection.cache_clear)
