"""A meeting's papers: one file of HTML and slides, with the numbers of the findings, their status and the snapshot's id."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from PIL import ImageFont
from pptx import Presentation

from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import MapChoice
from svdash.register import Framework
from svdash.render import small_multiples
from svdash.reports import meeting_papers, pre_read, room_pictures, slides
from svdash.reports.meeting_papers import Papers, PapersError
from svdash.tables import Pack
from tests.copies import SMALL

SNAPSHOT = "0123456789abcdef" * 4
NAMES = ("changes", "lands", "measures")
GONE = Item("old-page/gone", None, "This finding is not in the snapshot <any> more.")


def finding(pack: Pack, name: str) -> Finding:
    spec = open_tables.spec_of(name)
    assert spec is not None
    own = {each: about.default or "" for each, about in spec.parameters.items()}
    return spec.build(pack, Framework.of(pack).filters.read({})[0], own)


@pytest.fixture(scope="module")
def papers(small_pack: Pack) -> Papers:
    items = (*(Item(f"page/{name}", finding(small_pack, name)) for name in NAMES), GONE)
    return Papers("Board & friends", date(2027, 1, 14), "A Framework", SNAPSHOT, "1.2.3", items)


class Tags(HTMLParser):
    """Every tag of a document, and its text without tags and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def read(document: str) -> Tags:
    found = Tags()
    found.feed(document)
    return found


def shown(items: tuple[Item, ...]) -> list[Finding]:
    return [item.finding for item in items if item.finding is not None]


def test_the_file_says_what_the_findings_say_with_their_numbers_and_the_snapshot(papers: Papers) -> None:
    text = unescape(read(pre_read.html(papers)).text)
    assert "Board & friends, 14 January 2027" in text
    assert SNAPSHOT in text
    for found in shown(papers.items):
        assert found.headline in text
        assert found.sentence in text
        assert " · ".join(found.statuses[:1]) in text
        for row in meeting_papers.table(found)[1]:
            assert all(cell in text for cell in row), (found.name, row)
    assert "illustrative" in text
    assert GONE.gone in text


def test_the_file_needs_no_network_and_runs_nothing(papers: Papers) -> None:
    document = pre_read.html(papers)
    found = read(document)
    addresses = [
        value or "" for _, given in found.tags for name, value in given.items() if name in {"src", "href"}
    ]
    assert addresses
    assert all(each.startswith(("#", "data:image/svg+xml;base64,")) for each in addresses)
    assert not {tag for tag, _ in found.tags} & {"script", "link", "iframe", "object"}
    assert not re.search(r"@import|url\(", document)


def test_every_picture_in_the_file_is_told_in_words_and_every_heading_can_be_reached(papers: Papers) -> None:
    found = read(pre_read.html(papers))
    pictures = [given for tag, given in found.tags if tag == "img"]
    assert len(pictures) == 2
    assert all("illustrative" in (given["alt"] or "") for given in pictures)
    ids = {given["id"] for _, given in found.tags if "id" in given}
    leads = [given["href"] for tag, given in found.tags if tag == "a"]
    assert [lead for lead in leads if (lead or "")[1:] not in ids] == []
    assert len(leads) == len(papers.items)


def test_every_slide_has_a_title_and_every_picture_is_told_in_words(papers: Papers) -> None:
    deck = Presentation(io.BytesIO(slides.pptx(papers)))
    pages = list(deck.slides)
    assert len(pages) == 1 + len(papers.items)
    assert [page.shapes.title.text for page in pages] == [
        papers.title,
        *(item.headline for item in papers.items),
    ]
    assert all(page.shapes.title.is_placeholder for page in pages)
    drawn = [shape for page in pages for shape in page.shapes if shape.shape_type == 13 or shape.has_table]
    assert [shape.has_table for shape in drawn] == [True, False]
    for shape in drawn:
        assert shape.element.xpath(".//p:cNvPr")[0].get("descr")
    for page in pages:
        for shape in page.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height, shape.name


def words_of(page: Any) -> str:
    return " ".join(shape.text_frame.text for shape in page.shapes if shape.has_text_frame)


def test_slides_carry_the_snapshot_the_status_and_the_numbers_of_the_findings(papers: Papers) -> None:
    first, *pages = Presentation(io.BytesIO(slides.pptx(papers))).slides
    assert SNAPSHOT[:12] in words_of(first)
    for page, item in zip(pages, papers.items, strict=True):
        words = words_of(page)
        assert SNAPSHOT[:12] in words
        if item.finding is None:
            assert GONE.gone in words
            continue
        assert item.finding.sentence in words
        assert all(status in words for status in item.finding.statuses)
        assert item.finding.method in page.notes_slide.notes_text_frame.text
    (table,) = [shape.table for shape in pages[0].shapes if shape.has_table]
    changes, _, measures = shown(papers.items)
    cells = changes.cells(thousands=True)
    heads = [cell.text for cell in table.rows[0].cells]
    names = {label: name for name, label in changes.columns.items()}
    assert len(heads) > 2
    for place, row in enumerate(list(table.rows)[1:]):
        assert [cell.text for cell in row.cells] == [cells[names[head]][place] for head in heads]
    latest = {panel.latest for panel in small_multiples.panels(measures.chart)}
    assert latest
    assert all(each in words_of(pages[2]) for each in latest)


