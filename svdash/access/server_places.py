"""What visitors are told of a fault: what is wrong, and in which file; not where on the server that file is.

Messages of faults name whole paths, for whoever keeps the server. Pages and routes pass them through here.
"""

from __future__ import annotations

import logging
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from svdash import settings

_log = logging.getLogger(__name__)
# Messages that the log has got lately: a fault is met at every click.
_logged: Final[deque[str]] = deque(maxlen=100)


def told(message: str) -> str:
    """Return a message for visitors; the log gets it with its paths, once for as long as it stays the same."""
    public = without_places(message)
    if public != message and message not in _logged:
        _logged.append(message)
        _log.warning("%s", message)
    return public


def without_places(message: str) -> str:
    """Return a message with files by their names, and folders and the query engine by the settings that name them."""
    for place, name in _places():
        inside = "" if name == "SVDASH_PACK" else f"{name}/"
        message = message.replace(f"{place}/", inside).replace(place, name)
    return message


def _places() -> Iterator[tuple[str, str]]:
    """Yield where things are and what visitors may call that, the longest first: one may be inside of another."""
    folders = [(settings.pack_folder(), "SVDASH_PACK"), (settings.var_folder(), "SVDASH_VAR")]
    # On a disk that is full there is no folder for temporary files, and so no message about one.
    with suppress(FileNotFoundError):
        folders.append((Path(tempfile.gettempdir()), "TMPDIR"))
    found = {
        str(form): name for folder, name in folders for form in (folder, folder.absolute(), folder.resolve())
    }
    if not settings.engine_url().startswith("duckdb:"):
        found[settings.engine_url()] = "SVDASH_ENGINE_URL"
    # A folder such as / stands in too many words to be told apart.
    yield from sorted(
        ((place, name) for place, name in found.items() if len(place) > 1), key=lambda each: -len(each[0])
    )
