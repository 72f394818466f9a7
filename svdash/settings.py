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
