"""A meeting's papers as slides (PPTX): a title on every slide, the picture with its words for whoever can't see it, method in the notes."""

from __future__ import annotations

import io
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
_TITLE: Final = (_EDGE, Inches(0.3), _WIDE - 2 * _EDGE, Inches(1.0))
_UNDER: Final = (_EDGE, Inches(1.3), _WIDE - 2 * _EDGE, Inches(0.5))
_BODY: Final = (_EDGE, Inches(1.9), _WIDE - 2 * _EDGE, Inches(3.9))
_SAID: Final = (_EDGE, Inches(5.85), _WIDE - 2 * _EDGE, Inches(1.0))
_FOOT: Final = (_EDGE, Inches(6.95), _WIDE - 2 * _EDGE, Inches(0.4))
# Letters that a property of a file can have.
_PROPERTY: Final = 255
# Letters of a sentence that fit below a picture in its usual size.
_LONG: Final = 270
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
    _place(title, (_EDGE, Inches(2.3), _WIDE - 2 * _EDGE, Inches(1.2)))
    _place(under, (_EDGE, Inches(3.6), _WIDE - 2 * _EDGE, Inches(2)))
    _write(title, papers.title, 44, ACCENT, bold=True)
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
    _write(title, item.headline, 30, INK, bold=True)
    found = item.finding
    if found is None:
        _text(slide, _BODY, item.gone, 24, INK)
        status = ""
    else:
        _text(slide, _UNDER, found.subtitle, 16, QUIET)
        said = f"{found.sentence} {_body(slide, found)}".strip()
        _text(slide, _SAID, said, 18 if len(said) <= _LONG else 14, INK)
        status = f"{meeting_papers.status_line(found)} · "
        slide.notes_slide.notes_text_frame.text = _notes(found)
    foot = f"{status}snapshot {papers.snapshot[:12]} · {papers.title} · {number} of {len(papers.items)}"
    _text(slide, _FOOT, foot, 12, QUIET)


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
        _say(placed, picture.alt)
        placed.left = Emu(int(left + (wide - placed.width) / 2))
    elif found.empty or not len(found.frame):
        _text(slide, _BODY, found.empty or "Nothing to show.", 24, INK)
    elif groups := meeting_papers.by_verdict(found):
        _text(slide, _BODY, "\n".join(f"{verdict}. {names}" for verdict, names in groups), 18, INK)
    else:
        return _table(slide, found)
    return ""


def _table(slide: Any, found: Finding) -> str:
    heads, rows, _ = meeting_papers.room_table(found)
    left, top, wide, high = _BODY
    shape = slide.shapes.add_table(
        len(rows) + 1, len(heads), left, top, wide, Emu(int(high / 13)) * (len(rows) + 1)
    )
    for place, row in enumerate([heads, *rows]):
        for column, cell in enumerate(row):
            _write(
                shape.table.cell(place, column), _short(cell), 14, INK if place else "#FFFFFF", bold=not place
            )
    wanted = meeting_papers.letters(heads, rows)
    for column, letters in enumerate(wanted):
        shape.table.columns[column].width = Emu(int(wide * letters / sum(wanted)))
    for column in range(len(heads)):
        head = shape.table.cell(0, column).fill
        head.solid()
        head.fore_color.rgb = _colour(ACCENT)
    rest = meeting_papers.left_out(found, len(rows))
    some = "some of every group" if rest else "from the first on"
    shown = f"{len(rows)} of {len(found.frame)} rows, {some}" if len(rows) < len(found.frame) else "all rows"
    _say(shape, f"Table: {found.subtitle}; {shown}, {len(heads)} of {len(found.columns)} columns.")
    return f"Not on this slide, and in the table of the dashboard: {rest}." if rest else ""


def _short(cell: str) -> str:
    return cell if len(cell) <= 90 else f"{cell[:88].rstrip()} …"


def _notes(found: Finding) -> str:
    told = [found.headline, found.sentence, found.legend, found.method, *found.caveats]
    return "\n".join(each for each in told if each)


def _say(shape: Any, alt: str) -> None:
    """Give a picture or table its text alternative, for which python-pptx has no property."""
    (about,) = shape.element.xpath(".//p:cNvPr")
    about.set("descr", alt)


def _place(shape: Any, where: tuple[int, int, int, int]) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(each) for each in where)


def _text(slide: Any, where: tuple[int, int, int, int], text: str, size: int, colour: str) -> None:
    if text:
        _write(slide.shapes.add_textbox(*where), text, size, colour)


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
