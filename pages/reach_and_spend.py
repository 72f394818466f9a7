"""Do services and money go where deprivation is?"""

import streamlit as st

from svdash.findings import areas, reach
from svdash.show import area, page

now = page.question(
    "Do services and money go where deprivation is?", unused="the comparison is not used here yet"
)
asked = area.ask(now)
found = areas.area_map(now.pack, now.view, asked)

left, right = st.columns([8, 4], gap="large")
with left:
    area.draw(now, found)
with right:
    area.looked_at(now, found)
    page.finding(reach.by_decile(now.pack, now.view, asked))
area.table(now, found)
