"""Tools that stand on every page: search over the register, glossary, copy link. Drawn only once opened."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from svdash.findings.finding import records
from svdash.findings.open_data import data_catalogue
from svdash.register import ALL, View
from svdash.show.kit import page
from svdash.show.kit.plain_text import plain

GLOSSARY: Final = "glossary"

MOST = 12


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
        copy = st.popover(
            "Copy link", help="An address with every filter written out", key="tool-link", on_change="rerun"
        )
    if search.open:
        with search:
            _search()
    if words.open:
        with words:
            _glossary()
    if copy.open:
        with copy:
            _copy()


def _search() -> None:
    now = page.here()
    asked = st.text_input("Search the register", key="tool-search-words", placeholder="for example: training")
    if not asked.strip():
        st.caption("Commitments, practices, success measures and indicators. All words must occur.")
        return
    hits = data_catalogue.search(now.edition, asked)
    if hits.empty:
        st.caption(plain(f"Nothing in the register has all of “{asked}”. Try fewer or shorter words."))
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
    asked = (
        st.text_input("Find a word", key="tool-glossary-words", placeholder="for example: decile")
        .casefold()
        .strip()
    )
    if asked:
        rows = rows[(rows["term"] + " " + rows["meaning"]).str.casefold().str.contains(asked, regex=False)]
    if rows.empty:
        st.caption(plain(f"The glossary does not have “{asked}”."))
        return
    with st.container(height=420, border=False):
        st.markdown(
            "\n\n".join(
                f"**{plain(r['term'])}**  \n{plain(r['meaning'] + _also(r['also']))}" for r in records(rows)
            )
        )


def _also(also: Any) -> str:
    return "" if pd.isna(also) else f" Also: {also}."


def _copy() -> None:
    base = (st.context.url or "").split("?")[0]
    filters = page.here().every_filter.params()
    kept = {k: v for k, v in st.query_params.to_dict().items() if k not in filters}
    st.caption(
        "The same view for whoever opens it, also when defaults have moved on. The button at its right copies it."
    )
    st.code(f"{base}?{urlencode({**filters, **kept})}", language=None, wrap_lines=True)
