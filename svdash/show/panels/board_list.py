"""What the Board and the Equality Panels rated and asked, drawn for everybody: beside what it is of, and as one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from svdash import editions
from svdash.access import identity
from svdash.editions import Edition
from svdash.findings.progress import board_and_officers
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import typed_html, typed_lines

if TYPE_CHECKING:
    from svdash.records.board_views import KeptView

WRITERS = (identity.OFFICER, identity.BOARD, identity.EDITOR)


def writes() -> bool:
    """Return whether who is at the browser may rate, ask, answer or publish."""
    person = identity.person()
    return person is not None and not person.roles.isdisjoint(WRITERS)


def ratings(commitment: str) -> dict[str, str]:
    """Return what the Board and the panels rated a commitment, to stand beside what officers did."""
    return board_and_officers.beside_officers(_edition(), commitment)


def _edition() -> Edition:
    """Return what is looked at: with drafts for those who may write."""
    return editions.drafting() if writes() else page.here().edition


def beside(about: str, key: str) -> None:
    """Draw what was rated and asked of one thing, and for those who may write the forms; nothing where there is nothing."""
    edition = _edition()
    found = board_and_officers.of(edition, about, key)
    if found:
        st.markdown("**From the Board and the Equality Panels**")
        st.html(listed(edition, found, titled=False))
    if writes():
        # Imported for those who write: the libraries for records take a while to load.
        from svdash.show.panels import board_forms

        recording.messages()
        board_forms.beside(edition, about, key, found)


def beside_gap(part: str, characteristic: str) -> None:
    """Draw, on a part of the equality page, what was rated and asked of its gaps by a characteristic."""
    if part in board_and_officers.PARTS:
        beside("gap", f"{part}/{characteristic}")


def whole() -> None:
    """Draw the list of all: where they differ from officers, what waits for an answer, and for those who may write the forms."""
    now, edition = page.here(), _edition()
    recording.messages()
    for found in board_and_officers.with_drafts(now.edition, edition, now.view):
        page.finding(found)
    if writes():
        from svdash.show.panels import board_forms

        board_forms.whole(edition)


def listed(edition: Edition, found: tuple[KeptView, ...], *, titled: bool = True) -> str:
    """Write ratings and questions as HTML, each with its answer, and with what it is of where ``titled``."""
    return f'<ul class="sv-time">{"".join(_one(edition, each, titled=titled) for each in found)}</ul>'


def _one(edition: Edition, kept: KeptView, *, titled: bool) -> str:
    view = kept.view
    head = board_and_officers.rated(view) or "A question"
    if titled:
        head = f"{board_and_officers.title(edition, view)}: {head}"
    answer = board_and_officers.answer(view)
    told = f"<br><b>{typed_html(answer)}:</b> <bdi>{typed_lines(view.reply)}</bdi>" if answer else ""
    return (
        f"<li><b><bdi>{typed_html(head)}</bdi></b><br><bdi>{typed_lines(view.text)}</bdi>{told}<br>"
        f"<small><bdi>{typed_html(board_and_officers.said_by(edition, view, recording.today()))}</bdi></small></li>"
    )
