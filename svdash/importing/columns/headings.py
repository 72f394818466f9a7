"""Headings as publishers write them: the field that each stands for, and what its words mean."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from svdash.importing.cells.cell_reading import FOREIGN_MONEY, clean

# No column has a longer heading; what is longer is not looked at for words, nor kept.
_LONGEST_HEADING: Final = 200
Rank = tuple[int, int]


def folded(heading: str) -> str:
    """A heading without case, currency signs and punctuation: ``Amount (£)`` is ``amount``."""
    return _folded(heading) if len(heading) <= _LONGEST_HEADING else _folded.__wrapped__(heading)


@lru_cache(maxsize=65_536)
def _folded(heading: str) -> str:
    text = clean(heading).casefold().replace("&", " and ")
    return " ".join(re.findall(r"[a-z0-9]+", text))


def names_of(heading: str) -> tuple[str, str, str]:
    """A heading folded as a whole, with ``PaymentDate`` as two words, and without what stands in brackets.

    What is too long for a heading has no names.
    """
    return _names_of(heading) if len(heading) <= _LONGEST_HEADING else ("", "", "")


# A threshold explains like words in brackets: Amount over £500.
_BRACKETS: Final = re.compile(r"\([^)]*\)|\[[^]]*\]|\b(?:over|above)\s+£?\s?[0-9][0-9, ]*", re.IGNORECASE)


@lru_cache(maxsize=8_192)
def _names_of(heading: str) -> tuple[str, str, str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return folded(heading), folded(parted), folded(_BRACKETS.sub(" ", parted))


@cache
def known_headings(file: str) -> dict[str, tuple[str, int]]:
    """Headings that publishers use, folded: the field that each stands for, and how good it is (0 = best).

    Args:
        file: name of a CSV beside this module, with columns field and heading; better ones stand first.
    """
    known: dict[str, tuple[str, int]] = {}
    for place, (name, heading) in enumerate(_headings(file)):
        if "*" not in heading:
            known.setdefault(folded(heading), (name, place))
    return known


@dataclass(frozen=True)
class Worded:
    """What words in a heading tell that is not known itself.

    Attributes:
        parts: groups of words, which must stand in this order, each unbroken.
        without: words that must not be there.
        name: the field; empty where such a heading stands for none.
        rank: how good it is (lower is better).
    """

    parts: tuple[tuple[str, ...], ...]
    without: frozenset[str]
    name: str
    rank: Rank

    def fits(self, words: Sequence[str]) -> bool:
        """Whether the words of a heading are such."""
        at = 0
        for part in self.parts:
            size = len(part)
            places = range(at, len(words) - size + 1)
            found = next((place for place in places if tuple(words[place : place + size]) == part), None)
            if found is None:
                return False
            at = found + size
        return self.without.isdisjoint(words)


@cache
def worded_headings(file: str) -> list[Worded]:
    """What words in a heading that is not known itself tell, in the order in which they are looked for.

    In the CSV these are headings such as ``* paid * date *``, and ``* date * -invoice`` where another word must not
    be there; those without a field stand for none.

    Args:
        file: as for :func:`known_headings`.
    """
    found = []
    for place, (name, heading) in enumerate(_headings(file)):
        if "*" in heading and heading != "*":
            without = re.findall(r"-([a-z]+)", heading)
            parts = [folded(part).split() for part in re.sub(r"-[a-z]+", "", heading).split("*")]
            level = 2 if place > _divider(file, name) else 1
            found.append(
                Worded(tuple(tuple(part) for part in parts if part), frozenset(without), name, (level, place))
            )
    return found


@cache
def _divider(file: str, name: str) -> int:
    """Where headings of a field begin that are only taken if no other is there: below a row of a ``*`` alone."""
    rows = enumerate(_headings(file))
    return next((place for place, row in rows if row == (name, "*")), len(_headings(file)))


def exact(known: tuple[str, int], file: str) -> tuple[str, Rank]:
    """A heading that is known itself goes before those that are told by their words, save for those of last resort."""
    name, place = known
    return name, (2 if place > _divider(file, name) else 0, place)


@cache
def _headings(file: str) -> list[tuple[str, str]]:
    with (Path(__file__).parents[1] / "formats" / file).open(encoding="utf-8", newline="") as stream:
        return [(row["field"], row["heading"]) for row in csv.DictReader(stream)]


# Net, gross and the like tell an amount only beside one of these words.
MONEY: Final = frozenset(
    [
        "amount",
        "amounts",
        "amt",
        "cost",
        "costs",
        "expenditure",
        "paid",
        "payment",
        "payments",
        "spend",
        "spending",
        "sum",
        "total",
        "totals",
        "value",
    ]
)
# What a thing costs, may cost or would have cost, and the tax on it: not what was paid.
_NO_MONEY: Final = re.compile(
    r"\b(?:unit|price|contract|invoice|order|day|code|discount|budget)s?\b|\bnet zero\b|\b(?:net|gross) vat\b|"
    r"\bvat (?:on|net)\b|^(?:vat|tax) (?!(?:ex|in)c(?:l(?:uded|uding|usive)?)?\b)"
)
# In brackets, these add nothing to the word beside them.
_FILLING: Final = frozenset(["amount", "date", "element", "only", "part", "payment", "value"])


def no_money(words: Sequence[str]) -> bool:
    """Whether words tell what a thing costs, or the tax on it, and not what was paid."""
    return _NO_MONEY.search(" ".join(words)) is not None


def barred_by_brackets(heading: str, file: str) -> bool:
    """Whether words that bar a heading are all that stands in its brackets."""
    for inside in _BRACKETS.findall(heading):
        words = tuple(word for word in folded(inside).split() if word not in _FILLING)
        if any(not rule.name and (words,) == rule.parts for rule in worded_headings(file)):
            return True
    return False


_POUND: Final = r"(?:£|\bGBP|\bpounds?|\bsterling)"
_SCALE: Final = r"(?:tsd|k|m|mn|mil+|bn|ths?|thous?|'?0{3}'?s?)"
# 25,000 is a threshold, £000 a unit; £1,000s is one, and so is £1,000 where amounts are "in" it or multiplied by it.
_MULTIPLE: Final = re.compile(
    rf"(?<![0-9,.])0{{3}}'?s?\b|{_POUND}\s*{_SCALE}\b|\b{_SCALE}\s*(?:£|GBP\b|pounds?\b)|\b[kt]£|"
    r"\b(?:thousand|million|billion)s?\b|\b1[, ]?0{3}'?s\b|"
    r"(?:\b(?:in|as|by|per|units?(?: of)?)|[x×*/÷])\s*£?\s*1[, ]?0{3}\b|£\s*,0{3}\b|10\s*(?:\^\s*3|³)|"
    rf"[\[(]\s*£?\s*1(?:[, ]?0{{3}}|k)\s*{_POUND}?\s*[\])]|"
    rf"\bo{{3}}'?s?\b|£\s*0?\.0+\s*{_SCALE}\b|[\[(]\s*(?:p|{_SCALE})\.?\s*[\])]|\bin\s+p\b|\bpennies\b|(?-i:\bGBp\b)|\bGBX\b|"
    r"(?<!pounds and )(?<!pounds & )(?<!£ and )(?<!£ & )\bpence\b|"
    r"\b(?:amount|value|spend|cost|price|total|net|gross)\W+p\s*$|(?:\bin|£)\W*hundreds?\b|\bhundreds?\W+of\b|\bin\s+(?:k|mn?|bn)\b",
    re.IGNORECASE,
)
FOREIGN: Final = re.compile(
    rf"{FOREIGN_MONEY}|\b(?:euros?|dollars?|rupees?|yen|yuan|francs?|zlot(?:y|ych)|kron(?:a|or|e|er)|pesos?|rand)\b",
    re.IGNORECASE,
)
# What is left out: (excluding orders in euro). Of tax, that says nothing of the rest: (excl. VAT, EUR).
LEFT_OUT: Final = re.compile(
    r"\((?:excl|except|without)(?:(?!vat|tax)[^(),;])*\)|"
    # A threshold, such as £25 000 or £1 thousand.
    r"(?:[£>]|\b(?:over|above|than|least))\s*£?\s*[0-9]{1,3}(?:(?: [0-9]{3})+| (?:thousand|million))\b(?! ?'?s)|"
    r"(?:[>≥]|\b(?:over|above|than|least|exceeding|exceeds?|below|under|threshold(?: of)?))\s*£?\s*[0-9][0-9, ]*(?:k|m)?\b(?!'?s)|"
    r"£?[0-9][0-9,]*\s*(?:\+|\b(?:and|or)\s+(?:over|above|more|greater))",
    re.IGNORECASE,
)


def in_foreign_money(heading: str) -> bool:
    """Whether a heading says that what stands below it is in another currency, and nothing of pounds."""
    return FOREIGN.search(LEFT_OUT.sub(" ", heading)) is not None and not in_pounds(heading)


def in_pounds(heading: str) -> bool:
    """Whether a heading says that what stands below it is pounds sterling."""
    return re.search(r"£|\b(?:GBP|sterling)\b", heading, re.IGNORECASE) is not None


# A title says it of amounts: all figures in euro. A name with such a word in it does not.
_OF_AMOUNTS: Final = re.compile(
    r"\b(?:in|all|amounts?|values?|figures?|currency|expressed|stated)\b", re.IGNORECASE
)


def in_another_currency(title: str) -> bool:
    """Whether a row above the headings says that amounts are in another currency."""
    return in_foreign_money(title) and _OF_AMOUNTS.search(LEFT_OUT.sub(" ", title)) is not None


def in_multiples(text: str) -> bool:
    """Whether a text says that amounts are in thousands, millions or pence."""
    # AmountPence are two words.
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text)
    return _MULTIPLE.search(LEFT_OUT.sub(" ", parted)) is not None
