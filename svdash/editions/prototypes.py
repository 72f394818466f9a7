"""An edition with one indicator above it that nobody agreed to yet, for those who try it out.

Findings are worked out of it as of every edition, and pass the same gate. It is never the present edition: only who asks for it
by :func:`with_prototype` has it, and the edition below stays as it is.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd

from svdash.editions import tried_out
from svdash.editions.tables_above import WHOLE, Below, TablesAbove
from svdash.tables import Edition

if TYPE_CHECKING:
    from svdash.editions.recorded import Beside
    from svdash.records import Revision

INDICATORS: Final = "indicators"
# Tables whose rows a prototype brings, with the column that names the indicator.
TABLES: Final[Mapping[str, str]] = {
    INDICATORS: "id",
    "links": "indicator",
    "observations_published": "indicator",
    "observations_illustrative": "indicator",
}
# So many prototypes stand ready: a few versions of each of ten analysts.
_OPEN: Final = 32


@dataclass(frozen=True, eq=False)
class PrototypeRows:
    """The rows of one indicator in a pack's columns and types.

    Attributes:
        indicator: its identifier.
        tables: name of a table in :data:`TABLES` → its rows; tables without rows may be left out. Nobody may change them.
    """

    indicator: str
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each table's rows, of no rows too, and of all of them."""
        none = pd.DataFrame()
        own = {name: _digest(self.indicator, self.tables.get(name, none)) for name in TABLES}
        return {**own, WHOLE: hashlib.sha256("\n".join(own.values()).encode()).hexdigest()}


class PrototypeEdition(TablesAbove):
    """An edition with the rows of a prototype above it. Implements ``Edition``; safe to share.

    An indicator of the same identifier is replaced: what its rows say instead is what is tried out.

    Attributes:
        below: the edition it stands on.
        prototype: the identifier of the prototype.
    """

    below: Edition
    prototype: str

    def __init__(self, below: Edition, rows: PrototypeRows) -> None:
        self.below, self.prototype = below, rows.indicator
        above = {name: _joined(below.table(name), rows, name) for name in TABLES}
        super().__init__(cast(Below, below), above, rows.digests)

    def __repr__(self) -> str:
        """Return the edition below and the prototype above it, for logs."""
        return f"PrototypeEdition({self.below!r}, {self.prototype})"

    @property
    def published(self) -> tuple[Revision, ...]:
        """The recorded updates that the edition below shows."""
        return tuple(getattr(self.below, "published", ()))

    @property
    def beside(self) -> Beside | None:
        """What was recorded beside them; ``None`` where nothing was."""
        return getattr(self.below, "beside", None)

    def recorded(self, item: str) -> Revision | None:
        """Return the revision of an item that the edition below shows; ``None`` where there is none."""
        found = getattr(self.below, "recorded", None)
        return None if found is None else cast("Revision | None", found(item))


_guard: Final = threading.Lock()
_known: Final[OrderedDict[tuple[str, str], PrototypeEdition]] = OrderedDict()


def with_prototype(edition: Edition, rows: PrototypeRows) -> PrototypeEdition:
    """Return an edition with a prototype above it: the same object for the same edition and rows, as long as it stands ready.

    What is worked out of it is kept as long as its rows and what else was read are the same, whoever asks.

    Raises:
        PackError: a table cannot be read.
        ValueError: the edition is a prototype's already: one stands on what is agreed.
    """
    tried = tried_out(edition)
    if tried is not None:
        raise ValueError(f"{tried.indicator} is a prototype: put the other one on the edition below it")
    key = (edition.fingerprint, rows.digests[WHOLE])
    with _guard:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    made = PrototypeEdition(edition, rows)
    with _guard:
        found = _known.setdefault(key, made)
        while len(_known) > _OPEN:
            _known.popitem(last=False)
    return found


def _joined(own: pd.DataFrame, rows: PrototypeRows, name: str) -> pd.DataFrame:
    """Return a table's rows without those of the prototype's identifier, and the prototype's, in the table's columns and types."""
    of_it = own[TABLES[name]].to_numpy() == rows.indicator
    left: pd.DataFrame = own[~of_it].reset_index(drop=True) if of_it.any() else own
    new = rows.tables.get(name)
    if new is None or not len(new):
        return left
    # A column that the rows do not have is empty, in its own type.
    typed = {
        column: new[column].astype(kind) if column in new else pd.Series(index=new.index, dtype=kind)
        for column, kind in own.dtypes.items()
    }
    return pd.concat([left, pd.DataFrame(typed)], ignore_index=True)


def _digest(indicator: str, rows: pd.DataFrame) -> str:
    text: Any = rows.to_csv(index=False, date_format="%Y-%m-%d")
    return hashlib.sha256(f"{indicator}\n{text}".encode()).hexdigest()
