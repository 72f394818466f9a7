"""Who is at the browser, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from svdash import settings
from svdash.access.write_access import is_local

# Progress and evidence; ratings and questions; the workbench; agreeing, publishing, reopening.
OFFICER, BOARD, ANALYST, EDITOR = "officer", "board", "analyst", "editor"
ROLES: Final = (OFFICER, BOARD, ANALYST, EDITOR)


@dataclass(frozen=True)
class Person:
    """Somebody who may write.

    Attributes:
        identity: by what the history knows them.
        roles: what they may do, of ``ROLES``.
    """

    identity: str
    roles: frozenset[str]


# Everybody at the machine itself is this one, so the history can't say which of them it was; pages say so.
LOCAL_USER: Final = Person("local user", frozenset(ROLES))


def person() -> Person | None:
    """Return who is at the browser, as far as they may write; ``None`` for a reader.

    With ``SVDASH_LOCAL_USER=1`` it is whoever opens the dashboard on the machine that serves it. Ask again before each
    write: a setting may have changed.
    """
    if settings.local_user() and is_local(st.context.headers, st.context.ip_address):
        return LOCAL_USER
    return None


def why_not(role: str) -> str:
    """Return why this reader may not do what a role may, as a sentence with a remedy; empty if they may."""
    found = person()
    if found is not None and role in found.roles:
        return ""
    return (
        "Updates are written by the people who own commitments. Start the dashboard on your own machine with "
        "SVDASH_LOCAL_USER=1 to write them there."
    )
