"""Excel workbooks, written part by part, so that a test can also write what Excel never would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DAY_ZERO = date(1899, 12, 30)

Cell = str | int | float | date | None


def cell(place: str, value: Cell) -> str:
    """A cell as XML; text that begins with = is a formula without a result."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, str) and value.startswith("="):
        return f'<c r="{place}"><f>{escape(value[1:])}</f></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def misnamed() -> bytes:
    """A zip of one file whose name is said to be in UTF-8, and is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("\u00e9.csv", "a,b\n1,2\n")
    return out.getvalue().replace("\u00e9".encode(), b"\xff\xff")


def column(number: int) -> str:
    """The letters of a column, the first being A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet(rows: Sequence[Sequence[Cell]]) -> str:
    """The XML of a sheet's rows."""
    return "".join(
        f'<row r="{at}">'
        + "".join(cell(f"{column(n)}{at}", value) for n, value in enumerate(row, 1))
        + "</row>"
        for at, row in enumerate(rows, start=1)
    )


def workbook(
    sheets: Mapping[str, str], *, hidden: Sequence[str] = (), also: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook of sheets, each given as the XML of its rows, and of further parts."""
    numbered = list(enumerate(sheets.items(), start=1))
    state = dict.fromkeys(hidden, ' state="hidden"')
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"{state.get(name, "")}/>'
            for n, (name, _) in numbered
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in numbered
        )
        + f'<Relationship Id="styles" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for n, (_, rows) in numbered:
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
        for name, data in (also or {}).items():
            book.writestr(name, data)
    return out.getvalue()
