"""The data page's own pieces: which table, downloads, attribution."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from svdash.findings import served
from svdash.show import controls, page, wording
from svdash.show.page import Here


def ask(now: Here) -> str:
    """Draw the choice of a table and return it."""
    options = {name: now.pack.resource(name)["title"] for name in now.pack.tables}
    first = now.pack.tables[0]
    return controls.pick(
        "table",
        "Data dictionary of",
        options,
        first,
        "Columns, types and meanings, read from the data package.",
    )


def downloads(now: Here) -> None:
    """List every table that can be taken away, with the reader's filters in the address."""
    page.heading(
        "Take it away",
        "Each table as it is served, with the filters above; counts of people come through disclosure control.",
    )
    query = escape(urlencode(now.view.params()))
    rows = "".join(
        f'<tr><th scope="row">{escape(t.title)}</th><td>'
        + " · ".join(
            f'<a href="api/v1/tables/{escape(t.name)}.{kind}?{query if t.filtered else ""}" download>{kind.upper()}</a>'
            for kind in ("csv", "json", "parquet")
        )
        + "</td></tr>"
        for t in served.served(now.pack)
        if not t.needs
    )
    st.html(
        f'<table class="sv-facts"><tbody>{rows}</tbody></table>'
        '<div class="sv-meta"><a href="api/v1/datapackage.json">datapackage.json</a> · <a href="api/v1/openapi.json">openapi.json</a> · <a href="api/v1/tables">list of tables</a></div>'
    )


def words(now: Here) -> None:
    """Attribution, markers and disclosure rules in words."""
    page.heading("What the marks mean, and whom to credit")
    page.facts(wording.MARKERS)
    st.markdown(
        page.plain(
            "Statuses: official = statistics with a publisher; published = the authority's own published figure; "
            "illustrative = made up to show the product, not real. Counts of people from 1 to 4 are suppressed, others "
            "rounded to the nearest 5; shares come from rounded counts, except annual shares of the whole authority with "
            "at least 500 below the line and 10 above it."
        )
    )
    st.markdown(page.plain(str(now.pack.descriptor.get("attribution", ""))))
