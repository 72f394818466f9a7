"""Headers that tell browsers what our pages may load and run, and which sites may show them in a frame."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svdash import settings

# The servers of pydeck's street map, used only if a reader chooses it.
_STREETS: Final = "https://*.cartocdn.com"
_ALWAYS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
# The policy of an open-data answer that is opened alone, such as a chart as SVG: it may only draw itself.
_DATA_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"


class SecurityHeaders:
    """Middleware that sets the headers on every answer that does not have them yet."""

    def __init__(self, app: ASGIApp) -> None:
        """Read the setting here, so that a wrong one stops the start and not each answer."""
        self.app, self._page_policy = app, page_policy(settings.frame_ancestors())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete the headers of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**_ALWAYS, **self._policy(message["status"], headers)}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _policy(self, status: int, headers: MutableHeaders) -> dict[str, str]:
        if status == HTTPStatus.NOT_MODIFIED:
            # It has no type that tells a page from data, and a browser writes its headers over those that it has kept:
            # the policy of data would leave a page that is opened again without its scripts.
            return {}
        is_page = headers.get("content-type", "").startswith("text/html")
        return {"Content-Security-Policy": self._page_policy if is_page else _DATA_POLICY}


@cache
def page_policy(frame_ancestors: str) -> str:
    """Return the Content-Security-Policy of Streamlit's page.

    Args:
        frame_ancestors: sources that may show the dashboard in a frame, as the directive has them; ``'none'`` for nobody.
    """
    directives = {
        "default-src": "'none'",
        # The page's own short script by its hash. Vega compiles the expressions of a chart, hence 'unsafe-eval'.
        "script-src": f"'self' {' '.join(_inline_scripts())} 'unsafe-eval'",
        # deck.gl and the tables' grid start workers from blobs.
        "worker-src": "'self' blob:",
        # Streamlit's components write their styles into the page while it is drawn.
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "'self' data:",
        # Pictures of charts and of the map's marks are made in the browser.
        "img-src": f"'self' data: blob: {_STREETS}",
        # The websocket of the page counts as 'self'.
        "connect-src": f"'self' data: blob: {_STREETS}",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


@cache
def _inline_scripts() -> tuple[str, ...]:
    """Return the hashes of the scripts that stand in Streamlit's page itself."""
    import streamlit

    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts
    )
