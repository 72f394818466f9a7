"""Settings, read from the environment each time they are asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_HOUSE = Path(__file__).resolve().parent.parent


def pack_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of the data pack.

    ``SVDASH_PACK`` names it; a relative path starts at the current directory. Unset or blank, it is the
    embedded pack: ``data``, beside the ``svdash`` folder. Whether it exists is for the reader to say.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    named = (os.environ if environ is None else environ).get("SVDASH_PACK", "").strip()
    if not named:
        return _HOUSE / "data"
    return Path.cwd() / Path(named).expanduser()


def var_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of what the product works out or records itself, which may not exist yet.

    ``SVDASH_VAR`` names it; a relative path starts at the current directory. Unset or blank, it is ``var``,
    beside the ``svdash`` folder.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    named = (os.environ if environ is None else environ).get("SVDASH_VAR", "").strip()
    if not named:
        return _HOUSE / "var"
    return Path.cwd() / Path(named).expanduser()


def local_user(environ: Mapping[str, str] | None = None) -> bool:
    """Whether whoever sits at this machine may write: ``SVDASH_LOCAL_USER`` is 1. Where they sit is checked elsewhere.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    return (os.environ if environ is None else environ).get("SVDASH_LOCAL_USER", "").strip() == "1"


def engine_url(environ: Mapping[str, str] | None = None) -> str:
    """Address of the query engine, from ``SVDASH_ENGINE_URL``; unset or blank, DuckDB in this process.

    Which forms it may take is for :func:`svdash.pack.engine.open_engine` to say.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    return (os.environ if environ is None else environ).get("SVDASH_ENGINE_URL", "").strip() or "duckdb://"
