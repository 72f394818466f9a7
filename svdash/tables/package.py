"""Opens one version of a data pack. Each table is checked and typed when it is first read."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from svdash import wording
from svdash.settings import pack_folder
from svdash.tables import checked_tables, needs, plausibility
from svdash.tables.dependencies import Part, Parts, Remembering, note
from svdash.tables.faults import DESCRIPTOR, Fault, LinesError, PackError, UnknownTableError, suggestion
from svdash.tables.known_checks import LARGEST, KnownChecks
from svdash.tables.links import follow, reach, settle
from svdash.tables.schema import Table, read_descriptor, read_tables
from svdash.tables.table_checks import Checked, check_table

T = TypeVar("T")

_OPEN = 8
# A file that changed this shortly before it was hashed may change again without a new time stamp.
_UNSETTLED_NS = 2_000_000_000
_known = KnownChecks()

Stamp = tuple[int, int, int, int]


class Pack(Remembering):
    """One version of a data pack. Made by :func:`open_pack`; safe to share between threads.

    Attributes:
        path: its folder.
        descriptor: its ``datapackage.json``, as it stands there.
        stamps: size and times of each file when it was read for the fingerprint.
        digests: SHA-256 of the bytes of each resource's file; empty where there is none that can be read.
    """

    path: Path
    descriptor: dict[str, Any]

    def __init__(
        self,
        path: Path,
        descriptor: dict[str, Any],
        fingerprint: str,
        stamps: dict[Path, Stamp | None],
        digests: Mapping[Path, bytes],
    ) -> None:
        super().__init__()
        self.path, self.descriptor, self._fingerprint = path, descriptor, fingerprint
        self.stamps, self.digests = stamps, digests
        self._tables, self._unnamed = read_tables(descriptor, path)
        self._head = needs.head(descriptor)
        entries = [entry for entry in descriptor["resources"] if isinstance(entry, dict)]
        self._entries = {name: next(e for e in entries if e.get("name") == name) for name in self._tables}
        self._table_names = tuple(name for name, table in self._tables.items() if table.tabular)
        # A pack of the dashboard's; others are data alone, and every table is as it stands.
        self._of_dashboard = any(name in self._tables for name in needs.REQUIRED)
        self._line_names = tuple(n for n in self._table_names if self._is_of_lines(n))
        self._fingerprints: dict[frozenset[str], str] = {}
        self._checked: dict[str, Checked] = {}
        self._checking = threading.RLock()
        self._sound: dict[str, pd.DataFrame] = {}
        self._described: dict[str, dict[str, Any]] = {}
        self._faults: tuple[Fault, ...] | None = None
        self._contradictions: dict[str, tuple[Fault, ...]] = {}
        self._before = checked_tables.fetch(fingerprint)

    def __repr__(self) -> str:
        """Folder and version, for logs."""
        return f"Pack({str(self.path)!r}, {self._fingerprint[:12]})"

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the descriptor and the bytes of all resource files, in hexadecimal."""
        note("all")
        return self._fingerprint

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all resources, in the order of the descriptor."""
        note("names")
        return tuple(self._tables)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the resources that are tables (the others are files, such as boundaries)."""
        note("names")
        return self._table_names

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the tables of lines (``"lines": true``): many rows, read by the engine and by nothing else."""
        note("names")
        return self._line_names

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong with the pack's tables, by row and column. Reads all of them at first.

        Tables of lines are left to :func:`svdash.lines.line_faults.line_faults`, since they may be large.
        """
        note("all")
        if self._before is not None:
            return self._before.faults
        with self._checking:
            if self._faults is None:
                found = list(self._unnamed)
                for name in self._tables:
                    if name in self.lines:
                        found.extend(_absent(name, self.file(name)))
                        continue
                    own = _in_order(self._settled(name))
                    gated = name in needs.OF_PEOPLE or self._entries[name].get("access") == "gated"
                    found.extend(map(needs.without_value, own) if gated else own)
                self._faults = tuple(found)
            return self._faults

    def _is_of_lines(self, name: str) -> bool:
        named = self._of_dashboard and name in needs.OF_LINES
        return named or self._entries[name].get("lines") is True

    @property
    def lacking(self) -> tuple[Fault, ...]:
        """What the dashboard needs of a pack and this one lacks: tables, columns, types, and the description of each table."""
        note("all")
        return needs.faults(self.descriptor, self._tables)

    @property
    def contradictions(self) -> tuple[Fault, ...]:
        """What can't be though every cell can be read, as :mod:`svdash.tables.plausibility` finds it. Reads all tables."""
        note("all")
        if self._before is not None:
            return self._before.contradictions
        for name in (names := [name for name in self._table_names if name not in self._line_names]):
            self._settled(name)
        return tuple(fault for name in names for fault in self._contradictions[name])

    def impossible_in(self, parts: Parts) -> tuple[Fault, ...]:
        """Return the contradictions in the tables among these parts, and in the tables that they refer to."""
        read = {str(part.name) for part in parts if part.kind == "table" and part.name in self._tables}
        names = {other for name in read - {*self._line_names} for other in reach(name, self._tables)}
        found = (
            self._before.contradictions
            if self._before is not None
            else (fault for name in self._table_names for fault in self._contradictions.get(name, ()))
        )
        return tuple(fault for fault in found if fault.table in names)

    @property
    def notice(self) -> str:
        """Nothing: what is wrong with a pack are its faults."""
        return ""

    @property
    def head(self) -> Mapping[str, Any]:
        """What the descriptor says of the pack as a whole: all but its resources."""
        note("head")
        return self._head

    def fingerprint_of(self, names: Iterable[str]) -> str:
        """SHA-256 over resources and all that they refer to, directly or by others; in hexadecimal.

        It covers what the descriptor says of each and the bytes of its file, so that it is the same in two versions of a
        pack where their sound rows must be. Raises UnknownTableError where there is none of a name.
        """
        wanted = frozenset(names)
        for name in wanted:
            note("table", self._table(name).name)
        if wanted not in self._fingerprints:
            whole = hashlib.sha256()
            for name in sorted({other for one in wanted for other in reach(one, self._tables)}):
                whole.update(self._own_fingerprint(name))
            self._fingerprints[wanted] = whole.hexdigest()
        return self._fingerprints[wanted]

    def _own_fingerprint(self, name: str) -> bytes:
        description = json.dumps([name, self._entries[name]], sort_keys=True, ensure_ascii=False)
        path = self._table(name).file
        own = hashlib.sha256(description.encode())
        own.update(self.digests.get(path, b"") if path is not None else b"")
        return own.digest()

    def resource(self, name: str) -> dict[str, Any]:
        """The descriptor of a resource, as :func:`svdash.tables.needs.described` reads it.

        Raises UnknownTableError where there is none of that name, and the dashboard does not need it.
        """
        if self._is_absent(name):
            note("names")
            return needs.absent(name)
        self._table(name)
        note("resource", name)
        if name not in self._described:
            self._described[name] = needs.described(self._entries[name], tabular=self._tables[name].tabular)
        return self._described[name]

    def file(self, name: str) -> Path:
        """The file of a resource, which may not exist.

        Raises:
            UnknownTableError: there is no resource of that name.
            PackError: its path was refused, because it leads out of the pack.
        """
        found = self._table(name).file
        note("file", name)
        if found is None:
            raise PackError(
                f"{self.path}: the path of resource {name!r} is refused. See the faults of the pack."
            )
        return found

    def table(self, name: str) -> pd.DataFrame:
        """The sound rows of a table, in the dtypes of :mod:`svdash.tables.values`, numbered from 0.

        Rows with a fault are not among them, nor rows that refer to such a row by a foreign key or a code. A
        file that is missing or can't be read gives no rows, but all columns. The frame is the caller's own:
        what is changed in it stays there. Every column that the dashboard reads is there, in its type.

        Raises:
            UnknownTableError: there is no table of that name, and the dashboard does not need it.
            PackError: the files were changed since the pack was opened.
        """
        if self._is_absent(name):
            note("names")
            return needs.nothing(name)
        table = self._table(name)
        note("table", name)
        if not table.tabular and name in needs.REQUIRED:
            return needs.nothing(name)
        if not table.tabular:
            raise UnknownTableError(f"{name!r} is a file of format {table.format}, not a table.")
        if name not in self._sound:
            with self._checking:
                rows = self._sound_rows(name)
                self._sound[name] = needs.completed(table, rows) if self._of_dashboard else rows
        return self._sound[name].copy(deep=False)

    def withheld(self, name: str) -> int:
        """How many rows of a table's file are not given out, for their faults. Raises as ``table`` does."""
        note("table", self._table(name).name)
        if self._before is not None and name in self._before.withheld:
            return self._before.withheld[name]
        return self._settled(name).withheld

    def keep(self) -> None:
        """Keep the checked tables for later starts. Raises OSError where they can't be written."""
        if self._before is None:
            tables = {name: self._settled(name) for name in self.tables if name not in self.lines}
            checked_tables.put(
                self.fingerprint,
                self.faults,
                self.contradictions,
                {n: (c.sound(), c.withheld) for n, c in tables.items()},
            )

    def count(self, name: str) -> int:
        """How many rows a table has; of a Parquet file of lines its own note of it, without reading them.

        Raises:
            UnknownTableError: there is no table of that name.
            LinesError: the file of lines is no Parquet, or not there.
        """
        if name not in self.lines:
            return len(self.table(name))
        import pyarrow as pa
        import pyarrow.parquet as papq

        path = self.file(name)
        try:
            return (
                int(papq.read_metadata(path).num_rows) if path.suffix == ".parquet" else len(self.table(name))
            )
        except (pa.ArrowException, OSError) as error:
            raise LinesError(f"{path}: it can't be read as Parquet. Write the file again.") from error

    def state(self, part: Part) -> str:
        """The fingerprint of a part of the pack: the same in two versions of it where the part must be the same."""
        if part.name and part.name not in self._tables:
            return "none"
        if part.kind in ("table", "file"):
            return self.fingerprint_of((str(part.name),))
        if part.kind == "names":
            return repr(
                [(name, table.tabular, name in self._line_names) for name, table in self._tables.items()]
            )
        if part.kind == "all":
            return self._fingerprint
        described = self._head if part.kind == "head" else self._entries[str(part.name)]
        return json.dumps(described, sort_keys=True, ensure_ascii=False)

    def _is_absent(self, name: str) -> bool:
        """Whether the dashboard needs a table that the pack does not list."""
        return self._of_dashboard and name in needs.REQUIRED and name not in self._tables

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            note("names")
            alike = suggestion(name, self._tables)
            raise UnknownTableError(
                f"The pack has no table {name!r}. {alike} It has: {wording.choices(self._tables)}."
            )
        return self._tables[name]

    def _sound_rows(self, name: str) -> pd.DataFrame:
        if self._before is not None and name in self._before.tables:
            return self._before.table(name)
        return self._settled(name).sound()

    def _settled(self, name: str) -> Checked:
        """The table after all checks, with those that it refers to."""
        self._table(name)
        with self._checking:
            if name not in self._checked:
                new = [other for other in reach(name, self._tables) if other not in self._checked]
                fresh = {other: self._read(self._tables[other]) for other in new}
                everything = {**self._checked, **fresh}
                settle(new, everything)
                found = {other: plausibility.find(other, everything, self._entries) for other in new}
                for other, each in found.items():
                    each.withhold(everything[other])
                    self._contradictions[other] = each.faults
                if any(each.impossible.any() for each in found.values()):
                    follow(new, everything)
                self._checked = everything
            return self._checked[name]

    def _read(self, table: Table) -> Checked:
        stamp = None if table.file is None else self.stamps.get(table.file)
        digest = _digest(table.file) if table.file and stamp and stamp[2] <= LARGEST else b""
        found = _known.find(table, digest) if digest else None
        checked = check_table(table) if found is None else found
        if table.file is not None and _stamp(table.file) != stamp:
            raise PackError(
                f"{table.file}: it was changed while the pack was being read. Open the pack again."
            )
        if digest and found is None:
            _known.add(table, digest, checked)
        return checked


