"""Which findings of a snapshot a page shows, by what its address asks for: the part, and what the page's own controls say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from svdash import wording

PART: Final = "part"
# Values of a control that are named where another was asked for.
_NAMED: Final = 12


class Placed(Protocol):
    """What has a place on a page: an entry of a snapshot, or a finding that is planned."""

    @property
    def part(self) -> str:
        """The part of the page, empty where it has none."""
        ...

    @property
    def label(self) -> str:
        """What people call it among others of its kind."""
        ...

    @property
    def controls(self) -> Mapping[str, str]:
        """What the page's own controls must say for it to be shown."""
        ...

    @property
    def usual(self) -> bool:
        """Whether they say so by themselves."""
        ...


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True)
class PageEntries(Generic[P]):
    """What a page shows of a snapshot.

    Attributes:
        shown: in the order of the page.
        part: the part that is open. ``parts``: all that the snapshot has of the page.
        choices: what can be chosen in the part: the name of a control → its values with what people call them.
        chosen: name → the value that is chosen.
        refused: what was asked for and is not in the snapshot, as sentences.
    """

    shown: tuple[P, ...]
    part: str
    parts: tuple[str, ...]
    choices: Mapping[str, Mapping[str, str]]
    chosen: Mapping[str, str]
    refused: tuple[str, ...]


def of_page(entries: Sequence[P], given: Mapping[str, str]) -> PageEntries[P]:
    """Return what a page shows.

    Args:
        entries: all that there is of the page, in its order; at least one.
        given: the part and the page's own controls, as the address names them.
    """
    parts = tuple(dict.fromkeys(each.part for each in entries))
    refused = []
    part = given.get(PART, parts[0])
    if part not in parts:
        refused.append(
            f"{PART}={part[:80]}: the snapshot has {wording.listing([p for p in parts if p], _NAMED)}."
        )
        part = parts[0]
    here = [each for each in entries if each.part == part]
    choices = _choices(here)
    chosen = {name: value for each in here if each.usual for name, value in each.controls.items()}
    for name, values in choices.items():
        if name in given:
            chosen[name] = given[name]
            if given[name] not in values:
                refused.append(
                    f"{name}={given[name][:80]}: the snapshot has {wording.listing(list(values), _NAMED)}."
                )
    shown = tuple(each for each in here if all(chosen.get(n) == v for n, v in each.controls.items()))
    return PageEntries(shown, part, parts, choices, chosen, tuple(refused))


def _choices(entries: Sequence[Placed]) -> dict[str, dict[str, str]]:
    """Return what can be chosen; a value that several findings share is called as the first of them that has a name."""
    found: dict[str, dict[str, str]] = {}
    for each in entries:
        for name, value in each.controls.items():
            values = found.setdefault(name, {})
            values[value] = values.get(value, "") or each.label or value
    return found
