"""What changed, what needs a decision? For leadership, in a meeting."""

import streamlit as st

from svdash.findings import overview, progress, reach, success
from svdash.show import page

now = page.question("What changed, and what needs a decision?")
page.tiles(overview.tiles(now.pack, now.view))

page.finding(progress.attention(now.pack, now.view), rows=8)

left, right = st.columns([5, 7], gap="medium")
with left:
    page.finding(progress.where_things_stand(now.pack, now.view))
with right:
    page.finding(progress.changed(now.pack, now.view), rows=8)

page.finding(success.measures(now.pack, now.view))
page.finding(reach.lands(now.pack, now.view))
