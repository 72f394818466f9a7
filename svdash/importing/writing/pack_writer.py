"""Writes new files into a pack: all or none, and only if the pack has not changed in the meantime.

New files get names of their own beside the old ones. The pack changes at one moment, when its descriptor is replaced by one
that has the new names; the old files are removed after. Whenever a process ends, the descriptor and the files that it names
are those of before or those of after.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from svdash.importing.reconciliation import ILLUSTRATIVE, PUBLISHED, ImportFileError
from svdash.tables.faults import DESCRIPTOR
from svdash.tables.package import Pack, open_pack
from svdash.tables.schema import read_descriptor

# All that an import leaves in a pack for a while begins so.
PREFIX: Final = ".import"
# Names of the files that an import adds and removes, for the next one, should this one be killed.
_JOURNAL: Final = f"{PREFIX}.json"
_NEXT: Final = f"{PREFIX}-{DESCRIPTOR}"
_EDITION: Final = re.compile(r"(?P<stem>.+)\.v(?P<number>[1-9][0-9]{0,8})")
_NOT_STATED: Final = {"name": "notspecified", "title": "Licence not stated"}

Write = Callable[[Path], None]


def written_descriptor(pack: Pack, descriptor: Mapping[str, Any]) -> bytes:
    """A descriptor as text, indented as the pack's own is."""
    own = (pack.path / DESCRIPTOR).read_text(encoding="utf-8-sig")
    found = re.match(r"\{\r?\n( +)\"", own)
    indent = len(found[1]) if found else 1
    text = json.dumps(descriptor, ensure_ascii=False, indent=indent)
    return (text + ("\n" if own.endswith("\n") else "")).encode()


def copied(file: Path) -> Write:
    """What makes a new file of a pack as a copy of this one."""

    def write(fresh: Path) -> None:
        shutil.copyfile(file, fresh)

    return write


def put(pack: Pack, files: Mapping[str, Write], descriptor: Mapping[str, Any]) -> None:
    """Put new files and a descriptor into a pack. If anything fails, the pack is byte for byte as it was.

    Args:
        pack: as it was read; it must not have changed since.
        files: by the name of the resource, a function that writes its new file to a path it is given.
        descriptor: of the pack with these files; the paths of their resources are set here.

    Raises:
        ImportFileError: the pack changed, another import runs, or the folder can't be written.
    """
    with _locked(pack.path):
        if open_pack(pack.path).fingerprint != pack.fingerprint:
            raise ImportFileError(
                f"{pack.path}: the pack was changed while the file was read. Nothing was written. Import again."
            )
        try:
            _put(pack, files, descriptor)
        except OSError as error:
            raise ImportFileError(
                f"{pack.path}: the pack can't be written ({error.strerror or error}). It is as it was. Check who may "
                "write there, and how much room is left."
            ) from error


def difference(pack: Pack, copy: Pack) -> tuple[dict[str, Write], dict[str, Any]]:
    """Return what a pack lacks to be as a copy of it has become: files by resource, and the descriptor; see :func:`put`."""
    files = {name: copied(copy.file(name)) for name in copy.names if not _is_same(pack, copy, name)}
    resources = []
    for each in copy.descriptor["resources"]:
        name = each.get("name") if isinstance(each, dict) else None
        # A file of the copy may have been given another name; in the pack it keeps its own, or gets the next.
        own = {"path": pack.resource(name)["path"]} if name in pack.names else {}
        resources.append({**each, **own} if isinstance(each, dict) else each)
    return files, {**copy.descriptor, "resources": resources}


def _is_same(pack: Pack, copy: Pack, name: str) -> bool:
    if name not in pack.names:
        return False
    own, other = pack.file(name), copy.file(name)
    if not other.is_file():
        return True  # there is nothing to take over
    return own.is_file() and (own.samefile(other) or own.read_bytes() == other.read_bytes())


def _put(pack: Pack, files: Mapping[str, Write], descriptor: Mapping[str, Any]) -> None:
    folder = pack.path
    _clear(folder)
    resources = [dict(each) if isinstance(each, dict) else each for each in descriptor["resources"]]
    used = set(_paths(pack.descriptor["resources"]))
    added: dict[str, str] = {}
    for entry in resources:
        if isinstance(entry, dict) and entry.get("name") in files and entry["name"] not in added:
            entry["path"] = added[entry["name"]] = _free(folder, entry["path"], {*used, *added.values()})
    gone = sorted(used - set(_paths(resources)))
    data = written_descriptor(pack, {**descriptor, "resources": resources})
    try:
        _write_journal(folder, [*added.values(), *gone])
        for name, path in added.items():
            files[name](folder / path)
            _settle(folder / path, pack.file(name) if name in pack.names else None)
        (folder / _NEXT).write_bytes(data)
        _settle(folder / _NEXT, folder / DESCRIPTOR)
        _settle_names(folder, added.values())
        (folder / _NEXT).replace((folder / DESCRIPTOR).resolve())
    except BaseException:
        _clear(folder)
        raise
    with suppress(OSError):  # the import is done; what can't be removed now, the next import removes
        _settle_names(folder, ())
        _clear(folder)


