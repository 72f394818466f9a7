"""The register as a list of promises: what was promised, where it stands, how late, whose it is, the last word on it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote, urlencode

import pandas as pd
import streamlit as st

from svdash import wording
from svdash.findings.finding import Finding, records
from svdash.register import ALL
from svdash.show.kit import addresses, page

# Letters of the last word that are read before the rest is looked up.
WORD_SHOWN: Final = 140
# What the register is asked for where nobody asks for anything.
_USUAL: Final = {"group": "role", "kind": ALL, "delivery": ALL}


def show(found: Finding) -> None:
    """Draw the register as a list, group by group, each promise a link to its own page."""
    page.heading(found.headline, f"{found.subtitle}. {found.sentence}", found)
    if found.empty:
        page.empty(found.empty)
        return
    query = {name: value for name, value in st.query_params.to_dict().items() if name != "commitment"}
    kept = f"{urlencode(query)}&" if query else ""
    st.html(listed(found, f"{addresses.of_page('commitments')}?{kept}commitment="))
    page.words(replace(found, sentence=""))


def listed(found: Finding, leads: str) -> str:
    """Write the list as HTML; ``leads`` is the address that an identifier is put after."""
    parts = []
    for label, rows in groupby(records(found.frame), key=lambda row: row["group_label"]):
        members = list(rows)
        late = sum(bool(row["overdue"]) for row in members)
        number = wording.count(len(members), "row") + (f", {late} overdue" if late else "")
        items = "".join(_promise(row, leads) for row in members)
        parts.append(
            f"<details open><summary><strong>{escape(str(label))}</strong> <span>{number}</span></summary><ul>{items}</ul></details>"
        )
    return f'<div class="sv-promises">{"".join(parts)}</div>'


def _promise(row: dict[str, Any], leads: str) -> str:
    mark, _, state = str(row["delivery_label"]).partition(" ")
    if row["kind"] == "practice":
        # Its state has no mark before it.
        mark, state = "", str(row["delivery_label"])
    late = f"overdue {row['overdue_label']}" if row["overdue"] else _due(row)
    address = escape(f"{leads}{quote(str(row['id']), safe='')}")
    return (
        f'<li><span class="sv-state"><i aria-hidden="true">{escape(mark)}</i>{escape(state)}</span>'
        f'<span class="sv-promise"><a href="{address}" target="_self">{escape(str(row["id"]))} {escape(str(row["title"]))}</a>'
        f"<small>{escape(str(row['lead']))}{escape(_last_word(row))}</small></span>"
        f'<span class="{"sv-late" if row["overdue"] else "sv-due"}">{escape(late)}</span></li>'
    )


def _due(row: dict[str, Any]) -> str:
    if row["kind"] == "practice":
        return "" if pd.isna(row["review_date"]) else f"review {wording.day(row['review_date'].date())}"
    if pd.isna(row["due"]):
        return "no date"
    return f"{'was due' if row['delivery'] == 'complete' else 'due'} {wording.day(row['due'].date())}"


def _last_word(row: dict[str, Any]) -> str:
    """Return the note of the newest update with its quarter, cut where it is long."""
    if row["kind"] == "practice":
        return ""
    if pd.isna(row["update"]):
        return " · no update so far"
    word = str(row["update"])
    short = word if len(word) <= WORD_SHOWN else f"{word[:WORD_SHOWN].rsplit(' ', 1)[0]} …"
    return f" · {row['period']}: {short}"


def beside(found: Finding, commitment: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the promises before and after one in the register as it is listed; ``None`` at its ends."""
    rows = records(found.frame.drop_duplicates("id")[["id", "title"]])
    place = next((n for n, row in enumerate(rows) if row["id"] == commitment), None)
    if place is None:
        return None, None
    after = rows[place + 1] if place + 1 < len(rows) else None
    return (rows[place - 1] if place else None), after


def ways(found: Finding, commitment: str) -> None:
    """Draw the ways from one promise to the one before, the one after and the whole list, what is asked of it kept."""
    query = {name: value for name, value in found.params.items() if value and value != _USUAL.get(name)}
    before, after = beside(found, commitment)
    with st.container(key="sv-ways", horizontal=True, gap="medium", vertical_alignment="center"):
        page.link("commitments", "All in the register", commitment=ALL, **query)
        for word, row in (("Previous", before), ("Next", after)):
            if row is not None:
                identifier = str(row["id"])
                page.link(
                    "commitments", f"{word}: {identifier} {row['title']}", commitment=identifier, **query
                )
