"""What changed, what needs a decision? For leadership, in a meeting."""

import streamlit as st

from svdash.findings.indicators import success_measures
from svdash.findings.progress import delivery, headline_tiles
from svdash.findings.reach import reach_by_decile
from svdash.show.kit import page

now = page.question("What changed, and what needs a decision?")
page.tiles(headline_tiles.tiles(now.edition, now.view))
stand, attention = (
    delivery.where_things_stand(now.edition, now.view),
    delivery.attention(now.edition, now.view),
)
page.answer(stand.headline, attention.headline)

page.finding(attention, rows=8)

left, right = st.columns([5, 7], gap="medium")
with left:
    page.finding(stand)
with right:
    page.finding(delivery.changed(now.edition, now.view), rows=8)

page.finding(success_measures.measures(now.edition, now.view))
page.finding(reach_by_decile.lands(now.edition, now.view))
