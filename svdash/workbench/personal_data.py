"""Suspects personal data in a column: names of people, e-mail addresses, National Insurance and telephone numbers, days of birth.

A suspicion, not a proof: it is told with its column and never with a value, and what rests on such a file is not published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

# As RE2 and Python both read them.
PATTERNS: Final[Mapping[str, str]] = {
    "e-mail addresses": r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "National Insurance numbers": r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b",
    "telephone numbers": r"(?:(?:\+|\b00)44[ -]?(?:\(0\)[ -]?)?|\b0|\(0)[1-37-9](?:[ ()-]{0,2}[0-9]){8,9}\b",
}
_HEADED: Final[Mapping[str, re.Pattern[str]]] = {
    "names of people": re.compile(r"\b(?:sur|fore|first|last|family|given|middle|maiden|full)[ _-]?names?\b|\bname of (?:person|employee|applicant|client|resident|tenant|pupil|patient)\b|\b(?:employee|staff|applicant|client|resident|tenant|pupil|patient|claimant|person)(?:'?s)?[ _-]names?\b"),
    "days of birth": re.compile(r"\bd ?o ?b\b|\b(?:date|day) of birth\b|\bbirth ?(?:date|day)\b"),
    "National Insurance numbers": re.compile(r"\bnational insurance\b|\bni ?(?:no|num|number)\b|\bnino\b"),
    "NHS numbers": re.compile(r"\bnhs ?(?:no|num|number)\b"),
    "telephone numbers": re.compile(r"\b(?:tele)?phone\b|\bmobile(?: (?:no|number))?\b|\btel(?: ?no)?\b"),
    "e-mail addresses": re.compile(r"\be ?mail(?: address)?\b"),
}  # fmt: skip
_OTHERS: Final = re.compile(
    r"\b(?:area|district|ward|council|authority|supplier|vendor|organisation|company|school|place|region|msoa|lsoa|group|programme|project|service|indicator|table|file|column)\b"
)
_PERSON: Final = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|prof|rev)\.? )?([^\W\d_]+)[ ,.]+(?:[^\W\d_]\.? )?[^\W\d_][\w'\u2019-]*(?: [^\W\d_][\w'\u2019-]*)?"
)
_MANY: Final = 0.4
_LEAST: Final = 3


@cache
def _first_names() -> frozenset[str]:
    """Return first names that are common in the United Kingdom: enough of them in a column, and it is one of people."""
    return frozenset(Path(__file__).with_name("first_names.csv").read_text(encoding="utf-8").split()[1:])


def by_heading(heading: str) -> str:
    """Return what a column seems to hold by its heading; empty for nothing personal."""
    words = re.sub(r"[_\W]+", " ", heading.casefold()).strip()
    return next((what for what, pattern in _HEADED.items() if pattern.search(words)), "")


def by_values(heading: str, values: Sequence[str]) -> str:
    """Return ``names of people`` if so many values are a known first name and another; else empty."""
    if _OTHERS.search(re.sub(r"[_\W]+", " ", heading.casefold())):
        return ""
    firsts = [_first(each) for each in values]
    people = sum(1 for each in firsts if each in _first_names())
    return "names of people" if people >= max(_LEAST, _MANY * len(values)) else ""


def _first(value: str) -> str:
    found = _PERSON.fullmatch(value.strip().casefold())
    if found is None:
        return ""
    # Smith, John has the first name behind the comma.
    parts = re.findall(r"[^\W\d_]+", value.casefold())
    return parts[1] if "," in value and len(parts) > 1 else found[1]
