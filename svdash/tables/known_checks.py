"""Tables that were checked before, by their schema and their bytes: a save to one table checks no other again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Final

from svdash.tables.schema import Table
from svdash.tables.table_checks import Checked

# Some versions of a pack of thirty tables. Larger files are not to be remembered: their rows would fill memory.
MOST: Final = 128
LARGEST: Final = 1_000_000

_Key = tuple[Table, bytes]


class KnownChecks:
    """Remembers checked tables, the ones used last; safe to share between threads.

    What is remembered is a table by itself. What it says of other tables is settled anew for each pack, on a copy.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, Checked] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, table: Table, digest: bytes) -> Checked | None:
        """Return the table as it was checked; ``None`` where a file with that SHA-256 was not checked by that schema."""
        with self._guard:
            known = self._known.get(_key(table, digest))
            if known is None:
                return None
            self._known.move_to_end(_key(table, digest))
        return _copy(known, table)

    def add(self, table: Table, digest: bytes, checked: Checked) -> None:
        """Remember a table that nothing was settled in yet. ``digest``: SHA-256 of the bytes that it was read from."""
        with self._guard:
            self._known[_key(table, digest)] = _copy(checked, table)
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """Forget all of them."""
        with self._guard:
            self._known.clear()


def _key(table: Table, digest: bytes) -> _Key:
    """The schema without the folder: faults name the file by its own name only."""
    return replace(table, file=None if table.file is None else Path(table.file.name)), digest


def _copy(checked: Checked, table: Table) -> Checked:
    """A copy to settle links in: rows are taken out and faults added there, while frames are only read."""
    return replace(checked, table=table, bad=checked.bad.copy(), faults=list(checked.faults))
