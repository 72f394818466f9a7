"""Reads and writes which table a definition's text names, also while the text has faults."""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = re.compile(r"^table:[ \t]*(?P<name>[^\n#]*?)[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_BOUND: Final = re.compile(r"^sha256:[^\n]*\n?", re.MULTILINE)


def table_of(text: str) -> str:
    """Return the table that a text names; empty where it names none."""
    found = _TABLE.search(text)
    return found["name"].strip("\"'") if found else ""


def with_table(text: str, name: str) -> str:
    """Return a text that names another table, and is bound to no other file's bytes."""
    written = f"table: {name if re.fullmatch(r'[A-Za-z][A-Za-z0-9_.-]*', name) else _quoted(name)}"
    if table_of(text) == name:
        return text
    text = _BOUND.sub("", text)
    if _TABLE.search(text):
        return _TABLE.sub(lambda _: written, text, count=1)
    return f"{text.rstrip()}\n{written}\n" if text.strip() else f"{written}\n"


def _quoted(name: str) -> str:
    doubled = name.replace("'", "''")
    return f"'{doubled}'"
