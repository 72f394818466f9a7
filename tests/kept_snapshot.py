"""The snapshots that open for ever: of the small pack, by the first version that took any, and the overview with its cards by the first that kept these."""

from __future__ import annotations

from svdash.findings.snapshot_taking import stored
from svdash.findings.snapshots.stored_snapshot import read
from tests.copies import ROOT

FOLDER = ROOT / "tests" / "snapshots"
WITH_CARDS = "aa24b8c182d94e1502b3b632a16c688c5fa5ad8aefdb8fce5aa0d8a363d1c3e5"
KEPT = "7a50a4ee09c3c9e2dc16d02f2c52f024e17648b8957a5fcfeb5a813cc92cee85"


def put_on_record() -> None:
    """Record in the database of the settings that it was taken. ``SVDASH_SNAPSHOTS`` must name its folder: nothing is written there."""
    stored(read((FOLDER / f"{KEPT}.zip").read_bytes(), KEPT), name="The first", by="ann", view="/")
