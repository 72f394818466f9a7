"""Structures of charts by the name of their drawing, kept on disk once built: Altair takes over a second to import.

They stand in ``drawings`` in the folder of :func:`svdash.settings.var_folder`, by the code that draws them.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from svdash.caching import disk_cache
from svdash.findings.open_data import open_tables
from svdash.render import small_multiples
from svdash.settings import var_folder

Spec = dict[str, Any]
# Small multiples side by side: on a phone, elsewhere.
COLUMNS: Final = (1, 4)
_FILE: Final = "drawings.json"


@lru_cache(maxsize=64)
def structure(name: str, columns: int) -> Spec | None:
    """Return the structure of a drawing, ``None`` where there is none of that name. Its rows are put in by ``charts``."""
    before = _kept()
    if before is not None and columns in COLUMNS:
        return before.get(_key(name, columns))
    from svdash.render.drawings import BUILDERS

    return BUILDERS[name](columns) if name in BUILDERS else None


def known(drawing: str) -> bool:
    """Return whether there is a drawing of that name. Altair is imported only where no structures are kept yet."""
    before = _kept()
    if before is not None:
        return _key(drawing, COLUMNS[-1]) in before
    from svdash.render.drawings import BUILDERS

    return drawing in BUILDERS


def drawing_of(name: str) -> str:
    """Return the name of the drawing that shows a finding."""
    spec = open_tables.spec_of(name)
    return name if spec is None or not spec.drawing else spec.drawing


def names() -> tuple[str, ...]:
    """Return the names of the findings that have a chart."""
    from svdash.render.drawings import BUILDERS

    drawn = (*BUILDERS, *small_multiples.NAMES)
    return tuple(spec.name for spec in open_tables.findings() if drawing_of(spec.name) in drawn)


def keep() -> None:
    """Build every structure and keep it for later starts. Raises ``OSError`` where it can't be written."""
    from svdash.render.drawings import BUILDERS

    if _kept() is None:
        built = {_key(name, columns): structure(name, columns) for name in BUILDERS for columns in COLUMNS}
        disk_cache.put(_folder(), {_FILE: json.dumps(built).encode()})


@cache
def _kept() -> dict[str, Spec] | None:
    files = disk_cache.fetch(_folder())
    return None if files is None else json.loads(files[_FILE])


def _key(name: str, columns: int) -> str:
    return f"{name} {columns}"


def _folder() -> Path:
    whole = hashlib.sha256(f"altair {version('altair')}".encode())
    here = Path(__file__).parent
    house = here.parent
    own = [*(here / "drawings").glob("*.py"), house / "theme.py", *(house / "wording").glob("*.py")]
    for path in sorted(own):
        whole.update(path.read_bytes())
    return var_folder() / "drawings" / whole.hexdigest()[:16]
