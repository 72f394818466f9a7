"""Decides who may upload a file and change the pack in the browser: the person at the server itself, if a setting allows it."""

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
# Headers that a proxy adds. A client can leave them out, so they can only deny the right, never grant it.
_PASSED_ON: Final = ("forwarded", "via", "x-forwarded-", "x-real-", "x-original-", "cf-", "true-client-")


def why_not_look() -> str:
    """Return why this reader may not have a file looked at, as a sentence with a remedy; empty if they may.

    Reading a file takes memory and time of the server, and its reader may have a fault, so it needs a right.
    """
    if not settings.local_user():
        return (
            "Files can't be uploaded to this server. Start the dashboard on your own machine with SVDASH_LOCAL_USER=1, or use "
            "the command python -m svdash import, which with --dry-run changes nothing."
        )
    return _why_not_here("look at files")


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
    elsewhere = _why_not_here("change the pack")
    if elsewhere:
        return elsewhere
    if not os.access(pack.path, os.W_OK):
        return (
            f"The folder of the pack can't be written by this server: {pack.path}. Check who may write there."
        )
    return ""


def _why_not_here(what: str) -> str:
    """Return why the reader of this page is not the person at the machine, as a sentence; empty if they are."""
    if is_local(st.context.headers, st.context.ip_address):
        return ""
    refusal = _ELSEWHERE.format(what)
    opened = lets_others_in()
    return f"{refusal} {opened} lets others in." if opened else refusal


def is_local(headers: Mapping[str, str], peer: str | None) -> bool:
    """Return whether a request comes from the person at the machine that serves it.

    The settings and the connection decide. A client can forge headers, so they only deny the right: if the request
    names another server, or was forwarded.

    Args:
        headers: headers of the request, with names in any case.
        peer: address of the client; ``None`` for this machine.
    """
    return (
        not lets_others_in()
        and (peer is None or peer in _LOOPBACK)
        and _name(headers.get("Host") or "") in _LOOPBACK
        and not any(name.casefold().startswith(_PASSED_ON) for name in headers)
    )


def lets_others_in() -> str:
    """Return the setting that lets other people than the person at the machine reach the page; empty if there is none."""
    hosts = st.get_option("server.allowedHosts") or ["*"]
    opened = {
        "server.address": str(st.get_option("server.address") or "") not in _LOOPBACK,
        "server.allowedHosts": not set(hosts) <= _LOOPBACK,
        "server.enableCORS": not st.get_option("server.enableCORS"),
        "server.enableXsrfProtection": not st.get_option("server.enableXsrfProtection"),
        "server.corsAllowedOrigins": bool(st.get_option("server.corsAllowedOrigins")),
        "client.allowedOrigins": bool(st.get_option("client.allowedOrigins")),
        "SVDASH_FRAME_ANCESTORS": settings.frame_ancestors() != "'none'",
    }
    return next((name for name, is_open in opened.items() if is_open), "")


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).removeprefix("[").removesuffix("]")
