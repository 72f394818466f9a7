"""The write side: what people record, as a history to which rows are only added.

Each row says who recorded what, when and from which view, which row of the same item it follows, and has a hash over its
content and the row before it. The database refuses to change or delete a row; a change made past the database shows when
the hashes are worked out again.
"""

from svdash.records.database import Database, connect, is_there
from svdash.records.history import Draft, History, Revision
from svdash.records.record_errors import ConflictError, RecordsError

__all__ = [
    "ConflictError",
    "Database",
    "Draft",
    "History",
    "RecordsError",
    "Revision",
    "connect",
    "is_there",
]
