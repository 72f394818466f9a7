"""What was worked out from a version of a pack is kept in a folder, whole or not at all, and read by later starts."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

SUMS: Final = "sums.json"
_ATTEMPTS: Final = 10
_log = logging.getLogger(__name__)


def fetch(folder: Path) -> dict[str, bytes] | None:
    """Return the files of a folder by name; ``None`` where there is none, or not as it was written."""
    if not folder.is_dir():
        return None
    try:
        sums = json.loads((folder / SUMS).read_text(encoding="utf-8"))
        return {name: _read(folder / name, digest) for name, digest in sums.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        _log.warning("%s: what is kept there is damaged (%s) and worked out again", folder, error)
        return None


def _read(path: Path, digest: str) -> bytes:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{path.name} is not what was written")
    return data


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a new folder as a whole. Where another process was first, its files stay.

    Raises ``OSError`` where nothing can be written there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as temporary:
        fresh = Path(temporary) / "fresh"
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        (fresh / SUMS).write_text(json.dumps(sums), encoding="utf-8")
        for attempt in range(_ATTEMPTS):
            if _moved(fresh, folder) or fetch(folder) is not None:
                return
            with suppress(FileNotFoundError):  # another process took the damaged ones away
                folder.rename(Path(temporary) / f"damaged-{attempt}")
    raise OSError(errno.EBUSY, "other processes damage the files there", str(folder))


def _moved(fresh: Path, folder: Path) -> bool:
    """Whether the fresh folder is now in place; not so where there is one already."""
    try:
        fresh.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True
