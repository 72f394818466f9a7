"""Makes the embedded pack's frameworks of outcomes, which are made up: ``python tools/make_outcomes.py [--out data]``.

Two frameworks that do not exist, so that the pages can show how one figure serves several. Neither is the text of any
that was published, and no target of them is anybody's. Each is a table in the code: the same files every time.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PUBLISHER: Final = "Nobody: made up to show the product"

FRAMEWORKS: Final = {
    "example-settlement": "Example settlement outcomes (made up)",
    "example-fairness": "Example fairness goals (made up)",
}
# framework, outcome, theme, title, its own indicators: what, baseline, target, by when.
OUTCOMES: Final = (
    ("example-settlement", "S1", "Skills", "Adults gain skills that work asks for",
     (("Adults who complete a course", "60 in 100", "66 in 100", "2028/29"),)),
    ("example-settlement", "S2", "Employment support", "People furthest from work find good work",
     (("Starters who were long out of work", "", "one in ten", "2027/28"),
      ("People supported in the most deprived areas", "", "half of all", "2028/29"))),
    ("example-settlement", "S3", "Local growth", "Public money strengthens local firms",
     (("Purchases from local firms", "", "55 in 100", "2026/27"),)),
    ("example-settlement", "S4", "Housing", "Homes are warm and cheap to heat",
     (("Homes retrofitted", "0", "2,000 homes", "2028/29"),)),
    ("example-settlement", "S5", "Transport", "Every neighbourhood can be reached without a car", ()),
    ("example-fairness", "F1", "", "Pay is fair", (("Mean gender pay gap", "", "below 3%", ""),)),
    ("example-fairness", "F2", "", "The workforce is like the residents", ()),
    ("example-fairness", "F3", "", "Services reach those who need them most", ()),
    ("example-fairness", "F4", "", "Nobody is homeless for long", ()),
)  # fmt: skip
# indicator, framework, outcome, how, note
LINKS: Final = (
    ("SER-I1", "example-settlement", "S1", "contributes", "Counts who is reached, not who completes"),
    ("SER-I1", "example-fairness", "F3", "measures", ""),
    ("EMP-I4", "example-settlement", "S2", "measures", "The authority's own posts only"),
    ("SER-I2", "example-settlement", "S2", "measures", ""),
    ("SER-I2", "example-fairness", "F3", "measures", ""),
    ("COM-I5", "example-settlement", "S3", "measures", ""),
    ("COM-I1", "example-settlement", "S3", "contributes", ""),
    ("EMP-I7", "example-fairness", "F1", "measures", ""),
    ("EMP-I8", "example-fairness", "F1", "contributes", ""),
    ("EMP-I5", "example-fairness", "F2", "measures", ""),
    ("SER-I3", "example-fairness", "F4", "contributes", "Reach of one programme"),
    ("SER-I4", "example-settlement", "S5", "contributes", ""),
)  # fmt: skip

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "outcome_frameworks": ("id", "title", "publisher", "edition", "address"),
    "outcomes": ("framework", "id", "order", "theme", "title"),
    "outcome_targets": ("framework", "outcome", "number", "indicator", "baseline", "target", "due", "data_source"),
    "outcome_links": ("indicator", "framework", "outcome", "serves", "note"),
}  # fmt: skip


def targets() -> Iterator[Sequence[Any]]:
    """Yield each outcome's own indicators."""
    for framework, outcome, _, _, counted in OUTCOMES:
        for number, (indicator, baseline, target, due) in enumerate(counted, start=1):
            yield framework, outcome, number, indicator, baseline, target, due, ""


def outcomes() -> Iterator[Sequence[Any]]:
    """Yield the outcomes in the order of their framework."""
    places = dict.fromkeys(FRAMEWORKS, 0)
    for framework, outcome, theme, title, _ in OUTCOMES:
        places[framework] += 1
        yield framework, outcome, places[framework], theme, title


def make(out: Path) -> None:
    """Write the four tables."""
    tables: Mapping[str, Sequence[Sequence[Any]]] = {
        "outcome_frameworks": [(code, title, PUBLISHER, "", "") for code, title in FRAMEWORKS.items()],
        "outcomes": list(outcomes()),
        "outcome_targets": list(targets()),
        "outcome_links": LINKS,
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[name])
            writer.writerows(rows)
        print(f"{name}.csv: {len(rows)} rows")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and make the tables."""
    parser = argparse.ArgumentParser(description="Make the embedded pack's frameworks of outcomes.")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "data", help="folder to write to (default: the pack)"
    )
    make(parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
