"""The commitments page's own pieces: what to list, and one commitment in full."""

from __future__ import annotations

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from svdash import editions, wording
from svdash.findings.finding import records
from svdash.findings.progress.commitment_register import Detail, groups
from svdash.findings.progress.commitment_status import kinds
from svdash.register import ALL, DELIVERY_ORDER
from svdash.show.kit import controls, finding_html, page
from svdash.show.kit.plain_text import plain
from svdash.show.panels import board_list, voices

# How the register is laid out, or what is drawn in its place.
LAYOUTS: Final = {
    "list": "List",
    "grid": "Grid",
    "owners": "Overdue by owner",
    "care": "Without an owner",
    "board": "Board and panels",
    "audit": "Evidence audit",
}

# Updates of a commitment that are seen at first: about as many as stand beside its facts.
NEWEST: Final = 5


def ask() -> tuple[dict[str, str], str]:
    """Draw the page's controls and return what the address chose of the register, and how it is laid out."""
    states = {
        ALL: "Any",
        **{c: wording.DELIVERY[c] for c in DELIVERY_ORDER},
        "overdue": "Overdue",
        "unverified": "Cannot be verified",
    }
    with controls.line():
        words = controls.words("words", "Find in the register", "Find: for example training", width=260)
        delivery = controls.pick("delivery", "Delivery", states, ALL, width=250)
        layout = controls.pick("layout", "Show", LAYOUTS, "list", width=220)
        with controls.more("More", "register"):
            st.caption("Words: all must occur, in title, text, owner or guidance.")
            group = controls.pick(
                "group",
                "Group by",
                groups(page.here().edition),
                "role",
                "A commitment of several groups is listed under each.",
            )
            named = {ALL: "Commitments and practices", **kinds(page.here().framework)}
            kind = controls.pick("kind", "Kind", named, ALL, _meanings())
            st.caption(
                "Delivery: as shown after the check that there is an owner, a test, a date and evidence."
            )
    return {"group": group, "kind": kind, "delivery": delivery, "words": words}, layout


def _meanings() -> str:
    """Say what the kinds of rows are, as the vocabulary tells it."""
    now = page.here().framework
    told = ((label, now.vocabulary.meaning("kind", code)) for code, label in kinds(now).items())
    return " ".join(f"{label}: {meaning}" for label, meaning in told if meaning)


def head(found: Detail) -> None:
    """Draw which row of the register it is and where it stands, and where it is to be found."""
    page.heading(found.headline, f"{found.row['kind_label']} · {found.row['place']}")


def detail(found: Detail, *, wide: bool = False) -> None:
    """Draw one row of the register below its head: statuses apart, what is missing, facts, guidance, links, history.

    ``wide``: there is room for two columns, what is known of it and what became of it.
    """
    row = found.row
    known, became = st.columns([7, 5], gap="large") if wide else (st.container(), st.container())
    with known:
        page.text(str(row["summary"]))
        if row["kind"] != "practice":
            page.facts(_statuses(found))
        page.facts(found.facts)
        _awards(found)
        if found.guidance:
            with st.expander("Guidance: what, how, with and for whom, where"):
                page.facts(found.guidance)
        board_list.beside("commitment", str(row["id"]))
        voices.beside_commitment(str(row["id"]))
    with became:
        if wide and row["kind"] != "practice":
            _history(found)
        _links(found)
        if not wide and row["kind"] != "practice":
            _history(found)


def _statuses(found: Detail) -> dict[str, str]:
    row = found.row
    shown = {
        f"Delivery{found.mark}": str(row["delivery_label"]),
        f"Delivery confidence{found.mark}": str(row["confidence_label"]),
        **board_list.ratings(str(row["id"])),
        "Overdue": str(row["overdue_label"]),
    }
    if row["missing"] != "nothing":
        shown["Cannot be verified"] = f"It lacks {wording.every(str(row['missing']).split(', '))}"
        if row["reported_delivery"] == "complete":
            shown["Reported as"] = "Complete; not shown as such until it can be verified"
    return shown


def _awards(found: Detail) -> None:
    for award in records(found.accreditations):
        until = "no expiry" if pd.isna(award["expires"]) else f"to {wording.day(award['expires'].date())}"
        since = wording.day(award["awarded"].date())
        made_up = page.here().framework.mark("accreditations")
        page.text(f"{award['name']}: {award['level']}, {since} {until}{made_up}")


def _links(found: Detail) -> None:
    if len(found.indicators):
        st.markdown("**Indicators that show what came of it**")
        for linked in records(found.indicators):
            page.link(
                "indicators",
                f"{linked['id']} {linked['title']}",
                commitment=ALL,
                role=ALL,
                indicator=linked["id"],
            )
    else:
        st.caption("No indicator is linked to it yet.")
    if len(found.related):
        st.markdown(f"**{plain(page.here().framework.title('commitments', 'related'))}**")
        for practice in records(found.related):
            page.link(
                "commitments",
                f"{practice['id']} {practice['title']} ({practice['delivery_label']})",
                commitment=practice["id"],
                role=ALL,
            )


def _history(found: Detail) -> None:
    history = found.history
    st.markdown(f"**{plain(history.headline)}**{plain(found.mark)}")
    if history.empty:
        page.empty(history.empty)
        return
    items = [
        f"<li><b>{escape(u['period'])}</b> {escape(u['delivery_label'])} · {escape(u['confidence_label'].split(':')[0])}<br>"
        f"{escape(u['note'])}{_more(u['more'])}<br><small>Evidence: {escape(u['evidence'])} · {escape(u['by'])}, {wording.day(u['reported_on'].date())}, "
        f"{escape(u['timely'])}</small></li>"
        for u in records(history.frame)
    ]
    newest, older = "".join(items[:NEWEST]), items[NEWEST:]
    more = (
        f'<details class="sv-older"><summary>{wording.count(len(older), "earlier update")}</summary>'
        f'<ul class="sv-time">{"".join(older)}</ul></details>'
        if older
        else ""
    )
    st.html(f'<ul class="sv-time">{newest}</ul>{more}{finding_html.line(history, picture=False)}')
    _files(found)


def _more(text: str) -> str:
    return f"<br>{escape(text)}" if text else ""


def _files(found: Detail) -> None:
    """Draw the files given as evidence, to take away for those who write; to everybody, which of them are gone."""
    edition, commitment = page.here().edition, str(found.row["id"])
    for period in found.history.frame["period"]:
        recorded = editions.recorded_update(edition, commitment, str(period))
        if recorded is not None and recorded.content.get("file"):
            # Imported where there is a file: the libraries for records take a while to load.
            from svdash.show.panels import evidence_field

            evidence_field.of_update(recorded, key=f"evidence-{commitment}-{period}")
