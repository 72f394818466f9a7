"""Tools that stand on every page: search over the register and glossary, drawn only once opened; and copy link."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from svdash.findings.finding import records
from svdash.findings.open_data import data_catalogue
from svdash.register import ALL, View
from svdash.show.kit import page

GLOSSARY: Final = "glossary"

MOST = 12
# Pixels of the button that copies the address.
COPY_WIDTH: Final = 108


@st.fragment
def tools() -> None:
    """Draw the three tools side by side; what happens in one redraws only them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        search = st.popover(
            "Search", help="Search commitments, measures, indicators", key="tool-search", on_change="rerun"
        )
        words = st.popover(
            "Glossary", help="Words of this field in plain English", key="tool-glossary", on_change="rerun"
        )
        _copy()
    if search.open:
        with search:
            _search()
    if words.open:
        with words:
            _glossary()


def _search() -> None:
    now = page.here()
    words = st.text_input("Search the register", key="tool-search-words", placeholder="for example: training")
    if not words.strip():
        st.caption("Commitments, practices, success measures and indicators. All words must occur.")
        return
    hits = data_catalogue.search(now.edition, words)
    if hits.empty:
        page.note(f"Nothing in the register has all of “{words}”. Try fewer or shorter words.")
        return
    st.caption(f"{len(hits)} found" + (f", the first {MOST} shown" if len(hits) > MOST else ""))
    for hit in records(hits.head(MOST)):
        if hit["kind"] == "commitment":
            role = now.view.role if hit["id"] in now.framework.filters.commitments_of(now.view.role) else ALL
            page.link("commitments", f"{hit['id']} {hit['title']}", role=role, commitment=hit["id"])
        else:
            known = now.framework.indicators_of(View(role=now.view.role)).index
            page.link(
                "indicators",
                f"{hit['id']} {hit['title']}",
                role=now.view.role if hit["indicator"] in known else ALL,
                commitment=ALL,
                indicator=hit["indicator"],
            )


def _glossary() -> None:
    if GLOSSARY not in page.here().edition.tables:
        st.caption("The data pack has no glossary: add the table glossary.")
        return
    rows = page.here().edition.table(GLOSSARY).sort_values("term", key=lambda s: s.str.casefold())
    words = (
        st.text_input("Find a word", key="tool-glossary-words", placeholder="for example: decile")
        .casefold()
        .strip()
    )
    if words:
        rows = rows[(rows["term"] + " " + rows["meaning"]).str.casefold().str.contains(words, regex=False)]
    if rows.empty:
        page.note(f"The glossary does not have “{words}”.")
        return
    meanings = "".join(
        f"<dt>{escape(r['term'])}</dt><dd>{escape(r['meaning'] + _also(r['also']))}</dd>"
        for r in records(rows)
    )
    # What scrolls can be reached by keyboard, which a container of Streamlit's cannot.
    st.html(
        f'<div class="sv-glossary" tabindex="0" role="region" aria-label="Glossary"><dl>{meanings}</dl></div>'
    )


def _also(also: Any) -> str:
    return "" if pd.isna(also) else f" Also: {also}."


def _copy() -> None:
    """Draw the address of the view as a button that copies it: Streamlit's own for code, the text behind it."""
    with st.container(key="sv-copy", width=COPY_WIDTH):
        st.code(_address(), language=None, width=COPY_WIDTH)


def readable_address() -> None:
    """Write the address of the view out, for browsers that let no page copy."""
    st.html(
        f'<p class="sv-sub">Link to this view, with every filter written out:</p><p class="sv-address">{escape(_address())}</p>'
    )


def _address() -> str:
    return f"{(st.context.url or '').partition('?')[0]}{page.this_view()}"