def test_a_map_is_a_picture_in_papers_and_on_slides(
    small_pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    found = area_figures.area_map(small_pack, Framework.of(small_pack).filters.default_view(), MapChoice())
    made = Papers("Board", date(2027, 1, 14), "A", SNAPSHOT, "1", (Item("map/areas", found),))
    (alt,) = [attributes["alt"] for tag, attributes in read(pre_read.html(made)).tags if tag == "img"]
    assert alt == room_pictures.alternative(found)
    (picture,) = [
        each
        for each in list(Presentation(io.BytesIO(slides.pptx(made))).slides)[1].shapes
        if hasattr(each, "image")
    ]
    assert picture.image.content_type == "image/png"


def lines(text: str, size: float, wide: float) -> int:
    """In how many lines a text stands, measured with letters of a real font as an office program breaks them."""
    font = ImageFont.load_default(100)
    many = 0
    for part in text.split("\n"):
        many, filled = many + 1, 0.0
        for word in part.split(" "):
            width = font.getlength(f"{word} ") * size / 100
            many, filled = (many + 1, width) if filled and filled + width > wide else (many, filled + width)
    return many


@pytest.mark.parametrize(
    "name", ["indicators", "measures", "exceptions", "data-gaps", "lands", "attention", "standing", "changes"]
)
def test_every_text_of_a_slide_fits_its_box_and_every_table_its_place(small_pack: Pack, name: str) -> None:
    item = Item(name, finding(small_pack, name))
    made = Papers("A board with a long name " * 3, date(2027, 1, 14), "A Framework", SNAPSHOT, "1", (item,))
    deck = Presentation(io.BytesIO(slides.pptx(made)))
    for shape in (shape for slide in deck.slides for shape in slide.shapes):
        assert shape.left >= 0
        assert shape.top + shape.height <= deck.slide_height
        assert shape.left + shape.width <= deck.slide_width
        if shape.has_text_frame and shape.text_frame.text:
            size = shape.text_frame.paragraphs[0].font.size.pt
            assert size >= 10
            high = lines(shape.text_frame.text, size, shape.width.pt - 14.4) * size * 1.2 + 7.2
            assert high <= shape.height.pt, shape.text_frame.text
        elif shape.has_table:
            rows = [
                max(
                    lines(cell.text, cell.text_frame.paragraphs[0].font.size.pt, column.width.pt - 14.4)
                    * cell.text_frame.paragraphs[0].font.size.pt
                    * 1.2
                    + 7.2
                    for cell, column in zip(row.cells, shape.table.columns, strict=True)
                )
                for row in shape.table.rows
            ]
            assert sum(rows) <= 3.9 * 72, rows


def test_papers_show_some_of_every_rule_and_how_many_more_there_are_of_each(small_pack: Pack) -> None:
    found = finding(small_pack, "exceptions")
    rules = found.frame["label"].value_counts(sort=False)
    assert len(found.frame) > 20 > len(rules) > 2
    _, shown, _ = meeting_papers.table(found, 20)
    met = {label: sum(row[0] == label for row in shown) for label in rules.index}
    assert min(met.values()) >= 1
    rest = ", ".join(
        f"{label} {number - met[label]}" for label, number in rules.items() if number > met[label]
    )
    # A screen before a room says so too, however many it has room for.
    assert meeting_papers.shown_of(found, 20) == f"20 of {len(found.frame)} rows; not on this screen: {rest}"
    assert meeting_papers.shown_of(found, len(found.frame)) == ""
    first = meeting_papers.first_shown(found, 20, 6)
    assert (len(first), sum(first)) == (20, 6)
    assert len({row[0] for row, always in zip(shown, first, strict=True) if always}) == min(len(rules), 6)
    made = Papers("Board", date(2027, 1, 14), "A", SNAPSHOT, "1", (Item("exceptions/exceptions", found),))
    assert f"some of every group; the rest is in the table below ({rest})" in read(pre_read.html(made)).text
    # On paper nothing can be opened, so what is not printed is said there.
    assert f"The whole table ({len(found.frame)} rows) is printed only if" in read(pre_read.html(made)).text
    _, slide = Presentation(io.BytesIO(slides.pptx(made))).slides
    (table,) = [shape.table for shape in slide.shapes if shape.has_table]
    assert len({row.cells[0].text for row in list(table.rows)[1:]}) == min(len(rules), len(table.rows) - 1)
    assert f"{meeting_papers.left_out(found, len(table.rows) - 1)}." in words_of(slide)


@pytest.mark.parametrize(("letters", "large", "small"), [(20, 12, 6), (90, 7, 5), (900, 1, 1)])
def test_a_screen_before_a_room_shows_as_many_rows_as_it_has_room_for(
    small_pack: Pack, letters: int, large: int, small: int
) -> None:
    rows = pd.DataFrame({"what": ["x" * 20] * 30, "said": ["y" * letters] * 30})
    found = replace(finding(small_pack, "standing"), frame=rows, columns={"what": "What", "said": "Said"})
    heads, shown, _ = meeting_papers.room_table(found)
    assert heads == ["What", "Said"]
    assert len(shown) == large
    assert meeting_papers.on_a_small_screen(found, len(heads)) == small


def test_papers_say_where_their_snapshot_is_found(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SVDASH_PUBLIC_URL", raising=False)
    assert f"Data and methods, under Snapshots; ?snapshot={SNAPSHOT}" in read(pre_read.html(papers)).text
    monkeypatch.setenv("SVDASH_PUBLIC_URL", "https://value.authority.example/")
    assert f'href="https://value.authority.example/?snapshot={SNAPSHOT}"' in pre_read.html(papers)


@pytest.mark.parametrize("name", ["measures", "indicators"])
def test_series_are_counted_by_verdict_as_the_sentence_of_the_finding_counts_them(
    small_pack: Pack, name: str
) -> None:
    found = finding(small_pack, name)
    # One of each verdict stands out taken alone only, as on a page with many tests.
    first = ~found.frame["verdict_label"].duplicated()
    several = found.frame["together"].mask(first, "taken alone only")
    groups = [head.rpartition(": ") for head, _ in meeting_papers.by_verdict(found)]
    assert [f"{number} {verdict.lower()}" for verdict, _, number in groups] == found.sentence.split(".")[
        0
    ].lower().split("; ")
    assert sum(int(number) for *_, number in groups) == len(found.frame)
    apart = meeting_papers.by_verdict(replace(found, frame=found.frame.assign(together=several)))
    alone = [head for head, _ in apart if "taken alone" in head]
    assert len(alone) == first.sum()
    assert all(head.endswith(": 1") for head in alone)
    proposals = found.frame["indicator" if name == "measures" else "title"].str.endswith("(proposal)").sum()
    assert " ".join(names for _, names in apart).count("(proposal)") == proposals > 0


def test_the_same_papers_are_the_same_file(papers: Papers) -> None:
    assert pre_read.html(papers) == pre_read.html(papers)
    once, twice = (Presentation(io.BytesIO(slides.pptx(papers))).core_properties for _ in range(2))
    assert (once.created, once.title) == (twice.created, twice.title)


def test_a_long_name_of_a_framework_makes_slides_all_the_same(papers: Papers) -> None:
    deck = Presentation(io.BytesIO(slides.pptx(replace(papers, whose="A framework " * 40))))
    assert len(deck.core_properties.author) == 255


@pytest.mark.parametrize(
    ("items", "said"), [((), "Nothing is on the agenda"), ((GONE,), "No finding of the agenda can be shown")]
)
def test_papers_without_a_finding_are_refused_with_a_sentence(items: tuple[Item, ...], said: str) -> None:
    with pytest.raises(PapersError, match=said):
        Papers("Board", date(2027, 1, 14), "A", SNAPSHOT, "1", items)


def test_an_agenda_is_offered_in_order_of_what_the_snapshot_has(small_pack: Pack) -> None:
    names = ("lands", "equality", "standing", "measures", "measures", "attention", "catalogue")
    entries = [Entry(f"page/{place}/{name}", name) for place, name in enumerate(names)]
    assert meeting_agenda.usual(entries) == (
        "page/5/attention", "page/2/standing", "page/3/measures", "page/1/equality", "page/0/lands",
    )  # fmt: skip
    assert meeting_agenda.usual([]) == ()


class Entry:
    """An entry of a snapshot."""

    page = headline = ""

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name


def test_a_finding_moves_one_place_and_stops_at_the_ends() -> None:
    agenda = ("a", "b", "c")
    assert meeting_agenda.moved(agenda, "c", -1) == ("a", "c", "b")
    assert meeting_agenda.moved(agenda, "a", 1) == ("b", "a", "c")
    assert meeting_agenda.moved(agenda, "a", -1) == meeting_agenda.moved(agenda, "c", 1) == agenda


def test_every_row_that_minutes_can_be_about_has_a_name_of_its_own(small_pack: Pack) -> None:
    for name in (*NAMES, "attention", "equality", "standing"):
        found = finding(small_pack, name)
        figures = meeting_agenda.figures(found)
        assert len(figures) == min(len(found.frame), meeting_agenda.MOST_ROWS), name
        assert all(figures.values()), name
