"""Writes the numbers and dates of a workbook's cells as the workbook shows them: 0.062 in the format ``0.0%`` is 6.2%.

Only what is common in published tables is understood: digits, thousands, percentages, a sign or a word before or behind, and
dates without a day. Cells in any other format keep their stored value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from xml.parsers import expat

from svdash import wording

# The formats that every workbook has without writing them out (ECMA-376, part 1, 18.8.30).
_BUILT_IN: Final[Mapping[int, str]] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 17: "mmm-yy",
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
}  # fmt: skip
_QUOTED: Final = re.compile(r'"([^"]*)"|\\(.)')
# A currency is written [$£-809]; colours, conditions and languages in brackets show nothing.
_CURRENCY: Final = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
# A filler (*x) and the width of a sign (_x) are space.
_SPACE: Final = re.compile(r"[_*].")
_DIGITS: Final = re.compile(r"[#0?,]*[#0?](?:\.([#0?]+))?")
# What stands before and behind the digits once quoted words are taken out; any other letter is a format of another kind.
_AROUND: Final = re.compile("[-+()%£$€ \ue000-\ue0ff]*")
_HELD_FROM: Final = 0xE000
_CONDITION: Final = re.compile(r"\[[<>=]")
_LONGEST: Final = 100
# Numbers have 15 sure digits.
_LARGEST: Final = 10**15
_MOST_DECIMALS: Final = 9


class NumberFormats:
    """Reads the formats of a workbook's cells out of its ``xl/styles.xml``, piece by piece.

    Attributes:
        codes: the format of each style of cells, in order; empty where the stored value is shown.
    """

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._own: dict[int, str] = {}
        self._within = ""
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = no_entities

    def feed(self, data: bytes) -> None:
        """Take in the next bytes; none at all are the end. Raises ValueError or ExpatError for what is no such file."""
        self._parser.Parse(data, not data)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        id_ = int(attributes.get("numFmtId", 0))
        if name == "cellXfs":
            self._within = name
        elif name == "numFmt":
            self._own[id_] = attributes.get("formatCode", "")
        elif name == "xf" and self._within:
            self.codes.append(self._own.get(id_, _BUILT_IN.get(id_, "")))

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == self._within:
            self._within = ""


def no_entities(*_: object) -> None:
    """Refuse a part of a workbook that defines entities, by which a short file becomes a long one. Raises ValueError."""
    raise ValueError("one of its parts defines XML entities, which a spreadsheet never does")


def shown_number(value: Decimal, code: str) -> str | None:
    """Return a number as a format shows it; ``None`` for a format that is not understood."""
    if len(code) > _LONGEST or _CONDITION.search(code) or not value.is_finite() or abs(value) >= _LARGEST:
        return None
    plain, words = _outside_quotes(code)
    sections = plain.split(";")
    # The second section, where there is one, writes what is below zero with a sign of its own.
    own = value < 0 and len(sections) > 1
    part = sections[1 if own else 0]
    found = _DIGITS.search(part)
    decimals = found[1] or "" if found else ""
    if found is None or len(decimals) > _MOST_DECIMALS:
        return None
    before, behind = part[: found.start()], part[found.end() :]
    if not (_AROUND.fullmatch(before) and _AROUND.fullmatch(behind)):
        return None
    told = _digits(abs(value) * (100 if "%" in before + behind else 1), found[0], decimals)
    text = f"{'-' if value < 0 and not own else ''}{before}{told}{behind}"
    return "".join(words.get(letter, letter) for letter in text).strip()


def shown_date(value: date, code: str) -> str | None:
    """Return a date as a format without a day shows it: a month or a year; ``None`` where it shows the day."""
    plain = _BRACKETS.sub("", _outside_quotes(code)[0]).split(";")[0].casefold()
    if "y" not in plain or re.search("[dhs]", plain):
        return None
    return wording.month(value) if "m" in plain else f"{value:%Y}"


def _outside_quotes(code: str) -> tuple[str, dict[str, str]]:
    """Return a format with a sign in place of each quoted word, and the words by their signs."""
    words: dict[str, str] = {}

    def held(text: str) -> str:
        sign = chr(_HELD_FROM + len(words))
        words[sign] = text
        return sign

    # The currency first: its sign may be quoted nowhere, and its brackets would go as a colour's do.
    plain = _CURRENCY.sub(lambda found: held(found[1]), code)
    plain = _QUOTED.sub(lambda found: held(found[1] if found[1] is not None else found[2]), plain)
    return _SPACE.sub("", _BRACKETS.sub("", plain)), words


def _digits(value: Decimal, pattern: str, decimals: str) -> str:
    """Return digits as a pattern such as ``#,##0.0#`` has them, halves away from zero as spreadsheets round."""
    whole = pattern.partition(".")[0]
    needed = len(decimals.rstrip("#"))
    text = wording.number(value, len(decimals)) if "," in whole else wording.plain(value, len(decimals))
    while decimals and text.endswith("0") and len(text.rpartition(".")[2]) > needed:
        text = text[:-1]
    return text.rstrip(".")
