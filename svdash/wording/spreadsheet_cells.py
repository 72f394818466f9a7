"""How text leaves in files that people open with a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

# A spreadsheet runs what begins with one of these, also behind blanks; the wide ones it takes for the narrow.
_RUN: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_BLANKS: Final = ("\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?")


def defused(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe stands before what might be one.

    Numbers stay numbers: ``-12.50`` is one, ``-12+A1`` is not.
    """
    if (text.startswith(_BLANKS) or text.lstrip()[:1] in _RUN) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
