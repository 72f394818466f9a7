"""The snapshot that opens for ever: of the small pack, by the first version that took any."""

from __future__ import annotations

from tests.copies import ROOT

FOLDER = ROOT / "tests" / "snapshots"
KEPT = "7a50a4ee09c3c9e2dc16d02f2c52f024e17648b8957a5fcfeb5a813cc92cee85"
