"""Files on their way into the workbench: laid down piece by piece as they come, apart for each person, and taken away once read."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from svdash import wording
from svdash.settings import var_folder
from svdash.workbench.brought_errors import BroughtError

MOST_BYTES: Final = 500 * 1024**2
# Files that nobody had read within so many seconds are taken away.
_KEPT_SECONDS: Final = 24 * 3600
# As long as a definition may name it.
_LONGEST_NAME: Final = 100
_PART: Final = ".part"
# What must stay free on the disk.
_LEAST_FREE: Final = 1024**3


def _folder(by: str) -> Path:
    """Return the folder of a person's files; their name stands in it as a hash alone, since it may hold any sign."""
    return var_folder() / "workbench-incoming" / hashlib.sha256(by.encode()).hexdigest()[:32]


def arrived(by: str) -> list[Path]:
    """Return the files of a person that came whole and were not read yet, the newest first."""
    found = [each for each in _folder(by).glob("*/*") if each.suffix != _PART]
    return sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)


@contextmanager
def landing(by: str, name: str, size: int = 0) -> Iterator[IO[bytes]]:
    """Give a file to write into, which is there under its name once the block ends well, and is gone if it does not.

    Args:
        by: whose it is.
        name: of the file, as the browser says it.
        size: bytes that will come, as far as that is known.

    Raises:
        BroughtError: the disk has no room for it.
    """
    _forget_old()
    place = _folder(by) / secrets.token_hex(8)
    place.mkdir(parents=True)
    part = place / f"coming{_PART}"
    try:
        _has_room(place, name, size)
        with part.open("xb") as stream:
            yield stream
        part.replace(place / file_name(name))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _has_room(place: Path, name: str, size: int) -> None:
    free = shutil.disk_usage(place).free
    if free < size + _LEAST_FREE:
        raise BroughtError(
            f"{file_name(name)}: the server's disk has no room for it. Tell whoever runs the server: {wording.file_size(free)} are free."
        )


def take_away(file: Path) -> None:
    """Take a file away that came, with its folder."""
    shutil.rmtree(file.parent, ignore_errors=True)


def file_name(name: str) -> str:
    """Return the name of a file as it can be written down: its last part, printable, not too long, no name of a part."""
    last = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    last = last.encode("utf-8", "ignore")[-_LONGEST_NAME:].decode("utf-8", "ignore").strip()
    return last if last.strip(". ") and not last.endswith(_PART) and not last.startswith(".") else "file.csv"


def _forget_old() -> None:
    """Take away what came and was not read, and what a server that stopped left half."""
    before = time.time() - _KEPT_SECONDS
    for place in (var_folder() / "workbench-incoming").glob("*/*"):
        if place.is_dir() and place.stat().st_mtime < before:
            shutil.rmtree(place, ignore_errors=True)
