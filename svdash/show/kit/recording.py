"""How panels record something: by whom, tried, and what came of it said at the top of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import RecordsError
from svdash.show.kit.plain_text import plain

_DONE: Final = "_recorded"
_TIMES: Final = "_recorded_times"


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
        st.error(plain(server_places.for_visitors(str(problem))))
        return
    st.session_state.setdefault(_DONE, []).append(done)
    st.rerun()


def messages() -> None:
    """Say what was recorded before the page was drawn anew."""
    # A place of their own, also where there are none: what stands below keeps its place, and stays open.
    with st.container():
        for done in st.session_state.pop(_DONE, []):
            st.success(plain(done))


def key(name: str) -> str:
    """Return the key of a form's fields, which :func:`renew` changes: what was typed is gone after it was recorded."""
    return f"{name}-{st.session_state.get(f'{_TIMES}-{name}', 0)}"


def renew(drawn: str) -> None:
    """Have a form that :func:`key` named drawn anew, empty or with what is recorded now."""
    name, _, times = drawn.rpartition("-")
    st.session_state[f"{_TIMES}-{name}"] = int(times) + 1
