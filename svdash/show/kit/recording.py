"""How panels record something: by whom, tried, and what came of it said at the top of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from html import escape
from typing import Final, Literal, TypeVar

import streamlit as st

from svdash.access import identity, server_places
from svdash.records import RecordsError
from svdash.show.kit.plain_text import JOINER, plain

T = TypeVar("T")

_DONE: Final = "_recorded"
_TIMES: Final = "_recorded_times"


def writer(*roles: str) -> str:
    """Return who writes, with any of some roles, asked again for every write. Raises ``RecordsError`` where they may not, or may not any more."""
    found = identity.person()
    if found is None or not found.roles & set(roles):
        raise RecordsError(identity.why_not(*roles))
    return found.identity


def today() -> date:
    """Return the day of what is recorded, and by which something is due or has expired."""
    return datetime.now(UTC).date()


def tried(action: Callable[[], str]) -> None:
    """Record something and draw the page anew with what came of it; else say why it was not, and leave what was typed.

    Args:
        action: records it and returns what was done, as a sentence.
    """
    try:
        done = action()
    except RecordsError as problem:
        say(server_places.for_visitors(str(problem)), "error")
        return
    st.session_state.setdefault(_DONE, []).append(done)
    st.rerun()


def say(text: str, kind: Literal["success", "warning", "error"] = "success") -> None:
    """Say something in a box of its own: as Streamlit's, unless the text has an address, which has to be copied as it stands."""
    markdown = plain(text)
    if JOINER in markdown:
        role = "status" if kind == "success" else "alert"
        st.html(f'<div class="sv-message sv-message-{kind}" role="{role}">{escape(text)}</div>')
    else:
        {"success": st.success, "warning": st.warning, "error": st.error}[kind](markdown)


def asked_twice(
    label: str, what: str, *, key: str, why: str = "", button: Callable[..., bool] = st.button
) -> bool:
    """Draw a button that opens what it does and a second one, and return whether that was pressed: for what can't be undone.

    Args:
        label: what is done, such as ``Publish``.
        what: what happens then, as sentences.
        key: the key of the second button.
        why: why this reader may not, as a sentence; empty if they may.
        button: in a form ``st.form_submit_button``.
    """
    # A key of its own, so that it is shut again once another step stands in its place.
    with st.popover(label, disabled=bool(why), help=plain(why) or None, key=f"{key}-asked"):
        st.markdown(plain(what))
        return button(f"Yes, {label[0].lower()}{label[1:]}", key=key, disabled=bool(why), type="primary")


def seen_before(name: str, now: T) -> T:
    """Return what was drawn under a name the last time, ``now`` for the first; for the next time it is ``now``.

    What somebody saves follows what they had before their eyes when they pressed the button, not what is there by then:
    so of two people the second is told.
    """
    seen: T = st.session_state.get(f"_seen-{name}", now)
    st.session_state[f"_seen-{name}"] = now
    return seen


def messages() -> None:
    """Say what was recorded before the page was drawn anew."""
    # A place of their own, also where there are none: what stands below keeps its place, and stays open.
    with st.container():
        for done in st.session_state.pop(_DONE, []):
            say(done)


def key(name: str) -> str:
    """Return the key of a form's fields, which :func:`renew` changes: what was typed is gone after it was recorded."""
    return f"{name}-{st.session_state.get(f'{_TIMES}-{name}', 0)}"


def renew(drawn: str) -> None:
    """Have a form that :func:`key` named drawn anew, empty or with what is recorded now."""
    name, _, times = drawn.rpartition("-")
    st.session_state[f"{_TIMES}-{name}"] = int(times) + 1
