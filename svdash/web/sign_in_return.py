"""Leads people who signed in back to the address that they came from.

After sign-in Streamlit opens the first page. This notes the address of the page whose button led to the provider, in a
cookie of ten minutes, and puts it in place of the first page.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN: Final = "/auth/login"
BACK_FROM_PROVIDER: Final = "/oauth2callback"
_COOKIE: Final = "svdash_return"
_SECONDS: Final = 600
# Longer addresses than this are not ours, and would not fit beside the other cookies.
_LONGEST: Final = 2000


class SignInReturn:
    """Middleware around Streamlit's routes for sign-in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete its answer."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.endswith(LOGIN):
            cookie = _cookie(address_of(Headers(scope=scope)), scope)
        elif path.endswith(BACK_FROM_PROVIDER):
            cookie = _cookie("", scope)
        else:
            await self.app(scope, receive, send)
            return
        wanted = unquote(cookie_parser(Headers(scope=scope).get("cookie", "")).get(_COOKIE, ""))

        async def send_back(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", cookie)
                to_first_page = urlsplit(headers.get("location", "-")).path in {"/", ""}
                if path.endswith(BACK_FROM_PROVIDER) and to_first_page and is_ours(wanted):
                    headers["Location"] = wanted
            await send(message)

        await self.app(scope, receive, send_back)


def address_of(headers: Headers) -> str:
    """Return path and query of the page that a request came from, if it is a page of this server; else nothing."""
    came_from = urlsplit(headers.get("referer", ""))
    if came_from.netloc != headers.get("host"):
        return ""
    found = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return found if is_ours(found) else ""


def is_ours(address: str) -> bool:
    """Return whether an address leads to this server alone: a path without a server, such as ``/commitments?role=x``."""
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and len(address) <= _LONGEST
        and address.isascii()
        and address.isprintable()
        and "\\" not in address
        and " " not in address
    )


def _cookie(address: str, scope: Scope) -> str:
    """Return the header that keeps an address, or forgets it where it is empty."""
    cookie = SimpleCookie({_COOKIE: quote(address, safe="")})
    morsel = cookie[_COOKIE]
    morsel["path"] = "/"
    morsel["httponly"] = True
    # The provider's answer is a navigation from another site, with which browsers send cookies that are lax.
    morsel["samesite"] = "lax"
    morsel["max-age"] = _SECONDS if address else 0
    if scope["scheme"] == "https":
        morsel["secure"] = True
    return morsel.OutputString()
