"""Lists, and nouns as their number asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from svdash.wording.numbers import number

MOST_CHOICES: Final = 12
_IRREGULAR: Final = {"people": "person", "children": "child", "men": "man", "women": "woman"}
_ENDINGS: Final = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ss", "ss"),
    ("s", ""),
)


def singular(plural: str) -> str:
    """Return the singular of a noun that stands in the plural: person, response, business, enquiry."""
    *before, last = plural.split(" ")
    for ending, becomes in (*_IRREGULAR.items(), *_ENDINGS):
        if last.endswith(ending) and (ending not in _IRREGULAR or last == ending):
            return " ".join([*before, last.removesuffix(ending) + becomes])
    return plural


def counted(total: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun, as an account does: 1 line, 1,234 lines, 0 lines."""
    return f"{number(total)} {noun if total == 1 else plural or f'{noun}s'}"


def count(total: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun, as a sentence does: 1 commitment, 12 commitments, no commitments."""
    return counted(total, noun, plural) if total else f"no {plural or f'{noun}s'}"


def listing(items: Sequence[str], limit: int = 3, word: str = "and") -> str:
    """Join words as people do: a, b and c; past the limit, how many more: a, b, c and 2 more."""
    if len(items) > limit:
        return f"{', '.join(items[:limit])} and {len(items) - limit} more"
    if not items:
        return "none"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def every(items: Iterable[str], word: str = "and") -> str:
    """Join all of the words as people do, however many."""
    known = list(items)
    return listing(known, len(known), word)


def choices(options: Iterable[str], most: int = MOST_CHOICES) -> str:
    """Write what may be chosen, or was left aside: a, b, c; past ``most``, how many more: a, b, c and 2 more."""
    known = list(options)
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def sentence(text: str) -> str:
    """Begin with a capital letter and leave the rest as it stands."""
    return text[:1].upper() + text[1:]


def within(label: str) -> str:
    """Write a label within a sentence: its first letter small, unless its first word is an abbreviation such as NEET."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
