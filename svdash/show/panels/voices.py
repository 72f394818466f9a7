"""What the forum logged and what people told, drawn beside a commitment or an indicator and on the forum's own page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from svdash.findings.progress import forum_log
from svdash.register import ALL
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import typed_html, typed_lines

if TYPE_CHECKING:
    from svdash.records.champions_forum import LoggedEntry
    from svdash.records.testimonies import KeptTestimony


def beside_commitment(commitment: str) -> None:
    """Draw what the forum logged of a commitment and what people told of it; nothing where there is nothing."""
    edition = page.here().edition
    logged = forum_log.entries(edition, commitment=commitment)
    if logged:
        st.markdown("**From the Champions' forum**")
        st.html(listed(logged, linked=False))
        page.link("forum", "All that the forum logged", commitment=commitment, role=ALL)
    _testimonies(forum_log.told_beside(edition, recording.today(), commitment=commitment))


def beside_indicator(indicator: str) -> None:
    """Draw what people told of an indicator, beside its number and never in it; nothing where there is nothing."""
    _testimonies(forum_log.told_beside(page.here().edition, recording.today(), indicator=indicator))


def _testimonies(kept: tuple[KeptTestimony, ...]) -> None:
    if kept:
        st.markdown("**What people told us**")
        st.html(quoted(kept))
        st.caption("Single voices, in their own words. They are not part of any figure.")


def quoted(kept: tuple[KeptTestimony, ...]) -> str:
    """Write testimony as HTML, as it was told."""
    items = "".join(
        f"<li><q><bdi>{typed_lines(each.words or '')}</bdi></q><br><small><bdi>{typed_html(forum_log.source(each))}</bdi></small></li>"
        for each in kept
    )
    return f'<ul class="sv-time">{items}</ul>'


def listed(log: tuple[LoggedEntry, ...], *, linked: bool = True) -> str:
    """Write entries of the log as HTML, each with its answer and, where ``linked``, with links to its commitments."""
    return f'<ul class="sv-time">{"".join(_entry(each, linked=linked) for each in log)}</ul>'


def _entry(logged: LoggedEntry, *, linked: bool) -> str:
    entry = logged.entry
    known = page.here().framework.commitments.set_index("id")["title"]
    links = [
        f'<a href="{escape(page.address("commitments", commitment=each, role=ALL))}" target="_self">{escape(f"{each} {known[each]}")}</a>'
        if each in known.index
        else escape(each)
        for each in entry.commitments
        if linked
    ]
    answer = (
        f"<br><b>{typed_html(forum_log.answered(logged))}:</b> <bdi>{typed_lines(entry.answer)}</bdi>"
        if entry.answer
        else ""
    )
    more = f"<br><small>{' · '.join(links)}</small>" if links else ""
    about = f"<small><bdi>{typed_html(forum_log.about(logged))}</bdi></small>"
    return (
        f"<li><b><bdi>{typed_html(entry.title)}</bdi></b><br><bdi>{typed_lines(entry.text)}</bdi>{answer}<br>{about}"
        f"{more}</li>"
    )
