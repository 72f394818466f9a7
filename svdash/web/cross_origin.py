"""Lets pages of other sites read the open data, where a setting names them."""

from __future__ import annotations

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from svdash import settings
from svdash.web.answers import METHODS

_OPEN_DATA: Final = "/api/"
# Headers that a script of another site may read, and may send to ask whether an answer is still valid.
_EXPOSED: Final = ("ETag", "Content-Disposition", "Retry-After")
_ALLOWED: Final = ("If-None-Match",)


class OpenDataElsewhere:
    """Middleware that adds the headers of cross-origin resource sharing to the open data, and to nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        """Read the setting here, so that a wrong one stops the start and not each answer."""
        self.app, origins = app, settings.cors_origins()
        self._open_data: ASGIApp = app
        if origins:
            self._open_data = CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=METHODS,
                allow_headers=_ALLOWED,
                expose_headers=_EXPOSED,
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_open_data = scope["type"] == "http" and scope["path"].startswith(_OPEN_DATA)
        await (self._open_data if is_open_data else self.app)(scope, receive, send)
