"""Compares an outcome of a framework as a file tells it with the outcome that a pack has, and says what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from svdash.importing.columns.headings import folded

# What a row says of an indicator of an outcome, in the pack's words.
OF_TARGET: Final = ("indicator", "baseline", "target", "due", "data_source")

_CALLED: Final = {"due": "date", "data_source": "data source", "title": "words"}
_LONGEST: Final = 80

Targets = Sequence[Mapping[str, str]]


def is_alike(held: Targets, fresh: Targets) -> bool:
    """Tell whether two lists of targets say the same, in the same order."""
    names = (*OF_TARGET, "number")
    before = sorted(held, key=lambda row: int(row["number"]))
    return [[row.get(name, "") for name in names] for row in before] == [
        [row[name] for name in names] for row in fresh
    ]


def differences(
    before: Mapping[str, str], told: Mapping[str, str], held: Targets, fresh: Targets
) -> Iterator[str]:
    """Return what differs, a phrase each with both texts.

    Args:
        before: theme and title in the pack.
        told: the same in the file.
        held: the pack's targets of the outcome.
        fresh: those of the file.
    """
    found = [_difference(name, before.get(name, ""), now) for name, now in told.items()]
    ours, theirs = ({folded(row["indicator"]): row for row in rows} for rows in (held, fresh))
    for key, row in theirs.items():
        found += _of_target(ours.get(key, {}), row)
    found += [
        _difference("indicator", row["indicator"], "") for key, row in ours.items() if key not in theirs
    ]
    said = [*chain.from_iterable(found)]
    yield from said or ["the indicators stand in another order"]


def _of_target(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Iterator[str]]:
    if not before:
        yield _difference("indicator", "", now["indicator"])
        return
    for name in OF_TARGET:
        of = "" if name == "indicator" else f" of “{_short(now['indicator'])}”"
        yield _difference(name, before.get(name, ""), now[name], of)


def _difference(name: str, before: str, now: str, of: str = "") -> Iterator[str]:
    if before != now:
        yield f"{_CALLED.get(name, name)}{of} {_quoted(before)}, in the file {_quoted(now)}"


def _quoted(text: str) -> str:
    return f"“{_short(text)}”" if text else "nothing"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
