"""How text leaves in files that people open with a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

# A spreadsheet runs what begins with one of these, also behind blanks; wide and small ones it takes for the usual.
_RUN: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b")
# What nobody sees and a program that reads the file may leave out: controls, blanks, signs of no width, marks of direction.
_UNSEEN: Final = "".join(
    map(
        chr,
        (
            *range(0x21),
            *range(0x7F, 0xA1),
            *(0xAD, 0x61C, 0x1680, 0x180E, 0x3000, 0xFEFF),
            *range(0x2000, 0x2010),
            *range(0x2028, 0x2030),
            *range(0x205F, 0x2070),
            *range(0xFFF9, 0xFFFC),
        ),
    )
)
_BLANKS: Final = ("\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?")


def defused(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe stands before what might be one.

    Numbers stay numbers: ``-12.50`` is one, ``-12+A1`` is not.
    """
    if (text.startswith(_BLANKS) or text.lstrip(_UNSEEN)[:1] in _RUN) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
