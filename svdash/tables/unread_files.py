"""Files in a pack's folder that look like tables and that nothing reads, because the descriptor doesn't name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from svdash.tables.faults import DESCRIPTOR
from svdash.tables.package import Pack

_OF_TABLES: Final = frozenset((".csv", ".parquet", ".geojson"))
# Imports number the files that they write; what they refused stands beside the file that was imported.
_NUMBERED: Final = re.compile(r"(.+?)(?:\.v[1-9][0-9]*)?")
_REFUSED: Final = "-refused"


def notes(pack: Pack) -> Iterator[str]:
    """Return a sentence on each file that nothing reads, with the file that is read in its place if one is."""
    read = {pack.file(name).resolve(): name for name in pack.names}
    tables = {_without_number(path.stem): (name, path.name) for path, name in read.items()}
    for path in sorted(pack.path.iterdir()):
        is_table = path.suffix.casefold() in _OF_TABLES and not path.name.startswith(".")
        if not is_table or path.stem.endswith(_REFUSED) or path.resolve() in read:
            continue
        name, file = tables.get(_without_number(path.stem), ("", ""))
        instead = (
            f"The table {name} is read from {file}: put the rows there."
            if name
            else "Describe it there, or remove it."
        )
        yield f"{path.name}: no table of {DESCRIPTOR} is read from this file. {instead}"


def _without_number(stem: str) -> str:
    found = _NUMBERED.fullmatch(stem)
    return found[1] if found else stem