def _absent(name: str, path: Path) -> Iterator[Fault]:
    """Lines are checked by the engine; that their file is there at all is seen here."""
    if not path.is_file():
        remedy = f"Put it into the folder of the pack, or take the resource out of {DESCRIPTOR}."
        yield Fault(name, None, None, path.name, "is not there", remedy)


def _in_order(checked: Checked) -> list[Fault]:
    """Faults of a table by row, then in the order of its columns."""
    columns = {each.name: place for place, each in enumerate(checked.table.fields)}
    return sorted(
        checked.faults, key=lambda fault: (fault.row or 0, columns.get(fault.column or "", len(columns)))
    )


def _stamp(path: Path) -> Stamp | None:
    """What changes when a file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None  # no file is a state of its own: its fault comes with the table
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _was_settled(stamp: Stamp, hashed_at: int) -> bool:
    """Whether a change after the hashing must show in the stamp; a future time is ignored, because it means that the clock was wrong."""
    return abs(hashed_at - stamp[0]) > _UNSETTLED_NS


def _digest(path: Path) -> bytes:
    """SHA-256 of a file, or nothing where there is none that can be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return b""
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError:
        return b""  # the fault comes with the table


@dataclass
class _Opened:
    pack: Pack
    stamps: dict[Path, Stamp | None]
    digests: dict[Path, bytes]
    hashed_at: int

    def is_current(self) -> bool:
        """Whether every file is as it was, judged by size and times alone."""
        if any(_stamp(path) != stamp for path, stamp in self.stamps.items()):
            return False
        return all(_was_settled(stamp, self.hashed_at) for stamp in self.stamps.values() if stamp is not None)


