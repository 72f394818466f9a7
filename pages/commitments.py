"""Did we do what we said, who says so, on what evidence?"""

import streamlit as st

from svdash.findings.progress import commitment_register, delivery, ownership_health
from svdash.register import ALL
from svdash.show.kit import page
from svdash.show.panels import board_list, commitment_detail, commitment_list, evidence_audit

now = page.question("Did we do what we said, and on what evidence?")
asked, layout = commitment_detail.ask()
register = commitment_register.register(now.edition, now.view, **asked)
one = now.view.commitment

if one == ALL:
    late = delivery.overdue_by_owner(now.edition, now.view)
    if layout == "owners":
        page.finding(late)
    elif layout == "care":
        page.finding(ownership_health.ownership(now.edition, now.view))
    elif layout == "board":
        board_list.whole()
    elif layout == "audit":
        evidence_audit.show()
    else:
        page.answer(late.headline)
        (page.listing if layout == "grid" else commitment_list.show)(register)
else:
    found = commitment_register.detail(now.edition, now.view, one)
    commitment_detail.head(found)
    commitment_list.ways(register, one)
    if layout == "grid":
        # Beside the grid, which stays where it was scrolled to.
        left, right = st.columns([7, 5], gap="large")
        with right:
            commitment_detail.detail(found)
        with left:
            page.listing(register, chosen=one)
    else:
        commitment_detail.detail(found, wide=True)
