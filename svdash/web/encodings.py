"""Reads which encodings a request accepts, by their weights (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GZIP: Final = ("gzip", "x-gzip")
_WEIGHT: Final = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def accepts_gzip(headers: Headers) -> bool:
    """Return whether a request accepts an answer that is gzipped: ``gzip;q=0`` says that it does not."""
    weights: dict[str, float] = {}
    for listed in headers.getlist("accept-encoding"):
        for each in listed.split(","):
            name, *parameters = (part.strip().casefold() for part in each.split(";"))
            found = next((_WEIGHT.fullmatch(part.replace(" ", "")) for part in parameters), None)
            weights[name] = float(found[1]) if found else float(not parameters)
    named = [weights[name] for name in _GZIP if name in weights]
    return max(named, default=weights.get("*", 0.0)) > 0


class AcceptedEncodings:
    """Middleware that removes ``Accept-Encoding`` if gzip is not accepted, and names in ``Vary`` each header once.

    The compression of pages only looks for the word ``gzip`` and ignores its weight; and to ``Vary`` it adds what the open
    data has said already.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on without a header that would be misread."""
        if scope["type"] == "http" and not accepts_gzip(Headers(scope=scope)):
            scope = {**scope, "headers": list(scope["headers"])}
            del MutableHeaders(scope=scope)["accept-encoding"]

        async def send_once(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                named = [name.strip() for each in headers.getlist("vary") for name in each.split(",")]
                if len(named) > 1:
                    headers["vary"] = ", ".join({name.casefold(): name for name in named}.values())
            await send(message)

        await self.app(scope, receive, send_once)
