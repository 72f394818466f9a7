"""The data page's own panels: which table, downloads, marks and credits."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from svdash import wording
from svdash.findings.open_data import open_tables
from svdash.show.kit import controls, page
from svdash.show.kit.page import Here
from svdash.show.kit.plain_text import plain


def pick_table(now: Here) -> str:
    """Draw the choice of a table of the data pack, and return it."""
    return controls.pick(
        "table",
        "Columns of",
        {name: now.edition.resource(name)["title"] for name in now.edition.tables},
        now.edition.tables[0],
        width=420,
    )


def downloads(now: Here) -> None:
    """List every table that can be taken away, with the reader's filters in the address."""
    page.heading(
        "Download",
        "Each table as the open data have it, with the filters above; counts of people pass disclosure control.",
    )
    view = now.view.params()
    rows = "".join(
        f"<li><span>{escape(t.title)}</span><span>"
        + " · ".join(
            f'<a href="api/v1/tables/{escape(t.name)}.{kind}?{escape(urlencode({n: view[n] for n in open_tables.filters_of(t.name)}))}" download>{kind.upper()}</a>'
            for kind in ("csv", "json", "parquet")
        )
        + "</span></li>"
        for t in open_tables.every_table(now.edition)
        if not t.needs
    )
    st.html(
        f'<ul class="sv-takes">{rows}</ul>'
        '<div class="sv-meta"><a href="api/v1/datapackage.json">datapackage.json</a> · <a href="api/v1/openapi.json">openapi.json</a> · <a href="api/v1/tables">list of tables</a></div>'
    )


def marks(now: Here) -> None:
    """Draw attribution, markers and disclosure rules in words."""
    page.heading("What the marks mean, and whom to credit")
    page.facts(wording.MARKERS)
    st.markdown(
        plain(
            "Statuses: official = statistics with a publisher; published = the authority's own published figure; "
            "illustrative = made up to show the product, not real. Counts of people from 1 to 4 are suppressed, and as many "
            "more as needed so that none of them can be worked out; others are written rounded to the nearest "
            "5. Shares, ratios, limits and verdicts are worked out from exact counts: percentages are written with one decimal "
            "where they are of a hundred people or more, as whole numbers of 20 to 99 and not at all of fewer, ratios with two "
            "significant figures."
        )
    )
    page.text(str(now.edition.head.get("attribution", "")))
