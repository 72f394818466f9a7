"""What a file's profile remarks on: what is the matter, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# As checks of indicators call them; a note needs nothing to be done.
NOTE: Final = "note"
WARN: Final = "warn"
FAIL: Final = "fail"


@dataclass(frozen=True)
class Remark:
    """Something about a file that an analyst should know.

    Attributes:
        code: of the kind of remark.
        level: ``note``, ``warn`` or ``fail``.
        words: what is the matter, as sentences, with an example from the file.
        remedy: how to mend it, as a sentence.
        column: the column that it is about; empty for the whole table.
    """

    code: str
    level: str
    words: str
    remedy: str
    column: str = ""
