"""Sends answers of the open data: in an encoding that the client accepts, with an ETag, or as an error with a reason."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from svdash.access import server_places
from svdash.findings.open_data.request_parameters import shortened
from svdash.tables import PackError
from svdash.web.builds import RETRY_SECONDS, Builds, BusyError
from svdash.web.encodings import accepts_gzip

METHODS: Final = ("GET", "HEAD")
# A smaller body hardly shrinks with gzip.
SMALLEST_TO_ZIP: Final = 1000
_ZIPPED_BY_ITSELF: Final = frozenset({"image/png"})
# Any cache may keep an answer, and must ask each time whether it is still valid.
_KEEP: Final = "public, max-age=0, must-revalidate"
_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


class RefusedError(Exception):
    """A request that cannot be answered: a status, and a body that says what would be valid."""

    def __init__(self, status: int, /, **body: object) -> None:
        super().__init__(str(body.get("error", "")))
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Answer:
    """The answer of a route; ``zipped`` if the body is gzipped already."""

    body: bytes
    media: str
    zipped: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Answer]


def json_answer(content: Any) -> Answer:
    """Return an answer in JSON."""
    return Answer(bytes(JSONResponse(content).body), "application/json")


class OpenRoute:
    """An endpoint of the open data, for every method."""

    def __init__(self, endpoint: Endpoint, builds: Builds) -> None:
        self._endpoint, self._builds = endpoint, builds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method not in METHODS:
            return _refusal(
                HTTPStatus.METHOD_NOT_ALLOWED,
                {"error": f"{request.method} is not possible here: the open data is read only"},
                Allow=", ".join(METHODS),
            )
        try:
            return await self._builds.run(partial(_answered, self._endpoint, request))
        except RefusedError as refused:
            return _refusal(refused.status, refused.body)
        except BusyError:
            body = {"error": f"the server is busy; ask again in {RETRY_SECONDS} seconds"}
        except PackError as problem:
            body = {"error": server_places.for_visitors(str(problem))}
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, body, **{"Retry-After": str(RETRY_SECONDS)})


class NothingHere:
    """The endpoint for unknown addresses of the open data, for every method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = shortened(Request(scope).url.path)
        body = {"error": f"there is nothing at '{path}'", "see": "/api/v1/openapi.json"}
        await _refusal(HTTPStatus.NOT_FOUND, body)(scope, receive, send)


def _answered(endpoint: Endpoint, request: Request) -> Response:
    return _response(request.headers, endpoint(request))


def _response(request_headers: Headers, answer: Answer) -> Response:
    body, headers = answer.body, {"Cache-Control": _KEEP}
    if answer.media not in _ZIPPED_BY_ITSELF:
        body, coding = _encoded(answer, gzipped=accepts_gzip(request_headers))
        headers |= {"Vary": "Accept-Encoding"} | coding
    # The tag is of the bytes that are sent: each encoding has its own.
    headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if _is_known(request_headers, headers["ETag"]):
        # How an answer may be kept counts for the news that it has not changed as well.
        kept = {name: value for name, value in answer.headers.items() if name == "Cache-Control"}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**headers, **kept})
    return Response(body, media_type=answer.media, headers={**headers, **answer.headers})


def _encoded(answer: Answer, *, gzipped: bool) -> tuple[bytes, dict[str, str]]:
    """Return the body to send, and the header that names its encoding."""
    if gzipped and (answer.zipped or len(answer.body) >= SMALLEST_TO_ZIP):
        body = answer.body if answer.zipped else gzip.compress(answer.body, 6, mtime=0)
        return body, {"Content-Encoding": "gzip"}
    return gzip.decompress(answer.body) if answer.zipped else answer.body, {}


def _is_known(request_headers: Headers, tag: str) -> bool:
    """Return whether the client has the answer already: by one of its tags, also a weak one, or by ``*`` (RFC 9110, 13.1.2)."""
    given = ", ".join(request_headers.getlist("if-none-match"))
    return given.strip() == "*" or tag in _TAG.findall(given)


def _refusal(status: int, body: Mapping[str, object], **headers: str) -> Response:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store", **headers})
