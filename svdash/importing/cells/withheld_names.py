"""Recognises names that a publisher withheld: redacted, withheld, blacked out, also misspelt."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

_HELD_BACK: Final = re.compile(
    r"\bredact(?:ed|ion)\b|\b(?:name|personal (?:data|info(?:rmation)?)) (?:withheld|removed|protected)\b|"
    r"\b(?:commercially|commercial) (?:sensitive|confidential|in confidence)\b"
)
_ONLY_HELD_BACK: Final = re.compile(
    r"[*#\u2580-\u25a0]+|\W*(?:x{3,}|withheld|confidential|private|removed|anonymi[sz]ed|suppressed|personal|(?:name )?not published|personal (?:data|details|info|information)|"
    r"data protection(?: act)?(?: [0-9]{4})?|not disclosed|undisclosed|(?:private )?individuals?|redact|gdpr|"
    r"r\W?e\W?d\W?a\W?c\W?t\W?e\W?d|sensitive personal data|rdct|(?:section|sect|s)\W?(?:38|40|43)(?:\W{1,2}[0-9a-z]\W?){0,3}|confidential (?:supplier|payee)|"
    # "Exempt Data Ltd" is a company: nothing but such words may follow.
    r"(?:withheld|exempt|removed)(?:\W+(?:under|uk|foia?|gdpr|dpa|section|sect|s[. ]?[0-9]+|[0-9]+|[a-z]|of|the|and|act|"
    r"freedom|personal|confidential|data|info|information|details|protection|regulations?|exemption|name)\b)+)\W*"
)


# Blocks and squares that stand over letters.
_BLOCKS: Final = re.compile("[\u2580-\u259f\u25a0-\u25a1\u25aa-\u25ae\u2b1b\u25fc\u25fe]{2,}")
_MASKS: Final = re.compile(r"[*#_\u2022\u25cf\u00b7?.]{2,}|\bx{3,}\b")
# What may stand beside a misspelt word.
_BESIDE: Final = frozenset(
    ["a", "data", "details", "dpa", "gdpr", "individual", "info", "information", "name", "names", "payee", "personal",
     "supplier", "vendor", "under", "for", "the", "of", "act", "protection", "commercially", "sensitive"]
)  # fmt: skip
_WORDS: Final = ("redacted", "withheld", "redaction")
# "Redcated" is as near to it, "related" and "reduced" are not.
_ALIKE: Final = 0.85


# What spreadsheets and systems write where there is no name.
_NOBODY: Final = re.compile(
    r"\W*(?:blank|empty|missing|n\W?/?\W?[ak]|none|null|nil|nan|not (?:applicable|known|available|stated|provided)|no (?:name|supplier|vendor)|"
    r"(?:supplier |vendor |payee )?(?:unknown|unspecified)(?: supplier| vendor| payee)?|"
    r"(?:various|sundr(?:y|ies)|misc(?:ellaneous)?|multiple|one\W?(?:off|time))(?: (?:suppliers?|vendors?|payees?|creditors?|payments?))?|"
    r"t\W?b\W?[acd]|ref!|value!|name\?)\W*",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def is_nobody(name: str) -> bool:
    """Whether a cell of names says that there is none: a word for it, or marks alone."""
    return not any(map(str.isalnum, name)) or _NOBODY.fullmatch(name) is not None


@lru_cache(maxsize=65_536)
def is_withheld(name: str) -> bool:
    """Whether a cell says that the name was suppressed by the publisher: redacted, withheld, blacked out."""
    if not name:
        return False
    folded = name.casefold().replace("_", " ")
    return bool(_HELD_BACK.search(folded) or _ONLY_HELD_BACK.fullmatch(folded)) or unusual(name)


@lru_cache(maxsize=65_536)
def unusual(name: str) -> bool:
    """Whether a name is taken for one that was held back though no known word says so: it is masked, or misspelt."""
    folded = name.casefold()
    if _HELD_BACK.search(folded) or _ONLY_HELD_BACK.fullmatch(folded):
        return False
    return _BLOCKS.search(name) is not None or _masked(folded) or _misspelt(folded)


def _masked(name: str) -> bool:
    """Whether at least half of a name that has letters or a row of marks is masked: J*** S****."""
    bare = re.sub(r"\s", "", name)
    masks = sum(len(found) for found in _MASKS.findall(name))
    starred = any(mark in name for mark in "*#\u2022\u25cf\u2588x")
    return starred and masks >= 3 and 2 * masks >= len(bare)


def _misspelt(name: str) -> bool:
    """Whether a name is a word for redacted with a slip in it, and nothing else: REDCATED, Re-dacted, Witheld."""
    words = re.findall("[a-z]+", name)
    rest = [word for word in words if word not in _BESIDE]
    joined = "".join(rest)
    return (
        0 < len(rest) <= 3
        and len(joined) > 5
        and any(SequenceMatcher(None, joined, word).ratio() >= _ALIKE for word in _WORDS)
    )
