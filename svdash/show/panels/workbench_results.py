"""The third column of the workbench: what the indicator shows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from svdash.show.kit import page
from svdash.show.kit.plain_text import plain
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.prototype import worked_out


def show(now: page.Here, written: Written | None, files: Mapping[str, str] | None) -> None:  # noqa: ARG001
    """Draw the column."""
    page.heading("What it shows", "A prototype: not for use outside this page")
    if written is None:
        page.empty("As soon as the definition can be read, its figures stand here.")
        return
    try:
        found = worked_out(now.edition, written)
    except DefinitionError as problem:
        st.error(plain(str(problem)))
        return
    st.dataframe(found, hide_index=True, width="stretch")
