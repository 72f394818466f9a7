"""Text of a pack or a file, written so that Streamlit's Markdown shows it as it stands and takes nothing in it for markup."""

from __future__ import annotations

import re
from html import escape
from typing import Final

import pyarrow as pa

# A word joiner, which nobody sees. Streamlit's Markdown looks for addresses and icons after escapes are taken off, so only a
# character between two others hides them from it. It stays in copied text and no search finds the text as it was: only labels,
# tips and headings have it, which Streamlit draws as Markdown alone. All other text is drawn as HTML (``page.note``,
# ``page.text``, ``page.points``, ``recording.say``).
JOINER: Final = "\u2060"
# Markup may begin with one of these anywhere: emphasis, code, links, images, HTML, entities, formulas, deletions.
_MARKS: Final = re.compile(r"[\\`*_\[\]$<>&~]")
# At the beginning these make a heading, a list or a line.
_BEGINS: Final = re.compile(r" ?(?:#(?=#*(?: |$))|[+-](?= |$)|-(?=[ -]*$)|[0-9]+(?=[.)](?: |$)))")
# Streamlit and its extensions look for these again after escapes are taken off, so that a backslash is no help: colours,
# icons, emoji and the like by a colon and a name; addresses, which become links; arrows and dashes.
_AGAIN: Final = re.compile(
    r"(?P<first>:(?=[^\W0-9]|[+-]|//|[0-9][\w+-]*:)|www(?=\.)|@(?=[A-Za-z0-9_-])|(?<!\S)(?:[<~>](?=[-=])|-(?=[->]))(?=\S{1,2}(?!\S)))",
    re.IGNORECASE,
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v\u0085\u2028\u2029]+")
_ANY: Final = re.compile(
    r"[\\`*_\[\]$<>&~:@\t\r\n\f\v\u0085\u2028\u2029]|  |www\.|--|->|^ ?(?:[ #+-]|[0-9]+[.)])", re.IGNORECASE
)


# Marks that turn the direction of reading for what follows them, beyond the letters of a language that is written so.
_TURNS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def unturned(text: str) -> str:
    """Return what somebody typed without marks that turn the direction of reading: they show a text as another one."""
    return text.translate(_TURNS)


def typed_html(text: object) -> str:
    """Return what somebody typed ready for HTML: as text, in the direction that it reads."""
    return escape(unturned(str(text)))


def typed_lines(text: str) -> str:
    """Return what somebody typed ready for HTML, with its line breaks."""
    return typed_html(text).replace("\n", "<br>")


def plain(text: str) -> str:
    """Return text so that Markdown shows it as it stands, on one line.

    For every text of data in a label, a tip, a cell or a paragraph that Streamlit draws. Not for options of a list to choose
    from, nor for ``st.html``, which read no Markdown (there, ``html.escape``).
    """
    if not _ANY.search(text):
        return text
    text = _AGAIN.sub(rf"\g<first>{JOINER}", _BLANKS.sub(" ", text))
    begins = _BEGINS.match(text)
    text = _MARKS.sub(r"\\\g<0>", text)
    if begins is None:
        return text.lstrip(" ")
    # What stands there is none of the marks above, so its place is the same.
    at = begins.end() if begins[0][-1].isdigit() else begins.end() - 1
    return f"{text[:at]}\\{text[at:]}".lstrip(" ")


def plain_cells(rows: pa.Table) -> pa.Table:
    """Return a table for ``st.table``, whose headings and cells are Markdown, with all its text as it stands."""
    columns = [
        pa.array([None if cell is None else plain(cell) for cell in column.to_pylist()], column.type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        else column
        for column in rows.columns
    ]
    return pa.table(columns, names=[plain(name) for name in rows.column_names])
