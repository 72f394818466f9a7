"""Is it getting better, and is the change real?"""

import streamlit as st

from svdash.findings.indicators import indicator_trends, outcome_crosswalk
from svdash.show.kit import page
from svdash.show.panels import board_list, indicator_controls, voices

now = page.question("Is it getting better, and is the change real?")
layout, chosen, characteristic = indicator_controls.ask(now)

if layout == "frameworks":
    page.finding(outcome_crosswalk.crosswalk(now.edition, now.view, chosen))
    page.finding(outcome_crosswalk.crosswalk_gaps(now.edition, now.view, chosen), rows=24)
elif chosen:
    left, right = st.columns([8, 4], gap="large")
    with left:
        page.finding(indicator_trends.one(now.edition, now.view, chosen, characteristic))
    with right:
        page.facts(indicator_trends.about(now.edition, chosen))
        board_list.beside("measure", chosen)
        voices.beside_indicator(chosen)
else:
    page.finding(indicator_trends.board(now.edition, now.view))
