"""Did we do what we said, who says so, on what evidence?"""

import streamlit as st

from svdash.findings import progress, register
from svdash.framework import ALL
from svdash.show import commitment, page

now = page.question("Did we do what we said, and on what evidence?")
asked = commitment.ask()

left, right = st.columns([7, 5], gap="large")
with left:
    page.listing(register.register(now.pack, now.view, **asked), chosen=now.view.commitment)
with right:
    if now.view.commitment == ALL:
        page.finding(progress.overdue_by_owner(now.pack, now.view))
    else:
        commitment.detail(register.detail(now.pack, now.view, now.view.commitment))
