"""Is it getting better, and is the change real?"""

import streamlit as st

from svdash.findings.indicators import indicator_trends
from svdash.show.kit import page
from svdash.show.panels import board_list, indicator_controls, voices

now = page.question("Is it getting better, and is the change real?")
chosen, characteristic = indicator_controls.ask(now)

if chosen:
    left, right = st.columns([8, 4], gap="large")
    with left:
        page.finding(indicator_trends.one(now.edition, now.view, chosen, characteristic))
    with right:
        page.facts(indicator_trends.about(now.edition, chosen))
        board_list.beside("measure", chosen)
        voices.beside_indicator(chosen)
else:
    page.finding(indicator_trends.board(now.edition, now.view))
