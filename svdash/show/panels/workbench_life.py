"""The life of an indicator on the workbench: who looked at it, agreed it or retired it, and its versions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from svdash import wording
from svdash.show.kit import page
from svdash.show.panels import workbench_drafts
from svdash.show.panels.workbench_drafts import OpenedDraft
from svdash.workbench.definition import Written


def show(now: page.Here, opened: OpenedDraft, written: Written | None) -> None:  # noqa: ARG001
    """Draw the history of a draft."""
    if opened.standing is None:
        return
    versions = workbench_drafts.log().of(opened.draft.id)
    page.heading("History", f"{wording.counted(len(versions), 'revision')}, the newest first")
    rows = [
        {
            "When": wording.moment(each.revision.at),
            "Who": each.revision.by,
            "Stage": each.version.stage,
            "Reason": each.version.reason,
        }
        for each in reversed(versions)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
