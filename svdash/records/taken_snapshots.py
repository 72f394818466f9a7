"""Which snapshots were taken: by whom, when and under which name. What is in one stands in its own file, under its hash.

Taking the same content again gives the same id and writes no other file; that it was taken again, and under which name, is its
next revision. A snapshot that
should not have been taken, or not be seen, is withdrawn for good: pages and routes refuse it, and its file stays for audit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, select

from svdash import settings, wording
from svdash.caching import sealed_archive
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError, RecordsError
from svdash.records.record_tables import revisions
from svdash.records.typed_fields import recorded, valid

SNAPSHOT: Final = "snapshot"
KEPT, WITHDRAWN = "kept", "withdrawn"
FIELDS: Final[Mapping[str, str]] = {"name": "Name", "reason": "Why it is withdrawn"}
REMEDY: Final = "Restore it from a backup with python -m svdash restore, or put a copy of it back into the folder of snapshots."


class NamedSnapshot(BaseModel):
    """What is recorded of a snapshot.

    Attributes:
        id: SHA-256 of its content, in hexadecimal.
        name: what people call it.
        fingerprint: of the edition that it shows. ``version``: of the program that worked it out.
        view: the filters that were asked for.
        entries: how many findings it has. ``size``: bytes of its file.
        state: kept, or withdrawn for good. ``reason``: why it was withdrawn, as readers are told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=120)
    fingerprint: str
    version: str
    view: dict[str, str]
    entries: int = Field(ge=0)
    size: int = Field(ge=1)
    state: Literal["kept", "withdrawn"] = "kept"
    reason: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state == WITHDRAWN and not self.reason:
            raise ValueError("Say why it is withdrawn: readers see it, and it stays in the history.")
        return self


@dataclass(frozen=True)
class TakenSnapshot:
    """A snapshot that was taken.

    Attributes:
        about: what is recorded of it, under its newest name.
        by: who took it first. ``taken_at``: when, in UTC.
        again: whether it was there already when it was asked for.
        withdrawn_at: when it was withdrawn, in UTC; ``None`` while it stands.
    """

    about: NamedSnapshot
    by: str
    taken_at: datetime
    again: bool = False
    withdrawn_at: datetime | None = None

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
    def withdrawn(self) -> str:
        """That it was withdrawn, when and why, as the end of a sentence; empty while it stands."""
        if self.withdrawn_at is None:
            return ""
        return f"was withdrawn on {wording.day(self.withdrawn_at.date())}: {self.about.reason.rstrip('.')}"

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
        """Return every snapshot, those that were withdrawn too, the one taken last first."""
        found: dict[str, list[Revision]] = {}
        for each in self._history.of_kind(SNAPSHOT):
            found.setdefault(each.item, []).append(each)
        return tuple(_taken(kept) for kept in reversed(found.values()))

    def of(self, snapshot_id: str) -> TakenSnapshot | None:
        """Return a snapshot by its whole id; ``None`` where none was recorded."""
        kept = self._history.of(_item(snapshot_id))
        return _taken(list(kept)) if kept else None

    def record(self, about: Mapping[str, object], *, by: str, view: str) -> TakenSnapshot:
        """Record that a snapshot was taken, also where the same content was taken before: who did so, when and under which name.

        Args:
            about: the fields of :class:`NamedSnapshot`; without a name, it keeps the one that it has, or
                is called by the time at which it was taken.
            by: who takes it.
            view: the address of the page.

        Raises:
            RecordsError: the name can't be, the same content was withdrawn, or the database can't be reached.
        """
        item, given = _item(str(about["id"])), str(about.get("name", "")).strip()
        while True:
            kept = list(self._history.of(item))
            before = _taken(kept) if kept else None
            if before is not None and before.withdrawn:
                raise RecordsError(
                    f"The same content was taken before, as “{before.name}”, and {before.withdrawn}. It stays withdrawn."
                )
            name = given or (before.name if before else wording.moment(datetime.now(UTC)))
            named = valid(NamedSnapshot, {**about, "name": name}, FIELDS)
            draft = Draft(item, SNAPSHOT, named.model_dump(mode="json"), kept[-1].number if kept else None)
            try:
                added = self._history.add([draft], by=by, view=view)
            except ConflictError:
                # Somebody took, named or withdrew the same at the same moment: this follows theirs, and is refused after a
                # withdrawal. Each time somebody else got on, so this ends.
                continue
            return replace(_taken([*kept, *added]), again=before is not None)

    def withdraw(self, snapshot_id: str, reason: str, *, by: str, view: str) -> TakenSnapshot:
        """Record that a snapshot is withdrawn, for good. Its file stays where it is.

        Args:
            snapshot_id: its whole id.
            reason: why, as readers are told.
            by: who withdraws it.
            view: the address of the page, or the command.

        Raises:
            ConflictError: somebody named or withdrew it at the same time.
            RecordsError: it is not on record, was withdrawn before, no reason is given, or the database can't be reached.
        """
        kept = self._history.of(_item(snapshot_id))
        if not kept:
            raise RecordsError(f"The snapshot {snapshot_id[:8]} is not on record here.")
        before = _taken(list(kept))
        if before.withdrawn:
            raise RecordsError(f"The snapshot “{before.name}” {before.withdrawn}.")
        given = {**before.about.model_dump(mode="json"), "state": WITHDRAWN, "reason": reason}
        content = valid(NamedSnapshot, given, FIELDS).model_dump(mode="json")
        draft = Draft(_item(snapshot_id), SNAPSHOT, content, kept[-1].number)
        return _taken([*kept, *self._history.add([draft], by=by, view=view)])


def _item(snapshot_id: str) -> str:
    return f"{SNAPSHOT}:{snapshot_id}"


def _taken(kept: list[Revision]) -> TakenSnapshot:
    first, last = kept[0], kept[-1]
    about = recorded(NamedSnapshot, last)
    return TakenSnapshot(
        about, first.by, first.at, withdrawn_at=last.at if about.state == WITHDRAWN else None
    )


def named_in(connection: Connection) -> frozenset[str]:
    """Return the whole ids of the snapshots that a history names, also while it is being written."""
    items = connection.execute(select(revisions.c.item).where(revisions.c.kind == SNAPSHOT)).scalars()
    return frozenset(each.removeprefix(f"{SNAPSHOT}:") for each in items)


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
