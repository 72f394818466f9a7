"""The overview's cards as one piece of HTML, so that the first words come with all the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Final

import streamlit as st

from svdash import wording
from svdash.findings import follow_up, snapshots
from svdash.findings.overview_cards import Board, Card, Line
from svdash.findings.progress import decisions
from svdash.maps import small_map
from svdash.records import RecordsError
from svdash.register import DELIVERY_ORDER
from svdash.render import marks
from svdash.show.kit import finding_html, page, recording

# Lines of a list that a card has room for, by the list; a small screen hides the last ones. The page behind has all.
DECISIONS_SHOWN: Final = {decisions.LATE: 4, decisions.RED: 2}
MEASURES_SHOWN: Final = 10
_GAPS: Final = {
    "gap": "gap",
    "even": "no such gap",
    "apart": "not compared",
    "unknown": "not known",
}
_LEANINGS: Final = {
    "better": "better",
    "worse": "worse",
    "open": "neither, or too early",
    "untold": "not measured",
}


def draw(now: page.Here, board: Board) -> None:
    """Draw the board."""
    st.html(f'<div class="sv-board">{"".join(_card(now, card) for card in board.cards)}</div>')


def _card(now: page.Here, card: Card) -> str:
    body = finding_html.band(card.finding.empty) if card.finding.empty else _BODIES[card.name](now, card)
    line = finding_html.line(card.finding, picture=False, link=page.this_view())
    return (
        f'<section class="sv-card sv-card-{card.name} sv-finding"><h2><a href="{_leads(card)}" target="_self" '
        f'title="{escape(card.leads)}">{escape(card.headline)}</a></h2><p class="sv-sub">{escape(card.subtitle)}</p>'
        f'<div class="sv-body">{body}</div>{line}</section>'
    )


def _leads(card: Card) -> str:
    """Return the address that a card leads on to, ready for HTML."""
    return escape(page.address(card.page, **card.params))


def _linked(to: page.Addresses, line: Line, inside: str, kind: str) -> str:
    """Write a line as a link to what stands behind it."""
    target = escape(to(line.params))
    return f'<a class="{kind}" href="{target}" target="_self" title="{escape(line.hover)}">{inside}</a>'


def _marked(to: page.Addresses, line: Line) -> str:
    """Write a line as a mark alone; those who do not see it hear what it stands for."""
    drawn = marks.mark(line.mark, late=line.late)
    return _linked(to, line, f'{drawn}<span class="sv-unseen">{escape(line.hover)}</span>', "sv-mark")


def _rows_of_marks(card: Card) -> str:
    to = page.addresses_of(card.page)
    return "".join(
        f'<div class="sv-row"><span class="sv-of">{escape(group.label)}</span>'
        f'<span class="sv-marks">{"".join(_marked(to, line) for line in group.lines)}</span>'
        f'<span class="sv-told">{escape(group.summary)}</span></div>'
        for group in card.groups
    )


def _noted(told: Mapping[str, str]) -> str:
    """Write in one line what is told, each text with the address that it leads to."""
    links = (
        f'<a href="{address}" target="_self">{escape(text)}</a>' for text, address in told.items() if text
    )
    line = " · ".join(links)
    return f'<p class="sv-note">{line}</p>' if line else ""


def _promises(_: page.Here, card: Card) -> str:
    lines = [line for group in card.groups for line in group.lines]
    there = {line.mark for line in lines}
    key: dict[str, str] = {
        name: wording.DELIVERY[name].partition(" ")[2].lower() for name in DELIVERY_ORDER if name in there
    }
    if any(line.late for line in lines):
        key["late"] = "overdue"
    changes = escape(page.address("overview", part="changes"))
    return f"{_rows_of_marks(card)}{marks.legend(key)}{_noted({card.note: changes})}"


def _decisions(now: page.Here, card: Card) -> str:
    to = page.addresses_of("commitments")
    shown = "".join(
        f'<li class="sv-of-{group.name}">{_linked(to, line, escape(line.text), "sv-asks")}'
        f'<span class="sv-late">{escape(line.figure)}</span><small>{escape(line.about)}</small></li>'
        for group in card.groups
        for line in group.lines[: DECISIONS_SHOWN.get(group.name, 0)]
    )
    summaries = " · ".join(f"{group.label}: {group.summary}" for group in card.groups)
    lists = {summaries: _leads(card), card.note: escape(page.address("commitments", layout="care"))}
    # What is followed up is of today, and nothing of a snapshot is.
    followed = () if now.snapshot else _followed_up(now)
    lists |= {note.text: escape(page.address(note.page, **note.params)) for note in followed}
    return f'<ol class="sv-asked">{shown}</ol>{_noted(lists)}'


def _followed_up(now: page.Here) -> tuple[follow_up.Note, ...]:
    """Return what is told of exceptions and actions, and what is new since the last snapshot; a note where that can't be read."""
    today = recording.today()
    try:
        return follow_up.notes(now.edition, now.view, today, snapshots.listed())
    except (RecordsError, snapshots.SnapshotError):
        # The page of exceptions says what is wrong and what to do.
        told = follow_up.notes(now.edition, now.view, today)
        return (*told, follow_up.Note("The last snapshot can't be read", "exceptions"))


def _measures(_: page.Here, card: Card) -> str:
    to = page.addresses_of(card.page)
    lines = [line for group in card.groups for line in group.lines]
    shown = "".join(
        _linked(
            to,
            line,
            f"{marks.mark(line.mark)}<span>{escape(line.text)}</span><b>{escape(line.figure)}</b>",
            "sv-measure",
        )
        for line in lines[:MEASURES_SHOWN]
    )
    there = {marks.shape_of(line.mark) for line in lines}
    return f"<div>{shown}</div>{marks.legend({n: told for n, told in _LEANINGS.items() if n in there})}"


def _equality(_: page.Here, card: Card) -> str:
    return f"{_rows_of_marks(card)}{marks.legend(_GAPS)}"


def _lands(now: page.Here, card: Card) -> str:
    lines = [line for group in card.groups for line in group.lines]
    most = max((max(line.share, line.against) for line in lines), default=0.0)
    bars = "".join(
        f'<div class="sv-land" title="{escape(line.hover)}"><span>{escape(line.text)}</span>'
        f"{marks.bar(line.share, line.against, most, spoken_of=line.mark == 'spend')}<b>{escape(line.figure)}</b></div>"
        for line in lines
    )
    return f'<div class="sv-lands"><div>{bars}</div>{_map(now)}</div>'


def _map(now: page.Here) -> str:
    """Write the small map as a picture; empty where the pack has no boundaries, and in a snapshot, which holds none."""
    found = None if now.snapshot else small_map.drawn(now.edition)
    if found is None:
        return ""
    # As a background: of pictures, the page's HTML has none, so that no text of a pack can bring one.
    drawn = f"background-image:url('{marks.picture(found.svg)}');aspect-ratio:{found.width}/{found.height}"
    return (
        f'<a class="sv-place" href="{escape(page.address("reach_and_spend"))}" target="_self" title="{escape(found.description)}">'
        f'<span class="sv-map" role="img" aria-label="Map of the districts and their areas in the most deprived tenth" '
        f'style="{escape(drawn)}"></span><small>Dark: most deprived tenth</small></a>'
    )


_BODIES: Final[Mapping[str, Callable[[page.Here, Card], str]]] = {
    "promises": _promises,
    "decisions": _decisions,
    "measures": _measures,
    "equality": _equality,
    "lands": _lands,
}
