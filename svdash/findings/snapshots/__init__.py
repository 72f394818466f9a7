"""Snapshots: what pages showed, kept under the hash of its content and opened again as it was, never worked out anew."""

from svdash.findings.snapshots.stored_snapshot import (
    SHORT,
    Entry,
    RecordsSilentError,
    Snapshot,
    SnapshotError,
    WithdrawnError,
    listed,
    opened,
    opened_for_audit,
    record_of,
)

__all__ = [
    "SHORT",
    "Entry",
    "RecordsSilentError",
    "Snapshot",
    "SnapshotError",
    "WithdrawnError",
    "listed",
    "opened",
    "opened_for_audit",
    "record_of",
]
