"""The read side: opens a data pack, checks it against its own descriptor and types its tables.

>>> pack = open_pack()                     # doctest: +SKIP
>>> pack.table("commitments")              # doctest: +SKIP
>>> [str(fault) for fault in pack.faults]  # doctest: +SKIP
"""

from svdash.tables.dependencies import Kept, kept, settled
from svdash.tables.edition import Edition
from svdash.tables.faults import Fault, LinesError, PackError, UnknownTableError
from svdash.tables.package import Pack, open_pack
from svdash.tables.values import split

__all__ = [
    "Edition",
    "Fault",
    "Kept",
    "LinesError",
    "Pack",
    "PackError",
    "UnknownTableError",
    "kept",
    "open_pack",
    "settled",
    "split",
]
