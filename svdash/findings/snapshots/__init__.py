"""Snapshots: what pages showed, kept under the hash of its content and opened again as it was, never worked out anew."""

from svdash.findings.snapshots.stored_snapshot import (
    Entry,
    Snapshot,
    SnapshotError,
    listed,
    opened,
)

__all__ = ["Entry", "Snapshot", "SnapshotError", "listed", "opened"]
