"""How panels record something: by whom, tried, and what came of it said at the top of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import RecordsError
from svdash.show.kit.plain_text import plain

_DONE: Final = "_recorded"


def writer(role: str) -> str:
    """Return who writes, asked again for every write. Raises ``RecordsError`` where they may not, or may not any more."""
    found = identity.person()
    if found is None or role not in found.roles:
        raise RecordsError(identity.why_not(role))
    return found.identity


def tried(action: Callable[[], str]) -> None:
    """Record something and draw the page anew with what came of it; else say why it was not, and leave what was typed.

    Args:
        action: records it and returns what was done, as a sentence.
    """
    try:
        done = action()
    except RecordsError as problem:
        st.error(plain(server_places.told(str(problem))))
        return
    st.session_state.setdefault(_DONE, []).append(done)
    st.rerun()


def messages() -> None:
    """Say what was recorded before the page was drawn anew."""
    for done in st.session_state.pop(_DONE, []):
        st.success(plain(done))
