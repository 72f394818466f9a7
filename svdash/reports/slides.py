"""A meeting's papers as slides (PPTX): a title on every slide, the picture with its words for whoever can't see it, method in the notes."""

from __future__ import annotations

import io
import textwrap
from datetime import UTC, datetime, time
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from svdash import wording
from svdash.findings.finding import Finding
from svdash.findings.progress.meeting_agenda import Item
from svdash.reports import meeting_papers, room_pictures
from svdash.reports.meeting_papers import Papers
from svdash.theme import ACCENT, INK, QUIET

_WIDE, _HIGH, _EDGE = Inches(13.333), Inches(7.5), Inches(0.5)
# Of each slide: its title, what is measured, the picture or table, what is said of it, the line below all.
_TITLE: Final = (_EDGE, Inches(0.2), _WIDE - 2 * _EDGE, Inches(1.1))
_OPENING_TITLE: Final = (_EDGE, Inches(2.1), _WIDE - 2 * _EDGE, Inches(1.4))
_UNDER: Final = (_EDGE, Inches(1.3), _WIDE - 2 * _EDGE, Inches(0.5))
_BODY: Final = (_EDGE, Inches(1.9), _WIDE - 2 * _EDGE, Inches(3.9))
_SENTENCE_AT: Final = (_EDGE, Inches(5.85), _WIDE - 2 * _EDGE, Inches(1.0))
_FOOT: Final = (_EDGE, Inches(6.9), _WIDE - 2 * _EDGE, Inches(0.55))
# Letters that a property of a file can have.
_PROPERTY: Final = 255
# Sizes in points that a text is tried in, the usual one first; below the last nobody reads it from a chair.
_TITLE_SIZES, _UNDER_SIZES, _SAID_SIZES = (30, 28, 26, 24, 22, 20), (16, 14, 12), (18, 16, 14, 12)
_BODY_SIZES, _FOOT_SIZES, _CELL_SIZES = (24, 20, 18, 16, 14, 12), (12, 11, 10), (14, 12)
# What a letter takes of its size at the mean, a line of it, and what a box keeps free on two sides, in points; of a wide font,
# since nobody knows which one the reader's program has.
_LETTER, _LINE, _INSET_WIDE, _INSET_HIGH = 0.52, 1.2, 14.4, 7.2
# A column that asks for no more letters than the first may be one of codes: capitals, each as wide as so many letters.
_CODES, _CODE = 10, 1.5
_POINT: Final = Pt(1)
# Its constructor has no types.
_RGB: Final[Any] = RGBColor
# Layouts of the template that python-pptx brings.
_OPENING, _TITLE_ONLY = 0, 5


