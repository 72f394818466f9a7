"""Supplier numbers in files: words in their place, and numbers shared by many suppliers.

Where a number is none, suppliers are told apart by their names. Taken for a number, one word would make all of them one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from svdash import wording
from svdash.importing.cells.withheld_names import is_withheld
from svdash.importing.questions import ways

# Names that begin alike are one supplier in several spellings; so many beginnings are several suppliers.
_MANY: Final = 3
_MOST_NAMED: Final = 3
_TWO: Final = 2
_NONE: Final = re.compile(
    r"n\W?/?\W?a|#\S*|nil|null|nan|none|blank|empty|missing|unknown|unspecified|undefined|unallocated|unassigned|pending|"
    r"t\W?b\W?[acd]|various|multiple|miscellaneous|misc|sundr(?:y|ies)|one\W?(?:off|time)(?: .*)?|ditto|as above|do|idem|other|"
    r"9{4,}|x+|s(?:ection|ect)?[. ]?40|yes|no|true|false|exempt|private|confidential|withheld|data protection|gdpr|individual|"
    r"(?:not?|non|see|refer|as per|to be|awaiting|without|un(?:known|available))\b.*",
    re.IGNORECASE,
)


# Of identifiers such as GB-CHC-1234567 the part that names the register.
_REGISTER: Final = re.compile(r"^[A-Z]{2}-[A-Z]{2,8}-(?=.)")


@lru_cache(maxsize=65_536)
def placeholder(text: str) -> bool:
    """Whether a cell of supplier numbers says that there is none: a word for it, marks alone, or zeros alone."""
    bare = _REGISTER.sub("", text).strip(" \t.,;:!?()[]<>{}*\"'-–—_/\\|+=~^")
    if not any(map(str.isalnum, bare)) or not bare.strip("0.,-/ "):
        return True
    return _NONE.fullmatch(bare) is not None or is_withheld(text)


@lru_cache(maxsize=65_536)
def _first_word(name: str) -> str:
    found = re.search(r"\w+", name.casefold())
    return found[0] if found else ""


class SupplierNumbers:
    """Counts placeholders in a file, and the names that stand beside each number."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._keep = chosen.get("numbers") == "keep"
        self._placeholders: Counter[str] = Counter()
        self._names: dict[str, dict[str, str]] = {}
        self._lines: Counter[str] = Counter()

    def read(self, text: str, name: str) -> str | None:
        """The number of a supplier of that name; None, and counted, where the cell has none."""
        if not text:
            return None
        if placeholder(text):
            self._placeholders[text] += 1
            return None
        self._lines[text] += 1
        names = self._names.setdefault(text, {})
        first = _first_word(name) if len(names) < _MANY else ""
        if first:
            names.setdefault(first, name)
        return text

    @property
    def shared(self) -> set[str]:
        """Numbers that stand for many names, and so for no one supplier."""
        return (
            set() if self._keep else {number for number, names in self._names.items() if len(names) >= _MANY}
        )

    def notes(self) -> Iterator[str]:
        """What was found, as sentences."""
        if self._placeholders:
            words = ", ".join(repr(word) for word, _ in self._placeholders.most_common(_MOST_NAMED))
            total = self._placeholders.total()
            yield (
                f"{wording.counted(total, 'line')} {'has' if total == 1 else 'have'} no supplier number but {words} in its place: their "
                "suppliers are distinguished by name."
            )
        shared = self.shared
        if shared and shared == set(self._names):
            only = f"only {self._named(next(iter(shared)))}" if len(shared) == 1 else "only such numbers"
            yield (
                f"The column of supplier numbers is left out: it has {only}. Suppliers are distinguished by name. {ways('numbers')}"
            )
        elif shared:
            most = sorted(shared, key=lambda number: -self._lines[number])
            more = len(most) - 1
            also = f" (and {wording.number(more)} more such)" if more else ""
            lines = sum(self._lines[number] for number in shared)
            yield (
                f"{self._named(most[0])}{also} is not the number of one supplier: in {wording.counted(lines, 'line')} suppliers are distinguished by "
                f"name. {ways('numbers')}"
            )

        two = [] if self._keep else [number for number, names in self._names.items() if len(names) == _TWO]
        if two:
            names = wording.listing(list(self._names[two[0]].values()))
            yield (
                f"{wording.counted(len(two), 'supplier number')} {'has' if len(two) == 1 else 'have'} two names each, such as "
                f"{two[0]!r} ({names}): each is read as one supplier."
            )

    def _named(self, number: str) -> str:
        return f"{number!r}, which has many names ({', '.join(self._names[number].values())})"
