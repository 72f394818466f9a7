"""Did we do what we said, who says so, on what evidence?"""

import streamlit as st

from svdash.findings.progress import commitment_register, delivery
from svdash.register import ALL
from svdash.show.kit import page
from svdash.show.panels import commitment_detail

now = page.question("Did we do what we said, and on what evidence?")
asked = commitment_detail.ask()

# One column or two, so that the grid stands in the same place and keeps where it was scrolled to.
spots = list(st.columns(1) if now.view.commitment == ALL else st.columns([7, 5], gap="large"))
late = delivery.overdue_by_owner(now.edition, now.view)
if now.view.commitment == ALL:
    page.answer(late.headline)
else:
    with spots[1]:
        commitment_detail.detail(commitment_register.detail(now.edition, now.view, now.view.commitment))
with spots[0]:
    page.listing(commitment_register.register(now.edition, now.view, **asked), chosen=now.view.commitment)
if now.view.commitment == ALL:
    page.finding(late)
