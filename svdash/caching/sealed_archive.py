"""Archives under the hash of what is in them: whoever has the hash can tell that nothing in them was changed.

An archive is a zip with a manifest and its parts. The manifest names the SHA-256 of each part, and the SHA-256 of the manifest
is the archive's digest: ``unzip -p FILE manifest.json | sha256sum`` gives it. Nothing in it depends on when, where or by
whom it was written. An archive is read whole or refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = "manifest.json"
PARTS: Final = "parts"
ENDING: Final = ".zip"
# The first moment that a zip can write, and rights that say no more than that it is a file.
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MOST_UNPACKED: Final = 400_000_000
_DIGEST: Final = re.compile("[0-9a-f]{64}")
# What reading a damaged zip raises: one bit may say that it is encrypted (RuntimeError), that a part begins before the file
# (ValueError), that it is packed in another way (each library has an error of its own), or that a number is too large.
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, KeyError, EOFError, OSError, RuntimeError, ValueError,
    TypeError, AttributeError, OverflowError,
)  # fmt: skip


class SealError(ValueError):
    """An archive is not what its digest says. The message says what is wrong, as the end of a sentence."""


@dataclass(frozen=True)
class Archive:
    """An archive that was packed, or opened and checked.

    Attributes:
        digest: SHA-256 of its manifest, in hexadecimal.
        about: what the manifest says beside the hashes of the parts.
        parts: name → bytes.
        content: the bytes of the file.
    """

    digest: str
    about: Mapping[str, Any]
    parts: Mapping[str, bytes]
    content: bytes

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.content)


def canonical(value: Any) -> bytes:
    """Return JSON in the one form that is hashed: no blanks, characters as they are, mappings in the order they have."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def packed(about: Mapping[str, Any], parts: Mapping[str, bytes]) -> Archive:
    """Return an archive of parts; the same ones give the same digest.

    Args:
        about: what the manifest says beside the hashes of the parts, as JSON can hold it.
        parts: name → bytes.
    """
    sums = {name: hashlib.sha256(parts[name]).hexdigest() for name in sorted(parts)}
    manifest = canonical({**about, PARTS: sums})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in ((MANIFEST, manifest), *((name, parts[name]) for name in sums)):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return Archive(hashlib.sha256(manifest).hexdigest(), about, parts, file.getvalue())


def opened(content: bytes, digest: str) -> Archive:
    """Return an archive after every hash in it was worked out again.

    Raises:
        SealError: it was cut off or altered, or is no such archive.
    """
    try:
        about, parts = _checked(content, digest)
    except SealError:
        raise
    except _DAMAGE as error:
        raise SealError(f"is cut off or damaged ({error})") from error
    return Archive(digest, about, parts, content)


def _checked(content: bytes, digest: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the manifest says, and the parts. Raises ``SealError`` for what was altered, one of ``_DAMAGE`` for what can't be read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if sum(entry.file_size for entry in entries.values()) > _MOST_UNPACKED:
            raise SealError("is larger than any that this program writes")
        manifest = archive.read(MANIFEST)
        if hashlib.sha256(manifest).hexdigest() != digest:
            raise SealError("was altered: its list of contents is not what its id says")
        about = json.loads(manifest)
        if not isinstance(about, dict) or not isinstance(about.get(PARTS), dict):
            raise SealError("was not written by this program: its list of contents names no parts")
        sums = about.pop(PARTS)
        if {MANIFEST, *sums} != set(entries) or len(entries) != len(archive.infolist()):
            raise SealError("was altered: parts were added or taken out")
        parts = {name: archive.read(name) for name in sums}
        for name, expected in sums.items():
            if hashlib.sha256(parts[name]).hexdigest() != expected:
                raise SealError(f"was altered: the part {name} is not what its hash says")
    return about, parts


def keep(folder: Path, archive: Archive) -> Path:
    """Write an archive into a folder, whole or not at all, and return its file. When this returns, it is on the disk.

    Raises:
        OSError: it can't be written.
    """
    file = place(folder, archive.digest)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(archive.content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(unfinished).replace(file)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return file


def is_digest(name: str) -> bool:
    """Return whether a name is a SHA-256 in hexadecimal, as files of archives are called."""
    return _DIGEST.fullmatch(name) is not None


def place(folder: Path, digest: str) -> Path:
    """Return where a folder has an archive; it may not be there. Raises ``ValueError`` for what is no digest."""
    if not is_digest(digest):
        raise ValueError(f"{digest[:80]!r} is not a SHA-256 in hexadecimal")
    return folder / f"{digest}{ENDING}"
