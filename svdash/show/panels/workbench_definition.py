"""The second column of the workbench: the definition as text, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from svdash.show.kit import page
from svdash.show.kit.plain_text import plain
from svdash.show.panels import workbench_text
from svdash.workbench.definition import DefinitionError, Written, read
from svdash.workbench.indicator_draft import IndicatorDraft


def ask(now: page.Here, draft: IndicatorDraft) -> Written | None:  # noqa: ARG001
    """Draw the column and return the definition; ``None`` while it can't be read."""
    page.heading("Definition", "As text; Ctrl and Enter works it out")
    text = st.text_area(
        "Definition",
        draft.text,
        height=480,
        key=f"definition-{draft.id}-{draft.turn}",
        label_visibility="collapsed",
    )
    workbench_text.hold(draft, text)
    if not text.strip():
        page.empty(
            "Nothing is written yet. docs/guides/indicator-as-text.md says how a definition is written."
        )
        return None
    try:
        return read(text)
    except DefinitionError as problem:
        st.error(plain(str(problem)))
        return None
