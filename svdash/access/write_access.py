"""Who may bring a file and change the pack from the browser: the person at the machine that serves it, if that was asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

import streamlit as st

from svdash import settings
from svdash.tables import Pack

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ELSEWHERE: Final = (
    "Only a browser on the machine that serves the dashboard may {}, at the address 127.0.0.1."
)
_PASSED_ON: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def why_not_look() -> str:
    """Return why this reader may not have a file looked at, as a sentence with a remedy; empty if they may.

    Reading a file takes memory and time of the server, and whatever reads files may have a fault: so it is a right.
    """
    if not settings.local_user():
        return (
            "Files can't be brought to this server. Start the dashboard on your own machine with SVDASH_LOCAL_USER=1, or use "
            "the command python -m svdash import, which with --dry-run only looks."
        )
    return "" if is_local(st.context.headers) else _ELSEWHERE.format("have files looked at")


def why_not(pack: Pack) -> str:
    """Return why this reader may not import into the pack, as a sentence with a remedy; empty if they may."""
    if pack.path.resolve() == settings.pack_folder({}).resolve():
        return (
            "This is the embedded pack, which shows the product. Copy its folder, name the copy in SVDASH_PACK, and start "
            "again."
        )
    if not settings.local_user():
        return (
            "Nobody may change the pack from here. Start the dashboard on your own machine with SVDASH_LOCAL_USER=1, or use "
            "the command python -m svdash import."
        )
    if not is_local(st.context.headers):
        return _ELSEWHERE.format("change the pack")
    if not os.access(pack.path, os.W_OK):
        return (
            f"The folder of the pack can't be written by this server: {pack.path}. Check who may write there."
        )
    return ""


def is_local(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from the machine that serves it: bound to it, named as it, and passed on by nobody.

    Args:
        headers: of the request; their names are found in any case.
    """
    host = (headers.get("Host") or "").rpartition("@")[2]
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    bound = str(st.get_option("server.address") or "")
    return (
        bound in _LOOPBACK
        and name.strip("[]") in _LOOPBACK
        and not any(headers.get(each) for each in _PASSED_ON)
    )
