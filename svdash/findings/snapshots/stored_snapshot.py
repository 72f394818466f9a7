"""A snapshot as it is stored: an archive with each finding as JSON, opened by its id or refused.

What is in it is never worked out again: whatever became of the pack and of the program, the numbers are those of then. Only
the form of a finding must stay readable; ``FORMAT`` numbers it. See decision 32.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from svdash import settings, wording
from svdash.caching import memory, sealed_archive
from svdash.caching.sealed_archive import Archive, SealError
from svdash.disclosure.rules import USUAL, Preset, rules_of
from svdash.editions import Edition
from svdash.findings.finding import ENTRY, SNAPSHOT, Finding
from svdash.findings.snapshots.finding_json import from_json, to_json

if TYPE_CHECKING:
    from svdash.records.taken_snapshots import TakenSnapshot

# Raise it, and read the ones before, when what is written could not be read by the version before.
FORMAT: Final = 1
# The rules of disclosure control that snapshots without any named were gated by.
_FIRST_RULES: Final = Preset(4, 5, 20)
# Digits of an id that people read, and the fewest that open a snapshot.
SHORT: Final = 8
_ID: Final = re.compile("[0-9a-f]{8,64}")
# Names that the list of a file carries for fields of an entry whose name is another now: every version reads every file.
_LISTED_AS: Final[Mapping[str, str]] = {"controls": "asked"}
_REMEDY: Final = "Restore the file from a backup with python -m svdash restore, or put a copy of it back into the folder of snapshots."


class SnapshotError(Exception):
    """A snapshot can't be opened, taken or compared. The message is for people and says what to do."""


class WithdrawnError(SnapshotError):
    """A snapshot was withdrawn. The message says when and why."""


class RecordsSilentError(SnapshotError):
    """The records, which say whether a snapshot stands, can't be read just now."""


