"""The rules of exceptions: which there are, their limits and their words. They are data, and a pack may bring its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from svdash.editions import Edition, kept
from svdash.findings.finding import records

TABLE: Final = "exception_rules"
RED, AMBERS, OVERDUE, OLD_EVIDENCE = "red", "ambers", "overdue", "old-evidence"
WORSENING, EQUALITY, NO_OWNER = "worsening", "equality-gap", "no-owner"
NAMES: Final = frozenset({RED, AMBERS, OVERDUE, OLD_EVIDENCE, WORSENING, EQUALITY, NO_OWNER})
_OURS: Final = Path(__file__).with_name("exception_rules.csv")
_PLACE: Final = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Rule:
    """One rule as its table has it.

    Attributes:
        name: which rule it is, such as ``overdue``.
        of: the evidence type that it is for; empty for all others.
        limit: quarters in a row, days of grace, or months that evidence holds; ``None`` where the rule has none.
        label: what the list calls it.
        reason, ask: its words, with ``{places}`` that the row at hand fills.
    """

    name: str
    of: str
    limit: int | None
    label: str
    reason: str
    ask: str

    def worded(self, row: Mapping[str, str]) -> tuple[str, str]:
        """Return reason and ask of a row, with its words in their places."""
        return _filled(self.reason, row), _filled(self.ask, row)


@dataclass(frozen=True)
class Rules:
    """All rules, in the order of their table."""

    all: tuple[Rule, ...]

    def of(self, name: str, kind: str = "") -> Rule | None:
        """Return the rule of a name for an evidence type, else that for all others; ``None`` where the pack has none."""
        found = {each.of: each for each in self.all if each.name == name}
        return found.get(kind) or found.get("")

    def places(self) -> dict[str, int]:
        """Return the name of each rule → its place in the list."""
        return {name: place for place, name in enumerate(dict.fromkeys(each.name for each in self.all))}


@kept
def rules(edition: Edition) -> Rules:
    """Return the rules of an edition: those of its table ``exception_rules``, or those that come with the dashboard."""
    own = edition.table(TABLE) if TABLE in edition.tables else pd.DataFrame()
    rows = own if len(own) else pd.read_csv(_OURS, dtype={"limit": "Int64"}, keep_default_na=True)
    return Rules(tuple(map(_rule, records(rows))))


def _rule(row: Mapping[str, Any]) -> Rule:
    of, limit = (None if pd.isna(row[name]) else row[name] for name in ("of", "limit"))
    return Rule(
        name=str(row["rule"]),
        of=str(of or ""),
        limit=None if limit is None else int(limit),
        label=str(row["label"]),
        reason=str(row["reason"]),
        ask=str(row["ask"]),
    )


def _filled(words: str, row: Mapping[str, str]) -> str:
    """Put the words of a row in their places. Not by ``str.format``: the words of a pack could reach into objects."""
    return _PLACE.sub(lambda place: row.get(place.group(1), ""), words)
