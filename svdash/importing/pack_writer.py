"""Puts new files into a pack: all of them or none, and only if nobody else changed it meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from svdash.importing.reconciliation import ILLUSTRATIVE, PUBLISHED, ImportFileError
from svdash.tables.faults import DESCRIPTOR
from svdash.tables.package import Pack, open_pack

_PREFIX: Final = ".import-"
_NOT_STATED: Final = {"name": "notspecified", "title": "Licence not stated"}

Write = Callable[[Path], None]


def written_descriptor(pack: Pack, descriptor: Mapping[str, Any]) -> bytes:
    """A descriptor as text, indented as the pack's own is."""
    own = (pack.path / DESCRIPTOR).read_text(encoding="utf-8-sig")
    found = re.match(r"\{\r?\n( +)\"", own)
    indent = len(found[1]) if found else 1
    text = json.dumps(descriptor, ensure_ascii=False, indent=indent)
    return (text + ("\n" if own.endswith("\n") else "")).encode()


def put(pack: Pack, files: Mapping[Path, Write]) -> None:
    """Write files into a pack, the descriptor last. If anything fails, the pack is byte for byte as it was.

    Args:
        pack: as it was read; it must not have changed since.
        files: by their path, a function that writes the new file to a path it is given.

    Raises:
        ImportFileError: the pack changed, another import runs, or the folder can't be written.
    """
    with _locked(pack.path):
        if open_pack(pack.path).fingerprint != pack.fingerprint:
            raise ImportFileError(
                f"{pack.path}: the pack was changed while the file was read. Nothing was written. Import again."
            )
        try:
            _put(pack.path, files)
        except OSError as error:
            raise ImportFileError(
                f"{pack.path}: the pack can't be written ({error.strerror or error}). It is as it was. Check who may "
                "write there, and how much room is left."
            ) from error


def _put(folder: Path, files: Mapping[Path, Write]) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(
            left, ignore_errors=True
        )  # of an import that was broken off; the lock says that none runs
    with tempfile.TemporaryDirectory(dir=folder, prefix=_PREFIX) as temporary:
        fresh: dict[Path, Path] = {}
        for number, (path, write) in enumerate(files.items()):
            fresh[path] = Path(temporary) / f"new-{number}"
            write(fresh[path])
            _like(fresh[path], path)
        _swap(fresh, Path(temporary))


def _like(fresh: Path, path: Path) -> None:
    """Give a new file the rights of the one it replaces, and see it safely to the disk."""
    if path.exists():
        shutil.copymode(path, fresh)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())


def _swap(fresh: Mapping[Path, Path], temporary: Path) -> None:
    """Replace files one after the other, the descriptor last; put those done back where one fails."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (path, new) in enumerate(
            sorted(fresh.items(), key=lambda item: item[0].name == DESCRIPTOR)
        ):
            target = path.resolve()
            old = temporary / f"old-{number}" if target.exists() else None
            if old is not None:
                shutil.copy2(target, old)
            new.replace(target)
            done.append((target, old))
    except BaseException:
        for target, old in reversed(done):
            if old is None:
                target.unlink()
            else:
                old.replace(target)
        raise


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