_opened: OrderedDict[Path, _Opened] = OrderedDict()
_opening = threading.Lock()


def open_pack(path: str | Path | None = None) -> Pack:
    """The pack in a folder, as its files stand now.

    The same object is returned for as long as they don't change, and a new one when they do; unchanged files
    are recognised by size and times, so that opening is cheap. A table is checked when it is first read.

    Args:
        path: folder with ``datapackage.json``; that of the settings by default.

    Raises:
        PackError: there is no folder, or no descriptor that can be read and lists resources.
    """
    folder = (pack_folder() if path is None else Path(path)).absolute()
    with _opening:
        before = _opened.get(folder)
        if before is None or not before.is_current():
            _opened[folder] = _open(folder, before)
        _opened.move_to_end(folder)
        while len(_opened) > _OPEN:
            _opened.popitem(last=False)
        return _opened[folder].pack


def _open(folder: Path, before: _Opened | None) -> _Opened:
    hashed_at = time.time_ns()
    own = folder / DESCRIPTOR
    stamps: dict[Path, Stamp | None] = {own: _stamp(own)}
    descriptor, data = read_descriptor(folder)
    tables, _ = read_tables(descriptor, folder)
    digests: dict[Path, bytes] = {}
    whole = hashlib.sha256(hashlib.sha256(data).digest())
    for table in tables.values():
        if table.file is not None and table.file not in stamps:
            stamps[table.file] = _stamp(table.file)
            digests[table.file] = _known_digest(table.file, stamps[table.file], before) or _digest(table.file)
        if table.file is not None:
            whole.update(f"\n{table.name}\n".encode() + digests.get(table.file, b""))
    fingerprint = whole.hexdigest()
    if before is not None and before.pack.fingerprint == fingerprint:
        before.pack.stamps.update(stamps)  # the same bytes, written again
        return _Opened(before.pack, stamps, digests, hashed_at)
    return _Opened(Pack(folder, descriptor, fingerprint, stamps, digests), stamps, digests, hashed_at)


def _known_digest(path: Path, stamp: Stamp | None, before: _Opened | None) -> bytes | None:
    """The digest from the time before, if the file has long been as it is: large ones aren't read again."""
    if before is None or stamp is None or before.stamps.get(path) != stamp:
        return None
    return before.digests.get(path) if _was_settled(stamp, before.hashed_at) else None
