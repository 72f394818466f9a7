"""Which snapshots were taken: by whom, when and under which name. What is in one stands in its own file, under its hash.

Taking the same content again gives the same id, so it adds nothing; another name for it is its next revision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from svdash import settings, wording
from svdash.caching import sealed_archive
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.typed_fields import recorded, valid

SNAPSHOT: Final = "snapshot"
FIELDS: Final[Mapping[str, str]] = {"name": "Name"}
REMEDY: Final = "Restore it from a backup with python -m svdash restore, or put a copy of it back into the folder of snapshots."


class NamedSnapshot(BaseModel):
    """What is recorded of a snapshot.

    Attributes:
        id: SHA-256 of its content, in hexadecimal.
        name: what people call it.
        fingerprint: of the edition that it shows. ``version``: of the program that worked it out.
        view: the filters that were asked for.
        entries: how many findings it has. ``size``: bytes of its file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=120)
    fingerprint: str
    version: str
    view: dict[str, str]
    entries: int = Field(ge=0)
    size: int = Field(ge=1)


@dataclass(frozen=True)
class TakenSnapshot:
    """A snapshot that was taken.

    Attributes:
        about: what is recorded of it, under its newest name.
        by: who took it. ``taken_at``: when, in UTC.
        again: whether it was there already when it was asked for.
    """

    about: NamedSnapshot
    by: str
    taken_at: datetime
    again: bool = False

    @property
    def id(self) -> str:
        """SHA-256 of its content, in hexadecimal."""
        return self.about.id

    @property
    def name(self) -> str:
        """What people call it."""
        return self.about.name

    @property
    def view(self) -> Mapping[str, str]:
        """The filters that were asked for."""
        return self.about.view

    @property
    def entries(self) -> int:
        """How many findings it has."""
        return self.about.entries

    @property
    def size(self) -> int:
        """Bytes of its file."""
        return self.about.size


class SnapshotLog:
    """The snapshots in a history. Safe to share between threads."""

    def __init__(self, history: History) -> None:
        self._history = history

    def all(self) -> tuple[TakenSnapshot, ...]:
        """Return every snapshot, the one taken last first."""
        found: dict[str, list[Revision]] = {}
        for each in self._history.of_kind(SNAPSHOT):
            found.setdefault(each.item, []).append(each)
        return tuple(_taken(revisions) for revisions in reversed(found.values()))

    def of(self, snapshot_id: str) -> TakenSnapshot | None:
        """Return a snapshot by its whole id; ``None`` where none was recorded."""
        revisions = self._history.of(_item(snapshot_id))
        return _taken(list(revisions)) if revisions else None

    def record(self, about: Mapping[str, object], *, by: str, view: str) -> TakenSnapshot:
        """Record that a snapshot was taken, or its new name where it was taken before.

        Args:
            about: the fields of :class:`NamedSnapshot`; without a name, it keeps the one that it has, or
                is called by the time at which it was taken.
            by: who takes it.
            view: the address of the page.

        Raises:
            RecordsError: the name can't be, or the database can't be reached.
        """
        before = self.of(str(about["id"]))
        if before is not None and str(about.get("name", "")).strip() in ("", before.name):
            return TakenSnapshot(before.about, before.by, before.taken_at, again=True)
        name = str(about.get("name", "")).strip() or wording.moment(datetime.now(UTC))
        named = valid(NamedSnapshot, {**about, "name": name}, FIELDS)
        item = _item(named.id)
        revisions = self._history.of(item)
        draft = Draft(
            item, SNAPSHOT, named.model_dump(mode="json"), revisions[-1].number if revisions else None
        )
        # Where somebody took or named the same at the same moment, theirs stands: the content is the same.
        with suppress(ConflictError):
            self._history.add([draft], by=by, view=view)
        taken = _taken(list(self._history.of(item)))
        return TakenSnapshot(taken.about, taken.by, taken.taken_at, again=before is not None)


def _item(snapshot_id: str) -> str:
    return f"{SNAPSHOT}:{snapshot_id}"


def _taken(revisions: list[Revision]) -> TakenSnapshot:
    first, last = revisions[0], revisions[-1]
    return TakenSnapshot(recorded(NamedSnapshot, last), first.by, first.at)


def content_of(snapshot_id: str, folder: Path | None = None) -> bytes:
    """Return the bytes of the file of a snapshot, after every hash in it was worked out again.

    Args:
        snapshot_id: its whole id.
        folder: where the files are; by default the folder of the settings.

    Raises:
        RecordsError: it is not there, can't be read, or was cut off or altered.
    """
    file = sealed_archive.place(folder or settings.snapshots_folder(), snapshot_id)
    try:
        content = file.read_bytes()
        sealed_archive.opened(content, snapshot_id)
    except OSError as error:
        raise RecordsError(
            f"The file of the snapshot {snapshot_id} is not there any more, or can't be read. {REMEDY}"
        ) from error
    except sealed_archive.SealError as error:
        raise RecordsError(f"The file of the snapshot {snapshot_id} {error}. {REMEDY}") from error
    return content


def keep(snapshot_id: str, content: bytes, folder: Path | None = None) -> None:
    """Keep the file of a snapshot, unless it is there. Arguments as for :func:`content_of`.

    Raises:
        RecordsError: it was cut off or altered, or can't be written; nothing was kept.
    """
    where = folder or settings.snapshots_folder()
    try:
        archive = sealed_archive.opened(content, snapshot_id)
        sealed_archive.keep(where, archive)
    except sealed_archive.SealError as error:
        raise RecordsError(f"The file of the snapshot {snapshot_id} {error}.") from error
    except OSError as error:
        raise RecordsError(
            f"The snapshot {snapshot_id} can't be written: {error.strerror or error}. Make room, or check that the server may "
            "write in the folder that SVDASH_SNAPSHOTS names, and try again."
        ) from error


def troubles(history: History, folder: Path | None = None) -> Iterator[str]:
    """Give what is wrong with the files of the snapshots that a history names, as sentences."""
    for each in SnapshotLog(history).all():
        try:
            content_of(each.id, folder)
        except RecordsError as problem:
            yield str(problem)
