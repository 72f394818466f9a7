"""Evidence that is a file: kept in a folder beside the database, under its SHA-256.

The history holds the hash, so a file that was changed or removed since shows. What is kept is what its ending says, as far as
its first bytes tell: papers, tables, pictures and plain text, no programs and no Office files with macros. A paper may still hold what its own program runs, so files
are only ever saved, never shown.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from svdash import settings, wording
from svdash.records.history import History
from svdash.records.record_errors import RecordsError

# As the server accepts it: Streamlit holds an upload in memory.
MOST_MEGABYTES: Final = 10
MOST_BYTES: Final = MOST_MEGABYTES * 1024 * 1024
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
# Ending → type. What can hold macros or scripts (.docm, .xls, .html, .svg) is not among them.
TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
_BEGINS: Final = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}
_LONGEST_STEM: Final = 80
# Names that Windows takes for devices.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


class EvidenceFile(BaseModel):
    """A file of evidence, as the history names it.

    Attributes:
        sha256: of its bytes, in hexadecimal; its name in the folder.
        name: what it is called when it is taken away: without a path, marks that nobody sees, or a second ending.
        media: its type. ``size``: in bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=120)
    media: str = Field(max_length=120)
    size: int = Field(ge=1, le=MOST_BYTES)

    def __str__(self) -> str:
        """Return it as pages name it."""
        return f"{self.name} ({wording.file_size(self.size)})"


def examined(given: str, content: bytes) -> EvidenceFile:
    """Return a file as it is kept, after a look at its name, size and first bytes. Keeps nothing.

    Args:
        given: its name as the browser sent it; may be hostile.
        content: its bytes.

    Raises:
        RecordsError: it is empty, too large, or not of a kind that is kept.
    """
    name = safe_name(given)
    ending = name.rpartition(".")[2]
    if ending not in TYPES:
        raise RecordsError(
            f"{name}: a file of this kind can't be kept as evidence. Save it as {wording.choices(list(TYPES))}."
        )
    if not content:
        raise RecordsError(f"{name}: the file is empty.")
    if len(content) > MOST_BYTES:
        raise RecordsError(
            f"{name}: it has {wording.file_size(len(content))}, and {MOST_MEGABYTES} MB is the most. Give a link to it instead."
        )
    if not _is_what_it_says(ending, content):
        raise RecordsError(
            f"{name}: its content does not match its file extension, or it has macros. Save it again from the program that made it."
        )
    return EvidenceFile(
        sha256=hashlib.sha256(content).hexdigest(), name=name, media=TYPES[ending], size=len(content)
    )


def safe_name(given: str) -> str:
    """Return the name of a file without its path, marks that nobody sees, and endings before the last; never empty."""
    last = unicodedata.normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    # Control characters, marks that turn the direction of reading, halves of characters: all in Unicode's class C.
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    stem, _, ending = seen.rpartition(".")
    stem = re.sub(r"[^\w ()-]+", "_", stem).strip(" _-")[:_LONGEST_STEM].strip()
    stem = f"_{stem}" if _DEVICES.fullmatch(stem) else stem or "evidence"
    ending = re.sub(r"[^a-z0-9]", "", ending.casefold())[:10]
    return f"{stem}.{ending}" if ending else stem


def _is_what_it_says(ending: str, content: bytes) -> bool:
    if ending in _BEGINS:
        return content.startswith(_BEGINS[ending])
    if ending in {"csv", "txt"}:
        return b"\0" not in content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {each.filename.rpartition("/")[2].casefold() for each in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    return bool(names & {"[content_types].xml", "mimetype"}) and not names & {
        "vbaproject.bin",
        "script-lc.xml",
    }


class EvidenceFolder:
    """The folder of files. Safe to share between threads and processes: a file is put there whole or not at all."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take a folder, by default that of the settings. It is made when the first file is kept."""
        self.folder = settings.evidence_folder() if folder is None else folder

    def keep(self, file: EvidenceFile, content: bytes) -> None:
        """Keep the bytes of a file. When this returns, they are on the disk.

        Raises:
            RecordsError: the folder can't be written, or the disk is full; nothing was kept.
        """
        if not self.trouble(file):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(unfinished).replace(self.folder / file.sha256)
            finally:
                Path(unfinished).unlink(missing_ok=True)
            self._sync()
        except OSError as error:
            raise RecordsError(
                f"{file.name} can't be kept: {error.strerror or error}. Make room, or check that the server may write in the folder "
                "that SVDASH_EVIDENCE names, and save again."
            ) from error

    def content(self, file: EvidenceFile) -> bytes:
        """Return the bytes of a file.

        Raises:
            RecordsError: it is not there any more, or was changed.
        """
        try:
            found = (self.folder / file.sha256).read_bytes()
        except OSError as error:
            raise RecordsError(f"{file.name} is not there any more: {_REMEDY}") from error
        if hashlib.sha256(found).hexdigest() != file.sha256:
            raise RecordsError(f"{file.name} was changed after it was given: {_REMEDY}")
        return found

    def is_there(self, file: EvidenceFile) -> bool:
        """Return whether there is a file of that size: a quick look, for pages."""
        try:
            return (self.folder / file.sha256).stat().st_size == file.size
        except OSError:
            return False

    def trouble(self, file: EvidenceFile) -> str:
        """Return what is wrong with a file as a sentence, after reading it all; empty if nothing is."""
        try:
            self.content(file)
        except RecordsError as problem:
            return str(problem)
        return ""

    def troubles(self, files: Iterable[EvidenceFile]) -> Iterator[str]:
        """Give what is wrong with files, as sentences that name the hash too: two files may have one name."""
        for file in files:
            found = self.trouble(file)
            if found:
                yield f"{found} Its SHA-256 is {file.sha256}."

    def unnamed(self, files: Iterable[EvidenceFile]) -> tuple[str, ...]:
        """Return the names in the folder that none of the files has: kept for something that was never saved.

        Raises:
            RecordsError: the folder can't be read.
        """
        named = {each.sha256 for each in files}
        try:
            found = sorted(each.name for each in self.folder.iterdir()) if self.folder.is_dir() else []
        except OSError as error:
            raise RecordsError(f"The folder of evidence can't be read: {error.strerror or error}.") from error
        return tuple(each for each in found if each not in named)

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_REMEDY: Final = "restore the folder of evidence from a backup, or have it given again."


def file_in(content: Mapping[str, Any]) -> EvidenceFile | None:
    """Return the file that what is recorded names; ``None`` where it names none."""
    named = content.get("file")
    return EvidenceFile.model_validate(named) if named else None


def files_in(history: History) -> list[EvidenceFile]:
    """Return every file that a history names, each once, in the order in which they were given."""
    found = (file_in(each.content) for each in history.all())
    return list({each.sha256: each for each in found if each is not None}.values())


def evidence_text(content: Mapping[str, Any]) -> str | None:
    """Return the evidence that is recorded as readers see it: what was written, and the file's name; ``None`` for none."""
    file = file_in(content)
    parts = [str(content["evidence"])] if content.get("evidence") else []
    return " · ".join([*parts, f"file: {file}"] if file else parts) or None