@dataclass(frozen=True)
class Entry:
    """One finding of a snapshot.

    Attributes:
        key: its name in the snapshot, the same in the next one: ``page/part/variant/name``, without what is empty.
        page: the page that shows it, as its file is named, with hyphens.
        part: the part of the page, empty where it has none.
        variant: what of the part: a list, an indicator, a characteristic; empty where the part shows but one. ``label``: what
            people call it.
        name: the finding's registered name. ``params``: what its table needs beside the filters.
        headline: what it says.
        rows: lines of its table that the page drew; 0 for all.
        controls: what the page's own controls must say for it to be shown, by name in the address; none where it always is.
        usual: whether they say so by themselves.
    """

    key: str
    page: str
    name: str
    headline: str
    part: str = ""
    variant: str = ""
    label: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    controls: Mapping[str, str] = field(default_factory=dict)
    usual: bool = True


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was opened; every hash in it was found right.

    Attributes:
        id: SHA-256 of what is in it, in hexadecimal: of findings, filters, edition and version; not of who took it and when.
        view: the filters that were asked for; none means those that each page has by itself.
        notice: what every page said above its figures, such as that they are made up.
        fingerprint: of the edition that it shows. ``version``: of the program that worked it out.
        entries: its findings in the order of the pages.
        rules: of disclosure control, that its figures were gated by.
        board: the overview on one screen, as :mod:`svdash.findings.overview_cards` writes it; empty where it was not taken.
    """

    archive: Archive
    view: Mapping[str, str]
    notice: str
    fingerprint: str
    version: str
    entries: tuple[Entry, ...]
    rules: Preset = _FIRST_RULES
    board: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """SHA-256 of what is in it, in hexadecimal."""
        return self.archive.digest

    @property
    def short(self) -> str:
        """The first digits of the id, as people read it."""
        return self.id[:SHORT]

    def entry(self, key: str) -> Entry:
        """Return an entry by its key.

        Raises:
            SnapshotError: it is not in the snapshot; the message names those of its page that are.
        """
        found = next((each for each in self.entries if each.key == key), None)
        if found is None:
            page = key.partition("/")[0]
            there = [each.key for each in self.entries if each.page == page]
            others = (
                f"Of this page there are {wording.listing(there, 12)}."
                if there
                else "Nothing of this page is."
            )
            raise SnapshotError(f"{key[:200]} is not in the snapshot {self.short}. {others}")
        return found

    def finding(self, key: str) -> Finding:
        """Return a stored finding, the same object as long as it is kept in memory. It carries the snapshot's id into exports.

        Raises:
            SnapshotError: it is not in the snapshot, or this version of the program can't read it.
        """
        self.entry(key)
        found: Finding = memory.shared.get((SNAPSHOT, self.id, key), lambda: self._read(key))
        return found

    def stored(self, key: str) -> bytes:
        """Return a finding as it is stored. Raises ``KeyError`` where there is none of this key."""
        return self.archive.parts[_part(key)]

    def _read(self, key: str) -> Finding:
        try:
            found = from_json(self.stored(key))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SnapshotError(
                f"{key}: this version of the program can't read it ({error}). Open it with version {self.version} or a later one."
            ) from error
        return replace(found, about={**found.about, SNAPSHOT: self.id, ENTRY: key})


def written(
    edition: Edition,
    view: Mapping[str, str],
    shown: Iterable[tuple[Entry, Finding]],
    version: str,
    notice: str = "",
    board: Mapping[str, Any] | None = None,
) -> Snapshot:
    """Return findings as a snapshot, which is stored nowhere yet.

    Args:
        edition: what was looked at.
        view: the filters that were asked for.
        shown: each entry with its finding.
        version: of the program.
        notice: what every page says above its figures.
        board: the overview on one screen, where that is taken.
    """
    entries, parts = list[Entry](), dict[str, bytes]()
    for entry, finding in shown:
        if _part(entry.key) in parts:
            raise ValueError(f"Two findings of a snapshot have the key {entry.key}")
        parts[_part(entry.key)] = to_json(finding)
        entries.append(entry)
    about = {
        "format": FORMAT,
        "version": version,
        "edition": edition.fingerprint,
        "view": {name: view[name] for name in sorted(view)},
        "told": notice,
        "rules": asdict(rules_of(USUAL)),
        "entries": [_listed(entry) for entry in entries],
        **({"board": dict(board)} if board else {}),
    }
    return _snapshot(sealed_archive.packed(about, parts))


def _part(key: str) -> str:
    return f"{key}.json"


def _listed(entry: Entry) -> dict[str, Any]:
    """Return an entry as the manifest lists it; mappings in the order of their names."""
    return {
        _LISTED_AS.get(each.name, each.name): dict(sorted(value.items()))
        if isinstance(value, Mapping)
        else value
        for each in fields(entry)
        for value in (getattr(entry, each.name),)
    }


def _entry_of(listed: Mapping[str, Any]) -> Entry:
    """Return an entry from the manifest; what later versions add to it is left out."""
    names = {_LISTED_AS.get(each.name, each.name): each.name for each in fields(Entry)}
    return Entry(**{names[name]: value for name, value in listed.items() if name in names})


def read(content: bytes, snapshot_id: str) -> Snapshot:
    """Return the snapshot of a file's bytes.

    Raises:
        SnapshotError: it was cut off or altered, or is of a later version of the program.
    """
    try:
        archive = sealed_archive.opened(content, snapshot_id)
    except SealError as error:
        raise SnapshotError(f"The file of the snapshot {snapshot_id[:SHORT]} {error}. {_REMEDY}") from error
    return _snapshot(archive)


def _snapshot(archive: Archive) -> Snapshot:
    about = archive.about
    found = about.get("format")
    if not isinstance(found, int) or not 1 <= found <= FORMAT:
        raise SnapshotError(
            f"The snapshot {archive.digest[:SHORT]} is written in the form {found!r}, and this version of the program reads "
            f"1 to {FORMAT}. Open it with version {about.get('version', 'of the program that wrote it')} or a later one."
        )
    try:
        entries = tuple(map(_entry_of, about["entries"]))
        view = {**about["view"]}
        rules = Preset(**{name: int(most) for name, most in about.get("rules", asdict(_FIRST_RULES)).items()})
        return Snapshot(
            archive,
            view,
            about.get("told", ""),
            about["edition"],
            about["version"],
            entries,
            rules,
            about.get("board", {}),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SnapshotError(
            f"The snapshot {archive.digest[:SHORT]} lacks what every snapshot says ({error}). {_REMEDY}"
        ) from error


def opened(snapshot_id: str) -> Snapshot:
    """Return a snapshot by its id, or by the first digits of it where only one begins so.

    Raises:
        WithdrawnError: it was withdrawn.
        RecordsSilentError: the records that say whether it stands can't be read.
        SnapshotError: it was gated by rules less strict than those of today; there is none, nothing on record says that it was taken here, or its file is missing, cut off, altered or
            of a later version.
    """
    file = _file(snapshot_id)
    _check_stands(file.stem)
    found = _of(file)
    today = rules_of(USUAL)
    stricter = [
        each.name for each in fields(today) if getattr(today, each.name) > getattr(found.rules, each.name)
    ]
    if stricter:
        raise SnapshotError(
            f"The snapshot {found.short} was gated by rules of disclosure control that are not as strict as those of today, so it "
            "is not shown. Its file stays for audit."
        )
    return found


def opened_for_audit(snapshot_id: str) -> Snapshot:
    """Return a snapshot as :func:`opened` does, also one that is withdrawn, not on record or gated by earlier rules: for whoever runs the program, never for pages."""
    return _of(_file(snapshot_id))


def _check_stands(whole_id: str) -> None:
    """Raise ``SnapshotError`` for a snapshot that was withdrawn, or that nobody is on record for; asked each time, so that it holds at once.

    Anybody can make a file whose hashes are right: that it is ours is said by the history alone.
    """
    from svdash.records import RecordsError

    try:
        record = record_of(whole_id)
    except RecordsError as problem:
        raise RecordsSilentError(
            f"Whether the snapshot {whole_id[:SHORT]} is still valid is not known: {problem}"
        ) from problem
    if record is None:
        raise SnapshotError(
            f"Nothing on record says that the snapshot {whole_id[:SHORT]} was taken here, so it is not shown, though its file is "
            "there. Restore the records that it belongs to, or remove the file."
        )
    if record.withdrawn:
        raise WithdrawnError(f"The snapshot {whole_id[:SHORT]}, “{record.name}”, {record.withdrawn}.")


def _of(file: Path) -> Snapshot:
    try:
        seen = file.stat()
        # A file that is changed while the program runs is read anew.
        key = (SNAPSHOT, str(file), seen.st_mtime_ns, seen.st_size)
        found: Snapshot = memory.shared.get(key, lambda: read(file.read_bytes(), file.stem))
    except OSError as error:
        raise SnapshotError(
            f"The file of the snapshot {file.stem[:SHORT]} can't be read: {error.strerror or error}. {_REMEDY}"
        ) from error
    return found


def _file(snapshot_id: str) -> Path:
    """Return the file of a snapshot. Raises ``SnapshotError`` where there is none, or several begin so."""
    folder, wanted = settings.snapshots_folder(), snapshot_id.strip().casefold()
    if not _ID.fullmatch(wanted):
        raise SnapshotError(
            f"{snapshot_id[:80]!r} is not an id of a snapshot: that has 64 digits from 0 to f, of which the first {SHORT} will do."
        )
    if sealed_archive.is_digest(wanted):
        found = [file for file in (sealed_archive.place(folder, wanted),) if file.is_file()]
    else:
        # Only what is named as this program names it: a copy beside it, such as "… (1).zip", is no second snapshot.
        named = folder.glob(f"{wanted}*{sealed_archive.ENDING}")
        found = sorted(file for file in named if sealed_archive.is_digest(file.stem))
    if not found:
        raise SnapshotError(
            f"There is no file of a snapshot {wanted[:SHORT]} here. See python -m svdash snapshot list for those there are. {_REMEDY}"
        )
    if len(found) > 1:
        raise SnapshotError(f"{len(found)} snapshots begin with {wanted}: write more digits of the id.")
    return found[0]


def listed(*, withdrawn: bool = False) -> tuple[TakenSnapshot, ...]:
    """Return the snapshots that were taken and stand, the newest first; none where nothing is recorded.

    Args:
        withdrawn: whether those that were withdrawn are among them.

    Raises:
        RecordsError: the database of records can't be reached.
    """
    # Imported where there are records: the libraries for databases take a while to load.
    from svdash.records import History, connect, is_there
    from svdash.records.taken_snapshots import SnapshotLog

    found = SnapshotLog(History(connect())).all() if is_there() else ()
    return tuple(each for each in found if withdrawn or not each.withdrawn)


def record_of(snapshot_id: str) -> TakenSnapshot | None:
    """Return who took a snapshot, when and under which name, by its whole id; ``None`` where that is not on record.

    Raises:
        RecordsError: the database of records can't be reached.
    """
    from svdash.records import History, connect, is_there
    from svdash.records.taken_snapshots import SnapshotLog

    return SnapshotLog(History(connect())).of(snapshot_id) if is_there() else None