def _paths(resources: Iterable[object]) -> Iterator[str]:
    """Paths of resources, within the pack."""
    for each in resources:
        if isinstance(each, dict) and isinstance(each.get("path"), str):
            yield each["path"]


def _free(folder: Path, path: str, taken: set[str]) -> str:
    """A path like this one that no resource and no file has: ``payments.csv`` becomes ``payments.v2.csv``."""
    given = Path(path)
    found = _EDITION.fullmatch(given.stem)
    stem, number = (found["stem"], int(found["number"])) if found else (given.stem, 1)
    while path in taken or os.path.lexists(folder / path):
        number += 1
        path = given.with_name(f"{stem}.v{number}{given.suffix}").as_posix()
    return path


def _settle(fresh: Path, before: Path | None) -> None:
    """Give a new file the rights of the one whose place it takes, and see it safely to the disk."""
    if before is not None and before.exists():
        shutil.copymode(before, fresh)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())


def _settle_names(folder: Path, paths: Iterable[str]) -> None:
    """See names of files safely to the disk: those in the folder of the pack, and in the folders of these."""
    if os.name != "posix":
        return
    for each in {folder, *((folder / path).parent for path in paths)}:
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# -- what a killed import leaves ----------------------------------------------------------------------


def _write_journal(folder: Path, paths: list[str]) -> None:
    """Note the files that will be new or gone, before the first of them is touched."""
    with (folder / _JOURNAL).open("w", encoding="utf-8") as stream:
        json.dump(paths, stream)
        stream.flush()
        os.fsync(stream.fileno())
    _settle_names(folder, ())


def _clear(folder: Path) -> None:
    """Remove what an import has left. Whether that is what it added or what it replaced, the descriptor as it stands tells.

    A file that the descriptor names stays. The lock says that no import runs.
    """
    descriptor, _ = read_descriptor(folder)
    kept = {(folder / path).resolve() for path in (*_paths(descriptor["resources"]), DESCRIPTOR)}
    for path in _journal(folder):
        if path.resolve() not in kept:
            path.unlink(missing_ok=True)
    for left in folder.glob(f"{PREFIX}-*"):
        # Earlier versions kept the lines of before in such a folder, and that may be all there is of them.
        if left.is_dir() and not any(left.glob("old-*")):
            shutil.rmtree(left)
        elif left.is_file():
            left.unlink()
    (folder / _JOURNAL).unlink(missing_ok=True)


def _journal(folder: Path) -> list[Path]:
    """Files that a killed import has noted and that are there; none where it was killed before it had noted any."""
    try:
        found = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    root = folder.resolve()
    paths = [folder / path for path in found if isinstance(path, str) and path.isprintable()]
    # A pack from elsewhere may have any journal; nothing outside is removed.
    return [
        path
        for path in paths
        if path.parent.resolve().is_relative_to(root) and (path.is_file() or path.is_symlink())
    ]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one import at a time writes into a pack."""
    try:
        import fcntl
    except ModuleNotFoundError:
        yield  # no such locks on this system; the fingerprint still tells changes
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(PermissionError):  # some shared drives know no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ImportFileError(
                    f"{folder}: another import is writing into this pack. Wait until it is done, and import again."
                ) from None
        yield
    finally:
        os.close(handle)


# -- what the descriptor says of a table --------------------------------------------------------------


def vouched(
    entry: Mapping[str, Any], *, source: Mapping[str, str], licence: str | None, by: str, on: str
) -> dict[str, Any]:
    """The entry of a table that takes in published rows: its status, source, licence, and when and by whom.

    What was said of illustrative rows goes: they are no longer there.

    Args:
        entry: of the descriptor.
        source: title, and path where there is one.
        licence: name of the file's licence; None where it isn't known.
        by: who answers for it.
        on: the day, as YYYY-MM-DD.
    """
    fresh = dict(entry)
    invented = fresh.get("status") == ILLUSTRATIVE
    before = [] if invented else fresh.get("sources", [])
    fresh["sources"] = [each for each in before if each.get("title") != source["title"]] + [dict(source)]
    stated = {"name": licence, "title": licence} if licence else _NOT_STATED
    licences = [] if invented else fresh.get("licenses", [])
    known = [each.get("name") for each in licences]
    fresh["licenses"] = licences if stated["name"] in known else [*licences, stated]
    if invented:
        fresh["status"] = PUBLISHED
        fresh["title"] = re.sub(r"\s*\(illustrative\)", "", str(fresh.get("title", ""))).strip()
    return {**fresh, "updated": on, "updatedBy": by}


def authority(pack: Pack) -> str:
    """Return the name of the authority that a pack is of; empty where it names none."""
    found = pack.descriptor.get("authority")
    return str(found.get("name", "")) if isinstance(found, dict) else ""
