"""What is typed on the workbench and not saved yet: the text of each draft, whichever panel wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from svdash.workbench.indicator_draft import IndicatorDraft

_TEXT: Final = "_workbench-text-{}"
_TURN: Final = "_workbench-turn-{}"
_FILES: Final = "_workbench-files-{}"


def standing(draft: IndicatorDraft) -> str:
    """Return the text of a draft as it stands in the form now; what was saved where nothing was typed."""
    return str(st.session_state.get(_TEXT.format(draft.id), draft.text))


def hold(draft: IndicatorDraft, text: str) -> None:
    """Hold what was typed, for the rest of this run and the next."""
    st.session_state[_TEXT.format(draft.id)] = text


def files(draft: IndicatorDraft) -> Mapping[str, str]:
    """Return the files of a draft as they were given; those that were saved where none were."""
    found: Mapping[str, str] = st.session_state.get(_FILES.format(draft.id), draft.files)
    return found


def hold_files(draft: IndicatorDraft, given: Mapping[str, str]) -> None:
    """Hold which files were given, for the next run."""
    st.session_state[_FILES.format(draft.id)] = dict(given)


def replaced(draft: IndicatorDraft, text: str, given: Mapping[str, str]) -> None:
    """Put another text and other files in the place of what was typed: fields are drawn anew."""
    hold(draft, text)
    hold_files(draft, given)
    st.session_state[_TURN.format(draft.id)] = turn(draft.id) + 1


def turn(draft: str) -> int:
    """Return how often the text of a draft was replaced, for the keys of its fields."""
    return int(st.session_state.get(_TURN.format(draft), 0))
