"""The exceptions page: the list that goes to leadership rule by rule, the actions that answer it, and the forms for them."""

from __future__ import annotations

from datetime import date
from html import escape
from itertools import groupby
from typing import Any

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.findings.exceptions import exception_list, rule_hits
from svdash.findings.finding import Finding, records
from svdash.register import ALL
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import unturned

WRITERS = (identity.OFFICER, identity.BOARD, identity.EDITOR)


def show(now: page.Here) -> None:
    """Draw the page."""
    writes = not all(identity.why_not(role) for role in WRITERS)
    # Those who may write see every action, others those that are shown to readers.
    edition = editions.drafting() if writes else now.edition
    found = exception_list.exceptions(edition, now.view)
    with controls.line():
        rules = {ALL: "All rules", **exception_list.labels(found)}
        rule = controls.pick("rule", "Rule", rules, ALL, width=220)
        bare = controls.tick(
            "bare", "Without an action", "Only exceptions that nobody answers with an action yet."
        )
    shown = exception_list.narrowed(found, rule, bare=bare)
    page.heading(found.headline, f"{found.subtitle}. {found.sentence}", found)
    recording.messages()
    if writes:
        # Imported for those who write: the libraries for records take a while to load.
        from svdash.show.panels import action_forms

        action_forms.show(edition, found)
    if shown.empty:
        page.empty(shown.empty)
    else:
        st.html(listed(shown))
    page.words(found)


def listed(found: Finding) -> str:
    """Write the list as HTML: rule by rule, each exception with its question, its reason, its owner and its action."""
    parts = []
    for label, rows in groupby(records(found.frame), key=lambda row: str(row["label"])):
        members = list(rows)
        bare = sum(not row["item"] for row in members)
        told = wording.count(len(members), "row") + (f", {bare} without an action" if bare else "")
        items = "".join(map(_exception, members))
        parts.append(
            f"<details open><summary><strong>{escape(label)}</strong> <span>{told}</span></summary><ul>{items}</ul></details>"
        )
    return f'<div class="sv-promises sv-exceptions">{"".join(parts)}</div>'


def _exception(row: dict[str, Any]) -> str:
    title = escape(unturned(str(row["about"])))
    if row["page"]:
        params = dict(pair.split("=", 1) for pair in str(row["lead_to"]).split("&"))
        address = escape(page.address(str(row["page"]), **params))
        title = f'<a href="{address}" target="_self">{title}</a>'
    place = "" if row["where"] == rule_hits.NO_PLACE else f" · {escape(str(row['where']))}"
    return (
        f'<li><span class="sv-promise">{title}<small>{_seen(row["reason"])}{place} · owner: {_seen(row["owner"])}</small></span>'
        f'<span class="sv-ask">{_seen(row["ask"])}<small>{_action(row)}</small></span></li>'
    )


def _action(row: dict[str, Any]) -> str:
    if not row["item"]:
        return "no action yet"
    return _seen(
        f"{row['action']} · {row['action_owner']}, by {wording.day(date.fromisoformat(str(row['action_due'])))} · {row['standing']}"
    )


def _seen(text: object) -> str:
    return f"<bdi>{escape(unturned(str(text)))}</bdi>"
