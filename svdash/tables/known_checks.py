"""Remembers checked tables by their schema and bytes, so that saving one table does not check the others again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Final

from svdash.tables.schema import Table
from svdash.tables.table_checks import Checked

# Enough for some versions of a pack of thirty tables. Larger files are not remembered: their rows would fill memory.
MOST: Final = 128
LARGEST: Final = 1_000_000

_Key = tuple[Table, bytes]


class KnownChecks:
    """Remembers the most recently used checked tables; safe to share between threads.

    It remembers each table without its links. Links to other tables are checked for each pack, on a copy.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, Checked] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, table: Table, digest: bytes) -> Checked | None:
        """Return the checked table; ``None`` if no file with that SHA-256 was checked with that schema."""
        with self._guard:
            known = self._known.get(_key(table, digest))
            if known is None:
                return None
            self._known.move_to_end(_key(table, digest))
        return _copy(known, table)

    def add(self, table: Table, digest: bytes, checked: Checked) -> None:
        """Remember a table whose links are not checked yet. ``digest``: SHA-256 of the bytes that it was read from."""
        with self._guard:
            self._known[_key(table, digest)] = _copy(checked, table)
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """Forget all tables."""
        with self._guard:
            self._known.clear()


def _key(table: Table, digest: bytes) -> _Key:
    """Return the schema without the folder, because faults name the file without it."""
    return replace(table, file=None if table.file is None else Path(table.file.name)), digest


def _copy(checked: Checked, table: Table) -> Checked:
    """Return a copy for checking links: that removes rows and adds faults, and only reads the frames."""
    return replace(checked, table=table, bad=checked.bad.copy(), faults=list(checked.faults))
