"""Who may read a meeting and who may minute it, and the meetings that they find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash.access import identity
from svdash.records.role_grants import ROLES
from svdash.show.kit import controls

if TYPE_CHECKING:
    from svdash.records.agreed_actions import ActionLog
    from svdash.records.meetings import KeptMeeting, MeetingLog

WRITERS: Final = (identity.OFFICER, identity.BOARD, identity.EDITOR)
# The part of an item's name that an address carries.
CHOSEN: Final = "meeting"
AT: Final = "at"


def why_not_read() -> str:
    """Return why this reader may not see meetings, as a sentence with a remedy; empty if they may."""
    return identity.why_not(*ROLES, whose="Meetings are seen by those who take part: people with a role.")


def why_not_write() -> str:
    """Return why this reader may not change agendas, minutes and actions; empty if they may."""
    return identity.why_not(
        *WRITERS, whose="Minutes are taken by officers, members of the Board and editors."
    )


def log() -> MeetingLog:
    """Return the meetings on record. Raises ``RecordsError`` if the database can't be reached."""
    from svdash.records import History, connect
    from svdash.records.meetings import MeetingLog as Log

    return Log(History(connect()))


def actions() -> ActionLog:
    """Return the actions on record. Raises ``RecordsError`` if the database can't be reached."""
    from svdash.records import History, connect
    from svdash.records.agreed_actions import ActionLog as Log

    return Log(History(connect()))


def every() -> tuple[KeptMeeting, ...]:
    """Return all meetings, the newest first; none where nothing was recorded yet."""
    from svdash.records import is_there

    return log().newest() if is_there() else ()


def named(kept: KeptMeeting) -> str:
    """Return what an address calls a meeting."""
    return kept.revision.item.partition(":")[2]


def asked_for(meetings: tuple[KeptMeeting, ...]) -> KeptMeeting | None:
    """Return the meeting that the address names, else the newest; ``None`` where there is none, or not that one."""
    wanted = st.query_params.get(CHOSEN, "")
    return next((each for each in meetings if not wanted or named(each) == wanted), None)


def hold_position() -> str:
    """Return which finding the address asks to present, empty for none, and keep it there."""
    return controls.hold(AT, "")
