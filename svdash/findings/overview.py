"""The few numbers a meeting starts from; each leads to the page and the filter behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from svdash.findings import progress, trends
from svdash.framework import View
from svdash.pack import Pack
from svdash.show import wording


@dataclass(frozen=True)
class Tile:
    """One number with its noun, what stands behind it, and where it leads."""

    number: str
    label: str
    detail: str
    page: str
    params: Mapping[str, str] = field(default_factory=dict)


def tiles(pack: Pack, view: View) -> list[Tile]:
    """Return the overview's numbers for a view."""
    return pack.remember(("overview.tiles", view), lambda: _tiles(pack, view))


def _tiles(pack: Pack, view: View) -> list[Tile]:
    rows = progress.select(pack, view)
    late = rows[rows["overdue"]]
    done = int((rows["delivery"] == "complete").sum())
    course = int((rows["delivery"] == "substantial").sum())
    unproved = int((rows["missing"] != "").sum())
    verdicts = [verdict for _, _, verdict in trends.fronts(pack, view)]
    silent = verdicts.count("no-data") + verdicts.count("no-agreed-measure")
    owners = wording.count(late["lead"].nunique(), "owner") if len(late) else "nothing past its date"
    total = f"of {wording.count(len(rows), 'commitment')}"
    return [
        Tile(str(len(late)), "overdue", owners, "commitments", {"delivery": "overdue", "kind": "all"}),
        Tile(f"{done}", "complete, with evidence", f"{total}; {course} substantial", "commitments", {"delivery": "complete"}),
        Tile(str(unproved), "cannot be verified", "no owner, test, date or evidence", "commitments", {"delivery": "unverified"}),
        Tile(
            str(verdicts.count("improving")),
            "measures really better",
            f"of {len(verdicts)}; {verdicts.count('too-early')} too early, {verdicts.count('worsening')} worse",
            "indicators",
        ),
        Tile(
            str(silent),
            "measures without a figure",
            f"{verdicts.count('no-agreed-measure')} have no agreed measure, {verdicts.count('no-data')} no data",
            "data_and_methods",
        ),
    ]
