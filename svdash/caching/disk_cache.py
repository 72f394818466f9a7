"""Keeps results worked out from one version of a pack in a folder, for later starts. A folder is written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

SUMS: Final = "sums.json"
_ATTEMPTS: Final = 10
_log = logging.getLogger(__name__)
# Why a folder could not be written, until it can. This costs only time at the next start.
_troubles: Final[dict[Path, str]] = {}


def troubles() -> tuple[str, ...]:
    """Return the folders that cannot be written at present, each with the reason."""
    return tuple(f"{folder}: {why}" for folder, why in sorted(_troubles.items()))


def fetch(folder: Path) -> dict[str, bytes] | None:
    """Return the files of a folder by name; ``None`` if the folder is missing or damaged."""
    try:
        if not folder.is_dir():
            return None
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
    """Write files into a new folder as a whole. If another process wrote the folder first, its files stay.

    Raises ``OSError`` if the folder cannot be written; :func:`troubles` then reports it.
    """
    try:
        _put(folder, files)
    except OSError as error:
        _troubles[folder.parent] = error.strerror or str(error)
        raise
    _troubles.pop(folder.parent, None)


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
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
            with suppress(FileNotFoundError):  # another process has deleted the damaged files
                folder.rename(Path(temporary) / f"damaged-{attempt}")
    raise OSError(errno.EBUSY, "other processes damage the files there", str(folder))


def forget(folder: Path, most: int) -> None:
    """Delete the oldest folders beside this one, so that at most ``most`` are left, with it."""
    others = sorted(
        (other for other in folder.parent.iterdir() if not other.name.startswith(".") and other != folder),
        key=lambda other: other.stat().st_mtime,
    )
    for other in others[: max(0, len(others) + 1 - most)]:
        shutil.rmtree(other, ignore_errors=True)  # another process may be deleting it too


def packed(frame: pd.DataFrame) -> bytes:
    """Write a frame as an Arrow stream, which keeps its dtypes."""
    table = pa.Table.from_pandas(frame)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> pd.DataFrame:
    """Read what :func:`packed` wrote."""
    frame: pd.DataFrame = pa.ipc.open_stream(data).read_pandas()
    return frame


def code(paths: Iterable[Path]) -> str:
    """Return a fingerprint of modules and of the libraries that make frames: other code may give other results."""
    versions = [f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "scipy")]
    whole = hashlib.sha256(" ".join(versions).encode())
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _moved(fresh: Path, folder: Path) -> bool:
    """Move the fresh folder into place; return whether it could be: not if there is one already."""
    try:
        fresh.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False
        raise
    return True
