"""The evidence audit: the share of claims that hold, the claims that were drawn, and the form for a verdict on each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from svdash import editions
from svdash.access import identity
from svdash.findings.finding import records
from svdash.findings.progress import evidence_sample
from svdash.findings.progress.evidence_sample import VERDICTS
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import plain, unturned

if TYPE_CHECKING:
    from svdash.records.evidence_verdicts import KeptVerdict

_JUDGES = (identity.EDITOR, identity.BOARD)


def show() -> None:
    """Draw the audit of a quarter, and for editors and the Board the form for each claim that was drawn."""
    now = page.here()
    known = evidence_sample.quarters(now.edition, now.view)
    labels = {evidence_sample.NEWEST: f"Newest: {known[0]}" if known else "none"} | {
        each: each for each in known
    }
    with controls.line("audit"):
        quarter = controls.pick("quarter", "Quarter", labels, evidence_sample.NEWEST, width=260)
    recording.messages()
    found = evidence_sample.audit(now.edition, now.view, quarter)
    page.finding(found)
    page.finding(evidence_sample.shares(now.edition, now.view))
    if _role() and known:
        _forms(quarter if quarter in known else known[0])


def _role() -> str:
    """Return the role with which who is at the browser may judge; empty where they may not."""
    return next((role for role in _JUDGES if not identity.why_not(role)), "")


def _forms(period: str) -> None:
    """Draw the claims that were drawn, each with its evidence and the form for what is said of it."""
    # What is published, for editors too: a draft is no claim yet.
    edition = page.here().edition
    said = {
        (each.verdict.commitment, each.verdict.claim): each for each in editions.evidence_verdicts(edition)
    }
    standing = {each.revision.item: each for each in editions.evidence_verdicts(edition)}
    titles = page.here().framework.commitments.set_index("id")["title"]
    page.heading(
        "Say of each claim whether its evidence holds",
        "Readers see a verdict and its reason as soon as it is saved",
    )
    for row in records(evidence_sample.sample(edition, period)):
        kept = said.get((row["commitment"], row["claim"]))
        verdict = VERDICTS[kept.verdict.verdict] if kept else "not looked at yet"
        form = st.expander(
            plain(f"{row['commitment']} {titles.get(row['commitment'], '')}: {verdict}"),
            key=f"audit-{period}-{row['commitment']}",
            on_change="rerun",
        )
        if form.open:
            with form:
                before = standing.get(f"evidence-verdict:{period}:{row['commitment']}")
                _form(row, kept, before)


def _form(row: dict[str, Any], kept: KeptVerdict | None, before: KeptVerdict | None) -> None:
    """Draw what is claimed on which evidence, and the form for what is said of it."""
    # Imported for those who judge: the libraries for records take a while to load.
    from svdash.show.panels import evidence_field

    commitment, period = str(row["commitment"]), str(row["period"])
    page.text(unturned(f"Claimed: {row['note']}"))
    page.text(unturned(f"Evidence: {row['evidence'] if isinstance(row['evidence'], str) else 'none given'}"))
    recorded = editions.recorded_update(page.here().edition, commitment, period)
    if recorded is not None:
        evidence_field.of_update(recorded, key=f"audit-file-{commitment}-{period}")
    stem = recording.key(f"audit-form-{period}-{commitment}")
    with st.form(stem, border=False):
        verdict = st.segmented_control(
            "Verdict", list(VERDICTS), format_func=lambda code: VERDICTS[code], key=f"{stem}-verdict",
            default=kept.verdict.verdict if kept else None,
        )  # fmt: skip
        reason = st.text_area(
            "Reason", kept.verdict.reason if kept else "", max_chars=2000, height=70, key=f"{stem}-reason",
            help="What was looked at, and what it shows. Name no people: it stays in the history.",
        )  # fmt: skip
        pressed = st.form_submit_button("Save the verdict")
    if pressed:
        given = {
            "commitment": commitment, "period": period, "claim": row["claim"], "verdict": verdict, "reason": reason,
            "on": recording.today(),
        }  # fmt: skip
        recording.tried(partial(_saved, given, before, stem))


def _saved(given: dict[str, Any], before: KeptVerdict | None, stem: str) -> str:
    from svdash.records import History, connect
    from svdash.records.evidence_verdicts import EvidenceVerdicts

    by = recording.writer(_role() or identity.EDITOR)
    EvidenceVerdicts(History(connect())).save(
        given, before.revision if before else None, by=by, view=page.this_view()
    )
    recording.renew(stem)
    return f"{given['commitment']}, {given['period']}: the verdict is saved."
