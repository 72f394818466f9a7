"""Refuses sessions and changes requested by pages of other sites.

Streamlit's own check also accepts pages of every other server on this machine, and asks a service on the internet for its
own address to compare.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnPagesOnly:
    """Middleware that opens a session, or passes a change on, only for a page of the same name, or of ``server.corsAllowedOrigins``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        asks = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in _READING)
        if not asks or _is_own(Headers(scope=scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it was accepted, a connection is answered with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": "Not from this page."})
        else:
            refusal = JSONResponse({"error": "Only pages of this server may do that."}, status_code=403)
            await refusal(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    """Return whether a request comes from our own page or from a program. Browsers always send an origin; programs do not."""
    allowed = {str(each).strip().rstrip("/") for each in st.get_option("server.corsAllowedOrigins")}
    hosts = headers.getlist("host")
    return all(given in allowed or [urlsplit(given).netloc] == hosts for given in headers.getlist("origin"))
