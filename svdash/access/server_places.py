"""Removes places and settings of the server from messages for visitors: they say what is wrong and in which file.

Messages of faults name whole paths, and the setting to change, for the people who run the server. Pages and routes pass them
through here; the log has the whole message.
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from svdash import settings

_log = logging.getLogger(__name__)
# A sentence that says what to do about a setting. Visitors can't do it, but they can tell who can.
_SETTING_TO_CHANGE: Final = re.compile(r"\b(?:Check|Make room|Name)\b[^.]*\bSVDASH_[A-Z_]+\b[^.]*\.")
_WHOM_TO_TELL: Final = "Tell whoever runs the dashboard."
# Messages logged recently: the same fault comes up at every click.
_logged: Final[deque[str]] = deque(maxlen=100)


def for_visitors(message: str) -> str:
    """Return a message for visitors. The message with its paths and settings goes to the log once, as long as it stays the same."""
    public = without_places(_SETTING_TO_CHANGE.sub(_WHOM_TO_TELL, message))
    if public != message and message not in _logged:
        _logged.append(message)
        _log.warning("%s", message)
    return public


def without_places(message: str) -> str:
    """Return a message with file names instead of paths, and settings instead of folders and the query engine."""
    for place, name in _places():
        inside = "" if name == "SVDASH_PACK" else f"{name}/"
        message = message.replace(f"{place}/", inside).replace(place, name)
    return message


def _places() -> Iterator[tuple[str, str]]:
    """Yield each place and its public name, the longest first, because one place may be inside another."""
    folders = [(settings.pack_folder(), "SVDASH_PACK"), (settings.var_folder(), "SVDASH_VAR")]
    # A full disk has no folder for temporary files, so no message can name one.
    with suppress(FileNotFoundError):
        folders.append((Path(tempfile.gettempdir()), "TMPDIR"))
    found = {
        str(form): name for folder, name in folders for form in (folder, folder.absolute(), folder.resolve())
    }
    database = settings.database_url()
    for address in (database, re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", database)):
        found[address] = "SVDASH_DATABASE_URL"
    if not settings.engine_url().startswith("duckdb:"):
        found[settings.engine_url()] = "SVDASH_ENGINE_URL"
    # A folder such as / occurs in too many words to be replaced.
    yield from sorted(
        ((place, name) for place, name in found.items() if len(place) > 1), key=lambda each: -len(each[0])
    )