def pptx(papers: Papers) -> bytes:
    """Return the papers as a file for PowerPoint, LibreOffice and the like."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(_WIDE), Emu(_HIGH)
    _describe(deck, papers)
    opening = deck.slides.add_slide(deck.slide_layouts[_OPENING])
    title, under = opening.shapes.title, opening.placeholders[1]
    _place(title, _OPENING_TITLE)
    _place(under, (_EDGE, Inches(3.6), _WIDE - 2 * _EDGE, Inches(2)))
    _write(title, papers.title, _size(papers.title, _OPENING_TITLE, (44, 36, 30, 24)), ACCENT, bold=True)
    _write(
        under,
        f"{papers.whose}\n{wording.counted(len(papers.items), 'finding')} · snapshot {papers.snapshot[:12]}\n{papers.made_up}".strip(),
        20,
        INK,
    )
    for number, item in enumerate(papers.items, 1):
        _slide(deck, number, item, papers)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _describe(deck: Any, papers: Papers) -> None:
    """Say in the file's properties what it is; the template's own say who made the template."""
    about = deck.core_properties
    about.title, about.author, about.language = papers.title[:_PROPERTY], papers.whose[:_PROPERTY], "en-GB"
    about.subject = f"Snapshot {papers.snapshot}"
    about.last_modified_by, about.comments = "svdash", f"svdash {papers.version}"
    # The same papers are the same file, whenever they are made.
    about.created = about.modified = datetime.combine(papers.on, time(), UTC)


def _slide(deck: Any, number: int, item: Item, papers: Papers) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    title = slide.shapes.title
    _place(title, _TITLE)
    _write(title, item.headline, _size(item.headline, _TITLE, _TITLE_SIZES), INK, bold=True)
    found = item.finding
    if found is None:
        _text(slide, _BODY, item.gone, _BODY_SIZES, INK)
        status = ""
    else:
        _text(slide, _UNDER, found.subtitle, _UNDER_SIZES, QUIET)
        said = f"{found.sentence} {_body(slide, found)}".strip()
        _text(slide, _SENTENCE_AT, said, _SAID_SIZES, INK)
        status = f"{meeting_papers.status_line(found)} · "
        slide.notes_slide.notes_text_frame.text = _notes(found)
    foot = f"{status}snapshot {papers.snapshot[:12]} · {papers.title} · {number} of {len(papers.items)}"
    _text(slide, _FOOT, foot, _FOOT_SIZES, QUIET)


def _body(slide: Any, found: Finding) -> str:
    """Put the picture on a slide; the table where there is none, or where its words would be too small.

    Returns what is to be said of rows that are left out; empty where that is nothing.
    """
    picture = room_pictures.picture(found)
    if picture is not None and picture.is_large:
        left, top, wide, high = _BODY
        scale = min(wide / picture.wide, high / picture.high)
        placed = slide.shapes.add_picture(
            io.BytesIO(room_pictures.png(found)),
            left,
            top,
            Emu(int(picture.wide * scale)),
            Emu(int(picture.high * scale)),
        )
        _alternative(placed, picture.alt)
        placed.left = Emu(int(left + (wide - placed.width) / 2))
    elif found.empty or not len(found.frame):
        _text(slide, _BODY, found.empty or "Nothing to show.", _BODY_SIZES, INK)
    elif groups := meeting_papers.by_verdict(found):
        _text(
            slide, _BODY, "\n".join(f"{verdict}. {names}" for verdict, names in groups), _BODY_SIZES[2:], INK
        )
    else:
        return _table(slide, found)
    return ""


def _table(slide: Any, found: Finding) -> str:
    heads, rows, size = _fitting(found)
    left, top, wide, _ = _BODY
    lines = _heights([heads, *rows], size)
    shape = slide.shapes.add_table(len(rows) + 1, len(heads), left, top, wide, Emu(int(sum(lines) * _POINT)))
    for place, row in enumerate([heads, *rows]):
        shape.table.rows[place].height = Emu(int(lines[place] * _POINT))
        for column, cell in enumerate(row):
            _write(shape.table.cell(place, column), cell, size, INK if place else "#FFFFFF", bold=not place)
    for column, width in enumerate(_widths([heads, *rows])):
        shape.table.columns[column].width = Emu(int(width * _POINT))
    for column in range(len(heads)):
        head = shape.table.cell(0, column).fill
        head.solid()
        head.fore_color.rgb = _colour(ACCENT)
    rest = meeting_papers.left_out(found, len(rows))
    some = "some of every group" if rest else "from the first on"
    shown = f"{len(rows)} of {len(found.frame)} rows, {some}" if len(rows) < len(found.frame) else "all rows"
    _alternative(shape, f"Table: {found.subtitle}; {shown}, {len(heads)} of {len(found.columns)} columns.")
    if rest:
        return f"Not on this slide, and in the table of the dashboard: {rest}."
    return (
        "" if len(rows) == len(found.frame) else f"{len(rows)} of {len(found.frame)} rows are on this slide."
    )


def _fitting(found: Finding) -> tuple[list[str], list[list[str]], int]:
    """Return as much of a finding's table as a slide has room for, with short cells: its headings, its rows and the size of its letters."""
    heads, rows, _ = meeting_papers.room_table(found)
    for most in range(len(rows), 0, -1):
        _, cells, _ = meeting_papers.table(found, most, len(heads))
        shown = [[_short(cell) for cell in row] for row in cells]
        for size in _CELL_SIZES:
            if sum(_heights([heads, *shown], size)) * _POINT <= _BODY[3]:
                return heads, shown, size
    return heads, [[_short(cell) for cell in row] for row in rows[:1]], _CELL_SIZES[-1]


def _widths(rows: list[list[str]]) -> list[float]:
    """Return how wide each column of a table is, in points, by the letters it wants."""
    wanted = [
        letters * (_CODE if letters <= _CODES else 1) for letters in meeting_papers.letters(rows[0], rows[1:])
    ]
    return [_BODY[2] / _POINT * letters / sum(wanted) for letters in wanted]


def _heights(rows: list[list[str]], size: int) -> list[float]:
    """Return how high each row of a table is, in points, with letters of a size."""
    widths = _widths(rows)
    return [max(_high(cell, size, width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _high(text: str, size: int, wide: float) -> float:
    """Return how high a text stands in letters of a size, in points, where it has so much room from side to side."""
    letters = max(int((wide - _INSET_WIDE) / (size * _LETTER)), 1)
    lines = sum(len(textwrap.wrap(each, letters)) or 1 for each in text.split("\n"))
    return lines * size * _LINE + _INSET_HIGH


def _size(text: str, where: tuple[int, int, int, int], sizes: tuple[int, ...]) -> int:
    """Return the first of some sizes in which a text fits into its box, else the last."""
    _, _, wide, high = where
    return next((each for each in sizes if _high(text, each, wide / _POINT) <= high / _POINT), sizes[-1])


def _short(cell: str) -> str:
    return cell if len(cell) <= 90 else f"{cell[:88].rstrip()} …"


def _notes(found: Finding) -> str:
    texts = [found.headline, found.sentence, found.legend, found.method, *found.caveats]
    return "\n".join(each for each in texts if each)


def _alternative(shape: Any, alt: str) -> None:
    """Give a picture or table its text alternative, for which python-pptx has no property."""
    (about,) = shape.element.xpath(".//p:cNvPr")
    about.set("descr", alt)


def _place(shape: Any, where: tuple[int, int, int, int]) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(each) for each in where)


def _text(
    slide: Any, where: tuple[int, int, int, int], text: str, sizes: tuple[int, ...], colour: str
) -> None:
    if text:
        _write(slide.shapes.add_textbox(*where), text, _size(text, where, sizes), colour)


def _write(shape: Any, text: str, size: int, colour: str, *, bold: bool = False) -> None:
    """Write text into a shape or cell, in one size and colour, at its left."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.text = text
    for paragraph in frame.paragraphs:
        paragraph.font.size, paragraph.font.bold = Pt(size), bold
        paragraph.font.color.rgb = _colour(colour)
        paragraph.alignment = PP_ALIGN.LEFT


def _colour(code: str) -> Any:
    return _RGB(*bytes.fromhex(code.removeprefix("#")))
