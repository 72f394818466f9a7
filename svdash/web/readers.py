"""Answers only people who are signed in, where the settings say that only they may read."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svdash import settings
from svdash.access import identity, sign_in
from svdash.access.sign_in import SignedIn

# What anybody may have: Streamlit's own page, which draws only what its session is sent, and the way in. The session is
# refused by the script of the frame. Calendars are asked for by programs, each with its person's own secret. A list of what may pass can't forget a route that comes later.
_OPEN: Final = (
    "/static/",
    "/_stcore/",
    "/auth/",
    "/oauth2callback",
    "/healthz",
    "/favicon",
    "/manifest.json",
    "/api/v1/calendars/",
)
REFUSAL: Final = "Only people who are signed in may read here. Open the dashboard and sign in."


class SignedInReaders:
    """Middleware that answers 403 to everybody else, with ``SVDASH_READERS=signed-in``; no cache keeps an answer then."""

    def __init__(self, app: ASGIApp, pages: frozenset[str]) -> None:
        """Read the setting here, so that a wrong one stops the start and not each answer.

        Args:
            app: what answers.
            pages: paths of the pages, such as ``/commitments``.
        """
        self.app, self._pages, self._restricted = app, pages, settings.readers_sign_in()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if (
            not self._restricted
            or scope["type"] != "http"
            or scope["path"] in self._pages
            or scope["path"].startswith(_OPEN)
        ):
            await self.app(scope, receive, send)
        elif not _may_read(scope):
            refusal = JSONResponse({"error": REFUSAL}, status_code=403, headers={"Cache-Control": "no-store"})
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, _unkept(send))


def _may_read(scope: Scope) -> bool:
    """Return whether somebody signed in, or sits at the machine. Reading needs no role, so no database is asked."""
    peer = scope.get("client")
    # A connection without an address, such as a Unix socket, is not of a known person.
    return isinstance(sign_in.from_cookies(Request(scope).cookies), SignedIn) or identity.is_local_user(
        Headers(scope=scope), peer[0] if peer else ""
    )


def _unkept(send: Send) -> Send:
    async def send_unkept(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_unkept
