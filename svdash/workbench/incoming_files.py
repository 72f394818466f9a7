"""Files on their way into the workbench: laid down piece by piece as they come, apart for each person, and taken away once read."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from svdash import wording
from svdash.settings import var_folder
from svdash.workbench.brought_errors import BroughtError

MOST_BYTES: Final = 500 * 1024**2
# So much may wait for one person to read it.
MOST_WAITING: Final = 3 * MOST_BYTES
# Files that nobody had read within so many seconds are taken away.
_KEPT_SECONDS: Final = 24 * 3600
# As long as a definition may name it.
_LONGEST_NAME: Final = 100
_PART: Final = ".part"
# What must stay free on the disk.
_LEAST_FREE: Final = 1024**3
# Folder → whose file comes into it now, and its announced size. One process takes all files.
_coming: dict[Path, tuple[str, int]] = {}
_guard: Final = threading.Lock()


class TooManyError(BroughtError):
    """A person sends more than is taken at a time; the message says what to do."""


@dataclass(frozen=True)
class Landing:
    """A file that comes.

    Attributes:
        out: where its bytes are written.
        file: where it lies once it is whole.
    """

    out: IO[bytes]
    file: Path


def _folder(by: str) -> Path:
    """Return the folder of a person's files; their name stands in it as a hash alone, since it may hold any sign."""
    return var_folder() / "workbench-incoming" / hashlib.sha256(by.encode()).hexdigest()[:32]


def arrived(by: str) -> list[Path]:
    """Return the files of a person that came whole and were not read yet, the newest first."""
    found = dict[Path, float]()
    for place in _folder(by).glob("*"):
        # Another tab may take one away meanwhile.
        with suppress(FileNotFoundError):
            found |= {each: each.stat().st_mtime for each in place.iterdir() if each.suffix != _PART}
    return sorted(found, key=found.__getitem__, reverse=True)


def size(file: Path) -> int | None:
    """Return the size of a file that came, in bytes; ``None`` where it was taken away meanwhile."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return None


@contextmanager
def landing(by: str, name: str, announced: int = 0) -> Iterator[Landing]:
    """Give a file to write into, which is there under its name once the block ends well, and is gone if it does not.

    Args:
        by: whose it is.
        name: of the file, as the browser says it.
        announced: bytes that will come, as far as that is known.

    Raises:
        BroughtError: the disk has no room for it.
        TooManyError: another file of theirs comes now, or too much of theirs waits to be read.
        OSError: the disk does not take it.
    """
    _forget_old()
    place = _folder(by) / secrets.token_hex(8)
    part, file = place / f"coming{_PART}", place / file_name(name)
    try:
        place.mkdir(parents=True)
        _reserve(place, by, name, announced)
        with part.open("xb") as stream:
            yield Landing(stream, file)
        part.replace(file)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    finally:
        with _guard:
            _coming.pop(place, None)


def _reserve(place: Path, by: str, name: str, announced: int) -> None:
    """Keep room for a file that comes, so that no other one is promised it."""
    waiting = sum(size(each) or 0 for each in arrived(by))
    with _guard:
        if any(whose == by for whose, _ in _coming.values()):
            raise TooManyError(
                f"{file_name(name)}: another of your files is still being sent. Send this one once that has arrived."
            )
        if waiting + announced > MOST_WAITING:
            raise TooManyError(
                f"{file_name(name)}: {wording.file_size(waiting)} of your files were sent and not read yet. Read them on the workbench first."
            )
        _has_room(place, name, announced)
        _coming[place] = (by, announced)


def _has_room(place: Path, name: str, announced: int) -> None:
    free = max(0, shutil.disk_usage(place).free - sum(promised for _, promised in _coming.values()))
    if free < announced + _LEAST_FREE:
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
        with suppress(FileNotFoundError):
            if place.is_dir() and place.stat().st_mtime < before:
                shutil.rmtree(place, ignore_errors=True)
