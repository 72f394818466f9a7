"""Refuses uploads from everyone who may not upload a file.

Streamlit accepts a file from anyone with an open page, even if the page does not ask for one, and holds it in memory. So
this refuses the request before Streamlit sees it.
"""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from svdash.access import identity

_UPLOADS: Final = "/_stcore/upload_file/"
_TAKE_OR_DROP: Final = frozenset({"PUT", "POST", "DELETE"})


class UploadsOnlyIfAllowed:
    """Middleware that answers 403 to uploads of everyone who has no role (see :mod:`svdash.access`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        is_upload = scope["type"] == "http" and scope["method"] in _TAKE_OR_DROP and _UPLOADS in scope["path"]
        if is_upload and not await run_in_threadpool(_may, scope):
            refusal = JSONResponse({"error": "Files can't be uploaded to this server."}, status_code=403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _may(scope: Scope) -> bool:
    """Return whether who sends a request has a role. This may ask the database, so it runs beside the event loop."""
    peer = scope.get("client")
    # A connection without an address, such as a Unix socket, is not of a known person.
    found = identity.of_request(Headers(scope=scope), Request(scope).cookies, peer[0] if peer else "")
    return found is not None and bool(found.roles)
