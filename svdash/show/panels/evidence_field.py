"""Evidence as a file: given with an update, and taken away by those who write. Never drawn: only saved on one's own disk."""

from __future__ import annotations

from typing import Final

import streamlit as st

from svdash.access import identity
from svdash.records import RecordsError, Revision
from svdash.records.evidence_files import (
    MOST_MEGABYTES,
    TYPES,
    EvidenceFile,
    EvidenceFolder,
    examined,
    file_in,
    safe_name,
)
from svdash.show.kit import recording
from svdash.show.kit.plain_text import plain

# Whatever a file is, the browser is told to save it: no type that it would open.
_SAVED_ONLY: Final = "application/octet-stream"


class GivenFile:
    """What the field for a file holds: nothing, the file that was kept before, or a new one that is not kept yet."""

    def __init__(self, file: EvidenceFile | None, content: bytes | None = None, fault: str = "") -> None:
        self.file, self.fault = file, fault
        self._content = content

    def or_else(self, file: EvidenceFile | None) -> GivenFile:
        """Return this, or a file that is kept already where this holds none."""
        return self if self.file or self.fault or file is None else GivenFile(file)

    def keep(self) -> dict[str, object] | None:
        """Keep a new file, and return how the history names it.

        Raises:
            RecordsError: the file is not one that is kept, or can't be written; nothing is to be recorded then.
        """
        if self.fault:
            raise RecordsError(self.fault)
        if self.file is None:
            return None
        if self._content is not None:
            EvidenceFolder().keep(self.file, self._content)
        return self.file.model_dump(mode="json")


def ask(key: str, before: EvidenceFile | None) -> GivenFile:
    """Draw the field for a file, and return what it holds.

    Args:
        key: the field's own name on the page.
        before: the file that was kept already.
    """
    label = f"File: {before.name}" if before else "Attach a file"
    with st.popover(plain(label)):
        if before:
            take_away(before, f"{key}-taken")
        given = st.file_uploader(
            f"{'Another file in its place' if before else 'A file as evidence'}: PDF, Office, CSV, text or a picture, up to "
            f"{MOST_MEGABYTES} MB",
            type=list(TYPES),
            max_upload_size=MOST_MEGABYTES,
            key=key,
        )
        dropped = (
            before is not None and given is None and st.checkbox("Leave the file out", key=f"{key}-dropped")
        )
        st.caption(
            "Kept beside the database under its SHA-256. Only people who may write can open it; readers see its name and size."
        )
    if given is None:
        return GivenFile(None if dropped else before)
    content = given.getvalue()
    try:
        return GivenFile(examined(given.name, content), content)
    except RecordsError as problem:
        recording.say(str(problem), "error")
        return GivenFile(None, fault=str(problem))


def take_away(file: EvidenceFile, key: str) -> None:
    """Draw a button that saves a file on the reader's disk; a sentence where the file is not there any more.

    For those who may write; for others it draws nothing.
    """
    if not may_open():
        return
    folder = EvidenceFolder()
    if not folder.is_there(file):
        recording.say(
            f"{file} is not there any more: it was removed or changed on the server. Give it again.",
            "warning",
        )
        return

    # Read when the button is pressed, not for every page that has one.
    st.download_button(
        plain(f"Save {file}"),
        lambda: opened(folder, file),
        file_name=safe_name(file.name),
        mime=_SAVED_ONLY,
        key=key,
        on_click="ignore",
    )


def may_open() -> bool:
    """Return whether who is at the browser has a role: people who signed in and have none are readers."""
    person = identity.person()
    return person is not None and bool(person.roles)


def opened(folder: EvidenceFolder, file: EvidenceFile) -> bytes:
    """Return what a file holds, for those who may have it at the moment they ask."""
    return folder.content(file) if may_open() else b""


def of_update(update: Revision, key: str) -> None:
    """Draw the file of an update that is shown: to take away for those who write; for everybody, that it is gone."""
    file = file_in(update.content)
    if file is None:
        return
    if EvidenceFolder().is_there(file):
        take_away(file, key)
    else:
        recording.say(f"{update.content['period']}: the file {file} is not there any more.", "warning")
